/* OpenGL ES 3: vertex array objects, instances, uniform blocks, several targets, transform feedback, samplers, texture arrays, integer formats,
 * pixel buffers, blits with depth, queries, syncs; contexts without a drawable. */
#include "conform.h"

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT); }

static GLuint linked(GLuint p) {
	GLint ok = 0;
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	printf("linked: %d\n", ok);
	return p;
}

typedef struct vert { float x, y, z; uint8_t c[4]; } vert;
static const vert tri[] = {{-.8f, -.8f, .3f, {255, 0, 0, 255}}, {.8f, -.7f, -.4f, {0, 255, 0, 255}}, {.7f, .8f, .5f, {0, 0, 255, 200}},
                           {-.7f, .6f, -.2f, {255, 255, 0, 255}}, {0, 0, 0, {9, 9, 9, 255}}, {.2f, .9f, .1f, {0, 255, 255, 255}}};
static GLuint vao, vbo, ibo, plain, textured;

static void objects(void) {
	plain = program("layout(location = 0) in vec3 pos; layout(location = 1) in vec4 col; layout(location = 2) in vec2 shift; flat out vec4 c; out vec4 d;\n"
	                "void main() { gl_Position = vec4(pos.xy + shift, pos.z, 1.0); c = col; d = col * 0.5; }\n",
	                "precision mediump float; flat in vec4 c; in vec4 d; layout(location = 0) out vec4 a; layout(location = 1) out vec4 b;\n"
	                "void main() { a = c * 0.5 + d; b = vec4(1.0) - d; }\n");
	textured = program("layout(location = 0) in vec3 pos; out vec3 t; void main() { gl_Position = vec4(pos, 1.0); t = pos * 0.5 + 0.5; }\n",
	                   "precision mediump float; in vec3 t; uniform sampler2D s; out vec4 a; void main() { a = textureLod(s, t.xy, 0.0) + vec4(textureSize(s, 0), 0, 0) * 0.001; }\n");
	static const uint16_t idx[] = {0, 1, 2, 0xffff, 3, 4, 5, 1, 0xffff, 0, 2, 3};
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &vbo);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof tri, tri, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, sizeof(vert), NULL);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), (void *)12);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	glGenBuffers(1, &ibo);
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, ibo);
	glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof idx, idx, GL_STATIC_DRAW);
	glUseProgram(plain);
	glVertexAttrib2f(2, 0, 0);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("strip");
	glEnable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	fresh();
	glDrawElements(GL_TRIANGLE_STRIP, 12, GL_UNSIGNED_SHORT, NULL);
	picture("restart");
	printf("restart: %d\n", glIsEnabled(GL_PRIMITIVE_RESTART_FIXED_INDEX));
	glDisable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	fresh();
	glDrawRangeElements(GL_TRIANGLES, 0, 5, 3, GL_UNSIGNED_SHORT, (void *)8);
	picture("range");
	GLuint shifts;
	static const float by[] = {0, 0, -.4f, .3f, .5f, -.5f};
	glGenBuffers(1, &shifts);
	glBindBuffer(GL_ARRAY_BUFFER, shifts);
	glBufferData(GL_ARRAY_BUFFER, sizeof by, by, GL_DYNAMIC_DRAW);
	glVertexAttribPointer(2, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(2);
	glVertexAttribDivisor(2, 1);
	fresh();
	glEnable(GL_DEPTH_TEST);
	glDrawArraysInstanced(GL_TRIANGLES, 0, 3, 3);
	glDrawElementsInstanced(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, (void *)8, 2);
	glDisable(GL_DEPTH_TEST);
	picture("instances");
	GLint v = 0;
	glGetVertexAttribiv(2, GL_VERTEX_ATTRIB_ARRAY_DIVISOR, &v);
	printf("divisor: %d\n", v);
	glDisableVertexAttribArray(2);
	/* Arrays in memory are for array object 0. */
	glBindVertexArray(0);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	static const uint8_t bytes_[] = {2, 1, 0, 255, 5, 4, 3};
	glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, sizeof(vert), &tri[0].x);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), tri[0].c);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	glEnable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	fresh();
	glDrawElements(GL_TRIANGLE_STRIP, 7, GL_UNSIGNED_BYTE, bytes_);
	glDisable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	picture("restart from memory");
	glVertexAttribPointer(2, 2, GL_FLOAT, GL_FALSE, 0, by);
	glEnableVertexAttribArray(2);
	glVertexAttribDivisor(2, 2);
	fresh();
	glDrawArraysInstanced(GL_TRIANGLES, 0, 3, 5);
	picture("instances from memory");
	glVertexAttribDivisor(2, 0);
	glDisableVertexAttribArray(2);
	glBindVertexArray(vao);
	caught("objects");
	glDeleteBuffers(1, &shifts);
}

