/* Vertex array objects and their bindings. What is done to one that is not bound travels as what is done to the bound one, with it bound for
 * as long: nodes have one way only in which arrays are set. */
#include "clientstate.h"
#include <stdlib.h>

void APIENTRY prism_gl_GenVertexArrays(GLsizei n, GLuint *arrays);
void APIENTRY prism_gl_BindBuffer(GLenum target, GLuint buffer);
void APIENTRY prism_gl_EnableVertexAttribArray(GLuint index);
void APIENTRY prism_gl_DisableVertexAttribArray(GLuint index);
void APIENTRY prism_gl_VertexAttribFormat(GLuint i, GLint size, GLenum type, GLboolean normalized, GLuint relative);
void APIENTRY prism_gl_VertexAttribIFormat(GLuint i, GLint size, GLenum type, GLuint relative);
void APIENTRY prism_gl_VertexAttribLFormat(GLuint i, GLint size, GLenum type, GLuint relative);

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

static void ended(prism_client *c, GLuint name, uint32_t serial) {
	prism_vao *v = prism_map_ptr(&c->vaos, name);
	(void)serial;
	if (!v) return;
	if (c->vao == v) c->vao = &c->zero;
	prism_map_del(&c->vaos, name);
	free(v);
}
void APIENTRY prism_gl_DeleteVertexArrays(GLsizei n, const GLuint *arrays) { prism_delete(PRISM_KIND_VERTEX_ARRAY, n, arrays, ended, prism_put_glDeleteVertexArrays); }
GLboolean APIENTRY prism_gl_IsVertexArray(GLuint array) { return prism_client_out() ? prism_name_is(PRISM_KIND_VERTEX_ARRAY, array) : GL_FALSE; }

void prism_arrays_unbind(prism_client *c, uint32_t serial) {
	prism_vao *v = c->vao;
	if (v->element.serial == serial) v->element = (prism_bound){0, 0};
	for (int i = 0; i < PRISM_ARRAYS; i++)
		if (v->b[i].buffer.serial == serial) v->b[i].buffer = (prism_bound){0, 0};
	prism_vao_users(v);
}

/* ---- bindings ---- */

static GLuint most_bindings(prism_client *c, GLuint asked) {
	if (asked < 16) return 16; /* every GL has as many */
	GLint n = prism_get_int(c, GL_MAX_VERTEX_ATTRIB_BINDINGS, 16);
	return n > PRISM_ARRAY_GENERIC ? PRISM_ARRAY_GENERIC : n < 16 ? 16 : (GLuint)n;
}

static bool has_vao(prism_client *c) {
	if (!c) return false;
	if (!prism_formats_need_vao(c) || c->vao->self.name) return true;
	prism_error(GL_INVALID_OPERATION);
	return false;
}

static bool has_binding(prism_client *c, GLuint i) {
	if (i < most_bindings(c, i)) return true;
	prism_error(GL_INVALID_VALUE);
	return false;
}

static bool good_place(prism_client *c, GLintptr offset, GLsizei stride) {
	if (offset < 0) prism_error(GL_INVALID_VALUE);
	return offset >= 0 && !prism_bad_stride(c, stride);
}

static void bind(prism_client *c, GLuint i, prism_bound b, GLintptr offset, GLsizei stride) {
	c->vao->b[i].buffer = b;
	c->vao->b[i].offset = offset;
	c->vao->b[i].stride = stride;
	prism_vao_users(c->vao);
	prism_put_glBindVertexBuffer(i, b.serial, b.serial ? offset : 0, stride);
}

void APIENTRY prism_gl_BindVertexBuffer(GLuint i, GLuint buffer, GLintptr offset, GLsizei stride) {
	prism_client *c = prism_client_out();
	bool ok = true;
	if (!has_vao(c) || !has_binding(c, i) || !good_place(c, offset, stride)) return;
	uint32_t serial = prism_serial_bind(PRISM_KIND_BUFFER, buffer, &ok);
	if (!ok) return;
	prism_arrays_settle(c);
	bind(c, i, (prism_bound){buffer, serial}, offset, stride);
}

