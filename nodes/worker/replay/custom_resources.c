/* Answers about programs beyond custom_reflect.c: the program interface query in one block (stream/driver/include/prism_resources.h),
 * binaries, pipelines. */
#include "reflect.h"
#include "prism_resources.h"

#define MAX_RESOURCES (1u << 18) /* of a program */
#define MAX_LIST 65536           /* variables of a block */
#define MAX_BINARY (64u << 20)

bool interface_query(replay *r) {
	const char *s = (const char *)r->gl.GetString(GL_VERSION);
	if (!s || !r->gl.GetProgramInterfaceiv || !r->gl.GetProgramResourceiv || !r->gl.GetProgramResourceName || !r->gl.GetProgramResourceIndex) return false;
	const bool es = !strncmp(s, "OpenGL ES ", 10);
	if (es) s += 10;
	const int version = s[0] >= '0' && s[0] <= '9' && s[1] == '.' && s[2] >= '0' && s[2] <= '9' ? (s[0] - '0') * 10 + s[2] - '0' : 0;
	return version >= (es ? 31 : 43) || (!es && replay_offered(r, "GL_ARB_program_interface_query"));
}

typedef struct writer {
	replay *r;
	GLuint program;
	prism_resources h;
	part all, ints, text;
	char *name;
	GLsizei room;
} writer;

/* Errors of questions that a program or context has no answer to are nobody's. */
static void no_errors(replay *r) {
	for (int i = 0; i < 8 && !r->ctx->in_begin && r->priv->real.GetError() != GL_NO_ERROR; i++) {}
}

static const GLenum stage_types[PRISM_STAGES] = {GL_VERTEX_SHADER, GL_TESS_CONTROL_SHADER, GL_TESS_EVALUATION_SHADER, GL_GEOMETRY_SHADER, GL_FRAGMENT_SHADER,
                                                 GL_COMPUTE_SHADER};
static const GLbitfield stage_bits[PRISM_STAGES] = {GL_VERTEX_SHADER_BIT, GL_TESS_CONTROL_SHADER_BIT, GL_TESS_EVALUATION_SHADER_BIT, GL_GEOMETRY_SHADER_BIT,
                                                    GL_FRAGMENT_SHADER_BIT, GL_COMPUTE_SHADER_BIT};

/* Which stages a program has that came as a binary: those that GL takes a question for. */
static uint32_t find_stages(writer *w) {
	uint32_t found = 0;
	no_errors(w->r);
	for (int i = 0; i < PRISM_STAGES && w->r->gl.GetSubroutineIndex; i++) {
		w->r->gl.GetSubroutineIndex(w->program, stage_types[i], "main");
		if (w->r->priv->real.GetError() == GL_NO_ERROR) found |= stage_bits[i];
	}
	return found;
}

static void add_stages(writer *w, uint32_t stages) {
	const struct prism_glapi *g = &w->r->gl;
	static const GLenum geometry[] = {GL_GEOMETRY_VERTICES_OUT, GL_GEOMETRY_INPUT_TYPE, GL_GEOMETRY_OUTPUT_TYPE, GL_GEOMETRY_SHADER_INVOCATIONS};
	static const GLenum tess[] = {GL_TESS_GEN_MODE, GL_TESS_GEN_SPACING, GL_TESS_GEN_VERTEX_ORDER, GL_TESS_GEN_POINT_MODE};
	static const GLenum stage[] = {GL_ACTIVE_SUBROUTINES, GL_ACTIVE_SUBROUTINE_MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORMS,
	                               GL_ACTIVE_SUBROUTINE_UNIFORM_MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS};
	w->h.stages = stages ? stages : find_stages(w);
	for (int i = 0; i < 4; i++) {
		if (w->h.stages & GL_GEOMETRY_SHADER_BIT) g->GetProgramiv(w->program, geometry[i], &w->h.geometry[i]);
		if (w->h.stages & GL_TESS_EVALUATION_SHADER_BIT) g->GetProgramiv(w->program, tess[i], &w->h.tess[i]);
	}
	if (w->h.stages & GL_TESS_CONTROL_SHADER_BIT) g->GetProgramiv(w->program, GL_TESS_CONTROL_OUTPUT_VERTICES, &w->h.tess_vertices);
	if (w->h.stages & GL_COMPUTE_SHADER_BIT) g->GetProgramiv(w->program, GL_COMPUTE_WORK_GROUP_SIZE, w->h.group);
	for (int s = 0; s < PRISM_STAGES && g->GetProgramStageiv; s++)
		for (int i = 0; i < PRISM_STAGE_VALUES && w->h.stages & stage_bits[s]; i++)
			g->GetProgramStageiv(w->program, stage_types[s], stage[i], &w->h.stage[s][i]);
}

