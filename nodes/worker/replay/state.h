/* What the hand-written replay code keeps: contexts, drawables, share groups, and GL as it really is. Private to this folder.
 *
 * Two tables of GL functions stand here. `replay.gl` is what the generated unpackers call: entries whose meaning depends on
 * the tile or on the make of the default framebuffer lead to virtual.c, lists.c or framebuffer.c, which know the replay of
 * this thread by replay_now. `priv->real` is the driver itself.
 */
#ifndef PRISM_STATE_H
#define PRISM_STATE_H
#define GL_GLEXT_PROTOTYPES 1
#include "replay.h"
#include "../egl/egl.h"

#define MAX_VIEWPORTS 16
#define MAX_DRAW_BUFFERS 16
#define MAX_ATTRIB_DEPTH 64
#define MAX_CONTEXTS PRISM_MAX_CONTEXTS
#define MAX_DRAWABLES PRISM_MAX_DRAWABLES
#define MAX_TILES 255
#define UNPACKS 12
#ifndef MAX_SIDE
#define MAX_SIDE 16384 /* of a drawable */
#endif

/* What changes how far arrays reach (bounds.c). */
#define BOUNDS_CHANGES(F) \
	F(EnableClientState) F(EnableVertexAttribArray) F(DisableClientState) F(DisableVertexAttribArray) F(VertexAttribDivisor) F(BufferData) F(NamedBufferData) F(BufferStorage) F(NamedBufferStorage) \
	F(DeleteBuffers) F(BindVertexArray) F(DeleteVertexArrays) F(VertexPointer) F(ColorPointer) F(SecondaryColorPointer) F(TexCoordPointer) \
	F(NormalPointer) F(IndexPointer) F(FogCoordPointer) F(EdgeFlagPointer) F(VertexAttribPointer) F(VertexAttribIPointer) F(VertexAttribLPointer) \
	F(VertexAttribFormat) F(VertexAttribIFormat) F(VertexAttribLFormat) F(VertexAttribBinding) F(BindVertexBuffer) F(VertexBindingDivisor)

