/* Numbers that the driver and the nodes share in prism's own records for arrays and questions (stream/spec/overlay/core_arrays.yaml). */
#ifndef PRISM_GET_H
#define PRISM_GET_H
#include <stdint.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include "kinds_gen.h"

/* prismClientBlock, an array's number: generic attributes count from 0. */
enum {
	PRISM_ARRAY_GENERIC = 32,
	PRISM_ARRAY_VERTEX = 32,
	PRISM_ARRAY_NORMAL = 33,
	PRISM_ARRAY_COLOR = 34,
	PRISM_ARRAY_INDEX = 35,
	PRISM_ARRAY_EDGE_FLAG = 36,
	PRISM_ARRAY_FOG_COORD = 37,
	PRISM_ARRAY_SECONDARY_COLOR = 38,
	PRISM_ARRAY_TEXCOORD = 39, /* and one for each further unit */
	PRISM_ARRAY_TEXCOORDS = 8,
	PRISM_ARRAYS = PRISM_ARRAY_TEXCOORD + PRISM_ARRAY_TEXCOORDS,
};
enum { PRISM_ARRAY_NORMALIZED = 1, PRISM_ARRAY_INTEGER = 2, PRISM_ARRAY_LONG = 4 }; /* LONG: with INTEGER, of GL_DOUBLE */
/* A node keeps an array in a buffer that reaches from element 0: no farther than this. */
#define PRISM_ARRAY_MAX_BYTES (1u << 30)

/* prismGet.what, with the meaning of form, a and b. An object's name in the answer is its serial. */
enum {
	PRISM_GET_STATE = 1,        /* a = pname, b = index or PRISM_GET_NO_INDEX; form: GL_BOOL, GL_INT, GL_INT64_ARB, GL_FLOAT, GL_DOUBLE */
	PRISM_GET_ENABLED = 2,      /* a = cap, b as above; one byte */
	PRISM_GET_STRING = 3,       /* a = name; the characters, without NUL; GL_EXTENSIONS in any profile */
	PRISM_GET_PIXEL_MAP = 4,    /* a = map; form: GL_FLOAT, GL_UNSIGNED_INT, GL_UNSIGNED_SHORT */
	PRISM_GET_MAP = 5,          /* a = target, b = query; form: GL_INT, GL_FLOAT, GL_DOUBLE */
	PRISM_GET_ATTACHMENT = 6,   /* a = target, b = attachment, form = pname; {value, kind}: with a kind the value is a serial */
	PRISM_GET_ATTRIB = 7,       /* a = index; GL_CURRENT_VERTEX_ATTRIB; form: GL_INT, GL_UNSIGNED_INT (pure integers), GL_FLOAT, GL_DOUBLE */
	PRISM_GET_STIPPLE = 8,      /* 128 bytes */
	PRISM_GET_QUERY_BITS = 9,   /* a = target */
	PRISM_GET_PROGRAM_ARB = 10, /* a = target, b = pname; as PRISM_GET_ATTACHMENT */
	PRISM_GET_PROGRAM_ARB_STRING = 11, /* a = target */
	PRISM_GET_FORMAT = 12,      /* a = target, b = internal format, form = pname; GLint values */
	PRISM_GET_FORMAT64 = 13,    /* the same, GLint64 values */
	PRISM_GET_NAMED_ATTACHMENT = 14, /* as PRISM_GET_ATTACHMENT, but a = the framebuffer's serial, 0: the default one */
	PRISM_GET_PRECISION = 40,   /* a = shader type, b = precision type; two of range, precision */
};
/* prismQueryPush.how: how the session puts together what the nodes have counted. */
enum { PRISM_MERGE_SUM = 0, PRISM_MERGE_OR = 1, PRISM_MERGE_MAX = 2, PRISM_MERGE_LEAD = 3 /* one node culls nothing and counts all */ };

/* Before the image in an answer of prismGetTexImage and prismGetTextureImage: its size in texels, and of how many dimensions it is. */
typedef struct prism_image_head { int32_t w, h, d, dims; uint32_t internal_format, pad[3]; } prism_image_head;
#define PRISM_GET_NO_INDEX 0xffffffffu

/* The kind of object whose name a pname of PRISM_GET_STATE gives; 0: it gives no name. */
static inline int prism_get_kind(uint32_t pname) {
	switch (pname) {
	case GL_TEXTURE_BINDING_1D: case GL_TEXTURE_BINDING_2D: case GL_TEXTURE_BINDING_3D: case GL_TEXTURE_BINDING_1D_ARRAY:
	case GL_TEXTURE_BINDING_2D_ARRAY: case GL_TEXTURE_BINDING_RECTANGLE: case GL_TEXTURE_BINDING_CUBE_MAP: case GL_TEXTURE_BINDING_CUBE_MAP_ARRAY:
	case GL_TEXTURE_BINDING_BUFFER: case GL_TEXTURE_BINDING_2D_MULTISAMPLE: case GL_TEXTURE_BINDING_2D_MULTISAMPLE_ARRAY: return PRISM_KIND_TEXTURE;
	case GL_RENDERBUFFER_BINDING: return PRISM_KIND_RENDERBUFFER;
	case GL_IMAGE_BINDING_NAME: return PRISM_KIND_TEXTURE;
	case GL_SAMPLER_BINDING: return PRISM_KIND_SAMPLER;
	case GL_CURRENT_PROGRAM: return PRISM_KIND_PROGRAM;
	case GL_DRAW_FRAMEBUFFER_BINDING: case GL_READ_FRAMEBUFFER_BINDING: return PRISM_KIND_FRAMEBUFFER;
	case GL_VERTEX_ARRAY_BINDING: return PRISM_KIND_VERTEX_ARRAY;
	case GL_ARRAY_BUFFER_BINDING: case GL_ELEMENT_ARRAY_BUFFER_BINDING: case GL_PIXEL_PACK_BUFFER_BINDING: case GL_PIXEL_UNPACK_BUFFER_BINDING:
	case GL_UNIFORM_BUFFER_BINDING: case GL_TRANSFORM_FEEDBACK_BUFFER_BINDING: case GL_COPY_READ_BUFFER_BINDING:
	case GL_COPY_WRITE_BUFFER_BINDING: case GL_SHADER_STORAGE_BUFFER_BINDING: case GL_ATOMIC_COUNTER_BUFFER_BINDING: case GL_DRAW_INDIRECT_BUFFER_BINDING:
	case GL_DISPATCH_INDIRECT_BUFFER_BINDING: case GL_QUERY_BUFFER_BINDING: case GL_PARAMETER_BUFFER_BINDING: case GL_TEXTURE_BUFFER_BINDING: case GL_VERTEX_ARRAY_BUFFER_BINDING: return PRISM_KIND_BUFFER;
	default: return 0;
	}
}

#endif
