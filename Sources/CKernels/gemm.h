/// The parts of a matrix product that other kernels build on.
#pragma once
#include "CKernels.h"
#include "level.h"

/// Kernels for one instruction set: a register tile is `rows` by `columns`.
///
/// Operands are packed as panels of so many lanes, which are rows of a or columns of b. The float is
/// the unit of packed memory also where a kernel packs other numbers into it.
typedef struct {
  int64_t rows, columns;
  /// Steps of k that are packed together, and floats that two values take when packed.
  int64_t unit, floats_of_two;
  /// Steps of one pass: a panel of b of this length leaves room in the first cache.
  int64_t depth;
  /// Whether rows of a that are contiguous are read in place.
  bool reads_rows;
  /// c[m, n] (+)= a · b on one thread; `b` packed in panels, tile t of `a` at a + t * a_tile.
  void (*block)(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    int64_t a_tile, const float *b, int64_t b_panel, float *c, int64_t c_row, bool accumulate);
  /// Packs b[k, n] into panels `panel` floats apart.
  void (*pack)(int64_t k, int64_t n, anneal_matrix b, float *out, int64_t panel);
  /// Packs a, given as [k, m], into tiles `tile` floats apart.
  void (*pack_rows)(int64_t k, int64_t m, anneal_matrix a, float *out, int64_t tile);
  /// c[m, n] (+)= a · b for few rows, on one thread; rows of a, and rows or columns of b, contiguous.
  void (*thin)(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, anneal_matrix b, float *c,
    int64_t c_row, bool accumulate);
  /// c[m, n] = a · b for few rows; b packed in panels, which are streamed.
  void (*panels)(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, const float *b,
    int64_t b_panel, float *c, int64_t c_row);
} gemm_kernels;

/// Kernels that multiply in fp32.
const gemm_kernels *anneal_gemm_kernels(void);
/// Kernels that multiply in bf16 by tiles (without `thin`); NULL where the precision does not ask for
/// them or the processor lacks them.
const gemm_kernels *anneal_tile_kernels(anneal_precision precision);

/// Called for each finished part of the output, while it is still in the cache.
typedef void (*gemm_finish)(
  void *context, int64_t row, int64_t rows, int64_t column, int64_t columns);

/// out[m, n] (+)= a · b with an optional last touch.
void anneal_gemm_finished(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  float *out, int64_t out_row, bool accumulate, gemm_finish finish, void *context);

/// The same with b in 4-bit numbers.
void anneal_gemm_four_finished(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a,
  anneal_four_matrix b, float *out, int64_t out_row, bool accumulate, gemm_finish finish,
  void *context);

/// Called with each finished part of a product, which lies in the cache of the thread, rows of it
/// `block_row` floats apart.
typedef void (*gemm_take)(
  void *context, const float *block, int64_t block_row, int64_t row, int64_t rows, int64_t column,
  int64_t columns);

/// Hands a · b to `take` part by part, or returns false where its parts would not be finished one
/// after the other.
bool anneal_gemm_taken(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  gemm_take take, void *context);

/// A product, or the stretch of it that is packed and worked on at once.
typedef struct {
  const gemm_kernels *kernels;
  int64_t m, n, k;
  anneal_matrix a, b;
  /// The values of b where they are 4-bit numbers, from the given one on; b has then strides alone.
  const anneal_four_values *four;
  int64_t first_value;
  float *out;
  int64_t out_row;
  bool accumulate;
  gemm_finish finish;
  /// Takes finished blocks from the cache, where they are not to be written to `out`.
  gemm_take take;
  void *context;
  /// Where this stretch stands in the output.
  int64_t first_row, first_column;
  /// Steps of one pass; packed b, and packed a unless its rows are read in place.
  int64_t step;
  float *packed, *tiles;
  /// Rows and columns of the blocks that are given to threads, and how many blocks of rows.
  int64_t rows, columns, row_parts;
} gemm_product;

/// out[m, n] (+)= a · b, whose rows of a are contiguous, by threads of which each packs its columns of b and
/// multiplies all rows by them, in passes of `step`.
void anneal_gemm_by_columns(const gemm_product *p);

/// Packs k steps of n columns of b, given by its strides from value `first` on, into panels `panel` floats
/// apart, as `kernels->pack` would pack the values that the numbers stand for.
void anneal_four_pack(
  const gemm_kernels *kernels, const anneal_four_values *v, int64_t first, int64_t k, int64_t n,
  anneal_matrix b, float *panels, int64_t panel);
