/* Errors, glBegin and lists, selection and feedback, pixel store, questions about state. */
#include "stub.h"

GLenum APIENTRY stub_GetError(void) {
	const GLenum e = stub_now && stub_now->in_begin ? GL_NO_ERROR : stub_error;
	stub_error = GL_NO_ERROR;
	return e;
}

/* ---- glBegin, glEnd, lists ---- */

static void between(int effect) {
	stub_context *c = stub_now;
	if (c->list && effect) c->list_effect = effect;
	if (effect && (!c->list || c->list_mode == GL_COMPILE_AND_EXECUTE)) c->in_begin = effect > 0;
}
void APIENTRY stub_Begin(GLenum mode) {
	if (mode <= GL_PATCHES && !stub_now->core && (stub_now->list || !stub_fails())) between(1);
}
void APIENTRY stub_End(void) {
	between(-1);
	stub_drawn(0, 0);
}
void APIENTRY stub_NewList(GLuint name, GLenum mode) {
	stub_context *c = stub_now;
	if (!name || c->list || (mode != GL_COMPILE && mode != GL_COMPILE_AND_EXECUTE) || stub_fails()) return;
	c->list = name;
	c->list_mode = mode;
	c->list_effect = 0;
}
void APIENTRY stub_EndList(void) {
	stub_context *c = stub_now;
	if (!c->list) return;
	stub_effect[c->list % STUB_NAMES] = (int8_t)c->list_effect;
	c->list = 0;
}
void APIENTRY stub_CallList(GLuint name) { between(stub_effect[name % STUB_NAMES]); }
void APIENTRY stub_CallLists(GLsizei n, GLenum type, const void *lists) {
	stub_in(lists, prism_len_calllists(n, type));
	if (n > 0 && type == GL_UNSIGNED_BYTE) stub_CallList(stub_now->list_base + ((const uint8_t *)lists)[n - 1]);
	if (n > 0 && type == GL_UNSIGNED_INT) {
		GLuint last;
		memcpy(&last, (const uint8_t *)lists + ((size_t)n - 1) * 4, 4);
		stub_CallList(stub_now->list_base + last);
	}
}
void APIENTRY stub_ListBase(GLuint base) { stub_now->list_base = base; }
void APIENTRY stub_DeleteLists(GLuint first, GLsizei n) {
	for (GLsizei i = 0; i < n && i < STUB_NAMES; i++) stub_effect[(first + (GLuint)i) % STUB_NAMES] = 0;
}

/* ---- selection and feedback: the buffer stays GL's until the mode ends ---- */

void APIENTRY stub_SelectBuffer(GLsizei n, GLuint *p) {
	if (stub_fails() || n < 0 || stub_now->mode == GL_SELECT) return;
	stub_now->select = p;
	stub_now->select_n = n;
}
void APIENTRY stub_FeedbackBuffer(GLsizei n, GLenum type, GLfloat *p) {
	if (stub_fails() || n < 0 || type < GL_2D || type > GL_4D_COLOR_TEXTURE || stub_now->mode == GL_FEEDBACK) return;
	stub_now->feedback = p;
	stub_now->feedback_n = n;
}
GLint APIENTRY stub_RenderMode(GLenum mode) {
	stub_context *c = stub_now;
	if (stub_fails() || (mode != GL_RENDER && mode != GL_SELECT && mode != GL_FEEDBACK)) return 0;
	const GLenum old = c->mode;
	if ((mode == GL_SELECT && !c->select) || (mode == GL_FEEDBACK && !c->feedback)) return 0;
	c->mode = mode;
	if (old == GL_SELECT) {
		for (GLsizei i = 0; i < c->select_n; i++) c->select[i] = i % 3 ? 0x10000u << i % 7 : 2;
		return c->select_n > 8 ? c->select_n / 5 : -1;
	}
	if (old == GL_FEEDBACK) {
		for (GLsizei i = 0; i < c->feedback_n; i++) c->feedback[i] = 1;
		return c->feedback_n % 3 ? c->feedback_n : -1;
	}
	return 0;
}
void APIENTRY stub_GetPointerv(GLenum pname, void **out) {
	if (stub_fails()) return;
	*out = pname == GL_SELECTION_BUFFER_POINTER ? (void *)stub_now->select : pname == GL_FEEDBACK_BUFFER_POINTER ? (void *)stub_now->feedback : NULL;
}

