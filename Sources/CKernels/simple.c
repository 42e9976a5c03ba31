#include "CKernels.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

anneal_level anneal_current_level(void) { return ANNEAL_LEVEL_PORTABLE; }
void anneal_limit_level(anneal_level level) { (void)level; }
static int threads = 1;
int anneal_pool_threads(void) { return threads; }
void anneal_pool_set_threads(int count) { threads = count > 0 ? count : 1; }
void anneal_parallel(int64_t count, int64_t grain, anneal_body body, void *context) {
  for (int64_t i = 0; i < count; i += grain) body(context, i, i + grain < count ? i + grain : count);
}
void *anneal_allocate(int64_t bytes) { return aligned_alloc(64, (size_t)((bytes + 63) / 64 * 64)); }
void anneal_release(void *memory, int64_t bytes) { (void)bytes; free(memory); }
void anneal_fill(int64_t count, float value, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = value;
}
void anneal_copy(int64_t count, const float *in, float *out) { memcpy(out, in, (size_t)count * 4); }

void anneal_gemm(int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b, float *out,
                 int64_t out_row, bool accumulate) {
  for (int64_t i = 0; i < m; i++) {
    float *row = out + i * out_row;
    if (!accumulate) memset(row, 0, (size_t)n * 4);
    for (int64_t p = 0; p < k; p++) {
      float x = a.base[i * a.row + p * a.column];
      for (int64_t j = 0; j < n; j++) row[j] += x * b.base[p * b.row + j * b.column];
    }
  }
}

