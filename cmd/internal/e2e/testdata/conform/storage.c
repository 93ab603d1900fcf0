/* Textures and framebuffer objects of 4.2 to 4.4: immutable storage, views, clears, copies, several bindings at once, formats. */
#include "conform.h"

static uint8_t img[64 * 64 * 16], back[64 * 64 * 16 * 6];

static void judged(const char *name) { /* what a node finds reaches the app with the next answer */
	glIsEnabled(GL_DITHER);
	errors(name);
}
static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }
static void quad(float x, float y, float size) {
	glBegin(GL_QUADS);
	glTexCoord3f(0, 0, .3f), glVertex2f(x, y);
	glTexCoord3f(1, 0, .3f), glVertex2f(x + size, y);
	glTexCoord3f(1, 1, .8f), glVertex2f(x + size, y + size);
	glTexCoord3f(0, 1, .8f), glVertex2f(x, y + size);
	glEnd();
}
static void level_bytes(const char *name, GLenum target, GLint level, GLenum format, GLenum type) {
	memset(back, 0x33, sizeof back);
	glGetTexImage(target, level, format, type, back);
	bytes(name, back, sizeof back);
}
static void nearest(GLenum target) {
	glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
}
static void texture_told(const char *name, GLenum target) {
	static const GLenum what[] = {GL_TEXTURE_IMMUTABLE_FORMAT, GL_TEXTURE_IMMUTABLE_LEVELS, GL_TEXTURE_VIEW_MIN_LEVEL, GL_TEXTURE_VIEW_NUM_LEVELS,
	                              GL_TEXTURE_VIEW_MIN_LAYER, GL_TEXTURE_VIEW_NUM_LAYERS, GL_IMAGE_FORMAT_COMPATIBILITY_TYPE};
	printf("%s:", name);
	for (unsigned i = 0; i < sizeof what / sizeof *what; i++) {
		GLint v = -1;
		glGetTexParameteriv(target, what[i], &v);
		printf(" %d", v);
	}
	GLint w, h, f;
	glGetTexLevelParameteriv(target, 0, GL_TEXTURE_WIDTH, &w);
	glGetTexLevelParameteriv(target, 0, GL_TEXTURE_HEIGHT, &h);
	glGetTexLevelParameteriv(target, 0, GL_TEXTURE_INTERNAL_FORMAT, &f);
	printf("; %d %d %#x\n", w, h, f);
}

