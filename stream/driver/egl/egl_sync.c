/* Fences of EGL 1.5 and EGL_KHR_fence_sync, as glFenceSync's: asking whether one is signalled is a look into memory.
 * Images, of which there are none. */
#include <stdlib.h>
#include "clientstate.h"
#include "egl.h"

typedef struct fence {
	struct fence *next;
	prism_egl_display *dpy;
	prism_fence at;
	EGLLabelKHR label;
} fence;

static fence *fences; /* prism_egl_mu */

void prism_egl_syncs_forget(void) { fences = NULL; }

/* mu held */
static fence **find(const prism_egl_display *d, EGLSync sync) {
	fence **at = &fences;
	while (*at && ((sync && *at != sync) || (*at)->dpy != d)) at = &(*at)->next;
	return at;
}

static bool lookup(const prism_egl_display *d, EGLSync sync, prism_fence *at) {
	pthread_mutex_lock(&prism_egl_mu);
	const fence *f = sync ? *find(d, sync) : NULL;
	prism_egl_t.object = f ? f->label : NULL;
	if (f) *at = f->at;
	pthread_mutex_unlock(&prism_egl_mu);
	if (!f) prism_egl_fail(EGL_BAD_PARAMETER, "%p is no sync", sync);
	return f != NULL;
}

bool prism_egl_sync_label(const prism_egl_display *d, EGLSync sync, EGLLabelKHR label) {
	pthread_mutex_lock(&prism_egl_mu);
	fence *f = sync ? *find(d, sync) : NULL;
	if (f) f->label = label;
	pthread_mutex_unlock(&prism_egl_mu);
	return f != NULL;
}

static bool end_sync(const prism_egl_display *d, EGLSync sync) {
	pthread_mutex_lock(&prism_egl_mu);
	fence **at = find(d, sync), *f = *at;
	if (f) *at = f->next;
	pthread_mutex_unlock(&prism_egl_mu);
	if (f) prism_fence_drop(&f->at);
	free(f);
	return f != NULL;
}

void prism_egl_syncs_end(prism_egl_display *d) {
	while (end_sync(d, NULL)) {}
}

static EGLSync create(const char *command, EGLDisplay dpy, EGLenum type, bool attributes) {
	prism_egl_display *d = prism_egl_begin_on(command, dpy);
	if (!d) return EGL_NO_SYNC;
	if (type != EGL_SYNC_FENCE) return prism_egl_fail(EGL_BAD_ATTRIBUTE, "syncs of type %#x are not offered", type), EGL_NO_SYNC;
	if (attributes) return prism_egl_fail(EGL_BAD_ATTRIBUTE, "a fence has no attributes"), EGL_NO_SYNC;
	if (!prism_t->ctx || prism_t->ctx->dpy != d) return prism_egl_fail(EGL_BAD_MATCH, "no context of the display is current"), EGL_NO_SYNC;
	fence *f = prism_lost_now() ? NULL : calloc(1, sizeof *f);
	if (!f) return prism_egl_fail(EGL_BAD_ALLOC, "no fence could be made"), EGL_NO_SYNC;
	f->dpy = d;
	prism_fence_set(&f->at);
	pthread_mutex_lock(&prism_egl_mu);
	f->next = fences;
	fences = f;
	pthread_mutex_unlock(&prism_egl_mu);
	return f;
}

EGLSync prism_eglCreateSync(EGLDisplay dpy, EGLenum type, const EGLAttrib *attribs) {
	return create("eglCreateSync", dpy, type, attribs && *attribs != EGL_NONE);
}
EGLSyncKHR prism_eglCreateSyncKHR(EGLDisplay dpy, EGLenum type, const EGLint *attribs) {
	return create("eglCreateSyncKHR", dpy, type, attribs && *attribs != EGL_NONE);
}

EGLBoolean prism_eglDestroySync(EGLDisplay dpy, EGLSync sync) {
	const prism_egl_display *d = prism_egl_begin_on("eglDestroySync", dpy);
	if (!d) return EGL_FALSE;
	if (sync == EGL_NO_SYNC || !end_sync(d, sync)) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%p is no sync", sync);
	return EGL_TRUE;
}
EGLBoolean prism_eglDestroySyncKHR(EGLDisplay dpy, EGLSyncKHR sync) { return prism_eglDestroySync(dpy, sync); }