static void activate(anneal_activation kind, float x, float *y, float *slope) {
  float c, t, s;
  switch (kind) {
    case ANNEAL_ACTIVATION_NONE: *y = x; *slope = 1; break;
    case ANNEAL_ACTIVATION_GELU:
      c = 0.5f * (1 + erff(x * 0.70710678f));
      *y = x * c; *slope = c + x * 0.39894228f * expf(-0.5f * x * x); break;
    case ANNEAL_ACTIVATION_GELU_TANH:
      t = tanhf(0.79788456f * (x + 0.044715f * x * x * x));
      *y = 0.5f * x * (1 + t);
      *slope = 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * 0.79788456f * (1 + 0.134145f * x * x); break;
    case ANNEAL_ACTIVATION_RELU: *y = x > 0 ? x : 0; *slope = x > 0; break;
    case ANNEAL_ACTIVATION_SILU:
      s = 1 / (1 + expf(-x)); *y = x * s; *slope = s * (1 + x * (1 - s)); break;
    case ANNEAL_ACTIVATION_TANH: t = tanhf(x); *y = t; *slope = 1 - t * t; break;
    case ANNEAL_ACTIVATION_SIGMOID: s = 1 / (1 + expf(-x)); *y = s; *slope = s * (1 - s); break;
    case ANNEAL_ACTIVATION_QUICK_GELU:
      s = 1 / (1 + expf(-1.702f * x)); *y = x * s; *slope = s * (1 + 1.702f * x * (1 - s)); break;
  }
}
void anneal_activate(int64_t count, anneal_activation activation, const float *in, float *out,
                     float *slope) {
  float unused;
  for (int64_t i = 0; i < count; i++) activate(activation, in[i], out + i, slope ? slope + i : &unused);
}
void anneal_linear(int64_t m, int64_t n, int64_t k, const float *x, anneal_matrix w,
                   const float *bias, anneal_activation activation, float *out, float *slope) {
  anneal_gemm(m, n, k, (anneal_matrix){x, k, 1}, w, out, n, false);
  if (bias)
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++) out[i * n + j] += bias[j];
  if (activation) anneal_activate(m * n, activation, out, out, slope);
}
void anneal_column_sums(int64_t rows, int64_t columns, const float *in, float *out, bool accumulate) {
  if (!accumulate) memset(out, 0, (size_t)columns * 4);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) out[j] += in[i * columns + j];
}
void anneal_combine(int64_t count, float alpha, const float *a, float beta, const float *b,
                    float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = alpha * a[i] + (b ? beta * b[i] : 0);
}
void anneal_multiply(int64_t count, float factor, const float *a, const float *b, float *out,
                     bool accumulate) {
  for (int64_t i = 0; i < count; i++) out[i] = (accumulate ? out[i] : 0) + factor * a[i] * b[i];
}
void anneal_scale(int64_t count, float factor, const float *a, float *out, bool accumulate) {
  for (int64_t i = 0; i < count; i++) out[i] = (accumulate ? out[i] : 0) + factor * a[i];
}
void anneal_dropout_add(int64_t rows, int64_t columns, anneal_dropout dropout, const uint64_t *keys,
                        const float *in, const float *residual, float *out, bool accumulate) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      int64_t e = i * columns + j;
      float factor = dropout_factor(dropout, dropout.probability > 0 ? keys[i] : 0, (uint32_t)j);
      out[e] = (accumulate ? out[e] : 0) + in[e] * factor + (residual ? residual[e] : 0);
    }
}
void anneal_gather(int64_t count, int64_t columns, float factor, const int32_t *ids,
                   const float *table, float *out, bool accumulate) {
  for (int64_t i = 0; i < count; i++)
    anneal_scale(columns, factor, table + ids[i] * columns, out + i * columns, accumulate);
}
void anneal_scatter(int64_t count, int64_t columns, float factor, const int32_t *ids,
                    const float *in, float *table) {
  for (int64_t i = 0; i < count; i++)
    anneal_scale(columns, factor, in + i * columns, table + ids[i] * columns, true);
}
void anneal_mean_rows(int64_t sequences, int64_t columns, const int64_t *starts,
                      const int64_t *lengths, const float *in, float *out) {
  for (int64_t s = 0; s < sequences; s++) {
    int64_t n = lengths[s];
    anneal_column_sums(n, columns, in + starts[s] * columns, out + s * columns, false);
    anneal_scale(columns, n ? 1.0f / (float)n : 0, out + s * columns, out + s * columns, false);
  }
}
void anneal_mean_rows_backward(int64_t sequences, int64_t columns, const int64_t *starts,
                               const int64_t *lengths, const float *gradient, float *out,
                               bool accumulate) {
  if (!accumulate)
    for (int64_t s = 0; s < sequences; s++)
      memset(out + starts[s] * columns, 0, (size_t)(lengths[s] * columns) * 4);
  for (int64_t s = 0; s < sequences; s++)
    for (int64_t i = starts[s]; i < starts[s] + lengths[s]; i++)
      anneal_scale(columns, 1.0f / (float)lengths[s], gradient + s * columns, out + i * columns,
                   true);
}

