/* Attaching to the splitter, its liveness, and what a fork does to both. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "gl/buffers/pages.h"
#include "runtime.h"

prism_process prism_p = {.sock = -1, .mu = PTHREAD_MUTEX_INITIALIZER};

static pthread_mutex_t attach_mu = PTHREAD_MUTEX_INITIALIZER;
static bool attach_tried; /* attach_mu; false again in a fork child */
static bool watches_forks; /* attach_mu */

void prism_say(const char *fmt, ...) {
	char line[512] = "prism: ";
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line + 7, sizeof line - 8, fmt, ap);
	va_end(ap);
	if (n < 0) return;
	size_t len = 7 + ((size_t)n < sizeof line - 8 ? (size_t)n : sizeof line - 9);
	line[len++] = '\n';
	int saved = errno;
	ssize_t w = write(STDERR_FILENO, line, len);
	(void)w;
	errno = saved;
}

uint64_t prism_now_ns(void) {
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void prism_lose(const char *why) {
	uint32_t was = 0;
	if (__atomic_compare_exchange_n(&prism_p.lost, &was, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) && why)
		prism_say("%s; OpenGL contexts of this process are lost", why);
}

bool prism_alive(void) {
	if (prism_lost_now()) return false;
	if (prism_load(&prism_p.ctl->lost)) {
		prism_lose(NULL);
		return false;
	}
	struct pollfd p = {.fd = prism_p.sock, .events = POLLRDHUP};
	int saved = errno;
	int n = poll(&p, 1, 0);
	errno = saved;
	if (n > 0 && p.revents) {
		prism_lose("the connection to the session has ended");
		return false;
	}
	return true;
}

bool prism_futex_wait(uint32_t *word, uint32_t seen) { return prism_futex_wait_ns(word, seen, PRISM_LOOK_NS); }

bool prism_futex_wait_ns(uint32_t *word, uint32_t seen, uint64_t ns) {
	struct timespec ts = {0, ns < PRISM_LOOK_NS ? (long)ns : PRISM_LOOK_NS};
	int saved = errno;
	long r = syscall(SYS_futex, word, FUTEX_WAIT, seen, &ts, NULL, 0);
	bool late = r < 0 && errno == ETIMEDOUT;
	errno = saved;
	if (late) return prism_alive();
	if (prism_load(&prism_p.ctl->lost)) return prism_alive();
	return !prism_lost_now();
}

void prism_lost_frame(void) {
	struct timespec frame = {0, 10000000};
	int saved = errno;
	nanosleep(&frame, NULL);
	errno = saved;
}

void prism_futex_wake(uint32_t *word) {
	int saved = errno;
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
	errno = saved;
}

static bool io_all(int fd, void *p, size_t n, bool out) {
	for (uint8_t *b = p; n;) {
		ssize_t r = out ? send(fd, b, n, MSG_NOSIGNAL) : recv(fd, b, n, MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR) continue;
		if (r <= 0) return false;
		b += r;
		n -= (size_t)r;
	}
	return true;
}

/* Receives the welcome and its two descriptors. The descriptors come with its first byte. */
static bool receive_welcome(int fd, prism_welcome *w, int fds[2]) {
	struct iovec iov = {w, sizeof *w};
	union { struct cmsghdr h; char b[CMSG_SPACE(8 * sizeof(int))]; } c;
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};
	ssize_t r;
	do r = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r <= 0) return false;
	int got = 0;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
		int n = (int)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		for (int i = 0; i < n; i++) {
			int d;
			memcpy(&d, CMSG_DATA(h) + (size_t)i * sizeof d, sizeof d);
			if (got < 2) fds[got++] = d;
			else close(d);
		}
	}
	return (size_t)r == sizeof *w || io_all(fd, (uint8_t *)w + r, sizeof *w - (size_t)r, false);
}

