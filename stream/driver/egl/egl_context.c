/* Contexts: what is asked for, checked and made; which is current. An EGLContext is the address of a prism_context. */
#include <stdlib.h>
#include <X11/Xlib.h>
#include "egl.h"

prism_context *prism_egl_context(const prism_egl_display *d, EGLContext c) {
	prism_context *x = c;
	prism_egl_t.object = NULL;
	if (!x || !prism_context_valid(x) || x->dpy != d) return NULL;
	prism_egl_t.object = x->label;
	return x;
}

typedef struct wanted {
	prism_context_want w;
	int major, minor, profile;
} wanted;

/* Takes in one attribute; false: there is none of this name for the API, or it cannot have this value. */
static bool take(wanted *to, bool es, EGLint name, EGLint v) {
	switch (name) {
	case EGL_CONTEXT_MAJOR_VERSION: to->major = v; return true; /* also EGL_CONTEXT_CLIENT_VERSION */
	case EGL_CONTEXT_MINOR_VERSION: to->minor = v; return true;
	case EGL_CONTEXT_FLAGS_KHR: {
		const EGLint gl = EGL_CONTEXT_OPENGL_DEBUG_BIT_KHR | EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE_BIT_KHR | EGL_CONTEXT_OPENGL_ROBUST_ACCESS_BIT_KHR;
		to->w.flags |= (uint32_t)v; /* numbered as PRISM_CONTEXT_* */
		return !(v & ~(es ? EGL_CONTEXT_OPENGL_DEBUG_BIT_KHR : gl));
	}
	case EGL_CONTEXT_OPENGL_PROFILE_MASK: to->profile = v; return !es;
	case EGL_CONTEXT_OPENGL_DEBUG:
		if (v) to->w.flags |= PRISM_CONTEXT_DEBUG;
		return v == EGL_TRUE || v == EGL_FALSE;
	case EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE:
		if (v) to->w.flags |= PRISM_CONTEXT_FORWARD;
		return !es && (v == EGL_TRUE || v == EGL_FALSE);
	case EGL_CONTEXT_OPENGL_ROBUST_ACCESS: case EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT:
		if (v) to->w.flags |= PRISM_CONTEXT_ROBUST;
		return v == EGL_TRUE || v == EGL_FALSE;
	case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY: case EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT:
		to->w.tells_reset = v == EGL_LOSE_CONTEXT_ON_RESET;
		return v == EGL_NO_RESET_NOTIFICATION || v == EGL_LOSE_CONTEXT_ON_RESET;
	case EGL_CONTEXT_OPENGL_NO_ERROR_KHR: to->w.no_error = v; return v == EGL_TRUE || v == EGL_FALSE;
	case EGL_CONTEXT_RELEASE_BEHAVIOR_KHR: return v == EGL_CONTEXT_RELEASE_BEHAVIOR_FLUSH_KHR || v == EGL_CONTEXT_RELEASE_BEHAVIOR_NONE_KHR;
	}
	return false;
}

