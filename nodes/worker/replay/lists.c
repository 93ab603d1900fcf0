/* Display lists. A command whose effect depends on the tile (virtual.c, framebuffer.c) or that calls a list, whose contents may change later,
 * must not be compiled by GL. So a list of the app's that holds such commands becomes a row of steps: lists of GL's with what stands
 * between the commands, and the commands themselves. A list without them is one list of GL's under the app's own name. */
#include "state.h"

#define OWN_NAMES 0xc0000000u /* GL lists that the app did not name */
#define MAX_STEPS (1u << 20)
#define MAX_NESTING 64
#define DATA_ROOM 128 /* behind data: as in records, a driver may take a wrong word to mean more than it does */
#ifndef MAX_LIST_CALLS
#define MAX_LIST_CALLS (1u << 24) /* of lists in lists, by one command: two in each of 64 would never end */
#endif

typedef struct step {
	list_fn fn; /* NULL: GL's list args[0] is called */
	int32_t args[LIST_ARGS];
	void *data;
} step;

typedef struct rows {
	GLuint name; /* 0: free */
	unsigned n, cap;
	step *steps;
} rows;

struct list_table {
	rows **at;
	unsigned n, cap;
	GLuint next_name;
};

struct list_build {
	rows *rows;
	GLenum mode;
	GLuint open; /* GL's list that is being compiled */
	bool full;
};

static list_table *table(share_group *s) {
	if (!s->lists) s->lists = calloc(1, sizeof *s->lists);
	return s->lists;
}

static rows *lookup(const share_group *s, GLuint name) {
	if (!s->lists) return NULL;
	unsigned lo = 0, hi = s->lists->n;
	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		if (s->lists->at[mid]->name < name) lo = mid + 1;
		else hi = mid;
	}
	return lo < s->lists->n && s->lists->at[lo]->name == name ? s->lists->at[lo] : NULL;
}

static void rows_free(rows *w) {
	if (!w) return;
	for (unsigned i = 0; i < w->n; i++) free(w->steps[i].data);
	free(w->steps);
	free(w);
}

/* GL's own lists of w are deleted, but for the one with the app's name. */
static void rows_release(replay *r, rows *w) {
	for (unsigned i = 0; i < w->n; i++)
		if (!w->steps[i].fn && (GLuint)w->steps[i].args[0] != w->name) r->priv->real.DeleteLists((GLuint)w->steps[i].args[0], 1);
	rows_free(w);
}

static void take_out(replay *r, share_group *s, rows *w) {
	list_table *t = s->lists;
	for (unsigned i = 0; i < t->n; i++) {
		if (t->at[i] != w) continue;
		memmove(&t->at[i], &t->at[i + 1], (t->n - i - 1) * sizeof *t->at);
		t->n--;
		break;
	}
	rows_release(r, w);
}

static bool put_in(share_group *s, rows *w) {
	list_table *t = table(s);
	if (!t) return false;
	if (t->n == t->cap) {
		unsigned cap = t->cap ? t->cap * 2 : 64;
		rows **grown = realloc(t->at, cap * sizeof *grown);
		if (!grown) return false;
		t->at = grown;
		t->cap = cap;
	}
	unsigned i = t->n++;
	while (i && t->at[i - 1]->name > w->name) t->at[i] = t->at[i - 1], i--;
	t->at[i] = w;
	return true;
}

static step *add(list_build *b) {
	rows *w = b->rows;
	if (w->n == w->cap) {
		unsigned cap = w->cap ? w->cap * 2 : 8;
		step *grown = cap <= MAX_STEPS ? realloc(w->steps, cap * sizeof *grown) : NULL;
		if (!grown) {
			b->full = true;
			return NULL;
		}
		w->steps = grown;
		w->cap = cap;
	}
	step *s = &w->steps[w->n++];
	*s = (step){0};
	return s;
}

static void close_open(replay *r, list_build *b) {
	r->priv->real.EndList();
	step *s = add(b);
	if (s) s->args[0] = (int32_t)b->open;
	b->open = 0;
}

