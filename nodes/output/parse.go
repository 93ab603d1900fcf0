package output

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrSpec is the class of errors in what a user wrote for an output.
var ErrSpec = errors.New("output: not an output")

// Spec is what a user asked for, checked.
type Spec struct {
	Kind string // "x11", "png", "y4m", "mp4" or "null"
	// Path is png's directory, y4m's and mp4's file.
	Path string
	// Borders draws the tiles' edges into the picture; Last keeps only the last frame (last.png). Both for png.
	Borders, Last bool
	// Rate of y4m and mp4, in frames a second as the file says.
	Rate Rate
	// Half is true for y4m with chroma of half width and height (4:2:0).
	Half bool
}

// Rate is a number of frames a second.
type Rate struct{ Num, Den int }

// DefaultRate is that of a file for which nobody chose one.
var DefaultRate = Rate{60, 1}

func (r Rate) String() string {
	if r.Den == 1 {
		return strconv.Itoa(r.Num)
	}
	return fmt.Sprintf("%d/%d", r.Num, r.Den)
}

// Allowed says in one line what Parse takes.
const Allowed = `x11, png:DIR (options: png:DIR?borders=1&last=1), y4m:FILE (options: y4m:FILE?fps=30&chroma=420), mp4:FILE (option: mp4:FILE?fps=30) or null`

// form is what may follow a kind.
type form struct {
	kind    string
	path    string // what it needs after the colon, with its article; "": nothing may be there
	example string
	options []option
}

type option struct {
	name string
	set  func(s *Spec, value string) (complaint string)
}

func onOff(field func(s *Spec) *bool) func(*Spec, string) string {
	return func(s *Spec, value string) string {
		on, err := strconv.ParseBool(value)
		if err != nil {
			return "want 1 or 0"
		}
		*field(s) = on
		return ""
	}
}

func setRate(s *Spec, value string) string {
	num, den, fraction := strings.Cut(value, "/")
	n, err := strconv.Atoi(num)
	d := 1
	if err == nil && fraction {
		d, err = strconv.Atoi(den)
	}
	if err != nil || n < 1 || d < 1 || n > 1e6 || d > 1e6 || n > 1000*d {
		return "want frames a second up to 1000, as 30 or 30000/1001"
	}
	s.Rate = Rate{n, d}
	return ""
}

func setChroma(s *Spec, value string) string {
	s.Half = value == "420"
	if value != "420" && value != "444" {
		return "want 444 or 420"
	}
	return ""
}

var forms = []form{
	{kind: "x11"},
	{kind: "png", path: "a directory", example: "png:frames", options: []option{
		{"borders", onOff(func(s *Spec) *bool { return &s.Borders })}, {"last", onOff(func(s *Spec) *bool { return &s.Last })}}},
	{kind: "y4m", path: "a file", example: "y4m:run.y4m", options: []option{{"fps", setRate}, {"chroma", setChroma}}},
	{kind: "mp4", path: "a file", example: "mp4:run.mp4", options: []option{{"fps", setRate}}},
	{kind: "null"},
}

func names[T any](list []T, name func(T) string) []string {
	all := make([]string, len(list))
	for i, t := range list {
		all[i] = name(t)
	}
	return all
}

// Parse reads one output: "x11", "png:DIR", "y4m:FILE?fps=30", "null".
func Parse(text string) (Spec, error) {
	kind, arg, hasArg := strings.Cut(strings.TrimSpace(text), ":")
	at := slices.IndexFunc(forms, func(f form) bool { return f.kind == kind })
	if at < 0 {
		return Spec{}, fmt.Errorf("%w: %q; allowed are %s%s", ErrSpec, text, Allowed,
			didYouMean(kind, names(forms, func(f form) string { return f.kind })))
	}
	f, s := forms[at], Spec{Kind: kind}
	if f.path == "" {
		if hasArg {
			return Spec{}, fmt.Errorf("%w: %q: %s takes nothing after a colon", ErrSpec, text, kind)
		}
		return s, nil
	}
	path, query, _ := strings.Cut(arg, "?")
	if path == "" {
		return Spec{}, fmt.Errorf("%w: %q: %s needs %s, as in %s", ErrSpec, text, kind, f.path, f.example)
	}
	s.Path = path
	if slices.ContainsFunc(f.options, func(o option) bool { return o.name == "fps" }) {
		s.Rate = DefaultRate
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return Spec{}, fmt.Errorf("%w: %q: options: %v", ErrSpec, text, err)
	}
	for _, key := range slices.Sorted(maps.Keys(options)) {
		values := options[key]
		value := values[len(values)-1]
		i := slices.IndexFunc(f.options, func(o option) bool { return o.name == key })
		if i < 0 {
			known := names(f.options, func(o option) string { return o.name })
			return Spec{}, fmt.Errorf("%w: %q: option %q; %s has %s%s", ErrSpec, text, key, kind, strings.Join(known, " and "), didYouMean(key, known))
		}
		if complaint := f.options[i].set(&s, value); complaint != "" {
			return Spec{}, fmt.Errorf("%w: %q: option %s is %q; %s", ErrSpec, text, key, value, complaint)
		}
	}
	return s, nil
}

// Numbered is where the pictures of the n-th process go, so that those of several are kept apart: the second one's to DIR/2, or to
// NAME.2.y4m.
func (s Spec) Numbered(n int) Spec {
	switch {
	case n < 2 || s.Path == "":
	case s.Kind == "png":
		s.Path = filepath.Join(s.Path, strconv.Itoa(n))
	default:
		ext := filepath.Ext(s.Path)
		s.Path = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(s.Path, ext), n, ext)
	}
	return s
}

func didYouMean(got string, words []string) string {
	if near := nearest(got, words); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// nearest gives the word that differs from got in at most two letters, or "".
func nearest(got string, words []string) string {
	best, at := "", 3
	for _, w := range words {
		if d := distance(got, w); d < at && d < len(w) {
			best, at = w, d
		}
	}
	return best
}

// distance is Levenshtein's, byte by byte.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := last
			if a[i] != b[j] {
				d++
			}
			last = row[j+1]
			row[j+1] = min(d, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
