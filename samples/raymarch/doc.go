// Raymarch draws a carved sphere over a calm sea by marching rays through a signed distance field: one triangle over the
// picture, all of the work in the fragment shader. It imports nothing of prism and does nothing special for it.
//
// A frame follows from its number, the size and the seed alone. Package scene has what is shown without OpenGL; here is
// the drawing. The window and the flags are package show's.
package main
