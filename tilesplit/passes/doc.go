// Package passes decides how nodes draw offscreen: each all of a framebuffer object (a replicated pass), or each only the part that its
// tile of the window needs (a tiled pass).
//
// A pass is what is drawn into one framebuffer object between two binds of framebuffers. Follower follows a stream's framebuffer objects and
// hands each pass that has ended to a function, with the Choice that was made for it and its reason; `prism explain` shows them.
//
// The package is pure: it knows nothing of nodes and sends nothing. A Follower is used by one goroutine.
package passes
