/* Programs made of random uniforms, blocks, samplers and inputs; what reflection tells of them. */
#include "glrandom.h"
#include <stdio.h>
#include <string.h>

static const char *const types[] = {"float", "vec2", "vec3", "vec4", "int", "ivec2", "ivec3", "ivec4", "uint", "uvec2", "uvec3", "uvec4", "bool", "bvec2", "bvec3", "bvec4",
	"mat2", "mat3", "mat4", "mat2x3", "mat2x4", "mat3x2", "mat3x4", "mat4x2", "mat4x3"};
enum { FIRST_MATRIX = 16 };
static const int matrix_size[][2] = {{2, 2}, {3, 3}, {4, 4}, {2, 3}, {2, 4}, {3, 2}, {3, 4}, {4, 2}, {4, 3}};

static const struct {
	const char *name, *fetch;
	GLenum target;
	int kind;
} sampler_types[] = {
	{"sampler2D", "texture(%s, t)", GL_TEXTURE_2D, FLOATS}, {"sampler2D", "textureLod(%s, t, 1.0)", GL_TEXTURE_2D, FLOATS}, {"sampler1D", "texture(%s, t.x)", GL_TEXTURE_1D, FLOATS},
	{"sampler3D", "texture(%s, vec3(t, t.x))", GL_TEXTURE_3D, FLOATS}, {"sampler2DArray", "texture(%s, vec3(t, t.y * 6.0))", GL_TEXTURE_2D_ARRAY, FLOATS},
	{"samplerCube", "texture(%s, vec3(t - 0.5, 0.3))", GL_TEXTURE_CUBE_MAP, FLOATS}, {"sampler2DRect", "texture(%s, t * 20.0)", GL_TEXTURE_RECTANGLE, FLOATS},
	{"sampler1DArray", "texture(%s, vec2(t.x, t.y * 4.0))", GL_TEXTURE_1D_ARRAY, FLOATS}, {"isampler2D", "vec4(texture(%s, t)) / 128.0", GL_TEXTURE_2D, INTS},
	{"usampler2D", "vec4(texture(%s, t)) / 255.0", GL_TEXTURE_2D, UINTS}, {"sampler2DShadow", "vec4(texture(%s, vec3(t, 0.5)))", GL_TEXTURE_2D, DEPTHS},
	{"samplerBuffer", "texelFetch(%s, int(t.x * 20.0) & 15)", GL_TEXTURE_BUFFER, FLOATS}};

typedef struct uniform {
	int type, size; /* size 0: no array */
	char name[16];
} uniform;
typedef struct program {
	GLuint name;
	int uniforms, samplers, block, geometry;
	uniform u[6];
	int s[3];
} program;
static program programs[8];
static GLuint buffer_texture, block_buffer;

static int put(char *out, size_t n, size_t at, const char *format, ...) __attribute__((format(printf, 4, 5)));
#include <stdarg.h>
static int put(char *out, size_t n, size_t at, const char *format, ...) {
	va_list l;
	va_start(l, format);
	int k = vsnprintf(out + at, n - at, format, l);
	va_end(l);
	return k;
}
#define PUT(...) at += (size_t)put(out, n, at, __VA_ARGS__)

/* An expression of type vec4 for a value of a type. */
static size_t as_vec4(char *out, size_t n, size_t at, int type, const char *v) {
	if (type >= FIRST_MATRIX) {
		int c = matrix_size[type - FIRST_MATRIX][0], r = matrix_size[type - FIRST_MATRIX][1];
		PUT("vec4((%s * vec%d(0.25))%s)", v, c, r == 4 ? "" : r == 3 ? ", 0.1" : ", 0.1, 0.2");
		return at;
	}
	switch (type % 4) {
	case 0: PUT("vec4(float(%s))", v); break;
	case 1: PUT("vec4(vec2(%s), 0.1, 0.5)", v); break;
	case 2: PUT("vec4(vec3(%s), 0.5)", v); break;
	default: PUT("vec4(%s)", v);
	}
	return at;
}

