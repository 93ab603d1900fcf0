/* The decoder of the program interface query's block (custom_resources.c): names and lists, and blocks that were bent at random, walked
 * with the sanitizers on. */
#include "gl/programs/custom_resources.c"
#include "decoder.h"

bool prism_arr_string(prism_arr *a, const GLchar *s) { (void)a, (void)s; return false; }
GLbitfield prism_stage_bit(GLenum type) { return type == GL_VERTEX_SHADER ? GL_VERTEX_SHADER_BIT : type == GL_FRAGMENT_SHADER ? GL_FRAGMENT_SHADER_BIT : 0; }
bool prism_program_linked(prism_client *c, prism_object *p) { (void)c, (void)p; return true; }
GLint prism_uniform_location(prism_client *c, prism_object *p, const char *name) { (void)c, (void)p, (void)name; return 5; }

static const char text[] = "\0list[0]\0one\0Blocks[0]\0Blocks[1]\0colour\0red\0aim";
enum { LIST = 1, ONE = 9, BLOCK0 = 13, BLOCK1 = 23, COLOUR = 33, RED = 40, AIM = 44 };

static void add(prism_resources *h, prism_resource *r, GLenum interface, prism_resource what) {
	const int i = prism_interface_of(interface);
	if (!h->interface[i].n++) h->interface[i].first = h->resources;
	r[h->resources++] = what;
}
static int32_t *prop(prism_resource *r, GLenum name) { return &r->v[prism_property_of(name)]; }

/* Two inputs (an array of matrices, and one), two blocks, an output, a subroutine and its uniform, an atomic buffer with two variables. */
static uint32_t build(uint8_t *to) {
	prism_resources h = {.magic = PRISM_RESOURCES_MAGIC, .queried = 1, .stages = GL_VERTEX_SHADER_BIT | GL_FRAGMENT_SHADER_BIT, .ints = 3, .text = sizeof text};
	prism_resource r[8] = {{0}}, in = {.name = LIST}, one = {.name = ONE, .index = 1}, block = {.name = BLOCK0}, block1 = {.name = BLOCK1, .index = 1}, out = {.name = COLOUR};
	prism_resource sub = {.name = RED, .index = 4}, aim = {.name = AIM, .list = 2, .list_n = 1}, atomic = {.name = PRISM_NO_NAME, .list_n = 2};
	*prop(&in, GL_TYPE) = GL_FLOAT_MAT3, *prop(&in, GL_ARRAY_SIZE) = 4, *prop(&in, GL_LOCATION) = 2;
	*prop(&one, GL_TYPE) = GL_FLOAT, *prop(&one, GL_ARRAY_SIZE) = 1, *prop(&one, GL_LOCATION) = -1;
	*prop(&out, GL_ARRAY_SIZE) = 1, *prop(&out, GL_LOCATION) = 6, *prop(&out, GL_LOCATION_INDEX) = 1, *prop(&out, GL_REFERENCED_BY_FRAGMENT_SHADER) = 1;
	*prop(&aim, GL_ARRAY_SIZE) = 1, *prop(&aim, GL_LOCATION) = 3;
	add(&h, r, GL_PROGRAM_INPUT, in), add(&h, r, GL_PROGRAM_INPUT, one);
	add(&h, r, GL_UNIFORM_BLOCK, block), add(&h, r, GL_UNIFORM_BLOCK, block1);
	add(&h, r, GL_PROGRAM_OUTPUT, out), add(&h, r, GL_FRAGMENT_SUBROUTINE, sub), add(&h, r, GL_FRAGMENT_SUBROUTINE_UNIFORM, aim);
	add(&h, r, GL_ATOMIC_COUNTER_BUFFER, atomic);
	const int32_t ints[] = {7, 9, 4};
	uint8_t *p = to + sizeof h;
	memcpy(p, r, sizeof r), p += sizeof r;
	memcpy(p, ints, sizeof ints), p += sizeof ints;
	memcpy(p, text, sizeof text), p += sizeof text;
	h.bytes = (uint32_t)(p - to);
	memcpy(to, &h, sizeof h);
	return h.bytes;
}

