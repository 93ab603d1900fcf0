/* Shader stages, doubles, subroutines, uniforms by program, binaries. */
#include "conform.h"
#include <math.h>

static GLuint link(const GLenum *types, const char *const *texts, int n) {
	GLuint p = glCreateProgram();
	for (int i = 0; i < n; i++) {
		GLuint s = shader(types[i], texts[i]);
		GLint ok = 0;
		glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
		if (!ok) {
			static char log[4096];
			glGetShaderInfoLog(s, sizeof log, NULL, log);
			printf("shader %d: %s\n", i, log);
		}
		glAttachShader(p, s);
		glDeleteShader(s);
	}
	glLinkProgram(p);
	GLint ok = 0;
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	static char log[4096];
	glGetProgramInfoLog(p, sizeof log, NULL, log);
	printf("linked: %d %s\n", ok, log);
	return p;
}
static void clear(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }
static void programiv(const char *name, GLuint p, GLenum pname) {
	GLint v[3] = {-7, -7, -7};
	glGetProgramiv(p, pname, v);
	printf("%s: %d %d %d\n", name, v[0], v[1], v[2]);
}
#define PROGRAMIV(p, x) programiv(#x, p, x)

static const char corner[] = "void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0, 0.3, 1.0); }\n";

static void tessellation(void) {
	static const GLenum types[] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER};
	static const char *const texts[] = {
		"out vec2 at; void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 1.8 - 0.9; gl_Position = vec4(at, 0.0, 1.0); }\n",
		"layout(vertices = 4) out; in vec2 at[]; out vec2 to[]; uniform float level; patch out vec3 tint;\n"
		"void main() { to[gl_InvocationID] = at[gl_InvocationID]; gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position;\n"
		"if (gl_InvocationID == 0) { tint = vec3(1.0, 0.5, 0.2); for (int i = 0; i < 4; i++) gl_TessLevelOuter[i] = level + float(i);\n"
		"gl_TessLevelInner[0] = level; gl_TessLevelInner[1] = level + 2.0; } }\n",
		"layout(quads, fractional_odd_spacing, cw) in; in vec2 to[]; patch in vec3 tint; out vec3 c;\n"
		"void main() { vec2 p = mix(mix(to[0], to[1], gl_TessCoord.x), mix(to[2], to[3], gl_TessCoord.x), gl_TessCoord.y);\n"
		"p += 0.07 * sin(p.yx * 9.0); c = tint * vec3(gl_TessCoord.xy, 1.0); gl_Position = vec4(p, 0.0, 1.0); }\n",
		"layout(triangles, invocations = 2) in; layout(line_strip, max_vertices = 4) out; in vec3 c[]; out vec3 k;\n"
		"void main() { for (int i = 0; i < 4; i++) { k = c[i % 3] + float(gl_InvocationID) * 0.3; gl_Position = gl_in[i % 3].gl_Position * vec4(1.0 - 0.2 * float(gl_InvocationID));\n"
		"gl_Position.w = 1.0; EmitVertex(); } EndPrimitive(); }\n",
		"in vec3 k; out vec4 o; void main() { o = vec4(k, 1.0); }\n",
	};
	GLuint p = link(types, texts, 5);
	PROGRAMIV(p, GL_TESS_CONTROL_OUTPUT_VERTICES); PROGRAMIV(p, GL_TESS_GEN_MODE); PROGRAMIV(p, GL_TESS_GEN_SPACING);
	PROGRAMIV(p, GL_TESS_GEN_VERTEX_ORDER); PROGRAMIV(p, GL_TESS_GEN_POINT_MODE); PROGRAMIV(p, GL_GEOMETRY_VERTICES_OUT);
	PROGRAMIV(p, GL_GEOMETRY_INPUT_TYPE); PROGRAMIV(p, GL_GEOMETRY_OUTPUT_TYPE); PROGRAMIV(p, GL_GEOMETRY_SHADER_INVOCATIONS);
	node_errors("stages");
	PROGRAMIV(p, GL_COMPUTE_WORK_GROUP_SIZE);
	node_errors("no such stage");
	glUseProgram(p);
	GLint v = 0;
	glGetIntegerv(GL_PATCH_VERTICES, &v);
	printf("patch vertices %d\n", v);
	glPatchParameteri(GL_PATCH_VERTICES, 4);
	glGetIntegerv(GL_PATCH_VERTICES, &v);
	printf("patch vertices %d\n", v);
	for (int i = 1; i < 4; i++) {
		clear();
		glUniform1f(glGetUniformLocation(p, "level"), (float)i * 2.3f);
		glDrawArrays(GL_PATCHES, 0, 4);
		picture("tessellated");
	}
	glPatchParameteri(GL_PATCH_VERTICES, 0);
	glPatchParameteri(GL_POINTS, 3);
	static const GLfloat outer[] = {3, 4, 5, 6}, inner[] = {2, 7};
	glPatchParameterfv(GL_PATCH_DEFAULT_OUTER_LEVEL, outer);
	glPatchParameterfv(GL_PATCH_DEFAULT_INNER_LEVEL, inner);
	GLfloat got[4] = {0};
	glGetFloatv(GL_PATCH_DEFAULT_OUTER_LEVEL, got);
	printf("outer %g %g %g %g\n", got[0], got[1], got[2], got[3]);
	glGetFloatv(GL_PATCH_DEFAULT_INNER_LEVEL, got);
	printf("inner %g %g\n", got[0], got[1]);
	node_errors("patches");
	/* without a control stage the default levels count */
	static const GLenum types2[] = {GL_VERTEX_SHADER, GL_TESS_EVALUATION_SHADER, GL_FRAGMENT_SHADER};
	static const char *const texts2[] = {
		texts[0], "layout(quads, point_mode) in; in vec2 at[]; out vec3 k; void main() { vec2 p = mix(mix(at[0], at[1], gl_TessCoord.x), mix(at[2], at[3], gl_TessCoord.x), gl_TessCoord.y);\n"
		"k = vec3(1.0); gl_Position = vec4(p, 0.0, 1.0); }\n", texts[4]};
	static const char *t[3];
	t[0] = texts[0], t[1] = texts2[1], t[2] = texts[4];
	GLuint q = link(types2, t, 3);
	glUseProgram(q);
	clear();
	glPointSize(5);
	glDrawArrays(GL_PATCHES, 0, 4);
	picture("points of a patch");
	PROGRAMIV(q, GL_TESS_GEN_POINT_MODE);
	PROGRAMIV(q, GL_TESS_CONTROL_OUTPUT_VERTICES);
	PROGRAMIV(q, GL_GEOMETRY_VERTICES_OUT);
	glDrawArrays(GL_TRIANGLES, 0, 3); /* not what the program takes */
	node_errors("half of the stages");
	glUseProgram(0);
	glDeleteProgram(p), glDeleteProgram(q);
}

