/* Included before all else in these builds: what a sanitized build cannot afford a thousand times a second is smaller. */
#define PRISM_EXACT 1
#define MAX_SIDE 1024
#define MAX_LIST_CALLS 4096u
#define REPLY_ROOM ((uint64_t)8 << 20)
