/* OpenGL ES 3.1 and 3.2: compute, storage buffers, images, atomic counters, separable programs, interface queries, samples; geometry and
 * tessellation, advanced blending, copies of images, buffer textures, debug output, robustness. */
#include "conform.h"

void glBlendBarrier(void);
void glPrimitiveBoundingBox(GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat);
static void (*blend_barrier)(void);
static void (*bounding_box)(GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat, GLfloat);

static void (*scissor_indexed)(GLuint, GLint, GLint, GLsizei, GLsizei);
static void (*depth_range_indexed)(GLuint, GLfloat, GLfloat), (*get_floati)(GLenum, GLuint, GLfloat *);

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT); }

static GLuint linked(int n, const GLenum *types, const char *const *texts) {
	GLuint p = glCreateProgram();
	GLint ok = 0;
	for (int i = 0; i < n; i++) {
		GLuint s = shader(types[i], texts[i]);
		glAttachShader(p, s);
		glDeleteShader(s);
	}
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	printf("linked: %d\n", ok);
	if (!ok) {
		static char log[4096];
		glGetProgramInfoLog(p, sizeof log, NULL, log);
		fprintf(stderr, "%s\n", log);
	}
	return p;
}

static const float tri[] = {-.8f, -.8f, .8f, -.7f, .7f, .8f, -.7f, .6f, 0, 0, .2f, .9f};
static GLuint vao, vbo, plain;

static void basis(void) {
	plain = program("layout(location = 0) in vec2 pos; out vec2 t; void main() { gl_Position = vec4(pos, 0.0, 1.0); t = pos * 0.5 + 0.5; }\n",
	                "precision highp float; in vec2 t; uniform vec4 tint; out vec4 a; void main() { a = vec4(t, 0.5, 1.0) * tint; }\n");
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &vbo);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof tri, tri, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glUseProgram(plain);
	glUniform4f(glGetUniformLocation(plain, "tint"), 1, 1, 1, 1);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("plain");
	glProgramUniform4f(plain, glGetUniformLocation(plain, "tint"), .5f, 1, .3f, 1);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("program uniform");
	GLfloat u[4] = {0};
	glGetnUniformfv(plain, glGetUniformLocation(plain, "tint"), sizeof u, u);
	bytes("its value", u, sizeof u);
	GLint range[2] = {0}, precision = 0;
	glGetShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_MEDIUM_FLOAT, range, &precision);
	printf("medium: %d %d, %d\n", range[0], range[1], precision);
	glGetShaderPrecisionFormat(GL_VERTEX_SHADER, GL_HIGH_INT, range, &precision);
	printf("high: %d %d, %d\n", range[0], range[1], precision);
	glReleaseShaderCompiler();
	caught("basis");
}

