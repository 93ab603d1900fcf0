/* Answers to the questions that the driver asks with records of its own: state, strings, tables, textures, query results. */
#include "state.h"
#include "prism_get.h"
#include "side.h"

/* Nothing when GL refused to tell. */
static int answer(replay *r, uint64_t id, const void *p, uint64_t bytes) {
	if (replay_failed(r)) bytes = 0;
	x_reply_begin(r, id);
	void *to = x_reply_out(r, bytes);
	if (!to) return REPLAY_CORRUPT;
	if (bytes) memcpy(to, p, bytes);
	x_reply_end(r);
	return 0;
}

#define ASK(name) \
	const struct prism_rec_##name *a = (const void *)rec; \
	(void)end; \
	if (!x_answers(r)) return 0; \
	replay_collect_error(r)

/* ---- state ---- */

#define MAX_FORMATS 4096

static int get_formats(replay *r, const struct prism_rec_prismGet *a) {
	GLenum counts = a->a == GL_COMPRESSED_TEXTURE_FORMATS ? GL_NUM_COMPRESSED_TEXTURE_FORMATS :
	                a->a == GL_PROGRAM_BINARY_FORMATS ? GL_NUM_PROGRAM_BINARY_FORMATS : GL_NUM_SHADER_BINARY_FORMATS;
	GLint n = 0;
	r->gl.GetIntegerv(counts, &n);
	if (n < 0 || n > MAX_FORMATS) n = 0;
	GLint *v = x_scratch(r, (uint64_t)n * 4 + 64);
	if (!v) return REPLAY_CORRUPT;
	if (n) r->gl.GetIntegerv(a->a, v);
	uint32_t each = a->form == GL_BOOL ? 1 : a->form == GL_INT || a->form == GL_FLOAT ? 4 : 8;
	uint8_t *to = x_scratch(r, (uint64_t)n * each + 8);
	if (!to) return REPLAY_CORRUPT;
	for (GLint i = 0; i < n; i++) switch (a->form) {
		case GL_BOOL: to[i] = v[i] != 0; break;
		case GL_INT: ((GLint *)(void *)to)[i] = v[i]; break;
		case GL_FLOAT: ((GLfloat *)(void *)to)[i] = (GLfloat)v[i]; break;
		case GL_DOUBLE: ((GLdouble *)(void *)to)[i] = v[i]; break;
		default: ((GLint64 *)(void *)to)[i] = v[i];
	}
	return answer(r, a->reply, to, (uint64_t)n * each);
}

static int get_state(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	union { GLboolean b[64]; GLint i[64]; GLfloat f[64]; GLdouble d[64]; GLint64 l[64]; } v;
	memset(&v, 0, sizeof v);
	bool indexed = a->b != PRISM_GET_NO_INDEX;
	uint64_t n = prism_len_get(a->a);
	if (!n) return get_formats(r, a);
	int kind = prism_get_kind(a->a);
	uint32_t each = 4;
	switch (a->form) {
	case GL_BOOL:
		each = 1;
		if (indexed) { if (g->GetBooleani_v) g->GetBooleani_v(a->a, a->b, v.b); }
		else g->GetBooleanv(a->a, v.b);
		break;
	case GL_INT:
		if (indexed) { if (g->GetIntegeri_v) g->GetIntegeri_v(a->a, a->b, v.i); }
		else g->GetIntegerv(a->a, v.i);
		if (kind) v.i[0] = (GLint)x_handle_serial(r, kind, (GLuint)v.i[0]);
		break;
	case GL_FLOAT:
		if (indexed) { if (g->GetFloati_v) g->GetFloati_v(a->a, a->b, v.f); }
		else g->GetFloatv(a->a, v.f);
		break;
	case GL_DOUBLE:
		each = 8;
		if (indexed) { if (g->GetDoublei_v) g->GetDoublei_v(a->a, a->b, v.d); }
		else g->GetDoublev(a->a, v.d);
		break;
	case GL_INT64_ARB:
		each = 8;
		if (indexed) { if (g->GetInteger64i_v) g->GetInteger64i_v(a->a, a->b, v.l); }
		else if (g->GetInteger64v) g->GetInteger64v(a->a, v.l);
		break;
	default: return x_bad(r, "form", "%#x", a->form);
	}
	return answer(r, a->reply, &v, n * each);
}

