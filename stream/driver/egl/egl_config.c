/* Configurations: each make for each kind of X visual, or for pbuffers alone where there is no X. */
#include <stdlib.h>
#include <xcb/xcb.h>
#include "egl.h"

/* What is offered, in the order in which eglChooseConfig gives those that fit alike (EGL 1.5, 3.4.1.2). */
static const struct { int depth, stencil; } makes[] = {{0, 0}, {24, 0}, {24, 8}};
enum { MAKES = sizeof makes / sizeof *makes };
/* A window of depth 24 may have alpha that no compositor looks at. */
static const struct { int depth, alpha, samples; } kinds[] = {{24, 0, 0}, {24, 8, 0}, {32, 8, 0}, {24, 0, 4}, {24, 8, 4}, {32, 8, 4}};
enum { KINDS = sizeof kinds / sizeof *kinds };

EGLint prism_egl_renderable(void) {
	EGLint bits = 0;
	if (prism_compat_version_max || prism_core_version_max) bits |= EGL_OPENGL_BIT;
	if (prism_es_version_max >= 20) bits |= EGL_OPENGL_ES2_BIT;
	if (prism_es_version_max >= 30) bits |= EGL_OPENGL_ES3_BIT;
	return bits;
}

EGLint prism_egl_surface_types(const prism_egl_display *d) {
	return prism_egl_is_x(d) ? EGL_WINDOW_BIT | EGL_PBUFFER_BIT | EGL_SWAP_BEHAVIOR_PRESERVED_BIT : EGL_PBUFFER_BIT;
}

/* A TrueColor visual of so many bits, the screen's default if it is one; 0: none. */
static VisualID find_visual(const xcb_screen_t *s, int bits) {
	VisualID found = 0;
	for (xcb_depth_iterator_t d = xcb_screen_allowed_depths_iterator(s); d.rem; xcb_depth_next(&d)) {
		if (d.data->depth != bits) continue;
		for (xcb_visualtype_iterator_t v = xcb_depth_visuals_iterator(d.data); v.rem; xcb_visualtype_next(&v)) {
			if (v.data->_class != XCB_VISUAL_CLASS_TRUE_COLOR || v.data->red_mask != 0xff0000 || v.data->blue_mask != 0xff) continue;
			if (!found || v.data->visual_id == s->root_visual) found = v.data->visual_id;
		}
	}
	return found;
}

static const xcb_screen_t *find_screen(const prism_egl_display *d) {
	xcb_connection_t *x = prism_window_xcb(d->x_name);
	if (!x) return NULL;
	int screen = d->screen;
	char *host = NULL;
	if (screen < 0 && !xcb_parse_display(d->x_name, &host, &(int){0}, &screen)) return NULL;
	free(host);
	xcb_screen_iterator_t s = xcb_setup_roots_iterator(xcb_get_setup(x));
	while (s.rem && screen-- > 0) xcb_screen_next(&s);
	return s.rem ? s.data : NULL;
}

bool prism_egl_configs(prism_egl_display *d) {
	pthread_mutex_lock(&prism_egl_mu);
	bool made = d->configs != NULL;
	pthread_mutex_unlock(&prism_egl_mu);
	const bool x11 = prism_egl_is_x(d);
	const xcb_screen_t *s = x11 ? find_screen(d) : NULL; /* also later: the server may have ended */
	if (x11 && !s) return false;
	if (made) return true;
	prism_config *list = calloc(KINDS * MAKES, sizeof *list);
	if (!list) return false;
	int n = 0;
	for (int k = 0; k < KINDS; k++) {
		VisualID visual = x11 ? find_visual(s, kinds[k].depth) : 0;
		if (x11 ? !visual : kinds[k].depth != 24) continue;
		for (int i = 0; i < MAKES; i++, n++)
			list[n] = (prism_config){.id = n + 1, .screen = d->screen, .visual = visual, .visual_depth = kinds[k].depth,
				.visual_class = x11 ? XCB_VISUAL_CLASS_TRUE_COLOR : EGL_NONE, .transparent = kinds[k].depth == 32, .alpha = kinds[k].alpha, .samples = kinds[k].samples,
				.depth = makes[i].depth, .stencil = makes[i].stencil, .double_buffer = 1};
	}
	if (!n) {
		prism_say("the X screen has no TrueColor visual of 24 or 32 bits");
		free(list);
		return false;
	}
	pthread_mutex_lock(&prism_egl_mu);
	if (!d->configs) {
		d->configs_n = n;
		d->configs = list;
		list = NULL;
	}
	pthread_mutex_unlock(&prism_egl_mu);
	free(list);
	return true;
}

