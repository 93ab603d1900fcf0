/* Draws. Before one that reads arrays of the app's memory, the parts that it reads are sent; draws whose parameters are pointers to pointers, or
 * may be commands in a buffer, are packed here. */
#include "gl/buffers/buffers.h"
#include <stdlib.h>

/* What one draw reads: vertices [first, first + count), and of arrays with a divisor the elements of its instances. */
typedef struct prism_reads {
	int64_t first, count, base_instance, instances;
} prism_reads;

/* ---- arrays of the app's memory ---- */

/* Arrays that are sent together: structs of the app's, element after element. */
typedef struct block {
	const uint8_t *p;    /* of element 0 */
	uint64_t from;       /* bytes from element to element in the app's memory */
	uint32_t to, elem;   /* … in the record; bytes of one that are used, from the first to the last */
	GLuint divisor;
	uint32_t n;
	struct part { uint32_t array; int32_t size; uint32_t type, flags, offset; } part[PRISM_ARRAYS]; /* as prismClientBlock has them */
} block;

static uint32_t flags_of(const prism_array *a) {
	return (a->normalized ? PRISM_ARRAY_NORMALIZED : 0) | (a->integer ? PRISM_ARRAY_INTEGER : 0) | (a->longs ? PRISM_ARRAY_LONG : 0);
}

/* Where an array lies; 0: the app gave no address. */
static uintptr_t address(const prism_array *a) { return a->offset || (uintptr_t)a->p < 4096 ? 0 : (uintptr_t)a->p; }

/* Of arrays `left` those that go together with the first of them. Fills b. */
static uint64_t gather_block(const prism_vao *v, uint64_t left, block *b) {
	const int first = __builtin_ctzll(left);
	const prism_array *a = &v->a[first];
	const prism_vertex_binding *at = &v->b[a->binding];
	const uint64_t elem = prism_array_elem(a), from = (uint64_t)(uint32_t)at->stride;
	uintptr_t low = address(a), high = low + elem;
	uint64_t used = elem, took = 1ull << first;
	b->from = from; /* part is long, and mostly not used: it is not made empty */
	b->divisor = at->divisor;
	b->n = 0;
	/* Gaps between arrays that go together are read, too: in elements that are no longer than this, they hold no page that is not read anyway. */
	if (low && from >= elem && from <= 2048 && from % 4 == 0)
		for (uint64_t rest = left & (left - 1); rest; rest &= rest - 1) {
			const int i = __builtin_ctzll(rest);
			const prism_array *o = &v->a[i];
			const prism_vertex_binding *ob = &v->b[o->binding];
			const uint64_t n = prism_array_elem(o), unit = prism_len_type(o->type) < 4 ? prism_len_type(o->type) : 4;
			const uintptr_t p = address(o), lo = p < low ? p : low, hi = p + n > high ? p + n : high;
			if (ob->stride != at->stride || ob->divisor != at->divisor || !n || hi - lo > from || (p - address(a)) % unit || !p) continue;
			low = lo;
			high = hi;
			used += n;
			took |= 1ull << i;
		}
	uint64_t span = high - low, to = (span + 3) & ~3ull;
	const bool single = !(took & (took - 1));
	if (from % 4 == 0 && from && (from < span || (!single && 2 * from <= 3 * used))) {
		to = from; /* as it stands */
	} else if (!single && 2 * to > 3 * used) {
		took = 1ull << first;
		low = address(a);
		span = elem;
		to = (elem + 3) & ~3ull;
	}
	for (uint64_t rest = took; rest; rest &= rest - 1) { /* the units hold from array to array only if they do from the lowest */
		const prism_array *o = &v->a[__builtin_ctzll(rest)];
		const uint64_t unit = prism_len_type(o->type) < 4 ? prism_len_type(o->type) : 4;
		if (unit && (address(o) - low) % unit) return gather_block(v, 1ull << first, b);
	}
	b->p = (const uint8_t *)low;
	b->to = (uint32_t)to;
	b->elem = (uint32_t)span;
	for (uint64_t rest = took; rest; rest &= rest - 1) {
		const int i = __builtin_ctzll(rest);
		const prism_array *o = &v->a[i];
		b->part[b->n++] = (struct part){(uint32_t)i, o->size, o->type, flags_of(o), (uint32_t)(address(o) - low)};
	}
	return took;
}

