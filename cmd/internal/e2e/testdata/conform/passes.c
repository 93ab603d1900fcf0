/* Passes into framebuffer objects that read each other: first each pixel its own, or neighbours at fixed distances, so that nodes may draw
 * parts; then, once nodes do, in all the ways that need the whole: from elsewhere, with another shader, as a shadow map, into memory, by
 * copies and blits, after a change of size or of what is attached, and across frames. */
#include "conform.h"
#include <unistd.h>

enum { RAW, DEPTH_PASS, LIGHT, SMALL, FINAL, TURNED, SHADOW, HISTORY, EDGES, CORNERS, PROGRAMS };
static GLuint programs[PROGRAMS];
static GLuint scene, light, small, past[2], color, far, lit, half, old[2], depth, shadow_fb, shadow_map;
static int w, h, number;

static const char screen[] = "out vec2 at; void main() { at = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0; gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0); }\n";
static const char corners[] = "in vec2 pos; in vec2 uv; out vec2 at; void main() { at = uv; gl_Position = vec4(pos, 0.0, 1.0); }\n";
static const char solid[] = "uniform float turn; out vec3 c; void main() { float a = turn + float(gl_VertexID) * 2.1; c = fract(vec3(a, a * 1.7, a * 2.3));\n"
	"gl_Position = vec4(sin(a) * 1.3, cos(a * 1.3) * 1.2, sin(a * 0.7) * 0.8, 1.0); }\n";

