// Package session is one app's run: it takes chunks of records from a Source (a ring with a live app behind it, or a trace),
// sends them to the peers of a lane.Hub in batches, with plans between them, answers the app's questions from what the
// peers say, puts their pieces together to frames and gives these to the outputs.
//
//	Source ─ reader ─▶ splitter ─ batches, plans ─▶ lane.Hub ─▶ workers
//	  ▲ credits, replies                                           │
//	  └──────── presenter ◀─ frames in order ─ receiver ◀──────────┘ pieces, replies, faults
//	                │
//	                ▼ output.Stage ─▶ each output at its own pace
//
// Run owns four goroutines, which are gone when it returns: the reader waits for the source; the splitter walks records and
// sends; the receiver takes what peers send and assembles; the presenter hands whole frames to the outputs' stage, whose
// goroutines Run ends too, and returns the app's credit: an output that is slow holds nobody up, unless LosslessOutputs says so. Swaps and frames correspond by order: the n-th proto.Frame of a peer is its part of the n-th
// swap sent.
//
// What queries count and that fences are passed comes without questions (results.go): peers tell in the stream's order, the receiver puts
// it together and writes it to the source; the splitter waits only where the stream itself is decided by it.
//
// With Config.Culling the splitter's culler (cull.go) sends draws only to nodes whose tiles they can touch, in batches of the nodes' own
// (package deal); what is not bounded is broadcast as without.
//
// A tile changes its owner where nothing is lost (move.go): package clears says what a clear leaves nothing of.
//
// Under a Subpixel plan nodes draw whole pictures, samples, of which frames are the mean (picture.go, samples.go).
//
// Lock order: Session.mu alone, never held while sending, receiving or presenting.
//
// Verify runs two sessions on one trace and compares their frames, VerifyMean one with the mean of several. Start makes a session's lanes and workers.
package session
