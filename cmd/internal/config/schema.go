package config

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"
)

// form is how a value is written.
type form struct {
	text   func(string) (any, string)     // from the environment or a flag; a complaint or ""
	node   func(*yaml.Node) (any, string) // from the file
	schema map[string]any                 // of the file, as JSON Schema has it
}

var (
	aNumber       = form{number, numberNode, schemaOf("integer")}
	aBoolean      = form{boolean, booleanNode, schemaOf("boolean")}
	aFraction     = form{fraction, fractionNode, schemaOf("number")}
	aFractionList = form{fractions, fractionsNode, map[string]any{"type": "array", "items": schemaOf("number")}}
	aWord         = form{word, wordNode, schemaOf("string")}
	aList         = form{list, listNode, map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": []string{"string", "null"}}}}
	aDuration     = form{duration, durationNode, pattern(`^([0-9.]+(ns|us|µs|ms|s|m|h))+$`)}
	aSize         = form{sizeText, sizeNode, pattern(`^[1-9][0-9]*[xX][1-9][0-9]*$`)}
	aLayout       = form{layoutText, layoutNode, pattern(`^(none|[1-9][0-9]*[xX×][1-9][0-9]*)$`)}
	aWallSize     = form{wallSizeText, wallSizeNode, pattern(`^(none|[1-9][0-9]*[xX][1-9][0-9]*)$`)}
	aGap          = form{gapValue, gapNode, pattern(`^-?[0-9]+[xX]-?[0-9]+$`)}
	aWordList     = form{wordList, wordListNode, map[string]any{"type": "array", "items": schemaOf("string")}}
	aDisplayList  = form{displaysText, displaysNode, displaysSchema()}
	aGrid         = form{gridText, gridNode, map[string]any{"oneOf": []any{
		pattern(`^(auto|[1-9][0-9]*[xX×][1-9][0-9]*)$`),
		map[string]any{
			"type": "object", "additionalProperties": false, "required": []string{"columns", "rows"},
			"properties": map[string]any{"columns": schemaOf("integer"), "rows": schemaOf("integer")},
		},
	}}}
)

func schemaOf(kind string) map[string]any { return map[string]any{"type": kind} }

func pattern(p string) map[string]any { return map[string]any{"type": "string", "pattern": p} }

// Schema is the JSON Schema (2020-12) of policy files, for editors. It has their form: what goes with what, Check says.
func Schema() []byte {
	root := object()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "prism policy"
	for _, k := range keys {
		groups, name := split(k.name)
		at := root
		for _, g := range groups {
			inner, ok := at["properties"].(map[string]any)[g].(map[string]any)
			if !ok {
				inner = object()
				at["properties"].(map[string]any)[g] = inner
			}
			at = inner
		}
		leaf := map[string]any{"description": strings.ReplaceAll(k.usage, "`", "") + " (" + k.env + ", --" + k.flag + ")", "default": k.def}
		for key, v := range k.schema {
			leaf[key] = v
		}
		if len(k.allowed) > 0 {
			leaf["enum"] = k.allowed
		}
		at["properties"].(map[string]any)[name] = leaf
	}
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // it is made of strings, numbers, lists and maps
	}
	return append(b, '\n')
}

func object() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{}}
}
