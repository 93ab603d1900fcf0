package mp4

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/video"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("PRISM_REQUIRE") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// quarters are four colours, one a quarter of the picture, that move on from frame to frame.
var quarters = [4][3]byte{{0, 0, 255}, {0, 200, 0}, {255, 64, 0}, {230, 230, 230}} // B, G, R

// where gives the colour at x, y, y from below.
func where(number uint64, x, y, w, h int) [3]byte {
	q := int(number)
	if x >= w/2 {
		q++
	}
	if y >= h/2 {
		q += 2
	}
	return quarters[q%4]
}

func picture(number uint64, w, h int) *output.Frame {
	f := &output.Frame{Drawable: 1, Number: number, Width: w, Height: h, Pix: make([]byte, w*h*4)}
	for y := range h {
		for x := range w {
			c := where(number, x, y, w, h)
			copy(f.Pix[(y*w+x)*4:], c[:]) // alpha 0: it does not count
		}
	}
	return f
}

func open(t *testing.T, path string, o Options) *video.Output {
	t.Helper()
	out, err := New(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil || errOut.Len() > 0 {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errOut.Bytes())
	}
	return out.Bytes()
}

func probe(t *testing.T, path, entries string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for line := range strings.Lines(string(command(t, "ffprobe", "-v", "error", "-count_frames", "-show_entries", entries, "-of", "default=noprint_wrappers=1", path))) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
		m[k] = v
	}
	return m
}

func TestFile(t *testing.T) {
	need(t, "ffmpeg", "ffprobe")
	for _, tc := range []struct {
		name       string
		w, h       int // of the frames
		wide, high int // of the file
	}{{"Even", 64, 48, 64, 48}, {"OddImageSize", 37, 21, 38, 22}, {"OnePixel", 1, 1, 2, 2}} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "-odd: name.mp4")
			o := open(t, path, Options{Rate: output.Rate{Num: 25, Den: 1}})
			const frames = 13
			for n := range uint64(frames) {
				if err := o.Present(t.Context(), picture(n+1, tc.w, tc.h)); err != nil {
					t.Fatal(err)
				}
			}
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			got := probe(t, path, "stream=width,height,nb_read_frames,pix_fmt,r_frame_rate,color_space,color_range")
			want := map[string]string{"width": strconv.Itoa(tc.wide), "height": strconv.Itoa(tc.high), "nb_read_frames": strconv.Itoa(frames),
				"pix_fmt": "yuv420p", "r_frame_rate": "25/1", "color_space": "bt709", "color_range": "tv"}
			for k, v := range want {
				if got[k] != v {
					t.Errorf("%s is %q, want %q", k, got[k], v)
				}
			}
			head, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if moov, mdat := bytes.Index(head, []byte("moov")), bytes.Index(head, []byte("mdat")); moov < 0 || mdat < moov {
				t.Errorf("moov at %d, mdat at %d: cannot be played from its beginning on", moov, mdat)
			}
			if tc.w < 16 {
				return
			}
			raw := command(t, "ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "bgr24", "pipe:1")
			if len(raw) != frames*tc.wide*tc.high*3 {
				t.Fatalf("%d bytes decoded", len(raw))
			}
			for n := range frames {
				for _, q := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} { // middles of the quarters, from below
					x, y := q[0]*tc.w/4, q[1]*tc.h/4
					c := where(uint64(n+1), x, y, tc.w, tc.h)
					p := raw[((n*tc.high+tc.h-1-y)*tc.wide+x)*3:][:3]
					for i := range c {
						if d := int(p[i]) - int(c[i]); d < -12 || d > 12 {
							t.Fatalf("frame %d at %d,%d from below is %v, want about %v", n+1, x, y, p, c)
						}
					}
				}
			}
		})
	}
}

