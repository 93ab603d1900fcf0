/* Draws and array objects of OpenGL 4 in a core context: arrays in buffers only. */
#include "conform.h"

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }

static const float where[12][2] = {{-.9f, -.9f}, {-.2f, -.8f}, {-.5f, -.1f}, {.1f, -.9f}, {.9f, -.7f}, {.4f, .1f}, {-.8f, .2f}, {-.1f, .3f}, {-.6f, .9f}, {.2f, .3f}, {.8f, .2f}, {.5f, .9f}};
static const uint8_t hue[12][4] = {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}, {0, 255, 255, 255}, {255, 0, 255, 255},
                                   {90, 0, 0, 255}, {0, 90, 0, 255}, {0, 0, 90, 255}, {250, 120, 60, 255}, {60, 120, 250, 255}, {9, 200, 9, 255}};
static const uint16_t idx[18] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 5, 8, 1, 4, 7};
static GLuint buf[6], vao[3];
enum { POS, HUE, IDX, CMD, PAR, DBL };

static void buffers(void) {
	glCreateVertexArrays(3, vao);
	glGenBuffers(6, buf);
	glBindBuffer(GL_ARRAY_BUFFER, buf[POS]);
	glBufferData(GL_ARRAY_BUFFER, sizeof where, where, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, buf[HUE]);
	glBufferData(GL_ARRAY_BUFFER, sizeof hue, hue, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, buf[DBL]);
	double d[12][3];
	for (int i = 0; i < 12; i++) d[i][0] = where[i][0] * .9, d[i][1] = where[i][1] * .8, d[i][2] = i / 12.0;
	glBufferData(GL_ARRAY_BUFFER, sizeof d, d, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, buf[IDX]);
	glBufferData(GL_ARRAY_BUFFER, sizeof idx, idx, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, buf[CMD]);
	glBufferData(GL_ARRAY_BUFFER, 400, NULL, GL_DYNAMIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, buf[PAR]);
	static const GLuint n[4] = {3, 1, 2, 100};
	glBufferData(GL_ARRAY_BUFFER, sizeof n, n, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	for (int k = 0; k < 2; k++) {
		glEnableVertexArrayAttrib(vao[k], 0);
		glEnableVertexArrayAttrib(vao[k], 1);
		glVertexArrayAttribFormat(vao[k], 0, 2, GL_FLOAT, GL_FALSE, 0);
		glVertexArrayAttribFormat(vao[k], 1, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0);
		glVertexArrayAttribBinding(vao[k], 0, 1);
		glVertexArrayAttribBinding(vao[k], 1, 0);
		glVertexArrayVertexBuffer(vao[k], 1, buf[POS], 0, 8);
		glVertexArrayVertexBuffer(vao[k], 0, buf[HUE], 0, 4);
		glVertexArrayElementBuffer(vao[k], buf[IDX]);
	}
	glVertexArrayBindingDivisor(vao[1], 0, 1);
	GLint v = -1;
	glGetVertexArrayiv(vao[0], GL_ELEMENT_ARRAY_BUFFER_BINDING, &v);
	printf("elements of an object %d\n", v == (GLint)buf[IDX]);
	static const GLenum words[] = {GL_VERTEX_ATTRIB_ARRAY_ENABLED, GL_VERTEX_ATTRIB_ARRAY_SIZE, GL_VERTEX_ATTRIB_ARRAY_STRIDE, GL_VERTEX_ATTRIB_ARRAY_TYPE,
		GL_VERTEX_ATTRIB_ARRAY_NORMALIZED, GL_VERTEX_ATTRIB_ARRAY_INTEGER, GL_VERTEX_ATTRIB_ARRAY_LONG, GL_VERTEX_ATTRIB_ARRAY_DIVISOR, GL_VERTEX_ATTRIB_RELATIVE_OFFSET};
	for (GLuint k = 0; k < 3; k++)
		for (GLuint i = 0; i < 2; i++) {
			printf("object %u array %u:", k, i);
			for (unsigned w = 0; w < sizeof words / sizeof *words; w++) glGetVertexArrayIndexediv(vao[k], i, words[w], &v), printf(" %d", v);
			puts("");
		}
	errors("buffers");
}

static void draws(void) {
	GLuint q = program("in vec2 p; in vec4 h; out vec4 c; uniform vec2 s; void main() { gl_Position = vec4(p * 0.9 + s * float(gl_InstanceID), 0, 1); c = h; }", "in vec4 c; out vec4 o; void main() { o = c; }");
	glBindAttribLocation(q, 0, "p");
	glBindAttribLocation(q, 1, "h");
	glLinkProgram(q);
	glUseProgram(q);
	glUniform2f(glGetUniformLocation(q, "s"), .05f, .03f);
	for (int k = 0; k < 2; k++) {
		glBindVertexArray(vao[k]);
		fresh();
		glDrawArraysInstancedBaseInstance(GL_TRIANGLES, 3, 9, 3, 4);
		picture("arrays with base");
		fresh();
		glDrawElementsInstancedBaseInstance(GL_TRIANGLES, 9, GL_UNSIGNED_SHORT, (void *)18, 2, 7);
		picture("elements with base");
		fresh();
		glDrawElementsInstancedBaseVertexBaseInstance(GL_LINE_STRIP, 8, GL_UNSIGNED_SHORT, (void *)0, 3, 3, 5);
		picture("elements with both");
		const GLint first[] = {0, 6, 3};
		const GLsizei count[] = {3, 6, 3};
		fresh();
		glMultiDrawArrays(GL_TRIANGLES, first, count, 3);
		picture("several");
		const void *at[] = {(void *)0, (void *)24, (void *)12};
		const GLint base[] = {1, 0, 2};
		fresh();
		glMultiDrawElements(GL_TRIANGLES, count, GL_UNSIGNED_SHORT, at, 3);
		picture("several of elements");
		fresh();
		glMultiDrawElementsBaseVertex(GL_TRIANGLE_STRIP, count, GL_UNSIGNED_SHORT, at, 3, base);
		picture("several of elements with bases");
	}
	glDeleteProgram(q);
	errors("draws");
}

/* Commands in buffers; which of several draws it is, is known to the shader. */
static void commands(void) {
	shader_head = "#version 450 core\n#extension GL_ARB_shader_draw_parameters : require\n";
	GLuint q = program("layout(location = 0) in vec2 p; layout(location = 1) in vec4 h; out vec4 c; void main() { gl_Position = vec4(p * (1.0 - 0.1 * float(gl_DrawIDARB)), 0, 1);"
	                   " c = vec4(h.rg, float(gl_DrawIDARB) / 4.0, 1) + vec4(float(gl_BaseVertexARB) / 20.0, float(gl_BaseInstanceARB) / 20.0, 0, 0); }",
	                   "in vec4 c; out vec4 o; void main() { o = c; }");
	glUseProgram(q);
	glBindVertexArray(vao[0]);
	const GLint first[] = {0, 6, 3};
	const GLsizei count[] = {3, 3, 3};
	const void *at[] = {(void *)0, (void *)24, (void *)12};
	const GLint base[] = {1, 0, 2};
	fresh();
	glMultiDrawArrays(GL_TRIANGLES, first, count, 3);
	picture("numbered");
	fresh();
	glMultiDrawElements(GL_TRIANGLES, count, GL_UNSIGNED_SHORT, at, 3);
	picture("numbered elements");
	fresh();
	glMultiDrawElementsBaseVertex(GL_TRIANGLES, count, GL_UNSIGNED_SHORT, at, 3, base);
	picture("numbered elements with bases");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, buf[CMD]);
	const GLuint arrays[4][4] = {{3, 1, 0, 0}, {3, 2, 3, 5}, {3, 1, 6, 9}, {3, 1, 9, 1}}, elements[4][5] = {{3, 1, 0, 0, 0}, {6, 1, 12, 0, 3}, {3, 2, 3, 4, 0}, {3, 1, 9, 0, 2}};
	glBufferSubData(GL_DRAW_INDIRECT_BUFFER, 16, sizeof arrays, arrays);
	glBufferSubData(GL_DRAW_INDIRECT_BUFFER, 200, sizeof elements, elements);
	glBindBuffer(GL_PARAMETER_BUFFER, buf[PAR]);
	PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC counted = (PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC)glXGetProcAddress((const GLubyte *)"glMultiDrawArraysIndirectCountARB");
	PFNGLMULTIDRAWELEMENTSINDIRECTCOUNTPROC counted_elements = (PFNGLMULTIDRAWELEMENTSINDIRECTCOUNTPROC)glXGetProcAddress((const GLubyte *)"glMultiDrawElementsIndirectCountARB");
	for (int k = 0; k < 9; k++) {
		fresh();
		switch (k) {
		case 0: glDrawArraysIndirect(GL_TRIANGLES, (void *)32); break;
		case 1: glDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_SHORT, (void *)220); break;
		case 2: glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)16, 4, 0); break;
		case 3: glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)16, 2, 32); break;
		case 4: glMultiDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_SHORT, (void *)200, 4, 20); break;
		case 5: counted(GL_TRIANGLES, (void *)16, 0, 4, 0); break;
		case 6: counted(GL_TRIANGLES, (void *)16, 12, 2, 16); break;
		case 7: counted_elements(GL_TRIANGLES, GL_UNSIGNED_SHORT, (void *)200, 8, 4, 0); break;
		case 8: glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)16, 0, 0); break;
		}
		char name[32];
		snprintf(name, sizeof name, "commands %d", k);
		picture(name);
	}
	/* commands that the GPU has written: copied there */
	glBindBuffer(GL_COPY_READ_BUFFER, buf[CMD]);
	glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_DRAW_INDIRECT_BUFFER, 16, 32, 16);
	fresh();
	glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)32, 1, 0);
	picture("a copied command");
	glDeleteProgram(q);
	errors("commands");
	glBindVertexArray(0);
	glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)16, 1, 0);
	errors("no object");
	glBindVertexArray(vao[0]);
	glMultiDrawArraysIndirect(GL_QUADS, (void *)16, 1, 0);
	errors("a mode of old");
	glMultiDrawElementsIndirect(GL_TRIANGLES, GL_INT, (void *)16, 1, 0);
	errors("type");
	glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)16, 1, 18);
	errors("stride");
	glMultiDrawArraysIndirect(GL_TRIANGLES, (void *)388, 1, 0);
	errors("end");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
	glDrawArraysIndirect(GL_TRIANGLES, NULL);
	errors("no buffer");
	glBindVertexArray(vao[2]);
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, buf[CMD]);
	glDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_SHORT, NULL);
	errors("no elements");
}

