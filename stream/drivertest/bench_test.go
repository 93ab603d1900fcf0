package drivertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// BenchmarkPack times commands in the app's own thread while a reader drains the ring: cpu-ns/command is the thread's CPU time,
// which a busy machine changes less, ns/command wall time. Dispatch is an app's call through libglvnd, Entry a call of the
// driver's own function. glBufferData of 1 MiB stands beside a memcpy of as much.
func BenchmarkPack(b *testing.B) {
	for _, how := range []string{"entry", "dispatch"} {
		for _, what := range []string{"glVertex3f", "glUniform4fv", "glDrawArrays", "glBufferData"} {
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

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// count walks a chunk as the session does, and nothing more.
func count(chunk []byte) error {
	_, it, err := wire.WalkChunk(chunk)
	if err != nil {
		return fmt.Errorf("drivertest: %w", err)
	}
	for it.Next() {
	}
	return it.Err()
}
