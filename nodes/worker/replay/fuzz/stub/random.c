/* Items of every command with values that have a way of being wrong. */
#include "drive.h"
#include "stub.h"
#include "exact.h"

uint32_t drive_next(drive_random *r) {
	r->s = r->s * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(r->s >> 33);
}
static uint32_t below(drive_random *r, uint32_t n) { return drive_next(r) % n; }
#define PICK(r, list) (list)[below(r, sizeof(list) / sizeof *(list))]

static const int64_t numbers[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 47, 64, 100, 255, 256, 4095, 16384, 65535, 65536, 1 << 20, 1 << 28, 0x3fffffff,
                                  0x40000000, INT32_MAX - 1, INT32_MAX, INT32_MIN, -1, -2, -4, -65536, UINT32_MAX, 0x100000000, INT64_MAX, INT64_MIN};
static const double fractions[] = {0, 1, -1, 0.5, 3e9, 1e30, -1e30, __builtin_inf(), __builtin_nan("")};
static const uint32_t masks[] = {0, 0xffffffff, GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT};
static const uint32_t enums[] = {
	0, 1, 4, 7, 0xe, 0xf, 0xffffffff, 0xabcd, 0xf123,
	GL_UNSIGNED_BYTE, GL_BYTE, GL_UNSIGNED_SHORT, GL_SHORT, GL_UNSIGNED_INT, GL_INT, GL_FLOAT, GL_DOUBLE, GL_HALF_FLOAT, GL_BITMAP, GL_2_BYTES, GL_3_BYTES,
	GL_4_BYTES, GL_UNSIGNED_BYTE_3_3_2, GL_UNSIGNED_SHORT_5_6_5, GL_UNSIGNED_INT_8_8_8_8_REV, GL_UNSIGNED_INT_24_8, GL_FLOAT_32_UNSIGNED_INT_24_8_REV,
	GL_UNSIGNED_INT_2_10_10_10_REV, GL_UNSIGNED_INT_10F_11F_11F_REV, GL_UNSIGNED_SHORT_8_8_MESA, GL_INT_2_10_10_10_REV,
	GL_COLOR_INDEX, GL_STENCIL_INDEX, GL_DEPTH_COMPONENT, GL_RED, GL_RG, GL_RGB, GL_RGBA, GL_BGRA, GL_ALPHA, GL_LUMINANCE, GL_LUMINANCE_ALPHA, GL_DEPTH_STENCIL,
	GL_RGBA_INTEGER, GL_ABGR_EXT, GL_YCBCR_MESA, GL_LUMINANCE_ALPHA_INTEGER_EXT, GL_INTENSITY,
	GL_TEXTURE_1D, GL_TEXTURE_2D, GL_TEXTURE_3D, GL_TEXTURE_CUBE_MAP, GL_TEXTURE_CUBE_MAP_POSITIVE_X, GL_TEXTURE_2D_ARRAY, GL_PROXY_TEXTURE_2D,
	GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER, GL_PIXEL_PACK_BUFFER, GL_PIXEL_UNPACK_BUFFER, GL_UNIFORM_BUFFER, GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER,
	GL_FRAMEBUFFER, GL_READ_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER, GL_RENDERBUFFER, GL_COLOR_ATTACHMENT0, GL_DEPTH_ATTACHMENT, GL_DEPTH_STENCIL_ATTACHMENT,
	GL_FRONT, GL_BACK, GL_FRONT_LEFT, GL_BACK_LEFT, GL_FRONT_AND_BACK, GL_LEFT, GL_RIGHT, GL_NONE, GL_COLOR, GL_DEPTH, GL_STENCIL,
	GL_SCISSOR_TEST, GL_SCISSOR_BOX, GL_VIEWPORT, GL_MODELVIEW_MATRIX, GL_TEXTURE_BINDING_2D, GL_LIST_INDEX, GL_DRAW_BUFFER, GL_READ_BUFFER, GL_DRAW_BUFFER0,
	GL_COMPRESSED_TEXTURE_FORMATS, GL_SHADER_BINARY_FORMATS, GL_CURRENT_COLOR, GL_MAX_VIEWPORTS, GL_DEPTH_RANGE, GL_ARRAY_BUFFER_BINDING,
	GL_TEXTURE_BORDER_COLOR, GL_TEXTURE_SWIZZLE_RGBA, GL_TEXTURE_MIN_FILTER, GL_AMBIENT, GL_SPOT_DIRECTION, GL_POSITION, GL_COLOR_INDEXES, GL_SHININESS,
	GL_FOG_COLOR, GL_LIGHT_MODEL_AMBIENT, GL_TEXTURE_ENV_COLOR, GL_TEXTURE_ENV, GL_OBJECT_PLANE, GL_EYE_PLANE, GL_POINT_DISTANCE_ATTENUATION,
	GL_PATCH_DEFAULT_OUTER_LEVEL, GL_SAMPLE_POSITION, GL_LIGHT0, GL_MAP1_VERTEX_3, GL_MAP1_COLOR_4, GL_MAP2_VERTEX_4, GL_MAP1_VERTEX_ATTRIB0_4_NV, GL_MAP1_INDEX,
	GL_ORDER, GL_COEFF, GL_DOMAIN, GL_PIXEL_MAP_I_TO_I, GL_PIXEL_MAP_A_TO_A, GL_VERTEX_ARRAY, GL_NORMAL_ARRAY, GL_COLOR_ARRAY, GL_TEXTURE_COORD_ARRAY,
	GL_EDGE_FLAG_ARRAY, GL_FOG_COORD_ARRAY, GL_SECONDARY_COLOR_ARRAY, GL_INDEX_ARRAY, GL_UNPACK_ALIGNMENT, GL_UNPACK_ROW_LENGTH, GL_UNPACK_SKIP_ROWS,
	GL_UNPACK_SKIP_PIXELS, GL_UNPACK_IMAGE_HEIGHT, GL_UNPACK_SWAP_BYTES, GL_PACK_ALIGNMENT, GL_PACK_ROW_LENGTH, GL_PACK_SKIP_ROWS,
	GL_COMPILE, GL_COMPILE_AND_EXECUTE, GL_SELECT, GL_FEEDBACK, GL_RENDER, GL_3D_COLOR, GL_SAMPLES_PASSED, GL_ANY_SAMPLES_PASSED, GL_TIME_ELAPSED,
	GL_VERTEX_SHADER, GL_GEOMETRY_SHADER, GL_VERTEX_PROGRAM_ARB, GL_PROGRAM_STRING_ARB, GL_PROGRAM_FORMAT_ASCII_ARB, GL_STATIC_DRAW, GL_BOOL, GL_INT_VEC4,
	GL_BUFFER_SIZE, GL_RGBA8, GL_DEPTH24_STENCIL8, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, GL_VERTEX_ATTRIB_ARRAY_ENABLED, GL_INTERLEAVED_ATTRIBS,
	GL_EXTENSIONS, GL_VERSION, GL_NUM_EXTENSIONS, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE,
};