static void compute(void) {
	const GLenum type = GL_COMPUTE_SHADER;
	const char *text = "layout(local_size_x = 8, local_size_y = 2) in; layout(std430, binding = 1) buffer Data { uint n[64]; uint sum; } d;\n"
			   "layout(binding = 2, rgba8) writeonly uniform highp image2D img; layout(binding = 0, offset = 4) uniform atomic_uint count;\n"
			   "shared uint all; void main() { if (gl_LocalInvocationIndex == 0u) all = 0u; barrier(); uint i = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * 8u;\n"
			   "atomicAdd(all, 1u); atomicCounterIncrement(count); d.n[i] = i * i; barrier(); if (gl_LocalInvocationIndex == 0u) atomicAdd(d.sum, all);\n"
			   "imageStore(img, ivec2(gl_GlobalInvocationID.xy), vec4(float(i) / 64.0, 0.3, 0.7, 1.0)); }\n";
	GLuint p = linked(1, &type, &text), buf, count, tex, fb;
	GLint v[4] = {0};
	glGetProgramiv(p, GL_COMPUTE_WORK_GROUP_SIZE, v);
	printf("group: %d %d %d\n", v[0], v[1], v[2]);
	glGetProgramiv(p, GL_ACTIVE_ATOMIC_COUNTER_BUFFERS, v);
	printf("atomic buffers: %d\n", v[0]);
	glGenBuffers(1, &buf);
	glGenBuffers(1, &count);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, buf);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 260, NULL, GL_DYNAMIC_COPY);
	uint32_t *m = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, 260, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT);
	if (m) memset(m, 0, 260);
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
	static const GLuint zero[4] = {7, 9, 11, 13};
	glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, count);
	glBufferData(GL_ATOMIC_COUNTER_BUFFER, sizeof zero, zero, GL_DYNAMIC_COPY);
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 8, 8);
	glBindImageTexture(2, tex, 0, GL_FALSE, 0, GL_WRITE_ONLY, GL_RGBA8);
	glUseProgram(p);
	glDispatchCompute(1, 3, 1);
	GLuint groups[] = {9, 9, 9, 1, 1, 1}, indirect;
	glGenBuffers(1, &indirect);
	glBindBuffer(GL_DISPATCH_INDIRECT_BUFFER, indirect);
	glBufferData(GL_DISPATCH_INDIRECT_BUFFER, sizeof groups, groups, GL_STATIC_DRAW);
	glDispatchComputeIndirect(12);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
	m = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, 260, GL_MAP_READ_BIT);
	bytes("storage", m, m ? 260 : 0);
	printf("sum: %u\n", m ? m[64] : 0);
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
	m = glMapBufferRange(GL_ATOMIC_COUNTER_BUFFER, 0, 16, GL_MAP_READ_BIT);
	printf("counted: %u %u %u\n", m ? m[0] : 0, m ? m[1] : 0, m ? m[2] : 0);
	glUnmapBuffer(GL_ATOMIC_COUNTER_BUFFER);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glReadPixels(0, 0, 8, 6, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	bytes("image", frame, 8 * 6 * 4);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glGetIntegeri_v(GL_MAX_COMPUTE_WORK_GROUP_COUNT, 0, v);
	glGetIntegeri_v(GL_SHADER_STORAGE_BUFFER_BINDING, 1, v + 1);
	glGetIntegeri_v(GL_IMAGE_BINDING_FORMAT, 2, v + 2);
	printf("limits: %d, bound %d, %#x\n", v[0], v[1] == (GLint)buf, v[2]);
	GLboolean b = 7;
	glGetBooleani_v(GL_IMAGE_BINDING_LAYERED, 2, &b);
	printf("layered: %d\n", b);
	/* Interfaces. */
	GLint n = 0;
	glGetProgramInterfaceiv(p, GL_BUFFER_VARIABLE, GL_ACTIVE_RESOURCES, &n);
	printf("buffer variables: %d\n", n);
	for (GLint i = 0; i < n; i++) {
		static const GLenum props[] = {GL_OFFSET, GL_TYPE, GL_ARRAY_SIZE};
		char name[32];
		GLint r[3] = {0};
		glGetProgramResourceName(p, GL_BUFFER_VARIABLE, (GLuint)i, sizeof name, NULL, name);
		glGetProgramResourceiv(p, GL_BUFFER_VARIABLE, (GLuint)i, 3, props, 3, NULL, r);
		printf("%s: %d %#x %d\n", name, r[0], r[1], r[2]);
	}
	printf("block: %d\n", glGetProgramResourceIndex(p, GL_SHADER_STORAGE_BLOCK, "Data") == 0);
	printf("output: %d\n", glGetProgramResourceLocation(plain, GL_PROGRAM_OUTPUT, "a"));
	caught("compute");
	glDispatchCompute(1 << 24, 1, 1);
	caught("too many groups");
	glDispatchComputeIndirect(2);
	caught("an odd offset");
	glUseProgram(plain);
	glDispatchCompute(1, 1, 1);
	caught("no compute program");
	glDeleteFramebuffers(1, &fb);
	glDeleteTextures(1, &tex);
	const GLuint gone[] = {buf, count, indirect};
	glDeleteBuffers(3, gone);
	glDeleteProgram(p);
}

