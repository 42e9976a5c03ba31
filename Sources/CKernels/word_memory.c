#include "AnnealWords.h"
#include "cloned.h"

#include <stddef.h>
#include <string.h>

// MARK: keys

#define ONES(bytes) (~(uint64_t)0 >> (64 - 8 * (bytes)))
/// The bytes of both halves of a key that belong to a word, by its length.
static const uint64_t inside[ANNEAL_WORD_LONGEST + 1][2] = {
  {0, 0}, {ONES(1), 0}, {ONES(2), 0}, {ONES(3), 0}, {ONES(4), 0}, {ONES(5), 0}, {ONES(6), 0},
  {ONES(7), 0}, {ONES(8), 0}, {ONES(8), ONES(1)}, {ONES(8), ONES(2)}, {ONES(8), ONES(3)},
  {ONES(8), ONES(4)}, {ONES(8), ONES(5)}, {ONES(8), ONES(6)}, {ONES(8), ONES(7)},
};

/// Eight bytes wherever they stand.
typedef uint64_t __attribute__((aligned(1), may_alias)) bytes8;

static inline __attribute__((always_inline)) void word_key(
  const uint8_t *text, int64_t size, anneal_range word, uint8_t mark, uint64_t *low,
  uint64_t *high) {
  // Without a sign, which the processor would have to extend.
  uint32_t start = (uint32_t)word.start, length = (uint32_t)word.end - start;
  uint64_t first, second;
  const uint8_t *bytes = text + start;
  if (__builtin_expect((int64_t)start + 16 <= size, true)) {
    // The loads stay inside the text; what is behind the word is masked away.
    first = *(const bytes8 *)bytes;
    second = *(const bytes8 *)(bytes + 8);
  } else {
    uint8_t copy[16] = {0};
    for (uint32_t i = 0; i < length; i++) copy[i] = bytes[i];
    first = *(const bytes8 *)copy;
    second = *(const bytes8 *)(copy + 8);
  }
  *low = first & inside[length][0];
  *high = (second & inside[length][1]) | (uint64_t)(length | mark) << 56;
}

void anneal_word_key(
  const uint8_t *text, int64_t size, anneal_range word, uint64_t *low, uint64_t *high) {
  word_key(text, size, word, 0, low, high);
}

// MARK: tokens by their bytes

static inline const anneal_word *bucket_of(const anneal_words *known, uint64_t low, uint64_t high) {
  return known->slots + 4 * (anneal_word_hash(low, high) >> known->shift);
}

static inline const anneal_word *find_from(
  const anneal_words *known, const anneal_word *slot, uint64_t low, uint64_t high) {
  const anneal_word *end = known->slots + ((uint64_t)4 << (64 - known->shift));
  while (true) {
    for (int i = 0; i < 4; i++)
      if (slot[i].low == low && slot[i].high == high) return slot + i;
    if (slot[3].high == 0) return NULL;
    slot = slot + 4 == end ? known->slots : slot + 4;
  }
}

const anneal_word *anneal_find_word(const anneal_words *known, uint64_t low, uint64_t high) {
  return find_from(known, bucket_of(known, low, high), low, high);
}

void anneal_first_tokens(
  const anneal_words *known, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, int32_t *tokens) {
  uint64_t low[ANNEAL_WORD_GROUP], high[ANNEAL_WORD_GROUP];
  const anneal_word *slots[ANNEAL_WORD_GROUP];
  for (int64_t i = 0; i < count; i++) {
    int32_t length = words[i].end - words[i].start;
    slots[i] = NULL;
    if (length < 1 || length > ANNEAL_WORD_LONGEST) continue;
    word_key(text, size, words[i], 0, low + i, high + i);
    slots[i] = bucket_of(known, low[i], high[i]);
    __builtin_prefetch(slots[i]);
  }
  for (int64_t i = 0; i < count; i++) {
    const anneal_word *slot = slots[i] ? find_from(known, slots[i], low[i], high[i]) : NULL;
    tokens[i] = slot ? (int32_t)slot->tokens[0] : -1;
  }
}

void anneal_keep_whole(const anneal_words *known, anneal_memory *memory, uint32_t first) {
  enum { AHEAD = 16 };
  for (uint32_t i = first; i < memory->count; i++) {
    const anneal_word *coming = memory->words + (i + AHEAD < memory->count ? i + AHEAD : i);
    __builtin_prefetch(bucket_of(known, coming->low, coming->high));
    anneal_word *word = memory->words + i;
    uint32_t length = (uint32_t)(word->high >> 56);
    if (word->count != ANNEAL_WORD_OPEN || length > ANNEAL_WORD_LONGEST) continue;
    const anneal_word *slot = anneal_find_word(known, word->low, word->high);
    if (!slot) continue;
    word->tokens[0] = slot->tokens[0] << 8 | length;
    word->count = 1;
  }
}