void anneal_norm_forward(anneal_norm norm, const float *in, const float *residual,
                         anneal_dropout dropout, const uint64_t *keys, float *sum, float *out,
                         float *statistics) {
  int64_t n = norm.columns;
  const float *h = in;
  if (residual) {
    anneal_dropout_add(norm.rows, n, dropout, keys, in, residual, sum, false);
    h = sum;
  }
  for (int64_t i = 0; i < norm.rows; i++) {
    double mean = 0, variance = 0;
    if (!norm.root) for (int64_t j = 0; j < n; j++) mean += h[i * n + j];
    mean /= (double)n;
    for (int64_t j = 0; j < n; j++) variance += (h[i * n + j] - mean) * (h[i * n + j] - mean);
    float r = (float)(1 / sqrt(variance / (double)n + norm.epsilon));
    if (statistics) { statistics[2 * i] = (float)mean; statistics[2 * i + 1] = r; }
    for (int64_t j = 0; j < n; j++)
      out[i * n + j] = (h[i * n + j] - (float)mean) * r * (norm.weight ? norm.weight[j] : 1) +
                       (norm.bias ? norm.bias[j] : 0);
  }
}
void anneal_norm_backward(anneal_norm norm, const float *gradient, const float *sum,
                          const float *statistics, anneal_dropout dropout, const uint64_t *keys,
                          float *d_in, bool add_in, float *d_residual, bool add_residual,
                          float *d_weight, float *d_bias) {
  int64_t n = norm.columns;
  for (int64_t i = 0; i < norm.rows; i++) {
    float mean = statistics[2 * i], r = statistics[2 * i + 1];
    double s1 = 0, s2 = 0;
    for (int64_t j = 0; j < n; j++) {
      float g = gradient[i * n + j], x = (sum[i * n + j] - mean) * r;
      float gw = g * (norm.weight ? norm.weight[j] : 1);
      s1 += gw; s2 += gw * x;
      if (d_weight) d_weight[j] += g * x;
      if (d_bias) d_bias[j] += g;
    }
    s1 = norm.root ? 0 : s1 / (double)n; s2 /= (double)n;
    for (int64_t j = 0; j < n; j++) {
      int64_t e = i * n + j;
      float x = (sum[e] - mean) * r;
      float d = r * (gradient[e] * (norm.weight ? norm.weight[j] : 1) - (float)s1 - x * (float)s2);
      if (d_residual) d_residual[e] = (add_residual ? d_residual[e] : 0) + d;
      float f = dropout_factor(dropout, dropout.probability > 0 ? keys[i] : 0, (uint32_t)j);
      if (d_in) d_in[e] = (add_in ? d_in[e] : 0) + d * f;
    }
  }
}
void anneal_unit_rows(int64_t rows, int64_t columns, float epsilon, const float *in, float *out,
                      float *lengths) {
  for (int64_t i = 0; i < rows; i++) {
    float length = sqrtf((float)anneal_sum_of_squares(columns, in + i * columns));
    lengths[i] = length > epsilon ? length : epsilon;
    anneal_scale(columns, 1 / lengths[i], in + i * columns, out + i * columns, false);
  }
}
void anneal_unit_rows_backward(int64_t rows, int64_t columns, const float *gradient,
                               const float *out, const float *lengths, float *d_in,
                               bool accumulate) {
  for (int64_t i = 0; i < rows; i++) {
    double dot = 0;
    for (int64_t j = 0; j < columns; j++) dot += gradient[i * columns + j] * out[i * columns + j];
    for (int64_t j = 0; j < columns; j++) {
      int64_t e = i * columns + j;
      d_in[e] = (accumulate ? d_in[e] : 0) + (gradient[e] - (float)dot * out[e]) / lengths[i];
    }
  }
}
void anneal_rotate(int64_t rows, int64_t heads, int64_t head, int64_t dimension, bool interleaved,
                   const float *angles, float direction, const float *in, float *out,
                   bool accumulate) {
  int64_t half = dimension / 2;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t h = 0; h < heads; h++) {
      const float *x = in + (i * heads + h) * head;
      float *y = out + (i * heads + h) * head;
      for (int64_t j = 0; j < half; j++) {
        float c = angles[(i * half + j) * 2], s = direction * angles[(i * half + j) * 2 + 1];
        int64_t p = interleaved ? 2 * j : j, q = interleaved ? 2 * j + 1 : j + half;
        float a = x[p], b = x[q];
        y[p] = (accumulate ? y[p] : 0) + a * c - b * s;
        y[q] = (accumulate ? y[q] : 0) + b * c + a * s;
      }
      for (int64_t j = dimension; j < head; j++) y[j] = (accumulate ? y[j] : 0) + x[j];
    }
}

