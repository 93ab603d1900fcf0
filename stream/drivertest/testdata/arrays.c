/* Tests of what a draw sends of the app's arrays (custom_draws.c) and of the search for the least and greatest index (index_range.c), against slow
 * references. Arrays stand in memory that ends with them, so that the sanitizers see what is read beyond. Prints what differs; exit status 1 then. */
#include "gl/arrays/custom_draws.c"
#include "gl/arrays/index_range.c"
#include <stdio.h>

/* ---- stand-ins for the driver's runtime ---- */
static uint8_t chunk[1 << 20];
static prism_thread thread = {.cur = chunk, .base = chunk, .end = chunk + sizeof chunk};
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &thread;
static uint8_t staged[1 << 22];
static size_t staged_n;
void *prism_room(uint32_t bytes) { (void)bytes; return NULL; }
void prism_error(GLenum e) { (void)e; }
bool prism_arr_stage_by(prism_arr *a, uint64_t bytes, uint32_t unit, prism_fill *fill, const void *src) {
	const uint64_t most = 65536 - 65536 % unit;
	for (uint64_t done = 0; done < bytes;) {
		const uint32_t n = bytes - done < most ? (uint32_t)(bytes - done) : (uint32_t)most;
		uint8_t *piece = malloc(n); /* ends where it ends */
		fill(src, piece, done, n);
		memcpy(staged + staged_n + done, piece, n);
		free(piece);
		done += n;
	}
	*a = (prism_arr){.bytes = (uint32_t)bytes, .mode = PRISM_BLOB_STAGED};
	return true;
}
static void copy_all(const void *src, void *to, uint64_t from, uint32_t n) { memcpy(to, (const uint8_t *)src + from, n); }
bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) { return prism_arr_stage_by(a, bytes, 1, copy_all, p); }
bool prism_buffer_read(prism_client *c, GLenum target, int64_t offset, int64_t n, void *to) {
	(void)c, (void)target, (void)offset;
	memset(to, 0, (size_t)n);
	return false;
}
prism_buffer *prism_buffer_at(prism_client *c, GLenum target, uint32_t *serial) {
	(void)c, (void)target, (void)serial;
	return NULL;
}
uint64_t prism_array_elem(const prism_array *a) { return prism_len_type(a->type) * (a->size == GL_BGRA ? 4u : (unsigned)a->size); }

static int failed;
#define CHECK(good, ...) do { if (!(good) && failed++ < 20) printf(__VA_ARGS__), puts(""); } while (0)

static uint32_t seed = 1;
static uint32_t pick(uint32_t n) { return (uint32_t)((seed = seed * 1664525u + 1013904223u) >> 8) % n; }

/* ---- index_range ---- */
static void indices(void) {
	static const GLenum types[] = {GL_UNSIGNED_BYTE, GL_UNSIGNED_SHORT, GL_UNSIGNED_INT};
	for (int round = 0; round < 6000; round++) {
		const int k = (int)pick(3), each = 1 << k;
		const int64_t n = pick(4) ? 1 + pick(70) : 1 + pick(3000);
		uint8_t *all = malloc((size_t)(n * each));
		if (!all) abort();
		const uint32_t top = each == 4 ? UINT32_MAX : (1u << 8 * each) - 1;
		const uint32_t stop = pick(3) == 0 ? top : pick(3) ? pick(9) : pick(1u << 20);
		const bool stops = pick(2);
		uint32_t lo = UINT32_MAX, hi = 0;
		bool some = false;
		for (int64_t i = 0; i < n; i++) {
			uint32_t v = pick(5) ? pick(9) : pick(4) ? (seed ^ pick(1u << 20) << 12) & top : top;
			if (pick(40) == 0) v = stop & top;
			memcpy(all + i * each, &v, (size_t)each);
			if (stops && v == stop) continue;
			lo = v < lo ? v : lo;
			hi = v > hi ? v : hi;
			some = true;
		}
		uint8_t *off = malloc((size_t)(n * each) + 1); /* not aligned, and ends with the last */
		if (!off) abort();
		memcpy(off + 1, all, (size_t)(n * each));
		for (int how = 0; how < 2; how++) {
			uint32_t a = 1, b = 1;
			bool got;
			if (how) {
				uint32_t l, h;
				anywhere(off + 1, n, each, stops && stop <= top ? &stop : NULL, &l, &h); /* also where there is AVX2 */
				got = l <= h, a = l, b = h;
			} else {
				got = prism_index_range(off + 1, n, types[k], stops ? &stop : NULL, &a, &b);
			}
			CHECK(got == some && (!some || (a == lo && b == hi)), "indices of %d bytes, %d of them, stop %d: %d %u %u, want %d %u %u", each, (int)n, stops ? (int)stop : -1, got, a, b, some, lo, hi);
		}
		free(off);
		free(all);
	}
	uint32_t a, b;
	CHECK(!prism_index_range("", 0, GL_UNSIGNED_INT, NULL, &a, &b) && !prism_index_range("", 1, GL_FLOAT, NULL, &a, &b), "nothing has a least index");
}

