/* The app's default framebuffer, in two makes. `pbuffer`: the EGL surface. `fbo`: a framebuffer object on textures, flipped
 * (GL_MESA_framebuffer_flip_y) so that lines and points are rasterised as in a window; the self-test (selftest.c) decides whether it may be used.
 *
 * Front and back. In the make `fbo` they are one image until the app first draws to the front or reads it: then the front gets a texture of its
 * own, which at that moment is a copy of the back, and at each swap again. A window's front holds what was last swapped, so this differs only
 * where an app draws a part of a frame first and touches the front for the first time behind it. With GL_FRONT_AND_BACK a shader of GLSL 1.30
 * and later that writes an `out` variable writes the back alone; gl_FragColor and fixed function write both.
 * A pbuffer has one colour buffer for both.
 *
 * A multisampled drawable is a pbuffer in either make: an object's samples lie elsewhere than a window's, flipped or not. */
#include "state.h"
#include "replay_run.h"

#define NOW                          \
	replay *r = replay_now;      \
	struct replay_context *c = r->ctx; \
	const struct real_gl *g = &r->priv->real

static bool fbo(const replay *r) { return r->priv->make == FB_FBO; }
bool framebuffer_pbuffer(const replay *r, const drawable *d) { return r->priv->make == FB_PBUFFER || d->want.samples; }
static bool fbo_of(const replay *r, const drawable *d) { return fbo(r) && d && !d->want.samples; }
static struct fb_object *object(replay *r, struct replay_context *c, drawable *d);

/* Textures. */

static void no_memory(replay *r, const drawable *d) {
	x_fail(r, "no memory for drawable %u of %u×%u", d->serial, d->want.width, d->want.height);
	r->priv->failed = true;
}

/* The image of a colour buffer, for the texture that is bound. Its format is left to the driver first, which then takes that of the pixels given:
 * it is what a window has, so that each rounding is the same (scaled blits), and is read back as it lies. It has alpha also where the window
 * has none (opaque.c). */
void framebuffer_image(replay *r, GLsizei w, GLsizei h, const void *pixels) {
	const struct real_gl *g = &r->priv->real;
	GLint red = 0, a = 0;
	if (g->GetTexLevelParameteriv) {
		g->TexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, w, h, 0, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_RED_SIZE, &red);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_ALPHA_SIZE, &a);
		if (red == 8 && a == 8) return;
	}
	g->TexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, w, h, 0, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
}

static void textures_fill(replay *r, drawable *d) {
	const struct real_gl *g = &r->priv->real;
	size_t px = (size_t)d->want.width * d->want.height;
	uint32_t *zero = calloc(px, 4);
	if (!zero) no_memory(r, d);
	g->GenTextures(1, &d->tex.color);
	g->BindTexture(GL_TEXTURE_2D, d->tex.color);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	for (size_t i = 0; zero && !d->want.alpha && i < px; i++) zero[i] = 0xff000000u;
	framebuffer_image(r, (GLsizei)d->want.width, (GLsizei)d->want.height, zero);
	d->tex.front = 0;
	if (d->want.depth) {
		for (size_t i = 0; zero && i < px; i++) zero[i] = d->want.stencil ? 0xffffff00u : 0xffffffffu;
		g->GenTextures(1, &d->tex.depth);
		g->BindTexture(GL_TEXTURE_2D, d->tex.depth);
		g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
		if (d->want.stencil)
			g->TexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH24_STENCIL8, (GLsizei)d->want.width, (GLsizei)d->want.height, 0, GL_DEPTH_STENCIL,
			              GL_UNSIGNED_INT_24_8, zero);
		else
			g->TexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT24, (GLsizei)d->want.width, (GLsizei)d->want.height, 0, GL_DEPTH_COMPONENT,
			              GL_UNSIGNED_INT, zero);
	}
	g->BindTexture(GL_TEXTURE_2D, 0);
	free(zero);
}

/* OpenGL ES has no words for these images: they are made in a context of prism's own, which is a desktop one. */
static void textures_make_apart(replay *r, drawable *d) {
	if (!group_util(r, r->ctx->group, r->ctx)) {
		r->priv->failed = true;
		return;
	}
	r->priv->real.BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	textures_fill(r, d);
	if (r->priv->real.GetError() == GL_OUT_OF_MEMORY) no_memory(r, d);
	d->tex.group = r->ctx->group;
	d->tex.version = d->version;
	if (!replay_current(r)) r->priv->failed = true;
}

