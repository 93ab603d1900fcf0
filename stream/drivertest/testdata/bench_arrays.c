/* Times a draw from arrays of the app's memory beside a memcpy of the bytes that it reads, by turns: bench_arrays LAYOUT VERTICES.
 * LAYOUT is `tight` (positions, three floats each), `apart` (positions, normals and coordinates, an array each), `struct` (the same, in one
 * struct of 32 bytes a vertex), `indexed` (struct, and as many indices of 32 bits) or `part` (only the positions of the structs, and the memcpy
 * of whole structs: memory brings no less). memcpy goes through memory as large as the driver's arena, as the arrays do, and
 * once more always to the same MiB. Prints CPU nanoseconds of a draw, of the memcpy, of that to one place, and the medians of the two
 * ratios of each turn. The driver's own entry points are called, as by bench_pack's `entry`. */
#define _GNU_SOURCE
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <GL/glxext.h>
#include <X11/Xlib.h>
#include <dlfcn.h>
#include <glvnd/libglxabi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"

enum { SLICES = 401, WARM = 8, ARENA = 64 << 20 };

static uint8_t *arena;
static size_t at;
/* Copies n bytes, in pieces as the driver must. */
static void copy(const void *from, size_t n, int one) {
	for (size_t done = 0; done < n;) {
		const size_t k = n - done < 65536 ? n - done : 65536;
		if (one) at = done % (1 << 20);
		if (at + k > ARENA) at = 0;
		memcpy(arena + at, (const uint8_t *)from + done, k);
		__asm__ volatile("" : : "r"(arena) : "memory");
		at += (k + 63) & ~(size_t)63;
		done += k;
	}
}

typedef struct vert { float p[3], n[3], t[2]; } vert;

int main(int argc, char **argv) {
	static const int pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	Display *dpy = XOpenDisplay(NULL);
	int configs = 0;
	if (argc != 3 || !dpy || !load()) return 2;
#define FN(type, name) type name##_ = (type)driver.getProcAddress((const GLubyte *)#name)
	FN(PFNGLXGETFBCONFIGSPROC, glXGetFBConfigs);
	FN(PFNGLXCREATEPBUFFERPROC, glXCreatePbuffer);
	FN(PFNGLXCREATENEWCONTEXTPROC, glXCreateNewContext);
	FN(PFNGLXMAKECONTEXTCURRENTPROC, glXMakeContextCurrent);
	FN(PFNGLVERTEXATTRIBPOINTERPROC, glVertexAttribPointer);
	FN(PFNGLENABLEVERTEXATTRIBARRAYPROC, glEnableVertexAttribArray);
	typedef void (*arrays_fn)(GLenum, GLint, GLsizei);
	typedef void (*elements_fn)(GLenum, GLsizei, GLenum, const void *);
	FN(arrays_fn, glDrawArrays);
	FN(elements_fn, glDrawElements);
	void (*glFlush_)(void) = (void (*)(void))driver.getProcAddress((const GLubyte *)"glFlush");
	GLXFBConfig *c = glXGetFBConfigs_(dpy, DefaultScreen(dpy), &configs);
	if (!c) return 1;
	GLXPbuffer p = glXCreatePbuffer_(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext_(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	if (!ctx || !glXMakeContextCurrent_(dpy, p, p, ctx)) return 1;

	const char *what = argv[1];
	const size_t n = strtoul(argv[2], NULL, 0);
	vert *v = malloc(n * sizeof *v);
	float *apart = malloc(n * sizeof *v);
	GLuint *index = malloc(n * sizeof *index);
	arena = malloc(ARENA);
	if (!v || !apart || !index || !arena) return 1;
	memset(arena, 1, ARENA);
	for (size_t i = 0; i < n; i++) {
		v[i] = (vert){{(float)i, 1, 2}, {3, 4, 5}, {6, 7}};
		index[i] = (GLuint)(n - 1 - i);
	}
	memcpy(apart, v, n * sizeof *v);
	const int structs = !strcmp(what, "struct") || !strcmp(what, "indexed"), indexed = !strcmp(what, "indexed");
	const void *from[4] = {v, NULL, NULL, NULL};
	size_t bytes[4] = {n * sizeof *v, 0, 0, 0};
	if (structs) {
		if (indexed) from[1] = index, bytes[1] = n * sizeof *index;
		glVertexAttribPointer_(0, 3, GL_FLOAT, GL_FALSE, sizeof *v, v->p);
		glVertexAttribPointer_(1, 3, GL_FLOAT, GL_FALSE, sizeof *v, v->n);
		glVertexAttribPointer_(2, 2, GL_FLOAT, GL_FALSE, sizeof *v, v->t);
		for (GLuint i = 0; i < 3; i++) glEnableVertexAttribArray_(i);
	} else if (!strcmp(what, "apart")) {
		from[0] = apart, from[1] = apart + 3 * n, from[2] = apart + 6 * n;
		bytes[0] = bytes[1] = 12 * n, bytes[2] = 8 * n;
		for (GLuint i = 0; i < 3; i++) {
			glVertexAttribPointer_(i, i == 2 ? 2 : 3, GL_FLOAT, GL_FALSE, 0, from[i]);
			glEnableVertexAttribArray_(i);
		}
	} else {
		const int part = !strcmp(what, "part");
		if (!part && strcmp(what, "tight")) return 2;
		if (!part) from[0] = apart, bytes[0] = 12 * n;
		glVertexAttribPointer_(0, 3, GL_FLOAT, GL_FALSE, part ? (GLsizei)sizeof *v : 0, part ? (const void *)v : apart);
		glEnableVertexAttribArray_(0);
	}
	glFlush_();
	const long count = n > 1 << 18 ? 1 : (1 << 18) / (long)n;
	double draw[SLICES], plain[SLICES], one[SLICES], ratio[SLICES], ratio_one[SLICES];
	for (int s = -WARM; s < SLICES; s++) {
		double t = now(CLOCK_THREAD_CPUTIME_ID);
		for (long i = 0; i < count; i++) {
			if (indexed) glDrawElements_(GL_TRIANGLES, (GLsizei)n, GL_UNSIGNED_INT, index);
			else glDrawArrays_(GL_TRIANGLES, 0, (GLsizei)n);
		}
		glFlush_();
		const double a = (now(CLOCK_THREAD_CPUTIME_ID) - t) / (double)count;
		double b[2];
		for (int k = 0; k < 2; k++) {
			t = now(CLOCK_THREAD_CPUTIME_ID);
			for (long i = 0; i < count; i++)
				for (int j = 0; j < 4; j++) copy(from[j], bytes[j], k);
			b[k] = (now(CLOCK_THREAD_CPUTIME_ID) - t) / (double)count;
		}
		if (s < 0) continue;
		draw[s] = a, plain[s] = b[0], one[s] = b[1], ratio[s] = a / b[0], ratio_one[s] = a / b[1];
	}
	printf("%.1f %.1f %.1f %.3f %.3f\n", median(draw, SLICES), median(plain, SLICES), median(one, SLICES), median(ratio, SLICES), median(ratio_one, SLICES));
	return 0;
}
