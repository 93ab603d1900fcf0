/* What prismProgramResources answers about a program, for the program interface query: one flat block, native order, written by a node
 * and read by the driver, which checks every index before it uses it.
 *
 *     prism_resources | resources | i32 pool | text
 *
 * Names are offsets into the text, each NUL-terminated; resources of one interface stand together, in GL's order.
 */
#ifndef PRISM_RESOURCES_H
#define PRISM_RESOURCES_H
#include <stdint.h>
#include <GL/gl.h>
#include <GL/glext.h>

#define PRISM_RESOURCES_MAGIC 0x53525250u /* "PRRS" */
#define PRISM_NO_NAME 0xffffffffu

enum { PRISM_STAGES = 6, PRISM_STAGE_VALUES = 5, PRISM_INTERFACES = 21, PRISM_PROPERTIES = 26 };

/* Bits of interfaces, in the order of prism_interface. */
enum {
	PRISM_I_UNIFORM = 1 << 0, PRISM_I_UNIFORM_BLOCK = 1 << 1, PRISM_I_INPUT = 1 << 2, PRISM_I_OUTPUT = 1 << 3, PRISM_I_VARIABLE = 1 << 4,
	PRISM_I_STORAGE = 1 << 5, PRISM_I_ATOMIC = 1 << 6, PRISM_I_VARYING = 1 << 7, PRISM_I_FEEDBACK = 1 << 8,
	PRISM_I_SUBROUTINE = 0x3f << 9, PRISM_I_SUBROUTINE_UNIFORM = 0x3f << 15,
	PRISM_I_BLOCKS = PRISM_I_UNIFORM_BLOCK | PRISM_I_STORAGE | PRISM_I_ATOMIC | PRISM_I_FEEDBACK,
	PRISM_I_NAMED = ((1 << PRISM_INTERFACES) - 1) & ~(PRISM_I_ATOMIC | PRISM_I_FEEDBACK),
};
static const uint32_t prism_interface[PRISM_INTERFACES] = {
	GL_UNIFORM, GL_UNIFORM_BLOCK, GL_PROGRAM_INPUT, GL_PROGRAM_OUTPUT, GL_BUFFER_VARIABLE, GL_SHADER_STORAGE_BLOCK, GL_ATOMIC_COUNTER_BUFFER,
	GL_TRANSFORM_FEEDBACK_VARYING, GL_TRANSFORM_FEEDBACK_BUFFER,
	GL_VERTEX_SUBROUTINE, GL_TESS_CONTROL_SUBROUTINE, GL_TESS_EVALUATION_SUBROUTINE, GL_GEOMETRY_SUBROUTINE, GL_FRAGMENT_SUBROUTINE, GL_COMPUTE_SUBROUTINE,
	GL_VERTEX_SUBROUTINE_UNIFORM, GL_TESS_CONTROL_SUBROUTINE_UNIFORM, GL_TESS_EVALUATION_SUBROUTINE_UNIFORM, GL_GEOMETRY_SUBROUTINE_UNIFORM,
	GL_FRAGMENT_SUBROUTINE_UNIFORM, GL_COMPUTE_SUBROUTINE_UNIFORM,
};
/* Properties with one value, and the interfaces that have them. GL_NAME_LENGTH is the name's; lists stand in the pool. */
static const struct { uint32_t name, interfaces; } prism_property[PRISM_PROPERTIES] = {
#define VARIABLES (PRISM_I_UNIFORM | PRISM_I_VARIABLE)
#define ENDS (PRISM_I_INPUT | PRISM_I_OUTPUT)
#define REFERENCED (VARIABLES | ENDS | PRISM_I_UNIFORM_BLOCK | PRISM_I_STORAGE | PRISM_I_ATOMIC)
	{GL_TYPE, VARIABLES | ENDS | PRISM_I_VARYING},
	{GL_ARRAY_SIZE, VARIABLES | ENDS | PRISM_I_VARYING | PRISM_I_SUBROUTINE_UNIFORM},
	{GL_OFFSET, VARIABLES | PRISM_I_VARYING},
	{GL_BLOCK_INDEX, VARIABLES}, {GL_ARRAY_STRIDE, VARIABLES}, {GL_MATRIX_STRIDE, VARIABLES}, {GL_IS_ROW_MAJOR, VARIABLES},
	{GL_ATOMIC_COUNTER_BUFFER_INDEX, PRISM_I_UNIFORM},
	{GL_BUFFER_BINDING, PRISM_I_BLOCKS}, {GL_BUFFER_DATA_SIZE, PRISM_I_BLOCKS & ~PRISM_I_FEEDBACK}, {GL_NUM_ACTIVE_VARIABLES, PRISM_I_BLOCKS},
	{GL_REFERENCED_BY_VERTEX_SHADER, REFERENCED}, {GL_REFERENCED_BY_TESS_CONTROL_SHADER, REFERENCED},
	{GL_REFERENCED_BY_TESS_EVALUATION_SHADER, REFERENCED}, {GL_REFERENCED_BY_GEOMETRY_SHADER, REFERENCED},
	{GL_REFERENCED_BY_FRAGMENT_SHADER, REFERENCED}, {GL_REFERENCED_BY_COMPUTE_SHADER, REFERENCED},
	{GL_NUM_COMPATIBLE_SUBROUTINES, PRISM_I_SUBROUTINE_UNIFORM},
	{GL_TOP_LEVEL_ARRAY_SIZE, PRISM_I_VARIABLE}, {GL_TOP_LEVEL_ARRAY_STRIDE, PRISM_I_VARIABLE},
	{GL_LOCATION, PRISM_I_UNIFORM | ENDS | PRISM_I_SUBROUTINE_UNIFORM}, {GL_LOCATION_INDEX, PRISM_I_OUTPUT},
	{GL_IS_PER_PATCH, ENDS}, {GL_LOCATION_COMPONENT, ENDS},
	{GL_TRANSFORM_FEEDBACK_BUFFER_INDEX, PRISM_I_VARYING}, {GL_TRANSFORM_FEEDBACK_BUFFER_STRIDE, PRISM_I_FEEDBACK},
#undef VARIABLES
#undef ENDS
#undef REFERENCED
};
static inline int prism_interface_of(uint32_t word) {
	for (int i = 0; i < PRISM_INTERFACES; i++)
		if (prism_interface[i] == word) return i;
	return -1;
}
static inline int prism_property_of(uint32_t word) {
	for (int i = 0; i < PRISM_PROPERTIES; i++)
		if (prism_property[i].name == word) return i;
	return -1;
}

