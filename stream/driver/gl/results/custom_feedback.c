/* Transform feedback: objects, what they have bound, and whether they are active. */
#include "gl/buffers/buffers.h"
#include "gl/state/lists.h"
#include <stdlib.h>

void APIENTRY prism_gl_BindBufferBase(GLenum target, GLuint index, GLuint buffer);
void APIENTRY prism_gl_BindBufferRange(GLenum target, GLuint index, GLuint buffer, GLintptr offset, GLsizeiptr size);
void APIENTRY prism_gl_GetProgramiv(GLuint program, GLenum pname, GLint *params);

/* The context's own objects: feedback[] of the client is what the bound one has, so only the others' bindings stand in at[]. */
static prism_xfb *xfb_of(prism_client *c, GLuint name) {
	if (!c->xfb) c->xfb = &c->xfb_zero;
	if (!name) return &c->xfb_zero;
	uint32_t serial = prism_serial_known(PRISM_KIND_TRANSFORM_FEEDBACK, name);
	prism_xfb *x = prism_map_ptr(&c->xfbs, serial);
	if (x || !serial) return x;
	x = calloc(1, sizeof *x);
	if (x && !prism_map_put(&c->xfbs, serial, (uint64_t)(uintptr_t)x)) {
		free(x);
		x = NULL;
	}
	if (!x) {
		prism_error(GL_OUT_OF_MEMORY);
		return NULL;
	}
	x->self = (prism_bound){name, serial};
	return x;
}
static prism_range *ranges_of(prism_client *c, prism_xfb *x) { return x == c->xfb ? c->feedback : x->at; }

bool prism_feedback_active(prism_client *c, bool paused_too) { return c->xfb && c->xfb->active && (paused_too || !c->xfb->paused); }

/* What feedback writes, no shadow knows: before it begins, and again when somebody may have asked meanwhile. */
static void forget(prism_client *c) {
	for (int i = 0; i < PRISM_FEEDBACK_BINDINGS; i++) prism_buffer_forget(c, c->feedback[i].b.serial);
}

/* May feedback begin with what is bound? The buffers that the program's varyings go to must be there. Of what is not known here the
 * nodes say whether it was an error. */
static bool ready(prism_client *c) {
	if (!c->program.name) return true;
	GLint n = 0, mode = GL_INTERLEAVED_ATTRIBS;
	prism_gl_GetProgramiv(c->program.name, GL_TRANSFORM_FEEDBACK_VARYINGS, &n);
	if (n <= 0) return false;
	prism_gl_GetProgramiv(c->program.name, GL_TRANSFORM_FEEDBACK_BUFFER_MODE, &mode);
	if (mode == GL_INTERLEAVED_ATTRIBS) n = 1; /* gl_NextBuffer asks for more */
	for (int i = 0; i < n && i < PRISM_FEEDBACK_BINDINGS; i++)
		if (!c->feedback[i].b.name) return false;
	return true;
}

/* What the commands change here: of those in display lists the nodes report the errors. */
static void begin(prism_client *c, const GLuint *a) {
	(void)a;
	prism_xfb *x = prism_t->in_begin ? NULL : xfb_of(c, c->xfb ? c->xfb->self.name : 0);
	if (!x || x->active) return;
	forget(c);
	x->active = true;
	x->paused = false;
}
static void end(prism_client *c, const GLuint *a) {
	(void)a;
	if (prism_t->in_begin || !prism_feedback_active(c, true)) return;
	forget(c);
	c->xfb->active = c->xfb->paused = false;
	c->xfb->ended = true;
}
static void set_paused(prism_client *c, const GLuint *a) {
	if (prism_t->in_begin || !prism_feedback_active(c, true) || c->xfb->paused == a[0]) return;
	forget(c);
	c->xfb->paused = a[0];
}

/* false, with the error recorded: that it is none (bad) is known now. */
static bool allowed(prism_client *c, GLenum bad) {
	if (!bad || prism_compiling(c)) return true;
	prism_error(bad);
	return false;
}

void APIENTRY prism_gl_BeginTransformFeedback(GLenum mode) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const bool word = mode == GL_POINTS || mode == GL_LINES || mode == GL_TRIANGLES;
	if (!allowed(c, !word ? GL_INVALID_ENUM : prism_feedback_active(c, true) || (!prism_compiling(c) && !ready(c)) ? GL_INVALID_OPERATION : 0)) return;
	prism_listed(c, begin, 0, 0, 0);
	prism_put_glBeginTransformFeedback(mode);
}
void APIENTRY prism_gl_EndTransformFeedback(void) {
	prism_client *c = prism_client_out();
	if (!c || !allowed(c, prism_feedback_active(c, true) ? 0 : GL_INVALID_OPERATION)) return;
	prism_listed(c, end, 0, 0, 0);
	prism_put_glEndTransformFeedback();
}
void APIENTRY prism_gl_PauseTransformFeedback(void) {
	prism_client *c = prism_client_out();
	if (!c || !allowed(c, prism_feedback_active(c, false) ? 0 : GL_INVALID_OPERATION)) return;
	prism_listed(c, set_paused, true, 0, 0);
	prism_put_glPauseTransformFeedback();
}
void APIENTRY prism_gl_ResumeTransformFeedback(void) {
	prism_client *c = prism_client_out();
	if (!c || !allowed(c, prism_feedback_active(c, true) && c->xfb->paused ? 0 : GL_INVALID_OPERATION)) return;
	prism_listed(c, set_paused, false, 0, 0);
	prism_put_glResumeTransformFeedback();
}

