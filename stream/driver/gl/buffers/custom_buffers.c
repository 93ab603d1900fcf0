/* Buffer objects: their contents, and what the driver knows of them; maps are in custom_maps.c, bindings in custom_bindings.c.
 *
 * What is known of the contents (buffers.h) is what the app once asked for or mapped; later writes of the app keep it true, and it ends
 * when a node writes the buffer. All errors are found here, so that what is known never differs from what the nodes were told.
 */
#include "buffers.h"
#include "runtime.h"
#include <stdlib.h>

prism_buffer *prism_buffer_of(prism_client *c, uint32_t serial) {
	if (!serial) return NULL;
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	if (b) return b;
	b = calloc(1, sizeof *b);
	if (!b) return NULL;
	b->serial = serial;
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

uint32_t prism_buffer_serial(GLuint name) {
	bool ok = name && prism_name_is(PRISM_KIND_BUFFER, name);
	uint32_t serial = ok ? prism_serial_own(PRISM_KIND_BUFFER, name, &ok) : 0;
	if (!serial) prism_error(GL_INVALID_OPERATION);
	return serial;
}

/* The target's buffer for a command that knows it by target; 0: an error was recorded. */
static uint32_t bound(prism_client *c, GLenum target) {
	prism_bound *at = prism_binding(c, target);
	if (!at || !at->serial) prism_error(at ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
	return at ? at->serial : 0;
}

void prism_buffer_free(prism_buffer *b) {
	if (!b) return;
	prism_map_drop(b);
	if (b->packing && prism_buffers_packing) __atomic_sub_fetch(&prism_buffers_packing, 1, __ATOMIC_RELAXED); /* 0 in a fork child */
	free(b->shadow);
	prism_pages_free(b->pages);
	free(b);
}

/* ---- what is known ---- */

const uint8_t *prism_buffer_known(const prism_buffer *b) {
	if (b->exposed || (b->map && !prism_buffer_closed(b))) return NULL;
	return b->shadow ? b->shadow : b->pages && b->pages_true ? b->pages->mem : NULL;
}

static void unknown(prism_buffer *b) {
	free(b->shadow);
	b->shadow = NULL;
	b->pages_true = false;
	b->undefined = false;
}

/* [offset, offset + n) gets bytes that the nodes are told of, too. sh->mu held; the range is checked. */
static void known_write(prism_buffer *b, int64_t offset, int64_t n, const void *from) {
	if (n <= 0) return;
	b->undefined = false;
	if (b->shadow) memcpy(b->shadow + offset, from, (size_t)n);
	else if (b->pages && b->pages_true) memcpy(b->pages->mem + offset, from, (size_t)n), prism_pages_settle(b->pages, (size_t)offset, (size_t)n);
	if (!b->live) return;
	/* The app has it mapped, and must see it there. */
	int64_t lo = offset > b->map_offset ? offset : b->map_offset, hi = offset + n < b->map_offset + b->map_length ? offset + n : b->map_offset + b->map_length;
	if (lo >= hi) return;
	size_t at = (size_t)(lo - b->map_offset + b->map_lead);
	memcpy(b->live->mem + at, (const uint8_t *)from + (lo - offset), (size_t)(hi - lo));
	prism_pages_settle(b->live, at, (size_t)(hi - lo));
}

void prism_buffer_stale(prism_buffer *b, int64_t offset, int64_t n) {
	if (n < 0 || n > b->size - offset) n = b->size - offset;
	if (n <= 0) return;
	unknown(b);
	if (!b->live) return;
	if (b->stale_from >= b->stale_to) {
		b->stale_from = offset;
		b->stale_to = offset + n;
		return;
	}
	if (offset < b->stale_from) b->stale_from = offset;
	if (offset + n > b->stale_to) b->stale_to = offset + n;
}

void prism_buffer_wrote(prism_client *c, uint32_t serial, int64_t offset, int64_t n) {
	if (!serial) return;
	prism_buffer_share(c, serial); /* what nodes do not write must be there, too */
	prism_lock(c);
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	if (b) prism_buffer_stale(b, offset, n);
	prism_unlock(c);
}
void prism_buffer_forget(prism_client *c, uint32_t serial) { prism_buffer_wrote(c, serial, 0, -1); }

/* Nodes may write at any draw or dispatch from now on: what is here can no longer be told to be the contents. */
void prism_buffer_exposed(prism_client *c, GLenum target, const prism_range *r) {
	if (!r->b.serial || (target != GL_SHADER_STORAGE_BUFFER && target != GL_ATOMIC_COUNTER_BUFFER && target != GL_TRANSFORM_FEEDBACK_BUFFER)) return;
	prism_buffer_share(c, r->b.serial);
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, r->b.serial);
	if (b) {
		unknown(b);
		b->exposed = true;
		if (b->live && b->live->copy) b->live->rewrites = !(b->map_access & GL_MAP_READ_BIT);
	}
	prism_unlock(c);
}

bool prism_buffer_ask(uint32_t serial, int64_t offset, int64_t n, void *to) {
	const int64_t most = 256 << 20;
	for (int64_t done = 0; done < n;) {
		int64_t k = n - done < most ? n - done : most;
		prism_ask q;
		bool ok = false;
		if (!prism_ask_begin(&q)) return false;
		prism_put_prismBufferRead(q.id, serial, (uint64_t)(offset + done), (uint64_t)k);
		if (prism_ask_wait(&q)) ok = prism_ask_out(&q, (uint8_t *)to + done, (uint64_t)k) == (uint64_t)k;
		prism_ask_end(&q);
		if (!ok) return false;
		done += k;
	}
	return true;
}

void prism_buffer_send(uint32_t serial, int64_t offset, const void *from, int64_t n) {
	const int64_t most = 4 << 20;
	for (int64_t done = 0; done < n; done += most) {
		prism_arr a;
		int64_t k = n - done < most ? n - done : most;
		if (!prism_arr_in(&a, (const uint8_t *)from + done, (uint64_t)k)) return;
		prism_put_prismBufferWrite(serial, (uint64_t)(offset + done), &a);
	}
}

/* The bytes of a range that is checked. Of a persistent map those that the app has there, unless nodes may have written since. */
static bool read_bytes(prism_client *c, uint32_t serial, int64_t offset, int64_t n, void *to) {
	prism_packs_take(c, serial);
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	const uint8_t *from = b ? prism_buffer_known(b) : NULL;
	if (from) from += offset;
	else if (b && b->live && !b->exposed && b->stale_from >= b->stale_to && offset >= b->map_offset && offset + n <= b->map_offset + b->map_length)
		from = b->map + (offset - b->map_offset);
	bool zeros = b && b->undefined && !b->exposed && !b->live;
	if (from) memcpy(to, from, (size_t)n);
	else if (zeros) memset(to, 0, (size_t)n);
	prism_unlock(c);
	return from || zeros || !n || prism_buffer_ask(serial, offset, n, to);
}

/* Is a part of the range mapped so? Beside it the buffer may be written and read. */
static bool closed_there(const prism_buffer *b, int64_t offset, int64_t n) {
	return prism_buffer_closed(b) && offset + n > b->map_offset && offset < b->map_offset + b->map_length;
}

static bool fits(const prism_buffer *b, int64_t offset, int64_t n) { return offset >= 0 && n >= 0 && offset <= b->size && n <= b->size - offset; }

bool prism_buffer_read(prism_client *c, GLenum target, int64_t offset, int64_t n, void *to) {
	uint32_t serial = 0;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, &serial);
	bool ok = b && fits(b, offset, n);
	prism_unlock(c);
	return ok && read_bytes(c, serial, offset, n, to);
}

