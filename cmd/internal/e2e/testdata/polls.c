/* Frames that poll: queries read a frame later, fences, conditions, results for a buffer. Ends when killed, or after as many frames as it is
 * told. Says on stderr how often it has looked. */
#include "conform/conform.h"

enum { N = 4 };

int main(int argc, char **argv) {
	int frames = argc > 1 ? atoi(argv[1]) : 0;
	if (!conform_open(33, CONFORM_CORE)) return 1;
	GLuint vao, vbo, buf, q[N], time[N], prog;
	GLsync s[N] = {0};
	unsigned long looks = 0, there = 0;
	const float v[] = {-.5f, -.5f, .5f, -.5f, 0, .5f};
	shader_head = "#version 330\n";
	glGenVertexArrays(1, &vao), glBindVertexArray(vao);
	glGenBuffers(1, &vbo), glBindBuffer(GL_ARRAY_BUFFER, vbo), glBufferData(GL_ARRAY_BUFFER, sizeof v, v, GL_STATIC_DRAW);
	glGenBuffers(1, &buf), glBindBuffer(GL_COPY_READ_BUFFER, buf), glBufferData(GL_COPY_READ_BUFFER, 64, NULL, GL_DYNAMIC_READ);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 8, (void *)0), glEnableVertexAttribArray(0);
	prog = program("layout(location = 0) in vec2 at;\nvoid main() { gl_Position = vec4(at, 0, 1); }\n", "out vec4 c;\nvoid main() { c = vec4(1, .5, 0, 1); }\n");
	glUseProgram(prog);
	glGenQueries(N, q), glGenQueries(N, time);
	for (int i = 0; !frames || i < frames; i++) {
		const int k = i % N;
		if (i >= N) {
			GLint ready = 0;
			GLuint n = 0;
			/* what was asked N frames ago is here, or the app looks again and the time goes by */
			while (!ready) glGetQueryObjectiv(q[k], GL_QUERY_RESULT_AVAILABLE, &ready), looks++;
			glGetQueryObjectuiv(q[k], GL_QUERY_RESULT, &n);
			there += n > 0;
			for (ready = 0; !ready; looks++) glGetQueryObjectiv(time[k], GL_QUERY_RESULT_AVAILABLE, &ready);
			glGetQueryObjectuiv(time[k], GL_QUERY_RESULT, &n);
			while (glClientWaitSync(s[k], GL_SYNC_FLUSH_COMMANDS_BIT, 0) == GL_TIMEOUT_EXPIRED) looks++;
			glGetSynciv(s[k], GL_SYNC_STATUS, 1, NULL, &ready);
			glDeleteSync(s[k]);
		}
		glClear(GL_COLOR_BUFFER_BIT);
		glBeginQuery(GL_TIME_ELAPSED, time[k]);
		glBeginQuery(GL_SAMPLES_PASSED, q[k]);
		glDrawArrays(GL_TRIANGLES, 0, 3);
		glEndQuery(GL_SAMPLES_PASSED);
		glEndQuery(GL_TIME_ELAPSED);
		glBeginConditionalRender(q[k], i % 2 ? GL_QUERY_WAIT : GL_QUERY_NO_WAIT);
		glDrawArrays(GL_LINE_LOOP, 0, 3);
		glEndConditionalRender();
		glGetQueryBufferObjectuiv(q[k], buf, GL_QUERY_RESULT, 4 * k);
		s[k] = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
		conform_swap();
	}
	fprintf(stderr, "%lu looks, %lu results\n", looks, there);
	conform_close();
	return 0;
}
