#include "AnnealWords.h"
#include "cloned.h"

#include <stddef.h>
#include <string.h>

typedef int8_t bytes64 __attribute__((ext_vector_type(64), aligned(1)));

CLONED int64_t anneal_find_scalars(const uint8_t *text, int64_t size, anneal_scalars *scalars) {
  int64_t count = 0;
  for (int64_t block = 0; block <= size / 64; block++) {
    // Bytes behind the text are read as continuations.
    bytes64 v = -128;
    int64_t left = size - 64 * block;
    if (left >= 64)
      memcpy(&v, text + 64 * block, 64);
    else
      memcpy(&v, text + 64 * block, (size_t)left);
    bits64 bits = __builtin_convertvector(v >= -64, bits64);
    memcpy(scalars->begins + block, &bits, sizeof(uint64_t));
    scalars->before[block] = (int32_t)count;
    count += __builtin_popcountll(scalars->begins[block]);
  }
  return count;
}

static inline int32_t before(const anneal_scalars *scalars, int32_t place) {
  uint64_t inside = scalars->begins[place / 64] & (((uint64_t)1 << place % 64) - 1);
  return scalars->before[place / 64] + __builtin_popcountll(inside);
}

/// The scalars that bytes of a text lie in.
static inline __attribute__((always_inline)) anneal_range origin_of(
  const anneal_scalars *scalars, int32_t start, int32_t end) {
  if (!scalars) return (anneal_range){start, end};
  // What begins inside a scalar belongs to it.
  bool begins = scalars->begins[start / 64] >> start % 64 & 1;
  return (anneal_range){before(scalars, start) - !begins, before(scalars, end)};
}

static inline anneal_range trimmed(
  anneal_range origin, int32_t id, const anneal_edges *edges, bool is_first) {
  if (id >= edges->count || edges->edges[id] == 0) return origin;
  int32_t leading = edges->edges[id] >> 8, trailing = edges->edges[id] & 0xFF;
  if (leading == 1 && edges->adds_space && (is_first || origin.start == 0)) leading = 0;
  origin.start = origin.start + leading < origin.end ? origin.start + leading : origin.end;
  if (trailing > 0 && origin.end >= trailing)
    origin.end = origin.end - trailing > origin.start ? origin.end - trailing : origin.start;
  return origin;
}

static inline __attribute__((always_inline)) void write_origins(
  const anneal_word_tokens *tokens, const anneal_range *words, int64_t count,
  const anneal_scalars *scalars, const anneal_edges *edges, anneal_range *origins,
  int32_t *numbers) {
  int32_t token = tokens->first;
  for (int64_t word = 0; word < count; word++) {
    int32_t start = words[word].start;
    anneal_range origin = {0, 0};
    for (; token < tokens->word_ends[word]; token++) {
      int32_t end = words[word].start + tokens->ends[token], next = token - tokens->first;
      // Tokens that end alike share the origin of the first of them.
      if (end > start) origin = origin_of(scalars, start, end);
      origins[next] = edges ? trimmed(origin, tokens->ids[token], edges, next == 0) : origin;
      numbers[next] = (int32_t)word;
      start = end;
    }
  }
}

CLONED void anneal_write_origins(
  const anneal_word_tokens *tokens, const anneal_range *words, int64_t count,
  const anneal_scalars *scalars, const anneal_edges *edges, anneal_range *origins,
  int32_t *numbers) {
  if (scalars)
    write_origins(tokens, words, count, scalars, edges, origins, numbers);
  else
    write_origins(tokens, words, count, NULL, edges, origins, numbers);
}
