/// Half precision as bits, and the block formats of ggml that `convert.c` lists.
#pragma once
#include "level.h"

#include <string.h>

/// The value of an IEEE binary16, exactly, without instructions that old processors lack.
ANNEAL_INLINE float half_to_float(uint16_t half) {
  uint32_t magnitude = half & 0x7fff;
  float value = (float)(int32_t)magnitude * 0x1p-24f;
  if (magnitude >= 0x400) {
    // The exponent moves from bias 15 to bias 127; that of infinities and NaN to the highest.
    uint32_t bits = (magnitude << 13) + ((magnitude >= 0x7c00 ? 224u : 112u) << 23);
    memcpy(&value, &bits, 4);
  }
  uint32_t bits;
  memcpy(&bits, &value, 4);
  bits |= (uint32_t)(half & 0x8000) << 16;
  memcpy(&value, &bits, 4);
  return value;
}

/// The binary16 at an address of any alignment.
ANNEAL_INLINE float half_at(const uint8_t *in) {
  uint16_t half;
  memcpy(&half, in, 2);
  return half_to_float(half);
}

void anneal_widen_q4_0(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q4_1(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q5_0(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q5_1(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q8_0(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q4_k(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q5_k(int64_t blocks, const uint8_t *in, float *out);
void anneal_widen_q6_k(int64_t blocks, const uint8_t *in, float *out);
