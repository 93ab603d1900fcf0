/* Display lists with commands that change what the driver keeps: programs, primitive restart, queries, transform feedback, debug output. */
#include "conform.h"

typedef struct vert { GLfloat x, y; } vert;

static GLuint programs[2], queries[3], xfb, captured;

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT); }
static void quad(float at) { glRectf(-.9f + at, -.6f, .5f + at, .7f); }

static void told(const char *name) {
	GLint v = 0;
	node_errors(name);
	glGetIntegerv(GL_CURRENT_PROGRAM, &v);
	printf("%s: program %d, restart %d %d,", name, v == 0 ? 0 : v == (GLint)programs[0] ? 1 : v == (GLint)programs[1] ? 2 : 9,
		glIsEnabled(GL_PRIMITIVE_RESTART), glIsEnabled(GL_PRIMITIVE_RESTART_FIXED_INDEX));
	glGetIntegerv(GL_PRIMITIVE_RESTART_INDEX, &v);
	printf(" %d, debug %d %d, query", v, glIsEnabled(GL_DEBUG_OUTPUT), glIsEnabled(GL_DEBUG_OUTPUT_SYNCHRONOUS));
	glGetQueryiv(GL_SAMPLES_PASSED, GL_CURRENT_QUERY, &v);
	printf(" %d, feedback", v != 0);
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BINDING, &v);
	printf(" %d", v != 0);
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BUFFER_ACTIVE, &v);
	printf(" %d", v);
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BUFFER_PAUSED, &v);
	printf(" %d, list", v);
	glGetIntegerv(GL_LIST_BASE, &v);
	printf(" %d\n", v);
}

/* Elements from the app's memory: what is read of the array depends on the restart index. */
static void strip(const char *name) {
	static const vert at[] = {{-.9f, -.9f}, {-.9f, .4f}, {-.3f, -.8f}, {-.2f, .5f}, {.1f, -.5f}, {.1f, .9f}, {.8f, -.7f}, {.9f, .6f}};
	static const GLushort which[] = {0, 1, 2, 3, 0xffff, 4, 5, 6, 7};
	fresh();
	glEnableClientState(GL_VERTEX_ARRAY);
	glVertexPointer(2, GL_FLOAT, sizeof *at, at);
	glDrawElements(GL_TRIANGLE_STRIP, glIsEnabled(GL_PRIMITIVE_RESTART) || glIsEnabled(GL_PRIMITIVE_RESTART_FIXED_INDEX) ? 9 : 4, GL_UNSIGNED_SHORT, which);
	glDisableClientState(GL_VERTEX_ARRAY);
	picture(name);
}

static void restart(GLenum mode, GLenum cap) {
	GLuint l = glGenLists(2);
	glPrimitiveRestartIndex(0xffff);
	glNewList(l, mode);
	glEnable(cap);
	told("restart in a list");
	glPrimitiveRestartIndex(7); /* no list holds it */
	glEndList();
	told("restart after the list");
	glPrimitiveRestartIndex(0xffff);
	strip("strip");
	glDisable(cap);
	glPushClientAttrib(GL_CLIENT_VERTEX_ARRAY_BIT);
	glCallList(l);
	told("restart called");
	strip("strip restarted");
	glPopClientAttrib();
	told("client attributes popped");
	strip("strip");
	glPushAttrib(GL_ALL_ATTRIB_BITS);
	glCallList(l);
	glPopAttrib(); /* restart is in none of its groups */
	told("attributes popped");
	strip("strip restarted");
	glNewList(l + 1, mode);
	glCallList(l);
	glDisable(cap);
	glEndList();
	told("restart off in a list");
	glEnable(cap);
	glCallList(l + 1);
	told("restart off called");
	strip("strip");
	glNewList(l, GL_COMPILE); /* the list that the other calls is another now */
	glEnable(GL_PRIMITIVE_RESTART);
	glEnable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	glEndList();
	glCallList(l + 1);
	told("another list called");
	strip("strip restarted");
	glDisable(GL_PRIMITIVE_RESTART);
	glDisable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	glDeleteLists(l, 2);
	glCallList(l + 1);
	told("no list called");
}

static void used(GLenum mode) {
	GLuint l = glGenLists(4);
	for (GLuint i = 0; i < 2; i++) {
		glNewList(l + i, mode);
		glUseProgram(programs[i]);
		told("program in a list");
		quad(0);
		glEndList();
		told("program after the list");
	}
	glUseProgram(0);
	for (GLuint i = 0; i < 2; i++) {
		fresh();
		glCallList(l + i);
		told("program called");
		picture("program");
	}
	const GLubyte both[] = {0, 1}, other[] = {1, 0};
	glNewList(l + 2, mode);
	glPushAttrib(GL_LIST_BIT);
	glListBase(l);
	glCallLists(2, GL_UNSIGNED_BYTE, mode == GL_COMPILE ? other : both);
	glPopAttrib();
	glEndList();
	told("programs by base");
	glUseProgram(0);
	glCallList(l + 2);
	told("programs by base called");
	glListBase(l + 1);
	glCallLists(1, GL_UNSIGNED_BYTE, both);
	told("one by base");
	glListBase(0);
	glUseProgram(0);
	glDeleteLists(l, 4);
	told("programs");
}

