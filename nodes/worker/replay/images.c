/* Passes into framebuffer objects that are tiled. The session says what part of an object this node draws (prismPass), which cuts drawing
 * as a tile cuts it in the window (virtual.c); and where all of an image is wanted after all, each node gives its parts of it
 * (prismImageGather) and takes the whole (prismImageExchange), bit for bit, in a context of prism's own as in exchange.c. */
#include "state.h"
#include "replay_run.h"
#include "sampled.h"

enum { REGION_WORDS = 4, PART_WORDS = 5 };

void replay_peer(replay *r, uint32_t peer) { r->priv->peer = peer; }

int x_prismPass(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismPass *a = (const void *)rec;
	const uint8_t *next = (const uint8_t *)(a + 1);
	const void *regions;
	struct replay_context *c = r->ctx;
	const uint32_t n = a->regions.bytes / (REGION_WORDS * 4);
	if (x_blob(r, "regions", &a->regions, 0, true, &next, end, &regions)) return REPLAY_CORRUPT;
	if (a->regions.bytes && r->priv->peer >= n) return x_bad(r, "regions", "%u, and this is node %u", n, r->priv->peer);
	if (!c) return 0;
	c->pass = n > 0;
	if (c->pass) {
		memcpy(&c->region, (const uint8_t *)regions + REGION_WORDS * 4 * (uint64_t)r->priv->peer, sizeof c->region);
		if (c->region.w <= 0 || c->region.h <= 0) c->region = (box){0, 0, 0, 0};
	}
	virtual_apply(r);
	return 0;
}

/* Bytes of a pixel; 0: not one of those that travel (tilesplit/passes/formats.go). */
uint32_t image_bytes(GLenum format, GLenum type) {
	switch (format) {
	case GL_RGBA: return type == GL_UNSIGNED_BYTE || type == GL_UNSIGNED_INT_2_10_10_10_REV ? 4 : type == GL_HALF_FLOAT || type == GL_UNSIGNED_SHORT ? 8 : type == GL_FLOAT ? 16 : 0;
	case GL_RGB: return type == GL_UNSIGNED_INT_10F_11F_11F_REV ? 4 : 0;
	case GL_RED: return type == GL_FLOAT ? 4 : 0;
	case GL_RGBA_INTEGER: return type == GL_UNSIGNED_INT || type == GL_INT ? 16 : 0;
	case GL_DEPTH_COMPONENT: return type == GL_UNSIGNED_INT || type == GL_FLOAT ? 4 : 0;
	case GL_DEPTH_STENCIL: return type == GL_UNSIGNED_INT_24_8 ? 4 : type == GL_FLOAT_32_UNSIGNED_INT_24_8_REV ? 8 : 0;
	default: return 0;
	}
}

GLenum image_attachment(GLenum format) {
	return format == GL_DEPTH_COMPONENT ? GL_DEPTH_ATTACHMENT : format == GL_DEPTH_STENCIL ? GL_DEPTH_STENCIL_ATTACHMENT : GL_COLOR_ATTACHMENT0;
}

GLbitfield image_mask(GLenum format) {
	return format == GL_DEPTH_COMPONENT ? GL_DEPTH_BUFFER_BIT : format == GL_DEPTH_STENCIL ? GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT : GL_COLOR_BUFFER_BIT;
}

enum { MAX_LEVELS = 32 };

/* 0: the images' own context is current, and *tex or *rb is the name; 1: nothing can be done now; or an error. */
static int image_open(replay *r, uint32_t texture, uint32_t renderbuffer, uint32_t level, GLenum format, GLenum type, GLuint *tex, GLuint *rb) {
	struct replay_private *p = r->priv;
	*tex = *rb = 0;
	if (!image_bytes(format, type)) return x_bad(r, "format", "%#x with type %#x does not travel", format, type);
	if (!texture == !renderbuffer) return x_bad(r, "texture", "%u and renderbuffer %u, want one of both", texture, renderbuffer);
	if (level >= (renderbuffer ? 1 : MAX_LEVELS)) return x_bad(r, "level", "%u, want less than %u", level, renderbuffer ? 1u : (uint32_t)MAX_LEVELS);
	int rc = replay_bind(r, p->chunk_ctx, p->chunk_draw, p->chunk_read);
	if (rc) return rc;
	if (!r->ctx || r->ctx->in_begin) return 1;
	if (x_handle(r, "texture", PRISM_KIND_TEXTURE, texture, tex) || x_handle(r, "renderbuffer", PRISM_KIND_RENDERBUFFER, renderbuffer, rb)) return r->error[0] ? REPLAY_CORRUPT : 1;
	const struct real_gl *g = &p->real;
	if (!g->BindFramebuffer || !g->CheckFramebufferStatus || !g->FramebufferTexture2D || !g->FramebufferRenderbuffer || !g->BlitFramebuffer) return 1;
	if (group_util(r, r->ctx->group, r->ctx)) return 0;
	r->error[0] = 0; /* contexts that share nothing with ours: the session does without */
	return replay_current(r) ? 1 : REPLAY_DEVICE;
}

