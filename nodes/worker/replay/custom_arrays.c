/* Records that bring what a GL command of its own cannot: arrays from the app's memory, the merged result of a query,
 * selection and feedback. The driver's side is in stream/driver/gl/arrays and gl/results. */
#include "state.h"
#include "prism_get.h"
#include "side.h"

#define MAX_VALUES (16u << 20) /* of a selection or feedback buffer */

struct client_side {
	GLuint buffer[PRISM_ARRAYS]; /* one for each array that came from the app's memory */
	uint64_t bytes[PRISM_ARRAYS];
	GLuint guard;                /* stands where an enabled array has no buffer: GL would take its pointer for an address here */
	GLuint none;                 /* a query whose result is 0 */
	bool discarding;             /* by it */
	GLuint *select;
	GLfloat *feedback;
	GLsizei select_n, feedback_n;
	uint32_t *whole; /* serials of queries that counted what was not cut to the node's tile */
	uint32_t whole_n, whole_cap;
};
#define GUARD_BYTES 4096

static struct client_side *side_of(replay *r) {
	struct replay_context *c = r->ctx;
	if (!c->side) c->side = calloc(1, sizeof *c->side);
	if (!c->side) x_fail(r, "out of memory for a context's arrays");
	return c->side;
}

/* Its buffers go with the share group. */
void client_side_free(struct replay_context *c) {
	if (!c->side) return;
	free(c->side->select);
	free(c->side->feedback);
	free(c->side->whole);
	free(c->side);
	c->side = NULL;
}

uint64_t element_bytes(GLint size, GLenum type) {
	switch (type) {
	case GL_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_10F_11F_11F_REV: return 4;
	default: return size == GL_BGRA || (size >= 1 && size <= 4) ? prism_len_type(type) * (size == GL_BGRA ? 4u : (unsigned)size) : 0;
	}
}

/* Binds a buffer of ours to GL_ARRAY_BUFFER, made if there is none. false: GL did not (between the glBegin and glEnd of a list, say):
 * then no array must be pointed, which would be into the node's own memory. */
static bool own_buffer(replay *r, GLuint *name) {
	const struct prism_glapi *g = &r->gl;
	GLint bound = 0;
	if (!*name) g->GenBuffers(1, name);
	g->BindBuffer(GL_ARRAY_BUFFER, *name);
	g->GetIntegerv(GL_ARRAY_BUFFER_BINDING, &bound);
	return *name && (GLuint)bound == *name;
}

/* Points array i into the buffer that is bound to GL_ARRAY_BUFFER. */
static void point(replay *r, uint32_t i, GLint size, GLenum type, uint32_t flags, GLsizei stride, uint32_t offset) {
	const struct prism_glapi *g = &r->gl;
	const void *p = (const void *)(uintptr_t)offset;
	switch (i) {
	case PRISM_ARRAY_VERTEX: g->VertexPointer(size, type, stride, p); return;
	case PRISM_ARRAY_NORMAL: g->NormalPointer(type, stride, p); return;
	case PRISM_ARRAY_COLOR: g->ColorPointer(size, type, stride, p); return;
	case PRISM_ARRAY_INDEX: g->IndexPointer(type, stride, p); return;
	case PRISM_ARRAY_EDGE_FLAG: g->EdgeFlagPointer(stride, p); return;
	case PRISM_ARRAY_FOG_COORD: g->FogCoordPointer(type, stride, p); return;
	case PRISM_ARRAY_SECONDARY_COLOR: g->SecondaryColorPointer(size, type, stride, p); return;
	}
	if (i >= PRISM_ARRAY_TEXCOORD) {
		GLint unit = GL_TEXTURE0;
		g->GetIntegerv(GL_CLIENT_ACTIVE_TEXTURE, &unit);
		g->ClientActiveTexture(GL_TEXTURE0 + i - PRISM_ARRAY_TEXCOORD);
		g->TexCoordPointer(size, type, stride, p);
		g->ClientActiveTexture((GLenum)unit);
	} else if (flags & PRISM_ARRAY_LONG) {
		if (g->VertexAttribLPointer) g->VertexAttribLPointer(i, size, type, stride, p);
	} else if (flags & PRISM_ARRAY_INTEGER) {
		if (g->VertexAttribIPointer) g->VertexAttribIPointer(i, size, type, stride, p);
	} else if (g->VertexAttribPointer) {
		g->VertexAttribPointer(i, size, type, flags & PRISM_ARRAY_NORMALIZED ? GL_TRUE : GL_FALSE, stride, p);
	}
}