static void doubles(void) {
	static const char text[] = "uniform double a; uniform dvec3 b[3]; uniform dmat3x2 m; uniform dmat4 n; out vec4 o;\n"
		"void main() { double s = a + b[1].y + b[2].z + m[1][1] + n[2][3]; o = vec4(vec3(float(s), float(n[3][0]), float(m[2][0])), 1.0); }\n";
	GLuint p = program(corner, text);
	glUseProgram(p);
	GLint a = glGetUniformLocation(p, "a"), b = glGetUniformLocation(p, "b"), m = glGetUniformLocation(p, "m"), n = glGetUniformLocation(p, "n");
	GLdouble v[16], got[16] = {0};
	for (int i = 0; i < 16; i++) v[i] = 1.0 / (3 + i);
	glUniform1d(a, 0.01);
	glUniform3dv(b, 3, v);
	glUniformMatrix3x2dv(m, 1, GL_TRUE, v);
	glUniformMatrix4dv(n, 1, GL_FALSE, v);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("doubles");
	glGetUniformdv(p, n, got);
	printf("n: %.17g %.17g\n", got[5], got[15]);
	memset(got, 0, sizeof got);
	glGetUniformdv(p, m, got);
	printf("m: %.17g %.17g %g\n", got[1], got[5], got[6]);
	glGetUniformdv(p, glGetUniformLocation(p, "b[2]"), got);
	printf("b: %.17g %.17g\n", got[0], got[2]);
	GLfloat f[16] = {0};
	glGetUniformfv(p, n, f);
	printf("n as floats: %.9g %.9g\n", f[5], f[15]);
	node_errors("doubles");
	PFNGLGETNUNIFORMDVPROC getn = (PFNGLGETNUNIFORMDVPROC)glXGetProcAddressARB((const GLubyte *)"glGetnUniformdvARB"); /* Mesa has no other name for it */
	PFNGLGETNUNIFORMFVPROC getf = (PFNGLGETNUNIFORMFVPROC)glXGetProcAddressARB((const GLubyte *)"glGetnUniformfv");
	memset(got, 0, sizeof got);
	getn(p, a, 7, got);
	printf("too little room: %g\n", got[0]);
	node_errors("getn");
	getn(p, a, 8, got);
	getf(p, n, 64, f);
	printf("enough: %g %.9g\n", got[0], f[7]);
	glUniform2d(a, 1, 2);
	glUniform1f(a, 1);
	glUniform3dv(b, -1, v);
	glUniform3dv(77, 1, v);
	node_errors("doubles that do not fit");
	glProgramUniform1d(p, a, 0.7);
	glProgramUniform3d(p, b, 1, 2, 3);
	glProgramUniform3dv(p, b, 2, v + 3);
	glProgramUniformMatrix4dv(p, n, 1, GL_TRUE, v);
	glProgramUniformMatrix3x2dv(p, m, 1, GL_FALSE, v);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("doubles by program");
	glProgramUniform1d(999, a, 0.7);
	node_errors("no program");
	glUseProgram(0);
	glDeleteProgram(p);
}

