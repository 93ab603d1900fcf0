/* What glGet and its kin answer: client state from here, constants asked once a context and kept, the rest asked. */
#include "clientstate.h"
#include "kept.h"
#include <stdlib.h>

int prism_get(prism_client *c, uint32_t what, uint32_t form, uint32_t a, uint32_t b, void *to, uint32_t max, bool keep) {
	if (keep)
		for (const prism_const *k = c->consts; k; k = k->next)
			if (k->what == what && k->form == form && k->a == a && k->b == b) {
				uint32_t n = k->bytes < max ? k->bytes : max;
				memcpy(to, k->data, n);
				return (int)n;
			}
	prism_kept_item *item = keep ? NULL : prism_kept_find(c, what, form, a, b);
	int got = item ? prism_kept_value(item, to, max) : -1;
	if (got >= 0) return got;
	prism_ask q;
	if (!prism_ask_begin(&q)) return -1;
	prism_put_prismGet(q.id, what, form, a, b);
	if (prism_ask_wait(&q)) {
		const void *p;
		uint32_t n = prism_ask_peek(&q, &p);
		got = (int)(n < max ? n : max);
		if (got > 0) memcpy(to, p, (size_t)got);
		if (item) prism_kept_learn(item, p, n);
		prism_const *k = keep && n ? malloc(sizeof *k + n) : NULL; /* nothing is what an error gives, and the next call shall give it again */
		if (k) {
			*k = (prism_const){c->consts, what, form, a, b, n};
			if (n) memcpy(k->data, p, n);
			c->consts = k;
		}
	}
	prism_ask_end(&q);
	return got;
}

