package proto

import (
	"bytes"
	"errors"
	"testing"
)

func TestWorkerConfigValidate(t *testing.T) {
	good := WorkerConfig{Session: "s", Device: -1}
	for _, c := range []struct {
		name   string
		change func(*WorkerConfig)
		ok     bool
	}{
		{"good", func(*WorkerConfig) {}, true},
		{"fbo", func(c *WorkerConfig) { c.Framebuffer = "fbo" }, true},
		{"no session", func(c *WorkerConfig) { c.Session = "" }, false},
		{"peer", func(c *WorkerConfig) { c.Peer = -1 }, false},
		{"device", func(c *WorkerConfig) { c.Device = -2 }, false},
		{"deadline", func(c *WorkerConfig) { c.BatchDeadlineMS = -1 }, false},
		{"framebuffer", func(c *WorkerConfig) { c.Framebuffer = "window" }, false},
	} {
		cfg := good
		c.change(&cfg)
		if err := cfg.Validate(); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrWorkerConfig) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTilesRoundTrip(t *testing.T) {
	in := []Tile{{Rect{0, 0, 3, 1}, []byte("abcdefghi")}, {Rect{-2, 5, 0, 4}, nil}, {Rect{7, 8, 1, 2}, []byte("wxyz")}}
	var b []byte
	for _, x := range in {
		b = AppendTile(b, x)
	}
	out, err := ParseTiles(b, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in {
		if in[i].Rect != out[i].Rect || !bytes.Equal(in[i].Pix, out[i].Pix) {
			t.Errorf("tile %d: got %v, want %v", i, out[i], in[i])
		}
	}
	for n := range len(b) {
		if _, err := ParseTiles(b[:n], 3); !errors.Is(err, ErrTiles) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := ParseTiles(b, 2); !errors.Is(err, ErrTiles) {
		t.Error("bytes behind the last tile were taken")
	}
}
