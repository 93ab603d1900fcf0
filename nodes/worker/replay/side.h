/* Between custom_arrays.c and custom_gets.c. */
#ifndef PRISM_SIDE_H
#define PRISM_SIDE_H
#include "replay.h"

/* Did this query count what was drawn uncut? Then each node has the whole count. */
bool query_whole(const replay *r, uint32_t serial);
#endif
