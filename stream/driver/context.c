/* Contexts and share groups. */
#include <stdlib.h>
#include "clientstate.h"
#include "runtime.h"

static pthread_mutex_t prism_context_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t told_mu = PTHREAD_MUTEX_INITIALIZER; /* below, prism_unsupported */
static uint32_t contexts_n;      /* prism_context_mu: those that nodes have, or are about to */
static prism_context *contexts; /* prism_context_mu: those whose handle the app may still use, and those still current */

void prism_context_fork_child(void) {
	pthread_mutex_init(&prism_context_mu, NULL);
	pthread_mutex_init(&told_mu, NULL);
	for (prism_context *c = contexts; c; c = c->next) pthread_mutex_init(&c->share->mu, NULL);
}

void prism_context_forget_all(void) {
	contexts = NULL;
	contexts_n = 0;
	if (prism_t->ctx) { /* libGLX forgets it too, at the child's first call */
		prism_thread_state *s = (prism_thread_state *)prism_t;
		s->t.ctx = NULL;
		s->draw = s->read = 0;
		s->draw_d = s->read_d = NULL;
		prism_thread_reset(s);
	}
}

/* One more, or one less; false: there are as many as there may be. */
static bool count_context(int by) {
	pthread_mutex_lock(&prism_context_mu);
	bool ok = by < 0 || contexts_n < PRISM_MAX_CONTEXTS;
	if (ok) contexts_n += (uint32_t)by;
	pthread_mutex_unlock(&prism_context_mu);
	if (!ok) prism_say("context: there are %u, which is the most", PRISM_MAX_CONTEXTS);
	return ok;
}

static void share_put(prism_share *s) {
	pthread_mutex_lock(&prism_context_mu);
	bool last = --s->refs == 0;
	pthread_mutex_unlock(&prism_context_mu);
	if (!last) return;
	for (int k = 0; k < PRISM_KINDS; k++) prism_names_free(&s->names[k]);
	free(s->constants);
	pthread_mutex_destroy(&s->mu);
	free(s);
}

/* Takes c out of the process. Nobody has it current, the app gave its handle up. */
static void context_end(prism_context *c) {
	pthread_mutex_lock(&prism_context_mu);
	for (prism_context **at = &contexts; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			break;
		}
	pthread_mutex_unlock(&prism_context_mu);
	if (prism_core_open()) {
		prism_put_prismContextDestroy(c->serial);
		prism_core_close(false);
	}
	count_context(-1); /* not before its end is in the ring */
	prism_client_free(c->client);
	prism_heard_free(c);
	share_put(c->share);
	for (int k = 0; k < PRISM_KINDS; k++) prism_names_free(&c->own[k]);
	free(c);
}

int prism_context_version(prism_context_want *w, int major, int minor, int profile) {
	static const int last[] = {0, 5, 1, 3, 6}; /* minor version of each major one */
	const bool forward = w->flags & PRISM_CONTEXT_FORWARD;
	if (profile == 4) {
		if (!(major == 2 && minor == 0) && !(major == 3 && minor >= 0 && minor <= 2)) return PRISM_VERSION_PROFILE;
		if (forward) return PRISM_VERSION_NONE;
		w->major = (uint32_t)major;
		w->minor = (uint32_t)minor;
		w->profile = 4;
		return major * 10 + minor > prism_es_version_max ? PRISM_VERSION_TOO_NEW : PRISM_VERSION_GOOD;
	}
	if (major < 1 || major > 4 || minor < 0 || minor > last[major] || (forward && major < 3)) return PRISM_VERSION_NONE;
	const int version = major * 10 + minor;
	w->major = (uint32_t)major;
	w->minor = (uint32_t)minor;
	if (version >= 32 && profile != 1 && profile != 2) return PRISM_VERSION_PROFILE;
	if (version >= 32) w->profile = (uint32_t)profile;
	else /* There are no profiles yet; 3.1 without the old functions is what forward compatibility asks for. */
		w->profile = version == 31 && (forward || prism_compat_version_max < 31);
	return version > (w->profile == 1 ? prism_core_version_max : prism_compat_version_max) ? PRISM_VERSION_TOO_NEW : PRISM_VERSION_GOOD;
}

