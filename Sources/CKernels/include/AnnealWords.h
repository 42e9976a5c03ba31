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

/// What words are where they are runs of bytes.
typedef enum {
  /// Letters and digits, and every sign by itself; white space lies between.
  ANNEAL_RUNS_WORDS,
  /// What lies between spaces.
  ANNEAL_RUNS_BETWEEN_SPACES,
  /// What lies between spaces, tabs and line feeds.
  ANNEAL_RUNS_BETWEEN_BREAKS,
} anneal_runs;

/// Writes the words of a text from `start`, which lies inside no word, up to one with a byte that is neither visible
/// ASCII nor space, and the place where that one begins to `place`; `end` where there is none.
///
/// room: how many words there is room for, at least ANNEAL_CUT_ROOM; where it ends, `place` is where to go on.
int64_t anneal_cut_runs(
  anneal_runs kind, const uint8_t *text, int64_t start, int64_t end, anneal_range *words,
  int64_t room, int64_t *place);

/// Cuts a text from `start`, where a word begins, before every space that stands behind visible ASCII; `place` is
/// where the first word begins for which there is no room, or `end`.
int64_t anneal_cut_spaced(
  const uint8_t *text, int64_t start, int64_t end, anneal_range *words, int64_t room,
  int64_t *place);

/// What texts are searched for: a byte, or two bytes that follow one another.
typedef struct {
  int8_t first, second;
  bool has_second;
} anneal_sign;

/// The most signs that are looked for at once.
enum { ANNEAL_SIGNS = 3 };

/// The first place from `start` on where one of at most ANNEAL_SIGNS signs stands, or else the last place of the text,
/// whose size is more than `start`.
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
  /// How many words are merged side by side.
  ANNEAL_WORD_GROUP = 32,
  ANNEAL_WORD_TOKENS = 3,
  /// The most tokens that a kernel finds of a word: one of each byte, and one of what comes before it.
  ANNEAL_WORD_MOST = 16,
  /// Words that are numbered at once.
  ANNEAL_WORD_BLOCK = 1024,
};

/// This bit in place of the number of tokens marks a word whose tokens are not known yet; below it stands who has last
/// said to find them.
#define ANNEAL_WORD_OPEN 0x80000000u

/// A number that is well mixed in its upper bits, the same for equal words.
static inline uint64_t anneal_word_hash(uint64_t low, uint64_t high) {
  uint64_t mixed = (low * 0x9E3779B97F4A7C15u) ^ (high * 0xC2B2AE3D27D4EB4Fu);
  return (mixed ^ mixed >> 32) * 0x8BB84B93962EACC9u;
}

/// The key of one word of 1 to 15 bytes in a text of `size` bytes.
void anneal_word_key(
  const uint8_t *text, int64_t size, anneal_range word, uint64_t *low, uint64_t *high);

/// Tokens by their bytes: buckets of four slots; where one is full the next is looked at.
typedef struct {
  const anneal_word *slots;
  /// 64 less the number of bits of a bucket's number.
  uint64_t shift;
} anneal_words;

/// The slot of a key, or NULL; there is a bucket that is not full.
const anneal_word *anneal_find_word(const anneal_words *known, uint64_t low, uint64_t high);

/// Writes the first number in `tokens` of each of at most ANNEAL_WORD_GROUP words, or -1 for words that are not
/// known.
void anneal_first_tokens(
  const anneal_words *known, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, int32_t *tokens);

/// Words in about the order in which they were first met, and an index of them, which many threads fill and read at
/// once, as one of them sees it.
///
/// What is met often is met early, so that the words of most look-ups lie close together. A word is written before it
/// stands in the index, and then stays as it is but for its tokens, which two threads may write at once: the same. Of
/// words that were met by two threads at once, the index may have both.
typedef struct {
  /// The first one is none.
  anneal_word *words;
  /// `tag << ANNEAL_WORD_NUMBER_BITS | number` in open addressing, of which half is free; 0 is free.
  uint32_t *index;
  /// 64 less the number of bits of a place in the index.
  uint64_t shift;
  /// The tokens of words with more than three; this thread writes from `spilled_count` on.
  uint32_t *spilled;
  uint32_t spilled_count;
  /// The numbers that are this thread's for new words: those up to `end`, and then those from `spare` on.
  uint32_t next, end, spare, spare_end;
  /// Who this thread is, with ANNEAL_WORD_OPEN.
  uint32_t claim;
  /// The words whose tokens this thread has to find.
  uint32_t *open;
  uint32_t open_count;
} anneal_memory;

/// Words that one thread numbers from 0 on, and the tokens of those with more than three.
typedef struct {
  const anneal_word *words;
  const uint32_t *spilled;
} anneal_own_words;

