/* Debug output: messages of the app's, of this driver and of the nodes' drivers; filters, groups, the log. */
#include "debug.h"
#include "runtime.h"
#include <stdlib.h>

/* ---- words ---- */

static int source_of(GLenum e) { return e >= GL_DEBUG_SOURCE_API && e <= GL_DEBUG_SOURCE_OTHER ? (int)(e - GL_DEBUG_SOURCE_API) : -1; }
static int type_of(GLenum e) {
	if (e >= GL_DEBUG_TYPE_ERROR && e <= GL_DEBUG_TYPE_OTHER) return (int)(e - GL_DEBUG_TYPE_ERROR);
	return e >= GL_DEBUG_TYPE_MARKER && e <= GL_DEBUG_TYPE_POP_GROUP ? (int)(e - GL_DEBUG_TYPE_MARKER) + 6 : -1;
}
static int severity_of(GLenum e) {
	if (e == GL_DEBUG_SEVERITY_NOTIFICATION) return 3;
	return e >= GL_DEBUG_SEVERITY_HIGH && e <= GL_DEBUG_SEVERITY_LOW ? (int)(e - GL_DEBUG_SEVERITY_HIGH) : -1;
}
enum { ALL_SEVERITIES = 15, FIRST_SEVERITIES = 15 & ~(1 << 2) /* GL_DEBUG_SEVERITY_LOW is off at first */ };

static void filter_free(prism_debug_filter *f) {
	free(f->ids);
	f->ids = NULL;
	f->ids_n = 0;
}
static void message_free(prism_debug_message *m) {
	free(m->text);
	*m = (prism_debug_message){0};
}

prism_debug *prism_debug_of(prism_client *c) {
	if (c->debug) return c->debug;
	prism_debug *d = calloc(1, sizeof *d);
	if (!d) return NULL;
	memset(d->group[0].filter.on, FIRST_SEVERITIES, sizeof d->group[0].filter.on);
	d->output = c->ctx->flags & PRISM_CONTEXT_DEBUG;
	return c->debug = d;
}
void prism_debug_begin(prism_context *c) {
	if (c->client && !c->client->debug && prism_debug_of(c->client)) prism_put_prismDebug(1);
}
void prism_debug_free(prism_client *c) {
	prism_debug *d = c->debug;
	if (!d) return;
	for (unsigned i = 0; i < PRISM_DEBUG_LOG; i++) message_free(&d->log[i]);
	for (unsigned i = 0; i < PRISM_DEBUG_GROUPS; i++) {
		filter_free(&d->group[i].filter);
		message_free(&d->group[i].pushed);
	}
	free(d);
	c->debug = NULL;
}

/* ---- filters ---- */

static prism_debug_id *id_at(prism_debug_filter *f, int source, int type, GLuint id) {
	for (uint32_t i = 0; i < f->ids_n; i++)
		if (f->ids[i].id == id && f->ids[i].source == source && f->ids[i].type == type) return &f->ids[i];
	return NULL;
}
static bool wanted(prism_debug *d, int source, int type, GLuint id, int severity) {
	prism_debug_filter *f = &d->group[d->top].filter;
	const prism_debug_id *one = id_at(f, source, type, id);
	return d->output && (one ? one->on : f->on[source][type]) >> severity & 1;
}
/* More ids than an app writes down are those of one that makes them up. */
#define MOST_IDS (1u << 16)
static bool set_id(prism_debug_filter *f, int source, int type, GLuint id, bool on) {
	prism_debug_id *one = id_at(f, source, type, id);
	if (!one) {
		prism_debug_id *more = f->ids_n < MOST_IDS ? realloc(f->ids, (f->ids_n + 1) * sizeof *more) : NULL;
		if (!more) return false;
		f->ids = more;
		one = &more[f->ids_n++];
		*one = (prism_debug_id){.source = (uint8_t)source, .type = (uint8_t)type, .id = id};
	}
	one->on = on ? ALL_SEVERITIES : 0;
	return true;
}
/* All messages of a source and type, of one severity or (-1) of each. What was said of an id counts for the other severities yet. */
static void set_all(prism_debug_filter *f, int source, int type, int severity, bool on) {
	const uint8_t mask = severity < 0 ? ALL_SEVERITIES : (uint8_t)(1 << severity);
	f->on[source][type] = (uint8_t)((f->on[source][type] & ~mask) | (on ? mask : 0));
	uint32_t kept = 0;
	for (uint32_t i = 0; i < f->ids_n; i++) {
		prism_debug_id one = f->ids[i];
		if (one.source == source && one.type == type) {
			one.on = (uint8_t)((one.on & ~mask) | (on ? mask : 0));
			if (one.on == f->on[source][type]) continue;
		}
		f->ids[kept++] = one;
	}
	f->ids_n = kept;
}

