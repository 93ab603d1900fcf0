/* Program pipelines and separable programs. */
#include "conform.h"

static void clear(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }
static void draw(const char *name) {
	clear();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	picture(name);
}
static GLuint part(GLenum type, const char *text) {
	const char *both[] = {shader_head, text};
	GLuint p = glCreateShaderProgramv(type, 2, both);
	GLint ok = -1, separable = -1, n = -1;
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramiv(p, GL_PROGRAM_SEPARABLE, &separable);
	glGetProgramiv(p, GL_ATTACHED_SHADERS, &n);
	static char log[4096];
	glGetProgramInfoLog(p, sizeof log, NULL, log);
	printf("part: linked %d, separable %d, shaders %d, log \"%s\"\n", ok, separable, n, log);
	return p;
}
/* Names differ from run to run of one driver and another: what is printed is the place in this list. */
static GLuint known[8];
static int place(GLint name) {
	for (int i = 0; name && i < 8; i++)
		if (known[i] == (GLuint)name) return i + 1;
	return name ? -1 : 0;
}
static void state(const char *name, GLuint pipe) {
	static const GLenum words[] = {GL_ACTIVE_PROGRAM, GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER,
	                               GL_COMPUTE_SHADER, GL_VALIDATE_STATUS, GL_INFO_LOG_LENGTH};
	printf("%s:", name);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		GLint v = -1;
		glGetProgramPipelineiv(pipe, words[i], &v);
		printf(" %d", i < 7 ? place(v) : v);
	}
	static char log[1024];
	GLsizei n = -1;
	memset(log, 0, sizeof log);
	glGetProgramPipelineInfoLog(pipe, sizeof log, &n, log);
	printf(" \"%s\" %d\n", log, n);
}

static const char vertex[] = "out gl_PerVertex { vec4 gl_Position; }; layout(location = 0) out vec2 at; uniform vec2 shift; uniform float size = 1.0;\n"
	"void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1); gl_Position = vec4((at * 2.0 - 1.0) * size + shift, 0.0, 1.0); }\n";
static const char vertex2[] = "out gl_PerVertex { vec4 gl_Position; }; layout(location = 0) out vec2 at; void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1);\n"
	"gl_Position = vec4((at.yx - 0.5) * vec2(1.5, -1.0), 0.0, 1.0); }\n";
static const char fragment[] = "layout(location = 0) in vec2 at; out vec4 o; uniform vec4 tint = vec4(0.2, 0.7, 1.0, 1.0); void main() { o = vec4(at, 0.5, 1.0) * tint; }\n";
static const char fragment2[] = "layout(location = 0) in vec2 at; out vec4 o; void main() { o = vec4(1.0 - at.yx, step(0.5, fract(at.x * 8.0)), 1.0); }\n";
static const char geometry[] = "layout(triangles) in; layout(triangle_strip, max_vertices = 3) out; in gl_PerVertex { vec4 gl_Position; } gl_in[]; out gl_PerVertex { vec4 gl_Position; };\n"
	"layout(location = 0) in vec2 at[]; layout(location = 0) out vec2 to; void main() { for (int i = 0; i < 3; i++) { to = at[i].yx; gl_Position = gl_in[i].gl_Position * vec4(0.6, 0.8, 1.0, 1.0); EmitVertex(); } }\n";

