package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prismgl/prism/stream/spec"
)

func main() {
	root := flag.String("root", ".", "root of the project")
	registry := flag.String("registry", "", "folder of gl.xml and glx.xml (default: where distributions put it)")
	overlay := flag.String("overlay", "", "folder of the overlay (default: stream/spec/overlay)")
	check := flag.Bool("check", false, "write nothing, exit 1 if something generated is not fresh")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*root, *registry, *overlay, *check); err != nil {
		fmt.Fprintln(os.Stderr, "specgen:", err)
		os.Exit(1)
	}
}

func run(root, registry, overlay string, check bool) error {
	if overlay == "" {
		overlay = filepath.Join(root, "stream/spec/overlay")
	}
	m, err := spec.Load(spec.Paths{
		Registry: registry,
		Overlay:  overlay,
		Lock:     filepath.Join(root, lockPath),
		Len:      filepath.Join(root, "stream/driver/include/prism_len.h"),
	})
	if err != nil {
		return err
	}
	out, err := generate(m)
	if err != nil {
		return err
	}
	stale, err := out.stale(root)
	if err != nil {
		return err
	}
	if check {
		if len(stale) > 0 {
			return fmt.Errorf("not fresh: %v (run: go run ./cmd/specgen)", stale)
		}
		return nil
	}
	return out.write(root, stale)
}
