/* Every way into a texture and out of it, by name and by target, with every pixel store: a line a case, all that is read back as a hash. */
#include "conform.h"

static uint8_t img[1 << 17], back[1 << 17];

static void judged(const char *name) { /* what a node finds reaches the app with the next answer */
	glIsEnabled(GL_DITHER);
	errors(name);
}
static GLenum quiet(void) { /* the first error, and no more */
	glIsEnabled(GL_DITHER);
	GLenum e = glGetError();
	while (glGetError()) {}
	return e;
}

typedef struct store { GLint row, height, pixels, rows, images, align, swap, lsb; } store;
static const store stores[] = { /* swapping and skipping at once Mesa reads beyond what it has swapped */
	{0, 0, 0, 0, 0, 4, 0, 0}, {0, 0, 0, 0, 0, 1, 0, 0}, {0, 0, 0, 0, 0, 8, 1, 0}, {27, 0, 3, 2, 0, 4, 0, 0}, {29, 17, 1, 1, 1, 2, 0, 0},
	{25, 19, 5, 4, 2, 8, 0, 1}, {0, 18, 0, 0, 3, 1, 0, 0}, {26, 0, 0, 0, 0, 1, 1, 0},
};
enum { STORES = sizeof stores / sizeof *stores };
static void set_store(const store *s, bool pack) {
	const GLenum unpack[] = {GL_UNPACK_ROW_LENGTH, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SKIP_PIXELS, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_IMAGES, GL_UNPACK_ALIGNMENT,
	                         GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST};
	const GLenum packing[] = {GL_PACK_ROW_LENGTH, GL_PACK_IMAGE_HEIGHT, GL_PACK_SKIP_PIXELS, GL_PACK_SKIP_ROWS, GL_PACK_SKIP_IMAGES, GL_PACK_ALIGNMENT,
	                          GL_PACK_SWAP_BYTES, GL_PACK_LSB_FIRST};
	const GLint v[] = {s->row, s->height, s->pixels, s->rows, s->images, s->align, s->swap, s->lsb};
	for (int i = 0; i < 8; i++) glPixelStorei(pack ? packing[i] : unpack[i], v[i]);
}
/* The stores' corners that Mesa itself takes now this way, now that way, by format: skipped images of cube maps, the image height of 1D arrays, and
 * depth and stencil swapped. */
static store store_for(int s, GLenum target, GLenum internal) {
	store st = stores[s];
	if (target == GL_TEXTURE_CUBE_MAP) st.images = 0;
	if (target == GL_TEXTURE_1D_ARRAY) st.height = 0;
	if (internal == GL_DEPTH24_STENCIL8) st.swap = 0;
	return st;
}
static void blocks(bool pack, GLint w, GLint h, GLint d, GLint bytes) {
	glPixelStorei(pack ? GL_PACK_COMPRESSED_BLOCK_WIDTH : GL_UNPACK_COMPRESSED_BLOCK_WIDTH, w);
	glPixelStorei(pack ? GL_PACK_COMPRESSED_BLOCK_HEIGHT : GL_UNPACK_COMPRESSED_BLOCK_HEIGHT, h);
	glPixelStorei(pack ? GL_PACK_COMPRESSED_BLOCK_DEPTH : GL_UNPACK_COMPRESSED_BLOCK_DEPTH, d);
	glPixelStorei(pack ? GL_PACK_COMPRESSED_BLOCK_SIZE : GL_UNPACK_COMPRESSED_BLOCK_SIZE, bytes);
}
static void plain(void) {
	set_store(&stores[0], false), set_store(&stores[0], true);
	blocks(false, 0, 0, 0, 0), blocks(true, 0, 0, 0, 0);
}

