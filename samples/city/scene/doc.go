// Package scene is what the city sample draws, without any OpenGL: the plan of the town, its meshes, its textures and
// the camera's flight. Everything follows from a seed and a frame number alone, so the same frame can be made twice on
// different machines and compared pixel by pixel.
//
// It is not a general scene graph: New makes one City, a value that is only read afterwards (safe for concurrent use),
// and View picks what one frame shows.
//
// Units are metres, y points up, the town lies in the xz plane around the origin.
package scene
