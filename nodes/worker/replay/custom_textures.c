/* Unpackers of texture commands that the overlay leaves to the node. */
#include "state.h"
#include "prism_get.h"
#include "prism_blocks.h"

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
	x_reply_begin(r, a->reply); /* first: with an error of what follows, there is no answer */
	r->gl.GetTexLevelParameteriv(a->target, a->level, a->pname, room);
	if (a->pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) room[0] = (GLint)x_handle_serial(r, PRISM_KIND_BUFFER, (GLuint)room[0]);
	void *to = x_reply_out(r, sizeof *room);
	if (!to) return REPLAY_CORRUPT;
	memcpy(to, room, sizeof *room);
	x_reply_end(r);
	return 0;
}

UNPACK(glGetTextureLevelParameteriv) {
	REC(glGetTextureLevelParameteriv);
	NEED(GetTextureLevelParameteriv);
	GLuint name;
	if (!x_answers(r)) return 0;
	if (x_handle(r, "texture", PRISM_KIND_TEXTURE, a->texture, &name)) return REPLAY_CORRUPT;
	GLint room[64] = {0};
	r->gl.GetTextureLevelParameteriv(name, a->level, a->pname, room);
	if (a->pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) room[0] = (GLint)x_handle_serial(r, PRISM_KIND_BUFFER, (GLuint)room[0]);
	x_reply_begin(r, a->reply);
	void *to = x_reply_out(r, sizeof *room);
	if (!to) return REPLAY_CORRUPT;
	memcpy(to, room, sizeof *room);
	x_reply_end(r);
	return 0;
}

/* ---- reading images ---- */

static int texture_dims(GLenum target) {
	switch (target) {
	case GL_TEXTURE_1D: return 1;
	case GL_TEXTURE_2D: case GL_TEXTURE_1D_ARRAY: case GL_TEXTURE_RECTANGLE: case GL_TEXTURE_CUBE_MAP_POSITIVE_X: case GL_TEXTURE_CUBE_MAP_NEGATIVE_X:
	case GL_TEXTURE_CUBE_MAP_POSITIVE_Y: case GL_TEXTURE_CUBE_MAP_NEGATIVE_Y: case GL_TEXTURE_CUBE_MAP_POSITIVE_Z: case GL_TEXTURE_CUBE_MAP_NEGATIVE_Z: return 2;
	case GL_TEXTURE_3D: case GL_TEXTURE_2D_ARRAY: case GL_TEXTURE_CUBE_MAP_ARRAY: case GL_TEXTURE_CUBE_MAP: return 3;
	default: return 0;
	}
}

/* The target of a texture: some drivers do not tell it, but a unit shows where it is bound. 0: none. */
static GLenum target_of(replay *r, GLuint name) {
	static const struct { GLenum target, binding; } all[] = {
		{GL_TEXTURE_2D, GL_TEXTURE_BINDING_2D}, {GL_TEXTURE_2D_ARRAY, GL_TEXTURE_BINDING_2D_ARRAY}, {GL_TEXTURE_3D, GL_TEXTURE_BINDING_3D},
		{GL_TEXTURE_CUBE_MAP, GL_TEXTURE_BINDING_CUBE_MAP}, {GL_TEXTURE_1D, GL_TEXTURE_BINDING_1D}, {GL_TEXTURE_1D_ARRAY, GL_TEXTURE_BINDING_1D_ARRAY},
		{GL_TEXTURE_CUBE_MAP_ARRAY, GL_TEXTURE_BINDING_CUBE_MAP_ARRAY}, {GL_TEXTURE_RECTANGLE, GL_TEXTURE_BINDING_RECTANGLE},
	};
	enum { N = sizeof all / sizeof *all };
	const struct real_gl *g = &r->priv->real;
	GLint was[N] = {0}, unit = GL_TEXTURE0, now = 0;
	int at = -1;
	g->GetIntegerv(GL_ACTIVE_TEXTURE, &unit);
	for (int i = 0; i < N; i++) g->GetIntegerv(all[i].binding, &was[i]);
	const bool paused = list_pause(r);
	r->gl.BindTextureUnit((GLuint)unit - GL_TEXTURE0, name);
	for (int i = 0; i < N && at < 0; i++) {
		g->GetIntegerv(all[i].binding, &now);
		if ((GLuint)now == name) at = i;
	}
	if (at >= 0 && was[at] != (GLint)name) g->BindTexture(all[at].target, (GLuint)was[at]);
	if (paused) list_resume(r);
	return at < 0 ? 0 : all[at].target;
}