static void uniforms(void) {
	GLuint p = program("layout(location = 0) in vec3 pos; layout(std140) uniform Block { mat4 m; vec4 tint[2]; } b; uniform uvec3 u; out vec4 c;\n"
	                   "void main() { gl_Position = b.m * vec4(pos, 1.0); c = b.tint[gl_VertexID & 1] + vec4(u, 0u) / 255.0; }\n",
	                   "precision mediump float; in vec4 c; out vec4 a; uniform mat2x3 n; uniform ivec2 i; void main() { a = c + vec4(n[0] + n[1], 0.0) * float(i.x); }\n");
	GLuint ubo, block = glGetUniformBlockIndex(p, "Block");
	float data[24] = {1, .1f, 0, 0, 0, .8f, 0, 0, 0, 0, 1, 0, .1f, 0, 0, 1, .5f, 0, 0, 1, 0, .5f, .5f, 1};
	GLint v = 0, w = 0;
	glGetActiveUniformBlockiv(p, block, GL_UNIFORM_BLOCK_DATA_SIZE, &v);
	glGetActiveUniformBlockiv(p, block, GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS, &w);
	printf("block: %d bytes, %d uniforms\n", v, w);
	const char *names[] = {"Block.m", "Block.tint[0]", "u", "n", "nothing"};
	GLuint at[5];
	glGetUniformIndices(p, 5, names, at);
	for (int i = 0; i < 5; i++) {
		GLint offset = -7, type = 0;
		if (at[i] != GL_INVALID_INDEX) {
			glGetActiveUniformsiv(p, 1, &at[i], GL_UNIFORM_OFFSET, &offset);
			glGetActiveUniformsiv(p, 1, &at[i], GL_UNIFORM_TYPE, &type);
		}
		printf("%s: %d %#x\n", names[i], offset, type);
	}
	char name[32];
	glGetActiveUniformBlockName(p, block, sizeof name, NULL, name);
	puts(name);
	glGenBuffers(1, &ubo);
	glBindBufferBase(GL_UNIFORM_BUFFER, 3, ubo);
	glBufferData(GL_UNIFORM_BUFFER, sizeof data, data, GL_STATIC_DRAW);
	glUniformBlockBinding(p, block, 3);
	glUseProgram(p);
	glUniform3ui(glGetUniformLocation(p, "u"), 20, 30, 40);
	static const float n[6] = {.1f, 0, .2f, 0, .1f, 0};
	glUniformMatrix2x3fv(glGetUniformLocation(p, "n"), 1, GL_FALSE, n);
	glUniform2i(glGetUniformLocation(p, "i"), 2, 3);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 6);
	picture("uniform block");
	float *m = glMapBufferRange(GL_UNIFORM_BUFFER, 64, 32, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT);
	for (int i = 0; m && i < 8; i++) m[i] = (float)i / 8;
	printf("mapped: %d %d\n", m != NULL, glUnmapBuffer(GL_UNIFORM_BUFFER));
	m = glMapBufferRange(GL_UNIFORM_BUFFER, 0, 96, GL_MAP_READ_BIT);
	bytes("buffer", m, m ? 96 : 0);
	glUnmapBuffer(GL_UNIFORM_BUFFER);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 6);
	picture("other tints");
	GLuint u[3];
	glGetUniformuiv(p, glGetUniformLocation(p, "u"), u);
	printf("u: %u %u %u\n", u[0], u[1], u[2]);
	printf("output a: %d\n", glGetFragDataLocation(p, "a"));
	glDeleteProgram(p);
	glUseProgram(plain);
	glDeleteBuffers(1, &ubo);
	caught("uniforms");
}

