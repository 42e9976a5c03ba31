#include "AnnealWords.h"
#include "cloned.h"

#include <stddef.h>
#include <string.h>

// MARK: cutting

/// 64 bytes.
typedef int8_t bytes64 __attribute__((ext_vector_type(64), aligned(1)));

/// A bit for every byte from `first` to `last`; bytes beyond ASCII are negative.
static inline __attribute__((always_inline)) uint64_t between(
  const bytes64 *bytes, int8_t first, int8_t last) {
  bytes64 v = *bytes;
  bits64 bits = __builtin_convertvector((v >= first) & (v <= last), bits64);
  uint64_t mask;
  memcpy(&mask, &bits, sizeof mask);
  return mask;
}

/// What the 64 bytes of a block are, a bit each.
typedef struct {
  uint64_t letters, lower, digits, spaces, apostrophes, signs, hard;
} block;

/// What the bytes of a block are whose first `behind` ones are left out: what follows them moves up.
static inline __attribute__((always_inline)) block classify(const bytes64 *bytes, int64_t behind) {
  block b;
  bytes64 folded = *bytes | 0x20;
  b.letters = between(&folded, 'a', 'z') >> behind;
  b.lower = between(bytes, 'a', 'z') >> behind;
  b.digits = between(bytes, '0', '9') >> behind;
  b.spaces = between(bytes, ' ', ' ') >> behind;
  b.apostrophes = between(bytes, '\'', '\'') >> behind;
  // Control characters may be white space.
  b.hard = ~(between(bytes, ' ', '~') >> behind);
  b.signs = ~(b.letters | b.digits | b.spaces | b.hard);
  return b;
}

/// Bytes behind `end` are hard.
static inline __attribute__((always_inline)) block read_block(
  const uint8_t *text, int64_t place, int64_t end) {
  bytes64 v = 0;
  int64_t left = end - place;
  if (__builtin_expect(left >= 64, true)) {
    memcpy(&v, text + place, 64);
    return classify(&v, 0);
  }
  if (end >= 64) {
    // The last 64 bytes of the text, of which those before the block are left out.
    memcpy(&v, text + end - 64, 64);
    return classify(&v, 64 - left);
  }
  memcpy(&v, text + place, (size_t)left);
  return classify(&v, 0);
}

static inline uint64_t shifted(uint64_t bits, uint64_t before) { return bits << 1 | before >> 63; }

