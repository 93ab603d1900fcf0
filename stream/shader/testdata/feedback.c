// Runs vertex shaders on the machine's own GL and writes their gl_Position, taken by transform feedback. Requests on stdin:
//
//	case API VERTEX_BYTES FRAGMENT_BYTES ATTRIBUTE COMPONENTS VERTICES UNIFORMS   API: 0 core, 1 compatibility, 2 ES
//	the two sources
//	UNIFORMS lines: NAME TYPE COUNT BLOCK INDEX VALUE…                           BLOCK -: none; INDEX of an array of blocks
//	VERTICES × COMPONENTS values
//
// Answers: "position X Y Z W" for each vertex; "layout NAME OFFSET STRIDE ROW_MAJOR" for each uniform of a block, before them; then
// "end"; or "refused" and GL's log in one line.
#define GL_GLEXT_PROTOTYPES
#define EGL_EGLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 65536

static EGLDisplay dpy;
static EGLContext contexts[3];

static void die(const char *what)
{
	fprintf(stderr, "feedback: %s\n", what);
	exit(1);
}

static void use(int api)
{
	static const EGLint core[] = { EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 5, EGL_CONTEXT_OPENGL_PROFILE_MASK,
		EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE };
	static const EGLint compatibility[] = { EGL_NONE };
	static const EGLint es[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 1, EGL_NONE };
	static const EGLint *const attributes[] = { core, compatibility, es };

	eglBindAPI(api == 2 ? EGL_OPENGL_ES_API : EGL_OPENGL_API);
	if (!contexts[api]) {
		contexts[api] = eglCreateContext(dpy, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes[api]);
		if (!contexts[api])
			die("no context");
	}
	if (!eglMakeCurrent(dpy, EGL_NO_SURFACE, EGL_NO_SURFACE, contexts[api]))
		die("the context cannot be made current");
	GLint bound = 0;
	glGetIntegerv(GL_FRAMEBUFFER_BINDING, &bound);
	if (!bound) { // a draw wants one, though nothing is rasterised
		GLuint framebuffer, colour;
		glGenFramebuffers(1, &framebuffer);
		glGenRenderbuffers(1, &colour);
		glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
		glBindRenderbuffer(GL_RENDERBUFFER, colour);
		glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, 16, 16);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colour);
	}
}

static int refused(const char *log)
{
	printf("refused ");
	for (; *log; log++)
		putchar(*log == '\n' ? ' ' : *log);
	printf("\n");
	return 0;
}

static GLuint compile(GLenum kind, const char *source)
{
	GLuint s = glCreateShader(kind);
	GLint ok = 0;
	glShaderSource(s, 1, &source, NULL);
	glCompileShader(s);
	glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
	if (!ok) {
		char log[4096] = "";
		glGetShaderInfoLog(s, sizeof log, NULL, log);
		refused(log);
		return 0;
	}
	return s;
}

static char *text(long bytes)
{
	char *s = calloc(1, (size_t)bytes + 1);
	getchar(); // the newline before
	if (!s || fread(s, 1, (size_t)bytes, stdin) != (size_t)bytes)
		die("a source is cut off");
	return s;
}

static void values(float *to, int n)
{
	for (int i = 0; i < n; i++)
		if (scanf("%f", &to[i]) != 1)
			die("values are missing");
}