#define MAX_STRIDE 4096
struct part { uint32_t array; int32_t size; uint32_t type, flags, offset; }; /* of prismClientBlock */

/* Brings elements of arrays into a buffer of the node's and points the arrays there. have: bytes of data, of which the last element
 * is as long as the arrays need it. */
static int place(replay *r, const struct prism_rec_prismClientBlock *a, const struct part *part, uint32_t n, uint64_t span, const void *data, uint64_t have) {
	const struct prism_glapi *g = &r->gl;
	const uint64_t skip = (uint64_t)a->first * a->stride, whole = (uint64_t)(a->reach - 1) * a->stride + span;
	struct client_side *s = side_of(r);
	if (!s) return REPLAY_CORRUPT;
	if (!data) { /* the app gave no address */
		void *zeros = x_scratch(r, have);
		if (!zeros) return REPLAY_CORRUPT;
		data = memset(zeros, 0, have);
	}
	GLint bound = 0;
	g->GetIntegerv(GL_ARRAY_BUFFER_BINDING, &bound);
	const uint32_t own = part[0].array;
	if (own_buffer(r, &s->buffer[own])) { /* else the arrays stay what they were */
		if (s->bytes[own] < whole) {
			s->bytes[own] = whole + whole / 2;
			g->BufferData(GL_ARRAY_BUFFER, (GLsizeiptr)s->bytes[own], NULL, GL_STREAM_DRAW);
		}
		g->BufferSubData(GL_ARRAY_BUFFER, (GLintptr)skip, (GLsizeiptr)have, data);
		for (uint32_t k = 0; k < n; k++) point(r, part[k].array, part[k].size, part[k].type, part[k].flags, (GLsizei)a->stride, part[k].offset);
	}
	g->BindBuffer(GL_ARRAY_BUFFER, (GLuint)bound);
	return 0;
}

int x_prismClientBlock(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismClientBlock *a = (const void *)rec;
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *arrays, *data;
	const uint32_t n = a->arrays.bytes / sizeof(struct part);
	if (!n || n > PRISM_ARRAYS) return x_bad(r, "arrays", "%u bytes", a->arrays.bytes);
	if (x_blob(r, "arrays", &a->arrays, n * sizeof(struct part), false, &at, end, &arrays)) return REPLAY_CORRUPT;
	struct part part[PRISM_ARRAYS];
	memcpy(part, arrays, n * sizeof *part);
	uint64_t span = 0;
	for (uint32_t k = 0; k < n; k++) {
		const uint64_t elem = element_bytes(part[k].size, part[k].type);
		if (part[k].array >= PRISM_ARRAYS) return x_bad(r, "arrays", "array %u, there are %d", part[k].array, PRISM_ARRAYS);
		if (!r->ctx->compat && (!r->ctx->es || part[k].array >= PRISM_ARRAY_GENERIC))
			return x_bad(r, "arrays", "array %u of a context whose arrays do not lie in the app's memory", part[k].array);
		if (!elem || part[k].offset > MAX_STRIDE) return x_bad(r, "arrays", "%d components of type %#x at %u", part[k].size, part[k].type, part[k].offset);
		if (part[k].offset + elem > span) span = part[k].offset + elem;
	}
	if (!a->stride || a->stride > MAX_STRIDE) return x_bad(r, "stride", "%u bytes", a->stride);
	if (!a->count || a->reach < a->count || a->first > a->reach - a->count) return x_bad(r, "reach", "%u elements for %u from %u on", a->reach, a->count, a->first);
	if ((uint64_t)a->reach * a->stride > PRISM_ARRAY_MAX_BYTES) return x_bad(r, "reach", "%u elements reach behind %u bytes", a->reach, PRISM_ARRAY_MAX_BYTES);
	const uint64_t have = (uint64_t)(a->count - 1) * a->stride + span;
	if (x_blob(r, "data", &a->data, have, true, &at, end, &data)) return REPLAY_CORRUPT;
	if (r->ctx->in_begin) return 0;
	if (!r->gl.BindBuffer || (r->ctx->compat && !r->gl.VertexPointer)) return x_bad(r, "", "buffers are not offered by this node's driver");
	return place(r, a, part, n, span, data, have);
}

/* ---- no array of a node's GL may point into the node's own memory ---- */

