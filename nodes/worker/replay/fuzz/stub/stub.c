#include "stub.h"
#include <stdlib.h>

enum { MAGIC = 0x43425453 };

stub_context *stub_now;
stub_config stub_how;
GLenum stub_error;
int64_t stub_size[STUB_NAMES];
int8_t stub_effect[STUB_NAMES];
static GLuint names_given;
static uint64_t calls, ticks;
static unsigned contexts, surfaces;

/* ---- memory ---- */

static uint8_t sink[4096];

/* The C library's memcpy is checked by the sanitizers as a whole, which a loop of ours would be byte by byte. */
void stub_in(const void *p, uint64_t n) {
	const uint8_t *at = p;
	calls++;
	while (n) {
		const size_t k = n < sizeof sink ? (size_t)n : sizeof sink;
		memcpy(sink, at, k);
		__asm__ volatile("" : : "r"(sink) : "memory");
		at += k;
		n -= k;
	}
}

void stub_out(void *p, uint64_t n) {
	calls++;
	if (stub_fails() || !n) return;
	if (n > SIZE_MAX / 2) stub_unexpected("an array without end");
	memset(p, 1, (size_t)n);
}

void stub_string(const GLchar *s) { stub_in(s, strlen(s) + 1); }

void stub_strings(GLsizei n, const GLchar *const *s, const GLint *lens) {
	for (GLsizei i = 0; i < n; i++)
		if (lens && lens[i] >= 0) stub_in(s[i], (uint64_t)lens[i]);
		else stub_string(s[i]);
}

/* ---- pixels: written from the tables of the OpenGL specification, not from prism_len.h, which is to be tested ---- */

static const struct { GLenum type; unsigned bytes, whole; } types[] = { /* whole: components in one such unit, 0: one */
	{GL_UNSIGNED_BYTE, 1, 0}, {GL_BYTE, 1, 0}, {GL_UNSIGNED_SHORT, 2, 0}, {GL_SHORT, 2, 0}, {GL_UNSIGNED_INT, 4, 0}, {GL_INT, 4, 0},
	{GL_HALF_FLOAT, 2, 0}, {GL_FLOAT, 4, 0},
	{GL_UNSIGNED_BYTE_3_3_2, 1, 3}, {GL_UNSIGNED_BYTE_2_3_3_REV, 1, 3}, {GL_UNSIGNED_SHORT_5_6_5, 2, 3}, {GL_UNSIGNED_SHORT_5_6_5_REV, 2, 3},
	{GL_UNSIGNED_SHORT_4_4_4_4, 2, 4}, {GL_UNSIGNED_SHORT_4_4_4_4_REV, 2, 4}, {GL_UNSIGNED_SHORT_5_5_5_1, 2, 4}, {GL_UNSIGNED_SHORT_1_5_5_5_REV, 2, 4},
	{GL_UNSIGNED_INT_8_8_8_8, 4, 4}, {GL_UNSIGNED_INT_8_8_8_8_REV, 4, 4}, {GL_UNSIGNED_INT_10_10_10_2, 4, 4}, {GL_UNSIGNED_INT_2_10_10_10_REV, 4, 4},
	{GL_UNSIGNED_INT_10F_11F_11F_REV, 4, 3}, {GL_UNSIGNED_INT_5_9_9_9_REV, 4, 3}, {GL_UNSIGNED_INT_24_8, 4, 2}, {GL_FLOAT_32_UNSIGNED_INT_24_8_REV, 8, 2},
	{GL_UNSIGNED_SHORT_8_8_MESA, 2, 5}, {GL_UNSIGNED_SHORT_8_8_REV_MESA, 2, 5},
};
static const struct { GLenum format; unsigned n; } formats[] = { /* 2 that are depth and stencil, 5 YCbCr: only of their own types */
	{GL_COLOR_INDEX, 1}, {GL_STENCIL_INDEX, 1}, {GL_DEPTH_COMPONENT, 1}, {GL_RED, 1}, {GL_GREEN, 1}, {GL_BLUE, 1}, {GL_ALPHA, 1}, {GL_LUMINANCE, 1},
	{GL_INTENSITY, 1}, {GL_RED_INTEGER, 1}, {GL_GREEN_INTEGER, 1}, {GL_BLUE_INTEGER, 1}, {GL_ALPHA_INTEGER, 1}, {GL_LUMINANCE_INTEGER_EXT, 1},
	{GL_RG, 2}, {GL_RG_INTEGER, 2}, {GL_LUMINANCE_ALPHA, 2}, {GL_LUMINANCE_ALPHA_INTEGER_EXT, 2}, {GL_DEPTH_STENCIL, 2}, {GL_RGB, 3}, {GL_BGR, 3},
	{GL_RGB_INTEGER, 3}, {GL_BGR_INTEGER, 3}, {GL_RGBA, 4}, {GL_BGRA, 4}, {GL_RGBA_INTEGER, 4}, {GL_BGRA_INTEGER, 4}, {GL_ABGR_EXT, 4}, {GL_YCBCR_MESA, 5},
};

