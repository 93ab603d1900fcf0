/* Maps of buffers.
 *
 * A map is memory of the driver's. What the app changed there goes out at unmap or flush as prismBufferWrite: of a small buffer what
 * differs from its shadow, of a large one the pages that were written (pages.h), in both cases everything where the contents were not known
 * and did not have to be. Where bytes that the app leaves alone must keep their values and are not known, they are asked once.
 *
 * A persistent map is sent while it is mapped: prism_commit (thread.c) calls prism_maps_ahead before each chunk, so that its
 * commands see all that was written before them. Coherent or not makes no difference: what need not be seen yet may be. What nodes
 * write comes back when the app has waited for it (prism_maps_synced).
 *
 * maps_mu guards the groups' lists and is held from looking for changes until they are in the ring: of two threads that commit, one takes
 * the changes, and the other must not be in the ring before them. Order: maps_mu → sh->mu.
 */
#include "buffers.h"
#include "runtime.h"
#include <stdlib.h>

static pthread_mutex_t maps_mu = PTHREAD_MUTEX_INITIALIZER;

void prism_maps_fork_child(void) { pthread_mutex_init(&maps_mu, NULL); }

/* ---- persistent maps ---- */

static void send_live(void *arg, size_t from, const uint8_t *at, size_t n) {
	const prism_buffer *b = arg;
	int64_t k = (int64_t)from - b->map_lead;
	if (k >= 0) prism_buffer_send(b->serial, b->map_offset + k, at, (int64_t)n);
}
static void take_live(prism_buffer *b) {
	if (!(b->map_access & GL_MAP_WRITE_BIT)) return;
	/* Where nodes may write, nothing but what the app changed must be sent. */
	prism_pages_take(b->live, (size_t)b->map_lead, (size_t)b->map_length, b->exposed || b->stale_from < b->stale_to ? 0 : PRISM_RUN_GAP, send_live, b);
}
static void take_all(void *arg) {
	prism_shared *sh = arg;
	for (uint32_t i = 0; i < sh->maps_n; i++) take_live(sh->maps[i]);
}

void prism_maps_ahead(void) {
	prism_client *c = prism_client_now();
	if (!c) return;
	pthread_mutex_lock(&maps_mu);
	if (c->sh->maps_n) prism_ahead(take_all, c->sh);
	pthread_mutex_unlock(&maps_mu);
}

/* maps_mu held. false: no memory. */
static bool list_add(prism_shared *sh, prism_buffer *b) {
	if (!(sh->maps_n & (sh->maps_n + 1))) { /* grows at 0, 1, 3, 7, … */
		prism_buffer **more = realloc(sh->maps, (2 * sh->maps_n + 1) * sizeof *more);
		if (!more) return false;
		sh->maps = more;
	}
	sh->maps[sh->maps_n++] = b;
	return true;
}
/* maps_mu held. */
static void list_remove(prism_shared *sh, const prism_buffer *b) {
	for (uint32_t i = 0; i < sh->maps_n; i++)
		if (sh->maps[i] == b) sh->maps[i--] = sh->maps[--sh->maps_n];
}

static void live_count(const prism_pages *p, bool more) {
	uint32_t *counts[2] = {&prism_maps_live, p->way == PRISM_PAGES_COMPARE ? &prism_maps_compared : NULL};
	for (int i = 0; i < 2 && counts[i]; i++) {
		if (more) __atomic_add_fetch(counts[i], 1, __ATOMIC_SEQ_CST);
		else if (*counts[i]) __atomic_sub_fetch(counts[i], 1, __ATOMIC_SEQ_CST); /* 0 in a fork child */
	}
}

void prism_map_drop(prism_buffer *b) {
	if (b->live) live_count(b->live, false);
	prism_pages_free(b->live);
	free(b->block);
	b->live = NULL;
	b->block = b->map = NULL;
	b->stale_from = b->stale_to = 0;
}

void prism_map_leave(prism_client *c, uint32_t serial) {
	if (!__atomic_load_n(&prism_maps_live, __ATOMIC_RELAXED)) return;
	prism_lock(c);
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	bool live = b && b->live;
	prism_unlock(c);
	if (!live) return;
	prism_commit(false); /* with what the commands packed so far read */
	pthread_mutex_lock(&maps_mu);
	prism_lock(c);
	b = prism_map_ptr(&c->sh->buffers, serial);
	if (b && b->live) {
		list_remove(c->sh, b);
		prism_map_drop(b);
	}
	prism_unlock(c);
	pthread_mutex_unlock(&maps_mu);
}