static void targets(void) {
	GLuint fb, tex[2], rb;
	glGenFramebuffers(1, &fb);
	glGenTextures(2, tex);
	glGenRenderbuffers(1, &rb);
	for (int i = 0; i < 2; i++) {
		glBindTexture(GL_TEXTURE_2D, tex[i]);
		glTexStorage2D(GL_TEXTURE_2D, 1, i ? GL_RGBA8 : GL_RGB10_A2, W, H);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	}
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, W, H);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER, rb);
	for (int i = 0; i < 2; i++) glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0 + (GLenum)i, GL_TEXTURE_2D, tex[i], 0);
	static const GLenum both[] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1}, second[] = {GL_NONE, GL_COLOR_ATTACHMENT1};
	glDrawBuffers(2, both);
	printf("status: %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	static const float blue[] = {0, 0, 1, 1}, green[] = {0, .6f, 0, 1};
	glClearBufferfv(GL_COLOR, 0, blue);
	glClearBufferfv(GL_COLOR, 1, green);
	glClearBufferfi(GL_DEPTH_STENCIL, 0, .5f, 7);
	glEnable(GL_DEPTH_TEST);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("first of two");
	glReadBuffer(GL_COLOR_ATTACHMENT1);
	picture("second of two");
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_DRAW_BUFFER1, 1);
	GETI(GL_IMPLEMENTATION_COLOR_READ_FORMAT, 1);
	glDrawBuffers(2, second);
	glClear(GL_COLOR_BUFFER_BIT);
	glReadBuffer(GL_COLOR_ATTACHMENT0);
	picture("first is left alone");
	/* Colour and depth into the window and back. */
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glDisable(GL_DEPTH_TEST);
	fresh();
	glBlitFramebuffer(0, 0, W, H, 10, 20, W - 30, H - 10, GL_COLOR_BUFFER_BIT, GL_LINEAR);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	picture("blit into the window");
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	caught("blit of depth");
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(GL_EQUAL, 7, 255);
	glDepthFunc(GL_LEQUAL);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawElements(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, (void *)8);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("drawn against the depth that was copied");
	glDisable(GL_STENCIL_TEST);
	glDepthFunc(GL_LESS);
	glDisable(GL_DEPTH_TEST);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, fb);
	glDrawBuffers(1, both);
	glBlitFramebuffer(5, 5, W - 5, H - 20, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_DEPTH_BUFFER_BIT, GL_NEAREST);
	caught("blits from the window");
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	picture("blit from the window");
	static float depth[W * H];
	glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
	bytes("depth from the window", depth, sizeof depth);
	static const GLenum gone[] = {GL_COLOR_ATTACHMENT0, GL_DEPTH_ATTACHMENT}, window[] = {GL_COLOR, GL_DEPTH};
	glInvalidateFramebuffer(GL_FRAMEBUFFER, 2, gone);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glInvalidateSubFramebuffer(GL_FRAMEBUFFER, 1, window + 1, 0, 0, 10, 10);
	caught("invalidate");
	glInvalidateFramebuffer(GL_FRAMEBUFFER, 1, gone);
	caught("invalidate what a window has not");
	GLint v[4] = {0};
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_BACK, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, v);
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_BACK, GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE, v + 1);
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_DEPTH, GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE, v + 2);
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_STENCIL, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, v + 3);
	printf("the window: %#x, %d red, %d depth, %#x\n", v[0], v[1], v[2], v[3]);
	caught("the window's attachments");
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_FRONT, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, v);
	caught("front");
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, v);
	caught("attachment 0 of the window");
	static const GLenum back[] = {GL_BACK, GL_BACK}, front[] = {GL_FRONT}, none[] = {GL_NONE};
	glDrawBuffers(2, back);
	caught("two back buffers");
	glDrawBuffers(1, front);
	caught("front buffer");
	glDrawBuffers(1, both);
	caught("attachment of a window");
	glDrawBuffers(-1, both);
	caught("minus one");
	glDrawBuffers(1, none);
	glClearColor(1, 1, 1, 1);
	fresh();
	glDrawBuffers(1, back);
	picture("nothing was cleared");
	GETI(GL_DRAW_BUFFER0, 1);
	fresh();
	picture("all was cleared");
	glClearColor(0, 0, 0, 0);
	glReadBuffer(GL_FRONT);
	caught("read the front");
	glReadBuffer(GL_COLOR_ATTACHMENT0);
	caught("read an attachment");
	glReadBuffer(GL_NONE);
	GETI(GL_READ_BUFFER, 1);
	glReadBuffer(GL_BACK);
	glDeleteFramebuffers(1, &fb);
	glDeleteTextures(2, tex);
	glDeleteRenderbuffers(1, &rb);
	caught("targets");
}

