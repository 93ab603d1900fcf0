/* Pixel rectangles: the app's pixel store applied here, so that what travels is always tight, MSB first and in native byte order. */
#include "gl/buffers/buffers.h"
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
	return p && binding == GL_ELEMENT_ARRAY_BUFFER && bytes > PRISM_STAGE_MIN ? prism_arr_stage(a, p, bytes) : prism_arr_in(a, p, bytes);
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

bool prism_pack_fits(prism_client *c, const void *to, int64_t room, uint64_t end, uint32_t unit) {
	if (!c->buf[PRISM_BUF_PACK].name) return room < 0 || end <= (uint64_t)room;
	const uint64_t offset = (uint64_t)(uintptr_t)to;
	prism_lock(c);
	const prism_buffer *b = prism_buffer_of(c, c->buf[PRISM_BUF_PACK].serial);
	const uint64_t size = b && !prism_buffer_closed(b) && b->size > 0 ? (uint64_t)b->size : 0;
	prism_unlock(c);
	return offset % unit == 0 && offset <= size && end <= size - offset;
}

bool prism_image_deliver(prism_client *c, const void *tight, uint64_t bytes, void *to, int64_t room, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	int packed;
	uint64_t want = prism_len_image(w, h, d, format, type);
	if (!want || bytes < want) return true; /* an error that the node reports */
	prism_layout l = prism_image_layout(&c->pack, dims, w, h, format, type);
	const uint64_t row = l.bitmap ? ((uint64_t)l.skip_bits + (uint64_t)w + 7) / 8 : l.tight_row, unit = prism_len_unit(type, &packed);
	if (!prism_pack_fits(c, to, room, l.start + (uint64_t)(d - 1) * l.image + (uint64_t)(h - 1) * l.row + row, unit == 8 ? 4 : unit ? (uint32_t)unit : 1)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	if (c->buf[PRISM_BUF_PACK].name) deliver_buffer(c, tight, (int64_t)(uintptr_t)to, &l, w, h, d);
	else if (!to) return true;
	else if (l.plain) memcpy((uint8_t *)to + l.start, tight, want);
	else prism_image_scatter(to, tight, &l, w, h, d);
	return true;
}

void prism_ask_image(prism_ask *q, void *to, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	const void *p;
	uint32_t n = prism_ask_peek(q, &p);
	prism_client *c = prism_client_now();
	if (n && c) prism_image_deliver(c, p, n, to, -1, dims, w, h, d, format, type);
}

/* ---- glPixelStore ---- */

const GLenum prism_store_names[2][PRISM_STORES] = {
	{GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST, GL_PACK_ROW_LENGTH, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_ROWS, GL_PACK_SKIP_PIXELS, GL_PACK_SKIP_IMAGES,
	 GL_PACK_ALIGNMENT, GL_PACK_COMPRESSED_BLOCK_WIDTH, GL_PACK_COMPRESSED_BLOCK_HEIGHT, GL_PACK_COMPRESSED_BLOCK_DEPTH, GL_PACK_COMPRESSED_BLOCK_SIZE},
	{GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_SKIP_IMAGES,
	 GL_UNPACK_ALIGNMENT, GL_UNPACK_COMPRESSED_BLOCK_WIDTH, GL_UNPACK_COMPRESSED_BLOCK_HEIGHT, GL_UNPACK_COMPRESSED_BLOCK_DEPTH, GL_UNPACK_COMPRESSED_BLOCK_SIZE},
};

GLint *prism_store_field(prism_client *c, GLenum pname, bool *pack) {
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < PRISM_STORES; i++)
			if (prism_store_names[k][i] == pname) {
				*pack = !k;
				return &(k ? &c->unpack : &c->pack)->swap_bytes + i;
			}
	return NULL;
}

void APIENTRY prism_gl_PixelStorei(GLenum pname, GLint param) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool pack;
	GLint *f = prism_store_field(c, pname, &pack);
	if (!f || prism_es_lacks(c, pname)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	const bool flag = pname == GL_UNPACK_SWAP_BYTES || pname == GL_UNPACK_LSB_FIRST || pname == GL_PACK_SWAP_BYTES || pname == GL_PACK_LSB_FIRST;
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

static void read_pixels(GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, int64_t room, void *pixels) {
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
		if (tight) prism_image_deliver(c, tight, bytes, pixels, room, 2, w, h, 1, format, type);
		free(tight);
		return;
	}
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_glReadPixels(q.id, x, y, w, h, format, type);
	const void *p;
	const uint32_t n = prism_ask_wait(&q) ? prism_ask_peek(&q, &p) : 0;
	if (n) prism_image_deliver(c, p, n, pixels, room, 2, w, h, 1, format, type);
	prism_ask_end(&q);
}
void APIENTRY prism_gl_ReadPixels(GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, void *pixels) {
	read_pixels(x, y, w, h, format, type, -1, pixels);
}
void APIENTRY prism_gl_ReadnPixels(GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, GLsizei room, void *pixels) {
	if (room < 0) prism_error(GL_INVALID_VALUE);
	else read_pixels(x, y, w, h, format, type, room, pixels);
}

