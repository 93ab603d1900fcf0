/* OpenGL ES 3.1 and 3.2: compute, storage blocks, images, pipelines, the interface query, tessellation and geometry. */
#include "conform.h"

#define HEAD "precision highp float; precision highp int; "
static const char corner[] = "out highp vec2 at; uniform highp vec4 box; void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1); gl_Position = vec4(mix(box.xy, box.zw, at), 0.2, 1.0); }\n";
static GLuint link(const GLenum *types, const char *const *texts, int n) {
	GLuint p = glCreateProgram();
	static char log[4096];
	for (int i = 0; i < n; i++) {
		GLuint s = shader(types[i], texts[i]);
		glGetShaderInfoLog(s, sizeof log, NULL, log);
		if (*log) printf("shader %d: %s\n", i, log);
		glAttachShader(p, s);
		glDeleteShader(s);
	}
	glLinkProgram(p);
	GLint ok = 0;
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramInfoLog(p, sizeof log, NULL, log);
	printf("linked: %d %s\n", ok, log);
	return p;
}
static void clear(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }
static void resources(GLuint p) {
	static const GLenum kinds[] = {GL_UNIFORM, GL_UNIFORM_BLOCK, GL_PROGRAM_INPUT, GL_PROGRAM_OUTPUT, GL_BUFFER_VARIABLE, GL_SHADER_STORAGE_BLOCK, GL_ATOMIC_COUNTER_BUFFER,
	                               GL_TRANSFORM_FEEDBACK_VARYING};
	static const GLenum props[] = {GL_NAME_LENGTH, GL_TYPE, GL_ARRAY_SIZE, GL_OFFSET, GL_BLOCK_INDEX, GL_ARRAY_STRIDE, GL_LOCATION, GL_BUFFER_BINDING, GL_BUFFER_DATA_SIZE,
	                               GL_NUM_ACTIVE_VARIABLES, GL_REFERENCED_BY_FRAGMENT_SHADER, GL_REFERENCED_BY_COMPUTE_SHADER, GL_TOP_LEVEL_ARRAY_SIZE};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		GLint n = -1, most = -1;
		glGetProgramInterfaceiv(p, kinds[i], GL_ACTIVE_RESOURCES, &n);
		glGetProgramInterfaceiv(p, kinds[i], GL_MAX_NAME_LENGTH, &most);
		printf("%#x: %d, names %d, %#x\n", kinds[i], n, most, glGetError());
		for (GLint k = 0; k < n; k++) {
			char name[100] = "-";
			glGetProgramResourceName(p, kinds[i], (GLuint)k, sizeof name, NULL, name);
			printf(" %s %#x:", name, glGetError());
			for (size_t q = 0; q < sizeof props / sizeof *props; q++) {
				GLint v = -9;
				glGetProgramResourceiv(p, kinds[i], (GLuint)k, 1, &props[q], 1, NULL, &v);
				printf(" %d/%#x", v, glGetError());
			}
			printf(" index %d\n", kinds[i] == GL_ATOMIC_COUNTER_BUFFER ? -5 : (int)glGetProgramResourceIndex(p, kinds[i], name));
		}
	}
	node_errors("resources");
}
static void contents(const char *name, GLenum target, GLuint b, int words) {
	glBindBuffer(target, b);
	const GLuint *m = glMapBufferRange(target, 0, words * 4, GL_MAP_READ_BIT);
	if (m) {
		printf("%s: %u %u, ", name, m[0], m[1]);
		bytes("all", m, (size_t)words * 4);
	}
	glUnmapBuffer(target);
}

static void compute(void) {
	static const GLenum types[] = {GL_COMPUTE_SHADER};
	static const char *const texts[] = {HEAD "layout(local_size_x = 8, local_size_y = 4) in; layout(std430, binding = 1) buffer Out { uint n; uint v[]; }; layout(rgba8, binding = 0) uniform writeonly highp image2D board;\n"
		"uniform vec4 tint; void main() { ivec2 at = ivec2(gl_GlobalInvocationID.xy); v[at.y * 64 + at.x] = uint(at.x * at.y); atomicAdd(n, 1u); imageStore(board, at, tint * vec4(vec2(at) / 64.0, 0.5, 1.0)); }\n"};
	GLuint p = link(types, texts, 1), t, b;
	resources(p);
	GLint group[3] = {0};
	glGetProgramiv(p, GL_COMPUTE_WORK_GROUP_SIZE, group);
	printf("group %d %d %d\n", group[0], group[1], group[2]);
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 64, 64);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glBindImageTexture(0, t, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	glGenBuffers(1, &b);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, b);
	static const GLuint zeros[4097];
	glBufferData(GL_SHADER_STORAGE_BUFFER, sizeof zeros, zeros, GL_DYNAMIC_READ);
	glProgramUniform4f(p, glGetUniformLocation(p, "tint"), 1, .5f, .8f, 1);
	glUseProgram(p);
	glDispatchCompute(8, 16, 1);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
	glMemoryBarrierByRegion(GL_SHADER_STORAGE_BARRIER_BIT);
	contents("computed", GL_SHADER_STORAGE_BUFFER, b, 4097);
	static const GLenum types2[] = {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER};
	const char *const texts2[] = {corner, HEAD "in vec2 at; uniform sampler2D board; out vec4 o; void main() { o = texture(board, at); }\n"};
	GLuint show = link(types2, texts2, 2);
	glUseProgram(show);
	glUniform4f(glGetUniformLocation(show, "box"), -.9f, -.8f, .8f, .9f);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("board");
	glUseProgram(0);
	glDispatchCompute(1, 1, 1);
	node_errors("no program");
	glDeleteProgram(p), glDeleteProgram(show), glDeleteTextures(1, &t), glDeleteBuffers(1, &b);
}

