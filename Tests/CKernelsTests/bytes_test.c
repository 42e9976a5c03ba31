// Products of bytes against plain loops over integers.

#include "check.h"

#include <math.h>

/// The integers that values are rounded to, and their scale.
static float rounded(int64_t count, const float *x, int64_t step, int *out) {
  float largest = 0;
  for (int64_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[i * step]));
  for (int64_t i = 0; i < count; i++)
    out[i] = largest > 0 ? (int)rintf(x[i * step] * (127 / largest)) : 0;
  return largest / 127;
}

/// One product of integers is exact, so only the scales' product is left to rounding.
static void byte_product(int64_t m, int64_t n, int64_t k, bool turned, float outlier) {
  float *x = numbers(m * k, 1), *w = numbers(k * n, 2), *out = blanks(m * n);
  float *scales = blanks(n);
  // The largest sizes everywhere: where sums of 16 bits would overflow.
  if (outlier == 1)
    for (int64_t i = 0; i < m * k; i++) x[i] = x[i] < 0 && i % 3 ? -1 : 1;
  if (outlier == 1)
    for (int64_t i = 0; i < n * k; i++) w[i] = i % 5 ? -1 : 1;
  if (outlier > 1) x[k / 2] = outlier, w[0] = -outlier;
  if (outlier == 0)
    for (int64_t p = 0; p < k; p++) x[p] = 0;
  anneal_matrix view = turned ? (anneal_matrix){w, 1, k} : (anneal_matrix){w, n, 1};
  int8_t *packed = malloc((size_t)anneal_bytes_size(n, k) + 1);
  if (!packed) abort();
  anneal_bytes_pack(n, k, view, packed, scales);
  anneal_byte_map map = {{n, k, packed, scales}, NULL, out};
  anneal_bytes_linear(m, x, 1, &map, ANNEAL_ACTIVATION_NONE, n);
  int *rows = malloc((size_t)(m * k + 1) * sizeof *rows), *column = malloc((size_t)(k + 1) * sizeof *rows);
  float *row_scales = blanks(m), *expected = blanks(m * n);
  if (!rows || !column) abort();
  for (int64_t i = 0; i < m; i++) row_scales[i] = rounded(k, x + i * k, 1, rows + i * k);
  for (int64_t j = 0; j < n; j++) {
    float scale = rounded(k, w + j * view.column, view.row, column);
    same("a scale", 1, scales + j, &scale);
    for (int64_t i = 0; i < m; i++) {
      long sum = 0;
      for (int64_t p = 0; p < k; p++) sum += (long)rows[i * k + p] * column[p];
      expected[i * n + j] = (float)sum * (scale * row_scales[i]);
    }
  }
  same("a product of bytes", m * n, out, expected);
  free(x), free(w), free(out), free(scales), free(packed), free(rows), free(column);
  free(row_scales), free(expected);
}

/// Bias and activation come after the product, as in other linear maps.
static void byte_finish(void) {
  enum { m = 5, n = 37, k = 21 };
  float *x = numbers(m * k, 5), *w = numbers(k * n, 6), *bias = numbers(n, 7), *scales = blanks(n);
  float *plain = blanks(m * n), *out = blanks(m * n);
  int8_t *packed = malloc((size_t)anneal_bytes_size(n, k));
  if (!packed) abort();
  anneal_bytes_pack(n, k, (anneal_matrix){w, 1, k}, packed, scales);
  anneal_byte_map bare = {{n, k, packed, scales}, NULL, plain}, full = {bare.w, bias, out};
  anneal_bytes_linear(m, x, 1, &bare, ANNEAL_ACTIVATION_NONE, n);
  anneal_bytes_linear(m, x, 1, &full, ANNEAL_ACTIVATION_RELU, n);
  double expected[m * n];
  for (int e = 0; e < m * n; e++)
    expected[e] = fmax(0, (double)plain[e] + (double)bias[e % n]);
  agree("a map of bytes with bias and activation", m * n, out, expected, 1e-6);
  // A row's result does not depend on the rows beside it.
  full.out = plain;
  anneal_bytes_linear(1, x + 3 * k, 1, &full, ANNEAL_ACTIVATION_RELU, n);
  same("one row of a map of bytes", n, plain, out + 3 * n);
  free(x), free(w), free(bias), free(scales), free(plain), free(out), free(packed);
}

/// Several maps of the same rows give side by side what each gives alone.
static void joint_bytes(void) {
  enum { m = 6, k = 83, count = 4, all = 74 };
  static const int64_t widths[count] = {40, 1, 16, 17};
  float *x = numbers(m * k, 5), *joint = blanks(m * all), *bias[count], *scales[count];
  int8_t *packed[count];
  anneal_byte_map maps[count];
  for (int64_t i = 0, first = 0; i < count; first += widths[i++]) {
    float *w = numbers(k * widths[i], (uint32_t)i + 6);
    packed[i] = malloc((size_t)anneal_bytes_size(widths[i], k));
    if (!packed[i]) abort();
    scales[i] = blanks(widths[i]);
    bias[i] = i == 2 ? NULL : numbers(widths[i], 9);
    anneal_bytes_pack(widths[i], k, (anneal_matrix){w, 1, k}, packed[i], scales[i]);
    free(w);
    maps[i] = (anneal_byte_map){{widths[i], k, packed[i], scales[i]}, bias[i], joint + first};
  }
  anneal_bytes_linear(m, x, count, maps, ANNEAL_ACTIVATION_SILU, all);
  for (int64_t i = 0, first = 0; i < count; first += widths[i++]) {
    float *alone = blanks(m * widths[i]);
    maps[i].out = alone;
    anneal_bytes_linear(m, x, 1, maps + i, ANNEAL_ACTIVATION_SILU, widths[i]);
    for (int64_t r = 0; r < m; r++)
      same("maps of bytes side by side", widths[i], joint + r * all + first, alone + r * widths[i]);
    free(alone), free(packed[i]), free(scales[i]), free(bias[i]);
  }
  free(x), free(joint);
}

void test_bytes(void) {
  joint_bytes();
  static const int64_t sizes[][3] = {
    {1, 1, 1},   {1, 16, 4},   {1, 17, 5},    {2, 3, 400}, {3, 33, 31},  {4, 64, 768},
    {5, 100, 7}, {7, 19, 800}, {65, 31, 130}, {130, 48, 64}, {1, 300, 3072}, {33, 5, 1},
  };
  for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); i++)
    for (int kind = 0; kind < 5; kind++) {
      static const float outliers[] = {-1, 0, 1, 100, 1e30f};
      byte_product(sizes[i][0], sizes[i][1], sizes[i][2], kind % 2, outliers[kind]);
    }
  byte_finish();
}
