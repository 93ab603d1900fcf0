/* Textures and samplers: made, changed, copied to, asked. */
#include "glrandom.h"
#include <stdio.h>
#include <string.h>

static texture list[40];
static int listed;
static GLuint samplers[4];

static const struct {
	GLenum internal, format, type;
	int kind;
} formats[] = {
	{GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGB8, GL_RGB, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, FLOATS},
	{GL_RG8, GL_RG, GL_UNSIGNED_BYTE, FLOATS}, {GL_R8, GL_RED, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGB565, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, FLOATS},
	{GL_RGB5_A1, GL_RGBA, GL_UNSIGNED_SHORT_5_5_5_1, FLOATS}, {GL_RGBA4, GL_BGRA, GL_UNSIGNED_SHORT_4_4_4_4_REV, FLOATS},
	{GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, FLOATS}, {GL_SRGB8_ALPHA8, GL_RGBA, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGBA16, GL_RGBA, GL_UNSIGNED_SHORT, FLOATS},
	{GL_RGBA8_SNORM, GL_RGBA, GL_BYTE, FLOATS}, {GL_R11F_G11F_B10F, GL_RGB, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGB9_E5, GL_RGB, GL_UNSIGNED_BYTE, FLOATS},
	{GL_RGBA16F, GL_RGBA, GL_UNSIGNED_BYTE, FLOATS}, {GL_RGBA32F, GL_RGBA, GL_SHORT, FLOATS}, {GL_COMPRESSED_RGB, GL_RGB, GL_UNSIGNED_BYTE, FLOATS},
	{GL_COMPRESSED_RED_RGTC1, GL_RED, GL_UNSIGNED_BYTE, FLOATS},
	{GL_RGBA8I, GL_RGBA_INTEGER, GL_BYTE, INTS}, {GL_R32I, GL_RED_INTEGER, GL_INT, INTS}, {GL_RG16I, GL_RG_INTEGER, GL_SHORT, INTS},
	{GL_RGBA8UI, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, UINTS}, {GL_R16UI, GL_RED_INTEGER, GL_UNSIGNED_SHORT, UINTS}, {GL_RG32UI, GL_RG_INTEGER, GL_UNSIGNED_INT, UINTS},
	{GL_DEPTH_COMPONENT24, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, DEPTHS}, {GL_DEPTH_COMPONENT16, GL_DEPTH_COMPONENT, GL_UNSIGNED_SHORT, DEPTHS},
	{GL_DEPTH24_STENCIL8, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, DEPTHS},
};

size_t pixel_bytes(GLenum format, GLenum type) {
	size_t n = 4;
	switch (format) {
	case GL_RED: case GL_GREEN: case GL_BLUE: case GL_ALPHA: case GL_RED_INTEGER: case GL_DEPTH_COMPONENT: case GL_STENCIL_INDEX: case GL_LUMINANCE: n = 1; break;
	case GL_RG: case GL_RG_INTEGER: case GL_LUMINANCE_ALPHA: n = 2; break;
	case GL_RGB: case GL_BGR: case GL_RGB_INTEGER: n = 3; break;
	default: break;
	}
	switch (type) {
	case GL_UNSIGNED_BYTE: case GL_BYTE: return n;
	case GL_UNSIGNED_SHORT: case GL_SHORT: case GL_HALF_FLOAT: return 2 * n;
	case GL_UNSIGNED_SHORT_5_6_5: case GL_UNSIGNED_SHORT_5_5_5_1: case GL_UNSIGNED_SHORT_4_4_4_4_REV: return 2;
	case GL_UNSIGNED_INT: case GL_INT: case GL_FLOAT: return 4 * n;
	default: return 4;
	}
}

