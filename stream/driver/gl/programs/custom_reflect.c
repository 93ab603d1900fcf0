/* What a linked program is made of: asked once after glLinkProgram (prismProgramInfo), then answered from here. */
#include "programs.h"
#include <stdlib.h>

/* The parts of a block that was checked. */
typedef struct view {
	const prism_reflect *h;
	const prism_reflect_uniform *uniforms;
	const prism_reflect_attrib *attribs, *varyings;
	const prism_reflect_block *blocks;
	const int32_t *ints;
	const char *text;
} view;

static view view_of(const prism_reflect *h) {
	view v = {.h = h, .uniforms = (const void *)(h + 1)};
	v.attribs = (const void *)(v.uniforms + h->uniforms);
	v.blocks = (const void *)(v.attribs + h->attribs);
	v.varyings = (const void *)(v.blocks + h->blocks);
	v.ints = (const void *)(v.varyings + h->varyings);
	v.text = (const char *)(v.ints + h->ints);
	return v;
}

bool prism_reflect_check(const void *block, uint32_t bytes) {
	const prism_reflect *h = block;
	if (bytes < sizeof *h || h->magic != PRISM_REFLECT_MAGIC || h->bytes != bytes) return false;
	uint64_t need = sizeof *h + (uint64_t)h->uniforms * sizeof(prism_reflect_uniform) + ((uint64_t)h->attribs + h->varyings) * sizeof(prism_reflect_attrib) +
	                (uint64_t)h->blocks * sizeof(prism_reflect_block) + (uint64_t)h->ints * 4 + h->text;
	if (need > bytes || !h->text) return false;
	view v = view_of(h);
	if (v.text[h->text - 1]) return false;
	for (uint32_t i = 0; i < h->uniforms; i++) {
		const prism_reflect_uniform *u = &v.uniforms[i];
		if (u->name >= h->text || u->size < 0) return false;
		if (u->location >= 0 && (u->locations > h->ints || (uint32_t)u->size > h->ints - u->locations)) return false;
	}
	for (uint32_t i = 0; i < h->attribs + h->varyings; i++) {
		const prism_reflect_attrib *a = i < h->attribs ? &v.attribs[i] : &v.varyings[i - h->attribs];
		if (a->name >= h->text) return false;
	}
	for (uint32_t i = 0; i < h->blocks; i++) {
		const prism_reflect_block *b = &v.blocks[i];
		if (b->name >= h->text || b->first > h->ints || b->uniforms > h->ints - b->first) return false;
	}
	return true;
}

/* An empty block: of a program that was never linked, or when the context is lost. */
static const struct { prism_reflect h; char log[8]; } nothing = {{.magic = PRISM_REFLECT_MAGIC, .bytes = sizeof(prism_reflect) + 8, .text = 8}, ""};

static view info_of(prism_client *c, prism_object *p) {
	if (!p->info && p->linked) {
		prism_ask q;
		if (prism_ask_begin(&q)) {
			prism_put_prismProgramInfo(q.id, p->serial);
			if (prism_ask_wait(&q)) {
				const void *from;
				uint32_t n = prism_ask_peek(&q, &from);
				void *copy = n ? malloc(n) : NULL;
				if (copy) memcpy(copy, from, n);
				if (copy && prism_reflect_check(copy, n)) {
					prism_lock(c);
					free(p->info);
					p->info = copy;
					prism_unlock(c);
				} else {
					free(copy);
				}
			}
			prism_ask_end(&q);
		}
		if (p->suspect && p->info && p->info->effects) prism_effects_known(c);
	}
	return view_of(p->info ? p->info : &nothing.h);
}

static prism_object *program_of(prism_client **c, GLuint program) {
	*c = prism_client_out();
	return *c ? prism_object_of(*c, program, false) : NULL;
}
/* The same for questions about a program that must be linked. */
static prism_object *linked_of(prism_client **c, GLuint program, view *v) {
	prism_object *p = program_of(c, program);
	if (!p) return NULL;
	*v = info_of(*c, p);
	if (v->h->link_status) return p;
	prism_error(GL_INVALID_OPERATION);
	return NULL;
}

