// Cutting text into words, against the patterns followed step by step, and looking up words.

#include "check.h"

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
    for (; start < size; start++) {
      int64_t place = start;
      for (; place < size - 1; place++)
        if ((text[place] == '<' && text[place + 1] == '|') ||
            (text[place] == ' ' && text[place + 1] == ' ') || text[place] == 0xC3)
          break;
      int64_t found = anneal_find_sign(signs, 3, text, start, size);
      demand(found == place, "the first sign is found");
      start = place;
    }
    free(text);
  }
}

static void test_known_words(void) {
  // A text that ends with its last word, so that a load behind it is an error for a sanitizer.
  const char *source = "the cat, an extraordinarily small cat, sat";
  int64_t size = (int64_t)strlen(source);
  uint8_t *text = malloc((size_t)size);
  anneal_word *slots = calloc(16, sizeof *slots);
  if (!text || !slots) abort();
  memcpy(text, source, (size_t)size);
  uint32_t spilled[] = {10 << 8 | 1, 11 << 8 | 2, 12 << 8 | 3, 13 << 8 | 4};
  anneal_words known = {slots, 62, spilled};
  anneal_range words[] = {{0, 3}, {3, 7}, {32, 33}, {33, 37}, {12, 27}, {12, 28}, {39, 42}};
  anneal_word_keys keys;
  demand(anneal_key_words(text, size, words, 7, &keys) == 1, "one word is too long");
  demand(keys.low[1] == keys.low[3] && keys.high[1] == keys.high[3], "equal words have one key");
  demand(keys.low[0] != keys.low[6], "different words have different keys");
  demand(!anneal_find_word(&known, keys.low[5], keys.high[5]), "a word of 16 bytes has no key");
  // " cat" with four tokens, "the" with one.
  for (int i = 0; i < 2; i++) {
    anneal_word *slot = slots + 4 * (anneal_word_hash(keys.low[i], keys.high[i]) >> 62);
    while (slot->high) slot++;
    *slot = (anneal_word){keys.low[i], keys.high[i], {i ? 0 : 7 << 8 | 3, 0, 0}, i ? 4 : 1};
  }
  int32_t ids[64], ends[64], word_ends[8];
  anneal_tokens tokens = {ids, ends, word_ends, 0};
  demand(anneal_add_known(&known, &keys, 0, 7, &tokens) == 2, "the first unknown word ends it");
  demand(tokens.count == 5 && ids[0] == 7 && ids[1] == 10 && ids[4] == 13, "ids");
  demand(ends[0] == 3 && ends[1] == 1 && ends[4] == 4, "ends");
  demand(word_ends[0] == 1 && word_ends[1] == 5, "ends of words");
  demand(anneal_add_known(&known, &keys, 3, 4, &tokens) == 4 && tokens.count == 9, "from the middle");
  int32_t unknown[8];
  demand(anneal_unknown_words(&known, &keys, 1, 7, unknown) == 3, "three short words are not known");
  demand(unknown[0] == 2 && unknown[1] == 4 && unknown[2] == 6, "their numbers");
  int32_t first[8];
  anneal_first_tokens(&known, text, size, words, 7, first);
  demand(first[0] == (7 << 8 | 3) && first[2] == -1 && first[5] == -1, "first tokens");
  free(slots);
  free(text);
}

void test_words(void) {
  test_cutting();
  test_searching();
  test_known_words();
}
