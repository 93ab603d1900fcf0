package x11

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// app is another X client with windows, as the application would be.
type app struct {
	t    *testing.T
	conn *xgb.Conn
}

func newApp(t *testing.T) *app {
	t.Helper()
	quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "x11") {
			t.Fatalf("PRISM_REQUIRE has x11: %v", err)
		}
		t.Skipf("no X server: %v", err)
	}
	t.Cleanup(conn.Close)
	return &app{t, conn}
}

func (a *app) window(w, h int, depth byte) uint32 {
	a.t.Helper()
	screen := xproto.Setup(a.conn).DefaultScreen(a.conn)
	visual := screen.RootVisual
	if depth != screen.RootDepth {
		visual = 0
		for _, d := range screen.AllowedDepths {
			if d.Depth == depth && len(d.Visuals) > 0 {
				visual = d.Visuals[0].VisualId
			}
		}
		if visual == 0 {
			a.t.Skipf("this server has no visual of depth %d", depth)
		}
	}
	cmap, _ := xproto.NewColormapId(a.conn)
	xproto.CreateColormap(a.conn, xproto.ColormapAllocNone, cmap, screen.Root, visual)
	id, err := xproto.NewWindowId(a.conn)
	if err != nil {
		a.t.Fatal(err)
	}
	// Override-redirect: a window manager, if any, must not change the size.
	err = xproto.CreateWindowChecked(a.conn, depth, id, screen.Root, 0, 0, uint16(w), uint16(h), 0, xproto.WindowClassInputOutput, visual,
		xproto.CwBackPixel|xproto.CwBorderPixel|xproto.CwOverrideRedirect|xproto.CwBackingStore|xproto.CwColormap,
		[]uint32{0, 0, xproto.BackingStoreAlways, 1, uint32(cmap)}).Check()
	if err != nil {
		a.t.Fatal(err)
	}
	return uint32(id)
}

func (a *app) do(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *app) show(w uint32) {
	a.t.Helper()
	a.do(xproto.MapWindowChecked(a.conn, xproto.Window(w)).Check())
	a.do(xproto.ConfigureWindowChecked(a.conn, xproto.Window(w), xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove}).Check())
}

// image reads the window back, top row first.
func (a *app) image(w uint32, width, height int) []byte {
	a.t.Helper()
	r, err := xproto.GetImage(a.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w), 0, 0, uint16(width), uint16(height), 0xffffffff).Reply()
	a.do(err)
	return r.Data
}

func pattern(xid uint32, number uint64, w, h int) *output.Frame {
	f := &output.Frame{Drawable: 1, XID: xid, Number: number, Width: w, Height: h, Pix: make([]byte, w*h*4)}
	for i := range f.Pix {
		f.Pix[i] = byte(i*7 + i>>8 + int(number)*31)
	}
	return f
}

// same compares what the window shows with the upper left part of f that fits in it.
func same(got []byte, f *output.Frame, width, height int, alpha bool) bool {
	for y := range min(height, f.Height) {
		for x := range min(width, f.Width) {
			p, q := got[(y*width+x)*4:][:4], f.Pix[((f.Height-1-y)*f.Width+x)*4:][:4]
			if !bytes.Equal(p[:3], q[:3]) || alpha && p[3] != q[3] {
				return false
			}
		}
	}
	return true
}

func open(t *testing.T, c Config) *Output {
	t.Helper()
	o, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

// A sub-window shows its own frames, whatever its parent is given.
func TestSubWindow(t *testing.T) {
	a := newApp(t)
	parent, child := a.window(64, 48, 24), a.window(20, 10, 24)
	a.do(xproto.ChangeWindowAttributesChecked(a.conn, xproto.Window(child), xproto.CwBackingStore, []uint32{xproto.BackingStoreNotUseful}).Check()) // else it has pixels of its own
	a.do(xproto.ReparentWindowChecked(a.conn, xproto.Window(child), xproto.Window(parent), 30, 20).Check())
	a.show(parent)
	a.show(child)
	o := open(t, Config{})
	inner, outer := pattern(child, 1, 20, 10), pattern(parent, 2, 64, 48)
	a.do(o.Present(context.Background(), inner))
	a.do(o.Present(context.Background(), outer))
	if !same(a.image(child, 20, 10), inner, 20, 10, false) {
		t.Error("the parent's frame covers the sub-window")
	}
	if !same(a.image(parent, 64, 20), &output.Frame{Width: 64, Height: 20, Pix: outer.Pix[28*64*4:]}, 64, 20, false) {
		t.Error("the parent does not show its frame above the sub-window")
	}
}

func TestPresent(t *testing.T) {
	for _, c := range []struct {
		name  string
		noShm bool
		depth byte
		w, h  int
	}{
		{"Shm", false, 24, 64, 48},
		{"OddImageSize", false, 24, 37, 1},
		{"ShmDepth32", false, 32, 33, 21},
		{"PutImage", true, 24, 64, 48},
		{"PutImageCut", true, 24, 601, 333}, // larger than one request
		{"PutImageDepth32", true, 32, 40, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			o := open(t, Config{NoShm: c.noShm})
			if o.Shm() == c.noShm {
				t.Fatalf("shared memory used: %v", o.Shm())
			}
			w := a.window(c.w, c.h, c.depth)
			a.show(w)
			for n := range uint64(2) {
				f := pattern(w, n+1, c.w, c.h)
				if err := o.Present(t.Context(), f); err != nil {
					t.Fatal(err)
				}
				if !same(a.image(w, c.w, c.h), f, c.w, c.h, c.depth == 32) {
					t.Fatalf("frame %d: the window shows something else", n+1)
				}
			}
		})
	}
}