static uint64_t pixel_bits(GLenum format, GLenum type) {
	unsigned n = 0;
	if (type == GL_BITMAP) return format == GL_COLOR_INDEX || format == GL_STENCIL_INDEX ? 1 : 0;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].format == format) n = formats[i].n;
	for (size_t i = 0; n && i < sizeof types / sizeof *types; i++) {
		if (types[i].type != type) continue;
		if (types[i].whole) return types[i].whole == n && (n != 2 || format == GL_DEPTH_STENCIL) ? types[i].bytes * 8 : 0;
		return n == 5 || format == GL_DEPTH_STENCIL ? 0 : (uint64_t)types[i].bytes * 8 * n;
	}
	return 0;
}

uint64_t stub_image_span(const stub_store *s, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	const uint64_t bits = pixel_bits(format, type);
	if (w <= 0 || h <= 0 || d <= 0 || !bits) return 0;
	typedef unsigned __int128 big;
	const big align = (big)s->alignment, length = s->row_length > 0 ? (big)s->row_length : (big)w;
	const big row = ((length * bits + 7) / 8 + align - 1) / align * align, image = row * (s->image_height > 0 ? (big)s->image_height : (big)h);
	const big start = (big)s->skip_images * image + (big)s->skip_rows * row + (big)s->skip_pixels * bits / 8;
	const big all = start + (big)(d - 1) * image + (big)(h - 1) * row + ((big)w * bits + 7) / 8;
	return all > UINT64_MAX ? UINT64_MAX : (uint64_t)all;
}

static void span_in(const void *p, uint64_t n) {
	if (n > 1ull << 33) { /* farther than any array reaches: one byte there is enough, and quicker */
		stub_in((const uint8_t *)((uintptr_t)p + ((uintptr_t)n & 0x7fffffffffff) - 1), 1);
		return;
	}
	stub_in(p, n);
}

void stub_image(const void *p, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	calls++;
	if (!stub_now || *stub_binding(GL_PIXEL_UNPACK_BUFFER) || !p) return;
	span_in(p, stub_image_span(&stub_now->unpack, w, h, d, format, type));
}

void stub_pack(void *p, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type) {
	if (!stub_now || *stub_binding(GL_PIXEL_PACK_BUFFER)) return;
	const uint64_t n = stub_image_span(&stub_now->pack, w, h, d, format, type);
	if (n > 1ull << 33) stub_unexpected("pixels without end");
	stub_out(p, n);
}

void stub_at(GLenum binding, const void *p, uint64_t n) {
	const GLuint *name = stub_binding(binding);
	calls++;
	if (!name || *name) return;
	stub_in(p, n);
}

GLuint stub_name(void) {
	const GLuint n = ++names_given;
	if (n < STUB_NAMES) stub_size[n] = 0, stub_effect[n] = 0;
	return n;
}

void stub_names(uint64_t n, GLuint *names) {
	if (stub_fails()) return;
	for (uint64_t i = 0; i < n; i++) names[i] = stub_name();
	calls++;
}

/* ---- what goes wrong ---- */

bool stub_fails(void) {
	if (!stub_now) return true;
	const bool injected = stub_how.errors && ++ticks % stub_how.errors == 0;
	if ((injected || stub_now->in_begin) && !stub_error) stub_error = GL_INVALID_OPERATION;
	return injected || stub_now->in_begin;
}

void stub_unexpected(const char *name) {
	fprintf(stderr, "stub: unexpected: %s\n", name);
	abort();
}

uint64_t stub_calls(void) { return calls; }

/* ---- the device ---- */

typedef struct surface { uint32_t magic; bool freed, current; } surface;
static surface *on[2];

static int by_name(const void *key, const void *entry) { return strcmp(key, ((const stub_proc_entry *)entry)->name); }
static int by_names(const void *a, const void *b) { return strcmp(((const stub_proc_entry *)a)->name, ((const stub_proc_entry *)b)->name); }

