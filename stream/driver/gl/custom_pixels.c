/* Pixel rectangles: the app's pixel store applied here, so that what travels is always tight, MSB first and in native byte order. */
#include "buffers.h"
#include <stdlib.h>

prism_layout prism_image_layout(const prism_store *s, int dims, GLsizei w, GLsizei h, GLenum format, GLenum type) {
	prism_layout l = {.unit = 1};
	uint64_t align = (uint64_t)s->alignment;
	uint64_t length = (uint64_t)(s->row_length > 0 ? s->row_length : w);
	uint64_t height = (uint64_t)(dims > 2 && s->image_height > 0 ? s->image_height : h);
	l.tight_row = prism_len_row(w, format, type);
	if (type == GL_BITMAP) {
		l.bitmap = true;
		l.lsb = s->lsb_first;
		l.row = align * ((length + 8 * align - 1) / (8 * align));
		l.start = (uint64_t)s->skip_pixels / 8;
		l.skip_bits = (uint32_t)s->skip_pixels % 8;
	} else {
		int packed;
		uint64_t pixel = prism_len_pixel(format, type);
		l.row = (length * pixel + align - 1) / align * align;
		l.start = (uint64_t)s->skip_pixels * pixel;
		if (s->swap_bytes) {
			l.unit = prism_len_unit(type, &packed);
			if (l.unit == 8) l.unit = 4; /* FLOAT_32_UNSIGNED_INT_24_8_REV: two units */
		}
	}
	l.image = l.row * height;
	l.start += (uint64_t)s->skip_rows * l.row; /* of 1D images, too */
	if (dims > 2) l.start += (uint64_t)s->skip_images * l.image;
	l.plain = l.unit == 1 && l.row == l.tight_row && (dims < 3 || height == (uint64_t)h) && (!l.bitmap || (!l.lsb && !l.skip_bits));
	return l;
}

static void swap_copy(uint8_t *to, const uint8_t *from, uint64_t bytes, uint32_t unit) {
	if (unit == 2) {
		for (uint64_t i = 0; i + 2 <= bytes; i += 2) {
			uint16_t v;
			memcpy(&v, from + i, 2);
			v = __builtin_bswap16(v);
			memcpy(to + i, &v, 2);
		}
	} else {
		for (uint64_t i = 0; i + 4 <= bytes; i += 4) {
			uint32_t v;
			memcpy(&v, from + i, 4);
			v = __builtin_bswap32(v);
			memcpy(to + i, &v, 4);
		}
	}
}

static inline unsigned bit_get(const uint8_t *p, uint64_t i, bool lsb) { return p[i / 8] >> (lsb ? i % 8 : 7 - i % 8) & 1; }

void prism_image_gather(void *tight, const void *from, const prism_layout *l, GLsizei w, GLsizei h, GLsizei d) {
	uint8_t *to = tight;
	for (GLsizei z = 0; z < d; z++)
		for (GLsizei y = 0; y < h; y++, to += l->tight_row) {
			const uint8_t *row = (const uint8_t *)from + l->start + (uint64_t)z * l->image + (uint64_t)y * l->row;
			if (l->bitmap && (l->lsb || l->skip_bits)) {
				memset(to, 0, l->tight_row);
				for (GLsizei x = 0; x < w; x++)
					to[x / 8] |= (uint8_t)(bit_get(row, l->skip_bits + (uint64_t)x, l->lsb) << (7 - x % 8));
			} else if (l->unit > 1) {
				swap_copy(to, row, l->tight_row, l->unit);
			} else {
				memcpy(to, row, l->tight_row);
			}
		}
}

void prism_image_scatter(void *to, const void *tight, const prism_layout *l, GLsizei w, GLsizei h, GLsizei d) {
	const uint8_t *from = tight;
	for (GLsizei z = 0; z < d; z++)
		for (GLsizei y = 0; y < h; y++, from += l->tight_row) {
			uint8_t *row = (uint8_t *)to + l->start + (uint64_t)z * l->image + (uint64_t)y * l->row;
			if (l->bitmap) { /* bits beside the image stay as they are */
				for (GLsizei x = 0; x < w; x++) {
					uint64_t i = l->skip_bits + (uint64_t)x;
					uint8_t bit = (uint8_t)(1u << (l->lsb ? i % 8 : 7 - i % 8));
					row[i / 8] = bit_get(from, (uint64_t)x, false) ? row[i / 8] | bit : (uint8_t)(row[i / 8] & ~bit);
				}
			} else if (l->unit > 1) {
				swap_copy(row, from, l->tight_row, l->unit);
			} else {
				memcpy(row, from, l->tight_row);
			}
		}
}

