/* Between custom_arrays.c and custom_gets.c. */
#ifndef PRISM_SIDE_H
#define PRISM_SIDE_H
#include "replay.h"
#include "prism_get.h"

uint64_t element_bytes(GLint size, GLenum type); /* of an array; 0: no such type */

/* May this draw be made, as far as its elements go (bounds.c)? Else an error is noted. Always true where nobody need look. */
bool bounds_elements(replay *r, GLsizei count, GLenum type, const void *indices, GLint base);

/* Did this query count what was drawn uncut? Then each node has the whole count. */
bool query_whole(const replay *r, uint32_t serial);
#endif
