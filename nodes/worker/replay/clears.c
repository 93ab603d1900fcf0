/* Clears. Where the app's scissor is off, a node may clear more than its tile, for what is behind the tile's edge is nobody's; and of the window it
 * need not clear more. A software driver's clear of a whole window of 1920×1080 costs a node 1.5 ms and more, however small its tile is. So where
 * the window's buffers are textures, those are cleared in the tile (glClearTexSubImage). The self-test below decides whether the driver gives the
 * very bits of a clear then. To GL goes what has no such bits: where parts of a pixel are masked, or depth without stencil where both are one
 * image and the stencil is not known.
 *
 * Not by GL's scissor: Mesa draws a scissored clear as a rectangle, whose depth rounds otherwise, and after which it looks at the context's state
 * anew. That is not what happens without prism: a clear takes up some of the state and forgets that the rest had changed, so that what is drawn
 * next may have a colour that was replaced (glrandom compat 58). For the same reason GL is told to clear nothing where a texture is cleared. */
#include <math.h>
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

enum { DEPTH_MAX = 0xffffff, STENCIL_MAX = 0xff, RGB = 7, RGBA = 15 };
#define COLOR GL_COLOR_BUFFER_BIT
#define DEPTH GL_DEPTH_BUFFER_BIT
#define STENCIL GL_STENCIL_BUFFER_BIT

wipe wipe_fv(GLenum buffer, GLint i, const GLfloat *v) {
	wipe w = {0};
	if (i || !v || (buffer != GL_COLOR && buffer != GL_DEPTH)) return w;
	w.buffers = buffer == GL_COLOR ? COLOR : DEPTH;
	if (buffer == GL_COLOR) memcpy(w.color, v, sizeof w.color);
	else w.depth = *v;
	return w;
}
wipe wipe_iv(GLenum buffer, GLint i, const GLint *v) {
	return !i && v && buffer == GL_STENCIL ? (wipe){.buffers = STENCIL, .stencil = *v} : (wipe){0};
}
wipe wipe_uiv(GLenum buffer, GLint i, const GLuint *v) {
	(void)buffer, (void)i, (void)v;
	return (wipe){0};
}
wipe wipe_fi(GLenum buffer, GLint i, GLfloat depth, GLint stencil) {
	return !i && buffer == GL_DEPTH_STENCIL ? (wipe){.buffers = DEPTH | STENCIL, .depth = depth, .stencil = stencil} : (wipe){0};
}

/* glClear's: what the context has set. */
static wipe wipe_of(replay *r, GLbitfield buffers) {
	const struct real_gl *g = &r->priv->real;
	wipe w = {.buffers = buffers & ~(GLbitfield)(COLOR | DEPTH | STENCIL) ? 0 : buffers};
	if (w.buffers & COLOR) g->GetFloatv(GL_COLOR_CLEAR_VALUE, w.color);
	if (w.buffers & DEPTH && r->ctx->es) {
		GLfloat depth = 0;
		g->GetFloatv(GL_DEPTH_CLEAR_VALUE, &depth);
		w.depth = depth;
	} else if (w.buffers & DEPTH) g->GetDoublev(GL_DEPTH_CLEAR_VALUE, &w.depth);
	if (w.buffers & STENCIL) g->GetIntegerv(GL_STENCIL_CLEAR_VALUE, &w.stencil);
	return w;
}

static void put_color(const struct real_gl *g, GLuint tex, box b, const GLfloat color[4], bool opaque) {
	const GLfloat v[4] = {color[0], color[1], color[2], opaque ? 1 : color[3]};
	g->ClearTexSubImage(tex, 0, b.x, b.y, 0, b.w, b.h, 1, GL_RGBA, GL_FLOAT, v);
}

