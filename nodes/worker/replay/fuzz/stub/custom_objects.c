/* Textures' sizes, programs, queries. */
#include "stub.h"

/* ---- textures ---- */

typedef struct image { GLenum target; GLint level, w, h, d, bytes; } image;
static image images[64];
static unsigned images_n;

void stub_textures_forget(void) { images_n = 0; }

static void set_image(GLenum target, GLint level, GLint w, GLint h, GLint d, GLint bytes) {
	if (w < 0 || h < 0 || d < 0 || w > 2048 || h > 2048 || d > 64 || level < 0 || stub_fails()) return;
	unsigned i = 0;
	while (i < images_n && (images[i].target != target || images[i].level != level)) i++;
	if (i == 64) return;
	if (i == images_n) images_n++;
	images[i] = (image){target, level, w, h, d, bytes};
}
static const image *get_image(GLenum target, GLint level) {
	for (unsigned i = 0; i < images_n; i++)
		if (images[i].target == target && images[i].level == level) return &images[i];
	return NULL;
}

void APIENTRY stub_BindTexture(GLenum target, GLuint name) {
	if (target == GL_TEXTURE_2D && !stub_fails()) stub_now->texture_2d = name;
}
void APIENTRY stub_TexImage1D(GLenum t, GLint l, GLint f, GLsizei w, GLint b, GLenum format, GLenum type, const void *p) {
	(void)f, (void)b;
	stub_image(p, w, 1, 1, format, type);
	set_image(t, l, w, 1, 1, 0);
}
void APIENTRY stub_TexImage2D(GLenum t, GLint l, GLint f, GLsizei w, GLsizei h, GLint b, GLenum format, GLenum type, const void *p) {
	(void)f, (void)b;
	stub_image(p, w, h, 1, format, type);
	set_image(t, l, w, h, 1, 0);
}
void APIENTRY stub_TexImage3D(GLenum t, GLint l, GLint f, GLsizei w, GLsizei h, GLsizei d, GLint b, GLenum format, GLenum type, const void *p) {
	(void)f, (void)b;
	stub_image(p, w, h, d, format, type);
	set_image(t, l, w, h, d, 0);
}
void APIENTRY stub_CompressedTexImage2D(GLenum t, GLint l, GLenum f, GLsizei w, GLsizei h, GLint b, GLsizei bytes, const void *p) {
	(void)b;
	stub_compressed(p, 2, w, h, 1, f, bytes);
	set_image(t, l, w, h, 1, bytes < 1 << 20 ? bytes : 0);
}
#pragma GCC diagnostic ignored "-Wunused-parameter"
void APIENTRY stub_GetTexLevelParameteriv(GLenum target, GLint level, GLenum pname, GLint *out) {
	const image *i = get_image(target, level);
	if (stub_fails()) return;
	switch (pname) {
	case GL_TEXTURE_WIDTH: *out = i ? i->w : 0; break;
	case GL_TEXTURE_HEIGHT: *out = i ? i->h : 0; break;
	case GL_TEXTURE_DEPTH: *out = i ? i->d : 0; break;
	case GL_TEXTURE_COMPRESSED: *out = i && i->bytes > 0; break;
	case GL_TEXTURE_COMPRESSED_IMAGE_SIZE: *out = i ? i->bytes : 0; break;
	default: *out = 1;
	}
}
void APIENTRY stub_GetTexImage(GLenum target, GLint level, GLenum format, GLenum type, void *p) {
	const image *i = get_image(target, level);
	if (i) stub_pack(p, i->w, i->h, i->d, format, type);
}
void APIENTRY stub_GetCompressedTexImage(GLenum target, GLint level, void *p) {
	const image *i = get_image(target, level);
	if (i && i->bytes > 0 && !*stub_binding(GL_PIXEL_PACK_BUFFER)) stub_out(p, (uint64_t)i->bytes);
}

/* ---- shaders and programs: one of three uniforms, two attributes, a block, a varying ---- */

