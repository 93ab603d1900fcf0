/* Arrays of a record, what is staged for them, scratch, replies. */
#include "state.h"
#include "replay_run.h"
#include "exact.h"
#include "prism_blocks.h"
#include <sys/mman.h>

/* The command is left out because the app made an error that GL itself would have caught without touching memory;
 * the error is reported with the next answer or frame. */
static int x_skip(replay *r, GLenum error) {
	r->error[0] = 0;
	if (r->ctx && !r->ctx->gl_error) r->ctx->gl_error = error;
	said_error(r, error, "a command was left out: it would read or write where there is nothing, or a word of it is not known");
	return REPLAY_CORRUPT; /* with no text: run() goes on */
}

uint64_t x_need(int64_t count, uint64_t elem) {
	uint64_t n;
	if (count <= 0 || __builtin_mul_overflow((uint64_t)count, elem, &n)) return 0;
	return n;
}

int staged_add(replay *r, const void *data, uint64_t n) {
	struct replay_private *p = r->priv;
	if (!p->stage) {
		/* Nobody says that a thread has ended: its place is taken when it has nothing staged. */
		for (unsigned i = 0; p->n_staged >= 64 && i < p->n_staged && !p->stage; i++)
			if (!p->staged[i].n) p->stage = &p->staged[i];
		if (!p->stage) {
			staged *grown = p->n_staged < 4096 ? realloc(p->staged, (p->n_staged + 1) * sizeof *grown) : NULL;
			if (!grown) return x_bad(r, "data", "too many threads have staged bytes");
			p->staged = grown;
			p->stage = &grown[p->n_staged++];
			*p->stage = (staged){0};
		}
		p->stage->thread = r->thread;
	}
	staged *s = p->stage;
	p->tidy = 1;
	if (n > PRISM_MAX_STAGED - s->n) return x_bad(r, "data", "more than %u bytes are staged", PRISM_MAX_STAGED);
	if (s->n + n > s->cap) {
		uint64_t cap = s->cap ? s->cap * 2 : 256 << 10;
		while (cap < s->n + n) cap *= 2;
		uint8_t *grown = realloc(s->p, cap);
		if (!grown) return x_fail(r, "out of memory for %llu staged bytes", (unsigned long long)cap);
		s->p = grown;
		s->cap = cap;
	}
	if (n) memcpy(s->p + s->n, data, n);
	s->n += n;
	return 0;
}

/* What the command did not take is dropped: bytes are staged for one command. */
void staged_end(replay *r, uint32_t thread) {
	staged *s = r->priv->stage;
	if (s->thread != thread || !s->n) return;
	s->n = s->read = 0;
	if (s->cap > 64 << 20) {
		free(s->p);
		s->p = NULL;
		s->cap = 0;
	}
}

/* All but an inline array that is as it should be, which x_blob takes itself. */
int x_blob_checked(replay *r, const char *param, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end, const void **out) {
	*out = NULL;
	switch (b->mode) {
	case PRISM_BLOB_NULL:
		if (b->bytes) return x_bad(r, param, "NULL with %u bytes", b->bytes);
		if (need && !nullable) return x_bad(r, param, "NULL, GL would read %llu bytes", (unsigned long long)need);
		return 0;
#ifdef PRISM_EXACT
	case PRISM_BLOB_NEEDED:
		if (b->bytes || need > PRISM_BLOB_NEEDED_MOST) return x_bad(r, param, "GL would read %llu bytes", (unsigned long long)need);
		*out = x_scratch(r, need);
		return *out ? (memset((void *)(uintptr_t)*out, 0, need), 0) : REPLAY_CORRUPT;
#endif
	case PRISM_BLOB_INLINE:
#ifdef PRISM_EXACT
		if (PRISM_PAD8((uint64_t)b->bytes) <= (uint64_t)(end - *at) && b->bytes >= need) {
			void *own = x_scratch(r, b->bytes);
			if (!own) return REPLAY_CORRUPT;
			memcpy(own, *at, b->bytes);
			*at += PRISM_PAD8((uint64_t)b->bytes);
			*out = own;
			return 0;
		}
#endif
		if (PRISM_PAD8((uint64_t)b->bytes) > (uint64_t)(end - *at))
			return x_bad(r, param, "%u bytes, the record has %llu left", b->bytes, (unsigned long long)(end - *at));
		return x_bad(r, param, "%u bytes, GL would read %llu", b->bytes, (unsigned long long)need);
	case PRISM_BLOB_STAGED: {
		staged *s = r->priv->stage;
		if (!s || b->bytes > s->n - s->read)
			return x_bad(r, param, "%u staged bytes, thread %u has %llu", b->bytes, r->thread, (unsigned long long)(s ? s->n - s->read : 0));
		if (b->bytes < need) return x_bad(r, param, "%u staged bytes, GL would read %llu", b->bytes, (unsigned long long)need);
		/* Alignment 8 for each array: the packer pads nothing, so a later array may have to be moved. */
		uint8_t *p = s->p + s->read;
#ifdef PRISM_EXACT
		const bool move = true;
#else
		const bool move = ((uintptr_t)p & 7) != 0;
#endif
		if (move) {
			void *moved = x_scratch(r, b->bytes);
			if (!moved) return REPLAY_CORRUPT;
			memcpy(moved, p, b->bytes);
			p = moved;
		}
		*out = p;
		s->read += b->bytes;
		return 0;
	}
	case PRISM_BLOB_OFFSET: return x_bad(r, param, "an offset cannot stand here");
	default: return x_bad(r, param, "mode %u is not known", b->mode);
	}
}

