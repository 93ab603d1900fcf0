/* Vertex arrays: what stands in which VAO, and at draw time the parts of the app's own memory that a draw reads. */
#include "clientstate.h"
#include <stdlib.h>

void prism_vao_init(prism_vao *v) {
	v->user = ~0ull;
	for (int i = 0; i < PRISM_ARRAYS; i++) v->a[i] = (prism_array){.size = 4, .type = GL_FLOAT};
	v->a[PRISM_ARRAY_NORMAL].size = 3;
	v->a[PRISM_ARRAY_SECONDARY_COLOR].size = 3;
	v->a[PRISM_ARRAY_FOG_COORD].size = v->a[PRISM_ARRAY_INDEX].size = v->a[PRISM_ARRAY_EDGE_FLAG].size = 1;
	v->a[PRISM_ARRAY_EDGE_FLAG].type = GL_UNSIGNED_BYTE;
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

/* Elements [first, first + count) of one array, each at a multiple of 4 bytes. */
static void send_array(const prism_array *a, int i, int64_t first, int64_t count) {
	uint64_t elem = prism_array_elem(a), from = a->stride ? (uint64_t)a->stride : elem, to = (elem + 3) & ~3ull;
	uint32_t flags = (a->normalized ? PRISM_ARRAY_NORMALIZED : 0) | (a->integer ? PRISM_ARRAY_INTEGER : 0);
	if (!elem || first < 0 || count <= 0) return;
	if ((uint64_t)(first + count) > PRISM_ARRAY_MAX_BYTES / to) {
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	uint64_t bytes = (uint64_t)count * to;
	const uint8_t *p = a->p;
	prism_arr arr;
	if ((uintptr_t)p < 4096) { /* no address: the node takes zeros, where a driver in this process would fault */
		p = NULL;
	} else {
		p += (uint64_t)first * from;
		if (from != to || elem != to) {
			uint8_t *tight = prism_scratch(bytes), *at = tight;
			if (!tight) return;
			for (int64_t k = 0; k < count; k++, p += from, at += to) {
				memcpy(at, p, elem);
				if (elem != to) memset(at + elem, 0, to - elem);
			}
			p = tight;
		}
	}
	if (prism_arr_in(&arr, p, p ? bytes : 0))
		prism_put_prismClientArray((uint32_t)i, a->size, a->type, flags, (uint32_t)to, (uint32_t)first, (uint32_t)count, &arr);
}

void prism_arrays_send(prism_client *c, int64_t first, int64_t count, int64_t instances) {
	const prism_vao *v = c->vao;
	for (uint64_t left = v->enabled & v->user; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		const prism_array *a = &v->a[i];
		if (a->divisor) send_array(a, i, 0, (instances + a->divisor - 1) / a->divisor);
		else send_array(a, i, first, count);
	}
}

/* The context's client where arrays of the app's memory are enabled; NULL: nothing to send. */
static inline prism_client *sends(void) {
	prism_client *c = prism_client_now();
	return c && PRISM_UNLIKELY(c->vao->enabled & c->vao->user) && !c->core && !prism_t->in_begin ? c : NULL;
}

/* Least and greatest index; false: there is none. */
static bool index_range(const prism_client *c, const void *p, GLsizei count, GLenum type, uint32_t *least, uint32_t *most) {
	uint32_t lo = UINT32_MAX, hi = 0;
	bool skip = c->restart || c->restart_fixed;
	uint32_t top = type == GL_UNSIGNED_BYTE ? 0xff : type == GL_UNSIGNED_SHORT ? 0xffff : UINT32_MAX;
	uint32_t stop = c->restart_fixed ? top : c->restart_index;
#define SCAN(T) \
	for (GLsizei i = 0; i < count; i++) { \
		T v; \
		memcpy(&v, (const T *)p + i, sizeof v); \
		if (skip && v == stop) continue; \
		if (v < lo) lo = v; \
		if (v > hi) hi = v; \
	}
	if (type == GL_UNSIGNED_BYTE) SCAN(uint8_t)
	else if (type == GL_UNSIGNED_SHORT) SCAN(uint16_t)
	else SCAN(uint32_t)
#undef SCAN
	*least = lo;
	*most = hi;
	return lo <= hi;
}

static void send_indexed(prism_client *c, GLsizei count, GLenum type, const void *indices, int64_t base, int64_t instances) {
	uint64_t bytes = prism_len_indices(count, type);
	if (!bytes || instances <= 0) return;
	void *copy = NULL;
	if (c->vao->element.name) {
		copy = malloc(bytes);
		if (!copy || !prism_buffer_read(c, GL_ELEMENT_ARRAY_BUFFER, (int64_t)(uintptr_t)indices, (int64_t)bytes, copy)) {
			free(copy);
			return;
		}
		indices = copy;
	}
	uint32_t lo, hi;
	if (indices && index_range(c, indices, count, type, &lo, &hi) && (int64_t)lo + base >= 0)
		prism_arrays_send(c, (int64_t)lo + base, (int64_t)hi - lo + 1, instances);
	free(copy);
}

void prism_before_glDrawArrays(GLenum mode, GLint first, GLsizei count) {
	(void)mode;
	prism_client *c = sends();
	if (c) prism_arrays_send(c, first, count, 1);
}
void prism_before_glDrawArraysInstanced(GLenum mode, GLint first, GLsizei count, GLsizei instancecount) {
	(void)mode;
	prism_client *c = sends();
	if (c) prism_arrays_send(c, first, count, instancecount);
}
void prism_before_glDrawElements(GLenum mode, GLsizei count, GLenum type, const void *indices) {
	(void)mode;
	prism_client *c = sends();
	if (c) send_indexed(c, count, type, indices, 0, 1);
}
void prism_before_glDrawElementsBaseVertex(GLenum mode, GLsizei count, GLenum type, const void *indices, GLint basevertex) {
	(void)mode;
	prism_client *c = sends();
	if (c) send_indexed(c, count, type, indices, basevertex, 1);
}
void prism_before_glDrawElementsInstanced(GLenum mode, GLsizei count, GLenum type, const void *indices, GLsizei instancecount) {
	(void)mode;
	prism_client *c = sends();
	if (c) send_indexed(c, count, type, indices, 0, instancecount);
}
void prism_before_glDrawElementsInstancedBaseVertex(GLenum mode, GLsizei count, GLenum type, const void *indices, GLsizei instancecount, GLint basevertex) {
	(void)mode;
	prism_client *c = sends();
	if (c) send_indexed(c, count, type, indices, basevertex, instancecount);
}
/* What an app says about the range is often too much, so it is looked up all the same. */
void prism_before_glDrawRangeElements(GLenum mode, GLuint start, GLuint end, GLsizei count, GLenum type, const void *indices) {
	(void)start, (void)end;
	prism_before_glDrawElements(mode, count, type, indices);
}
void prism_before_glDrawRangeElementsBaseVertex(GLenum mode, GLuint start, GLuint end, GLsizei count, GLenum type, const void *indices, GLint basevertex) {
	(void)start, (void)end;
	prism_before_glDrawElementsBaseVertex(mode, count, type, indices, basevertex);
}

/* Lists of draws go out one by one: GL defines them so. */
void APIENTRY prism_gl_MultiDrawArrays(GLenum mode, const GLint *first, const GLsizei *count, GLsizei n) {
	if (n < 0) prism_error(GL_INVALID_VALUE);
	for (GLsizei i = 0; i < n; i++)
		if (count[i]) prism_gl_DrawArrays(mode, first[i], count[i]);
}
void APIENTRY prism_gl_MultiDrawElements(GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n) {
	if (n < 0) prism_error(GL_INVALID_VALUE);
	for (GLsizei i = 0; i < n; i++)
		if (count[i]) prism_gl_DrawElements(mode, count[i], type, indices[i]);
}
void APIENTRY prism_gl_MultiDrawElementsBaseVertex(GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n, const GLint *base) {
	if (n < 0) prism_error(GL_INVALID_VALUE);
	for (GLsizei i = 0; i < n; i++)
		if (count[i]) prism_gl_DrawElementsBaseVertex(mode, count[i], type, indices[i], base[i]);
}

/* ---- pointers ---- */

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

/* Checks what glXPointer is given and keeps it. *off is filled where a buffer is bound: then the record must be sent. */
static bool set_array(prism_client *c, int i, GLint size, GLint least, GLint most, bool bgra, GLenum type, unsigned types, bool normalized, bool integer,
                      GLsizei stride, const void *p, prism_arr *off) {
	unsigned bit = type_bit(type);
	bool is_bgra = bgra && size == GL_BGRA;
	if ((!is_bgra && (size < least || size > most)) || stride < 0) {
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
	const prism_bound *b = &c->buf[PRISM_BUF_ARRAY];
	if (c->core ? !c->vao->self.name || (!b->name && p) : c->vao->self.name && !b->name && p) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	prism_array *a = &c->vao->a[i];
	*a = (prism_array){.p = p, .size = size, .type = type, .stride = stride, .divisor = a->divisor, .normalized = normalized, .integer = integer, .buffer = *b};
	if (!b->name) {
		c->vao->user |= 1ull << i;
		return false;
	}
	c->vao->user &= ~(1ull << i);
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

static bool generic(prism_client *c, GLuint index) {
	if (!c) return false;
	if (index < PRISM_ARRAY_GENERIC) return true;
	prism_error(GL_INVALID_VALUE);
	return false;
}
void APIENTRY prism_gl_VertexAttribPointer(GLuint index, GLint size, GLenum type, GLboolean normalized, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	const unsigned types = T_INTS | T_FLOATS | T_FIXED | T_PACKED | T_F11, es = types & ~(T(GL_DOUBLE) | T_F11);
	if (generic(c, index) && set_array(c, (int)index, size, 1, 4, true, type, c && c->es ? es : types, normalized, false, stride, p, &a))
		prism_put_glVertexAttribPointer(index, size, type, normalized, stride, &a);
}
void APIENTRY prism_gl_VertexAttribIPointer(GLuint index, GLint size, GLenum type, GLsizei stride, const void *p) {
	prism_client *c = prism_client_out();
	prism_arr a;
	if (generic(c, index) && set_array(c, (int)index, size, 1, 4, false, type, T_INTS, false, true, stride, p, &a))
		prism_put_glVertexAttribIPointer(index, size, type, stride, &a);
}
void APIENTRY prism_gl_VertexAttribDivisor(GLuint index, GLuint divisor) {
	prism_client *c = prism_client_out();
	if (!generic(c, index)) return;
	c->vao->a[index].divisor = divisor;
	prism_put_glVertexAttribDivisor(index, divisor);
}
void APIENTRY prism_gl_EnableVertexAttribArray(GLuint index) {
	prism_client *c = prism_client_out();
	if (!generic(c, index)) return;
	c->vao->enabled |= 1ull << index;
	prism_put_glEnableVertexAttribArray(index);
}
void APIENTRY prism_gl_DisableVertexAttribArray(GLuint index) {
	prism_client *c = prism_client_out();
	if (!generic(c, index)) return;
	c->vao->enabled &= ~(1ull << index);
	prism_put_glDisableVertexAttribArray(index);
}

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

/* ---- vertex array objects ---- */

static prism_vao *vao_of(prism_client *c, GLuint name, uint32_t serial) {
	prism_vao *v = prism_map_ptr(&c->vaos, name);
	if (v && v->self.serial == serial) return v;
	bool old = v != NULL;
	if (!v) v = malloc(sizeof *v);
	if (!v) return NULL;
	memset(v, 0, sizeof *v);
	prism_vao_init(v);
	v->self = (prism_bound){name, serial};
	if (!old && !prism_map_put(&c->vaos, name, (uint64_t)(uintptr_t)v)) {
		free(v);
		return NULL;
	}
	return v;
}

void APIENTRY prism_gl_BindVertexArray(GLuint array) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_VERTEX_ARRAY, array, &ok);
	if (!ok) return;
	prism_vao *v = array ? vao_of(c, array, serial) : &c->zero;
	if (!v) {
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	c->vao = v;
	prism_put_glBindVertexArray(serial);
}

void APIENTRY prism_gl_DeleteVertexArrays(GLsizei n, const GLuint *arrays) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (n < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei done = 0; done < n;) {
		GLsizei k = n - done < 512 ? n - done : 512;
		uint32_t serials[512];
		prism_names_delete(PRISM_KIND_VERTEX_ARRAY, k, arrays + done, serials);
		for (GLsizei i = 0; i < k; i++) {
			prism_vao *v = serials[i] ? prism_map_ptr(&c->vaos, arrays[done + i]) : NULL;
			if (!v) continue;
			if (c->vao == v) c->vao = &c->zero;
			prism_map_del(&c->vaos, arrays[done + i]);
			free(v);
		}
		prism_arr a;
		if (!prism_arr_in(&a, serials, (uint64_t)k * sizeof *serials)) return;
		prism_put_glDeleteVertexArrays(k, &a);
		done += k;
	}
}
GLboolean APIENTRY prism_gl_IsVertexArray(GLuint array) { return prism_client_out() ? prism_name_is(PRISM_KIND_VERTEX_ARRAY, array) : GL_FALSE; }

void prism_arrays_unbind(prism_client *c, uint32_t serial) {
	prism_vao *v = c->vao;
	if (v->element.serial == serial) v->element = (prism_bound){0, 0};
	for (int i = 0; i < PRISM_ARRAYS; i++)
		if (v->a[i].buffer.serial == serial) {
			v->a[i].buffer = (prism_bound){0, 0};
			v->a[i].p = NULL;
			v->user |= 1ull << i;
		}
}

/* ---- glPushClientAttrib: kept here; popping sends what differs ---- */

void APIENTRY prism_gl_PixelStorei(GLenum pname, GLint param);
void APIENTRY prism_gl_BindBuffer(GLenum target, GLuint buffer);

void APIENTRY prism_gl_PushClientAttrib(GLbitfield mask) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!c->attribs) c->attribs = calloc(PRISM_CLIENT_DEPTH, sizeof *c->attribs);
	if (!c->attribs || c->attribs_n == PRISM_CLIENT_DEPTH) {
		prism_error(c->attribs ? GL_STACK_OVERFLOW : GL_OUT_OF_MEMORY);
		return;
	}
	c->attribs[c->attribs_n++] = (prism_client_attribs){mask, c->pack, c->unpack, c->buf[PRISM_BUF_PACK], c->buf[PRISM_BUF_UNPACK], c->buf[PRISM_BUF_ARRAY], c->client_active, *c->vao};
}

