/* Answers that are kept (promise 5: no round trip in a steady frame).
 *
 * GL is not imitated here: no command's errors, clamping or arithmetic are known (but that glLoadMatrixf has none). What is used is that a state command makes the new value
 * of its slot out of the old value and its own arguments. So each question has a state: a number that stands for its value. An answer v gives
 * it the state number(v); each record of its slot that the app then packs gives it next(state, record). What value a state stands for is
 * learnt the first time that it is asked for, and is true for ever; once known, the state is number(that value) again. An app that does
 * the same in each frame goes through the same states and asks no more; one that does something new asks once. State 0: not known, ask.
 *
 * What is packed is looked at late, in the records themselves: when a chunk is committed or something is asked. Nothing is looked at while nothing was
 * asked for some frames, so those who never ask pay nothing.
 *
 * What a value depends on besides its slot:
 *  - display lists hold commands: for which slots, is noted while they are compiled. A call of one makes the new value out of
 *    the old one and of what the list holds, so it is a record like any other as long as no list is made anew (prism_shared.lists_made); where lists
 *    push and pop, or names come of a list base, their slots are unknown afterwards;
 *  - glPopAttrib: the value becomes that at glPushAttrib or stays, so the next state comes of both;
 *  - what each texture unit has (bindings, enables, a matrix): a question is kept for the unit active when asked, and commands for another one do not touch
 *    it;
 *  - draw_buffer, read_buffer: a question is kept for the framebuffer bound; commands for another one do not touch it;
 *  - matrix: only commands under its own matrix mode touch it; what glPushMatrix saved is known again after glPopMatrix;
 *  - colours are told clamped or not as glClampColor and the framebuffer bound have it, and a stencil's reference value as that has bits: they are kept for the
 *    window alone;
 *  - another drawable may change anything of the default framebuffer's.
 */
#include "kept.h"
#include <stdlib.h>
#include "include/states_gen.h"
#include "runtime.h"

#define ITEMS 64
#define VALUES 128     /* kept of a question; more than an app's frame goes through are of no use */
#define VALUE_MAX 128  /* bytes: 16 doubles */
#define ATTRIBS 16     /* of glPushAttrib, kept */
#define MATRICES 32    /* of a stack, kept */
#define FRAMES 64      /* after so many without being asked a question is no longer followed */
#define STEADY 10      /* frames of the process, as those that session.Stats takes for an app's start */
#define UNKNOWN 0xffffffffu
#define CLAMPED (1ull << PRISM_STATE_clear_color | 1ull << PRISM_STATE_blend_color | 1ull << PRISM_STATE_alpha_func | 1ull << PRISM_STATE_fog)
#define OF_WINDOW (CLAMPED | 1ull << PRISM_STATE_stencil_func)
#define ATTRIB_BIT (1ull << 63) /* of lists_change: glPushAttrib, glPopAttrib */
#define UNEVEN_BIT (1ull << 62) /* glPushMatrix and glPopMatrix, other than a few pushes under one mode that a list which calls no other pops */
#define LIST_PUSHES 4           /* under each mode; the call's own mode may be one of the others */
#define LIST_MODES 4
#define MODE_SHIFT 59           /* of a list that calls no other: two bits, list_mode at its end */
#define MODE_BITS (3ull << MODE_SHIFT)
#define CALLS_BIT (1ull << 61)  /* other lists: any of lists_change */
#define KNOWN_BIT 1ull          /* set of every list: no question is of slot none */

typedef struct value {
	uint64_t state;
	uint32_t bytes;
	uint8_t data[VALUE_MAX];
} value;

struct prism_kept_item {
	uint32_t what, form, a, b;
	uint32_t which; /* unit (GL_TEXTURE0 …), or framebuffer's serial */
	bool of_unit;
	uint8_t slot;
	bool live;      /* followed: state may be other than 0 */
	uint64_t state;
	uint64_t asked; /* frame */
	value *values;
	unsigned values_n, next;
	/* slot matrix: what glPushMatrix saved, the newest last, and how deep the app's stack is; 0: not known. */
	uint64_t *saved;
	unsigned saved_n;
	GLint depth, deepest;
};

