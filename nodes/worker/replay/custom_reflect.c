/* Answers about shaders and programs: everything about a linked program in one block (stream/driver/include/prism_reflect.h). */
#include "state.h"
#include "prism_reflect.h"
#include "reflect.h"
#include <stdio.h>

#define MAX_LOCATIONS 65536 /* of all arrays of a program */
#define MAX_LOG (16 << 20)

typedef struct writer {
	replay *r;
	GLuint program;
	prism_reflect h;
	part uniforms, attribs, blocks, varyings, ints, text;
	char *name; /* room for any name with an index behind it */
	GLsizei room;
} writer;

static uint32_t add_text(writer *w, const char *s) {
	uint32_t at = (uint32_t)w->text.n;
	size_t n = strlen(s) + 1;
	void *to = part_add(&w->text, n);
	if (to) memcpy(to, s, n);
	return to ? at : 0;
}
static GLint param(writer *w, GLenum pname) {
	GLint v = 0;
	w->r->gl.GetProgramiv(w->program, pname, &v);
	return v;
}

/* The locations of all elements of an array whose name ends with [0]. */
static void add_locations(writer *w, prism_reflect_uniform *u) {
	size_t n = strlen(w->name);
	u->locations = (uint32_t)(w->ints.n / 4);
	GLint size = u->size > MAX_LOCATIONS ? MAX_LOCATIONS : u->size;
	u->size = size;
	bool array = n > 3 && !strcmp(w->name + n - 3, "[0]");
	for (GLint e = 0; e < size; e++) {
		int32_t *at = part_add(&w->ints, 4);
		if (!at) return;
		if (!e) {
			*at = u->location;
		} else if (array) {
			snprintf(w->name + n - 3, 16, "[%d]", e);
			*at = w->r->gl.GetUniformLocation(w->program, w->name);
		} else {
			*at = -1;
		}
	}
	if (array) memcpy(w->name + n - 3, "[0]", 4);
}

static void add_uniforms(writer *w) {
	const struct prism_glapi *g = &w->r->gl;
	const bool query = interface_query(w->r);
	w->h.uniforms = (uint32_t)param(w, GL_ACTIVE_UNIFORMS);
	for (GLuint i = 0; i < w->h.uniforms; i++) {
		prism_reflect_uniform u = {.block = -1, .offset = -1, .array_stride = -1, .matrix_stride = -1, .atomic = -1};
		GLsizei length = 0;
		GLenum type = 0;
		w->name[0] = 0;
		g->GetActiveUniform(w->program, i, w->room, &length, &u.size, &type, w->name);
		u.type = type;
		u.location = g->GetUniformLocation(w->program, w->name);
		if (g->GetActiveUniformsiv) {
			g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_BLOCK_INDEX, &u.block);
			g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_OFFSET, &u.offset);
			g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_ARRAY_STRIDE, &u.array_stride);
			g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_MATRIX_STRIDE, &u.matrix_stride);
			g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_IS_ROW_MAJOR, &u.row_major);
			if (query) g->GetActiveUniformsiv(w->program, 1, &i, GL_UNIFORM_ATOMIC_COUNTER_BUFFER_INDEX, &u.atomic);
		}
		u.name = add_text(w, w->name);
		if (u.location >= 0) add_locations(w, &u);
		prism_reflect_uniform *to = part_add(&w->uniforms, sizeof u);
		if (!to) return;
		*to = u;
	}
}

static void add_attribs(writer *w) {
	w->h.attribs = (uint32_t)param(w, GL_ACTIVE_ATTRIBUTES);
	for (GLuint i = 0; i < w->h.attribs; i++) {
		prism_reflect_attrib *to = part_add(&w->attribs, sizeof *to);
		if (!to) return;
		GLenum type = 0;
		GLsizei length = 0;
		w->name[0] = 0;
		w->r->gl.GetActiveAttrib(w->program, i, w->room, &length, &to->size, &type, w->name);
		to->type = type;
		to->location = w->r->gl.GetAttribLocation(w->program, w->name);
		to->name = add_text(w, w->name);
	}
}