/* Targets, with the size of what is made there. */
static const struct target { GLenum target; int dims; GLsizei w, h, d; const char *name; } targets[] = {
	{GL_TEXTURE_1D, 1, 24, 1, 1, "1D"}, {GL_TEXTURE_2D, 2, 20, 14, 1, "2D"}, {GL_TEXTURE_RECTANGLE, 2, 20, 14, 1, "rectangle"},
	{GL_TEXTURE_1D_ARRAY, 2, 20, 6, 1, "1D array"}, {GL_TEXTURE_3D, 3, 12, 10, 8, "3D"}, {GL_TEXTURE_2D_ARRAY, 3, 12, 10, 7, "2D array"},
	{GL_TEXTURE_CUBE_MAP, 3, 16, 16, 6, "cube map"}, {GL_TEXTURE_CUBE_MAP_ARRAY, 3, 8, 8, 12, "cube map array"},
};
enum { TARGETS = sizeof targets / sizeof *targets };
static const struct { GLenum internal, format, type; } pairs[] = {
	{GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE}, {GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV}, {GL_RGB8, GL_RGB, GL_UNSIGNED_BYTE}, {GL_RGB8, GL_BGR, GL_UNSIGNED_SHORT},
	{GL_R8, GL_RED, GL_UNSIGNED_BYTE}, {GL_RG16, GL_RG, GL_UNSIGNED_SHORT}, {GL_RGBA32F, GL_RGBA, GL_FLOAT}, {GL_RGB16F, GL_RGB, GL_HALF_FLOAT},
	{GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT}, {GL_RGBA16I, GL_RGBA_INTEGER, GL_SHORT}, {GL_RGB565, GL_RGB, GL_UNSIGNED_SHORT_5_6_5},
	{GL_RGB5_A1, GL_RGBA, GL_UNSIGNED_SHORT_5_5_5_1}, {GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV}, {GL_R11F_G11F_B10F, GL_RGB, GL_UNSIGNED_INT_10F_11F_11F_REV},
	{GL_RGB9_E5, GL_RGB, GL_UNSIGNED_INT_5_9_9_9_REV}, {GL_SRGB8_ALPHA8, GL_RGBA, GL_UNSIGNED_BYTE}, {GL_RGBA8_SNORM, GL_RGBA, GL_BYTE},
	{GL_DEPTH_COMPONENT24, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT}, {GL_DEPTH24_STENCIL8, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };
static bool is_depth(int p) { return pairs[p].format == GL_DEPTH_COMPONENT || pairs[p].format == GL_DEPTH_STENCIL; }

static GLuint make(const struct target *t, GLenum internal, GLsizei levels) {
	GLuint name;
	glCreateTextures(t->target, 1, &name);
	if (t->dims == 1) glTextureStorage1D(name, levels, internal, t->w);
	else if (t->dims == 2 || t->target == GL_TEXTURE_CUBE_MAP) glTextureStorage2D(name, levels, internal, t->w, t->h);
	else glTextureStorage3D(name, levels, internal, t->w, t->h, t->d);
	return name;
}
static void part(GLuint name, const struct target *t, GLint x, GLint y, GLint z, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type, const void *p) {
	if (t->dims == 1) glTextureSubImage1D(name, 0, x, w, format, type, p);
	else if (t->dims == 2) glTextureSubImage2D(name, 0, x, y, w, h, format, type, p);
	else glTextureSubImage3D(name, 0, x, y, z, w, h, d, format, type, p);
}
static uint64_t whole(GLuint name, GLenum format, GLenum type) {
	memset(back, 0xcc, sizeof back);
	glGetTextureImage(name, 0, format, type, sizeof back, back);
	return hash(back, sizeof back);
}

/* By name: what goes in, what comes out, with all stores on the way in and on the way out, from memory and from buffers. */
static void stored(void) {
	GLuint pbo[2];
	glGenBuffers(2, pbo);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo[0]);
	glBufferData(GL_PIXEL_UNPACK_BUFFER, sizeof img, img, GL_STREAM_DRAW);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo[1]);
	glBufferData(GL_PIXEL_PACK_BUFFER, sizeof back, img, GL_STREAM_READ);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	for (int p = 0; p < PAIRS; p++)
		for (int k = 0; k < TARGETS; k++) {
			const struct target *t = &targets[k];
			const GLenum format = pairs[p].format, type = pairs[p].type;
			if (is_depth(p) && t->target == GL_TEXTURE_3D) continue;
			GLuint name = make(t, pairs[p].internal, 1);
			const GLenum made = quiet();
			uint64_t in = 0, out = 0, from_buffer = 0, to_buffer = 0, sub = 0;
			const GLsizei w = t->w - 3, h = t->dims > 1 ? t->h - 2 : 1, d = t->dims > 2 && t->d > 2 ? t->d - 2 : 1;
			for (int s = 0; s < STORES; s++) {
				const store st = store_for(s, t->target, pairs[p].internal);
				plain();
				part(name, t, 0, 0, 0, t->w, t->h, t->d, format, type, img);
				set_store(&st, false);
				part(name, t, 2, t->dims > 1, t->dims > 2, w, h, d, format, type, img + 256);
				set_store(&stores[0], false);
				in = in * 31 + whole(name, format, type);
				set_store(&st, false);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo[0]);
				part(name, t, 1, t->dims > 1, t->dims > 2, w, h, d, format, type, (void *)512);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
				set_store(&stores[0], false);
				from_buffer = from_buffer * 31 + whole(name, format, type);
				set_store(&st, true);
				out = out * 31 + whole(name, format, type);
				memset(back, 0xcc, sizeof back);
				glGetTextureSubImage(name, 0, 1, t->dims > 1, t->dims > 2, w, h, d, format, type, sizeof back, back);
				sub = sub * 31 + hash(back, sizeof back);
				if (s % 3 == p % 3) { /* into a buffer: dear */
					glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo[1]);
					glGetTextureSubImage(name, 0, 1, t->dims > 1, t->dims > 2, w, h, d, format, type, 1, (void *)128);
					memset(back, 0, sizeof back);
					glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 0, sizeof back, back);
					glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
					to_buffer = to_buffer * 31 + hash(back, sizeof back);
				}
			}
			plain();
			printf("%s %#x: %016llx %016llx, %016llx %016llx %016llx, %#x %#x\n", t->name, pairs[p].internal, (unsigned long long)in, (unsigned long long)from_buffer,
			       (unsigned long long)out, (unsigned long long)sub, (unsigned long long)to_buffer, made, quiet());
			glDeleteTextures(1, &name);
		}
	glDeleteBuffers(2, pbo);
	judged("stored");
}

