/// Loops of tokenization: cutting text into words, and looking up the tokens of words seen before.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Bytes `start` to `end` of a text.
typedef struct {
  int32_t start, end;
} anneal_range;

/// The patterns that texts are cut by.
typedef enum {
  /// GPT-2's.
  ANNEAL_CUT_GPT2,
  /// cl100k's and Llama-3's; Qwen2's, with single digits.
  ANNEAL_CUT_TIKTOKEN,
  /// o200k's.
  ANNEAL_CUT_O200K,
} anneal_cut;

/// Cuts a text from `start`, where a word begins, for as long as it is plain: ASCII whose only white space is
/// the space.
///
/// Writes whole words to `words` and the place where the first one begins that is not certain, or for which
/// there is no room, to `place`; that is `end` where there is no such word.
///
/// digits: the most digits of a number; GPT-2's pattern has no such limit.
/// room: how many words there is room for, at least ANNEAL_CUT_ROOM.
int64_t anneal_cut_plain(
  anneal_cut pattern, int64_t digits, const uint8_t *text, int64_t start, int64_t end,
  anneal_range *words, int64_t room, int64_t *place);

enum { ANNEAL_CUT_ROOM = 256 };

/// What texts are searched for: a byte, or two bytes that follow one another.
typedef struct {
  int8_t first, second;
  bool has_second;
} anneal_sign;

/// The first place from `start` on where one of the signs stands, or else the last place of the text, whose size
/// is more than `start`.
int64_t anneal_find_sign(
  const anneal_sign *signs, int64_t count, const uint8_t *text, int64_t start, int64_t size);

/// How often a byte stands in a text.
int64_t anneal_count_byte(uint8_t byte, const uint8_t *text, int64_t size);

/// Writes a text to `target` with `other` in every place of `byte`; there is room for just that, or more.
void anneal_replace_byte(
  uint8_t byte, const uint8_t *other, int64_t length, const uint8_t *text, int64_t size,
  uint8_t *target, int64_t room);

/// Asks for memory that is going to be read.
static inline void anneal_prefetch(const void *place) { __builtin_prefetch(place); }

/// A word of at most 15 bytes and its tokens; half a cache line.
typedef struct {
  /// The bytes of the word, the ninth and those behind it in `high`, whose uppermost byte is the length.
  uint64_t low, high;
  /// `id << 8 | end` of each token where there are at most three; else the first says where they are spilled.
  uint32_t tokens[3];
  uint32_t count;
} anneal_word;

enum {
  ANNEAL_WORD_LONGEST = 15,
  ANNEAL_WORD_GROUP = 32,
  /// Words whose keys are made at once.
  ANNEAL_WORD_BLOCK = 1024,
  ANNEAL_WORD_TOKENS = 3
};

/// Words by their bytes: buckets of four slots, of which the first two are a cache line.
typedef struct {
  anneal_word *slots;
  /// 64 less the number of bits of a bucket's number.
  uint64_t shift;
  const uint32_t *spilled;
} anneal_words;

/// The keys of a block of words, and the upper halves of their hashes.
typedef struct {
  uint64_t low[ANNEAL_WORD_BLOCK], high[ANNEAL_WORD_BLOCK];
  uint32_t hash[ANNEAL_WORD_BLOCK];
} anneal_word_keys;

/// A number that is well mixed in its upper bits, the same for equal words.
static inline uint64_t anneal_word_hash(uint64_t low, uint64_t high) {
  uint64_t mixed = (low * 0x9E3779B97F4A7C15u) ^ (high * 0xC2B2AE3D27D4EB4Fu);
  return (mixed ^ mixed >> 32) * 0x8BB84B93962EACC9u;
}

/// The key of one word of 1 to 15 bytes in a text of `size` bytes.
///
/// - Parameter mark: 0, or 0x80 for words that are to differ from equal ones without it.
void anneal_word_key(
  const uint8_t *text, int64_t size, anneal_range word, uint8_t mark, uint64_t *low,
  uint64_t *high);

/// Makes the keys of at most ANNEAL_WORD_BLOCK words, and returns how many are too long.
///
/// Those get the key of none.
int64_t anneal_key_words(
  const uint8_t *text, int64_t size, const anneal_range *words, int64_t count,
  anneal_word_keys *keys);

/// The slot of a key, or NULL.
const anneal_word *anneal_find_word(const anneal_words *known, uint64_t low, uint64_t high);

/// Writes the first number in `tokens` of each of at most ANNEAL_WORD_GROUP words, or -1 for words that are not
/// known.
void anneal_first_tokens(
  const anneal_words *known, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, int32_t *tokens);

/// Where tokens are written to.
typedef struct {
  int32_t *ids;
  /// The ends of tokens, from the starts of their words; NULL where they are not wanted.
  int32_t *ends;
  /// The numbers of tokens up to the end of each word; NULL where `ends` is.
  int32_t *word_ends;
  int64_t count;
} anneal_tokens;

/// Writes the tokens of words from `first` on, up to one that is not known, and returns its number or `count`.
///
/// There must be room for 16 tokens a word and 3 more. Places are asked for some words ahead: whoever goes on
/// behind a word that was not known says so by `first`, which is 0 at first.
int64_t anneal_add_known(
  const anneal_words *known, const anneal_word_keys *keys, int64_t first, int64_t count,
  anneal_tokens *tokens);

/// Writes the numbers of the words from `first` on that are not known and not too long, and returns how many there
/// are.
int64_t anneal_unknown_words(
  const anneal_words *known, const anneal_word_keys *keys, int64_t first, int64_t count,
  int32_t *numbers);

/// The merges of a byte-pair model.
typedef struct {
  /// `left << 44 | right << 24 | rank`, or all ones, in open addressing from buckets of four on.
  const uint64_t *places;
  /// 64 less the number of bits of a bucket's number, and the number of places less one.
  uint64_t shift, mask;
  /// A bit for every pair by its hash, set if any pair there is known.
  const uint64_t *filter;
  uint64_t filter_shift;
  /// What each merge makes, by rank.
  const int32_t *products;
  /// The ids of single bytes, and the ranks of their pairs or INT32_MAX; NULL where bytes are no symbols.
  const int32_t *byte_ids, *byte_pairs;
} anneal_merges;

/// The symbols or tokens of a short word, `id << 8 | end` each.
typedef struct {
  uint32_t tokens[ANNEAL_WORD_LONGEST];
  uint32_t count;
} anneal_merged;

/// Merges at most ANNEAL_WORD_GROUP words of 1 to 15 bytes, whose symbols are their bytes.
void anneal_merge_bytes(
  const anneal_merges *merges, const uint8_t *text, const anneal_range *words, int64_t count,
  anneal_merged *merged);

/// Merges the symbols of at most ANNEAL_WORD_GROUP words in place.
void anneal_merge_symbols(const anneal_merges *merges, anneal_merged *words, int64_t count);