static void open_next(replay *r, list_build *b) {
	list_table *t = table(r->ctx->group);
	if (!t->next_name) t->next_name = OWN_NAMES;
	b->open = t->next_name++;
	r->priv->real.NewList(b->open, b->mode);
}

bool list_note(replay *r, list_fn fn, const int32_t args[LIST_ARGS], const void *data, uint64_t bytes) {
	struct replay_context *c = r->ctx;
	list_build *b = c->build;
	if (!b) return false;
	close_open(r, b);
	step *s = add(b);
	if (s) {
		s->fn = fn;
		memcpy(s->args, args, sizeof s->args);
		if (bytes && (s->data = calloc(1, bytes + DATA_ROOM))) memcpy(s->data, data, bytes);
		else if (bytes) b->full = true;
	}
	if (b->mode == GL_COMPILE_AND_EXECUTE) {
		c->build = NULL;
		fn(r, args, data);
		c->build = b;
	}
	open_next(r, b);
	return true;
}

bool list_pause(replay *r) {
	struct replay_context *c = r->ctx;
	if (!c || !c->build || !c->build->open || c->in_begin) return false;
	close_open(r, c->build);
	return true;
}

void list_resume(replay *r) { open_next(r, r->ctx->build); }

GLuint list_index(const struct replay_context *c) { return c->build ? c->build->rows->name : 0; }

static void v_NewList(GLuint name, GLenum mode) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	if (!c || !r->priv->real.NewList) return;
	if (!c->compat) {
		if (!c->gl_error) c->gl_error = GL_INVALID_OPERATION;
		return;
	}
	bool good = name && !c->build && !c->in_begin && (mode == GL_COMPILE || mode == GL_COMPILE_AND_EXECUTE);
	list_build *b = good && table(c->group) ? calloc(1, sizeof *b) : NULL;
	rows *w = b ? calloc(1, sizeof *w) : NULL;
	r->priv->real.NewList(name, mode);
	if (!w) {
		free(b);
		return;
	}
	w->name = name;
	*b = (list_build){.rows = w, .mode = mode, .open = name};
	c->build = b;
}

/* A list that begins what it does not end. */
static void l_begun(replay *r, const int32_t *a, const void *data) {
	(void)a, (void)data;
	r->ctx->in_begin = true;
}

static void v_EndList(void) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	if (!c || !r->priv->real.EndList) return;
	list_build *b = c->build;
	if (!b) {
		r->priv->real.EndList();
		return;
	}
	if (b->mode == GL_COMPILE && c->in_begin) { /* a glBegin in the list began nothing yet */
		const int32_t none[LIST_ARGS] = {0};
		c->in_begin = false;
		list_note(r, l_begun, none, NULL, 0);
	}
	c->build = NULL;
	rows *w = b->rows, *old = lookup(c->group, w->name);
	if (old) take_out(r, c->group, old);
	if (w->n) {
		close_open(r, b);
		if (b->full || !put_in(c->group, w)) {
			x_note(r, "list %u is too long for prism and is left out", w->name);
			rows_release(r, w);
		}
	} else {
		r->priv->real.EndList();
		rows_free(w);
	}
	free(b);
}

static void call(replay *r, GLuint name) {
	struct replay_context *c = r->ctx;
	const rows *w = lookup(c->group, name);
	if (!w) {
		r->priv->real.CallList(name);
		return;
	}
	if (c->nesting >= MAX_NESTING) return; /* GL would not go deeper either */
	if (!c->nesting) r->priv->list_calls = 0;
	c->nesting++;
	for (unsigned i = 0; i < w->n; i++) {
		if (++r->priv->list_calls > MAX_LIST_CALLS) {
			x_note(r, "display lists call each other more than %u times: the rest is left out", MAX_LIST_CALLS);
			break;
		}
		const step *s = &w->steps[i];
		if (s->fn) s->fn(r, s->args, s->data);
		else r->priv->real.CallList((GLuint)s->args[0]);
	}
	c->nesting--;
}

