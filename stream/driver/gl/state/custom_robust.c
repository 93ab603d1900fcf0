/* Reading with a limit: GL_ARB_robustness' names, and the imaging subset, which is not offered. The rest stands beside what has no limit. */
#include "clientstate.h"
void APIENTRY prism_gl_GetnTexImage(GLenum target, GLint level, GLenum format, GLenum type, GLsizei room, void *to);
void APIENTRY prism_gl_GetnCompressedTexImage(GLenum target, GLint level, GLsizei room, void *to);
void APIENTRY prism_gl_GetnMapdv(GLenum target, GLenum query, GLsizei room, GLdouble *to);
void APIENTRY prism_gl_GetnMapfv(GLenum target, GLenum query, GLsizei room, GLfloat *to);
void APIENTRY prism_gl_GetnMapiv(GLenum target, GLenum query, GLsizei room, GLint *to);
void APIENTRY prism_gl_GetnPixelMapfv(GLenum map, GLsizei room, GLfloat *to);
void APIENTRY prism_gl_GetnPixelMapuiv(GLenum map, GLsizei room, GLuint *to);
void APIENTRY prism_gl_GetnPixelMapusv(GLenum map, GLsizei room, GLushort *to);
void APIENTRY prism_gl_GetnPolygonStipple(GLsizei room, GLubyte *to);

void APIENTRY prism_gl_GetnTexImageARB(GLenum target, GLint level, GLenum format, GLenum type, GLsizei room, void *to) { prism_gl_GetnTexImage(target, level, format, type, room, to); }
void APIENTRY prism_gl_GetnCompressedTexImageARB(GLenum target, GLint level, GLsizei room, void *to) { prism_gl_GetnCompressedTexImage(target, level, room, to); }
void APIENTRY prism_gl_GetnMapdvARB(GLenum target, GLenum query, GLsizei room, GLdouble *to) { prism_gl_GetnMapdv(target, query, room, to); }
void APIENTRY prism_gl_GetnMapfvARB(GLenum target, GLenum query, GLsizei room, GLfloat *to) { prism_gl_GetnMapfv(target, query, room, to); }
void APIENTRY prism_gl_GetnMapivARB(GLenum target, GLenum query, GLsizei room, GLint *to) { prism_gl_GetnMapiv(target, query, room, to); }
void APIENTRY prism_gl_GetnPixelMapfvARB(GLenum map, GLsizei room, GLfloat *to) { prism_gl_GetnPixelMapfv(map, room, to); }
void APIENTRY prism_gl_GetnPixelMapuivARB(GLenum map, GLsizei room, GLuint *to) { prism_gl_GetnPixelMapuiv(map, room, to); }
void APIENTRY prism_gl_GetnPixelMapusvARB(GLenum map, GLsizei room, GLushort *to) { prism_gl_GetnPixelMapusv(map, room, to); }
void APIENTRY prism_gl_GetnPolygonStippleARB(GLsizei room, GLubyte *to) { prism_gl_GetnPolygonStipple(room, to); }

/* ---- the imaging subset ---- */

static void no_imaging(void) {
	if (prism_client_out()) prism_error(GL_INVALID_OPERATION);
}
#pragma GCC diagnostic ignored "-Wunused-parameter"
void APIENTRY prism_gl_GetnColorTable(GLenum target, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnColorTableARB(GLenum target, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnConvolutionFilter(GLenum target, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnConvolutionFilterARB(GLenum target, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnSeparableFilter(GLenum target, GLenum format, GLenum type, GLsizei row_room, void *row, GLsizei column_room, void *column, void *span) { no_imaging(); }
void APIENTRY prism_gl_GetnSeparableFilterARB(GLenum target, GLenum format, GLenum type, GLsizei row_room, void *row, GLsizei column_room, void *column, void *span) { no_imaging(); }
void APIENTRY prism_gl_GetnHistogram(GLenum target, GLboolean reset, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnHistogramARB(GLenum target, GLboolean reset, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnMinmax(GLenum target, GLboolean reset, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
void APIENTRY prism_gl_GetnMinmaxARB(GLenum target, GLboolean reset, GLenum format, GLenum type, GLsizei room, void *to) { no_imaging(); }
