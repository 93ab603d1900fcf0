/* Unpackers of GL commands that the overlay leaves to the node (`unpack: custom`) and that concern pixels and buffers. What is special about
 * the scissor, lists and the default framebuffer happens behind the function pointers (virtual.c, lists.c, framebuffer.c). */
#include "state.h"

#define UNPACK(name) int x_##name(replay *r, const uint8_t *rec, const uint8_t *end)
#define REC(name) const struct prism_rec_##name *const a = (const void *)rec; (void)a; (void)end
#define NEED(name) if (!r->gl.name) return x_bad(r, "", "gl" #name " is not offered by this node's driver")

UNPACK(glPixelStorei) { REC(glPixelStorei); return unpack_store(r, a->pname, a->param); }

/* Answers are tight images; a node that holds tiles of the default framebuffer gives those (nodes/proto/tiles.go). */
static uint8_t *tile(replay *r, uint8_t *to, box b, GLint off_x, GLint off_y, GLenum format, GLenum type, uint64_t bytes) {
	const int32_t head[6] = {b.x, b.y, b.w, b.h, (int32_t)bytes, 0};
	memcpy(to, head, sizeof head);
	to += sizeof head;
	r->priv->real.ReadPixels(b.x - off_x, b.y - off_y, b.w, b.h, format, type, to);
	return to + PRISM_PAD8(bytes);
}

UNPACK(glReadPixels) {
	REC(glReadPixels);
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const drawable *d = c->read;
	const box all = {a->x, a->y, a->width, a->height};
	box want[256];
	unsigned n = 0;
	const bool cut = !c->read_fbo && d && d->planned;
	const bool none = c->es && !es_readable(r, a->format);
	if (none || c->in_begin || a->width <= 0 || a->height <= 0 || !prism_len_image(1, 1, 1, a->format, a->type)) {
		/* nothing to read; GL has its error when the app made one */
		if (a->width < 0 || a->height < 0 || !prism_len_image(1, 1, 1, a->format, a->type)) 
			g->ReadPixels(a->x, a->y, a->width < 0 ? -1 : 0, a->height < 0 ? -1 : 0, a->format, a->type, NULL);
	} else if (!cut) {
		if (x_answers(r)) want[n++] = all;
	} else {
		for (unsigned i = 0; i < d->n_tiles && n < 256; i++) {
			const box b = box_intersect(d->tiles[i], all);
			if (b.w) want[n++] = b;
		}
	}
	uint64_t total = 0;
	for (unsigned i = 0; i < n && total <= PRISM_MAX_STAGED; i++) total += 24 + PRISM_PAD8(prism_len_image(want[i].w, want[i].h, 1, a->format, a->type));
	if (total > PRISM_MAX_STAGED) return x_bad(r, "", "an answer of %llu bytes", (unsigned long long)total);
	GLint pack = 0;
	if (g->BindBuffer) g->GetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pack);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	GLint off_x, off_y;
	offset_of(d, c->read_fbo, &off_x, &off_y);
	x_reply_begin(r, a->reply);
	x_reply_ret(r, n);
	uint8_t *to = x_reply_out(r, total);
	if (!to) return REPLAY_CORRUPT;
	/* Errors are the lead's to tell, whether it has a tile there or not. */
	if (!n && cut && !none && !c->in_begin && a->width > 0 && a->height > 0) g->ReadPixels(a->x, a->y, 0, 0, a->format, a->type, NULL);
	for (unsigned i = 0; i < n; i++) to = tile(r, to, want[i], off_x, off_y, a->format, a->type, prism_len_image(want[i].w, want[i].h, 1, a->format, a->type));
	x_reply_end(r);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, (GLuint)pack);
	return 0;
}

/* Pixel buffers are bound as the app binds them; unpackers that answer put GL_PIXEL_PACK_BUFFER aside meanwhile. */
UNPACK(glBindBuffer) {
	REC(glBindBuffer);
	NEED(BindBuffer);
	GLuint name;
	if (x_handle_bind(r, "buffer", PRISM_KIND_BUFFER, a->buffer, &name)) return REPLAY_CORRUPT;
	r->gl.BindBuffer(a->target, name);
	return 0;
}
