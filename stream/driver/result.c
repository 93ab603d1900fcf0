/* Results that come without being asked: places in the arena where the session writes what queries have counted, and that a fence was
 * passed. A place belongs to one query or sync at a time; a number, one more with each use of the place, says which use a result is of. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include "runtime.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct { uint32_t use; bool taken; } *places; /* mu; as many as the session has, made with the first */
static uint32_t from;                                /* mu: where to look for a free one */

void prism_result_fork_child(void) {
	pthread_mutex_init(&mu, NULL);
	places = NULL; /* the parent's: what is in it stays with what points there, and is never asked again */
}

static prism_result *result_at(uint32_t place) {
	const prism_process *p = &prism_p;
	return (prism_result *)(p->arena + (uint64_t)p->blocks * p->block_bytes + (uint64_t)p->slots * p->slot_bytes) + place;
}

uint32_t prism_result_new(void) {
	uint32_t place = PRISM_NO_RESULT, n = prism_p.results;
	if (prism_lost_now() || !n) return place;
	pthread_mutex_lock(&mu);
	if (!places) places = calloc(n, sizeof *places);
	for (uint32_t i = 0; places && i < n && place == PRISM_NO_RESULT; i++, from = (from + 1) % n)
		if (!places[from].taken) place = from;
	if (place != PRISM_NO_RESULT) places[place].taken = true;
	pthread_mutex_unlock(&mu);
	return place;
}

void prism_result_free(uint32_t place) {
	if (place == PRISM_NO_RESULT) return;
	pthread_mutex_lock(&mu);
	if (places && place < prism_p.results) places[place].taken = false;
	pthread_mutex_unlock(&mu);
}

uint32_t prism_result_use(uint32_t place) {
	pthread_mutex_lock(&mu);
	uint32_t use = places && place < prism_p.results ? ++places[place].use : 0;
	if (places && !use) use = places[place].use = 1; /* 0 is what a place begins with */
	pthread_mutex_unlock(&mu);
	return use;
}

bool prism_result_look(uint32_t place, uint32_t use, uint64_t *value) {
	if (prism_lost_now() || place >= prism_p.results) return false;
	const prism_result *r = result_at(place);
	/* A later use has been answered: so was this one, though nobody knows what it was. */
	if ((int32_t)(prism_load(&r->use) - use) < 0) return false;
	if (value) *value = r->value;
	return true;
}

int prism_result_wait(uint32_t place, uint32_t use, uint64_t timeout_ns, uint64_t *value) {
	if (prism_result_look(place, use, value)) return 1;
	if (prism_lost_now() || place >= prism_p.results) return -1;
	prism_ctl *c = prism_p.ctl;
	prism_result *r = result_at(place);
	const uint64_t began = prism_now_ns();
	int got;
	__atomic_add_fetch(&c->result_waits, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		uint32_t seen = __atomic_load_n(&r->use, __ATOMIC_SEQ_CST);
		uint64_t spent = prism_now_ns() - began;
		if (prism_result_look(place, use, value)) got = 1;
		else if (spent >= timeout_ns) got = 0;
		else if (!prism_futex_wait_ns(&r->use, seen, timeout_ns - spent)) got = -1;
		else continue;
		break;
	}
	__atomic_sub_fetch(&c->result_waits, 1, __ATOMIC_SEQ_CST);
	return got;
}

/* ---- fences ---- */

void prism_fence_set(prism_fence *f) {
	*f = (prism_fence){0};
	uint32_t place = prism_result_new();
	if (place == PRISM_NO_RESULT) { /* all are in use: the fence is passed before anybody can ask */
		prism_finish(1);
		return;
	}
	*f = (prism_fence){place, prism_result_use(place)};
	prism_put_prismFence(f->place, f->use);
	prism_commit(false);
}

bool prism_fence_passed(const prism_fence *f) { return !f->use || prism_lost_now() || prism_result_look(f->place, f->use, NULL); }

int prism_fence_wait(const prism_fence *f, uint64_t timeout_ns) {
	if (prism_fence_passed(f)) return 1;
	prism_commit(true);
	return prism_result_wait(f->place, f->use, timeout_ns, NULL);
}

void prism_fence_drop(prism_fence *f) {
	if (f->use) prism_result_free(f->place);
	*f = (prism_fence){0};
}