static void side_effects(void) {
	/* Fragments that count: once each, whatever the tiles. */
	GLuint p = program("layout(location = 0) in vec2 pos; void main() { gl_Position = vec4(pos, 0.0, 1.0); }\n",
	                   "precision highp float; layout(binding = 0) uniform atomic_uint n; out vec4 a; void main() { atomicCounterIncrement(n); a = vec4(0.4, 0.8, 0.1, 1.0); }\n"), count;
	static const GLuint zero = 0;
	glGenBuffers(1, &count);
	glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, count);
	glBufferData(GL_ATOMIC_COUNTER_BUFFER, 4, &zero, GL_DYNAMIC_COPY);
	glUseProgram(p);
	GLuint tex, fb;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 64, 64);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glViewport(0, 0, 64, 64);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
	GLuint *m = glMapBufferRange(GL_ATOMIC_COUNTER_BUFFER, 0, 4, GL_MAP_READ_BIT);
	printf("fragments: %u\n", m ? *m : 0);
	glUnmapBuffer(GL_ATOMIC_COUNTER_BUFFER);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("drawn while counting");
	/* No attachments. */
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, 0, 0);
	glFramebufferParameteri(GL_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_WIDTH, 20);
	glFramebufferParameteri(GL_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_HEIGHT, 10);
	GLint v = 0;
	glGetFramebufferParameteriv(GL_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_WIDTH, &v);
	printf("no attachments: %#x, %d wide\n", glCheckFramebufferStatus(GL_FRAMEBUFFER), v);
	glViewport(0, 0, 20, 10);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	m = glMapBufferRange(GL_ATOMIC_COUNTER_BUFFER, 0, 4, GL_MAP_READ_BIT);
	printf("counted: %d\n", m && *m > 1000);
	glUnmapBuffer(GL_ATOMIC_COUNTER_BUFFER);
	glDeleteFramebuffers(1, &fb);
	glDeleteTextures(1, &tex);
	glDeleteBuffers(1, &count);
	glDeleteProgram(p);
	glUseProgram(plain);
	caught("side effects");
}

static void pipelines(void) {
	static const char head[] = "#version 310 es\n";
	const char *vs[] = {head, "layout(location = 0) in vec2 pos; layout(location = 3) out vec2 t; uniform float by; void main() { gl_Position = vec4(pos * by, 0.0, 1.0); t = pos; }\n"},
		   *fs[] = {head, "precision highp float; layout(location = 3) in vec2 t; layout(location = 9) uniform vec4 c; out vec4 a; void main() { a = vec4(abs(t), 0.2, 1.0) + c; }\n"};
	GLuint v = glCreateShaderProgramv(GL_VERTEX_SHADER, 2, vs), f = glCreateShaderProgramv(GL_FRAGMENT_SHADER, 2, fs), pipe;
	GLint n = 0;
	glGetProgramiv(v, GL_PROGRAM_SEPARABLE, &n);
	printf("separable: %d\n", n);
	glGenProgramPipelines(1, &pipe);
	glUseProgram(0);
	glBindProgramPipeline(pipe);
	glUseProgramStages(pipe, GL_VERTEX_SHADER_BIT, v);
	glUseProgramStages(pipe, GL_FRAGMENT_SHADER_BIT, f);
	glActiveShaderProgram(pipe, v);
	glUniform1f(glGetUniformLocation(v, "by"), .7f);
	glProgramUniform4f(f, 9, .1f, 0, .4f, 0);
	glValidateProgramPipeline(pipe);
	glGetProgramPipelineiv(pipe, GL_VALIDATE_STATUS, &n);
	printf("valid: %d %d\n", n, glIsProgramPipeline(pipe));
	glGetProgramPipelineiv(pipe, GL_FRAGMENT_SHADER, &n);
	printf("its fragment stage: %d\n", n == (GLint)f);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("pipeline");
	glBindProgramPipeline(0);
	glDeleteProgramPipelines(1, &pipe);
	glDeleteProgram(v);
	glDeleteProgram(f);
	glUseProgram(plain);
	caught("pipelines");
}