static uint8_t is_shader[STUB_NAMES];
GLuint APIENTRY stub_CreateShader(GLenum type) {
	if (stub_fails() || type < GL_FRAGMENT_SHADER) return 0;
	const GLuint n = stub_name();
	is_shader[n % STUB_NAMES] = 1;
	return n;
}
GLuint APIENTRY stub_CreateProgram(void) {
	if (stub_fails()) return 0;
	const GLuint n = stub_name();
	is_shader[n % STUB_NAMES] = 0;
	return n;
}
GLboolean APIENTRY stub_IsProgram(GLuint name) { return name && !is_shader[name % STUB_NAMES]; }
GLboolean APIENTRY stub_IsShader(GLuint name) { return is_shader[name % STUB_NAMES]; }
void APIENTRY stub_UseProgram(GLuint name) { if (!stub_fails()) stub_now->program = name; }

static const char text[] = "something that a compiler has to say\n";
static void give(GLsizei room, GLsizei *length, GLchar *to, const char *s) {
	if (stub_fails() || room <= 0) return;
	const size_t n = strlen(s) < (size_t)room - 1 ? strlen(s) : (size_t)room - 1;
	memcpy(to, s, n);
	to[n] = 0;
	if (length) *length = (GLsizei)n;
}
void APIENTRY stub_GetProgramInfoLog(GLuint p, GLsizei room, GLsizei *length, GLchar *log) { give(room, length, log, p % 2 ? text : ""); }
void APIENTRY stub_GetShaderInfoLog(GLuint s, GLsizei room, GLsizei *length, GLchar *log) { give(room, length, log, s % 2 ? text : ""); }
void APIENTRY stub_GetProgramiv(GLuint p, GLenum pname, GLint *out) {
	if (stub_fails()) return;
	switch (pname) {
	case GL_LINK_STATUS: case GL_VALIDATE_STATUS: *out = p % 5 != 0; break;
	case GL_INFO_LOG_LENGTH: *out = p % 2 ? (GLint)sizeof text : 0; break;
	case GL_ACTIVE_UNIFORMS: *out = 3; break;
	case GL_ACTIVE_ATTRIBUTES: *out = 2; break;
	case GL_ACTIVE_UNIFORM_MAX_LENGTH: *out = 10; break;
	case GL_ACTIVE_ATTRIBUTE_MAX_LENGTH: *out = 5; break;
	case GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH: *out = 6; break;
	case GL_TRANSFORM_FEEDBACK_VARYING_MAX_LENGTH: *out = 4; break;
	default: *out = 1;
	}
}
void APIENTRY stub_GetShaderiv(GLuint s, GLenum pname, GLint *out) {
	if (stub_fails()) return;
	*out = pname == GL_INFO_LOG_LENGTH ? s % 2 ? (GLint)sizeof text : 0 : pname == GL_SHADER_TYPE ? s % 4 ? GL_VERTEX_SHADER : GL_GEOMETRY_SHADER : s % 5 != 0;
}
void APIENTRY stub_GetActiveUniform(GLuint p, GLuint i, GLsizei room, GLsizei *length, GLint *size, GLenum *type, GLchar *name) {
	static const char *const names[3] = {"colour", "lights[0]", "matrix"};
	if (stub_fails()) return;
	*size = i == 1 ? (GLint)(p % 7) * 100 : 1;
	*type = GL_FLOAT_VEC4;
	give(room, length, name, names[i % 3]);
}
void APIENTRY stub_GetActiveUniformsiv(GLuint p, GLsizei n, const GLuint *indices, GLenum pname, GLint *out) {
	(void)p, (void)pname;
	stub_in(indices, prism_mul(prism_pos(n), 4));
	if (n > 0) stub_out(out, (uint64_t)n * 4);
}
void APIENTRY stub_GetActiveAttrib(GLuint p, GLuint i, GLsizei room, GLsizei *length, GLint *size, GLenum *type, GLchar *name) {
	(void)p, (void)i;
	if (stub_fails()) return;
	*size = 1;
	*type = GL_FLOAT_VEC3;
	give(room, length, name, "place");
}
GLint APIENTRY stub_GetAttribLocation(GLuint p, const GLchar *name) {
	stub_string(name);
	return (GLint)(p % 3) - 1;
}
GLint APIENTRY stub_GetUniformLocation(GLuint p, const GLchar *name) {
	stub_string(name);
	return (GLint)(p + strlen(name)) % 9 - 1;
}
void APIENTRY stub_GetActiveUniformBlockiv(GLuint p, GLuint i, GLenum pname, GLint *out) {
	(void)p, (void)i;
	if (pname == GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES) stub_out(out, 2 * 4);
	else if (!stub_fails()) *out = pname == GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS ? 2 : 1;
}
void APIENTRY stub_GetActiveUniformBlockName(GLuint p, GLuint i, GLsizei room, GLsizei *length, GLchar *name) { (void)p, (void)i, give(room, length, name, "block"); }
void APIENTRY stub_GetTransformFeedbackVarying(GLuint p, GLuint i, GLsizei room, GLsizei *length, GLsizei *size, GLenum *type, GLchar *name) {
	(void)p, (void)i;
	if (stub_fails()) return;
	*size = 1;
	*type = GL_FLOAT;
	give(room, length, name, "out");
}
void APIENTRY stub_GetAttachedShaders(GLuint p, GLsizei most, GLsizei *n, GLuint *shaders) {
	if (stub_fails()) return;
	*n = most < 2 ? most : 2;
	for (GLsizei i = 0; i < *n; i++) shaders[i] = p + (GLuint)i;
}
/* The interface query: two resources an interface, of names as long as is said; blocks have three variables. */
static const char *resource(GLuint i) { return i % 2 ? "a.b[0]" : "one"; }
void APIENTRY stub_GetProgramInterfaceiv(GLuint p, GLenum interface, GLenum pname, GLint *out) {
	(void)interface;
	if (stub_fails()) return;
	*out = pname == GL_MAX_NAME_LENGTH ? 7 : pname == GL_ACTIVE_RESOURCES ? (GLint)(p % 3) : 3;
}
GLuint APIENTRY stub_GetProgramResourceIndex(GLuint p, GLenum interface, const GLchar *name) {
	(void)interface;
	stub_string(name);
	return stub_fails() ? GL_INVALID_INDEX : p % 2;
}
void APIENTRY stub_GetProgramResourceName(GLuint p, GLenum interface, GLuint i, GLsizei room, GLsizei *length, GLchar *name) {
	(void)p, (void)interface;
	give(room, length, name, resource(i));
}
void APIENTRY stub_GetProgramResourceiv(GLuint p, GLenum interface, GLuint i, GLsizei n, const GLenum *props, GLsizei room, GLsizei *length, GLint *out) {
	(void)interface, (void)i;
	stub_in(props, prism_mul(prism_pos(n), 4));
	if (n <= 0 || stub_fails()) return;
	GLsizei k = 0;
	/* As Mesa does it: a list is written whole. */
	for (GLsizei at = 0; at < n && at < room; at++) {
		if (props[at] == GL_ACTIVE_VARIABLES || props[at] == GL_COMPATIBLE_SUBROUTINES) stub_out(out + at, 3 * 4), k += 3;
		else stub_out(out + at, 4), out[at] = props[at] == GL_NUM_ACTIVE_VARIABLES || props[at] == GL_NUM_COMPATIBLE_SUBROUTINES ? 3 : (GLint)p, k++;
	}
	if (length) *length = p % 4 ? k : 0;
}
void APIENTRY stub_GetProgramStageiv(GLuint p, GLenum type, GLenum pname, GLint *out) {
	(void)type, (void)pname;
	if (!stub_fails()) *out = (GLint)p % 3;
}
GLuint APIENTRY stub_GetSubroutineIndex(GLuint p, GLenum type, const GLchar *name) {
	(void)type;
	stub_string(name);
	if (p % 2) stub_error = GL_INVALID_OPERATION;
	return 0;
}
void APIENTRY stub_GetProgramBinary(GLuint p, GLsizei room, GLsizei *length, GLenum *format, void *binary) {
	(void)p;
	if (room <= 0 || stub_fails()) return;
	stub_out(binary, (uint64_t)room);
	*length = room;
	*format = 7;
}
void APIENTRY stub_GetProgramPipelineiv(GLuint p, GLenum pname, GLint *out) {
	if (!stub_fails()) *out = pname == GL_INFO_LOG_LENGTH ? p % 2 ? (GLint)sizeof text : 0 : 1;
}
void APIENTRY stub_GetProgramPipelineInfoLog(GLuint p, GLsizei room, GLsizei *length, GLchar *log) { give(room, length, log, p % 2 ? text : ""); }
void APIENTRY stub_GetShaderPrecisionFormat(GLenum shader, GLenum type, GLint *range, GLint *bits) {
	(void)shader, (void)type;
	stub_out(range, 8);
	stub_out(bits, 4);
}
void APIENTRY stub_GetUniformdv(GLuint p, GLint l, GLdouble *v) { (void)p, (void)l, stub_out(v, 16 * 8); }
void APIENTRY stub_GetUniformi64vARB(GLuint p, GLint l, GLint64 *v) { (void)p, (void)l, stub_out(v, 16 * 8); }
void APIENTRY stub_GetUniformui64vARB(GLuint p, GLint l, GLuint64 *v) { (void)p, (void)l, stub_out(v, 16 * 8); }
void APIENTRY stub_GetUniformfv(GLuint p, GLint l, GLfloat *v) { (void)p, (void)l, stub_out(v, 16 * 4); }
void APIENTRY stub_GetUniformiv(GLuint p, GLint l, GLint *v) { (void)p, (void)l, stub_out(v, 16 * 4); }
void APIENTRY stub_GetUniformuiv(GLuint p, GLint l, GLuint *v) { (void)p, (void)l, stub_out(v, 16 * 4); }
void APIENTRY stub_GetProgramivARB(GLenum target, GLenum pname, GLint *v) {
	(void)target;
	if (!stub_fails()) *v = pname == GL_PROGRAM_LENGTH_ARB ? 33 : 1;
}
void APIENTRY stub_GetProgramStringARB(GLenum target, GLenum pname, void *s) { (void)target, (void)pname, stub_out(s, 33); }