static GLuint compile(GLenum type, const char *text) {
	GLuint s = glCreateShader(type);
	GLint ok = -1, n[2] = {-1, -1};
	static const char *const es_head = "#version 320 es\n#extension GL_EXT_shader_implicit_conversions : enable\n#extension GL_EXT_clip_cull_distance : enable\n"
		"#extension GL_EXT_geometry_point_size : enable\nprecision highp float; precision highp int; precision highp sampler2D; precision highp isampler2D; precision highp usampler2D;\n"
		"precision highp sampler3D; precision highp sampler2DArray; precision highp samplerCube; precision highp samplerBuffer; precision highp sampler2DShadow;\n";
	const char *parts[] = {es ? es_head : compat ? "#version 330 compatibility\n" : "#version 330 core\n", text};
	GLint lengths[] = {-1, (GLint)strlen(text)};
	glShaderSource(s, 2, parts, chance(50) ? lengths : NULL);
	glCompileShader(s);
	glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
	glGetShaderiv(s, GL_SHADER_SOURCE_LENGTH, n);
	glGetShaderiv(s, GL_INFO_LOG_LENGTH, n + 1);
	char log[2000] = "";
	GLsizei got = -1;
	glGetShaderInfoLog(s, chance(20) ? 10 : sizeof log, &got, log);
	note("shader %#x: %d, %d bytes, log %d of %d: %s", type, ok, n[0], got, n[1], log);
	return s;
}

/* What a block without a buffer reads is undefined. */
static void bind_blocks(GLuint p) {
	GLint n = 0;
	glGetProgramiv(p, GL_ACTIVE_UNIFORM_BLOCKS, &n);
	for (GLint i = 0; i < n; i++) glUniformBlockBinding(p, (GLuint)i, 1 + (GLuint)i % 2);
}

static const char *const varyings[] = {"v_color", "v_at", "gl_Position"};