/* All kinds of glProgramUniform, of a program that is not current. */
static void by_program(void) {
	static const char text[] = "uniform float f1; uniform vec2 f2; uniform vec3 f3; uniform vec4 f4; uniform int i1; uniform ivec2 i2; uniform ivec3 i3; uniform ivec4 i4;\n"
		"uniform uint u1; uniform uvec2 u2; uniform uvec3 u3; uniform uvec4 u4; uniform mat2 m2; uniform mat3 m3; uniform mat4 m4; uniform mat2x3 m23; uniform mat3x2 m32;\n"
		"uniform mat2x4 m24; uniform mat4x2 m42; uniform mat3x4 m34; uniform mat4x3 m43; uniform vec4 list[5]; out vec4 o;\n"
		"void main() { vec4 s = vec4(f1 + f2.y + f3.z + f4.w) + vec4(float(i1 + i2.y + i3.z + i4.w)) * 0.01 + vec4(float(u1 + u2.y + u3.z + u4.w)) * 0.01;\n"
		"s.x += m2[1][0] + m3[2][1] + m4[3][2]; s.y += m23[1][2] + m32[2][1] + m24[1][3]; s.z += m42[3][1] + m34[2][3] + m43[3][2]; o = s + list[3] * list[4].x; }\n";
	GLuint p = program(corner, text), other = program(corner, "out vec4 o; void main() { o = vec4(1.0); }\n");
	GLfloat v[20];
	GLint i[4] = {1, 2, 3, 4};
	GLuint u[4] = {5, 6, 7, 8};
	for (int k = 0; k < 20; k++) v[k] = .02f * (float)k;
	glUseProgram(other);
#define AT(name) glGetUniformLocation(p, #name)
	glProgramUniform1f(p, AT(f1), .1f); glProgramUniform2f(p, AT(f2), 0, .02f); glProgramUniform3f(p, AT(f3), 0, 0, .03f); glProgramUniform4f(p, AT(f4), 0, 0, 0, .04f);
	glProgramUniform1i(p, AT(i1), 1); glProgramUniform2i(p, AT(i2), 0, 2); glProgramUniform3i(p, AT(i3), 0, 0, 3); glProgramUniform4i(p, AT(i4), 0, 0, 0, 4);
	glProgramUniform1ui(p, AT(u1), 1); glProgramUniform2ui(p, AT(u2), 0, 2); glProgramUniform3ui(p, AT(u3), 0, 0, 3); glProgramUniform4ui(p, AT(u4), 0, 0, 0, 4);
	glProgramUniformMatrix2fv(p, AT(m2), 1, 0, v); glProgramUniformMatrix3fv(p, AT(m3), 1, 1, v); glProgramUniformMatrix4fv(p, AT(m4), 1, 0, v);
	glProgramUniformMatrix2x3fv(p, AT(m23), 1, 1, v); glProgramUniformMatrix3x2fv(p, AT(m32), 1, 0, v); glProgramUniformMatrix2x4fv(p, AT(m24), 1, 1, v);
	glProgramUniformMatrix4x2fv(p, AT(m42), 1, 0, v); glProgramUniformMatrix3x4fv(p, AT(m34), 1, 1, v); glProgramUniformMatrix4x3fv(p, AT(m43), 1, 0, v);
	glProgramUniform4fv(p, AT(list), 5, v);
	node_errors("by program");
	glUseProgram(p);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("by program");
	glProgramUniform1fv(p, AT(f1), 1, v); glProgramUniform2fv(p, AT(f2), 1, v); glProgramUniform3fv(p, AT(f3), 1, v); glProgramUniform4fv(p, glGetUniformLocation(p, "list[2]"), 3, v + 4);
	glProgramUniform1iv(p, AT(i1), 1, i); glProgramUniform2iv(p, AT(i2), 1, i); glProgramUniform3iv(p, AT(i3), 1, i); glProgramUniform4iv(p, AT(i4), 1, i);
	glProgramUniform1uiv(p, AT(u1), 1, u); glProgramUniform2uiv(p, AT(u2), 1, u); glProgramUniform3uiv(p, AT(u3), 1, u); glProgramUniform4uiv(p, AT(u4), 1, u);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("by program, arrays");
	glProgramUniform1i(p, AT(f1), 1);
	glProgramUniform4fv(p, AT(f4), 2, v);
	glProgramUniform1f(p, -1, 1);
	glProgramUniform1f(p, 12345, 1);
	GLuint s = glCreateShader(GL_VERTEX_SHADER);
	glProgramUniform1f(s, 0, 1);
	node_errors("wrong uses");
	glUseProgram(0);
	glDeleteProgram(p), glDeleteProgram(other), glDeleteShader(s);
}

