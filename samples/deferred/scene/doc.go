// Package scene is what the deferred sample draws, without any OpenGL: the court's meshes, the lamps and their flight, the
// moon's view for the shadow map, and the camera. Everything follows from a seed and a frame number alone.
//
// Units are metres, y points up, the court's floor is at y = 0 around the origin. New makes a Court, a value that is only
// read afterwards (safe for concurrent use), and View picks what one frame shows.
package scene