enum {
  /// The bits of the number of a word.
  ANNEAL_WORD_NUMBER_BITS = 20,
  /// The most words of a memory, the one that is none included.
  ANNEAL_MEMORY_MOST = 1 << 19,
  /// Marks words that are to differ from those of the same bytes, in the uppermost byte of `high`.
  ANNEAL_WORD_MARK = 0x80,
  /// A number with this bit is that of an own word.
  ANNEAL_NUMBER_OWN = 1 << 29,
  /// A number with this bit says where to go on in the list of long words.
  ANNEAL_NUMBER_LIST = 1 << 30,
  /// The other bits of such numbers, and of ids.
  ANNEAL_NUMBER_OWN_REST = (1 << 29) - 1,
  ANNEAL_NUMBER_REST = (1 << 30) - 1,
};
/// A number with this bit is the id of a token.
#define ANNEAL_NUMBER_ID 0x80000000u

/// Words by their keys and the upper halves of their hashes; words that are not looked up have 0 in `high` and 1 in
/// `low`.
typedef struct {
  uint64_t low[2 * ANNEAL_WORD_BLOCK], high[2 * ANNEAL_WORD_BLOCK];
  uint32_t hash[2 * ANNEAL_WORD_BLOCK];
  /// How many there are, and how many of those have been added as words.
  int64_t count, looked;
} anneal_word_keys;

/// Adds the keys of at most ANNEAL_WORD_BLOCK words, for which there is room.
///
/// mark: 0 or ANNEAL_WORD_MARK. folds: whether capitals of ASCII count as small letters.
/// Writes which of the words are empty or too long to `long_ones`, and returns how many those are.
int64_t anneal_add_keys(
  anneal_word_keys *keys, const uint8_t *text, int64_t size, const anneal_range *words,
  int64_t count, uint8_t mark, bool folds, int32_t *long_ones);

/// Adds a word that is not looked up, for which there is room.
void anneal_skip_key(anneal_word_keys *keys);

/// Writes the number of each word to its place in `numbers`, but of those that are not looked up, and adds words
/// that are new; there must be numbers and room among the open words for all to be. Then there are no keys.
///
/// What this thread has to find the tokens of is added to its open words.
void anneal_number_words(anneal_memory *memory, anneal_word_keys *keys, uint32_t *numbers);

/// Keeps the tokens of a word, for which there is room among the spilled ones.
void anneal_keep_tokens(
  anneal_memory *memory, uint32_t word, const uint32_t *tokens, uint32_t count);

/// Leaves a word open, for this thread to meet it once more like any other.
void anneal_disclaim(anneal_memory *memory, uint32_t word);

/// Whether nobody has found the tokens of a word yet.
static inline bool anneal_is_open(const anneal_word *word) {
  return __atomic_load_n(&word->count, __ATOMIC_ACQUIRE) & ANNEAL_WORD_OPEN;
}

/// Gives open words that are tokens as they stand the tokens that `known` has of them.
void anneal_keep_whole(const anneal_words *known, anneal_memory *memory);

/// Where tokens are written to.
typedef struct {
  int32_t *ids;
  /// The ends of tokens, from the starts of their words; NULL where they are not wanted.
  int32_t *ends;
  /// The numbers of tokens up to the end of each word from the first that is written on; NULL where `ends` is.
  int32_t *word_ends;
  int64_t count, room;
  /// How many words there are up to the end of each of some texts; of the first `texts_done`, the ends are written.
  const int64_t *stops;
  int64_t texts, texts_done;
  /// Where the ends of texts are written to: how many ids there are up to there, `before` more than `count`.
  int64_t *text_ends;
  int64_t before;
} anneal_tokens;

/// Writes the tokens of the numbered words from `first` up to `end`, none of which is open, and returns where the first
/// one stands for which there was no room, or `end`.
///
/// lists: What numbers with ANNEAL_NUMBER_LIST lead to: how many parts a word has, then for each part its number
/// and how far it begins behind the word's start, or an id with ANNEAL_NUMBER_ID and how far its token ends there.
int64_t anneal_write_tokens(
  const anneal_memory *memory, const anneal_own_words *own, const uint32_t *numbers, int64_t first,
  int64_t end, const uint32_t *lists, anneal_tokens *tokens);

/// Passes over Chinese characters, U+4E00 to U+9FBF, from a place on at which a character begins.
static inline int64_t anneal_skip_ideographs(const uint8_t *text, int64_t place, int64_t end) {
  for (; place + 3 <= end; place += 3) {
    uint32_t two = (uint32_t)text[place] << 8 | text[place + 1];
    if (two < 0xE4B8 || two > 0xE9BE) break;
  }
  return place;
}

/// Which neighbours of characters a token of a vocabulary may span.
typedef struct {
  /// For pairs of ASCII characters, 128 for each first one.
  const bool *ascii;
  /// For other pairs a bit by ANNEAL_SEAM_BITS of a hash.
  const uint64_t *pairs;
  /// By the last byte before and the first byte behind, 256 for each first one: whether a token with a broken
  /// character there joins them.
  const bool *broken;
} anneal_seams;

enum { ANNEAL_SEAM_BITS = 18 };

