/* Elements of arrays that a draw reads behind a buffer's end. Where access is robust a GPU reads zeros there; but what is compiled into a
 * display list, and glArrayElement, is read by the CPU, and Mesa does not look where the buffer ends. There, and everywhere if
 * access is not robust, the indices are checked here, and a draw that reaches too far is left out (GL_INVALID_OPERATION).
 *
 * How far the arrays reach is asked of GL: that cannot be between glBegin and glEnd, so it is done before, when something has changed. */
#include "state.h"
#include "side.h"

#define NOW                                \
	replay *r = replay_now;            \
	__attribute__((unused)) struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

typedef struct reach { int64_t vertices; bool inside; } reach; /* elements that all enabled arrays have; inside: all that the instances need */

/* Of elements of `elem` bytes, `stride` apart, from `at` on in the buffer that is bound to GL_ARRAY_BUFFER. stride 0: all are the same. */
static int64_t count_in(replay *r, int64_t elem, int64_t stride, uint64_t at) {
	GLint bytes = 0;
	r->priv->real.GetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_SIZE, &bytes);
	if (bytes < elem || at > (uint64_t)(bytes - elem)) return 0;
	return stride ? (bytes - elem - (int64_t)at) / stride + 1 : INT64_MAX;
}

/* Of one array that is enabled. */
static int64_t elements(replay *r, GLint buffer, GLint size, GLint type, GLint stride, const void *offset) {
	const int64_t elem = (int64_t)element_bytes(size, (GLenum)type);
	if (!buffer || !elem || stride < 0) return 0;
	r->priv->real.BindBuffer(GL_ARRAY_BUFFER, (GLuint)buffer);
	return count_in(r, elem, stride ? stride : elem, (uint64_t)(uintptr_t)offset);
}

static void least(int64_t *n, int64_t m) {
	if (m < *n) *n = m;
}

/* Of a generic array: its binding says where its elements lie, where GL has bindings. */
static int64_t generic_elements(replay *r, GLuint i) {
	const struct real_gl *g = &r->priv->real;
	GLint buffer = 0, size = 0, type = 0, stride = 0, binding = -1, relative = 0;
	void *p = NULL;
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING, &buffer);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_SIZE, &size);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_TYPE, &type);
	if (g->BindVertexBuffer && g->VertexAttribBinding && g->GetIntegeri_v && g->GetInteger64i_v) g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_BINDING, &binding);
	if (binding < 0) {
		g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_STRIDE, &stride);
		g->GetVertexAttribPointerv(i, GL_VERTEX_ATTRIB_ARRAY_POINTER, &p);
		return elements(r, buffer, size, type, stride, p);
	}
	GLint64 offset = -1;
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_RELATIVE_OFFSET, &relative);
	g->GetIntegeri_v(GL_VERTEX_BINDING_STRIDE, (GLuint)binding, &stride);
	g->GetInteger64i_v(GL_VERTEX_BINDING_OFFSET, (GLuint)binding, &offset);
	const int64_t elem = (int64_t)element_bytes(size, (GLenum)type);
	if (!buffer || !elem || stride < 0 || offset < 0 || relative < 0) return 0;
	g->BindBuffer(GL_ARRAY_BUFFER, (GLuint)buffer);
	return count_in(r, elem, stride, (uint64_t)offset + (uint64_t)relative);
}

static void generic(replay *r, GLint n, int64_t base, int64_t instances, reach *to) {
	const struct real_gl *g = &r->priv->real;
	for (GLint i = 0; i < n && i < PRISM_ARRAY_GENERIC; i++) {
		GLint on = 0, divisor = 0;
		g->GetVertexAttribiv((GLuint)i, GL_VERTEX_ATTRIB_ARRAY_ENABLED, &on);
		if (!on) continue;
		if (g->VertexAttribDivisor) g->GetVertexAttribiv((GLuint)i, GL_VERTEX_ATTRIB_ARRAY_DIVISOR, &divisor);
		const int64_t e = generic_elements(r, (GLuint)i), d = (uint32_t)divisor;
		if (!d) least(&to->vertices, e);
		else if (base + (instances + d - 1) / d > e) to->inside = false;
	}
}

