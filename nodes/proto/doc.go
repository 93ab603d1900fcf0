// Package proto is what a session and its workers say to each other over a lane: small JSON control messages (Control), the
// binary header of a piece (PieceHeader), the tiles of an answer (Tile), and what an agent hands to a worker that it starts
// (WorkerConfig). It is plain data with checks; it sends nothing and keeps no state. Values may be used by one goroutine at a time.
package proto
