/* Draws scenes that a seed makes up. A scene calls the same commands in each of its frames; what differs are values, as in an animation, and now and then a
 * command is left out or has an argument that is not legal. State is never set back, so that what one frame leaves is seen in all that come.
 * Usage: repeats SEED FRAMES */
#define GL_GLEXT_PROTOTYPES 1
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static uint64_t rng;
static uint32_t rnd(void) {
	rng += 0x9e3779b97f4a7c15ull;
	uint64_t z = rng;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (uint32_t)((z ^ z >> 31) >> 16);
}
static int pick(int n) { return (int)(rnd() % (uint32_t)n); }
static float unit(void) { return (float)pick(65) / 64; }

/* What a scene has fixed of a command, and the frame's value for it. */
typedef struct args {
	int a, b;
	float x, y, z, v;
} args;

static GLuint textures[3], buffer, program[2], lists[8];
static GLuint targets[2], objects[2], depths[2]; /* what is drawn into instead of the window */
static GLuint sampled[2];              /* objects with several samples a pixel, which are drawn to in place of these and resolved, 0: none are */
static int keeps;                      /* the scene adds to what is in the image */
static int with_lists;                 /* where there are lists, passes into objects are not followed */
static GLint tint[2], shift[2];

static void color(args *s) { s->a & 1 ? glColor4f(s->v, s->x, s->y, 1) : glColor3ub((GLubyte)(255 * s->v), (GLubyte)(200 * s->x), 90); }
static void normal(args *s) { glNormal3f(s->x - s->v, s->y, 1); }
static void coord(args *s) { s->a & 1 ? glTexCoord2f(s->v, s->x) : glMultiTexCoord2f(GL_TEXTURE0 + s->b % 2, s->v, s->y); }
static void attrib(args *s) { glVertexAttrib4f((GLuint)(1 + s->a % 3), s->v, s->x, s->y, 1); }
static void secondary(args *s) { glSecondaryColor3f(s->v, s->x, 0); }
static void material(args *s) {
	const GLenum names[] = {GL_AMBIENT, GL_DIFFUSE, GL_SPECULAR, GL_EMISSION, GL_AMBIENT_AND_DIFFUSE};
	const GLfloat c[] = {s->v, s->x, s->y, 1};
	if (s->a % 7 == 6) glMaterialf(GL_FRONT_AND_BACK, GL_SHININESS, s->v * 200); /* above 128 it is not legal */
	else glMaterialfv(s->b & 1 ? GL_FRONT : GL_FRONT_AND_BACK, names[s->a % 5], c);
}
static void light(args *s) {
	const GLenum names[] = {GL_POSITION, GL_DIFFUSE, GL_SPECULAR, GL_AMBIENT, GL_SPOT_DIRECTION, GL_POSITION};
	const GLfloat c[] = {s->v * 2 - 1, s->x, s->y + 0.5f, s->a & 8 ? 1 : 0};
	if (s->a % 9 == 8) glLightf(GL_LIGHT0, GL_CONSTANT_ATTENUATION, s->v * 2 - 0.5f); /* below 0 it is not legal */
	else glLightfv((GLenum)(GL_LIGHT0 + s->b % 2), names[s->a % 6], c);
}
static void able(args *s) {
	const GLenum caps[] = {GL_LIGHTING, GL_LIGHT0, GL_LIGHT1, GL_TEXTURE_2D, GL_BLEND, GL_SCISSOR_TEST, GL_DEPTH_TEST, GL_NORMALIZE, GL_CULL_FACE,
		GL_ALPHA_TEST, GL_COLOR_SUM, GL_FOG, GL_COLOR_MATERIAL, GL_CLIP_PLANE0, GL_TEXTURE_GEN_S, GL_STENCIL_TEST, GL_LINE_STIPPLE, GL_LIGHT0, GL_LIGHTING,
		GL_RASTERIZER_DISCARD};
	int i = s->a % COUNT(caps);
	s->b % 3 && i != COUNT(caps) - 1 ? glEnable(caps[i]) : glDisable(caps[i]);
}
static void mode(args *s) { const GLenum m[] = {GL_MODELVIEW, GL_MODELVIEW, GL_PROJECTION, GL_TEXTURE}; glMatrixMode(m[s->a % 4]); }
static void load(args *s) {
	const GLfloat m[16] = {s->v + 0.3f, 0, 0, 0, 0, s->y + 0.3f, 0, 0, 0, 0, 0.5f, 0, s->x * 0.2f, 0, 0, 1};
	s->a & 1 ? glLoadIdentity() : glLoadMatrixf(m);
}
static void turn(args *s) { s->a & 1 ? glRotatef(s->v * 90, 0, s->x, 1) : glTranslatef(s->v * 0.2f - 0.1f, s->x * 0.1f, 0); }
static void grow(args *s) { s->a & 1 ? glScalef(0.6f + s->v, 1, 1) : glOrtho(-1 - s->x, 1 + s->x, -1, 1, -2, s->a & 2 ? 2 : 2 + s->v); }
static void down(args *s) { (void)s; glPushMatrix(); }
static void up(args *s) { (void)s; glPopMatrix(); }
static void blend(args *s) { const GLenum f[] = {GL_ONE, GL_SRC_ALPHA, GL_DST_COLOR, GL_ZERO}; glBlendFunc(f[s->a % 4], f[s->b % 3]); }
static void depth(args *s) { s->a & 1 ? glDepthFunc((GLenum)(GL_NEVER + s->b % 8)) : glDepthMask(s->b & 1); }
static void shade(args *s) { s->a & 1 ? glShadeModel(s->b & 1 ? GL_FLAT : GL_SMOOTH) : glCullFace(s->b & 1 ? GL_FRONT : GL_BACK); }
static void scissor(args *s) { glScissor(s->a % 40, s->b % 30, 100 + (s->a & 1 ? (int)(40 * s->v) : 30), 90); }
static void viewport(args *s) { s->a % 3 ? glViewport(0, 0, 160, 120) : glViewport(s->b % 20, 5, 120, 100); }
static void line(args *s) { glLineWidth(s->a & 1 ? s->v * 4 - 0.5f : 2); } /* below 0 it is not legal */
static void fog(args *s) { const GLfloat c[] = {s->v, s->x, 1, 1}; s->a & 1 ? glFogfv(GL_FOG_COLOR, c) : glFogf(GL_FOG_DENSITY, s->v - 0.2f); }
static void clear_color(args *s) { glClearColor(s->v, s->x, 0.3f, 1); }
static void plane(args *s) { const GLdouble e[] = {1, s->v - 0.5, 0, 0.4}; glClipPlane(GL_CLIP_PLANE0, e); }
static void texgen(args *s) {
	const GLfloat e[] = {1, s->v, 0, 0.2f};
	glTexGeni(GL_S, GL_TEXTURE_GEN_MODE, s->b & 1 ? GL_EYE_LINEAR : GL_OBJECT_LINEAR);
	glTexGenfv(GL_S, s->a & 1 ? GL_EYE_PLANE : GL_OBJECT_PLANE, e);
}
static void bind(args *s) { glBindTexture(GL_TEXTURE_2D, textures[s->a % 3]); }
static void unit_(args *s) { glActiveTexture(GL_TEXTURE0 + (GLenum)(s->a % 4 == 3)); }
static void env(args *s) {
	const GLfloat c[] = {s->v, s->x, 0, 1};
	const GLint modes[] = {GL_MODULATE, GL_REPLACE, GL_BLEND};
	s->a & 1 ? glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, modes[s->b % 3]) : glTexEnvfv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_COLOR, c);
}
static void parameter(args *s) { glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, s->b & 1 ? GL_REPEAT : GL_CLAMP_TO_EDGE); }
static void image(args *s) {
	const uint8_t p[] = {(uint8_t)(255 * s->v), 40, 200, 255};
	glTexSubImage2D(GL_TEXTURE_2D, 0, s->a % 8, s->b % 8, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, p);
}
static void use(args *s) { s->a % 3 == 2 ? glUseProgram(0) : glUseProgram(program[s->a % 3]); }
static void uniform(args *s) { /* of the other program it is not legal, or sets another one */
	if (s->a & 1) glUniform4f(tint[s->b & 1], s->v, s->x, s->y, 1);
	else glUniform2f(shift[s->b & 1], s->v * 0.3f, s->x * 0.2f);
}
static void list(args *s) { if (with_lists) glCallList(lists[s->a % COUNT(lists)]); }
static void attribs(args *s) { if (!with_lists) return; s->a & 1 ? glPushAttrib(s->b & 1 ? GL_ALL_ATTRIB_BITS : GL_CURRENT_BIT | GL_TRANSFORM_BIT) : glPopAttrib(); }
static void tracks(args *s) { glColorMaterial(GL_FRONT_AND_BACK, s->a & 1 ? GL_DIFFUSE : GL_EMISSION); }
static void raster(args *s) {
	static const GLubyte bits[8] = {0xff, 0x81, 0xbd, 0xa5, 0xa5, 0xbd, 0x81, 0xff};
	glUseProgram(0); /* Mesa 22.3 textures a bitmap by what the last draw had coordinates for, and that need not be a draw that a node gets */
	for (GLenum u = GL_TEXTURE1; u >= GL_TEXTURE0; u--) glActiveTexture(u), glDisable(GL_TEXTURE_2D);
	if (s->a & 1) glRasterPos2f(s->v - 0.5f, s->x - 0.5f);
	glBitmap(8, 8, 0, 0, 9, 1, bits);
}
static void bytes(args *s) {
	static GLfloat all[30000]; /* so much that it comes in several chunks */
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	for (int i = 0; i < 32; i++) all[i] = cosf((float)i * 1.3f + s->v) * 0.8f;
	int from = 8 * (s->a & 4 ? (int)(s->v * 10) : 0); /* where it is may differ by frame */
	switch (s->b % 6) {
	case 0: glBufferSubData(GL_ARRAY_BUFFER, from, (GLsizeiptr)sizeof all - 2 * from, all); return;
	case 1: glBufferData(GL_ARRAY_BUFFER, sizeof all, all, s->a & 8 ? GL_DYNAMIC_DRAW : GL_STREAM_DRAW); return;
	case 2: {
		GLubyte *map = glMapBufferRange(GL_ARRAY_BUFFER, from, 4096, s->a & 8 ? GL_MAP_WRITE_BIT : GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT);
		if (map) memcpy(map, all, 4096), glUnmapBuffer(GL_ARRAY_BUFFER);
		return;
	}
	}
	const GLfloat at[] = {s->v - 0.5f, s->x - 0.5f};
	glBufferSubData(GL_ARRAY_BUFFER, (GLintptr)(8 * (s->a % 12)), sizeof at, at);
}
static void stencil(args *s) { s->a & 1 ? glStencilFunc(GL_ALWAYS, s->b % 4, 0xff) : glStencilOp(GL_KEEP, GL_KEEP, s->b & 1 ? GL_INCR : GL_KEEP); }
static void offset(args *s) { glPolygonOffset(s->v, s->x); }
static void point(args *s) { glPointSize(s->a & 1 ? s->v * 9 : 4); } /* 0 is not legal */

