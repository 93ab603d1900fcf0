/* A GLUT program as they were written twenty years ago, for the end-to-end tests; it knows nothing of prism. Usage: glut FRAMES [DIR [WANT]]
 * A window with a sub-window, a second window with one buffer, and a menu with a sub-menu, which FreeGLUT draws in windows of their own. It turns for so many frames;
 * then clicks that it makes itself (XTest) open the menu and the sub-menu and choose from it. What the screen shows after each step is written to DIR when it
 * rests; with WANT, a folder of such pictures, when it is the same as there, or has not become so in ten seconds. */
#include <GL/freeglut.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W = 620, H = 320, POLL = 30, REST = 300, PATIENCE = 10000, PAUSE = 60 }; /* of the screen that is looked at; ms */
enum { RED = 1, GREEN, SOLID, WIRE, QUIT };

static int frames, frame, step, waited, main_window, sub_window, flat_window;
static const char *dir, *want;
static bool green, wire;
static GLuint list;
static Display *display;
static unsigned char before[W * H * 3], now[W * H * 3];

static void text(void *font, float x, float y, const char *s) {
	glRasterPos2f(x, y);
	while (*s) glutBitmapCharacter(font, *s++);
}

static void flat(void) { /* a plane for text, from 0 to 1 */
	glMatrixMode(GL_PROJECTION);
	glLoadIdentity();
	gluOrtho2D(0, 1, 0, 1);
	glMatrixMode(GL_MODELVIEW);
	glLoadIdentity();
}

static void show_main(void) {
	char s[32];
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glMatrixMode(GL_PROJECTION);
	glLoadIdentity();
	gluPerspective(40, 300.0 / 240, 1, 20);
	glMatrixMode(GL_MODELVIEW);
	glLoadIdentity();
	gluLookAt(0, 1, 5, 0, 0, 0, 0, 1, 0);
	glRotatef((float)frame * 3, 0.3f, 1, 0);
	glPushAttrib(GL_ENABLE_BIT | GL_CURRENT_BIT);
	glEnable(GL_LIGHTING);
	glEnable(GL_LIGHT0);
	glEnable(GL_COLOR_MATERIAL);
	glEnable(GL_DEPTH_TEST);
	glColor3f(green ? 0.2f : 0.9f, green ? 0.8f : 0.3f, 0.2f);
	if (wire) glutWireTeapot(1);
	else glutSolidTeapot(1);
	glPushMatrix();
	glTranslatef(-1.6f, 0, 0);
	glColor3ub(90, 120, 250);
	glutSolidTorus(0.15, 0.45, 10, 20);
	glPopMatrix();
	glCallList(list);
	glPopAttrib();
	flat();
	glColor3f(1, 1, 0.6f);
	snprintf(s, sizeof s, "frame %d", frame);
	text(GLUT_BITMAP_HELVETICA_18, 0.05f, 0.9f, s);
	text(GLUT_BITMAP_8_BY_13, 0.05f, 0.04f, "right button: menu");
	glutSwapBuffers();
}

static void show_sub(void) {
	glClear(GL_COLOR_BUFFER_BIT);
	flat();
	glColor3f(0.8f, 0.9f, 1);
	glPushMatrix();
	glTranslatef(0.1f, 0.4f, 0);
	glScalef(0.0018f, 0.0025f, 1);
	for (const char *s = "stroke"; *s; s++) glutStrokeCharacter(GLUT_STROKE_ROMAN, *s);
	glPopMatrix();
	glBegin(GL_LINE_STRIP);
	for (int i = 0; i <= 40; i++) glVertex2f((float)i / 40, 0.2f + 0.1f * (float)((i * i + frame) % 7) / 7);
	glEnd();
	glutSwapBuffers();
}

/* One buffer, drawn to in sight, and never cleared after the first time: a little more each frame. */
static void show_flat(void) {
	static int drawn;
	if (!drawn) glClear(GL_COLOR_BUFFER_BIT);
	flat();
	for (; drawn <= frame; drawn++) {
		glColor3ub((GLubyte)(drawn * 40), (GLubyte)(255 - drawn * 9), 200);
		glRectf(0.05f + 0.05f * (float)(drawn % 18), 0.1f + 0.12f * (float)(drawn / 18 % 6), 0.09f + 0.05f * (float)(drawn % 18), 0.2f + 0.12f * (float)(drawn / 18 % 6));
	}
	glColor3f(1, 1, 1);
	text(GLUT_BITMAP_TIMES_ROMAN_10, 0.05f, 0.9f, "one buffer");
	glFlush();
}

static void redisplay(void) {
	const int all[] = {main_window, sub_window, flat_window};
	for (int i = 0; i < 3; i++) {
		glutSetWindow(all[i]);
		glutPostRedisplay();
	}
}

static void chosen(int what) {
	if (what == RED || what == GREEN) green = what == GREEN;
	if (what == SOLID || what == WIRE) wire = what == WIRE;
	if (what == QUIT) exit(0);
	redisplay();
}

static void look(void) {
	XImage *im = XGetImage(display, DefaultRootWindow(display), 0, 0, W, H, AllPlanes, ZPixmap);
	if (!im) exit(3);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			const unsigned long p = XGetPixel(im, x, y);
			for (int c = 0; c < 3; c++) now[3 * (y * W + x) + c] = (unsigned char)(p >> (16 - 8 * c));
		}
	XDestroyImage(im);
}