static const struct { GLenum on, buffer, size, type, stride, pointer; } fixed[] = { /* size 0: always three, 1: one; type 0: a byte */
	{GL_VERTEX_ARRAY, GL_VERTEX_ARRAY_BUFFER_BINDING, GL_VERTEX_ARRAY_SIZE, GL_VERTEX_ARRAY_TYPE, GL_VERTEX_ARRAY_STRIDE, GL_VERTEX_ARRAY_POINTER},
	{GL_NORMAL_ARRAY, GL_NORMAL_ARRAY_BUFFER_BINDING, 0, GL_NORMAL_ARRAY_TYPE, GL_NORMAL_ARRAY_STRIDE, GL_NORMAL_ARRAY_POINTER},
	{GL_COLOR_ARRAY, GL_COLOR_ARRAY_BUFFER_BINDING, GL_COLOR_ARRAY_SIZE, GL_COLOR_ARRAY_TYPE, GL_COLOR_ARRAY_STRIDE, GL_COLOR_ARRAY_POINTER},
	{GL_INDEX_ARRAY, GL_INDEX_ARRAY_BUFFER_BINDING, 1, GL_INDEX_ARRAY_TYPE, GL_INDEX_ARRAY_STRIDE, GL_INDEX_ARRAY_POINTER},
	{GL_EDGE_FLAG_ARRAY, GL_EDGE_FLAG_ARRAY_BUFFER_BINDING, 1, 0, GL_EDGE_FLAG_ARRAY_STRIDE, GL_EDGE_FLAG_ARRAY_POINTER},
	{GL_FOG_COORD_ARRAY, GL_FOG_COORD_ARRAY_BUFFER_BINDING, 1, GL_FOG_COORD_ARRAY_TYPE, GL_FOG_COORD_ARRAY_STRIDE, GL_FOG_COORD_ARRAY_POINTER},
	{GL_SECONDARY_COLOR_ARRAY, GL_SECONDARY_COLOR_ARRAY_BUFFER_BINDING, GL_SECONDARY_COLOR_ARRAY_SIZE, GL_SECONDARY_COLOR_ARRAY_TYPE,
	 GL_SECONDARY_COLOR_ARRAY_STRIDE, GL_SECONDARY_COLOR_ARRAY_POINTER},
	{GL_TEXTURE_COORD_ARRAY, GL_TEXTURE_COORD_ARRAY_BUFFER_BINDING, GL_TEXTURE_COORD_ARRAY_SIZE, GL_TEXTURE_COORD_ARRAY_TYPE, GL_TEXTURE_COORD_ARRAY_STRIDE,
	 GL_TEXTURE_COORD_ARRAY_POINTER},
};

static void conventional(replay *r, unsigned i, reach *to) {
	const struct real_gl *g = &r->priv->real;
	GLint buffer = 0, size = fixed[i].size ? 1 : 3, type = GL_UNSIGNED_BYTE, stride = 0;
	void *p = NULL;
	if (!g->IsEnabled(fixed[i].on)) return;
	g->GetIntegerv(fixed[i].buffer, &buffer);
	if (fixed[i].size > 1) g->GetIntegerv(fixed[i].size, &size);
	if (fixed[i].type) g->GetIntegerv(fixed[i].type, &type);
	g->GetIntegerv(fixed[i].stride, &stride);
	g->GetPointerv(fixed[i].pointer, &p);
	least(&to->vertices, elements(r, buffer, size, type, stride, p));
}

