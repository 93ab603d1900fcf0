/* GL as the app sees it, where that differs from what this node's GL is told: the scissor, and viewports.
 *
 * A node draws its tile of a full-size target, so GL's scissor is the app's ∩ the tile while the default framebuffer is drawn to; and where
 * the plan moves the picture, GL's viewports are the app's, moved. What the app set is kept here and answers its questions. Every path that
 * changes one of them, or whether a tile cuts, ends in virtual_apply: the commands below, binding a framebuffer (framebuffer.c), lists
 * (lists.c), a new current context or size.
 */
#include <math.h>
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

/* The drawable whose plan holds for what is drawn now; NULL: none's does. */
static const drawable *planned(const struct replay_context *c) {
	const drawable *d = c->draw;
	return d && d->planned && d->plan_w == d->full_w && d->plan_h == d->full_h ? d : NULL;
}

bool virtual_tile(const struct replay_context *c, box *tile) {
	if (c->draw_fbo) {
		*tile = c->region;
		return c->pass;
	}
	const drawable *d = planned(c);
	if (!d || c->draw_fbo) return false;
	*tile = d->tile;
	return tile->x > 0 || tile->y > 0 || tile->w < (GLint)d->plan_w || tile->h < (GLint)d->plan_h;
}

box box_intersect(box a, box b) {
	int64_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int64_t x1 = (int64_t)a.x + a.w, y1 = (int64_t)a.y + a.h;
	if (x1 > (int64_t)b.x + b.w) x1 = (int64_t)b.x + b.w;
	if (y1 > (int64_t)b.y + b.h) y1 = (int64_t)b.y + b.h;
	if (x1 <= x0 || y1 <= y0) return (box){0, 0, 0, 0};
	return (box){(GLint)x0, (GLint)y0, (GLint)(x1 - x0), (GLint)(y1 - y0)};
}

/* What viewport i is in GL: moved while the window is drawn to, or, if the plan says so, where it is as large as the window in an object of the
 * app's; but not where window coordinates are asked for (glRenderMode). */
static view moved(const struct replay_context *c, unsigned i) {
	const drawable *d = planned(c);
	view v = c->view[i];
	GLint off_x, off_y;
	if (!c->measures && offset_of(c->draw, c->draw_fbo, &off_x, &off_y)) v = (view){v.x - off_x, v.y - off_y, v.w, v.h};
	if (!d || c->measures || (c->draw_fbo && !(d->offscreen && v.w == d->plan_w && v.h == d->plan_h))) return v;
	v.x += d->move.x;
	v.y += d->move.y;
	return v;
}

static bool same(const scissors *s, unsigned n) {
	for (unsigned i = 1; i < n; i++)
		if (memcmp(&s->box[i], &s->box[0], sizeof s->box[0])) return false;
	return true;
}

static uint32_t all_enabled(const struct replay_context *c) { return (1u << c->viewports) - 1; }

static bool whole_number(GLdouble v) { return v >= -(1 << 30) && v <= 1 << 30 && v == (GLint)v; }

static void views_apply(replay *r, const view *want) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const view *v = &want[0];
	bool alike = whole_number(v->x) && whole_number(v->y) && whole_number(v->w) && whole_number(v->h);
	for (unsigned i = 1; alike && i < c->viewports; i++) alike = !memcmp(&want[i], v, sizeof *v);
	if (alike) g->Viewport((GLint)v->x, (GLint)v->y, (GLsizei)v->w, (GLsizei)v->h);
	else if (c->fractions)
		for (unsigned i = 0; i < c->viewports; i++) {
			if (memcmp(&want[i], &c->view_applied[i], sizeof *want))
				g->ViewportIndexedf(i, (GLfloat)want[i].x, (GLfloat)want[i].y, (GLfloat)want[i].w, (GLfloat)want[i].h);
		}
	else {
		x_fail(r, "the app's %s context here has no GL_ARB_viewport_array (OpenGL ES: GL_OES_viewport_array), without which the picture cannot be "
			"shifted by parts of a pixel: this app needs another tiling than subpixel", c->es ? "OpenGL ES" : "OpenGL");
		r->priv->failed = true;
	}
	memcpy(c->view_applied, want, c->viewports * sizeof *want);
}

