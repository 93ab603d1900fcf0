/* The process's side of the ring: what attach.c makes, thread.c writes into and ask.c reads from. Private to the runtime.
 *
 * Nothing here starts a thread, takes a signal or ends the process. All waits end after PRISM_LOOK_NS to see whether the
 * splitter lives; once it is gone prism_lost_now() is true for ever and each of them returns at once.
 */
#ifndef PRISM_RUNTIME_H
#define PRISM_RUNTIME_H
#include <pthread.h>
#include <time.h>
#include "context.h"
#include "include/offer_gen.h"
#include "include/prism_ring.h"

#define PRISM_LOOK_NS 100000000L

typedef struct prism_process {
	prism_ctl *ctl;      /* shared memory; MADV_DONTFORK; stays mapped until the process ends */
	uint8_t *ring;       /* ctl + PRISM_CTL_BYTES */
	uint8_t *arena;
	/* Copies of what the splitter wrote once: what is checked must not change afterwards. */
	uint32_t ring_bytes, blocks, block_bytes, slots, slot_bytes, results, news_bytes, frames_in_flight, finishes_in_flight;
	bool errors_exact;   /* glGetError asks */
	int sock;
	uint32_t lost;       /* atomic: 1: the splitter is gone; 2: this is a fork child */
	pthread_mutex_t mu;  /* the ring: head, seq. Never held while waiting */
	uint64_t head, seq;  /* mu */
	uint32_t news_tail;  /* gl/debug/custom_debug.c */
	uint32_t next_thread, next_serial, next_block, swaps, finishes; /* atomic */
	uint32_t held_all;   /* atomic: blocks of the arena that were taken for chunks under way */
	uint32_t told;       /* atomic: swaps when glGetError last told an error that a node had found, and one; 0: never */
} prism_process;

extern PRISM_HIDDEN prism_process prism_p;