static void walk(void) {
	char name[64];
	GLint v[64];
	static const char *const names[] = {"list[2]", "one", "Blocks[1]", "colour", "red", "aim"};
	static const GLenum props[] = {GL_NAME_LENGTH, GL_LOCATION, GL_ACTIVE_VARIABLES, GL_COMPATIBLE_SUBROUTINES, GL_BUFFER_BINDING};
	for (int i = 0; i < PRISM_INTERFACES; i++) {
		prism_gl_GetProgramInterfaceiv(1, prism_interface[i], GL_ACTIVE_RESOURCES, v);
		for (int k = 0; k < 6; k++) {
			prism_gl_GetProgramResourceIndex(1, prism_interface[i], names[k]);
			prism_gl_GetProgramResourceLocation(1, prism_interface[i], names[k]);
		}
		for (GLuint k = 0; k < 4; k++) {
			prism_gl_GetProgramResourceName(1, prism_interface[i], k, sizeof name, NULL, name);
			for (int q = 0; q < 5; q++) prism_gl_GetProgramResourceiv(1, prism_interface[i], k, 1, &props[q], 64, NULL, v);
		}
	}
	prism_gl_GetFragDataIndex(1, "colour");
	prism_gl_GetFragDataLocation(1, "colour");
	prism_gl_GetSubroutineIndex(1, GL_FRAGMENT_SHADER, "red");
	prism_gl_GetActiveSubroutineName(1, GL_FRAGMENT_SHADER, 0, sizeof name, NULL, name);
	prism_gl_GetActiveSubroutineUniformiv(1, GL_FRAGMENT_SHADER, 0, GL_UNIFORM_NAME_LENGTH, v);
	prism_gl_GetProgramStageiv(1, GL_VERTEX_SHADER, GL_ACTIVE_SUBROUTINES, v);
	prism_resources_bound(&object, GL_UNIFORM_BLOCK, 1, 77);
}

int main(void) {
	uint8_t good[4096];
	open_context();
	const uint32_t n = build(good);
	CHECK(prism_resources_check(good, n), "the good block is refused");
	object.linked = true;
	object.resources = malloc(n);
	memcpy(object.resources, good, n);
	static const struct { GLenum interface; const char *name; GLint index, location; } cases[] = {
		{GL_PROGRAM_INPUT, "list", 0, 2}, {GL_PROGRAM_INPUT, "list[0]", 0, 2}, {GL_PROGRAM_INPUT, "list[3]", -1, 11}, {GL_PROGRAM_INPUT, "list[4]", -1, -1},
		{GL_PROGRAM_INPUT, "list[01]", -1, -1}, {GL_PROGRAM_INPUT, "list[]", -1, -1}, {GL_PROGRAM_INPUT, "list[99999999999999999999]", -1, -1},
		{GL_PROGRAM_INPUT, "one", 1, -1}, {GL_PROGRAM_INPUT, "on", -1, -1}, {GL_PROGRAM_INPUT, "", -1, -1}, {GL_PROGRAM_OUTPUT, "colour", 0, 6},
		{GL_PROGRAM_OUTPUT, "one", -1, -1}, {GL_FRAGMENT_SUBROUTINE_UNIFORM, "aim", 0, 3},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const GLint index = (GLint)prism_gl_GetProgramResourceIndex(1, cases[i].interface, cases[i].name);
		const GLint location = prism_gl_GetProgramResourceLocation(1, cases[i].interface, cases[i].name);
		CHECK(index == cases[i].index, "%s: index %d, want %d", cases[i].name, index, cases[i].index);
		CHECK(location == cases[i].location, "%s: location %d, want %d", cases[i].name, location, cases[i].location);
	}
	CHECK(prism_gl_GetProgramResourceIndex(1, GL_UNIFORM_BLOCK, "Blocks") == 0 && prism_gl_GetProgramResourceIndex(1, GL_UNIFORM_BLOCK, "Blocks[1]") == 1, "blocks by name");
	CHECK(prism_gl_GetSubroutineIndex(1, GL_FRAGMENT_SHADER, "red") == 4, "a subroutine's index");
	CHECK(prism_gl_GetFragDataIndex(1, "colour") == 1 && prism_gl_GetFragDataLocation(1, "colour") == 6, "an output's place");
	const GLenum list = GL_ACTIVE_VARIABLES;
	GLint v[3] = {0, 0, 0};
	GLsizei length = 0;
	prism_gl_GetProgramResourceiv(1, GL_ATOMIC_COUNTER_BUFFER, 0, 1, &list, 1, &length, v);
	CHECK(length == 1 && v[0] == 7 && !v[1], "a list in too little room: %d, %d %d", length, v[0], v[1]);
	last_error = 0;
	prism_gl_GetProgramResourceiv(1, GL_PROGRAM_INPUT, 0, 1, &list, 1, &length, v);
	CHECK(last_error == GL_INVALID_OPERATION, "a list that inputs do not have: %#x", last_error);
	walk();
	free(object.resources);
	return bend(&object.resources, good, n, 100000, prism_resources_check, walk);
}
