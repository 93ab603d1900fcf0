/* Compressed images: the app's pixel store applied here, so that what travels is tight. */
#include "clientstate.h"
#include "include/prism_blocks.h"

static prism_block_store block_store(const prism_store *s) {
	return (prism_block_store){s->row_length, s->image_height, s->skip_pixels, s->skip_rows, s->skip_images, s->block_width, s->block_height, s->block_depth, s->block_size};
}

bool prism_arr_compressed(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLsizei bytes) {
	prism_client *c = prism_client_now();
	prism_blocks b;
	if (!c) return false;
	const uint64_t n = bytes > 0 ? (uint64_t)bytes : 0;
	const prism_block_store s = block_store(&c->unpack);
	if (!prism_blocks_skip(&s, dims)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	if (c->buf[PRISM_BUF_UNPACK].name) return prism_arr_offset(a, p);
	/* Of a size that is not the image's GL reads nothing: it refuses it. */
	if (!p || !n || !prism_blocks_of(&s, format, dims, w, h, d, n, &b) || b.plain) return prism_arr_in(a, p, n);
	uint8_t *tight = n > PRISM_MAX_STAGED ? NULL : prism_scratch(n), *to = tight;
	if (!tight) {
		prism_error(GL_OUT_OF_MEMORY);
		return false;
	}
	for (uint64_t z = 0; z < b.slices; z++)
		for (uint64_t y = 0; y < b.rows; y++, to += b.row) memcpy(to, (const uint8_t *)p + b.start + z * b.slice_pitch + y * b.row_pitch, b.row);
	return prism_arr_in(a, tight, n);
}

bool prism_compressed_deliver(prism_client *c, const void *tight, uint64_t n, void *to, int64_t room, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format) {
	prism_blocks b;
	const prism_block_store s = block_store(&c->pack);
	if (!prism_blocks_skip(&s, dims) || !prism_blocks_of(&s, format, dims, w, h, d, n, &b) || !prism_pack_fits(c, to, room, b.end, 1)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	const bool buffer = c->buf[PRISM_BUF_PACK].name != 0;
	if (!buffer && !to) return true;
	if (b.plain) b.row = n, b.rows = b.slices = 1;
	const uint8_t *from = tight;
	for (uint64_t z = 0; z < b.slices; z++)
		for (uint64_t y = 0; y < b.rows; y++, from += b.row) {
			const uint64_t at = b.start + z * b.slice_pitch + y * b.row_pitch;
			if (buffer) prism_buffer_write(c, GL_PIXEL_PACK_BUFFER, (int64_t)(uintptr_t)to + (int64_t)at, (int64_t)b.row, from);
			else memcpy((uint8_t *)to + at, from, b.row);
		}
	return true;
}