void virtual_apply(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (!c || !c->started) return;
	if (c->in_begin) {
		c->draw_late = true; /* glEnd sees to it */
		return;
	}
	opaque_apply(r);
	scissors want = c->app;
	box tile;
	if (virtual_tile(c, &tile)) {
		want.enabled = all_enabled(c);
		for (unsigned i = 0; i < c->viewports; i++) want.box[i] = c->app.enabled >> i & 1 ? box_intersect(c->app.box[i], tile) : tile;
	}
	GLint off_x, off_y;
	if (offset_of(c->draw, c->draw_fbo, &off_x, &off_y))
		for (unsigned i = 0; i < c->viewports; i++) want.box[i] = box_less(want.box[i], off_x, off_y);
	view views[MAX_VIEWPORTS];
	for (unsigned i = 0; i < c->viewports; i++) views[i] = moved(c, i);
	size_t boxes = c->viewports * sizeof want.box[0];
	bool on = want.enabled != c->applied.enabled, move = memcmp(want.box, c->applied.box, boxes) != 0;
	bool turn = memcmp(views, c->view_applied, c->viewports * sizeof *views) != 0;
	if (!on && !move && !turn) return;
	bool paused = list_pause(r);
	if (turn) views_apply(r, views);
	if (move) {
		if (same(&want, c->viewports)) g->Scissor(want.box[0].x, want.box[0].y, want.box[0].w, want.box[0].h);
		else
			for (unsigned i = 0; i < c->viewports; i++)
				if (memcmp(&want.box[i], &c->applied.box[i], sizeof want.box[i]))
					g->ScissorIndexed(i, want.box[i].x, want.box[i].y, want.box[i].w, want.box[i].h);
	}
	if (on) {
		if (want.enabled == 0) g->Disable(GL_SCISSOR_TEST);
		else if (want.enabled == all_enabled(c)) g->Enable(GL_SCISSOR_TEST);
		else
			for (unsigned i = 0; i < c->viewports; i++)
				if ((want.enabled ^ c->applied.enabled) >> i & 1)
					(want.enabled >> i & 1 ? g->Enablei : g->Disablei)(GL_SCISSOR_TEST, i);
	}
	c->applied.enabled = want.enabled;
	memcpy(c->applied.box, want.box, boxes);
	if (paused) list_resume(r);
}

static void start(replay *r, struct replay_context *c) {
	const struct real_gl *g = &r->priv->real;
	GLint major = 0, minor = 0, n = 0;
	c->started = true;
	g->GetIntegerv(GL_MAJOR_VERSION, &major);
	g->GetIntegerv(GL_MINOR_VERSION, &minor);
	c->viewports = 1;
	const bool several = c->es ? replay_offered(r, "GL_OES_viewport_array") : major * 10 + minor >= 41 || replay_offered(r, "GL_ARB_viewport_array");
	if (several && g->ScissorIndexed && g->Enablei && g->Disablei) {
		g->GetIntegerv(GL_MAX_VIEWPORTS, &n);
		c->viewports = n < 1 ? 1 : n > MAX_VIEWPORTS ? MAX_VIEWPORTS : (unsigned)n;
	}
	c->fractions = several && g->ViewportIndexedf;
	g->GetIntegerv(GL_MAX_VIEWPORT_DIMS, c->view_most);
	if (c->fractions) g->GetFloatv(GL_VIEWPORT_BOUNDS_RANGE, c->view_range);
	c->max_depth = 0;
	if (c->compat && g->PushAttrib) {
		n = 0;
		g->GetIntegerv(GL_MAX_ATTRIB_STACK_DEPTH, &n);
		c->max_depth = n < 0 ? 0 : n > MAX_ATTRIB_DEPTH ? MAX_ATTRIB_DEPTH : (unsigned)n;
	}
	c->clears_textures = g->ClearTexSubImage && replay_offered(r, c->es ? "GL_EXT_clear_texture" : "GL_ARB_clear_texture");
	opaque_start(r, c);
	/* Images come tight; the app's pixel store counts only for what lies in a buffer (custom_gl.c). */
	c->unpack[5] = 4;
	g->PixelStorei(GL_UNPACK_ALIGNMENT, 1);
	g->PixelStorei(GL_PACK_ALIGNMENT, 1);
	while (g->GetError() != GL_NO_ERROR) {}
	if (c->es && !es_start(r)) r->priv->failed = true;
}