static void subroutines(void) {
	static const char text[] = "subroutine vec3 shade(float x); subroutine float bend(float x);\n"
		"subroutine(shade) vec3 red(float x) { return vec3(x, 0.1, 0.0); } subroutine(shade) vec3 green(float x) { return vec3(0.0, x, 0.2); }\n"
		"subroutine(shade) vec3 blue(float x) { return vec3(0.3, 0.0, x); } subroutine(bend) float half_of(float x) { return x * 0.5; }\n"
		"subroutine(bend) float square(float x) { return x * x; }\n"
		"subroutine uniform shade look; subroutine uniform bend curve[2]; out vec4 o;\n"
		"void main() { float x = gl_FragCoord.x / 200.0; o = vec4(look(curve[0](x) + curve[1](gl_FragCoord.y / 150.0)), 1.0); }\n";
	GLuint p = program(corner, text);
	static const GLenum words[] = {GL_ACTIVE_SUBROUTINES, GL_ACTIVE_SUBROUTINE_MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORMS, GL_ACTIVE_SUBROUTINE_UNIFORM_MAX_LENGTH,
	                               GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS};
	GLint v = 0, n = 0, places = 0;
	for (int i = 0; i < 5; i++) {
		glGetProgramStageiv(p, GL_FRAGMENT_SHADER, words[i], &v);
		printf("stage %#x: %d", words[i], v);
		glGetProgramStageiv(p, GL_VERTEX_SHADER, words[i], &v);
		printf(", vertex %d\n", v);
	}
	glGetProgramStageiv(p, GL_FRAGMENT_SHADER, GL_ACTIVE_SUBROUTINES, &n);
	for (int i = 0; i < n; i++) {
		char name[64] = "";
		GLsizei length = 0;
		glGetActiveSubroutineName(p, GL_FRAGMENT_SHADER, (GLuint)i, sizeof name, &length, name);
		printf("subroutine %d: %s, %d, index %d\n", i, name, length, (int)glGetSubroutineIndex(p, GL_FRAGMENT_SHADER, name));
	}
	glGetProgramStageiv(p, GL_FRAGMENT_SHADER, GL_ACTIVE_SUBROUTINE_UNIFORMS, &n);
	for (int i = 0; i < n; i++) {
		char name[64] = "";
		GLint list[8] = {0}, k = 0, size = 0, length = 0;
		glGetActiveSubroutineUniformName(p, GL_FRAGMENT_SHADER, (GLuint)i, sizeof name, NULL, name);
		glGetActiveSubroutineUniformiv(p, GL_FRAGMENT_SHADER, (GLuint)i, GL_NUM_COMPATIBLE_SUBROUTINES, &k);
		glGetActiveSubroutineUniformiv(p, GL_FRAGMENT_SHADER, (GLuint)i, GL_COMPATIBLE_SUBROUTINES, list);
		glGetActiveSubroutineUniformiv(p, GL_FRAGMENT_SHADER, (GLuint)i, GL_UNIFORM_SIZE, &size);
		glGetActiveSubroutineUniformiv(p, GL_FRAGMENT_SHADER, (GLuint)i, GL_UNIFORM_NAME_LENGTH, &length);
		printf("uniform %d: %s, %d fit (%d %d %d), size %d, name %d, at %d\n", i, name, k, list[0], list[1], list[2], size, length,
		       glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, name));
	}
	printf("%d %d %d\n", glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "curve[1]"), glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "curve[2]"),
	       glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "nothing"));
	node_errors("subroutines");
	printf("%d %d\n", (int)glGetSubroutineIndex(p, GL_FRAGMENT_SHADER, "nothing"), (int)glGetSubroutineIndex(p, GL_GEOMETRY_SHADER, "red"));
	glGetSubroutineIndex(p, GL_TEXTURE_2D, "red");
	glGetActiveSubroutineName(p, GL_FRAGMENT_SHADER, 99, 0, NULL, NULL);
	glGetActiveSubroutineUniformiv(p, GL_FRAGMENT_SHADER, 99, GL_UNIFORM_SIZE, &v);
	node_errors("no such subroutines");
	glGetProgramStageiv(p, GL_FRAGMENT_SHADER, GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS, &places);
	glUseProgram(p);
	const char *const names[][3] = {{"red", "half_of", "square"}, {"green", "square", "square"}, {"blue", "square", "half_of"}};
	for (int i = 0; i < 3; i++) {
		GLuint use[8] = {0};
		use[glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "look")] = glGetSubroutineIndex(p, GL_FRAGMENT_SHADER, names[i][0]);
		use[glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "curve[0]")] = glGetSubroutineIndex(p, GL_FRAGMENT_SHADER, names[i][1]);
		use[glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "curve[1]")] = glGetSubroutineIndex(p, GL_FRAGMENT_SHADER, names[i][2]);
		glUniformSubroutinesuiv(GL_FRAGMENT_SHADER, places, use);
		GLuint got = 77;
		glGetUniformSubroutineuiv(GL_FRAGMENT_SHADER, glGetSubroutineUniformLocation(p, GL_FRAGMENT_SHADER, "look"), &got);
		clear();
		glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
		printf("look %u, ", got);
		picture(names[i][0]);
	}
	GLuint bad[8] = {90, 90, 90, 90};
	glUniformSubroutinesuiv(GL_FRAGMENT_SHADER, places, bad);
	glUniformSubroutinesuiv(GL_FRAGMENT_SHADER, places + 1, bad);
	glUniformSubroutinesuiv(GL_TEXTURE_2D, places, bad);
	node_errors("subroutines that do not fit");
	glUseProgram(0);
	glDeleteProgram(p);
}

