// Package bounds says which pixels a draw can touch, and which nodes own them. It is geometry alone: boxes of positions, matrices,
// viewports and plans; where these come from is package track's business.
//
//	bytes of a buffer ─ Array ─▶ Box ─ View (matrix, viewport) ─▶ rectangle ─ Index (plan) ─▶ Mask of nodes
//
// Everything is conservative: a rectangle may be larger than what is drawn, never smaller, also where a GPU computes with
// float32 what is computed here with float64. Values may be used by several goroutines as long as none writes them.
package bounds
