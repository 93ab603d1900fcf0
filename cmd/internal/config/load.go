package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/prismgl/prism/tilesplit/grid"
)

// Value is one effective choice and where it was made.
type Value struct {
	Key   string `json:"key"`
	Value any    `json:"value"` // int, bool, string or []string
	From  string `json:"from"`  // "default", "FILE:LINE:COLUMN", "environment PRISM_X", "--flag"
}

// Load puts a policy together. file may be empty: none; flags may be nil. Flags that AddFlags did not declare in it are
// left out, and those not given on the command line count for nothing. Errors are of class ErrConfig.
func Load(file string, flags *pflag.FlagSet) (Config, error) {
	c, _, err := Resolve(file, flags)
	return c, err
}

// Resolve is Load that also tells where each value comes from.
func Resolve(file string, flags *pflag.FlagSet) (Config, []Value, error) {
	var values map[string]found
	var ps Problems
	if file != "" {
		var err error
		if values, ps, err = readFile(file); err != nil {
			return Config{}, nil, err
		}
	}
	return resolve(values, ps, flags)
}

// resolve is Resolve of what a file has, and has wrong.
func resolve(values map[string]found, ps Problems, flags *pflag.FlagSet) (Config, []Value, error) {
	if len(ps) > 0 {
		return Config{}, nil, check(values, ps)
	}
	env, envProblems := environment()
	ps = append(append(ps, envProblems...), checkFlags(flags)...)
	if len(ps) > 0 {
		return Config{}, nil, ps
	}
	v, err := merge(values, env, flags)
	if err != nil {
		return Config{}, nil, err
	}
	return v.config, v.values, nil
}

// environment reads the variables that are set and not empty.
func environment() (map[string]found, Problems) {
	env := map[string]found{}
	var ps Problems
	for _, k := range keys {
		s := os.Getenv(k.env)
		if s == "" {
			continue
		}
		where := "environment " + k.env
		value, text := k.text(s)
		if text != "" {
			ps = append(ps, Problem{Where: where, Text: text})
			continue
		}
		env[k.name] = found{value: value, where: where}
	}
	return env, ps
}

// given tells whether a key's flag is declared here and was used.
func given(flags *pflag.FlagSet, k key) *pflag.Flag {
	if flags == nil {
		return nil
	}
	if f := flags.Lookup(k.flag); f != nil && f.Changed {
		return f
	}
	return nil
}

func checkFlags(flags *pflag.FlagSet) Problems {
	var ps Problems
	for _, k := range keys {
		f := given(flags, k)
		if f == nil {
			continue
		}
		if _, isList := f.Value.(pflag.SliceValue); isList {
			continue
		}
		if _, text := k.text(f.Value.String()); text != "" {
			ps = append(ps, Problem{Where: "--" + k.flag, Text: text})
		}
	}
	return ps
}

type merged struct {
	config Config
	values []Value
}

