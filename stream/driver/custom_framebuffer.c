/* Framebuffer bindings, copies from the framebuffer to textures, transform feedback's buffers. */
#include "clientstate.h"
#include <stdlib.h>

void APIENTRY prism_gl_TexImage1D(GLenum target, GLint level, GLint internalformat, GLsizei width, GLint border, GLenum format, GLenum type, const void *pixels);
void APIENTRY prism_gl_TexImage2D(GLenum target, GLint level, GLint internalformat, GLsizei width, GLsizei height, GLint border, GLenum format, GLenum type, const void *pixels);
void APIENTRY prism_gl_TexSubImage1D(GLenum target, GLint level, GLint x, GLsizei width, GLenum format, GLenum type, const void *pixels);
void APIENTRY prism_gl_TexSubImage2D(GLenum target, GLint level, GLint x, GLint y, GLsizei width, GLsizei height, GLenum format, GLenum type, const void *pixels);
void APIENTRY prism_gl_TexSubImage3D(GLenum target, GLint level, GLint x, GLint y, GLint z, GLsizei width, GLsizei height, GLsizei depth, GLenum format, GLenum type, const void *pixels);
void APIENTRY prism_gl_GetTexLevelParameteriv(GLenum target, GLint level, GLenum pname, GLint *params);

void prism_after_glBindFramebuffer(GLenum target, GLuint framebuffer) {
	prism_client *c = prism_client_now();
	if (!c || prism_t->in_begin) return;
	if (target == GL_FRAMEBUFFER || target == GL_DRAW_FRAMEBUFFER) c->draw_framebuffer = framebuffer;
	if (target == GL_FRAMEBUFFER || target == GL_READ_FRAMEBUFFER) c->read_framebuffer = framebuffer;
}
void prism_after_glDeleteFramebuffers(GLsizei n, const GLuint *framebuffers) {
	prism_client *c = prism_client_now();
	for (GLsizei i = 0; c && i < n; i++) {
		if (!framebuffers[i]) continue;
		if (c->draw_framebuffer == framebuffers[i]) c->draw_framebuffer = 0;
		if (c->read_framebuffer == framebuffers[i]) c->read_framebuffer = 0;
	}
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

/* ---- copies: no node has all of the default framebuffer, so its pixels are read from all and go out again ---- */

/* For as long as the driver itself uploads: tight images from memory. */
typedef struct upload { prism_store store; prism_bound buffer; } upload;
static void upload_begin(prism_client *c, upload *u) {
	u->store = c->unpack;
	u->buffer = c->buf[PRISM_BUF_UNPACK];
	c->unpack = (prism_store){.alignment = 1};
	c->buf[PRISM_BUF_UNPACK] = (prism_bound){0, 0};
	if (u->buffer.name) prism_put_glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
}
static void upload_end(prism_client *c, const upload *u) {
	c->unpack = u->store;
	c->buf[PRISM_BUF_UNPACK] = u->buffer;
	if (u->buffer.name) prism_put_glBindBuffer(GL_PIXEL_UNPACK_BUFFER, u->buffer.serial);
}

static bool depth_format(GLenum internal) {
	switch (internal) {
	case GL_DEPTH_COMPONENT: case GL_DEPTH_COMPONENT16: case GL_DEPTH_COMPONENT24: case GL_DEPTH_COMPONENT32: case GL_DEPTH_COMPONENT32F: return true;
	default: return false;
	}
}

static void *read_for(prism_client *c, bool depth, GLint x, GLint y, GLsizei w, GLsizei h) {
	(void)c;
	if (w <= 0 || h <= 0 || (uint64_t)w * (uint64_t)h > PRISM_MAX_STAGED / 4) return NULL;
	prism_ask q;
	void *copy = NULL;
	if (!prism_ask_begin(&q)) return NULL;
	prism_put_glReadPixels(q.id, x, y, w, h, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE);
	if (prism_ask_wait(&q)) {
		const void *p;
		uint32_t n = prism_ask_peek(&q, &p);
		if (n >= (uint64_t)w * (uint64_t)h * 4 && (copy = malloc(n))) memcpy(copy, p, n);
	}
	prism_ask_end(&q);
	return copy;
}

/* Do the pixels lie in the default framebuffer? (They do not while a list is compiled: then the node itself copies.) */
static bool from_default(const prism_client *c) { return !c->read_framebuffer && !c->list; }

void APIENTRY prism_gl_CopyTexImage2D(GLenum target, GLint level, GLenum internal, GLint x, GLint y, GLsizei w, GLsizei h, GLint border) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool depth = depth_format(internal);
	void *p = from_default(c) && !border ? read_for(c, depth, x, y, w, h) : NULL;
	if (!p) {
		prism_put_glCopyTexImage2D(target, level, internal, x, y, w, h, border);
		return;
	}
	upload u;
	upload_begin(c, &u);
	prism_gl_TexImage2D(target, level, (GLint)internal, w, h, 0, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE, p);
	upload_end(c, &u);
	free(p);
}
void APIENTRY prism_gl_CopyTexImage1D(GLenum target, GLint level, GLenum internal, GLint x, GLint y, GLsizei w, GLint border) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool depth = depth_format(internal);
	void *p = from_default(c) && !border ? read_for(c, depth, x, y, w, 1) : NULL;
	if (!p) {
		prism_put_glCopyTexImage1D(target, level, internal, x, y, w, border);
		return;
	}
	upload u;
	upload_begin(c, &u);
	prism_gl_TexImage1D(target, level, (GLint)internal, w, 0, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE, p);
	upload_end(c, &u);
	free(p);
}