prism_context *prism_context_new(const prism_context_want *w, prism_context *share, void *dpy) {
	if (!count_context(1)) return NULL;
	prism_context *c = calloc(1, sizeof *c);
	if (!c) {
		count_context(-1);
		return NULL;
	}
	c->serial = prism_new_serial();
	c->profile = w->profile;
	c->major = w->major;
	c->minor = w->minor;
	c->flags = w->flags;
	c->config = w->config;
	c->alpha = w->alpha;
	c->depth = w->depth;
	c->stencil = w->stencil;
	c->double_buffer = w->double_buffer;
	c->draw_front = !w->double_buffer;
	c->no_error = w->no_error;
	c->tells_reset = w->tells_reset;
	c->dpy = dpy;
	if (share) {
		c->share = share->share;
	} else if ((c->share = calloc(1, sizeof *c->share))) {
		pthread_mutex_init(&c->share->mu, NULL);
	}
	if (c->share) { /* first: nobody may end the group meanwhile */
		pthread_mutex_lock(&prism_context_mu);
		c->share->refs++;
		pthread_mutex_unlock(&prism_context_mu);
	}
	c->client = c->share ? prism_client_new(c) : NULL;
	if (!c->client || !prism_core_open()) {
		if (c->client) prism_client_free(c->client);
		if (c->share) share_put(c->share);
		free(c);
		count_context(-1);
		return NULL;
	}
	prism_put_prismContextCreate(c->serial, share ? share->serial : 0, c->config, c->profile, c->major, c->minor, c->flags,
		c->no_error, w->samples, c->alpha, c->depth, c->stencil, c->double_buffer);
	prism_core_close(false);
	pthread_mutex_lock(&prism_context_mu);
	c->next = contexts;
	contexts = c;
	pthread_mutex_unlock(&prism_context_mu);
	return c;
}

bool prism_context_valid(const prism_context *c) {
	bool found = false;
	pthread_mutex_lock(&prism_context_mu);
	for (const prism_context *i = contexts; i && !found; i = i->next) found = i == c && !i->destroyed;
	pthread_mutex_unlock(&prism_context_mu);
	return found;
}

void prism_context_destroy(prism_context *c) {
	pthread_mutex_lock(&prism_context_mu);
	bool now = !c->destroyed && !c->current;
	c->destroyed = true;
	pthread_mutex_unlock(&prism_context_mu);
	if (now) context_end(c);
}

void prism_context_display_closed(void *dpy) {
	for (;;) {
		pthread_mutex_lock(&prism_context_mu);
		prism_context *c = contexts;
		while (c && c->dpy != dpy) c = c->next;
		bool now = c && !c->destroyed && !c->current;
		if (c) {
			c->dpy = NULL;
			c->destroyed = true;
		}
		pthread_mutex_unlock(&prism_context_mu);
		if (!c) return;
		if (now) context_end(c);
	}
}

int prism_context_make_current(prism_context *c, uint32_t draw, uint32_t read) {
	prism_thread_state *s = prism_thread_get();
	if (!s) return 2;
	prism_context *old = s->t.ctx;
	if (c && c != old) {
		pthread_mutex_lock(&prism_context_mu);
		bool busy = c->current;
		if (!busy) c->current = 1;
		pthread_mutex_unlock(&prism_context_mu);
		if (busy) return 1;
	}
	if (old) prism_commit(false);
	bool same = old == c && s->draw == draw && s->read == read;
	s->t.ctx = c;
	s->t.in_begin = s->t.spans = false;
	s->draw = draw;
	s->read = read;
	prism_thread_reset(s);
	if (!same && prism_core_open()) {
		prism_put_prismMakeCurrent(c ? c->serial : 0, draw, read);
		prism_core_close(false);
	}
	if (c && c->flags & PRISM_CONTEXT_DEBUG) prism_debug_begin(c);
	if (old && old != c) {
		pthread_mutex_lock(&prism_context_mu);
		old->current = 0;
		bool end = old->destroyed;
		pthread_mutex_unlock(&prism_context_mu);
		if (end) context_end(old);
	}
	return 0;
}

