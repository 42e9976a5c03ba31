// Spelling words in pieces, against the plain way: one character after the other, all pieces from each of them.

#include "check.h"

#include <string.h>

enum { LETTERS = 3, MOST = 64, NODES = 4096, LONGEST = 4 };

/// A model whose pieces are over the letters `a` to `c`, with `^` before every word.
typedef struct {
  anneal_trie_unit units[NODES + 256];
  int32_t values[NODES + 256];
  double scores[512];
  int32_t count, nodes;
} model;

static uint32_t drawn(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/// Puts the children of a node behind all that there is, and some more below them; most nodes have a piece.
static void grow(model *m, int32_t node, int depth, uint32_t *state) {
  static const char letters[] = "abc^";
  int32_t base = m->nodes;
  m->nodes += 128;
  m->units[node].base |= (uint32_t)base << 1;
  for (int i = 0; i < (depth ? LETTERS : LETTERS + 1); i++) {
    bool is_single = depth == 0;
    if (!is_single && drawn(state) % 3 == 0) continue;
    int32_t child = base + letters[i];
    bool has_piece = is_single ? drawn(state) % 50 > 0 : drawn(state) % 4 > 0;
    m->units[child] = (anneal_trie_unit){has_piece, node};
    // Few different scores, so that many paths are equally good.
    if (has_piece) m->scores[m->count] = -(double)(drawn(state) % 5) - (is_single ? 2 : 0);
    m->values[child] = has_piece ? m->count++ : -1;
    if (depth + 1 < LONGEST && m->nodes + 128 <= NODES && drawn(state) % 3) grow(m, child, depth + 1, state);
  }
}

static int32_t child_of(const model *m, int32_t node, uint8_t byte) {
  int32_t child = (int32_t)(m->units[node].base >> 1) + byte;
  return m->units[child].parent == node ? child : -1;
}

/// What the kernel reads of a model.
typedef struct {
  anneal_scored_unit units[NODES + 256];
  bool singles[ANNEAL_VISIBLE];
  uint32_t pairs[ANNEAL_VISIBLE * ANNEAL_VISIBLE];
} tables;

static void fill_tables(const model *m, tables *t) {
  for (int32_t i = 0; i < NODES + 256; i++) {
    bool has_piece = m->units[i].base & 1;
    double score = has_piece ? m->scores[m->values[i]] : 0;
    t->units[i] = (anneal_scored_unit){m->units[i].base, m->units[i].parent, score};
  }
  for (int first = ANNEAL_FIRST_VISIBLE; first < 127; first++) {
    int32_t node = child_of(m, 0, (uint8_t)first);
    if (node < 0) continue;
    t->singles[first - ANNEAL_FIRST_VISIBLE] = m->units[node].base & 1;
    for (int second = ANNEAL_FIRST_VISIBLE; second < 127; second++) {
      int32_t next = child_of(m, node, (uint8_t)second);
      if (next >= 0)
        t->pairs[anneal_pair((uint8_t)first, (uint8_t)second)] =
          (uint32_t)next << 1 | (m->units[next].base & 1);
    }
  }
}

/// The ids of the best path; none where a character is no piece or a piece on it is the unknown one.
static uint32_t spell_plainly(const model *m, int32_t unknown, const char *text, int32_t *ids) {
  int32_t size = (int32_t)strlen(text), from[20], last[20];
  double best[20];
  for (int32_t i = 0; i <= size; i++) from[i] = -1;
  best[0] = 0;
  for (int32_t start = 0; start < size; start++) {
    int32_t node = 0;
    for (int32_t end = start; end < size;) {
      node = child_of(m, node, (uint8_t)text[end++]);
      if (node < 0) break;
      bool has_piece = m->units[node].base & 1;
      if (end == start + 1 && !has_piece) return 0;
      if (!has_piece) continue;
      double score = best[start] + m->scores[m->values[node]];
      if (from[end] >= 0 && score <= best[end]) continue;
      best[end] = score, from[end] = start, last[end] = m->values[node];
    }
    if (from[start + 1] < 0) return 0;
  }
  uint32_t count = 0;
  for (int32_t place = size; place > 0; place = from[place], count++)
    if (last[place] == unknown) return 0;
  for (int32_t place = size, k = (int32_t)count; place > 0; place = from[place]) ids[--k] = last[place];
  return count;
}

static anneal_memory random_words(char texts[MOST][20], uint32_t *state) {
  anneal_memory memory = {
    .words = calloc(MOST, sizeof(anneal_word)), .spilled = malloc(4 * ANNEAL_WORD_MOST * MOST),
    .open = malloc(4 * MOST)};
  if (!memory.words || !memory.spilled || !memory.open) abort();
  for (uint32_t i = 1; i < MOST; i++) {
    memory.open[memory.open_count++] = i;
    uint8_t bytes[16] = {0};
    uint32_t length = 1 + drawn(state) % ANNEAL_WORD_LONGEST;
    for (uint32_t k = 0; k < length; k++) bytes[k] = (uint8_t)('a' + drawn(state) % LETTERS);
    // Some words are not visible ASCII, and some not marked.
    if (i % 9 == 0) bytes[length / 2] = i % 2 ? 0xC3 : ' ';
    texts[i][0] = '^';
    memcpy(texts[i] + 1, bytes, length);
    texts[i][length + 1] = 0;
    bytes[15] = (uint8_t)(length | (i % 7 ? ANNEAL_WORD_MARK : 0));
    memcpy(&memory.words[i].low, bytes, 8);
    memcpy(&memory.words[i].high, bytes + 8, 8);
    memory.words[i].count = i % 11 ? ANNEAL_WORD_OPEN : 0;
  }
  return memory;
}

/// The ids of the longest pieces, from first to last; none where there is a place without one.
static uint32_t take_plainly(const model *m, int32_t continuation, const char *text, int32_t *ids) {
  uint32_t count = 0;
  for (int32_t node = 0, place = 0; text[place]; node = continuation) {
    int32_t best = -1, best_end = place;
    for (int32_t at = place; node >= 0 && text[at];) {
      node = child_of(m, node, (uint8_t)text[at++]);
      if (node >= 0 && m->units[node].base & 1) best = m->values[node], best_end = at;
    }
    if (best < 0) return 0;
    ids[count++] = best;
    place = best_end;
  }
  return count;
}

/// Demands that a word has some tokens, or that it is open where there are none.
static void demand_tokens(
  const anneal_memory *memory, uint32_t number, uint32_t count, const int32_t *ids, const char *what) {
  const anneal_word *word = memory->words + number;
  if (count == 0) {
    demand(word->count == ANNEAL_WORD_OPEN, "other words stay open");
    return;
  }
  const uint32_t *tokens = count <= 3 ? word->tokens : memory->spilled + word->tokens[0];
  bool is_same = word->count == count;
  for (uint32_t k = 0; is_same && k < count; k++) is_same = (int32_t)(tokens[k] >> 8) == ids[k];
  demand(is_same, what);
}

void test_paths(void) {
  uint32_t state = 41;
  for (int round = 0; round < 300; round++) {
    model *m = calloc(1, sizeof *m);
    char texts[MOST][20];
    if (!m) abort();
    m->units[0].parent = -1;
    grow(m, 0, 0, &state);
    uint32_t same = state;
    anneal_memory paths = random_words(texts, &state), pieces = random_words(texts, &same);
    int32_t prefix = child_of(m, 0, '^'), unknown = round % 3 ? m->count / 2 : -1;
    int32_t continuation = round % 5 ? prefix : -1;
    tables *t = calloc(1, sizeof *t);
    if (!t) abort();
    fill_tables(m, t);
    anneal_lattice lattice = {t->units, m->values, t->singles, t->pairs, prefix, unknown};
    anneal_trie trie = {m->units, m->values};
    anneal_learn_paths(&lattice, &paths);
    anneal_learn_pieces(&trie, continuation, &pieces);
    for (uint32_t i = 1; i < MOST; i++) {
      if (i % 11 == 0) {
        demand(paths.words[i].count == 0 && pieces.words[i].count == 0, "what is learned stays");
        continue;
      }
      int32_t ids[20];
      bool is_fit = i % 7 && i % 9;
      uint32_t count = is_fit ? spell_plainly(m, unknown, texts[i], ids) : 0;
      demand_tokens(&paths, i, count, ids, "the best path is the plain way's");
      count = is_fit ? take_plainly(m, continuation, texts[i] + 1, ids) : 0;
      demand_tokens(&pieces, i, count, ids, "the longest pieces are the plain way's");
    }
    free(paths.words), free(paths.spilled), free(paths.open);
    free(pieces.words), free(pieces.spilled), free(pieces.open);
    free(m), free(t);
  }
}
