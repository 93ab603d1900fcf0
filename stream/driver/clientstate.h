/* What the driver knows of GL's state: only what packing needs, or what lets a question be answered in the app's process.
 *
 * A prism_client belongs to one context and is touched only by the thread that has it current. A prism_shared belongs to the
 * contexts of a share group; its fields are guarded by mu, which is never held while a record is packed or an answer awaited,
 * but for the short putting of a record where the order of two records matters.
 */
#ifndef PRISM_CLIENTSTATE_H
#define PRISM_CLIENTSTATE_H
#include "context.h"
#include "include/prism_get.h"

/* glPixelStore, one direction. */
typedef struct prism_store {
	GLint swap_bytes, lsb_first, row_length, image_height, skip_rows, skip_pixels, skip_images, alignment;
	GLint block_width, block_height, block_depth, block_size; /* of compressed images; size 0: these lie tight */
} prism_store;
#define PRISM_STORES 12 /* fields */
/* Their names in this order, for packing and for unpacking. */
extern PRISM_HIDDEN const GLenum prism_store_names[2][PRISM_STORES];

typedef struct prism_bound { GLuint name; uint32_t serial; } prism_bound;

/* An array of a VAO: what its elements are. Where they lie stands at a binding; conventional arrays have one each, of their own number. */
typedef struct prism_array {
	const void *p; /* as glXPointer was given it: without a buffer an address in the app, else an offset */
	GLint size;    /* 1 to 4, GL_BGRA */
	GLenum type;
	GLsizei stride;  /* as glXPointer was given it */
	GLuint relative; /* bytes behind the binding's offset */
	uint8_t binding;
	bool normalized, integer, longs;
	bool offset; /* p was given with a buffer bound: it is no address, also when the buffer has gone */
} prism_array;

typedef struct prism_vertex_binding {
	prism_bound buffer;
	int64_t offset;
	GLsizei stride; /* 0: all elements are one */
	GLuint divisor;
} prism_vertex_binding;

typedef struct prism_vao {
	prism_bound self;
	uint64_t enabled; /* bit: PRISM_ARRAY_* or generic index */
	uint64_t user;    /* no buffer: the array lies in the app's memory */
	uint64_t stale;   /* the nodes have not been told the format: so far it went with prismClientBlock, or not at all */
	bool apart;       /* an array may use another binding than that of its own number */
	prism_bound element;
	prism_array a[PRISM_ARRAYS];
	prism_vertex_binding b[PRISM_ARRAYS];
} prism_vao;

static inline const prism_vertex_binding *prism_array_at(const prism_vao *v, int i) { return &v->b[v->a[i].binding]; }

enum { /* buffer targets */
	PRISM_BUF_ARRAY, PRISM_BUF_PACK, PRISM_BUF_UNPACK, PRISM_BUF_COPY_READ, PRISM_BUF_COPY_WRITE, PRISM_BUF_UNIFORM, PRISM_BUF_TEXTURE,
	PRISM_BUF_FEEDBACK, PRISM_BUF_STORAGE, PRISM_BUF_COUNTER, PRISM_BUF_DRAW_INDIRECT, PRISM_BUF_DISPATCH_INDIRECT, PRISM_BUF_QUERY, PRISM_BUF_PARAMETER,
	PRISM_BUFS, PRISM_BUF_ELEMENT = 64
};
/* Of indexed targets: as many binding points as are kept here. A context that has more offers these. */
#define PRISM_UNIFORM_BINDINGS 128
#define PRISM_FEEDBACK_BINDINGS 16
#define PRISM_STORAGE_BINDINGS 128
#define PRISM_COUNTER_BINDINGS 64
typedef struct prism_range { prism_bound b; int64_t offset, size; } prism_range; /* size 0: the whole buffer */

enum { /* query targets; GL has eleven statistics of the pipeline */
	PRISM_Q_SAMPLES, PRISM_Q_ANY, PRISM_Q_ANY_CONSERVATIVE, PRISM_Q_GENERATED, PRISM_Q_WRITTEN, PRISM_Q_ELAPSED, PRISM_Q_OVERFLOW, PRISM_Q_STREAM_OVERFLOW,
	PRISM_Q_STATISTICS, PRISM_Q_TARGETS = PRISM_Q_STATISTICS + 11
};
#define PRISM_STREAMS 4 /* of vertices: index of some query targets */

