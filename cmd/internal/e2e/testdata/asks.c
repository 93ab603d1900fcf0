/* Frames that ask of programs what GL 4 can tell, and use pipelines, compute and fragments that write. Ends when killed. */
#include "conform/conform.h"

int main(void) {
	if (!conform_open(33, CONFORM_CORE)) return 1;
	static const char *const vertex[] = {"#version 430\nout gl_PerVertex { vec4 gl_Position; }; subroutine float f(); subroutine(f) float g() { return 0.5; } subroutine(f) float h() { return 1.0; } subroutine uniform f how;\n"
		"void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * how(), 0.0, 1.0); }\n"};
	static const char *const fragment[] = {"#version 430\nlayout(std430, binding = 1) buffer Out { uint n; } to; layout(binding = 0) uniform atomic_uint k; uniform vec4 tint[3]; layout(location = 0) out vec4 o;\n"
		"void main() { atomicAdd(to.n, 1u); atomicCounterIncrement(k); o = tint[0] + tint[2]; }\n"};
	static const char *const kernel[] = {"#version 430\nlayout(local_size_x = 8) in; layout(std430, binding = 1) buffer Out { uint n; } to; void main() { atomicAdd(to.n, 1u); }\n"};
	GLuint v = glCreateShaderProgramv(GL_VERTEX_SHADER, 1, vertex), f = glCreateShaderProgramv(GL_FRAGMENT_SHADER, 1, fragment), c = glCreateShaderProgramv(GL_COMPUTE_SHADER, 1, kernel);
	GLuint pipe, b[2], vao;
	glGenVertexArrays(1, &vao), glBindVertexArray(vao);
	glGenBuffers(2, b);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, b[0]), glBufferData(GL_SHADER_STORAGE_BUFFER, 16, NULL, GL_DYNAMIC_COPY);
	glBindBufferBase(GL_ATOMIC_COUNTER_BUFFER, 0, b[1]), glBufferData(GL_ATOMIC_COUNTER_BUFFER, 16, NULL, GL_DYNAMIC_COPY);
	glGenProgramPipelines(1, &pipe);
	for (;;) {
		static const GLenum words[] = {GL_LOCATION, GL_ARRAY_SIZE, GL_NAME_LENGTH};
		GLint x[8];
		GLuint use[1];
		char name[64];
		glBindProgramPipeline(pipe);
		glUseProgramStages(pipe, GL_VERTEX_SHADER_BIT, v), glUseProgramStages(pipe, GL_FRAGMENT_SHADER_BIT, f), glUseProgramStages(pipe, GL_COMPUTE_SHADER_BIT, c);
		glGetProgramiv(f, GL_LINK_STATUS, x), glGetProgramiv(f, GL_PROGRAM_SEPARABLE, x), glGetProgramiv(f, GL_ACTIVE_ATOMIC_COUNTER_BUFFERS, x), glGetProgramiv(c, GL_COMPUTE_WORK_GROUP_SIZE, x);
		glGetProgramInterfaceiv(f, GL_BUFFER_VARIABLE, GL_ACTIVE_RESOURCES, x);
		GLuint index = glGetProgramResourceIndex(f, GL_UNIFORM, "tint");
		glGetProgramResourceName(f, GL_UNIFORM, index, sizeof name, NULL, name);
		glGetProgramResourceiv(f, GL_UNIFORM, index, 3, words, 3, NULL, x);
		glGetActiveAtomicCounterBufferiv(f, 0, GL_ATOMIC_COUNTER_BUFFER_BINDING, x);
		glGetProgramPipelineiv(pipe, GL_FRAGMENT_SHADER, x);
		glGetIntegerv(GL_PROGRAM_PIPELINE_BINDING, x);
		glGetIntegeri_v(GL_MAX_COMPUTE_WORK_GROUP_SIZE, 1, x);
		glGetShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_HIGH_FLOAT, x, x + 2);
		glGetProgramStageiv(v, GL_VERTEX_SHADER, GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS, x);
		use[0] = glGetSubroutineIndex(v, GL_VERTEX_SHADER, "h");
		glUniformSubroutinesuiv(GL_VERTEX_SHADER, x[0], use);
		glProgramUniform4f(f, glGetProgramResourceLocation(f, GL_UNIFORM, "tint[2]"), 1, .5f, glGetFragDataLocation(f, "o"), 1);
		glProgramUniform4f(f, glGetUniformLocation(f, "tint"), 0, 0, .5f, 0);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
		glDispatchCompute(4, 1, 1);
		glMemoryBarrier(GL_ALL_BARRIER_BITS);
		conform_swap();
	}
}