void APIENTRY prism_gl_BindVertexBuffers(GLuint first, GLsizei count, const GLuint *buffers, const GLintptr *offsets, const GLsizei *strides) {
	prism_client *c = prism_client_out();
	if (!has_vao(c)) return;
	if (count < 0 || (uint64_t)first + (uint64_t)count > most_bindings(c, PRISM_ARRAY_GENERIC)) {
		prism_error(count < 0 ? GL_INVALID_VALUE : GL_INVALID_OPERATION);
		return;
	}
	prism_arrays_settle(c);
	for (GLsizei k = 0; k < count; k++) { /* one that is wrong leaves its own binding alone */
		const GLuint i = first + (GLuint)k;
		bool ok = true;
		if (!buffers) {
			bind(c, i, (prism_bound){0, 0}, 0, 16);
			continue;
		}
		if (!good_place(c, offsets[k], strides[k])) continue;
		if (buffers[k] && !prism_name_is(PRISM_KIND_BUFFER, buffers[k])) {
			prism_error(GL_INVALID_OPERATION);
			continue;
		}
		uint32_t serial = prism_serial(PRISM_KIND_BUFFER, buffers[k], &ok);
		if (ok) bind(c, i, (prism_bound){buffers[k], serial}, offsets[k], strides[k]);
	}
}

void APIENTRY prism_gl_VertexAttribBinding(GLuint attrib, GLuint i) {
	prism_client *c = prism_client_out();
	if (!has_vao(c) || !prism_array_index(c, attrib) || !has_binding(c, i)) return;
	prism_arrays_settle(c);
	c->vao->a[attrib].binding = (uint8_t)i;
	c->vao->apart = true;
	prism_vao_users(c->vao);
	prism_put_glVertexAttribBinding(attrib, i);
}

void APIENTRY prism_gl_VertexBindingDivisor(GLuint i, GLuint divisor) {
	prism_client *c = prism_client_out();
	if (!has_vao(c) || !has_binding(c, i)) return;
	prism_arrays_settle(c);
	c->vao->b[i].divisor = divisor;
	prism_put_glVertexBindingDivisor(i, divisor);
}

/* ---- objects that need not be bound ---- */

void APIENTRY prism_gl_CreateVertexArrays(GLsizei n, GLuint *arrays) {
	if (!prism_client_out()) return;
	if (n > 0) memset(arrays, 0, (size_t)n * sizeof *arrays);
	prism_gl_GenVertexArrays(n, arrays);
	bool ok;
	for (GLsizei i = 0; i < n; i++)
		if (arrays[i]) prism_serial_bind(PRISM_KIND_VERTEX_ARRAY, arrays[i], &ok); /* it exists from now on */
}

/* The object, or NULL with an error. */
static prism_vao *object(prism_client *c, GLuint name) {
	if (!c) return NULL;
	bool ok = true;
	if (!name && !prism_needs_vao(c)) return &c->zero;
	if (!prism_name_is(PRISM_KIND_VERTEX_ARRAY, name)) {
		prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	uint32_t serial = prism_serial(PRISM_KIND_VERTEX_ARRAY, name, &ok);
	prism_vao *v = ok ? vao_of(c, name, serial) : NULL;
	if (ok && !v) prism_error(GL_OUT_OF_MEMORY);
	return v;
}

/* Binds it until leave; NULL: an error. */
static prism_client *enter(GLuint name, prism_vao **was) {
	prism_client *c = prism_client_out();
	prism_vao *v = object(c, name);
	if (!v) return NULL;
	*was = c->vao;
	if (v != c->vao) prism_put_glBindVertexArray(v->self.serial);
	c->vao = v;
	return c;
}
static void leave(prism_client *c, prism_vao *was) {
	if (c->vao == was) return;
	c->vao = was;
	prism_put_glBindVertexArray(was->self.serial);
}

#define ON(name, params, call)                                       \
	void APIENTRY prism_gl_##name params {                       \
		prism_vao *was;                                      \
		prism_client *c = enter(vaobj, &was);                \
		if (!c) return;                                      \
		call;                                                \
		leave(c, was);                                       \
	}
ON(EnableVertexArrayAttrib, (GLuint vaobj, GLuint i), prism_gl_EnableVertexAttribArray(i))
ON(DisableVertexArrayAttrib, (GLuint vaobj, GLuint i), prism_gl_DisableVertexAttribArray(i))
ON(VertexArrayVertexBuffer, (GLuint vaobj, GLuint i, GLuint b, GLintptr o, GLsizei s), prism_gl_BindVertexBuffer(i, b, o, s))
ON(VertexArrayVertexBuffers, (GLuint vaobj, GLuint f, GLsizei n, const GLuint *b, const GLintptr *o, const GLsizei *s), prism_gl_BindVertexBuffers(f, n, b, o, s))
ON(VertexArrayAttribFormat, (GLuint vaobj, GLuint i, GLint n, GLenum t, GLboolean z, GLuint r), prism_gl_VertexAttribFormat(i, n, t, z, r))
ON(VertexArrayAttribIFormat, (GLuint vaobj, GLuint i, GLint n, GLenum t, GLuint r), prism_gl_VertexAttribIFormat(i, n, t, r))
ON(VertexArrayAttribLFormat, (GLuint vaobj, GLuint i, GLint n, GLenum t, GLuint r), prism_gl_VertexAttribLFormat(i, n, t, r))
ON(VertexArrayAttribBinding, (GLuint vaobj, GLuint i, GLuint b), prism_gl_VertexAttribBinding(i, b))
ON(VertexArrayBindingDivisor, (GLuint vaobj, GLuint i, GLuint d), prism_gl_VertexBindingDivisor(i, d))

