// Matrix products: packed panels of b, row blocks of a, register tiles from gemm_kernel.h.
//
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). A panel of
// b stays in the first cache while the tiles of a block of a pass over it from the second. Rows of
// a that are contiguous are read in place, except by kernels that multiply other numbers than fp32;
// others are packed by all threads together. Each element of the output is summed in an order given
// by k alone (and by whether rows are few), so results depend neither on threads nor on how work is
// cut. Products of some hundreds of rows are cut by columns alone: gemm_columns.c.

#include "gemm.h"

#include <string.h>

#define KERNELS "gemm_kernel.h"
#include "each_level.h"

const gemm_kernels *anneal_gemm_kernels(void) { return ANNEAL_CHOOSE(gemm); }

enum {
  /// Rows and columns of an output block: 96 × 384 floats take 147 kB of the second cache.
  block_rows = 96,
  block_columns = 384,
  /// Multiplications of a block: about 50 microseconds.
  least_work = 1 << 21,
  /// Up to so many rows, packing b would cost more than it saves.
  thin_rows = 16,
  /// Up to so many rows, threads own columns where these have so many panels for each thread.
  few_rows = 768,
  few_panels = 4,
  /// Columns of a thin product that a thread takes at a time, where rows of b are contiguous.
  thin_columns = 96,
  /// Rows that an external product works on at a time.
  external_rows = 128,
  /// Floats of packed b at a time (8 MB, to stay in the third cache), and the most steps of them.
  packed_floats = 1 << 21,
  packed_steps = 4608,
  /// Rows of packed a at a time, and the most floats of them.
  packed_rows = 3072,
  tile_floats = 1 << 21,
  /// Pieces in which a pass is packed.
  pack_parts = 8,
};

/// Floats that so many lanes of so many steps take when packed.
static int64_t packed_size(const gemm_product *p, int64_t lanes, int64_t k) {
  return lanes * rounded_up(k, p->kernels->unit) * p->kernels->floats_of_two / 2;
}

/// Where pass `at` of packed b and a begins: passes lie one after the other, and in each its panels.
/// (Panels of all k would be a power of two apart in common shapes and share few sets of a cache.)
static float *packed_pass(const gemm_product *p, int64_t at) {
  return p->packed + packed_size(p, rounded_up(p->n, p->kernels->columns), at);
}
static float *tiles_of_pass(const gemm_product *p, int64_t at) {
  return p->tiles + packed_size(p, rounded_up(p->m, p->kernels->rows), at);
}

/// One operand while it is packed: [k, lanes] into panels of `width` lanes.
typedef struct {
  const gemm_product *p;
  anneal_matrix matrix;
  /// The values of the matrix where they are 4-bit numbers, from `first` on.
  const anneal_four_values *four;
  int64_t first;
  int64_t lanes, width;
  void (*pack)(int64_t k, int64_t lanes, anneal_matrix matrix, float *out, int64_t panel);
  float *(*pass)(const gemm_product *p, int64_t at);
} operand;

/// Packs steps `from` to `to` of lanes `lane` to `end` of a pass of k steps that begins with step `at`.
static void pack_stretch(
  const operand *o, int64_t at, int64_t k, int64_t from, int64_t to, int64_t lane, int64_t end) {
  if (to <= from || end <= lane) return;
  const gemm_product *p = o->p;
  int64_t row = o->matrix.row, column = o->matrix.column, first = (at + from) * row + lane * column;
  int64_t panel = packed_size(p, o->width, k);
  float *panels = o->pass(p, at) + packed_size(p, lane, k) + packed_size(p, o->width, from);
  if (o->four) {
    anneal_four_pack(
      p->kernels, o->four, o->first + first, to - from, end - lane, o->matrix, panels, panel);
  } else {
    anneal_matrix part = {o->matrix.base + first, row, column};
    o->pack(to - from, end - lane, part, panels, panel);
  }
}

/// Packs one part of a pass: some steps of all panels where lanes are neighbours in memory,
/// otherwise all steps of some panels.
static void pack_part(const operand *o, int64_t at, int64_t part) {
  const gemm_product *p = o->p;
  int64_t k = smaller(p->step, p->k - at), width = o->width, unit = p->kernels->unit;
  if (o->matrix.column == 1) {
    int64_t from = smaller(k, rounded_up(k * part / pack_parts, unit));
    int64_t to = smaller(k, rounded_up(k * (part + 1) / pack_parts, unit));
    pack_stretch(o, at, k, from, to, 0, o->lanes);
  } else {
    int64_t panels = (o->lanes + width - 1) / width, from = panels * part / pack_parts * width;
    int64_t to = smaller(panels * (part + 1) / pack_parts * width, o->lanes);
    pack_stretch(o, at, k, 0, k, from, to);
  }
}

