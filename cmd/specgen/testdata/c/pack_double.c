/* The driver's runtime in memory: enough for generated packers. Names are serials. */
#include "pack.h"
#include "double.h"

static uint8_t records[64 << 10];
static prism_thread thread = {.cur = records, .base = records, .end = records + sizeof records};
__thread prism_thread *prism_t = &thread;
static uint64_t scratch[1024];

void *prism_room(uint32_t bytes) {
	(void)bytes;
	if (!thread.item) return NULL;
	prism_span_close();
	return thread.cur;
}
void prism_error(GLenum error) { double_error = error; }
void prism_commit(bool urgent) { (void)urgent; }
void *prism_scratch(size_t bytes) { return bytes <= sizeof scratch ? scratch : NULL; }

bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) {
	a->p = p;
	a->bytes = (uint32_t)bytes;
	a->mode = PRISM_BLOB_STAGED;
	return bytes <= PRISM_MAX_STAGED;
}
bool prism_arr_string(prism_arr *a, const GLchar *s) { return prism_arr_in(a, s, strlen(s) + 1); }
bool prism_arr_strings(prism_arr *a, GLsizei n, const GLchar *const *s, const GLint *lens) {
	uint8_t *b = (uint8_t *)scratch;
	uint32_t at = 4 + 4 * (uint32_t)n;
	memcpy(b, &n, 4);
	for (GLsizei i = 0; i < n; i++) {
		uint32_t l = lens ? (uint32_t)lens[i] : (uint32_t)strlen(s[i]);
		memcpy(b + 4 + 4 * i, &l, 4);
		memcpy(b + at, s[i], l);
		at += l;
	}
	return prism_arr_in(a, b, at);
}
bool prism_arr_image(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	(void)dims;
	return prism_arr_in(a, p, prism_len_image(w, h, d, format, type));
}
bool prism_arr_compressed(prism_arr *a, const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLsizei bytes) {
	return prism_arr_in(a, p, dims == 3 && w == 8 && h == 4 && d == 2 && format == GL_COMPRESSED_RED_RGTC1 ? (uint64_t)bytes : 0);
}
bool prism_arr_or_offset(prism_arr *a, GLenum binding, const void *p, uint64_t bytes) {
	return binding == GL_ELEMENT_ARRAY_BUFFER ? prism_arr_offset(a, p) : prism_arr_in(a, p, bytes);
}

uint32_t prism_serial(int kind, GLuint name, bool *ok) {
	(void)kind;
	*ok = name != 666;
	return name ? name + 100 : 0;
}
uint32_t prism_serial_bind(int kind, GLuint name, bool *ok) { return prism_serial(kind, name, ok); }
bool prism_names_new(int kind, GLsizei n, GLuint *names, uint32_t *serials) {
	(void)kind;
	for (GLsizei i = 0; i < n; i++) {
		names[i] = (GLuint)i + 1;
		serials[i] = names[i] + 100;
	}
	return true;
}
void prism_names_sent(void) {}
void prism_names_delete(int kind, GLsizei n, const GLuint *names, uint32_t *serials) {
	(void)kind;
	for (GLsizei i = 0; i < n; i++) serials[i] = names[i] ? names[i] + 100 : 0;
}
bool prism_ask_begin(prism_ask *q) {
	q->id = 77;
	return true;
}
bool prism_ask_wait(prism_ask *q) {
	q->ret = GL_FRAMEBUFFER_COMPLETE;
	return true;
}
uint32_t prism_ask_out(prism_ask *q, void *to, uint64_t max) {
	(void)q;
	memset(to, 0, max);
	return (uint32_t)max;
}
void prism_ask_end(prism_ask *q) { (void)q; }