static void textures(void) {
	static uint8_t img[32 * 32 * 16];
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 29 + i / 127);
	for (size_t i = 0; i < sizeof img / 4; i++) img[4 * i + 1] &= 0x3b, img[4 * i + 3] &= 0x3b;
	GLuint tex, sampler, pbo;
	glGenTextures(1, &tex);
	glGenSamplers(1, &sampler);
	glBindTexture(GL_TEXTURE_2D, tex);
	glBindSampler(0, sampler);
	glSamplerParameteri(sampler, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glSamplerParameteri(sampler, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glSamplerParameteri(sampler, GL_TEXTURE_WRAP_S, GL_MIRRORED_REPEAT);
	glUseProgram(textured);
	static const struct { GLenum internal, format, type; } cases[] = {
		{GL_R8, GL_RED, GL_UNSIGNED_BYTE}, {GL_RG8_SNORM, GL_RG, GL_BYTE}, {GL_RGB565, GL_RGB, GL_UNSIGNED_BYTE}, {GL_SRGB8_ALPHA8, GL_RGBA, GL_UNSIGNED_BYTE},
		{GL_RGB9_E5, GL_RGB, GL_FLOAT}, {GL_R11F_G11F_B10F, GL_RGB, GL_UNSIGNED_INT_10F_11F_11F_REV}, {GL_RGBA16F, GL_RGBA, GL_HALF_FLOAT}, {GL_RGBA32F, GL_RGBA, GL_FLOAT},
		{GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV}, {GL_RGBA4, GL_RGBA, GL_UNSIGNED_SHORT_4_4_4_4}, {GL_LUMINANCE, GL_LUMINANCE, GL_UNSIGNED_BYTE},
		{GL_DEPTH_COMPONENT24, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT}, {GL_DEPTH24_STENCIL8, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8}};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[64];
		glPixelStorei(GL_UNPACK_ROW_LENGTH, i & 1 ? 31 : 0);
		glPixelStorei(GL_UNPACK_SKIP_ROWS, i & 1);
		glPixelStorei(GL_UNPACK_SKIP_PIXELS, i & 2);
		glTexImage2D(GL_TEXTURE_2D, 0, (GLint)cases[i].internal, 23, 27, 0, cases[i].format, cases[i].type, img);
		fresh();
		glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
		snprintf(name, sizeof name, "texture %#x", cases[i].internal);
		picture(name);
		caught(name);
	}
	glPixelStorei(GL_UNPACK_SKIP_ROWS, 0);
	glPixelStorei(GL_UNPACK_SKIP_PIXELS, 0);
	/* Out of a buffer. */
	glGenBuffers(1, &pbo);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
	glBufferData(GL_PIXEL_UNPACK_BUFFER, sizeof img, img, GL_STREAM_DRAW);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 32);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 20, 20, 0, GL_RGBA, GL_UNSIGNED_BYTE, (void *)128);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 4, 4, 9, 9, GL_RGBA, GL_UNSIGNED_BYTE, (void *)1024);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("from a pixel buffer");
	/* And into one. */
	glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo);
	glBufferData(GL_PIXEL_PACK_BUFFER, W * H * 4, NULL, GL_STREAM_READ);
	glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	void *m = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, W * H * 4, GL_MAP_READ_BIT);
	bytes("into a pixel buffer", m, m ? W * H * 4 : 0);
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	glBindBuffer(GL_COPY_READ_BUFFER, pbo);
	glBindBuffer(GL_COPY_WRITE_BUFFER, vbo);
	GLint64 big = 0;
	glGetBufferParameteri64v(GL_COPY_READ_BUFFER, GL_BUFFER_SIZE, &big);
	printf("size: %lld\n", (long long)big);
	caught("pixel buffers");
	/* Arrays, volumes, integers. */
	GLuint layers, cells, ints;
	glGenTextures(1, &layers);
	glGenTextures(1, &cells);
	glGenTextures(1, &ints);
	glActiveTexture(GL_TEXTURE1);
	glBindTexture(GL_TEXTURE_2D_ARRAY, layers);
	glTexImage3D(GL_TEXTURE_2D_ARRAY, 0, GL_RGBA8, 16, 8, 3, 0, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glGenerateMipmap(GL_TEXTURE_2D_ARRAY);
	glActiveTexture(GL_TEXTURE2);
	glBindTexture(GL_TEXTURE_3D, cells);
	glTexStorage3D(GL_TEXTURE_3D, 2, GL_RGB8, 8, 8, 8);
	glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 9);
	glPixelStorei(GL_UNPACK_SKIP_IMAGES, 1);
	glTexSubImage3D(GL_TEXTURE_3D, 0, 1, 2, 3, 5, 4, 3, GL_RGB, GL_UNSIGNED_BYTE, img);
	glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 0);
	glPixelStorei(GL_UNPACK_SKIP_IMAGES, 0);
	glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_SWIZZLE_R, GL_GREEN);
	glActiveTexture(GL_TEXTURE3);
	glBindTexture(GL_TEXTURE_2D, ints);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16UI, 8, 8, 0, GL_RGBA_INTEGER, GL_UNSIGNED_SHORT, img);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	GLuint p = program("layout(location = 0) in vec3 pos; out vec3 t; void main() { gl_Position = vec4(pos, 1.0); t = pos * 0.5 + 0.5; }\n",
	                   "precision highp float; precision highp sampler2DArray; precision highp sampler3D; precision highp usampler2D; in vec3 t; out vec4 a;\n"
	                   "uniform sampler2DArray l; uniform sampler3D v; uniform usampler2D i;\n"
	                   "void main() { a = texture(l, vec3(t.xy, floor(t.x * 3.0))) * 0.4 + texture(v, t) * 0.4 + vec4(texelFetch(i, ivec2(t.xy * 8.0), 0) & 255u) / 800.0; }\n");
	glUseProgram(p);
	glUniform1i(glGetUniformLocation(p, "l"), 1);
	glUniform1i(glGetUniformLocation(p, "v"), 2);
	glUniform1i(glGetUniformLocation(p, "i"), 3);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("array, volume, integers");
	/* An integer target. */
	GLuint fb, to;
	glGenFramebuffers(1, &fb);
	glGenTextures(1, &to);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, to);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA32I, 16, 16);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, layers, 0, 1);
	glReadPixels(0, 0, 16, 8, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	bytes("a layer", frame, 16 * 8 * 4);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, to, 0);
	static const GLint minus[] = {-1, -200000, 5, 6};
	glClearBufferiv(GL_COLOR, 0, minus);
	GLint back[16 * 16 * 4];
	glReadPixels(0, 0, 16, 16, GL_RGBA_INTEGER, GL_INT, back);
	bytes("integers", back, sizeof back);
	caught("reading normals of integers");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDeleteFramebuffers(1, &fb);
	const GLuint all[] = {tex, layers, cells, ints, to};
	glDeleteTextures(5, all);
	GLint v[64] = {0}, n = 0;
	glGetInternalformativ(GL_RENDERBUFFER, GL_RGBA8, GL_NUM_SAMPLE_COUNTS, 1, &n);
	glGetInternalformativ(GL_RENDERBUFFER, GL_RGBA8, GL_SAMPLES, 16, v);
	printf("sample counts: %d, %d\n", n, v[0]);
	glGetSamplerParameteriv(sampler, GL_TEXTURE_WRAP_S, v);
	printf("sampler: %#x %d\n", v[0], glIsSampler(sampler));
	glBindSampler(0, 9999);
	caught("a sampler that nobody made");
	glDeleteSamplers(1, &sampler);
	glDeleteBuffers(1, &pbo);
	glDeleteProgram(p);
	glUseProgram(plain);
	caught("textures");
}

