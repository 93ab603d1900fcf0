/* Compute; and, in a compatibility context, programs of GL 4 in display lists. */
#include "conform.h"

static GLuint compute(const char *text) {
	GLuint p = glCreateProgram(), s = shader(GL_COMPUTE_SHADER, text);
	GLint ok = 0;
	static char log[2048];
	glAttachShader(p, s), glDeleteShader(s);
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramInfoLog(p, sizeof log, NULL, log);
	printf("compute: %d %s\n", ok, log);
	return p;
}
static void contents(const char *name, GLenum target, GLuint b, int words) {
	static GLuint v[8192];
	glBindBuffer(target, b);
	glGetBufferSubData(target, 0, words * 4, v);
	printf("%s: %u %u %u %u, ", name, v[0], v[1], v[words / 2], v[words - 1]);
	bytes("all", v, (size_t)words * 4);
	const GLuint *m = glMapBufferRange(target, 0, words * 4, GL_MAP_READ_BIT);
	printf("mapped the same: %d\n", m && !memcmp(m, v, (size_t)words * 4));
	glUnmapBuffer(target);
}

static void buffers(void) {
	GLuint p = compute("layout(local_size_x = 16, local_size_y = 2) in; layout(std430, binding = 0) buffer A { uint a[]; }; layout(std430, binding = 1) readonly buffer B { uint b[]; };\n"
		"layout(binding = 0) uniform atomic_uint odd; uniform uint k; shared uint t[32];\n"
		"void main() { uint i = gl_GlobalInvocationID.y * 64u + gl_GlobalInvocationID.x; t[gl_LocalInvocationIndex] = b[i] * k; barrier(); a[i] = t[31u - gl_LocalInvocationIndex] + i;\n"
		"if ((b[i] & 1u) == 1u) atomicCounterIncrement(odd); }\n");
	static GLuint in[1024];
	for (int i = 0; i < 1024; i++) in[i] = (GLuint)(i * i % 251);
	GLuint b[4];
	glGenBuffers(4, b);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, b[0]);
	glBufferData(GL_SHADER_STORAGE_BUFFER, sizeof in, NULL, GL_STREAM_READ);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, b[1]);
	glBufferData(GL_SHADER_STORAGE_BUFFER, sizeof in, in, GL_STATIC_DRAW);
	glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, b[2]);
	static const GLuint zero[3];
	glBufferData(GL_ATOMIC_COUNTER_BUFFER, 4, zero, GL_DYNAMIC_READ);
	glUseProgram(p);
	glUniform1ui(glGetUniformLocation(p, "k"), 3);
	glDispatchCompute(4, 8, 1);
	glMemoryBarrier(GL_SHADER_STORAGE_BARRIER_BIT | GL_BUFFER_UPDATE_BARRIER_BIT | GL_ATOMIC_COUNTER_BARRIER_BIT);
	contents("computed", GL_SHADER_STORAGE_BUFFER, b[0], 1024);
	contents("odd ones", GL_ATOMIC_COUNTER_BUFFER, b[2], 1);
	static const GLuint groups[] = {9, 9, 9, 2, 3, 1};
	glBindBuffer(GL_DISPATCH_INDIRECT_BUFFER, b[3]);
	glBufferData(GL_DISPATCH_INDIRECT_BUFFER, sizeof groups, groups, GL_STATIC_DRAW);
	glUniform1ui(glGetUniformLocation(p, "k"), 7);
	glDispatchComputeIndirect(12);
	contents("indirectly", GL_SHADER_STORAGE_BUFFER, b[0], 1024);
	glBufferSubData(GL_SHADER_STORAGE_BUFFER, 0, 12, groups);
	contents("written over", GL_SHADER_STORAGE_BUFFER, b[0], 1024);
	node_errors("compute");
	glDispatchComputeIndirect(13);
	node_errors("not at a word");
	glDispatchComputeIndirect(16);
	node_errors("behind the end");
	glDispatchComputeIndirect(-12);
	node_errors("before the start");
	glBindBuffer(GL_DISPATCH_INDIRECT_BUFFER, 0);
	glDispatchComputeIndirect(0);
	node_errors("no buffer");
	glDispatchCompute(1 << 30, 1, 1);
	node_errors("too many groups");
	glDispatchCompute(0, 1, 1);
	node_errors("no groups");
	glUseProgram(0);
	glDispatchCompute(1, 1, 1);
	node_errors("no program");
	GLuint q = program("void main() { gl_Position = vec4(0.0); }\n", "out vec4 o; void main() { o = vec4(1.0); }\n");
	glUseProgram(q);
	glDispatchCompute(1, 1, 1);
	node_errors("no compute stage");
	glMemoryBarrier(0x80000);
	node_errors("no such barrier");
	glUseProgram(0);
	glDeleteProgram(p), glDeleteProgram(q), glDeleteBuffers(4, b);
}

