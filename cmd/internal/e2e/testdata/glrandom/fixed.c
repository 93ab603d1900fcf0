/* What only the compatibility profile has: vertices one by one, lists, matrices, lights, client arrays, evaluators. */
#include "glrandom.h"
#include <stdio.h>
#include <string.h>

static GLuint lists[2]; /* 8 from each, shared by both contexts: made by whoever comes first */
static int made[16];

static float some(void) { return frand(-1, 1); }
static void one_attribute(void) {
	switch (pick(14)) {
	case 0: glColor3f(frand(0, 1), frand(0, 1), frand(0, 1)); break;
	case 1: glColor4ub((GLubyte)rnd(), (GLubyte)rnd(), (GLubyte)rnd(), 200); break;
	case 2: glColor3s((GLshort)rnd(), (GLshort)rnd(), 3000); break;
	case 3: {
		GLdouble v[4] = {(double)frand(0, 1), .5, (double)frand(0, 1), 1};
		glColor4dv(v);
		break;
	}
	case 4: glNormal3f(some(), some(), some()); break;
	case 5: glNormal3b((GLbyte)rnd(), (GLbyte)rnd(), 90); break;
	case 6: glTexCoord2f(frand(0, 2), frand(0, 2)); break;
	case 7: {
		GLint v[3] = {pick(3), pick(3), 1};
		glTexCoord3iv(v);
		break;
	}
	case 8: glMultiTexCoord2f(GL_TEXTURE1, frand(0, 1), frand(0, 1)); break;
	case 9: glSecondaryColor3f(frand(0, 1), frand(0, 1), 0); break;
	case 10: glFogCoordf(frand(0, 2)); break;
	case 11: glEdgeFlag(chance(70)); break;
	case 12: glMaterialf(GL_FRONT, GL_SHININESS, frand(0, 100)); break;
	default: {
		float v[4] = {frand(0, 1), frand(0, 1), frand(0, 1), 1};
		glMaterialfv(ONE_OF(GL_FRONT, GL_BACK, GL_FRONT_AND_BACK), ONE_OF(GL_AMBIENT, GL_DIFFUSE, GL_SPECULAR, GL_EMISSION, GL_AMBIENT_AND_DIFFUSE), v);
	}
	}
}
static void vertex(void) {
	switch (pick(6)) {
	case 0: glVertex2f(some(), some()); break;
	case 1: glVertex3d((double)some(), (double)some(), (double)some()); break;
	case 2: glVertex2i(between(-1, 1), between(-1, 1)); break;
	case 3: {
		GLshort v[3] = {(GLshort)between(-1, 1), (GLshort)between(-1, 1), 0};
		glVertex3sv(v);
		break;
	}
	case 4: glVertex4f(some(), some(), some(), frand(.8f, 1.2f)); break;
	default: glVertex3f(some(), some(), some());
	}
}
static int plain_drawable(void) { return drawable_is_float(); }

static void immediate(void) {
	if (!plain_drawable()) return;
	glUseProgram(0);
	glBegin(chance(2) ? 77 : (GLenum)pick(10));
	for (int i = between(0, 24); i > 0; i--) {
		for (int k = pick(3); k > 0; k--) one_attribute();
		vertex();
		if (chance(1)) glEnable(GL_BLEND); /* an error here */
	}
	glEnd();
	if (chance(20)) glRectf(some(), some(), some(), some());
	if (chance(3)) glEnd();
}
static void attributes(void) {
	for (int i = between(1, 5); i > 0; i--) one_attribute();
}

