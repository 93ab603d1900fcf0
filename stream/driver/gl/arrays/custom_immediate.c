/* Begin and end, capabilities of the client's, glArrayElement, display lists, selection and feedback. */
#include "clientstate.h"
#include "gl/state/kept.h"
#include "runtime.h"
#include <stdlib.h>

void APIENTRY prism_gl_Color3ubv(const GLubyte *v);
void APIENTRY prism_gl_Color4ubv(const GLubyte *v);
void APIENTRY prism_gl_Color3dv(const GLdouble *v);
void APIENTRY prism_gl_Color4dv(const GLdouble *v);
void APIENTRY prism_gl_SecondaryColor3ubv(const GLubyte *v);
void APIENTRY prism_gl_SecondaryColor3dv(const GLdouble *v);
void APIENTRY prism_gl_Normal3dv(const GLdouble *v);
void APIENTRY prism_gl_MultiTexCoord4dv(GLenum target, const GLdouble *v);
void APIENTRY prism_gl_FogCoorddv(const GLdouble *v);
void APIENTRY prism_gl_Indexdv(const GLdouble *v);
void APIENTRY prism_gl_EdgeFlag(GLboolean flag);
void APIENTRY prism_gl_Vertex2dv(const GLdouble *v);
void APIENTRY prism_gl_Vertex3dv(const GLdouble *v);
void APIENTRY prism_gl_Vertex4dv(const GLdouble *v);
void APIENTRY prism_gl_VertexAttrib4dv(GLuint index, const GLdouble *v);
void APIENTRY prism_gl_VertexAttrib4Nubv(GLuint index, const GLubyte *v);
void APIENTRY prism_gl_VertexAttribI4iv(GLuint index, const GLint *v);
void APIENTRY prism_gl_VertexAttribI4uiv(GLuint index, const GLuint *v);

void prism_after_glBegin(GLenum mode) {
	prism_client *c = prism_client_now();
	if (!c || c->core || c->es || mode > GL_PATCHES || (mode > GL_POLYGON && mode < GL_LINES_ADJACENCY)) return;
	if (c->list && c->list_mode == GL_COMPILE) return;
	prism_t->in_begin = true;
}
void prism_after_glEnd(void) {
	prism_client *c = prism_client_now();
	if (c && !(c->list && c->list_mode == GL_COMPILE)) prism_t->in_begin = false;
	/* A chunk that began before the end can have nothing put ahead of it (prism_commit): it must not go on to a draw. */
	if (PRISM_UNLIKELY(prism_maps_live)) prism_commit(false);
}

static bool debug_cap(GLenum cap, bool on) {
	prism_client *c = cap == GL_DEBUG_OUTPUT || cap == GL_DEBUG_OUTPUT_SYNCHRONOUS ? prism_client_now() : NULL;
	return c && prism_debug_cap(c, cap, on, NULL);
}
static void note_cap(GLenum cap, bool on) {
	prism_client *c = prism_client_now();
	if (!c || (cap != GL_PRIMITIVE_RESTART && cap != GL_PRIMITIVE_RESTART_FIXED_INDEX)) return;
	if (cap == GL_PRIMITIVE_RESTART) c->restart = on;
	else c->restart_fixed = on;
}
void APIENTRY prism_gl_Enable(GLenum cap) {
	if (debug_cap(cap, true)) return;
	note_cap(cap, true);
	prism_put_glEnable(cap);
}
void APIENTRY prism_gl_Disable(GLenum cap) {
	if (debug_cap(cap, false)) return;
	note_cap(cap, false);
	prism_put_glDisable(cap);
}
void prism_after_glPrimitiveRestartIndex(GLuint index) {
	prism_client *c = prism_client_now();
	if (c) c->restart_index = index;
}

/* ---- glArrayElement: between glBegin and glEnd no array can be sent, so the values go as the commands that set them ---- */

