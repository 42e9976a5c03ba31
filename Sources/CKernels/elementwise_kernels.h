// Elementwise loops for one instruction set; see each_level.h. All ranges are of one thread.

#include "vector_math.h"

/// y = activation(x) and its slope.
ANNEAL_INLINE TARGET NAME(vf) NAME(active)(
  const anneal_activation kind, NAME(vf) x, NAME(vf) *slope) {
  NAME(vf) y = x, s, density;
  *slope = 1;
  switch (kind) {
    case ANNEAL_ACTIVATION_NONE: break;
    case ANNEAL_ACTIVATION_GELU:
      s = NAME(normal)(x, &density);
      y = x * s;
      *slope = s + x * density;
      break;
    case ANNEAL_ACTIVATION_GELU_TANH:
      s = x * x;
      density = NAME(tanh)(0.797884561f * x * (1.0f + 0.044715f * s));
      y = 0.5f * x * (1.0f + density);
      *slope = 0.5f * (1.0f + density) +
               0.398942280f * x * (1.0f - density * density) * (1.0f + 0.134145f * s);
      break;
    case ANNEAL_ACTIVATION_RELU:
      y = NAME(select)(x > 0, x, 0);
      *slope = NAME(select)(x > 0, 1, 0);
      break;
    case ANNEAL_ACTIVATION_SILU:
      s = NAME(sigmoid)(x);
      y = x * s;
      *slope = s * (1.0f + x * (1.0f - s));
      break;
    case ANNEAL_ACTIVATION_TANH:
      y = NAME(tanh)(x);
      *slope = 1.0f - y * y;
      break;
    case ANNEAL_ACTIVATION_SIGMOID:
      y = NAME(sigmoid)(x);
      *slope = y * (1.0f - y);
      break;
    case ANNEAL_ACTIVATION_QUICK_GELU:
      s = NAME(sigmoid)(1.702f * x);
      y = x * s;
      *slope = s * (1.0f + 1.702f * x * (1.0f - s));
      break;
  }
  return y;
}

/// out = activation(in + bias), slope likewise unless NULL; bias may be NULL.
ANNEAL_INLINE TARGET void NAME(activate_as)(
  const anneal_activation kind, int64_t count, const float *in, const float *bias, float *out,
  float *slope) {
  NAME(vf) s;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    NAME(vf) x = NAME(load)(in + i);
    if (bias) x += NAME(load)(bias + i);
    NAME(store)(out + i, NAME(active)(kind, x, &s));
    if (slope) NAME(store)(slope + i, s);
  }
  if (i == count) return;
  NAME(vf) x = NAME(load_part)(in + i, count - i, 0);
  if (bias) x += NAME(load_part)(bias + i, count - i, 0);
  NAME(store_part)(out + i, count - i, NAME(active)(kind, x, &s));
  if (slope) NAME(store_part)(slope + i, count - i, s);
}

static TARGET void NAME(activate)(
  anneal_activation kind, int64_t count, const float *in, const float *bias, float *out,
  float *slope) {
  switch (kind) {
#define CASE(k) \
  case k: NAME(activate_as)(k, count, in, bias, out, slope); break;
    CASE(ANNEAL_ACTIVATION_NONE)
    CASE(ANNEAL_ACTIVATION_GELU)
    CASE(ANNEAL_ACTIVATION_GELU_TANH)
    CASE(ANNEAL_ACTIVATION_RELU)
    CASE(ANNEAL_ACTIVATION_SILU)
    CASE(ANNEAL_ACTIVATION_TANH)
    CASE(ANNEAL_ACTIVATION_SIGMOID)
    CASE(ANNEAL_ACTIVATION_QUICK_GELU)
#undef CASE
  }
}

/// The loops of `combine` and `multiply`, for each choice of operands: chosen inside the loop, the
/// compiler would load masked operands that are not there, which is slow.
ANNEAL_INLINE TARGET void NAME(combine_as)(
  int64_t count, float alpha, const float *a, float beta, const float *b, float *out,
  const bool with_b, const bool add) {
  for (int64_t i = 0; i < count; i++) {
    float x = alpha * a[i];
    if (with_b) x += beta * b[i];
    if (add) x += out[i];
    out[i] = x;
  }
}

