/* Pixels without textures: positions, bitmaps, images, copies, and the transfer they go through. */
#include "glrandom.h"
#include <string.h>

static void position(void) {
	switch (pick(4)) {
	case 0: glRasterPos2f(frand(-1, 1), frand(-1, 1)); break;
	case 1: glRasterPos3f(frand(-1, 1), frand(-1, 1), frand(-1, 1)); break;
	case 2: glWindowPos2i(pick(win_w), pick(win_h)); break;
	default: glWindowPos3f(frand(0, 100), frand(0, 80), frand(0, 1));
	}
}
static void bitmap(void) {
	if (!drawable_is_float()) return;
	position();
	plain_unpack();
	set_unpack(40);
	float dx = frand(0, 30);
	glBitmap(between(0, 40), between(1, 30), frand(0, 5), frand(0, 5), dx, 0, chance(90) ? scratch + pick(3000) : NULL);
	plain_unpack();
}
static void image(void) {
	if (!drawable_is_float()) return;
	glUseProgram(0);
	position();
	if (chance(40)) {
		float x = frand(-2, 3);
		glPixelZoom(x ? x : 1, frand(.5f, 2));
	} else glPixelZoom(1, 1);
	GLenum format = ONE_OF(GL_RGBA, GL_RGB, GL_BGRA, GL_LUMINANCE, GL_LUMINANCE_ALPHA, GL_RED, GL_ALPHA), type = ONE_OF(GL_UNSIGNED_BYTE, GL_UNSIGNED_BYTE, GL_UNSIGNED_SHORT, GL_BYTE);
	if (chance(10)) format = GL_DEPTH_COMPONENT, type = GL_UNSIGNED_SHORT;
	if (chance(8)) format = GL_STENCIL_INDEX, type = GL_UNSIGNED_BYTE;
	plain_unpack();
	set_unpack(40);
	if (chance(25)) {
		GLuint b = filled_buffer(GL_PIXEL_UNPACK_BUFFER, scratch, 200000);
		glDrawPixels(between(1, 40), between(1, 30), format, type, (void *)(uintptr_t)(8 * pick(50)));
		glDeleteBuffers(1, &b);
	} else glDrawPixels(between(1, 40), between(1, 30), format, type, scratch + pick(3000) * 8);
	plain_unpack();
}
static void copy(void) {
	if (!drawable_is_float() || !readable_is_float() || in_list) return;
	glUseProgram(0);
	int w = between(1, readable_w() / 2), h = between(1, readable_h() / 2);
	glWindowPos2i(pick(100), pick(80));
	glPixelZoom(chance(60) ? 1 : frand(.5f, 2), 1);
	glCopyPixels(pick(readable_w() - w + 1), pick(readable_h() - h + 1), w, h, ONE_OF(GL_COLOR, GL_COLOR, GL_COLOR, GL_DEPTH, GL_STENCIL));
}
static void transfer(void) {
	float table[8];
	for (int i = 0; i < 8; i++) table[i] = frand(0, 1);
	switch (pick(5)) {
	case 0: glPixelTransferf(ONE_OF(GL_RED_SCALE, GL_GREEN_SCALE, GL_BLUE_SCALE, GL_ALPHA_SCALE), frand(0, 2)); break;
	case 1: glPixelTransferf(ONE_OF(GL_RED_BIAS, GL_GREEN_BIAS, GL_BLUE_BIAS), frand(-.5f, .5f)); break;
	case 2: glPixelTransferi(GL_MAP_COLOR, chance(40)); break;
	case 3: {
		GLenum map = ONE_OF(GL_PIXEL_MAP_R_TO_R, GL_PIXEL_MAP_G_TO_G, GL_PIXEL_MAP_B_TO_B, GL_PIXEL_MAP_A_TO_A);
		float got[8] = {0};
		glPixelMapfv(map, 8, table);
		glGetPixelMapfv(map, got);
		note_floats("pixel map", got, 8);
		break;
	}
	default:
		for (int i = 0; i < 4; i++) glPixelTransferf((const GLenum[]){GL_RED_SCALE, GL_GREEN_SCALE, GL_BLUE_SCALE, GL_ALPHA_SCALE}[i], 1),
			glPixelTransferf((const GLenum[]){GL_RED_BIAS, GL_GREEN_BIAS, GL_BLUE_BIAS, GL_ALPHA_BIAS}[i], 0);
		glPixelTransferi(GL_MAP_COLOR, 0);
	}
}
static void stipple(void) {
	GLubyte mask[128];
	glGetPolygonStipple(mask);
	note_bytes("stipple", mask, sizeof mask);
}

const step raster_steps[] = {{"bitmap", bitmap, 5}, {"image", image, 6}, {"copy pixels", copy, 4}, {"transfer", transfer, 3}, {"stipple", stipple, 1}, {0}};
