// Steps of optimizers other than AdamW, over the pool.
//
// Each value's step is rounded as it stands here on every thread; sums go in a fixed order.

#include "CKernels.h"
#include "cloned.h"

#include <math.h>

enum {
  /// Values of one piece of work: long enough to pay for claiming it.
  stretch = 1 << 14,
  /// Columns whose sums one piece of work keeps.
  block = 64,
};

// MARK: SGD

typedef struct {
  anneal_sgd_settings settings;
  const float *gradient;
  float *value, *buffer;
} sgd_call;

CLONED static void sgd(
  int64_t count, anneal_sgd_settings t, const float *restrict gradient, float *restrict value,
  float *restrict buffer) {
  const float taken = t.is_first ? 1 : 1 - t.dampening, kept = t.is_first ? 0 : t.momentum;
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * t.gradient_factor + t.weight_decay * value[i];
    if (buffer) {
      float b = buffer[i] = kept * buffer[i] + taken * g;
      g = t.is_nesterov ? g + t.momentum * b : b;
    }
    value[i] -= t.learning_rate * g;
  }
}

static void sgd_piece(void *context, int64_t start, int64_t end) {
  const sgd_call *c = context;
  sgd(
    end - start, c->settings, c->gradient + start, c->value + start,
    c->buffer ? c->buffer + start : NULL);
}

void anneal_sgd(
  int64_t count, anneal_sgd_settings settings, const float *gradient, float *value,
  float *buffer) {
  sgd_call c = {.settings = settings, .gradient = gradient, .value = value, .buffer = buffer};
  anneal_parallel(count, stretch, sgd_piece, &c);
}

// MARK: Lion

typedef struct {
  anneal_lion_settings settings;
  const float *gradient;
  float *value, *mean;
} lion_call;

CLONED static void lion(
  int64_t count, anneal_lion_settings t, const float *restrict gradient, float *restrict value,
  float *restrict mean) {
  const float decay = 1 - t.learning_rate * t.weight_decay;
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * t.gradient_factor;
    float direction = t.beta1 * mean[i] + t.rest1 * g;
    float sign = (float)((direction > 0) - (direction < 0));
    value[i] = value[i] * decay - t.learning_rate * sign;
    mean[i] = t.beta2 * mean[i] + t.rest2 * g;
  }
}

static void lion_piece(void *context, int64_t start, int64_t end) {
  const lion_call *c = context;
  lion(end - start, c->settings, c->gradient + start, c->value + start, c->mean + start);
}

void anneal_lion(
  int64_t count, anneal_lion_settings settings, const float *gradient, float *value,
  float *mean) {
  lion_call c = {.settings = settings, .gradient = gradient, .value = value, .mean = mean};
  anneal_parallel(count, stretch, lion_piece, &c);
}

// MARK: Adafactor

typedef struct {
  anneal_matrices shape;
  float factor, added;
  const float *gradient, *rows, *columns;
  float *means;
  double *totals;
  anneal_adafactor_settings settings;
  float *value, *mean;
} adafactor_call;

/// Rows of one piece of work.
static int64_t rows_a_piece(anneal_matrices m) {
  int64_t rows = stretch / (m.columns > 0 ? m.columns : 1);
  return rows > 0 ? rows : 1;
}

CLONED static void mean_squares_of_rows(void *context, int64_t start, int64_t end) {
  const adafactor_call *c = context;
  int64_t columns = c->shape.columns;
  for (int64_t i = start; i < end; i++) {
    const float *gradient = c->gradient + i * columns;
    double sum = 0;
    for (int64_t j = 0; j < columns; j++) {
      float g = gradient[j] * c->factor;
      sum += (double)(g * g + c->added);
    }
    c->means[i] = (float)(sum / (double)columns);
  }
}

void anneal_mean_squares_of_rows(
  anneal_matrices shape, float factor, float added, const float *in, float *means) {
  adafactor_call c = {.shape = shape, .factor = factor, .added = added, .gradient = in,
                      .means = means};
  anneal_parallel(
    shape.count * shape.rows, rows_a_piece(shape), mean_squares_of_rows, &c);
}

