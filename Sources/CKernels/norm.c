// Layer norm and its relatives, fused with the residual connection and dropout before them.

#include "elementwise.h"

#include <math.h>
#include <string.h>

typedef struct {
  void (*rows)(
    int64_t start, int64_t end, anneal_norm norm, const float *h, float *out, float *statistics);
  void (*rows_backward)(
    int64_t start, int64_t end, anneal_norm norm, const float *gradient, const float *sum,
    const float *statistics, float *d_sum, float *d_weight, float *d_bias);
  void (*unit_rows)(
    int64_t start, int64_t end, int64_t columns, float epsilon, const float *in, float *out,
    float *lengths);
} norm_kernels;

#define KERNELS "norm_kernels.h"
#include "each_level.h"

enum {
  /// Rows of one piece of work. Also the rows whose shares in the gradients of weight and bias are
  /// added first, so that their sum does not depend on threads.
  piece = 32,
  /// Values of a piece of the forward pass, whose rows are few in generation.
  least_values = 1 << 11,
  /// Rows handled together: they stay in the first cache between the passes over them.
  together = 4,
};

typedef struct {
  const norm_kernels *kernels;
  const elementwise_kernels *elementwise;
  anneal_norm norm;
  anneal_dropout dropout;
  const uint64_t *keys;
  const float *in, *residual, *gradient;
  float *sum, *out, *statistics;
  float *d_in, *d_residual, *shares;
  bool add_in, add_residual;
} norm_call;

static void forward(void *context, int64_t start, int64_t end) {
  const norm_call *c = context;
  for (int64_t i = start; i < end; i += together) {
    int64_t last = smaller(i + together, end);
    if (c->residual)
      c->elementwise->dropout_rows(
        i, last, c->norm.columns, c->dropout, c->keys, c->in, c->residual, c->sum, false);
    c->kernels->rows(i, last, c->norm, c->residual ? c->sum : c->in, c->out, c->statistics);
  }
}

void anneal_norm_forward(
  anneal_norm norm, const float *in, const float *residual, anneal_dropout dropout,
  const uint64_t *keys, float *sum, float *out, float *statistics) {
  norm_call c = {
    .kernels = ANNEAL_CHOOSE(norm), .elementwise = anneal_elementwise(), .norm = norm,
    .dropout = dropout, .keys = keys, .in = in, .residual = residual, .sum = sum, .out = out,
    .statistics = statistics};
  int64_t rows = larger(together, least_values / larger(1, norm.columns));
  anneal_parallel(norm.rows, smaller(piece, rows), forward, &c);
}

static void backward(void *context, int64_t start, int64_t end) {
  const norm_call *c = context;
  const int64_t n = c->norm.columns;
  float *share = c->shares + start / piece * 2 * n;
  float *d_sum = anneal_scratch(slot_rows, together * n);
  memset(share, 0, (size_t)(2 * n) * sizeof(float));
  for (int64_t i = start; i < end; i += together) {
    int64_t last = smaller(i + together, end), e = i * n;
    c->kernels->rows_backward(
      i, last, c->norm, c->gradient, c->sum, c->statistics, d_sum, share, share + n);
    if (c->d_residual)
      c->elementwise->combine(
        (last - i) * n, 1, d_sum, 0, NULL, c->d_residual + e, c->add_residual);
    if (c->d_in)
      c->elementwise->dropout_rows(
        0, last - i, n, c->dropout, c->keys + (c->dropout.probability > 0 ? i : 0), d_sum, NULL,
        c->d_in + e, c->add_in);
  }
}

void anneal_norm_backward(
  anneal_norm norm, const float *gradient, const float *sum, const float *statistics,
  anneal_dropout dropout, const uint64_t *keys, float *d_in, bool add_in, float *d_residual,
  bool add_residual, float *d_weight, float *d_bias) {
  int64_t pieces = (norm.rows + piece - 1) / piece, n = norm.columns;
  norm_call c = {
    .kernels = ANNEAL_CHOOSE(norm), .elementwise = anneal_elementwise(), .norm = norm,
    .dropout = dropout, .keys = keys, .gradient = gradient, .sum = (float *)sum,
    .statistics = (float *)statistics, .d_in = d_in, .d_residual = d_residual, .add_in = add_in,
    .add_residual = add_residual, .shares = anneal_scratch(slot_sums, pieces * 2 * n)};
  anneal_parallel(norm.rows, piece, backward, &c);
  if (d_weight) anneal_add_shares(pieces, n, 2 * n, c.shares, d_weight);
  if (d_bias) anneal_add_shares(pieces, n, 2 * n, c.shares + n, d_bias);
}

typedef struct {
  const norm_kernels *kernels;
  int64_t columns;
  float epsilon;
  const float *in;
  float *out, *lengths;
} unit_call;

static void unit(void *context, int64_t start, int64_t end) {
  const unit_call *c = context;
  c->kernels->unit_rows(start, end, c->columns, c->epsilon, c->in, c->out, c->lengths);
}

void anneal_unit_rows(
  int64_t rows, int64_t columns, float epsilon, const float *in, float *out, float *lengths) {
  unit_call c = {ANNEAL_CHOOSE(norm), columns, epsilon, in, out, lengths};
  anneal_parallel(rows, piece, unit, &c);
}

void anneal_unit_rows_backward(
  int64_t rows, int64_t columns, const float *gradient, const float *out, const float *lengths,
  float *d_in, bool accumulate) {
  for (int64_t i = 0; i < rows; i++) {
    const float *g = gradient + i * columns, *y = out + i * columns;
    float *d = d_in + i * columns;
    double dot = 0;
    for (int64_t j = 0; j < columns; j++) dot += (double)g[j] * (double)y[j];
    for (int64_t j = 0; j < columns; j++)
      d[j] = (accumulate ? d[j] : 0) + (g[j] - (float)dot * y[j]) / lengths[i];
  }
}