void prism_buffer_write(prism_client *c, GLenum target, int64_t offset, int64_t n, const void *from) {
	uint32_t serial = 0;
	prism_lock(c);
	prism_buffer *b = prism_buffer_at(c, target, &serial);
	bool ok = b && fits(b, offset, n) && !closed_there(b, offset, n);
	if (b && !ok) prism_error(GL_INVALID_OPERATION);
	prism_unlock(c);
	if (!ok || !n) return;
	prism_packs_take(c, serial);
	prism_buffer_send(serial, offset, from, n);
	prism_lock(c);
	if ((b = prism_buffer_of(c, serial))) known_write(b, offset, n, from);
	prism_unlock(c);
}

/* ---- stores ---- */

static bool usage_is(GLenum usage) {
	switch (usage) {
	case GL_STREAM_DRAW: case GL_STREAM_READ: case GL_STREAM_COPY: case GL_STATIC_DRAW: case GL_STATIC_READ: case GL_STATIC_COPY:
	case GL_DYNAMIC_DRAW: case GL_DYNAMIC_READ: case GL_DYNAMIC_COPY: return true;
	default: return false;
	}
}

/* What a new store makes of what is known. sh->mu held. */
static void new_store(prism_buffer *b, int64_t size, const void *data) {
	prism_map_drop(b); /* a new store ends a map */
	bool same = b->size == size && !b->exposed;
	if (same && data && b->shadow) {
		memcpy(b->shadow, data, (size_t)size);
	} else if (same && b->pages && (b->pages_true || !data)) {
		if (data) memcpy(b->pages->mem, data, (size_t)size), prism_pages_settle(b->pages, 0, (size_t)size);
		b->pages_true = true;
	} else {
		unknown(b);
		prism_pages_free(b->pages);
		b->pages = NULL;
	}
	b->size = size;
	b->unsent = false;
	b->undefined = !data && !b->exposed;
}

