/* State that draws depend on, and what glGet tells of it. */
#include "glrandom.h"
#include <string.h>
#include <stdio.h>

#define ANY_FUNC ONE_OF(GL_NEVER, GL_LESS, GL_EQUAL, GL_LEQUAL, GL_GREATER, GL_NOTEQUAL, GL_GEQUAL, GL_ALWAYS, GL_ALWAYS, GL_LEQUAL)
#define ANY_FACTOR ONE_OF(GL_ZERO, GL_ONE, GL_SRC_COLOR, GL_ONE_MINUS_SRC_COLOR, GL_DST_COLOR, GL_ONE_MINUS_DST_COLOR, GL_SRC_ALPHA, \
	GL_ONE_MINUS_SRC_ALPHA, GL_DST_ALPHA, GL_ONE_MINUS_DST_ALPHA, GL_CONSTANT_COLOR, GL_ONE_MINUS_CONSTANT_ALPHA, GL_SRC_ALPHA_SATURATE)
#define ANY_EQUATION ONE_OF(GL_FUNC_ADD, GL_FUNC_SUBTRACT, GL_FUNC_REVERSE_SUBTRACT, GL_MIN, GL_MAX)

static void enable(void) {
	static const GLenum caps[] = {GL_BLEND, GL_DEPTH_TEST, GL_STENCIL_TEST, GL_SCISSOR_TEST, GL_CULL_FACE, GL_DITHER, GL_POLYGON_OFFSET_FILL, GL_POLYGON_OFFSET_LINE,
		GL_COLOR_LOGIC_OP, GL_LINE_SMOOTH, GL_MULTISAMPLE, GL_SAMPLE_ALPHA_TO_COVERAGE, GL_DEPTH_CLAMP, GL_PROGRAM_POINT_SIZE,
		GL_TEXTURE_CUBE_MAP_SEAMLESS, GL_CLIP_DISTANCE0, GL_PRIMITIVE_RESTART, GL_RASTERIZER_DISCARD, 0x1234};
	GLenum cap = caps[pick(COUNT(caps))];
	int on = chance(cap == GL_SCISSOR_TEST || cap == GL_DEPTH_TEST || cap == GL_BLEND ? 60 : 30);
	if (cap == GL_RASTERIZER_DISCARD && chance(70)) on = 0;
	if (on) glEnable(cap);
	else glDisable(cap);
	if (chance(20)) {
		if (chance(50)) glEnablei(GL_BLEND, (GLuint)pick(4));
		else glDisablei(GL_BLEND, (GLuint)pick(4));
	}
}
static void scissor(void) { glScissor(between(-20, 120), between(-20, 90), between(chance(3) ? -1 : 0, 150), between(1, 120)); }
static void viewport(void) {
	if (chance(50)) glViewport(0, 0, drawable_w(), drawable_h());
	else glViewport(between(-50, 80), between(-50, 60), between(10, 300), between(10, 200));
	if (chance(30)) glDepthRange((double)frand(0, 1), (double)frand(0, 1));
}
static void blend(void) {
	switch (pick(5)) {
	case 0: glBlendFunc(ANY_FACTOR, ANY_FACTOR); break;
	case 1: {
		GLenum a = ANY_FACTOR, b = ANY_FACTOR, c = ANY_FACTOR, d = ANY_FACTOR;
		glBlendFuncSeparate(a, b, c, d);
		break;
	}
	case 2: glBlendEquation(ANY_EQUATION); break;
	case 3: {
		GLenum a = ANY_EQUATION;
		glBlendEquationSeparate(a, ANY_EQUATION);
		break;
	}
	default: {
		float v[4];
		for (int i = 0; i < 4; i++) v[i] = frand(-.5f, 1.5f);
		glBlendColor(v[0], v[1], v[2], v[3]);
	}
	}
}
static void depth_state(void) {
	if (chance(60)) glDepthFunc(ANY_FUNC);
	if (chance(40)) glDepthMask(chance(70));
}
static void stencil(void) {
	static const GLenum ops[] = {GL_KEEP, GL_ZERO, GL_REPLACE, GL_INCR, GL_DECR, GL_INVERT, GL_INCR_WRAP, GL_DECR_WRAP};
	GLenum face = ONE_OF(GL_FRONT, GL_BACK, GL_FRONT_AND_BACK);
	GLenum f = ANY_FUNC;
	int ref = between(-3, 260);
	GLuint mask = rnd();
	if (chance(50)) glStencilFunc(f, ref, mask);
	else glStencilFuncSeparate(face, f, ref, mask);
	GLenum a = ops[pick(8)], b = ops[pick(8)], c = ops[pick(8)];
	if (chance(50)) glStencilOp(a, b, c);
	else glStencilOpSeparate(face, a, b, c);
	mask = rnd();
	if (chance(30)) glStencilMask(mask);
	else if (chance(30)) glStencilMaskSeparate(face, mask);
}
static void masks(void) {
	int v = chance(50) ? 15 : pick(16);
	if (chance(70)) glColorMask(v & 1, v >> 1 & 1, v >> 2 & 1, v >> 3 & 1);
	else glColorMaski((GLuint)pick(4), v & 1, v >> 1 & 1, v >> 2 & 1, v >> 3 & 1);
}
static void polygon(void) {
	GLenum face = compat ? ONE_OF(GL_FRONT, GL_BACK, GL_FRONT_AND_BACK) : GL_FRONT_AND_BACK;
	switch (pick(6)) {
	case 0: glPolygonMode(face, ONE_OF(GL_FILL, GL_FILL, GL_FILL, GL_LINE, GL_POINT)); break;
	case 1: glCullFace(ONE_OF(GL_FRONT, GL_BACK, GL_BACK, GL_FRONT_AND_BACK)); break;
	case 2: glFrontFace(ONE_OF(GL_CW, GL_CCW)); break;
	case 3: {
		float a = frand(-2, 2);
		glPolygonOffset(a, frand(-3, 3));
		break;
	}
	case 4: glLineWidth(chance(5) ? -1 : frand(.5f, 6)); break;
	default: glPointSize(frand(.5f, 12));
	}
}
static void various(void) {
	switch (pick(8)) {
	case 0: glLogicOp((GLenum)(GL_CLEAR + pick(16))); break;
	case 1: glProvokingVertex(ONE_OF(GL_FIRST_VERTEX_CONVENTION, GL_LAST_VERTEX_CONVENTION)); break;
	case 2: glSampleCoverage(frand(0, 1), chance(50)); break;
	case 3: glClampColor(GL_CLAMP_READ_COLOR, ONE_OF(GL_TRUE, GL_FALSE, GL_FIXED_ONLY)); break;
	case 4: glHint(ONE_OF(GL_LINE_SMOOTH_HINT, GL_FRAGMENT_SHADER_DERIVATIVE_HINT, GL_TEXTURE_COMPRESSION_HINT), ONE_OF(GL_FASTEST, GL_NICEST, GL_DONT_CARE)); break;
	case 5: glPointParameteri(GL_POINT_SPRITE_COORD_ORIGIN, (GLint)ONE_OF(GL_LOWER_LEFT, GL_UPPER_LEFT)); break;
	case 6: glPointParameterf(GL_POINT_FADE_THRESHOLD_SIZE, frand(0, 4)); break;
	default: glPrimitiveRestartIndex((GLuint)pick(300));
	}
}
static void usual(void) { /* back to what shows something */
	glDisable(GL_RASTERIZER_DISCARD);
	glDisable(GL_COLOR_LOGIC_OP);
	glDisable(GL_STENCIL_TEST);
	glColorMask(1, 1, 1, 1);
	glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
	glDepthFunc(GL_LEQUAL);
	glDisable(GL_CULL_FACE);
	glViewport(0, 0, drawable_w(), drawable_h());
	if (chance(50)) glDisable(GL_SCISSOR_TEST);
}
static void clear(void) {
	if (chance(50)) {
		float v[4];
		for (int i = 0; i < 4; i++) v[i] = frand(-.2f, 1.2f);
		glClearColor(v[0], v[1], v[2], v[3]);
	}
	if (chance(20)) glClearDepth((double)frand(-.1f, 1.1f));
	if (chance(20)) glClearStencil(between(-2, 300));
	GLbitfield bits = (GLbitfield)((chance(60) ? GL_COLOR_BUFFER_BIT : 0) | (chance(60) ? GL_DEPTH_BUFFER_BIT : 0) | (chance(40) ? GL_STENCIL_BUFFER_BIT : 0));
	if (chance(4)) bits |= 1u << 20;
	glClear(bits);
}