typedef struct attribs { /* glPushAttrib */
	uint32_t mask, mode, unit;
	uint64_t state[ITEMS];
} attribs;

typedef struct prism_kept {
	prism_kept_item item[ITEMS];
	unsigned n, live;
	size_t seen;     /* of the chunk under way: bytes looked at */
	uint64_t frame;
	bool in_begin, staged, in_list;
	bool matrices;   /* the context has them */
	uint64_t list_changes; /* slots of the list under way */
	unsigned list_mode;    /* matrix mode in it: 0: as at the call; modelview, projection, texture */
	int list_pushed[LIST_MODES]; /* matrices in it, by list_mode */
	bool list_pushes, list_begun;
	uint64_t called;       /* what the list changes whose call is looked at, 0: not known */
	uint32_t lists_made;   /* prism_shared.lists_made, as far as was looked at */
	uint32_t mode, unit; /* matrix mode, GL_TEXTURE0 …; 0: not known */
	uint32_t draw_fb, read_fb; /* serials bound, UNKNOWN */
	uint32_t draw, read;       /* drawables */
	attribs *stack;  /* ATTRIBS of them: the newest of what is on the app's, which is `depth` deep; -1: not known */
	unsigned stack_n;
	GLint depth, deepest;
} prism_kept;

void prism_kept_free(prism_kept *k) {
	if (!k) return;
	for (unsigned i = 0; i < k->n; i++) {
		free(k->item[i].values);
		free(k->item[i].saved);
	}
	free(k->stack);
	free(k);
}

static uint64_t mix(uint64_t h, uint64_t w) {
	h = (h * 0xff51afd7ed558ccdull + w) * 0x9e3779b97f4a7c15ull; /* not symmetric: often two equal states come together */
	return h ^ h >> 29;
}
static uint64_t not_0(uint64_t h) { return h ? h : 1; }

/* The state that a record makes of one. */
static uint64_t next(uint64_t state, const prism_kept *k, const uint8_t *rec, uint32_t bytes) {
	if (!state || k->staged) return 0; /* a staged array is not in the record */
	uint64_t h = mix(state, k->in_begin);
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t w;
		memcpy(&w, rec + i, 8);
		h = mix(h, w);
	}
	return not_0(h);
}

static void forget(prism_kept_item *q) {
	q->state = 0;
	q->saved_n = 0;
	q->depth = 0;
}
static void forget_slot(prism_kept *k, unsigned slot) {
	for (unsigned i = 0; i < k->n; i++)
		if (k->item[i].slot == slot) forget(&k->item[i]);
}
/* Forgets whatever one of the slots in a set says. */
static void forget_slots(prism_kept *k, uint64_t slots) {
	for (unsigned i = 0; i < k->n; i++)
		if (slots >> k->item[i].slot & 1) forget(&k->item[i]);
	if (slots >> PRISM_STATE_matrix_mode & 1) k->mode = 0;
	if (slots >> PRISM_STATE_active_texture & 1) k->unit = 0;
	if (slots & ATTRIB_BIT) {
		k->stack_n = 0;
		k->depth = -1;
		forget_slots(k, ~ATTRIB_BIT);
	}
}

static GLenum mode_of(const prism_kept_item *q) {
	switch (q->a) {
	case GL_PROJECTION_MATRIX: case GL_TRANSPOSE_PROJECTION_MATRIX: return GL_PROJECTION;
	case GL_TEXTURE_MATRIX: case GL_TRANSPOSE_TEXTURE_MATRIX: return GL_TEXTURE;
	default: return GL_MODELVIEW;
	}
}

/* Does the word tell of the active texture unit? */
static bool is_of_unit(GLenum word) {
	switch (word) {
	case GL_TEXTURE_1D: case GL_TEXTURE_2D: case GL_TEXTURE_3D: case GL_TEXTURE_CUBE_MAP: case GL_TEXTURE_RECTANGLE: case GL_TEXTURE_GEN_S: case GL_TEXTURE_GEN_T:
	case GL_TEXTURE_GEN_R: case GL_TEXTURE_GEN_Q: case GL_TEXTURE_MATRIX: case GL_TRANSPOSE_TEXTURE_MATRIX: case GL_SAMPLER_BINDING: return true;
	default: return prism_state_of_word(word) == PRISM_STATE_texture_binding;
	}
}

