/* The accumulation buffer. GL has one in its own windows alone, which neither make of a node's drawables is; so it lies in memory here, and what is
 * done with it is done here, as Mesa does it for its windows (src/mesa/main/accum.c): 16 bits a component, of which -32767 to 32767 are
 * -1 to 1, and which begin again from the other end where a sum is too large; single precision in between, rounded towards 0.
 *
 * Mesa's windows have sRGB formats in each desktop context that may switch GL_FRAMEBUFFER_SRGB on, and glAccum takes the formats as they are, whether
 * that is on or not: colours are made linear on their way in, and turned back on their way out. So it is here, where the driver is Mesa's. How it rounds
 * on the way back is found out from it once (curve_measure), by clears, which it packs with the same function.
 *
 * Each pixel is a matter of its own. So a node keeps and works on what it draws, its tile, and glAccum needs no exchange. Where tiles move
 * its contents go along as colour and depth do (exchange.c), each half with 4 bytes a pixel. */
#include <math.h>
#include <stdio.h>
#include "state.h"
#include "replay_run.h"

enum { ALPHA = 3, RGBA, FULL = 32767 };
enum { TO_BLUE, TO_GREEN, TO_RED, TO_ALPHA }; /* of a pixel's bytes */
static const unsigned byte_of[RGBA] = {TO_RED, TO_GREEN, TO_BLUE, TO_ALPHA};

bool accum_is(const struct replay_context *c) { return c && c->compat && !c->draw_fbo && c->draw && c->draw->accum; }

void accum_drop(drawable *d) {
	free(d->accumulated);
	d->accumulated = NULL;
}

/* The buffer's first pixel, NULL: no memory. */
static int16_t *pixels_of(drawable *d) {
	if (!d->accumulated) d->accumulated = calloc((size_t)d->want.width * d->want.height, RGBA * sizeof *d->accumulated);
	return d->accumulated;
}

static size_t index_of(const drawable *d, GLint x, GLint y) { return ((size_t)y * d->want.width + (size_t)x) * RGBA; }

static size_t start_of(unsigned half) { return half == ACCUM_HIGH ? 2 : 0; }

void accum_get(const drawable *d, unsigned half, box b, void *to) {
	enum { PIXEL = 2 * sizeof(int16_t) };
	uint8_t *at = to;
	for (GLint y = 0; y < b.h; y++)
		for (GLint x = 0; x < b.w; x++, at += PIXEL) {
			if (d->accumulated) memcpy(at, d->accumulated + index_of(d, b.x + x, b.y + y) + start_of(half), PIXEL);
			else memset(at, 0, PIXEL);
		}
}

bool accum_put(drawable *d, unsigned half, box b, const void *from) {
	enum { PIXEL = 2 * sizeof(int16_t) };
	const uint8_t *at = from;
	if (!pixels_of(d)) return false;
	for (GLint y = 0; y < b.h; y++)
		for (GLint x = 0; x < b.w; x++, at += PIXEL) memcpy(d->accumulated + index_of(d, b.x + x, b.y + y) + start_of(half), at, PIXEL);
	return true;
}

/* What the app's scissor and the tile leave. */
static box reached(const struct replay_context *c) {
	const box all = {0, 0, (GLint)c->draw->want.width, (GLint)c->draw->want.height};
	return c->applied.enabled & 1 ? box_intersect(c->applied.box[0], all) : all;
}

/* As processors convert: towards 0, and what is too large is nothing that 16 bits could show. */
static int16_t whole(GLfloat v) {
	const int32_t i = v >= -0x1p31f && v < 0x1p31f ? (int32_t)v : INT32_MIN;
	return (int16_t)(uint16_t)i;
}
static int16_t sum(int16_t a, int16_t b) { return (int16_t)(uint16_t)(a + b); }

static GLfloat from_byte(uint8_t v) { return (GLfloat)v * (1.0f / 255.0f); }

/* Of the sum the last place is worth 1/256: adding rounds to the nearest of 256 steps, which then stand in its lowest byte. */
static uint8_t to_byte(GLfloat v) {
	if (!(v > 0.0f)) return 0;
	if (v >= 1.0f) return 255;
	v = v * (255.0f / 256.0f) + 32768.0f;
	uint32_t bits;
	memcpy(&bits, &v, sizeof bits);
	return (uint8_t)bits;
}

/* How bytes of sRGB become linear, and back. */
struct accum_curve {
	bool on;
	GLfloat linear[256];
	GLfloat least[256]; /* that becomes a byte, or a greater one */
};

static double linear_of(double v) { return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4); }

