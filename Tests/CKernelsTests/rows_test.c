// Elementwise operations, dropout, gathers, pooling, rotation, norms, losses and the optimizer.

#include "check.h"

#include <math.h>
#include <string.h>

enum { odd = 1237 };

static void test_sums(int64_t count) {
  float *x = numbers(count, 1);
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; i++) {
    sum += (double)x[i];
    squares += (double)x[i] * (double)x[i];
  }
  demand(fabs(anneal_sum(count, x) - sum) < 1e-6 * (double)count, "a sum");
  demand(fabs(anneal_sum_of_squares(count, x) - squares) < 1e-6 * (double)count, "squares");
  free(x);
}

static void test_dropout(void) {
  enum { rows = 67, columns = 45 };
  float *x = numbers(rows * columns, 1), *out = blanks(rows * columns), *twice = blanks(rows * columns);
  uint64_t keys[rows];
  for (int i = 0; i < rows; i++) keys[i] = (uint64_t)i * 977;
  anneal_dropout dropout = {42, 0.25f};
  anneal_dropout_add(rows, columns, dropout, keys, x, NULL, out, false);
  long dropped = 0;
  double expected[rows * columns], sums[rows * columns];
  for (int e = 0; e < rows * columns; e++) {
    dropped += out[e] == 0;
    expected[e] = out[e] == 0 ? 0 : (double)x[e] / 0.75;
    sums[e] = expected[e] + (double)x[e];
  }
  demand(fabs((double)dropped / (rows * columns) - 0.25) < 0.04, "a quarter is dropped");
  agree("what is kept", rows * columns, out, expected, 1e-6);
  anneal_dropout_add(rows, columns, dropout, keys, x, x, twice, false);
  agree("dropout and residual", rows * columns, twice, sums, 1e-6);
  free(x), free(out), free(twice);
}

static void test_adamw(void) {
  const anneal_adamw_settings t = {
    .learning_rate = 0.01f, .beta1 = 0.9f, .beta2 = 0.99f, .rest1 = 0.1f, .rest2 = 0.01f,
    .epsilon = 1e-8f, .weight_decay = 0.1f,
    .correction1 = 0.19f, .correction2 = 0.0199f, .gradient_factor = 0.5f};
  float *g = numbers(odd, 1), *v = numbers(odd, 2), *m = numbers(odd, 3), *s = numbers(odd, 4);
  double value[odd], first[odd], second[odd];
  for (int i = 0; i < odd; i++) {
    s[i] = fabsf(s[i]);
    double x = 0.5 * (double)g[i];
    first[i] = 0.9 * (double)m[i] + 0.1 * x;
    second[i] = 0.99 * (double)s[i] + 0.01 * x * x;
    value[i] = (double)v[i] * (1 - 0.001) -
      0.01 * (first[i] / 0.19) / (sqrt(second[i] / 0.0199) + 1e-8);
  }
  anneal_adamw(odd, t, g, v, m, s);
  agree("AdamW's value", odd, v, value, 1e-5);
  agree("AdamW's mean", odd, m, first, 1e-6);
  agree("AdamW's variance", odd, s, second, 1e-6);
  free(g), free(v), free(m), free(s);
}

static void test_scaled_columns(void) {
  enum { rows = 501, columns = 37, count = rows * columns };
  float *in = numbers(count, 1), *factors = numbers(columns, 2), *bias = numbers(columns, 3);
  float *out = blanks(count);
  double expected[count];
  anneal_scale_columns(rows, columns, factors, bias, in, out, false);
  for (int i = 0; i < count; i++)
    expected[i] = (double)in[i] * (double)factors[i % columns] + (double)bias[i % columns];
  agree("scaled columns", count, out, expected, 1e-6);
  anneal_scale_columns(rows, columns, factors, NULL, in, out, true);
  for (int i = 0; i < count; i++) expected[i] += (double)in[i] * (double)factors[i % columns];
  agree("added scaled columns", count, out, expected, 1e-6);
  free(in), free(factors), free(bias), free(out);
}

