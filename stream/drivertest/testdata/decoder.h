/* The decoder of a block that a node wrote, alone: what stands in for the driver around it, and blocks that were bent at random. The program
 * includes the decoder's file before this one. */
#include <stdio.h>

static prism_thread thread;
static struct prism_context context;
static prism_client client;
static prism_shared shared;
static prism_object object;
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &thread;
static GLenum last_error;
void *prism_room(uint32_t bytes) { (void)bytes; return NULL; }
void prism_error(GLenum e) { last_error = e; }
bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) { (void)a, (void)p, (void)bytes; return false; }
bool prism_ask_begin(prism_ask *q) { (void)q; return false; }
bool prism_ask_wait(prism_ask *q) { (void)q; return false; }
void prism_ask_end(prism_ask *q) { (void)q; }
uint32_t prism_ask_peek(prism_ask *q, const void **p) { (void)q, (void)p; return 0; }
prism_object *prism_object_of(prism_client *c, GLuint name, bool shader) { (void)c, (void)name, (void)shader; return &object; }
void prism_copy_text(const char *s, GLsizei room, GLsizei *length, GLchar *to) {
	size_t n = strlen(s);
	if (n >= (size_t)room) n = (size_t)room - 1;
	memcpy(to, s, n);
	to[n] = 0;
	if (length) *length = (GLsizei)n;
}

static int failures;
#define CHECK(ok, ...) do { if (!(ok)) { failures++; printf(__VA_ARGS__); puts(""); } } while (0)

static void open_context(void) {
	client.sh = &shared;
	client.ctx = &context;
	context.client = &client;
	thread.ctx = &context;
	pthread_mutex_init(&shared.mu, NULL);
}

/* Bends the good block of n bytes so many times. The pointer at `at`, which the driver follows, goes each time to a copy of its own, so that a byte
 * too far is seen; what check takes is walked. Then what check must not take. Gives main's result. */
static int bend(void *at, uint8_t *good, uint32_t n, int rounds, bool (*check)(const void *, uint32_t), void (*walk)(void)) {
	uint32_t seed = 1, sound = 0;
	for (int round = 0; round < rounds; round++) {
		uint8_t *block = malloc(n);
		memcpy(block, good, n);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1664525u + 1013904223u;
			const uint32_t word = (seed >> 8) % (n / 4) * 4, how = seed >> 5 & 3;
			if (word < 8) continue; /* magic and length have tests of their own */
			uint32_t v;
			memcpy(&v, block + word, 4);
			v = how == 0 ? v + 1 : how == 1 ? v ^ 1u << (seed >> 11) % 32 : how == 2 ? seed : 0xffffffff;
			memcpy(block + word, &v, 4);
		}
		memcpy(at, &block, sizeof block);
		if (check(block, n)) {
			sound++;
			walk();
		}
		free(block);
	}
	memset(at, 0, sizeof(void *));
	for (uint32_t k = 0; k < n; k++) CHECK(!check(good, k), "a block cut to %u bytes passes", k);
	good[0]++;
	CHECK(!check(good, n), "a wrong magic passes");
	printf("%u bent blocks were still sound, %d failures\n", sound, failures);
	return failures || sound < 100;
}