typedef struct { int64_t s, h, kh, i, q0, k0, nq, nk, first, last; } cell;
static cell locate(const anneal_attention *t, int64_t s, int64_t h, int64_t i) {
  cell c = {.s = s, .h = h, .kh = h / (t->heads / t->key_heads), .i = i};
  c.q0 = t->query_starts[s]; c.k0 = t->key_starts[s];
  c.nq = t->query_lengths[s]; c.nk = t->key_lengths[s];
  c.last = t->causal ? i + (c.nk - c.nq) + 1 : c.nk;
  c.first = t->window > 0 && c.last - t->window > 0 ? c.last - t->window : 0;
  return c;
}
static float score(const anneal_attention *t, cell c, int64_t j) {
  const float *q = t->query + (c.q0 + c.i) * t->query_row + c.h * t->head;
  const float *k = t->key + (c.k0 + j) * t->key_row + c.kh * t->head;
  float sum = 0;
  for (int64_t d = 0; d < t->head; d++) sum += q[d] * k[d];
  float bias = t->bias ? t->bias[(c.h * t->bias_queries + t->bias_queries - c.nq + c.i) * t->bias_keys + j] : 0;
  return sum * t->scale + bias;
}
static float kept(const anneal_attention *t, cell c, int64_t j) {
  if (t->dropout.probability <= 0) return 1;
  return dropout_factor(t->dropout, mix64(t->query_keys[c.q0 + c.i] + (uint64_t)c.h), (uint32_t)j);
}
void anneal_attention_forward(anneal_attention t, float *out, float *log_sum) {
  int64_t width = t.heads * t.head;
  for (int64_t s = 0; s < t.sequences; s++)
    for (int64_t h = 0; h < t.heads; h++)
      for (int64_t i = 0; i < t.query_lengths[s]; i++) {
        cell c = locate(&t, s, h, i);
        float *y = out + (c.q0 + i) * width + h * t.head, top = -INFINITY;
        memset(y, 0, (size_t)t.head * 4);
        for (int64_t j = c.first; j < c.last; j++) top = fmaxf(top, score(&t, c, j));
        double total = 0;
        for (int64_t j = c.first; j < c.last; j++) total += expf(score(&t, c, j) - top);
        float lse = total > 0 ? top + (float)log(total) : 0;
        log_sum[(c.q0 + i) * t.heads + h] = lse;
        for (int64_t j = c.first; j < c.last; j++) {
          float p = expf(score(&t, c, j) - lse) * kept(&t, c, j);
          const float *v = t.value + (c.k0 + j) * t.value_row + c.kh * t.head;
          for (int64_t d = 0; d < t.head; d++) y[d] += p * v[d];
        }
      }
}
void anneal_attention_backward(anneal_attention t, const float *out, const float *log_sum,
                               const float *gradient, float *d_query, float *d_key, float *d_value,
                               float *d_bias) {
  int64_t width = t.heads * t.head;
  for (int64_t s = 0; s < t.sequences; s++)
    for (int64_t h = 0; h < t.heads; h++)
      for (int64_t i = 0; i < t.query_lengths[s]; i++) {
        cell c = locate(&t, s, h, i);
        const float *y = out + (c.q0 + i) * width + h * t.head;
        const float *g = gradient + (c.q0 + i) * width + h * t.head;
        const float *q = t.query + (c.q0 + i) * t.query_row + h * t.head;
        float delta = 0, lse = log_sum[(c.q0 + i) * t.heads + h];
        for (int64_t d = 0; d < t.head; d++) delta += y[d] * g[d];
        for (int64_t j = c.first; j < c.last; j++) {
          float p = expf(score(&t, c, j) - lse), m = kept(&t, c, j), dp = 0;
          const float *v = t.value + (c.k0 + j) * t.value_row + c.kh * t.head;
          const float *k = t.key + (c.k0 + j) * t.key_row + c.kh * t.head;
          for (int64_t d = 0; d < t.head; d++) dp += g[d] * v[d];
          float ds = p * (dp * m - delta);
          for (int64_t d = 0; d < t.head; d++) {
            if (d_value) d_value[(c.k0 + j) * t.value_row + c.kh * t.head + d] += p * m * g[d];
            if (d_query) d_query[(c.q0 + i) * t.query_row + h * t.head + d] += ds * t.scale * k[d];
            if (d_key) d_key[(c.k0 + j) * t.key_row + c.kh * t.head + d] += ds * t.scale * q[d];
          }
          if (d_bias) d_bias[(h * t.bias_queries + t.bias_queries - c.nq + i) * t.bias_keys + j] += ds;
        }
      }
}

