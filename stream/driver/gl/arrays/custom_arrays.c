/* Arrays: what stands in which VAO. glXPointer without a buffer is kept here, and at draw time sent (custom_draws.c). */
#include "clientstate.h"
#include <stdlib.h>

void prism_vao_init(prism_vao *v) {
	v->user = ~0ull;
	for (int i = 0; i < PRISM_ARRAYS; i++) {
		v->a[i] = (prism_array){.size = 4, .type = GL_FLOAT, .binding = (uint8_t)i};
		v->b[i] = (prism_vertex_binding){.stride = 16};
	}
	v->a[PRISM_ARRAY_NORMAL].size = 3;
	v->a[PRISM_ARRAY_SECONDARY_COLOR].size = 3;
	v->a[PRISM_ARRAY_FOG_COORD].size = v->a[PRISM_ARRAY_INDEX].size = v->a[PRISM_ARRAY_EDGE_FLAG].size = 1;
	v->a[PRISM_ARRAY_EDGE_FLAG].type = GL_UNSIGNED_BYTE;
}

void prism_vao_users(prism_vao *v) {
	v->user = 0;
	for (int i = 0; i < PRISM_ARRAYS; i++) v->user |= (uint64_t)!prism_array_at(v, i)->buffer.name << i;
}

int prism_array_of(prism_client *c, GLenum array) {
	switch (array) {
	case GL_VERTEX_ARRAY: return PRISM_ARRAY_VERTEX;
	case GL_NORMAL_ARRAY: return PRISM_ARRAY_NORMAL;
	case GL_COLOR_ARRAY: return PRISM_ARRAY_COLOR;
	case GL_INDEX_ARRAY: return PRISM_ARRAY_INDEX;
	case GL_EDGE_FLAG_ARRAY: return PRISM_ARRAY_EDGE_FLAG;
	case GL_FOG_COORD_ARRAY: return PRISM_ARRAY_FOG_COORD;
	case GL_SECONDARY_COLOR_ARRAY: return PRISM_ARRAY_SECONDARY_COLOR;
	case GL_TEXTURE_COORD_ARRAY: return PRISM_ARRAY_TEXCOORD + (int)c->client_active;
	default: return -1;
	}
}

uint64_t prism_array_elem(const prism_array *a) {
	switch (a->type) {
	case GL_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_10F_11F_11F_REV: return 4;
	default: return prism_len_type(a->type) * (a->size == GL_BGRA ? 4u : (unsigned)a->size);
	}
}

#define T(type) (1u << ((type) - GL_BYTE))
#define T_FIXED 0x10000u  /* beyond GL_BYTE … GL_FIXED */
#define T_PACKED 0x20000u /* the 2_10_10_10 types */
#define T_F11 0x40000u

static unsigned type_bit(GLenum type) {
	switch (type) {
	case GL_BYTE: case GL_UNSIGNED_BYTE: case GL_SHORT: case GL_UNSIGNED_SHORT: case GL_INT: case GL_UNSIGNED_INT: case GL_FLOAT: case GL_DOUBLE:
	case GL_HALF_FLOAT: return T(type);
	case GL_HALF_FLOAT_OES: return T(GL_HALF_FLOAT);
	case GL_FIXED: return T_FIXED;
	case GL_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_2_10_10_10_REV: return T_PACKED;
	case GL_UNSIGNED_INT_10F_11F_11F_REV: return T_F11;
	default: return 0;
	}
}
#define T_INTS (T(GL_BYTE) | T(GL_UNSIGNED_BYTE) | T(GL_SHORT) | T(GL_UNSIGNED_SHORT) | T(GL_INT) | T(GL_UNSIGNED_INT))
#define T_FLOATS (T(GL_FLOAT) | T(GL_DOUBLE) | T(GL_HALF_FLOAT))

#define TYPES (T_INTS | T_FLOATS | T_FIXED | T_PACKED | T_F11)
#define TYPES_ES (TYPES & ~(T(GL_DOUBLE) | T_F11))

#define STRIDE_SURE 2048 /* every GL takes as much */

bool prism_bad_stride(prism_client *c, GLsizei stride) {
	if (stride >= 0 && stride <= STRIDE_SURE) return false;
	const GLint most = stride >= 0 ? prism_get_int(c, GL_MAX_VERTEX_ATTRIB_STRIDE, 0) : -1;
	if (stride >= 0 && (stride <= most || most <= 0)) return false; /* before 4.4 there was no limit */
	prism_error(GL_INVALID_VALUE);
	return true;
}