/* Never changes while a context lives. */
static bool is_constant(GLenum pname) {
	switch (pname) {
	case GL_ALIASED_LINE_WIDTH_RANGE: case GL_ALIASED_POINT_SIZE_RANGE: case GL_POINT_SIZE_RANGE: case GL_POINT_SIZE_GRANULARITY:
	case GL_LINE_WIDTH_RANGE: case GL_LINE_WIDTH_GRANULARITY: case GL_SUBPIXEL_BITS: case GL_NUM_COMPRESSED_TEXTURE_FORMATS:
	case GL_COMPRESSED_TEXTURE_FORMATS: case GL_NUM_PROGRAM_BINARY_FORMATS: case GL_PROGRAM_BINARY_FORMATS: case GL_NUM_SHADER_BINARY_FORMATS:
	case GL_SHADER_BINARY_FORMATS: case GL_SHADER_COMPILER: case GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT: case GL_TEXTURE_BUFFER_OFFSET_ALIGNMENT:
	case GL_MIN_MAP_BUFFER_ALIGNMENT: case GL_LAYER_PROVOKING_VERTEX: case GL_VIEWPORT_INDEX_PROVOKING_VERTEX: case GL_VIEWPORT_SUBPIXEL_BITS:
	case GL_VIEWPORT_BOUNDS_RANGE: case GL_QUADS_FOLLOW_PROVOKING_VERTEX_CONVENTION: case GL_MIN_PROGRAM_TEXEL_OFFSET: case GL_MAX_PROGRAM_TEXEL_OFFSET:
	case GL_MAX_LIGHTS: case GL_MAX_CLIP_PLANES: case GL_MAX_TEXTURE_SIZE: case GL_MAX_PIXEL_MAP_TABLE: case GL_MAX_ATTRIB_STACK_DEPTH:
	case GL_MAX_MODELVIEW_STACK_DEPTH: case GL_MAX_NAME_STACK_DEPTH: case GL_MAX_PROJECTION_STACK_DEPTH: case GL_MAX_TEXTURE_STACK_DEPTH:
	case GL_MAX_VIEWPORT_DIMS: case GL_MAX_LIST_NESTING: case GL_MAX_EVAL_ORDER: case GL_MAX_3D_TEXTURE_SIZE: case GL_MAX_CUBE_MAP_TEXTURE_SIZE:
	case GL_MAX_RECTANGLE_TEXTURE_SIZE: case GL_MAX_ARRAY_TEXTURE_LAYERS: case GL_MAX_TEXTURE_LOD_BIAS: case GL_MAX_TEXTURE_MAX_ANISOTROPY:
	case GL_MAX_TEXTURE_UNITS: case GL_MAX_TEXTURE_COORDS: case GL_MAX_TEXTURE_IMAGE_UNITS: case GL_MAX_VERTEX_TEXTURE_IMAGE_UNITS:
	case GL_MAX_GEOMETRY_TEXTURE_IMAGE_UNITS: case GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS: case GL_MAX_ELEMENTS_VERTICES: case GL_MAX_ELEMENTS_INDICES:
	case GL_MAX_VERTEX_UNIFORM_COMPONENTS: case GL_MAX_FRAGMENT_UNIFORM_COMPONENTS: case GL_MAX_GEOMETRY_UNIFORM_COMPONENTS:
	case GL_MAX_VARYING_FLOATS: case GL_MAX_VERTEX_OUTPUT_COMPONENTS: case GL_MAX_GEOMETRY_INPUT_COMPONENTS: case GL_MAX_GEOMETRY_OUTPUT_COMPONENTS:
	case GL_MAX_FRAGMENT_INPUT_COMPONENTS: case GL_MAX_GEOMETRY_OUTPUT_VERTICES: case GL_MAX_GEOMETRY_TOTAL_OUTPUT_COMPONENTS: case GL_MAX_VERTEX_ATTRIBS:
	case GL_MAX_VERTEX_UNIFORM_VECTORS: case GL_MAX_VARYING_VECTORS: case GL_MAX_FRAGMENT_UNIFORM_VECTORS: case GL_MAX_VERTEX_UNIFORM_BLOCKS:
	case GL_MAX_GEOMETRY_UNIFORM_BLOCKS: case GL_MAX_FRAGMENT_UNIFORM_BLOCKS: case GL_MAX_COMBINED_UNIFORM_BLOCKS: case GL_MAX_UNIFORM_BUFFER_BINDINGS:
	case GL_MAX_UNIFORM_BLOCK_SIZE: case GL_MAX_COMBINED_VERTEX_UNIFORM_COMPONENTS: case GL_MAX_COMBINED_GEOMETRY_UNIFORM_COMPONENTS:
	case GL_MAX_COMBINED_FRAGMENT_UNIFORM_COMPONENTS: case GL_MAX_DRAW_BUFFERS: case GL_MAX_COLOR_ATTACHMENTS: case GL_MAX_RENDERBUFFER_SIZE:
	case GL_MAX_SAMPLES: case GL_MAX_SAMPLE_MASK_WORDS: case GL_MAX_COLOR_TEXTURE_SAMPLES: case GL_MAX_DEPTH_TEXTURE_SAMPLES: case GL_MAX_INTEGER_SAMPLES:
	case GL_MAX_TEXTURE_BUFFER_SIZE: case GL_MAX_DUAL_SOURCE_DRAW_BUFFERS: case GL_MAX_SERVER_WAIT_TIMEOUT: case GL_MAX_VIEWPORTS:
	case GL_MAX_TRANSFORM_FEEDBACK_INTERLEAVED_COMPONENTS: case GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS:
	case GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_COMPONENTS: case GL_MAX_ELEMENT_INDEX: case GL_MAX_VERTEX_ATTRIB_BINDINGS:
	case GL_MAX_VERTEX_ATTRIB_RELATIVE_OFFSET: case GL_MAX_VERTEX_ATTRIB_STRIDE: case GL_MAX_TRANSFORM_FEEDBACK_BUFFERS:
	case GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS: case GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS: case GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT:
	case GL_MAX_FRAMEBUFFER_WIDTH: case GL_MAX_FRAMEBUFFER_HEIGHT: case GL_MAX_FRAMEBUFFER_LAYERS: case GL_MAX_FRAMEBUFFER_SAMPLES: return true;
	default: return prism_program_constant(pname);
	}
}

