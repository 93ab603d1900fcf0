/* The samples of a multisampled window, which GL neither reads nor writes: what a node has of each is told and taken as other buffers are
 * (exchange.c), so that a window that is read on the nodes can be made whole there, bit for bit.
 *
 * Reading: the window is copied into a multisampled texture, sample by sample as the specification has it where both have as many, and shaders fetch
 * one sample of it. Writing: a rectangle takes its pixels from a texture, and the sample mask leaves all samples but one as they are.
 *
 * Depth goes through floats both ways, and drivers convert them each in a way of its own; llvmpipe's lead to the same float from the two greatest
 * values (which the depth test tells apart) and cut off where they come back. So there is a choice of conversions, and it is tried which of them
 * bring back whatever was written. If none do, the session is told that this node has no samples to give. */
#include <math.h>
#include "state.h"
#include "replay_run.h"
#include "samples.h"

enum { COLOR = SAMPLES_COLOR, DEPTH = SAMPLES_DEPTH, STENCIL = SAMPLES_STENCIL, KINDS = SAMPLES_KINDS };
enum { DEPTH_MAX = 0xffffff, DEPTH_HALF = 0x800000, WAYS = 2, STENCIL_BITS = 8 };

struct samples {
	GLuint read[KINDS], write[KINDS]; /* programs of prism's own context; 0: they cannot be made */
	bool tried[2], works[2];          /* of windows without and with stencil */
	unsigned to, from;                /* ways of depth */
};

/* at: when reading, the sample, and the height where the texture has its rows the other way round; when writing, the corner, and a bit. */
static const char vertex_text[] = "#version 150 compatibility\nvoid main() { gl_Position = gl_Vertex; }\n";
#define READS(type, value) "#version 150 compatibility\nuniform " type " image;\nuniform ivec3 at;\n" \
	"void main() {\n\tivec2 p = ivec2(gl_FragCoord.xy);\n\tif (at.y > 0) p.y = at.y - 1 - p.y;\n\tgl_FragColor = " value ";\n}\n"
#define WRITES(value) "#version 150 compatibility\nuniform sampler2D image;\nuniform ivec3 at;\n" \
	"void main() {\n\tvec4 v = texelFetch(image, ivec2(gl_FragCoord.xy) - at.xy, 0);\n\tgl_FragColor = v;\n" value "}\n"
static const char *const read_text[KINDS] = {
	READS("sampler2DMS", "texelFetch(image, p, at.x)"), READS("sampler2DMS", "vec4(texelFetch(image, p, at.x).r)"),
	READS("usampler2DMS", "vec4(float(texelFetch(image, p, at.x).r) / 255.0)"),
};
const char *const samples_write_text[KINDS] = {
	WRITES(""), WRITES("\tgl_FragDepth = v.r;\n"), WRITES("\tif ((int(v.r * 255.0 + 0.5) >> at.z & 1) == 0) discard;\n"),
};

GLuint samples_program(const struct real_gl *g, const char *fragment) {
	const char *const text[2] = {vertex_text, fragment};
	const GLenum type[2] = {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER};
	const GLuint program = g->CreateProgram();
	GLint good = 0;
	for (int i = 0; i < 2; i++) {
		const GLuint s = g->CreateShader(type[i]);
		g->ShaderSource(s, 1, &text[i], NULL);
		g->CompileShader(s);
		g->AttachShader(program, s);
		g->DeleteShader(s);
	}
	g->LinkProgram(program);
	g->GetProgramiv(program, GL_LINK_STATUS, &good);
	if (good) return program;
	g->DeleteProgram(program);
	return 0;
}

/* prism's own context is current. */
static struct samples *samples_of(replay *r) {
	struct replay_private *p = r->priv;
	const struct real_gl *g = &p->real;
	if (p->samples) return p->samples;
	struct samples *s = p->samples = calloc(1, sizeof *s);
	GLint major = 0, minor = 0;
	g->GetIntegerv(GL_MAJOR_VERSION, &major);
	g->GetIntegerv(GL_MINOR_VERSION, &minor);
	if (!s || major * 10 + minor < 43 || !g->Begin || !g->BlitFramebuffer) return s; /* 4.3: stencil in textures */
	for (int i = 0; i < KINDS; i++) {
		s->read[i] = samples_program(g, read_text[i]);
		s->write[i] = samples_program(g, samples_write_text[i]);
	}
	return s;
}

static bool ready(const struct samples *s) {
	for (int i = 0; i < KINDS; i++)
		if (!s->read[i] || !s->write[i]) return false;
	return true;
}