static void storage(void) {
	static const struct { GLenum target, enable; int dims; } all[] = {
		{GL_TEXTURE_1D, GL_TEXTURE_1D, 1}, {GL_TEXTURE_2D, GL_TEXTURE_2D, 2}, {GL_TEXTURE_1D_ARRAY, 0, 2}, {GL_TEXTURE_RECTANGLE, GL_TEXTURE_RECTANGLE, 2},
		{GL_TEXTURE_3D, GL_TEXTURE_3D, 3}, {GL_TEXTURE_2D_ARRAY, 0, 3}, {GL_TEXTURE_CUBE_MAP, GL_TEXTURE_CUBE_MAP, 2}, {GL_TEXTURE_CUBE_MAP_ARRAY, 0, 3},
	};
	static const GLenum formats[] = {GL_RGBA8, GL_R16F, GL_RGB565, GL_RGB10_A2, GL_SRGB8_ALPHA8};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		GLuint t;
		const GLenum target = all[i].target, face = target == GL_TEXTURE_CUBE_MAP ? GL_TEXTURE_CUBE_MAP_NEGATIVE_Y : target;
		const GLsizei levels = target == GL_TEXTURE_RECTANGLE ? 1 : 3;
		glGenTextures(1, &t);
		glBindTexture(target, t);
		nearest(target);
		if (all[i].dims == 1) glTexStorage1D(target, levels, formats[i % 5], 32);
		else if (all[i].dims == 2) glTexStorage2D(target, levels, formats[i % 5], 32, target == GL_TEXTURE_CUBE_MAP ? 32 : 16);
		else glTexStorage3D(target, levels, formats[i % 5], 32, 32, 12);
		judged("storage");
		for (GLint l = 0; l < levels; l++) {
			if (all[i].dims == 1) glTexSubImage1D(face, l, 1, 6, GL_RGBA, GL_UNSIGNED_BYTE, img);
			else if (all[i].dims == 2) glTexSubImage2D(face, l, 1, 2, 5, 2, GL_BGRA, GL_UNSIGNED_BYTE, img);
			else glTexSubImage3D(face, l, 1, 2, l ? 0 : 3, 5, 4, 2, GL_RGBA, GL_UNSIGNED_SHORT, img);
		}
		texture_told("storage", face == target ? target : GL_TEXTURE_CUBE_MAP_NEGATIVE_Y);
		level_bytes("level 0", face, 0, GL_RGBA, GL_UNSIGNED_BYTE);
		if (levels > 1) level_bytes("level 2", face, 2, GL_RGBA, GL_UNSIGNED_BYTE);
		if (all[i].enable) {
			fresh();
			glEnable(all[i].enable);
			glMatrixMode(GL_TEXTURE);
			if (target == GL_TEXTURE_RECTANGLE) glScalef(32, 16, 1);
			quad(-.8f, -.8f, 1.5f);
			glLoadIdentity();
			glMatrixMode(GL_MODELVIEW);
			glDisable(all[i].enable);
			picture("storage drawn");
		}
		glTexStorage2D(target, 1, GL_RGBA8, 4, 4); /* of another shape, or a second time */
		judged("storage again");
		if (all[i].dims == 2) glTexImage2D(face, 0, GL_RGBA8, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		judged("an image for what is immutable");
		glDeleteTextures(1, &t);
	}
	GLuint t[2];
	glGenTextures(2, t);
	glBindTexture(GL_TEXTURE_2D, t[0]);
	glTexStorage2D(GL_TEXTURE_2D, 9, GL_RGBA8, 32, 32);
	judged("too many levels");
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA, 32, 32);
	judged("no sized format");
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 0, 32);
	judged("no width");
	glTexStorage2D(GL_TEXTURE_2D, 3, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 32, 32);
	glCompressedTexSubImage2D(GL_TEXTURE_2D, 0, 8, 4, 16, 12, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 192, img);
	level_bytes("compressed", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	memset(back, 0, sizeof back);
	glGetCompressedTexImage(GL_TEXTURE_2D, 0, back);
	bytes("compressed bytes", back, sizeof back);
	glBindTexture(GL_TEXTURE_2D_MULTISAMPLE, t[1]);
	glTexStorage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, 4, GL_RGBA8, 20, 10, GL_TRUE);
	GLint v[2] = {0};
	glGetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_SAMPLES, v);
	glGetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_FIXED_SAMPLE_LOCATIONS, v + 1);
	printf("multisample: %d %d\n", v[0], v[1]);
	glDeleteTextures(2, t);
	glGenTextures(1, t);
	glBindTexture(GL_TEXTURE_2D_MULTISAMPLE_ARRAY, t[0]);
	glTexStorage3DMultisample(GL_TEXTURE_2D_MULTISAMPLE_ARRAY, 4, GL_RGBA8, 20, 10, 3, GL_FALSE);
	glGetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE_ARRAY, 0, GL_TEXTURE_DEPTH, v);
	printf("multisample array: %d\n", v[0]);
	glDeleteTextures(1, t);
	judged("storage");
}

