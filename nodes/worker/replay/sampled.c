/* The samples of multisampled images that passes draw to, which GL neither reads nor writes. Shaders fetch one sample of each pixel, and write one where the
 * sample mask leaves the others as they are (as in samples.c for windows).
 *
 * Colours come through as they are. Depth is read as a float, and drivers make floats of fixed depths each in a way of its own: llvmpipe's of 24 bits is the
 * same for the two greatest, that of 32 bits leaves out the last ones. So what travels is a float that leads back to the depth when it is drawn. It is found by
 * the depth test itself, which says of a float whether it is equal to what is there or less: from the one that was read it takes no step or some. Where none is
 * equal (a clear has left a depth that drawing cannot make), the depth does not travel. */
#include "replay_run.h"
#include "sampled.h"
#include "samples.h"

enum { REAL, SIGNED, UNSIGNED, KINDS }; /* numbers of a texture */
enum { TRIES = 24, MOST_SAMPLES = 32 };
#define READ_OFF 0x1p-21f /* so much a depth that is read may be off */

#define HEAD "#version 150 compatibility\nuniform ivec3 at;\n"
#define READS(sampler, type) HEAD "uniform " sampler " image;\nout " type " found;\n" \
	"void main() { found = texelFetch(image, ivec2(gl_FragCoord.xy) + at.xy, at.z); }\n"
#define WRITES(sampler, type) HEAD "uniform " sampler " image;\nout " type " found;\n" \
	"void main() { found = texelFetch(image, ivec2(gl_FragCoord.xy) - at.xy, 0); }\n"

static const char *const read_text[KINDS] = {READS("sampler2DMS", "vec4"), READS("isampler2DMS", "ivec4"), READS("usampler2DMS", "uvec4")};
static const char *const write_text[KINDS] = {WRITES("sampler2D", "vec4"), WRITES("isampler2D", "ivec4"), WRITES("usampler2D", "uvec4")};
/* Marks where the depth test lets a depth from the texture pass. */
static const char mark_text[] = HEAD "uniform sampler2D image;\n"
	"void main() { gl_FragDepth = texelFetch(image, ivec2(gl_FragCoord.xy) - at.xy, 0).r; gl_FragColor = vec4(float(at.z) / 255.0); }\n";

struct sampled {
	GLuint read[KINDS], write[KINDS], stencil, mark;
	bool works;
};

void sampled_free(share_group *s) { free(s->sampled); }

static struct sampled *programs(replay *r) {
	share_group *group = r->ctx->group;
	const struct real_gl *g = &r->priv->real;
	if (group->sampled) return group->sampled;
	struct sampled *s = group->sampled = calloc(1, sizeof *s);
	GLint major = 0, minor = 0;
	g->GetIntegerv(GL_MAJOR_VERSION, &major);
	g->GetIntegerv(GL_MINOR_VERSION, &minor);
	if (!s || major * 10 + minor < 43 || !g->Begin || !g->TexImage2DMultisample || !g->SampleMaski) return s; /* 4.3: stencil in textures */
	s->works = (s->stencil = samples_program(g, samples_write_text[SAMPLES_STENCIL])) && (s->mark = samples_program(g, mark_text));
	for (int i = 0; i < KINDS; i++)
		s->works = s->works && (s->read[i] = samples_program(g, read_text[i])) && (s->write[i] = samples_program(g, write_text[i]));
	return s;
}

static bool is_depth(const sampled_image *m) { return m->format == GL_DEPTH_COMPONENT || m->format == GL_DEPTH_STENCIL; }
static int kind_of(const sampled_image *m) {
	return m->format != GL_RGBA_INTEGER ? REAL : m->type == GL_INT ? SIGNED : UNSIGNED;
}

bool sampled_open(replay *r, sampled_image *m) {
	const struct real_gl *g = &r->priv->real;
	const struct sampled *s = programs(r);
	GLint internal = 0, samples = 0;
	if (!s || !s->works || (is_depth(m) && m->type != GL_FLOAT && m->type != GL_FLOAT_32_UNSIGNED_INT_24_8_REV)) return false;
	if (m->rb) {
		g->BindRenderbuffer(GL_RENDERBUFFER, m->rb);
		g->GetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_INTERNAL_FORMAT, &internal);
		g->GetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_SAMPLES, &samples);
		g->GetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_WIDTH, &m->w);
		g->GetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_HEIGHT, &m->h);
		g->BindRenderbuffer(GL_RENDERBUFFER, 0);
	} else {
		g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, m->tex);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_INTERNAL_FORMAT, &internal);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_SAMPLES, &samples);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_WIDTH, &m->w);
		g->GetTexLevelParameteriv(GL_TEXTURE_2D_MULTISAMPLE, 0, GL_TEXTURE_HEIGHT, &m->h);
		g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, 0);
	}
	m->internal = (GLenum)internal, m->samples = (GLuint)samples;
	return samples_room(g) && m->samples > 0 && m->samples <= MOST_SAMPLES && m->w > 0 && m->h > 0;
}