void plain_unpack(void) {
	static const GLenum zero[] = {GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS,
		GL_UNPACK_SKIP_IMAGES};
	for (int i = 0; i < COUNT(zero); i++) glPixelStorei(zero[i], 0);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
}
void plain_pack(void) {
	static const GLenum zero[] = {GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST, GL_PACK_ROW_LENGTH, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_ROWS, GL_PACK_SKIP_PIXELS, GL_PACK_SKIP_IMAGES};
	for (int i = 0; i < COUNT(zero); i++) glPixelStorei(zero[i], 0);
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
}
void set_unpack(int w) {
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1 << pick(4));
	if (chance(30)) glPixelStorei(GL_UNPACK_ROW_LENGTH, w + pick(9));
	if (chance(30)) glPixelStorei(GL_UNPACK_SKIP_PIXELS, pick(7));
	if (chance(30)) glPixelStorei(GL_UNPACK_SKIP_ROWS, pick(5));
	if (chance(20)) glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 40 + pick(5));
	if (chance(20)) glPixelStorei(GL_UNPACK_SKIP_IMAGES, pick(2));
	if (chance(20)) glPixelStorei(GL_UNPACK_SWAP_BYTES, 1);
	if (chance(20)) glPixelStorei(GL_UNPACK_LSB_FIRST, 1);
	if (chance(3)) glPixelStorei(GL_UNPACK_ALIGNMENT, 3);
	if (chance(3)) glPixelStorei(GL_UNPACK_ROW_LENGTH, -1);
}
static void set_pack(int w) {
	glPixelStorei(GL_PACK_ALIGNMENT, 1 << pick(4));
	if (chance(30)) glPixelStorei(GL_PACK_ROW_LENGTH, w + pick(9));
	if (chance(30)) glPixelStorei(GL_PACK_SKIP_PIXELS, pick(7));
	if (chance(30)) glPixelStorei(GL_PACK_SKIP_ROWS, pick(5));
	if (chance(20)) glPixelStorei(GL_PACK_IMAGE_HEIGHT, 40 + pick(5));
	if (chance(20)) glPixelStorei(GL_PACK_SKIP_IMAGES, pick(2));
	if (chance(20)) glPixelStorei(GL_PACK_SWAP_BYTES, 1);
}
/* Data from memory or, now and then, from a buffer. */
static const void *source(GLuint *b) {
	int offset = pick(4000) & ~7;
	*b = 0;
	if (chance(75)) return scratch + offset;
	*b = filled_buffer(GL_PIXEL_UNPACK_BUFFER, scratch, 400000);
	return (const void *)(uintptr_t)offset;
}
static void done_with(GLuint b) {
	if (b) glDeleteBuffers(1, &b);
}

static int is_compressed(GLenum f) { return f == GL_COMPRESSED_RGB || f == GL_COMPRESSED_RED_RGTC1; }
static int format_of(GLenum internal) {
	for (int i = 0; i < COUNT(formats); i++)
		if (formats[i].internal == internal) return i;
	return 0;
}
static int larger(int v, int level) { return v >> level ? v >> level : 1; }

static void image(const texture *t, GLenum target, int level, const void *data) {
	int f = format_of(t->internal), w = larger(t->w, level), h = larger(t->h, level), d = larger(t->d, level);
	GLint in = (GLint)t->internal;
	switch (t->target) {
	case GL_TEXTURE_1D: glTexImage1D(target, level, in, w, 0, formats[f].format, formats[f].type, data); break;
	case GL_TEXTURE_3D: glTexImage3D(target, level, in, w, h, d, 0, formats[f].format, formats[f].type, data); break;
	case GL_TEXTURE_2D_ARRAY: glTexImage3D(target, level, in, w, h, t->d, 0, formats[f].format, formats[f].type, data); break;
	case GL_TEXTURE_1D_ARRAY: glTexImage2D(target, level, in, w, t->h, 0, formats[f].format, formats[f].type, data); break;
	default: glTexImage2D(target, level, in, w, h, 0, formats[f].format, formats[f].type, data);
	}
}
static void images(const texture *t) {
	for (int level = 0; level < t->levels; level++)
		for (int face = 0; face < (t->target == GL_TEXTURE_CUBE_MAP ? 6 : 1); face++)
			image(t, t->target == GL_TEXTURE_CUBE_MAP ? (GLenum)(GL_TEXTURE_CUBE_MAP_POSITIVE_X + face) : t->target, level, scratch + pick(4000) * 8);
}

GLenum es_target(GLenum target) {
	return target == GL_TEXTURE_1D || target == GL_TEXTURE_RECTANGLE ? GL_TEXTURE_2D : target == GL_TEXTURE_1D_ARRAY ? GL_TEXTURE_2D_ARRAY : target;
}

