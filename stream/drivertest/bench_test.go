package drivertest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// BenchmarkPack times commands in the app's own thread (ns/op: the app's clock, per command) while a reader drains the ring
// on another core.
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
			ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(ns, "ns/command")
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
