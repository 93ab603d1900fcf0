/* fbconfigs: made of the X server's TrueColor visuals. */
#include <limits.h>
#include <stdlib.h>
#include "glx.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static prism_screen *screens; /* mu; only ever grows */

void prism_config_fork_child(void) { pthread_mutex_init(&mu, NULL); }

/* What is offered on each depth of visual, best first: the samples and alphas of kinds with each of makes. A window of depth 24 may
 * have alpha that no compositor looks at. Nodes have at least 4 samples: GL 3.0 asks for as many. As in Mesa, what has an accumulation buffer
 * has no samples and is slow. */
static const struct { int double_buffer, depth, stencil; } makes[] = {
	{1, 24, 8}, {1, 24, 0}, {1, 0, 0}, {0, 24, 8}, {0, 24, 0}, {0, 0, 0},
};
static const struct { int depth, alpha, samples; bool accum; } kinds[] = {{24, 0, 0, false}, {24, 8, 0, false}, {24, 0, 4, false}, {24, 8, 4, false},
	{32, 8, 0, false}, {32, 8, 4, false}, {24, 0, 0, true}, {24, 8, 0, true}, {32, 8, 0, true}};
enum { MAKES = sizeof makes / sizeof *makes, KINDS = sizeof kinds / sizeof *kinds, CONFIGS = KINDS * MAKES };

/* The n-th visual of a depth, the server's default first; NULL: there are not so many. */
static const XVisualInfo *visual_at(const XVisualInfo *vis, int all, VisualID first, int depth, int n) {
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < all; i++)
			if (vis[i].depth == depth && (vis[i].visualid == first) == !pass && !n--) return &vis[i];
	return NULL;
}

static int add_configs(prism_config *to, int screen, const XVisualInfo *vis, int all, VisualID first) {
	int n = 0, used[33] = {0};
	for (int k = 0; k < KINDS; k++)
		for (int i = 0; i < MAKES; i++) {
			const int depth = kinds[k].depth;
			const XVisualInfo *v = visual_at(vis, all, first, depth, used[depth]++);
			/* A server with few visuals has several configs on one. */
			if (!v && !(v = visual_at(vis, all, first, depth, 0))) continue;
			to[n] = (prism_config){.id = 0x100 + n, .screen = screen, .visual = v->visualid, .visual_depth = depth, .visual_class = GLX_TRUE_COLOR,
				.transparent = depth == 32, .alpha = kinds[k].alpha, .samples = kinds[k].samples, .depth = makes[i].depth, .stencil = makes[i].stencil,
				.double_buffer = makes[i].double_buffer, .accum = kinds[k].accum};
			n++;
		}
	return n;
}

prism_screen *prism_glx_screen(Display *dpy, int screen) {
	if (!dpy || screen < 0 || screen >= ScreenCount(dpy) || !prism_attach()) return NULL;
	prism_display_watch(dpy);
	const char *name = DisplayString(dpy);
	pthread_mutex_lock(&mu);
	prism_screen *s = screens;
	while (s && (s->screen != screen || strcmp(s->name, name))) s = s->next;
	pthread_mutex_unlock(&mu);
	if (s) return s;
	XVisualInfo want = {.screen = screen, .class = TrueColor};
	int n = 0;
	XVisualInfo *vis = XGetVisualInfo(dpy, VisualScreenMask | VisualClassMask, &want, &n);
	size_t len = strlen(name) + 1;
	prism_screen *made = calloc(1, sizeof *made + len);
	prism_config *configs = calloc(CONFIGS, sizeof *configs);
	bool *marks = calloc(CONFIGS, sizeof *marks);
	if (!vis || !made || !configs || !marks) {
		if (vis) XFree(vis);
		free(made);
		free(configs);
		free(marks);
		return NULL;
	}
	memcpy(made->name, name, len);
	made->screen = screen;
	made->configs = configs;
	made->chosen = marks;
	VisualID def = XVisualIDFromVisual(DefaultVisual(dpy, screen));
	made->n = add_configs(configs, screen, vis, n, def);
	XFree(vis);
	pthread_mutex_lock(&mu);
	for (s = screens; s; s = s->next)
		if (s->screen == screen && !strcmp(s->name, name)) break;
	if (!s) {
		made->next = screens;
		screens = s = made;
		made = NULL;
	}
	pthread_mutex_unlock(&mu);
	if (made) {
		free(configs);
		free(marks);
		free(made);
	}
	return s;
}

const prism_config *prism_config_check(Display *dpy, GLXFBConfig c) {
	(void)dpy; /* a config found over one connection may be used over another */
	const prism_config *found = NULL;
	pthread_mutex_lock(&mu);
	for (const prism_screen *s = screens; s && !found; s = s->next)
		for (int i = 0; i < s->n && !found; i++)
			if ((const void *)&s->configs[i] == (const void *)c) found = &s->configs[i];
	pthread_mutex_unlock(&mu);
	return found;
}