static void binaries(void) {
	GLint n = 0, formats[8] = {0};
	glGetIntegerv(GL_NUM_PROGRAM_BINARY_FORMATS, &n);
	glGetIntegerv(GL_PROGRAM_BINARY_FORMATS, formats);
	printf("binary formats %d %#x\n", n, formats[0]);
	GETI(GL_NUM_SHADER_BINARY_FORMATS, 1);
	GLuint p = glCreateProgram(), v = shader(GL_VERTEX_SHADER, corner), f = shader(GL_FRAGMENT_SHADER, "uniform vec4 tint[2]; out vec4 o; void main() { o = tint[0] + tint[1] * gl_FragCoord.x / 200.0; }\n");
	PROGRAMIV(p, GL_PROGRAM_BINARY_RETRIEVABLE_HINT);
	glProgramParameteri(p, GL_PROGRAM_BINARY_RETRIEVABLE_HINT, GL_TRUE);
	PROGRAMIV(p, GL_PROGRAM_BINARY_RETRIEVABLE_HINT);
	PROGRAMIV(p, GL_PROGRAM_BINARY_LENGTH);
	glAttachShader(p, v), glAttachShader(p, f);
	glLinkProgram(p);
	PROGRAMIV(p, GL_PROGRAM_BINARY_RETRIEVABLE_HINT);
	GLint bytes_n = 0;
	glGetProgramiv(p, GL_PROGRAM_BINARY_LENGTH, &bytes_n);
	printf("has a binary: %d\n", bytes_n > 100);
	uint8_t *b = calloc(1, (size_t)bytes_n + 64);
	GLsizei got = -1;
	GLenum format = 0;
	glGetProgramBinary(p, bytes_n - 1, &got, &format, b);
	printf("too little room: %d\n", got);
	node_errors("binary");
	glGetProgramBinary(p, bytes_n, &got, &format, b);
	printf("%d, format %#x\n", got == bytes_n, format);
	GLuint q = glCreateProgram();
	glGetProgramBinary(q, bytes_n, &got, &format, b + bytes_n + 32);
	node_errors("binary of nothing");
	glProgramBinary(q, format, b, bytes_n);
	PROGRAMIV(q, GL_LINK_STATUS); PROGRAMIV(q, GL_ACTIVE_UNIFORMS); PROGRAMIV(q, GL_ATTACHED_SHADERS); PROGRAMIV(q, GL_PROGRAM_SEPARABLE);
	node_errors("binary loaded");
	GLint at = glGetUniformLocation(q, "tint[1]");
	printf("same location: %d\n", at == glGetUniformLocation(p, "tint[1]"));
	glUseProgram(q);
	glUniform4f(glGetUniformLocation(q, "tint"), .1f, .2f, 0, 1);
	glUniform4f(at, .5f, .7f, .3f, 1);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("from a binary");
	glUseProgram(0);
	PROGRAMIV(q, GL_GEOMETRY_VERTICES_OUT);
	node_errors("no geometry in a binary");
	/* wrong ones */
	GLuint w = glCreateProgram();
	b[bytes_n / 2] ^= 0x55;
	glProgramBinary(w, format, b, bytes_n);
	PROGRAMIV(w, GL_LINK_STATUS);
	glProgramBinary(w, format, b, bytes_n / 2);
	PROGRAMIV(w, GL_LINK_STATUS);
	glProgramBinary(w, format, b, 0);
	PROGRAMIV(w, GL_LINK_STATUS);
	node_errors("a broken binary");
	glProgramBinary(w, 0x1234, b, bytes_n);
	PROGRAMIV(w, GL_LINK_STATUS);
	node_errors("an unknown format");
	glProgramParameteri(w, GL_PROGRAM_SEPARABLE, 7);
	glProgramParameteri(w, GL_TEXTURE_2D, 1);
	node_errors("program parameters");
	glDeleteProgram(p), glDeleteProgram(q), glDeleteProgram(w), glDeleteShader(v), glDeleteShader(f);
	free(b);
	glReleaseShaderCompiler();
	GLint range[2] = {0}, bits = 0;
	glGetShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_MEDIUM_FLOAT, range, &bits);
	printf("precision %d %d %d\n", range[0], range[1], bits);
	glGetShaderPrecisionFormat(GL_VERTEX_SHADER, GL_HIGH_INT, range, &bits);
	printf("precision %d %d %d\n", range[0], range[1], bits);
	node_errors("precision");
	glGetShaderPrecisionFormat(GL_VERTEX_SHADER, GL_FLOAT, range, &bits);
	glGetShaderPrecisionFormat(GL_TEXTURE_2D, GL_HIGH_INT, range, &bits);
	node_errors("no such precision");
	GLuint s = glCreateShader(GL_VERTEX_SHADER);
	glShaderBinary(1, &s, 0x1234, "x", 1);
	node_errors("shader binary");
	glDeleteShader(s);
}