/* ---- messages ---- */

static bool keep(prism_debug_message *m, GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const char *text) {
	char *copy = malloc((size_t)length + 1);
	if (!copy) return false;
	memcpy(copy, text, (size_t)length);
	copy[length] = 0;
	free(m->text);
	*m = (prism_debug_message){source, type, severity, id, length, copy};
	return true;
}

/* To the app's callback, or the log; both have a NUL behind the text. */
static void tell(prism_debug *d, GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const char *text) {
	const int s = source_of(source), t = type_of(type), v = severity_of(severity);
	if (s < 0 || t < 0 || v < 0 || !wanted(d, s, t, id, v)) return;
	prism_debug_message m = {0};
	if (!d->callback) {
		if (d->log_n < PRISM_DEBUG_LOG && keep(&d->log[(d->log_at + d->log_n) % PRISM_DEBUG_LOG], source, type, id, severity, length, text)) d->log_n++;
	} else if (keep(&m, source, type, id, severity, length, text)) {
		d->callback(source, type, id, severity, length, m.text, d->user);
		message_free(&m);
	}
}

void prism_debug_say(prism_client *c, GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const char *text) {
	prism_debug *d = prism_debug_of(c);
	if (d && length >= 0 && length < PRISM_DEBUG_LENGTH) tell(d, source, type, id, severity, length, text);
}

void prism_debug_error(prism_context *ctx, GLenum error) {
	static const struct { GLenum error; const char *text; } texts[] = {
		{GL_INVALID_ENUM, "GL_INVALID_ENUM: a word that the command does not take"},
		{GL_INVALID_VALUE, "GL_INVALID_VALUE: a number that is out of range, or names nothing"},
		{GL_INVALID_OPERATION, "GL_INVALID_OPERATION: not possible in the state that the context is in"},
		{GL_STACK_OVERFLOW, "GL_STACK_OVERFLOW: no room on the stack"},
		{GL_STACK_UNDERFLOW, "GL_STACK_UNDERFLOW: nothing on the stack"},
		{GL_OUT_OF_MEMORY, "GL_OUT_OF_MEMORY: more than there is, or than a stream carries"},
	};
	prism_client *c = ctx->client;
	if (!c || !(c->debug ? c->debug->output : ctx->flags & PRISM_CONTEXT_DEBUG)) return;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].error == error)
			prism_debug_say(c, GL_DEBUG_SOURCE_API, GL_DEBUG_TYPE_ERROR, error, GL_DEBUG_SEVERITY_HIGH, (GLsizei)strlen(texts[i].text), texts[i].text);
}

/* ---- what the nodes say: it stands in the arena until a thread looks, which leaves to other contexts what is theirs ---- */

typedef struct prism_heard {
	struct prism_heard *next;
	prism_news n;
	char text[];
} prism_heard;

enum { MOST_HEARD = 256 }; /* of one context that does not look */
static pthread_mutex_t prism_news_mu = PTHREAD_MUTEX_INITIALIZER; /* before prism_context_mu */

void prism_debug_fork_child(void) { pthread_mutex_init(&prism_news_mu, NULL); }