/* What GL says of a level: by target, or by name where that is not 0. */
static GLint level_value(replay *r, GLenum target, GLuint name, GLint level, GLenum pname) {
	GLint room[64] = {0};
	if (name) r->gl.GetTextureLevelParameteriv(name, level, pname, room);
	else r->gl.GetTexLevelParameteriv(target, level, pname, room);
	return room[0];
}

/* What GL would say of a question that it is spared because nobody could tell how much it writes. */
static void refuse(replay *r, GLenum error) {
	replay_collect_error(r);
	if (!r->ctx->gl_error) r->ctx->gl_error = error;
}

/* The image's head, and how many bytes a compressed one has. */
static prism_image_head level_head(replay *r, GLenum target, GLuint name, GLint level, bool compressed, uint64_t *bytes) {
	prism_image_head h = {.dims = texture_dims(target)};
	*bytes = 0;
	if (!h.dims) return h;
	h.w = level_value(r, target, name, level, GL_TEXTURE_WIDTH);
	h.h = level_value(r, target, name, level, GL_TEXTURE_HEIGHT);
	h.d = level_value(r, target, name, level, GL_TEXTURE_DEPTH);
	h.internal_format = (uint32_t)level_value(r, target, name, level, GL_TEXTURE_INTERNAL_FORMAT);
	if (!compressed) return h;
	if (!level_value(r, target, name, level, GL_TEXTURE_COMPRESSED)) {
		if (h.w > 0) refuse(r, GL_INVALID_OPERATION);
		return h;
	}
	const GLint n = level_value(r, target, name, level, GL_TEXTURE_COMPRESSED_IMAGE_SIZE);
	*bytes = n > 0 ? (uint64_t)n : 0;
	return h;
}

/* Begins the answer: where the image's n bytes go, or NULL: none (then *rc says whether that is an error). */
static uint8_t *image_answer(replay *r, uint64_t reply, const prism_image_head *head, uint64_t n, int *rc) {
	if (n > PRISM_MAX_STAGED) {
		refuse(r, GL_OUT_OF_MEMORY);
		n = 0;
	}
	x_reply_begin(r, reply);
	uint8_t *to = x_reply_out(r, n ? n + sizeof *head : 0);
	*rc = to ? 0 : REPLAY_CORRUPT;
	if (!to || !n) return NULL;
	memcpy(to, head, sizeof *head);
	return to + sizeof *head;
}

int x_prismGetTexImage(replay *r, const uint8_t *rec, const uint8_t *end) {
	REC(prismGetTexImage);
	const struct prism_glapi *g = &r->gl;
	uint64_t n;
	int rc;
	if (!x_answers(r)) return 0;
	replay_collect_error(r);
	const prism_image_head head = level_head(r, a->target == GL_TEXTURE_CUBE_MAP ? 0 : a->target, 0, a->level, !a->format, &n);
	if (!head.dims || (a->format && !prism_len_image(1, 1, 1, a->format, a->type))) refuse(r, GL_INVALID_ENUM);
	if (a->format) n = prism_len_image(head.w, head.h, head.d, a->format, a->type);
	else if (!g->GetCompressedTexImage) n = 0;
	uint8_t *to = image_answer(r, a->reply, &head, n, &rc);
	if (to) {
		GLuint pack = pack_off(r);
		if (a->format) g->GetTexImage(a->target, a->level, a->format, a->type, to);
		else g->GetCompressedTexImage(a->target, a->level, to);
		pack_on(r, pack);
	}
	if (!rc) x_reply_end(r);
	return rc;
}