static void whole(void) {
	GLuint v = part(GL_VERTEX_SHADER, vertex), v2 = part(GL_VERTEX_SHADER, vertex2), f = part(GL_FRAGMENT_SHADER, fragment), f2 = part(GL_FRAGMENT_SHADER, fragment2);
	GLuint g = part(GL_GEOMETRY_SHADER, geometry), pipes[3] = {0}, made = 0;
	known[0] = v, known[1] = v2, known[2] = f, known[3] = f2, known[4] = g;
	glGenProgramPipelines(3, pipes);
	glCreateProgramPipelines(1, &made);
	printf("is: %d %d", glIsProgramPipeline(pipes[0]), glIsProgramPipeline(made));
	glBindProgramPipeline(pipes[0]);
	GLint bound = 0;
	glGetIntegerv(GL_PROGRAM_PIPELINE_BINDING, &bound);
	printf(" %d, bound %d\n", glIsProgramPipeline(pipes[0]), bound == (GLint)pipes[0]);
	state("new", pipes[0]);
	glUseProgramStages(pipes[0], GL_VERTEX_SHADER_BIT, v);
	glUseProgramStages(pipes[0], GL_FRAGMENT_SHADER_BIT, f);
	state("two", pipes[0]);
	draw("two");
	glActiveShaderProgram(pipes[0], v);
	glUniform2f(glGetUniformLocation(v, "shift"), .3f, -.2f);
	glUniform1f(glGetUniformLocation(v, "size"), .6f);
	glActiveShaderProgram(pipes[0], f);
	glUniform4f(glGetUniformLocation(f, "tint"), 1, .4f, .1f, 1);
	state("active", pipes[0]);
	draw("uniforms of the active program");
	glProgramUniform4f(f, glGetUniformLocation(f, "tint"), .1f, 1, .9f, 1);
	draw("uniforms by program");
	glUseProgramStages(pipes[0], GL_GEOMETRY_SHADER_BIT, g);
	draw("with geometry");
	glUseProgramStages(pipes[1], GL_VERTEX_SHADER_BIT | GL_TESS_CONTROL_SHADER_BIT, v2);
	glUseProgramStages(pipes[1], GL_FRAGMENT_SHADER_BIT, f2);
	glBindProgramPipeline(pipes[1]);
	state("other", pipes[1]);
	draw("other");
	glValidateProgramPipeline(pipes[1]);
	state("valid", pipes[1]);
	glUseProgramStages(pipes[1], GL_FRAGMENT_SHADER_BIT, f);
	state("changed after it was valid", pipes[1]);
	draw("mixed");
	glUseProgramStages(pipes[1], GL_ALL_SHADER_BITS, 0);
	state("empty", pipes[1]);
	glValidateProgramPipeline(pipes[1]);
	state("empty is not valid", pipes[1]);
	glUseProgramStages(pipes[1], GL_GEOMETRY_SHADER_BIT, g);
	glValidateProgramPipeline(pipes[1]);
	state("geometry alone", pipes[1]);
	node_errors("stages");
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	node_errors("draw with geometry alone");
	/* a program overrules, and lets go */
	glBindProgramPipeline(pipes[0]);
	GLuint mono = program("out vec2 at; void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1); gl_Position = vec4(at * 1.2 - 0.8, 0.0, 1.0); }\n",
	                      "in vec2 at; out vec4 o; void main() { o = vec4(at.x, 0.1, at.y, 1.0); }\n");
	glUseProgram(mono);
	draw("a program");
	glUniform2f(glGetUniformLocation(v, "shift"), 0, 0); /* of mono, which has none there */
	glUseProgram(0);
	draw("the pipeline again");
	node_errors("overruled");
	/* wrong uses */
	glUseProgramStages(pipes[0], GL_VERTEX_SHADER_BIT, mono);
	node_errors("not separable");
	glUseProgramStages(pipes[0], 0x8000, v);
	node_errors("no such stage");
	glUseProgramStages(9999, GL_VERTEX_SHADER_BIT, v);
	node_errors("no pipeline");
	glUseProgramStages(0, GL_VERTEX_SHADER_BIT, v);
	node_errors("pipeline 0");
	glUseProgramStages(pipes[0], GL_VERTEX_SHADER_BIT, 9999);
	node_errors("no program");
	glActiveShaderProgram(pipes[0], 9999);
	glActiveShaderProgram(9999, v);
	node_errors("no active program");
	glBindProgramPipeline(9999);
	node_errors("bind none");
	glValidateProgramPipeline(9999);
	node_errors("validate none");
	GLint x = 0;
	glGetProgramPipelineiv(pipes[0], GL_TEXTURE_2D, &x);
	node_errors("no such word");
	glGetProgramPipelineiv(9999, GL_ACTIVE_PROGRAM, &x);
	node_errors("ask none");
	char log[4];
	glGetProgramPipelineInfoLog(9999, 4, NULL, log);
	node_errors("log of none");
	glGetProgramPipelineInfoLog(pipes[0], -4, NULL, log);
	node_errors("negative room");
	glDeleteProgramPipelines(-1, pipes);
	glGenProgramPipelines(-1, pipes + 2);
	node_errors("less than none");
	/* programs that are deleted live on in a pipeline */
	glDeleteProgram(v), glDeleteProgram(f), glDeleteProgram(g), glDeleteProgram(mono);
	printf("live on: %d %d %d, mono %d\n", glIsProgram(v), glIsProgram(f), glIsProgram(g), glIsProgram(mono));
	x = 0;
	glGetProgramiv(v, GL_DELETE_STATUS, &x);
	printf("flagged: %d\n", x);
	state("flagged", pipes[0]);
	draw("of deleted programs");
	glUseProgramStages(pipes[0], GL_VERTEX_SHADER_BIT, v2);
	printf("one less: %d\n", glIsProgram(v));
	draw("one less");
	glDeleteProgramPipelines(3, pipes);
	glGetIntegerv(GL_PROGRAM_PIPELINE_BINDING, &bound);
	printf("all gone: %d %d %d, bound %d, %d\n", glIsProgram(f), glIsProgram(g), glIsProgram(v2), bound, glIsProgramPipeline(pipes[0]));
	glDeleteProgramPipelines(1, &made);
	glDeleteProgram(v2), glDeleteProgram(f2);
	node_errors("deleted");
}

