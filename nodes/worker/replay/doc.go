// Package replay carries out batches of records (stream/wire) on this node's GL: one cgo call a batch, in C. The unpackers of single
// commands are generated (unpack_*_gen.c, from stream/spec); written by hand are the walk over a batch and the arguments' checks (replay.c, args.c,
// handles.c), the effective scissor (virtual.c), display lists (lists.c), the app's default framebuffer in its two makes
// (framebuffer.c, selftest.c), prism's own records (custom_core.c) and the custom unpackers of GL commands (custom_*.c).
//
// The package keeps no transport, no plan beyond the rectangle that drawing is cut to, and no time; that is nodes/worker's.
//
// A Replay belongs to the locked OS thread that opened its device. Bytes given to Run are read during the call only and must not be
// changed meanwhile; they are in private memory, not shared with whoever sent them.
package replay