static void set(GLuint program, const char *name, const char *type, const float *v)
{
	GLint at = glGetUniformLocation(program, name);
	int n[4] = { (int)v[0], 0, 0, 0 };
	if (type[0] == 'i' || type[0] == 'b')
		for (int i = 0; i < 4; i++)
			n[i] = (int)v[i];
	if (!strcmp(name, "gl_ModelViewMatrix") || !strcmp(name, "gl_ProjectionMatrix")) {
		glMatrixMode(name[3] == 'M' ? GL_MODELVIEW : GL_PROJECTION);
		glLoadMatrixf(v);
	}
	else if (!strcmp(type, "float")) glUniform1fv(at, 1, v);
	else if (!strcmp(type, "vec2")) glUniform2fv(at, 1, v);
	else if (!strcmp(type, "vec3")) glUniform3fv(at, 1, v);
	else if (!strcmp(type, "vec4")) glUniform4fv(at, 1, v);
	else if (!strcmp(type, "mat2")) glUniformMatrix2fv(at, 1, 0, v);
	else if (!strcmp(type, "mat3")) glUniformMatrix3fv(at, 1, 0, v);
	else if (!strcmp(type, "mat4")) glUniformMatrix4fv(at, 1, 0, v);
	else if (!strcmp(type, "mat2x3")) glUniformMatrix2x3fv(at, 1, 0, v);
	else if (!strcmp(type, "mat4x3")) glUniformMatrix4x3fv(at, 1, 0, v);
	else if (!strcmp(type, "int") || !strcmp(type, "bool")) glUniform1iv(at, 1, n);
	else if (!strcmp(type, "ivec2") || !strcmp(type, "bvec2")) glUniform2iv(at, 1, n);
	else die(type);
}

// put writes a block's member where GL says that it lies.
static void put(GLuint program, const char *name, const char *block, int index, const char *type, const float *v, int count)
{
	static unsigned char bytes[16][4096];
	static GLuint buffers[16];
	char instance[300];
	snprintf(instance, sizeof instance, "%s[%d]", block, index);
	GLuint b = glGetUniformBlockIndex(program, instance);
	if (b == GL_INVALID_INDEX)
		b = glGetUniformBlockIndex(program, block);
	GLuint u;
	GLint offset = -1, stride = -1, row = -1, step = 0;
	glGetUniformIndices(program, 1, (const char *const *)&name, &u);
	if (b == GL_INVALID_INDEX || b >= 16 || u == GL_INVALID_INDEX)
		die("a block or its member is not there");
	glGetActiveUniformsiv(program, 1, &u, GL_UNIFORM_OFFSET, &offset);
	glGetActiveUniformsiv(program, 1, &u, GL_UNIFORM_MATRIX_STRIDE, &stride);
	glGetActiveUniformsiv(program, 1, &u, GL_UNIFORM_IS_ROW_MAJOR, &row);
	glGetActiveUniformsiv(program, 1, &u, GL_UNIFORM_ARRAY_STRIDE, &step);
	size_t last = strlen(name);
	if (name[last - 1] == ']') // GL says where the array begins
		offset += step * atoi(strrchr(name, '[') + 1);
	printf("layout %s %d %d %d\n", name, offset, stride, row);
	int rows = count, columns = 1;
	if (type[0] == 'm') {
		columns = type[3] - '0';
		rows = count / columns;
	}
	for (int c = 0; c < columns; c++)
		for (int r = 0; r < rows; r++)
			if (type[0] == 'i' || type[0] == 'b') {
				int n = (int)v[r];
				memcpy(&bytes[b][offset + 4 * r], &n, 4);
			} else
				memcpy(&bytes[b][offset + (columns == 1 ? 4 * r : row ? r * stride + 4 * c : c * stride + 4 * r)], &v[c * rows + r], 4);
	if (!buffers[b])
		glGenBuffers(1, &buffers[b]);
	glBindBuffer(GL_UNIFORM_BUFFER, buffers[b]);
	glBufferData(GL_UNIFORM_BUFFER, sizeof bytes[b], bytes[b], GL_STREAM_DRAW);
	glUniformBlockBinding(program, b, b);
	glBindBufferBase(GL_UNIFORM_BUFFER, b, buffers[b]);
}

