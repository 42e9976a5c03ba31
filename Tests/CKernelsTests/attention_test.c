// Attention and its gradients over ragged sequences.

#include "check.h"

#include <math.h>

enum { sequences = 4, head = 20, queries = 62, keys = 71 };
static const int64_t query_starts[] = {0, 33, 34, 34}, query_lengths[] = {33, 1, 0, 28};
static const int64_t key_starts[] = {0, 33, 38, 38}, key_lengths[] = {33, 5, 0, 33};

/// Weights of one query in double precision; 0 for keys it does not see.
static void weights_of(
  const anneal_attention *t, int64_t s, int64_t h, int64_t i, double *weights) {
  int64_t kv = h / (t->heads / t->key_heads), ahead = t->key_lengths[s] - t->query_lengths[s];
  const float *q = t->query + (t->query_starts[s] + i) * t->query_row + h * t->head;
  double sum = 0;
  for (int64_t j = 0; j < t->key_lengths[s]; j++) {
    bool seen = !t->causal || j <= i + ahead;
    if (t->window > 0 && j <= i + ahead - t->window) seen = false;
    weights[j] = 0;
    if (!seen) continue;
    const float *k = t->key + (t->key_starts[s] + j) * t->key_row + kv * t->head;
    double score = 0;
    for (int64_t c = 0; c < t->head; c++) score += (double)q[c] * (double)k[c];
    score *= (double)t->scale;
    if (t->bias) {
      int64_t row = h * t->bias_queries + t->bias_queries - t->query_lengths[s] + i;
      score += (double)t->bias[row * t->bias_keys + t->bias_keys - t->key_lengths[s] + j];
    }
    sum += weights[j] = exp(score);
  }
  for (int64_t j = 0; j < t->key_lengths[s] && sum > 0; j++) weights[j] /= sum;
}

typedef struct {
  double *out, *query, *key, *value, *bias;
} doubles;

/// One query of one head: its output and its share of every gradient.
static void reference_of(
  const anneal_attention *t, int64_t s, int64_t h, int64_t i, const float *gradient, doubles d) {
  double weights[keys], slopes[keys], mean = 0;
  int64_t kv = h / (t->heads / t->key_heads), row = t->query_starts[s] + i;
  int64_t width = t->heads * t->head, first = t->key_starts[s];
  weights_of(t, s, h, i, weights);
  for (int64_t j = 0; j < t->key_lengths[s]; j++) {
    int64_t v = (first + j) * t->value_row + kv * t->head;
    slopes[j] = 0;
    for (int64_t c = 0; c < t->head; c++) {
      double g = (double)gradient[row * width + h * t->head + c];
      d.out[row * width + h * t->head + c] += weights[j] * (double)t->value[v + c];
      slopes[j] += g * (double)t->value[v + c];
      d.value[v + c] += weights[j] * g;
    }
    mean += weights[j] * slopes[j];
  }
  for (int64_t j = 0; j < t->key_lengths[s]; j++) {
    double slope = weights[j] * (slopes[j] - mean);
    int64_t q = row * t->query_row + h * t->head, k = (first + j) * t->key_row + kv * t->head;
    for (int64_t c = 0; c < t->head; c++) {
      d.query[q + c] += slope * (double)t->scale * (double)t->key[k + c];
      d.key[k + c] += slope * (double)t->scale * (double)t->query[q + c];
    }
    int64_t line = h * t->bias_queries + t->bias_queries - t->query_lengths[s] + i;
    if (t->bias) d.bias[line * t->bias_keys + t->bias_keys - t->key_lengths[s] + j] += slope;
  }
}

static double *zeros(int64_t count) {
  double *x = calloc((size_t)count, sizeof *x);
  if (!x) abort();
  return x;
}

static float *no_gradient(int64_t count) {
  float *x = blanks(count);
  anneal_fill(count, 0, x);
  return x;
}

static void attention(int64_t heads, int64_t key_heads, bool causal, int64_t window, bool biased) {
  const int64_t width = heads * head, key_width = key_heads * head;
  const int64_t nq = queries * width, nk = keys * key_width, nb = heads * 33 * 33;
  anneal_attention t = {
    .sequences = sequences, .heads = heads, .key_heads = key_heads, .head = head,
    .query_starts = query_starts, .query_lengths = query_lengths, .key_starts = key_starts,
    .key_lengths = key_lengths, .query = numbers(nq, 1), .key = numbers(nk, 2),
    .value = numbers(nk, 3), .query_row = width, .key_row = key_width, .value_row = key_width,
    .scale = 0.6f, .causal = causal, .window = window, .bias = biased ? numbers(nb, 4) : NULL,
    .bias_queries = 33, .bias_keys = 33};
  float *out = no_gradient(nq), *log_sum = no_gradient(queries * heads), *gradient = numbers(nq, 5);
  float *d_query = no_gradient(nq), *d_key = no_gradient(nk), *d_value = no_gradient(nk);
  float *d_bias = biased ? no_gradient(nb) : NULL;
  doubles d = {zeros(nq), zeros(nq), zeros(nk), zeros(nk), zeros(nb)};
  for (int64_t s = 0; s < sequences; s++)
    for (int64_t h = 0; h < heads; h++)
      for (int64_t i = 0; i < query_lengths[s]; i++) reference_of(&t, s, h, i, gradient, d);
  anneal_attention_forward(t, out, log_sum);
  anneal_attention_backward(t, out, log_sum, gradient, d_query, d_key, d_value, d_bias);
  agree("attention", nq, out, d.out, 3e-6);
  agree("a query's gradient", nq, d_query, d.query, 1e-5);
  agree("a key's gradient", nk, d_key, d.key, 2e-5);
  agree("a value's gradient", nk, d_value, d.value, 1e-5);
  if (biased) agree("a bias's gradient", nb, d_bias, d.bias, 2e-5);
  free((void *)t.query), free((void *)t.key), free((void *)t.value), free((void *)t.bias);
  free(out), free(log_sum), free(gradient), free(d_query), free(d_key), free(d_value), free(d_bias);
  free(d.out), free(d.query), free(d.key), free(d.value), free(d.bias);
}

void test_attention(void) {
  attention(3, 3, false, 0, false);
  attention(4, 2, true, 0, false);
  attention(2, 1, true, 7, true);
  attention(3, 3, false, 0, true);
}
