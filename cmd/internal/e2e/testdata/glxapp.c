/* A small GLX program for the end-to-end tests; it knows nothing of prism. Usage: glxapp MODE FRAMES PPM-PREFIX|-
 * MODE: plain resize unmap destroy fork forkgl threads lost number. With a prefix each frame's back buffer is read and written before the swap. */
#include <GL/gl.h>
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int width = 320, height = 240;

static void draw(int frame) {
	glViewport(0, 0, width, height);
	glClearColor(0.1f, 0.15f, 0.2f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	glMatrixMode(GL_PROJECTION);
	glLoadIdentity();
	glFrustum(-1, 1, -0.75, 0.75, 2, 20);
	glMatrixMode(GL_MODELVIEW);
	glLoadIdentity();
	glTranslatef(0, 0, -6);
	glRotatef(frame * 7.f, 0.3f, 1, 0.2f);
	for (int i = 0; i < 24; i++) {
		glPushMatrix();
		glRotatef(i * 15.f, 0, 0, 1);
		glTranslatef(2, 0, (float)(i % 5) - 2);
		glBegin(GL_TRIANGLES);
		glColor3f(i / 24.f, 0.5f, 1 - i / 24.f);
		glVertex3f(-0.6f, -0.4f, 0);
		glColor3f(1, i / 24.f, 0.2f);
		glVertex3f(0.7f, -0.3f, 0.3f);
		glColor3f(0.3f, 1, i / 24.f);
		glVertex3f(0.1f, 0.8f, -0.3f);
		glEnd();
		glPopMatrix();
	}
}

static void write_ppm(const char *prefix, int frame) {
	if (!strcmp(prefix, "-")) return;
	unsigned char *p = malloc((size_t)width * height * 3);
	glPixelStorei(GL_PACK_ALIGNMENT, 1);
	glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, p);
	char name[4096];
	snprintf(name, sizeof name, "%s%04d.ppm", prefix, frame);
	FILE *f = fopen(name, "wb");
	if (!f) {
		perror(name);
		exit(3);
	}
	fprintf(f, "P6\n%d %d\n255\n", width, height);
	fwrite(p, 3, (size_t)width * height, f);
	fclose(f);
	free(p);
}

static int ignore_x(Display *d, XErrorEvent *e) {
	(void)d;
	(void)e;
	return 0;
}

static void *idle_thread(void *arg) {
	(void)arg;
	return NULL;
}

int main(int argc, char **argv) {
	if (argc != 4) return 2;
	const char *mode = argv[1], *prefix = argv[3];
	int frames = atoi(argv[2]);
	XSetErrorHandler(ignore_x);
	Display *d = XOpenDisplay(NULL);
	if (!d) return 4;
	int attribs[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 8, GLX_GREEN_SIZE, 8, GLX_BLUE_SIZE, 8, GLX_DEPTH_SIZE, 24, None};
	XVisualInfo *v = glXChooseVisual(d, DefaultScreen(d), attribs);
	if (!v) return 5;
	XSetWindowAttributes a = {.colormap = XCreateColormap(d, RootWindow(d, v->screen), v->visual, AllocNone), .event_mask = StructureNotifyMask};
	Window w = XCreateWindow(d, RootWindow(d, v->screen), 0, 0, width, height, 0, v->depth, InputOutput, v->visual, CWColormap | CWEventMask, &a);
	XMapWindow(d, w);
	GLXContext c = glXCreateContext(d, v, NULL, True);
	if (!c || !glXMakeCurrent(d, w, c)) return 6;
	fprintf(stderr, "renderer: %s\n", (const char *)glGetString(GL_RENDERER));
	int errors = 0;
	for (int i = 0; i < frames; i++) {
		if (!strcmp(mode, "resize") && i % 8 == 4) {
			width = 200 + 37 * (i / 8 % 7);
			height = 150 + 23 * (i / 8 % 5);
			XResizeWindow(d, w, width, height);
			XSync(d, False);
		}
		if (!strcmp(mode, "unmap") && i == frames / 3) XUnmapWindow(d, w), XSync(d, False);
		if (!strcmp(mode, "unmap") && i == 2 * frames / 3) XMapWindow(d, w), XSync(d, False);
		if (!strcmp(mode, "destroy") && i == frames / 2) XDestroyWindow(d, w), XSync(d, False);
		if (!strncmp(mode, "fork", 4) && i == frames / 2) {
			pid_t p = fork();
			if (p == 0) { /* forkgl: the child goes on with its parent's context, which no driver promises to work */
				if (!strcmp(mode, "forkgl")) {
					glClear(GL_COLOR_BUFFER_BIT);
					glFinish();
				}
				_exit(7);
			}
			int st = 0;
			if (waitpid(p, &st, 0) != p || !WIFEXITED(st) || WEXITSTATUS(st) != 7) return 8;
		}
		if (!strcmp(mode, "threads")) {
			pthread_t t;
			pthread_create(&t, NULL, idle_thread, NULL);
			pthread_join(t, NULL);
		}
		draw(i);
		if (!strcmp(mode, "number")) { /* the whole window in a colour that tells which frame it is */
			glClearColor((i + 1 & 255) / 255.0f, (i + 1 >> 8 & 255) / 255.0f, 1, 1);
			glClear(GL_COLOR_BUFFER_BIT);
		}
		write_ppm(prefix, i);
		glXSwapBuffers(d, w);
		if (!strcmp(mode, "lost")) {
			usleep(20000);
			if (glGetError() == 0x0507 /* GL_CONTEXT_LOST */) errors++;
		}
		while (XPending(d)) {
			XEvent e;
			XNextEvent(d, &e);
		}
	}
	if (!strcmp(mode, "lost")) printf("context lost reported %d times\n", errors);
	glXMakeCurrent(d, None, NULL);
	glXDestroyContext(d, c);
	XCloseDisplay(d);
	return 0;
}
