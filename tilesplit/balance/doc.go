// Package balance makes policies of tilesplit that learn: equalizers. Told what past frames cost, an equalizer moves the borders of its
// tiles (Strips, KD) or deals tiles anew (Queue), so that all nodes end at the same time.
//
// One equalizer serves one drawable. The caller asks it for a plan, draws frames by it, and hands each frame's costs to Observe,
// with the plan by which that frame was drawn: costs come frames late. When Observe says that the plan has changed, the caller
// asks again, and adopts the new plan where no history is lost (at a frame that clears, or after old contents were sent); until then it goes
// on with the old one, and nothing is spoilt: what is learnt does not depend on which plan is in force. Times are the nodes' own
// (GPU time, or CPU time of the worker's thread): wall time measures the neighbours.
//
// # How it learns
//
// An equalizer keeps a map of work per pixel (field), in coarse cells, and a fixed cost for each node (model):
//
//	time of a node = fixed + ∫ over its tiles of work / weight
//
// A measured time that differs from what the model expects scales the cells under the node's tiles, so that their sum fits, and keeps
// their relation to each other: what was learnt about the inside of a tile, when borders lay elsewhere, is not thrown away (as in
// algebraic reconstruction, where each ray corrects the cells on its way; Gordon, Bender and Herman 1970). A small part is spread
// evenly over the tile, so that what has moved on is forgotten. When borders have moved and times have followed less than expected, the
// fixed cost is raised.
//
// A node that becomes slow makes its tiles look dear, and gets less; what it loses looks dear until its neighbours have drawn it. Times
// alone cannot tell a slow node from dear pixels for good, and need not: once the model explains all times and its tiles are even,
// the times are even, whatever it puts them down to.
//
// Times are noisy. How much, is seen from frame to frame under borders that stay; a deviation is believed the more, the more it stands out.
// One that comes suddenly is believed in full only when the next frame repeats it: a page fault or a shader's compilation is over by then. What
// all times have in common says nothing of who is to do what: the model takes it in at once, and the frame is not asked about noise. In the
// first frames all nodes compile shaders and take what is sent once, so that each of these is far from the one before; deviations are believed then.
//
// # How it moves
//
// The best borders for the model are where all nodes would end together. They go there by a part of the way (Damping), less
// where a border turns back, more where it goes on (as the steps of Rprop; Riedmiller and Braun 1993), and not at all where that would gain less
// than Resistance, or where a border would move by less than MinMove pixels. Borders lie at multiples of Snap and leave tiles Min
// pixels.
//
// # Sources
//
// Samanta et al., "Load balancing for multi-projector rendering systems" (Graphics Hardware 1999) and "Hybrid sort-first and
// sort-last parallel rendering with a cluster of PCs" (Graphics Hardware 2000): k-d cuts by estimated times. Abraham et al., "A
// load-balancing strategy for sort-first distributed rendering" (SIBGRAPI 2004): cuts by the previous frame's times. Moloney et al.,
// "Scalable sort-first parallel direct volume rendering with dynamic load balancing" (EGPGV 2007): cost per pixel. Equalizer
// (Eilemann, Makhinya, Pajarola, IEEE TVCG 2009; its load and tree equalizers): damping, boundaries and resistance; it takes cost for even
// inside each tile of the last complete frame.
package balance
