// Matrix products whose threads own columns: each packs its panels of b for itself, where they stay in
// its second cache, and multiplies all rows by them.
//
// Nobody waits for what others pack, nor reads it from the third cache. As every panel is packed once
// however many rows there are, this is for products of so few rows that packing together and cutting
// blocks small enough for all threads would count. Each element is summed in the order of gemm.c: pass
// after pass of k.

#include "gemm.h"

enum {
  /// Panels that a thread packs at a time: of 384 steps they take 98 kB of the second cache.
  piece_panels = 4,
  /// Single panels for each thread at the end, so that all end at about the same time.
  last_panels = 4,
  /// Rows of a that meet the panels before the next ones do.
  piece_rows = 96,
};

typedef struct {
  const gemm_product *p;
  /// Pieces of several panels; those behind them have one.
  int64_t pieces;
} columns_call;

/// Packs steps `at` to `at + k` of n columns from the given one on.
static void pack_piece(
  const gemm_product *p, int64_t at, int64_t k, int64_t column, int64_t n, float *panels) {
  int64_t panel = p->kernels->columns * k, first = at * p->b.row + column * p->b.column;
  if (p->four) {
    anneal_four_pack(p->kernels, p->four, p->first_value + first, k, n, p->b, panels, panel);
  } else {
    anneal_matrix part = {p->b.base + first, p->b.row, p->b.column};
    p->kernels->pack(k, n, part, panels, panel);
  }
}

/// All rows of some columns.
static void multiply_piece(const gemm_product *p, int64_t column, int64_t n) {
  const gemm_kernels *kernels = p->kernels;
  float *panels =
    anneal_scratch(slot_packed, (piece_panels + 1) * kernels->columns * p->step);
  int64_t width = piece_panels * kernels->columns;
  float *taken = p->take ? anneal_scratch(slot_block, p->m * width) : NULL;
  float *out = taken ? taken : p->out + column;
  int64_t out_row = taken ? width : p->out_row;
  for (int64_t at = 0; at < p->k; at += p->step) {
    int64_t k = smaller(p->step, p->k - at);
    pack_piece(p, at, k, column, n, panels);
    for (int64_t i = 0; i < p->m; i += piece_rows) {
      int64_t m = smaller(piece_rows, p->m - i);
      float *block = out + i * out_row;
      kernels->block(
        m, n, k, p->a.base + i * p->a.row + at, p->a.row, 1, kernels->rows * p->a.row, panels,
        kernels->columns * k, block, out_row, p->accumulate || at > 0);
      if (at + k < p->k) continue;
      if (p->finish) p->finish(p->context, i, m, column, n);
      if (p->take) p->take(p->context, block, out_row, i, m, column, n);
    }
  }
}

static void multiply_pieces(void *context, int64_t start, int64_t end) {
  const columns_call *c = context;
  for (int64_t i = start; i < end; i++) {
    bool whole = i < c->pieces;
    int64_t panel = whole ? i * piece_panels : c->pieces * (piece_panels - 1) + i;
    int64_t first = panel * c->p->kernels->columns;
    int64_t columns = (whole ? piece_panels : 1) * c->p->kernels->columns;
    multiply_piece(c->p, first, smaller(columns, c->p->n - first));
  }
}

void anneal_gemm_by_columns(const gemm_product *p) {
  int64_t threads = anneal_pool_threads();
  int64_t panels = (p->n + p->kernels->columns - 1) / p->kernels->columns;
  int64_t last = threads > 1 ? smaller(panels, last_panels * threads) : 0;
  columns_call c = {p, (panels - last) / piece_panels};
  anneal_parallel(
    c.pieces + panels - c.pieces * piece_panels, 1, multiply_pieces, &c);
}