/* One program for several stages; relinked, with a pipeline that has it. */
static void several(void) {
	GLuint p = glCreateProgram(), v = shader(GL_VERTEX_SHADER, vertex), f = shader(GL_FRAGMENT_SHADER, fragment), pipe;
	glAttachShader(p, v), glAttachShader(p, f);
	glProgramParameteri(p, GL_PROGRAM_SEPARABLE, GL_TRUE);
	GLint x = -1;
	known[0] = p;
	glGetProgramiv(p, GL_PROGRAM_SEPARABLE, &x);
	printf("before the link: %d\n", x);
	glLinkProgram(p);
	glGetProgramiv(p, GL_PROGRAM_SEPARABLE, &x);
	printf("after it: %d\n", x);
	glGenProgramPipelines(1, &pipe);
	glUseProgramStages(pipe, GL_ALL_SHADER_BITS, p);
	state("one for all", pipe);
	glBindProgramPipeline(pipe);
	draw("one for all");
	glUseProgramStages(pipe, GL_FRAGMENT_SHADER_BIT, 0);
	glValidateProgramPipeline(pipe);
	GLint status = -1, n = -1;
	glGetProgramPipelineiv(pipe, GL_VALIDATE_STATUS, &status);
	glGetProgramPipelineiv(pipe, GL_INFO_LOG_LENGTH, &n);
	printf("a stage is missing: %d, log %d\n", status, n > 1);
	node_errors("several");
	const char *bad[] = {shader_head, "void main() { gl_Position = nothing; }\n"};
	GLuint b = glCreateShaderProgramv(GL_VERTEX_SHADER, 2, bad);
	glGetProgramiv(b, GL_LINK_STATUS, &x);
	static char log[2048];
	glGetProgramInfoLog(b, sizeof log, NULL, log);
	printf("bad: %d %s\n", x, log);
	glUseProgramStages(pipe, GL_VERTEX_SHADER_BIT, b);
	node_errors("a program that is not linked");
	printf("%u", glCreateShaderProgramv(GL_TEXTURE_2D, 2, bad));
	node_errors(" no stage");
	printf("%u", glCreateShaderProgramv(GL_VERTEX_SHADER, -2, bad));
	node_errors(" less than no strings");
	glDeleteProgram(b), glDeleteProgram(p), glDeleteShader(v), glDeleteShader(f);
	glDeleteProgramPipelines(1, &pipe);
	node_errors("end");
}

/* Pipelines belong to a context, their programs to all that share. */
static void shared(void) {
	GLXContext second = conform_context(33, CONFORM_CORE, ctx);
	GLuint v = part(GL_VERTEX_SHADER, vertex2), f = part(GL_FRAGMENT_SHADER, fragment2), mine, its, va;
	known[0] = v, known[1] = f;
	glGenProgramPipelines(1, &mine);
	glUseProgramStages(mine, GL_VERTEX_SHADER_BIT, v);
	glXMakeCurrent(dpy, win, second);
	glGenVertexArrays(1, &va);
	glBindVertexArray(va);
	printf("of another context: %d\n", glIsProgramPipeline(mine));
	glGenProgramPipelines(1, &its);
	glUseProgramStages(its, GL_VERTEX_SHADER_BIT, v), glUseProgramStages(its, GL_FRAGMENT_SHADER_BIT, f);
	glBindProgramPipeline(its);
	draw("in the second context");
	state("second", its);
	glDeleteProgram(f);
	glXMakeCurrent(dpy, win, ctx);
	state("first", mine);
	glDeleteProgram(v);
	glDeleteProgramPipelines(1, &mine);
	printf("held by the second: %d %d\n", glIsProgram(v), glIsProgram(f));
	glXMakeCurrent(dpy, win, second);
	draw("deleted, in the second context");
	node_errors("shared");
	glXMakeCurrent(dpy, win, ctx);
	glXDestroyContext(dpy, second);
	printf("let go: %d %d\n", glIsProgram(v), glIsProgram(f));
	node_errors("second is gone");
}

int main(void) {
	shader_head = "#version 430\n";
	if (!conform_open(33, CONFORM_CORE)) return 3;
	GLuint vao;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	for (int i = 0; i < 2; i++) {
		whole();
		several();
		shared();
		conform_swap();
	}
	conform_close();
	return 0;
}