/// out = alpha a + beta b, or += where `add`; b may be NULL.
static TARGET void NAME(combine)(
  int64_t count, float alpha, const float *a, float beta, const float *b, float *out, bool add) {
  if (b && add) NAME(combine_as)(count, alpha, a, beta, b, out, true, true);
  else if (b) NAME(combine_as)(count, alpha, a, beta, b, out, true, false);
  else if (add) NAME(combine_as)(count, alpha, a, beta, b, out, false, true);
  else NAME(combine_as)(count, alpha, a, beta, b, out, false, false);
}

static TARGET void NAME(multiply)(
  int64_t count, float factor, const float *a, const float *b, float *out, bool add) {
  if (add)
    for (int64_t i = 0; i < count; i++) out[i] += factor * a[i] * b[i];
  else
    for (int64_t i = 0; i < count; i++) out[i] = factor * a[i] * b[i];
}

/// One row of out (+)= dropout(in) + residual.
ANNEAL_INLINE TARGET void NAME(dropout_row)(
  int64_t columns, float probability, uint64_t row, const float *in, const float *residual,
  float *out, bool add) {
  const int32_t threshold = dropout_threshold(probability);
  const float factor = 1 / (1 - probability);
  int64_t j = 0;
  for (; j + LANES <= columns; j += LANES) {
    NAME(vf) x = NAME(load)(in + j);
    if (probability > 0) x *= NAME(dropout_factors)(row, j, threshold, factor);
    if (residual) x += NAME(load)(residual + j);
    if (add) x += NAME(load)(out + j);
    NAME(store)(out + j, x);
  }
  for (; j < columns; j++) {
    float kept = probability > 0 && (int32_t)(column_bits(row, (uint32_t)j) >> 1) < threshold
      ? 0 : probability > 0 ? factor : 1;
    out[j] = in[j] * kept + (residual ? residual[j] : 0) + (add ? out[j] : 0);
  }
}

static TARGET void NAME(dropout_rows)(
  int64_t start, int64_t end, int64_t columns, anneal_dropout dropout, const uint64_t *keys,
  const float *in, const float *residual, float *out, bool add) {
  for (int64_t i = start; i < end; i++) {
    int64_t e = i * columns;
    uint64_t row = dropout.probability > 0 ? dropout_row(dropout, keys[i]) : 0;
    NAME(dropout_row)(
      columns, dropout.probability, row, in + e, residual ? residual + e : NULL, out + e, add);
  }
}

/// sums[j] += in[i, j] over rows, where in is first multiplied by slope, in place, if there is one.
static TARGET void NAME(column_sums)(
  int64_t rows, int64_t columns, float *in, const float *slope, float *sums) {
  for (int64_t i = 0; i < rows; i++, in += columns) {
    if (slope) {
      for (int64_t j = 0; j < columns; j++) sums[j] += in[j] *= slope[j];
      slope += columns;
    } else {
      for (int64_t j = 0; j < columns; j++) sums[j] += in[j];
    }
  }
}

/// Sum of f(in) in double precision of float partial sums, f the square or the value itself.
static TARGET double NAME(total)(int64_t count, const float *in, bool squared) {
  enum { stretch = 1024 };
  double total = 0;
  for (int64_t i = 0; i < count; i += stretch) {
    NAME(vf) a = 0, b = 0;
    int64_t end = smaller(i + stretch, count), j = i;
    for (; j + 2 * LANES <= end; j += 2 * LANES) {
      NAME(vf) x = NAME(load)(in + j), y = NAME(load)(in + j + LANES);
      a += squared ? x * x : x;
      b += squared ? y * y : y;
    }
    total += (double)NAME(sum)(a + b);
    for (; j < end; j++) total += squared ? (double)in[j] * (double)in[j] : (double)in[j];
  }
  return total;
}

static TARGET void NAME(adamw)(
  int64_t count, anneal_adamw_settings t, const float *gradient, float *value, float *first,
  float *second) {
  const float decay = 1 - t.learning_rate * t.weight_decay;
  const float rate = t.learning_rate / t.correction1, root = 1 / sqrtf(t.correction2);
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * t.gradient_factor;
    float m = first[i] = t.beta1 * first[i] + (1 - t.beta1) * g;
    float v = second[i] = t.beta2 * second[i] + (1 - t.beta2) * g * g;
    value[i] = value[i] * decay - rate * m / (__builtin_elementwise_sqrt(v) * root + t.epsilon);
  }
}

const elementwise_kernels NAME(elementwise) = {
  .activate = NAME(activate),
  .combine = NAME(combine),
  .multiply = NAME(multiply),
  .dropout_rows = NAME(dropout_rows),
  .column_sums = NAME(column_sums),
  .total = NAME(total),
  .adamw = NAME(adamw),
};