bool prism_arr_image(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	prism_client *c = prism_client_now();
	if (!c) return false;
	if (c->buf[PRISM_BUF_UNPACK].name) return prism_arr_offset(a, p);
	uint64_t tight = p ? prism_len_image(w, h, d, format, type) : 0;
	if (!tight) return prism_arr_in(a, NULL, 0); /* empty, or a pair of format and type that GL refuses */
	prism_layout l = prism_image_layout(&c->unpack, dims, w, h, format, type);
	if (l.plain) return prism_arr_in(a, (const uint8_t *)p + l.start, tight);
	if (tight > PRISM_MAX_STAGED) {
		prism_error(GL_OUT_OF_MEMORY);
		return false;
	}
	void *buf = prism_scratch(tight);
	if (!buf) return false;
	prism_image_gather(buf, p, &l, w, h, d);
	return prism_arr_in(a, buf, tight);
}

bool prism_arr_or_offset(prism_arr *a, GLenum binding, const void *p, uint64_t bytes) {
	prism_client *c = prism_client_now();
	if (!c) return false;
	const prism_bound *b = prism_binding(c, binding);
	if (b && b->name) return prism_arr_offset(a, p);
	return prism_arr_in(a, p, bytes);
}

uint32_t prism_ask_peek(prism_ask *q, const void **p) {
	*p = NULL;
	if (!q->at || (size_t)(q->end - q->at) < 8) return 0;
	uint32_t n;
	memcpy(&n, q->at, 4);
	const uint8_t *bytes = q->at + 8;
	if (n > (uint64_t)(q->end - bytes)) return 0;
	*p = bytes;
	uint64_t step = PRISM_PAD8((uint64_t)n);
	q->at = step > (uint64_t)(q->end - bytes) ? q->end : bytes + step;
	return n;
}

