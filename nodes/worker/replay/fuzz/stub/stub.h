/* A device and a GL that draw nothing, in place of EGL and a driver: every byte that a real GL would read of its arguments is read, every byte
 * that it would write is written, and what it keeps (arrays, selection and feedback buffers) is used again when it would use it. So
 * a length that is wrong, or an integer of a stream that became an address, is a report of the address sanitizer.
 *
 * stub_*_gen.c (cmd/specgen) has each command from the description; custom_*.c has what needs state. One thread. */
#ifndef PRISM_STUB_H
#define PRISM_STUB_H
#include <stdarg.h>
#include <stdio.h>
#define GL_GLEXT_PROTOTYPES 1
#include "replay.h"
#include "prism_get.h"
#include "../../../egl/egl.h"
#include "stub_gen.h"

/* How the stub behaves; set before stub_device. */
typedef struct stub_config {
	bool robust;        /* contexts have robust access */
	unsigned old;       /* not 0: the version is 2.1 and what came later is missing */
	unsigned errors;    /* not 0: each so-many-th command fails, writes nothing and sets an error */
} stub_config;

prism_device *stub_device(const stub_config *c); /* forgets all that was; valid until the next call */
void stub_end(void);                             /* frees what is left; a context that was not freed is a defect: aborts */
uint64_t stub_calls(void);                       /* how many arrays were read, written, or left to a buffer */

/* By name, for the device. */
typedef struct stub_proc_entry { const char *name; void *fn; } stub_proc_entry;
extern const stub_proc_entry stub_procs[];
extern const size_t stub_procs_n;
/* A letter for each 4 bytes behind a record's header: u i f e(num) m(ask) t(ruth) h(andle) 0 (padding); of 8 bytes U I F y (sync) b(lob), then '.'. */
typedef struct stub_record { uint16_t op; const char *fields; } stub_record;
extern const stub_record stub_records[];
extern const size_t stub_records_n;
/* What may stand in prismVertices, and how long each is. */
typedef struct stub_item { uint16_t op, bytes; } stub_item;
extern const stub_item stub_items[];
extern const size_t stub_items_n;

/* ---- for the commands ---- */

typedef struct stub_array {
	bool on;
	uint8_t binding; /* of a generic array; the others have one each */
	int64_t elem, relative;
	int64_t own_stride; /* as its pointer was set */
	const uint8_t *own;
} stub_array;
typedef struct stub_binding_point {
	const uint8_t *p; /* an offset where there is a buffer */
	GLuint buffer, divisor;
	int64_t stride;
} stub_binding_point;
typedef struct stub_vao {
	stub_array at[PRISM_ARRAYS];
	stub_binding_point b[PRISM_ARRAYS];
	GLuint elements;
} stub_vao;
typedef struct stub_store { GLint swap, lsb, row_length, skip_rows, skip_pixels, alignment, image_height, skip_images; } stub_store;
enum { STUB_TARGETS = 24, STUB_NAMES = 1 << 16 };
typedef struct stub_context {
	uint32_t magic;
	bool freed, current, core, in_begin;
	GLenum bound_target[STUB_TARGETS];
	GLuint bound[STUB_TARGETS];
	stub_vao *vao[256]; /* by name modulo; 0 is the default one */
	GLuint vao_name, client_unit, draw_fbo, read_fbo, program, texture_2d, texture_cube;
	stub_store pack, unpack;
	GLenum mode;
	GLuint *select;
	GLfloat *feedback;
	GLsizei select_n, feedback_n;
	GLuint list, list_base;
	GLenum list_mode;
	int list_effect;
	GLint scissor[4];
	bool scissor_on;
} stub_context;
extern stub_context *stub_now; /* NULL: nothing is current */
extern stub_config stub_how;
extern GLenum stub_error;
extern int64_t stub_size[STUB_NAMES];  /* of buffers, by name */
extern int8_t stub_effect[STUB_NAMES]; /* of a display list on "between glBegin and glEnd": 1 begins, -1 ends */

void stub_in(const void *p, uint64_t n);
void stub_out(void *p, uint64_t n);
void stub_string(const GLchar *s);
void stub_strings(GLsizei n, const GLchar *const *s, const GLint *lens);
uint64_t stub_image_span(const stub_store *s, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type); /* from the pointer on */
void stub_image(const void *p, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type);
void stub_compressed(const void *p, int dims, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLsizei bytes);
void stub_pack(void *p, GLsizei w, GLsizei h, GLsizei d, GLenum format, GLenum type);
void stub_at(GLenum binding, const void *p, uint64_t n); /* an offset where a buffer is bound */
GLuint stub_name(void);
void stub_names(uint64_t n, GLuint *names);
GLuint *stub_binding(GLenum target); /* NULL: no such target */
stub_vao *stub_arrays(void);
void stub_arrays_free(stub_context *c);
bool stub_binding_value(GLenum target, GLuint i, int64_t *v); /* GL_VERTEX_BINDING_*: true */
void stub_drawn(GLint first, int64_t count); /* elements that a draw reads of the arrays */
bool stub_fails(void); /* this command has an error; also: it stands between glBegin and glEnd, where it must not */
_Noreturn void stub_unexpected(const char *name); /* replay has no business to call it, or in that way */
void stub_textures_forget(void);
void stub_syncs_forget(void);
#endif
