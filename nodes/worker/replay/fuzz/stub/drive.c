#include "drive.h"
#include "stub.h"
#include "replay_run.h"
#include "../../../egl/egl.h"
#include <stdlib.h>

void *drive_add(drive_buf *b, size_t n) {
	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2 + 64;
		if (!(b->p = realloc(b->p, b->cap))) abort();
	}
	void *at = b->p + b->n;
	memset(at, 0, n);
	b->n += n;
	return at;
}
void drive_free(drive_buf *b) {
	free(b->p);
	*b = (drive_buf){0};
}

/* Linked with --wrap: a session asks for 770 names, which are compared with 100 others each; here it does so once. */
void *__real_virtual_proc(prism_device *dev, const char *name);
void *__wrap_virtual_proc(prism_device *dev, const char *name);
void *__wrap_virtual_proc(prism_device *dev, const char *name) {
	enum { SLOTS = 4096 };
	static struct { const char *name; void *fn; } known[2][SLOTS];
	const int old = stub_how.old != 0;
	size_t i = (uintptr_t)name * 0x9e3779b97f4a7c15ull >> 52;
	while (known[old][i].name && known[old][i].name != name) i = (i + 1) % SLOTS;
	if (!known[old][i].name) {
		known[old][i].name = name;
		known[old][i].fn = __real_virtual_proc(dev, name);
	}
	return known[old][i].fn;
}

typedef struct session {
	replay *r;
	drive_buf batch;
	size_t chunk; /* offset of the chunk under way + 1, 0: none */
	prism_chunk head;
	uint64_t seq;
	bool over, lead;
	unsigned runs;
	uint32_t shorter;
	drive_end *end;
} session;

enum { MOST_RUNS = 64, MOST_ANSWERS = 64 << 20 };

static void readback(session *s, uint32_t drawable, int32_t x, int32_t y, int32_t w, int32_t h) {
	uint8_t *to = w > 0 && h > 0 ? malloc((size_t)w * (size_t)h * 4) : NULL;
	if (to) replay_readback(s->r, drawable, x, y, w, h, to);
	free(to);
}

/* What a worker does with a batch. */
static void run(session *s, const uint8_t *data, size_t n) {
	if (s->over || !n) return;
	if (++s->runs > MOST_RUNS) {
		s->over = true;
		return;
	}
	uint8_t *own = malloc(n); /* exactly as long, and gone after the run */
	if (!own) abort();
	memcpy(own, data, n);
	size_t at = 0;
	while (at < n) {
		replay_result res;
		replay_run(s->r, own + at, n - at, &res);
		if (res.replies && res.replies <= MOST_ANSWERS) {
			uint8_t *answers = malloc(res.replies);
			if (!answers) abort();
			replay_replies_take(s->r, answers);
			for (uint32_t k = 0; k < res.replies;) {
				uint32_t bytes;
				if (res.replies - k < 8) stub_unexpected("answers that end early");
				memcpy(&bytes, answers + k, 4);
				if (bytes < sizeof(prism_reply) || bytes > res.replies - k - 8 || bytes & 7) stub_unexpected("an answer of a wrong length");
				k += 8 + bytes;
			}
			free(answers);
		}
		const replay_told *told;
		uint32_t told_n;
		replay_results(s->r, res.consumed % 16 == 0, &told, &told_n);
		for (uint32_t k = 0; k < told_n; k++) stub_in(&told[k], sizeof *told);
		char note[512];
		replay_note(s->r, note, sizeof note);
		if (res.status == REPLAY_CORRUPT || res.status == REPLAY_DEVICE) {
			const char *why = replay_error(s->r);
			if (!why[0] || strlen(why) >= 256) stub_unexpected("an error without a reason");
			snprintf(s->end->why, sizeof s->end->why, "%s: %s", replay_op_name(res.op), why);
			s->end->status = res.status;
			s->over = true;
			break;
		}
		if (res.status == REPLAY_OK && res.consumed != n - at) stub_unexpected("a batch that is not carried out, without a reason");
		if (res.status == REPLAY_STOP && !res.consumed) stub_unexpected("the replay stands still");
		if (res.status == REPLAY_STOP) replay_frame_time(s->r, res.consumed % 32 != 0);
		s->end->records += res.records;
		at += res.consumed;
		if (res.status == REPLAY_STOP && res.width && res.width <= 512 && res.height && res.height <= 512) readback(s, res.drawable, 0, 0, (int32_t)res.width, (int32_t)res.height);
	}
	s->end->batches++;
	free(own);
}