static GLfloat float_of(uint32_t bits) {
	GLfloat v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

/* least, for three bytes at a time: each is halved down to a single number. The framebuffer that is bound has one pixel, of an sRGB format. */
static void curve_measure(const struct real_gl *g, struct accum_curve *k) {
	enum { AT_ONCE = 3, ONE = 0x3f800000 };
	for (int i = 1; i < 256; i += AT_ONCE) {
		uint32_t low[AT_ONCE] = {0}, high[AT_ONCE] = {ONE, ONE, ONE}; /* below it, and from it on */
		for (bool more = true; more;) {
			uint8_t got[RGBA];
			uint32_t middle[AT_ONCE];
			for (int j = 0; j < AT_ONCE; j++) middle[j] = (low[j] + high[j]) / 2;
			g->Enable(GL_FRAMEBUFFER_SRGB);
			g->ClearColor(float_of(middle[0]), float_of(middle[1]), float_of(middle[2]), 1);
			g->Clear(GL_COLOR_BUFFER_BIT);
			g->Disable(GL_FRAMEBUFFER_SRGB);
			g->ReadPixels(0, 0, 1, 1, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, got);
			more = false;
			for (int j = 0; j < AT_ONCE; j++) {
				*(got[byte_of[j]] >= i + j ? &high[j] : &low[j]) = middle[j];
				more = more || high[j] - low[j] > 1;
			}
		}
		for (int j = 0; j < AT_ONCE; j++) k->least[i + j] = float_of(high[j]);
	}
	g->ClearColor(0, 0, 0, 0);
}

/* NULL: no memory, or the device failed. Another context may be current behind it. */
static const struct accum_curve *curve_of(replay *r) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	if (p->curve) return p->curve;
	const char *version = (const char *)g->GetString(GL_VERSION);
	const bool mesa = version && strstr(version, " Mesa ");
	struct accum_curve *k = calloc(1, sizeof *k);
	if (!k || !replay_util(r)) {
		free(k);
		return NULL;
	}
	k->on = mesa && g->FramebufferTexture2D && (replay_offered(r, "GL_EXT_framebuffer_sRGB") || replay_offered(r, "GL_ARB_framebuffer_sRGB"));
	if (k->on) {
		GLuint fb, tex;
		g->GenTextures(1, &tex);
		g->BindTexture(GL_TEXTURE_2D, tex);
		g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
		g->TexImage2D(GL_TEXTURE_2D, 0, GL_SRGB8_ALPHA8, 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		g->BindTexture(GL_TEXTURE_2D, 0);
		g->GenFramebuffers(1, &fb);
		g->BindFramebuffer(GL_FRAMEBUFFER, fb);
		g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
		curve_measure(g, k);
		g->BindFramebuffer(GL_FRAMEBUFFER, 0);
		g->DeleteFramebuffers(1, &fb);
		g->DeleteTextures(1, &tex);
	}
	for (int i = 0; i < 256; i++) {
		char digits[32]; /* as many as Mesa's own table has */
		snprintf(digits, sizeof digits, "%.7e", linear_of(i / 255.0));
		k->linear[i] = k->on ? strtof(digits, NULL) : from_byte((uint8_t)i);
	}
	return p->curve = k;
}

static uint8_t back_to_byte(const struct accum_curve *k, GLfloat v) {
	if (!k->on) return to_byte(v);
	unsigned at = 0; /* v is at least this one's */
	for (unsigned step = 128; step; step /= 2)
		if (v >= k->least[at + step]) at += step;
	return (uint8_t)at;
}

void accum_free(struct replay_private *p) { free(p->curve); }

void accum_clear(replay *r) {
	const struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLfloat v[RGBA];
	int16_t to[RGBA];
	if (c->measures || g->IsEnabled(GL_RASTERIZER_DISCARD)) return;
	const box b = reached(c);
	if (!b.w || !pixels_of(c->draw)) return;
	g->GetFloatv(GL_ACCUM_CLEAR_VALUE, v);
	for (int i = 0; i < RGBA; i++) to[i] = (int16_t)(((int32_t)(65535.0f * v[i]) - 1) / 2);
	for (GLint y = b.y; y < b.y + b.h; y++)
		for (GLint x = b.x; x < b.x + b.w; x++) memcpy(c->draw->accumulated + index_of(c->draw, x, y), to, sizeof to);
}

static void scale_or_bias(drawable *d, box b, GLfloat value, bool bias) {
	const int16_t more = whole(value * (GLfloat)FULL);
	for (GLint y = b.y; y < b.y + b.h; y++) {
		int16_t *at = d->accumulated + index_of(d, b.x, y);
		for (GLint i = 0; i < b.w * RGBA; i++) at[i] = bias ? sum(at[i], more) : whole((GLfloat)at[i] * value);
	}
}

/* color: room for the pixels. false: the device failed, or no memory. */
static bool load(replay *r, box b, GLfloat value, bool add, uint8_t *color) {
	const struct replay_context *c = r->ctx;
	drawable *d = c->draw;
	const GLfloat scale = value * (GLfloat)FULL;
	int16_t of[2][256]; /* colours, alpha */
	fb_place at;
	const struct accum_curve *k = curve_of(r);
	if (!k || !place_color(r, d, framebuffer_reads_front(c, d), &at)) return false;
	place_get(r, &at, b, color);
	place_close(r, &at);
	for (int i = 0; i < 256; i++) {
		of[0][i] = whole(k->linear[i] * scale);
		of[1][i] = whole(from_byte((uint8_t)i) * scale);
	}
	for (GLint y = 0; y < b.h; y++) {
		int16_t *to = d->accumulated + index_of(d, b.x, b.y + y);
		for (GLint x = 0; x < b.w; x++, color += RGBA, to += RGBA)
			for (int i = 0; i < RGBA; i++) to[i] = sum(add ? to[i] : 0, of[i == ALPHA][color[byte_of[i]]]);
	}
	return true;
}

/* What each value becomes, found when it is first there. */
typedef struct turned {
	bool known[1 << 16];
	uint8_t to[1 << 16];
} turned;

static uint8_t turn(turned *t, const struct accum_curve *k, int16_t v, GLfloat scale) {
	const uint16_t i = (uint16_t)v;
	if (!t->known[i]) {
		t->known[i] = true;
		t->to[i] = back_to_byte(k, (GLfloat)v * scale);
	}
	return t->to[i];
}

static bool give_back(replay *r, box b, GLfloat value, uint8_t *color, turned *t) {
	enum { ALL = 15 };
	const struct replay_context *c = r->ctx;
	drawable *d = c->draw;
	const GLfloat scale = value / (GLfloat)FULL;
	uint8_t drawn[MAX_DRAW_BUFFERS];
	const unsigned n = framebuffer_drawn_all(r, drawn);
	const struct accum_curve *curve = curve_of(r);
	if (!curve || !t) return false;
	for (unsigned k = 0; k < n; k++) {
		fb_place at;
		if (!drawn[k]) continue;
		if (!place_color(r, d, drawn[k] == DRAWN_FRONT, &at)) return false;
		if (c->mask[k] != ALL) place_get(r, &at, b, color);
		uint8_t *to = color;
		for (GLint y = 0; y < b.h; y++) {
			const int16_t *from = d->accumulated + index_of(d, b.x, b.y + y);
			for (GLint x = 0; x < b.w; x++, to += RGBA, from += RGBA) {
				for (int i = 0; i < ALPHA; i++)
					if (c->mask[k] >> i & 1) to[byte_of[i]] = turn(t, curve, from[i], scale);
				if (c->mask[k] >> ALPHA & 1) to[TO_ALPHA] = to_byte((GLfloat)from[ALPHA] * scale);
				if (!d->want.alpha) to[TO_ALPHA] = 0xff;
			}
		}
		const bool put = place_put(r, &at, b, color);
		place_close(r, &at);
		if (!put) return false;
	}
	return true;
}

/* a: operation, value */
static void l_accum(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const GLenum op = (GLenum)a[0];
	GLfloat value;
	(void)data;
	memcpy(&value, &a[1], sizeof value);
	const bool known = op == GL_ACCUM || op == GL_LOAD || op == GL_ADD || op == GL_MULT || op == GL_RETURN;
	if (c->in_begin || !known || !accum_is(c) || c->read_fbo || c->read != c->draw) {
		g->Accum(op, value); /* the error */
		return;
	}
	if (c->measures || c->conditional || g->IsEnabled(GL_RASTERIZER_DISCARD)) return;
	if ((op == GL_ADD || op == GL_ACCUM ? value == 0 : op == GL_MULT && value == 1) || ((op == GL_ACCUM || op == GL_LOAD) && c->read_buf == GL_NONE)) return;
	drawable *d = c->draw;
	const box b = reached(c);
	if (!b.w) return;
	const bool alone = op == GL_ADD || op == GL_MULT;
	uint8_t *color = alone ? NULL : malloc((size_t)b.w * (size_t)b.h * RGBA);
	bool good = pixels_of(d) && (alone || color);
	if (good && alone) scale_or_bias(d, b, value, op == GL_ADD);
	else if (good) {
		turned *t = op == GL_RETURN ? calloc(1, sizeof *t) : NULL;
		good = op == GL_RETURN ? give_back(r, b, value, color, t) : load(r, b, value, op == GL_ACCUM, color);
		good = replay_current(r) && good;
		free(t);
	}
	free(color);
	if (good) return;
	if (!r->error[0]) x_fail(r, "no memory for the accumulation buffer of drawable %u", d->serial);
	r->priv->failed = true;
}

static void v_Accum(GLenum op, GLfloat value) {
	replay *r = replay_now;
	struct replay_context *c = r->ctx;
	int32_t a[LIST_ARGS] = {(int32_t)op};
	memcpy(&a[1], &value, sizeof value);
	if (!c || !r->priv->real.Accum) return;
	if (c->in_begin) r->priv->real.Accum(op, value);
	else if (!list_note(r, l_accum, a, NULL, 0)) l_accum(r, a, NULL);
}

void *accum_proc(const char *name) { return strcmp(name, "glAccum") ? NULL : (void *)v_Accum; }