texture *new_texture(GLenum target, GLenum internal, int w, int h, int d) {
	if (es) target = es_target(target);
	if (listed == COUNT(list)) return NULL;
	texture *t = &list[listed++];
	*t = (texture){0, target, internal, w, h, d, 1, formats[format_of(internal)].kind};
	glGenTextures(1, &t->name);
	glBindTexture(target, t->name);
	plain_unpack();
	if (target != GL_TEXTURE_RECTANGLE && target != GL_TEXTURE_2D_MULTISAMPLE && !is_compressed(internal) && chance(60))
		while (t->levels < 8 && (w >> t->levels || (target != GL_TEXTURE_1D && target != GL_TEXTURE_1D_ARRAY && h >> t->levels) || (target == GL_TEXTURE_3D && d >> t->levels))) t->levels++;
	images(t);
	glTexParameteri(target, GL_TEXTURE_MIN_FILTER, (GLint)(t->kind == FLOATS || t->kind == DEPTHS
		? (t->levels > 1 ? ONE_OF(GL_LINEAR_MIPMAP_LINEAR, GL_NEAREST_MIPMAP_NEAREST, GL_LINEAR) : ONE_OF(GL_LINEAR, GL_NEAREST)) : GL_NEAREST));
	if (t->kind == INTS || t->kind == UINTS) glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	if (t->kind == DEPTHS) glTexParameteri(target, GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE);
	if (target == GL_TEXTURE_RECTANGLE) glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	return t;
}

texture *texture_of(GLenum target, int kind) {
	int first = pick(COUNT(list));
	for (int i = 0; i < COUNT(list); i++) {
		texture *t = &list[(first + i) % COUNT(list)];
		if (t->name && t->target == target && t->kind == kind && !drawn_into(t->name)) return t;
	}
	return NULL;
}
static texture *any_texture(void) {
	for (int tries = 0; tries < 20; tries++) {
		texture *t = &list[pick(listed)];
		if (t->name && !drawn_into(t->name)) return t;
	}
	return &list[0];
}

void setup_textures(void) {
	static const GLenum targets[] = {GL_TEXTURE_2D, GL_TEXTURE_2D, GL_TEXTURE_1D, GL_TEXTURE_3D, GL_TEXTURE_2D_ARRAY, GL_TEXTURE_CUBE_MAP, GL_TEXTURE_RECTANGLE, GL_TEXTURE_1D_ARRAY};
	for (int i = 0; i < COUNT(targets); i++) new_texture(targets[i], GL_RGBA8, between(5, 40), between(5, 40), 6); /* the cube is an error at first */
	for (int i = 0; i < COUNT(list); i++)
		if (list[i].name && list[i].target == GL_TEXTURE_CUBE_MAP) {
			list[i].h = list[i].w;
			glBindTexture(GL_TEXTURE_CUBE_MAP, list[i].name);
			images(&list[i]);
		}
	new_texture(GL_TEXTURE_2D, GL_RGBA8I, 17, 13, 1);
	new_texture(GL_TEXTURE_2D, GL_R16UI, 19, 11, 1);
	new_texture(GL_TEXTURE_2D, GL_DEPTH_COMPONENT24, 16, 16, 1);
	new_texture(GL_TEXTURE_2D, GL_COMPRESSED_RGB, 32, 16, 1);
	glGenSamplers(COUNT(samplers), samplers);
	for (int i = 0; i < COUNT(samplers); i++) glBindSampler(0, samplers[i]);
	glBindSampler(0, 0);
}

static void create(void) {
	GLenum target = ONE_OF(GL_TEXTURE_2D, GL_TEXTURE_2D, GL_TEXTURE_2D, GL_TEXTURE_1D, GL_TEXTURE_3D, GL_TEXTURE_2D_ARRAY, GL_TEXTURE_CUBE_MAP, GL_TEXTURE_RECTANGLE, GL_TEXTURE_1D_ARRAY);
	GLenum internal = formats[pick(COUNT(formats))].internal;
	if ((target != GL_TEXTURE_2D && is_compressed(internal)) || (target == GL_TEXTURE_3D && formats[format_of(internal)].kind == DEPTHS)) internal = GL_RGB8;
	int w = between(1, 60), h = target == GL_TEXTURE_CUBE_MAP ? w : between(1, 40), d = between(1, 7);
	if (listed > 30) { /* reuse the place of one that is gone */
		int at = between(12, listed - 1);
		if (attached(list[at].name)) return;
		glDeleteTextures(1, &list[at].name);
		int end = listed;
		listed = at;
		new_texture(target, internal, w, h, d);
		listed = end;
		return;
	}
	new_texture(target, internal, w, h, d);
}