/* What nodes wrote of one map, into the app's memory. maps_mu held; false: lost. */
static bool fetch(prism_client *c, prism_buffer *b) {
	prism_lock(c);
	int64_t from = b->exposed ? b->map_offset : b->stale_from, to = b->exposed ? b->map_offset + b->map_length : b->stale_to;
	if (from < b->map_offset) from = b->map_offset;
	if (to > b->map_offset + b->map_length) to = b->map_offset + b->map_length;
	b->stale_from = b->stale_to = 0;
	prism_unlock(c);
	const int64_t most = 16 << 20;
	void *buf = from < to ? malloc((size_t)(to - from < most ? to - from : most)) : NULL;
	if (from < to && !buf) {
		prism_error(GL_OUT_OF_MEMORY);
		return false;
	}
	bool ok = true;
	for (int64_t k; ok && from < to; from += k) {
		k = to - from < most ? to - from : most;
		ok = prism_buffer_ask(b->serial, from, k, buf);
		if (ok) prism_pages_merge(b->live, (size_t)(from - b->map_offset + b->map_lead), buf, (size_t)k);
	}
	free(buf);
	return ok;
}

/* Writes of the app's meanwhile are not lost: maps_mu stays held, so that nobody sends them before the answer is there, and merging leaves
 * them. The questions' own chunks must not look for changes; those from before are sent first. */
void prism_maps_synced(prism_client *c) {
	if (PRISM_LIKELY(!__atomic_load_n(&prism_maps_live, __ATOMIC_RELAXED)) || prism_lost_now()) return;
	prism_packs_live(c);
	prism_thread_state *s = (prism_thread_state *)prism_t;
	pthread_mutex_lock(&maps_mu);
	bool any = false;
	prism_lock(c);
	for (uint32_t i = 0; i < c->sh->maps_n; i++) {
		const prism_buffer *b = c->sh->maps[i];
		any |= b->stale_from < b->stale_to || (b->exposed && b->map_access & GL_MAP_READ_BIT);
	}
	prism_unlock(c);
	if (any) {
		prism_ahead(take_all, c->sh);
		s->ahead = true;
		for (uint32_t i = 0; i < c->sh->maps_n; i++) {
			prism_buffer *b = c->sh->maps[i];
			if (b->stale_from < b->stale_to || (b->exposed && b->map_access & GL_MAP_READ_BIT))
				if (!fetch(c, b)) break;
		}
		s->ahead = false;
	}
	pthread_mutex_unlock(&maps_mu);
}

/* ---- mapping ---- */

static GLenum map_error(const prism_buffer *b, int64_t offset, int64_t length, GLbitfield access) {
	const GLbitfield known = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT | GL_MAP_FLUSH_EXPLICIT_BIT |
	                         GL_MAP_UNSYNCHRONIZED_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
	const GLbitfield store = GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
	if (offset < 0 || length < 0) return GL_INVALID_VALUE;
	if (!length) return GL_INVALID_OPERATION;
	if (access & ~known) return GL_INVALID_VALUE;
	if (!(access & (GL_MAP_READ_BIT | GL_MAP_WRITE_BIT))) return GL_INVALID_OPERATION;
	if (access & GL_MAP_READ_BIT && access & (GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT | GL_MAP_UNSYNCHRONIZED_BIT)) return GL_INVALID_OPERATION;
	if (access & GL_MAP_FLUSH_EXPLICIT_BIT && !(access & GL_MAP_WRITE_BIT)) return GL_INVALID_OPERATION;
	if (access & store & ~b->storage) return GL_INVALID_OPERATION;
	if (offset > b->size || length > b->size - offset) return GL_INVALID_VALUE;
	return b->map ? GL_INVALID_OPERATION : 0;
}

/* Memory of n bytes whose address is as far from a multiple of 64 as offset is. */
static uint8_t *block_of(int64_t offset, int64_t n, uint8_t **map) {
	size_t lead = (size_t)offset & 63;
	uint8_t *p = aligned_alloc(64, (lead + (size_t)n + 63) / 64 * 64);
	if (p) memset(p, 0, lead + (size_t)n);
	*map = p ? p + lead : NULL;
	return p;
}

