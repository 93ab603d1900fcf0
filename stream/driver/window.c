/* Drawables, their sizes and their frames.
 *
 * The app owns its windows. Their size is asked over a connection of our own, so that neither the app's event queue nor its
 * error handler sees anything of it. Questions are sent after a swap and a make-current and read when they have come; only the
 * first make-current of a window waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include "window.h"

#define FIRST_SIZE_MS 2000
#define VIEWPORT_MS 100

typedef struct prism_xconn {
	struct prism_xconn *next;
	xcb_connection_t *c; /* NULL: connecting failed */
	char name[];
} prism_xconn;

static pthread_mutex_t prism_window_mu = PTHREAD_MUTEX_INITIALIZER; /* may be held while the ring's lock is taken, not while waiting */
static uint32_t drawables_n;      /* atomic: those that nodes have, or are about to */
static prism_drawable *drawables; /* prism_window_mu */
static prism_xconn *conns;        /* prism_window_mu */

void prism_window_fork_child(void) {
	pthread_mutex_init(&prism_window_mu, NULL);
	conns = NULL; /* the parent's connections: not to be written to */
	for (prism_drawable *d = drawables; d; d = d->next) d->conn = NULL;
}

void prism_window_forget_all(void) {
	drawables = NULL;
	drawables_n = 0;
	conns = NULL;
}

static prism_xconn *conn_for(const char *name) {
	if (!name) return NULL;
	pthread_mutex_lock(&prism_window_mu);
	prism_xconn *x = conns;
	while (x && strcmp(x->name, name)) x = x->next;
	pthread_mutex_unlock(&prism_window_mu);
	if (x) return x;
	size_t n = strlen(name) + 1;
	if (!(x = calloc(1, sizeof *x + n))) return NULL;
	memcpy(x->name, name, n);
	x->c = xcb_connect(name, NULL);
	if (xcb_connection_has_error(x->c)) {
		xcb_disconnect(x->c);
		x->c = NULL;
		prism_say("window: no second connection to X display %s; windows keep the size that they begin with", name);
	}
	pthread_mutex_lock(&prism_window_mu);
	x->next = conns; /* a second one for the same name, made by two threads at once, does no harm */
	conns = x;
	pthread_mutex_unlock(&prism_window_mu);
	return x;
}

xcb_connection_t *prism_window_xcb(const char *name) {
	const prism_xconn *x = conn_for(name);
	return x && x->c && !xcb_connection_has_error(x->c) ? x->c : NULL;
}

/* Sends the question for d's size. mu held. */
static void ask_size(prism_drawable *d) {
	if (d->kind != PRISM_DRAWABLE_WINDOW || d->asked || d->gone || !d->conn || !d->conn->c || xcb_connection_has_error(d->conn->c)) return;
	d->asked = xcb_get_geometry(d->conn->c, (xcb_drawable_t)d->x).sequence;
	xcb_flush(d->conn->c);
}

/* Takes in the answer if it has come; true when nothing is under way any more. mu held. */
static bool take_size(prism_drawable *d, bool *changed) {
	if (!d->asked) return true;
	void *reply = NULL;
	xcb_generic_error_t *error = NULL;
	if (!d->conn || !d->conn->c || xcb_connection_has_error(d->conn->c)) {
		d->asked = 0;
		return true;
	}
	if (!xcb_poll_for_reply(d->conn->c, d->asked, &reply, &error)) return false;
	d->asked = 0;
	if (reply) {
		const xcb_get_geometry_reply_t *g = reply;
		if (g->width != d->width || g->height != d->height) {
			d->width = g->width;
			d->height = g->height;
			d->swapped = false;
			*changed = true;
		}
	} else {
		d->gone = true; /* keeps its last size; drawing to it goes on and shows nothing */
	}
	free(reply);
	free(error);
	return true;
}

/* Waits for the answer to a question under way. */
static void await_size(prism_drawable *d, int ms, bool *changed) {
	uint64_t until = prism_now_ns() + (uint64_t)ms * 1000000u;
	for (;;) {
		pthread_mutex_lock(&prism_window_mu);
		bool done = take_size(d, changed);
		int fd = done || !d->conn ? -1 : xcb_get_file_descriptor(d->conn->c);
		pthread_mutex_unlock(&prism_window_mu);
		uint64_t now = prism_now_ns();
		if (fd < 0 || now >= until) return;
		/* Another thread may read our answer from the socket into xcb's queue: so look again soon whatever poll says. */
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int left = (int)((until - now) / 1000000u) + 1, saved = errno;
		poll(&p, 1, left < 20 ? left : 20);
		errno = saved;
	}
}

