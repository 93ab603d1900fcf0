#include "state.h"
#include "replay_run.h"
#include <stdarg.h>
#include <stdio.h>

__thread replay *replay_now;

/* What the walk must know of an op. */
enum { OP_DRAW = 1, OP_GL = 2 /* needs a context */, OP_CORE = 4 /* prism's own: contexts may change under it */ };
static uint8_t op_info[PRISM_OPS];
static void op_infos(void) {
	static const uint16_t core[] = {
		PRISM_OP_prismData, PRISM_OP_prismContextCreate, PRISM_OP_prismContextDestroy, PRISM_OP_prismMakeCurrent,
		PRISM_OP_prismDrawableCreate, PRISM_OP_prismDrawableResize, PRISM_OP_prismDrawableDestroy, PRISM_OP_prismDrawableAccum, PRISM_OP_prismSwap,
		PRISM_OP_prismFinish, PRISM_OP_prismFlushFront, PRISM_OP_prismGather, PRISM_OP_prismExchange,
		PRISM_OP_prismImageGather, PRISM_OP_prismImageExchange,
	};
	for (size_t i = 0; i < PRISM_OPS; i++) op_info[i] = (uint8_t)(OP_GL | (replay_class[i] == PRISM_CLASS_DRAW ? OP_DRAW : 0));
	for (size_t i = 0; i < sizeof core / sizeof *core; i++) op_info[core[i]] = OP_CORE;
}

int x_bad(replay *r, const char *param, const char *fmt, ...) {
	va_list ap;
	int n = snprintf(r->error, sizeof r->error, "%s%s", param, *param ? ": " : "");
	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < sizeof r->error) vsnprintf(r->error + n, sizeof r->error - (size_t)n, fmt, ap);
	va_end(ap);
	return REPLAY_CORRUPT;
}

int x_fail(replay *r, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(r->error, sizeof r->error, fmt, ap);
	va_end(ap);
	return REPLAY_DEVICE;
}

void x_note(replay *r, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	if (!r->priv->note[0]) vsnprintf(r->priv->note, sizeof r->priv->note, fmt, ap);
	va_end(ap);
}

bool x_answers(replay *r) { return r->priv->lead; }

drawable *replay_drawable(replay *r, uint32_t serial) {
	struct replay_private *p = r->priv;
	for (unsigned i = 0; i < p->n_drawables; i++)
		if (p->drawables[i]->serial == serial) return p->drawables[i];
	return NULL;
}

struct replay_context *replay_context_by(replay *r, uint32_t serial) {
	struct replay_private *p = r->priv;
	for (unsigned i = 0; i < p->n_ctxs; i++)
		if (p->ctxs[i]->serial == serial) return p->ctxs[i];
	return NULL;
}

/* Comes before a context other than the app's is made current: what one has drawn is there for another when it has been carried out, and no sooner. llvmpipe
 * (Mesa 22.3) draws in threads of its own, and a pixel that it has not got to is read as it was before, and written over what is read. */
void replay_drawn(replay *r) {
	if (r->ctx && !r->ctx->in_begin && !r->priv->util_current) r->priv->real.Finish();
}

/* Our own context is current on p->util_surface or on d's pbuffer; the app's state is out of reach meanwhile. */
static bool util_on(replay *r, void *surface) {
	struct replay_private *p = r->priv;
	char err[256];
	replay_drawn(r);
	if (!p->dev->make_current(p->dev, surface, surface, p->util, err, sizeof err)) {
		x_fail(r, "%s", err);
		return false;
	}
	p->util_current = true;
	return true;
}
bool replay_util(replay *r) { return util_on(r, r->priv->util_surface); }
bool replay_util_on(replay *r, drawable *d) { return surface_make(r, d) && util_on(r, d->surface); }

