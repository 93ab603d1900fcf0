package show

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"unsafe"
)

// pictures writes frames as PNG files.
type pictures struct {
	dir     string
	gl      API
	raw     []byte
	picture *image.NRGBA
	encoder png.Encoder
}

func newPictures(dir string, gl API) (*pictures, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &pictures{dir: dir, gl: gl, encoder: png.Encoder{CompressionLevel: png.BestSpeed}}, nil
}

// take reads the back buffer and writes it as frame-NNNNNN.png, opaque.
func (p *pictures) take(frame, width, height int) error {
	if n := 4 * width * height; len(p.raw) != n {
		p.raw = make([]byte, n)
		p.picture = image.NewNRGBA(image.Rect(0, 0, width, height))
	}
	if len(p.raw) == 0 {
		return nil // an iconified window has no pixels
	}
	p.gl.ReadPixels(0, 0, int32(width), int32(height), rgba, unsignedByte, unsafe.Pointer(&p.raw[0]))
	for y := range height {
		row := p.picture.Pix[(height-1-y)*p.picture.Stride:][:4*width]
		copy(row, p.raw[4*width*y:])
		for i := 3; i < len(row); i += 4 {
			row[i] = 255
		}
	}
	f, err := os.Create(filepath.Join(p.dir, fmt.Sprintf("frame-%06d.png", frame)))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = p.encoder.Encode(w, p.picture)
	if err == nil {
		err = w.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.Name(), err)
	}
	return nil
}
