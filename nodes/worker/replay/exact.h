/* Built with PRISM_EXACT, which needs the address sanitizer (fuzz/), each array that GL is given stands in memory of its own that is exactly
 * as long, so that one byte too many is seen. Without it nothing of this is there. */
#ifndef PRISM_EXACT_H
#define PRISM_EXACT_H
#ifdef PRISM_EXACT
#include <sanitizer/asan_interface.h>
/* A mode of these tests alone: an array of as many bytes as GL will read, and not one more. */
enum { PRISM_BLOB_NEEDED = 4, PRISM_BLOB_NEEDED_MOST = 1 << 20 };
#define prism_poison(p, n) __asan_poison_memory_region(p, n)
#define prism_unpoison(p, n) __asan_unpoison_memory_region(p, n)
#else
#define prism_poison(p, n) ((void)(p), (void)(n))
#define prism_unpoison(p, n) ((void)(p), (void)(n))
#endif
#endif