EGLint prism_eglClientWaitSync(EGLDisplay dpy, EGLSync sync, EGLint flags, EGLTime timeout) {
	const prism_egl_display *d = prism_egl_begin_on("eglClientWaitSync", dpy);
	prism_fence at;
	if (!d || !lookup(d, sync, &at)) return EGL_FALSE;
	(void)flags; /* EGL_SYNC_FLUSH_COMMANDS_BIT: a fence is on its way since it was made */
	/* A lost session has nothing left to wait for. */
	if (!prism_fence_passed(&at) && (!timeout || !prism_fence_wait(&at, timeout))) return EGL_TIMEOUT_EXPIRED;
	if (prism_t->ctx) prism_maps_synced(prism_client_now());
	return EGL_CONDITION_SATISFIED;
}
EGLint prism_eglClientWaitSyncKHR(EGLDisplay dpy, EGLSyncKHR sync, EGLint flags, EGLTimeKHR timeout) {
	return prism_eglClientWaitSync(dpy, sync, flags, timeout);
}

/* Nodes take commands in the order of the ring, in which the fence's come before those that follow this call. */
static EGLBoolean wait_sync(const char *command, EGLDisplay dpy, EGLSync sync, EGLint flags) {
	const prism_egl_display *d = prism_egl_begin_on(command, dpy);
	prism_fence at;
	if (!d || !lookup(d, sync, &at)) return EGL_FALSE;
	if (!prism_t->ctx) return (EGLBoolean)prism_egl_fail(EGL_BAD_MATCH, "no context is current");
	if (flags) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%#x is no flag", flags);
	return EGL_TRUE;
}
EGLBoolean prism_eglWaitSync(EGLDisplay dpy, EGLSync sync, EGLint flags) { return wait_sync("eglWaitSync", dpy, sync, flags); }
EGLint prism_eglWaitSyncKHR(EGLDisplay dpy, EGLSyncKHR sync, EGLint flags) { return (EGLint)wait_sync("eglWaitSyncKHR", dpy, sync, flags); }

EGLBoolean prism_eglGetSyncAttrib(EGLDisplay dpy, EGLSync sync, EGLint attribute, EGLAttrib *value) {
	const prism_egl_display *d = prism_egl_begin_on("eglGetSyncAttrib", dpy);
	prism_fence at;
	if (!d || !lookup(d, sync, &at)) return EGL_FALSE;
	if (!value) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the value");
	switch (attribute) {
	case EGL_SYNC_TYPE: *value = EGL_SYNC_FENCE; return EGL_TRUE;
	case EGL_SYNC_STATUS: *value = prism_fence_passed(&at) ? EGL_SIGNALED : EGL_UNSIGNALED; return EGL_TRUE;
	case EGL_SYNC_CONDITION: *value = EGL_SYNC_PRIOR_COMMANDS_COMPLETE; return EGL_TRUE;
	}
	return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "a sync has no attribute %#x", attribute);
}
EGLBoolean prism_eglGetSyncAttribKHR(EGLDisplay dpy, EGLSyncKHR sync, EGLint attribute, EGLint *value) {
	EGLAttrib v = 0;
	EGLBoolean ok = prism_eglGetSyncAttrib(dpy, sync, attribute, value ? &v : NULL);
	if (ok) *value = (EGLint)v;
	return ok;
}

EGLImage prism_eglCreateImage(EGLDisplay dpy, EGLContext ctx, EGLenum target, EGLClientBuffer buffer, const EGLAttrib *attribs) {
	(void)ctx, (void)buffer, (void)attribs;
	if (!prism_egl_begin_on("eglCreateImage", dpy)) return EGL_NO_IMAGE;
	return prism_egl_fail(EGL_BAD_PARAMETER, "images of %#x are not offered", target), EGL_NO_IMAGE;
}

EGLBoolean prism_eglDestroyImage(EGLDisplay dpy, EGLImage image) {
	if (!prism_egl_begin_on("eglDestroyImage", dpy)) return EGL_FALSE;
	return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "%p is no image", image);
}
