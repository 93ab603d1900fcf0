/* Records behind queries and syncs (stream/spec/overlay/core_queries.yaml). */
#include "state.h"
#include "side.h"

/* A result in a buffer. GL would have written what this node counted; the app is to find what all have. */
static int store(replay *r, uint32_t buffer, uint32_t bytes, uint64_t offset, uint64_t value) {
	const struct prism_glapi *g = &r->gl;
	GLuint name;
	GLint bound = 0;
	if (bytes != 4 && bytes != 8) return x_bad(r, "bytes", "%u, want 4 or 8", bytes);
	if (x_handle(r, "buffer", PRISM_KIND_BUFFER, buffer, &name)) return REPLAY_CORRUPT;
	if (!g->BindBuffer || !g->BufferSubData) return x_bad(r, "", "buffers are not offered by this node's driver");
	if (r->ctx->in_begin || !name) return 0;
	g->GetIntegerv(GL_COPY_WRITE_BUFFER_BINDING, &bound);
	g->BindBuffer(GL_COPY_WRITE_BUFFER, name);
	g->BufferSubData(GL_COPY_WRITE_BUFFER, (GLintptr)offset, (GLsizeiptr)bytes, &value); /* little endian, as all here */
	g->BindBuffer(GL_COPY_WRITE_BUFFER, (GLuint)bound);
	return 0;
}
int x_prismQueryStore(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQueryStore *a = (const void *)rec;
	(void)end;
	return store(r, a->buffer, a->bytes, a->offset, a->value);
}
int x_prismResultStore(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismResultStore *a = (const void *)rec;
	(void)end;
	return store(r, a->buffer, a->bytes, a->offset, a->value);
}
