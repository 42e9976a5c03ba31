// Attention of ragged sequences, one (sequence, head) at a time, in the cache of one thread.
//
// The weights of a few queries at a time are made from packed keys, used and forgotten; of the
// forward pass only the logarithm of each row's sum is kept, as in FlashAttention (Dao et al. 2022),
// and the backward pass makes weights and dropout masks again.

#include "elementwise.h"
#include "gemm.h"

#include <math.h>
#include <string.h>

/// What one row of weights depends on; keys [start, end) are visible.
typedef struct {
  int64_t start, end;
  float scale, probability;
  uint64_t key;
  const float *bias;
  float log_sum, delta;
} attention_row;

typedef struct {
  float (*weights)(attention_row row, float *x);
  void (*weights_backward)(attention_row row, float *x, float *d);
  float (*dot)(int64_t count, const float *a, const float *b);
} attention_kernels;

#define KERNELS "attention_kernels.h"
#include "each_level.h"

typedef struct {
  anneal_attention t;
  const attention_kernels *kernels;
  const gemm_kernels *gemm;
  float *out, *log_sum;
  const float *result, *gradient;
  float *d_query, *d_key, *d_value, *d_bias;
} attention_call;

/// One sequence and head: where its matrices lie.
typedef struct {
  int64_t queries, keys, head, key_head, first_query, first_key;
  const float *query, *key, *value;
} attention_cell;

static attention_cell cell_of(const anneal_attention *t, int64_t sequence, int64_t head) {
  int64_t key_head = head / (t->heads / t->key_heads);
  int64_t q = t->query_starts[sequence], k = t->key_starts[sequence];
  return (attention_cell){
    .queries = t->query_lengths[sequence], .keys = t->key_lengths[sequence], .head = head,
    .key_head = key_head, .first_query = q, .first_key = k,
    .query = t->query + q * t->query_row + head * t->head,
    .key = t->key + k * t->key_row + key_head * t->head,
    .value = t->value + k * t->value_row + key_head * t->head};
}

/// Asks for rows of the next head, which lie behind those of this one, too far from row to row for the
/// processor to foresee.
static void fetch_next(int64_t rows, const float *x, int64_t row, int64_t head) {
  for (int64_t i = 0; i < rows; i++, x += row)
    for (int64_t j = 0; j < head; j += 16) __builtin_prefetch(x + head + j);
}

static void fetch_next_cell(const anneal_attention *t, const attention_cell *c) {
  fetch_next(c->queries, c->query, t->query_row, t->head);
  // Several heads may share keys: only behind the last of them come others.
  if ((c->head + 1) % (t->heads / t->key_heads) != 0) return;
  fetch_next(c->keys, c->key, t->key_row, t->head);
  fetch_next(c->keys, c->value, t->value_row, t->head);
}

/// What query i of a cell sees, and its dropout.
static attention_row row_of(const anneal_attention *t, const attention_cell *c, int64_t i) {
  attention_row r = {.end = c->keys, .scale = t->scale, .probability = t->dropout.probability};
  if (t->causal) r.end = larger(0, i + c->keys - c->queries + 1);
  if (t->window > 0) r.start = larger(0, i + c->keys - c->queries + 1 - t->window);
  if (t->bias)
    r.bias = t->bias +
      (c->head * t->bias_queries + t->bias_queries - c->queries + i) * t->bias_keys +
      t->bias_keys - c->keys;
  if (r.probability > 0)
    r.key = dropout_row(
      t->dropout, mix64(t->query_keys[c->first_query + i] + (uint64_t)c->head));
  return r;
}

/// Queries handled together, so that their rows of weights stay in the first cache.
static int64_t queries_together(int64_t keys) {
  return larger(12, smaller(96, 8192 / larger(keys, 1) / 12 * 12));
}

/// Floats between rows of weights: not a power of two, which would crowd one set of the cache.
static int64_t weight_stride(int64_t keys) { return rounded_up(keys, 16) + 16; }

/// The first and last key any of the queries [i, i + count) sees.
static void visible(
  const anneal_attention *t, const attention_cell *c, int64_t i, int64_t count, int64_t *start,
  int64_t *end) {
  *start = row_of(t, c, i).start;
  *end = row_of(t, c, i + count - 1).end;
}

/// Memory of one cell's work, cut from one piece.
typedef struct {
  float *keys, *values, *keys_by_row, *weights, *d_weights, *queries, *gradients;
} attention_memory;

static attention_memory memory_of(const attention_call *a, const attention_cell *c, bool backward) {
  int64_t width = a->gemm->columns, head = a->t.head;
  int64_t by_column = rounded_up(c->keys, width) * head, by_row = rounded_up(head, width) * c->keys;
  int64_t rows = queries_together(c->keys), weights = rows * weight_stride(c->keys);
  int64_t block = rounded_up(head, width) * rows;
  float *p = anneal_scratch(
    slot_attention, 2 * by_column + 2 * by_row + 2 * weights + 2 * block + 64);
  attention_memory m = {.keys = p, .values = p + by_column};
  m.keys_by_row = m.values + (backward ? by_column : by_row);
  m.weights = m.keys_by_row + by_row;
  m.d_weights = m.weights + weights;
  m.queries = m.d_weights + weights;
  m.gradients = m.queries + block;
  return m;
}