GLuint image_framebuffer(const struct real_gl *g, GLenum target, GLuint rb, GLuint tex, GLenum textarget, GLint level, GLenum format) {
	GLuint fb;
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(target, fb);
	if (rb) g->FramebufferRenderbuffer(target, image_attachment(format), GL_RENDERBUFFER, rb);
	else g->FramebufferTexture2D(target, image_attachment(format), textarget, tex, level);
	return fb;
}

int x_prismImageGather(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismImageGather *a = (const void *)rec;
	const uint8_t *next = (const uint8_t *)(a + 1);
	const struct real_gl *g = &r->priv->real;
	const void *blob;
	GLuint tex, rb;
	const uint32_t all = a->parts.bytes / (PART_WORDS * 4);
	uint32_t px = image_bytes(a->format, a->type);
	if (x_blob(r, "parts", &a->parts, 0, true, &next, end, &blob)) return REPLAY_CORRUPT;
	const int opened = image_open(r, a->texture, a->renderbuffer, a->level, a->format, a->type, &tex, &rb);
	if (opened < 0) return opened;
	sampled_image m = {.format = a->format, .type = a->type, .tex = tex, .rb = rb};
	const bool can = !opened && (!a->multisampled || sampled_open(r, &m));
	if (can && a->multisampled) px *= m.samples;
	uint64_t total = 0, n = 0;
	for (uint32_t i = 0; can && i < all; i++) {
		int32_t part[PART_WORDS];
		memcpy(part, (const uint8_t *)blob + sizeof part * (uint64_t)i, sizeof part);
		if ((uint32_t)part[0] != r->priv->peer) continue;
		if (part[1] < 0 || part[2] < 0 || part[3] <= 0 || part[4] <= 0 || part[3] > (int32_t)MAX_SIDE || part[4] > (int32_t)MAX_SIDE)
			return x_bad(r, "parts", "%d×%d at %d,%d", part[3], part[4], part[1], part[2]);
		n++;
		total += 24 + PRISM_PAD8((uint64_t)part[3] * (uint64_t)part[4] * px);
	}
	GLuint fb = 0;
	if (n && !a->multisampled) {
		fb = image_framebuffer(g, GL_READ_FRAMEBUFFER, rb, tex, GL_TEXTURE_2D, (GLint)a->level, a->format);
		if (image_attachment(a->format) != GL_COLOR_ATTACHMENT0) g->ReadBuffer(GL_NONE);
		if (a->level && g->CheckFramebufferStatus(GL_READ_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) n = 0;
	}
	/* Made ready before it is said how much there is: samples need not travel. */
	uint8_t *taken = n ? calloc(1, total) : NULL, *at = taken;
	bool good = taken != NULL;
	for (uint32_t i = 0; good && i < all; i++) {
		int32_t part[PART_WORDS];
		memcpy(part, (const uint8_t *)blob + sizeof part * (uint64_t)i, sizeof part);
		if ((uint32_t)part[0] != r->priv->peer) continue;
		const box b = {part[1], part[2], part[3], part[4]};
		const uint64_t bytes = (uint64_t)b.w * (uint64_t)b.h * px;
		const int32_t head[6] = {b.x, b.y, b.w, b.h, (int32_t)bytes, 0};
		memcpy(at, head, sizeof head);
		if (a->multisampled) good = sampled_get(r, &m, b, at + sizeof head);
		else g->ReadPixels(b.x, b.y, b.w, b.h, a->format, a->type, at + sizeof head);
		at += sizeof head + PRISM_PAD8(bytes);
	}
	if (!good) n = total = 0;
	if (fb) {
		g->BindFramebuffer(GL_READ_FRAMEBUFFER, 0);
		g->DeleteFramebuffers(1, &fb);
	}
	x_reply_begin(r, a->reply);
	x_reply_ret(r, n);
	uint8_t *to = x_reply_out(r, total);
	if (to && total) memcpy(to, taken, total);
	free(taken);
	x_reply_end(r);
	return to ? 0 : REPLAY_CORRUPT;
}

/* GL has no word for pixels of a renderbuffer: they come by way of a texture of the same format, from which a blit takes them bit by bit. */
static void put_renderbuffer(replay *r, GLuint rb, GLsizei w, GLsizei h, GLenum format, GLenum type, const void *pixels) {
	const struct real_gl *g = &r->priv->real;
	GLint internal = 0;
	GLuint tex, fb[2];
	g->BindRenderbuffer(GL_RENDERBUFFER, rb);
	g->GetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_INTERNAL_FORMAT, &internal);
	g->BindRenderbuffer(GL_RENDERBUFFER, 0);
	g->GenTextures(1, &tex);
	g->BindTexture(GL_TEXTURE_2D, tex);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	g->TexImage2D(GL_TEXTURE_2D, 0, internal, w, h, 0, format, type, pixels);
	g->BindTexture(GL_TEXTURE_2D, 0);
	fb[0] = image_framebuffer(g, GL_READ_FRAMEBUFFER, 0, tex, GL_TEXTURE_2D, 0, format);
	if (image_attachment(format) != GL_COLOR_ATTACHMENT0) g->ReadBuffer(GL_NONE);
	fb[1] = image_framebuffer(g, GL_DRAW_FRAMEBUFFER, rb, 0, 0, 0, format);
	if (image_attachment(format) != GL_COLOR_ATTACHMENT0) g->DrawBuffer(GL_NONE);
	g->BlitFramebuffer(0, 0, w, h, 0, 0, w, h, image_mask(format), GL_NEAREST);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->Finish(); /* as in replay_drawn */
	g->DeleteFramebuffers(2, fb);
	g->DeleteTextures(1, &tex);
}

