/* Program pipelines, and programs made to be parts of them. What a pipeline holds stands here, so that a program that is deleted lives on
 * while one has it, and questions make no round trip. */
#include "programs.h"
#include <stdlib.h>

void prism_pipeline_free(void *p) {
	free(((prism_pipeline *)p)->log);
	free(p);
}

/* The context ends, and no record can be sent any more: its pipelines let their programs go. */
void prism_pipelines_end(prism_client *c) {
	prism_lock(c);
	for (uint32_t i = 0; i < c->pipelines.cap; i++) {
		const prism_pipeline *p = c->pipelines.keys[i] ? (const prism_pipeline *)(uintptr_t)c->pipelines.vals[i] : NULL;
		for (int s = 0; p && s < 7; s++) {
			prism_object *o = prism_map_ptr(&c->sh->objects, s < 6 ? p->stage[s] : p->active);
			if (o && o->users && !--o->users && o->deleted) c->sh->orphans = true;
		}
	}
	prism_unlock(c);
}

static int stage_at(GLenum type) {
	for (int i = 0; i < 6; i++)
		if (prism_stage_types[i] == type) return i;
	return -1;
}

/* A program's number of users changes; it is not an error when there is none of that serial. */
static void enter(prism_client *c, uint32_t serial) {
	if (!serial) return;
	prism_lock(c);
	prism_object *o = prism_map_ptr(&c->sh->objects, serial);
	if (o) o->users++;
	prism_unlock(c);
}
static void put(prism_client *c, uint32_t *at, uint32_t serial) {
	const uint32_t before = *at;
	if (before == serial) return;
	enter(c, serial);
	*at = serial;
	if (before) prism_program_leave(c, before);
}

/* The pipeline of a name, made at its first use; NULL with the error recorded. */
static prism_pipeline *pipeline_of(prism_client *c, GLuint name, uint32_t *serial) {
	bool ok = name != 0;
	*serial = ok ? prism_serial_bind(PRISM_KIND_PROGRAM_PIPELINE, name, &ok) : 0;
	if (!ok) {
		if (!name) prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	prism_pipeline *p = prism_map_ptr(&c->pipelines, *serial);
	if (p) return p;
	p = calloc(1, sizeof *p);
	if (p) p->info_known = true; /* not validated, no log */
	if (p && prism_map_put(&c->pipelines, *serial, (uint64_t)(uintptr_t)p)) return p;
	free(p);
	prism_error(GL_OUT_OF_MEMORY);
	return NULL;
}

prism_pipeline *prism_pipeline_now(prism_client *c) { return c->program.serial ? NULL : prism_map_ptr(&c->pipelines, c->pipeline.serial); }

void APIENTRY prism_gl_BindProgramPipeline(GLuint pipeline) {
	prism_client *c = prism_client_out();
	uint32_t serial = 0;
	if (!c || (pipeline && !pipeline_of(c, pipeline, &serial))) return;
	c->pipeline = (prism_bound){pipeline, serial};
	prism_put_glBindProgramPipeline(serial);
	prism_effects_look(c);
}

static void ended(prism_client *c, GLuint name, uint32_t serial) {
	prism_pipeline *p = prism_map_ptr(&c->pipelines, serial);
	(void)name;
	if (c->pipeline.serial == serial) c->pipeline = (prism_bound){0, 0};
	if (!p) return;
	prism_map_del(&c->pipelines, serial);
	for (int s = 0; s < 6; s++) put(c, &p->stage[s], 0);
	put(c, &p->active, 0);
	prism_pipeline_free(p);
}
void APIENTRY prism_gl_DeleteProgramPipelines(GLsizei n, const GLuint *pipelines) {
	prism_delete(PRISM_KIND_PROGRAM_PIPELINE, n, pipelines, ended, prism_put_glDeleteProgramPipelines);
}

void prism_after_glCreateProgramPipelines(GLsizei n, GLuint *pipelines) {
	if (pipelines) prism_names_made(PRISM_KIND_PROGRAM_PIPELINE, n, pipelines);
}
GLboolean APIENTRY prism_gl_IsProgramPipeline(GLuint pipeline) { return prism_client_out() ? prism_name_is(PRISM_KIND_PROGRAM_PIPELINE, pipeline) : GL_FALSE; }

void APIENTRY prism_gl_UseProgramStages(GLuint pipeline, GLbitfield stages, GLuint program) {
	prism_client *c = prism_client_out();
	uint32_t serial;
	prism_pipeline *p = c ? pipeline_of(c, pipeline, &serial) : NULL;
	if (!p) return;
	const GLbitfield known = GL_VERTEX_SHADER_BIT | GL_TESS_CONTROL_SHADER_BIT | GL_TESS_EVALUATION_SHADER_BIT | GL_GEOMETRY_SHADER_BIT | GL_FRAGMENT_SHADER_BIT |
	                         GL_COMPUTE_SHADER_BIT;
	if (stages != GL_ALL_SHADER_BITS && stages & ~known) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	prism_object *o = program ? prism_object_of(c, program, false) : NULL;
	if (program && !o) return;
	/* as much as is known without asking */
	if (o && (!o->linked || (o->info && !o->info->link_status) || !o->separable)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	const GLbitfield has = o ? prism_program_stages(c, o) : 0;
	for (int s = 0; s < 6; s++) {
		const GLbitfield bit = prism_stage_bit(prism_stage_types[s]);
		if (stages & bit) put(c, &p->stage[s], has & bit ? o->serial : 0);
	}
	p->validate_status = 0; /* the log stays as the last validation left it */
	prism_put_glUseProgramStages(serial, stages, o ? o->serial : 0);
	if (p == prism_pipeline_now(c)) prism_effects_look(c);
}

void APIENTRY prism_gl_ActiveShaderProgram(GLuint pipeline, GLuint program) {
	prism_client *c = prism_client_out();
	prism_object *o = c && program ? prism_object_of(c, program, false) : NULL;
	if (!c || (program && !o)) return;
	uint32_t serial;
	prism_pipeline *p = pipeline_of(c, pipeline, &serial);
	if (!p) return;
	if (o && (!o->linked || (o->info && !o->info->link_status))) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	put(c, &p->active, o ? o->serial : 0);
	prism_put_glActiveShaderProgram(serial, o ? o->serial : 0);
}

void APIENTRY prism_gl_ValidateProgramPipeline(GLuint pipeline) {
	prism_client *c = prism_client_out();
	uint32_t serial;
	prism_pipeline *p = c ? pipeline_of(c, pipeline, &serial) : NULL;
	if (!p) return;
	p->info_known = false;
	free(p->log);
	p->log = NULL;
	prism_put_glValidateProgramPipeline(serial);
}

/* Status and log: asked once after a validation. */
static void pipeline_info(prism_pipeline *p, uint32_t serial) {
	prism_ask q;
	if (p->info_known || !prism_ask_begin(&q)) return;
	prism_put_prismPipelineInfo(q.id, serial);
	if (prism_ask_wait(&q)) {
		const void *from;
		const uint32_t n = prism_ask_peek(&q, &from);
		char *log = n >= 8 ? malloc(n - 7) : NULL;
		if (log) {
			memcpy(log, (const char *)from + 8, n - 8);
			log[n - 8] = 0;
			memcpy(&p->validate_status, from, 4);
			free(p->log);
			p->log = log;
			p->info_known = true;
		}
	}
	prism_ask_end(&q);
}

void APIENTRY prism_gl_GetProgramPipelineiv(GLuint pipeline, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	uint32_t serial;
	prism_pipeline *p = c ? pipeline_of(c, pipeline, &serial) : NULL;
	if (!p) return;
	const int stage = stage_at(pname);
	if (stage >= 0 || pname == GL_ACTIVE_PROGRAM) {
		*params = (GLint)prism_name(PRISM_KIND_PROGRAM, stage >= 0 ? p->stage[stage] : p->active);
		return;
	}
	switch (pname) {
	case GL_VALIDATE_STATUS:
		pipeline_info(p, serial);
		*params = p->validate_status;
		break;
	case GL_INFO_LOG_LENGTH:
		pipeline_info(p, serial);
		*params = p->log && *p->log ? (GLint)strlen(p->log) + 1 : 0;
		break;
	default: prism_error(GL_INVALID_ENUM);
	}
}

void APIENTRY prism_gl_GetProgramPipelineInfoLog(GLuint pipeline, GLsizei room, GLsizei *length, GLchar *log) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!prism_name_known(PRISM_KIND_PROGRAM_PIPELINE, pipeline)) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	bool ok;
	const uint32_t serial = prism_serial(PRISM_KIND_PROGRAM_PIPELINE, pipeline, &ok);
	prism_pipeline *p = prism_map_ptr(&c->pipelines, serial);
	if (p) pipeline_info(p, serial);
	prism_copy_text(p ? p->log : NULL, room, length, log);
}