static void feedback(void) {
	GLuint p = glCreateProgram(), v = shader(GL_VERTEX_SHADER, "layout(location = 0) in vec3 pos; out vec3 twice; flat out int id; void main() { twice = pos * 2.0; id = gl_VertexID; gl_Position = vec4(pos, 1.0); }\n"),
	       f = shader(GL_FRAGMENT_SHADER, "precision mediump float; out vec4 a; void main() { a = vec4(0.2, 0.7, 0.1, 1.0); }\n"), buf, q[3];
	glAttachShader(p, v);
	glAttachShader(p, f);
	static const char *names[] = {"twice", "id"};
	glTransformFeedbackVaryings(p, 2, names, GL_INTERLEAVED_ATTRIBS);
	linked(p);
	char name[16];
	GLsizei size;
	GLenum type;
	glGetTransformFeedbackVarying(p, 1, sizeof name, NULL, &size, &type, name);
	printf("varying %s: %#x, %d\n", name, type, size);
	glUseProgram(p);
	glGenBuffers(1, &buf);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, buf);
	glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, 256, NULL, GL_DYNAMIC_READ);
	glGenQueries(3, q);
	printf("is a query: %d", glIsQuery(q[0]));
	fresh();
	glBeginQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, q[0]);
	printf(" %d\n", glIsQuery(q[0]));
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	glEndTransformFeedback();
	glEndQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN);
	picture("drawn meanwhile");
	GLuint n = 0;
	glGetQueryObjectuiv(q[0], GL_QUERY_RESULT, &n);
	printf("written: %u\n", n);
	void *m = glMapBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 96, GL_MAP_READ_BIT);
	bytes("feedback", m, m ? 96 : 0);
	glUnmapBuffer(GL_TRANSFORM_FEEDBACK_BUFFER);
	/* What is seen. */
	fresh();
	glEnable(GL_DEPTH_TEST);
	glBeginQuery(GL_ANY_SAMPLES_PASSED, q[1]);
	glBeginQuery(GL_ANY_SAMPLES_PASSED_CONSERVATIVE, q[2]);
	caught("two that are one");
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glEndQuery(GL_ANY_SAMPLES_PASSED);
	glBeginQuery(GL_ANY_SAMPLES_PASSED_CONSERVATIVE, q[2]);
	glDepthFunc(GL_NEVER);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glEndQuery(GL_ANY_SAMPLES_PASSED_CONSERVATIVE);
	glDepthFunc(GL_LESS);
	glDisable(GL_DEPTH_TEST);
	GLuint a = 7, b = 7;
	glGetQueryObjectuiv(q[1], GL_QUERY_RESULT, &a);
	glGetQueryObjectuiv(q[2], GL_QUERY_RESULT, &b);
	printf("seen: %u %u\n", a, b);
	glBeginQuery(GL_SAMPLES_PASSED, q[1]);
	caught("samples are not counted");
	glBeginQuery(GL_ANY_SAMPLES_PASSED, 4711);
	caught("a query that nobody made");
	GLint now = -1;
	glGetQueryiv(GL_ANY_SAMPLES_PASSED, GL_CURRENT_QUERY, &now);
	printf("current: %d\n", now);
	glDeleteQueries(3, q);
	GLsync s = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	printf("sync: %d %d\n", glIsSync(s), glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 1000000000) != GL_TIMEOUT_EXPIRED);
	glDeleteSync(s);
	glDeleteProgram(p);
	glDeleteShader(v);
	glDeleteShader(f);
	glDeleteBuffers(1, &buf);
	glUseProgram(plain);
	caught("feedback");
}

