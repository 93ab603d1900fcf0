/* A framebuffer that holds a part of the picture only, for walls larger than what a node has room for: its lower left corner is the picture's
 * (off_x, off_y). What GL is told in window coordinates is moved by that (viewports and scissors in virtual.c), and what it tells is moved
 * back. What cannot be moved so: gl_FragCoord, and reads of what this node does not hold, which the session does not let come here. */
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

void drawable_hold(drawable *d) {
	const bool part = d->planned && d->plan_w == d->full_w && d->plan_h == d->full_h && d->held.w > 0 && d->held.h > 0;
	d->off_x = part ? d->held.x : 0;
	d->off_y = part ? d->held.y : 0;
	d->want.width = part ? (unsigned)d->held.w : d->full_w;
	d->want.height = part ? (unsigned)d->held.h : d->full_h;
}

bool drawable_held_changes(const drawable *d) {
	drawable next = *d;
	if (d->plan_w != d->full_w || d->plan_h != d->full_h) return false; /* of a size that is still to come */
	drawable_hold(&next);
	return next.off_x != d->off_x || next.off_y != d->off_y || next.want.width != d->want.width || next.want.height != d->want.height;
}

bool offset_of(const drawable *d, GLuint fbo, GLint *x, GLint *y) {
	*x = d && !fbo ? d->off_x : 0;
	*y = d && !fbo ? d->off_y : 0;
	return *x || *y;
}

static GLint less(GLint a, GLint b) {
	const int64_t v = (int64_t)a - b;
	return v < INT32_MIN ? INT32_MIN : (GLint)v;
}

box box_less(box b, GLint x, GLint y) { return (box){less(b.x, x), less(b.y, y), b.w, b.h}; }

/* data: x, y, z */
static void l_window_pos(replay *r, const int32_t *a, const void *data) {
	const struct replay_context *c = r->ctx;
	GLdouble v[3];
	GLint x, y;
	(void)a;
	memcpy(v, data, sizeof v);
	offset_of(c->draw, c->draw_fbo, &x, &y);
	r->priv->real.WindowPos3d(v[0] - x, v[1] - y, v[2]);
}

static void window_pos(GLdouble x, GLdouble y, GLdouble z) {
	NOW;
	const int32_t a[LIST_ARGS] = {0};
	const GLdouble v[3] = {x, y, z};
	if (!c || !g->WindowPos3d) return;
	if (c->in_begin || !r->priv->offsets) g->WindowPos3d(x, y, z);
	else if (!list_note(r, l_window_pos, a, v, sizeof v)) l_window_pos(r, a, v);
}

#define POSITIONS(suffix, type)                                                                              \
	static void v_WindowPos2##suffix(type x, type y) { window_pos((GLdouble)x, (GLdouble)y, 0); }        \
	static void v_WindowPos2##suffix##v(const type *v) { window_pos((GLdouble)v[0], (GLdouble)v[1], 0); } \
	static void v_WindowPos3##suffix(type x, type y, type z) { window_pos((GLdouble)x, (GLdouble)y, (GLdouble)z); } \
	static void v_WindowPos3##suffix##v(const type *v) { window_pos((GLdouble)v[0], (GLdouble)v[1], (GLdouble)v[2]); }
POSITIONS(d, GLdouble)
POSITIONS(f, GLfloat)
POSITIONS(i, GLint)
POSITIONS(s, GLshort)

bool offset_value(const struct replay_context *c, GLenum pname, GLdouble v[4]) {
	GLint x, y;
	if (pname != GL_CURRENT_RASTER_POSITION || !c || c->in_begin || !c->compat || !offset_of(c->draw, c->draw_fbo, &x, &y)) return false;
	replay_now->priv->real.GetDoublev(pname, v);
	v[0] += x;
	v[1] += y;
	return true;
}

void *offset_proc(const char *name) {
#define FOUR(n) {"glWindowPos" #n, v_WindowPos##n}, {"glWindowPos" #n "v", v_WindowPos##n##v}, {"glWindowPos" #n "ARB", v_WindowPos##n}, {"glWindowPos" #n "vARB", v_WindowPos##n##v}
	static const struct { const char *name; void *fn; } ours[] = {FOUR(2d), FOUR(2f), FOUR(2i), FOUR(2s), FOUR(3d), FOUR(3f), FOUR(3i), FOUR(3s)};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}
