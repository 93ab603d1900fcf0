/* Is a framebuffer object, flipped where that is offered, pixel by pixel what a pbuffer is? Pictures of what is rasterised differently where the
 * rows lie the other way round (edges, wide lines, points and stipples at half pixels) are drawn into both; colour, depth and stencil must be
 * the same. Also: what a device says of itself. */
#include "state.h"
#include "replay_run.h"
#include <stdio.h>

enum { W = 320, H = 240, PICTURES = 4 };

static uint32_t next(uint32_t *s) { return *s = *s * 1664525u + 1013904223u; }
static float at(uint32_t *s, float n) { return (float)(next(s) >> 16) / 65536.0f * n; }
static float half(uint32_t *s, float n) { return (float)(int)at(s, n) + 0.5f; }

static void vertex(const struct real_gl *g, float x, float y, float z) { g->Vertex3f(x / W * 2 - 1, y / H * 2 - 1, z); }

static void picture(const struct real_gl *g, uint32_t s) {
	GLubyte stipple[128];
	for (int i = 0; i < 128; i++) stipple[i] = (GLubyte)(next(&s) >> 24);
	g->Viewport(0, 0, W, H);
	g->ClearColor(0.1f, 0.2f, 0.3f, 0.4f);
	g->ClearDepth(1);
	g->ClearStencil(0);
	g->Clear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	g->Enable(GL_DEPTH_TEST);
	g->PolygonStipple(stipple);
	for (int i = 0; i < 60; i++) {
		(i % 3 ? g->Disable : g->Enable)(GL_POLYGON_STIPPLE);
		g->Begin(GL_TRIANGLES);
		for (int k = 0; k < 3; k++) {
			g->Color4f(at(&s, 1), at(&s, 1), at(&s, 1), at(&s, 1));
			float x = i & 1 ? half(&s, W) : at(&s, W), y = i & 1 ? half(&s, H) : at(&s, H);
			vertex(g, x, y, at(&s, 1));
		}
		g->End();
	}
	g->Disable(GL_POLYGON_STIPPLE);
	g->Disable(GL_DEPTH_TEST);
	for (int i = 0; i < 60; i++) {
		g->LineWidth((float)(1 + i % 5));
		g->LineStipple(1 + i % 3, (GLushort)(next(&s) >> 16));
		(i % 4 ? g->Disable : g->Enable)(GL_LINE_STIPPLE);
		g->Begin(GL_LINES);
		for (int k = 0; k < 2; k++) {
			g->Color4f(at(&s, 1), at(&s, 1), at(&s, 1), 1);
			float x = i & 1 ? half(&s, W) : (float)(int)at(&s, W), y = i & 1 ? half(&s, H) : (float)(int)at(&s, H);
			vertex(g, x, y, 0);
		}
		g->End();
	}
	g->Disable(GL_LINE_STIPPLE);
	for (int i = 0; i < 200; i++) {
		g->PointSize((float)(1 + i % 7));
		g->Begin(GL_POINTS);
		g->Color4f(at(&s, 1), at(&s, 1), at(&s, 1), 1);
		float x = i & 1 ? half(&s, W) : (float)(int)at(&s, W), y = i & 1 ? half(&s, H) : (float)(int)at(&s, H);
		vertex(g, x, y, 0);
		g->End();
	}
	g->LineWidth(1);
	g->PointSize(1);
	g->Finish();
}

