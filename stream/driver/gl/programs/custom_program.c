/* Shaders and programs: their names' lives, sources, logs. What a linked program is made of stands in custom_reflect.c.
 *
 * A shader that is deleted while attached, or a program while current, keeps its name until it is let go: so its delete
 * record goes out only then, and the nodes never hear of a handle again that they have dropped.
 */
#include "programs.h"
#include "gl/state/lists.h"
#include <stdlib.h>

/* sh->mu held. */
static prism_object *find(prism_client *c, uint32_t serial) { return prism_map_ptr(&c->sh->objects, serial); }

static void sweep(prism_client *c);

prism_object *prism_object_of(prism_client *c, GLuint name, bool shader) {
	bool ok = true;
	if (c->sh->orphans) sweep(c);
	if (!name) {
		prism_error(GL_INVALID_VALUE);
		return NULL;
	}
	uint32_t serial = prism_serial(PRISM_KIND_PROGRAM, name, &ok);
	if (!ok) return NULL;
	prism_lock(c);
	prism_object *o = find(c, serial);
	prism_unlock(c);
	if (!o || o->shader != shader) {
		prism_error(o ? GL_INVALID_OPERATION : GL_INVALID_VALUE);
		return NULL;
	}
	return o;
}

GLbitfield prism_stage_bit(GLenum type) {
	switch (type) {
	case GL_VERTEX_SHADER: return GL_VERTEX_SHADER_BIT;
	case GL_TESS_CONTROL_SHADER: return GL_TESS_CONTROL_SHADER_BIT;
	case GL_TESS_EVALUATION_SHADER: return GL_TESS_EVALUATION_SHADER_BIT;
	case GL_GEOMETRY_SHADER: return GL_GEOMETRY_SHADER_BIT;
	case GL_FRAGMENT_SHADER: return GL_FRAGMENT_SHADER_BIT;
	case GL_COMPUTE_SHADER: return GL_COMPUTE_SHADER_BIT;
	default: return 0;
	}
}

prism_object *prism_object_new(prism_client *c, bool shader, GLenum type) {
	prism_object *o = calloc(1, sizeof *o);
	GLuint name = 0;
	uint32_t serial = 0;
	if (!o || !prism_names_new(PRISM_KIND_PROGRAM, 1, &name, &serial)) {
		free(o);
		return NULL;
	}
	*o = (prism_object){.serial = serial, .name = name, .shader = shader, .type = type};
	prism_lock(c);
	bool ok = prism_map_put(&c->sh->objects, serial, (uint64_t)(uintptr_t)o);
	prism_unlock(c);
	if (ok) return o;
	prism_names_delete(PRISM_KIND_PROGRAM, 1, &name, &serial);
	free(o);
	prism_error(GL_OUT_OF_MEMORY);
	return NULL;
}

static GLuint create(bool shader, GLenum type) {
	prism_client *c = prism_client_out();
	if (!c) return 0;
	if (shader && !prism_stage_bit(type)) {
		prism_error(GL_INVALID_ENUM);
		return 0;
	}
	prism_object *o = prism_object_new(c, shader, type);
	if (!o) return 0;
	if (shader) prism_put_glCreateShader(type, o->serial);
	else prism_put_glCreateProgram(o->serial);
	prism_names_sent();
	return o->name;
}
GLuint APIENTRY prism_gl_CreateShader(GLenum type) { return create(true, type); }
GLuint APIENTRY prism_gl_CreateProgram(void) { return create(false, 0); }

/* Really ends an object: out of the map, its name free, the record sent. Attached shaders lose a user. */
static void end_object(prism_client *c, prism_object *o) {
	uint32_t serial;
	prism_lock(c);
	prism_map_del(&c->sh->objects, o->serial);
	prism_unlock(c);
	prism_names_delete(PRISM_KIND_PROGRAM, 1, &o->name, &serial);
	if (o->shader) prism_put_glDeleteShader(o->serial);
	else prism_put_glDeleteProgram(o->serial);
	for (uint32_t i = 0; i < o->attached_n; i++) {
		prism_lock(c);
		prism_object *s = find(c, o->attached[i]);
		bool last = s && s->users && !--s->users && s->deleted;
		prism_unlock(c);
		if (last) end_object(c, s);
	}
	prism_object_free(o);
}