static void textures_make(replay *r, drawable *d) {
	const struct real_gl *g = &r->priv->real;
	GLint tex = 0, unpack = 0;
	if (r->ctx->es) {
		textures_make_apart(r, d);
		return;
	}
	bool paused = list_pause(r);
	replay_collect_error(r); /* the app's own */
	g->GetIntegerv(GL_TEXTURE_BINDING_2D, &tex);
	g->GetIntegerv(GL_PIXEL_UNPACK_BUFFER_BINDING, &unpack);
	if (unpack) g->BindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	unpack_tight(r);
	textures_fill(r, d);
	g->BindTexture(GL_TEXTURE_2D, (GLuint)tex);
	if (unpack) g->BindBuffer(GL_PIXEL_UNPACK_BUFFER, (GLuint)unpack);
	if (!r->ctx->in_begin && g->GetError() == GL_OUT_OF_MEMORY) no_memory(r, d);
	if (paused) list_resume(r);
	d->tex.group = r->ctx->group;
	d->tex.version = d->version;
}

/* Mesa takes the entry point with its own suffix in OpenGL ES only. */
void framebuffer_flip(replay *r) {
	const struct real_gl *g = &r->priv->real;
	GLint major = 0, minor = 0;
	if (!r->priv->flips) return;
	g->GetIntegerv(GL_MAJOR_VERSION, &major);
	g->GetIntegerv(GL_MINOR_VERSION, &minor);
	bool core = g->FramebufferParameteri && major * 10 + minor >= 43;
	if (core) g->FramebufferParameteri(GL_FRAMEBUFFER, GL_FRAMEBUFFER_FLIP_Y_MESA, GL_TRUE);
	else if (g->FramebufferParameteriMESA) g->FramebufferParameteriMESA(GL_FRAMEBUFFER, GL_FRAMEBUFFER_FLIP_Y_MESA, GL_TRUE);
}

/* Back to front, in a context of prism's own: no scissor or mask cuts there. The app's comes back with its next command. */
static bool front_update(replay *r, drawable *d, const struct replay_context *member) {
	const struct real_gl *g = &r->priv->real;
	GLuint fb[2];
	if (!group_util(r, d->tex.group, member)) return false;
	g->GenFramebuffers(2, fb);
	for (int i = 0; i < 2; i++) {
		g->BindFramebuffer(i ? GL_DRAW_FRAMEBUFFER : GL_READ_FRAMEBUFFER, fb[i]);
		g->FramebufferTexture2D(i ? GL_DRAW_FRAMEBUFFER : GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, i ? d->tex.front : d->tex.color, 0);
	}
	const GLint w = (GLint)d->want.width, h = (GLint)d->want.height;
	g->BlitFramebuffer(0, 0, w, h, 0, 0, w, h, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(2, fb);
	return true;
}

void framebuffer_front_make(replay *r, drawable *d) {
	const struct real_gl *g = &r->priv->real;
	g->GenTextures(1, &d->tex.front);
	g->BindTexture(GL_TEXTURE_2D, d->tex.front);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	framebuffer_image(r, (GLsizei)d->want.width, (GLsizei)d->want.height, NULL);
	g->BindTexture(GL_TEXTURE_2D, 0);
}

/* The front becomes an image of its own. */
static void front_touch(replay *r, drawable *d) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (!fbo_of(r, d) || !d->double_buffer || d->one_image || d->tex.front || d->tex.group != c->group || !g->BlitFramebuffer) return;
	if (!group_util(r, c->group, c)) return;
	framebuffer_front_make(r, d);
	front_update(r, d, c);
	if (!replay_current(r)) return;
	d->tex.version = ++d->version; /* every context attaches it when it comes next, */
	object(r, c, d);               /* and this one now */
}