void virtual_bound(replay *r, bool first) {
	struct replay_context *c = r->ctx;
	if (!c->started) start(r, c);
	if (first) {
		const prism_surface_want *w = &c->draw->want;
		for (unsigned i = 0; i < MAX_VIEWPORTS; i++) {
			c->applied.box[i] = (box){0, 0, (GLint)w->width, (GLint)w->height};
			c->view_applied[i] = (view){0, 0, w->width, w->height};
			c->app.box[i] = (box){0, 0, (GLint)c->draw->full_w, (GLint)c->draw->full_h};
			c->view[i] = (view){0, 0, c->draw->full_w, c->draw->full_h};
		}
	}
	framebuffer_bound(r, first);
	virtual_apply(r);
}

/* Plans. */

struct plan {
	uint32_t drawable, w, h;
	box tile, held;
	view move;
	bool offscreen;
	unsigned n;
	box tiles[MAX_TILES];
};

static void plan_set(drawable *d, const struct plan *p) {
	d->planned = true;
	d->plan_w = p->w;
	d->plan_h = p->h;
	d->tile = p->tile.w > 0 && p->tile.h > 0 ? p->tile : (box){0, 0, 0, 0};
	d->move = p->move;
	d->offscreen = p->offscreen;
	d->held = box_intersect(p->held, (box){0, 0, (GLint)p->w, (GLint)p->h});
	d->n_tiles = p->n;
	memcpy(d->tiles, p->tiles, p->n * sizeof p->tiles[0]);
}

void plan_known(replay *r, drawable *d) {
	struct replay_private *p = r->priv;
	for (unsigned i = 0; i < p->n_plans; i++)
		if (p->plans[i].drawable == d->serial) plan_set(d, &p->plans[i]);
}

void replay_plan(replay *r, uint32_t serial, uint32_t full_w, uint32_t full_h, int32_t x, int32_t y, int32_t w, int32_t h,
                 double move_x, double move_y, bool offscreen, const int32_t held[4], const int32_t *tiles, uint32_t n) {
	struct replay_private *p = r->priv;
	struct plan plan = {.drawable = serial, .w = full_w, .h = full_h, .tile = {x, y, w, h}, .move = {move_x, move_y, 0, 0}, .held = {held[0], held[1], held[2], held[3]}, .offscreen = offscreen, .n = n < MAX_TILES ? n : MAX_TILES};
	memcpy(plan.tiles, tiles, plan.n * sizeof plan.tiles[0]);
	replay_now = r;
	p->offsets = p->offsets || plan.held.w > 0;
	unsigned i = 0;
	while (i < p->n_plans && p->plans[i].drawable != serial) i++;
	if (i == p->n_plans) {
		/* Of drawables that are gone, if they are many. */
		for (i = 0; p->n_plans == MAX_DRAWABLES && i < p->n_plans && replay_drawable(r, p->plans[i].drawable); i++) {}
		if (p->n_plans < MAX_DRAWABLES) i = p->n_plans;
		struct plan *grown = i < p->n_plans ? p->plans : i < MAX_DRAWABLES ? realloc(p->plans, (i + 1) * sizeof *grown) : NULL;
		if (!grown) {
			x_note(r, "no room for the plan of drawable %u: it is drawn whole", serial);
			return;
		}
		p->plans = grown;
		if (i == p->n_plans) p->n_plans++;
	}
	p->plans[i] = plan;
	drawable *d = replay_drawable(r, serial);
	if (!d) return;
	plan_set(d, &plan);
	if (!d->surface && !d->tex.group && !d->kept && !d->accumulated) drawable_hold(d);
	d->version++; /* contexts that have it current look again when they come next */
}

