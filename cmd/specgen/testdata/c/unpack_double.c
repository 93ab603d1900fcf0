/* The node's runtime in memory and a GL that prints: generated packers to bytes, bytes through generated unpackers, printed
 * calls. `double FILE` writes the records to FILE and the calls to stdout. A record is also given cut short at every length:
 * its array must be found missing. */
#include <stdarg.h>
#include <stdio.h>
#include "replay.h"
#include "double.h"

uint32_t double_error, double_status;
static uint8_t heap[1 << 20];
static size_t used;

int x_bad(replay *r, const char *param, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	int n = snprintf(r->error, sizeof r->error, "%s: ", param);
	vsnprintf(r->error + n, sizeof r->error - (size_t)n, fmt, ap);
	va_end(ap);
	return REPLAY_CORRUPT;
}
int x_blob_or_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
	*out = NULL;
	if (b->mode == PRISM_BLOB_NULL) return need && !nullable ? x_bad(r, param, "NULL") : 0;
	if ((uint64_t)(end - *at) < PRISM_PAD8(b->bytes)) return x_bad(r, param, "outside the record");
	*out = *at;
	*at += PRISM_PAD8(b->bytes);
	if (b->mode == PRISM_BLOB_OFFSET && binding) {
		uint64_t offset;
		memcpy(&offset, *out, 8);
		*out = (const void *)(uintptr_t)offset;
		return 0;
	}
	return b->bytes < need ? x_bad(r, param, "%u bytes, want %llu", b->bytes, (unsigned long long)need) : 0;
}
int x_blob_checked(replay *r, const char *param, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
	return x_blob_or_offset(r, param, 0, b, need, nullable, at, end, out);
}
GLsizei x_columns(const prism_blob *b, GLenum format, GLenum type, int32_t width) {
	(void)b, (void)format, (void)type;
	return width;
}
int x_image(replay *r, const char *param, const prism_blob *b, GLenum format, GLenum type, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
	(void)format, (void)type;
	return x_blob_or_offset(r, param, GL_PIXEL_UNPACK_BUFFER, b, need, nullable, at, end, out);
}
int x_compressed(replay *r, const char *param, const prism_blob *b, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, uint64_t bytes, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
	(void)dims, (void)w, (void)h, (void)d, (void)format;
	return x_blob_or_offset(r, param, GL_PIXEL_UNPACK_BUFFER, b, bytes, nullable, at, end, out);
}
int x_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, const uint8_t **at, const uint8_t *end, const void **out) {
	return x_blob_or_offset(r, param, binding, b, 0, false, at, end, out);
}
int x_string(replay *r, const char *param, const prism_blob *b, const uint8_t **at, const uint8_t *end, const GLchar **out) {
	return x_blob(r, param, b, 1, false, at, end, (const void **)out);
}
void *x_scratch(replay *r, uint64_t bytes) {
	void *p = heap + used;
	if (bytes > sizeof heap - used) {
		x_bad(r, "", "scratch");
		return NULL;
	}
	memset(p, 0xee, bytes); /* a forgotten end shows */
	used += (bytes + 7) & ~7u;
	return p;
}
int x_strings(replay *r, const char *param, const prism_blob *b, GLsizei n, const uint8_t **at, const uint8_t *end, const GLchar *const **out, const GLint **lens) {
	const void *p;
	if (x_blob(r, param, b, 4 + 4 * (uint64_t)n, false, at, end, &p)) return REPLAY_CORRUPT;
	const GLint *l = (const GLint *)p + 1;
	const char *text = (const char *)(l + n);
	const GLchar **s = x_scratch(r, (uint64_t)n * 8);
	for (GLsizei i = 0; i < n; text += l[i++]) s[i] = text;
	*out = s;
	*lens = l;
	return 0;
}
int x_handle(replay *r, const char *param, int kind, uint32_t serial, GLuint *name) {
	(void)r, (void)param, (void)kind;
	*name = serial ? serial + 1000 : 0;
	return 0;
}
int x_handle_bind(replay *r, const char *param, int kind, uint32_t serial, GLuint *name) { return x_handle(r, param, kind, serial, name); }
int x_handle_add(replay *r, const char *param, int kind, uint32_t serial, GLuint name) {
	(void)r;
	printf("  add %s %d %u %u\n", param, kind, serial, name);
	return 0;
}
void x_handle_remove(replay *r, int kind, uint32_t serial) {
	(void)r;
	printf("  remove %d %u\n", kind, serial);
}
uint32_t x_handle_serial(replay *r, int kind, GLuint name) { return (void)r, (void)kind, name; }
int x_sync(replay *r, const char *param, uint32_t serial, GLsync *s) { return (void)serial, (void)s, x_bad(r, param, "no syncs here"); }
int x_sync_add(replay *r, const char *param, uint32_t serial, GLsync s) { return (void)serial, (void)s, x_bad(r, param, "no syncs here"); }
void x_sync_remove(replay *r, uint32_t serial) { (void)r, (void)serial; }
void x_reply_begin(replay *r, uint64_t id) { (void)r, printf("  reply %llu\n", (unsigned long long)id); }
void x_reply_ret(replay *r, uint64_t ret) { (void)r, printf("  returns %#llx\n", (unsigned long long)ret); }
void *x_reply_out(replay *r, uint64_t bytes) { return printf("  array of %llu bytes\n", (unsigned long long)bytes), x_scratch(r, bytes); }
void x_reply_end(replay *r) { (void)r; }
bool x_answers(replay *r) { return (void)r, true; }