/* The context's framebuffer objects on d, made when missing or of an older size. */
static struct fb_object *object(replay *r, struct replay_context *c, drawable *d) {
	const struct real_gl *g = &r->priv->real;
	struct fb_object *f = NULL;
	for (unsigned i = 0; i < 8; i++)
		if (c->fb[i].drawable == d->serial) f = &c->fb[i];
	if (d->tex.group != c->group) {
		if (d->tex.group) {
			x_note(r, "drawable %u is drawn to by contexts that share nothing: its contents are copied at each change, which takes time", d->serial);
			if (!framebuffer_keep(r, d) || !replay_current(r)) r->priv->failed = true;
		}
		d->tex = (fb_textures){0};
		textures_make(r, d);
		if (!framebuffer_give_back(r, d)) r->priv->failed = true;
		d->version = d->tex.version = d->version + 1;
	}
	if (f && f->version == d->tex.version) return f;
	if (!f) {
		f = &c->fb[c->fb_next++ % 8];
		if (f->name) {
			g->DeleteFramebuffers(1, &f->name);
			g->DeleteFramebuffers(1, &f->reader);
		}
		*f = (struct fb_object){.drawable = d->serial};
		g->GenFramebuffers(1, &f->name);
		g->GenFramebuffers(1, &f->reader);
	}
	f->version = d->tex.version;
	GLint draw = 0, read = 0;
	g->GetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &draw);
	g->GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &read);
	GLenum depth = d->want.stencil ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT;
	for (int i = 0; i < 2; i++) {
		g->BindFramebuffer(GL_FRAMEBUFFER, i ? f->reader : f->name);
		g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, i && d->tex.front ? d->tex.front : d->tex.color, 0);
		if (!i && d->tex.front) g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, d->tex.front, 0);
		if (d->tex.depth) g->FramebufferTexture2D(GL_FRAMEBUFFER, depth, GL_TEXTURE_2D, d->tex.depth, 0);
		framebuffer_flip(r);
	}
	g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, (GLuint)draw);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)read);
	return f;
}

void framebuffer_drop(replay *r, drawable *d) {
	const struct replay_private *p = r->priv;
	/* Else they go with their share group: no context that could delete them is current, or it draws a primitive with them. */
	if (d->tex.group && r->ctx && r->ctx->group == d->tex.group && !r->ctx->in_begin && !p->util_current) {
		p->real.DeleteTextures(1, &d->tex.color);
		if (d->tex.depth) p->real.DeleteTextures(1, &d->tex.depth);
		if (d->tex.front) p->real.DeleteTextures(1, &d->tex.front);
	}
	d->tex = (fb_textures){0};
	framebuffer_kept_free(d);
}

GLuint framebuffer_default(replay *r, bool draw) {
	struct replay_context *c = r->ctx;
	drawable *d = draw ? c->draw : c->read;
	return fbo_of(r, d) ? object(r, c, d)->name : 0;
}

static bool is_default(const replay *r, GLuint name) {
	if (!name) return true;
	if (!fbo(r)) return false;
	for (unsigned i = 0; i < 8; i++)
		if (r->ctx->fb[i].name == name) return true;
	return false;
}

static void rebind_default(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (!fbo(r)) return;
	if (!c->draw_fbo) g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer_default(r, true));
	if (!c->read_fbo) g->BindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_default(r, false));
}

void framebuffer_asked(replay *r) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLint draw = 0, read = 0;
	g->GetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &draw);
	g->GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &read);
	c->draw_fbo = is_default(r, (GLuint)draw) ? 0 : (GLuint)draw;
	c->read_fbo = is_default(r, (GLuint)read) ? 0 : (GLuint)read;
}

/* Which buffer. */

static bool front(GLenum b) { return b == GL_FRONT || b == GL_FRONT_LEFT; }
static bool back(GLenum b) { return b == GL_BACK || b == GL_BACK_LEFT; }

/* What GL is told for a buffer of the default framebuffer; 0xffffffff: an error, which GL is made to report. */
static GLenum real_buffer(const replay *r, const drawable *d, GLenum b, bool many) {
	if (fbo_of(r, d) && d->tex.front && (front(b) || (!many && b == GL_LEFT))) return GL_COLOR_ATTACHMENT1;
	bool some = front(b) || (back(b) && (!d || d->double_buffer || r->ctx->es)) || (!many && (b == GL_LEFT || b == GL_FRONT_AND_BACK));
	if (b == GL_NONE) return GL_NONE;
	if (some) return fbo_of(r, d) ? GL_COLOR_ATTACHMENT0 : many ? GL_BACK_LEFT : GL_BACK;
	return 0xffffffff;
}