/* The app's commands. l_* is what stands in a list and what is done at once where none is compiled. */

static void l_scissor(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)data;
	if (c->in_begin || a[2] < 0 || a[3] < 0) {
		r->priv->real.Scissor(a[0], a[1], a[2], a[3]); /* the error */
		return;
	}
	for (unsigned i = 0; i < c->viewports; i++) c->app.box[i] = (box){a[0], a[1], a[2], a[3]};
	virtual_apply(r);
}

static void v_Scissor(GLint x, GLint y, GLsizei w, GLsizei h) {
	NOW;
	const int32_t a[LIST_ARGS] = {x, y, w, h};
	if (!c) return;
	if (c->in_begin) g->Scissor(x, y, w, h);
	else if (!list_note(r, l_scissor, a, NULL, 0)) l_scissor(r, a, NULL);
}

static void l_scissor_indexed(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)data;
	if (c->in_begin || (uint32_t)a[0] >= c->viewports || a[3] < 0 || a[4] < 0) {
		if (r->priv->real.ScissorIndexed) r->priv->real.ScissorIndexed((GLuint)a[0], a[1], a[2], a[3], a[4]);
		return;
	}
	c->app.box[a[0]] = (box){a[1], a[2], a[3], a[4]};
	virtual_apply(r);
}

static void v_ScissorIndexed(GLuint i, GLint x, GLint y, GLsizei w, GLsizei h) {
	NOW;
	(void)g;
	const int32_t a[LIST_ARGS] = {(int32_t)i, x, y, w, h};
	if (c && !list_note(r, l_scissor_indexed, a, NULL, 0)) l_scissor_indexed(r, a, NULL);
}
static void v_ScissorIndexedv(GLuint i, const GLint *v) { v_ScissorIndexed(i, v[0], v[1], v[2], v[3]); }
static void v_ScissorArrayv(GLuint first, GLsizei n, const GLint *v) {
	NOW;
	if (!c) return;
	if (n < 0 || (uint64_t)first + (uint64_t)n > c->viewports) {
		if (g->ScissorArrayv) g->ScissorArrayv(first, n, v);
		return;
	}
	for (GLsizei i = 0; i < n; i++)
		if (v[4 * i + 2] < 0 || v[4 * i + 3] < 0) { /* none is set then */
			if (g->ScissorArrayv) g->ScissorArrayv(first, n, v);
			return;
		}
	for (GLsizei i = 0; i < n; i++) v_ScissorIndexedv(first + (GLuint)i, v + 4 * i);
}

/* Sets viewport i, as GL would bound it. */
static void view_set(struct replay_context *c, unsigned i, view v) {
	if (c->view_most[0] > 0 && v.w > c->view_most[0]) v.w = c->view_most[0];
	if (c->view_most[1] > 0 && v.h > c->view_most[1]) v.h = c->view_most[1];
	GLdouble *const at[2] = {&v.x, &v.y};
	for (int k = 0; k < 2 && c->view_range[0] < c->view_range[1]; k++) {
		if (*at[k] < c->view_range[0]) *at[k] = c->view_range[0];
		if (*at[k] > c->view_range[1]) *at[k] = c->view_range[1];
	}
	c->view[i] = v;
}

static void l_viewport(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)data;
	if (c->in_begin || a[2] < 0 || a[3] < 0) {
		r->priv->real.Viewport(a[0], a[1], a[2], a[3]); /* the error */
		return;
	}
	for (unsigned i = 0; i < c->viewports; i++) view_set(c, i, (view){a[0], a[1], a[2], a[3]});
	virtual_apply(r);
}

static void v_Viewport(GLint x, GLint y, GLsizei w, GLsizei h) {
	NOW;
	const int32_t a[LIST_ARGS] = {x, y, w, h};
	if (!c) return;
	if (c->in_begin) g->Viewport(x, y, w, h);
	else if (!list_note(r, l_viewport, a, NULL, 0)) l_viewport(r, a, NULL);
}

