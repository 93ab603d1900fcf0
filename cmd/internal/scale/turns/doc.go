// Package turns puts itself between a session and the lanes to its nodes, to measure what a node takes of a frame when nothing else
// runs: Alone hands a frame's messages to one node after the other, and to the next only when the one before has sent all pieces. So many
// nodes can be measured on a machine that is too small for them at once, with the same splitter, plans, policies that learn, and
// exchanges as in an ordinary run. Count only counts bytes and passes everything on.
//
// A turn is what stands in a node's queue up to a swap or a finish. What has no such end soon is handed on without a turn: the session may be
// waiting for an answer. Nodes may then be at work together up to that answer; CPU times stay what they are.
//
//	session ── Broadcast, Send ──▶ a queue a node ── pump: one turn after the other ──▶ lanes ──▶ nodes
//	session ◀── Recv ── (notes frames, pieces, finishes) ◀────────────────────────────── lanes ◀── nodes
//
// A Hub is used as any lane.Hub; it owns one goroutine, which Stop ends. The lanes stay their owner's.
package turns
