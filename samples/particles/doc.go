// Particles is a volcano at dusk whose smoke and sparks are blended over each other from back to front: an ordinary OpenGL
// 3.3 core program that sorts and uploads its particles for each frame. It imports nothing of prism and does nothing special
// for it.
//
// A frame follows from its number, the size and the seed alone. Package scene has what is drawn without OpenGL; here is
// the drawing. The window and the flags are package show's.
package main
