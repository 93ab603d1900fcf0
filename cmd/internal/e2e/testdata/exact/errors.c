/* Errors as an app sees them that looks after each call, and after several: which word, that the first is kept, and that a loop on glGetError ends. Some are
 * found in the app's process, some on a node alone. Draws that raise one touch a corner of the window only. */
#include "../conform/conform.h"

static void look(const char *after) {
	printf("%s:", after);
	for (GLenum e; (e = glGetError());) printf(" %#x", e);
	puts("");
}

static void corner(float x, float y) {
	const GLfloat at[] = {x, y, x + .1f, y, x, y + .1f};
	glEnableClientState(GL_VERTEX_ARRAY);
	glVertexPointer(2, GL_FLOAT, 0, at);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glDisableClientState(GL_VERTEX_ARRAY);
}

static void textures(void) {
	static const GLubyte pixels[64 * 64 * 4];
	static const GLenum formats[] = {GL_RGBA, GL_RGBA_INTEGER, GL_DEPTH_COMPONENT, GL_STENCIL_INDEX, GL_DEPTH_STENCIL, GL_COLOR_INDEX, GL_RGB, GL_BGR, GL_LUMINANCE, 0x7777},
		types[] = {GL_UNSIGNED_BYTE, GL_FLOAT, GL_INT, GL_UNSIGNED_INT_24_8, GL_UNSIGNED_SHORT_5_6_5, GL_UNSIGNED_INT_8_8_8_8, GL_HALF_FLOAT, 0x7777};
	GLuint t;
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	look("texture");
	glTexImage2D(GL_TEXTURE_2D, -1, GL_RGBA, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("level -1");
	glTexImage2D(GL_TEXTURE_2D, 40, GL_RGBA, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("level 40");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 4, 4, 1, GL_RGBA, GL_UNSIGNED_SHORT_5_6_5, pixels);
	look("type that does not fit");
	glTexImage2D(GL_TEXTURE_2D, 0, 12345, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("internal format");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT24, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("colours as depth");
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 4, 4, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("part of none");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 4, 4, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 2, 2, 4, 4, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	look("part that stands out");
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, 7);
	look("filter");
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 0, 0, 4, 4, 3);
	look("border 3");
	glGenerateMipmap(GL_TEXTURE_BUFFER);
	look("mipmaps of a buffer");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16UI, 1, 1, 0, GL_RGBA_INTEGER, GL_FLOAT, NULL);
	look("integers by float");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 4, 4, 0, GL_RGBA_INTEGER, GL_SHORT, NULL);
	look("integers as colours");
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA32UI, 8, 8, 0, GL_RGBA_INTEGER, GL_UNSIGNED_INT, NULL);
	look("integers");
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 4, 4, GL_RGBA_INTEGER, GL_FLOAT, NULL);
	look("no pixels, of a wrong type");
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, -4, 4, GL_RGBA_INTEGER, GL_UNSIGNED_INT, NULL);
	look("no pixels, and fewer");
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 0, 0, GL_RGBA_INTEGER, GL_UNSIGNED_INT, NULL);
	look("no pixels");
	glReadPixels(0, 0, 4, 4, GL_RGBA_INTEGER, GL_FLOAT, frame);
	look("reading integers by float");
	glReadPixels(0, 0, 4, 4, GL_RGBA_INTEGER, GL_UNSIGNED_INT, frame);
	look("reading integers");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
			char name[60];
			glDrawPixels(1, 1, formats[i], types[k], pixels);
			snprintf(name, sizeof name, "drawing %#x by %#x", formats[i], types[k]);
			look(name);
			glReadPixels(0, 0, 1, 1, formats[i], types[k], frame);
			look("reading it");
		}
	glDeleteTextures(1, &t);
}

static void programs(void) {
	GLuint p = program("void main() { gl_Position = gl_Vertex; }", "uniform float level; void main() { gl_FragColor = vec4(level); }");
	const GLint at = glGetUniformLocation(p, "level");
	glUniform1f(at, 1);
	look("uniform of no program");
	glUseProgram(p);
	glUniform1i(at + 900, 1);
	look("uniform that is not there");
	glUniform2f(at, 1, 2);
	look("uniform of another type");
	glUniform1f(-1, 1);
	look("uniform -1");
	glBindFragDataLocation(p, 99999, "colour");
	look("fragment output");
	glUseProgram(p + 1000);
	look("program that is not there");
	glUseProgram(0);
	glDeleteProgram(p);
	glDeleteProgram(p);
	look("program deleted twice");
}

