/// The parts of a matrix product that other kernels build on.
#pragma once
#include "CKernels.h"
#include "level.h"

/// Kernels for one instruction set: a register tile is `rows` by `columns`.
typedef struct {
  int64_t rows, columns;
  /// c[m, n] (+)= a · b on one thread; `b` packed in panels, tile t of `a` at a + t * a_tile.
  void (*block)(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    int64_t a_tile, const float *b, int64_t b_panel, float *c, int64_t c_row, bool accumulate);
  /// Packs b[k, n] into panels `panel` floats apart.
  void (*pack)(int64_t k, int64_t n, anneal_matrix b, float *out, int64_t panel);
  /// Packs rows of a whose columns are contiguous.
  void (*pack_rows)(int64_t m, int64_t k, const float *a, int64_t a_column, float *out);
  /// c[m, n] (+)= a · b for few rows, on one thread; rows of a, and rows or columns of b, contiguous.
  void (*thin)(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, anneal_matrix b, float *c,
    int64_t c_row, bool accumulate);
} gemm_kernels;

const gemm_kernels *anneal_gemm_kernels(void);

/// Called for each finished part of the output, while it is still in the cache.
typedef void (*gemm_finish)(
  void *context, int64_t row, int64_t rows, int64_t column, int64_t columns);

/// out[m, n] (+)= a · b with an optional last touch.
void anneal_gemm_finished(
  int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b, float *out, int64_t out_row,
  bool accumulate, gemm_finish finish, void *context);