static GLuint target(GLuint *texture, GLenum format, GLenum layout, GLenum type, int tw, int th) {
	glGenTextures(1, texture);
	glBindTexture(GL_TEXTURE_2D, *texture);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)format, tw, th, 0, layout, type, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	GLuint fb;
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, layout == GL_DEPTH_COMPONENT ? GL_DEPTH_ATTACHMENT : GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, *texture, 0);
	return fb;
}
static void drop(void) {
	const GLuint fbs[] = {scene, light, small, past[0], past[1], shadow_fb}, textures[] = {color, far, lit, half, old[0], old[1], shadow_map};
	glDeleteFramebuffers(6, fbs);
	glDeleteTextures(7, textures);
	glDeleteRenderbuffers(1, &depth);
}
/* New images: whatever was found of the old ones is of no account. */
static void make(int to_w, int to_h) {
	w = to_w, h = to_h;
	scene = target(&color, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, w, h);
	glGenTextures(1, &far);
	glBindTexture(GL_TEXTURE_2D, far);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, w, h, 0, GL_RED, GL_FLOAT, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, far, 0);
	glGenRenderbuffers(1, &depth);
	glBindRenderbuffer(GL_RENDERBUFFER, depth);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, w, h);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER, depth);
	glDrawBuffers(2, (const GLenum[]){GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1});
	light = target(&lit, GL_RGBA16F, GL_RGBA, GL_FLOAT, w, h);
	small = target(&half, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, w / 2, h / 2);
	for (int i = 0; i < 2; i++) {
		past[i] = target(&old[i], GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, w, h);
		glClear(GL_COLOR_BUFFER_BIT);
	}
	shadow_fb = target(&shadow_map, GL_DEPTH_COMPONENT24, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, w, h);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE);
	glDrawBuffer(GL_NONE);
	glReadBuffer(GL_NONE);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
}
static void use(GLuint fb, int program, int vw, int vh) {
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glViewport(0, 0, vw, vh);
	glUseProgram(programs[program]);
}
static void from(int unit, GLuint texture) {
	glActiveTexture(GL_TEXTURE0 + (GLenum)unit);
	glBindTexture(GL_TEXTURE_2D, texture);
}
static void all(void) { glDrawArrays(GL_TRIANGLES, 0, 3); }
static void turn(int program, float more) {
	glUniform1f(glGetUniformLocation(programs[program], "turn"), (float)number * 0.13f + more);
	glDrawArrays(GL_TRIANGLES, 0, 24);
}
static void surfaces(void) {
	use(scene, RAW, w, h);
	glClearColor(.2f, .1f, .3f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	turn(RAW, 0);
	glDisable(GL_DEPTH_TEST);
}
static void lights(void) {
	use(light, LIGHT, w, h);
	from(0, color);
	from(1, far);
	all();
	glEnable(GL_BLEND);
	glBlendFunc(GL_ONE, GL_ONE);
	all();
	glDisable(GL_BLEND);
	use(small, SMALL, w / 2, h / 2);
	from(0, lit);
	all();
}
static void show(int program, GLuint a, GLuint b) {
	use(0, program, W, H);
	from(0, a);
	from(1, b);
	all();
}
static void local(int frames) {
	for (int i = 0; i < frames; i++, number++) {
		surfaces();
		lights();
		show(FINAL, lit, half);
		if (i == frames - 1) picture("local");
		conform_swap();
	}
}
static void again(void) {
	drop();
	make(W, H);
	local(4);
}

static void reads_elsewhere(void) {
	surfaces();
	lights();
	show(TURNED, lit, color); /* what these shaders read was drawn in parts */
	picture("turned");
	conform_swap();
	local(3);
	show(CORNERS, color, half); /* and this is of the frame before */
	picture("old");
	conform_swap();
}
static void corners_of(float x) { /* a part of the texture, by coordinates from an array */
	const GLfloat at[] = {-1, -1, 0, 0, 1, -1, x, 0, -1, 1, 0, x, 1, 1, x, x};
	GLuint vao, buffer;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof at, at, GL_STATIC_DRAW);
	for (GLuint i = 0; i < 2; i++) {
		glVertexAttribPointer(i, 2, GL_FLOAT, GL_FALSE, 16, (const void *)(uintptr_t)(8 * i));
		glEnableVertexAttribArray(i);
	}
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	glDeleteVertexArrays(1, &vao);
	glDeleteBuffers(1, &buffer);
}
static void zooms(GLuint vao) {
	for (int i = 0; i < 5; i++, number++) {
		surfaces();
		lights();
		use(0, CORNERS, W, H);
		from(0, lit);
		from(1, half);
		corners_of(i < 4 ? 1 : .5f);
		glBindVertexArray(vao);
		if (i > 2) picture(i < 4 ? "corners" : "zoom");
		conform_swap();
	}
}
static uint8_t back[W * H * 16];
static void into_memory(void) {
	surfaces();
	glReadPixels(0, 0, w, h, GL_RGBA, GL_UNSIGNED_BYTE, back);
	bytes("pixels", back, (size_t)w * h * 4);
	again();
	surfaces();
	memset(back, 0, sizeof back);
	glReadPixels(0, 0, w, h, GL_DEPTH_COMPONENT, GL_FLOAT, back);
	bytes("depth", back, (size_t)w * h * 4);
	again();
	surfaces();
	lights();
	from(0, far);
	memset(back, 0, sizeof back);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, back);
	bytes("image", back, (size_t)w * h * 4);
	from(0, lit);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_FLOAT, back);
	bytes("light", back, (size_t)w * h * 16);
	errors("into memory");
}
static void copies(void) {
	surfaces();
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("blit");
	conform_swap();
	for (int i = 0; i < 3; i++, number++) {
		surfaces();
		glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
		glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
		conform_swap();
	}
	surfaces();
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glBlitFramebuffer(0, 0, W, H, W, H, 0, 0, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("mirrored");
	conform_swap();
	again();
	surfaces();
	from(0, old[0]);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 5, 7, W - 20, H - 20);
	lights();
	show(TURNED, old[0], half);
	picture("copied");
	conform_swap();
	again();
	surfaces();
	from(0, color);
	glGenerateMipmap(GL_TEXTURE_2D);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
	show(TURNED, color, half);
	picture("levels");
	conform_swap();
}
static void shadows(void) {
	for (int i = 0; i < 3; i++, number++) {
		use(shadow_fb, DEPTH_PASS, w, h);
		glEnable(GL_DEPTH_TEST);
		glClear(GL_DEPTH_BUFFER_BIT);
		turn(DEPTH_PASS, .4f);
		glDisable(GL_DEPTH_TEST);
		surfaces();
		show(SHADOW, color, shadow_map);
		if (i) picture("shadow");
		conform_swap();
	}
}
static void history(void) {
	for (int i = 0; i < 8; i++, number++) {
		surfaces();
		use(past[i & 1], HISTORY, w, h);
		from(0, color);
		from(1, old[~i & 1]);
		all();
		show(FINAL, old[i & 1], half);
		if (i > 5) picture("history");
		conform_swap();
	}
	show(TURNED, old[0], old[1]);
	picture("history turned");
	conform_swap();
}
static void edges(void) { /* derivatives read the neighbours of what is read */
	for (int i = 0; i < 3; i++, number++) {
		surfaces();
		lights();
		show(EDGES, color, far);
		if (i) picture("edges");
		conform_swap();
	}
}
static void parts(void) { /* what is not cleared, masked or cut stays from before */
	static const GLfloat red[] = {1, 0, .2f, 1}, three[] = {3, 0, 0, 0};
	for (int i = 0; i < 4; i++, number++) {
		use(scene, RAW, w, h);
		glEnable(GL_SCISSOR_TEST);
		glScissor(30 + 10 * i, 20, 90, 70);
		glClearColor(0, .5f, 0, 1);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
		glDisable(GL_SCISSOR_TEST);
		glColorMask(GL_TRUE, GL_FALSE, GL_TRUE, GL_TRUE);
		turn(RAW, 1);
		glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
		if (i == 2) glClearBufferfv(GL_COLOR, 1, three);
		if (i == 3) glClearBufferfv(GL_COLOR, 0, red);
		lights();
		show(FINAL, lit, half);
		picture("parts");
		conform_swap();
	}
}
static void counted(void) {
	GLuint q, n = 0;
	glGenQueries(1, &q);
	for (int i = 0; i < 3; i++, number++) {
		use(scene, RAW, w, h);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
		glBeginQuery(GL_SAMPLES_PASSED, q);
		turn(RAW, 2);
		glEndQuery(GL_SAMPLES_PASSED);
		lights();
		show(FINAL, lit, half);
		picture("counted");
		conform_swap();
		glGetQueryObjectuiv(q, GL_QUERY_RESULT, &n);
		printf("samples: %u\n", n);
	}
	glDeleteQueries(1, &q);
}
static void resized(void) {
	drop();
	make(W / 2 + 3, H + 31);
	for (int i = 0; i < 4; i++, number++) {
		surfaces();
		lights();
		show(TURNED, lit, half);
		if (i > 1) picture("resized");
		conform_swap();
	}
	/* Other images in the same object, and the old ones in another. */
	glBindTexture(GL_TEXTURE_2D, color);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, w + 8, h, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	surfaces();
	show(TURNED, color, far);
	picture("of two sizes");
	conform_swap();
}