/* Elements to `to`, each b->to bytes, from element k on. What fills up the last bytes of an element may be the app's next ones. */
static void gather(const block *b, int64_t k, int64_t count, uint8_t *to) {
	const uint8_t *p = b->p + (uint64_t)k * b->from;
	const uint64_t from = b->from;
/* n bytes by moves of `wide`, which reach into the next element, read and written; so the last one is not moved so. */
#define EACH(n, wide, pad)                                               \
	case n:                                                          \
		for (; from >= wide && count > wide / (n + pad); count--, p += from, to += n + pad) \
			memcpy(to, p, wide);                             \
		for (; count > 0; count--, p += from, to += n + pad) {   \
			memset(to + n + pad - 4, 0, 4);                  \
			memcpy(to, p, n);                                \
		}                                                        \
		return;
	if (b->to == ((b->elem + 3) & ~3u)) switch (b->elem) {
		EACH(1, 4, 3) EACH(2, 4, 2) EACH(3, 4, 1) EACH(4, 4, 0) EACH(6, 8, 2) EACH(8, 8, 0) EACH(12, 16, 0) EACH(16, 16, 0) EACH(20, 32, 0) EACH(24, 32, 0)
		EACH(28, 32, 0) EACH(32, 32, 0) EACH(36, 48, 0) EACH(40, 48, 0) EACH(44, 48, 0) EACH(48, 48, 0) EACH(64, 64, 0)
		default: break;
	}
#undef EACH
	for (; count > 0; count--, p += from, to += b->to) {
		memcpy(to, p, b->elem);
		memset(to + b->elem, 0, b->to - b->elem);
	}
}

typedef struct piece { const block *b; int64_t first; } piece;
static void gather_piece(const void *src, void *to, uint64_t from, uint32_t n) {
	const piece *g = src;
	gather(g->b, g->first + (int64_t)(from / g->b->to), n / g->b->to, to);
}

/* Elements [first, first + count) of the arrays of b; the draw reaches to element `reach`. */
static void send_block(const block *b, int64_t first, int64_t count, int64_t reach) {
	if (first < 0 || count <= 0) return;
	if ((uint64_t)reach > PRISM_ARRAY_MAX_BYTES / b->to) {
		prism_error(GL_OUT_OF_MEMORY);
		return;
	}
	const bool nowhere = !b->p; /* no address: the node takes zeros, where a driver in this process would fault */
	const bool as_is = b->from == b->to;
	const uint64_t bytes = nowhere ? 0 : as_is ? (uint64_t)(count - 1) * b->to + b->elem : (uint64_t)count * b->to;
	const uint32_t parts = b->n * (uint32_t)sizeof b->part[0];
	prism_arr data = {.mode = PRISM_BLOB_NULL};
	const piece g = {b, first};
	uint32_t here = 0; /* bytes that are made in the record itself */
	if (nowhere) {
	} else if (as_is) {
		const uint8_t *p = b->p + (uint64_t)first * b->from;
		if (!(bytes > PRISM_STAGE_MIN ? prism_arr_stage : prism_arr_in)(&data, p, bytes)) return;
	} else if (bytes > PRISM_STAGE_MIN) {
		if (!prism_arr_stage_by(&data, bytes, b->to, gather_piece, &g)) return;
	} else {
		data = (prism_arr){.bytes = (uint32_t)bytes, .mode = PRISM_BLOB_INLINE};
		here = (uint32_t)PRISM_PAD8(bytes);
	}
	const prism_arr arrays = {.p = b->part, .bytes = parts, .mode = PRISM_BLOB_INLINE};
	struct prism_rec_prismClientBlock *rec;
	rec = prism_begin(PRISM_OP_prismClientBlock, (uint32_t)(sizeof *rec + prism_arr_inline(&arrays) + prism_arr_inline(&data)), 0);
	if (!rec) return;
	rec->first = (uint32_t)first;
	rec->count = (uint32_t)count;
	rec->reach = (uint32_t)reach;
	rec->stride = b->to;
	rec->arrays = prism_arr_blob(&arrays);
	rec->data = prism_arr_blob(&data);
	uint8_t *to = prism_arr_copy(rec + 1, &arrays);
	if (here) {
		memset(to + here - 8, 0, 8);
		gather(b, first, count, to);
	} else {
		prism_arr_copy(to, &data);
	}
}

