/* Framebuffer objects by name and as they were, the window by the name 0: clears, blits, buffers, attachments, layers, samples. */
#include "conform.h"

static uint8_t back[W * H * 16];

static void judged(const char *name) { /* what a node finds reaches the app with the next answer */
	glIsEnabled(GL_DITHER);
	errors(name);
}
static void pixels_of(const char *name, GLuint fb, GLenum buffer) { /* what is bound stays so */
	GLint was, draw;
	glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &was);
	glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &draw);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	if (fb) glReadBuffer(buffer);
	memset(back, 0, sizeof back);
	glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, back);
	bytes(name, back, (size_t)W * H * 4);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)was);
}
static void depth_of(const char *name, GLuint fb) {
	GLint was;
	glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &was);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	memset(back, 0, sizeof back);
	glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_FLOAT, back);
	bytes(name, back, (size_t)W * H * 4);
	memset(back, 0, sizeof back);
	glReadPixels(0, 0, W, H, GL_STENCIL_INDEX, GL_UNSIGNED_BYTE, back);
	bytes(name, back, (size_t)W * H);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)was);
}
static void triangle(float z) {
	glBegin(GL_TRIANGLES);
	glColor3f(1, 0, 0), glVertex3f(-.9f, -.9f, z);
	glColor3f(0, 1, 0), glVertex3f(.8f, -.6f, z - .3f);
	glColor3f(0, 0, 1), glVertex3f(-.2f, .9f, z + .6f);
	glEnd();
	glColor3f(1, 1, 1);
}
static void fresh(void) {
	glClearColor(.1f, .2f, .3f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
}
static const GLfloat red[] = {1, .1f, 0, 1}, green[] = {0, 1, .2f, 1}, blue[] = {.3f, 0, 1, .5f};

typedef struct object { GLuint fb, color[2], depth; } object;
static object make(GLsizei w, GLsizei h, GLsizei samples) {
	object o;
	glCreateFramebuffers(1, &o.fb);
	glCreateRenderbuffers(1, &o.depth);
	if (samples) glNamedRenderbufferStorageMultisample(o.depth, samples, GL_DEPTH24_STENCIL8, w, h);
	else glNamedRenderbufferStorage(o.depth, GL_DEPTH24_STENCIL8, w, h);
	glCreateTextures(samples ? GL_TEXTURE_2D_MULTISAMPLE : GL_TEXTURE_2D, 2, o.color);
	for (int i = 0; i < 2; i++) {
		if (samples) glTextureStorage2DMultisample(o.color[i], samples, GL_RGBA8, w, h, GL_TRUE);
		else glTextureStorage2D(o.color[i], 1, GL_RGBA8, w, h);
		glNamedFramebufferTexture(o.fb, GL_COLOR_ATTACHMENT0 + (GLenum)i, o.color[i], 0);
	}
	glNamedFramebufferRenderbuffer(o.fb, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER, o.depth);
	return o;
}
static void drop(object *o) {
	glDeleteFramebuffers(1, &o->fb);
	glDeleteTextures(2, o->color);
	glDeleteRenderbuffers(1, &o->depth);
}

static void attachments(const char *name, GLuint fb, const object *o) {
	static const GLenum at[] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1, GL_COLOR_ATTACHMENT2, GL_DEPTH_ATTACHMENT, GL_STENCIL_ATTACHMENT, GL_DEPTH_STENCIL_ATTACHMENT,
	                            GL_BACK_LEFT, GL_FRONT_LEFT, GL_DEPTH, GL_STENCIL, GL_BACK};
	static const GLenum what[] = {GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE, GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE,
	                              GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING, GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL, GL_FRAMEBUFFER_ATTACHMENT_LAYERED};
	for (unsigned i = 0; i < sizeof at / sizeof *at; i++) {
		GLint v = -9;
		printf("%s %#x:", name, at[i]);
		for (unsigned k = 0; k < sizeof what / sizeof *what; k++) {
			if (!fb && what[k] == GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING) continue; /* windows are linear on nodes (ARCHITECTURE.md) */
			v = -9;
			glGetNamedFramebufferAttachmentParameteriv(fb, at[i], what[k], &v);
			printf(" %d", v);
		}
		v = -9;
		glGetNamedFramebufferAttachmentParameteriv(fb, at[i], GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &v);
		const bool color = at[i] == GL_COLOR_ATTACHMENT0 || at[i] == GL_COLOR_ATTACHMENT1; /* names of textures and renderbuffers may be alike */
		printf(", %s\n", v <= 0 ? v ? "?" : "none" : color && v == (GLint)o->color[at[i] - GL_COLOR_ATTACHMENT0] ? "color" : !color && v == (GLint)o->depth ? "depth" : "another");
		judged("attachment");
	}
	static const GLenum about[] = {GL_DOUBLEBUFFER, GL_SAMPLES, GL_SAMPLE_BUFFERS, GL_STEREO, GL_FRAMEBUFFER_DEFAULT_WIDTH, GL_FRONT};
	for (unsigned i = 0; i < sizeof about / sizeof *about; i++) {
		GLint v = -9;
		glGetNamedFramebufferParameteriv(fb, about[i], &v);
		printf("%s parameter %#x: %d\n", name, about[i], v);
		judged("parameter");
	}
	printf("%s status: %#x %#x\n", name, glCheckNamedFramebufferStatus(fb, GL_DRAW_FRAMEBUFFER), glCheckNamedFramebufferStatus(fb, GL_READ_FRAMEBUFFER));
	printf("%s: no status %#x\n", name, glCheckNamedFramebufferStatus(fb, GL_TEXTURE_2D));
	judged("status");
}

