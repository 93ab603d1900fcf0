/* Unpackers of texture commands that the overlay leaves to the node. */
#include "state.h"

#define UNPACK(name) int x_##name(replay *r, const uint8_t *rec, const uint8_t *end)
#define REC(name) const struct prism_rec_##name *const a = (const void *)rec; (void)end
#define NEED(name) if (!r->gl.name) return x_bad(r, "", "gl" #name " is not offered by this node's driver")

static int image_kind(GLenum target) { return target == GL_RENDERBUFFER ? PRISM_KIND_RENDERBUFFER : PRISM_KIND_TEXTURE; }

UNPACK(glCopyImageSubData) {
	REC(glCopyImageSubData);
	NEED(CopyImageSubData);
	GLuint from, to;
	if (x_handle(r, "srcName", image_kind(a->srcTarget), a->srcName, &from) || x_handle(r, "dstName", image_kind(a->dstTarget), a->dstName, &to)) return REPLAY_CORRUPT;
	r->gl.CopyImageSubData(from, a->srcTarget, a->srcLevel, a->srcX, a->srcY, a->srcZ, to, a->dstTarget, a->dstLevel, a->dstX, a->dstY, a->dstZ,
	                       a->srcWidth, a->srcHeight, a->srcDepth);
	return 0;
}

/* One texel, in room for what a driver may read of a pair of format and type that prism_len.h does not know. */
static int texel(replay *r, const prism_blob *b, GLenum format, GLenum type, const uint8_t *at, const uint8_t *end, uint64_t room[8], const void **out) {
	const void *p;
	const uint64_t n = prism_len_pixel(format, type);
	memset(room, 0, 8 * sizeof *room);
	if (x_blob(r, "data", b, n, true, &at, end, &p)) return REPLAY_CORRUPT;
	if (p && n) memcpy(room, p, n < 64 ? n : 64);
	*out = p || !n ? room : NULL;
	return 0;
}

UNPACK(glClearTexImage) {
	REC(glClearTexImage);
	NEED(ClearTexImage);
	GLuint name;
	uint64_t room[8];
	const void *data;
	if (x_handle(r, "texture", PRISM_KIND_TEXTURE, a->texture, &name) || texel(r, &a->data, a->format, a->type, rec + sizeof *a, end, room, &data)) return REPLAY_CORRUPT;
	r->gl.ClearTexImage(name, a->level, a->format, a->type, data);
	return 0;
}

UNPACK(glClearTexSubImage) {
	REC(glClearTexSubImage);
	NEED(ClearTexSubImage);
	GLuint name;
	uint64_t room[8];
	const void *data;
	if (x_handle(r, "texture", PRISM_KIND_TEXTURE, a->texture, &name) || texel(r, &a->data, a->format, a->type, rec + sizeof *a, end, room, &data)) return REPLAY_CORRUPT;
	r->gl.ClearTexSubImage(name, a->level, a->xoffset, a->yoffset, a->zoffset, a->width, a->height, a->depth, a->format, a->type, data);
	return 0;
}

UNPACK(glGetTexLevelParameteriv) {
	REC(glGetTexLevelParameteriv);
	NEED(GetTexLevelParameteriv);
	if (!x_answers(r)) return 0;
	GLint room[64] = {0}; /* one value; a driver may know words that we do not */
	r->gl.GetTexLevelParameteriv(a->target, a->level, a->pname, room);
	if (a->pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) room[0] = (GLint)x_handle_serial(r, PRISM_KIND_BUFFER, (GLuint)room[0]);
	x_reply_begin(r, a->reply);
	void *to = x_reply_out(r, sizeof *room);
	if (!to) return REPLAY_CORRUPT;
	memcpy(to, room, sizeof *room);
	x_reply_end(r);
	return 0;
}