/// One piece is a block of columns of one matrix.
CLONED static void mean_squares_of_columns(void *context, int64_t start, int64_t end) {
  const adafactor_call *c = context;
  int64_t columns = c->shape.columns, rows = c->shape.rows;
  int64_t blocks = (columns + block - 1) / block;
  for (int64_t piece = start; piece < end; piece++) {
    int64_t matrix = piece / blocks, first = piece % blocks * block;
    int64_t width = columns - first < block ? columns - first : block;
    const float *gradient = c->gradient + matrix * rows * columns + first;
    double sums[block] = {0};
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < width; j++) {
        float g = gradient[i * columns + j] * c->factor;
        sums[j] += (double)(g * g + c->added);
      }
    for (int64_t j = 0; j < width; j++)
      c->means[matrix * columns + first + j] = (float)(sums[j] / (double)rows);
  }
}

void anneal_mean_squares_of_columns(
  anneal_matrices shape, float factor, float added, const float *in, float *means) {
  adafactor_call c = {.shape = shape, .factor = factor, .added = added, .gradient = in,
                      .means = means};
  int64_t blocks = (shape.columns + block - 1) / block;
  anneal_parallel(shape.count * blocks, 1, mean_squares_of_columns, &c);
}

CLONED static void squares_of_scaled_rows(void *context, int64_t start, int64_t end) {
  const adafactor_call *c = context;
  int64_t columns = c->shape.columns;
  for (int64_t i = start; i < end; i++) {
    const float *gradient = c->gradient + i * columns;
    const float *factors = c->columns + i / c->shape.rows * columns;
    float row = c->rows[i];
    double sum = 0;
    for (int64_t j = 0; j < columns; j++) {
      float u = row * factors[j] * (gradient[j] * c->factor);
      sum += (double)u * (double)u;
    }
    c->totals[i] = sum;
  }
}

double anneal_squares_of_scaled(
  anneal_matrices shape, float factor, const float *rows, const float *columns, const float *in,
  double *totals) {
  adafactor_call c = {.shape = shape, .factor = factor, .gradient = in, .rows = rows,
                      .columns = columns, .totals = totals};
  int64_t all = shape.count * shape.rows;
  anneal_parallel(all, rows_a_piece(shape), squares_of_scaled_rows, &c);
  double sum = 0;
  for (int64_t i = 0; i < all; i++) sum += totals[i];
  return sum;
}

/// One row: row times columns times gradient is the update, but for its scale.
CLONED static void adafactor_row(
  int64_t count, anneal_adafactor_settings t, float row, const float *restrict columns,
  const float *restrict gradient, float *restrict value) {
  const float decay = 1 - t.learning_rate * t.weight_decay;
  const float factor = row * t.gradient_factor * t.scale * t.learning_rate;
  for (int64_t j = 0; j < count; j++)
    value[j] = value[j] * decay - factor * columns[j] * gradient[j];
}

/// The same by a mean of updates.
CLONED static void adafactor_row_by_mean(
  int64_t count, anneal_adafactor_settings t, float row, const float *restrict columns,
  const float *restrict gradient, float *restrict value, float *restrict mean) {
  const float decay = 1 - t.learning_rate * t.weight_decay;
  const float factor = row * t.gradient_factor * t.scale * t.learning_rate;
  for (int64_t j = 0; j < count; j++) {
    mean[j] = t.beta1 * mean[j] + t.rest1 * (factor * columns[j] * gradient[j]);
    value[j] = value[j] * decay - mean[j];
  }
}

static void adafactor_rows(void *context, int64_t start, int64_t end) {
  const adafactor_call *c = context;
  int64_t count = c->shape.columns;
  for (int64_t i = start; i < end; i++) {
    const float *gradient = c->gradient + i * count;
    const float *columns = c->columns + i / c->shape.rows * count;
    float *value = c->value + i * count;
    if (c->mean)
      adafactor_row_by_mean(
        count, c->settings, c->rows[i], columns, gradient, value, c->mean + i * count);
    else
      adafactor_row(count, c->settings, c->rows[i], columns, gradient, value);
  }
}

void anneal_adafactor(
  anneal_matrices shape, anneal_adafactor_settings settings, const float *rows,
  const float *columns, const float *gradient, float *value, float *mean) {
  adafactor_call c = {.shape = shape, .gradient = gradient, .rows = rows, .columns = columns,
                      .settings = settings, .value = value, .mean = mean};
  anneal_parallel(shape.count * shape.rows, rows_a_piece(shape), adafactor_rows, &c);
}
