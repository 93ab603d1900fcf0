/* Frames that are read back through two buffers by turns: what frame n leaves in one is looked at in frame n + 1, behind a fence. Ends when killed, or
 * after as many frames as it is told; says at the end whether all were as they should be. */
#include "conform/conform.h"

int main(int argc, char **argv) {
	int frames = argc > 1 ? atoi(argv[1]) : 0, wrong = 0;
	if (!conform_open(33, CONFORM_CORE)) return 1;
	GLuint b[2];
	GLsync s[2] = {0};
	glGenBuffers(2, b);
	for (int i = 0; i < 2; i++) {
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b[i]);
		glBufferData(GL_PIXEL_PACK_BUFFER, W * H * 4, NULL, GL_STREAM_READ);
	}
	for (int i = 0; !frames || i < frames; i++) {
		const int k = i % 2;
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b[k]);
		if (i > 1) {
			while (glClientWaitSync(s[k], GL_SYNC_FLUSH_COMMANDS_BIT, 0) == GL_TIMEOUT_EXPIRED) {}
			glDeleteSync(s[k]);
			const uint8_t *p = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, W * H * 4, GL_MAP_READ_BIT);
			for (int at = 0; at < W * H * 4; at += 4) wrong += p[at] != (i - 2) % 256;
			glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
		}
		glClearColor((float)(i % 256) / 255, 0.5f, 0.25f, 1);
		glClear(GL_COLOR_BUFFER_BIT);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		s[k] = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
		conform_swap();
	}
	fprintf(stderr, "%d frames, %d wrong pixels\n", frames, wrong);
	conform_close();
	return wrong != 0;
}
