// The block formats of ggml: integers of few bits with a scale, and sometimes a minimum, a block.
//
// Blocks of 32 hold one scale in half precision; the low halves of the bytes are the first 16
// values, the high halves the others. Blocks of 256 ("K") hold 8 or 16 small scales besides.

#include "convert.h"

// Products and sums are rounded one by one, as ggml's own reader does.
#pragma STDC FP_CONTRACT OFF

void anneal_widen_q4_0(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 18, out += 32) {
    float scale = half_at(in);
    for (int i = 0; i < 16; i++) {
      out[i] = scale * (float)((in[2 + i] & 15) - 8);
      out[16 + i] = scale * (float)((in[2 + i] >> 4) - 8);
    }
  }
}

void anneal_widen_q4_1(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 20, out += 32) {
    float scale = half_at(in), minimum = half_at(in + 2);
    for (int i = 0; i < 16; i++) {
      out[i] = scale * (float)(in[4 + i] & 15) + minimum;
      out[16 + i] = scale * (float)(in[4 + i] >> 4) + minimum;
    }
  }
}

/// The value of 5 bits: four in a half byte, the fifth in a word of 32.
ANNEAL_INLINE int five_bits(int low, uint32_t high, int place) {
  return low | (int)((high >> place) & 1) << 4;
}

void anneal_widen_q5_0(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 22, out += 32) {
    float scale = half_at(in);
    uint32_t high;
    memcpy(&high, in + 2, 4);
    for (int i = 0; i < 16; i++) {
      out[i] = scale * (float)(five_bits(in[6 + i] & 15, high, i) - 16);
      out[16 + i] = scale * (float)(five_bits(in[6 + i] >> 4, high, 16 + i) - 16);
    }
  }
}

void anneal_widen_q5_1(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 24, out += 32) {
    float scale = half_at(in), minimum = half_at(in + 2);
    uint32_t high;
    memcpy(&high, in + 4, 4);
    for (int i = 0; i < 16; i++) {
      out[i] = scale * (float)five_bits(in[8 + i] & 15, high, i) + minimum;
      out[16 + i] = scale * (float)five_bits(in[8 + i] >> 4, high, 16 + i) + minimum;
    }
  }
}

void anneal_widen_q8_0(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 34, out += 32) {
    float scale = half_at(in);
    for (int i = 0; i < 32; i++) out[i] = scale * (float)(int8_t)in[2 + i];
  }
}

/// The scale and the minimum of part `part` of 8, 6 bits each, packed into 12 bytes.
typedef struct {
  float scale, minimum;
} part_scale;

ANNEAL_INLINE part_scale part_of(const uint8_t *block, int part) {
  const uint8_t *packed = block + 4;
  int scale, minimum;
  if (part < 4) {
    scale = packed[part] & 63;
    minimum = packed[part + 4] & 63;
  } else {
    scale = (packed[part + 4] & 15) | (packed[part - 4] >> 6) << 4;
    minimum = (packed[part + 4] >> 4) | (packed[part] >> 6) << 4;
  }
  return (part_scale){half_at(block) * (float)scale, half_at(block + 2) * (float)minimum};
}

void anneal_widen_q4_k(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 144, out += 256) {
    for (int part = 0; part < 8; part++) {
      part_scale s = part_of(in, part);
      const uint8_t *bits = in + 16 + part / 2 * 32;
      for (int i = 0; i < 32; i++) {
        int value = part % 2 ? bits[i] >> 4 : bits[i] & 15;
        out[part * 32 + i] = s.scale * (float)value - s.minimum;
      }
    }
  }
}

void anneal_widen_q5_k(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 176, out += 256) {
    for (int part = 0; part < 8; part++) {
      part_scale s = part_of(in, part);
      const uint8_t *high = in + 16, *bits = in + 48 + part / 2 * 32;
      for (int i = 0; i < 32; i++) {
        int value = five_bits(part % 2 ? bits[i] >> 4 : bits[i] & 15, high[i], part);
        out[part * 32 + i] = s.scale * (float)value - s.minimum;
      }
    }
  }
}

void anneal_widen_q6_k(int64_t blocks, const uint8_t *in, float *out) {
  for (int64_t b = 0; b < blocks; b++, in += 210, out += 256) {
    float scale = half_at(in + 208);
    for (int part = 0; part < 8; part++) {
      // Each half of the block: 64 bytes of low bits, 32 of high bits, four parts of 32 values.
      const uint8_t *low = in + part / 4 * 64 + part % 2 * 32, *high = in + 128 + part / 4 * 32;
      const int8_t *scales = (const int8_t *)in + 192 + part * 2;
      for (int i = 0; i < 32; i++) {
        int value = part % 4 < 2 ? low[i] & 15 : low[i] >> 4;
        value |= (high[i] >> (part % 4 * 2) & 3) << 4;
        out[part * 32 + i] = scale * (float)scales[i / 16] * (float)(value - 32);
      }
    }
  }
}
