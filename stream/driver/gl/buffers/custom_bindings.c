/* Buffer objects: where they are bound, and their names' ends. */
#include "buffers.h"

prism_bound *prism_binding(prism_client *c, GLenum target) {
	switch (target) {
	case GL_ARRAY_BUFFER: return &c->buf[PRISM_BUF_ARRAY];
	case GL_ELEMENT_ARRAY_BUFFER: return &c->vao->element;
	case GL_PIXEL_PACK_BUFFER: return &c->buf[PRISM_BUF_PACK];
	case GL_PIXEL_UNPACK_BUFFER: return &c->buf[PRISM_BUF_UNPACK];
	case GL_COPY_READ_BUFFER: return &c->buf[PRISM_BUF_COPY_READ];
	case GL_COPY_WRITE_BUFFER: return &c->buf[PRISM_BUF_COPY_WRITE];
	case GL_UNIFORM_BUFFER: return &c->buf[PRISM_BUF_UNIFORM];
	case GL_TEXTURE_BUFFER: return &c->buf[PRISM_BUF_TEXTURE];
	case GL_TRANSFORM_FEEDBACK_BUFFER: return &c->buf[PRISM_BUF_FEEDBACK];
	case GL_SHADER_STORAGE_BUFFER: return &c->buf[PRISM_BUF_STORAGE];
	case GL_ATOMIC_COUNTER_BUFFER: return &c->buf[PRISM_BUF_COUNTER];
	case GL_DRAW_INDIRECT_BUFFER: return &c->buf[PRISM_BUF_DRAW_INDIRECT];
	case GL_DISPATCH_INDIRECT_BUFFER: return &c->buf[PRISM_BUF_DISPATCH_INDIRECT];
	case GL_QUERY_BUFFER: return &c->buf[PRISM_BUF_QUERY];
	case GL_PARAMETER_BUFFER: return &c->buf[PRISM_BUF_PARAMETER];
	default: return NULL;
	}
}

GLenum prism_binding_target(GLenum pname) {
	switch (pname) {
	case GL_ARRAY_BUFFER_BINDING: return GL_ARRAY_BUFFER;
	case GL_ELEMENT_ARRAY_BUFFER_BINDING: return GL_ELEMENT_ARRAY_BUFFER;
	case GL_PIXEL_PACK_BUFFER_BINDING: return GL_PIXEL_PACK_BUFFER;
	case GL_PIXEL_UNPACK_BUFFER_BINDING: return GL_PIXEL_UNPACK_BUFFER;
	case GL_COPY_READ_BUFFER_BINDING: return GL_COPY_READ_BUFFER;   /* the same number */
	case GL_COPY_WRITE_BUFFER_BINDING: return GL_COPY_WRITE_BUFFER; /* the same number */
	case GL_UNIFORM_BUFFER_BINDING: return GL_UNIFORM_BUFFER;
	case GL_TEXTURE_BUFFER_BINDING: return GL_TEXTURE_BUFFER;       /* the same number */
	case GL_TRANSFORM_FEEDBACK_BUFFER_BINDING: return GL_TRANSFORM_FEEDBACK_BUFFER;
	case GL_SHADER_STORAGE_BUFFER_BINDING: return GL_SHADER_STORAGE_BUFFER;
	case GL_ATOMIC_COUNTER_BUFFER_BINDING: return GL_ATOMIC_COUNTER_BUFFER;
	case GL_DRAW_INDIRECT_BUFFER_BINDING: return GL_DRAW_INDIRECT_BUFFER;
	case GL_DISPATCH_INDIRECT_BUFFER_BINDING: return GL_DISPATCH_INDIRECT_BUFFER;
	case GL_QUERY_BUFFER_BINDING: return GL_QUERY_BUFFER;
	case GL_PARAMETER_BUFFER_BINDING: return GL_PARAMETER_BUFFER;
	default: return 0;
	}
}

static GLuint at_most(prism_client *c, GLenum pname, GLuint kept) {
	GLint n = prism_get_int(c, pname, (GLint)kept);
	return n < 0 ? 0 : (GLuint)n < kept ? (GLuint)n : kept;
}

prism_range *prism_bindings(prism_client *c, GLenum target, GLuint *n) {
	switch (target) {
	case GL_UNIFORM_BUFFER: *n = at_most(c, GL_MAX_UNIFORM_BUFFER_BINDINGS, PRISM_UNIFORM_BINDINGS); return c->uniform;
	case GL_TRANSFORM_FEEDBACK_BUFFER: *n = at_most(c, GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS, PRISM_FEEDBACK_BINDINGS); return c->feedback;
	case GL_SHADER_STORAGE_BUFFER: *n = at_most(c, GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS, PRISM_STORAGE_BINDINGS); return c->storage;
	case GL_ATOMIC_COUNTER_BUFFER: *n = at_most(c, GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS, PRISM_COUNTER_BINDINGS); return c->counter;
	default: return NULL;
	}
}