static void floats(const GLfloat *v, int n) {
	for (int i = 0; i < n; i++) printf(" %g", v[i]);
	printf("\n");
}
static void Clear(GLbitfield m) { printf("Clear %#x\n", m); }
static void Vertex3f(GLfloat x, GLfloat y, GLfloat z) { printf("Vertex3f %g %g %g\n", x, y, z); }
static void Vertex3fv(const GLfloat *v) { printf("Vertex3fv"), floats(v, 3); }
static void Color3b(GLbyte r, GLbyte g, GLbyte b) { printf("Color3b %d %d %d\n", r, g, b); }
static void Color3ubv(const GLubyte *v) { printf("Color3ubv %d %d %d\n", v[0], v[1], v[2]); }
static void Vertex2s(GLshort x, GLshort y) { printf("Vertex2s %d %d\n", x, y); }
static void VertexAttrib4Nub(GLuint i, GLubyte x, GLubyte y, GLubyte z, GLubyte w) { printf("VertexAttrib4Nub %u %d %d %d %d\n", i, x, y, z, w); }
static void MultiTexCoord2dv(GLenum t, const GLdouble *v) { printf("MultiTexCoord2dv %#x %g %g\n", t, v[0], v[1]); }
static void EdgeFlag(GLboolean f) { printf("EdgeFlag %d\n", f); }
static void DepthRange(GLdouble n, GLdouble f) { printf("DepthRange %g %g\n", n, f); }
static void Uniform4fv(GLint l, GLsizei n, const GLfloat *v) { printf("Uniform4fv %d %d", l, n), floats(v, 4 * n); }
static void Uniform3fv(GLint l, GLsizei n, const GLfloat *v) { printf("Uniform3fv %d %d", l, n), floats(v, 3 * n); }
static void Lightfv(GLenum l, GLenum p, const GLfloat *v) { printf("Lightfv %#x %#x", l, p), floats(v, 4); }
static void Rectfv(const GLfloat *a, const GLfloat *b) { printf("Rectfv"), floats(a, 2), floats(b, 2); }
static void GenTextures(GLsizei n, GLuint *t) {
	for (GLsizei i = 0; i < n; i++) t[i] = (GLuint)i + 7;
	printf("GenTextures %d\n", n);
}
static void DeleteTextures(GLsizei n, const GLuint *t) { printf("DeleteTextures %d: %u %u\n", n, t[0], t[1]); }
static void BindTexture(GLenum t, GLuint n) { printf("BindTexture %#x %u\n", t, n); }
static void TexImage2D(GLenum t, GLint l, GLint i, GLsizei w, GLsizei h, GLint b, GLenum f, GLenum y, const void *p) {
	(void)i, (void)b, (void)f, (void)y;
	printf("TexImage2D %#x %d %dx%d %d\n", t, l, w, h, p ? ((const uint8_t *)p)[2] : -1);
}
static void CompressedTexImage3D(GLenum t, GLint l, GLenum f, GLsizei w, GLsizei h, GLsizei d, GLint b, GLsizei n, const void *p) {
	(void)l, (void)b;
	printf("CompressedTexImage3D %#x %#x %dx%dx%d %.*s\n", t, f, w, h, d, n, (const char *)p);
}
static void BufferData(GLenum t, GLsizeiptr n, const void *d, GLenum u) { printf("BufferData %#x %d %.5s %#x\n", t, (int)n, (const char *)d, u); }
static void DrawElements(GLenum m, GLsizei n, GLenum t, const void *i) { printf("DrawElements %u %d %#x %d\n", m, n, t, (int)(uintptr_t)i); }
static void BindAttribLocation(GLuint p, GLuint i, const GLchar *n) { printf("BindAttribLocation %u %u %s\n", p, i, n); }
static void TransformFeedbackVaryings(GLuint p, GLsizei n, const GLchar *const *s, GLenum m) { printf("TransformFeedbackVaryings %u %d %s %s %#x\n", p, n, s[0], s[1], m); }
static GLenum CheckFramebufferStatus(GLenum t) { return (void)t, GL_FRAMEBUFFER_COMPLETE; }
static void GetTexParameterfv(GLenum t, GLenum p, GLfloat *v) {
	printf("GetTexParameterfv %#x %#x\n", t, p);
	memset(v, 0, 32); /* more than asked: the slack is for that */
}