static GLuint sampled_texture(const struct real_gl *g, const sampled_image *m, GLenum internal, GLenum where) {
	GLuint tex;
	g->GenTextures(1, &tex);
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, tex);
	g->TexImage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, (GLsizei)m->samples, internal, m->w, m->h, GL_TRUE);
	g->BindTexture(GL_TEXTURE_2D_MULTISAMPLE, 0);
	g->FramebufferTexture2D(GL_DRAW_FRAMEBUFFER, where, GL_TEXTURE_2D_MULTISAMPLE, tex, 0);
	return tex;
}

/* A copy of a part of the image, which shaders fetch from; with depth there are marks as its colour. */
typedef struct copy { GLuint fb, tex, marks; } copy;

static copy copy_of(const struct real_gl *g, const sampled_image *m, box b) {
	copy k = {0};
	g->GenFramebuffers(1, &k.fb);
	g->BindFramebuffer(GL_DRAW_FRAMEBUFFER, k.fb);
	k.tex = sampled_texture(g, m, m->internal, image_attachment(m->format));
	if (is_depth(m)) k.marks = sampled_texture(g, m, GL_RGBA8, GL_COLOR_ATTACHMENT0);
	GLuint from = image_framebuffer(g, GL_READ_FRAMEBUFFER, m->rb, m->tex, GL_TEXTURE_2D_MULTISAMPLE, 0, m->format);
	if (is_depth(m)) g->ReadBuffer(GL_NONE);
	g->BlitFramebuffer(b.x, b.y, b.x + b.w, b.y + b.h, b.x, b.y, b.x + b.w, b.y + b.h, image_mask(m->format), GL_NEAREST);
	g->BindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &from);
	return k;
}

static void copy_end(const struct real_gl *g, const copy *k) {
	const GLuint tex[2] = {k->tex, k->marks};
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->DeleteFramebuffers(1, &k->fb);
	g->DeleteTextures(2, tex);
}

enum { EQUAL = 1, LESS = 2 };

/* Marks the samples whose depth is equal to what the texture has for them, and those where it is less. */
static void compare(const struct real_gl *g, const struct sampled *s, const copy *k, GLuint tex, unsigned sample, box b) {
	g->BindFramebuffer(GL_FRAMEBUFFER, k->fb);
	g->ClearColor(0, 0, 0, 0);
	g->Clear(GL_COLOR_BUFFER_BIT);
	g->Viewport(b.x, b.y, b.w, b.h);
	g->BindTexture(GL_TEXTURE_2D, tex);
	g->Enable(GL_DEPTH_TEST);
	g->DepthMask(GL_FALSE);
	g->Disable(GL_DITHER);
	g->Enable(GL_SAMPLE_MASK);
	g->SampleMaski(0, 1u << sample);
	for (GLint mark = EQUAL; mark <= LESS; mark++) {
		g->DepthFunc(mark == EQUAL ? GL_EQUAL : GL_LESS);
		samples_use(g, s->mark, b.x, b.y, mark);
		samples_quad(g);
	}
	g->UseProgram(0);
	g->Disable(GL_SAMPLE_MASK);
	g->Enable(GL_DITHER);
	g->DepthMask(GL_TRUE);
	g->DepthFunc(GL_LESS);
	g->Disable(GL_DEPTH_TEST);
	g->BindTexture(GL_TEXTURE_2D, 0);
}

/* Replaces depths that were read by those that lead back to what is there; room for three words a pixel. */
static bool lead_back(const struct real_gl *g, const struct sampled *s, const copy *k, unsigned sample, box b, GLfloat *depth, uint32_t *room) {
	const size_t px = (size_t)b.w * (size_t)b.h;
	const GLint at[3] = {b.x, b.y, (GLint)sample};
	GLfloat *low = (GLfloat *)(void *)(room + px), *high = (GLfloat *)(void *)(room + 2 * px);
	for (size_t p = 0; p < px; p++) {
		low[p] = depth[p] > READ_OFF ? depth[p] - READ_OFF : 0;
		high[p] = depth[p] < 1 - READ_OFF ? depth[p] + READ_OFF : 1;
	}
	for (unsigned i = 0; i < TRIES; i++) {
		GLuint tex = samples_plain(g, b, GL_R32F, GL_RED, GL_FLOAT, depth);
		compare(g, s, k, tex, sample, b);
		samples_fetch(g, s->read[REAL], at, k->marks, 0, b, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, room);
		g->DeleteTextures(1, &tex);
		bool all = true;
		for (size_t p = 0; p < px; p++) {
			const uint32_t mark = room[p] & 0xff;
			if (mark == EQUAL) continue;
			all = false;
			*(mark == LESS ? &low[p] : &high[p]) = depth[p];
			depth[p] = (low[p] + high[p]) / 2;
		}
		if (all) return true;
	}
	return false;
}