static void tell_size(const prism_drawable *d) {
	if (!prism_core_open()) return;
	prism_put_prismDrawableResize(d->serial, d->width, d->height);
	prism_core_close(false);
}

static prism_drawable *find(XID xid, uint32_t pins) {
	prism_drawable *d;
	if (!xid) return NULL;
	pthread_mutex_lock(&prism_window_mu);
	for (d = drawables; d; d = d->next)
		if (d->xid == xid && !d->destroyed) break;
	if (d) d->refs += pins;
	pthread_mutex_unlock(&prism_window_mu);
	return d;
}

prism_drawable *prism_drawable_find(XID xid) { return find(xid, 0); }
prism_drawable *prism_drawable_pin(XID xid) { return find(xid, 1); }

/* Frees d when nobody has it. mu held on entry, released on return. */
static void end_or_unlock(prism_drawable *d) {
	if (!d->destroyed || d->refs) {
		pthread_mutex_unlock(&prism_window_mu);
		return;
	}
	for (prism_drawable **at = &drawables; *at; at = &(*at)->next)
		if (*at == d) {
			*at = d->next;
			break;
		}
	if (d->asked && d->conn && d->conn->c) xcb_discard_reply(d->conn->c, d->asked);
	pthread_mutex_unlock(&prism_window_mu);
	if (prism_core_open()) {
		prism_put_prismDrawableDestroy(d->serial);
		prism_core_close(false);
	}
	__atomic_sub_fetch(&drawables_n, 1, __ATOMIC_ACQ_REL); /* not before its end is in the ring */
	free(d);
}

void prism_drawable_keep(prism_drawable *d) {
	pthread_mutex_lock(&prism_window_mu);
	d->refs++;
	pthread_mutex_unlock(&prism_window_mu);
}

void prism_drawable_unpin(prism_drawable *d) {
	pthread_mutex_lock(&prism_window_mu);
	d->refs--;
	end_or_unlock(d);
}

void prism_window_display_closed(void *dpy) {
	for (;;) {
		pthread_mutex_lock(&prism_window_mu);
		prism_drawable *d = drawables;
		while (d && d->dpy != dpy) d = d->next;
		if (!d) break;
		/* The server has ended the connection's windows and may give their numbers to the next connection. */
		d->dpy = NULL;
		d->destroyed = true;
		end_or_unlock(d);
	}
	pthread_mutex_unlock(&prism_window_mu);
}

/* Windows that the app made and destroyed have no destroy call of GLX: those that nobody has current are asked for now and
 * then, and ended once the X server does not know them. */
static void reap(void) {
	for (prism_drawable *d = NULL;; d = NULL) {
		bool changed = false;
		pthread_mutex_lock(&prism_window_mu);
		for (d = drawables; d; d = d->next) {
			if (d->refs || d->named || d->destroyed || !take_size(d, &changed)) continue;
			d->destroyed = d->gone;
			ask_size(d);
			if (d->gone || changed) break;
		}
		if (!d) break;
		d->refs++;
		pthread_mutex_unlock(&prism_window_mu);
		if (changed) tell_size(d);
		prism_drawable_unpin(d);
	}
	pthread_mutex_unlock(&prism_window_mu);
}