typedef struct mapping {
	uint32_t serial;
	int64_t offset, length, size;
	GLbitfield access;
	/* As the buffer was when it was looked at. */
	bool known, zeros, exposed, large;
	/* What becomes the buffer's. */
	prism_pages *pages, *live;
	uint8_t *block, *map, *shadow;
	bool pages_true;
} mapping;

/* Memory for the map, with the contents where they matter and are not known here. false: no memory, or lost. */
static bool prepare(mapping *m) {
	const bool fresh = m->access & (GL_MAP_INVALIDATE_RANGE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT), writes = m->access & GL_MAP_WRITE_BIT;
	const bool ask = !fresh && !m->known && !m->zeros, whole = !m->offset && m->length == m->size;
	if (m->access & GL_MAP_PERSISTENT_BIT) {
		int64_t lead = m->offset & 63;
		if (!(m->live = prism_pages_new((size_t)(lead + m->length), true))) return false;
		m->map = m->live->mem + lead;
		/* Unlike with a map that ends, what is not written must be right, too: it is compared with. */
		if (m->known || m->zeros) return true;
		if (!prism_buffer_ask(m->serial, m->offset, m->length, m->map)) return false;
		prism_pages_settle(m->live, 0, m->live->bytes);
		return true;
	}
	if (m->large && (writes || m->known || m->zeros || (whole && !m->exposed))) {
		if (!m->pages && !(m->pages = prism_pages_new((size_t)m->size, false))) return false;
		m->map = m->pages->mem + m->offset;
		m->pages_true = m->known || m->zeros;
		if (!ask) return true;
		int64_t from = m->exposed ? m->offset : 0, n = m->exposed ? m->length : m->size;
		if (!prism_buffer_ask(m->serial, from, n, m->pages->mem + from)) return false;
		prism_pages_settle(m->pages, (size_t)from, (size_t)n);
		m->pages_true = !m->exposed;
		return true;
	}
	if (!(m->block = block_of(m->offset, m->length, &m->map))) return false;
	if (!ask) return true;
	if (m->large || m->exposed) return prism_buffer_ask(m->serial, m->offset, m->length, m->map);
	m->shadow = malloc((size_t)m->size);
	return m->shadow && prism_buffer_ask(m->serial, 0, m->size, m->shadow);
}

static void *map_range(prism_client *c, uint32_t serial, int64_t offset, int64_t length, GLbitfield access) {
	if (!serial) return NULL;
	prism_packs_take(c, serial);
	mapping m = {.serial = serial, .offset = offset, .length = length, .access = access};
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = b ? map_error(b, offset, length, access) : GL_OUT_OF_MEMORY;
	if (!error) {
		m.size = b->size;
		m.known = prism_buffer_known(b);
		m.exposed = b->exposed;
		m.zeros = b->undefined && !b->exposed;
		m.large = b->size >= PRISM_PAGES_LEAST && !b->shadow;
		if (m.large && !(access & GL_MAP_PERSISTENT_BIT)) { /* ours until it is mapped, so that no other thread frees it */
			m.pages = b->pages;
			b->pages = NULL;
		}
	}
	prism_unlock(c);
	const bool persistent = access & GL_MAP_PERSISTENT_BIT, unsent = b && b->unsent;
	if (!error && persistent && unsent) prism_buffer_share(c, serial); /* its memory may not be all of the map's */
	if (!error && persistent) prism_commit(false); /* so that what goes ahead of the next chunk finds the buffer */
	if (!error && !prepare(&m)) error = GL_OUT_OF_MEMORY;
	pthread_mutex_lock(&maps_mu);
	prism_lock(c);
	b = error ? NULL : prism_map_ptr(&c->sh->buffers, serial);
	if (!error && (!b || b->map || b->size != m.size || b->pages)) {
		if (!b || b->map || b->size != m.size || m.pages) error = GL_INVALID_OPERATION; /* another thread was faster */
	}
	if (!error && persistent && !list_add(c->sh, b)) error = GL_OUT_OF_MEMORY;
	if (error) {
		b = prism_map_ptr(&c->sh->buffers, serial);
		if (b && m.pages && !b->pages && m.size == b->size && m.known) b->pages = m.pages;
		else prism_pages_free(m.pages);
		prism_pages_free(m.live);
		free(m.block);
		free(m.shadow);
	} else {
		const uint8_t *known = prism_buffer_known(b);
		if (m.live) {
			if (known) {
				memcpy(m.map, known + offset, (size_t)length);
				prism_pages_settle(m.live, 0, m.live->bytes);
			}
			live_count(m.live, true);
			m.live->rewrites = b->exposed && !(access & GL_MAP_READ_BIT);
			free(b->shadow);
			prism_pages_free(b->pages);
			b->shadow = NULL;
			b->pages = NULL;
			b->pages_true = false;
			b->undefined = false;
		} else if (m.pages) {
			b->pages = m.pages;
			b->pages_true = m.pages_true && !b->exposed;
		} else {
			if (m.shadow && !b->shadow && !b->exposed) {
				b->shadow = m.shadow;
				m.shadow = NULL;
			}
			const uint8_t *from = b->shadow ? b->shadow : m.shadow;
			if (from) memcpy(m.map, from + offset, (size_t)length);
			free(m.shadow);
		}
		b->live = m.live;
		b->block = m.block;
		b->map = m.map;
		b->map_offset = offset;
		b->map_length = length;
		b->map_lead = offset & 63;
		b->map_access = access;
		b->stale_from = b->stale_to = 0;
	}
	prism_unlock(c);
	pthread_mutex_unlock(&maps_mu);
	if (error) prism_error(error);
	return error ? NULL : m.map;
}

