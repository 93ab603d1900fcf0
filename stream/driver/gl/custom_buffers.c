/* Buffer objects: maps, and what the driver knows of their contents.
 *
 * A map is memory of the driver's. What the app wrote there goes out as glBufferSubData at unmap or flush. Bytes that the app
 * leaves alone must keep their values, so a map without GL_MAP_INVALIDATE_* needs the contents: they are asked once, and from
 * then on kept here as the buffer's shadow, which later writes from the app keep true. A shadow ends when a node writes the buffer.
 */
#include "clientstate.h"
#include <stdlib.h>

prism_buffer *prism_buffer_of(prism_client *c, uint32_t serial) {
	if (!serial) return NULL;
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	if (b) return b;
	b = calloc(1, sizeof *b);
	if (!b) return NULL;
	b->usage = GL_STATIC_DRAW;
	b->undefined = true;
	if (!prism_map_put(&c->sh->buffers, serial, (uint64_t)(uintptr_t)b)) {
		free(b);
		return NULL;
	}
	return b;
}

prism_buffer *prism_buffer_at(prism_client *c, GLenum target, uint32_t *serial) {
	prism_bound *at = prism_binding(c, target);
	if (!at) {
		prism_error(GL_INVALID_ENUM);
		return NULL;
	}
	if (serial) *serial = at->serial;
	if (!at->serial) {
		prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	prism_buffer *b = prism_buffer_of(c, at->serial);
	if (!b) prism_error(GL_OUT_OF_MEMORY);
	return b;
}

/* Nodes may write at any draw or dispatch from now on: what is here can no longer be told to be the contents. */
void prism_buffer_exposed(prism_client *c, GLenum target, const prism_range *r) {
	if (!r->b.serial || (target != GL_SHADER_STORAGE_BUFFER && target != GL_ATOMIC_COUNTER_BUFFER && target != GL_TRANSFORM_FEEDBACK_BUFFER)) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, r->b.serial);
	if (b) {
		free(b->shadow);
		b->shadow = NULL;
		b->undefined = false;
		b->exposed = true;
	}
	prism_unlock(c);
}

static void shadow_drop(prism_buffer *b) {
	free(b->shadow);
	b->shadow = NULL;
	b->undefined = false;
}

void prism_buffer_forget(prism_client *c, uint32_t serial) {
	if (!serial) return;
	prism_lock(c);
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	if (b) shadow_drop(b);
	prism_unlock(c);
}

static bool ask_bytes(GLenum target, int64_t offset, int64_t n, void *to) {
	prism_ask q;
	bool ok = false;
	if (!prism_ask_begin(&q)) return false;
	prism_put_glGetBufferSubData(q.id, target, offset, n);
	if (prism_ask_wait(&q)) ok = prism_ask_out(&q, to, (uint64_t)n) == (uint64_t)n;
	prism_ask_end(&q);
	return ok;
}

bool prism_buffer_read(prism_client *c, GLenum target, int64_t offset, int64_t n, void *to) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	if (!b || offset < 0 || n < 0 || offset > b->size || n > b->size - offset) {
		prism_unlock(c);
		return false;
	}
	bool known = b->shadow || b->undefined;
	if (b->shadow) memcpy(to, b->shadow + offset, (size_t)n);
	else if (b->undefined) memset(to, 0, (size_t)n);
	prism_unlock(c);
	return known || !n || ask_bytes(target, offset, n, to);
}

/* What the app wrote, into the shadow. sh->mu held; the range is checked. */
static void shadow_write(prism_buffer *b, int64_t offset, int64_t n, const void *from) {
	b->undefined = b->undefined && !n;
	if (b->shadow && n > 0) memcpy(b->shadow + offset, from, (size_t)n);
}

void prism_buffer_write(prism_client *c, GLenum target, int64_t offset, int64_t n, const void *from) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	bool ok = b && offset >= 0 && n >= 0 && offset <= b->size && n <= b->size - offset;
	if (b && !ok) prism_error(GL_INVALID_OPERATION);
	prism_unlock(c);
	if (ok && n) prism_gl_BufferSubData(target, offset, n, from);
}

/* ---- contents ---- */

