// Products of bytes for one instruction set; see each_level.h.

#include "vector_math.h"

#define VECTORS (byte_columns / LANES)
typedef int8_t NAME(vb) __attribute__((ext_vector_type(4 * LANES)));
typedef int8_t NAME(vb_any) __attribute__((ext_vector_type(4 * LANES), aligned(1)));

/// Σ |x| w' over the 4 bytes of each lane, where w' is w, or ~w where x is negative: `sign` is all ones
/// there. Exact, as |x| is at most 127: two products take 16 bits at most.
ANNEAL_INLINE TARGET NAME(vi) NAME(dots)(NAME(vb) size, NAME(vb) sign, NAME(vb) w) {
  NAME(vb) turned = w ^ sign;
#if LANES == 16
  typedef char bytes __attribute__((vector_size(64)));
  typedef short shorts __attribute__((vector_size(64)));
  const shorts ones = (shorts){0} + 1;
  return (NAME(vi))__builtin_ia32_pmaddwd512(
    (shorts)__builtin_ia32_pmaddubsw512((bytes)size, (bytes)turned), ones);
#elif LANES == 8
  typedef char bytes __attribute__((vector_size(32)));
  typedef short shorts __attribute__((vector_size(32)));
  const shorts ones = (shorts){0} + 1;
  return (NAME(vi))__builtin_ia32_pmaddwd256(
    (shorts)__builtin_ia32_pmaddubsw256((bytes)size, (bytes)turned), ones);
#else
  typedef int16_t shorts __attribute__((ext_vector_type(2 * LANES)));
  shorts xs = (shorts)size, ws = (shorts)turned;
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

/// Rows of x · one panel. A row holds 8 bytes for each 4 steps: sizes, then signs. The panel is fetched
/// from memory well before it is needed (what lies behind it is the next panel), and so is the output,
/// which another thread may have written last.
ANNEAL_INLINE TARGET void NAME(byte_tile)(
  const int rows, int64_t groups, const int8_t *x, int64_t x_row, const int8_t *panel,
  byte_output output) {
  NAME(vi) totals[tile_height][VECTORS];
  ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
    __builtin_prefetch(output.out + i * output.row, 1);
    __builtin_prefetch(output.out + i * output.row + byte_columns - 1, 1);
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++) totals[i][v] = output.row_rests[i];
  }
  const int8_t *lower = x + 2 * x_row;
  for (int64_t g = 0; g < groups; g++, panel += byte_group, x += 8, lower += 8) {
    // Two addresses that are counted up, else that of each row would be added up in each round.
    __asm__("" : "+r"(lower));
    NAME(vb) w[VECTORS];
    __builtin_prefetch(panel + fetched_ahead);
    ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++)
      w[v] = *(const NAME(vb_any) *)(panel + v * 4 * LANES);
    ANNEAL_UNROLL for (int i = 0; i < rows; i++) {
      int32_t words[2];
      memcpy(words, (i < 2 ? x : lower) + i % 2 * x_row, sizeof words);
      NAME(vi) sizes = words[0], signs = words[1];
      ANNEAL_UNROLL for (int v = 0; v < VECTORS; v++)
        totals[i][v] += NAME(dots)((NAME(vb))sizes, (NAME(vb))signs, w[v]);
    }
  }
  NAME(byte_results)(rows, totals, output);
}

static TARGET void NAME(byte_tiles)(
  int64_t rows, int64_t groups, const int8_t *x, int64_t x_row, const int8_t *panel,
  const byte_output *output) {
  byte_output o = *output;
  for (; rows >= tile_height; rows -= tile_height) {
    NAME(byte_tile)(tile_height, groups, x, x_row, panel, o);
    x += tile_height * x_row;
    o.out += tile_height * o.row;
    o.row_scales += tile_height;
    o.row_rests += tile_height;
  }
  switch (rows) {
  case 1: NAME(byte_tile)(1, groups, x, x_row, panel, o); break;
  case 2: NAME(byte_tile)(2, groups, x, x_row, panel, o); break;
  case 3: NAME(byte_tile)(3, groups, x, x_row, panel, o); break;
  }
}

