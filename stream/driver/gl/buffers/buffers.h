/* A buffer object as the driver knows it. Serials, bindings and the short form for other parts are in clientstate.h. */
#ifndef PRISM_BUFFERS_H
#define PRISM_BUFFERS_H
#include "clientstate.h"
#include "pages.h"

struct prism_buffer { /* sh->mu; what concerns a persistent map also maps_mu (gl/buffers/custom_maps.c) */
	uint32_t serial;
	int64_t size;
	GLenum usage;
	GLbitfield storage; /* flags of the store as glBufferStorage takes them */
	bool immutable;
	bool undefined;     /* no byte has a value yet */
	bool textured;      /* a texture's texels: an image may write them (custom_effects.c) */
	bool packing;       /* never named but for packing pixels, for maps and data: nodes may lack what it has (gl/buffers/custom_packs.c) */
	bool unsent;        /* and do */
	bool exposed;       /* was bound where shaders or feedback write: its contents are never told from here again */
	/* The contents as the nodes have them, in one of two ways, or neither: not known here. */
	uint8_t *shadow;
	prism_pages *pages; /* of a large buffer that is mapped now and then: the memory that the app is given, kept between maps */
	bool pages_true;    /* not mapped: pages hold the contents */
	/* A map. */
	uint8_t *map;       /* what the app was given, or NULL */
	uint8_t *block;     /* its memory, where that is not pages */
	prism_pages *live;  /* of a persistent map: from map_offset - map_lead on */
	int64_t map_offset, map_length, map_lead;
	GLbitfield map_access;
	int64_t stale_from, stale_to; /* of a persistent map: nodes wrote here what the app has not got yet */
};

/* Maps of buffers from this size on are tracked by pages; smaller ones are compared. */
#define PRISM_PAGES_LEAST (256 << 10)
/* Fewer equal bytes than this between two changes travel along: a record of its own would be longer. */
#define PRISM_RUN_GAP 48

#pragma GCC visibility push(hidden)
/* The serial of an object that was bound or created; 0: an error was recorded. */
uint32_t prism_buffer_serial(GLuint name);
/* The contents, where they are known; NULL: ask. sh->mu held. */
const uint8_t *prism_buffer_known(const prism_buffer *b);
/* Asks the lead node. false: lost. */
bool prism_buffer_ask(uint32_t serial, int64_t offset, int64_t n, void *to);
/* Sends bytes; nothing is kept. */
void prism_buffer_send(uint32_t serial, int64_t offset, const void *from, int64_t n);
/* Answers for pixels that are on their way into a buffer are taken. Before anything that reads, writes or sizes it. */
void prism_packs_take(prism_client *c, uint32_t serial);
void prism_packs_live(prism_client *c); /* those for buffers that are mapped persistently */
/* Asks for pixels whose answer is taken later. false: not here, and nothing has happened. */
bool prism_pack_later(prism_client *c, uint32_t serial, GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, int64_t offset);
/* A buffer was made that may stay at packing; it is bound elsewhere, and the nodes get what they lack of it. */
void prism_buffer_packing(prism_client *c, uint32_t serial);
void prism_buffer_share(prism_client *c, uint32_t serial);
/* Is the buffer mapped so that GL may not touch it? */
static inline bool prism_buffer_closed(const prism_buffer *b) { return b->map && !(b->map_access & GL_MAP_PERSISTENT_BIT); }
/* A node writes [offset, offset + n): what is known ends; a persistent map gets it at the next fence. sh->mu held. */
void prism_buffer_stale(prism_buffer *b, int64_t offset, int64_t n);
/* Ends a map; nothing is sent. sh->mu held, and maps_mu for a persistent one that is in the list. */
void prism_map_drop(prism_buffer *b);
/* A buffer's end, or a new store: a persistent map of it leaves the group's list. Nothing held. */
void prism_map_leave(prism_client *c, uint32_t serial);
#pragma GCC visibility pop
#endif
