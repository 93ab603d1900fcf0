/* Unpackers of GL commands that the overlay leaves to the node (`unpack: custom`) and that concern pixels, lists, the scissor or the default
 * framebuffer. What is special about most of them happens behind the function pointers (virtual.c, lists.c, framebuffer.c). */
#include "state.h"

#define UNPACK(name) int x_##name(replay *r, const uint8_t *rec, const uint8_t *end)
#define REC(name) const struct prism_rec_##name *const a = (const void *)rec; (void)a; (void)end
#define NEED(name) if (!r->gl.name) return x_bad(r, "", "gl" #name " is not offered by this node's driver")

UNPACK(glEnable) { REC(glEnable); r->gl.Enable(a->cap); return 0; }
UNPACK(glDisable) { REC(glDisable); r->gl.Disable(a->cap); return 0; }
UNPACK(glEnablei) { REC(glEnablei); NEED(Enablei); r->gl.Enablei(a->target, a->index); return 0; }
UNPACK(glDisablei) { REC(glDisablei); NEED(Disablei); r->gl.Disablei(a->target, a->index); return 0; }
UNPACK(glScissor) { REC(glScissor); r->gl.Scissor(a->x, a->y, a->width, a->height); return 0; }
UNPACK(glPushAttrib) { REC(glPushAttrib); NEED(PushAttrib); r->gl.PushAttrib(a->mask); return 0; }
UNPACK(glPopAttrib) { REC(glPopAttrib); NEED(PopAttrib); r->gl.PopAttrib(); return 0; }
UNPACK(glDrawBuffer) { REC(glDrawBuffer); r->gl.DrawBuffer(a->buf); return 0; }
UNPACK(glReadBuffer) { REC(glReadBuffer); r->gl.ReadBuffer(a->src); return 0; }
UNPACK(glNewList) { REC(glNewList); NEED(NewList); r->gl.NewList(a->list, a->mode); return 0; }
UNPACK(glEndList) { REC(glEndList); NEED(EndList); r->gl.EndList(); return 0; }
UNPACK(glCallList) { REC(glCallList); NEED(CallList); r->gl.CallList(a->list); return 0; }
UNPACK(glDeleteLists) { REC(glDeleteLists); NEED(DeleteLists); r->gl.DeleteLists(a->list, a->range); return 0; }
UNPACK(glPixelStorei) { REC(glPixelStorei); return unpack_store(r, a->pname, a->param); }

UNPACK(glDrawBuffers) {
	REC(glDrawBuffers);
	NEED(DrawBuffers);
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *bufs;
	if (x_blob(r, "bufs", &a->bufs, x_need(a->n, sizeof(GLenum)), true, &at, end, &bufs)) return REPLAY_CORRUPT;
	r->gl.DrawBuffers(bufs || a->n < 0 ? a->n : 0, bufs);
	return 0;
}

UNPACK(glCallLists) {
	REC(glCallLists);
	NEED(CallLists);
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *lists;
	uint64_t need = prism_len_calllists(a->n, a->type);
	if (x_blob(r, "lists", &a->lists, need, false, &at, end, &lists)) return REPLAY_CORRUPT;
	r->gl.CallLists(a->n, a->type, need ? lists : NULL);
	return 0;
}

UNPACK(glBindFramebuffer) {
	REC(glBindFramebuffer);
	NEED(BindFramebuffer);
	GLuint name;
	if (x_handle_bind(r, "framebuffer", PRISM_KIND_FRAMEBUFFER, a->framebuffer, &name)) return REPLAY_CORRUPT;
	r->gl.BindFramebuffer(a->target, name);
	return 0;
}

UNPACK(glDeleteFramebuffers) {
	REC(glDeleteFramebuffers);
	NEED(DeleteFramebuffers);
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *serials;
	if (x_blob(r, "framebuffers", &a->framebuffers, x_need(a->n, 4), false, &at, end, &serials)) return REPLAY_CORRUPT;
	if (a->n <= 0) return 0;
	GLuint *names = x_scratch(r, (uint64_t)a->n * sizeof *names);
	if (!names) return REPLAY_CORRUPT;
	for (int32_t i = 0; i < a->n; i++) {
		uint32_t serial = ((const uint32_t *)serials)[i];
		if (x_handle(r, "framebuffers", PRISM_KIND_FRAMEBUFFER, serial, &names[i])) return REPLAY_CORRUPT;
		x_handle_remove(r, PRISM_KIND_FRAMEBUFFER, serial);
	}
	r->gl.DeleteFramebuffers(a->n, names);
	return 0;
}

/* Answers are tight images; a node that holds tiles of the default framebuffer gives those (nodes/proto/tiles.go). */
static uint8_t *tile(replay *r, uint8_t *to, box b, GLenum format, GLenum type, uint64_t bytes) {
	const int32_t head[6] = {b.x, b.y, b.w, b.h, (int32_t)bytes, 0};
	memcpy(to, head, sizeof head);
	to += sizeof head;
	r->priv->real.ReadPixels(b.x, b.y, b.w, b.h, format, type, to);
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
	if (c->in_begin || a->width <= 0 || a->height <= 0 || !prism_len_image(1, 1, 1, a->format, a->type)) {
		/* nothing to read; GL has its error when the app made one */
		if (a->width < 0 || a->height < 0 || !prism_len_image(1, 1, 1, a->format, a->type)) g->ReadPixels(a->x, a->y, -1, -1, a->format, a->type, NULL);
	} else if (!cut) {
		if (x_answers(r)) want[n++] = all;
	} else {
		for (unsigned i = 0; i < d->n_tiles && n < 256; i++) {
			const box b = box_intersect(d->tiles[i], all);
			if (b.w) want[n++] = b;
		}
	}
	uint64_t total = 0;
	for (unsigned i = 0; i < n; i++) total += 24 + PRISM_PAD8(prism_len_image(want[i].w, want[i].h, 1, a->format, a->type));
	if (total > PRISM_MAX_STAGED) return x_bad(r, "", "an answer of %llu bytes", (unsigned long long)total);
	GLint pack = 0;
	if (g->BindBuffer) g->GetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pack);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	x_reply_begin(r, a->reply);
	x_reply_ret(r, n);
	uint8_t *to = x_reply_out(r, total);
	if (!to) return REPLAY_CORRUPT;
	for (unsigned i = 0; i < n; i++) to = tile(r, to, want[i], a->format, a->type, prism_len_image(want[i].w, want[i].h, 1, a->format, a->type));
	x_reply_end(r);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, (GLuint)pack);
	return 0;
}

/* GL_PIXEL_PACK_BUFFER is not bound on a node: answers travel, and the driver writes them into the buffer. */
__attribute__((weak)) UNPACK(glBindBuffer) {
	REC(glBindBuffer);
	NEED(BindBuffer);
	GLuint name;
	if (x_handle_bind(r, "buffer", PRISM_KIND_BUFFER, a->buffer, &name)) return REPLAY_CORRUPT;
	r->gl.BindBuffer(a->target, name);
	return 0;
}
