#include "AnnealWords.h"
#include "cloned.h"

#include <string.h>

// Spelling words in pieces. A walk through a trie waits for memory at every step, so that many go side by side.

/// Whether all bytes of a word are visible ASCII.
static inline bool is_visible(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++)
    if (bytes[i] <= ' ' || bytes[i] >= 127) return false;
  return true;
}

/// Copies the bytes of a word that is open, marked and of visible ASCII, and returns how many there are; 0 for others.
static inline uint32_t bytes_of(const anneal_word *word, uint8_t *bytes) {
  if (!anneal_is_open(word)) return 0;
  memcpy(bytes, &word->low, 8);
  memcpy(bytes + 8, &word->high, 8);
  if (!(bytes[15] & ANNEAL_WORD_MARK)) return 0;
  uint32_t length = bytes[15] & (ANNEAL_WORD_MARK - 1);
  return is_visible(bytes, length) ? length : 0;
}

// MARK: the best path

enum {
  GROUP = 16,
  /// Where pieces may begin or end in a word: before what comes before it, and around its bytes.
  PLACES = ANNEAL_WORD_LONGEST + 3,
};

/// A group of words and what is found of them.
typedef struct {
  uint32_t numbers[GROUP];
  uint32_t lengths[GROUP];
  uint8_t bytes[GROUP][16];
  /// A bit for each place where a piece ends that begins at a place, and its node in the trie.
  uint32_t ends[GROUP][PLACES];
  int32_t nodes[GROUP][PLACES][PLACES];
} group;

/// A walk that goes on: where it began, where it is, and how far it may go.
typedef struct {
  int32_t node;
  uint8_t word, start, place, end;
} walk;

/// Fills a group with open words of known bytes from one on, and returns which stands behind the last one looked at.
static uint32_t fill_group(
  const anneal_lattice *lattice, const anneal_memory *memory, uint32_t next, group *words,
  int *count) {
  int filled = 0;
  for (; next < memory->open_count && filled < GROUP; next++) {
    uint32_t number = memory->open[next];
    uint32_t length = bytes_of(memory->words + number, words->bytes[filled]);
    bool is_known = length > 0;
    for (uint32_t i = 0; i < length; i++)
      is_known &= lattice->singles[words->bytes[filled][i] - ANNEAL_FIRST_VISIBLE];
    if (!is_known) continue;
    words->numbers[filled] = number;
    words->lengths[filled++] = length;
  }
  *count = filled;
  return next;
}

/// Finds all pieces in the words of a group.
static inline __attribute__((always_inline)) void find_pieces(
  const anneal_lattice *lattice, group *words, int count) {
  const anneal_scored_unit *units = lattice->units;
  const int32_t root = (int32_t)(units->base >> 1);
  walk walks[GROUP * PLACES];
  int left = 0;
  for (int word = 0; word < count; word++) {
    uint8_t end = (uint8_t)(words->lengths[word] + 1);
    const uint8_t *bytes = words->bytes[word];
    words->nodes[word][0][1] = lattice->prefix;
    words->ends[word][0] = 1 << 1;
    walks[left++] = (walk){lattice->prefix, (uint8_t)word, 0, 1, end};
    for (uint8_t place = 1; place < end; place++) {
      words->nodes[word][place][place + 1] = root + bytes[place - 1];
      words->ends[word][place] = (uint32_t)1 << (place + 1);
      if (place + 1 == end) break;
      uint32_t pair = lattice->pairs[anneal_pair(bytes[place - 1], bytes[place])];
      words->nodes[word][place][place + 2] = (int32_t)(pair >> 1);
      words->ends[word][place] |= (pair & 1) << (place + 2);
      walks[left] = (walk){(int32_t)(pair >> 1), (uint8_t)word, place, place + 2, end};
      left += (pair != 0) & (place + 2 < end);
    }
  }
  while (left > 0) {
    int going = 0;
    for (int i = 0; i < left; i++) {
      walk at = walks[i];
      int32_t next = (int32_t)(units[at.node].base >> 1) + words->bytes[at.word][at.place - 1];
      bool goes_on = units[next].parent == at.node;
      uint32_t base = units[next].base;
      at.node = next;
      at.place++;
      // What is written for a walk that ends here is no end of a piece.
      words->nodes[at.word][at.start][at.place] = next;
      words->ends[at.word][at.start] |= (base & goes_on) << at.place;
      __builtin_prefetch(units + (goes_on ? base >> 1 : 0) + words->bytes[at.word][at.place - 1]);
      walks[going] = at;
      going += goes_on & (at.place < at.end);
    }
    left = going;
  }
}

/// The best path to a place: what it sums up to, and the last piece on it.
typedef struct {
  double score;
  int32_t start, node;
} step;

typedef uint64_t halves2 __attribute__((ext_vector_type(2), aligned(8)));

