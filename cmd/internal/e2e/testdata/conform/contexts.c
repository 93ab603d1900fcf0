/* Several contexts: shared and not, in several threads, on several windows, without one, destroyed while they are current, more than anybody
 * needs. Threads take turns, so that what is seen is always the same. */
#include "conform.h"
#include <pthread.h>

static Window second;
static XVisualInfo *vi;
static GLXContext other; /* shares with ctx */
static pthread_barrier_t turn;

static void wrong(const char *name) { printf("%s: error %#x\n", name, glGetError()); }
static int x_error;
static int on_x_error(Display *d, XErrorEvent *e) {
	(void)d;
	x_error = e->error_code;
	return 0;
}
static void x_errors(const char *name) {
	XSync(dpy, False);
	printf("%s: X error %d\n", name, x_error);
	x_error = 0;
}
static void quad(float l, float b, float r, float t) {
	glBegin(GL_QUADS);
	glTexCoord2f(0, 0), glVertex2f(l, b);
	glTexCoord2f(1, 0), glVertex2f(r, b);
	glTexCoord2f(1, 1), glVertex2f(r, t);
	glTexCoord2f(0, 1), glVertex2f(l, t);
	glEnd();
}
static void fresh(float r, float g, float b) {
	glClearColor(r, g, b, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glColor3f(1, 1, 1);
}
static void in_turns(void *(*f)(void *), void *arg, void (*mine)(void *)) {
	pthread_t t;
	pthread_create(&t, NULL, f, arg);
	if (mine) mine(arg);
	pthread_join(t, NULL);
}

/* ---- what a thread makes in its context, another uses ---- */

static GLuint texture, buffer, list, rendered, prog, sampler, renderbuffer;
static GLsync made;
static uint8_t image[256 * 256 * 4];

static void *maker(void *arg) {
	(void)arg;
	printf("current in the thread: %d\n", glXMakeCurrent(dpy, second, other));
	glBindTexture(GL_TEXTURE_2D, texture); /* a name that the other context has given out */
	for (size_t i = 0; i < sizeof image; i++) image[i] = (uint8_t)(i * 7 + i / 300);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 256, 256, 0, GL_RGBA, GL_UNSIGNED_BYTE, image);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof image, image, GL_STATIC_DRAW); /* more than a record takes */
	glNewList(list, GL_COMPILE);
	glColor3f(.9f, .3f, .2f);
	quad(-.3f, -.2f, .4f, .7f);
	glEndList();
	/* what a shader draws into a texture */
	GLuint fb;
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glBindTexture(GL_TEXTURE_2D, rendered);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 64, 64, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, rendered, 0);
	glViewport(0, 0, 64, 64);
	prog = program("void main() { gl_Position = gl_Vertex; }\n", "void main() { gl_FragColor = vec4(gl_FragCoord.xy / 64.0, .25, 1); }\n");
	glUseProgram(prog);
	quad(-1, -1, .5f, 1);
	glUseProgram(0);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glGenSamplers(1, &sampler);
	glSamplerParameteri(sampler, GL_TEXTURE_WRAP_S, GL_MIRRORED_REPEAT);
	glGenRenderbuffers(1, &renderbuffer);
	glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, 33, 44);
	made = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	glFlush();
	pthread_barrier_wait(&turn); /* made */
	pthread_barrier_wait(&turn); /* used */
	printf("in the thread:"), wrong("");
	/* it deletes what the other has bound */
	glDeleteTextures(1, &texture);
	glDeleteBuffers(1, &buffer);
	glDeleteProgram(prog);
	printf("deleted here: %d %d\n", glIsTexture(texture), glIsBuffer(buffer));
	glFinish();
	pthread_barrier_wait(&turn); /* deleted */
	pthread_barrier_wait(&turn); /* looked at */
	glDeleteFramebuffers(1, &fb);
	glXMakeCurrent(dpy, None, NULL);
	printf("none in the thread: %d\n", glXGetCurrentContext() == NULL);
	return NULL;
}
static void user(void *arg) {
	(void)arg;
	GLint v = 0;
	pthread_barrier_wait(&turn); /* made */
	glWaitSync(made, 0, GL_TIMEOUT_IGNORED);
	printf("the other's: %d %d %d %d %d\n", glIsTexture(texture), glIsBuffer(buffer), glIsList(list), glIsProgram(prog), glIsSampler(sampler));
	fresh(0, .1f, 0);
	glEnable(GL_TEXTURE_2D);
	glBindTexture(GL_TEXTURE_2D, texture);
	quad(-.9f, -.9f, .9f, .9f);
	picture("the other's texture");
	glBindTexture(GL_TEXTURE_2D, rendered);
	quad(-.5f, -.9f, .9f, .1f);
	glDisable(GL_TEXTURE_2D);
	glCallList(list);
	picture("what it has rendered, and its list");
	glUseProgram(prog);
	quad(-.2f, .4f, .9f, .9f);
	picture("its program");
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	static uint8_t back[sizeof image];
	glGetBufferSubData(GL_ARRAY_BUFFER, 0, sizeof back, back);
	printf("its buffer: %d\n", !memcmp(back, image, sizeof back));
	glBindRenderbuffer(GL_RENDERBUFFER, renderbuffer);
	glGetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_WIDTH, &v), printf("its renderbuffer: %d\n", v);
	glBindTexture(GL_TEXTURE_2D, texture);
	printf("its fence: %d\n", glClientWaitSync(made, 0, 30000000000ull) != GL_TIMEOUT_EXPIRED);
	glDeleteSync(made);
	glFlush(); /* what was done here comes before what the other does next */
	pthread_barrier_wait(&turn); /* used */
	pthread_barrier_wait(&turn); /* deleted */
	/* still bound here: it lives on */
	fresh(0, 0, .2f);
	glEnable(GL_TEXTURE_2D);
	quad(-.9f, -.9f, .3f, .9f); /* the program is current and draws over it */
	picture("by the program that was deleted elsewhere");
	glUseProgram(0);
	quad(.2f, -.5f, .9f, .2f);
	glDisable(GL_TEXTURE_2D);
	picture("what was deleted elsewhere");
	glBufferSubData(GL_ARRAY_BUFFER, 100, 50, image), wrong("writing a buffer that was deleted elsewhere");
	printf("names of them: %d %d\n", glIsTexture(texture), glIsBuffer(buffer));
	glBindTexture(GL_TEXTURE_2D, 0);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	wrong("the user");
	pthread_barrier_wait(&turn); /* looked at */
}