/* ---- sending what was written ---- */

typedef struct sending { uint32_t serial; int64_t base; } sending;
static void send_run(void *arg, size_t from, const uint8_t *at, size_t n) {
	const sending *s = arg;
	prism_buffer_send(s->serial, s->base + (int64_t)from, at, (int64_t)n);
}

/* [from, from + n) of a map that is not persistent: what changed there, or all of it where that is not known. GL lets nobody else touch the
 * buffer meanwhile. */
static void send_map(prism_client *c, prism_buffer *b, int64_t from, int64_t n) {
	int64_t at = b->map_offset + from;
	const bool kernel = b->pages && !b->block && b->pages->way == PRISM_PAGES_KERNEL;
	if (!b->block && b->pages && (kernel || b->pages_true)) {
		sending s = {b->serial, 0};
		prism_pages_take(b->pages, (size_t)at, (size_t)n, PRISM_RUN_GAP, send_run, &s);
	} else if (b->block && b->shadow) {
		sending s = {b->serial, at};
		prism_pages_diff(b->map + from, b->shadow + at, (size_t)n, PRISM_RUN_GAP, send_run, &s);
	} else {
		prism_buffer_send(b->serial, at, b->map + from, n);
		if (!b->block && b->pages) {
			prism_pages_settle(b->pages, (size_t)at, (size_t)n);
			b->pages_true = !b->exposed && !at && n == b->size;
		}
	}
	(void)c;
}

static void flush_range(prism_client *c, uint32_t serial, int64_t offset, int64_t length) {
	if (!serial) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	GLenum error = !b ? GL_OUT_OF_MEMORY : offset < 0 || length < 0 ? GL_INVALID_VALUE : !b->map || !(b->map_access & GL_MAP_FLUSH_EXPLICIT_BIT) ? GL_INVALID_OPERATION :
	               offset > b->map_length || length > b->map_length - offset ? GL_INVALID_VALUE : 0;
	bool live = b && b->live;
	prism_unlock(c);
	if (error) prism_error(error);
	else if (!live && length) send_map(c, b, offset, length);
}

