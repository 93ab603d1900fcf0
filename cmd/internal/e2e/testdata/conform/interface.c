/* What programs tell of themselves: every interface, property and name. */
#include "conform.h"

static GLuint link(const GLenum *types, const char *const *texts, int n, bool separable) {
	GLuint p = glCreateProgram();
	for (int i = 0; i < n; i++) {
		GLuint s = shader(types[i], texts[i]);
		static char log[4096];
		glGetShaderInfoLog(s, sizeof log, NULL, log);
		if (*log) printf("shader %d: %s\n", i, log);
		glAttachShader(p, s);
		glDeleteShader(s);
	}
	glProgramParameteri(p, GL_PROGRAM_SEPARABLE, separable);
	glLinkProgram(p);
	GLint ok = 0;
	static char log[4096];
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramInfoLog(p, sizeof log, NULL, log);
	printf("linked: %d %s\n", ok, log);
	return p;
}

#define NAMED(x) {x, #x}
static const struct { GLenum word; const char *name; } interfaces[] = {
	NAMED(GL_UNIFORM), NAMED(GL_UNIFORM_BLOCK), NAMED(GL_PROGRAM_INPUT), NAMED(GL_PROGRAM_OUTPUT), NAMED(GL_BUFFER_VARIABLE), NAMED(GL_SHADER_STORAGE_BLOCK), NAMED(GL_ATOMIC_COUNTER_BUFFER),
	NAMED(GL_TRANSFORM_FEEDBACK_VARYING), NAMED(GL_TRANSFORM_FEEDBACK_BUFFER), NAMED(GL_VERTEX_SUBROUTINE), NAMED(GL_TESS_CONTROL_SUBROUTINE), NAMED(GL_TESS_EVALUATION_SUBROUTINE),
	NAMED(GL_GEOMETRY_SUBROUTINE), NAMED(GL_FRAGMENT_SUBROUTINE), NAMED(GL_COMPUTE_SUBROUTINE), NAMED(GL_VERTEX_SUBROUTINE_UNIFORM), NAMED(GL_TESS_CONTROL_SUBROUTINE_UNIFORM),
	NAMED(GL_TESS_EVALUATION_SUBROUTINE_UNIFORM), NAMED(GL_GEOMETRY_SUBROUTINE_UNIFORM), NAMED(GL_FRAGMENT_SUBROUTINE_UNIFORM), NAMED(GL_COMPUTE_SUBROUTINE_UNIFORM), NAMED(GL_TEXTURE_2D),
}, properties[] = {
	NAMED(GL_NAME_LENGTH), NAMED(GL_TYPE), NAMED(GL_ARRAY_SIZE), NAMED(GL_OFFSET), NAMED(GL_BLOCK_INDEX), NAMED(GL_ARRAY_STRIDE), NAMED(GL_MATRIX_STRIDE), NAMED(GL_IS_ROW_MAJOR),
	NAMED(GL_ATOMIC_COUNTER_BUFFER_INDEX), NAMED(GL_BUFFER_BINDING), NAMED(GL_BUFFER_DATA_SIZE), NAMED(GL_NUM_ACTIVE_VARIABLES), NAMED(GL_REFERENCED_BY_VERTEX_SHADER),
	NAMED(GL_REFERENCED_BY_TESS_CONTROL_SHADER), NAMED(GL_REFERENCED_BY_TESS_EVALUATION_SHADER), NAMED(GL_REFERENCED_BY_GEOMETRY_SHADER), NAMED(GL_REFERENCED_BY_FRAGMENT_SHADER),
	NAMED(GL_REFERENCED_BY_COMPUTE_SHADER), NAMED(GL_NUM_COMPATIBLE_SUBROUTINES), NAMED(GL_TOP_LEVEL_ARRAY_SIZE), NAMED(GL_TOP_LEVEL_ARRAY_STRIDE), NAMED(GL_LOCATION), NAMED(GL_LOCATION_INDEX),
	NAMED(GL_IS_PER_PATCH), NAMED(GL_LOCATION_COMPONENT), NAMED(GL_TRANSFORM_FEEDBACK_BUFFER_INDEX), NAMED(GL_TRANSFORM_FEEDBACK_BUFFER_STRIDE), NAMED(GL_TEXTURE_2D),
};

