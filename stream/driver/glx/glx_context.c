/* GLX contexts: what is asked for, checked and made; which is current. */
#include <stdlib.h>
#include <X11/Xmd.h>
#include <GL/glxproto.h>
#include "glx.h"

static GLXContext make(Display *dpy, const prism_config *c, GLXContext share, prism_context_want w, int op) {
	if (share && !prism_context_valid((prism_context *)share)) {
		prism_glx_error(dpy, GLXBadContext, (XID)(uintptr_t)share, op, false);
		return NULL;
	}
	prism_config_context(c, &w);
	prism_context *ctx = prism_context_new(&w, (prism_context *)share, dpy);
	if (!ctx) prism_glx_error(dpy, BadAlloc, 0, op, true);
	return (GLXContext)ctx;
}

GLXContext prism_glXCreateContext(Display *dpy, XVisualInfo *vis, GLXContext share, Bool direct) {
	(void)direct;
	const prism_config *c = vis ? prism_config_for_visual(dpy, vis->screen, vis->visualid) : NULL;
	if (!c) {
		prism_glx_error(dpy, BadValue, vis ? vis->visualid : 0, X_GLXCreateContext, true);
		return NULL;
	}
	return make(dpy, c, share, (prism_context_want){.major = 1}, X_GLXCreateContext);
}

GLXContext prism_glXCreateNewContext(Display *dpy, GLXFBConfig config, int type, GLXContext share, Bool direct) {
	(void)direct;
	const prism_config *c = prism_config_check(dpy, config);
	if (!c || type != GLX_RGBA_TYPE) {
		if (c) prism_glx_error(dpy, type == GLX_COLOR_INDEX_TYPE ? BadMatch : BadValue, 0, X_GLXCreateNewContext, true);
		else prism_glx_error(dpy, GLXBadFBConfig, 0, X_GLXCreateNewContext, false);
		return NULL;
	}
	return make(dpy, c, share, (prism_context_want){.major = 1}, X_GLXCreateNewContext);
}

GLXContext prism_glXCreateContextAttribsARB(Display *dpy, GLXFBConfig config, GLXContext share, Bool direct, const int *attribs) {
	(void)direct;
	enum { OP = X_GLXCreateContextAttribsARB };
	int major = 1, minor = 0, flags = 0, type = GLX_RGBA_TYPE, profile = GLX_CONTEXT_CORE_PROFILE_BIT_ARB, no_error = 0;
	bool tells = false;
	const prism_config *c = prism_config_check(dpy, config);
	if (!c) {
		prism_glx_error(dpy, GLXBadFBConfig, 0, OP, false);
		return NULL;
	}
	bool unknown = false;
	for (const int *a = attribs; a && *a; a += 2) {
		switch (a[0]) {
		case GLX_CONTEXT_MAJOR_VERSION_ARB: major = a[1]; break;
		case GLX_CONTEXT_MINOR_VERSION_ARB: minor = a[1]; break;
		case GLX_CONTEXT_FLAGS_ARB: flags = a[1]; break;
		case GLX_CONTEXT_PROFILE_MASK_ARB: profile = a[1]; break;
		case GLX_RENDER_TYPE: type = a[1]; break;
		case GLX_CONTEXT_OPENGL_NO_ERROR_ARB: no_error = a[1]; break;
		case GLX_CONTEXT_RELEASE_BEHAVIOR_ARB:
			unknown |= a[1] != GLX_CONTEXT_RELEASE_BEHAVIOR_FLUSH_ARB && a[1] != GLX_CONTEXT_RELEASE_BEHAVIOR_NONE_ARB;
			break;
		case GLX_CONTEXT_RESET_NOTIFICATION_STRATEGY_ARB:
			unknown |= a[1] != GLX_NO_RESET_NOTIFICATION_ARB && a[1] != GLX_LOSE_CONTEXT_ON_RESET_ARB;
			tells = a[1] == GLX_LOSE_CONTEXT_ON_RESET_ARB;
			break;
		case GLX_SCREEN: break;
		default: unknown = true;
		}
	}
	const int known_flags = GLX_CONTEXT_DEBUG_BIT_ARB | GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB | GLX_CONTEXT_ROBUST_ACCESS_BIT_ARB;
	if (unknown || (flags & ~known_flags)) {
		prism_glx_error(dpy, BadValue, 0, OP, true);
		return NULL;
	}
	prism_context_want w = {.flags = (uint32_t)flags, .no_error = no_error != 0, .tells_reset = tells};
	int bad = prism_context_version(&w, major, minor, profile);
	if (bad == PRISM_VERSION_NONE || type != GLX_RGBA_TYPE || (no_error && (flags & (GLX_CONTEXT_DEBUG_BIT_ARB | GLX_CONTEXT_ROBUST_ACCESS_BIT_ARB)))) {
		prism_glx_error(dpy, BadMatch, 0, OP, true);
		return NULL;
	}
	if (bad) {
		prism_glx_error(dpy, bad == PRISM_VERSION_PROFILE ? GLXBadProfileARB : GLXBadFBConfig, 0, OP, false);
		return NULL;
	}
	if (share && prism_context_valid((prism_context *)share) && (((prism_context *)share)->no_error != w.no_error || ((prism_context *)share)->tells_reset != w.tells_reset)) {
		prism_glx_error(dpy, BadMatch, 0, OP, true);
		return NULL;
	}
	return make(dpy, c, share, w, OP);
}