/* Pixel store. Images in a record are tight; those in a buffer lie as the app's pixel store says. */
enum { SWAP_BYTES = 0, ROW_LENGTH = 2, SKIP_ROWS, SKIP_PIXELS, IMAGE_HEIGHT = 6, SKIP_IMAGES, BLOCK_WIDTH, BLOCK_HEIGHT, BLOCK_DEPTH, BLOCK_SIZE };
static const struct { GLenum name; GLint tight; } unpack_names[UNPACKS] = {
	{GL_UNPACK_SWAP_BYTES, 0}, {GL_UNPACK_LSB_FIRST, 0}, {GL_UNPACK_ROW_LENGTH, 0}, {GL_UNPACK_SKIP_ROWS, 0},
	{GL_UNPACK_SKIP_PIXELS, 0}, {GL_UNPACK_ALIGNMENT, 1}, {GL_UNPACK_IMAGE_HEIGHT, 0}, {GL_UNPACK_SKIP_IMAGES, 0},
	{GL_UNPACK_COMPRESSED_BLOCK_WIDTH, 0}, {GL_UNPACK_COMPRESSED_BLOCK_HEIGHT, 0}, {GL_UNPACK_COMPRESSED_BLOCK_DEPTH, 0}, {GL_UNPACK_COMPRESSED_BLOCK_SIZE, 0},
};

static void unpack_set(replay *r, bool app) {
	struct replay_context *c = r->ctx;
	if (c->unpack_is_app == app) return;
	for (int i = 0; i < UNPACKS; i++)
		if (c->unpack[i] != unpack_names[i].tight) r->priv->real.PixelStorei(unpack_names[i].name, app ? c->unpack[i] : unpack_names[i].tight);
	c->unpack_is_app = app;
}

void unpack_tight(replay *r) { unpack_set(r, false); }

int unpack_store(replay *r, GLenum pname, GLint value) {
	struct replay_context *c = r->ctx;
	for (int i = 0; i < UNPACKS; i++) {
		if (unpack_names[i].name != pname) continue;
		bool good = pname == GL_UNPACK_ALIGNMENT ? value == 1 || value == 2 || value == 4 || value == 8 : value >= 0;
		if (!good) break; /* GL reports it */
		unpack_tight(r);
		c->unpack[i] = value;
		return 0;
	}
	bool pack = pname >= GL_PACK_SWAP_BYTES && pname <= GL_PACK_ALIGNMENT;
	pack = pack || pname == GL_PACK_IMAGE_HEIGHT || pname == GL_PACK_SKIP_IMAGES || (pname >= GL_PACK_COMPRESSED_BLOCK_WIDTH && pname <= GL_PACK_COMPRESSED_BLOCK_SIZE);
	if (pack && value >= 0) return 0; /* answers are tight */
	r->priv->real.PixelStorei(pname, value);
	return 0;
}

