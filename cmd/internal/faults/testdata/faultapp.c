/* An app to be killed, or to be left alone when everything else is: its pictures repeat every PERIOD frames, it never looks at errors,
 * and tells on stdout how far it is. Usage: faultapp steady|upload|resize|stubborn FRAMES; 0 frames: for ever. A stubborn one waits in every way
 * that there is, and does not end for SIGTERM. */
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PERIOD 24
#define TEX 1024
#define BUFFER (2 << 20)

static int width = 320, height = 240;

static void say(const char *what) {
	ssize_t n = write(STDOUT_FILENO, what, strlen(what));
	(void)n;
}

/* Bulk data, another one for each picture; the picture shows what arrived. */
static void upload(int i) {
	static uint32_t pix[TEX * TEX];
	static float vertices[BUFFER / sizeof(float)];
	static GLuint buffer;
	for (int y = 0; y < TEX; y++)
		for (int x = 0; x < TEX; x++) pix[y * TEX + x] = (uint32_t)(x * (i + 3) ^ y * 5) * 2654435761u;
	for (size_t v = 0; v < BUFFER / sizeof(float); v++) vertices[v] = (float)((v * 7 + (size_t)i * 13) % 200) / 100 - 1;
	if (!buffer) glGenBuffers(1, &buffer);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, TEX, TEX, 0, GL_RGBA, GL_UNSIGNED_BYTE, pix);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, BUFFER, vertices, GL_STATIC_DRAW);
	glVertexPointer(2, GL_FLOAT, 0, (const char *)0 + BUFFER / 2);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glEnable(GL_TEXTURE_2D);
	glColor3f(1, 1, 1);
	glBegin(GL_QUADS);
	glTexCoord2f(0, 0), glVertex2f(-0.5f, -0.5f);
	glTexCoord2f(1, 0), glVertex2f(0.5f, -0.5f);
	glTexCoord2f(1, 1), glVertex2f(0.5f, 0.5f);
	glTexCoord2f(0, 1), glVertex2f(-0.5f, 0.5f);
	glEnd();
	glDisable(GL_TEXTURE_2D);
	glEnableClientState(GL_VERTEX_ARRAY);
	glColor3f(1, 0.5f, 0);
	glDrawArrays(GL_POINTS, 0, 100);
	glDisableClientState(GL_VERTEX_ARRAY);
}

static void draw(int i) {
	glViewport(0, 0, width, height);
	glClearColor(0.1f, 0.15f, i / (float)PERIOD, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glLoadIdentity();
	glRotatef(i * 15.f, 0, 0, 1);
	for (int t = 0; t < 24; t++) {
		glRotatef(15, 0, 0, 1);
		glBegin(GL_TRIANGLES);
		glColor3f(t / 24.f, 0.5f, 1 - t / 24.f);
		glVertex2f(0.2f, 0.1f);
		glColor3f(1, t / 24.f, 0.2f);
		glVertex2f(0.9f, 0);
		glColor3f(0.3f, 1, t / 24.f);
		glVertex2f(0.5f, 0.4f);
		glEnd();
	}
}

int main(int argc, char **argv) {
	if (argc != 3) return 2;
	int uploads = !strcmp(argv[1], "upload"), resizes = !strcmp(argv[1], "resize"), stubborn = !strcmp(argv[1], "stubborn"), frames = atoi(argv[2]);
	if (stubborn) signal(SIGTERM, SIG_IGN);
	Display *d = XOpenDisplay(NULL);
	if (!d) return 4;
	int attribs[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 8, GLX_GREEN_SIZE, 8, GLX_BLUE_SIZE, 8, GLX_DEPTH_SIZE, 24, None};
	XVisualInfo *v = glXChooseVisual(d, DefaultScreen(d), attribs);
	if (!v) return 5;
	XSetWindowAttributes a = {.colormap = XCreateColormap(d, RootWindow(d, v->screen), v->visual, AllocNone)};
	Window w = XCreateWindow(d, RootWindow(d, v->screen), 0, 0, (unsigned)width, (unsigned)height, 0, v->depth, InputOutput, v->visual, CWColormap, &a);
	XMapWindow(d, w);
	GLXContext c = glXCreateContext(d, v, NULL, True);
	if (!c || !glXMakeCurrent(d, w, c)) return 6;
	say("drawing\n");
	for (int n = 0; !frames || n < frames; n++) {
		int i = n % PERIOD;
		if (resizes) {
			width = 200 + 37 * (i % 7);
			height = 150 + 23 * (i % 5);
			XResizeWindow(d, w, (unsigned)width, (unsigned)height);
			XSync(d, False);
		}
		draw(i);
		if (uploads) upload(i);
		if (stubborn) {
			static uint32_t pix[320 * 240];
			GLuint query;
			glGenQueries(1, &query);
			glBeginQuery(GL_SAMPLES_PASSED, query);
			glRectf(0, 0, 1, 1);
			glEndQuery(GL_SAMPLES_PASSED);
			glGetQueryObjectuiv(query, GL_QUERY_RESULT, pix);
			glDeleteQueries(1, &query);
			glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pix);
			upload(i);
			glFinish();
			say("frame\n");
		}
		if (n + 1 == frames) say("last\n");
		glXSwapBuffers(d, w);
		if (!uploads && !stubborn) usleep(15000);
	}
	glXMakeCurrent(d, None, NULL);
	glXDestroyContext(d, c);
	XCloseDisplay(d);
	say("over\n");
	return 0;
}
