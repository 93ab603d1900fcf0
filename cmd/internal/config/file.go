package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxFileBytes bounds a policy file.
const maxFileBytes = 1 << 20

// found is one value with its place.
type found struct {
	value any
	where string // FILE:LINE:COLUMN, or as in Problem
	line  int
}

// document has the file's shape for yaml's own strict decoder, which sees every file that the walk found right.
type document struct {
	Nodes          int       `yaml:"nodes"`
	Grid           yaml.Node `yaml:"grid"`
	FramesInFlight int       `yaml:"frames_in_flight"`
	Outputs        yaml.Node `yaml:"outputs"`
	Lossless       bool      `yaml:"lossless_outputs"`
	NATS           NATS      `yaml:"nats"`
	Mixed          string    `yaml:"mixed"`
	Finish         string    `yaml:"finish"`
	Errors         string    `yaml:"errors"`
	Lanes          string    `yaml:"lanes"`
	Tiling         struct {
		Mode      string    `yaml:"mode"`
		Weights   yaml.Node `yaml:"weights"`
		Min       int       `yaml:"min"`
		Snap      int       `yaml:"snap"`
		Size      yaml.Node `yaml:"size"`
		Offscreen bool      `yaml:"offscreen"`
		Samples   int       `yaml:"samples"`
	} `yaml:"tiling"`
	Balance Balance `yaml:"balance"`
	Wall    struct {
		Layout   yaml.Node `yaml:"layout"`
		Size     yaml.Node `yaml:"size"`
		Gap      yaml.Node `yaml:"gap"`
		X11      yaml.Node `yaml:"x11"`
		Displays yaml.Node `yaml:"displays"`
		Target   yaml.Node `yaml:"target"`
	} `yaml:"wall"`
	Culling string `yaml:"culling"`
	Passes  string `yaml:"passes"`
}

// Check reads a policy file by itself, without environment and flags, and lists all that is wrong with it.
func Check(file string) error {
	values, ps, err := readFile(file)
	if err != nil {
		return err
	}
	return check(values, ps)
}

// check adds to what the file's form has wrong what its values have.
func check(values map[string]found, ps Problems) error {
	_, err := merge(values, nil, nil)
	var more Problems
	if err != nil && !errors.As(err, &more) {
		return err
	}
	// Displays that are wrong in form are there all the same.
	if slices.ContainsFunc(ps, func(p Problem) bool { return strings.HasPrefix(p.Key, "wall"+delimiter) }) {
		more = slices.DeleteFunc(more, func(p Problem) bool { return p.Text == needsDisplays })
	}
	ps = append(ps, more...)
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Compare(a.line, b.line) })
	return ps.orNil()
}

func readFile(file string) (map[string]found, Problems, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if len(data) > maxFileBytes {
		return nil, Problems{{Where: file, Text: fmt.Sprintf("more than %d bytes", maxFileBytes)}}, nil
	}
	values, ps := parse(file, data)
	return values, ps, nil
}

// parse reads YAML. name is the file's, for messages. With problems it still gives the values that are right in form.
func parse(name string, data []byte) (map[string]found, Problems) {
	if p, bad := badCharacter(name, data); bad {
		return nil, Problems{p}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, syntax(name, data, err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		return nil, Problems{{Where: place(name, &more), Text: "a second document; a policy is one"}}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(name, data, err)
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode {
		root = doc.Content[0]
	}
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	w := walker{name: name, values: map[string]found{}}
	w.mapping(target(root), "")
	if len(w.ps) > 0 {
		return w.values, w.ps
	}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(&document{}); err != nil {
		return nil, syntax(name, data, err)
	}
	return w.values, nil
}

type walker struct {
	name   string
	values map[string]found
	ps     Problems
}

func (w *walker) bad(n *yaml.Node, key, format string, args ...any) {
	w.ps = append(w.ps, Problem{place(w.name, n), key, fmt.Sprintf(format, args...), n.Line})
}

// mapping reads the keys below prefix ("" or "nats::").
func (w *walker) mapping(m *yaml.Node, prefix string) {
	if m.Kind != yaml.MappingNode {
		w.bad(m, strings.TrimSuffix(prefix, delimiter), "want keys and values, this is %s", describe(m))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		k, v := m.Content[i], target(m.Content[i+1])
		name := target(k).Value
		if line, twice := first[name]; twice {
			w.bad(k, "", "key %q stands twice, first in line %d", name, line)
			continue
		}
		first[name] = k.Line
		if at := slices.IndexFunc(keys, func(d key) bool { return d.name == prefix+name }); at >= 0 {
			value, text := keys[at].node(v)
			if text != "" {
				w.bad(m.Content[i+1], prefix+name, "%s", text)
				continue
			}
			w.values[prefix+name] = found{value, place(w.name, m.Content[i+1]), m.Content[i+1].Line}
			continue
		}
		if inner := prefix + name + delimiter; name != "" && slices.ContainsFunc(keys, func(d key) bool { return strings.HasPrefix(d.name, inner) }) {
			w.mapping(v, inner)
			continue
		}
		known := knownBelow(prefix)
		w.bad(k, "", "unknown key %q; known here are %s%s", name, strings.Join(known, ", "), didYouMean(name, known))
	}
}

// knownBelow lists the names that may stand below a prefix.
func knownBelow(prefix string) []string {
	var names []string
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k.name, prefix); ok {
			rest, _, _ = strings.Cut(rest, delimiter)
			if !slices.Contains(names, rest) {
				names = append(names, rest)
			}
		}
	}
	slices.Sort(names)
	return names
}

func place(name string, n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", name, n.Line, n.Column)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

var yamlAnchor = regexp.MustCompile(`anchor '([^']*)'`)

// unsaidLine finds the line of an error for which yaml names none: that of the anchor which it is about, else the first, for the parser
// counts from 0 and leaves a 0 out.
func unsaidLine(data []byte, text string) int {
	if m := yamlAnchor.FindStringSubmatch(text); m != nil {
		if at := bytes.Index(data, []byte("*"+m[1])); at >= 0 {
			return 1 + bytes.Count(data[:at], []byte("\n"))
		}
	}
	return 1
}

// badCharacter finds the first character that YAML does not allow, for which yaml names no place.
func badCharacter(name string, data []byte) (Problem, bool) {
	line := 1
	for at := 0; at < len(data); {
		r, n := utf8.DecodeRune(data[at:])
		p := Problem{Where: fmt.Sprintf("%s:%d", name, line), line: line}
		switch {
		case r == utf8.RuneError && n == 1:
			p.Text = fmt.Sprintf("byte %#x is not UTF-8", data[at])
			return p, true
		case r == '\n':
			line++
		case r < ' ' && r != '\t' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff, r == 0xfeff && at > 0:
			p.Text = fmt.Sprintf("character %U is not allowed", r)
			return p, true
		}
		at += n
	}
	return Problem{}, false
}

// syntax turns yaml's own errors into problems with a place.
func syntax(name string, data []byte, err error) Problems {
	texts := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		texts = te.Errors
	}
	var ps Problems
	for _, t := range texts {
		p := Problem{Text: strings.TrimPrefix(t, "yaml: ")}
		p.Where = fmt.Sprintf("%s:%d", name, unsaidLine(data, p.Text))
		if m := yamlLine.FindStringSubmatch(t); m != nil {
			if line, err := strconv.Atoi(m[1]); err == nil {
				p = Problem{Where: fmt.Sprintf("%s:%d", name, line), Text: m[2]}
			}
		}
		ps = append(ps, p)
	}
	return ps
}
