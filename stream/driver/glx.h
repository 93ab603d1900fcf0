/* GLX as libglvnd's vendor interface wants it. Functions are called prism_glX…; glx_vendor.c lists them by name. */
#ifndef PRISM_GLX_H
#define PRISM_GLX_H
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <GL/glx.h>
#include <GL/glxext.h>
#include "window.h"

/* One fbconfig. Handles given to the app are addresses of these; they live until the process ends, as libGLX maps addresses to
 * vendors for that long. All are RGBA8 without multisampling, accumulation or auxiliary buffers. */
typedef struct prism_config {
	int id, screen;
	VisualID visual;
	int visual_depth, visual_class;
	bool transparent; /* the visual has an alpha channel that the X server's compositor looks at */
	int alpha, depth, stencil, double_buffer;
} prism_config;

typedef struct prism_screen {
	struct prism_screen *next;
	int screen, n;
	prism_config *configs;
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
#define PRISM_GLX_VERSION "1.4"
extern PRISM_HIDDEN const char prism_glx_extensions[];
#define PRISM_MAX_SIDE 16384

#define PRISM_GLX(ret, name, ...) PRISM_HIDDEN ret prism_glX##name(__VA_ARGS__)
/* glx_config.c */
PRISM_GLX(XVisualInfo *, ChooseVisual, Display *dpy, int screen, int *attribs);
PRISM_GLX(int, GetConfig, Display *dpy, XVisualInfo *vis, int attrib, int *value);
PRISM_GLX(GLXFBConfig *, ChooseFBConfig, Display *dpy, int screen, const int *attribs, int *n);
PRISM_GLX(GLXFBConfig *, GetFBConfigs, Display *dpy, int screen, int *n);
PRISM_GLX(int, GetFBConfigAttrib, Display *dpy, GLXFBConfig config, int attrib, int *value);
PRISM_GLX(XVisualInfo *, GetVisualFromFBConfig, Display *dpy, GLXFBConfig config);
/* glx_context.c */
PRISM_GLX(GLXContext, CreateContext, Display *dpy, XVisualInfo *vis, GLXContext share, Bool direct);
PRISM_GLX(GLXContext, CreateNewContext, Display *dpy, GLXFBConfig config, int type, GLXContext share, Bool direct);
PRISM_GLX(GLXContext, CreateContextAttribsARB, Display *dpy, GLXFBConfig config, GLXContext share, Bool direct, const int *attribs);
PRISM_GLX(void, CopyContext, Display *dpy, GLXContext src, GLXContext dst, unsigned long mask);
PRISM_GLX(void, DestroyContext, Display *dpy, GLXContext ctx);
PRISM_GLX(Bool, IsDirect, Display *dpy, GLXContext ctx);
PRISM_GLX(Bool, MakeCurrent, Display *dpy, GLXDrawable d, GLXContext ctx);
PRISM_GLX(Bool, MakeContextCurrent, Display *dpy, GLXDrawable draw, GLXDrawable read, GLXContext ctx);
PRISM_GLX(int, QueryContext, Display *dpy, GLXContext ctx, int attrib, int *value);
PRISM_GLX(GLXContext, GetCurrentContext, void);
PRISM_GLX(GLXDrawable, GetCurrentDrawable, void);
PRISM_GLX(GLXDrawable, GetCurrentReadDrawable, void);
PRISM_GLX(Display *, GetCurrentDisplay, void);
PRISM_GLX(void, WaitGL, void);
PRISM_GLX(void, WaitX, void);
/* glx_drawable.c */
PRISM_GLX(void, SwapBuffers, Display *dpy, GLXDrawable d);
PRISM_GLX(GLXPixmap, CreateGLXPixmap, Display *dpy, XVisualInfo *vis, Pixmap pixmap);
PRISM_GLX(void, DestroyGLXPixmap, Display *dpy, GLXPixmap p);
PRISM_GLX(GLXWindow, CreateWindow, Display *dpy, GLXFBConfig config, Window win, const int *attribs);
PRISM_GLX(GLXPixmap, CreatePixmap, Display *dpy, GLXFBConfig config, Pixmap pixmap, const int *attribs);
PRISM_GLX(GLXPbuffer, CreatePbuffer, Display *dpy, GLXFBConfig config, const int *attribs);
PRISM_GLX(void, DestroyWindow, Display *dpy, GLXWindow w);
PRISM_GLX(void, DestroyPixmap, Display *dpy, GLXPixmap p);
PRISM_GLX(void, DestroyPbuffer, Display *dpy, GLXPbuffer p);
PRISM_GLX(void, QueryDrawable, Display *dpy, GLXDrawable d, int attrib, unsigned int *value);
PRISM_GLX(void, SelectEvent, Display *dpy, GLXDrawable d, unsigned long mask);
PRISM_GLX(void, GetSelectedEvent, Display *dpy, GLXDrawable d, unsigned long *mask);
PRISM_GLX(void, SwapIntervalEXT, Display *dpy, GLXDrawable d, int interval);
PRISM_GLX(int, SwapIntervalSGI, int interval);
PRISM_GLX(int, SwapIntervalMESA, unsigned int interval);
PRISM_GLX(int, GetSwapIntervalMESA, void);
/* The drawable for an X window named by the app, made on first use; pinned. NULL: an X error was raised. */
PRISM_HIDDEN prism_drawable *prism_glx_drawable(Display *dpy, GLXDrawable d, const prism_config *c, int minor);
/* glx_font.c */
PRISM_GLX(void, UseXFont, Font font, int first, int count, int list);
/* glx_vendor.c */
PRISM_GLX(Bool, QueryExtension, Display *dpy, int *error, int *event);
PRISM_GLX(Bool, QueryVersion, Display *dpy, int *major, int *minor);
PRISM_GLX(const char *, QueryServerString, Display *dpy, int screen, int name);
PRISM_GLX(const char *, GetClientString, Display *dpy, int name);
PRISM_GLX(const char *, QueryExtensionsString, Display *dpy, int screen);
PRISM_GLX(__GLXextFuncPtr, GetProcAddress, const GLubyte *name);
#endif
