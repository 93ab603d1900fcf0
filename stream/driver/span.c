/* Spans: pack.h says what they are. */
#include "pack.h"

/* Bytes in front of a span's items. */
#define SPAN_HEAD ((uint32_t)sizeof(struct prism_rec_prismVertices))

bool prism_span_open(uint32_t bytes) {
	prism_thread *t = prism_t;
	uint8_t *at = prism_begin(PRISM_OP_prismVertices, SPAN_HEAD + PRISM_PAD8(bytes), 0);
	if (!at) return false;
	t->cur = at;
	const uint32_t room = (uint32_t)(t->end - at) - SPAN_HEAD;
	t->item = at + SPAN_HEAD;
	t->item_end = t->item + (room < PRISM_INLINE_MAX ? room : PRISM_INLINE_MAX);
	t->span_end = t->end;
	t->end = at;
	return true;
}

void prism_span_close(void) {
	prism_thread *t = prism_t;
	if (!t->item) return;
	struct prism_rec_prismVertices *r = (void *)t->cur;
	prism_arr a = {.bytes = (uint32_t)(t->item - t->cur) - SPAN_HEAD, .mode = PRISM_BLOB_INLINE};
	const uint32_t bytes = SPAN_HEAD + prism_arr_inline(&a);
	memset(t->item, 0, bytes - SPAN_HEAD - a.bytes);
	r->header = (prism_rec){.size = bytes, .op = PRISM_OP_prismVertices};
	r->items = prism_arr_blob(&a);
	t->cur += bytes;
	t->end = t->span_end;
	t->item = t->item_end = NULL;
}
