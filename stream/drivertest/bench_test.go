package drivertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// BenchmarkPack times commands in the app's own thread while a reader drains the ring: cpu-ns/command is the thread's CPU time,
// which a busy machine changes less, ns/command wall time. Dispatch is an app's call through libglvnd, Entry a call of the
// driver's own function. Of immediate mode there are single calls, vertices of four calls each, and squares of eight. glBufferData of 1 MiB stands beside a memcpy of as much.
func BenchmarkPack(b *testing.B) {
	for _, how := range []string{"entry", "dispatch"} {
		for _, what := range []string{"glVertex3f", "glVertex3fv", "glVertex3dv", "glNormal3f", "glColor4ub", "glTexCoord2f", "vertices", "squares", "glUniform4fv", "glDrawArrays", "glBufferData"} {
			b.Run(what+"/"+how, func(b *testing.B) {
				var cpu, wall, plain []float64
				for b.Loop() {
					s := &splitter{drain: true}
					out, err := app(b, listen(b, s), compile(b, "bench_pack"), what, how).Output()
					if err != nil {
						b.Fatal(err)
					}
					var c, w, p float64
					if _, err := fmt.Sscan(string(out), &c, &w, &p); err != nil {
						b.Fatalf("%v: %q", err, out)
					}
					cpu, wall, plain = append(cpu, c), append(wall, w), append(plain, p)
				}
				b.ReportMetric(0, "ns/op") // an app's whole run: says nothing
				b.ReportMetric(median(cpu), "cpu-ns/command")
				b.ReportMetric(median(wall), "ns/command")
				if what == "glBufferData" {
					b.ReportMetric(median(plain), "memcpy-ns")
				}
			})
		}
	}
}

// BenchmarkPackArrays times draws from arrays of the app's memory, index scan and all, beside a memcpy of the bytes that they read: the
// medians of the ratios of many turns. The memcpy writes where the driver does, memory that is as large as its arena; to-one-place is the
// ratio to one that writes the same MiB again and again, which stays in the caches.
func BenchmarkPackArrays(b *testing.B) {
	for _, layout := range []string{"tight", "apart", "struct", "indexed", "part"} {
		for _, n := range []string{"1000", "65536", "1000000"} {
			b.Run(layout+"/"+n, func(b *testing.B) {
				var draw, plain, ratio, place []float64
				for b.Loop() {
					s := &splitter{drain: true}
					out, err := app(b, listen(b, s), compile(b, "bench_arrays"), layout, n).Output()
					if err != nil {
						b.Fatal(err)
					}
					var d, p, one, r, o float64
					if _, err := fmt.Sscan(string(out), &d, &p, &one, &r, &o); err != nil {
						b.Fatalf("%v: %q", err, out)
					}
					draw, plain, ratio, place = append(draw, d), append(plain, p), append(ratio, r), append(place, o)
				}
				b.ReportMetric(0, "ns/op") // an app's whole run: says nothing
				b.ReportMetric(median(draw), "cpu-ns/draw")
				b.ReportMetric(median(plain), "memcpy-ns")
				b.ReportMetric(median(ratio), "draw:memcpy")
				b.ReportMetric(median(place), "draw:to-one-place")
			})
		}
	}
}

// BenchmarkMap times frames of an app that has 64 MiB mapped and changes 1 % of it, page by page, where the kernel tells what was written and where
// it is compared, by turns; beside them the same frames without a map. Bytes are what a frame puts into the ring.
func BenchmarkMap(b *testing.B) {
	const mapped = 64 << 20
	for _, what := range []string{"persistent", "unmap"} {
		b.Run(what, func(b *testing.B) {
			type figures struct{ cpu, wall, bytes []float64 }
			all := map[string]*figures{"kernel": {}, "compare": {}, "nothing": {}}
			for b.Loop() {
				for way, f := range all {
					s := &splitter{drain: true}
					arg := what
					if way == "nothing" {
						arg = way
					}
					cmd := app(b, listen(b, s), compile(b, "bench_map"), arg)
					cmd.Env = append(cmd.Env, "PRISM_PAGES="+way)
					out, err := cmd.Output()
					if err != nil {
						b.Fatal(err)
					}
					var c, w, frames float64
					if _, err := fmt.Sscan(string(out), &c, &w, &frames); err != nil {
						b.Fatalf("%v: %q", err, out)
					}
					s.finished(b)
					f.cpu, f.wall = append(f.cpu, c/1e6), append(f.wall, w/1e6)
					f.bytes = append(f.bytes, float64(s.framed)/float64(s.frames))
				}
			}
			b.ReportMetric(0, "ns/op")
			for way, f := range all {
				b.ReportMetric(median(f.cpu), way+"-cpu-ms")
				b.ReportMetric(median(f.wall), way+"-ms")
				if way != "nothing" {
					b.ReportMetric(100*median(f.bytes)/mapped, way+"-%sent")
				}
			}
		})
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// count walks a chunk as the session does, and nothing more than giving credits.
func (s *splitter) count(chunk []byte) error {
	_, it, err := wire.WalkChunk(chunk)
	if err != nil {
		return fmt.Errorf("drivertest: %w", err)
	}
	s.since += int64(len(chunk))
	for it.Next() {
		switch gl.Op(it.Op()) {
		case gl.OpPrismSwap:
			s.ring.FrameDone()
			if s.swaps++; s.swaps > 1 {
				s.framed, s.frames = s.framed+s.since, s.frames+1
			}
			s.since = 0
		case gl.OpPrismFinish:
			s.ring.FinishDone()
		}
	}
	return it.Err()
}