static int64_t elements_of(const prism_reads *d, GLuint divisor) { return (d->instances + divisor - 1) / divisor; }

/* What n draws read of the arrays of b. */
static void send_reads(const block *b, const prism_reads *d, int64_t n) {
	int64_t low = INT64_MAX, reach = 0, sum = 0;
	for (int64_t i = 0; i < n; i++) {
		if (d[i].count <= 0 || d[i].instances <= 0 || d[i].first < 0) continue;
		const int64_t first = b->divisor ? d[i].base_instance : d[i].first, count = b->divisor ? elements_of(&d[i], b->divisor) : d[i].count;
		low = first < low ? first : low;
		reach = first + count > reach ? first + count : reach;
		sum += count;
	}
	if (low > reach) return;
	if (b->divisor || reach - low <= 2 * sum) {
		send_block(b, low, reach - low, reach);
		return;
	}
	for (int64_t i = 0; i < n; i++) { /* they lie far apart */
		if (d[i].count <= 0 || d[i].instances <= 0) continue;
		if (!i || d[i].first != d[i - 1].first || d[i].count != d[i - 1].count) send_block(b, d[i].first, d[i].count, reach);
	}
}

/* The parts of the app's arrays that n draws read. */
static void send_arrays(prism_client *c, const prism_reads *d, int64_t n) {
	prism_vao *v = c->vao;
	for (uint64_t left = v->enabled & v->user; left;) {
		const int i = __builtin_ctzll(left);
		const prism_array *a = &v->a[i];
		if (a->binding != i || !prism_array_elem(a)) { /* no pointer belongs to it */
			left &= left - 1;
			continue;
		}
		block b;
		uint64_t fit = 0; /* those that have pointers */
		for (uint64_t rest = left; rest; rest &= rest - 1) {
			const int k = __builtin_ctzll(rest);
			if (v->a[k].binding == k) fit |= 1ull << k;
		}
		const uint64_t took = gather_block(v, fit, &b);
		left &= ~took;
		send_reads(&b, d, n);
		for (uint64_t rest = took; rest; rest &= rest - 1)
			if (v->a[__builtin_ctzll(rest)].relative) v->stale |= rest & -rest; /* the node has the format without it now */
	}
}

/* The context's client where arrays of the app's memory are enabled; NULL: nothing to send. */
static inline prism_client *sends(void) {
	prism_client *c = prism_client_now();
	return c && PRISM_UNLIKELY(c->vao->enabled & c->vao->user) && prism_client_arrays(c) && !prism_t->in_begin ? c : NULL;
}

/* Vertices that count indices mean; false: none, or it is not known. */
static bool index_reads(prism_client *c, int64_t count, GLenum type, const void *indices, int64_t base, prism_reads *d) {
	uint64_t bytes = prism_len_indices(count, type);
	if (!bytes || bytes > PRISM_MAX_STAGED) return false;
	void *copy = NULL;
	if (c->vao->element.name) {
		copy = malloc(bytes);
		if (!copy || !prism_buffer_read(c, GL_ELEMENT_ARRAY_BUFFER, (int64_t)(uintptr_t)indices, (int64_t)bytes, copy)) {
			free(copy);
			return false;
		}
		indices = copy;
	}
	const uint32_t top = type == GL_UNSIGNED_BYTE ? 0xff : type == GL_UNSIGNED_SHORT ? 0xffff : UINT32_MAX;
	uint32_t lo = 0, hi = 0;
	bool some = indices && prism_index_range(indices, count, type, c->restart_fixed ? &top : c->restart ? &c->restart_index : NULL, &lo, &hi);
	free(copy);
	/* With a base some indices may lie before the arrays: what these read is not defined, the others are to be right. */
	const int64_t first = (int64_t)lo + base < 0 ? 0 : (int64_t)lo + base, last = (int64_t)hi + base;
	if (!some || last < 0) return false;
	d->first = first;
	d->count = last - first + 1;
	return true;
}

