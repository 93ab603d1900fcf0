/* Between custom_program.c and custom_reflect.c. */
#ifndef PRISM_CUSTOM_PROGRAM_H
#define PRISM_CUSTOM_PROGRAM_H
#include "clientstate.h"
#include "include/prism_reflect.h"

/* The object of a name; NULL, with the error recorded, if there is none or it is of the other sort. It lives until it is deleted;
 * GL makes the app order that between threads. */
prism_object *prism_object_of(prism_client *c, GLuint name, bool shader);
/* A string into the app's buffer as glGet…InfoLog does. */
void prism_copy_text(const char *s, GLsizei room, GLsizei *length, GLchar *to);

/* A block is sound: every count, index and name in it lies inside. */
bool prism_reflect_check(const void *block, uint32_t bytes);
#endif