/* A driver may take 32 bits of depth down to 24, or by way of a float: both lead back from a quarter above. */
static void put_depth(const struct real_gl *g, GLuint tex, box b, bool packed, GLdouble depth, GLint stencil) {
	const uint32_t z = (uint32_t)(depth * DEPTH_MAX + 0x1p52 - 0x1p52); /* to the nearest, or the even one: rint without the library */
	const uint64_t wide = ((uint64_t)z << 8 | z >> 16) + 0x40;
	const uint32_t v = packed ? z << 8 | ((uint32_t)stencil & STENCIL_MAX) : wide > UINT32_MAX ? UINT32_MAX : (uint32_t)wide;
	g->ClearTexSubImage(tex, 0, b.x, b.y, 0, b.w, b.h, 1, packed ? GL_DEPTH_STENCIL : GL_DEPTH_COMPONENT, packed ? GL_UNSIGNED_INT_24_8 : GL_UNSIGNED_INT, &v);
}

/* Where the tile lies in the window's textures, if it is as small as it must be: then it is worth the driver's waiting until nothing is drawn to
 * them, before they are cleared. */
static bool small_tile(const replay *r, box *at) {
	enum { SMALL = 2 }; /* that part of the window */
	const struct replay_context *c = r->ctx;
	const drawable *d = c->draw;
	if (!virtual_tile(c, at) || !at->w || (uint64_t)SMALL * (uint64_t)at->w * (uint64_t)at->h > (uint64_t)d->plan_w * d->plan_h) return false;
	*at = box_intersect(box_less(*at, d->off_x, d->off_y), (box){0, 0, (GLint)d->want.width, (GLint)d->want.height});
	if (r->priv->flips) at->y = (GLint)d->want.height - at->y - at->h;
	return at->w > 0;
}

static bool writes_stencil(const struct real_gl *g) {
	GLint front = 0, back = 0;
	g->GetIntegerv(GL_STENCIL_WRITEMASK, &front);
	g->GetIntegerv(GL_STENCIL_BACK_WRITEMASK, &back);
	return (front & back & STENCIL_MAX) == STENCIL_MAX;
}

static bool writes_depth(const struct real_gl *g) {
	GLboolean on = GL_FALSE;
	g->GetBooleanv(GL_DEPTH_WRITEMASK, &on);
	return on;
}

bool clear_tile(replay *r, const wipe *w) {
	struct replay_private *p = r->priv;
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &p->real;
	const drawable *d = c->draw;
	box at;
	if (c->draw_fbo || c->in_begin) return false;
	if (w->buffers & STENCIL && w->stencil & STENCIL_MAX) p->stencilled = true;
	if (!p->tile_clears || !w->buffers || !d || !d->tex.group || d->tex.group != c->group || !small_tile(r, &at)) return false;
	if (c->app.enabled & 1 || c->conditional || c->measures || p->transfers || !c->clears_textures || g->IsEnabled(GL_RASTERIZER_DISCARD)) return false;
	const bool opaque = opaque_is(r, d), packed = d->want.stencil;
	const uint8_t all = opaque ? RGB : RGBA;
	const GLuint color = framebuffer_drawn(r);
	const bool finite = isfinite(w->color[0]) && isfinite(w->color[1]) && isfinite(w->color[2]) && isfinite(w->color[3]);
	if (w->buffers & COLOR && (!color || !finite || (c->mask[0] & all) != all)) return false;
	const GLbitfield zs = d->tex.depth ? w->buffers & (DEPTH | (packed ? STENCIL : 0)) : 0;
	GLint stencil = w->stencil;
	if (zs && packed && zs != (DEPTH | STENCIL)) {
		if (zs != DEPTH || p->stencilled) return false;
		stencil = 0; /* as it is */
	}
	if (zs && (!(w->depth >= 0 && w->depth <= 1) || !writes_depth(g) || (zs & STENCIL && !writes_stencil(g)))) return false;
	g->Clear(0); /* see above */
	if (w->buffers & COLOR) put_color(g, color, at, w->color, opaque);
	if (zs) put_depth(g, d->tex.depth, at, packed, w->depth, stencil);
	p->tiles_cleared++;
	return true;
}