/* ---- pixel store ---- */

void APIENTRY stub_PixelStorei(GLenum pname, GLint v) {
	static const GLenum names[8] = {GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS,
	                                GL_UNPACK_ALIGNMENT, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_IMAGES};
	static const GLenum packs[8] = {GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST, GL_PACK_ROW_LENGTH, GL_PACK_SKIP_ROWS, GL_PACK_SKIP_PIXELS,
	                                GL_PACK_ALIGNMENT, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_IMAGES};
	if (stub_now->in_begin || v < 0) return;
	for (int i = 0; i < 8; i++) {
		if (names[i] == pname) (&stub_now->unpack.swap)[i] = v;
		if (packs[i] == pname) (&stub_now->pack.swap)[i] = v;
	}
}

void APIENTRY stub_PixelMapfv(GLenum map, GLsizei n, const GLfloat *v) { (void)map, stub_at(GL_PIXEL_UNPACK_BUFFER, v, prism_mul(prism_pos(n), 4)); }
void APIENTRY stub_PixelMapuiv(GLenum map, GLsizei n, const GLuint *v) { (void)map, stub_at(GL_PIXEL_UNPACK_BUFFER, v, prism_mul(prism_pos(n), 4)); }
void APIENTRY stub_PixelMapusv(GLenum map, GLsizei n, const GLushort *v) { (void)map, stub_at(GL_PIXEL_UNPACK_BUFFER, v, prism_mul(prism_pos(n), 2)); }
enum { MAP_VALUES = 37 };
static bool packs_off(void) { return *stub_binding(GL_PIXEL_PACK_BUFFER) == 0; }
void APIENTRY stub_GetPixelMapfv(GLenum map, GLfloat *v) { (void)map; if (packs_off()) stub_out(v, MAP_VALUES * 4); }
void APIENTRY stub_GetPixelMapuiv(GLenum map, GLuint *v) { (void)map; if (packs_off()) stub_out(v, MAP_VALUES * 4); }
void APIENTRY stub_GetPixelMapusv(GLenum map, GLushort *v) { (void)map; if (packs_off()) stub_out(v, MAP_VALUES * 2); }
void APIENTRY stub_GetPolygonStipple(GLubyte *v) { if (packs_off()) stub_out(v, 128); }

/* ---- evaluators: counted as an implementation walks them, not by prism_len.h ---- */

static int components(GLenum target) {
	static const uint8_t n[9] = {4, 1, 3, 1, 2, 3, 4, 3, 4}; /* colour, index, normal, texture 1 to 4, vertex 3 and 4 */
	if (target >= GL_MAP1_COLOR_4 && target <= GL_MAP1_VERTEX_4) return n[target - GL_MAP1_COLOR_4];
	if (target >= GL_MAP2_COLOR_4 && target <= GL_MAP2_VERTEX_4) return n[target - GL_MAP2_COLOR_4];
	if (target >= GL_MAP1_VERTEX_ATTRIB0_4_NV && target <= GL_MAP1_VERTEX_ATTRIB15_4_NV) return 4; /* some drivers know these */
	if (target >= GL_MAP2_VERTEX_ATTRIB0_4_NV && target <= GL_MAP2_VERTEX_ATTRIB15_4_NV) return 4;
	return 0;
}
enum { MAX_ORDER = 30 };
static void map(GLenum target, GLint ustride, GLint uorder, GLint vstride, GLint vorder, const uint8_t *p, unsigned each) {
	const int k = components(target);
	if (!k || uorder < 1 || uorder > MAX_ORDER || vorder < 1 || vorder > MAX_ORDER || ustride < k || vstride < k) return;
	for (int64_t i = 0; i < uorder; i++)
		for (int64_t j = 0; j < vorder; j++) stub_in(p + (i * ustride + j * vstride) * each, (uint64_t)k * each);
}
void APIENTRY stub_Map1f(GLenum t, GLfloat a, GLfloat b, GLint s, GLint n, const GLfloat *p) { (void)a, (void)b, map(t, s, n, 4, 1, (const void *)p, 4); }
void APIENTRY stub_Map1d(GLenum t, GLdouble a, GLdouble b, GLint s, GLint n, const GLdouble *p) { (void)a, (void)b, map(t, s, n, 4, 1, (const void *)p, 8); }
void APIENTRY stub_Map2f(GLenum t, GLfloat a, GLfloat b, GLint us, GLint un, GLfloat c, GLfloat d, GLint vs, GLint vn, const GLfloat *p) {
	(void)a, (void)b, (void)c, (void)d, map(t, us, un, vs, vn, (const void *)p, 4);
}
void APIENTRY stub_Map2d(GLenum t, GLdouble a, GLdouble b, GLint us, GLint un, GLdouble c, GLdouble d, GLint vs, GLint vn, const GLdouble *p) {
	(void)a, (void)b, (void)c, (void)d, map(t, us, un, vs, vn, (const void *)p, 8);
}
enum { ORDER = 5 };
static uint64_t map_values(GLenum target, GLenum query) {
	const bool two = target >= GL_MAP2_COLOR_4 && target <= GL_MAP2_VERTEX_4;
	switch (query) {
	case GL_ORDER: return two ? 2 : 1;
	case GL_DOMAIN: return two ? 4 : 2;
	case GL_COEFF: return (uint64_t)components(target) * (two ? ORDER * ORDER : ORDER);
	default: return 0;
	}
}
void APIENTRY stub_GetMapiv(GLenum target, GLenum query, GLint *v) {
	if (stub_fails() || !components(target)) return;
	for (uint64_t i = 0; i < map_values(target, query); i++) v[i] = query == GL_ORDER ? ORDER : 1;
}
void APIENTRY stub_GetMapfv(GLenum target, GLenum query, GLfloat *v) { stub_out(v, map_values(target, query) * 4); }
void APIENTRY stub_GetMapdv(GLenum target, GLenum query, GLdouble *v) { stub_out(v, map_values(target, query) * 8); }

