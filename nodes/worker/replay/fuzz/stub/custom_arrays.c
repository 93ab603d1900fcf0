/* Buffers, arrays and draws: a pointer with no buffer bound is kept, and read from when something is drawn. */
#include "stub.h"

GLuint *stub_binding(GLenum target) {
	stub_context *c = stub_now;
	if (target == GL_ELEMENT_ARRAY_BUFFER) return &stub_arrays()->elements;
	for (int i = 0; i < STUB_TARGETS; i++) {
		if (!c->bound_target[i]) c->bound_target[i] = target;
		if (c->bound_target[i] == target) return &c->bound[i];
	}
	static GLuint none;
	none = 0;
	return &none;
}

stub_vao *stub_arrays(void) {
	stub_vao **v = &stub_now->vao[stub_now->vao_name % 256];
	if (*v) return *v;
	if (!(*v = calloc(1, sizeof **v))) abort();
	for (int i = 0; i < PRISM_ARRAYS; i++) {
		(*v)->at[i].binding = (uint8_t)i;
		(*v)->b[i].stride = 16;
	}
	return *v;
}

void stub_arrays_free(stub_context *c) {
	for (int i = 0; i < 256; i++) free(c->vao[i]);
}

static const GLenum targets[] = {
	GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER, GL_PIXEL_PACK_BUFFER, GL_PIXEL_UNPACK_BUFFER, GL_UNIFORM_BUFFER, GL_TRANSFORM_FEEDBACK_BUFFER,
	GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, GL_TEXTURE_BUFFER, GL_SHADER_STORAGE_BUFFER, GL_ATOMIC_COUNTER_BUFFER, GL_DRAW_INDIRECT_BUFFER,
	GL_DISPATCH_INDIRECT_BUFFER, GL_QUERY_BUFFER, GL_PARAMETER_BUFFER,
};

void APIENTRY stub_BindBuffer(GLenum target, GLuint name) {
	if (stub_fails()) return;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (targets[i] == target) *stub_binding(target) = name;
}

void APIENTRY stub_BufferData(GLenum target, GLsizeiptr size, const void *data, GLenum usage) {
	(void)usage;
	if (size > 0 && data) stub_in(data, (uint64_t)size);
	if (stub_fails() || size < 0) return;
	const GLuint name = *stub_binding(target);
	if (name && name < STUB_NAMES) stub_size[name] = size;
}

void APIENTRY stub_BufferStorage(GLenum target, GLsizeiptr size, const void *data, GLbitfield flags) {
	stub_BufferData(target, size, data, flags & GL_DYNAMIC_STORAGE_BIT ? GL_DYNAMIC_DRAW : GL_STATIC_DRAW);
}
void APIENTRY stub_NamedBufferData(GLuint name, GLsizeiptr size, const void *data, GLenum usage) {
	(void)usage;
	if (size > 0 && data) stub_in(data, (uint64_t)size);
	if (!stub_fails() && size >= 0 && name && name < STUB_NAMES) stub_size[name] = size;
}
void APIENTRY stub_NamedBufferStorage(GLuint name, GLsizeiptr size, const void *data, GLbitfield flags) {
	(void)flags;
	stub_NamedBufferData(name, size, data, GL_STATIC_DRAW);
}
void APIENTRY stub_NamedBufferSubData(GLuint name, GLintptr offset, GLsizeiptr size, const void *data) {
	if (stub_fails() || !name || name >= STUB_NAMES || offset < 0 || size < 0 || offset > stub_size[name] || size > stub_size[name] - offset) return;
	stub_in(data, (uint64_t)size);
}

static bool inside(GLenum target, GLintptr offset, GLsizeiptr size) {
	const GLuint name = *stub_binding(target);
	return name && name < STUB_NAMES && offset >= 0 && size >= 0 && offset <= stub_size[name] && size <= stub_size[name] - offset;
}

