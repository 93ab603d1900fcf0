/* Programs that write more than the framebuffer: buffers and images. Every node must then see every fragment, or their contents would differ
 * from node to node; and a fragment that a node drops must be one that the GPU of a single node drops too, so that depth and stencil must
 * be right outside a node's tile also. So from the first such program that draws to the window on, the session has the window drawn
 * whole on every node (prismWhole). Draws into objects, and compute, run whole everywhere as it is.
 *
 * Whether a program writes is asked of the nodes, with its reflection, if its fragment shader has words for it: no shader of older GL has. */
#include "gl/buffers/buffers.h"
#include "programs.h"

static bool word(const char *s, size_t n, const char *w) { return strlen(w) == n && !memcmp(s, w, n); }
static bool begins(const char *s, size_t n, const char *w) { return n >= strlen(w) && !memcmp(s, w, strlen(w)); }
static bool is_image(const char *s, size_t n) { /* image2D, uimageBuffer, … */
	if (n && (*s == 'i' || *s == 'u') && begins(s + 1, n - 1, "image")) s++, n--;
	return begins(s, n, "image") && n > 5 && (strchr("123", s[5]) || begins(s + 5, n - 5, "Cube") || begins(s + 5, n - 5, "Buffer"));
}
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/* Has the source a storage block or image that is not readonly, an atomic operation or counter? Macros can only make it say yes too
 * often: what they hide stands in their definitions, and a line of the preprocessor ends what readonly is for. */
bool prism_source_writes(const char *s) {
	bool readonly = false;
	while (s && *s) {
		if (s[0] == '/' && s[1] == '/') {
			while (*s && *s != '\n') s++;
		} else if (s[0] == '/' && s[1] == '*') {
			const char *end = strstr(s + 2, "*/");
			s = end ? end + 2 : s + strlen(s);
		} else if (s[0] == '#' && s[1] == '#') {
			return true; /* may make any word */
		} else if (letter(*s)) {
			size_t n = 1;
			while (letter(s[n]) || (s[n] >= '0' && s[n] <= '9')) n++;
			if (word(s, n, "readonly")) readonly = true;
			else if (begins(s, n, "atomic") || begins(s, n, "imageAtomic") || word(s, n, "imageStore")) return true;
			else if (!readonly && (word(s, n, "buffer") || is_image(s, n))) return true;
			s += n;
		} else {
			if (strchr(";{}#\n", *s) && (*s != '\n' || s[1] == '#')) readonly = false;
			s++;
		}
	}
	return false;
}

static bool of(prism_client *c, prism_object *p) { return p && p->suspect && prism_program_effects(c, p); }

static bool of_serial(prism_client *c, uint32_t serial) {
	prism_lock(c);
	prism_object *p = prism_map_ptr(&c->sh->objects, serial);
	prism_unlock(c);
	return of(c, p);
}

void prism_effects_known(prism_client *c) {
	if (c->sh->may_write_told) return;
	c->sh->may_write_told = true;
	prism_put_prismMayWrite();
}

static void whole(prism_client *c) {
	if (c->sh->effects_told) return;
	c->sh->effects_told = true;
	prism_put_prismWhole();
}

void prism_effects_look(prism_client *c) {
	if (c->sh->effects_told) return;
	const prism_pipeline *at = prism_pipeline_now(c);
	const uint32_t serial = c->program.serial ? c->program.serial : at ? at->stage[PRISM_STAGE_FRAGMENT] : 0;
	if (serial && !c->draw_framebuffer && of_serial(c, serial)) whole(c);
}

/* What a list will draw to when it is called, nobody knows now. */
void prism_effects_listed(prism_client *c, prism_object *p) {
	if (of(c, p)) whole(c);
}

/* ---- images ---- */

/* A buffer whose bytes are a texture's is written when that texture is an image. Which texture has which buffer is not kept: all have. */
static void expose(prism_client *c, uint32_t serial) { prism_buffer_exposed(c, GL_SHADER_STORAGE_BUFFER, &(prism_range){.b = {0, serial}}); }

static void images_used(prism_client *c) {
	if (c->sh->images) return;
	c->sh->images = true;
	uint32_t serials[256], n;
	do { /* not in a loop of its own: exposing takes the lock */
		n = 0;
		prism_lock(c);
		for (uint32_t i = 0; i < c->sh->buffers.cap && n < 256; i++) {
			const prism_buffer *b = c->sh->buffers.keys[i] ? (const prism_buffer *)(uintptr_t)c->sh->buffers.vals[i] : NULL;
			if (b && b->textured && !b->exposed) serials[n++] = c->sh->buffers.keys[i];
		}
		prism_unlock(c);
		for (uint32_t i = 0; i < n; i++) expose(c, serials[i]);
	} while (n);
}

void prism_buffer_textured(prism_client *c, GLuint name) {
	bool ok = true;
	const uint32_t serial = name ? prism_serial(PRISM_KIND_BUFFER, name, &ok) : 0;
	if (!serial) return;
	prism_lock(c);
	prism_buffer *b = prism_buffer_of(c, serial);
	if (b) b->textured = true;
	prism_unlock(c);
	if (c->sh->images) expose(c, serial);
}
void prism_after_glTexBuffer(GLenum target, GLenum format, GLuint buffer) {
	(void)target, (void)format;
	prism_client *c = prism_client_now();
	if (c) prism_buffer_textured(c, buffer);
}
void prism_after_glTexBufferRange(GLenum target, GLenum format, GLuint buffer, GLintptr offset, GLsizeiptr size) {
	(void)offset, (void)size;
	prism_after_glTexBuffer(target, format, buffer);
}
void prism_after_glTextureBuffer(GLuint texture, GLenum format, GLuint buffer) { prism_after_glTexBuffer(texture, format, buffer); }
void prism_after_glTextureBufferRange(GLuint texture, GLenum format, GLuint buffer, GLintptr offset, GLsizeiptr size) {
	prism_after_glTexBufferRange(texture, format, buffer, offset, size);
}

void APIENTRY prism_gl_BindImageTexture(GLuint unit, GLuint texture, GLint level, GLboolean layered, GLint layer, GLenum access, GLenum format) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (texture && !prism_name_known(PRISM_KIND_TEXTURE, texture)) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	bool ok = true;
	const uint32_t serial = texture ? prism_serial(PRISM_KIND_TEXTURE, texture, &ok) : 0;
	if (!ok) return;
	if (serial && access != GL_READ_ONLY) images_used(c);
	prism_put_glBindImageTexture(unit, serial, level, layered, layer, access, format);
}

static bool put_images(uint32_t first, int32_t count, const prism_arr *names) { return prism_put_glBindImageTextures(first, count, names); }
void APIENTRY prism_gl_BindImageTextures(GLuint first, GLsizei count, const GLuint *textures) {
	prism_client *c = prism_client_out();
	if (!c) return;
	images_used(c);
	prism_bind_units(PRISM_KIND_TEXTURE, GL_MAX_IMAGE_UNITS, first, count, textures, put_images);
}