/* The driver's own functions that this folder calls. OPT: missing in some profiles or versions. */
#define REAL_GL(GL, OPT) \
	GL(GetError) GL(GetString) GL(GetIntegerv) GL(GetFloatv) GL(GetDoublev) GL(GetBooleanv) GL(IsEnabled) \
	GL(Enable) GL(Disable) GL(Scissor) GL(Viewport) GL(Clear) GL(ClearColor) GL(ClearDepth) GL(ClearStencil) \
	GL(DrawBuffer) GL(ReadBuffer) GL(ReadPixels) GL(PixelStorei) GL(Finish) GL(Flush) GL(ColorMask) GL(DepthMask) \
	OPT(Accum) OPT(ClearBufferfv) OPT(ClearBufferiv) OPT(ClearBufferuiv) OPT(ClearBufferfi) OPT(PushAttrib) OPT(PopAttrib) OPT(NewList) OPT(EndList) OPT(CallList) OPT(CallLists) OPT(DeleteLists) OPT(IsList) \
	OPT(Begin) OPT(End) OPT(Vertex2f) OPT(Vertex3f) OPT(Color3f) OPT(Color4f) OPT(LineWidth) OPT(PointSize) OPT(LineStipple) \
	OPT(PolygonStipple) OPT(PolygonMode) OPT(MatrixMode) OPT(LoadIdentity) OPT(DepthFunc) \
	OPT(GetStringi) OPT(GetInteger64v) OPT(GetIntegeri_v) OPT(GetFloati_v) OPT(GetDoublei_v) OPT(GetBooleani_v) \
	OPT(GetInteger64i_v) OPT(IsEnabledi) OPT(Enablei) OPT(Disablei) OPT(ColorMaski) OPT(ScissorIndexed) OPT(ScissorIndexedv) OPT(ScissorArrayv) OPT(ViewportIndexedf) OPT(ViewportArrayv) \
	OPT(DrawBuffers) OPT(BindFramebuffer) OPT(DeleteFramebuffers) OPT(GenFramebuffers) OPT(CheckFramebufferStatus) \
	OPT(FramebufferTexture2D) OPT(GetFramebufferAttachmentParameteriv) OPT(BlitFramebuffer) OPT(FramebufferParameteriMESA) OPT(FramebufferParameteri) \
	OPT(GenTextures) OPT(DeleteTextures) OPT(BindTexture) OPT(TexImage2D) OPT(TexSubImage2D) OPT(ClearTexSubImage) OPT(WindowPos2i) OPT(WindowPos3d) OPT(DrawPixels) OPT(CopyPixels) OPT(PixelTransferf) OPT(PixelTransferi) OPT(TexParameteri) OPT(GetTexLevelParameteriv) OPT(GetTexImage) OPT(ActiveTexture) \
	OPT(GenBuffers) OPT(BindBuffer) OPT(GetBufferParameteriv) OPT(GetBufferParameteri64v) OPT(GenVertexArrays) \
	OPT(GenRenderbuffers) OPT(BindRenderbuffer) OPT(GetRenderbufferParameteriv) OPT(FramebufferRenderbuffer) OPT(GenQueries) OPT(QueryCounter) OPT(BeginConditionalRender) OPT(EndConditionalRender) OPT(GetQueryiv) OPT(GetQueryObjectui64v) OPT(GenSamplers) OPT(GenTransformFeedbacks) OPT(GenProgramPipelines) \
	OPT(CreateShader) OPT(ShaderSource) OPT(CompileShader) OPT(DeleteShader) OPT(CreateProgram) OPT(AttachShader) OPT(LinkProgram) OPT(GetProgramiv) OPT(DeleteProgram) \
	OPT(UseProgram) OPT(GetUniformLocation) OPT(Uniform1i) OPT(Uniform3i) OPT(TexImage2DMultisample) OPT(SampleMaski) OPT(StencilFunc) OPT(StencilOp) OPT(StencilMask) OPT(DeleteSync) OPT(ArrayElement) OPT(DrawArrays) OPT(DrawArraysInstanced) OPT(DrawElements) OPT(DrawElementsInstanced) OPT(DrawRangeElements) \
	OPT(DrawElementsBaseVertex) OPT(DrawRangeElementsBaseVertex) OPT(DrawElementsInstancedBaseVertex) OPT(GetVertexAttribiv) OPT(GetVertexAttribPointerv) \
	OPT(DrawArraysInstancedBaseInstance) OPT(DrawElementsInstancedBaseInstance) OPT(DrawElementsInstancedBaseVertexBaseInstance) OPT(MultiDrawArrays) \
	OPT(DrawArraysIndirect) OPT(DrawElementsIndirect) OPT(MultiDrawArraysIndirect) OPT(MultiDrawElementsIndirect) \
	OPT(MultiDrawArraysIndirectCount) OPT(MultiDrawElementsIndirectCount) \
	OPT(GetPointerv) OPT(GetBufferSubData) OPT(MapBufferRange) OPT(UnmapBuffer) OPT(ClientActiveTexture) OPT(PrimitiveRestartIndex) \
	OPT(DrawTransformFeedback) OPT(DrawTransformFeedbackStream) OPT(DrawTransformFeedbackInstanced) OPT(DrawTransformFeedbackStreamInstanced) \
	OPT(GetFramebufferParameteriv) OPT(InvalidateFramebuffer) OPT(InvalidateSubFramebuffer) \
	OPT(NamedFramebufferDrawBuffer) OPT(NamedFramebufferDrawBuffers) OPT(NamedFramebufferReadBuffer) OPT(GetNamedFramebufferParameteriv) \
	OPT(GetNamedFramebufferAttachmentParameteriv) OPT(CheckNamedFramebufferStatus) OPT(ClearNamedFramebufferfv) OPT(ClearNamedFramebufferiv) \
	OPT(ClearNamedFramebufferuiv) OPT(ClearNamedFramebufferfi) OPT(BlitNamedFramebuffer) BOUNDS_CHANGES(OPT)