static reach ask(replay *r, int64_t base, int64_t instances) {
	const struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	reach to = {INT64_MAX, true};
	GLint n = -1, bound = 0, unit = 0;
	if (!c->arrays_used) return to;
	g->GetIntegerv(GL_MAX_VERTEX_ATTRIBS, &n);
	/* GL does not answer, between the glBegin and glEnd of a list, or has not what is needed to know. */
	if (n < 0 || !g->BindBuffer || !g->GetBufferParameteriv || !g->GetVertexAttribiv || !g->GetVertexAttribPointerv || !g->GetPointerv) return (reach){0, false};
	g->GetIntegerv(GL_ARRAY_BUFFER_BINDING, &bound);
	generic(r, n, base, instances, &to);
	if (c->compat) {
		const unsigned last = sizeof fixed / sizeof *fixed - 1;
		for (unsigned i = 0; i < last; i++) conventional(r, i, &to);
		g->GetIntegerv(GL_CLIENT_ACTIVE_TEXTURE, &unit);
		for (unsigned k = 0; k < PRISM_ARRAY_TEXCOORDS && g->ClientActiveTexture; k++) {
			g->ClientActiveTexture(GL_TEXTURE0 + k);
			conventional(r, last, &to);
		}
		if (g->ClientActiveTexture) g->ClientActiveTexture((GLenum)unit);
	}
	g->BindBuffer(GL_ARRAY_BUFFER, (GLuint)bound);
	return to;
}

static void error(struct replay_context *c) {
	if (!c->gl_error) c->gl_error = GL_INVALID_OPERATION;
}

/* To be called before glBegin. */
void bounds_begin(replay *r) {
	struct replay_context *c = r->ctx;
	if (c->in_begin || c->reach_version == r->priv->arrays_version) return;
	c->reach = ask(r, 0, 1).vertices;
	c->reach_version = r->priv->arrays_version;
}

static void v_ArrayElement(GLint i) {
	NOW;
	if (!c || !g->ArrayElement) return;
	bounds_begin(r);
	if (i < 0 || c->reach_version != r->priv->arrays_version || i >= c->reach) error(c);
	else g->ArrayElement(i);
}

/* Must what is drawn now be looked at? */
static bool watched(const replay *r) { return r->ctx && (r->ctx->build || !r->priv->dev->robust); }

static bool inside(replay *r, int64_t first, int64_t last, int64_t instances, int64_t base_instance) {
	struct replay_context *c = r->ctx;
	if (!c->in_begin) {
		const reach to = ask(r, base_instance, instances);
		if (first >= 0 && last < to.vertices && to.inside) return true;
	}
	error(c);
	return false;
}

static bool arrays_inside(replay *r, int64_t first, int64_t count, int64_t instances, uint32_t base) {
	return !watched(r) || first < 0 || count <= 0 || instances <= 0 || inside(r, first, first + count - 1, instances, base); /* GL's error, or nothing */
}

static void v_DrawArrays(GLenum mode, GLint first, GLsizei count) {
	NOW;
	if (arrays_inside(r, first, count, 1, 0)) g->DrawArrays(mode, first, count);
}
static void v_DrawArraysInstanced(GLenum mode, GLint first, GLsizei count, GLsizei n) {
	NOW;
	if (arrays_inside(r, first, count, n, 0)) g->DrawArraysInstanced(mode, first, count, n);
}
static void v_DrawArraysInstancedBaseInstance(GLenum mode, GLint first, GLsizei count, GLsizei n, GLuint base) {
	NOW;
	if (arrays_inside(r, first, count, n, base)) g->DrawArraysInstancedBaseInstance(mode, first, count, n, base);
}
static void v_MultiDrawArrays(GLenum mode, const GLint *first, const GLsizei *count, GLsizei n) {
	NOW;
	for (GLsizei i = 0; i < n; i++)
		if (!arrays_inside(r, first[i], count[i], 1, 0)) return;
	g->MultiDrawArrays(mode, first, count, n);
}