static void limits(void) {
	static const GLenum words[] = {GL_MAX_TESS_GEN_LEVEL, GL_MAX_PATCH_VERTICES, GL_MAX_SUBROUTINES, GL_MAX_SUBROUTINE_UNIFORM_LOCATIONS, GL_MAX_GEOMETRY_SHADER_INVOCATIONS,
		GL_MAX_VERTEX_STREAMS, GL_MAX_IMAGE_UNITS, GL_MAX_COMPUTE_WORK_GROUP_INVOCATIONS, GL_MAX_COMPUTE_SHARED_MEMORY_SIZE, GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS,
		GL_MAX_COMBINED_SHADER_STORAGE_BLOCKS, GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS, GL_MAX_UNIFORM_LOCATIONS, GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		GLint v = 0;
		glGetIntegerv(words[i], &v);
		printf("limit %#x: %d\n", words[i], v);
	}
	for (GLuint i = 0; i < 4; i++) {
		GLint v = -1, w = -1;
		glGetIntegeri_v(GL_MAX_COMPUTE_WORK_GROUP_COUNT, i, &v);
		glGetIntegeri_v(GL_MAX_COMPUTE_WORK_GROUP_SIZE, i, &w);
		printf("work groups %d %d\n", v, w);
	}
	node_errors("limits");
	GLfloat f[2] = {0};
	glGetFloatv(GL_MIN_FRAGMENT_INTERPOLATION_OFFSET, f);
	glGetFloatv(GL_MAX_FRAGMENT_INTERPOLATION_OFFSET, f + 1);
	printf("%g %g\n", f[0], f[1]);
	printf("%u\n", glCreateShader(GL_TEXTURE_2D));
	node_errors("no such stage");
}