static GLenum binding_word(uint32_t i) {
	static const GLenum words[] = {GL_VERTEX_ARRAY_BUFFER_BINDING, GL_NORMAL_ARRAY_BUFFER_BINDING, GL_COLOR_ARRAY_BUFFER_BINDING, GL_INDEX_ARRAY_BUFFER_BINDING,
	                               GL_EDGE_FLAG_ARRAY_BUFFER_BINDING, GL_FOG_COORD_ARRAY_BUFFER_BINDING, GL_SECONDARY_COLOR_ARRAY_BUFFER_BINDING};
	return i < PRISM_ARRAY_TEXCOORD ? words[i - PRISM_ARRAY_GENERIC] : GL_TEXTURE_COORD_ARRAY_BUFFER_BINDING;
}

/* Of the unit that is active where array i is a texture coordinate. */
static GLuint buffer_of(replay *r, uint32_t i) {
	const struct prism_glapi *g = &r->gl;
	GLint bound = 0;
	if (i >= PRISM_ARRAY_GENERIC) g->GetIntegerv(binding_word(i), &bound);
	else if (g->GetVertexAttribiv) g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING, &bound);
	return (GLuint)bound;
}

/* NVIDIA's driver takes a glVertexAttribPointer for the one before it, and leaves it out, if that had the same values, whatever glBindVertexBuffer
 * has bound since: then the app's next would leave the guard in place. So the guard comes by glVertexAttribPointer too, where that changes no format. */
static void guard_pointed(replay *r, uint32_t i, GLint binding) {
	const struct real_gl *g = &r->priv->real;
	GLint offset = -1, size = 0, type = 0, norm = 0, whole = 0, wide = 0;
	if ((GLuint)binding != i) return;
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_RELATIVE_OFFSET, &offset);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_SIZE, &size);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_TYPE, &type);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_NORMALIZED, &norm);
	g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_INTEGER, &whole);
	if (!r->ctx->es && r->gl.VertexAttribLPointer && type == GL_DOUBLE) g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_LONG, &wide);
	if (offset) return;
	point(r, i, size, (GLenum)type, wide ? PRISM_ARRAY_LONG : whole ? PRISM_ARRAY_INTEGER : norm ? PRISM_ARRAY_NORMALIZED : 0, 16, 0);
}

/* Gives array i a buffer of zeros if it has none. */
static int guard(replay *r, uint32_t i) {
	const struct prism_glapi *g = &r->gl;
	GLint bound = 0;
	if (!g->BindBuffer) return x_bad(r, "", "buffers are not offered by this node's driver");
	if (buffer_of(r, i)) return 0;
	struct client_side *s = side_of(r);
	if (!s) return REPLAY_CORRUPT;
	g->GetIntegerv(GL_ARRAY_BUFFER_BINDING, &bound);
	static const uint8_t zeros[GUARD_BYTES];
	const bool fresh = !s->guard;
	if (!own_buffer(r, &s->guard)) return x_bad(r, "", "array %u is enabled where it can be given no buffer: between glBegin and glEnd", i);
	if (fresh) g->BufferData(GL_ARRAY_BUFFER, GUARD_BYTES, zeros, GL_STATIC_DRAW);
	bool flag = i == PRISM_ARRAY_EDGE_FLAG;
	GLint at = -1, vao = 1;
	if (r->ctx->es) g->GetIntegerv(GL_VERTEX_ARRAY_BINDING, &vao); /* its default object has no bindings */
	if (i < PRISM_ARRAY_GENERIC && vao && g->BindVertexBuffer && g->VertexAttribBinding) g->GetVertexAttribiv(i, GL_VERTEX_ATTRIB_BINDING, &at);
	/* Formats and bindings are the app's: only the buffer is given. All elements are the first. */
	if (at >= 0) {
		guard_pointed(r, i, at);
		g->BindVertexBuffer((GLuint)at, s->guard, 0, 0);
	} else point(r, i, i == PRISM_ARRAY_NORMAL || i == PRISM_ARRAY_SECONDARY_COLOR ? 3 : 4, flag ? GL_UNSIGNED_BYTE : GL_FLOAT, 0, flag ? 1 : 16, 0);
	g->BindBuffer(GL_ARRAY_BUFFER, (GLuint)bound);
	return 0;
}

int x_after_glEnableVertexAttribArray(replay *r, const struct prism_rec_glEnableVertexAttribArray *a) {
	return a->index < PRISM_ARRAY_GENERIC && !r->ctx->in_begin ? guard(r, a->index) : 0;
}

