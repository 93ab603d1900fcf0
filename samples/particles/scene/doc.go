// Package scene is what the particles sample draws, without any OpenGL: the mountain, the camera, and for each frame all
// particles in the order in which they must be blended. Everything follows from a seed and a frame number alone: a particle's
// place is a formula of its age, and each of its lives has random numbers of its own.
//
// New makes a Volcano, a value that is only read afterwards (safe for concurrent use), and View fills what one frame shows.
//
// A unit is about 100 m, y points up, the sea is at y = 0 and the crater over the origin.
package scene
