/* Lengths of arrays, shared by the packers (driver) and the unpackers (node): what a command reads or writes, from its other
 * parameters. The overlay calls these functions without the prefix. All are pure and give 0 where GL itself would
 * report an error and read nothing. A count is of elements where the array has a type, of bytes for void.
 * PRISM_LEN_UNKNOWN: a word that is not known here, though a driver may know it; the command does not travel, and a node refuses it.
 */
#ifndef PRISM_LEN_H
#define PRISM_LEN_H
#include <stdint.h>
#include <GL/gl.h>
#include <GL/glext.h>

#ifndef GL_HALF_FLOAT_OES
#define GL_HALF_FLOAT_OES 0x8D61 /* of OpenGL ES 2: another number for the same */
#endif

#define PRISM_LEN_UNKNOWN UINT64_MAX
#define PRISM_LEN_OVER (UINT64_MAX / 4) /* more than 64 bits can count: no array is as long */

/* Bytes of one scalar of a type of vertices, indices, pixels or list names. */
static inline uint64_t prism_len_type(uint32_t type) {
	switch (type) {
	case GL_BYTE: case GL_UNSIGNED_BYTE: return 1;
	case GL_SHORT: case GL_UNSIGNED_SHORT: case GL_HALF_FLOAT: case GL_HALF_FLOAT_OES: case GL_2_BYTES: return 2;
	case GL_3_BYTES: return 3;
	case GL_INT: case GL_UNSIGNED_INT: case GL_FLOAT: case GL_FIXED: case GL_4_BYTES:
	case GL_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_2_10_10_10_REV: case GL_UNSIGNED_INT_10F_11F_11F_REV: return 4;
	case GL_DOUBLE: return 8;
	default: return 0;
	}
}

static inline uint64_t prism_len_mul(int64_t n, uint64_t each) {
	uint64_t r;
	if (n <= 0 || __builtin_mul_overflow((uint64_t)n, each, &r)) return 0;
	return r;
}

/* glDrawElements and its kin: bytes of `count` indices. */
static inline uint64_t prism_len_indices(int64_t count, uint32_t type) {
	switch (type) {
	case GL_UNSIGNED_BYTE: return prism_len_mul(count, 1);
	case GL_UNSIGNED_SHORT: return prism_len_mul(count, 2);
	case GL_UNSIGNED_INT: return prism_len_mul(count, 4);
	default: return 0;
	}
}

/* Indirect draws: bytes of n commands of `each` bytes, stride apart; stride 0: one behind the other. */
static inline uint64_t prism_len_indirect(int64_t n, int32_t stride, uint32_t each) {
	if (n <= 0 || stride < 0 || stride & 3) return 0;
	return (uint64_t)(n - 1) * (stride ? (uint32_t)stride : each) + each;
}

static inline uint64_t prism_len_calllists(int64_t n, uint32_t type) {
	switch (type) {
	case GL_BYTE: case GL_UNSIGNED_BYTE: case GL_SHORT: case GL_UNSIGNED_SHORT: case GL_INT: case GL_UNSIGNED_INT: case GL_FLOAT:
	case GL_2_BYTES: case GL_3_BYTES: case GL_4_BYTES: return prism_len_mul(n, prism_len_type(type));
	default: return 0;
	}
}

