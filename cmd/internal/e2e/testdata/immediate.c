/* A landscape drawn by glBegin and glEnd alone, as programs of twenty years ago draw one: every vertex is sent anew in each frame.
 * Usage: immediate FRAMES SIDE CALLS. A frame has 2 * SIDE * (SIDE + 1) vertices in SIDE triangle strips; CALLS says which calls a vertex has, in their
 * order: n glNormal3f, c glColor4ub, t glTexCoord2f, v glVertex3f, and N, C, T, V the same by a pointer (glNormal3fv). */
#include <GL/gl.h>
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 640, HEIGHT = 480, MOST = 1024 };

static struct point { GLfloat normal[3], texture[2], place[3]; GLubyte colour[4]; } points[MOST + 1][MOST + 1];

static void survey(int side) {
	for (int y = 0; y <= side; y++)
		for (int x = 0; x <= side; x++) {
			struct point *p = &points[y][x];
			const float u = (float)x / (float)side, v = (float)y / (float)side;
			const float h = 0.08f * sinf(19 * u + 5 * v) * cosf(23 * v), du = 19 * 0.08f * cosf(19 * u + 5 * v) * cosf(23 * v);
			*p = (struct point){{-du, 1, 0.4f * du}, {8 * u, 8 * v}, {2 * u - 1, h, 1 - 2 * v},
				{(GLubyte)(80 + 900 * (h + 0.08f)), (GLubyte)(140 + 60 * u), (GLubyte)(60 + 90 * v), 255}};
		}
}

static void vertex(const struct point *p, const char *calls) {
	for (const char *c = calls; *c; c++) {
		switch (*c) {
		case 'n': glNormal3f(p->normal[0], p->normal[1], p->normal[2]); break;
		case 'c': glColor4ub(p->colour[0], p->colour[1], p->colour[2], p->colour[3]); break;
		case 't': glTexCoord2f(p->texture[0], p->texture[1]); break;
		case 'v': glVertex3f(p->place[0], p->place[1], p->place[2]); break;
		case 'N': glNormal3fv(p->normal); break;
		case 'C': glColor4ubv(p->colour); break;
		case 'T': glTexCoord2fv(p->texture); break;
		case 'V': glVertex3fv(p->place); break;
		}
	}
}

static void draw(int frame, int side, const char *calls) {
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glMatrixMode(GL_MODELVIEW);
	glLoadIdentity();
	glTranslatef(0, -0.2f, -2.2f);
	glRotatef(25, 1, 0, 0);
	glRotatef((float)frame, 0, 1, 0);
	for (int y = 0; y < side; y++) {
		glBegin(GL_TRIANGLE_STRIP);
		for (int x = 0; x <= side; x++) {
			vertex(&points[y + 1][x], calls);
			vertex(&points[y][x], calls);
		}
		glEnd();
	}
}

int main(int argc, char **argv) {
	const int frames = argc == 4 ? atoi(argv[1]) : 0, side = argc == 4 ? atoi(argv[2]) : 0;
	if (frames < 1 || side < 1 || side > MOST) return 2;
	Display *d = XOpenDisplay(NULL);
	if (!d) return 3;
	int attribs[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 8, GLX_GREEN_SIZE, 8, GLX_BLUE_SIZE, 8, GLX_DEPTH_SIZE, 24, None};
	XVisualInfo *v = glXChooseVisual(d, DefaultScreen(d), attribs);
	if (!v) return 4;
	XSetWindowAttributes a = {.colormap = XCreateColormap(d, RootWindow(d, v->screen), v->visual, AllocNone), .event_mask = StructureNotifyMask};
	Window w = XCreateWindow(d, RootWindow(d, v->screen), 0, 0, WIDTH, HEIGHT, 0, v->depth, InputOutput, v->visual, CWColormap | CWEventMask, &a);
	XMapWindow(d, w);
	GLXContext c = glXCreateContext(d, v, NULL, True);
	if (!c || !glXMakeCurrent(d, w, c)) return 5;
	survey(side);
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_LIGHTING);
	glEnable(GL_LIGHT0);
	glEnable(GL_COLOR_MATERIAL);
	glEnable(GL_NORMALIZE);
	glMatrixMode(GL_PROJECTION);
	glFrustum(-0.5, 0.5, -0.375, 0.375, 1, 10);
	for (int i = 0; i < frames; i++) {
		draw(i, side, argv[3]);
		glXSwapBuffers(d, w);
	}
	glXDestroyContext(d, c);
	XCloseDisplay(d);
	return 0;
}