func TestAnotherSizeGoesToAPartOfItsOwn(t *testing.T) {
	need(t, "ffmpeg", "ffprobe")
	dir := t.TempDir()
	o := open(t, filepath.Join(dir, "run.mp4"), Options{})
	for n, s := range [][2]int{{64, 48}, {64, 48}, {80, 60}} {
		if err := o.Present(t.Context(), picture(uint64(n+1), s[0], s[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"run.mp4": "64 2", "run-2.mp4": "80 1"} {
		got := probe(t, filepath.Join(dir, name), "stream=width,nb_read_frames")
		if s := got["width"] + " " + got["nb_read_frames"]; s != want {
			t.Errorf("%s: width and frames %s, want %s", name, s, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	need(t, "ffmpeg")
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("#!/bin/sh\necho ' V..... gif  GIF'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "x.mp4")
	for _, tc := range []struct {
		name, path, ffmpeg string
		want               error
		say                string
	}{
		{"NoFFmpeg", file, filepath.Join(dir, "none"), ErrNoEncoder, "install the package ffmpeg"},
		{"NoEncoder", file, other, ErrNoEncoder, "none of libx264"},
		{"Pipe", pipe, "", video.ErrTarget, "y4m can be piped"},
		{"Directory", dir, "", video.ErrTarget, "is a directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := New(tc.path, Options{FFmpeg: tc.ffmpeg}); !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.say) {
				t.Errorf("error %v, want %v with %q", err, tc.want, tc.say)
			}
		})
	}
}

// ffmpegOf waits for the process that an output has started.
func ffmpegOf(t *testing.T, o *video.Output, path string) int {
	t.Helper()
	until := time.Now().Add(20 * time.Second)
	for time.Now().Before(until) {
		dirs, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, d := range dirs {
			if b, err := os.ReadFile(d); err == nil && bytes.Contains(b, []byte("file:"+path+"\x00")) && bytes.HasPrefix(b, []byte("/")) {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(d)))
				return pid
			}
		}
	}
	t.Fatal("no ffmpeg")
	return 0
}

func TestFFmpegDies(t *testing.T) {
	need(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "run.mp4")
	o := open(t, path, Options{})
	if err := o.Present(t.Context(), picture(1, 64, 48)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(ffmpegOf(t, o, path), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var err error
	until := time.Now().Add(20 * time.Second)
	for n := uint64(2); err == nil && time.Now().Before(until); n++ {
		err = o.Present(t.Context(), picture(n, 64, 48))
	}
	if !errors.Is(err, ErrFailed) || !errors.Is(err, output.ErrEnded) || !strings.Contains(err.Error(), "killed") {
		t.Errorf("error %v, want ErrFailed, ErrEnded and how it ended", err)
	}
	if err := o.Close(); err != nil {
		t.Errorf("said again: %v", err)
	}
}

// What ffmpeg says last is told, whether it ends under a frame or at the end.
func TestFFmpegSaysWhy(t *testing.T) {
	need(t, "ffmpeg")
	program := filepath.Join(t.TempDir(), "ffmpeg")
	script := `#!/bin/sh
case "$*" in *-encoders*) echo " V..... mpeg4 x"; exit;; esac
%s
echo "first line" >&2; echo "disk on fire" >&2; exit 1
`
	for name, reads := range map[string]string{"UnderAFrame": "", "AtTheEnd": "cat >/dev/null"} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(program, fmt.Appendf(nil, script, reads), 0o755); err != nil {
				t.Fatal(err)
			}
			o := open(t, filepath.Join(t.TempDir(), "x.mp4"), Options{FFmpeg: program})
			var err error
			until := time.Now().Add(20 * time.Second)
			for n := uint64(1); err == nil && (reads == "" || n < 4) && time.Now().Before(until); n++ {
				err = o.Present(t.Context(), picture(n, 64, 48))
			}
			err = errors.Join(err, o.Close())
			if !errors.Is(err, ErrFailed) || strings.Count(err.Error(), "disk on fire") != 1 {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A stopped ffmpeg holds nobody for ever, neither a frame nor the end.
func TestFFmpegStuck(t *testing.T) {
	need(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "run.mp4")
	o := open(t, path, Options{})
	if err := o.Present(t.Context(), picture(1, 400, 300)); err != nil {
		t.Fatal(err)
	}
	pid := ffmpegOf(t, o, path)
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said := make(chan error, 1)
	go func() { // more than the pipe holds
		var err error
		for n := uint64(2); err == nil; n++ {
			err = o.Present(ctx, picture(n, 400, 300))
		}
		said <- err
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	before, at := o.Progress(), time.Now()
	for time.Since(at) < 300*time.Millisecond { // until it is full
		<-tick.C
		if n := o.Progress(); n != before {
			before, at = n, time.Now()
		}
	}
	cancel()
	if err := <-said; !errors.Is(err, output.ErrEnded) {
		t.Errorf("error %v, want ErrEnded", err)
	}
	if err := o.Close(); err == nil || !strings.Contains(err.Error(), "did not get on") {
		t.Errorf("Close: %v", err)
	}
	if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("ffmpeg is still there: %v", err)
	}
}

func BenchmarkPresent1080p(b *testing.B) {
	o, err := New(filepath.Join(b.TempDir(), "run.mp4"), Options{})
	if err != nil {
		b.Skip(err)
	}
	f := picture(1, 1920, 1080)
	b.ReportAllocs()
	for b.Loop() {
		if err := o.Present(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
}