/* ---- a thread that makes its own context, when names have been given out and nothing was flushed ---- */

static GLuint early[3];
static void *late(void *arg) {
	(void)arg;
	GLXContext mine = conform_context(0, CONFORM_LEGACY, ctx);
	printf("late: %d\n", glXMakeCurrent(dpy, second, mine));
	printf("early names: %d %d %d\n", glIsTexture(early[0]), glIsBuffer(early[1]), glIsShader(early[2]));
	glBindTexture(GL_TEXTURE_2D, early[0]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, "\x11\x22\x33\xff");
	glBindBuffer(GL_ARRAY_BUFFER, early[1]);
	glBufferData(GL_ARRAY_BUFFER, 4, "late", GL_STATIC_DRAW);
	glDeleteShader(early[2]);
	glFinish();
	wrong("late");
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, mine);
	return NULL;
}
static void names_first(void) {
	uint8_t back[4] = {0};
	/* a group of one yet */
	GLXContext was = ctx;
	ctx = conform_context(0, CONFORM_LEGACY, NULL);
	glXMakeCurrent(dpy, win, ctx);
	glGenTextures(1, &early[0]);
	glGenBuffers(1, &early[1]);
	early[2] = glCreateShader(GL_VERTEX_SHADER);
	in_turns(late, NULL, NULL);
	glBindTexture(GL_TEXTURE_2D, early[0]);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, back), printf("early texture: %d %d %d\n", back[0], back[1], back[2]);
	glBindBuffer(GL_ARRAY_BUFFER, early[1]);
	glGetBufferSubData(GL_ARRAY_BUFFER, 0, 4, back), printf("early buffer: %.4s\n", (char *)back);
	printf("early shader: %d\n", glIsShader(early[2]));
	wrong("names first");
	glXMakeCurrent(dpy, win, was);
	glXDestroyContext(dpy, ctx);
	ctx = was;
}

/* ---- threads that end as they are ---- */

static void *leaves(void *arg) {
	const bool large = arg;
	glXMakeCurrent(dpy, second, other);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	/* neither flushed nor finished, the context stays current */
	if (large) glBufferData(GL_ARRAY_BUFFER, sizeof image, image, GL_STATIC_DRAW);
	else glBufferSubData(GL_ARRAY_BUFFER, 0, 8, "the end");
	return NULL;
}

/* ---- a context that is destroyed while it is current ---- */

static GLXContext doomed;
static void *draws_on(void *arg) {
	(void)arg;
	printf("the doomed: %d\n", glXMakeCurrent(dpy, second, doomed));
	fresh(.3f, 0, 0);
	pthread_barrier_wait(&turn); /* current here */
	pthread_barrier_wait(&turn); /* destroyed there */
	glColor3f(0, 1, 0);
	quad(-.5f, -.5f, .5f, .5f);
	picture("drawn after its end");
	wrong("the doomed");
	glXMakeCurrent(dpy, None, NULL);
	return NULL;
}
static void destroys(void *arg) {
	(void)arg;
	pthread_barrier_wait(&turn); /* current here */
	glXDestroyContext(dpy, doomed);
	pthread_barrier_wait(&turn); /* destroyed there */
}

