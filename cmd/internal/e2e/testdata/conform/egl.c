/* EGL without X: displays of the platforms surfaceless and device, configurations, pbuffers, contexts, threads, fences, and what wrong calls get.
 * Lists of configurations differ between drivers, so what is chosen from them is told, not they. */
#include "egl.h"

static void configs(EGLDisplay d) {
	EGLConfig list[512];
	EGLint n = 0, m = 0;
	SAY(eglGetConfigs(d, NULL, 0, &n));
	printf("some: %d\n", n > 0);
	SAY(eglGetConfigs(d, list, 512, &m));
	printf("as many: %d\n", n == m);
	SAY(eglGetConfigs(d, list, 512, NULL));
	SAY(eglGetConfigs(d, list, 2, &m));
	printf("%d\n", m);
	const EGLint alpha[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_ALPHA_SIZE, 1, EGL_NONE};
	choose("with alpha", d, alpha);
	const EGLint care[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RED_SIZE, EGL_DONT_CARE, EGL_ALPHA_SIZE, 8, EGL_COLOR_BUFFER_TYPE, EGL_DONT_CARE, EGL_NONE};
	choose("do not care", d, care);
	const EGLint deep[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RED_SIZE, 8, EGL_ALPHA_SIZE, 8, EGL_DEPTH_SIZE, 24, EGL_STENCIL_SIZE, 1, EGL_NONE};
	choose("with stencil", d, deep);
	const EGLint too_deep[] = {EGL_DEPTH_SIZE, 99, EGL_NONE};
	choose("too deep", d, too_deep);
	const EGLint unknown[] = {0x7777, 1, EGL_NONE};
	choose("unknown attribute", d, unknown);
	const EGLint level[] = {EGL_LEVEL, EGL_DONT_CARE, EGL_NONE};
	choose("level does not matter", d, level);
	const EGLint level1[] = {EGL_LEVEL, 1, EGL_NONE};
	choose("level 1", d, level1);
	const EGLint odd[] = {EGL_CONFIG_CAVEAT, 5, EGL_NONE};
	choose("odd caveat", d, odd);
	const EGLint negative[] = {EGL_RED_SIZE, -3, EGL_NONE};
	choose("negative", d, negative);
	const EGLint luminance[] = {EGL_COLOR_BUFFER_TYPE, EGL_LUMINANCE_BUFFER, EGL_NONE};
	choose("luminance", d, luminance);
	EGLConfig c = usual(d, EGL_PBUFFER_BIT);
	EGLint id = 0, v = 0;
	SAY(eglGetConfigAttrib(d, c, EGL_CONFIG_ID, &id));
	const EGLint by_id[] = {EGL_CONFIG_ID, id, EGL_RED_SIZE, 99, EGL_NONE};
	printf("the same by number: %d\n", choose("by number", d, by_id) == c);
	SAY(eglGetConfigAttrib(d, c, 0x7777, &v));
	SAY(eglGetConfigAttrib(d, (EGLConfig)(uintptr_t)0x1234567, EGL_RED_SIZE, &v));
	SAY(eglGetConfigAttrib(d, c, EGL_MATCH_NATIVE_PIXMAP, &v));
	SAY(eglChooseConfig(d, NULL, NULL, 0, NULL));
	EGLint last = 0;
	bool rising = true;
	const EGLint all[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_ALPHA_SIZE, 8, EGL_NONE};
	SAY(eglChooseConfig(d, all, list, 512, &n));
	for (EGLint i = 0; i < n; i++) {
		eglGetConfigAttrib(d, list[i], EGL_DEPTH_SIZE, &v);
		EGLint samples = 0;
		eglGetConfigAttrib(d, list[i], EGL_SAMPLES, &samples);
		rising &= samples * 100 + v >= last;
		last = samples * 100 + v;
	}
	printf("samples, then depth rise: %d\n", rising);
}

static void surface_told(EGLDisplay d, EGLSurface s) {
	static const EGLint list[] = {EGL_WIDTH, EGL_HEIGHT, EGL_LARGEST_PBUFFER, EGL_TEXTURE_FORMAT, EGL_TEXTURE_TARGET, EGL_MIPMAP_TEXTURE, EGL_MIPMAP_LEVEL,
		EGL_RENDER_BUFFER, EGL_MULTISAMPLE_RESOLVE, EGL_HORIZONTAL_RESOLUTION, EGL_VERTICAL_RESOLUTION, EGL_GL_COLORSPACE, 0x7777};
	printf("surface:");
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		EGLint v = -7;
		EGLBoolean ok = eglQuerySurface(d, s, list[i], &v);
		printf(" %#x %d %d %#x,", list[i], ok, v, eglGetError());
	}
	puts("");
}

