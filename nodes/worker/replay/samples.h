/* What samples.c and sampled.c share: samples of windows and of images are read and written by shaders. */
#pragma once
#include "state.h"

enum { SAMPLES_COLOR, SAMPLES_DEPTH, SAMPLES_STENCIL, SAMPLES_KINDS }; /* what a pass is about */

GLuint samples_program(const struct real_gl *g, const char *fragment); /* 0: it cannot be made */
void samples_use(const struct real_gl *g, GLuint program, GLint x, GLint y, GLint z); /* with its "at" */
void samples_quad(const struct real_gl *g);                            /* over all of the viewport */
/* A texture of one sample a pixel, as large as b, bound. */
GLuint samples_plain(const struct real_gl *g, box b, GLenum internal, GLenum format, GLenum type, const void *pixels);
/* What a program finds for b in a multisampled texture. mode: GL_DEPTH_STENCIL_TEXTURE_MODE that the texture has from here on, 0: as it is. */
void samples_fetch(const struct real_gl *g, GLuint program, const GLint at[3], GLuint from, GLenum mode, box b, GLenum internal, GLenum format, GLenum type, void *to);
/* Fragment shaders that take a pixel from the texture that is bound; at: b's corner, and the bit of stencil, by which it is discarded. */
extern const char *const samples_write_text[SAMPLES_KINDS];
/* Sets stencil in the viewport b to the lowest byte of each word, which the texture that is bound has as its first component. program: as above. */
void samples_stencil(const struct real_gl *g, GLuint program, box b, const uint8_t *from);
/* Large pictures have samples that a GPU may have no room for twice: false, since the last call. */
bool samples_room(const struct real_gl *g);
