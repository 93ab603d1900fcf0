/* The program interface query, subroutines, and what glGetProgramiv asks of single stages: asked once after a link, when the first such
 * question comes (prismProgramResources), then answered from here. */
#include "programs.h"
#include "include/prism_resources.h"
#include <stdlib.h>

const GLenum prism_stage_types[PRISM_STAGES] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER,
                                                GL_COMPUTE_SHADER};
static int stage_of(GLenum type) {
	for (int i = 0; i < PRISM_STAGES; i++)
		if (prism_stage_types[i] == type) return i;
	return -1;
}

/* The parts of a block that was checked. */
typedef struct view {
	const prism_resources *h;
	const prism_resource *all;
	const int32_t *ints;
	const char *text;
} view;

static view view_of(const prism_resources *h) {
	view v = {.h = h, .all = (const void *)(h + 1)};
	v.ints = (const void *)(v.all + h->resources);
	v.text = (const char *)(v.ints + h->ints);
	return v;
}

bool prism_resources_check(const void *block, uint32_t bytes) {
	const prism_resources *h = block;
	if (bytes < sizeof *h || h->magic != PRISM_RESOURCES_MAGIC || h->bytes != bytes) return false;
	uint64_t need = sizeof *h + (uint64_t)h->resources * sizeof(prism_resource) + (uint64_t)h->ints * 4 + h->text;
	if (need > bytes || !h->text) return false;
	const view v = view_of(h);
	if (v.text[h->text - 1]) return false;
	for (int i = 0; i < PRISM_INTERFACES; i++)
		if (h->interface[i].first > h->resources || h->interface[i].n > h->resources - h->interface[i].first) return false;
	for (uint32_t i = 0; i < h->resources; i++) {
		const prism_resource *r = &v.all[i];
		if (r->name != PRISM_NO_NAME && r->name >= h->text) return false;
		if (r->list > h->ints || r->list_n > h->ints - r->list) return false;
	}
	return true;
}

/* Of a program that was never linked, or when the context is lost. */
static const struct { prism_resources h; char text[8]; } nothing = {{.magic = PRISM_RESOURCES_MAGIC, .bytes = sizeof(prism_resources) + 8, .queried = 1, .text = 8}, ""};

static view resources_of(prism_client *c, prism_object *p) {
	if (!p->resources && p->linked) {
		prism_ask q;
		if (prism_ask_begin(&q)) {
			prism_put_prismProgramResources(q.id, p->serial, p->stages);
			if (prism_ask_wait(&q)) {
				const void *from;
				uint32_t n = prism_ask_peek(&q, &from);
				void *copy = n ? malloc(n) : NULL;
				if (copy) memcpy(copy, from, n);
				if (copy && prism_resources_check(copy, n)) {
					prism_lock(c);
					free(p->resources);
					p->resources = copy;
					prism_unlock(c);
				} else {
					free(copy);
				}
			}
			prism_ask_end(&q);
		}
	}
	return view_of(p->resources ? p->resources : &nothing.h);
}

static prism_object *program_of(prism_client **c, GLuint program) {
	*c = prism_client_out();
	return *c ? prism_object_of(*c, program, false) : NULL;
}

GLbitfield prism_program_stages(prism_client *c, prism_object *p) { return p->stages ? p->stages : resources_of(c, p).h->stages; }