static void contexts(EGLDisplay d, EGLConfig c) {
	EGLContext x;
	EGLint v = -7;
	if ((x = TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, NULL)))) {
		SAY(eglQueryContext(d, x, EGL_CONTEXT_CLIENT_TYPE, &v));
		printf("%#x\n", v);
		SAY(eglQueryContext(d, x, EGL_CONTEXT_CLIENT_VERSION, &v));
		printf("%d\n", v);
		SAY(eglQueryContext(d, x, EGL_RENDER_BUFFER, &v));
		printf("%#x\n", v);
		SAY(eglQueryContext(d, x, 0x7777, &v));
		SAY(eglDestroyContext(d, x));
		SAY(eglDestroyContext(d, x));
		SAY(eglQueryContext(d, x, EGL_CONFIG_ID, &v));
	}
	TOLD(context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT));
	TOLD(context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT));
	TOLD(context(d, c, EGL_NO_CONTEXT, 3, 3, 0));
	TOLD(context(d, c, EGL_NO_CONTEXT, 3, 3, 3));
	TOLD(context(d, c, EGL_NO_CONTEXT, 2, 1, 0));
	TOLD(context(d, c, EGL_NO_CONTEXT, 2, 9, 1));
	TOLD(context(d, c, EGL_NO_CONTEXT, 9, 0, 1));
	TOLD(context(d, (EGLConfig)(uintptr_t)0x1234567, EGL_NO_CONTEXT, 3, 3, 1));
	TOLD(context(d, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, 3, 3, 1));
	TOLD(context(d, c, (EGLContext)(uintptr_t)0x1234567, 3, 3, 1));
	const EGLint odd[] = {0x7777, 1, EGL_NONE}, flags[] = {EGL_CONTEXT_FLAGS_KHR, 64, EGL_NONE}, mask[] = {EGL_CONTEXT_OPENGL_PROFILE_MASK, 8, EGL_NONE};
	const EGLint forward[] = {EGL_CONTEXT_MAJOR_VERSION, 2, EGL_CONTEXT_MINOR_VERSION, 1, EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE, EGL_TRUE, EGL_NONE};
	const EGLint debug[] = {EGL_CONTEXT_OPENGL_DEBUG, EGL_TRUE, EGL_NONE}, robust[] = {EGL_CONTEXT_OPENGL_ROBUST_ACCESS, EGL_TRUE, EGL_NONE};
	const EGLint lose[] = {EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY, EGL_LOSE_CONTEXT_ON_RESET, EGL_NONE};
	const EGLint behave[] = {EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY, 5, EGL_NONE};
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, odd));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, flags));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, mask));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, forward));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, debug));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, robust));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, lose));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, behave));
	SAY(eglBindAPI(EGL_OPENGL_ES_API));
	const EGLint es2[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE}, es3[] = {EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE}, es9[] = {EGL_CONTEXT_CLIENT_VERSION, 9, EGL_NONE};
	const EGLint profile[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_CONTEXT_OPENGL_PROFILE_MASK, 1, EGL_NONE};
	if ((x = TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, es2)))) {
		SAY(eglQueryContext(d, x, EGL_CONTEXT_CLIENT_TYPE, &v));
		printf("%#x\n", v);
		SAY(eglQueryContext(d, x, EGL_CONTEXT_CLIENT_VERSION, &v));
		printf("%d\n", v);
	}
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, es3));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, es9));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, profile));
	SAY(eglBindAPI(EGL_OPENGL_API));
}

