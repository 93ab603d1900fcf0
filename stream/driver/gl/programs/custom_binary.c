/* Programs as binaries of the nodes' driver, and what is told of its compiler. */
#include "programs.h"
#include <stdlib.h>

/* The binary, from the lead node: {u32 format, u32 0} and the bytes. Asked with the first question for its length. */
static bool binary_known(prism_client *c, prism_object *p) {
	prism_ask q;
	if (p->binary || !prism_ask_begin(&q)) return p->binary != NULL;
	prism_put_prismProgramBinary(q.id, p->serial);
	if (prism_ask_wait(&q)) {
		const void *from;
		const uint32_t n = prism_ask_peek(&q, &from);
		void *copy = n > 8 ? malloc(n) : NULL;
		if (copy) {
			memcpy(copy, from, n);
			prism_lock(c);
			free(p->binary);
			p->binary = copy;
			p->binary_bytes = n - 8;
			prism_unlock(c);
		}
	}
	prism_ask_end(&q);
	return p->binary != NULL;
}

GLint prism_binary_length(prism_client *c, prism_object *p) { return prism_program_linked(c, p) && binary_known(c, p) ? (GLint)p->binary_bytes : 0; }

void APIENTRY prism_gl_GetProgramBinary(GLuint program, GLsizei room, GLsizei *length, GLenum *format, void *binary) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	GLenum error = room < 0 ? GL_INVALID_VALUE : !prism_program_linked(c, p) || !binary_known(c, p) || (uint32_t)room < p->binary_bytes ? GL_INVALID_OPERATION : 0;
	if (length) *length = error ? 0 : (GLsizei)p->binary_bytes;
	if (error) {
		prism_error(error);
		return;
	}
	memcpy(format, p->binary, sizeof *format);
	memcpy(binary, (const uint8_t *)p->binary + 8, p->binary_bytes);
	prism_lock(c);
	free(p->binary); /* the app has it now */
	p->binary = NULL;
	prism_unlock(c);
}

void APIENTRY prism_gl_ProgramBinary(GLuint program, GLenum format, const void *binary, GLsizei length) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	if (length < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	prism_arr a;
	if (!prism_arr_in(&a, binary, (uint64_t)length)) return;
	prism_program_stale(c, p);
	p->linked = true; /* as far as is known without asking */
	p->hint = p->hint_next;
	p->stages = 0;
	p->suspect = true;
	prism_put_glProgramBinary(p->serial, format, &a, length);
	prism_effects_look(c);
}

void APIENTRY prism_gl_GetShaderPrecisionFormat(GLenum shader, GLenum precision, GLint *range, GLint *bits) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if ((shader != GL_VERTEX_SHADER && shader != GL_FRAGMENT_SHADER) || precision < GL_LOW_FLOAT || precision > GL_HIGH_INT) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	GLint v[3];
	if (prism_get(c, PRISM_GET_PRECISION, 0, shader, precision, v, sizeof v, true) != sizeof v) return;
	if (range) memcpy(range, v, 2 * sizeof *v);
	if (bits) *bits = v[2];
}

void APIENTRY prism_gl_ReleaseShaderCompiler(void) { (void)prism_client_out(); } /* the nodes' own business */

/* No format is offered (GL_NUM_SHADER_BINARY_FORMATS). */
void APIENTRY prism_gl_ShaderBinary(GLsizei n, const GLuint *shaders, GLenum format, const void *binary, GLsizei length) {
	(void)format, (void)binary;
	prism_client *c = prism_client_out();
	if (!c) return;
	if (n < 0 || length < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei i = 0; i < n; i++)
		if (!prism_object_of(c, shaders[i], true)) return;
	prism_error(GL_INVALID_ENUM);
}