static void matrices(void) {
	glMatrixMode(ONE_OF(GL_MODELVIEW, GL_MODELVIEW, GL_PROJECTION, GL_TEXTURE));
	for (int i = between(1, 3); i > 0; i--) switch (pick(10)) {
		case 0: case 1: glLoadIdentity(); break;
		case 2: glRotatef(frand(-90, 90), some(), some(), 1); break;
		case 3: glTranslatef(some() / 2, some() / 2, 0); break;
		case 4: glScaled((double)frand(.5f, 1.5f), (double)frand(.5f, 1.5f), 1); break;
		case 5: glPushMatrix(); break;
		case 6: glPopMatrix(); break;
		case 7: glOrtho(-1.2, 1.2, -1.1, 1, -2, 2); break;
		case 8: glFrustum(-1, 1, -1, 1, .8, 5); break;
		default: {
			float m[16];
			for (int k = 0; k < 16; k++) m[k] = (k % 5 == 0) + some() / 8;
			if (chance(50)) glMultMatrixf(m);
			else glLoadTransposeMatrixf(m);
		}
		}
}
static void usual(void) {
	glMatrixMode(GL_PROJECTION), glLoadIdentity();
	glMatrixMode(GL_MODELVIEW), glLoadIdentity();
	glDisable(GL_LIGHTING), glDisable(GL_ALPHA_TEST), glDisable(GL_CLIP_PLANE0), glDisable(GL_FOG);
	glColor4f(1, .8f, .6f, .9f);
}
static void lights(void) {
	float v[4] = {some(), some(), some(), frand(0, 1)};
	GLenum l = GL_LIGHT0 + (GLenum)pick(3);
	switch (pick(7)) {
	case 0: glLightfv(l, ONE_OF(GL_AMBIENT, GL_DIFFUSE, GL_SPECULAR, GL_POSITION), v); break;
	case 1: glLightf(l, ONE_OF(GL_CONSTANT_ATTENUATION, GL_LINEAR_ATTENUATION), frand(.5f, 2)); break;
	case 2: glLightf(l, GL_SPOT_CUTOFF, chance(50) ? 180 : frand(10, 80)); break;
	case 3: glLightModeli(ONE_OF(GL_LIGHT_MODEL_TWO_SIDE, GL_LIGHT_MODEL_LOCAL_VIEWER), chance(50)); break;
	case 4: glColorMaterial(ONE_OF(GL_FRONT, GL_FRONT_AND_BACK), ONE_OF(GL_DIFFUSE, GL_AMBIENT_AND_DIFFUSE, GL_EMISSION)); break;
	case 5: glShadeModel(ONE_OF(GL_FLAT, GL_SMOOTH)); break;
	default: glLightModelfv(GL_LIGHT_MODEL_AMBIENT, v);
	}
	float got[4] = {-1, -1, -1, -1};
	glGetLightfv(l, ONE_OF(GL_AMBIENT, GL_DIFFUSE, GL_POSITION), got);
	note_floats("light", got, 4);
	glGetMaterialfv(GL_FRONT, ONE_OF(GL_AMBIENT, GL_DIFFUSE, GL_SPECULAR, GL_EMISSION), got);
	note_floats("material", got, 4);
}
static void enable(void) {
	static const GLenum caps[] = {GL_LIGHTING, GL_LIGHT0, GL_LIGHT1, GL_FOG, GL_ALPHA_TEST, GL_NORMALIZE, GL_COLOR_MATERIAL, GL_TEXTURE_2D, GL_TEXTURE_1D, GL_TEXTURE_GEN_S,
		GL_TEXTURE_GEN_T, GL_CLIP_PLANE0, GL_CLIP_PLANE0 + 1, GL_LINE_STIPPLE, GL_POLYGON_STIPPLE, GL_POINT_SMOOTH, GL_COLOR_SUM, GL_POINT_SPRITE, GL_AUTO_NORMAL, GL_INDEX_LOGIC_OP,
		GL_POLYGON_SMOOTH, GL_RESCALE_NORMAL};
	GLenum cap = caps[pick(COUNT(caps))];
	if (chance(45)) glEnable(cap);
	else glDisable(cap);
}
static void fog_and_more(void) {
	float v[4] = {frand(0, 1), frand(0, 1), frand(0, 1), 1};
	switch (pick(8)) {
	case 0: glFogfv(GL_FOG_COLOR, v); break;
	case 1: glFogi(GL_FOG_MODE, (GLint)ONE_OF(GL_LINEAR, GL_EXP, GL_EXP2)); break;
	case 2: glFogf(ONE_OF(GL_FOG_DENSITY, GL_FOG_START, GL_FOG_END), frand(0, 3)); break;
	case 3: glFogi(GL_FOG_COORD_SRC, (GLint)ONE_OF(GL_FOG_COORD, GL_FRAGMENT_DEPTH)); break;
	case 4: glAlphaFunc((GLenum)(GL_NEVER + pick(8)), frand(0, 1)); break;
	case 5: glLineStipple(between(1, 5), (GLushort)rnd()); break;
	case 6: {
		GLdouble p[4] = {(double)some(), (double)some(), (double)some(), .5}, got[4] = {0};
		glClipPlane(GL_CLIP_PLANE0 + (GLenum)pick(2), p);
		glGetClipPlane(GL_CLIP_PLANE0, got);
		note("plane %.9g %.9g %.9g %.9g", got[0], got[1], got[2], got[3]);
		break;
	}
	default: glPolygonStipple(scratch + pick(2000));
	}
}
static void texturing(void) {
	float v[4] = {some(), some(), some(), some()}, got[4] = {-1, -1, -1, -1};
	glActiveTexture(GL_TEXTURE0 + (GLenum)pick(2));
	texture *t = texture_of(GL_TEXTURE_2D, FLOATS);
	if (t) glBindTexture(GL_TEXTURE_2D, t->name);
	switch (pick(6)) {
	case 0: glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, (GLint)ONE_OF(GL_MODULATE, GL_DECAL, GL_BLEND, GL_REPLACE, GL_ADD, GL_COMBINE)); break;
	case 1: glTexEnvfv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_COLOR, v); break;
	case 2: glTexEnvi(GL_TEXTURE_ENV, ONE_OF(GL_COMBINE_RGB, GL_COMBINE_ALPHA), (GLint)ONE_OF(GL_REPLACE, GL_MODULATE, GL_ADD, GL_ADD_SIGNED, GL_INTERPOLATE, GL_SUBTRACT)); break;
	case 3: glTexEnvi(GL_TEXTURE_ENV, ONE_OF(GL_SRC0_RGB, GL_SRC1_RGB, GL_SRC2_RGB), (GLint)ONE_OF(GL_TEXTURE, GL_CONSTANT, GL_PRIMARY_COLOR, GL_PREVIOUS)); break;
	case 4: glTexGeni(ONE_OF(GL_S, GL_T), GL_TEXTURE_GEN_MODE, (GLint)ONE_OF(GL_OBJECT_LINEAR, GL_EYE_LINEAR, GL_SPHERE_MAP)); break;
	default: glTexGenfv(ONE_OF(GL_S, GL_T), ONE_OF(GL_OBJECT_PLANE, GL_EYE_PLANE), v);
	}
	glGetTexEnvfv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_COLOR, got);
	note_floats("environment", got, 4);
	glGetTexGenfv(GL_S, GL_EYE_PLANE, got);
	note_floats("generated", got, 4);
	glActiveTexture(GL_TEXTURE0);
}
static void stacks(void) {
	switch (pick(4)) {
	case 0: glPushAttrib(chance(40) ? GL_ALL_ATTRIB_BITS : (GLbitfield)ONE_OF(GL_CURRENT_BIT | GL_LIGHTING_BIT, GL_ENABLE_BIT, GL_SCISSOR_BIT | GL_VIEWPORT_BIT, GL_TRANSFORM_BIT,
			GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT, GL_POLYGON_BIT | GL_LINE_BIT)); break;
	case 1: glPopAttrib(); break;
	case 2: if (!in_list) glPushClientAttrib(ONE_OF(GL_CLIENT_ALL_ATTRIB_BITS, GL_CLIENT_PIXEL_STORE_BIT, GL_CLIENT_VERTEX_ARRAY_BIT)), glPopClientAttrib(); break;
	default: glPopAttrib();
	}
	note("rest");
}