int main(void) {
	static const char head[] = "uniform sampler2D a; uniform sampler2D b; in vec2 at; out vec4 o; ";
	char fragment[1200];
	if (!conform_open(33, CONFORM_CORE)) return 1;
	shader_head = conform_core ? "#version 330 core\n" : "#version 330 compatibility\n";
	static const char *const texts[PROGRAMS] = {
		[LIGHT] = "void main() { ivec2 p = ivec2(gl_FragCoord.xy); o = texelFetch(a, p, 0) * 0.4 + texelFetchOffset(a, p, 0, ivec2(2, -1)) * 0.2 + texelFetch(b, p, 0).r * 0.1; }\n",
		[SMALL] = "void main() { o = texture(a, at + vec2(0.01, 0.0)) * 0.5 + texture(a, at - vec2(0.01, 0.0)) * 0.4; }\n",
		[FINAL] = "void main() { o = vec4(texture(a, gl_FragCoord.xy / vec2(200.0, 150.0)).rgb * 0.7 + texture(b, at).gbr * 0.3, 1.0); }\n",
		[TURNED] = "void main() { o = vec4(texture(a, vec2(1.0) - at.yx).rgb * 0.6 + texture(b, at * at).rgb * 0.4, 1.0); }\n",
		[HISTORY] = "void main() { o = mix(texelFetch(a, ivec2(gl_FragCoord.xy), 0), texture(b, at), 0.6); }\n",
		[EDGES] = "void main() { vec4 v = texelFetch(a, ivec2(gl_FragCoord.xy), 0); o = vec4(abs(dFdx(v.rgb)) * 4.0 + abs(dFdy(v.gbr)), 1.0); }\n",
		[CORNERS] = "void main() { o = vec4(texture(a, at).rgb * 0.5 + texture(b, at).grb * 0.5, 1.0); }\n",
	};
	for (int i = 0; i < PROGRAMS; i++)
		if (texts[i]) {
			snprintf(fragment, sizeof fragment, "%s%s", head, texts[i]);
			programs[i] = program(i == CORNERS ? corners : screen, fragment);
		}
	programs[RAW] = program(solid, "in vec3 c; layout(location = 0) out vec4 o; layout(location = 1) out vec4 z; void main() { o = vec4(c, 1.0); z = vec4(gl_FragCoord.z * 2.0); }\n");
	programs[DEPTH_PASS] = program(solid, "void main() {}\n");
	programs[SHADOW] = program(screen, "uniform sampler2D a; uniform sampler2DShadow b; in vec2 at; out vec4 o; void main() { o = vec4(texelFetch(a, ivec2(gl_FragCoord.xy), 0).rgb * texture(b, vec3(at.yx * 0.8, 0.5)), 1.0); }\n");
	for (int i = 0; i < PROGRAMS; i++) {
		glBindAttribLocation(programs[i], 0, "pos");
		glBindAttribLocation(programs[i], 1, "uv");
		glLinkProgram(programs[i]);
		glUseProgram(programs[i]);
		glUniform1i(glGetUniformLocation(programs[i], "b"), 1);
	}
	GLuint vao;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	make(W, H);
	for (int i = 0; i < 25; i++) { /* shaders are looked at meanwhile */
		local(1);
		usleep(30000);
	}
	reads_elsewhere();
	again(), zooms(vao);
	again(), into_memory();
	again(), copies();
	again(), shadows();
	again(), history();
	again(), edges();
	again(), parts();
	again(), counted();
	resized();
	errors("end");
	conform_close();
	return 0;
}
