// Panels of products packed from 4-bit numbers.
//
// The numbers of sixteen columns come to lie side by side, choose among the 16 values of the code, and
// are multiplied by the scales of their blocks: the same products as those of the values of each block.
// What these kernels do not read is widened first, and packed then.

#include "gemm.h"

#include <string.h>

// Products and sums are rounded one by one, as the reference does.
#pragma STDC FP_CONTRACT OFF

enum {
  /// Steps and columns that are widened at a time where columns are neighbours in memory: what is wide
  /// stays in the second cache.
  wide_steps = 8,
  wide_columns = 384,
};

/// Where a panel begins that holds the given column, and where in it a step does.
static float *place(
  const gemm_kernels *kernels, float *panels, int64_t panel, int64_t step, int64_t column) {
  return panels + column / kernels->columns * panel +
         step * kernels->columns * kernels->floats_of_two / 2;
}

static void pack_widened(
  const gemm_kernels *kernels, const anneal_four_values *v, int64_t first, int64_t k, int64_t n,
  anneal_matrix b, float *panels, int64_t panel) {
  bool by_column = b.column != 1;
  int64_t steps = by_column ? k : rounded_up(wide_steps, kernels->unit);
  int64_t width = by_column ? kernels->columns : wide_columns;
  float *wide = anneal_scratch(slot_wide, steps * width);
  for (int64_t p = 0; p < k; p += steps)
    for (int64_t j = 0; j < n; j += width) {
      int64_t height = smaller(steps, k - p), columns = smaller(width, n - j);
      int64_t lines = by_column ? columns : height, count = by_column ? height : columns;
      int64_t line = by_column ? b.column : b.row;
      for (int64_t i = 0; i < lines; i++)
        anneal_four_read(
          v, first + p * b.row + j * b.column + i * line, count, wide + i * count);
      anneal_matrix part = {wide, by_column ? 1 : count, by_column ? count : 1};
      kernels->pack(height, columns, part, place(kernels, panels, panel, p, j), panel);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

static bool is_power_of_two(int64_t x) { return x > 0 && (x & (x - 1)) == 0; }
static int exponent(int64_t power) { return __builtin_ctzll((uint64_t)power); }

/// The scale of a block; blocks of scales are a power of two.
ANNEAL_INLINE float scale_of(const anneal_four_values *v, int64_t block) {
  if (v->scales) return v->scales[block];
  float product =
    v->code_table[v->codes[block]] * v->code_scales[block >> exponent(v->code_block)];
  return product + v->offset;
}

/// The 16 values of a code.
typedef struct {
  __m256 low, high;
} code_values;

ANNEAL_INLINE ANNEAL_AVX2 code_values code_of(const anneal_four_values *v) {
  return (code_values){_mm256_loadu_ps(v->table), _mm256_loadu_ps(v->table + 8)};
}

/// What eight numbers, one in each lane, stand for.
ANNEAL_INLINE ANNEAL_AVX2 __m256 chosen(code_values code, __m256i numbers) {
  // The fourth bit of a number, moved to the sign, chooses between the halves.
  __m256 is_high = _mm256_castsi256_ps(_mm256_slli_epi32(numbers, 28));
  return _mm256_blendv_ps(
    _mm256_permutevar8x32_ps(code.low, numbers), _mm256_permutevar8x32_ps(code.high, numbers),
    is_high);
}

/// The values of 16 numbers, a byte each, by the scales of their blocks.
ANNEAL_INLINE ANNEAL_AVX2 void write_sixteen(
  code_values code, __m128i numbers, __m256 low_scales, __m256 high_scales, float *out) {
  __m256i low = _mm256_cvtepu8_epi32(numbers);
  __m256i high = _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(numbers, numbers));
  _mm256_storeu_ps(out, _mm256_mul_ps(chosen(code, low), low_scales));
  _mm256_storeu_ps(out + 8, _mm256_mul_ps(chosen(code, high), high_scales));
}

/// Turns eight numbers each of 16 columns, whose bytes are `line` apart, into four times 16 bytes side by
/// side.
ANNEAL_INLINE ANNEAL_AVX2 void turn(const uint8_t *pairs, int64_t line, __m128i bytes[4]) {
  const __m128i by_byte = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m128i four[4];
  ANNEAL_UNROLL for (int i = 0; i < 4; i++) {
    int32_t lines[4];
    ANNEAL_UNROLL for (int j = 0; j < 4; j++) memcpy(lines + j, pairs + (4 * i + j) * line, 4);
    four[i] = _mm_shuffle_epi8(_mm_setr_epi32(lines[0], lines[1], lines[2], lines[3]), by_byte);
  }
  __m128i a = _mm_unpacklo_epi32(four[0], four[1]), b = _mm_unpacklo_epi32(four[2], four[3]);
  __m128i c = _mm_unpackhi_epi32(four[0], four[1]), d = _mm_unpackhi_epi32(four[2], four[3]);
  bytes[0] = _mm_unpacklo_epi64(a, b);
  bytes[1] = _mm_unpackhi_epi64(a, b);
  bytes[2] = _mm_unpacklo_epi64(c, d);
  bytes[3] = _mm_unpackhi_epi64(c, d);
}

/// k steps, a multiple of 8, of 16 columns: the first begins with value `from`, the next one `column`
/// values, whole blocks, behind it. Steps are `width` floats apart.
static ANNEAL_AVX2 void pack_columns_of_four(
  const anneal_four_values *v, int64_t from, int64_t column, int64_t k, int64_t width, float *out) {
  code_values code = code_of(v);
  const __m128i low_bits = _mm_set1_epi8(15);
  const int shift = exponent(v->block);
  for (int64_t p = 0; p < k;) {
    int64_t block = (from + p) >> shift, end = smaller(k, ((block + 1) << shift) - from);
    float scales[16];
    for (int c = 0; c < 16; c++) scales[c] = scale_of(v, block + c * (column >> shift));
    __m256 low_scales = _mm256_loadu_ps(scales), high_scales = _mm256_loadu_ps(scales + 8);
    for (; p < end; p += 8) {
      __m128i bytes[4];
      turn(v->packed + (from + p) / 2, column / 2, bytes);
      ANNEAL_UNROLL for (int i = 0; i < 4; i++, out += 2 * width) {
        __m128i upper = _mm_and_si128(_mm_srli_epi16(bytes[i], 4), low_bits);
        __m128i lower = _mm_and_si128(bytes[i], low_bits);
        write_sixteen(code, upper, low_scales, high_scales, out);
        write_sixteen(code, lower, low_scales, high_scales, out + width);
      }
    }
  }
}

/// k steps of n columns that are neighbours in memory, a multiple of `width`, which one of 16 is: value
/// `from` is the first, the next step begins `row` values behind it.
static ANNEAL_AVX2 void pack_rows_of_four(
  const anneal_four_values *v, int64_t from, int64_t row, int64_t k, int64_t n, int64_t width,
  float *out, int64_t panel) {
  code_values code = code_of(v);
  const __m128i low_bits = _mm_set1_epi8(15);
  const int shift = exponent(v->block);
  for (int64_t p = 0; p < k; p++, from += row, out += width) {
    int64_t block = -1;
    __m256 scale = _mm256_setzero_ps();
    float *line = out;
    for (int64_t j = 0; j < n; line += panel)
      for (int64_t lane = 0; lane < width; lane += 16, j += 16) {
        if ((from + j) >> shift != block) {
          block = (from + j) >> shift;
          scale = _mm256_set1_ps(scale_of(v, block));
        }
        __m128i pairs = _mm_loadl_epi64((const __m128i *)(v->packed + (from + j) / 2));
        __m128i upper = _mm_and_si128(_mm_srli_epi16(pairs, 4), low_bits);
        __m128i numbers = _mm_unpacklo_epi8(upper, _mm_and_si128(pairs, low_bits));
        write_sixteen(code, numbers, scale, scale, line + lane);
      }
  }
}

/// Packs at once and returns true, where the kernel multiplies fp32 and blocks, lines and columns begin
/// where whole vectors do.
static bool pack_at_once(
  const gemm_kernels *kernels, const anneal_four_values *v, int64_t first, int64_t k, int64_t n,
  anneal_matrix b, float *panels, int64_t panel) {
  bool by_column = b.column != 1;
  int64_t line = by_column ? b.column : b.row, width = kernels->columns;
  bool suits = anneal_current_level() >= ANNEAL_LEVEL_AVX2 && kernels == anneal_gemm_kernels() &&
               v->rounding == ANNEAL_FORMAT_F32 && is_power_of_two(v->block) && v->block >= 16 &&
               (v->scales || is_power_of_two(v->code_block)) && line % v->block == 0 &&
               n % width == 0 && (by_column ? first % 8 == 0 && k % 8 == 0 : first % 16 == 0);
  if (!suits) return false;
  if (!by_column) pack_rows_of_four(v, first, line, k, n, width, panels, panel);
  else
    for (int64_t j = 0; j < n; j += 16)
      pack_columns_of_four(
        v, first + j * line, line, k, width, panels + j / width * panel + j % width);
  return true;
}
#else
static bool pack_at_once(
  const gemm_kernels *kernels, const anneal_four_values *v, int64_t first, int64_t k, int64_t n,
  anneal_matrix b, float *panels, int64_t panel) {
  (void)kernels, (void)v, (void)first, (void)k, (void)n, (void)b, (void)panels, (void)panel;
  return false;
}
#endif

void anneal_four_pack(
  const gemm_kernels *kernels, const anneal_four_values *v, int64_t first, int64_t k, int64_t n,
  anneal_matrix b, float *panels, int64_t panel) {
  if (!pack_at_once(kernels, v, first, k, n, b, panels, panel))
    pack_widened(kernels, v, first, k, n, b, panels, panel);
}
