package show

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// Sample is a program to be run.
type Sample struct {
	Name string
	Seed string // what the seed chooses, for --help
	// Numbers are flags of its own.
	Numbers []Number
	// Legacy asks for a compatibility context; else it is a core context of OpenGL 3.3.
	Legacy bool
	GL     API
	// New makes the painter of a run. Its context is current.
	New func(o Options) (Painter, error)
}

// Number is a flag with a whole number.
type Number struct {
	Value                *int
	Name, Usage          string
	Default, Least, Most int
}

// API is what show itself calls of the sample's package of go-gl.
type API struct {
	Init       func() error
	GetString  func(name uint32) *uint8
	ReadPixels func(x, y, width, height int32, format, xtype uint32, pixels unsafe.Pointer)
}

// Painter draws frames and owns the OpenGL objects of it.
type Painter interface {
	// Frame draws frame number into the back buffer and tells how many draws that took. What it shows depends on nothing
	// but the number, the size, and how the painter was made.
	Frame(number, width, height int) (draws int)
	// Scene says in a few words what is drawn.
	Scene() string
	Release()
}

// Main runs the sample with the process's arguments and ends the process unless all went well.
func Main(s Sample) {
	o, err := s.parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := s.run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (s *Sample) run(o Options) error {
	// OpenGL and glfw want one thread, and glfw the process's first; main runs on it.
	runtime.LockOSThread()
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("%s: glfw: %w", s.Name, err)
	}
	defer glfw.Terminate()
	window, err := s.window(o)
	if err != nil {
		return err
	}
	started := time.Now()
	painter, err := s.New(o)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	defer painter.Release()
	var shots *pictures
	if o.PNG != "" {
		if shots, err = newPictures(o.PNG, s.GL); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %s, %s, ready after %.1f s\n", s.Name, text(s.GL.GetString(renderer)), painter.Scene(), time.Since(started).Seconds())

	width, height := window.GetFramebufferSize()
	window.SetFramebufferSizeCallback(func(_ *glfw.Window, w, h int) { width, height = w, h })
	frames, draws := 0, 0
	began, cpu := time.Now(), threadTime()
	for !window.ShouldClose() && (o.Frames == 0 || frames < o.Frames) {
		if frames == 1 { // the first frame still compiles and uploads
			began, cpu = time.Now(), threadTime()
		}
		glfw.PollEvents()
		draws += painter.Frame(o.First+frames, width, height)
		if shots != nil {
			if err := shots.take(o.First+frames, width, height); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		window.SwapBuffers()
		frames++
	}
	if frames > 1 {
		n := time.Duration(frames - 1)
		ms := func(d time.Duration) float64 { return float64(d/n) / 1e6 }
		fmt.Fprintf(os.Stderr, "%s: %d frames of %d×%d, %d draws a frame, %.1f ms a frame (%.1f ms of this thread)\n",
			s.Name, frames, width, height, draws/frames, ms(time.Since(began)), ms(threadTime()-cpu))
	}
	return nil
}

// window opens the window and makes its context current.
func (s *Sample) window(o Options) (*glfw.Window, error) {
	if !s.Legacy {
		glfw.WindowHint(glfw.ContextVersionMajor, 3)
		glfw.WindowHint(glfw.ContextVersionMinor, 3)
		glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
		glfw.WindowHint(glfw.OpenGLForwardCompatible, glfw.True)
	}
	glfw.WindowHint(glfw.Resizable, glfw.True)
	window, err := glfw.CreateWindow(o.Width, o.Height, s.Name, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: window: %w", s.Name, err)
	}
	window.MakeContextCurrent()
	if err := s.GL.Init(); err != nil {
		return nil, fmt.Errorf("%s: OpenGL: %w", s.Name, err)
	}
	if o.FPSFree {
		glfw.SwapInterval(0)
	} else {
		glfw.SwapInterval(1)
	}
	return window, nil
}

// The names that show itself uses; they are the same in each version of OpenGL.
const (
	renderer     = 0x1F01
	rgba         = 0x1908
	unsignedByte = 0x1401
)

// text copies a string of OpenGL's.
func text(s *uint8) string {
	if s == nil {
		return "no renderer"
	}
	n := 0
	for *(*uint8)(unsafe.Add(unsafe.Pointer(s), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(s, n))
}

// threadTime is the CPU time that this OS thread has used.
func threadTime() time.Duration {
	const rusageThread = 1 // RUSAGE_THREAD of Linux
	var u syscall.Rusage
	if syscall.Getrusage(rusageThread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
