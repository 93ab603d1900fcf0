// Package passes decides how nodes draw offscreen: each all of a framebuffer object (a replicated pass), or each only the part that its
// tile of the window needs (a tiled pass).
//
// A pass is what is drawn into one framebuffer object between two binds of framebuffers. Tracker follows a stream's images, what is attached and
// what is bound; track.Tracker tells it where draws read. Each image (a texture's first level, a renderbuffer; of one sample a pixel or several) is whole on all nodes, or lies with each
// node as far as its tile and a margin around it go. Before a record, Tracker.Before says which images must be made whole and what
// drawing is cut to from here on. How a pass is drawn is decided when it begins, by what the last frame that had it was found to need (frame.go).
// What became of each pass, and why, is handed to a function at the frame's end; `prism explain` and --stats show it.
//
// The package is pure: it knows nothing of nodes and sends nothing. A Tracker is used by one goroutine.
package passes
