/* Tests of prism_len.h, prism_blocks.h and of the pixel store in custom_pixels.c and custom_compressed.c against slow references written from the GL specification.
 * The driver's runtime is replaced by stand-ins. Prints what differs; exit status 1 then. */
#include "gl/images/custom_pixels.c"
#include "gl/images/custom_compressed.c"
#include <stdio.h>

/* ---- stand-ins ---- */
static prism_thread thread;
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &thread;
static struct prism_context context;
static GLenum last_error;
static uint8_t scratch[1 << 20];
void *prism_room(uint32_t bytes) { (void)bytes; return NULL; }
void prism_error(GLenum e) { last_error = e; }
bool prism_es_lacks(const prism_client *c, GLenum pname) { (void)pname; return c->es; } /* contexts here are desktop ones */
void *prism_scratch(size_t n) { return n <= sizeof scratch ? scratch : NULL; }
bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) {
	a->p = p;
	a->bytes = (uint32_t)bytes;
	a->mode = PRISM_BLOB_STAGED;
	return bytes <= PRISM_MAX_STAGED;
}
bool prism_ask_begin(prism_ask *q) { (void)q; return false; }
bool prism_ask_wait(prism_ask *q) { (void)q; return false; }
void prism_ask_end(prism_ask *q) { (void)q; }
bool prism_pack_later(prism_client *c, uint32_t serial, GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, int64_t offset) {
	(void)c, (void)serial, (void)x, (void)y, (void)w, (void)h, (void)format, (void)type, (void)offset;
	return false;
}
int prism_get(prism_client *c, uint32_t what, uint32_t form, uint32_t a, uint32_t b, void *to, uint32_t max, bool keep) {
	(void)c, (void)what, (void)form, (void)a, (void)b, (void)to, (void)max, (void)keep;
	return -1;
}
static uint8_t buffer[1 << 16]; /* the pixel pack buffer */
bool prism_buffer_read(prism_client *c, GLenum target, int64_t offset, int64_t n, void *to) {
	(void)c, (void)target;
	memcpy(to, buffer + offset, (size_t)n);
	return true;
}
void prism_buffer_write(prism_client *c, GLenum target, int64_t offset, int64_t n, const void *from) {
	(void)c, (void)target;
	memcpy(buffer + offset, from, (size_t)n);
}
static prism_buffer pack_buffer = {.size = sizeof buffer};
prism_buffer *prism_buffer_of(prism_client *c, uint32_t serial) { return (void)c, serial ? &pack_buffer : NULL; }
uint32_t prism_serial(int kind, GLuint name, bool *ok) { return (void)kind, *ok = true, name; }
prism_bound *prism_binding(prism_client *c, GLenum target) { return target == GL_ARRAY_BUFFER ? &c->buf[PRISM_BUF_ARRAY] : NULL; }

static int failures, checks;
#define CHECK(ok, ...) do { checks++; if (!(ok)) { failures++; printf(__VA_ARGS__); puts(""); if (failures > 20) return; } } while (0)