static void primitives(args *s) {
	int n = 3 + s->a % 5;
	glBegin(s->b % 3 ? GL_TRIANGLES : s->b & 1 ? GL_LINES : GL_POINTS);
	for (int i = 0; i < n * 3; i++) {
		if (s->a & 1) glColor3f(s->v, (float)(i % 3) / 2, s->x);
		if (s->a & 2) glNormal3f(0, s->v, 1);
		if (s->a & 4) glTexCoord2f(s->v, (float)(i & 1));
		if (s->a & 8 && i == 4) material(s);
		glVertex2f(cosf((float)i * 2.1f + s->v) * s->x, sinf((float)i * 1.7f) * s->y);
	}
	glEnd();
}
static void arrays(args *s) { glDrawArrays(s->a & 1 ? GL_TRIANGLES : GL_TRIANGLE_STRIP, s->b % 3, 6 + (int)(s->v * 5)); }
static void client(args *s) {
	static GLfloat at[12000];
	int many = s->a & 1; /* so much that it comes in several chunks */
	for (int i = 0; i < (many ? COUNT(at) : 64); i++) at[i] = cosf((float)i * s->x * 3 + s->v);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glVertexPointer(2, GL_FLOAT, 0, at);
	glDrawArrays(many ? GL_POINTS : GL_TRIANGLES, 0, many ? COUNT(at) / 2 : 3 * (1 + s->a % 9));
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glVertexPointer(2, GL_FLOAT, 0, 0);
}
static void rect(args *s) { s->a & 1 ? glRectf(-s->x, -s->y, s->v, s->y) : glClear(s->b & 1 ? GL_DEPTH_BUFFER_BIT : GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT); }

