package drivertest

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// BenchmarkPack times commands in the app's own thread while a reader drains the ring. ns/command is wall time, cpu-ns/command
// the thread's CPU time, which a busy machine changes less; ns/op has the app's start in it.
func BenchmarkPack(b *testing.B) {
	for _, what := range []string{"glVertex3f", "glUniform4fv", "glDrawArrays", "glBufferData"} {
		b.Run(what, func(b *testing.B) {
			s := &splitter{drain: true}
			n := max(b.N, 1000)
			cmd := app(b, listen(b, s), compile(b, "bench_pack"), what, strconv.Itoa(n))
			out, err := cmd.Output()
			if err != nil {
				b.Fatal(err)
			}
			var ns, cpu float64
			if _, err := fmt.Sscan(string(out), &ns, &cpu); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(ns, "ns/command")
			b.ReportMetric(cpu, "cpu-ns/command")
			if what == "glBufferData" {
				b.ReportMetric(float64(1<<20)/ns, "GB/s")
			}
		})
	}
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
