/* What prism itself calls of GL, and OpenGL ES has otherwise or not at all.
 *
 * A context of OpenGL ES shares its group with a desktop context of prism's own (group_util), which does what needs words that ES lacks: the
 * images of the default framebuffer and what travels between nodes. Drawing happens in the app's context, so an ES 3 one is needed. */
#include "state.h"
#include "replay_run.h"

bool es_start(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLint major = 0;
	g->GetIntegerv(GL_MAJOR_VERSION, &major);
	while (g->GetError() != GL_NO_ERROR) {}
	if (major < 3) {
		x_fail(r, "OpenGL ES 3.0 is needed, this node's driver has %s", (const char *)g->GetString(GL_VERSION));
		return false;
	}
	c->timers = replay_offered(r, "GL_EXT_disjoint_timer_query");
	c->reads_bgra = replay_offered(r, "GL_EXT_read_format_bgra");
	return true;
}

void es_draw_buffers(replay *r, unsigned n, const GLenum *buffers) {
	const struct real_gl *g = &r->priv->real;
	if (n == 1 && !r->ctx->es) g->DrawBuffer(buffers[0]);
	else g->DrawBuffers((GLsizei)n, buffers);
}

void es_buffer_read(replay *r, GLenum target, GLintptr at, GLsizeiptr n, void *to) {
	const struct real_gl *g = &r->priv->real;
	if (!r->ctx || !r->ctx->es) {
		if (g->GetBufferSubData) g->GetBufferSubData(target, at, n, to);
		return;
	}
	const void *p = n > 0 && g->MapBufferRange && g->UnmapBuffer ? g->MapBufferRange(target, at, n, GL_MAP_READ_BIT) : NULL;
	if (!p) return; /* GL's error */
	memcpy(to, p, (size_t)n);
	g->UnmapBuffer(target);
}

/* Mesa's OpenGL ES reads through a null pointer where glReadPixels finds no image. */
bool es_readable(replay *r, GLenum format) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLint real = 0, type = GL_NONE, buffer = GL_NONE;
	if (!c->read_fbo && !c->read) return true; /* incomplete, which GL sees first */
	g->GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &real);
	g->GetIntegerv(GL_READ_BUFFER, &buffer);
	GLenum at = (GLenum)buffer;
	if (format == GL_DEPTH_COMPONENT || format == GL_DEPTH_STENCIL) at = real ? GL_DEPTH_ATTACHMENT : GL_DEPTH;
	if (format == GL_STENCIL_INDEX) at = real ? GL_STENCIL_ATTACHMENT : GL_STENCIL;
	if (at != GL_NONE) g->GetFramebufferAttachmentParameteriv(GL_READ_FRAMEBUFFER, at, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, &type);
	if (type != GL_NONE && format == GL_DEPTH_STENCIL) {
		type = GL_NONE;
		g->GetFramebufferAttachmentParameteriv(GL_READ_FRAMEBUFFER, real ? GL_STENCIL_ATTACHMENT : GL_STENCIL, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, &type);
	}
	if (type == GL_NONE && !c->gl_error) c->gl_error = GL_INVALID_OPERATION;
	return type != GL_NONE;
}
