/* What replay.go calls of the C code. Everything from the one OS thread that the device belongs to. */
#ifndef PRISM_REPLAY_RUN_H
#define PRISM_REPLAY_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay;

enum { REPLAY_DEVICE = -2 }; /* status: the device failed, the stream is not to blame */

typedef struct replay_result {
	int32_t status;     /* REPLAY_OK, _CORRUPT, _STOP, _DEVICE */
	uint32_t record;    /* index in its chunk, at an error */
	uint64_t consumed;  /* bytes of the batch */
	uint64_t chunk;     /* sequence number, at an error */
	uint32_t op;        /* at an error or a stop */
	/* at a stop */
	uint32_t drawable;
	uint64_t frame, count;
	uint64_t records, draws, bytes; /* since the stop before */
	uint32_t gl_error;
	uint32_t width, height;
	uint32_t replies;               /* bytes of replies, to be taken with replay_replies_take */
} replay_result;

/* A result as it is sent (nodes/proto/results.go). */
typedef struct replay_told {
	uint32_t place, use;
	uint64_t value;
} replay_told;
/* Results that are known; wait: all that are under way. Valid until the next call of anything. Not 0: the device failed. */
int replay_results(struct replay *r, bool wait, const replay_told **told, uint32_t *n);
bool replay_pending(const struct replay *r); /* some are under way */

/* What the driver said, text NUL-terminated; valid until the next run. Gives how many; dropped: that were more than are kept. */
typedef struct replay_said {
	uint32_t context, source, type, id, severity, length;
	const char *text;
} replay_said;
uint32_t replay_said_take(struct replay *r, const replay_said **said, uint32_t *dropped);

struct replay *replay_new(void *device, char *err, size_t err_bytes);
void replay_free(struct replay *r);
void replay_lead(struct replay *r, bool lead);
void replay_peer(struct replay *r, uint32_t peer);
void replay_make(struct replay *r, bool fbo);
/* Of a drawable, before or after it is made: from the next record on drawing is cut to the rectangle, and viewports are moved by
 * (move_x, move_y) pixels (offscreen: also those of the same size in objects of the app's), while the drawable's size is full_w × full_h.
 * held: x, y, w, h of the part that this node's framebuffer holds; w 0: all of it. It counts when the drawable gets its size. */
void replay_plan(struct replay *r, uint32_t drawable, uint32_t full_w, uint32_t full_h, int32_t x, int32_t y, int32_t w, int32_t h,
                 double move_x, double move_y, bool offscreen, const int32_t held[4], const int32_t *tiles /* n times x, y, w, h: what this node answers for and presents */, uint32_t n);
/* Goes through p, n bytes of a batch, until its end or a stop; after a stop the rest is to be given again. */
void replay_run(struct replay *r, const uint8_t *p, uint64_t n, replay_result *out);
/* Replies: {u32 bytes, u32 0, bytes}, valid until the next run. */
const uint8_t *replay_replies(struct replay *r);
void replay_replies_take(struct replay *r, uint8_t *to);
/* Takes times from the next frame on. */
void replay_timing(struct replay *r, bool on);
/* Ends a frame, and gives the nanoseconds that the GPU took for its records, once it has carried them out (wait; else they are forgotten).
 * -1: not known. */
int64_t replay_frame_time(struct replay *r, bool wait);
/* Reads a rectangle of the back buffer as BGRA8, tight, bottom first. */
int replay_readback(struct replay *r, uint32_t drawable, int32_t x, int32_t y, int32_t w, int32_t h, uint8_t *to);
const char *replay_error(struct replay *r);
const char *replay_op_name(uint32_t op);
void replay_note(struct replay *r, char *to, size_t bytes); /* takes the note; "" none */
/* Draws a picture in both makes and counts the pixels that differ; -1: fbo cannot be used, err says why. */
int replay_selftest(struct replay *r, int *pixels, bool *flip, char *err, size_t err_bytes);
/* From here on clears of small tiles clear no more than the tile, if the driver's ways to clear are seen to give the same bits; before the first
 * batch. true: they do. Of use with software drivers, whose clears take as long as what they clear is large. */
bool replay_clear_tiles(struct replay *r);
uint64_t replay_tiles_cleared(const struct replay *r); /* for tests: how often */
/* Strings and numbers of a context that is made for the question. profile as in egl.h. */
bool replay_describe(struct replay *r, unsigned profile, unsigned major, unsigned minor, char *renderer, char *vendor, char *version, char *glsl, size_t each,
                     const uint32_t *pnames, int32_t *values, size_t n);
/* For tests: box as the app sees it; bit 0 the app's scissor test, bit 1 GL's; GL's box. */
void replay_scissor(struct replay *r, int32_t v[9]);
/* For tests: viewport 0 as the app sees it, and GL's. */
void replay_viewport(struct replay *r, float v[8]);
/* Walks a batch with functions that do nothing in place of GL: for benchmarks. */
void replay_stub(struct replay *r);

#endif
