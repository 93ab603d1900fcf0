/* The decoder of a program's reflection (custom_reflect.c): names and elements, and blocks that were bent at random, walked with the
 * sanitizers on. */
#include "custom_reflect.c"
#include <stdio.h>

static prism_thread thread;
static struct prism_context context;
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &thread;
static GLenum last_error;
static prism_object object;
void *prism_room(uint32_t bytes) { (void)bytes; return NULL; }
void prism_error(GLenum e) { last_error = e; }
bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) { (void)a, (void)p, (void)bytes; return false; }
bool prism_ask_begin(prism_ask *q) { (void)q; return false; }
bool prism_ask_wait(prism_ask *q) { (void)q; return false; }
void prism_ask_end(prism_ask *q) { (void)q; }
uint32_t prism_ask_out(prism_ask *q, void *to, uint64_t max) { (void)q, (void)to, (void)max; return 0; }
uint32_t prism_ask_peek(prism_ask *q, const void **p) { (void)q, (void)p; return 0; }
prism_object *prism_object_of(prism_client *c, GLuint name, bool shader) { (void)c, (void)name, (void)shader; return &object; }
void prism_copy_text(const char *s, GLsizei room, GLsizei *length, GLchar *to) {
	size_t n = strlen(s);
	if (n >= (size_t)room) n = (size_t)room - 1;
	memcpy(to, s, n);
	to[n] = 0;
	if (length) *length = (GLsizei)n;
}
bool prism_resources_param(prism_client *c, prism_object *p, GLenum pname, GLint *params) { (void)c, (void)p, (void)pname, (void)params; return false; }
void prism_resources_bound(prism_object *p, GLenum interface, GLuint index, GLuint binding) { (void)p, (void)interface, (void)index, (void)binding; }
void prism_effects_known(prism_client *c) { (void)c; }
GLint prism_type_columns(GLenum type) { return type == GL_FLOAT_MAT2 ? 2 : 1; }
GLint prism_binary_length(prism_client *c, prism_object *p) { (void)c, (void)p; return 0; }

static int failures;
#define CHECK(ok, ...) do { if (!(ok)) { failures++; printf(__VA_ARGS__); puts(""); } } while (0)

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
	static prism_client client;
	static prism_shared shared;
	uint8_t good[512];
	client.sh = &shared;
	client.ctx = &context;
	context.client = &client;
	thread.ctx = &context;
	pthread_mutex_init(&shared.mu, NULL);
	uint32_t n = build(good), seed = 1, sound = 0;
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
	for (int round = 0; round < 200000; round++) {
		uint32_t cut = n;
		object.info = malloc(n); /* so that a byte too far is seen */
		memcpy(object.info, good, n);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1664525u + 1013904223u;
			uint32_t at = (seed >> 8) % (n / 4) * 4, how = seed >> 5 & 3;
			if (at < 8) continue; /* magic and length have tests of their own */
			uint32_t v;
			memcpy(&v, (uint8_t *)object.info + at, at + 4 <= n ? 4 : n - at);
			v = how == 0 ? v + 1 : how == 1 ? v ^ 1u << (seed >> 11) % 32 : how == 2 ? seed : 0xffffffff;
			memcpy((uint8_t *)object.info + at, &v, at + 4 <= n ? 4 : n - at);
		}
		if (prism_reflect_check(object.info, cut)) {
			sound++;
			walk();
		}
		free(object.info);
	}
	object.info = NULL;
	for (uint32_t k = 0; k < n; k++) CHECK(!prism_reflect_check(good, k), "a block cut to %u bytes passes", k);
	good[0]++;
	CHECK(!prism_reflect_check(good, n), "a wrong magic passes");
	printf("%u bent blocks were still sound, %d failures\n", sound, failures);
	return failures || sound < 100;
}
