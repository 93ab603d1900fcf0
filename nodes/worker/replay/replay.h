/* What the generated unpackers (unpack_*_gen.c) need: the worker's runtime for replay, written by hand in this folder.
 *
 * A generated unpacker:
 *
 *     static int x_glFoo(replay *r, const uint8_t *rec, const uint8_t *end) {
 *         const struct prism_rec_glFoo *a = (const void *)rec;   // the loop has checked the fixed size
 *         const uint8_t *at = (const uint8_t *)(a + 1);
 *         const void *v;
 *         uint64_t v_need; X(x_count(r, a->n, &…)) …             // a negative or overflowing length is an error of the app's:
 *                                                                // the call is made with NULL/0 bytes only if GL reads nothing
 *         if (x_blob(r, &a->v, v_need, &at, end, &v)) return -1; // too short: r->error says where and what
 *         r->gl.Foo(a->a, a->n, v);
 *         return 0;
 *     }
 *
 * Every function returns 0, or -1 with r->error set (ErrCorrupt), or REPLAY_STOP after a record that Go must act on.
 * Nothing in a record is ever used as an address: arrays come from x_blob, offsets need a bound buffer.
 */
#ifndef PRISM_REPLAY_H
#define PRISM_REPLAY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include "prism_wire.h"
#include "kinds_gen.h"
#include "ops_gen.h"
#include "prism_len.h"
#include "records_gen.h"
#include "glapi_gen.h" /* struct prism_glapi: a typed function pointer for each command, prism_glapi_load */

enum { REPLAY_OK = 0, REPLAY_CORRUPT = -1, REPLAY_STOP = 1 };

typedef struct replay replay;
struct replay_context; /* state.h: what the worker follows of a context (scissor, framebuffer, buffers, pixel store) */

typedef int (*replay_fn)(replay *r, const uint8_t *rec, const uint8_t *end);
extern const replay_fn replay_table[PRISM_OPS];         /* unpack_table_gen.c; NULL: not a record that nodes take */
extern const uint32_t replay_fixed[PRISM_OPS];          /* least size of the record: header and fixed part */

struct replay {
	struct prism_glapi gl;
	struct replay_context *ctx; /* current, or NULL */
	char error[256];
	uint32_t thread;            /* of the chunk in hand */
	/* the rest is private to replay.c */
	struct replay_private *priv;
};

/* ErrCorrupt with the record's op name, the parameter and a printf reason. Returns -1. */
int x_bad(replay *r, const char *param, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Gives the bytes of an array and moves *at. `need` is what GL will read, in bytes. NULL mode gives *out = NULL whatever need
 * is when `nullable`, else an error if need > 0. An OFFSET is an error here. */
int x_blob_checked(replay *r, const char *param, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out);
static inline int x_blob(replay *r, const char *param, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
#ifndef PRISM_EXACT
	const uint64_t room = PRISM_PAD8((uint64_t)b->bytes);
	if (__builtin_expect(b->mode == PRISM_BLOB_INLINE && room <= (uint64_t)(end - *at) && b->bytes >= need, 1)) {
		*out = *at;
		*at += room;
		return 0;
	}
#endif
	return x_blob_checked(r, param, b, need, nullable, at, end, out); /* not inline, or an error */
}
/* The same where an offset into the buffer bound at `binding` may stand instead: checked to be bound and large enough. */
int x_blob_or_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out);
/* An image, or an offset into the buffer bound to GL_PIXEL_UNPACK_BUFFER; of a pair of format and type that prism_len.h does not know the
 * command is left out, as GL would (GL_INVALID_ENUM): nobody can tell what a driver would read. */
/* How wide an image is that GL is asked for: none of it where there is nothing to read, so that GL still says what else is wrong. */
GLsizei x_columns(const prism_blob *b, GLenum format, GLenum type, int32_t width);
int x_image(replay *r, const char *param, const prism_blob *b, GLenum format, GLenum type, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out);
/* A compressed image of `bytes` when it is tight, likewise. */
int x_compressed(replay *r, const char *param, const prism_blob *b, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, uint64_t bytes, bool nullable, const uint8_t **at, const uint8_t *end, const void **out);
/* An array of which GL keeps the address: it must lie in the buffer bound at `binding`. */
int x_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, const uint8_t **at, const uint8_t *end, const void **out);
/* A NUL-terminated string. */
int x_string(replay *r, const char *param, const prism_blob *b, const uint8_t **at, const uint8_t *end, const GLchar **out);
/* A list of strings: pointers and lengths valid until the next record. */
int x_strings(replay *r, const char *param, const prism_blob *b, GLsizei n, const uint8_t **at, const uint8_t *end, const GLchar *const **out, const GLint **lens);
/* need = count * elem, with count < 0 or overflow turned into 0 (GL itself reports the error and reads nothing). */
uint64_t x_need(int64_t count, uint64_t elem);
/* scratch valid until the next record; NULL never: aborts the record with -1 through r->error when above PRISM_MAX_STAGED. */
void *x_scratch(replay *r, uint64_t bytes);

/* Carries out the items of a prismVertices record; -1: one of them is none. */
int x_items(replay *r, const uint8_t *items, uint32_t bytes);

/* Object handles. */
int x_handle(replay *r, const char *param, int kind, uint32_t serial, GLuint *name);      /* unknown: -1 */
int x_handle_bind(replay *r, const char *param, int kind, uint32_t serial, GLuint *name); /* unknown: made (glGenX) */
int x_handle_add(replay *r, const char *param, int kind, uint32_t serial, GLuint name);   /* known already: -1 */
void x_handle_remove(replay *r, int kind, uint32_t serial);
uint32_t x_handle_serial(replay *r, int kind, GLuint name);                               /* back: for answers */
int x_sync(replay *r, const char *param, uint32_t serial, GLsync *s);
int x_sync_add(replay *r, const char *param, uint32_t serial, GLsync s);
void x_sync_remove(replay *r, uint32_t serial);

/* Replies: appended to the buffer that Go sends. x_reply_out gives zeroed room for an array of `bytes`; x_reply_trim makes the array
 * just written shorter (when GL said the real length). */
void x_reply_begin(replay *r, uint64_t id);
void x_reply_ret(replay *r, uint64_t ret);
void *x_reply_out(replay *r, uint64_t bytes);
void x_reply_trim(replay *r, uint64_t bytes);
void x_reply_end(replay *r);
bool x_answers(replay *r); /* this node answers questions of class `lead` */

#endif