static void questions(void) {
	GETI(GL_MAX_3D_TEXTURE_SIZE, 1);
	GETI(GL_MAX_ARRAY_TEXTURE_LAYERS, 1);
	GETI(GL_MAX_COLOR_ATTACHMENTS, 1);
	GETI(GL_MAX_DRAW_BUFFERS, 1);
	GETI(GL_MAX_SAMPLES, 1);
	GETI(GL_MAX_UNIFORM_BUFFER_BINDINGS, 1);
	GETI(GL_MAX_VARYING_COMPONENTS, 1);
	GETI(GL_MAX_ELEMENTS_INDICES, 1);
	GETI(GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT, 1);
	GETI(GL_NUM_PROGRAM_BINARY_FORMATS, 1);
	GETI(GL_VERTEX_ARRAY_BINDING, 1);
	GETI(GL_TRANSFORM_FEEDBACK_ACTIVE, 1);
	GETI(GL_RASTERIZER_DISCARD, 1);
	GETI(GL_PACK_ROW_LENGTH, 1);
	GETI(GL_CONTEXT_FLAGS, 1);
	GETI(GL_CONTEXT_ROBUST_ACCESS, 1);
	GETI(GL_RESET_NOTIFICATION_STRATEGY, 1);
	GLint64 l = 0;
	glGetInteger64v(GL_MAX_ELEMENT_INDEX, &l);
	printf("largest index: %lld\n", (long long)l);
	glGetInteger64v(GL_MAX_SERVER_WAIT_TIMEOUT, &l);
	printf("largest wait: %d\n", l > 0);
	GLint v[8] = {0};
	glGetIntegeri_v(GL_UNIFORM_BUFFER_BINDING, 3, v);
	printf("binding 3: %d\n", v[0]);
	caught("questions");
	static const GLenum lacks[] = {GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_IMAGES, GL_MAX_TEXTURE_UNITS, GL_PRIMITIVE_RESTART_INDEX, GL_LINE_SMOOTH};
	for (unsigned i = 0; i < sizeof lacks / sizeof *lacks; i++) {
		char name[32];
		glGetIntegerv(lacks[i], v);
		snprintf(name, sizeof name, "lacks %#x", lacks[i]);
		caught(name);
	}
	glGetIntegerv(GL_NUM_EXTENSIONS, v);
	printf("extensions: %d\n", v[0] > 20);
	int found = 0;
	for (GLint i = 0; i < v[0]; i++) {
		const char *e = (const char *)glGetStringi(GL_EXTENSIONS, (GLuint)i);
		found += e && (!strcmp(e, "GL_EXT_color_buffer_float") || !strcmp(e, "GL_OES_texture_float_linear"));
	}
	printf("found: %d\n", found);
	glGetStringi(GL_EXTENSIONS, 99999);
	caught("no such extension");
}