/* Maps a memfd that nobody can shrink any more: a mapping that loses its pages would end the app with SIGBUS. */
static void *map_sealed(int fd, uint64_t bytes, const char *what) {
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_SHRINK)) {
		prism_say("attach: the %s that the session sent is not sealed against shrinking", what);
		return NULL;
	}
	if (fstat(fd, &st) || st.st_size < 0 || (uint64_t)st.st_size < bytes || bytes == 0 || bytes > SIZE_MAX / 2) {
		prism_say("attach: the %s that the session sent is smaller than the %llu bytes it names", what, (unsigned long long)bytes);
		return NULL;
	}
	void *p = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		prism_say("attach: mapping the %s failed: %s", what, strerror(errno));
		return NULL;
	}
	if (madvise(p, (size_t)bytes, MADV_DONTFORK)) {
		prism_say("attach: keeping the %s from fork children failed: %s", what, strerror(errno));
		munmap(p, (size_t)bytes);
		return NULL;
	}
	return p;
}

static bool check_ctl(prism_process *p, uint64_t ring_map, uint64_t arena_map) {
	const prism_ctl *c = p->ctl;
	if (c->magic != PRISM_RING_MAGIC || c->version != PRISM_RING_VERSION) {
		prism_say("attach: the session's ring is of version %u, the driver speaks %u", c->version, PRISM_RING_VERSION);
		return false;
	}
	p->ring_bytes = c->ring_bytes;
	p->blocks = c->blocks;
	p->block_bytes = c->block_bytes;
	p->slots = c->slots;
	p->slot_bytes = c->slot_bytes;
	p->results = c->results;
	p->news_bytes = c->news_bytes;
	p->news_tail = 0;
	p->frames_in_flight = c->frames_in_flight ? c->frames_in_flight : 1;
	p->finishes_in_flight = c->finishes_in_flight ? c->finishes_in_flight : 1;
	p->errors_exact = c->errors_exact == 1;
	uint64_t arena = (uint64_t)p->blocks * p->block_bytes + (uint64_t)p->slots * p->slot_bytes + (uint64_t)p->results * sizeof(prism_result) + p->news_bytes;
	if ((p->ring_bytes & (p->ring_bytes - 1)) || p->ring_bytes < 2 * PRISM_MAX_CHUNK ||
	    (uint64_t)p->ring_bytes + PRISM_CTL_BYTES > ring_map || arena > arena_map ||
	    p->blocks == 0 || p->blocks > PRISM_MAX_BLOCKS || p->block_bytes < 4096 || p->block_bytes % 8 ||
	    p->slots == 0 || p->slots > PRISM_MAX_SLOTS || p->slot_bytes % 8 || p->results > PRISM_MAX_RESULTS || p->news_bytes & (p->news_bytes - 1) || p->news_bytes > 1u << 20 ||
	    p->slot_bytes < sizeof(prism_slot) + sizeof(prism_reply) + 8) {
		prism_say("attach: the session's ring has impossible sizes (ring %u, %u blocks of %u, %u slots of %u)",
			p->ring_bytes, p->blocks, p->block_bytes, p->slots, p->slot_bytes);
		return false;
	}
	return true;
}

static void program_name(char *to, size_t cap) {
	char path[512];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0) { memcpy(to, "?", 2); return; }
	path[n] = 0;
	const char *base = strrchr(path, '/');
	base = base ? base + 1 : path;
	size_t len = strlen(base);
	if (len >= cap) len = cap - 1;
	memcpy(to, base, len);
	to[len] = 0;
}

static void fork_prepare(void) {
	pthread_mutex_lock(&attach_mu);
	pthread_mutex_lock(&prism_p.mu);
}
static void fork_parent(void) {
	pthread_mutex_unlock(&prism_p.mu);
	pthread_mutex_unlock(&attach_mu);
}
/* The child keeps its copies of contexts, all lost; the ring's mapping is not in it. When it opens a display of its own it attaches
 * as a process of its own (prism_attach). */
static void fork_child(void) {
	pthread_mutex_init(&prism_p.mu, NULL);
	pthread_mutex_init(&attach_mu, NULL);
	attach_tried = false;
	prism_p.lost = 2;
	prism_p.ctl = NULL;
	prism_p.ring = prism_p.arena = NULL;
	if (prism_p.sock >= 0) close(prism_p.sock);
	prism_p.sock = -1;
	prism_thread_fork_child();
	prism_ask_fork_child();
	prism_result_fork_child();
	prism_debug_fork_child();
	prism_context_fork_child();
	prism_window_fork_child();
	prism_config_fork_child();
	prism_display_fork_child();
	prism_egl_fork_child();
	prism_maps_fork_child();
	prism_packs_fork_child();
	prism_pages_fork_child();
}

