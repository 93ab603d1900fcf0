/* Begin and end, capabilities of the client's, glArrayElement, selection and feedback. */
#include "clientstate.h"
#include "gl/state/lists.h"
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
void APIENTRY prism_gl_EnableClientState(GLenum array);
void APIENTRY prism_gl_DisableClientState(GLenum array);
void APIENTRY prism_gl_Vertex2dv(const GLdouble *v);
void APIENTRY prism_gl_Vertex3dv(const GLdouble *v);
void APIENTRY prism_gl_Vertex4dv(const GLdouble *v);
void APIENTRY prism_gl_VertexAttrib4dv(GLuint index, const GLdouble *v);
void APIENTRY prism_gl_VertexAttrib4Nubv(GLuint index, const GLubyte *v);
void APIENTRY prism_gl_VertexAttribI4iv(GLuint index, const GLint *v);
void APIENTRY prism_gl_VertexAttribI4uiv(GLuint index, const GLuint *v);

static void begin(prism_client *c, const GLuint *a) {
	(void)c, (void)a;
	prism_t->in_begin = true;
}
static void end(prism_client *c, const GLuint *a) {
	(void)c, (void)a;
	prism_t->in_begin = false;
}
void prism_after_glBegin(GLenum mode) {
	prism_client *c = prism_client_now();
	if (!c || c->core || c->es || mode > GL_PATCHES || (mode > GL_POLYGON && mode < GL_LINES_ADJACENCY)) return;
	prism_listed(c, begin, 0, 0, 0);
	prism_t->spans = true;
}
void prism_after_glEnd(void) {
	prism_client *c = prism_client_now();
	prism_t->spans = false;
	if (c && !(c->list && prism_list_cancel(c, begin))) prism_listed(c, end, 0, 0, 0);
	if (c && !prism_compiling(c)) prism_t->in_begin = false;
	/* A chunk that began before the end can have nothing put ahead of it (prism_commit): it must not go on to a draw. */
	if (PRISM_UNLIKELY(prism_maps_live)) prism_commit(false);
}

/* Capabilities of which the nodes hear otherwise, and those that count in the app's process too. */
static bool debugs(GLenum cap) { return cap == GL_DEBUG_OUTPUT || cap == GL_DEBUG_OUTPUT_SYNCHRONOUS; }
static bool ours(GLenum cap) { return cap == GL_PRIMITIVE_RESTART || cap == GL_PRIMITIVE_RESTART_FIXED_INDEX || debugs(cap); }
static void set_cap(prism_client *c, const GLuint *a) {
	if (prism_t->in_begin && debugs(a[0])) prism_error(GL_INVALID_OPERATION);
	if (prism_t->in_begin || prism_debug_cap(c, a[0], (int)a[1], NULL)) return;
	if (a[0] == GL_PRIMITIVE_RESTART) c->restart = a[1];
	else c->restart_fixed = a[1];
}
static void capability(GLenum cap, bool on) {
	if (PRISM_UNLIKELY(prism_len_is_array(cap))) { /* drivers take them here too, and set the client's state */
		const prism_client *now = prism_client_now();
		if (now && !now->core && !now->es) {
			if (on) prism_gl_EnableClientState(cap);
			else prism_gl_DisableClientState(cap);
			return;
		}
	}
	prism_client *c = ours(cap) ? prism_client_now() : NULL;
	if (c) prism_listed(c, set_cap, cap, on, 0);
	if (c && debugs(cap)) return;
	if (on) prism_put_glEnable(cap);
	else prism_put_glDisable(cap);
}
void APIENTRY prism_gl_Enable(GLenum cap) { capability(cap, true); }
void APIENTRY prism_gl_Disable(GLenum cap) { capability(cap, false); }
void prism_after_glPrimitiveRestartIndex(GLuint index) { /* no list holds it */
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
