package tilesplit

import (
	"errors"
	"image"
	"strings"
	"testing"
)

func TestMakeRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		tiles []Tile
		want  string
	}{
		{"Overlap", []Tile{{image.Rect(0, 0, 3, 4), 0}, {image.Rect(2, 0, 4, 4), 1}}, "overlap"},
		{"Hole", []Tile{{image.Rect(0, 0, 2, 4), 0}}, "cover 8 of 16"},
		{"Outside", []Tile{{image.Rect(0, 0, 4, 5), 0}}, "outside"},
		{"UnknownNode", []Tile{{image.Rect(0, 0, 4, 4), 2}}, "node 2 of 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Make(4, 4, 2, c.tiles)
			if !errors.Is(err, ErrPlan) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want ErrPlan with %q", err, c.want)
			}
		})
	}
}

func TestValidateShares(t *testing.T) {
	p, err := Make(4, 4, 2, []Tile{{image.Rect(0, 0, 4, 2), 0}, {image.Rect(0, 2, 4, 4), 1}})
	if err != nil {
		t.Fatal(err)
	}
	p.Nodes[1].Scissor = image.Rect(0, 0, 1, 1)
	if err := p.Validate(); !errors.Is(err, ErrPlan) {
		t.Errorf("scissor smaller than the tile: %v", err)
	}
	p.Nodes[1] = Share{}
	if err := p.Validate(); !errors.Is(err, ErrPlan) {
		t.Errorf("share without its tile: %v", err)
	}
	p.Nodes[1] = Share{Scissor: image.Rect(0, 0, 4, 4), Tiles: []image.Rectangle{image.Rect(0, 0, 4, 2)}}
	if err := p.Validate(); !errors.Is(err, ErrPlan) {
		t.Errorf("another node's tile: %v", err)
	}
}
