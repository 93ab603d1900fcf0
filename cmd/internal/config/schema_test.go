package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

const schemaFile = "../../../samples/policies/policy.schema.json"

// The schema that editors are given is the one of these keys.
func TestSchemaIsFresh(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(have, Schema()) {
		t.Errorf("samples/policies/policy.schema.json is not what `prism config schema` prints: %v", err)
	}
}

// What Check takes, the schema takes; what the schema refuses, Check refuses, too.
func TestSchemaAgreesWithCheck(t *testing.T) {
	clean(t)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, glob := range []string{"testdata/right/*.yaml", "testdata/wrong/*.yaml", "../../../samples/policies/*.yaml"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", glob, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if yaml.Unmarshal(data, &tree) != nil || tree == nil {
				continue // no YAML, or nothing
			}
			asJSON, err := json.Marshal(tree)
			if err != nil {
				continue // keys that are no text
			}
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
			if err != nil {
				t.Fatal(err)
			}
			says, checked := schema.Validate(value), Check(file)
			if says != nil {
				refused++
			}
			if says != nil && checked == nil {
				t.Errorf("%s: the schema refuses what Check takes: %v", file, says)
			}
			if strings.HasPrefix(file, "../") && checked != nil {
				t.Errorf("a sample is wrong: %v", checked)
			}
		}
	}
	if refused < 8 {
		t.Errorf("the schema refuses %d of the wrong files only", refused)
	}
}