/* What one array of the VAO is asked by fixed-function words: SIZE, TYPE, STRIDE or BUFFER_BINDING. */
static bool array_value(prism_client *c, GLenum pname, int64_t *v) {
	static const struct { uint16_t i, size, type, stride, buffer; } all[] = {
		{PRISM_ARRAY_VERTEX, GL_VERTEX_ARRAY_SIZE, GL_VERTEX_ARRAY_TYPE, GL_VERTEX_ARRAY_STRIDE, GL_VERTEX_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_NORMAL, 0, GL_NORMAL_ARRAY_TYPE, GL_NORMAL_ARRAY_STRIDE, GL_NORMAL_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_COLOR, GL_COLOR_ARRAY_SIZE, GL_COLOR_ARRAY_TYPE, GL_COLOR_ARRAY_STRIDE, GL_COLOR_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_INDEX, 0, GL_INDEX_ARRAY_TYPE, GL_INDEX_ARRAY_STRIDE, GL_INDEX_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_EDGE_FLAG, 0, 0, GL_EDGE_FLAG_ARRAY_STRIDE, GL_EDGE_FLAG_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_FOG_COORD, 0, GL_FOG_COORD_ARRAY_TYPE, GL_FOG_COORD_ARRAY_STRIDE, GL_FOG_COORD_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_SECONDARY_COLOR, GL_SECONDARY_COLOR_ARRAY_SIZE, GL_SECONDARY_COLOR_ARRAY_TYPE, GL_SECONDARY_COLOR_ARRAY_STRIDE, GL_SECONDARY_COLOR_ARRAY_BUFFER_BINDING},
		{PRISM_ARRAY_TEXCOORD, GL_TEXTURE_COORD_ARRAY_SIZE, GL_TEXTURE_COORD_ARRAY_TYPE, GL_TEXTURE_COORD_ARRAY_STRIDE, GL_TEXTURE_COORD_ARRAY_BUFFER_BINDING},
	};
	if (!pname) return false; /* it stands above for what an array does not have */
	for (unsigned k = 0; k < sizeof all / sizeof *all; k++) {
		const prism_array *a = &c->vao->a[all[k].i + (all[k].i == PRISM_ARRAY_TEXCOORD ? c->client_active : 0)];
		if (pname == all[k].size) *v = a->size;
		else if (pname == all[k].type) *v = a->type;
		else if (pname == all[k].stride) *v = a->stride;
		else if (pname == all[k].buffer) *v = prism_array_at(c->vao, (int)(a - c->vao->a))->buffer.name;
		else continue;
		return true;
	}
	return false;
}