/* What is computed is drawn: vertices, indices, a draw's arguments, a texture. */
static void drawn(void) {
	GLuint p = compute("layout(local_size_x = 8, local_size_y = 8) in; layout(rgba8, binding = 2) uniform writeonly image2D board; uniform int turns;\n"
		"void main() { ivec2 at = ivec2(gl_GlobalInvocationID.xy); vec2 c = vec2(at) / 64.0 - 0.5; imageStore(board, at, vec4(fract(length(c) * float(turns)), step(0.0, c.x * c.y), c.y + 0.5, 1.0)); }\n");
	GLuint v = compute("layout(local_size_x = 6) in; layout(std430, binding = 0) buffer V { vec2 at[]; }; layout(std430, binding = 1) buffer I { uint index[]; }; layout(std430, binding = 2) buffer D { uint args[]; };\n"
		"void main() { uint i = gl_LocalInvocationID.x; float a = float(i) * 1.0472; at[i] = 0.9 * vec2(cos(a), sin(a)); if (i > 1u) { index[(i - 2u) * 3u] = 0u; index[(i - 2u) * 3u + 1u] = i - 1u; index[(i - 2u) * 3u + 2u] = i; }\n"
		"if (i == 0u) { args[0] = 12u; args[1] = 1u; args[2] = 0u; args[3] = 0u; args[4] = 0u; } }\n");
	GLuint show = program("layout(location = 0) in vec2 at; out vec2 c; void main() { c = at * 0.5 + 0.5; gl_Position = vec4(at, 0.0, 1.0); }\n",
	                      "in vec2 c; uniform sampler2D board; out vec4 o; void main() { o = texture(board, c); }\n");
	GLuint t, b[3];
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 64, 64);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glBindImageTexture(2, t, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	glGenBuffers(3, b);
	for (GLuint i = 0; i < 3; i++) {
		glBindBufferBase(GL_SHADER_STORAGE_BUFFER, i, b[i]);
		glBufferData(GL_SHADER_STORAGE_BUFFER, 64, NULL, GL_DYNAMIC_COPY);
	}
	glUseProgram(v);
	glDispatchCompute(1, 1, 1);
	glMemoryBarrier(GL_VERTEX_ATTRIB_ARRAY_BARRIER_BIT | GL_ELEMENT_ARRAY_BARRIER_BIT | GL_COMMAND_BARRIER_BIT);
	glBindBuffer(GL_ARRAY_BUFFER, b[0]);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 8, NULL);
	glEnableVertexAttribArray(0);
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, b[1]);
	for (int i = 1; i < 4; i++) {
		glUseProgram(p);
		glUniform1i(glGetUniformLocation(p, "turns"), i * 3);
		glDispatchCompute(8, 8, 1);
		glMemoryBarrier(GL_TEXTURE_FETCH_BARRIER_BIT);
		glUseProgram(show);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawElements(GL_TRIANGLES, 12, GL_UNSIGNED_INT, NULL);
		picture("computed");
	}
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, b[2]);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_INT, NULL);
	picture("computed arguments");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
	static uint8_t pixels[64 * 64 * 4];
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	bytes("board", pixels, sizeof pixels);
	contents("vertices", GL_SHADER_STORAGE_BUFFER, b[0], 12);
	contents("indices", GL_SHADER_STORAGE_BUFFER, b[1], 12);
	contents("arguments", GL_SHADER_STORAGE_BUFFER, b[2], 5);
	glDisableVertexAttribArray(0);
	glBindBuffer(GL_ARRAY_BUFFER, 0), glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
	glUseProgram(0);
	glDeleteProgram(p), glDeleteProgram(v), glDeleteProgram(show), glDeleteTextures(1, &t), glDeleteBuffers(3, b);
	node_errors("drawn");
}

static void lists(void) {
	GLuint p = program("void main() { gl_Position = gl_Vertex; }\n", "layout(std430, binding = 0) buffer Out { uint n, sum; }; uniform double a; uniform vec2 c; out vec4 o;\n"
		"void main() { atomicAdd(n, 1u); atomicAdd(sum, uint(gl_FragCoord.y)); o = vec4(float(a), c, 1.0); }\n");
	GLint a = glGetUniformLocation(p, "a"), at = glGetUniformLocation(p, "c");
	GLuint b;
	static const GLuint zero[2];
	glGenBuffers(1, &b);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, b);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 8, zero, GL_DYNAMIC_READ);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	glColor3f(.2f, .3f, .4f);
	glBegin(GL_TRIANGLES);
	glVertex3f(-1, -1, -.5f), glVertex3f(.8f, -1, -.5f), glVertex3f(-1, .9f, -.5f);
	glEnd();
	GLuint l = glGenLists(2);
	glNewList(l, GL_COMPILE);
	glUseProgram(p);
	glUniform1d(a, .25);
	glProgramUniform2f(p, at, .5f, .75f);
	glRectf(-.9f, -.8f, .9f, .7f);
	glUseProgram(0);
	glEndList();
	glNewList(l + 1, GL_COMPILE_AND_EXECUTE);
	glCallList(l);
	glEndList();
	contents("executed", GL_SHADER_STORAGE_BUFFER, b, 2);
	glCallList(l + 1);
	contents("called", GL_SHADER_STORAGE_BUFFER, b, 2);
	picture("list");
	GLdouble d = 0;
	glGetUniformdv(p, a, &d);
	printf("a %g\n", d);
	glDisable(GL_DEPTH_TEST);
	glDeleteLists(l, 2);
	glDeleteProgram(p), glDeleteBuffers(1, &b);
	node_errors("lists");
}

int main(void) {
	shader_head = "#version 430 compatibility\n";
	if (!conform_open(33, CONFORM_COMPAT)) return 3;
	for (int i = 0; i < 2; i++) {
		buffers();
		drawn();
		conform_swap();
		lists();
		drawn();
		conform_swap();
	}
	conform_close();
	return 0;
}