static void all(GLuint p) {
	for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++) {
		const GLenum kind = interfaces[i].word;
		GLint n = -1, most = -1, variables = -1, subroutines = -1, odd = -1;
		glGetProgramInterfaceiv(p, kind, GL_ACTIVE_RESOURCES, &n);
		printf("%s: error %#x", interfaces[i].name, glGetError());
		glGetProgramInterfaceiv(p, kind, GL_MAX_NAME_LENGTH, &most);
		printf(" %#x", glGetError());
		glGetProgramInterfaceiv(p, kind, GL_MAX_NUM_ACTIVE_VARIABLES, &variables);
		printf(" %#x", glGetError());
		glGetProgramInterfaceiv(p, kind, GL_MAX_NUM_COMPATIBLE_SUBROUTINES, &subroutines);
		printf(" %#x", glGetError());
		glGetProgramInterfaceiv(p, kind, GL_TEXTURE_2D, &odd);
		printf(" %#x; %d resources, names %d, variables %d, subroutines %d\n", glGetError(), n, most, variables, subroutines);
		for (GLint k = 0; k <= n; k++) {
			char name[200] = "-";
			GLsizei length = -1;
			glGetProgramResourceName(p, kind, (GLuint)k, sizeof name, &length, name);
			printf(" %d %s (%d) %#x:", k, name, length, glGetError());
			if (k < n && kind != GL_ATOMIC_COUNTER_BUFFER && kind != GL_TRANSFORM_FEEDBACK_BUFFER) printf(" index %d", (int)glGetProgramResourceIndex(p, kind, name));
			if (k < n && (kind == GL_UNIFORM || kind == GL_PROGRAM_INPUT || kind == GL_PROGRAM_OUTPUT)) printf(", at %d", glGetProgramResourceLocation(p, kind, name));
			if (k < n && kind == GL_PROGRAM_OUTPUT) printf(", %d", glGetProgramResourceLocationIndex(p, kind, name));
			for (size_t q = 0; q < sizeof properties / sizeof *properties; q++) {
				GLint v = -99;
				length = -1;
				glGetProgramResourceiv(p, kind, (GLuint)k, 1, &properties[q].word, 1, &length, &v);
				GLenum e = glGetError();
				if (e) printf(" [%#x]", e);
				else printf(" %d", v);
			}
			puts("");
			static const GLenum lists[] = {GL_ACTIVE_VARIABLES, GL_COMPATIBLE_SUBROUTINES};
			for (int q = 0; q < 2; q++) {
				GLint v[64];
				length = -1;
				glGetProgramResourceiv(p, kind, (GLuint)k, 1, &lists[q], 64, &length, v);
				GLenum e = glGetError();
				if (e) continue;
				printf("  list:");
				for (int z = 0; z < length; z++) printf(" %d", v[z]);
				puts("");
			}
		}
	}
	node_errors("interfaces");
}

