/* Labels of objects: the app's own, kept with the names. What a context says of its health. */
#include "debug.h"
#include "runtime.h"
#include <stdlib.h>

/* Where the labels of a kind of object are, and the object's key there; false: an error was recorded. */
static bool place(prism_client *c, GLenum identifier, GLuint name, int *kind, uint32_t *key) {
	const prism_object *o;
	bool there;
	switch (identifier) {
	case GL_BUFFER: *kind = PRISM_KIND_BUFFER; break;
	case GL_SHADER: case GL_PROGRAM: *kind = PRISM_KIND_PROGRAM; break;
	case GL_VERTEX_ARRAY: *kind = PRISM_KIND_VERTEX_ARRAY; break;
	case GL_QUERY: *kind = PRISM_KIND_QUERY; break;
	case GL_PROGRAM_PIPELINE: *kind = PRISM_KIND_PROGRAM_PIPELINE; break;
	case GL_TRANSFORM_FEEDBACK: *kind = PRISM_KIND_TRANSFORM_FEEDBACK; break;
	case GL_SAMPLER: *kind = PRISM_KIND_SAMPLER; break;
	case GL_TEXTURE: *kind = PRISM_KIND_TEXTURE; break;
	case GL_RENDERBUFFER: *kind = PRISM_KIND_RENDERBUFFER; break;
	case GL_FRAMEBUFFER: *kind = PRISM_KIND_FRAMEBUFFER; break;
	case GL_DISPLAY_LIST:
		if (!c->core) {
			uint64_t v;
			*kind = 0; /* lists have no serials */
			*key = name;
			prism_lock(c);
			there = prism_map_get(&c->sh->lists, name, &v);
			prism_unlock(c);
			if (!there) prism_error(GL_INVALID_VALUE);
			return there;
		}
		/* fall through */
	default: prism_error(GL_INVALID_ENUM); return false;
	}
	*key = prism_serial_known(*kind, name);
	there = *key != 0;
	if (*kind == PRISM_KIND_PROGRAM) {
		prism_lock(c);
		o = prism_map_ptr(&c->sh->objects, *key);
		there = o && o->shader == (identifier == GL_SHADER);
		prism_unlock(c);
	}
	if (!there) prism_error(GL_INVALID_VALUE);
	return there;
}

static bool sync_place(prism_client *c, const void *ptr, int *kind, uint32_t *key) {
	const uint64_t n = (uint64_t)(uintptr_t)ptr;
	uint64_t v;
	*kind = PRISM_KIND_SYNC;
	*key = (uint32_t)n;
	prism_lock(c);
	bool there = n && n <= UINT32_MAX && prism_map_get(&c->sh->syncs, (uint32_t)n, &v);
	prism_unlock(c);
	if (!there) prism_error(GL_INVALID_VALUE);
	return there;
}

static void set(int kind, uint32_t key, GLsizei length, const GLchar *label) {
	size_t n = !label ? 0 : length >= 0 ? (size_t)length : strlen(label);
	bool ok = prism_label_set(kind, key, n < PRISM_LABEL_LENGTH ? label : NULL, n);
	if (!ok || n >= PRISM_LABEL_LENGTH) prism_error(ok ? GL_INVALID_VALUE : GL_OUT_OF_MEMORY);
}
static void get(int kind, uint32_t key, GLsizei room, GLsizei *length, GLchar *to) {
	char text[PRISM_LABEL_LENGTH];
	size_t n = prism_label_get(kind, key, text, sizeof text);
	if (room && to) {
		if ((size_t)room <= n) n = (size_t)room - 1;
		memcpy(to, text, n);
		to[n] = 0;
	}
	if (length) *length = (GLsizei)n;
}

void APIENTRY prism_gl_ObjectLabel(GLenum identifier, GLuint name, GLsizei length, const GLchar *label) {
	prism_client *c = prism_client_out();
	int kind;
	uint32_t key;
	if (c && place(c, identifier, name, &kind, &key)) set(kind, key, length, label);
}
void APIENTRY prism_gl_ObjectPtrLabel(const void *ptr, GLsizei length, const GLchar *label) {
	prism_client *c = prism_client_out();
	int kind;
	uint32_t key;
	if (c && sync_place(c, ptr, &kind, &key)) set(kind, key, length, label);
}
void APIENTRY prism_gl_GetObjectLabel(GLenum identifier, GLuint name, GLsizei room, GLsizei *length, GLchar *label) {
	prism_client *c = prism_client_out();
	int kind;
	uint32_t key;
	if (c && room < 0) prism_error(GL_INVALID_VALUE);
	else if (c && place(c, identifier, name, &kind, &key)) get(kind, key, room, length, label);
}
void APIENTRY prism_gl_GetObjectPtrLabel(const void *ptr, GLsizei room, GLsizei *length, GLchar *label) {
	prism_client *c = prism_client_out();
	int kind;
	uint32_t key;
	if (c && room < 0) prism_error(GL_INVALID_VALUE);
	else if (c && sync_place(c, ptr, &kind, &key)) get(kind, key, room, length, label);
}

/* A context that does not ask to be told of resets hears of none, as GL has it; glGetError says GL_CONTEXT_LOST. */
GLenum APIENTRY prism_gl_GetGraphicsResetStatus(void);
GLenum APIENTRY prism_gl_GetGraphicsResetStatusARB(void) { return prism_gl_GetGraphicsResetStatus(); }
GLenum APIENTRY prism_gl_GetGraphicsResetStatus(void) {
	const prism_context *c = prism_t->ctx;
	return c && c->tells_reset && (prism_lost_now() || (prism_load(&prism_p.ctl->lost) && !prism_alive())) ? GL_UNKNOWN_CONTEXT_RESET : GL_NO_ERROR;
}