static inline uint8_t lowered(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

/// The length of a contraction that begins with the apostrophe at a place, or 0.
static int64_t contraction(const uint8_t *text, int64_t place, int64_t end, bool any_case) {
  if (end - place < 2) return 0;
  uint8_t first = text[place + 1];
  if (any_case) first = lowered(first);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if (end - place < 3) return 0;
  uint8_t second = text[place + 2];
  if (any_case) second = lowered(second);
  bool is_long = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                 (first == 'l' && second == 'l');
  return is_long ? 3 : 0;
}

/// What one block tells the next: its bytes' kinds, and what contractions say of the next block's places.
typedef struct {
  block before;
  /// Places at which signs begin a word, in the block before.
  uint64_t sign_starts;
  uint64_t cleared, forced;
} carry;

/// The places of a block at which words begin by the kinds of neighbours alone.
static inline uint64_t kind_starts(
  anneal_cut pattern, const block *b, carry *c, uint64_t next_open) {
  uint64_t letters = shifted(b->letters, c->before.letters);
  uint64_t spaces = shifted(b->spaces, c->before.spaces);
  // A hard byte may be white space too, and then the run of spaces is not over.
  uint64_t following = (b->spaces | b->hard) >> 1 | next_open << 63;
  uint64_t space_starts = b->spaces & (~spaces | ~following);
  uint64_t sign_starts = b->signs & ~spaces & ~shifted(b->signs, c->before.signs);
  uint64_t digit_starts = b->digits & ~shifted(b->digits, c->before.digits);
  uint64_t letter_starts = b->letters & ~letters & ~spaces;
  if (pattern == ANNEAL_CUT_GPT2) {
    digit_starts &= ~spaces;
  } else {
    // A sign that begins a word takes the letters behind it in.
    letter_starts &= ~shifted(sign_starts, c->sign_starts);
  }
  if (pattern == ANNEAL_CUT_O200K)
    letter_starts |= b->letters & ~b->lower & shifted(b->lower, c->before.lower);
  c->sign_starts = sign_starts;
  return space_starts | sign_starts | digit_starts | letter_starts;
}

/// Moves the starts of words where contractions stand.
static inline uint64_t with_contractions(
  anneal_cut pattern, uint64_t starts, uint64_t apostrophes, uint64_t letters_before,
  const uint8_t *text, int64_t place, int64_t end, carry *c) {
  uint64_t forced = c->forced;
  starts = (starts & ~c->cleared) | forced;
  c->cleared = c->forced = 0;
  for (; apostrophes; apostrophes &= apostrophes - 1) {
    int at = __builtin_ctzll(apostrophes);
    // Of o200k they are the end of the word before, of the others words by themselves.
    if (!(starts >> at & 1)) continue;
    if (pattern == ANNEAL_CUT_O200K) {
      // A word has one contraction at most.
      if (!(letters_before >> at & 1) || forced >> at & 1) continue;
      // The long s beyond ASCII makes one too.
      if (place + at + 1 < end && text[place + at + 1] >= 0x80) starts &= ~((uint64_t)1 << at);
    }
    int64_t length = contraction(text, place + at, end, pattern != ANNEAL_CUT_GPT2);
    if (length == 0) continue;
    unsigned __int128 inside = ((unsigned __int128)1 << length) - 2;
    if (pattern == ANNEAL_CUT_O200K) inside |= 1;
    inside <<= at;
    unsigned __int128 behind = (unsigned __int128)1 << (at + length);
    starts = (starts & ~(uint64_t)inside) | (uint64_t)behind;
    forced |= (uint64_t)behind;
    c->cleared |= (uint64_t)(inside >> 64);
    c->forced |= (uint64_t)(behind >> 64);
  }
  return starts;
}

/// Writes the word up to `end`, in parts where it is a number with too many digits.
static inline int64_t write_word(
  const uint8_t *text, int64_t start, int64_t end, int64_t digits, anneal_range *words,
  int64_t count) {
  if (end - start > digits && text[start] >= '0' && text[start] <= '9')
    for (; end - start > digits; start += digits)
      words[count++] = (anneal_range){(int32_t)start, (int32_t)(start + digits)};
  words[count++] = (anneal_range){(int32_t)start, (int32_t)end};
  return count;
}

/// Ends the word at work at every place of a block that has a bit, and begins the next.
///
/// A place more or less costs less than asking how many there are, so that 16 are written at once.
static inline __attribute__((always_inline)) int64_t write_starts(
  uint64_t starts, int64_t at, anneal_range *words, int64_t count) {
  int64_t left = __builtin_popcountll(starts), next = count + left;
  for (; left > 0; left -= 16) {
    for (int k = 0; k < 16; k++, count++) {
      // Behind the last bit, places are written that the next words are written over.
      int32_t place = (int32_t)(at + __builtin_ctzll(starts | (uint64_t)1 << 63));
      words[count].end = place;
      words[count + 1].start = place;
      starts &= starts - 1;
    }
  }
  return next;
}

/// Whether a block ends or has a number with more digits than there may be.
static inline __attribute__((always_inline)) bool has_long_number(
  int64_t digits, uint64_t bits, uint64_t before) {
  uint64_t longer = bits, last = before;
  for (int64_t i = 0; i < 3; i++) {
    if (i == digits) break;
    uint64_t next = longer & shifted(longer, last);
    last &= last << 1;
    longer = next;
  }
  return longer != 0;
}

static inline __attribute__((always_inline)) int64_t cut(
  anneal_cut pattern, int64_t digits, const uint8_t *text, int64_t start, int64_t end,
  anneal_range *words, int64_t room, int64_t *place) {
  carry c = {0};
  int64_t count = 0, word = start;
  words[0].start = (int32_t)start;
  for (int64_t at = start; at < end; at += 64) {
    block b = read_block(text, at, end);
    uint64_t inside = end - at < 64 ? ~(~(uint64_t)0 << (end - at)) : ~(uint64_t)0;
    // At the end of the text a run of spaces stays whole.
    uint64_t next_open = at + 64 >= end || text[at + 64] <= ' ' || text[at + 64] >= 127;
    uint64_t starts = kind_starts(pattern, &b, &c, next_open);
    uint64_t letters_before = shifted(b.letters, c.before.letters);
    if (at == start) starts |= 1;
    starts =
      with_contractions(pattern, starts, b.apostrophes, letters_before, text, at, end, &c) & inside;
    uint64_t hard = b.hard & inside;
    if (at == start) starts &= ~(uint64_t)1;
    if (hard) starts &= (hard & -hard) - 1;
    if (pattern == ANNEAL_CUT_GPT2 || !has_long_number(digits, b.digits, c.before.digits)) {
      count = write_starts(starts, at, words, count);
    } else {
      for (; starts; starts &= starts - 1) {
        int64_t next = at + __builtin_ctzll(starts);
        count = write_word(text, words[count].start, next, digits, words, count);
        words[count].start = (int32_t)next;
      }
    }
    word = words[count].start;
    if (hard) {
      *place = word;
      return count;
    }
    if (pattern != ANNEAL_CUT_GPT2) {
      // Long numbers are not gone over again and again: what is full is written.
      for (; text[word] >= '0' && text[word] <= '9' && word + digits < at + 64 && word + digits < end;
           word += digits)
        words[count++] = (anneal_range){(int32_t)word, (int32_t)(word + digits)};
      words[count].start = (int32_t)word;
    }
    if (room - count < ANNEAL_CUT_ROOM) {
      *place = word;
      return count;
    }
    c.before = b;
  }
  if (word < end) count = write_word(text, word, end, digits, words, count);
  *place = end;
  return count;
}

CLONED int64_t anneal_cut_plain(
  anneal_cut pattern, int64_t digits, const uint8_t *text, int64_t start, int64_t end,
  anneal_range *words, int64_t room, int64_t *place) {
  switch (pattern) {
    case ANNEAL_CUT_GPT2:
      return cut(ANNEAL_CUT_GPT2, INT64_MAX, text, start, end, words, room, place);
    case ANNEAL_CUT_TIKTOKEN:
      return cut(ANNEAL_CUT_TIKTOKEN, digits, text, start, end, words, room, place);
    case ANNEAL_CUT_O200K:
      return cut(ANNEAL_CUT_O200K, digits, text, start, end, words, room, place);
  }
  *place = start;
  return 0;
}

// MARK: runs

static inline bool is_visible(uint8_t byte) { return byte > ' ' && byte < 127; }

static inline bool is_letter_or_digit(uint8_t byte) {
  return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

static inline bool is_run(anneal_runs kind, uint8_t byte) {
  return kind == ANNEAL_RUNS_WORDS ? is_letter_or_digit(byte) : is_visible(byte);
}

static inline bool is_between(anneal_runs kind, uint8_t byte) {
  if (byte == ' ') return true;
  if (kind == ANNEAL_RUNS_BETWEEN_SPACES) return false;
  return byte == '\t' || byte == '\n' || (byte == '\r' && kind == ANNEAL_RUNS_WORDS);
}

/// Writes where the bits of a block are to every other number from `places[2 * count]` on.
static inline void write_places(uint64_t bits, int64_t at, int32_t *places, int64_t count) {
  for (; bits; bits &= bits - 1, count++) places[2 * count] = (int32_t)(at + __builtin_ctzll(bits));
}

static inline __attribute__((always_inline)) int64_t cut_runs(
  anneal_runs kind, const uint8_t *text, int64_t start, int64_t end, anneal_range *words,
  int64_t room, int64_t *place) {
  // Words begin and end in turns; at most one is open.
  int64_t starts = 0, ends = 0;
  uint64_t run_before = 0;
  for (int64_t at = start; at < end; at += 64) {
    if (room - starts < 65) {
      *place = starts > ends ? words[ends].start : at;
      return ends;
    }
    block b = read_block(text, at, end);
    uint64_t inside = end - at < 64 ? ~(~(uint64_t)0 << (end - at)) : ~(uint64_t)0;
    uint64_t between_words = b.spaces, hard = b.hard & inside;
    for (uint64_t left = hard; left; left &= left - 1)
      if (is_between(kind, text[at + __builtin_ctzll(left)])) between_words |= left & -left;
    hard &= ~between_words;
    uint64_t signs = b.signs & inside;
    uint64_t run = kind == ANNEAL_RUNS_WORDS ? b.letters | b.digits : b.letters | b.digits | signs;
    uint64_t single = kind == ANNEAL_RUNS_WORDS ? signs : 0;
    run &= inside;
    uint64_t next_run = 0, next_hard = 0;
    if (at + 64 < end) {
      uint8_t next = text[at + 64];
      next_run = is_run(kind, next);
      next_hard = !is_visible(next) && !is_between(kind, next);
    }
    uint64_t first = (run & ~shifted(run, run_before)) | single;
    // A run before a hard byte may go on.
    uint64_t last = (run & ~((run | hard) >> 1 | (next_run | next_hard) << 63)) | single;
    if (hard) {
      uint64_t before = (hard & -hard) - 1;
      first &= before;
      last &= before;
    }
    write_places(first, at, &words[0].start, starts);
    write_places(last, at + 1, &words[0].end, ends);
    starts += __builtin_popcountll(first);
    ends += __builtin_popcountll(last);
    if (hard) {
      *place = starts > ends ? words[ends].start : at + __builtin_ctzll(hard);
      return ends;
    }
    run_before = run;
  }
  *place = end;
  return ends;
}

CLONED int64_t anneal_cut_runs(
  anneal_runs kind, const uint8_t *text, int64_t start, int64_t end, anneal_range *words,
  int64_t room, int64_t *place) {
  if (kind == ANNEAL_RUNS_WORDS)
    return cut_runs(ANNEAL_RUNS_WORDS, text, start, end, words, room, place);
  return cut_runs(kind, text, start, end, words, room, place);
}

CLONED int64_t anneal_cut_spaced(
  const uint8_t *text, int64_t start, int64_t end, anneal_range *words, int64_t room,
  int64_t *place) {
  int64_t count = 0, word = start;
  uint64_t visible_before = 0;
  for (int64_t at = start; at < end; at += 64) {
    block b = read_block(text, at, end);
    uint64_t visible = ~(b.spaces | b.hard);
    uint64_t cuts = b.spaces & shifted(visible, visible_before);
    if (end - at < 64) cuts &= ~(~(uint64_t)0 << (end - at));
    for (; cuts; cuts &= cuts - 1) {
      if (count == room) {
        *place = word;
        return count;
      }
      int64_t next = at + __builtin_ctzll(cuts);
      words[count++] = (anneal_range){(int32_t)word, (int32_t)next};
      word = next;
    }
    visible_before = visible;
  }
  if (count == room && word < end) {
    *place = word;
    return count;
  }
  if (word < end) words[count++] = (anneal_range){(int32_t)word, (int32_t)end};
  *place = end;
  return count;
}

// MARK: seams

/// The bytes of the character at a place, which is moved behind it.
static inline __attribute__((always_inline)) uint32_t next_character(
  const uint8_t *text, int64_t *place) {
  const uint8_t *bytes = text + *place;
  uint32_t first = bytes[0];
  *place += first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first < 0x80) return first;
  uint32_t two = first << 8 | bytes[1];
  if (first < 0xE0) return two;
  uint32_t three = two << 8 | bytes[2];
  return first < 0xF0 ? three : three << 8 | bytes[3];
}

int64_t anneal_cut_seams(
  const anneal_seams *seams, const uint8_t *text, int64_t *start, int64_t end, anneal_range *parts,
  int64_t room) {
  int64_t count = 0, place = *start;
  if (place == end) return 0;
  parts[0].start = (int32_t)place;
  uint32_t before = next_character(text, &place);
  while (place < end) {
    int64_t next = place;
    uint32_t behind = next_character(text, &next);
    bool is_joined = seams->broken[text[place - 1] << 8 | text[place]];
    if ((before | behind) < 0x80) {
      is_joined |= seams->ascii[before << 7 | behind];
    } else {
      uint64_t bit = anneal_seam_bit(before, behind);
      is_joined |= seams->pairs[bit >> 6] >> (bit & 63) & 1;
    }
    // Whether this is a seam nobody can foresee: it is written, and written over where it is none.
    parts[count].end = (int32_t)place;
    parts[count + 1].start = (int32_t)place;
    count += !is_joined;
    if (__builtin_expect(count == room, false)) {
      *start = place;
      return count;
    }
    before = behind;
    place = next;
  }
  parts[count++].end = (int32_t)end;
  *start = end;
  return count;
}

// MARK: searching

/// A sign as it is compared with 64 places.
typedef struct {
  bytes64 first, second;
  /// All ones where any byte may be the second.
  bytes64 any_second;
} wide_sign;

/// Which of the 64 bytes `here`, whose neighbours are `behind`, one of the signs stands at.
static inline __attribute__((always_inline)) uint64_t signs_at(
  const wide_sign *signs, int64_t count, const bytes64 *here, const bytes64 *behind) {
  bytes64 any = 0;
  // A comparison of vectors is all ones where it holds.
  for (int64_t i = 0; i < count; i++)
    any |= (bytes64)(*here == signs[i].first) &
           ((bytes64)(*behind == signs[i].second) | signs[i].any_second);
  return between(&any, -1, -1);
}

/// count: Known to the compiler, so that the signs stay in registers.
static inline __attribute__((always_inline)) int64_t find_sign(
  const anneal_sign *signs, int64_t count, const uint8_t *text, int64_t start, int64_t size) {
  wide_sign wide[ANNEAL_SIGNS];
  for (int64_t i = 0; i < count; i++)
    wide[i] = (wide_sign){
      (bytes64)signs[i].first, (bytes64)signs[i].second, (bytes64)(int8_t)(signs[i].has_second - 1)};
  bytes64 here = 0, behind = 0;
  int64_t place = start;
  for (; size - place > 64; place += 64) {
    memcpy(&here, text + place, 64);
    memcpy(&behind, text + place + 1, 64);
    uint64_t found = signs_at(wide, count, &here, &behind);
    if (found) return place + __builtin_ctzll(found);
  }
  // The last place is returned whether or not there is a sign.
  int64_t left = size - 1 - place;
  if (left <= 0) return size - 1;
  here = behind = 0;
  int64_t first = size > 64 ? size - 65 : place;
  if (size > 64) {
    memcpy(&here, text + first, 64);
    memcpy(&behind, text + first + 1, 64);
  } else {
    memcpy(&here, text + first, (size_t)left);
    memcpy(&behind, text + first + 1, (size_t)left);
  }
  uint64_t found = signs_at(wide, count, &here, &behind) >> (place - first);
  found &= ((uint64_t)1 << left) - 1;
  return found ? place + __builtin_ctzll(found) : size - 1;
}

CLONED int64_t anneal_find_sign(
  const anneal_sign *signs, int64_t count, const uint8_t *text, int64_t start, int64_t size) {
  switch (count) {
    case 0: return size - 1;
    case 1: return find_sign(signs, 1, text, start, size);
    case 2: return find_sign(signs, 2, text, start, size);
    case ANNEAL_SIGNS: return find_sign(signs, ANNEAL_SIGNS, text, start, size);
    default: __builtin_trap();
  }
}
