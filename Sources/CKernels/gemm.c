// Matrix products: packed panels of b, row blocks of a, register tiles from gemm_kernel.h.
//
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). A panel of
// b stays in the first cache while the tiles of a block of a pass over it from the second. Rows of
// a that are contiguous are read in place; others are packed. Each element of the output is summed
// in an order given by k alone (and by whether rows are few), so results depend neither on threads
// nor on how work is cut.

#include "gemm.h"

#include <string.h>

#define KERNELS "gemm_kernel.h"
#include "each_level.h"

const gemm_kernels *anneal_gemm_kernels(void) { return ANNEAL_CHOOSE(gemm); }

enum {
  /// Steps of one pass: a panel of b (16 columns) takes 24 kB of the first cache.
  depth = 384,
  /// Rows and columns of an output block: 96 × 384 floats take 147 kB of the second cache.
  block_rows = 96,
  block_columns = 384,
  /// Up to so many rows, packing b would cost more than it saves.
  thin_rows = 16,
  /// Rows that an external product works on at a time.
  external_rows = 128,
  /// Floats of packed b at a time (8 MB, to stay in the third cache), and the most steps of them.
  packed_floats = 1 << 21,
  packed_steps = 4608,
};

typedef struct {
  const gemm_kernels *kernels;
  int64_t m, n, k;
  anneal_matrix a, b;
  float *out, *packed;
  int64_t out_row, rows, row_parts, columns;
  bool accumulate;
  gemm_finish finish;
  void *context;
  int64_t first_column, step;
} product;

/// Where pass `at` of the packed b begins: passes lie one after the other, and in each its panels.
/// (Panels of all k would be a power of two apart in common shapes and share few sets of a cache.)
static float *packed_pass(const product *p, int64_t at) {
  return p->packed + at * rounded_up(p->n, p->kernels->columns);
}

enum {
  /// Pieces in which a pass of b is packed.
  pack_parts = 8,
};

/// Packs parts of passes of b: some steps of all panels where its rows are contiguous, otherwise all
/// steps of some panels.
static void pack_pieces(void *context, int64_t start, int64_t end) {
  const product *p = context;
  const int64_t width = p->kernels->columns;
  for (int64_t i = start; i < end; i++) {
    int64_t at = i / pack_parts * p->step, part = i % pack_parts;
    int64_t k = smaller(p->step, p->k - at);
    float *out = packed_pass(p, at);
    const float *b = p->b.base + at * p->b.row;
    if (p->b.column == 1) {
      int64_t from = k * part / pack_parts, to = k * (part + 1) / pack_parts;
      anneal_matrix lines = {b + from * p->b.row, p->b.row, 1};
      p->kernels->pack(to - from, p->n, lines, out + from * width, width * k);
    } else {
      int64_t panels = (p->n + width - 1) / width;
      int64_t from = panels * part / pack_parts * width;
      int64_t to = smaller(panels * (part + 1) / pack_parts * width, p->n);
      anneal_matrix columns = {b + from * p->b.column, p->b.row, p->b.column};
      if (to > from) p->kernels->pack(k, to - from, columns, out + from * k, width * k);
    }
  }
}

/// One block of the output: all of the packed k, in passes.
static void multiply_block(const product *p, int64_t row, int64_t column) {
  int64_t m = smaller(p->rows, p->m - row), n = smaller(p->columns, p->n - column);
  float *out = p->out + row * p->out_row + column;
  const gemm_kernels *kernels = p->kernels;
  for (int64_t at = 0; at < p->k; at += p->step) {
    int64_t k = smaller(p->step, p->k - at);
    const float *a = p->a.base + row * p->a.row + at * p->a.column;
    const float *b = packed_pass(p, at) + column * k;
    int64_t a_row = p->a.row, a_column = p->a.column, a_tile = kernels->rows * p->a.row;
    if (p->a.row == 1 && p->a.column != 1) {
      float *tiles = anneal_scratch(slot_rows, rounded_up(m, kernels->rows) * k);
      kernels->pack_rows(m, k, a, p->a.column, tiles);
      a = tiles, a_row = 1, a_column = kernels->rows, a_tile = kernels->rows * k;
    }
    kernels->block(
      m, n, k, a, a_row, a_column, a_tile, b, kernels->columns * k, out, p->out_row,
      p->accumulate || at > 0);
  }
  if (p->finish) p->finish(p->context, row, m, p->first_column + column, n);
}

static void multiply_blocks(void *context, int64_t start, int64_t end) {
  const product *p = context;
  for (int64_t i = start; i < end; i++)
    multiply_block(p, i % p->row_parts * p->rows, i / p->row_parts * p->columns);
}

/// Chooses blocks so that every thread has several, where the output is large enough for that.
static void cut(product *p) {
  int64_t wanted = 3 * anneal_pool_threads(), tile = p->kernels->rows;
  p->rows = block_rows;
  p->columns = block_columns;
  for (;;) {
    p->row_parts = (p->m + p->rows - 1) / p->rows;
    int64_t parts = p->row_parts * ((p->n + p->columns - 1) / p->columns);
    if (parts >= wanted) return;
    if (p->columns >= 8 * p->kernels->columns && p->columns >= p->rows) p->columns /= 2;
    else if (p->rows > tile) p->rows = rounded_up(p->rows / 2, tile);
    else return;
  }
}