void APIENTRY stub_BufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, const void *data) {
	if (stub_fails() || !inside(target, offset, size)) {
		if (!stub_error) stub_error = GL_INVALID_VALUE;
		return;
	}
	stub_in(data, (uint64_t)size);
}

void APIENTRY stub_GetBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, void *data) {
	if (inside(target, offset, size)) stub_out(data, (uint64_t)size);
}

void APIENTRY stub_GetBufferParameteri64v(GLenum target, GLenum pname, GLint64 *out) {
	const GLuint name = *stub_binding(target);
	if (!stub_fails()) *out = pname == GL_BUFFER_SIZE && name && name < STUB_NAMES ? stub_size[name] : 0;
}
void APIENTRY stub_GetBufferParameteriv(GLenum target, GLenum pname, GLint *out) {
	GLint64 v = 0;
	stub_GetBufferParameteri64v(target, pname, &v);
	*out = (GLint)v;
}

/* Bindings of the context, and those of the arrays that are bound, lose a buffer that is deleted. */
void APIENTRY stub_DeleteBuffers(GLsizei n, const GLuint *names) {
	stub_in(names, prism_mul(prism_pos(n), 4));
	if (stub_fails()) return;
	stub_vao *v = stub_arrays();
	for (GLsizei i = 0; i < n; i++) {
		if (!names[i]) continue;
		for (int k = 0; k < STUB_TARGETS; k++)
			if (stub_now->bound[k] == names[i]) stub_now->bound[k] = 0;
		if (v->elements == names[i]) v->elements = 0;
		for (int k = 0; k < PRISM_ARRAYS; k++)
			if (v->b[k].buffer == names[i]) v->b[k].buffer = 0;
	}
}

void APIENTRY stub_BindVertexArray(GLuint name) {
	if (!stub_fails()) stub_now->vao_name = name;
}
void APIENTRY stub_DeleteVertexArrays(GLsizei n, const GLuint *names) {
	stub_in(names, prism_mul(prism_pos(n), 4));
	if (stub_fails()) return;
	for (GLsizei i = 0; i < n; i++)
		if (names[i] && names[i] == stub_now->vao_name) stub_now->vao_name = 0;
}

/* Client state is not refused between glBegin and glEnd: GL says it may do anything. */
static void pointer(unsigned i, GLint size, GLenum type, GLsizei stride, const void *p) {
	if (i >= PRISM_ARRAYS || stride < 0 || !stub_now || (stub_now->core && i >= PRISM_ARRAY_GENERIC)) return;
	const uint64_t unit = prism_len_type(type);
	if (!unit || (size != GL_BGRA && (size < 1 || size > 4))) return;
	stub_array *a = &stub_arrays()->at[i];
	stub_binding_point *b = &stub_arrays()->b[i];
	a->elem = (int64_t)unit * (size == GL_BGRA ? 4 : size);
	a->binding = (uint8_t)i;
	a->relative = 0;
	a->own = p;
	a->own_stride = stride;
	b->stride = stride ? stride : a->elem;
	b->p = p;
	b->buffer = *stub_binding(GL_ARRAY_BUFFER);
}
void APIENTRY stub_VertexPointer(GLint n, GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_VERTEX, n, t, s, p); }
void APIENTRY stub_NormalPointer(GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_NORMAL, 3, t, s, p); }
void APIENTRY stub_ColorPointer(GLint n, GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_COLOR, n, t, s, p); }
void APIENTRY stub_IndexPointer(GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_INDEX, 1, t, s, p); }
void APIENTRY stub_EdgeFlagPointer(GLsizei s, const void *p) { pointer(PRISM_ARRAY_EDGE_FLAG, 1, GL_UNSIGNED_BYTE, s, p); }
void APIENTRY stub_FogCoordPointer(GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_FOG_COORD, 1, t, s, p); }
void APIENTRY stub_SecondaryColorPointer(GLint n, GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_SECONDARY_COLOR, n, t, s, p); }
void APIENTRY stub_TexCoordPointer(GLint n, GLenum t, GLsizei s, const void *p) { pointer(PRISM_ARRAY_TEXCOORD + stub_now->client_unit - GL_TEXTURE0, n, t, s, p); }
void APIENTRY stub_VertexAttribPointer(GLuint i, GLint n, GLenum t, GLboolean z, GLsizei s, const void *p) {
	(void)z;
	if (i < PRISM_ARRAY_GENERIC) pointer(i, n, t, s, p);
}
void APIENTRY stub_VertexAttribIPointer(GLuint i, GLint n, GLenum t, GLsizei s, const void *p) { stub_VertexAttribPointer(i, n, t, 0, s, p); }
void APIENTRY stub_VertexAttribLPointer(GLuint i, GLint n, GLenum t, GLsizei s, const void *p) { stub_VertexAttribPointer(i, n, t, 0, s, p); }

