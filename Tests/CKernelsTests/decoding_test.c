// What generation does for each token: attention over a cache, rows put in place, the best of a row.

#include "check.h"

#include <math.h>
#include <string.h>

enum { sequences = 3, keys = 50, room = 64 };
static const int64_t query_starts[] = {0, 1, 3}, query_lengths[] = {1, 2, 1};
static const int64_t key_lengths[] = {37, 50, 1}, starts[] = {0, 50, 100};

/// The same attention as of training, over keys that are scattered in memory.
static void decoding(int64_t heads, int64_t key_heads, int64_t head, int64_t window, bool biased) {
  const int64_t width = heads * head, key_width = key_heads * head, nb = heads * 2 * keys;
  float *key = numbers(3 * keys * key_width, 1), *value = numbers(3 * keys * key_width, 2);
  float *scattered[2] = {blanks(4 * room * key_width), blanks(4 * room * key_width)};
  int32_t places[3 * keys];
  for (int i = 0; i < 3 * keys; i++) places[i] = (int32_t)(i * 101 % (4 * room));
  anneal_place_rows(3 * keys, key_width, key, key_width, places, scattered[0]);
  anneal_place_rows(3 * keys, key_width, value, key_width, places, scattered[1]);
  anneal_attention t = {
    .sequences = sequences, .heads = heads, .key_heads = key_heads, .head = head,
    .query_starts = query_starts, .query_lengths = query_lengths, .key_starts = starts,
    .key_lengths = key_lengths, .query = numbers(4 * width, 3), .key = key, .value = value,
    .query_row = width, .key_row = key_width, .value_row = key_width, .scale = 0.6f,
    .causal = true, .window = window, .bias = biased ? numbers(nb, 4) : NULL, .bias_queries = 2,
    .bias_keys = keys};
  float *expected = blanks(4 * width), *log_sum = blanks(4 * heads);
  float *plain = blanks(4 * width), *placed = blanks(4 * width);
  anneal_attention_forward(t, expected, log_sum);
  double wanted[4 * width];
  for (int64_t e = 0; e < 4 * width; e++) wanted[e] = (double)expected[e];
  anneal_attention_decode(t, NULL, plain);
  agree("attention of few queries", 4 * width, plain, wanted, 3e-6);
  t.key = scattered[0], t.value = scattered[1];
  anneal_attention_decode(t, places, placed);
  same("attention to scattered keys", 4 * width, placed, plain);
  free(key), free(value), free(scattered[0]), free(scattered[1]), free((void *)t.query);
  free((void *)t.bias), free(expected), free(log_sum), free(plain), free(placed);
}

static void best(int64_t rows, int64_t columns, int64_t count, int kind) {
  float *x = numbers(rows * columns, 7), *offsets = kind & 1 ? numbers(rows, 8) : NULL;
  // Equal values, of which the first count most.
  if (kind & 2)
    for (int64_t e = 0; e < rows * columns; e++) x[e] = rintf(x[e] * 3);
  if (kind & 4)
    for (int64_t e = 0; e < rows * columns; e++) x[e] = e % 7 ? -INFINITY : x[e];
  int32_t *ids = malloc((size_t)(rows * count) * sizeof *ids);
  float *ranks = blanks(rows * count);
  bool *taken = malloc((size_t)columns);
  if (!ids || !taken) abort();
  anneal_best(rows, columns, x, offsets, count, ids, ranks);
  for (int64_t i = 0; i < rows; i++) {
    memset(taken, 0, (size_t)columns);
    for (int64_t c = 0; c < count; c++) {
      int64_t wanted = -1;
      for (int64_t j = 0; j < columns; j++)
        if (!taken[j] && (wanted < 0 || x[i * columns + j] + (offsets ? offsets[i] : 0) >
                                          x[i * columns + wanted] + (offsets ? offsets[i] : 0)))
          wanted = j;
      demand(ids[i * count + c] == wanted, "the best of a row");
      if (wanted < 0) continue;
      taken[wanted] = true;
      float rank = x[i * columns + wanted] + (offsets ? offsets[i] : 0);
      same("their values", 1, ranks + i * count + c, &rank);
    }
  }
  free(x), free(offsets), free(ids), free(ranks), free(taken);
}

/// Values in order, against a search for the next one each time.
static void ranking(int64_t count, float divisor, float least, int kind) {
  float *x = numbers(count, 11);
  for (int64_t e = 0; e < count && kind & 1; e++) x[e] = rintf(x[e] * 4) * (e % 2 ? 0.25f : -0.25f);
  for (int64_t e = 0; e < count && kind & 2; e += 3) x[e] = -INFINITY;
  int32_t *places = malloc((size_t)count * sizeof *places);
  bool *taken = calloc((size_t)count, 1);
  if (!places || !taken) abort();
  int64_t found = anneal_ranking(count, x, divisor, least, places), wanted = 0;
  for (;; wanted++) {
    int64_t best = -1;
    for (int64_t j = 0; j < count; j++) {
      float value = x[j] / divisor;
      if (taken[j] || !(value >= least) || value == -INFINITY) continue;
      if (best < 0 || value > x[best] / divisor) best = j;
    }
    if (best < 0) break;
    taken[best] = true;
    demand(wanted < found && places[wanted] == best, "a ranking");
  }
  demand(wanted == found, "the length of a ranking");
  free(x), free(places), free(taken);
}

void test_decoding(void) {
  for (int kind = 0; kind < 4; kind++) {
    ranking(1, 1, -INFINITY, kind);
    ranking(48, 1, -INFINITY, kind);
    ranking(49, 0.7f, -INFINITY, kind);
    ranking(1500, 1.3f, -INFINITY, kind);
    ranking(1500, 1, 0.5f, kind);
    ranking(700, 1, 2, kind);
  }
  decoding(3, 3, 20, 0, false);
  decoding(4, 2, 64, 0, true);
  decoding(2, 1, 35, 7, true);
  for (int kind = 0; kind < 8; kind++) {
    best(1, 1, 1, kind);
    best(2, 3, 5, kind);
    best(3, 9001, 8, kind);
    best(5, 100, 2, kind);
  }
}
