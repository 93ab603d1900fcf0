/* Pixels into a buffer (GL_PIXEL_PACK_BUFFER): the question goes out at once and its answer is taken when somebody wants the bytes, often frames
 * later, when it has long been there. Then they stand in what the driver knows of the buffer, and the nodes, each of which drew a part of the
 * picture, have not got them. As long as the buffer was never bound elsewhere than for packing they need not; the first command that
 * names it otherwise sends them (prism_buffer_share).
 *
 * packs_mu is held while answers are awaited, so that no other thread takes the buffer's bytes before them. Order: packs_mu → maps_mu → sh->mu.
 */
#include "buffers.h"
#include "runtime.h"
#include <stdlib.h>

/* Each holds a reply slot, of which a process has 16 (prism_ring.h). */
#define PACKS_MOST 6

typedef struct prism_pack prism_pack;
struct prism_pack {
	struct prism_pack *next; /* the group's, oldest first */
	uint32_t serial;
	prism_ask q;
	int64_t offset;
	prism_store store;
	GLsizei w, h;
	GLenum format, type;
};

static pthread_mutex_t packs_mu = PTHREAD_MUTEX_INITIALIZER;
static uint32_t packs; /* atomic: of all groups */

void prism_packs_fork_child(void) {
	pthread_mutex_init(&packs_mu, NULL);
	packs = prism_buffers_packing = 0;
}

/* What is kept for the buffer's bytes, made if there is none; NULL: they cannot be known here. sh->mu held. */
static uint8_t *home(prism_buffer *b) {
	if (b->exposed || !b->packing) return NULL;
	if (b->live) return !b->map_offset && b->map_length == b->size && b->stale_from >= b->stale_to ? b->map : NULL;
	if (prism_buffer_known(b)) return (uint8_t *)(uintptr_t)prism_buffer_known(b);
	if (!b->undefined || b->map || b->size <= 0) return NULL;
	if (b->size < PRISM_PAGES_LEAST) return b->shadow = calloc(1, (size_t)b->size);
	if (!b->pages && !(b->pages = prism_pages_new((size_t)b->size, false))) return NULL;
	b->pages_true = true;
	return b->pages->mem;
}

/* The bytes of one answer, where they belong. sh->mu held. */
static void deliver(prism_buffer *b, const prism_pack *k, const uint8_t *tight, uint64_t bytes) {
	uint8_t *to = home(b);
	if (!to || bytes < prism_len_image(k->w, k->h, 1, k->format, k->type)) return; /* an error that the node reports */
	const prism_layout l = prism_image_layout(&k->store, 2, k->w, k->h, k->format, k->type);
	const int64_t from = k->offset + (int64_t)l.start, n = (int64_t)(l.row * ((uint64_t)k->h - 1) + l.tight_row);
	if (from < 0 || from + n > b->size) return; /* a new store, meanwhile */
	b->unsent = true;
	b->undefined = false;
	if (!b->live) {
		prism_image_scatter(to + k->offset, tight, &l, k->w, k->h, 1);
		if (b->pages) prism_pages_settle(b->pages, (size_t)from, (size_t)n);
		return;
	}
	for (GLsizei y = 0; y < k->h; y++) /* the app may write beside it */
		prism_pages_merge(b->live, (size_t)(from + (int64_t)l.row * y + b->map_lead), tight + l.tight_row * (uint64_t)y, l.tight_row);
}

/* Takes the oldest answer for a buffer, or for any; false: there is none. packs_mu held. */
static bool take_one(prism_client *c, uint32_t serial) {
	prism_lock(c);
	prism_pack **at = &c->sh->packs;
	while (*at && serial && (*at)->serial != serial) at = &(*at)->next;
	prism_pack *k = *at;
	if (k) *at = k->next;
	prism_unlock(c);
	if (!k) return false;
	if (prism_ask_wait(&k->q)) {
		const void *p;
		uint32_t n = prism_ask_peek(&k->q, &p);
		prism_lock(c);
		prism_buffer *b = prism_map_ptr(&c->sh->buffers, k->serial);
		if (b && n) deliver(b, k, p, n);
		prism_unlock(c);
	}
	prism_ask_end(&k->q);
	__atomic_sub_fetch(&packs, 1, __ATOMIC_RELAXED);
	free(k);
	return true;
}

