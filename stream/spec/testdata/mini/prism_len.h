static inline uint64_t prism_len_texparam(uint32_t pname) { return pname ? 1 : 4; }
static inline uint64_t prism_len_image(int64_t w, int64_t h, int64_t d, uint32_t format, uint32_t type) {
	return 0;
}