static GLenum binding_query(GLenum target) {
	switch (target) {
	case GL_ARRAY_BUFFER: return GL_ARRAY_BUFFER_BINDING;
	case GL_ELEMENT_ARRAY_BUFFER: return GL_ELEMENT_ARRAY_BUFFER_BINDING;
	case GL_PIXEL_PACK_BUFFER: return GL_PIXEL_PACK_BUFFER_BINDING;
	case GL_PIXEL_UNPACK_BUFFER: return GL_PIXEL_UNPACK_BUFFER_BINDING;
	case GL_DRAW_INDIRECT_BUFFER: return GL_DRAW_INDIRECT_BUFFER_BINDING;
	case GL_DISPATCH_INDIRECT_BUFFER: return GL_DISPATCH_INDIRECT_BUFFER_BINDING;
	case GL_PARAMETER_BUFFER: return GL_PARAMETER_BUFFER_BINDING;
	case GL_QUERY_BUFFER: return GL_QUERY_BUFFER_BINDING;
	default: return 0;
	}
}

/* Reads an offset into the buffer that is bound at `binding`. */
static int offset_in(replay *r, const char *param, GLenum binding, const prism_blob *b, const uint8_t **at, const uint8_t *end, uint64_t *offset) {
	if (b->bytes != 8 || end - *at < 8) return x_bad(r, param, "an offset of %u bytes", b->bytes);
	memcpy(offset, *at, 8);
	*at += 8;
	const GLenum q = binding_query(binding);
	if (!q) return x_bad(r, param, "no offset is possible at binding %#x", binding);
	GLint name = 0;
	r->priv->real.GetIntegerv(q, &name);
	return name ? 0 : x_skip(r, GL_INVALID_OPERATION);
}

int x_blob_or_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end,
                     const void **out) {
	struct replay_private *p = r->priv;
	if (b->mode != PRISM_BLOB_OFFSET) {
		/* With a buffer bound GL would take the pointer for an offset into it. */
		GLenum q = binding_query(binding);
		GLint name = 0;
		if (q) p->real.GetIntegerv(q, &name);
		if (binding == GL_PIXEL_UNPACK_BUFFER) unpack_tight(r);
		if (x_blob(r, param, b, need, nullable, at, end, out)) return REPLAY_CORRUPT;
		return name && *out ? x_skip(r, GL_INVALID_OPERATION) : 0;
	}
	uint64_t offset;
	*out = NULL;
	const int rc = offset_in(r, param, binding, b, at, end, &offset);
	if (rc) return rc;
	GLint64 size = 0;
	if (p->real.GetBufferParameteri64v) p->real.GetBufferParameteri64v(binding, GL_BUFFER_SIZE, &size);
	else if (p->real.GetBufferParameteriv) {
		GLint s = 0;
		p->real.GetBufferParameteriv(binding, GL_BUFFER_SIZE, &s);
		size = s;
	}
	/* Where access is robust GL reads zeros behind the end, as it would for the app; else the command is left out. */
	if (size < 0 || offset > (uint64_t)size || (!p->dev->robust && need > (uint64_t)size - offset)) return x_skip(r, GL_INVALID_OPERATION);
	if (binding == GL_PIXEL_UNPACK_BUFFER) unpack_set(r, true);
	*out = (const void *)(uintptr_t)offset;
	return 0;
}

/* An image in a buffer whose bytes are to be swapped. Mesa swaps into memory that it then leaves by what the store skips, over its end: so the
 * bytes are swapped here, into a buffer that lasts for this command, and all else of the store stays. Skips and pitches are multiples
 * of the unit, whatever the image is: units lie one behind the other from the offset on. */
static int unswap(replay *r, GLenum type, const void **out) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	int packed;
	const uint32_t element = prism_len_unit(type, &packed), unit = element == 8 ? 4 : element;
	const uint64_t offset = (uint64_t)(uintptr_t)*out;
	GLint size = 0, was = 0;
	if (unit < 2 || r->ctx->in_begin || !g->GetBufferSubData) return 0;
	g->GetBufferParameteriv(GL_PIXEL_UNPACK_BUFFER, GL_BUFFER_SIZE, &size);
	if (offset % element || size < 0 || offset > (uint64_t)size) return x_skip(r, GL_INVALID_OPERATION);
	const uint64_t n = (uint64_t)size - offset;
	uint8_t *b = n && n <= PRISM_MAX_STAGED ? x_scratch(r, n) : NULL;
	if (!b) return n ? x_skip(r, GL_OUT_OF_MEMORY) : 0;
	replay_collect_error(r);
	g->GetBufferSubData(GL_PIXEL_UNPACK_BUFFER, (GLintptr)offset, (GLsizeiptr)n, b);
	if (replay_failed(r)) return x_skip(r, GL_INVALID_OPERATION);
	for (uint64_t i = 0; i + unit <= n; i += unit)
		for (uint32_t k = 0; k < unit / 2; k++) {
			const uint8_t low = b[i + k];
			b[i + k] = b[i + unit - 1 - k];
			b[i + unit - 1 - k] = low;
		}
	g->GetIntegerv(GL_PIXEL_UNPACK_BUFFER_BINDING, &was);
	p->unswapped.was = (GLuint)was;
	g->GenBuffers(1, &p->unswapped.buffer);
	g->BindBuffer(GL_PIXEL_UNPACK_BUFFER, p->unswapped.buffer);
	g->BufferData(GL_PIXEL_UNPACK_BUFFER, (GLsizeiptr)n, b, GL_STREAM_DRAW);
	g->PixelStorei(GL_UNPACK_SWAP_BYTES, 0);
	*out = NULL;
	return 0;
}