bool prism_resources_param(prism_client *c, prism_object *p, GLenum pname, GLint *params) {
	static const struct { GLenum pname; GLbitfield stage; int at; } words[] = {
		{GL_GEOMETRY_VERTICES_OUT, GL_GEOMETRY_SHADER_BIT, 0}, {GL_GEOMETRY_INPUT_TYPE, GL_GEOMETRY_SHADER_BIT, 1},
		{GL_GEOMETRY_OUTPUT_TYPE, GL_GEOMETRY_SHADER_BIT, 2}, {GL_GEOMETRY_SHADER_INVOCATIONS, GL_GEOMETRY_SHADER_BIT, 3},
		{GL_TESS_CONTROL_OUTPUT_VERTICES, GL_TESS_CONTROL_SHADER_BIT, 0}, {GL_TESS_GEN_MODE, GL_TESS_EVALUATION_SHADER_BIT, 0},
		{GL_TESS_GEN_SPACING, GL_TESS_EVALUATION_SHADER_BIT, 1}, {GL_TESS_GEN_VERTEX_ORDER, GL_TESS_EVALUATION_SHADER_BIT, 2},
		{GL_TESS_GEN_POINT_MODE, GL_TESS_EVALUATION_SHADER_BIT, 3}, {GL_COMPUTE_WORK_GROUP_SIZE, GL_COMPUTE_SHADER_BIT, 0},
	};
	if (pname == GL_ACTIVE_ATOMIC_COUNTER_BUFFERS) {
		*params = (GLint)resources_of(c, p).h->interface[prism_interface_of(GL_ATOMIC_COUNTER_BUFFER)].n;
		return true;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i].pname != pname) continue;
		const prism_resources *h = prism_program_linked(c, p) ? resources_of(c, p).h : &nothing.h;
		if (!(h->stages & words[i].stage)) prism_error(GL_INVALID_OPERATION);
		else if (words[i].stage == GL_COMPUTE_SHADER_BIT) memcpy(params, h->group, sizeof h->group);
		else if (words[i].stage == GL_TESS_CONTROL_SHADER_BIT) *params = h->tess_vertices;
		else *params = (words[i].stage == GL_GEOMETRY_SHADER_BIT ? h->geometry : h->tess)[words[i].at];
		return true;
	}
	return false;
}

void prism_resources_bound(prism_object *p, GLenum interface, GLuint index, GLuint binding) {
	if (!p->resources) return;
	const view v = view_of(p->resources);
	const int i = prism_interface_of(interface), k = prism_property_of(GL_BUFFER_BINDING);
	if (index < v.h->interface[i].n) ((prism_resource *)(uintptr_t)v.all)[v.h->interface[i].first + index].v[k] = (int32_t)binding;
}
void APIENTRY prism_gl_ShaderStorageBlockBinding(GLuint program, GLuint index, GLuint binding) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	prism_resources_bound(p, GL_SHADER_STORAGE_BLOCK, index, binding); /* an unknown index is an error that the nodes report */
	prism_put_glShaderStorageBlockBinding(p->serial, index, binding);
}

/* ---- names ---- */

/* The number of the element that `name` is of the resource `full`; -1: of another one. Names of arrays end with [0]; element 0 of what is
 * no array is the thing itself, as Mesa has it. */
static int64_t element_of(const char *name, const char *full, bool array) {
	size_t base = strlen(full) - (array ? 3 : 0);
	if (strncmp(name, full, base)) return -1;
	if (!name[base]) return 0;
	const char *d = name + base + 1;
	if (name[base] != '[' || *d < '0' || *d > '9' || (*d == '0' && d[1] != ']')) return -1;
	int64_t i = 0;
	for (; *d >= '0' && *d <= '9'; d++) i = i < INT32_MAX ? i * 10 + (*d - '0') : i;
	return *d == ']' && !d[1] ? i : -1;
}
static bool is_array(const char *full) {
	size_t n = strlen(full);
	return n > 3 && !strcmp(full + n - 3, "[0]");
}

/* The resource of an interface with a name. Blocks, subroutines and varyings are called as they are; a block's array also without [0]. */
static const prism_resource *named(const view *v, int interface, const char *name, int64_t *element) {
	const bool whole = 1u << interface & (PRISM_I_BLOCKS | PRISM_I_VARYING | PRISM_I_SUBROUTINE);
	const prism_resource *r = v->all + v->h->interface[interface].first, *end = r + v->h->interface[interface].n;
	*element = 0;
	for (const prism_resource *at = r; at < end; at++)
		if (at->name != PRISM_NO_NAME && !strcmp(name, v->text + at->name)) return at;
	for (; r < end; r++) {
		if (r->name == PRISM_NO_NAME) continue;
		const char *full = v->text + r->name;
		const bool array = is_array(full);
		if (whole && !array) continue;
		const int64_t e = element_of(name, full, array);
		if (e < 0 || (whole && e)) continue;
		*element = e;
		return r;
	}
	return NULL;
}

