package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/go-gl/gl/v3.3-core/gl"
	"github.com/go-gl/glfw/v3.3/glfw"

	"github.com/prismgl/prism/samples/city/scene"
)

type options struct {
	frames        int
	first         int
	width, height int
	seed          uint64
	blocks        int
	png           string
	fpsFree       bool
}

func parse(args []string) (options, error) {
	var o options
	var size string
	fs := flag.NewFlagSet("city", flag.ContinueOnError)
	fs.IntVar(&o.frames, "frames", 0, "end after so many frames; 0: when the window is closed")
	fs.IntVar(&o.first, "first", 0, "number of the first frame")
	fs.StringVar(&size, "size", "1280x720", "size of the window, `WxH`")
	fs.Uint64Var(&o.seed, "seed", 1, "which town")
	fs.IntVar(&o.blocks, "blocks", 0, "blocks along a side of the town; 0: 26")
	fs.StringVar(&o.png, "png", "", "write each frame, as read by glReadPixels, into this `directory`")
	fs.BoolVar(&o.fpsFree, "fps-free", false, "don't wait for the screen (swap interval 0)")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("city: argument %q is not expected", fs.Arg(0))
	}
	var rest string
	if n, _ := fmt.Sscanf(size+" ", "%dx%d%s", &o.width, &o.height, &rest); n != 2 || o.width < 1 || o.height < 1 || o.width > 16384 || o.height > 16384 {
		return o, fmt.Errorf("city: --size %q: want WxH in pixels, as 1920x1080", size)
	}
	if o.frames < 0 || o.first < 0 || o.blocks < 0 || o.blocks > 64 {
		return o, errors.New("city: --frames and --first count from 0, --blocks goes up to 64")
	}
	return o, nil
}

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options) error {
	// OpenGL and glfw want one thread, and glfw the process's first; main runs on it.
	runtime.LockOSThread()
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("city: glfw: %w", err)
	}
	defer glfw.Terminate()
	glfw.WindowHint(glfw.ContextVersionMajor, 3)
	glfw.WindowHint(glfw.ContextVersionMinor, 3)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	glfw.WindowHint(glfw.OpenGLForwardCompatible, glfw.True)
	glfw.WindowHint(glfw.Resizable, glfw.True)
	window, err := glfw.CreateWindow(o.width, o.height, "city", nil, nil)
	if err != nil {
		return fmt.Errorf("city: window: %w", err)
	}
	window.MakeContextCurrent()
	if err := gl.Init(); err != nil {
		return fmt.Errorf("city: OpenGL: %w", err)
	}
	if o.fpsFree {
		glfw.SwapInterval(0)
	} else {
		glfw.SwapInterval(1)
	}
	started := time.Now()
	city := scene.New(scene.Options{Seed: o.seed, Blocks: o.blocks})
	painter, err := newPainter(city, o.seed)
	if err != nil {
		return err
	}
	defer painter.release()
	width, height := window.GetFramebufferSize()
	window.SetFramebufferSizeCallback(func(_ *glfw.Window, w, h int) { width, height = w, h })
	var shots *pictures
	if o.png != "" {
		if shots, err = newPictures(o.png); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "city: %s, %d buildings, ready after %.1f s\n", gl.GoStr(gl.GetString(gl.RENDERER)), len(city.Buildings), time.Since(started).Seconds())
	var view scene.View
	frames, draws := 0, 0
	began, cpu := time.Now(), threadTime()
	for !window.ShouldClose() && (o.frames == 0 || frames < o.frames) {
		if frames == 1 { // the first frame still compiles and uploads
			began, cpu = time.Now(), threadTime()
		}
		glfw.PollEvents()
		view.Pick(city, o.first+frames, width, height)
		painter.frame(&view, o.first+frames, width, height)
		draws += len(view.Draws) + len(view.Slabs)
		if shots != nil {
			if err := shots.take(o.first+frames, width, height); err != nil {
				return err
			}
		}
		window.SwapBuffers()
		frames++
	}
	if frames > 1 {
		n := time.Duration(frames - 1)
		ms := func(d time.Duration) float64 { return float64(d/n) / 1e6 }
		fmt.Fprintf(os.Stderr, "city: %d frames of %d×%d, %d draws a frame, %.1f ms a frame (%.1f ms of this thread)\n",
			frames, width, height, draws/frames, ms(time.Since(began)), ms(threadTime()-cpu))
	}
	return nil
}