void unswap_end(replay *r) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	if (!p->unswapped.buffer) return;
	g->BindBuffer(GL_PIXEL_UNPACK_BUFFER, p->unswapped.was);
	g->DeleteBuffers(1, &p->unswapped.buffer);
	g->PixelStorei(GL_UNPACK_SWAP_BYTES, 1);
	p->unswapped.buffer = 0;
}

int x_image(replay *r, const char *param, const prism_blob *b, GLenum format, GLenum type, uint64_t need, bool nullable, const uint8_t **at, const uint8_t *end,
            const void **out) {
	const bool known = prism_len_image(1, 1, 1, format, type);
	if (x_blob_or_offset(r, param, GL_PIXEL_UNPACK_BUFFER, b, known ? need : 0, nullable || !known, at, end, out)) return REPLAY_CORRUPT;
	if (!known) { /* GL says what is wrong, and is given nothing to read */
		*out = NULL;
		return 0;
	}
	return b->mode == PRISM_BLOB_OFFSET && r->ctx->unpack[SWAP_BYTES] ? unswap(r, type, out) : 0;
}

GLsizei x_columns(const prism_blob *b, GLenum format, GLenum type, int32_t width) {
	return width > 0 && (b->mode == PRISM_BLOB_NULL || !prism_len_image(1, 1, 1, format, type)) ? 0 : width;
}

/* With a store for compressed images a driver goes by its own idea of the format's blocks: there it must be the app's, too. */
int x_compressed(replay *r, const char *param, const prism_blob *b, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, uint64_t bytes, bool nullable,
                 const uint8_t **at, const uint8_t *end, const void **out) {
	const GLint *u = r->ctx->unpack;
	if (b->mode != PRISM_BLOB_OFFSET || !u[BLOCK_SIZE]) return x_blob_or_offset(r, param, GL_PIXEL_UNPACK_BUFFER, b, bytes, nullable, at, end, out);
	const prism_block_store s = {u[ROW_LENGTH], u[IMAGE_HEIGHT], u[SKIP_PIXELS], u[SKIP_ROWS], u[SKIP_IMAGES], u[BLOCK_WIDTH], u[BLOCK_HEIGHT], u[BLOCK_DEPTH], u[BLOCK_SIZE]};
	prism_blocks blocks = {0};
	uint32_t bw, bh, each;
	GLint64 size = 0;
	const bool fits = prism_block(format, &bw, &bh, &each) && (!s.width || (uint32_t)s.width == bw) && (dims < 2 || !s.height || (uint32_t)s.height == bh) &&
	                  s.depth <= 1 && (uint32_t)s.size == each && prism_blocks_skip(&s, dims) && prism_blocks_of(&s, format, dims, w, h, d, bytes, &blocks);
	if (x_blob_or_offset(r, param, GL_PIXEL_UNPACK_BUFFER, b, bytes, nullable, at, end, out)) return REPLAY_CORRUPT;
	if (r->priv->real.GetBufferParameteri64v) r->priv->real.GetBufferParameteri64v(GL_PIXEL_UNPACK_BUFFER, GL_BUFFER_SIZE, &size);
	return fits && (uint64_t)(uintptr_t)*out + blocks.end <= (uint64_t)size ? 0 : x_skip(r, GL_INVALID_OPERATION);
}

