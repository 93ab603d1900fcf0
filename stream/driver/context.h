/* Contexts, share groups and drawables as the app's process knows them. runtime.h has the process, thread.c the threads.
 *
 * Locks, in the order in which they may be taken: prism_glx_mu (glx.h) → prism_context_mu → prism_share.mu → ring lock.
 * Fields without a remark are written once, before the object is seen by a second thread.
 */
#ifndef PRISM_CONTEXT_H
#define PRISM_CONTEXT_H
#include <pthread.h>
#include "pack.h"

struct prism_client;   /* clientstate.h: what packing must know of GL's state */

/* u32 → u64, open addressing; key 0 is never stored. */
typedef struct prism_map {
	uint32_t *keys;
	uint64_t *vals;
	uint32_t cap, used; /* cap is 0 or a power of two */
} prism_map;
PRISM_HIDDEN bool prism_map_get(const prism_map *m, uint32_t key, uint64_t *val);
PRISM_HIDDEN bool prism_map_put(prism_map *m, uint32_t key, uint64_t val); /* false: no memory */
PRISM_HIDDEN bool prism_map_del(prism_map *m, uint32_t key);
PRISM_HIDDEN void prism_map_free(prism_map *m);

/* Names of one kind. */
typedef struct prism_names {
	prism_map by_name;   /* name → serial | PRISM_NAME_MADE */
	prism_map by_serial; /* serial → name */
	uint32_t lowest;     /* no free name lies below this one, when > 0 */
	prism_map labels;    /* serial → char *: glObjectLabel */
} prism_names;
#define PRISM_NAME_MADE (1ull << 32) /* bound at least once, or made by a glCreate call */

/* What contexts of one share group have in common. */
typedef struct prism_share {
	pthread_mutex_t mu;
	uint32_t refs; /* prism_context_mu */
	prism_names names[PRISM_KINDS]; /* mu */
	/* Cache of constants that the lead node answered once: clientstate.c's, freed with free() when the group ends. Swap in atomically. */
	void *constants;
} prism_share;

typedef struct prism_context {
	uint32_t serial;
	prism_share *share;
	struct prism_client *client; /* of the thread that has the context current */
	prism_names own[PRISM_KINDS]; /* share->mu: kinds that contexts do not share */
	/* As in prismContextCreate: profile 0 legacy, 1 core, 2 compatibility, 4 OpenGL ES. */
	uint32_t profile, major, minor, flags, config, alpha, depth, stencil, double_buffer;
	bool no_error, tells_reset; /* tells_reset: the app asked to be told of resets */
	/* Of the thread that has the context current. */
	GLenum error;       /* found here and not fetched yet; 0: none */
	bool error_of_node; /* error came with an answer */
	bool lost_told;     /* GL_CONTEXT_LOST was given out */
	bool draw_front;    /* glDrawBuffer chose the front buffer of the default framebuffer; set by custom_*.c */
	/* prism_news_mu (gl/debug/custom_debug.c) */
	struct prism_heard *heard; /* what nodes said to this context and it was not told yet, oldest first */
	uint32_t heard_n;
	/* prism_context_mu */
	uint32_t current;   /* threads that have it current: 0 or 1 */
	bool destroyed;     /* ends with the last of them */
	void *label;        /* EGL_KHR_debug */
	void *dpy;          /* Display * or prism_egl_display * it was made on; NULL once that is closed */
	struct prism_context *next;
} prism_context;

enum { PRISM_CONTEXT_DEBUG = 1, PRISM_CONTEXT_FORWARD = 2, PRISM_CONTEXT_ROBUST = 4 }; /* flags, numbered as GLX_CONTEXT_*_BIT_ARB */

static inline bool prism_is_core(const prism_context *c) { return c->profile == 1; }
static inline bool prism_is_es(const prism_context *c) { return c->profile == 4; }

typedef struct prism_context_want {
	uint32_t profile, major, minor, flags, config, alpha, depth, stencil, samples, double_buffer;
	bool no_error, tells_reset;
} prism_context_want;

enum { PRISM_VERSION_GOOD, PRISM_VERSION_NONE, PRISM_VERSION_PROFILE, PRISM_VERSION_TOO_NEW };
/* Settles w's version and profile by what an app asks for; w->flags are set. profile is 4 for OpenGL ES; 1 and 2 count from 3.2 on. NONE: there is
 * no such version, or it knows no forward compatibility; PROFILE: the version has no such profile; TOO_NEW: more than is offered. */