static uint32_t depth_from(const struct samples *s, GLfloat v) {
	const double scale = s->from == 0 ? 0x1p24 / (1 + 0x1p-23) : DEPTH_MAX;
	const double d = (double)v * scale + 0.5;
	return d >= DEPTH_MAX ? DEPTH_MAX : d > 0 ? (uint32_t)d : 0;
}
static GLfloat depth_to(const struct samples *s, uint32_t d) {
	if (s->to == 1) return (GLfloat)(d / (double)DEPTH_MAX);
	return d < DEPTH_HALF ? (GLfloat)(2 * d + 1) * 0x1p-25f : (GLfloat)(d + 1) * 0x1p-24f;
}

void samples_quad(const struct real_gl *g) {
	g->Begin(GL_TRIANGLE_STRIP);
	for (int i = 0; i < 4; i++) g->Vertex2f(i & 1 ? 1 : -1, i & 2 ? 1 : -1);
	g->End();
}

void samples_use(const struct real_gl *g, GLuint program, GLint x, GLint y, GLint z) {
	g->UseProgram(program);
	g->Uniform1i(g->GetUniformLocation(program, "image"), 0);
	g->Uniform3i(g->GetUniformLocation(program, "at"), x, y, z);
}

GLuint samples_plain(const struct real_gl *g, box b, GLenum internal, GLenum format, GLenum type, const void *pixels) {
	GLuint tex;
	g->GenTextures(1, &tex);
	g->BindTexture(GL_TEXTURE_2D, tex);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	g->TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	g->TexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, b.w, b.h, 0, format, type, pixels);
	return tex;
}

/* A copy of a part of the window, whose pbuffer is current. */
typedef struct copy { GLuint fb, color, depth; box b; } copy;

static copy copy_of(replay *r, const drawable *d, box b) {
	const struct real_gl *g = &r->priv->real;
	copy k = {.b = b};
	GLuint tex[2];
	g->GenTextures(2, tex);
	g->GenFramebuffers(1, &k.fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, k.fb);
	k.color = tex[0], k.depth = tex[1];
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, k.color);
	g->TexImage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, (GLsizei)d->want.samples, GL_RGBA8, b.w, b.h, GL_TRUE);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D_MULTISAMPLE, k.color, 0);
	if (d->want.depth) {
		g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, k.depth);
		g->TexImage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, (GLsizei)d->want.samples, d->want.stencil ? GL_DEPTH24_STENCIL8 : GL_DEPTH_COMPONENT24, b.w, b.h, GL_TRUE);
		g->FramebufferTexture2D(GL_FRAMEBUFFER, d->want.stencil ? GL_DEPTH_STENCIL_ATTACHMENT : GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D_MULTISAMPLE, k.depth, 0);
	}
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, 0);
	framebuffer_flip(r); /* as the window: then nothing is turned, and drivers copy instead of drawing */
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	const GLbitfield all = GL_COLOR_BUFFER_BIT | (d->want.depth ? GL_DEPTH_BUFFER_BIT : 0) | (d->want.stencil ? GL_STENCIL_BUFFER_BIT : 0);
	g->BlitFramebuffer(b.x, b.y, b.x + b.w, b.y + b.h, 0, 0, b.w, b.h, all, GL_NEAREST);
	return k;
}

static void copy_end(const struct real_gl *g, const copy *k) {
	const GLuint tex[2] = {k->color, k->depth};
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &k->fb);
	g->DeleteTextures(2, tex);
}

void samples_fetch(const struct real_gl *g, GLuint program, const GLint at[3], GLuint from, GLenum mode, box b, GLenum internal, GLenum format, GLenum type, void *to) {
	GLuint fb, tex = samples_plain(g, b, internal, format, type, NULL);
	g->BindTexture(GL_TEXTURE_2D, 0);
	g->GenFramebuffers(1, &fb);
	g->BindFramebuffer(GL_FRAMEBUFFER, fb);
	g->FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, from);
	if (mode) g->TexParameteri(GL_TEXTURE_2D_MULTISAMPLE, GL_DEPTH_STENCIL_TEXTURE_MODE, (GLint)mode);
	samples_use(g, program, at[0], at[1], at[2]);
	g->Viewport(0, 0, b.w, b.h);
	samples_quad(g);
	g->UseProgram(0);
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, 0);
	g->ReadPixels(0, 0, b.w, b.h, format, type, to);
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &fb);
	g->DeleteTextures(1, &tex);
}

