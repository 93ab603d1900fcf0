/* Runs made-up streams through the replay, as a worker would (nodes/worker/worker.go), over the stub.
 *
 * An input is one byte of DRIVE_* and items:
 *
 *     +--------+---------+----------------+
 *     | op u16 | len u16 | payload …      |   what stands behind a record's 8 bytes of header; or one of DRIVE_CHUNK …
 *     +--------+---------+----------------+
 *
 * so that lengths, counts and magic numbers of chunks and batches are right whatever the bytes are. drive_raw takes a batch as it is. */
#ifndef PRISM_DRIVE_H
#define PRISM_DRIVE_H
#include <stddef.h>
#include <stdint.h>

enum { DRIVE_FBO = 1, DRIVE_LEAD = 2, DRIVE_FRAGILE = 4 /* no robust access */, DRIVE_OLD = 8, DRIVE_ERRORS = 16, DRIVE_BARE = 32 /* without contexts and objects made before */ };
enum {
	DRIVE_CHUNK = 0xff00, /* {thread, ctx, draw, read} u8: what follows stands in a chunk of them */
	DRIVE_RUN,            /* the batch ends here */
	DRIVE_PLAN,           /* {drawable, x, y, w, h} u8, {full_w, full_h} u16 */
	DRIVE_READBACK,       /* {drawable, x, y, w, h} u8 */
	DRIVE_LEADER,         /* this node leads, or no longer */
	DRIVE_SHORT,          /* the next record is so many bytes shorter than it should be: u8 */
};

typedef struct drive_end { int status; uint64_t records, batches; char why[300]; } drive_end; /* how the session ended */

void drive_items(const uint8_t *data, size_t n, drive_end *end);
void drive_raw(const uint8_t *data, size_t n, drive_end *end);

/* Bytes being written; grows. */
typedef struct drive_buf { uint8_t *p; size_t n, cap; } drive_buf;
void *drive_add(drive_buf *b, size_t n); /* zeroes */
void drive_free(drive_buf *b);

/* Random items of every command, boundary values first. */
typedef struct drive_random { uint64_t s; } drive_random;
uint32_t drive_next(drive_random *r);
size_t drive_commands(void);
void drive_item(drive_buf *b, drive_random *r, size_t command);        /* one item */
void drive_field(uint8_t *payload, size_t n, uint16_t op, drive_random *r); /* one field of an item's payload anew */
#endif
