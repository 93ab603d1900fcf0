/* The decoder of a program's reflection (custom_reflect.c): names and elements, and blocks that were bent at random, walked with the
 * sanitizers on. */
#include "gl/programs/custom_reflect.c"
#include "decoder.h"

uint32_t prism_ask_out(prism_ask *q, void *to, uint64_t max) { (void)q, (void)to, (void)max; return 0; }
bool prism_resources_param(prism_client *c, prism_object *p, GLenum pname, GLint *params) { (void)c, (void)p, (void)pname, (void)params; return false; }
void prism_resources_bound(prism_object *p, GLenum interface, GLuint index, GLuint binding) { (void)p, (void)interface, (void)index, (void)binding; }
void prism_effects_known(prism_client *c) { (void)c; }
GLint prism_type_columns(GLenum type) { return type == GL_FLOAT_MAT2 ? 2 : 1; }
GLint prism_binary_length(prism_client *c, prism_object *p) { (void)c, (void)p; return 0; }

/* Two uniforms (one an array of three), an attribute, a block. */
static uint32_t build(uint8_t *to) {
	static const char text[] = "log\0list[0]\0one\0at\0Block";
	prism_reflect h = {.magic = PRISM_REFLECT_MAGIC, .link_status = 1, .uniforms = 2, .attribs = 1, .blocks = 1, .varyings = 1, .ints = 5, .text = sizeof text};
	const prism_reflect_uniform u[] = {{.name = 4, .type = GL_FLOAT_VEC3, .size = 3, .location = 7, .block = -1, .locations = 0},
	                                   {.name = 12, .type = GL_FLOAT, .size = 1, .location = 3, .block = 0, .locations = 3}};
	const prism_reflect_attrib a = {.name = 16, .type = GL_FLOAT_VEC2, .size = 1, .location = 2};
	const prism_reflect_block b = {.name = 19, .binding = 1, .data_size = 64, .uniforms = 1, .first = 4};
	const int32_t ints[] = {7, 9, 8, 3, 1};
	uint8_t *p = to + sizeof h;
	memcpy(p, u, sizeof u), p += sizeof u;
	memcpy(p, &a, sizeof a), p += sizeof a;
	memcpy(p, &b, sizeof b), p += sizeof b;
	memcpy(p, &a, sizeof a), p += sizeof a;
	memcpy(p, ints, sizeof ints), p += sizeof ints;
	memcpy(p, text, sizeof text), p += sizeof text;
	h.bytes = (uint32_t)(p - to);
	memcpy(to, &h, sizeof h);
	return h.bytes;
}

static void walk(void) {
	char name[64];
	GLint v[64], size;
	GLenum type;
	static const char *const names[] = {"list[2]", "one", "list", "list[99]"};
	for (int i = 0; i < 4; i++) prism_gl_GetUniformLocation(1, names[i]);
	prism_gl_GetAttribLocation(1, "at");
	prism_gl_GetUniformBlockIndex(1, "Block");
	prism_gl_GetProgramiv(1, GL_INFO_LOG_LENGTH, v);
	for (GLuint i = 0; i < 4; i++) {
		prism_gl_GetActiveUniform(1, i, sizeof name, NULL, &size, &type, name);
		prism_gl_GetActiveAttrib(1, i, sizeof name, NULL, &size, &type, name);
		prism_gl_GetTransformFeedbackVarying(1, i, sizeof name, NULL, &size, &type, name);
		prism_gl_GetActiveUniformsiv(1, 1, &i, GL_UNIFORM_NAME_LENGTH, v);
		GLint n = 0;
		if (i < object.info->blocks) prism_gl_GetActiveUniformBlockiv(1, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORMS, &n);
		if (n >= 0 && n <= 64) prism_gl_GetActiveUniformBlockiv(1, i, GL_UNIFORM_BLOCK_ACTIVE_UNIFORM_INDICES, v);
		prism_gl_GetUniformfv(1, (GLint)i, NULL);
	}
}

int main(void) {
	uint8_t good[512];
	open_context();
	const uint32_t n = build(good);
	CHECK(prism_reflect_check(good, n), "the good block is refused");
	object.info = malloc(n);
	memcpy(object.info, good, n);
	static const struct { const char *name; GLint want; } cases[] = {
		{"list", 7}, {"list[0]", 7}, {"list[1]", 9}, {"list[2]", 8}, {"list[3]", -1}, {"list[01]", -1}, {"list[1", -1}, {"list[1]x", -1}, {"list[]", -1}, {"lis", -1},
		{"list[99999999999999999999]", -1}, {"one", 3}, {"one[0]", 3}, {"one[1]", -1}, {"", -1}, {"on", -1}, {"one ", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		GLint got = prism_gl_GetUniformLocation(1, cases[i].name);
		CHECK(got == cases[i].want, "%s: %d, want %d", cases[i].name, got, cases[i].want);
	}
	walk();
	free(object.info);
	return bend(&object.info, good, n, 200000, prism_reflect_check, walk);
}