/* What a program finds in one sample of the copy. */
static void fetch(replay *r, const copy *k, unsigned kind, unsigned sample, GLenum internal, GLenum format, GLenum type, void *to) {
	const GLint at[3] = {(GLint)sample, r->priv->flips ? k->b.h : 0, 0};
	const GLenum mode = kind == COLOR ? 0 : kind == STENCIL ? GL_STENCIL_INDEX : GL_DEPTH_COMPONENT;
	samples_fetch(&r->priv->real, r->priv->samples->read[kind], at, kind == COLOR ? k->color : k->depth, mode, k->b, internal, format, type, to);
}

/* Marks the samples of the copy whose depth is the greatest; its colour ends. */
static void mark_far(replay *r, const copy *k) {
	const struct real_gl *g = &r->priv->real;
	g->BindFramebuffer(GL_FRAMEBUFFER, k->fb);
	g->Viewport(0, 0, k->b.w, k->b.h);
	g->ClearColor(0, 0, 0, 0);
	g->Clear(GL_COLOR_BUFFER_BIT);
	g->Enable(GL_DEPTH_TEST);
	g->DepthFunc(GL_EQUAL);
	g->DepthMask(GL_FALSE);
	g->Color4f(1, 1, 1, 1);
	g->Begin(GL_TRIANGLE_STRIP);
	for (int i = 0; i < 4; i++) g->Vertex3f(i & 1 ? 1 : -1, i & 2 ? 1 : -1, 1);
	g->End();
	g->DepthMask(GL_TRUE);
	g->DepthFunc(GL_LESS);
	g->Disable(GL_DEPTH_TEST);
}

/* to: as exchange.c has them. false: no memory. */
static bool read_depth(replay *r, const drawable *d, const copy *k, unsigned sample, uint8_t *to) {
	const size_t px = (size_t)k->b.w * (size_t)k->b.h;
	uint8_t *room = calloc(px, 4 + 4 + 4), *stencil = room + 4 * px, *far = room + 8 * px;
	if (!room) return false;
	fetch(r, k, DEPTH, sample, GL_R32F, GL_RED, GL_FLOAT, room);
	if (d->want.stencil) fetch(r, k, STENCIL, sample, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, stencil);
	mark_far(r, k);
	fetch(r, k, COLOR, sample, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, far);
	for (size_t i = 0; i < px; i++) {
		GLfloat v;
		memcpy(&v, room + 4 * i, sizeof v);
		uint32_t z = far[4 * i] ? DEPTH_MAX : depth_from(r->priv->samples, v);
		if (!far[4 * i] && z == DEPTH_MAX) z--;
		z = z << 8 | (d->want.stencil ? stencil[4 * i] : z >> 16);
		memcpy(to + 4 * i, &z, sizeof z);
	}
	free(room);
	return true;
}

bool samples_room(const struct real_gl *g) {
	bool had = true;
	for (GLenum e; (e = g->GetError()) != GL_NO_ERROR;) had = had && e != GL_OUT_OF_MEMORY;
	return had;
}