bool replay_current(replay *r) {
	struct replay_private *p = r->priv;
	struct replay_context *c = r->ctx;
	char err[256];
	void *draw = NULL, *read = NULL;
	if (c) {
		draw = !c->draw ? NULL : framebuffer_pbuffer(r, c->draw) ? c->draw->surface : p->util_surface;
		read = !c->read ? NULL : framebuffer_pbuffer(r, c->read) ? c->read->surface : p->util_surface;
	}
	if (!p->dev->make_current(p->dev, draw, read, c ? c->egl : NULL, err, sizeof err)) {
		x_fail(r, "%s", err);
		return false;
	}
	p->util_current = false;
	return true;
}

/* A new pbuffer, cleared: what a window holds before it is drawn to is undefined, but must be the same on all nodes. */
bool surface_make(replay *r, drawable *d) {
	struct replay_private *p = r->priv;
	if (d->surface) return true;
	char err[256];
	d->surface = p->dev->surface_new(p->dev, &d->want, err, sizeof err);
	if (!d->surface) {
		x_fail(r, "drawable %u: %s", d->serial, err);
		return false;
	}
	d->version++;
	if (!util_on(r, d->surface)) return false;
	p->real.ClearColor(0, 0, 0, 0);
	p->real.ClearDepth(1);
	p->real.ClearStencil(0);
	p->real.Clear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	return true;
}

int replay_bind(replay *r, uint32_t ctx, uint32_t draw, uint32_t read) {
	struct replay_private *p = r->priv;
	if (!ctx) {
		if (r->ctx) {
			r->ctx = NULL;
			if (!replay_current(r)) return REPLAY_DEVICE;
		}
		return 0;
	}
	struct replay_context *c = r->ctx && r->ctx->serial == ctx ? r->ctx : replay_context_by(r, ctx);
	if (!c) return x_bad(r, "ctx", "context %u is not known", ctx);
	drawable *d = NULL, *e = NULL;
	if (draw && !(d = replay_drawable(r, draw))) return x_bad(r, "draw", "drawable %u is not known", draw);
	if (read && !(e = read == draw ? d : replay_drawable(r, read))) return x_bad(r, "read", "drawable %u is not known", read);
	if ((d && framebuffer_pbuffer(r, d) && !surface_make(r, d)) || (e && framebuffer_pbuffer(r, e) && !surface_make(r, e))) return REPLAY_DEVICE;
	if (c == r->ctx && d == c->draw && e == c->read && (!d || d->version == c->draw_version) && (!e || e->version == c->read_version) &&
	    !p->util_current)
		return 0;
	const drawable *moves = d && drawable_held_changes(d) ? d : e && drawable_held_changes(e) ? e : NULL;
	if (moves) {
		x_fail(r, "drawable %u: the part of it that is held cannot become another one", moves->serial);
		return REPLAY_DEVICE;
	}
	if (c->in_begin && d == c->draw && e == c->read) { /* nothing may be set between glBegin and glEnd, nor stand there in a list: after it */
		p->rebind = true;
		if (c == r->ctx && !p->util_current) return 0;
		r->ctx = c;
		return replay_current(r) ? 0 : REPLAY_DEVICE;
	}
	r->ctx = c;
	c->draw = d;
	c->read = e;
	if (!replay_current(r)) return REPLAY_DEVICE;
	c->draw_version = d ? d->version : 0;
	c->read_version = e ? e->version : 0;
	bool first = d && !c->seen_surface;
	if (d) c->seen_surface = true;
	virtual_bound(r, first);
	return p->failed ? REPLAY_DEVICE : 0;
}

bool replay_failed(replay *r) {
	struct replay_private *p = r->priv;
	struct replay_context *c = r->ctx;
	bool any = false;
	if (!c || c->in_begin || p->util_current) return false;
	for (int i = 0; i < 8; i++) {
		GLenum e = p->real.GetError();
		if (e == GL_NO_ERROR) break;
		if (!c->gl_error) c->gl_error = e;
		any = true;
	}
	return any;
}

void replay_collect_error(replay *r) { (void)replay_failed(r); }

