/* What the generated packers (pack_*_gen.c) need: the driver's runtime, written by hand in this folder.
 *
 * A generated packer for a command that only sends looks like this:
 *
 *     void APIENTRY prism_gl_Foo(GLenum a, GLsizei n, const GLfloat *v) {
 *         prism_arr v_;
 *         if (!prism_arr_in(&v_, v, (uint64_t)n * sizeof *v)) return;
 *         struct prism_rec_glFoo *r = prism_begin(PRISM_OP_glFoo, sizeof *r + prism_arr_inline(&v_), 0);
 *         if (!r) return;
 *         r->a = a; r->n = n; r->v = prism_arr_blob(&v_);
 *         prism_arr_copy(r + 1, &v_);
 *     }
 *
 * and one that asks: prism_ask_begin, record with PRISM_REC_REPLY and r->reply = q.id, prism_ask_wait,
 * then prism_ask_out for each array in order, prism_ask_end.
 *
 * A command with `pack: custom` in the overlay gets only its record struct and a static inline
 * prism_put_NAME(wire arguments) in records_gen.h; prism_gl_NAME is written by hand in custom_*.c.
 */
#ifndef PRISM_PACK_H
#define PRISM_PACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define GL_GLEXT_PROTOTYPES 0
#include <GL/gl.h>
#include <GL/glext.h>
#include "include/prism_wire.h"

#define PRISM_LIKELY(x) __builtin_expect(!!(x), 1)
#define PRISM_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PRISM_HIDDEN __attribute__((visibility("hidden")))
/* In a file of thousands of packers gcc stops inlining even what costs less inline than as a call. */
#define PRISM_INLINE static inline __attribute__((always_inline))

struct prism_context; /* context.h */

/* One thread's packing state. cur == end == NULL: no context is current, or it is lost: prism_room decides. */
typedef struct prism_thread {
	uint8_t *cur, *end, *base; /* of the chunk under way; 8-aligned */
	uint32_t records;
	uint32_t id;
	struct prism_context *ctx; /* NULL: none */
	bool in_begin;             /* between glBegin and glEnd */
	bool spans;                /* the same, also in a display list that is being compiled */
	uint8_t *item, *item_end;  /* of the span that is open: the next item, and where there is no more room. NULL: none is */
	uint8_t *span_end;         /* what end is without it: while a span is open nothing has room but its items */
} prism_thread;

/* Never NULL: points at a shared dummy before a thread first makes a context current. */
extern PRISM_HIDDEN __thread prism_thread *prism_t __attribute__((tls_model("initial-exec")));

/* Slow path of prism_begin: commits the chunk, or reports that nothing is current. NULL: drop the command. */
PRISM_HIDDEN void *prism_room(uint32_t bytes);

/* A record of `bytes` (multiple of 8, header included) with its header written; payload is not zeroed but the
 * generated code writes all of it (paddings too). NULL: no context or lost: drop the command. */
PRISM_INLINE void *prism_begin(uint16_t op, uint32_t bytes, uint16_t flags) {
	prism_thread *t = prism_t;
	uint8_t *p = t->cur;
	if (PRISM_UNLIKELY((size_t)(t->end - p) < bytes)) {
		p = prism_room(bytes);
		if (!p) return NULL;
	}
	t->cur = p + bytes;
	t->records++;
	*(uint64_t *)p = (uint64_t)bytes | (uint64_t)op << 32 | (uint64_t)flags << 48;
	return p;
}

/* The same where the chunk under way has room; NULL: it has not. */
PRISM_INLINE void *prism_begin_here(uint16_t op, uint32_t bytes) {
	prism_thread *t = prism_t;
	uint8_t *p = t->cur;
	if (PRISM_UNLIKELY((size_t)(t->end - p) < bytes)) return NULL;
	t->cur = p + bytes;
	t->records++;
	*(uint64_t *)p = (uint64_t)bytes | (uint64_t)op << 32;
	return p;
}

/* A span: what is called between glBegin and glEnd, as items of one prismVertices record (stream/wire/FORMAT.md). It stands behind cur, which does
 * not count it yet, and ends with the first command that is no item: as end is cur until then, prism_room is asked for its record. */
PRISM_HIDDEN bool prism_span_open(uint32_t bytes); /* ends the one that is open and begins one with room for so many bytes; false: lost */
PRISM_HIDDEN void prism_span_close(void);