bool samples_get(replay *r, const drawable *d, bool depth, unsigned sample, box b, void *to) {
	const struct real_gl *g = &r->priv->real;
	const copy k = copy_of(r, d, b);
	bool good = g->CheckFramebufferStatus(GL_READ_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE && g->CheckFramebufferStatus(GL_DRAW_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
	if (!good) memset(to, 0, (size_t)b.w * (size_t)b.h * 4);
	else if (depth) good = read_depth(r, d, &k, sample, to);
	else fetch(r, &k, COLOR, sample, GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, to);
	copy_end(g, &k);
	return samples_room(g) && good;
}

void samples_stencil(const struct real_gl *g, GLuint program, box b, const uint8_t *from) {
	bool some[STENCIL_BITS] = {false};
	for (size_t i = 0; i < (size_t)b.w * (size_t)b.h; i++)
		for (int bit = 0; bit < STENCIL_BITS; bit++) some[bit] = some[bit] || from[4 * i] >> bit & 1;
	g->Enable(GL_STENCIL_TEST);
	g->StencilOp(GL_KEEP, GL_KEEP, GL_REPLACE);
	g->StencilFunc(GL_ALWAYS, 0, ~0u);
	g->UseProgram(0);
	samples_quad(g);
	g->StencilFunc(GL_ALWAYS, 0xff, ~0u);
	for (int bit = 0; bit < STENCIL_BITS; bit++) {
		if (!some[bit]) continue;
		g->StencilMask(1u << bit);
		samples_use(g, program, b.x, b.y, bit);
		samples_quad(g);
	}
	g->StencilMask(~0u);
	g->StencilOp(GL_KEEP, GL_KEEP, GL_KEEP);
	g->Disable(GL_STENCIL_TEST);
}

/* The pbuffer is current. */
bool samples_put(replay *r, const drawable *d, bool depth, unsigned sample, box b, const void *pixels) {
	const struct real_gl *g = &r->priv->real;
	const struct samples *s = r->priv->samples;
	const uint8_t *from = pixels;
	const size_t px = (size_t)b.w * (size_t)b.h;
	GLfloat *deep = depth ? malloc(px * sizeof *deep) : NULL;
	if (depth && !deep) return false;
	for (size_t i = 0; depth && i < px; i++) {
		uint32_t z;
		memcpy(&z, from + 4 * i, sizeof z);
		deep[i] = depth_to(s, z >> 8);
	}
	g->Viewport(b.x, b.y, b.w, b.h);
	g->Disable(GL_DITHER);
	g->Enable(GL_SAMPLE_MASK);
	g->SampleMaski(0, 1u << sample);
	GLuint tex[2] = {0, 0};
	if (!depth) {
		tex[0] = samples_plain(g, b, GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
		samples_use(g, s->write[COLOR], b.x, b.y, 0);
		samples_quad(g);
	} else {
		tex[0] = samples_plain(g, b, GL_R32F, GL_RED, GL_FLOAT, deep);
		g->ColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
		g->Enable(GL_DEPTH_TEST);
		g->DepthFunc(GL_ALWAYS);
		samples_use(g, s->write[DEPTH], b.x, b.y, 0);
		samples_quad(g);
		g->DepthFunc(GL_LESS);
		g->Disable(GL_DEPTH_TEST);
		if (d->want.stencil) {
			/* Bytes of the pixels as they are: the lowest is the first component's. */
			tex[1] = samples_plain(g, b, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
			samples_stencil(g, s->write[STENCIL], b, pixels);
		}
		g->ColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
	}
	g->UseProgram(0);
	g->Disable(GL_SAMPLE_MASK);
	g->Enable(GL_DITHER);
	g->BindTexture(GL_TEXTURE_2D, 0);
	g->DeleteTextures(2, tex);
	free(deep);
	return samples_room(g);
}

/* Is what was written found again? In each sample something else, depths from all of the range, and the greatest. */
enum { SIDE = 128, TRIED = SIDE * SIDE };

static uint32_t some(uint32_t i, uint32_t sample) {
	const uint32_t v = (i << 10 | (i * 2654435761u >> 22)) + sample * 0x9e3779u;
	return (i < 64 ? DEPTH_MAX - i / 2 : i < 128 ? i - 64 : i < 192 ? DEPTH_HALF + i - 160 : v & DEPTH_MAX) << 8 | ((i + 77 * sample) & 0xff);
}

static bool found_again(replay *r, drawable *d, uint32_t *room) {
	uint32_t *want = room, *got = room + TRIED;
	const box all = {0, 0, SIDE, SIDE};
	for (int depth = d->want.depth ? 1 : 0; depth >= 0; depth--) {
		for (int writing = 1; writing >= 0; writing--)
			for (uint32_t s = 0; s < d->want.samples; s++) {
				for (uint32_t i = 0; i < TRIED; i++) {
					want[i] = some(i, s) ^ (depth ? 0 : i * 2246822519u);
					if (depth && !d->want.stencil) want[i] = (want[i] & ~0xffu) | want[i] >> 24;
					if (!depth && !d->want.alpha) want[i] |= 0xff000000u;
				}
				if (writing ? !samples_put(r, d, depth, s, all, want) : !samples_get(r, d, depth, s, all, got) || memcmp(want, got, TRIED * 4)) return false;
			}
	}
	return true;
}

bool samples_exchange(replay *r, const drawable *of) {
	struct replay_private *p = r->priv;
	if (!replay_util(r)) return false;
	struct samples *s = samples_of(r);
	const int k = of->want.stencil != 0;
	if (!s || !ready(s) || (of->want.depth && of->want.depth != 24)) return false;
	if (s->tried[k]) return s->works[k];
	s->tried[k] = true;
	drawable trial = {.want = of->want};
	char err[256];
	trial.want.width = trial.want.height = SIDE;
	uint32_t *room = calloc(2 * (size_t)TRIED, 4);
	void *surface = p->dev->surface_new(p->dev, &trial.want, err, sizeof err);
	if (room && surface && p->dev->make_current(p->dev, surface, surface, p->util, err, sizeof err)) {
		for (unsigned way = 0; way < WAYS * WAYS && !s->works[k]; way++) {
			if (!s->works[!k]) s->to = way % WAYS, s->from = way / WAYS;
			s->works[k] = found_again(r, &trial, room);
		}
	}
	replay_util(r);
	if (surface) p->dev->surface_free(p->dev, surface);
	free(room);
	return s->works[k];
}

void samples_free(struct replay_private *p) { free(p->samples); }
