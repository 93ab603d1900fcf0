package glsl

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/dice"
)

// Noise makes a texture of clouds, size × size, that repeats: one channel, with mipmaps. It is bound when made.
func Noise(size int, seed uint64) uint32 {
	pix := make([]byte, size*size)
	for i := range pix {
		pix[i] = byte(255 * dice.Fractal(i%size, i/size, size, 6, seed))
	}
	var id uint32
	gl.GenTextures(1, &id)
	gl.BindTexture(gl.TEXTURE_2D, id)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
	gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
	gl.TexImage2D(gl.TEXTURE_2D, 0, gl.R8, int32(size), int32(size), 0, gl.RED, gl.UNSIGNED_BYTE, gl.Ptr(pix))
	gl.GenerateMipmap(gl.TEXTURE_2D)
	return id
}