#define GL(ret, name, ...) ret prism_gl_##name(__VA_ARGS__)
GL(void, Clear, GLbitfield);
GL(void, Vertex3f, GLfloat, GLfloat, GLfloat);
GL(void, Vertex3fv, const GLfloat *);
GL(void, Color3b, GLbyte, GLbyte, GLbyte);
GL(void, Color3ubv, const GLubyte *);
GL(void, Vertex2s, GLshort, GLshort);
GL(void, VertexAttrib4Nub, GLuint, GLubyte, GLubyte, GLubyte, GLubyte);
GL(void, MultiTexCoord2dv, GLenum, const GLdouble *);
GL(void, EdgeFlag, GLboolean);
GL(void, DepthRange, GLdouble, GLdouble);
GL(void, Uniform4fv, GLint, GLsizei, const GLfloat *);
GL(void, Uniform3fv, GLint, GLsizei, const GLfloat *);
GL(void, Lightfv, GLenum, GLenum, const GLfloat *);
GL(void, BindTexture, GLenum, GLuint);
GL(void, GenTextures, GLsizei, GLuint *);
GL(void, DeleteTextures, GLsizei, const GLuint *);
GL(void, TexImage2D, GLenum, GLint, GLint, GLsizei, GLsizei, GLint, GLenum, GLenum, const void *);
GL(void, CompressedTexImage3D, GLenum, GLint, GLenum, GLsizei, GLsizei, GLsizei, GLint, GLsizei, const void *);
GL(void, DrawElements, GLenum, GLsizei, GLenum, const void *);
GL(void, BindAttribLocation, GLuint, GLuint, const GLchar *);
GL(void, TransformFeedbackVaryings, GLuint, GLsizei, const GLchar *const *, GLenum);
GL(GLenum, CheckFramebufferStatus, GLenum);
GL(void, GetTexParameterfv, GLenum, GLenum, GLfloat *);
GL(void, Rectfv, const GLfloat *, const GLfloat *);

uint32_t double_pack(const uint8_t **out) {
	const GLfloat v[16] = {0.5f, 1, 2, 3, 4, 5, 6, 7, 8};
	GLuint names[3];
	const uint8_t pixels[16] = {1, 2, 3};
	prism_gl_Clear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	prism_gl_Vertex3f(1, -2, 0.25f);
	prism_gl_Vertex3fv(v);
	prism_gl_Color3b(-1, 127, -128);
	prism_gl_DepthRange(0.125, 1);
	thread.spans = true; /* as behind glBegin */
	prism_gl_Color3b(-1, 127, -128);
	prism_gl_Color3ubv((const GLubyte[]){1, 254, 255});
	prism_gl_MultiTexCoord2dv(GL_TEXTURE1, (const GLdouble[]){0.125, -3});
	prism_gl_VertexAttrib4Nub(7, 1, 2, 254, 255);
	prism_gl_Vertex2s(-3, 4);
	prism_gl_Uniform4fv(3, 1, v); /* ends the span */
	prism_gl_EdgeFlag(GL_TRUE);
	prism_gl_Vertex3fv(NULL); /* dropped, with an error */
	prism_gl_Vertex3fv(v);
	prism_span_close();
	thread.spans = false;
	prism_gl_Uniform4fv(3, 2, v);
	prism_gl_Uniform3fv(-1, 1, v);
	prism_gl_Uniform4fv(3, -1, v);
	prism_gl_Uniform4fv(3, 1, NULL); /* dropped, with an error */
	prism_gl_Lightfv(GL_LIGHT0, GL_SPOT_DIRECTION, v);
	prism_gl_Rectfv(v, v + 1);
	prism_gl_GenTextures(3, names);
	prism_gl_BindTexture(GL_TEXTURE_2D, names[2]);
	prism_gl_BindTexture(GL_TEXTURE_2D, 666); /* dropped: unknown */
	prism_gl_TexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 2, 2, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	prism_gl_TexImage2D(GL_TEXTURE_2D, 1, GL_RGBA, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	prism_gl_CompressedTexImage3D(GL_TEXTURE_2D_ARRAY, 0, GL_COMPRESSED_RED_RGTC1, 8, 4, 2, 0, 32, "blocks of eight bytes, four of 0");
	prism_arr hello;
	prism_arr_in(&hello, "hello", 5);
	prism_put_glBufferData(GL_ARRAY_BUFFER, 5, &hello, GL_STATIC_DRAW);
	prism_gl_DrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, (void *)64);
	prism_gl_BindAttribLocation(5, 2, "position");
	prism_gl_TransformFeedbackVaryings(5, 2, (const GLchar *const[]){"ab", "cde"}, GL_SEPARATE_ATTRIBS);
	double_status = prism_gl_CheckFramebufferStatus(GL_FRAMEBUFFER);
	GLfloat border[4];
	prism_gl_GetTexParameterfv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, border);
	prism_gl_DeleteTextures(2, names);
	*out = records;
	return (uint32_t)(thread.cur - records);
}