static int chunk_header(replay *r, const uint8_t *at, uint64_t left) {
	struct replay_private *p = r->priv;
	const prism_chunk *c = (const void *)at;
	p->rec_index = 0;
	p->op = 0;
	if (left < sizeof *c) return x_bad(r, "", "%llu bytes left, a chunk's header has %zu", (unsigned long long)left, sizeof *c);
	p->chunk_seq = c->seq;
	if (c->magic != PRISM_CHUNK_MAGIC) return x_bad(r, "", "magic is %#x, want %#x", c->magic, PRISM_CHUNK_MAGIC);
	if (c->bytes > PRISM_MAX_CHUNK) return x_bad(r, "", "length %u exceeds %u", c->bytes, PRISM_MAX_CHUNK);
	if (c->bytes & 7) return x_bad(r, "", "length %u is no multiple of 8", c->bytes);
	if (c->bytes > left - sizeof *c)
		return x_bad(r, "", "length %u exceeds the %llu bytes left", c->bytes, (unsigned long long)(left - sizeof *c));
	p->chunk_left = c->bytes;
	p->chunk_records = c->records;
	p->chunk_ctx = c->ctx;
	p->chunk_draw = c->draw;
	p->chunk_read = c->read;
	r->thread = c->thread;
	p->stage = NULL;
	for (unsigned i = 0; i < p->n_staged; i++)
		if (p->staged[i].thread == c->thread) p->stage = &p->staged[i];
	p->tidy = p->stage && p->stage->n;
	return 0;
}

#define unlikely(x) __builtin_expect(!!(x), 0)

/* After a record that took staged bytes or scratch. */
static void tidy(replay *r) {
	struct replay_private *p = r->priv;
	p->tidy = 0;
	unswap_end(r);
	if (p->stage) staged_end(r, r->thread);
	scratch_reset(r);
}

/* A command is left out; if it was a question, somebody waits. Those that are not for this node have not been looked at. */
static int answer_skipped(replay *r, const prism_rec *rec) {
	uint64_t id;
	if (!(rec->flags & PRISM_REC_REPLY) || rec->size < sizeof *rec + sizeof id) return 0;
	memcpy(&id, rec + 1, sizeof id);
	replies_whole(r);
	x_reply_begin(r, id);
	x_reply_end(r);
	return r->error[0] ? REPLAY_CORRUPT : 0;
}