static void samples(void) {
	GLuint tex, fb, to, p;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D_MULTISAMPLE, tex);
	glTexStorage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, 4, GL_RGBA8, 50, 40, GL_TRUE);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D_MULTISAMPLE, tex, 0);
	GLint v[4] = {0};
	glGetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_SAMPLES, v);
	glGetIntegerv(GL_SAMPLES, v + 1);
	GLfloat at[2] = {0};
	glGetMultisamplefv(GL_SAMPLE_POSITION, 2, at);
	printf("samples: %d %d, third at %g %g\n", v[0], v[1], at[0], at[1]);
	glViewport(0, 0, 50, 40);
	fresh();
	glEnable(GL_SAMPLE_MASK);
	glSampleMaski(0, 0xb);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glDisable(GL_SAMPLE_MASK);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	p = program("layout(location = 0) in vec2 pos; out vec2 t; void main() { gl_Position = vec4(pos, 0.0, 1.0); t = pos * 0.5 + 0.5; }\n",
	            "precision highp float; precision highp sampler2DMS; in vec2 t; uniform sampler2DMS s; out vec4 a;\n"
	            "void main() { a = vec4(0); for (int i = 0; i < 4; i++) a += texelFetch(s, ivec2(t * vec2(50, 40)), i) * (0.1 + 0.1 * float(i)); }\n");
	glUseProgram(p);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	picture("each sample");
	glGenTextures(1, &to);
	glBindTexture(GL_TEXTURE_2D, to);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 50, 40);
	GLuint fb2;
	glGenFramebuffers(1, &fb2);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, fb2);
	glFramebufferTexture2D(GL_DRAW_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, to, 0);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	glBlitFramebuffer(0, 0, 50, 40, 0, 0, 50, 40, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	caught("a multisampled framebuffer is not read");
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb2);
	glReadPixels(0, 0, 50, 40, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	bytes("resolved", frame, 50 * 40 * 4);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	const GLuint fbs[] = {fb, fb2}, texs[] = {tex, to};
	glDeleteFramebuffers(2, fbs);
	glDeleteTextures(2, texs);
	glDeleteProgram(p);
	glUseProgram(plain);
	caught("samples");
}