void test_elementwise(void) {
  float *a = numbers(odd, 1), *b = numbers(odd, 2), *out = blanks(odd);
  double expected[odd];
  anneal_combine(odd, 2, a, -3, b, out);
  for (int i = 0; i < odd; i++) expected[i] = 2 * (double)a[i] - 3 * (double)b[i];
  agree("a combination", odd, out, expected, 1e-6);
  anneal_multiply(odd, 0.5f, a, b, out, true);
  for (int i = 0; i < odd; i++) expected[i] += 0.5 * (double)a[i] * (double)b[i];
  agree("an added product of elements", odd, out, expected, 1e-6);
  anneal_scale(odd, 4, a, out, false);
  for (int i = 0; i < odd; i++) expected[i] = 4 * (double)a[i];
  agree("a scaled copy", odd, out, expected, 0);
  anneal_fill(odd, 7, out);
  for (int i = 0; i < odd; i++) expected[i] = 7;
  agree("a fill", odd, out, expected, 0);
  anneal_copy(odd, a, out);
  same("a copy", odd, out, a);
  const int64_t counts[] = {1, 3, 16, 33, odd, 50001};
  for (int i = 0; i < 6; i++) test_sums(counts[i]);
  test_dropout();
  test_adamw();
  test_scaled_columns();
  free(a), free(b), free(out);
}

static void test_rotation(bool interleaved) {
  enum { rows = 5, heads = 3, head = 10, dimension = 6, count = rows * heads * head };
  float *x = numbers(count, 1), *y = blanks(count), *back = blanks(count);
  float angles[rows * dimension];
  for (int i = 0; i < rows * dimension / 2; i++) {
    angles[2 * i] = cosf((float)i);
    angles[2 * i + 1] = sinf((float)i);
  }
  anneal_rotate(rows, heads, head, dimension, interleaved, angles, 1, x, y, false);
  anneal_rotate(rows, heads, head, dimension, interleaved, angles, -1, y, back, false);
  double expected[count];
  for (int e = 0; e < count; e++) expected[e] = (double)x[e];
  agree("a rotation and back", count, back, expected, 1e-6);
  const float *u = x + head * heads;
  int other = interleaved ? 1 : dimension / 2;
  double turned = (double)u[0] * cos(3) - (double)u[other] * sin(3);
  agree("a rotated value", 1, y + head * heads, &turned, 1e-6);
  free(x), free(y), free(back);
}

void test_rows(void) {
  enum { entries = 11, columns = 37, count = 29 };
  float *table = numbers(entries * columns, 1), *out = blanks(count * columns);
  int32_t ids[count];
  double sums[entries * columns], expected[count * columns];
  for (int i = 0; i < count; i++) ids[i] = i * 5 % entries;
  for (int e = 0; e < entries * columns; e++) sums[e] = (double)table[e];
  anneal_gather(count, columns, 2, ids, table, out, false);
  for (int e = 0; e < count * columns; e++)
    expected[e] = 2 * (double)table[ids[e / columns] * columns + e % columns];
  agree("a gather", count * columns, out, expected, 1e-6);
  for (int e = 0; e < count * columns; e++)
    sums[ids[e / columns] * columns + e % columns] += 0.5 * expected[e];
  anneal_scatter(count, columns, 0.5f, ids, out, table);
  agree("a scatter", entries * columns, table, sums, 3e-6);
  const int64_t starts[] = {0, 7, 7}, lengths[] = {7, 0, 22};
  float *means = blanks(3 * columns), *spread = numbers(count * columns, 4);
  double mean[3 * columns] = {0}, back[count * columns];
  for (int e = 0; e < count * columns; e++) back[e] = (double)spread[e];
  anneal_mean_rows(3, columns, starts, lengths, out, means);
  for (int s = 0; s < 3; s++)
    for (int64_t i = starts[s]; i < starts[s] + lengths[s]; i++)
      for (int j = 0; j < columns; j++)
        mean[s * columns + j] += (double)out[i * columns + j] / (double)lengths[s];
  agree("mean rows", 3 * columns, means, mean, 1e-6);
  anneal_mean_rows_backward(3, columns, starts, lengths, means, spread);
  for (int s = 0; s < 3; s++)
    for (int64_t i = starts[s]; i < starts[s] + lengths[s]; i++)
      for (int j = 0; j < columns; j++)
        back[i * columns + j] += mean[s * columns + j] / (double)lengths[s];
  agree("mean rows backward", count * columns, spread, back, 1e-6);
  test_rotation(false);
  test_rotation(true);
  free(table), free(out), free(means), free(spread);
}