/* A command for the active unit: does it touch q? Where the unit is not known q is not either. */
static bool touches(prism_kept *k, prism_kept_item *q) {
	if (!q->of_unit) return true;
	if (!k->unit) forget(q);
	return k->unit == q->which;
}

static void put(prism_kept_item *q, uint64_t state, const void *data, uint32_t bytes);
static uint64_t number(const void *data, uint32_t bytes);

/* glLoadMatrixf says the value itself. */
static bool loaded(const prism_kept *k, prism_kept_item *q, uint16_t op, const uint8_t *rec, uint32_t bytes) {
	const uint32_t n = 16 * sizeof(GLfloat);
	if (!k->matrices || op != PRISM_OP_glLoadMatrixf || q->form != GL_FLOAT || (q->a != GL_MODELVIEW_MATRIX && q->a != GL_PROJECTION_MATRIX && q->a != GL_TEXTURE_MATRIX)) return false;
	const struct prism_rec_glLoadMatrixf *r = (const void *)rec;
	if (bytes < sizeof *r + n || r->m.mode != PRISM_BLOB_INLINE || r->m.bytes != n) return false;
	q->state = number(r + 1, n);
	put(q, q->state, r + 1, n);
	return true;
}

static void matrix_record(prism_kept *k, prism_kept_item *q, uint16_t op, const uint8_t *rec, uint32_t bytes) {
	if (!k->mode || k->in_begin) forget(q);
	if (!k->mode || k->mode != mode_of(q) || !touches(k, q)) return;
	switch (op) {
	case PRISM_OP_glPushMatrix:
		if (!q->depth) forget(q);
		else if (q->depth < q->deepest) { /* else an error: nothing happens */
			q->depth++;
			if (q->saved_n == MATRICES) memmove(q->saved, q->saved + 1, --q->saved_n * sizeof *q->saved);
			q->saved[q->saved_n++] = q->state;
		}
		break;
	case PRISM_OP_glPopMatrix:
		if (!q->depth) forget(q);
		else if (q->depth > 1) {
			q->depth--;
			q->state = q->saved_n ? q->saved[--q->saved_n] : 0;
		}
		break;
	default:
		if (!loaded(k, q, op, rec, bytes)) q->state = next(q->state, k, rec, bytes);
	}
}

static void slot_record(prism_kept *k, unsigned slot, uint16_t op, const uint8_t *rec, uint32_t bytes) {
	uint32_t first = 0;
	if (bytes >= sizeof(prism_rec) + 4) memcpy(&first, rec + sizeof(prism_rec), 4);
	for (unsigned i = 0; i < k->n; i++) {
		prism_kept_item *q = &k->item[i];
		if (q->slot != slot) continue;
		switch (slot) {
		case PRISM_STATE_enable:
			if (first != q->a || !touches(k, q)) continue; /* another capability; their first argument is always that */
			break;
		case PRISM_STATE_matrix: matrix_record(k, q, op, rec, bytes); continue;
		case PRISM_STATE_texture_env:
			if (!touches(k, q)) continue;
			break;
		case PRISM_STATE_texture_binding:
			if (op == PRISM_OP_glBindTexture && !touches(k, q)) continue; /* the others name the unit */
			break;
		case PRISM_STATE_draw_buffer: case PRISM_STATE_read_buffer: {
			const uint32_t bound = slot == PRISM_STATE_draw_buffer ? k->draw_fb : k->read_fb;
			if (op != PRISM_OP_glDrawBuffer && op != PRISM_OP_glDrawBuffers && op != PRISM_OP_glReadBuffer) break; /* it names its framebuffer */
			if (bound == UNKNOWN) q->state = 0;
			if (bound != q->which) continue;
			break;
		}
		}
		q->state = next(q->state, k, rec, bytes);
	}
	if (op == PRISM_OP_glActiveTexture && !k->in_begin) k->unit = first - GL_TEXTURE0 < 8 ? first : 0; /* all GL have eight; a wrong one changes nothing */
	if (op == PRISM_OP_glMatrixMode && !k->in_begin && (first == GL_MODELVIEW || first == GL_PROJECTION || first == GL_TEXTURE)) k->mode = first;
}

