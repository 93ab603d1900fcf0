/* Framebuffer objects: drawn into, cleared, blitted, read; and the window's own pixels. */
#include "glrandom.h"
#include <stdio.h>
#include <string.h>

enum { OBJECTS = 5 };
typedef struct target {
	GLuint name, renderbuffers[2];
	GLuint texture[3];
	GLenum depth;
	int w, h, samples, colors, kind;
	GLenum internal;
} target;
static target objects[2][OBJECTS];
static int drawn[2] = {-1, -1}, read[2] = {-1, -1}; /* -1: the window */

int attached(GLuint name) {
	for (int c = 0; c < 2; c++)
		for (int i = 0; i < OBJECTS; i++)
			for (int k = 0; k < 3; k++)
				if (objects[c][i].texture[k] == name) return 1;
	return 0;
}
int drawn_into(GLuint name) {
	for (int c = 0; c < 2; c++)
		for (int k = 0; k < 3; k++) {
			if (drawn[c] >= 0 && objects[c][drawn[c]].texture[k] == name) return 1;
			if (read[c] >= 0 && objects[c][read[c]].texture[k] == name) return 1;
		}
	return 0;
}
int drawable_is_float(void) { return drawn[context] < 0 || objects[context][drawn[context]].kind == FLOATS; }
int readable_is_float(void) { return read[context] < 0 || (objects[context][read[context]].kind == FLOATS && !objects[context][read[context]].samples); }
int drawable_w(void) { return drawn[context] < 0 ? win_w : objects[context][drawn[context]].w; }
int drawable_h(void) { return drawn[context] < 0 ? win_h : objects[context][drawn[context]].h; }
int readable_w(void) { return read[context] < 0 ? win_w : objects[context][read[context]].w; }
int readable_h(void) { return read[context] < 0 ? win_h : objects[context][read[context]].h; }

static void bind(GLenum which, int i) {
	glBindFramebuffer(which, i < 0 ? 0 : objects[context][i].name);
	if (which != GL_READ_FRAMEBUFFER) drawn[context] = i;
	if (which != GL_DRAW_FRAMEBUFFER) read[context] = i;
}
void window_framebuffer(void) { bind(GL_FRAMEBUFFER, -1); }

static void make(int i) {
	target *t = &objects[context][i];
	*t = (target){.w = between(8, 100), .h = between(8, 80), .colors = between(1, 3), .kind = FLOATS};
	GLenum internal = ONE_OF(GL_RGBA8, GL_RGBA8, GL_RGBA16F, GL_RGBA32F, GL_RGB10_A2, GL_RG8, GL_R11F_G11F_B10F, GL_SRGB8_ALPHA8, GL_RGBA16);
	if (i == 1) t->samples = 4, internal = GL_RGBA8, t->colors = 1;
	if (i == 2) internal = ONE_OF(GL_RGBA8I, GL_RGBA8UI), t->kind = internal == GL_RGBA8I ? INTS : UINTS;
	t->internal = internal;
	glGenFramebuffers(1, &t->name);
	bind(GL_FRAMEBUFFER, i);
	GLenum bufs[3];
	for (int k = 0; k < t->colors; k++) {
		bufs[k] = GL_COLOR_ATTACHMENT0 + (GLenum)k;
		texture *x = t->samples || (k && chance(30)) ? NULL : new_texture(GL_TEXTURE_2D, internal, t->w, t->h, 1);
		if (x) {
			t->texture[k] = x->name;
			glFramebufferTexture2D(GL_FRAMEBUFFER, bufs[k], GL_TEXTURE_2D, x->name, 0);
		} else {
			GLuint *r = &t->renderbuffers[0];
			if (!*r) glGenRenderbuffers(1, r);
			else t->colors = k + 1; /* one renderbuffer only */
			glBindRenderbuffer(GL_RENDERBUFFER, *r);
			glRenderbufferStorageMultisample(GL_RENDERBUFFER, t->samples, internal, t->w, t->h);
			glFramebufferRenderbuffer(GL_FRAMEBUFFER, bufs[k], GL_RENDERBUFFER, *r);
			t->colors = k + 1;
		}
	}
	t->depth = ONE_OF(GL_NONE, GL_DEPTH_COMPONENT24, GL_DEPTH24_STENCIL8, GL_DEPTH_COMPONENT16, GL_DEPTH_COMPONENT32F);
	if (t->depth) {
		glGenRenderbuffers(1, &t->renderbuffers[1]);
		glBindRenderbuffer(GL_RENDERBUFFER, t->renderbuffers[1]);
		glRenderbufferStorageMultisample(GL_RENDERBUFFER, t->samples, t->depth, t->w, t->h);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, t->depth == GL_DEPTH24_STENCIL8 ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, t->renderbuffers[1]);
	}
	glDrawBuffers(t->colors, bufs);
	glReadBuffer(GL_COLOR_ATTACHMENT0);
	glDisable(GL_SCISSOR_TEST);
	glColorMask(1, 1, 1, 1);
	glDepthMask(1);
	glStencilMask(~0u);
	if (t->kind == FLOATS) glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	else {
		GLint v[4] = {1, 2, 3, 4};
		for (int k = 0; k < t->colors; k++) t->kind == INTS ? glClearBufferiv(GL_COLOR, k, v) : glClearBufferuiv(GL_COLOR, k, (GLuint *)v);
		glClearBufferfi(GL_DEPTH_STENCIL, 0, .5f, 3);
	}
	note("framebuffer %#x %#x: %#x", internal, t->depth, glCheckFramebufferStatus(GL_FRAMEBUFFER));
}

