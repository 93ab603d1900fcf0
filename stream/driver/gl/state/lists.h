/* What commands in display lists mean in the app's process (custom_lists.c). */
#ifndef PRISM_LISTS_H
#define PRISM_LISTS_H
#include "clientstate.h"
#include "runtime.h"

/* What a command changes of the client's state; it packs nothing that must stand where the command stands. */
typedef void (*prism_listed_fn)(prism_client *c, const GLuint a[3]);

PRISM_HIDDEN void prism_list_note(prism_client *c, prism_listed_fn fn, const GLuint a[3]);
/* If the last that was noted of the list under way was fn, it is taken out again: true. */
PRISM_HIDDEN bool prism_list_cancel(prism_client *c, prism_listed_fn fn);
/* Commands that lists hold are not carried out now. */
static inline bool prism_compiling(const prism_client *c) { return c->list && c->list_mode == GL_COMPILE; }
/* A command that display lists hold is packed: fn happens now, or whenever the list that is being compiled is called, or both. */
static inline void prism_listed(prism_client *c, prism_listed_fn fn, GLuint a0, GLuint a1, GLuint a2) {
	const GLuint a[3] = {a0, a1, a2};
	if (PRISM_UNLIKELY(c->building != NULL)) prism_list_note(c, fn, a);
	if (!prism_compiling(c)) fn(c, a);
}
#endif