/* The answer that q waits for: a head and an image, which is tight; into `to`. format 0: compressed. */
static void take_image(prism_client *c, prism_ask *q, GLenum format, GLenum type, int64_t room, void *to) {
	uint8_t *tight = NULL;
	prism_image_head head = {0};
	uint32_t n = 0;
	if (prism_ask_wait(q)) {
		const void *p;
		n = prism_ask_peek(q, &p);
		if (n > sizeof head && (tight = malloc(n))) {
			memcpy(&head, p, sizeof head);
			memcpy(tight, (const uint8_t *)p + sizeof head, n - sizeof head);
		}
	}
	prism_ask_end(q);
	if (!tight) return;
	n -= sizeof head;
	if (format) prism_image_deliver(c, tight, n, to, room, head.dims, head.w, head.h, head.d, format, type);
	else prism_compressed_deliver(c, tight, n, to, room, head.dims, head.w, head.h, head.d, head.internal_format);
	free(tight);
}

static bool pixel_words(GLenum format) {
	if (!prism_len_components(format)) prism_error(GL_INVALID_ENUM);
	return prism_len_components(format) != 0;
}
static void get_image(GLenum target, GLint level, GLenum format, GLenum type, int64_t room, void *to) {
	prism_client *c = prism_client_out();
	prism_ask q;
	if (!c || !prism_ask_begin(&q)) return;
	prism_put_prismGetTexImage(q.id, target, level, format, type);
	take_image(c, &q, format, type, room, to);
}
void APIENTRY prism_gl_GetTexImage(GLenum target, GLint level, GLenum format, GLenum type, void *pixels) {
	if (pixel_words(format)) get_image(target, level, format, type, -1, pixels);
}
void APIENTRY prism_gl_GetCompressedTexImage(GLenum target, GLint level, void *img) { get_image(target, level, 0, 0, -1, img); }
void APIENTRY prism_gl_GetnTexImage(GLenum target, GLint level, GLenum format, GLenum type, GLsizei room, void *pixels) {
	if (room < 0) prism_error(GL_INVALID_VALUE);
	else if (pixel_words(format)) get_image(target, level, format, type, room, pixels);
}
void APIENTRY prism_gl_GetnCompressedTexImage(GLenum target, GLint level, GLsizei room, void *img) {
	if (room < 0) prism_error(GL_INVALID_VALUE);
	else get_image(target, level, 0, 0, room, img);
}

/* By name; whole: the level, else a part of it. */
static void get_texture(GLuint texture, GLint level, bool whole, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type, GLsizei room, void *to) {
	prism_client *c = prism_client_out();
	prism_ask q;
	bool ok = true;
	if (!c) return;
	if (!texture || room < 0) {
		prism_error(texture ? GL_INVALID_VALUE : GL_INVALID_OPERATION);
		return;
	}
	const uint32_t serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	if (!ok || !prism_ask_begin(&q)) return;
	prism_put_prismGetTextureImage(q.id, serial, level, !whole, x, y, z, w, h, d, format, type);
	take_image(c, &q, format, type, room, to);
}
void APIENTRY prism_gl_GetTextureImage(GLuint texture, GLint level, GLenum format, GLenum type, GLsizei room, void *pixels) {
	if (pixel_words(format)) get_texture(texture, level, true, 0, 0, 0, 0, 0, 0, format, type, room, pixels);
}
void APIENTRY prism_gl_GetTextureSubImage(GLuint texture, GLint level, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type, GLsizei room, void *pixels) {
	if (pixel_words(format)) get_texture(texture, level, false, x, y, z, w, h, d, format, type, room, pixels);
}
void APIENTRY prism_gl_GetCompressedTextureImage(GLuint texture, GLint level, GLsizei room, void *pixels) {
	get_texture(texture, level, true, 0, 0, 0, 0, 0, 0, 0, 0, room, pixels);
}
void APIENTRY prism_gl_GetCompressedTextureSubImage(GLuint texture, GLint level, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLsizei room, void *pixels) {
	get_texture(texture, level, false, x, y, z, w, h, d, 0, 0, room, pixels);
}

static void get_stipple(int64_t room, GLubyte *mask) {
	prism_client *c = prism_client_out();
	uint8_t tight[128];
	if (c && prism_get(c, PRISM_GET_STIPPLE, 0, 0, 0, tight, sizeof tight, false) == sizeof tight)
		prism_image_deliver(c, tight, sizeof tight, mask, room, 2, 32, 32, 1, GL_COLOR_INDEX, GL_BITMAP);
}
void APIENTRY prism_gl_GetPolygonStipple(GLubyte *mask) { get_stipple(-1, mask); }
void APIENTRY prism_gl_GetnPolygonStipple(GLsizei room, GLubyte *mask) {
	if (room < 0) prism_error(GL_INVALID_VALUE);
	else get_stipple(room, mask);
}