static float log_sum_exp(int64_t n, const float *x) {
  float top = -INFINITY;
  for (int64_t j = 0; j < n; j++) top = fmaxf(top, x[j]);
  double total = 0;
  for (int64_t j = 0; j < n; j++) total += expf(x[j] - top);
  return top + (float)log(total);
}
void anneal_cross_entropy(int64_t rows, int64_t columns, const float *logits, const int32_t *targets,
                          float smoothing, float *losses, float *statistics) {
  for (int64_t i = 0; i < rows; i++) {
    const float *x = logits + i * columns;
    statistics[i] = log_sum_exp(columns, x);
    losses[i] = targets[i] < 0 ? 0
      : statistics[i] - (1 - smoothing) * x[targets[i]] -
          smoothing * (float)(anneal_sum(columns, x) / (double)columns);
  }
}
void anneal_cross_entropy_backward(int64_t rows, int64_t columns, const float *logits,
                                   const int32_t *targets, float smoothing,
                                   const float *statistics, const float *factors, float *out,
                                   bool accumulate) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      int64_t e = i * columns + j;
      float d = targets[i] < 0 ? 0
        : expf(logits[e] - statistics[i]) - smoothing / (float)columns -
            (j == targets[i] ? 1 - smoothing : 0);
      out[e] = (accumulate ? out[e] : 0) + factors[i] * d;
    }
}
void anneal_softmax(int64_t rows, int64_t columns, bool logarithm, const float *in, float *out) {
  for (int64_t i = 0; i < rows; i++) {
    float lse = log_sum_exp(columns, in + i * columns);
    for (int64_t j = 0; j < columns; j++) {
      float x = in[i * columns + j] - lse;
      out[i * columns + j] = logarithm ? x : expf(x);
    }
  }
}
void anneal_argmax(int64_t rows, int64_t columns, const float *in, int32_t *out) {
  for (int64_t i = 0; i < rows; i++) {
    out[i] = 0;
    for (int64_t j = 1; j < columns; j++)
      if (in[i * columns + j] > in[i * columns + out[i]]) out[i] = (int32_t)j;
  }
}
double anneal_sum(int64_t count, const float *in) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += in[i];
  return sum;
}
double anneal_sum_of_squares(int64_t count, const float *in) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (double)in[i] * in[i];
  return sum;
}
void anneal_adamw(int64_t count, anneal_adamw_settings t, const float *gradient, float *value,
                  float *first, float *second) {
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * t.gradient_factor;
    first[i] = t.beta1 * first[i] + (1 - t.beta1) * g;
    second[i] = t.beta2 * second[i] + (1 - t.beta2) * g * g;
    value[i] = value[i] * (1 - t.learning_rate * t.weight_decay) -
      t.learning_rate * (first[i] / t.correction1) / (sqrtf(second[i] / t.correction2) + t.epsilon);
  }
}
void anneal_from_bfloat16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)in[i] << 16;
    memcpy(out + i, &bits, 4);
  }
}
void anneal_to_bfloat16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, in + i, 4);
    bool nan = (bits & 0x7fffffff) > 0x7f800000;
    out[i] = (uint16_t)(nan ? (bits >> 16) | 64 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
}
void anneal_from_float16(int64_t count, const uint16_t *in, float *out) {
  for (int64_t i = 0; i < count; i++) {
    _Float16 half;
    memcpy(&half, in + i, 2);
    out[i] = (float)half;
  }
}
void anneal_to_float16(int64_t count, const float *in, uint16_t *out) {
  for (int64_t i = 0; i < count; i++) {
    _Float16 half = (_Float16)in[i];
    memcpy(out + i, &half, 2);
  }
}