static void objects(void) {
	GLuint names[3], gen;
	glCreateFramebuffers(3, names);
	glGenFramebuffers(1, &gen);
	printf("are framebuffers: %d %d %d, %d\n", glIsFramebuffer(names[0]), glIsFramebuffer(names[2]), glIsFramebuffer(0), glIsFramebuffer(gen));
	printf("status of one without attachments: %#x\n", glCheckNamedFramebufferStatus(names[0], GL_FRAMEBUFFER));
	glNamedFramebufferParameteri(names[0], GL_FRAMEBUFFER_DEFAULT_WIDTH, 40);
	glNamedFramebufferParameteri(names[0], GL_FRAMEBUFFER_DEFAULT_HEIGHT, 30);
	printf("and with a size: %#x\n", glCheckNamedFramebufferStatus(names[0], GL_FRAMEBUFFER));
	glNamedFramebufferParameteri(0, GL_FRAMEBUFFER_DEFAULT_WIDTH, 40);
	judged("a window has no such parameter");
	glNamedFramebufferTexture(gen, GL_COLOR_ATTACHMENT0, 0, 0);
	judged("never bound");
	glNamedFramebufferTexture(0, GL_COLOR_ATTACHMENT0, 0, 0);
	judged("not to a window");
	glNamedFramebufferTexture(4711, GL_COLOR_ATTACHMENT0, 0, 0);
	judged("not to nothing");
	glNamedFramebufferTexture(names[0], GL_COLOR_ATTACHMENT0, 4711, 0);
	judged("no texture");
	glNamedFramebufferTextureLayer(names[0], GL_COLOR_ATTACHMENT0, 4711, 0, 0);
	judged("no texture with layers");
	glBindFramebuffer(GL_FRAMEBUFFER, names[0]);
	glFramebufferTexture(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, 4711, 0);
	judged("no texture of any kind");
	glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, 4711, 0, 0);
	judged("no texture with layers");
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, 4711, 0);
	judged("no flat texture");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glNamedFramebufferRenderbuffer(names[0], GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, 4711);
	judged("no renderbuffer");
	glCreateFramebuffers(-1, names);
	judged("less than none");
	glDeleteFramebuffers(3, names), glDeleteFramebuffers(1, &gen);
	GLuint rb[2];
	glCreateRenderbuffers(2, rb);
	glNamedRenderbufferStorageMultisample(rb[0], 4, GL_RGBA8, 33, 22);
	static const GLenum what[] = {GL_RENDERBUFFER_WIDTH, GL_RENDERBUFFER_HEIGHT, GL_RENDERBUFFER_INTERNAL_FORMAT, GL_RENDERBUFFER_RED_SIZE, GL_RENDERBUFFER_SAMPLES};
	printf("renderbuffer %d %d:", glIsRenderbuffer(rb[0]), glIsRenderbuffer(rb[1]));
	for (unsigned i = 0; i < 5; i++) {
		GLint v[2] = {-9, -9};
		glGetNamedRenderbufferParameteriv(rb[0], what[i], v);
		glGetNamedRenderbufferParameteriv(rb[1], what[i], v + 1);
		printf(" %d %d", v[0], v[1]);
	}
	puts("");
	glNamedRenderbufferStorage(rb[0], GL_RGBA8, -1, 4);
	judged("less than nothing");
	glNamedRenderbufferStorage(0, GL_RGBA8, 4, 4);
	judged("renderbuffer 0");
	glDeleteRenderbuffers(2, rb);
	object o = make(W, H, 0);
	attachments("object", o.fb, &o);
	attachments("window", 0, &o);
	GETI(GL_DRAW_FRAMEBUFFER_BINDING, 1);
	GETI(GL_READ_FRAMEBUFFER_BINDING, 1);
	drop(&o);
	judged("objects");
}

