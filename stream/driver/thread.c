/* Threads of the app: their chunks, and how chunks get into the ring. */
#define _GNU_SOURCE
#include <stdlib.h>
#include "window.h"

/* A thread that never made a context current packs into this: it has no room. */
static prism_thread nobody;
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &nobody;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_ok;

/* A chunk is committed when it has so much, long before its limit: the splitter then works while the app packs on, and the
 * buffer stays in the core's cache. A record that is larger gets the whole chunk. */
#define CHUNK_SOFT (64u << 10)

/* A thread may have this part of the blocks that no other holds in a chunk which is not committed. Each leaves 4/5 of them, so that some 20
 * threads may stop with as much packed as they may, and there are blocks yet. */
#define BLOCK_SHARE 4

uint32_t prism_maps_live, prism_maps_compared;

static void make_key(void) { key_ok = pthread_key_create(&key, prism_thread_end) == 0; }

prism_thread_state *prism_thread_get(void) {
	if (prism_t != &nobody) return (prism_thread_state *)prism_t;
	pthread_once(&key_once, make_key);
	if (!key_ok) return NULL;
	prism_thread_state *s = calloc(1, sizeof *s);
	if (!s) return NULL;
	s->buf = malloc(sizeof(prism_chunk) + PRISM_MAX_CHUNK);
	if (!s->buf || pthread_setspecific(key, s)) {
		free(s->buf);
		free(s);
		return NULL;
	}
	s->t.base = s->buf + sizeof(prism_chunk);
	s->t.cur = s->t.end = s->t.base;
	s->t.id = __atomic_add_fetch(&prism_p.next_thread, 1, __ATOMIC_RELAXED);
	prism_t = &s->t;
	return s;
}

static bool is_open(const prism_thread_state *s) { return (s->t.ctx || s->core) && !prism_lost_now(); }

/* Takes `counts` off a block of the arena; who waits for one looks again when nobody has it any more. */
static void drop_block(uint32_t block, uint32_t counts) {
	prism_ctl *c = prism_p.ctl;
	if (__atomic_sub_fetch(&c->block[block], counts, __ATOMIC_RELEASE) || !prism_load(&c->writer_waits)) return;
	__atomic_add_fetch(&c->wake_writer, 1, __ATOMIC_SEQ_CST);
	prism_futex_wake(&c->wake_writer);
}

static void close_block(prism_thread_state *s) {
	if (!s->open) return;
	if (prism_p.ctl) drop_block(s->open - 1, PRISM_BLOCK_OPEN - s->open_refs);
	s->open = 0;
}

void prism_thread_reset(prism_thread_state *s) {
	s->emitted += s->t.records;
	s->t.cur = s->t.base;
	s->t.records = 0;
	s->t.item = s->t.item_end = NULL;
	__atomic_sub_fetch(&prism_p.held_all, s->held, __ATOMIC_RELAXED);
	s->held = 0;
	close_block(s);
	s->began = s->t.in_begin;
	s->t.end = s->t.base + (!is_open(s) ? 0 : PRISM_LIKELY(!__atomic_load_n(&prism_maps_compared, __ATOMIC_RELAXED)) ? CHUNK_SOFT : PRISM_MAX_CHUNK);
}

void prism_thread_fork_child(void) {
	prism_maps_live = prism_maps_compared = 0; /* the parent's; so is what is written into them */
	if (prism_t != &nobody) prism_thread_reset((prism_thread_state *)prism_t);
}

void prism_thread_end(void *state) {
	prism_thread_state *s = state;
	if (prism_t == &s->t) {
		if (s->t.ctx) prism_context_make_current(NULL, 0, 0);
		prism_drawable_hold(NULL, NULL);
		if (!prism_lost_now() && prism_core_open()) {
			prism_put_prismThreadEnd(s->t.id);
			prism_core_close(false);
		}
		prism_t = &nobody;
	}
	for (struct prism_scratch *b = s->scratch, *n; b; b = n) {
		n = b->next;
		free(b);
	}
	free(s->buf);
	free(s);
}

/* Tells the reader that head has moved. */
static void wake_reader(void) {
	prism_ctl *c = prism_p.ctl;
	__atomic_add_fetch(&c->wake_reader, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&c->reader_waits, __ATOMIC_SEQ_CST)) prism_futex_wake(&c->wake_reader);
}

/* Waits for the reader to move tail or to free a block, unless it did so since wake_writer was `seen`. false: lost. */
static bool wait_reader(uint32_t seen) {
	prism_ctl *c = prism_p.ctl;
	__atomic_add_fetch(&c->writer_waits, 1, __ATOMIC_SEQ_CST);
	bool ok = prism_futex_wait(&c->wake_writer, seen);
	__atomic_sub_fetch(&c->writer_waits, 1, __ATOMIC_SEQ_CST);
	return ok;
}

