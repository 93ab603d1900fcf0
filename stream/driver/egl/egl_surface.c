/* Surfaces: windows and pbuffers; their attributes; frames. */
#include <stdlib.h>
#include "egl.h"

static prism_egl_surface *surfaces; /* prism_egl_mu: those that the app may still name */

void prism_egl_surfaces_forget(void) { surfaces = NULL; }

/* mu held */
static prism_egl_surface *find(const prism_egl_display *d, EGLSurface surface) {
	prism_egl_surface *s = surfaces;
	while (s && (s != surface || s->dpy != d)) s = s->next;
	return s;
}

prism_drawable *prism_egl_surface_pin(const prism_egl_display *d, EGLSurface surface, prism_egl_surface *copy) {
	pthread_mutex_lock(&prism_egl_mu);
	const prism_egl_surface *s = find(d, surface);
	prism_egl_t.object = s ? s->label : NULL;
	if (s) {
		*copy = *s;
		prism_drawable_keep(s->d);
	}
	pthread_mutex_unlock(&prism_egl_mu);
	return s ? copy->d : NULL;
}

/* The same with the error, for commands that need a surface. */
static prism_drawable *surface_pin(const prism_egl_display *d, EGLSurface surface, prism_egl_surface *copy) {
	prism_drawable *p = prism_egl_surface_pin(d, surface, copy);
	if (!p) prism_egl_fail(EGL_BAD_SURFACE, "%p is no surface", surface);
	return p;
}

bool prism_egl_surface_label(const prism_egl_display *d, EGLSurface surface, EGLLabelKHR label) {
	pthread_mutex_lock(&prism_egl_mu);
	prism_egl_surface *s = find(d, surface);
	if (s) s->label = label;
	pthread_mutex_unlock(&prism_egl_mu);
	return s != NULL;
}

/* Takes a surface from the list and ends it: NULL names the first of d. */
static bool end_surface(const prism_egl_display *d, EGLSurface surface) {
	pthread_mutex_lock(&prism_egl_mu);
	prism_egl_surface **at = &surfaces;
	while (*at && ((surface && *at != surface) || (*at)->dpy != d)) at = &(*at)->next;
	prism_egl_surface *s = *at;
	if (s) *at = s->next;
	pthread_mutex_unlock(&prism_egl_mu);
	if (!s) return false;
	prism_drawable_destroy(s->d);
	free(s);
	return true;
}

void prism_egl_surfaces_end(prism_egl_display *d) {
	while (end_surface(d, NULL)) {}
}

/* What the attributes of a new surface say. */
typedef struct wanted {
	prism_egl_surface s;
	EGLint width, height, largest, format, target;
} wanted;

/* Takes in one attribute; EGL_SUCCESS or what is wrong with it. */
static EGLint take(wanted *w, EGLint name, EGLAttrib v) {
	const bool pbuffer = w->s.type == EGL_PBUFFER_BIT;
	switch (name) {
	case EGL_RENDER_BUFFER: /* a wish: there is a back buffer whatever it is */
		if (pbuffer) return EGL_BAD_ATTRIBUTE;
		w->s.render_buffer = (EGLint)v;
		return v == EGL_BACK_BUFFER || v == EGL_SINGLE_BUFFER ? EGL_SUCCESS : EGL_BAD_ATTRIBUTE;
	case EGL_GL_COLORSPACE: return v == EGL_GL_COLORSPACE_LINEAR ? EGL_SUCCESS : v == EGL_GL_COLORSPACE_SRGB ? EGL_BAD_MATCH : EGL_BAD_ATTRIBUTE;
	case EGL_VG_COLORSPACE: w->s.vg_colorspace = (EGLint)v; return v == EGL_VG_COLORSPACE_sRGB || v == EGL_VG_COLORSPACE_LINEAR ? EGL_SUCCESS : EGL_BAD_PARAMETER;
	case EGL_VG_ALPHA_FORMAT: w->s.vg_alpha = (EGLint)v; return v == EGL_VG_ALPHA_FORMAT_NONPRE || v == EGL_VG_ALPHA_FORMAT_PRE ? EGL_SUCCESS : EGL_BAD_PARAMETER;
	}
	if (!pbuffer) return EGL_BAD_ATTRIBUTE;
	switch (name) {
	case EGL_WIDTH: w->width = (EGLint)v; return v < 0 ? EGL_BAD_PARAMETER : EGL_SUCCESS;
	case EGL_HEIGHT: w->height = (EGLint)v; return v < 0 ? EGL_BAD_PARAMETER : EGL_SUCCESS;
	case EGL_LARGEST_PBUFFER: w->largest = v != 0; return EGL_SUCCESS;
	case EGL_MIPMAP_TEXTURE: w->s.mipmap = v != 0; return EGL_SUCCESS;
	case EGL_TEXTURE_FORMAT: w->format = (EGLint)v; return v == EGL_NO_TEXTURE || v == EGL_TEXTURE_RGB || v == EGL_TEXTURE_RGBA ? EGL_SUCCESS : EGL_BAD_ATTRIBUTE;
	case EGL_TEXTURE_TARGET: w->target = (EGLint)v; return v == EGL_NO_TEXTURE || v == EGL_TEXTURE_2D ? EGL_SUCCESS : EGL_BAD_ATTRIBUTE;
	}
	return EGL_BAD_ATTRIBUTE;
}