static const struct {
	GLenum name;
	int n;
} gets[] = {{GL_ACTIVE_TEXTURE, 1}, {GL_BLEND_COLOR, 4}, {GL_BLEND_DST_ALPHA, 1}, {GL_BLEND_DST_RGB, 1}, {GL_BLEND_EQUATION_RGB, 1}, {GL_BLEND_EQUATION_ALPHA, 1},
	{GL_BLEND_SRC_ALPHA, 1}, {GL_BLEND_SRC_RGB, 1}, {GL_COLOR_CLEAR_VALUE, 4}, {GL_COLOR_WRITEMASK, 4}, {GL_CULL_FACE_MODE, 1}, {GL_DEPTH_CLEAR_VALUE, 1},
	{GL_DEPTH_FUNC, 1}, {GL_DEPTH_RANGE, 2}, {GL_DEPTH_WRITEMASK, 1}, {GL_DOUBLEBUFFER, 1}, {GL_DRAW_BUFFER, 1}, {GL_DRAW_BUFFER0, 1}, {GL_DRAW_BUFFER2, 1},
	{GL_FRONT_FACE, 1}, {GL_LINE_WIDTH, 1}, {GL_LOGIC_OP_MODE, 1}, {GL_MAX_TEXTURE_SIZE, 1}, {GL_MAX_VERTEX_ATTRIBS, 1}, {GL_PACK_ALIGNMENT, 1},
	{GL_PACK_ROW_LENGTH, 1}, {GL_UNPACK_ALIGNMENT, 1}, {GL_UNPACK_IMAGE_HEIGHT, 1}, {GL_UNPACK_ROW_LENGTH, 1}, {GL_UNPACK_SKIP_PIXELS, 1}, {GL_POINT_SIZE, 1},
	{GL_POLYGON_OFFSET_FACTOR, 1}, {GL_POLYGON_OFFSET_UNITS, 1}, {GL_PRIMITIVE_RESTART_INDEX, 1}, {GL_PROVOKING_VERTEX, 1}, {GL_READ_BUFFER, 1},
	{GL_SAMPLE_COVERAGE_VALUE, 1}, {GL_SAMPLE_COVERAGE_INVERT, 1}, {GL_SCISSOR_BOX, 4}, {GL_STENCIL_BACK_FAIL, 1}, {GL_STENCIL_BACK_FUNC, 1},
	{GL_STENCIL_BACK_REF, 1}, {GL_STENCIL_CLEAR_VALUE, 1}, {GL_STENCIL_FAIL, 1}, {GL_STENCIL_FUNC, 1}, {GL_STENCIL_REF, 1}, {GL_STENCIL_VALUE_MASK, 1},
	{GL_STENCIL_WRITEMASK, 1}, {GL_STENCIL_BACK_WRITEMASK, 1}, {GL_SUBPIXEL_BITS, 1}, {GL_VIEWPORT, 4}, {GL_POINT_FADE_THRESHOLD_SIZE, 1},
	{GL_POINT_SPRITE_COORD_ORIGIN, 1}, {GL_LINE_SMOOTH_HINT, 1}, {GL_FRAGMENT_SHADER_DERIVATIVE_HINT, 1}, {GL_ALIASED_LINE_WIDTH_RANGE, 2}, {GL_POINT_SIZE_RANGE, 2},
	{GL_MAX_DRAW_BUFFERS, 1}, {GL_MAX_COLOR_ATTACHMENTS, 1}, {GL_MAX_UNIFORM_BLOCK_SIZE, 1}, {GL_MAX_VIEWPORT_DIMS, 2}, {GL_SAMPLE_BUFFERS, 1}, {GL_SAMPLES, 1},
	{GL_IMPLEMENTATION_COLOR_READ_FORMAT, 1}, {GL_IMPLEMENTATION_COLOR_READ_TYPE, 1}, {GL_CLAMP_READ_COLOR, 1}, {GL_MAX_SAMPLES, 1}, {GL_MAX_ARRAY_TEXTURE_LAYERS, 1},
	{GL_BLEND, 1}, {GL_DEPTH_TEST, 1}, {GL_SCISSOR_TEST, 1}, {0x0BAD, 1}, {GL_CLIP_DISTANCE0, 1}, {GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, 1},
	{GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT, 1}, {GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS, 1}, {GL_NUM_COMPRESSED_TEXTURE_FORMATS, 1},
	{GL_CURRENT_PROGRAM, 1}, {GL_ARRAY_BUFFER_BINDING, 1}, {GL_ELEMENT_ARRAY_BUFFER_BINDING, 1}, {GL_TEXTURE_BINDING_2D, 1}, {GL_TEXTURE_BINDING_3D, 1},
	{GL_SAMPLER_BINDING, 1}, {GL_DRAW_FRAMEBUFFER_BINDING, 1}, {GL_READ_FRAMEBUFFER_BINDING, 1}, {GL_RENDERBUFFER_BINDING, 1}, {GL_VERTEX_ARRAY_BINDING, 1},
	{GL_PIXEL_UNPACK_BUFFER_BINDING, 1}, {GL_UNIFORM_BUFFER_BINDING, 1}, {GL_CONTEXT_PROFILE_MASK, 1}, {GL_TIMESTAMP + 0x100, 1}},
  fixed_gets[] = {{GL_CURRENT_COLOR, 4}, {GL_CURRENT_NORMAL, 3}, {GL_CURRENT_TEXTURE_COORDS, 4}, {GL_CURRENT_RASTER_POSITION, 4}, {GL_CURRENT_RASTER_POSITION_VALID, 1},
	{GL_CURRENT_RASTER_COLOR, 4}, {GL_CURRENT_RASTER_DISTANCE, 1}, {GL_MODELVIEW_MATRIX, 16}, {GL_PROJECTION_MATRIX, 16}, {GL_TEXTURE_MATRIX, 16},
	{GL_MODELVIEW_STACK_DEPTH, 1}, {GL_PROJECTION_STACK_DEPTH, 1}, {GL_ATTRIB_STACK_DEPTH, 1}, {GL_CLIENT_ATTRIB_STACK_DEPTH, 1}, {GL_NAME_STACK_DEPTH, 1},
	{GL_FOG_COLOR, 4}, {GL_FOG_MODE, 1}, {GL_FOG_DENSITY, 1}, {GL_FOG_START, 1}, {GL_SHADE_MODEL, 1}, {GL_LIGHT_MODEL_AMBIENT, 4}, {GL_ALPHA_TEST_FUNC, 1},
	{GL_ALPHA_TEST_REF, 1}, {GL_LINE_STIPPLE_PATTERN, 1}, {GL_LINE_STIPPLE_REPEAT, 1}, {GL_LIST_BASE, 1}, {GL_LIST_INDEX, 1}, {GL_LIST_MODE, 1}, {GL_MATRIX_MODE, 1},
	{GL_POLYGON_MODE, 2}, {GL_RED_SCALE, 1}, {GL_RED_BIAS, 1}, {GL_ZOOM_X, 1}, {GL_ZOOM_Y, 1}, {GL_RENDER_MODE, 1}, {GL_EDGE_FLAG, 1}, {GL_MAP1_GRID_DOMAIN, 2},
	{GL_MAP2_GRID_DOMAIN, 4}, {GL_MAP2_GRID_SEGMENTS, 2}, {GL_VERTEX_ARRAY_SIZE, 1}, {GL_VERTEX_ARRAY_TYPE, 1}, {GL_VERTEX_ARRAY_STRIDE, 1}, {GL_COLOR_ARRAY_TYPE, 1},
	{GL_CLIENT_ACTIVE_TEXTURE, 1}, {GL_COLOR_MATERIAL_FACE, 1}, {GL_MAX_LIGHTS, 1}, {GL_AUX_BUFFERS, 1}, {GL_CURRENT_SECONDARY_COLOR, 4}, {GL_CURRENT_FOG_COORD, 1},
	{GL_TRANSPOSE_MODELVIEW_MATRIX, 16}, {GL_POINT_DISTANCE_ATTENUATION, 3}, {GL_MAP_COLOR, 1}, {GL_INDEX_SHIFT, 1}, {GL_RED_BITS, 1}, {GL_DEPTH_BITS, 1},
	{GL_STENCIL_BITS, 1}, {GL_ALPHA_BITS, 1}, {GL_CURRENT_INDEX, 1}, {GL_SELECTION_BUFFER_SIZE, 1}, {GL_FEEDBACK_BUFFER_TYPE, 1}, {GL_PIXEL_MAP_I_TO_R_SIZE, 1}};

