/* Programs between the files of this folder. */
#ifndef PRISM_PROGRAMS_H
#define PRISM_PROGRAMS_H
#include "clientstate.h"
#include "include/prism_reflect.h"

/* The object of a name; NULL, with the error recorded, if there is none or it is of the other sort. It lives until it is deleted;
 * GL makes the app order that between threads. */
prism_object *prism_object_of(prism_client *c, GLuint name, bool shader);
/* A string into the app's buffer as glGet…InfoLog does. */
void prism_copy_text(const char *s, GLsizei room, GLsizei *length, GLchar *to);

/* A new one, with its name; NULL: the error is recorded. */
prism_object *prism_object_new(prism_client *c, bool shader, GLenum type);
GLbitfield prism_stage_bit(GLenum type); /* of a shader's type; 0: no such type */
void prism_program_stale(prism_client *c, prism_object *p); /* linked anew: what was asked is not true any more */
GLbitfield prism_program_stages(prism_client *c, prism_object *p); /* of a linked program */
/* GL_FALSE: also where the context is lost. */
bool prism_program_linked(prism_client *c, prism_object *p);
/* The location of a uniform by name, as glGetUniformLocation has it. */
GLint prism_uniform_location(prism_client *c, prism_object *p, const char *name);
GLint prism_type_columns(GLenum type); /* of an input: a matrix takes a location for each */
/* glUniformBlockBinding and glShaderStorageBlockBinding, in what was asked. */
void prism_resources_bound(prism_object *p, GLenum interface, GLuint index, GLuint binding);
/* What glGetProgramiv asks of single stages; false: no such word. */
bool prism_resources_param(prism_client *c, prism_object *p, GLenum pname, GLint *params);

GLint prism_binary_length(prism_client *c, prism_object *p); /* 0: not linked */

/* Programs that write more than the framebuffer (custom_effects.c). */
bool prism_source_writes(const char *source); /* it has words for that; pure */
bool prism_program_effects(prism_client *c, prism_object *p); /* of a program that is linked and suspect */
void prism_effects_known(prism_client *c); /* a program was linked that writes from fragments */
void prism_effects_listed(prism_client *c, prism_object *p);      /* a display list will use it */
/* A program whose stages are known is bound to a pipeline (custom_pipeline.c). */
typedef struct prism_pipeline {
	uint32_t stage[6], active; /* programs, in the order of prism_stage_types */
	bool info_known;
	GLint validate_status;
	char *log;
} prism_pipeline;
enum { PRISM_STAGE_FRAGMENT = 4 }; /* in that order */
extern const GLenum prism_stage_types[6];
prism_pipeline *prism_pipeline_now(prism_client *c); /* bound and not overruled by glUseProgram, or NULL */

/* A block is sound: every count, index and name in it lies inside. */
bool prism_reflect_check(const void *block, uint32_t bytes);
bool prism_resources_check(const void *block, uint32_t bytes);

/* Generated names that these files call of each other. */
#pragma GCC visibility push(hidden)
GLboolean APIENTRY prism_gl_IsProgram(GLuint program);
GLboolean APIENTRY prism_gl_IsShader(GLuint shader);
void APIENTRY prism_gl_DeleteShader(GLuint shader);
void APIENTRY prism_gl_DeleteProgram(GLuint program);
void APIENTRY prism_gl_GetIntegerv(GLenum pname, GLint *data);
void APIENTRY prism_gl_GetProgramiv(GLuint program, GLenum pname, GLint *params);
void APIENTRY prism_gl_GetShaderiv(GLuint shader, GLenum pname, GLint *params);
void APIENTRY prism_gl_GetProgramInfoLog(GLuint program, GLsizei room, GLsizei *length, GLchar *log);
void APIENTRY prism_gl_GetShaderInfoLog(GLuint shader, GLsizei room, GLsizei *length, GLchar *log);
void APIENTRY prism_gl_GetAttachedShaders(GLuint program, GLsizei most, GLsizei *count, GLuint *shaders);
#pragma GCC visibility pop
#endif