static int get_string(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	if (a->a != GL_EXTENSIONS) {
		const GLubyte *s = a->a == GL_VENDOR || a->a == GL_RENDERER || a->a == GL_VERSION || a->a == GL_SHADING_LANGUAGE_VERSION ? g->GetString(a->a) : NULL;
		return answer(r, a->reply, s, s ? strlen((const char *)s) : 0);
	}
	if (r->ctx->compat || r->ctx->es || !g->GetStringi) {
		const GLubyte *s = g->GetString(GL_EXTENSIONS);
		return answer(r, a->reply, s, s ? strlen((const char *)s) : 0);
	}
	GLint n = 0;
	uint64_t total = 0;
	g->GetIntegerv(GL_NUM_EXTENSIONS, &n);
	for (GLint i = 0; i < n; i++) {
		const GLubyte *s = g->GetStringi(GL_EXTENSIONS, (GLuint)i);
		total += s ? strlen((const char *)s) + 1 : 0;
	}
	char *all = x_scratch(r, total + 1), *to = all;
	if (!all) return REPLAY_CORRUPT;
	for (GLint i = 0; i < n; i++) {
		const char *s = (const char *)g->GetStringi(GL_EXTENSIONS, (GLuint)i);
		size_t k = s ? strlen(s) : 0;
		if (!k || (uint64_t)(to - all) + k + 1 > total) continue;
		memcpy(to, s, k);
		to += k;
		*to++ = ' ';
	}
	return answer(r, a->reply, all, (uint64_t)(to - all));
}

/* Answers go into memory of this process: no pixel buffer may stand in the way. */
GLuint pack_off(replay *r) {
	GLint name = 0;
	if (!r->gl.BindBuffer) return 0;
	r->gl.GetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &name);
	if (name) r->gl.BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	return (GLuint)name;
}
void pack_on(replay *r, GLuint name) {
	if (name) r->gl.BindBuffer(GL_PIXEL_PACK_BUFFER, name);
}

static int get_pixel_map(replay *r, const struct prism_rec_prismGet *a) {
	if (a->a < GL_PIXEL_MAP_I_TO_I || a->a > GL_PIXEL_MAP_A_TO_A) return x_bad(r, "a", "%#x is no pixel map", a->a);
	if (!r->gl.GetPixelMapfv) return answer(r, a->reply, NULL, 0);
	GLint n = 0;
	r->gl.GetIntegerv(GL_PIXEL_MAP_I_TO_I_SIZE + (a->a - GL_PIXEL_MAP_I_TO_I), &n);
	if (n < 0 || n > 65536) n = 0;
	void *v = x_scratch(r, (uint64_t)n * 4 + 8);
	if (!v) return REPLAY_CORRUPT;
	GLuint pack = pack_off(r);
	if (a->form == GL_FLOAT) r->gl.GetPixelMapfv(a->a, v);
	else if (a->form == GL_UNSIGNED_SHORT) r->gl.GetPixelMapusv(a->a, v);
	else r->gl.GetPixelMapuiv(a->a, v);
	pack_on(r, pack);
	return answer(r, a->reply, v, (uint64_t)n * (a->form == GL_UNSIGNED_SHORT ? 2 : 4));
}

static int get_map(replay *r, const struct prism_rec_prismGet *a) {
	uint64_t k = prism_len_mapdim(a->a);
	if (!k) return x_bad(r, "a", "%#x is no map", a->a);
	if (!r->gl.GetMapiv) return answer(r, a->reply, NULL, 0);
	bool two = a->a >= GL_MAP2_COLOR_4 && a->a <= GL_MAP2_VERTEX_4;
	GLint order[2] = {1, 1};
	r->gl.GetMapiv(a->a, GL_ORDER, order);
	uint64_t n = a->b == GL_ORDER ? (two ? 2 : 1) : a->b == GL_DOMAIN ? (two ? 4 : 2) : a->b == GL_COEFF ? k * (uint64_t)order[0] * (uint64_t)(two ? order[1] : 1) : 0;
	if (!n || n > 1u << 20) return answer(r, a->reply, NULL, 0);
	void *v = x_scratch(r, n * 8);
	if (!v) return REPLAY_CORRUPT;
	if (a->form == GL_DOUBLE) r->gl.GetMapdv(a->a, a->b, v);
	else if (a->form == GL_FLOAT) r->gl.GetMapfv(a->a, a->b, v);
	else r->gl.GetMapiv(a->a, a->b, v);
	return answer(r, a->reply, v, n * (a->form == GL_DOUBLE ? 8 : 4));
}