/* Where no item has room: opens a span for one of `bytes`, if there is to be one. */
PRISM_INLINE bool prism_span(uint32_t bytes) { return PRISM_UNLIKELY(prism_t->spans) && prism_span_open(bytes); }

/* An item of so many bytes with its header written; NULL: no span is open, or it is full. */
PRISM_INLINE uint8_t *prism_item(uint16_t op, uint32_t bytes) {
	prism_thread *t = prism_t;
	uint8_t *p = t->item;
	if (PRISM_UNLIKELY((size_t)(t->item_end - p) < bytes)) return NULL;
	t->item = p + bytes;
	const uint32_t head = op | bytes << 16;
	memcpy(p, &head, sizeof head);
	return p;
}

/* Has the thread packed anything that is not committed? */
PRISM_INLINE bool prism_packed(void) { return prism_t->cur != prism_t->base || prism_t->item; }

/* Array parameters. `bytes` counts what the command reads; p == NULL gives PRISM_BLOB_NULL. An array above
 * PRISM_INLINE_MAX is staged at once (prismDataRef records). false: lost, or above PRISM_MAX_STAGED (GL_OUT_OF_MEMORY
 * is recorded): drop the command. p must stay valid until prism_arr_copy. */
typedef struct prism_arr {
	const void *p;
	uint32_t bytes, mode;
	uint64_t offset;
} prism_arr;
PRISM_HIDDEN bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes);
#define PRISM_STAGE_MIN 2048 /* vertices and indices longer than this are staged, too: copied once, where a record's bytes are copied into the ring once more */
/* The same for bytes that are still to be made: fill writes bytes [from, from + n) of the array; pieces are multiples of unit but the last. */
typedef void prism_fill(const void *src, void *to, uint64_t from, uint32_t n);
PRISM_HIDDEN bool prism_arr_stage_by(prism_arr *a, uint64_t bytes, uint32_t unit, prism_fill *fill, const void *src);
static inline bool prism_arr_in(prism_arr *a, const void *p, uint64_t bytes) {
	a->p = p;
	if (PRISM_LIKELY(p && bytes <= PRISM_INLINE_MAX)) {
		a->bytes = (uint32_t)bytes;
		a->mode = PRISM_BLOB_INLINE;
		return true;
	}
	if (!p) {
		a->bytes = 0;
		a->mode = PRISM_BLOB_NULL;
		return true;
	}
	return prism_arr_stage(a, p, bytes);
}
/* The array is an offset into a bound buffer. */
static inline bool prism_arr_offset(prism_arr *a, const void *offset) {
	a->offset = (uint64_t)(uintptr_t)offset;
	a->p = &a->offset;
	a->bytes = 8;
	a->mode = PRISM_BLOB_OFFSET;
	return true;
}
/* Bytes the array takes in the record behind the fixed part. */
static inline uint32_t prism_arr_inline(const prism_arr *a) {
	return a->mode & 1 ? (uint32_t)PRISM_PAD8(a->bytes) : 0; /* INLINE and OFFSET are the odd ones */
}
static inline prism_blob prism_arr_blob(const prism_arr *a) { return (prism_blob){a->bytes, a->mode}; }
/* Copies to `to`, zeroes the padding, returns where the next array goes. */
static inline void *prism_arr_copy(void *to, const prism_arr *a) {
	if (!(a->mode & 1)) return to;
	uint32_t n = prism_arr_inline(a);
	if (n) {
		*(uint64_t *)((uint8_t *)to + n - 8) = 0;
		memcpy(to, a->p, a->bytes);
	}
	return (uint8_t *)to + n;
}

/* Arrays with a form of their own (overlay: `form:`). All fill a like prism_arr_in; the memory that they make
 * is the thread's scratch, valid until the next command of the thread. */
PRISM_HIDDEN bool prism_arr_string(prism_arr *a, const GLchar *s);                      /* NUL included */
PRISM_HIDDEN bool prism_arr_strings(prism_arr *a, GLsizei n, const GLchar *const *s, const GLint *lens);
/* An image in client memory, read with the context's pixel unpack state and packed tightly (alignment 1, no skips, bytes in
 * native order); an offset if a pixel unpack buffer is bound. dims = 1, 2 or 3 (skip images and rows count from 2, 3). */
