package output

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ErrSpec is the class of errors in what a user wrote for an output.
var ErrSpec = errors.New("output: not an output")

// Spec is what a user asked for, checked.
type Spec struct {
	Kind string // "x11", "png" or "null"
	// Path is png's directory.
	Path string
	// Borders draws the tiles' edges into the picture; Last keeps only the last frame (last.png). Both for png.
	Borders, Last bool
}

// Allowed says in one line what Parse takes.
const Allowed = `x11, png:DIR (options: png:DIR?borders=1&last=1) or null`

// Parse reads one output: "x11", "png:DIR", "png:DIR?borders=1&last=1", "null".
func Parse(text string) (Spec, error) {
	kind, arg, hasArg := strings.Cut(strings.TrimSpace(text), ":")
	s := Spec{Kind: kind}
	switch kind {
	case "x11", "null":
		if hasArg {
			return Spec{}, fmt.Errorf("%w: %q: %s takes nothing after a colon", ErrSpec, text, kind)
		}
		return s, nil
	case "png":
	default:
		hint := ""
		if near := nearest(kind, []string{"x11", "png", "null"}); near != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", near)
		}
		return Spec{}, fmt.Errorf("%w: %q; allowed are %s%s", ErrSpec, text, Allowed, hint)
	}
	path, query, _ := strings.Cut(arg, "?")
	if path == "" {
		return Spec{}, fmt.Errorf("%w: %q: png needs a directory, as in png:frames", ErrSpec, text)
	}
	s.Path = path
	options, err := url.ParseQuery(query)
	if err != nil {
		return Spec{}, fmt.Errorf("%w: %q: options: %v", ErrSpec, text, err)
	}
	for _, key := range slices.Sorted(maps.Keys(options)) {
		v := options[key]
		on, err := strconv.ParseBool(v[len(v)-1])
		switch {
		case key != "borders" && key != "last":
			hint := ""
			if near := nearest(key, []string{"borders", "last"}); near != "" {
				hint = fmt.Sprintf(" (did you mean %q?)", near)
			}
			return Spec{}, fmt.Errorf("%w: %q: option %q; png has borders and last%s", ErrSpec, text, key, hint)
		case err != nil:
			return Spec{}, fmt.Errorf("%w: %q: option %s is %q; want 1 or 0", ErrSpec, text, key, v[len(v)-1])
		case key == "borders":
			s.Borders = on
		default:
			s.Last = on
		}
	}
	return s, nil
}

// nearest gives the word that differs from got in at most two letters, or "".
func nearest(got string, words []string) string {
	best, at := "", 3
	for _, w := range words {
		if d := distance(got, w); d < at {
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