static void add_blocks(writer *w) {
	const struct prism_glapi *g = &w->r->gl;
	const bool query = interface_query(w->r);
	if (!g->GetActiveUniformBlockiv || !g->GetActiveUniformBlockName) return;
	w->h.blocks = (uint32_t)param(w, GL_ACTIVE_UNIFORM_BLOCKS);
	for (GLuint i = 0; i < w->h.blocks; i++) {
		prism_reflect_block b = {.first = (uint32_t)(w->ints.n / 4)};
		GLsizei length = 0;
		GLint n = 0;
		w->name[0] = 0;
		g->GetActiveUniformBlockName(w->program, i, w->room, &length, w->name);
		b.name = add_text(w, w->name);
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_BINDING, &b.binding);
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_DATA_SIZE, &b.data_size);
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_VERTEX_SHADER, &b.vertex);
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_FRAGMENT_SHADER, &b.fragment);
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_GEOMETRY_SHADER, &b.geometry);
		if (query) {
			g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_CONTROL_SHADER, &b.tess_control);
			g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_TESS_EVALUATION_SHADER, &b.tess_evaluation);
			g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_REFERENCED_BY_COMPUTE_SHADER, &b.compute);
		}
		g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS, &n);
		GLint *list = n > 0 ? part_add(&w->ints, (uint64_t)n * 4) : NULL;
		if (list) {
			b.uniforms = (uint32_t)n;
			g->GetActiveUniformBlockiv(w->program, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES, list);
		}
		prism_reflect_block *to = part_add(&w->blocks, sizeof b);
		if (!to) return;
		*to = b;
	}
}

static void add_varyings(writer *w) {
	if (!w->r->gl.GetTransformFeedbackVarying) return;
	w->h.varying_mode = param(w, GL_TRANSFORM_FEEDBACK_BUFFER_MODE);
	w->h.varyings = (uint32_t)param(w, GL_TRANSFORM_FEEDBACK_VARYINGS);
	for (GLuint i = 0; i < w->h.varyings; i++) {
		prism_reflect_attrib *to = part_add(&w->varyings, sizeof *to);
		if (!to) return;
		GLenum type = 0;
		GLsizei length = 0;
		w->name[0] = 0;
		w->r->gl.GetTransformFeedbackVarying(w->program, i, w->room, &length, &to->size, &type, w->name);
		to->type = type;
		to->name = add_text(w, w->name);
	}
}

/* ---- what it writes ---- */

static bool is_image(uint32_t type) { return type >= GL_IMAGE_1D && type <= GL_UNSIGNED_INT_IMAGE_2D_MULTISAMPLE_ARRAY; }

static bool effects(writer *w) {
	const prism_reflect_uniform *u = (const void *)w->uniforms.p;
	GLint n = 0, blocks = 0;
	for (GLuint i = 0; i < w->uniforms.n / sizeof *u; i++)
		if (is_image(u[i].type)) return true;
	if (interface_query(w->r)) {
		w->r->gl.GetProgramInterfaceiv(w->program, GL_ATOMIC_COUNTER_BUFFER, GL_ACTIVE_RESOURCES, &n);
		w->r->gl.GetProgramInterfaceiv(w->program, GL_SHADER_STORAGE_BLOCK, GL_ACTIVE_RESOURCES, &blocks);
	}
	return n > 0 || blocks > 0;
}

static void collect(writer *w) {
	const GLsizei log = log_room(param(w, GL_INFO_LOG_LENGTH));
	char *text = part_add(&w->text, (uint64_t)log + 1);
	if (text && log) w->r->gl.GetProgramInfoLog(w->program, log, NULL, text);
	if (text) w->text.n = strlen(text) + 1;
	w->h.link_status = param(w, GL_LINK_STATUS);
	w->h.validate_status = param(w, GL_VALIDATE_STATUS);
	if (!w->h.link_status) return;
	w->h.uniform_max_length = param(w, GL_ACTIVE_UNIFORM_MAX_LENGTH);
	w->h.attrib_max_length = param(w, GL_ACTIVE_ATTRIBUTE_MAX_LENGTH);
	GLint most = w->h.uniform_max_length > w->h.attrib_max_length ? w->h.uniform_max_length : w->h.attrib_max_length;
	if (w->r->gl.GetActiveUniformBlockiv) w->h.block_max_length = param(w, GL_ACTIVE_UNIFORM_BLOCK_MAX_NAME_LENGTH);
	if (w->r->gl.GetTransformFeedbackVarying) w->h.varying_max_length = param(w, GL_TRANSFORM_FEEDBACK_VARYING_MAX_LENGTH);
	if (most < w->h.block_max_length) most = w->h.block_max_length;
	if (most < w->h.varying_max_length) most = w->h.varying_max_length;
	w->room = (most > 0 && most < 1 << 20 ? most : 1024) + 1;
	w->name = x_scratch(w->r, (uint64_t)w->room + 32);
	if (!w->name) {
		w->text.failed = true;
		return;
	}
	add_uniforms(w);
	add_attribs(w);
	add_blocks(w);
	add_varyings(w);
	w->h.effects = effects(w);
}