bool prism_binding_value(prism_client *c, GLenum pname, GLuint index, int64_t *v, bool *ours) {
	enum { BINDING, START, SIZE } what;
	GLenum target;
	switch (pname) {
	case GL_UNIFORM_BUFFER_BINDING: target = GL_UNIFORM_BUFFER; what = BINDING; break;
	case GL_UNIFORM_BUFFER_START: target = GL_UNIFORM_BUFFER; what = START; break;
	case GL_UNIFORM_BUFFER_SIZE: target = GL_UNIFORM_BUFFER; what = SIZE; break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_BINDING: target = GL_TRANSFORM_FEEDBACK_BUFFER; what = BINDING; break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_START: target = GL_TRANSFORM_FEEDBACK_BUFFER; what = START; break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_SIZE: target = GL_TRANSFORM_FEEDBACK_BUFFER; what = SIZE; break;
	case GL_SHADER_STORAGE_BUFFER_BINDING: target = GL_SHADER_STORAGE_BUFFER; what = BINDING; break;
	case GL_SHADER_STORAGE_BUFFER_START: target = GL_SHADER_STORAGE_BUFFER; what = START; break;
	case GL_SHADER_STORAGE_BUFFER_SIZE: target = GL_SHADER_STORAGE_BUFFER; what = SIZE; break;
	case GL_ATOMIC_COUNTER_BUFFER_BINDING: target = GL_ATOMIC_COUNTER_BUFFER; what = BINDING; break;
	case GL_ATOMIC_COUNTER_BUFFER_START: target = GL_ATOMIC_COUNTER_BUFFER; what = START; break;
	case GL_ATOMIC_COUNTER_BUFFER_SIZE: target = GL_ATOMIC_COUNTER_BUFFER; what = SIZE; break;
	default: *ours = false; return false;
	}
	*ours = true;
	GLuint n;
	const prism_range *r = prism_bindings(c, target, &n);
	if (index >= n) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	*v = what == BINDING ? r[index].b.name : what == START ? r[index].offset : r[index].size;
	return true;
}

void APIENTRY prism_gl_BindBuffer(GLenum target, GLuint buffer) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_bound *at = prism_binding(c, target);
	if (!at) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	bool ok = true, pack = target == GL_PIXEL_PACK_BUFFER, fresh = pack && buffer && !prism_name_is(PRISM_KIND_BUFFER, buffer);
	uint32_t serial = pack ? prism_serial_own(PRISM_KIND_BUFFER, buffer, &ok) : prism_serial_bind(PRISM_KIND_BUFFER, buffer, &ok);
	if (!ok) return;
	if (fresh) prism_buffer_packing(c, serial);
	*at = (prism_bound){buffer, serial};
	prism_put_glBindBuffer(target, serial);
}

static prism_range *indexed(prism_client *c, GLenum target, GLuint index) {
	if (target == GL_TRANSFORM_FEEDBACK_BUFFER && prism_feedback_active(c, true)) {
		prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	GLuint n = 0;
	prism_range *r = prism_bindings(c, target, &n);
	if (r && index < n) return &r[index];
	prism_error(r ? GL_INVALID_VALUE : GL_INVALID_ENUM);
	return NULL;
}

static bool range_fits(prism_client *c, GLenum target, int64_t offset, int64_t size) {
	if (offset < 0 || size <= 0) return false;
	switch (target) {
	case GL_TRANSFORM_FEEDBACK_BUFFER: return !(offset & 3) && !(size & 3);
	case GL_UNIFORM_BUFFER: return !(offset & (prism_get_int(c, GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT, 1) - 1));
	case GL_SHADER_STORAGE_BUFFER: return !(offset & (prism_get_int(c, GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT, 1) - 1));
	default: return !(offset & 3);
	}
}

void APIENTRY prism_gl_BindBufferBase(GLenum target, GLuint index, GLuint buffer) {
	prism_client *c = prism_client_out();
	prism_range *at = c ? indexed(c, target, index) : NULL;
	if (!at) return;
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_BUFFER, buffer, &ok);
	if (!ok) return;
	*at = (prism_range){{buffer, serial}, 0, 0};
	*prism_binding(c, target) = at->b;
	prism_buffer_exposed(c, target, at);
	prism_put_glBindBufferBase(target, index, serial);
}

void APIENTRY prism_gl_BindBufferRange(GLenum target, GLuint index, GLuint buffer, GLintptr offset, GLsizeiptr size) {
	prism_client *c = prism_client_out();
	prism_range *at = c ? indexed(c, target, index) : NULL;
	if (!at) return;
	if (buffer && !range_fits(c, target, offset, size)) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_BUFFER, buffer, &ok);
	if (!ok) return;
	*at = buffer ? (prism_range){{buffer, serial}, offset, size} : (prism_range){0};
	*prism_binding(c, target) = at->b;
	prism_buffer_exposed(c, target, at);
	prism_put_glBindBufferRange(target, index, serial, offset, size);
}

