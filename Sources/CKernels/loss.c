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

typedef struct {
  const loss_kernels *kernels;
  anneal_classes part;
  const float *factors;
  float *logits, *statistics;
} part_call;

/// log(exp(a) + exp(b)).
static float log_sum_of_two(float a, float b) {
  float top = a > b ? a : b;
  return top + logf(expf(a - top) + expf(b - top));
}

static void add_classes(void *context, int64_t start, int64_t end) {
  const part_call *c = context;
  const anneal_classes *p = &c->part;
  for (int64_t i = start; i < end; i++) {
    const float *x = c->logits + i * p->columns;
    float *s = c->statistics + 3 * i, sum;
    if (p->first == 0) s[0] = s[1] = s[2] = 0;
    int64_t target = p->targets[i];
    if (target < 0) continue;
    float log_sum = c->kernels->log_sum_exp(p->columns, x, &sum);
    s[0] = p->first == 0 ? log_sum : log_sum_of_two(s[0], log_sum);
    if (target >= p->first && target < p->first + p->columns) s[1] = x[target - p->first];
    s[2] += sum;
  }
}

void anneal_cross_entropy_add(anneal_classes part, const float *logits, float *statistics) {
  part_call c = {.kernels = ANNEAL_CHOOSE(loss), .part = part, .logits = (float *)logits,
                 .statistics = statistics};
  anneal_parallel(part.rows, piece(part.columns), add_classes, &c);
}

void anneal_cross_entropy_finish(anneal_classes part, const float *statistics, float *out) {
  for (int64_t i = 0; i < part.rows; i++) {
    const float *s = statistics + 3 * i;
    float mean = s[2] / (float)part.classes;
    out[i] = part.targets[i] < 0
      ? 0 : s[0] - (1 - part.smoothing) * s[1] - part.smoothing * mean;
  }
}

static void part_backward(void *context, int64_t start, int64_t end) {
  const part_call *c = context;
  const anneal_classes *p = &c->part;
  const float rest = p->smoothing / (float)p->classes;
  for (int64_t i = start; i < end; i++) {
    float *x = c->logits + i * p->columns;
    int64_t target = p->targets[i];
    if (target < 0) {
      memset(x, 0, (size_t)p->columns * sizeof(float));
      continue;
    }
    c->kernels->softmax_row(p->columns, c->statistics[3 * i], c->factors[i], rest, x, x, false);
    if (target >= p->first && target < p->first + p->columns)
      x[target - p->first] -= c->factors[i] * (1 - p->smoothing);
  }
}

void anneal_cross_entropy_part_backward(
  anneal_classes part, const float *statistics, const float *factors, float *logits) {
  part_call c = {.kernels = ANNEAL_CHOOSE(loss), .part = part, .factors = factors,
                 .logits = logits, .statistics = (float *)statistics};
  anneal_parallel(part.rows, piece(part.columns), part_backward, &c);
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