static int is_name(GLenum g) {
	switch (g) {
	case GL_CURRENT_PROGRAM: case GL_ARRAY_BUFFER_BINDING: case GL_ELEMENT_ARRAY_BUFFER_BINDING: case GL_TEXTURE_BINDING_2D: case GL_TEXTURE_BINDING_3D:
	case GL_SAMPLER_BINDING: case GL_DRAW_FRAMEBUFFER_BINDING: case GL_READ_FRAMEBUFFER_BINDING: case GL_RENDERBUFFER_BINDING: case GL_VERTEX_ARRAY_BINDING:
	case GL_PIXEL_UNPACK_BUFFER_BINDING: case GL_UNIFORM_BUFFER_BINDING: case GL_TRANSFORM_FEEDBACK_BUFFER_BINDING: return 1;
	default: return 0;
	}
}

static void get(void) {
	int all = COUNT(gets) + (compat ? COUNT(fixed_gets) : 0);
	for (int i = between(1, 6); i > 0; i--) {
		int k = pick(all);
		GLenum name = k < COUNT(gets) ? gets[k].name : fixed_gets[k - COUNT(gets)].name;
		int n = k < COUNT(gets) ? gets[k].n : fixed_gets[k - COUNT(gets)].n;
		float v[16];
		for (int j = 0; j < 16; j++) v[j] = -77;
		int form = pick(k < COUNT(gets) ? 5 : 4);
		if (name == GL_IMPLEMENTATION_COLOR_READ_FORMAT) { /* Mesa answers it with an error where nothing is read in ES; of a window it tells its encoding */
			GLint fb = 0;
			glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &fb);
			if (es || !fb) continue;
		}
		switch (es && form == 3 ? 0 : form) { /* Mesa forgets some of the old ones in glGetInteger64v; ES has no glGetDoublev */
		case 0: glGetFloatv(name, v); break;
		case 1: {
			GLint w[16];
			memset(w, 0x55, sizeof w);
			glGetIntegerv(name, w);
			for (int j = 0; j < 16; j++) v[j] = (float)w[j];
			break;
		}
		case 2: {
			GLboolean w[16];
			memset(w, 0x55, sizeof w);
			glGetBooleanv(name, w);
			for (int j = 0; j < 16; j++) v[j] = (float)w[j];
			break;
		}
		case 3: {
			GLdouble w[16] = {-5};
			glGetDoublev(name, w);
			for (int j = 0; j < 16; j++) v[j] = (float)w[j];
			break;
		}
		default: {
			GLint64 w[16] = {-6};
			glGetInteger64v(name, w);
			for (int j = 0; j < 16; j++) v[j] = (float)w[j];
		}
		}
		if (is_name(name)) v[0] = v[0] != 0; /* which numbers a driver gives is its own affair */
		char s[40];
		snprintf(s, sizeof s, "get %#x", name);
		note_floats(s, v, n);
	}
}
static void get_enabled(void) {
	static const GLenum caps[] = {GL_BLEND, GL_CULL_FACE, GL_DEPTH_TEST, GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_RASTERIZER_DISCARD, GL_PRIMITIVE_RESTART, GL_FRAMEBUFFER_SRGB,
		GL_LINE_SMOOTH, GL_MULTISAMPLE, GL_DEPTH_CLAMP, GL_CLIP_DISTANCE0, 0x4242, GL_LIGHTING, GL_FOG, GL_LIGHT0, GL_TEXTURE_2D, GL_ALPHA_TEST, GL_NORMALIZE,
		GL_TEXTURE_GEN_S, GL_MAP2_VERTEX_3, GL_VERTEX_ARRAY, GL_COLOR_ARRAY, GL_POLYGON_STIPPLE, GL_COLOR_SUM, GL_POINT_SPRITE};
	for (int i = 0; i < 4; i++) {
		GLenum cap = caps[pick(compat ? COUNT(caps) : 13)];
		note("enabled %#x: %d", cap, glIsEnabled(cap));
	}
	GLuint index = (GLuint)pick(5);
	GLboolean b[4] = {9, 9, 9, 9};
	GLint v[4] = {-9, -9, -9, -9};
	glGetBooleani_v(GL_COLOR_WRITEMASK, index, b);
	glGetIntegeri_v(ONE_OF(GL_UNIFORM_BUFFER_SIZE, GL_TRANSFORM_FEEDBACK_BUFFER_START, GL_UNIFORM_BUFFER_BINDING), index, v);
	note("indexed %d: %d %d %d %d, %d, blend %d", index, b[0], b[1], b[2], b[3], v[0] > 0, glIsEnabledi(GL_BLEND, index));
}
static void strings(void) {
	const GLubyte *s = glGetString(ONE_OF(GL_VERSION + 0x900, GL_VENDOR + 0x55));
	note("string of a wrong name: %d", s != NULL);
	s = glGetStringi(GL_EXTENSIONS, 100000);
	note("extension out of range: %d", s != NULL);
}

const step state_steps[] = {{"enable", enable, 14}, {"scissor", scissor, 6}, {"viewport", viewport, 5}, {"blend", blend, 6}, {"depth", depth_state, 4},
	{"stencil", stencil, 5}, {"masks", masks, 3}, {"polygon", polygon, 6}, {"various", various, 5}, {"usual", usual, 10}, {"clear", clear, 8},
	{"get", get, 8}, {"get enabled", get_enabled, 3}, {"strings", strings, 1}, {0}};