static int one(void)
{
	int api, components, vertices, uniforms;
	long vertex_bytes, fragment_bytes;
	char attribute[256];
	int got = scanf(" case %d %ld %ld %255s %d %d %d", &api, &vertex_bytes, &fragment_bytes, attribute, &components, &vertices, &uniforms);
	if (got == EOF)
		return 0;
	if (got != 7 || api < 0 || api > 2 || components < 1 || components > 4 || vertices < 1 || vertices * 4 > MOST)
		die("a bad case");
	char *vertex = text(vertex_bytes), *fragment = fragment_bytes ? text(fragment_bytes) : NULL;
	use(api);
	GLuint program = glCreateProgram();
	GLuint vs = compile(GL_VERTEX_SHADER, vertex), fs = vs && fragment ? compile(GL_FRAGMENT_SHADER, fragment) : 0;
	int ok = vs && (fs || !fragment);
	if (ok) {
		static const char *const varying[] = { "gl_Position" };
		glAttachShader(program, vs);
		if (fs)
			glAttachShader(program, fs);
		if (strncmp(attribute, "gl_", 3) != 0)
			glBindAttribLocation(program, 0, attribute);
		glTransformFeedbackVaryings(program, 1, varying, GL_INTERLEAVED_ATTRIBS);
		glLinkProgram(program);
		GLint linked = 0;
		glGetProgramiv(program, GL_LINK_STATUS, &linked);
		if (!linked) {
			char log[4096] = "";
			glGetProgramInfoLog(program, sizeof log, NULL, log);
			ok = refused(log);
		} else
			glUseProgram(program);
	}
	for (int i = 0; i < uniforms; i++) {
		char name[256], type[32], block[256];
		int count, index;
		float v[16] = { 0 };
		if (scanf(" %255s %31s %d %255s %d", name, type, &count, block, &index) != 5 || count < 1 || count > 16)
			die("a bad uniform");
		values(v, count);
		if (!ok)
			continue;
		if (strcmp(block, "-") == 0)
			set(program, name, type, v);
		else
			put(program, name, block, index, type, v, count);
	}
	static float in[MOST], out[MOST];
	values(in, vertices * components);
	if (ok) {
		GLuint buffers[2], vao;
		GLint at = strncmp(attribute, "gl_", 3) ? glGetAttribLocation(program, attribute) : 0;
		glGenBuffers(2, buffers);
		glGenVertexArrays(1, &vao);
		glBindVertexArray(vao);
		glBindBuffer(GL_ARRAY_BUFFER, buffers[0]);
		glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)sizeof(float) * vertices * components, in, GL_STATIC_DRAW);
		if (at >= 0) {
			glVertexAttribPointer((GLuint)at, components, GL_FLOAT, GL_FALSE, 0, NULL);
			glEnableVertexAttribArray((GLuint)at);
		}
		glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, buffers[1]);
		glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, (GLsizeiptr)sizeof(float) * vertices * 4, NULL, GL_STATIC_READ);
		glEnable(GL_RASTERIZER_DISCARD);
		glBeginTransformFeedback(GL_POINTS);
		glDrawArrays(GL_POINTS, 0, vertices);
		glEndTransformFeedback();
		float *mapped = glMapBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, (GLsizeiptr)sizeof(float) * vertices * 4, GL_MAP_READ_BIT);
		GLenum error = glGetError();
		if (!mapped || error) {
			fprintf(stderr, "GL error 0x%x\n", error);
			die("nothing came back");
		}
		memcpy(out, mapped, sizeof(float) * (size_t)vertices * 4);
		glUnmapBuffer(GL_TRANSFORM_FEEDBACK_BUFFER);
		glDeleteBuffers(2, buffers);
		glDeleteVertexArrays(1, &vao);
		for (int i = 0; i < vertices; i++)
			printf("position %.9g %.9g %.9g %.9g\n", out[4 * i], out[4 * i + 1], out[4 * i + 2], out[4 * i + 3]);
		printf("end\n");
		glUseProgram(0);
	}
	glDeleteProgram(program);
	glDeleteShader(vs);
	glDeleteShader(fs);
	free(vertex);
	free(fragment);
	fflush(stdout);
	return 1;
}

int main(void)
{
	dpy = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	if (!dpy || !eglInitialize(dpy, NULL, NULL))
		die("no EGL");
	while (one())
		;
	return 0;
}
