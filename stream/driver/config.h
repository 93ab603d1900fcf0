/* Configurations of default framebuffers, as GLX and EGL both have them. */
#ifndef PRISM_CONFIG_H
#define PRISM_CONFIG_H
#include "window.h"

/* All are RGB8 without auxiliary buffers. */
typedef struct prism_config {
	int id, screen;
	VisualID visual; /* 0: for no window */
	int visual_depth, visual_class;
	bool transparent; /* the visual has an alpha channel that the X server's compositor looks at */
	int alpha, depth, stencil, samples, double_buffer;
	bool accum; /* 16 bits a component */
} prism_config;

#define PRISM_MAX_SIDE 16384

/* What a drawable of c is to be; kind is PRISM_DRAWABLE_*. */
static inline prism_drawable_want prism_config_drawable(const prism_config *c, int kind) {
	return (prism_drawable_want){.kind = kind, .config = (uint32_t)c->id, .alpha = (uint32_t)c->alpha, .depth = (uint32_t)c->depth,
		.stencil = (uint32_t)c->stencil, .samples = (uint32_t)c->samples, .double_buffer = (uint32_t)c->double_buffer, .accum = c->accum};
}
/* The same for a context. */
static inline void prism_config_context(const prism_config *c, prism_context_want *w) {
	w->config = (uint32_t)c->id;
	w->alpha = (uint32_t)c->alpha;
	w->depth = (uint32_t)c->depth;
	w->stencil = (uint32_t)c->stencil;
	w->samples = (uint32_t)c->samples;
	w->double_buffer = (uint32_t)c->double_buffer;
}
#endif
