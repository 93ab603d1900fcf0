/* Drawables: windows, pbuffers, pixmaps. */
#ifndef PRISM_WINDOW_H
#define PRISM_WINDOW_H
#include <X11/Xlib.h>
#include "runtime.h"

enum { PRISM_DRAWABLE_WINDOW = 1, PRISM_DRAWABLE_PBUFFER = 2, PRISM_DRAWABLE_PIXMAP = 3 };

typedef struct prism_drawable {
	/* Written once. */
	XID xid;          /* what the app calls it; 0: a surface of EGL, which is not found by number */
	XID x;            /* the X window or pixmap; 0 for a pbuffer */
	uint32_t serial;
	int kind;
	uint32_t config, alpha, depth, stencil, double_buffer;
	bool named;       /* made by a glXCreate or eglCreate call: ends with the matching destroy */
	bool preserved, largest;
	/* prism_window_mu */
	uint32_t refs;    /* threads that have it current or are about to */
	prism_thread_state *holder; /* the last of them that has it current */
	bool destroyed, gone;
	uint32_t width, height;
	void *dpy;        /* Display * or prism_egl_display * it was made on, NULL once that is closed */
	bool swapped;     /* the back buffer holds what was last swapped */
	struct prism_xconn *conn;
	uint32_t asked;   /* sequence number of the geometry question under way, 0: none */
	uint32_t tried_w, tried_h; /* viewport that did not fit and was looked into */
	uint64_t frame;
	int32_t interval;
	unsigned long events;
	uint64_t swap_ns; /* when the last swap returned */
	struct prism_drawable *next;
} prism_drawable;

typedef struct prism_drawable_want {
	XID xid, x;
	int kind;
	uint32_t config, alpha, depth, stencil, samples, double_buffer, width, height;
	bool named, preserved, largest, pinned, accum;
	int32_t interval;
	void *owner;        /* what ends it with prism_window_display_closed; NULL: the Display */
	const char *x_name; /* X display of x where there is no Display */
} prism_drawable_want;

/* Finds what the app calls xid. The pointer stays good while the caller's thread has it current or the app does not destroy it. */
PRISM_HIDDEN prism_drawable *prism_drawable_find(XID xid);
/* The same, kept until prism_drawable_unpin. */
PRISM_HIDDEN prism_drawable *prism_drawable_pin(XID xid);
PRISM_HIDDEN void prism_drawable_unpin(prism_drawable *d);
/* d, which somebody holds, is kept until prism_drawable_unpin. */
PRISM_HIDDEN void prism_drawable_keep(prism_drawable *d);
/* Makes and announces a drawable; `pinned`: held as prism_drawable_pin does. For a window or pixmap its size is asked from the X server: NULL if there is no such thing. */
PRISM_HIDDEN prism_drawable *prism_drawable_new(Display *dpy, const prism_drawable_want *w);
PRISM_HIDDEN void prism_drawable_destroy(prism_drawable *d);
/* Called before a make-current: takes in a new size. false: the window is gone. */
PRISM_HIDDEN bool prism_drawable_refresh(prism_drawable *d);
/* Asks the X server how large a window is now, and takes that in. */
PRISM_HIDDEN void prism_drawable_measure(prism_drawable *d);
/* The thread's drawables change: holds the new, lets the old go. */
PRISM_HIDDEN void prism_drawable_hold(prism_drawable *draw, prism_drawable *read);
/* What a make-current does once its arguments are good: c (NULL: none) with its drawables becomes this thread's, and what the old one
 * drew to the front is seen. As prism_context_make_current. */
PRISM_HIDDEN int prism_bind(prism_context *c, prism_drawable *draw, prism_drawable *read);
PRISM_HIDDEN void prism_drawable_swap(prism_drawable *d);
/* Learns of the end of a connection of the app. */
PRISM_HIDDEN void prism_display_watch(Display *dpy);
/* A connection of our own to an X display, made once; NULL: none can be made. Not the caller's to close. */
PRISM_HIDDEN struct xcb_connection_t *prism_window_xcb(const char *name);
/* Called with the arguments of glViewport: an app that reacts to a new size of its window says so here first. */
PRISM_HIDDEN void prism_before_viewport(GLint x, GLint y, GLsizei w, GLsizei h);
#endif