/* Values known here: true. */
static bool known(prism_client *c, GLenum pname, int64_t *v) {
	if (prism_es_lacks(c, pname)) return false; /* a node says so */
	int i = prism_array_of(c, pname);
	if (i >= 0) {
		*v = c->vao->enabled >> i & 1;
		return true;
	}
	const prism_bound *bound = prism_binding(c, prism_binding_target(pname));
	if (bound) {
		*v = bound->name;
		return true;
	}
	switch (pname) {
	case GL_VERTEX_ARRAY_BINDING: *v = c->vao->self.name; break;
	case GL_CLIENT_ACTIVE_TEXTURE: *v = GL_TEXTURE0 + c->client_active; break;
	case GL_CLIENT_ATTRIB_STACK_DEPTH: *v = c->attribs_n; break;
	case GL_MAX_CLIENT_ATTRIB_STACK_DEPTH: *v = PRISM_CLIENT_DEPTH; break;
	case GL_DRAW_FRAMEBUFFER_BINDING: *v = c->draw_framebuffer; break;
	case GL_READ_FRAMEBUFFER_BINDING: *v = c->read_framebuffer; break;
	case GL_LIST_INDEX: *v = c->list; break;
	case GL_LIST_MODE: *v = c->list ? c->list_mode : 0; break;
	case GL_RENDER_MODE: *v = c->render_mode; break;
	case GL_SELECTION_BUFFER_SIZE: *v = c->select_size; break;
	case GL_FEEDBACK_BUFFER_SIZE: *v = c->feedback_size; break;
	case GL_FEEDBACK_BUFFER_TYPE: *v = c->feedback_type; break;
	case GL_CURRENT_PROGRAM: *v = c->program.name; break;
	case GL_CONTEXT_PROFILE_MASK: *v = c->core ? GL_CONTEXT_CORE_PROFILE_BIT : GL_CONTEXT_COMPATIBILITY_PROFILE_BIT; break;
	case GL_CONTEXT_FLAGS: /* as the app asked; its GLX numbers differ */
		*v = (c->ctx->flags & 2 ? GL_CONTEXT_FLAG_FORWARD_COMPATIBLE_BIT : 0) | (c->ctx->flags & 1 ? GL_CONTEXT_FLAG_DEBUG_BIT : 0) |
		     (c->ctx->flags & 4 ? GL_CONTEXT_FLAG_ROBUST_ACCESS_BIT : 0) | (c->ctx->no_error ? GL_CONTEXT_FLAG_NO_ERROR_BIT : 0);
		break;
	case GL_RESET_NOTIFICATION_STRATEGY: *v = c->ctx->tells_reset ? GL_LOSE_CONTEXT_ON_RESET : GL_NO_RESET_NOTIFICATION; break;
	case GL_TRANSFORM_FEEDBACK_BINDING: *v = c->xfb ? c->xfb->self.name : 0; break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_ACTIVE: *v = prism_feedback_active(c, true); break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_PAUSED: *v = prism_feedback_active(c, true) && c->xfb->paused; break;
	case GL_NUM_SHADER_BINARY_FORMATS: *v = 0; break; /* custom_binary.c */
	case GL_SHADER_COMPILER: *v = GL_TRUE; break;
	case GL_PROGRAM_PIPELINE_BINDING: *v = c->pipeline.name; break;
	case GL_CONTEXT_ROBUST_ACCESS: *v = (c->ctx->flags & PRISM_CONTEXT_ROBUST) != 0; break; /* a node's contexts all are */
	case GL_MAJOR_VERSION: prism_version(c); *v = c->major; break;
	case GL_MINOR_VERSION: prism_version(c); *v = c->minor; break;
	case GL_NUM_EXTENSIONS: prism_version(c); *v = c->extension_n; break;
	case GL_MAX_TEXTURE_COORDS: /* as many as the driver keeps arrays for */
	case GL_MAX_TEXTURE_UNITS:
		*v = PRISM_ARRAY_TEXCOORDS;
		break;
	default: {
		bool pack;
		const GLint *store = prism_store_field(c, pname, &pack);
		if (!store) return array_value(c, pname, v) || prism_debug_get(c, pname, v);
		*v = *store;
	}
	}
	return true;
}

static uint32_t form_size(GLenum form) { return form == GL_BOOL ? 1 : form == GL_INT || form == GL_FLOAT ? 4 : 8; }
static void store(GLenum form, void *to, int i, int64_t v) {
	switch (form) {
	case GL_BOOL: ((GLboolean *)to)[i] = v != 0; break;
	case GL_INT: ((GLint *)to)[i] = v > INT32_MAX && v <= UINT32_MAX ? (GLint)(GLuint)v : (GLint)v; break;
	case GL_FLOAT: ((GLfloat *)to)[i] = (GLfloat)v; break;
	case GL_DOUBLE: ((GLdouble *)to)[i] = (GLdouble)v; break;
	default: ((GLint64 *)to)[i] = v;
	}
}

static void get_state(GLenum pname, uint32_t index, GLenum form, void *to) {
	prism_client *c = prism_client_out();
	if (!c || !to) return;
	int64_t v;
	if (index == PRISM_GET_NO_INDEX && known(c, pname, &v)) {
		store(form, to, 0, v);
		return;
	}
	int kind = prism_get_kind(pname);
	if (kind) { /* the answer is a serial */
		GLint serial = 0;
		if (prism_get(c, PRISM_GET_STATE, GL_INT, pname, index, &serial, sizeof serial, false) == sizeof serial)
			store(form, to, 0, serial ? prism_name(kind, (uint32_t)serial) : 0);
		return;
	}
	uint64_t n = prism_len_get(pname);
	uint32_t max = (uint32_t)((n ? n : 4096) * form_size(form));
	prism_get(c, PRISM_GET_STATE, form, pname, index, to, max, is_constant(pname));
}