static void send_indexed(prism_client *c, GLsizei count, GLenum type, const void *indices, GLint base, GLsizei instances, GLuint base_instance) {
	prism_reads d = {.base_instance = base_instance, .instances = instances};
	if (instances > 0 && index_reads(c, count, type, indices, base, &d)) send_arrays(c, &d, 1);
}

static void send_direct(prism_client *c, GLint first, GLsizei count, GLsizei instances, GLuint base_instance) {
	const prism_reads d = {first, count, base_instance, instances};
	if (first >= 0 && count > 0 && instances > 0) send_arrays(c, &d, 1);
}

#define BEFORE(name, params, call)                              \
	void prism_before_gl##name params {                     \
		(void)mode;                                     \
		prism_client *c = sends();                      \
		if (c) call;                                    \
	}
BEFORE(DrawArrays, (GLenum mode, GLint first, GLsizei count), send_direct(c, first, count, 1, 0))
BEFORE(DrawArraysInstanced, (GLenum mode, GLint first, GLsizei count, GLsizei n), send_direct(c, first, count, n, 0))
BEFORE(DrawArraysInstancedBaseInstance, (GLenum mode, GLint first, GLsizei count, GLsizei n, GLuint from), send_direct(c, first, count, n, from))
BEFORE(DrawElements, (GLenum mode, GLsizei count, GLenum type, const void *p), send_indexed(c, count, type, p, 0, 1, 0))
BEFORE(DrawElementsBaseVertex, (GLenum mode, GLsizei count, GLenum type, const void *p, GLint base), send_indexed(c, count, type, p, base, 1, 0))
BEFORE(DrawElementsInstanced, (GLenum mode, GLsizei count, GLenum type, const void *p, GLsizei n), send_indexed(c, count, type, p, 0, n, 0))
BEFORE(DrawElementsInstancedBaseVertex, (GLenum mode, GLsizei count, GLenum type, const void *p, GLsizei n, GLint base), send_indexed(c, count, type, p, base, n, 0))
BEFORE(DrawElementsInstancedBaseInstance, (GLenum mode, GLsizei count, GLenum type, const void *p, GLsizei n, GLuint from), send_indexed(c, count, type, p, 0, n, from))
BEFORE(DrawElementsInstancedBaseVertexBaseInstance, (GLenum mode, GLsizei count, GLenum type, const void *p, GLsizei n, GLint base, GLuint from),
       send_indexed(c, count, type, p, base, n, from))
/* What an app says about the range is often too much, so it is looked up all the same. */
BEFORE(DrawRangeElements, (GLenum mode, GLuint start, GLuint end, GLsizei count, GLenum type, const void *p), ((void)start, (void)end, send_indexed(c, count, type, p, 0, 1, 0)))
BEFORE(DrawRangeElementsBaseVertex, (GLenum mode, GLuint start, GLuint end, GLsizei count, GLenum type, const void *p, GLint base),
       ((void)start, (void)end, send_indexed(c, count, type, p, base, 1, 0)))

/* ---- several draws in one command ---- */

/* What a single draw leaves to the nodes is looked at here: these commands are rare, and their errors are many. */
static bool good_mode(const prism_client *c, GLenum mode) {
	if (mode <= GL_PATCHES && !((c->core || c->es) && mode >= GL_QUADS && mode <= GL_POLYGON)) return true;
	prism_error(GL_INVALID_ENUM);
	return false;
}

