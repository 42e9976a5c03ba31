// 4-bit and 8-bit numbers with a scale a block, as bitsandbytes computes them on processors.

#include "CKernels.h"

#include <math.h>
#include <string.h>

// Products and sums are rounded one by one, as the reference does.
#pragma STDC FP_CONTRACT OFF

typedef struct {
  int64_t count, block;
  anneal_four_bits code;
  const float *table, *in, *read_scales;
  const uint8_t *packed;
  float *out, *scales;
  uint8_t *bytes;
  /// The nearest code of each of 65,536 steps from -1 to 1.
  const uint8_t *nearest;
} quantize_call;

static int64_t blocks_of(const quantize_call *c) { return (c->count + c->block - 1) / c->block; }

static int64_t block_end(const quantize_call *c, int64_t block) {
  int64_t end = (block + 1) * c->block;
  return end < c->count ? end : c->count;
}

static float largest(const float *in, int64_t start, int64_t end) {
  float result = 0;
  for (int64_t i = start; i < end; i++) result = fmaxf(result, fabsf(in[i]));
  return result;
}

static void widen_four(void *context, int64_t first, int64_t last) {
  const quantize_call *c = context;
  for (int64_t block = first; block < last; block++) {
    float scale = c->read_scales[block];
    for (int64_t i = block * c->block; i < block_end(c, block); i++) {
      int value = i % 2 ? c->packed[i / 2] & 15 : c->packed[i / 2] >> 4;
      c->out[i] = c->table[value] * scale;
    }
  }
}

void anneal_widen_four(
  int64_t count, int64_t block, const float *table, const float *scales, const uint8_t *in,
  float *out) {
  quantize_call c = {.count = count, .block = block, .table = table, .read_scales = scales,
                     .packed = in, .out = out};
  anneal_parallel(blocks_of(&c), 256, widen_four, &c);
}

/// The code of a value between -1 and 1: of the two that are equally near, the lower.
static uint8_t four_bits(const anneal_four_bits *code, float value) {
  // Halving; a value that is no number gets the highest place.
  int place = 0;
  for (int step = 8; step > 0; step /= 2) place += code->bounds[place + step - 1] >= value ? 0 : step;
  return code->codes[place];
}

static float clamped(float value) { return value < -1 ? -1 : value > 1 ? 1 : value; }

static void narrow_four(void *context, int64_t first, int64_t last) {
  const quantize_call *c = context;
  for (int64_t block = first; block < last; block++) {
    int64_t start = block * c->block, end = block_end(c, block);
    float scale = largest(c->in, start, end), floor = fmaxf(scale, 1e-38f);
    bool is_whole = end - start == c->block;
    // A short last block is divided by its scale, which is never 0; whole ones are multiplied.
    c->scales[block] = is_whole ? scale : floor;
    float factor = 1.0f / floor;
    for (int64_t i = start; i < end; i += 2) {
      float values[2] = {c->in[i], i + 1 < end ? c->in[i + 1] : 0};
      uint8_t codes[2];
      for (int k = 0; k < 2; k++)
        codes[k] = four_bits(
          &c->code, clamped(is_whole ? values[k] * factor : values[k] / floor));
      c->bytes[i / 2] = (uint8_t)(codes[0] << 4 | codes[1]);
    }
  }
}

void anneal_narrow_four(
  int64_t count, int64_t block, anneal_four_bits code, const float *in, float *scales,
  uint8_t *out) {
  quantize_call c = {.count = count, .block = block, .code = code, .in = in, .scales = scales,
                     .bytes = out};
  anneal_parallel(blocks_of(&c), 64, narrow_four, &c);
}

void anneal_widen_eight(
  int64_t count, int64_t block, const float *table, const float *scales, float offset,
  const uint8_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = table[in[i]] * scales[i / block] + offset;
}

enum { steps = 65536 };

/// The nearest code of each step: of two that are equally near, the lower.
static void fill_nearest(const float *table, uint8_t *nearest) {
  int code = 0;
  for (int step = 0; step < steps; step++) {
    float value = -1.0f + 2.0f * (float)step / (float)(steps - 1);
    while (code < 255 && 0.5f * (table[code] + table[code + 1]) < value) code++;
    nearest[step] = (uint8_t)code;
  }
}