/* A context without a drawable draws into framebuffer objects only; and in a group with another. */
static void apart(void) {
	GLXContext more = conform_context(30, CONFORM_ES, ctx);
	GLuint tex, fb;
	static uint8_t px[32 * 16 * 4];
	printf("a second context: %d\n", more != NULL);
	if (!more || !glXMakeContextCurrent(dpy, None, None, more)) {
		puts("not without a drawable");
		return;
	}
	printf("status: %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	GETI(GL_VIEWPORT, 4);
	GETI(GL_SCISSOR_BOX, 4);
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_DRAW_BUFFER0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glReadPixels(0, 0, 4, 4, GL_RGBA, GL_UNSIGNED_BYTE, px);
	errors("nothing to draw to");
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 32, 16);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glViewport(0, 0, 32, 16);
	glClearColor(.2f, .4f, .6f, .8f);
	glClear(GL_COLOR_BUFFER_BIT);
	glUseProgram(plain);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, sizeof(vert), NULL);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), (void *)12);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	glReadPixels(0, 0, 32, 16, GL_RGBA, GL_UNSIGNED_BYTE, px);
	bytes("without a drawable", px, sizeof px);
	errors("apart");
	/* The same context with the window, first time: its viewport stays. */
	glXMakeCurrent(dpy, win, more);
	GETI(GL_VIEWPORT, 4);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 6);
	picture("the window from another context");
	caught("the second context");
	glXMakeCurrent(dpy, win, ctx);
	picture("the same from the first");
	glUseProgram(textured);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture("a texture of the other context");
	glXDestroyContext(dpy, more);
	caught("back");
}

int main(void) {
	shader_head = "#version 300 es\n";
	if (!conform_open(30, CONFORM_ES)) return 2;
	picture("nothing yet");
	objects();
	uniforms();
	targets();
	textures();
	feedback();
	questions();
	conform_swap();
	apart();
	conform_swap();
	fresh();
	glUseProgram(plain);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 6);
	picture("the next frame");
	conform_swap();
	caught("end");
	conform_close();
	return 0;
}
