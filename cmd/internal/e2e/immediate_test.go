package e2e

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/session"
)

// theImmediate draw most of what they draw by glBegin and glEnd. The last ones do nothing else: 97,000 vertices a frame.
var theImmediate = []anApp{
	{name: "gl1", cmd: []string{"bin/samples/gl1", "--size", "640x360", "--fps-free"}},
	{name: "lavalite", cmd: []string{"xscreensaver-gl:/xscreensaver/lavalite", "-geometry", "640x480", "-delay", "0"}},
	{name: "antspotlight", cmd: []string{"xscreensaver-gl:/xscreensaver/antspotlight", "-geometry", "640x480", "-delay", "0"}},
	{name: "landscape", cmd: []string{"testdata/immediate.c", "100000", "220", "nctv"}},
	{name: "landscape by pointers", cmd: []string{"testdata/immediate.c", "100000", "220", "NV"}},
}

// BenchmarkImmediate replays recordings of apps that draw by glBegin on one node, by turns with the apps on Mesa alone: frames a second from frame
// PRISM_FRAMES / 5 on (of 300), medians of PRISM_ROUNDS rounds (5) and of their ratios; the aim is 0.8. Of Mesa alone its own HUD tells, which draws nothing here.
// replay:app-whole is the same with prism's start and first frames.
func BenchmarkImmediate(b *testing.B) {
	need(b, "cc", "timeout")
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
			return n
		}
		return otherwise
	}
	frames, rounds := number("PRISM_FRAMES", 300), number("PRISM_ROUNDS", 5)
	for _, a := range theImmediate {
		b.Run(a.name, func(b *testing.B) {
			cmd := slices.Clone(a.cmd)
			if strings.HasSuffix(cmd[0], ".c") {
				cmd[0] = compiled(b, "-O2", cmd[0], "-lGL", "-lX11", "-lm")
			}
			cmd = command(b, cmd)
			rec := filepath.Join(b.TempDir(), "recording")
			must(b, prism(b, 5*time.Minute, slices.Concat([]string{"record", "-o", rec, "--nodes", "1", "--out", "null", "--frames", strconv.Itoa(frames), "--"}, cmd)...), "record")
			replay := func(n int) session.Stats {
				var s session.Stats
				res := must(b, prism(b, 5*time.Minute, "replay", "--json", "--nodes", "1", "--frames", strconv.Itoa(n), rec), "replay")
				if err := json.Unmarshal([]byte(res.out), &s); err != nil || s.Frames != uint64(n) {
					b.Fatalf("%d of %d frames, %v\n%s", s.Frames, n, err, tail(res.out))
				}
				return s
			}
			for b.Loop() {
				var app, play, ratio, whole []float64
				for range rounds {
					alone := frameRateAlone(b, frames, cmd)
					first, all := replay(frames/5), replay(frames)
					rate := float64(all.Frames-first.Frames) / (all.Wall - first.Wall).Seconds()
					app, play, ratio = append(app, alone), append(play, rate), append(ratio, rate/alone)
					whole = append(whole, float64(all.Frames)/all.Wall.Seconds()/alone)
				}
				b.ReportMetric(0, "ns/op") // of the whole comparison: says nothing
				b.ReportMetric(middle(app), "app-frames/s")
				b.ReportMetric(middle(play), "replay-frames/s")
				b.ReportMetric(middle(ratio), "replay:app")
				b.ReportMetric(middle(whole), "replay:app-whole")
			}
		})
	}
}

func middle(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// frameRateAlone gives how many frames a second an app draws on Mesa alone, from a fifth of so many frames on.
func frameRateAlone(b *testing.B, frames int, cmd []string) float64 {
	b.Helper()
	const period = 0.1
	dir := b.TempDir()
	for seconds := 4; seconds <= 64; seconds *= 2 {
		runEnv(b, 2*time.Minute, []string{"GALLIUM_HUD=fps", "GALLIUM_HUD_VISIBLE=false", "GALLIUM_HUD_PERIOD=" + strconv.FormatFloat(period, 'g', -1, 64), "GALLIUM_HUD_DUMP_DIR=" + dir, "vblank_mode=0"},
			"timeout", append([]string{strconv.Itoa(seconds)}, cmd...)...)
		text, err := os.ReadFile(filepath.Join(dir, "fps"))
		if err != nil {
			b.Fatalf("Mesa's HUD has told nothing: %v", err)
		}
		at, n, took := 0.0, 0.0, 0.0
		for _, word := range strings.Fields(string(text)) {
			rate, err := strconv.ParseFloat(word, 64)
			if err != nil || rate <= 0 {
				continue
			}
			ended := math.Ceil(period * rate) // frames: it tells at the end of the first one that ends a period later
			if at += ended; at > float64(frames)/5 {
				n, took = n+ended, took+ended/rate
			}
			if at >= float64(frames) {
				return n / took
			}
		}
		os.Remove(filepath.Join(dir, "fps"))
	}
	b.Fatalf("fewer than %d frames in a minute", frames)
	return 0
}