static void rich(void) {
	static const GLenum types[] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER};
	static const char *const texts[] = {
		"layout(location = 3) in vec4 place; in mat3 turn[2]; in ivec2 which; struct lamp { vec3 at; float far[4]; mat2 spin; }; uniform lamp lamps[2]; uniform mat4 wide;\n"
		"layout(std140, binding = 2) uniform Scene { vec4 sky; layout(row_major) mat4x3 sun[2]; float dim; } scene; layout(std140) uniform Many { vec2 m; } many[3];\n"
		"subroutine float bend(float x); layout(index = 5) subroutine(bend) float one(float x) { return x; } layout(index = 2) subroutine(bend) float two(float x) { return x * 2.0; }\n"
		"layout(location = 1) subroutine uniform bend how; out vec4 v_at; out vec3 v_extra;\n"
		"void main() { gl_Position = wide * place * how(scene.dim) + vec4(turn[1] * lamps[1].at, lamps[0].far[3]) + scene.sky + vec4(many[0].m, many[2].m) + vec4(scene.sun[1] * vec4(1.0), float(which.y));\n"
		"gl_Position.xy += lamps[1].spin[0]; v_at = gl_Position; v_extra = vec3(gl_VertexID); }\n",
		"layout(vertices = 3) out; in vec4 v_at[]; in vec3 v_extra[]; out vec4 c_at[]; patch out vec2 c_patch; uniform float level[3];\n"
		"void main() { gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position; c_at[gl_InvocationID] = v_at[gl_InvocationID] + v_extra[0].xyzz; c_patch = vec2(1.0);\n"
		"gl_TessLevelOuter[0] = gl_TessLevelOuter[1] = gl_TessLevelOuter[2] = level[1]; gl_TessLevelInner[0] = level[0]; }\n",
		"layout(triangles) in; in vec4 c_at[]; patch in vec2 c_patch; out vec4 e_at; void main() { e_at = c_at[0] * gl_TessCoord.x + c_patch.xyxy; gl_Position = e_at; }\n",
		"layout(triangles) in; layout(points, max_vertices = 1) out; in vec4 e_at[]; out vec4 g_at; void main() { g_at = e_at[1]; gl_Position = gl_in[0].gl_Position; EmitVertex(); }\n",
		"in vec4 g_at; layout(location = 2) out vec4 colour[2]; layout(location = 1) out uvec2 id; uniform sampler2D skins[3]; layout(binding = 3) uniform samplerCube box; layout(rgba8, binding = 1) uniform image2D board;\n"
		"layout(binding = 1, offset = 8) uniform atomic_uint hits; layout(binding = 1) uniform atomic_uint list[2]; layout(binding = 0) uniform atomic_uint more;\n"
		"struct part { vec3 p; float q[3]; }; layout(std430, binding = 4) buffer Heap { uint n; part parts[4]; vec4 rest[]; } heap; layout(std140) buffer Plain { mat3 grid[2][3]; double d; } plains[2];\n"
		"subroutine vec4 tint(vec4 x); subroutine(tint) vec4 red(vec4 x) { return x.xxxw; } subroutine(tint) vec4 same(vec4 x) { return x; } subroutine uniform tint tints[2];\n"
		"void main() { colour[0] = tints[0](texture(skins[1], g_at.xy)) + texture(box, g_at.xyz); colour[1] = tints[1](heap.rest[1]) + vec4(heap.parts[2].q[1]); id = uvec2(atomicCounterIncrement(hits), atomicCounter(list[1]));\n"
		"heap.n += atomicCounterDecrement(more); imageStore(board, ivec2(0), vec4(plains[0].grid[1][2][0], float(plains[1].d))); }\n",
	};
	GLuint p = link(types, texts, 5, false);
	all(p);
	static const struct { GLenum kind; const char *name; } names[] = {
		{GL_UNIFORM, "lamps[1].far"}, {GL_UNIFORM, "lamps[1].far[0]"}, {GL_UNIFORM, "lamps[1].far[2]"}, {GL_UNIFORM, "lamps[0].far[4]"}, {GL_UNIFORM, "lamps"}, {GL_UNIFORM, "nothing"},
		{GL_UNIFORM, "level[2]"}, {GL_UNIFORM, "level"}, {GL_UNIFORM, "Scene.sky"}, {GL_UNIFORM, "scene.sky"}, {GL_UNIFORM, "hits"}, {GL_UNIFORM, "list[1]"}, {GL_UNIFORM, "skins[2]"},
		{GL_UNIFORM, "wide[0]"}, {GL_UNIFORM, "wide[1]"}, {GL_UNIFORM_BLOCK, "Many"}, {GL_UNIFORM_BLOCK, "Many[0]"}, {GL_UNIFORM_BLOCK, "Many[2]"}, {GL_UNIFORM_BLOCK, "Many[3]"},
		{GL_UNIFORM_BLOCK, "Scene"}, {GL_PROGRAM_INPUT, "turn"}, {GL_PROGRAM_INPUT, "turn[0]"}, {GL_PROGRAM_INPUT, "turn[1]"}, {GL_PROGRAM_INPUT, "turn[2]"}, {GL_PROGRAM_INPUT, "which"},
		{GL_PROGRAM_OUTPUT, "colour"}, {GL_PROGRAM_OUTPUT, "colour[1]"}, {GL_PROGRAM_OUTPUT, "colour[2]"}, {GL_PROGRAM_OUTPUT, "id"}, {GL_BUFFER_VARIABLE, "Heap.n"},
		{GL_BUFFER_VARIABLE, "Heap.rest"}, {GL_BUFFER_VARIABLE, "Heap.rest[0]"}, {GL_BUFFER_VARIABLE, "Heap.rest[1]"}, {GL_BUFFER_VARIABLE, "Heap.parts[0].q"}, {GL_BUFFER_VARIABLE, "Plain.grid[0][0]"},
		{GL_BUFFER_VARIABLE, "Plain.grid[0]"}, {GL_SHADER_STORAGE_BLOCK, "Heap"}, {GL_SHADER_STORAGE_BLOCK, "Plain"}, {GL_SHADER_STORAGE_BLOCK, "Plain[1]"}, {GL_VERTEX_SUBROUTINE, "two"},
		{GL_FRAGMENT_SUBROUTINE_UNIFORM, "tints"}, {GL_FRAGMENT_SUBROUTINE_UNIFORM, "tints[1]"}, {GL_VERTEX_SUBROUTINE_UNIFORM, "how"}, {GL_ATOMIC_COUNTER_BUFFER, "hits"},
		{GL_TRANSFORM_FEEDBACK_BUFFER, "x"}, {GL_TEXTURE_2D, "x"}, {GL_UNIFORM, ""},
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		printf("%#x %s: index %d", names[i].kind, names[i].name, (int)glGetProgramResourceIndex(p, names[i].kind, names[i].name));
		printf(" (%#x), location %d", glGetError(), glGetProgramResourceLocation(p, names[i].kind, names[i].name));
		printf(" (%#x), %d", glGetError(), glGetProgramResourceLocationIndex(p, names[i].kind, names[i].name));
		printf(" (%#x)", glGetError());
		printf(" %d %d %d", glGetUniformLocation(p, names[i].name), glGetAttribLocation(p, names[i].name), glGetFragDataLocation(p, names[i].name));
		printf(" %d", glGetFragDataIndex(p, names[i].name));
		/* Mesa takes a member's name for its block's */
		printf(" %d (%#x)\n", strchr(names[i].name, '.') ? -2 : (int)glGetUniformBlockIndex(p, names[i].name), glGetError());
	}
	printf("%d", glGetFragDataLocation(p, "gl_FragColor"));
	printf(" %#x\n", glGetError());
	GLint n = 0;
	glGetProgramiv(p, GL_ACTIVE_ATOMIC_COUNTER_BUFFERS, &n);
	printf("%d atomic buffers\n", n);
	static const GLenum words[] = {GL_ATOMIC_COUNTER_BUFFER_BINDING, GL_ATOMIC_COUNTER_BUFFER_DATA_SIZE, GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTERS,
		GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTER_INDICES, GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_VERTEX_SHADER, GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_FRAGMENT_SHADER,
		GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_COMPUTE_SHADER, GL_TEXTURE_2D};
	for (GLint i = 0; i <= n; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
			GLint v[8] = {-1, -1, -1, -1};
			glGetActiveAtomicCounterBufferiv(p, (GLuint)i, words[k], v);
			printf(" %d %d %d %#x", v[0], v[1], v[2], glGetError());
		}
	puts("");
	glGetProgramiv(p, GL_ACTIVE_UNIFORMS, &n);
	for (GLuint i = 0; i < (GLuint)n; i++) {
		static const GLenum asked[] = {GL_UNIFORM_TYPE, GL_UNIFORM_SIZE, GL_UNIFORM_NAME_LENGTH, GL_UNIFORM_BLOCK_INDEX, GL_UNIFORM_OFFSET, GL_UNIFORM_ARRAY_STRIDE,
			GL_UNIFORM_MATRIX_STRIDE, GL_UNIFORM_IS_ROW_MAJOR, GL_UNIFORM_ATOMIC_COUNTER_BUFFER_INDEX};
		for (int k = 0; k < 9; k++) {
			GLint v = -9;
			glGetActiveUniformsiv(p, 1, &i, asked[k], &v);
			printf(" %d", v);
		}
		puts("");
	}
	for (GLuint i = 0; i < 4; i++) {
		GLint v[6] = {-1, -1, -1, -1, -1, -1};
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER, v);
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_CONTROL_SHADER, v + 1);
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_EVALUATION_SHADER, v + 2);
		glGetActiveUniformBlockiv(p, i, GL_UNIFORM_BLOCK_REFERENCED_BY_COMPUTE_SHADER, v + 3);
		printf("block %d %d %d %d\n", v[0], v[1], v[2], v[3]);
	}
	node_errors("rich");
	/* bindings that change are told */
	GLuint k = glGetProgramResourceIndex(p, GL_SHADER_STORAGE_BLOCK, "Plain[1]"), u = glGetProgramResourceIndex(p, GL_UNIFORM_BLOCK, "Scene");
	glShaderStorageBlockBinding(p, k, 7);
	glUniformBlockBinding(p, u, 6);
	static const GLenum binding = GL_BUFFER_BINDING, several[] = {GL_BUFFER_BINDING, GL_BUFFER_DATA_SIZE, GL_NAME_LENGTH, GL_REFERENCED_BY_FRAGMENT_SHADER};
	GLint v[8] = {-1, -1, -1, -1, -1}, w = -1;
	GLsizei got = -1;
	glGetProgramResourceiv(p, GL_SHADER_STORAGE_BLOCK, k, 1, &binding, 1, NULL, v);
	glGetProgramResourceiv(p, GL_UNIFORM_BLOCK, u, 1, &binding, 1, NULL, &w);
	printf("bindings %d %d\n", v[0], w);
	glGetProgramResourceiv(p, GL_SHADER_STORAGE_BLOCK, k, 4, several, 8, &got, v);
	printf("several: %d: %d %d %d %d %d\n", got, v[0], v[1], v[2], v[3], v[4]);
	glGetProgramResourceiv(p, GL_SHADER_STORAGE_BLOCK, k, 4, several, 2, &got, v + 4);
	printf("two: %d: %d %d %d\n", got, v[4], v[5], v[6]);
	glShaderStorageBlockBinding(p, 99, 1);
	node_errors("no such block");
	glShaderStorageBlockBinding(p, k, 100000);
	node_errors("no such binding");
	glGetProgramResourceiv(p, GL_SHADER_STORAGE_BLOCK, k, 0, several, 8, &got, v);
	node_errors("no properties");
	glGetProgramResourceiv(p, GL_SHADER_STORAGE_BLOCK, k, 1, several, -1, &got, v);
	node_errors("less than no room");
	char name[8] = "xxxxxxx";
	glGetProgramResourceName(p, GL_SHADER_STORAGE_BLOCK, k, 5, &got, name);
	printf("cut: %s %d\n", name, got);
	glDeleteProgram(p);
}