void APIENTRY stub_VertexAttribFormat(GLuint i, GLint size, GLenum t, GLboolean z, GLuint relative) {
	const uint64_t unit = prism_len_type(t);
	(void)z;
	if (stub_fails() || i >= PRISM_ARRAY_GENERIC || relative > 2047 || !unit || (size != GL_BGRA && (size < 1 || size > 4))) return;
	stub_arrays()->at[i].elem = (int64_t)unit * (size == GL_BGRA ? 4 : size);
	stub_arrays()->at[i].relative = relative;
}
void APIENTRY stub_VertexAttribIFormat(GLuint i, GLint n, GLenum t, GLuint o) { stub_VertexAttribFormat(i, n, t, 0, o); }
void APIENTRY stub_VertexAttribLFormat(GLuint i, GLint n, GLenum t, GLuint o) { stub_VertexAttribFormat(i, n, t, 0, o); }
void APIENTRY stub_VertexAttribBinding(GLuint i, GLuint b) {
	if (!stub_fails() && i < PRISM_ARRAY_GENERIC && b < PRISM_ARRAY_GENERIC) stub_arrays()->at[i].binding = (uint8_t)b;
}
void APIENTRY stub_BindVertexBuffer(GLuint b, GLuint name, GLintptr offset, GLsizei stride) {
	if (stub_fails() || b >= PRISM_ARRAY_GENERIC || offset < 0 || stride < 0 || stride > 2048) return;
	stub_binding_point *at = &stub_arrays()->b[b];
	at->buffer = name;
	at->p = (const uint8_t *)(uintptr_t)offset;
	at->stride = stride;
}
void APIENTRY stub_VertexBindingDivisor(GLuint b, GLuint d) { if (b < PRISM_ARRAY_GENERIC && !stub_fails()) stub_arrays()->b[b].divisor = d; }

void APIENTRY stub_ClientActiveTexture(GLenum unit) {
	if (unit - GL_TEXTURE0 < PRISM_ARRAY_TEXCOORDS) stub_now->client_unit = unit;
}

static void enable(unsigned i, bool on) {
	if (i < PRISM_ARRAYS && stub_now) stub_arrays()->at[i].on = on;
}
static unsigned array_of(GLenum word) {
	switch (word) {
	case GL_VERTEX_ARRAY: return PRISM_ARRAY_VERTEX;
	case GL_NORMAL_ARRAY: return PRISM_ARRAY_NORMAL;
	case GL_COLOR_ARRAY: return PRISM_ARRAY_COLOR;
	case GL_INDEX_ARRAY: return PRISM_ARRAY_INDEX;
	case GL_EDGE_FLAG_ARRAY: return PRISM_ARRAY_EDGE_FLAG;
	case GL_FOG_COORD_ARRAY: return PRISM_ARRAY_FOG_COORD;
	case GL_SECONDARY_COLOR_ARRAY: return PRISM_ARRAY_SECONDARY_COLOR;
	case GL_TEXTURE_COORD_ARRAY: return PRISM_ARRAY_TEXCOORD + stub_now->client_unit - GL_TEXTURE0;
	default: return PRISM_ARRAYS;
	}
}
void APIENTRY stub_EnableClientState(GLenum w) { if (!stub_now->core) enable(array_of(w), true); }
void APIENTRY stub_DisableClientState(GLenum w) { if (!stub_now->core) enable(array_of(w), false); }
void APIENTRY stub_EnableVertexAttribArray(GLuint i) { if (i < PRISM_ARRAY_GENERIC) enable(i, true); }
void APIENTRY stub_DisableVertexAttribArray(GLuint i) { if (i < PRISM_ARRAY_GENERIC) enable(i, false); }
void APIENTRY stub_VertexAttribDivisor(GLuint i, GLuint d) {
	if (i >= PRISM_ARRAY_GENERIC || stub_fails()) return;
	stub_arrays()->at[i].binding = (uint8_t)i;
	stub_arrays()->b[i].divisor = d;
}

