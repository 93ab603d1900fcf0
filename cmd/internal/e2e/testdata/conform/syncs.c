/* Fences: polling, waiting, state, errors, and more of them than anybody needs. Whether a fence is passed already when it is first looked at,
 * nobody can say; that it will be, all must. */
#include "conform.h"
#include <time.h>

static void wrong(const char *name) { printf("%s: error %#x\n", name, glGetError()); }
static GLsync fence(void) { return glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0); }
static bool passed(GLenum how) { return how == GL_ALREADY_SIGNALED || how == GL_CONDITION_SATISFIED; }
static GLint status(GLsync s) {
	GLint v = -1;
	glGetSynciv(s, GL_SYNC_STATUS, 1, NULL, &v);
	return v;
}
static void busy(int n) {
	glClear(GL_COLOR_BUFFER_BIT);
	for (int i = 0; i < n; i++) {
		glBegin(GL_TRIANGLES);
		glColor3f(i % 7 / 7.f, i % 5 / 5.f, .5f), glVertex2f(-1, -1);
		glColor3f(.2f, i % 3 / 3.f, .9f), glVertex2f(1, -1);
		glVertex2f(i % 11 / 11.f, 1);
		glEnd();
	}
}
static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	GLint v[4] = {-1, -1, -1, -1};
	GLsizei n = -1;
	GLint64 most = 0;
	glGetInteger64v(GL_MAX_SERVER_WAIT_TIMEOUT, &most);
	printf("longest wait of a server: %d\n", most >= 0);
	/* waited for */
	busy(200);
	GLsync s = fence();
	printf("a sync: %d\n", glIsSync(s));
	printf("waited for: %d\n", passed(glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 30000000000ull)));
	printf("again: %d\n", glClientWaitSync(s, 0, 0) == GL_ALREADY_SIGNALED);
	printf("signaled: %d\n", status(s) == GL_SIGNALED);
	glGetSynciv(s, GL_OBJECT_TYPE, 4, &n, v), printf("type: %d %d %d\n", n, v[0] == GL_SYNC_FENCE, v[1]);
	glGetSynciv(s, GL_SYNC_CONDITION, 1, &n, v), printf("condition: %d %d\n", n, v[0] == GL_SYNC_GPU_COMMANDS_COMPLETE);
	glGetSynciv(s, GL_SYNC_FLAGS, 1, &n, v), printf("flags: %d %d\n", n, v[0]);
	v[0] = -7, glGetSynciv(s, GL_SYNC_FLAGS, 0, &n, v), printf("no room: %d\n", v[0]);
	glGetSynciv(s, GL_SYNC_FLAGS, -1, &n, v), wrong("less than no room");
	glGetSynciv(s, GL_BUFFER_SIZE, 1, &n, v), wrong("pname");
	glWaitSync(s, 0, GL_TIMEOUT_IGNORED), wrong("the server waits");
	glWaitSync(s, 0, 5), wrong("the server waits for a time");
	glWaitSync(s, 1, GL_TIMEOUT_IGNORED), wrong("the server waits with flags");
	printf("flags of a wait: %d", glClientWaitSync(s, 2, 0) == GL_WAIT_FAILED), wrong("");
	glDeleteSync(s);
	printf("deleted: %d\n", glIsSync(s));
	glDeleteSync(NULL), wrong("none deleted");
	glDeleteSync((GLsync)(uintptr_t)0x12345677), wrong("no sync deleted");
	printf("no sync: %d %d", glIsSync(NULL), glIsSync((GLsync)(uintptr_t)0x12345677)), wrong("");
	printf("no sync waited for: %d", glClientWaitSync((GLsync)(uintptr_t)0x12345677, 0, 0) == GL_WAIT_FAILED), wrong("");
	glWaitSync((GLsync)(uintptr_t)0x12345677, 0, GL_TIMEOUT_IGNORED), wrong("the server waits for no sync");
	glGetSynciv((GLsync)(uintptr_t)0x12345677, GL_SYNC_STATUS, 1, NULL, v), wrong("state of no sync");
	printf("condition: %d", glFenceSync(GL_SYNC_FENCE, 0) == NULL), wrong("");
	printf("flags: %d", glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 1) == NULL), wrong("");
	/* polled, without a flush and with nothing behind it: it must get there */
	busy(50);
	s = fence();
	double began = now();
	while (status(s) != GL_SIGNALED && now() - began < 30) glFlush();
	printf("polled by its status: %d\n", status(s) == GL_SIGNALED);
	glDeleteSync(s);
	busy(50);
	s = fence();
	began = now();
	GLenum how;
	while ((how = glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 0)) == GL_TIMEOUT_EXPIRED && now() - began < 30) {}
	printf("polled by waiting: %d\n", how == GL_ALREADY_SIGNALED);
	printf("polled once more: %d\n", glClientWaitSync(s, 0, 1000) == GL_ALREADY_SIGNALED);
	glDeleteSync(s);
	/* in order: when the last is passed, all are */
	GLsync many[6];
	for (int i = 0; i < 6; i++) busy(10), many[i] = fence();
	printf("the last: %d\n", passed(glClientWaitSync(many[5], GL_SYNC_FLUSH_COMMANDS_BIT, 30000000000ull)));
	for (int i = 0; i < 6; i++) printf("number %d: %d\n", i, status(many[i]) == GL_SIGNALED), glDeleteSync(many[i]);
	/* frames that wait for the one before */
	s = NULL;
	for (int i = 0; i < 20; i++) {
		busy(i);
		if (s) {
			if (!passed(glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 30000000000ull))) puts("a frame that never ended");
			glDeleteSync(s);
		}
		s = fence();
		conform_swap();
	}
	glDeleteSync(s); /* while it may be under way */
	picture("last frame");
	/* more than there are places for */
	static GLsync lots[5000];
	for (int i = 0; i < 5000; i++) lots[i] = fence();
	int all = 0;
	for (int i = 4999; i >= 0; i--) all += passed(glClientWaitSync(lots[i], GL_SYNC_FLUSH_COMMANDS_BIT, 30000000000ull));
	printf("of 5000: %d\n", all);
	for (int i = 0; i < 5000; i++) glDeleteSync(lots[i]);
	for (int i = 0; i < 5000; i++) glDeleteSync(fence());
	s = fence();
	printf("after them: %d\n", passed(glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 30000000000ull)));
	glDeleteSync(s);
	wrong("all");
	conform_close();
	return 0;
}
