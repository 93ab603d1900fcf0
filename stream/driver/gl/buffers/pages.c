#define _GNU_SOURCE
#include "pages.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/userfaultfd.h and linux/fs.h of 6.7; older headers lack half of it. */
struct uffd_api { uint64_t api, features, ioctls; };
struct uffd_range { uint64_t start, len; };
struct uffd_register { struct uffd_range range; uint64_t mode, ioctls; };
struct uffd_protect { struct uffd_range range; uint64_t mode; };
struct page_region { uint64_t start, end, categories; };
struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define UFFD_IOCTL_API _IOWR(0xAA, 0x3F, struct uffd_api)
#define UFFD_IOCTL_REGISTER _IOWR(0xAA, 0x00, struct uffd_register)
#define UFFD_IOCTL_PROTECT _IOWR(0xAA, 0x06, struct uffd_protect)
#define IOCTL_SCAN _IOWR('f', 16, struct scan_arg)
#define UFFD_API_VERSION 0xAAull
#define UFFD_USER_ONLY 1
#define UFFD_WP_UNPOPULATED (1ull << 13)
#define UFFD_WP_ASYNC (1ull << 15)
#define UFFD_REGISTER_WP 2ull
#define UFFD_PROTECT_WP 1ull
#define SCAN_PROTECT 1ull       /* PM_SCAN_WP_MATCHING */
#define SCAN_CHECK_ASYNC 2ull   /* PM_SCAN_CHECK_WPASYNC */
#define PAGE_WRITTEN 2ull       /* PAGE_IS_WRITTEN */

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int way, uffd = -1, pagemap = -1; /* mu; way 0: not yet chosen */

/* mu held. */
static bool kernel_helps(void) {
	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_ONLY);
	if (uffd < 0) return false;
	struct uffd_api api = {.api = UFFD_API_VERSION, .features = UFFD_WP_ASYNC | UFFD_WP_UNPOPULATED};
	if (!ioctl(uffd, UFFD_IOCTL_API, &api)) {
		pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
		struct scan_arg none = {.size = sizeof none}; /* an empty range: is the request known? */
		if (pagemap >= 0 && !ioctl(pagemap, IOCTL_SCAN, &none)) return true;
	}
	if (pagemap >= 0) close(pagemap);
	close(uffd);
	uffd = pagemap = -1;
	return false;
}

int prism_pages_way(void) {
	int saved = errno;
	pthread_mutex_lock(&mu);
	if (!way) {
		const char *forced = getenv("PRISM_PAGES");
		way = !(forced && !strcmp(forced, "compare")) && kernel_helps() ? PRISM_PAGES_KERNEL : PRISM_PAGES_COMPARE;
	}
	int w = way;
	pthread_mutex_unlock(&mu);
	errno = saved;
	return w;
}

void prism_pages_fork_child(void) {
	pthread_mutex_init(&mu, NULL);
	if (uffd >= 0) close(uffd);
	if (pagemap >= 0) close(pagemap);
	uffd = pagemap = -1;
	way = 0;
}

static void *room_of(size_t bytes) {
	/* Private memory, not a memfd: it never leaves the process, and a fork child that writes there must not reach the parent's frames. */
	void *m = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return m == MAP_FAILED ? NULL : m;
}

prism_pages *prism_pages_new(size_t bytes, bool copy) {
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	if (!bytes || bytes > SIZE_MAX - page) return NULL;
	prism_pages *p = calloc(1, sizeof *p);
	if (!p) return NULL;
	int saved = errno;
	p->bytes = bytes;
	p->room = (bytes + page - 1) / page * page;
	p->way = prism_pages_way();
	p->mem = room_of(p->room);
	if (p->mem && p->way == PRISM_PAGES_KERNEL) {
		/* A page is protected as a whole: a huge one would report 2 MiB for a byte. */
		madvise(p->mem, p->room, MADV_NOHUGEPAGE);
		struct uffd_register reg = {.range = {(uintptr_t)p->mem, p->room}, .mode = UFFD_REGISTER_WP};
		struct uffd_protect wp = {.range = reg.range, .mode = UFFD_PROTECT_WP};
		if (ioctl(uffd, UFFD_IOCTL_REGISTER, &reg) || ioctl(uffd, UFFD_IOCTL_PROTECT, &wp)) p->way = PRISM_PAGES_COMPARE;
	}
	if (p->mem && (copy || p->way == PRISM_PAGES_COMPARE)) p->copy = room_of(p->room);
	if (!p->mem || ((copy || p->way == PRISM_PAGES_COMPARE) && !p->copy)) {
		prism_pages_free(p);
		p = NULL;
	}
	errno = saved;
	return p;
}

