package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// xScreens is an X server whose screens can be looked at without asking it.
type xScreens struct {
	*process
	display string
	dir     string
	sizes   []image.Point
}

func startScreens(t *testing.T, sizes ...image.Point) *xScreens {
	t.Helper()
	x := &xScreens{dir: t.TempDir(), sizes: sizes}
	number := filepath.Join(x.dir, "number")
	args := []string{"-c", `n=$1; shift; exec Xvfb -displayfd 3 -nolisten tcp -noreset -ac "$@" 3>"$n"`, "sh", number, "-fbdir", x.dir}
	for i, s := range sizes {
		args = append(args, "-screen", strconv.Itoa(i), fmt.Sprintf("%dx%dx24", s.X, s.Y))
	}
	x.process = start(t, "sh", args...)
	eventually(t, "the X server's start", 20*time.Second, func() bool {
		b, err := os.ReadFile(number)
		x.display = ":" + string(bytes.TrimSpace(b))
		return err == nil && bytes.HasSuffix(b, []byte("\n"))
	})
	return x
}

// screen reads what a screen shows: rows top first, B G R x. The file is an XWD dump: a header, colours, pixels.
func (x *xScreens) screen(t *testing.T, n int) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(x.dir, fmt.Sprintf("Xvfb_screen%d", n)))
	if err != nil {
		t.Fatal(err)
	}
	be := binary.BigEndian
	at := int(be.Uint32(b)) + 12*int(be.Uint32(b[19*4:]))
	return b[at : at+x.sizes[n].X*x.sizes[n].Y*4]
}