static bool good_counts(const GLsizei *count, GLsizei n) {
	bool good = n >= 0;
	for (GLsizei i = 0; i < n; i++) good &= count[i] >= 0;
	if (!good) prism_error(GL_INVALID_VALUE);
	return good;
}

#define FEW 32
/* Room for n; what does not fit is to be freed. NULL: no memory, with the error. */
static prism_reads *reads_of(int64_t n, prism_reads few[FEW]) {
	if (n <= FEW) return memset(few, 0, FEW * sizeof *few);
	prism_reads *d = calloc((size_t)n, sizeof *d);
	if (!d) prism_error(GL_OUT_OF_MEMORY);
	return d;
}
static void reads_end(prism_reads *d, const prism_reads *few) {
	if (d != few) free(d);
}

void APIENTRY prism_gl_MultiDrawArrays(GLenum mode, const GLint *first, const GLsizei *count, GLsizei n) {
	prism_client *c = prism_client_out();
	if (!c || !good_mode(c, mode) || !good_counts(count, n)) return;
	prism_reads few[FEW], *d;
	if (sends() && n && (d = reads_of(n, few))) {
		for (GLsizei i = 0; i < n; i++) d[i] = (prism_reads){first[i], count[i], 0, 1};
		send_arrays(c, d, n);
		reads_end(d, few);
	}
	prism_arr from, counts;
	if (prism_arr_in(&from, first, (uint64_t)n * 4) && prism_arr_in(&counts, count, (uint64_t)n * 4)) prism_put_glMultiDrawArrays(mode, &from, &counts, n);
}

/* One piece of memory that holds the indices of all draws: the app's own, or *made, which is to be freed. offsets are into it. */
static const void *index_data(const GLsizei *count, uint64_t each, const void *const *indices, GLsizei n, uint64_t *offsets, uint64_t *bytes, uint8_t **made) {
	const uint8_t *at = NULL, *low = NULL;
	bool in_row = true;
	uint64_t total = 0;
	for (GLsizei i = 0; i < n; i++) {
		const uint64_t b = (uint64_t)count[i] * each;
		const uint8_t *p = indices[i];
		total += (b + 3) & ~3ull;
		if (!b) continue;
		if (!p) {
			prism_error(GL_INVALID_VALUE);
			return NULL;
		}
		if (!low) low = p;
		else if (p < at || p - at > 64) in_row = false; /* what lies between is sent, too */
		at = p + b;
	}
	if (total > PRISM_MAX_STAGED || (!in_row && !(*made = malloc(total)))) {
		prism_error(GL_OUT_OF_MEMORY);
		return NULL;
	}
	*bytes = in_row ? (uint64_t)(at - low) : total;
	uint64_t done = 0;
	for (GLsizei i = 0; i < n; i++) {
		const uint64_t b = (uint64_t)count[i] * each;
		offsets[i] = !b ? 0 : in_row ? (uint64_t)((const uint8_t *)indices[i] - low) : done;
		if (!b || in_row) continue;
		memcpy(*made + done, indices[i], b);
		memset(*made + done + b, 0, -b & 3);
		done += (b + 3) & ~3ull;
	}
	return in_row ? (low ? low : (const uint8_t *)"") : *made;
}

static void multi_elements_at(prism_client *c, GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n, const GLint *base, uint64_t *offsets, uint8_t **made) {
	const void *data = NULL;
	uint64_t bytes = 0;
	if (c->vao->element.name)
		for (GLsizei i = 0; i < n; i++) offsets[i] = (uint64_t)(uintptr_t)indices[i];
	else if (!(data = index_data(count, prism_len_indices(1, type), indices, n, offsets, &bytes, made)))
		return;
	prism_reads few[FEW], *d;
	if (sends() && n && (d = reads_of(n, few))) {
		int64_t k = 0;
		for (GLsizei i = 0; i < n; i++) {
			d[k] = (prism_reads){.instances = 1};
			if (index_reads(c, count[i], type, indices[i], base ? base[i] : 0, &d[k])) k++;
		}
		send_arrays(c, d, k);
		reads_end(d, few);
	}
	prism_arr counts, at, bases, all;
	if (prism_arr_in(&counts, count, (uint64_t)n * 4) && prism_arr_in(&at, offsets, (uint64_t)n * 8) && prism_arr_in(&bases, base, base ? (uint64_t)n * 4 : 0) &&
	    prism_arr_in(&all, data, bytes))
		prism_put_prismMultiDrawElements(mode, type, n, &counts, &at, &bases, &all);
}