static replay r = {.gl = {
#define SET(f) .f = f
	SET(Clear), SET(Vertex3f), SET(Vertex3fv), SET(Color3b), SET(Color3ubv), SET(Vertex2s), SET(VertexAttrib4Nub), SET(MultiTexCoord2dv), SET(EdgeFlag), SET(DepthRange), SET(Uniform4fv), SET(Uniform3fv), SET(Lightfv), SET(Rectfv),
	SET(GenTextures), SET(DeleteTextures), SET(BindTexture), SET(TexImage2D), SET(CompressedTexImage3D), SET(BufferData), SET(DrawElements), SET(BindAttribLocation),
	SET(TransformFeedbackVaryings), SET(CheckFramebufferStatus), SET(GetTexParameterfv),
}};

int main(int argc, char **argv) {
	const uint8_t *p;
	uint32_t n = double_pack(&p);
	FILE *f = argc == 2 ? fopen(argv[1], "wb") : NULL;
	if (!f || fwrite(p, 1, n, f) != n || fclose(f)) return 1;
	printf("error %#x, status %#x\n", double_error, double_status);
	for (const prism_rec *h; n; p += h->size, n -= h->size) {
		h = (const void *)p;
		used = 0;
		if (h->size < replay_fixed[h->op] || replay_table[h->op](&r, p, p + h->size)) printf("%s: bad: %s\n", replay_names[h->op], r.error);
		if (h->size == replay_fixed[h->op]) continue;
		for (uint32_t cut = replay_fixed[h->op]; cut < h->size; cut += 8) {
			used = 0;
			if (replay_table[h->op](&r, p, p + cut) != REPLAY_CORRUPT) printf("%s: cut to %u bytes is taken\n", replay_names[h->op], cut);
		}
	}
	return 0;
}