/* Whole clears: GL's scissor is off meanwhile. true: clear_end must follow. */
bool clear_begin(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	box tile;
	if (c->in_begin || c->app.enabled & 1 || !virtual_tile(c, &tile) || (!c->draw_fbo && (!tile.w || !tile.h))) return false;
	if (c->viewports > 1) g->Disablei(GL_SCISSOR_TEST, 0);
	else g->Disable(GL_SCISSOR_TEST);
	return true;
}
void clear_end(replay *r, bool began) {
	const struct real_gl *g = &r->priv->real;
	if (began && r->ctx->viewports > 1) g->Enablei(GL_SCISSOR_TEST, 0);
	else if (began) g->Enable(GL_SCISSOR_TEST);
}

/* A window without alpha has an image with it, which a mask keeps 1 (opaque.c); and what is masked Mesa draws as a rectangle, in three times
 * the time. So alpha is cleared too, to what it is. true: so colour was. */
static bool clear_opaque(replay *r, const wipe *w) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const GLfloat v[4] = {w->color[0], w->color[1], w->color[2], 1};
	if (!(w->buffers & COLOR) || c->in_begin || c->measures || !opaque_is(r, c->draw) || !framebuffer_drawn(r) || !g->ClearBufferfv) return false;
	for (unsigned i = 0; i < c->masks; i++)
		if (c->mask_applied[i] != RGB) return false;
	g->ColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
	g->ClearBufferfv(GL_COLOR, 0, v);
	g->ColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_FALSE);
	return true;
}

/* A window's first draw buffer can be several of its buffers, which are two here. */
static bool clears_front_too(const replay *r, GLenum buffer, GLint i) {
	const struct replay_context *c = r->ctx;
	return buffer == GL_COLOR && i == 0 && !c->draw_fbo && (c->draw_buf[0] == GL_FRONT_AND_BACK || c->draw_buf[0] == GL_LEFT) && c->draw && c->draw->tex.front;
}