static uint32_t seed = 12345;
static uint32_t rnd(uint32_t n) {
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* Format, components; type, bytes of an element (or of the packed pixel), packed. */
static const struct { GLenum format; int n; } formats[] = {{GL_RED, 1}, {GL_RG, 2}, {GL_RGB, 3}, {GL_BGRA, 4}, {GL_LUMINANCE_ALPHA, 2}, {GL_RGBA_INTEGER, 4}, {GL_DEPTH_COMPONENT, 1}};
static const struct { GLenum type; int size; bool packed; int swap; } types[] = {
	{GL_UNSIGNED_BYTE, 1, false, 1}, {GL_SHORT, 2, false, 2}, {GL_FLOAT, 4, false, 4}, {GL_HALF_FLOAT, 2, false, 2},
	{GL_UNSIGNED_SHORT_5_6_5, 2, true, 2}, {GL_UNSIGNED_INT_8_8_8_8_REV, 4, true, 4}, {GL_UNSIGNED_BYTE_3_3_2, 1, true, 1},
	{GL_FLOAT_32_UNSIGNED_INT_24_8_REV, 8, true, 4},
};

/* Where the byte `k` of pixel (x, y, z) stands in client memory, straight from the specification (section 3.7.2 of GL 3.3). */
static uint64_t place(const prism_store *s, int dims, int w, int h, int n, int size, bool packed, int x, int y, int z) {
	int l = s->row_length > 0 ? s->row_length : w, a = s->alignment, group = packed ? size : n * size;
	int64_t k = size >= a ? (int64_t)group * l : (int64_t)a * ((group * (int64_t)l + a - 1) / a);
	int64_t rows = dims > 2 && s->image_height > 0 ? s->image_height : h;
	int64_t at = (int64_t)(s->skip_pixels + x) * group;
	at += (s->skip_rows + y) * k;
	if (dims > 2) at += (s->skip_images + z) * k * rows;
	return (uint64_t)at;
}

static prism_store random_store(int w, int h) {
	prism_store s = {.alignment = 1 << rnd(4)};
	if (rnd(2)) s.row_length = w + (int)rnd(5);
	if (rnd(2)) s.image_height = h + (int)rnd(3);
	if (rnd(2)) s.skip_pixels = (int)rnd(7);
	if (rnd(2)) s.skip_rows = (int)rnd(3);
	if (rnd(2)) s.skip_images = (int)rnd(2);
	s.swap_bytes = (int)rnd(2);
	s.lsb_first = (int)rnd(2);
	return s;
}

static void test_images(void) {
	static uint8_t src[1 << 18], tight[1 << 16], want[1 << 16], dst[1 << 18], dwant[1 << 18];
	for (size_t i = 0; i < sizeof src; i++) src[i] = (uint8_t)(i * 131 + (i >> 8) * 17);
	for (int round = 0; round < 4000; round++) {
		int f = (int)rnd(sizeof formats / sizeof *formats), t = (int)rnd(sizeof types / sizeof *types);
		int dims = 1 + (int)rnd(3), w = 1 + (int)rnd(13), h = dims > 1 ? 1 + (int)rnd(6) : 1, d = dims > 2 ? 1 + (int)rnd(3) : 1;
		int n = formats[f].n, size = types[t].size;
		bool packed = types[t].packed;
		prism_store s = random_store(w, h);
		int group = packed ? size : n * size;
		uint64_t bytes = (uint64_t)group * (uint64_t)(w * h * d);
		CHECK(prism_len_image(w, h, d, formats[f].format, types[t].type) == bytes, "len_image(%d, %d, %d, %#x, %#x)", w, h, d, formats[f].format, types[t].type);
		memset(dst, 0xcc, sizeof dst);
		memset(dwant, 0xcc, sizeof dwant);
		uint8_t *to = want;
		for (int z = 0; z < d; z++)
			for (int y = 0; y < h; y++)
				for (int x = 0; x < w; x++) {
					uint64_t at = place(&s, dims, w, h, n, size, packed, x, y, z);
					for (int k = 0; k < group; k++) {
						int sw = s.swap_bytes ? types[t].swap : 1, j = k / sw * sw + (sw - 1 - k % sw);
						to[k] = src[at + (uint64_t)j];
						dwant[at + (uint64_t)j] = to[k];
					}
					to += group;
				}
		prism_layout l = prism_image_layout(&s, dims, w, h, formats[f].format, types[t].type);
		prism_image_gather(tight, src, &l, w, h, d);
		CHECK(!memcmp(tight, want, bytes), "gather: format %#x type %#x %dx%dx%d dims %d", formats[f].format, types[t].type, w, h, d, dims);
		if (l.plain) CHECK(!memcmp(src + l.start, want, bytes), "plain, but not: format %#x type %#x %dx%dx%d", formats[f].format, types[t].type, w, h, d);
		prism_image_scatter(dst, want, &l, w, h, d);
		CHECK(!memcmp(dst, dwant, sizeof dst), "scatter: format %#x type %#x %dx%dx%d dims %d", formats[f].format, types[t].type, w, h, d, dims);
		/* the whole way, also into a buffer */
		prism_client *c = context.client;
		c->unpack = c->pack = s;
		prism_arr a;
		CHECK(prism_arr_image(&a, src, dims, w, h, d, formats[f].format, types[t].type) && a.bytes == bytes && !memcmp(a.p, want, bytes), "arr_image: %#x %#x", formats[f].format, types[t].type);
		if (bytes < 16384 && place(&s, dims, w, h, n, size, packed, w, h, d) + 64 < sizeof buffer) {
			memset(buffer, 0xcc, sizeof buffer);
			c->buf[PRISM_BUF_PACK] = (prism_bound){1, 1};
			CHECK(prism_image_deliver(c, want, bytes, (void *)8, 0, dims, w, h, d, formats[f].format, types[t].type), "does not fit");
			c->buf[PRISM_BUF_PACK] = (prism_bound){0, 0};
			CHECK(!memcmp(buffer + 8, dwant, sizeof buffer - 8), "deliver to a buffer: %#x %#x %dx%dx%d", formats[f].format, types[t].type, w, h, d);
		}
		/* with just enough room, and a byte less */
		const int64_t end = (int64_t)place(&s, dims, w, h, n, size, packed, w - 1, h - 1, d - 1) + group;
		memset(dst, 0xcc, sizeof dst);
		last_error = 0;
		CHECK(!prism_image_deliver(c, want, bytes, dst, end - 1, dims, w, h, d, formats[f].format, types[t].type) && last_error == GL_INVALID_OPERATION && dst[end - 1] == 0xcc,
		      "a byte too few: %#x %#x %dx%dx%d", formats[f].format, types[t].type, w, h, d);
		CHECK(prism_image_deliver(c, want, bytes, dst, end, dims, w, h, d, formats[f].format, types[t].type) && !memcmp(dst, dwant, sizeof dst), "enough room");
	}
}

static void test_bitmaps(void) {
	static uint8_t src[4096], tight[4096], dst[4096], dwant[4096];
	for (size_t i = 0; i < sizeof src; i++) src[i] = (uint8_t)(i * 29 + (i >> 4));
	for (int round = 0; round < 2000; round++) {
		int w = 1 + (int)rnd(70), h = 1 + (int)rnd(8), a;
		prism_store s = random_store(w, h);
		s.swap_bytes = 0;
		a = s.alignment;
		int length = s.row_length ? s.row_length : w, row = a * ((length + 8 * a - 1) / (8 * a)), tight_row = (w + 7) / 8;
		CHECK(prism_len_image(w, h, 1, GL_COLOR_INDEX, GL_BITMAP) == (uint64_t)(tight_row * h), "bitmap of %dx%d", w, h);
		prism_layout l = prism_image_layout(&s, 2, w, h, GL_COLOR_INDEX, GL_BITMAP);
		memset(tight, 0, sizeof tight);
		prism_image_gather(tight, src, &l, w, h, 1);
		memset(dst, 0x5a, sizeof dst);
		memset(dwant, 0x5a, sizeof dwant);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				int bit = s.skip_pixels + x;
				size_t at = (size_t)((s.skip_rows + y) * row + bit / 8);
				int shift = s.lsb_first ? bit % 8 : 7 - bit % 8;
				int v = src[at] >> shift & 1, got = tight[y * tight_row + x / 8] >> (7 - x % 8) & 1;
				CHECK(v == got, "bitmap %dx%d: bit %d, %d", w, h, x, y);
				dwant[at] = (uint8_t)((dwant[at] & ~(1 << shift)) | v << shift);
			}
		prism_image_scatter(dst, tight, &l, w, h, 1);
		CHECK(!memcmp(dst, dwant, sizeof dst), "bitmap scattered: %dx%d", w, h);
	}
}