static bool may_store(prism_client *c, uint32_t serial) {
	prism_packs_take(c, serial);
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = !b ? GL_OUT_OF_MEMORY : b->immutable ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) prism_error(error);
	return !error;
}

static void data_kept(prism_client *c, uint32_t serial, int64_t size, const void *data, GLenum usage) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b) {
		new_store(b, size, data);
		b->usage = usage;
		b->storage = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_DYNAMIC_STORAGE_BIT;
	}
	prism_unlock(c);
}
static bool data_good(prism_client *c, uint32_t serial, int64_t size, const void *data, GLenum usage, prism_arr *a) {
	if (!serial) return false;
	if (size < 0 || !usage_is(usage)) {
		prism_error(size < 0 ? GL_INVALID_VALUE : GL_INVALID_ENUM);
		return false;
	}
	return may_store(c, serial) && prism_arr_in(a, data, data ? (uint64_t)size : 0);
}
void APIENTRY prism_gl_BufferData(GLenum target, GLsizeiptr size, const void *data, GLenum usage) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = bound(c, target);
	if (!data_good(c, serial, size, data, usage, &a)) return;
	prism_put_glBufferData(target, size, &a, usage);
	data_kept(c, serial, size, data, usage);
}
void APIENTRY prism_gl_NamedBufferData(GLuint buffer, GLsizeiptr size, const void *data, GLenum usage) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = prism_buffer_serial(buffer);
	if (!data_good(c, serial, size, data, usage, &a)) return;
	prism_put_glNamedBufferData(serial, size, &a, usage);
	data_kept(c, serial, size, data, usage);
}

static bool storage_good(prism_client *c, uint32_t serial, int64_t size, const void *data, GLbitfield flags, prism_arr *a) {
	const GLbitfield known = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT | GL_DYNAMIC_STORAGE_BIT | GL_CLIENT_STORAGE_BIT;
	if (!serial) return false;
	if (size <= 0 || flags & ~known || (flags & GL_MAP_PERSISTENT_BIT && !(flags & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT))) ||
	    (flags & GL_MAP_COHERENT_BIT && !(flags & GL_MAP_PERSISTENT_BIT))) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	return may_store(c, serial) && prism_arr_in(a, data, data ? (uint64_t)size : 0);
}
static void storage_kept(prism_client *c, uint32_t serial, int64_t size, const void *data, GLbitfield flags) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b) {
		new_store(b, size, data);
		b->usage = GL_DYNAMIC_DRAW;
		b->storage = flags;
		b->immutable = true;
	}
	prism_unlock(c);
}
/* A node never maps; it writes, whatever the app may. */
static GLbitfield node_flags(GLbitfield flags) { return GL_DYNAMIC_STORAGE_BIT | (flags & GL_CLIENT_STORAGE_BIT); }

