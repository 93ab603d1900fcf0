/* Compressed images and the pixel store (GL_ARB_compressed_texture_pixel_storage), shared by driver and node: how blocks of a format lie in
 * memory or in a buffer that the app has laid out. All is pure. */
#ifndef PRISM_BLOCKS_H
#define PRISM_BLOCKS_H
#include <stdbool.h>
#include <stdint.h>
#include <GL/gl.h>
#include <GL/glext.h>

/* Texels and bytes of a format's block. false: not a compressed format that is known here. */
static inline bool prism_block(uint32_t format, uint32_t *w, uint32_t *h, uint32_t *bytes) {
	static const uint8_t astc[14][2] = {{4, 4}, {5, 4}, {5, 5}, {6, 5}, {6, 6}, {8, 5}, {8, 6}, {8, 8}, {10, 5}, {10, 6}, {10, 8}, {10, 10}, {12, 10}, {12, 12}};
	*w = *h = 4;
	*bytes = 16;
	switch (format) {
	case GL_COMPRESSED_RGB_S3TC_DXT1_EXT: case GL_COMPRESSED_RGBA_S3TC_DXT1_EXT: case GL_COMPRESSED_SRGB_S3TC_DXT1_EXT:
	case GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT1_EXT: case GL_COMPRESSED_RED_RGTC1: case GL_COMPRESSED_SIGNED_RED_RGTC1:
	case GL_COMPRESSED_LUMINANCE_LATC1_EXT: case GL_COMPRESSED_SIGNED_LUMINANCE_LATC1_EXT: case 0x8D64: /* GL_ETC1_RGB8_OES */
	case GL_COMPRESSED_R11_EAC: case GL_COMPRESSED_SIGNED_R11_EAC: case GL_COMPRESSED_RGB8_ETC2: case GL_COMPRESSED_SRGB8_ETC2:
	case GL_COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2: case GL_COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2: *bytes = 8; return true;
	case GL_COMPRESSED_RGBA_S3TC_DXT3_EXT: case GL_COMPRESSED_RGBA_S3TC_DXT5_EXT: case GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT3_EXT:
	case GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT5_EXT: case GL_COMPRESSED_RG_RGTC2: case GL_COMPRESSED_SIGNED_RG_RGTC2:
	case GL_COMPRESSED_LUMINANCE_ALPHA_LATC2_EXT: case GL_COMPRESSED_SIGNED_LUMINANCE_ALPHA_LATC2_EXT: case 0x8837: /* GL_COMPRESSED_LUMINANCE_ALPHA_3DC_ATI */
	case GL_COMPRESSED_RGBA_BPTC_UNORM: case GL_COMPRESSED_SRGB_ALPHA_BPTC_UNORM: case GL_COMPRESSED_RGB_BPTC_SIGNED_FLOAT:
	case GL_COMPRESSED_RGB_BPTC_UNSIGNED_FLOAT: case GL_COMPRESSED_RG11_EAC: case GL_COMPRESSED_SIGNED_RG11_EAC: case GL_COMPRESSED_RGBA8_ETC2_EAC:
	case GL_COMPRESSED_SRGB8_ALPHA8_ETC2_EAC: return true;
	case GL_COMPRESSED_RGB_FXT1_3DFX: case GL_COMPRESSED_RGBA_FXT1_3DFX: *w = 8; return true;
	}
	const uint32_t i = format >= GL_COMPRESSED_SRGB8_ALPHA8_ASTC_4x4_KHR ? format - GL_COMPRESSED_SRGB8_ALPHA8_ASTC_4x4_KHR : format - GL_COMPRESSED_RGBA_ASTC_4x4_KHR;
	if (format < GL_COMPRESSED_RGBA_ASTC_4x4_KHR || i > 13) return false;
	*w = astc[i][0];
	*h = astc[i][1];
	return true;
}

/* A pixel store as far as compressed images go by it. size 0: they do not, and lie tight. */
typedef struct prism_block_store { int32_t row_length, image_height, skip_pixels, skip_rows, skip_images, width, height, depth, size; } prism_block_store;

/* Skips must be of whole blocks. */
static inline bool prism_blocks_skip(const prism_block_store *s, int dims) {
	return !s->size || ((!s->width || s->skip_pixels % s->width == 0) && (dims < 2 || !s->height || s->skip_rows % s->height == 0) &&
	                    (dims < 3 || !s->depth || s->skip_images % s->depth == 0));
}

/* Where the rows of blocks of an image of w × h × d texels are: tight they take `bytes`. */
typedef struct prism_blocks {
	uint64_t start, row, rows, slices;    /* bytes before the first; bytes of a row; rows of a slice */
	uint64_t row_pitch, slice_pitch, end; /* bytes from row to row, from slice to slice; up to the last one's end */
	bool plain;                           /* tight */
} prism_blocks;

/* What the store leaves out of a block's size is the format's. false: that gives no image of this size in `bytes`. */
static inline bool prism_blocks_of(const prism_block_store *store, uint32_t format, int dims, int32_t w, int32_t h, int32_t d, uint64_t bytes, prism_blocks *b) {
	prism_block_store s = *store;
	uint32_t fw, fh, each;
	const bool known = prism_block(format, &fw, &fh, &each);
	*b = (prism_blocks){0, bytes, 1, 1, bytes, bytes, bytes, true};
	if (!s.size) return true;
	if (!s.width) s.row_length = s.skip_pixels = 0;
	if (dims < 2 || !s.height) s.image_height = s.skip_rows = 0;
	if (dims < 3 || !s.depth) s.skip_images = 0;
	if (w <= 0 || h <= 0 || d <= 0 || (!known && (!s.width || !s.height))) return false;
	if (!known) fw = (uint32_t)s.width, fh = (uint32_t)s.height, each = (uint32_t)s.size;
	const uint64_t bw = s.width ? (uint64_t)s.width : fw, bh = s.height && dims > 1 ? (uint64_t)s.height : fh;
	b->row = ((uint64_t)w + fw - 1) / fw * each;
	b->rows = ((uint64_t)h + fh - 1) / fh;
	b->slices = (uint64_t)d;
	if (b->row > UINT32_MAX || b->rows * b->slices > UINT32_MAX || b->row * b->rows * b->slices != bytes) return false;
	b->row_pitch = s.row_length > 0 ? ((uint64_t)s.row_length + bw - 1) / bw * (uint64_t)s.size : b->row;
	b->slice_pitch = b->row_pitch * (dims > 2 && s.image_height > 0 ? ((uint64_t)s.image_height + bh - 1) / bh : b->rows);
	b->start = (uint64_t)s.skip_pixels / bw * (uint64_t)s.size + (uint64_t)s.skip_rows / bh * b->row_pitch;
	if (s.skip_images) b->start += (uint64_t)s.skip_images / (uint64_t)s.depth * b->slice_pitch;
	/* Rows may lie in each other where row_length is short; what is too far for 31 bits is no layout. */
	if (b->row_pitch > INT32_MAX || b->slice_pitch > INT32_MAX || b->start > INT32_MAX) return false;
	b->end = b->start + (b->slices - 1) * b->slice_pitch + (b->rows - 1) * b->row_pitch + b->row;
	b->plain = !b->start && b->row_pitch == b->row && b->slice_pitch == b->row * b->rows;
	return b->end <= INT32_MAX;
}
#endif