static bool good_format(int i, GLint size, GLint least, GLint most, bool bgra, GLenum type, unsigned types, bool normalized) {
	unsigned bit = type_bit(type);
	bool is_bgra = bgra && size == GL_BGRA;
	if (!is_bgra && (size < least || size > most)) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	if (!(bit & types)) {
		prism_error(GL_INVALID_ENUM);
		return false;
	}
	if ((is_bgra && (!(bit & (T(GL_UNSIGNED_BYTE) | T_PACKED)) || !normalized)) || (bit == T_PACKED && !is_bgra && size != 4 && i != PRISM_ARRAY_NORMAL && most == 4 && least == 1) ||
	    (bit == T_F11 && size != 3)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	return true;
}

/* Checks what glXPointer is given and keeps it. *off is filled where a buffer is bound: then the record must be sent. */
static bool set_array(prism_client *c, int i, GLint size, GLint least, GLint most, bool bgra, GLenum type, unsigned types, bool normalized, bool integer,
                      GLsizei stride, const void *p, prism_arr *off) {
	if (prism_bad_stride(c, stride) || !good_format(i, size, least, most, bgra, type, types, normalized)) return false;
	prism_vao *v = c->vao;
	const prism_bound *b = &c->buf[PRISM_BUF_ARRAY];
	if ((prism_needs_vao(c) && !v->self.name) || (!b->name && p && (v->self.name || !prism_client_arrays(c)))) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	prism_array *a = &v->a[i];
	prism_vertex_binding *at = &v->b[i];
	*a = (prism_array){.p = p, .size = size, .type = type, .stride = stride, .binding = (uint8_t)i, .normalized = normalized, .integer = integer, .longs = integer && type == GL_DOUBLE, .offset = b->name};
	at->buffer = *b;
	at->offset = (int64_t)(uintptr_t)p;
	at->stride = stride ? stride : (GLsizei)prism_array_elem(a);
	if (v->apart) prism_vao_users(v);
	if (!b->name) {
		v->user |= 1ull << i;
		v->stale |= 1ull << i;
		return false;
	}
	v->user &= ~(1ull << i);
	v->stale &= ~(1ull << i);
	return prism_arr_offset(off, p);
}

void APIENTRY prism_gl_VertexPointer(GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_VERTEX, size, 2, 4, false, type, T(GL_SHORT) | T(GL_INT) | T_FLOATS | T_PACKED, false, false, stride, p, &a))
		prism_put_glVertexPointer(size, type, stride, &a);
}
void APIENTRY prism_gl_NormalPointer(GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_NORMAL, 3, 3, 3, false, type, T(GL_BYTE) | T(GL_SHORT) | T(GL_INT) | T_FLOATS | T_PACKED, true, false, stride, p, &a))
		prism_put_glNormalPointer(type, stride, &a);
}
void APIENTRY prism_gl_ColorPointer(GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_COLOR, size, 3, 4, true, type, T_INTS | T_FLOATS | T_PACKED, true, false, stride, p, &a))
		prism_put_glColorPointer(size, type, stride, &a);
}
void APIENTRY prism_gl_SecondaryColorPointer(GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_SECONDARY_COLOR, size, 3, 3, true, type, T_INTS | T_FLOATS | T_PACKED, true, false, stride, p, &a))
		prism_put_glSecondaryColorPointer(size, type, stride, &a);
}
void APIENTRY prism_gl_TexCoordPointer(GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_TEXCOORD + (int)c->client_active, size, 1, 4, false, type, T(GL_SHORT) | T(GL_INT) | T_FLOATS | T_PACKED, false, false, stride, p, &a))
		prism_put_glTexCoordPointer(size, type, stride, &a);
}
void APIENTRY prism_gl_IndexPointer(GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_INDEX, 1, 1, 1, false, type, T(GL_UNSIGNED_BYTE) | T(GL_SHORT) | T(GL_INT) | T(GL_FLOAT) | T(GL_DOUBLE), false, false, stride, p, &a))
		prism_put_glIndexPointer(type, stride, &a);
}
void APIENTRY prism_gl_FogCoordPointer(GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_FOG_COORD, 1, 1, 1, false, type, T_FLOATS, false, false, stride, p, &a))
		prism_put_glFogCoordPointer(type, stride, &a);
}
void APIENTRY prism_gl_EdgeFlagPointer(GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (c && set_array(c, PRISM_ARRAY_EDGE_FLAG, 1, 1, 1, false, GL_UNSIGNED_BYTE, T(GL_UNSIGNED_BYTE), false, false, stride, p, &a))
		prism_put_glEdgeFlagPointer(stride, &a);
}