void setup_framebuffers(void) {
	for (int i = 0; i < OBJECTS; i++) make(i);
	window_framebuffer();
}

static void bind_some(void) {
	int i = chance(50) ? -1 : pick(OBJECTS);
	bind(chance(60) ? GL_FRAMEBUFFER : ONE_OF(GL_DRAW_FRAMEBUFFER, GL_READ_FRAMEBUFFER), i);
	if (chance(60)) glViewport(0, 0, drawable_w(), drawable_h());
}
static void to_window(void) {
	window_framebuffer();
	glViewport(0, 0, win_w, win_h);
}

static void select_buffers(void) {
	if (drawn[context] < 0) {
		if (chance(20)) glDrawBuffer(GL_NONE);
		else glDrawBuffer(ONE_OF(GL_BACK, GL_BACK_LEFT, GL_BACK, GL_COLOR_ATTACHMENT0));
	} else {
		target *t = &objects[context][drawn[context]];
		GLenum bufs[3];
		for (int k = 0; k < 3; k++) bufs[k] = k < t->colors && chance(80) ? GL_COLOR_ATTACHMENT0 + (GLenum)k : GL_NONE;
		glDrawBuffers(3, bufs);
	}
	if (read[context] >= 0 && chance(50)) glReadBuffer(GL_COLOR_ATTACHMENT0 + (GLenum)pick(objects[context][read[context]].colors));
	else if (read[context] < 0 && chance(30)) glReadBuffer(ONE_OF(GL_BACK, GL_BACK_LEFT));
}

static void clear_buffer(void) {
	float f[4] = {frand(0, 1), frand(0, 1), frand(0, 1), frand(0, 1)};
	GLint v[4] = {between(-5, 100), pick(100), pick(100), pick(100)};
	int at = pick(3);
	int kind = drawn[context] < 0 ? FLOATS : objects[context][drawn[context]].kind;
	switch (pick(4)) {
	case 0: glClearBufferfi(GL_DEPTH_STENCIL, chance(95) ? 0 : 1, f[0], v[1]); break;
	case 1: glClearBufferfv(GL_DEPTH, 0, f); break;
	case 2: glClearBufferiv(GL_STENCIL, 0, v); break;
	default:
		if (kind == FLOATS) glClearBufferfv(GL_COLOR, at, f);
		else if (kind == INTS) glClearBufferiv(GL_COLOR, at, v);
		else glClearBufferuiv(GL_COLOR, at, (GLuint *)v);
	}
}