/* The value, and the kind of object that it is the serial of, or 0. */
static int get_attachment(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	const bool named = a->what == PRISM_GET_NAMED_ATTACHMENT;
	GLint v[2] = {0, 0}, type = GL_NONE;
	GLuint name = 0;
	if (named && x_handle(r, "a", PRISM_KIND_FRAMEBUFFER, a->a, &name)) return REPLAY_CORRUPT;
	if (named ? g->GetNamedFramebufferAttachmentParameteriv != NULL : g->GetFramebufferAttachmentParameteriv != NULL) {
		if (named) g->GetNamedFramebufferAttachmentParameteriv(name, a->b, a->form, &v[0]);
		else g->GetFramebufferAttachmentParameteriv(a->a, a->b, a->form, &v[0]);
		if (a->form == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME) {
			if (named) g->GetNamedFramebufferAttachmentParameteriv(name, a->b, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, &type);
			else g->GetFramebufferAttachmentParameteriv(a->a, a->b, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, &type);
			v[1] = type == GL_TEXTURE ? PRISM_KIND_TEXTURE : type == GL_RENDERBUFFER ? PRISM_KIND_RENDERBUFFER : 0;
			v[0] = v[1] ? (GLint)x_handle_serial(r, v[1], (GLuint)v[0]) : 0;
		}
	}
	return answer(r, a->reply, v, sizeof v);
}

static int get_attrib(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	union { GLint i[4]; GLuint u[4]; GLfloat f[4]; GLdouble d[4]; } v;
	memset(&v, 0, sizeof v);
	if (g->GetVertexAttribiv) switch (a->form) {
		case GL_DOUBLE: g->GetVertexAttribdv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.d); break;
		case GL_DOUBLE_VEC4: if (g->GetVertexAttribLdv) g->GetVertexAttribLdv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.d); break;
		case GL_FLOAT: g->GetVertexAttribfv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.f); break;
		case GL_INT_VEC4: if (g->GetVertexAttribIiv) g->GetVertexAttribIiv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.i); break;
		case GL_UNSIGNED_INT: if (g->GetVertexAttribIuiv) g->GetVertexAttribIuiv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.u); break;
		default: g->GetVertexAttribiv(a->a, GL_CURRENT_VERTEX_ATTRIB, v.i); break;
	}
	return answer(r, a->reply, &v, a->form == GL_DOUBLE || a->form == GL_DOUBLE_VEC4 ? 32 : 16);
}

static int get_program_arb(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	GLint v[2] = {0, 0};
	if (!g->GetProgramivARB || !g->GetProgramStringARB) return answer(r, a->reply, NULL, 0);
	if (a->what == PRISM_GET_PROGRAM_ARB) {
		g->GetProgramivARB(a->a, a->b, v);
		if (a->b == GL_PROGRAM_BINDING_ARB) {
			v[0] = (GLint)x_handle_serial(r, PRISM_KIND_PROGRAM_ARB, (GLuint)v[0]);
			v[1] = PRISM_KIND_PROGRAM_ARB;
		}
		return answer(r, a->reply, v, sizeof v);
	}
	g->GetProgramivARB(a->a, GL_PROGRAM_LENGTH_ARB, v);
	uint64_t n = v[0] > 0 ? (uint64_t)v[0] : 0;
	void *s = x_scratch(r, n);
	if (!s) return REPLAY_CORRUPT;
	if (n) g->GetProgramStringARB(a->a, GL_PROGRAM_STRING_ARB, s);
	return answer(r, a->reply, s, n);
}

/* GL writes as many values as there are sample counts, of all else one; some drivers give a product of sizes as two halves. */
static int get_format(replay *r, const struct prism_rec_prismGet *a) {
	const struct prism_glapi *g = &r->gl;
	enum { MOST = 64, untouched = -0x5a5a5a5b };
	union { GLint i[MOST]; GLint64 l[MOST]; } v;
	const bool wide = a->what == PRISM_GET_FORMAT64;
	GLint n = 1;
	memset(&v, 0, sizeof v);
	if (!g->GetInternalformativ || (wide && !g->GetInternalformati64v)) return answer(r, a->reply, NULL, 0);
	if (a->form == GL_SAMPLES) {
		n = 0;
		g->GetInternalformativ(a->a, a->b, GL_NUM_SAMPLE_COUNTS, 1, &n);
		n = n < 0 ? 0 : n < MOST ? n : MOST;
	}
	const bool halves = !wide && a->form == GL_MAX_COMBINED_DIMENSIONS;
	if (halves) v.i[1] = untouched;
	if (wide) g->GetInternalformati64v(a->a, a->b, a->form, n, v.l);
	else g->GetInternalformativ(a->a, a->b, a->form, halves ? 2 : n, v.i);
	if (halves && v.i[1] != untouched) n = 2;
	return answer(r, a->reply, &v, (uint64_t)n * (wide ? 8 : 4));
}

