/* Shared memory between the driver (C) and the splitter (Go, stream/ring). Two sealed memfds a process:
 * `ring` = one page of control and the ring itself; `arena` = blocks for bulk data, then reply slots, results and news.
 * stream/ring's layout test compares every offset here with the Go reader's.
 */
#ifndef PRISM_RING_H
#define PRISM_RING_H
#include <stdint.h>

#define PRISM_RING_MAGIC 0x4e525250u /* "PRRN" */
#define PRISM_RING_VERSION 4u
#define PRISM_CTL_BYTES 8192u
#define PRISM_MAX_BLOCKS 1024u
#define PRISM_MAX_SLOTS 16u
#define PRISM_MAX_RESULTS 65536u

/* Byte n of the stream stands at PRISM_CTL_BYTES + n % ring_bytes. A chunk never wraps: when it does not fit before
 * the end, the writer leaves a prism_chunk with PRISM_SKIP_MAGIC (or, when fewer than sizeof(prism_chunk) bytes
 * are left, nothing) and goes on at the start. head and tail count bytes ever written and read, skips included.
 * head == tail: empty. ring_bytes is a power of two.
 *
 * Waking: the reader sets reader_waits = 1, looks at head again, then futex-waits on wake_reader while it has
 * the value that it read before; the writer, after moving head, adds 1 to wake_reader and wakes if reader_waits.
 * The same the other way with wake_writer / writer_waits for tail and for the arena's blocks; a thread of the app that frees a block itself
 * does it too.
 * All waits end after 100 ms to look whether the other side lives.
 */
typedef struct prism_ctl {
	/* written once by the splitter */
	uint32_t magic, version;
	uint32_t ring_bytes;
	uint32_t blocks, block_bytes; /* arena: block i at i * block_bytes */
	uint32_t slots, slot_bytes;   /* reply slot i at blocks*block_bytes + i*slot_bytes in the arena's memfd */
	uint32_t frames_in_flight;    /* swaps that may be on their way */
	uint32_t finishes_in_flight;  /* glFinish calls that may be on their way; 1: each waits for the nodes */
	uint32_t results;             /* prism_result i at blocks*block_bytes + slots*slot_bytes + i*sizeof(prism_result) in the arena's memfd */
	uint32_t news_bytes;          /* of the ring behind the results, a power of two */
	uint32_t errors_exact;        /* 1: glGetError asks the lead node */
	uint32_t spare0[4];

	/* written by the driver; offset 64 */
	uint64_t head;
	uint32_t wake_reader;
	uint32_t writer_waits;  /* number of threads waiting on wake_writer */
	uint32_t unsupported;   /* calls outside the overlay so far */
	uint32_t round_trips;   /* times a thread waited for an answer */
	uint32_t result_waits;  /* number of threads waiting on results */
	uint32_t news_tail;     /* bytes of news ever read */
	uint32_t spare1[8];

	/* written by the splitter; offset 128 */
	uint64_t tail;
	uint32_t wake_writer;
	uint32_t reader_waits;
	uint32_t lost;          /* 1: the session is gone; contexts are lost */
	uint32_t gl_error;      /* first GL error that a node reported and the app did not fetch; the driver swaps 0 in */
	uint32_t frames_done;   /* credit: swaps finished; futex */
	uint32_t finishes_done; /* credit: glFinish and the like; futex */
	uint32_t window_gone;   /* presenting failed for good. For those who look: the driver sees itself when a window ends, and draws on as drivers do */
	uint32_t news_head;     /* bytes of news ever written */
	uint32_t spare2[6];

	/* offset 192: who has a block; 0: it is free. Each prismDataRef on its way counts 1, which the splitter takes off once it has copied
	 * the bytes out. A thread that fills a block sets PRISM_BLOCK_OPEN, more than it can give out, and takes the rest off in the end: two
	 * atomic operations a block, and none a record. */
	uint32_t block[PRISM_MAX_BLOCKS];
} prism_ctl;

#define PRISM_BLOCK_OPEN 65536u
#define PRISM_BLOCK_ALIGN 64u /* of the pieces in a block */

/* Reply slot: a header and the bytes of prism_reply (prism_wire.h). The driver's thread takes a slot under a lock,
 * sets state = ASKED and sends the record with reply id = slot << 32 | counter. The splitter writes bytes, total, then
 * state = FILLED and wakes. A reply longer than a slot comes in pieces: after each piece the driver sets
 * state = MORE and wakes the splitter on the same word until `offset + bytes == total`.
 */
typedef struct prism_slot {
	uint32_t state; /* futex */
	uint32_t bytes; /* of this piece, behind this header */
	uint64_t id;
	uint64_t offset;
	uint64_t total;
} prism_slot;

enum { PRISM_SLOT_FREE = 0, PRISM_SLOT_ASKED = 1, PRISM_SLOT_FILLED = 2, PRISM_SLOT_MORE = 3 };

/* A result that the session writes without being asked: what a query has counted, or that a fence was passed. The driver gives a place to
 * a query or sync and counts its uses; the splitter writes value, then use, in the stream's order, and wakes if result_waits. */
typedef struct prism_result {
	uint32_t use; /* futex; of the last result that was written, 0: none */
	uint32_t spare;
	uint64_t value;
} prism_result;

/* News: what a node's driver says to an app that asked for debug output. Byte n stands at n % news_bytes, a message may wrap. What finds no
 * room is dropped by the splitter. */
typedef struct prism_news {
	uint32_t bytes; /* with this header, the text and its NUL; a multiple of 8 */
	uint32_t context, source, type, id, severity;
	uint32_t length; /* of the text */
	uint32_t spare;
} prism_news;

/* Attaching: the driver connects to the stream socket $PRISM_SOCKET, sends prism_hello, receives prism_welcome with
 * two descriptors (ring, arena) as SCM_RIGHTS, and keeps the socket: its end is the end of the other side.
 * status != 0: refused, `message` says why (NUL-terminated). */
#define PRISM_HELLO_MAGIC 0x4f4c4850u /* "PHLO" */
typedef struct prism_hello {
	uint32_t magic, wire_version, ring_version;
	int32_t pid;
	uint64_t spec_hash; /* PRISM_SPEC_HASH of the generated tables: both sides must come from one build */
	char program[112];  /* basename, for messages */
} prism_hello;

typedef struct prism_welcome {
	uint32_t magic, status;
	uint64_t ring_map_bytes, arena_map_bytes;
	char message[232];
} prism_welcome;

#endif