/* a: index, and four floats */
static void l_viewport_indexed(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	GLfloat v[4];
	(void)data;
	memcpy(v, a + 1, sizeof v);
	const bool good = isfinite(v[0]) && isfinite(v[1]) && isfinite(v[2]) && isfinite(v[3]) && v[2] >= 0 && v[3] >= 0;
	if (c->in_begin || (uint32_t)a[0] >= c->viewports || !good) {
		if (r->priv->real.ViewportIndexedf) r->priv->real.ViewportIndexedf((GLuint)a[0], v[0], v[1], v[2], v[3]);
		return;
	}
	view_set(c, (uint32_t)a[0], (view){v[0], v[1], v[2], v[3]});
	virtual_apply(r);
}

static void v_ViewportIndexedf(GLuint i, GLfloat x, GLfloat y, GLfloat w, GLfloat h) {
	NOW;
	const GLfloat v[4] = {x, y, w, h};
	int32_t a[LIST_ARGS] = {(int32_t)i};
	memcpy(a + 1, v, sizeof v);
	if (!c || !g->ViewportIndexedf) return;
	if (c->in_begin || !list_note(r, l_viewport_indexed, a, NULL, 0)) l_viewport_indexed(r, a, NULL);
}
static void v_ViewportIndexedfv(GLuint i, const GLfloat *v) { v_ViewportIndexedf(i, v[0], v[1], v[2], v[3]); }
static void v_ViewportArrayv(GLuint first, GLsizei n, const GLfloat *v) {
	NOW;
	if (!c || !g->ViewportArrayv) return;
	bool good = n >= 0 && (uint64_t)first + (uint64_t)n <= c->viewports;
	for (GLsizei i = 0; good && i < n; i++) good = v[4 * i + 2] >= 0 && v[4 * i + 3] >= 0; /* none is set otherwise */
	if (!good) g->ViewportArrayv(first, n, v);
	for (GLsizei i = 0; good && i < n; i++) v_ViewportIndexedfv(first + (GLuint)i, v + 4 * i);
}

/* a: on, index or -1 */
static void l_scissor_test(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	(void)data;
	if (c->in_begin) {
		(a[0] ? g->Enable : g->Disable)(GL_SCISSOR_TEST);
		return;
	}
	if (a[1] >= 0 && (uint32_t)a[1] >= c->viewports) {
		void (*set)(GLenum, GLuint) = a[0] ? g->Enablei : g->Disablei;
		if (set) set(GL_SCISSOR_TEST, (GLuint)a[1]);
		return;
	}
	uint32_t bits = a[1] < 0 ? all_enabled(c) : 1u << a[1];
	c->app.enabled = a[0] ? c->app.enabled | bits : c->app.enabled & ~bits;
	virtual_apply(r);
}

static void scissor_test(replay *r, bool on, int32_t index) {
	const int32_t a[LIST_ARGS] = {on, index};
	if (!r->ctx->in_begin && list_note(r, l_scissor_test, a, NULL, 0)) return;
	l_scissor_test(r, a, NULL);
}

static void v_Enable(GLenum cap) {
	NOW;
	/* Arrays are enabled with the client's state alone, where it is seen to that they point to something (custom_arrays.c). */
	if (c && c->compat && prism_len_is_array(cap)) {
		if (!c->gl_error) c->gl_error = GL_INVALID_ENUM;
		return;
	}
	if (cap == GL_STENCIL_TEST) r->priv->stencilled = true;
	if (cap != GL_SCISSOR_TEST) g->Enable(cap);
	else if (c) scissor_test(r, true, -1);
}
static void v_Disable(GLenum cap) {
	NOW;
	if (cap != GL_SCISSOR_TEST) g->Disable(cap);
	else if (c) scissor_test(r, false, -1);
}
static void v_Enablei(GLenum cap, GLuint i) {
	NOW;
	if (cap != GL_SCISSOR_TEST || i > INT32_MAX) g->Enablei(cap, i);
	else if (c) scissor_test(r, true, (int32_t)i);
}
static void v_Disablei(GLenum cap, GLuint i) {
	NOW;
	if (cap != GL_SCISSOR_TEST || i > INT32_MAX) g->Disablei(cap, i);
	else if (c) scissor_test(r, false, (int32_t)i);
}