/* Reads attributes of either width; false: an error was recorded. */
static bool take_all(wanted *w, const EGLint *narrow, const EGLAttrib *wide) {
	for (int i = 0;; i += 2) {
		EGLAttrib name = narrow ? narrow[i] : wide ? wide[i] : EGL_NONE;
		if (name == EGL_NONE) return true;
		EGLAttrib v = narrow ? narrow[i + 1] : wide[i + 1];
		EGLint bad = take(w, (EGLint)name, v);
		if (bad != EGL_SUCCESS) return prism_egl_fail(bad, "%#lx of a surface cannot be %#lx", (long)name, (long)v);
	}
}

static EGLSurface add(const prism_egl_surface *made) {
	prism_egl_surface *s = malloc(sizeof *s);
	if (!s) {
		prism_drawable_destroy(made->d);
		return prism_egl_fail(EGL_BAD_ALLOC, "no memory for a surface"), EGL_NO_SURFACE;
	}
	*s = *made;
	pthread_mutex_lock(&prism_egl_mu);
	s->next = surfaces;
	surfaces = s;
	pthread_mutex_unlock(&prism_egl_mu);
	return s;
}

static prism_egl_surface surface_of(prism_egl_display *d, const prism_config *c, int type) {
	return (prism_egl_surface){.dpy = d, .config = c, .type = type, .render_buffer = EGL_BACK_BUFFER, .vg_alpha = EGL_VG_ALPHA_FORMAT_NONPRE,
		.vg_colorspace = EGL_VG_COLORSPACE_sRGB, .swap_behavior = EGL_BUFFER_DESTROYED, .multisample_resolve = EGL_MULTISAMPLE_RESOLVE_DEFAULT};
}

/* Has the window a surface already? mu held. */
static bool in_use(const prism_egl_display *d, XID window) {
	for (const prism_egl_surface *s = surfaces; s; s = s->next)
		if (s->d->x == window && s->dpy->x_name && d->x_name && !strcmp(s->dpy->x_name, d->x_name)) return true;
	return false;
}

