/* OpenGL ES as programs for 2.0 use it: arrays and indices in the app's memory, invented names, shaders of `#version 100`, textures of unsized
 * formats, framebuffer objects, questions and errors. */
#include "conform.h"

#define GL_HALF_FLOAT_OES 0x8D61
void glDiscardFramebufferEXT(GLenum target, GLsizei n, const GLenum *attachments);
static void (*discard)(GLenum, GLsizei, const GLenum *);
static void *(*map_buffer)(GLenum, GLenum);
static GLboolean (*unmap_buffer)(GLenum);
static void (*gen_arrays)(GLsizei, GLuint *), (*bind_array)(GLuint), (*delete_arrays)(GLsizei, const GLuint *);
static GLboolean (*is_array)(GLuint);
static void (*multi_arrays)(GLenum, const GLint *, const GLsizei *, GLsizei);

static const char *plain_vertex = "attribute vec4 pos; attribute vec4 col; varying mediump vec4 c; uniform mat4 m;\n"
				  "void main() { gl_Position = m * pos; gl_PointSize = 7.0; c = col; }\n";
static const char *plain_fragment = "precision mediump float; varying vec4 c; void main() { gl_FragColor = c; }\n";
static const char *tex_vertex = "attribute vec2 pos; varying mediump vec2 t; void main() { gl_Position = vec4(pos, 0.0, 1.0); t = pos * 0.5 + 0.5; }\n";
static const char *tex_fragment = "precision mediump float; varying vec2 t; uniform sampler2D s; void main() { gl_FragColor = texture2D(s, t); }\n";
static GLuint plain, textured;
static const GLfloat identity[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};

typedef struct vert { float x, y; uint8_t c[4]; } vert;
static const vert fan[] = {{-.8f, -.8f, {255, 0, 0, 255}}, {.8f, -.7f, {0, 255, 0, 255}}, {.7f, .8f, {0, 0, 255, 255}}, {-.7f, .6f, {255, 255, 0, 255}},
                           {0, 0, {9, 9, 9, 255}}, {.2f, .9f, {0, 255, 255, 255}}};

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT); }

static GLuint es_program(const char *v, const char *f, const char *first) {
	GLuint p = glCreateProgram(), a = shader(GL_VERTEX_SHADER, v), b = shader(GL_FRAGMENT_SHADER, f);
	GLint ok = 0, n = 0;
	glAttachShader(p, a);
	glAttachShader(p, b);
	glBindAttribLocation(p, 0, first);
	glBindAttribLocation(p, 1, "col");
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramiv(p, GL_ACTIVE_UNIFORMS, &n);
	printf("program: %d, %d uniforms\n", ok, n);
	glDeleteShader(a);
	glDeleteShader(b);
	return p;
}

static void programs(void) {
	plain = es_program(plain_vertex, plain_fragment, "pos");
	textured = es_program(tex_vertex, tex_fragment, "pos");
	GLint size, n;
	GLenum type;
	char name[64];
	for (GLuint i = 0; i < 2; i++) {
		glGetActiveAttrib(plain, i, sizeof name, NULL, &size, &type, name);
		printf("attribute %s: %#x, %d, at %d\n", name, type, size, glGetAttribLocation(plain, name));
	}
	glGetActiveUniform(plain, 0, sizeof name, NULL, &size, &type, name);
	printf("uniform %s: %#x, %d\n", name, type, size);
	glGetProgramiv(plain, GL_ACTIVE_ATTRIBUTE_MAX_LENGTH, &n);
	printf("longest attribute: %d\n", n);
	glUseProgram(plain);
	glUniformMatrix4fv(glGetUniformLocation(plain, "m"), 1, GL_FALSE, identity);
	GLfloat back[16];
	glGetUniformfv(plain, glGetUniformLocation(plain, "m"), back);
	bytes("uniform", back, sizeof back);
	GLuint bad = shader(GL_FRAGMENT_SHADER, "void main() { gl_FragColor = vec4(1.0) }\n");
	GLint log = 0;
	glGetShaderiv(bad, GL_INFO_LOG_LENGTH, &log);
	printf("a log: %d\n", log > 10);
	glDeleteShader(bad);
	caught("programs");
	glUniform1f(77, 1);
	caught("no such location");
	glUniformMatrix4fv(glGetUniformLocation(plain, "m"), 1, GL_TRUE, identity);
	caught("transpose");
	glGetProgramiv(plain, GL_GEOMETRY_VERTICES_OUT, &n);
	caught("no geometry");
	glUniformMatrix4fv(glGetUniformLocation(plain, "m"), 1, GL_FALSE, identity);
	caught("once more");
}