/* A transform feedback object. */
typedef struct prism_xfb {
	prism_bound self;
	bool active, paused, ended; /* ended: at least once, so there is something to draw */
	prism_range at[PRISM_FEEDBACK_BINDINGS]; /* while it is not bound; else prism_client.feedback */
} prism_xfb;

typedef struct prism_client_attribs { /* glPushClientAttrib */
	GLbitfield mask;
	prism_store pack, unpack;
	prism_bound pack_buffer, unpack_buffer, array_buffer;
	GLenum client_active;
	prism_vao vao;
	bool restart, restart_fixed; /* GL has them in this group, and glEnable sets them */
	GLuint restart_index;
} prism_client_attribs;

typedef struct prism_const { /* a constant that the lead node answered */
	struct prism_const *next;
	uint32_t what, form, a, b, bytes;
	uint8_t data[];
} prism_const;

#define PRISM_BASES 64
typedef struct prism_list prism_list; /* gl/state/custom_lists.c */

typedef struct prism_client {
	struct prism_context *ctx;
	struct prism_shared *sh;
	bool core, es; /* neither: a compatibility context */
	prism_store pack, unpack;
	prism_bound buf[PRISM_BUFS];
	prism_range uniform[PRISM_UNIFORM_BINDINGS], feedback[PRISM_FEEDBACK_BINDINGS], storage[PRISM_STORAGE_BINDINGS], counter[PRISM_COUNTER_BINDINGS];
	prism_vao *vao; /* never NULL */
	prism_vao zero;
	prism_map vaos; /* name → prism_vao * */
	GLenum client_active; /* unit, from 0 */
	GLint max_attribs;    /* 0: not asked yet */
	prism_bound program;
	prism_bound pipeline;
	prism_map pipelines;  /* serial → prism_pipeline * (custom_pipeline.c) */
	bool restart, restart_fixed;
	GLuint restart_index;
	GLuint draw_framebuffer, read_framebuffer;
	prism_xfb *xfb, xfb_zero; /* bound; NULL: xfb_zero, and no object was ever used */
	prism_map xfbs;           /* serial → prism_xfb * */
	prism_bound query[PRISM_Q_TARGETS][PRISM_STREAMS];
	bool conditional, discarding;
	GLuint list;      /* being compiled, 0: none */
	GLenum list_mode;
	prism_list *building; /* what it means here (gl/state/custom_lists.c); NULL: none is compiled */
	unsigned list_nesting, list_notes; /* of the call under way */
	GLuint list_base, bases[PRISM_BASES]; /* what glPushAttrib saved of it */
	unsigned bases_n;
	uint64_t bases_mask; /* bit i: bases[i] comes back with its glPopAttrib */
	GLenum render_mode; /* GL_RENDER, GL_SELECT, GL_FEEDBACK */
	GLuint *select;
	GLfloat *feedback_values;
	GLsizei select_size, feedback_size;
	GLenum feedback_type;
	prism_client_attribs *attribs; /* stack, PRISM_CLIENT_DEPTH of them, made when first pushed */
	unsigned attribs_n;
	prism_const *consts;
	struct prism_kept *kept; /* gl/state/kept.c; NULL: nothing */
	struct prism_debug *debug; /* gl/debug/debug.h; NULL until it is needed */
	char *version, *glsl, *extensions; /* as the app sees them */
	const char **extension;            /* each one, NUL-terminated */
	int extension_n;
	int major, minor;
} prism_client;
#define PRISM_CLIENT_DEPTH 16

/* A shader or a program, by serial. */
typedef struct prism_object {
	uint32_t serial;
	GLuint name;
	bool shader, deleted; /* deleted by the app while still in use: the name goes on */
	uint32_t users;       /* shader: programs it is attached to; program: contexts where it is current */
	/* shader */
	GLenum type;
	char *source;
	bool info_known, compiled, writes; /* writes: the source, as compiled, has words for it */
	GLint compile_status;
	char *log;
	/* program */
	uint32_t *attached, attached_n;
	bool linked; /* glLinkProgram was called at least once */
	bool separable, hint, hint_next;
	bool suspect;         /* as linked: its fragment stage may write buffers or images; prism_reflect.effects tells */
	GLbitfield stages;    /* as linked: GL_*_SHADER_BIT; 0: not known */
	struct prism_reflect *info; /* checked; NULL: ask */
	struct prism_resources *resources; /* the same */
	void *binary;         /* {u32 format, u32 0} and the bytes, between the questions for its length and for itself */
	uint32_t binary_bytes;
} prism_object;