void APIENTRY prism_gl_VertexArrayElementBuffer(GLuint vaobj, GLuint buffer) {
	prism_vao *was;
	if (prism_client_out() && buffer && !prism_name_is(PRISM_KIND_BUFFER, buffer)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_client *c = enter(vaobj, &was);
	if (!c) return;
	prism_gl_BindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffer);
	leave(c, was);
}

/* ---- questions ---- */

bool prism_array_value(const prism_vao *v, GLuint index, GLenum pname, int64_t *value) {
	const prism_array *a = &v->a[index];
	const prism_vertex_binding *b = &v->b[a->binding];
	switch (pname) {
	case GL_VERTEX_ATTRIB_ARRAY_ENABLED: *value = v->enabled >> index & 1; return true;
	case GL_VERTEX_ATTRIB_ARRAY_SIZE: *value = a->size; return true;
	case GL_VERTEX_ATTRIB_ARRAY_STRIDE: *value = a->stride; return true;
	case GL_VERTEX_ATTRIB_ARRAY_TYPE: *value = a->type; return true;
	case GL_VERTEX_ATTRIB_ARRAY_NORMALIZED: *value = a->normalized; return true;
	case GL_VERTEX_ATTRIB_ARRAY_INTEGER: *value = a->integer && !a->longs; return true;
	case GL_VERTEX_ATTRIB_ARRAY_LONG: *value = a->longs; return true;
	case GL_VERTEX_ATTRIB_ARRAY_DIVISOR: *value = b->divisor; return true;
	case GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING: *value = b->buffer.name; return true;
	case GL_VERTEX_ATTRIB_BINDING: *value = a->binding; return true;
	case GL_VERTEX_ATTRIB_RELATIVE_OFFSET: *value = a->relative; return true;
	default: return false;
	}
}

bool prism_vertex_binding_value(prism_client *c, GLenum pname, GLuint index, int64_t *value, bool *ours) {
	*ours = pname == GL_VERTEX_BINDING_BUFFER || pname == GL_VERTEX_BINDING_DIVISOR || pname == GL_VERTEX_BINDING_OFFSET || pname == GL_VERTEX_BINDING_STRIDE;
	if (!*ours || !has_binding(c, index)) return false;
	const prism_vertex_binding *b = &c->vao->b[index];
	*value = pname == GL_VERTEX_BINDING_BUFFER ? b->buffer.name : pname == GL_VERTEX_BINDING_DIVISOR ? b->divisor : pname == GL_VERTEX_BINDING_OFFSET ? b->offset : b->stride;
	return true;
}

void APIENTRY prism_gl_GetVertexArrayiv(GLuint vaobj, GLenum pname, GLint *param) {
	const prism_vao *v = object(prism_client_out(), vaobj);
	if (!v) return;
	if (pname == GL_ELEMENT_ARRAY_BUFFER_BINDING) *param = (GLint)v->element.name;
	else prism_error(GL_INVALID_ENUM);
}

void APIENTRY prism_gl_GetVertexArrayIndexediv(GLuint vaobj, GLuint index, GLenum pname, GLint *param) {
	prism_client *c = prism_client_out();
	const prism_vao *v = object(c, vaobj);
	int64_t value;
	if (!v || !prism_array_index(c, index)) return;
	if (prism_array_value(v, index, pname, &value)) *param = (GLint)value;
	else if (pname == GL_VERTEX_BINDING_OFFSET) *param = (GLint)v->b[index].offset;
	else prism_error(GL_INVALID_ENUM);
}

void APIENTRY prism_gl_GetVertexArrayIndexed64iv(GLuint vaobj, GLuint index, GLenum pname, GLint64 *param) {
	prism_client *c = prism_client_out();
	const prism_vao *v = object(c, vaobj);
	if (!v) return;
	if (pname != GL_VERTEX_BINDING_OFFSET) prism_error(GL_INVALID_ENUM);
	else if (has_binding(c, index)) *param = v->b[index].offset;
}
