package png

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"github.com/prismgl/prism/nodes/output"
)

// Options of an Output.
type Options struct {
	Borders bool // draw the edges of the tiles into the picture
	Last    bool // write only the last frame, as last.png, when closed
}

// Output writes files to a directory.
type Output struct {
	dir     string
	options Options
	encoder png.Encoder
	img     image.NRGBA
	first   uint32 // drawable whose files have the short name; 0: none yet
	held    bool   // img is a frame that Close must write
}

var _ output.Output = (*Output)(nil)

// New makes dir where it is missing.
func New(dir string, o Options) (*Output, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("png: %w", err)
	}
	return &Output{dir: dir, options: o, encoder: png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: new(pool)}}, nil
}

// Name is "png:" and the directory.
func (o *Output) Name() string { return "png:" + o.dir }

// Present writes f, or keeps it as the last one.
func (o *Output) Present(_ context.Context, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	o.fill(f)
	if o.options.Last {
		o.held = true
		return nil
	}
	if o.first == 0 {
		o.first = f.Drawable
	}
	name := fmt.Sprintf("frame-%06d.png", f.Number)
	if f.Drawable != o.first {
		name = fmt.Sprintf("drawable-%d-%s", f.Drawable, name)
	}
	return o.write(name)
}

// Close writes last.png if that is wanted and a frame came.
func (o *Output) Close() error {
	if !o.held {
		return nil
	}
	o.held = false
	return o.write("last.png")
}

// WriteFile writes one frame to a file, whose directory must be there.
func WriteFile(file string, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	o := Output{dir: filepath.Dir(file), encoder: png.Encoder{CompressionLevel: png.BestSpeed}}
	o.fill(f)
	return o.write(filepath.Base(file))
}

// fill turns f into o.img: rows top first, RGBA, opaque.
func (o *Output) fill(f *output.Frame) {
	if o.img.Rect.Dx() != f.Width || o.img.Rect.Dy() != f.Height {
		o.img = *image.NewNRGBA(image.Rect(0, 0, f.Width, f.Height))
	}
	row := f.Width * 4
	for y := range f.Height {
		from := f.Pix[(f.Height-1-y)*row:][:row]
		to := o.img.Pix[y*o.img.Stride:][:row]
		for i := 0; i+3 < len(from) && i+3 < len(to); i += 4 {
			to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 255
		}
	}
	if !o.options.Borders {
		return
	}
	for i, t := range f.Tiles {
		o.frame(image.Rect(t.Min.X, f.Height-t.Max.Y, t.Max.X, f.Height-t.Min.Y).Intersect(o.img.Rect), hues[i%len(hues)])
	}
}

// hues tell neighbouring tiles apart.
var hues = [...][3]byte{{255, 64, 64}, {64, 224, 64}, {80, 144, 255}, {255, 208, 32}, {224, 80, 255}, {32, 224, 224}}

// frame draws the outermost pixels of r, two wide where r has room.
func (o *Output) frame(r image.Rectangle, c [3]byte) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if x == r.Min.X+2 && y >= r.Min.Y+2 && y < r.Max.Y-2 && r.Max.X-2 > x {
				x = r.Max.X - 2
			}
			p := o.img.Pix[o.img.PixOffset(x, y):]
			p[0], p[1], p[2] = c[0], c[1], c[2]
		}
	}
}

// write encodes o.img under another name first, so that nobody sees half a file.
func (o *Output) write(name string) (err error) {
	f, err := os.CreateTemp(o.dir, ".prism-*.png")
	if err != nil {
		return fmt.Errorf("png: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("png: %s: %w", name, err)
		}
	}()
	b := bufio.NewWriterSize(f, 64<<10)
	if err := o.encoder.Encode(b, &o.img); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(o.dir, name))
}

// pool keeps the encoder's buffer from frame to frame.
type pool struct{ b *png.EncoderBuffer }

func (p *pool) Get() *png.EncoderBuffer  { return p.b }
func (p *pool) Put(b *png.EncoderBuffer) { p.b = b }
