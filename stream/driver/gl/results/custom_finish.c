/* glFinish and glFlush: a credit, or a commit. */
#include "clientstate.h"
#include "runtime.h"

PRISM_HIDDEN void APIENTRY prism_gl_Finish(void);
PRISM_HIDDEN void APIENTRY prism_gl_Flush(void);

/* Waits only when as many are on their way as the session allows (policy `finish`; by default two): the nodes work through all
 * before it in order anyhow, and who wants to see the result asks for it. */
void APIENTRY prism_gl_Finish(void) {
	if (!prism_t->ctx) return;
	if (prism_t->in_begin) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	if (prism_draws_front()) prism_flush_front();
	prism_finish(0);
	prism_maps_synced(prism_client_now());
	prism_debug_hear();
}

void APIENTRY prism_gl_Flush(void) {
	if (!prism_t->ctx) return;
	if (prism_t->in_begin) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	if (prism_draws_front()) prism_flush_front();
	else prism_commit(false);
	prism_debug_hear();
}