void APIENTRY prism_gl_GetBooleanv(GLenum pname, GLboolean *data) { get_state(pname, PRISM_GET_NO_INDEX, GL_BOOL, data); }
void APIENTRY prism_gl_GetIntegerv(GLenum pname, GLint *data) { get_state(pname, PRISM_GET_NO_INDEX, GL_INT, data); }
void APIENTRY prism_gl_GetInteger64v(GLenum pname, GLint64 *data) { get_state(pname, PRISM_GET_NO_INDEX, GL_INT64_ARB, data); }
void APIENTRY prism_gl_GetFloatv(GLenum pname, GLfloat *data) { get_state(pname, PRISM_GET_NO_INDEX, GL_FLOAT, data); }
void APIENTRY prism_gl_GetDoublev(GLenum pname, GLdouble *data) { get_state(pname, PRISM_GET_NO_INDEX, GL_DOUBLE, data); }

GLint prism_get_int(prism_client *c, GLenum pname, GLint otherwise) {
	GLint v = otherwise;
	prism_get(c, PRISM_GET_STATE, GL_INT, pname, PRISM_GET_NO_INDEX, &v, sizeof v, true);
	return v;
}

static void get_indexed(GLenum target, GLuint index, GLenum form, void *to) {
	prism_client *c = prism_client_out();
	if (!c || !to) return;
	int64_t v;
	bool ours, arrays;
	if (prism_vertex_binding_value(c, target, index, &v, &arrays) || (!arrays && prism_binding_value(c, target, index, &v, &ours))) store(form, to, 0, v);
	else if (!arrays && !ours) get_state(target, index, form, to);
}
void APIENTRY prism_gl_GetBooleani_v(GLenum target, GLuint index, GLboolean *data) { get_indexed(target, index, GL_BOOL, data); }
void APIENTRY prism_gl_GetIntegeri_v(GLenum target, GLuint index, GLint *data) { get_indexed(target, index, GL_INT, data); }
void APIENTRY prism_gl_GetFloati_v(GLenum target, GLuint index, GLfloat *data) { get_indexed(target, index, GL_FLOAT, data); }
void APIENTRY prism_gl_GetDoublei_v(GLenum target, GLuint index, GLdouble *data) { get_indexed(target, index, GL_DOUBLE, data); }
void APIENTRY prism_gl_GetInteger64i_v(GLenum target, GLuint index, GLint64 *data) { get_indexed(target, index, GL_INT64_ARB, data); }

static GLboolean enabled(GLenum cap, uint32_t index) {
	prism_client *c = prism_client_out();
	if (!c) return GL_FALSE;
	int i = index == PRISM_GET_NO_INDEX && !c->es ? prism_array_of(c, cap) : -1;
	if (i >= 0) return c->vao->enabled >> i & 1;
	GLboolean on = GL_FALSE;
	if (index == PRISM_GET_NO_INDEX && prism_debug_cap(c, cap, -1, &on)) return on;
	prism_get(c, PRISM_GET_ENABLED, 0, cap, index, &on, 1, false);
	return on;
}
GLboolean APIENTRY prism_gl_IsEnabled(GLenum cap) { return enabled(cap, PRISM_GET_NO_INDEX); }
GLboolean APIENTRY prism_gl_IsEnabledi(GLenum target, GLuint index) { return enabled(target, index); }

void APIENTRY prism_gl_GetPointerv(GLenum pname, void **params) {
	prism_client *c = prism_client_out();
	if (!c || !params || prism_debug_pointer(c, pname, params)) return;
	int i;
	switch (pname) {
	case GL_VERTEX_ARRAY_POINTER: i = PRISM_ARRAY_VERTEX; break;
	case GL_NORMAL_ARRAY_POINTER: i = PRISM_ARRAY_NORMAL; break;
	case GL_COLOR_ARRAY_POINTER: i = PRISM_ARRAY_COLOR; break;
	case GL_INDEX_ARRAY_POINTER: i = PRISM_ARRAY_INDEX; break;
	case GL_EDGE_FLAG_ARRAY_POINTER: i = PRISM_ARRAY_EDGE_FLAG; break;
	case GL_FOG_COORD_ARRAY_POINTER: i = PRISM_ARRAY_FOG_COORD; break;
	case GL_SECONDARY_COLOR_ARRAY_POINTER: i = PRISM_ARRAY_SECONDARY_COLOR; break;
	case GL_TEXTURE_COORD_ARRAY_POINTER: i = PRISM_ARRAY_TEXCOORD + (int)c->client_active; break;
	case GL_SELECTION_BUFFER_POINTER: *params = c->select; return;
	case GL_FEEDBACK_BUFFER_POINTER: *params = c->feedback_values; return;
	default: prism_error(GL_INVALID_ENUM); return;
	}
	*params = (void *)c->vao->a[i].p;
}