void APIENTRY prism_gl_BufferStorage(GLenum target, GLsizeiptr size, const void *data, GLbitfield flags) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = bound(c, target);
	if (!storage_good(c, serial, size, data, flags, &a)) return;
	prism_put_glBufferStorage(target, size, &a, node_flags(flags));
	storage_kept(c, serial, size, data, flags);
}
void APIENTRY prism_gl_NamedBufferStorage(GLuint buffer, GLsizeiptr size, const void *data, GLbitfield flags) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = prism_buffer_serial(buffer);
	if (!storage_good(c, serial, size, data, flags, &a)) return;
	prism_put_glNamedBufferStorage(serial, size, &a, node_flags(flags));
	storage_kept(c, serial, size, data, flags);
}

/* ---- parts ---- */

static bool sub_good(prism_client *c, uint32_t serial, int64_t offset, int64_t size, const void *data, prism_arr *a) {
	if (!serial) return false;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = !b ? GL_OUT_OF_MEMORY : !fits(b, offset, size) ? GL_INVALID_VALUE : closed_there(b, offset, size) ? GL_INVALID_OPERATION :
	               b->immutable && !(b->storage & GL_DYNAMIC_STORAGE_BIT) ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) prism_error(error);
	if (error || !size || !data) return false;
	prism_packs_take(c, serial);
	return prism_arr_in(a, data, (uint64_t)size);
}
static void sub_kept(prism_client *c, uint32_t serial, int64_t offset, int64_t size, const void *data) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b) known_write(b, offset, size, data);
	prism_unlock(c);
}
void APIENTRY prism_gl_BufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, const void *data) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = bound(c, target);
	if (!sub_good(c, serial, offset, size, data, &a)) return;
	prism_put_glBufferSubData(target, offset, size, &a);
	sub_kept(c, serial, offset, size, data);
}
void APIENTRY prism_gl_NamedBufferSubData(GLuint buffer, GLintptr offset, GLsizeiptr size, const void *data) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	uint32_t serial = prism_buffer_serial(buffer);
	if (!sub_good(c, serial, offset, size, data, &a)) return;
	prism_put_glNamedBufferSubData(serial, offset, size, &a);
	sub_kept(c, serial, offset, size, data);
}

static bool copy_good(prism_client *c, uint32_t from, uint32_t to, int64_t from_at, int64_t to_at, int64_t size) {
	if (!from || !to) return false;
	prism_lock(c);
	prism_buffer *a = prism_buffer_of(c, from), *b = prism_buffer_of(c, to);
	GLenum error = !a || !b ? GL_OUT_OF_MEMORY : prism_buffer_closed(a) || prism_buffer_closed(b) ? GL_INVALID_OPERATION :
	               !fits(a, from_at, size) || !fits(b, to_at, size) ? GL_INVALID_VALUE :
	               a == b && from_at < to_at + size && to_at < from_at + size ? GL_INVALID_VALUE : 0;
	prism_unlock(c);
	if (error) {
		prism_error(error);
		return false;
	}
	prism_buffer_share(c, from);
	prism_buffer_share(c, to);
	return true;
}
static void copy_kept(prism_client *c, uint32_t from, uint32_t to, int64_t from_at, int64_t to_at, int64_t size) {
	prism_lock(c);
	prism_buffer *a = prism_buffer_of(c, from), *b = prism_buffer_of(c, to);
	const uint8_t *known = a ? prism_buffer_known(a) : NULL;
	if (!b || !size) known = NULL;
	else if (known && (b->live || prism_buffer_known(b))) known_write(b, to_at, size, known + from_at);
	else prism_buffer_stale(b, to_at, size);
	prism_unlock(c);
}
void APIENTRY prism_gl_CopyBufferSubData(GLenum read, GLenum write, GLintptr read_offset, GLintptr write_offset, GLsizeiptr size) {
	prism_client *c = prism_client_out();
	if (!c) return;
	uint32_t from = bound(c, read), to = from ? bound(c, write) : 0;
	if (!copy_good(c, from, to, read_offset, write_offset, size)) return;
	prism_put_glCopyBufferSubData(read, write, read_offset, write_offset, size);
	copy_kept(c, from, to, read_offset, write_offset, size);
}
void APIENTRY prism_gl_CopyNamedBufferSubData(GLuint read, GLuint write, GLintptr read_offset, GLintptr write_offset, GLsizeiptr size) {
	prism_client *c = prism_client_out();
	if (!c) return;
	uint32_t from = prism_buffer_serial(read), to = from ? prism_buffer_serial(write) : 0;
	if (!copy_good(c, from, to, read_offset, write_offset, size)) return;
	prism_put_glCopyNamedBufferSubData(from, to, read_offset, write_offset, size);
	copy_kept(c, from, to, read_offset, write_offset, size);
}