static void apply_draw(replay *r) {
	struct replay_context *c = r->ctx;
	unsigned n = 1;
	GLenum real[MAX_DRAW_BUFFERS];
	const GLenum first = c->draw_buf[0];
	const bool both = first == GL_FRONT_AND_BACK || first == GL_LEFT;
	for (unsigned i = 0; i < MAX_DRAW_BUFFERS; i++)
		if (both || front(c->draw_buf[i])) {
			front_touch(r, c->draw);
			break;
		}
	for (unsigned i = 0; i < MAX_DRAW_BUFFERS; i++) {
		real[i] = real_buffer(r, c->draw, c->draw_buf[i], i > 0);
		if (real[i] == 0xffffffff) real[i] = GL_NONE;
		if (real[i]) n = i + 1;
	}
	if (both && c->draw && c->draw->tex.front) {
		real[0] = GL_COLOR_ATTACHMENT0;
		real[1] = GL_COLOR_ATTACHMENT1;
		n = 2;
	}
	es_draw_buffers(r, n, real);
}

GLuint framebuffer_drawn(const replay *r) {
	const struct replay_context *c = r->ctx;
	const drawable *d = c->draw;
	const GLenum b = c->draw_buf[0];
	if (c->draw_fbo || !fbo_of(r, d) || d->tex.group != c->group || (d->tex.front && (b == GL_FRONT_AND_BACK || b == GL_LEFT))) return 0;
	for (unsigned i = 1; i < MAX_DRAW_BUFFERS; i++)
		if (c->draw_buf[i]) return 0;
	switch (real_buffer(r, d, b, false)) {
	case GL_COLOR_ATTACHMENT0: return d->tex.color;
	case GL_COLOR_ATTACHMENT1: return d->tex.front;
	default: return 0;
	}
}

unsigned framebuffer_drawn_all(const replay *r, uint8_t to[MAX_DRAW_BUFFERS]) {
	const struct replay_context *c = r->ctx;
	const drawable *d = c->draw;
	const GLenum b = c->draw_buf[0];
	unsigned n = 0;
	memset(to, 0, MAX_DRAW_BUFFERS);
	if (d->tex.front && (b == GL_FRONT_AND_BACK || b == GL_LEFT)) {
		to[0] = DRAWN_FRONT; /* of two that one name means Mesa's first */
		to[1] = DRAWN_BACK;
		return 2;
	}
	for (unsigned i = 0; i < MAX_DRAW_BUFFERS; i++) {
		const GLenum real = real_buffer(r, d, c->draw_buf[i], i > 0);
		if (real == GL_NONE || real == 0xffffffff) continue;
		to[i] = real == GL_COLOR_ATTACHMENT1 ? DRAWN_FRONT : DRAWN_BACK;
		n = i + 1;
	}
	return n;
}

static void l_draw_buffer(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLenum b = (GLenum)a[0];
	(void)data;
	if (c->in_begin || c->draw_fbo || c->es) {
		g->DrawBuffer(b);
		return;
	}
	if (real_buffer(r, c->draw, b, false) == 0xffffffff) {
		/* A buffer of another kind of framebuffer, or none that exists. */
		bool known = (b >= GL_FRONT_LEFT && b <= GL_FRONT_AND_BACK) || (b >= GL_COLOR_ATTACHMENT0 && b <= GL_COLOR_ATTACHMENT31);
		g->DrawBuffer(known ? GL_RIGHT : b);
		return;
	}
	memset(c->draw_buf, 0, sizeof c->draw_buf);
	c->draw_buf[0] = b;
	c->draw_buffer_set = true;
	apply_draw(r);
}

static void v_DrawBuffer(GLenum b) {
	NOW;
	const int32_t a[LIST_ARGS] = {(int32_t)b};
	if (!c) return;
	if (c->in_begin) g->DrawBuffer(b);
	else if (!list_note(r, l_draw_buffer, a, NULL, 0)) l_draw_buffer(r, a, NULL);
}

