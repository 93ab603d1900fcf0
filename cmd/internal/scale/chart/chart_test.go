package chart

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prismgl/prism/cmd/internal/scale"
)

func report(measured, modelled []int) *scale.Report {
	r := &scale.Report{About: scale.About{Scene: "scene --first 3", Width: 640, Height: 480, Link: "10GbE", Cores: 2}}
	point := func(kind scale.Kind, n int) scale.Point {
		f := float64(n)
		return scale.Point{Kind: kind, Nodes: n, Speedup: f / (1 + f/90), Limit: "nodes", Stages: scale.Stages{App: 1, Split: .2, LinkOut: .01 * f, Nodes: 220 / f, LinkIn: 7.1, Compose: 3.5}}
	}
	for _, n := range measured {
		r.Measured = append(r.Measured, point(scale.Measured, n))
	}
	for _, n := range modelled {
		r.Modelled = append(r.Modelled, point(scale.Modelled, n))
	}
	return r
}

// Each plot is written in both formats, shows something, and tells both kinds of points apart in words.
func TestWriteFiles(t *testing.T) {
	for name, r := range map[string]*scale.Report{
		"Both":         report([]int{1, 2}, []int{1, 2, 4, 8, 16, 32}),
		"OnlyMeasured": report([]int{1, 3}, nil),
		"OnlyModelled": report(nil, []int{1}),
		"OddNodeCount": report([]int{1}, []int{1, 3, 7, 12}),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteFiles(r, dir); err != nil {
				t.Fatal(err)
			}
			for _, plot := range []string{scale.SpeedupPlot, scale.StagesPlot} {
				svg, err := os.ReadFile(filepath.Join(dir, plot+".svg"))
				if err != nil {
					t.Fatal(err)
				}
				for word, want := range map[string]bool{"measured": len(r.Measured) > 0, "modelled": len(r.Modelled) > 0, "scene, 640×480": true, "NaN": false, "Inf": false} {
					if strings.Contains(string(svg), word) != want {
						t.Errorf("%s.svg: %q there: %v, want %v", plot, word, !want, want)
					}
				}
				f, err := os.Open(filepath.Join(dir, plot+".png"))
				if err != nil {
					t.Fatal(err)
				}
				img, err := png.Decode(f)
				_ = f.Close()
				if err != nil {
					t.Fatal(err)
				}
				colours := map[any]bool{}
				for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
					for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
						colours[img.At(x, y)] = true
					}
				}
				if img.Bounds().Dx() < 600 || len(colours) < 20 {
					t.Errorf("%s.png: %v with %d colours", plot, img.Bounds(), len(colours))
				}
			}
		})
	}
}

func TestPowers(t *testing.T) {
	var got []string
	for _, k := range powers(0.5, 12, "%g×") {
		got = append(got, k.Label)
	}
	if want := "0.5× 1× 2× 4× 8×"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", strings.Join(got, " "), want)
	}
}