/* Bytes of one element of a format that a buffer may be cleared with; 0: none such. */
static unsigned clear_bytes(GLenum internal) {
	switch (internal) {
	case GL_R8: case GL_R8I: case GL_R8UI: return 1;
	case GL_R16: case GL_R16F: case GL_R16I: case GL_R16UI: case GL_RG8: case GL_RG8I: case GL_RG8UI: return 2;
	case GL_R32F: case GL_R32I: case GL_R32UI: case GL_RG16: case GL_RG16F: case GL_RG16I: case GL_RG16UI: case GL_RGBA8: case GL_RGBA8I: case GL_RGBA8UI: return 4;
	case GL_RG32F: case GL_RG32I: case GL_RG32UI: case GL_RGBA16: case GL_RGBA16F: case GL_RGBA16I: case GL_RGBA16UI: return 8;
	case GL_RGB32F: case GL_RGB32I: case GL_RGB32UI: return 12;
	case GL_RGBA32F: case GL_RGBA32I: case GL_RGBA32UI: return 16;
	default: return 0;
	}
}
/* whole: the size is the buffer's. What the pair of format and type must be to fit, a node knows. */
static bool clear_good(prism_client *c, uint32_t serial, GLenum internal, bool whole, int64_t offset, int64_t *size, GLenum format, GLenum type, const void *data, prism_arr *a) {
	if (!serial) return false;
	unsigned each = clear_bytes(internal);
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b && whole) *size = b->size;
	GLenum error = !b ? GL_OUT_OF_MEMORY : !fits(b, offset, *size) ? GL_INVALID_VALUE : (whole ? prism_buffer_closed(b) : closed_there(b, offset, *size)) ? GL_INVALID_OPERATION :
	               !each ? GL_INVALID_ENUM : offset % each || *size % each || prism_len_cleardata(format, type) == PRISM_LEN_UNKNOWN ? GL_INVALID_VALUE : 0;
	prism_unlock(c);
	if (error) {
		prism_error(error);
		return false;
	}
	prism_buffer_share(c, serial);
	return prism_arr_in(a, data, data ? prism_len_cleardata(format, type) : 0);
}
/* at: the name of the buffer, or the target where it is bound. */
static void clear(bool named, GLuint at, GLenum internal, bool whole, int64_t offset, int64_t size, GLenum format, GLenum type, const void *data) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_arr a;
	const uint32_t serial = named ? prism_buffer_serial(at) : bound(c, at);
	if (!clear_good(c, serial, internal, whole, offset, &size, format, type, data, &a)) return;
	if (named && whole) prism_put_glClearNamedBufferData(serial, internal, format, type, &a);
	else if (named) prism_put_glClearNamedBufferSubData(serial, internal, offset, size, format, type, &a);
	else if (whole) prism_put_glClearBufferData(at, internal, format, type, &a);
	else prism_put_glClearBufferSubData(at, internal, offset, size, format, type, &a);
	prism_buffer_wrote(c, serial, offset, size);
}
void APIENTRY prism_gl_ClearBufferData(GLenum target, GLenum internal, GLenum format, GLenum type, const void *data) {
	clear(false, target, internal, true, 0, 0, format, type, data);
}
void APIENTRY prism_gl_ClearBufferSubData(GLenum target, GLenum internal, GLintptr offset, GLsizeiptr size, GLenum format, GLenum type, const void *data) {
	clear(false, target, internal, false, offset, size, format, type, data);
}
void APIENTRY prism_gl_ClearNamedBufferData(GLuint buffer, GLenum internal, GLenum format, GLenum type, const void *data) {
	clear(true, buffer, internal, true, 0, 0, format, type, data);
}
void APIENTRY prism_gl_ClearNamedBufferSubData(GLuint buffer, GLenum internal, GLintptr offset, GLsizeiptr size, GLenum format, GLenum type, const void *data) {
	clear(true, buffer, internal, false, offset, size, format, type, data);
}

