// Rows picked, added up, pooled and rotated.

#include "elementwise.h"

#include <string.h>

typedef struct {
  const elementwise_kernels *kernels;
  int64_t count, columns;
  float factor;
  const int32_t *ids;
  const int64_t *starts, *lengths;
  const float *in;
  float *out;
  bool add;
} row_call;

static void gather(void *context, int64_t start, int64_t end) {
  const row_call *c = context;
  for (int64_t i = start; i < end; i++)
    c->kernels->combine(
      c->columns, c->factor, c->in + c->ids[i] * c->columns, 0, NULL, c->out + i * c->columns,
      c->add);
}

void anneal_gather(
  int64_t count, int64_t columns, float factor, const int32_t *ids, const float *table, float *out,
  bool accumulate) {
  row_call c = {.kernels = anneal_elementwise(), .columns = columns, .factor = factor, .ids = ids,
                .in = table, .out = out, .add = accumulate};
  anneal_parallel(count, 64, gather, &c);
}

/// Adds some of the columns of all rows, so that no two threads share a value.
static void scatter(void *context, int64_t start, int64_t end) {
  const row_call *c = context;
  for (int64_t i = 0; i < c->count; i++) {
    if (c->ids[i] < 0) continue;
    c->kernels->combine(
      end - start, c->factor, c->in + i * c->columns + start, 0, NULL,
      c->out + c->ids[i] * c->columns + start, true);
  }
}

void anneal_scatter(
  int64_t count, int64_t columns, float factor, const int32_t *ids, const float *in,
  float *table) {
  row_call c = {.kernels = anneal_elementwise(), .count = count, .columns = columns,
                .factor = factor, .ids = ids, .in = in, .out = table};
  anneal_parallel(columns, 64, scatter, &c);
}

static void mean(void *context, int64_t start, int64_t end) {
  const row_call *c = context;
  for (int64_t s = start; s < end; s++) {
    float *out = c->out + s * c->columns;
    memset(out, 0, (size_t)c->columns * sizeof(float));
    if (c->lengths[s] == 0) continue;
    const float share = 1 / (float)c->lengths[s];
    for (int64_t i = c->starts[s]; i < c->starts[s] + c->lengths[s]; i++)
      c->kernels->combine(c->columns, share, c->in + i * c->columns, 0, NULL, out, true);
  }
}

void anneal_mean_rows(
  int64_t sequences, int64_t columns, const int64_t *starts, const int64_t *lengths,
  const float *in, float *out) {
  row_call c = {.kernels = anneal_elementwise(), .columns = columns, .starts = starts,
                .lengths = lengths, .in = in, .out = out};
  anneal_parallel(sequences, 1, mean, &c);
}

static void spread(void *context, int64_t start, int64_t end) {
  const row_call *c = context;
  for (int64_t s = start; s < end; s++)
    for (int64_t i = c->starts[s]; i < c->starts[s] + c->lengths[s]; i++)
      c->kernels->combine(
        c->columns, 1 / (float)c->lengths[s], c->in + s * c->columns, 0, NULL,
        c->out + i * c->columns, true);
}

void anneal_mean_rows_backward(
  int64_t sequences, int64_t columns, const int64_t *starts, const int64_t *lengths,
  const float *gradient, float *out) {
  row_call c = {.kernels = anneal_elementwise(), .columns = columns, .starts = starts,
                .lengths = lengths, .in = gradient, .out = out};
  anneal_parallel(sequences, 1, spread, &c);
}

typedef struct {
  int64_t heads, head, dimension;
  bool interleaved, add;
  const float *angles, *in;
  float direction, *out;
} rotation;

/// Rotates one head by a row's angles.
static void rotate_head(const rotation *r, const float *angles, const float *x, float *y) {
  int64_t half = r->dimension / 2;
  for (int64_t j = 0; j < half; j++) {
    float cosine = angles[2 * j], sine = r->direction * angles[2 * j + 1];
    int64_t p = r->interleaved ? 2 * j : j, q = r->interleaved ? 2 * j + 1 : j + half;
    float a = x[p] * cosine - x[q] * sine, b = x[q] * cosine + x[p] * sine;
    y[p] = r->add ? y[p] + a : a;
    y[q] = r->add ? y[q] + b : b;
  }
  for (int64_t j = r->dimension; j < r->head; j++) y[j] = r->add ? y[j] + x[j] : x[j];
}

static void rotate(void *context, int64_t start, int64_t end) {
  const rotation *r = context;
  for (int64_t i = start * r->heads; i < end * r->heads; i++)
    rotate_head(
      r, r->angles + i / r->heads * r->dimension, r->in + i * r->head, r->out + i * r->head);
}

void anneal_rotate(
  int64_t rows, int64_t heads, int64_t head, int64_t dimension, bool interleaved,
  const float *angles, float direction, const float *in, float *out, bool accumulate) {
  rotation r = {.heads = heads, .head = head, .dimension = dimension, .interleaved = interleaved,
                .add = accumulate, .angles = angles, .in = in, .direction = direction, .out = out};
  anneal_parallel(rows, 16, rotate, &r);
}