/* The older ways, by target. */
static void bound(void) {
	for (int p = 0; p < PAIRS; p++)
		for (int k = 0; k < TARGETS; k++) {
			const struct target *t = &targets[k];
			const GLenum format = pairs[p].format, type = pairs[p].type;
			if (is_depth(p) && t->target == GL_TEXTURE_3D) continue;
			const bool cube = t->target == GL_TEXTURE_CUBE_MAP;
			GLuint name;
			uint64_t h = 0;
			glGenTextures(1, &name);
			glBindTexture(t->target, name);
			for (int s = 0; s < STORES; s++)
				for (int face = 0; face < (cube ? 6 : 1); face++) {
					const GLenum target = cube ? GL_TEXTURE_CUBE_MAP_POSITIVE_X + (GLenum)face : t->target;
					const store st = store_for(s, t->target, pairs[p].internal), other = store_for((s + p) % STORES, t->target, pairs[p].internal);
					set_store(&st, false);
					if (t->dims == 1) {
						glTexImage1D(target, 0, (GLint)pairs[p].internal, t->w, 0, format, type, img + 8);
						glTexSubImage1D(target, 0, 3, 10, format, type, img + 1024);
					} else if (t->dims == 2 || cube) {
						glTexImage2D(target, 0, (GLint)pairs[p].internal, t->w, t->h, 0, format, type, img + 8 * face);
						glTexSubImage2D(target, 0, 3, 1, 10, 5, format, type, img + 1024);
					} else {
						glTexImage3D(target, 0, (GLint)pairs[p].internal, t->w, t->h, t->d, 0, format, type, img + 8);
						glTexSubImage3D(target, 0, 3, 1, 2, 5, 7, 3, format, type, img + 1024);
					}
					set_store(&other, true);
					memset(back, 0xcc, sizeof back);
					glGetTexImage(target, 0, format, type, back);
					h = h * 31 + hash(back, sizeof back);
				}
			plain();
			printf("bound %s %#x: %016llx, %#x\n", t->name, pairs[p].internal, (unsigned long long)h, quiet());
			glDeleteTextures(1, &name);
		}
	judged("bound");
}