static bool elements_inside(replay *r, GLsizei count, GLenum type, const void *indices, GLint base, int64_t instances, uint32_t base_instance) {
	const struct real_gl *g = &r->priv->real;
	const uint64_t bytes = prism_len_indices(count, type);
	if (!watched(r) || !bytes || instances <= 0) return true;
	if (r->ctx->in_begin) return inside(r, 0, 0, 0, 0);
	GLint name = 0, size = 0, restart = -1;
	g->GetIntegerv(GL_ELEMENT_ARRAY_BUFFER_BINDING, &name);
	void *own = NULL;
	if (name) { /* x_scratch is the unpacker's: its pointers stay valid */
		const uint64_t at = (uint64_t)(uintptr_t)indices;
		if (g->GetBufferParameteriv) g->GetBufferParameteriv(GL_ELEMENT_ARRAY_BUFFER, GL_BUFFER_SIZE, &size);
		own = size > 0 && at <= (uint64_t)size && bytes <= (uint64_t)size - at ? calloc(1, bytes) : NULL;
		if (!own) {
			error(r->ctx);
			return false;
		}
		es_buffer_read(r, GL_ELEMENT_ARRAY_BUFFER, (GLintptr)at, (GLsizeiptr)bytes, own);
		indices = own;
	}
	const bool fixed = r->ctx->es && g->IsEnabled(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	const bool restarts = fixed || (!r->ctx->es && g->PrimitiveRestartIndex && g->IsEnabled(GL_PRIMITIVE_RESTART));
	if (fixed) restart = (GLint)(bytes == (uint64_t)count ? 0xff : bytes == 2 * (uint64_t)count ? 0xffff : 0xffffffffu);
	else if (restarts) g->GetIntegerv(GL_PRIMITIVE_RESTART_INDEX, &restart);
	const unsigned each = (unsigned)(bytes / (uint64_t)count);
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (GLsizei i = 0; i < count; i++) {
		uint32_t v = 0; /* little endian, as all here */
		memcpy(&v, (const uint8_t *)indices + (size_t)i * each, each);
		if (restarts && v == (uint32_t)restart) continue;
		const int64_t e = (int64_t)v + base;
		first = e < first ? e : first;
		last = e > last ? e : last;
	}
	free(own);
	return first > last || inside(r, first, last, instances, base_instance);
}

bool bounds_elements(replay *r, GLsizei count, GLenum type, const void *indices, GLint base) { return elements_inside(r, count, type, indices, base, 1, 0); }

static void v_DrawElements(GLenum mode, GLsizei n, GLenum type, const void *p) {
	NOW;
	if (elements_inside(r, n, type, p, 0, 1, 0)) g->DrawElements(mode, n, type, p);
}
static void v_DrawElementsInstanced(GLenum mode, GLsizei n, GLenum type, const void *p, GLsizei k) {
	NOW;
	if (elements_inside(r, n, type, p, 0, k, 0)) g->DrawElementsInstanced(mode, n, type, p, k);
}
static void v_DrawRangeElements(GLenum mode, GLuint a, GLuint b, GLsizei n, GLenum type, const void *p) {
	NOW;
	if (elements_inside(r, n, type, p, 0, 1, 0)) g->DrawRangeElements(mode, a, b, n, type, p);
}
static void v_DrawElementsBaseVertex(GLenum mode, GLsizei n, GLenum type, const void *p, GLint base) {
	NOW;
	if (elements_inside(r, n, type, p, base, 1, 0)) g->DrawElementsBaseVertex(mode, n, type, p, base);
}
static void v_DrawRangeElementsBaseVertex(GLenum mode, GLuint a, GLuint b, GLsizei n, GLenum type, const void *p, GLint base) {
	NOW;
	if (elements_inside(r, n, type, p, base, 1, 0)) g->DrawRangeElementsBaseVertex(mode, a, b, n, type, p, base);
}
static void v_DrawElementsInstancedBaseVertex(GLenum mode, GLsizei n, GLenum type, const void *p, GLsizei k, GLint base) {
	NOW;
	if (elements_inside(r, n, type, p, base, k, 0)) g->DrawElementsInstancedBaseVertex(mode, n, type, p, k, base);
}

static void v_DrawElementsInstancedBaseInstance(GLenum mode, GLsizei n, GLenum type, const void *p, GLsizei k, GLuint from) {
	NOW;
	if (elements_inside(r, n, type, p, 0, k, from)) g->DrawElementsInstancedBaseInstance(mode, n, type, p, k, from);
}
static void v_DrawElementsInstancedBaseVertexBaseInstance(GLenum mode, GLsizei n, GLenum type, const void *p, GLsizei k, GLint base, GLuint from) {
	NOW;
	if (elements_inside(r, n, type, p, base, k, from)) g->DrawElementsInstancedBaseVertexBaseInstance(mode, n, type, p, k, base, from);
}

/* Draws by commands that lie in a buffer, or (compatibility) in the record. Watched, each is looked at; while a list is compiled they are carried out
 * as the single draws that they are: GL might compile the address of the record. true: the call itself is to be made. */
static bool commands(replay *r, GLenum mode, bool elements, GLenum type, const void *p, int64_t n, GLsizei stride) {
	const struct real_gl *g = &r->priv->real;
	const uint32_t each = elements ? 20 : 16, step = stride ? (uint32_t)stride : each;
	const uint64_t bytes = prism_len_indirect(n, stride, each);
	if (!watched(r) || !bytes) return true;
	GLint name = 0, size = 0;
	void *own = NULL;
	g->GetIntegerv(GL_DRAW_INDIRECT_BUFFER_BINDING, &name);
	if (name) {
		const uint64_t at = (uint64_t)(uintptr_t)p;
		if (g->GetBufferParameteriv) g->GetBufferParameteriv(GL_DRAW_INDIRECT_BUFFER, GL_BUFFER_SIZE, &size);
		own = size > 0 && at <= (uint64_t)size && bytes <= (uint64_t)size - at ? calloc(1, bytes) : NULL;
		if (!own) {
			error(r->ctx);
			return false;
		}
		es_buffer_read(r, GL_DRAW_INDIRECT_BUFFER, (GLintptr)at, (GLsizeiptr)bytes, own);
		p = own;
	}
	const bool single = r->ctx->build != NULL;
	bool good = true;
	for (int64_t i = 0; i < n && good; i++) {
		uint32_t w[5];
		memcpy(w, (const uint8_t *)p + (size_t)i * step, each);
		const GLsizei count = w[0] > INT32_MAX ? INT32_MAX : (GLsizei)w[0], instances = w[1] > INT32_MAX ? INT32_MAX : (GLsizei)w[1];
		const void *indices = (const void *)(uintptr_t)(w[2] * prism_len_indices(1, type));
		if (!elements) {
			good = arrays_inside(r, w[2], w[0], w[1], w[3]);
			if (good && single && w[2] <= INT32_MAX && g->DrawArraysInstancedBaseInstance) g->DrawArraysInstancedBaseInstance(mode, (GLint)w[2], count, instances, w[3]);
		} else {
			good = w[0] <= INT32_MAX && elements_inside(r, count, type, indices, (GLint)w[3], w[1], w[4]);
			if (good && single && g->DrawElementsInstancedBaseVertexBaseInstance)
				g->DrawElementsInstancedBaseVertexBaseInstance(mode, count, type, indices, instances, (GLint)w[3], w[4]);
		}
	}
	free(own);
	return good && !single;
}

/* The number of draws that lies at `at` of GL_PARAMETER_BUFFER, most at most; -1: it does not. */
static int64_t counted(replay *r, GLintptr at, GLsizei most) {
	const struct real_gl *g = &r->priv->real;
	GLint name = 0, size = 0;
	GLuint n = 0;
	if (!watched(r)) return most;
	g->GetIntegerv(GL_PARAMETER_BUFFER_BINDING, &name);
	if (name && g->GetBufferParameteriv) g->GetBufferParameteriv(GL_PARAMETER_BUFFER, GL_BUFFER_SIZE, &size);
	if (at < 0 || size < 4 || at > size - 4) {
		error(r->ctx);
		return -1;
	}
	es_buffer_read(r, GL_PARAMETER_BUFFER, at, 4, &n);
	return most < 0 || n > (GLuint)most ? most : (int64_t)n;
}

static void v_DrawArraysIndirect(GLenum mode, const void *p) {
	NOW;
	if (commands(r, mode, false, 0, p, 1, 0)) g->DrawArraysIndirect(mode, p);
}
static void v_DrawElementsIndirect(GLenum mode, GLenum type, const void *p) {
	NOW;
	if (commands(r, mode, true, type, p, 1, 0)) g->DrawElementsIndirect(mode, type, p);
}
static void v_MultiDrawArraysIndirect(GLenum mode, const void *p, GLsizei n, GLsizei stride) {
	NOW;
	if (commands(r, mode, false, 0, p, n, stride)) g->MultiDrawArraysIndirect(mode, p, n, stride);
}
static void v_MultiDrawElementsIndirect(GLenum mode, GLenum type, const void *p, GLsizei n, GLsizei stride) {
	NOW;
	if (commands(r, mode, true, type, p, n, stride)) g->MultiDrawElementsIndirect(mode, type, p, n, stride);
}
static void v_MultiDrawArraysIndirectCount(GLenum mode, const void *p, GLintptr at, GLsizei most, GLsizei stride) {
	NOW;
	const int64_t n = counted(r, at, most);
	if (n >= 0 && commands(r, mode, false, 0, p, n, stride)) g->MultiDrawArraysIndirectCount(mode, p, at, most, stride);
}
static void v_MultiDrawElementsIndirectCount(GLenum mode, GLenum type, const void *p, GLintptr at, GLsizei most, GLsizei stride) {
	NOW;
	const int64_t n = counted(r, at, most);
	if (n >= 0 && commands(r, mode, true, type, p, n, stride)) g->MultiDrawElementsIndirectCount(mode, type, p, at, most, stride);
}

/* How many vertices were captured, only GL knows. */
#define CAPTURED(name, params, args, instances)                                              \
	static void v_##name params {                                                         \
		NOW;                                                                          \
		if (!watched(r) || inside(r, 0, INT64_MAX - 1, instances, 0)) g->name args;      \
	}