static EGLSurface window_surface(const char *command, EGLDisplay dpy, EGLConfig config, XID window, const EGLint *narrow, const EGLAttrib *wide) {
	prism_egl_display *d = prism_egl_begin_on(command, dpy);
	const prism_config *c = d ? prism_egl_config(d, config) : NULL;
	if (!c) return EGL_NO_SURFACE;
	wanted w = {.s = surface_of(d, c, EGL_WINDOW_BIT)};
	if (!prism_egl_is_x(d)) return prism_egl_fail(EGL_BAD_NATIVE_WINDOW, "the display's platform has no windows"), EGL_NO_SURFACE;
	if (!take_all(&w, narrow, wide)) return EGL_NO_SURFACE;
	pthread_mutex_lock(&prism_egl_mu);
	bool used = in_use(d, window);
	pthread_mutex_unlock(&prism_egl_mu);
	if (!window) return prism_egl_fail(EGL_BAD_NATIVE_WINDOW, "no window"), EGL_NO_SURFACE;
	if (used) return prism_egl_fail(EGL_BAD_ALLOC, "the window %#lx has a surface already", window), EGL_NO_SURFACE;
	prism_egl_x_sync(d); /* the window may still wait in the app's own queue to the server */
	prism_drawable_want want = prism_config_drawable(c, PRISM_DRAWABLE_WINDOW);
	want.x = window;
	want.named = true;
	want.interval = 1;
	want.owner = d;
	want.x_name = d->x_name;
	if (!(w.s.d = prism_drawable_new(NULL, &want)))
		return prism_egl_fail(prism_lost_now() ? EGL_BAD_ALLOC : EGL_BAD_NATIVE_WINDOW, "%#lx is no window of the display", window), EGL_NO_SURFACE;
	return add(&w.s);
}

EGLSurface prism_eglCreateWindowSurface(EGLDisplay dpy, EGLConfig config, EGLNativeWindowType window, const EGLint *attribs) {
	return window_surface("eglCreateWindowSurface", dpy, config, (XID)window, attribs, NULL);
}
/* The platforms' commands take the address of a Window or an xcb_window_t. */
static XID window_at(EGLDisplay dpy, const void *window) {
	const prism_egl_display *d = prism_egl_display_of(dpy);
	if (!d || !window || !prism_egl_is_x(d)) return None;
	return d->platform == EGL_PLATFORM_XCB_EXT ? *(const uint32_t *)window : *(const Window *)window;
}
EGLSurface prism_eglCreatePlatformWindowSurface(EGLDisplay dpy, EGLConfig config, void *window, const EGLAttrib *attribs) {
	return window_surface("eglCreatePlatformWindowSurface", dpy, config, window_at(dpy, window), NULL, attribs);
}
EGLSurface prism_eglCreatePlatformWindowSurfaceEXT(EGLDisplay dpy, EGLConfig config, void *window, const EGLint *attribs) {
	return window_surface("eglCreatePlatformWindowSurfaceEXT", dpy, config, window_at(dpy, window), attribs, NULL);
}

EGLSurface prism_eglCreatePbufferSurface(EGLDisplay dpy, EGLConfig config, const EGLint *attribs) {
	prism_egl_display *d = prism_egl_begin_on("eglCreatePbufferSurface", dpy);
	const prism_config *c = d ? prism_egl_config(d, config) : NULL;
	if (!c) return EGL_NO_SURFACE;
	wanted w = {.s = surface_of(d, c, EGL_PBUFFER_BIT), .format = EGL_NO_TEXTURE, .target = EGL_NO_TEXTURE};
	if (!take_all(&w, attribs, NULL)) return EGL_NO_SURFACE;
	if (w.format != EGL_NO_TEXTURE || w.target != EGL_NO_TEXTURE)
		return prism_egl_fail(EGL_BAD_MATCH, "a pbuffer cannot be bound to a texture"), EGL_NO_SURFACE;
	if (w.width > PRISM_MAX_SIDE || w.height > PRISM_MAX_SIDE) {
		if (!w.largest) return prism_egl_fail(EGL_BAD_ALLOC, "a side has %d pixels at most", PRISM_MAX_SIDE), EGL_NO_SURFACE;
		if (w.width > PRISM_MAX_SIDE) w.width = PRISM_MAX_SIDE;
		if (w.height > PRISM_MAX_SIDE) w.height = PRISM_MAX_SIDE;
	}
	prism_drawable_want want = prism_config_drawable(c, PRISM_DRAWABLE_PBUFFER);
	want.named = true;
	want.double_buffer = 2; /* front and back are names of one image */
	want.width = (uint32_t)w.width;
	want.height = (uint32_t)w.height;
	want.largest = w.largest;
	want.interval = 1;
	want.owner = d;
	if (!(w.s.d = prism_drawable_new(NULL, &want))) return prism_egl_fail(EGL_BAD_ALLOC, "no pbuffer could be made"), EGL_NO_SURFACE;
	return add(&w.s);
}