static void l_call(replay *r, const int32_t *a, const void *data) {
	(void)data;
	call(r, (GLuint)a[0]);
}

static void v_CallList(GLuint name) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	const int32_t a[LIST_ARGS] = {(int32_t)name};
	if (!c || !r->priv->real.CallList) return;
	/* Between glBegin and glEnd a list that GL compiles cannot be parted. */
	if (c->build && c->in_begin) r->priv->real.CallList(name);
	else if (!list_note(r, l_call, a, NULL, 0)) l_call(r, a, NULL);
}

static GLuint name_at(const void *lists, GLenum type, uint32_t i) {
	const uint8_t *b = lists;
	switch (type) {
	case GL_BYTE: return (GLuint)((const int8_t *)lists)[i];
	case GL_UNSIGNED_BYTE: return b[i];
	case GL_SHORT: { int16_t v; memcpy(&v, b + 2 * (size_t)i, 2); return (GLuint)v; }
	case GL_UNSIGNED_SHORT: { uint16_t v; memcpy(&v, b + 2 * (size_t)i, 2); return v; }
	case GL_INT: case GL_UNSIGNED_INT: { GLuint v; memcpy(&v, b + 4 * (size_t)i, 4); return v; }
	case GL_FLOAT: { GLfloat v; memcpy(&v, b + 4 * (size_t)i, 4); return v > -2e9f && v < 2e9f ? (GLuint)(GLint)v : 0; }
	case GL_2_BYTES: b += 2 * (size_t)i; return (GLuint)b[0] << 8 | b[1];
	case GL_3_BYTES: b += 3 * (size_t)i; return (GLuint)b[0] << 16 | (GLuint)b[1] << 8 | b[2];
	case GL_4_BYTES: b += 4 * (size_t)i; return (GLuint)b[0] << 24 | (GLuint)b[1] << 16 | (GLuint)b[2] << 8 | b[3];
	default: return 0;
	}
}

static void l_calls(replay *r, const int32_t *a, const void *lists) {
	const list_table *t = r->ctx->group->lists;
	if (!t || !t->n) {
		r->priv->real.CallLists(a[0], (GLenum)a[1], lists);
		return;
	}
	GLint base = 0;
	r->priv->real.GetIntegerv(GL_LIST_BASE, &base);
	for (int32_t i = 0; i < a[0]; i++) call(r, (GLuint)base + name_at(lists, (GLenum)a[1], (uint32_t)i));
}

static void v_CallLists(GLsizei n, GLenum type, const void *lists) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	const int32_t a[LIST_ARGS] = {n, (int32_t)type};
	if (!c || !r->priv->real.CallLists) return;
	uint64_t bytes = prism_len_calllists(n, type);
	if (!bytes || (c->build && c->in_begin)) r->priv->real.CallLists(n, type, lists);
	else if (!list_note(r, l_calls, a, lists, bytes)) l_calls(r, a, lists);
}

static void v_DeleteLists(GLuint first, GLsizei range) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	if (!c || !r->priv->real.DeleteLists) return;
	if (range > 0 && !c->in_begin && c->group->lists) {
		list_table *t = c->group->lists;
		for (unsigned i = t->n; i-- > 0;)
			if (t->at[i]->name >= first && t->at[i]->name - first < (GLuint)range) take_out(r, c->group, t->at[i]);
	}
	r->priv->real.DeleteLists(first, range);
}

void *lists_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glNewList", v_NewList}, {"glEndList", v_EndList}, {"glCallList", v_CallList},
		{"glCallLists", v_CallLists}, {"glDeleteLists", v_DeleteLists},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}

void lists_free(share_group *g) {
	if (!g->lists) return;
	for (unsigned i = 0; i < g->lists->n; i++) rows_free(g->lists->at[i]);
	free(g->lists->at);
	free(g->lists);
	g->lists = NULL;
}

void list_drop(struct replay_context *c) {
	if (!c->build) return;
	rows_free(c->build->rows);
	free(c->build);
	c->build = NULL;
}