int x_prismProgramInfo(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismProgramInfo *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	writer w = {.r = r};
	if (x_handle(r, "program", PRISM_KIND_PROGRAM, a->program, &w.program)) return REPLAY_CORRUPT;
	if (!r->gl.GetProgramiv || !r->gl.IsProgram(w.program)) return x_bad(r, "program", "%u is no program", a->program);
	collect(&w);
	w.h.magic = PRISM_REFLECT_MAGIC;
	w.h.ints = (uint32_t)(w.ints.n / 4);
	w.h.text = (uint32_t)w.text.n;
	return parts_answer(r, a->reply, &w.h, sizeof w.h, (part *[]){&w.uniforms, &w.attribs, &w.blocks, &w.varyings, &w.ints, &w.text}, 6);
}

int parts_answer(replay *r, uint64_t reply, void *head, uint32_t head_bytes, part *const *parts, int n) {
	uint64_t total = head_bytes;
	bool failed = false;
	for (int i = 0; i < n; i++) {
		total += parts[i]->n;
		failed |= parts[i]->failed;
	}
	const uint32_t bytes = (uint32_t)total;
	memcpy((uint8_t *)head + 4, &bytes, sizeof bytes);
	int result = failed ? x_fail(r, "out of memory for what a program is made of") : 0;
	x_reply_begin(r, reply);
	uint8_t *to = failed ? NULL : x_reply_out(r, total);
	if (to) {
		memcpy(to, head, head_bytes);
		to += head_bytes;
		for (int i = 0; i < n; i++) {
			if (parts[i]->n) memcpy(to, parts[i]->p, parts[i]->n);
			to += parts[i]->n;
		}
		x_reply_end(r);
	} else if (!result) {
		result = REPLAY_CORRUPT;
	}
	for (int i = 0; i < n; i++) free(parts[i]->p);
	return result;
}

GLsizei log_room(GLint length) { return length < 0 || length > MAX_LOG ? 0 : length; }

int status_answer(replay *r, uint64_t reply, GLuint name, GLenum word, PFNGLGETSHADERIVPROC value, PFNGLGETSHADERINFOLOGPROC log) {
	GLint status = 0, n = 0;
	if (value && log) {
		value(name, word, &status);
		value(name, GL_INFO_LOG_LENGTH, &n);
	}
	n = log_room(n);
	x_reply_begin(r, reply);
	char *to = x_reply_out(r, 8 + (uint64_t)n);
	if (!to) return REPLAY_CORRUPT;
	memcpy(to, &status, sizeof status);
	if (n) {
		log(name, n, NULL, to + 8);
		x_reply_trim(r, 8 + strnlen(to + 8, (size_t)n));
	}
	x_reply_end(r);
	return 0;
}

int x_prismShaderInfo(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismShaderInfo *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	GLuint name;
	if (x_handle(r, "shader", PRISM_KIND_PROGRAM, a->shader, &name)) return REPLAY_CORRUPT;
	if (!r->gl.GetShaderiv || !r->gl.IsShader(name)) return x_bad(r, "shader", "%u is no shader", a->shader);
	return status_answer(r, a->reply, name, GL_COMPILE_STATUS, r->gl.GetShaderiv, r->gl.GetShaderInfoLog);
}

/* 16 values; the driver knows how many the uniform has. */
int x_prismGetUniform(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismGetUniform *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	GLuint name;
	if (x_handle(r, "program", PRISM_KIND_PROGRAM, a->program, &name)) return REPLAY_CORRUPT;
	if (!r->gl.GetUniformfv) return x_bad(r, "", "glGetUniform is not offered by this node's driver");
	union { GLfloat f[32]; GLint i[32]; GLuint u[32]; GLdouble d[16]; GLint64 l[16]; GLuint64 m[16]; } v; /* a mat4 is the longest */
	memset(&v, 0, sizeof v);
	bool wide = true;
	if (a->form == GL_DOUBLE && r->gl.GetUniformdv) r->gl.GetUniformdv(name, a->location, v.d);
	else if (a->form == GL_INT64_ARB && r->gl.GetUniformi64vARB) r->gl.GetUniformi64vARB(name, a->location, v.l);
	else if (a->form == GL_UNSIGNED_INT64_ARB && r->gl.GetUniformui64vARB) r->gl.GetUniformui64vARB(name, a->location, v.m);
	else wide = false;
	if (wide) {
	} else if (a->form == GL_FLOAT) r->gl.GetUniformfv(name, a->location, v.f);
	else if (a->form == GL_UNSIGNED_INT && r->gl.GetUniformuiv) r->gl.GetUniformuiv(name, a->location, v.u);
	else r->gl.GetUniformiv(name, a->location, v.i);
	x_reply_begin(r, a->reply);
	void *to = x_reply_out(r, sizeof v);
	if (!to) return REPLAY_CORRUPT;
	memcpy(to, &v, sizeof v);
	x_reply_end(r);
	return 0;
}
