#include "AnnealWords.h"
#include "cloned.h"
#include "publish.h"

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

void anneal_keep_whole(const anneal_words *known, anneal_memory *memory) {
  enum { AHEAD = 16 };
  for (uint32_t i = 0; i < memory->open_count; i++) {
    const anneal_word *coming =
      memory->words + memory->open[i + AHEAD < memory->open_count ? i + AHEAD : i];
    __builtin_prefetch(bucket_of(known, coming->low, coming->high));
    anneal_word *word = memory->words + memory->open[i];
    uint32_t length = (uint32_t)(word->high >> 56);
    if (!anneal_is_open(word) || length > ANNEAL_WORD_LONGEST) continue;
    const anneal_word *slot = anneal_find_word(known, word->low, word->high);
    if (slot) publish_tokens(word, slot->tokens[0] << 8 | length, 0, 0, 1);
  }
}

// MARK: words met before

enum { NUMBER = (1 << ANNEAL_WORD_NUMBER_BITS) - 1 };

static inline uint32_t tag_of(uint32_t hash) { return hash << ANNEAL_WORD_NUMBER_BITS; }

static inline uint32_t upper_hash(uint64_t low, uint64_t high) {
  return (uint32_t)(anneal_word_hash(low, high) >> 32);
}

/// What stands in a place of the index; the word that it leads to can be read then.
static inline uint32_t entry(const anneal_memory *memory, uint64_t place) {
  return __atomic_load_n(memory->index + place, __ATOMIC_ACQUIRE);
}

/// Writes a word that is open and claimed by this thread to the next number that this thread has, and returns that.
static inline uint32_t prepare_word(anneal_memory *memory, uint64_t low, uint64_t high) {
  if (memory->next == memory->end) {
    memory->next = memory->spare;
    memory->end = memory->spare_end;
    memory->spare = memory->spare_end = 0;
  }
  memory->words[memory->next] = (anneal_word){low, high, {0, 0, 0}, memory->claim};
  return memory->next;
}

/// The number of a word, which is added where it is new.
static __attribute__((noinline)) uint32_t number_of(
  anneal_memory *memory, uint64_t low, uint64_t high, uint32_t hash) {
  uint32_t mask = (uint32_t)(((uint64_t)1 << (64 - memory->shift)) - 1), mine = 0;
  for (uint32_t place = hash >> (memory->shift - 32);; place = (place + 1) & mask) {
    uint32_t found = entry(memory, place);
    if (!found) {
      if (!mine) mine = prepare_word(memory, low, high);
      bool is_added = __atomic_compare_exchange_n(
        memory->index + place, &found, tag_of(hash) | mine, false, __ATOMIC_ACQ_REL,
        __ATOMIC_ACQUIRE);
      if (is_added) {
        memory->next++;
        memory->open[memory->open_count++] = mine;
        return mine;
      }
      // Another thread was first, whose word may be the same.
    }
    if ((found ^ tag_of(hash)) >> ANNEAL_WORD_NUMBER_BITS) continue;
    const anneal_word *word = memory->words + (found & NUMBER);
    if (word->low == low && word->high == high) return found & NUMBER;
  }
}

/// Notes that this thread has to find the tokens of an open word which it did not claim last, unless they have been
/// found meanwhile: it cannot wait for another thread.
static __attribute__((noinline)) void note_open(anneal_memory *memory, uint32_t number) {
  uint32_t *count = &memory->words[number].count;
  uint32_t found = __atomic_load_n(count, __ATOMIC_ACQUIRE);
  if (found == memory->claim || !(found & ANNEAL_WORD_OPEN)) return;
  bool is_claimed = __atomic_compare_exchange_n(
    count, &found, memory->claim, false, __ATOMIC_RELAXED, __ATOMIC_ACQUIRE);
  if (is_claimed || found & ANNEAL_WORD_OPEN) memory->open[memory->open_count++] = number;
}

void anneal_disclaim(anneal_memory *memory, uint32_t word) {
  uint32_t claim = memory->claim;
  __atomic_compare_exchange_n(
    &memory->words[word].count, &claim, ANNEAL_WORD_OPEN, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
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
  keys->looked += count;
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
    keys->hash[i] = entry(memory, keys->hash[i] >> shift) & NUMBER;
    __builtin_prefetch(memory->words + keys->hash[i]);
  }
}

