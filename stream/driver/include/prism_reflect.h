/* What prismProgramInfo answers about a program: one flat block, native order, written by a node and read by the driver, which
 * checks every index before it uses it.
 *
 *     prism_reflect | uniforms | attributes | blocks | varyings | i32 pool | text
 *
 * Names are offsets into the text, each NUL-terminated. The text's first string is the information log.
 */
#ifndef PRISM_REFLECT_H
#define PRISM_REFLECT_H
#include <stdint.h>

#define PRISM_REFLECT_MAGIC 0x46525250u /* "PRRF" */

typedef struct prism_reflect {
	uint32_t magic, bytes; /* of the whole */
	int32_t link_status, validate_status;
	int32_t uniform_max_length, attrib_max_length, block_max_length, varying_max_length;
	int32_t varying_mode;
	/* It may write more than the framebuffer: it has storage blocks, image uniforms or atomic counters. GL does not tell what is only
	 * read; and in which stages they stand Mesa does not always tell (a block that only atomics touch). */
	uint32_t effects;
	uint32_t uniforms, attribs, blocks, varyings, ints, text;
} prism_reflect;

typedef struct prism_reflect_uniform {
	uint32_t name, type;
	int32_t size, location, block, offset, array_stride, matrix_stride, row_major, atomic;
	uint32_t locations; /* first of `size` locations in the pool; of no meaning where location < 0 */
} prism_reflect_uniform;

typedef struct prism_reflect_attrib { /* also of a feedback varying, whose location is 0 */
	uint32_t name, type;
	int32_t size, location;
} prism_reflect_attrib;

typedef struct prism_reflect_block {
	uint32_t name;
	int32_t binding, data_size, vertex, tess_control, tess_evaluation, geometry, fragment, compute;
	uint32_t uniforms, first; /* indices of its uniforms in the pool */
} prism_reflect_block;

#endif