static void build(program *p) {
	char vs[6000], fs[6000], *out = vs;
	size_t n = sizeof vs, at = 0;
	memset(p, 0, sizeof *p);
	p->uniforms = pick(7), p->samplers = pick(4), p->block = chance(50), p->geometry = chance(15);
	for (int i = 0; i < p->uniforms; i++) {
		p->u[i].type = pick(COUNT(types)), p->u[i].size = chance(40) ? between(1, 4) : 0;
		snprintf(p->u[i].name, sizeof p->u[i].name, chance(20) ? "s.u%d" : "u%d", i);
	}
	for (int i = 0; i < p->samplers; i++) do p->s[i] = pick(COUNT(sampler_types)); while (es && es_target(sampler_types[p->s[i]].target) != sampler_types[p->s[i]].target);
	char decl[1500] = "";
	out = decl, n = sizeof decl;
	int in_struct = 0;
	for (int i = 0; i < p->uniforms; i++) in_struct += p->u[i].name[0] == 's';
	for (int pass = 0; pass < 2; pass++) {
		if (pass && in_struct) PUT("uniform struct {");
		for (int i = 0; i < p->uniforms; i++) {
			if ((p->u[i].name[0] == 's') != pass) continue;
			PUT("%s%s %s", pass ? "" : "uniform ", types[p->u[i].type], p->u[i].name + 2 * pass);
			if (p->u[i].size) PUT("[%d]", p->u[i].size);
			PUT(";\n");
		}
		if (pass && in_struct) PUT("} s;\n");
	}
	if (p->block) PUT("layout(std140%s) uniform Block { vec4 tint; mat3x2 turn; float few[3]; ivec2 pair; bool flag; } %s;\n", chance(30) ? ", row_major" : "", chance(30) ? "b[2]" : "b");
	int arrayed = strstr(decl, "b[2]") != NULL;
	const char *b = arrayed ? "b[1]" : "b";
	char sum[3000] = "";
	out = sum, n = sizeof sum, at = 0;
	for (int i = 0; i < p->uniforms; i++)
		for (int k = 0; k < (p->u[i].size ? p->u[i].size : 1); k++) {
			char v[24];
			snprintf(v, sizeof v, p->u[i].size ? "%s[%d]" : "%s", p->u[i].name, k);
			PUT(" + 0.1 * ");
			at = as_vec4(out, n, at, p->u[i].type, v);
		}
	if (p->block) PUT(" + %s.tint * 0.3 + vec4(%s.turn[1], %s.few[2], %s.flag ? float(%s.pair.y & 7) * 0.1 : 0.2) * 0.2", b, b, b, b, b);
	int where = pick(3); /* which shader uses the uniforms: 0 vertex, 1 fragment, 2 both */
	out = vs, n = sizeof vs, at = 0;
	PUT("%sin vec4 a_at; in vec4 a_color; in vec2 a_tex; in ivec2 a_int; in float a_size;\nuniform vec4 place;\n", where == 1 ? "" : decl);
	PUT("out vec4 v_color; out vec4 v_at; %s out vec4 v_flat; out vec2 v_tex;\n", "flat");
	PUT("void main() {\n gl_Position = vec4(a_at.xy * place.zw + place.xy, a_at.z, 1.0 + 0.2 * a_at.w);\n gl_PointSize = 2.0 + abs(a_size);\n gl_ClipDistance[0] = a_at.x + 0.5;\n");
	PUT(" v_color = a_color%s;\n", where == 1 ? "" : sum);
	PUT(" v_at = gl_Position; v_flat = vec4(vec2(a_int & 15) / 15.0, float(gl_VertexID & 3) * 0.25, float(gl_InstanceID) * 0.2); v_tex = a_tex;\n}\n");
	out = fs, n = sizeof fs, at = 0;
	PUT("%s", where == 0 ? "" : decl);
	for (int i = 0; i < p->samplers; i++) PUT("uniform %s tex%d;\n", sampler_types[p->s[i]].name, i);
	PUT("in vec4 v_color; in vec4 v_at; flat in vec4 v_flat; in vec2 v_tex;\nout vec4 o0; out vec4 o1; out vec4 o2;\nvoid main() {\n vec2 t = v_tex; vec4 c = fract(v_color%s);\n",
		where == 0 ? "" : sum);
	for (int i = 0; i < p->samplers; i++) {
		char name[20];
		snprintf(name, sizeof name, "tex%d", i);
		PUT(" c = mix(c, ");
		at += (size_t)snprintf(out + at, n - at, sampler_types[p->s[i]].fetch, name);
		PUT(", 0.5);\n");
	}
	switch (pick(6)) {
	case 0: PUT(" if (fract(gl_FragCoord.x * 0.125) < 0.3) discard;\n"); break;
	case 1: PUT(" c.rg += fract(gl_FragCoord.xy * 0.03);\n"); break;
	case 2: PUT(" if (!gl_FrontFacing) c = c.bgra;\n"); break;
	case 3: PUT(" c.ba += abs(dFdx(v_at.xy)) * 4.0;\n"); break;
	case 4: PUT(" gl_FragDepth = clamp(gl_FragCoord.z + v_tex.x * 0.1, 0.0, 1.0);\n"); break;
	default: PUT(" c.a = gl_PointCoord.x * 0.5 + 0.5;\n");
	}
	PUT(" o0 = c; o1 = v_flat + c * 0.2; o2 = vec4(c.bgr, 0.7);\n}\n");
	p->name = glCreateProgram();
	GLuint v = compile(GL_VERTEX_SHADER, vs), f = compile(GL_FRAGMENT_SHADER, fs), g = 0;
	glAttachShader(p->name, v);
	glAttachShader(p->name, f);
	if (p->geometry) {
		g = compile(GL_GEOMETRY_SHADER, "layout(triangles) in; layout(triangle_strip, max_vertices = 6) out;\nin vec4 v_color[]; in vec4 v_at[]; flat in vec4 v_flat[]; in vec2 v_tex[];\n"
			"out vec4 g_color; out vec4 g_at; flat out vec4 g_flat; out vec2 g_tex;\nvoid main() { for (int k = 0; k < 2; k++) { for (int i = 0; i < 3; i++) {\n"
			"gl_Position = gl_in[i].gl_Position + vec4(float(k) * 0.2); gl_PointSize = 1.0; g_color = v_color[i]; g_at = v_at[i]; g_flat = v_flat[i]; g_tex = v_tex[i]; EmitVertex(); } EndPrimitive(); } }\n");
		glAttachShader(p->name, g);
		char *at_name = fs;
		for (; (at_name = strstr(at_name, "v_")); at_name++) *at_name = 'g';
		glDetachShader(p->name, f);
		glDeleteShader(f);
		f = compile(GL_FRAGMENT_SHADER, fs);
		glAttachShader(p->name, f);
	}
	/* positions come first: draws without an array at place 0 are not what is tested here */
	glBindAttribLocation(p->name, 0, "a_at");
	if (chance(60)) glBindAttribLocation(p->name, (GLuint)between(1, 3), "a_color");
	if (chance(30)) glBindAttribLocation(p->name, 6, "a_int");
	glBindFragDataLocation(p->name, 0, "o0");
	glBindFragDataLocation(p->name, 1, "o1");
	glBindFragDataLocation(p->name, 2, "o2");
	const char *names[] = {p->geometry ? "g_color" : varyings[0], p->geometry ? "g_at" : varyings[1], "gl_Position"};
	glTransformFeedbackVaryings(p->name, between(1, 3), names, GL_INTERLEAVED_ATTRIBS);
	glLinkProgram(p->name);
	GLint ok = 0;
	glGetProgramiv(p->name, GL_LINK_STATUS, &ok);
	char log[2000] = "";
	glGetProgramInfoLog(p->name, sizeof log, NULL, log);
	note("linked: %d %s", ok, log);
	if (chance(50)) glDetachShader(p->name, v);
	glDeleteShader(v), glDeleteShader(f);
	if (g) glDeleteShader(g);
	glUseProgram(p->name);
	glUniform4f(glGetUniformLocation(p->name, "place"), 0, 0, 1, 1);
	bind_blocks(p->name);
}