// MARK: words met before

enum { NUMBER_BITS = 20, NUMBER = (1 << NUMBER_BITS) - 1 };

static inline uint32_t tag_of(uint32_t hash) { return hash << NUMBER_BITS; }

static inline uint32_t upper_hash(uint64_t low, uint64_t high) {
  return (uint32_t)(anneal_word_hash(low, high) >> 32);
}

static inline uint32_t last_place(const anneal_memory *memory) {
  return (uint32_t)(((uint64_t)1 << (64 - memory->shift)) - 1);
}

void anneal_index_words(anneal_memory *memory) {
  uint32_t mask = last_place(memory);
  for (uint32_t number = 1; number < memory->count; number++) {
    const anneal_word *word = memory->words + number;
    // Long words are not looked up by their bytes.
    if (word->high == 0) continue;
    uint32_t hash = upper_hash(word->low, word->high);
    uint32_t place = hash >> (memory->shift - 32);
    while (memory->index[place]) place = (place + 1) & mask;
    memory->index[place] = tag_of(hash) | number;
  }
}

/// The place of a word in the index, which is free where the word is not known.
static inline __attribute__((always_inline)) uint32_t place_of(
  const anneal_memory *memory, uint64_t low, uint64_t high, uint32_t hash, uint32_t mask) {
  uint32_t place = hash >> (memory->shift - 32);
  for (;; place = (place + 1) & mask) {
    uint32_t found = memory->index[place];
    if (!found) return place;
    if ((found ^ tag_of(hash)) >> NUMBER_BITS) continue;
    const anneal_word *word = memory->words + (found & NUMBER);
    if (word->low == low && word->high == high) return place;
  }
}

/// The number of a word, which is added where it is new.
static __attribute__((noinline)) uint32_t number_of(
  anneal_memory *memory, uint64_t low, uint64_t high, uint32_t hash, uint32_t mask) {
  uint32_t place = place_of(memory, low, high, hash, mask);
  if (memory->index[place]) return memory->index[place] & NUMBER;
  uint32_t number = memory->count++;
  memory->words[number] = (anneal_word){low, high, {0, 0, 0}, ANNEAL_WORD_OPEN};
  memory->index[place] = tag_of(hash) | number;
  return number;
}

/// Eight bytes with small letters for the capitals of ASCII.
static inline uint64_t folded(uint64_t bytes) {
  const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
  uint64_t low = bytes & ~high;
  uint64_t capitals = (low + (0x80 - 'A') * ones) & ~(low + (0x80 - 'Z' - 1) * ones) & ~bytes & high;
  return bytes | capitals >> 2;
}

/// The lower half of keys that are not looked up, which differs from that of the word that is none.
enum { NO_WORD = 1 };

void anneal_skip_key(anneal_word_keys *keys) {
  keys->low[keys->count] = NO_WORD;
  keys->high[keys->count] = 0;
  keys->hash[keys->count] = 0;
  keys->count++;
}

static inline __attribute__((always_inline)) int64_t add_keys(
  anneal_word_keys *keys, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, uint8_t mark, bool folds, int32_t *long_ones) {
  int64_t long_count = 0, next = keys->count;
  for (int64_t i = 0; i < count; i++, next++) {
    uint32_t length = (uint32_t)(words[i].end - words[i].start);
    if (__builtin_expect(length - 1 < ANNEAL_WORD_LONGEST, true)) {
      uint64_t low, high;
      word_key(text, size, words[i], mark, &low, &high);
      if (folds) {
        low = folded(low);
        // The length is no letter.
        high = folded(high);
      }
      keys->low[next] = low;
      keys->high[next] = high;
      keys->hash[next] = upper_hash(low, high);
    } else {
      long_ones[long_count++] = (int32_t)i;
      keys->low[next] = NO_WORD;
      keys->high[next] = 0;
      keys->hash[next] = 0;
    }
  }
  keys->count = next;
  return long_count;
}

CLONED int64_t anneal_add_keys(
  anneal_word_keys *keys, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, uint8_t mark, bool folds, int32_t *long_ones) {
  return folds ? add_keys(keys, text, size, words, count, mark, true, long_ones)
               : add_keys(keys, text, size, words, count, mark, false, long_ones);
}

/// Asks for the places in the index of keys from `first` up to `end`.
static inline __attribute__((always_inline)) void expect_places(
  const anneal_memory *memory, const anneal_word_keys *keys, int64_t first, int64_t end) {
  uint64_t shift = memory->shift - 32;
  for (int64_t i = first; i < end; i++) __builtin_prefetch(memory->index + (keys->hash[i] >> shift));
}

