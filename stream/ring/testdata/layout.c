/* Prints the layout that the C compiler gives to what driver and splitter share; layout_test.go compares. */
#include <stddef.h>
#include <stdio.h>
#include "prism_ring.h"
#include "prism_wire.h"

#define S(n) printf(#n " 0 %zu\n", sizeof(prism_##n))
#define F(n, f) printf(#n "." #f " %zu %zu\n", offsetof(prism_##n, f), sizeof((prism_##n *)0)->f)
#define K(n) printf(#n " %llu\n", (unsigned long long)PRISM_##n)

int main(void) {
	S(ctl);
	F(ctl, magic); F(ctl, version); F(ctl, ring_bytes); F(ctl, blocks); F(ctl, block_bytes); F(ctl, slots); F(ctl, slot_bytes);
	F(ctl, finishes_in_flight);
	F(ctl, errors_exact);
	F(ctl, frames_in_flight);
	F(ctl, head); F(ctl, wake_reader); F(ctl, writer_waits); F(ctl, unsupported); F(ctl, round_trips);
	F(ctl, tail); F(ctl, wake_writer); F(ctl, reader_waits); F(ctl, lost); F(ctl, gl_error); F(ctl, frames_done);
	F(ctl, finishes_done); F(ctl, window_gone); F(ctl, block);
	F(ctl, results); F(ctl, result_waits); F(ctl, news_bytes); F(ctl, news_tail); F(ctl, news_head);
	S(news);
	F(news, context); F(news, length);
	S(result);
	F(result, use); F(result, value);
	S(slot);
	F(slot, state); F(slot, bytes); F(slot, id); F(slot, offset); F(slot, total);
	S(hello);
	F(hello, magic); F(hello, wire_version); F(hello, ring_version); F(hello, pid); F(hello, spec_hash); F(hello, program);
	S(welcome);
	F(welcome, magic); F(welcome, status); F(welcome, ring_map_bytes); F(welcome, arena_map_bytes); F(welcome, message);
	S(chunk);
	F(chunk, magic); F(chunk, bytes); F(chunk, thread); F(chunk, ctx); F(chunk, seq); F(chunk, records); F(chunk, flags);
	F(chunk, draw); F(chunk, read);
	S(rec);
	F(rec, size); F(rec, op); F(rec, flags);
	S(blob);
	F(blob, bytes); F(blob, mode);
	S(reply);
	F(reply, id); F(reply, status); F(reply, error); F(reply, ret);
	K(RING_MAGIC); K(RING_VERSION); K(CTL_BYTES); K(MAX_BLOCKS); K(MAX_SLOTS); K(MAX_RESULTS); K(SLOT_FREE); K(SLOT_ASKED); K(SLOT_FILLED);
	K(SLOT_MORE); K(HELLO_MAGIC);
	K(WIRE_VERSION); K(CHUNK_MAGIC); K(SKIP_MAGIC); K(CHUNK_URGENT); K(REC_REPLY); K(MAX_RECORD); K(MAX_CHUNK); K(INLINE_MAX);
	K(PIECE_BYTES); K(MAX_STAGED); K(BLOB_NULL); K(BLOB_INLINE); K(BLOB_STAGED); K(BLOB_OFFSET); K(REPLY_OK); K(REPLY_LOST);
	K(REPLY_UNSUPPORTED);
	return 0;
}