static void push_attribs(prism_kept *k, uint32_t mask) {
	if (k->depth < 0) forget_slots(k, ~0ull);
	if (k->depth < 0 || k->depth == k->deepest || k->in_begin) return; /* an error: nothing happens */
	if (!k->stack && !(k->stack = malloc(ATTRIBS * sizeof *k->stack))) {
		forget_slots(k, ~0ull);
		return;
	}
	k->depth++;
	if (k->stack_n == ATTRIBS) memmove(k->stack, k->stack + 1, --k->stack_n * sizeof *k->stack);
	attribs *a = &k->stack[k->stack_n++];
	a->mask = mask;
	a->mode = k->mode;
	a->unit = k->unit;
	for (unsigned i = 0; i < ITEMS; i++) a->state[i] = i < k->n ? k->item[i].state : 0;
}

static void pop_attribs(prism_kept *k) {
	if (!k->depth || k->in_begin) return; /* an error: nothing happens */
	if (k->depth < 0 || !k->stack_n) { /* of what was pushed nothing is known */
		const GLint depth = k->depth;
		forget_slots(k, ~0ull);
		k->depth = depth < 0 ? -1 : depth - 1;
		return;
	}
	k->depth--;
	const attribs *a = &k->stack[--k->stack_n];
	for (unsigned i = 0; i < k->n; i++) {
		prism_kept_item *q = &k->item[i];
		switch (q->slot) {
		case PRISM_STATE_matrix: break; /* is in no group */
		case PRISM_STATE_texture_binding: case PRISM_STATE_sampler_binding: /* one may have been deleted since */
		case PRISM_STATE_draw_buffer: case PRISM_STATE_read_buffer: q->state = 0; break; /* another framebuffer may be bound */
		default: q->state = q->state && a->state[i] ? not_0(mix(mix(q->state, a->state[i]), a->mask)) : 0;
		}
	}
	if (a->mask & GL_TRANSFORM_BIT) k->mode = a->mode;
	if (a->mask & GL_TEXTURE_BIT) k->unit = a->unit;
}

/* What a list compiles of matrices and other lists. */
static void compiled(prism_kept *k, uint16_t op, const uint8_t *rec) {
	int *pushed = &k->list_pushed[k->list_mode];
	switch (op) {
	case PRISM_OP_glBegin: case PRISM_OP_glEnd: k->list_begun = op == PRISM_OP_glBegin; break;
	case PRISM_OP_glPushMatrix: ++*pushed; k->list_pushes = true; break;
	case PRISM_OP_glPopMatrix: --*pushed; k->list_pushes = true; break;
	case PRISM_OP_glMatrixMode:
		switch (((const struct prism_rec_glMatrixMode *)(const void *)rec)->mode) {
		case GL_MODELVIEW: k->list_mode = 1; break;
		case GL_PROJECTION: k->list_mode = 2; break;
		case GL_TEXTURE: k->list_mode = 3; break;
		default: k->list_changes |= UNEVEN_BIT;
		}
		if (k->list_begun) k->list_changes |= UNEVEN_BIT | CALLS_BIT; /* an error there: the mode stays */
		break;
	case PRISM_OP_glActiveTexture: if (k->list_pushes) k->list_changes |= UNEVEN_BIT; break; /* another stack of texture matrices */
	case PRISM_OP_glCallList: case PRISM_OP_glCallLists: k->list_changes |= CALLS_BIT; break;
	case PRISM_OP_glEndList:
		for (unsigned i = 0; i < LIST_MODES; i++)
			if (k->list_pushed[i]) k->list_changes |= UNEVEN_BIT;
		k->list_changes |= (uint64_t)k->list_mode << MODE_SHIFT;
	}
	if (*pushed < 0 || *pushed > LIST_PUSHES || (k->list_pushes && k->list_changes & CALLS_BIT)) k->list_changes |= UNEVEN_BIT;
}