/* Deleted programs whose last user was a context that ended: that could send no record, this one can. */
static void sweep(prism_client *c) {
	prism_object *o;
	do {
		o = NULL;
		prism_lock(c);
		c->sh->orphans = false;
		for (uint32_t i = 0; i < c->sh->objects.cap && !o; i++) {
			prism_object *at = c->sh->objects.keys[i] ? (prism_object *)(uintptr_t)c->sh->objects.vals[i] : NULL;
			if (at && at->deleted && !at->users) o = at;
		}
		if (o) prism_map_del(&c->sh->objects, o->serial); /* so that no other thread finds it */
		prism_unlock(c);
		if (o) end_object(c, o);
	} while (o);
}

static void delete_object(GLuint name, bool shader) {
	prism_client *c = prism_client_out();
	if (!c || !name) return;
	prism_object *o = prism_object_of(c, name, shader);
	if (!o) return;
	prism_lock(c);
	o->deleted = true;
	bool now = !o->users;
	prism_unlock(c);
	if (now) end_object(c, o);
}
void APIENTRY prism_gl_DeleteShader(GLuint shader) { delete_object(shader, true); }
void APIENTRY prism_gl_DeleteProgram(GLuint program) { delete_object(program, false); }

static GLboolean is_object(GLuint name, bool shader) {
	prism_client *c = prism_client_out();
	if (!c || !name) return GL_FALSE;
	GLboolean is = GL_FALSE;
	if (c->sh->orphans) sweep(c);
	prism_lock(c); /* not by prism_serial, which would record an error */
	for (uint32_t i = 0; i < c->sh->objects.cap && !is; i++) {
		const prism_object *o = c->sh->objects.keys[i] ? (const prism_object *)(uintptr_t)c->sh->objects.vals[i] : NULL;
		is = o && o->name == name && o->shader == shader;
	}
	prism_unlock(c);
	return is;
}
GLboolean APIENTRY prism_gl_IsShader(GLuint shader) { return is_object(shader, true); }
GLboolean APIENTRY prism_gl_IsProgram(GLuint program) { return is_object(program, false); }

void APIENTRY prism_gl_AttachShader(GLuint program, GLuint shader) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL, *s = p ? prism_object_of(c, shader, true) : NULL;
	if (!s) return;
	prism_lock(c);
	GLenum error = 0;
	for (uint32_t i = 0; i < p->attached_n; i++)
		if (p->attached[i] == s->serial) error = GL_INVALID_OPERATION;
	uint32_t *more = error ? NULL : realloc(p->attached, (p->attached_n + 1) * sizeof *more);
	if (more) {
		p->attached = more;
		p->attached[p->attached_n++] = s->serial;
		s->users++;
	} else if (!error) {
		error = GL_OUT_OF_MEMORY;
	}
	prism_unlock(c);
	if (error) prism_error(error);
	else prism_put_glAttachShader(p->serial, s->serial);
}

void APIENTRY prism_gl_DetachShader(GLuint program, GLuint shader) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL, *s = p ? prism_object_of(c, shader, true) : NULL;
	if (!s) return;
	bool was = false, last = false;
	prism_lock(c);
	for (uint32_t i = 0; i < p->attached_n && !was; i++)
		if (p->attached[i] == s->serial) {
			memmove(p->attached + i, p->attached + i + 1, (--p->attached_n - i) * sizeof *p->attached);
			was = true;
			last = s->users && !--s->users && s->deleted;
		}
	prism_unlock(c);
	if (!was) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_put_glDetachShader(p->serial, s->serial);
	if (last) end_object(c, s);
}

