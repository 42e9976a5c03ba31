// Values in 4-bit numbers, read at any place: what products pack of weights that stay narrow.
//
// The 16 values of a block are made first, each rounded as the reference rounds it; reading is then a
// choice among them.

#include "level.h"

#include <string.h>

// Products and sums are rounded one by one, as the reference does.
#pragma STDC FP_CONTRACT OFF

/// out[i] = table[number i] for `count` numbers, an even count, from a whole byte on.
typedef void (*choose_function)(
  int64_t count, const uint8_t *packed, const float *table, float *out);

static void choose_portable(
  int64_t count, const uint8_t *packed, const float *table, float *out) {
  for (int64_t i = 0; i < count; i += 2) {
    uint8_t pair = packed[i / 2];
    out[i] = table[pair >> 4];
    out[i + 1] = table[pair & 15];
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

/// The numbers of eight bytes, one a byte.
ANNEAL_AVX2 ANNEAL_INLINE __m128i numbers_of(const uint8_t *packed) {
  __m128i pairs = _mm_loadl_epi64((const __m128i *)packed), low = _mm_set1_epi8(15);
  __m128i upper = _mm_and_si128(_mm_srli_epi16(pairs, 4), low);
  return _mm_unpacklo_epi8(upper, _mm_and_si128(pairs, low));
}

ANNEAL_AVX2 static void choose_avx2(
  int64_t count, const uint8_t *packed, const float *table, float *out) {
  __m256 low = _mm256_loadu_ps(table), high = _mm256_loadu_ps(table + 8);
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m128i numbers = numbers_of(packed + i / 2);
    for (int half = 0; half < 2; half++) {
      __m256i places = _mm256_cvtepu8_epi32(half ? _mm_srli_si128(numbers, 8) : numbers);
      // The fourth bit of a number, moved to the sign, chooses between the halves of the table.
      __m256 is_high = _mm256_castsi256_ps(_mm256_slli_epi32(places, 28));
      __m256 values = _mm256_blendv_ps(
        _mm256_permutevar8x32_ps(low, places), _mm256_permutevar8x32_ps(high, places), is_high);
      _mm256_storeu_ps(out + i + 8 * half, values);
    }
  }
  choose_portable(count - i, packed + i / 2, table, out + i);
}

ANNEAL_AVX512 static void choose_avx512(
  int64_t count, const uint8_t *packed, const float *table, float *out) {
  __m512 values = _mm512_loadu_ps(table);
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m512i places = _mm512_cvtepu8_epi32(numbers_of(packed + i / 2));
    _mm512_storeu_ps(out + i, _mm512_permutexvar_ps(places, values));
  }
  choose_portable(count - i, packed + i / 2, table, out + i);
}
#endif

static choose_function chosen(void) {
#if defined(__x86_64__)
  anneal_level level = anneal_current_level();
  if (level >= ANNEAL_LEVEL_AVX512) return choose_avx512;
  if (level == ANNEAL_LEVEL_AVX2) return choose_avx2;
#endif
  return choose_portable;
}

static void round_to(int format, int64_t count, float *values) {
  uint16_t narrow[16];
  if (format == ANNEAL_FORMAT_BF16) {
    anneal_to_bfloat16(count, values, narrow);
    anneal_from_bfloat16(count, narrow, values);
  } else if (format == ANNEAL_FORMAT_F16) {
    anneal_to_float16(count, values, narrow);
    anneal_from_float16(count, narrow, values);
  }
}

/// The values that the numbers of a block stand for.
static void table_of(const anneal_four_values *v, int64_t block, float *table) {
  float scale;
  if (v->scales) {
    scale = v->scales[block];
  } else {
    float product = v->code_table[v->codes[block]] * v->code_scales[block / v->code_block];
    scale = product + v->offset;
  }
  for (int i = 0; i < 16; i++) table[i] = v->table[i] * scale;
  round_to(v->rounding, 16, table);
}

/// Values `first` to `end` of one block, the first and the last perhaps in the middle of a byte.
static void read_of_block(
  const anneal_four_values *v, choose_function choose, const float *table, int64_t first,
  int64_t end, float *out) {
  if (first % 2) *out++ = table[v->packed[first++ / 2] & 15];
  int64_t pairs = (end - first) / 2 * 2;
  choose(pairs, v->packed + first / 2, table, out);
  if (first + pairs < end) out[pairs] = table[v->packed[(first + pairs) / 2] >> 4];
}

void anneal_four_read(const anneal_four_values *v, int64_t first, int64_t count, float *out) {
  choose_function choose = chosen();
  float table[16];
  for (int64_t end = first + count; first < end;) {
    int64_t block = first / v->block, last = smaller(end, (block + 1) * v->block);
    table_of(v, block, table);
    read_of_block(v, choose, table, first, last, out);
    out += last - first;
    first = last;
  }
}

typedef struct {
  const anneal_four_values *values;
  float *out;
} widen_call;

static void widen_blocks(void *context, int64_t start, int64_t end) {
  const widen_call *c = context;
  int64_t block = c->values->block, first = start * block;
  int64_t last = smaller(c->values->count, end * block);
  anneal_four_read(c->values, first, last - first, c->out + first);
}

void anneal_four_widen(const anneal_four_values *values, float *out) {
  widen_call c = {values, out};
  anneal_parallel((values->count + values->block - 1) / values->block, 256, widen_blocks, &c);
}