static void pbuffers(EGLDisplay d, EGLConfig c) {
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE}, other[] = {EGL_WIDTH, 40, EGL_HEIGHT, 30, EGL_NONE}, minus[] = {EGL_WIDTH, -1, EGL_NONE};
	const EGLint odd[] = {0x7777, 1, EGL_NONE}, back[] = {EGL_RENDER_BUFFER, EGL_BACK_BUFFER, EGL_NONE};
	const EGLint half[] = {EGL_WIDTH, 8, EGL_HEIGHT, 8, EGL_TEXTURE_FORMAT, EGL_TEXTURE_RGBA, EGL_NONE}, format[] = {EGL_TEXTURE_FORMAT, 5, EGL_NONE};
	EGLSurface s = TOLD(eglCreatePbufferSurface(d, c, size)), t = TOLD(eglCreatePbufferSurface(d, c, other));
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	EGLContext y = context(d, c, x, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	TOLD(eglCreatePbufferSurface(d, c, minus));
	TOLD(eglCreatePbufferSurface(d, c, odd));
	TOLD(eglCreatePbufferSurface(d, c, back));
	TOLD(eglCreatePbufferSurface(d, c, half));
	TOLD(eglCreatePbufferSurface(d, c, format));
	TOLD(eglCreatePbufferSurface(d, (EGLConfig)(uintptr_t)0x1234567, size));
	surface_told(d, s);
	surface_told(d, t);
	EGLint v = -7;
	SAY(eglQuerySurface(d, (EGLSurface)(uintptr_t)0x1234567, EGL_WIDTH, &v));
	SAY(eglSurfaceAttrib(d, s, EGL_MIPMAP_LEVEL, 2));
	SAY(eglSurfaceAttrib(d, s, EGL_SWAP_BEHAVIOR, 5));
	SAY(eglSurfaceAttrib(d, s, EGL_WIDTH, 5));
	SAY(eglSurfaceAttrib(d, s, EGL_MULTISAMPLE_RESOLVE, EGL_MULTISAMPLE_RESOLVE_BOX));
	SAY(eglSwapInterval(d, 0));
	SAY(eglWaitClient());
	SAY(eglWaitGL());
	SAY(eglWaitNative(EGL_CORE_NATIVE_ENGINE));

	SAY(eglMakeCurrent(d, s, s, x));
	printf("current: %d %d %d %d\n", eglGetCurrentContext() == x, eglGetCurrentSurface(EGL_DRAW) == s, eglGetCurrentSurface(EGL_READ) == s, eglGetCurrentDisplay() == d);
	SAY(eglGetCurrentSurface(0x7777) != NULL);
	SAY(eglQueryContext(d, x, EGL_RENDER_BUFFER, &v));
	printf("%#x\n", v);
	geti("viewport", GL_VIEWPORT, 4);
	geti("scissor", GL_SCISSOR_BOX, 4);
	GETI(GL_RED_BITS, 1);
	GETI(GL_ALPHA_BITS, 1);
	GETI(GL_DEPTH_BITS, 1);
	GETI(GL_STENCIL_BITS, 1);
	GETI(GL_SAMPLES, 1);
	GETI(GL_DRAW_BUFFER, 1);
	GETI(GL_DOUBLEBUFFER, 1);
	draw(1);
	seen("drawn", PW, PH);
	static const GLenum buffers[] = {GL_FRONT, GL_BACK, GL_FRONT_LEFT, GL_BACK, GL_FRONT};
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
		glDrawBuffer(buffers[i]);
		printf("%#x: ", buffers[i]);
		GETI(GL_DRAW_BUFFER, 1);
		draw((int)i & 3);
		seen("drawn there", PW, PH);
		glReadBuffer(buffers[i]);
		seen("read there", PW, PH);
	}
	while (glGetError()) {}
	glDrawBuffer(GL_BACK);
	glReadBuffer(GL_BACK);
	printf("%#x\n", glGetError());
	draw(1);
	SAY(eglSwapBuffers(d, s));
	seen("swapped", PW, PH);
	SAY(eglSwapBuffers(d, t));
	SAY(eglSwapBuffers(d, EGL_NO_SURFACE));
	SAY(eglSwapInterval(d, 1));
	SAY(eglSwapInterval(d, -1));
	SAY(eglBindTexImage(d, s, EGL_BACK_BUFFER));
	SAY(eglBindTexImage(d, (EGLSurface)(uintptr_t)0x1234567, EGL_BACK_BUFFER));

	/* Another surface under the same context, then drawing to one and reading the other. */
	SAY(eglMakeCurrent(d, t, t, x));
	geti("viewport stays", GL_VIEWPORT, 4);
	glViewport(0, 0, 40, 30);
	draw(2);
	seen("second", 40, 30);
	SAY(eglMakeCurrent(d, t, s, x));
	seen("reads the first", PW, PH);
	glScissor(0, 0, 13, 17);
	glEnable(GL_SCISSOR_TEST);
	glClearColor(1, 0, 1, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glDisable(GL_SCISSOR_TEST);
	seen("the first still", PW, PH);
	SAY(eglMakeCurrent(d, t, t, y));
	geti("viewport of the other", GL_VIEWPORT, 4);
	seen("the other context sees the second", 40, 30);

	/* Without a surface. */
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, y));
	printf("status %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	GLuint fb, tex;
	glGenFramebuffers(1, &fb);
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, PW, PH, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	printf("status %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	glViewport(0, 0, PW, PH);
	draw(3);
	seen("without a surface", PW, PH);
	SAY(eglSwapBuffers(d, s));
	SAY(eglSwapInterval(d, 1));
	SAY(eglMakeCurrent(d, s, EGL_NO_SURFACE, x));
	SAY(eglMakeCurrent(d, s, s, (EGLContext)(uintptr_t)0x1234567));
	SAY(eglMakeCurrent(d, (EGLSurface)(uintptr_t)0x1234567, s, x));
	SAY(eglMakeCurrent(d, s, s, EGL_NO_CONTEXT));

	/* What is destroyed while it is current goes on until it is let go. */
	SAY(eglMakeCurrent(d, s, s, x));
	SAY(eglDestroySurface(d, s));
	SAY(eglDestroySurface(d, s));
	SAY(eglDestroyContext(d, x));
	draw(1);
	seen("destroyed and current", PW, PH);
	SAY(eglSwapBuffers(d, s));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	printf("current: %d\n", eglGetCurrentContext() == EGL_NO_CONTEXT);
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, x));
	SAY(eglDestroyContext(d, y));
	SAY(eglDestroySurface(d, t));
}

