/* Times the packing of a few commands in the app's thread: bench_pack WHAT HOW, where HOW is `dispatch` (the app's call goes
 * through libGL's dispatch, as all do) or `entry` (the driver's own entry point is called: no libglvnd in the process's way).
 * Prints the median of many slices, after the ring's pages were touched: nanoseconds a command of the thread's CPU time, of the
 * wall clock (waiting for the reader included), and of a memcpy of 1 MiB in between. */
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

enum { SLICES = 61, WARM = 10, MIB = 1 << 20 };

static void *through_dispatch(const char *name) { return (void *)glXGetProcAddress((const GLubyte *)name); }
static void *of_driver(const char *name) { return driver.getProcAddress((const GLubyte *)name); }

int main(int argc, char **argv) {
	static const int pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	void *(*find)(const char *) = through_dispatch;
	Display *dpy = XOpenDisplay(NULL);
	int n = 0;
	if (argc != 3 || !dpy) return 2;
	if (!strcmp(argv[2], "entry")) {
		if (!load()) return 1;
		find = of_driver;
	}
#define FN(type, name) type name##_ = (type)find(#name)
	FN(PFNGLXGETFBCONFIGSPROC, glXGetFBConfigs);
	FN(PFNGLXCREATEPBUFFERPROC, glXCreatePbuffer);
	FN(PFNGLXCREATENEWCONTEXTPROC, glXCreateNewContext);
	FN(PFNGLXMAKECONTEXTCURRENTPROC, glXMakeContextCurrent);
	FN(PFNGLGENBUFFERSPROC, glGenBuffers);
	FN(PFNGLBINDBUFFERPROC, glBindBuffer);
	FN(PFNGLBUFFERDATAPROC, glBufferData);
	FN(PFNGLVERTEXATTRIBPOINTERPROC, glVertexAttribPointer);
	FN(PFNGLENABLEVERTEXATTRIBARRAYPROC, glEnableVertexAttribArray);
	FN(PFNGLUNIFORM4FVPROC, glUniform4fv);
	void (*glVertex3f_)(GLfloat, GLfloat, GLfloat) = (void (*)(GLfloat, GLfloat, GLfloat))find("glVertex3f");
	void (*glDrawArrays_)(GLenum, GLint, GLsizei) = (void (*)(GLenum, GLint, GLsizei))find("glDrawArrays");
	void (*glBegin_)(GLenum) = (void (*)(GLenum))find("glBegin");
	void (*glEnd_)(void) = (void (*)(void))find("glEnd");
	void (*glFlush_)(void) = (void (*)(void))find("glFlush");
	GLXFBConfig *c = glXGetFBConfigs_(dpy, DefaultScreen(dpy), &n);
	if (!c) return 1;
	GLXPbuffer p = glXCreatePbuffer_(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext_(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	if (!ctx || !glXMakeContextCurrent_(dpy, p, p, ctx)) return 1;
	GLuint buf = 0;
	const GLfloat v[4] = {1, 2, 3, 4};
	uint8_t *data = malloc(MIB), *copy = malloc(MIB);
	if (!data || !copy) return 1;
	memset(data, 1, MIB);
	memset(copy, 2, MIB);
	glGenBuffers_(1, &buf);
	glBindBuffer_(GL_ARRAY_BUFFER, buf);
	glVertexAttribPointer_(0, 4, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray_(0);
	glFlush_();
	void (*glNormal3f_)(GLfloat, GLfloat, GLfloat) = (void (*)(GLfloat, GLfloat, GLfloat))find("glNormal3f");
	void (*glColor4ub_)(GLubyte, GLubyte, GLubyte, GLubyte) = (void (*)(GLubyte, GLubyte, GLubyte, GLubyte))find("glColor4ub");
	void (*glTexCoord2f_)(GLfloat, GLfloat) = (void (*)(GLfloat, GLfloat))find("glTexCoord2f");
	void (*glVertex3fv_)(const GLfloat *) = (void (*)(const GLfloat *))find("glVertex3fv");
	void (*glVertex3dv_)(const GLdouble *) = (void (*)(const GLdouble *))find("glVertex3dv");
	const GLdouble w[3] = {1, 2, 3};
	const char *what = argv[1];
	const long count = !strcmp(what, "glBufferData") ? 16 : 40000;
	double cpu[SLICES], wall[SLICES], plain[SLICES];
	for (int s = -WARM; s < SLICES; s++) {
		double t = now(CLOCK_MONOTONIC), u = now(CLOCK_THREAD_CPUTIME_ID);
		if (!strcmp(what, "glVertex3f")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glVertex3f_(1, 2, 3);
			glEnd_();
		} else if (!strcmp(what, "glNormal3f")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glNormal3f_(1, 2, 3);
			glEnd_();
		} else if (!strcmp(what, "glColor4ub")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glColor4ub_(1, 2, 3, 4);
			glEnd_();
		} else if (!strcmp(what, "glTexCoord2f")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glTexCoord2f_(1, 2);
			glEnd_();
		} else if (!strcmp(what, "glVertex3fv")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glVertex3fv_(v);
			glEnd_();
		} else if (!strcmp(what, "glVertex3dv")) {
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i++) glVertex3dv_(w);
			glEnd_();
		} else if (!strcmp(what, "vertices")) { /* of all that a vertex has */
			glBegin_(GL_TRIANGLES);
			for (long i = 0; i < count; i += 4) {
				glNormal3f_(1, 2, 3);
				glColor4ub_(1, 2, 3, 4);
				glTexCoord2f_(1, 2);
				glVertex3f_(1, 2, 3);
			}
			glEnd_();
		} else if (!strcmp(what, "squares")) { /* one a glBegin, which count as calls, too */
			for (long i = 0; i < count; i += 8) {
				glBegin_(GL_QUADS);
				glNormal3f_(1, 2, 3);
				glColor4ub_(1, 2, 3, 4);
				for (int k = 0; k < 4; k++) glVertex3f_(1, 2, 3);
				glEnd_();
			}
		} else if (!strcmp(what, "glUniform4fv")) {
			for (long i = 0; i < count; i++) glUniform4fv_(1, 1, v);
		} else if (!strcmp(what, "glDrawArrays")) {
			for (long i = 0; i < count; i++) glDrawArrays_(GL_TRIANGLES, 0, 3);
		} else if (!strcmp(what, "glBufferData")) {
			for (long i = 0; i < count; i++) glBufferData_(GL_ARRAY_BUFFER, MIB, data, GL_STREAM_DRAW);
		} else {
			return 2;
		}
		glFlush_();
		double cpu_s = (now(CLOCK_THREAD_CPUTIME_ID) - u) / (double)count, wall_s = (now(CLOCK_MONOTONIC) - t) / (double)count;
		u = now(CLOCK_THREAD_CPUTIME_ID);
		for (int i = 0; i < 4; i++) {
			memcpy(copy, data, MIB);
			__asm__ volatile("" : : "r"(copy) : "memory");
		}
		if (s < 0) continue;
		cpu[s] = cpu_s;
		wall[s] = wall_s;
		plain[s] = (now(CLOCK_THREAD_CPUTIME_ID) - u) / 4;
	}
	printf("%.3f %.3f %.3f\n", median(cpu, SLICES), median(wall, SLICES), median(plain, SLICES));
	free(data);
	free(copy);
	return 0;
}