/// Zeroes the weights a row has outside of what it sees.
static void clear_unseen(float *row, attention_row r, int64_t start, int64_t end) {
  for (int64_t j = start; j < smaller(r.start, end); j++) row[j] = 0;
  for (int64_t j = larger(r.end, start); j < end; j++) row[j] = 0;
}

/// out[i, j] = a row i · packed column j for columns [start, end), start a panel's first; and for what
/// is left of the last panel, as a row has room for it and whole tiles are quicker than parts of them.
static void scores(
  const attention_call *a, int64_t rows, const float *x, int64_t x_row, const float *packed,
  int64_t start, int64_t end, float *out, int64_t out_row) {
  const gemm_kernels *g = a->gemm;
  int64_t head = a->t.head;
  g->block(
    rows, rounded_up(end - start, g->columns), head, x, x_row, 1, g->rows * x_row,
    packed + start * head, g->columns * head, out + start, out_row, false);
}

static void forward_cell(const attention_call *a, int64_t sequence, int64_t head) {
  const anneal_attention *t = &a->t;
  const gemm_kernels *g = a->gemm;
  attention_cell c = cell_of(t, sequence, head);
  attention_memory m = memory_of(a, &c, false);
  int64_t d = t->head, stride = weight_stride(c.keys), width = t->heads * d;
  fetch_next_cell(t, &c);
  g->pack(d, c.keys, (anneal_matrix){c.key, 1, t->key_row}, m.keys, g->columns * d);
  anneal_matrix values = {c.value, t->value_row, 1};
  g->pack(c.keys, d, values, m.values, g->columns * c.keys);
  int64_t step = queries_together(c.keys);
  for (int64_t i = 0; i < c.queries; i += step) {
    int64_t rows = smaller(step, c.queries - i), start, end;
    visible(t, &c, i, rows, &start, &end);
    int64_t panel = start / g->columns * g->columns;
    scores(a, rows, c.query + i * t->query_row, t->query_row, m.keys, panel, end, m.weights, stride);
    for (int64_t r = 0; r < rows; r++) {
      attention_row row = row_of(t, &c, i + r);
      float *x = m.weights + r * stride, *log_sum = a->log_sum;
      log_sum += (c.first_query + i + r) * t->heads + head;
      *log_sum = row.end > row.start ? a->kernels->weights(row, x) : 0;
      clear_unseen(x, row, start, end);
    }
    float *out = a->out + (c.first_query + i) * width + head * d;
    if (end <= start) start = end = 0;
    for (int64_t r = 0; r < rows && end == start; r++)
      memset(out + r * width, 0, (size_t)d * sizeof(float));
    if (end > start)
      g->block(
        rows, d, end - start, m.weights + start, stride, 1, g->rows * stride,
        m.values + start * g->columns, g->columns * c.keys, out, width, false);
  }
}

/// Heads of one sequence that a thread takes at a time, as their rows are neighbours in memory;
/// fewer where threads would have too little to choose from.
static int64_t heads_together(int64_t sequences, int64_t heads) {
  return larger(1, smaller(heads, sequences * heads / (8 * anneal_pool_threads())));
}

static void forward_cells(void *context, int64_t start, int64_t end) {
  const attention_call *a = context;
  for (int64_t i = start; i < end; i++) forward_cell(a, i / a->t.heads, i % a->t.heads);
}

void anneal_attention_forward(anneal_attention attention, float *out, float *log_sum) {
  attention_call a = {
    .t = attention, .kernels = ANNEAL_CHOOSE(attention), .gemm = anneal_gemm_kernels(),
    .out = out, .log_sum = log_sum};
  int64_t together = heads_together(attention.sequences, attention.heads);
  anneal_parallel(attention.sequences * attention.heads, together, forward_cells, &a);
}

/// Turns scores and gradients of kept weights into kept weights and gradients of q · k.
static void weights_backward(
  const attention_call *a, const attention_cell *c, attention_memory m, int64_t i, int64_t rows,
  int64_t start, int64_t end) {
  const anneal_attention *t = &a->t;
  int64_t width = t->heads * t->head, stride = weight_stride(c->keys);
  for (int64_t r = 0; r < rows; r++) {
    int64_t query = c->first_query + i + r, e = query * width + c->head * t->head;
    attention_row row = row_of(t, c, i + r);
    float *x = m.weights + r * stride, *d = m.d_weights + r * stride;
    row.log_sum = a->log_sum[query * t->heads + c->head];
    row.delta = a->kernels->dot(t->head, a->result + e, a->gradient + e);
    if (row.end > row.start) a->kernels->weights_backward(row, x, d);
    clear_unseen(x, row, start, end);
    clear_unseen(d, row, start, end);
    if (a->d_bias) {
      float *bias = a->d_bias + (row.bias - t->bias);
      for (int64_t j = row.start; j < row.end; j++) bias[j] += d[j] / t->scale;
    }
  }
}