typedef struct prism_resource {
	uint32_t name;         /* PRISM_NO_NAME: it has none */
	int32_t index;         /* what glGetProgramResourceIndex gives */
	uint32_t list, list_n; /* in the pool: GL_ACTIVE_VARIABLES or GL_COMPATIBLE_SUBROUTINES */
	int32_t v[PRISM_PROPERTIES];
} prism_resource;

typedef struct prism_resources {
	uint32_t magic, bytes; /* of the whole */
	uint32_t queried;      /* 0: the node has no interface query; then there are no resources */
	uint32_t stages;       /* GL_*_SHADER_BIT of the stages that were linked */
	int32_t geometry[4];   /* vertices, input, output, invocations */
	int32_t tess_vertices, tess[4]; /* mode, spacing, vertex order, points */
	int32_t group[3];      /* of compute */
	/* Of each stage GL_ACTIVE_SUBROUTINES, _MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORMS, _MAX_LENGTH, GL_ACTIVE_SUBROUTINE_UNIFORM_LOCATIONS */
	int32_t stage[PRISM_STAGES][PRISM_STAGE_VALUES];
	struct { uint32_t first, n; int32_t max_name, max_variables, max_subroutines; } interface[PRISM_INTERFACES];
	uint32_t resources, ints, text;
} prism_resources;

#endif
