package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Several outputs at once, slow ones, stuck ones, and what is left of them.

// rgb is pictures of one size, rows top first, 3 bytes a pixel.
type rgb struct {
	w, h   int
	frames [][]byte
}

// readY4M decodes a 4:4:4 file of package y4m by the formulas of BT.601 in limited range.
func readY4M(t *testing.T, r io.Reader) rgb {
	t.Helper()
	b := bufio.NewReader(r)
	head, err := b.ReadString('\n')
	var p rgb
	if _, scanErr := fmt.Sscanf(head, "YUV4MPEG2 W%d H%d F60:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n", &p.w, &p.h); err != nil || scanErr != nil {
		t.Fatalf("header %q: %v, %v", head, err, scanErr)
	}
	n := p.w * p.h
	clamp := func(v float64) byte { return byte(min(max(v+0.5, 0), 255)) }
	for {
		line, err := b.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return p
		}
		planes := make([]byte, 3*n)
		if _, err := io.ReadFull(b, planes); err != nil || line != "FRAME\n" {
			t.Fatalf("frame %d: %q, %v", len(p.frames)+1, line, err)
		}
		f := make([]byte, 3*n)
		for i := range n {
			y, cb, cr := (float64(planes[i])-16)*255/219, (float64(planes[n+i])-128)*255/224, (float64(planes[2*n+i])-128)*255/224
			f[3*i], f[3*i+1], f[3*i+2] = clamp(y+1.402*cr), clamp(y-0.344136*cb-0.714136*cr), clamp(y+1.772*cb)
		}
		p.frames = append(p.frames, f)
	}
}

func readY4MFile(t *testing.T, path string) rgb {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return readY4M(t, f)
}

// readPNG gives frame n of a folder.
func readPNG(t *testing.T, dir string, n int) (w, h int, pix []byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("frame-%06d.png", n)))
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	s := img.Bounds().Size()
	p := pixels(img)
	return s.X, s.Y, p[len(p)-3*s.X*s.Y:]
}

// difference gives the largest and the mean one.
func difference(a, b []byte) (most int, mean float64) {
	for i := range a {
		d := max(int(a[i])-int(b[i]), int(b[i])-int(a[i]))
		most = max(most, d)
		mean += float64(d) / float64(len(a))
	}
	return most, mean
}

