#include "AnnealWords.h"
#include "cloned.h"
#include "publish.h"

#include <limits.h>
#include <string.h>

enum { PLACES = ANNEAL_WORD_LONGEST + 1, ROOM = 2 * PLACES + 2 };

/// Sixteen symbols or ranks, which is all that a word has.
typedef uint32_t places16 __attribute__((ext_vector_type(16), aligned(4)));
typedef bool bits16 __attribute__((ext_vector_type(16)));
typedef uint64_t bucket4 __attribute__((ext_vector_type(4), aligned(8)));

static const places16 here = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// A symbol that no merge joins, on both sides of a word: what stands at its ends needs no questions.
static const uint32_t edge = (uint32_t)0xFFFFF << 8;
static const uint64_t empty = ~(uint64_t)0;
static const uint32_t none = INT32_MAX;

/// A word at work.
typedef struct {
  /// `id << 8 | end`, from place 1 on; `edge` before and behind.
  uint32_t symbols[ROOM];
  /// The rank of each symbol and the next, or `none`.
  uint32_t ranks[ROOM];
  uint32_t best, lowest;
} lane;

/// A pair that may be known, and where its rank is wanted.
typedef struct {
  uint64_t key;
  const uint64_t *bucket;
  uint32_t *rank;
} question;

static inline uint64_t pair_key(uint32_t left, uint32_t right) {
  return (uint64_t)(left >> 8) << 20 | right >> 8;
}

