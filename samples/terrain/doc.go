// Terrain flies over millions of triangles of mountains: an ordinary OpenGL 3.3 core program with a vertex buffer for each
// chunk and level of detail, which draws the chunks that its own frustum test lets through. It imports nothing of prism
// and does nothing special for it.
//
// A frame follows from its number, the size and the seed alone. Package scene has what is drawn without OpenGL; here is
// the drawing. The window and the flags are package show's.
package main
