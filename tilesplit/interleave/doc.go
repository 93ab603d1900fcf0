// Package interleave is the policy of tilesplit in which nodes draw whole frames by turns (alternate frame rendering, AFR): it raises
// the frame rate without dividing the geometry, and does not shorten the time that one frame takes.
//
// It pays only while more frames are in flight than nodes take turns, and for apps whose frames do not read what earlier frames drew:
// what a frame leaves behind (a window that is not cleared, a texture that is rendered to) is on the node that drew it.
package interleave