/* Smaller levels of the image that is bound, which are read from then on, or not. */
static void levels(args *s) {
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, s->a & 256 ? GL_NEAREST_MIPMAP_NEAREST : GL_NEAREST);
	glTexParameterf(GL_TEXTURE_2D, GL_TEXTURE_LOD_BIAS, 4 * s->x);
	if (s->a % 11 == 10) glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, s->b % 6);
	glGenerateMipmap(GL_TEXTURE_2D);
}

/* Draws into an image and then with it. Some passes depend on what is in it, or in another, from the frame before. */
static void pass(args *s) {
	int i = s->b / 4 % 2;
	GLuint target = targets[i];
	glActiveTexture(GL_TEXTURE0);
	if ((s->a & 640) == 640) { /* of what it was before; what is drawn then has others */
		glBindTexture(GL_TEXTURE_2D, target);
		levels(s);
	}
	glBindTexture(GL_TEXTURE_2D, s->b % 5 == 4 ? targets[!i] : textures[s->b % 3]);
	glBindFramebuffer(GL_FRAMEBUFFER, objects[i]);
	if (sampled[i]) glBindFramebuffer(GL_FRAMEBUFFER, sampled[i]);
	else if (s->a & 64) glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target, 0);
	switch (keeps ? 0 : s->a % 8) {
	case 0: break; /* adds to what there is */
	case 1: glClear(GL_COLOR_BUFFER_BIT); break; /* not what is tested, if it is */
	case 2: glClear(GL_DEPTH_BUFFER_BIT); break;
	default: glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); /* some of it, where something is masked or cut */
	}
	if (s->b & 1) glUseProgram(0);
	glColor3f(s->v, s->x, s->y);
	glViewport(0, 0, 32, 32);
	glPushMatrix();
	glRotatef(s->v * 200, 0, 0, 1); /* not over what it drew before */
	s->b & 8 ? primitives(s) : glDrawArrays(GL_TRIANGLES, s->b % 4, 3);
	glPopMatrix();
	glViewport(0, 0, 160, 120);
	if (s->a % 16 == 15 && !keeps) glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); /* what was drawn is gone */
	if (sampled[i]) {
		int size = 32 + 9 * i;
		glBindFramebuffer(GL_DRAW_FRAMEBUFFER, objects[i]);
		glBlitFramebuffer(0, 0, size, size, 0, 0, size, size, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	}
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	if ((s->a & 640) == 128) {
		glBindTexture(GL_TEXTURE_2D, target);
		levels(s);
	}
	if (s->a & 32) return;
	glBindTexture(GL_TEXTURE_2D, target);
	glEnable(GL_TEXTURE_2D);
	glUseProgram(0);
	glColor3f(1, 1, s->y);
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 3; i++) {
		glTexCoord2f((float)(i & 1), (float)(i / 2));
		glVertex2f((float)(i & 1) * 1.6f - 0.8f, (float)(i / 2) * 1.6f - 0.8f);
	}
	glEnd();
}