prism_drawable *prism_drawable_new(Display *dpy, const prism_drawable_want *w) {
	reap();
	prism_drawable *d = calloc(1, sizeof *d);
	if (!d) return NULL;
	d->refs = w->pinned;
	d->xid = w->xid;
	d->x = w->x;
	d->kind = w->kind;
	d->config = w->config;
	d->alpha = w->alpha;
	d->depth = w->depth;
	d->stencil = w->stencil;
	d->double_buffer = w->double_buffer;
	d->named = w->named;
	d->dpy = w->owner ? w->owner : dpy;
	d->interval = w->interval;
	d->preserved = w->preserved;
	d->largest = w->largest;
	d->width = w->width;
	d->height = w->height;
	d->serial = prism_new_serial();
	if (d->x) {
		/* The window may still wait in the app's own queue to the server. */
		if (dpy) XSync(dpy, False);
		d->conn = conn_for(dpy ? DisplayString(dpy) : w->x_name);
		if (d->conn && d->conn->c) {
			bool changed = false;
			d->asked = xcb_get_geometry(d->conn->c, (xcb_drawable_t)d->x).sequence;
			xcb_flush(d->conn->c);
			await_size(d, FIRST_SIZE_MS, &changed);
		} else if (!dpy) {
			d->gone = true;
		} else {
			Window root;
			int ix, iy;
			unsigned iw = 0, ih = 0, border, deep;
			if (XGetGeometry(dpy, d->x, &root, &ix, &iy, &iw, &ih, &border, &deep)) {
				d->width = iw;
				d->height = ih;
			} else {
				d->gone = true;
			}
		}
	}
	bool room = !d->gone && __atomic_fetch_add(&drawables_n, 1, __ATOMIC_ACQ_REL) < PRISM_MAX_DRAWABLES;
	if (!room && !d->gone) prism_say("window: there are %u windows, pixmaps and pbuffers, which is the most", PRISM_MAX_DRAWABLES);
	if (!room || !prism_core_open()) {
		if (!d->gone) __atomic_sub_fetch(&drawables_n, 1, __ATOMIC_ACQ_REL);
		free(d);
		return NULL;
	}
	if (!d->width) d->width = 1;
	if (!d->height) d->height = 1;
	prism_put_prismDrawableCreate(d->serial, (uint32_t)d->kind, (uint32_t)d->x, d->width, d->height, d->config, w->samples, d->alpha, d->depth,
		d->stencil, d->double_buffer);
	if (w->accum) prism_put_prismDrawableAccum(d->serial);
	prism_core_close(false);
	pthread_mutex_lock(&prism_window_mu);
	d->next = drawables;
	drawables = d;
	pthread_mutex_unlock(&prism_window_mu);
	return d;
}

void prism_drawable_destroy(prism_drawable *d) {
	pthread_mutex_lock(&prism_window_mu);
	d->destroyed = true;
	end_or_unlock(d);
}

bool prism_drawable_refresh(prism_drawable *d) {
	if (d->kind != PRISM_DRAWABLE_WINDOW) return true;
	bool changed = false;
	pthread_mutex_lock(&prism_window_mu);
	take_size(d, &changed);
	ask_size(d);
	bool gone = d->gone;
	pthread_mutex_unlock(&prism_window_mu);
	if (gone) return false;
	if (changed) tell_size(d);
	return true;
}

void prism_drawable_measure(prism_drawable *d) {
	if (d->kind != PRISM_DRAWABLE_WINDOW) return;
	bool changed = false;
	pthread_mutex_lock(&prism_window_mu);
	if (d->asked && d->conn && d->conn->c) { /* an older question may have been answered before a resize */
		xcb_discard_reply(d->conn->c, d->asked);
		d->asked = 0;
	}
	ask_size(d);
	pthread_mutex_unlock(&prism_window_mu);
	await_size(d, VIEWPORT_MS, &changed);
	if (changed) {
		d->tried_w = d->tried_h = 0;
		tell_size(d);
	}
}

void prism_drawable_hold(prism_drawable *draw, prism_drawable *read) {
	prism_thread_state *s = prism_thread_get();
	if (!s) return;
	prism_drawable *old[2] = {s->draw_d, s->read_d};
	pthread_mutex_lock(&prism_window_mu);
	if (draw) draw->refs++;
	if (read) read->refs++;
	s->draw_d = draw;
	s->read_d = read;
	for (int i = 0; i < 2; i++)
		if (old[i] && old[i]->holder == s) old[i]->holder = NULL;
	if (draw) draw->holder = s;
	if (read) read->holder = s;
	pthread_mutex_unlock(&prism_window_mu);
	for (int i = 0; i < 2; i++) {
		if (!old[i]) continue;
		pthread_mutex_lock(&prism_window_mu);
		old[i]->refs--;
		/* A plain window has no destroy call of its own. */
		if (old[i]->gone && !old[i]->named && !old[i]->refs) old[i]->destroyed = true;
		end_or_unlock(old[i]);
	}
}

