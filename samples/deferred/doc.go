// Deferred is a court at night with many small lamps, drawn as engines do: a shadow map, a G-buffer of several targets, light
// added up in a target of its own, bloom and tone mapping after it. It is an ordinary OpenGL 3.3 core program, imports
// nothing of prism and does nothing special for it.
//
// A frame follows from its number, the size and the seed alone. Package scene has what is drawn without OpenGL; here are
// the passes. The window and the flags are package show's.
package main