static void update(void) {
	texture *t = any_texture();
	int f = format_of(t->internal), level = pick(t->levels), w = larger(t->w, level), h = larger(t->h, level), d = larger(t->d, level);
	if (t->target == GL_TEXTURE_1D_ARRAY) h = t->h;
	if (t->target == GL_TEXTURE_2D_ARRAY) d = t->d;
	int x = pick(w), y = pick(h), z = pick(d), cw = between(1, w - x), ch = between(1, h - y), cd = between(1, d - z);
	if (is_compressed(t->internal)) x = y = 0, cw = w, ch = h;
	GLenum format = formats[f].format, type = formats[f].type;
	if (t->kind == FLOATS && chance(50)) {
		format = ONE_OF(GL_RGBA, GL_RGB, GL_BGRA, GL_RED, GL_RG);
		type = ONE_OF(GL_UNSIGNED_BYTE, GL_UNSIGNED_SHORT, GL_BYTE, GL_UNSIGNED_INT);
	}
	if (chance(3)) cw = w + 1; /* an error */
	glActiveTexture((GLenum)(GL_TEXTURE0 + pick(4)));
	glBindTexture(t->target, t->name);
	set_unpack(w);
	GLuint b;
	const void *data = source(&b);
	switch (t->target) {
	case GL_TEXTURE_1D: glTexSubImage1D(t->target, level, x, cw, format, type, data); break;
	case GL_TEXTURE_3D: case GL_TEXTURE_2D_ARRAY: glTexSubImage3D(t->target, level, x, y, z, cw, ch, cd, format, type, data); break;
	case GL_TEXTURE_CUBE_MAP: glTexSubImage2D((GLenum)(GL_TEXTURE_CUBE_MAP_POSITIVE_X + pick(6)), level, x, y, cw, ch, format, type, data); break;
	default: glTexSubImage2D(t->target, level, x, y, cw, ch, format, type, data);
	}
	done_with(b);
	plain_unpack();
}

static void read_back(void) {
	if (es) return; /* it has no glGetTexImage */
	texture *t = any_texture();
	int f = format_of(t->internal), level = pick(t->levels);
	GLenum target = t->target == GL_TEXTURE_CUBE_MAP ? (GLenum)(GL_TEXTURE_CUBE_MAP_POSITIVE_X + pick(6)) : t->target, format = formats[f].format, type = formats[f].type;
	if (t->kind == FLOATS && chance(60)) {
		format = ONE_OF(GL_RGBA, GL_RGB, GL_BGR, GL_RED, GL_RG, GL_BLUE);
		type = ONE_OF(GL_UNSIGNED_BYTE, GL_FLOAT, GL_UNSIGNED_SHORT, GL_HALF_FLOAT, GL_BYTE);
	}
	glBindTexture(t->target, t->name);
	memset(answer, 0x33, sizeof answer);
	plain_pack();
	set_pack(t->w);
	if (t->target == GL_TEXTURE_1D_ARRAY) glPixelStorei(GL_PACK_IMAGE_HEIGHT, 0); /* Mesa heeds it there, which it should not */
	if (chance(25)) {
		GLuint b = filled_buffer(GL_PIXEL_PACK_BUFFER, answer, 600000);
		glGetTexImage(target, level, format, type, (void *)(uintptr_t)(pick(40) * 8));
		get_buffer(GL_PIXEL_PACK_BUFFER, 0, 600000, answer);
		glDeleteBuffers(1, &b);
	} else {
		glGetTexImage(target, level, format, type, answer);
	}
	char s[80];
	snprintf(s, sizeof s, "texture %#x %dx%dx%d level %d as %#x %#x", t->internal, t->w, t->h, t->d, level, format, type);
	note_bytes(s, answer, sizeof answer);
	plain_pack();
}

