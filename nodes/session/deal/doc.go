// Package deal gives each node the records that it needs, in batches of its own. What all need goes to all; a draw goes to the nodes
// that it can touch; and state that matters only for draws is held back from a node until something comes that depends on it (lazy
// state, as in Chromium and WireGL's state tracker).
//
//	record ─ Rules ─┬ pure state  ─ Dealer.Hold ─▶ one slot: the latest record, and the nodes that lack it
//	                ├ a selector  ─ Dealer.Select
//	                ├ a draw      ─ Dealer.Draw  ─▶ what the draw's nodes lack, then the draw
//	                └ all else    ─ Dealer.Sync, Dealer.All ─▶ what any node lacks, then the record, to all
//
// A slot is pure when the latest record for it leaves the state that all of them would have left, whatever stands between them: its
// command has a key in the overlay, its arguments are surely legal (an illegal command changes nothing, so it must not replace a legal
// one), and it depends on nothing but selectors. Selectors are what keys name behind an @: the current program, texture unit, vertex
// array and array buffer. A slot keeps what they were, and the dealer sets them so on a node before it sends the slot's record.
//
// The lead node gets state at once: it tells errors in the order in which the app made them. A Dealer is used by one goroutine.
package deal
