/* images.c and sampled.c: images of the app's framebuffer objects. The context of prism's own in their share group is current. */
#pragma once
#include "state.h"

uint32_t image_bytes(GLenum format, GLenum type); /* of a pixel; 0: it does not travel */
GLenum image_attachment(GLenum format);           /* where it is attached */
GLbitfield image_mask(GLenum format);
/* A new framebuffer object, bound, with a renderbuffer or, if that is 0, a level of a texture. */
GLuint image_framebuffer(const struct real_gl *g, GLenum target, GLuint rb, GLuint tex, GLenum textarget, GLint level, GLenum format);

/* One with several samples a pixel. */
typedef struct sampled_image {
	GLuint tex, rb;      /* one of both is 0 */
	GLenum format, type; /* of what travels of a sample */
	GLenum internal;
	GLsizei w, h;
	GLuint samples;
} sampled_image;

bool sampled_open(replay *r, sampled_image *m); /* finds the rest; false: this node cannot read and write samples */
/* All samples of a pixel stand one behind the other. false: no room, or a depth that does not come back. */
bool sampled_get(replay *r, const sampled_image *m, box b, uint8_t *to);
bool sampled_put(replay *r, const sampled_image *m, const uint8_t *pixels); /* of all of it */
