/* Textures since 4.2: views, several bindings at once, clears, copies between objects, what a format can do. */
#include "clientstate.h"
#include <stdlib.h>

void prism_after_glTextureView(GLuint texture, GLenum target, GLuint origtexture, GLenum internalformat, GLuint minlevel, GLuint numlevels,
                               GLuint minlayer, GLuint numlayers) {
	(void)target, (void)origtexture, (void)internalformat, (void)minlevel, (void)numlevels, (void)minlayer, (void)numlayers;
	prism_names_made(PRISM_KIND_TEXTURE, 1, &texture);
}

/* ---- several bindings at once ---- */

#define PRISM_UNITS 512 /* more than any GL has */

static bool put_textures(uint32_t first, int32_t count, const prism_arr *names) { return prism_put_glBindTextures(first, count, names); }
static bool put_samplers(uint32_t first, int32_t count, const prism_arr *names) { return prism_put_glBindSamplers(first, count, names); }

/* Names that stand for nothing are errors each, and leave their units as they are: the others go out in runs. */
void prism_bind_units(int kind, GLenum limit, GLuint first, GLsizei count, const GLuint *names, prism_put_units *put) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const GLint units = prism_get_int(c, limit, PRISM_UNITS);
	if (first + (GLuint)count > (GLuint)units || count < 0 || count > PRISM_UNITS) {
		prism_error(first + (GLuint)count > (GLuint)units || count > 0 ? GL_INVALID_OPERATION : GL_INVALID_VALUE);
		return;
	}
	uint32_t serials[PRISM_UNITS];
	GLsizei from = 0, n = 0;
	for (GLsizei i = 0; i <= count; i++) {
		bool good = i < count;
		if (good && names && names[i]) {
			good = prism_name_is(kind, names[i]);
			if (good) serials[n] = prism_serial(kind, names[i], &good);
			else prism_error(GL_INVALID_OPERATION);
		} else if (good) {
			serials[n] = 0;
		}
		if (good) {
			n++;
			continue;
		}
		prism_arr a;
		if (n && (!prism_arr_in(&a, serials, (uint64_t)n * sizeof *serials) || !put(first + (GLuint)from, n, &a))) return;
		from = i + 1;
		n = 0;
	}
}
void APIENTRY prism_gl_BindTextures(GLuint first, GLsizei count, const GLuint *textures) {
	prism_bind_units(PRISM_KIND_TEXTURE, GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS, first, count, textures, put_textures);
}
void APIENTRY prism_gl_BindSamplers(GLuint first, GLsizei count, const GLuint *samplers) {
	prism_bind_units(PRISM_KIND_SAMPLER, GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS, first, count, samplers, put_samplers);
}

/* ---- clears and copies ---- */

/* A pair of format and type that prism does not know travels without a texel: GL refuses it. */
static bool texel(prism_arr *a, GLenum format, GLenum type, const void *data) {
	const uint64_t n = data ? prism_len_pixel(format, type) : 0;
	return prism_arr_in(a, n ? data : NULL, n);
}
void APIENTRY prism_gl_ClearTexImage(GLuint texture, GLint level, GLenum format, GLenum type, const void *data) {
	bool ok = true;
	prism_arr a;
	if (!prism_client_out()) return;
	uint32_t serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	if (ok && texel(&a, format, type, data)) prism_put_glClearTexImage(serial, level, format, type, &a);
}
void APIENTRY prism_gl_ClearTexSubImage(GLuint texture, GLint level, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format,
                                        GLenum type, const void *data) {
	bool ok = true;
	prism_arr a;
	if (!prism_client_out()) return;
	uint32_t serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	if (ok && texel(&a, format, type, data)) prism_put_glClearTexSubImage(serial, level, x, y, z, w, h, d, format, type, &a);
}