static void feedback(void) {
	static const GLenum types[] = {GL_VERTEX_SHADER};
	static const char *const texts[] = {
		"layout(xfb_buffer = 1, xfb_stride = 64) out; layout(xfb_offset = 16, xfb_buffer = 1) out vec3 a; layout(xfb_offset = 0, xfb_buffer = 0) out vec2 b[2]; layout(location = 3, component = 2) out float part;\n"
		"layout(location = 2) in vec4 place; void main() { gl_Position = place; a = place.xyz; b[0] = place.xy; b[1] = place.zw; part = 1.0; }\n"};
	GLuint p = link(types, texts, 1, true);
	all(p);
	GLuint q = glCreateProgram(), s = shader(GL_VERTEX_SHADER, "in vec4 place; out vec3 a[3]; out float b; void main() { gl_Position = place; a[0] = a[1] = a[2] = place.xyz; b = place.w; }\n");
	static const char *const names[] = {"a[1]", "gl_SkipComponents2", "b", "gl_NextBuffer", "gl_Position"};
	glAttachShader(q, s), glDeleteShader(s);
	glTransformFeedbackVaryings(q, 5, names, GL_INTERLEAVED_ATTRIBS);
	glLinkProgram(q);
	all(q);
	printf("%d %d\n", (int)glGetProgramResourceIndex(q, GL_TRANSFORM_FEEDBACK_VARYING, "gl_NextBuffer"), (int)glGetProgramResourceIndex(q, GL_TRANSFORM_FEEDBACK_VARYING, "a[1]"));
	glDeleteProgram(p), glDeleteProgram(q);
	node_errors("feedback");
}