const prism_config *prism_config_by_id(uint32_t id) {
	const prism_config *found = NULL;
	pthread_mutex_lock(&mu);
	for (const prism_screen *s = screens; s && !found; s = s->next)
		for (int i = 0; i < s->n && !found; i++)
			if ((uint32_t)s->configs[i].id == id) found = &s->configs[i];
	pthread_mutex_unlock(&mu);
	return found;
}

static XVisualInfo *visual_info(Display *dpy, int screen, VisualID id) {
	XVisualInfo want = {.visualid = id, .screen = screen};
	int n;
	return XGetVisualInfo(dpy, VisualIDMask | VisualScreenMask, &want, &n);
}

const prism_config *prism_config_for_visual(Display *dpy, int screen, VisualID v) {
	const prism_screen *s = prism_glx_screen(dpy, screen);
	const prism_config *found = NULL;
	pthread_mutex_lock(&mu);
	for (int i = 0; s && i < s->n; i++)
		if (s->configs[i].visual == v && (!found || s->chosen[i])) found = &s->configs[i];
	pthread_mutex_unlock(&mu);
	return found;
}

/* Where several configs are on one visual, the app means the one that glXChooseVisual last found for it. */
static XVisualInfo *chosen(Display *dpy, prism_screen *s, const prism_config *c) {
	pthread_mutex_lock(&mu);
	for (int i = 0; i < s->n; i++)
		if (s->configs[i].visual == c->visual) s->chosen[i] = &s->configs[i] == c;
	pthread_mutex_unlock(&mu);
	return visual_info(dpy, s->screen, c->visual);
}

/* Value of an attribute; false: no such attribute. */
static bool config_get(const prism_config *c, int attrib, int *v) {
	switch (attrib) {
	case GLX_FBCONFIG_ID: *v = c->id; break;
	case GLX_VISUAL_ID: *v = (int)c->visual; break;
	case GLX_BUFFER_SIZE: *v = 24 + c->alpha; break;
	case GLX_LEVEL: case GLX_STEREO: case GLX_AUX_BUFFERS:
	case GLX_TRANSPARENT_INDEX_VALUE: case GLX_TRANSPARENT_RED_VALUE: case GLX_TRANSPARENT_GREEN_VALUE:
	case GLX_TRANSPARENT_BLUE_VALUE: case GLX_TRANSPARENT_ALPHA_VALUE: *v = 0; break;
	case GLX_ACCUM_RED_SIZE: case GLX_ACCUM_GREEN_SIZE: case GLX_ACCUM_BLUE_SIZE: case GLX_ACCUM_ALPHA_SIZE: *v = c->accum ? 16 : 0; break;
	case GLX_FRAMEBUFFER_SRGB_CAPABLE_ARB: *v = 0; break;
	case GLX_SAMPLE_BUFFERS: *v = c->samples > 0; break;
	case GLX_SAMPLES: *v = c->samples; break;
	case GLX_DOUBLEBUFFER: *v = c->double_buffer; break;
	case GLX_RED_SIZE: case GLX_GREEN_SIZE: case GLX_BLUE_SIZE: *v = 8; break;
	case GLX_ALPHA_SIZE: *v = c->alpha; break;
	case GLX_DEPTH_SIZE: *v = c->depth; break;
	case GLX_STENCIL_SIZE: *v = c->stencil; break;
	case GLX_DRAWABLE_TYPE: *v = GLX_WINDOW_BIT | GLX_PIXMAP_BIT | GLX_PBUFFER_BIT; break;
	case GLX_RENDER_TYPE: *v = GLX_RGBA_BIT; break;
	case GLX_X_RENDERABLE: *v = True; break;
	case GLX_X_VISUAL_TYPE: *v = c->visual_class; break;
	case GLX_CONFIG_CAVEAT: *v = c->accum ? GLX_SLOW_CONFIG : GLX_NONE; break;
	case GLX_TRANSPARENT_TYPE: *v = GLX_NONE; break;
	case GLX_MAX_PBUFFER_WIDTH: case GLX_MAX_PBUFFER_HEIGHT: *v = PRISM_MAX_SIDE; break;
	case GLX_MAX_PBUFFER_PIXELS: *v = PRISM_MAX_SIDE * PRISM_MAX_SIDE; break;
	case GLX_OPTIMAL_PBUFFER_WIDTH_SGIX: case GLX_OPTIMAL_PBUFFER_HEIGHT_SGIX: *v = 0; break;
	case GLX_SCREEN: *v = c->screen; break;
	default: return false;
	}
	return true;
}