/* Is the part inside of the level? GL would look, too, but the room is made before. */
static bool inside(const prism_image_head *h, int32_t x, int32_t y, int32_t z, int32_t w, int32_t height, int32_t d) {
	return x >= 0 && y >= 0 && z >= 0 && w >= 0 && height >= 0 && d >= 0 && x <= h->w - w && y <= h->h - height && z <= h->d - d;
}

int x_prismGetTextureImage(replay *r, const uint8_t *rec, const uint8_t *end) {
	REC(prismGetTextureImage);
	const struct prism_glapi *g = &r->gl;
	GLuint name;
	uint64_t n, whole;
	int rc;
	if (!g->GetTextureLevelParameteriv || !g->BindTextureUnit || !g->GetTextureImage || !g->GetTextureSubImage || !g->GetCompressedTextureImage ||
	    !g->GetCompressedTextureSubImage)
		return x_bad(r, "", "textures are not read by name on this node's driver");
	if (!x_answers(r)) return 0;
	if (x_handle(r, "texture", PRISM_KIND_TEXTURE, a->texture, &name)) return REPLAY_CORRUPT;
	if (!name) return x_bad(r, "texture", "0");
	replay_collect_error(r);
	const GLenum target = target_of(r, name);
	prism_image_head head = level_head(r, target, name, a->level, !a->format, &whole);
	if (!head.dims || (a->format && !prism_len_image(1, 1, 1, a->format, a->type))) refuse(r, head.dims ? GL_INVALID_ENUM : GL_INVALID_OPERATION);
	if (target == GL_TEXTURE_CUBE_MAP) { /* GL tells of one face */
		head.d = 6;
		whole *= 6;
	}
	n = whole;
	if (a->part) {
		uint32_t bw, bh, each;
		if (!inside(&head, a->x, a->y, a->z, a->width, a->height, a->depth)) {
			refuse(r, GL_INVALID_VALUE);
			head = (prism_image_head){0};
		}
		/* What no table has is at least not more than the whole. */
		if (head.w && n && prism_block(head.internal_format, &bw, &bh, &each) && a->width > 0 && a->height > 0 && a->depth > 0)
			n = ((uint64_t)a->width + bw - 1) / bw * (((uint64_t)a->height + bh - 1) / bh) * (uint64_t)a->depth * each;
		if (!head.w || n > whole) n = 0;
		head.w = a->width;
		head.h = a->height;
		head.d = a->depth;
	}
	if (a->format) n = a->part && !head.dims ? 0 : prism_len_image(head.w, head.h, head.d, a->format, a->type);
	if (a->part && head.dims && !n && prism_len_image(1, 1, 1, a->format, a->type)) { /* nothing, if that is no error */
		uint8_t none[8];
		g->GetTextureSubImage(name, a->level, a->x, a->y, a->z, a->width, a->height, a->depth, a->format, a->type, 0, none);
	}
	uint8_t *to = image_answer(r, a->reply, &head, n, &rc);
	if (to) {
		GLuint pack = pack_off(r);
		if (!a->part && a->format) g->GetTextureImage(name, a->level, a->format, a->type, (GLsizei)n, to);
		else if (!a->part) g->GetCompressedTextureImage(name, a->level, (GLsizei)n, to);
		else if (a->format) g->GetTextureSubImage(name, a->level, a->x, a->y, a->z, a->width, a->height, a->depth, a->format, a->type, (GLsizei)n, to);
		else g->GetCompressedTextureSubImage(name, a->level, a->x, a->y, a->z, a->width, a->height, a->depth, (GLsizei)n, to);
		pack_on(r, pack);
	}
	if (!rc) x_reply_end(r);
	return rc;
}