/* ---- queries ---- */

void APIENTRY stub_GetQueryiv(GLenum target, GLenum pname, GLint *v) {
	(void)target;
	if (!stub_fails()) *v = pname == GL_QUERY_COUNTER_BITS ? 64 : 0;
}
void APIENTRY stub_GetQueryObjectuiv(GLuint id, GLenum pname, GLuint *v) {
	if (!stub_fails()) *v = pname == GL_QUERY_RESULT_AVAILABLE ? id % 3 != 0 : id;
}
void APIENTRY stub_GetQueryObjectui64v(GLuint id, GLenum pname, GLuint64 *v) {
	(void)pname;
	if (!stub_fails()) *v = id;
}

/* Syncs: numbers, so that one that is used after its end is seen. */
static uint8_t syncs[4096];
static unsigned syncs_n;
static uint8_t *sync_at(GLsync s) {
	const uintptr_t n = (uintptr_t)s;
	if (!n || n > sizeof syncs || !syncs[n - 1]) stub_unexpected("a sync that is not there");
	return &syncs[n - 1];
}
void stub_syncs_forget(void) { memset(syncs, 0, sizeof syncs); }
GLsync APIENTRY stub_FenceSync(GLenum condition, GLbitfield flags) {
	if (stub_fails() || condition != GL_SYNC_GPU_COMMANDS_COMPLETE || flags) return NULL;
	const unsigned n = syncs_n++ % sizeof syncs;
	if (syncs[n]) return NULL;
	syncs[n] = 1;
	return (GLsync)(uintptr_t)(n + 1);
}
GLenum APIENTRY stub_ClientWaitSync(GLsync s, GLbitfield flags, GLuint64 timeout) {
	(void)flags;
	uint8_t *at = sync_at(s);
	if (stub_fails()) return GL_WAIT_FAILED;
	if (!timeout && (uintptr_t)s % 3 == 0) return GL_TIMEOUT_EXPIRED;
	return timeout && (*at)++ < 3 ? GL_TIMEOUT_EXPIRED : GL_CONDITION_SATISFIED;
}
void APIENTRY stub_DeleteSync(GLsync s) {
	if (s) *sync_at(s) = 0;
}