bool sampled_get(replay *r, const sampled_image *m, box b, uint8_t *to) {
	const struct real_gl *g = &r->priv->real;
	const struct sampled *s = r->ctx->group->sampled;
	const size_t px = (size_t)b.w * (size_t)b.h, bytes = image_bytes(m->format, m->type);
	if (b.x + b.w > m->w || b.y + b.h > m->h) return false;
	uint8_t *one = calloc(px, bytes + 5 * sizeof(uint32_t)), *words = one + px * bytes;
	if (!one) return false;
	GLfloat *depth = (GLfloat *)(void *)words;
	uint32_t *stencil = (uint32_t *)(void *)words + px, *room = stencil + px;
	const copy k = copy_of(g, m, b);
	bool good = g->CheckFramebufferStatus(GL_DRAW_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
	for (unsigned sample = 0; good && sample < m->samples; sample++) {
		const GLint at[3] = {b.x, b.y, (GLint)sample};
		if (is_depth(m)) {
			samples_fetch(g, s->read[REAL], at, k.tex, GL_DEPTH_COMPONENT, b, GL_R32F, GL_RED, GL_FLOAT, depth);
			if (m->format == GL_DEPTH_STENCIL) samples_fetch(g, s->read[UNSIGNED], at, k.tex, GL_STENCIL_INDEX, b, GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT, stencil);
			good = lead_back(g, s, &k, sample, b, depth, room);
			for (size_t p = 0; good && p < px; p++) {
				memcpy(one + p * bytes, &depth[p], sizeof depth[p]);
				if (m->format == GL_DEPTH_STENCIL) memcpy(one + p * bytes + sizeof depth[p], &stencil[p], sizeof stencil[p]);
			}
		} else samples_fetch(g, s->read[kind_of(m)], at, k.tex, 0, b, m->internal, m->format, m->type, one);
		for (size_t p = 0; good && p < px; p++) memcpy(to + (p * m->samples + sample) * bytes, one + p * bytes, bytes);
	}
	copy_end(g, &k);
	free(one);
	return samples_room(g) && good;
}

bool sampled_put(replay *r, const sampled_image *m, const uint8_t *pixels) {
	const struct real_gl *g = &r->priv->real;
	const struct sampled *s = r->ctx->group->sampled;
	const box b = {0, 0, m->w, m->h};
	const size_t px = (size_t)b.w * (size_t)b.h, bytes = image_bytes(m->format, m->type);
	uint8_t *one = calloc(px, bytes + 2 * sizeof(uint32_t)), *words = one + px * bytes;
	if (!one) return false;
	GLfloat *depth = (GLfloat *)(void *)words;
	uint32_t *stencil = (uint32_t *)(void *)words + px;
	GLuint fb = image_framebuffer(g, GL_DRAW_FRAMEBUFFER, m->rb, m->tex, GL_TEXTURE_2D_MULTISAMPLE, 0, m->format);
	if (is_depth(m)) g->DrawBuffer(GL_NONE);
	for (unsigned sample = 0; sample < m->samples; sample++) {
		for (size_t p = 0; p < px; p++) {
			const uint8_t *from = pixels + (p * m->samples + sample) * bytes;
			memcpy(one + p * bytes, from, bytes);
			if (!is_depth(m)) continue;
			memcpy(&depth[p], from, sizeof depth[p]);
			if (m->format == GL_DEPTH_STENCIL) memcpy(&stencil[p], from + sizeof depth[p], sizeof stencil[p]);
		}
		GLuint tex = is_depth(m) ? samples_plain(g, b, GL_R32F, GL_RED, GL_FLOAT, depth) : samples_plain(g, b, m->internal, m->format, m->type, one);
		g->Viewport(0, 0, b.w, b.h);
		g->Disable(GL_DITHER);
		g->Enable(GL_SAMPLE_MASK);
		g->SampleMaski(0, 1u << sample);
		if (is_depth(m)) {
			g->Enable(GL_DEPTH_TEST);
			g->DepthFunc(GL_ALWAYS);
		}
		samples_use(g, is_depth(m) ? s->mark : s->write[kind_of(m)], 0, 0, 0); /* there is nothing that takes marks */
		samples_quad(g);
		g->UseProgram(0);
		g->DepthFunc(GL_LESS);
		g->Disable(GL_DEPTH_TEST);
		if (m->format == GL_DEPTH_STENCIL) {
			g->DeleteTextures(1, &tex);
			tex = samples_plain(g, b, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, stencil); /* bytes as they are */
			samples_stencil(g, s->stencil, b, (const uint8_t *)stencil);
			g->UseProgram(0);
		}
		g->Disable(GL_SAMPLE_MASK);
		g->Enable(GL_DITHER);
		g->BindTexture(GL_TEXTURE_2D, 0);
		g->DeleteTextures(1, &tex);
	}
	g->BindFramebuffer(GL_FRAMEBUFFER, 0);
	g->Finish(); /* as in replay_drawn */
	g->DeleteFramebuffers(1, &fb);
	free(one);
	return samples_room(g);
}