/* Configurations without depth and alpha. */
static void plain(EGLDisplay d) {
	const EGLint a[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_NONE};
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	EGLConfig list[512], c = NULL;
	EGLint n = 0, v = -7;
	eglChooseConfig(d, a, list, 512, &n);
	for (EGLint i = 0; i < n && !c; i++) { /* some drivers have 10 bits, and others not */
		EGLint red = 0, alpha = 0, depth = 0;
		eglGetConfigAttrib(d, list[i], EGL_RED_SIZE, &red);
		eglGetConfigAttrib(d, list[i], EGL_ALPHA_SIZE, &alpha);
		eglGetConfigAttrib(d, list[i], EGL_DEPTH_SIZE, &depth);
		if (red == 8 && !alpha && !depth) c = list[i];
	}
	printf("plain:");
	config_told(d, c);
	EGLConfig full = usual(d, EGL_PBUFFER_BIT);
	EGLSurface s = TOLD(eglCreatePbufferSurface(d, c, size));
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 2, 1, 0), any = context(d, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, 2, 1, 0), y = context(d, full, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, y));
	SAY(eglQueryContext(d, any, EGL_CONFIG_ID, &v));
	printf("%d\n", v);
	EGLContext both[] = {x, any};
	for (int i = 0; i < 2; i++) {
		SAY(eglMakeCurrent(d, s, s, both[i]));
		GETI(GL_ALPHA_BITS, 1);
		GETI(GL_DEPTH_BITS, 1);
		glEnable(GL_DEPTH_TEST);
		glEnable(GL_BLEND);
		glBlendFunc(GL_ONE_MINUS_DST_ALPHA, GL_DST_ALPHA);
		draw(2);
		seen("plain", PW, PH);
	}
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	eglDestroySurface(d, s);
}

static struct shared {
	EGLDisplay d;
	EGLConfig c;
	EGLContext group, busy;
	EGLSurface busy_surface;
	uint64_t pictures[3];
	long errors[4];
} sh;