static void l_clear(replay *r, const int32_t *a, const void *data) {
	GLbitfield buffers = (GLbitfield)a[0];
	(void)data;
	if (buffers & GL_ACCUM_BUFFER_BIT && !(buffers & ~(GLbitfield)(COLOR | DEPTH | STENCIL | GL_ACCUM_BUFFER_BIT)) && accum_is(r->ctx)) {
		accum_clear(r);
		buffers &= ~(GLbitfield)GL_ACCUM_BUFFER_BIT;
	}
	const wipe w = wipe_of(r, buffers);
	if (clear_tile(r, &w)) return;
	const bool began = clear_begin(r);
	const GLbitfield left = clear_opaque(r, &w) ? w.buffers & ~(GLbitfield)COLOR : buffers;
	if (left || !buffers) r->priv->real.Clear(left);
	clear_end(r, began);
}
static void v_Clear(GLbitfield mask) {
	NOW;
	const int32_t a[LIST_ARGS] = {(int32_t)mask};
	if (c && c->in_begin) g->Clear(mask);
	else if (c && !list_note(r, l_clear, a, NULL, 0)) l_clear(r, a, NULL);
}
/* a: buffer, its index. data: the value */
#define CLEARS(suffix, type)                                                                                       \
	static void l_clear_##suffix(replay *r, const int32_t *a, const void *v) {                                 \
		const wipe w = wipe_##suffix((GLenum)a[0], a[1], v);                                               \
		if (clear_tile(r, &w)) return;                                                                     \
		const bool began = clear_begin(r);                                                                 \
		if (!clear_opaque(r, &w)) r->priv->real.ClearBuffer##suffix((GLenum)a[0], a[1], v);                \
		if (clears_front_too(r, (GLenum)a[0], a[1])) r->priv->real.ClearBuffer##suffix(GL_COLOR, 1, v);    \
		clear_end(r, began);                                                                               \
	}                                                                                                          \
	static void v_ClearBuffer##suffix(GLenum buffer, GLint i, const type *v) {                                 \
		NOW;                                                                                               \
		const int32_t a[LIST_ARGS] = {(int32_t)buffer, i};                                                 \
		if (!c || !g->ClearBuffer##suffix) return;                                                         \
		if (c->in_begin || !v) g->ClearBuffer##suffix(buffer, i, v);                                       \
		else if (!list_note(r, l_clear_##suffix, a, v, prism_len_clearbuffer(buffer) * sizeof *v)) l_clear_##suffix(r, a, v); \
	}
CLEARS(fv, GLfloat)
CLEARS(iv, GLint)
CLEARS(uiv, GLuint)
static void l_clear_fi(replay *r, const int32_t *a, const void *data) {
	GLfloat depth;
	(void)data;
	memcpy(&depth, &a[2], sizeof depth);
	const wipe w = wipe_fi((GLenum)a[0], a[1], depth, a[3]);
	if (clear_tile(r, &w)) return;
	const bool began = clear_begin(r);
	r->priv->real.ClearBufferfi((GLenum)a[0], a[1], depth, a[3]);
	clear_end(r, began);
}
static void v_ClearBufferfi(GLenum buffer, GLint i, GLfloat depth, GLint stencil) {
	NOW;
	int32_t a[LIST_ARGS] = {(int32_t)buffer, i, 0, stencil};
	memcpy(&a[2], &depth, sizeof depth);
	if (!c || !g->ClearBufferfi) return;
	if (c->in_begin) g->ClearBufferfi(buffer, i, depth, stencil);
	else if (!list_note(r, l_clear_fi, a, NULL, 0)) l_clear_fi(r, a, NULL);
}

/* A clear heeds conditional rendering, a texture's does not. */
static void v_BeginConditionalRender(GLuint query, GLenum mode) {
	NOW;
	if (c) c->conditional = true;
	g->BeginConditionalRender(query, mode);
}
static void v_EndConditionalRender(void) {
	NOW;
	if (c) c->conditional = false;
	g->EndConditionalRender();
}

/* These can write a window's stencil, beside the test (virtual.c), blits and clears. */
static void v_DrawPixels(GLsizei w, GLsizei h, GLenum format, GLenum type, const void *pixels) {
	NOW;
	(void)c;
	if (format == GL_STENCIL_INDEX || format == GL_DEPTH_STENCIL) r->priv->stencilled = true;
	g->DrawPixels(w, h, format, type, pixels);
}
static void v_CopyPixels(GLint x, GLint y, GLsizei w, GLsizei h, GLenum type) {
	NOW;
	(void)c;
	if (type != GL_COLOR && type != GL_DEPTH) r->priv->stencilled = true;
	g->CopyPixels(x, y, w, h, type);
}

void *clears_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glClear", v_Clear}, {"glClearBufferfv", v_ClearBufferfv}, {"glClearBufferiv", v_ClearBufferiv}, {"glClearBufferuiv", v_ClearBufferuiv},
		{"glClearBufferfi", v_ClearBufferfi}, {"glBeginConditionalRender", v_BeginConditionalRender}, {"glBeginConditionalRenderNV", v_BeginConditionalRender},
		{"glEndConditionalRender", v_EndConditionalRender}, {"glEndConditionalRenderNV", v_EndConditionalRender},
		{"glDrawPixels", v_DrawPixels}, {"glCopyPixels", v_CopyPixels},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}

/* The self-test: into textures as the window's are. */

enum { SIDE = 4 };

typedef struct trial {
	GLuint fb, color, depth;
	bool packed;
} trial;

static bool trial_make(replay *r, trial *t, bool packed) {
	const struct real_gl *g = &r->priv->real;
	GLuint tex[2];
	g->GenTextures(2, tex);
	g->GenFramebuffers(1, &t->fb);
	t->color = tex[0], t->depth = tex[1], t->packed = packed;
	for (int i = 0; i < 2; i++) {
		g->BindTexture(GL_TEXTURE_2D, tex[i]);
		g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
		if (!i) framebuffer_image(r, SIDE, SIDE, NULL);
		else if (packed) g->TexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH24_STENCIL8, SIDE, SIDE, 0, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, NULL);
		else g->TexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT24, SIDE, SIDE, 0, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, NULL);
	}
	g->BindTexture(GL_TEXTURE_2D, 0);
	g->BindFramebuffer(GL_FRAMEBUFFER, t->fb);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, t->color, 0);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, packed ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, t->depth, 0);
	framebuffer_flip(r);
	return g->CheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