static void views(void) {
	GLuint t[5];
	glGenTextures(5, t);
	glBindTexture(GL_TEXTURE_2D_ARRAY, t[0]);
	glTexStorage3D(GL_TEXTURE_2D_ARRAY, 3, GL_RGBA8, 16, 16, 12);
	glTexSubImage3D(GL_TEXTURE_2D_ARRAY, 0, 0, 0, 0, 16, 16, 12, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glTexSubImage3D(GL_TEXTURE_2D_ARRAY, 1, 0, 0, 0, 8, 8, 12, GL_RGBA, GL_UNSIGNED_BYTE, img + 77);
	printf("is texture: %d", glIsTexture(t[1]));
	glTextureView(t[1], GL_TEXTURE_2D, t[0], GL_RGBA8UI, 0, 2, 5, 1);
	printf(" %d\n", glIsTexture(t[1]));
	glBindTexture(GL_TEXTURE_2D, t[1]);
	nearest(GL_TEXTURE_2D);
	texture_told("view", GL_TEXTURE_2D);
	level_bytes("view", GL_TEXTURE_2D, 0, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE);
	level_bytes("view", GL_TEXTURE_2D, 1, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE);
	glTextureView(t[2], GL_TEXTURE_CUBE_MAP, t[0], GL_SRGB8_ALPHA8, 1, 2, 3, 6);
	glBindTexture(GL_TEXTURE_CUBE_MAP, t[2]);
	nearest(GL_TEXTURE_CUBE_MAP);
	texture_told("view", GL_TEXTURE_CUBE_MAP_POSITIVE_X);
	level_bytes("view", GL_TEXTURE_CUBE_MAP_NEGATIVE_Z, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glEnable(GL_TEXTURE_CUBE_MAP);
	fresh();
	quad(-.7f, -.9f, 1.7f);
	picture("cube view");
	glDisable(GL_TEXTURE_CUBE_MAP);
	/* what is written to the view is seen in what it looks at */
	glTexSubImage2D(GL_TEXTURE_2D, 0, 2, 2, 4, 4, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, img + 5);
	level_bytes("under the view", GL_TEXTURE_2D_ARRAY, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glTextureView(t[3], GL_TEXTURE_2D, t[0], GL_RGBA32F, 0, 1, 0, 1);
	judged("a view of another class");
	glTextureView(t[3], GL_TEXTURE_3D, t[0], GL_RGBA8, 0, 1, 0, 1);
	judged("a view of another shape");
	glTextureView(t[1], GL_TEXTURE_2D, t[0], GL_RGBA8, 0, 1, 0, 1);
	judged("a view that is a texture");
	glDeleteTextures(1, t); /* views keep what they look at */
	level_bytes("after the first is gone", GL_TEXTURE_2D, 0, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE);
	glDeleteTextures(4, t + 1);
	judged("views");
}

static void clears(void) {
	GLuint t, r;
	static const GLfloat f[] = {.25f, .5f, 1, .75f};
	static const GLushort s[] = {0xf81f, 0x1234};
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 20, 12, 0, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glPixelStorei(GL_UNPACK_SKIP_PIXELS, 3), glPixelStorei(GL_UNPACK_ROW_LENGTH, 7), glPixelStorei(GL_UNPACK_SWAP_BYTES, 1); /* no matter here */
	glClearTexImage(t, 0, GL_RGBA, GL_FLOAT, f);
	level_bytes("cleared", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glClearTexSubImage(t, 0, 3, 2, 0, 5, 6, 1, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, s);
	level_bytes("cleared in part", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glClearTexSubImage(t, 0, 10, 1, 0, 5, 6, 1, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	level_bytes("cleared to nothing", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	GLuint pbo;
	glGenBuffers(1, &pbo);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
	glBufferData(GL_PIXEL_UNPACK_BUFFER, 64, img, GL_STATIC_DRAW);
	glClearTexImage(t, 0, GL_RGBA, GL_FLOAT, f);
	level_bytes("cleared with a buffer bound", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	glDeleteBuffers(1, &pbo);
	glPixelStorei(GL_UNPACK_SKIP_PIXELS, 0), glPixelStorei(GL_UNPACK_ROW_LENGTH, 0), glPixelStorei(GL_UNPACK_SWAP_BYTES, 0);
	judged("clears");
	glClearTexImage(t, 0, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, img);
	judged("cleared by integers");
	glClearTexImage(t, 0, GL_DEPTH_COMPONENT, GL_FLOAT, f);
	judged("cleared by depth");
	glClearTexImage(t, 0, GL_RGBA, GL_FRONT, img);
	judged("cleared by nonsense");
	glClearTexImage(t, 5, GL_RGBA, GL_FLOAT, f);
	judged("a level that is not there");
	glClearTexSubImage(t, 0, 10, 0, 0, 30, 1, 1, GL_RGBA, GL_FLOAT, f);
	judged("too wide");
	glClearTexImage(0, 0, GL_RGBA, GL_FLOAT, f);
	judged("no texture");
	glClearTexImage(9999, 0, GL_RGBA, GL_FLOAT, f);
	judged("no such texture");
	glDeleteTextures(1, &t);
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH24_STENCIL8, 20, 12, 0, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, NULL);
	static const GLuint ds = 0x80000055;
	glClearTexImage(t, 0, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, &ds);
	level_bytes("cleared depth", GL_TEXTURE_2D, 0, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8);
	glDeleteTextures(1, &t);
	judged("clears");

	/* copies between images */
	GLuint c[4];
	glGenTextures(4, c);
	glBindTexture(GL_TEXTURE_2D, c[0]);
	glTexStorage2D(GL_TEXTURE_2D, 2, GL_RGBA8, 32, 32);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 32, 32, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glBindTexture(GL_TEXTURE_2D_ARRAY, c[1]);
	glTexStorage3D(GL_TEXTURE_2D_ARRAY, 1, GL_R32UI, 24, 24, 4);
	glClearTexImage(c[1], 0, GL_RED_INTEGER, GL_UNSIGNED_INT, img);
	glCopyImageSubData(c[0], GL_TEXTURE_2D, 0, 3, 4, 0, c[1], GL_TEXTURE_2D_ARRAY, 0, 5, 6, 2, 10, 12, 1);
	level_bytes("copied into a layer", GL_TEXTURE_2D_ARRAY, 0, GL_RED_INTEGER, GL_UNSIGNED_INT);
	glGenRenderbuffers(1, &r);
	glBindRenderbuffer(GL_RENDERBUFFER, r);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, 40, 30);
	glCopyImageSubData(c[0], GL_TEXTURE_2D, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 7, 1, 0, 20, 25, 1);
	glClearTexImage(c[0], 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glCopyImageSubData(r, GL_RENDERBUFFER, 0, 9, 3, 0, c[0], GL_TEXTURE_2D, 0, 2, 2, 0, 16, 18, 1);
	level_bytes("copied through a renderbuffer", GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE);
	glBindTexture(GL_TEXTURE_CUBE_MAP, c[2]);
	glTexStorage2D(GL_TEXTURE_CUBE_MAP, 1, GL_RGBA8, 16, 16);
	for (int i = 0; i < 6; i++) glTexSubImage2D(GL_TEXTURE_CUBE_MAP_POSITIVE_X + (GLenum)i, 0, 0, 0, 16, 16, GL_RGBA, GL_UNSIGNED_BYTE, img + 100 * i);
	glCopyImageSubData(c[2], GL_TEXTURE_CUBE_MAP, 0, 0, 0, 3, c[1], GL_TEXTURE_2D_ARRAY, 0, 1, 1, 1, 15, 15, 3);
	level_bytes("faces to layers", GL_TEXTURE_2D_ARRAY, 0, GL_RED_INTEGER, GL_UNSIGNED_INT);
	glBindTexture(GL_TEXTURE_2D, c[3]);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_COMPRESSED_RGBA_S3TC_DXT1_EXT, 32, 32);
	glCompressedTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 32, 32, GL_COMPRESSED_RGBA_S3TC_DXT1_EXT, 512, img);
	glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
	judged("copies");
	glCopyImageSubData(c[0], GL_TEXTURE_3D, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, 4, 4, 1);
	judged("of another target");
	glCopyImageSubData(c[0], GL_TEXTURE_BUFFER, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, 4, 4, 1);
	judged("of no target");
	glCopyImageSubData(4242, GL_TEXTURE_2D, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, 4, 4, 1);
	judged("of no texture");
	glCopyImageSubData(0, GL_TEXTURE_2D, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, 4, 4, 1);
	judged("of texture 0");
	glCopyImageSubData(c[0], GL_TEXTURE_2D, 0, 20, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, 20, 4, 1);
	judged("too far");
	glCopyImageSubData(c[0], GL_TEXTURE_2D, 0, 0, 0, 0, r, GL_RENDERBUFFER, 0, 0, 0, 0, -1, 4, 1);
	judged("less than nothing");
	/* contents that do not matter */
	glInvalidateTexImage(c[0], 1);
	glInvalidateTexSubImage(c[0], 0, 0, 0, 0, 2, 2, 1);
	judged("invalidated");
	glInvalidateTexImage(c[0], 30);
	judged("a level too many");
	glInvalidateTexSubImage(c[0], 0, 0, 0, 0, 200, 2, 1);
	judged("too wide");
	glDeleteTextures(4, c);
	glDeleteRenderbuffers(1, &r);
	judged("copies");
}

static void bindings(void) {
	GLuint t[5], s[3];
	glGenTextures(5, t);
	glGenSamplers(3, s);
	for (int i = 0; i < 4; i++) {
		static const GLenum target[] = {GL_TEXTURE_2D, GL_TEXTURE_2D, GL_TEXTURE_3D, GL_TEXTURE_2D};
		glActiveTexture(GL_TEXTURE3);
		glBindTexture(target[i], t[i]);
		if (i != 2) glTexImage2D(target[i], 0, GL_RGBA8, 8, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, img + 40 * i), nearest(target[i]);
	}
	glActiveTexture(GL_TEXTURE0);
	glSamplerParameteri(s[1], GL_TEXTURE_MAG_FILTER, GL_LINEAR);
	glSamplerParameteri(s[1], GL_TEXTURE_WRAP_S, GL_MIRRORED_REPEAT);
	const GLuint names[] = {t[0], 0, t[2], t[3], t[1]}, samplers[] = {s[0], s[1], 0, s[2]};
	glBindTextures(0, 5, names);
	glBindSamplers(0, 4, samplers);
	for (int pass = 0; pass < 6; pass++) {
		printf("units:");
		for (GLenum u = 0; u < 6; u++) {
			GLint v[3];
			glActiveTexture(GL_TEXTURE0 + u);
			glGetIntegerv(GL_TEXTURE_BINDING_2D, v);
			glGetIntegerv(GL_TEXTURE_BINDING_3D, v + 1);
			glGetIntegerv(GL_SAMPLER_BINDING, v + 2);
			for (int k = 0; k < 3; k++) {
				int which = 0;
				for (int i = 0; i < 5; i++) which = v[k] && k < 2 && v[k] == (GLint)t[i] ? 1 + i : which;
				for (int i = 0; i < 3; i++) which = v[k] && k == 2 && v[k] == (GLint)s[i] ? 1 + i : which;
				printf(" %d", which);
			}
		}
		puts("");
		glActiveTexture(GL_TEXTURE0);
		judged("units");
		const GLuint wrong[] = {t[1], 9999, t[4], t[3]}, none[] = {s[2], 9999, s[1]};
		if (pass == 0) glBindTextures(1, 4, wrong); /* 9999 is nobody's, the third was never bound */
		if (pass == 1) glBindSamplers(1, 3, none);
		if (pass == 2) glBindTextures(1, 3, NULL), glBindSamplers(2, 2, NULL);
		if (pass == 3) glBindTextures(100000, 2, names);
		if (pass == 4) glBindSamplers(0, -1, NULL), glBindTextures(1, 0, NULL);
	}
	const GLuint only = t[0];
	glBindTextures(0, 1, &only);
	glBindSamplers(0, 1, &s[1]);
	glEnable(GL_TEXTURE_2D);
	fresh();
	quad(-.9f, -.7f, 1.6f);
	picture("bound with others");
	glDisable(GL_TEXTURE_2D);
	glBindSamplers(0, 3, NULL);
	glBindTextures(0, 6, NULL);
	glDeleteTextures(5, t);
	glDeleteSamplers(3, s);
	judged("bindings");
}

static void formats(void) {
	static const GLenum targets[] = {GL_TEXTURE_2D, GL_TEXTURE_3D, GL_RENDERBUFFER, GL_TEXTURE_2D_MULTISAMPLE, GL_TEXTURE_BUFFER};
	static const GLenum all[] = {GL_RGBA8, GL_R32F, GL_DEPTH24_STENCIL8, GL_RGBA16UI, GL_RGB9_E5, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, GL_SRGB8_ALPHA8};
	static const GLenum what[] = {
		GL_NUM_SAMPLE_COUNTS, GL_SAMPLES, GL_INTERNALFORMAT_SUPPORTED, GL_INTERNALFORMAT_PREFERRED, GL_INTERNALFORMAT_RED_SIZE, GL_INTERNALFORMAT_RED_TYPE,
		GL_MAX_WIDTH, GL_MAX_COMBINED_DIMENSIONS, GL_COLOR_RENDERABLE, GL_FRAMEBUFFER_BLEND, GL_READ_PIXELS_FORMAT, GL_TEXTURE_IMAGE_FORMAT,
		GL_TEXTURE_IMAGE_TYPE, GL_MIPMAP, GL_SRGB_READ, GL_FILTER, GL_VERTEX_TEXTURE, GL_SHADER_IMAGE_LOAD, GL_IMAGE_TEXEL_SIZE, GL_IMAGE_COMPATIBILITY_CLASS,
		GL_TEXTURE_COMPRESSED, GL_TEXTURE_COMPRESSED_BLOCK_WIDTH, GL_CLEAR_BUFFER, GL_TEXTURE_VIEW, GL_VIEW_COMPATIBILITY_CLASS, GL_CLEAR_TEXTURE,
	};
	for (int again = 0; again < 2; again++)
		for (unsigned t = 0; t < 5; t++)
			for (unsigned f = 0; f < 7; f++) {
				uint64_t h = 0;
				for (unsigned w = 0; w < sizeof what / sizeof *what; w++) {
					GLint v[40];
					GLint64 l[40];
					memset(v, 0x77, sizeof v), memset(l, 0x77, sizeof l);
					glGetInternalformativ(targets[t], all[f], what[w], 40, v);
					glGetInternalformati64v(targets[t], all[f], what[w], 2, l);
					h = h * 31 + hash(v, sizeof v) + 7 * hash(l, sizeof l);
				}
				printf("format %#x at %#x: %016llx\n", all[f], targets[t], (unsigned long long)h);
			}
	judged("formats");
	GLint v[4] = {-1, -1, -1, -1};
	glGetInternalformativ(GL_TEXTURE_2D, GL_RGBA8, GL_SAMPLES, -1, v);
	judged("less than no room");
	for (int i = 0; i < 2; i++) {
		glGetInternalformativ(GL_FRONT, GL_RGBA8, GL_SAMPLES, 1, v);
		judged("no target");
		glGetInternalformativ(GL_TEXTURE_2D, GL_RGBA8, GL_FRONT, 1, v);
		judged("no question");
	}
	printf("values: %d %d\n", v[0], v[1]);
}

static void buffers(void) {
	GLuint b, t;
	GLint align = 0, v[4] = {0};
	glGetIntegerv(GL_TEXTURE_BUFFER_OFFSET_ALIGNMENT, &align);
	printf("alignment %d\n", align);
	glGenBuffers(1, &b);
	glBindBuffer(GL_TEXTURE_BUFFER, b);
	glBufferData(GL_TEXTURE_BUFFER, 4096, img, GL_STATIC_DRAW);
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_BUFFER, t);
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, b, align * 3, 256);
	glGetTexLevelParameteriv(GL_TEXTURE_BUFFER, 0, GL_TEXTURE_BUFFER_OFFSET, v);
	glGetTexLevelParameteriv(GL_TEXTURE_BUFFER, 0, GL_TEXTURE_BUFFER_SIZE, v + 1);
	glGetTexLevelParameteriv(GL_TEXTURE_BUFFER, 0, GL_TEXTURE_WIDTH, v + 2);
	glGetTexLevelParameteriv(GL_TEXTURE_BUFFER, 0, GL_TEXTURE_BUFFER_DATA_STORE_BINDING, v + 3);
	printf("range: %d %d %d, %d\n", v[0] == 3 * align, v[1], v[2], v[3] == (GLint)b);
	GLuint p = program("void main() { gl_Position = gl_Vertex; }\n",
		"uniform samplerBuffer s; out vec4 o; void main() { o = texelFetch(s, int(gl_FragCoord.x) % 16 + 3 * int(gl_FragCoord.y) % 16); }\n");
	glUseProgram(p);
	fresh();
	quad(-.9f, -.9f, 1.8f);
	picture("from a buffer's range");
	glTexBuffer(GL_TEXTURE_BUFFER, GL_RG16, b);
	fresh();
	quad(-.9f, -.9f, 1.8f);
	picture("from a buffer");
	glUseProgram(0);
	judged("buffers");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, b, 1, 256);
	judged("an odd offset");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, b, 0, 8192);
	judged("too long");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, 4711, 0, 256);
	judged("no buffer");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGB9_E5, b, 0, 256);
	judged("no such format");
	glTexBufferRange(GL_TEXTURE_BUFFER, GL_RGBA8, 0, 0, 256);
	glGetTexLevelParameteriv(GL_TEXTURE_BUFFER, 0, GL_TEXTURE_BUFFER_DATA_STORE_BINDING, v);
	printf("detached: %d\n", v[0]);
	glDeleteTextures(1, &t);
	glDeleteBuffers(1, &b);
	glDeleteProgram(p);
	judged("buffers");
}