EGLSurface prism_eglCreatePbufferFromClientBuffer(EGLDisplay dpy, EGLenum type, EGLClientBuffer buffer, EGLConfig config, const EGLint *attribs) {
	(void)buffer, (void)config, (void)attribs;
	if (!prism_egl_begin_on("eglCreatePbufferFromClientBuffer", dpy)) return EGL_NO_SURFACE;
	return prism_egl_fail(EGL_BAD_PARAMETER, "buffers of type %#x are not offered", type), EGL_NO_SURFACE;
}

static EGLSurface no_pixmap(const char *command, EGLDisplay dpy, EGLConfig config) {
	const prism_egl_display *d = prism_egl_begin_on(command, dpy);
	if (!d || !prism_egl_config(d, config)) return EGL_NO_SURFACE;
	if (!prism_egl_is_x(d)) return prism_egl_fail(EGL_BAD_NATIVE_PIXMAP, "the display's platform has no pixmaps"), EGL_NO_SURFACE;
	return prism_egl_fail(EGL_BAD_MATCH, "no configuration draws to pixmaps"), EGL_NO_SURFACE;
}

EGLSurface prism_eglCreatePixmapSurface(EGLDisplay dpy, EGLConfig config, EGLNativePixmapType pixmap, const EGLint *attribs) {
	(void)pixmap, (void)attribs;
	return no_pixmap("eglCreatePixmapSurface", dpy, config);
}
EGLSurface prism_eglCreatePlatformPixmapSurface(EGLDisplay dpy, EGLConfig config, void *pixmap, const EGLAttrib *attribs) {
	(void)pixmap, (void)attribs;
	return no_pixmap("eglCreatePlatformPixmapSurface", dpy, config);
}
EGLSurface prism_eglCreatePlatformPixmapSurfaceEXT(EGLDisplay dpy, EGLConfig config, void *pixmap, const EGLint *attribs) {
	(void)pixmap, (void)attribs;
	return no_pixmap("eglCreatePlatformPixmapSurfaceEXT", dpy, config);
}

EGLBoolean prism_eglDestroySurface(EGLDisplay dpy, EGLSurface surface) {
	const prism_egl_display *d = prism_egl_begin_on("eglDestroySurface", dpy);
	if (!d) return EGL_FALSE;
	if (surface == EGL_NO_SURFACE || !end_surface(d, surface)) return (EGLBoolean)prism_egl_fail(EGL_BAD_SURFACE, "%p is no surface", surface);
	return EGL_TRUE;
}

/* Value of an attribute of s, EGL_SUCCESS or the error. What only pbuffers have leaves *v alone for others. */
static EGLint surface_get(const prism_egl_surface *s, EGLint attribute, EGLint *v) {
	const bool pbuffer = s->type == EGL_PBUFFER_BIT;
	switch (attribute) {
	case EGL_WIDTH: *v = (EGLint)s->d->width; break;
	case EGL_HEIGHT: *v = (EGLint)s->d->height; break;
	case EGL_CONFIG_ID: *v = s->config->id; break;
	case EGL_RENDER_BUFFER: *v = s->render_buffer; break;
	case EGL_SWAP_BEHAVIOR: *v = s->swap_behavior; break;
	case EGL_MULTISAMPLE_RESOLVE: *v = s->multisample_resolve; break;
	case EGL_GL_COLORSPACE: *v = EGL_GL_COLORSPACE_LINEAR; break;
	case EGL_VG_ALPHA_FORMAT: *v = s->vg_alpha; break;
	case EGL_VG_COLORSPACE: *v = s->vg_colorspace; break;
	case EGL_HORIZONTAL_RESOLUTION: case EGL_VERTICAL_RESOLUTION: case EGL_PIXEL_ASPECT_RATIO: *v = EGL_UNKNOWN; break;
	case EGL_LARGEST_PBUFFER: if (pbuffer) *v = s->d->largest; break;
	case EGL_TEXTURE_FORMAT: case EGL_TEXTURE_TARGET: if (pbuffer) *v = EGL_NO_TEXTURE; break;
	case EGL_MIPMAP_TEXTURE: if (pbuffer) *v = s->mipmap; break;
	case EGL_MIPMAP_LEVEL: if (pbuffer) *v = s->mipmap_level; break;
	case EGL_BUFFER_AGE_EXT:
		if (prism_egl_draw() != s->d) return EGL_BAD_SURFACE;
		*v = s->d->swapped; /* each frame begins with what the last one left */
		break;
	default: return EGL_BAD_ATTRIBUTE;
	}
	return EGL_SUCCESS;
}

