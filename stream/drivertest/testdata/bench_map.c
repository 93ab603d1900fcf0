/* An app that has 64 MiB mapped and changes one page in a hundred a frame, here and there: bench_map WHAT, where WHAT is `persistent` (mapped
 * once, coherent) or `unmap` (mapped and unmapped each frame), or `nothing`, which writes the same into memory of its own. A frame is: write,
 * draw, swap. Prints the medians of its frames, in nanoseconds: CPU time of the thread, wall clock; and how many frames it made. */
#define _GNU_SOURCE
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"

enum { BYTES = 64 << 20, PAGE = 4096, CHANGES = BYTES / PAGE / 100, WARM = 4, FRAMES = 41 };

int main(int argc, char **argv) {
	static const int pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	Display *dpy = XOpenDisplay(NULL);
	int n = 0;
	if (argc != 2 || !dpy) return 2;
	GLXFBConfig *c = glXGetFBConfigs(dpy, DefaultScreen(dpy), &n);
	if (!c) return 1;
	GLXPbuffer p = glXCreatePbuffer(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	if (!ctx || !glXMakeContextCurrent(dpy, p, p, ctx)) return 1;
	const GLbitfield how = GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT;
	const int persistent = !strcmp(argv[1], "persistent"), unmap = !strcmp(argv[1], "unmap");
	GLuint b;
	glGenBuffers(1, &b);
	glBindBuffer(GL_ARRAY_BUFFER, b);
	if (persistent) glBufferStorage(GL_ARRAY_BUFFER, BYTES, NULL, how);
	else glBufferData(GL_ARRAY_BUFFER, BYTES, NULL, GL_DYNAMIC_DRAW);
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	uint8_t *mem = persistent ? glMapBufferRange(GL_ARRAY_BUFFER, 0, BYTES, how) : unmap ? glMapBufferRange(GL_ARRAY_BUFFER, 0, BYTES, GL_MAP_WRITE_BIT) : malloc(BYTES);
	if (!mem) return 1;
	memset(mem, 1, BYTES); /* all of it is in use */
	if (unmap) glUnmapBuffer(GL_ARRAY_BUFFER);
	glFinish();
	double cpu[FRAMES], wall[FRAMES];
	uint32_t x = 1;
	for (int f = -WARM; f < FRAMES; f++) {
		if (f == 0) glFlush();
		double t = now(CLOCK_MONOTONIC), u = now(CLOCK_THREAD_CPUTIME_ID);
		if (unmap && !(mem = glMapBufferRange(GL_ARRAY_BUFFER, 0, BYTES, GL_MAP_WRITE_BIT))) return 1;
		for (int i = 0; i < CHANGES; i++) {
			x = x * 1664525 + 1013904223;
			memset(mem + (size_t)((x >> 8) % (BYTES / PAGE)) * PAGE, (int)(x >> 24), PAGE);
		}
		if (unmap) glUnmapBuffer(GL_ARRAY_BUFFER);
		glDrawArrays(GL_POINTS, 0, 1000);
		glXSwapBuffers(dpy, p);
		if (f < 0) continue;
		cpu[f] = now(CLOCK_THREAD_CPUTIME_ID) - u;
		wall[f] = now(CLOCK_MONOTONIC) - t;
	}
	printf("%.0f %.0f %d\n", median(cpu, FRAMES), median(wall, FRAMES), FRAMES + WARM);
	return glGetError() != GL_NO_ERROR;
}