EGLContext prism_eglCreateContext(EGLDisplay dpy, EGLConfig config, EGLContext share_context, const EGLint *attribs) {
	prism_egl_display *d = prism_egl_begin_on("eglCreateContext", dpy);
	if (!d) return EGL_NO_CONTEXT;
	const bool es = prism_egl_exports->getCurrentApi() == EGL_OPENGL_ES_API;
	const prism_config *c = NULL;
	if (config != EGL_NO_CONFIG_KHR && !(c = prism_egl_config(d, config))) return EGL_NO_CONTEXT;
	wanted want = {.major = 1, .profile = EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, .w = {.alpha = 8, .depth = 24, .stencil = 8, .double_buffer = 1}};
	for (const EGLint *a = attribs; a && *a != EGL_NONE; a += 2) {
		if (!take(&want, es, a[0], a[1])) return prism_egl_fail(EGL_BAD_ATTRIBUTE, "%#x of a context cannot be %#x", a[0], a[1]), EGL_NO_CONTEXT;
	}
	prism_context_want w = want.w;
	if (c) prism_config_context(c, &w);
	if (es && want.major == 1 && c) return prism_egl_fail(EGL_BAD_CONFIG, "OpenGL ES 1 is not offered"), EGL_NO_CONTEXT;
	if (prism_context_version(&w, want.major, want.minor, es ? 4 : want.profile & 4 ? 0 : want.profile))
		return prism_egl_fail(EGL_BAD_MATCH, "OpenGL %s%d.%d with profile mask %#x is not offered", es ? "ES " : "", want.major, want.minor, want.profile), EGL_NO_CONTEXT;
	if (w.no_error && (w.flags & (PRISM_CONTEXT_DEBUG | PRISM_CONTEXT_ROBUST)))
		return prism_egl_fail(EGL_BAD_MATCH, "a context without errors is neither robust nor one for debugging"), EGL_NO_CONTEXT;
	prism_context *share = NULL;
	if (share_context != EGL_NO_CONTEXT) {
		const EGLLabelKHR about = prism_egl_t.object;
		share = prism_egl_context(d, share_context);
		prism_egl_t.object = about;
		if (!share) return prism_egl_fail(EGL_BAD_CONTEXT, "%p is no context", share_context), EGL_NO_CONTEXT;
		if ((share->profile == 4) != es) return prism_egl_fail(EGL_BAD_CONTEXT, "contexts of OpenGL and OpenGL ES do not share"), EGL_NO_CONTEXT;
		if (share->tells_reset != w.tells_reset) return prism_egl_fail(EGL_BAD_MATCH, "contexts that share all tell of a reset, or none does"), EGL_NO_CONTEXT;
		if (share->no_error != w.no_error) return prism_egl_fail(EGL_BAD_MATCH, "contexts that share are both without errors, or none is"), EGL_NO_CONTEXT;
	}
	prism_context *made = prism_context_new(&w, share, d);
	if (!made) return prism_egl_fail(prism_lost_now() ? EGL_CONTEXT_LOST : EGL_BAD_ALLOC, "no context could be made"), EGL_NO_CONTEXT;
	return made;
}

EGLBoolean prism_eglDestroyContext(EGLDisplay dpy, EGLContext ctx) {
	const prism_egl_display *d = prism_egl_begin_on("eglDestroyContext", dpy);
	if (!d) return EGL_FALSE;
	prism_context *c = prism_egl_context(d, ctx);
	if (!c) return (EGLBoolean)prism_egl_fail(EGL_BAD_CONTEXT, "%p is no context", ctx);
	prism_context_destroy(c);
	return EGL_TRUE;
}

EGLBoolean prism_eglQueryContext(EGLDisplay dpy, EGLContext ctx, EGLint attribute, EGLint *value) {
	const prism_egl_display *d = prism_egl_begin_on("eglQueryContext", dpy);
	if (!d) return EGL_FALSE;
	const prism_context *c = prism_egl_context(d, ctx);
	if (!c) return (EGLBoolean)prism_egl_fail(EGL_BAD_CONTEXT, "%p is no context", ctx);
	if (!value) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the value");
	switch (attribute) {
	case EGL_CONFIG_ID: *value = (EGLint)c->config; return EGL_TRUE;
	case EGL_CONTEXT_CLIENT_TYPE: *value = c->profile == 4 ? EGL_OPENGL_ES_API : EGL_OPENGL_API; return EGL_TRUE;
	case EGL_CONTEXT_CLIENT_VERSION: *value = (EGLint)c->major; return EGL_TRUE;
	case EGL_RENDER_BUFFER: *value = c == prism_t->ctx && prism_egl_draw() ? EGL_BACK_BUFFER : EGL_NONE; return EGL_TRUE;
	}
	return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "a context has no attribute %#x", attribute);
}

