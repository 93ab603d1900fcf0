/* The driver's map of names against a plain array, with random puts and deletes that collide. */
#include <stdio.h>
#include <stdlib.h>
#include "../../driver/names.c"

prism_process prism_p;
static prism_context context;
static prism_thread here = {.ctx = &context};
__thread prism_thread *prism_t = &here;
uint32_t prism_buffers_packing;
void prism_buffer_named(uint32_t serial) { (void)serial; }
static GLenum error;
void prism_error(GLenum e) { error = e; }

#define CHECK(c) do { if (!(c)) { fprintf(stderr, "names: line %d: %s\n", __LINE__, #c); exit(1); } } while (0)

static void map(void) {
	enum { KEYS = 500 };
	static uint64_t plain[KEYS + 1];
	prism_map m = {0};
	uint32_t x = 1;
	for (int i = 0; i < 200000; i++) {
		x = x * 1664525 + 1013904223;
		uint32_t n = 1 + (x >> 8) % KEYS, key = n * (n % 3 ? 1 : 4096);
		if (x >> 31) {
			CHECK(prism_map_put(&m, key, x));
			plain[n] = x;
		} else {
			CHECK(prism_map_del(&m, key) == (plain[n] != 0));
			plain[n] = 0;
		}
		uint32_t k = 1 + (x >> 4) % KEYS;
		uint64_t v = 0;
		CHECK(prism_map_get(&m, k * (k % 3 ? 1 : 4096), &v) == (plain[k] != 0));
		CHECK(v == plain[k]);
	}
	prism_map_free(&m);
}

static void names(void) {
	prism_share share = {.mu = PTHREAD_MUTEX_INITIALIZER};
	static prism_ctl ctl;
	prism_p.ctl = &ctl;
	context.share = &share;
	GLuint n[4];
	uint32_t s[4];
	bool ok;
	CHECK(prism_names_new(PRISM_KIND_TEXTURE, 4, n, s));
	CHECK(n[0] == 1 && n[3] == 4 && s[0] && s[3] == s[0] + 3);
	CHECK(!prism_name_is(PRISM_KIND_TEXTURE, 2));
	CHECK(prism_serial_bind(PRISM_KIND_TEXTURE, 2, &ok) == s[1] && ok);
	CHECK(prism_name_is(PRISM_KIND_TEXTURE, 2) && prism_name(PRISM_KIND_TEXTURE, s[1]) == 2);
	/* Deleted: the name is free at once, its serial is never seen again. */
	uint32_t old[2];
	CHECK((prism_names_delete(PRISM_KIND_TEXTURE, 2, (GLuint[]){2, 77}, old), old[0] == s[1] && old[1] == 0));
	CHECK(!prism_name_is(PRISM_KIND_TEXTURE, 2) && prism_name(PRISM_KIND_TEXTURE, s[1]) == 0);
	GLuint again;
	uint32_t fresh;
	CHECK(prism_names_new(PRISM_KIND_TEXTURE, 1, &again, &fresh) && again == 2 && fresh > s[3]);
	/* The app invents a name: only in a compatibility context. */
	CHECK(prism_serial_bind(PRISM_KIND_TEXTURE, 1000, &ok) && ok && !error);
	context.profile = 1;
	CHECK(!prism_serial_bind(PRISM_KIND_TEXTURE, 1001, &ok) && !ok && error == GL_INVALID_OPERATION);
	context.profile = error = 0;
	CHECK(!prism_serial(PRISM_KIND_PROGRAM, 9, &ok) && !ok && error == GL_INVALID_VALUE);
	CHECK(prism_serial(PRISM_KIND_TEXTURE, 0, &ok) == 0 && ok);
	/* Kinds that contexts do not share. */
	CHECK(prism_names_new(PRISM_KIND_VERTEX_ARRAY, 1, n, s) && n[0] == 1 && context.own[PRISM_KIND_VERTEX_ARRAY].by_name.used == 1);
	error = 0;
	CHECK(!prism_names_new(PRISM_KIND_BUFFER, -1, n, s) && error == GL_INVALID_VALUE);
	GLsync sync;
	uint32_t ss = prism_sync_new(&sync);
	CHECK(ss && prism_sync_serial(sync, &ok) == ss && ok);
	prism_sync_delete(sync);
	CHECK(!prism_sync_serial(sync, &ok) && !ok);
}

int main(void) {
	map();
	names();
	return 0;
}
