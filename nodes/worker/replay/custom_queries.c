/* Records behind queries and syncs (stream/spec/overlay/core_queries.yaml). */
#include "state.h"
#include "side.h"

/* A result in a buffer. GL would have written what this node counted; the app is to find what all have. */
int x_prismQueryStore(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQueryStore *a = (const void *)rec;
	(void)end;
	const struct prism_glapi *g = &r->gl;
	GLuint name;
	GLint bound = 0;
	if (a->bytes != 4 && a->bytes != 8) return x_bad(r, "bytes", "%u, want 4 or 8", a->bytes);
	if (x_handle(r, "buffer", PRISM_KIND_BUFFER, a->buffer, &name)) return REPLAY_CORRUPT;
	if (!g->BindBuffer || !g->BufferSubData) return x_bad(r, "", "buffers are not offered by this node's driver");
	if (r->ctx->in_begin || !name) return 0;
	const uint64_t value = a->value;
	g->GetIntegerv(GL_COPY_WRITE_BUFFER_BINDING, &bound);
	g->BindBuffer(GL_COPY_WRITE_BUFFER, name);
	g->BufferSubData(GL_COPY_WRITE_BUFFER, (GLintptr)a->offset, (GLsizeiptr)a->bytes, &value); /* little endian, as all here */
	g->BindBuffer(GL_COPY_WRITE_BUFFER, (GLuint)bound);
	return 0;
}