static void begin_lists(void) {
	if (!lists[0]) lists[0] = glGenLists(8), lists[1] = glGenLists(8);
}
static void compile(void) {
	begin_lists();
	if (in_list) return;
	/* a list calls only such as come after it, so that none calls itself */
	int which = pick(16);
	glNewList(lists[which / 8] + (GLuint)(which % 8), ONE_OF(GL_COMPILE, GL_COMPILE, GL_COMPILE_AND_EXECUTE));
	in_list = 1;
	for (int i = between(1, 6); i > 0; i--) {
		static void (*const inside[])(void) = {immediate, immediate, attributes, matrices, enable, fog_and_more, usual};
		int call = which + 1 + pick(6);
		if (call < 16 && made[call] && chance(25)) glCallList(lists[call / 8] + (GLuint)(call % 8));
		else if (chance(25)) state_steps[pick(9)].run();
		else inside[pick(COUNT(inside))]();
	}
	in_list = 0;
	if (chance(4)) glNewList(5, GL_COMPILE);
	glEndList();
	made[which] = 1;
}
static void call(void) {
	begin_lists();
	if (in_list || !plain_drawable()) return;
	int which = pick(16);
	if (chance(60)) {
		glCallList(lists[which / 8] + (GLuint)(which % 8));
	} else {
		GLubyte bytes[3] = {(GLubyte)pick(8), (GLubyte)pick(8), (GLubyte)pick(8)};
		GLuint words[2] = {(GLuint)pick(8), (GLuint)pick(8)};
		GLfloat floats[2] = {(float)pick(8), (float)pick(8)};
		glListBase(lists[pick(2)]);
		switch (pick(3)) {
		case 0: glCallLists(3, GL_UNSIGNED_BYTE, bytes); break;
		case 1: glCallLists(2, GL_UNSIGNED_INT, words); break;
		default: glCallLists(2, GL_FLOAT, floats);
		}
	}
	note("is list: %d %d", glIsList(lists[which / 8] + (GLuint)(which % 8)), glIsList(77777));
	if (chance(5)) glDeleteLists(lists[which / 8] + (GLuint)(which % 8), 1), made[which] = 0;
}

