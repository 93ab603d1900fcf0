/* Viewports, scissors and depth ranges by index, clip control, clamped polygon offset. */
#include "conform.h"

#define N 16 /* viewports that every GL has */

/* What a node finds reaches the app with the next answer. */
static void judged(const char *name) {
	glIsEnabled(GL_DITHER);
	errors(name);
}

static void fresh(void) {
	glClearColor(.1f, .2f, .3f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
}

static void told(const char *name) {
	static const struct { const char *name; GLenum pname; int n; } all[] = {
		{"viewport", GL_VIEWPORT, 4}, {"scissor", GL_SCISSOR_BOX, 4}, {"depth range", GL_DEPTH_RANGE, 2},
	};
	for (unsigned k = 0; k < 3; k++)
		for (GLuint i = 0; i < N; i += i < 4 ? 1 : 4) {
			GLfloat f[4] = {0};
			GLdouble d[4] = {0};
			GLint v[4] = {0};
			glGetFloati_v(all[k].pname, i, f);
			glGetDoublei_v(all[k].pname, i, d);
			glGetIntegeri_v(all[k].pname, i, v);
			printf("%s: %s %u:", name, all[k].name, i);
			for (int j = 0; j < all[k].n; j++) printf(" %g %g %d", f[j], d[j], v[j]);
			puts("");
		}
	printf("%s: tests", name);
	for (GLuint i = 0; i < N; i++) printf(" %d", glIsEnabledi(GL_SCISSOR_TEST, i));
	printf(", %d\n", glIsEnabled(GL_SCISSOR_TEST));
	GETI(GL_VIEWPORT, 4);
	GETI(GL_SCISSOR_BOX, 4);
	GLboolean b[4] = {7, 7, 7, 7};
	GLint64 l[4] = {0};
	glGetBooleani_v(GL_SCISSOR_BOX, 1, b);
	glGetInteger64i_v(GL_SCISSOR_BOX, 2, l);
	printf("%s: %d %d %d %d, %lld %lld %lld %lld\n", name, b[0], b[1], b[2], b[3], (long long)l[0], (long long)l[1], (long long)l[2], (long long)l[3]);
}

static GLuint layered;
static void spread(void) { /* a triangle in each viewport */
	glUseProgram(layered);
	glBegin(GL_POINTS);
	for (int i = 0; i < N; i++) glVertex3f((float)i, .2f, -1 + (float)i / 8);
	glEnd();
	glUseProgram(0);
}

static void grid(void) {
	GLfloat v[N * 4];
	GLint s[N * 4];
	GLdouble d[N * 2];
	for (int i = 0; i < N; i++) {
		v[4 * i] = (float)(i % 4) * 50.25f - 3, v[4 * i + 1] = (float)(i / 4) * 37.5f - 2;
		v[4 * i + 2] = 56.5f, v[4 * i + 3] = 41;
		s[4 * i] = i % 4 * 50 + 4, s[4 * i + 1] = i / 4 * 37 + 3, s[4 * i + 2] = 40 + i, s[4 * i + 3] = 30;
		d[2 * i] = i / 32., d[2 * i + 1] = 1 - i / 40.;
	}
	glViewportArrayv(0, N, v);
	glDepthRangeArrayv(0, N, d);
	fresh();
	spread();
	picture("viewports");
	glScissorArrayv(0, N, s);
	for (GLuint i = 0; i < N; i++)
		if (i % 3) glEnablei(GL_SCISSOR_TEST, i);
	fresh(); /* a clear is cut by scissor 0 alone */
	spread();
	picture("viewports and scissors");
	glEnablei(GL_SCISSOR_TEST, 0);
	glClearColor(1, 0, 1, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	picture("cleared by scissor 0");
	static float depth[W * H];
	glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
	bytes("depth", depth, sizeof depth);
	told("grid");
	glPushAttrib(GL_SCISSOR_BIT | GL_VIEWPORT_BIT);
	glScissorIndexed(3, 1, 2, 3, 4);
	glViewportIndexedf(3, 5, 6, 7, 8);
	glDepthRangeIndexed(3, .25, .75);
	const GLint one[] = {9, 8, 7, 6};
	const GLfloat two[] = {1.5f, 2.5f, 33.5f, 44.5f};
	glScissorIndexedv(2, one);
	glViewportIndexedfv(2, two);
	told("pushed");
	glPopAttrib();
	told("popped");
	judged("grid");
	/* wrong ones change nothing */
	s[4 * 5 + 2] = -1;
	glScissorArrayv(0, 8, s);
	v[4 * 5 + 3] = -1;
	glViewportArrayv(2, 8, v);
	glScissorArrayv(N - 2, 3, s);
	glViewportArrayv(N - 2, 3, v);
	glDepthRangeArrayv(N - 2, 3, d);
	glScissorArrayv(0, -1, s);
	judged("arrays that are wrong");
	glScissorIndexed(N, 0, 0, 1, 1);
	judged("an index too many");
	glViewportIndexedf(N, 0, 0, 1, 1);
	judged("an index too many");
	glDepthRangeIndexed(N, 0, 1);
	judged("an index too many");
	glScissorIndexed(0, 0, 0, -1, 1);
	judged("a negative width");
	GLfloat f[4];
	glGetFloati_v(GL_VIEWPORT, N, f);
	judged("asked too far");
	glGetDoublei_v(GL_FOG_COLOR, 0, (GLdouble[4]){0});
	judged("asked by index what has none");
	told("after errors");
	glScissor(20, 20, 100, 60); /* all of them */
	glViewport(10, 10, 150, 120);
	glDepthRange(.1, .9);
	told("all at once");
	glDisable(GL_SCISSOR_TEST);
	glEnablei(GL_SCISSOR_TEST, 2);
	fresh();
	spread();
	picture("one test of sixteen");
	glDisablei(GL_SCISSOR_TEST, 2);
	glViewport(0, 0, W, H);
	glScissor(0, 0, W, H);
	glDepthRange(0, 1);
	judged("grid");
}

/* In display lists, too. */
static void lists(void) {
	const GLfloat v[] = {0, 0, 100, 75, 100, 75, 100, 75};
	const GLint s[] = {5, 5, 90, 60, 105, 80, 60, 60};
	const GLdouble d[] = {0, .5, .5, 1};
	GLuint l = glGenLists(1);
	glNewList(l, GL_COMPILE);
	glViewportArrayv(0, 2, v);
	glScissorArrayv(0, 2, s);
	glDepthRangeArrayv(0, 2, d);
	glViewportIndexedf(2, 10, 10, 30, 30);
	glScissorIndexed(2, 12, 12, 20, 20);
	glDepthRangeIndexed(2, .3, .4);
	glEnablei(GL_SCISSOR_TEST, 0);
	glEnablei(GL_SCISSOR_TEST, 1);
	glEnablei(GL_SCISSOR_TEST, 2);
	glEndList();
	judged("lists");
	told("compiled");
	fresh();
	glCallList(l);
	told("called");
	spread();
	picture("list");
	glDeleteLists(l, 1);
	glDisable(GL_SCISSOR_TEST);
	glViewport(0, 0, W, H);
	glScissor(0, 0, W, H);
	glDepthRange(0, 1);
}

static void triangle(float z) {
	glBegin(GL_TRIANGLES);
	glColor3f(1, 0, 0), glVertex3f(-.9f, -.9f, z);
	glColor3f(0, 1, 0), glVertex3f(.8f, -.6f, z - .3f);
	glColor3f(0, 0, 1), glVertex3f(-.2f, .9f, z + .6f);
	glEnd();
}

static void clip_control(void) {
	static float depth[W * H];
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_CULL_FACE);
	static const GLenum origins[] = {GL_LOWER_LEFT, GL_UPPER_LEFT}, modes[] = {GL_NEGATIVE_ONE_TO_ONE, GL_ZERO_TO_ONE};
	for (int i = 0; i < 4; i++) {
		glClipControl(origins[i % 2], modes[i / 2]);
		GETI(GL_CLIP_ORIGIN, 1);
		GETI(GL_CLIP_DEPTH_MODE, 1);
		fresh();
		triangle(.2f);
		glFrontFace(GL_CW);
		triangle(-.1f);
		glFrontFace(GL_CCW);
		glRasterPos3f(-.5f, -.5f, .5f);
		glLineWidth(3);
		glBegin(GL_LINES);
		glVertex2f(-.7f, .33f), glVertex2f(.9f, .77f);
		glEnd();
		glPointSize(5);
		glBegin(GL_POINTS);
		glVertex2f(.55f, -.8f);
		glEnd();
		picture("clip control");
		glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
		bytes("depth", depth, sizeof depth);
	}
	glPushAttrib(GL_TRANSFORM_BIT);
	glClipControl(GL_LOWER_LEFT, GL_NEGATIVE_ONE_TO_ONE);
	glPopAttrib();
	GETI(GL_CLIP_ORIGIN, 1);
	glClipControl(GL_FRONT, GL_ZERO_TO_ONE);
	glClipControl(GL_LOWER_LEFT, GL_FRONT);
	judged("clip control");
	glClipControl(GL_LOWER_LEFT, GL_NEGATIVE_ONE_TO_ONE);
	glDisable(GL_CULL_FACE);
	/* depth that an offset moves, no farther than the clamp */
	glEnable(GL_POLYGON_OFFSET_FILL);
	static const GLfloat offsets[][3] = {{0, 0, 0}, {2, 100, 0}, {2, 100, .0001f}, {-3, -5000, -.01f}};
	for (unsigned i = 0; i < 4; i++) {
		glPolygonOffsetClamp(offsets[i][0], offsets[i][1], offsets[i][2]);
		GLfloat clamp = -1;
		glGetFloatv(GL_POLYGON_OFFSET_CLAMP, &clamp);
		printf("clamp %g\n", clamp);
		fresh();
		triangle(.1f);
		glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
		bytes("offset depth", depth, sizeof depth);
	}
	glPolygonOffset(0, 0);
	GLfloat clamp = -1;
	glGetFloatv(GL_POLYGON_OFFSET_CLAMP, &clamp);
	printf("clamp %g\n", clamp);
	glDisable(GL_POLYGON_OFFSET_FILL);
	glDisable(GL_DEPTH_TEST);
	judged("offset");
}

/* The window's tiles must not cut what is drawn into an object, by whatever index. */
static void into_object(void) {
	GLuint fb, tex;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glGenFramebuffers(1, &fb);
	const GLfloat v[] = {0, 0, 120, 90, 80, 60, 120, 90};
	const GLint s[] = {10, 10, 140, 100, 60, 50, 120, 80};
	glViewportArrayv(0, 2, v);
	glScissorArrayv(0, 2, s);
	glEnablei(GL_SCISSOR_TEST, 0);
	glEnablei(GL_SCISSOR_TEST, 1);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	fresh();
	spread();
	picture("into an object");
	glScissorIndexed(1, 100, 70, 90, 70);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	fresh();
	spread();
	picture("and the window");
	told("objects");
	glDisable(GL_SCISSOR_TEST);
	glViewport(0, 0, W, H);
	glScissor(0, 0, W, H);
	glDeleteFramebuffers(1, &fb);
	glDeleteTextures(1, &tex);
	judged("objects");
}

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	shader_head = "#version 410 compatibility\n";
	layered = program3("out float i; void main() { i = gl_Vertex.x; gl_Position = vec4(0, 0, gl_Vertex.z, 1); }\n",
		"layout(points) in; layout(triangle_strip, max_vertices = 3) out; in float i[]; out vec4 c;\n"
		"void main() { for (int k = 0; k < 3; k++) { gl_ViewportIndex = int(i[0]); c = vec4(k == 0, i[0] / 16, k == 2, 1);\n"
		"gl_Position = gl_in[0].gl_Position + vec4(k == 1 ? 1.1 : -.9, k == 2 ? 1.05 : -.8, .2 * k, 0); EmitVertex(); } EndPrimitive(); }\n",
		"in vec4 c; out vec4 o; void main() { o = c; }\n");
	GETI(GL_MAX_VIEWPORTS, 1);
	GETI(GL_VIEWPORT_BOUNDS_RANGE, 2);
	GETI(GL_LAYER_PROVOKING_VERTEX, 1);
	told("first");
	grid();
	conform_swap();
	lists();
	clip_control();
	into_object();
	judged("end");
	conform_swap();
	conform_close();
	return 0;
}
