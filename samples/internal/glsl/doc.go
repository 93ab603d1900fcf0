// Package glsl makes what samples that draw with OpenGL 3.3 core have in common: programs of their embedded shaders, a pass
// over the whole picture, a texture of noise. Its functions belong to the thread of the context.
package glsl