static void client_arrays(void) {
	if (!plain_drawable()) return;
	static float inter[32 * 16];
	static struct { float v[3]; uint8_t c[4]; int16_t n[4]; float t[2]; } mixed[32];
	glUseProgram(0);
	glBindVertexArray(0);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
	if (chance(40)) {
		for (int i = 0; i < COUNT(inter); i++) inter[i] = some();
		glInterleavedArrays(ONE_OF(GL_V2F, GL_V3F, GL_C3F_V3F, GL_N3F_V3F, GL_C4F_N3F_V3F, GL_T2F_V3F, GL_T2F_C3F_V3F, GL_T2F_N3F_V3F, GL_T2F_C4F_N3F_V3F), 0, inter);
	} else {
		for (int i = 0; i < 32; i++) {
			for (int k = 0; k < 3; k++) mixed[i].v[k] = some(), mixed[i].c[k] = (uint8_t)rnd(), mixed[i].n[k] = (int16_t)rnd();
			mixed[i].c[3] = 255, mixed[i].t[0] = some(), mixed[i].t[1] = some();
		}
		glVertexPointer(between(2, 3), GL_FLOAT, sizeof *mixed, mixed[0].v);
		glEnableClientState(GL_VERTEX_ARRAY);
		glColorPointer(between(3, 4), GL_UNSIGNED_BYTE, sizeof *mixed, mixed[0].c);
		glNormalPointer(GL_SHORT, sizeof *mixed, mixed[0].n);
		glTexCoordPointer(2, GL_FLOAT, sizeof *mixed, mixed[0].t);
		if (chance(60)) glEnableClientState(GL_COLOR_ARRAY);
		if (chance(40)) glEnableClientState(GL_NORMAL_ARRAY);
		if (chance(40)) glEnableClientState(GL_TEXTURE_COORD_ARRAY);
	}
	glDisable(GL_PRIMITIVE_RESTART);
	GLubyte bytes[20];
	GLushort shorts[20];
	GLuint words[20];
	for (int i = 0; i < 20; i++) bytes[i] = (GLubyte)pick(20), shorts[i] = bytes[i], words[i] = bytes[i];
	GLenum mode = (GLenum)pick(10);
	switch (pick(6)) {
	case 0: glDrawArrays(mode, pick(4), between(1, 16)); break;
	case 1: glDrawElements(mode, 20, GL_UNSIGNED_BYTE, bytes); break;
	case 2: glDrawElements(mode, 15, GL_UNSIGNED_SHORT, shorts); break;
	case 3: glDrawRangeElements(mode, 0, 19, 18, GL_UNSIGNED_INT, words); break;
	case 4:
		glBegin(mode);
		for (int i = 0; i < 12; i++) glArrayElement(bytes[i]);
		glEnd();
		break;
	default: glDrawElementsBaseVertex(mode, 12, GL_UNSIGNED_SHORT, shorts, 0);
	}
	static const GLenum all[] = {GL_VERTEX_ARRAY, GL_COLOR_ARRAY, GL_NORMAL_ARRAY, GL_TEXTURE_COORD_ARRAY};
	for (int i = 0; i < 4; i++) glDisableClientState(all[i]);
	glColor4f(frand(0, 1), 1, frand(0, 1), 1); /* undefined after a colour array */
	glNormal3f(0, 0, 1);
	glTexCoord2f(0, 0);
}

