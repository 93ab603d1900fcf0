/* Programs that write more than the framebuffer: buffers and images. Every node must then see every fragment, or their contents would differ
 * from node to node; and a fragment that a node drops must be one that the GPU of a single node drops too, so that depth and stencil must
 * be right outside a node's tile also. So from the first such program that draws to the window on, the session has the window drawn
 * whole on every node (prismWhole). Draws into objects, and compute, run whole everywhere as it is.
 *
 * Whether a program writes is asked of the nodes, with its reflection, if the sources have words for it: no program of older GL has. */
#include "custom_program.h"

bool prism_source_writes(const char *s) { /* "##" may make any word */
	return s && (strstr(s, "buffer") || strstr(s, "image") || strstr(s, "atomic") || strstr(s, "##"));
}

static uint32_t of(prism_client *c, prism_object *p) {
	const uint32_t effects = p && p->suspect ? prism_program_effects(c, p) : 0;
	if (effects) c->sh->writers = true;
	return effects;
}

static uint32_t of_serial(prism_client *c, uint32_t serial) {
	prism_lock(c);
	prism_object *p = prism_map_ptr(&c->sh->objects, serial);
	prism_unlock(c);
	return of(c, p);
}

static void whole(prism_client *c) {
	if (c->sh->effects_told) return;
	c->sh->effects_told = true;
	prism_put_prismWhole();
}

void prism_effects_look(prism_client *c) {
	if (c->sh->effects_told) return;
	uint32_t effects = 0;
	const prism_pipeline *at = prism_pipeline_now(c);
	if (c->program.serial) effects = of_serial(c, c->program.serial);
	else
		for (int i = 0; at && i < 6; i++) effects |= at->stage[i] ? of_serial(c, at->stage[i]) : 0;
	if (effects & PRISM_EFFECT_FRAGMENT && !c->draw_framebuffer) whole(c);
}

/* What a list will draw to when it is called, nobody knows now. */
void prism_effects_listed(prism_client *c, prism_object *p) {
	if (of(c, p) & PRISM_EFFECT_FRAGMENT) whole(c);
}
