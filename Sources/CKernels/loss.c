// Softmax and cross-entropy of rows of logits.

#include "level.h"

#include <math.h>
#include <string.h>

typedef struct {
  float (*log_sum_exp)(int64_t count, const float *x, float *sum);
  void (*softmax_row)(
    int64_t count, float center, float factor, float rest, const float *x, float *out, bool add);
} loss_kernels;

#define KERNELS "loss_kernels.h"
#include "each_level.h"

typedef struct {
  const loss_kernels *kernels;
  int64_t columns;
  const float *in;
  const int32_t *targets;
  float smoothing;
  float *losses, *statistics;
  const float *factors;
  float *out;
  bool flag;
} loss_call;

/// Rows of one piece of work.
static int64_t piece(int64_t columns) { return larger(1, 16384 / larger(columns, 1)); }

static void losses(void *context, int64_t start, int64_t end) {
  const loss_call *c = context;
  for (int64_t i = start; i < end; i++) {
    const float *x = c->in + i * c->columns;
    int32_t target = c->targets[i];
    c->losses[i] = c->statistics[i] = 0;
    if (target < 0) continue;
    float sum, log_sum = c->kernels->log_sum_exp(c->columns, x, &sum);
    float mean = c->smoothing > 0 ? sum / (float)c->columns : 0;
    c->statistics[i] = log_sum;
    c->losses[i] = log_sum - (1 - c->smoothing) * x[target] - c->smoothing * mean;
  }
}

void anneal_cross_entropy(
  int64_t rows, int64_t columns, const float *logits, const int32_t *targets, float smoothing,
  float *out, float *statistics) {
  loss_call c = {.kernels = ANNEAL_CHOOSE(loss), .columns = columns, .in = logits,
                 .targets = targets, .smoothing = smoothing, .losses = out,
                 .statistics = statistics};
  anneal_parallel(rows, piece(columns), losses, &c);
}

static void losses_backward(void *context, int64_t start, int64_t end) {
  const loss_call *c = context;
  for (int64_t i = start; i < end; i++) {
    float *out = c->out + i * c->columns;
    if (c->targets[i] < 0) {
      if (!c->flag) memset(out, 0, (size_t)c->columns * sizeof(float));
      continue;
    }
    float rest = c->smoothing / (float)c->columns;
    c->kernels->softmax_row(
      c->columns, c->statistics[i], c->factors[i], rest, c->in + i * c->columns, out, c->flag);
    out[c->targets[i]] -= c->factors[i] * (1 - c->smoothing);
  }
}

void anneal_cross_entropy_backward(
  int64_t rows, int64_t columns, const float *logits, const int32_t *targets, float smoothing,
  const float *statistics, const float *factors, float *out, bool accumulate) {
  loss_call c = {.kernels = ANNEAL_CHOOSE(loss), .columns = columns, .in = logits,
                 .targets = targets, .smoothing = smoothing, .statistics = (float *)statistics,
                 .factors = factors, .out = out, .flag = accumulate};
  anneal_parallel(rows, piece(columns), losses_backward, &c);
}

static void softmax(void *context, int64_t start, int64_t end) {
  const loss_call *c = context;
  for (int64_t i = start; i < end; i++) {
    const float *x = c->in + i * c->columns;
    float *out = c->out + i * c->columns, log_sum = c->kernels->log_sum_exp(c->columns, x, NULL);
    if (c->flag)
      for (int64_t j = 0; j < c->columns; j++) out[j] = x[j] - log_sum;
    else c->kernels->softmax_row(c->columns, log_sum, 1, 0, x, out, false);
  }
}

void anneal_softmax(
  int64_t rows, int64_t columns, bool logarithm, const float *in, float *out) {
  loss_call c = {.kernels = ANNEAL_CHOOSE(loss), .columns = columns, .in = in, .out = out,
                 .flag = logarithm};
  anneal_parallel(rows, piece(columns), softmax, &c);
}