/* Component k as GL reads it. */
static double component(const prism_array *a, const uint8_t *p, int k) {
	bool n = a->normalized;
	union { int8_t b; uint8_t ub; int16_t s; uint16_t us; int32_t i; uint32_t ui; float f; double d; } v;
	uint64_t size = prism_len_type(a->type);
	memcpy(&v, p + (uint64_t)k * size, size);
	switch (a->type) {
	case GL_BYTE: return n ? (2.0 * v.b + 1) / 255 : v.b;
	case GL_UNSIGNED_BYTE: return n ? v.ub / 255.0 : v.ub;
	case GL_SHORT: return n ? (2.0 * v.s + 1) / 65535 : v.s;
	case GL_UNSIGNED_SHORT: return n ? v.us / 65535.0 : v.us;
	case GL_INT: return n ? (2.0 * v.i + 1) / 4294967295.0 : v.i;
	case GL_UNSIGNED_INT: return n ? v.ui / 4294967295.0 : v.ui;
	case GL_FIXED: return v.i / 65536.0;
	case GL_FLOAT: return v.f;
	case GL_DOUBLE: return v.d;
	case GL_HALF_FLOAT: {
		int e = v.us >> 10 & 31, m = v.us & 1023;
		double x = e ? (e == 31 ? 65536.0 : __builtin_ldexp(1024 + m, e - 25)) : __builtin_ldexp(m, -24);
		return v.us & 0x8000 ? -x : x;
	}
	default: return 0;
	}
}

static void element(prism_client *c, int i, GLint index) {
	const prism_array *a = &c->vao->a[i];
	uint64_t elem = prism_array_elem(a);
	if (a->offset || (uintptr_t)a->p < 4096 || !elem) return;
	const uint8_t *p = (const uint8_t *)a->p + (int64_t)index * prism_array_at(c->vao, i)->stride;
	int size = a->size == GL_BGRA ? 4 : a->size;
	double v[4] = {0, 0, 0, 1};
	GLubyte ub[4] = {0, 0, 0, 255};
	bool bytes = a->type == GL_UNSIGNED_BYTE;
	if (bytes) memcpy(ub, p, (size_t)size);
	for (int k = 0; k < size; k++) v[k] = component(a, p, k);
	if (a->size == GL_BGRA) {
		double d = v[0];
		v[0] = v[2], v[2] = d;
		GLubyte b = ub[0];
		ub[0] = ub[2], ub[2] = b;
	}
	switch (i) {
	case PRISM_ARRAY_VERTEX:
		if (size == 2) prism_gl_Vertex2dv(v);
		else if (size == 3) prism_gl_Vertex3dv(v);
		else prism_gl_Vertex4dv(v);
		return;
	case PRISM_ARRAY_NORMAL: prism_gl_Normal3dv(v); return;
	case PRISM_ARRAY_COLOR:
		if (bytes) (size == 3 ? prism_gl_Color3ubv : prism_gl_Color4ubv)(ub);
		else (size == 3 ? prism_gl_Color3dv : prism_gl_Color4dv)(v);
		return;
	case PRISM_ARRAY_SECONDARY_COLOR:
		if (bytes) prism_gl_SecondaryColor3ubv(ub);
		else prism_gl_SecondaryColor3dv(v);
		return;
	case PRISM_ARRAY_INDEX: prism_gl_Indexdv(v); return;
	case PRISM_ARRAY_FOG_COORD: prism_gl_FogCoorddv(v); return;
	case PRISM_ARRAY_EDGE_FLAG: prism_gl_EdgeFlag(p[0]); return;
	}
	if (i >= PRISM_ARRAY_TEXCOORD) prism_gl_MultiTexCoord4dv(GL_TEXTURE0 + (GLenum)(i - PRISM_ARRAY_TEXCOORD), v);
	else if (a->integer) {
		GLint n[4];
		for (int k = 0; k < 4; k++) n[k] = v[k] > INT32_MAX ? (GLint)(GLuint)v[k] : (GLint)v[k];
		if (a->type == GL_BYTE || a->type == GL_SHORT || a->type == GL_INT) prism_gl_VertexAttribI4iv((GLuint)i, n);
		else prism_gl_VertexAttribI4uiv((GLuint)i, (const GLuint *)n);
	} else if (bytes && a->normalized) prism_gl_VertexAttrib4Nubv((GLuint)i, ub);
	else prism_gl_VertexAttrib4dv((GLuint)i, v);
}