struct real_gl {
#define FIELD(name) __typeof__(gl##name) *name;
	REAL_GL(FIELD, FIELD)
#undef FIELD
};

typedef struct box { GLint x, y, w, h; } box;

typedef struct scissors {
	uint32_t enabled; /* bit i: viewport i */
	box box[MAX_VIEWPORTS];
} scissors;

/* A viewport, in doubles: they hold what glViewport and glViewportIndexedf take alike. */
typedef struct view { GLdouble x, y, w, h; } view;

/* Textures that stand for a drawable's buffers in the make `fbo` (framebuffer.c). */
typedef struct fb_textures {
	struct share_group *group; /* in which the names are valid; NULL: none yet */
	GLuint color, depth;
	GLuint front;              /* of a double-buffered drawable whose front the app has touched, else 0 */
	uint32_t version;          /* of the drawable, when they were made */
} fb_textures;

typedef struct drawable {
	uint32_t serial;
	prism_surface_want want; /* its size is what this node holds: all, or a part (offset.c) */
	unsigned full_w, full_h; /* size as it is now, as the app knows it */
	GLint off_x, off_y;      /* where what is held begins */
	bool double_buffer, one_image; /* one_image: front and back are the same */
	void *surface; /* made when it is first current */
	uint32_t version; /* counts changes of surface or textures */
	fb_textures tex;
	bool accum;           /* there is an accumulation buffer: */
	int16_t *accumulated; /* its pixels, RGBA, bottom row first; NULL: all are 0 (accum.c) */
	struct fb_kept *kept; /* carry.c: contents that wait for textures; NULL: none */
	/* plan */
	bool planned;
	unsigned plan_w, plan_h;
	box tile;
	box held;  /* the part that is to be held; w 0: all */
	view move; /* what is added to the app's viewports; w and h are 0 */
	bool offscreen; /* also in objects of the app's, where they are as large as the window */
	unsigned n_tiles;
	box tiles[MAX_TILES];
} drawable;

typedef struct list_table list_table; /* in lists.c */

typedef struct share_group {
	uint32_t id, users;
	list_table *lists;
	void *util; /* exchange.c: a context of prism's own in this group, NULL until it is needed */
	struct sampled *sampled; /* sampled.c: its programs there, NULL until they are needed */
} share_group;

typedef struct attrib_entry {
	GLbitfield mask;
	scissors app, applied;
	view view[MAX_VIEWPORTS], view_applied[MAX_VIEWPORTS];
	bool draw_window, read_window; /* what follows was of the default framebuffer that was bound */
	GLenum draw[MAX_DRAW_BUFFERS], read;
	uint8_t color[MAX_DRAW_BUFFERS], color_applied[MAX_DRAW_BUFFERS];
} attrib_entry;

typedef struct list_build list_build; /* in lists.c: a list that is being compiled */

