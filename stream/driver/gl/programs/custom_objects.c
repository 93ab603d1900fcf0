/* Shaders and programs as GL_ARB_shader_objects calls them: both are objects. */
#include "programs.h"

enum { NONE, SHADER, PROGRAM };
static int sort_of(GLhandleARB object) { return prism_gl_IsProgram(object) ? PROGRAM : prism_gl_IsShader(object) ? SHADER : NONE; }

void APIENTRY prism_gl_DeleteObjectARB(GLhandleARB object) {
	if (!prism_client_out() || !object) return;
	switch (sort_of(object)) {
	case SHADER: prism_gl_DeleteShader(object); break;
	case PROGRAM: prism_gl_DeleteProgram(object); break;
	}
}

GLhandleARB APIENTRY prism_gl_GetHandleARB(GLenum pname) {
	if (!prism_client_out()) return 0;
	if (pname != GL_PROGRAM_OBJECT_ARB) {
		prism_error(GL_INVALID_ENUM);
		return 0;
	}
	GLint program = 0;
	prism_gl_GetIntegerv(GL_CURRENT_PROGRAM, &program);
	return (GLhandleARB)program;
}

void APIENTRY prism_gl_GetObjectParameterivARB(GLhandleARB object, GLenum pname, GLint *params) {
	if (!prism_client_out()) return;
	const int sort = sort_of(object);
	if (!sort) prism_error(GL_INVALID_VALUE);
	else if (pname == GL_OBJECT_TYPE_ARB) *params = sort == PROGRAM ? GL_PROGRAM_OBJECT_ARB : GL_SHADER_OBJECT_ARB;
	else if (sort == PROGRAM) prism_gl_GetProgramiv(object, pname, params);
	else prism_gl_GetShaderiv(object, pname, params);
}
void APIENTRY prism_gl_GetObjectParameterfvARB(GLhandleARB object, GLenum pname, GLfloat *params) {
	GLint v[3] = {0};
	if (!prism_client_out()) return;
	prism_gl_GetObjectParameterivARB(object, pname, v);
	*params = (GLfloat)v[0];
}

void APIENTRY prism_gl_GetInfoLogARB(GLhandleARB object, GLsizei room, GLsizei *length, GLcharARB *log) {
	if (!prism_client_out()) return;
	switch (sort_of(object)) {
	case PROGRAM: prism_gl_GetProgramInfoLog(object, room, length, log); break;
	case SHADER: prism_gl_GetShaderInfoLog(object, room, length, log); break;
	default: prism_error(GL_INVALID_OPERATION);
	}
}
void APIENTRY prism_gl_GetAttachedObjectsARB(GLhandleARB program, GLsizei most, GLsizei *count, GLhandleARB *objects) { prism_gl_GetAttachedShaders(program, most, count, objects); }