GLint prism_type_columns(GLenum type) {
	switch (type) {
	case GL_FLOAT_MAT2: case GL_FLOAT_MAT2x3: case GL_FLOAT_MAT2x4: case GL_DOUBLE_MAT2: case GL_DOUBLE_MAT2x3: case GL_DOUBLE_MAT2x4: return 2;
	case GL_FLOAT_MAT3: case GL_FLOAT_MAT3x2: case GL_FLOAT_MAT3x4: case GL_DOUBLE_MAT3: case GL_DOUBLE_MAT3x2: case GL_DOUBLE_MAT3x4: return 3;
	case GL_FLOAT_MAT4: case GL_FLOAT_MAT4x2: case GL_FLOAT_MAT4x3: case GL_DOUBLE_MAT4: case GL_DOUBLE_MAT4x2: case GL_DOUBLE_MAT4x3: return 4;
	default: return 1;
	}
}

static int32_t property(const prism_resource *r, GLenum name) { return r->v[prism_property_of(name)]; }

/* Name and location of a variable of an interface. */
static GLint location_of(const view *v, GLenum interface, const char *name) {
	int64_t e;
	const prism_resource *r = named(v, prism_interface_of(interface), name, &e);
	if (!r) return -1;
	const int32_t first = property(r, GL_LOCATION);
	if (first < 0 || (e && e >= property(r, GL_ARRAY_SIZE))) return -1;
	return first + (int32_t)e * (interface == GL_PROGRAM_INPUT ? prism_type_columns((GLenum)property(r, GL_TYPE)) : 1);
}

/* ---- the interface query ---- */

static const prism_resource *resource_at(const view *v, int interface, GLuint index) {
	return index < v->h->interface[interface].n ? v->all + v->h->interface[interface].first + index : NULL;
}

void APIENTRY prism_gl_GetProgramInterfaceiv(GLuint program, GLenum interface, GLenum pname, GLint *params) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	const int i = prism_interface_of(interface);
	if (i < 0) {
		prism_error(GL_INVALID_OPERATION); /* as Mesa has it */
		return;
	}
	const view v = resources_of(c, p);
	uint32_t with = 0; /* interfaces that have it */
	int32_t value = 0;
	switch (pname) {
	case GL_ACTIVE_RESOURCES: with = ~0u, value = (int32_t)v.h->interface[i].n; break;
	case GL_MAX_NAME_LENGTH: with = PRISM_I_NAMED, value = v.h->interface[i].max_name; break;
	case GL_MAX_NUM_ACTIVE_VARIABLES: with = PRISM_I_BLOCKS, value = v.h->interface[i].max_variables; break;
	case GL_MAX_NUM_COMPATIBLE_SUBROUTINES: with = PRISM_I_SUBROUTINE_UNIFORM, value = v.h->interface[i].max_subroutines; break;
	}
	if (with & 1u << i && params) *params = value;
	else prism_error(GL_INVALID_OPERATION);
}

GLuint APIENTRY prism_gl_GetProgramResourceIndex(GLuint program, GLenum interface, const GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p || !name) return GL_INVALID_INDEX;
	const int i = prism_interface_of(interface);
	if (i < 0 || !(PRISM_I_NAMED & 1u << i)) {
		prism_error(GL_INVALID_ENUM);
		return GL_INVALID_INDEX;
	}
	static const char *const markers[] = {"gl_NextBuffer", "gl_SkipComponents1", "gl_SkipComponents2", "gl_SkipComponents3", "gl_SkipComponents4"};
	for (int k = 0; interface == GL_TRANSFORM_FEEDBACK_VARYING && k < 5; k++)
		if (!strcmp(name, markers[k])) return GL_INVALID_INDEX;
	const view v = resources_of(c, p);
	int64_t e;
	const prism_resource *r = named(&v, i, name, &e);
	return r && !e ? (GLuint)r->index : GL_INVALID_INDEX;
}