/* ---- vertex attributes ---- */

static void get_attrib(GLuint index, GLenum pname, GLenum form, void *to) {
	prism_client *c = prism_client_out();
	if (!c || !to || !prism_array_index(c, index)) return;
	int64_t v;
	if (pname == GL_CURRENT_VERTEX_ATTRIB) {
		prism_get(c, PRISM_GET_ATTRIB, form, index, 0, to, form == GL_DOUBLE || form == GL_DOUBLE_VEC4 ? 32 : 16, false);
		return;
	}
	if (!prism_array_value(c->vao, index, pname, &v)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	store(form == GL_UNSIGNED_INT || form == GL_INT_VEC4 ? GL_INT : form == GL_DOUBLE_VEC4 ? GL_DOUBLE : form, to, 0, v);
}
void APIENTRY prism_gl_GetVertexAttribdv(GLuint index, GLenum pname, GLdouble *params) { get_attrib(index, pname, GL_DOUBLE, params); }
void APIENTRY prism_gl_GetVertexAttribfv(GLuint index, GLenum pname, GLfloat *params) { get_attrib(index, pname, GL_FLOAT, params); }
void APIENTRY prism_gl_GetVertexAttribiv(GLuint index, GLenum pname, GLint *params) { get_attrib(index, pname, GL_INT, params); }
void APIENTRY prism_gl_GetVertexAttribIiv(GLuint index, GLenum pname, GLint *params) { get_attrib(index, pname, GL_INT_VEC4, params); }
void APIENTRY prism_gl_GetVertexAttribIuiv(GLuint index, GLenum pname, GLuint *params) { get_attrib(index, pname, GL_UNSIGNED_INT, params); }
void APIENTRY prism_gl_GetVertexAttribLdv(GLuint index, GLenum pname, GLdouble *params) { get_attrib(index, pname, GL_DOUBLE_VEC4, params); }
void APIENTRY prism_gl_GetVertexAttribPointerv(GLuint index, GLenum pname, void **pointer) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (index >= PRISM_ARRAY_GENERIC || pname != GL_VERTEX_ATTRIB_ARRAY_POINTER) prism_error(index >= PRISM_ARRAY_GENERIC ? GL_INVALID_VALUE : GL_INVALID_ENUM);
	else *pointer = (void *)c->vao->a[index].p;
}

/* ---- tables whose lengths a node knows ---- */

#define PRISM_TABLE_MAX 65536u

/* room: bytes that the app's memory has, -1: enough. */
static void get_table(uint32_t what, GLenum form, GLenum a, GLenum b, int64_t room, void *to, bool packs) {
	prism_client *c = prism_client_out();
	if (!c) return;
	packs = packs && c->buf[PRISM_BUF_PACK].name;
	if (!packs && room < 0) {
		if (to) prism_get(c, what, form, a, b, to, PRISM_TABLE_MAX * 8, false);
		return;
	}
	void *tmp = malloc(PRISM_TABLE_MAX * 8);
	int n = tmp ? prism_get(c, what, form, a, b, tmp, PRISM_TABLE_MAX * 8, false) : 0;
	if (n > 0 && packs) {
		if (prism_pack_fits(c, to, room, (uint64_t)n, 1)) prism_buffer_write(c, GL_PIXEL_PACK_BUFFER, (int64_t)(uintptr_t)to, n, tmp);
		else prism_error(GL_INVALID_OPERATION);
	} else if (n > room) {
		prism_error(GL_INVALID_OPERATION);
	} else if (n > 0 && to) {
		memcpy(to, tmp, (size_t)n);
	}
	free(tmp);
}