static void *proc(const char *name) {
	static stub_proc_entry *sorted;
	if (!sorted) {
		sorted = malloc(stub_procs_n * sizeof *sorted);
		if (!sorted) abort();
		memcpy(sorted, stub_procs, stub_procs_n * sizeof *sorted);
		qsort(sorted, stub_procs_n, sizeof *sorted, by_names);
	}
	/* A version below 3.0 has none of these. */
	static const char *const late[] = {"GetStringi", "i_v", "64", "VertexArray", "Sampler", "Indexed", "Framebuffer", "Conditional", "UniformBlock"};
	for (size_t i = 0; stub_how.old && i < sizeof late / sizeof *late; i++)
		if (strstr(name, late[i])) return NULL;
	const stub_proc_entry *e = bsearch(name, sorted, stub_procs_n, sizeof *sorted, by_name);
	return e ? e->fn : NULL;
}

static void *context_new(prism_device *d, void *share, const prism_context_want *w, char *err, size_t n) {
	(void)d;
	if (share && ((stub_context *)share)->magic != MAGIC) stub_unexpected("sharing with what is no context");
	stub_context *c = (w->profile & ~3u && (w->profile != 4 || stub_how.old)) || w->major > 4 ? NULL : calloc(1, sizeof *c);
	if (!c) {
		snprintf(err, n, "stub: no context of profile %u, version %u", w->profile, w->major);
		return NULL;
	}
	c->magic = MAGIC;
	c->core = w->profile == 1 || w->profile == 4; /* in OpenGL ES there are no fixed functions either */
	c->mode = GL_RENDER;
	c->pack.alignment = c->unpack.alignment = 4;
	c->client_unit = GL_TEXTURE0;
	contexts++;
	return c;
}

static void context_drop(stub_context *c) {
	stub_arrays_free(c);
	c->magic = 0;
	free(c);
	contexts--;
}

static void context_free(prism_device *d, void *context) {
	stub_context *c = context;
	(void)d;
	if (c->magic != MAGIC || c->freed) stub_unexpected("freeing what is no context");
	if (c->current) c->freed = true; /* as EGL does */
	else context_drop(c);
}

static void *surface_new(prism_device *d, const prism_surface_want *w, char *err, size_t n) {
	(void)d;
	surface *s = w->samples > 8 || w->alpha > 8 || w->depth > 32 || w->stencil > 8 || !w->width || !w->height ? NULL : calloc(1, sizeof *s);
	if (!s) {
		snprintf(err, n, "stub: no such surface");
		return NULL;
	}
	s->magic = MAGIC;
	surfaces++;
	return s;
}

static void surface_drop(surface *s) {
	s->magic = 0;
	free(s);
	surfaces--;
}

static void surface_free(prism_device *d, void *p) {
	surface *s = p;
	(void)d;
	if (s->magic != MAGIC || s->freed) stub_unexpected("freeing what is no surface");
	if (s->current) s->freed = true;
	else surface_drop(s);
}

static bool make_current(prism_device *d, void *draw, void *read, void *ctx, char *err, size_t n) {
	(void)d, (void)err, (void)n;
	stub_context *c = ctx;
	surface *next[2] = {draw, read};
	if (c && (c->magic != MAGIC || c->freed)) stub_unexpected("making current what is no context");
	for (int i = 0; i < 2; i++)
		if (next[i] && (next[i]->magic != MAGIC || next[i]->freed)) stub_unexpected("drawing to what is no surface");
	stub_context *old = stub_now;
	surface *was[2] = {on[0], on[1]};
	for (int i = 0; i < 2; i++)
		if (was[i]) was[i]->current = false;
	if (old) old->current = false;
	for (int i = 0; i < 2; i++) {
		on[i] = c ? next[i] : NULL;
		if (on[i]) on[i]->current = true;
	}
	stub_now = c;
	if (c) c->current = true;
	for (int i = 0; i < 2; i++)
		if (was[i] && (i == 0 || was[i] != was[0]) && !was[i]->current && was[i]->freed) surface_drop(was[i]);
	if (old && !old->current && old->freed) context_drop(old);
	return true;
}

static prism_device the_device;

prism_device *stub_device(const stub_config *c) {
	stub_how = *c;
	stub_now = NULL;
	stub_error = GL_NO_ERROR;
	names_given = 0; /* their sizes are set when they are given again */
	ticks = 0;
	contexts = surfaces = 0;
	on[0] = on[1] = NULL;
	memset(stub_effect, 0, sizeof stub_effect);
	stub_textures_forget();
	stub_syncs_forget();
	the_device = (prism_device){proc, context_new, context_free, surface_new, surface_free, make_current, c->robust};
	return &the_device;
}

void stub_end(void) {
	char err[64];
	make_current(&the_device, NULL, NULL, NULL, err, sizeof err);
	if (contexts || surfaces) stub_unexpected("contexts or surfaces are left");
}