static void *drawer(void *arg) {
	const int n = (int)(intptr_t)arg;
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	eglBindAPI(EGL_OPENGL_API); /* the bound API is the thread's */
	EGLSurface s = eglCreatePbufferSurface(sh.d, sh.c, size);
	EGLContext x = context(sh.d, sh.c, sh.group, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	static __thread uint8_t pixels[PW * PH * 4];
	if (!eglMakeCurrent(sh.d, s, s, x)) return NULL;
	for (int i = 0; i < 10; i++) {
		draw(n + i % 2);
		eglSwapBuffers(sh.d, s);
	}
	glReadPixels(0, 0, PW, PH, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	sh.pictures[n] = hash(pixels, sizeof pixels);
	if (n == 0) { /* what another thread has */
		sh.errors[0] = eglMakeCurrent(sh.d, s, s, sh.busy) ? 0 : eglGetError();
		sh.errors[1] = eglMakeCurrent(sh.d, sh.busy_surface, sh.busy_surface, x) ? 0 : eglGetError();
		sh.errors[2] = eglGetError();
		sh.errors[3] = eglGetCurrentContext() == x;
	}
	if (n == 1) eglMakeCurrent(sh.d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	if (n == 2) eglReleaseThread();
	eglDestroySurface(sh.d, s);
	eglDestroyContext(sh.d, x);
	return NULL; /* thread 0 ends with its context current */
}

static void *other_api(void *arg) {
	(void)arg;
	sh.errors[0] = eglQueryAPI();
	sh.errors[1] = eglBindAPI(0x7777) ? 0 : eglGetError();
	sh.errors[2] = eglGetError();
	sh.errors[3] = eglQueryAPI();
	return NULL;
}

static void threads(EGLDisplay d, EGLConfig c) {
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	pthread_t t[3];
	sh = (struct shared){.d = d, .c = c};
	sh.busy = sh.group = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	sh.busy_surface = eglCreatePbufferSurface(d, c, size);
	SAY(eglMakeCurrent(d, sh.busy_surface, sh.busy_surface, sh.busy));
	for (intptr_t i = 0; i < 3; i++) pthread_create(&t[i], NULL, drawer, (void *)i);
	for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
	for (int i = 0; i < 3; i++) printf("thread %d drew %016llx\n", i, (unsigned long long)sh.pictures[i]);
	printf("what is current elsewhere: %#lx %#lx %#lx, still current %ld\n", sh.errors[0], sh.errors[1], sh.errors[2], sh.errors[3]);
	pthread_create(&t[0], NULL, other_api, NULL);
	pthread_join(t[0], NULL);
	printf("a new thread's API: %#lx, %#lx %#lx, %#lx; ours %#x\n", sh.errors[0], sh.errors[1], sh.errors[2], sh.errors[3], eglQueryAPI());
	SAY(eglReleaseThread());
	printf("released: %d, API %#x\n", eglGetCurrentContext() == EGL_NO_CONTEXT, eglQueryAPI());
	SAY(eglBindAPI(EGL_OPENGL_API));
	SAY(eglDestroyContext(d, sh.busy));
	SAY(eglDestroySurface(d, sh.busy_surface));
}

static void syncs(EGLDisplay d, EGLConfig c) {
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE}, some[] = {EGL_SYNC_CONDITION, 1, EGL_NONE};
	TOLD(create_sync(d, EGL_SYNC_FENCE_KHR, NULL));
	EGLSurface s = eglCreatePbufferSurface(d, c, size);
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	SAY(eglMakeCurrent(d, s, s, x));
	draw(1);
	EGLSyncKHR f = TOLD(create_sync(d, EGL_SYNC_FENCE_KHR, NULL));
	TOLD(create_sync(d, 0x7777, NULL));
	TOLD(create_sync(d, EGL_SYNC_FENCE_KHR, some));
	EGLint v = -7;
	SAY(wait_sync(d, f, 0));
	SAY(wait_sync(d, f, 5));
	SAY(client_wait(d, f, EGL_SYNC_FLUSH_COMMANDS_BIT_KHR, EGL_FOREVER_KHR));
	SAY(client_wait(d, f, 0, 0));
	SAY(sync_attrib(d, f, EGL_SYNC_STATUS_KHR, &v));
	printf("%#x\n", v);
	SAY(sync_attrib(d, f, EGL_SYNC_TYPE_KHR, &v));
	printf("%#x\n", v);
	SAY(sync_attrib(d, f, EGL_SYNC_CONDITION_KHR, &v));
	printf("%#x\n", v);
	SAY(sync_attrib(d, f, 0x7777, &v));
	SAY(destroy_sync(d, f));
	SAY(destroy_sync(d, f));
	SAY(client_wait(d, f, 0, 0));
	EGLSync g = TOLD(eglCreateSync(d, EGL_SYNC_FENCE, NULL));
	EGLAttrib a = 0;
	SAY(eglClientWaitSync(d, g, 0, EGL_FOREVER));
	SAY(eglGetSyncAttrib(d, g, EGL_SYNC_STATUS, &a));
	printf("%#lx\n", (long)a);
	SAY(eglDestroySync(d, g));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	eglDestroySurface(d, s);
	eglDestroyContext(d, x);
}

static void lost_displays(EGLDisplay d, EGLConfig c) {
	EGLint v = 0;
	EGLDisplay none = (EGLDisplay)(uintptr_t)0x1234567;
	SAY(eglInitialize(EGL_NO_DISPLAY, NULL, NULL));
	SAY(eglInitialize(none, NULL, NULL));
	SAY(eglTerminate(none));
	SAY(eglGetConfigs(none, NULL, 0, &v));
	SAY(eglMakeCurrent(none, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	TOLD((void *)eglQueryString(none, EGL_VENDOR));
	TOLD((void *)eglQueryString(d, 0x7777));
	TOLD((void *)eglQueryString(EGL_NO_DISPLAY, EGL_VENDOR));
	SAY(eglTerminate(d));
	SAY(eglTerminate(d));
	SAY(eglGetConfigs(d, NULL, 0, &v));
	SAY(eglSwapBuffers(d, EGL_NO_SURFACE));
	TOLD((void *)eglQueryString(d, EGL_VENDOR));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, NULL));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglInitialize(d, NULL, NULL));
	SAY(eglGetConfigs(d, NULL, 0, &v));
	printf("some: %d\n", v > 0);
}

/* A display that is terminated while it is in use. */
static void terminated(EGLDisplay d, EGLConfig c) {
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	EGLSurface s = eglCreatePbufferSurface(d, c, size);
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, x));
	SAY(eglTerminate(d));
	draw(1);
	seen("terminated and current", PW, PH);
	SAY(eglSwapBuffers(d, s));
	SAY(eglInitialize(d, NULL, NULL));
	SAY(eglSwapBuffers(d, s));
	SAY(eglQuerySurface(d, s, EGL_WIDTH, &(EGLint){0}));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, x));
}