static void copy(void) {
	texture *t = texture_of(GL_TEXTURE_2D, FLOATS);
	if (!t || is_compressed(t->internal) || !readable_is_float()) return;
	glBindTexture(GL_TEXTURE_2D, t->name);
	if (chance(70)) {
		int w = between(1, t->w), h = between(1, t->h);
		glCopyTexSubImage2D(GL_TEXTURE_2D, 0, pick(t->w - w + 1), pick(t->h - h + 1), pick(50), pick(40), w, h);
	} else if (t->levels == 1) {
		int w = between(1, readable_w()), h = between(1, readable_h()); /* what is outside would be undefined */
		GLenum in = ONE_OF(GL_RGBA8, GL_RGB8, GL_RGB565, GL_RG8);
		GLint before = (GLint)t->internal;
		glCopyTexImage2D(GL_TEXTURE_2D, 0, in, pick(readable_w() - w + 1), pick(readable_h() - h + 1), w, h, 0);
		glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_INTERNAL_FORMAT, &before);
		GLint got[2] = {t->w, t->h};
		glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_WIDTH, &got[0]);
		glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_HEIGHT, &got[1]);
		note("copied as %#x %dx%d", before, got[0], got[1]);
		if (got[0] == w && got[1] == h && before == (GLint)in) t->w = w, t->h = h, t->internal = in;
		else images(t);
	}
}

static void parameters(void) {
	texture *t = any_texture();
	GLuint s = samplers[pick(COUNT(samplers))];
	int with_sampler = chance(40), mip = t->levels > 1, whole = t->kind == INTS || t->kind == UINTS;
	GLenum name = 0;
	GLint value = 0;
	glBindTexture(t->target, t->name);
	switch (pick(8)) {
	case 0:
		name = GL_TEXTURE_MIN_FILTER;
		value = (GLint)(mip || with_sampler ? ONE_OF(GL_NEAREST, GL_LINEAR, GL_NEAREST_MIPMAP_NEAREST, GL_LINEAR_MIPMAP_NEAREST, GL_NEAREST_MIPMAP_LINEAR, GL_LINEAR_MIPMAP_LINEAR) : ONE_OF(GL_NEAREST, GL_LINEAR));
		if (whole) value = GL_NEAREST;
		break;
	case 1: name = GL_TEXTURE_MAG_FILTER, value = (GLint)(whole ? GL_NEAREST : ONE_OF(GL_NEAREST, GL_LINEAR)); break;
	case 2: name = ONE_OF(GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T, GL_TEXTURE_WRAP_R), value = (GLint)ONE_OF(GL_REPEAT, GL_CLAMP_TO_EDGE, GL_MIRRORED_REPEAT, GL_CLAMP_TO_BORDER); break;
	case 3: {
		float c[4] = {frand(0, 1), frand(0, 1), frand(0, 1), frand(0, 1)};
		if (with_sampler) glSamplerParameterfv(s, GL_TEXTURE_BORDER_COLOR, c);
		else glTexParameterfv(t->target, GL_TEXTURE_BORDER_COLOR, c);
		return;
	}
	case 4: {
		float lod = frand(-3, 5);
		GLenum which = ONE_OF(GL_TEXTURE_MIN_LOD, GL_TEXTURE_MAX_LOD, GL_TEXTURE_LOD_BIAS);
		if (with_sampler) glSamplerParameterf(s, which, lod);
		else glTexParameterf(t->target, which, lod);
		return;
	}
	case 5: {
		GLint z[4];
		for (int i = 0; i < 4; i++) z[i] = (GLint)ONE_OF(GL_RED, GL_GREEN, GL_BLUE, GL_ALPHA, GL_ZERO, GL_ONE);
		glTexParameteriv(t->target, GL_TEXTURE_SWIZZLE_RGBA, z);
		return;
	}
	case 6:
		if (t->levels > 1) glTexParameteri(t->target, ONE_OF(GL_TEXTURE_BASE_LEVEL, GL_TEXTURE_MAX_LEVEL), pick(t->levels));
		return;
	default: name = GL_TEXTURE_COMPARE_FUNC, value = (GLint)(GL_NEVER + pick(8));
	}
	if (with_sampler) glSamplerParameteri(s, name, value);
	else glTexParameteri(t->target, name, value);
}