void APIENTRY prism_gl_GetProgramiv(GLuint program, GLenum pname, GLint *params) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	switch (pname) {
	case GL_DELETE_STATUS: *params = p->deleted; return;
	case GL_ATTACHED_SHADERS: *params = (GLint)p->attached_n; return;
	case GL_COMPLETION_STATUS_KHR: *params = GL_TRUE; return;
	case GL_PROGRAM_BINARY_RETRIEVABLE_HINT: *params = p->hint; return;
	}
	if (prism_resources_param(c, p, pname, params)) return;
	view v = info_of(c, p);
	const prism_reflect *h = v.h;
	switch (pname) {
	case GL_PROGRAM_BINARY_LENGTH: *params = prism_binary_length(c, p); break;
	case GL_PROGRAM_SEPARABLE: *params = h->link_status && p->separable; break;
	case GL_LINK_STATUS: *params = h->link_status; break;
	case GL_VALIDATE_STATUS: *params = h->validate_status; break;
	case GL_INFO_LOG_LENGTH: *params = *v.text ? (GLint)strlen(v.text) + 1 : 0; break;
	case GL_ACTIVE_UNIFORMS: *params = (GLint)h->uniforms; break;
	case GL_ACTIVE_UNIFORM_MAX_LENGTH: *params = h->uniform_max_length; break;
	case GL_ACTIVE_ATTRIBUTES: *params = (GLint)h->attribs; break;
	case GL_ACTIVE_ATTRIBUTE_MAX_LENGTH: *params = h->attrib_max_length; break;
	case GL_ACTIVE_UNIFORM_BLOCKS: *params = (GLint)h->blocks; break;
	case GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH: *params = h->block_max_length; break;
	case GL_TRANSFORM_FEEDBACK_BUFFER_MODE: *params = h->varying_mode; break;
	case GL_TRANSFORM_FEEDBACK_VARYINGS: *params = (GLint)h->varyings; break;
	case GL_TRANSFORM_FEEDBACK_VARYING_MAX_LENGTH: *params = h->varying_max_length; break;
	default: prism_error(GL_INVALID_ENUM);
	}
}
bool prism_program_linked(prism_client *c, prism_object *p) { return info_of(c, p).h->link_status; }
bool prism_program_effects(prism_client *c, prism_object *p) { return info_of(c, p).h->effects; }
void APIENTRY prism_gl_GetProgramInfoLog(GLuint program, GLsizei room, GLsizei *length, GLchar *log) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (p) prism_copy_text(info_of(c, p).text, room, length, log);
}

/* ---- locations ---- */

/* Is `name` this uniform, or an element of it? The element's number, or -1. Names of arrays end with [0]; element 0 of what
 * is no array is the thing itself, as Mesa has it. */
static int64_t element_of(const char *name, const char *uniform) {
	size_t n = strlen(uniform);
	bool array = n > 3 && !strcmp(uniform + n - 3, "[0]");
	if (!strcmp(name, uniform)) return 0;
	size_t base = array ? n - 3 : n;
	if (strncmp(name, uniform, base)) return -1;
	if (array && !name[base]) return 0;
	if (name[base] != '[' || (name[base + 1] == '0' && name[base + 2] != ']')) return -1;
	uint64_t i = 0;
	const char *p = name + base + 1;
	if (*p < '0' || *p > '9') return -1;
	for (; *p >= '0' && *p <= '9' && i < INT32_MAX; p++) i = i * 10 + (uint64_t)(*p - '0');
	return *p == ']' && !p[1] ? (int64_t)i : -1;
}

static GLint location_of(const view *at, const char *name) {
	const view v = *at;
	for (uint32_t i = 0; i < v.h->uniforms; i++) {
		const prism_reflect_uniform *u = &v.uniforms[i];
		int64_t e = element_of(name, v.text + u->name);
		if (e < 0) continue;
		return u->location >= 0 && e < u->size ? v.ints[u->locations + (uint32_t)e] : -1;
	}
	return -1;
}
GLint prism_uniform_location(prism_client *c, prism_object *p, const char *name) {
	const view v = info_of(c, p);
	return location_of(&v, name);
}
GLint APIENTRY prism_gl_GetUniformLocation(GLuint program, const GLchar *name) {
	prism_client *c;
	view v;
	return linked_of(&c, program, &v) && name ? location_of(&v, name) : -1;
}

GLint APIENTRY prism_gl_GetAttribLocation(GLuint program, const GLchar *name) {
	prism_client *c;
	view v;
	if (!linked_of(&c, program, &v) || !name) return -1;
	for (uint32_t i = 0; i < v.h->attribs; i++) {
		const prism_reflect_attrib *a = &v.attribs[i];
		const int64_t e = element_of(name, v.text + a->name);
		if (e >= 0) return a->location < 0 || (e && e >= a->size) ? -1 : a->location + (GLint)e * prism_type_columns(a->type);
	}
	return -1;
}