void APIENTRY prism_gl_GetPixelMapfv(GLenum map, GLfloat *values) { get_table(PRISM_GET_PIXEL_MAP, GL_FLOAT, map, 0, -1, values, true); }
void APIENTRY prism_gl_GetnPixelMapfv(GLenum map, GLsizei room, GLfloat *values) { get_table(PRISM_GET_PIXEL_MAP, GL_FLOAT, map, 0, room > 0 ? room : 0, values, true); }
void APIENTRY prism_gl_GetPixelMapuiv(GLenum map, GLuint *values) { get_table(PRISM_GET_PIXEL_MAP, GL_UNSIGNED_INT, map, 0, -1, values, true); }
void APIENTRY prism_gl_GetnPixelMapuiv(GLenum map, GLsizei room, GLuint *values) { get_table(PRISM_GET_PIXEL_MAP, GL_UNSIGNED_INT, map, 0, room > 0 ? room : 0, values, true); }
void APIENTRY prism_gl_GetPixelMapusv(GLenum map, GLushort *values) { get_table(PRISM_GET_PIXEL_MAP, GL_UNSIGNED_SHORT, map, 0, -1, values, true); }
void APIENTRY prism_gl_GetnPixelMapusv(GLenum map, GLsizei room, GLushort *values) { get_table(PRISM_GET_PIXEL_MAP, GL_UNSIGNED_SHORT, map, 0, room > 0 ? room : 0, values, true); }
void APIENTRY prism_gl_GetMapdv(GLenum target, GLenum query, GLdouble *v) { get_table(PRISM_GET_MAP, GL_DOUBLE, target, query, -1, v, false); }
void APIENTRY prism_gl_GetnMapdv(GLenum target, GLenum query, GLsizei room, GLdouble *v) { get_table(PRISM_GET_MAP, GL_DOUBLE, target, query, room > 0 ? room : 0, v, false); }
void APIENTRY prism_gl_GetMapfv(GLenum target, GLenum query, GLfloat *v) { get_table(PRISM_GET_MAP, GL_FLOAT, target, query, -1, v, false); }
void APIENTRY prism_gl_GetnMapfv(GLenum target, GLenum query, GLsizei room, GLfloat *v) { get_table(PRISM_GET_MAP, GL_FLOAT, target, query, room > 0 ? room : 0, v, false); }
void APIENTRY prism_gl_GetMapiv(GLenum target, GLenum query, GLint *v) { get_table(PRISM_GET_MAP, GL_INT, target, query, -1, v, false); }
void APIENTRY prism_gl_GetnMapiv(GLenum target, GLenum query, GLsizei room, GLint *v) { get_table(PRISM_GET_MAP, GL_INT, target, query, room > 0 ? room : 0, v, false); }

/* ---- errors ---- */

GLenum APIENTRY prism_gl_GetError(void) {
	if (prism_t->in_begin) {
		prism_error(GL_INVALID_OPERATION);
		return GL_NO_ERROR;
	}
	return prism_take_error();
}

/* ---- glGetTexEnv ---- */

static void texture_env(GLenum form, GLenum target, GLenum pname, void *params) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const uint32_t bytes = (uint32_t)prism_mul(prism_len_texenv(pname), sizeof(GLint));
	prism_kept_item *item = prism_kept_find(c, PRISM_KEPT_TEXENV, form, target, pname);
	if (item && prism_kept_value(item, params, bytes) >= 0) return;
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	if (form == GL_INT) prism_put_glGetTexEnviv(q.id, target, pname);
	else prism_put_glGetTexEnvfv(q.id, target, pname);
	if (prism_ask_wait(&q)) {
		const void *p;
		const uint32_t n = prism_ask_peek(&q, &p);
		memcpy(params, p, n < bytes ? n : bytes);
		if (item) prism_kept_learn(item, p, n);
	}
	prism_ask_end(&q);
}
void APIENTRY prism_gl_GetTexEnviv(GLenum target, GLenum pname, GLint *params) { texture_env(GL_INT, target, pname, params); }
void APIENTRY prism_gl_GetTexEnvfv(GLenum target, GLenum pname, GLfloat *params) { texture_env(GL_FLOAT, target, pname, params); }
