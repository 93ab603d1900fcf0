/* Draws that a GL command of its own cannot carry. The driver's side is in stream/driver/gl/arrays/custom_draws.c. */
#include "state.h"
#include "side.h"

int x_prismMultiDrawElements(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismMultiDrawElements *a = (const void *)rec;
	const struct prism_glapi *g = &r->gl;
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *blobs[4];
	if (a->drawcount < 0) return x_bad(r, "drawcount", "%d", a->drawcount);
	const uint64_t n = (uint64_t)a->drawcount;
	if (x_blob(r, "counts", &a->counts, 4 * n, false, &at, end, &blobs[0]) || x_blob(r, "offsets", &a->offsets, 8 * n, false, &at, end, &blobs[1]) ||
	    x_blob(r, "bases", &a->bases, 4 * n, true, &at, end, &blobs[2]) || x_blob(r, "data", &a->data, 0, true, &at, end, &blobs[3]))
		return REPLAY_CORRUPT;
	if (!g->DrawElements || !g->MultiDrawElements) return x_bad(r, "", "glMultiDrawElements is not offered by this node's driver");
	if (blobs[2] && (!g->MultiDrawElementsBaseVertex || !g->DrawElementsBaseVertex)) return x_bad(r, "", "glMultiDrawElementsBaseVertex is not offered by this node's driver");
	const GLsizei *count = blobs[0];
	const GLint *base = blobs[2];
	const uint64_t bytes = blobs[3] ? a->data.bytes : 0;
	const void **indices = x_scratch(r, 8 * n + 8);
	if (!indices) return REPLAY_CORRUPT;
	GLint name = 0, size = 0;
	g->GetIntegerv(GL_ELEMENT_ARRAY_BUFFER_BINDING, &name);
	if (name && g->GetBufferParameteriv) g->GetBufferParameteriv(GL_ELEMENT_ARRAY_BUFFER, GL_BUFFER_SIZE, &size);
	const uint64_t room = name ? size < 0 ? 0 : (uint64_t)size : bytes;
	if (name && bytes) return x_bad(r, "data", "%llu bytes, and an element array buffer is bound", (unsigned long long)bytes);
	bool good = true;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t offset;
		memcpy(&offset, (const uint8_t *)blobs[1] + 8 * i, 8);
		const uint64_t need = prism_len_indices(count[i], a->type);
		/* A robust GL reads zeros behind a buffer's end, as it would for the app. */
		const bool robust = name && r->priv->dev->robust;
		if (need && (offset > room || (!robust && need > room - offset))) {
			if (!name) return x_bad(r, "offsets", "draw %llu reads %llu bytes at %llu of %llu", (unsigned long long)i, (unsigned long long)need, (unsigned long long)offset, (unsigned long long)room);
			if (!r->ctx->gl_error) r->ctx->gl_error = GL_INVALID_OPERATION;
			return 0;
		}
		indices[i] = name ? (const void *)(uintptr_t)offset : blobs[3] ? (const uint8_t *)blobs[3] + (need ? offset : 0) : NULL;
		good = good && (r->ctx->build || bounds_elements(r, count[i], a->type, indices[i], base ? base[i] : 0));
	}
	if (!good) return 0;
	if (r->ctx->build) { /* looked at one by one (bounds.c) */
		for (uint64_t i = 0; i < n; i++) {
			if (base) g->DrawElementsBaseVertex(a->mode, count[i], a->type, indices[i], base[i]);
			else g->DrawElements(a->mode, count[i], a->type, indices[i]);
		}
	} else if (base) {
		g->MultiDrawElementsBaseVertex(a->mode, count, a->type, (const void *const *)indices, a->drawcount, base);
	} else {
		g->MultiDrawElements(a->mode, count, a->type, (const void *const *)indices, a->drawcount);
	}
	return 0;
}