static inline uint64_t prism_len_texparam(uint32_t pname) {
	return pname == GL_TEXTURE_BORDER_COLOR || pname == GL_TEXTURE_SWIZZLE_RGBA ? 4 : 1;
}
static inline uint64_t prism_len_light(uint32_t pname) {
	switch (pname) {
	case GL_AMBIENT: case GL_DIFFUSE: case GL_SPECULAR: case GL_POSITION: return 4;
	case GL_SPOT_DIRECTION: return 3;
	default: return 1;
	}
}
static inline uint64_t prism_len_material(uint32_t pname) {
	switch (pname) {
	case GL_AMBIENT: case GL_DIFFUSE: case GL_SPECULAR: case GL_EMISSION: case GL_AMBIENT_AND_DIFFUSE: return 4;
	case GL_COLOR_INDEXES: return 3;
	default: return 1;
	}
}
static inline uint64_t prism_len_fog(uint32_t pname) { return pname == GL_FOG_COLOR ? 4 : 1; }
static inline uint64_t prism_len_lightmodel(uint32_t pname) { return pname == GL_LIGHT_MODEL_AMBIENT ? 4 : 1; }
static inline uint64_t prism_len_texenv(uint32_t pname) { return pname == GL_TEXTURE_ENV_COLOR ? 4 : 1; }
static inline uint64_t prism_len_texgen(uint32_t pname) {
	return pname == GL_OBJECT_PLANE || pname == GL_EYE_PLANE ? 4 : 1;
}
static inline uint64_t prism_len_pointparam(uint32_t pname) { return pname == GL_POINT_DISTANCE_ATTENUATION ? 3 : 1; }
static inline uint64_t prism_len_clearbuffer(uint32_t buffer) { return buffer == GL_COLOR ? 4 : 1; }
static inline uint64_t prism_len_multisample(uint32_t pname) { return pname == GL_SAMPLE_POSITION ? 2 : 1; }
static inline uint64_t prism_len_patchparam(uint32_t pname) {
	return pname == GL_PATCH_DEFAULT_OUTER_LEVEL ? 4 : pname == GL_PATCH_DEFAULT_INNER_LEVEL ? 2 : 1;
}
/* Values of a list of which only positive counts are read. */
static inline uint64_t prism_len_list(int64_t n) { return n > 0 ? (uint64_t)n : 0; }

/* Components of an evaluator map, 0: no such target. */
static inline uint64_t prism_len_mapdim(uint32_t target) {
	switch (target) {
	case GL_MAP1_INDEX: case GL_MAP1_TEXTURE_COORD_1: case GL_MAP2_INDEX: case GL_MAP2_TEXTURE_COORD_1: return 1;
	case GL_MAP1_TEXTURE_COORD_2: case GL_MAP2_TEXTURE_COORD_2: return 2;
	case GL_MAP1_VERTEX_3: case GL_MAP1_NORMAL: case GL_MAP1_TEXTURE_COORD_3:
	case GL_MAP2_VERTEX_3: case GL_MAP2_NORMAL: case GL_MAP2_TEXTURE_COORD_3: return 3;
	case GL_MAP1_VERTEX_4: case GL_MAP1_COLOR_4: case GL_MAP1_TEXTURE_COORD_4:
	case GL_MAP2_VERTEX_4: case GL_MAP2_COLOR_4: case GL_MAP2_TEXTURE_COORD_4: return 4;
	default: return 0;
	}
}
#define PRISM_MAP_ORDER_MAX 64 /* above what any GL takes: such a call reads nothing */
static inline uint64_t prism_len_map1(uint32_t target, int32_t stride, int32_t order) {
	uint64_t k = prism_len_mapdim(target);
	if (!k) return PRISM_LEN_UNKNOWN;
	if (order < 1 || order > PRISM_MAP_ORDER_MAX || stride < (int32_t)k) return 0;
	return (uint64_t)(order - 1) * (uint64_t)stride + k;
}
static inline uint64_t prism_len_map2(uint32_t target, int32_t ustride, int32_t uorder, int32_t vstride, int32_t vorder) {
	uint64_t k = prism_len_mapdim(target);
	if (!k) return PRISM_LEN_UNKNOWN;
	if (uorder < 1 || uorder > PRISM_MAP_ORDER_MAX || vorder < 1 || vorder > PRISM_MAP_ORDER_MAX || ustride < (int32_t)k || vstride < (int32_t)k) return 0;
	return (uint64_t)(uorder - 1) * (uint64_t)ustride + (uint64_t)(vorder - 1) * (uint64_t)vstride + k;
}