static void objects(void) {
	GLhandleARB p = glCreateProgramObjectARB(), v = glCreateShaderObjectARB(GL_VERTEX_SHADER_ARB), list[4] = {0};
	const char *text = "void main() { gl_Position = vec4(0.0) * 1 2; }";
	GLint n = 0;
	GLsizei count = 0;
	char log[512] = "";
	glShaderSourceARB(v, 1, &text, NULL);
	glCompileShaderARB(v);
	glGetObjectParameterivARB(v, GL_OBJECT_COMPILE_STATUS_ARB, &n);
	glGetInfoLogARB(v, sizeof log, NULL, log);
	printf("compiled %d: %s", n, log);
	glAttachObjectARB(p, v);
	glGetAttachedObjectsARB(p, 4, &count, list);
	glGetObjectParameterivARB(p, GL_OBJECT_TYPE_ARB, &n);
	printf("attached %d, %d, program %d", count, list[0] == v, n == GL_PROGRAM_OBJECT_ARB);
	glGetObjectParameterivARB(v, GL_OBJECT_SUBTYPE_ARB, &n);
	GLfloat f = 0;
	glGetObjectParameterfvARB(p, GL_OBJECT_ATTACHED_OBJECTS_ARB, &f);
	printf(", type %#x, %g, current %d\n", n, f, (int)glGetHandleARB(GL_PROGRAM_OBJECT_ARB));
	glDetachObjectARB(p, v);
	glDeleteObjectARB(p), glDeleteObjectARB(v);
	node_errors("objects");
	glGetHandleARB(GL_TEXTURE_2D);
	glGetObjectParameterivARB(p, GL_OBJECT_TYPE_ARB, &n);
	glGetInfoLogARB(p, 9, NULL, log);
	node_errors("no objects");
}

int main(void) {
	shader_head = "#version 430\n";
	if (!conform_open(33, CONFORM_CORE)) return 3;
	GLuint vao;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	for (int i = 0; i < 2; i++) {
		tessellation();
		doubles();
		by_program();
		subroutines();
		binaries();
		limits();
		objects();
		conform_swap();
	}
	conform_close();
	return 0;
}