CAPTURED(DrawTransformFeedback, (GLenum m, GLuint id), (m, id), 1)
CAPTURED(DrawTransformFeedbackStream, (GLenum m, GLuint id, GLuint s), (m, id, s), 1)
CAPTURED(DrawTransformFeedbackInstanced, (GLenum m, GLuint id, GLsizei n), (m, id, n), n)
CAPTURED(DrawTransformFeedbackStreamInstanced, (GLenum m, GLuint id, GLuint s, GLsizei n), (m, id, s, n), n)

/* What changes how far the arrays reach. An array is not enabled between glBegin and glEnd: it could not be given a buffer (custom_arrays.c). */
#define CHANGES(name, params, args)                        \
	static void v_##name params {                      \
		NOW;                                       \
		r->priv->arrays_version++;                 \
		g->name args;                              \
	}
#define ENABLES(name, type)                                \
	static void v_##name(type which) {                 \
		NOW;                                       \
		if (!c) return;                            \
		r->priv->arrays_version++;                 \
		if (c->in_begin) { error(c); return; }     \
		c->arrays_used = true;                     \
		g->name(which);                            \
	}
ENABLES(EnableClientState, GLenum)
ENABLES(EnableVertexAttribArray, GLuint)
CHANGES(DisableClientState, (GLenum w), (w))
CHANGES(DisableVertexAttribArray, (GLuint i), (i))
CHANGES(VertexAttribDivisor, (GLuint i, GLuint d), (i, d))
/* What a new store holds is undefined, but must be the same on all nodes, and what the app's side takes it for (custom_buffers.c of the driver):
 * zeros. Mesa's is so where its memory is fresh, NVIDIA's is not. (NVIDIA's glClearBufferData is not in order with a later glBufferSubData.) */
