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

/// out = activation(in + bias), and before = in + bias unless NULL; bias may be NULL.
ANNEAL_INLINE TARGET void NAME(activate_as)(
  const anneal_activation kind, int64_t count, const float *in, const float *bias, float *out,
  float *before) {
  NAME(vf) slope;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    NAME(vf) x = NAME(load)(in + i);
    if (bias) x += NAME(load)(bias + i);
    if (before) NAME(store)(before + i, x);
    NAME(store)(out + i, NAME(active)(kind, x, &slope));
  }
  if (i == count) return;
  NAME(vf) x = NAME(load_part)(in + i, count - i, 0);
  if (bias) x += NAME(load_part)(bias + i, count - i, 0);
  if (before) NAME(store_part)(before + i, count - i, x);
  NAME(store_part)(out + i, count - i, NAME(active)(kind, x, &slope));
}

/// The slope of an activation from its result or its argument, as `slope_from_result` says.
ANNEAL_INLINE TARGET NAME(vf) NAME(slope)(const anneal_activation kind, NAME(vf) kept) {
  NAME(vf) slope;
  switch (kind) {
    case ANNEAL_ACTIVATION_RELU: return NAME(select)(kept > 0, 1, 0);
    case ANNEAL_ACTIVATION_TANH: return 1.0f - kept * kept;
    case ANNEAL_ACTIVATION_SIGMOID: return kept * (1.0f - kept);
    default: NAME(active)(kind, kept, &slope); return slope;
  }
}

/// out = gradient times slope, or += where `add`.
ANNEAL_INLINE TARGET void NAME(activation_backward_as)(
  const anneal_activation kind, int64_t count, const float *kept, const float *gradient, float *out,
  bool add) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    NAME(vf) d = NAME(load)(gradient + i) * NAME(slope)(kind, NAME(load)(kept + i));
    if (add) d += NAME(load)(out + i);
    NAME(store)(out + i, d);
  }
  if (i == count) return;
  NAME(vf) d = NAME(load_part)(gradient + i, count - i, 0);
  d *= NAME(slope)(kind, NAME(load_part)(kept + i, count - i, 0));
  if (add) d += NAME(load_part)(out + i, count - i, 0);
  NAME(store_part)(out + i, count - i, d);
}

/// out = activation(gate) up.
ANNEAL_INLINE TARGET void NAME(gate_as)(
  const anneal_activation kind, int64_t count, const float *gate, const float *up, float *out) {
  NAME(vf) slope;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    NAME(store)(
      out + i, NAME(active)(kind, NAME(load)(gate + i), &slope) * NAME(load)(up + i));
  if (i == count) return;
  NAME(vf) y = NAME(active)(kind, NAME(load_part)(gate + i, count - i, 0), &slope);
  NAME(store_part)(out + i, count - i, y * NAME(load_part)(up + i, count - i, 0));
}

/// Up to a vector of the gradients of the above; either target may be NULL.
ANNEAL_INLINE TARGET void NAME(gate_backward_at)(
  const anneal_activation kind, NAME(vf) gate, NAME(vf) up, NAME(vf) gradient, int64_t count,
  float *d_gate, bool add_gate, float *d_up, bool add_up) {
  NAME(vf) slope, y = NAME(active)(kind, gate, &slope);
  NAME(vf) first = gradient * up * slope, second = gradient * y;
  if (d_gate) {
    if (add_gate) first += NAME(load_part)(d_gate, count, 0);
    NAME(store_part)(d_gate, count, first);
  }
  if (d_up) {
    if (add_up) second += NAME(load_part)(d_up, count, 0);
    NAME(store_part)(d_up, count, second);
  }
}

ANNEAL_INLINE TARGET void NAME(gate_backward_as)(
  const anneal_activation kind, int64_t count, const float *gate, const float *up,
  const float *gradient, float *d_gate, bool add_gate, float *d_up, bool add_up) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    NAME(gate_backward_at)(
      kind, NAME(load)(gate + i), NAME(load)(up + i), NAME(load)(gradient + i), LANES,
      d_gate ? d_gate + i : NULL, add_gate, d_up ? d_up + i : NULL, add_up);
  int64_t rest = count - i;
  if (rest == 0) return;
  NAME(gate_backward_at)(
    kind, NAME(load_part)(gate + i, rest, 0), NAME(load_part)(up + i, rest, 0),
    NAME(load_part)(gradient + i, rest, 0), rest, d_gate ? d_gate + i : NULL, add_gate,
    d_up ? d_up + i : NULL, add_up);
}

