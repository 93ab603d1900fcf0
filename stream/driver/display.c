/* The app's connections to X servers: when one is closed, what was made on it ends. */
#include <stdlib.h>
#include <X11/Xlibint.h>
#undef max
#undef min
#include "window.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct watched { struct watched *next; Display *dpy; } *watched; /* mu; connections whose end we learn of; NULL: free */

void prism_display_fork_child(void) { pthread_mutex_init(&mu, NULL); }

static int display_closed(Display *dpy, XExtCodes *codes) {
	(void)codes;
	pthread_mutex_lock(&mu);
	for (struct watched *w = watched; w; w = w->next)
		if (w->dpy == dpy) w->dpy = NULL;
	pthread_mutex_unlock(&mu);
	prism_egl_display_closed(dpy);
	prism_context_display_closed(dpy);
	prism_window_display_closed(dpy);
	return 0;
}

void prism_display_watch(Display *dpy) {
	struct watched *w, *unused = NULL;
	pthread_mutex_lock(&mu);
	for (w = watched; w && w->dpy != dpy; w = w->next)
		if (!w->dpy) unused = w;
	bool known = w != NULL;
	if (!known && (w = unused ? unused : calloc(1, sizeof *w))) {
		if (!unused) {
			w->next = watched;
			watched = w;
		}
		w->dpy = dpy;
	}
	pthread_mutex_unlock(&mu);
	XExtCodes *codes = known || !w ? NULL : XAddExtension(dpy);
	if (codes) XESetCloseDisplay(dpy, codes->extension, display_closed);
}
