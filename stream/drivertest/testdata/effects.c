/* Which sources may write buffers or images (custom_effects.c): never a no where a shader writes, and a no where engines only read. */
#include "gl/programs/custom_effects.c"
#include <stdio.h>

static prism_thread thread;
__thread prism_thread *prism_t __attribute__((tls_model("initial-exec"))) = &thread;
void *prism_room(uint32_t bytes) { (void)bytes; return NULL; }
void prism_error(GLenum e) { (void)e; }
bool prism_arr_stage(prism_arr *a, const void *p, uint64_t bytes) { (void)a, (void)p, (void)bytes; return false; }
bool prism_program_effects(prism_client *c, prism_object *p) { (void)c, (void)p; return true; }
prism_pipeline *prism_pipeline_now(prism_client *c) { (void)c; return NULL; }
bool prism_map_get(const prism_map *m, uint32_t key, uint64_t *val) { (void)m, (void)key, (void)val; return false; }
uint32_t prism_serial(int kind, GLuint name, bool *ok) { (void)kind, (void)name, (void)ok; return 0; }
bool prism_name_known(int kind, GLuint name) { (void)kind, (void)name; return true; }
prism_buffer *prism_buffer_of(prism_client *c, uint32_t serial) { (void)c, (void)serial; return NULL; }
void prism_buffer_exposed(prism_client *c, GLenum target, const prism_range *r) { (void)c, (void)target, (void)r; }
void prism_bind_units(int kind, GLenum limit, GLuint first, GLsizei count, const GLuint *names, prism_put_units *put) { (void)kind, (void)limit, (void)first, (void)count, (void)names, (void)put; }

int main(void) {
	static const struct { bool writes; const char *source; } cases[] = {
		{false, ""}, {false, "void main() { gl_FragColor = vec4(1.0); }"}, {false, "uniform sampler2D image; uniform samplerBuffer data; vec4 imageSize2; float images;"},
		{false, "// buffer\n/* imageStore atomicAdd */ uniform sampler2D gbuffer, frame_buffer;"}, {false, "layout(std430) readonly buffer Lights { vec4 at[]; } lights;"},
		{false, "layout(rgba8) uniform readonly image2D board; void main() { imageLoad(board, p); }"}, {false, "vec4 f(readonly uimage2DArray x) { return x; }"},
		{true, "layout(std430) buffer Out { uint n; };"}, {true, "readonly buffer In { uint n; }; buffer Out { uint m; };"}, {true, "uniform image2D a;"}, {true, "uniform uimageBuffer a;"},
		{true, "uniform iimageCube a;"}, {true, "layout(binding = 0) uniform atomic_uint n;"}, {true, "readonly buffer X { uint n; }; void main() { atomicAdd(n, 1u); }"},
		{true, "imageStore(a, b, c);"}, {true, "imageAtomicMax(a, b, c);"}, {true, "#define CAT(a, b) a##b\nCAT(buf, fer) X { uint n; };"}, {true, "#define B buffer\nB X { uint n; };"},
		{true, "#ifdef NEVER\nreadonly\n#endif\nbuffer X { uint n; };"}, {true, "/*x*/buffer"}, {true, "//x\nbuffer"}, {true, "writeonly buffer X { uint n; };"},
		{true, "readonly; buffer X { uint n; };"}, {false, "/* never closed buffer"}, {true, "a/buffer"}, {true, "#\nbuffer"},
	};
	int failures = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (prism_source_writes(cases[i].source) != cases[i].writes) {
			printf("%s: want %d\n", cases[i].source, cases[i].writes);
			failures++;
		}
	if (prism_source_writes(NULL)) printf("no source writes\n"), failures++;
	return failures;
}