static bool is_on(replay *r, GLuint i) {
	GLint on = 0;
	if (i < PRISM_ARRAY_GENERIC && r->gl.GetVertexAttribiv) r->gl.GetVertexAttribiv(i, GL_VERTEX_ATTRIB_ARRAY_ENABLED, &on);
	return on;
}

int x_after_glVertexAttribBinding(replay *r, const struct prism_rec_glVertexAttribBinding *a) {
	return !r->ctx->in_begin && is_on(r, a->attribindex) ? guard(r, a->attribindex) : 0;
}

int x_glBindVertexBuffer(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_glBindVertexBuffer *a = (const void *)rec;
	const struct prism_glapi *g = &r->gl;
	GLuint name = 0;
	(void)end;
	if (!g->BindVertexBuffer) return x_bad(r, "", "glBindVertexBuffer is not offered by this node's driver");
	if (x_handle_bind(r, "buffer", PRISM_KIND_BUFFER, a->buffer, &name)) return REPLAY_CORRUPT;
	if (name) {
		g->BindVertexBuffer(a->bindingindex, name, (GLintptr)a->offset, a->stride);
		return 0;
	}
	if (r->ctx->in_begin) return 0;
	g->BindVertexBuffer(a->bindingindex, 0, 0, a->stride); /* without a buffer the offset is an address, to GL */
	GLint n = 0;
	g->GetIntegerv(GL_MAX_VERTEX_ATTRIBS, &n);
	for (GLuint i = 0; i < (GLuint)n && i < PRISM_ARRAY_GENERIC; i++)
		if (is_on(r, i) && guard(r, i)) return REPLAY_CORRUPT;
	return 0;
}

int x_after_glEnableClientState(replay *r, const struct prism_rec_glEnableClientState *a) {
	if (!r->ctx->compat || r->ctx->in_begin) return 0;
	switch (a->array) {
	case GL_VERTEX_ARRAY: return guard(r, PRISM_ARRAY_VERTEX);
	case GL_NORMAL_ARRAY: return guard(r, PRISM_ARRAY_NORMAL);
	case GL_COLOR_ARRAY: return guard(r, PRISM_ARRAY_COLOR);
	case GL_INDEX_ARRAY: return guard(r, PRISM_ARRAY_INDEX);
	case GL_EDGE_FLAG_ARRAY: return guard(r, PRISM_ARRAY_EDGE_FLAG);
	case GL_FOG_COORD_ARRAY: return guard(r, PRISM_ARRAY_FOG_COORD);
	case GL_SECONDARY_COLOR_ARRAY: return guard(r, PRISM_ARRAY_SECONDARY_COLOR);
	case GL_TEXTURE_COORD_ARRAY: {
		GLint unit = GL_TEXTURE0;
		r->gl.GetIntegerv(GL_CLIENT_ACTIVE_TEXTURE, &unit);
		uint32_t k = (uint32_t)unit - GL_TEXTURE0;
		return k < PRISM_ARRAY_TEXCOORDS ? guard(r, PRISM_ARRAY_TEXCOORD + k) : 0;
	}
	default: return 0;
	}
}

/* Deleting a buffer leaves the arrays of the bound vertex array object that used it without one. Asked also where the app is between
 * glBegin and glEnd, as far as is known here: GL may have refused the glBegin. */
int x_after_glDeleteBuffers(replay *r, const struct prism_rec_glDeleteBuffers *a) {
	(void)a;
	const struct prism_glapi *g = &r->gl;
	if (!g->GetVertexAttribiv) return 0;
	GLint n = 0;
	g->GetIntegerv(GL_MAX_VERTEX_ATTRIBS, &n);
	for (GLint i = 0; i < n && i < PRISM_ARRAY_GENERIC; i++)
		if (is_on(r, (GLuint)i) && guard(r, (uint32_t)i)) return REPLAY_CORRUPT;
	if (!r->ctx->compat) return 0;
	static const GLenum words[] = {GL_VERTEX_ARRAY, GL_NORMAL_ARRAY, GL_COLOR_ARRAY, GL_INDEX_ARRAY, GL_EDGE_FLAG_ARRAY, GL_FOG_COORD_ARRAY, GL_SECONDARY_COLOR_ARRAY};
	for (uint32_t i = 0; i < sizeof words / sizeof *words; i++)
		if (g->IsEnabled(words[i]) && guard(r, PRISM_ARRAY_GENERIC + i)) return REPLAY_CORRUPT;
	GLint unit = GL_TEXTURE0;
	g->GetIntegerv(GL_CLIENT_ACTIVE_TEXTURE, &unit);
	int bad = 0;
	for (uint32_t k = 0; k < PRISM_ARRAY_TEXCOORDS && !bad; k++) {
		g->ClientActiveTexture(GL_TEXTURE0 + k);
		bad = g->IsEnabled(GL_TEXTURE_COORD_ARRAY) ? guard(r, PRISM_ARRAY_TEXCOORD + k) : 0;
	}
	g->ClientActiveTexture((GLenum)unit);
	return bad;
}