/* Arrays and values of doubles. */
static void doubles(void) {
	shader_head = "#version 420 core\n";
	GLuint q = program("layout(location = 0) in dvec3 p; layout(location = 2) in dvec2 h; out vec4 c; void main() { gl_Position = vec4(vec2(p.xy), 0, 1); c = vec4(float(p.z), vec2(h), 1); }",
	                   "in vec4 c; out vec4 o; void main() { o = c; }");
	glUseProgram(q);
	glBindVertexArray(vao[2]);
	glBindBuffer(GL_ARRAY_BUFFER, buf[DBL]);
	glVertexAttribLPointer(0, 3, GL_DOUBLE, 0, NULL);
	glEnableVertexAttribArray(0);
	glVertexAttribL2d(2, .25, .75);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 12);
	picture("doubles");
	GLint v = -1;
	glGetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_LONG, &v);
	printf("long %d\n", v);
	glGetVertexAttribiv(0, GL_VERTEX_ATTRIB_ARRAY_INTEGER, &v);
	printf("integer %d\n", v);
	glVertexAttribLFormat(0, 2, GL_DOUBLE, 8);
	glVertexAttribBinding(0, 6);
	glBindVertexBuffer(6, buf[DBL], 24, 24);
	glVertexAttribL2dv(2, (GLdouble[]){1, 0});
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 11);
	picture("doubles from a binding");
	GLdouble d[4] = {9, 9, 9, 9};
	glGetVertexAttribLdv(2, GL_CURRENT_VERTEX_ATTRIB, d);
	printf("current %g %g\n", d[0], d[1]);
	glVertexAttribL1d(3, 1.5);
	glVertexAttribL3d(4, 1, 2, 3);
	glVertexAttribL4d(5, 4, 5, 6, 7);
	glVertexAttribL1dv(6, (GLdouble[]){-8});
	glVertexAttribL3dv(7, (GLdouble[]){1e300, 2, 3});
	glVertexAttribL4dv(8, (GLdouble[]){1, 1e-300, 3, 4});
	static const int n[] = {1, 3, 4, 1, 3, 4};
	for (GLuint i = 3; i < 9; i++) {
		glGetVertexAttribLdv(i, GL_CURRENT_VERTEX_ATTRIB, d);
		printf("current %u:", i);
		for (int k = 0; k < n[i - 3]; k++) printf(" %g", d[k]);
		puts("");
	}
	glGetVertexAttribLdv(0, GL_VERTEX_ATTRIB_ARRAY_SIZE, d);
	printf("size %g\n", d[0]);
	glVertexAttribLPointer(0, 3, GL_FLOAT, 0, NULL);
	errors("type of doubles");
	glDeleteProgram(q);
	errors("doubles");
}