static inline uint64_t pair_hash(uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

/// Notes a pair that the filter does not rule out, and asks for its place; without branches, as nobody can
/// foresee which it is.
static inline __attribute__((always_inline)) int64_t ask(
  const anneal_merges *merges, uint32_t left, uint32_t right, uint32_t *rank, question *asked,
  int64_t count) {
  uint64_t key = pair_key(left, right);
  uint64_t hash = pair_hash(key);
  uint64_t bit = hash >> merges->filter_shift;
  const uint64_t *bucket = merges->places + 4 * (hash >> merges->shift);
  *rank = none;
  asked[count] = (question){key, bucket, rank};
  uint64_t may_be_known = merges->filter[bit >> 6] >> (bit & 63) & 1;
  __builtin_prefetch(may_be_known ? (const void *)bucket : (const void *)rank);
  return count + (int64_t)may_be_known;
}

/// The rank of a pair that is looked for behind its bucket, which is full.
static __attribute__((noinline)) uint32_t answer_behind(
  const anneal_merges *merges, const question *asked) {
  uint64_t place = (uint64_t)(asked->bucket - merges->places);
  for (place += 4;; place++) {
    uint64_t found = merges->places[place & merges->mask];
    if (found == empty) return none;
    if (found >> 24 == asked->key) return (uint32_t)(found & 0xFFFFFF);
  }
}

/// The rank of a pair, looked up in its bucket of four places and, where that is full, behind it.
static inline __attribute__((always_inline)) uint32_t answer(
  const anneal_merges *merges, const question *asked) {
  bucket4 found;
  memcpy(&found, asked->bucket, sizeof found);
  // A rank in the place of the pair, and all ones in the others.
  bucket4 ranks = (found & 0xFFFFFF) | (bucket4)(found >> 24 != asked->key);
  uint64_t rank = ranks[0] & ranks[1] & ranks[2] & ranks[3];
  // That the bucket is full can be foreseen, that the pair is there cannot.
  if (__builtin_expect((rank == empty) & (found[3] != empty), false))
    return answer_behind(merges, asked);
  return rank < none ? (uint32_t)rank : none;
}

static inline __attribute__((always_inline)) void answer_all(const anneal_merges *merges, const question *asked, int64_t count) {
  for (int64_t i = 0; i < count; i++) *asked[i].rank = answer(merges, asked + i);
}

/// Finds the leftmost of the pairs with the lowest rank; false where no pair is known.
static inline __attribute__((always_inline)) bool find_best(lane *word) {
  enum { PLACE_BITS = 4, PLACE = (1 << PLACE_BITS) - 1, RANK_BITS = 24 };
  places16 ranks;
  memcpy(&ranks, word->ranks, sizeof ranks);
  // Ranks have 24 bits, so that places find room below them.
  uint32_t best = __builtin_reduce_min(ranks << PLACE_BITS | here);
  word->best = best & PLACE;
  word->lowest = best >> PLACE_BITS;
  return best >> (PLACE_BITS + RANK_BITS) == 0;
}

/// Moves what stands behind a place one place forward.
static inline __attribute__((always_inline)) void close_gap(uint32_t *places, uint32_t gap) {
  places16 rest;
  memcpy(&rest, places + gap + 1, sizeof rest);
  memcpy(places + gap, &rest, sizeof rest);
}

/// Joins the best pair of a word and asks for the ranks of its new neighbours.
static inline __attribute__((always_inline)) int64_t join(
  const anneal_merges *merges, lane *word, question *asked, int64_t count) {
  uint32_t best = word->best;
  uint32_t *symbols = word->symbols;
  symbols[best] = (uint32_t)merges->products[word->lowest] << 8 | (symbols[best + 1] & 0xFF);
  close_gap(symbols, best + 1);
  close_gap(word->ranks, best + 1);
  count = ask(merges, symbols[best - 1], symbols[best], word->ranks + best - 1, asked, count);
  return ask(merges, symbols[best], symbols[best + 1], word->ranks + best, asked, count);
}

static inline __attribute__((always_inline)) void begin_lane(lane *word) {
  for (int i = 0; i < ROOM; i++) word->symbols[i] = edge, word->ranks[i] = none;
}

/// Spells a word in the symbols of its bytes.
///
/// Places behind the word cost less than asking how long it is.
static inline __attribute__((always_inline)) void begin_bytes(
  const anneal_merges *merges, const anneal_word *source, lane *word) {
  uint8_t bytes[16];
  memcpy(bytes, &source->low, 8);
  memcpy(bytes + 8, &source->high, 8);
  uint32_t length = bytes[15] & (ANNEAL_WORD_MARK - 1);
  uint32_t ids[PLACES] = {0}, pairs[PLACES] = {0};
  for (uint32_t k = 0; k < ANNEAL_WORD_LONGEST; k++) {
    ids[k] = (uint32_t)merges->byte_ids[bytes[k]] << 8 | (k + 1);
    pairs[k] = (uint32_t)merges->byte_pairs[bytes[k] << 8 | bytes[k + 1]];
  }
  places16 symbols, ranks;
  memcpy(&symbols, ids, sizeof symbols);
  memcpy(&ranks, pairs, sizeof ranks);
  symbols = here < length ? symbols : edge;
  ranks = here + 1 < length ? ranks : none;
  begin_lane(word);
  memcpy(word->symbols + 1, &symbols, sizeof symbols);
  memcpy(word->ranks + 1, &ranks, sizeof ranks);
}

static inline __attribute__((always_inline)) void begin_symbols(
  const anneal_merges *merges, const anneal_symbols *symbols, lane *word) {
  question asked[PLACES + 1];
  int64_t questions = 0;
  begin_lane(word);
  memcpy(word->symbols + 1, symbols->tokens, symbols->count * sizeof(uint32_t));
  for (uint32_t k = 1; k < symbols->count; k++)
    questions =
      ask(merges, word->symbols[k], word->symbols[k + 1], word->ranks + k, asked, questions);
  answer_all(merges, asked, questions);
}

/// Keeps the symbols of a word, whether or not they have to be spilled, which nobody can foresee.
static inline __attribute__((always_inline)) void end_lane(
  const lane *word, anneal_memory *memory, uint32_t number) {
  places16 symbols;
  memcpy(&symbols, word->symbols + 1, sizeof symbols);
  bits16 ends = __builtin_convertvector(symbols == edge, bits16);
  uint16_t mask;
  memcpy(&mask, &ends, sizeof mask);
  uint32_t count = (uint32_t)__builtin_ctz((uint32_t)mask | 1u << ANNEAL_WORD_LONGEST);
  bool is_spilled = count > ANNEAL_WORD_TOKENS;
  anneal_word *kept = memory->words + number;
  uint32_t place = memory->spilled_count;
  memcpy(memory->spilled + place, &symbols, sizeof symbols);
  memory->spilled_count = place + (is_spilled ? count : 0);
  publish_tokens(kept, is_spilled ? place : symbols[0], symbols[1], symbols[2], count);
}

/// The words that are still to be merged.
typedef struct {
  const anneal_merges *merges;
  anneal_memory *memory;
  uint32_t next;
  const anneal_symbols *symbols;
} queue;

/// Puts the next open word into a lane; false where none is left.
static inline __attribute__((always_inline)) bool refill(queue *words, lane *word, uint32_t *number) {
  const anneal_memory *memory = words->memory;
  while (words->next < memory->open_count) {
    uint32_t next = words->next++;
    const anneal_word *source = memory->words + memory->open[next];
    if (!anneal_is_open(source)) continue;
    const anneal_symbols *symbols = words->symbols ? words->symbols + next : NULL;
    if (symbols && symbols->count != ANNEAL_SYMBOLS_BYTES)
      begin_symbols(words->merges, symbols, word);
    else
      begin_bytes(words->merges, source, word);
    *number = memory->open[next];
    return true;
  }
  return false;
}

/// Merges words side by side: while one waits for memory, the others go on; where one is done, the next begins.
static inline __attribute__((always_inline)) void merge_all(queue *words) {
  const anneal_merges *merges = words->merges;
  lane lanes[ANNEAL_WORD_GROUP];
  uint32_t numbers[ANNEAL_WORD_GROUP];
  uint8_t active[ANNEAL_WORD_GROUP];
  question asked[2 * ANNEAL_WORD_GROUP + 1];
  int64_t count = 0;
  while (count < ANNEAL_WORD_GROUP && refill(words, lanes + count, numbers + count)) {
    active[count] = (uint8_t)count;
    count++;
  }
  while (count > 0) {
    int64_t left = 0;
    for (int64_t i = 0; i < count; i++) {
      uint8_t place = active[i];
      lane *word = lanes + place;
      bool goes_on = find_best(word);
      while (!goes_on) {
        end_lane(word, words->memory, numbers[place]);
        if (!refill(words, word, numbers + place)) break;
        goes_on = find_best(word);
      }
      if (goes_on) __builtin_prefetch(merges->products + word->lowest);
      active[left] = place;
      left += goes_on;
    }
    int64_t questions = 0;
    for (int64_t i = 0; i < left; i++)
      questions = join(merges, lanes + active[i], asked, questions);
    answer_all(merges, asked, questions);
    count = left;
  }
}

CLONED void anneal_merge_words(
  const anneal_merges *merges, anneal_memory *memory, const anneal_symbols *symbols) {
  queue words = {merges, memory, 0, symbols};
  merge_all(&words);
}