void prism_glXDestroyContext(Display *dpy, GLXContext ctx) {
	if (!prism_context_valid((prism_context *)ctx)) {
		prism_glx_error(dpy, GLXBadContext, (XID)(uintptr_t)ctx, X_GLXDestroyContext, false);
		return;
	}
	prism_context_destroy((prism_context *)ctx);
}

void prism_glXCopyContext(Display *dpy, GLXContext src, GLXContext dst, unsigned long mask) {
	(void)mask;
	prism_context *from = (prism_context *)src, *to = (prism_context *)dst;
	if (!prism_context_valid(from) || !prism_context_valid(to))
		prism_glx_error(dpy, GLXBadContext, (XID)(uintptr_t)(prism_context_valid(from) ? dst : src), X_GLXCopyContext, false);
	else /* what drivers of direct contexts say: their contexts' state is not where a copy could be made */
		prism_glx_error(dpy, BadMatch, (XID)(uintptr_t)src, X_GLXCopyContext, true);
}

Bool prism_glXIsDirect(Display *dpy, GLXContext ctx) {
	(void)dpy;
	return prism_context_valid((prism_context *)ctx);
}

int prism_glXQueryContext(Display *dpy, GLXContext ctx, int attrib, int *value) {
	const prism_context *c = (prism_context *)ctx;
	if (!prism_context_valid(c)) {
		prism_glx_error(dpy, GLXBadContext, (XID)(uintptr_t)ctx, X_GLXQueryContext, false);
		return GLX_BAD_CONTEXT;
	}
	const prism_config *f = prism_config_by_id(c->config);
	switch (attrib) {
	case GLX_FBCONFIG_ID: *value = (int)c->config; return Success;
	case GLX_RENDER_TYPE: *value = GLX_RGBA_TYPE; return Success;
	case GLX_SCREEN: *value = f ? f->screen : 0; return Success;
	}
	return GLX_BAD_ATTRIBUTE;
}

static prism_thread_state *mine(void) { return prism_t->ctx ? (prism_thread_state *)prism_t : NULL; }

Bool prism_glXMakeContextCurrent(Display *dpy, GLXDrawable draw, GLXDrawable read, GLXContext ctx) {
	enum { OP = X_GLXMakeContextCurrent };
	prism_context *c = (prism_context *)ctx;
	if (!c) {
		if (draw || read) {
			prism_glx_error(dpy, BadMatch, 0, OP, true);
			return False;
		}
		prism_bind(NULL, NULL, NULL);
		return True;
	}
	if (!prism_context_valid(c)) {
		prism_glx_error(dpy, GLXBadContext, (XID)(uintptr_t)ctx, OP, false);
		return False;
	}
	if (!draw != !read) {
		prism_glx_error(dpy, BadMatch, 0, OP, true);
		return False;
	}
	if (prism_lost_now()) return False;
	const prism_config *f = prism_config_by_id(c->config);
	prism_drawable *d = NULL, *r = NULL;
	if (draw && !(d = prism_glx_drawable(dpy, draw, f, OP))) return False;
	if (read && read != draw && !(r = prism_glx_drawable(dpy, read, f, OP))) {
		prism_drawable_unpin(d);
		return False;
	}
	prism_drawable *from = read == draw ? d : r;
	int failed = prism_bind(c, d, from);
	if (d) prism_drawable_unpin(d);
	if (r) prism_drawable_unpin(r);
	if (failed) prism_glx_error(dpy, failed == 1 ? BadAccess : BadAlloc, failed == 1 ? (XID)(uintptr_t)ctx : 0, OP, true);
	return !failed;
}

Bool prism_glXMakeCurrent(Display *dpy, GLXDrawable d, GLXContext ctx) { return prism_glXMakeContextCurrent(dpy, d, d, ctx); }

GLXContext prism_glXGetCurrentContext(void) { return (GLXContext)prism_t->ctx; }
GLXDrawable prism_glXGetCurrentDrawable(void) { return mine() && mine()->draw_d ? mine()->draw_d->xid : None; }
GLXDrawable prism_glXGetCurrentReadDrawable(void) { return mine() && mine()->read_d ? mine()->read_d->xid : None; }
Display *prism_glXGetCurrentDisplay(void) { return mine() ? mine()->t.ctx->dpy : NULL; }

void prism_glXWaitGL(void) {
	if (!mine()) return;
	if (prism_draws_front()) prism_flush_front();
	prism_finish(1);
}

void prism_glXWaitX(void) {
	if (mine() && mine()->t.ctx->dpy) XSync(mine()->t.ctx->dpy, False);
}