/* Nothing has to happen: any contents will do, also those that are there. */
static void invalidate(GLuint buffer, bool whole, int64_t offset, int64_t length) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool ok = buffer && prism_name_is(PRISM_KIND_BUFFER, buffer);
	uint32_t serial = ok ? prism_serial_own(PRISM_KIND_BUFFER, buffer, &ok) : 0;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = !b || (!whole && !fits(b, offset, length)) ? GL_INVALID_VALUE : (whole ? prism_buffer_closed(b) : closed_there(b, offset, length)) ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) prism_error(error);
}
void APIENTRY prism_gl_InvalidateBufferData(GLuint buffer) { invalidate(buffer, true, 0, 0); }
void APIENTRY prism_gl_InvalidateBufferSubData(GLuint buffer, GLintptr offset, GLsizeiptr length) { invalidate(buffer, false, offset, length); }

/* ---- answers ---- */

static void get_sub(prism_client *c, uint32_t serial, int64_t offset, int64_t size, void *data) {
	if (!serial) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = !b ? GL_OUT_OF_MEMORY : !fits(b, offset, size) ? GL_INVALID_VALUE : prism_buffer_closed(b) ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) prism_error(error);
	else if (size && data) read_bytes(c, serial, offset, size, data);
}
void APIENTRY prism_gl_GetBufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, void *data) {
	prism_client *c = prism_client_out();
	if (c) get_sub(c, bound(c, target), offset, size, data);
}
void APIENTRY prism_gl_GetNamedBufferSubData(GLuint buffer, GLintptr offset, GLsizeiptr size, void *data) {
	prism_client *c = prism_client_out();
	if (c) get_sub(c, prism_buffer_serial(buffer), offset, size, data);
}

static bool value_of(prism_client *c, uint32_t serial, GLenum pname, int64_t *v) {
	if (!serial) return false;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	bool ok = b != NULL;
	GLbitfield a = ok && b->map ? b->map_access : 0, rw = a & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT);
	if (ok) switch (pname) {
	case GL_BUFFER_SIZE: *v = b->size; break;
	case GL_BUFFER_USAGE: *v = b->usage; break;
	case GL_BUFFER_MAPPED: *v = b->map != NULL; break;
	case GL_BUFFER_ACCESS_FLAGS: *v = a; break;
	case GL_BUFFER_ACCESS: *v = rw == GL_MAP_READ_BIT ? GL_READ_ONLY : rw == GL_MAP_WRITE_BIT ? GL_WRITE_ONLY : GL_READ_WRITE; break;
	case GL_BUFFER_MAP_OFFSET: *v = b->map ? b->map_offset : 0; break;
	case GL_BUFFER_MAP_LENGTH: *v = b->map ? b->map_length : 0; break;
	case GL_BUFFER_IMMUTABLE_STORAGE: *v = b->immutable; break;
	case GL_BUFFER_STORAGE_FLAGS: *v = b->storage; break;
	default:
		prism_error(GL_INVALID_ENUM);
		ok = false;
	}
	prism_unlock(c);
	return ok;
}
static void value_int(prism_client *c, uint32_t serial, GLenum pname, GLint *params) {
	int64_t v;
	if (value_of(c, serial, pname, &v)) *params = v > INT32_MAX ? INT32_MAX : (GLint)v;
}
void APIENTRY prism_gl_GetBufferParameteriv(GLenum target, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	if (c) value_int(c, bound(c, target), pname, params);
}
void APIENTRY prism_gl_GetNamedBufferParameteriv(GLuint buffer, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	if (c) value_int(c, prism_buffer_serial(buffer), pname, params);
}
void APIENTRY prism_gl_GetBufferParameteri64v(GLenum target, GLenum pname, GLint64 *params) {
	prism_client *c = prism_client_out();
	int64_t v;
	if (c && value_of(c, bound(c, target), pname, &v)) *params = v;
}
void APIENTRY prism_gl_GetNamedBufferParameteri64v(GLuint buffer, GLenum pname, GLint64 *params) {
	prism_client *c = prism_client_out();
	int64_t v;
	if (c && value_of(c, prism_buffer_serial(buffer), pname, &v)) *params = v;
}