static void stages(void) {
	static const GLenum geometry[] = {GL_VERTEX_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER},
			    tessellation[] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_FRAGMENT_SHADER};
	static const char *const g[] = {
		"layout(location = 0) in vec2 pos; void main() { gl_Position = vec4(pos, 0.0, 1.0); }\n",
		"layout(points) in; layout(triangle_strip, max_vertices = 4) out; out vec2 t; void main() {\n"
		"for (int i = 0; i < 4; i++) { t = vec2(i & 1, i >> 1); gl_Position = gl_in[0].gl_Position + vec4((t - 0.5) * 0.4, 0.0, 0.0); EmitVertex(); } EndPrimitive(); }\n",
		"precision highp float; in vec2 t; out vec4 a; void main() { a = vec4(t, 0.5, 1.0); }\n"};
	static const char *const e[] = {
		"layout(location = 0) in vec2 pos; void main() { gl_Position = vec4(pos, 0.0, 1.0); }\n",
		"layout(vertices = 3) out; void main() { gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position;\n"
		"gl_TessLevelInner[0] = 3.0; gl_TessLevelOuter[0] = 2.0; gl_TessLevelOuter[1] = 3.0; gl_TessLevelOuter[2] = 4.0; }\n",
		"layout(triangles, equal_spacing, ccw) in; out vec3 t; void main() { t = gl_TessCoord; vec4 p = gl_in[0].gl_Position * t.x + gl_in[1].gl_Position * t.y + gl_in[2].gl_Position * t.z;\n"
		"gl_Position = vec4(p.xy * (1.0 + 0.2 * t.x), p.zw); }\n",
		"precision highp float; in vec3 t; out vec4 a; void main() { a = vec4(t, 1.0); }\n"};
	GLuint p = linked(3, geometry, g), q = linked(4, tessellation, e), query;
	GLint v[4] = {0};
	glGetProgramiv(p, GL_GEOMETRY_VERTICES_OUT, v);
	glGetProgramiv(p, GL_GEOMETRY_INPUT_TYPE, v + 1);
	glGetProgramiv(q, GL_TESS_CONTROL_OUTPUT_VERTICES, v + 2);
	glGetProgramiv(q, GL_TESS_GEN_MODE, v + 3);
	printf("%d vertices out of %#x; %d vertices, mode %#x\n", v[0], v[1], v[2], v[3]);
	glUseProgram(p);
	glGenQueries(1, &query);
	fresh();
	glBeginQuery(GL_PRIMITIVES_GENERATED, query);
	glDrawArrays(GL_POINTS, 0, 6);
	glEndQuery(GL_PRIMITIVES_GENERATED);
	picture("geometry");
	GLuint n = 0;
	glGetQueryObjectuiv(query, GL_QUERY_RESULT, &n);
	printf("generated: %u\n", n);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	caught("triangles into points");
	glUseProgram(q);
	glPatchParameteri(GL_PATCH_VERTICES, 3);
	bounding_box(-1, -1, -1, 1, 1, 1, 1, 1);
	GLfloat box[8] = {0};
	glGetFloatv(GL_PRIMITIVE_BOUNDING_BOX_ARB, box);
	bytes("box", box, sizeof box);
	fresh();
	glDrawArrays(GL_PATCHES, 0, 6);
	picture("tessellation");
	GETI(GL_PATCH_VERTICES, 1);
	GETI(GL_MAX_TESS_GEN_LEVEL, 1);
	GETI(GL_LAYER_PROVOKING_VERTEX, 1);
	glDeleteQueries(1, &query);
	glDeleteProgram(p);
	glDeleteProgram(q);
	glUseProgram(plain);
	caught("stages");
}

static void blending(void) {
	GLuint p = program("layout(location = 0) in vec2 pos; out vec2 t; void main() { gl_Position = vec4(pos, 0.0, 1.0); t = pos * 0.5 + 0.5; }\n",
	                   "precision highp float; layout(blend_support_all_equations) out; in vec2 t; layout(location = 0) out vec4 a; void main() { a = vec4(t.x, t.y, 0.4, 0.7); }\n");
	static const GLenum all[] = {GL_MULTIPLY_KHR, GL_SCREEN_KHR, GL_OVERLAY_KHR, GL_COLORDODGE_KHR, GL_SOFTLIGHT_KHR, GL_EXCLUSION_KHR, GL_HSL_LUMINOSITY_KHR};
	glUseProgram(p);
	glEnable(GL_BLEND);
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		char name[32];
		glClearColor(.3f, .6f, .2f, .9f);
		fresh();
		glBlendEquation(all[i]);
		glDrawArrays(GL_TRIANGLES, 0, 3);
		blend_barrier();
		glDrawArrays(GL_TRIANGLES, 1, 3);
		blend_barrier();
		snprintf(name, sizeof name, "blend %#x", all[i]);
		picture(name);
	}
	glClearColor(0, 0, 0, 0);
	glBlendEquation(GL_FUNC_ADD);
	glDisable(GL_BLEND);
	glDeleteProgram(p);
	glUseProgram(plain);
	caught("advanced blending");
	/* By buffer. */
	glEnablei(GL_BLEND, 0);
	glBlendFunci(0, GL_ONE, GL_ONE);
	glBlendEquationSeparatei(0, GL_FUNC_ADD, GL_MAX);
	glColorMaski(0, GL_TRUE, GL_FALSE, GL_TRUE, GL_TRUE);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 6);
	glDrawArrays(GL_TRIANGLES, 1, 3);
	picture("by buffer");
	printf("blended: %d\n", glIsEnabledi(GL_BLEND, 0));
	glColorMaski(0, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
	glDisablei(GL_BLEND, 0);
	caught("by buffer");
	/* Scissors by viewport. */
	if (scissor_indexed) {
		fresh();
		glEnablei(GL_SCISSOR_TEST, 0);
		scissor_indexed(0, 20, 30, 100, 60);
		glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
		glDisablei(GL_SCISSOR_TEST, 0);
		glDrawArrays(GL_TRIANGLES, 3, 3);
		GLint v[4] = {0};
		glGetIntegeri_v(GL_SCISSOR_BOX, 0, v);
		printf("box: %d %d %d %d, on: %d\n", v[0], v[1], v[2], v[3], glIsEnabledi(GL_SCISSOR_TEST, 0));
		depth_range_indexed(1, .25f, .5f);
		GLfloat f[2] = {0};
		get_floati(GL_DEPTH_RANGE, 1, f);
		printf("depth: %g %g\n", f[0], f[1]);
		picture("scissor by index");
	}
	caught("scissors");
}