static void l_draw_buffers(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const GLenum *b = data;
	int32_t n = a[0];
	bool good = !c->in_begin && !c->draw_fbo && n >= 0 && n <= MAX_DRAW_BUFFERS;
	if (good && c->es && (n != 1 || (b[0] != GL_NONE && b[0] != GL_BACK))) {
		if (!c->gl_error) c->gl_error = GL_INVALID_OPERATION;
		return;
	}
	for (int32_t i = 0; good && i < n; i++) {
		/* GL_BACK is allowed for a single one from GL 4.0 on */
		GLenum b0 = b[i];
		if (b0 != GL_NONE && b0 != GL_FRONT_LEFT && b0 != GL_BACK_LEFT && !(n == 1 && b0 == GL_BACK)) good = false;
		else if (real_buffer(r, c->draw, b0, true) == 0xffffffff) good = false;
	}
	if (!good) {
		static const GLenum wrong = GL_FRONT_RIGHT; /* missing in both makes */
		if (c->in_begin || c->draw_fbo || n < 0 || n > MAX_DRAW_BUFFERS) g->DrawBuffers(n, b);
		else g->DrawBuffers(1, &wrong);
		return;
	}
	memset(c->draw_buf, 0, sizeof c->draw_buf);
	if (n) memcpy(c->draw_buf, b, (size_t)n * sizeof *b);
	c->draw_buffer_set = true;
	apply_draw(r);
}

static void v_DrawBuffers(GLsizei n, const GLenum *b) {
	NOW;
	const int32_t a[LIST_ARGS] = {n};
	if (!c || !g->DrawBuffers) return;
	if (c->in_begin) g->DrawBuffers(n, b);
	else if (!list_note(r, l_draw_buffers, a, b, n > 0 ? (uint64_t)n * sizeof *b : 0)) l_draw_buffers(r, a, b);
}

static void apply_read(replay *r) {
	struct replay_context *c = r->ctx;
	if (front(c->read_buf) || c->read_buf == GL_LEFT) front_touch(r, c->read);
	GLenum b = real_buffer(r, c->read, c->read_buf, false);
	r->priv->real.ReadBuffer(b == 0xffffffff ? GL_NONE : b);
}

static void l_read_buffer(replay *r, const int32_t *a, const void *data) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	GLenum b = (GLenum)a[0];
	(void)data;
	if (c->in_begin || c->read_fbo) {
		g->ReadBuffer(b);
		return;
	}
	if (c->es && b != GL_NONE && b != GL_BACK) {
		if (!c->gl_error) c->gl_error = b >= GL_COLOR_ATTACHMENT0 && b <= GL_COLOR_ATTACHMENT31 ? GL_INVALID_OPERATION : GL_INVALID_ENUM;
		return;
	}
	if (b == GL_FRONT_AND_BACK || real_buffer(r, c->read, b, false) == 0xffffffff) {
		bool known = (b >= GL_FRONT_LEFT && b <= GL_RIGHT) || (b >= GL_COLOR_ATTACHMENT0 && b <= GL_COLOR_ATTACHMENT31);
		g->ReadBuffer(known ? GL_RIGHT : b);
		return;
	}
	c->read_buf = b;
	c->read_buffer_set = true;
	apply_read(r);
}

static void v_ReadBuffer(GLenum b) {
	NOW;
	const int32_t a[LIST_ARGS] = {(int32_t)b};
	if (!c) return;
	if (c->in_begin) g->ReadBuffer(b);
	else if (!list_note(r, l_read_buffer, a, NULL, 0)) l_read_buffer(r, a, NULL);
}

void framebuffer_draw_buffers(replay *r, GLsizei n, const GLenum *b) {
	const int32_t many[LIST_ARGS] = {n}, one[LIST_ARGS] = {(int32_t)*b};
	if (n < 0) l_draw_buffer(r, one, NULL);
	else l_draw_buffers(r, many, b);
}
void framebuffer_read_buffer(replay *r, GLenum b) {
	const int32_t a[LIST_ARGS] = {(int32_t)b};
	l_read_buffer(r, a, NULL);
}

/* The attribute stack. glPushAttrib saves the buffers of the framebuffer that is bound, and glPopAttrib names them again to the one that is
 * bound then, which may refuse them: a window has no attachments and an object no back buffer. Where the window is an object of ours, GL
 * has its own framebuffer 0 before it meanwhile, with the same errors. Which of the window's buffers are pushed is kept here. */

void framebuffer_stack(replay *r, void (*command)(replay *r, GLbitfield mask), GLbitfield mask) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	const bool draw = !c->in_begin && mask & GL_COLOR_BUFFER_BIT && !c->draw_fbo && fbo_of(r, c->draw);
	const bool read = !c->in_begin && mask & GL_PIXEL_MODE_BIT && !c->read_fbo && fbo_of(r, c->read);
	if (draw) g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	if (read) g->BindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	command(r, mask);
	if (draw) g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer_default(r, true));
	if (read) g->BindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_default(r, false));
}

