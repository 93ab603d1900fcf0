/* Memory whose changes are found: what an app is given as a mapping of a buffer. Knows nothing of GL.
 *
 * Two ways. Where the kernel can (Linux 6.7: userfaultfd's asynchronous write protection, read by PAGEMAP_SCAN), it says which
 * pages were written; no signal handler and no thread takes part. Elsewhere the memory is compared with a copy. prism_pages_way
 * chooses once a process; `prism doctor` (cmd/internal/doctor/kernel.go) asks the same of the kernel and tells. PRISM_PAGES=compare
 * forces the comparison.
 *
 * With a copy changes are known to the byte, in either way, and what is reported is read from the copy, which nobody writes meanwhile:
 * an app may write while it is looked for. What it writes then is found now or the next time; nothing is missed, because the kernel protects
 * a page again before its bytes are read, and the comparison reads each byte once.
 */
#ifndef PRISM_PAGES_H
#define PRISM_PAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRISM_PAGE 4096u /* the unit of comparison; the kernel's page may be larger */

enum { PRISM_PAGES_COMPARE = 1, PRISM_PAGES_KERNEL = 2 };

typedef struct prism_pages {
	uint8_t *mem;  /* the app's */
	uint8_t *copy; /* what was last reported, or NULL */
	size_t bytes;  /* as asked for */
	size_t room;   /* mapped: whole pages */
	int way;
	bool rewrites; /* a page that was written with the bytes it had is reported whole (where the kernel tells) */
} prism_pages;

/* Zeros, nothing changed. copy: changes to the byte (always where the kernel does not help). NULL: no memory. */
prism_pages *prism_pages_new(size_t bytes, bool copy);
void prism_pages_free(prism_pages *p);

/* Calls fn with each run of [from, from + n) that changed since it was last taken or settled, in order. at: the run's bytes, valid until
 * the next call. Runs with fewer than `gap` unchanged bytes between them are one. Without a copy runs are whole pages, cut to the range. */
typedef void (*prism_run_fn)(void *arg, size_t from, const uint8_t *at, size_t n);
void prism_pages_take(prism_pages *p, size_t from, size_t n, size_t gap, prism_run_fn fn, void *arg);
/* What stands in [from, from + n) counts as taken. Nobody may write there meanwhile. */
void prism_pages_settle(prism_pages *p, size_t from, size_t n);
/* New bytes from elsewhere: they go where the app has not changed the old ones, and count as taken. Needs a copy. */
void prism_pages_merge(prism_pages *p, size_t from, const uint8_t *with, size_t n);

/* Runs in which n bytes of `now` differ from `copy`, made equal before fn sees them (at: in copy). */
void prism_pages_diff(const uint8_t *now, uint8_t *copy, size_t n, size_t gap, prism_run_fn fn, void *arg);

int prism_pages_way(void);
/* In a fork child: the kernel's help does not reach it. */
void prism_pages_fork_child(void);
#endif