/* ---- objects ---- */

void prism_after_glCreateTransformFeedbacks(GLsizei n, GLuint *ids) {
	if (ids) prism_names_made(PRISM_KIND_TRANSFORM_FEEDBACK, n, ids);
}

static void make_current(prism_client *c, prism_xfb *x) {
	if (x == c->xfb) return;
	memcpy(c->xfb->at, c->feedback, sizeof c->feedback);
	memcpy(c->feedback, x->at, sizeof c->feedback);
	c->xfb = x;
}

static void bind(prism_client *c, const GLuint *a) {
	prism_xfb *x = prism_t->in_begin || (a[0] && !prism_serial_known(PRISM_KIND_TRANSFORM_FEEDBACK, a[0])) || prism_feedback_active(c, false) ? NULL : xfb_of(c, a[0]);
	if (x) make_current(c, x);
}
void APIENTRY prism_gl_BindTransformFeedback(GLenum target, GLuint id) {
	prism_client *c = prism_client_out();
	if (!c || !allowed(c, target != GL_TRANSFORM_FEEDBACK ? GL_INVALID_ENUM : prism_feedback_active(c, false) ? GL_INVALID_OPERATION : 0)) return;
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_TRANSFORM_FEEDBACK, id, &ok);
	prism_xfb *x = ok ? xfb_of(c, id) : NULL;
	if (!x) return;
	prism_listed(c, bind, id, 0, 0);
	prism_put_glBindTransformFeedback(target, serial);
}

static void ended(prism_client *c, GLuint name, uint32_t serial) {
	prism_xfb *x = prism_map_ptr(&c->xfbs, serial);
	(void)name;
	if (!x) return;
	if (x == c->xfb) make_current(c, &c->xfb_zero);
	prism_map_del(&c->xfbs, serial);
	free(x);
}
void APIENTRY prism_gl_DeleteTransformFeedbacks(GLsizei n, const GLuint *ids) {
	prism_client *c = prism_client_out();
	if (!c) return;
	GLsizei first = 0; /* active one: those before it are gone, as Mesa has it */
	for (; first < n; first++) {
		const prism_xfb *x = prism_map_ptr(&c->xfbs, prism_serial_known(PRISM_KIND_TRANSFORM_FEEDBACK, ids[first]));
		if (x && x->active) break;
	}
	prism_delete(PRISM_KIND_TRANSFORM_FEEDBACK, n < 0 ? n : first, ids, ended, prism_put_glDeleteTransformFeedbacks);
	if (first < n) prism_error(GL_INVALID_OPERATION);
}
GLboolean APIENTRY prism_gl_IsTransformFeedback(GLuint id) { return prism_client_out() ? prism_name_is(PRISM_KIND_TRANSFORM_FEEDBACK, id) : GL_FALSE; }

/* ---- an object's buffers, without binding it ---- */

static prism_xfb *named(prism_client **c, GLuint xfb) {
	prism_xfb *x = (*c = prism_client_out()) ? xfb_of(*c, xfb) : NULL;
	if (*c && !x) prism_error(GL_INVALID_OPERATION);
	return x;
}
static bool index_ok(prism_client *c, GLuint index) {
	bool ok = index < PRISM_FEEDBACK_BINDINGS && index < (GLuint)prism_get_int(c, GL_MAX_TRANSFORM_FEEDBACK_BUFFERS, 4);
	if (!ok) prism_error(GL_INVALID_VALUE);
	return ok;
}
/* Buffers are those that are there already: nothing is made by naming it. */
static bool buffer_ok(GLuint name, uint32_t *serial) {
	*serial = prism_serial_known(PRISM_KIND_BUFFER, name);
	if (name && !*serial) prism_error(GL_INVALID_VALUE);
	return !name || *serial;
}
static void set_range(GLuint xfb, GLuint index, GLuint buffer, int64_t offset, int64_t size, bool whole) {
	prism_client *c;
	prism_xfb *x = named(&c, xfb);
	uint32_t serial;
	if (!x || !buffer_ok(buffer, &serial)) return;
	if (x->active) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	if (!index_ok(c, index)) return;
	if (!whole && (offset < 0 || size <= 0 || offset & 3 || size & 3)) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	ranges_of(c, x)[index] = (prism_range){{buffer, serial}, offset, size};
	if (whole) prism_put_glTransformFeedbackBufferBase(x->self.serial, index, serial);
	else prism_put_glTransformFeedbackBufferRange(x->self.serial, index, serial, offset, size);
}
void APIENTRY prism_gl_TransformFeedbackBufferBase(GLuint xfb, GLuint index, GLuint buffer) { set_range(xfb, index, buffer, 0, 0, true); }
void APIENTRY prism_gl_TransformFeedbackBufferRange(GLuint xfb, GLuint index, GLuint buffer, GLintptr offset, GLsizeiptr size) {
	set_range(xfb, index, buffer, offset, size, false);
}