/* Matrices in twos, so that they come out even more often than not. */
static void placed(args *s) {
	glPushMatrix();
	if (s->b % 3 == 0) glLoadIdentity();
	turn(s);
	if (s->b & 1) light(s);
	primitives(s);
	glPopMatrix();
}
static void camera(args *s) {
	glMatrixMode(GL_PROJECTION);
	glLoadIdentity();
	glOrtho(-1.2, 1.2, -1.2, 1.2, -3, 3);
	glMatrixMode(GL_MODELVIEW);
	if (s->a % 4) glLoadIdentity();
	if (s->a & 1 && s->a % 4) turn(s);
}

typedef void step(args *);
static step *const often[] = {color, normal, coord, material, light, able, able, load, turn, placed, placed, primitives, primitives, arrays, uniform, use, env, bind, list, camera, rect,
	attrib, secondary, blend, pass, pass, bytes, shade, clear_color, point, viewport, down, up, mode, client};
static step *const seldom[] = {able, depth, scissor, line, fog, plane, texgen, unit_, parameter, image, attribs, tracks, raster, bytes, stencil, offset, grow};

static step *const calm[] = {pass, pass, placed, bytes, color, arrays, arrays, coord, material};

static GLuint compile(const char *vs, const char *fs) {
	GLuint p = glCreateProgram(), v = glCreateShader(GL_VERTEX_SHADER), f = glCreateShader(GL_FRAGMENT_SHADER);
	glShaderSource(v, 1, &vs, 0);
	glShaderSource(f, 1, &fs, 0);
	glCompileShader(v);
	glCompileShader(f);
	glAttachShader(p, v);
	glAttachShader(p, f);
	glBindAttribLocation(p, 1, "more");
	glLinkProgram(p);
	GLint ok = 0;
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	if (!ok) exit(3);
	return p;
}

