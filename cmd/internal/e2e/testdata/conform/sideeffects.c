/* Fragments that write buffers and images: what they leave there is what one GPU would leave, whatever the tiles. */
#include "conform.h"

static const char plain_vertex[] = "uniform vec4 box; uniform float z; void main() { vec2 at = vec2(gl_VertexID & 1, gl_VertexID >> 1); gl_Position = vec4(mix(box.xy, box.zw, at), z, 1.0); }\n";
static GLuint plain, vao;

static void place(GLuint p, float x0, float y0, float x1, float y1, float z) {
	glUseProgram(p);
	glUniform4f(glGetUniformLocation(p, "box"), x0, y0, x1, y1);
	glUniform1f(glGetUniformLocation(p, "z"), z);
}
static void quad(GLuint p, float x0, float y0, float x1, float y1, float z) {
	place(p, x0, y0, x1, y1, z);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}
static void clear(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT); }
static GLuint buffer(GLenum target, GLuint at, int words) {
	static const GLuint zeros[4096];
	GLuint b;
	glGenBuffers(1, &b);
	glBindBufferBase(target, at, b);
	glBufferData(target, words * 4, zeros, GL_DYNAMIC_COPY);
	return b;
}
static void contents(const char *name, GLenum target, GLuint b, int words) {
	static GLuint v[4096];
	glBindBuffer(target, b);
	glGetBufferSubData(target, 0, words * 4, v);
	printf("%s: %u %u %u %u, ", name, v[0], v[1], v[2], v[3]);
	bytes("all", v, (size_t)words * 4);
	GLuint *m = glMapBuffer(target, GL_READ_ONLY);
	printf("mapped the same: %d\n", m && !memcmp(m, v, (size_t)words * 4));
	glUnmapBuffer(target);
}

/* Depth and stencil decide which fragments write: theirs must be right everywhere, also those drawn before by tiles. */
static void storage(void) {
	GLuint p = program(plain_vertex, "layout(early_fragment_tests) in; layout(std430, binding = 2) buffer Out { uint n, edge, pad[2]; uint rows[]; }; out vec4 o;\n"
		"void main() { atomicAdd(n, 1u); atomicAdd(rows[uint(gl_FragCoord.y)], uint(gl_FragCoord.x)); if (gl_FragCoord.x < 100.0) atomicMax(edge, uint(gl_FragCoord.y)); o = vec4(gl_FragCoord.xy / 200.0, 0.3, 1.0); }\n");
	GLuint b = buffer(GL_SHADER_STORAGE_BUFFER, 2, 256);
	clear();
	glEnable(GL_DEPTH_TEST);
	quad(plain, -.7f, -.6f, .4f, .7f, -.5f);
	quad(plain, .1f, -.9f, .9f, .2f, .1f);
	quad(p, -.9f, -.8f, .95f, .9f, 0);
	picture("behind and before");
	contents("depth test", GL_SHADER_STORAGE_BUFFER, b, 256);
	quad(p, -.9f, -.8f, .95f, .9f, -.2f);
	quad(plain, -.3f, -.3f, .3f, .3f, -.9f);
	quad(p, -1, -1, 1, 1, -.3f);
	contents("depth test again", GL_SHADER_STORAGE_BUFFER, b, 256);
	glDisable(GL_DEPTH_TEST);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(GL_ALWAYS, 1, ~0u), glStencilOp(GL_KEEP, GL_KEEP, GL_INCR);
	quad(plain, -.5f, -1, .5f, 1, 0);
	quad(plain, -1, -.5f, 1, .5f, 0);
	glStencilFunc(GL_EQUAL, 1, ~0u), glStencilOp(GL_KEEP, GL_KEEP, GL_KEEP);
	quad(p, -1, -1, 1, 1, 0);
	glDisable(GL_STENCIL_TEST);
	contents("stencil test", GL_SHADER_STORAGE_BUFFER, b, 256);
	glEnable(GL_SCISSOR_TEST);
	glScissor(30, 20, 120, 100);
	GLuint q, n = 0;
	glGenQueries(1, &q);
	glBeginQuery(GL_SAMPLES_PASSED, q);
	quad(p, -1, -1, 1, 1, 0);
	glEndQuery(GL_SAMPLES_PASSED);
	glGetQueryObjectuiv(q, GL_QUERY_RESULT, &n);
	printf("samples: %u\n", n);
	glDeleteQueries(1, &q);
	glDisable(GL_SCISSOR_TEST);
	contents("scissor", GL_SHADER_STORAGE_BUFFER, b, 256);
	static const GLuint some[4] = {5, 0, 0, 0};
	glBufferSubData(GL_SHADER_STORAGE_BUFFER, 0, 16, some); /* the app writes, then a shader adds */
	quad(p, -.2f, -.2f, .2f, .2f, 0);
	contents("app and shader", GL_SHADER_STORAGE_BUFFER, b, 256);
	picture("storage");
	node_errors("storage");
	glUseProgram(0);
	glDeleteProgram(p), glDeleteBuffers(1, &b);
}

