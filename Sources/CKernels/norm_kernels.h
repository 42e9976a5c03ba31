// Normalisation of rows for one instruction set; see each_level.h. All ranges are of one thread.

#include "vector_math.h"

/// Sum over a row of (x - center) or, squared, of (x - center)².
ANNEAL_INLINE TARGET float NAME(row_total)(
  int64_t columns, const float *x, const float center, const bool squared) {
  NAME(vf) a = 0, b = 0;
  int64_t j = 0;
  for (; j + 2 * LANES <= columns; j += 2 * LANES) {
    NAME(vf) u = NAME(load)(x + j) - center, v = NAME(load)(x + j + LANES) - center;
    a += squared ? u * u : u;
    b += squared ? v * v : v;
  }
  float total = NAME(sum)(a + b);
  for (; j < columns; j++) {
    float u = x[j] - center;
    total += squared ? u * u : u;
  }
  return total;
}

/// y = (x - mean) scale weight + bias; weight and bias may be NULL.
ANNEAL_INLINE TARGET void NAME(normalise)(
  int64_t n, const float *x, float mean, float scale, const float *weight, const float *bias,
  float *y) {
  if (weight && bias)
    for (int64_t j = 0; j < n; j++) y[j] = (x[j] - mean) * scale * weight[j] + bias[j];
  else if (weight)
    for (int64_t j = 0; j < n; j++) y[j] = (x[j] - mean) * scale * weight[j];
  else if (bias)
    for (int64_t j = 0; j < n; j++) y[j] = (x[j] - mean) * scale + bias[j];
  else
    for (int64_t j = 0; j < n; j++) y[j] = (x[j] - mean) * scale;
}

static TARGET void NAME(norm_rows)(
  int64_t start, int64_t end, anneal_norm norm, const float *h, float *out, float *statistics) {
  const int64_t n = norm.columns;
  const float share = 1 / (float)n;
  for (int64_t i = start; i < end; i++) {
    const float *x = h + i * n;
    float *y = out + i * n;
    float mean = norm.root ? 0 : NAME(row_total)(n, x, 0, false) * share;
    float scale = 1 / sqrtf(NAME(row_total)(n, x, mean, true) * share + norm.epsilon);
    statistics[2 * i] = mean;
    statistics[2 * i + 1] = scale;
    NAME(normalise)(n, x, mean, scale, norm.weight, norm.bias, y);
  }
}

/// Adds a row's share to the gradients of weight and bias (never NULL here), and returns the two
/// sums its own gradient needs: of g w and of g w x̂.
ANNEAL_INLINE TARGET void NAME(norm_sums)(
  anneal_norm norm, const float *g, const float *h, float mean, float scale, float *d_weight,
  float *d_bias, float sums[2]) {
  NAME(vf) first = 0, second = 0;
  int64_t j = 0;
  for (; j + LANES <= norm.columns; j += LANES) {
    NAME(vf) u = NAME(load)(g + j), x = (NAME(load)(h + j) - mean) * scale;
    NAME(store)(d_weight + j, NAME(load)(d_weight + j) + u * x);
    NAME(store)(d_bias + j, NAME(load)(d_bias + j) + u);
    if (norm.weight) u *= NAME(load)(norm.weight + j);
    first += u;
    second += u * x;
  }
  sums[0] = NAME(sum)(first);
  sums[1] = NAME(sum)(second);
  for (; j < norm.columns; j++) {
    float x = (h[j] - mean) * scale, u = g[j];
    d_weight[j] += u * x;
    d_bias[j] += u;
    if (norm.weight) u *= norm.weight[j];
    sums[0] += u;
    sums[1] += u * x;
  }
}

static TARGET void NAME(norm_rows_backward)(
  int64_t start, int64_t end, anneal_norm norm, const float *gradient, const float *sum,
  const float *statistics, float *d_sum, float *d_weight, float *d_bias) {
  const int64_t n = norm.columns;
  for (int64_t i = start; i < end; i++) {
    const float *g = gradient + i * n, *h = sum + i * n;
    const float mean = statistics[2 * i], scale = statistics[2 * i + 1];
    float sums[2], *d = d_sum + (i - start) * n;
    NAME(norm_sums)(norm, g, h, mean, scale, d_weight, d_bias, sums);
    const float center = norm.root ? 0 : sums[0] / (float)n, slope = sums[1] / (float)n;
    const float factor = scale * slope;
    if (norm.weight)
      for (int64_t j = 0; j < n; j++)
        d[j] = scale * (g[j] * norm.weight[j] - center - (h[j] - mean) * factor);
    else
      for (int64_t j = 0; j < n; j++) d[j] = scale * (g[j] - center - (h[j] - mean) * factor);
  }
}

static TARGET void NAME(unit_rows)(
  int64_t start, int64_t end, int64_t columns, float epsilon, const float *in, float *out,
  float *lengths) {
  for (int64_t i = start; i < end; i++) {
    float length = sqrtf(NAME(row_total)(columns, in + i * columns, 0, true));
    lengths[i] = length > epsilon ? length : epsilon;
    const float factor = 1 / lengths[i];
    for (int64_t j = 0; j < columns; j++) out[i * columns + j] = in[i * columns + j] * factor;
  }
}

const norm_kernels NAME(norm) = {
  .rows = NAME(norm_rows),
  .rows_backward = NAME(norm_rows_backward),
  .unit_rows = NAME(unit_rows),
};