/* Rows of a tight image into the buffer bound to GL_PIXEL_PACK_BUFFER, what lies between them untouched. */
static void deliver_buffer(prism_client *c, const uint8_t *tight, int64_t offset, const prism_layout *l, GLsizei w, GLsizei h, GLsizei d) {
	if (l->plain) {
		prism_buffer_write(c, GL_PIXEL_PACK_BUFFER, offset + (int64_t)l->start, (int64_t)(l->tight_row * (uint64_t)h * (uint64_t)d), tight);
		return;
	}
	uint64_t span = l->bitmap ? ((uint64_t)l->skip_bits + (uint64_t)w + 7) / 8 : l->tight_row;
	uint8_t *row = malloc(span);
	if (!row) {
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	prism_layout one = *l;
	one.start = 0;
	for (GLsizei z = 0; z < d; z++)
		for (GLsizei y = 0; y < h; y++, tight += l->tight_row) {
			int64_t at = offset + (int64_t)(l->start + (uint64_t)z * l->image + (uint64_t)y * l->row);
			if (l->bitmap && !prism_buffer_read(c, GL_PIXEL_PACK_BUFFER, at, (int64_t)span, row)) break;
			prism_image_scatter(row, tight, &one, w, 1, 1);
			prism_buffer_write(c, GL_PIXEL_PACK_BUFFER, at, (int64_t)span, row);
		}
	free(row);
}

void prism_image_deliver(prism_client *c, const void *tight, uint64_t bytes, void *to, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	uint64_t want = prism_len_image(w, h, d, format, type);
	if (!want || bytes < want) return; /* an error that the node reports */
	prism_layout l = prism_image_layout(&c->pack, dims, w, h, format, type);
	if (c->buf[PRISM_BUF_PACK].name) deliver_buffer(c, tight, (int64_t)(uintptr_t)to, &l, w, h, d);
	else if (!to) return;
	else if (l.plain) memcpy((uint8_t *)to + l.start, tight, want);
	else prism_image_scatter(to, tight, &l, w, h, d);
}

void prism_ask_image(prism_ask *q, void *to, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	const void *p;
	uint32_t n = prism_ask_peek(q, &p);
	prism_client *c = prism_client_now();
	if (n && c) prism_image_deliver(c, p, n, to, dims, w, h, d, format, type);
}

/* ---- glPixelStore ---- */

static GLint *store_field(prism_client *c, GLenum pname, bool *flag, bool *pack) {
	*flag = false;
	*pack = false;
	switch (pname) {
	case GL_UNPACK_SWAP_BYTES: *flag = true; return &c->unpack.swap_bytes;
	case GL_UNPACK_LSB_FIRST: *flag = true; return &c->unpack.lsb_first;
	case GL_UNPACK_ROW_LENGTH: return &c->unpack.row_length;
	case GL_UNPACK_IMAGE_HEIGHT: return &c->unpack.image_height;
	case GL_UNPACK_SKIP_ROWS: return &c->unpack.skip_rows;
	case GL_UNPACK_SKIP_PIXELS: return &c->unpack.skip_pixels;
	case GL_UNPACK_SKIP_IMAGES: return &c->unpack.skip_images;
	case GL_UNPACK_ALIGNMENT: return &c->unpack.alignment;
	}
	*pack = true;
	switch (pname) {
	case GL_PACK_SWAP_BYTES: *flag = true; return &c->pack.swap_bytes;
	case GL_PACK_LSB_FIRST: *flag = true; return &c->pack.lsb_first;
	case GL_PACK_ROW_LENGTH: return &c->pack.row_length;
	case GL_PACK_IMAGE_HEIGHT: return &c->pack.image_height;
	case GL_PACK_SKIP_ROWS: return &c->pack.skip_rows;
	case GL_PACK_SKIP_PIXELS: return &c->pack.skip_pixels;
	case GL_PACK_SKIP_IMAGES: return &c->pack.skip_images;
	case GL_PACK_ALIGNMENT: return &c->pack.alignment;
	}
	return NULL;
}

void APIENTRY prism_gl_PixelStorei(GLenum pname, GLint param) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool flag, pack;
	GLint *f = store_field(c, pname, &flag, &pack);
	if (!f || prism_es_lacks(c, pname)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	bool align = pname == GL_UNPACK_ALIGNMENT || pname == GL_PACK_ALIGNMENT;
	if (param < 0 ? !flag : align && param != 1 && param != 2 && param != 4 && param != 8) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (flag) param = param != 0;
	if (*f == param) return;
	*f = param;
	/* A node never packs: what it reads comes here tight. It unpacks by this only from a buffer. */
	if (!pack) prism_put_glPixelStorei(pname, param);
}

void APIENTRY prism_gl_PixelStoref(GLenum pname, GLfloat param) {
	prism_gl_PixelStorei(pname, (GLint)(param < 0 ? param - 0.5f : param + 0.5f));
}

/* ---- reading ---- */

/* The rectangle's pixels, tight, in memory to be freed; NULL: lost, empty or an error that the node reports. */
static uint8_t *read_tight(GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, uint64_t *bytes) {
	prism_ask q;
	uint8_t *copy = NULL;
	if (!prism_ask_begin(&q)) return NULL;
	prism_put_glReadPixels(q.id, x, y, w, h, format, type);
	if (prism_ask_wait(&q)) {
		const void *p;
		uint32_t n = prism_ask_peek(&q, &p);
		if (n && (copy = malloc(n))) {
			memcpy(copy, p, n);
			*bytes = n;
		}
	}
	prism_ask_end(&q);
	return copy;
}

void APIENTRY prism_gl_ReadPixels(GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, void *pixels) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (w < 0 || h < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (!w || !h) return;
	if (c->buf[PRISM_BUF_PACK].name) { /* the answer must be taken before another question is asked */
		if (prism_pack_later(c, c->buf[PRISM_BUF_PACK].serial, x, y, w, h, format, type, (int64_t)(intptr_t)pixels)) return;
		uint64_t bytes;
		uint8_t *tight = read_tight(x, y, w, h, format, type, &bytes);
		if (tight) prism_image_deliver(c, tight, bytes, pixels, 2, w, h, 1, format, type);
		free(tight);
		return;
	}
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_glReadPixels(q.id, x, y, w, h, format, type);
	if (prism_ask_wait(&q)) prism_ask_image(&q, pixels, 2, w, h, 1, format, type);
	prism_ask_end(&q);
}

static void get_image(GLenum target, GLint level, GLenum format, GLenum type, void *to) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_prismGetTexImage(q.id, target, level, format, type);
	uint8_t *tight = NULL;
	GLint dim[4] = {0};
	uint32_t n = 0;
	if (prism_ask_wait(&q)) {
		const void *p;
		n = prism_ask_peek(&q, &p);
		if (n > sizeof dim && (tight = malloc(n))) {
			memcpy(dim, p, sizeof dim);
			memcpy(tight, (const uint8_t *)p + sizeof dim, n - sizeof dim);
		}
	}
	prism_ask_end(&q);
	if (!tight) return;
	n -= sizeof dim;
	if (format) prism_image_deliver(c, tight, n, to, dim[3], dim[0], dim[1], dim[2], format, type);
	else if (c->buf[PRISM_BUF_PACK].name) prism_buffer_write(c, GL_PIXEL_PACK_BUFFER, (int64_t)(uintptr_t)to, n, tight);
	else if (to) memcpy(to, tight, n);
	free(tight);
}

void APIENTRY prism_gl_GetTexImage(GLenum target, GLint level, GLenum format, GLenum type, void *pixels) {
	if (!prism_len_components(format)) prism_error(GL_INVALID_ENUM);
	else get_image(target, level, format, type, pixels);
}
void APIENTRY prism_gl_GetCompressedTexImage(GLenum target, GLint level, void *img) { get_image(target, level, 0, 0, img); }

void APIENTRY prism_gl_GetPolygonStipple(GLubyte *mask) {
	prism_client *c = prism_client_out();
	uint8_t tight[128];
	if (c && prism_get(c, PRISM_GET_STIPPLE, 0, 0, 0, tight, sizeof tight, false) == sizeof tight)
		prism_image_deliver(c, tight, sizeof tight, mask, 2, 32, 32, 1, GL_COLOR_INDEX, GL_BITMAP);
}
