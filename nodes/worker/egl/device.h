/* What egl.go calls of egl.c. */
#ifndef PRISM_EGL_DEVICE_H
#define PRISM_EGL_DEVICE_H
#include "egl.h"

/* index < 0: the surfaceless platform, else (or where that is missing) the device of that number. NULL: err says why. */
prism_device *prism_egl_open(int index, char *err, size_t err_bytes);
void prism_egl_close(prism_device *d);
/* How many devices EGL_EXT_device_enumeration lists; -1: the extension is missing. */
int prism_egl_devices(void);
const char *prism_egl_version(prism_device *d);

#endif