// number is the frame of glxapp's mode number that stands at a place of a screen, 0: none.
func (x *xScreens) number(t *testing.T, n int, at image.Point) int {
	t.Helper()
	f, err := os.Open(filepath.Join(x.dir, fmt.Sprintf("Xvfb_screen%d", n)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var head [80]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		t.Fatal(err)
	}
	be := binary.BigEndian
	var px [4]byte
	if _, err := f.ReadAt(px[:], int64(be.Uint32(head[:]))+12*int64(be.Uint32(head[19*4:]))+int64(at.Y*x.sizes[n].X+at.X)*4); err != nil {
		t.Fatal(err)
	}
	if px[0] != 255 {
		return 0
	}
	return int(px[2]) + 256*int(px[1])
}

// keep writes a screen as a picture where PRISM_KEEP names a folder, for people.
func (x *xScreens) keep(t *testing.T, n int, pix []byte) {
	dir := os.Getenv("PRISM_KEEP")
	if dir == "" {
		return
	}
	img := image.NewRGBA(image.Rectangle{Max: x.sizes[n]})
	for i := 0; i < len(pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = pix[i+2], pix[i+1], pix[i], 255
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d.png", strings.ReplaceAll(t.Name(), "/", "-"), n)))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func writePolicy(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wall.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWallShowsItsParts: each display shows its part of the same frame of Mesa alone, what lies behind the bezel is on none, and no picture
// travels. The right display's window stands away from its screen's corner, and the picture ends before the display does.
func TestWallShowsItsParts(t *testing.T) {
	need(t)
	const w, h, frames = 330, 200, 40
	left, right := image.Rect(0, 0, 160, 200), image.Rect(180, 40, 340, 200) // from the picture's upper left
	x := startScreens(t, image.Pt(200, 220), image.Pt(180, 200))
	rightAt := image.Pt(15, 30) // of the window on its screen
	policy := writePolicy(t, fmt.Sprintf(`
tiling: {mode: wall}
outputs: [null]
wall:
  displays:
    - {name: left, node: 0, rect: 160x200+0+0, x11: "%[1]s.0"}
    - {name: right, node: 1, rect: 160x160+180+0, x11: "%[1]s.1", position: +15+30}
`, x.display))
	city := []string{"--size", fmt.Sprintf("%dx%d", w, h), "--fps-free"}
	direct := t.TempDir()
	mesaAlone(t, time.Minute, nil, filepath.Join(binDir, "samples/city"), append(city, "--frames", strconv.Itoa(frames), "--png", direct)...)

	p := start(t, filepath.Join(binDir, "prism"), append([]string{"run", "--policy", policy, "--json", "--", filepath.Join(binDir, "samples/city")}, city...)...)
	black := func(pix []byte) bool {
		return !slices.ContainsFunc(pix, func(b byte) bool { return b != 0 && b != 255 })
	}
	eventually(t, "pictures on the displays", time.Minute, func() bool { return !black(x.screen(t, 0)) && !black(x.screen(t, 1)) })
	apps := children(t, p.Process.Pid, "city")
	if len(apps) != 1 {
		t.Fatalf("apps %v", apps)
	}
	if err := syscall.Kill(apps[0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var shown [2][]byte
	still := 0
	eventually(t, "the displays' rest", 20*time.Second, func() bool {
		a, b := x.screen(t, 0), x.screen(t, 1)
		if still++; !bytes.Equal(a, shown[0]) || !bytes.Equal(b, shown[1]) {
			still = 0
		}
		shown = [2][]byte{a, b}
		return still > 20
	})
	for n, pix := range shown {
		x.keep(t, n, pix)
	}
	var matches []int
	for n := range frames {
		gw, gh, pix := readPNG(t, direct, n)
		if gw != w || gh != h {
			t.Fatalf("a picture of %d×%d", gw, gh)
		}
		a := expected(pix, w, h, x.sizes[0], left, image.Point{})
		b := expected(pix, w, h, x.sizes[1], right, rightAt)
		as, bs := same(a, shown[0]), same(b, shown[1])
		if as != bs {
			t.Errorf("frame %d: the left display shows it: %v, the right one: %v", n, as, bs)
		}
		if as && bs {
			matches = append(matches, n)
		}
	}
	if len(matches) != 1 {
		t.Errorf("the displays show frames %v", matches)
	}
	if err := syscall.Kill(apps[0], syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(apps[0], syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.ended(t, 20*time.Second)
	var report struct {
		Sessions []struct {
			Frames  uint64
			Nodes   []struct{ Pieces uint64 }
			Barrier struct{ Frames uint64 }
		}
	}
	if err := json.Unmarshal([]byte(p.out.String()), &report); err != nil || len(report.Sessions) != 1 {
		t.Fatalf("%v in %s\n%s", err, tail(p.out.String()), tail(p.errOut.String()))
	}
	s := report.Sessions[0]
	if s.Nodes[0].Pieces+s.Nodes[1].Pieces != 0 || s.Frames == 0 || s.Barrier.Frames < s.Frames {
		t.Errorf("%+v", s)
	}
	if !black(x.screen(t, 0)) {
		t.Error("a window is left on the display")
	}
}

// expected is a screen that shows a part of a picture (R G B, rows top first) at a place, cut to the picture.
func expected(pix []byte, w, h int, screen image.Point, part image.Rectangle, at image.Point) []byte {
	out := make([]byte, screen.X*screen.Y*4)
	for y := part.Min.Y; y < min(part.Max.Y, h); y++ {
		for x := part.Min.X; x < min(part.Max.X, w); x++ {
			to := ((y-part.Min.Y+at.Y)*screen.X + x - part.Min.X + at.X) * 4
			from := (y*w + x) * 3
			out[to], out[to+1], out[to+2] = pix[from+2], pix[from+1], pix[from]
		}
	}
	return out
}

// same compares colours; what a screen has in the fourth byte nobody sees.
func same(a, b []byte) bool {
	for i := 0; i < len(a); i += 4 {
		if a[i] != b[i] || a[i+1] != b[i+1] || a[i+2] != b[i+2] {
			return false
		}
	}
	return true
}

// children are the processes below pid that run a program.
func children(t *testing.T, pid int, program string) (found []int) {
	t.Helper()
	for _, c := range started(pid) {
		if name, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", c)); filepath.Base(name) == program {
			found = append(found, c)
		}
		found = append(found, children(t, c, program)...)
	}
	return found
}

// TestWallSwapsTogether: no display is ever more than the one flip under way ahead of another, however slow that is; one that stops is given
// up and said, and the run goes on with the others; when the last is gone the run ends.
func TestWallSwapsTogether(t *testing.T) {
	need(t)
	one, two := startScreens(t, image.Pt(150, 120)), startScreens(t, image.Pt(150, 120))
	policy := writePolicy(t, fmt.Sprintf(`
tiling: {mode: wall}
outputs: [null]
wall: {layout: 2x1, size: 120x100, gap: 10x0, x11: ["%s", "%s"]}
`, one.display, two.display))
	p := start(t, filepath.Join(binDir, "prism"), "run", "--policy", policy, "--", glxapp, "number", "1000000", "-")
	at := image.Pt(60, 50)
	numbers := func() (a, b int) {
		// The other one's before and after: it goes on meanwhile.
		for {
			before := one.number(t, 0, at)
			b = two.number(t, 0, at)
			if a = one.number(t, 0, at); a == before {
				return a, b
			}
		}
	}
	looked, apart, most := 0, 0, 0
	check := func() {
		t.Helper()
		a, b := numbers()
		d := (a - b + 1<<16) % (1 << 16)
		if d > 1<<15 {
			d = 1<<16 - d
		}
		if looked++; d > 0 {
			apart++
		}
		if most = max(most, d); d > 1 {
			t.Fatalf("one display shows frame %d, the other one %d", a, b)
		}
	}
	eventually(t, "frames on both displays", time.Minute, func() bool { a, b := numbers(); return a > 3 && b > 3 })
	for until := time.Now().Add(time.Second); time.Now().Before(until); {
		check()
	}
	// A display that is slow holds up the other one.
	if err := two.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	held, _ := numbers()
	for until := time.Now().Add(700 * time.Millisecond); time.Now().Before(until); {
		check()
	}
	a, b := numbers()
	if a > held+2 {
		t.Errorf("a display has gone from frame %d to %d while the other one stood still", held, a)
	}
	if err := two.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both displays' going on", 20*time.Second, func() bool { c, d := numbers(); return c > a+5 && d > b+5 })
	check()
	if strings.Contains(p.errOut.String(), "is lost") {
		t.Errorf("a display that was slow is taken for lost: %s", p.errOut.String())
	}
	t.Logf("looked %d times: %d times not the same frame, by %d at most", looked, apart, most)
	// One that is gone does not.
	if err := two.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the word that a display is lost", 20*time.Second, func() bool { return strings.Contains(p.errOut.String(), "of the wall is lost at frame") })
	a = one.number(t, 0, at)
	eventually(t, "the other display's going on", 20*time.Second, func() bool { return one.number(t, 0, at) > a+5 })
	if err := one.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if code := p.ended(t, 20*time.Second); code != 1 || !strings.Contains(p.errOut.String(), "display does not answer: "+one.display+", for 2s") || !strings.Contains(p.errOut.String(), "nothing shows the picture any more") {
		t.Errorf("exit status %d, stderr %s", code, tail(p.errOut.String()))
	}
}

// TestWallThatCannotBeShown: what is wrong with a display is said with its name, and the app ends.
func TestWallThatCannotBeShown(t *testing.T) {
	need(t)
	x := startScreens(t, image.Pt(150, 120))
	for _, c := range []struct{ name, display, want string }{
		{"NoServer", `{name: left, node: 1, rect: 100x100+0+0, x11: ":97"}`, `local-1 (peer 1): device: wall: display "left": x11: display :97`},
		{"NoScreen", fmt.Sprintf(`{name: left, node: 0, rect: 100x100+0+0, x11: "%s.1"}`, x.display), "there is no screen 1; the server has 1, from 0"},
		{"TooLarge", fmt.Sprintf(`{name: left, node: 0, rect: 160x100+0+0, x11: "%s"}`, x.display), "window does not fit on the screen: 160×100 pixels at 0, 0 of a screen of 150×120"},
		{"Beside", fmt.Sprintf(`{name: left, node: 0, rect: 100x100+0+0, x11: "%s", position: +60+0}`, x.display), "window does not fit on the screen: 100×100 pixels at 60, 0 of a screen of 150×120"},
		{"NoNode", `{name: left, node: desk, rect: 100x100+0+0}`, `the policy's wall has displays of the node "desk", which is not there; these are: [local-0]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy := writePolicy(t, "tiling: {mode: wall}\noutputs: [null]\nwall: {displays: ["+c.display+"]}\n")
			r := prism(t, time.Minute, "run", "--policy", policy, "--", glxapp, "plain", "1000000", "-")
			if r.code != 1 || !strings.Contains(r.errOut, c.want) {
				t.Errorf("exit status %d, stderr %s\nwant %s", r.code, tail(r.errOut), c.want)
			}
		})
	}
}

// TestWallOfParts: nodes that hold their parts only (wall::target) show what Mesa alone shows there, but for pixels at edges, whose places are rounded from
// another corner; who reads the window finds the same; and what needs all of the picture on a node is refused with its reason.
func TestWallOfParts(t *testing.T) {
	need(t)
	const w, h = 320, 240 // glxapp's
	x := startScreens(t, image.Pt(150, 240), image.Pt(150, 240))
	policy := func(target string) string {
		return writePolicy(t, fmt.Sprintf("tiling: {mode: wall}\noutputs: [null]\nwall: {layout: 2x1, size: 150x240, gap: 20x0, target: %s, x11: ['%[2]s.0', '%[2]s.1']}\n", target, x.display))
	}
	dir := t.TempDir()
	direct, got := filepath.Join(dir, "direct-"), filepath.Join(dir, "got-")
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct)
	must(t, prism(t, time.Minute, "run", "--policy", policy("192x256"), "--", glxapp, "plain", "6", got), "on the wall")
	for i := range 6 {
		a, err := os.ReadFile(fmt.Sprintf("%s%04d.ppm", direct, i))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(fmt.Sprintf("%s%04d.ppm", got, i))
		if err != nil || len(a) != len(b) {
			t.Fatalf("%d bytes, want %d: %v", len(b), len(a), err)
		}
		wrong := 0
		for at := len(a) - w*h*3; at < len(a); at += 3 {
			if !bytes.Equal(a[at:at+3], b[at:at+3]) {
				wrong++
			}
		}
		if wrong > w*h/500 {
			t.Errorf("frame %d: %d of %d pixels are not Mesa's", i, wrong, w*h)
		}
	}
	if r := prism(t, time.Minute, "run", "--policy", policy("128x128"), "--", glxapp, "plain", "6", "-"); r.code != 1 || !strings.Contains(r.errOut, "which needs a framebuffer of 170×240 pixels; nodes have at most 128×128") {
		t.Errorf("exit status %d, stderr %s", r.code, tail(r.errOut))
	}
	r := prism(t, time.Minute, "run", "--policy", policy("192x192"), "--", readers(t), "blit", "3", filepath.Join(dir, "f"))
	if want := "reads the window on the nodes, for which each node would have to hold all of drawable"; r.code != 1 || !strings.Contains(r.errOut, want) {
		t.Errorf("exit status %d, stderr %s\nwant %s", r.code, tail(r.errOut), want)
	}
}