/* Variables of a block, or subroutines that fit a uniform. Mesa writes all that there are, whatever room it is told of. */
static void add_list(writer *w, int interface, GLuint index, prism_resource *to, GLint n) {
	const bool subroutine = PRISM_I_SUBROUTINE_UNIFORM >> interface & 1;
	const GLenum word = subroutine ? GL_COMPATIBLE_SUBROUTINES : GL_ACTIVE_VARIABLES;
	to->list = (uint32_t)(w->ints.n / 4);
	if (n <= 0 || n > MAX_LIST) return;
	GLint *list = part_add(&w->ints, (uint64_t)n * 4 + 64);
	if (!list) return;
	GLsizei got = 0;
	w->r->gl.GetProgramResourceiv(w->program, prism_interface[interface], index, 1, &word, n, &got, list);
	to->list_n = got > 0 ? (uint32_t)(got < n ? got : n) : 0;
	w->ints.n = ((uint64_t)to->list + to->list_n) * 4;
}

static void add_resource(writer *w, int interface, GLuint index) {
	const struct prism_glapi *g = &w->r->gl;
	const GLenum kind = prism_interface[interface];
	prism_resource to = {.name = PRISM_NO_NAME, .index = (int32_t)index};
	GLenum props[PRISM_PROPERTIES];
	GLint values[PRISM_PROPERTIES] = {0};
	int at[PRISM_PROPERTIES], n = 0;
	if (PRISM_I_NAMED >> interface & 1) {
		w->name[0] = 0;
		g->GetProgramResourceName(w->program, kind, index, w->room, NULL, w->name);
		const size_t bytes = strlen(w->name) + 1;
		char *s = part_add(&w->text, bytes);
		if (!s) return;
		memcpy(s, w->name, bytes);
		to.name = (uint32_t)(w->text.n - bytes);
		if (PRISM_I_SUBROUTINE >> interface & 1) to.index = (int32_t)g->GetProgramResourceIndex(w->program, kind, w->name);
	}
	for (int i = 0; i < PRISM_PROPERTIES; i++) {
		if (!(prism_property[i].interfaces >> interface & 1)) continue;
		at[n] = i;
		props[n++] = prism_property[i].name;
	}
	GLsizei got = 0;
	if (n) g->GetProgramResourceiv(w->program, kind, index, n, props, n, &got, values);
	for (int i = 0; i < n && got < n; i++) { /* one that this context does not know: they one by one */
		values[i] = 0;
		g->GetProgramResourceiv(w->program, kind, index, 1, &props[i], 1, NULL, &values[i]);
	}
	for (int i = 0; i < n; i++) {
		to.v[at[i]] = values[i];
		if (props[i] == GL_NUM_ACTIVE_VARIABLES || props[i] == GL_NUM_COMPATIBLE_SUBROUTINES) add_list(w, interface, index, &to, values[i]);
	}
	prism_resource *room = part_add(&w->all, sizeof to);
	if (room) *room = to;
}