static GLboolean unmap(prism_client *c, uint32_t serial) {
	if (!serial) return GL_FALSE;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	bool mapped = b && b->map, live = b && b->live;
	GLbitfield access = b ? b->map_access : 0;
	prism_unlock(c);
	if (!mapped) {
		prism_error(GL_INVALID_OPERATION);
		return GL_FALSE;
	}
	if (live) {
		prism_packs_take(c, serial);
		if (b->unsent) prism_buffer_share(c, serial); /* nowhere else is it kept */
		prism_commit(false); /* what the commands packed so far read must be before them */
		pthread_mutex_lock(&maps_mu);
		take_live(b);
		list_remove(c->sh, b);
		pthread_mutex_unlock(&maps_mu);
	} else if (access & GL_MAP_WRITE_BIT && !(access & GL_MAP_FLUSH_EXPLICIT_BIT)) {
		send_map(c, b, 0, b->map_length);
	}
	prism_lock(c);
	if (access & GL_MAP_WRITE_BIT) b->undefined = false;
	prism_map_drop(b);
	prism_unlock(c);
	return GL_TRUE;
}

/* ---- entry points ---- */

static uint32_t bound(prism_client *c, GLenum target) {
	prism_bound *at = prism_binding(c, target);
	if (!at || !at->serial) prism_error(at ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
	return at ? at->serial : 0;
}

void *APIENTRY prism_gl_MapBufferRange(GLenum target, GLintptr offset, GLsizeiptr length, GLbitfield access) {
	prism_client *c = prism_client_out();
	return c ? map_range(c, bound(c, target), offset, length, access) : NULL;
}
void *APIENTRY prism_gl_MapNamedBufferRange(GLuint buffer, GLintptr offset, GLsizeiptr length, GLbitfield access) {
	prism_client *c = prism_client_out();
	return c ? map_range(c, prism_buffer_serial(buffer), offset, length, access) : NULL;
}

static void *map_whole(prism_client *c, uint32_t serial, GLenum access) {
	if (!serial) return NULL;
	GLbitfield bits = access == GL_READ_ONLY ? GL_MAP_READ_BIT : access == GL_WRITE_ONLY ? GL_MAP_WRITE_BIT : access == GL_READ_WRITE ? GL_MAP_READ_BIT | GL_MAP_WRITE_BIT : 0;
	if (!bits || (c->es && access != GL_WRITE_ONLY)) { /* GL_OES_mapbuffer only writes */
		prism_error(GL_INVALID_ENUM);
		return NULL;
	}
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	int64_t size = b ? b->size : 0;
	prism_unlock(c);
	if (size) return map_range(c, serial, 0, size, bits);
	prism_error(GL_OUT_OF_MEMORY);
	return NULL;
}
void *APIENTRY prism_gl_MapBuffer(GLenum target, GLenum access) {
	prism_client *c = prism_client_out();
	return c ? map_whole(c, bound(c, target), access) : NULL;
}
void *APIENTRY prism_gl_MapNamedBuffer(GLuint buffer, GLenum access) {
	prism_client *c = prism_client_out();
	return c ? map_whole(c, prism_buffer_serial(buffer), access) : NULL;
}

void APIENTRY prism_gl_FlushMappedBufferRange(GLenum target, GLintptr offset, GLsizeiptr length) {
	prism_client *c = prism_client_out();
	if (c) flush_range(c, bound(c, target), offset, length);
}
void APIENTRY prism_gl_FlushMappedNamedBufferRange(GLuint buffer, GLintptr offset, GLsizeiptr length) {
	prism_client *c = prism_client_out();
	if (c) flush_range(c, prism_buffer_serial(buffer), offset, length);
}

GLboolean APIENTRY prism_gl_UnmapBuffer(GLenum target) {
	prism_client *c = prism_client_out();
	return c ? unmap(c, bound(c, target)) : GL_FALSE;
}
GLboolean APIENTRY prism_gl_UnmapNamedBuffer(GLuint buffer) {
	prism_client *c = prism_client_out();
	return c ? unmap(c, prism_buffer_serial(buffer)) : GL_FALSE;
}

static void pointer(prism_client *c, uint32_t serial, GLenum pname, void **params) {
	if (!serial) return;
	if (pname != GL_BUFFER_MAP_POINTER) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b) *params = b->map;
	prism_unlock(c);
}
void APIENTRY prism_gl_GetBufferPointerv(GLenum target, GLenum pname, void **params) {
	prism_client *c = prism_client_out();
	if (c) pointer(c, bound(c, target), pname, params);
}
void APIENTRY prism_gl_GetNamedBufferPointerv(GLuint buffer, GLenum pname, void **params) {
	prism_client *c = prism_client_out();
	if (c) pointer(c, prism_buffer_serial(buffer), pname, params);
}