void prism_pages_free(prism_pages *p) {
	if (!p) return;
	int saved = errno;
	if (p->mem) munmap(p->mem, p->room);
	if (p->copy) munmap(p->copy, p->room);
	free(p);
	errno = saved;
}

/* ---- comparing ---- */

static size_t same_prefix(const uint8_t *a, const uint8_t *b, size_t n) {
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t x, y;
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y) return i + (size_t)(__builtin_ctzll(x ^ y) >> 3);
	}
	while (i < n && a[i] == b[i]) i++;
	return i;
}
static size_t other_prefix(const uint8_t *a, const uint8_t *b, size_t n) {
	size_t i = 0;
	while (i < n && a[i] != b[i]) i++;
	return i;
}

/* A run that is not told yet: it may go on. */
typedef struct runs {
	prism_run_fn fn;
	void *arg;
	const uint8_t *bytes; /* of position 0 */
	size_t from, n, gap;
	uint64_t told; /* additions */
} runs;
static void tell(runs *r) {
	if (r->n) r->fn(r->arg, r->from, r->bytes + r->from, r->n);
	r->n = 0;
}
static void run_add(runs *r, size_t from, size_t n) {
	r->told++;
	if (r->n && from - (r->from + r->n) <= r->gap) {
		r->n = from + n - r->from;
		return;
	}
	tell(r);
	r->from = from;
	r->n = n;
}

/* [from, to) of now against copy. now may change meanwhile: each byte is read once, into copy, and judged there. */
static void diff(const uint8_t *now, uint8_t *copy, size_t from, size_t to, runs *r) {
	while (from < to) {
		size_t n = PRISM_PAGE - from % PRISM_PAGE;
		if (n > to - from) n = to - from;
		if (memcmp(now + from, copy + from, n)) {
			uint8_t page[PRISM_PAGE];
			memcpy(page, now + from, n);
			for (size_t i = 0; i < n;) {
				i += same_prefix(page + i, copy + from + i, n - i);
				size_t k = other_prefix(page + i, copy + from + i, n - i);
				if (!k) continue;
				memcpy(copy + from + i, page + i, k);
				run_add(r, from + i, k);
				i += k;
			}
		}
		from += n;
	}
}

void prism_pages_diff(const uint8_t *now, uint8_t *copy, size_t n, size_t gap, prism_run_fn fn, void *arg) {
	runs r = {.fn = fn, .arg = arg, .bytes = copy, .gap = gap};
	diff(now, copy, 0, n, &r);
	tell(&r);
}

/* ---- the kernel's word ---- */

static size_t page_down(size_t at) { return at / (size_t)sysconf(_SC_PAGESIZE) * (size_t)sysconf(_SC_PAGESIZE); }
static size_t page_up(size_t at) { return page_down(at + (size_t)sysconf(_SC_PAGESIZE) - 1); }

/* Calls each with the written ones among the pages of [from, to), protected again before it is called, if that is wanted. false: the
 * kernel refused. */
