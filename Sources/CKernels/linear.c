// Linear maps: the product, then bias and activation on each block while it is in the cache.

#include "elementwise.h"
#include "gemm.h"

#include <string.h>

typedef struct {
  const elementwise_kernels *kernels;
  int64_t n, out_row;
  const float *bias;
  anneal_activation activation;
  float *out, *before;
} last_touch;

static void touch(void *context, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  const last_touch *t = context;
  for (int64_t i = row; i < row + rows; i++) {
    float *out = t->out + i * t->out_row + column;
    t->kernels->activate(
      t->activation, columns, out, t->bias ? t->bias + column : NULL, out,
      t->before ? t->before + i * t->n + column : NULL);
  }
}

void anneal_linear(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x, anneal_matrix w,
  const float *bias, anneal_activation activation, float *out, float *before) {
  last_touch t = {anneal_elementwise(), n, n, bias, activation, out, before};
  bool plain = !bias && !before && activation == ANNEAL_ACTIVATION_NONE;
  anneal_matrix rows = {x, k, 1};
  anneal_gemm_finished(
    precision, m, n, k, rows, w, out, n, false, plain ? NULL : touch, &t);
}

void anneal_linear_columns(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x, anneal_matrix w,
  const float *bias, float *out, int64_t out_row) {
  last_touch t = {anneal_elementwise(), n, out_row, bias, ANNEAL_ACTIVATION_NONE, out, NULL};
  anneal_matrix rows = {x, k, 1};
  anneal_gemm_finished(
    precision, m, n, k, rows, w, out, out_row, false, bias ? touch : NULL, &t);
}

void anneal_linear_four(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *x,
  anneal_four_matrix w, const float *bias, anneal_activation activation, float *out,
  int64_t out_row, float *before) {
  last_touch t = {anneal_elementwise(), n, out_row, bias, activation, out, before};
  bool plain = !bias && !before && activation == ANNEAL_ACTIVATION_NONE;
  anneal_matrix rows = {x, k, 1};
  anneal_gemm_four_finished(
    precision, m, n, k, rows, w, out, out_row, false, plain ? NULL : touch, &t);
}

typedef struct {
  const elementwise_kernels *kernels;
  int64_t n;
  anneal_activation activation;
  float *argument;
} slope_call;

static void apply_slope(
  void *context, const float *block, int64_t block_row, int64_t row, int64_t rows, int64_t column,
  int64_t columns) {
  const slope_call *s = context;
  for (int64_t i = 0; i < rows; i++) {
    float *argument = s->argument + (row + i) * s->n + column;
    s->kernels->activation_backward(
      s->activation, columns, argument, block + i * block_row, argument, false);
  }
}

bool anneal_linear_slope(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, const float *gradient,
  anneal_matrix w, anneal_activation activation, float *argument) {
  slope_call s = {anneal_elementwise(), n, activation, argument};
  return anneal_gemm_taken(
    precision, m, n, k, (anneal_matrix){gradient, k, 1}, w, apply_slope, &s);
}

typedef struct {
  const elementwise_kernels *kernels;
  int64_t columns, step;
  float *gradient, *shares;
  anneal_activation activation;
  const float *kept;
} bias_call;

enum {
  /// Rows whose shares are added first, so that sums do not depend on threads.
  piece = 64,
};

static void share_of_rows(void *context, int64_t start, int64_t end) {
  const bias_call *c = context;
  float *share = c->shares + start / piece * c->columns;
  int64_t e = start * c->columns;
  memset(share, 0, (size_t)c->columns * sizeof(float));
  c->kernels->column_sums(
    end - start, c->columns, c->gradient + e, c->activation, c->kept ? c->kept + e : NULL, share);
}

typedef struct {
  int64_t pieces, stride;
  const float *shares;
  float *out;
} sum_of_shares;

static void add_columns(void *context, int64_t start, int64_t end) {
  const sum_of_shares *s = context;
  for (int64_t i = 0; i < s->pieces; i++)
    for (int64_t j = start; j < end; j++) s->out[j] += s->shares[i * s->stride + j];
}

void anneal_add_shares(
  int64_t pieces, int64_t columns, int64_t stride, const float *shares, float *out) {
  sum_of_shares s = {pieces, stride, shares, out};
  anneal_parallel(columns, 256, add_columns, &s);
}

void anneal_bias_backward(
  int64_t rows, int64_t columns, float *gradient, anneal_activation activation, const float *kept,
  float *sums) {
  int64_t pieces = (rows + piece - 1) / piece;
  bias_call c = {
    .kernels = anneal_elementwise(), .columns = columns, .gradient = gradient,
    .activation = activation, .kept = kept, .shares = anneal_scratch(slot_sums, pieces * columns)};
  anneal_parallel(rows, piece, share_of_rows, &c);
  if (sums) anneal_add_shares(pieces, columns, columns, c.shares, sums);
}