static void message(EGLenum error, const char *command, EGLint type, EGLLabelKHR thread, EGLLabelKHR object, const char *text) {
	printf("message: %#x, %s, %#x, %s, %s, %s\n", error, command, type, thread ? (const char *)thread : "-", object ? (const char *)object : "-", text ? "told" : "-");
}

static void debug(EGLDisplay d, EGLConfig c) {
	PFNEGLDEBUGMESSAGECONTROLKHRPROC control = (void *)eglGetProcAddress("eglDebugMessageControlKHR");
	PFNEGLLABELOBJECTKHRPROC label = (void *)eglGetProcAddress("eglLabelObjectKHR");
	PFNEGLQUERYDEBUGKHRPROC query = (void *)eglGetProcAddress("eglQueryDebugKHR");
	const EGLAttrib quiet[] = {EGL_DEBUG_MSG_ERROR_KHR, EGL_FALSE, EGL_NONE}, odd[] = {0x7777, EGL_TRUE, EGL_NONE}, loud[] = {EGL_DEBUG_MSG_ERROR_KHR, EGL_TRUE, EGL_NONE};
	const EGLint wrong[] = {0x7777, 1, EGL_NONE}, size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	EGLAttrib v = 0;
	SAY(control(message, NULL));
	SAY(control(message, odd));
	SAY(query(EGL_DEBUG_CALLBACK_KHR, &v));
	printf("ours: %d\n", v == (EGLAttrib)message);
	SAY(query(EGL_DEBUG_MSG_WARN_KHR, &v));
	printf("warnings: %d\n", (int)v);
	SAY(query(EGL_DEBUG_MSG_ERROR_KHR, &v));
	printf("errors: %d\n", (int)v);
	SAY(query(0x7777, &v));
	SAY(label(d, EGL_OBJECT_THREAD_KHR, NULL, (EGLLabelKHR) "thread"));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, wrong));
	SAY(label(d, EGL_OBJECT_DISPLAY_KHR, d, (EGLLabelKHR) "display"));
	EGLSurface s = TOLD(eglCreatePbufferSurface(d, c, size));
	SAY(label(d, EGL_OBJECT_SURFACE_KHR, s, (EGLLabelKHR) "surface"));
	SAY(label(d, EGL_OBJECT_SURFACE_KHR, (EGLObjectKHR)(uintptr_t)0x1234567, (EGLLabelKHR) "none"));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, wrong));
	SAY(eglMakeCurrent(d, s, EGL_NO_SURFACE, (EGLContext)(uintptr_t)0x1234567));
	SAY(control(message, quiet));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, wrong));
	SAY(control(message, loud));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, wrong));
	SAY(control(NULL, NULL));
	TOLD(eglCreateContext(d, c, EGL_NO_CONTEXT, wrong));
	SAY(label(d, EGL_OBJECT_THREAD_KHR, NULL, NULL));
	SAY(label(d, EGL_OBJECT_DISPLAY_KHR, d, NULL));
	SAY(eglDestroySurface(d, s));
}