void APIENTRY stub_BeginConditionalRender(GLuint id, GLenum mode) { (void)id, (void)mode; }
void APIENTRY stub_EndConditionalRender(void) {}
void APIENTRY stub_Finish(void) {}
void APIENTRY stub_Flush(void) {}

/* ---- formats: as many sample counts as the stub says, or else as many values as it is asked for ---- */

enum { SAMPLE_COUNTS = 70 };
static int format_values(GLenum pname, GLsizei room) {
	if (stub_fails() || room < 0) return 0;
	const int n = pname == GL_SAMPLES ? SAMPLE_COUNTS : 1;
	return n < room ? n : room;
}
void APIENTRY stub_GetInternalformativ(GLenum target, GLenum format, GLenum pname, GLsizei room, GLint *v) {
	(void)target, (void)format;
	const int n = format_values(pname, room);
	for (int i = 0; i < n; i++) v[i] = pname == GL_NUM_SAMPLE_COUNTS ? SAMPLE_COUNTS : i;
}
void APIENTRY stub_GetInternalformati64v(GLenum target, GLenum format, GLenum pname, GLsizei room, GLint64 *v) {
	(void)target, (void)format;
	const int n = format_values(pname, room);
	for (int i = 0; i < n; i++) v[i] = i;
}
static void stub_texel(GLenum format, GLenum type, const void *p) {
	const uint64_t n = stub_image_span(&(stub_store){.alignment = 1}, 1, 1, 1, format, type);
	if (p) stub_in(p, n ? n : 32);
}
void APIENTRY stub_ClearTexImage(GLuint t, GLint l, GLenum format, GLenum type, const void *p) { stub_texel(format, type, p); }
void APIENTRY stub_ClearTexSubImage(GLuint t, GLint l, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type, const void *p) {
	stub_texel(format, type, p);
}