static void pop_store(const prism_client_attribs *s) {
	static const GLenum names[2][8] = {
		{GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST, GL_PACK_ROW_LENGTH, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_ROWS, GL_PACK_SKIP_PIXELS, GL_PACK_SKIP_IMAGES, GL_PACK_ALIGNMENT},
		{GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_SKIP_IMAGES, GL_UNPACK_ALIGNMENT},
	};
	for (int k = 0; k < 2; k++) {
		const prism_store *p = k ? &s->unpack : &s->pack;
		const GLint v[8] = {p->swap_bytes, p->lsb_first, p->row_length, p->image_height, p->skip_rows, p->skip_pixels, p->skip_images, p->alignment};
		for (int i = 0; i < 8; i++) prism_gl_PixelStorei(names[k][i], v[i]);
	}
	prism_gl_BindBuffer(GL_PIXEL_PACK_BUFFER, s->pack_buffer.name);
	prism_gl_BindBuffer(GL_PIXEL_UNPACK_BUFFER, s->unpack_buffer.name);
}

/* Makes array i of the current VAO what it was. */
static void pop_array(prism_client *c, int i, const prism_array *a, bool enabled) {
	static const GLenum words[] = {GL_VERTEX_ARRAY, GL_NORMAL_ARRAY, GL_COLOR_ARRAY, GL_INDEX_ARRAY, GL_EDGE_FLAG_ARRAY, GL_FOG_COORD_ARRAY, GL_SECONDARY_COLOR_ARRAY};
	bool was = c->vao->enabled >> i & 1, same = !memcmp(&c->vao->a[i], a, sizeof *a);
	if (i >= PRISM_ARRAY_TEXCOORD && (was != enabled || !same)) prism_gl_ClientActiveTexture(GL_TEXTURE0 + (GLenum)(i - PRISM_ARRAY_TEXCOORD));
	if (was != enabled) {
		if (i >= PRISM_ARRAY_GENERIC) client_state(i >= PRISM_ARRAY_TEXCOORD ? GL_TEXTURE_COORD_ARRAY : words[i - PRISM_ARRAY_GENERIC], enabled);
		else if (enabled) prism_gl_EnableVertexAttribArray((GLuint)i);
		else prism_gl_DisableVertexAttribArray((GLuint)i);
	}
	if (same) return;
	prism_gl_BindBuffer(GL_ARRAY_BUFFER, a->buffer.name);
	switch (i) {
	case PRISM_ARRAY_VERTEX: prism_gl_VertexPointer(a->size, a->type, a->stride, a->p); break;
	case PRISM_ARRAY_NORMAL: prism_gl_NormalPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_COLOR: prism_gl_ColorPointer(a->size, a->type, a->stride, a->p); break;
	case PRISM_ARRAY_INDEX: prism_gl_IndexPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_EDGE_FLAG: prism_gl_EdgeFlagPointer(a->stride, a->p); break;
	case PRISM_ARRAY_FOG_COORD: prism_gl_FogCoordPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_SECONDARY_COLOR: prism_gl_SecondaryColorPointer(a->size, a->type, a->stride, a->p); break;
	default:
		if (i >= PRISM_ARRAY_TEXCOORD) prism_gl_TexCoordPointer(a->size, a->type, a->stride, a->p);
		else if (a->integer) prism_gl_VertexAttribIPointer((GLuint)i, a->size, a->type, a->stride, a->p);
		else prism_gl_VertexAttribPointer((GLuint)i, a->size, a->type, a->normalized, a->stride, a->p);
		if (i < PRISM_ARRAY_GENERIC && c->vao->a[i].divisor != a->divisor) prism_gl_VertexAttribDivisor((GLuint)i, a->divisor);
	}
}

void APIENTRY prism_gl_PopClientAttrib(void) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!c->attribs_n) {
		prism_error(GL_STACK_UNDERFLOW);
		return;
	}
	const prism_client_attribs *s = &c->attribs[--c->attribs_n];
	if (s->mask & GL_CLIENT_PIXEL_STORE_BIT) pop_store(s);
	if (!(s->mask & GL_CLIENT_VERTEX_ARRAY_BIT)) return;
	if (c->vao->self.name != s->vao.self.name) prism_gl_BindVertexArray(s->vao.self.name);
	if (c->vao->self.serial == s->vao.self.serial) {
		for (int i = 0; i < PRISM_ARRAYS; i++) pop_array(c, i, &s->vao.a[i], s->vao.enabled >> i & 1);
		prism_gl_BindBuffer(GL_ELEMENT_ARRAY_BUFFER, s->vao.element.name);
	}
	prism_gl_BindBuffer(GL_ARRAY_BUFFER, s->array_buffer.name);
	prism_gl_ClientActiveTexture(GL_TEXTURE0 + s->client_active);
}