typedef struct prism_buffer prism_buffer; /* buffers.h */

/* A query and its last result, by serial. */
typedef struct prism_query {
	GLenum target;
	GLuint index;
	bool active, known;
	uint64_t result;
	prism_fence at; /* where the result comes while it is not known; use 0: it must be asked for */
} prism_query;

#define PRISM_OUTLIVED 256
typedef struct prism_shared {
	uint32_t refs; /* atomic */
	pthread_mutex_t mu;
	prism_map objects;  /* program or shader serial → prism_object * */
	prism_map buffers;  /* serial → prism_buffer * */
	prism_buffer **maps; /* those mapped persistently; guarded by maps_mu (gl/buffers/custom_maps.c) */
	uint32_t maps_n;
	struct prism_pack *packs; /* pixels on their way into buffers (gl/buffers/custom_packs.c) */
	prism_map queries;  /* serial → prism_query * */
	prism_map lists;    /* name → prism_list *, NULL: empty */
	bool lists_matter;  /* atomic: one of them changes client state when it is called */
	uint64_t lists_change; /* slots that commands in lists may change (gl/state/kept.c) */
	uint32_t lists_made;   /* atomic: how often a list was made or deleted */
	GLuint list_high;   /* no list has a greater name */
	bool lists_use_program;
	bool orphans;       /* a context ended that was the last to use a deleted program (custom_program.c) */
	bool images;        /* a texture was bound as an image that may be written (custom_effects.c) */
	bool may_write_told, effects_told; /* prismMayWrite, prismWhole went out */
	prism_map syncs;    /* number → prism_fence * */
	uint32_t sync_last;
	uint32_t outlived[PRISM_OUTLIVED], outlived_n; /* serials of deleted buffers that are in `buffers` yet */
} prism_shared;

/* Made and ended by context.c. NULL: no memory. c->share and c->profile must be set. */
PRISM_HIDDEN struct prism_client *prism_client_new(struct prism_context *c);
PRISM_HIDDEN void prism_client_free(struct prism_client *cl);

/* The current context's, or NULL. */
static inline prism_client *prism_client_now(void) {
	struct prism_context *c = prism_t->ctx;
	return c ? c->client : NULL;
}
/* The same for a command that is an error between glBegin and glEnd. */
static inline prism_client *prism_client_out(void) {
	if (PRISM_UNLIKELY(prism_t->in_begin)) {
		prism_error(GL_INVALID_OPERATION);
		return NULL;
	}
	return prism_client_now();
}

/* Before a command that only compatibility contexts have: false, with the error recorded, in others. */
static inline bool prism_compat(void) {
	const prism_client *c = prism_client_now();
	if (!c || !(c->core || c->es)) return true;
	prism_error(GL_INVALID_OPERATION);
	return false;
}

static inline void prism_lock(prism_client *c) { pthread_mutex_lock(&c->sh->mu); }
static inline void prism_unlock(prism_client *c) { pthread_mutex_unlock(&c->sh->mu); }
static inline void *prism_map_ptr(const prism_map *m, uint32_t key) {
	uint64_t v;
	return key && prism_map_get(m, key, &v) ? (void *)(uintptr_t)v : NULL;
}

/* Where a buffer target's binding is kept, or NULL: no such target. */
PRISM_HIDDEN prism_bound *prism_binding(prism_client *c, GLenum target);
/* The binding points of an indexed target, and how many the context has; NULL: no such target. */
PRISM_HIDDEN prism_range *prism_bindings(prism_client *c, GLenum target, GLuint *n);
/* GL_…_BUFFER_BINDING → its target; 0: none of these. */
PRISM_HIDDEN GLenum prism_binding_target(GLenum pname);
/* What glGetIntegeri_v and its kin say of buffers: true, or an error is recorded. *ours: false when the word is none of buffers. */
PRISM_HIDDEN bool prism_binding_value(prism_client *c, GLenum pname, GLuint index, int64_t *v, bool *ours);
/* The buffer bound at a target; NULL (with the error recorded) without one. sh->mu held. */
PRISM_HIDDEN prism_buffer *prism_buffer_at(prism_client *c, GLenum target, uint32_t *serial);
PRISM_HIDDEN prism_buffer *prism_buffer_of(prism_client *c, uint32_t serial); /* made when unknown; sh->mu held */
PRISM_HIDDEN void prism_buffer_free(prism_buffer *b);
PRISM_HIDDEN void prism_packs_end(struct prism_pack *k); /* the group ends */
/* A node writes [offset, offset + n) of a buffer, n -1: to its end (queries into buffers, pixels, feedback, image stores). What the driver knows of
 * its contents ends there. Takes sh->mu. */