static void compressed(void) {
	static const struct { GLenum format; int w, h, bytes; } all[] = {
		{GL_COMPRESSED_RGBA_S3TC_DXT1_EXT, 4, 4, 8}, {GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 4, 4, 16}, {GL_COMPRESSED_RG_RGTC2, 4, 4, 16},
		{GL_COMPRESSED_RGBA_BPTC_UNORM, 4, 4, 16}, {GL_COMPRESSED_RGB8_ETC2, 4, 4, 8}, {GL_COMPRESSED_RGBA8_ETC2_EAC, 4, 4, 16},
	};
	static const struct { GLint row, height, pixels, rows, images; } ways[] = {{0, 0, 0, 0, 0}, {40, 0, 0, 0, 0}, {48, 36, 8, 4, 0}, {33, 30, 4, 8, 2}, {0, 40, 0, 0, 1}};
	GLuint pbo;
	glGenBuffers(1, &pbo);
	for (unsigned f = 0; f < sizeof all / sizeof *all; f++)
		for (int dims = 2; dims < 4; dims++) {
			const GLsizei w = 30, h = 26, d = dims > 2 ? 3 : 1, bytes = 8 * 7 * d * all[f].bytes, size = 4 * 3 * all[f].bytes;
			const GLenum target = dims > 2 ? GL_TEXTURE_2D_ARRAY : GL_TEXTURE_2D;
			for (unsigned s = 0; s < sizeof ways / sizeof *ways; s++) {
				GLuint name, other;
				uint64_t in, out, sub, old, to;
				const store st = {ways[s].row, ways[s].height, ways[s].pixels, ways[s].rows, ways[s].images, 4, 1, 0};
				glCreateTextures(target, 1, &name);
				if (dims > 2) glTextureStorage3D(name, 2, all[f].format, w, h, d);
				else glTextureStorage2D(name, 2, all[f].format, w, h);
				set_store(&st, false), blocks(false, all[f].w, all[f].h, 1, all[f].bytes);
				if (dims > 2) glCompressedTextureSubImage3D(name, 0, 0, 0, 0, w, h, d, all[f].format, bytes, img + 16);
				else glCompressedTextureSubImage2D(name, 0, 0, 0, w, h, all[f].format, bytes, img + 16);
				memset(back, 0, sizeof back);
				glGetCompressedTextureImage(name, 0, sizeof back, back);
				in = hash(back, sizeof back);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
				glBufferData(GL_PIXEL_UNPACK_BUFFER, sizeof img, img, GL_STREAM_DRAW);
				if (dims > 2) glCompressedTextureSubImage3D(name, 0, 8, 4, 1, 16, 12, 1, all[f].format, size, (void *)48);
				else glCompressedTextureSubImage2D(name, 0, 8, 4, 16, 12, all[f].format, size, (void *)48);
				glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
				set_store(&st, true), blocks(true, all[f].w, all[f].h, 1, all[f].bytes);
				memset(back, 0xcc, sizeof back);
				glGetCompressedTextureImage(name, 0, sizeof back, back);
				out = hash(back, sizeof back);
				memset(back, 0xcc, sizeof back);
				glGetCompressedTextureSubImage(name, 0, 4, 8, 0, 16, 12, d, sizeof back, back);
				sub = hash(back, sizeof back);
				glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo);
				glGetCompressedTextureSubImage(name, 0, 4, 8, 0, 16, 12, d, 0, (void *)64);
				glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 0, sizeof back, back);
				glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
				to = hash(back, sizeof back);
				glGenTextures(1, &other);
				glBindTexture(target, other);
				if (dims > 2) glCompressedTexImage3D(target, 0, all[f].format, w, h, d, 0, bytes, img + 32);
				else glCompressedTexImage2D(target, 0, all[f].format, w, h, 0, bytes, img + 32);
				if (dims > 2) glCompressedTexSubImage3D(target, 0, 4, 4, 1, 16, 12, 1, all[f].format, size, img + 100);
				else glCompressedTexSubImage2D(target, 0, 4, 4, 16, 12, all[f].format, size, img + 100);
				memset(back, 0xcc, sizeof back);
				glGetCompressedTexImage(target, 0, back);
				old = hash(back, sizeof back);
				plain();
				printf("compressed %#x %dD %u: %016llx %016llx %016llx %016llx %016llx, %#x\n", all[f].format, dims, s, (unsigned long long)in, (unsigned long long)out,
				       (unsigned long long)sub, (unsigned long long)to, (unsigned long long)old, quiet());
				glDeleteTextures(1, &name), glDeleteTextures(1, &other);
			}
		}
	GLuint name;
	glCreateTextures(GL_TEXTURE_2D, 1, &name);
	glTextureStorage2D(name, 1, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 16, 16);
	glCompressedTextureSubImage2D(name, 0, 0, 0, 16, 16, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 256, img);
	blocks(false, 4, 4, 1, 16);
	glPixelStorei(GL_UNPACK_SKIP_PIXELS, 3);
	glCompressedTextureSubImage2D(name, 0, 0, 0, 16, 16, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 256, img);
	judged("half a block skipped");
	plain();
	glCompressedTextureSubImage2D(name, 0, 0, 0, 16, 16, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 255, img);
	judged("too few bytes");
	glCompressedTextureSubImage2D(name, 0, 2, 0, 8, 8, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 64, img);
	judged("half a block");
	glCompressedTextureSubImage2D(name, 0, 0, 0, 16, 16, GL_COMPRESSED_RGBA_S3TC_DXT3_EXT, 256, img);
	judged("another format");
	glGetCompressedTextureImage(name, 0, 255, back);
	judged("too little room");
	glGetCompressedTextureSubImage(name, 0, 0, 0, 0, 8, 8, 1, 63, back);
	judged("too little room");
	glGetCompressedTextureSubImage(name, 0, 1, 0, 0, 8, 8, 1, 640, back);
	judged("half a block");
	glGetCompressedTextureSubImage(name, 0, 12, 0, 0, 8, 8, 1, 640, back);
	judged("too far");
	printf("read as pixels: %016llx\n", (unsigned long long)whole(name, GL_RGBA, GL_UNSIGNED_BYTE));
	glDeleteTextures(1, &name);
	static const GLenum words[] = {GL_UNPACK_COMPRESSED_BLOCK_WIDTH, GL_PACK_COMPRESSED_BLOCK_SIZE};
	glPixelStorei(words[0], 5), glPixelStorei(words[1], 16), glPixelStorei(words[1], -1);
	judged("a block of less than nothing");
	GETI(words[0], 1), GETI(words[1], 1);
	plain();
	glDeleteBuffers(1, &pbo);
	judged("compressed");
}