static bool scan(prism_pages *p, size_t from, size_t to, bool protect, prism_run_fn each, void *arg) {
	struct page_region vec[256];
	uint64_t at = (uintptr_t)p->mem + page_down(from);
	const uint64_t end = (uintptr_t)p->mem + page_up(to);
	while (at < end) {
		struct scan_arg a = {.size = sizeof a, .flags = (protect ? SCAN_PROTECT : 0) | SCAN_CHECK_ASYNC, .start = at, .end = end, .vec = (uintptr_t)vec,
			.vec_len = sizeof vec / sizeof *vec, .category_mask = PAGE_WRITTEN, .return_mask = PAGE_WRITTEN};
		long n;
		do n = ioctl(pagemap, IOCTL_SCAN, &a);
		while (n < 0 && errno == EINTR);
		if (n < 0 || a.walk_end <= at) return false;
		for (long i = 0; i < n && each; i++) each(arg, vec[i].start - (uintptr_t)p->mem, NULL, vec[i].end - vec[i].start);
		at = a.walk_end;
	}
	return true;
}

typedef struct taking {
	prism_pages *p;
	size_t from, to;
	runs r;
} taking;
static void take_written(void *arg, size_t from, const uint8_t *at, size_t n) {
	(void)at;
	taking *t = arg;
	size_t to = from + n < t->to ? from + n : t->to;
	if (from < t->from) from = t->from;
	if (from >= to) return;
	if (!t->p->copy) run_add(&t->r, from, to - from);
	else if (!t->p->rewrites) diff(t->p->mem, t->p->copy, from, to, &t->r);
	else while (from < to) {
		size_t end = from / PRISM_PAGE * PRISM_PAGE + PRISM_PAGE;
		if (end > to) end = to;
		const uint64_t before = t->r.told;
		diff(t->p->mem, t->p->copy, from, end, &t->r);
		if (t->r.told == before) run_add(&t->r, from, end - from);
		from = end;
	}
}

/* Pages of which the range has a part only: the rest must still be found later, so they are not protected again. */
static bool take_border(taking *t, size_t from, size_t to) {
	if (from >= to) return true;
	if (!t->p->copy) return scan(t->p, from, to, false, take_written, t);
	diff(t->p->mem, t->p->copy, from, to, &t->r);
	return true;
}

void prism_pages_take(prism_pages *p, size_t from, size_t n, size_t gap, prism_run_fn fn, void *arg) {
	if (from > p->bytes) return;
	if (n > p->bytes - from) n = p->bytes - from;
	if (!n) return;
	int saved = errno;
	const size_t to = from + n;
	taking t = {.p = p, .from = from, .to = to, .r = {.fn = fn, .arg = arg, .bytes = p->copy ? p->copy : p->mem, .gap = gap}};
	if (p->way != PRISM_PAGES_KERNEL) {
		diff(p->mem, p->copy, from, to, &t.r);
	} else {
		size_t first = page_up(from), last = to == p->bytes ? p->room : page_down(to);
		bool ok = first > last ? take_border(&t, from, to) :
		          take_border(&t, from, first < to ? first : to) && scan(p, first, last, true, take_written, &t) && take_border(&t, last < to ? last : to, to);
		/* A kernel that stops helping must not lose changes: then all of the range counts. */
		if (!ok) take_written(&t, from, NULL, n);
	}
	tell(&t.r);
	errno = saved;
}

void prism_pages_settle(prism_pages *p, size_t from, size_t n) {
	if (from > p->bytes) return;
	if (n > p->bytes - from) n = p->bytes - from;
	int saved = errno;
	const size_t first = page_up(from), last = from + n == p->bytes ? p->room : page_down(from + n);
	if (p->copy) memcpy(p->copy + from, p->mem + from, n);
	else if (first < last) scan(p, first, last, true, NULL, NULL); /* those at the borders are sent once more than need be */
	errno = saved;
}

void prism_pages_merge(prism_pages *p, size_t from, const uint8_t *with, size_t n) {
	if (from > p->bytes) return;
	if (n > p->bytes - from) n = p->bytes - from;
	if (!p->copy) return;
	uint8_t *mem = p->mem + from, *copy = p->copy + from;
	for (size_t i = 0; i < n;) {
		size_t k = same_prefix(mem + i, copy + i, n - i);
		if (k) {
			memcpy(mem + i, with + i, k);
			memcpy(copy + i, with + i, k);
		}
		i += k;
		k = other_prefix(mem + i, copy + i, n - i);
		memcpy(copy + i, with + i, k); /* the app's bytes stay, and are still to be sent */
		i += k;
	}
}