static void real_push(replay *r, GLbitfield mask) { r->priv->real.PushAttrib(mask); }
static void real_pop(replay *r, GLbitfield mask) {
	(void)mask;
	r->priv->real.PopAttrib();
}

static void l_push(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)data;
	if (!c->in_begin && c->depth < c->max_depth) {
		attrib_entry *e = &c->stack[c->depth++];
		e->mask = (GLbitfield)a[0];
		e->app = c->app;
		e->applied = c->applied;
		memcpy(e->view, c->view, sizeof e->view);
		memcpy(e->view_applied, c->view_applied, sizeof e->view_applied);
		framebuffer_push(c, e);
		opaque_push(c, e);
	}
	framebuffer_stack(r, real_push, (GLbitfield)a[0]); /* an overflow is GL's to report: both stacks are equally deep */
}

static void l_pop(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)a, (void)data;
	if (c->in_begin || !c->depth) {
		r->priv->real.PopAttrib(); /* the error */
		return;
	}
	const attrib_entry *e = &c->stack[--c->depth];
	framebuffer_stack(r, real_pop, e->mask);
	if (e->mask & GL_SCISSOR_BIT) {
		c->app = e->app;
		c->applied = e->applied;
	} else if (e->mask & GL_ENABLE_BIT) {
		c->app.enabled = e->app.enabled;
		c->applied.enabled = e->applied.enabled;
	}
	if (e->mask & GL_VIEWPORT_BIT) {
		memcpy(c->view, e->view, sizeof c->view);
		memcpy(c->view_applied, e->view_applied, sizeof c->view_applied);
	}
	opaque_pop(c, e);
	framebuffer_pop(r, e);
	virtual_apply(r);
}

static void v_PushAttrib(GLbitfield mask) {
	NOW;
	const int32_t a[LIST_ARGS] = {(int32_t)mask};
	if (!c || !g->PushAttrib) return;
	if (c->in_begin) g->PushAttrib(mask);
	else if (!list_note(r, l_push, a, NULL, 0)) l_push(r, a, NULL);
}
static void v_PopAttrib(void) {
	NOW;
	const int32_t a[LIST_ARGS] = {0};
	if (!c || !g->PopAttrib) return;
	if (c->in_begin) g->PopAttrib();
	else if (!list_note(r, l_pop, a, NULL, 0)) l_pop(r, a, NULL);
}

/* Between the two the commands above are errors, and GL says so. */
static void v_Begin(GLenum mode) {
	NOW;
	if (c) bounds_begin(r);
	g->Begin(mode);
	if (c && !c->es && mode <= GL_PATCHES) c->in_begin = true;
}
static void l_end(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	(void)a, (void)data;
	r->priv->real.End();
	if (!c->in_begin) return;
	c->in_begin = false;
	if (c->draw && c->draw_late) virtual_apply(r);
	c->draw_late = false;
}
static void v_End(void) {
	NOW;
	const int32_t a[LIST_ARGS] = {0};
	(void)g;
	/* In a list that did not begin it: it ends what was begun where the list is called. */
	if (c && (c->in_begin || !list_note(r, l_end, a, NULL, 0))) l_end(r, a, NULL);
}

