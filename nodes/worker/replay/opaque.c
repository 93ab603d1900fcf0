/* Windows without alpha in the make `fbo`: their images have alpha all the same, which stays 1. llvmpipe rasterises into an RGBX texture by
 * other roundings than into a window (one pixel of 30,000 in a scene of twelve triangles), into an RGBA one by the same. So while such a
 * window is drawn to, GL's colour mask is the app's without alpha; what the app set is kept here and answers its questions. A blit heeds no
 * mask: the alpha that it brought is cleared away behind it. */
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

enum { ALPHA = 8, ALL = 15 };

bool opaque_is(const replay *r, const drawable *d) { return d && !d->want.alpha && !framebuffer_pbuffer(r, d); }

static bool hides(const replay *r) { return r->ctx && !r->ctx->draw_fbo && opaque_is(r, r->ctx->draw); }

void opaque_start(replay *r, struct replay_context *c) {
	const struct real_gl *g = &r->priv->real;
	GLint n = 0;
	if (g->ColorMaski) g->GetIntegerv(GL_MAX_DRAW_BUFFERS, &n);
	c->masks = n < 1 ? 1 : n > MAX_DRAW_BUFFERS ? MAX_DRAW_BUFFERS : (unsigned)n;
	memset(c->mask, ALL, sizeof c->mask);
	memset(c->mask_applied, ALL, sizeof c->mask_applied);
}

static void set_mask(const struct real_gl *g, int i, uint8_t m) {
	if (i < 0) g->ColorMask(m & 1, m >> 1 & 1, m >> 2 & 1, m >> 3 & 1);
	else g->ColorMaski((GLuint)i, m & 1, m >> 1 & 1, m >> 2 & 1, m >> 3 & 1);
}

void opaque_apply(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const uint8_t keep = hides(r) ? ALL & ~ALPHA : ALL;
	uint8_t want[MAX_DRAW_BUFFERS];
	bool same = true, move = false;
	for (unsigned i = 0; i < c->masks; i++) {
		want[i] = c->mask[i] & keep;
		same = same && want[i] == want[0];
		move = move || want[i] != c->mask_applied[i];
	}
	if (!move) return;
	bool paused = list_pause(r);
	if (same) set_mask(g, -1, want[0]);
	else
		for (unsigned i = 0; i < c->masks; i++)
			if (want[i] != c->mask_applied[i]) set_mask(g, (int)i, want[i]);
	memcpy(c->mask_applied, want, c->masks);
	if (paused) list_resume(r);
}

/* a: mask, index or -1 */
static void l_color_mask(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)data;
	if (c->in_begin || (a[1] >= 0 && (uint32_t)a[1] >= c->masks)) {
		set_mask(&r->priv->real, a[1], (uint8_t)a[0]); /* the error */
		return;
	}
	if (a[1] >= 0) c->mask[a[1]] = (uint8_t)a[0];
	else memset(c->mask, a[0], sizeof c->mask);
	opaque_apply(r);
}
static void color_mask(int32_t index, GLboolean red, GLboolean green, GLboolean blue, GLboolean alpha) {
	NOW;
	const int32_t a[LIST_ARGS] = {(red != 0) | (green != 0) << 1 | (blue != 0) << 2 | (alpha != 0) << 3, index};
	if (!c || (index >= 0 && !g->ColorMaski)) return;
	if (c->in_begin || !list_note(r, l_color_mask, a, NULL, 0)) l_color_mask(r, a, NULL);
}
static void v_ColorMask(GLboolean red, GLboolean green, GLboolean blue, GLboolean alpha) { color_mask(-1, red, green, blue, alpha); }
static void v_ColorMaski(GLuint i, GLboolean red, GLboolean green, GLboolean blue, GLboolean alpha) {
	color_mask(i > INT32_MAX ? INT32_MAX : (int32_t)i, red, green, blue, alpha);
}

void opaque_push(const struct replay_context *c, attrib_entry *e) {
	memcpy(e->color, c->mask, sizeof e->color);
	memcpy(e->color_applied, c->mask_applied, sizeof e->color_applied);
}
/* GL has put back the masks that it had then. */
void opaque_pop(struct replay_context *c, const attrib_entry *e) {
	if (!(e->mask & GL_COLOR_BUFFER_BIT)) return;
	memcpy(c->mask, e->color, sizeof c->mask);
	memcpy(c->mask_applied, e->color_applied, sizeof c->mask_applied);
}

int opaque_value(const replay *r, GLenum pname, GLint index, int64_t v[4]) {
	const struct replay_context *c = r->ctx;
	if (pname == GL_COLOR_WRITEMASK && index < (GLint)c->masks) {
		for (int i = 0; i < 4; i++) v[i] = c->mask[index < 0 ? 0 : index] >> i & 1;
		return 4;
	}
	if (pname != GL_ALPHA_BITS || index >= 0 || !hides(r)) return 0;
	v[0] = 0;
	return 1;
}

void opaque_after_blit(replay *r, GLbitfield mask) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (!(mask & GL_COLOR_BUFFER_BIT) || c->in_begin || !hides(r)) return;
	GLfloat clear[4];
	bool paused = list_pause(r), discards = g->IsEnabled(GL_RASTERIZER_DISCARD);
	g->GetFloatv(GL_COLOR_CLEAR_VALUE, clear);
	if (discards) g->Disable(GL_RASTERIZER_DISCARD);
	g->ClearColor(0, 0, 0, 1);
	g->ColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
	g->Clear(GL_COLOR_BUFFER_BIT); /* as far as the scissor reaches, which the blit heeded too */
	g->ClearColor(clear[0], clear[1], clear[2], clear[3]);
	if (discards) g->Enable(GL_RASTERIZER_DISCARD);
	memset(c->mask_applied, ALPHA, sizeof c->mask_applied);
	opaque_apply(r);
	if (paused) list_resume(r);
}

static void v_BlitFramebuffer(GLint x0, GLint y0, GLint x1, GLint y1, GLint u0, GLint v0, GLint u1, GLint v1, GLbitfield mask, GLenum filter) {
	NOW;
	if (!c || !g->BlitFramebuffer) return;
	if (mask & GL_STENCIL_BUFFER_BIT) r->priv->stencilled = true;
	GLint from_x, from_y, to_x, to_y;
	offset_of(c->read, c->read_fbo, &from_x, &from_y);
	offset_of(c->draw, c->draw_fbo, &to_x, &to_y);
	const box from[2] = {box_less((box){x0, y0, 0, 0}, from_x, from_y), box_less((box){x1, y1, 0, 0}, from_x, from_y)};
	const box to[2] = {box_less((box){u0, v0, 0, 0}, to_x, to_y), box_less((box){u1, v1, 0, 0}, to_x, to_y)};
	g->BlitFramebuffer(from[0].x, from[0].y, from[1].x, from[1].y, to[0].x, to[0].y, to[1].x, to[1].y, mask, filter);
	opaque_after_blit(r, mask);
}

void *opaque_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glColorMask", v_ColorMask}, {"glColorMaski", v_ColorMaski}, {"glColorMaskIndexedEXT", v_ColorMaski}, {"glColorMaskiEXT", v_ColorMaski},
		{"glColorMaskiOES", v_ColorMaski}, {"glBlitFramebuffer", v_BlitFramebuffer}, {"glBlitFramebufferEXT", v_BlitFramebuffer},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}