static void chunk_close(session *s) {
	if (!s->chunk) return;
	s->head.bytes = (uint32_t)(s->batch.n - (s->chunk - 1) - sizeof s->head);
	memcpy(s->batch.p + s->chunk - 1, &s->head, sizeof s->head);
	s->chunk = 0;
}

static void flush(session *s) {
	chunk_close(s);
	run(s, s->batch.p, s->batch.n);
	s->batch.n = 0;
}

static void record(session *s, uint16_t op, const uint8_t *payload, size_t n) {
	const size_t fixed = op < PRISM_OPS && replay_fixed[op] >= 8 ? replay_fixed[op] - 8 : 0;
	size_t size = 8 + PRISM_PAD8(n < fixed ? fixed : n);
	if (s->shorter) size = size > s->shorter ? size - s->shorter : 0; /* may be less than a header, or odd */
	if (size > PRISM_MAX_RECORD) return;
	if (s->chunk && s->batch.n - s->chunk + size + 8 > PRISM_MAX_CHUNK) chunk_close(s);
	if (!s->chunk) {
		s->chunk = s->batch.n + 1;
		drive_add(&s->batch, sizeof s->head);
		s->head.magic = PRISM_CHUNK_MAGIC;
		s->head.seq = ++s->seq;
		s->head.records = 0;
	}
	uint8_t *at = drive_add(&s->batch, PRISM_PAD8(size < 8 ? 8 : size));
	const prism_rec head = {(uint32_t)size, op, 0};
	memcpy(at, &head, sizeof head);
	if (size > 8) memcpy(at + 8, payload, n < size - 8 ? n : size - 8);
	s->head.records++;
	s->shorter = 0;
}

/* ---- contexts, a window, two objects of each kind, arrays ---- */

static void words(session *s, uint16_t op, unsigned n, const uint32_t *w) { record(s, op, (const uint8_t *)w, n * 4); }
#define REC(name, ...) do { const uint32_t w_[] = {__VA_ARGS__}; words(s, PRISM_OP_##name, sizeof w_ / 4, w_); } while (0)

static void chunk_of(session *s, uint32_t thread, uint32_t ctx, uint32_t draw, uint32_t read) {
	chunk_close(s);
	s->head.thread = thread;
	s->head.ctx = ctx;
	s->head.draw = draw;
	s->head.read = read;
}

static void prologue(session *s, bool old) {
	REC(prismContextCreate, 1, 0, 1, 0, 0, 0, 0, 0, 0, 8, 24, 8, 1);
	REC(prismContextCreate, 2, 1, 1, 0, 0, 0, 0, 0, 0, 8, 24, 8, 1);
	if (!old) REC(prismContextCreate, 3, 0, 1, 1, 3, 3, 0, 0, 0, 8, 24, 8, 1);
	if (!old) REC(prismContextCreate, 4, 0, 1, 4, 3, 2, 0, 0, 0, 8, 24, 8, 1);
	REC(prismDrawableCreate, 1, 1, 9, 40, 30, 1, 0, 8, 24, 8, 1);
	REC(prismDrawableCreate, 2, 1, 9, 33, 17, 1, 0, 8, 24, 0, 0);
	REC(prismDrawableCreate, 3, 1, 9, 20, 10, 1, 4, 8, 24, 8, 1);
	REC(prismDrawableAccum, 1);
	chunk_of(s, 1, 1, 1, 1);
	/* n, {bytes, inline}, padding, serials */
	REC(glGenBuffers, 2, 8, 1, 0, 1, 2);
	REC(glGenTextures, 2, 8, 1, 0, 1, 2);
	REC(glGenQueries, 2, 8, 1, 0, 1, 2);
	REC(glGenProgramsARB, 2, 8, 1, 0, 1, 2);
	REC(glBindBuffer, GL_ARRAY_BUFFER, 1);
	REC(glBufferData, GL_ARRAY_BUFFER, 0, 512, 0, 0, 0, GL_STATIC_DRAW, 0);
	REC(glBindBuffer, GL_ELEMENT_ARRAY_BUFFER, 2);
	REC(glBufferData, GL_ELEMENT_ARRAY_BUFFER, 0, 64, 0, 0, 0, GL_STATIC_DRAW, 0);
	REC(glBindBuffer, GL_ELEMENT_ARRAY_BUFFER, 0);
	REC(glBindBuffer, GL_ARRAY_BUFFER, 0);
	REC(glCreateProgram, 1, 0);
	REC(glCreateShader, GL_VERTEX_SHADER, 2);
	if (!old) {
		REC(glGenFramebuffers, 2, 8, 1, 0, 1, 2);
		REC(glGenRenderbuffers, 2, 8, 1, 0, 1, 2);
		REC(glGenVertexArrays, 2, 8, 1, 0, 1, 2);
		REC(glGenSamplers, 2, 8, 1, 0, 1, 2);
	}
	flush(s);
	if (s->over) stub_unexpected(s->end->why);
}

