// Package shader derives what a vertex shader does to positions: for many shaders gl_Position is affine in one vertex
// attribute, with coefficients made of uniforms and constants, and a draw's bounds in clip space follow from the
// attribute's bounds. Whoever culls draws asks it; it knows neither GL nor nodes.
//
//	source ── prism-glsl (front/: glslang in a process with limits) ── syntax tree ── machine: each scalar of each
//	variable is a form in one attribute, or unknown and why ── gl_Position ── Position ── Evaluator, at each draw
//
// Analyzer keeps what it found by a hash of the source, in memory and the front end's trees on disk. What the analysis
// does not follow (textures, gl_VertexID, conditions on attributes, several attributes, loops of unknown length, …) gives a
// Position with a Reason, and whoever culls must then take it that the draw touches everything; so it must where stages
// after the vertex shader move vertices (tessellation, geometry), which this package does not see.
//
// The result is proved for what GLSL defines. It is of no worth for a shader whose behaviour is undefined (reading variables
// that are not set in a loop, say), where no two drivers agree either. glslang folds constant expressions in double
// precision; where a driver folds them in single, that difference is not in Affine's bound of rounding.
//
// An Analyzer and a Position may be used by several goroutines at once, an Evaluator by one.
package shader