static void offscreen(const char *name, EGLDisplay d) {
	EGLint major = 0, minor = 0;
	printf("== %s\n", name);
	TOLD(d);
	SAY(eglGetConfigs(d, NULL, 0, &major));
	SAY(eglInitialize(d, &major, &minor));
	printf("%d.%d, %.3s\n", major, minor, eglQueryString(d, EGL_VERSION));
	SAY(eglInitialize(d, NULL, NULL));
	static const char *const wanted[] = {"EGL_KHR_create_context", "EGL_KHR_surfaceless_context", "EGL_KHR_no_config_context", "EGL_KHR_fence_sync", "EGL_KHR_wait_sync",
		"EGL_KHR_get_all_proc_addresses", "EGL_KHR_create_context_no_error", "EGL_EXT_create_context_robustness", "EGL_KHR_context_flush_control"};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) has(eglQueryString(d, EGL_EXTENSIONS), "display", wanted[i]);
	has(eglQueryString(d, EGL_CLIENT_APIS), "api", "OpenGL");
	has(eglQueryString(d, EGL_CLIENT_APIS), "api", "OpenGL_ES");
	configs(d);
	EGLConfig c = usual(d, EGL_PBUFFER_BIT);
	SAY(eglBindAPI(EGL_OPENGL_API));
	contexts(d, c);
	pbuffers(d, c);
	plain(d);
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	EGLSurface s = eglCreatePbufferSurface(d, c, size);
	strangers(d, c, s, PW, PH);
	eglDestroySurface(d, s);
	threads(d, c);
	syncs(d, c);
	TOLD(eglCreateWindowSurface(d, c, (EGLNativeWindowType)5, NULL));
	TOLD(eglCreatePixmapSurface(d, c, (EGLNativePixmapType)5, NULL));
	lost_displays(d, c);
	terminated(d, c);
	debug(d, usual(d, EGL_PBUFFER_BIT));
}

static void devices(void) {
	EGLDeviceEXT dev[8];
	EGLint n = 0;
	EGLAttrib v = 0;
	puts("== devices");
	SAY(query_devices(0, NULL, &n));
	printf("some: %d\n", n > 0);
	SAY(query_devices(8, dev, &n));
	SAY(query_devices(8, dev, NULL));
	SAY(query_devices(-1, dev, &n));
	n = 0;
	SAY(query_devices(1, dev, &n));
	printf("%d\n", n);
	TOLD((void *)device_string(dev[0], EGL_EXTENSIONS));
	TOLD((void *)device_string(dev[0], 0x7777));
	TOLD((void *)device_string((EGLDeviceEXT)(uintptr_t)0x1234567, EGL_EXTENSIONS));
	SAY(device_attrib(dev[0], 0x7777, &v));
	SAY(device_attrib((EGLDeviceEXT)(uintptr_t)0x1234567, 0x7777, &v));
	const EGLint odd[] = {0x7777, 0, EGL_NONE};
	TOLD(get_display(EGL_PLATFORM_DEVICE_EXT, (void *)(uintptr_t)0x1234567, NULL));
	TOLD(get_display(EGL_PLATFORM_DEVICE_EXT, dev[0], odd));
	EGLDisplay d = get_display(EGL_PLATFORM_DEVICE_EXT, dev[0], NULL);
	printf("the same: %d\n", d == get_display(EGL_PLATFORM_DEVICE_EXT, dev[0], NULL));
	offscreen("device", d);
	SAY(display_attrib(d, EGL_DEVICE_EXT, &v));
	printf("the device: %d\n", (EGLDeviceEXT)v == dev[0]);
	SAY(display_attrib(d, 0x7777, &v));
}

int main(void) {
	setvbuf(stdout, NULL, _IOLBF, 0);
	lib();
	printf("API: %#x\n", eglQueryAPI());
	offscreen("surfaceless", get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL));
	TOLD(get_display(EGL_PLATFORM_SURFACELESS_MESA, (void *)(uintptr_t)0x1234567, NULL));
	devices();
	return 0;
}
