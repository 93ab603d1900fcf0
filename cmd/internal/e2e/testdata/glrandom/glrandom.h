/* What the parts of glrandom share; main.c says what the program is for. */
#ifndef GLRANDOM_H
#define GLRANDOM_H
#define GL_GLEXT_PROTOTYPES 1
#include <GL/gl.h>
#include <GL/glext.h>
#include <stdint.h>
#include <stddef.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
#define ONE_OF(...) (((const GLenum[]){__VA_ARGS__})[pick(COUNT(((const GLenum[]){__VA_ARGS__})))])

/* Random numbers. Each step has its own seed, so that a step can be left out without changing the others. */
uint32_t rnd(void);
int pick(int n); /* 0 … n-1 */
int between(int lo, int hi);
int chance(int percent);
float frand(float lo, float hi); /* in 1/64 steps */
void noise(void *p, size_t n);

/* The log. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note_bytes(const char *name, const void *p, size_t n);
void note_floats(const char *name, const float *v, int n);

typedef struct step {
	const char *name;
	void (*run)(void);
	int weight;
} step;
extern const step state_steps[], texture_steps[], buffer_steps[], program_steps[], draw_steps[], framebuffer_steps[], query_steps[], fixed_steps[],
	raster_steps[];

extern int win_w, win_h;  /* of the window */
extern int compat, es;    /* the profile; neither: core */
extern int context;       /* 0 or 1: which of the share group is current */
extern int in_list;       /* a display list is being compiled */
void random_step(void);   /* one step of any kind; used inside lists, too */

/* Textures (shared by both contexts). kind: what a sampler must be declared as. */
enum { FLOATS, INTS, UINTS, DEPTHS };
typedef struct texture {
	GLuint name;
	GLenum target, internal;
	int w, h, d, levels, kind;
} texture;
texture *texture_of(GLenum target, int kind); /* NULL where there is none; never one that is drawn into */
GLenum es_target(GLenum target); /* the like of it that OpenGL ES has */
texture *new_texture(GLenum target, GLenum internal, int w, int h, int d);
void set_unpack(int w); /* random pixel store state for rows of w pixels */
void plain_unpack(void);
void plain_pack(void);
size_t pixel_bytes(GLenum format, GLenum type);
extern uint8_t scratch[1 << 20]; /* noise to upload from */
extern uint8_t answer[1 << 20];  /* to read into */

/* Buffers (shared). */
typedef struct buffer {
	GLuint name;
	int size;
} buffer;
buffer *any_buffer(void);
void get_buffer(GLenum target, GLintptr at, GLsizeiptr n, void *to); /* glGetBufferSubData, also where there is none */
GLuint filled_buffer(GLenum target, const void *data, int size);

/* Framebuffers. */
int attached(GLuint texture_name);   /* to any framebuffer of any context */
int drawn_into(GLuint texture_name); /* attached to one that is bound */
int drawable_is_float(void), readable_is_float(void);
int drawable_w(void), drawable_h(void), readable_w(void), readable_h(void);
void window_framebuffer(void);

/* Programs. */
void use_some_program(void); /* with every sampler given a texture that fits */
GLuint some_program(void);

void setup_textures(void), setup_buffers(void), setup_programs(void), setup_framebuffers(void), setup_draws(void), setup_queries(void);
void clear_all(void);
#endif