static void add_interface(writer *w, int i) {
	const struct prism_glapi *g = &w->r->gl;
	const GLenum kind = prism_interface[i];
	const uint32_t first = (uint32_t)(w->all.n / sizeof(prism_resource));
	GLint n = 0;
	w->h.interface[i].first = first;
	if ((PRISM_I_SUBROUTINE | PRISM_I_SUBROUTINE_UNIFORM) >> i & 1 && !(w->h.stages & stage_bits[(i - 9) % PRISM_STAGES])) return;
	g->GetProgramInterfaceiv(w->program, kind, GL_ACTIVE_RESOURCES, &n);
	if (n <= 0 || (uint64_t)first + (uint64_t)n > MAX_RESOURCES) {
		w->all.failed |= n > 0;
		return;
	}
	if (PRISM_I_NAMED >> i & 1) g->GetProgramInterfaceiv(w->program, kind, GL_MAX_NAME_LENGTH, &w->h.interface[i].max_name);
	if (PRISM_I_BLOCKS >> i & 1) g->GetProgramInterfaceiv(w->program, kind, GL_MAX_NUM_ACTIVE_VARIABLES, &w->h.interface[i].max_variables);
	if (PRISM_I_SUBROUTINE_UNIFORM >> i & 1) g->GetProgramInterfaceiv(w->program, kind, GL_MAX_NUM_COMPATIBLE_SUBROUTINES, &w->h.interface[i].max_subroutines);
	const GLint most = w->h.interface[i].max_name;
	w->room = (most > 0 && most < 1 << 20 ? most : 1024) + 1;
	w->name = x_scratch(w->r, (uint64_t)w->room);
	if (!w->name) {
		w->all.failed = true;
		return;
	}
	for (GLint k = 0; k < n && !w->all.failed; k++) add_resource(w, i, (GLuint)k);
	w->h.interface[i].n = (uint32_t)(w->all.n / sizeof(prism_resource)) - first;
}

static void collect(writer *w, uint32_t stages) {
	GLint linked = 0;
	if (part_add(&w->text, 1)) w->r->gl.GetProgramiv(w->program, GL_LINK_STATUS, &linked);
	w->h.queried = interface_query(w->r);
	if (!linked || w->r->ctx->in_begin) return;
	add_stages(w, stages);
	for (int i = 0; i < PRISM_INTERFACES && w->h.queried; i++) add_interface(w, i);
}

int x_prismProgramResources(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismProgramResources *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	writer w = {.r = r};
	if (x_handle(r, "program", PRISM_KIND_PROGRAM, a->program, &w.program)) return REPLAY_CORRUPT;
	if (!r->gl.GetProgramiv || !r->gl.IsProgram(w.program)) return x_bad(r, "program", "%u is no program", a->program);
	replay_collect_error(r);
	collect(&w, a->stages);
	no_errors(r);
	w.h.magic = PRISM_RESOURCES_MAGIC;
	w.h.resources = (uint32_t)(w.all.n / sizeof(prism_resource));
	w.h.ints = (uint32_t)(w.ints.n / 4);
	w.h.text = (uint32_t)w.text.n;
	return parts_answer(r, a->reply, &w.h, sizeof w.h, (part *[]){&w.all, &w.ints, &w.text}, 3);
}

/* ---- binaries ---- */

int x_prismProgramBinary(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismProgramBinary *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	GLuint name;
	if (x_handle(r, "program", PRISM_KIND_PROGRAM, a->program, &name)) return REPLAY_CORRUPT;
	GLint n = 0, linked = 0;
	if (r->gl.GetProgramBinary && r->gl.IsProgram(name)) r->gl.GetProgramiv(name, GL_LINK_STATUS, &linked);
	if (linked) r->gl.GetProgramiv(name, GL_PROGRAM_BINARY_LENGTH, &n);
	if (n < 0 || (uint32_t)n > MAX_BINARY) n = 0;
	x_reply_begin(r, a->reply);
	uint8_t *to = x_reply_out(r, n ? 8 + (uint64_t)n : 0);
	if (!to) return REPLAY_CORRUPT;
	if (n) {
		GLenum format = 0;
		GLsizei got = 0;
		r->gl.GetProgramBinary(name, n, &got, &format, to + 8);
		memcpy(to, &format, sizeof format);
		x_reply_trim(r, got > 0 && got <= n ? 8 + (uint64_t)got : 0);
	}
	x_reply_end(r);
	return 0;
}

/* ---- pipelines ---- */

int x_prismPipelineInfo(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismPipelineInfo *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	GLuint name;
	if (x_handle(r, "pipeline", PRISM_KIND_PROGRAM_PIPELINE, a->pipeline, &name)) return REPLAY_CORRUPT;
	return status_answer(r, a->reply, name, GL_VALIDATE_STATUS, r->gl.GetProgramPipelineiv, r->gl.GetProgramPipelineInfoLog);
}