static void told(const char *name, GLuint t) {
	static const GLenum what[] = {GL_TEXTURE_TARGET, GL_TEXTURE_MIN_FILTER, GL_TEXTURE_WRAP_R, GL_TEXTURE_MAX_LEVEL, GL_TEXTURE_COMPARE_MODE, GL_TEXTURE_SWIZZLE_G,
	                              GL_TEXTURE_IMMUTABLE_FORMAT, GL_TEXTURE_IMMUTABLE_LEVELS, GL_DEPTH_STENCIL_TEXTURE_MODE};
	static const GLenum level[] = {GL_TEXTURE_WIDTH, GL_TEXTURE_HEIGHT, GL_TEXTURE_DEPTH, GL_TEXTURE_INTERNAL_FORMAT, GL_TEXTURE_RED_SIZE, GL_TEXTURE_COMPRESSED,
	                               GL_TEXTURE_SAMPLES, GL_TEXTURE_BUFFER_DATA_STORE_BINDING, GL_TEXTURE_BUFFER_SIZE};
	printf("%s:", name);
	for (unsigned i = 0; i < sizeof what / sizeof *what; i++) {
		GLint v = -7;
		GLfloat f = -7;
		glGetTextureParameteriv(t, what[i], &v);
		glGetTextureParameterfv(t, what[i], &f);
		printf(" %d %g", v, f);
	}
	for (unsigned i = 0; i < sizeof level / sizeof *level; i++) {
		GLint v = -7;
		GLfloat f = -7;
		glGetTextureLevelParameteriv(t, 0, level[i], &v);
		glGetTextureLevelParameterfv(t, 0, level[i], &f);
		if (level[i] == GL_TEXTURE_BUFFER_DATA_STORE_BINDING) printf(" buffer %d", v > 0 && v == (GLint)f);
		else printf(" %#x %g", v, f);
	}
	GLint b[4] = {0};
	GLuint u[4] = {0};
	glGetTextureParameterIiv(t, GL_TEXTURE_BORDER_COLOR, b);
	glGetTextureParameterIuiv(t, GL_TEXTURE_BORDER_COLOR, u);
	printf("; %d %d %d %d, %u %u %u %u, %#x\n", b[0], b[1], b[2], b[3], u[0], u[1], u[2], u[3], quiet());
}