void prism_names_sent(void) {
	/* Also while nobody shares: another thread may make a context that does, and use the names, before this one commits. */
	if (prism_t->ctx) prism_commit(false);
}

void prism_context_with(uint32_t serial, void (*fn)(prism_context *c, void *arg), void *arg) {
	pthread_mutex_lock(&prism_context_mu);
	prism_context *c = contexts;
	while (c && c->serial != serial) c = c->next;
	if (c) fn(c, arg);
	pthread_mutex_unlock(&prism_context_mu);
}

void prism_error_told(GLenum error) {
	prism_context *c = prism_t->ctx;
	if (!c || c->error) return;
	c->error = error;
	c->error_of_node = true;
}

void prism_error(GLenum error) {
	prism_context *c = prism_t->ctx;
	if (!c) return;
	if (prism_p.errors_exact && !prism_lost_now()) prism_put_prismError(error); /* the node keeps the first of its own and these */
	else if (!c->error) c->error = error;
	prism_debug_error(c, error);
}

/* With `errors: exact`: the lead node says what was first since it was asked last. */
static void ask_error(void) {
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_prismGetError(q.id);
	(void)prism_ask_wait(&q);
	prism_ask_end(&q);
}

GLenum prism_take_error(void) {
	prism_context *c = prism_t->ctx;
	if (!c) return GL_NO_ERROR;
	if (prism_lost_now() || (prism_load(&prism_p.ctl->lost) && !prism_alive())) {
		if (c->lost_told) return GL_NO_ERROR;
		c->lost_told = true;
		return GL_CONTEXT_LOST;
	}
	prism_debug_hear();
	if (prism_p.errors_exact) {
		const bool told = c->error; /* with an answer, before */
		ask_error();
		/* What came with frames was before this answer, and GL would have kept the first alone. */
		const GLenum frames = __atomic_exchange_n(&prism_p.ctl->gl_error, 0, __ATOMIC_ACQ_REL);
		const GLenum e = frames && !told ? frames : c->error;
		c->error = 0;
		return e;
	}
	GLenum e = c->error;
	c->error = 0;
	const GLenum nodes = prism_load(&prism_p.ctl->gl_error);
	/* GL would have kept the first alone: the same word is not told twice. */
	bool of_node = e && c->error_of_node;
	c->error_of_node = false;
	if (nodes && (!e || nodes == e)) {
		e = __atomic_exchange_n(&prism_p.ctl->gl_error, 0, __ATOMIC_ACQ_REL);
		of_node = true;
	}
	if (of_node) __atomic_store_n(&prism_p.told, prism_load(&prism_p.swaps) + 1, __ATOMIC_RELAXED);
	return e;
}

/* Names of unsupported calls that were reported; the strings are the generated code's own. */
static const char **told;
static size_t told_n;

void prism_unsupported(const char *name) {
	if (prism_p.ctl && !prism_lost_now()) __atomic_add_fetch(&prism_p.ctl->unsupported, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&told_mu);
	bool known = false;
	for (size_t i = 0; i < told_n && !known; i++) known = told[i] == name || !strcmp(told[i], name);
	if (!known && !(told_n & (told_n + 1))) { /* grows at 0, 1, 3, 7, … */
		const char **more = realloc(told, (2 * told_n + 1) * sizeof *told);
		if (more) told = more;
		else known = true;
	}
	if (!known) told[told_n++] = name;
	pthread_mutex_unlock(&told_mu);
	if (known) return;
	prism_say("%s is not supported; the picture may be wrong (said once)", name);
	prism_arr a;
	if (!prism_arr_in(&a, name, strlen(name)) || !prism_core_open()) return;
	prism_put_prismUnsupported(&a);
	prism_core_close(false);
}