/* Copies one chunk into the ring if there is room now: 1 done, 0 no room, -1 the splitter wrote nonsense. mu held. */
static int put_chunk(const uint8_t *chunk, uint32_t bytes) {
	prism_process *p = &prism_p;
	for (;;) {
		uint64_t used = p->head - __atomic_load_n(&p->ctl->tail, __ATOMIC_ACQUIRE);
		if (used > p->ring_bytes) return -1;
		uint32_t room = p->ring_bytes - (uint32_t)used;
		uint32_t at = (uint32_t)p->head & (p->ring_bytes - 1);
		uint32_t to_end = p->ring_bytes - at;
		if (to_end >= bytes) {
			if (room < bytes) return 0;
			prism_chunk h;
			memcpy(&h, chunk, sizeof h);
			h.seq = ++p->seq;
			memcpy(p->ring + at, &h, sizeof h);
			memcpy(p->ring + at + sizeof h, chunk + sizeof h, bytes - sizeof h);
			p->head += bytes;
			__atomic_store_n(&p->ctl->head, p->head, __ATOMIC_RELEASE);
			return 1;
		}
		if (room < to_end) return 0;
		if (to_end >= sizeof(prism_chunk)) {
			prism_chunk skip = {.magic = PRISM_SKIP_MAGIC, .bytes = to_end - (uint32_t)sizeof skip};
			memcpy(p->ring + at, &skip, sizeof skip);
		}
		p->head += to_end;
		__atomic_store_n(&p->ctl->head, p->head, __ATOMIC_RELEASE);
	}
}

/* Does a chunk hold nothing but prism's own records that read no buffer? Then what the app wrote since is for the next one. */
static bool reads_nothing(const prism_thread_state *s) {
	for (const uint8_t *p = s->t.base; p < s->t.cur;) {
		uint64_t h;
		memcpy(&h, p, sizeof h);
		switch ((uint16_t)(h >> 32)) {
		case PRISM_OP_prismSwap: case PRISM_OP_prismFinish: case PRISM_OP_prismFence: case PRISM_OP_prismMakeCurrent: case PRISM_OP_prismDrawableCreate:
		case PRISM_OP_prismDrawableResize: case PRISM_OP_prismDrawableDestroy: case PRISM_OP_prismContextCreate: case PRISM_OP_prismContextDestroy:
			break;
		default: return false;
		}
		p += (uint32_t)h;
	}
	return true;
}

static uint32_t ahead_thread; /* its number; bytes staged for these records must not mix with the app's */
static uint8_t *ahead_buf;