static void fragments(void) {
	const char *const vertex[] = {shader_head, "uniform highp vec4 box;\nvoid main() { gl_Position = vec4(mix(box.xy, box.zw, vec2(gl_VertexID & 1, gl_VertexID >> 1)), 0.2, 1.0); }\n"};
	const char *const fragment[] = {shader_head, HEAD "layout(std430, binding = 2) buffer Out { uint n; uint sum; } to; layout(binding = 0, offset = 0) uniform atomic_uint k; out vec4 o;\n"
		"void main() { atomicAdd(to.n, 1u); atomicAdd(to.sum, uint(gl_FragCoord.x)); atomicCounterIncrement(k); o = vec4(0.9, 0.2, 0.5, 1.0); }\n"};
	GLuint v = glCreateShaderProgramv(GL_VERTEX_SHADER, 2, vertex), f = glCreateShaderProgramv(GL_FRAGMENT_SHADER, 2, fragment), pipe, b[2];
	GLint ok[2] = {0};
	glGetProgramiv(v, GL_LINK_STATUS, ok), glGetProgramiv(f, GL_LINK_STATUS, ok + 1);
	printf("linked %d %d\n", ok[0], ok[1]);
	resources(f);
	glGenProgramPipelines(1, &pipe);
	glUseProgramStages(pipe, GL_VERTEX_SHADER_BIT, v), glUseProgramStages(pipe, GL_FRAGMENT_SHADER_BIT, f);
	glBindProgramPipeline(pipe);
	glValidateProgramPipeline(pipe);
	GLint valid = 0;
	glGetProgramPipelineiv(pipe, GL_VALIDATE_STATUS, &valid);
	glGenBuffers(2, b);
	static const GLuint zeros[4];
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 2, b[0]);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 16, zeros, GL_DYNAMIC_READ);
	glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, b[1]);
	glBufferData(GL_ATOMIC_COUNTER_BUFFER, 16, zeros, GL_DYNAMIC_READ);
	glProgramUniform4f(v, glGetUniformLocation(v, "box"), -.8f, -.9f, .5f, .7f);
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	printf("valid %d\n", valid);
	picture("fragments");
	contents("storage", GL_SHADER_STORAGE_BUFFER, b[0], 4);
	contents("counter", GL_ATOMIC_COUNTER_BUFFER, b[1], 4);
	glDeleteProgramPipelines(1, &pipe), glDeleteProgram(v), glDeleteProgram(f), glDeleteBuffers(2, b);
	node_errors("fragments");
}

static void stages(void) {
	const char *head = shader_head;
	shader_head = "#version 320 es\n";
	static const GLenum types[] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER};
	static const char *const texts[] = {
		HEAD "void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 1.7 - 0.8, 0.0, 1.0); }\n",
		HEAD "layout(vertices = 4) out; uniform float level; void main() { gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position; for (int i = 0; i < 4; i++) gl_TessLevelOuter[i] = level;\n"
		"gl_TessLevelInner[0] = gl_TessLevelInner[1] = level; }\n",
		HEAD "layout(quads) in; out vec2 c; void main() { c = gl_TessCoord.xy; gl_Position = mix(mix(gl_in[0].gl_Position, gl_in[1].gl_Position, c.x), mix(gl_in[2].gl_Position, gl_in[3].gl_Position, c.x), c.y); gl_Position.y += 0.1 * sin(c.x * 9.0); }\n",
		HEAD "layout(triangles) in; layout(triangle_strip, max_vertices = 3) out; in vec2 c[]; out vec2 d; void main() { for (int i = 0; i < 3; i++) { d = c[i] + 0.1; gl_Position = gl_in[i].gl_Position * vec4(0.9, 0.9, 1.0, 1.0); EmitVertex(); } }\n",
		HEAD "in vec2 d; out vec4 o; void main() { o = vec4(d, 0.6, 1.0); }\n",
	};
	GLuint p = link(types, texts, 5);
	glUseProgram(p);
	glPatchParameteri(GL_PATCH_VERTICES, 4);
	glUniform1f(glGetUniformLocation(p, "level"), 5);
	clear();
	glDrawArrays(GL_PATCHES, 0, 4);
	picture("stages");
	GLint v[3] = {0};
	glGetProgramiv(p, GL_TESS_CONTROL_OUTPUT_VERTICES, v), glGetProgramiv(p, GL_TESS_GEN_MODE, v + 1), glGetProgramiv(p, GL_GEOMETRY_VERTICES_OUT, v + 2);
	printf("%d %#x %d\n", v[0], v[1], v[2]);
	glUseProgram(0);
	glDeleteProgram(p);
	node_errors("stages");
	shader_head = head;
}

int main(void) {
	shader_head = "#version 310 es\n";
	if (!conform_open(30, CONFORM_ES)) return 3;
	GLuint vao;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	for (int i = 0; i < 2; i++) {
		stages();
		compute();
		fragments();
		conform_swap();
	}
	glGetProgramInterfaceiv(1, GL_UNIFORM, GL_ACTIVE_RESOURCES, &(GLint){0});
	node_errors("no program");
	printf("%u\n", glCreateShader(GL_TEXTURE_2D));
	node_errors("no stage");
	conform_close();
	return 0;
}