/* Blocks, straight from the specification: rows of ceil(row length / block width) blocks, images of ceil(image height / block height) rows. */
static void test_compressed(void) {
	static const struct { GLenum format; int w, h, bytes; } all[] = {
		{GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 4, 4, 16}, {GL_COMPRESSED_RED_RGTC1, 4, 4, 8}, {GL_COMPRESSED_RGBA_ASTC_10x6_KHR, 10, 6, 16},
		{GL_COMPRESSED_SRGB8_ALPHA8_ASTC_5x4_KHR, 5, 4, 16}, {GL_COMPRESSED_RGB_FXT1_3DFX, 8, 4, 16},
	};
	static uint8_t src[1 << 18], dst[1 << 18], want[1 << 16], dwant[1 << 18];
	prism_client *c = context.client;
	for (size_t i = 0; i < sizeof src; i++) src[i] = (uint8_t)(i * 7 + (i >> 7));
	for (int round = 0; round < 2000; round++) {
		const int f = (int)rnd(5), dims = 2 + (int)rnd(2), w = 1 + (int)rnd(40), h = 1 + (int)rnd(30), d = dims > 2 ? 1 + (int)rnd(3) : 1;
		const int bw = all[f].w, bh = all[f].h, each = all[f].bytes, across = (w + bw - 1) / bw, down = (h + bh - 1) / bh;
		prism_store s = {.alignment = 1 << rnd(4), .swap_bytes = (int)rnd(2)};
		if (rnd(2)) s.row_length = w + (int)rnd(20);
		if (rnd(2)) s.image_height = h + (int)rnd(9);
		s.skip_pixels = (int)rnd(3) * bw, s.skip_rows = (int)rnd(3) * bh, s.skip_images = (int)rnd(2);
		const bool on = rnd(4) != 0;
		if (on) s.block_width = bw, s.block_height = bh, s.block_depth = 1, s.block_size = each;
		const int length = on && s.row_length ? (s.row_length + bw - 1) / bw : across, rows = on && dims > 2 && s.image_height ? (s.image_height + bh - 1) / bh : down;
		const GLsizei bytes = across * down * d * each;
		size_t end = 0;
		uint8_t *to = want;
		memset(dst, 0xcc, sizeof dst), memset(dwant, 0xcc, sizeof dwant);
		for (int z = 0; z < d; z++)
			for (int y = 0; y < down; y++)
				for (int x = 0; x < across; x++, to += each) {
					size_t at = (size_t)(((z * rows + y) * length + x) * each);
					if (on) at += (size_t)(((dims > 2 ? s.skip_images * rows : 0) + s.skip_rows / bh) * length + s.skip_pixels / bw) * (size_t)each;
					memcpy(to, src + at, (size_t)each), memcpy(dwant + at, to, (size_t)each);
					end = at + (size_t)each;
				}
		c->unpack = c->pack = s;
		prism_arr a;
		CHECK(prism_arr_compressed(&a, src, dims, w, h, d, all[f].format, bytes) && a.bytes == (uint32_t)bytes && !memcmp(a.p, want, (size_t)bytes), "compressed %#x %dx%dx%d", all[f].format, w, h, d);
		CHECK(!prism_compressed_deliver(c, want, (uint64_t)bytes, dst, (int64_t)end - 1, dims, w, h, d, all[f].format) && dst[end - 1] == 0xcc, "a byte too few");
		CHECK(prism_compressed_deliver(c, want, (uint64_t)bytes, dst, (int64_t)end, dims, w, h, d, all[f].format) && !memcmp(dst, dwant, sizeof dst), "delivered %#x %dx%dx%d", all[f].format, w, h, d);
		if (!on) continue;
		last_error = 0;
		c->unpack.skip_pixels = bw + 1;
		CHECK(!prism_arr_compressed(&a, src, dims, w, h, d, all[f].format, bytes) && last_error == GL_INVALID_OPERATION, "half a block skipped");
		c->unpack.skip_pixels = 0;
		CHECK(prism_arr_compressed(&a, src, dims, w, h, d, all[f].format, bytes + 1) && a.p == src && a.bytes == (uint32_t)bytes + 1, "a length that is not the image's");
	}
}