/* Pixels for a part of a texture that is there already. */
static void *read_sub(prism_client *c, GLenum target, GLint level, GLint x, GLint y, GLsizei w, GLsizei h, bool *depth) {
	*depth = false;
	if (!from_default(c)) return NULL;
	GLint bits = 0;
	prism_gl_GetTexLevelParameteriv(target, level, GL_TEXTURE_DEPTH_SIZE, &bits);
	*depth = bits > 0;
	return read_for(c, *depth, x, y, w, h);
}
void APIENTRY prism_gl_CopyTexSubImage1D(GLenum target, GLint level, GLint to_x, GLint x, GLint y, GLsizei w) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool depth;
	void *p = read_sub(c, target, level, x, y, w, 1, &depth);
	if (!p) {
		prism_put_glCopyTexSubImage1D(target, level, to_x, x, y, w);
		return;
	}
	upload u;
	upload_begin(c, &u);
	prism_gl_TexSubImage1D(target, level, to_x, w, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE, p);
	upload_end(c, &u);
	free(p);
}
void APIENTRY prism_gl_CopyTexSubImage2D(GLenum target, GLint level, GLint to_x, GLint to_y, GLint x, GLint y, GLsizei w, GLsizei h) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool depth;
	void *p = read_sub(c, target, level, x, y, w, h, &depth);
	if (!p) {
		prism_put_glCopyTexSubImage2D(target, level, to_x, to_y, x, y, w, h);
		return;
	}
	upload u;
	upload_begin(c, &u);
	prism_gl_TexSubImage2D(target, level, to_x, to_y, w, h, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE, p);
	upload_end(c, &u);
	free(p);
}
void APIENTRY prism_gl_CopyTexSubImage3D(GLenum target, GLint level, GLint to_x, GLint to_y, GLint to_z, GLint x, GLint y, GLsizei w, GLsizei h) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool depth;
	void *p = read_sub(c, target, level, x, y, w, h, &depth);
	if (!p) {
		prism_put_glCopyTexSubImage3D(target, level, to_x, to_y, to_z, x, y, w, h);
		return;
	}
	upload u;
	upload_begin(c, &u);
	prism_gl_TexSubImage3D(target, level, to_x, to_y, to_z, w, h, 1, depth ? GL_DEPTH_COMPONENT : GL_RGBA, depth ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE, p);
	upload_end(c, &u);
	free(p);
}

/* What feedback writes, no shadow knows. */
void APIENTRY prism_gl_BeginTransformFeedback(GLenum mode) {
	prism_client *c = prism_client_out();
	if (!c) return;
	for (int i = 0; i < PRISM_FEEDBACK_BINDINGS; i++) prism_buffer_forget(c, c->feedback[i].b.serial);
	prism_put_glBeginTransformFeedback(mode);
}