static void pack_parts_of_passes(void *context, int64_t start, int64_t end) {
  const operand *o = context;
  for (int64_t i = start; i < end; i++)
    pack_part(o, i / pack_parts * o->p->step, i % pack_parts);
}

static void pack_all(operand o) {
  int64_t passes = (o.p->k + o.p->step - 1) / o.p->step;
  anneal_parallel(passes * pack_parts, 1, pack_parts_of_passes, &o);
}

static void pack_b(const gemm_product *p) {
  const gemm_kernels *kernels = p->kernels;
  pack_all((operand){
    p, p->b, p->four, p->first_value, p->n, kernels->columns, kernels->pack, packed_pass});
}

static void pack_a(const gemm_product *p) {
  const gemm_kernels *kernels = p->kernels;
  anneal_matrix turned = {p->a.base, p->a.column, p->a.row};
  pack_all((operand){
    p, turned, NULL, 0, p->m, kernels->rows, kernels->pack_rows, tiles_of_pass});
}

/// One block of the output: all of the packed k, in passes.
static void multiply_block(const gemm_product *p, int64_t row, int64_t column) {
  const gemm_kernels *kernels = p->kernels;
  int64_t m = smaller(p->rows, p->m - row), n = smaller(p->columns, p->n - column);
  int64_t out_row = p->take ? p->columns : p->out_row;
  float *out = p->take
    ? anneal_scratch(slot_block, p->rows * p->columns)
    : p->out + row * p->out_row + column;
  for (int64_t at = 0; at < p->k; at += p->step) {
    int64_t k = smaller(p->step, p->k - at);
    const float *b = packed_pass(p, at) + packed_size(p, column, k);
    int64_t panel = packed_size(p, kernels->columns, k);
    bool add = p->accumulate || at > 0;
    if (p->tiles) {
      kernels->block(
        m, n, k, tiles_of_pass(p, at) + packed_size(p, row, k), 1, kernels->rows,
        packed_size(p, kernels->rows, k), b, panel, out, out_row, add);
    } else {
      const float *a = p->a.base + row * p->a.row + at * p->a.column;
      kernels->block(
        m, n, k, a, p->a.row, p->a.column, kernels->rows * p->a.row, b, panel, out, out_row, add);
    }
  }
  int64_t first_row = p->first_row + row, first_column = p->first_column + column;
  if (p->finish) p->finish(p->context, first_row, m, first_column, n);
  if (p->take) p->take(p->context, out, out_row, first_row, m, first_column, n);
}

static void multiply_blocks(void *context, int64_t start, int64_t end) {
  const gemm_product *p = context;
  for (int64_t i = start; i < end; i++)
    multiply_block(p, i % p->row_parts * p->rows, i / p->row_parts * p->columns);
}

/// Chooses blocks so that every thread gets many, as threads are not equally fast on a busy machine,
/// but none so small that claiming it and loading its operands would count.
static void cut(gemm_product *p) {
  int64_t tile = p->kernels->rows, panel = p->kernels->columns;
  int64_t work = p->m * p->n * p->k / least_work, wanted = 16 * anneal_pool_threads();
  p->rows = block_rows;
  p->columns = block_columns;
  for (;;) {
    p->row_parts = (p->m + p->rows - 1) / p->rows;
    int64_t parts = p->row_parts * ((p->n + p->columns - 1) / p->columns);
    if (parts >= smaller(wanted, work)) return;
    if (p->columns >= 2 * p->rows && p->columns >= 4 * panel) p->columns /= 2;
    else if (p->rows > 2 * tile) p->rows = rounded_up(p->rows / 2, tile);
    else return;
  }
}

/// Some columns of a product of few rows.
static void multiply_thin(void *context, int64_t start, int64_t end) {
  const gemm_product *p = context;
  anneal_matrix b = {p->b.base + start * p->b.column, p->b.row, p->b.column};
  p->kernels->thin(
    p->m, end - start, p->k, p->a.base, p->a.row, b, p->out + start, p->out_row, p->accumulate);
  if (p->finish) p->finish(p->context, 0, p->m, start, end - start);
}

static _Atomic(anneal_sgemm) external;

void anneal_set_portable_sgemm(anneal_sgemm function) { external = function; }

