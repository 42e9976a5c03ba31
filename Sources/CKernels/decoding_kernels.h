// Attention of single queries, and the best of a row, for one instruction set; see each_level.h.

#include "vector_math.h"

/// The row of memory that holds place j.
ANNEAL_INLINE const float *NAME(row_at)(
  const float *base, int64_t row, const int32_t *places, int64_t j) {
  return base + (places ? places[j] : j) * row;
}

/// weights[j] = query · key j.
static TARGET void NAME(key_scores)(const decoding_row *r) {
  for (int64_t j = r->start; j < r->end; j += 4) {
    const float *keys[4];
    NAME(vf) sums[4];
    for (int l = 0; l < 4; l++) {
      keys[l] = NAME(row_at)(r->key, r->key_row, r->places, smaller(j + l, r->end - 1));
      const float *ahead = NAME(row_at)(r->key, r->key_row, r->places, smaller(j + l + 8, r->end - 1));
      for (int64_t p = 0; p < r->head; p += 16) __builtin_prefetch(ahead + p);
      sums[l] = 0;
    }
    int64_t p = 0;
    for (; p + LANES <= r->head; p += LANES) {
      NAME(vf) q = NAME(load)(r->query + p);
      ANNEAL_UNROLL for (int l = 0; l < 4; l++) sums[l] += q * NAME(load)(keys[l] + p);
    }
    for (int l = 0; l < 4 && j + l < r->end; l++) {
      float total = NAME(sum)(sums[l]);
      for (int64_t q = p; q < r->head; q++) total += r->query[q] * keys[l][q];
      r->weights[j + l] = total;
    }
  }
}

/// weights = softmax(scale weights + bias); rounds the row up to whole vectors.
static TARGET void NAME(key_weights)(const decoding_row *r) {
  int64_t count = r->end - r->start;
  float *x = r->weights + r->start;
  const float *bias = r->bias ? r->bias + r->start : NULL;
  NAME(vf) top = -INFINITY, total = 0;
  for (int64_t j = 0; j < count; j += LANES) {
    NAME(vf) y = NAME(load_part)(x + j, smaller(LANES, count - j), 0) * r->scale;
    if (bias) y += NAME(load_part)(bias + j, smaller(LANES, count - j), 0);
    for (int64_t l = count - j; l < LANES; l++) y[l] = -INFINITY;
    NAME(store)(x + j, y);
    top = NAME(select)(y > top, y, top);
  }
  float highest = NAME(highest)(top);
  for (int64_t j = 0; j < count; j += LANES) {
    NAME(vf) y = NAME(exp)(NAME(load)(x + j) - highest);
    for (int64_t l = count - j; l < LANES; l++) y[l] = 0;
    NAME(store)(x + j, y);
    total += y;
  }
  NAME(vf) share = 1 / NAME(sum)(total);
  for (int64_t j = 0; j < count; j += LANES) NAME(store)(x + j, NAME(load)(x + j) * share);
}

/// out[columns from p] = Σ weights[j] value j, for so many vectors of columns.
ANNEAL_INLINE TARGET void NAME(mixed_values)(const decoding_row *r, const int vectors, int64_t p) {
  NAME(vf) sums[4];
  ANNEAL_UNROLL for (int v = 0; v < vectors; v++) sums[v] = 0;
  for (int64_t j = r->start; j < r->end; j++) {
    const float *value = NAME(row_at)(r->value, r->value_row, r->places, j) + p;
    const float *ahead =
      NAME(row_at)(r->value, r->value_row, r->places, smaller(j + 8, r->end - 1)) + p;
    ANNEAL_UNROLL for (int v = 0; v < vectors; v += 16 / LANES)
      __builtin_prefetch(ahead + v * LANES);
    const float weight = r->weights[j];
    ANNEAL_UNROLL for (int v = 0; v < vectors; v++)
      sums[v] += weight * NAME(load)(value + v * LANES);
  }
  ANNEAL_UNROLL for (int v = 0; v < vectors; v++) NAME(store)(r->out + p + v * LANES, sums[v]);
}

static TARGET void NAME(values_mixed)(const decoding_row *r) {
  int64_t p = 0;
  for (; p + 4 * LANES <= r->head; p += 4 * LANES) NAME(mixed_values)(r, 4, p);
  for (; p + LANES <= r->head; p += LANES) NAME(mixed_values)(r, 1, p);
  for (; p < r->head; p++) {
    float total = 0;
    for (int64_t j = r->start; j < r->end; j++)
      total += r->weights[j] * NAME(row_at)(r->value, r->value_row, r->places, j)[p];
    r->out[p] = total;
  }
}

/// Whether any of `block` values, with the offset added, is above a bound.
static TARGET bool NAME(any_above)(int64_t block, const float *x, float offset, float bound) {
  NAME(vf) top = -INFINITY;
  int64_t j = 0;
  for (; j + LANES <= block; j += LANES) {
    NAME(vf) y = NAME(load)(x + j);
    top = NAME(select)(y > top, y, top);
  }
  float highest = NAME(highest)(top);
  for (; j < block; j++) highest = x[j] > highest ? x[j] : highest;
  return highest + offset > bound;
}

const decoding_kernels NAME(decoding) = {
  .scores = NAME(key_scores),
  .weights = NAME(key_weights),
  .mix = NAME(values_mixed),
  .any_above = NAME(any_above),
};
