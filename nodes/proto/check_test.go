package proto

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseControl(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"Nothing", `{}`, "it says 0 things"},
		{"Two", `{"end":{},"notes":{}}`, "it says 2 things"},
		{"NoJSON", `{`, "unexpected end"},
		{"NegativeSize", `{"plan":{"width":-1,"height":4}}`, "-1×4 pixels"},
		{"HugeSize", `{"plan":{"width":65536,"height":65536}}`, "65536×65536 pixels: at most 65536 a side and 268435456 in all"},
		{"TileOutside", `{"plan":{"width":8,"height":8,"tiles":[{"x":4,"y":0,"w":5,"h":8}]}}`, "tile 0, {X:4 Y:0 W:5 H:8}, is outside of 8×8"},
		{"TileWraps", `{"plan":{"width":8,"height":8,"tiles":[{"x":9223372036854775807,"y":0,"w":1,"h":1}]}}`, "outside"},
		{"NegativeTile", `{"plan":{"width":8,"height":8,"tiles":[{"x":0,"y":0,"w":-1,"h":1}]}}`, "outside"},
		{"SameTileTwice", `{"plan":{"width":8,"height":8,"tiles":[{"w":8,"h":8},{"w":8,"h":8}]}}`, "tiles of 128 pixels in all, it has 64"},
		{"ManyTiles", `{"plan":{"tiles":[` + strings.TrimSuffix(strings.Repeat("{},", 256), ",") + `]}}`, "256 tiles, 255 is the most"},
		{"Scissor", `{"plan":{"width":8,"height":8,"scissor":{"w":9,"h":8}}}`, "scissor"},
		{"Shift", `{"plan":{"width":8,"height":8,"shift":{"x":0.25,"y":-0.75}}}`, "it is shifted by (0.25, -0.75) pixels: want -0.5 to 0.5"},
		{"ForeignDisplay", `{"plan":{"width":8,"height":8,"views":[{"display":{"x11":"host:0","width":8,"height":8},"source":{"w":8,"h":8}}]}}`, `"host:0" is no X server of this machine; want :NUMBER or :NUMBER.SCREEN`},
		{"ViewOutside", `{"plan":{"width":8,"height":8,"views":[{"display":{"x11":":0","width":8,"height":8},"source":{"x":4,"w":8,"h":8}}]}}`, "view 0, {X:4 Y:0 W:8 H:8}, is empty or outside of 8×8"},
		{"ViewBesideWindow", `{"plan":{"width":8,"height":8,"views":[{"display":{"x11":":0","width":8,"height":8},"source":{"w":4,"h":8},"at_x":5}]}}`, "view 0: 4×8 pixels at 5, 0 of a window of 8×8"},
		{"SameDisplayTwice", `{"plan":{"width":8,"height":8,"views":[{"display":{"x11":":0","width":8,"height":8},"source":{"w":4,"h":8}},{"display":{"x11":":0.1","width":8,"height":8},"source":{"w":4,"h":8}}]}}`, `view 1: a second one of display ""`},
		{"WindowTooLarge", `{"plan":{"width":8,"height":8,"views":[{"display":{"x11":":0","width":32768,"height":8},"source":{"w":4,"h":8}}]}}`, "a window of 32768×8 pixels at 0, 0"},
		{"ManyViews", `{"plan":{"views":[` + strings.TrimSuffix(strings.Repeat("{},", 65), ",") + `]}}`, "65 views, 64 is the most"},
		{"ManyLost", `{"staged":{"lost":[` + strings.TrimSuffix(strings.Repeat("{},", 65), ",") + `]}}`, "65 displays are lost, 64 is the most"},
		{"TooLarge", `{"frame":{"number":18446744073709551616}}`, "cannot unmarshal"},
		{"NegativeTime", `{"frame":{"replay_wall":-1}}`, "a time is negative"},
	} {
		if _, err := ParseControl([]byte(c.in)); !errors.Is(err, ErrControl) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	c, err := ParseControl([]byte(`{"plan":{"drawable":3,"width":8,"height":8,"scissor":{"w":8,"h":8},"tiles":[{"w":4,"h":8},{"x":4,"w":4,"h":8}]},"later":1}`))
	if err != nil || c.Plan.Drawable != 3 || len(c.Plan.Tiles) != 2 {
		t.Errorf("%+v, %v", c.Plan, err)
	}
}