void prism_program_leave(prism_client *c, uint32_t serial) {
	prism_lock(c);
	prism_object *o = find(c, serial);
	bool last = o && o->users && !--o->users && o->deleted;
	prism_unlock(c);
	if (last) end_object(c, o);
}

/* As much as is known without asking. */
static bool usable(const prism_object *o) { return o->linked && (!o->info || o->info->link_status); }

static void use(prism_client *c, const GLuint *a) {
	prism_object *o = NULL;
	const uint32_t serial = a[0] ? prism_serial_known(PRISM_KIND_PROGRAM, a[0]) : 0, before = c->program.serial;
	prism_lock(c);
	if (serial) o = find(c, serial);
	const bool good = !prism_t->in_begin && (!a[0] || (o && !o->shader && usable(o)));
	if (good && o) o->users++;
	prism_unlock(c);
	if (!good) return; /* the nodes report it */
	c->program = (prism_bound){a[0], serial};
	if (before) prism_program_leave(c, before);
	if (!o || o->suspect) prism_effects_look(c);
}
void APIENTRY prism_gl_UseProgram(GLuint program) {
	prism_client *c = prism_client_out();
	if (!c) return;
	prism_object *o = program ? prism_object_of(c, program, false) : NULL;
	if (program && !o) return;
	if (c->list) {
		c->sh->lists_use_program = true;
		if (o) prism_effects_listed(c, o);
	}
	if (o && !usable(o) && !prism_compiling(c)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	prism_put_glUseProgram(o ? o->serial : 0);
	prism_listed(c, use, program, 0, 0);
}

/* ---- sources ---- */

void APIENTRY prism_gl_ShaderSource(GLuint shader, GLsizei count, const GLchar *const *string, const GLint *length) {
	prism_client *c = prism_client_out();
	prism_object *o = c ? prism_object_of(c, shader, true) : NULL;
	if (!o) return;
	if (count < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	prism_arr a;
	if (!prism_arr_strings(&a, count, string, length)) return;
	size_t n = 0;
	for (GLsizei i = 0; i < count; i++) n += length && length[i] >= 0 ? (size_t)length[i] : strlen(string[i]);
	char *all = malloc(n + 1), *to = all;
	for (GLsizei i = 0; all && i < count; i++) {
		size_t k = length && length[i] >= 0 ? (size_t)length[i] : strlen(string[i]);
		memcpy(to, string[i], k);
		to += k;
	}
	if (all) *to = 0;
	prism_lock(c);
	free(o->source);
	o->source = all;
	prism_unlock(c);
	prism_put_glShaderSource(o->serial, count, &a);
}

void APIENTRY prism_gl_CompileShader(GLuint shader) {
	prism_client *c = prism_client_out();
	prism_object *o = c ? prism_object_of(c, shader, true) : NULL;
	if (!o) return;
	prism_lock(c);
	o->compiled = true;
	o->info_known = false;
	o->writes = prism_source_writes(o->source);
	prism_unlock(c);
	prism_put_glCompileShader(o->serial);
}

/* Compile status and log: asked once after glCompileShader. */
static void shader_info(prism_client *c, prism_object *o) {
	if (!o->compiled || o->info_known) return;
	prism_ask q;
	if (!prism_ask_begin(&q)) return;
	prism_put_prismShaderInfo(q.id, o->serial);
	if (prism_ask_wait(&q)) {
		const void *p;
		uint32_t n = prism_ask_peek(&q, &p);
		char *log = n >= 8 ? malloc(n - 7) : NULL;
		if (log) {
			memcpy(log, (const char *)p + 8, n - 8);
			log[n - 8] = 0;
			prism_lock(c);
			memcpy(&o->compile_status, p, 4);
			free(o->log);
			o->log = log;
			o->info_known = true;
			prism_unlock(c);
		}
	}
	prism_ask_end(&q);
}

static GLint text_length(const char *s) { return s && *s ? (GLint)strlen(s) + 1 : 0; }

void APIENTRY prism_gl_GetShaderiv(GLuint shader, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	prism_object *o = c ? prism_object_of(c, shader, true) : NULL;
	if (!o) return;
	switch (pname) {
	case GL_SHADER_TYPE: *params = (GLint)o->type; break;
	case GL_DELETE_STATUS: *params = o->deleted; break;
	case GL_COMPILE_STATUS:
		shader_info(c, o);
		*params = o->info_known ? o->compile_status : GL_FALSE;
		break;
	case GL_INFO_LOG_LENGTH:
		shader_info(c, o);
		*params = o->info_known ? text_length(o->log) : 0;
		break;
	case GL_SHADER_SOURCE_LENGTH: *params = o->source ? (GLint)strlen(o->source) + 1 : 0; break;
	case GL_COMPLETION_STATUS_KHR: *params = GL_TRUE; break; /* asking for the result waits for no compiler of the app's */
	default: prism_error(GL_INVALID_ENUM);
	}
}

void prism_copy_text(const char *s, GLsizei room, GLsizei *length, GLchar *to) {
	if (room < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	size_t n = s ? strlen(s) : 0;
	if (n >= (size_t)room) n = room ? (size_t)room - 1 : 0;
	if (room && to) {
		memcpy(to, s ? s : "", n);
		to[n] = 0;
	}
	if (length) *length = (GLsizei)n;
}
void APIENTRY prism_gl_GetShaderInfoLog(GLuint shader, GLsizei room, GLsizei *length, GLchar *log) {
	prism_client *c = prism_client_out();
	prism_object *o = c ? prism_object_of(c, shader, true) : NULL;
	if (!o) return;
	shader_info(c, o);
	prism_copy_text(o->info_known ? o->log : "", room, length, log);
}
void APIENTRY prism_gl_GetShaderSource(GLuint shader, GLsizei room, GLsizei *length, GLchar *source) {
	prism_client *c = prism_client_out();
	prism_object *o = c ? prism_object_of(c, shader, true) : NULL;
	if (o) prism_copy_text(o->source, room, length, source);
}

void APIENTRY prism_gl_GetAttachedShaders(GLuint program, GLsizei most, GLsizei *count, GLuint *shaders) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	if (most < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	GLsizei n = 0;
	prism_lock(c);
	for (uint32_t i = 0; i < p->attached_n && n < most; i++) {
		const prism_object *s = find(c, p->attached[i]);
		if (s) shaders[n++] = s->name;
	}
	prism_unlock(c);
	if (count) *count = n;
}

/* ---- linking ---- */

void prism_program_stale(prism_client *c, prism_object *p) {
	prism_lock(c);
	free(p->info);
	p->info = NULL;
	free(p->resources);
	p->resources = NULL;
	free(p->binary);
	p->binary = NULL;
	prism_unlock(c);
}
void APIENTRY prism_gl_LinkProgram(GLuint program) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	prism_program_stale(c, p);
	p->linked = true;
	p->hint = p->hint_next;
	p->stages = 0;
	p->suspect = false;
	prism_lock(c);
	for (uint32_t i = 0; i < p->attached_n; i++) {
		const prism_object *s = find(c, p->attached[i]);
		if (!s) continue;
		p->stages |= prism_stage_bit(s->type);
		p->suspect |= s->writes && s->type == GL_FRAGMENT_SHADER;
	}
	prism_unlock(c);
	prism_put_glLinkProgram(p->serial);
	if (p->suspect && c->sh->lists_use_program) prism_effects_listed(c, p); /* perhaps it */
	if (p->suspect) prism_effects_look(c); /* it may be in use */
}
void APIENTRY prism_gl_ValidateProgram(GLuint program) {
	prism_client *c = prism_client_out();
	prism_object *p = c ? prism_object_of(c, program, false) : NULL;
	if (!p) return;
	prism_lock(c); /* its status and log are new */
	free(p->info);
	p->info = NULL;
	prism_unlock(c);
	prism_put_glValidateProgram(p->serial);
}
