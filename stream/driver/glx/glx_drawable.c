/* GLX drawables. */
#include <stdlib.h>
#include <X11/Xmd.h>
#include <GL/glxproto.h>
#include "glx.h"

static prism_drawable_want want_of(const prism_config *c, int kind, XID xid, XID x) {
	prism_drawable_want w = prism_config_drawable(c, kind);
	w.xid = xid;
	w.x = x;
	return w;
}

prism_drawable *prism_glx_drawable(Display *dpy, GLXDrawable xid, const prism_config *c, int minor) {
	prism_drawable *d = prism_drawable_pin(xid);
	if (d && !prism_drawable_refresh(d)) {
		if (d->named) {
			prism_drawable_unpin(d);
			prism_glx_error(dpy, GLXBadWindow, xid, minor, false);
			return NULL;
		}
		prism_drawable_destroy(d); /* the window ended; if its number lives again it is another one */
		prism_drawable_unpin(d);
		d = NULL;
	}
	if (d) return d;
	prism_drawable_want w = want_of(c, PRISM_DRAWABLE_WINDOW, xid, xid);
	w.pinned = true;
	if (!(d = prism_drawable_new(dpy, &w))) prism_glx_error(dpy, GLXBadDrawable, xid, minor, false);
	return d;
}

/* A drawable of the app's own naming. */
static XID create(Display *dpy, GLXFBConfig config, int kind, XID x, const int *attribs, int minor) {
	const prism_config *c = prism_config_check(dpy, config);
	if (!c) {
		prism_glx_error(dpy, GLXBadFBConfig, 0, minor, false);
		return None;
	}
	XID xid = prism_glx_xid(dpy);
	prism_drawable_want w = want_of(c, kind, xid, x);
	w.named = true;
	w.preserved = true;
	for (const int *a = attribs; kind == PRISM_DRAWABLE_PBUFFER && a && *a; a += 2) {
		switch (*a) {
		case GLX_PBUFFER_WIDTH: w.width = a[1] < 0 ? UINT32_MAX : (uint32_t)a[1]; break;
		case GLX_PBUFFER_HEIGHT: w.height = a[1] < 0 ? UINT32_MAX : (uint32_t)a[1]; break;
		case GLX_LARGEST_PBUFFER: w.largest = a[1]; break;
		case GLX_PRESERVED_CONTENTS: w.preserved = a[1]; break;
		default:
			prism_glx_error(dpy, BadValue, (XID)*a, minor, true);
			return None;
		}
	}
	if (w.width > PRISM_MAX_SIDE || w.height > PRISM_MAX_SIDE) {
		if (!w.largest) {
			prism_glx_error(dpy, BadAlloc, 0, minor, true);
			return None;
		}
		if (w.width > PRISM_MAX_SIDE) w.width = PRISM_MAX_SIDE;
		if (w.height > PRISM_MAX_SIDE) w.height = PRISM_MAX_SIDE;
	}
	if (prism_drawable_new(dpy, &w)) return xid;
	if (x) prism_glx_error(dpy, kind == PRISM_DRAWABLE_WINDOW ? BadWindow : BadPixmap, x, minor, true);
	else prism_glx_error(dpy, BadAlloc, 0, minor, true);
	return None;
}

static void destroy(Display *dpy, XID xid, int kind, int error, int minor) {
	prism_drawable *d = prism_drawable_find(xid);
	if (!d || d->kind != kind || !d->named) {
		prism_glx_error(dpy, error, xid, minor, false);
		return;
	}
	prism_drawable_destroy(d);
}

GLXWindow prism_glXCreateWindow(Display *dpy, GLXFBConfig config, Window win, const int *attribs) {
	return create(dpy, config, PRISM_DRAWABLE_WINDOW, win, attribs, X_GLXCreateWindow);
}
GLXPixmap prism_glXCreatePixmap(Display *dpy, GLXFBConfig config, Pixmap pixmap, const int *attribs) {
	return create(dpy, config, PRISM_DRAWABLE_PIXMAP, pixmap, attribs, X_GLXCreatePixmap);
}
GLXPbuffer prism_glXCreatePbuffer(Display *dpy, GLXFBConfig config, const int *attribs) {
	return create(dpy, config, PRISM_DRAWABLE_PBUFFER, None, attribs, X_GLXCreatePbuffer);
}
GLXPixmap prism_glXCreateGLXPixmap(Display *dpy, XVisualInfo *vis, Pixmap pixmap) {
	const prism_config *c = vis ? prism_config_for_visual(dpy, vis->screen, vis->visualid) : NULL;
	if (c) return create(dpy, (GLXFBConfig)c, PRISM_DRAWABLE_PIXMAP, pixmap, NULL, X_GLXCreateGLXPixmap);
	prism_glx_error(dpy, BadMatch, 0, X_GLXCreateGLXPixmap, true);
	return None;
}
void prism_glXDestroyWindow(Display *dpy, GLXWindow w) { destroy(dpy, w, PRISM_DRAWABLE_WINDOW, GLXBadWindow, X_GLXDestroyWindow); }
void prism_glXDestroyPixmap(Display *dpy, GLXPixmap p) { destroy(dpy, p, PRISM_DRAWABLE_PIXMAP, GLXBadPixmap, X_GLXDestroyPixmap); }
void prism_glXDestroyGLXPixmap(Display *dpy, GLXPixmap p) { destroy(dpy, p, PRISM_DRAWABLE_PIXMAP, GLXBadPixmap, X_GLXDestroyGLXPixmap); }
void prism_glXDestroyPbuffer(Display *dpy, GLXPbuffer p) { destroy(dpy, p, PRISM_DRAWABLE_PBUFFER, GLXBadPbuffer, X_GLXDestroyPbuffer); }