void setup_programs(void) {
	float data[64];
	for (int i = 0; i < 64; i++) data[i] = frand(0, 1);
	block_buffer = filled_buffer(GL_UNIFORM_BUFFER, data, sizeof data);
	GLuint texels = filled_buffer(GL_TEXTURE_BUFFER, scratch, 256);
	glGenTextures(1, &buffer_texture);
	glBindTexture(GL_TEXTURE_BUFFER, buffer_texture);
	glTexBuffer(GL_TEXTURE_BUFFER, GL_RGBA8, texels);
	for (int i = 0; i < COUNT(programs); i++) build(&programs[i]);
}

GLuint some_program(void) { return programs[pick(COUNT(programs))].name; }

int program_is_geometry(void) {
	GLint now = 0;
	glGetIntegerv(GL_CURRENT_PROGRAM, &now);
	for (int i = 0; i < COUNT(programs); i++)
		if (programs[i].name == (GLuint)now) return programs[i].geometry;
	return 0;
}

void use_some_program(void) {
	program *p = &programs[pick(COUNT(programs))];
	glUseProgram(p->name);
	for (int i = 0; i < p->samplers; i++) {
		char name[20];
		snprintf(name, sizeof name, "tex%d", i);
		const texture *t = sampler_types[p->s[i]].target == GL_TEXTURE_BUFFER ? NULL : texture_of(sampler_types[p->s[i]].target, sampler_types[p->s[i]].kind);
		GLuint unit = (GLuint)(4 * i + pick(4));
		glActiveTexture(GL_TEXTURE0 + unit);
		glBindTexture(sampler_types[p->s[i]].target, t ? t->name : sampler_types[p->s[i]].target == GL_TEXTURE_BUFFER ? buffer_texture : 0);
		if (unit < 4 && sampler_types[p->s[i]].kind != FLOATS) glBindSampler(unit, 0);
		glUniform1i(glGetUniformLocation(p->name, name), (GLint)unit);
	}
	glBindBufferRange(GL_UNIFORM_BUFFER, 1, block_buffer, 0, 256);
	glBindBufferBase(GL_UNIFORM_BUFFER, 2, block_buffer);
	if (chance(60)) {
		float x = frand(-.6f, .6f), y = frand(-.6f, .6f), w = frand(.2f, 1.2f);
		glUniform4f(glGetUniformLocation(p->name, "place"), x, y, w, frand(.2f, 1.2f));
	}
}