/* PICTURES of them from what is bound, each as colour and as depth with stencil. */
static void pictures(const struct real_gl *g, uint32_t *to) {
	for (uint32_t i = 0; i < PICTURES; i++, to += 2 * W * H) {
		picture(g, 12345 + i);
		g->ReadPixels(0, 0, W, H, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
		g->ReadPixels(0, 0, W, H, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, to + W * H);
	}
}

/* The make `fbo` needs contexts of OpenGL ES and desktop ones that share textures (es.c), which NVIDIA's driver refuses. */
static bool es_shares(replay *r) {
	struct replay_private *p = r->priv;
	const prism_context_want es = {4, 3, 0, false}, desktop = {0, 0, 0, false};
	char err[256];
	void *a = p->dev->context_new(p->dev, NULL, &es, err, sizeof err);
	if (!a) return true; /* there is no OpenGL ES */
	void *b = p->dev->context_new(p->dev, a, &desktop, err, sizeof err);
	if (b) p->dev->context_free(p->dev, b);
	p->dev->context_free(p->dev, a);
	return b;
}

bool replay_offered(replay *r, const char *name) {
	const struct real_gl *g = &r->priv->real;
	GLint n = 0;
	g->GetIntegerv(GL_NUM_EXTENSIONS, &n);
	for (GLint i = 0; g->GetStringi && i < n; i++) {
		const char *e = (const char *)g->GetStringi(GL_EXTENSIONS, (GLuint)i);
		if (e && !strcmp(e, name)) return true;
	}
	return false;
}

int replay_selftest(replay *r, int *pixels, bool *flip, char *err, size_t err_bytes) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	enum { ALL = PICTURES * W * H };
	uint32_t *want = calloc(4 * (size_t)ALL, 4), *got = want + 2 * ALL;
	void *surface = NULL;
	int diff = -1;
	replay_now = r;
	*pixels = ALL;
	*flip = false;
	snprintf(err, err_bytes, "out of memory");
	if (!want) return -1;
	const prism_surface_want sw = {W, H, 8, 24, 8, 0};
	surface = p->dev->surface_new(p->dev, &sw, err, err_bytes);
	if (!surface || !p->dev->make_current(p->dev, surface, surface, p->util, err, err_bytes)) goto out;
	p->util_current = true;
	if (!g->Begin || !g->BindFramebuffer) {
		snprintf(err, err_bytes, "no compatibility context with framebuffer objects");
		goto out;
	}
	*flip = replay_offered(r, "GL_MESA_framebuffer_flip_y");
	while (g->GetError() != GL_NO_ERROR) {}
	pictures(g, want);
	GLuint tex[2], fb;
	g->GenTextures(2, tex);
	g->BindTexture(GL_TEXTURE_2D, tex[0]);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	framebuffer_image(r, W, H, NULL);
	g->BindTexture(GL_TEXTURE_2D, tex[1]);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	g->TexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH24_STENCIL8, W, H, 0, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, NULL);
	g->BindTexture(GL_TEXTURE_2D, 0);
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, fb);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex[0], 0);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_TEXTURE_2D, tex[1], 0);
	if (*flip) framebuffer_flip(r);
	GLenum status = g->CheckFramebufferStatus(GL_FRAMEBUFFER);
	if (status == GL_FRAMEBUFFER_COMPLETE) pictures(g, got);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &fb);
	g->DeleteTextures(2, tex);
	GLenum e = g->GetError();
	if (status != GL_FRAMEBUFFER_COMPLETE || e) {
		snprintf(err, err_bytes, "framebuffer status %#x, GL error %#x", status, e);
		goto out;
	}
	diff = 0;
	for (int i = 0; i < PICTURES; i++)
		for (int k = 2 * i * W * H; k < (2 * i + 1) * W * H; k++) diff += want[k] != got[k] || want[k + W * H] != got[k + W * H];
	err[0] = 0;
	if (diff) snprintf(err, err_bytes, "%d of %d pixels differ from a pbuffer", diff, ALL);
	else if (!es_shares(r)) {
		diff = -1;
		snprintf(err, err_bytes, "contexts of OpenGL ES share nothing with desktop ones");
	}
out:
	replay_util(r);
	if (surface) p->dev->surface_free(p->dev, surface);
	free(want);
	return diff;
}

bool replay_describe(replay *r, unsigned profile, unsigned major, unsigned minor, char *renderer, char *vendor, char *version, char *glsl, size_t each,
                     const uint32_t *pnames, int32_t *values, size_t n) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	const prism_context_want want = {profile, major, minor, false};
	char err[256];
	void *ctx = p->dev->context_new(p->dev, NULL, &want, err, sizeof err);
	if (!ctx) {
		x_fail(r, "%s", err);
		return false;
	}
	bool ok = p->dev->make_current(p->dev, p->util_surface, p->util_surface, ctx, err, sizeof err);
	if (!ok) x_fail(r, "%s", err);
	p->util_current = true;
	char *const to[4] = {renderer, vendor, version, glsl};
	static const GLenum names[4] = {GL_RENDERER, GL_VENDOR, GL_VERSION, GL_SHADING_LANGUAGE_VERSION};
	for (int i = 0; ok && i < 4; i++) {
		const char *s = (const char *)g->GetString(names[i]);
		snprintf(to[i], each, "%s", s ? s : "");
	}
	for (size_t i = 0; ok && i < n; i++) {
		GLint v[4] = {0};
		g->GetIntegerv(pnames[i], v);
		values[i] = v[0];
	}
	replay_util(r);
	p->dev->context_free(p->dev, ctx);
	return ok;
}

static void nothing(void) {}

void replay_stub(replay *r) {
	void (**fn)(void) = (void *)&r->gl;
	for (size_t i = 0; i < sizeof r->gl / sizeof *fn; i++) fn[i] = nothing;
}