/* Limits never change while a context lives, neither those with an index. */
bool prism_program_constant(GLenum pname) {
	switch (pname) {
	case GL_MAX_TESS_GEN_LEVEL: case GL_MAX_PATCH_VERTICES: case GL_MAX_TESS_CONTROL_UNIFORM_COMPONENTS: case GL_MAX_TESS_EVALUATION_UNIFORM_COMPONENTS:
	case GL_MAX_TESS_CONTROL_TEXTURE_IMAGE_UNITS: case GL_MAX_TESS_EVALUATION_TEXTURE_IMAGE_UNITS: case GL_MAX_TESS_CONTROL_OUTPUT_COMPONENTS:
	case GL_MAX_TESS_PATCH_COMPONENTS: case GL_MAX_TESS_CONTROL_TOTAL_OUTPUT_COMPONENTS: case GL_MAX_TESS_EVALUATION_OUTPUT_COMPONENTS:
	case GL_MAX_TESS_CONTROL_UNIFORM_BLOCKS: case GL_MAX_TESS_EVALUATION_UNIFORM_BLOCKS: case GL_MAX_TESS_CONTROL_INPUT_COMPONENTS:
	case GL_MAX_TESS_EVALUATION_INPUT_COMPONENTS: case GL_MAX_COMBINED_TESS_CONTROL_UNIFORM_COMPONENTS:
	case GL_MAX_COMBINED_TESS_EVALUATION_UNIFORM_COMPONENTS: case GL_PRIMITIVE_RESTART_FOR_PATCHES_SUPPORTED:
	case GL_MAX_SUBROUTINES: case GL_MAX_SUBROUTINE_UNIFORM_LOCATIONS: case GL_MAX_GEOMETRY_SHADER_INVOCATIONS:
	case GL_MIN_FRAGMENT_INTERPOLATION_OFFSET: case GL_MAX_FRAGMENT_INTERPOLATION_OFFSET: case GL_FRAGMENT_INTERPOLATION_OFFSET_BITS:
	case GL_MIN_PROGRAM_TEXTURE_GATHER_OFFSET: case GL_MAX_PROGRAM_TEXTURE_GATHER_OFFSET: case GL_MAX_VERTEX_STREAMS:
	case GL_MAX_VERTEX_ATOMIC_COUNTERS: case GL_MAX_TESS_CONTROL_ATOMIC_COUNTERS: case GL_MAX_TESS_EVALUATION_ATOMIC_COUNTERS:
	case GL_MAX_GEOMETRY_ATOMIC_COUNTERS: case GL_MAX_FRAGMENT_ATOMIC_COUNTERS: case GL_MAX_COMBINED_ATOMIC_COUNTERS:
	case GL_MAX_VERTEX_ATOMIC_COUNTER_BUFFERS: case GL_MAX_TESS_CONTROL_ATOMIC_COUNTER_BUFFERS: case GL_MAX_TESS_EVALUATION_ATOMIC_COUNTER_BUFFERS:
	case GL_MAX_GEOMETRY_ATOMIC_COUNTER_BUFFERS: case GL_MAX_FRAGMENT_ATOMIC_COUNTER_BUFFERS: case GL_MAX_COMBINED_ATOMIC_COUNTER_BUFFERS:
	case GL_MAX_ATOMIC_COUNTER_BUFFER_SIZE: case GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS:
	case GL_MAX_IMAGE_UNITS: case GL_MAX_COMBINED_SHADER_OUTPUT_RESOURCES: case GL_MAX_IMAGE_SAMPLES: case GL_MAX_VERTEX_IMAGE_UNIFORMS:
	case GL_MAX_TESS_CONTROL_IMAGE_UNIFORMS: case GL_MAX_TESS_EVALUATION_IMAGE_UNIFORMS: case GL_MAX_GEOMETRY_IMAGE_UNIFORMS:
	case GL_MAX_FRAGMENT_IMAGE_UNIFORMS: case GL_MAX_COMBINED_IMAGE_UNIFORMS:
	case GL_MAX_COMPUTE_WORK_GROUP_COUNT: case GL_MAX_COMPUTE_WORK_GROUP_SIZE: case GL_MAX_COMPUTE_WORK_GROUP_INVOCATIONS:
	case GL_MAX_COMPUTE_SHARED_MEMORY_SIZE: case GL_MAX_COMPUTE_UNIFORM_BLOCKS: case GL_MAX_COMPUTE_TEXTURE_IMAGE_UNITS:
	case GL_MAX_COMPUTE_ATOMIC_COUNTER_BUFFERS: case GL_MAX_COMPUTE_ATOMIC_COUNTERS: case GL_MAX_COMPUTE_IMAGE_UNIFORMS:
	case GL_MAX_COMPUTE_UNIFORM_COMPONENTS: case GL_MAX_COMBINED_COMPUTE_UNIFORM_COMPONENTS: case GL_MAX_COMPUTE_SHADER_STORAGE_BLOCKS:
	case GL_MAX_VERTEX_SHADER_STORAGE_BLOCKS: case GL_MAX_TESS_CONTROL_SHADER_STORAGE_BLOCKS: case GL_MAX_TESS_EVALUATION_SHADER_STORAGE_BLOCKS:
	case GL_MAX_GEOMETRY_SHADER_STORAGE_BLOCKS: case GL_MAX_FRAGMENT_SHADER_STORAGE_BLOCKS: case GL_MAX_COMBINED_SHADER_STORAGE_BLOCKS:
	case GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS: case GL_MAX_SHADER_STORAGE_BLOCK_SIZE: case GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT:
	case GL_MAX_UNIFORM_LOCATIONS: case GL_MULTISAMPLE_LINE_WIDTH_RANGE_ARB: case GL_MULTISAMPLE_LINE_WIDTH_GRANULARITY_ARB: return true;
	default: return false;
	}
}