static void named(void) {
	static const GLenum all[] = {GL_TEXTURE_1D, GL_TEXTURE_2D, GL_TEXTURE_3D, GL_TEXTURE_1D_ARRAY, GL_TEXTURE_2D_ARRAY, GL_TEXTURE_RECTANGLE, GL_TEXTURE_CUBE_MAP,
	                             GL_TEXTURE_CUBE_MAP_ARRAY, GL_TEXTURE_BUFFER, GL_TEXTURE_2D_MULTISAMPLE, GL_TEXTURE_2D_MULTISAMPLE_ARRAY};
	GLuint t[3] = {0}, b, s[2];
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		glCreateTextures(all[i], 2, t);
		printf("%#x: %d %d, %d\n", all[i], glIsTexture(t[0]), glIsTexture(t[1]), t[0] != t[1]);
		told("made", t[0]);
		glDeleteTextures(2, t);
		printf("deleted: %d\n", glIsTexture(t[0]));
	}
	t[0] = 77;
	glCreateTextures(GL_FRONT, 1, t);
	judged("of no target");
	printf("untouched: %u\n", t[0]);
	glCreateTextures(GL_TEXTURE_2D, -1, t);
	judged("less than none");
	glCreateSamplers(2, s);
	printf("samplers: %d %d\n", glIsSampler(s[0]), glIsSampler(s[1]));
	glSamplerParameteri(s[0], GL_TEXTURE_WRAP_S, GL_REPEAT);
	glDeleteSamplers(2, s);
	glCreateTextures(GL_TEXTURE_2D, 2, t);
	glTextureStorage2D(t[0], 4, GL_RGBA8, 32, 16);
	static const GLint swizzle[] = {GL_BLUE, GL_RED, GL_ONE, GL_ALPHA}, color[] = {-1, 2, -3, 4};
	static const GLfloat border[] = {.25f, .5f, .75f, 1};
	static const GLuint ucolor[] = {5, 6, 7, 8};
	glTextureParameteri(t[0], GL_TEXTURE_MIN_FILTER, GL_NEAREST_MIPMAP_NEAREST);
	glTextureParameterf(t[0], GL_TEXTURE_WRAP_R, GL_MIRRORED_REPEAT);
	glTextureParameteriv(t[0], GL_TEXTURE_SWIZZLE_RGBA, swizzle);
	glTextureParameterfv(t[0], GL_TEXTURE_BORDER_COLOR, border);
	told("parameters", t[0]);
	glTextureParameterIiv(t[0], GL_TEXTURE_BORDER_COLOR, color);
	told("signed", t[0]);
	glTextureParameterIuiv(t[0], GL_TEXTURE_BORDER_COLOR, ucolor);
	told("unsigned", t[0]);
	glTextureParameteri(t[0], GL_FRONT, 1);
	judged("no parameter");
	glTextureParameteri(0, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	judged("texture 0");
	glTextureParameteri(9999, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	judged("no texture");
	glTextureStorage2D(t[0], 1, GL_RGBA8, 4, 4);
	judged("again");
	glTextureStorage3D(t[1], 1, GL_RGBA8, 4, 4, 4);
	judged("of another shape");
	glTextureSubImage2D(t[0], 0, 0, 0, 32, 16, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glGenerateTextureMipmap(t[0]);
	for (GLint l = 0; l < 4; l++) {
		memset(back, 0, sizeof back);
		glGetTextureImage(t[0], l, GL_RGBA, GL_UNSIGNED_BYTE, sizeof back, back);
		bytes("mipmap", back, sizeof back);
	}
	glTextureSubImage2D(t[0], 0, 30, 0, 4, 1, GL_RGBA, GL_UNSIGNED_BYTE, img);
	judged("too far");
	glTextureSubImage2D(t[0], 7, 0, 0, 4, 1, GL_RGBA, GL_UNSIGNED_BYTE, img);
	judged("no level");
	glTextureSubImage2D(t[0], 0, 0, 0, 4, 1, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, img);
	judged("no colours");
	glTextureSubImage3D(t[0], 0, 0, 0, 0, 4, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, img);
	judged("of another shape");
	glGetTextureImage(t[0], 0, GL_RGBA, GL_UNSIGNED_BYTE, 32 * 16 * 4 - 1, back);
	judged("too little room");
	glGetTextureImage(t[0], 0, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, 4096, back);
	judged("no integers");
	glGetTextureImage(t[0], 9, GL_RGBA, GL_UNSIGNED_BYTE, 4096, back);
	judged("no level");
	glGetTextureSubImage(t[0], 0, 0, 0, 0, 33, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, 4096, back);
	judged("too far");
	glGetTextureSubImage(t[0], 0, -1, 0, 0, 3, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, 4096, back);
	judged("before");
	glGetTextureSubImage(t[0], 0, 0, 0, 0, 0, 0, 0, GL_RGBA, GL_UNSIGNED_BYTE, 4096, back);
	judged("nothing");
	glGetCompressedTextureImage(t[0], 0, 4096, back);
	judged("not compressed");
	/* a buffer */
	GLuint pbo;
	glGenBuffers(1, &pbo);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo);
	glBufferData(GL_PIXEL_PACK_BUFFER, 32 * 16 * 4, NULL, GL_STREAM_READ);
	glGetTextureImage(t[0], 0, GL_RGBA, GL_UNSIGNED_BYTE, 0, (void *)1);
	judged("a byte too far in a buffer");
	glGetTextureImage(t[0], 0, GL_RED, GL_UNSIGNED_SHORT, 0, (void *)1);
	judged("an odd offset");
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, (void *)4096);
	judged("no such place");
	glReadPixels(0, 0, 30, 30, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	judged("pixels without room");
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	glDeleteBuffers(1, &pbo);
	/* units */
	glBindTextureUnit(3, t[0]);
	glActiveTexture(GL_TEXTURE3);
	GLint v = 0;
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &v);
	printf("unit: %d", v == (GLint)t[0]);
	glGetIntegeri_v(GL_TEXTURE_BINDING_2D, 3, &v);
	printf(" %d", v == (GLint)t[0]);
	glBindTextureUnit(3, 0);
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &v);
	printf(" %d\n", v);
	glBindTextureUnit(3, 9999);
	judged("no texture");
	GLuint gen;
	glGenTextures(1, &gen);
	glBindTextureUnit(3, gen);
	judged("never bound");
	glTextureParameteri(gen, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	judged("never bound");
	glActiveTexture(GL_TEXTURE0);
	/* buffers and samples */
	glGenBuffers(1, &b);
	glBindBuffer(GL_TEXTURE_BUFFER, b);
	glBufferData(GL_TEXTURE_BUFFER, 1024, img, GL_STATIC_DRAW);
	glCreateTextures(GL_TEXTURE_BUFFER, 1, &t[2]);
	glTextureBuffer(t[2], GL_RGBA8, b);
	told("buffer", t[2]);
	glGetTextureLevelParameteriv(t[2], 0, GL_TEXTURE_BUFFER_DATA_STORE_BINDING, &v);
	printf("buffer: %d\n", v == (GLint)b);
	glTextureBufferRange(t[2], GL_R32F, b, 256, 512);
	told("range", t[2]);
	glTextureBuffer(t[0], GL_RGBA8, b);
	judged("no buffer texture");
	glDeleteTextures(1, &t[2]);
	glDeleteBuffers(1, &b);
	glCreateTextures(GL_TEXTURE_2D_MULTISAMPLE, 1, &t[2]);
	glTextureStorage2DMultisample(t[2], 4, GL_RGBA8, 20, 10, GL_TRUE);
	told("samples", t[2]);
	glGetTextureImage(t[2], 0, GL_RGBA, GL_UNSIGNED_BYTE, 4096, back);
	judged("samples cannot be read");
	glDeleteTextures(1, &t[2]);
	glCreateTextures(GL_TEXTURE_2D_MULTISAMPLE_ARRAY, 1, &t[2]);
	glTextureStorage3DMultisample(t[2], 4, GL_RGBA8, 20, 10, 3, GL_FALSE);
	told("layers of samples", t[2]);
	glDeleteTextures(3, t);
	glDeleteTextures(1, &gen);
	judged("named");
}

