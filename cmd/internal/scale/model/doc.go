// Package model says how fast a sort-first cluster would be, from what was measured of its parts. Pure functions: costs of frames in,
// times out.
//
// # The pipeline
//
// A frame passes six stages, each of which works on one frame at a time:
//
//	app ─▶ split ─▶ link out ─▶ node 1 … node n, at once ─▶ link in ─▶ compose
//	 ▲                                                                     │
//	 └───────────── a credit: at most K frames are in flight ◀─────────────┘
//
// A stage begins a frame when it has ended the one before and the stage before it has ended this one; a swap leaves the splitter when the
// frame K before it is composed. This is a max-plus linear recurrence (a tandem of queues with limited room; Baccelli, Cohen, Olsder, Quadrat,
// "Synchronization and Linearity", 1992), computed frame by frame, so that a node that is the slowest in one frame and idle in the next
// counts as it should: nodes may be ahead of each other by as many frames as are in flight. With one frame in flight the frame time is the
// sum of the stages behind the swap, while app and splitter prepare the next frame; with enough of them it is the slowest stage, and what
// waits before that adds to the latency.
//
// What errs to the slow side: a stage here begins when the one before it has ended, whereas real nodes begin with a frame's first batch, and
// pieces are composed as they come.
//
// # The link
//
// As in LogGP (Alexandrov, Ionescu, Schauser, Scheiman, SPAA 1995): a message of m bytes takes L + m·G on the way, L the latency of
// one way and 1/G the rate. A port carries one byte after the other. The session's host has one: what goes to all nodes goes out once for each,
// for NATS delivers a copy to each subscriber; and all pieces come in through it. That is what bounds sort-first with few large pictures:
// the redistribution of pixels of Molnar, Cox, Ellsworth, Fuchs, "A sorting classification of parallel rendering" (IEEE CG&A 1994),
// which does not fall with the number of nodes. The o of LogGP, what sending and receiving take of a processor, is not guessed: Host is
// the measured CPU time of the session's process, in which the NATS server runs too, and a node's cost has that of its sending.
//
// # Processors
//
// Stages on one machine share its cores: a frame cannot take less than their CPU time together divided by the cores (the bound of
// a roofline, Williams, Waterman, Patterson, CACM 2009, with cores for the roof). On a cluster these are the app and the session; where nodes
// run on the session's machine, as when the model is checked, theirs too.
//
// # What is not in it
//
// Errors of the link and other traffic on it; the node's own port, which carries a part of what the session's does; that a
// cluster's machines may be faster or slower than the one that was measured. Compare Eilemann, Makhinya, Pajarola, "Equalizer: a scalable
// parallel rendering framework" (IEEE TVCG 2009) and Makhinya, Eilemann, Pajarola, "Fast compositing for cluster-parallel
// rendering" (EGPGV 2010), who find the same stages to matter.
package model