PRISM_HIDDEN void prism_buffer_wrote(prism_client *c, uint32_t serial, int64_t offset, int64_t n);
PRISM_HIDDEN void prism_buffer_forget(prism_client *c, uint32_t serial); /* the same of a whole buffer */
/* A binding point of an indexed target was filled. Takes sh->mu. */
PRISM_HIDDEN void prism_buffer_exposed(prism_client *c, GLenum target, const prism_range *r);
/* Copies n bytes from a buffer, asking a node when they are not known here. false: lost or out of range. */
PRISM_HIDDEN bool prism_buffer_read(prism_client *c, GLenum target, int64_t offset, int64_t n, void *to);
/* Writes through the target's binding: record and what is known here. */
PRISM_HIDDEN void prism_buffer_write(prism_client *c, GLenum target, int64_t offset, int64_t n, const void *from);
/* All before is done (glFinish, a fence that was waited for): persistent maps get what nodes have written. No trip where none did. */
PRISM_HIDDEN void prism_maps_synced(prism_client *c);
/* Unbinds what glDeleteBuffers deletes. */
PRISM_HIDDEN void prism_arrays_unbind(prism_client *c, uint32_t serial);

PRISM_HIDDEN bool prism_feedback_active(prism_client *c, bool paused_too); /* the bound transform feedback object is */

PRISM_HIDDEN void prism_object_free(prism_object *o);
/* Names to units from first on, in runs of those that stand for something; limit: the word for how many units there are. */
typedef bool prism_put_units(uint32_t first, int32_t count, const prism_arr *names);
PRISM_HIDDEN void prism_bind_units(int kind, GLenum limit, GLuint first, GLsizei count, const GLuint *names, prism_put_units *put);
/* Deletes what names stand for, in the app's process and on the nodes; unknown ones and 0 are none. ended: one object ends, its name is free
 * already and its record still to be sent. */
typedef void prism_ended(prism_client *c, GLuint name, uint32_t serial);
typedef bool prism_put_names(int32_t n, const prism_arr *names);
PRISM_HIDDEN void prism_delete(int kind, GLsizei n, const GLuint *names, prism_ended *ended, prism_put_names *put);
PRISM_HIDDEN void prism_buffer_textured(prism_client *c, GLuint name); /* glTexBuffer and its kin */
PRISM_HIDDEN void prism_pipeline_free(void *p);
PRISM_HIDDEN void prism_pipelines_end(prism_client *c);
PRISM_HIDDEN bool prism_program_constant(GLenum pname);      /* a limit of shaders, images or compute (custom_binary.c) */
PRISM_HIDDEN void prism_effects_look(prism_client *c); /* after what may change the programs in use or the framebuffer drawn to */
PRISM_HIDDEN void prism_query_free(void *query);
PRISM_HIDDEN void prism_list_free(void *list);
PRISM_HIDDEN void prism_program_leave(prism_client *c, uint32_t serial); /* no longer current in c */

/* Pixels (custom_pixels.c): pure. The layout of an image in client memory. */
typedef struct prism_layout {
	uint64_t row, image;     /* bytes from row to row, from image to image */
	uint64_t start;          /* of the first pixel's byte */
	uint64_t tight_row;
	uint32_t unit, skip_bits; /* swap unit (1: nothing to swap); GL_BITMAP: bits to skip in the first byte */
	bool bitmap, lsb, plain;  /* plain: the bytes are tight already */
} prism_layout;
PRISM_HIDDEN prism_layout prism_image_layout(const prism_store *s, int dims, GLsizei w, GLsizei h, GLenum format, GLenum type);
PRISM_HIDDEN void prism_image_gather(void *tight, const void *from, const prism_layout *l, GLsizei w, GLsizei h, GLsizei d);
PRISM_HIDDEN void prism_image_scatter(void *to, const void *tight, const prism_layout *l, GLsizei w, GLsizei h, GLsizei d);
PRISM_HIDDEN GLint *prism_store_field(prism_client *c, GLenum pname, bool *pack); /* what glPixelStore sets, or NULL */
/* The next array of an answer, in place: how many bytes. */
PRISM_HIDDEN uint32_t prism_ask_peek(prism_ask *q, const void **p);
/* What is read, to where the pack state says: client memory with room for so many bytes (-1: enough), or the buffer bound to
 * GL_PIXEL_PACK_BUFFER. false: it does not fit there (the error is recorded), and nothing is written. */
