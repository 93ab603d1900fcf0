/* What is split can be read: a node tells what it owns of a buffer (prismGather), and takes what all own together (prismExchange), which
 * goes back into the very buffer, bit for bit. So whatever reads it next (a copy into a texture, a blit, a display list) needs no care.
 *
 * Both work in a context of prism's own, so that nothing that the app set (pixel transfer, masks, tests) has a say: in the make `fbo` one
 * that shares the textures, in the make `pbuffer` the one that readback uses. */
#include "state.h"
#include "replay_run.h"

enum { COLOR = 1, DEPTH_STENCIL = 2, ACCUM_RED_GREEN = 4, ACCUM_BLUE_ALPHA = 8, SAMPLE_SHIFT = 8 };

bool group_util(replay *r, share_group *s, const struct replay_context *member) {
	struct replay_private *p = r->priv;
	char err[256];
	replay_drawn(r);
	if (!s->util) {
		const prism_context_want legacy = {0, 0, 0, false};
		s->util = p->dev->context_new(p->dev, member->egl, &legacy, err, sizeof err);
		if (s->util && p->dev->make_current(p->dev, p->util_surface, p->util_surface, s->util, err, sizeof err)) {
			p->util_current = true;
			p->real.PixelStorei(GL_PACK_ALIGNMENT, 1);
			p->real.PixelStorei(GL_UNPACK_ALIGNMENT, 1);
			return true;
		}
	} else if (p->dev->make_current(p->dev, p->util_surface, p->util_surface, s->util, err, sizeof err)) {
		p->util_current = true;
		return true;
	}
	x_fail(r, "a context of prism's own: %s", err);
	return false;
}

void group_free(replay *r, share_group *s) {
	if (s->util) r->priv->dev->context_free(r->priv->dev, s->util);
	lists_free(s);
	sampled_free(s);
	free(s);
}

enum { NOT_NOW = 2 };

/* Makes at, which says what is meant, ready to be read and written in a context of prism's own. */
static bool place_ready(replay *r, fb_place *at, const struct replay_context *member) {
	const struct real_gl *g = &r->priv->real;
	drawable *d = at->d;
	if (framebuffer_pbuffer(r, d)) return replay_util_on(r, d);
	if (!group_util(r, d->tex.group, member)) return false;
	g->GenFramebuffers(1, &at->fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, at->fb);
	const bool color = at->format == GL_BGRA;
	GLenum where = color ? GL_COLOR_ATTACHMENT0 : d->want.stencil ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT;
	g->FramebufferTexture2D(GL_FRAMEBUFFER, where, GL_TEXTURE_2D, at->tex, 0);
	if (!color) {
		g->DrawBuffer(GL_NONE);
		g->ReadBuffer(GL_NONE);
	}
	framebuffer_flip(r);
	return true;
}

bool place_color(replay *r, drawable *d, bool front, fb_place *at) {
	*at = (fb_place){.d = d, .tex = front && d->tex.front ? d->tex.front : d->tex.color, .format = GL_BGRA, .type = GL_UNSIGNED_INT_8_8_8_8_REV};
	return place_ready(r, at, r->ctx);
}

/* 0, NOT_NOW (nothing is open then) or an error. */
static int place_open(replay *r, uint32_t serial, uint32_t buffer, fb_place *at) {
	struct replay_private *p = r->priv;
	*at = (fb_place){.d = replay_drawable(r, serial), .format = GL_BGRA, .type = GL_UNSIGNED_INT_8_8_8_8_REV};
	drawable *d = at->d;
	if (!d) return x_bad(r, "drawable", "%u is not known", serial);
	const uint32_t sample = buffer >> SAMPLE_SHIFT;
	buffer &= (1u << SAMPLE_SHIFT) - 1;
	if (buffer != COLOR && buffer != DEPTH_STENCIL && buffer != ACCUM_RED_GREEN && buffer != ACCUM_BLUE_ALPHA)
		return x_bad(r, "buffer", "%u, want 1 (colour), 2 (depth and stencil), 4 or 8 (accumulation)", buffer);
	if (buffer == ACCUM_RED_GREEN || buffer == ACCUM_BLUE_ALPHA) {
		at->accum = buffer == ACCUM_RED_GREEN ? ACCUM_LOW : ACCUM_HIGH;
		return d->accum ? 0 : NOT_NOW;
	}
	int rc = replay_bind(r, p->chunk_ctx, p->chunk_draw, p->chunk_read);
	if (rc) return rc;
	const struct replay_context *c = r->ctx;
	if (!c || c->in_begin) return NOT_NOW;
	if (buffer == DEPTH_STENCIL) {
		at->format = d->want.stencil ? GL_DEPTH_STENCIL : GL_DEPTH_COMPONENT;
		at->type = d->want.stencil ? GL_UNSIGNED_INT_24_8 : GL_UNSIGNED_INT;
	}
	if (framebuffer_pbuffer(r, d)) {
		/* Not each driver has a way to write samples or depth, bit for bit. */
		if (d->want.samples ? !samples_exchange(r, d) : buffer == DEPTH_STENCIL && !pbuffer_takes_depth(r, d)) return NOT_NOW;
		if (sample >= (d->want.samples ? d->want.samples : 1)) return x_bad(r, "buffer", "sample %u of %u", sample, d->want.samples);
		at->sampled = d->want.samples > 0;
		at->sample = sample;
	} else {
		if (!d->tex.group || (buffer == DEPTH_STENCIL && !d->tex.depth)) return NOT_NOW;
		at->tex = buffer == DEPTH_STENCIL ? d->tex.depth : framebuffer_reads_front(c, d) ? d->tex.front : d->tex.color;
	}
	return place_ready(r, at, c) ? 0 : REPLAY_DEVICE;
}