GLboolean APIENTRY stub_IsEnabled(GLenum cap) {
	if (stub_fails()) return 0;
	const unsigned i = array_of(cap);
	return i < PRISM_ARRAYS ? stub_arrays()->at[i].on : cap == GL_SCISSOR_TEST ? stub_now->scissor_on : 0;
}

static int64_t attrib(GLuint i, GLenum pname) {
	const stub_array *a = &stub_arrays()->at[i % PRISM_ARRAY_GENERIC];
	const stub_binding_point *b = &stub_arrays()->b[a->binding];
	switch (pname) {
	case GL_VERTEX_ATTRIB_BINDING: return a->binding;
	case GL_VERTEX_ATTRIB_RELATIVE_OFFSET: return a->relative;
	case GL_VERTEX_ATTRIB_ARRAY_ENABLED: return a->on;
	case GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING: return b->buffer;
	case GL_VERTEX_ATTRIB_ARRAY_STRIDE: return a->own_stride;
	case GL_VERTEX_ATTRIB_ARRAY_SIZE: return 4;
	case GL_VERTEX_ATTRIB_ARRAY_TYPE: return GL_FLOAT;
	case GL_VERTEX_ATTRIB_ARRAY_DIVISOR: return b->divisor;
	default: return 0;
	}
}
#define GET_ATTRIB(name, type)                                          \
	void APIENTRY stub_##name(GLuint i, GLenum pname, type *out) {  \
		if (stub_fails()) return;                               \
		for (int k = 0; k < (pname == GL_CURRENT_VERTEX_ATTRIB ? 4 : 1); k++) out[k] = (type)attrib(i, pname); \
	}
GET_ATTRIB(GetVertexAttribiv, GLint)
GET_ATTRIB(GetVertexAttribfv, GLfloat)
GET_ATTRIB(GetVertexAttribdv, GLdouble)
GET_ATTRIB(GetVertexAttribIiv, GLint)
GET_ATTRIB(GetVertexAttribIuiv, GLuint)
void APIENTRY stub_GetVertexAttribPointerv(GLuint i, GLenum pname, void **out) {
	(void)pname;
	if (!stub_fails()) *out = (void *)(uintptr_t)stub_arrays()->at[i % PRISM_ARRAY_GENERIC].own;
}

bool stub_binding_value(GLenum target, GLuint i, int64_t *v) {
	if (target < GL_VERTEX_ATTRIB_BINDING || target > GL_VERTEX_BINDING_STRIDE || i >= PRISM_ARRAY_GENERIC) return false;
	const stub_binding_point *b = &stub_arrays()->b[i];
	*v = target == GL_VERTEX_BINDING_STRIDE ? b->stride : target == GL_VERTEX_BINDING_OFFSET ? (int64_t)(uintptr_t)b->p : 0;
	return true;
}