static void parameters(void) {
	static const GLenum what[] = {GL_FRAMEBUFFER_DEFAULT_WIDTH, GL_FRAMEBUFFER_DEFAULT_HEIGHT, GL_FRAMEBUFFER_DEFAULT_LAYERS, GL_FRAMEBUFFER_DEFAULT_SAMPLES,
	                              GL_FRAMEBUFFER_DEFAULT_FIXED_SAMPLE_LOCATIONS, GL_DOUBLEBUFFER, GL_SAMPLES, GL_SAMPLE_BUFFERS, GL_STEREO};
	GLuint fb;
	glGenFramebuffers(1, &fb);
	for (int pass = 0; pass < 2; pass++) { /* the window, an object */
		glBindFramebuffer(GL_FRAMEBUFFER, pass ? fb : 0);
		glFramebufferParameteri(GL_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_WIDTH, 120);
		judged("width");
		glFramebufferParameteri(GL_READ_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_HEIGHT, 90);
		judged("height");
		for (unsigned i = 0; i < sizeof what / sizeof *what; i++) {
			GLint v = -5;
			glGetFramebufferParameteriv(GL_DRAW_FRAMEBUFFER, what[i], &v);
			printf("parameter %#x: %d\n", what[i], v);
			judged("parameter");
		}
		printf("status %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
		glFramebufferParameteri(GL_FRAMEBUFFER, GL_FRONT, 1);
		judged("no parameter");
		glFramebufferParameteri(GL_TEXTURE_2D, GL_FRAMEBUFFER_DEFAULT_WIDTH, 1);
		judged("no target");
		glFramebufferParameteri(GL_FRAMEBUFFER, GL_FRAMEBUFFER_DEFAULT_WIDTH, -1);
		judged("less than nothing");
		static const GLenum color[] = {GL_COLOR, GL_STENCIL}, attached[] = {GL_COLOR_ATTACHMENT0, GL_DEPTH_ATTACHMENT};
		glInvalidateFramebuffer(GL_FRAMEBUFFER, 2, attached);
		judged("attachments");
		glInvalidateFramebuffer(GL_FRAMEBUFFER, 1, color + 1);
		judged("buffers");
		glInvalidateSubFramebuffer(GL_DRAW_FRAMEBUFFER, 1, pass ? attached + 1 : color + 1, 1, 2, 3, 4);
		glInvalidateSubFramebuffer(GL_READ_FRAMEBUFFER, 1, pass ? attached + 1 : color + 1, 1, 2, 3, 4);
		judged("a part");
		glInvalidateFramebuffer(GL_FRAMEBUFFER, -1, color);
		judged("less than none");
		glInvalidateFramebuffer(GL_TEXTURE_2D, 1, color);
		judged("no target");
	}
	/* drawing without any attachment: nothing is seen, samples are counted */
	GLuint q, n = 0;
	glGenQueries(1, &q);
	glBeginQuery(GL_SAMPLES_PASSED, q);
	glViewport(0, 0, 500, 500);
	glRectf(-1, -1, 1, 1);
	glEndQuery(GL_SAMPLES_PASSED);
	glGetQueryObjectuiv(q, GL_QUERY_RESULT, &n);
	printf("samples of a framebuffer without attachments: %u\n", n);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	glDeleteQueries(1, &q);
	glDeleteFramebuffers(1, &fb);
	fresh();
	quad(-.5f, -.5f, .9f);
	picture("the window again");
	judged("parameters");
}

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 37 + i / 251);
	for (int i = 0; i < 2; i++) {
		storage();
		views();
		clears();
		bindings();
		buffers();
		parameters();
		conform_swap();
	}
	formats();
	conform_close();
	return 0;
}