/// Multiplies one stretch of columns and steps: packs its b, then works on blocks.
static void multiply_packed(product *p) {
  int64_t passes = (p->k + p->step - 1) / p->step;
  anneal_parallel(passes * pack_parts, 1, pack_pieces, p);
  cut(p);
  anneal_parallel(p->row_parts * ((p->n + p->columns - 1) / p->columns), 1, multiply_blocks, p);
}

/// Some columns of a product of few rows.
static void multiply_thin(void *context, int64_t start, int64_t end) {
  const product *p = context;
  anneal_matrix b = {p->b.base + start * p->b.column, p->b.row, p->b.column};
  p->kernels->thin(
    p->m, end - start, p->k, p->a.base, p->a.row, b, p->out + start, p->out_row, p->accumulate);
  if (p->finish) p->finish(p->context, 0, p->m, start, end - start);
}

static _Atomic(anneal_sgemm) external;

void anneal_set_portable_sgemm(anneal_sgemm function) { external = function; }

/// Some rows of a product by the external function.
static void multiply_external(void *context, int64_t start, int64_t end) {
  const product *p = context;
  const anneal_matrix *a = &p->a, *b = &p->b;
  bool a_turned = a->column != 1, b_turned = b->column != 1;
  external(
    a_turned, b_turned, (int32_t)(end - start), (int32_t)p->n, (int32_t)p->k,
    a->base + start * a->row, (int32_t)(a_turned ? a->column : a->row), b->base,
    (int32_t)(b_turned ? b->column : b->row), p->accumulate ? 1 : 0,
    p->out + start * p->out_row, (int32_t)p->out_row);
  if (p->finish) p->finish(p->context, start, end - start, 0, p->n);
}

/// Whether the matrix can be given to a BLAS: rows or columns contiguous, sizes in 32 bits.
static bool suits_blas(anneal_matrix m) {
  return (m.row == 1 || m.column == 1) && m.row < INT32_MAX && m.column < INT32_MAX;
}

/// Multiplies without packing where that is better, and returns whether it did.
static bool multiply_unpacked(product *p) {
  bool contiguous = p->a.column == 1 && (p->b.row == 1 || p->b.column == 1);
  if (p->m <= thin_rows && contiguous) {
    int64_t piece = rounded_up(larger(64, (1 << 15) / p->k), p->kernels->columns);
    anneal_parallel(p->n, piece, multiply_thin, p);
    return true;
  }
  bool portable = anneal_current_level() == ANNEAL_LEVEL_PORTABLE && external;
  if (!portable || !suits_blas(p->a) || !suits_blas(p->b)) return false;
  anneal_parallel(p->m, external_rows, multiply_external, p);
  return true;
}

/// The sum of no products.
static void clear(int64_t m, int64_t n, float *out, int64_t out_row) {
  for (int64_t i = 0; i < m; i++) memset(out + i * out_row, 0, (size_t)n * sizeof(float));
}

/// Multiplies stretch after stretch of columns and steps, each packed as a whole.
static void multiply_stretches(product whole) {
  int64_t passes = (whole.k + depth - 1) / depth;
  int64_t step = rounded_up((whole.k + passes - 1) / passes, 8);
  int64_t steps = smaller(whole.k, packed_steps / step * step);
  int64_t width = larger(packed_floats / steps / block_columns, 1) * block_columns;
  product p = whole;
  p.step = step;
  p.packed =
    anneal_scratch(slot_packed, (smaller(width, p.n) + p.kernels->columns) * steps);
  for (int64_t j = 0; j < whole.n; j += width)
    for (int64_t at = 0; at < whole.k; at += steps) {
      p.n = smaller(width, whole.n - j);
      p.k = smaller(steps, whole.k - at);
      p.a.base = whole.a.base + at * p.a.column;
      p.b.base = whole.b.base + j * p.b.column + at * p.b.row;
      p.out = whole.out + j;
      p.first_column = j;
      p.accumulate = whole.accumulate || at > 0;
      p.finish = at + steps >= whole.k ? whole.finish : NULL;
      multiply_packed(&p);
    }
}

void anneal_gemm_finished(
  int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b, float *out, int64_t out_row,
  bool accumulate, gemm_finish finish, void *context) {
  product p = {
    .kernels = anneal_gemm_kernels(), .m = m, .n = n, .k = k, .a = a, .b = b, .out = out,
    .out_row = out_row, .accumulate = accumulate, .finish = finish, .context = context};
  if (k == 0) {
    if (!accumulate) clear(m, n, out, out_row);
    if (finish) finish(context, 0, m, 0, n);
  } else if (!multiply_unpacked(&p)) {
    multiply_stretches(p);
  }
}

void anneal_gemm(
  int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b, float *out, int64_t out_row,
  bool accumulate) {
  anneal_gemm_finished(m, n, k, a, b, out, out_row, accumulate, NULL, NULL);
}