size_t drive_commands(void) { return stub_records_n; }

static int64_t number(drive_random *r) { return below(r, 3) ? below(r, 9) : PICK(r, numbers); }
static uint32_t word(drive_random *r, char kind) {
	switch (kind) {
	case 'e': return below(r, 20) ? PICK(r, enums) : drive_next(r);
	case 'h': return below(r, 12) ? below(r, 4) : drive_next(r);
	case 't': return below(r, 3);
	case 'm': return below(r, 2) ? 1u << below(r, 32) : PICK(r, masks);
	case 'f': {
		const float v = (float)PICK(r, fractions);
		uint32_t w;
		memcpy(&w, &v, 4);
		return w;
	}
	/* An integer may stand for an enum (internalformat, prismGet's), and a number for an array or a side. */
	default: return below(r, 5) ? (uint32_t)number(r) : PICK(r, enums);
	}
}

/* A blob; gives how many bytes it has behind the fixed part. */
static uint32_t blob(uint8_t *to, drive_random *r) {
	static const uint32_t lengths[] = {0, 1, 2, 3, 4, 8, 12, 16, 24, 32, 64, 100, 128, 256};
	uint32_t b[2] = {PICK(r, lengths), PRISM_BLOB_INLINE}, behind = 0;
	switch (below(r, 16)) {
	case 0: b[0] = 0, b[1] = PRISM_BLOB_NULL; break;
	case 1: b[1] = PRISM_BLOB_NULL; break;
	case 2: b[1] = PRISM_BLOB_STAGED; break;
	case 3: case 4: case 5: b[0] = behind = 8, b[1] = PRISM_BLOB_OFFSET; break;
	case 6: b[1] = drive_next(r); break;
	case 7: b[0] = (uint32_t)PICK(r, numbers); break; /* longer than the record, mostly */
	case 8: case 9: behind = b[0]; break;
	default: b[0] = 0, b[1] = 4; /* exactly what is needed (exact.h) */
	}
	memcpy(to, b, 8);
	return behind;
}