static void bind_sampler(void) { glBindSampler((GLuint)pick(4), chance(50) ? 0 : samplers[pick(COUNT(samplers))]); }

static void mipmaps(void) {
	texture *t = any_texture();
	if (t->kind != FLOATS || t->target == GL_TEXTURE_RECTANGLE || is_compressed(t->internal)) return;
	glBindTexture(t->target, t->name);
	glGenerateMipmap(t->target);
}

static void ask(void) {
	texture *t = any_texture();
	glBindTexture(t->target, t->name);
	GLenum target = t->target == GL_TEXTURE_CUBE_MAP ? (GLenum)(GL_TEXTURE_CUBE_MAP_POSITIVE_X + pick(6)) : t->target;
	static const GLenum level_names[] = {GL_TEXTURE_WIDTH, GL_TEXTURE_HEIGHT, GL_TEXTURE_DEPTH, GL_TEXTURE_INTERNAL_FORMAT, GL_TEXTURE_RED_SIZE, GL_TEXTURE_ALPHA_SIZE,
		GL_TEXTURE_DEPTH_SIZE, GL_TEXTURE_COMPRESSED, GL_TEXTURE_RED_TYPE, GL_TEXTURE_COMPRESSED_IMAGE_SIZE, GL_TEXTURE_SAMPLES, 0x77};
	static const GLenum tex_names[] = {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER, GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_R, GL_TEXTURE_BASE_LEVEL, GL_TEXTURE_MAX_LEVEL, GL_TEXTURE_MAX_LOD,
		GL_TEXTURE_COMPARE_FUNC, GL_TEXTURE_COMPARE_MODE, GL_TEXTURE_SWIZZLE_R, GL_TEXTURE_BORDER_COLOR, GL_TEXTURE_LOD_BIAS, 0x78};
	for (int i = 0; i < 3; i++) {
		GLint v = -1, level = pick(t->levels + 1);
		float f[4] = {-1, -1, -1, -1};
		GLenum name = level_names[pick(COUNT(level_names))];
		if (name == GL_TEXTURE_COMPRESSED_IMAGE_SIZE && !is_compressed(t->internal)) name = GL_TEXTURE_GREEN_SIZE;
		glGetTexLevelParameteriv(target, level, name, &v);
		note("level %d %#x: %d", level, name, v);
		name = tex_names[pick(COUNT(tex_names))];
		glGetTexParameterfv(t->target, name, f);
		note("parameter %#x: %g %g %g %g", name, (double)f[0], (double)f[1], (double)f[2], (double)f[3]);
		if (name == GL_TEXTURE_BASE_LEVEL || name == GL_TEXTURE_MAX_LEVEL || name == GL_TEXTURE_SWIZZLE_R) continue;
		f[0] = -1;
		glGetSamplerParameterfv(samplers[i], name, f);
		note("sampler %#x: %g", name, (double)f[0]);
	}
	note("is texture %d %d %d sampler %d", glIsTexture(t->name), glIsTexture(0), glIsTexture(99999), glIsSampler(samplers[0]));
}

static void mistakes(void) {
	switch (pick(7)) {
	case 0: glBindTexture(GL_TEXTURE_3D, list[0].name); break;
	case 1: glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 8, 8, 1, GL_RGBA, 0x1111, scratch); break;
	case 2: glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_REPEAT); break;
	case 3: glActiveTexture(GL_TEXTURE0 + 5000); break;
	case 4: glBindSampler(0, 77777); break;
	case 5: if (!es) glGetTexImage(GL_TEXTURE_2D, 60, GL_RGBA, GL_UNSIGNED_BYTE, answer); break;
	default: glTexSubImage2D(GL_TEXTURE_2D, 0, -1, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, scratch);
	}
}

const step texture_steps[] = {{"texture", create, 6}, {"texture update", update, 8}, {"texture read", read_back, 4}, {"texture copy", copy, 4}, {"texture parameters", parameters, 8},
	{"sampler", bind_sampler, 3}, {"mipmaps", mipmaps, 2}, {"texture ask", ask, 3}, {"texture mistakes", mistakes, 1}, {0}};