/* How a wanted value is compared (GLX 1.4, table 3.4). */
enum { EXACT, AT_LEAST, MASK, IGNORED };
static const struct wish { int attrib, how, by_default; } wishes[] = {
	{GLX_FBCONFIG_ID, EXACT, (int)GLX_DONT_CARE}, {GLX_BUFFER_SIZE, AT_LEAST, 0}, {GLX_LEVEL, EXACT, 0},
	{GLX_DOUBLEBUFFER, EXACT, (int)GLX_DONT_CARE}, {GLX_STEREO, EXACT, False}, {GLX_AUX_BUFFERS, AT_LEAST, 0},
	{GLX_SAMPLE_BUFFERS, AT_LEAST, 0}, {GLX_SAMPLES, AT_LEAST, 0},
	{GLX_RED_SIZE, AT_LEAST, 0}, {GLX_GREEN_SIZE, AT_LEAST, 0}, {GLX_BLUE_SIZE, AT_LEAST, 0}, {GLX_ALPHA_SIZE, AT_LEAST, 0},
	{GLX_DEPTH_SIZE, AT_LEAST, 0}, {GLX_STENCIL_SIZE, AT_LEAST, 0},
	{GLX_ACCUM_RED_SIZE, AT_LEAST, 0}, {GLX_ACCUM_GREEN_SIZE, AT_LEAST, 0}, {GLX_ACCUM_BLUE_SIZE, AT_LEAST, 0},
	{GLX_ACCUM_ALPHA_SIZE, AT_LEAST, 0},
	{GLX_RENDER_TYPE, MASK, GLX_RGBA_BIT}, {GLX_DRAWABLE_TYPE, MASK, GLX_WINDOW_BIT}, {GLX_X_RENDERABLE, EXACT, (int)GLX_DONT_CARE},
	{GLX_X_VISUAL_TYPE, EXACT, (int)GLX_DONT_CARE}, {GLX_CONFIG_CAVEAT, EXACT, (int)GLX_DONT_CARE},
	{GLX_TRANSPARENT_TYPE, EXACT, GLX_NONE}, {GLX_TRANSPARENT_INDEX_VALUE, IGNORED, 0}, {GLX_TRANSPARENT_RED_VALUE, IGNORED, 0},
	{GLX_TRANSPARENT_GREEN_VALUE, IGNORED, 0}, {GLX_TRANSPARENT_BLUE_VALUE, IGNORED, 0}, {GLX_TRANSPARENT_ALPHA_VALUE, IGNORED, 0},
	{GLX_MAX_PBUFFER_WIDTH, IGNORED, 0}, {GLX_MAX_PBUFFER_HEIGHT, IGNORED, 0}, {GLX_MAX_PBUFFER_PIXELS, IGNORED, 0},
	{GLX_VISUAL_ID, IGNORED, 0}, {GLX_FRAMEBUFFER_SRGB_CAPABLE_ARB, EXACT, (int)GLX_DONT_CARE},
};
enum { WISHES = sizeof wishes / sizeof *wishes };

static int wish_index(int attrib) {
	for (int i = 0; i < WISHES; i++)
		if (wishes[i].attrib == attrib) return i;
	return -1;
}

static bool fits(const prism_config *c, const int want[WISHES]) {
	int id = want[wish_index(GLX_FBCONFIG_ID)];
	if (id != (int)GLX_DONT_CARE) return c->id == id; /* all else is ignored */
	for (int i = 0; i < WISHES; i++) {
		int v = 0;
		if (want[i] == (int)GLX_DONT_CARE || wishes[i].how == IGNORED || !config_get(c, wishes[i].attrib, &v)) continue;
		if (wishes[i].how == EXACT ? v != want[i] : wishes[i].how == AT_LEAST ? v < want[i] : (v & want[i]) != want[i]) return false;
	}
	return true;
}

/* Order of GLX 1.4, 3.3.3; the first difference decides, else the server's order of visuals. All configs are alike in what is
 * not compared here. */
static int before(const prism_config *a, const prism_config *b, bool wants_alpha) {
	if (a->accum != b->accum) return a->accum - b->accum;                         /* GLX_CONFIG_CAVEAT: GLX_NONE first */
	if (wants_alpha && a->alpha != b->alpha) return b->alpha - a->alpha;
	if (a->alpha != b->alpha) return a->alpha - b->alpha;                         /* GLX_BUFFER_SIZE: smaller */
	if (a->double_buffer != b->double_buffer) return a->double_buffer - b->double_buffer;
	if (a->samples != b->samples) return a->samples - b->samples;
	if (a->depth != b->depth) return b->depth - a->depth;                         /* larger */
	if (a->stencil != b->stencil) return a->stencil - b->stencil;                 /* smaller */
	return a->id - b->id; /* visuals of depth 24 come first: no compositor looks through them */
}

