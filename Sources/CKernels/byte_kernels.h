// Products of bytes for one instruction set; see each_level.h.

#include "vector_math.h"

#define VECTORS (byte_columns / LANES)
typedef int16_t NAME(shorts) __attribute__((ext_vector_type(2 * LANES)));
typedef int16_t NAME(shorts_any) __attribute__((ext_vector_type(2 * LANES), aligned(1)));

/// x[2i] y[2i] + x[2i + 1] y[2i + 1]: exact, as integers of 8 bits are all that come here.
ANNEAL_INLINE TARGET NAME(vi) NAME(pair_sums)(NAME(shorts) x, NAME(shorts) y) {
#if LANES == 16
  typedef short plain __attribute__((vector_size(4 * LANES)));
  return (NAME(vi))__builtin_ia32_pmaddwd512((plain)x, (plain)y);
#elif LANES == 8
  typedef short plain __attribute__((vector_size(4 * LANES)));
  return (NAME(vi))__builtin_ia32_pmaddwd256((plain)x, (plain)y);
#else
  typedef int16_t half __attribute__((ext_vector_type(LANES)));
  half x0 = __builtin_shufflevector(x, x, 0, 2, 4, 6), x1 = __builtin_shufflevector(x, x, 1, 3, 5, 7);
  half y0 = __builtin_shufflevector(y, y, 0, 2, 4, 6), y1 = __builtin_shufflevector(y, y, 1, 3, 5, 7);
  return __builtin_convertvector(x0, NAME(vi)) * __builtin_convertvector(y0, NAME(vi)) +
         __builtin_convertvector(x1, NAME(vi)) * __builtin_convertvector(y1, NAME(vi));
#endif
}

/// sums[rows, byte_columns] = rows of x · one panel. A row holds 8 bytes for each 4 steps: the even
/// two as 16-bit numbers, then the odd two; so bytes of the panel are widened by shifts.
ANNEAL_INLINE TARGET void NAME(byte_tile)(
  const int rows, int64_t groups, const uint8_t *x, int64_t x_row, const int8_t *panel,
  int32_t *sums) {
  NAME(vi) totals[4][VECTORS];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++)
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) totals[i][v] = 0;
  for (int64_t g = 0; g < groups; g++, panel += byte_group, x += 8) {
    NAME(shorts) even[VECTORS], odd[VECTORS];
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) {
      NAME(shorts) both = *(const NAME(shorts_any) *)(panel + v * 4 * LANES);
      even[v] = (both << 8) >> 8;
      odd[v] = both >> 8;
    }
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      int32_t words[2];
      memcpy(words, x + i * x_row, sizeof words);
      NAME(vi) first = words[0], second = words[1];
      ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) {
        totals[i][v] += NAME(pair_sums)((NAME(shorts))first, even[v]);
        totals[i][v] += NAME(pair_sums)((NAME(shorts))second, odd[v]);
      }
    }
  }
  ANNEAL_UNROLL for (int i = 0; i < rows; i++)
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++)
      memcpy(sums + i * byte_columns + v * LANES, &totals[i][v], sizeof totals[i][v]);
}

static TARGET void NAME(byte_tiles)(
  int rows, int64_t groups, const uint8_t *x, int64_t x_row, const int8_t *panel, int32_t *sums) {
  switch (rows) {
  case 1: NAME(byte_tile)(1, groups, x, x_row, panel, sums); break;
  case 2: NAME(byte_tile)(2, groups, x, x_row, panel, sums); break;
  case 3: NAME(byte_tile)(3, groups, x, x_row, panel, sums); break;
  default: NAME(byte_tile)(4, groups, x, x_row, panel, sums); break;
  }
}

static TARGET float NAME(largest_size)(int64_t count, const float *x) {
  NAME(vf) top = 0;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vf) y = NAME(load)(x + j);
    y = NAME(select)(y < 0, -y, y);
    top = NAME(select)(y > top, y, top);
  }
  float largest = NAME(highest)(top);
  for (; j < count; j++) largest = fabsf(x[j]) > largest ? fabsf(x[j]) : largest;
  return largest;
}

/// out = the whole numbers nearest to factor x, of two the even one.
static TARGET void NAME(round_row)(int64_t count, float factor, const float *x, int8_t *out) {
  typedef int8_t bytes __attribute__((ext_vector_type(LANES), aligned(1)));
  const NAME(vf) shift = 12582912.0f;
  for (int64_t j = 0; j < count; j += LANES) {
    NAME(vf) y = j + LANES <= count ? NAME(load)(x + j) : NAME(load_part)(x + j, count - j, 0);
    // The product is rounded before the sum: a fused one would round once, and otherwise.
    y *= factor;
    __asm__("" : "+m"(y));
    NAME(vi) whole = __builtin_convertvector((y + shift) - shift, NAME(vi));
    bytes result = __builtin_convertvector(whole, bytes);
    memcpy(out + j, &result, (size_t)smaller(LANES, count - j));
  }
}

/// out = sums · factor · scales, value by value.
static TARGET void NAME(scale_sums)(
  int64_t count, const int32_t *sums, float factor, const float *scales, float *out) {
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vi) whole;
    memcpy(&whole, sums + j, sizeof whole);
    NAME(store)(out + j, __builtin_convertvector(whole, NAME(vf)) * (NAME(load)(scales + j) * factor));
  }
  for (; j < count; j++) out[j] = (float)sums[j] * (scales[j] * factor);
}

const byte_kernels NAME(bytes) = {
  .tiles = NAME(byte_tiles),
  .largest = NAME(largest_size),
  .round = NAME(round_row),
  .scale = NAME(scale_sums),
};
#undef VECTORS