/* ---- state ---- */

void APIENTRY stub_BindFramebuffer(GLenum target, GLuint name) {
	if (stub_fails()) return;
	if (target != GL_READ_FRAMEBUFFER) stub_now->draw_fbo = name;
	if (target != GL_DRAW_FRAMEBUFFER) stub_now->read_fbo = name;
}
void APIENTRY stub_DeleteFramebuffers(GLsizei n, const GLuint *names) {
	stub_in(names, prism_mul(prism_pos(n), 4));
	for (GLsizei i = 0; i < n; i++) {
		if (stub_now->draw_fbo == names[i]) stub_now->draw_fbo = 0;
		if (stub_now->read_fbo == names[i]) stub_now->read_fbo = 0;
	}
}
GLenum APIENTRY stub_CheckFramebufferStatus(GLenum target) { (void)target; return GL_FRAMEBUFFER_COMPLETE; }
void APIENTRY stub_GetFramebufferAttachmentParameteriv(GLenum t, GLenum a, GLenum pname, GLint *out) {
	(void)t, (void)a;
	if (!stub_fails()) *out = pname == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE ? GL_TEXTURE : 1;
}
void APIENTRY stub_Scissor(GLint x, GLint y, GLsizei w, GLsizei h) {
	if (stub_fails() || w < 0 || h < 0) return;
	const GLint v[4] = {x, y, w, h};
	memcpy(stub_now->scissor, v, sizeof v);
}
void APIENTRY stub_Enable(GLenum cap) { if (cap == GL_SCISSOR_TEST && !stub_fails()) stub_now->scissor_on = true; }
void APIENTRY stub_Disable(GLenum cap) { if (cap == GL_SCISSOR_TEST && !stub_fails()) stub_now->scissor_on = false; }
GLboolean APIENTRY stub_IsEnabledi(GLenum cap, GLuint i) { return (cap + i) & 1; }

static const char *const extensions[] = {"GL_ARB_vertex_program", "GL_MESA_framebuffer_flip_y", "GL_EXT_texture"};
const GLubyte *APIENTRY stub_GetString(GLenum name) {
	if (stub_fails()) return NULL;
	switch (name) {
	case GL_VERSION: return (const GLubyte *)(stub_how.old ? "2.1 stub" : "4.5 stub");
	case GL_EXTENSIONS: return stub_now->core ? NULL : (const GLubyte *)"GL_ARB_vertex_program GL_MESA_framebuffer_flip_y GL_EXT_texture";
	case GL_VENDOR: case GL_RENDERER: case GL_SHADING_LANGUAGE_VERSION: return (const GLubyte *)"stub";
	default: return NULL;
	}
}
const GLubyte *APIENTRY stub_GetStringi(GLenum name, GLuint i) {
	return stub_fails() || name != GL_EXTENSIONS || i >= 3 ? NULL : (const GLubyte *)extensions[i];
}

