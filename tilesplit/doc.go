// Package tilesplit decides who draws which part of a picture (sort-first). It is plain data in, plain data out: no I/O, no
// time, no GL. What a plan means for records and pieces is nodes/session's business.
//
// Rectangles have OpenGL's origin: lower left, y upwards. What a Plan promises depends on its Mode:
//
//	Tiled       each pixel belongs to exactly one tile, each tile to one node; a frame is its tiles put together
//	Wall        each pixel belongs to one tile or is hidden; nodes show their parts themselves, and these may overlap
//	Interleave  each frame is drawn whole by one node; Plan.Frame gives the Tiled plan of a frame
//	Subpixel    each frame is drawn whole by several nodes, shifted by parts of a pixel, and is their weighted mean
//
// Policies, one a package:
//
//	grid        columns × rows of equal tiles                          Tiled
//	strips      one strip a node, standing or lying                    Tiled
//	kd          a tree of cuts, one tile a node                        Tiled
//	queue       many small tiles, dealt or pulled                      Tiled
//	wall        tiles pinned to displays                               Wall
//	interleave  whole frames by turns (AFR)                            Interleave
//	subpixel    whole frames summed (anti-aliasing)                    Subpixel
//
// Package balance wraps strips, kd and queue into policies that learn from what frames cost; package auto chooses among
// policies and numbers of nodes. A static policy may be used from one goroutine at a time and must give equal plans for
// equal arguments; one that learns must do so between two observations.
package tilesplit
