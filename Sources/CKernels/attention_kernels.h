// Rows of attention weights for one instruction set; see each_level.h.

#include "vector_math.h"

/// The first `count` < LANES values at p, a row of weights, which has room for whole vectors; the others
/// are `rest`.
ANNEAL_INLINE TARGET NAME(vf) NAME(load_last)(const float *p, int64_t count, float rest) {
  NAME(vi) lane;
  ANNEAL_UNROLL for (int i = 0; i < LANES; i++) lane[i] = i;
  NAME(vf) others = rest;
  return NAME(select)(lane < (int32_t)count, NAME(load)(p), others);
}

/// The largest of scale x + bias over the row, which is replaced by it. bias may be NULL. What stands
/// behind a row, up to a whole vector, may be anything before and after.
ANNEAL_INLINE TARGET float NAME(scale_row)(
  int64_t count, float scale, const float *bias, float *x) {
  NAME(vf) top = -INFINITY;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vf) y = NAME(load)(x + j) * scale;
    if (bias) y += NAME(load)(bias + j);
    top = NAME(select)(y > top, y, top);
    NAME(store)(x + j, y);
  }
  if (j < count) {
    NAME(vf) y = NAME(load_last)(x + j, count - j, 0) * scale;
    if (bias) y += NAME(load_part)(bias + j, count - j, 0);
    NAME(store)(x + j, y);
    y = NAME(load_last)(x + j, count - j, -INFINITY);
    top = NAME(select)(y > top, y, top);
  }
  return NAME(highest)(top);
}

/// x = exp(x - center); returns the sum.
ANNEAL_INLINE TARGET float NAME(exp_row)(int64_t count, float center, float *x) {
  NAME(vf) total = 0;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vf) y = NAME(exp)(NAME(load)(x + j) - center);
    total += y;
    NAME(store)(x + j, y);
  }
  float sum = NAME(sum)(total);
  if (j < count) {
    NAME(store)(x + j, NAME(exp)(NAME(load_last)(x + j, count - j, 0) - center));
    for (int64_t i = j; i < count; i++) sum += x[i];
  }
  return sum;
}

/// x = weights of one row from scores, kept by the dropout; returns the log of the sum.
static TARGET float NAME(weights)(attention_row r, float *x) {
  const int64_t count = r.end - r.start;
  x += r.start;
  const float *bias = r.bias ? r.bias + r.start : NULL;
  float top = NAME(scale_row)(count, r.scale, bias, x);
  float total = NAME(exp_row)(count, top, x), share = 1 / total;
  const float factor = share / (1 - r.probability);
  const int32_t threshold = dropout_threshold(r.probability);
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vf) kept = share;
    if (r.probability > 0)
      kept = NAME(dropout_factors)(r.key, r.start + j, threshold, factor);
    NAME(store)(x + j, NAME(load)(x + j) * kept);
  }
  if (j < count) {
    NAME(vf) kept = share;
    if (r.probability > 0)
      kept = NAME(dropout_factors)(r.key, r.start + j, threshold, factor);
    NAME(store)(x + j, NAME(load)(x + j) * kept);
  }
  return top + logf(total);
}

/// One vector of the backward pass. x: score → kept weight; d: gradient of the kept weight →
/// gradient of q · k.
ANNEAL_INLINE TARGET void NAME(weights_backward_at)(
  const attention_row *r, int64_t column, NAME(vf) bias, NAME(vf) *x, NAME(vf) *d) {
  NAME(vf) weight = NAME(exp)(*x * r->scale + bias - r->log_sum), kept = 1;
  if (r->probability > 0)
    kept = NAME(dropout_factors)(
      r->key, column, dropout_threshold(r->probability), 1 / (1 - r->probability));
  *x = weight * kept;
  *d = r->scale * weight * (*d * kept - r->delta);
}

static TARGET void NAME(weights_backward)(attention_row r, float *x, float *d) {
  int64_t j = r.start;
  for (; j + LANES <= r.end; j += LANES) {
    NAME(vf) u = NAME(load)(x + j), v = NAME(load)(d + j), bias = 0;
    if (r.bias) bias = NAME(load)(r.bias + j);
    NAME(weights_backward_at)(&r, j, bias, &u, &v);
    NAME(store)(x + j, u);
    NAME(store)(d + j, v);
  }
  if (j == r.end) return;
  int64_t rest = r.end - j;
  NAME(vf) u = NAME(load_last)(x + j, rest, 0), v = NAME(load_last)(d + j, rest, 0), bias = 0;
  if (r.bias) bias = NAME(load_part)(r.bias + j, rest, 0);
  NAME(weights_backward_at)(&r, j, bias, &u, &v);
  NAME(store)(x + j, u);
  NAME(store)(d + j, v);
}

static TARGET float NAME(dot)(int64_t count, const float *a, const float *b) {
  NAME(vf) sums = 0;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) sums += NAME(load)(a + j) * NAME(load)(b + j);
  float total = NAME(sum)(sums);
  for (; j < count; j++) total += a[j] * b[j];
  return total;
}

const attention_kernels NAME(attention) = {
  .weights = NAME(weights),
  .weights_backward = NAME(weights_backward),
  .dot = NAME(dot),
};