EGLBoolean prism_eglQuerySurface(EGLDisplay dpy, EGLSurface surface, EGLint attribute, EGLint *value) {
	const prism_egl_display *d = prism_egl_begin_on("eglQuerySurface", dpy);
	prism_egl_surface s;
	prism_drawable *p = d ? surface_pin(d, surface, &s) : NULL;
	if (!p) return EGL_FALSE;
	EGLint bad = EGL_BAD_PARAMETER;
	if (value) {
		if (attribute == EGL_WIDTH || attribute == EGL_HEIGHT) prism_drawable_measure(p);
		bad = surface_get(&s, attribute, value);
	}
	prism_drawable_unpin(p);
	if (bad != EGL_SUCCESS) return (EGLBoolean)prism_egl_fail(bad, "attribute %#x of a surface cannot be told", attribute);
	return EGL_TRUE;
}

EGLBoolean prism_eglSurfaceAttrib(EGLDisplay dpy, EGLSurface surface, EGLint attribute, EGLint value) {
	const prism_egl_display *d = prism_egl_begin_on("eglSurfaceAttrib", dpy);
	if (!d) return EGL_FALSE;
	EGLint bad = EGL_SUCCESS;
	pthread_mutex_lock(&prism_egl_mu);
	prism_egl_surface *s = find(d, surface);
	if (!s) bad = EGL_BAD_SURFACE;
	else switch (attribute) {
	case EGL_MIPMAP_LEVEL: s->mipmap_level = value; break;
	case EGL_MULTISAMPLE_RESOLVE:
		if (value == EGL_MULTISAMPLE_RESOLVE_BOX) bad = EGL_BAD_MATCH; /* EGL_MULTISAMPLE_RESOLVE_BOX_BIT */
		else if (value != EGL_MULTISAMPLE_RESOLVE_DEFAULT) bad = EGL_BAD_ATTRIBUTE;
		break;
	case EGL_SWAP_BEHAVIOR:
		if (value == EGL_BUFFER_PRESERVED && !(prism_egl_surface_types(d) & EGL_SWAP_BEHAVIOR_PRESERVED_BIT)) bad = EGL_BAD_MATCH;
		else if (value != EGL_BUFFER_PRESERVED && value != EGL_BUFFER_DESTROYED) bad = EGL_BAD_ATTRIBUTE;
		else s->swap_behavior = value; /* what is there is preserved in any case */
		break;
	default: bad = EGL_BAD_ATTRIBUTE;
	}
	pthread_mutex_unlock(&prism_egl_mu);
	if (bad != EGL_SUCCESS) return (EGLBoolean)prism_egl_fail(bad, "attribute %#x of a surface cannot be %#x", attribute, value);
	return EGL_TRUE;
}