void framebuffer_push(const struct replay_context *c, attrib_entry *e) {
	e->draw_window = !c->draw_fbo;
	e->read_window = !c->read_fbo;
	memcpy(e->draw, c->draw_buf, sizeof e->draw);
	e->read = c->read_buf;
}

/* GL has popped its own. */
void framebuffer_pop(replay *r, const attrib_entry *e) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (e->mask & GL_COLOR_BUFFER_BIT) {
		const bool changed = e->draw_window && memcmp(c->draw_buf, e->draw, sizeof c->draw_buf);
		unsigned n = MAX_DRAW_BUFFERS;
		while (n > 1 && !e->draw[n - 1]) n--;
		if (changed && !c->draw_fbo) memcpy(c->draw_buf, e->draw, sizeof c->draw_buf);
		if (!c->draw_fbo) apply_draw(r);
		else if (changed && n > 1) g->DrawBuffers((GLsizei)n, e->draw);
		else if (changed) g->DrawBuffer(e->draw[0]);
	}
	if (e->mask & GL_PIXEL_MODE_BIT && !c->read_fbo) {
		if (e->read_window) c->read_buf = e->read;
		apply_read(r);
	}
}

/* Binding. Not compiled into lists. */

static void v_BindFramebuffer(GLenum target, GLuint name) {
	NOW;
	if (!c || !g->BindFramebuffer) return;
	bool draw = target != GL_READ_FRAMEBUFFER;
	if (name || !fbo(r)) g->BindFramebuffer(target, name);
	else if (target == GL_FRAMEBUFFER) {
		g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer_default(r, true));
		g->BindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_default(r, false));
	} else g->BindFramebuffer(target, framebuffer_default(r, draw));
	framebuffer_asked(r);
	virtual_apply(r);
}

static void v_DeleteFramebuffers(GLsizei n, const GLuint *names) {
	NOW;
	if (!c || !g->DeleteFramebuffers) return;
	g->DeleteFramebuffers(n, names);
	framebuffer_asked(r);
	rebind_default(r);
	virtual_apply(r);
}

static bool asks_default(const struct replay_context *c, GLenum target) {
	return target == GL_READ_FRAMEBUFFER ? !c->read_fbo : !c->draw_fbo;
}

static void v_GetFramebufferAttachmentParameteriv(GLenum target, GLenum attachment, GLenum pname, GLint *out) {
	NOW;
	if (!c || !g->GetFramebufferAttachmentParameteriv) return;
	if (!asks_default(c, target) || !fbo_of(r, target == GL_READ_FRAMEBUFFER ? c->read : c->draw)) {
		if (asks_default(c, target) && back(attachment) && !c->es) attachment = GL_FRONT_LEFT; /* a pbuffer has one colour buffer */
		g->GetFramebufferAttachmentParameteriv(target, attachment, pname, out);
		return;
	}
	if (c->es && attachment != GL_BACK && attachment != GL_DEPTH && attachment != GL_STENCIL) attachment = GL_NONE;
	switch (attachment) {
	case GL_FRONT_LEFT: case GL_FRONT: case GL_BACK_LEFT: case GL_BACK: attachment = GL_COLOR_ATTACHMENT0; break; /* alike but for their contents */
	case GL_DEPTH: attachment = GL_DEPTH_ATTACHMENT; break;
	case GL_STENCIL: attachment = GL_STENCIL_ATTACHMENT; break;
	default: attachment = GL_COLOR_ATTACHMENT31; break; /* not of the default framebuffer: GL reports it */
	}
	switch (pname) {
	case GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME:
		if (c->es) {
			*out = 0;
			return;
		}
		pname = GL_NONE;
		break;
	case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL: case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_CUBE_MAP_FACE: case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LAYER:
	case GL_FRAMEBUFFER_ATTACHMENT_LAYERED: pname = GL_NONE; break; /* a window has no textures: GL reports it */
	}
	g->GetFramebufferAttachmentParameteriv(target, attachment, pname, out);
	if (pname == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE && *out == GL_TEXTURE) *out = GL_FRAMEBUFFER_DEFAULT;
	if (pname == GL_FRAMEBUFFER_ATTACHMENT_ALPHA_SIZE && attachment == GL_COLOR_ATTACHMENT0 && opaque_is(r, target == GL_READ_FRAMEBUFFER ? c->read : c->draw)) *out = 0;
}

