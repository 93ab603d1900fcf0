/* Wire layout of records and chunks: the C side of stream/wire (FORMAT.md is the normative grammar).
 *
 * A chunk is what one thread committed while one context was current:
 *
 *     +--------------------------- prism_chunk, 40 bytes ---------------------------+
 *     | magic  bytes | thread  ctx | seq (u64) | records  flags | draw  read         |
 *     +-----------------------------------------------------------------------------+
 *     | record | record | …        `bytes` bytes in all, each a multiple of 8        |
 *
 * A record is an 8-byte header and a payload:
 *
 *     +---------------+---------+---------+----------------------+-----------------+
 *     | size u32      | op u16  | flags   | fixed part           | array bytes …   |
 *     +---------------+---------+---------+----------------------+-----------------+
 *
 * The fixed part holds, in this order:
 *   1. for a command that is answered (PRISM_REC_REPLY): u64 reply id;
 *   2. each parameter in the command's order, with natural alignment: 4 bytes for every integer, enum, boolean,
 *      float of up to 32 bits (smaller integers are widened), 8 bytes for 64-bit integers, sizes, offsets,
 *      doubles and syncs; object handles travel as u32 serials, never as the app's names;
 *      an array that is read by the command: prism_blob (8 bytes, 4-aligned); an array that the command
 *      writes (an answer): nothing, unless the length cannot be known from the other parameters: then u32 capacity
 *      in bytes;
 *   3. padding to a multiple of 8.
 * The bytes of each inline array follow in the parameters' order, each padded to a multiple of 8.
 * Little endian throughout.
 */
#ifndef PRISM_WIRE_H
#define PRISM_WIRE_H
#include <stdint.h>

#define PRISM_WIRE_VERSION 1u

#define PRISM_CHUNK_MAGIC 0x48435250u /* "PRCH" */
#define PRISM_SKIP_MAGIC 0x4b535250u  /* "PRSK": the rest of the ring up to its end is unused */

typedef struct prism_chunk {
	uint32_t magic;
	uint32_t bytes;   /* of records, behind this header */
	uint32_t thread;  /* the app's thread, a small number given by the driver, from 1 */
	uint32_t ctx;     /* serial of the context that was current, 0: none */
	uint64_t seq;     /* counts the chunks of one process, from 1 */
	uint32_t records; /* how many */
	uint32_t flags;   /* PRISM_CHUNK_* */
	uint32_t draw;    /* serial of the current draw drawable, 0: none */
	uint32_t read;    /* serial of the current read drawable */
} prism_chunk;

#define PRISM_CHUNK_URGENT 1u /* somebody waits for an effect: send on without gathering more */

typedef struct prism_rec {
	uint32_t size; /* bytes with this header, a multiple of 8 */
	uint16_t op;   /* number from ids.lock */
	uint16_t flags;
} prism_rec;

#define PRISM_REC_REPLY 1u

/* An array parameter. */
typedef struct prism_blob {
	uint32_t bytes; /* length without padding; PRISM_BLOB_OFFSET: 8 */
	uint32_t mode;
} prism_blob;

enum {
	PRISM_BLOB_NULL = 0,   /* the app passed NULL */
	PRISM_BLOB_INLINE = 1, /* the bytes follow the fixed part */
	PRISM_BLOB_STAGED = 2, /* the next `bytes` bytes of what prismData records of this thread brought */
	PRISM_BLOB_OFFSET = 3, /* u64 offset into the buffer that is bound, inline */
};

/* A list of strings (glShaderSource) travels as one array: u32 count, count × u32 length, the bytes. */

#define PRISM_PAD8(n) (((n) + 7u) & ~(uint64_t)7u)

/* Limits: the packer keeps them, every reader enforces them. */
#define PRISM_MAX_RECORD (128u << 10)    /* one record, with its inline arrays */
#define PRISM_MAX_CHUNK (256u << 10)     /* one chunk's records */
#define PRISM_INLINE_MAX (16u << 10)     /* an array larger than this is staged */
#define PRISM_PIECE_BYTES (64u << 10)    /* bytes one prismData / prismDataRef record brings at most */
#define PRISM_MAX_CONTEXTS 1024u         /* of one process at a time: the driver refuses more, and nodes keep no more */
#define PRISM_MAX_DRAWABLES 4096u
#define PRISM_MAX_STAGED (1u << 30)      /* bytes staged for one command at most */

/* A reply, as the node writes it and as it stands in the reply slot:
 *
 *     u64 reply id | u32 status (PRISM_REPLY_*) | u32 GL error or 0 | u64 return value |
 *     for each array that the command writes: u32 bytes, u32 0, the bytes padded to 8
 */
typedef struct prism_reply {
	uint64_t id;
	uint32_t status;
	uint32_t error;
	uint64_t ret;
} prism_reply;

enum { PRISM_REPLY_OK = 0, PRISM_REPLY_LOST = 1, PRISM_REPLY_UNSUPPORTED = 2 };

#endif