int x_prismGet(replay *r, const uint8_t *rec, const uint8_t *end) {
	ASK(prismGet);
	switch (a->what) {
	case PRISM_GET_STATE: return get_state(r, a);
	case PRISM_GET_STRING: return get_string(r, a);
	case PRISM_GET_PIXEL_MAP: return get_pixel_map(r, a);
	case PRISM_GET_MAP: return get_map(r, a);
	case PRISM_GET_ATTACHMENT:
	case PRISM_GET_NAMED_ATTACHMENT: return get_attachment(r, a);
	case PRISM_GET_PROGRAM_ARB:
	case PRISM_GET_PROGRAM_ARB_STRING: return get_program_arb(r, a);
	case PRISM_GET_ATTRIB: return get_attrib(r, a);
	case PRISM_GET_FORMAT:
	case PRISM_GET_FORMAT64: return get_format(r, a);
	case PRISM_GET_ENABLED: {
		uint8_t on = a->b == PRISM_GET_NO_INDEX ? r->gl.IsEnabled(a->a) : r->gl.IsEnabledi ? r->gl.IsEnabledi(a->a, a->b) : 0;
		return answer(r, a->reply, &on, 1);
	}
	case PRISM_GET_STIPPLE: {
		GLubyte mask[128] = {0};
		GLuint pack = pack_off(r);
		if (r->gl.GetPolygonStipple) r->gl.GetPolygonStipple(mask);
		pack_on(r, pack);
		return answer(r, a->reply, mask, sizeof mask);
	}
	case PRISM_GET_PRECISION: {
		GLint v[3] = {0};
		if (r->gl.GetShaderPrecisionFormat) r->gl.GetShaderPrecisionFormat(a->a, a->b, v, v + 2);
		return answer(r, a->reply, v, sizeof v);
	}
	case PRISM_GET_QUERY_BITS: {
		GLint bits = 0;
		if (r->gl.GetQueryiv) r->gl.GetQueryiv(a->a, GL_QUERY_COUNTER_BITS, &bits);
		return answer(r, a->reply, &bits, sizeof bits);
	}
	default: return x_bad(r, "what", "%u", a->what);
	}
}

/* ---- queries ---- */

static int query_result(replay *r, uint64_t reply, uint32_t serial, bool summed) {
	GLuint name;
	if (x_handle(r, "query", PRISM_KIND_QUERY, serial, &name)) return REPLAY_CORRUPT;
	GLuint64 v = 0;
	if (r->gl.GetQueryObjectui64v && (!r->ctx->es || r->ctx->timers)) {
		r->gl.GetQueryObjectui64v(name, GL_QUERY_RESULT, &v);
	} else if (r->gl.GetQueryObjectuiv) {
		GLuint u = 0;
		r->gl.GetQueryObjectuiv(name, GL_QUERY_RESULT, &u);
		v = u;
	}
	if (summed && query_whole(r, serial) && !x_answers(r)) v = 0;
	x_reply_begin(r, reply);
	x_reply_ret(r, v);
	x_reply_end(r);
	return 0;
}
/* All nodes answer; the session adds, ors or takes the greatest. */
int x_prismQuerySum(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQuerySum *a = (const void *)rec;
	(void)end;
	return query_result(r, a->reply, a->query, true);
}
int x_prismQueryOr(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQueryOr *a = (const void *)rec;
	(void)end;
	return query_result(r, a->reply, a->query, false);
}
int x_prismQueryMax(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQueryMax *a = (const void *)rec;
	(void)end;
	return query_result(r, a->reply, a->query, false);
}
int x_prismQueryLead(replay *r, const uint8_t *rec, const uint8_t *end) {
	ASK(prismQueryLead);
	return query_result(r, a->reply, a->query, false);
}