static void multi_elements(GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n, const GLint *base) {
	prism_client *c = prism_client_out();
	if (!c || !good_mode(c, mode)) return;
	if (!prism_len_indices(1, type)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	if (!good_counts(count, n)) return;
	uint64_t few[FEW], *offsets = n <= FEW ? few : malloc((size_t)n * sizeof *offsets);
	uint8_t *made = NULL;
	if (offsets) multi_elements_at(c, mode, count, type, indices, n, base, offsets, &made);
	else prism_error(GL_OUT_OF_MEMORY);
	free(made);
	if (offsets != few) free(offsets);
}
void APIENTRY prism_gl_MultiDrawElements(GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n) {
	multi_elements(mode, count, type, indices, n, NULL);
}
void APIENTRY prism_gl_MultiDrawElementsBaseVertex(GLenum mode, const GLsizei *count, GLenum type, const void *const *indices, GLsizei n, const GLint *base) {
	multi_elements(mode, count, type, indices, n, base);
}

/* ---- commands in a buffer, or in the app's memory ---- */

/* What such draws read of the app's arrays; p: the commands. */
static void send_commands(prism_client *c, const uint8_t *p, int64_t n, uint32_t stride, GLenum type) {
	prism_reads few[FEW], *d = reads_of(n, few);
	if (!d) return;
	int64_t k = 0;
	for (int64_t i = 0; i < n; i++, p += stride) {
		GLuint w[5];
		memcpy(w, p, type ? 20 : 16);
		if (!type) {
			d[k++] = (prism_reads){w[2], w[0], w[3], w[1]};
			continue;
		}
		d[k] = (prism_reads){.base_instance = w[4], .instances = w[1]};
		const uint64_t at = w[2] * prism_len_indices(1, type);
		if (index_reads(c, w[0], type, (const void *)(uintptr_t)at, (GLint)w[3], &d[k])) k++;
	}
	send_arrays(c, d, k);
	reads_end(d, few);
}

/* Bytes of the buffer at target; NULL: there are not so many, or no memory, or the nodes are lost. To be freed. */
static uint8_t *bytes_at(prism_client *c, GLenum target, uint64_t offset, uint64_t n) {
	uint8_t *p = n <= PRISM_MAX_STAGED && offset <= INT64_MAX ? malloc(n) : NULL;
	if (p && prism_buffer_read(c, target, (int64_t)offset, (int64_t)n, p)) return p;
	free(p);
	return NULL;
}

/* Are there so many bytes at `offset` of the buffer at target? */
static bool room_at(prism_client *c, GLenum target, uint64_t offset, uint64_t n) {
	prism_lock(c);
	const prism_buffer *b = prism_buffer_at(c, target, NULL);
	const bool good = b && offset <= (uint64_t)b->size && n <= (uint64_t)b->size - offset;
	prism_unlock(c);
	if (!good) prism_error(GL_INVALID_OPERATION);
	return good;
}

/* n draws: type 0: of arrays. at: where the count lies in GL_PARAMETER_BUFFER, -1: n is the count. false: an error, nothing is drawn. */
static bool indirect(GLenum mode, GLenum type, bool elements, const void *p, int64_t n, GLsizei stride, int64_t at, prism_arr *a) {
	prism_client *c = prism_client_out();
	if (!c) return false;
	if (!good_mode(c, mode)) return false;
	if (elements && !prism_len_indices(1, type)) {
		prism_error(GL_INVALID_ENUM);
		return false;
	}
	const bool counted = at != -1;
	const uint32_t each = elements ? 20 : 16;
	const uint64_t bytes = prism_len_indirect(n, stride, each);
	const bool buffer = c->buf[PRISM_BUF_DRAW_INDIRECT].name;
	if (n < 0 || stride < 0 || stride & 3 || (buffer && (uintptr_t)p & 3) || (counted && at & 3)) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	const bool loose = c->es && c->vao->enabled & c->vao->user; /* an enabled array without a buffer */
	if (loose || (!buffer && (counted || prism_formats_need_vao(c))) || (counted && !c->buf[PRISM_BUF_PARAMETER].name) || (elements && !c->vao->element.name) ||
	    (prism_formats_need_vao(c) && !c->vao->self.name)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	if ((buffer && !room_at(c, GL_DRAW_INDIRECT_BUFFER, (uintptr_t)p, bytes)) || (counted && !room_at(c, GL_PARAMETER_BUFFER, (uint64_t)at, 4))) return false;
	if (!buffer && !p && bytes) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	if (sends() && bytes) {
		int64_t real = n;
		uint8_t *count = counted ? bytes_at(c, GL_PARAMETER_BUFFER, (uint64_t)at, 4) : NULL;
		if (count) {
			GLuint k;
			memcpy(&k, count, 4);
			if (k < real) real = k;
			free(count);
		}
		uint8_t *own = buffer ? bytes_at(c, GL_DRAW_INDIRECT_BUFFER, (uint64_t)(uintptr_t)p, bytes) : NULL;
		if (own || !buffer) send_commands(c, own ? own : p, real, stride ? (uint32_t)stride : each, elements ? type : 0);
		free(own);
	}
	return buffer ? prism_arr_offset(a, p) : prism_arr_in(a, p, bytes);
}

void APIENTRY prism_gl_DrawArraysIndirect(GLenum mode, const void *p) {
	prism_arr a;
	if (indirect(mode, 0, false, p, 1, 0, -1, &a)) prism_put_glDrawArraysIndirect(mode, &a);
}
void APIENTRY prism_gl_DrawElementsIndirect(GLenum mode, GLenum type, const void *p) {
	prism_arr a;
	if (indirect(mode, type, true, p, 1, 0, -1, &a)) prism_put_glDrawElementsIndirect(mode, type, &a);
}
void APIENTRY prism_gl_MultiDrawArraysIndirect(GLenum mode, const void *p, GLsizei n, GLsizei stride) {
	prism_arr a;
	if (indirect(mode, 0, false, p, n, stride, -1, &a)) prism_put_glMultiDrawArraysIndirect(mode, &a, n, stride);
}
void APIENTRY prism_gl_MultiDrawElementsIndirect(GLenum mode, GLenum type, const void *p, GLsizei n, GLsizei stride) {
	prism_arr a;
	if (indirect(mode, type, true, p, n, stride, -1, &a)) prism_put_glMultiDrawElementsIndirect(mode, type, &a, n, stride);
}
void APIENTRY prism_gl_MultiDrawArraysIndirectCount(GLenum mode, const void *p, GLintptr at, GLsizei most, GLsizei stride) {
	prism_arr a;
	if (at < 0) prism_error(GL_INVALID_VALUE);
	else if (indirect(mode, 0, false, p, most, stride, at, &a)) prism_put_glMultiDrawArraysIndirectCount(mode, &a, at, most, stride);
}
void APIENTRY prism_gl_MultiDrawElementsIndirectCount(GLenum mode, GLenum type, const void *p, GLintptr at, GLsizei most, GLsizei stride) {
	prism_arr a;
	if (at < 0) prism_error(GL_INVALID_VALUE);
	else if (indirect(mode, type, true, p, most, stride, at, &a)) prism_put_glMultiDrawElementsIndirectCount(mode, type, &a, at, most, stride);
}
