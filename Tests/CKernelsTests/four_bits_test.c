// Values in 4-bit numbers, and products by them.

#include "check.h"

#include <math.h>

/// Numbers, scales and tables that depend on the seed.
static anneal_four_values four_values(int64_t count, int64_t block, bool nested, int rounding) {
  int64_t bytes = (count + 1) / 2, blocks = (count + block - 1) / block;
  uint8_t *packed = malloc((size_t)bytes + 1), *codes = malloc((size_t)blocks + 1);
  if (!packed || !codes) abort();
  uint32_t x = 77;
  for (int64_t i = 0; i < bytes; i++) packed[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 20);
  for (int64_t i = 0; i < blocks; i++) codes[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 20);
  return (anneal_four_values){
    .count = count, .block = block, .packed = packed, .table = numbers(16, 1),
    .scales = nested ? NULL : numbers(blocks, 2), .codes = codes, .code_table = numbers(256, 3),
    .code_scales = numbers(blocks, 4), .code_block = 3, .offset = 0.125f, .rounding = rounding};
}

static void release(anneal_four_values *v) {
  const void *parts[] = {v->packed, v->table, v->scales, v->codes, v->code_table, v->code_scales};
  for (int i = 0; i < 6; i++) free((void *)parts[i]);
}

static float *plainly(const anneal_four_values *v) {
  float *out = blanks(v->count);
  for (int64_t i = 0; i < v->count; i++) {
    int64_t b = i / v->block;
    int number = i % 2 ? v->packed[i / 2] & 15 : v->packed[i / 2] >> 4;
    volatile float product = v->code_table[v->codes[b]] * v->code_scales[b / v->code_block];
    float scale = v->scales ? v->scales[b] : product + v->offset;
    out[i] = v->table[number] * scale;
    uint16_t half;
    if (v->rounding == ANNEAL_FORMAT_BF16) {
      anneal_to_bfloat16(1, out + i, &half);
      anneal_from_bfloat16(1, &half, out + i);
    } else if (v->rounding == ANNEAL_FORMAT_F16) {
      anneal_to_float16(1, out + i, &half);
      anneal_from_float16(1, &half, out + i);
    }
  }
  return out;
}

static void reading(int64_t count, int64_t block, bool nested, int rounding) {
  anneal_four_values v = four_values(count, block, nested, rounding);
  float *expected = plainly(&v), *out = blanks(count);
  anneal_four_widen(&v, out);
  same("4-bit values", count, out, expected);
  for (int64_t first = 0; first < count; first += 7)
    for (int64_t length = 0; length <= count - first; length += 29) {
      float *part = blanks(length);
      anneal_four_read(&v, first, length, part);
      same("some 4-bit values", length, part, expected + first);
      free(part);
    }
  free(expected), free(out), release(&v);
}

/// A product by 4-bit numbers has the bits of one by their values, and says nothing beside it.
static void product(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, int64_t block) {
  anneal_four_values v = four_values(n * k, block, n % 2, ANNEAL_FORMAT_F32);
  float *wide = plainly(&v), *x = numbers(m * k, 5);
  for (int kind = 0; kind < 4; kind++) {
    bool turned = kind & 1, add = kind & 2;
    int64_t row = turned ? 1 : n, column = turned ? k : 1, out_row = n + 3;
    float *out = add ? numbers(m * out_row, 6) : blanks(m * out_row), *old = copied(m * out_row, out);
    anneal_gemm(
      precision, m, n, k, (anneal_matrix){x, k, 1}, (anneal_matrix){wide, row, column}, old, out_row,
      add);
    anneal_gemm_four(
      precision, m, n, k, (anneal_matrix){x, k, 1}, (anneal_four_matrix){&v, row, column}, out,
      out_row, add);
    for (int64_t i = 0; i < m; i++) {
      if (m > 16) {
        same("a product by 4-bit numbers", n, out + i * out_row, old + i * out_row);
      } else {
        double expected[n];
        for (int64_t j = 0; j < n; j++) expected[j] = (double)old[i * out_row + j];
        agree("few rows by 4-bit numbers", n, out + i * out_row, expected, 1e-5);
      }
      same("beside a product", 3, out + i * out_row + n, old + i * out_row + n);
    }
    free(out), free(old);
  }
  free(wide), free(x), release(&v);
}

static void linear(int64_t m, int64_t n, int64_t k) {
  anneal_four_values v = four_values(n * k, 64, true, ANNEAL_FORMAT_BF16);
  float *wide = plainly(&v), *x = numbers(m * k, 5), *bias = numbers(n, 6);
  float *out = blanks(m * n), *before = blanks(m * n), *out2 = blanks(m * n), *before2 = blanks(m * n);
  anneal_linear(
    ANNEAL_FP32, m, n, k, x, (anneal_matrix){wide, 1, k}, bias, ANNEAL_ACTIVATION_GELU, out,
    before);
  anneal_linear_four(
    ANNEAL_FP32, m, n, k, x, (anneal_four_matrix){&v, 1, k}, bias, ANNEAL_ACTIVATION_GELU, out2, n,
    before2);
  same("a linear map by 4-bit numbers", m * n, out2, out);
  same("what its activation is applied to", m * n, before2, before);
  free(wide), free(x), free(bias), free(out), free(before), free(out2), free(before2);
  release(&v);
}

/// Each value, the bounds themselves among them, gets the first place whose bound it does not pass.
static void narrowing(void) {
  enum { block = 64, blocks = 3, count = block * blocks };
  anneal_four_bits code;
  for (int i = 0; i < 16; i++) code.codes[i] = (uint8_t)(i * 7 % 16);
  for (int i = 0; i < 15; i++) code.bounds[i] = (float)(i - 7) / 8;
  float *in = numbers(count, 8), *scales = blanks(blocks);
  for (int b = 0; b < blocks; b++) in[b * block] = 1;
  for (int i = 0; i < 15; i++) in[1 + i] = code.bounds[i];
  in[20] = NAN;
  uint8_t out[count / 2];
  anneal_narrow_four(count, block, code, in, scales, out);
  for (int i = 0; i < count; i++) {
    int place = 0, number = i % 2 ? out[i / 2] & 15 : out[i / 2] >> 4;
    while (place < 15 && !(code.bounds[place] >= in[i])) place++;
    demand(number == code.codes[place], "the 4-bit number of a value");
  }
  free(in), free(scales);
}

void test_four_bits(void) {
  narrowing();
  for (int nested = 0; nested < 2; nested++)
    for (int rounding = ANNEAL_FORMAT_F32; rounding <= ANNEAL_FORMAT_BF16; rounding++) {
      reading(1, 64, nested, rounding);
      reading(437, 64, nested, rounding);
      reading(300, 6, nested, rounding);
    }
  static const anneal_precision precisions[] = {
    ANNEAL_FP32, ANNEAL_IMITATED_BF16, ANNEAL_IMITATED_BF16X3};
  for (int i = 0; i < 3; i++) {
    product(precisions[i], 17, 33, 50, 64);
    product(precisions[i], 40, 500, 130, 64);
    product(precisions[i], 33, 70, 900, 32);
    product(precisions[i], 3, 65, 65, 64);
    product(precisions[i], 20, 1, 7, 64);
  }
  // More steps than are packed at once.
  product(ANNEAL_FP32, 20, 9, 5000, 64);
  linear(19, 45, 70);
}
