package output

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Spec{
		"x11":                       {Kind: "x11"},
		" null ":                    {Kind: "null"},
		"png:frames":                {Kind: "png", Path: "frames"},
		"png:a:b/c":                 {Kind: "png", Path: "a:b/c"},
		"png:out?borders=1&last=1":  {Kind: "png", Path: "out", Borders: true, Last: true},
		"png:out?last=true":         {Kind: "png", Path: "out", Last: true},
		"png:out?last=1&borders=no": {},
	} {
		got, err := Parse(in)
		if want.Kind == "" {
			if !errors.Is(err, ErrSpec) {
				t.Errorf("Parse(%q) = %+v, %v; want ErrSpec", in, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"pgn:d":          `did you mean "png"`,
		"window":         "allowed are x11, png:DIR",
		"png":            "needs a directory",
		"png:?last=1":    "needs a directory",
		"png:d?boders=1": `did you mean "borders"`,
		"png:d?last=2":   `"2"; want 1 or 0`,
		"x11::77":        "takes nothing after a colon",
	} {
		if _, err := Parse(in); !errors.Is(err, ErrSpec) || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): %v\nwant %s", in, err, want)
		}
	}
}

type fake struct {
	name   string
	err    error
	frames int
	closed bool
}

func (f *fake) Name() string { return f.name }
func (f *fake) Present(context.Context, *Frame) error {
	f.frames++
	return f.err
}
func (f *fake) Close() error {
	f.closed = true
	return f.err
}

func TestMultiClosesAll(t *testing.T) {
	bad := errors.New("bad")
	a, b := &fake{name: "a", err: bad}, &fake{name: "b"}
	m := Multi{a, b}
	if err := m.Close(); !errors.Is(err, bad) {
		t.Errorf("error %v", err)
	}
	if !a.closed || !b.closed || m.Name() != "a+b" {
		t.Errorf("%+v %+v %s", a, b, m.Name())
	}
}

// hanging does not end its Close until it is let go.
type hanging struct {
	fake
	letGo chan struct{}
}

func (h *hanging) Close() error {
	<-h.letGo
	return h.fake.Close()
}

func TestMultiLeavesOneThatHangs(t *testing.T) {
	h, b := &hanging{fake: fake{name: "h"}, letGo: make(chan struct{})}, &fake{name: "b"}
	if err := (Multi{h, b}).close(60 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "h does not end") {
		t.Errorf("error %v", err)
	}
	if !b.closed {
		t.Error("the other one was not closed")
	}
	close(h.letGo)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"x11", "png:d?borders=1&last=1", "png:%?%", "null:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		spec, err := Parse(s)
		switch {
		case err != nil && (!errors.Is(err, ErrSpec) || strings.ContainsAny(err.Error(), "\n\x1b")):
			t.Fatalf("%q: error %q", s, err)
		case err == nil && (spec.Kind == "png") != (spec.Path != ""):
			t.Fatalf("%q: %+v", s, spec)
		}
	})
}
