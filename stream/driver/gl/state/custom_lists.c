/* Display lists. A node compiles and calls them; what their commands change of the state that is kept in the app's process is noted here while they
 * are compiled, and done when they are called. So each list has its notes: functions with arguments, lists that it calls, and what tells which
 * lists glCallLists calls (the list base, which the attribute stack saves). As long as no list of a share group has notes but of the latter
 * kinds, nothing is looked up.
 *
 * Left out: the results of conditional rendering, which a list has as they were when it was compiled. */
#include "lists.h"
#include "kept.h"
#include <stdlib.h>

#define MAX_NESTING 64
#define MAX_NOTES (1u << 20) /* by one command: lists may call each other more often than ever ends */

typedef struct note {
	prism_listed_fn fn;
	GLuint a[3];
} note;

struct prism_list {
	unsigned refs; /* sh->mu held */
	uint64_t changes; /* slots of answers that are kept, as prism_kept_list says */
	unsigned n, cap;
	note *at;
};

/* sh->mu held, or nobody else has it */
static void list_put(prism_list *l) {
	if (!l || --l->refs) return;
	free(l->at);
	free(l);
}
void prism_list_free(void *list) { list_put(list); }

static void call(prism_client *c, const GLuint *a);
static void call_from_base(prism_client *c, const GLuint *a);
static void set_base(prism_client *c, const GLuint *a);
static void push(prism_client *c, const GLuint *a);
static void pop(prism_client *c, const GLuint *a);
static bool of_lists(prism_listed_fn fn) { return fn == call || fn == call_from_base || fn == set_base || fn == push || fn == pop; }

void prism_list_note(prism_client *c, prism_listed_fn fn, const GLuint a[3]) {
	prism_list *l = c->building;
	if (l->n == l->cap) {
		const unsigned cap = l->cap ? l->cap * 2 : 4;
		note *grown = realloc(l->at, cap * sizeof *grown);
		if (!grown) {
			prism_error(GL_OUT_OF_MEMORY);
			return;
		}
		l->at = grown;
		l->cap = cap;
	}
	l->at[l->n++] = (note){fn, {a[0], a[1], a[2]}};
}

bool prism_list_cancel(prism_client *c, prism_listed_fn fn) {
	prism_list *l = c->building;
	if (!l || !l->n || l->at[l->n - 1].fn != fn) return false;
	l->n--;
	return true;
}

/* ---- calls ---- */

static void call(prism_client *c, const GLuint *a) {
	if (!c->sh->lists_matter || c->list_nesting >= MAX_NESTING) return;
	prism_lock(c);
	prism_list *l = prism_map_ptr(&c->sh->lists, a[0]);
	if (l) l->refs++;
	prism_unlock(c);
	if (!l) return;
	if (!c->list_nesting) c->list_notes = 0;
	c->list_nesting++;
	for (unsigned i = 0; i < l->n && ++c->list_notes <= MAX_NOTES; i++) l->at[i].fn(c, l->at[i].a);
	c->list_nesting--;
	prism_lock(c);
	list_put(l);
	prism_unlock(c);
}
static void call_from_base(prism_client *c, const GLuint *a) {
	const GLuint b[3] = {c->list_base + a[0]};
	call(c, b);
}
void prism_after_glCallList(GLuint list) {
	prism_client *c = prism_client_now();
	if (!c) return;
	if (c->kept && !c->building) {
		prism_lock(c);
		const prism_list *l = prism_map_ptr(&c->sh->lists, list);
		const uint64_t changes = l ? l->changes : ~0ull;
		prism_unlock(c);
		prism_kept_called(c, changes);
	}
	if (c->building || c->sh->lists_matter) prism_listed(c, call, list, 0, 0);
}

static GLuint name_at(const void *lists, GLenum type, GLsizei i) {
	const uint8_t *b = lists;
	switch (type) {
	case GL_BYTE: return (GLuint)((const int8_t *)lists)[i];
	case GL_UNSIGNED_BYTE: return b[i];
	case GL_SHORT: return (GLuint)((const int16_t *)lists)[i];
	case GL_UNSIGNED_SHORT: return ((const uint16_t *)lists)[i];
	case GL_INT: case GL_UNSIGNED_INT: return ((const GLuint *)lists)[i];
	case GL_FLOAT: {
		const GLfloat v = ((const GLfloat *)lists)[i];
		return v > -2e9f && v < 2e9f ? (GLuint)(GLint)v : 0;
	}
	case GL_2_BYTES: b += 2 * (size_t)i; return (GLuint)b[0] << 8 | b[1];
	case GL_3_BYTES: b += 3 * (size_t)i; return (GLuint)b[0] << 16 | (GLuint)b[1] << 8 | b[2];
	default: b += 4 * (size_t)i; return (GLuint)b[0] << 24 | (GLuint)b[1] << 16 | (GLuint)b[2] << 8 | b[3];
	}
}
void prism_after_glCallLists(GLsizei n, GLenum type, const void *lists) {
	prism_client *c = prism_client_now();
	if (!c || !(c->building || c->sh->lists_matter) || type < GL_BYTE || type > GL_4_BYTES || !lists) return;
	for (GLsizei i = 0; i < n; i++) prism_listed(c, call_from_base, name_at(lists, type, i), 0, 0);
}

