package spec

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// ErrOverlay is the class of errors in what the overlay's author wrote.
var ErrOverlay = errors.New("spec: overlay")

// Problem is one thing wrong in an overlay file.
type Problem struct {
	File string
	Line int
	What string
}

// Problems collects what is wrong, so that an author sees all of it at once.
type Problems []Problem

func (p *Problems) add(file string, line int, format string, args ...any) {
	*p = append(*p, Problem{file, line, fmt.Sprintf(format, args...)})
}

// Err gives one error that wraps ErrOverlay and has a line `file:line: what` for each problem, or nil.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	var b strings.Builder
	for _, q := range p {
		fmt.Fprintf(&b, "\n%s:%d: %s", q.File, q.Line, q.What)
	}
	return fmt.Errorf("%w: %d problems:%s", ErrOverlay, len(p), b.String())
}

// nearest gives the word of `from` that is closest to `word`, or "".
func nearest(word string, from []string) string {
	best, bestD := "", len(word)/3+2
	for _, f := range from {
		if d := distance(strings.ToLower(word), strings.ToLower(f)); d < bestD {
			best, bestD = f, d
		}
	}
	return best
}

func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := prev[0]
		prev[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost = 1 + min(diag, prev[j], prev[j-1])
			}
			diag, prev[j] = prev[j], cost
		}
	}
	return prev[len(b)]
}

// notOneOf words "x is not …": what is allowed, and the nearest right word.
func notOneOf(what, word string, allowed []string) string {
	s := fmt.Sprintf("%q is not a %s", word, what)
	if n := nearest(word, allowed); n != "" {
		s += fmt.Sprintf("; did you mean %q?", n)
	}
	if len(allowed) <= 24 {
		sorted := append([]string(nil), allowed...)
		sort.Strings(sorted)
		s += " (allowed: " + strings.Join(sorted, ", ") + ")"
	}
	return s
}