static void opened(session *s, unsigned how, drive_end *end) {
	memset(end, 0, sizeof *end);
	*s = (session){.end = end, .lead = how & DRIVE_LEAD};
	const stub_config c = {.robust = !(how & DRIVE_FRAGILE), .old = how & DRIVE_OLD ? 21 : 0};
	char err[256];
	s->r = replay_new(stub_device(&c), err, sizeof err);
	if (!s->r) stub_unexpected(err);
	replay_make(s->r, (how & DRIVE_FBO) && !(how & DRIVE_OLD));
	replay_lead(s->r, s->lead);
	replay_timing(s->r, s->lead);
	s->head.thread = 1;
	if (!(how & DRIVE_BARE)) prologue(s, how & DRIVE_OLD);
	stub_how.errors = how & DRIVE_ERRORS ? 23 : 0; /* from here on */
}

static void closed(session *s) {
	replay_free(s->r);
	stub_end();
	drive_free(&s->batch);
}

void drive_raw(const uint8_t *data, size_t n, drive_end *end) {
	session s;
	if (!n) return;
	opened(&s, (data[0] & (DRIVE_FBO | DRIVE_LEAD | DRIVE_FRAGILE | DRIVE_OLD)) | DRIVE_BARE, end);
	run(&s, data + 1, n - 1);
	closed(&s);
}

void drive_items(const uint8_t *data, size_t n, drive_end *end) {
	session s;
	if (!n) return;
	opened(&s, data[0], end);
	for (size_t at = 1; n - at >= 4 && !s.over;) {
		uint16_t op, len;
		memcpy(&op, data + at, 2);
		memcpy(&len, data + at + 2, 2);
		at += 4;
		if (len > n - at) len = (uint16_t)(n - at);
		uint8_t p[16] = {0};
		memcpy(p, data + at, len < sizeof p ? len : sizeof p);
		switch (op) {
		case DRIVE_CHUNK: chunk_of(&s, p[0], p[1], p[2], p[3]); break;
		case DRIVE_RUN: flush(&s); break;
		case DRIVE_PLAN: {
			const int32_t tile[4] = {p[1], p[2], p[3], p[4]};
			/* Some hold a part. */
			const int32_t held[4] = {p[1] / 2, p[2] / 2, p[11] % 4 ? 0 : p[3], p[4]};
			flush(&s);
			replay_plan(s.r, p[0], p[5] | (uint32_t)p[6] << 8, p[7] | (uint32_t)p[8] << 8, p[1], p[2], p[3], p[4], p[9] / 256.0, p[10] / -256.0, p[11] & 1, held, tile, 1);
			break;
		}
		case DRIVE_READBACK:
			flush(&s);
			readback(&s, p[0], p[1], p[2], p[3], p[4]);
			break;
		case DRIVE_LEADER:
			flush(&s);
			replay_lead(s.r, s.lead = !s.lead);
			break;
		case DRIVE_SHORT: s.shorter = p[0]; break;
		default: record(&s, op, data + at, len);
		}
		at += len;
	}
	flush(&s);
	closed(&s);
}
