#include "replay.h"

int x_prismVertices(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismVertices *a = (const void *)rec;
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *items;
	if (x_blob(r, "items", &a->items, a->items.bytes, false, &at, end, &items)) return -1;
	return items ? x_items(r, items, a->items.bytes) : 0;
}
