/* libFuzzer's targets: items by default, a batch as it is with FUZZ_RAW. */
#include "drive.h"
#include "stub.h"
#include <stdlib.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

#ifdef FUZZ_RAW

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	drive_end end = {0};
	drive_raw(data, size, &end);
	return 0;
}

#else

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	drive_end end = {0};
	drive_items(data, size, &end);
	return 0;
}

enum { MOST_ITEMS = 4096 };

/* Whole items are put in, taken out, moved, doubled; a field of one is made anew; or bytes change as libFuzzer likes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
	drive_random r = {seed};
	size_t at[MOST_ITEMS], n = 0;
	drive_next(&r);
	if (size < 2 || drive_next(&r) % 5 == 0) return LLVMFuzzerMutate(data, size, max);
	for (size_t k = 1; size - k >= 4 && n < MOST_ITEMS;) {
		uint16_t len;
		memcpy(&len, data + k + 2, 2);
		at[n++] = k;
		k += 4u + len;
		if (k > size) break;
	}
	const size_t i = n ? drive_next(&r) % n : 0, from = n ? at[i] : 1;
	uint16_t op = 0, len = 0;
	if (n) {
		memcpy(&op, data + from, 2);
		memcpy(&len, data + from + 2, 2);
	}
	const size_t end = n && from + 4u + len <= size ? from + 4u + len : size;
	drive_buf b = {0};
	memcpy(drive_add(&b, from), data, from);
	switch (drive_next(&r) % 8) {
	case 0: case 1: drive_item(&b, &r, drive_next(&r)); memcpy(drive_add(&b, size - from), data + from, size - from); break; /* one more */
	case 2: memcpy(drive_add(&b, size - end), data + end, size - end); break; /* one less */
	case 3: { /* doubled elsewhere */
		const size_t to = n ? at[drive_next(&r) % n] : 1;
		b.n = 0;
		memcpy(drive_add(&b, to), data, to);
		memcpy(drive_add(&b, end - from), data + from, end - from);
		memcpy(drive_add(&b, size - to), data + to, size - to);
		break;
	}
	case 4: { /* an order of the harness */
		const uint16_t orders[2] = {(uint16_t)(DRIVE_CHUNK + drive_next(&r) % 6), 12};
		memcpy(drive_add(&b, 4), orders, 4);
		uint8_t *p = drive_add(&b, 12);
		for (int k = 0; k < 12; k++) p[k] = (uint8_t)(drive_next(&r) % (k % 2 ? 5 : 40));
		memcpy(drive_add(&b, size - from), data + from, size - from);
		break;
	}
	default: /* another value */
		memcpy(drive_add(&b, size - from), data + from, size - from);
		if (end > from + 4) drive_field(b.p + from + 4, end - from - 4, op, &r);
	}
	size = b.n < max ? b.n : max;
	memcpy(data, b.p, size);
	drive_free(&b);
	return size;
}

#endif