static void arrays(void) {
	glUseProgram(plain);
	fresh();
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vert), &fan[0].x);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), fan[0].c);
	glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
	picture("arrays in memory");
	fresh();
	glDrawArrays(GL_TRIANGLES, 3, 3);
	picture("arrays from 3");
	static const uint8_t i8[] = {0, 2, 5, 1, 4, 3};
	static const uint16_t i16[] = {5, 1, 2, 0, 3, 4};
	static const uint32_t i32[] = {0, 1, 2, 2, 3, 5};
	fresh();
	glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_BYTE, i8);
	picture("byte indices");
	fresh();
	glDrawElements(GL_TRIANGLE_STRIP, 6, GL_UNSIGNED_SHORT, i16);
	picture("short indices");
	fresh();
	glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_INT, i32);
	picture("int indices");
	fresh();
	glLineWidth(3);
	glDrawArrays(GL_LINE_LOOP, 0, 6);
	glLineWidth(1);
	glDrawArrays(GL_POINTS, 0, 6);
	picture("lines and points");
	GLint first[] = {0, 3};
	GLsizei count[] = {3, 3};
	fresh();
	multi_arrays(GL_TRIANGLES, first, count, 2);
	picture("several at once");

	/* Fixed point, half floats, normalised shorts. */
	static const GLint fixed[] = {-50000, -40000, 60000, -30000, 0, 60000};
	static const uint16_t half[] = {0x3c00, 0, 0x3800, 0x3c00, 0, 0x3c00, 0x3400, 0x3c00, 0x3a00, 0x3b00, 0, 0x3c00};
	static const GLshort shorts[] = {-32767, -20000, 32767, -32767, 10000, 32767};
	fresh();
	glVertexAttribPointer(0, 2, GL_FIXED, GL_FALSE, 0, fixed);
	glVertexAttribPointer(1, 4, GL_HALF_FLOAT_OES, GL_FALSE, 0, half);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("fixed and half");
	GLint type = 0;
	glGetVertexAttribiv(1, GL_VERTEX_ATTRIB_ARRAY_TYPE, &type);
	printf("its type: %#x\n", type);
	fresh();
	glVertexAttribPointer(0, 2, GL_SHORT, GL_TRUE, 0, shorts);
	glDisableVertexAttribArray(1);
	glVertexAttrib4f(1, .2f, .9f, .5f, 1);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("shorts, one colour");
	GLfloat now[4];
	glGetVertexAttribfv(1, GL_CURRENT_VERTEX_ATTRIB, now);
	bytes("current", now, sizeof now);
	void *p = NULL;
	glGetVertexAttribPointerv(0, GL_VERTEX_ATTRIB_ARRAY_POINTER, &p);
	printf("pointer: %d\n", p == shorts);

	/* A buffer with a name that nobody made. */
	glBindBuffer(GL_ARRAY_BUFFER, 4711);
	printf("is a buffer: %d %d\n", glIsBuffer(4711), glIsBuffer(4712));
	glBufferData(GL_ARRAY_BUFFER, sizeof fan, fan, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vert), NULL);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glEnableVertexAttribArray(1);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), fan[0].c);
	fresh();
	glDrawArrays(GL_TRIANGLE_FAN, 0, 5);
	picture("mixed arrays");
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 12);
	glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof i16, i16, GL_STREAM_DRAW);
	fresh();
	glDrawElements(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, (void *)4);
	picture("element buffer");
	glBindBuffer(GL_ARRAY_BUFFER, 4711);
	uint8_t *m = map_buffer(GL_ARRAY_BUFFER, GL_WRITE_ONLY);
	if (m) memcpy(m, fan + 1, sizeof fan[0]);
	printf("mapped: %d, unmapped: %d\n", m != NULL, unmap_buffer(GL_ARRAY_BUFFER));
	fresh();
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
	glDrawArrays(GL_TRIANGLE_FAN, 0, 6);
	picture("after the map");
	map_buffer(GL_ARRAY_BUFFER, GL_READ_ONLY);
	caught("arrays");
	GLint v = 0;
	glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_USAGE, &v);
	printf("usage: %#x\n", v);

	/* An array object: arrays in memory are errors there. */
	GLuint vao = 0;
	gen_arrays(1, &vao);
	printf("an array object: %d", is_array(vao));
	bind_array(vao);
	printf(" %d\n", is_array(vao));
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vert), NULL);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), (void *)8);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	fresh();
	glDrawArrays(GL_TRIANGLES, 1, 3);
	picture("array object");
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), fan[0].c);
	caught("memory in an array object");
	bind_array(0);
	delete_arrays(1, &vao);
	bind_array(999);
	caught("an array object that nobody made");
	const GLuint gone[] = {4711, 12};
	glDeleteBuffers(2, gone);
	printf("is a buffer: %d\n", glIsBuffer(4711));
	glVertexAttribPointer(0, 2, GL_DOUBLE, GL_FALSE, 0, fan);
	caught("doubles");
	glVertexAttribPointer(0, GL_BGRA, GL_UNSIGNED_BYTE, GL_TRUE, 0, fan);
	caught("BGRA");
	glVertexAttribPointer(0, 5, GL_FLOAT, GL_FALSE, 0, fan);
	caught("five");
	glVertexAttribPointer(99, 2, GL_FLOAT, GL_FALSE, 0, fan);
	caught("99");
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vert), fan);
	glDrawArrays(GL_QUADS, 0, 4);
	caught("quads");
	glDrawArrays(GL_TRIANGLES, 0, -1);
	caught("minus one");
	glDrawElements(GL_TRIANGLES, 3, GL_FLOAT, i16);
	caught("float indices");
	glDisableVertexAttribArray(1);
}