/// Puts the first number that stands in a key's place in the index where its hash was, and asks for that word.
static inline __attribute__((always_inline)) void expect_words(
  const anneal_memory *memory, anneal_word_keys *keys, int64_t first, int64_t end) {
  uint64_t shift = memory->shift - 32;
  for (int64_t i = first; i < end; i++) {
    keys->hash[i] = memory->index[keys->hash[i] >> shift] & NUMBER;
    __builtin_prefetch(memory->words + keys->hash[i]);
  }
}

/// Numbers the words of keys from `first` up to `end`, most of which are the words that were expected.
static inline __attribute__((always_inline)) void number_expected(
  anneal_memory *memory, const anneal_word_keys *keys, int64_t first, int64_t end,
  uint32_t *numbers) {
  uint32_t mask = last_place(memory);
  const anneal_word *words = memory->words;
  for (int64_t i = first; i < end; i++) {
    const anneal_word *word = words + keys->hash[i];
    uint64_t low = keys->low[i], high = keys->high[i];
    if (__builtin_expect(((word->low ^ low) | (word->high ^ high)) == 0, true))
      numbers[i] = keys->hash[i];
    else if (high)
      numbers[i] = number_of(memory, low, high, upper_hash(low, high), mask);
  }
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

CLONED void anneal_number_words(anneal_memory *memory, anneal_word_keys *keys, uint32_t *numbers) {
  // First the index is asked for, then, when it is there, the word that it leads to.
  enum { BLOCK = 64, PLACES_AHEAD = 2 * BLOCK, WORDS_AHEAD = BLOCK };
  int64_t count = keys->count, words_end = 0;
  expect_places(memory, keys, 0, least(PLACES_AHEAD, count));
  for (int64_t first = 0; first < count; first += BLOCK) {
    int64_t end = least(first + BLOCK, count);
    if (first + PLACES_AHEAD < count)
      expect_places(memory, keys, first + PLACES_AHEAD, least(end + PLACES_AHEAD, count));
    int64_t next = least(end + WORDS_AHEAD, count);
    expect_words(memory, keys, words_end, next);
    words_end = next;
    number_expected(memory, keys, first, end, numbers);
  }
  keys->count = 0;
}

void anneal_keep_tokens(
  anneal_memory *memory, uint32_t word, const uint32_t *tokens, uint32_t count) {
  anneal_word *kept = memory->words + word;
  kept->count = count;
  if (count <= ANNEAL_WORD_TOKENS) {
    for (uint32_t i = 0; i < count; i++) kept->tokens[i] = tokens[i];
    return;
  }
  kept->tokens[0] = memory->spilled_count;
  memcpy(memory->spilled + memory->spilled_count, tokens, count * sizeof *tokens);
  memory->spilled_count += count;
}

// MARK: between memories

static inline const uint32_t *tokens_of(const anneal_memory *memory, const anneal_word *word) {
  return word->count <= ANNEAL_WORD_TOKENS ? word->tokens : memory->spilled + word->tokens[0];
}

/// Asks for the place in the index of `known` of the word that comes a little behind a number.
static inline void expect_word(
  const anneal_memory *known, const anneal_memory *memory, uint32_t number) {
  enum { AHEAD = 16 };
  uint32_t behind = number + AHEAD < memory->count ? number + AHEAD : number;
  const anneal_word *word = memory->words + behind;
  __builtin_prefetch(known->index + (upper_hash(word->low, word->high) >> (known->shift - 32)));
}

void anneal_take_tokens(anneal_memory *memory, uint32_t first, const anneal_memory *known) {
  uint32_t mask = last_place(known);
  for (uint32_t i = first; i < memory->count; i++) {
    expect_word(known, memory, i);
    const anneal_word *word = memory->words + i;
    if (word->count != ANNEAL_WORD_OPEN) continue;
    uint32_t hash = upper_hash(word->low, word->high);
    uint32_t found = known->index[place_of(known, word->low, word->high, hash, mask)];
    if (!found) continue;
    const anneal_word *same = known->words + (found & NUMBER);
    anneal_keep_tokens(memory, i, tokens_of(known, same), same->count);
  }
}

void anneal_add_learned(anneal_memory *known, const anneal_memory *memory, uint32_t first) {
  uint32_t mask = last_place(known);
  for (uint32_t i = first; i < memory->count; i++) {
    expect_word(known, memory, i);
    const anneal_word *word = memory->words + i;
    // Long words are not looked up by their bytes; characters that stand for whole words may make very many tokens.
    if (word->high == 0 || word->count > ANNEAL_WORD_SHARED) continue;
    uint32_t hash = upper_hash(word->low, word->high);
    uint32_t number = number_of(known, word->low, word->high, hash, mask);
    if (known->words[number].count == ANNEAL_WORD_OPEN)
      anneal_keep_tokens(known, number, tokens_of(memory, word), word->count);
  }
}

// MARK: writing

typedef uint32_t tokens4 __attribute__((ext_vector_type(4), aligned(4)));

/// Three tokens are written whatever there are, and the fourth place too, which costs less than asking.
enum { MORE = 4 };

/// Writes the tokens of a word from `*next` on, and moves that behind them; false where there is no room for them.
static inline __attribute__((always_inline)) bool write_word(
  const anneal_memory *memory, uint32_t number, uint32_t shift, const anneal_tokens *tokens,
  int64_t *next, bool ends) {
  tokens4 packed;
  memcpy(&packed, memory->words[number].tokens, sizeof packed);
  int64_t count = packed[3], first = *next;
  if (__builtin_expect(tokens->room - first < count + MORE, false)) return false;
  *next = first + count;
  if (__builtin_expect(count <= ANNEAL_WORD_TOKENS, true)) {
    tokens4 ids = packed >> 8;
    memcpy(tokens->ids + first, &ids, sizeof ids);
    if (ends) {
      tokens4 places = (packed & 0xFF) + shift;
      memcpy(tokens->ends + first, &places, sizeof places);
    }
    return true;
  }
  const uint32_t *spilled = memory->spilled + packed[0];
  for (int64_t k = 0; k < count; k++) {
    tokens->ids[first + k] = (int32_t)(spilled[k] >> 8);
    if (ends) tokens->ends[first + k] = (int32_t)((spilled[k] & 0xFF) + shift);
  }
  return true;
}

static inline bool write_id(
  uint32_t id, uint32_t end, const anneal_tokens *tokens, int64_t *next, bool ends) {
  if (tokens->room - *next < 1) return false;
  tokens->ids[*next] = (int32_t)(id & ~ANNEAL_NUMBER_ID);
  if (ends) tokens->ends[*next] = (int32_t)end;
  ++*next;
  return true;
}

/// Writes an id, or the parts of a long word, and returns how many tokens there are then; -1 where there is no room.
static __attribute__((noinline)) int64_t write_other(
  const anneal_memory *memory, uint32_t number, const uint32_t *lists, const anneal_tokens *tokens,
  int64_t next, bool ends) {
  if (number & ANNEAL_NUMBER_ID) return write_id(number, 0, tokens, &next, ends) ? next : -1;
  const uint32_t *list = lists + (number & ANNEAL_NUMBER_REST);
  for (uint32_t i = 0; i < list[0] && i < 16; i++)
    __builtin_prefetch(memory->words + (list[1 + 2 * i] & NUMBER));
  for (uint32_t i = 0; i < list[0]; i++) {
    uint32_t part = list[1 + 2 * i], place = list[2 + 2 * i];
    bool fits = part & ANNEAL_NUMBER_ID
                  ? write_id(part, place, tokens, &next, ends)
                  : write_word(memory, part, place, tokens, &next, ends);
    if (!fits) return -1;
  }
  return next;
}

static inline __attribute__((always_inline)) int64_t write_tokens(
  const anneal_memory *memory, const uint32_t *numbers, int64_t first, int64_t end,
  const uint32_t *lists, anneal_tokens *written, bool ends) {
  enum { AHEAD = 12 };
  // Copies of what no token that is written can change.
  const anneal_memory known = *memory;
  const anneal_tokens tokens = *written;
  int64_t i = first, next = tokens.count, text = tokens.texts_done;
  while (true) {
    int64_t stop = text < tokens.texts ? tokens.stops[text] : end;
    for (; i < stop; i++) {
      // Behind the last word, the first is asked for once more.
      __builtin_prefetch(known.words + (numbers[i + AHEAD < end ? i + AHEAD : 0] & NUMBER));
      if (__builtin_expect(numbers[i] >> 30 != 0, false)) {
        int64_t behind = write_other(memory, numbers[i], lists, written, next, ends);
        if (behind < 0) break;
        next = behind;
      } else if (!write_word(&known, numbers[i], 0, &tokens, &next, ends)) {
        break;
      }
      if (ends) tokens.word_ends[i - first] = (int32_t)next;
    }
    if (i < stop || text == tokens.texts) break;
    tokens.text_ends[text++] = tokens.before + next;
  }
  written->texts_done = text;
  written->count = next;
  return i;
}

CLONED int64_t anneal_write_tokens(
  const anneal_memory *memory, const uint32_t *numbers, int64_t first, int64_t end,
  const uint32_t *lists, anneal_tokens *tokens) {
  return tokens->ends ? write_tokens(memory, numbers, first, end, lists, tokens, true)
                      : write_tokens(memory, numbers, first, end, lists, tokens, false);
}