/// Numbers the words of keys from `first` up to `end`, most of which are the words that were expected.
static inline __attribute__((always_inline)) void number_expected(
  anneal_memory *memory, const anneal_word_keys *keys, int64_t first, int64_t end,
  uint32_t *numbers) {
  const anneal_word *words = memory->words;
  const uint32_t claim = memory->claim;
  for (int64_t i = first; i < end; i++) {
    uint32_t number = keys->hash[i];
    uint64_t low = keys->low[i], high = keys->high[i];
    if (__builtin_expect(((words[number].low ^ low) | (words[number].high ^ high)) != 0, false)) {
      if (!high) continue;
      number = number_of(memory, low, high, upper_hash(low, high));
    }
    numbers[i] = number;
    uint32_t count = __atomic_load_n(&words[number].count, __ATOMIC_ACQUIRE);
    // One question, as a word may be met often until it is learned.
    if (__builtin_expect((count >= ANNEAL_WORD_OPEN) & (count != claim), false))
      note_open(memory, number);
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
  keys->count = keys->looked = 0;
}

void anneal_keep_tokens(
  anneal_memory *memory, uint32_t word, const uint32_t *tokens, uint32_t count) {
  anneal_word *kept = memory->words + word;
  if (count <= ANNEAL_WORD_TOKENS) {
    uint32_t first[ANNEAL_WORD_TOKENS] = {0};
    for (uint32_t i = 0; i < count; i++) first[i] = tokens[i];
    publish_tokens(kept, first[0], first[1], first[2], count);
    return;
  }
  uint32_t place = memory->spilled_count;
  memcpy(memory->spilled + place, tokens, count * sizeof *tokens);
  memory->spilled_count += count;
  publish_tokens(kept, place, 0, 0, count);
}

// MARK: writing

typedef uint32_t tokens4 __attribute__((ext_vector_type(4), aligned(4)));

/// Three tokens are written whatever there are, and the fourth place too, which costs less than asking.
enum { MORE = 4 };

/// Writes the tokens of a word from `*next` on, and moves that behind them; false where there is no room for them.
static inline __attribute__((always_inline)) bool write_word(
  const anneal_word *word, const uint32_t *all_spilled, uint32_t shift, const anneal_tokens *tokens,
  int64_t *next, bool ends) {
  tokens4 packed;
#if __has_feature(thread_sanitizer)
  for (int k = 0; k < ANNEAL_WORD_TOKENS; k++)
    packed[k] = __atomic_load_n(word->tokens + k, __ATOMIC_RELAXED);
  packed[3] = __atomic_load_n(&word->count, __ATOMIC_RELAXED);
#else
  // Another thread may be writing the tokens once more, of which each number comes whole.
  memcpy(&packed, word->tokens, sizeof packed);
#endif
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
  // Whoever wrote the place has written what is there before.
  const uint32_t *spilled = all_spilled + __atomic_load_n(&word->tokens[0], __ATOMIC_ACQUIRE);
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

/// Writes a word of the table, an own word or an id, as part of a long word or by itself.
static inline bool write_part(
  const anneal_memory *memory, const anneal_own_words *own, uint32_t number, uint32_t place,
  const anneal_tokens *tokens, int64_t *next, bool ends) {
  if (number & ANNEAL_NUMBER_ID) return write_id(number, place, tokens, next, ends);
  if (number & ANNEAL_NUMBER_OWN)
    return write_word(
      own->words + (number & ANNEAL_NUMBER_OWN_REST), own->spilled, place, tokens, next, ends);
  return write_word(memory->words + number, memory->spilled, place, tokens, next, ends);
}

/// Writes an id, an own word or the parts of a long word, and returns how many tokens there are then; -1 where there is
/// no room.
static __attribute__((noinline)) int64_t write_other(
  const anneal_memory *memory, const anneal_own_words *own, uint32_t number, const uint32_t *lists,
  const anneal_tokens *tokens, int64_t next, bool ends) {
  if ((number & ANNEAL_NUMBER_ID) || !(number & ANNEAL_NUMBER_LIST))
    return write_part(memory, own, number, 0, tokens, &next, ends) ? next : -1;
  const uint32_t *list = lists + (number & ANNEAL_NUMBER_REST);
  for (uint32_t i = 0; i < list[0] && i < 16; i++)
    __builtin_prefetch(memory->words + (list[1 + 2 * i] & NUMBER));
  for (uint32_t i = 0; i < list[0]; i++)
    if (!write_part(memory, own, list[1 + 2 * i], list[2 + 2 * i], tokens, &next, ends)) return -1;
  return next;
}

static inline __attribute__((always_inline)) int64_t write_tokens(
  const anneal_memory *memory, const anneal_own_words *own, const uint32_t *numbers, int64_t first,
  int64_t end, const uint32_t *lists, anneal_tokens *written, bool ends) {
  enum { AHEAD = 12, OTHER_BITS = 29 };
  // Copies of what no token that is written can change.
  const anneal_word *words = memory->words;
  const uint32_t *spilled = memory->spilled;
  const anneal_tokens tokens = *written;
  int64_t i = first, next = tokens.count, text = tokens.texts_done;
  while (true) {
    int64_t stop = text < tokens.texts ? tokens.stops[text] : end;
    for (; i < stop; i++) {
      // Behind the last word, the first is asked for once more.
      __builtin_prefetch(words + (numbers[i + AHEAD < end ? i + AHEAD : 0] & NUMBER));
      if (__builtin_expect(numbers[i] >> OTHER_BITS != 0, false)) {
        int64_t behind = write_other(memory, own, numbers[i], lists, written, next, ends);
        if (behind < 0) break;
        next = behind;
      } else if (!write_word(words + numbers[i], spilled, 0, &tokens, &next, ends)) {
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
  const anneal_memory *memory, const anneal_own_words *own, const uint32_t *numbers, int64_t first,
  int64_t end, const uint32_t *lists, anneal_tokens *tokens) {
  return tokens->ends ? write_tokens(memory, own, numbers, first, end, lists, tokens, true)
                      : write_tokens(memory, own, numbers, first, end, lists, tokens, false);
}
