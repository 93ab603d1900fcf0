/* Debug output of one context (custom_debug.c); touched by the thread that has the context current. */
#ifndef PRISM_DEBUG_H
#define PRISM_DEBUG_H
#include "clientstate.h"

/* Limits, as Mesa has them. */
enum { PRISM_DEBUG_LOG = 10, PRISM_DEBUG_GROUPS = 64, PRISM_DEBUG_LENGTH = 4096, PRISM_LABEL_LENGTH = 256 };
enum { PRISM_DEBUG_SOURCES = 6, PRISM_DEBUG_TYPES = 9 };

typedef struct prism_debug_message {
	GLenum source, type, severity;
	GLuint id;
	GLsizei length; /* without NUL */
	char *text;     /* NUL-terminated */
} prism_debug_message;

/* Which messages are wanted: a bit for each severity. */
typedef struct prism_debug_id { uint8_t source, type, on; GLuint id; } prism_debug_id;
typedef struct prism_debug_filter {
	uint8_t on[PRISM_DEBUG_SOURCES][PRISM_DEBUG_TYPES];
	prism_debug_id *ids; /* those that differ */
	uint32_t ids_n;
} prism_debug_filter;

typedef struct prism_debug {
	bool output, synchronous;
	GLDEBUGPROC callback;
	const void *user;
	prism_debug_message log[PRISM_DEBUG_LOG];
	unsigned log_at, log_n;
	struct { prism_debug_filter filter; prism_debug_message pushed; } group[PRISM_DEBUG_GROUPS]; /* pushed: what made the group, told again when it ends */
	unsigned top;
} prism_debug;

PRISM_HIDDEN prism_debug *prism_debug_of(prism_client *c); /* made when it is first needed; NULL: no memory */
#endif