/* Questions. index -1: not an indexed one. Count of values, 0: GL is to be asked. */
static int value(const struct replay_context *c, GLenum pname, GLint index, int64_t v[4]) {
	if (!c || c->in_begin) return 0;
	const int n = opaque_value(replay_now, pname, index, v);
	if (n || index >= (GLint)c->viewports) return n;
	unsigned i = index < 0 ? 0 : (unsigned)index;
	switch (pname) {
	case GL_SCISSOR_BOX:
		v[0] = c->app.box[i].x, v[1] = c->app.box[i].y, v[2] = c->app.box[i].w, v[3] = c->app.box[i].h;
		return 4;
	case GL_SCISSOR_TEST: v[0] = c->app.enabled >> i & 1; return 1;
	case GL_ACCUM_RED_BITS: case GL_ACCUM_GREEN_BITS: case GL_ACCUM_BLUE_BITS: case GL_ACCUM_ALPHA_BITS: v[0] = 16; return index < 0 && accum_is(c);
	case GL_LIST_INDEX: v[0] = list_index(c); return index < 0 && c->build ? 1 : 0;
	default: return index < 0 ? framebuffer_value(c, pname, v) : 0;
	}
}

/* Viewports, while GL's are other ones: the others are GL's to tell. */
static bool view_value(const struct replay_context *c, GLenum pname, GLuint i, GLdouble v[4]) {
	if (offset_value(c, pname, v)) return true;
	if (pname != GL_VIEWPORT || !c || c->in_begin || i >= c->viewports) return false;
	const view real = moved(c, i);
	if (!memcmp(&real, &c->view[i], sizeof real)) return false;
	v[0] = c->view[i].x, v[1] = c->view[i].y, v[2] = c->view[i].w, v[3] = c->view[i].h;
	return true;
}