static void set(void) {
	program *p = &programs[pick(COUNT(programs))];
	if (!p->uniforms) return;
	const uniform *u = &p->u[pick(p->uniforms)];
	char name[32];
	int first = u->size ? pick(u->size) : 0, count = u->size ? between(0, u->size - first + (chance(10) ? 2 : 0)) : chance(5) ? 2 : 1;
	snprintf(name, sizeof name, u->size && (first || chance(50)) ? "%s[%d]" : "%s", u->name, first);
	GLint at = glGetUniformLocation(p->name, name), ints[64];
	glUseProgram(p->name);
	float v[100];
	for (int i = 0; i < 100; i++) v[i] = frand(-2, 2);
	for (int i = 0; i < 64; i++) ints[i] = between(-3, 9);
	if (u->type >= FIRST_MATRIX) {
		typedef void (*set_matrix)(GLint, GLsizei, GLboolean, const GLfloat *);
		static const set_matrix setters[] = {glUniformMatrix2fv, glUniformMatrix3fv, glUniformMatrix4fv, glUniformMatrix2x3fv, glUniformMatrix2x4fv, glUniformMatrix3x2fv, glUniformMatrix3x4fv,
			glUniformMatrix4x2fv, glUniformMatrix4x3fv};
		setters[chance(4) ? pick(9) : u->type - FIRST_MATRIX](at, count, chance(40), v);
	} else {
		int kind = u->type / 4, size = u->type % 4 + 1;
		if (kind == 3) kind = pick(3); /* booleans take any */
		if (chance(4)) kind = pick(3);
		if (chance(4)) size = between(1, 4);
		GLuint words[64];
		for (int i = 0; i < 64; i++) words[i] = (GLuint)(ints[i] & 15);
		int plain = chance(30);
		switch (4 * kind + size) {
		case 1: plain ? glUniform1f(at, v[0]) : glUniform1fv(at, count, v); break;
		case 2: plain ? glUniform2f(at, v[0], v[1]) : glUniform2fv(at, count, v); break;
		case 3: plain ? glUniform3f(at, v[0], v[1], v[2]) : glUniform3fv(at, count, v); break;
		case 4: plain ? glUniform4f(at, v[0], v[1], v[2], v[3]) : glUniform4fv(at, count, v); break;
		case 5: plain ? glUniform1i(at, ints[0]) : glUniform1iv(at, count, ints); break;
		case 6: plain ? glUniform2i(at, ints[0], ints[1]) : glUniform2iv(at, count, ints); break;
		case 7: plain ? glUniform3i(at, ints[0], ints[1], ints[2]) : glUniform3iv(at, count, ints); break;
		case 8: plain ? glUniform4i(at, ints[0], ints[1], ints[2], ints[3]) : glUniform4iv(at, count, ints); break;
		case 9: plain ? glUniform1ui(at, words[0]) : glUniform1uiv(at, count, words); break;
		case 10: plain ? glUniform2ui(at, words[0], words[1]) : glUniform2uiv(at, count, words); break;
		case 11: plain ? glUniform3ui(at, words[0], words[1], words[2]) : glUniform3uiv(at, count, words); break;
		default: plain ? glUniform4ui(at, words[0], words[1], words[2], words[3]) : glUniform4uiv(at, count, words);
		}
	}
	float got[16];
	for (int i = 0; i < 16; i++) got[i] = -9;
	GLint geti[16];
	memset(geti, 0x44, sizeof geti);
	if (at >= 0) {
		glGetUniformfv(p->name, at, got);
		glGetUniformiv(p->name, at, geti);
		note_floats(name, got, 16);
		note("as integers: %d %d %d %d", geti[0], geti[1], geti[2], geti[3]);
	}
}