static void counted(GLenum mode) {
	GLuint l = glGenLists(2), n = 77;
	glNewList(l, mode);
	glBeginQuery(GL_SAMPLES_PASSED, queries[0]);
	told("query in a list");
	quad(.1f);
	glEndQuery(GL_SAMPLES_PASSED);
	glEndList();
	told("query after the list");
	glCallList(l);
	glGetQueryObjectuiv(queries[0], GL_QUERY_RESULT, &n);
	printf("samples: %u\n", n);
	glNewList(l + 1, mode);
	glBeginQuery(GL_SAMPLES_PASSED, queries[1]);
	glEndList();
	told("query begun in a list");
	if (mode == GL_COMPILE_AND_EXECUTE) glEndQuery(GL_SAMPLES_PASSED);
	glCallList(l + 1);
	told("query begun by a call");
	quad(.2f);
	glEndQuery(GL_SAMPLES_PASSED);
	glGetQueryObjectuiv(queries[1], GL_QUERY_RESULT, &n);
	printf("samples: %u, is query: %d\n", n, glIsQuery(queries[2]));
	glNewList(l + 1, mode);
	glBeginQuery(GL_PRIMITIVES_GENERATED, queries[2]);
	glCallList(l);
	glEndQuery(GL_PRIMITIVES_GENERATED);
	glEndList();
	glCallList(l + 1);
	told("queries called");
	glGetQueryObjectuiv(queries[0], GL_QUERY_RESULT, &n);
	printf("samples: %u\n", n);
	glGetQueryObjectuiv(queries[2], GL_QUERY_RESULT, &n);
	printf("primitives: %u\n", n);
	glDeleteLists(l, 2);
}

static void fed_back(GLenum mode) {
	GLuint l = glGenLists(2);
	GLfloat got[8] = {0};
	glNewList(l, mode);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, xfb);
	told("feedback in a list");
	glEndList();
	told("feedback after the list");
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	glUseProgram(programs[0]);
	glCallList(l);
	told("feedback bound");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured);
	glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, sizeof got, got, GL_STATIC_READ);
	glNewList(l + 1, GL_COMPILE);
	glBeginTransformFeedback(GL_POINTS);
	glBegin(GL_POINTS);
	glVertex2f(.25f, .5f);
	glVertex2f(.75f, -.5f);
	glEnd();
	glPauseTransformFeedback();
	glEndList();
	told("feedback compiled");
	glGetBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, 0, sizeof got, got);
	printf("fed back: %g %g %g %g\n", got[0], got[1], got[4], got[5]);
	glCallList(l + 1);
	told("feedback paused");
	glResumeTransformFeedback();
	glEndTransformFeedback();
	glGetBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, 0, sizeof got, got);
	printf("fed back: %g %g %g %g\n", got[0], got[1], got[4], got[5]);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	glUseProgram(0);
	glDeleteLists(l, 2);
	told("feedback");
}

static void debugged(GLenum mode) {
	GLuint l = glGenLists(1);
	for (int on = 1; on >= 0; on--)
		for (GLenum i = 0; i < 2; i++) {
			glNewList(l, mode);
			(on ? glEnable : glDisable)(i ? GL_DEBUG_OUTPUT_SYNCHRONOUS : GL_DEBUG_OUTPUT);
			told("debug in a list");
			glEndList();
			told("debug after the list");
			glCallList(l);
			told("debug called");
		}
	glDeleteLists(l, 1);
}

/* glBegin and glEnd in lists of their own. */
static void parted(void) {
	GLuint l = glGenLists(3);
	glNewList(l, GL_COMPILE);
	glBegin(GL_TRIANGLES);
	glVertex2f(-.5f, -.5f);
	glEndList();
	glNewList(l + 1, GL_COMPILE);
	glVertex2f(.7f, -.3f);
	glVertex2f(.1f, .8f);
	glEnd();
	glEndList();
	glNewList(l + 2, GL_COMPILE);
	glScissor(0, 0, 40, 40);
	glEndList();
	told("parts compiled");
	fresh();
	glCallList(l);
	glCallList(l + 2); /* an error there */
	glCallList(l + 1);
	told("parts called");
	picture("parts");
	GETI(GL_SCISSOR_BOX, 4);
	glCallList(l + 2);
	GETI(GL_SCISSOR_BOX, 4);
	glScissor(0, 0, W, H);
	glDeleteLists(l, 3);
}

int main(void) {
	if (!conform_open(45, CONFORM_COMPAT)) return 3;
	static const char *const vertex = "out vec4 seen; void main() { seen = gl_Vertex; gl_Position = gl_Vertex; }\n", *const seen = "seen";
	static const char *const colour[] = {"void main() { gl_FragColor = vec4(.2, .9, .4, 1.0); }\n", "void main() { gl_FragColor = vec4(.9, .1, .8, 1.0); }\n"};
	for (int i = 0; i < 2; i++) {
		programs[i] = program(vertex, colour[i]);
		glTransformFeedbackVaryings(programs[i], 1, &seen, GL_INTERLEAVED_ATTRIBS);
		glLinkProgram(programs[i]);
	}
	glGenQueries(3, queries);
	glGenTransformFeedbacks(1, &xfb);
	glGenBuffers(1, &captured);
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < 2; i++) {
			const GLenum mode = i ? GL_COMPILE_AND_EXECUTE : GL_COMPILE;
			restart(mode, GL_PRIMITIVE_RESTART);
			restart(mode, GL_PRIMITIVE_RESTART_FIXED_INDEX);
			used(mode);
			counted(mode);
			fed_back(mode);
			debugged(mode);
			parted();
		}
		conform_swap(); /* now the nodes draw only their tiles */
	}
	conform_close();
	return 0;
}