// What is accepted can be allocated by, and means the same when it is written again.
func FuzzControl(f *testing.F) {
	for _, s := range []string{
		`{"plan":{"drawable":1,"width":8,"height":8,"scissor":{"x":0,"y":0,"w":8,"h":8},"tiles":[{"x":0,"y":0,"w":8,"h":4}],"lead":true}}`,
		`{"plan":{"width":-1,"tiles":[{"x":-9223372036854775808,"w":9223372036854775807}]}}`,
		`{"frame":{"drawable":1,"number":2,"replay_wall":3,"gl_error":1281}}`,
		`{"fault":{"class":"corrupt","text":"\u001b[2J"}}`, `{"notes":{"texts":["a"]}}`, `{"done":{"record":"prismFinish","count":1}}`,
		`{"plan":{"width":8,"height":8,"views":[{"display":{"name":"l","x11":":0.1","width":8,"height":8,"cover":true},"source":{"w":8,"h":8}}],"no_pieces":true}}`,
		`{"staged":{"drawable":1,"number":2,"lost":[{"name":"l","text":"t"}]}}`, `{"show":{"drawable":1,"number":2}}`, `{"shown":{"number":3}}`,
		`{"ready":{"pid":1,"spec_hash":18446744073709551615}}`, `{"end":{"reason":""}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseControl(b)
		if err != nil {
			if !errors.Is(err, ErrControl) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		if p := c.Plan; p != nil {
			area := 0
			for _, r := range p.Tiles {
				if r.W < 0 || r.H < 0 || r.X < 0 || r.Y < 0 || r.X+r.W > p.Width || r.Y+r.H > p.Height {
					t.Fatalf("tile %+v of %d×%d", r, p.Width, p.Height)
				}
				area += r.W * r.H
			}
			if area > p.Width*p.Height || area > MaxPixels || len(p.Tiles) > MaxTiles {
				t.Fatalf("%d pixels in %d tiles of %d×%d", area, len(p.Tiles), p.Width, p.Height)
			}
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		d, err := ParseControl(again)
		if err != nil {
			t.Fatalf("%s became %s: %v", b, again, err)
		}
		// JSON has one form for an absent and an empty list.
		if third, err := json.Marshal(d); err != nil || !bytes.Equal(third, again) {
			t.Fatalf("%s became %s, %v", again, third, err)
		}
	})
}

func FuzzPiece(f *testing.F) {
	h := PieceHeader{Format: BGRA8, Codec: S2, Count: 3, Index: 1, Drawable: 2, Frame: 9, Rect: Rect{1, 2, 3, 4}, FullW: 10, FullH: 10, Bytes: 48}
	f.Add(append(h.Append(nil), "pixels"...))
	h.Rect, h.Bytes = Rect{}, 0
	f.Add(h.Append(nil))
	h.FullW, h.FullH, h.Rect, h.Bytes = 1<<16, 1<<16, Rect{0, 0, 1 << 16, 1 << 16}, 1<<34
	f.Add(h.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, rest, err := ParsePiece(b)
		if err != nil {
			if !errors.Is(err, ErrPiece) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		if got := append(h.Append(nil), rest...); !bytes.Equal(got, b) {
			t.Fatalf("%x became %x", b, got)
		}
		if r := h.Rect; !r.within(h.FullW, h.FullH) || h.Bytes != 4*r.W*r.H || h.Bytes > 4*MaxPixels || h.Index >= h.Count {
			t.Fatalf("accepted: %+v", h)
		}
	})
}

func FuzzParseTiles(f *testing.F) {
	f.Add(AppendTile(AppendTile(nil, Tile{Rect{1, 2, 1, 1}, []byte("abcd")}), Tile{Rect{-1, -2, 0, 5}, nil}), uint64(2))
	f.Fuzz(func(t *testing.T, b []byte, n uint64) {
		tiles, err := ParseTiles(b, n)
		if err != nil {
			if !errors.Is(err, ErrTiles) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		var again []byte
		held := 0
		for _, x := range tiles {
			if x.Rect.W < 0 || x.Rect.H < 0 || x.Rect.W*x.Rect.H != 0 && len(x.Pix)%(x.Rect.W*x.Rect.H) != 0 {
				t.Fatalf("%+v with %d bytes", x.Rect, len(x.Pix))
			}
			held += len(x.Pix)
			again = AppendTile(again, x)
		}
		if held > len(b) || len(again) != len(b) {
			t.Fatalf("%d bytes became %d", len(b), len(again))
		}
		// Padding and the zero word are not kept; all else is.
		second, err := ParseTiles(again, n)
		if err != nil || !reflect.DeepEqual(tiles, second) {
			t.Fatalf("%v became %v, %v", tiles, second, err)
		}
	})
}
