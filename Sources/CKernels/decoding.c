// What generation does for each new token besides linear maps: attention of single queries to keys that
// lie where a cache keeps them, rows put into the cache, and the best candidates of a row of scores.

#include "level.h"

#include <math.h>
#include <string.h>

/// One query of one head; it sees the places [start, end), and has room for its weights.
typedef struct {
  int64_t head, start, end, key_row, value_row;
  const float *query, *key, *value, *bias;
  const int32_t *places;
  float scale, *weights, *out;
} decoding_row;

typedef struct {
  void (*scores)(const decoding_row *row);
  void (*weights)(const decoding_row *row);
  void (*mix)(const decoding_row *row);
  bool (*any_above)(int64_t block, const float *x, float offset, float bound);
} decoding_kernels;

#define KERNELS "decoding_kernels.h"
#include "each_level.h"

typedef struct {
  const decoding_kernels *kernels;
  anneal_attention t;
  const int32_t *places;
  float *out;
} decode_call;

/// Query i of a sequence, in one head.
static void decode_query(const decode_call *c, int64_t sequence, int64_t head, int64_t i) {
  const anneal_attention *t = &c->t;
  int64_t queries = t->query_lengths[sequence], keys = t->key_lengths[sequence];
  int64_t query = t->query_starts[sequence] + i, key_head = head / (t->heads / t->key_heads);
  int64_t first = c->places ? 0 : t->key_starts[sequence];
  decoding_row r = {
    .head = t->head, .end = keys, .key_row = t->key_row, .value_row = t->value_row,
    .query = t->query + query * t->query_row + head * t->head,
    .key = t->key + first * t->key_row + key_head * t->head,
    .value = t->value + first * t->value_row + key_head * t->head,
    .places = c->places ? c->places + t->key_starts[sequence] : NULL, .scale = t->scale,
    .weights = anneal_scratch(slot_attention, keys + 32),
    .out = c->out + (query * t->heads + head) * t->head};
  if (t->causal) r.end = larger(0, i + keys - queries + 1);
  if (t->window > 0) r.start = larger(0, i + keys - queries + 1 - t->window);
  if (t->bias)
    r.bias = t->bias + (head * t->bias_queries + t->bias_queries - queries + i) * t->bias_keys +
             t->bias_keys - keys;
  if (r.end <= r.start) {
    memset(r.out, 0, (size_t)t->head * sizeof(float));
    return;
  }
  c->kernels->scores(&r);
  c->kernels->weights(&r);
  c->kernels->mix(&r);
}

static void decode_cells(void *context, int64_t start, int64_t end) {
  const decode_call *c = context;
  for (int64_t cell = start; cell < end; cell++) {
    int64_t sequence = cell / c->t.heads;
    for (int64_t i = 0; i < c->t.query_lengths[sequence]; i++)
      decode_query(c, sequence, cell % c->t.heads, i);
  }
}

enum {
  /// Floats of rows that a thread puts in place at a time.
  placed_floats = 1 << 12,
  /// Keys and values of a piece of work, in floats: some microseconds.
  piece_floats = 1 << 14,
  /// Columns that are searched at a time, and those that a thread takes.
  search_block = 64,
  search_columns = 1 << 12,
};

void anneal_attention_decode(anneal_attention attention, const int32_t *places, float *out) {
  decode_call c = {ANNEAL_CHOOSE(decoding), attention, places, out};
  int64_t longest = 1;
  for (int64_t s = 0; s < attention.sequences; s++)
    longest = larger(longest, attention.key_lengths[s] * attention.query_lengths[s]);
  int64_t cells = larger(1, piece_floats / (2 * longest * attention.head));
  anneal_parallel(attention.sequences * attention.heads, cells, decode_cells, &c);
}

typedef struct {
  int64_t columns, in_row;
  const float *in;
  const int32_t *places;
  float *out;
} place_call;

static void place_rows(void *context, int64_t start, int64_t end) {
  const place_call *c = context;
  for (int64_t i = start; i < end; i++)
    memcpy(
      c->out + c->places[i] * c->columns, c->in + i * c->in_row,
      (size_t)c->columns * sizeof(float));
}

void anneal_place_rows(
  int64_t count, int64_t columns, const float *in, int64_t in_row, const int32_t *places,
  float *out) {
  place_call c = {columns, in_row, in, places, out};
  anneal_parallel(count, larger(1, placed_floats / larger(1, columns)), place_rows, &c);
}

typedef struct {
  const decoding_kernels *kernels;
  int64_t columns, segments, count;
  const float *in, *offsets;
  int32_t *ids;
  float *ranks;
} search_call;

/// Puts a candidate where it belongs among those found, of which there are at most `count`.
static int64_t insert(
  const search_call *c, int64_t found, int32_t id, float rank, int32_t *ids, float *ranks) {
  int64_t place = found;
  while (place > 0 && ranks[place - 1] < rank) place--;
  if (place == c->count) return found;
  int64_t last = found < c->count ? found : found - 1;
  memmove(ids + place + 1, ids + place, (size_t)(last - place) * sizeof *ids);
  memmove(ranks + place + 1, ranks + place, (size_t)(last - place) * sizeof *ranks);
  ids[place] = id;
  ranks[place] = rank;
  return last + 1;
}

static void search_segment(const search_call *c, int64_t piece) {
  int64_t row = piece / c->segments, start = piece % c->segments * search_columns, found = 0;
  int64_t end = smaller(start + search_columns, c->columns);
  const float *x = c->in + row * c->columns;
  float offset = c->offsets ? c->offsets[row] : 0, *ranks = c->ranks + piece * c->count;
  int32_t *ids = c->ids + piece * c->count;
  for (int64_t j = start; j < end; j += search_block) {
    int64_t block = smaller(search_block, end - j);
    if (found == c->count && !c->kernels->any_above(block, x + j, offset, ranks[found - 1])) continue;
    for (int64_t p = j; p < j + block; p++) {
      float rank = x[p] + offset;
      if (found < c->count || rank > ranks[found - 1])
        found = insert(c, found, (int32_t)p, rank, ids, ranks);
    }
  }
  for (; found < c->count; found++) ids[found] = -1;
}

static void search_segments(void *context, int64_t start, int64_t end) {
  for (int64_t piece = start; piece < end; piece++) search_segment(context, piece);
}

void anneal_best(
  int64_t rows, int64_t columns, const float *in, const float *offsets, int64_t count,
  int32_t *ids, float *ranks) {
  int64_t segments = larger(1, (columns + search_columns - 1) / search_columns);
  float *scratch = anneal_scratch(slot_sums, 2 * rows * segments * count);
  search_call c = {
    ANNEAL_CHOOSE(decoding), columns, segments, count, in, offsets,
    (int32_t *)(scratch + rows * segments * count), scratch};
  anneal_parallel(rows * segments, 1, search_segments, &c);
  for (int64_t row = 0; row < rows; row++) {
    int64_t found = 0;
    int32_t *row_ids = ids + row * count;
    float *row_ranks = ranks + row * count;
    for (int64_t e = row * segments * count; e < (row + 1) * segments * count; e++)
      if (c.ids[e] >= 0 && (found < count || c.ranks[e] > row_ranks[found - 1]))
        found = insert(&c, found, c.ids[e], c.ranks[e], row_ids, row_ranks);
    for (; found < count; found++) row_ids[found] = -1;
  }
}

void anneal_argmax(int64_t rows, int64_t columns, const float *in, int32_t *out) {
  anneal_best(rows, columns, in, NULL, 1, out, anneal_scratch(slot_rows, rows));
}