/* Values that glGet gives for a pname. Lists of formats have a count that only a node knows: 0. */
static inline uint64_t prism_len_get(uint32_t pname) {
	switch (pname) {
	case GL_COMPRESSED_TEXTURE_FORMATS: case GL_PROGRAM_BINARY_FORMATS: case GL_SHADER_BINARY_FORMATS: return 0;
	case GL_MULTISAMPLE_LINE_WIDTH_RANGE_ARB: case GL_DEPTH_RANGE: case GL_POINT_SIZE_RANGE: case GL_LINE_WIDTH_RANGE: case GL_ALIASED_LINE_WIDTH_RANGE: case GL_ALIASED_POINT_SIZE_RANGE:
	case GL_MAX_VIEWPORT_DIMS: case GL_POLYGON_MODE: case GL_MAP1_GRID_DOMAIN: case GL_MAP2_GRID_SEGMENTS: case GL_VIEWPORT_BOUNDS_RANGE:
	case GL_PATCH_DEFAULT_INNER_LEVEL: return 2;
	case GL_CURRENT_NORMAL: case GL_POINT_DISTANCE_ATTENUATION: return 3;
	case GL_COLOR_CLEAR_VALUE: case GL_COLOR_WRITEMASK: case GL_SCISSOR_BOX: case GL_VIEWPORT: case GL_BLEND_COLOR: case GL_ACCUM_CLEAR_VALUE:
	case GL_CURRENT_COLOR: case GL_CURRENT_SECONDARY_COLOR: case GL_CURRENT_TEXTURE_COORDS: case GL_CURRENT_RASTER_POSITION:
	case GL_CURRENT_RASTER_COLOR: case GL_CURRENT_RASTER_SECONDARY_COLOR: case GL_CURRENT_RASTER_TEXTURE_COORDS: case GL_FOG_COLOR:
	case GL_LIGHT_MODEL_AMBIENT: case GL_MAP2_GRID_DOMAIN: case GL_PATCH_DEFAULT_OUTER_LEVEL: case GL_RGBA_SIGNED_COMPONENTS_EXT: return 4;
	case GL_PRIMITIVE_BOUNDING_BOX_ARB: return 8;
	case GL_MODELVIEW_MATRIX: case GL_PROJECTION_MATRIX: case GL_TEXTURE_MATRIX: case GL_COLOR_MATRIX:
	case GL_TRANSPOSE_MODELVIEW_MATRIX: case GL_TRANSPOSE_PROJECTION_MATRIX: case GL_TRANSPOSE_TEXTURE_MATRIX: case GL_TRANSPOSE_COLOR_MATRIX: return 16;
	default: return 1;
	}
}

/* Scalars of a uniform of a type; what holds no numbers (samplers, images) has one. */
static inline uint64_t prism_len_uniform(uint32_t type) {
	switch (type) {
	case GL_FLOAT_VEC2: case GL_INT_VEC2: case GL_UNSIGNED_INT_VEC2: case GL_BOOL_VEC2: case GL_DOUBLE_VEC2:
	case GL_INT64_VEC2_ARB: case GL_UNSIGNED_INT64_VEC2_ARB: return 2;
	case GL_FLOAT_VEC3: case GL_INT_VEC3: case GL_UNSIGNED_INT_VEC3: case GL_BOOL_VEC3: case GL_DOUBLE_VEC3:
	case GL_INT64_VEC3_ARB: case GL_UNSIGNED_INT64_VEC3_ARB: return 3;
	case GL_FLOAT_VEC4: case GL_INT_VEC4: case GL_UNSIGNED_INT_VEC4: case GL_BOOL_VEC4: case GL_DOUBLE_VEC4:
	case GL_INT64_VEC4_ARB: case GL_UNSIGNED_INT64_VEC4_ARB: case GL_FLOAT_MAT2: case GL_DOUBLE_MAT2: return 4;
	case GL_FLOAT_MAT2x3: case GL_FLOAT_MAT3x2: case GL_DOUBLE_MAT2x3: case GL_DOUBLE_MAT3x2: return 6;
	case GL_FLOAT_MAT2x4: case GL_FLOAT_MAT4x2: case GL_DOUBLE_MAT2x4: case GL_DOUBLE_MAT4x2: return 8;
	case GL_FLOAT_MAT3: case GL_DOUBLE_MAT3: return 9;
	case GL_FLOAT_MAT3x4: case GL_FLOAT_MAT4x3: case GL_DOUBLE_MAT3x4: case GL_DOUBLE_MAT4x3: return 12;
	case GL_FLOAT_MAT4: case GL_DOUBLE_MAT4: return 16;
	default: return 1;
	}
}

/* Is it an array of the client's, which glEnableClientState takes, and glEnable with some drivers? */
static inline int prism_len_is_array(uint32_t cap) {
	return (cap >= GL_VERTEX_ARRAY && cap <= GL_EDGE_FLAG_ARRAY) || cap == GL_FOG_COORD_ARRAY || cap == GL_SECONDARY_COLOR_ARRAY;
}