static const float square[] = {-.9f, -.9f, .9f, -.9f, -.9f, .9f, .9f, .9f};
static void quad(void) {
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, square);
	glEnableVertexAttribArray(0);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

static void textures(void) {
	static uint8_t img[64 * 64 * 16];
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 37 + i / 251);
	for (size_t i = 0; i < sizeof img / 4; i++) img[4 * i + 1] &= 0x3b, img[4 * i + 3] &= 0x3b; /* no half or float that is not a number */
	glUseProgram(textured);
	glUniform1i(glGetUniformLocation(textured, "s"), 0);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, 77); /* nobody made it */
	printf("is a texture: %d %d\n", glIsTexture(77), glIsTexture(78));
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	static const struct { GLenum internal, format, type; GLint align, length; } cases[] = {
		{GL_RGB, GL_RGB, GL_UNSIGNED_BYTE, 4, 0}, {GL_RGB, GL_RGB, GL_UNSIGNED_BYTE, 1, 37}, {GL_RGBA, GL_RGBA, GL_UNSIGNED_BYTE, 8, 0},
		{GL_RGB, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, 4, 0}, {GL_RGBA, GL_RGBA, GL_UNSIGNED_SHORT_4_4_4_4, 2, 0}, {GL_RGBA, GL_RGBA, GL_UNSIGNED_SHORT_5_5_5_1, 1, 0},
		{GL_LUMINANCE, GL_LUMINANCE, GL_UNSIGNED_BYTE, 4, 0}, {GL_ALPHA, GL_ALPHA, GL_UNSIGNED_BYTE, 1, 0},
		{GL_LUMINANCE_ALPHA, GL_LUMINANCE_ALPHA, GL_UNSIGNED_BYTE, 4, 0}, {GL_BGRA, GL_BGRA, GL_UNSIGNED_BYTE, 4, 0},
		{GL_RGBA, GL_RGBA, GL_HALF_FLOAT_OES, 4, 0}, {GL_RGBA, GL_RGBA, GL_FLOAT, 4, 0}, {GL_RGB, GL_RGB, GL_FLOAT, 4, 35},
		{GL_RGBA, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, 4, 0}, {GL_RED, GL_RED, GL_UNSIGNED_BYTE, 1, 0}, {GL_RG, GL_RG, GL_UNSIGNED_BYTE, 1, 0},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[64];
		glPixelStorei(GL_UNPACK_ALIGNMENT, cases[i].align);
		glPixelStorei(GL_UNPACK_ROW_LENGTH, cases[i].length);
		glTexImage2D(GL_TEXTURE_2D, 0, (GLint)cases[i].internal, 31, 29, 0, cases[i].format, cases[i].type, img);
		glTexSubImage2D(GL_TEXTURE_2D, 0, 3, 5, 9, 7, cases[i].format, cases[i].type, img + 640);
		fresh();
		quad();
		snprintf(name, sizeof name, "texture %u", i);
		picture(name);
		caught(name);
	}
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 32, 32, 0, GL_RGB, GL_UNSIGNED_BYTE, img);
	caught("a format that is not the texture's");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 32, 32, 0, GL_RGBA, GL_UNSIGNED_INT_8_8_8_8_REV, img);
	caught("a type that ES lacks");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 32, 32, 0, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glGenerateMipmap(GL_TEXTURE_2D);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_MIRRORED_REPEAT);
	fresh();
	quad();
	picture("mipmaps");
	GLint v = 0;
	glGetTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, &v);
	printf("filter: %#x\n", v);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP);
	caught("clamp");
	/* Of the window. */
	glUseProgram(plain);
	arrays();
	glUseProgram(textured);
	glBindTexture(GL_TEXTURE_2D, 77);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 40, 30, 128, 90, 0);
	fresh();
	quad();
	picture("copied from the window");
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 8, 9, 60, 40, 70, 60);
	fresh();
	quad();
	picture("a part copied from the window");
	caught("textures");
	/* A cube. */
	GLuint cube;
	glGenTextures(1, &cube);
	glBindTexture(GL_TEXTURE_CUBE_MAP, cube);
	for (int i = 0; i < 6; i++) glTexImage2D(GL_TEXTURE_CUBE_MAP_POSITIVE_X + (GLenum)i, 0, GL_RGB, 8, 8, 0, GL_RGB, GL_UNSIGNED_BYTE, img + 100 * i);
	glTexParameteri(GL_TEXTURE_CUBE_MAP, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	GLuint p = es_program("attribute vec2 pos; varying mediump vec3 d; void main() { gl_Position = vec4(pos, 0.0, 1.0); d = vec3(pos, pos.x * pos.y); }\n",
	                      "precision mediump float; varying vec3 d; uniform samplerCube s; void main() { gl_FragColor = textureCube(s, d); }\n", "pos");
	glUseProgram(p);
	fresh();
	quad();
	picture("cube");
	glDeleteProgram(p);
	glDeleteTextures(1, &cube);
	/* Etc1 has no encoder here: any bytes are a picture. */
	glBindTexture(GL_TEXTURE_2D, 77);
	glCompressedTexImage2D(GL_TEXTURE_2D, 0, 0x8D64, 32, 32, 0, 512, img);
	glUseProgram(textured);
	fresh();
	quad();
	picture("etc1");
	caught("cube and etc1");
}