/* What glReadPixels gives goes through the app's pixel transfer: readback must not. */
static void v_PixelTransferf(GLenum pname, GLfloat v) {
	replay *r = replay_now;
	r->priv->transfers = true;
	r->priv->real.PixelTransferf(pname, v);
}
static void v_PixelTransferi(GLenum pname, GLint v) {
	replay *r = replay_now;
	r->priv->transfers = true;
	r->priv->real.PixelTransferi(pname, v);
}

void *framebuffer_proc(const char *name) {
	static const struct { const char *name; void *fn; } ours[] = {
		{"glDrawBuffer", v_DrawBuffer}, {"glDrawBuffers", v_DrawBuffers}, {"glDrawBuffersARB", v_DrawBuffers}, {"glReadBuffer", v_ReadBuffer},
		{"glPixelTransferf", v_PixelTransferf}, {"glPixelTransferi", v_PixelTransferi},
		{"glBindFramebuffer", v_BindFramebuffer}, {"glBindFramebufferEXT", v_BindFramebuffer},
		{"glDeleteFramebuffers", v_DeleteFramebuffers}, {"glDeleteFramebuffersEXT", v_DeleteFramebuffers},
		{"glGetFramebufferAttachmentParameteriv", v_GetFramebufferAttachmentParameteriv},
		{"glGetFramebufferAttachmentParameterivEXT", v_GetFramebufferAttachmentParameteriv},
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(ours[i].name, name)) return ours[i].fn;
	return NULL;
}

int framebuffer_value(const struct replay_context *c, GLenum pname, int64_t *v) {
	switch (pname) {
	case GL_DRAW_FRAMEBUFFER_BINDING: v[0] = c->draw_fbo; return 1;
	case GL_READ_FRAMEBUFFER_BINDING: v[0] = c->read_fbo; return 1;
	case GL_DRAW_BUFFER: v[0] = c->draw_buf[0]; return !c->draw_fbo && !c->es;
	case GL_READ_BUFFER: v[0] = c->read_buf; return !c->read_fbo && (c->read || !c->es);
	case GL_DOUBLEBUFFER: v[0] = c->draw && c->draw->double_buffer && !c->draw->one_image; return !c->draw_fbo && !c->es;
	default:
		if (pname < GL_DRAW_BUFFER0 || pname > GL_DRAW_BUFFER15 || c->draw_fbo) return 0;
		v[0] = c->draw_buf[pname - GL_DRAW_BUFFER0];
		return 1;
	}
}

void framebuffer_bound(replay *r, bool first) {
	struct replay_context *c = r->ctx;
	const struct real_gl *g = &r->priv->real;
	if (first) {
		GLenum b = c->draw->double_buffer || c->es ? GL_BACK : GL_FRONT;
		if (!c->draw_buffer_set) c->draw_buf[0] = b;
		if (!c->read_buffer_set) c->read_buf = b;
	}
	rebind_default(r);
	if (first && fbo(r)) {
		const prism_surface_want *w = &c->draw->want;
		bool paused = list_pause(r);
		g->Viewport(0, 0, (GLsizei)w->width, (GLsizei)w->height);
		g->Scissor(0, 0, (GLsizei)w->width, (GLsizei)w->height);
		if (paused) list_resume(r);
	}
	if ((first || fbo(r)) && !c->draw_fbo && c->draw) {
		bool paused = list_pause(r);
		apply_draw(r);
		if (paused) list_resume(r);
	}
	if ((first || fbo(r)) && !c->read_fbo && c->read) {
		bool paused = list_pause(r);
		apply_read(r);
		if (paused) list_resume(r);
	}
}

bool framebuffer_reads_front(const struct replay_context *c, const drawable *d) {
	return d->tex.front && c->read == d && (front(c->read_buf) || c->read_buf == GL_LEFT);
}

static struct replay_context *member(const replay *r, const share_group *s) {
	const struct replay_private *p = r->priv;
	if (r->ctx && r->ctx->group == s) return r->ctx;
	for (unsigned i = 0; i < p->n_ctxs; i++)
		if (p->ctxs[i]->group == s) return p->ctxs[i];
	return NULL;
}