static void resource_name(const view *v, int i, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	const prism_resource *r = resource_at(v, i, index);
	if (!r || room < 0) prism_error(GL_INVALID_VALUE);
	else prism_copy_text(r->name == PRISM_NO_NAME ? "" : v->text + r->name, room, length, name);
}
void APIENTRY prism_gl_GetProgramResourceName(GLuint program, GLenum interface, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p || !name) return;
	const int i = prism_interface_of(interface);
	if (i < 0 || !(PRISM_I_NAMED & 1u << i)) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	const view v = resources_of(c, p);
	resource_name(&v, i, index, room, length, name);
}

void APIENTRY prism_gl_GetProgramResourceiv(GLuint program, GLenum interface, GLuint index, GLsizei n, const GLenum *props, GLsizei room, GLsizei *length, GLint *params) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p || !params) return;
	const int i = prism_interface_of(interface);
	if (n <= 0 || room < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	const view v = resources_of(c, p);
	const prism_resource *r = i < 0 ? NULL : resource_at(&v, i, index);
	if (!r) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	GLsizei done = 0;
	for (GLsizei k = 0; k < n && done < room; k++) {
		const int at = prism_property_of(props[k]);
		uint32_t with = at < 0 ? 0 : prism_property[at].interfaces;
		if (props[k] == GL_NAME_LENGTH) with = PRISM_I_NAMED;
		else if (props[k] == GL_ACTIVE_VARIABLES) with = PRISM_I_BLOCKS;
		else if (props[k] == GL_COMPATIBLE_SUBROUTINES) with = PRISM_I_SUBROUTINE_UNIFORM;
		if (!(with & 1u << i)) {
			prism_error(with ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
			return;
		}
		if (at >= 0) params[done++] = r->v[at];
		else if (props[k] == GL_NAME_LENGTH) params[done++] = r->name == PRISM_NO_NAME ? 1 : (GLint)strlen(v.text + r->name) + 1;
		else
			for (uint32_t e = 0; e < r->list_n && done < room; e++) params[done++] = v.ints[r->list + e];
	}
	if (length) *length = done;
}

GLint APIENTRY prism_gl_GetProgramResourceLocation(GLuint program, GLenum interface, const GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return -1;
	const int i = prism_interface_of(interface);
	if (!prism_program_linked(c, p)) {
		prism_error(GL_INVALID_OPERATION);
		return -1;
	}
	if (!name) return -1;
	if (i < 0 || !((PRISM_I_UNIFORM | PRISM_I_INPUT | PRISM_I_OUTPUT | PRISM_I_SUBROUTINE_UNIFORM) & 1u << i)) {
		prism_error(GL_INVALID_ENUM);
		return -1;
	}
	if (interface == GL_UNIFORM) return prism_uniform_location(c, p, name); /* locations of elements may have gaps */
	const view v = resources_of(c, p);
	return location_of(&v, interface, name);
}

/* An output of the fragment stage, or NULL. */
static const prism_resource *output(const view *v, const char *name, int64_t *e) {
	const prism_resource *r = named(v, prism_interface_of(GL_PROGRAM_OUTPUT), name, e);
	return r && property(r, GL_REFERENCED_BY_FRAGMENT_SHADER) ? r : NULL;
}
static GLint output_index(const view *v, const char *name) {
	int64_t e;
	const prism_resource *r = output(v, name, &e);
	return r && property(r, GL_LOCATION) >= 0 ? property(r, GL_LOCATION_INDEX) : -1;
}
GLint APIENTRY prism_gl_GetProgramResourceLocationIndex(GLuint program, GLenum interface, const GLchar *name) {
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return -1;
	const bool linked = prism_program_linked(c, p);
	if (!linked || (name && interface != GL_PROGRAM_OUTPUT)) prism_error(linked ? GL_INVALID_ENUM : GL_INVALID_OPERATION);
	if (!linked || !name || interface != GL_PROGRAM_OUTPUT) return -1;
	const view v = resources_of(c, p);
	return output_index(&v, name);
}

/* glGetFragDataLocation and -Index. Without the interface query the question itself goes to a node. */
static bool output_view(GLuint program, const GLchar *name, prism_object **p, view *v) {
	prism_client *c;
	*p = program_of(&c, program);
	if (!*p) return false;
	if (!prism_program_linked(c, *p)) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	*v = resources_of(c, *p);
	return name != NULL;
}
static GLint asked(const prism_object *p, const GLchar *name, bool location) {
	prism_ask q;
	prism_arr a;
	GLint got = -1;
	if (!prism_ask_begin(&q)) return -1;
	if (prism_arr_string(&a, name)) {
		if (location) prism_put_glGetFragDataLocation(q.id, p->serial, &a);
		else prism_put_glGetFragDataIndex(q.id, p->serial, &a);
		if (prism_ask_wait(&q)) got = (GLint)q.ret;
	}
	prism_ask_end(&q);
	return got;
}
GLint APIENTRY prism_gl_GetFragDataLocation(GLuint program, const GLchar *name) {
	prism_object *p;
	view v;
	int64_t e;
	if (!output_view(program, name, &p, &v)) return -1;
	if (!v.h->queried) return asked(p, name, true);
	return output(&v, name, &e) ? location_of(&v, GL_PROGRAM_OUTPUT, name) : -1;
}
GLint APIENTRY prism_gl_GetFragDataIndex(GLuint program, const GLchar *name) {
	prism_object *p;
	view v;
	if (!output_view(program, name, &p, &v)) return -1;
	return v.h->queried ? output_index(&v, name) : asked(p, name, false);
}

void APIENTRY prism_gl_GetActiveAtomicCounterBufferiv(GLuint program, GLuint index, GLenum pname, GLint *params) {
	static const struct { GLenum pname, property; } words[] = {
		{GL_ATOMIC_COUNTER_BUFFER_BINDING, GL_BUFFER_BINDING}, {GL_ATOMIC_COUNTER_BUFFER_DATA_SIZE, GL_BUFFER_DATA_SIZE},
		{GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTERS, GL_NUM_ACTIVE_VARIABLES},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_VERTEX_SHADER, GL_REFERENCED_BY_VERTEX_SHADER},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_TESS_CONTROL_SHADER, GL_REFERENCED_BY_TESS_CONTROL_SHADER},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_TESS_EVALUATION_SHADER, GL_REFERENCED_BY_TESS_EVALUATION_SHADER},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_GEOMETRY_SHADER, GL_REFERENCED_BY_GEOMETRY_SHADER},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_FRAGMENT_SHADER, GL_REFERENCED_BY_FRAGMENT_SHADER},
		{GL_ATOMIC_COUNTER_BUFFER_REFERENCED_BY_COMPUTE_SHADER, GL_REFERENCED_BY_COMPUTE_SHADER},
	};
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return;
	const view v = resources_of(c, p);
	const prism_resource *r = resource_at(&v, prism_interface_of(GL_ATOMIC_COUNTER_BUFFER), index);
	if (!r) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (pname == GL_ATOMIC_COUNTER_BUFFER_ACTIVE_ATOMIC_COUNTER_INDICES) {
		memcpy(params, v.ints + r->list, r->list_n * sizeof *params);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].pname == pname) {
			*params = property(r, words[i].property);
			return;
		}
	prism_error(GL_INVALID_ENUM);
}