#define GETTER(name, type, conv)                                        \
	static void v_##name(GLenum pname, type *out) {                 \
		NOW;                                                    \
		int64_t v[4];                                           \
		GLdouble at[4];                                         \
		int n = value(c, pname, -1, v);                         \
		for (int i = 0; view_value(c, pname, 0, at) && i < 4; i++) { out[i] = conv(ROUNDED_##conv(at[i])); n = -1; } \
		if (n < 0) return;                                      \
		if (!n) { g->name(pname, out); return; }                \
		for (int i = 0; i < n; i++) out[i] = conv(v[i]);        \
	}
#define GETTER_I(name, type, conv)                                      \
	static void v_##name(GLenum pname, GLuint index, type *out) {   \
		NOW;                                                    \
		int64_t v[4];                                           \
		GLdouble at[4];                                         \
		int n = index > MAX_VIEWPORTS ? 0 : value(c, pname, (GLint)index, v); \
		for (int i = 0; view_value(c, pname, index, at) && i < 4; i++) { out[i] = conv(ROUNDED_##conv(at[i])); n = -1; } \
		if (n < 0) return;                                      \
		if (!n) { g->name(pname, index, out); return; }         \
		for (int i = 0; i < n; i++) out[i] = conv(v[i]);        \
	}
#define TO_INT(x) ((GLint)(x))
#define TO_BOOL(x) ((GLboolean)((x) != 0))
#define TO_FLOAT(x) ((GLfloat)(x))
#define TO_DOUBLE(x) ((GLdouble)(x))
#define TO_INT64(x) ((GLint64)(x))
/* GL rounds what it gives as integers; bounds of viewports are far from those of integers. */
static int64_t nearest(GLdouble v) { return (int64_t)(v < 0 ? v - 0.5 : v + 0.5); }
#define ROUNDED_TO_INT(x) nearest(x)
#define ROUNDED_TO_INT64(x) nearest(x)
#define ROUNDED_TO_BOOL(x) (x)
#define ROUNDED_TO_FLOAT(x) (x)
#define ROUNDED_TO_DOUBLE(x) (x)
GETTER(GetIntegerv, GLint, TO_INT)
GETTER(GetFloatv, GLfloat, TO_FLOAT)
GETTER(GetDoublev, GLdouble, TO_DOUBLE)
GETTER(GetBooleanv, GLboolean, TO_BOOL)
GETTER(GetInteger64v, GLint64, TO_INT64)
GETTER_I(GetIntegeri_v, GLint, TO_INT)
GETTER_I(GetFloati_v, GLfloat, TO_FLOAT)
GETTER_I(GetDoublei_v, GLdouble, TO_DOUBLE)
GETTER_I(GetBooleani_v, GLboolean, TO_BOOL)
GETTER_I(GetInteger64i_v, GLint64, TO_INT64)

static GLboolean v_IsEnabled(GLenum cap) {
	NOW;
	if (cap != GL_SCISSOR_TEST || !c || c->in_begin) return g->IsEnabled(cap);
	return c->app.enabled & 1;
}
static GLboolean v_IsEnabledi(GLenum cap, GLuint i) {
	NOW;
	if (cap != GL_SCISSOR_TEST || !c || i >= c->viewports) return g->IsEnabledi(cap, i);
	return c->app.enabled >> i & 1;
}

void *virtual_proc(prism_device *dev, const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glScissor", v_Scissor}, {"glScissorIndexed", v_ScissorIndexed}, {"glScissorIndexedv", v_ScissorIndexedv},
		{"glScissorArrayv", v_ScissorArrayv}, {"glViewport", v_Viewport}, {"glViewportIndexedf", v_ViewportIndexedf},
		{"glViewportIndexedfv", v_ViewportIndexedfv}, {"glViewportArrayv", v_ViewportArrayv}, {"glEnable", v_Enable}, {"glDisable", v_Disable}, {"glEnablei", v_Enablei},
		{"glDisablei", v_Disablei}, {"glEnableIndexedEXT", v_Enablei}, {"glDisableIndexedEXT", v_Disablei},
		{"glPushAttrib", v_PushAttrib}, {"glPopAttrib", v_PopAttrib}, {"glBegin", v_Begin}, {"glEnd", v_End},
		{"glGetIntegerv", v_GetIntegerv}, {"glGetFloatv", v_GetFloatv}, {"glGetDoublev", v_GetDoublev},
		{"glGetBooleanv", v_GetBooleanv}, {"glGetInteger64v", v_GetInteger64v}, {"glGetIntegeri_v", v_GetIntegeri_v},
		{"glGetFloati_v", v_GetFloati_v}, {"glGetDoublei_v", v_GetDoublei_v}, {"glGetBooleani_v", v_GetBooleani_v},
		{"glGetInteger64i_v", v_GetInteger64i_v}, {"glIsEnabled", v_IsEnabled}, {"glIsEnabledi", v_IsEnabledi},
		{"glIsEnabledIndexedEXT", v_IsEnabledi}, {"glGetIntegerIndexedvEXT", v_GetIntegeri_v}, {"glGetBooleanIndexedvEXT", v_GetBooleani_v},
	};
	void *real = dev->proc(name);
	if (!real) return NULL;
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	void *p = bounds_proc(name);
	if (!p) p = lists_proc(name);
	if (!p) p = clears_proc(name);
	if (!p) p = accum_proc(name);
	if (!p) p = opaque_proc(name);
	if (!p) p = offset_proc(name);
	if (!p) p = framebuffer_proc(name);
	if (!p) p = named_proc(name);
	return p ? p : real;
}

void replay_scissor(replay *r, int32_t v[9]) {
	const struct real_gl *g = &r->priv->real;
	replay_now = r;
	memset(v, 0, 9 * sizeof *v);
	if (!r->ctx || replay_bind(r, r->ctx->serial, r->ctx->draw ? r->ctx->draw->serial : 0, r->ctx->read ? r->ctx->read->serial : 0)) return;
	v_GetIntegerv(GL_SCISSOR_BOX, v);
	v[4] = v_IsEnabled(GL_SCISSOR_TEST) | g->IsEnabled(GL_SCISSOR_TEST) << 1;
	g->GetIntegerv(GL_SCISSOR_BOX, v + 5);
}

void replay_viewport(replay *r, float v[8]) {
	replay_now = r;
	memset(v, 0, 8 * sizeof *v);
	if (!r->ctx || replay_bind(r, r->ctx->serial, r->ctx->draw ? r->ctx->draw->serial : 0, r->ctx->read ? r->ctx->read->serial : 0)) return;
	v_GetFloatv(GL_VIEWPORT, v);
	r->priv->real.GetFloatv(GL_VIEWPORT, v + 4);
}
