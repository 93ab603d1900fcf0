// Package ring is the splitter's end of the shared memory that one attached process writes its command stream into
// (stream/driver/include/prism_ring.h): it makes the memory, reads chunks, answers questions and gives credits.
//
//	memfd "ring"    | control page, 8 KiB | ring: chunks, a power of two |
//	memfd "arena"   | block 0 | block 1 | … (bulk data) | slot 0 | slot 1 | … (replies) |
//
// Next gives one chunk after the other. The bytes are copied out of shared memory first and checked then, so that what
// was checked is what is used; bulk data that the driver put into the arena (prismDataRef) is already in place as
// prismData records, and the blocks are free again. What comes out of Next is valid by wire.CheckChunk.
//
// Concurrency: one goroutine calls Next; all other methods may be called from any goroutine at any time, also after Close
// (they then do nothing). A reply that is longer than a slot is handed over by a goroutine of the Ring's own, which ends
// with the reply, or with Hangup, SetLost or Close; Close waits for it.
//
// The package does not know who is at the other end: stream/launch makes a Ring for each process that attaches and calls
// Hangup when that process is gone.
package ring