/* Clears of what is not bound: of the window they are cut to tiles, of an object they are not. */
static void clears(void) {
	static const GLint value[] = {77, 0, 0, 0};
	object o = make(W, H, 0);
	const GLenum both[] = {GL_COLOR_ATTACHMENT1, GL_COLOR_ATTACHMENT0};
	glNamedFramebufferDrawBuffers(o.fb, 2, both);
	for (int scissor = 0; scissor < 2; scissor++) {
		(scissor ? glEnable : glDisable)(GL_SCISSOR_TEST);
		glScissor(30, 20, 140, 95);
		for (int bound = 0; bound < 2; bound++) { /* the window, the object */
			glBindFramebuffer(GL_FRAMEBUFFER, bound ? o.fb : 0);
			glClearNamedFramebufferfv(0, GL_COLOR, 0, bound ? red : blue);
			glClearNamedFramebufferfv(o.fb, GL_COLOR, 0, green);
			glClearNamedFramebufferfv(o.fb, GL_COLOR, 1, bound ? blue : red);
			glClearNamedFramebufferfi(0, GL_DEPTH_STENCIL, 0, .25f, 9);
			glClearNamedFramebufferfi(o.fb, GL_DEPTH_STENCIL, 0, .75f, 5);
			glClearNamedFramebufferiv(o.fb, GL_STENCIL, 0, value);
			static const GLfloat half = .5f;
			glClearNamedFramebufferfv(bound ? 0 : o.fb, GL_DEPTH, 0, &half);
			pixels_of("window", 0, GL_BACK), pixels_of("object 0", o.fb, GL_COLOR_ATTACHMENT0), pixels_of("object 1", o.fb, GL_COLOR_ATTACHMENT1);
			depth_of("window's depth", 0), depth_of("object's depth", o.fb);
			/* drawing is cut as it was before */
			glEnable(GL_DEPTH_TEST);
			triangle(.1f * (float)bound);
			glDisable(GL_DEPTH_TEST);
			pixels_of("drawn", bound ? o.fb : 0, bound ? GL_COLOR_ATTACHMENT0 : GL_BACK);
		}
	}
	glDisable(GL_SCISSOR_TEST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glClearNamedFramebufferfv(0, GL_COLOR, 5, red);
	judged("no such buffer");
	glClearNamedFramebufferfv(0, GL_FRONT, 0, red);
	judged("no kind of buffer");
	/* whole numbers */
	GLuint fb, t[2];
	static const GLuint u[] = {1, 2000000000u, 3, 4};
	static const GLint s[] = {-1, 2, -300000, 4};
	glCreateFramebuffers(1, &fb);
	glCreateTextures(GL_TEXTURE_2D, 2, t);
	glTextureStorage2D(t[0], 1, GL_RGBA32UI, 50, 40), glTextureStorage2D(t[1], 1, GL_RGBA32I, 50, 40);
	glNamedFramebufferTexture(fb, GL_COLOR_ATTACHMENT0, t[0], 0), glNamedFramebufferTexture(fb, GL_COLOR_ATTACHMENT1, t[1], 0);
	const GLenum bufs[] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1};
	glNamedFramebufferDrawBuffers(fb, 2, bufs);
	glClearNamedFramebufferuiv(fb, GL_COLOR, 0, u);
	glClearNamedFramebufferiv(fb, GL_COLOR, 1, s);
	glGetTextureImage(t[0], 0, GL_RGBA_INTEGER, GL_UNSIGNED_INT, sizeof back, back);
	bytes("unsigned", back, 50 * 40 * 16);
	glGetTextureImage(t[1], 0, GL_RGBA_INTEGER, GL_INT, sizeof back, back);
	bytes("signed", back, 50 * 40 * 16);
	glDeleteFramebuffers(1, &fb), glDeleteTextures(2, t);
	drop(&o);
	judged("clears");
}

