// Products of bytes for one instruction set; see each_level.h.

#include "vector_math.h"

#define VECTORS (byte_columns / LANES)
typedef int8_t NAME(vb) __attribute__((ext_vector_type(4 * LANES)));
typedef int8_t NAME(vb_any) __attribute__((ext_vector_type(4 * LANES), aligned(1)));

/// Σ x w over the 4 bytes of each lane, given |x| too. Exact, as bytes are -127 to 127: two products
/// take 16 bits at most.
ANNEAL_INLINE TARGET NAME(vi) NAME(dots)(NAME(vb) x, NAME(vb) size, NAME(vb) w) {
#if LANES == 16
  typedef char bytes __attribute__((vector_size(64)));
  typedef short shorts __attribute__((vector_size(64)));
  const shorts ones = (shorts){0} + 1;
  NAME(vb) turned = x < 0 ? -w : w;
  return (NAME(vi))__builtin_ia32_pmaddwd512(
    (shorts)__builtin_ia32_pmaddubsw512((bytes)size, (bytes)turned), ones);
#elif LANES == 8
  typedef char bytes __attribute__((vector_size(32)));
  typedef short shorts __attribute__((vector_size(32)));
  const shorts ones = (shorts){0} + 1;
  bytes turned = (bytes)__builtin_ia32_psignb256((bytes)w, (bytes)x);
  return (NAME(vi))__builtin_ia32_pmaddwd256(
    (shorts)__builtin_ia32_pmaddubsw256((bytes)size, turned), ones);
#else
  typedef int16_t shorts __attribute__((ext_vector_type(2 * LANES)));
  (void)size;
  shorts xs = (shorts)x, ws = (shorts)w;
  NAME(vi) pairs = (NAME(vi))(((xs << 8) >> 8) * ((ws << 8) >> 8) + (xs >> 8) * (ws >> 8));
  return ((pairs << 16) >> 16) + (pairs >> 16);
#endif
}

/// Writes the output that sums of integers stand for; see byte_output.
ANNEAL_INLINE TARGET void NAME(byte_results)(
  const int rows, NAME(vi) totals[tile_height][VECTORS], byte_output o) {
  ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) {
    NAME(vf) scales = NAME(load)(o.scales + v * LANES), bias = 0;
    if (o.bias) bias = NAME(load)(o.bias + v * LANES);
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      NAME(vf) y = __builtin_convertvector(totals[i][v], NAME(vf)) * (scales * o.row_scales[i]);
      if (o.bias) y += bias;
      NAME(store)(o.out + i * o.row + v * LANES, y);
    }
  }
}

/// Rows of x · one panel. A row holds 8 bytes for each 4 steps: the values, then their sizes. The panel
/// is fetched from memory well before it is needed (what lies behind it is the next panel), and so is
/// the output, which another thread may have written last.
ANNEAL_INLINE TARGET void NAME(byte_tile)(
  const int rows, int64_t groups, const int8_t *x, int64_t x_row, const int8_t *panel,
  byte_output output) {
  NAME(vi) totals[tile_height][VECTORS];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    __builtin_prefetch(output.out + i * output.row, 1);
    __builtin_prefetch(output.out + i * output.row + byte_columns - 1, 1);
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) totals[i][v] = 0;
  }
  for (int64_t g = 0; g < groups; g++, panel += byte_group, x += 8) {
    NAME(vb) w[VECTORS];
    __builtin_prefetch(panel + fetched_ahead);
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++)
      w[v] = *(const NAME(vb_any) *)(panel + v * 4 * LANES);
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      int32_t words[2];
      memcpy(words, x + i * x_row, sizeof words);
      NAME(vi) values = words[0], sizes = words[1];
      ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++)
        totals[i][v] += NAME(dots)((NAME(vb))values, (NAME(vb))sizes, w[v]);
    }
  }
  NAME(byte_results)(rows, totals, output);
}

static TARGET void NAME(byte_tiles)(
  int rows, int64_t groups, const int8_t *x, int64_t x_row, const int8_t *panel,
  byte_output output) {
  switch (rows) {
  case 1: NAME(byte_tile)(1, groups, x, x_row, panel, output); break;
  case 2: NAME(byte_tile)(2, groups, x, x_row, panel, output); break;
  case 3: NAME(byte_tile)(3, groups, x, x_row, panel, output); break;
  default: NAME(byte_tile)(4, groups, x, x_row, panel, output); break;
  }
}

/// Puts the sizes of values beside them, 4 by 4.
static TARGET void NAME(pair_with_sizes)(int64_t groups, const int8_t *in, int8_t *out) {
  typedef uint32_t words __attribute__((ext_vector_type(LANES)));
  typedef uint64_t pairs __attribute__((ext_vector_type(LANES)));
  typedef uint64_t pairs_any __attribute__((ext_vector_type(LANES), aligned(1)));
  int64_t g = 0;
  for (; g + LANES <= groups; g += LANES) {
    NAME(vb) x = *(const NAME(vb_any) *)(in + 4 * g), sign = x >> 7;
    words values = (words)x, sizes = (words)((x ^ sign) - sign);
    *(pairs_any *)(out + 8 * g) =
      __builtin_convertvector(values, pairs) | __builtin_convertvector(sizes, pairs) << 32;
  }
  for (; g < groups; g++)
    for (int i = 0; i < 4; i++) {
      int8_t x = in[4 * g + i];
      out[8 * g + i] = x;
      out[8 * g + 4 + i] = x < 0 ? -x : x;
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

const byte_kernels NAME(bytes) = {
  .tiles = NAME(byte_tiles),
  .pair_with_sizes = NAME(pair_with_sizes),
  .largest = NAME(largest_size),
  .round = NAME(round_row),
};
#undef VECTORS
