// Elementwise operations over the pool.

#include "elementwise.h"

#include <math.h>
#include <string.h>

/// Activations whose slope is a simple function of their result.
ANNEAL_INLINE bool slope_from_result(anneal_activation kind) {
  return kind == ANNEAL_ACTIVATION_RELU || kind == ANNEAL_ACTIVATION_TANH ||
         kind == ANNEAL_ACTIVATION_SIGMOID;
}

#define KERNELS "elementwise_kernels.h"
#include "each_level.h"

const elementwise_kernels *anneal_elementwise(void) { return ANNEAL_CHOOSE(elementwise); }

enum {
  /// Values of one piece of work: long enough to pay for claiming it.
  stretch = 1 << 14,
};

/// What any of the operations here needs to know.
typedef struct {
  const elementwise_kernels *kernels;
  int64_t columns;
  float alpha, beta;
  const float *a, *b, *bias;
  float *out, *first, *second;
  anneal_activation activation;
  anneal_dropout dropout;
  const uint64_t *keys;
  anneal_adamw_settings settings;
  double *totals;
  bool flag;
} elements;

static void fill(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  for (int64_t i = start; i < end; i++) e->out[i] = e->alpha;
}
void anneal_fill(int64_t count, float value, float *out) {
  elements e = {.alpha = value, .out = out};
  anneal_parallel(count, 4 * stretch, fill, &e);
}

static void copy(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  memcpy(e->out + start, e->a + start, (size_t)(end - start) * sizeof(float));
}
void anneal_copy(int64_t count, const float *in, float *out) {
  elements e = {.a = in, .out = out};
  anneal_parallel(count, 4 * stretch, copy, &e);
}

static void activate(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->activate(
    e->activation, end - start, e->a + start, NULL, e->out + start, NULL);
}
void anneal_activate(int64_t count, anneal_activation activation, const float *in, float *out) {
  elements e = {.kernels = anneal_elementwise(), .activation = activation, .a = in, .out = out};
  anneal_parallel(count, stretch, activate, &e);
}

bool anneal_slope_from_result(anneal_activation activation) {
  return slope_from_result(activation);
}

static void activation_backward(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->activation_backward(
    e->activation, end - start, e->a + start, e->b + start, e->out + start, e->flag);
}
void anneal_activation_backward(
  int64_t count, anneal_activation activation, const float *kept, const float *gradient, float *out,
  bool accumulate) {
  elements e = {.kernels = anneal_elementwise(), .activation = activation, .a = kept,
                .b = gradient, .out = out, .flag = accumulate};
  anneal_parallel(count, stretch, activation_backward, &e);
}

static void combine(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->combine(
    end - start, e->alpha, e->a + start, e->beta, e->b ? e->b + start : NULL, e->out + start,
    e->flag);
}
void anneal_combine(
  int64_t count, float alpha, const float *a, float beta, const float *b, float *out) {
  elements e = {.kernels = anneal_elementwise(), .alpha = alpha, .a = a, .beta = beta, .b = b,
                .out = out};
  anneal_parallel(count, stretch, combine, &e);
}
void anneal_scale(int64_t count, float factor, const float *a, float *out, bool accumulate) {
  elements e = {.kernels = anneal_elementwise(), .alpha = factor, .a = a, .out = out,
                .flag = accumulate};
  anneal_parallel(count, stretch, combine, &e);
}

static void multiply(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->multiply(
    end - start, e->alpha, e->a + start, e->b + start, e->out + start, e->flag);
}
void anneal_multiply(
  int64_t count, float factor, const float *a, const float *b, float *out, bool accumulate) {
  elements e = {.kernels = anneal_elementwise(), .alpha = factor, .a = a, .b = b, .out = out,
                .flag = accumulate};
  anneal_parallel(count, stretch, multiply, &e);
}

/// `b` holds a factor for each column, `bias` what is added to each, if anything.
static void scale_columns(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  for (int64_t i = start; i < end; i++) {
    float *out = e->out + i * e->columns;
    e->kernels->multiply(e->columns, 1, e->a + i * e->columns, e->b, out, e->flag);
    if (e->bias) e->kernels->combine(e->columns, 1, e->bias, 0, NULL, out, true);
  }
}
void anneal_scale_columns(
  int64_t rows, int64_t columns, const float *factors, const float *bias, const float *in,
  float *out, bool accumulate) {
  elements e = {.kernels = anneal_elementwise(), .columns = columns, .a = in, .b = factors,
                .bias = bias, .out = out, .flag = accumulate};
  anneal_parallel(rows, larger(1, stretch / larger(columns, 1)), scale_columns, &e);
}

static void drop(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->dropout_rows(
    start, end, e->columns, e->dropout, e->keys, e->a, e->b, e->out, e->flag);
}
void anneal_dropout_add(
  int64_t rows, int64_t columns, anneal_dropout dropout, const uint64_t *keys, const float *in,
  const float *residual, float *out, bool accumulate) {
  elements e = {.kernels = anneal_elementwise(), .columns = columns, .dropout = dropout,
                .keys = keys, .a = in, .b = residual, .out = out, .flag = accumulate};
  anneal_parallel(rows, larger(1, stretch / larger(columns, 1)), drop, &e);
}

static void total(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->totals[start / stretch] = e->kernels->total(end - start, e->a + start, e->flag);
}
/// Totals of stretches, added in their order whatever thread made them.
static double sum_of(int64_t count, const float *in, bool squared) {
  int64_t parts = (count + stretch - 1) / stretch;
  double *totals = (double *)anneal_scratch(slot_sums, 2 * parts);
  elements e = {.kernels = anneal_elementwise(), .a = in, .totals = totals, .flag = squared};
  anneal_parallel(count, stretch, total, &e);
  double sum = 0;
  for (int64_t i = 0; i < parts; i++) sum += totals[i];
  return sum;
}
double anneal_sum(int64_t count, const float *in) { return sum_of(count, in, false); }
double anneal_sum_of_squares(int64_t count, const float *in) { return sum_of(count, in, true); }

static void step(void *context, int64_t start, int64_t end) {
  const elements *e = context;
  e->kernels->adamw(
    end - start, e->settings, e->a + start, e->out + start, e->first + start, e->second + start);
}
void anneal_adamw(
  int64_t count, anneal_adamw_settings settings, const float *gradient, float *value,
  float *first, float *second) {
  elements e = {.kernels = anneal_elementwise(), .settings = settings, .a = gradient, .out = value,
                .first = first, .second = second};
  anneal_parallel(count, stretch, step, &e);
}
