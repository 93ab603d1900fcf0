package png

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/prismgl/prism/nodes/output"
)

// Options of an Output.
type Options struct {
	Borders bool // draw the edges of the tiles into the picture
	Last    bool // write only the last frame, as last.png, when closed
}

// Output writes files to a directory. Several are encoded at a time, while the frames after them are drawn; they get their names
// in the order of the frames.
type Output struct {
	dir     string
	options Options
	first   uint32        // drawable whose files have the short name; 0: none yet
	held    *picture      // the frame that Close must write
	free    chan *picture // bounds what is being encoded: Present waits for one
	last    chan struct{} // closed when the newest file is in place
	writers sync.WaitGroup
	moved   atomic.Uint64 // bytes written

	mu  sync.Mutex
	err error // of a write, not reported yet
}

var _ output.Progress = (*Output)(nil)

// picture is a frame as the encoder wants it, and the encoder.
type picture struct {
	img     image.NRGBA
	encoder png.Encoder
}

func newPicture() *picture {
	return &picture{encoder: png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: new(pool)}}
}

// New makes dir where it is missing.
func New(dir string, o Options) (*Output, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("png: %w", err)
	}
	out := &Output{dir: dir, options: o, last: make(chan struct{})}
	close(out.last)
	n := min(max(runtime.GOMAXPROCS(0), 2), 8)
	out.free = make(chan *picture, n)
	for range n {
		out.free <- newPicture()
	}
	return out, nil
}

// Name is "png:" and the directory.
func (o *Output) Name() string { return "png:" + o.dir }

// Progress counts bytes that were written.
func (o *Output) Progress() uint64 { return o.moved.Load() }

// Present begins to write f, or keeps it as the last one. The error may be that of a frame before.
func (o *Output) Present(ctx context.Context, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	if o.options.Last {
		if o.held == nil {
			o.held = newPicture()
		}
		o.held.fill(f, o.options.Borders)
		return nil
	}
	var p *picture
	select {
	case p = <-o.free:
	case <-ctx.Done():
		return fmt.Errorf("png: %w", ctx.Err())
	}
	p.fill(f, o.options.Borders)
	if o.first == 0 {
		o.first = f.Drawable
	}
	name := fmt.Sprintf("frame-%06d.png", f.Number)
	if f.Drawable != o.first {
		name = fmt.Sprintf("drawable-%d-%s", f.Drawable, name)
	}
	before, done := o.last, make(chan struct{})
	o.last = done
	o.writers.Go(func() {
		defer close(done)
		err := p.write(filepath.Join(o.dir, name), before, &o.moved)
		<-before
		o.free <- p
		if err != nil {
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.err == nil {
				o.err = err
			}
		}
	})
	return o.failure()
}

// failure takes the error that a writer has left.
func (o *Output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.err
	o.err = nil
	return err
}

// Close waits until all is written, last.png too if that is wanted and a frame came.
func (o *Output) Close() error {
	o.writers.Wait()
	err := o.failure()
	if o.held != nil {
		err = errors.Join(err, o.held.write(filepath.Join(o.dir, "last.png"), o.last, &o.moved))
		o.held = nil
	}
	return err
}

// WriteFile writes one frame to a file, whose directory must be there.
func WriteFile(file string, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	now := make(chan struct{})
	close(now)
	p := newPicture()
	p.fill(f, false)
	return p.write(file, now, new(atomic.Uint64))
}

// fill turns f into p.img: rows top first, RGBA, opaque.
func (p *picture) fill(f *output.Frame, borders bool) {
	if p.img.Rect.Dx() != f.Width || p.img.Rect.Dy() != f.Height {
		p.img = *image.NewNRGBA(image.Rect(0, 0, f.Width, f.Height))
	}
	le := binary.LittleEndian
	row := f.Width * 4
	for y := range f.Height {
		from := f.Pix[(f.Height-1-y)*row:][:row]
		to := p.img.Pix[y*p.img.Stride:][:row]
		for len(from) >= 4 && len(to) >= 4 {
			v := le.Uint32(from)
			le.PutUint32(to, v&0xff00|v>>16&0xff|v&0xff<<16|0xff<<24)
			from, to = from[4:], to[4:]
		}
	}
	if !borders {
		return
	}
	for i, t := range f.Tiles {
		p.frame(image.Rect(t.Min.X, f.Height-t.Max.Y, t.Max.X, f.Height-t.Min.Y).Intersect(p.img.Rect), hues[i%len(hues)])
	}
}

// hues tell neighbouring tiles apart.
var hues = [...][3]byte{{255, 64, 64}, {64, 224, 64}, {80, 144, 255}, {255, 208, 32}, {224, 80, 255}, {32, 224, 224}}

// frame draws the outermost pixels of r, two wide where r has room.
func (p *picture) frame(r image.Rectangle, c [3]byte) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if x == r.Min.X+2 && y >= r.Min.Y+2 && y < r.Max.Y-2 && r.Max.X-2 > x {
				x = r.Max.X - 2
			}
			copy(p.img.Pix[p.img.PixOffset(x, y):], c[:])
		}
	}
}

// counter adds up what goes through it.
type counter struct {
	to io.Writer
	n  *atomic.Uint64
}

func (c counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n.Add(uint64(n))
	return n, err
}

// write encodes p.img into a file without a name, so that nobody sees half a file, and gives it its name once before is closed.
func (p *picture) write(file string, before <-chan struct{}, moved *atomic.Uint64) (err error) {
	f, err := create(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("png: %w", err)
	}
	defer func() {
		if err != nil {
			f.drop()
			err = fmt.Errorf("png: %s: %w", filepath.Base(file), err)
		}
	}()
	b := bufio.NewWriterSize(counter{f, moved}, 64<<10)
	if err := p.encoder.Encode(b, &p.img); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	<-before
	return f.name(file)
}

// pool keeps the encoder's buffer from frame to frame.
type pool struct{ b *png.EncoderBuffer }

func (p *pool) Get() *png.EncoderBuffer  { return p.b }
func (p *pool) Put(b *png.EncoderBuffer) { p.b = b }