/* ---- programs made to be parts ---- */

void APIENTRY prism_gl_ProgramParameteri(GLuint program, GLenum pname, GLint value) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	if (pname != GL_PROGRAM_SEPARABLE && pname != GL_PROGRAM_BINARY_RETRIEVABLE_HINT) prism_error(GL_INVALID_ENUM);
	else if (value != GL_TRUE && value != GL_FALSE) prism_error(GL_INVALID_VALUE);
	else {
		*(pname == GL_PROGRAM_SEPARABLE ? &p->separable : &p->hint_next) = value;
		prism_put_glProgramParameteri(p->serial, pname, value);
	}
}

/* A word may begin in one string and end in the next. */
static bool writes(GLsizei count, const GLchar *const *strings) {
	size_t n = 1;
	for (GLsizei i = 0; i < count; i++) n += strlen(strings[i]);
	char *all = malloc(n), *to = all;
	if (!all) return true;
	for (GLsizei i = 0; i < count; i++) {
		const size_t k = strlen(strings[i]);
		memcpy(to, strings[i], k);
		to += k;
	}
	*to = 0;
	const bool found = prism_source_writes(all);
	free(all);
	return found;
}

GLuint APIENTRY prism_gl_CreateShaderProgramv(GLenum type, GLsizei count, const GLchar *const *strings) {
	prism_client *c = prism_client_out();
	if (!c) return 0;
	if (!prism_stage_bit(type) || count < 0) {
		prism_error(prism_stage_bit(type) ? GL_INVALID_VALUE : GL_INVALID_ENUM);
		return 0;
	}
	prism_arr a;
	if (!prism_arr_strings(&a, count, strings, NULL)) return 0;
	prism_object *p = prism_object_new(c, false, 0);
	if (!p) return 0;
	p->linked = p->separable = true;
	p->stages = prism_stage_bit(type);
	p->suspect = type == GL_FRAGMENT_SHADER && writes(count, strings);
	prism_put_glCreateShaderProgramv(type, count, &a, p->serial);
	return p->name;
}
