/* Object handles: serials of the stream to names of this node's GL. One table a kind; serial 0 is name 0 and stands in none. */
#include "state.h"

#define MAX_HANDLES (1u << 22) /* of one kind */

static uint32_t slot(const handle_table *t, uint32_t serial) {
	uint32_t mask = t->cap - 1, i = serial * 2654435769u >> 7 & mask;
	while (t->at[i].serial && t->at[i].serial != serial) i = (i + 1) & mask;
	return i;
}

static handle *find(const handle_table *t, uint32_t serial) {
	if (!t->cap || !serial) return NULL;
	handle *h = &t->at[slot(t, serial)];
	return h->serial ? h : NULL;
}

static handle *add(replay *r, const char *param, handle_table *t, uint32_t serial) {
	if (!serial) {
		x_bad(r, param, "an object cannot have serial 0");
		return NULL;
	}
	if (t->used * 4 >= t->cap * 3) {
		handle_table big = {.cap = t->cap ? t->cap * 2 : 256, .used = t->used, .highest = t->highest};
		if (big.cap > MAX_HANDLES || !(big.at = calloc(big.cap, sizeof *big.at))) {
			x_bad(r, param, "more than %u objects of one kind", t->used);
			return NULL;
		}
		for (uint32_t i = 0; i < t->cap; i++)
			if (t->at[i].serial) big.at[slot(&big, t->at[i].serial)] = t->at[i];
		free(t->at);
		*t = big;
	}
	handle *h = &t->at[slot(t, serial)];
	if (h->serial) {
		x_bad(r, param, "serial %u is known already", serial);
		return NULL;
	}
	h->serial = serial;
	t->used++;
	if (serial >= t->highest) t->highest = serial + 1;
	return h;
}

static void removed(handle_table *t, uint32_t serial) {
	handle *h = find(t, serial);
	if (!h) return;
	uint32_t mask = t->cap - 1, gap = (uint32_t)(h - t->at);
	t->used--;
	for (uint32_t i = (gap + 1) & mask; t->at[i].serial; i = (i + 1) & mask) {
		uint32_t home = t->at[i].serial * 2654435769u >> 7 & mask;
		if (((i - home) & mask) >= ((i - gap) & mask)) {
			t->at[gap] = t->at[i];
			gap = i;
		}
	}
	t->at[gap].serial = 0;
}

/* Names are unique within a share group, or within a context for objects that contexts do not share. */
uint32_t handle_scope(replay *r, int kind) {
	if (!r->ctx) return 0;
	return prism_kind_shared(kind) ? r->ctx->group->id : r->ctx->serial;
}

static handle_table *table(replay *r, const char *param, int kind) {
	if (kind >= 0 && kind < PRISM_KINDS) return &r->priv->handles[kind];
	x_bad(r, param, "kind %d is not known", kind);
	return NULL;
}

/* Of an object that was here: another thread of the app has deleted it, and its chunk came first. The command is left out. */
static int gone(replay *r) {
	r->error[0] = 0;
	if (r->ctx && !r->ctx->gl_error) r->ctx->gl_error = GL_INVALID_OPERATION;
	said_error(r, GL_INVALID_OPERATION, "a command was left out: another thread has deleted an object that it names");
	return REPLAY_CORRUPT; /* with no text: run() goes on */
}

int x_handle(replay *r, const char *param, int kind, uint32_t serial, GLuint *name) {
	*name = 0;
	if (!serial) return 0;
	handle_table *t = table(r, param, kind);
	if (!t) return REPLAY_CORRUPT;
	handle *h = find(t, serial);
	if (!h) return serial < t->highest ? gone(r) : x_bad(r, param, "serial %u is not known", serial);
	*name = h->name;
	return 0;
}

int x_handle_add(replay *r, const char *param, int kind, uint32_t serial, GLuint name) {
	handle_table *t = table(r, param, kind);
	handle *h = t ? add(r, param, t, serial) : NULL;
	if (!h) return REPLAY_CORRUPT;
	h->name = name;
	h->scope = handle_scope(r, kind);
	return 0;
}

int x_handle_bind(replay *r, const char *param, int kind, uint32_t serial, GLuint *name) {
	const struct real_gl *g = &r->priv->real;
	*name = 0;
	if (!serial) return 0;
	handle_table *t = table(r, param, kind);
	if (!t) return REPLAY_CORRUPT;
	handle *h = find(t, serial);
	if (h) {
		*name = h->name;
		return 0;
	}
	void (*gen)(GLsizei, GLuint *) = NULL;
	switch (kind) {
	case PRISM_KIND_BUFFER: gen = g->GenBuffers; break;
	case PRISM_KIND_TEXTURE: gen = g->GenTextures; break;
	case PRISM_KIND_FRAMEBUFFER: gen = g->GenFramebuffers; break;
	case PRISM_KIND_RENDERBUFFER: gen = g->GenRenderbuffers; break;
	case PRISM_KIND_VERTEX_ARRAY: gen = g->GenVertexArrays; break;
	case PRISM_KIND_QUERY: gen = g->GenQueries; break;
	case PRISM_KIND_SAMPLER: gen = g->GenSamplers; break;
	case PRISM_KIND_TRANSFORM_FEEDBACK: gen = g->GenTransformFeedbacks; break;
	case PRISM_KIND_PROGRAM_PIPELINE: gen = g->GenProgramPipelines; break;
	default: break;
	}
	if (!gen) return x_bad(r, param, "serial %u is not known, and binding makes no object of kind %d", serial, kind);
	gen(1, name);
	return x_handle_add(r, param, kind, serial, *name);
}

void x_handle_remove(replay *r, int kind, uint32_t serial) {
	if (kind >= 0 && kind < PRISM_KINDS) removed(&r->priv->handles[kind], serial);
}

/* Answers only: a walk over the table is quick enough where a round trip is paid. */
uint32_t x_handle_serial(replay *r, int kind, GLuint name) {
	if (kind < 0 || kind >= PRISM_KINDS || !name) return 0;
	const handle_table *t = &r->priv->handles[kind];
	uint32_t scope = handle_scope(r, kind);
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->at[i].serial && t->at[i].name == name && t->at[i].scope == scope) return t->at[i].serial;
	return 0;
}

int x_sync(replay *r, const char *param, uint32_t serial, GLsync *s) {
	handle *h = find(&r->priv->handles[PRISM_KIND_SYNC], serial);
	if (!h) return x_bad(r, param, "sync %u is not known", serial);
	*s = h->sync;
	return 0;
}

int x_sync_add(replay *r, const char *param, uint32_t serial, GLsync s) {
	handle *h = add(r, param, &r->priv->handles[PRISM_KIND_SYNC], serial);
	if (!h) return REPLAY_CORRUPT;
	h->sync = s;
	h->scope = handle_scope(r, PRISM_KIND_SYNC);
	return 0;
}

void x_sync_remove(replay *r, uint32_t serial) { removed(&r->priv->handles[PRISM_KIND_SYNC], serial); }

void handles_free(replay *r) {
	for (int k = 0; k < PRISM_KINDS; k++) free(r->priv->handles[k].at);
}
