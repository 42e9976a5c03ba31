// Merging words side by side, against merging one after the other; and replacing bytes.

#include "check.h"

#include <string.h>

enum { TOKENS = 600, MERGES = 560, BUCKETS = 64 };

/// A model of random merges in a table that is so full that buckets run over.
typedef struct {
  uint64_t places[4 * BUCKETS * 4];
  uint64_t filter[64];
  int32_t left[MERGES], right[MERGES], products[MERGES];
  int32_t byte_ids[256], byte_pairs[1 << 16];
  anneal_merges merges;
} model;

static uint32_t drawn(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static int32_t rank_of(const model *m, int32_t left, int32_t right) {
  // Of equal pairs the last one counts.
  for (int32_t rank = MERGES - 1; rank >= 0; rank--)
    if (m->left[rank] == left && m->right[rank] == right) return rank;
  return INT32_MAX;
}

static void add_merge(model *m, int32_t rank) {
  uint64_t key = (uint64_t)m->left[rank] << 20 | (uint64_t)m->right[rank];
  uint64_t hash = key * 0x9E3779B97F4A7C15u;
  uint64_t place = 4 * (hash >> m->merges.shift);
  while (m->places[place] != ~(uint64_t)0 && m->places[place] >> 24 != key)
    place = (place + 1) & m->merges.mask;
  m->places[place] = key << 24 | (uint64_t)rank;
  m->filter[hash >> m->merges.filter_shift >> 6] |= (uint64_t)1 << (hash >> m->merges.filter_shift & 63);
}

/// Bytes are tokens of four letters in turn, and merges join tokens made before.
static model *random_model(uint32_t *state) {
  model *m = malloc(sizeof *m);
  if (!m) abort();
  memset(m->places, 0xFF, sizeof m->places);
  memset(m->filter, 0, sizeof m->filter);
  m->merges = (anneal_merges){
    m->places, 64 - 8, sizeof m->places / 8 - 1, m->filter, 64 - 12, m->products, m->byte_ids, m->byte_pairs};
  for (int i = 0; i < 256; i++) m->byte_ids[i] = i & 7;
  for (int32_t rank = 0; rank < MERGES; rank++) {
    uint32_t made = 8 + (uint32_t)rank;
    m->left[rank] = (int32_t)(drawn(state) % (rank % 3 ? made : 8));
    m->right[rank] = (int32_t)(drawn(state) % (rank % 2 ? made : 8));
    m->products[rank] = 8 + rank;
    add_merge(m, rank);
  }
  for (int i = 0; i < 1 << 16; i++)
    m->byte_pairs[i] = rank_of(m, m->byte_ids[i >> 8], m->byte_ids[i & 255]);
  return m;
}

/// Merges one word by looking for the best pair again and again.
static void merge_plainly(const model *m, anneal_symbols *word) {
  while (true) {
    int32_t lowest = INT32_MAX;
    uint32_t best = 0;
    for (uint32_t i = 0; i + 1 < word->count; i++) {
      int32_t rank = rank_of(m, (int32_t)(word->tokens[i] >> 8), (int32_t)(word->tokens[i + 1] >> 8));
      if (rank < lowest) lowest = rank, best = i;
    }
    if (lowest == INT32_MAX) return;
    word->tokens[best] = (uint32_t)m->products[lowest] << 8 | (word->tokens[best + 1] & 255);
    word->count--;
    for (uint32_t i = best + 1; i < word->count; i++) word->tokens[i] = word->tokens[i + 1];
  }
}

enum { MOST = 200 };

/// Words one of which is known already, with room for what is spilled of the others.
static anneal_memory open_words(const anneal_symbols *symbols, const uint64_t *keys, uint32_t count) {
  anneal_memory memory = {
    .words = calloc(count + 1, sizeof(anneal_word)), .spilled = malloc(4 * ANNEAL_WORD_MOST * count),
    .open = malloc(4 * count), .open_count = count};
  if (!memory.words || !memory.spilled || !memory.open) abort();
  for (uint32_t i = 0; i < count; i++) memory.open[i] = i + 1;
  for (uint32_t i = 0; i < count; i++)
    memory.words[i + 1] = (anneal_word){
      keys[2 * i], keys[2 * i + 1] | (uint64_t)symbols[i].count << 56, {0}, ANNEAL_WORD_OPEN};
  const uint32_t known[] = {5 << 8 | 1};
  anneal_keep_tokens(&memory, 1 + count / 2, known, 1);
  return memory;
}

static bool has_tokens(const anneal_memory *memory, uint32_t number, const anneal_symbols *expected) {
  const anneal_word *word = memory->words + number;
  const uint32_t *tokens = word->count > ANNEAL_WORD_TOKENS ? memory->spilled + word->tokens[0] : word->tokens;
  return word->count == expected->count &&
         memcmp(tokens, expected->tokens, expected->count * sizeof *tokens) == 0;
}

static void test_merging(void) {
  uint32_t state = 11;
  static anneal_symbols symbols[MOST], expected[MOST];
  for (int round = 0; round < 40; round++) {
    model *m = random_model(&state);
    uint32_t count = 1 + drawn(&state) % MOST;
    uint64_t keys[2 * MOST] = {0};
    for (uint32_t i = 0; i < count; i++) {
      uint8_t bytes[16] = {0};
      symbols[i].count = 1 + drawn(&state) % ANNEAL_WORD_LONGEST;
      for (uint32_t k = 0; k < symbols[i].count; k++) {
        bytes[k] = (uint8_t)drawn(&state);
        symbols[i].tokens[k] = (uint32_t)m->byte_ids[bytes[k]] << 8 | (k + 1);
      }
      memcpy(keys + 2 * i, bytes, 16);
      expected[i] = symbols[i];
      merge_plainly(m, &expected[i]);
    }
    anneal_memory bytes = open_words(symbols, keys, count), spelled = open_words(symbols, keys, count);
    // One word is marked, which is no part of its length.
    bytes.words[1].high |= (uint64_t)ANNEAL_WORD_MARK << 56;
    expected[count / 2] = (anneal_symbols){{5 << 8 | 1}, 1};
    anneal_merge_words(&m->merges, &bytes, NULL);
    // What begins as its bytes need not be spelled.
    for (uint32_t i = 0; i < count; i += 3) symbols[i].count = ANNEAL_SYMBOLS_BYTES;
    anneal_merge_words(&m->merges, &spelled, symbols);
    for (uint32_t i = 0; i < count; i++) {
      demand(has_tokens(&bytes, i + 1, &expected[i]), "bytes are merged as one after the other");
      demand(has_tokens(&spelled, i + 1, &expected[i]), "symbols are merged as one after the other");
    }
    free(bytes.words), free(bytes.spilled), free(bytes.open);
    free(spelled.words), free(spelled.spilled), free(spelled.open);
    free(m);
  }
}

static void test_replacing(void) {
  uint32_t state = 5;
  for (int64_t size = 0; size < 700; size++) {
    // Just as large as it must be, so that a step behind the end is an error for a sanitizer.
    uint8_t *text = malloc((size_t)size + 1), *expected = malloc((size_t)size * 3 + 1);
    if (!text || !expected) abort();
    uint32_t rarity = 1 + drawn(&state) % 90;
    int64_t length = (int64_t)(drawn(&state) % 4), wanted = 0, count = 0;
    for (int64_t i = 0; i < size; i++) {
      text[i] = drawn(&state) % rarity ? (uint8_t)('a' + i % 26) : ' ';
      if (text[i] != ' ') {
        expected[wanted++] = text[i];
      } else {
        memcpy(expected + wanted, "xyz", (size_t)length);
        wanted += length;
        count++;
      }
    }
    demand(anneal_count_byte(' ', text, size) == count, "the bytes are counted");
    uint8_t *target = malloc((size_t)wanted + 1);
    if (!target) abort();
    anneal_replace_byte(' ', (const uint8_t *)"xyz", length, text, size, target, wanted);
    demand(memcmp(target, expected, (size_t)wanted) == 0, "every byte is replaced, and no other");
    free(target);
    free(expected);
    free(text);
  }
}

void test_merges(void) {
  test_merging();
  test_replacing();
}