static void framebuffers(void) {
	glUseProgram(textured);
	glBindTexture(GL_TEXTURE_2D, 201);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 90, 70, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	glBindFramebuffer(GL_FRAMEBUFFER, 88);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, 201, 0);
	glBindRenderbuffer(GL_RENDERBUFFER, 89);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT16, 90, 70);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, 89);
	printf("complete: %#x; %d %d\n", glCheckFramebufferStatus(GL_FRAMEBUFFER), glIsFramebuffer(88), glIsRenderbuffer(89));
	GLint v[4] = {0};
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, v);
	glGetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_DEPTH_SIZE, v + 1);
	glGetIntegerv(GL_IMPLEMENTATION_COLOR_READ_FORMAT, v + 2);
	glGetIntegerv(GL_IMPLEMENTATION_COLOR_READ_TYPE, v + 3);
	printf("attachment %d, depth %d, read %#x %#x\n", v[0], v[1], v[2], v[3]);
	glViewport(0, 0, 90, 70);
	glEnable(GL_DEPTH_TEST);
	glClearColor(.1f, .3f, .6f, 1);
	glClearDepthf(.7f);
	fresh();
	glUseProgram(plain);
	glEnableVertexAttribArray(1);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vert), &fan[0].x);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), fan[0].c);
	glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
	memset(frame, 0, sizeof frame);
	glReadPixels(0, 0, 90, 70, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	bytes("framebuffer object", frame, sizeof frame);
	glDisableVertexAttribArray(1);
	const GLenum given[] = {GL_DEPTH_ATTACHMENT};
	discard(GL_FRAMEBUFFER, 1, given);
	caught("discard");
	const GLenum wrong[] = {GL_COLOR};
	discard(GL_FRAMEBUFFER, 1, wrong);
	caught("discard of what is not there");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDisable(GL_DEPTH_TEST);
	glClearColor(0, 0, 0, 0);
	glClearDepthf(1);
	glViewport(0, 0, W, H);
	glUseProgram(textured);
	fresh();
	quad();
	picture("drawn with what was drawn");
	discard(GL_FRAMEBUFFER, 1, wrong);
	caught("discard of the window's colour");
	const GLuint fb = 88, rb = 89, tex = 201;
	glDeleteFramebuffers(1, &fb);
	glDeleteRenderbuffers(1, &rb);
	glDeleteTextures(1, &tex);
	printf("complete: %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	GETI(GL_FRAMEBUFFER_BINDING, 1);
	glReadPixels(0, 0, 10, 10, GL_LUMINANCE, GL_UNSIGNED_BYTE, frame);
	caught("luminance is not read");
	memset(frame, 0, sizeof frame);
	glReadPixels(0, 0, W, H, GL_BGRA, GL_UNSIGNED_BYTE, frame);
	bytes("BGRA", frame, sizeof frame);
	GETI(GL_IMPLEMENTATION_COLOR_READ_FORMAT, 1);
	GETI(GL_IMPLEMENTATION_COLOR_READ_TYPE, 1);
	caught("framebuffers");
}

static void state(void) {
	fresh();
	glUseProgram(plain);
	glEnable(GL_BLEND);
	glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ZERO);
	glBlendColor(.1f, .2f, .3f, .4f);
	glVertexAttrib4f(1, .9f, .4f, .1f, .6f);
	quad();
	glBlendEquation(GL_MAX);
	glVertexAttrib4f(1, .1f, .9f, .1f, .3f);
	glEnable(GL_SCISSOR_TEST);
	glScissor(30, 20, 90, 100);
	quad();
	glBlendEquation(GL_FUNC_ADD);
	glDisable(GL_BLEND);
	glEnable(GL_STENCIL_TEST);
	glStencilFuncSeparate(GL_FRONT_AND_BACK, GL_EQUAL, 0, 255);
	glStencilOp(GL_KEEP, GL_KEEP, GL_INCR);
	glScissor(0, 0, 110, 75);
	quad();
	glVertexAttrib4f(1, .3f, .1f, .9f, 1);
	glDisable(GL_SCISSOR_TEST);
	quad();
	glDisable(GL_STENCIL_TEST);
	picture("blending, scissor, stencil");
	glColorMask(GL_TRUE, GL_FALSE, GL_TRUE, GL_TRUE);
	glEnable(GL_CULL_FACE);
	glCullFace(GL_FRONT);
	quad();
	glFrontFace(GL_CW);
	quad();
	glDisable(GL_CULL_FACE);
	glFrontFace(GL_CCW);
	glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
	picture("masks and faces");
	glDepthRangef(.2f, .6f);
	GLfloat f[4];
	glGetFloatv(GL_DEPTH_RANGE, f);
	bytes("depth range", f, 8);
	glDepthRangef(0, 1);
	glPolygonOffset(1, 2);
	glSampleCoverage(.5f, GL_FALSE);
	glHint(GL_GENERATE_MIPMAP_HINT, GL_NICEST);
	caught("state");
	GETI(GL_SCISSOR_BOX, 4);
	GETI(GL_VIEWPORT, 4);
	GETI(GL_BLEND_SRC_ALPHA, 1);
	GETI(GL_STENCIL_FUNC, 1);
	GETI(GL_MAX_VERTEX_ATTRIBS, 1);
	GETI(GL_MAX_VERTEX_UNIFORM_VECTORS, 1);
	GETI(GL_MAX_VARYING_VECTORS, 1);
	GETI(GL_MAX_FRAGMENT_UNIFORM_VECTORS, 1);
	GETI(GL_MAX_TEXTURE_SIZE, 1);
	GETI(GL_MAX_CUBE_MAP_TEXTURE_SIZE, 1);
	GETI(GL_MAX_RENDERBUFFER_SIZE, 1);
	GETI(GL_MAX_VIEWPORT_DIMS, 2);
	GETI(GL_SUBPIXEL_BITS, 1);
	GETI(GL_RED_BITS, 1);
	GETI(GL_ALPHA_BITS, 1);
	GETI(GL_DEPTH_BITS, 1);
	GETI(GL_STENCIL_BITS, 1);
	GETI(GL_SAMPLES, 1);
	GETI(GL_SHADER_COMPILER, 1);
	GETI(GL_NUM_SHADER_BINARY_FORMATS, 1);
	GETI(GL_UNPACK_ALIGNMENT, 1);
	GETI(GL_ARRAY_BUFFER_BINDING, 1);
	GETI(GL_CURRENT_PROGRAM, 1);
	GETI(GL_ACTIVE_TEXTURE, 1);
	GETI(GL_TEXTURE_BINDING_2D, 1);
	GLint n = 0, list[256];
	glGetIntegerv(GL_NUM_COMPRESSED_TEXTURE_FORMATS, &n);
	memset(list, 0, sizeof list);
	if (n < 256) glGetIntegerv(GL_COMPRESSED_TEXTURE_FORMATS, list);
	printf("compressed formats: %d\n", n);
	bytes("which", list, sizeof list);
	caught("questions");
	/* What ES lacks. */
	static const GLenum lacks[] = {GL_CLIENT_ACTIVE_TEXTURE, GL_RENDER_MODE, GL_LIST_INDEX, GL_UNPACK_SWAP_BYTES, GL_MAX_TEXTURE_COORDS, GL_VERTEX_ARRAY,
	                               GL_VERTEX_ARRAY_SIZE, GL_DRAW_BUFFER, GL_DOUBLEBUFFER, GL_CONTEXT_PROFILE_MASK, GL_MAX_CLIENT_ATTRIB_STACK_DEPTH, GL_POINT_SIZE};
	for (unsigned i = 0; i < sizeof lacks / sizeof *lacks; i++) {
		char name[32];
		glGetIntegerv(lacks[i], list);
		snprintf(name, sizeof name, "lacks %#x", lacks[i]);
		caught(name);
	}
	glPixelStorei(GL_UNPACK_SWAP_BYTES, 1);
	caught("swapped bytes");
	glPixelStorei(GL_PACK_LSB_FIRST, 1);
	caught("bits from the other end");
	glPixelStorei(GL_UNPACK_ALIGNMENT, 3);
	caught("alignment 3");
	glEnable(GL_TEXTURE_2D);
	caught("texturing");
	glEnable(GL_PRIMITIVE_RESTART);
	caught("restart");
	glIsEnabled(GL_VERTEX_ARRAY);
	caught("is an array enabled");
	glEnable(GL_DITHER);
	printf("dither %d, blend %d\n", glIsEnabled(GL_DITHER), glIsEnabled(GL_BLEND));
	glBlendFunc(GL_SRC1_COLOR, 4);
	caught("blend function");
	glGetString(GL_COLOR);
	caught("string");
	glHint(GL_FOG_HINT, GL_NICEST);
	caught("fog");
}

