/* Buffers by serial: what an app wrote into mappings, and questions for contents. The driver's side is in stream/driver/gl/buffers/custom_buffers.c and
 * custom_maps.c. */
#include "state.h"

/* A binding that no draw reads, with the buffer on it; what was there is put back. */
static int bind(replay *r, GLuint serial, GLuint *name, GLint *was, GLint64 *size) {
	const struct prism_glapi *g = &r->gl;
	if (!g->BindBuffer) return x_bad(r, "", "buffers are not offered by this node's driver");
	if (x_handle(r, "buffer", PRISM_KIND_BUFFER, serial, name)) return REPLAY_CORRUPT;
	*was = 0;
	*size = 0;
	g->GetIntegerv(GL_COPY_WRITE_BUFFER_BINDING, was);
	g->BindBuffer(GL_COPY_WRITE_BUFFER, *name);
	if (r->priv->real.GetBufferParameteri64v) r->priv->real.GetBufferParameteri64v(GL_COPY_WRITE_BUFFER, GL_BUFFER_SIZE, size);
	return 0;
}
static void unbind(replay *r, GLint was) { r->gl.BindBuffer(GL_COPY_WRITE_BUFFER, (GLuint)was); }

int x_prismBufferWrite(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismBufferWrite *a = (const void *)rec;
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *data;
	GLuint name;
	GLint was;
	GLint64 size;
	if (x_blob(r, "data", &a->data, 0, false, &at, end, &data)) return REPLAY_CORRUPT;
	if (r->ctx->in_begin) return x_bad(r, "", "a mapping is not sent between glBegin and glEnd");
	if (bind(r, a->buffer, &name, &was, &size)) return REPLAY_CORRUPT;
	int rc = 0;
	if (!name || size < 0 || a->offset > (uint64_t)size || a->data.bytes > (uint64_t)size - a->offset)
		rc = x_bad(r, "offset", "%u bytes at %llu, the buffer has %lld", a->data.bytes, (unsigned long long)a->offset, (long long)size);
	else if (a->data.bytes) r->gl.BufferSubData(GL_COPY_WRITE_BUFFER, (GLintptr)a->offset, (GLsizeiptr)a->data.bytes, data);
	unbind(r, was);
	return rc;
}

int x_prismBufferRead(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismBufferRead *a = (const void *)rec;
	(void)end;
	GLuint name;
	GLint was;
	GLint64 size;
	if (!x_answers(r)) return 0;
	replay_collect_error(r);
	if (bind(r, a->buffer, &name, &was, &size)) return REPLAY_CORRUPT;
	bool fits = name && size >= 0 && a->offset <= (uint64_t)size && a->bytes <= (uint64_t)size - a->offset && a->bytes <= PRISM_MAX_STAGED;
	x_reply_begin(r, a->reply);
	void *to = x_reply_out(r, fits ? a->bytes : 0);
	if (to && fits && a->bytes && !r->ctx->in_begin) es_buffer_read(r, GL_COPY_WRITE_BUFFER, (GLintptr)a->offset, (GLsizeiptr)a->bytes, to);
	unbind(r, was);
	if (!to) return REPLAY_CORRUPT;
	x_reply_end(r);
	return 0;
}