/* ---- the list base ---- */

static void set_base(prism_client *c, const GLuint *a) {
	if (!prism_t->in_begin) c->list_base = a[0];
}
void prism_after_glListBase(GLuint base) {
	prism_client *c = prism_client_now();
	if (c) prism_listed(c, set_base, base, 0, 0);
}

#define LEAST_DEPTH 16 /* which every GL has */
static void push(prism_client *c, const GLuint *a) {
	if (prism_t->in_begin || c->bases_n == PRISM_BASES) return;
	if (c->bases_n >= LEAST_DEPTH && c->bases_n >= (unsigned)prism_get_int(c, GL_MAX_ATTRIB_STACK_DEPTH, LEAST_DEPTH)) return;
	c->bases_mask = a[0] & GL_LIST_BIT ? c->bases_mask | 1ull << c->bases_n : c->bases_mask & ~(1ull << c->bases_n);
	c->bases[c->bases_n++] = c->list_base;
}
static void pop(prism_client *c, const GLuint *a) {
	(void)a;
	if (prism_t->in_begin || !c->bases_n) return;
	c->bases_n--;
	if (c->bases_mask >> c->bases_n & 1) c->list_base = c->bases[c->bases_n];
}
void prism_after_glPushAttrib(GLbitfield mask) {
	prism_client *c = prism_client_now();
	if (c && !c->core && !c->es) prism_listed(c, push, mask, 0, 0);
}
void prism_after_glPopAttrib(void) {
	prism_client *c = prism_client_now();
	if (c && !c->core && !c->es) prism_listed(c, pop, 0, 0, 0);
}

/* ---- lists ---- */

void prism_after_glNewList(GLuint list, GLenum mode) {
	prism_client *c = prism_client_now();
	if (!c || c->core || c->es || prism_t->in_begin || !list || c->list || (mode != GL_COMPILE && mode != GL_COMPILE_AND_EXECUTE)) return;
	c->building = calloc(1, sizeof *c->building);
	if (!c->building) prism_error(GL_OUT_OF_MEMORY);
	else c->building->refs = 1;
	c->list = list;
	c->list_mode = mode;
	prism_kept_list(c, true);
}
void prism_after_glEndList(void) {
	prism_client *c = prism_client_now();
	if (!c || !c->list) return;
	prism_list *l = c->building;
	const uint64_t changes = prism_kept_list(c, false);
	if (l) l->changes = changes;
	bool matters = false;
	for (unsigned i = 0; l && i < l->n; i++) matters |= !of_lists(l->at[i].fn);
	prism_lock(c);
	if (matters) __atomic_store_n(&c->sh->lists_matter, true, __ATOMIC_RELAXED);
	prism_list *old = prism_map_ptr(&c->sh->lists, c->list);
	list_put(prism_map_put(&c->sh->lists, c->list, (uint64_t)(uintptr_t)l) ? old : l);
	if (c->list > c->sh->list_high) c->sh->list_high = c->list;
	prism_unlock(c);
	c->building = NULL;
	c->list = 0;
}

/* sh->mu held */
static bool list_del(prism_client *c, GLuint name) {
	list_put(prism_map_ptr(&c->sh->lists, name));
	return prism_map_del(&c->sh->lists, name);
}
void prism_after_glDeleteLists(GLuint list, GLsizei range) {
	prism_client *c = prism_client_now();
	if (!c || range <= 0) return;
	prism_kept_lists_gone(c);
	prism_lock(c);
	prism_map *m = &c->sh->lists;
	uint64_t end = (uint64_t)list + (uint64_t)range;
	if ((uint64_t)range < m->cap) {
		for (uint64_t i = list; i < end && i <= UINT32_MAX; i++)
			if (i) list_del(c, (GLuint)i);
	} else { /* a long range over few lists: removing moves entries, so the table is looked through until nothing is found */
		for (bool found = true; found;) {
			found = false;
			for (uint32_t k = 0; k < m->cap; k++)
				if (m->keys[k] && m->keys[k] >= list && m->keys[k] < end) found = list_del(c, m->keys[k]);
		}
	}
	prism_unlock(c);
}

GLuint APIENTRY prism_gl_GenLists(GLsizei range) {
	prism_client *c = prism_client_out();
	if (!c) return 0;
	if (range < 0) prism_error(GL_INVALID_VALUE);
	if (range <= 0) return 0;
	prism_lock(c);
	GLuint base = c->sh->list_high + 1;
	if ((GLuint)range > UINT32_MAX - base) base = 0;
	else c->sh->list_high += (GLuint)range;
	for (GLsizei i = 0; base && i < range; i++) prism_map_put(&c->sh->lists, base + (GLuint)i, 0);
	prism_unlock(c);
	return base;
}
GLboolean APIENTRY prism_gl_IsList(GLuint list) {
	prism_client *c = prism_client_out();
	uint64_t v;
	if (!c || !list) return GL_FALSE;
	prism_lock(c);
	bool is = prism_map_get(&c->sh->lists, list, &v);
	prism_unlock(c);
	return is;
}