int x_prismImageExchange(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismImageExchange *a = (const void *)rec;
	const uint8_t *next = (const uint8_t *)(a + 1);
	const struct real_gl *g = &r->priv->real;
	const void *pixels;
	GLuint tex, rb;
	if (a->width > MAX_SIDE || a->height > MAX_SIDE) return x_bad(r, "width", "%u×%u, the most is %u a side", a->width, a->height, MAX_SIDE);
	const uint64_t one = (uint64_t)a->width * a->height * image_bytes(a->format, a->type); /* sample of each pixel */
	if (x_blob(r, "pixels", &a->pixels, one, false, &next, end, &pixels)) return REPLAY_CORRUPT;
	const int opened = image_open(r, a->texture, a->renderbuffer, a->level, a->format, a->type, &tex, &rb);
	if (opened || !pixels) return opened < 0 ? opened : 0;
	if (a->multisampled) {
		sampled_image m = {.format = a->format, .type = a->type, .tex = tex, .rb = rb};
		if (!sampled_open(r, &m)) return 0;
		if (a->width != (uint32_t)m.w || a->height != (uint32_t)m.h || a->pixels.bytes != one * m.samples)
			return x_bad(r, "pixels", "%u×%u in %u bytes, for %d×%d with %u samples", a->width, a->height, a->pixels.bytes, m.w, m.h, m.samples);
		if (!sampled_put(r, &m, pixels)) x_note(r, "node %u has no room to take a multisampled image of %d×%d pixels: the frame under way may be wrong", r->priv->peer, m.w, m.h);
	} else if (rb) put_renderbuffer(r, rb, (GLsizei)a->width, (GLsizei)a->height, a->format, a->type, pixels);
	else {
		g->BindTexture(GL_TEXTURE_2D, tex);
		g->TexSubImage2D(GL_TEXTURE_2D, (GLint)a->level, 0, 0, (GLsizei)a->width, (GLsizei)a->height, a->format, a->type, pixels);
		g->BindTexture(GL_TEXTURE_2D, 0);
	}
	return 0;
}