int prism_bind(prism_context *c, prism_drawable *draw, prism_drawable *read) {
	prism_context *old = prism_t->ctx;
	if (!old && !c) return 0;
	if (old && old != c && prism_draws_front()) prism_flush_front(); /* as glFlush does */
	int failed = prism_context_make_current(c, draw ? draw->serial : 0, read ? read->serial : 0);
	if (!failed) prism_drawable_hold(draw, read);
	return failed;
}

/* The frame's number, with the record that ends it ready to be put (prism_core_open); 0: lost. The frame's commands go out before
 * the wait for a credit: the nodes draw them meanwhile. */
static uint64_t frame_end(prism_drawable *d, int32_t *interval) {
	prism_process *p = &prism_p;
	prism_commit(false);
	if (!prism_credit_wait(&p->swaps, &p->ctl->frames_done, p->frames_in_flight)) return 0;
	if (!prism_core_open()) return 0;
	__atomic_add_fetch(&p->swaps, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_lock(&prism_window_mu);
	uint64_t frame = ++d->frame;
	*interval = d->interval;
	pthread_mutex_unlock(&prism_window_mu);
	return frame;
}

void prism_drawable_swap(prism_drawable *d) {
	if (!d->double_buffer || d->kind == PRISM_DRAWABLE_PIXMAP) {
		prism_commit(false);
		return;
	}
	uint64_t now = prism_now_ns(), app = d->swap_ns ? now - d->swap_ns : 0;
	int32_t interval;
	uint64_t frame = frame_end(d, &interval);
	if (!frame) return;
	prism_put_prismSwap(d->serial, interval, frame, app);
	prism_core_close(true);
	bool changed = false;
	pthread_mutex_lock(&prism_window_mu);
	d->swapped = true;
	take_size(d, &changed);
	ask_size(d);
	d->swap_ns = prism_now_ns();
	pthread_mutex_unlock(&prism_window_mu);
	if (changed) tell_size(d);
}

void prism_before_viewport(GLint x, GLint y, GLsizei w, GLsizei h) {
	if (x || y || w <= 0 || h <= 0 || !prism_t->ctx || prism_lost_now()) return;
	prism_drawable *d = ((prism_thread_state *)prism_t)->draw_d;
	if (!d || d->kind != PRISM_DRAWABLE_WINDOW) return;
	if (((uint32_t)w == d->width && (uint32_t)h == d->height) || ((uint32_t)w == d->tried_w && (uint32_t)h == d->tried_h)) return;
	pthread_mutex_lock(&prism_window_mu);
	d->tried_w = (uint32_t)w;
	d->tried_h = (uint32_t)h;
	pthread_mutex_unlock(&prism_window_mu);
	prism_drawable_measure(d);
}

void prism_draw_size(uint32_t *w, uint32_t *h) {
	*w = *h = 0;
	if (!prism_t->ctx) return;
	const prism_drawable *d = ((prism_thread_state *)prism_t)->draw_d;
	if (!d) return;
	*w = d->width;
	*h = d->height;
}

bool prism_draws_front(void) {
	if (!prism_t->ctx) return false;
	const prism_drawable *d = ((prism_thread_state *)prism_t)->draw_d;
	return d && d->kind != PRISM_DRAWABLE_PBUFFER && (!d->double_buffer || prism_t->ctx->draw_front);
}

void prism_flush_front(void) {
	if (!prism_t->ctx || prism_lost_now()) return;
	prism_drawable *d = ((prism_thread_state *)prism_t)->draw_d;
	if (!d) return;
	int32_t interval;
	uint64_t frame = frame_end(d, &interval);
	if (!frame) return;
	prism_put_prismFlushFront(d->serial, frame);
	prism_core_close(true);
}

void prism_finish(uint32_t limit) {
	prism_process *p = &prism_p;
	if (!prism_core_open()) return;
	uint32_t count = __atomic_add_fetch(&p->finishes, 1, __ATOMIC_ACQ_REL);
	prism_put_prismFinish(count);
	prism_core_close(true);
	prism_credit_wait(&p->finishes, &p->ctl->finishes_done, limit ? limit : p->finishes_in_flight);
}
