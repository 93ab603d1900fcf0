/* A drawable's contents on their way from one share group to another. Textures stand for its buffers, and textures belong to a group: a window of
 * two contexts that share nothing, or whose context was replaced by another, would lose what was drawn. So it is read into memory, bit for bit,
 * before the textures end, and given to the next ones. */
#include "state.h"
#include "replay_run.h"

struct fb_kept {
	unsigned width, height;
	uint32_t *color, *front, *depth; /* in the order of the textures; NULL: there is none */
};

void framebuffer_kept_free(drawable *d) {
	if (!d->kept) return;
	free(d->kept->color);
	free(d->kept->front);
	free(d->kept->depth);
	free(d->kept);
	d->kept = NULL;
}

static GLenum depth_format(const drawable *d) { return d->want.stencil ? GL_DEPTH_STENCIL : GL_DEPTH_COMPONENT; }
static GLenum depth_type(const drawable *d) { return d->want.stencil ? GL_UNSIGNED_INT_24_8 : GL_UNSIGNED_INT; }

static uint32_t *read_out(replay *r, const drawable *d, GLuint tex, bool depth) {
	const struct real_gl *g = &r->priv->real;
	uint32_t *to = calloc((size_t)d->want.width * d->want.height, 4);
	if (!to) return NULL;
	const GLenum where = !depth ? GL_COLOR_ATTACHMENT0 : d->want.stencil ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT;
	g->FramebufferTexture2D(GL_READ_FRAMEBUFFER, where, GL_TEXTURE_2D, tex, 0);
	g->ReadBuffer(depth ? GL_NONE : GL_COLOR_ATTACHMENT0);
	g->ReadPixels(0, 0, (GLsizei)d->want.width, (GLsizei)d->want.height, depth ? depth_format(d) : GL_BGRA,
	              depth ? depth_type(d) : GL_UNSIGNED_INT_8_8_8_8_REV, to);
	g->FramebufferTexture2D(GL_READ_FRAMEBUFFER, where, GL_TEXTURE_2D, 0, 0);
	return to;
}

bool framebuffer_keep(replay *r, drawable *d) {
	const struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	const struct replay_context *member = NULL;
	framebuffer_kept_free(d);
	for (unsigned i = 0; i < p->n_ctxs && !member; i++)
		if (p->ctxs[i]->group == d->tex.group) member = p->ctxs[i];
	if (!member) return true;
	if (!group_util(r, d->tex.group, member)) return false;
	struct fb_kept *k = calloc(1, sizeof *k);
	GLuint fb;
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, fb);
	g->DrawBuffer(GL_NONE);
	if (k) {
		*k = (struct fb_kept){.width = d->want.width, .height = d->want.height, .color = read_out(r, d, d->tex.color, false)};
		if (d->tex.front) k->front = read_out(r, d, d->tex.front, false);
		if (d->tex.depth) k->depth = read_out(r, d, d->tex.depth, true);
	}
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &fb);
	g->DeleteTextures(1, &d->tex.color);
	if (d->tex.front) g->DeleteTextures(1, &d->tex.front);
	if (d->tex.depth) g->DeleteTextures(1, &d->tex.depth);
	d->tex = (fb_textures){0};
	d->kept = k;
	return true;
}

static void write_in(replay *r, const drawable *d, GLuint tex, GLenum format, GLenum type, const uint32_t *from) {
	const struct real_gl *g = &r->priv->real;
	if (!tex || !from) return;
	g->BindTexture(GL_TEXTURE_2D, tex);
	g->TexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, (GLsizei)d->want.width, (GLsizei)d->want.height, format, type, from);
	g->BindTexture(GL_TEXTURE_2D, 0);
}

bool framebuffer_give_back(replay *r, drawable *d) {
	const struct fb_kept *k = d->kept;
	if (!k) return true;
	if (k->width != d->want.width || k->height != d->want.height) { /* as for any drawable of a new size */
		framebuffer_kept_free(d);
		return true;
	}
	if (!group_util(r, r->ctx->group, r->ctx)) return false;
	r->priv->real.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	if (k->front) framebuffer_front_make(r, d);
	write_in(r, d, d->tex.color, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, k->color);
	write_in(r, d, d->tex.front, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, k->front);
	write_in(r, d, d->tex.depth, depth_format(d), depth_type(d), k->depth);
	framebuffer_kept_free(d);
	return replay_current(r);
}