// merge lets viper choose among the places and checks the result. file and env hold what was read and found right.
func merge(file, env map[string]found, flags *pflag.FlagSet) (merged, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	tree := map[string]any{}
	for name, f := range file {
		groups, leaf := split(name)
		at := tree
		for _, g := range groups {
			sub, _ := at[g].(map[string]any)
			if sub == nil {
				sub = map[string]any{}
				at[g] = sub
			}
			at = sub
		}
		at[leaf] = f.value
	}
	if err := v.MergeConfigMap(tree); err != nil {
		return merged{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	var m merged
	from := map[string]string{}
	for _, k := range keys {
		v.SetDefault(k.name, k.def)
		from[k.name] = "default"
		if f, ok := file[k.name]; ok {
			from[k.name] = f.where
		}
		if e, ok := env[k.name]; ok {
			if err := v.BindEnv(k.name, k.env); err != nil {
				return merged{}, fmt.Errorf("%w: %w", ErrConfig, err)
			}
			from[k.name] = e.where
		}
		if f := given(flags, k); f != nil {
			if err := v.BindPFlag(k.name, f); err != nil {
				return merged{}, fmt.Errorf("%w: %w", ErrConfig, err)
			}
			from[k.name] = "--" + k.flag
		}
	}
	if err := v.UnmarshalExact(&m.config, func(dc *mapstructure.DecoderConfig) {
		dc.TagName = "yaml"
		dc.WeaklyTypedInput = false
		dc.DecodeHook = fromText
	}); err != nil {
		return merged{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := m.config.Validate(); err != nil {
		var ps Problems
		if errors.As(err, &ps) {
			for i := range ps {
				w := from[ps[i].Key]
				if w != "default" {
					ps[i].Where = w
				}
				if f := file[ps[i].Key]; f.where == w {
					ps[i].line = f.line
				}
			}
			slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Compare(a.line, b.line) })
		}
		return merged{}, err
	}
	for _, k := range keys {
		m.values = append(m.values, Value{k.name, m.config.value(k.name), from[k.name]})
	}
	return m, nil
}

// split gives the groups that a key stands in, from outside in, and its own name.
func split(name string) (groups []string, leaf string) {
	parts := strings.Split(name, delimiter)
	return parts[:len(parts)-1], parts[len(parts)-1]
}

// value gives a field by its key, in the form that a file has: a grid or size that was not given as its key's default, "auto" or "none".
func (c Config) value(name string) any {
	v := reflect.ValueOf(c)
	for part := range strings.SplitSeq(name, delimiter) {
		if v.Kind() != reflect.Struct {
			return nil
		}
		i := slices.IndexFunc(reflect.VisibleFields(v.Type()), func(f reflect.StructField) bool { return f.Tag.Get("yaml") == part })
		if i < 0 {
			return nil
		}
		v = v.Field(i)
	}
	switch x := v.Interface().(type) {
	case grid.Grid, Size:
		if v.IsZero() {
			return keys[slices.IndexFunc(keys, func(k key) bool { return k.name == name })].def
		}
		return x.(fmt.Stringer).String()
	case time.Duration:
		return x.String()
	case Gap:
		return x.String()
	default:
		return x
	}
}

// fromText reads the text of a variable, a flag or a grid as the field's type. The file's numbers are numbers already.
func fromText(from, to reflect.Type, data any) (any, error) {
	if from.Kind() != reflect.String {
		return data, nil
	}
	s := data.(string)
	var v any = s
	var text string
	switch {
	case to == reflect.TypeFor[grid.Grid]():
		if s == autoGrid || s == none {
			return grid.Grid{}, nil
		}
		return grid.ParseGrid(s)
	case to == reflect.TypeFor[Gap]():
		v, text = parseGap(s)
	case to == reflect.TypeFor[Displays]():
		v, text = readDisplays(s)
	case to == reflect.TypeFor[Size]():
		if s == none {
			return Size{}, nil
		}
		size, text := parseSize(s)
		if text != "" {
			return nil, errors.New(text)
		}
		return size, nil
	case to.Kind() == reflect.Float64:
		v, text = fraction(s)
	case to == reflect.TypeFor[[]float64]():
		v, text = fractions(s)
	case to == reflect.TypeFor[time.Duration]():
		return time.ParseDuration(s)
	case to.Kind() == reflect.Int:
		v, text = number(s)
	case to.Kind() == reflect.Bool:
		v, text = boolean(s)
	case to == reflect.TypeFor[[]string]():
		v, text = list(s)
	}
	if text != "" {
		return nil, errors.New(text)
	}
	return v, nil
}

// Show prints the effective policy as YAML that Load reads again, each line with where its value comes from.
func Show(w io.Writer, file string, flags *pflag.FlagSet) error {
	_, values, err := Resolve(file, flags)
	if err != nil {
		return err
	}
	return Print(w, values)
}

// Print writes values as Show does.
func Print(w io.Writer, values []Value) error {
	var open []string // groups that the line before stands in
	for _, v := range values {
		groups, name := split(v.Key)
		for i, g := range groups {
			if i < len(open) && slices.Equal(open[:i+1], groups[:i+1]) {
				continue
			}
			if _, err := fmt.Fprintf(w, "%s%s:\n", indent(i), g); err != nil {
				return err
			}
		}
		open = groups
		if _, err := fmt.Fprintf(w, "%-42s # %s\n", indent(len(groups))+name+": "+yamlText(v.Value), v.From); err != nil {
			return err
		}
	}
	return nil
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

func yamlText(v any) string {
	switch v := v.(type) {
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = fmt.Sprintf("%q", s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case Displays:
		return v.String()
	case []float64:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = fmt.Sprint(f)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		if v == "" || strings.ContainsAny(v, ":#, \"'\\{}[]") {
			return fmt.Sprintf("%q", v)
		}
		return v
	}
	return fmt.Sprint(v)
}