/* What glCopyImageSubData's targets name: 0 stands for nothing that has images. */
static bool image_serial(GLuint name, GLenum target, uint32_t *serial) {
	const int kind = target == GL_RENDERBUFFER ? PRISM_KIND_RENDERBUFFER : PRISM_KIND_TEXTURE;
	bool ok = true;
	*serial = 0;
	if (!prism_name_is(kind, name)) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	*serial = prism_serial(kind, name, &ok);
	return ok;
}
static bool image_target(GLenum target) {
	switch (target) {
	case GL_RENDERBUFFER: case GL_TEXTURE_1D: case GL_TEXTURE_1D_ARRAY: case GL_TEXTURE_2D: case GL_TEXTURE_3D: case GL_TEXTURE_CUBE_MAP:
	case GL_TEXTURE_RECTANGLE: case GL_TEXTURE_2D_ARRAY: case GL_TEXTURE_CUBE_MAP_ARRAY: case GL_TEXTURE_2D_MULTISAMPLE:
	case GL_TEXTURE_2D_MULTISAMPLE_ARRAY: return true;
	default: return false;
	}
}
void APIENTRY prism_gl_CopyImageSubData(GLuint from, GLenum from_target, GLint from_level, GLint from_x, GLint from_y, GLint from_z, GLuint to,
                                        GLenum to_target, GLint to_level, GLint to_x, GLint to_y, GLint to_z, GLsizei w, GLsizei h, GLsizei d) {
	uint32_t a, b;
	if (!prism_client_out()) return;
	if (!image_target(from_target) || !image_target(to_target)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if (image_serial(from, from_target, &a) && image_serial(to, to_target, &b))
		prism_put_glCopyImageSubData(a, from_target, from_level, from_x, from_y, from_z, b, to_target, to_level, to_x, to_y, to_z, w, h, d);
}

/* ---- what a format can do: constants ---- */

#define PRISM_FORMAT_VALUES 64 /* a list of sample counts may be long */

static void internal_format(uint32_t what, GLenum target, GLenum format, GLenum pname, GLsizei count, void *to, uint32_t each) {
	prism_client *c = prism_client_out();
	if (!c) return;
	uint8_t v[PRISM_FORMAT_VALUES * 8];
	if (count < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	const int n = prism_get(c, what, pname, target, format, v, sizeof v, true);
	const uint64_t room = (uint64_t)count * each;
	if (n > 0 && to) memcpy(to, v, (uint64_t)n < room ? (size_t)n : (size_t)room);
}
void APIENTRY prism_gl_GetInternalformativ(GLenum target, GLenum internalformat, GLenum pname, GLsizei count, GLint *params) {
	internal_format(PRISM_GET_FORMAT, target, internalformat, pname, count, params, sizeof *params);
}
void APIENTRY prism_gl_GetInternalformati64v(GLenum target, GLenum internalformat, GLenum pname, GLsizei count, GLint64 *params) {
	internal_format(PRISM_GET_FORMAT64, target, internalformat, pname, count, params, sizeof *params);
}

/* ---- levels ---- */

void APIENTRY prism_gl_GetTexLevelParameteriv(GLenum target, GLint level, GLenum pname, GLint *params) {
	prism_ask q;
	GLint v;
	if (!prism_client_out() || !prism_ask_begin(&q)) return;
	prism_put_glGetTexLevelParameteriv(q.id, target, level, pname);
	if (prism_ask_wait(&q) && prism_ask_out(&q, &v, sizeof v) == sizeof v)
		*params = pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING ? (GLint)prism_name(PRISM_KIND_BUFFER, (uint32_t)v) : v;
	prism_ask_end(&q);
}
void APIENTRY prism_gl_GetTexLevelParameterfv(GLenum target, GLint level, GLenum pname, GLfloat *params) {
	prism_ask q;
	if (pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) {
		GLint v = -1;
		prism_gl_GetTexLevelParameteriv(target, level, pname, &v);
		if (v >= 0) *params = (GLfloat)v;
		return;
	}
	if (!prism_client_out() || !prism_ask_begin(&q)) return;
	prism_put_glGetTexLevelParameterfv(q.id, target, level, pname);
	if (prism_ask_wait(&q)) prism_ask_out(&q, params, sizeof *params);
	prism_ask_end(&q);
}

/* The same by name. */
void APIENTRY prism_gl_GetTextureLevelParameteriv(GLuint texture, GLint level, GLenum pname, GLint *params) {
	prism_ask q;
	GLint v;
	bool ok = true;
	if (!prism_client_out()) return;
	const uint32_t serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	if (!ok || !prism_ask_begin(&q)) return;
	prism_put_glGetTextureLevelParameteriv(q.id, serial, level, pname);
	if (prism_ask_wait(&q) && prism_ask_out(&q, &v, sizeof v) == sizeof v)
		*params = pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING ? (GLint)prism_name(PRISM_KIND_BUFFER, (uint32_t)v) : v;
	prism_ask_end(&q);
}
void APIENTRY prism_gl_GetTextureLevelParameterfv(GLuint texture, GLint level, GLenum pname, GLfloat *params) {
	prism_ask q;
	bool ok = true;
	if (pname == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) {
		GLint v = -1;
		prism_gl_GetTextureLevelParameteriv(texture, level, pname, &v);
		if (v >= 0) *params = (GLfloat)v;
		return;
	}
	if (!prism_client_out()) return;
	const uint32_t serial = prism_serial(PRISM_KIND_TEXTURE, texture, &ok);
	if (!ok || !prism_ask_begin(&q)) return;
	prism_put_glGetTextureLevelParameterfv(q.id, serial, level, pname);
	if (prism_ask_wait(&q)) prism_ask_out(&q, params, sizeof *params);
	prism_ask_end(&q);
}

/* ---- made by name ---- */

static bool texture_target(GLenum target) { return target == GL_TEXTURE_BUFFER || (target != GL_RENDERBUFFER && image_target(target)); }

/* A target that is none is an error, and makes no names. */
void APIENTRY prism_gl_CreateTextures(GLenum target, GLsizei n, GLuint *textures) {
	if (!prism_client_out()) return;
	if (!texture_target(target) || n < 0) {
		prism_error(n < 0 ? GL_INVALID_VALUE : GL_INVALID_ENUM);
		return;
	}
	while (n > 0) {
		uint32_t serials[256];
		const GLsizei k = n < 256 ? n : 256;
		prism_arr a;
		if (!prism_names_new(PRISM_KIND_TEXTURE, k, textures, serials) || !prism_arr_in(&a, serials, (uint64_t)k * sizeof *serials)) return;
		prism_names_made(PRISM_KIND_TEXTURE, k, textures);
		prism_put_glCreateTextures(target, k, &a);
		n -= k;
		textures += k;
	}
}
