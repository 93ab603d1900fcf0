// Package trace keeps a command stream in a file: the same chunks as on the wire, each with the time at which it was
// read from the app. stream/wire/FORMAT.md, part "Trace files", is the normative grammar:
//
//	| header, info as JSON | block | block | … | index | trailer |
//	block:  | header, 40 bytes: sizes, CRC-32C, counts | entries, S2-compressed or raw |
//	entry:  | time ns u64 | swaps u32 | 0 u32 | chunk (header and records) |
//
// A file that was cut off, because its writer died, is read up to its last whole block; Flush bounds what can be lost. Frames
// are found through the index, or without it by a walk over the blocks' headers.
//
// A Writer and a Reader belong to one goroutine each. What comes out of Reader.Next has passed its checksum and
// wire.CheckChunk: a file is no more trusted than a ring.
package trace
