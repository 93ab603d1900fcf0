/* What samples.c and sampled.c share: samples of windows and of images are read and written by shaders. */
#pragma once
#include "state.h"

GLuint samples_program(const struct real_gl *g, const char *fragment); /* 0: it cannot be made */
void samples_quad(const struct real_gl *g);                            /* over all of the viewport */
/* A texture of one sample a pixel, as large as b, bound. */
GLuint samples_plain(const struct real_gl *g, box b, GLenum internal, GLenum format, GLenum type, const void *pixels);
/* Large pictures have samples that a GPU may have no room for twice: false, since the last call. */
bool samples_room(const struct real_gl *g);
