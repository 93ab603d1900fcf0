package plantest

import (
	"image"
	"testing"
)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		name          string
		rects         []image.Rectangle
		none, several int
	}{
		{"Nothing", nil, 12, 0},
		{"Once", []image.Rectangle{image.Rect(0, 0, 2, 3), image.Rect(2, 0, 4, 3)}, 0, 0},
		{"Hole", []image.Rectangle{image.Rect(0, 0, 2, 3), image.Rect(3, 0, 4, 3)}, 3, 0},
		{"Twice", []image.Rectangle{image.Rect(0, 0, 3, 3), image.Rect(2, 1, 4, 3)}, 1, 2},
		{"Outside", []image.Rectangle{image.Rect(0, 0, 4, 4)}, 0, 4},
	} {
		if none, several := Covers(4, 3, c.rects); none != c.none || several != c.several {
			t.Errorf("%s: %d pixels missing and %d double, want %d and %d", c.name, none, several, c.none, c.several)
		}
	}
}