/* A pbuffer's swap has no effect on it, and is a frame to the outputs of the run. */
static EGLBoolean swap(const prism_egl_display *d, EGLSurface surface) {
	prism_egl_surface s;
	prism_drawable *p = surface_pin(d, surface, &s);
	if (!p) return EGL_FALSE;
	EGLint bad = EGL_SUCCESS;
	if (prism_egl_draw() != p) {
		bad = EGL_BAD_SURFACE;
	} else if (prism_lost_now()) {
		prism_lost_frame();
	} else {
		if (p->gone) bad = EGL_BAD_NATIVE_WINDOW;
		prism_drawable_swap(p);
	}
	prism_drawable_unpin(p);
	if (bad != EGL_SUCCESS) return (EGLBoolean)prism_egl_fail(bad, bad == EGL_BAD_SURFACE ? "the surface is not current" : "the surface's window has ended");
	if (prism_lost_now()) return (EGLBoolean)prism_egl_fail(EGL_CONTEXT_LOST, "the session has ended");
	return EGL_TRUE;
}

EGLBoolean prism_eglSwapBuffers(EGLDisplay dpy, EGLSurface surface) {
	const prism_egl_display *d = prism_egl_begin_on("eglSwapBuffers", dpy);
	return d ? swap(d, surface) : EGL_FALSE;
}

/* What is damaged is a hint; nodes send what they drew. */
EGLBoolean prism_eglSwapBuffersWithDamageKHR(EGLDisplay dpy, EGLSurface surface, const EGLint *rects, EGLint n) {
	const prism_egl_display *d = prism_egl_begin_on("eglSwapBuffersWithDamageKHR", dpy);
	if (!d) return EGL_FALSE;
	if (n < 0 || (n > 0 && !rects)) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%d rectangles", n);
	return swap(d, surface);
}
EGLBoolean prism_eglSwapBuffersWithDamageEXT(EGLDisplay dpy, EGLSurface surface, const EGLint *rects, EGLint n) {
	return prism_eglSwapBuffersWithDamageKHR(dpy, surface, rects, n);
}

EGLBoolean prism_eglSwapInterval(EGLDisplay dpy, EGLint interval) {
	if (!prism_egl_begin_on("eglSwapInterval", dpy)) return EGL_FALSE;
	if (!prism_t->ctx) return (EGLBoolean)prism_egl_fail(EGL_BAD_CONTEXT, "no context is current");
	prism_drawable *p = prism_egl_draw();
	if (!p) return (EGLBoolean)prism_egl_fail(EGL_BAD_SURFACE, "no surface is current");
	p->interval = interval < 0 ? 0 : interval;
	return EGL_TRUE;
}

/* No configuration has EGL_BIND_TO_TEXTURE_RGB or …_RGBA, so no surface can be bound. */
static EGLBoolean not_bound(const char *command, EGLDisplay dpy, EGLSurface surface, EGLint buffer) {
	const prism_egl_display *d = prism_egl_begin_on(command, dpy);
	prism_egl_surface s;
	prism_drawable *p = d ? surface_pin(d, surface, &s) : NULL;
	if (!p) return EGL_FALSE;
	prism_drawable_unpin(p);
	if (s.type != EGL_PBUFFER_BIT) return (EGLBoolean)prism_egl_fail(EGL_BAD_SURFACE, "only a pbuffer can be bound to a texture");
	if (buffer != EGL_BACK_BUFFER) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%#x is no buffer to bind", buffer);
	return (EGLBoolean)prism_egl_fail(EGL_BAD_MATCH, "the pbuffer has no texture format");
}
EGLBoolean prism_eglBindTexImage(EGLDisplay dpy, EGLSurface surface, EGLint buffer) { return not_bound("eglBindTexImage", dpy, surface, buffer); }
EGLBoolean prism_eglReleaseTexImage(EGLDisplay dpy, EGLSurface surface, EGLint buffer) { return not_bound("eglReleaseTexImage", dpy, surface, buffer); }

EGLBoolean prism_eglCopyBuffers(EGLDisplay dpy, EGLSurface surface, EGLNativePixmapType target) {
	(void)target;
	const prism_egl_display *d = prism_egl_begin_on("eglCopyBuffers", dpy);
	prism_egl_surface s;
	prism_drawable *p = d ? surface_pin(d, surface, &s) : NULL;
	if (!p) return EGL_FALSE;
	prism_drawable_unpin(p);
	return (EGLBoolean)prism_egl_fail(EGL_BAD_NATIVE_PIXMAP, "nothing is drawn to pixmaps");
}