static int run(replay *r, const uint8_t *const base, uint64_t n, uint64_t *consumed) {
	struct replay_private *p = r->priv;
	const uint8_t *at = base, *const all = base + n;
	int rc = 0;
	while (at < all) {
		if (!p->chunk_left) {
			rc = chunk_header(r, at, (uint64_t)(all - at));
			if (rc) break;
			at += sizeof(prism_chunk);
			if (!p->chunk_left) {
				if (p->chunk_records) {
					rc = x_bad(r, "", "no records, the header says %u", p->chunk_records);
					break;
				}
				continue;
			}
		}
		/* After a stop the rest of a chunk comes again; that it is there was checked with the header. */
		if (p->chunk_left > (uint64_t)(all - at)) {
			rc = x_bad(r, "", "%u bytes of the chunk are missing", p->chunk_left - (uint32_t)(all - at));
			break;
		}
		const uint8_t *const end = at + p->chunk_left;
		uint32_t index = p->rec_index, op = 0;
		uint64_t draws = 0;
		uint8_t watch = OP_CORE | OP_GL; /* bits of op_info that ask for more than the call */
		while (at < end) {
			const prism_rec *rec = (const void *)at;
			uint32_t size = rec->size;
			op = rec->op;
			if (unlikely(size - sizeof *rec > PRISM_MAX_RECORD - sizeof *rec || size > (uint64_t)(end - at) || size & 7)) {
				rc = x_bad(r, "", "length %u: want a multiple of 8 from 8 to %u, %llu bytes are left", size, PRISM_MAX_RECORD,
				           (unsigned long long)(end - at));
				break;
			}
			if (unlikely(op >= PRISM_OPS || size < replay_fixed[op])) {
				rc = op >= PRISM_OPS ? x_bad(r, "", "op %u is not one that a node takes", op)
				                     : x_bad(r, "", "length %u, its fixed part has %u", size, replay_fixed[op]);
				break;
			}
			const replay_fn fn = replay_table[op];
			if (unlikely(!fn)) {
				if (replay_names[op] && replay_class[op] == PRISM_CLASS_CLIENT) {
					index++; /* meant for the session, which may pass chunks on whole */
					at += size;
					continue;
				}
				rc = x_bad(r, "", "op %u is not one that a node takes", op);
				break;
			}
			const uint8_t info = op_info[op];
			if (unlikely(info & watch)) {
				watch = OP_CORE | OP_GL;
				if (info & OP_GL) {
					rc = replay_bind(r, p->chunk_ctx, p->chunk_draw, p->chunk_read);
					if (!rc && !r->ctx) rc = x_bad(r, "", "no context is current");
					if (rc) break;
					timing_begin(r);
					watch = OP_CORE;
				}
			}
			draws += info & OP_DRAW;
			rc = fn(r, at, at + size);
			index++;
			at += size;
			if (unlikely(rc | p->tidy | p->rebind)) {
				/* Skipped: an error of the app's, which GL would have reported and done nothing (x_skip in args.c). */
				if (rc == REPLAY_CORRUPT && !r->error[0]) rc = answer_skipped(r, rec);
				if (rc) {
					index -= rc != REPLAY_STOP;
					break;
				}
				if (op != PRISM_OP_prismData) tidy(r);
				if (p->rebind && r->ctx && !r->ctx->in_begin) {
					p->rebind = false;
					rc = replay_bind(r, p->chunk_ctx, p->chunk_draw, p->chunk_read);
					if (rc) break;
				}
			}
		}
		p->chunk_left = (uint32_t)(end - at);
		p->stop.records += index - p->rec_index;
		p->stop.draws += draws;
		p->rec_index = index;
		p->op = (uint16_t)op;
		if (rc) break;
		if (index != p->chunk_records) {
			rc = x_bad(r, "", "%u records, the chunk's header says %u", index, p->chunk_records);
			break;
		}
	}
	if (p->tidy && rc) tidy(r);
	*consumed = (uint64_t)(at - base);
	return rc;
}

void replay_run(replay *r, const uint8_t *b, uint64_t n, replay_result *out) {
	struct replay_private *p = r->priv;
	replay_now = r;
	r->error[0] = 0;
	memset(out, 0, sizeof *out);
	p->reply_n = 0;
	int rc = (uintptr_t)b & 7 ? x_bad(r, "", "the batch does not lie at a multiple of 8") : run(r, b, n, &out->consumed);
	out->status = rc;
	replies_whole(r);
	if (rc == REPLAY_OK || rc == REPLAY_STOP) timing_end(r);
	p->stop.bytes += out->consumed;
	out->op = p->op;
	out->chunk = p->chunk_seq;
	out->record = p->rec_index - (rc == REPLAY_STOP);
	out->replies = (uint32_t)p->reply_n;
	if (rc != REPLAY_STOP) return;
	out->drawable = p->stop.drawable;
	out->frame = p->stop.frame;
	out->count = p->stop.count;
	if (p->op == PRISM_OP_prismFinish && r->ctx) {
		out->gl_error = r->ctx->gl_error;
		r->ctx->gl_error = 0;
	}
	if (p->op == PRISM_OP_prismSwap || p->op == PRISM_OP_prismFlushFront) {
		out->records = p->stop.records;
		out->draws = p->stop.draws;
		out->bytes = p->stop.bytes;
		if (r->ctx) { /* the others' wait for their own frame or answer */
			out->gl_error = r->ctx->gl_error;
			r->ctx->gl_error = 0;
		}
		drawable *d = replay_drawable(r, p->stop.drawable);
		out->width = d ? d->full_w : 0;
		out->height = d ? d->full_h : 0;
		memset(&p->stop, 0, sizeof p->stop);
	}
}