/* ---- queries: what is drawn into an object, or whole, every node counts ---- */

static uint32_t whole_at(const struct client_side *s, uint32_t serial) {
	uint32_t i = 0;
	while (i < s->whole_n && s->whole[i] != serial) i++;
	return i;
}

static void l_query_begun(replay *r, const int32_t *a, const void *data) {
	const uint32_t id = (uint32_t)a[0];
	box tile;
	bool cut = virtual_tile(r->ctx, &tile);
	(void)data;
	results_forget_query(r, id);
	if (cut && !r->ctx->side) return;
	struct client_side *s = side_of(r);
	if (!s) return; /* then it counts as cut */
	uint32_t i = whole_at(s, id);
	if (cut) {
		if (i < s->whole_n) s->whole[i] = s->whole[--s->whole_n];
		return;
	}
	if (i < s->whole_n) return;
	if (s->whole_n == s->whole_cap) {
		uint32_t cap = s->whole_cap ? s->whole_cap * 2 : 64, *grown = cap <= 1u << 20 ? realloc(s->whole, cap * sizeof *grown) : NULL;
		if (!grown) return;
		s->whole = grown;
		s->whole_cap = cap;
	}
	s->whole[s->whole_n++] = id;
}
int x_after_glBeginQuery(replay *r, const struct prism_rec_glBeginQuery *rec) {
	const int32_t a[LIST_ARGS] = {(int32_t)rec->id};
	if (r->ctx->in_begin || !list_note(r, l_query_begun, a, NULL, 0)) l_query_begun(r, a, NULL);
	return 0;
}

bool query_whole(const replay *r, uint32_t serial) { return r->ctx->side && whole_at(r->ctx->side, serial) < r->ctx->side->whole_n; }

/* ---- conditional rendering by a result that is known: drawing is discarded by a query that counted nothing ---- */

/* Made as early as can be, with the context's first queries: of the occlusion queries only one can be active. */
static void make_none(replay *r, struct client_side *s) {
	const struct prism_glapi *g = &r->gl;
	GLint active = 0;
	if (s->none || r->ctx->in_begin) return;
	const GLenum target = r->ctx->es ? GL_ANY_SAMPLES_PASSED : GL_SAMPLES_PASSED;
	g->GetQueryiv(target, GL_CURRENT_QUERY, &active);
	if (!active) g->GetQueryiv(GL_ANY_SAMPLES_PASSED, GL_CURRENT_QUERY, &active);
	if (active) return;
	g->GenQueries(1, &s->none);
	g->BeginQuery(target, s->none);
	g->EndQuery(target);
}
int x_after_glGenQueries(replay *r, const struct prism_rec_glGenQueries *a) {
	(void)a;
	struct client_side *s = r->gl.BeginConditionalRender ? side_of(r) : NULL;
	if (s) make_none(r, s);
	return 0;
}

static int condition(replay *r, bool discard) {
	const struct prism_glapi *g = &r->gl;
	if (!g->BeginConditionalRender || !g->EndConditionalRender) return x_bad(r, "", "conditional rendering is not offered by this node's driver");
	if (r->ctx->in_begin) return 0;
	struct client_side *s = discard || r->ctx->side ? side_of(r) : NULL;
	if (!s) return discard ? REPLAY_CORRUPT : 0;
	if (s->discarding) g->EndConditionalRender();
	s->discarding = false;
	if (!discard) return 0;
	make_none(r, s);
	if (!s->none) return 0;
	g->BeginConditionalRender(s->none, GL_QUERY_WAIT);
	s->discarding = true;
	return 0;
}
int x_prismConditional(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)end;
	return condition(r, ((const struct prism_rec_prismConditional *)(const void *)rec)->discard != 0);
}
int x_prismConditionalOf(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)end;
	return condition(r, ((const struct prism_rec_prismConditionalOf *)(const void *)rec)->discard != 0);
}

/* ---- selection and feedback ---- */