/* Components of a pixel format, 0: none such. */
static inline uint32_t prism_len_components(uint32_t format) {
	switch (format) {
	case GL_COLOR_INDEX: case GL_STENCIL_INDEX: case GL_DEPTH_COMPONENT: case GL_RED: case GL_GREEN: case GL_BLUE: case GL_ALPHA:
	case GL_LUMINANCE: case GL_INTENSITY: case GL_RED_INTEGER: case GL_GREEN_INTEGER: case GL_BLUE_INTEGER: case GL_ALPHA_INTEGER:
	case GL_LUMINANCE_INTEGER_EXT: return 1;
	case GL_LUMINANCE_ALPHA: case GL_RG: case GL_RG_INTEGER: case GL_DEPTH_STENCIL: case GL_LUMINANCE_ALPHA_INTEGER_EXT: return 2;
	case GL_RGB: case GL_BGR: case GL_RGB_INTEGER: case GL_BGR_INTEGER: return 3;
	case GL_RGBA: case GL_BGRA: case GL_RGBA_INTEGER: case GL_BGRA_INTEGER: case GL_ABGR_EXT: return 4;
	default: return 0;
	}
}
/* The unit in which a pixel's bytes are swapped, and through *packed whether one unit is the whole pixel. 0: none such. */
static inline uint32_t prism_len_unit(uint32_t type, int *packed) {
	*packed = 0;
	switch (type) {
	case GL_BYTE: case GL_UNSIGNED_BYTE: return 1;
	case GL_SHORT: case GL_UNSIGNED_SHORT: case GL_HALF_FLOAT: case GL_HALF_FLOAT_OES: return 2;
	case GL_INT: case GL_UNSIGNED_INT: case GL_FLOAT: return 4;
	}
	*packed = 1;
	switch (type) {
	case GL_UNSIGNED_BYTE_3_3_2: case GL_UNSIGNED_BYTE_2_3_3_REV: return 1;
	case GL_UNSIGNED_SHORT_5_6_5: case GL_UNSIGNED_SHORT_5_6_5_REV: case GL_UNSIGNED_SHORT_4_4_4_4: case GL_UNSIGNED_SHORT_4_4_4_4_REV:
	case GL_UNSIGNED_SHORT_5_5_5_1: case GL_UNSIGNED_SHORT_1_5_5_5_REV: case GL_UNSIGNED_SHORT_8_8_MESA: case GL_UNSIGNED_SHORT_8_8_REV_MESA: return 2;
	case GL_UNSIGNED_INT_8_8_8_8: case GL_UNSIGNED_INT_8_8_8_8_REV: case GL_UNSIGNED_INT_10_10_10_2: case GL_UNSIGNED_INT_2_10_10_10_REV:
	case GL_UNSIGNED_INT_10F_11F_11F_REV: case GL_UNSIGNED_INT_5_9_9_9_REV: case GL_UNSIGNED_INT_24_8: return 4;
	case GL_FLOAT_32_UNSIGNED_INT_24_8_REV: return 8; /* two units of 4 */
	default: return 0;
	}
}
/* Bytes of one pixel; 0: no such pair (also for GL_BITMAP, which has no whole bytes a pixel). */
static inline uint64_t prism_len_pixel(uint32_t format, uint32_t type) {
	int packed;
	uint32_t unit = prism_len_unit(type, &packed), n = prism_len_components(format);
	return !n ? 0 : packed ? unit : (uint64_t)unit * n;
}
/* Bytes of a row of `w` pixels, packed tight. */
static inline uint64_t prism_len_row(int32_t w, uint32_t format, uint32_t type) {
	if (w <= 0) return 0;
	if (type == GL_BITMAP) return format == GL_COLOR_INDEX || format == GL_STENCIL_INDEX ? ((uint64_t)w + 7) / 8 : 0;
	return (uint64_t)w * prism_len_pixel(format, type);
}
/* Bytes of an image, packed tight: rows without padding, a bitmap's rows of whole bytes. */
static inline uint64_t prism_len_image(int32_t w, int32_t h, int32_t d, uint32_t format, uint32_t type) {
	uint64_t r = prism_len_row(w, format, type);
	if (h <= 0 || d <= 0) return 0;
	if (__builtin_mul_overflow(r, (uint64_t)h, &r) || __builtin_mul_overflow(r, (uint64_t)d, &r) || r > PRISM_LEN_OVER) return PRISM_LEN_OVER;
	return r;
}
/* glClearBufferData and its kin: bytes of the one element that is read. */
static inline uint64_t prism_len_cleardata(uint32_t format, uint32_t type) {
	uint64_t n = prism_len_pixel(format, type);
	return n ? n : PRISM_LEN_UNKNOWN;
}
#endif