/* ---- active things ---- */

void APIENTRY prism_gl_GetActiveAttrib(GLuint program, GLuint index, GLsizei room, GLsizei *length, GLint *size, GLenum *type, GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	view v = info_of(c, p);
	if (index >= v.h->attribs) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (size) *size = v.attribs[index].size;
	if (type) *type = v.attribs[index].type;
	prism_copy_text(v.text + v.attribs[index].name, room, length, name);
}
void APIENTRY prism_gl_GetActiveUniform(GLuint program, GLuint index, GLsizei room, GLsizei *length, GLint *size, GLenum *type, GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	view v = info_of(c, p);
	if (index >= v.h->uniforms) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (size) *size = v.uniforms[index].size;
	if (type) *type = v.uniforms[index].type;
	prism_copy_text(v.text + v.uniforms[index].name, room, length, name);
}
void APIENTRY prism_gl_GetActiveUniformName(GLuint program, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	prism_gl_GetActiveUniform(program, index, room, length, NULL, NULL, name);
}
void APIENTRY prism_gl_GetTransformFeedbackVarying(GLuint program, GLuint index, GLsizei room, GLsizei *length, GLsizei *size, GLenum *type, GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	view v = info_of(c, p);
	if (index >= v.h->varyings) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (size) *size = v.varyings[index].size;
	if (type) *type = v.varyings[index].type;
	prism_copy_text(v.text + v.varyings[index].name, room, length, name);
}

void APIENTRY prism_gl_GetUniformIndices(GLuint program, GLsizei count, const GLchar *const *names, GLuint *indices) {
	prism_client *c;
	view v;
	if (!linked_of(&c, program, &v)) return;
	if (count < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei k = 0; k < count; k++) {
		indices[k] = GL_INVALID_INDEX;
		for (uint32_t i = 0; i < v.h->uniforms && indices[k] == GL_INVALID_INDEX; i++)
			if (element_of(names[k], v.text + v.uniforms[i].name) == 0) indices[k] = i;
	}
}
void APIENTRY prism_gl_GetActiveUniformsiv(GLuint program, GLsizei count, const GLuint *indices, GLenum pname, GLint *params) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	view v = info_of(c, p);
	bool bad = count < 0;
	for (GLsizei k = 0; k < count; k++) bad |= indices[k] >= v.h->uniforms;
	if (bad) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei k = 0; k < count; k++) {
		const prism_reflect_uniform *u = &v.uniforms[indices[k]];
		switch (pname) {
		case GL_UNIFORM_TYPE: params[k] = (GLint)u->type; break;
		case GL_UNIFORM_SIZE: params[k] = u->size; break;
		case GL_UNIFORM_NAME_LENGTH: params[k] = (GLint)strlen(v.text + u->name) + 1; break;
		case GL_UNIFORM_BLOCK_INDEX: params[k] = u->block; break;
		case GL_UNIFORM_OFFSET: params[k] = u->offset; break;
		case GL_UNIFORM_ARRAY_STRIDE: params[k] = u->array_stride; break;
		case GL_UNIFORM_MATRIX_STRIDE: params[k] = u->matrix_stride; break;
		case GL_UNIFORM_IS_ROW_MAJOR: params[k] = u->row_major; break;
		case GL_UNIFORM_ATOMIC_COUNTER_BUFFER_INDEX: params[k] = u->atomic; break;
		default: prism_error(GL_INVALID_ENUM); return;
		}
	}
}

/* ---- blocks ---- */