/* glCallList, which is carried out now. */
static void call_list(prism_client *c, prism_kept *k, const uint8_t *rec, uint32_t bytes) {
	const uint32_t made = __atomic_load_n(&c->sh->lists_made, __ATOMIC_ACQUIRE);
	uint64_t changes = __atomic_load_n(&c->sh->lists_change, __ATOMIC_RELAXED);
	if (k->called && !(k->called & CALLS_BIT)) changes = k->called;
	if (made != k->lists_made || changes & ATTRIB_BIT) { /* by another thread: before or after the call */
		k->lists_made = made;
		forget_slots(k, changes);
		return;
	}
	for (unsigned i = 0; i < k->n; i++) {
		prism_kept_item *q = &k->item[i];
		if (!(changes >> q->slot & 1) || !q->state) continue;
		if (q->of_unit && !k->unit) forget(q);
		if (q->slot == PRISM_STATE_matrix && (!k->mode || !q->depth || q->depth + 2 * LIST_PUSHES > q->deepest || changes & UNEVEN_BIT)) forget(q);
		if (q->slot == PRISM_STATE_draw_buffer && k->draw_fb == UNKNOWN) forget(q);
		if (q->slot == PRISM_STATE_read_buffer && k->read_fb == UNKNOWN) forget(q);
		if (!q->state) continue;
		uint64_t h = mix(mix(q->state, made), (uint64_t)k->mode << 32 | k->unit);
		h = mix(h, (uint64_t)k->draw_fb << 32 | k->read_fb);
		q->state = next(not_0(h), k, rec, bytes);
	}
	static const GLenum modes[LIST_MODES] = {0, GL_MODELVIEW, GL_PROJECTION, GL_TEXTURE};
	if (changes >> PRISM_STATE_matrix_mode & 1 && !k->in_begin) k->mode = changes & (CALLS_BIT | ATTRIB_BIT) ? 0 : modes[(changes & MODE_BITS) >> MODE_SHIFT];
	if (changes >> PRISM_STATE_active_texture & 1) k->unit = 0;
}

/* A frame has ended: questions that are asked no more are followed no more. */
static void frame(prism_kept *k) {
	k->frame++;
	for (unsigned i = 0; i < k->n; i++) {
		prism_kept_item *q = &k->item[i];
		if (!q->live || q->asked + FRAMES > k->frame) continue;
		forget(q);
		q->live = false;
		k->live--;
	}
}

/* Commands that matter beside those of slots. */
static const uint8_t special[PRISM_OPS] = {
	[PRISM_OP_prismDataRef] = 1, [PRISM_OP_prismSwap] = 1, [PRISM_OP_prismMakeCurrent] = 1, [PRISM_OP_glBegin] = 1, [PRISM_OP_glEnd] = 1,
	[PRISM_OP_glCallList] = 1, [PRISM_OP_glCallLists] = 1, [PRISM_OP_glPushAttrib] = 1, [PRISM_OP_glPopAttrib] = 1, [PRISM_OP_glBindFramebuffer] = 1,
	[PRISM_OP_glClampColor] = 1, [PRISM_OP_glDeleteFramebuffers] = 1, [PRISM_OP_glDeleteTextures] = 1, [PRISM_OP_glDeleteSamplers] = 1, [PRISM_OP_glDeleteRenderbuffers] = 1,
};

