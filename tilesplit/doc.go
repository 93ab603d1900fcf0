// Package tilesplit decides who draws which part of a picture (sort-first). It is plain data in, plain data out: no I/O, no
// time, no GL. What a plan means for records and pieces is nodes/session's business.
//
// Rectangles have OpenGL's origin: lower left, y upwards. A Plan's tiles cover the picture exactly once: each pixel
// belongs to one tile, each tile to one node. A node that owns no pixel draws nothing.
//
// A Policy may be used from one goroutine at a time and must give equal plans for equal arguments.
package tilesplit