void prism_heard_free(prism_context *c) {
	pthread_mutex_lock(&prism_news_mu);
	for (prism_heard *h = c->heard, *n; h; h = n) {
		n = h->next;
		free(h);
	}
	c->heard = NULL;
	c->heard_n = 0;
	pthread_mutex_unlock(&prism_news_mu);
}

static void leave(prism_context *c, void *arg) {
	prism_heard **h = arg, **at = &c->heard;
	if (c->heard_n >= MOST_HEARD) return;
	while (*at) at = &(*at)->next;
	*at = *h;
	*h = NULL;
	c->heard_n++;
}

static void take_bytes(void *to, uint32_t from, uint32_t n) {
	const prism_process *p = &prism_p;
	const uint8_t *ring = p->arena + (uint64_t)p->blocks * p->block_bytes + (uint64_t)p->slots * p->slot_bytes + (uint64_t)p->results * sizeof(prism_result);
	uint32_t at = from & (p->news_bytes - 1), first = p->news_bytes - at < n ? p->news_bytes - at : n;
	memcpy(to, ring + at, first);
	memcpy((uint8_t *)to + first, ring, n - first);
}

/* What stands in the ring, to the contexts. prism_news_mu held. */
static void sort_news(void) {
	prism_process *p = &prism_p;
	const uint32_t head = prism_load(&p->ctl->news_head);
	while (p->news_tail != head) {
		prism_news n;
		const uint32_t have = head - p->news_tail;
		if (have > p->news_bytes || have < sizeof n) break;
		take_bytes(&n, p->news_tail, sizeof n);
		if (n.bytes > have || n.bytes < sizeof n + 1 || n.bytes & 7 || n.length > n.bytes - sizeof n - 1) break;
		prism_heard *h = malloc(sizeof *h + n.length + 1);
		if (h) {
			*h = (prism_heard){.n = n};
			take_bytes(h->text, p->news_tail + (uint32_t)sizeof n, n.length);
			h->text[n.length] = 0;
			prism_context_with(n.context, leave, &h);
			free(h); /* of no context any more, or one that does not look */
		}
		p->news_tail += n.bytes;
	}
	p->news_tail = head; /* also where it was nonsense */
	__atomic_store_n(&p->ctl->news_tail, head, __ATOMIC_RELEASE);
}

void prism_debug_hear(void) {
	prism_context *ctx = prism_t->ctx;
	prism_client *c = ctx ? ctx->client : NULL;
	if (!c || !(c->debug ? c->debug->output : ctx->flags & PRISM_CONTEXT_DEBUG) || prism_lost_now()) return;
	pthread_mutex_lock(&prism_news_mu);
	if (prism_load(&prism_p.ctl->news_head) != prism_p.news_tail) sort_news();
	prism_heard *all = ctx->heard;
	ctx->heard = NULL;
	ctx->heard_n = 0;
	pthread_mutex_unlock(&prism_news_mu);
	for (prism_heard *n; all; all = n) {
		n = all->next;
		prism_debug_say(c, all->n.source, all->n.type, all->n.id, all->n.severity, (GLsizei)(all->n.length < PRISM_DEBUG_LENGTH ? all->n.length : PRISM_DEBUG_LENGTH - 1), all->text);
		free(all);
	}
}

/* ---- what an app calls ---- */

enum { INSERT, CONTROL };
static bool words_ok(int what, GLenum source, GLenum type, GLenum severity) {
	const bool any = what == CONTROL;
	bool ok = source == GL_DEBUG_SOURCE_APPLICATION || source == GL_DEBUG_SOURCE_THIRD_PARTY || (any && (source_of(source) >= 0 || source == GL_DONT_CARE));
	ok &= type_of(type) >= 0 || (any && type == GL_DONT_CARE);
	ok &= severity_of(severity) >= 0 || (any && severity == GL_DONT_CARE);
	if (!ok) prism_error(GL_INVALID_ENUM);
	return ok;
}
/* The length without NUL, or -1 with the error recorded. */
static GLsizei length_of(GLsizei length, const GLchar *text) {
	size_t n = length >= 0 ? (size_t)length : text ? strlen(text) : 0;
	if (n < PRISM_DEBUG_LENGTH) return (GLsizei)n;
	prism_error(GL_INVALID_VALUE);
	return -1;
}

