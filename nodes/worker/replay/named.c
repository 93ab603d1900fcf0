/* What the app asks and tells of a framebuffer beside drawing: parameters, and that contents no longer matter. In the make `fbo` its default
 * framebuffer is an object of ours, of which GL would take what it must refuse of a window: then GL is asked about its own framebuffer 0 (a
 * surface that nobody sees), which has the same errors. */
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

/* GL's own framebuffer 0 in place of ours while it lasts. */
typedef struct aside { GLint draw, read; bool on; } aside;

static aside aside_begin(replay *r) {
	const struct real_gl *g = &r->priv->real;
	aside a = {0, 0, r->priv->make == FB_FBO};
	if (!a.on) return a;
	g->GetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &a.draw);
	g->GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &a.read);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	return a;
}
static void aside_end(replay *r, aside a) {
	const struct real_gl *g = &r->priv->real;
	if (!a.on) return;
	g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, (GLuint)a.draw);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)a.read);
}

/* Is it the default framebuffer that a target means? A word that is no target is GL's to refuse. */
static bool means_default(const struct replay_context *c, GLenum target) {
	switch (target) {
	case GL_READ_FRAMEBUFFER: return !c->read_fbo;
	case GL_FRAMEBUFFER: case GL_DRAW_FRAMEBUFFER: return !c->draw_fbo;
	default: return false;
	}
}

static void v_FramebufferParameteri(GLenum target, GLenum pname, GLint v) {
	NOW;
	if (!c || !g->FramebufferParameteri) return;
	const bool ours = !c->in_begin && means_default(c, target);
	const aside a = ours ? aside_begin(r) : (aside){0};
	g->FramebufferParameteri(target, pname, v);
	aside_end(r, a);
}

static void v_GetFramebufferParameteriv(GLenum target, GLenum pname, GLint *out) {
	NOW;
	if (!c || !g->GetFramebufferParameteriv) return;
	const bool ours = !c->in_begin && means_default(c, target);
	const bool object_only = pname != GL_SAMPLES && pname != GL_SAMPLE_BUFFERS && pname != GL_IMPLEMENTATION_COLOR_READ_FORMAT &&
	                         pname != GL_IMPLEMENTATION_COLOR_READ_TYPE;
	const aside a = ours && object_only ? aside_begin(r) : (aside){0};
	g->GetFramebufferParameteriv(target, pname, out);
	aside_end(r, a);
	if (ours && pname == GL_DOUBLEBUFFER && c->draw) *out = c->draw->double_buffer && !c->draw->one_image;
}

/* Contents that do not matter any more may as well stay: of the default framebuffer only the errors are looked for. */
static void v_InvalidateFramebuffer(GLenum target, GLsizei n, const GLenum *which) {
	NOW;
	if (!c || !g->InvalidateFramebuffer) return;
	const aside a = !c->in_begin && means_default(c, target) ? aside_begin(r) : (aside){0};
	g->InvalidateFramebuffer(target, n, which);
	aside_end(r, a);
}
static void v_InvalidateSubFramebuffer(GLenum target, GLsizei n, const GLenum *which, GLint x, GLint y, GLsizei w, GLsizei h) {
	NOW;
	if (!c || !g->InvalidateSubFramebuffer) return;
	const aside a = !c->in_begin && means_default(c, target) ? aside_begin(r) : (aside){0};
	g->InvalidateSubFramebuffer(target, n, which, x, y, w, h);
	aside_end(r, a);
}

/* ---- framebuffers by name. 0 is the default framebuffer; others go to GL as they are. ---- */

/* The default framebuffer is bound while it lasts, as the app would do it. */
typedef struct lent { GLuint was; bool draw; } lent;
static lent lend(replay *r, bool draw) {
	struct replay_context *c = r->ctx;
	const lent l = {draw ? c->draw_fbo : c->read_fbo, draw};
	if (l.was) r->gl.BindFramebuffer(draw ? GL_DRAW_FRAMEBUFFER : GL_READ_FRAMEBUFFER, 0);
	return l;
}
static void lend_end(replay *r, lent l) {
	if (l.was) r->gl.BindFramebuffer(l.draw ? GL_DRAW_FRAMEBUFFER : GL_READ_FRAMEBUFFER, l.was);
}