/* ---- subroutines ---- */

/* The view and the number of a stage; false, with the error, where the type is none or (`linked`) the program has no such stage. */
static bool stage_view(GLuint program, GLenum type, bool linked, view *v, int *stage) {
	*stage = stage_of(type);
	if (*stage < 0) {
		prism_error(GL_INVALID_OPERATION);
		return false;
	}
	prism_client *c;
	prism_object *p = program_of(&c, program);
	if (!p) return false;
	*v = resources_of(c, p);
	if (!linked || v->h->stages & prism_stage_bit(type)) return true;
	prism_error(GL_INVALID_OPERATION);
	return false;
}
static int subroutines(int stage) { return prism_interface_of(GL_VERTEX_SUBROUTINE) + stage; }
static int subroutine_uniforms(int stage) { return prism_interface_of(GL_VERTEX_SUBROUTINE_UNIFORM) + stage; }

void APIENTRY prism_gl_GetProgramStageiv(GLuint program, GLenum type, GLenum pname, GLint *values) {
	static const GLenum words[PRISM_STAGE_VALUES] = {GL_ACTIVE_SUBROUTINES, GL_ACTIVE_SUBROUTINE_MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORMS,
	                                                 GL_ACTIVE_SUBROUTINE_UNIFORM_MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS};
	view v;
	int stage;
	if (!stage_view(program, type, false, &v, &stage)) return;
	if (!(v.h->stages & prism_stage_bit(type))) {
		*values = 0;
		return;
	}
	for (int i = 0; i < PRISM_STAGE_VALUES; i++)
		if (words[i] == pname) {
			*values = v.h->stage[stage][i];
			return;
		}
	prism_error(GL_INVALID_ENUM);
}
GLint APIENTRY prism_gl_GetSubroutineUniformLocation(GLuint program, GLenum type, const GLchar *name) {
	view v;
	int stage;
	return stage_view(program, type, true, &v, &stage) && name ? location_of(&v, prism_interface[subroutine_uniforms(stage)], name) : -1;
}
GLuint APIENTRY prism_gl_GetSubroutineIndex(GLuint program, GLenum type, const GLchar *name) {
	view v;
	int stage;
	int64_t e;
	if (!stage_view(program, type, true, &v, &stage) || !name) return GL_INVALID_INDEX;
	const prism_resource *r = named(&v, subroutines(stage), name, &e);
	return r ? (GLuint)r->index : GL_INVALID_INDEX;
}
void APIENTRY prism_gl_GetActiveSubroutineUniformiv(GLuint program, GLenum type, GLuint index, GLenum pname, GLint *values) {
	view v;
	int stage;
	if (!stage_view(program, type, true, &v, &stage)) return;
	const prism_resource *r = resource_at(&v, subroutine_uniforms(stage), index);
	if (!r) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	switch (pname) {
	case GL_NUM_COMPATIBLE_SUBROUTINES: *values = property(r, GL_NUM_COMPATIBLE_SUBROUTINES); break;
	case GL_COMPATIBLE_SUBROUTINES: memcpy(values, v.ints + r->list, r->list_n * sizeof *values); break;
	case GL_UNIFORM_SIZE: *values = property(r, GL_ARRAY_SIZE); break;
	case GL_UNIFORM_NAME_LENGTH: *values = r->name == PRISM_NO_NAME ? 1 : (GLint)strlen(v.text + r->name) + 1; break;
	default: prism_error(GL_INVALID_OPERATION);
	}
}
void APIENTRY prism_gl_GetActiveSubroutineUniformName(GLuint program, GLenum type, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	view v;
	int stage;
	if (stage_view(program, type, true, &v, &stage)) resource_name(&v, subroutine_uniforms(stage), index, room, length, name);
}
void APIENTRY prism_gl_GetActiveSubroutineName(GLuint program, GLenum type, GLuint index, GLsizei room, GLsizei *length, GLchar *name) {
	view v;
	int stage;
	if (stage_view(program, type, true, &v, &stage)) resource_name(&v, subroutines(stage), index, room, length, name);
}
