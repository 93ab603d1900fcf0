/* Numbers that the driver and the nodes share in prism's own records for arrays and questions (stream/spec/overlay/core_arrays.yaml). */
#ifndef PRISM_GET_H
#define PRISM_GET_H

/* prismClientArray.array: generic attributes count from 0. */
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
enum { PRISM_ARRAY_NORMALIZED = 1, PRISM_ARRAY_INTEGER = 2 };
/* A node keeps an array in a buffer that reaches from element 0: no farther than this. */
#define PRISM_ARRAY_MAX_BYTES (1u << 30)

/* prismGet.what, with the meaning of form, a and b. An object's name in the answer is its serial. */
enum {
	PRISM_GET_STATE = 1,        /* a = pname, b = index or PRISM_GET_NO_INDEX; form: GL_BOOL, GL_INT, GL_INT64_ARB, GL_FLOAT, GL_DOUBLE */
	PRISM_GET_ENABLED = 2,      /* a = cap, b as above; one byte */
	PRISM_GET_STRING = 3,       /* a = name; the characters, without NUL; GL_EXTENSIONS in any profile */
	PRISM_GET_PIXEL_MAP = 4,    /* a = map; form: GL_FLOAT, GL_UNSIGNED_INT, GL_UNSIGNED_SHORT */
	PRISM_GET_MAP = 5,          /* a = target, b = query; form: GL_INT, GL_FLOAT, GL_DOUBLE */
	PRISM_GET_ATTACHMENT = 6,   /* a = target, b = attachment, form = pname; one GLint */
	PRISM_GET_ATTRIB = 7,       /* a = index; GL_CURRENT_VERTEX_ATTRIB; form: GL_INT, GL_UNSIGNED_INT (pure integers), GL_FLOAT, GL_DOUBLE */
	PRISM_GET_STIPPLE = 8,      /* 128 bytes */
	PRISM_GET_QUERY_BITS = 9,   /* a = target */
};
#define PRISM_GET_NO_INDEX 0xffffffffu

#endif