/* From the framebuffer, and in a display list, where all this is carried out at once. */
static void copied(void) {
	static const struct target *flat = &targets[1];
	GLuint t = make(flat, GL_RGBA8, 1), a = make(&targets[5], GL_RGBA8, 1), c = make(&targets[6], GL_RGBA8, 1), one = make(&targets[0], GL_RGBA8, 1), l = glGenLists(1);
	glClearColor(.2f, .4f, .6f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glBegin(GL_TRIANGLES);
	glColor3f(1, 0, 0), glVertex2f(-.9f, -.8f), glColor3f(0, 1, 0), glVertex2f(.9f, -.7f), glColor3f(0, 0, 1), glVertex2f(.1f, .9f);
	glEnd();
	glCopyTextureSubImage2D(t, 0, 1, 2, 90, 68, 18, 11); /* over the tiles' corner */
	printf("copied: %016llx\n", (unsigned long long)whole(t, GL_RGBA, GL_UNSIGNED_BYTE));
	glCopyTextureSubImage1D(one, 0, 2, 92, 75, 20);
	printf("copied: %016llx\n", (unsigned long long)whole(one, GL_RGBA, GL_UNSIGNED_BYTE));
	for (int i = 0; i < 3; i++) {
		glCopyTextureSubImage3D(a, 0, 1, 1, 2 * i, 95, 70 + i, 10, 9);
		glCopyTextureSubImage3D(c, 0, i, 1, i + 2, 95 + i, 70, 10, 9);
	}
	printf("copied: %016llx\n", (unsigned long long)whole(a, GL_RGBA, GL_UNSIGNED_BYTE));
	printf("copied: %016llx\n", (unsigned long long)whole(c, GL_RGBA, GL_UNSIGNED_BYTE));
	glNewList(l, GL_COMPILE);
	glCopyTextureSubImage2D(t, 0, 0, 0, 80, 60, 20, 14);
	glTextureParameteri(t, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glEndList();
	printf("at once: %016llx\n", (unsigned long long)whole(t, GL_RGBA, GL_UNSIGNED_BYTE));
	glCopyTextureSubImage2D(t, 0, 15, 0, 80, 60, 20, 14);
	judged("too far");
	glCopyTextureSubImage2D(0, 0, 0, 0, 80, 60, 20, 14);
	judged("texture 0");
	glTextureBarrier();
	glTextureBarrierNV();
	glEnable(GL_TEXTURE_2D);
	glBindTextureUnit(0, t);
	glBegin(GL_QUADS);
	glColor3f(1, 1, 1);
	glTexCoord2f(0, 0), glVertex2f(-.5f, -.5f), glTexCoord2f(1, 0), glVertex2f(.5f, -.5f), glTexCoord2f(1, 1), glVertex2f(.5f, .5f), glTexCoord2f(0, 1), glVertex2f(-.5f, .5f);
	glEnd();
	glDisable(GL_TEXTURE_2D);
	picture("drawn with what was copied");
	glDeleteTextures(1, &t), glDeleteTextures(1, &a), glDeleteTextures(1, &c), glDeleteTextures(1, &one);
	glDeleteLists(l, 1);
	judged("copied");
}

/* Reading with a limit: tables of compatibility contexts. */
static void limited_tables(void) {
	GLfloat map[4] = {0, .25f, .5f, 1}, got[4] = {-1, -1, -1, -1};
	glPixelMapfv(GL_PIXEL_MAP_R_TO_R, 4, map);
	glGetnPixelMapfvARB(GL_PIXEL_MAP_R_TO_R, 15, got);
	judged("a map too long");
	glGetnPixelMapfvARB(GL_PIXEL_MAP_R_TO_R, 16, got);
	printf("map: %g %g %g %g\n", got[0], got[1], got[2], got[3]);
	GLfloat coeff[12] = {0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, back12[12] = {0};
	glMap1f(GL_MAP1_VERTEX_3, 0, 1, 3, 4, coeff);
	glGetnMapfvARB(GL_MAP1_VERTEX_3, GL_COEFF, 47, back12);
	judged("coefficients too many");
	glGetnMapfvARB(GL_MAP1_VERTEX_3, GL_COEFF, 48, back12);
	printf("coefficients: %g %g\n", back12[4], back12[11]);
	GLubyte stipple[128];
	memset(stipple, 1, sizeof stipple);
	glGetnPolygonStippleARB(127, stipple);
	judged("a pattern too large");
	glGetnPolygonStippleARB(128, stipple);
	bytes("pattern", stipple, sizeof stipple);
}
static void limited(void) {
	if (!conform_core) limited_tables();
	memset(back, 0xcc, sizeof back);
	glReadnPixels(50, 40, 20, 10, GL_RGBA, GL_UNSIGNED_BYTE, 799, back);
	judged("pixels too many");
	glReadnPixels(95, 70, 20, 10, GL_RGBA, GL_UNSIGNED_BYTE, 800, back);
	bytes("pixels", back, 1024);
	glPixelStorei(GL_PACK_ROW_LENGTH, 30);
	glReadnPixels(95, 70, 20, 10, GL_RGBA, GL_UNSIGNED_BYTE, 9 * 120 + 79, back);
	judged("rows too many");
	glReadnPixels(95, 70, 20, 10, GL_RGBA, GL_UNSIGNED_BYTE, 9 * 120 + 80, back);
	bytes("rows", back, 2048);
	glPixelStorei(GL_PACK_ROW_LENGTH, 0);
	GLuint t;
	glGenTextures(1, &t);
	glBindTexture(GL_TEXTURE_2D, t);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 20, 10, 0, GL_RGBA, GL_UNSIGNED_BYTE, img);
	glGetnTexImageARB(GL_TEXTURE_2D, 0, GL_RGB, GL_UNSIGNED_BYTE, 599, back);
	judged("an image too large");
	glGetnTexImageARB(GL_TEXTURE_2D, 0, GL_RGB, GL_UNSIGNED_BYTE, 600, back);
	bytes("image", back, 1024);
	glCompressedTexImage2D(GL_TEXTURE_2D, 0, GL_COMPRESSED_RGBA_S3TC_DXT1_EXT, 16, 16, 0, 128, img);
	glGetnCompressedTexImageARB(GL_TEXTURE_2D, 0, 128, back);
	bytes("compressed image", back, 1024);
	glDeleteTextures(1, &t);
	glGetnColorTableARB(GL_COLOR_TABLE, GL_RGBA, GL_FLOAT, 4096, back);
	judged("no imaging");
	glGetnHistogramARB(GL_HISTOGRAM, GL_TRUE, GL_RGBA, GL_FLOAT, 4096, back);
	judged("no imaging");
}

int main(void) {
	if (!conform_open(0, CONFORM_LEGACY)) return 1;
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 37 + i / 251);
	named();
	stored();
	bound();
	compressed();
	for (int i = 0; i < 2; i++) {
		copied();
		limited();
		conform_swap();
	}
	judged("end");
	conform_close();
	return 0;
}