/* ---- what is sent ---- */
typedef struct shown { int64_t first, count; uint8_t seen; } shown;

static void layouts(void) {
	static const struct { GLenum type; int unit; } types[] = {{GL_BYTE, 1}, {GL_UNSIGNED_BYTE, 1}, {GL_SHORT, 2}, {GL_HALF_FLOAT, 2}, {GL_INT, 4}, {GL_FLOAT, 4}, {GL_DOUBLE, 8}};
	static prism_vao v;
	uint64_t blocks = 0, together = 0;
	for (int round = 0; round < 4000; round++) {
		memset(&v, 0, sizeof v);
		const int n = 1 + (int)pick(6);
		const int64_t first = pick(3) ? 0 : pick(50), count = pick(5) ? 1 + pick(40) : 1 + pick(4000), instances = 1 + pick(9), base = pick(3);
		uint8_t *memory[8];
		int structs = 1 + (int)pick(2), struct_size[2] = {4 * (4 + (int)pick(20)), 1 + (int)pick(90)}, place[2] = {0, 0};
		size_t end[2] = {0, 0};
		int of[8];
		for (int i = 0; i < n; i++) {
			const int t = (int)pick(7), size = 1 + (int)pick(4), elem = types[t].unit * size;
			of[i] = pick(4) ? (int)pick((uint32_t)structs) : -1;
			prism_array *a = &v.a[i];
			*a = (prism_array){.size = size, .type = types[t].type, .binding = (uint8_t)i};
			v.b[i].divisor = pick(4) ? 0 : 1 + pick(3);
			if (of[i] >= 0) {
				int at = pick(5) ? (place[of[i]] + types[t].unit - 1) / types[t].unit * types[t].unit : (int)pick(8);
				if (at + elem > struct_size[of[i]]) of[i] = -1;
				else {
					place[of[i]] = at + elem;
					a->p = (void *)(intptr_t)at; /* for now */
					v.b[i].stride = struct_size[of[i]];
				}
			}
			if (of[i] < 0) v.b[i].stride = pick(3) ? elem : (int)pick(3) * elem / 2 + (int)pick(70);
			const int64_t last = v.b[i].divisor ? base + (instances + v.b[i].divisor - 1) / v.b[i].divisor - 1 : first + count - 1;
			const size_t need = (size_t)last * (size_t)v.b[i].stride + (size_t)(of[i] >= 0 ? (intptr_t)a->p : 0) + (size_t)elem;
			if (of[i] >= 0 && need > end[of[i]]) end[of[i]] = need;
			if (of[i] < 0) {
				memory[i] = malloc(need);
				if (!memory[i]) abort();
				for (size_t b = 0; b < need; b++) memory[i][b] = (uint8_t)pick(256);
				a->p = memory[i];
			}
			v.enabled |= 1ull << i;
		}
		uint8_t *both[2];
		for (int s = 0; s < 2; s++) {
			both[s] = malloc(end[s] + 1);
			if (!both[s]) abort();
			for (size_t b = 0; b < end[s]; b++) both[s][b] = (uint8_t)pick(256);
			both[s] = realloc(both[s], end[s] ? end[s] : 1);
		}
		for (int i = 0; i < n; i++)
			if (of[i] >= 0) v.a[i].p = both[of[i]] + (intptr_t)v.a[i].p;
		v.user = ~0ull;
		thread.cur = chunk;
		thread.records = 0;
		/* one draw after the other: each record is looked at, and the staged bytes of all */
		const prism_reads d = {first, count, base, instances};
		shown got[8] = {{0}};
		for (uint64_t left = v.enabled; left;) {
			block b;
			left &= ~gather_block(&v, left, &b);
			thread.cur = chunk;
			staged_n = 0;
			send_reads(&b, &d, 1);
			blocks++;
			together += b.n;
			const struct prism_rec_prismClientBlock *r = (const void *)chunk;
			CHECK(thread.cur > chunk, "nothing is sent");
			const struct part *part = (const void *)(r + 1);
			const uint8_t *data = r->data.mode == PRISM_BLOB_STAGED ? staged : (const uint8_t *)part + PRISM_PAD8(r->arrays.bytes);
			uint64_t span = 0;
			for (uint32_t k = 0; k < b.n; k++) {
				const uint64_t e = part[k].offset + prism_array_elem(&v.a[part[k].array]);
				span = e > span ? e : span;
			}
			CHECK(r->stride && r->stride <= 4096 && r->arrays.bytes == b.n * sizeof *part, "stride %u, %u bytes of arrays", r->stride, r->arrays.bytes);
			CHECK(r->data.bytes >= (uint64_t)(r->count - 1) * r->stride + span, "%u bytes for %u elements of %u, the last %u", r->data.bytes, r->count, r->stride, (unsigned)span);
			for (uint32_t k = 0; k < b.n; k++) {
				const uint32_t i = part[k].array;
				const uint64_t e = prism_array_elem(&v.a[i]);
				got[i].first = r->first, got[i].count = r->count, got[i].seen++;
				CHECK(part[k].size == v.a[i].size && part[k].type == v.a[i].type && part[k].offset % (prism_len_type(part[k].type) < 4 ? prism_len_type(part[k].type) : 4) == 0, "array %u at %u", i, part[k].offset);
				for (uint32_t x = 0; x < r->count; x++)
					if (memcmp(data + (uint64_t)x * r->stride + part[k].offset, (const uint8_t *)v.a[i].p + (uint64_t)(r->first + x) * (uint64_t)v.b[i].stride, e)) {
						CHECK(false, "round %d: element %u of array %u differs (stride %d, sent %u)", round, x, i, v.b[i].stride, r->stride);
						break;
					}
			}
		}
		for (int i = 0; i < n; i++) {
			const GLuint div = v.b[i].divisor;
			CHECK(got[i].seen == 1 && got[i].first == (div ? base : first) && got[i].count == (div ? (instances + div - 1) / div : count), "round %d: array %d is sent %d times, %d from %d",
			      round, i, got[i].seen, (int)got[i].count, (int)got[i].first);
			if (of[i] < 0) free(memory[i]);
		}
		free(both[0]);
		free(both[1]);
	}
	CHECK(together > blocks + blocks / 10, "%d arrays in %d blocks: hardly any go together", (int)together, (int)blocks);
}