static void gets(void) {
	static const GLenum wrong[] = {0, 1, 0x7777, GL_TEXTURE_2D_ARRAY, GL_RGBA, 0xffffffff};
	GLboolean flags[16];
	GLint words[16];
	GLfloat floats[16];
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		glGetBooleanv(wrong[i], flags);
		look("a flag that is none");
		glGetIntegerv(wrong[i], words);
		look("a word that is none");
		glGetFloatv(wrong[i], floats);
		look("a number that is none");
		printf("%d\n", glIsEnabled(wrong[i]));
		look("a switch that is none");
		printf("%d\n", glGetString(wrong[i]) != NULL);
		look("a text that is none");
		glGetTexParameteriv(GL_TEXTURE_2D, wrong[i], words);
		look("a parameter that is none");
	}
}

static void firsts(void) {
	glEnable(GL_CLIP_PLANE0 + 40);                  /* a node's */
	glEnable(0x7777);                               /* maybe found before */
	glViewport(0, 0, -1, -1);
	look("three, an enumerant first");
	glViewport(0, 0, -1, -1);
	glEnable(GL_CLIP_PLANE0 + 40);
	glPopMatrix();
	look("three, a value first");
	glBegin(99);
	look("a primitive that is none");
	glBegin(GL_TRIANGLES);
	glVertex2f(0, 0);
	glClear(GL_COLOR_BUFFER_BIT);
	glEnable(GL_CLIP_PLANE0 + 40);
	glEnd();
	look("clear in a primitive");
	glEnd();
	look("glEnd alone");
	for (int i = 0; i < 100; i++) glPopMatrix();
	look("a hundred pops");
	for (int i = 0; i < 100; i++) glPushMatrix();
	look("a hundred pushes");
}

/* Mesa takes arrays for switches. */
static void enables(void) {
	static const GLenum all[] = {GL_VERTEX_ARRAY, GL_NORMAL_ARRAY, GL_COLOR_ARRAY, GL_INDEX_ARRAY, GL_TEXTURE_COORD_ARRAY, GL_EDGE_FLAG_ARRAY, GL_FOG_COORD_ARRAY, GL_SECONDARY_COLOR_ARRAY};
	const GLfloat at[] = {-.2f, -.2f, .7f, -.2f, -.2f, .9f}, colours[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		glEnable(all[i]);
		look("an array as a switch");
		printf("%d\n", glIsEnabled(all[i]));
		glDisable(all[i]);
		look("and off");
		printf("%d\n", glIsEnabled(all[i]));
	}
	glEnable(GL_VERTEX_ARRAY);
	glEnable(GL_COLOR_ARRAY);
	glVertexPointer(2, GL_FLOAT, 0, at);
	glColorPointer(3, GL_FLOAT, 0, colours);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("arrays by glEnable");
	glDisable(GL_COLOR_ARRAY);
	glDisable(GL_VERTEX_ARRAY);
	look("arrays");
}

static void draws(void) {
	GLuint f;
	glGenFramebuffers(1, &f);
	for (int k = 0; k < 4; k++) {
		const float x = k & 1 ? .8f : -.9f, y = k & 2 ? .8f : -.9f;
		corner(x, y);
		look("a draw");
		glBindFramebuffer(GL_FRAMEBUFFER, f); /* incomplete */
		corner(x, y);
		look("a draw to nothing");
		glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, frame);
		look("reading nothing");
		glBindFramebuffer(GL_FRAMEBUFFER, 0);
		glDrawArrays(GL_TRIANGLES, 0, -3);
		look("a negative draw");
		glDrawArrays(1234, 0, 3);
		look("a draw of what is not known");
		glXSwapBuffers(dpy, win);
		glEnable(GL_CLIP_PLANE0 + 40);
		glXSwapBuffers(dpy, win);
		glViewport(0, 0, -1, 1);
		look("before and after a swap");
	}
	glDeleteFramebuffers(1, &f);
}

int main(void) {
	conform_open(0, CONFORM_LEGACY);
	look("at first");
	textures();
	programs();
	gets();
	firsts();
	enables();
	draws();
	glLoadIdentity();
	glClear(GL_COLOR_BUFFER_BIT);
	corner(-.5f, -.5f);
	picture("at last");
	look("at last");
	return 0;
}
