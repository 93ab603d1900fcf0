/* Giving back what a pbuffer holds. Colour goes through glDrawPixels everywhere; with depth it is up to the driver whether each value arrives
 * (llvmpipe is wrong by one in a third of them, NVIDIA's driver and softpipe are exact), so it is tried once, with the very calls. */
#include "state.h"
#include "replay_run.h"

void pbuffer_put(replay *r, GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, const void *pixels) {
	const struct real_gl *g = &r->priv->real;
	/* Depth alone comes as fragments of some colour, which the depth test lets through; with stencil it is written as it stands. */
	const bool fragments = format == GL_DEPTH_COMPONENT;
	if (!g->WindowPos2i || !g->DrawPixels || !g->DepthFunc) return;
	if (fragments) {
		g->Enable(GL_DEPTH_TEST);
		g->DepthFunc(GL_ALWAYS);
		g->ColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
	}
	g->WindowPos2i(x, y);
	g->DrawPixels(w, h, format, type, pixels);
	if (fragments) {
		g->ColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
		g->DepthFunc(GL_LESS);
		g->Disable(GL_DEPTH_TEST);
	}
}

enum { SIDE = 512, TRIED = SIDE * SIDE };

/* 24 bits from all of the range. */
static uint32_t depth_of(uint32_t i) { return i << 6 | (i * 2654435761u >> 26); }

/* Each value is written and read, and what was read written and read again. */
static bool depth_tried(replay *r, bool stencil) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	const prism_surface_want want = {SIDE, SIDE, 8, 24, stencil ? 8 : 0, 0};
	const GLenum format = stencil ? GL_DEPTH_STENCIL : GL_DEPTH_COMPONENT, type = stencil ? GL_UNSIGNED_INT_24_8 : GL_UNSIGNED_INT;
	char err[256];
	bool exact = false;
	uint32_t *first = calloc(2 * (size_t)TRIED, 4), *again = first + TRIED;
	void *surface = p->dev->surface_new(p->dev, &want, err, sizeof err);
	if (!first || !surface || !p->dev->make_current(p->dev, surface, surface, p->util, err, sizeof err)) goto out;
	p->util_current = true;
	while (g->GetError() != GL_NO_ERROR) {}
	for (uint32_t i = 0; i < TRIED; i++) first[i] = depth_of(i) << 8 | (stencil ? i & 0xff : depth_of(i) >> 16);
	if (stencil) memcpy(again, first, TRIED * 4);
	pbuffer_put(r, 0, 0, SIDE, SIDE, format, type, first);
	g->ReadPixels(0, 0, SIDE, SIDE, format, type, first);
	/* Without stencil the low byte that comes back is the driver's choice, but the high ones must be what was given. */
	exact = !stencil || !memcmp(first, again, TRIED * 4);
	for (uint32_t i = 0; !stencil && i < TRIED; i++) exact = exact && first[i] >> 8 == depth_of(i);
	g->Clear(GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	pbuffer_put(r, 0, 0, SIDE, SIDE, format, type, first);
	g->ReadPixels(0, 0, SIDE, SIDE, format, type, again);
	exact = exact && !memcmp(first, again, TRIED * 4) && g->GetError() == GL_NO_ERROR;
out:
	replay_util(r);
	if (surface) p->dev->surface_free(p->dev, surface);
	free(first);
	return exact;
}

bool pbuffer_takes_depth(replay *r, const drawable *d) {
	if (d->want.depth != 24) return false;
	uint8_t *known = &r->priv->takes_depth[d->want.stencil != 0];
	if (!*known) *known = depth_tried(r, d->want.stencil != 0) ? 2 : 1;
	return *known == 2;
}
