/* EGL as libglvnd's vendor interface wants it. Functions are called prism_egl…; egl_gen.h declares them, egl_gen.c lists them by name.
 *
 * What an app hands in is looked up before it is touched: displays and surfaces in lists here, contexts in context.c's. A display lives until the
 * process ends; prism_egl_mu guards what its fields' remarks say, and the lists of surfaces and syncs. It is never held while packing or waiting.
 */
#ifndef PRISM_EGL_DRIVER_H
#define PRISM_EGL_DRIVER_H
#include "config.h"
#include "egl_gen.h"

#define PRISM_EGL_VENDOR "prism"

typedef struct prism_egl_display {
	struct prism_egl_display *next;
	/* Written once. */
	EGLenum platform; /* EGL_PLATFORM_X11_KHR, …_XCB_EXT, …_SURFACELESS_MESA, …_DEVICE_EXT */
	void *native;     /* as the app gave it, NULL: the default */
	int screen;       /* of X11; -1: the display's default */
	char *x_name;     /* of X11; NULL: DISPLAY is not set */
	/* prism_egl_mu */
	Display *x;       /* the app's connection, until it is closed; NULL: none */
	bool initialized;
	prism_config *configs; /* made once */
	int configs_n;
	EGLLabelKHR label;
} prism_egl_display;

typedef struct prism_egl_surface {
	struct prism_egl_surface *next;
	prism_egl_display *dpy;
	const prism_config *config;
	prism_drawable *d; /* ours until eglDestroySurface or eglTerminate */
	int type;          /* EGL_WINDOW_BIT, EGL_PBUFFER_BIT */
	EGLint render_buffer, vg_alpha, vg_colorspace, mipmap;
	EGLint swap_behavior, multisample_resolve, mipmap_level; /* of the thread that has it current */
	EGLLabelKHR label;
} prism_egl_surface;

static inline bool prism_egl_is_x(const prism_egl_display *d) { return d->platform == EGL_PLATFORM_X11_KHR || d->platform == EGL_PLATFORM_XCB_EXT; }
/* Waits until the X server has done what the app asked of it. */
PRISM_HIDDEN void prism_egl_x_sync(prism_egl_display *d);

/* What is kept for each thread. */
typedef struct prism_egl_thread {
	EGLint error;
	const char *command; /* under way */
	EGLLabelKHR label, object;
} prism_egl_thread;
extern PRISM_HIDDEN __thread prism_egl_thread prism_egl_t __attribute__((tls_model("initial-exec")));

extern PRISM_HIDDEN pthread_mutex_t prism_egl_mu;

/* A command begins: no error yet. */
PRISM_HIDDEN void prism_egl_begin(const char *command);
/* The same for one of a display: NULL, with the error, when there is none or it is not initialised. */
PRISM_HIDDEN prism_egl_display *prism_egl_begin_on(const char *command, EGLDisplay dpy);
/* Records an error and gives 0. */
PRISM_HIDDEN int prism_egl_fail(EGLint error, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

PRISM_HIDDEN prism_egl_display *prism_egl_display_of(EGLDisplay dpy); /* NULL: not one of ours */
PRISM_HIDDEN bool prism_egl_is_device(EGLDeviceEXT dev);
PRISM_HIDDEN EGLDisplay prism_egl_get_display(EGLenum platform, void *native, const EGLAttrib *attribs);

/* Makes a display's configs; false: no X server answers or there is no memory. */
PRISM_HIDDEN bool prism_egl_configs(prism_egl_display *d);
PRISM_HIDDEN const prism_config *prism_egl_config(const prism_egl_display *d, EGLConfig c); /* NULL, with the error: not one of d */
PRISM_HIDDEN EGLint prism_egl_surface_types(const prism_egl_display *d); /* of all its configs */
PRISM_HIDDEN EGLint prism_egl_renderable(void);

/* The context that the app names; NULL: not one of d. */
PRISM_HIDDEN prism_context *prism_egl_context(const prism_egl_display *d, EGLContext c);

/* All surfaces and syncs of d end, as far as the app can name them. */
PRISM_HIDDEN void prism_egl_surfaces_end(prism_egl_display *d);
PRISM_HIDDEN void prism_egl_syncs_end(prism_egl_display *d);
/* A surface that the app names, its drawable kept until prism_drawable_unpin; NULL: not one of d. *s is a copy. */
PRISM_HIDDEN prism_drawable *prism_egl_surface_pin(const prism_egl_display *d, EGLSurface surface, prism_egl_surface *s);
/* Labels of surfaces and syncs; false: not one of d. */
PRISM_HIDDEN bool prism_egl_surface_label(const prism_egl_display *d, EGLSurface surface, EGLLabelKHR label);
PRISM_HIDDEN bool prism_egl_sync_label(const prism_egl_display *d, EGLSync sync, EGLLabelKHR label);
/* A fork child attaches: its copies of the parent's are found no more. */
PRISM_HIDDEN void prism_egl_surfaces_forget(void);
PRISM_HIDDEN void prism_egl_syncs_forget(void);

/* The drawable that this thread draws to; NULL: none. */
static inline prism_drawable *prism_egl_draw(void) { return prism_t->ctx ? ((prism_thread_state *)prism_t)->draw_d : NULL; }
#endif