bool place_get(replay *r, const fb_place *at, box b, void *to) {
	if (at->sampled) return samples_get(r, at->d, at->format != GL_BGRA, at->sample, b, to);
	if (at->accum) accum_get(at->d, at->accum, b, to);
	else r->priv->real.ReadPixels(b.x, b.y, b.w, b.h, at->format, at->type, to);
	return true;
}

bool place_put(replay *r, const fb_place *at, box b, const void *pixels) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	const prism_surface_want *s = &at->d->want;
	if (at->accum) return accum_put(at->d, at->accum, b, pixels);
	if (at->sampled) return samples_put(r, at->d, at->format != GL_BGRA, at->sample, b, pixels);
	if (!at->fb) {
		pbuffer_put(r, b.x, b.y, b.w, b.h, at->format, at->type, pixels);
		return true;
	}
	/* A flipped framebuffer object has the upper row of its texture first. Drawing would do it too, but not bit for bit with depth. */
	const size_t row = (size_t)b.w * 4;
	const uint8_t *image = pixels;
	uint8_t *turned = NULL;
	if (p->flips && b.h > 1 && !(turned = malloc(row * (size_t)b.h))) return false;
	for (size_t i = 0; at->format == GL_DEPTH_STENCIL && i < (size_t)b.w * (size_t)b.h; i++) p->stencilled |= image[i * 4] != 0;
	for (GLsizei i = 0; turned && i < b.h; i++) memcpy(turned + (size_t)i * row, image + (size_t)(b.h - 1 - i) * row, row);
	g->BindTexture(GL_TEXTURE_2D, at->tex);
	g->TexSubImage2D(GL_TEXTURE_2D, 0, b.x, p->flips ? (GLint)s->height - b.y - b.h : b.y, b.w, b.h, at->format, at->type, turned ? turned : image);
	g->BindTexture(GL_TEXTURE_2D, 0);
	free(turned);
	return true;
}

void place_close(replay *r, const fb_place *at) {
	const struct real_gl *g = &r->priv->real;
	if (!at->fb) return;
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &at->fb);
}

int x_prismGather(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismGather *a = (const void *)rec;
	(void)end;
	if (a->width > MAX_SIDE || a->height > MAX_SIDE) return x_bad(r, "width", "%u×%u, the most is %u a side", a->width, a->height, MAX_SIDE);
	fb_place at;
	const int opened = place_open(r, a->drawable, a->buffer, &at);
	if (opened < 0) return opened;
	const bool open = !opened;
	box want[MAX_TILES];
	unsigned n = 0;
	uint64_t total = 0;
	const box all = {a->x, a->y, (GLint)a->width, (GLint)a->height};
	for (unsigned i = 0; open && i < at.d->n_tiles; i++) {
		const box whole = {at.d->off_x, at.d->off_y, (GLint)at.d->want.width, (GLint)at.d->want.height};
		const box b = box_intersect(box_intersect(at.d->tiles[i], whole), all);
		if (!b.w) continue;
		want[n++] = b;
		total += 24 + PRISM_PAD8((uint64_t)b.w * (uint64_t)b.h * 4);
	}
	x_reply_begin(r, a->reply);
	x_reply_ret(r, n);
	uint8_t *to = x_reply_out(r, total);
	bool got = true;
	for (unsigned i = 0; to && i < n; i++) {
		const uint64_t bytes = (uint64_t)want[i].w * (uint64_t)want[i].h * 4;
		const int32_t head[6] = {want[i].x, want[i].y, want[i].w, want[i].h, (int32_t)bytes, 0};
		memcpy(to, head, sizeof head);
		got = got && place_get(r, &at, box_less(want[i], at.d->off_x, at.d->off_y), to + sizeof head);
		to += sizeof head + PRISM_PAD8(bytes);
	}
	if (open) place_close(r, &at);
	/* It is not the app that asks: an error waits for what the app asks. */
	const GLenum error = r->ctx ? r->ctx->gl_error : 0;
	x_reply_end(r);
	if (r->ctx) r->ctx->gl_error = error;
	if (!got) return x_fail(r, "no memory to tell of drawable %u", at.d->serial);
	return to ? 0 : REPLAY_CORRUPT;
}

int x_prismExchange(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismExchange *a = (const void *)rec;
	const uint8_t *next = (const uint8_t *)(a + 1);
	const void *pixels;
	if (a->width > MAX_SIDE || a->height > MAX_SIDE) return x_bad(r, "width", "%u×%u, the most is %u a side", a->width, a->height, MAX_SIDE);
	if (x_blob(r, "pixels", &a->pixels, (uint64_t)a->width * a->height * 4, false, &next, end, &pixels)) return REPLAY_CORRUPT;
	fb_place at;
	int rc = place_open(r, a->drawable, a->buffer, &at);
	if (rc) return rc == NOT_NOW ? 0 : rc;
	const prism_surface_want *s = &at.d->want;
	const int64_t x = (int64_t)a->x - at.d->off_x, low = (int64_t)a->y - at.d->off_y;
	if (x < 0 || low < 0 || x + a->width > s->width || low + a->height > s->height)
		rc = x_bad(r, "x", "%u×%u at %d,%d of %u×%u at %d,%d", a->width, a->height, a->x, a->y, s->width, s->height, at.d->off_x, at.d->off_y);
	else if (!place_put(r, &at, (box){(GLint)x, (GLint)low, (GLsizei)a->width, (GLsizei)a->height}, pixels)) rc = x_fail(r, "no memory to take what drawable %u holds", a->drawable);
	place_close(r, &at);
	return rc;
}
