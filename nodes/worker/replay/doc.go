// Package replay carries out batches of records (stream/wire) on this node's GL: one cgo call a batch, in C. The unpackers of single
// commands are generated (unpack_*_gen.c, from stream/spec); written by hand are
//
//	the walk over a batch, arguments and their checks   replay.c args.c handles.c bounds.c
//	GL as the app sees it                               virtual.c (the effective scissor and viewports) offset.c lists.c es.c
//	the app's default framebuffer in its two makes      framebuffer.c selftest.c named.c opaque.c carry.c exchange.c images.c sampled.c accum.c samples.c
//	what is told without being asked                    pending.c custom_debug.c timing.c
//	prism's own records                                 custom_core.c
//	unpackers and answers that the overlay leaves here  the other custom_*.c
//
// It is one folder, long as it is: cgo builds the C of a package's own folder, and the go command does not see when a header changes in
// another, so that parts in folders of their own would be linked with layouts of state.h that are no more.
//
// The package keeps no transport, no plan beyond the rectangle that drawing is cut to, and no time; that is nodes/worker's.
//
// A Replay belongs to the locked OS thread that opened its device. Bytes given to Run are read during the call only and must not be
// changed meanwhile; they are in private memory, not shared with whoever sent them.
package replay
