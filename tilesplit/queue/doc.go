// Package queue is the policy of tilesplit that cuts the picture into many small tiles of one size, of which each node draws several.
// It evens out any scene without knowing it, and pays with draws that touch several tiles and with more pieces.
//
// Who draws which tile is decided in one of three ways:
//
//	Queue.Plan  beforehand and without knowledge: runs of neighbours in a serpentine, as long as the nodes' weights say
//	Assign      beforehand, from what the tiles cost in past frames: the costliest first to whom would end soonest (longest
//	            processing time first), except that a tile stays with its last node while that one is not behind
//	Deck        while the frame is drawn: a node that is ready takes its next tile, or one of the node that has most left
//
// Assign serves where nothing is known of a frame before it is over (balance.Queue uses it), Deck where nodes tell each tile's end.
//
// Plan.Merged puts a node's neighbouring tiles together where they are sent as pieces, of which a node can send 255 a frame.
//
// Graham, "Bounds on multiprocessing timing anomalies" (SIAM J. Appl. Math. 1969): the longest first ends at most 4/3 - 1/(3·nodes)
// times as late as the best assignment on equal nodes. Blumofe and Leiserson, "Scheduling multithreaded computations by work
// stealing" (JACM 1999) for taking over what others have left. Equalizer's tile compounds pull tiles so.
package queue