PRISM_HIDDEN int prism_context_version(prism_context_want *w, int major, int minor, int profile);
/* Sends prismContextCreate. NULL: no memory or lost. */
PRISM_HIDDEN prism_context *prism_context_new(const prism_context_want *w, prism_context *share, void *dpy);
/* Ends now or when the thread that has it current lets go. */
PRISM_HIDDEN void prism_context_destroy(prism_context *c);
/* Is this a context of ours that was not destroyed? */
PRISM_HIDDEN bool prism_context_valid(const prism_context *c);
/* Makes c (or none: NULL) current in this thread; draw and read are serials of drawables already announced. 0: done, 1: another
 * thread has it, 2: no memory. */
PRISM_HIDDEN int prism_context_make_current(prism_context *c, uint32_t draw, uint32_t read);

/* The current context of this thread, or NULL. */
static inline prism_context *prism_current(void) { return prism_t->ctx; }
/* What glGetError gives: an error found here, else the nodes', else once GL_CONTEXT_LOST. Asks with `errors: exact` alone. */
PRISM_HIDDEN GLenum prism_take_error(void);
/* Calls fn with the context of a serial, if there is one, while it cannot end. */
PRISM_HIDDEN void prism_context_with(uint32_t serial, void (*fn)(prism_context *c, void *arg), void *arg);
PRISM_HIDDEN void prism_heard_free(prism_context *c);
/* An error that a node has found: the message that goes with it is the node's. */
PRISM_HIDDEN void prism_error_told(GLenum error);
/* Tells the current context what nodes have said to it, if it wants to know. To be called where a GL call may call back. */
PRISM_HIDDEN void prism_debug_hear(void);
PRISM_HIDDEN void prism_debug_begin(prism_context *c); /* a debug context, current for the first time */
/* The message that goes with an error found here (gl/debug/custom_debug.c); the app's callback may be called. */
PRISM_HIDDEN void prism_debug_error(prism_context *c, GLenum error);
/* Does drawing go to the front buffer, so that glFlush must show it? */
PRISM_HIDDEN bool prism_draws_front(void);
/* Size of the current draw drawable as last told to the nodes; 0, 0 without one. */
PRISM_HIDDEN void prism_draw_size(uint32_t *w, uint32_t *h);
/* Labels: of an object by serial, of a sync by its number (PRISM_KIND_SYNC), of a display list by its name (kind 0). Gives how many bytes were
 * copied, without NUL; room is at least 1. Set without a text: none any more. false: no memory. */
PRISM_HIDDEN bool prism_label_set(int kind, uint32_t key, const char *text, size_t n);
PRISM_HIDDEN size_t prism_label_get(int kind, uint32_t key, char *to, size_t room);
/* A sync object's name ends. */
PRISM_HIDDEN void prism_sync_delete(GLsync s);
/* Results that come without being asked (result.c). A place is had by one query or sync at a time; PRISM_NO_RESULT: all are in use. */
#define PRISM_NO_RESULT UINT32_MAX
PRISM_HIDDEN uint32_t prism_result_new(void);
PRISM_HIDDEN void prism_result_free(uint32_t place);
PRISM_HIDDEN uint32_t prism_result_use(uint32_t place); /* the number of the next result there, for the record that asks for it */
/* Has it come? Never asks and never waits. value may be NULL; it is right unless the place has been used again since. */
PRISM_HIDDEN bool prism_result_look(uint32_t place, uint32_t use, uint64_t *value);
/* Waits for it: 1 it came, 0 it did not in that time, -1 lost. What the thread has packed must be committed. */
PRISM_HIDDEN int prism_result_wait(uint32_t place, uint32_t use, uint64_t timeout_ns, uint64_t *value);

/* A fence: passed when every node has carried out all that this thread's context was given before it. For glFenceSync and its like. */
typedef struct prism_fence { uint32_t place, use; } prism_fence; /* use 0: none, which is passed */
PRISM_HIDDEN void prism_fence_set(prism_fence *f); /* with a current context; commits */
PRISM_HIDDEN bool prism_fence_passed(const prism_fence *f); /* never asks; also when all is lost */
PRISM_HIDDEN int prism_fence_wait(const prism_fence *f, uint64_t timeout_ns); /* as prism_result_wait */
PRISM_HIDDEN void prism_fence_drop(prism_fence *f); /* its place is free for another */
/* A chunk is about to be committed (gl/state/kept.c). */
PRISM_HIDDEN void prism_kept_commit(struct prism_client *c, const uint8_t *base, const uint8_t *end);
/* Counts an answer that had to be waited for elsewhere than in ask.c. */
PRISM_HIDDEN void prism_count_round_trip(void);
#endif