func TestNarrowRequests(t *testing.T) {
	a := newApp(t)
	o := open(t, Config{NoShm: true})
	w := a.window(50, 20, 24)
	a.show(w)
	for _, o.maxReq = range []int{24 + 4*7, 24 + 4*50*3} { // less than a row, some rows
		f := pattern(w, uint64(o.maxReq), 50, 20)
		if err := o.Present(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if !same(a.image(w, 50, 20), f, 50, 20, false) {
			t.Fatalf("requests of %d bytes: the window shows something else", o.maxReq)
		}
	}
}

func TestResizedAndUnmapped(t *testing.T) {
	a := newApp(t)
	o := open(t, Config{})
	w := a.window(60, 40, 24)
	a.show(w)
	for i, s := range [][2]int{{30, 20}, {90, 70}, {60, 40}} {
		a.do(xproto.ConfigureWindowChecked(a.conn, xproto.Window(w), xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{uint32(s[0]), uint32(s[1])}).Check())
		f := pattern(w, uint64(i+1), 60, 40)
		if err := o.Present(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if !same(a.image(w, s[0], s[1]), f, s[0], s[1], false) {
			t.Fatalf("window of %v: shows something else", s)
		}
	}
	a.do(xproto.UnmapWindowChecked(a.conn, xproto.Window(w)).Check())
	if err := o.Present(t.Context(), pattern(w, 9, 60, 40)); err != nil {
		t.Fatalf("unmapped: %v", err)
	}
	a.show(w)
	f := pattern(w, 10, 60, 40)
	if err := o.Present(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if !same(a.image(w, 60, 40), f, 60, 40, false) {
		t.Fatal("mapped again: shows something else")
	}
}

func TestWindowGone(t *testing.T) {
	a := newApp(t)
	o := open(t, Config{})
	w, stays := a.window(16, 16, 24), a.window(16, 16, 24)
	a.show(w)
	a.show(stays)
	if err := o.Present(t.Context(), pattern(w, 1, 16, 16)); err != nil {
		t.Fatal(err)
	}
	a.do(xproto.DestroyWindowChecked(a.conn, xproto.Window(w)).Check())
	if err := o.Present(t.Context(), pattern(w, 2, 16, 16)); !errors.Is(err, output.ErrWindowGone) {
		t.Fatalf("error %v, want ErrWindowGone", err)
	}
	if err := o.Present(t.Context(), pattern(w, 3, 16, 16)); err != nil {
		t.Fatalf("said twice: %v", err)
	}
	if err := o.Present(t.Context(), pattern(0x7ffffff, 1, 16, 16)); !errors.Is(err, output.ErrWindowGone) {
		t.Fatalf("a window that never was: %v", err)
	}
	f := pattern(stays, 4, 16, 16)
	if err := o.Present(t.Context(), f); err != nil || !same(a.image(stays, 16, 16), f, 16, 16, false) {
		t.Fatalf("the other window suffers: %v", err)
	}
	if err := o.Present(t.Context(), pattern(0, 1, 16, 16)); err != nil {
		t.Fatalf("a frame without a window: %v", err)
	}
}

func TestServerUnknown(t *testing.T) {
	_, err := New(Config{Display: ":9763"})
	if err == nil || !strings.HasPrefix(err.Error(), "x11: display :9763") {
		t.Fatalf("error %v", err)
	}
}

// stopped is a server that works until it is stopped; unheard is closed when it has then left something unanswered.
func stopped(t *testing.T) (display string, stop func(), unheard <-chan struct{}) {
	t.Helper()
	dir := t.TempDir()
	a, err := parseDisplay(os.Getenv("DISPLAY")) // its number too, which the cookie is for
	if err != nil {
		t.Fatal(err)
	}
	display = filepath.Join(dir, "x") + ":" + a.number
	ln, err := net.Listen("unix", display)
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	halt, lost := make(chan struct{}), make(chan struct{})
	conns.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			real, err := net.Dial(a.network, a.addr)
			if err != nil {
				t.Error(err)
				return
			}
			conns.Go(func() { _, _ = io.Copy(real, c); real.Close() })
			conns.Go(func() {
				defer c.Close()
				b := make([]byte, 1<<16)
				for {
					n, err := real.Read(b)
					select {
					case <-halt:
						close(lost)
						_, _ = io.Copy(io.Discard, real)
						return
					default:
					}
					if err != nil {
						return
					}
					if _, err := c.Write(b[:n]); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { ln.Close(); conns.Wait() })
	return display, func() { close(halt) }, lost
}

// A server that stops holds neither Present, once its context ends, nor Close.
func TestStoppedServer(t *testing.T) {
	a := newApp(t)
	display, stop, unheard := stopped(t)
	o := open(t, Config{Display: display})
	w := a.window(16, 16, 24)
	if err := o.Present(t.Context(), pattern(w, 1, 16, 16)); err != nil {
		t.Fatal(err)
	}
	stop()
	ctx, cancel := context.WithCancel(t.Context())
	said := make(chan error, 1)
	go func() { said <- o.Present(ctx, pattern(w, 2, 16, 16)) }()
	<-unheard
	cancel()
	if err := <-said; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := o.Present(t.Context(), pattern(w, 3, 16, 16)); !errors.Is(err, ErrLost) && !errors.Is(err, context.Canceled) || !errors.Is(err, output.ErrEnded) {
		t.Errorf("a frame after it: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

func TestParseDisplay(t *testing.T) {
	for in, want := range map[string]address{
		":0":           {"unix", "/tmp/.X11-unix/X0", "", "0", 0},
		"unix:3.2":     {"unix", "/tmp/.X11-unix/X3", "", "3", 2},
		"/tmp/l/org:0": {"unix", "/tmp/l/org:0", "", "0", 0},
		"host:10.1":    {"tcp", "host:6010", "host", "10", 1},
		"[::1]:1":      {"tcp", "[::1]:6001", "::1", "1", 0},
		"tcp/host:2":   {"tcp", "host:6002", "host", "2", 0},
		"0":            {}, ":": {}, ":x": {}, ":0.x": {}, ":-1": {}, ":60000": {},
	} {
		got, err := parseDisplay(in)
		if (err != nil) != (want == address{}) || got != want {
			t.Errorf("%q: %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestCookieIsFound(t *testing.T) {
	be := binary.BigEndian
	entry := func(family uint16, parts ...string) []byte {
		b := be.AppendUint16(nil, family)
		for _, p := range parts {
			b = append(be.AppendUint16(b, uint16(len(p))), p...)
		}
		return b
	}
	file := slices.Concat(entry(familyLocal, "here", "0", "XDM-AUTHORIZATION-1", "no"), entry(familyLocal, "there", "0", cookieProtocol, "theirs"),
		entry(familyLocal, "here", "0", cookieProtocol, "ours"), entry(familyWild, "", "5", cookieProtocol, "anybody's"))
	for _, c := range [][3]string{{"here", "0", "ours"}, {"there", "0", "theirs"}, {"here", "5", "anybody's"}, {"here", "1", ""}} {
		if got := findCookie(bytes.NewReader(file), c[0], c[1]); string(got) != c[2] {
			t.Errorf("host %s, display %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	for n := range file { // cut anywhere
		_ = findCookie(bytes.NewReader(file[:n]), "here", "5")
	}
	h := hello([]byte("0123456789abcdef"))
	if len(h) != 12+20+16 || string(h[12:30]) != cookieProtocol || string(h[32:]) != "0123456789abcdef" || h[6] != 18 || h[8] != 16 {
		t.Errorf("greeting %q", h)
	}
	if len(hello(nil)) != 12 {
		t.Errorf("greeting without a cookie %q", hello(nil))
	}
}

func BenchmarkPresent1080p(b *testing.B) {
	conn, err := xgb.NewConn()
	if err != nil {
		b.Skip(err)
	}
	defer conn.Close()
	screen := xproto.Setup(conn).DefaultScreen(conn)
	id, _ := xproto.NewWindowId(conn)
	if err := xproto.CreateWindowChecked(conn, screen.RootDepth, id, screen.Root, 0, 0, 1920, 1080, 0, xproto.WindowClassInputOutput, screen.RootVisual, 0, nil).Check(); err != nil {
		b.Fatal(err)
	}
	xproto.MapWindow(conn, id)
	o, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	f := pattern(uint32(id), 1, 1920, 1080)
	b.ReportAllocs()
	for b.Loop() {
		if err := o.Present(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}