static void v_NamedFramebufferDrawBuffer(GLuint name, GLenum b) {
	NOW;
	if (!c || !g->NamedFramebufferDrawBuffer) return;
	if (name || c->in_begin) {
		g->NamedFramebufferDrawBuffer(name, b);
		return;
	}
	const bool paused = list_pause(r);
	const lent l = lend(r, true);
	framebuffer_draw_buffers(r, -1, &b);
	lend_end(r, l);
	if (paused) list_resume(r);
}
static void v_NamedFramebufferDrawBuffers(GLuint name, GLsizei n, const GLenum *b) {
	NOW;
	if (!c || !g->NamedFramebufferDrawBuffers) return;
	if (name || c->in_begin || n < 0) {
		g->NamedFramebufferDrawBuffers(name, n, b);
		return;
	}
	const bool paused = list_pause(r);
	const lent l = lend(r, true);
	static const GLenum none;
	framebuffer_draw_buffers(r, n, b ? b : &none);
	lend_end(r, l);
	if (paused) list_resume(r);
}
static void v_NamedFramebufferReadBuffer(GLuint name, GLenum b) {
	NOW;
	if (!c || !g->NamedFramebufferReadBuffer) return;
	if (name || c->in_begin) {
		g->NamedFramebufferReadBuffer(name, b);
		return;
	}
	const bool paused = list_pause(r);
	const lent l = lend(r, false);
	framebuffer_read_buffer(r, b);
	lend_end(r, l);
	if (paused) list_resume(r);
}

static void v_GetNamedFramebufferParameteriv(GLuint name, GLenum pname, GLint *out) {
	NOW;
	if (!c || !g->GetNamedFramebufferParameteriv) return;
	if (name || c->in_begin) {
		g->GetNamedFramebufferParameteriv(name, pname, out);
		return;
	}
	const lent l = lend(r, true);
	v_GetFramebufferParameteriv(GL_DRAW_FRAMEBUFFER, pname, out);
	lend_end(r, l);
}
static void v_GetNamedFramebufferAttachmentParameteriv(GLuint name, GLenum attachment, GLenum pname, GLint *out) {
	NOW;
	if (!c || !g->GetNamedFramebufferAttachmentParameteriv) return;
	if (name || c->in_begin) {
		g->GetNamedFramebufferAttachmentParameteriv(name, attachment, pname, out);
		return;
	}
	const lent l = lend(r, true);
	r->gl.GetFramebufferAttachmentParameteriv(GL_DRAW_FRAMEBUFFER, attachment, pname, out);
	lend_end(r, l);
}
static GLenum v_CheckNamedFramebufferStatus(GLuint name, GLenum target) {
	NOW;
	if (!c || !g->CheckNamedFramebufferStatus) return 0;
	if (!name && !c->in_begin) name = framebuffer_default(r, target != GL_READ_FRAMEBUFFER);
	return g->CheckNamedFramebufferStatus(name, target);
}

/* Drawing into a framebuffer that need not be bound: the scissor must be what it would be if it were. */
static GLuint draw_begin(replay *r, GLuint name, GLuint *was) {
	struct replay_context *c = r->ctx;
	*was = c->draw_fbo;
	if (c->in_begin) return name;
	if (name != c->draw_fbo) {
		c->draw_fbo = name;
		virtual_apply(r);
	}
	return name ? name : framebuffer_default(r, true);
}
static void draw_end(replay *r, GLuint was) {
	struct replay_context *c = r->ctx;
	if (c->draw_fbo == was) return;
	c->draw_fbo = was;
	virtual_apply(r);
}
/* Not compiled into lists, and so nothing of it. */
#define CLEARS(suffix, type)                                                                                        \
	static void v_ClearNamedFramebuffer##suffix(GLuint name, GLenum buffer, GLint i, const type *v) {           \
		NOW;                                                                                                \
		GLuint was;                                                                                         \
		if (!c || !g->ClearNamedFramebuffer##suffix) return;                                                \
		const bool paused = list_pause(r);                                                                  \
		const GLuint fb = draw_begin(r, name, &was);                                                        \
		const wipe w = wipe_##suffix(buffer, i, v);                                                         \
		const bool done = clear_tile(r, &w), began = !done && clear_begin(r);                               \
		if (!done) g->ClearNamedFramebuffer##suffix(fb, buffer, i, v);                                      \
		clear_end(r, began);                                                                                \
		draw_end(r, was);                                                                                   \
		if (paused) list_resume(r);                                                                         \
	}