struct replay_context {
	uint32_t serial;
	void *egl;
	share_group *group;
	bool compat, es, started, seen_surface; /* neither of the first two: a core context */
	bool reads_bgra, timers;      /* es: glReadPixels gives the framebuffer's own order; results of queries have 64 bits */
	drawable *draw, *read;        /* bound, or NULL */
	uint32_t draw_version, read_version;
	unsigned viewports;           /* how many scissor boxes there are */
	scissors app, applied;        /* what the app set; what GL has */
	view view[MAX_VIEWPORTS], view_applied[MAX_VIEWPORTS]; /* likewise */
	bool fractions;               /* viewports can lie at fractions of pixels */
	bool conditional;             /* conditional rendering may be on */
	bool clears_textures;         /* glClearTexSubImage is offered */
	bool measures;                /* glRenderMode is not GL_RENDER: window coordinates go to the app */
	GLint view_most[2];           /* GL's bounds of viewports: width and height, and (0, 0: none) the place */
	GLfloat view_range[2];
	GLuint draw_fbo, read_fbo;    /* the app's, real names; 0: the default framebuffer */
	bool pass;                    /* what is drawn to objects is cut to region (images.c) */
	box region;
	GLenum draw_buf[MAX_DRAW_BUFFERS], read_buf; /* the app's, of the default framebuffer */
	bool draw_buffer_set, read_buffer_set;       /* by the app */
	unsigned masks;               /* colour masks: bits for red, green, blue, alpha, as the app set them and as GL has them (opaque.c) */
	uint8_t mask[MAX_DRAW_BUFFERS], mask_applied[MAX_DRAW_BUFFERS];
	attrib_entry stack[MAX_ATTRIB_DEPTH];
	unsigned depth, max_depth;
	uint32_t gl_error;            /* the first that the app was not told of */
	bool arrays_used;             /* one was enabled some time */
	int64_t reach;                /* elements that all enabled arrays have, as of reach_version (bounds.c) */
	uint64_t reach_version;
	bool in_begin, draw_late;     /* between glBegin and glEnd; the scissor must be looked at after it */
	list_build *build;            /* NULL: no list is being compiled */
	unsigned nesting;             /* of lists being carried out by lists.c */
	struct fb_object { uint32_t drawable, version; GLuint name, reader; } fb[8]; /* make `fbo`: framebuffer objects of this context */
	unsigned fb_next;
	GLint unpack[UNPACKS];        /* the app's pixel store, see unpack_names in args.c */
	bool unpack_is_app;           /* GL has the app's, else all tight */
	bool debug;                   /* the app wants to know what the driver says (custom_debug.c) */
	struct client_side *side;     /* custom_arrays.c: NULL until it is needed */
	struct timers *timed;         /* timing.c: likewise */
};

/* An object's serial and name. Open addressing; removing closes the gap. */
typedef struct handle {
	uint32_t serial, scope; /* serial 0: free slot */
	union { GLuint name; GLsync sync; };
} handle;
typedef struct handle_table {
	handle *at;
	uint32_t cap, used;
	uint32_t highest; /* one more than the highest serial that was ever here */
} handle_table;

typedef struct staged {
	uint32_t thread;
	uint8_t *p;
	uint64_t n, cap, read;
} staged;

enum { FB_PBUFFER = 0, FB_FBO = 1 };

struct replay_private {
	prism_device *dev;
	struct real_gl real;
	int make; /* FB_*, of drawables without multisampling */
	bool lead;
	uint32_t peer; /* this node's number in the session */

	struct replay_context *ctxs[MAX_CONTEXTS];
	unsigned n_ctxs;
	drawable *drawables[MAX_DRAWABLES];
	unsigned n_drawables;
	uint32_t next_group;
	struct plan *plans; /* also for drawables that are not there yet */
	unsigned n_plans;
	void *util, *util_surface; /* a context of our own for readback and clearing, and something to make it current with */
	bool util_current;         /* or another context that the app did not make current */
	bool flips;                /* framebuffer objects can be flipped, and the default framebuffer's are */
	uint8_t takes_depth[2];    /* of pbuffers without and with stencil (pbuffer.c): 0 not tried, 1 no, 2 yes */
	bool offsets;              /* some plan has had drawables held in part */
	bool tile_clears;          /* tiles are cleared alone (clears.c) */
	uint64_t tiles_cleared;    /* so many times */
	bool stencilled;           /* a stencil value of some window may be another than 0 */
	struct accum_curve *curve; /* accum.c: NULL until it is needed */
	struct samples *samples;   /* samples.c: likewise */
	bool transfers;            /* the app has set pixel transfer: its contexts cannot be used for readback */

	/* chunk in hand */
	uint32_t chunk_left, chunk_records, chunk_ctx, chunk_draw, chunk_read;
	uint64_t chunk_seq;
	uint32_t rec_index;
	uint16_t op;

	staged *staged;
	unsigned n_staged;
	staged *stage; /* of the chunk's thread; NULL: it never staged anything */

	uint8_t *scratch;
	uint64_t scratch_cap, scratch_used;
	void **spill; /* further scratch of this record */
	unsigned n_spill;

	uint64_t arrays_version; /* counts what changes how far arrays reach, from 1 */

	struct { GLuint buffer, was; } unswapped; /* args.c: in place of the app's for this command, 0: none */
	int tidy; /* not 0: after the next command staged bytes or scratch are to be given back */