const prism_config *prism_egl_config(const prism_egl_display *d, EGLConfig c) {
	for (int i = 0; i < d->configs_n; i++)
		if (c == (EGLConfig)&d->configs[i]) return &d->configs[i];
	prism_egl_fail(EGL_BAD_CONFIG, "%p is no configuration of the display", c);
	return NULL;
}

/* Value of an attribute; false: no such attribute. */
static bool config_get(const prism_egl_display *d, const prism_config *c, EGLint attrib, EGLint *v) {
	switch (attrib) {
	case EGL_BUFFER_SIZE: *v = 24 + c->alpha; break;
	case EGL_RED_SIZE: case EGL_GREEN_SIZE: case EGL_BLUE_SIZE: *v = 8; break;
	case EGL_ALPHA_SIZE: *v = c->alpha; break;
	case EGL_DEPTH_SIZE: *v = c->depth; break;
	case EGL_STENCIL_SIZE: *v = c->stencil; break;
	case EGL_SAMPLES: *v = c->samples; break;
	case EGL_SAMPLE_BUFFERS: *v = c->samples > 0; break;
	case EGL_LUMINANCE_SIZE: case EGL_ALPHA_MASK_SIZE: case EGL_LEVEL: case EGL_TRANSPARENT_RED_VALUE: case EGL_TRANSPARENT_GREEN_VALUE:
	case EGL_TRANSPARENT_BLUE_VALUE: *v = 0; break;
	case EGL_BIND_TO_TEXTURE_RGB: case EGL_BIND_TO_TEXTURE_RGBA: *v = EGL_FALSE; break;
	case EGL_COLOR_BUFFER_TYPE: *v = EGL_RGB_BUFFER; break;
	case EGL_CONFIG_CAVEAT: case EGL_TRANSPARENT_TYPE: *v = EGL_NONE; break;
	case EGL_CONFIG_ID: *v = c->id; break;
	case EGL_CONFORMANT: case EGL_RENDERABLE_TYPE: *v = prism_egl_renderable(); break;
	case EGL_MAX_PBUFFER_WIDTH: case EGL_MAX_PBUFFER_HEIGHT: *v = PRISM_MAX_SIDE; break;
	case EGL_MAX_PBUFFER_PIXELS: *v = PRISM_MAX_SIDE * PRISM_MAX_SIDE; break;
	case EGL_MIN_SWAP_INTERVAL: *v = 0; break;
	case EGL_MAX_SWAP_INTERVAL: *v = INT32_MAX; break;
	case EGL_NATIVE_RENDERABLE: *v = c->visual != 0; break;
	case EGL_NATIVE_VISUAL_ID: *v = (EGLint)c->visual; break;
	case EGL_NATIVE_VISUAL_TYPE: *v = c->visual_class; break;
	case EGL_SURFACE_TYPE: *v = prism_egl_surface_types(d); break;
	default: return false;
	}
	return true;
}