int x_offset(replay *r, const char *param, GLenum binding, const prism_blob *b, const uint8_t **at, const uint8_t *end, const void **out) {
	if (b->mode != PRISM_BLOB_OFFSET) return x_bad(r, param, "mode %u, want an offset into a buffer: GL keeps the address", b->mode);
	uint64_t offset = 0;
	*out = NULL;
	const int rc = offset_in(r, param, binding, b, at, end, &offset);
	/* How large the buffer is counts when it is drawn from (bounds.c): it may get its store after the array is pointed. */
	if (!rc && offset > INT64_MAX) return x_skip(r, GL_INVALID_OPERATION);
	*out = (const void *)(uintptr_t)offset;
	return rc;
}

int x_string(replay *r, const char *param, const prism_blob *b, const uint8_t **at, const uint8_t *end, const GLchar **out) {
	const void *p;
	if (x_blob(r, param, b, 1, false, at, end, &p)) return REPLAY_CORRUPT;
	if (!b->bytes || ((const char *)p)[b->bytes - 1]) return x_bad(r, param, "a string of %u bytes without NUL at its end", b->bytes);
	*out = p;
	return 0;
}

int x_strings(replay *r, const char *param, const prism_blob *b, GLsizei n, const uint8_t **at, const uint8_t *end, const GLchar *const **out, const GLint **lens) {
	const void *p;
	*out = NULL;
	*lens = NULL;
	if (n <= 0 && b->mode == PRISM_BLOB_NULL) return x_blob(r, param, b, 0, true, at, end, &p);
	if (x_blob(r, param, b, 4, false, at, end, &p)) return REPLAY_CORRUPT;
	uint32_t count;
	memcpy(&count, p, 4);
	if (n < 0) n = 0;
	if (count != (uint32_t)n) return x_bad(r, param, "%u strings, want %d", count, n);
	if ((uint64_t)count * 4 + 4 > b->bytes) return x_bad(r, param, "%u strings in %u bytes", count, b->bytes);
	const GLchar **s = x_scratch(r, (uint64_t)count * sizeof *s + 8);
	GLint *l = x_scratch(r, (uint64_t)count * sizeof *l + 8);
	if (!s || !l) return REPLAY_CORRUPT;
	uint64_t left = b->bytes - 4 - (uint64_t)count * 4;
	const char *text = (const char *)p + 4 + (uint64_t)count * 4;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t len;
		memcpy(&len, (const char *)p + 4 + 4 * (uint64_t)i, 4);
		if (len > left || len > INT32_MAX) return x_bad(r, param, "string %u has %u bytes, %llu are left", i, len, (unsigned long long)left);
		s[i] = text;
		l[i] = (GLint)len;
		text += len;
		left -= len;
	}
	*out = s;
	*lens = l;
	return 0;
}

/* Scratch: one block that grows between records, and spill for what does not fit within one. */
void *x_scratch(replay *r, uint64_t bytes) {
	struct replay_private *p = r->priv;
	if (bytes > PRISM_MAX_STAGED) {
		x_bad(r, "", "%llu bytes are needed, %u is the most", (unsigned long long)bytes, PRISM_MAX_STAGED);
		return NULL;
	}
	p->tidy = 1;
#ifndef PRISM_EXACT
	bytes = PRISM_PAD8(bytes ? bytes : 8);
	if (bytes <= p->scratch_cap - p->scratch_used) {
		void *at = p->scratch + p->scratch_used;
		p->scratch_used += bytes;
		return at;
	}
#endif
	void **list = realloc(p->spill, (p->n_spill + 1) * sizeof *list);
	if (list) p->spill = list;
	void *at = list ? malloc(bytes) : NULL;
	if (!at) {
		x_bad(r, "", "out of memory for %llu bytes", (unsigned long long)bytes);
		return NULL;
	}
	p->spill[p->n_spill++] = at;
	return at;
}

void scratch_reset(replay *r) {
	struct replay_private *p = r->priv;
	p->scratch_used = 0;
	if (p->scratch_cap == 0) {
		p->scratch = malloc(64 << 10);
		p->scratch_cap = p->scratch ? 64 << 10 : 0;
	}
	while (p->n_spill) free(p->spill[--p->n_spill]);
}

void scratch_free(replay *r) {
	struct replay_private *p = r->priv;
	while (p->n_spill) free(p->spill[--p->n_spill]);
	free(p->spill);
	free(p->scratch);
}

/* Room for replies is address space, taken once: unpackers hold pointers into it while they ask for more. */
#ifndef REPLY_ROOM
#define REPLY_ROOM ((uint64_t)PRISM_MAX_STAGED + (256u << 20))
#endif