static void special_record(prism_client *c, prism_kept *k, uint16_t op, const uint8_t *rec, uint32_t bytes) {
	switch (op) {
	case PRISM_OP_prismSwap: frame(k); break;
	case PRISM_OP_prismMakeCurrent: {
		const struct prism_rec_prismMakeCurrent *r = (const void *)rec;
		if (r->draw != k->draw || r->read != k->read) forget_slots(k, ~ATTRIB_BIT);
		k->draw = r->draw;
		k->read = r->read;
		break;
	}
	case PRISM_OP_glBegin: case PRISM_OP_glEnd: k->in_begin = op == PRISM_OP_glBegin && !k->in_list; break;
	case PRISM_OP_glCallList: case PRISM_OP_glCallLists: {
		const uint64_t changes = __atomic_load_n(&c->sh->lists_change, __ATOMIC_RELAXED);
		if (k->in_list) k->list_changes |= changes;
		if (k->in_list || op == PRISM_OP_glCallLists) forget_slots(k, changes);
		else call_list(c, k, rec, bytes);
		break;
	}
	case PRISM_OP_glPushAttrib: case PRISM_OP_glPopAttrib:
		if (k->in_list) {
			k->list_changes |= ATTRIB_BIT;
			forget_slots(k, ~0ull);
		} else if (op == PRISM_OP_glPushAttrib) {
			push_attribs(k, ((const struct prism_rec_glPushAttrib *)(const void *)rec)->mask);
		} else {
			pop_attribs(k);
		}
		break;
	case PRISM_OP_glBindFramebuffer: {
		const struct prism_rec_glBindFramebuffer *r = (const void *)rec;
		if (k->in_begin) break;
		if (r->target == GL_FRAMEBUFFER || r->target == GL_DRAW_FRAMEBUFFER) k->draw_fb = r->framebuffer;
		if (r->target == GL_FRAMEBUFFER || r->target == GL_READ_FRAMEBUFFER) k->read_fb = r->framebuffer;
		break;
	}
	case PRISM_OP_glDeleteFramebuffers:
		forget_slot(k, PRISM_STATE_draw_buffer);
		forget_slot(k, PRISM_STATE_read_buffer);
		k->draw_fb = k->read_fb = UNKNOWN; /* asking sets them again */
		break;
	case PRISM_OP_glClampColor:
		if (k->in_list) k->list_changes |= CLAMPED;
		forget_slots(k, CLAMPED);
		break;
	case PRISM_OP_glDeleteTextures: forget_slot(k, PRISM_STATE_texture_binding); break;
	case PRISM_OP_glDeleteSamplers: forget_slot(k, PRISM_STATE_sampler_binding); break;
	case PRISM_OP_glDeleteRenderbuffers: forget_slot(k, PRISM_STATE_renderbuffer); break;
	}
}

/* Looks at what was packed since it last did. end: of the chunk under way. */
static void look(prism_client *c, prism_kept *k, const uint8_t *base, const uint8_t *end) {
	const uint8_t *at = base + k->seen;
	k->seen = (size_t)(end - base);
	if (!k->live && !k->in_list) return;
	while (at < end) {
		prism_rec h;
		memcpy(&h, at, sizeof h);
		if (h.op < PRISM_OPS) {
			const unsigned slot = prism_state_of_op[h.op];
			if (slot) {
				if (k->in_list) { /* compiled, carried out, or both */
					k->list_changes |= 1ull << slot;
					forget_slots(k, 1ull << slot);
				} else {
					slot_record(k, slot, h.op, at, h.size);
				}
			}
			if (k->in_list) compiled(k, h.op, at);
			if (special[h.op]) special_record(c, k, h.op, at, h.size);
			k->staged = h.op == PRISM_OP_prismDataRef;
		}
		at += h.size;
	}
}

void prism_kept_commit(prism_client *c, const uint8_t *base, const uint8_t *end) {
	if (!c || !c->kept) return;
	look(c, c->kept, base, end);
	c->kept->seen = 0;
}

static prism_kept *kept_now(prism_client *c) {
	if (!c->kept) {
		if (!(c->kept = calloc(1, sizeof *c->kept))) return NULL;
		c->kept->matrices = !c->core && !c->es;
	}
	look(c, c->kept, prism_t->base, prism_t->cur);
	return c->kept;
}

/* What was packed before was looked at. */
static void lists_made(prism_client *c, prism_kept *k) {
	const uint32_t before = __atomic_fetch_add(&c->sh->lists_made, 1, __ATOMIC_RELEASE);
	if (k && k->lists_made == before) k->lists_made = before + 1;
}

uint64_t prism_kept_list(prism_client *c, bool begins) {
	prism_kept *k = kept_now(c);
	const uint64_t changes = k ? k->list_changes | KNOWN_BIT : ~0ull;
	if (!begins || !k) {
		__atomic_fetch_or(&c->sh->lists_change, changes & ~MODE_BITS, __ATOMIC_RELAXED);
		lists_made(c, k);
	}
	if (!k) return changes;
	k->in_list = begins;
	k->list_changes = 0;
	k->list_mode = 0;
	memset(k->list_pushed, 0, sizeof k->list_pushed);
	k->list_pushes = k->list_begun = false;
	return changes;
}

void prism_kept_called(prism_client *c, uint64_t changes) {
	prism_kept *k = c->kept;
	if (!k->live) return;
	k->called = changes;
	look(c, k, prism_t->base, prism_t->cur);
	k->called = 0;
}