void APIENTRY prism_gl_ArrayElement(GLint i) {
	prism_client *c = prism_client_now();
	if (!c) return;
	uint64_t user = c->core ? 0 : c->vao->enabled & c->vao->user;
	if (!user) {
		prism_put_glArrayElement(i);
		return;
	}
	if (i < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	const uint64_t vertex = 1ull << PRISM_ARRAY_VERTEX | 1; /* what makes the vertex comes last */
	for (uint64_t left = user & ~vertex; left; left &= left - 1) element(c, __builtin_ctzll(left), i);
	if (user & 1) element(c, 0, i);
	else if (user & vertex) element(c, PRISM_ARRAY_VERTEX, i);
}

/* ---- display lists ---- */

static void list_mark(prism_client *c, GLuint list) {
	prism_lock(c);
	prism_map_put(&c->sh->lists, list, 1);
	if (list > c->sh->list_high) c->sh->list_high = list;
	prism_unlock(c);
}

void prism_after_glNewList(GLuint list, GLenum mode) {
	prism_client *c = prism_client_now();
	if (!c || prism_t->in_begin || !list || c->list || (mode != GL_COMPILE && mode != GL_COMPILE_AND_EXECUTE)) return;
	c->list = list;
	c->list_mode = mode;
	prism_kept_list(c, true);
}
void prism_after_glEndList(void) {
	prism_client *c = prism_client_now();
	if (!c || !c->list) return;
	list_mark(c, c->list);
	c->list = 0;
	prism_kept_list(c, false);
}
static void called(void) {
	prism_client *c = prism_client_now();
	if (c && c->sh->lists_use_program) c->program_unknown = true;
}
void prism_after_glCallList(GLuint list) {
	(void)list;
	called();
}
void prism_after_glCallLists(GLsizei n, GLenum type, const void *lists) {
	(void)n, (void)type, (void)lists;
	called();
}
void prism_after_glDeleteLists(GLuint list, GLsizei range) {
	prism_client *c = prism_client_now();
	if (!c || range <= 0) return;
	prism_lock(c);
	prism_map *m = &c->sh->lists;
	uint64_t end = (uint64_t)list + (uint64_t)range;
	if ((uint64_t)range < m->cap) {
		for (uint64_t i = list; i < end && i <= UINT32_MAX; i++)
			if (i) prism_map_del(m, (uint32_t)i);
	} else { /* a long range over few lists: removing moves entries, so the table is looked through until nothing is found */
		for (bool found = true; found;) {
			found = false;
			for (uint32_t k = 0; k < m->cap; k++)
				if (m->keys[k] && m->keys[k] >= list && m->keys[k] < end) found = prism_map_del(m, m->keys[k]);
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
	for (GLsizei i = 0; base && i < range; i++) prism_map_put(&c->sh->lists, base + (GLuint)i, 1);
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

/* ---- selection and feedback ---- */

void APIENTRY prism_gl_SelectBuffer(GLsizei size, GLuint *buffer) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (size < 0 || c->render_mode == GL_SELECT) {
		prism_error(size < 0 ? GL_INVALID_VALUE : GL_INVALID_OPERATION);
		return;
	}
	c->select = buffer;
	c->select_size = size;
	prism_put_prismSelectBuffer(size);
}
void APIENTRY prism_gl_FeedbackBuffer(GLsizei size, GLenum type, GLfloat *buffer) {
	prism_client *c = prism_client_out();
	if (!c) return;
	GLenum error = c->render_mode == GL_FEEDBACK ? GL_INVALID_OPERATION : size < 0 || (size && !buffer) ? GL_INVALID_VALUE :
	               type < GL_2D || type > GL_4D_COLOR_TEXTURE ? GL_INVALID_ENUM : 0;
	if (error) {
		prism_error(error);
		return;
	}
	c->feedback_values = buffer;
	c->feedback_size = size;
	c->feedback_type = type;
	prism_put_prismFeedbackBuffer(size, type);
}
GLint APIENTRY prism_gl_RenderMode(GLenum mode) {
	prism_client *c = prism_client_out();
	if (!c) return 0;
	if (mode != GL_RENDER && mode != GL_SELECT && mode != GL_FEEDBACK) {
		prism_error(GL_INVALID_ENUM);
		return 0;
	}
	if ((mode == GL_SELECT && !c->select) || (mode == GL_FEEDBACK && !c->feedback_values)) {
		prism_error(GL_INVALID_OPERATION);
		return 0;
	}
	prism_ask q;
	GLint result = 0;
	if (!prism_ask_begin(&q)) return 0;
	prism_put_prismRenderMode(q.id, mode);
	if (prism_ask_wait(&q)) {
		result = (GLint)q.ret;
		if (c->render_mode == GL_SELECT) prism_ask_out(&q, c->select, (uint64_t)c->select_size * 4);
		else if (c->render_mode == GL_FEEDBACK) prism_ask_out(&q, c->feedback_values, (uint64_t)c->feedback_size * 4);
	}
	prism_ask_end(&q);
	c->render_mode = mode;
	return result;
}