/* Where the arrays lie in buffers GL looks itself where they end: robust, or replay's to see to. */
void stub_drawn(GLint first, int64_t count) {
	const stub_context *c = stub_now;
	if (!c || count <= 0) return;
	const stub_vao *v = stub_arrays();
	for (int i = 0; i < PRISM_ARRAYS; i++) {
		const stub_array *a = &v->at[i];
		if (!a->on) continue;
		const stub_binding_point *b = &v->b[a->binding];
		const uintptr_t p = (uintptr_t)b->p + (uintptr_t)a->relative; /* an offset, where a buffer is bound: no pointer to count with */
		if (!b->buffer) {
			stub_in((const void *)(p + (uintptr_t)((b->divisor ? 0 : first) * b->stride)), (uint64_t)((b->divisor ? 0 : count - 1) * b->stride + (a->elem ? a->elem : 16)));
		} else if ((!stub_how.robust || c->list) && !b->divisor && b->buffer < STUB_NAMES) { /* what is compiled into a list is read by the CPU */
			const int64_t last = (int64_t)p + ((int64_t)first + count - 1) * b->stride + (a->elem ? a->elem : 16);
			if (first < 0 || last > stub_size[b->buffer]) stub_unexpected("elements behind a buffer's end are drawn");
		}
	}
	if (c->mode == GL_SELECT && c->select_n > 0) stub_out(c->select, (uint64_t)c->select_n * 4);
	if (c->mode == GL_FEEDBACK && c->feedback_n > 0) stub_out(c->feedback, (uint64_t)c->feedback_n * 4);
}

void APIENTRY stub_DrawArrays(GLenum mode, GLint first, GLsizei count) {
	if (mode <= GL_PATCHES && first >= 0 && !stub_fails()) stub_drawn(first, count);
}
void APIENTRY stub_DrawArraysInstanced(GLenum mode, GLint first, GLsizei count, GLsizei n) {
	if (n > 0) stub_DrawArrays(mode, first, count);
}

void APIENTRY stub_DrawArraysInstancedBaseInstance(GLenum mode, GLint first, GLsizei count, GLsizei n, GLuint from) {
	(void)from;
	if (n > 0) stub_DrawArrays(mode, first, count);
}
void APIENTRY stub_MultiDrawArrays(GLenum mode, const GLint *first, const GLsizei *count, GLsizei n) {
	stub_in(first, prism_mul(prism_pos(n), 4));
	stub_in(count, prism_mul(prism_pos(n), 4));
	for (GLsizei i = 0; i < n; i++) stub_DrawArrays(mode, first[i], count[i]);
}

