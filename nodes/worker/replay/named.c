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

void *named_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glFramebufferParameteri", v_FramebufferParameteri}, {"glGetFramebufferParameteriv", v_GetFramebufferParameteriv},
		{"glInvalidateFramebuffer", v_InvalidateFramebuffer}, {"glInvalidateSubFramebuffer", v_InvalidateSubFramebuffer},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}