static void test_lengths(void) {
	const struct { const char *what; uint64_t got, want; } cases[] = {
		{"negative width", prism_len_image(-1, 4, 1, GL_RGBA, GL_UNSIGNED_BYTE), 0},
		{"no height", prism_len_image(4, 0, 1, GL_RGBA, GL_UNSIGNED_BYTE), 0},
		{"unknown format", prism_len_image(4, 4, 1, 0x1234, GL_UNSIGNED_BYTE), 0},
		{"unknown type", prism_len_image(4, 4, 1, GL_RGBA, 0x1234), 0},
		{"a bitmap of colours", prism_len_image(8, 1, 1, GL_RGBA, GL_BITMAP), 0},
		{"the largest", prism_len_image(INT32_MAX, INT32_MAX, INT32_MAX, GL_RGBA, GL_FLOAT), PRISM_LEN_OVER},
		{"beyond 4 GiB", prism_len_image(65536, 65536, 1, GL_RGBA, GL_UNSIGNED_BYTE), 1ull << 34},
		{"depth and stencil", prism_len_image(3, 1, 1, GL_DEPTH_STENCIL, GL_FLOAT_32_UNSIGNED_INT_24_8_REV), 24},
		{"indices", prism_len_indices(5, GL_UNSIGNED_SHORT), 10},
		{"indices of floats", prism_len_indices(5, GL_FLOAT), 0},
		{"negative indices", prism_len_indices(-5, GL_UNSIGNED_INT), 0},
		{"lists of three bytes", prism_len_calllists(4, GL_3_BYTES), 12},
		{"map1", prism_len_map1(GL_MAP1_VERTEX_3, 5, 4), 18},
		{"map1 with too small a stride", prism_len_map1(GL_MAP1_VERTEX_4, 3, 4), 0},
		{"map2", prism_len_map2(GL_MAP2_VERTEX_3, 3, 4, 12, 4), 9 + 36 + 3},
		{"map of a wrong order", prism_len_map1(GL_MAP1_VERTEX_3, 3, 1000000000), 0},
		{"spot direction", prism_len_light(GL_SPOT_DIRECTION), 3},
		{"shininess", prism_len_material(GL_SHININESS), 1},
		{"matrix", prism_len_get(GL_MODELVIEW_MATRIX), 16},
		{"uniform matrix", prism_len_uniform(GL_FLOAT_MAT4x3), 12},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(cases[i].got == cases[i].want, "%s: %llu, want %llu", cases[i].what, (unsigned long long)cases[i].got, (unsigned long long)cases[i].want);
}

static void test_store(void) {
	prism_client *c = context.client;
	c->unpack = (prism_store){.alignment = 4};
	last_error = 0;
	prism_gl_PixelStorei(GL_UNPACK_ALIGNMENT, 3);
	CHECK(last_error == GL_INVALID_VALUE && c->unpack.alignment == 4, "alignment of 3: %#x", last_error);
	prism_gl_PixelStorei(GL_UNPACK_ROW_LENGTH, -1);
	CHECK(last_error == GL_INVALID_VALUE, "negative row length: %#x", last_error);
	prism_gl_PixelStorei(0x1234, 1);
	CHECK(last_error == GL_INVALID_ENUM, "unknown word: %#x", last_error);
	prism_gl_PixelStoref(GL_PACK_SKIP_ROWS, 2.6f);
	CHECK(c->pack.skip_rows == 3, "rounded to %d", c->pack.skip_rows);
	prism_gl_PixelStorei(GL_UNPACK_SWAP_BYTES, 17);
	CHECK(c->unpack.swap_bytes == 1, "flag %d", c->unpack.swap_bytes);
	prism_arr a;
	c->buf[PRISM_BUF_UNPACK].name = 5;
	CHECK(prism_arr_image(&a, (void *)64, 2, 4, 4, 1, GL_RGBA, GL_UNSIGNED_BYTE) && a.mode == PRISM_BLOB_OFFSET && a.offset == 64, "offset: mode %u", a.mode);
	c->buf[PRISM_BUF_UNPACK].name = 0;
	CHECK(prism_arr_image(&a, NULL, 2, 4, 4, 1, GL_RGBA, GL_UNSIGNED_BYTE) && a.mode == PRISM_BLOB_NULL, "NULL: mode %u", a.mode);
	/* an array of an answer that claims more than there is */
	uint8_t reply[24] = {200};
	prism_ask q = {.at = reply, .end = reply + sizeof reply};
	const void *p;
	CHECK(prism_ask_peek(&q, &p) == 0 && !p, "a short answer");
}

int main(void) {
	static prism_client client;
	static prism_shared shared;
	pthread_mutex_init(&shared.mu, NULL);
	client.sh = &shared;
	context.client = &client;
	thread.ctx = &context;
	client.pack.alignment = client.unpack.alignment = 4;
	test_lengths();
	test_store();
	test_images();
	test_bitmaps();
	test_compressed();
	printf("%d checks, %d failures\n", checks, failures);
	return failures || checks < 10000;
}