static void elements(GLenum mode, GLsizei count, GLenum type, const void *indices, GLint base) {
	const uint64_t n = prism_len_indices(count, type);
	stub_at(GL_ELEMENT_ARRAY_BUFFER, indices, n);
	if (mode > GL_PATCHES || !n || stub_fails()) return;
	if (*stub_binding(GL_ELEMENT_ARRAY_BUFFER)) return; /* their bytes are not kept here */
	const unsigned each = (unsigned)(n / (uint64_t)count);
	int64_t least = INT64_MAX, most = INT64_MIN;
	for (GLsizei i = 0; i < count; i++) {
		uint32_t v = 0;
		memcpy(&v, (const uint8_t *)indices + (size_t)i * each, each);
		const int64_t e = (int64_t)v + base;
		least = e < least ? e : least;
		most = e > most ? e : most;
	}
	if (most > INT32_MAX || least < INT32_MIN) return;
	stub_drawn((GLint)least, most - least + 1);
}
void APIENTRY stub_DrawElements(GLenum m, GLsizei n, GLenum t, const void *p) { elements(m, n, t, p, 0); }
void APIENTRY stub_DrawElementsInstanced(GLenum m, GLsizei n, GLenum t, const void *p, GLsizei k) { elements(m, k > 0 ? n : 0, t, p, 0); }
void APIENTRY stub_DrawRangeElements(GLenum m, GLuint a, GLuint b, GLsizei n, GLenum t, const void *p) { (void)a, (void)b, elements(m, n, t, p, 0); }
void APIENTRY stub_DrawElementsBaseVertex(GLenum m, GLsizei n, GLenum t, const void *p, GLint base) { elements(m, n, t, p, base); }
void APIENTRY stub_DrawRangeElementsBaseVertex(GLenum m, GLuint a, GLuint b, GLsizei n, GLenum t, const void *p, GLint base) { (void)a, (void)b, elements(m, n, t, p, base); }
void APIENTRY stub_DrawElementsInstancedBaseVertex(GLenum m, GLsizei n, GLenum t, const void *p, GLsizei k, GLint base) { elements(m, k > 0 ? n : 0, t, p, base); }
void APIENTRY stub_DrawElementsInstancedBaseInstance(GLenum m, GLsizei n, GLenum t, const void *p, GLsizei k, GLuint f) { (void)f, elements(m, k > 0 ? n : 0, t, p, 0); }
void APIENTRY stub_DrawElementsInstancedBaseVertexBaseInstance(GLenum m, GLsizei n, GLenum t, const void *p, GLsizei k, GLint base, GLuint f) {
	(void)f, elements(m, k > 0 ? n : 0, t, p, base);
}
void APIENTRY stub_MultiDrawElements(GLenum m, const GLsizei *count, GLenum t, const void *const *p, GLsizei n) {
	for (GLsizei i = 0; i < n; i++) elements(m, count[i], t, p[i], 0);
}
void APIENTRY stub_MultiDrawElementsBaseVertex(GLenum m, const GLsizei *count, GLenum t, const void *const *p, GLsizei n, const GLint *base) {
	for (GLsizei i = 0; i < n; i++) elements(m, count[i], t, p[i], base[i]);
}

/* Commands in a buffer have bytes that are not kept here: what is drawn is not known. */
static void commands(GLenum m, bool indexed, GLenum t, const void *p, GLsizei n, GLsizei stride) {
	const uint32_t each = indexed ? 20 : 16;
	stub_at(GL_DRAW_INDIRECT_BUFFER, p, prism_len_indirect(n, stride, each));
	if (*stub_binding(GL_DRAW_INDIRECT_BUFFER) || !prism_len_indirect(n, stride, each)) return;
	if (stub_now && stub_now->list) stub_unexpected("the address of a record is compiled into a list");
	for (GLsizei i = 0; i < n; i++) {
		GLuint w[5];
		memcpy(w, (const uint8_t *)p + (size_t)i * (stride ? (uint32_t)stride : each), each);
		if (!w[1] || w[0] > INT32_MAX) continue;
		if (!indexed && w[2] <= INT32_MAX) stub_DrawArrays(m, (GLint)w[2], (GLsizei)w[0]);
		else if (indexed && *stub_binding(GL_ELEMENT_ARRAY_BUFFER)) elements(m, (GLsizei)w[0], t, (const void *)(uintptr_t)(w[2] * prism_len_indices(1, t)), (GLint)w[3]);
	}
}
void APIENTRY stub_DrawArraysIndirect(GLenum m, const void *p) { commands(m, false, 0, p, 1, 0); }
void APIENTRY stub_DrawElementsIndirect(GLenum m, GLenum t, const void *p) { commands(m, true, t, p, 1, 0); }
void APIENTRY stub_MultiDrawArraysIndirect(GLenum m, const void *p, GLsizei n, GLsizei stride) { commands(m, false, 0, p, n, stride); }
void APIENTRY stub_MultiDrawElementsIndirect(GLenum m, GLenum t, const void *p, GLsizei n, GLsizei stride) { commands(m, true, t, p, n, stride); }

/* Between glBegin and glEnd or not; always read by the CPU. */
void APIENTRY stub_ArrayElement(GLint i) {
	stub_context *c = stub_now;
	const GLuint list = c->list;
	if (!list) c->list = ~0u;
	stub_drawn(i, 1);
	c->list = list;
}