/* Has GL taken the memory? If not, it is freed, and what GL has instead is not. */
static bool taken(replay *r, GLenum which, void *p) {
	void *has = NULL;
	if (r->gl.GetPointerv) r->gl.GetPointerv(which, &has);
	if (has != p) free(p);
	return has == p;
}

int x_prismSelectBuffer(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismSelectBuffer *a = (const void *)rec;
	(void)end;
	struct client_side *s = side_of(r);
	if (!s) return REPLAY_CORRUPT;
	if (a->size < 0 || (uint32_t)a->size > MAX_VALUES) return x_bad(r, "size", "%d values", a->size);
	if (!r->gl.SelectBuffer) return x_bad(r, "", "glSelectBuffer is not offered by this node's driver");
	GLint mode = GL_RENDER;
	r->gl.GetIntegerv(GL_RENDER_MODE, &mode);
	if (mode == GL_SELECT || r->ctx->in_begin) return 0; /* an error of the app's, found by the driver */
	GLuint *p = calloc((size_t)a->size + 1, sizeof *p);
	if (!p) return x_fail(r, "out of memory for %d values of selection", a->size);
	r->gl.SelectBuffer(a->size, p);
	if (!taken(r, GL_SELECTION_BUFFER_POINTER, p)) return 0;
	free(s->select);
	s->select = p;
	s->select_n = a->size;
	return 0;
}

int x_prismFeedbackBuffer(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismFeedbackBuffer *a = (const void *)rec;
	(void)end;
	struct client_side *s = side_of(r);
	if (!s) return REPLAY_CORRUPT;
	if (a->size < 0 || (uint32_t)a->size > MAX_VALUES) return x_bad(r, "size", "%d values", a->size);
	if (a->type < GL_2D || a->type > GL_4D_COLOR_TEXTURE) return x_bad(r, "type", "%#x", a->type);
	if (!r->gl.FeedbackBuffer) return x_bad(r, "", "glFeedbackBuffer is not offered by this node's driver");
	GLint mode = GL_RENDER;
	r->gl.GetIntegerv(GL_RENDER_MODE, &mode);
	if (mode == GL_FEEDBACK || r->ctx->in_begin) return 0;
	GLfloat *p = calloc((size_t)a->size + 1, sizeof *p);
	if (!p) return x_fail(r, "out of memory for %d values of feedback", a->size);
	r->gl.FeedbackBuffer(a->size, a->type, p);
	if (!taken(r, GL_FEEDBACK_BUFFER_POINTER, p)) return 0;
	free(s->feedback);
	s->feedback = p;
	s->feedback_n = a->size;
	return 0;
}

/* Words that `hits` hit records take: each has a count of names, two depths and the names. */
static GLsizei select_words(const GLuint *p, GLsizei n, GLint hits) {
	GLsizei at = 0;
	if (hits < 0) return n;
	for (; hits > 0 && at < n; hits--) {
		GLuint names = p[at];
		if (names > (GLuint)(n - at) || (GLuint)(n - at) - names < 3) return n;
		at += 3 + (GLsizei)names;
	}
	return at;
}

int x_prismRenderMode(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismRenderMode *a = (const void *)rec;
	(void)end;
	if (!r->gl.RenderMode) return x_bad(r, "", "glRenderMode is not offered by this node's driver");
	struct client_side *s = side_of(r);
	if (!s) return REPLAY_CORRUPT;
	GLint before = GL_RENDER;
	r->gl.GetIntegerv(GL_RENDER_MODE, &before);
	GLint n = r->gl.RenderMode(a->mode), after = before;
	r->gl.GetIntegerv(GL_RENDER_MODE, &after);
	if (r->ctx->measures != (after != GL_RENDER)) {
		r->ctx->measures = !r->ctx->measures;
		virtual_apply(r);
	}
	if (!x_answers(r)) return 0; /* all nodes change the mode, one tells what it found */
	const void *values = NULL;
	uint64_t bytes = 0;
	if (before == GL_SELECT && s->select) {
		values = s->select;
		bytes = (uint64_t)select_words(s->select, s->select_n, n) * 4;
	} else if (before == GL_FEEDBACK && s->feedback) {
		values = s->feedback;
		bytes = (uint64_t)(n < 0 || n > s->feedback_n ? s->feedback_n : n) * 4;
	}
	x_reply_begin(r, a->reply);
	x_reply_ret(r, (uint64_t)(int64_t)n);
	void *to = x_reply_out(r, bytes);
	if (!to) return REPLAY_CORRUPT;
	if (bytes) memcpy(to, values, bytes);
	x_reply_end(r);
	return 0;
}