void prism_after_glBufferData(GLenum target, GLsizeiptr size, const void *data, GLenum usage) {
	prism_client *c = prism_client_now();
	prism_bound *at = c ? prism_binding(c, target) : NULL;
	if (!at || !at->serial || size < 0) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, at->serial);
	if (b) {
		bool shadowed = b->shadow && b->size == size && data;
		if (shadowed) memcpy(b->shadow, data, (size_t)size);
		else shadow_drop(b);
		free(b->map); /* a new store ends a map */
		b->map = NULL;
		b->size = size;
		b->usage = usage;
		b->undefined = !data && !b->exposed;
	}
	prism_unlock(c);
}

void prism_after_glBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, const void *data) {
	prism_client *c = prism_client_now();
	prism_bound *at = c ? prism_binding(c, target) : NULL;
	if (!at || !at->serial) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, at->serial);
	if (b && data && offset >= 0 && size > 0 && offset <= b->size && size <= b->size - offset) shadow_write(b, offset, size, data);
	prism_unlock(c);
}

void prism_after_glCopyBufferSubData(GLenum read, GLenum write, GLintptr read_offset, GLintptr write_offset, GLsizeiptr size) {
	(void)read, (void)read_offset, (void)write_offset, (void)size;
	prism_client *c = prism_client_now();
	prism_bound *at = c ? prism_binding(c, write) : NULL;
	if (at) prism_buffer_forget(c, at->serial);
}

void APIENTRY prism_gl_GetBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, void *data) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	GLenum error = !b ? 0 : offset < 0 || size < 0 || offset > b->size || size > b->size - offset ? GL_INVALID_VALUE : b->map ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) prism_error(error);
	else if (b && size) prism_buffer_read(c, target, offset, size, data);
}

/* ---- maps ---- */

void *APIENTRY prism_gl_MapBufferRange(GLenum target, GLintptr offset, GLsizeiptr length, GLbitfield access) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	const GLbitfield known = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT |
	                         GL_MAP_FLUSH_EXPLICIT_BIT | GL_MAP_UNSYNCHRONIZED_BIT;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	GLenum error = 0;
	if (!b) {
		prism_unlock(c);
		return NULL;
	}
	int64_t size = b->size;
	if (offset < 0 || length < 0 || offset > size || length > size - offset || access & ~known) error = GL_INVALID_VALUE;
	else if (!length || b->map || !(access & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT))) error = GL_INVALID_OPERATION;
	else if (access & GL_MAP_READ_BIT && access & (GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT | GL_MAP_UNSYNCHRONIZED_BIT)) error = GL_INVALID_OPERATION;
	else if (access & GL_MAP_FLUSH_EXPLICIT_BIT && !(access & GL_MAP_WRITE_BIT)) error = GL_INVALID_OPERATION;
	bool shadow = b->shadow, undefined = b->undefined;
	prism_unlock(c);
	uint8_t *map = error ? NULL : aligned_alloc(64, ((size_t)length + 63) / 64 * 64);
	if (!error && !map) error = GL_OUT_OF_MEMORY;
	if (error) {
		prism_error(error);
		return NULL;
	}
	uint8_t *whole = NULL;
	bool fresh = access & (GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT);
	if (!fresh && !shadow && !undefined) {
		whole = malloc((size_t)size);
		if (!whole || !ask_bytes(target, 0, size, whole)) {
			free(whole);
			free(map);
			prism_error(GL_OUT_OF_MEMORY);
			return NULL;
		}
	}
	prism_lock(c);
	b = prism_buffer_at(c, target, NULL);
	if (!b || b->map || b->size != size) { /* another thread was faster */
		prism_unlock(c);
		free(whole);
		free(map);
		prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	if (whole && !b->shadow && !b->exposed) {
		b->shadow = whole;
		whole = NULL;
	}
	const uint8_t *from = b->shadow ? b->shadow : whole;
	if (from && !fresh) memcpy(map, from + offset, (size_t)length);
	else memset(map, 0, (size_t)length);
	free(whole);
	b->map = map;
	b->map_offset = offset;
	b->map_length = length;
	b->map_access = access;
	b->map_ctx = c->ctx->serial;
	prism_unlock(c);
	return map;
}

