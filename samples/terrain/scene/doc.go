// Package scene is what the terrain sample draws, without any OpenGL: the heights, the chunks with their levels of detail,
// and the camera's flight. Everything follows from a seed and a frame number alone.
//
// The land is a square that is cut into a quadtree of chunks: the root is the whole land in one chunk, its children are
// quarters, and so on. Each chunk has the same grid of Quads × Quads, so a child is twice as fine as its parent. A frame
// draws of each branch the chunk that is fine enough for its distance:
//
//	+-------+---+---+
//	|       |   |   |     coarse where far, fine where near; the skirt that hangs down
//	|       +---+-+-+     around each chunk hides the cracks between levels
//	|       |   +-+-+
//	+-------+---+-+-+
//
// New makes one Land, a value that is only read afterwards (safe for concurrent use), and View picks what one frame shows.
//
// Units are metres, y points up, the land lies around the origin.
package scene