int framebuffer_swap(replay *r, drawable *d) {
	/* The back buffer keeps its contents, and is the front too until that is an image of its own. */
	if (!d->tex.front) return 0;
	const struct replay_context *c = member(r, d->tex.group);
	return c && !front_update(r, d, c) ? REPLAY_DEVICE : 0;
}

/* Reading what is presented: the front. */

static bool read_apart(replay *r, drawable *d, const struct replay_context *c, box b, uint8_t *to) {
	const struct real_gl *g = &r->priv->real;
	GLuint fb;
	if (!group_util(r, d->tex.group, c)) return false;
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, fb);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, d->tex.front ? d->tex.front : d->tex.color, 0);
	framebuffer_flip(r);
	g->ReadPixels(b.x, b.y, b.w, b.h, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &fb);
	return true;
}

static bool read_fbo(replay *r, drawable *d, box b, uint8_t *to) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	if (!d->tex.group) {
		memset(to, 0, (size_t)b.w * (size_t)b.h * 4); /* never drawn to */
		return true;
	}
	struct replay_context *c = member(r, d->tex.group), *was = r->ctx;
	if (!c) {
		x_fail(r, "drawable %u: no context is left that its contents belong to", d->serial);
		return false;
	}
	if (p->transfers || (c->es && !c->reads_bgra)) return read_apart(r, d, c, b, to);
	char err[256];
	if (c != was) replay_drawn(r);
	if ((c != was || p->util_current) && !p->dev->make_current(p->dev, p->util_surface, p->util_surface, c->egl, err, sizeof err)) {
		x_fail(r, "%s", err);
		return false;
	}
	r->ctx = c;
	GLint read = 0, pack = 0;
	struct fb_object *f = object(r, c, d);
	g->GetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &read);
	g->GetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pack);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, f->reader);
	/* Pack state is always tight (virtual.c). */
	g->ReadPixels(b.x, b.y, b.w, b.h, GL_BGRA, c->es ? GL_UNSIGNED_BYTE : GL_UNSIGNED_INT_8_8_8_8_REV, to);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)read);
	if (pack) g->BindBuffer(GL_PIXEL_PACK_BUFFER, (GLuint)pack);
	r->ctx = was;
	if (c != was || p->util_current) p->util_current = true; /* the app's own comes back when it is next needed */
	return true;
}

/* A multisampled pbuffer, current with the util context, as a window shows it: glReadPixels of it gives one of the samples on Mesa. */
static void read_resolved(replay *r, box b, uint8_t *to) {
	const struct real_gl *g = &r->priv->real;
	GLuint fb, tex;
	g->GenTextures(1, &tex);
	g->BindTexture(GL_TEXTURE_2D, tex);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	g->TexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, b.w, b.h, 0, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, NULL);
	g->BindTexture(GL_TEXTURE_2D, 0);
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, fb);
	g->FramebufferTexture2D(GL_DRAW_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	g->BlitFramebuffer(b.x, b.y, b.x + b.w, b.y + b.h, 0, 0, b.w, b.h, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	g->ReadPixels(0, 0, b.w, b.h, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &fb);
	g->DeleteTextures(1, &tex);
}

int replay_readback(replay *r, uint32_t serial, int32_t x, int32_t y, int32_t w, int32_t h, uint8_t *to) {
	struct replay_private *p = r->priv;
	replay_now = r;
	drawable *d = replay_drawable(r, serial);
	if (!d) return x_fail(r, "readback: drawable %u is not known", serial);
	if (w < 0 || h < 0 || x < d->off_x || y < d->off_y || x - d->off_x > (int32_t)d->want.width - w || y - d->off_y > (int32_t)d->want.height - h)
		return x_fail(r, "readback: %d×%d at %d,%d of %u×%u at %d,%d", w, h, x, y, d->want.width, d->want.height, d->off_x, d->off_y);
	x -= d->off_x;
	y -= d->off_y;
	if (!w || !h) return 0;
	if (fbo_of(r, d)) return read_fbo(r, d, (box){x, y, w, h}, to) ? 0 : REPLAY_DEVICE;
	if (!replay_util_on(r, d)) return REPLAY_DEVICE;
	if (d->want.samples && p->real.BlitFramebuffer) read_resolved(r, (box){x, y, w, h}, to);
	else p->real.ReadPixels(x, y, w, h, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
	return 0;
}
