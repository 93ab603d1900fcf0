// Package egl opens a device for drawing without a window system: EGL's surfaceless platform, or a device by number, with desktop
// OpenGL contexts and pbuffers. What C code needs of it stands in egl.h, as a table of function pointers.
//
// It makes no GL calls and knows nothing of records or frames. A Device and all that is made of it belong to one locked OS thread.
package egl