static void images(void) {
	static uint8_t img[32 * 32 * 4];
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 29 + i / 127);
	GLuint tex[2], fb, buf, texel;
	glGenTextures(2, tex);
	for (int i = 0; i < 2; i++) {
		glBindTexture(GL_TEXTURE_2D, tex[i]);
		glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 32, 32);
		glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 32, 32, GL_RGBA, GL_UNSIGNED_BYTE, img + (i ? 0 : 0));
	}
	glCopyImageSubData(tex[0], GL_TEXTURE_2D, 0, 3, 4, 0, tex[1], GL_TEXTURE_2D, 0, 10, 8, 0, 12, 14, 1);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex[1], 0);
	glReadPixels(0, 0, 32, 32, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	bytes("copied", frame, sizeof img);
	uint8_t few[64];
	memset(few, 0, sizeof few);
	glReadnPixels(0, 0, 4, 4, GL_RGBA, GL_UNSIGNED_BYTE, sizeof few, few);
	bytes("just enough", few, sizeof few);
	glReadnPixels(0, 0, 8, 4, GL_RGBA, GL_UNSIGNED_BYTE, sizeof few, few);
	caught("too few");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glGenBuffers(1, &buf);
	glBindBuffer(GL_TEXTURE_BUFFER, buf);
	glBufferData(GL_TEXTURE_BUFFER, sizeof img, img, GL_STATIC_DRAW);
	glGenTextures(1, &texel);
	glBindTexture(GL_TEXTURE_BUFFER, texel);
	glTexBuffer(GL_TEXTURE_BUFFER, GL_RGBA8, buf);
	GLuint p = program("layout(location = 0) in vec2 pos; out vec2 t; void main() { gl_Position = vec4(pos, 0.0, 1.0); t = pos * 0.5 + 0.5; }\n",
	                   "precision highp float; precision highp samplerBuffer; in vec2 t; uniform samplerBuffer s; out vec4 a; void main() { a = texelFetch(s, int(t.x * 31.0) + int(t.y * 31.0) * 32); }\n");
	glUseProgram(p);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("buffer texture");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, buf, 1024, 2048);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("a range of it");
	glUseProgram(plain);
	glBindTexture(GL_TEXTURE_2D, tex[0]);
	static const float border[] = {.2f, .4f, .6f, .8f};
	glTexParameterfv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, border);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_BORDER);
	GLfloat back[4] = {0};
	glGetTexParameterfv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, back);
	bytes("border", back, sizeof back);
	static const GLint ints[] = {-5, 6, -7, 8};
	glTexParameterIiv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, ints);
	GLint v[4] = {0};
	glGetTexParameterIiv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, v);
	printf("border: %d %d %d %d\n", v[0], v[1], v[2], v[3]);
	GLuint cubes;
	glGenTextures(1, &cubes);
	glBindTexture(GL_TEXTURE_CUBE_MAP_ARRAY, cubes);
	glTexStorage3D(GL_TEXTURE_CUBE_MAP_ARRAY, 1, GL_RGBA8, 8, 8, 12);
	glGetTexLevelParameteriv(GL_TEXTURE_CUBE_MAP_ARRAY, 0, GL_TEXTURE_DEPTH, v);
	printf("layers: %d\n", v[0]);
	glDrawElementsBaseVertex(GL_TRIANGLES, 3, GL_UNSIGNED_BYTE, "\0\1\2", 1);
	caught("indices in memory");
	const GLuint all[] = {tex[0], tex[1], texel, cubes};
	glDeleteTextures(4, all);
	glDeleteBuffers(1, &buf);
	glDeleteFramebuffers(1, &fb);
	glDeleteProgram(p);
	caught("images");
}

