/* Times the packing of a few commands in the app's thread: bench_pack WHAT N prints nanoseconds a command: of the wall clock,
 * waiting for the reader included, and of the thread's own CPU time. */
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(clockid_t clock) {
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
	static const int pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	Display *dpy = XOpenDisplay(NULL);
	int n = 0;
	if (argc != 3 || !dpy) return 2;
	GLXFBConfig *c = glXGetFBConfigs(dpy, DefaultScreen(dpy), &n);
	if (!c) return 1;
	GLXPbuffer p = glXCreatePbuffer(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	if (!ctx || !glXMakeContextCurrent(dpy, p, p, ctx)) return 1;
	long count = atol(argv[2]);
	GLuint buf = 0;
	GLfloat v[4] = {1, 2, 3, 4};
	void *data = calloc(1, 1 << 20);
	glGenBuffers(1, &buf);
	glBindBuffer(GL_ARRAY_BUFFER, buf);
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glFlush();
	double t = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
	if (!strcmp(argv[1], "glVertex3f")) {
		glBegin(GL_TRIANGLES);
		for (long i = 0; i < count; i++) glVertex3f(1, 2, 3);
		glEnd();
	} else if (!strcmp(argv[1], "glUniform4fv")) {
		for (long i = 0; i < count; i++) glUniform4fv(1, 1, v);
	} else if (!strcmp(argv[1], "glDrawArrays")) {
		for (long i = 0; i < count; i++) glDrawArrays(GL_TRIANGLES, 0, 3);
	} else if (!strcmp(argv[1], "glBufferData")) {
		for (long i = 0; i < count; i++) glBufferData(GL_ARRAY_BUFFER, 1 << 20, data, GL_STREAM_DRAW);
	} else {
		return 2;
	}
	glFlush();
	printf("%.3f %.3f\n", (now(CLOCK_MONOTONIC) - t) / (double)count, (now(CLOCK_THREAD_CPUTIME_ID) - cpu) / (double)count);
	free(data);
	return 0;
}