/// target[k, head] += weightsᵀ[k, rows] · block[rows, head], the block being packed.
static void add_transposed(
  const attention_call *a, int64_t rows, int64_t start, int64_t end, const float *weights,
  int64_t stride, const float *packed, float *target, int64_t target_row) {
  const gemm_kernels *g = a->gemm;
  g->block(
    end - start, a->t.head, rows, weights + start, 1, stride, g->rows, packed, g->columns * rows,
    target + start * target_row, target_row, true);
}

/// The share of one stretch of queries in all gradients of a cell.
static void backward_block(
  const attention_call *a, const attention_cell *c, attention_memory m, int64_t i, int64_t rows) {
  const anneal_attention *t = &a->t;
  const gemm_kernels *g = a->gemm;
  int64_t d = t->head, stride = weight_stride(c->keys), width = t->heads * d, start, end;
  visible(t, c, i, rows, &start, &end);
  if (end <= start) return;
  int64_t panel = start / g->columns * g->columns;
  const float *query = c->query + i * t->query_row;
  const float *gradient = a->gradient + (c->first_query + i) * width + c->head * d;
  scores(a, rows, query, t->query_row, m.keys, panel, end, m.weights, stride);
  scores(a, rows, gradient, width, m.values, panel, end, m.d_weights, stride);
  weights_backward(a, c, m, i, rows, start, end);
  if (a->d_value) {
    float *target = a->d_value + c->first_key * t->value_row + c->key_head * d;
    g->pack(rows, d, (anneal_matrix){gradient, width, 1}, m.gradients, g->columns * rows);
    add_transposed(a, rows, start, end, m.weights, stride, m.gradients, target, t->value_row);
  }
  if (a->d_key) {
    float *target = a->d_key + c->first_key * t->key_row + c->key_head * d;
    g->pack(rows, d, (anneal_matrix){query, t->query_row, 1}, m.queries, g->columns * rows);
    add_transposed(a, rows, start, end, m.d_weights, stride, m.queries, target, t->key_row);
  }
  if (a->d_query)
    g->block(
      rows, d, end - start, m.d_weights + start, stride, 1, g->rows * stride,
      m.keys_by_row + start * g->columns, g->columns * c->keys,
      a->d_query + (c->first_query + i) * t->query_row + c->head * d, t->query_row, true);
}

static void backward_cell(const attention_call *a, int64_t sequence, int64_t head) {
  const anneal_attention *t = &a->t;
  const gemm_kernels *g = a->gemm;
  attention_cell c = cell_of(t, sequence, head);
  attention_memory m = memory_of(a, &c, true);
  int64_t d = t->head, width = t->heads * d, step = queries_together(c.keys);
  int64_t first = c.first_query * width + head * d;
  fetch_next_cell(t, &c);
  fetch_next(c.queries, a->result + first, width, d);
  fetch_next(c.queries, a->gradient + first, width, d);
  g->pack(d, c.keys, (anneal_matrix){c.key, 1, t->key_row}, m.keys, g->columns * d);
  g->pack(d, c.keys, (anneal_matrix){c.value, 1, t->value_row}, m.values, g->columns * d);
  anneal_matrix by_row = {c.key, t->key_row, 1};
  g->pack(c.keys, d, by_row, m.keys_by_row, g->columns * c.keys);
  for (int64_t i = 0; i < c.queries; i += step)
    backward_block(a, &c, m, i, smaller(step, c.queries - i));
}

/// All query heads of one key head, so that no two threads add to the same keys.
static void backward_group(const attention_call *a, int64_t sequence, int64_t key_head) {
  int64_t group = a->t.heads / a->t.key_heads;
  for (int64_t head = key_head * group; head < (key_head + 1) * group; head++)
    backward_cell(a, sequence, head);
}

static void backward_groups(void *context, int64_t start, int64_t end) {
  const attention_call *a = context;
  for (int64_t i = start; i < end; i++)
    backward_group(a, i / a->t.key_heads, i % a->t.key_heads);
}

/// All sequences of a key head, so that no two threads add to the same bias.
static void backward_heads(void *context, int64_t start, int64_t end) {
  const attention_call *a = context;
  for (int64_t head = start; head < end; head++)
    for (int64_t sequence = 0; sequence < a->t.sequences; sequence++)
      backward_group(a, sequence, head);
}

void anneal_attention_backward(
  anneal_attention attention, const float *out, const float *log_sum, const float *gradient,
  float *d_query, float *d_key, float *d_value, float *d_bias) {
  attention_call a = {
    .t = attention, .kernels = ANNEAL_CHOOSE(attention), .gemm = anneal_gemm_kernels(),
    .result = out, .log_sum = (float *)log_sum, .gradient = gradient, .d_query = d_query,
    .d_key = d_key, .d_value = d_value, .d_bias = d_bias};
  int64_t together = heads_together(attention.sequences, attention.key_heads);
  if (d_bias) anneal_parallel(attention.key_heads, 1, backward_heads, &a);
  else anneal_parallel(attention.sequences * attention.key_heads, together, backward_groups, &a);
}