/* Draws that lie far apart send what they read and not what lies between. */
static void apart(void) {
	static float p[90000];
	static prism_vao v;
	const prism_reads d[] = {{80000, 10, 0, 1}, {5, 20, 0, 1}, {5, 20, 0, 1}, {40000, 3, 0, 0}, {3, 0, 0, 1}};
	v.a[0] = (prism_array){.p = p, .size = 1, .type = GL_FLOAT};
	v.b[0].stride = 4;
	block b;
	thread.cur = chunk;
	gather_block(&v, 1, &b);
	send_reads(&b, d, 5);
	const struct prism_rec_prismClientBlock *r = (const void *)chunk, *s = (const void *)(chunk + (uint32_t)*(const uint64_t *)(const void *)chunk);
	CHECK(r->first == 80000 && r->count == 10 && r->reach == 80010, "first range: %u from %u of %u", r->count, r->first, r->reach);
	CHECK(s->first == 5 && s->count == 20 && s->reach == 80010, "second range: %u from %u of %u", s->count, s->first, s->reach);
	CHECK((const uint8_t *)s + (uint32_t)*(const uint64_t *)(const void *)s == thread.cur, "more than two ranges");
}

int main(void) {
	indices();
	layouts();
	apart();
	if (failed) printf("%d differ\n", failed);
	return failed != 0;
}