enum { norm_rows = 35, widest = 131 };

/// Σ over a row of weight-times-normalised values with given gradients, in double precision.
static void norm_reference(
  int n, bool root, const float *h, const float *g, const float *w, const float *b, double *y,
  double *d_h, double *d_w, double *d_b) {
  double mean = 0, variance = 0, first = 0, second = 0;
  for (int j = 0; j < n; j++) mean += root ? 0 : (double)h[j] / n;
  for (int j = 0; j < n; j++) variance += ((double)h[j] - mean) * ((double)h[j] - mean) / n;
  double scale = 1 / sqrt(variance + 1e-5);
  for (int j = 0; j < n; j++) {
    double x = ((double)h[j] - mean) * scale, u = (double)g[j] * (double)w[j];
    y[j] = x * (double)w[j] + (b ? (double)b[j] : 0);
    first += u / n;
    second += u * x / n;
    d_w[j] += (double)g[j] * x;
    d_b[j] += (double)g[j];
  }
  for (int j = 0; j < n; j++) {
    double x = ((double)h[j] - mean) * scale;
    d_h[j] = scale * ((double)g[j] * (double)w[j] - (root ? 0 : first) - x * second);
  }
}

static void test_norm(int n, bool root) {
  const int count = norm_rows * n;
  float *in = numbers(count, 1), *residual = numbers(count, 2), *w = numbers(n, 3);
  float *b = root ? NULL : numbers(n, 4), *g = numbers(count, 5);
  float *sum = blanks(count), *out = blanks(count), statistics[2 * norm_rows];
  float *d_in = blanks(count), *d_residual = numbers(count, 6), *old = copied(count, d_residual);
  float *d_w = numbers(n, 7), *d_b = numbers(n, 8);
  double h[norm_rows * widest], y[norm_rows * widest], d_h[norm_rows * widest];
  double weights[widest], biases[widest], both[norm_rows * widest];
  for (int e = 0; e < count; e++) h[e] = (double)in[e] + (double)residual[e];
  for (int j = 0; j < n; j++) weights[j] = (double)d_w[j], biases[j] = (double)d_b[j];
  anneal_norm norm = {norm_rows, n, 1e-5f, root, w, b};
  anneal_dropout none = {0, 0};
  anneal_norm_forward(norm, in, residual, none, NULL, sum, out, statistics);
  agree("the sum before a norm", count, sum, h, 1e-6);
  for (int i = 0; i < norm_rows; i++)
    norm_reference(
      n, root, sum + i * n, g + i * n, w, b, y + i * n, d_h + i * n, weights, biases);
  agree("a norm", count, out, y, 1e-5);
  anneal_norm_backward(
    norm, g, sum, statistics, none, NULL, d_in, false, d_residual, true, d_w, d_b);
  for (int e = 0; e < count; e++) both[e] = d_h[e] + (double)old[e];
  agree("a norm's gradient", count, d_in, d_h, 2e-5);
  agree("a norm's gradient, added", count, d_residual, both, 2e-5);
  agree("a norm's weight's gradient", n, d_w, weights, 2e-5);
  if (!root) agree("a norm's bias's gradient", n, d_b, biases, 1e-5);
  free(in), free(residual), free(w), free(b), free(g), free(sum), free(out), free(d_in);
  free(d_residual), free(old), free(d_w), free(d_b);
}

static void test_unit_rows(int n) {
  const int count = norm_rows * n;
  float *in = numbers(count, 1), *out = blanks(count), *d = blanks(count), *g = numbers(count, 2);
  float lengths[norm_rows];
  double y[norm_rows * widest], back[norm_rows * widest];
  anneal_unit_rows(norm_rows, n, 1e-12f, in, out, lengths);
  for (int i = 0; i < norm_rows; i++) {
    double length = 0, dot = 0;
    for (int j = i * n; j < (i + 1) * n; j++) length += (double)in[j] * (double)in[j];
    length = sqrt(length);
    for (int j = i * n; j < (i + 1) * n; j++) y[j] = (double)in[j] / length, dot += y[j] * (double)g[j];
    for (int j = i * n; j < (i + 1) * n; j++) back[j] = ((double)g[j] - dot * y[j]) / length;
  }
  agree("unit rows", count, out, y, 1e-6);
  anneal_unit_rows_backward(norm_rows, n, g, out, lengths, d, false);
  agree("unit rows backward", count, d, back, 3e-6 * n);
  free(in), free(out), free(d), free(g);
}