static void *reply_room(replay *r, uint64_t bytes) {
	struct replay_private *p = r->priv;
	if (!p->reply) {
		void *m = mmap(NULL, REPLY_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (m == MAP_FAILED) {
			x_fail(r, "no address space for answers");
			return NULL;
		}
		p->reply = m;
		prism_poison(p->reply, REPLY_ROOM);
	}
	if (bytes > REPLY_ROOM - p->reply_n) {
		x_bad(r, "", "the answers of one batch exceed %llu bytes", (unsigned long long)REPLY_ROOM);
		return NULL;
	}
	void *at = p->reply + p->reply_n;
	prism_unpoison(at, bytes);
	memset(at, 0, bytes);
	p->reply_n += bytes;
	return at;
}

void replies_free(replay *r) {
	if (r->priv->reply) prism_unpoison(r->priv->reply, REPLY_ROOM);
	if (r->priv->reply) munmap(r->priv->reply, REPLY_ROOM);
}

const uint8_t *replay_replies(replay *r) { return r->priv->reply; }

void replay_replies_take(replay *r, uint8_t *to) {
	struct replay_private *p = r->priv;
	prism_unpoison(p->reply, p->reply_n);
	memcpy(to, p->reply, p->reply_n);
	prism_poison(p->reply, p->reply_n);
	if (p->reply_n > 16 << 20) madvise(p->reply, p->reply_n, MADV_DONTNEED);
	p->reply_n = 0;
}

void x_reply_begin(replay *r, uint64_t id) {
	struct replay_private *p = r->priv;
	replay_collect_error(r);
	p->reply_at = p->reply_n;
	p->reply_out = 0;
	p->reply_open = true;
	uint8_t *at = reply_room(r, 8 + sizeof(prism_reply));
	if (!at) {
		p->reply_at = UINT64_MAX; /* x_reply_out will say so */
		return;
	}
	prism_reply *h = (void *)(at + 8);
	h->id = id;
	h->status = PRISM_REPLY_OK;
}

/* After a record that failed: what it has written of its answer does not go out. */
void replies_whole(replay *r) {
	struct replay_private *p = r->priv;
	if (p->reply_open && p->reply_at != UINT64_MAX) p->reply_n = p->reply_at;
	p->reply_open = false;
}

void x_reply_ret(replay *r, uint64_t ret) {
	struct replay_private *p = r->priv;
	if (p->reply_at != UINT64_MAX) ((prism_reply *)(void *)(p->reply + p->reply_at + 8))->ret = ret;
}

void *x_reply_out(replay *r, uint64_t bytes) {
	struct replay_private *p = r->priv;
	uint64_t was = p->reply_n;
	uint32_t *h = bytes <= PRISM_MAX_STAGED && p->reply_at != UINT64_MAX ? reply_room(r, 8 + PRISM_PAD8(bytes)) : NULL;
	if (!h) {
		if (!r->error[0]) x_bad(r, "", "an answer of %llu bytes", (unsigned long long)bytes);
		return NULL;
	}
	p->reply_out = was + 1; /* 0: none */
	h[0] = (uint32_t)bytes;
	prism_poison((uint8_t *)(h + 2) + bytes, PRISM_PAD8(bytes) - bytes);
	return h + 2;
}

void x_reply_trim(replay *r, uint64_t bytes) {
	struct replay_private *p = r->priv;
	if (!p->reply_out) return;
	uint32_t *h = (void *)(p->reply + p->reply_out - 1);
	if (bytes >= h[0]) return;
	h[0] = (uint32_t)bytes;
	uint64_t room = PRISM_PAD8(bytes);
	prism_unpoison(h + 2, room);
	memset((uint8_t *)(h + 2) + bytes, 0, room - bytes);
	p->reply_n = p->reply_out - 1 + 8 + room;
}

void x_reply_end(replay *r) {
	struct replay_private *p = r->priv;
	p->reply_open = false;
	if (p->reply_at == UINT64_MAX) return;
	prism_reply *h = (void *)(p->reply + p->reply_at + 8);
	/* GL leaves the app's memory as it is when it has an error to tell: no arrays, and the driver writes none. */
	if (replay_failed(r)) p->reply_n = p->reply_at + 8 + sizeof *h;
	if (p->lead && r->ctx) { /* the others have the same error; it is told once */
		h->error = r->ctx->gl_error;
		r->ctx->gl_error = 0;
	}
	*(uint32_t *)(void *)(p->reply + p->reply_at) = (uint32_t)(p->reply_n - p->reply_at - 8);
}