static void blit(void) {
	int from = chance(40) ? -1 : pick(OBJECTS), to = chance(50) ? -1 : pick(OBJECTS);
	if (from == to) return; /* overlapping is undefined */
	int kind = from < 0 ? FLOATS : objects[context][from].kind, samples = from < 0 ? 0 : objects[context][from].samples;
	if (to >= 0 && (objects[context][to].kind != kind || objects[context][to].samples)) return;
	if (to < 0 && kind != FLOATS) return;
	bind(GL_READ_FRAMEBUFFER, from);
	bind(GL_DRAW_FRAMEBUFFER, to);
	int sw = readable_w(), sh = readable_h(), dw = drawable_w(), dh = drawable_h();
	int x0 = pick(sw), y0 = pick(sh), x1 = between(x0, sw), y1 = between(y0, sh), a0 = between(-5, dw), b0 = between(-5, dh), a1 = between(0, dw + 10), b1 = between(0, dh + 10);
	if (samples) x0 = y0 = 0, x1 = sw, y1 = sh, a0 = b0 = 0, a1 = sw, b1 = sh;
	else if (chance(40)) a1 = a0 + x1 - x0, b1 = b0 + y1 - y0;
	GLbitfield bits = GL_COLOR_BUFFER_BIT;
	if (chance(20)) bits = (GLbitfield)ONE_OF(GL_DEPTH_BUFFER_BIT, GL_STENCIL_BUFFER_BIT, GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glBlitFramebuffer(x0, y0, x1, y1, a0, b0, a1, b1, bits, kind != FLOATS || samples || bits != GL_COLOR_BUFFER_BIT || chance(60) ? GL_NEAREST : GL_LINEAR);
}

static void read_pixels(void) {
	int i = read[context], kind = i < 0 ? FLOATS : objects[context][i].kind;
	GLenum format = ONE_OF(GL_RGBA, GL_RGB, GL_BGRA, GL_BGR, GL_RED, GL_GREEN, GL_RG), type = ONE_OF(GL_UNSIGNED_BYTE, GL_UNSIGNED_BYTE, GL_FLOAT, GL_UNSIGNED_SHORT, GL_BYTE, GL_HALF_FLOAT);
	if (kind != FLOATS) format = GL_RGBA_INTEGER, type = kind == INTS ? GL_INT : GL_UNSIGNED_INT;
	else if (chance(15)) format = GL_DEPTH_COMPONENT, type = ONE_OF(GL_FLOAT, GL_UNSIGNED_INT, GL_UNSIGNED_SHORT);
	else if (chance(8)) format = GL_STENCIL_INDEX, type = ONE_OF(GL_UNSIGNED_BYTE, GL_INT);
	else if (chance(8)) format = GL_DEPTH_STENCIL, type = GL_UNSIGNED_INT_24_8;
	else if (chance(15)) format = GL_BGRA, type = ONE_OF(GL_UNSIGNED_INT_8_8_8_8_REV, GL_UNSIGNED_INT_8_8_8_8, GL_UNSIGNED_SHORT_4_4_4_4_REV);
	int w = between(1, readable_w()), h = between(1, readable_h()), x = pick(readable_w() - w + 1), y = pick(readable_h() - h + 1); /* what is outside would be undefined */
	plain_pack();
	glPixelStorei(GL_PACK_ALIGNMENT, 1 << pick(4));
	if (chance(30)) glPixelStorei(GL_PACK_ROW_LENGTH, w + pick(10));
	if (chance(20)) glPixelStorei(GL_PACK_SKIP_PIXELS, pick(9));
	if (chance(20)) glPixelStorei(GL_PACK_SKIP_ROWS, pick(9));
	if (chance(15)) glPixelStorei(GL_PACK_SWAP_BYTES, 1);
	memset(answer, 0x77, sizeof answer);
	if (chance(25)) {
		GLuint b = filled_buffer(GL_PIXEL_PACK_BUFFER, answer, 700000);
		glReadPixels(x, y, w, h, format, type, (void *)(uintptr_t)(pick(20) * 8));
		if (chance(50) && !es) {
			const void *p = glMapBuffer(GL_PIXEL_PACK_BUFFER, GL_READ_ONLY);
			if (p) memcpy(answer, p, 700000);
			glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
		} else get_buffer(GL_PIXEL_PACK_BUFFER, 0, 700000, answer);
		glDeleteBuffers(1, &b);
	} else glReadPixels(x, y, w, h, format, type, answer);
	char s[100];
	snprintf(s, sizeof s, "pixels of %d (%#x) %d,%d %dx%d as %#x %#x", i, i < 0 ? 0 : objects[context][i].internal, x, y, w, h, format, type);
	note_bytes(s, answer, sizeof answer);
	plain_pack();
}

static void ask(void) {
	int i = drawn[context];
	static const GLenum names[] = {GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE, GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE,
		GL_FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE, GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL, 0x55};
	GLenum a = i < 0 ? ONE_OF(GL_BACK_LEFT, GL_DEPTH, GL_STENCIL, GL_FRONT_LEFT) : ONE_OF(GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1, GL_DEPTH_ATTACHMENT, GL_STENCIL_ATTACHMENT);
	GLenum name = names[pick(COUNT(names))];
	GLint v = -3, w = -3;
	glGetFramebufferAttachmentParameteriv(GL_DRAW_FRAMEBUFFER, a, name, &v);
	glGetRenderbufferParameteriv(GL_RENDERBUFFER, ONE_OF(GL_RENDERBUFFER_WIDTH, GL_RENDERBUFFER_INTERNAL_FORMAT, GL_RENDERBUFFER_SAMPLES, GL_RENDERBUFFER_DEPTH_SIZE), &w);
	note("attachment %#x %#x: %d; renderbuffer %d; status %#x; is %d %d", a, name, v, w, glCheckFramebufferStatus(GL_READ_FRAMEBUFFER),
		glIsFramebuffer(objects[context][0].name), glIsRenderbuffer(objects[context][1].renderbuffers[0]));
}

static void renew(void) {
	int i = pick(OBJECTS);
	target *t = &objects[context][i];
	window_framebuffer();
	glDeleteFramebuffers(1, &t->name);
	for (int k = 0; k < 2; k++)
		if (t->renderbuffers[k]) glDeleteRenderbuffers(1, &t->renderbuffers[k]);
	make(i); /* the textures stay as textures */
	if (chance(60)) to_window();
}

static void mistakes(void) {
	switch (pick(6)) {
	case 0: glBindFramebuffer(GL_FRAMEBUFFER, 54321), window_framebuffer(); break;
	case 1: glDrawBuffer(0x9999); break;
	case 2: glReadPixels(0, 0, -1, 1, GL_RGBA, GL_UNSIGNED_BYTE, answer); break;
	case 3: glReadPixels(0, 0, 1, 1, GL_RGBA, 0x1234, answer); break;
	case 4: { /* an incomplete framebuffer */
		GLuint f;
		glGenFramebuffers(1, &f);
		glBindFramebuffer(GL_FRAMEBUFFER, f);
		note("status %#x", glCheckFramebufferStatus(GL_FRAMEBUFFER));
		glClear(GL_COLOR_BUFFER_BIT);
		glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, answer);
		glDeleteFramebuffers(1, &f);
		drawn[context] = read[context] = -1;
		break;
	}
	default: glBlitFramebuffer(0, 0, 1, 1, 0, 0, 1, 1, GL_DEPTH_BUFFER_BIT, GL_LINEAR);
	}
}

const step framebuffer_steps[] = {{"framebuffer", bind_some, 8}, {"window", to_window, 14}, {"draw buffers", select_buffers, 3}, {"clear buffer", clear_buffer, 5}, {"blit", blit, 6},
	{"read pixels", read_pixels, 6}, {"framebuffer ask", ask, 2}, {"framebuffer again", renew, 1}, {"framebuffer mistakes", mistakes, 1}, {0}};
