// Cutting text into words, against the patterns followed step by step, and looking up words.

#include "check.h"

#include <pthread.h>
#include <string.h>

static bool is_letter(int c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool is_upper(int c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_space(int c) { return c == ' ' || (c >= 9 && c <= 13); }
static bool is_sign(int c) { return !is_letter(c) && !is_digit(c) && !is_space(c); }
static bool is_break(int c) { return c == '\r' || c == '\n'; }

static int64_t run(const char *text, int64_t at, int64_t end, bool (*is)(int)) {
  while (at < end && is((unsigned char)text[at])) at++;
  return at;
}

static int64_t contraction_end(const char *text, int64_t at, int64_t end, bool any_case) {
  static const char *const all[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  for (int i = 0; i < 7; i++) {
    int64_t length = (int64_t)strlen(all[i]), k = 0;
    if (end - at < length) continue;
    while (k < length && (text[at + k] == all[i][k] ||
                          (any_case && is_letter(text[at + k]) && (text[at + k] | 32) == all[i][k])))
      k++;
    if (k == length) return at + length;
  }
  return at;
}

/// `\s+(?!\S)|\s+`
static int64_t space_end(const char *text, int64_t at, int64_t end) {
  int64_t last = run(text, at, end, is_space);
  return last < end && last - at > 1 ? last - 1 : last;
}

/// ` ?[^\s\p{L}\p{N}]+[trailing]*|\s*[\r\n]+|\s+(?!\S)|\s+`
static int64_t rest_end(const char *text, int64_t at, int64_t end, bool slash) {
  int64_t first = at + (text[at] == ' ');
  int64_t signs = run(text, first, end, is_sign);
  if (signs > first) {
    while (signs < end && (is_break(text[signs]) || (slash && text[signs] == '/'))) signs++;
    return signs;
  }
  for (int64_t last = run(text, at, end, is_space); last > at; last--)
    if (is_break(text[last - 1])) return last;
  return space_end(text, at, end);
}

/// `U*L+` or else `U+L*`, where a letter is either.
static int64_t o200k_word_end(const char *text, int64_t at, int64_t end) {
  while (at < end && is_upper(text[at])) at++;
  while (at < end && is_letter(text[at]) && !is_upper(text[at])) at++;
  return at;
}

static int64_t match_end(anneal_cut pattern, int64_t digits, const char *t, int64_t at, int64_t end) {
  if (pattern == ANNEAL_CUT_GPT2) {
    int64_t short_end = contraction_end(t, at, end, false);
    if (short_end > at) return short_end;
    int64_t first = at + (t[at] == ' ');
    bool (*const kinds[])(int) = {is_letter, is_digit, is_sign};
    for (int i = 0; i < 3; i++)
      if (run(t, first, end, kinds[i]) > first) return run(t, first, end, kinds[i]);
    return space_end(t, at, end);
  }
  int64_t short_end = contraction_end(t, at, end, true);
  if (pattern == ANNEAL_CUT_TIKTOKEN && short_end > at) return short_end;
  bool can_lead = !is_letter(t[at]) && !is_digit(t[at]) && !is_break(t[at]);
  for (int64_t first = at + can_lead; first >= at; first--) {
    int64_t word = pattern == ANNEAL_CUT_O200K ? o200k_word_end(t, first, end)
                                               : run(t, first, end, is_letter);
    if (word > first) return pattern == ANNEAL_CUT_O200K ? contraction_end(t, word, end, true) : word;
  }
  int64_t number = run(t, at, end, is_digit);
  if (number > at) return number - at > digits ? at + digits : number;
  return rest_end(t, at, end, pattern == ANNEAL_CUT_O200K);
}

/// A text of kinds of bytes that meet at the ends of blocks in all ways.
static void random_text(uint32_t *state, bool plain, char *text, int64_t size) {
  static const char plainly[] = "aaabZstSTrelvmd''''  . ,/1234x";
  static const char all[] = "aZst'' . /12\n\r\t\x01\xC3\xA9";
  for (int64_t i = 0; i < size; i++) {
    *state = *state * 1664525u + 1013904223u;
    uint32_t draw = *state >> 8;
    bool is_hard = !plain && draw % 37 == 0;
    text[i] = is_hard ? all[draw / 37 % (sizeof all - 1)] : plainly[draw / 37 % (sizeof plainly - 1)];
    // Long runs of one byte.
    if (i > 0 && draw % 5 == 0) text[i] = text[i - 1];
  }
}

/// Cuts as much as is plain, then one word by the pattern, and so on; every word must be the pattern's.
static void cut_like_the_pattern(anneal_cut pattern, int64_t digits, const char *text, int64_t size) {
  anneal_range *words = malloc(300 * sizeof *words);
  if (!words) abort();
  int64_t at = 0;
  while (at < size) {
    int64_t place = -1;
    int64_t count = anneal_cut_plain(pattern, digits, (const uint8_t *)text, at, size, words, 300, &place);
    for (int64_t i = 0; i < count; i++) {
      demand(words[i].start == at, "a word begins where the one before ends");
      int64_t expected = match_end(pattern, digits, text, at, size);
      demand(words[i].end == expected, "a word ends where the pattern ends");
      if (words[i].end != expected) return;
      at = words[i].end;
    }
    demand(place == at, "the place is the end of the last word");
    if (place != at) return;
    bool is_plain = true;
    for (int64_t i = at; i < size; i++) is_plain &= text[i] >= ' ' && text[i] < 127;
    demand(!is_plain || at == size || count > 40, "plain text is cut to its end");
    if (at < size) at = match_end(pattern, digits, text, at, size);
  }
  free(words);
}

static void test_cutting(void) {
  uint32_t state = 7;
  char text[1000];
  for (int i = 0; i < 20000; i++) {
    int64_t size = 1 + (int64_t)(state >> 9) % (i % 10 ? 290 : 990);
    random_text(&state, i % 2, text, size);
    cut_like_the_pattern(ANNEAL_CUT_GPT2, 0, text, size);
    cut_like_the_pattern(ANNEAL_CUT_TIKTOKEN, 1, text, size);
    cut_like_the_pattern(ANNEAL_CUT_TIKTOKEN, 3, text, size);
    cut_like_the_pattern(ANNEAL_CUT_O200K, 3, text, size);
  }
}

/// Whether a byte is part of a run, or 2 where it is a word by itself, 3 between words, and 4 hard.
static int role_of(anneal_runs kind, int byte) {
  bool is_break = byte == '\t' || byte == '\n' || (byte == '\r' && kind == ANNEAL_RUNS_WORDS);
  if (byte == ' ' || (is_break && kind != ANNEAL_RUNS_BETWEEN_SPACES)) return 3;
  if (byte < ' ' || byte > 126) return 4;
  return kind == ANNEAL_RUNS_WORDS && !is_letter(byte) && !is_digit(byte) ? 2 : 1;
}

/// Follows the bytes one by one, and demands that the kernel finds the same up to a hard one.
static void cut_like_the_bytes(anneal_runs kind, const uint8_t *text, int64_t size) {
  static anneal_range words[1100];
  int64_t at = 0, place = -1;
  while (at < size) {
    int64_t count = anneal_cut_runs(kind, text, at, size, words, 300, &place), next = 0, start = at;
    bool is_hard = false;
    for (; at < size && next <= count; at = start) {
      while (start < size && role_of(kind, text[start]) == 3) start++;
      int64_t end = start;
      while (end < size && role_of(kind, text[end]) == 1) end++;
      is_hard = end < size && role_of(kind, text[end]) == 4;
      if (is_hard || start == size || next == count) break;
      if (end == start) end++;
      demand(words[next].start == start && words[next].end == end, "words as byte by byte");
      if (words[next++].end != end) return;
      start = end;
    }
    demand(next == count, "no word behind a hard byte");
    bool is_full = count >= 300 - 65 && !is_hard;
    demand(is_full || place == start, "the place is where the uncertain word begins");
    if (next != count || place < at) return;
    if (!is_full && place < size) {
      demand(is_hard, "it ends at a hard byte");
      while (place < size && role_of(kind, text[place]) != 3) place++;
    }
    at = place;
  }
}

static void test_cutting_runs(void) {
  static const char bytes[] = "aaaZ09..  ,\t\n\r'";
  uint32_t state = 17;
  for (int i = 0; i < 6000; i++) {
    int64_t size = 1 + (int64_t)(state >> 9) % (i % 10 ? 200 : 1500);
    uint8_t *text = malloc((size_t)size);
    if (!text) abort();
    for (int64_t k = 0; k < size; k++) {
      state = state * 1664525u + 1013904223u;
      uint32_t draw = state >> 8;
      text[k] = draw % 61 == 0 ? (uint8_t)(i % 2 ? 0xC3 : 1) : (uint8_t)bytes[draw / 61 % (sizeof bytes - 1)];
      if (k > 0 && draw % 3 == 0) text[k] = text[k - 1];
    }
    cut_like_the_bytes(ANNEAL_RUNS_WORDS, text, size);
    cut_like_the_bytes(ANNEAL_RUNS_BETWEEN_SPACES, text, size);
    cut_like_the_bytes(ANNEAL_RUNS_BETWEEN_BREAKS, text, size);
    anneal_range words[40];
    int64_t at = 0, place = 0;
    while (at < size) {
      int64_t count = anneal_cut_spaced(text, at, size, words, 40, &place);
      for (int64_t k = 0; k < count; k++) {
        int64_t end = at + 1;
        while (end < size && !(text[end] == ' ' && text[end - 1] > ' ' && text[end - 1] < 127)) end++;
        demand(words[k].start == at && words[k].end == end, "a word ends before a space");
        at = end;
      }
      demand(place == at && count > 0, "all is cut, or as much as there is room for");
      if (place != at || count == 0) break;
    }
    free(text);
  }
}

static void test_searching(void) {
  static const anneal_sign signs[] = {{'<', '|', true}, {' ', ' ', true}, {-61, 0, false}};
  static const char bytes[] = "aaaaaaaaaaaaaaaaaaaaaaaaa<| \xC3z";
  uint32_t state = 3;
  for (int i = 0; i < 20000; i++) {
    int64_t size = 1 + i % 200, start = 0;
    uint8_t *text = malloc((size_t)size);
    if (!text) abort();
    for (int64_t k = 0; k < size; k++) {
      state = state * 1664525u + 1013904223u;
      text[k] = (uint8_t)bytes[(state >> 16) % (sizeof bytes - 1)];
    }
    int64_t count = i % (ANNEAL_SIGNS + 1);
    for (; start < size; start++) {
      int64_t place = start;
      for (; place < size - 1; place++)
        if ((count > 0 && text[place] == '<' && text[place + 1] == '|') ||
            (count > 1 && text[place] == ' ' && text[place + 1] == ' ') ||
            (count > 2 && text[place] == 0xC3))
          break;
      int64_t found = anneal_find_sign(signs, count, text, start, size);
      demand(found == place, "the first sign is found");
      start = place;
    }
    free(text);
  }
}

static void test_tokens_by_their_bytes(void) {
  // One bucket of four is full, so that the fifth and sixth token stand in the next one.
  anneal_word slots[8] = {0};
  anneal_words known = {slots, 63};
  const char *tokens = "abcdef";
  anneal_range words[] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {0, 6}, {3, 3}};
  for (int i = 0; i < 6; i++) {
    anneal_word word = {0, 0, {(uint32_t)i, 0, 0}, 0};
    anneal_word_key((const uint8_t *)tokens, 6, words[i], &word.low, &word.high);
    uint64_t place = 4 * (anneal_word_hash(word.low, word.high) >> 63);
    while (slots[place].high) place = (place + 1) % 8;
    slots[place] = word;
  }
  int32_t found[8];
  anneal_first_tokens(&known, (const uint8_t *)tokens, 6, words, 8, found);
  for (int i = 0; i < 6; i++) demand(found[i] == i, "a token is found by its bytes");
  demand(found[6] == -1 && found[7] == -1, "no other word is");
}

enum { WORDS = 3000, LETTERS = 9000 };

/// A memory with numbers for many words, whose index is as small as it may be.
static anneal_memory empty_memory(void) {
  anneal_memory memory = {
    .words = calloc(2 * WORDS, sizeof(anneal_word)), .index = calloc(8192, 4), .shift = 64 - 13,
    .spilled = malloc(4 * 16 * WORDS), .next = 1, .end = 8, .spare = 8, .spare_end = 2 * WORDS,
    .claim = ANNEAL_WORD_OPEN | 1, .open = malloc(4 * 2 * WORDS)};
  if (!memory.words || !memory.index || !memory.spilled || !memory.open) abort();
  return memory;
}

static void free_memory(anneal_memory *memory) {
  free(memory->words);
  free(memory->index);
  free(memory->spilled);
  free(memory->open);
}

static bool are_equal_words(const uint8_t *text, anneal_range a, anneal_range b) {
  return a.end - a.start == b.end - b.start &&
         memcmp(text + a.start, text + b.start, (size_t)(a.end - a.start)) == 0;
}

/// Random words of 1 to 18 bytes that follow one another up to the very end of a text.
static int64_t random_words(uint32_t *state, uint8_t *text, anneal_range *words) {
  int64_t count = 0;
  for (int32_t at = 0; at < LETTERS && count < WORDS; count++) {
    *state = *state * 1664525u + 1013904223u;
    int32_t length = 1 + (int32_t)(*state >> 8) % (count % 4 ? 4 : 18);
    words[count] = (anneal_range){at, at + length < LETTERS ? at + length : LETTERS};
    for (; at < words[count].end; at++) text[at] = (uint8_t)('a' + (*state >> (at % 5 + 9)) % 3);
  }
  return count;
}

static void test_numbering(void) {
  uint32_t state = 29;
  uint8_t *text = malloc(LETTERS);
  anneal_range *words = malloc(WORDS * sizeof *words);
  uint32_t *numbers = malloc(WORDS * sizeof *numbers);
  anneal_word_keys *keys = malloc(sizeof *keys);
  if (!text || !words || !numbers || !keys) abort();
  keys->count = keys->looked = 0;
  anneal_memory memory = empty_memory();
  int64_t count = random_words(&state, text, words);
  for (int64_t first = 0; first < count; first += ANNEAL_WORD_BLOCK) {
    int64_t step = count - first < ANNEAL_WORD_BLOCK ? count - first : ANNEAL_WORD_BLOCK;
    int32_t long_ones[ANNEAL_WORD_BLOCK];
    for (int64_t i = first; i < first + step; i++) numbers[i] = 0;
    int64_t many = anneal_add_keys(
      keys, text, words[count - 1].end, words + first, step, 0, false, long_ones);
    anneal_number_words(&memory, keys, numbers + first);
    int64_t seen = 0;
    for (int64_t i = first; i < first + step; i++) {
      bool is_long = words[i].end - words[i].start > ANNEAL_WORD_LONGEST;
      demand(is_long == (numbers[i] == 0), "long words alone have no number");
      if (is_long) demand(seen < many && long_ones[seen++] == i - first, "long words are listed");
    }
    demand(seen == many, "no other word is listed");
  }
  for (int64_t i = 0; i < count; i += 7)
    for (int64_t k = 0; k < i; k++)
      if (numbers[i] && numbers[k])
        demand((numbers[i] == numbers[k]) == are_equal_words(text, words[i], words[k]),
               "equal words alone have one number");
  demand(memory.open_count == memory.next - 1, "every new word is to be learned");
  for (uint32_t i = 0; i < memory.open_count; i++)
    demand(memory.open[i] == i + 1, "words are numbered as they are met");
  uint32_t before = memory.next, again[2] = {0, 9}, marked[1];
  int32_t none[1];
  anneal_add_keys(keys, text, LETTERS, words + 1, 1, 0, false, none);
  anneal_skip_key(keys);
  demand(keys->count == 2 && keys->looked == 1, "what is skipped is not looked up");
  anneal_number_words(&memory, keys, again);
  demand(again[0] == numbers[1] && memory.next == before, "a word is known");
  demand(again[1] == 9, "what is skipped gets no number");
  anneal_add_keys(keys, text, LETTERS, words + 1, 1, ANNEAL_WORD_MARK, false, none);
  anneal_number_words(&memory, keys, marked);
  demand(marked[0] == before && memory.next == before + 1, "a marked word is another");
  demand(anneal_is_open(memory.words + before), "a new word is open");
  anneal_disclaim(&memory, before);
  memory.open_count = 0;
  for (int i = 0; i < 2; i++) {
    anneal_add_keys(keys, text, LETTERS, words + 1, 1, ANNEAL_WORD_MARK, false, none);
    anneal_number_words(&memory, keys, marked);
  }
  demand(memory.open_count == 1 && memory.open[0] == before, "a word left open is noted once more");
  free_memory(&memory);
  free(text);
  free(words);
  free(numbers);
  free(keys);
}

enum { THREADS = 4, TURNS = 6, STEP = 200 };

/// One of the threads that fill a memory.
typedef struct {
  anneal_memory memory;
  const uint8_t *text;
  const anneal_range *words;
  int64_t count, first;
  bool is_right;
  /// Where the threads wait for one another, so that none is done before the next one begins.
  pthread_barrier_t *start;
} filler;

/// What a word is given as its tokens, by its bytes alone.
static uint32_t invented_tokens(const anneal_word *word, uint32_t *tokens) {
  uint32_t hash = (uint32_t)(anneal_word_hash(word->low, word->high) >> 40);
  for (uint32_t i = 0; i < hash % 6; i++) tokens[i] = (hash + i) << 8 | (i + 1);
  return hash % 6;
}

/// Numbers all words some at a time, learns those that are new, and looks at the tokens of all.
static void *fill(void *of) {
  filler *one = of;
  anneal_word_keys *keys = malloc(sizeof *keys);
  if (!keys) abort();
  keys->count = keys->looked = 0;
  pthread_barrier_wait(one->start);
  for (int64_t turn = 0; turn < TURNS * one->count / STEP; turn++) {
    int64_t first = (one->first + turn * STEP) % (one->count - STEP);
    uint32_t numbers[STEP] = {0}, tokens[8];
    int32_t long_ones[STEP], ids[8 * STEP], end = 0;
    anneal_add_keys(keys, one->text, LETTERS, one->words + first, STEP, 0, false, long_ones);
    anneal_number_words(&one->memory, keys, numbers);
    for (uint32_t i = 0; i < one->memory.open_count; i++) {
      const anneal_word *word = one->memory.words + one->memory.open[i];
      if (!anneal_is_open(word)) continue;
      anneal_keep_tokens(&one->memory, one->memory.open[i], tokens, invented_tokens(word, tokens));
    }
    one->memory.open_count = 0;
    anneal_tokens written = {.ids = ids, .room = 8 * STEP};
    int64_t done = anneal_write_tokens(&one->memory, NULL, numbers, 0, STEP, NULL, &written);
    one->is_right &= done == STEP;
    for (int64_t i = 0; i < STEP; i++) {
      anneal_range range = one->words[first + i];
      uint32_t count = 0;
      if (range.end - range.start <= ANNEAL_WORD_LONGEST) {
        anneal_word word = {0};
        anneal_word_key(one->text, LETTERS, range, &word.low, &word.high);
        count = invented_tokens(&word, tokens);
        const anneal_word *known = one->memory.words + numbers[i];
        one->is_right &= known->low == word.low && known->high == word.high;
      }
      for (uint32_t k = 0; k < count; k++) one->is_right &= ids[end++] == (int32_t)(tokens[k] >> 8);
    }
    one->is_right &= end == written.count;
    // As a thread does that has met them while they were open, though another one has learned them by now.
    for (int64_t i = turn % 4; i < STEP; i += 4) {
      if (!numbers[i]) continue;
      uint32_t count = invented_tokens(one->memory.words + numbers[i], tokens);
      anneal_keep_tokens(&one->memory, numbers[i], tokens, count);
    }
  }
  free(keys);
  return NULL;
}

/// Threads that fill one memory at once find in it what is right, whoever wrote it.
static void test_sharing(void) {
  uint32_t state = 53;
  uint8_t *text = malloc(LETTERS);
  anneal_range *words = malloc(WORDS * sizeof *words);
  if (!text || !words) abort();
  int64_t count = random_words(&state, text, words);
  for (int round = 0; round < 8; round++) {
    anneal_memory shared = empty_memory();
    free(shared.words);
    free(shared.spilled);
    // Numbers and room for each thread, as if it met all words first.
    shared.words = calloc((size_t)(THREADS * count + 1), sizeof(anneal_word));
    shared.spilled = calloc((size_t)(THREADS * count), 4 * 16);
    if (!shared.words || !shared.spilled) abort();
    filler fillers[THREADS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, THREADS);
    pthread_t threads[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
      fillers[i] = (filler){shared, text, words, count, round % 2 ? i * 97 : 0, true, &start};
      anneal_memory *memory = &fillers[i].memory;
      memory->next = 1 + i * (uint32_t)count, memory->end = memory->next + (uint32_t)count;
      memory->spare = memory->spare_end = 0;
      memory->spilled_count = 16 * i * (uint32_t)count;
      memory->claim = ANNEAL_WORD_OPEN | (i + 1);
      memory->open = malloc((size_t)count * 4);
      if (!memory->open) abort();
    }
    for (int i = 0; i < THREADS; i++) pthread_create(threads + i, NULL, fill, fillers + i);
    for (int i = 0; i < THREADS; i++) {
      pthread_join(threads[i], NULL);
      demand(fillers[i].is_right, "threads that share a memory find the right words and tokens");
      free(fillers[i].memory.open);
    }
    pthread_barrier_destroy(&start);
    free_memory(&shared);
  }
  free(text), free(words);
}

static void test_folding(void) {
  static const char text[] = "MiXed{@[`Z case \xC3\x89Zz";
  anneal_range words[2] = {{0, 10}, {16, 20}}, folded[2] = {{0, 10}, {10, 14}};
  static const char small[] = "mixed{@[`z\xC3\x89zz";
  anneal_word_keys *keys = malloc(sizeof *keys);
  if (!keys) abort();
  int32_t none[2];
  keys->count = keys->looked = 0;
  anneal_add_keys(keys, (const uint8_t *)text, sizeof text, words, 2, 0, true, none);
  anneal_add_keys(keys, (const uint8_t *)small, sizeof small, folded, 2, 0, false, none);
  for (int i = 0; i < 2; i++)
    demand(keys->low[i] == keys->low[i + 2] && keys->high[i] == keys->high[i + 2],
           "capitals of ASCII, and nothing else, are folded");
  free(keys);
}

static void test_origins(void) {
  // Two bytes and three to a character; a token begins inside one.
  static const char text[] = "a\xC3\xA9 \xE4\xB8\xAD" "b  ";
  const int64_t size = sizeof text - 1;
  const anneal_range words[] = {{0, 3}, {3, 8}, {8, 10}};
  const int32_t ids[] = {9, 0, 0, 1, 0, 2, 0, 3}, ends[] = {9, 1, 2, 3, 2, 4, 5, 2}, word_ends[] = {4, 7, 8};
  const uint16_t edges[] = {0, 0, 1 << 8, 5 << 8 | 1};
  uint64_t begins[1];
  int32_t before[1], numbers[7];
  anneal_scalars scalars = {begins, before};
  anneal_edges trims = {edges, 4, false};
  anneal_word_tokens tokens = {ids, ends, 1, word_ends};
  anneal_range origins[7];
  demand(anneal_find_scalars((const uint8_t *)text, size, &scalars) == 7, "scalars are counted");
  anneal_write_origins(&tokens, words, 3, &scalars, NULL, origins, numbers);
  const anneal_range expected[] = {{0, 1}, {1, 2}, {1, 2}, {2, 4}, {3, 4}, {4, 5}, {5, 7}};
  const int32_t in_words[] = {0, 0, 0, 1, 1, 1, 2};
  for (int i = 0; i < 7; i++) {
    demand(origins[i].start == expected[i].start && origins[i].end == expected[i].end, "origins");
    demand(numbers[i] == in_words[i], "words");
  }
  anneal_write_origins(&tokens, words, 3, &scalars, &trims, origins, numbers);
  demand(origins[4].start == 4 && origins[4].end == 4, "no more is trimmed than there is");
  demand(origins[6].start == 7 && origins[6].end == 7, "more white space than there is");
  anneal_write_origins(&tokens, words, 3, NULL, &trims, origins, numbers);
  demand(origins[1].start == 1 && origins[1].end == 2, "bytes are scalars");
}

static void test_writing(void) {
  anneal_memory memory = empty_memory();
  const uint32_t one[] = {7 << 8 | 3}, five[] = {1 << 8 | 1, 2 << 8 | 2, 3 << 8 | 3, 4 << 8 | 4, 5 << 8 | 5};
  anneal_keep_tokens(&memory, 1, one, 1);
  anneal_keep_tokens(&memory, 2, five, 5);
  anneal_keep_tokens(&memory, 3, one, 0);
  demand(memory.spilled_count == 5, "more than three tokens are spilled");
  const anneal_word own_word = {0, 0, {7 << 8 | 3}, 1};
  const anneal_own_words own = {&own_word, NULL};
  // A long word of the first two words, the first as an own one, and an id, and then an id by itself.
  const uint32_t lists[] = {99, 3, ANNEAL_NUMBER_OWN, 0, 2, 3, 42 | ANNEAL_NUMBER_ID, 11};
  const uint32_t numbers[] = {2, ANNEAL_NUMBER_OWN, 3, ANNEAL_NUMBER_LIST | 1, 9 | ANNEAL_NUMBER_ID, 1};
  const int32_t ids[] = {1, 2, 3, 4, 5, 7, 7, 1, 2, 3, 4, 5, 42, 9, 7};
  const int32_t ends[] = {1, 2, 3, 4, 5, 3, 3, 4, 5, 6, 7, 8, 11, 0, 3};
  const int32_t word_ends[] = {5, 6, 6, 13, 14, 15};
  for (int64_t room = 0; room < 24; room++) {
    // Just as much as there is room for, so that a step behind the end is an error for a sanitizer.
    int32_t *to = malloc((size_t)(room + 1) * 4), *to_ends = malloc((size_t)(room + 1) * 4), to_words[6];
    if (!to || !to_ends) abort();
    // Texts of one word, of none, of three and of the last two.
    const int64_t stops[] = {1, 1, 4, 6}, all_ends[] = {5, 5, 13, 15};
    int64_t text_ends[4] = {0};
    anneal_tokens tokens = {to, to_ends, to_words, 0, room, stops, 4, 0, text_ends, 100};
    anneal_tokens plain = {to, NULL, NULL, 0, room, NULL, 0, 0, NULL, 0};
    int64_t done = anneal_write_tokens(&memory, &own, numbers, 0, 6, lists, &tokens);
    demand(done == 6 || room < 19, "there is room enough");
    demand(tokens.texts_done == (done < 1 ? 0 : done < 4 ? 2 : done < 6 ? 3 : 4), "texts that end");
    for (int64_t i = 0; i < tokens.texts_done; i++)
      demand(text_ends[i] == 100 + all_ends[i], "where texts end");
    demand(tokens.count == (done ? word_ends[done - 1] : 0), "words are written whole");
    demand(memcmp(to, ids, (size_t)tokens.count * 4) == 0, "ids");
    demand(memcmp(to_ends, ends, (size_t)tokens.count * 4) == 0, "ends");
    demand(memcmp(to_words, word_ends, (size_t)done * 4) == 0, "ends of words");
    demand(anneal_write_tokens(&memory, &own, numbers, 0, 6, lists, &plain) == done, "the same without ends");
    demand(memcmp(to, ids, (size_t)plain.count * 4) == 0, "ids without ends");
    // The rest finds room elsewhere.
    int32_t rest[24], rest_ends[24], rest_words[6];
    anneal_tokens more = {rest, rest_ends, rest_words, 0, 24, stops, 4, tokens.texts_done, text_ends,
                          100 + tokens.count};
    demand(anneal_write_tokens(&memory, &own, numbers, done, 6, lists, &more) == 6, "all the rest");
    demand(memcmp(rest, ids + tokens.count, (size_t)more.count * 4) == 0, "ids of the rest");
    demand(more.texts_done == 4 && memcmp(rest_ends, ends + tokens.count, (size_t)more.count * 4) == 0,
           "ends of the rest");
    for (int64_t i = 0; i < 4; i++) demand(text_ends[i] == 100 + all_ends[i], "where all texts end");
    free(to);
    free(to_ends);
  }
  free_memory(&memory);
}

/// The parts of a word by asking for every place whether a token may span it.
static int64_t parts_one_by_one(
  const anneal_seams *seams, const uint8_t *text, int64_t end, anneal_range *parts) {
  int64_t count = 0, first = 0;
  uint32_t before = 0;
  for (int64_t place = 0; place < end;) {
    int64_t length = text[place] < 0x80 ? 1 : text[place] < 0xE0 ? 2 : text[place] < 0xF0 ? 3 : 4;
    uint32_t here = 0;
    for (int64_t k = 0; k < length; k++) here = here << 8 | text[place + k];
    if (place > 0) {
      uint64_t bit = anneal_seam_bit(before, here);
      bool joined = (before | here) < 0x80 ? seams->ascii[before * 128 + here]
                                            : seams->pairs[bit / 64] >> (bit % 64) & 1;
      if (!joined && !seams->broken[text[place - 1] * 256 + text[place]]) {
        parts[count++] = (anneal_range){(int32_t)first, (int32_t)place};
        first = place;
      }
    }
    before = here;
    place += length;
  }
  if (end > 0) parts[count++] = (anneal_range){(int32_t)first, (int32_t)end};
  return count;
}

static void test_seams(void) {
  static const char *const characters[] = {"a", "b", " ", "7", "é", "中", "文", "한", "\U0001F600"};
  bool *ascii = calloc(1 << 14, 1), *broken = calloc(1 << 16, 1);
  uint64_t *pairs = calloc((size_t)1 << (ANNEAL_SEAM_BITS - 6), 8);
  if (!ascii || !broken || !pairs) abort();
  anneal_seams seams = {ascii, pairs, broken};
  uint32_t state = 7;
  for (int i = 0; i < 1 << 14; i++) ascii[i] = (state = state * 1664525 + 1013904223) >> 31;
  for (int i = 0; i < 1 << 16; i++) broken[i] = (state = state * 1664525 + 1013904223) >> 29 == 0;
  for (int i = 0; i < 1 << (ANNEAL_SEAM_BITS - 6); i++)
    pairs[i] = (uint64_t)(state = state * 1664525 + 1013904223) * 0x9E3779B97F4A7C15u;
  for (int64_t length = 0; length < 80; length++) {
    uint8_t text[400];
    int64_t size = 0;
    for (int64_t k = 0; k < length; k++) {
      const char *character = characters[((state = state * 1664525 + 1013904223) >> 16) % 9];
      memcpy(text + size, character, strlen(character));
      size += (int64_t)strlen(character);
    }
    // Just as long as the text, so that a step behind the end is an error for a sanitizer.
    uint8_t *copy = malloc((size_t)size + 1);
    if (!copy) abort();
    memcpy(copy + 1, text, (size_t)size);
    anneal_range expected[400];
    int64_t count = parts_one_by_one(&seams, text, size, expected);
    for (int64_t room = 1; room < 100; room += 9) {
      anneal_range found[500];
      int64_t written = 0;
      for (int64_t start = 0; start < size;)
        written += anneal_cut_seams(&seams, copy + 1, &start, size, found + written, room);
      demand(written == count, "as many parts");
      demand(memcmp(found, expected, (size_t)count * sizeof *found) == 0, "the same parts");
    }
    free(copy);
  }
  free(ascii);
  free(broken);
  free(pairs);
}

static void test_ideographs(void) {
  // U+4DFF, U+4E00, U+9FBF, U+9FC0.
  demand(anneal_skip_ideographs((const uint8_t *)"\xE4\xB7\xBF", 0, 3) == 0, "a hexagram");
  demand(anneal_skip_ideographs((const uint8_t *)"a\xE4\xB8\x80\xE9\xBE\xBF-", 1, 8) == 7, "two");
  demand(anneal_skip_ideographs((const uint8_t *)"\xE9\xBF\x80", 0, 3) == 0, "beyond");
  demand(anneal_skip_ideographs((const uint8_t *)"\xE4\xB8\x80", 0, 2) == 0, "not whole");
}

void test_words(void) {
  test_seams();
  test_ideographs();
  test_cutting();
  test_cutting_runs();
  test_searching();
  test_tokens_by_their_bytes();
  test_numbering();
  test_sharing();
  test_folding();
  test_origins();
  test_writing();
}