/* Arrays without a buffer, while one is enabled: what is drawn is not defined, but it must not end the program. */
static void unbound(void) {
	glBindVertexArray(vao[0]);
	glBindVertexBuffer(1, buf[POS], 0, 8);
	glBindVertexBuffer(0, buf[HUE], 0, 4);
	shader_head = "#version 330 core\n";
	GLuint q = program("layout(location = 0) in vec2 p; layout(location = 1) in vec4 h; out vec4 c; void main() { gl_Position = vec4(p, 0, 1); c = h; }", "in vec4 c; out vec4 o; void main() { o = c; }");
	glUseProgram(q);
	GLuint b[2] = {buf[POS], buf[HUE]};
	glBindVertexBuffers(3, 2, b, (GLintptr[]){0, 4}, (GLsizei[]){8, 4});
	glVertexAttribBinding(0, 3);
	glVertexAttribBinding(1, 4);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 11);
	picture("several bindings at once");
	glDeleteVertexArrays(1, &vao[0]);
	glDisableVertexArrayAttrib(vao[0], 0);
	errors("an object that has gone");
	glBindVertexArray(0);
	glVertexAttribFormat(0, 4, GL_FLOAT, GL_FALSE, 0);
	errors("format of none");
	glVertexAttribBinding(0, 1);
	errors("binding of none");
	glBindVertexBuffer(0, buf[POS], 0, 8);
	errors("buffer of none");
	glBindVertexBuffers(0, 1, buf, (GLintptr[]){0}, (GLsizei[]){8});
	errors("buffers of none");
	glVertexBindingDivisor(0, 1);
	errors("divisor of none");
	glVertexArrayAttribFormat(0, 0, 4, GL_FLOAT, GL_FALSE, 0);
	errors("format of 0");
	GLint v = -1;
	glGetVertexArrayiv(vao[1], GL_VERTEX_ATTRIB_ARRAY_SIZE, &v);
	errors("word of an object");
	GLuint only;
	glGenVertexArrays(1, &only);
	glVertexArrayAttribBinding(only, 0, 0);
	errors("a name that is no object yet");
	glBindVertexArray(vao[1]);
	glBindVertexBuffer(1, 4321, 0, 8);
	errors("a buffer that is none");
	glVertexArrayElementBuffer(vao[1], 4321);
	errors("elements that are none");
	glCreateVertexArrays(-1, &only);
	errors("so few objects");
	glDeleteProgram(q);
}

int main(void) {
	if (!conform_open(33, CONFORM_CORE)) return 2;
	shader_head = "#version 330 core\n";
	glViewport(0, 0, W, H);
	glClearColor(0, 0, 0, 1);
	buffers();
	draws();
	commands();
	doubles();
	unbound();
	conform_swap();
	conform_close();
	return 0;
}