static FILE *picture(const char *in, const char *how) {
	char name[4096];
	snprintf(name, sizeof name, "%s/screen%d.ppm", in, step);
	FILE *f = fopen(name, how);
	if (!f) exit(3);
	return f;
}

/* Does the screen show what this step is to show? */
static bool settled(void) {
	look();
	if (want) {
		FILE *f = picture(want, "rb");
		if (fscanf(f, "P6 620 320 255") == EOF || fgetc(f) != '\n' || fread(before, 1, sizeof before, f) != sizeof before) exit(3);
		fclose(f);
		return !memcmp(now, before, sizeof now) || waited >= PATIENCE;
	}
	static int rests;
	rests = memcmp(now, before, sizeof now) ? 0 : rests + POLL;
	memcpy(before, now, sizeof now);
	if (rests < REST) return false;
	rests = 0;
	return true;
}

static void poll(int value);

/* What the user does, and how long he takes: a menu that has just opened is drawn once the pointer moves over it. 0, 0: he looks at the screen. */
static void act(int value) {
	static const struct { int x, y, press; } all[] = {
		{0, 0, 0},
		{140, 100, 1}, {140, 100, 0}, {150, 110, 0}, {160, 112, 0}, {225, 112, 0}, {230, 114, 0}, {235, 137, 0}, {0, 0, 0}, /* menu, sub-menu, its second entry */
		{235, 137, 1}, {235, 137, 0}, {0, 0, 0},
		{140, 100, 1}, {140, 100, 0}, {150, 110, 0}, {160, 137, 0}, {160, 162, 0}, {0, 0, 0}, /* the third entry */
		{160, 162, 1}, {160, 162, 0}, {0, 0, 0},
	};
	static unsigned at, pressed;
	(void)value;
	if (at == sizeof all / sizeof *all) exit(0);
	const int x = all[at].x, y = all[at].y;
	const unsigned press = (unsigned)all[at++].press;
	if (!x) {
		waited = 0;
		poll(0);
		return;
	}
	XTestFakeMotionEvent(display, -1, x, y, 0);
	if (press != pressed) XTestFakeButtonEvent(display, 3, (int)press, 0);
	pressed = press;
	XFlush(display);
	glutTimerFunc(PAUSE, act, 0);
}

static void poll(int value) {
	(void)value;
	waited += POLL;
	if (settled()) {
		FILE *f = picture(dir, "wb");
		fprintf(f, "P6\n%d %d\n255\n", W, H);
		fwrite(now, 1, sizeof now, f);
		fclose(f);
		step++;
		act(0);
		return;
	}
	glutTimerFunc(POLL, poll, 0);
}

static void turn(int value) {
	(void)value;
	if (frame == frames) {
		if (!dir) exit(0);
		act(0);
		return;
	}
	frame++;
	redisplay();
	glutTimerFunc(5, turn, 0);
}

int main(int argc, char **argv) {
	glutInit(&argc, argv);
	if (argc < 2 || !(display = XOpenDisplay(NULL))) return 2;
	frames = atoi(argv[1]);
	dir = argc > 2 ? argv[2] : NULL;
	want = argc > 3 ? argv[3] : NULL;
	XTestFakeMotionEvent(display, -1, W - 5, H - 5, 0);
	XFlush(display);
	const int colours = glutCreateMenu(chosen);
	glutAddMenuEntry("red", RED);
	glutAddMenuEntry("green", GREEN);
	const int menu = glutCreateMenu(chosen);
	glutAddSubMenu("colour", colours);
	glutAddMenuEntry("solid", SOLID);
	glutAddMenuEntry("wire", WIRE);
	glutAddMenuEntry("quit", QUIT);
	glutInitDisplayMode(GLUT_DOUBLE | GLUT_RGB | GLUT_DEPTH);
	glutInitWindowSize(300, 240);
	glutInitWindowPosition(20, 20);
	main_window = glutCreateWindow("prism's GLUT program");
	glutDisplayFunc(show_main);
	glutSetMenu(menu);
	glutAttachMenu(GLUT_RIGHT_BUTTON);
	glClearColor(0.1f, 0.1f, 0.2f, 1);
	list = glGenLists(1);
	glNewList(list, GL_COMPILE);
	glPushMatrix();
	glTranslatef(1.6f, 0, 0);
	glColor3f(0.9f, 0.8f, 0.1f);
	glutSolidCube(0.7);
	glPopMatrix();
	glEndList();
	glutInitDisplayMode(GLUT_DOUBLE | GLUT_RGB);
	sub_window = glutCreateSubWindow(main_window, 200, 10, 90, 70);
	glutDisplayFunc(show_sub);
	glClearColor(0.3f, 0.1f, 0.1f, 1);
	glutInitDisplayMode(GLUT_SINGLE | GLUT_RGB);
	glutInitWindowSize(200, 160);
	glutInitWindowPosition(380, 20);
	flat_window = glutCreateWindow("one buffer");
	glutDisplayFunc(show_flat);
	glClearColor(0, 0.2f, 0.1f, 1);
	glutTimerFunc(50, turn, 0);
	glutMainLoop();
	return 0;
}
