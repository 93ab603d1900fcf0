// Package scene is what the gl1 sample shows, without any OpenGL: the wheels of a clockwork and how they mesh, their shapes
// as lists of quads, the pendulum, the springs, the textures and the camera. Everything follows from a seed and a frame
// number alone.
//
// A unit is about a hand's breadth. The wall is the plane z = 0, x points right, y up, z to the viewer. New makes the
// Works, a value that is only read afterwards.
package scene