void prism_ahead(void (*fn)(void *), void *arg) {
	prism_thread_state *s = (prism_thread_state *)prism_t;
	if (!ahead_buf && !(ahead_buf = malloc(sizeof(prism_chunk) + PRISM_MAX_CHUNK))) {
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	if (!ahead_thread) ahead_thread = __atomic_add_fetch(&prism_p.next_thread, 1, __ATOMIC_RELAXED);
	const prism_thread_state was = *s;
	s->ahead = true;
	s->t.id = ahead_thread;
	s->buf = ahead_buf;
	s->t.base = s->t.cur = ahead_buf + sizeof(prism_chunk);
	s->t.in_begin = false;
	s->held = s->open = 0;
	prism_thread_reset(s);
	fn(arg);
	prism_commit(false);
	/* Blocks and scratch belong to the command under way, which knows nothing of this. */
	struct prism_scratch *scratch = s->scratch;
	*s = was;
	s->scratch = scratch;
	if (prism_lost_now()) prism_thread_reset(s);
}

void prism_commit(bool urgent) {
	if (prism_t == &nobody) return;
	prism_thread_state *s = (prism_thread_state *)prism_t;
	prism_process *p = &prism_p;
	prism_span_close();
	uint32_t bytes = (uint32_t)(s->t.cur - s->t.base);
	/* What the app wrote into mappings before the commands of this chunk must be seen by them. What it has overwritten since, they may see
	 * either way: GL promises nothing without a fence, and a fence ends a chunk. So one look a chunk is enough, not one a draw. */
	if (PRISM_UNLIKELY(__atomic_load_n(&prism_maps_live, __ATOMIC_RELAXED)) && bytes && s->t.ctx && !s->ahead && !s->began && !reads_nothing(s)) {
		prism_maps_ahead();
		bytes = (uint32_t)(s->t.cur - s->t.base);
	}
	if (!bytes || prism_lost_now()) {
		prism_thread_reset(s);
		return;
	}
	if (s->t.ctx) prism_kept_commit(s->t.ctx->client, s->t.base, s->t.cur);
	prism_chunk *h = (prism_chunk *)s->buf;
	*h = (prism_chunk){.magic = PRISM_CHUNK_MAGIC, .bytes = bytes, .thread = s->t.id, .ctx = s->t.ctx ? s->t.ctx->serial : 0,
		.records = s->t.records, .flags = urgent ? PRISM_CHUNK_URGENT : 0, .draw = s->draw, .read = s->read};
	for (;;) {
		if (prism_load(&p->ctl->lost) && !prism_alive()) break;
		uint32_t seen = prism_load(&p->ctl->wake_writer);
		pthread_mutex_lock(&p->mu);
		uint64_t before = p->head;
		int done = put_chunk(s->buf, bytes + (uint32_t)sizeof *h);
		bool moved = p->head != before;
		pthread_mutex_unlock(&p->mu);
		if (moved) wake_reader();
		if (done > 0) break;
		if (done < 0) {
			prism_lose("the session's ring is corrupt");
			break;
		}
		if (!wait_reader(seen)) break;
	}
	prism_thread_reset(s);
}

/* No command is under way any more that scratch could belong to. */
static void scratch_reset(prism_thread_state *s) {
	struct prism_scratch *b = s->scratch;
	if (!b) return;
	b->used = 0;
	while (b->next) { /* the newest, first in the list, is the largest */
		struct prism_scratch *old = b->next;
		b->next = old->next;
		free(old);
	}
}

void *prism_room(uint32_t bytes) {
	if (prism_t == &nobody) return NULL;
	prism_thread_state *s = (prism_thread_state *)prism_t;
	if (s->t.item) {
		prism_span_close();
		if ((size_t)(s->t.end - s->t.cur) >= bytes) return s->t.cur;
	}
	if (is_open(s)) {
		if (bytes > PRISM_MAX_RECORD) {
			prism_error(GL_OUT_OF_MEMORY);
			return NULL;
		}
		prism_commit(false);
		if (is_open(s)) {
			if (bytes > CHUNK_SOFT) s->t.end = s->t.base + PRISM_MAX_CHUNK;
			return s->t.cur;
		}
	}
	prism_thread_reset(s);
	scratch_reset(s);
	return NULL;
}

bool prism_core_open(void) {
	prism_thread_state *s = prism_lost_now() ? NULL : prism_thread_get();
	if (!s) return false;
	prism_span_close();
	s->core = true;
	if (s->t.end == s->t.base) prism_thread_reset(s);
	return true;
}

void prism_core_close(bool urgent) {
	prism_thread_state *s = (prism_thread_state *)prism_t;
	s->core = false; /* first: the commit leaves the buffer open only for a context */
	prism_commit(urgent);
}

void *prism_scratch(size_t bytes) {
	prism_thread_state *s = prism_thread_get();
	if (s) {
		uint64_t now = s->emitted + s->t.records;
		if (now != s->scratch_mark) scratch_reset(s);
		s->scratch_mark = now;
		bytes = (bytes + 15) & ~(size_t)15;
		struct prism_scratch *b = s->scratch;
		if (b && b->cap - b->used >= bytes) {
			void *p = (uint8_t *)(b + 1) + b->used;
			b->used += bytes;
			return p;
		}
		size_t cap = b ? b->cap * 2 : 64u << 10;
		if (cap < bytes) cap = bytes;
		if (cap <= 2ull * PRISM_MAX_STAGED && (b = malloc(sizeof *b + cap))) {
			*b = (struct prism_scratch){.next = s->scratch, .cap = cap, .used = bytes};
			s->scratch = b;
			return b + 1;
		}
	}
	prism_error(GL_OUT_OF_MEMORY);
	return NULL;
}

/* A free block of the arena becomes the one that s fills; false: lost. What this thread has packed is committed before it waits: the splitter
 * gives bytes back only when it reads the records that name them. For the same reason no thread keeps more than its share in a chunk that is not
 * committed: it may itself be waiting for the thread that needs a block. */
static bool open_block(prism_thread_state *s) {
	prism_process *p = &prism_p;
	close_block(s);
	uint32_t others = __atomic_load_n(&p->held_all, __ATOMIC_RELAXED) - s->held;
	if (s->held && (others >= p->blocks || s->held >= (p->blocks - others) / BLOCK_SHARE)) prism_commit(false);
	for (;;) {
		if (prism_lost_now()) return false;
		uint32_t seen = prism_load(&p->ctl->wake_writer);
		uint32_t from = __atomic_fetch_add(&p->next_block, 1, __ATOMIC_RELAXED);
		for (uint32_t i = 0; i < p->blocks; i++) {
			uint32_t b = (from + i) % p->blocks, is_free = 0;
			if (__atomic_load_n(&p->ctl->block[b], __ATOMIC_RELAXED)) continue;
			if (__atomic_compare_exchange_n(&p->ctl->block[b], &is_free, PRISM_BLOCK_OPEN, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
				__atomic_add_fetch(&p->held_all, 1, __ATOMIC_RELAXED);
				s->held++;
				s->open = b + 1;
				s->open_used = s->open_refs = 0;
				return true;
			}
		}
		if (prism_packed()) prism_commit(false);
		else if (!wait_reader(seen)) return false;
	}
}

/* Room for n bytes, at most a block, in the arena, held for a prismDataRef; NULL: lost. */
static uint8_t *claim_bytes(prism_thread_state *s, uint32_t n, uint32_t *block, uint32_t *offset) {
	const prism_process *p = &prism_p;
	if ((!s->open || p->block_bytes - s->open_used < n) && !open_block(s)) return NULL;
	*block = s->open - 1;
	*offset = s->open_used;
	uint64_t used = ((uint64_t)s->open_used + n + PRISM_BLOCK_ALIGN - 1) / PRISM_BLOCK_ALIGN * PRISM_BLOCK_ALIGN;
	s->open_used = used < p->block_bytes ? (uint32_t)used : p->block_bytes;
	s->open_refs++;
	return p->arena + (uint64_t)*block * p->block_bytes + *offset;
}

static void copy_piece(const void *src, void *to, uint64_t from, uint32_t n) { memcpy(to, (const uint8_t *)src + from, n); }

bool prism_arr_stage(prism_arr *a, const void *src, uint64_t bytes) { return prism_arr_stage_by(a, bytes, 1, copy_piece, src); }

bool prism_arr_stage_by(prism_arr *a, uint64_t bytes, uint32_t unit, prism_fill *fill, const void *src) {
	if (bytes > PRISM_MAX_STAGED) {
		prism_error(bytes == PRISM_LEN_UNKNOWN ? GL_INVALID_ENUM : GL_OUT_OF_MEMORY);
		return false;
	}
	if (prism_t == &nobody || !is_open((prism_thread_state *)prism_t)) return false;
	prism_process *p = &prism_p;
	prism_thread_state *s = (prism_thread_state *)prism_t;
	bool keep = s->scratch_mark == s->emitted + s->t.records;
	uint32_t most = p->block_bytes < PRISM_PIECE_BYTES ? p->block_bytes : PRISM_PIECE_BYTES;
	most -= most % unit;
	for (uint64_t done = 0; done < bytes;) {
		uint32_t n = bytes - done < most ? (uint32_t)(bytes - done) : most;
		uint32_t block, offset;
		uint8_t *to = claim_bytes(s, n, &block, &offset);
		if (!to) return false;
		fill(src, to, done, n);
		struct prism_rec_prismDataRef *r = prism_begin(PRISM_OP_prismDataRef, sizeof *r, 0);
		if (!r) {
			if (p->ctl) drop_block(block, 1);
			return false;
		}
		r->block = block;
		r->offset = offset;
		r->bytes = n;
		done += n;
	}
	if (keep) s->scratch_mark = s->emitted + s->t.records;
	a->p = src;
	a->bytes = (uint32_t)bytes;
	a->mode = PRISM_BLOB_STAGED;
	return true;
}

bool prism_arr_string(prism_arr *a, const GLchar *s) { return prism_arr_in(a, s, s ? strlen(s) + 1 : 0); }

bool prism_arr_strings(prism_arr *a, GLsizei n, const GLchar *const *s, const GLint *lens) {
	if (!s || n < 0) return prism_arr_in(a, NULL, 0);
	uint64_t bytes = 4 + 4 * (uint64_t)n;
	for (GLsizei i = 0; i < n; i++) bytes += !s[i] ? 0 : lens && lens[i] >= 0 ? (uint64_t)lens[i] : strlen(s[i]);
	if (bytes > PRISM_MAX_STAGED) {
		prism_error(GL_OUT_OF_MEMORY);
		return false;
	}
	uint8_t *to = prism_scratch(bytes);
	if (!to) return false;
	uint32_t count = (uint32_t)n;
	memcpy(to, &count, 4);
	uint8_t *len_at = to + 4, *at = to + 4 + 4 * (uint64_t)n;
	for (GLsizei i = 0; i < n; i++) {
		uint32_t len = !s[i] ? 0 : lens && lens[i] >= 0 ? (uint32_t)lens[i] : (uint32_t)strlen(s[i]);
		memcpy(len_at, &len, 4);
		len_at += 4;
		if (len) memcpy(at, s[i], len);
		at += len;
	}
	return prism_arr_in(a, to, bytes);
}

bool prism_credit_wait(const uint32_t *issued, uint32_t *done, uint32_t limit) {
	for (;;) {
		if (prism_lost_now()) return false;
		uint32_t d = prism_load(done);
		uint32_t open = prism_load(issued) - d;
		if (open < limit || open > INT32_MAX) return true; /* more done than issued: a splitter that counts wrongly must not hang us */
		if (!prism_futex_wait(done, d)) return false;
	}
}