static void unlinked(void) {
	GLuint p = glCreateProgram(), s = glCreateShader(GL_COMPUTE_SHADER);
	GLint n = -1;
	glGetProgramInterfaceiv(p, GL_UNIFORM, GL_ACTIVE_RESOURCES, &n);
	printf("%d, %d\n", n, (int)glGetProgramResourceIndex(p, GL_UNIFORM, "x"));
	node_errors("not linked");
	printf("%d\n", glGetProgramResourceLocation(p, GL_UNIFORM, "x"));
	node_errors("location, not linked");
	printf("%d\n", glGetFragDataLocation(p, "x"));
	node_errors("output, not linked");
	printf("%d\n", (int)glGetProgramResourceIndex(s, GL_UNIFORM, "x"));
	node_errors("a shader");
	printf("%d\n", (int)glGetProgramResourceIndex(12345, GL_UNIFORM, "x"));
	node_errors("no program");
	glDeleteProgram(p), glDeleteShader(s);
	static const GLenum types[] = {GL_COMPUTE_SHADER};
	static const char *const texts[] = {"layout(local_size_x = 4, local_size_y = 3, local_size_z = 2) in; layout(std430) buffer Out { float v[]; }; subroutine float f(); subroutine(f) float g() { return 1.0; }\n"
		"subroutine uniform f call; uniform vec2 scale; layout(r32f) uniform writeonly image2D im; shared float t[8]; void main() { t[gl_LocalInvocationIndex % 8u] = scale.x; barrier(); v[gl_GlobalInvocationID.x] = t[0] * call(); imageStore(im, ivec2(1), vec4(1.0)); }\n"};
	GLuint c = link(types, texts, 1, false);
	all(c);
	GLint group[3] = {0};
	glGetProgramiv(c, GL_COMPUTE_WORK_GROUP_SIZE, group);
	printf("group %d %d %d\n", group[0], group[1], group[2]);
	printf("%d\n", glGetFragDataLocation(c, "x"));
	node_errors("compute");
	glDeleteProgram(c);
}

int main(void) {
	shader_head = "#version 450\n";
	if (!conform_open(33, CONFORM_CORE)) return 3;
	rich();
	feedback();
	unlinked();
	conform_swap();
	conform_close();
	return 0;
}