void *APIENTRY prism_gl_MapBuffer(GLenum target, GLenum access) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	GLbitfield bits = access == GL_READ_ONLY ? GL_MAP_READ_BIT : access == GL_WRITE_ONLY ? GL_MAP_WRITE_BIT : access == GL_READ_WRITE ? GL_MAP_READ_BIT | GL_MAP_WRITE_BIT : 0;
	if (!bits || (c->es && access != GL_WRITE_ONLY)) { /* GL_OES_mapbuffer only writes */
		prism_error(GL_INVALID_ENUM);
		return NULL;
	}
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	int64_t size = b ? b->size : 0;
	prism_unlock(c);
	if (!b) return NULL;
	if (!size) {
		prism_error(GL_OUT_OF_MEMORY);
		return NULL;
	}
	return prism_gl_MapBufferRange(target, 0, size, bits);
}

/* Sends [from, from + n) of the map. */
static void map_send(prism_client *c, GLenum target, prism_buffer *b, int64_t from, int64_t n) {
	if (n <= 0) return;
	(void)c;
	prism_gl_BufferSubData(target, b->map_offset + from, n, b->map + from); /* its hook keeps the shadow */
}

void APIENTRY prism_gl_FlushMappedBufferRange(GLenum target, GLintptr offset, GLsizeiptr length) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	GLenum error = 0;
	if (b && (!b->map || !(b->map_access & GL_MAP_FLUSH_EXPLICIT_BIT))) error = GL_INVALID_OPERATION;
	else if (b && (offset < 0 || length < 0 || offset > b->map_length || length > b->map_length - offset)) error = GL_INVALID_VALUE;
	prism_unlock(c);
	if (error) prism_error(error);
	else if (b) map_send(c, target, b, offset, length);
}

GLboolean APIENTRY prism_gl_UnmapBuffer(GLenum target) {
	prism_client *c = prism_client_out();
	if (!c) return GL_FALSE;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	bool mapped = b && b->map;
	GLbitfield access = b ? b->map_access : 0;
	prism_unlock(c);
	if (!mapped) {
		if (b) prism_error(GL_INVALID_OPERATION);
		return GL_FALSE;
	}
	if (access & GL_MAP_WRITE_BIT && !(access & GL_MAP_FLUSH_EXPLICIT_BIT)) map_send(c, target, b, 0, b->map_length);
	prism_lock(c);
	free(b->map);
	b->map = NULL;
	prism_unlock(c);
	return GL_TRUE;
}

void APIENTRY prism_gl_GetBufferPointerv(GLenum target, GLenum pname, void **params) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (pname != GL_BUFFER_MAP_POINTER) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	if (b) *params = b->map;
	prism_unlock(c);
}

static bool buffer_value(GLenum target, GLenum pname, int64_t *v) {
	prism_client *c = prism_client_out();
	if (!c) return false;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, NULL);
	bool ok = b != NULL;
	GLbitfield a = ok && b->map ? b->map_access : 0;
	if (ok) switch (pname) {
	case GL_BUFFER_SIZE: *v = b->size; break;
	case GL_BUFFER_USAGE: *v = b->usage; break;
	case GL_BUFFER_MAPPED: *v = b->map != NULL; break;
	case GL_BUFFER_ACCESS_FLAGS: *v = a; break;
	case GL_BUFFER_ACCESS:
		*v = (a & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT)) == GL_MAP_READ_BIT ? GL_READ_ONLY : (a & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT)) == GL_MAP_WRITE_BIT ? GL_WRITE_ONLY : GL_READ_WRITE;
		break;
	case GL_BUFFER_MAP_OFFSET: *v = b->map ? b->map_offset : 0; break;
	case GL_BUFFER_MAP_LENGTH: *v = b->map ? b->map_length : 0; break;
	default:
		prism_error(GL_INVALID_ENUM);
		ok = false;
	}
	prism_unlock(c);
	return ok;
}
void APIENTRY prism_gl_GetBufferParameteriv(GLenum target, GLenum pname, GLint *params) {
	int64_t v;
	if (buffer_value(target, pname, &v)) *params = v > INT32_MAX ? INT32_MAX : (GLint)v;
}
void APIENTRY prism_gl_GetBufferParameteri64v(GLenum target, GLenum pname, GLint64 *params) {
	int64_t v;
	if (buffer_value(target, pname, &v)) *params = v;
}