#define STORES(name, type, flags)                                              \
	static void v_##name(type b, GLsizeiptr n, const void *p, flags f) {   \
		NOW;                                                           \
		r->priv->arrays_version++;                                     \
		void *zeros = p || n <= 0 ? NULL : calloc(1, (size_t)n);       \
		g->name(b, n, zeros ? zeros : p, f);                           \
		free(zeros);                                                   \
	}
STORES(BufferData, GLenum, GLenum)
STORES(NamedBufferData, GLuint, GLenum)
STORES(BufferStorage, GLenum, GLbitfield)
STORES(NamedBufferStorage, GLuint, GLbitfield)
CHANGES(DeleteBuffers, (GLsizei n, const GLuint *p), (n, p))
CHANGES(BindVertexArray, (GLuint v), (v))
CHANGES(DeleteVertexArrays, (GLsizei n, const GLuint *p), (n, p))
CHANGES(VertexPointer, (GLint n, GLenum t, GLsizei s, const void *p), (n, t, s, p))
CHANGES(ColorPointer, (GLint n, GLenum t, GLsizei s, const void *p), (n, t, s, p))
CHANGES(SecondaryColorPointer, (GLint n, GLenum t, GLsizei s, const void *p), (n, t, s, p))
CHANGES(TexCoordPointer, (GLint n, GLenum t, GLsizei s, const void *p), (n, t, s, p))
CHANGES(NormalPointer, (GLenum t, GLsizei s, const void *p), (t, s, p))
CHANGES(IndexPointer, (GLenum t, GLsizei s, const void *p), (t, s, p))
CHANGES(FogCoordPointer, (GLenum t, GLsizei s, const void *p), (t, s, p))
CHANGES(EdgeFlagPointer, (GLsizei s, const void *p), (s, p))
CHANGES(VertexAttribPointer, (GLuint i, GLint n, GLenum t, GLboolean z, GLsizei s, const void *p), (i, n, t, z, s, p))
CHANGES(VertexAttribIPointer, (GLuint i, GLint n, GLenum t, GLsizei s, const void *p), (i, n, t, s, p))
CHANGES(VertexAttribLPointer, (GLuint i, GLint n, GLenum t, GLsizei s, const void *p), (i, n, t, s, p))
CHANGES(VertexAttribFormat, (GLuint i, GLint n, GLenum t, GLboolean z, GLuint o), (i, n, t, z, o))
CHANGES(VertexAttribIFormat, (GLuint i, GLint n, GLenum t, GLuint o), (i, n, t, o))
CHANGES(VertexAttribLFormat, (GLuint i, GLint n, GLenum t, GLuint o), (i, n, t, o))
CHANGES(VertexAttribBinding, (GLuint i, GLuint b), (i, b))
CHANGES(BindVertexBuffer, (GLuint b, GLuint n, GLintptr o, GLsizei s), (b, n, o, s))
CHANGES(VertexBindingDivisor, (GLuint b, GLuint d), (b, d))

void *bounds_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
#define OURS(name) {"gl" #name, v_##name},
		OURS(ArrayElement) OURS(DrawArrays) OURS(DrawArraysInstanced) OURS(DrawElements) OURS(DrawElementsInstanced) OURS(DrawRangeElements)
		OURS(DrawElementsBaseVertex) OURS(DrawRangeElementsBaseVertex) OURS(DrawElementsInstancedBaseVertex)
		OURS(DrawTransformFeedback) OURS(DrawTransformFeedbackStream) OURS(DrawTransformFeedbackInstanced) OURS(DrawTransformFeedbackStreamInstanced)
		OURS(DrawArraysInstancedBaseInstance) OURS(DrawElementsInstancedBaseInstance) OURS(DrawElementsInstancedBaseVertexBaseInstance)
		OURS(MultiDrawArrays) OURS(DrawArraysIndirect) OURS(DrawElementsIndirect) OURS(MultiDrawArraysIndirect)
		OURS(MultiDrawElementsIndirect) OURS(MultiDrawArraysIndirectCount) OURS(MultiDrawElementsIndirectCount)
		BOUNDS_CHANGES(OURS)
#undef OURS
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}
