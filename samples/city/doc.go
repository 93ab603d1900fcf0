// City flies through a town of some thousand buildings: an ordinary OpenGL 3.3 core program, by which prism is shown
// and measured. It imports nothing of prism and does nothing special for it.
//
// A frame follows from its number, the size and the seed alone. The steady frame asks OpenGL nothing. Package scene has
// what is drawn; here is the drawing. The window and the flags are package show's.
package main