enum { FORMATS = 96, MOST = FORMATS };
static const GLenum four[] = {
	GL_COLOR_CLEAR_VALUE, GL_COLOR_WRITEMASK, GL_SCISSOR_BOX, GL_VIEWPORT, GL_BLEND_COLOR, GL_ACCUM_CLEAR_VALUE, GL_CURRENT_COLOR, GL_CURRENT_SECONDARY_COLOR,
	GL_CURRENT_TEXTURE_COORDS, GL_CURRENT_RASTER_POSITION, GL_CURRENT_RASTER_COLOR, GL_CURRENT_RASTER_SECONDARY_COLOR, GL_CURRENT_RASTER_TEXTURE_COORDS,
	GL_FOG_COLOR, GL_LIGHT_MODEL_AMBIENT, GL_MAP2_GRID_DOMAIN, GL_PATCH_DEFAULT_OUTER_LEVEL, GL_RGBA_SIGNED_COMPONENTS_EXT,
};
static const GLenum sixteen[] = {
	GL_MODELVIEW_MATRIX, GL_PROJECTION_MATRIX, GL_TEXTURE_MATRIX, GL_COLOR_MATRIX, GL_TRANSPOSE_MODELVIEW_MATRIX, GL_TRANSPOSE_PROJECTION_MATRIX,
	GL_TRANSPOSE_TEXTURE_MATRIX, GL_TRANSPOSE_COLOR_MATRIX,
};
static const GLenum two[] = {
	GL_DEPTH_RANGE, GL_POINT_SIZE_RANGE, GL_LINE_WIDTH_RANGE, GL_ALIASED_LINE_WIDTH_RANGE, GL_ALIASED_POINT_SIZE_RANGE, GL_MAX_VIEWPORT_DIMS, GL_POLYGON_MODE,
	GL_MAP1_GRID_DOMAIN, GL_MAP2_GRID_SEGMENTS, GL_VIEWPORT_BOUNDS_RANGE, GL_PATCH_DEFAULT_INNER_LEVEL,
};
static bool among(const GLenum *list, size_t n, GLenum word) {
	for (size_t i = 0; i < n; i++)
		if (list[i] == word) return true;
	return false;
}
#define AMONG(list, word) among(list, sizeof list / sizeof *list, word)