	handle_table handles[PRISM_KINDS];

	uint8_t *reply; /* {u32 bytes, u32 0, prism_reply …} one after the other */
	uint64_t reply_n, reply_at, reply_out;
	bool failed;     /* the device did, where nobody could say so: with the next record */
	bool reply_open; /* one is being written */

	/* what Go is told at a stop, counted since the stop before */
	struct {
		uint32_t drawable;
		uint64_t frame, count;
		uint64_t records, draws, bytes;
	} stop;
	uint64_t finishes;
	struct said *said;       /* custom_debug.c: what is to be told; NULL: nothing ever was */
	struct results *results; /* pending.c: what is to be told; NULL: nothing ever was */
	struct timing {
		bool on, open, lost; /* open: a span has begun; lost: this frame's cannot be told */
		uint32_t ctx;        /* serial of the frame's context, 0: none yet */
		unsigned used;       /* timestamps of this frame */
	} timing; /* timing.c */
	bool rebind;         /* replay_bind has left something for after glEnd */
	unsigned list_calls; /* by the command in hand */
	char note[512]; /* something the user should know; "" nothing */
};

extern __thread replay *replay_now; /* of this thread, while it replays: GL functions have no other way to know */

/* replay.c */
int x_fail(replay *r, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* the device failed; gives REPLAY_DEVICE */
void x_note(replay *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool replay_current(replay *r);              /* makes r->ctx current again */
void replay_drawn(replay *r);                 /* has it carry out what it has drawn, before another context looks */
bool replay_util(replay *r);                 /* makes our own context current on its own surface */
bool replay_util_on(replay *r, drawable *d); /* … on a drawable's pbuffer */
drawable *replay_drawable(replay *r, uint32_t serial);
struct replay_context *replay_context_by(replay *r, uint32_t serial);
int replay_bind(replay *r, uint32_t ctx, uint32_t draw, uint32_t read);
bool surface_make(replay *r, drawable *d);
bool replay_failed(replay *r); /* takes the current context's errors; true: there were some since it was asked last */
void replay_collect_error(replay *r);
bool replay_offered(replay *r, const char *extension); /* by the context that is current */

/* args.c */
int staged_add(replay *r, const void *p, uint64_t n);
void staged_end(replay *r, uint32_t thread);
void scratch_reset(replay *r);
void scratch_free(replay *r);
void replies_free(replay *r);
void replies_whole(replay *r);
void unpack_tight(replay *r);
void unswap_end(replay *r); /* after a command */
int unpack_store(replay *r, GLenum pname, GLint value);

/* custom_debug.c */
void said_error(replay *r, GLenum error, const char *text); /* one that GL was not asked about */
void said_free(replay *r);

/* pending.c */
int results_tell(replay *r, bool wait);                    /* moves on what GL knows, or (wait) all */
void results_forget_query(replay *r, uint32_t serial);
void results_forget_context(replay *r, uint32_t ctx);
void results_free(replay *r);

/* timing.c */
void timing_begin(replay *r);
void timing_end(replay *r);
void timing_free(struct replay_context *c);

/* custom_gets.c */
GLuint pack_off(replay *r); /* answers go into memory: the buffer at GL_PIXEL_PACK_BUFFER is put aside, */
void pack_on(replay *r, GLuint name); /* and comes back */

/* custom_arrays.c */
void client_side_free(struct replay_context *c);

/* handles.c */
uint32_t handle_scope(replay *r, int kind);
void handles_free(replay *r);

/* virtual.c */
void *virtual_proc(prism_device *dev, const char *name);
void virtual_bound(replay *r, bool first); /* after a context was made current on (other) drawables */
void virtual_apply(replay *r);             /* brings GL's scissors to what they must be */
box box_intersect(box a, box b);
bool virtual_tile(const struct replay_context *c, box *tile); /* true: drawing is cut to the tile */
void plan_known(replay *r, drawable *d);                      /* gives d the plan that came before it */

/* clears.c */
typedef struct wipe { /* a clear: of which buffers (as for glClear, 0: GL decides) to what */
	GLbitfield buffers;
	GLfloat color[4];
	GLdouble depth;
	GLint stencil;
} wipe;
wipe wipe_fv(GLenum buffer, GLint i, const GLfloat *v); /* as glClearBuffer* has them */
wipe wipe_iv(GLenum buffer, GLint i, const GLint *v);
wipe wipe_uiv(GLenum buffer, GLint i, const GLuint *v);
wipe wipe_fi(GLenum buffer, GLint i, GLfloat depth, GLint stencil);
bool clear_tile(replay *r, const wipe *w); /* true: that is all; false: it goes to GL, between the next two */
bool clear_begin(replay *r);
void clear_end(replay *r, bool began);
void *clears_proc(const char *name);

/* offset.c */
void drawable_hold(drawable *d);                     /* settles what is held, by its plan; when its size becomes another */
bool drawable_held_changes(const drawable *d);       /* the plan wants another part held than is */
bool offset_of(const drawable *d, GLuint fbo, GLint *x, GLint *y); /* where the framebuffer that is meant begins in the picture; true: not at 0, 0 */
box box_less(box b, GLint x, GLint y);
bool offset_value(const struct replay_context *c, GLenum pname, GLdouble v[4]);
void *offset_proc(const char *name);

/* es.c: what prism calls itself, and OpenGL ES has otherwise or not at all. */
bool es_readable(replay *r, GLenum format);                             /* false: glReadPixels would find nothing; the error is kept */
bool es_start(replay *r);                                               /* false: told by x_fail */
void es_draw_buffers(replay *r, unsigned n, const GLenum *buffers);
void es_buffer_read(replay *r, GLenum target, GLintptr at, GLsizeiptr n, void *to); /* glGetBufferSubData */

/* bounds.c */
void *bounds_proc(const char *name);
void bounds_begin(replay *r); /* before glBegin: how far glArrayElement may reach */

/* lists.c */
void *lists_proc(const char *name);
/* Something that stands in a display list of the app's but not in one of GL's: it is carried out by prism when the list is called. */
typedef void (*list_fn)(replay *r, const int32_t *args, const void *data);
#define LIST_ARGS 5
/* While a list is compiled: notes fn with its arguments (and a copy of data), carries it out if the list's mode says so, and
 * gives true. false: no list is being compiled. */
bool list_note(replay *r, list_fn fn, const int32_t args[LIST_ARGS], const void *data, uint64_t bytes);
bool list_pause(replay *r); /* so that GL calls are carried out and not compiled; true: list_resume must follow */
void list_resume(replay *r);
GLuint list_index(const struct replay_context *c); /* of the list being compiled, 0: none */
void lists_free(share_group *g);
void list_drop(struct replay_context *c);

/* opaque.c */
void *opaque_proc(const char *name);
bool opaque_is(const replay *r, const drawable *d); /* it has no alpha, but its image has */
void opaque_start(replay *r, struct replay_context *c);
void opaque_apply(replay *r); /* brings GL's colour masks to what they must be */
void opaque_push(const struct replay_context *c, attrib_entry *e);
void opaque_pop(struct replay_context *c, const attrib_entry *e);
int opaque_value(const replay *r, GLenum pname, GLint index, int64_t v[4]); /* count of values, 0: not one of ours */
void opaque_after_blit(replay *r, GLbitfield mask); /* to the draw framebuffer that is bound */

/* exchange.c. A buffer of a drawable, ready to be read and written: its pixels have 4 bytes, rows are tight and come bottom first, and boxes are in
 * what this node holds. A context of prism's own is current meanwhile and behind it. */
typedef struct fb_place {
	drawable *d;
	GLuint fb, tex; /* fbo: what tex is attached to; 0: a pbuffer */
	GLenum format, type;
	unsigned accum; /* a half of the accumulation buffer, ACCUM_*; 0: none */
	bool sampled;   /* what is meant is one sample of each pixel, */
	unsigned sample;
} fb_place;
bool place_color(replay *r, drawable *d, bool front, fb_place *at); /* BGRA8; false: the device failed */
bool place_get(replay *r, const fb_place *at, box b, void *to); /* false: no memory, here and below */
bool place_put(replay *r, const fb_place *at, box b, const void *pixels);
void place_close(replay *r, const fb_place *at);
bool group_util(replay *r, share_group *s, const struct replay_context *member); /* makes the group's own context current, on no drawable */
void group_free(replay *r, share_group *s);

/* accum.c */
enum { ACCUM_LOW = 1, ACCUM_HIGH }; /* halves: red and green, blue and alpha */
void accum_get(const drawable *d, unsigned half, box b, void *to);
bool accum_put(drawable *d, unsigned half, box b, const void *from); /* false: no memory */
void accum_clear(replay *r); /* as glClear does */
bool accum_is(const struct replay_context *c); /* what is drawn to has one */
void accum_drop(drawable *d); /* its contents go */
void accum_free(struct replay_private *p);
void *accum_proc(const char *name);

/* samples.c; of a multisampled window, whose pbuffer is current with our own context */
bool samples_exchange(replay *r, const drawable *d); /* bit for bit; another surface is current behind it */
bool samples_get(replay *r, const drawable *d, bool depth, unsigned sample, box b, void *to);
bool samples_put(replay *r, const drawable *d, bool depth, unsigned sample, box b, const void *pixels);
void samples_free(struct replay_private *p);

/* sampled.c */
void sampled_free(share_group *s);

/* pbuffer.c; our own context is current on the pbuffer, or afterwards on none of the app's */
void pbuffer_put(replay *r, GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type, const void *pixels);
bool pbuffer_takes_depth(replay *r, const drawable *d); /* bit for bit */

/* framebuffer.c */
bool framebuffer_pbuffer(const replay *r, const drawable *d); /* d is an EGL surface, whatever the others are */
enum { DRAWN_BACK = 1, DRAWN_FRONT }; /* back: or the only image */
unsigned framebuffer_drawn_all(const replay *r, uint8_t to[MAX_DRAW_BUFFERS]); /* where the window's colour goes, by draw buffer: DRAWN_*, 0: nowhere. Gives how many */
GLuint framebuffer_drawn(const replay *r); /* the texture that the window's colour goes to; 0: another number of them, or it is no texture */
bool framebuffer_reads_front(const struct replay_context *c, const drawable *d);
void *framebuffer_proc(const char *name);
void framebuffer_image(replay *r, GLsizei w, GLsizei h, const void *pixels);
void framebuffer_bound(replay *r, bool first);
void framebuffer_drop(replay *r, drawable *d);
void framebuffer_front_make(replay *r, drawable *d); /* the texture alone, with the group's own context current */
/* carry.c. The textures of d's group end, and what is in them is kept. A context of prism's own is current then. false: the device failed. */
bool framebuffer_keep(replay *r, drawable *d);
/* d has new textures in the current context's group: they get what was kept. */
bool framebuffer_give_back(replay *r, drawable *d);
void framebuffer_kept_free(drawable *d);
int framebuffer_value(const struct replay_context *c, GLenum pname, int64_t *v); /* count of values, 0: not one of ours */
int framebuffer_swap(replay *r, drawable *d);
void framebuffer_push(const struct replay_context *c, attrib_entry *e);
void framebuffer_pop(replay *r, const attrib_entry *e);
void framebuffer_stack(replay *r, void (*command)(replay *r, GLbitfield mask), GLbitfield mask); /* GL's own glPushAttrib or glPopAttrib */
void framebuffer_flip(replay *r); /* of the framebuffer object that is bound */
GLuint framebuffer_default(replay *r, bool draw); /* GL's name of the default framebuffer as it is drawn to or read */
void framebuffer_draw_buffers(replay *r, GLsizei n, const GLenum *b); /* of what is bound; n -1: one, as glDrawBuffer has it */
void framebuffer_read_buffer(replay *r, GLenum b);
void framebuffer_asked(replay *r); /* the bindings may have changed: looks what they are */

/* named.c */
void *named_proc(const char *name);

#endif
