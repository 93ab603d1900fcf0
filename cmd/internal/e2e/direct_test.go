package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// What an app reads back by itself under prism is what it reads on Mesa without prism.

func TestCityEqualsDirectRun(t *testing.T) {
	need(t)
	city := filepath.Join(binDir, "samples/city")
	args := []string{"--frames", "4", "--size", "400x300", "--seed", "7", "--png"}
	direct := t.TempDir()
	must(t, run(t, time.Minute, city, append(args, direct)...), "city directly")
	for _, tc := range []struct{ name, nodes, grid string }{{"OneNode", "1", "1x1"}, {"FourNodes", "4", "2x2"}} {
		t.Run(tc.name, func(t *testing.T) {
			got := t.TempDir()
			cmd := append([]string{"run", "--nodes", tc.nodes, "--grid", tc.grid, "--", city}, append(args, got)...)
			must(t, prism(t, 2*time.Minute, cmd...), "city under prism")
			samePictures(t, direct, got, 4)
		})
	}
}

func TestWindowThatChangesEqualsDirectRun(t *testing.T) {
	need(t)
	const frames = 40
	for _, mode := range []string{"plain", "unmap", "fork", "threads"} {
		t.Run(mode, func(t *testing.T) {
			direct, got := t.TempDir(), t.TempDir()
			must(t, run(t, time.Minute, glxapp, mode, strconv.Itoa(frames), direct+"/f"), mode+" directly")
			must(t, prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--", glxapp, mode, strconv.Itoa(frames), got+"/f"), mode+" under prism")
			samePictures(t, direct, got, frames)
		})
	}
}

// A driver may show a resize a frame later than another; the frames in which the size has stood for a while must be equal.
func TestResizedWindowEqualsDirectRun(t *testing.T) {
	need(t)
	const frames = 44
	direct, got := t.TempDir(), t.TempDir()
	must(t, run(t, time.Minute, glxapp, "resize", strconv.Itoa(frames), direct+"/f"), "resize directly")
	must(t, prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--", glxapp, "resize", strconv.Itoa(frames), got+"/f"), "resize under prism")
	want, have := pictures(t, direct), pictures(t, got)
	if len(want) != frames || len(have) != frames {
		t.Fatalf("%d pictures directly, %d under prism, want %d", len(want), len(have), frames)
	}
	for i := range frames {
		if i >= 4 && (i-4)%8 < 3 {
			continue
		}
		name := "f" + strconv.FormatInt(int64(10000+i), 10)[1:] + ".ppm"
		if want[name] == "" || want[name] != have[name] {
			t.Errorf("%s differs under prism", name)
		}
	}
}

// Mesa's llvmpipe hangs when a fork child draws; prism's driver detaches there, and the parent's pictures are untouched.
func TestForkChildThatDraws(t *testing.T) {
	need(t)
	direct, got := t.TempDir(), t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "20", direct+"/f")
	must(t, prism(t, time.Minute, "run", "--nodes", "2", "--", glxapp, "forkgl", "20", got+"/f"), "under prism")
	samePictures(t, direct, got, 20)
}

func TestDestroyedWindowEndsCleanly(t *testing.T) {
	need(t)
	r := prism(t, time.Minute, "run", "--nodes", "2", "--", glxapp, "destroy", "20", "-")
	must(t, r, "destroy under prism")
}

func TestStartedThroughShellAndPython(t *testing.T) {
	need(t, "python3")
	direct := t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct+"/f")
	script := filepath.Join(t.TempDir(), "start.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n\"$@\"\nexit 5\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Run("Shell", func(t *testing.T) {
		got := t.TempDir()
		r := prism(t, time.Minute, "run", "--nodes", "2", "--", script, glxapp, "plain", "6", got+"/f")
		if r.code != 5 {
			t.Errorf("exit status %d, want the script's 5\nstderr: %s", r.code, tail(r.errOut))
		}
		samePictures(t, direct, got, 6)
	})
	t.Run("Python", func(t *testing.T) {
		got := t.TempDir()
		must(t, prism(t, time.Minute, "run", "--nodes", "2", "--", "python3", "-c",
			"import subprocess,sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)", glxapp, "plain", "6", got+"/f"), "python")
		samePictures(t, direct, got, 6)
	})
	t.Run("TwoAtOnce", func(t *testing.T) {
		got, got2 := t.TempDir(), t.TempDir()
		must(t, prism(t, 2*time.Minute, "run", "--nodes", "2", "--", "sh", "-c",
			`"$0" plain 6 "$1"/f & a=$!; "$0" plain 6 "$2"/f; b=$?; wait $a && exit $b`, glxapp, got, got2), "two at once")
		samePictures(t, direct, got, 6)
		samePictures(t, direct, got2, 6)
	})
}
