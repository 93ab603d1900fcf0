// A clock for programs whose pictures depend on the time and on chance, so that each run of one draws the same: it goes on by a 250th of a second each time
// that the program itself looks at it, and process ids, of which it makes its seed, are always the same. The libraries, the driver among them, have the
// real ones. It is preloaded (LD_PRELOAD).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const long long start = 1000000000ll * 1000000000, step = 4000000; // nanoseconds
static atomic_llong looks;
static uintptr_t from, to; // the program's own code and data

static int first(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size, (void)data;
	from = UINTPTR_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		if (h->p_type != PT_LOAD)
			continue;
		uintptr_t at = info->dlpi_addr + h->p_vaddr;
		from = at < from ? at : from;
		to = at + h->p_memsz > to ? at + h->p_memsz : to;
	}
	return 1; // the program comes first, and is enough
}

__attribute__((constructor)) static void find(void)
{
	dl_iterate_phdr(first, NULL);
}

static int its(void *caller)
{
	return (uintptr_t)caller >= from && (uintptr_t)caller < to;
}

static long long now(void)
{
	return start + step * atomic_fetch_add(&looks, 1);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	if (!its(__builtin_return_address(0))) {
		static int (*real)(clockid_t, struct timespec *);
		if (!real)
			real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
		return real(id, t);
	}
	long long ns = now();
	t->tv_sec = ns / 1000000000, t->tv_nsec = ns % 1000000000;
	return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	if (!its(__builtin_return_address(0))) {
		static int (*real)(struct timeval *, void *);
		if (!real)
			real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
		return real(t, zone);
	}
	long long us = now() / 1000;
	t->tv_sec = us / 1000000, t->tv_usec = us % 1000000;
	return 0;
}

time_t time(time_t *t)
{
	if (!its(__builtin_return_address(0))) {
		static time_t (*real)(time_t *);
		if (!real)
			real = (time_t(*)(time_t *))dlsym(RTLD_NEXT, "time");
		return real(t);
	}
	time_t s = now() / 1000000000;
	if (t)
		*t = s;
	return s;
}

pid_t getpid(void)
{
	static pid_t (*real)(void);
	if (its(__builtin_return_address(0)))
		return 1000;
	if (!real)
		real = (pid_t(*)(void))dlsym(RTLD_NEXT, "getpid");
	return real();
}