void prism_kept_lists_gone(prism_client *c) { lists_made(c, kept_now(c)); }

/* Begins to follow: nothing that was packed before was looked at. */
static void begin(prism_kept *k) {
	const prism_thread_state *s = (const prism_thread_state *)prism_t;
	k->in_begin = k->staged = false; /* nothing is asked between glBegin and glEnd */
	k->mode = k->unit = 0;
	k->stack_n = 0;
	k->depth = -1;
	k->draw = s->draw;
	k->read = s->read;
}

static prism_kept_item *add(prism_kept *k) {
	if (k->n < ITEMS) return &k->item[k->n++];
	unsigned oldest = 0;
	for (unsigned i = 1; i < ITEMS; i++)
		if (k->item[i].asked < k->item[oldest].asked) oldest = i;
	prism_kept_item *q = &k->item[oldest];
	k->live -= q->live;
	free(q->values);
	free(q->saved);
	for (unsigned i = 0; i < k->stack_n; i++) k->stack[i].state[oldest] = 0;
	*q = (prism_kept_item){0};
	return q;
}

static prism_kept_item *item_of(prism_kept *k, uint32_t what, uint32_t form, uint32_t a, uint32_t b, uint32_t which) {
	for (unsigned i = 0; i < k->n; i++) {
		prism_kept_item *q = &k->item[i];
		if (q->what == what && q->form == form && q->a == a && q->b == b && q->which == which) return q;
	}
	return NULL;
}

prism_kept_item *prism_kept_find(prism_client *c, uint32_t what, uint32_t form, uint32_t a, uint32_t b) {
	if (what != PRISM_GET_STATE && what != PRISM_GET_ENABLED && what != PRISM_KEPT_TEXENV) return NULL;
	const unsigned slot = what == PRISM_KEPT_TEXENV ? PRISM_STATE_texture_env : prism_state_of_word(a);
	const bool of_unit = what == PRISM_KEPT_TEXENV || is_of_unit(a);
	if (!slot || c->list) return NULL;
	if (OF_WINDOW >> slot & 1 && c->draw_framebuffer) return NULL;
	if (slot == PRISM_STATE_matrix && form != GL_FLOAT && form != GL_DOUBLE) return NULL; /* rounded: the next one cannot come of it */
	uint32_t which = 0;
	GLint mode = 0, depth = 0, deepest = 0;
	switch (slot) {
	case PRISM_STATE_draw_buffer: which = prism_serial_known(PRISM_KIND_FRAMEBUFFER, c->draw_framebuffer); break;
	case PRISM_STATE_read_buffer: which = prism_serial_known(PRISM_KIND_FRAMEBUFFER, c->read_framebuffer); break;
	}
	prism_kept *k = kept_now(c);
	if (!k) return NULL;
	if (!k->live) begin(k);
	if (k->depth < 0 && !c->core && !c->es) {
		GLint now, most;
		if (prism_get(c, PRISM_GET_STATE, GL_INT, GL_ATTRIB_STACK_DEPTH, PRISM_GET_NO_INDEX, &now, sizeof now, false) != sizeof now ||
			prism_get(c, PRISM_GET_STATE, GL_INT, GL_MAX_ATTRIB_STACK_DEPTH, PRISM_GET_NO_INDEX, &most, sizeof most, true) != sizeof most) return NULL;
		kept_now(c);
		k->depth = now;
		k->deepest = most;
	}
	if (slot == PRISM_STATE_draw_buffer) k->draw_fb = which;
	if (slot == PRISM_STATE_read_buffer) k->read_fb = which;
	if (of_unit) {
		if (!k->unit) {
			GLint unit;
			if (prism_get(c, PRISM_GET_STATE, GL_INT, GL_ACTIVE_TEXTURE, PRISM_GET_NO_INDEX, &unit, sizeof unit, false) != sizeof unit) return NULL;
			kept_now(c);
			k->unit = (uint32_t)unit;
		}
		which = k->unit;
	}
	prism_kept_item *q = item_of(k, what, form, a, b, which);
	if (slot == PRISM_STATE_matrix && (!q || !q->depth)) {
		const GLenum of = mode_of(&(prism_kept_item){.a = a});
		const GLenum now = of == GL_PROJECTION ? GL_PROJECTION_STACK_DEPTH : of == GL_TEXTURE ? GL_TEXTURE_STACK_DEPTH : GL_MODELVIEW_STACK_DEPTH;
		const GLenum most = of == GL_PROJECTION ? GL_MAX_PROJECTION_STACK_DEPTH : of == GL_TEXTURE ? GL_MAX_TEXTURE_STACK_DEPTH : GL_MAX_MODELVIEW_STACK_DEPTH;
		if (prism_get(c, PRISM_GET_STATE, GL_INT, GL_MATRIX_MODE, PRISM_GET_NO_INDEX, &mode, sizeof mode, false) != sizeof mode ||
			prism_get(c, PRISM_GET_STATE, GL_INT, now, PRISM_GET_NO_INDEX, &depth, sizeof depth, false) != sizeof depth ||
			prism_get(c, PRISM_GET_STATE, GL_INT, most, PRISM_GET_NO_INDEX, &deepest, sizeof deepest, true) != sizeof deepest) return NULL;
		k = kept_now(c);
		k->mode = (uint32_t)mode;
		q = item_of(k, what, form, a, b, which);
	}
	if (!q) {
		q = add(k);
		*q = (prism_kept_item){.what = what, .form = form, .a = a, .b = b, .which = which, .slot = (uint8_t)slot, .of_unit = of_unit};
		if (slot == PRISM_STATE_matrix && !(q->saved = malloc(MATRICES * sizeof *q->saved))) {
			q->what = 0; /* matches nothing */
			q->slot = PRISM_STATE_none;
			return NULL;
		}
	}
	if (slot == PRISM_STATE_matrix && !q->depth) {
		q->depth = depth;
		q->deepest = deepest;
	}
	q->asked = k->frame;
	if (!q->live) {
		q->live = true;
		k->live++;
	}
	return q;
}