/// The bit of a pair of characters, each of which is its bytes as one number.
static inline uint64_t anneal_seam_bit(uint32_t before, uint32_t behind) {
  return ((uint64_t)before << 32 | behind) * 0x9E3779B97F4A7C15u >> (64 - ANNEAL_SEAM_BITS);
}

/// Cuts a word of whole characters from `*start` on where no token spans two of them, and returns how many parts there
/// are; `*start` is where the first part begins for which there is no room, or `end`.
///
/// room: how many parts there is room for, less one.
int64_t anneal_cut_seams(
  const anneal_seams *seams, const uint8_t *text, int64_t *start, int64_t end, anneal_range *parts,
  int64_t room);

/// Where the scalars of a text begin.
typedef struct {
  /// A bit for each byte, 64 together, set where one begins; there is a number behind the last byte.
  uint64_t *begins;
  /// How many begin before each 64 bytes.
  int32_t *before;
} anneal_scalars;

/// Notes where the scalars of a text begin, and returns how many there are.
int64_t anneal_find_scalars(const uint8_t *text, int64_t size, anneal_scalars *scalars);

/// The white space at the ends of tokens, by their ids: leading scalars in the upper 8 bits, trailing in the lower.
typedef struct {
  const uint16_t *edges;
  int32_t count;
  /// Whether a single space at the beginning of a text may not be part of it.
  bool adds_space;
} anneal_edges;

/// The tokens of words that lie one behind the other.
typedef struct {
  const int32_t *ids;
  /// Where each ends, from the start of its word.
  const int32_t *ends;
  /// The number of the first token, and those up to the end of each word.
  int32_t first;
  const int32_t *word_ends;
} anneal_word_tokens;

/// Writes, for all tokens of the words of a text, from which scalars and in which word they are.
///
/// scalars: NULL where every byte is one. edges: what origins leave out, or NULL.
void anneal_write_origins(
  const anneal_word_tokens *tokens, const anneal_range *words, int64_t count,
  const anneal_scalars *scalars, const anneal_edges *edges, anneal_range *origins,
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
  /// The ids of single bytes, and the ranks of their pairs or INT32_MAX, of those bytes that are symbols; or NULL.
  const int32_t *byte_ids, *byte_pairs;
} anneal_merges;

/// The symbols of a short word, `id << 8 | end` each.
typedef struct {
  uint32_t tokens[ANNEAL_WORD_LONGEST];
  /// How many there are, or ANNEAL_SYMBOLS_BYTES where they are the word's bytes.
  uint32_t count;
} anneal_symbols;

#define ANNEAL_SYMBOLS_BYTES UINT32_MAX

/// Merges the open words, many side by side.
///
/// There must be room among the spilled tokens for ANNEAL_WORD_MOST of each.
///
/// symbols: What each of the words begins as; NULL where all begin as their bytes.
void anneal_merge_words(
  const anneal_merges *merges, anneal_memory *memory, const anneal_symbols *symbols);

/// A trie over bytes in a double array.
typedef struct {
  /// Where the children of a node begin, twice, and one more where the node has a value.
  uint32_t base;
  /// The node it belongs to.
  int32_t parent;
} anneal_trie_unit;

/// The child of a node by a byte is the unit at the node's base plus the byte, if it belongs to the node; the root is
/// unit 0.
typedef struct {
  const anneal_trie_unit *units;
  const int32_t *values;
} anneal_trie;

/// A unit of such a trie with the score of its value.
typedef struct {
  uint32_t base;
  int32_t parent;
  double score;
} anneal_scored_unit;

enum { ANNEAL_FIRST_VISIBLE = 0x21, ANNEAL_VISIBLE = 0x5E };

/// The place of a pair of visible ASCII characters among all of them.
static inline uint32_t anneal_pair(uint8_t first, uint8_t second) {
  return (uint32_t)(first - ANNEAL_FIRST_VISIBLE) * ANNEAL_VISIBLE + second - ANNEAL_FIRST_VISIBLE;
}

/// A unigram model, as a trie of pieces whose values are their ids.
typedef struct {
  const anneal_scored_unit *units;
  const int32_t *values;
  /// Whether each visible ASCII character is a piece.
  const bool *singles;
  /// For each pair of them its node, twice, and one more where it is a piece; 0 where none leads there.
  const uint32_t *pairs;
  /// The node of what stands before every word, and the id of what has no piece, or -1.
  int32_t prefix, unknown;
} anneal_lattice;

/// Finds the pieces of the best paths through the open words that are marked and of visible ASCII, as far as every
/// character is a piece; where tokens end is not written.
///
/// There must be room among the spilled tokens for ANNEAL_WORD_MOST of each.
void anneal_learn_paths(const anneal_lattice *lattice, anneal_memory *memory);

/// Finds the longest pieces, one after the other, of the open words that are marked and of visible ASCII, as far as
/// there are any; where tokens end is not written.
///
/// continuation: The node that all pieces but the first begin at, or -1. There must be room among the spilled tokens
/// for ANNEAL_WORD_MOST of each.
void anneal_learn_pieces(
  const anneal_trie *trie, int32_t continuation, anneal_memory *memory);
