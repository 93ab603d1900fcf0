// Package track follows what a stream of records says of all that the places of a draw's vertices depend on, and bounds draws by it:
// buffers' contents, vertex arrays, programs with their uniforms, matrices, the viewport and what else decides where pixels land.
//
// It is told each record in the order in which nodes carry them out (Tracker.Record), and asked for a draw's rectangle before the draw
// (Tracker.Draw). What it does not know for certain it does not bound: such a draw goes to all nodes, with the reason. It knows nothing
// of nodes and sends nothing. A Tracker is used by one goroutine, but for what comes later: Tracker.Reflect and shaders' analyses, which any may
// bring.
//
// Files: buffer.go (contents, boxes), array.go (vertex arrays), program.go, matrix.go, context.go (what a context has current), draw.go,
// sample.go (what a draw reads of textures, and whether it covers the picture).
package track
