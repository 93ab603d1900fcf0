/* GLX as libglvnd's vendor interface wants it. Functions are called prism_glX…; glx_gen.h declares them, glx_gen.c lists them by name. */
#ifndef PRISM_GLX_H
#define PRISM_GLX_H
#include "config.h"
#include "glx_gen.h"

/* The fbconfigs of a screen. Handles given to the app are addresses of these; they live until the process ends, as libGLX maps
 * addresses to vendors for that long. */
typedef struct prism_screen {
	struct prism_screen *next;
	int screen, n;
	prism_config *configs;
	bool *chosen; /* by config: glXChooseVisual found it last on its visual (glx_config.c's mu) */
	char name[];
} prism_screen;

/* The configs of a screen, made on first use; NULL: no display or no memory. */
PRISM_HIDDEN prism_screen *prism_glx_screen(Display *dpy, int screen);
PRISM_HIDDEN const prism_config *prism_config_for_visual(Display *dpy, int screen, VisualID v);
PRISM_HIDDEN const prism_config *prism_config_check(Display *dpy, GLXFBConfig c); /* NULL: not one of ours */
PRISM_HIDDEN const prism_config *prism_config_by_id(uint32_t id);

/* Raises an X error at the app's handler, as the server would. core: an error of the core protocol, else of GLX. */
PRISM_HIDDEN void prism_glx_error(Display *dpy, int code, XID resource, int minor, bool core);

/* A number for a new object of the app's connection. */
PRISM_HIDDEN XID prism_glx_xid(Display *dpy);

#define PRISM_GLX_VENDOR "prism"

/* The drawable for an X window named by the app, made on first use; pinned. NULL: an X error was raised. */
PRISM_HIDDEN prism_drawable *prism_glx_drawable(Display *dpy, GLXDrawable d, const prism_config *c, int minor);
#endif