/// Some rows of a product by the external function.
static void multiply_external(void *context, int64_t start, int64_t end) {
  const gemm_product *p = context;
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

/// Multiplies few rows without packing, and returns whether it did.
static bool multiply_few(gemm_product *p) {
  bool contiguous = p->a.column == 1 && (p->b.row == 1 || p->b.column == 1);
  if (p->m > thin_rows || !contiguous) return false;
  int64_t piece = p->b.column == 1
    ? thin_columns
    : rounded_up(larger(64, (1 << 15) / p->k), p->kernels->columns);
  anneal_parallel(p->n, piece, multiply_thin, p);
  return true;
}

/// Leaves the product to the external function if there is no better kernel here, and returns
/// whether it did.
static bool leave_to_blas(gemm_product *p) {
  bool portable = anneal_current_level() == ANNEAL_LEVEL_PORTABLE && external;
  if (!portable || !suits_blas(p->a) || !suits_blas(p->b)) return false;
  anneal_parallel(p->m, external_rows, multiply_external, p);
  return true;
}

/// The sum of no products.
static void clear(int64_t m, int64_t n, float *out, int64_t out_row) {
  for (int64_t i = 0; i < m; i++) memset(out + i * out_row, 0, (size_t)n * sizeof(float));
}

/// Works on one stretch of columns and steps, whose b is packed: stretch after stretch of rows.
static void multiply_rows(gemm_product p, int64_t height) {
  gemm_product stretch = p;
  for (int64_t i = 0; i < p.m; i += height) {
    stretch.m = smaller(height, p.m - i);
    stretch.a.base = p.a.base + i * p.a.row;
    if (p.out) stretch.out = p.out + i * p.out_row;
    stretch.first_row = i;
    if (p.tiles) pack_a(&stretch);
    cut(&stretch);
    int64_t parts = stretch.row_parts * ((p.n + stretch.columns - 1) / stretch.columns);
    anneal_parallel(parts, 1, multiply_blocks, &stretch);
  }
}

/// Multiplies the left operands by one packed stretch of b, which is at `at` steps and column `j`.
static void multiply_parts(
  gemm_product stretch, int64_t count, const anneal_product *parts, int64_t height, int64_t at,
  int64_t j) {
  for (int64_t i = 0; i < count; i++) {
    stretch.m = parts[i].m;
    stretch.a.base = parts[i].a + at * stretch.a.column;
    if (parts[i].out) stretch.out = parts[i].out + j;
    stretch.accumulate = parts[i].accumulate || at > 0;
    multiply_rows(stretch, smaller(height, parts[i].m));
  }
}

/// How a product is cut: whether a is packed, rows of it at a time, steps of a pass, and steps that
/// are packed at a time.
typedef struct {
  bool packs_a;
  int64_t height, step, steps;
} gemm_plan;

static gemm_plan plan_of(const gemm_product *p) {
  const gemm_kernels *kernels = p->kernels;
  int64_t passes = (p->k + kernels->depth - 1) / kernels->depth;
  gemm_plan plan = {.packs_a = p->a.column != 1 || !kernels->reads_rows};
  plan.height = plan.packs_a ? smaller(p->m, packed_rows) : p->m;
  plan.step = rounded_up((p->k + passes - 1) / passes, larger(8, kernels->unit));
  int64_t most = plan.packs_a ? smaller(packed_steps, tile_floats / plan.height) : packed_steps;
  plan.steps = smaller(p->k, larger(1, most / plan.step) * plan.step);
  return plan;
}

/// Leaves a product to threads that own columns, where rows are few and columns are enough, and returns
/// whether it did.
static bool multiply_by_columns(const gemm_product *p, const gemm_plan *plan) {
  int64_t panels = p->n / p->kernels->columns;
  if (plan->packs_a || p->m > few_rows || panels < few_panels * anneal_pool_threads()) return false;
  gemm_product whole = *p;
  whole.step = plan->step;
  anneal_gemm_by_columns(&whole);
  return true;
}

/// Multiplies stretch after stretch of columns and steps; p.m is the largest m of the parts.
static void multiply_stretches(gemm_product p, int64_t count, const anneal_product *parts) {
  const gemm_kernels *kernels = p.kernels;
  gemm_plan plan = plan_of(&p);
  if (count == 1) {
    p.m = parts->m, p.a.base = parts->a, p.out = parts->out, p.accumulate = parts->accumulate;
    if (multiply_by_columns(&p, &plan)) return;
  }
  int64_t height = plan.height, steps = plan.steps;
  p.step = plan.step;
  int64_t width = larger(packed_floats / steps / block_columns, 1) * block_columns;
  p.packed = anneal_scratch(
    slot_packed, packed_size(&p, smaller(width, p.n) + kernels->columns, steps));
  if (plan.packs_a)
    p.tiles = anneal_scratch(slot_rows, packed_size(&p, height + kernels->rows, steps));
  gemm_product stretch = p;
  for (int64_t j = 0; j < p.n; j += width)
    for (int64_t at = 0; at < p.k; at += steps) {
      stretch.n = smaller(width, p.n - j);
      stretch.k = smaller(steps, p.k - at);
      int64_t first = j * p.b.column + at * p.b.row;
      if (p.four) stretch.first_value = first;
      else stretch.b.base = p.b.base + first;
      stretch.first_column = j;
      stretch.finish = at + steps >= p.k ? p.finish : NULL;
      pack_b(&stretch);
      multiply_parts(stretch, count, parts, height, at, j);
    }
}

void anneal_gemm_finished(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  float *out, int64_t out_row, bool accumulate, gemm_finish finish, void *context) {
  gemm_product p = {
    .kernels = anneal_gemm_kernels(), .m = m, .n = n, .k = k, .a = a, .b = b, .out = out,
    .out_row = out_row, .accumulate = accumulate, .finish = finish, .context = context};
  if (k == 0) {
    if (!accumulate) clear(m, n, out, out_row);
    if (finish) finish(context, 0, m, 0, n);
    return;
  }
  if (m == 0 || n == 0 || multiply_few(&p)) return;
  const gemm_kernels *tiles = anneal_tile_kernels(precision);
  if (tiles) p.kernels = tiles;
  else if (leave_to_blas(&p)) return;
  multiply_stretches(p, 1, &(anneal_product){m, a.base, out, accumulate});
}

void anneal_gemm_four_finished(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a,
  anneal_four_matrix b, float *out, int64_t out_row, bool accumulate, gemm_finish finish,
  void *context) {
  // Few rows are multiplied in fp32, as everywhere.
  const gemm_kernels *tiles = m > thin_rows ? anneal_tile_kernels(precision) : NULL;
  gemm_product p = {
    .kernels = tiles ? tiles : anneal_gemm_kernels(), .m = m, .n = n, .k = k, .a = a,
    .b = {NULL, b.row, b.column}, .four = b.values, .out = out, .out_row = out_row,
    .accumulate = accumulate, .finish = finish, .context = context};
  if (k == 0) {
    if (!accumulate) clear(m, n, out, out_row);
    if (finish) finish(context, 0, m, 0, n);
  } else if (m > 0 && n > 0) {
    multiply_stretches(p, 1, &(anneal_product){m, a.base, out, accumulate});
  }
}

void anneal_gemm_four(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a,
  anneal_four_matrix b, float *out, int64_t out_row, bool accumulate) {
  anneal_gemm_four_finished(
    precision, m, n, k, a, b, out, out_row, accumulate, NULL, NULL);
}

bool anneal_gemm_taken(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  gemm_take take, void *context) {
  gemm_product p = {
    .kernels = anneal_tile_kernels(precision), .m = m, .n = n, .k = k, .a = a, .b = b, .take = take,
    .context = context};
  if (!p.kernels) p.kernels = anneal_gemm_kernels();
  if (m == 0 || n == 0) return true;
  bool portable = anneal_current_level() == ANNEAL_LEVEL_PORTABLE && external;
  // Blocks that are gathered over several stretches of k need a place of their own.
  if (portable || k == 0 || plan_of(&p).steps < k) return false;
  multiply_stretches(p, 1, &(anneal_product){m, a.base, NULL, false});
  return true;
}

void anneal_gemm_shared(
  anneal_precision precision, int64_t count, const anneal_product *products, int64_t n, int64_t k,
  anneal_matrix a, anneal_matrix b) {
  gemm_product p = {
    .kernels = anneal_tile_kernels(precision), .n = n, .k = k, .a = a, .b = b, .out_row = n};
  bool alone = k == 0 || (!p.kernels && anneal_current_level() == ANNEAL_LEVEL_PORTABLE);
  if (!p.kernels) p.kernels = anneal_gemm_kernels();
  for (int64_t i = 0; i < count; i++) {
    p.m = larger(p.m, products[i].m);
    a.base = products[i].a;
    if (alone)
      anneal_gemm(
        precision, products[i].m, n, k, a, b, products[i].out, n, products[i].accumulate);
  }
  if (!alone && p.m > 0) multiply_stretches(p, count, products);
}

void anneal_gemm(
  anneal_precision precision, int64_t m, int64_t n, int64_t k, anneal_matrix a, anneal_matrix b,
  float *out, int64_t out_row, bool accumulate) {
  anneal_gemm_finished(precision, m, n, k, a, b, out, out_row, accumulate, NULL, NULL);
}