/* ---- textures by name: each has the images of a target that its name decides ---- */

static GLenum named_target(GLuint t) {
	static const GLenum all[] = {GL_TEXTURE_2D, GL_TEXTURE_1D, GL_TEXTURE_3D, GL_TEXTURE_CUBE_MAP, GL_TEXTURE_BUFFER, GL_TEXTURE_2D_ARRAY};
	return all[t % 6];
}
void APIENTRY stub_BindTextureUnit(GLuint unit, GLuint t) {
	(void)unit;
	if (named_target(t) == GL_TEXTURE_2D && !stub_fails()) stub_now->texture_2d = t;
	if (named_target(t) == GL_TEXTURE_CUBE_MAP && !stub_fails()) stub_now->texture_cube = t;
}
void APIENTRY stub_GetTextureLevelParameteriv(GLuint t, GLint level, GLenum pname, GLint *v) {
	if (named_target(t) == GL_TEXTURE_2D) {
		stub_GetTexLevelParameteriv(GL_TEXTURE_2D, level, pname, v);
		return;
	}
	if (stub_fails() || level < 0 || level > 4) return;
	switch (pname) {
	case GL_TEXTURE_WIDTH: *v = 17 >> level; break;
	case GL_TEXTURE_HEIGHT: case GL_TEXTURE_DEPTH: *v = 9 >> level; break;
	case GL_TEXTURE_INTERNAL_FORMAT: *v = level % 2 ? GL_COMPRESSED_RED_RGTC1 : GL_RGBA8; break;
	case GL_TEXTURE_COMPRESSED: *v = level % 2; break;
	case GL_TEXTURE_COMPRESSED_IMAGE_SIZE: *v = 8 * 5 * 3 * 9; break;
	default: *v = 1;
	}
}
static void named_image(GLsizei room, void *p) { /* a driver keeps to the room that it is told of */
	if (room < 0) stub_unexpected("room for less than nothing");
	if (!*stub_binding(GL_PIXEL_PACK_BUFFER)) stub_out(p, (uint64_t)room);
}
void APIENTRY stub_GetTextureImage(GLuint t, GLint l, GLenum format, GLenum type, GLsizei room, void *p) { named_image(room, p); }
void APIENTRY stub_GetCompressedTextureImage(GLuint t, GLint l, GLsizei room, void *p) { named_image(room, p); }
void APIENTRY stub_GetTextureSubImage(GLuint t, GLint l, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type, GLsizei room, void *p) {
	named_image(room, p);
}
void APIENTRY stub_GetCompressedTextureSubImage(GLuint t, GLint l, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLsizei room, void *p) {
	named_image(room, p);
}

/* A compressed image; from a buffer, rows lie as the store for compressed images says, which a driver goes by. */
void stub_compressed(const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLsizei bytes) {
	(void)dims, (void)w, (void)h, (void)d, (void)format;
	if (p) stub_at(GL_PIXEL_UNPACK_BUFFER, p, prism_pos(bytes));
}
