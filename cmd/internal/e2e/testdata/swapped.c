/* Images in pixel buffers whose bytes are swapped, behind what the store skips: they must be what the same images in memory are. Mesa alone
 * reads and writes beyond what it has swapped there, so there is nothing to compare prism with but prism. */
#include "conform/conform.h"

static uint8_t img[1 << 17], from_memory[1 << 16], from_buffer[1 << 16];

static const struct { GLenum internal, format, type; } pairs[] = {
	{GL_RGB8, GL_BGR, GL_UNSIGNED_SHORT}, {GL_RG16, GL_RG, GL_UNSIGNED_SHORT}, {GL_RGBA32F, GL_RGBA, GL_FLOAT}, {GL_RGB565, GL_RGB, GL_UNSIGNED_SHORT_5_6_5},
	{GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV}, {GL_DEPTH24_STENCIL8, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8},
};

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 3;
	GLuint pbo;
	int bad = 0, all = 0;
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 37 + i / 251);
	glGenBuffers(1, &pbo);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
	glBufferData(GL_PIXEL_UNPACK_BUFFER, sizeof img, img, GL_STREAM_DRAW);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	for (unsigned p = 0; p < sizeof pairs / sizeof *pairs; p++)
		for (int align = 1; align <= 8; align *= 2)
			for (int height = 0; height < 12; height += 5) {
				const GLenum format = pairs[p].format, type = pairs[p].type;
				GLuint t;
				GLint bound = 0;
				glCreateTextures(GL_TEXTURE_2D_ARRAY, 1, &t);
				glTextureStorage3D(t, 1, pairs[p].internal, 12, 10, 5);
				glPixelStorei(GL_UNPACK_SWAP_BYTES, 1), glPixelStorei(GL_UNPACK_ALIGNMENT, align), glPixelStorei(GL_UNPACK_ROW_LENGTH, 17);
				glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, height), glPixelStorei(GL_UNPACK_SKIP_ROWS, 3), glPixelStorei(GL_UNPACK_SKIP_PIXELS, 5), glPixelStorei(GL_UNPACK_SKIP_IMAGES, 2);
				glTextureSubImage3D(t, 0, 0, 0, 0, 12, 10, 5, format, type, img + 64);
				glGetTextureImage(t, 0, format, type, sizeof from_memory, from_memory);
				glClearTexImage(t, 0, format, type, NULL);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
				glTextureSubImage3D(t, 0, 0, 0, 0, 12, 10, 5, format, type, (void *)64);
				glGetIntegerv(GL_PIXEL_UNPACK_BUFFER_BINDING, &bound);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
				glGetTextureImage(t, 0, format, type, sizeof from_buffer, from_buffer);
				bad += bound != (GLint)pbo || memcmp(from_memory, from_buffer, sizeof from_memory);
				all++;
				glDeleteTextures(1, &t);
			}
	printf("%d of %d differ, error %#x\n", bad, all, glGetError());
	conform_close();
	return bad || glGetError();
}