/* The state that stands for a value alone, however it came about. */
static uint64_t number(const void *data, uint32_t bytes) {
	uint64_t h = bytes;
	for (uint32_t i = 0; i < bytes; i++) h = mix(h, ((const uint8_t *)data)[i]);
	return not_0(h);
}

int prism_kept_value(prism_kept_item *q, void *to, uint32_t max) {
	/* An answer brings errors that only a node could find. At their start apps look at these, and some make them and clear them in each frame (glretrace):
	 * these are asked all the same, so that an error does not come behind the call that would have cleared it. */
	const uint32_t swaps = prism_load(&prism_p.swaps), told = __atomic_load_n(&prism_p.told, __ATOMIC_RELAXED);
	if (swaps < STEADY || (told && swaps - (told - 1) < STEADY)) return -1;
	for (unsigned i = 0; q->state && i < q->values_n; i++) {
		const value *v = &q->values[i];
		if (v->state != q->state) continue;
		q->state = number(v->data, v->bytes);
		memcpy(to, v->data, v->bytes < max ? v->bytes : max);
		return (int)(v->bytes < max ? v->bytes : max);
	}
	return -1;
}

static void put(prism_kept_item *q, uint64_t state, const void *data, uint32_t bytes) {
	unsigned i = 0;
	while (i < q->values_n && q->values[i].state != state) i++;
	if (i == q->values_n) {
		if (q->values_n == VALUES) {
			i = q->next++ % VALUES;
		} else if (!(q->values_n & (q->values_n - 1))) { /* grows at 0, 1, 2, 4, … */
			value *more = realloc(q->values, (q->values_n ? 2 * q->values_n : 1) * sizeof *more);
			if (!more) return;
			q->values = more;
			q->values_n++;
		} else {
			q->values_n++;
		}
	}
	q->values[i] = (value){.state = state, .bytes = bytes};
	memcpy(q->values[i].data, data, bytes);
}

void prism_kept_learn(prism_kept_item *q, const void *data, uint32_t bytes) {
	if (!bytes || bytes > VALUE_MAX) { /* an error, or nothing of ours */
		q->state = 0;
		return;
	}
	if (q->state) put(q, q->state, data, bytes);
	q->state = number(data, bytes);
	put(q, q->state, data, bytes);
}
