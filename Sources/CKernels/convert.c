// 16-bit formats of checkpoints.

#include "CKernels.h"

#include <string.h>

void anneal_from_bfloat16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)in[i] << 16;
    memcpy(out + i, &bits, 4);
  }
}
void anneal_to_bfloat16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, in + i, 4);
    bool nan = (bits & 0x7fffffff) > 0x7f800000;
    out[i] = (uint16_t)(nan ? (bits >> 16) | 64 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
}
void anneal_from_float16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    _Float16 half;
    memcpy(&half, in + i, 2);
    out[i] = (float)half;
  }
}
void anneal_to_float16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    _Float16 half = (_Float16)in[i];
    memcpy(out + i, &half, 2);
  }
}