func countPNG(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "frame-*.png"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestOutputsShowTheSame(t *testing.T) {
	need(t, "ffmpeg")
	dir := t.TempDir()
	y4m, mp4, pngs := filepath.Join(dir, "f.y4m"), filepath.Join(dir, "f.mp4"), filepath.Join(dir, "pngs")
	const frames = 24
	r := must(t, prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--lossless-out", "--stats", "--out", "x11", "--out", "y4m:"+y4m,
		"--out", "png:"+pngs, "--out", "mp4:"+mp4, "--", glxapp, "plain", strconv.Itoa(frames), "-"), "run")
	for _, name := range []string{"y4m:" + y4m, "png:" + pngs, "mp4:" + mp4} {
		if want := fmt.Sprintf("output %s: %d frames, 0 dropped", name, frames); !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	got := readY4MFile(t, y4m)
	raw := must(t, run(t, time.Minute, "ffmpeg", "-v", "error", "-i", mp4, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"), "decoding").out
	if n := countPNG(t, pngs); n != frames || len(got.frames) != frames || got.w != 320 || got.h != 240 || len(raw) != frames*320*240*3 {
		t.Fatalf("png %d frames, y4m %d of %d×%d, mp4 %d bytes", n, len(got.frames), got.w, got.h, len(raw))
	}
	for n := range frames {
		_, _, want := readPNG(t, pngs, n+1)
		if most, _ := difference(want, got.frames[n]); most > 2 {
			t.Errorf("frame %d: y4m differs from png by up to %d", n+1, most)
		}
		if _, mean := difference(want, []byte(raw[n*len(want):(n+1)*len(want)])); mean > 6 {
			t.Errorf("frame %d: mp4 differs from png by %.1f in the mean", n+1, mean)
		}
	}
}

// A window that changes its size makes parts, and nothing is missing in them.
func TestResizedWindowMakesParts(t *testing.T) {
	need(t)
	dir := t.TempDir()
	pngs := filepath.Join(dir, "pngs")
	r := must(t, prism(t, time.Minute, "run", "--nodes", "2", "--lossless-out", "--out", "y4m:"+dir+"/f.y4m", "--out", "png:"+pngs, "--", glxapp, "resize", "24", "-"), "run")
	frame, part := 0, 1
	for name := "f.y4m"; ; part, name = part+1, fmt.Sprintf("f-%d.y4m", part+1) {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			break
		}
		for _, got := range readY4MFile(t, filepath.Join(dir, name)).frames {
			frame++
			_, _, want := readPNG(t, pngs, frame)
			if len(want) != len(got) {
				t.Fatalf("%s: frame %d has another size", name, frame)
			}
			if most, _ := difference(want, got); most > 2 {
				t.Errorf("%s: frame %d differs by up to %d", name, frame, most)
			}
		}
	}
	if n := countPNG(t, pngs); frame != n || part-1 < 3 {
		t.Errorf("%d frames in %d parts, %d pictures", frame, part-1, n)
	}
	if !strings.Contains(r.errOut, "f-2.y4m") {
		t.Errorf("the parts were not spoken of: %s", r.errOut)
	}
}

func TestVideoToStdout(t *testing.T) {
	need(t)
	r := must(t, prism(t, time.Minute, "run", "--stats", "--lossless-out", "--out", "y4m:/dev/stdout", "--", "sh", "-c", `echo hello; exec "$0" plain 5 -`, glxapp), "run")
	if got := readY4M(t, strings.NewReader(r.out)); len(got.frames) != 5 {
		t.Errorf("%d frames on stdout", len(got.frames))
	}
	if !strings.Contains(r.errOut, "hello\n") || !strings.Contains(r.errOut, "5 frames in") {
		t.Errorf("stderr is %s", r.errOut)
	}
	if r := prism(t, time.Minute, "run", "--json", "--out", "y4m:/dev/stdout", "--", glxapp, "plain", "5", "-"); r.code != 2 || r.out != "" {
		t.Errorf("with --json: exit status %d, stdout %q", r.code, tail(r.out))
	}
}

// A replay is nobody's app: it misses no frame, by default.
func TestReplayIsLossless(t *testing.T) {
	need(t)
	rec := filepath.Join(t.TempDir(), "app.prism")
	must(t, prism(t, time.Minute, "record", "-o", rec, "--out", "null", "--", glxapp, "plain", "30", "-"), "record")
	r := must(t, run(t, time.Minute, "sh", "-c", `"$0" replay --out y4m:/dev/stdout "$1" | { sleep 1; cat; }`, filepath.Join(binDir, "prism"), rec), "replay")
	if got := readY4M(t, strings.NewReader(r.out)); len(got.frames) != 30 {
		t.Errorf("%d frames of 30", len(got.frames))
	}
}

// Nobody reads from the pipe, or stops reading, or goes away: the app goes on, the other output has all, and the run ends and says so.
func TestStuckPipeStallsNobody(t *testing.T) {
	need(t)
	for _, tc := range []struct {
		name string
		read int64 // bytes; -1: there is no reader
		stay bool  // the reader stays
		say  string
	}{
		{"NoReader", -1, false, "no progress for 5s at the end"},
		{"ReaderStops", 400_000, true, "no progress for 5s at the end"},
		{"ReaderGoesAway", 400_000, false, "the reader is gone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			pipe, pngs := filepath.Join(dir, "pipe"), filepath.Join(dir, "pngs")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			const frames = 60
			p := start(t, filepath.Join(binDir, "prism"), "run", "--nodes", "2", "--out", "y4m:"+pipe, "--out", "png:"+pngs, "--", glxapp, "plain", strconv.Itoa(frames), "-")
			if tc.read >= 0 {
				r, err := os.Open(pipe)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyN(io.Discard, r, tc.read); err != nil {
					t.Fatal(err)
				}
				if !tc.stay {
					r.Close()
				} else {
					defer r.Close()
				}
			}
			if code := p.ended(t, time.Minute); code != 1 || !strings.Contains(p.errOut.String(), tc.say) || !strings.Contains(p.errOut.String(), "y4m:"+pipe) {
				t.Errorf("exit status %d, stderr %s; want 1 and %q", code, tail(p.errOut.String()), tc.say)
			}
			if n := countPNG(t, pngs); n != frames {
				t.Errorf("%d pictures of %d", n, frames)
			}
		})
	}
}

// An X server that has stopped holds up neither the app nor the other output nor the end.
func TestStoppedXServerStallsNobody(t *testing.T) {
	need(t)
	dir := t.TempDir()
	number, pngs := filepath.Join(dir, "number"), filepath.Join(dir, "pngs")
	x := start(t, "sh", "-c", `exec Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset -ac +extension GLX 3>"$0"`, number)
	var own string
	eventually(t, "the X server's start", 20*time.Second, func() bool {
		b, err := os.ReadFile(number)
		own = ":" + string(bytes.TrimSpace(b))
		return err == nil && bytes.HasSuffix(b, []byte("\n"))
	})
	const frames = 400
	p := start(t, "env", "DISPLAY="+own, filepath.Join(binDir, "prism"), "run", "--nodes", "2", "--frames", strconv.Itoa(frames), "--out", "x11", "--out", "png:"+pngs,
		"--", glxapp, "plain", "1000000", "-")
	eventually(t, "pictures", time.Minute, func() bool { return countPNG(t, pngs) >= 5 })
	if err := x.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if code := p.ended(t, time.Minute); code != 1 || !strings.Contains(p.errOut.String(), "x11("+own) || !strings.Contains(p.errOut.String(), "no progress for 5s at the end") {
		t.Errorf("exit status %d, stderr %s", code, tail(p.errOut.String()))
	}
	if n := countPNG(t, pngs); n != frames {
		t.Errorf("%d pictures of %d", n, frames)
	}
}

// encoders gives the processes that write to a file.
func encoders(file string) (pids []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range all {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte("\x00file:"+file+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(f)))
		}
	}
	return pids
}