/* One with images of all makes, by seed. */
static GLuint sampled_object(uint64_t seed, int size) {
	static const GLenum deep[] = {GL_DEPTH_COMPONENT24, GL_DEPTH24_STENCIL8, GL_DEPTH_COMPONENT32, GL_DEPTH_COMPONENT32F, GL_DEPTH32F_STENCIL8, GL_DEPTH_COMPONENT16};
	const GLenum color = GL_RGBA8; /* as that into which it is resolved */
	GLenum depth = deep[seed % COUNT(deep)], at = GL_DEPTH_ATTACHMENT;
	if (depth == GL_DEPTH24_STENCIL8 || depth == GL_DEPTH32F_STENCIL8) at = GL_DEPTH_STENCIL_ATTACHMENT;
	GLuint fb, tex, rb;
	glGenFramebuffers(1, &fb);
	glGenTextures(1, &tex);
	glGenRenderbuffers(1, &rb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glBindTexture(GL_TEXTURE_2D_MULTISAMPLE, tex);
	glTexImage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, 4, seed & 16 ? color : depth, size, size, GL_TRUE);
	glFramebufferTexture2D(GL_FRAMEBUFFER, seed & 16 ? GL_COLOR_ATTACHMENT0 : at, GL_TEXTURE_2D_MULTISAMPLE, tex, 0);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorageMultisample(GL_RENDERBUFFER, 4, seed & 16 ? depth : color, size, size);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, seed & 16 ? at : GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, rb);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) exit(6);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	return fb;
}