PRISM_HIDDEN bool prism_image_deliver(prism_client *c, const void *tight, uint64_t bytes, void *to, int64_t room, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type);
PRISM_HIDDEN bool prism_compressed_deliver(prism_client *c, const void *tight, uint64_t bytes, void *to, int64_t room, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format);
/* Do bytes up to `end` fit there? In a buffer an offset must be a multiple of unit. */
PRISM_HIDDEN bool prism_pack_fits(prism_client *c, const void *to, int64_t room, uint64_t end, uint32_t unit);

/* Questions (custom_get.c). An answer of prismGet: at most max bytes to `to`; how many there are, -1 lost. `keep`: a constant. */
PRISM_HIDDEN int prism_get(prism_client *c, uint32_t what, uint32_t form, uint32_t a, uint32_t b, void *to, uint32_t max, bool keep);
PRISM_HIDDEN void prism_version(prism_client *c); /* fills major, minor, version, extension… once */
PRISM_HIDDEN GLint prism_get_int(prism_client *c, GLenum pname, GLint otherwise); /* a constant */

/* OpenGL ES (custom_es.c): does it lack a word of glGet or glPixelStore that desktop OpenGL has and that is answered in this process? */
PRISM_HIDDEN bool prism_es_lacks(const prism_client *c, GLenum pname);

/* Debug output (custom_debug.c). */
PRISM_HIDDEN void prism_debug_free(prism_client *c);
PRISM_HIDDEN void prism_debug_say(prism_client *c, GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const char *text);
PRISM_HIDDEN bool prism_debug_cap(prism_client *c, GLenum cap, int set, GLboolean *value); /* set: -1 no; false: no such capability */
PRISM_HIDDEN bool prism_debug_get(prism_client *c, GLenum pname, int64_t *v);
PRISM_HIDDEN bool prism_debug_pointer(prism_client *c, GLenum pname, void **p);

/* Arrays (custom_arrays.c, custom_vao.c, custom_draws.c). */
PRISM_HIDDEN void prism_vao_init(prism_vao *v);
PRISM_HIDDEN void prism_vao_users(prism_vao *v); /* finds out again which arrays lie in the app's memory */
PRISM_HIDDEN int prism_array_of(prism_client *c, GLenum array); /* glEnableClientState's word → PRISM_ARRAY_*, -1 */
PRISM_HIDDEN uint64_t prism_array_elem(const prism_array *a);   /* bytes of one element */
PRISM_HIDDEN bool prism_array_index(prism_client *c, GLuint index); /* a generic array of that number; else an error is recorded */
PRISM_HIDDEN bool prism_bad_stride(prism_client *c, GLsizei stride); /* true: an error is recorded */
PRISM_HIDDEN void prism_arrays_settle(prism_client *c); /* tells the nodes the formats of the bound VAO's arrays that they do not have */
/* A value of one array, for glGetVertexAttrib and glGetVertexArrayIndexed: true. */
PRISM_HIDDEN bool prism_array_value(const prism_vao *v, GLuint index, GLenum pname, int64_t *value);
PRISM_HIDDEN bool prism_vertex_binding_value(prism_client *c, GLenum pname, GLuint index, int64_t *value, bool *ours);
/* Least and greatest of count indices, but for those that equal *stop (NULL: all count); false: there is none. */
PRISM_HIDDEN bool prism_index_range(const void *p, int64_t count, GLenum type, const uint32_t *stop, uint32_t *least, uint32_t *most);
/* Arrays in the app's memory are legal in this context, where VAO 0 is bound. */
static inline bool prism_client_arrays(const prism_client *c) { return !c->core; }
/* A VAO must be bound to set arrays, or formats and bindings apart. */
static inline bool prism_needs_vao(const prism_client *c) { return c->core; }
static inline bool prism_formats_need_vao(const prism_client *c) { return c->core || c->es; }

/* Everything below, and what a file that includes this one defines, stays inside the library. */
#pragma GCC visibility push(hidden)

/* Generated entry points that hand-written ones lean on. */
void APIENTRY prism_gl_BufferSubData(GLenum target, GLintptr offset, GLsizeiptr size, const void *data);
/* Ends here: headers of the system that a file includes next must keep theirs. build.mk hides all definitions anyway. */
#pragma GCC visibility pop
#endif