static void evaluators(void) {
	if (!plain_drawable()) return;
	float points[4 * 4 * 4];
	for (int i = 0; i < COUNT(points); i++) points[i] = some();
	glMap2f(GL_MAP2_VERTEX_3, 0, 1, 3, 4, 0, 1, 12, 4, points);
	glMap1f(GL_MAP1_VERTEX_3, 0, 1, 3, 4, points);
	glMap1f(GL_MAP1_COLOR_4, 0, 1, 4, 3, points + 9);
	glEnable(GL_MAP2_VERTEX_3), glEnable(GL_MAP1_VERTEX_3), glEnable(GL_MAP1_COLOR_4);
	glUseProgram(0);
	glMapGrid1f(between(2, 8), 0, 1);
	glMapGrid2f(4, 0, 1, between(2, 5), 0, 1);
	switch (pick(3)) {
	case 0: glEvalMesh1(GL_LINE, 0, 8); break;
	case 1: glEvalMesh2(ONE_OF(GL_FILL, GL_LINE, GL_POINT), 0, 4, 0, 3); break;
	default:
		glBegin(GL_LINE_STRIP);
		for (int i = 0; i < 9; i++) glEvalCoord1f((float)i / 8);
		glEnd();
	}
	glDisable(GL_MAP2_VERTEX_3), glDisable(GL_MAP1_VERTEX_3), glDisable(GL_MAP1_COLOR_4);
	GLint order[2] = {-1, -1};
	float got[64] = {0};
	glGetMapiv(GL_MAP2_VERTEX_3, GL_ORDER, order);
	glGetMapfv(GL_MAP1_COLOR_4, GL_COEFF, got);
	note("order %d %d", order[0], order[1]);
	note_floats("coefficients", got, 12);
}

static void selection(void) {
	if (!plain_drawable() || in_list) return;
	if (chance(50)) {
		GLuint hits[200];
		memset(hits, 0, sizeof hits);
		glSelectBuffer(200, hits);
		glRenderMode(GL_SELECT);
		glInitNames();
		glPushName(1);
		for (int i = 0; i < 4; i++) glLoadName((GLuint)i), immediate();
		if (chance(50)) glPushName(9), immediate(), glPopName();
		GLint n = glRenderMode(GL_RENDER);
		note("%d hits", n);
		note_bytes("hits", hits, sizeof hits);
	} else {
		static GLfloat values[4000];
		memset(values, 0, sizeof values);
		glFeedbackBuffer(4000, ONE_OF(GL_2D, GL_3D, GL_3D_COLOR, GL_3D_COLOR_TEXTURE), values);
		glRenderMode(GL_FEEDBACK);
		for (int i = 0; i < 3; i++) glPassThrough((float)i), immediate();
		GLint n = glRenderMode(GL_RENDER);
		note("%d values", n);
		note_bytes("values", values, sizeof values);
	}
}

const step fixed_steps[] = {{"immediate", immediate, 24}, {"attributes", attributes, 4}, {"matrices", matrices, 8}, {"fixed usual", usual, 8}, {"lights", lights, 6}, {"fixed enable", enable, 10},
	{"fog", fog_and_more, 6}, {"texturing", texturing, 8}, {"stacks", stacks, 5}, {"list", compile, 8}, {"call list", call, 10}, {"client arrays", client_arrays, 10},
	{"evaluators", evaluators, 2}, {"selection", selection, 2}, {0}};