/// sums[j] += in[i, j] over rows, where in is first multiplied by the slope, in place.
ANNEAL_INLINE TARGET void NAME(column_sums_as)(
  const anneal_activation kind, int64_t rows, int64_t columns, float *in, const float *kept,
  float *sums) {
  for (int64_t i = 0; i < rows; i++, in += columns, kept += columns) {
    NAME(activation_backward_as)(kind, columns, kept, in, in, false);
    for (int64_t j = 0; j < columns; j++) sums[j] += in[j];
  }
}

/// Calls the form of `function` that is compiled for the activation.
#define EACH_ACTIVATION(kind, function, ...) \
  switch (kind) { \
    case ANNEAL_ACTIVATION_NONE: function(ANNEAL_ACTIVATION_NONE, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_GELU: function(ANNEAL_ACTIVATION_GELU, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_GELU_TANH: function(ANNEAL_ACTIVATION_GELU_TANH, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_RELU: function(ANNEAL_ACTIVATION_RELU, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_SILU: function(ANNEAL_ACTIVATION_SILU, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_TANH: function(ANNEAL_ACTIVATION_TANH, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_SIGMOID: function(ANNEAL_ACTIVATION_SIGMOID, __VA_ARGS__); break; \
    case ANNEAL_ACTIVATION_QUICK_GELU: function(ANNEAL_ACTIVATION_QUICK_GELU, __VA_ARGS__); break; \
  }

static TARGET void NAME(activate)(
  anneal_activation kind, int64_t count, const float *in, const float *bias, float *out,
  float *before) {
  EACH_ACTIVATION(kind, NAME(activate_as), count, in, bias, out, before)
}

static TARGET void NAME(activation_backward)(
  anneal_activation kind, int64_t count, const float *kept, const float *gradient, float *out,
  bool add) {
  EACH_ACTIVATION(kind, NAME(activation_backward_as), count, kept, gradient, out, add)
}

static TARGET void NAME(gate)(
  anneal_activation kind, int64_t count, const float *gate, const float *up, float *out) {
  EACH_ACTIVATION(kind, NAME(gate_as), count, gate, up, out)
}

static TARGET void NAME(gate_backward)(
  anneal_activation kind, int64_t count, const float *gate, const float *up,
  const float *gradient, float *d_gate, bool add_gate, float *d_up, bool add_up) {
  EACH_ACTIVATION(
    kind, NAME(gate_backward_as), count, gate, up, gradient, d_gate, add_gate, d_up, add_up)
}

/// The same for a linear map, which may have no activation: then `kept` is NULL.
static TARGET void NAME(column_sums)(
  int64_t rows, int64_t columns, float *in, anneal_activation kind, const float *kept,
  float *sums) {
  if (kept) {
    EACH_ACTIVATION(kind, NAME(column_sums_as), rows, columns, in, kept, sums)
    return;
  }
  for (int64_t i = 0; i < rows; i++, in += columns)
    for (int64_t j = 0; j < columns; j++) sums[j] += in[j];
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
    float m = first[i] = t.beta1 * first[i] + t.rest1 * g;
    float v = second[i] = t.beta2 * second[i] + t.rest2 * g * g;
    value[i] = value[i] * decay - rate * m / (__builtin_elementwise_sqrt(v) * root + t.epsilon);
  }
}

const elementwise_kernels NAME(elementwise) = {
  .activate = NAME(activate),
  .activation_backward = NAME(activation_backward),
  .gate = NAME(gate),
  .gate_backward = NAME(gate_backward),
  .combine = NAME(combine),
  .multiply = NAME(multiply),
  .dropout_rows = NAME(dropout_rows),
  .column_sums = NAME(column_sums),
  .total = NAME(total),
  .adamw = NAME(adamw),
};
#undef EACH_ACTIVATION