/* ---- many threads, each with its context, at once ---- */

enum { THREADS = 6 };
static GLXContext each[THREADS];
static GLuint colours[THREADS];
static void *paints(void *arg) {
	const int n = (int)(intptr_t)arg;
	static Window windows[THREADS];
	uint8_t pixel[4] = {0};
	windows[n] = conform_window(vi, 64, 48);
	if (!glXMakeCurrent(dpy, windows[n], each[n])) return (void *)1;
	for (int i = 0; i < 30; i++) {
		glClearColor(n / 8.f, i / 32.f, .5f, 1);
		glClear(GL_COLOR_BUFFER_BIT);
		glBindTexture(GL_TEXTURE_2D, colours[n]);
		const uint8_t texel[4] = {(uint8_t)(n * 40), (uint8_t)i, 7, 255};
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, texel);
		if (i % 10 == 9) glXSwapBuffers(dpy, windows[n]);
		glDeleteSync(glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0));
	}
	glClearColor(n / 8.f, .25f, .5f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glReadPixels(60, 40, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
	const bool good = abs(pixel[0] - n * 32) < 2 && !glGetError();
	glXMakeCurrent(dpy, None, NULL);
	return (void *)(intptr_t)!good;
}

static void windows(void) {
	Window third = conform_window(vi, 90, 60);
	uint8_t pixel[4];
	/* drawn to one, read from another; what a window held before it was current again, Mesa forgets */
	printf("read elsewhere: %d\n", glXMakeContextCurrent(dpy, third, win, ctx));
	GETI(GL_VIEWPORT, 4); /* stays */
	fresh(0, .5f, 0);
	glColor3f(1, 1, 0);
	quad(-1, -1, 0, 0);
	printf("and the other way: %d\n", glXMakeContextCurrent(dpy, win, third, ctx));
	fresh(.5f, 0, 0);
	quad(-1, -1, 0, 0);
	glReadPixels(80, 50, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel), printf("read: %d %d %d\n", pixel[0], pixel[1], pixel[2]);
	glBlitFramebuffer(0, 0, 90, 60, 20, 20, 180, 130, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	printf("drawable: %d %d\n", glXGetCurrentDrawable() == win, glXGetCurrentReadDrawable() == third);
	GLuint tex;
	glGenTextures(1, &tex), glBindTexture(GL_TEXTURE_2D, tex);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, 0, 0, 64, 32, 0);
	glEnable(GL_TEXTURE_2D);
	quad(-.9f, .2f, .2f, .9f);
	glDisable(GL_TEXTURE_2D);
	glDeleteTextures(1, &tex);
	glXMakeContextCurrent(dpy, win, win, ctx);
	picture("copied from the third");
	glXSwapBuffers(dpy, third); /* not the current one */
	glXSwapBuffers(dpy, win);
	XDestroyWindow(dpy, third);
	fresh(0, 0, 0);
	quad(-.5f, 0, .5f, 1);
	picture("the third is gone");
	wrong("windows");
}

static void none(void) {
	GLuint name = 4711;
	glXMakeCurrent(dpy, None, NULL);
	printf("none: %d %d\n", glXGetCurrentContext() == NULL, glXGetCurrentDrawable() == None);
	glClear(GL_COLOR_BUFFER_BIT);
	glGenTextures(1, &name);
	glBindTexture(GL_TEXTURE_2D, name);
	printf("without a context: %d %d\n", glGetString(GL_VERSION) == NULL, glIsTexture(1));
	glXMakeCurrent(dpy, win, ctx);
	printf("back: %d\n", glXGetCurrentContext() == ctx);
	fresh(.2f, 0, 0);
	picture("drawn again");
	/* a context without a window */
	GLXContext bare = conform_context(33, CONFORM_CORE, NULL);
	printf("no window: %d\n", glXMakeContextCurrent(dpy, None, None, bare));
	GLuint fb, tex;
	uint8_t pixel[4] = {0};
	glGenTextures(1, &tex), glBindTexture(GL_TEXTURE_2D, tex);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 16, 16, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glGenFramebuffers(1, &fb);
	printf("the window that is none: %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glClearColor(.2f, .4f, .6f, 1), glClear(GL_COLOR_BUFFER_BIT);
	glReadPixels(3, 3, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel), printf("drawn without a window: %d %d %d\n", pixel[0], pixel[1], pixel[2]);
	wrong("no window");
	glXMakeCurrent(dpy, win, ctx);
	glXDestroyContext(dpy, bare);
}

static void apart(void) {
	/* names of another group mean other things */
	GLXContext alone = conform_context(0, CONFORM_LEGACY, NULL);
	GLuint t;
	glGenTextures(1, &t), glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, "\xff\x80\x10\xff");
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glXMakeCurrent(dpy, second, alone);
	printf("another group's name: %d\n", glIsTexture(t));
	glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, "\x01\x02\xff\xff");
	printf("here now: %d\n", glIsTexture(t));
	glXMakeCurrent(dpy, win, ctx);
	fresh(0, 0, 0);
	glEnable(GL_TEXTURE_2D);
	quad(-1, -1, 1, 0);
	glDisable(GL_TEXTURE_2D);
	picture("each its own");
	glXDestroyContext(dpy, alone);
	glDeleteTextures(1, &t);
	/* the group outlives the context that began it */
	GLXContext first = conform_context(0, CONFORM_LEGACY, NULL), child = conform_context(0, CONFORM_LEGACY, first);
	glXMakeCurrent(dpy, second, first);
	glGenTextures(1, &t), glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, "\x40\x80\xc0\xff");
	glXMakeCurrent(dpy, second, child);
	glXDestroyContext(dpy, first);
	uint8_t pixel[4] = {0};
	printf("the parent's texture: %d\n", glIsTexture(t));
	glBindTexture(GL_TEXTURE_2D, t);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixel), printf("it has: %d %d %d\n", pixel[0], pixel[1], pixel[2]);
	wrong("the child");
	glXMakeCurrent(dpy, win, ctx);
	glXDestroyContext(dpy, child);
}