static void narrow_eight(const quantize_call *c, int64_t block) {
  int64_t start = block * c->block, end = block_end(c, block);
  float scale = largest(c->in, start, end);
  c->scales[block] = scale;
  float factor = scale > 0 ? 1.0f / scale : 0;
  for (int64_t i = start; i < end; i++) {
    float place = (clamped(c->in[i] * factor) + 1.0f) * 0.5f * (float)(steps - 1) + 0.5f;
    // A scale of 0 and values that are no numbers get the lowest code.
    c->bytes[i] = scale > 0 && place >= 0 ? c->nearest[(uint16_t)place] : 0;
  }
}

void anneal_narrow_eight(
  int64_t count, int64_t block, const float *table, const float *in, float *scales, uint8_t *out) {
  uint8_t nearest[steps];
  fill_nearest(table, nearest);
  quantize_call c = {.count = count, .block = block, .in = in, .scales = scales, .bytes = out,
                     .nearest = nearest};
  for (int64_t b = 0; b < blocks_of(&c); b++) narrow_eight(&c, b);
}

typedef struct {
  int64_t columns;
  const float *in, *read_scales;
  const int8_t *integers;
  float *out, *scales;
  int8_t *narrow;
} rows_call;

static void narrow_rows(void *context, int64_t first, int64_t last) {
  const rows_call *c = context;
  for (int64_t row = first; row < last; row++) {
    const float *in = c->in + row * c->columns;
    float scale = largest(in, 0, c->columns);
    c->scales[row] = scale;
    // Below this the quotient would be infinite, and integers of infinite numbers are undefined.
    float factor = scale > 1e-36f && scale < INFINITY ? 127.0f / scale : 0;
    for (int64_t j = 0; j < c->columns; j++) {
      float value = rintf(in[j] * factor);
      // An infinite number times 0 is none.
      c->narrow[row * c->columns + j] = value == value ? (int8_t)value : 0;
    }
  }
}

void anneal_narrow_rows(
  int64_t rows, int64_t columns, const float *in, float *scales, int8_t *out) {
  rows_call c = {.columns = columns, .in = in, .scales = scales, .narrow = out};
  anneal_parallel(rows, 16, narrow_rows, &c);
}

static void widen_rows(void *context, int64_t first, int64_t last) {
  const rows_call *c = context;
  for (int64_t row = first; row < last; row++)
    for (int64_t j = row * c->columns; j < (row + 1) * c->columns; j++)
      c->out[j] = (float)c->integers[j] * c->read_scales[row] * 0.007874015718698502f;
}

void anneal_widen_rows(
  int64_t rows, int64_t columns, const float *scales, const int8_t *in, float *out) {
  rows_call c = {.columns = columns, .read_scales = scales, .integers = in, .out = out};
  anneal_parallel(rows, 16, widen_rows, &c);
}

enum { lanes = 8, rows = 4, levels = 4 };

/// Adds rows of lanes in groups: sums of a level are carried up when it is full.
static void add_rows(const float *in, int64_t groups, float sums[levels][rows * lanes]) {
  int power = 0;
  while (((int64_t)1 << power) < groups) power++;
  power = power / levels > 4 ? power / levels : 4;
  int64_t step = (int64_t)1 << power, group = 0;
  while (group + step <= groups) {
    for (int64_t last = group + step; group < last; group++)
      for (int k = 0; k < rows * lanes; k++) sums[0][k] += in[group * rows * lanes + k];
    for (int level = 1; level < levels; level++) {
      for (int k = 0; k < rows * lanes; k++) {
        sums[level][k] += sums[level - 1][k];
        sums[level - 1][k] = 0;
      }
      if (group & ((step - 1) << (level * power))) break;
    }
  }
  for (; group < groups; group++)
    for (int k = 0; k < rows * lanes; k++) sums[0][k] += in[group * rows * lanes + k];
  for (int level = 1; level < levels; level++)
    for (int k = 0; k < rows * lanes; k++) sums[0][k] += sums[level][k];
}

float anneal_mean_in_lanes(int64_t count, const float *in) {
  float sums[levels][rows * lanes] = {0};
  int64_t groups = count / (rows * lanes), place = groups * rows * lanes;
  add_rows(in, groups, sums);
  for (; place + lanes <= count; place += lanes)
    for (int k = 0; k < lanes; k++) sums[0][k] += in[place + k];
  for (int row = 1; row < rows; row++)
    for (int k = 0; k < lanes; k++) sums[0][k] += sums[0][row * lanes + k];
  float total = 0;
  for (; place < count; place++) total += in[place];
  for (int k = 0; k < lanes; k++) total += sums[0][k];
  return total / (float)count;
}