/* Calls of a span in n bytes: whole ones as long as there is room, now and then one that is none. */
static void items(uint8_t *at, uint32_t n, drive_random *r) {
	while (n >= 4) {
		const stub_item *i;
		unsigned tries = 0;
		do i = &stub_items[below(r, (uint32_t)stub_items_n)];
		while (i->bytes > n && ++tries < 50);
		uint16_t head[2] = {i->op, i->bytes};
		if (!below(r, 40)) head[below(r, 2)] = (uint16_t)(below(r, 2) ? below(r, 64) : drive_next(r));
		memcpy(at, head, sizeof head);
		for (uint32_t k = 4; k < i->bytes && k + 4 <= n; k += 4) {
			const uint32_t w = word(r, below(r, 2) ? 'e' : 'f');
			memcpy(at + k, &w, 4);
		}
		const uint32_t step = i->bytes < n ? i->bytes : n;
		at += step;
		n -= step;
	}
}

static uint32_t set(uint8_t *at, const char *f, drive_random *r) {
	uint64_t v8;
	switch (*f) {
	case 'U': case 'I': v8 = (uint64_t)number(r); memcpy(at, &v8, 8); return 0;
	case 'y': v8 = below(r, 4); memcpy(at, &v8, 8); return 0;
	case 'F': {
		const double d = PICK(r, fractions);
		memcpy(at, &d, 8);
		return 0;
	}
	case 'b': return blob(at, r);
	case 'v': {
		const uint32_t whole[2] = {4 * below(r, 100), PRISM_BLOB_INLINE};
		if (!below(r, 4)) return blob(at, r);
		memcpy(at, whole, 8);
		return whole[0];
	}
	case '.': case '0': return 0;
	default: {
		const uint32_t w = word(r, *f);
		memcpy(at, &w, 4);
		return 0;
	}
	}
}

void drive_item(drive_buf *b, drive_random *r, size_t command) {
	const stub_record *c = &stub_records[command % stub_records_n];
	const size_t start = b->n, fixed = strlen(c->fields) * 4;
	drive_add(b, 4 + fixed);
	uint32_t behind = 0;
	/* Counts and lists of serials that fit are rare by chance: small everywhere, now and then. */
	for (size_t i = 0; c->fields[i]; i++) {
		const uint32_t n = set(b->p + start + 4 + i * 4, c->fields + i, r);
		if (!n) continue;
		const uint32_t room = (uint32_t)PRISM_PAD8((uint64_t)n);
		uint8_t *at = drive_add(b, room);
		for (uint32_t k = 0; k + 4 <= room; k += 4) {
			const uint32_t w = n == 8 && k == 4 ? 0 : word(r, below(r, 2) ? 'h' : 'i');
			memcpy(at + k, &w, 4);
		}
		if (c->fields[i] == 'v') items(at, n, r);
		behind += room;
	}
	const uint16_t head[2] = {c->op, (uint16_t)(fixed + behind)};
	memcpy(b->p + start, head, 4);
}

void drive_field(uint8_t *payload, size_t n, uint16_t op, drive_random *r) {
	for (size_t i = 0; i < stub_records_n; i++) {
		if (stub_records[i].op != op) continue;
		const size_t k = strlen(stub_records[i].fields), at = k ? below(r, (uint32_t)k) : 0;
		if (k && (at + 2) * 4 <= n) set(payload + at * 4, stub_records[i].fields + at, r);
		return;
	}
}