int main(void) {
	XInitThreads();
	XSetErrorHandler(on_x_error);
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	shader_head = "";
	vi = glXGetVisualFromFBConfig(dpy, config);
	second = conform_window(vi, W, H);
	other = conform_context(0, CONFORM_LEGACY, ctx);
	pthread_barrier_init(&turn, NULL, 2);
	glGenTextures(1, &texture), glGenTextures(1, &rendered);
	glGenBuffers(1, &buffer);
	list = glGenLists(1);
	in_turns(maker, NULL, user);
	/* ends of threads */
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	for (int i = 0; i < 2; i++) {
		in_turns(leaves, (void *)(intptr_t)!i, NULL);
		glBindBuffer(GL_ARRAY_BUFFER, buffer);
		static uint8_t back[sizeof image];
		glGetBufferSubData(GL_ARRAY_BUFFER, 0, sizeof back, back);
		printf("a thread that left: %.8s, the rest %d\n", i ? (char *)back : "", !memcmp(back + 8, image + 8, sizeof back - 8));
	}
	printf("its context, elsewhere: %d\n", glXMakeCurrent(dpy, second, other));
	x_errors("its context");
	wrong("its context");
	glXMakeCurrent(dpy, win, ctx);
	names_first();
	doomed = conform_context(0, CONFORM_LEGACY, ctx);
	in_turns(draws_on, NULL, destroys);
	windows();
	none();
	apart();
	/* at once */
	pthread_t t[THREADS];
	glGenTextures(THREADS, colours);
	for (int i = 0; i < THREADS; i++) each[i] = conform_context(0, CONFORM_LEGACY, ctx);
	for (int i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, paints, (void *)(intptr_t)i);
	for (int i = 0; i < THREADS; i++) {
		void *bad;
		pthread_join(t[i], &bad);
		printf("thread %d: %d\n", i, bad == NULL);
	}
	for (int i = 0; i < THREADS; i++) {
		uint8_t pixel[4] = {0};
		glBindTexture(GL_TEXTURE_2D, colours[i]);
		glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixel), printf("texture %d: %d %d %d\n", i, pixel[0], pixel[1], pixel[2]);
		glXDestroyContext(dpy, each[i]);
	}
	/* one after the other, and many at a time */
	for (int i = 0; i < 40; i++) {
		GLXContext c = conform_context(0, CONFORM_LEGACY, i % 2 ? ctx : NULL);
		glXMakeCurrent(dpy, second, c);
		glClear(GL_COLOR_BUFFER_BIT);
		glXMakeCurrent(dpy, win, ctx);
		glXDestroyContext(dpy, c);
	}
	GLXContext many[280];
	int have = 0;
	for (int i = 0; i < 280; i++) have += (many[i] = conform_context(0, CONFORM_LEGACY, ctx)) != NULL;
	printf("contexts at a time: %d\n", have);
	printf("the last: %d\n", glXMakeCurrent(dpy, second, many[279]));
	fresh(.1f, .2f, .3f);
	quad(-.5f, -.5f, .5f, .5f);
	picture("the last");
	glXMakeCurrent(dpy, win, ctx);
	for (int i = 0; i < 280; i++) glXDestroyContext(dpy, many[i]);
	fresh(0, 0, 0);
	quad(-.5f, -.5f, .5f, .5f);
	picture("at the end");
	wrong("all");
	conform_swap();
	conform_close();
	return 0;
}