static void trial_clear(const struct real_gl *g, const wipe *w) {
	g->ClearColor(w->color[0], w->color[1], w->color[2], w->color[3]);
	g->ClearDepth(w->depth);
	g->ClearStencil(w->stencil);
	g->Clear(COLOR | DEPTH | STENCIL);
}

static void trial_read(const struct real_gl *g, const trial *t, uint32_t to[2 * SIDE * SIDE]) {
	g->ReadPixels(0, 0, SIDE, SIDE, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
	g->ReadPixels(0, 0, SIDE, SIDE, t->packed ? GL_DEPTH_STENCIL : GL_DEPTH_COMPONENT, t->packed ? GL_UNSIGNED_INT_24_8 : GL_UNSIGNED_INT, to + SIDE * SIDE);
}

/* The middle cleared as a tile's, in what was cleared to something else, is as if all had been cleared, and the edge is as it was. */
static bool trial_same(const struct real_gl *g, const trial *t, const wipe *w) {
	const wipe before = {.color = {1, 0, 1, 0}, .depth = 0.75, .stencil = 0x5a};
	uint32_t whole[2 * SIDE * SIDE], edge[2 * SIDE * SIDE], got[2 * SIDE * SIDE];
	const box middle = {1, 1, SIDE - 2, SIDE - 2};
	trial_clear(g, w);
	trial_read(g, t, whole);
	trial_clear(g, &before);
	trial_read(g, t, edge);
	put_color(g, t->color, middle, w->color, false);
	put_depth(g, t->depth, middle, t->packed, w->depth, w->stencil);
	trial_read(g, t, got);
	for (int i = 0; i < 2 * SIDE * SIDE; i++) {
		const int x = i % SIDE, y = i / SIDE % SIDE;
		const bool in = x && y && x < SIDE - 1 && y < SIDE - 1;
		if (got[i] != (in ? whole : edge)[i]) return false;
	}
	return true;
}

bool replay_clear_tiles(replay *r) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	replay_now = r;
	p->tile_clears = false;
	if (!replay_util(r) || !g->BindFramebuffer || !g->ClearTexSubImage || !replay_offered(r, "GL_ARB_clear_texture")) return false;
	while (g->GetError() != GL_NO_ERROR) {}
	bool same = true;
	for (int packed = 0; packed < 2; packed++) {
		trial t;
		same = trial_make(r, &t, packed) && same;
		/* Colours about where they round up or down, four a clear, and depths likewise or anywhere. */
		for (uint32_t k = 0, at = 0; same && at < STENCIL_MAX; k++, at += k % 3 ? 0 : 4) {
			wipe w = {.stencil = (GLint)(k * 37), .depth = k < 3 ? k / 2.0 : (k * 87211 % DEPTH_MAX + k % 5 / 2.0) / DEPTH_MAX};
			for (uint32_t i = 0; i < 4; i++) {
				const float tie = ((float)(at + i) + 0.5f) / STENCIL_MAX;
				w.color[i] = k % 3 == 0 ? tie : k % 3 == 1 ? tie * (1 - 0x1p-23f) : tie * (1 + 0x1p-23f);
			}
			same = trial_same(g, &t, &w);
		}
		g->BindFramebuffer(GL_FRAMEBUFFER, 0);
		g->DeleteFramebuffers(1, &t.fb);
		g->DeleteTextures(1, &t.color);
		g->DeleteTextures(1, &t.depth);
	}
	g->ClearColor(0, 0, 0, 0);
	g->ClearDepth(1);
	g->ClearStencil(0);
	return p->tile_clears = g->GetError() == GL_NO_ERROR && same;
}
uint64_t replay_tiles_cleared(const replay *r) { return r->priv->tiles_cleared; }