/* Attaches on the first call; true when the process is attached and not lost. */
PRISM_HIDDEN bool prism_attach(void);
/* One line on stderr: "prism: …". */
PRISM_HIDDEN void prism_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline uint32_t prism_load(const uint32_t *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static inline bool prism_lost_now(void) {
	return PRISM_UNLIKELY(__atomic_load_n(&prism_p.lost, __ATOMIC_RELAXED) != 0) || !prism_p.ctl;
}
/* Looks at ctl->lost and at the socket; true while the other side lives. */
PRISM_HIDDEN bool prism_alive(void);
/* Marks the process's contexts lost and says so once; why is NULL when the session itself has told the user. */
PRISM_HIDDEN void prism_lose(const char *why);
/* Waits while *word == seen, for PRISM_LOOK_NS at most, then looks for life. false: lost. */
PRISM_HIDDEN bool prism_futex_wait(uint32_t *word, uint32_t seen);
/* The same for ns at most, where that is less. */
PRISM_HIDDEN bool prism_futex_wait_ns(uint32_t *word, uint32_t seen, uint64_t ns);
PRISM_HIDDEN void prism_futex_wake(uint32_t *word);
PRISM_HIDDEN uint64_t prism_now_ns(void);
/* What a swap does when contexts are lost: takes the time of a frame, so that an app that never looks does not spin. */
PRISM_HIDDEN void prism_lost_frame(void);

/* A thread's full state; prism_t points at its first member. */
typedef struct prism_thread_state {
	prism_thread t;
	uint8_t *buf;          /* a prism_chunk header, then PRISM_MAX_CHUNK bytes; t.base = buf + sizeof(prism_chunk) */
	uint32_t draw, read;   /* serials of drawables for the chunk header */
	struct prism_drawable *draw_d, *read_d; /* window.c: the same as objects, each held once */
	bool core;             /* records may be written though no context is current */
	uint64_t emitted;      /* records committed before the chunk under way */
	uint32_t held;         /* blocks of the arena that were taken for the chunk under way */
	uint32_t open;         /* 1 + the block that it fills, `open_used` bytes of it; 0: none */
	uint32_t open_used, open_refs; /* bytes and records of it that were given out */
	struct prism_scratch { struct prism_scratch *next; size_t cap, used; } *scratch;
	uint64_t scratch_mark; /* emitted + records when scratch was last given out */
	bool began;            /* the chunk under way begins between glBegin and glEnd */
	bool ahead;            /* records that go ahead of it are being written */
} prism_thread_state;

/* This thread's state, made on first use; NULL: no memory. */
PRISM_HIDDEN prism_thread_state *prism_thread_get(void);
/* Opens the thread for records of prism's own, with or without a current context; false: lost. Every true call is followed by
 * prism_core_close, which commits. */
PRISM_HIDDEN bool prism_core_open(void);
PRISM_HIDDEN void prism_core_close(bool urgent);
/* Writes records that go into the ring before the chunk under way, as a thread of their own: fn packs them, with the thread's context. Not for
 * two threads at once. */
PRISM_HIDDEN void prism_ahead(void (*fn)(void *), void *arg);
/* Mappings that the app may write while commands are packed: how many the process has. Set under the lock of their share group. */
extern PRISM_HIDDEN uint32_t prism_maps_live; /* atomic */
/* Those that are compared with a copy: looking costs milliseconds, so chunks are as long as they may be. */
extern PRISM_HIDDEN uint32_t prism_maps_compared; /* atomic */
/* Buffers that have only been packed into; and one of them, perhaps, is named otherwise (gl/buffers/custom_packs.c). */
extern PRISM_HIDDEN uint32_t prism_buffers_packing; /* atomic */
PRISM_HIDDEN void prism_buffer_named(uint32_t serial);
/* Sends what changed in those of the context's group, ahead of the chunk (gl/buffers/custom_maps.c). */
PRISM_HIDDEN void prism_maps_ahead(void);
/* Makes the buffer ready for records of the context that the thread now has, or closed when it has none. */
PRISM_HIDDEN void prism_thread_reset(prism_thread_state *s);
PRISM_HIDDEN void prism_thread_end(void *state);
PRISM_HIDDEN uint32_t prism_new_serial(void);

/* Waits until fewer than `limit` of `issued` are missing from *done. false: lost. */
PRISM_HIDDEN bool prism_credit_wait(const uint32_t *issued, uint32_t *done, uint32_t limit);
/* prismSwap or prismFlushFront for the thread's draw drawable; see window.c. */
PRISM_HIDDEN void prism_flush_front(void);
/* prismFinish, then waits until fewer than `limit` are on their way; 0: as many as the session allows. */
PRISM_HIDDEN void prism_finish(uint32_t limit);

PRISM_HIDDEN void prism_names_free(prism_names *n);
/* A fork child begins: locks are made new, this thread's chunk is dropped. */
PRISM_HIDDEN void prism_ask_fork_child(void);
PRISM_HIDDEN void prism_result_fork_child(void);
PRISM_HIDDEN void prism_debug_fork_child(void);
PRISM_HIDDEN void prism_context_fork_child(void);
PRISM_HIDDEN void prism_window_fork_child(void);
/* A fork child attaches: what it copied from its parent is left to lie, and found no more. */
PRISM_HIDDEN void prism_context_forget_all(void);
PRISM_HIDDEN void prism_window_forget_all(void);
/* The app closed its connection: what was made on it ends, or ends with the last thread that has it current. */
PRISM_HIDDEN void prism_context_display_closed(void *dpy);
PRISM_HIDDEN void prism_window_display_closed(void *dpy);
PRISM_HIDDEN void prism_egl_display_closed(void *dpy);
PRISM_HIDDEN void prism_thread_fork_child(void);
PRISM_HIDDEN void prism_config_fork_child(void);
PRISM_HIDDEN void prism_display_fork_child(void);
PRISM_HIDDEN void prism_egl_fork_child(void);
PRISM_HIDDEN void prism_maps_fork_child(void);
PRISM_HIDDEN void prism_packs_fork_child(void);
#endif
