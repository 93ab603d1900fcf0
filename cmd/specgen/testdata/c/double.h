/* What the two halves of the round trip share. */
#include <stdint.h>
uint32_t double_pack(const uint8_t **out);
extern uint32_t double_error, double_status;
