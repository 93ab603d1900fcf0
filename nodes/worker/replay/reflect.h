/* Between custom_reflect.c and custom_resources.c: the parts of a block that is being written, and what this node's GL can tell. */
#ifndef PRISM_REPLAY_REFLECT_H
#define PRISM_REPLAY_REFLECT_H
#include "state.h"

/* Growing parts of the block; failed: out of memory, or beyond what is sensible. */
typedef struct part { uint8_t *p; uint64_t n, cap; bool failed; } part;

static inline void *part_add(part *b, uint64_t bytes) {
	if (b->n + bytes > b->cap) {
		uint64_t cap = b->cap ? b->cap * 2 : 1024;
		while (cap < b->n + bytes) cap *= 2;
		uint8_t *p = cap <= 64u << 20 ? realloc(b->p, cap) : NULL;
		if (!p) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	void *at = b->p + b->n;
	memset(at, 0, bytes);
	b->n += bytes;
	return at;
}

/* Sends a block: a head, whose second word is the length of all, and n parts, which end here. */
int parts_answer(replay *r, uint64_t reply, void *head, uint32_t head_bytes, part *const *parts, int n);

/* Answers the status that `word` asks for and the information log: of a shader or a pipeline, which have functions of one form. Where they are
 * not offered: false, and no log. */
int status_answer(replay *r, uint64_t reply, GLuint name, GLenum word, PFNGLGETSHADERIVPROC value, PFNGLGETSHADERINFOLOGPROC log);
/* Bytes of a log that is said to be that long; 0 where that is not sensible. */
GLsizei log_room(GLint length);

/* The program interface query is there: GL 4.3, ES 3.1 or the extension. */
bool interface_query(replay *r);
#endif