/* In the list that is made. Mesa leaves what is current as it was. */
static void arrays_in_list(int coloured) {
	static const GLfloat normals[] = {0, 0, 1, 0.6f, 0, 0.8f, 0, 0.6f, 0.8f, 0.5f, 0.5f, 0.7f}, coords[] = {0, 0, 1, 0, 0.5f, 1, 0.3f, 0.8f},
		colours[] = {1, 0, 0, 0, 1, 0, 0.2f, 0.4f, 1, 0.9f, 0.8f, 0.1f}, places[] = {-0.7f, -0.2f, -0.3f, -0.6f, -0.4f, 0.3f, 0.2f, 0.1f};
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glVertexPointer(2, GL_FLOAT, 0, places);
	glNormalPointer(GL_FLOAT, 0, normals);
	glTexCoordPointer(2, GL_FLOAT, 0, coords);
	glColorPointer(3, GL_FLOAT, 0, colours);
	glEnableClientState(GL_NORMAL_ARRAY);
	coloured ? glEnableClientState(GL_COLOR_ARRAY) : glEnableClientState(GL_TEXTURE_COORD_ARRAY);
	glPushMatrix();
	glScalef(1.2f, 0.8f, 1);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glPopMatrix();
	glFrontFace(GL_CCW);
	glDrawArrays(GL_TRIANGLE_STRIP, 1, 3 - coloured);
	glDisableClientState(GL_NORMAL_ARRAY);
	coloured ? glDisableClientState(GL_COLOR_ARRAY) : glDisableClientState(GL_TEXTURE_COORD_ARRAY);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glVertexPointer(2, GL_FLOAT, 0, 0);
}

static void setup(uint64_t seed) {
	program[0] = compile("uniform vec2 shift; attribute vec4 more; varying vec4 c;\n"
			     "void main() { c = gl_Color + 0.3 * more; gl_Position = gl_ModelViewProjectionMatrix * gl_Vertex + vec4(shift, 0.0, 0.0); }",
		"uniform vec4 tint; varying vec4 c; void main() { gl_FragColor = vec4(mix(c.rgb, tint.rgb, 0.5), 1.0); }");
	program[1] = compile("uniform vec2 shift; varying vec2 t;\n"
			     "void main() { t = gl_MultiTexCoord0.xy; gl_Position = gl_ModelViewProjectionMatrix * vec4(gl_Vertex.xy * (0.5 + shift), 0.0, 1.0); }",
		"uniform vec4 tint; uniform sampler2D image; varying vec2 t; void main() { gl_FragColor = vec4((texture2D(image, t) * tint).rgb, 1.0); }");
	for (int i = 0; i < 2; i++) tint[i] = glGetUniformLocation(program[i], "tint"), shift[i] = glGetUniformLocation(program[i], "shift");
	glGenTextures(3, textures);
	for (int i = 0; i < 3; i++) {
		uint8_t p[8 * 8 * 4];
		for (int k = 0; k < COUNT(p); k++) p[k] = k % 4 == 3 ? 255 : (uint8_t)(k * (37 + 20 * i));
		glBindTexture(GL_TEXTURE_2D, textures[i]);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 8, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, p);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	}
	GLfloat at[32];
	for (int i = 0; i < 32; i++) at[i] = cosf((float)i * 1.3f) * 0.8f;
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, 120000, 0, GL_DYNAMIC_DRAW);
	glBufferSubData(GL_ARRAY_BUFFER, 0, sizeof at, at);
	glVertexPointer(2, GL_FLOAT, 0, 0);
	glEnableClientState(GL_VERTEX_ARRAY);
	glGenTextures(2, targets);
	glGenFramebuffers(2, objects);
	glGenRenderbuffers(2, depths);
	for (int i = 0; i < 2; i++) {
		int size = 32 + 9 * i;
		glBindTexture(GL_TEXTURE_2D, targets[i]);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, size, size, 0, GL_RGBA, GL_UNSIGNED_BYTE, 0);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
		if (!i) glGenerateMipmap(GL_TEXTURE_2D); /* the other's come later, if ever */
		glBindFramebuffer(GL_FRAMEBUFFER, objects[i]);
		glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, targets[i], 0);
		glBindRenderbuffer(GL_RENDERBUFFER, depths[i]);
		glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, size, size);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, depths[i]);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
		if (seed % 8 == 2) sampled[i] = sampled_object(seed / 8 + 17 * (uint64_t)i, size);
	}
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	if (!with_lists) return;
	GLuint base = glGenLists(COUNT(lists));
	for (int i = 0; i < COUNT(lists); i++) {
		args s = {.a = 1, .b = i, .x = 0.7f, .y = 0.5f, .z = 0, .v = 0.2f * (float)i};
		lists[i] = base + (GLuint)i;
		glNewList(lists[i], GL_COMPILE);
		switch (i) {
		case 0: primitives(&s), color(&s); break; /* not the other way round: Mesa 22.3 leaves the colour of before */
		case 1: s.a = 3, glPushMatrix(), turn(&s), primitives(&s), glPopMatrix(); break;
		case 2: material(&s), light(&s), primitives(&s); break;
		case 3: turn(&s), primitives(&s); break; /* adds to the matrix */
		case 4: glEnable(GL_COLOR_MATERIAL), color(&s), glCallList(lists[0]); break;
		case 5: glCallList(lists[1]), normal(&s), coord(&s); break;
		case 6: case 7: arrays_in_list(i == 7); break;
		}
		glEndList();
	}
}