static void reflect(void) {
	GLuint p = some_program();
	static const GLenum names[] = {GL_ACTIVE_UNIFORMS, GL_ACTIVE_ATTRIBUTES, GL_ACTIVE_UNIFORM_BLOCKS, GL_ACTIVE_UNIFORM_MAX_LENGTH, GL_ACTIVE_ATTRIBUTE_MAX_LENGTH,
		GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH, GL_ATTACHED_SHADERS, GL_DELETE_STATUS, GL_LINK_STATUS, GL_TRANSFORM_FEEDBACK_VARYINGS, GL_TRANSFORM_FEEDBACK_BUFFER_MODE,
		GL_TRANSFORM_FEEDBACK_VARYING_MAX_LENGTH, GL_GEOMETRY_VERTICES_OUT, GL_INFO_LOG_LENGTH, 0x66};
	GLint counts[COUNT(names)];
	for (int i = 0; i < COUNT(names); i++) {
		counts[i] = -1;
		if (names[i] == GL_GEOMETRY_VERTICES_OUT && chance(50)) continue;
		glGetProgramiv(p, names[i], &counts[i]);
		note("program %#x: %d", names[i], counts[i]);
	}
	char name[64];
	GLint size, v;
	GLenum type;
	GLsizei len;
	for (GLuint i = 0; i <= (GLuint)counts[0]; i++) {
		size = type = 0, len = -1, strcpy(name, "-");
		glGetActiveUniform(p, i, chance(10) ? 4 : sizeof name, &len, &size, &type, name);
		note("uniform %s %d: %d %#x at %d", name, len, size, type, glGetUniformLocation(p, name));
		GLenum what = ONE_OF(GL_UNIFORM_OFFSET, GL_UNIFORM_BLOCK_INDEX, GL_UNIFORM_ARRAY_STRIDE, GL_UNIFORM_MATRIX_STRIDE, GL_UNIFORM_IS_ROW_MAJOR, GL_UNIFORM_NAME_LENGTH, GL_UNIFORM_TYPE);
		v = -7;
		glGetActiveUniformsiv(p, 1, &i, what, &v);
		note("uniform %#x: %d", what, v);
	}
	for (GLuint i = 0; i < (GLuint)counts[1]; i++) {
		glGetActiveAttrib(p, i, sizeof name, &len, &size, &type, name);
		note("attribute %s %d: %d %#x at %d", name, len, size, type, glGetAttribLocation(p, name));
	}
	for (GLuint i = 0; i < (GLuint)counts[2]; i++) {
		GLint list[32] = {0};
		glGetActiveUniformBlockName(p, i, sizeof name, &len, name);
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS, &v);
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_DATA_SIZE, &size);
		if (v <= 32) glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES, list);
		note("block %s %d: %d members, %d bytes, first %d %d", name, len, v, size, list[0], list[1]);
		glGetActiveUniformBlockiv(p, i, ONE_OF(GL_UNIFORM_BLOCK_BINDING, GL_UNIFORM_BLOCK_NAME_LENGTH, GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER,
			GL_UNIFORM_BLOCK_REFERENCED_BY_FRAGMENT_SHADER), &v);
		note("block: %d", v);
	}
	for (GLuint i = 0; i < (GLuint)counts[9]; i++) {
		glGetTransformFeedbackVarying(p, i, sizeof name, &len, &size, &type, name);
		note("varying %s %d: %d %#x", name, len, size, type);
	}
	const char *ask[] = {"place", "Block.tint", "nothing", "Block[1].few[0]"};
	GLuint indices[4];
	glGetUniformIndices(p, 4, ask, indices);
	note("indices %d %d %d %d; output %d", indices[0], indices[1], indices[2], indices[3], glGetFragDataLocation(p, "o1"));
}

static void again(void) {
	program *p = &programs[pick(COUNT(programs))];
	GLuint old = p->name;
	build(p);
	glDeleteProgram(old);
	note("is program: %d", glIsProgram(p->name)); /* of the old one Mesa says yes at times when prism says no; why is not known */
}

static void relink(void) {
	program *p = &programs[pick(COUNT(programs))];
	GLuint shaders[4];
	GLsizei n = -1;
	glGetAttachedShaders(p->name, 4, &n, shaders);
	note("attached: %d", n);
	if (n < 2 + p->geometry) return; /* a detached one is gone */
	glBindAttribLocation(p->name, 5, "a_tex");
	glLinkProgram(p->name);
	GLint ok = -1;
	glGetProgramiv(p->name, GL_LINK_STATUS, &ok);
	note("linked again: %d, a_tex at %d", ok, glGetAttribLocation(p->name, "a_tex"));
	bind_blocks(p->name);
	glUseProgram(p->name);
	glUniform4f(glGetUniformLocation(p->name, "place"), 0, 0, 1, 1);
}

static void mistakes(void) {
	GLuint p = some_program();
	switch (pick(8)) {
	case 0: glUseProgram(98765); break;
	case 1: note("location: %d", glGetUniformLocation(98765, "u0")); break;
	case 2: glUseProgram(0), glUniform1f(0, 1); break;
	case 3: glUseProgram(p), glUniform1f(5000, 1); break;
	case 4: glBindAttribLocation(p, 0, "gl_Vertex"); break;
	case 5: glUniformBlockBinding(p, 50, 0); break;
	case 6: {
		GLuint s = compile(GL_FRAGMENT_SHADER, "void main() { wrong; }\n"), q = glCreateProgram();
		GLint ok = -1;
		glAttachShader(q, s);
		glAttachShader(q, s); /* twice is an error */
		glLinkProgram(q);
		glGetProgramiv(q, GL_LINK_STATUS, &ok);
		note("bad program: %d", ok);
		glUseProgram(q);
		glDeleteShader(s);
		note("is shader: %d", glIsShader(s));
		glDeleteProgram(q);
		note("is shader: %d", glIsShader(s));
		break;
	}
	default: glGetAttribLocation(0, "x");
	}
}

const step program_steps[] = {{"uniform", set, 16}, {"reflection", reflect, 3}, {"program again", again, 2}, {"relink", relink, 2}, {"program mistakes", mistakes, 1}, {0}};