int main(void) {
	shader_head = "#version 100\n";
	if (!conform_open(20, CONFORM_ES)) return 2;
	static const struct { void *at; const char *name; } find[] = {
		{&discard, "glDiscardFramebufferEXT"}, {&map_buffer, "glMapBufferOES"}, {&unmap_buffer, "glUnmapBufferOES"}, {&gen_arrays, "glGenVertexArraysOES"},
		{&bind_array, "glBindVertexArrayOES"}, {&delete_arrays, "glDeleteVertexArraysOES"}, {&is_array, "glIsVertexArrayOES"}, {&multi_arrays, "glMultiDrawArraysEXT"}};
	for (unsigned i = 0; i < sizeof find / sizeof *find; i++) *(void **)find[i].at = (void *)glXGetProcAddressARB((const GLubyte *)find[i].name);
	printf("ES: %d %d\n", !strncmp((const char *)glGetString(GL_VERSION), "OpenGL ES ", 10),
	       !strncmp((const char *)glGetString(GL_SHADING_LANGUAGE_VERSION), "OpenGL ES GLSL ES ", 18));
	picture("nothing yet");
	programs();
	arrays();
	textures();
	framebuffers();
	state();
	conform_swap();
	fresh();
	arrays();
	picture("the next frame");
	conform_swap();
	caught("end");
	conform_close();
	return 0;
}