bool prism_array_index(prism_client *c, GLuint index) {
	if (!c) return false;
	if (index < 16) return true; /* every GL has as many */
	if (index < PRISM_ARRAY_GENERIC) {
		if (!c->max_attribs) c->max_attribs = prism_get_int(c, GL_MAX_VERTEX_ATTRIBS, 16);
		if (index < (GLuint)c->max_attribs) return true;
	}
	prism_error(GL_INVALID_VALUE);
	return false;
}
void APIENTRY prism_gl_VertexAttribPointer(GLuint index, GLint size, GLenum type, GLboolean normalized, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (prism_array_index(c, index) && set_array(c, (int)index, size, 1, 4, true, type, c->es ? TYPES_ES : TYPES, normalized, false, stride, p, &a))
		prism_put_glVertexAttribPointer(index, size, type, normalized, stride, &a);
}
void APIENTRY prism_gl_VertexAttribIPointer(GLuint index, GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (prism_array_index(c, index) && set_array(c, (int)index, size, 1, 4, false, type, T_INTS, false, true, stride, p, &a))
		prism_put_glVertexAttribIPointer(index, size, type, stride, &a);
}
void APIENTRY prism_gl_VertexAttribLPointer(GLuint index, GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (prism_array_index(c, index) && set_array(c, (int)index, size, 1, 4, false, type, T(GL_DOUBLE), false, true, stride, p, &a))
		prism_put_glVertexAttribLPointer(index, size, type, stride, &a);
}
void APIENTRY prism_gl_VertexAttribDivisor(GLuint index, GLuint divisor) {
	prism_client *c = prism_client_out();
	if (!prism_array_index(c, index)) return;
	if (prism_needs_vao(c) && !c->vao->self.name) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_vao *v = c->vao;
	v->b[index].divisor = divisor;
	if (v->apart) { /* GL defines it so */
		v->a[index].binding = (uint8_t)index;
		prism_vao_users(v);
	}
	prism_put_glVertexAttribDivisor(index, divisor);
}
void APIENTRY prism_gl_EnableVertexAttribArray(GLuint index) {
	prism_client *c = prism_client_out();
	if (!prism_array_index(c, index)) return;
	c->vao->enabled |= 1ull << index;
	prism_put_glEnableVertexAttribArray(index);
}
void APIENTRY prism_gl_DisableVertexAttribArray(GLuint index) {
	prism_client *c = prism_client_out();
	if (!prism_array_index(c, index)) return;
	c->vao->enabled &= ~(1ull << index);
	prism_put_glDisableVertexAttribArray(index);
}

/* ---- formats ---- */

static bool format(prism_client *c, GLuint i, GLint size, GLint most, bool bgra, GLenum type, unsigned types, bool normalized, bool integer, GLuint relative) {
	if (!c) return false;
	if (prism_formats_need_vao(c) && !c->vao->self.name) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	if (!prism_array_index(c, i)) return false;
	if (relative > 2047 && relative > (GLuint)prism_get_int(c, GL_MAX_VERTEX_ATTRIB_RELATIVE_OFFSET, 2047)) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	if (!good_format((int)i, size, 1, most, bgra, type, types, normalized)) return false;
	prism_arrays_settle(c);
	prism_array *a = &c->vao->a[i];
	a->size = size;
	a->type = type;
	a->normalized = normalized;
	a->integer = integer;
	a->longs = integer && type == GL_DOUBLE;
	a->relative = relative;
	return true;
}

void APIENTRY prism_gl_VertexAttribFormat(GLuint i, GLint size, GLenum type, GLboolean normalized, GLuint relative) {
	prism_client *c = prism_client_out();
	if (format(c, i, size, 4, true, type, c && c->es ? TYPES_ES : TYPES, normalized, false, relative))
		prism_put_glVertexAttribFormat(i, size, type, normalized, relative);
}
void APIENTRY prism_gl_VertexAttribIFormat(GLuint i, GLint size, GLenum type, GLuint relative) {
	if (format(prism_client_out(), i, size, 4, false, type, T_INTS, false, true, relative)) prism_put_glVertexAttribIFormat(i, size, type, relative);
}
void APIENTRY prism_gl_VertexAttribLFormat(GLuint i, GLint size, GLenum type, GLuint relative) {
	if (format(prism_client_out(), i, size, 4, false, type, T(GL_DOUBLE), false, true, relative)) prism_put_glVertexAttribLFormat(i, size, type, relative);
}