void prism_glXSwapBuffers(Display *dpy, GLXDrawable xid) {
	if (prism_lost_now()) {
		prism_lost_frame();
		return;
	}
	prism_drawable *d = prism_t->ctx ? ((prism_thread_state *)prism_t)->draw_d : NULL;
	if (!d || d->xid != xid) d = prism_drawable_find(xid);
	if (!d) {
		prism_glx_error(dpy, GLXBadDrawable, xid, X_GLXSwapBuffers, false);
		return;
	}
	prism_drawable_swap(d);
}

/* The size as the X server has it now, which a window's own frames take in only with the next make-current or swap. */
static void size_now(Display *dpy, const prism_drawable *d, unsigned *w, unsigned *h) {
	Window root;
	int x, y;
	unsigned border, depth;
	if (!d->x || !XGetGeometry(dpy, d->x, &root, &x, &y, w, h, &border, &depth)) {
		*w = d->width;
		*h = d->height;
	}
}

void prism_glXQueryDrawable(Display *dpy, GLXDrawable xid, int attrib, unsigned int *value) {
	prism_drawable *d = prism_drawable_find(xid);
	*value = 0;
	if (!d) {
		prism_glx_error(dpy, GLXBadDrawable, xid, X_GLXGetDrawableAttributes, false);
		return;
	}
	switch (attrib) {
	case GLX_WIDTH: case GLX_HEIGHT: {
		unsigned w, h;
		size_now(dpy, d, &w, &h);
		*value = attrib == GLX_WIDTH ? w : h;
		break;
	}
	case GLX_PRESERVED_CONTENTS: *value = d->preserved; break;
	case GLX_LARGEST_PBUFFER: *value = d->largest; break;
	case GLX_FBCONFIG_ID: *value = d->config; break;
	case GLX_EVENT_MASK: *value = (unsigned)d->events; break;
	case GLX_SWAP_INTERVAL_EXT: *value = (unsigned)d->interval; break;
	case GLX_MAX_SWAP_INTERVAL_EXT: *value = INT32_MAX; break;
	}
}

void prism_glXSelectEvent(Display *dpy, GLXDrawable xid, unsigned long mask) {
	prism_drawable *d = prism_drawable_find(xid);
	if (d) d->events = mask; /* kept for glXGetSelectedEvent; a pbuffer of ours is never clobbered */
	else prism_glx_error(dpy, GLXBadDrawable, xid, X_GLXChangeDrawableAttributes, false);
}

void prism_glXGetSelectedEvent(Display *dpy, GLXDrawable xid, unsigned long *mask) {
	prism_drawable *d = prism_drawable_find(xid);
	*mask = d ? d->events : 0;
	if (!d) prism_glx_error(dpy, GLXBadDrawable, xid, X_GLXGetDrawableAttributes, false);
}

static prism_drawable *current_draw(void) { return prism_t->ctx ? ((prism_thread_state *)prism_t)->draw_d : NULL; }

void prism_glXSwapIntervalEXT(Display *dpy, GLXDrawable xid, int interval) {
	prism_drawable *d = prism_drawable_find(xid);
	if (!d) prism_glx_error(dpy, BadWindow, xid, 0, true);
	else if (interval < 0) prism_glx_error(dpy, BadValue, (XID)interval, 0, true);
	else d->interval = interval;
}

int prism_glXSwapIntervalSGI(int interval) {
	if (interval <= 0) return GLX_BAD_VALUE;
	prism_drawable *d = current_draw();
	if (!d) return GLX_BAD_CONTEXT;
	d->interval = interval;
	return 0;
}

int prism_glXSwapIntervalMESA(unsigned int interval) {
	if (interval > INT32_MAX) return GLX_BAD_VALUE;
	prism_drawable *d = current_draw();
	if (!d) return GLX_BAD_CONTEXT;
	d->interval = (int)interval;
	return 0;
}

int prism_glXGetSwapIntervalMESA(void) {
	const prism_drawable *d = current_draw();
	return d ? d->interval : 0;
}