/* How a wanted value is compared (EGL 1.5, table 3.4). */
enum { EXACT, AT_LEAST, MASK, IGNORED };
static const struct wish { EGLint attrib; int how; EGLint by_default; } wishes[] = {
	{EGL_CONFIG_ID, EXACT, EGL_DONT_CARE}, {EGL_BUFFER_SIZE, AT_LEAST, 0}, {EGL_RED_SIZE, AT_LEAST, 0}, {EGL_GREEN_SIZE, AT_LEAST, 0},
	{EGL_BLUE_SIZE, AT_LEAST, 0}, {EGL_LUMINANCE_SIZE, AT_LEAST, 0}, {EGL_ALPHA_SIZE, AT_LEAST, 0}, {EGL_ALPHA_MASK_SIZE, AT_LEAST, 0},
	{EGL_BIND_TO_TEXTURE_RGB, EXACT, EGL_DONT_CARE}, {EGL_BIND_TO_TEXTURE_RGBA, EXACT, EGL_DONT_CARE},
	{EGL_COLOR_BUFFER_TYPE, EXACT, EGL_RGB_BUFFER}, {EGL_CONFIG_CAVEAT, EXACT, EGL_DONT_CARE}, {EGL_CONFORMANT, MASK, 0},
	{EGL_DEPTH_SIZE, AT_LEAST, 0}, {EGL_LEVEL, EXACT, 0}, {EGL_MAX_SWAP_INTERVAL, EXACT, EGL_DONT_CARE},
	{EGL_MIN_SWAP_INTERVAL, EXACT, EGL_DONT_CARE}, {EGL_NATIVE_RENDERABLE, EXACT, EGL_DONT_CARE},
	{EGL_NATIVE_VISUAL_TYPE, EXACT, EGL_DONT_CARE},
	{EGL_RENDERABLE_TYPE, MASK, EGL_OPENGL_ES_BIT},
	{EGL_SAMPLE_BUFFERS, AT_LEAST, 0}, {EGL_SAMPLES, AT_LEAST, 0}, {EGL_STENCIL_SIZE, AT_LEAST, 0},
	{EGL_SURFACE_TYPE, MASK, EGL_WINDOW_BIT}, {EGL_TRANSPARENT_TYPE, EXACT, EGL_NONE},
	/* Of account for transparent configs only. */
	{EGL_TRANSPARENT_RED_VALUE, IGNORED, 0}, {EGL_TRANSPARENT_GREEN_VALUE, IGNORED, 0}, {EGL_TRANSPARENT_BLUE_VALUE, IGNORED, 0},
	{EGL_MAX_PBUFFER_WIDTH, IGNORED, 0}, {EGL_MAX_PBUFFER_HEIGHT, IGNORED, 0}, {EGL_MAX_PBUFFER_PIXELS, IGNORED, 0},
	{EGL_NATIVE_VISUAL_ID, IGNORED, 0}, {EGL_MATCH_NATIVE_PIXMAP, EXACT, EGL_NONE},
};
enum { WISHES = sizeof wishes / sizeof *wishes };

static int wish_index(EGLint attrib) {
	for (int i = 0; i < WISHES; i++)
		if (wishes[i].attrib == attrib) return i;
	return -1;
}

/* Is v a value that attrib may have? */
static bool sensible(EGLint attrib, EGLint v) {
	if (v == EGL_DONT_CARE) return attrib != EGL_LEVEL && attrib != EGL_MATCH_NATIVE_PIXMAP;
	switch (attrib) {
	case EGL_BIND_TO_TEXTURE_RGB: case EGL_BIND_TO_TEXTURE_RGBA: case EGL_NATIVE_RENDERABLE: return v == EGL_TRUE || v == EGL_FALSE;
	case EGL_COLOR_BUFFER_TYPE: return v == EGL_RGB_BUFFER || v == EGL_LUMINANCE_BUFFER;
	case EGL_CONFIG_CAVEAT: return v == EGL_NONE || v == EGL_SLOW_CONFIG || v == EGL_NON_CONFORMANT_CONFIG;
	case EGL_TRANSPARENT_TYPE: return v == EGL_NONE || v == EGL_TRANSPARENT_RGB;
	case EGL_SAMPLE_BUFFERS: return v == 0 || v == 1;
	case EGL_CONFIG_ID: return v > 0;
	case EGL_LEVEL: case EGL_NATIVE_VISUAL_ID: case EGL_NATIVE_VISUAL_TYPE: case EGL_MATCH_NATIVE_PIXMAP: case EGL_CONFORMANT: case EGL_RENDERABLE_TYPE:
	case EGL_SURFACE_TYPE: return true;
	default: return v >= 0;
	}
}