void APIENTRY prism_gl_GetTransformFeedbackiv(GLuint xfb, GLenum pname, GLint *param) {
	prism_client *c;
	const prism_xfb *x = named(&c, xfb);
	if (!x) return;
	if (pname != GL_TRANSFORM_FEEDBACK_PAUSED && pname != GL_TRANSFORM_FEEDBACK_ACTIVE) prism_error(GL_INVALID_ENUM);
	else *param = pname == GL_TRANSFORM_FEEDBACK_PAUSED ? x->paused : x->active;
}
void APIENTRY prism_gl_GetTransformFeedbacki_v(GLuint xfb, GLenum pname, GLuint index, GLint *param) {
	prism_client *c;
	prism_xfb *x = named(&c, xfb);
	if (!x || !index_ok(c, index)) return;
	if (pname != GL_TRANSFORM_FEEDBACK_BUFFER_BINDING) prism_error(GL_INVALID_ENUM);
	else *param = (GLint)ranges_of(c, x)[index].b.name;
}
/* Of a buffer bound whole the size is 0. */
void APIENTRY prism_gl_GetTransformFeedbacki64_v(GLuint xfb, GLenum pname, GLuint index, GLint64 *param) {
	prism_client *c;
	prism_xfb *x = named(&c, xfb);
	if (!x || !index_ok(c, index)) return;
	const prism_range *r = &ranges_of(c, x)[index];
	if (pname == GL_TRANSFORM_FEEDBACK_BUFFER_START) *param = r->offset;
	else if (pname == GL_TRANSFORM_FEEDBACK_BUFFER_SIZE) *param = r->size;
	else prism_error(GL_INVALID_ENUM);
}

void APIENTRY prism_gl_BindBufferOffsetEXT(GLenum target, GLuint index, GLuint buffer, GLintptr offset) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (target != GL_TRANSFORM_FEEDBACK_BUFFER || offset < 0 || offset & 3) {
		prism_error(target != GL_TRANSFORM_FEEDBACK_BUFFER ? GL_INVALID_ENUM : GL_INVALID_VALUE);
		return;
	}
	prism_lock(c);
	const prism_buffer *b = prism_map_ptr(&c->sh->buffers, prism_serial_known(PRISM_KIND_BUFFER, buffer));
	const int64_t size = b && b->size > offset ? (b->size - offset) & ~(int64_t)3 : 0;
	prism_unlock(c);
	if (buffer && size) prism_gl_BindBufferRange(target, index, buffer, offset, size);
	else prism_gl_BindBufferBase(target, index, buffer);
}

/* ---- drawing what was captured ---- */

static const prism_xfb *drawable(GLenum mode, GLuint id, GLuint stream, GLsizei instances) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	const prism_xfb *x = xfb_of(c, id);
	GLenum error = mode > GL_PATCHES ? GL_INVALID_ENUM : !x || stream >= PRISM_STREAMS || instances < 0 ? GL_INVALID_VALUE :
	               !x->ended ? GL_INVALID_OPERATION : 0;
	/* How much of an array in the app's memory would be read, only GL knows. */
	if (!error && c->vao->user & c->vao->enabled) error = GL_INVALID_OPERATION;
	if (error) prism_error(error);
	return error || !instances ? NULL : x;
}
void APIENTRY prism_gl_DrawTransformFeedback(GLenum mode, GLuint id) {
	const prism_xfb *x = drawable(mode, id, 0, 1);
	if (x) prism_put_glDrawTransformFeedback(mode, x->self.serial);
}
void APIENTRY prism_gl_DrawTransformFeedbackStream(GLenum mode, GLuint id, GLuint stream) {
	const prism_xfb *x = drawable(mode, id, stream, 1);
	if (x) prism_put_glDrawTransformFeedbackStream(mode, x->self.serial, stream);
}
void APIENTRY prism_gl_DrawTransformFeedbackInstanced(GLenum mode, GLuint id, GLsizei instances) {
	const prism_xfb *x = drawable(mode, id, 0, instances);
	if (x) prism_put_glDrawTransformFeedbackInstanced(mode, x->self.serial, instances);
}
void APIENTRY prism_gl_DrawTransformFeedbackStreamInstanced(GLenum mode, GLuint id, GLuint stream, GLsizei instances) {
	const prism_xfb *x = drawable(mode, id, stream, instances);
	if (x) prism_put_glDrawTransformFeedbackStreamInstanced(mode, x->self.serial, stream, instances);
}