CLEARS(fv, GLfloat)
CLEARS(iv, GLint)
CLEARS(uiv, GLuint)
static void v_ClearNamedFramebufferfi(GLuint name, GLenum buffer, GLint i, GLfloat depth, GLint stencil) {
	NOW;
	GLuint was;
	if (!c || !g->ClearNamedFramebufferfi) return;
	const bool paused = list_pause(r);
	const GLuint fb = draw_begin(r, name, &was);
	const wipe w = wipe_fi(buffer, i, depth, stencil);
	const bool done = clear_tile(r, &w), began = !done && clear_begin(r);
	if (!done) g->ClearNamedFramebufferfi(fb, buffer, i, depth, stencil);
	clear_end(r, began);
	draw_end(r, was);
	if (paused) list_resume(r);
}
static void v_BlitNamedFramebuffer(GLuint from, GLuint to, GLint x0, GLint y0, GLint x1, GLint y1, GLint X0, GLint Y0, GLint X1, GLint Y1, GLbitfield mask,
                                   GLenum filter) {
	NOW;
	GLuint was;
	if (!c || !g->BlitNamedFramebuffer) return;
	if (mask & GL_STENCIL_BUFFER_BIT) r->priv->stencilled = true;
	const bool window = !to && !c->in_begin;
	GLint off_x, off_y;
	offset_of(c->draw, to, &off_x, &off_y);
	const box at[2] = {box_less((box){X0, Y0, 0, 0}, off_x, off_y), box_less((box){X1, Y1, 0, 0}, off_x, off_y)};
	offset_of(c->read, from, &off_x, &off_y);
	const box of[2] = {box_less((box){x0, y0, 0, 0}, off_x, off_y), box_less((box){x1, y1, 0, 0}, off_x, off_y)};
	to = draw_begin(r, to, &was);
	if (!from && !c->in_begin) from = framebuffer_default(r, false);
	g->BlitNamedFramebuffer(from, to, of[0].x, of[0].y, of[1].x, of[1].y, at[0].x, at[0].y, at[1].x, at[1].y, mask, filter);
	if (window && opaque_is(r, c->draw)) {
		g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, to);
		opaque_after_blit(r, mask);
		if (was) g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, was);
	}
	draw_end(r, was);
}

void *named_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glFramebufferParameteri", v_FramebufferParameteri}, {"glGetFramebufferParameteriv", v_GetFramebufferParameteriv},
		{"glNamedFramebufferDrawBuffer", v_NamedFramebufferDrawBuffer}, {"glNamedFramebufferDrawBuffers", v_NamedFramebufferDrawBuffers},
		{"glNamedFramebufferReadBuffer", v_NamedFramebufferReadBuffer}, {"glGetNamedFramebufferParameteriv", v_GetNamedFramebufferParameteriv},
		{"glGetNamedFramebufferAttachmentParameteriv", v_GetNamedFramebufferAttachmentParameteriv},
		{"glCheckNamedFramebufferStatus", v_CheckNamedFramebufferStatus}, {"glClearNamedFramebufferfv", v_ClearNamedFramebufferfv},
		{"glClearNamedFramebufferiv", v_ClearNamedFramebufferiv}, {"glClearNamedFramebufferuiv", v_ClearNamedFramebufferuiv},
		{"glClearNamedFramebufferfi", v_ClearNamedFramebufferfi}, {"glBlitNamedFramebuffer", v_BlitNamedFramebuffer},
		{"glInvalidateFramebuffer", v_InvalidateFramebuffer}, {"glInvalidateSubFramebuffer", v_InvalidateSubFramebuffer},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}
