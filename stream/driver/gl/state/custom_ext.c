/* Entry points that only extensions have. */
#include "clientstate.h"

void APIENTRY prism_gl_BindFramebuffer(GLenum target, GLuint framebuffer);
void APIENTRY prism_gl_BindRenderbuffer(GLenum target, GLuint renderbuffer);

void APIENTRY prism_gl_BindFramebufferEXT(GLenum target, GLuint framebuffer) { prism_gl_BindFramebuffer(target, framebuffer); }
void APIENTRY prism_gl_BindRenderbufferEXT(GLenum target, GLuint renderbuffer) { prism_gl_BindRenderbuffer(target, renderbuffer); }

void APIENTRY prism_gl_DepthRangeArrayv(GLuint first, GLsizei count, const GLdouble *v);
void APIENTRY prism_gl_DepthRangeIndexed(GLuint index, GLdouble n, GLdouble f);
void APIENTRY prism_gl_TextureBarrier(void);

void APIENTRY prism_gl_DepthRangeArraydvNV(GLuint first, GLsizei count, const GLdouble *v) { prism_gl_DepthRangeArrayv(first, count, v); }
void APIENTRY prism_gl_DepthRangeIndexeddNV(GLuint index, GLdouble n, GLdouble f) { prism_gl_DepthRangeIndexed(index, n, f); }
void APIENTRY prism_gl_TextureBarrierNV(void) { prism_gl_TextureBarrier(); }

/* A promise of the app's that arrays stay as they are: what a draw reads is looked up at the draw all the same. */
void APIENTRY prism_gl_LockArraysEXT(GLint first, GLsizei count) {
	if (prism_client_out() && (first < 0 || count <= 0)) prism_error(GL_INVALID_VALUE);
}
void APIENTRY prism_gl_UnlockArraysEXT(void) { (void)prism_client_out(); }

/* ---- assembly programs ---- */

GLboolean APIENTRY prism_gl_IsProgramARB(GLuint program) { return prism_client_out() ? prism_name_is(PRISM_KIND_PROGRAM_ARB, program) : GL_FALSE; }

void APIENTRY prism_gl_GetProgramivARB(GLenum target, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	GLint v[2];
	if (!c || prism_get(c, PRISM_GET_PROGRAM_ARB, 0, target, pname, v, sizeof v, false) != sizeof v) return;
	*params = v[1] ? (GLint)prism_name(v[1], (uint32_t)v[0]) : v[0];
}
void APIENTRY prism_gl_GetProgramStringARB(GLenum target, GLenum pname, void *string) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (pname != GL_PROGRAM_STRING_ARB) prism_error(GL_INVALID_ENUM);
	else prism_get(c, PRISM_GET_PROGRAM_ARB_STRING, 0, target, 0, string, PRISM_MAX_STAGED, false);
}