void test_norms(void) {
  const int widths[] = {1, 3, 16, 33, 64, widest};
  for (int i = 0; i < 6; i++) {
    if (widths[i] > 1) test_norm(widths[i], false);
    test_norm(widths[i], true);
    test_unit_rows(widths[i]);
  }
}

static void test_cross_entropy(int n, float smoothing) {
  enum { rows = 9 };
  float *x = numbers(rows * n, 1), *factors = numbers(rows, 2), *d = numbers(rows * n, 3);
  float losses[rows], statistics[rows];
  int32_t targets[rows], places[rows];
  double expected[rows], back[rows * widest], soft[rows * widest];
  for (int i = 0; i < rows; i++) {
    double sum = 0, mean = 0;
    int best = 0;
    for (int j = 0; j < n; j++) {
      x[i * n + j] *= 9;
      sum += exp((double)x[i * n + j]);
      mean += (double)x[i * n + j] / n;
      if (x[i * n + j] > x[i * n + best]) best = j;
    }
    targets[i] = i == 4 ? -100 : i * 7 % n;
    places[i] = best;
    double target = targets[i] < 0 ? 0 : (double)x[i * n + targets[i]], s = (double)smoothing;
    expected[i] = targets[i] < 0 ? 0 : log(sum) - (1 - s) * target - s * mean;
    for (int j = 0; j < n; j++) {
      int e = i * n + j;
      soft[e] = exp((double)x[e]) / sum;
      double slope = soft[e] - s / n - (j == targets[i] ? 1 - s : 0);
      back[e] = (double)d[e] + (targets[i] < 0 ? 0 : (double)factors[i] * slope);
    }
  }
  float *before = copied(rows * n, d), statistics3[3 * rows];
  anneal_cross_entropy(rows, n, x, targets, smoothing, losses, statistics);
  for (int i = 0; i < rows; i++) statistics3[3 * i] = statistics[i];
  agree("a cross-entropy", rows, losses, expected, 3e-6);
  anneal_cross_entropy_backward(
    rows, n, x, targets, smoothing, statistics, factors, d, true);
  agree("a cross-entropy's gradient", rows * n, d, back, 3e-6);
  enum { cut = 3 };
  float parts[3 * rows], whole[rows];
  for (int first = 0, columns; first < n; first += columns) {
    columns = first == 0 && n > cut ? cut : n - first;
    float *some = blanks(rows * columns);
    double slopes[rows * widest];
    for (int e = 0; e < rows * columns; e++) {
      int at = e / columns * n + first + e % columns;
      some[e] = x[at];
      slopes[e] = back[at] - (double)before[at];
    }
    anneal_classes part = {rows, columns, first, n, targets, smoothing};
    anneal_cross_entropy_add(part, some, parts);
    anneal_cross_entropy_finish(part, parts, whole);
    anneal_cross_entropy_part_backward(part, statistics3, factors, some);
    agree("a gradient by parts", rows * columns, some, slopes, 3e-6);
    free(some);
  }
  agree("a cross-entropy by parts", rows, whole, expected, 3e-6);
  float *y = blanks(rows * n);
  int32_t chosen[rows];
  anneal_softmax(rows, n, false, x, y);
  agree("a softmax", rows * n, y, soft, 3e-6);
  anneal_argmax(rows, n, x, chosen);
  demand(memcmp(chosen, places, sizeof chosen) == 0, "the places of the largest");
  free(x), free(factors), free(d), free(y), free(before);
}

void test_losses(void) {
  const int widths[] = {2, 6, 16, 33, widest};
  for (int i = 0; i < 5; i++) {
    test_cross_entropy(widths[i], 0);
    test_cross_entropy(widths[i], 0.1f);
  }
}