/// Parts values into sizes and signs, 4 by 4; the sum of the sizes of negative ones.
static TARGET int32_t NAME(part_signs)(int64_t groups, const int8_t *in, int8_t *out) {
  typedef uint32_t words __attribute__((ext_vector_type(LANES)));
  typedef uint64_t pairs __attribute__((ext_vector_type(LANES)));
  typedef uint64_t pairs_any __attribute__((ext_vector_type(LANES), aligned(1)));
  const NAME(vb) ones = 1;
  NAME(vi) totals = 0;
  int64_t g = 0;
  for (; g + LANES <= groups; g += LANES) {
    NAME(vb) x = *(const NAME(vb_any) *)(in + 4 * g), sign = x >> 7, size = (x ^ sign) - sign;
    *(pairs_any *)(out + 8 * g) = __builtin_convertvector((words)size, pairs) |
                                  __builtin_convertvector((words)sign, pairs) << 32;
    totals += NAME(dots)(size & sign, (NAME(vb))0, ones);
  }
  int32_t total = 0;
  for (int lane = 0; lane < LANES; lane++) total += totals[lane];
  for (; g < groups; g++)
    for (int i = 0; i < 4; i++) {
      int8_t x = in[4 * g + i];
      out[8 * g + i] = x < 0 ? -x : x;
      out[8 * g + 4 + i] = x < 0 ? -1 : 0;
      total -= x < 0 ? x : 0;
    }
  return total;
}

static TARGET float NAME(largest_size)(int64_t count, const float *x) {
  NAME(vf) tops[4] = {0, 0, 0, 0}, top = 0;
  int64_t j = 0;
  for (; j + 4 * LANES <= count; j += 4 * LANES)
    ANNEAL_UNROLL for (int v = 0; v < 4; v++) {
      NAME(vf) y = NAME(load)(x + j + v * LANES);
      y = NAME(select)(y < 0, -y, y);
      tops[v] = NAME(select)(y > tops[v], y, tops[v]);
    }
  ANNEAL_UNROLL for (int v = 0; v < 4; v++) top = NAME(select)(tops[v] > top, tops[v], top);
  float largest = NAME(highest)(top);
  for (; j < count; j++) largest = fabsf(x[j]) > largest ? fabsf(x[j]) : largest;
  return largest;
}

/// The whole numbers nearest to factor x, of two the even one.
ANNEAL_INLINE TARGET NAME(vi) NAME(rounded)(NAME(vf) x, float factor) {
  const NAME(vf) shift = 12582912.0f;
  NAME(vf) y = x * factor;
  // The product is rounded before the sum: a fused one would round once, and otherwise.
#if defined(__x86_64__)
  __asm__("" : "+x"(y));
#else
  __asm__("" : "+m"(y));
#endif
  return __builtin_convertvector((y + shift) - shift, NAME(vi));
}

static TARGET void NAME(round_row)(int64_t count, float factor, const float *x, int8_t *out) {
  typedef int8_t bytes __attribute__((ext_vector_type(LANES), aligned(1)));
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES)
    *(bytes *)(out + j) =
      __builtin_convertvector(NAME(rounded)(NAME(load)(x + j), factor), bytes);
  for (; j < count; j += LANES) {
    NAME(vf) rest = NAME(load_part)(x + j, count - j, 0);
    bytes result = __builtin_convertvector(NAME(rounded)(rest, factor), bytes);
    memcpy(out + j, &result, (size_t)(count - j));
  }
}

const byte_kernels NAME(bytes) = {
  .tiles = NAME(byte_tiles),
  .part_signs = NAME(part_signs),
  .largest = NAME(largest_size),
  .round = NAME(round_row),
};
#undef VECTORS
