/* Framebuffer bindings. */
#include "clientstate.h"
#include <stdlib.h>

void prism_after_glBindFramebuffer(GLenum target, GLuint framebuffer) {
	prism_client *c = prism_client_now();
	if (!c || prism_t->in_begin) return;
	if (target == GL_FRAMEBUFFER || target == GL_DRAW_FRAMEBUFFER) c->draw_framebuffer = framebuffer;
	if (target == GL_FRAMEBUFFER || target == GL_READ_FRAMEBUFFER) c->read_framebuffer = framebuffer;
	if (!framebuffer) prism_effects_look(c);
}
void prism_after_glDeleteFramebuffers(GLsizei n, const GLuint *framebuffers) {
	prism_client *c = prism_client_now();
	for (GLsizei i = 0; c && i < n; i++) {
		if (!framebuffers[i]) continue;
		if (c->draw_framebuffer == framebuffers[i]) c->draw_framebuffer = 0;
		if (c->read_framebuffer == framebuffers[i]) c->read_framebuffer = 0;
	}
	if (c) prism_effects_look(c);
}

/* Viewport 0 follows the window as glViewport does. */
void prism_before_viewport(GLint x, GLint y, GLsizei w, GLsizei h);
static void viewport(GLuint index, const GLfloat *v) {
	if (!index && v && v[0] == 0 && v[1] == 0 && v[2] >= 1 && v[2] <= 65536 && v[3] >= 1 && v[3] <= 65536) prism_before_viewport(0, 0, (GLsizei)v[2], (GLsizei)v[3]);
}
void prism_before_glViewportArrayv(GLuint first, GLsizei count, const GLfloat *v) {
	if (count > 0) viewport(first, v);
}
void prism_before_glViewportIndexedfv(GLuint index, const GLfloat *v) { viewport(index, v); }
void prism_before_glViewportIndexedf(GLuint index, GLfloat x, GLfloat y, GLfloat w, GLfloat h) {
	const GLfloat v[4] = {x, y, w, h};
	viewport(index, v);
}

static bool is_front(GLenum buf) {
	return buf == GL_FRONT || buf == GL_FRONT_LEFT || buf == GL_FRONT_RIGHT || buf == GL_FRONT_AND_BACK || buf == GL_LEFT || buf == GL_RIGHT;
}
void prism_after_glDrawBuffer(GLenum buf) {
	prism_client *c = prism_client_now();
	if (c && !c->draw_framebuffer) c->ctx->draw_front = is_front(buf);
}
void prism_after_glDrawBuffers(GLsizei n, const GLenum *bufs) {
	prism_client *c = prism_client_now();
	if (!c || c->draw_framebuffer || n < 0) return;
	bool front = false;
	for (GLsizei i = 0; i < n; i++) front |= is_front(bufs[i]);
	c->ctx->draw_front = front;
}

void prism_after_glNamedFramebufferDrawBuffer(GLuint framebuffer, GLenum buf) {
	prism_client *c = prism_client_now();
	if (c && !framebuffer) c->ctx->draw_front = is_front(buf);
}
void prism_after_glNamedFramebufferDrawBuffers(GLuint framebuffer, GLsizei n, const GLenum *bufs) {
	prism_client *c = prism_client_now();
	if (!c || framebuffer || n < 0) return;
	bool front = false;
	for (GLsizei i = 0; i < n; i++) front |= is_front(bufs[i]);
	c->ctx->draw_front = front;
}

/* A texture of any kind: one that is none is another error here than elsewhere. */
static bool whole_texture(GLuint texture, uint32_t *serial) {
	bool ok = true;
	if (texture && !prism_name_is(PRISM_KIND_TEXTURE, texture)) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	*serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	return ok;
}
void APIENTRY prism_gl_FramebufferTexture(GLenum target, GLenum attachment, GLuint texture, GLint level) {
	uint32_t serial;
	if (prism_client_out() && whole_texture(texture, &serial)) prism_put_glFramebufferTexture(target, attachment, serial, level);
}
void APIENTRY prism_gl_NamedFramebufferTexture(GLuint framebuffer, GLenum attachment, GLuint texture, GLint level) {
	uint32_t serial;
	bool ok = true;
	if (!prism_client_out()) return;
	const uint32_t fb = prism_serial(PRISM_KIND_FRAMEBUFFER, framebuffer, &ok);
	if (ok && whole_texture(texture, &serial)) prism_put_glNamedFramebufferTexture(fb, attachment, serial, level);
}

void prism_after_glCreateFramebuffers(GLsizei n, GLuint *names) { prism_names_made(PRISM_KIND_FRAMEBUFFER, n, names); }
void prism_after_glCreateRenderbuffers(GLsizei n, GLuint *names) { prism_names_made(PRISM_KIND_RENDERBUFFER, n, names); }

GLboolean APIENTRY prism_gl_IsFramebuffer(GLuint name) { return prism_client_out() ? prism_name_is(PRISM_KIND_FRAMEBUFFER, name) : GL_FALSE; }
GLboolean APIENTRY prism_gl_IsRenderbuffer(GLuint name) { return prism_client_out() ? prism_name_is(PRISM_KIND_RENDERBUFFER, name) : GL_FALSE; }
GLboolean APIENTRY prism_gl_IsTexture(GLuint name) { return prism_client_out() ? prism_name_is(PRISM_KIND_TEXTURE, name) : GL_FALSE; }
GLboolean APIENTRY prism_gl_IsSampler(GLuint name) { return prism_client_out() ? prism_name_is(PRISM_KIND_SAMPLER, name) : GL_FALSE; }

/* Residence is the nodes' own business: all textures are resident. */
GLboolean APIENTRY prism_gl_AreTexturesResident(GLsizei n, const GLuint *textures, GLboolean *residences) {
	(void)residences;
	if (!prism_client_out()) return GL_FALSE;
	for (GLsizei i = 0; i < n; i++)
		if (!prism_name_is(PRISM_KIND_TEXTURE, textures[i])) n = -1;
	if (n < 0) prism_error(GL_INVALID_VALUE);
	return n >= 0;
}

/* The answer is {value, kind}: with a kind the value is a serial. */
void APIENTRY prism_gl_GetFramebufferAttachmentParameteriv(GLenum target, GLenum attachment, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	GLint v[2];
	if (!c || prism_get(c, PRISM_GET_ATTACHMENT, pname, target, attachment, v, sizeof v, false) != sizeof v) return;
	*params = v[1] > 0 && v[1] < PRISM_KINDS ? (GLint)prism_name(v[1], (uint32_t)v[0]) : v[0];
}
void APIENTRY prism_gl_GetNamedFramebufferAttachmentParameteriv(GLuint framebuffer, GLenum attachment, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	GLint v[2];
	bool ok = true;
	if (!c) return;
	const uint32_t serial = prism_serial(PRISM_KIND_FRAMEBUFFER, framebuffer, &ok);
	if (!ok || prism_get(c, PRISM_GET_NAMED_ATTACHMENT, pname, serial, attachment, v, sizeof v, false) != sizeof v) return;
	*params = v[1] > 0 && v[1] < PRISM_KINDS ? (GLint)prism_name(v[1], (uint32_t)v[0]) : v[0];
}
