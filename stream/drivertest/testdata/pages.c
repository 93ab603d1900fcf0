/* Memory whose changes are found (pages.c), in both ways: against a plain copy, with random writes, and while other threads write. */
#include <stdatomic.h>
#include <stdio.h>
#include "../../driver/gl/buffers/pages.c"

#define CHECK(c) do { if (!(c)) { fprintf(stderr, "pages (%s): line %d: %s\n", name, __LINE__, #c); exit(1); } } while (0)
static const char *name;

enum { BYTES = 300 * 4096 + 123 };
typedef struct far { uint8_t *to; size_t sent, runs, last, lo, hi; } far; /* the other side */
static void arrive(void *arg, size_t from, const uint8_t *at, size_t n) {
	far *f = arg;
	CHECK(n > 0 && from >= f->lo && from + n <= f->hi && (!f->runs || from >= f->last)); /* in order, apart, within the range */
	memcpy(f->to + from, at, n);
	f->sent += n;
	f->runs++;
	f->last = from + n;
}
static void take(prism_pages *p, far *f, size_t from, size_t n, size_t gap) {
	*f = (far){.to = f->to, .lo = from, .hi = from + n};
	prism_pages_take(p, from, n, gap, arrive, f);
}

static uint32_t seed = 1;
static uint32_t rnd(void) { return (seed = seed * 1664525 + 1013904223) >> 8; }

static void random_writes(bool copy) {
	prism_pages *p = prism_pages_new(BYTES, copy);
	CHECK(p && p->mem && (!p->copy) == (!copy && p->way == PRISM_PAGES_KERNEL));
	far f = {.to = calloc(1, BYTES)};
	take(p, &f, 0, BYTES, 0);
	CHECK(!f.runs); /* new memory is unchanged */
	for (int round = 0; round < 300; round++) {
		size_t written = 0;
		for (uint32_t k = rnd() % 20; k; k--) {
			size_t at = rnd() % BYTES, n = 1 + rnd() % (rnd() % 4 ? 30 : 9000);
			if (n > BYTES - at) n = BYTES - at;
			for (size_t i = 0; i < n; i++) p->mem[at + i] = (uint8_t)rnd();
			written += n;
		}
		if (rnd() % 3 == 0) { /* a part of it first */
			size_t at = rnd() % BYTES, n = rnd() % (BYTES - at);
			take(p, &f, at, n, 16);
			CHECK(!memcmp(f.to + at, p->mem + at, n));
		}
		size_t gap = rnd() % 2 ? 0 : 48;
		take(p, &f, 0, BYTES, gap);
		CHECK(!memcmp(f.to, p->mem, BYTES));
		if (p->copy && !gap) CHECK(f.sent <= written);
		take(p, &f, 0, BYTES, 0);
		CHECK(!f.runs);
	}
	memset(p->mem + 5000, 1, 10000);
	prism_pages_settle(p, 4096, 12288);
	take(p, &f, 0, BYTES, 0);
	CHECK(!f.runs);
	p->mem[BYTES - 1] ^= 1;
	take(p, &f, 0, BYTES, 0);
	CHECK(f.runs == 1 && f.to[BYTES - 1] == p->mem[BYTES - 1]);
	take(p, &f, BYTES, 1, 0); /* nothing is there */
	CHECK(!f.runs);
	free(f.to);
	prism_pages_free(p);
}

/* The gap: which runs are one. */
static void gaps(void) {
	prism_pages *p = prism_pages_new(3 * 4096, true);
	far f = {.to = calloc(1, 3 * 4096)};
	CHECK(p);
	p->mem[10] = p->mem[20] = p->mem[4095] = p->mem[4096] = p->mem[9000] = 1;
	take(p, &f, 0, p->bytes, 0);
	CHECK(f.runs == 4 && f.sent == 5); /* the bytes on both sides of a page's end are one run */
	p->mem[10] = p->mem[20] = p->mem[40] = 2;
	take(p, &f, 0, p->bytes, 9);
	CHECK(f.runs == 2 && f.sent == 12);
	/* The same bytes again: found only where the kernel tells, and only when asked for. */
	p->mem[9000] = p->mem[9000];
	*(volatile uint8_t *)&p->mem[9000] = 1;
	take(p, &f, 0, p->bytes, 0);
	CHECK(!f.runs);
	p->rewrites = true;
	*(volatile uint8_t *)&p->mem[9000] = 1;
	take(p, &f, 0, p->bytes, 0);
	CHECK(p->way == PRISM_PAGES_KERNEL ? f.runs == 1 && f.sent == 4096 : !f.runs);
	free(f.to);
	prism_pages_free(p);
}

