/* Which part of its arrays an indexed draw reads: least and greatest index. Looked through for each draw from the app's memory, so the
 * loops are plain ones that gcc turns into vectors (there is a test of what they cost: BenchmarkPackArrays); on x86 once more for AVX2,
 * as SSE2 lacks the comparisons. */
#include "clientstate.h"

#pragma GCC push_options
#pragma GCC optimize("O3")
#define LOOP static inline __attribute__((always_inline))

/* What equals `stop` counts neither way. */
#define RANGE(T, NAME)                                                                                          \
	LOOP void NAME##_all(const T *p, int64_t n, T *least, T *most) {                                        \
		T l = (T)~0ull, h = 0;                                                                          \
		for (int64_t i = 0; i < n; i++) {                                                               \
			const T x = p[i];                                                                       \
			l = x < l ? x : l;                                                                      \
			h = x > h ? x : h;                                                                      \
		}                                                                                               \
		*least = l;                                                                                     \
		*most = h;                                                                                      \
	}                                                                                                       \
	LOOP void NAME##_but(const T *p, int64_t n, T stop, T *least, T *most) {                                \
		T l = (T)~0ull, h = 0;                                                                          \
		for (int64_t i = 0; i < n; i++) {                                                               \
			const T x = p[i], out = x == stop ? (T)~0ull : 0, low = x | out, high = x & (T)~out;    \
			l = low < l ? low : l;                                                                  \
			h = high > h ? high : h;                                                                \
		}                                                                                               \
		*least = l;                                                                                     \
		*most = h;                                                                                      \
	}                                                                                                       \
	LOOP void NAME##_range(const void *p, int64_t n, const uint32_t *stop, uint32_t *least, uint32_t *most) { \
		T l, h;                                                                                         \
		if (stop) NAME##_but(p, n, (T)*stop, &l, &h);                                                   \
		else NAME##_all(p, n, &l, &h);                                                                  \
		*least = l;                                                                                     \
		*most = h;                                                                                      \
	}
/* An app's pointer need not be aligned. */
typedef uint16_t __attribute__((aligned(1), may_alias)) any16;
typedef uint32_t __attribute__((aligned(1), may_alias)) any32;
RANGE(uint8_t, u8)
RANGE(any16, u16)
RANGE(any32, u32)

typedef void range_fn(const void *p, int64_t n, int each, const uint32_t *stop, uint32_t *least, uint32_t *most);

LOOP void all(const void *p, int64_t n, int each, const uint32_t *stop, uint32_t *least, uint32_t *most) {
	if (each == 1) u8_range(p, n, stop, least, most);
	else if (each == 2) u16_range(p, n, stop, least, most);
	else u32_range(p, n, stop, least, most);
}

static void anywhere(const void *p, int64_t n, int each, const uint32_t *stop, uint32_t *least, uint32_t *most) { all(p, n, each, stop, least, most); }
#ifdef __x86_64__
__attribute__((target("avx2"))) static void with_avx2(const void *p, int64_t n, int each, const uint32_t *stop, uint32_t *least, uint32_t *most) {
	all(p, n, each, stop, least, most);
}
static range_fn *chosen(void) { return __builtin_cpu_supports("avx2") ? with_avx2 : anywhere; }
#else
static range_fn *chosen(void) { return anywhere; }
#endif

bool prism_index_range(const void *p, int64_t count, GLenum type, const uint32_t *stop, uint32_t *least, uint32_t *most) {
	const int each = (int)prism_len_indices(1, type);
	if (count <= 0 || !each) return false;
	if (stop && each < 4 && *stop >> 8 * each) stop = NULL; /* no index can be that */
	chosen()(p, count, each, stop, least, most);
	return *least <= *most; /* where nothing counted the least is the type's greatest, and the greatest 0 */
}
#pragma GCC pop_options
