// Gl1 is a clockwork drawn as programs of the nineties did: immediate mode, display lists, fixed-function lighting, texture
// coordinates that OpenGL generates, shadows by stencil. It asks for a compatibility context, imports nothing of prism and
// does nothing special for it.
//
// A frame follows from its number, the size and the seed alone. Package scene has the works without OpenGL; here is the
// drawing. The window and the flags are package show's.
package main