/* New bytes from elsewhere go where the app has not changed the old ones. */
static void merging(void) {
	prism_pages *p = prism_pages_new(8192, true);
	far f = {.to = calloc(1, 8192)};
	uint8_t with[100];
	CHECK(p);
	memset(with, 9, sizeof with);
	p->mem[1010] = 5;
	p->mem[1099] = 6;
	prism_pages_merge(p, 1000, with, sizeof with);
	CHECK(p->mem[1000] == 9 && p->mem[1009] == 9 && p->mem[1010] == 5 && p->mem[1011] == 9 && p->mem[1099] == 6 && p->mem[1100] == 0);
	memcpy(f.to + 1000, with, sizeof with); /* where they came from */
	take(p, &f, 0, 8192, 0);
	CHECK(f.sent == 2 && !memcmp(f.to, p->mem, 8192));
	free(f.to);
	prism_pages_free(p);
}

/* Threads write while it is looked for: what stands there in the end has arrived in the end. */
enum { WRITERS = 3, WORDS = 64 * 1024 };
static prism_pages *shared;
static atomic_int stop;
static void *writer(void *arg) {
	uint32_t me = (uint32_t)(uintptr_t)arg, x = me + 1;
	uint32_t *words = (uint32_t *)(void *)shared->mem;
	for (uint32_t n = 1; !atomic_load(&stop); n++) {
		x = x * 1664525 + 1013904223;
		uint32_t at = (x >> 8) % (WORDS / WRITERS) * WRITERS + me; /* words of its own, in pages of all */
		__atomic_store_n(&words[at], n, __ATOMIC_RELEASE);
	}
	return NULL;
}
static void racing(bool copy) {
	pthread_t t[WRITERS];
	shared = prism_pages_new(WORDS * 4, copy);
	CHECK(shared);
	if (!shared->copy) CHECK(shared->way == PRISM_PAGES_KERNEL);
	far f = {.to = calloc(1, WORDS * 4)};
	stop = 0;
	for (uintptr_t i = 0; i < WRITERS; i++) pthread_create(&t[i], NULL, writer, (void *)i);
	size_t all = 0;
	for (int round = 0; round < 200 || all < WORDS * 4; round++) { /* the writers have begun some time */
		take(shared, &f, 0, WORDS * 4, round % 2 ? 48 : 0);
		all += f.sent;
	}
	stop = 1;
	for (int i = 0; i < WRITERS; i++) pthread_join(t[i], NULL);
	take(shared, &f, 0, WORDS * 4, 0);
	CHECK(!memcmp(f.to, shared->mem, WORDS * 4));
	take(shared, &f, 0, WORDS * 4, 0);
	CHECK(!f.runs);
	free(f.to);
	prism_pages_free(shared);
}

int main(void) {
	name = "kernel";
	bool kernel = prism_pages_way() == PRISM_PAGES_KERNEL;
	for (int i = 0; i < 2; i++) {
		if (i) { /* as in a process where it was forced */
			setenv("PRISM_PAGES", "compare", 1);
			prism_pages_fork_child();
			name = "compare";
			CHECK(prism_pages_way() == PRISM_PAGES_COMPARE);
		} else if (!kernel) {
			puts("the kernel does not help");
			continue;
		}
		random_writes(true);
		random_writes(false);
		gaps();
		merging();
		racing(true);
		racing(false);
		CHECK(!prism_pages_new(0, true));
		CHECK(!prism_pages_new(SIZE_MAX - 5, true));
		CHECK(!prism_pages_new((size_t)1 << 62, true));
	}
	return 0;
}
