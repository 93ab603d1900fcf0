/* Inputs from files, and every command with every nonsense; without libFuzzer. Usage: files items|raw FILE…, files every ROUNDS SEED [COMMAND ROUND [only]]: from there on */
#include "drive.h"
#include "stub.h"
#include "exact.h"
#include <stdlib.h>

static int one(const char *path, void (*drive)(const uint8_t *, size_t, drive_end *)) {
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return 1;
	}
	drive_buf b = {0};
	uint8_t part[4096];
	for (size_t k; (k = fread(part, 1, sizeof part, f)) > 0;) memcpy(drive_add(&b, k), part, k);
	fclose(f);
	drive_end end = {0};
	fprintf(stderr, "%s\n", path);
	drive(b.p, b.n, &end);
	printf("%s: %zu bytes, %llu records, %s\n", path, b.n, (unsigned long long)end.records, end.status ? end.why : "to the end");
	drive_free(&b);
	return 0;
}

static void item(drive_buf *b, uint16_t op, const void *payload, uint16_t n) {
	uint8_t *at = drive_add(b, 4u + n);
	memcpy(at, &op, 2);
	memcpy(at + 2, &n, 2);
	if (n) memcpy(at + 4, payload, n);
}

/* One command with some nonsense, in one of many situations, and then what would use what it left. */
static void nonsense(drive_buf *b, drive_random *r, size_t command) {
	static const uint32_t begin[] = {GL_TRIANGLES, 0}, list[] = {7, GL_COMPILE}, both[] = {7, GL_COMPILE_AND_EXECUTE}, draw[] = {GL_TRIANGLES, 0, 3, 0};
	static const uint32_t bind[] = {GL_ARRAY_BUFFER, 1}, unpack[] = {GL_PIXEL_UNPACK_BUFFER, 1}, elements[] = {GL_ELEMENT_ARRAY_BUFFER, 2}, on[] = {GL_VERTEX_ARRAY, 0}, attrib[] = {0, 0};
	uint8_t *how = drive_add(b, 1);
	*how = (uint8_t)(drive_next(r) & (DRIVE_FBO | DRIVE_FRAGILE)) | (drive_next(r) % 8 ? DRIVE_LEAD : 0) | (drive_next(r) % 8 ? 0 : DRIVE_OLD) | (drive_next(r) % 4 ? 0 : DRIVE_ERRORS);
	const uint32_t other = drive_next(r) % 8; /* a core context, one of OpenGL ES */
	const uint8_t chunk[4] = {1, other > 1 || *how & DRIVE_OLD ? 1 : other ? 3 : 4, 1, 1};
	item(b, DRIVE_CHUNK, chunk, 4);
	const uint32_t where = drive_next(r);
	if (where & 1) item(b, PRISM_OP_glBindBuffer, bind, 8);
	if ((where & 14) == 2) item(b, PRISM_OP_glBindBuffer, unpack, 8);
	if ((where & 14) == 4) item(b, PRISM_OP_glBindBuffer, elements, 8);
	if (where & 16) item(b, PRISM_OP_glEnableVertexAttribArray, attrib, 8);
	if (where & 32) item(b, PRISM_OP_glEnableClientState, on, 8);
	if ((where & 448) == 64) item(b, PRISM_OP_glNewList, where & 512 ? list : both, 8);
	if ((where & 448) == 128) item(b, PRISM_OP_glBegin, begin, 8);
	if (drive_next(r) % 4 == 0) { /* bytes to be staged, for a blob that says so */
		const uint32_t staged[2 + 64] = {256, PRISM_BLOB_INLINE};
		item(b, PRISM_OP_prismData, staged, sizeof staged);
	}
	if (drive_next(r) % 16 == 0) item(b, DRIVE_SHORT, (const uint8_t[]){(uint8_t)(drive_next(r) % 24)}, 1);
	drive_item(b, r, command);
	if ((where & 448) == 128) item(b, PRISM_OP_glEnd, NULL, 0);
	if ((where & 448) == 64) {
		item(b, PRISM_OP_glEndList, NULL, 0);
		item(b, PRISM_OP_glCallList, list, 8);
	}
	item(b, PRISM_OP_glDrawArrays, draw, 16);
	item(b, DRIVE_RUN, NULL, 0);
	item(b, PRISM_OP_glDrawArrays, draw, 16);
	item(b, PRISM_OP_prismSwap, (const uint32_t[]){1, 1, 1, 0, 0, 0}, 24);
}

static int every(unsigned rounds, uint64_t seed, size_t from, unsigned round, bool only) {
	uint64_t ended = 0, refused = 0;
	for (size_t c = from; c < (only ? from + 1 : drive_commands()); c++)
		for (unsigned i = c == from ? round : 0; i < (only ? round + 1 : rounds); i++) {
			drive_buf b = {0};
			drive_random r = {seed + c * 1000003 + i};
			drive_next(&r);
			nonsense(&b, &r, c);
			drive_end end = {0};
			fprintf(stderr, "\r%zu %u %s ", c, i, replay_names[stub_records[c].op]); /* the last one is to blame */
			drive_items(b.p, b.n, &end);
			end.status ? refused++ : ended++;
			if (only) printf("%s\n", end.status ? end.why : "to the end");
			drive_free(&b);
		}
	fprintf(stderr, "\n");
	printf("%zu commands, %u rounds: %llu carried out, %llu refused with a reason, %llu arrays\n", drive_commands(), rounds, (unsigned long long)ended,
	       (unsigned long long)refused, (unsigned long long)stub_calls());
	return 0;
}

int main(int argc, char **argv) {
	if (argc >= 4 && !strcmp(argv[1], "every"))
		return every((unsigned)atoi(argv[2]), strtoull(argv[3], NULL, 10), argc > 5 ? (size_t)atol(argv[4]) : 0, argc > 5 ? (unsigned)atoi(argv[5]) : 0, argc > 6);
	int bad = argc < 3;
	for (int i = 2; i < argc; i++) bad |= one(argv[i], strcmp(argv[1], "raw") ? drive_items : drive_raw);
	return bad;
}