GLuint APIENTRY prism_gl_GetUniformBlockIndex(GLuint program, const GLchar *name) {
	prism_client *c;
	view v;
	if (!linked_of(&c, program, &v) || !name) return GL_INVALID_INDEX;
	for (uint32_t i = 0; i < v.h->blocks; i++)
		if (!strcmp(name, v.text + v.blocks[i].name)) return i;
	for (uint32_t i = 0; i < v.h->blocks; i++) /* an array's first block by the array's name */
		if (element_of(name, v.text + v.blocks[i].name) == 0) return i;
	return GL_INVALID_INDEX;
}
static const prism_reflect_block *block_of(GLuint program, GLuint index, view *v) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return NULL;
	*v = info_of(c, p);
	if (index < v->h->blocks) return &v->blocks[index];
	prism_error(GL_INVALID_VALUE);
	return NULL;
}
void APIENTRY prism_gl_GetActiveUniformBlockiv(GLuint program, GLuint index, GLenum pname, GLint *params) {
	view v;
	const prism_reflect_block *b = block_of(program, index, &v);
	if (!b) return;
	switch (pname) {
	case GL_UNIFORM_BLOCK_BINDING: *params = b->binding; break;
	case GL_UNIFORM_BLOCK_DATA_SIZE: *params = b->data_size; break;
	case GL_UNIFORM_BLOCK_NAME_LENGTH: *params = (GLint)strlen(v.text + b->name) + 1; break;
	case GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS: *params = (GLint)b->uniforms; break;
	case GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES: memcpy(params, v.ints + b->first, b->uniforms * sizeof *params); break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER: *params = b->vertex; break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_GEOMETRY_SHADER: *params = b->geometry; break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_FRAGMENT_SHADER: *params = b->fragment; break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_CONTROL_SHADER: *params = b->tess_control; break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_EVALUATION_SHADER: *params = b->tess_evaluation; break;
	case GL_UNIFORM_BLOCK_REFERENCED_BY_COMPUTE_SHADER: *params = b->compute; break;
	default: prism_error(GL_INVALID_ENUM);
	}
}
void APIENTRY prism_gl_GetActiveUniformBlockName(GLuint program, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	view v;
	const prism_reflect_block *b = block_of(program, index, &v);
	if (b) prism_copy_text(v.text + b->name, room, length, name);
}
void APIENTRY prism_gl_UniformBlockBinding(GLuint program, GLuint index, GLuint binding) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	/* Not asked for: an unknown index is an error that the nodes report. */
	if (p->info && index < p->info->blocks) {
		view v = view_of(p->info);
		((prism_reflect_block *)(uintptr_t)v.blocks)[index].binding = (int32_t)binding;
	}
	prism_resources_bound(p, GL_UNIFORM_BLOCK, index, binding);
	prism_put_glUniformBlockBinding(p->serial, index, binding);
}

/* ---- values ---- */

/* room: bytes of the app's memory, -1 not told. */
static void get_uniform(GLuint program, GLint location, GLenum form, int64_t room, void *to) {
	prism_client *c;
	view v;
	prism_object *p = linked_of(&c, program, &v);
	if (!p) return;
	const prism_reflect_uniform *found = NULL;
	for (uint32_t i = 0; i < v.h->uniforms && !found && location >= 0; i++) {
		const prism_reflect_uniform *u = &v.uniforms[i];
		for (int32_t e = 0; u->location >= 0 && e < u->size; e++)
			if (v.ints[u->locations + (uint32_t)e] == location) found = u;
	}
	const uint64_t bytes = found ? prism_len_uniform(found->type) * (form == GL_FLOAT || form == GL_INT || form == GL_UNSIGNED_INT ? 4 : 8) : 0;
	if (!found || (room >= 0 && (uint64_t)room < bytes)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_prismGetUniform(q.id, p->serial, location, form);
	if (prism_ask_wait(&q)) prism_ask_out(&q, to, bytes);
	prism_ask_end(&q);
}
#define GET(suffix, type, form) \
	void APIENTRY prism_gl_GetUniform##suffix(GLuint program, GLint location, type *params) { get_uniform(program, location, form, -1, params); }
#define GETN(suffix, type, form) \
	void APIENTRY prism_gl_GetnUniform##suffix(GLuint program, GLint location, GLsizei room, type *params) { \
		get_uniform(program, location, form, room > 0 ? room : 0, params); \
	}
GET(fv, GLfloat, GL_FLOAT) GET(iv, GLint, GL_INT) GET(uiv, GLuint, GL_UNSIGNED_INT) GET(dv, GLdouble, GL_DOUBLE)
GET(i64vARB, GLint64, GL_INT64_ARB) GET(ui64vARB, GLuint64, GL_UNSIGNED_INT64_ARB)
GETN(fv, GLfloat, GL_FLOAT) GETN(iv, GLint, GL_INT) GETN(uiv, GLuint, GL_UNSIGNED_INT) GETN(dv, GLdouble, GL_DOUBLE)
GETN(i64vARB, GLint64, GL_INT64_ARB) GETN(ui64vARB, GLuint64, GL_UNSIGNED_INT64_ARB)
GETN(fvARB, GLfloat, GL_FLOAT) GETN(ivARB, GLint, GL_INT) GETN(uivARB, GLuint, GL_UNSIGNED_INT) GETN(dvARB, GLdouble, GL_DOUBLE)