/* Several at once: single records, and the target's own binding, which such a call leaves alone, put back. A binding point that the
 * call has wrong is left as it is, the others are bound. */
static void bind_several(GLenum target, GLuint first, GLsizei count, const GLuint *buffers, const GLintptr *offsets, const GLsizeiptr *sizes, bool ranges) {
	prism_client *c = prism_client_out();
	if (!c) return;
	GLuint n = 0;
	prism_range *at = prism_bindings(c, target, &n);
	if (!at || count < 0 || first > n || (GLuint)count > n - first) {
		prism_error(!at ? GL_INVALID_ENUM : count < 0 ? GL_INVALID_VALUE : GL_INVALID_OPERATION);
		return;
	}
	bool moved = false;
	for (GLsizei i = 0; i < count; i++) {
		GLuint name = buffers ? buffers[i] : 0;
		if (name && !prism_name_is(PRISM_KIND_BUFFER, name)) {
			prism_error(GL_INVALID_OPERATION);
			continue;
		}
		if (name && ranges && !range_fits(c, target, offsets[i], sizes[i])) {
			prism_error(GL_INVALID_VALUE);
			continue;
		}
		bool ok = true;
		uint32_t serial = prism_serial(PRISM_KIND_BUFFER, name, &ok);
		if (!ok) continue;
		prism_range *r = &at[first + (GLuint)i];
		*r = (prism_range){{name, serial}, name && ranges ? offsets[i] : 0, name && ranges ? sizes[i] : 0};
		prism_buffer_exposed(c, target, r);
		if (r->size) prism_put_glBindBufferRange(target, first + (GLuint)i, serial, r->offset, r->size);
		else prism_put_glBindBufferBase(target, first + (GLuint)i, serial);
		moved = true;
	}
	if (moved) prism_put_glBindBuffer(target, prism_binding(c, target)->serial);
}
void APIENTRY prism_gl_BindBuffersBase(GLenum target, GLuint first, GLsizei count, const GLuint *buffers) { bind_several(target, first, count, buffers, NULL, NULL, false); }
void APIENTRY prism_gl_BindBuffersRange(GLenum target, GLuint first, GLsizei count, const GLuint *buffers, const GLintptr *offsets, const GLsizeiptr *sizes) {
	bind_several(target, first, count, buffers, offsets, sizes, true);
}

/* ---- names ---- */

static void unbind_ranges(prism_range *r, int n, uint32_t serial) {
	for (int i = 0; i < n; i++)
		if (r[i].b.serial == serial) r[i] = (prism_range){0};
}
static void unbind(prism_client *c, uint32_t serial) {
	for (int i = 0; i < PRISM_BUFS; i++)
		if (c->buf[i].serial == serial) c->buf[i] = (prism_bound){0, 0};
	unbind_ranges(c->uniform, PRISM_UNIFORM_BINDINGS, serial);
	unbind_ranges(c->feedback, PRISM_FEEDBACK_BINDINGS, serial);
	unbind_ranges(c->storage, PRISM_STORAGE_BINDINGS, serial);
	unbind_ranges(c->counter, PRISM_COUNTER_BINDINGS, serial);
	prism_arrays_unbind(c, serial);
}

/* Another context of the group may have it bound yet, where it lives on: what is known of it stays, for so many as were deleted last. Contents
 * are none of it. sh->mu held. */
static void outlive(prism_client *c, uint32_t serial) {
	prism_shared *sh = c->sh;
	uint32_t *at = &sh->outlived[sh->outlived_n++ % PRISM_OUTLIVED], old = serial;
	if (__atomic_load_n(&sh->refs, __ATOMIC_RELAXED) > 1) {
		old = *at;
		*at = serial;
	}
	prism_buffer_free(prism_map_ptr(&sh->buffers, old));
	prism_map_del(&sh->buffers, old);
}

static void ended(prism_client *c, GLuint name, uint32_t serial) {
	(void)name;
	unbind(c, serial);
	prism_map_leave(c, serial);
	prism_buffer_forget(c, serial);
	prism_lock(c);
	outlive(c, serial);
	prism_unlock(c);
}
void APIENTRY prism_gl_DeleteBuffers(GLsizei n, const GLuint *buffers) { prism_delete(PRISM_KIND_BUFFER, n, buffers, ended, prism_put_glDeleteBuffers); }
/* glCreateBuffers: the objects are there from the start. */
void prism_after_glCreateBuffers(GLsizei n, GLuint *buffers) {
	bool ok;
	prism_client *c = prism_client_now();
	for (GLsizei i = 0; i < n && c; i++) prism_buffer_packing(c, prism_serial_own(PRISM_KIND_BUFFER, buffers[i], &ok));
}
GLboolean APIENTRY prism_gl_IsBuffer(GLuint buffer) { return prism_client_out() ? prism_name_is(PRISM_KIND_BUFFER, buffer) : GL_FALSE; }
