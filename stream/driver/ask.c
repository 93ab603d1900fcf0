/* Questions: reply slots in the arena, one a thread that waits. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include "runtime.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static uint32_t taken;   /* mu: bit per slot */
static uint32_t counter; /* mu */

void prism_ask_fork_child(void) {
	pthread_mutex_init(&mu, NULL);
	pthread_cond_init(&freed, NULL);
	taken = 0;
}

static prism_slot *slot_at(uint32_t i) {
	const prism_process *p = &prism_p;
	return (prism_slot *)(p->arena + (uint64_t)p->blocks * p->block_bytes + (uint64_t)i * p->slot_bytes);
}

bool prism_ask_begin(prism_ask *q) {
	*q = (prism_ask){0};
	if (!prism_t->ctx || prism_lost_now()) return false;
	prism_process *p = &prism_p;
	pthread_mutex_lock(&mu);
	for (;;) {
		for (uint32_t i = 0; i < p->slots; i++) {
			if (taken & 1u << i) continue;
			taken |= 1u << i;
			q->id = (uint64_t)i << 32 | ++counter;
			pthread_mutex_unlock(&mu);
			prism_slot *s = slot_at(i);
			q->slot = s;
			s->bytes = 0;
			s->id = q->id;
			s->offset = s->total = 0;
			__atomic_store_n(&s->state, PRISM_SLOT_ASKED, __ATOMIC_RELEASE);
			return true;
		}
		struct timespec ts;
		clock_gettime(CLOCK_MONOTONIC, &ts);
		if ((ts.tv_nsec += PRISM_LOOK_NS) >= 1000000000L) {
			ts.tv_nsec -= 1000000000L;
			ts.tv_sec++;
		}
		if (pthread_cond_clockwait(&freed, &mu, CLOCK_MONOTONIC, &ts) == ETIMEDOUT) {
			pthread_mutex_unlock(&mu);
			if (!prism_alive()) return false;
			pthread_mutex_lock(&mu);
		}
	}
}

void prism_ask_end(prism_ask *q) {
	free(q->heap);
	q->heap = NULL;
	q->at = q->end = NULL;
	if (!q->slot) return;
	if (!prism_lost_now()) __atomic_store_n(&((prism_slot *)q->slot)->state, PRISM_SLOT_FREE, __ATOMIC_RELEASE);
	q->slot = NULL;
	pthread_mutex_lock(&mu);
	taken &= ~(1u << (uint32_t)(q->id >> 32));
	pthread_cond_signal(&freed);
	pthread_mutex_unlock(&mu);
	prism_debug_hear();
}

/* Waits until the slot is filled; false: lost. */
static bool wait_filled(prism_slot *s) {
	for (;;) {
		uint32_t st = prism_load(&s->state);
		if (st == PRISM_SLOT_FILLED) return true;
		if (!prism_futex_wait(&s->state, st)) {
			if (prism_lost_now() || prism_load(&s->state) != PRISM_SLOT_FILLED) return false;
		}
	}
}

void prism_count_round_trip(void) {
	if (prism_p.ctl) __atomic_add_fetch(&prism_p.ctl->round_trips, 1, __ATOMIC_RELAXED);
}

static bool fail(prism_ask *q) {
	prism_ask_end(q);
	return false;
}

bool prism_ask_wait(prism_ask *q) {
	prism_process *p = &prism_p;
	prism_slot *s = q->slot;
	if (!s) return false;
	prism_commit(true);
	if (prism_lost_now()) return fail(q);
	if (!q->later || prism_load(&s->state) != PRISM_SLOT_FILLED) prism_count_round_trip(); /* else it came while nobody waited */
	const uint32_t room = p->slot_bytes - (uint32_t)sizeof *s;
	const uint8_t *bytes;
	uint64_t got = 0, total = 0;
	for (;;) {
		if (!wait_filled(s)) return fail(q);
		uint32_t n = s->bytes;
		uint64_t offset = s->offset, all = s->total;
		if (s->id != q->id || n > room || offset != got || offset + n > all || (got && all != total) ||
		    all < sizeof(prism_reply) || all > (uint64_t)PRISM_MAX_STAGED + PRISM_MAX_RECORD || (!n && all > got)) {
			prism_lose("an answer of the session is corrupt");
			return fail(q);
		}
		total = all;
		bytes = (const uint8_t *)(s + 1);
		if (!got && n == total) break; /* the whole answer lies in the slot */
		if (!q->heap && !(q->heap = malloc(total))) {
			/* The rest must still be taken, or the splitter keeps the slot. */
			prism_lose("no memory for an answer");
			return fail(q);
		}
		memcpy(q->heap + got, bytes, n);
		got += n;
		bytes = q->heap;
		if (got == total) break;
		__atomic_store_n(&s->state, PRISM_SLOT_MORE, __ATOMIC_RELEASE);
		prism_futex_wake(&s->state);
	}
	prism_reply r;
	memcpy(&r, bytes, sizeof r);
	q->ret = r.ret;
	q->at = bytes + sizeof r;
	q->end = bytes + total;
	if (r.error) prism_error_told(r.error);
	if (r.status == PRISM_REPLY_LOST) {
		prism_alive(); /* usually ctl->lost stands already */
		return fail(q);
	}
	if (r.status != PRISM_REPLY_OK) { /* not answered by this session: the app gets zeros */
		q->ret = 0;
		q->at = q->end;
	}
	return true;
}

uint32_t prism_ask_out(prism_ask *q, void *to, uint64_t max) {
	if (!q->at || q->end - q->at < 8) return 0;
	uint32_t n;
	memcpy(&n, q->at, 4);
	q->at += 8;
	uint64_t left = (uint64_t)(q->end - q->at);
	if (n > left) n = (uint32_t)left;
	uint64_t padded = PRISM_PAD8((uint64_t)n);
	uint32_t take = n < max ? n : (uint32_t)max;
	if (to && take) memcpy(to, q->at, take);
	q->at += padded < left ? padded : left;
	return to ? take : n;
}