/* A surface as eglMakeCurrent takes it, pinned. NULL with an error: it cannot be. */
static prism_drawable *usable(const prism_egl_display *d, const prism_context *c, EGLSurface surface) {
	prism_egl_surface s;
	prism_drawable *p = prism_egl_surface_pin(d, surface, &s);
	prism_egl_t.object = c->label; /* what the command is about */
	if (!p) return prism_egl_fail(EGL_BAD_SURFACE, "%p is no surface", surface), NULL;
	const bool alike = !c->config || (c->alpha == p->alpha && c->depth == p->depth && c->stencil == p->stencil);
	const prism_thread_state *holder = p->holder;
	if (!alike) prism_egl_fail(EGL_BAD_MATCH, "the surface's configuration is not alike the context's");
	else if (holder && &holder->t != prism_t) prism_egl_fail(EGL_BAD_ACCESS, "the surface is current in another thread");
	else if (!prism_drawable_refresh(p)) prism_egl_fail(EGL_BAD_NATIVE_WINDOW, "the surface's window has ended");
	else return p;
	prism_drawable_unpin(p);
	return NULL;
}

EGLBoolean prism_eglMakeCurrent(EGLDisplay dpy, EGLSurface draw, EGLSurface read, EGLContext ctx) {
	if (ctx == EGL_NO_CONTEXT && draw == EGL_NO_SURFACE && read == EGL_NO_SURFACE) { /* also on a terminated display */
		prism_egl_begin("eglMakeCurrent");
		if (!prism_egl_display_of(dpy)) return (EGLBoolean)prism_egl_fail(EGL_BAD_DISPLAY, "%p is no display", dpy);
		prism_bind(NULL, NULL, NULL);
		return EGL_TRUE;
	}
	const prism_egl_display *d = prism_egl_begin_on("eglMakeCurrent", dpy);
	if (!d) return EGL_FALSE;
	if (ctx == EGL_NO_CONTEXT) return (EGLBoolean)prism_egl_fail(EGL_BAD_MATCH, "surfaces without a context");
	prism_context *c = prism_egl_context(d, ctx);
	if (!c) return (EGLBoolean)prism_egl_fail(EGL_BAD_CONTEXT, "%p is no context", ctx);
	if ((draw == EGL_NO_SURFACE) != (read == EGL_NO_SURFACE)) return (EGLBoolean)prism_egl_fail(EGL_BAD_MATCH, "one surface without the other");
	if (prism_lost_now()) return (EGLBoolean)prism_egl_fail(EGL_CONTEXT_LOST, "the session has ended");
	prism_drawable *p = NULL, *q = NULL;
	if (draw != EGL_NO_SURFACE && !(p = usable(d, c, draw))) return EGL_FALSE;
	if (read != EGL_NO_SURFACE && read != draw && !(q = usable(d, c, read))) {
		prism_drawable_unpin(p);
		return EGL_FALSE;
	}
	int failed = prism_bind(c, p, read == draw ? p : q);
	if (p) prism_drawable_unpin(p);
	if (q) prism_drawable_unpin(q);
	if (failed) prism_egl_fail(failed == 1 ? EGL_BAD_ACCESS : EGL_BAD_ALLOC, failed == 1 ? "the context is current in another thread" : "no memory");
	return !failed;
}

EGLBoolean prism_eglReleaseThread(void) {
	prism_egl_begin("eglReleaseThread");
	prism_bind(NULL, NULL, NULL);
	prism_egl_t = (prism_egl_thread){.error = EGL_SUCCESS};
	return EGL_TRUE;
}

EGLBoolean prism_eglWaitClient(void) {
	prism_egl_begin("eglWaitClient");
	if (!prism_t->ctx) return EGL_TRUE;
	if (prism_draws_front()) prism_flush_front();
	prism_finish(1);
	return EGL_TRUE;
}

EGLBoolean prism_eglWaitGL(void) { return prism_eglWaitClient(); }

EGLBoolean prism_eglWaitNative(EGLint engine) {
	prism_egl_begin("eglWaitNative");
	if (engine != EGL_CORE_NATIVE_ENGINE) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%#x is no engine", engine);
	const prism_context *c = prism_t->ctx;
	prism_egl_display *d = c ? prism_egl_display_of(c->dpy) : NULL;
	if (d) prism_egl_x_sync(d);
	return EGL_TRUE;
}