static void blits(void) {
	object o = make(W, H, 0), ms = make(W, H, 4);
	fresh();
	triangle(0);
	glEnable(GL_STENCIL_TEST), glStencilFunc(GL_ALWAYS, 3, 255), glStencilOp(GL_KEEP, GL_KEEP, GL_REPLACE);
	glEnable(GL_DEPTH_TEST);
	triangle(-.3f);
	glDisable(GL_STENCIL_TEST), glDisable(GL_DEPTH_TEST);
	/* window → object, while the object is bound to be read: the window's tiles must come together */
	glBindFramebuffer(GL_FRAMEBUFFER, o.fb);
	fresh();
	glBlitNamedFramebuffer(0, o.fb, 20, 10, 180, 140, 0, 0, 160, 130, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	pixels_of("from the window", o.fb, GL_COLOR_ATTACHMENT0);
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 0, 0, W, H, GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT, GL_NEAREST);
	depth_of("its depth", o.fb);
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 190, 140, 5, 3, GL_COLOR_BUFFER_BIT, GL_LINEAR);
	pixels_of("turned and smaller", o.fb, GL_COLOR_ATTACHMENT0);
	/* object → window, and within the window */
	glBlitNamedFramebuffer(o.fb, 0, 0, 0, 100, 75, 60, 40, 160, 115, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	picture("into the window");
	glBlitNamedFramebuffer(0, 0, 70, 50, 130, 100, 5, 5, 65, 55, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("within the window");
	glEnable(GL_SCISSOR_TEST), glScissor(50, 50, 100, 50);
	glBlitNamedFramebuffer(o.fb, 0, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("cut");
	glBindFramebuffer(GL_FRAMEBUFFER, o.fb);
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glDisable(GL_SCISSOR_TEST);
	pixels_of("cut", o.fb, GL_COLOR_ATTACHMENT0);
	/* samples */
	glBindFramebuffer(GL_FRAMEBUFFER, ms.fb);
	glEnable(GL_MULTISAMPLE), glEnable(GL_DEPTH_TEST);
	fresh();
	triangle(.1f);
	glDisable(GL_DEPTH_TEST);
	glBlitNamedFramebuffer(ms.fb, o.fb, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT, GL_NEAREST);
	pixels_of("resolved", o.fb, GL_COLOR_ATTACHMENT0);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glBlitNamedFramebuffer(ms.fb, 0, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("resolved into the window");
	glBlitNamedFramebuffer(ms.fb, 0, 0, 0, W, H, 0, 0, 50, 50, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	judged("resolved and smaller");
	glBlitNamedFramebuffer(4711, 0, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	judged("from nothing");
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 0, 0, 9, 9, GL_DEPTH_BUFFER_BIT, GL_LINEAR);
	judged("depth cannot be filtered");
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 0, 0, W, H, 1, GL_NEAREST);
	judged("no such buffers");
	/* in a list: at once by name, later without one */
	GLuint l = glGenLists(1);
	fresh();
	triangle(0);
	glNewList(l, GL_COMPILE);
	glBlitNamedFramebuffer(0, o.fb, 0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glClearNamedFramebufferfv(0, GL_COLOR, 0, green);
	triangle(.2f);
	glEndList();
	pixels_of("at once", o.fb, GL_COLOR_ATTACHMENT0);
	picture("at once");
	glCallList(l);
	picture("called");
	glDeleteLists(l, 1);
	drop(&o), drop(&ms);
	judged("blits");
}

/* Which buffers of the window are drawn to and read, told by name while an object is bound. */
static void buffers(void) {
	object o = make(W, H, 0);
	glBindFramebuffer(GL_FRAMEBUFFER, o.fb);
	glNamedFramebufferDrawBuffer(0, GL_NONE);
	GETI(GL_DRAW_BUFFER, 1);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	GETI(GL_DRAW_BUFFER, 1);
	fresh();
	glBindFramebuffer(GL_FRAMEBUFFER, o.fb);
	const GLenum one[] = {GL_BACK_LEFT}, none[] = {GL_NONE, GL_COLOR_ATTACHMENT1};
	glNamedFramebufferDrawBuffers(0, 1, one);
	glNamedFramebufferDrawBuffers(o.fb, 2, none);
	glNamedFramebufferReadBuffer(o.fb, GL_COLOR_ATTACHMENT1);
	glNamedFramebufferReadBuffer(0, GL_BACK);
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_DRAW_BUFFER0, 1), GETI(GL_DRAW_BUFFER1, 1);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_DRAW_BUFFER, 1);
	glClearColor(.5f, .6f, .7f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	triangle(0);
	picture("back again");
	glNamedFramebufferDrawBuffer(0, GL_COLOR_ATTACHMENT0);
	judged("not of a window");
	glNamedFramebufferDrawBuffer(0, GL_BACK_RIGHT);
	judged("no right eye");
	glNamedFramebufferReadBuffer(0, GL_COLOR_ATTACHMENT0);
	judged("not of a window");
	glNamedFramebufferReadBuffer(0, GL_TEXTURE_2D);
	judged("no buffer");
	glNamedFramebufferDrawBuffers(0, 2, none);
	judged("not of a window");
	glNamedFramebufferDrawBuffers(o.fb, -1, none);
	judged("less than none");
	glNamedFramebufferDrawBuffer(o.fb, GL_BACK);
	judged("not of an object");
	glNamedFramebufferDrawBuffer(4711, GL_BACK);
	judged("nothing");
	GETI(GL_DRAW_BUFFER, 1);
	static const GLenum color[] = {GL_COLOR}, attached[] = {GL_COLOR_ATTACHMENT1};
	glInvalidateNamedFramebufferData(o.fb, 1, attached);
	judged("invalidated");
	static const GLenum stencil[] = {GL_STENCIL};
	glInvalidateNamedFramebufferData(0, 1, stencil);
	glInvalidateNamedFramebufferSubData(0, 1, stencil, 1, 2, 3, 4);
	judged("invalidated");
	glInvalidateNamedFramebufferData(o.fb, 1, color);
	judged("not of an object");
	glInvalidateNamedFramebufferData(0, 1, attached);
	judged("not of a window");
	picture("unharmed");
	drop(&o);
	judged("buffers");
}

/* Layers: all at once by a geometry shader, and one by one. */
static void layers(void) {
	static const struct { GLenum target; int n; } all[] = {{GL_TEXTURE_2D_ARRAY, 5}, {GL_TEXTURE_3D, 5}, {GL_TEXTURE_CUBE_MAP, 6}, {GL_TEXTURE_CUBE_MAP_ARRAY, 12}};
	const GLuint p = program3("out float i; void main() { i = gl_Vertex.x; gl_Position = vec4(0, 0, 0, 1); }\n",
		"layout(points) in; layout(triangle_strip, max_vertices = 3) out; in float i[]; out vec4 c;\n"
		"void main() { for (int k = 0; k < 3; k++) { gl_Layer = int(i[0]); c = vec4(k == 0, i[0] / 12, k == 2, 1);\n"
		"gl_Position = vec4(k == 1 ? 1.1 : -.9, k == 2 ? 1.05 : -.8, 0, 1); EmitVertex(); } EndPrimitive(); }\n",
		"in vec4 c; out vec4 o; void main() { o = c; }\n");
	for (unsigned k = 0; k < 4; k++) {
		GLuint fb, t;
		GLint v[3] = {-1, -1, -1};
		glCreateFramebuffers(1, &fb);
		glCreateTextures(all[k].target, 1, &t);
		if (all[k].target == GL_TEXTURE_CUBE_MAP) glTextureStorage2D(t, 1, GL_RGBA8, 32, 32);
		else glTextureStorage3D(t, 1, GL_RGBA8, 32, 32, all[k].n);
		glNamedFramebufferTexture(fb, GL_COLOR_ATTACHMENT0, t, 0);
		glGetNamedFramebufferAttachmentParameteriv(fb, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_LAYERED, v);
		glClearNamedFramebufferfv(fb, GL_COLOR, 0, blue);
		glBindFramebuffer(GL_FRAMEBUFFER, fb);
		glViewport(0, 0, 32, 32);
		glUseProgram(p);
		glBegin(GL_POINTS);
		for (int i = 0; i < all[k].n; i += 2) glVertex2f((float)i, 0);
		glEnd();
		glUseProgram(0);
		memset(back, 0, sizeof back);
		glGetTextureImage(t, 0, GL_RGBA, GL_UNSIGNED_BYTE, sizeof back, back);
		bytes("layers", back, sizeof back);
		glNamedFramebufferTextureLayer(fb, GL_COLOR_ATTACHMENT0, t, 0, 3);
		glGetNamedFramebufferAttachmentParameteriv(fb, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LAYER, v + 1);
		glGetNamedFramebufferAttachmentParameteriv(fb, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_CUBE_MAP_FACE, v + 2);
		printf("layered %d, layer %d, face %#x, status %#x\n", v[0], v[1], v[2], glCheckNamedFramebufferStatus(fb, GL_FRAMEBUFFER));
		glClearNamedFramebufferfv(fb, GL_COLOR, 0, red);
		triangle(0);
		memset(back, 0, sizeof back);
		glGetTextureImage(t, 0, GL_RGBA, GL_UNSIGNED_BYTE, sizeof back, back);
		bytes("one layer", back, sizeof back);
		glNamedFramebufferTextureLayer(fb, GL_COLOR_ATTACHMENT0, t, 0, -1);
		judged("before the first");
		glBindFramebuffer(GL_FRAMEBUFFER, 0);
		glViewport(0, 0, W, H);
		glDeleteFramebuffers(1, &fb), glDeleteTextures(1, &t);
	}
	glDeleteProgram(p);
	judged("layers");
}

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	shader_head = "#version 410 compatibility\n";
	for (int i = 0; i < 2; i++) { /* the second time the nodes draw only their tiles */
		objects();
		clears();
		blits();
		buffers();
		layers();
		fresh();
		triangle(0);
		conform_swap();
	}
	judged("end");
	conform_close();
	return 0;
}