static void debug(void) {
	GLint n = 0;
	glGetIntegerv(GL_DEBUG_GROUP_STACK_DEPTH, &n);
	printf("groups: %d\n", n);
	glPushDebugGroup(GL_DEBUG_SOURCE_APPLICATION, 5, -1, "inside");
	glGetIntegerv(GL_DEBUG_GROUP_STACK_DEPTH, &n);
	printf("groups: %d\n", n);
	glPopDebugGroup();
	glObjectLabel(GL_BUFFER, vbo, -1, "corners");
	char label[32] = "";
	glGetObjectLabel(GL_BUFFER, vbo, sizeof label, NULL, label);
	text("label", label);
	caught("debug");
	glPopDebugGroup();
	caught("one too many");
	printf("reset: %#x\n", glGetGraphicsResetStatus());
	GETI(GL_CONTEXT_FLAGS, 1);
	GETI(GL_MAX_COMPUTE_SHARED_MEMORY_SIZE, 1);
	GETI(GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS, 1);
	GETI(GL_MAX_IMAGE_UNITS, 1);
	GETI(GL_MAX_FRAMEBUFFER_WIDTH, 1);
	GETI(GL_MAX_GEOMETRY_OUTPUT_VERTICES, 1);
	GETI(GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS, 1);
	GETI(GL_TEXTURE_BUFFER_OFFSET_ALIGNMENT, 1);
	GETI(GL_MULTISAMPLE_LINE_WIDTH_RANGE_ARB, 2);
	caught("limits");
	glMinSampleShading(.5f);
	glGetBooleanv(GL_SAMPLE_SHADING, (GLboolean[4]){0});
	caught("sample shading");
}

int main(void) {
	shader_head = "#version 320 es\n";
	if (!conform_open(32, CONFORM_ES)) return 2;
	static const struct { void *at; const char *name; } find[] = {{&blend_barrier, "glBlendBarrier"}, {&bounding_box, "glPrimitiveBoundingBox"},
		{&scissor_indexed, "glScissorIndexedOES"}, {&depth_range_indexed, "glDepthRangeIndexedfOES"}, {&get_floati, "glGetFloati_vOES"}};
	for (unsigned i = 0; i < sizeof find / sizeof *find; i++) *(void **)find[i].at = (void *)glXGetProcAddressARB((const GLubyte *)find[i].name);
	text("version", (const char *)glGetString(GL_VERSION));
	text("language", (const char *)glGetString(GL_SHADING_LANGUAGE_VERSION));
	basis();
	compute();
	side_effects();
	pipelines();
	samples();
	stages();
	blending();
	images();
	debug();
	conform_swap();
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("the next frame");
	conform_swap();
	caught("end");
	conform_close();
	return 0;
}