const char *replay_error(replay *r) { return r->error; }
const char *replay_op_name(uint32_t op) { return op && op < PRISM_OPS && replay_names[op] ? replay_names[op] : ""; }
void replay_lead(replay *r, bool lead) { r->priv->lead = lead; }
void replay_make(replay *r, bool fbo) { r->priv->make = fbo ? FB_FBO : FB_PBUFFER; }
void replay_note(replay *r, char *to, size_t bytes) {
	snprintf(to, bytes, "%s", r->priv->note);
	r->priv->note[0] = 0;
}

static bool load_real(struct replay_private *p, char *err, size_t err_bytes) {
	struct real_gl *g = &p->real;
#define NEED(name) \
	if (!(g->name = (void *)p->dev->proc("gl" #name))) { snprintf(err, err_bytes, "replay: the driver has no gl" #name); return false; }
#define MAY(name) g->name = (void *)p->dev->proc("gl" #name);
	REAL_GL(NEED, MAY)
#undef NEED
#undef MAY
	return true;
}

static __thread prism_device *loading;
static void *get_proc(const char *name) { return virtual_proc(loading, name); }

replay *replay_new(void *device, char *err, size_t err_bytes) {
	op_infos();
	replay *r = calloc(1, sizeof *r);
	struct replay_private *p = calloc(1, sizeof *p);
	if (!r || !p) {
		snprintf(err, err_bytes, "replay: out of memory");
		goto fail;
	}
	r->priv = p;
	p->dev = device;
	p->arrays_version = 1;
	const prism_context_want legacy = {0, 0, 0, false};
	const prism_surface_want small = {16, 16, 8, 24, 8, 0};
	p->util = p->dev->context_new(p->dev, NULL, &legacy, err, err_bytes);
	if (!p->util) goto fail;
	p->util_surface = p->dev->surface_new(p->dev, &small, err, err_bytes);
	if (!p->util_surface) goto fail;
	/* Entry points may be asked for, or depend on it, only while a context is current. */
	if (!p->dev->make_current(p->dev, p->util_surface, p->util_surface, p->util, err, err_bytes) || !load_real(p, err, err_bytes)) goto fail;
	p->util_current = true;
	p->flips = replay_offered(r, "GL_MESA_framebuffer_flip_y");
	loading = p->dev;
	prism_glapi_load(&r->gl, get_proc);
	return r;
fail:
	if (r && r->priv) replay_free(r);
	else {
		free(r);
		free(p);
	}
	return NULL;
}

void replay_free(replay *r) {
	struct replay_private *p = r->priv;
	char err[256];
	replay_now = r;
	if (p->util) p->dev->make_current(p->dev, NULL, NULL, NULL, err, sizeof err);
	for (unsigned i = 0; i < p->n_ctxs; i++) {
		struct replay_context *c = p->ctxs[i];
		list_drop(c);
		p->dev->context_free(p->dev, c->egl);
		if (--c->group->users == 0) group_free(r, c->group);
		client_side_free(c);
		timing_free(c);
		free(c);
	}
	for (unsigned i = 0; i < p->n_drawables; i++) {
		if (p->drawables[i]->surface) p->dev->surface_free(p->dev, p->drawables[i]->surface);
		framebuffer_kept_free(p->drawables[i]);
		accum_drop(p->drawables[i]);
		free(p->drawables[i]);
	}
	if (p->util_surface) p->dev->surface_free(p->dev, p->util_surface);
	if (p->util) p->dev->context_free(p->dev, p->util);
	for (unsigned i = 0; i < p->n_staged; i++) free(p->staged[i].p);
	free(p->staged);
	handles_free(r);
	scratch_free(r);
	replies_free(r);
	results_free(r);
	said_free(r);
	accum_free(p);
	samples_free(p);
	free(p->plans);
	free(p);
	free(r);
	replay_now = NULL;
}
