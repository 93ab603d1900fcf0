/* glPushClientAttrib: kept here; popping sends what differs. */
#include "clientstate.h"
#include <stdlib.h>

void APIENTRY prism_gl_Enable(GLenum cap);
void APIENTRY prism_gl_Disable(GLenum cap);
void APIENTRY prism_gl_PrimitiveRestartIndex(GLuint index);
void APIENTRY prism_gl_PixelStorei(GLenum pname, GLint param);
void APIENTRY prism_gl_BindBuffer(GLenum target, GLuint buffer);
void APIENTRY prism_gl_BindVertexArray(GLuint array);
void APIENTRY prism_gl_EnableClientState(GLenum array);
void APIENTRY prism_gl_DisableClientState(GLenum array);
void APIENTRY prism_gl_EnableVertexAttribArray(GLuint index);
void APIENTRY prism_gl_DisableVertexAttribArray(GLuint index);
void APIENTRY prism_gl_ClientActiveTexture(GLenum texture);
void APIENTRY prism_gl_VertexPointer(GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_NormalPointer(GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_ColorPointer(GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_SecondaryColorPointer(GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_TexCoordPointer(GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_IndexPointer(GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_FogCoordPointer(GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_EdgeFlagPointer(GLsizei stride, const void *p);
void APIENTRY prism_gl_VertexAttribPointer(GLuint index, GLint size, GLenum type, GLboolean normalized, GLsizei stride, const void *p);
void APIENTRY prism_gl_VertexAttribIPointer(GLuint index, GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_VertexAttribLPointer(GLuint index, GLint size, GLenum type, GLsizei stride, const void *p);
void APIENTRY prism_gl_VertexAttribFormat(GLuint i, GLint size, GLenum type, GLboolean normalized, GLuint relative);
void APIENTRY prism_gl_VertexAttribIFormat(GLuint i, GLint size, GLenum type, GLuint relative);
void APIENTRY prism_gl_VertexAttribLFormat(GLuint i, GLint size, GLenum type, GLuint relative);
void APIENTRY prism_gl_VertexAttribBinding(GLuint attrib, GLuint i);
void APIENTRY prism_gl_VertexAttribDivisor(GLuint index, GLuint divisor);
void APIENTRY prism_gl_VertexBindingDivisor(GLuint i, GLuint divisor);
void APIENTRY prism_gl_BindVertexBuffer(GLuint i, GLuint buffer, GLintptr offset, GLsizei stride);

void APIENTRY prism_gl_PushClientAttrib(GLbitfield mask) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!c->attribs) c->attribs = calloc(PRISM_CLIENT_DEPTH, sizeof *c->attribs);
	if (!c->attribs || c->attribs_n == PRISM_CLIENT_DEPTH) {
		prism_error(c->attribs ? GL_STACK_OVERFLOW : GL_OUT_OF_MEMORY);
		return;
	}
	c->attribs[c->attribs_n++] = (prism_client_attribs){mask, c->pack, c->unpack, c->buf[PRISM_BUF_PACK], c->buf[PRISM_BUF_UNPACK], c->buf[PRISM_BUF_ARRAY], c->client_active, *c->vao, c->restart, c->restart_fixed, c->restart_index};
}

static void pop_restart(prism_client *c, const prism_client_attribs *s) {
	if (c->restart != s->restart) (s->restart ? prism_gl_Enable : prism_gl_Disable)(GL_PRIMITIVE_RESTART);
	if (c->restart_fixed != s->restart_fixed) (s->restart_fixed ? prism_gl_Enable : prism_gl_Disable)(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	if (c->restart_index != s->restart_index) prism_gl_PrimitiveRestartIndex(s->restart_index);
}

static void pop_store(const prism_client_attribs *s) {
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < PRISM_STORES; i++) prism_gl_PixelStorei(prism_store_names[k][i], (&(k ? &s->unpack : &s->pack)->swap_bytes)[i]);
	prism_gl_BindBuffer(GL_PIXEL_PACK_BUFFER, s->pack_buffer.name);
	prism_gl_BindBuffer(GL_PIXEL_UNPACK_BUFFER, s->unpack_buffer.name);
}

static bool same_array(const prism_array *a, const prism_array *b) {
	return a->p == b->p && a->size == b->size && a->type == b->type && a->stride == b->stride && a->relative == b->relative && a->binding == b->binding &&
	       a->normalized == b->normalized && a->integer == b->integer && a->longs == b->longs;
}
static bool same_binding(const prism_vertex_binding *a, const prism_vertex_binding *b) {
	return a->buffer.serial == b->buffer.serial && a->offset == b->offset && a->stride == b->stride;
}

static void pointer(const prism_array *a, int i) {
	switch (i) {
	case PRISM_ARRAY_VERTEX: prism_gl_VertexPointer(a->size, a->type, a->stride, a->p); break;
	case PRISM_ARRAY_NORMAL: prism_gl_NormalPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_COLOR: prism_gl_ColorPointer(a->size, a->type, a->stride, a->p); break;
	case PRISM_ARRAY_INDEX: prism_gl_IndexPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_EDGE_FLAG: prism_gl_EdgeFlagPointer(a->stride, a->p); break;
	case PRISM_ARRAY_FOG_COORD: prism_gl_FogCoordPointer(a->type, a->stride, a->p); break;
	case PRISM_ARRAY_SECONDARY_COLOR: prism_gl_SecondaryColorPointer(a->size, a->type, a->stride, a->p); break;
	default:
		if (i >= PRISM_ARRAY_TEXCOORD) prism_gl_TexCoordPointer(a->size, a->type, a->stride, a->p);
		else if (a->longs) prism_gl_VertexAttribLPointer((GLuint)i, a->size, a->type, a->stride, a->p);
		else if (a->integer) prism_gl_VertexAttribIPointer((GLuint)i, a->size, a->type, a->stride, a->p);
		else prism_gl_VertexAttribPointer((GLuint)i, a->size, a->type, a->normalized, a->stride, a->p);
	}
}

/* Was the array set by its pointer, so that the pointer sets it again? */
static bool plain(const prism_vao *v, int i) {
	const prism_array *a = &v->a[i];
	const prism_vertex_binding *b = &v->b[i];
	return i >= PRISM_ARRAY_GENERIC || (a->binding == i && !a->relative && b->offset == (int64_t)(uintptr_t)a->p && b->stride == (a->stride ? a->stride : (GLsizei)prism_array_elem(a)));
}

/* Makes array i of the current VAO what it was. */
static void pop_array(prism_client *c, int i, const prism_vao *was) {
	static const GLenum words[] = {GL_VERTEX_ARRAY, GL_NORMAL_ARRAY, GL_COLOR_ARRAY, GL_INDEX_ARRAY, GL_EDGE_FLAG_ARRAY, GL_FOG_COORD_ARRAY, GL_SECONDARY_COLOR_ARRAY};
	const prism_array *a = &was->a[i];
	const prism_vertex_binding *b = &was->b[i];
	bool is = c->vao->enabled >> i & 1, enabled = was->enabled >> i & 1, same = same_array(&c->vao->a[i], a) && same_binding(&c->vao->b[i], b);
	if (i >= PRISM_ARRAY_TEXCOORD && (is != enabled || !same)) prism_gl_ClientActiveTexture(GL_TEXTURE0 + (GLenum)(i - PRISM_ARRAY_TEXCOORD));
	if (is != enabled) {
		if (i >= PRISM_ARRAY_GENERIC) (enabled ? prism_gl_EnableClientState : prism_gl_DisableClientState)(i >= PRISM_ARRAY_TEXCOORD ? GL_TEXTURE_COORD_ARRAY : words[i - PRISM_ARRAY_GENERIC]);
		else if (enabled) prism_gl_EnableVertexAttribArray((GLuint)i);
		else prism_gl_DisableVertexAttribArray((GLuint)i);
	}
	if (!same && plain(was, i)) {
		prism_gl_BindBuffer(GL_ARRAY_BUFFER, b->buffer.name);
		pointer(a, i);
	}
	if (i >= PRISM_ARRAY_GENERIC) return;
	if (!same && !plain(was, i)) {
		if (a->p != c->vao->a[i].p || a->stride != c->vao->a[i].stride) { /* what is asked of it afterwards */
			c->vao->a[i].p = a->p;
			c->vao->a[i].stride = a->stride;
			c->vao->a[i].offset = a->offset;
		}
		if (a->longs) prism_gl_VertexAttribLFormat((GLuint)i, a->size, a->type, a->relative);
		else if (a->integer) prism_gl_VertexAttribIFormat((GLuint)i, a->size, a->type, a->relative);
		else prism_gl_VertexAttribFormat((GLuint)i, a->size, a->type, a->normalized, a->relative);
		prism_gl_VertexAttribBinding((GLuint)i, a->binding);
		prism_gl_BindVertexBuffer((GLuint)i, b->buffer.name, b->offset, b->stride);
	}
	if (c->vao->b[i].divisor == b->divisor) return;
	if (a->binding == i) prism_gl_VertexAttribDivisor((GLuint)i, b->divisor);
	else prism_gl_VertexBindingDivisor((GLuint)i, b->divisor);
}

void APIENTRY prism_gl_PopClientAttrib(void) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!c->attribs_n) {
		prism_error(GL_STACK_UNDERFLOW);
		return;
	}
	const prism_client_attribs *s = &c->attribs[--c->attribs_n];
	if (s->mask & GL_CLIENT_PIXEL_STORE_BIT) pop_store(s);
	if (!(s->mask & GL_CLIENT_VERTEX_ARRAY_BIT)) return;
	if (c->vao->self.name != s->vao.self.name) prism_gl_BindVertexArray(s->vao.self.name);
	if (c->vao->self.serial == s->vao.self.serial) {
		for (int i = 0; i < PRISM_ARRAYS; i++) pop_array(c, i, &s->vao);
		prism_gl_BindBuffer(GL_ELEMENT_ARRAY_BUFFER, s->vao.element.name);
	}
	prism_gl_BindBuffer(GL_ARRAY_BUFFER, s->array_buffer.name);
	prism_gl_ClientActiveTexture(GL_TEXTURE0 + s->client_active);
	pop_restart(c, s);
}