/// Offers a piece as the last one of the path to its end; without branches, as nobody can foresee which is better.
static inline __attribute__((always_inline)) void offer(
  step *last, double score, uint32_t start, int32_t node) {
  halves2 old, new = {0, start | (uint64_t)node << 32};
  memcpy(&old, last, sizeof old);
  memcpy(&new, &score, sizeof score);
  double old_score;
  memcpy(&old_score, &old, sizeof old_score);
  bool is_better = (score > old_score) | ((int32_t)old[1] < 0);
  old ^= (old ^ new) & -(uint64_t)is_better;
  memcpy(last, &old, sizeof old);
}

/// Writes the pieces of the best path through a word to `tokens` and returns how many; 0 where one of them would be
/// unknown.
static inline uint32_t best_path(
  const anneal_lattice *lattice, const group *words, int word, uint32_t *tokens) {
  uint32_t end = words->lengths[word] + 1;
  step steps[PLACES];
  for (uint32_t place = 0; place <= end; place++) steps[place] = (step){0, -1, -1};
  for (uint32_t start = 0; start < end; start++) {
    for (uint32_t ends = words->ends[word][start]; ends; ends &= ends - 1) {
      int place = __builtin_ctz(ends);
      int32_t node = words->nodes[word][start][place];
      offer(steps + place, steps[start].score + lattice->units[node].score, start, node);
    }
  }
  uint32_t count = 0;
  for (int32_t place = (int32_t)end; place > 0; place = steps[place].start) {
    int32_t id = lattice->values[steps[place].node];
    if (id == lattice->unknown) return 0;
    tokens[PLACES - ++count] = (uint32_t)id << 8;
  }
  memmove(tokens, tokens + PLACES - count, count * sizeof *tokens);
  return count;
}

CLONED void anneal_learn_paths(const anneal_lattice *lattice, anneal_memory *memory) {
  group words;
  uint32_t tokens[PLACES];
  int count;
  if (!(lattice->units[lattice->prefix].base & 1)) return;
  for (uint32_t next = 0; next < memory->open_count;) {
    next = fill_group(lattice, memory, next, &words, &count);
    find_pieces(lattice, &words, count);
    for (int word = 0; word < count; word++) {
      uint32_t pieces = best_path(lattice, &words, word, tokens);
      if (pieces > 0) anneal_keep_tokens(memory, words.numbers[word], tokens, pieces);
    }
  }
}

// MARK: the longest pieces

/// A word that is read piece by piece.
typedef struct {
  uint32_t number, count;
  /// Where the walk is, and the longest piece of it so far, or -1.
  int32_t node, best;
  uint8_t place, best_end, end;
  uint8_t bytes[16];
  uint32_t tokens[ANNEAL_WORD_LONGEST];
} reading;

/// Begins with the next word there is, and moves behind it; false where none is left.
static inline __attribute__((always_inline)) bool begin_reading(
  const anneal_memory *memory, uint32_t *next, reading *word) {
  while (*next < memory->open_count) {
    word->number = memory->open[(*next)++];
    word->end = (uint8_t)bytes_of(memory->words + word->number, word->bytes);
    if (word->end == 0) continue;
    word->count = 0, word->place = 0, word->node = 0, word->best = -1;
    return true;
  }
  return false;
}

/// Goes one byte on, or takes the longest piece and begins the next; false where the word is read or has no piece.
static inline __attribute__((always_inline)) bool read_on(
  const anneal_trie *trie, int32_t continuation, reading *word) {
  int32_t next = (int32_t)(trie->units[word->node].base >> 1) + word->bytes[word->place];
  if (word->place < word->end && trie->units[next].parent == word->node) {
    word->node = next;
    word->place++;
    bool is_piece = trie->units[next].base & 1;
    word->best = is_piece ? next : word->best;
    word->best_end = is_piece ? word->place : word->best_end;
  } else {
    if (word->best < 0) {
      word->count = 0;
      return false;
    }
    word->tokens[word->count++] = (uint32_t)trie->values[word->best] << 8;
    word->place = word->best_end;
    word->node = continuation;
    word->best = -1;
    if (word->place == word->end || continuation < 0) return false;
  }
  __builtin_prefetch(
    trie->units + (trie->units[word->node].base >> 1) + word->bytes[word->place]);
  return true;
}

CLONED void anneal_learn_pieces(
  const anneal_trie *trie, int32_t continuation, anneal_memory *memory) {
  reading words[ANNEAL_WORD_GROUP];
  uint8_t active[ANNEAL_WORD_GROUP];
  uint32_t next = 0;
  int count = 0;
  while (count < ANNEAL_WORD_GROUP && begin_reading(memory, &next, words + count)) {
    active[count] = (uint8_t)count;
    count++;
  }
  while (count > 0) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      reading *word = words + active[i];
      bool goes_on = read_on(trie, continuation, word);
      if (!goes_on) {
        if (word->place == word->end && word->count > 0)
          anneal_keep_tokens(memory, word->number, word->tokens, word->count);
        goes_on = begin_reading(memory, &next, word);
      }
      active[left] = active[i];
      left += goes_on;
    }
    count = left;
  }
}
