/* A minimal driver: maps descriptors 3 (ring) and 4 (arena) and streams argv[1] records whose contents a reader can
 * foresee (cwriter_test.go), through a ring that is much shorter, with every 997th record's data in arena blocks, and every
 * 5000th a question whose answer it checks. Exit status 0: all answers were right. */
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "prism_ring.h"
#include "prism_wire.h"

enum { OP_REF = 1, OP_DRAW = 100, OP_ASK = 101 };

static prism_ctl *ctl;
static uint8_t *ring, *arena;
static uint64_t head, seq;
static uint8_t chunk[sizeof(prism_chunk) + PRISM_MAX_CHUNK];
static uint32_t used, records;

#define LOAD(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define STORE(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define ADD(p, v) __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST)

static void wait_word(uint32_t *p, uint32_t v) {
	struct timespec t = {0, 100 * 1000 * 1000};
	syscall(SYS_futex, p, FUTEX_WAIT, v, &t, NULL, 0);
}
static void wake(uint32_t *p) { syscall(SYS_futex, p, FUTEX_WAKE, 1 << 30, NULL, NULL, 0); }

static void lost(void) {
	if (!LOAD(&ctl->lost)) return;
	fprintf(stderr, "writer: session lost\n");
	exit(3);
}

static void commit(void) {
	if (!records) return;
	uint64_t n = sizeof(prism_chunk) + used, size = ctl->ring_bytes, at = head % size, left = size - at;
	uint64_t skip = n > left ? left : 0;
	ADD(&ctl->writer_waits, 1);
	for (;;) {
		uint32_t v = LOAD(&ctl->wake_writer);
		if (head + skip + n - LOAD(&ctl->tail) <= size) break;
		lost();
		wait_word(&ctl->wake_writer, v);
	}
	ADD(&ctl->writer_waits, -1);
	if (skip >= sizeof(prism_chunk)) ((prism_chunk *)(ring + at))->magic = PRISM_SKIP_MAGIC;
	if (skip) at = 0;
	prism_chunk h = {PRISM_CHUNK_MAGIC, used, 1, 2, ++seq, records, 0, 3, 4};
	memcpy(chunk, &h, sizeof h);
	memcpy(ring + at, chunk, n);
	head += skip + n;
	STORE(&ctl->head, head);
	ADD(&ctl->wake_reader, 1);
	if (LOAD(&ctl->reader_waits)) wake(&ctl->wake_reader);
	used = records = 0;
}

static void *record(uint16_t op, uint32_t bytes, uint16_t flags, uint32_t limit) {
	if (used + bytes > limit) commit();
	uint8_t *p = chunk + sizeof(prism_chunk) + used;
	memset(p, 0, bytes);
	prism_rec h = {bytes, op, flags};
	memcpy(p, &h, sizeof h);
	used += bytes;
	records++;
	return p + sizeof h;
}

static void data(uint32_t i, uint32_t bytes) {
	for (uint32_t b = 0;; b = (b + 1) % ctl->blocks) {
		uint32_t v = LOAD(&ctl->wake_writer);
		if (!LOAD(&ctl->block[b])) {
			STORE(&ctl->block[b], 1);
			for (uint32_t k = 0; k < bytes; k++) arena[(uint64_t)b * ctl->block_bytes + k] = (uint8_t)(i + k);
			uint32_t *p = record(OP_REF, 24, 0, PRISM_MAX_CHUNK);
			p[0] = b;
			p[1] = 0;
			p[2] = bytes;
			p[3] = 0;
			return;
		}
		if (b + 1 == ctl->blocks) { /* the blocks may be referred to by what is not committed yet */
			commit();
			lost();
			ADD(&ctl->writer_waits, 1);
			wait_word(&ctl->wake_writer, v);
			ADD(&ctl->writer_waits, -1);
		}
	}
}

static void ask(uint32_t i) {
	uint32_t n = i % ctl->slots;
	uint8_t *mem = arena + (uint64_t)ctl->blocks * ctl->block_bytes + (uint64_t)n * ctl->slot_bytes;
	prism_slot *s = (prism_slot *)mem;
	uint64_t id = (uint64_t)n << 32 | i, want = sizeof(prism_reply) + 8 + PRISM_PAD8(i), at = 0;
	uint8_t *all = malloc(want);
	STORE(&s->state, PRISM_SLOT_ASKED);
	uint32_t *p = record(OP_ASK, 24, PRISM_REC_REPLY, PRISM_MAX_CHUNK);
	memcpy(p, &id, 8);
	p[2] = i;
	commit();
	ADD(&ctl->round_trips, 1);
	do {
		while (LOAD(&s->state) != PRISM_SLOT_FILLED) {
			lost();
			uint32_t v = LOAD(&s->state);
			if (v != PRISM_SLOT_FILLED) wait_word(&s->state, v);
		}
		if (s->id != id || s->offset != at || s->total != want || at + s->bytes > want) {
			fprintf(stderr, "writer: reply %llx: %u bytes at %llu of %llu, want %llu\n", (unsigned long long)s->id, s->bytes,
				(unsigned long long)s->offset, (unsigned long long)s->total, (unsigned long long)want);
			exit(4);
		}
		memcpy(all + at, mem + sizeof *s, s->bytes);
		at += s->bytes;
		STORE(&s->state, at < want ? PRISM_SLOT_MORE : PRISM_SLOT_FREE);
		wake(&s->state);
	} while (at < want);
	const prism_reply *r = (const prism_reply *)all;
	if (r->id != id || r->ret != i) exit(5);
	for (uint32_t k = 0; k < i; k++)
		if (all[sizeof *r + 8 + k] != (uint8_t)(k * 3)) exit(6);
	free(all);
}

int main(int argc, char **argv) {
	struct stat sr, sa;
	if (argc < 2 || fstat(3, &sr) || fstat(4, &sa)) return 2;
	ring = mmap(NULL, sr.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
	arena = mmap(NULL, sa.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);
	if (ring == MAP_FAILED || arena == MAP_FAILED) return 2;
	ctl = (prism_ctl *)ring;
	ring += PRISM_CTL_BYTES;
	if (ctl->magic != PRISM_RING_MAGIC || ctl->version != PRISM_RING_VERSION) return 2;
	uint32_t total = (uint32_t)atoi(argv[1]), limit = 64;
	for (uint32_t i = 1; i <= total; i++) {
		if (i % 997 == 0) data(i, i % (PRISM_PIECE_BYTES + 1));
		uint32_t words = i % 40;
		uint32_t *p = record(OP_DRAW, 16 + words * 8, 0, limit);
		p[0] = i;
		for (uint32_t k = 0; k < words * 2; k++) p[2 + k] = i * 31 + k;
		if (i % 100 == 0) limit = 400 + i * 7919 % (PRISM_MAX_CHUNK - 400);
		if (i % 5000 == 0) ask(i);
	}
	commit();
	return 0;
}
