package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/subpixel"
)

// TestSubpixel: real workers in both makes draw samples, whose mean is that of samples drawn by one node each; tiles become samples and
// samples tiles while the app draws, and each frame is the one or the other; and a node that shifts wrongly is found.
func TestSubpixel(t *testing.T) {
	need(t)
	const nodes = 3
	chunks := recording(t, filepath.Join(binDir, "samples/city"), "--frames", "12", "--size", "150x100", "--blocks", "6")
	var pattern []tilesplit.Policy
	for _, at := range subpixel.Pattern(nodes) {
		pattern = append(pattern, subpixel.Alone{X: at[0], Y: at[1]})
	}
	sampled := func() tilesplit.Policy { return subpixel.Subpixel{} }
	tiled := func() tilesplit.Policy { return grid.Grid{Columns: nodes, Rows: 1} }
	for _, framebuffer := range []string{"fbo", "pbuffer"} {
		config := func(p *lanetest.Pair, policy tilesplit.Policy) session.Config {
			return session.Config{Hub: crew(t, p, framebuffer), Source: session.NewTrace(session.Chunks(chunks), false), Policy: policy,
				Log: slog.New(slog.DiscardHandler), EndTimeout: 100 * time.Millisecond, DrainTimeout: 10 * time.Second}
		}
		samples := func(t *testing.T, got *lanetest.Pair) session.Result {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var want []session.Weighted
			for _, one := range pattern {
				want = append(want, session.Weighted{Config: config(lanetest.New(1), one), Weight: 1})
			}
			r, err := session.VerifyMean(ctx, want, config(got, sampled()), "")
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		t.Run("Samples/"+framebuffer, func(t *testing.T) {
			if r := samples(t, lanetest.New(nodes)); r.Err() != nil || r.Frames < 12 {
				t.Errorf("%v; %d frames equal", r.Err(), r.Frames)
			}
		})
		t.Run("ComesAndGoes/"+framebuffer, func(t *testing.T) {
			frames := func(c session.Config) (list [][]byte) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				c.OnFrame = func(f *output.Frame) error {
					list = append(list, bytes.Clone(f.Pix))
					return nil
				}
				if stats, err := session.Run(ctx, c); err != nil || len(stats.Notes) > 0 {
					t.Fatalf("%v, notes %q", err, stats.Notes)
				}
				return list
			}
			plain, smooth := frames(config(lanetest.New(1), grid.Grid{Columns: 1, Rows: 1})), frames(config(lanetest.New(nodes), sampled()))
			changes := make(chan func() tilesplit.Policy, 1)
			got := config(lanetest.New(nodes), tiled())
			got.Changes = changes
			next := []func() tilesplit.Policy{sampled, tiled}
			n := 0
			got.Record = func(_ []byte, swaps int) error {
				for range swaps {
					if n++; n%3 == 0 {
						changes <- next[n/3%2]
					}
				}
				return nil
			}
			counts := map[string]int{}
			for i, pix := range frames(got) {
				switch {
				case bytes.Equal(plain[i], smooth[i]): // a frame without edges tells nothing
				case bytes.Equal(pix, plain[i]):
					counts["plain"]++
				case bytes.Equal(pix, smooth[i]):
					counts["smooth"]++
				default:
					t.Errorf("frame %d is neither by tiles nor of samples", i+1)
				}
			}
			if counts["plain"] < 3 || counts["smooth"] < 3 {
				t.Errorf("frames: %v; want both kinds", counts)
			}
		})
		if framebuffer != "fbo" {
			continue // it is the session that finds it
		}
		t.Run("WrongShift/"+framebuffer, func(t *testing.T) {
			p := lanetest.New(nodes)
			p.Tamper = func(m *lane.Message, up bool) bool {
				var c proto.Control
				if up || m.Peer != 1 || m.Kind != lane.KindControl || json.Unmarshal(m.Payload, &c) != nil || c.Plan == nil {
					return true
				}
				c.Plan.Shift.X = -c.Plan.Shift.X
				m.Payload, _ = json.Marshal(c)
				return true
			}
			wantDiff(t, samples(t, p), nil)
		})
	}
}

// TestSubpixelIsWhatTheAppReads: what an app finds in its window is what is shown of it.
func TestSubpixelIsWhatTheAppReads(t *testing.T) {
	need(t)
	dir := t.TempDir()
	shown, read := filepath.Join(dir, "shown"), filepath.Join(dir, "read")
	if err := os.Mkdir(read, 0o777); err != nil {
		t.Fatal(err)
	}
	must(t, prism(t, time.Minute, "run", "--nodes", "3", "--tiling", "subpixel", "--out", "png:"+shown, "--", filepath.Join(binDir, "samples/city"),
		"--frames", "3", "--first", "40", "--size", "150x100", "--blocks", "6", "--png", read), "run")
	pictures := func(dir string) (list []image.Image) {
		files, err := filepath.Glob(filepath.Join(dir, "*.png"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := png.Decode(f)
			_ = f.Close()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			list = append(list, m)
		}
		return list
	}
	a, b := pictures(shown), pictures(read)
	if len(a) < 3 || len(b) != 3 {
		t.Fatalf("%d pictures shown, %d read", len(a), len(b))
	}
	a = a[len(a)-3:] // city swaps once before it has anything to show
	for i := range a {
		for y := range 100 {
			for x := range 150 {
				r, g, bl, _ := a[i].At(x, y).RGBA()
				r2, g2, b2, _ := b[i].At(x, y).RGBA()
				if r != r2 || g != g2 || bl != b2 {
					t.Fatalf("picture %d at %d, %d: shown %v, read %v", i+1, x, y, a[i].At(x, y), b[i].At(x, y))
				}
			}
		}
	}
}