void prism_packs_take(prism_client *c, uint32_t serial) {
	if (PRISM_LIKELY(!__atomic_load_n(&packs, __ATOMIC_RELAXED))) return;
	pthread_mutex_lock(&packs_mu);
	while (take_one(c, serial)) {}
	pthread_mutex_unlock(&packs_mu);
}

void prism_packs_end(prism_pack *k) {
	for (prism_pack *n; k; k = n) {
		n = k->next;
		prism_ask_wait(&k->q); /* a slot must not be asked with again before its answer is there */
		prism_ask_end(&k->q);
		__atomic_sub_fetch(&packs, 1, __ATOMIC_RELAXED);
		free(k);
	}
}

void prism_packs_live(prism_client *c) {
	if (PRISM_LIKELY(!__atomic_load_n(&packs, __ATOMIC_RELAXED))) return;
	for (;;) {
		prism_lock(c);
		prism_pack *k = c->sh->packs;
		uint32_t serial = 0;
		for (; k && !serial; k = k->next) {
			const prism_buffer *b = prism_map_ptr(&c->sh->buffers, k->serial);
			if (b && b->live) serial = k->serial;
		}
		prism_unlock(c);
		if (!serial) return;
		prism_packs_take(c, serial);
	}
}

/* ---- buffers that are for packing ---- */

uint32_t prism_buffers_packing;

void prism_buffer_packing(prism_client *c, uint32_t serial) {
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b && !b->packing && !b->size && !b->exposed) {
		b->packing = true;
		__atomic_add_fetch(&prism_buffers_packing, 1, __ATOMIC_RELAXED);
	}
	prism_unlock(c);
}

void prism_buffer_share(prism_client *c, uint32_t serial) {
	if (!serial || !__atomic_load_n(&prism_buffers_packing, __ATOMIC_RELAXED)) return;
	prism_packs_take(c, serial);
	prism_lock(c);
	prism_buffer *b = prism_map_ptr(&c->sh->buffers, serial);
	const uint8_t *from = b && b->unsent ? home(b) : NULL;
	const int64_t size = from ? b->size : 0;
	if (b && b->packing) {
		b->packing = b->unsent = false;
		__atomic_sub_fetch(&prism_buffers_packing, 1, __ATOMIC_RELAXED);
	}
	prism_unlock(c);
	if (from) prism_buffer_send(serial, 0, from, size); /* nobody may write the buffer from another thread now */
}

void prism_buffer_named(uint32_t serial) {
	prism_client *c = prism_client_now();
	if (c) prism_buffer_share(c, serial);
}

bool prism_pack_later(prism_client *c, uint32_t serial, GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, int64_t offset) {
	const uint64_t tight = prism_len_image(w, h, 1, format, type);
	if (!tight || type == GL_BITMAP || prism_len_row(w, format, type) > INT32_MAX) return false;
	const prism_layout l = prism_image_layout(&c->pack, 2, w, h, format, type);
	if (l.unit != 1) return false;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	/* Wrong, or nothing to keep it in: the caller asks and waits, as for other memory. */
	bool ok = b && !prism_buffer_closed(b) && offset >= 0 && offset + (int64_t)l.start + (int64_t)(l.row * ((uint64_t)h - 1) + l.tight_row) <= b->size && home(b);
	prism_unlock(c);
	prism_pack *k = ok ? calloc(1, sizeof *k) : NULL;
	if (!k) return false;
	if (__atomic_add_fetch(&packs, 1, __ATOMIC_RELAXED) > PACKS_MOST) {
		pthread_mutex_lock(&packs_mu);
		take_one(c, 0); /* another group's stay: then a few more wait */
		pthread_mutex_unlock(&packs_mu);
	}
	if (__atomic_load_n(&packs, __ATOMIC_RELAXED) > PACKS_MOST || !prism_ask_begin(&k->q)) {
		__atomic_sub_fetch(&packs, 1, __ATOMIC_RELAXED);
		free(k);
		return false;
	}
	prism_put_glReadPixels(k->q.id, x, y, w, h, format, type);
	prism_commit(true);
	k->q.later = true;
	k->serial = serial;
	k->offset = offset;
	k->store = c->pack;
	k->w = w;
	k->h = h;
	k->format = format;
	k->type = type;
	prism_lock(c);
	prism_pack **at = &c->sh->packs;
	while (*at) at = &(*at)->next;
	*at = k;
	prism_unlock(c);
	return true;
}