// However prism ends, ffmpeg ends too, and the file is whole: Ctrl-C reaches all processes of a terminal, SIGKILL prism alone.
func TestNoFFmpegIsLeft(t *testing.T) {
	need(t, "ffmpeg", "ffprobe")
	for _, tc := range []struct {
		name   string
		signal syscall.Signal
		group  bool
	}{{"Killed", syscall.SIGKILL, false}, {"CtrlC", syscall.SIGINT, true}, {"Terminated", syscall.SIGTERM, false}} {
		t.Run(tc.name, func(t *testing.T) {
			file, pngs := filepath.Join(t.TempDir(), "f.mp4"), filepath.Join(t.TempDir(), "pngs")
			p := start(t, filepath.Join(binDir, "prism"), "run", "--out", "mp4:"+file, "--out", "png:"+pngs, "--", glxapp, "plain", "1000000", "-")
			eventually(t, "pictures", time.Minute, func() bool { return countPNG(t, pngs) >= 20 && len(encoders(file)) == 1 })
			pid := p.Process.Pid
			if tc.group {
				pid = -pid
			}
			if err := syscall.Kill(pid, tc.signal); err != nil {
				t.Fatal(err)
			}
			p.ended(t, 30*time.Second)
			if tc.signal != syscall.SIGKILL && len(encoders(file)) > 0 {
				t.Error("ffmpeg outlives prism")
			}
			eventually(t, "the end of ffmpeg", 20*time.Second, func() bool { return len(encoders(file)) == 0 })
			r := must(t, run(t, time.Minute, "ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", file), "ffprobe")
			if n, err := strconv.Atoi(strings.TrimSpace(r.out)); err != nil || n < 1 || r.errOut != "" {
				t.Errorf("%q frames, %v, %s", r.out, err, r.errOut)
			}
		})
	}
}

func TestWithoutFFmpegTheAppIsNotStarted(t *testing.T) {
	need(t)
	ran := filepath.Join(t.TempDir(), "ran")
	r := runEnv(t, time.Minute, []string{"PATH=" + t.TempDir()}, filepath.Join(binDir, "prism"), "run", "--out", "mp4:"+ran+".mp4", "--", "/bin/sh", "-c", `: >"$0"`, ran)
	if r.code != 3 || !strings.Contains(r.errOut, "install the package ffmpeg") {
		t.Errorf("exit status %d, stderr %s", r.code, r.errOut)
	}
	if _, err := os.Stat(ran); !errors.Is(err, os.ErrNotExist) {
		t.Error("the app was started all the same")
	}
}