int main(int argc, char **argv) {
	if (argc != 3) return fprintf(stderr, "usage: repeats SEED FRAMES\n"), 2;
	uint64_t seed = strtoull(argv[1], 0, 10);
	int frames = atoi(argv[2]);
	Display *display = XOpenDisplay(0);
	if (!display) return 4;
	int want[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8, None};
	XVisualInfo *visual = glXChooseVisual(display, DefaultScreen(display), want);
	if (!visual) return 5;
	Window root = DefaultRootWindow(display);
	XSetWindowAttributes attributes = {.colormap = XCreateColormap(display, root, visual->visual, AllocNone)};
	Window window = XCreateWindow(display, root, 0, 0, 160, 120, 0, visual->depth, InputOutput, visual->visual, CWColormap | CWBorderPixel, &attributes);
	XMapWindow(display, window);
	GLXContext context = glXCreateContext(display, visual, 0, True);
	glXMakeCurrent(display, window, context);
	rng = seed;
	with_lists = (int)(seed & 1);
	setup(seed);
	int frame = 0;
	for (int scene = 0; frame < frames; scene++) {
		uint64_t begin = seed * 1000003 + (uint64_t)scene;
		int n = 6 + (int)(begin * 7919 % 10), tame = begin % 3 != 0, passes = !with_lists && begin % 5 < 2;
		for (int k = 0; k < n && frame < frames; k++, frame++) {
			keeps = begin % 7 < 3;
			rng = begin; /* the scene's commands are the same again */
			glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
			if (with_lists) glDrawArrays(GL_TRIANGLES, 3, 9); /* by what the last frame left */
			args first = {.a = (int)(rnd() >> 2) & 0xffff, .v = (float)(k % 5) / 5};
			if (pick(4)) camera(&first);
			for (int steps = 4 + pick(14); steps-- > 0;) {
				step *f = passes ? calm[pick(COUNT(calm))] : pick(tame ? 25 : 5) ? often[pick(tame ? COUNT(often) - 4 : COUNT(often))] : seldom[pick(COUNT(seldom))];
				args s = {.a = (int)(rnd() >> 1) & 0xffff, .b = (int)(rnd() >> 1) & 0xffff, .x = unit(), .y = unit(), .z = unit(), .v = 0};
				s.v = (float)((k * 7 + s.a) % 11) / 10;
				int leave = pick(60);
				if (leave == 0 && k % 4 == 3) continue;
				f(&s);
			}
			/* Seen at the end of each frame, whatever the scene is. */
			args last = {.a = 7, .b = 1, .x = 0.9f, .y = 0.8f, .v = 0.4f};
			glDrawArrays(GL_TRIANGLES, 0, 12);
			if (begin & 1) primitives(&last);
			args left = {.a = 6 + (int)(begin >> 1 & 1)};
			if (begin % 3 == 1) list(&left);
			glXSwapBuffers(display, window);
		}
	}
	glXDestroyContext(display, context);
	XCloseDisplay(display);
	return 0;
}