void prism_arrays_settle(prism_client *c) {
	prism_vao *v = c->vao;
	for (uint64_t left = v->stale & ((1ull << PRISM_ARRAY_GENERIC) - 1); left; left &= left - 1) {
		GLuint i = (GLuint)__builtin_ctzll(left);
		const prism_array *a = &v->a[i];
		if (a->longs) prism_put_glVertexAttribLFormat(i, a->size, a->type, a->relative);
		else if (a->integer) prism_put_glVertexAttribIFormat(i, a->size, a->type, a->relative);
		else prism_put_glVertexAttribFormat(i, a->size, a->type, a->normalized, a->relative);
		prism_put_glVertexAttribBinding(i, a->binding);
	}
	v->stale = 0;
}

/* ---- conventional arrays ---- */

static void client_state(GLenum array, bool on) {
	prism_client *c = prism_client_out();
	if (!c) return;
	int i = prism_array_of(c, array);
	if (i < 0) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if (on) c->vao->enabled |= 1ull << i;
	else c->vao->enabled &= ~(1ull << i);
	if (on) prism_put_glEnableClientState(array);
	else prism_put_glDisableClientState(array);
}
void APIENTRY prism_gl_EnableClientState(GLenum array) { client_state(array, true); }
void APIENTRY prism_gl_DisableClientState(GLenum array) { client_state(array, false); }

void APIENTRY prism_gl_ClientActiveTexture(GLenum texture) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (texture < GL_TEXTURE0 || texture >= GL_TEXTURE0 + PRISM_ARRAY_TEXCOORDS) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if (c->client_active == texture - GL_TEXTURE0) return;
	c->client_active = texture - GL_TEXTURE0;
	prism_put_glClientActiveTexture(texture);
}

void APIENTRY prism_gl_InterleavedArrays(GLenum format, GLsizei stride, const void *pointer) {
	static const struct { uint8_t t, c, n, v, cbyte, tf, cf, nf, vf, size; } all[] = { /* sizes, and offsets in bytes */
		{0, 0, 0, 2, 0, 0, 0, 0, 0, 8}, {0, 0, 0, 3, 0, 0, 0, 0, 0, 12}, {0, 4, 0, 2, 1, 0, 0, 0, 4, 12}, {0, 4, 0, 3, 1, 0, 0, 0, 4, 16},
		{0, 3, 0, 3, 0, 0, 0, 0, 12, 24}, {0, 0, 1, 3, 0, 0, 0, 0, 12, 24}, {0, 4, 1, 3, 0, 0, 0, 16, 28, 40}, {2, 0, 0, 3, 0, 0, 0, 0, 8, 20},
		{4, 0, 0, 4, 0, 0, 0, 0, 16, 32}, {2, 4, 0, 3, 1, 0, 8, 0, 12, 24}, {2, 3, 0, 3, 0, 0, 8, 0, 20, 32}, {2, 0, 1, 3, 0, 0, 0, 8, 20, 32},
		{2, 4, 1, 3, 0, 0, 8, 24, 36, 48}, {4, 4, 1, 4, 0, 0, 16, 32, 44, 60},
	};
	if (format < GL_V2F || format > GL_T4F_C4F_N3F_V4F) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if (stride < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (!prism_client_out()) return;
	int k = (int)(format - GL_V2F);
	const uint8_t *p = pointer;
	if (!stride) stride = all[k].size;
	client_state(GL_EDGE_FLAG_ARRAY, false);
	client_state(GL_INDEX_ARRAY, false);
	client_state(GL_SECONDARY_COLOR_ARRAY, false);
	client_state(GL_FOG_COORD_ARRAY, false);
	client_state(GL_TEXTURE_COORD_ARRAY, all[k].t);
	if (all[k].t) prism_gl_TexCoordPointer(all[k].t, GL_FLOAT, stride, p + all[k].tf);
	client_state(GL_COLOR_ARRAY, all[k].c);
	if (all[k].c) prism_gl_ColorPointer(all[k].c, all[k].cbyte ? GL_UNSIGNED_BYTE : GL_FLOAT, stride, p + all[k].cf);
	client_state(GL_NORMAL_ARRAY, all[k].n);
	if (all[k].n) prism_gl_NormalPointer(GL_FLOAT, stride, p + all[k].nf);
	client_state(GL_VERTEX_ARRAY, true);
	prism_gl_VertexPointer(all[k].v, GL_FLOAT, stride, p + all[k].vf);
}