static bool fits(const prism_egl_display *d, const prism_config *c, const EGLint want[WISHES]) {
	EGLint id = want[wish_index(EGL_CONFIG_ID)];
	if (id != EGL_DONT_CARE) return c->id == id; /* all else is ignored */
	if (want[wish_index(EGL_MATCH_NATIVE_PIXMAP)] != EGL_NONE) return false; /* none draws to pixmaps */
	for (int i = 0; i < WISHES; i++) {
		EGLint v = 0;
		if (want[i] == EGL_DONT_CARE || wishes[i].how == IGNORED || !config_get(d, c, wishes[i].attrib, &v)) continue;
		if (wishes[i].how == EXACT ? v != want[i] : wishes[i].how == AT_LEAST ? v < want[i] : (v & want[i]) != want[i]) return false;
	}
	return true;
}

/* Order of EGL 1.5, 3.4.1.2. All configs are alike in what is not compared here; only channels that are wanted count at first. */
static int before(const prism_config *a, const prism_config *b, bool wants_alpha) {
	if (wants_alpha && a->alpha != b->alpha) return b->alpha - a->alpha; /* larger */
	if (a->alpha != b->alpha) return a->alpha - b->alpha;                /* EGL_BUFFER_SIZE: smaller */
	if (a->samples != b->samples) return a->samples - b->samples;
	if (a->depth != b->depth) return a->depth - b->depth;
	if (a->stencil != b->stencil) return a->stencil - b->stencil;
	return a->id - b->id; /* visuals of depth 24 come first: no compositor looks through them */
}

EGLBoolean prism_eglChooseConfig(EGLDisplay dpy, const EGLint *attribs, EGLConfig *configs, EGLint size, EGLint *n) {
	const prism_egl_display *d = prism_egl_begin_on("eglChooseConfig", dpy);
	if (!d) return EGL_FALSE;
	if (!n) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the number of configurations");
	EGLint want[WISHES];
	for (int i = 0; i < WISHES; i++) want[i] = wishes[i].by_default;
	for (const EGLint *a = attribs; a && *a != EGL_NONE; a += 2) {
		int i = wish_index(*a);
		if (i < 0 || !sensible(a[0], a[1])) return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "%#x of a configuration cannot be %#x", a[0], a[1]);
		want[i] = a[1];
	}
	/* OpenGL ES 1 is not offered. But its bit is the default, so apps of another API have it that name none; and some name it and then bind
	 * desktop GL (xscreensaver). Such find what they need; who really wants ES 1 learns it from eglCreateContext. */
	EGLint *apis = &want[wish_index(EGL_RENDERABLE_TYPE)];
	if (*apis != EGL_DONT_CARE) *apis &= ~EGL_OPENGL_ES_BIT;
	const EGLint alpha = want[wish_index(EGL_ALPHA_SIZE)];
	const prism_config *list[KINDS * MAKES];
	int got = 0;
	for (int i = 0; i < d->configs_n; i++) {
		const prism_config *c = &d->configs[i];
		if (!fits(d, c, want)) continue;
		int at = got++;
		for (; at > 0 && before(c, list[at - 1], alpha > 0) < 0; at--) list[at] = list[at - 1];
		list[at] = c;
	}
	*n = !configs ? got : got < size ? got : size < 0 ? 0 : size;
	for (int i = 0; configs && i < *n; i++) configs[i] = (EGLConfig)list[i];
	return EGL_TRUE;
}

EGLBoolean prism_eglGetConfigs(EGLDisplay dpy, EGLConfig *configs, EGLint size, EGLint *n) {
	const prism_egl_display *d = prism_egl_begin_on("eglGetConfigs", dpy);
	if (!d) return EGL_FALSE;
	if (!n) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the number of configurations");
	*n = !configs ? d->configs_n : d->configs_n < size ? d->configs_n : size < 0 ? 0 : size;
	for (int i = 0; configs && i < *n; i++) configs[i] = (EGLConfig)&d->configs[i];
	return EGL_TRUE;
}

EGLBoolean prism_eglGetConfigAttrib(EGLDisplay dpy, EGLConfig config, EGLint attribute, EGLint *value) {
	const prism_egl_display *d = prism_egl_begin_on("eglGetConfigAttrib", dpy);
	const prism_config *c = d ? prism_egl_config(d, config) : NULL;
	if (!c) return EGL_FALSE;
	if (!value) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the value");
	if (!config_get(d, c, attribute, value)) return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "a configuration has no attribute %#x", attribute);
	return EGL_TRUE;
}