static void counters(void) {
	GLuint p = program(plain_vertex, "layout(binding = 1, offset = 4) uniform atomic_uint left; layout(binding = 1, offset = 8) uniform atomic_uint right; out vec4 o;\n"
		"void main() { if (gl_FragCoord.x < 100.0) atomicCounterIncrement(left); else atomicCounterDecrement(right); o = vec4(0.2, 0.9, 0.1, 1.0); }\n");
	GLuint b = buffer(GL_ATOMIC_COUNTER_BUFFER, 1, 4);
	clear();
	quad(p, -.8f, -.8f, .6f, .8f, 0);
	glMemoryBarrier(GL_ATOMIC_COUNTER_BARRIER_BIT | GL_BUFFER_UPDATE_BARRIER_BIT);
	contents("counters", GL_ATOMIC_COUNTER_BUFFER, b, 4);
	picture("counters");
	node_errors("counters");
	glDeleteProgram(p), glDeleteBuffers(1, &b);
}

static void images(bool named) {
	GLuint p = program(plain_vertex, "layout(rgba8, binding = 0) uniform writeonly image2D board; layout(r32ui, binding = 1) uniform uimage2D sums; layout(r32f, binding = 2) uniform imageBuffer line; out vec4 o;\n"
		"uniform int step; void main() { ivec2 at = ivec2(gl_FragCoord.xy); imageStore(board, at, vec4(vec2(at) / 200.0, float(step) * 0.2, 1.0)); imageAtomicAdd(sums, at / 8, 1u);\n"
		"if (at.y == 70) imageStore(line, at.x, vec4(float(at.x * step))); o = vec4(0.1, 0.2, float(step) * 0.3, 1.0); }\n");
	GLuint show = program(plain_vertex, "uniform sampler2D board; out vec4 o; void main() { o = texelFetch(board, ivec2(gl_FragCoord.yx) % textureSize(board, 0), 0); }\n");
	GLuint t[3], b;
	glGenTextures(3, t);
	static uint8_t pixels[W * H * 4];
	memset(pixels, 0, sizeof pixels);
	glBindTexture(GL_TEXTURE_2D, t[0]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
	glBindTexture(GL_TEXTURE_2D, t[1]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_R32UI, W / 8, H / 8 + 1, 0, GL_RED_INTEGER, GL_UNSIGNED_INT, pixels);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
	glGenBuffers(1, &b);
	glBindBuffer(GL_TEXTURE_BUFFER, b);
	glBufferData(GL_TEXTURE_BUFFER, W * 4, NULL, GL_DYNAMIC_COPY);
	float *m = glMapBuffer(GL_TEXTURE_BUFFER, GL_WRITE_ONLY); /* known in the app's process from here on, unless somebody sees to it */
	memset(m, 0, W * 4);
	glUnmapBuffer(GL_TEXTURE_BUFFER);
	glBindTexture(GL_TEXTURE_BUFFER, t[2]);
	if (named) glTextureBuffer(t[2], GL_R32F, b);
	else glTexBuffer(GL_TEXTURE_BUFFER, GL_R32F, b);
	glBindImageTexture(0, t[0], 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	glBindImageTexture(1, t[1], 0, GL_FALSE, 0, GL_READ_WRITE, GL_R32UI);
	glBindImageTexture(2, t[2], 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_R32F);
	GLint v = 0, w = 0, x = 0;
	glGetIntegeri_v(GL_IMAGE_BINDING_NAME, 1, &v);
	glGetIntegeri_v(GL_IMAGE_BINDING_ACCESS, 1, &w);
	glGetIntegeri_v(GL_IMAGE_BINDING_FORMAT, 1, &x);
	printf("image 1: %d %#x %#x\n", v == (GLint)t[1], w, x);
	clear();
	quad(plain, -1, -1, 0, 1, -.1f);
	place(p, -.9f, -.7f, .8f, .9f, 0);
	for (int i = 1; i < 4; i++) {
		glUniform1i(glGetUniformLocation(p, "step"), i);
		glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
		glMemoryBarrier(GL_ALL_BARRIER_BITS);
	}
	picture("images");
	glBindTexture(GL_TEXTURE_2D, t[0]);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	bytes("board", pixels, sizeof pixels);
	glBindTexture(GL_TEXTURE_2D, t[1]);
	static GLuint sums[(W / 8) * (H / 8 + 1)];
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RED_INTEGER, GL_UNSIGNED_INT, sums);
	bytes("sums", sums, sizeof sums);
	float line[W];
	glGetBufferSubData(GL_TEXTURE_BUFFER, 0, sizeof line, line);
	printf("line %g %g %g\n", line[10], line[100], line[150]);
	m = glMapBuffer(GL_TEXTURE_BUFFER, GL_READ_ONLY);
	printf("mapped the same: %d\n", !memcmp(m, line, sizeof line));
	glUnmapBuffer(GL_TEXTURE_BUFFER);
	glBindTexture(GL_TEXTURE_2D, t[0]);
	quad(show, -1, -1, 1, 1, 0);
	picture("board shown");
	glBindImageTexture(99, t[0], 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	node_errors("no such unit");
	glBindImageTexture(0, t[0], -1, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	node_errors("no such level");
	glBindImageTexture(0, t[0], 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGB);
	node_errors("no such format");
	glBindImageTexture(0, 4444, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	node_errors("no texture");
	GLuint list[] = {t[1], 0, t[0]};
	glBindImageTextures(1, 3, list);
	glGetIntegeri_v(GL_IMAGE_BINDING_NAME, 3, &v);
	glGetIntegeri_v(GL_IMAGE_BINDING_NAME, 2, &w);
	glGetIntegeri_v(GL_IMAGE_BINDING_LAYERED, 3, &x);
	printf("several: %d %d %d\n", v == (GLint)t[0], w, x);
	list[1] = 4444;
	glBindImageTextures(1, 3, list);
	node_errors("one is none");
	glBindImageTextures(1, 99, list);
	node_errors("too many");
	glBindImageTextures(0, 4, NULL);
	glGetIntegeri_v(GL_IMAGE_BINDING_NAME, 3, &v);
	printf("none: %d\n", v);
	glUseProgram(0);
	glDeleteTextures(3, t), glDeleteBuffers(1, &b), glDeleteProgram(p), glDeleteProgram(show);
	node_errors("images");
}

/* Drawn into an object, by a pipeline, by a program that was in use before its buffer came. */
static void elsewhere(void) {
	const char *const texts[] = {shader_head, "layout(std430, binding = 3) buffer Out { uint n, sum; } to; out vec4 o; void main() { atomicAdd(to.n, 1u); atomicAdd(to.sum, uint(gl_FragCoord.x)); o = vec4(0.8, 0.1, 0.4, 1.0); }\n"};
	const char *const vertex[] = {shader_head, "out gl_PerVertex { vec4 gl_Position; };\n", plain_vertex};
	GLuint v = glCreateShaderProgramv(GL_VERTEX_SHADER, 3, vertex), f = glCreateShaderProgramv(GL_FRAGMENT_SHADER, 2, texts), pipe, fb, t;
	GLint ok[2] = {0};
	glGetProgramiv(v, GL_LINK_STATUS, ok), glGetProgramiv(f, GL_LINK_STATUS, ok + 1);
	printf("linked %d %d\n", ok[0], ok[1]);
	glGenProgramPipelines(1, &pipe);
	glUseProgramStages(pipe, GL_VERTEX_SHADER_BIT, v), glUseProgramStages(pipe, GL_FRAGMENT_SHADER_BIT, f);
	GLuint b = buffer(GL_SHADER_STORAGE_BUFFER, 3, 4);
	glUseProgram(0);
	glProgramUniform4f(v, glGetUniformLocation(v, "box"), -.6f, -.9f, .9f, .7f);
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 64, 64, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, t, 0);
	glBindProgramPipeline(pipe);
	glViewport(0, 0, 64, 64);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	contents("into an object", GL_SHADER_STORAGE_BUFFER, b, 4);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	contents("by a pipeline", GL_SHADER_STORAGE_BUFFER, b, 4);
	picture("by a pipeline");
	glDeleteFramebuffers(1, &fb), glDeleteTextures(1, &t), glDeleteBuffers(1, &b), glDeleteProgramPipelines(1, &pipe), glDeleteProgram(v), glDeleteProgram(f);
	node_errors("elsewhere");
}

/* Vertices that write: once each, whatever the tiles. */
static void vertices(void) {
	GLuint p = program("layout(std430, binding = 0) buffer Out { uint n; uint at[63]; }; void main() { atomicAdd(n, 1u); at[gl_VertexID % 63] = uint(gl_VertexID) * 3u;\n"
		"gl_Position = vec4(float(gl_VertexID % 9) / 4.5 - 1.0, float(gl_VertexID / 9) / 4.5 - 1.0, 0.0, 1.0); gl_PointSize = 5.0; }\n", "out vec4 o; void main() { o = vec4(1.0, 1.0, 0.3, 1.0); }\n");
	GLuint b = buffer(GL_SHADER_STORAGE_BUFFER, 0, 64);
	glEnable(GL_PROGRAM_POINT_SIZE);
	glUseProgram(p);
	clear();
	glDrawArrays(GL_POINTS, 0, 60);
	contents("vertices", GL_SHADER_STORAGE_BUFFER, b, 64);
	picture("points");
	glDisable(GL_PROGRAM_POINT_SIZE);
	glUseProgram(0);
	glDeleteProgram(p), glDeleteBuffers(1, &b);
	node_errors("vertices");
}

int main(int argc, char **argv) {
	shader_head = "#version 430\n";
	if (!conform_open(33, CONFORM_CORE)) return 3;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	plain = program(plain_vertex, "out vec4 o; void main() { o = vec4(0.4, 0.5, 0.6, 1.0); }\n");
	(void)argc, (void)argv;
	vertices();
	conform_swap();
	for (int i = 0; i < 2; i++) {
		storage();
		counters();
		conform_swap();
		images(i > 0);
		elsewhere();
		vertices();
		conform_swap();
	}
	conform_close();
	return 0;
}
