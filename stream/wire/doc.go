// Package wire is the layout of a command stream in memory, on a lane and in a trace file: records, chunks, batches and
// replies. FORMAT.md beside this file is the normative grammar; stream/driver/include/prism_wire.h is its C side.
//
//	batch   chunk | chunk | …
//	chunk   +-------------------- ChunkHeader, 40 bytes --------------------+
//	        | magic  bytes | thread  ctx | seq (u64) | records  flags | draw  read |
//	        +----------------------------------------------------------------------+
//	        | record | record | …                                   `bytes` in all |
//	record  +----------+--------+-----------+--------------+----------------+
//	        | size u32 | op u16 | flags u16 | fixed part   | array bytes …  |
//	        +----------+--------+-----------+--------------+----------------+
//
// The package knows lengths and limits and no command: what an op's payload means is stream/gl's. Chunks and Records
// walk over bytes that were received; Builder makes them; Reply is the answer to a record with RecReply.
//
// Bytes handed to this package must not change while it looks at them: what lies in shared memory is copied first
// (stream/ring does). Nothing here is safe for concurrent use of one value; nothing is global.
package wire