PRISM_HIDDEN bool prism_arr_image(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type);
/* A compressed image of `bytes` when it is tight, likewise. */
PRISM_HIDDEN bool prism_arr_compressed(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLsizei bytes);
/* Plain bytes, or an offset if a buffer is bound at `binding` (GL_PIXEL_UNPACK_BUFFER, GL_ELEMENT_ARRAY_BUFFER, …). */
PRISM_HIDDEN bool prism_arr_or_offset(prism_arr *a, GLenum binding, const void *p, uint64_t bytes);
/* Scratch of the thread for `bytes`, or NULL (GL_OUT_OF_MEMORY recorded). */
PRISM_HIDDEN void *prism_scratch(size_t bytes);

/* Object names. `kind` is PRISM_KIND_* (kinds_gen.h). Serial 0 stands for name 0; an unknown name of a kind that may be created by
 * binding (and a compatibility context) gets a serial; else GL_INVALID_OPERATION or _VALUE is recorded and *ok = false. */
PRISM_HIDDEN uint32_t prism_serial(int kind, GLuint name, bool *ok);       /* use */
PRISM_HIDDEN uint32_t prism_serial_bind(int kind, GLuint name, bool *ok);  /* bind: may create */
PRISM_HIDDEN uint32_t prism_serial_own(int kind, GLuint name, bool *ok);   /* the same for commands after which no node looks into a buffer */
PRISM_HIDDEN uint32_t prism_serial_known(int kind, GLuint name);            /* 0: there is none; no error */
PRISM_HIDDEN GLuint prism_name(int kind, uint32_t serial);                 /* back, for answers; 0 if unknown */
PRISM_HIDDEN bool prism_names_new(int kind, GLsizei n, GLuint *names, uint32_t *serials);
/* After the record that makes objects which other contexts may use: they are told of the names by the app, maybe before this thread commits. */
PRISM_HIDDEN void prism_names_sent(void);
PRISM_HIDDEN void prism_names_delete(int kind, GLsizei n, const GLuint *names, uint32_t *serials); /* unknown or 0 → serial 0 */
PRISM_HIDDEN bool prism_name_known(int kind, GLuint name); /* there is one; no error else */
PRISM_HIDDEN bool prism_name_is(int kind, GLuint name); /* bound or made at least once: what glIsX says */
PRISM_HIDDEN void prism_names_made(int kind, GLsizei n, const GLuint *names); /* objects from now on, though never bound (glCreateX) */
PRISM_HIDDEN uint32_t prism_sync_new(GLsync *s);
PRISM_HIDDEN uint32_t prism_sync_serial(GLsync s, bool *ok);

/* Questions. */
typedef struct prism_ask {
	uint64_t id;
	uint64_t ret;       /* the command's return value */
	const uint8_t *at;  /* next array in the reply */
	const uint8_t *end;
	void *slot;
	uint8_t *heap;      /* a reply that is longer than a slot */
	bool later;         /* sent some time before it is waited for */
} prism_ask;
PRISM_HIDDEN bool prism_ask_begin(prism_ask *q);                           /* false: lost */
PRISM_HIDDEN bool prism_ask_wait(prism_ask *q);                            /* commits, waits; false: lost */
/* Copies the next array of the answer; at most `max` bytes; returns how many. to may be NULL (skipped). */
PRISM_HIDDEN uint32_t prism_ask_out(prism_ask *q, void *to, uint64_t max);
/* The next array is a tight image: scattered into client memory by the pixel pack state. */
PRISM_HIDDEN void prism_ask_image(prism_ask *q, void *to, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type);
PRISM_HIDDEN void prism_ask_end(prism_ask *q);

/* Pushes out this thread's chunk. urgent: PRISM_CHUNK_URGENT. */
PRISM_HIDDEN void prism_commit(bool urgent);

/* Errors found in the app's process: kept for glGetError, first one wins. With `errors: exact` a record, so not while one is being packed. */
PRISM_HIDDEN void prism_error(GLenum error);
/* A call that the overlay does not cover: named once on stderr and to the splitter (prismUnsupported). */
PRISM_HIDDEN void prism_unsupported(const char *name);

/* Entry points by name, sorted; from proctable_gen.c. */
typedef struct prism_proc { const char *name; void *fn; } prism_proc;
extern PRISM_HIDDEN const prism_proc prism_procs[];
extern PRISM_HIDDEN const size_t prism_procs_n;

#include "kinds_gen.h"
#include "ops_gen.h"
#include "include/prism_len.h"
PRISM_INLINE void *prism_put_short(void *to, const void *from, uint32_t n); /* in records_gen.h */
#include "records_gen.h"
#endif