/* How many values, all in v; 0: GL knows none such. */
static int values(GLenum pname, int64_t v[MOST]) {
	const stub_context *c = stub_now;
	for (int i = 0; i < MOST; i++) v[i] = i + 1;
	switch (pname) {
	case GL_MAJOR_VERSION: v[0] = stub_how.old ? 2 : 4; return stub_how.old ? 0 : 1;
	case GL_MINOR_VERSION: v[0] = 5; return stub_how.old ? 0 : 1;
	case GL_MAX_VIEWPORTS: v[0] = 16; return 1;
	case GL_MAX_ATTRIB_STACK_DEPTH: v[0] = 16; return 1;
	case GL_NUM_EXTENSIONS: v[0] = 3; return stub_how.old ? 0 : 1;
	case GL_MAX_VERTEX_ATTRIBS: v[0] = 16; return 1;
	case GL_CLIENT_ACTIVE_TEXTURE: v[0] = c->client_unit; return c->core ? 0 : 1;
	case GL_RENDER_MODE: v[0] = c->mode; return 1;
	case GL_LIST_BASE: v[0] = c->list_base; return 1;
	case GL_DRAW_FRAMEBUFFER_BINDING: v[0] = c->draw_fbo; return 1;
	case GL_READ_FRAMEBUFFER_BINDING: v[0] = c->read_fbo; return 1;
	case GL_VERTEX_ARRAY_BINDING: v[0] = c->vao_name; return 1;
	case GL_TEXTURE_BINDING_CUBE_MAP: v[0] = c->texture_cube; return 1;
	case GL_TEXTURE_BINDING_2D: v[0] = c->texture_2d; return 1;
	case GL_CURRENT_PROGRAM: v[0] = c->program; return 1;
	case GL_ARRAY_BUFFER_BINDING: v[0] = *stub_binding(GL_ARRAY_BUFFER); return 1;
	case GL_ELEMENT_ARRAY_BUFFER_BINDING: v[0] = *stub_binding(GL_ELEMENT_ARRAY_BUFFER); return 1;
	case GL_DRAW_INDIRECT_BUFFER_BINDING: v[0] = *stub_binding(GL_DRAW_INDIRECT_BUFFER); return 1;
	case GL_PARAMETER_BUFFER_BINDING: v[0] = *stub_binding(GL_PARAMETER_BUFFER); return 1;
	case GL_PIXEL_PACK_BUFFER_BINDING: v[0] = *stub_binding(GL_PIXEL_PACK_BUFFER); return 1;
	case GL_COPY_WRITE_BUFFER_BINDING: v[0] = *stub_binding(GL_COPY_WRITE_BUFFER); return 1;
	case GL_PIXEL_UNPACK_BUFFER_BINDING: v[0] = *stub_binding(GL_PIXEL_UNPACK_BUFFER); return 1;
	case GL_VERTEX_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_VERTEX].buffer; return 1;
	case GL_NORMAL_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_NORMAL].buffer; return 1;
	case GL_COLOR_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_COLOR].buffer; return 1;
	case GL_INDEX_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_INDEX].buffer; return 1;
	case GL_EDGE_FLAG_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_EDGE_FLAG].buffer; return 1;
	case GL_FOG_COORD_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_FOG_COORD].buffer; return 1;
	case GL_SECONDARY_COLOR_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_SECONDARY_COLOR].buffer; return 1;
	case GL_TEXTURE_COORD_ARRAY_BUFFER_BINDING: v[0] = stub_arrays()->b[PRISM_ARRAY_TEXCOORD + c->client_unit - GL_TEXTURE0].buffer; return 1;
	case GL_NUM_COMPRESSED_TEXTURE_FORMATS: v[0] = FORMATS; return 1;
	case GL_COMPRESSED_TEXTURE_FORMATS: return FORMATS;
	case GL_NUM_SHADER_BINARY_FORMATS: case GL_NUM_PROGRAM_BINARY_FORMATS: v[0] = 2; return 1;
	case GL_SHADER_BINARY_FORMATS: case GL_PROGRAM_BINARY_FORMATS: return 2;
	}
	if (pname >= GL_PIXEL_MAP_I_TO_I_SIZE && pname <= GL_PIXEL_MAP_A_TO_A_SIZE) {
		v[0] = MAP_VALUES;
		return 1;
	}
	if (pname >= 0xa000) return pname < 0xf000 ? 16 : 0; /* what no table has: a driver may know more than we do */
	return AMONG(two, pname) ? 2 : pname == GL_CURRENT_NORMAL || pname == GL_POINT_DISTANCE_ATTENUATION ? 3 : AMONG(four, pname) ? 4 : AMONG(sixteen, pname) ? 16 : 1;
}

static int asked(GLenum pname, int64_t v[MOST]) {
	if (stub_fails()) return 0;
	const int n = values(pname, v);
	if (!n && !stub_error) stub_error = GL_INVALID_ENUM;
	if (pname == GL_SCISSOR_BOX)
		for (int i = 0; i < 4; i++) v[i] = stub_now->scissor[i];
	return n;
}
#define GET(name, type)                                                                  \
	void APIENTRY stub_##name(GLenum pname, type *out) {                             \
		int64_t v[MOST];                                                         \
		const int n = asked(pname, v);                                           \
		for (int i = 0; i < n; i++) out[i] = (type)v[i];                         \
	}
#define GET_I(name, type)                                                                \
	void APIENTRY stub_##name(GLenum pname, GLuint index, type *out) {               \
		int64_t v[MOST];                                                         \
		const int n = stub_binding_value(pname, index, v) ? 1 : asked(pname, v); \
		for (int i = 0; i < n && index < 64; i++) out[i] = (type)v[i];           \
	}
GET(GetBooleanv, GLboolean)
GET(GetIntegerv, GLint)
GET(GetInteger64v, GLint64)
GET(GetFloatv, GLfloat)
GET(GetDoublev, GLdouble)
GET_I(GetBooleani_v, GLboolean)
GET_I(GetIntegeri_v, GLint)
GET_I(GetInteger64i_v, GLint64)
GET_I(GetFloati_v, GLfloat)
GET_I(GetDoublei_v, GLdouble)