void APIENTRY prism_gl_DebugMessageCallback(GLDEBUGPROC callback, const void *user) {
	prism_client *c = prism_client_out();
	prism_debug *d = c ? prism_debug_of(c) : NULL;
	if (!d) return;
	d->callback = callback;
	d->user = user;
}

void APIENTRY prism_gl_DebugMessageControl(GLenum source, GLenum type, GLenum severity, GLsizei count, const GLuint *ids, GLboolean enabled) {
	prism_client *c = prism_client_out();
	prism_debug *d = c ? prism_debug_of(c) : NULL;
	if (!d) return;
	if (count < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (!words_ok(CONTROL, source, type, severity)) return;
	if (count && (severity != GL_DONT_CARE || type == GL_DONT_CARE || source == GL_DONT_CARE)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_debug_filter *f = &d->group[d->top].filter;
	const int s = source_of(source), t = type_of(type), v = severity_of(severity);
	for (GLsizei i = 0; i < count; i++)
		if (!set_id(f, s, t, ids[i], enabled)) {
			prism_error(GL_OUT_OF_MEMORY);
			return;
		}
	for (int i = s < 0 ? 0 : s; !count && i < (s < 0 ? PRISM_DEBUG_SOURCES : s + 1); i++)
		for (int k = t < 0 ? 0 : t; k < (t < 0 ? PRISM_DEBUG_TYPES : t + 1); k++) set_all(f, i, k, v, enabled);
}

void APIENTRY prism_gl_DebugMessageInsert(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const GLchar *buf) {
	prism_client *c = prism_client_out();
	if (!c || !words_ok(INSERT, source, type, severity) || (length = length_of(length, buf)) < 0) return;
	prism_debug_say(c, source, type, id, severity, length, buf ? buf : "");
}

GLuint APIENTRY prism_gl_GetDebugMessageLog(GLuint count, GLsizei room, GLenum *sources, GLenum *types, GLuint *ids, GLenum *severities, GLsizei *lengths,
	GLchar *log) {
	prism_client *c = prism_client_out();
	prism_debug *d = c ? prism_debug_of(c) : NULL;
	if (!d) return 0;
	if (log && room < 0) {
		prism_error(GL_INVALID_VALUE);
		return 0;
	}
	prism_debug_hear();
	GLuint n = 0;
	for (; n < count && d->log_n; n++) {
		prism_debug_message *m = &d->log[d->log_at];
		if (log && room <= m->length) break;
		if (log) {
			memcpy(log, m->text, (size_t)m->length + 1);
			log += m->length + 1;
			room -= m->length + 1;
		}
		if (sources) sources[n] = m->source;
		if (types) types[n] = m->type;
		if (ids) ids[n] = m->id;
		if (severities) severities[n] = m->severity;
		if (lengths) lengths[n] = m->length + 1;
		message_free(m);
		d->log_at = (d->log_at + 1) % PRISM_DEBUG_LOG;
		d->log_n--;
	}
	return n;
}

void APIENTRY prism_gl_PushDebugGroup(GLenum source, GLuint id, GLsizei length, const GLchar *message) {
	prism_client *c = prism_client_out();
	prism_debug *d = c ? prism_debug_of(c) : NULL;
	if (!d) return;
	if (source != GL_DEBUG_SOURCE_APPLICATION && source != GL_DEBUG_SOURCE_THIRD_PARTY) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if ((length = length_of(length, message)) < 0) return;
	if (d->top + 1 >= PRISM_DEBUG_GROUPS) {
		prism_error(GL_STACK_OVERFLOW);
		return;
	}
	const prism_debug_filter *was = &d->group[d->top].filter;
	prism_debug_filter next = *was;
	next.ids = was->ids_n ? malloc(was->ids_n * sizeof *next.ids) : NULL;
	if ((was->ids_n && !next.ids) ||
	    !keep(&d->group[d->top + 1].pushed, source, GL_DEBUG_TYPE_PUSH_GROUP, id, GL_DEBUG_SEVERITY_NOTIFICATION, length, message ? message : "")) {
		free(next.ids);
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	if (next.ids) memcpy(next.ids, was->ids, was->ids_n * sizeof *next.ids);
	d->group[++d->top].filter = next;
	tell(d, source, GL_DEBUG_TYPE_PUSH_GROUP, id, GL_DEBUG_SEVERITY_NOTIFICATION, length, message ? message : "");
}

void APIENTRY prism_gl_PopDebugGroup(void) {
	prism_client *c = prism_client_out();
	prism_debug *d = c ? prism_debug_of(c) : NULL;
	if (!d) return;
	if (!d->top) {
		prism_error(GL_STACK_UNDERFLOW);
		return;
	}
	filter_free(&d->group[d->top].filter);
	prism_debug_message m = d->group[d->top].pushed;
	d->group[d->top--].pushed = (prism_debug_message){0};
	tell(d, m.source, GL_DEBUG_TYPE_POP_GROUP, m.id, m.severity, m.length, m.text);
	message_free(&m);
}

/* ---- state ---- */

bool prism_debug_cap(prism_client *c, GLenum cap, int set, GLboolean *value) {
	if (cap != GL_DEBUG_OUTPUT && cap != GL_DEBUG_OUTPUT_SYNCHRONOUS) return false;
	prism_debug *d = prism_debug_of(c);
	if (!d) return true;
	bool *at = cap == GL_DEBUG_OUTPUT ? &d->output : &d->synchronous;
	if (set >= 0 && *at != (set != 0) && cap == GL_DEBUG_OUTPUT) prism_put_prismDebug(set != 0);
	if (set >= 0) *at = set;
	if (value) *value = *at;
	return true;
}

bool prism_debug_get(prism_client *c, GLenum pname, int64_t *v) {
	GLboolean on = GL_FALSE;
	const prism_debug *d = c->debug;
	if (prism_debug_cap(c, pname, -1, &on)) {
		*v = on;
		return true;
	}
	switch (pname) {
	case GL_DEBUG_LOGGED_MESSAGES:
		prism_debug_hear();
		d = c->debug;
		*v = d ? d->log_n : 0;
		return true;
	case GL_DEBUG_NEXT_LOGGED_MESSAGE_LENGTH: *v = d && d->log_n ? d->log[d->log_at].length + 1 : 0; return true;
	case GL_DEBUG_GROUP_STACK_DEPTH: *v = d ? d->top + 1 : 1; return true;
	case GL_MAX_DEBUG_MESSAGE_LENGTH: *v = PRISM_DEBUG_LENGTH; return true;
	case GL_MAX_DEBUG_LOGGED_MESSAGES: *v = PRISM_DEBUG_LOG; return true;
	case GL_MAX_DEBUG_GROUP_STACK_DEPTH: *v = PRISM_DEBUG_GROUPS; return true;
	case GL_MAX_LABEL_LENGTH: *v = PRISM_LABEL_LENGTH; return true;
	default: return false;
	}
}

bool prism_debug_pointer(prism_client *c, GLenum pname, void **p) {
	if (pname != GL_DEBUG_CALLBACK_FUNCTION && pname != GL_DEBUG_CALLBACK_USER_PARAM) return false;
	const prism_debug *d = c->debug;
	*p = !d ? NULL : pname == GL_DEBUG_CALLBACK_FUNCTION ? (void *)d->callback : (void *)(uintptr_t)d->user;
	return true;
}