/* Those that fit, in order; a malloc'd array (the app frees it by XFree), or NULL. */
static GLXFBConfig *choose(const prism_screen *s, const int want[WISHES], int *n) {
	GLXFBConfig *list = calloc((size_t)s->n + 1, sizeof *list);
	int got = 0;
	int alpha = want[wish_index(GLX_ALPHA_SIZE)];
	for (int i = 0; list && i < s->n; i++) {
		prism_config *c = &s->configs[i];
		if (!fits(c, want)) continue;
		int at = got++;
		for (; at > 0 && before(c, (prism_config *)list[at - 1], alpha > 0) < 0; at--) list[at] = list[at - 1];
		list[at] = (GLXFBConfig)c;
	}
	*n = got;
	if (got) return list;
	free(list);
	return NULL;
}

GLXFBConfig *prism_glXChooseFBConfig(Display *dpy, int screen, const int *attribs, int *n) {
	*n = 0;
	const prism_screen *s = prism_glx_screen(dpy, screen);
	if (!s) return NULL;
	int want[WISHES];
	for (int i = 0; i < WISHES; i++) want[i] = wishes[i].by_default;
	for (const int *a = attribs; a && *a != None; a += 2) {
		int i = wish_index(*a);
		if (i < 0) return NULL;
		want[i] = a[1];
	}
	return choose(s, want, n);
}

GLXFBConfig *prism_glXGetFBConfigs(Display *dpy, int screen, int *n) {
	*n = 0;
	const prism_screen *s = prism_glx_screen(dpy, screen);
	GLXFBConfig *list = s ? calloc((size_t)s->n + 1, sizeof *list) : NULL;
	if (!list) return NULL;
	for (int i = 0; i < s->n; i++) list[i] = (GLXFBConfig)&s->configs[i];
	*n = s->n;
	return list;
}

int prism_glXGetFBConfigAttrib(Display *dpy, GLXFBConfig config, int attrib, int *value) {
	const prism_config *c = prism_config_check(dpy, config);
	if (!c) return GLX_BAD_VISUAL;
	return config_get(c, attrib, value) ? Success : GLX_BAD_ATTRIBUTE;
}

XVisualInfo *prism_glXGetVisualFromFBConfig(Display *dpy, GLXFBConfig config) {
	const prism_config *c = prism_config_check(dpy, config);
	return c ? visual_info(dpy, c->screen, c->visual) : NULL;
}

XVisualInfo *prism_glXChooseVisual(Display *dpy, int screen, int *attribs) {
	prism_screen *s = prism_glx_screen(dpy, screen);
	if (!s) return NULL;
	int want[WISHES];
	bool rgba = false;
	for (int i = 0; i < WISHES; i++) want[i] = wishes[i].by_default;
	want[wish_index(GLX_DOUBLEBUFFER)] = False;
	for (const int *a = attribs; a && *a != None; a++) {
		switch (*a) {
		case GLX_USE_GL: continue;
		case GLX_RGBA: rgba = true; continue;
		case GLX_DOUBLEBUFFER: case GLX_STEREO: want[wish_index(*a)] = True; continue;
		default: {
			int i = wish_index(*a);
			if (i < 0) return NULL;
			want[i] = *++a;
		}
		}
	}
	if (!rgba) return NULL; /* colour index visuals are not offered */
	/* The default visual if it fits: apps that make a window of it without asking are then right. */
	VisualID def = XVisualIDFromVisual(DefaultVisual(dpy, screen));
	for (int i = 0; i < s->n; i++)
		if (s->configs[i].visual == def && fits(&s->configs[i], want)) return chosen(dpy, s, &s->configs[i]);
	int n;
	GLXFBConfig *list = choose(s, want, &n);
	XVisualInfo *v = list ? chosen(dpy, s, (const prism_config *)list[0]) : NULL;
	free(list);
	return v;
}

int prism_glXGetConfig(Display *dpy, XVisualInfo *vis, int attrib, int *value) {
	if (!vis) return GLX_BAD_VISUAL;
	if (!prism_glx_screen(dpy, vis->screen)) return GLX_BAD_SCREEN;
	const prism_config *c = prism_config_for_visual(dpy, vis->screen, vis->visualid);
	switch (attrib) {
	case GLX_USE_GL: *value = c != NULL; return Success;
	case GLX_RGBA: *value = True; return c ? Success : GLX_BAD_VISUAL;
	}
	if (!c) return GLX_BAD_VISUAL;
	return config_get(c, attrib, value) ? Success : GLX_BAD_ATTRIBUTE;
}