static bool attach_to(const char *path) {
	prism_process *p = &prism_p;
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof a.sun_path) {
		prism_say("attach: PRISM_SOCKET is longer than the %zu bytes a socket's path may have", sizeof a.sun_path - 1);
		return false;
	}
	strcpy(a.sun_path, path);
	int fds[2] = {-1, -1};
	void *ring = NULL, *arena = NULL;
	prism_welcome w = {0};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0) {
		prism_say("attach: no socket: %s", strerror(errno));
		return false;
	}
	int r;
	do r = connect(s, (struct sockaddr *)&a, sizeof a);
	while (r < 0 && errno == EINTR);
	if (r) {
		prism_say("attach: no session answers at PRISM_SOCKET: %s", strerror(errno));
		goto fail;
	}
	struct timeval tv = {10, 0}; /* a session that accepts and then says nothing must not hang the app */
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
	prism_hello h = {.magic = PRISM_HELLO_MAGIC, .wire_version = PRISM_WIRE_VERSION, .ring_version = PRISM_RING_VERSION,
		.pid = (int32_t)getpid(), .spec_hash = PRISM_SPEC_HASH};
	program_name(h.program, sizeof h.program);
	if (!io_all(s, &h, sizeof h, true) || !receive_welcome(s, &w, fds)) {
		prism_say("attach: the session gave no answer");
		goto fail;
	}
	w.message[sizeof w.message - 1] = 0;
	if (w.magic != PRISM_HELLO_MAGIC) {
		prism_say("attach: what answers at PRISM_SOCKET is not a prism session of this version");
		goto fail;
	}
	if (w.status) {
		prism_say("attach: refused by the session: %s", w.message);
		goto fail;
	}
	if (fds[1] < 0) {
		prism_say("attach: the session sent no shared memory");
		goto fail;
	}
	if (w.ring_map_bytes < PRISM_CTL_BYTES) w.ring_map_bytes = 0;
	if (!(ring = map_sealed(fds[0], w.ring_map_bytes, "ring")) || !(arena = map_sealed(fds[1], w.arena_map_bytes, "arena"))) goto fail;
	p->ctl = ring;
	p->ring = (uint8_t *)ring + PRISM_CTL_BYTES;
	p->arena = arena;
	if (!check_ctl(p, w.ring_map_bytes, w.arena_map_bytes)) {
		p->ctl = NULL;
		p->ring = p->arena = NULL;
		goto fail;
	}
	close(fds[0]);
	close(fds[1]);
	p->sock = s;
	return true;
fail:
	if (ring) munmap(ring, (size_t)w.ring_map_bytes);
	if (arena) munmap(arena, (size_t)w.arena_map_bytes);
	if (fds[0] >= 0) close(fds[0]);
	if (fds[1] >= 0) close(fds[1]);
	close(s);
	return false;
}

bool prism_attach(void) {
	if (prism_load(&prism_p.lost) == 1) return false;
	pthread_mutex_lock(&attach_mu);
	if (!attach_tried) {
		attach_tried = true;
		if (prism_p.lost == 2) { /* nothing of the parent's may reach a new ring */
			prism_context_forget_all();
			prism_window_forget_all();
			prism_p.head = prism_p.seq = 0;
			prism_p.swaps = prism_p.finishes = 0;
		}
		const char *path = secure_getenv("PRISM_SOCKET");
		int saved = errno;
		if (!path || !*path)
			prism_say("PRISM_SOCKET is not set: start the application with `prism run -- APP`");
		else if (attach_to(path)) {
			__atomic_store_n(&prism_p.lost, 0, __ATOMIC_SEQ_CST);
			if (!watches_forks) watches_forks = !pthread_atfork(fork_prepare, fork_parent, fork_child);
		}
		errno = saved;
	}
	bool ok = prism_p.ctl != NULL;
	pthread_mutex_unlock(&attach_mu);
	return ok && !prism_lost_now();
}
