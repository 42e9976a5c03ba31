// Linear maps whose weights and inputs are integers of 8 bits; their products are exact.
//
// Each column of weights and each row of inputs has one scale, which makes its largest size 127. The
// weights lie in panels of 16 columns, of which each group of 4 steps takes one line of the cache:
// the order in which a product of one row streams them, and which the byte instructions of x86
// (VPDPBUSD, TDPBSSD) take as it is.

#include "elementwise.h"

#include <math.h>
#include <string.h>

enum {
  /// Columns of a panel, and its bytes for 4 steps.
  byte_columns = 16,
  byte_group = 64,
  /// The largest size of a number.
  byte_limit = 127,
  /// Rows of a register tile, and rows whose inputs stay in the second cache.
  tile_height = 4,
  rows_together = 64,
  /// Bytes of panels that a thread takes at a time: a few microseconds of memory.
  piece_bytes = 1 << 15,
};

typedef struct {
  /// sums[rows, byte_columns] = up to 4 rows · one panel of `groups` groups.
  void (*tiles)(
    int rows, int64_t groups, const uint8_t *x, int64_t x_row, const int8_t *panel, int32_t *sums);
  float (*largest)(int64_t count, const float *x);
  void (*round)(int64_t count, float factor, const float *x, int8_t *out);
  void (*scale)(int64_t count, const int32_t *sums, float factor, const float *scales, float *out);
} byte_kernels;

#define KERNELS "byte_kernels.h"
#include "each_level.h"

static int64_t groups_of(int64_t k) { return (k + 3) / 4; }
static int64_t panel_bytes(int64_t k) { return groups_of(k) * byte_group; }
static int64_t panels_of(int64_t n) { return (n + byte_columns - 1) / byte_columns; }

int64_t anneal_bytes_size(int64_t n, int64_t k) { return panels_of(n) * panel_bytes(k); }

typedef struct {
  const byte_kernels *kernels;
  int64_t n, k;
  anneal_matrix w;
  int8_t *packed;
  float *scales;
} pack_call;

/// Packs one column of weights, which is made contiguous first.
static void pack_column(const pack_call *c, int64_t j, float *values, int8_t *whole) {
  for (int64_t p = 0; p < c->k; p++) values[p] = c->w.base[p * c->w.row + j * c->w.column];
  float largest = c->kernels->largest(c->k, values);
  c->scales[j] = largest / byte_limit;
  c->kernels->round(c->k, largest > 0 ? byte_limit / largest : 0, values, whole);
  int8_t *panel = c->packed + j / byte_columns * panel_bytes(c->k) + j % byte_columns * 4;
  for (int64_t p = 0; p < c->k; p++) panel[p / 4 * byte_group + p % 4] = whole[p];
}

static void pack_panels(void *context, int64_t start, int64_t end) {
  const pack_call *c = context;
  memset(
    c->packed + start * panel_bytes(c->k), 0, (size_t)((end - start) * panel_bytes(c->k)));
  float *values = anneal_scratch(slot_rows, 2 * c->k);
  for (int64_t j = start * byte_columns; j < smaller(c->n, end * byte_columns); j++)
    pack_column(c, j, values, (int8_t *)(values + c->k));
}

void anneal_bytes_pack(int64_t n, int64_t k, anneal_matrix w, int8_t *packed, float *scales) {
  pack_call c = {ANNEAL_CHOOSE(bytes), n, k, w, packed, scales};
  anneal_parallel(panels_of(n), 4, pack_panels, &c);
}

typedef struct {
  const byte_kernels *kernels;
  const elementwise_kernels *finish;
  int64_t m, n, k;
  const float *x;
  anneal_bytes w;
  const float *bias;
  anneal_activation activation;
  float *out;
  /// The rows as integers of 16 bits, `row` bytes each, and their scales.
  uint8_t *rows;
  int64_t row;
  float *scales;
} byte_call;

static void round_rows(void *context, int64_t start, int64_t end) {
  const byte_call *c = context;
  int8_t *whole = (int8_t *)anneal_scratch(slot_attention, groups_of(c->k));
  memset(whole, 0, (size_t)(groups_of(c->k) * 4));
  for (int64_t i = start; i < end; i++) {
    const float *x = c->x + i * c->k;
    float largest = c->kernels->largest(c->k, x);
    c->scales[i] = largest / byte_limit;
    c->kernels->round(c->k, largest > 0 ? byte_limit / largest : 0, x, whole);
    int16_t *out = (int16_t *)(c->rows + i * c->row);
    for (int64_t g = 0; g < groups_of(c->k); g++) {
      out[4 * g] = whole[4 * g];
      out[4 * g + 1] = whole[4 * g + 2];
      out[4 * g + 2] = whole[4 * g + 1];
      out[4 * g + 3] = whole[4 * g + 3];
    }
  }
}

/// A few rows of the output within one panel, before bias and activation.
static void multiply_tile(const byte_call *c, int64_t row, int64_t rows, int64_t panel) {
  int32_t sums[tile_height * byte_columns];
  int64_t first = panel * byte_columns, columns = smaller(byte_columns, c->n - first);
  c->kernels->tiles(
    (int)rows, groups_of(c->k), c->rows + row * c->row, c->row,
    c->w.packed + panel * panel_bytes(c->k), sums);
  for (int64_t i = 0; i < rows; i++)
    c->kernels->scale(
      columns, sums + i * byte_columns, c->scales[row + i], c->w.scales + first,
      c->out + (row + i) * c->n + first);
}

static void multiply_panels(void *context, int64_t start, int64_t end) {
  const byte_call *c = context;
  int64_t first = start * byte_columns, columns = smaller(c->n, end * byte_columns) - first;
  bool plain = !c->bias && c->activation == ANNEAL_ACTIVATION_NONE;
  for (int64_t block = 0; block < c->m; block += rows_together) {
    int64_t last = smaller(c->m, block + rows_together);
    for (int64_t panel = start; panel < end; panel++)
      for (int64_t i = block; i < last; i += tile_height)
        multiply_tile(c, i, smaller(tile_height, last - i), panel);
    for (int64_t i = block; i < last && !plain; i++) {
      float *out = c->out + i * c->n + first;
      c->finish->activate(
        c->activation, columns, out, c->bias ? c->bias + first : NULL, out, NULL);
    }
  }
}

void anneal_bytes_linear(
  int64_t m, const float *x, anneal_bytes w, const float *bias, anneal_activation activation,
  float *out) {
  int64_t row = groups_of(w.k) * 8;
  float *scratch = anneal_scratch(slot_packed, m * (row / 4 + 1));
  byte_call c = {
    .kernels = ANNEAL_CHOOSE(bytes), .finish = anneal_elementwise(), .m = m, .n = w.n, .k = w.k,
    .x = x, .w = w, .bias = bias, .activation = activation, .out = out,
    .rows = (uint8_t *)scratch, .row = row, .scales = scratch + m * (row / 4)};
  anneal_parallel(m, larger(1, (1 << 14) / larger(w.k, 1)), round_rows, &c);
  int64_t panels = panels_of(w.n), bytes = larger(1, panel_bytes(w.k) * larger(1, m / 8));
  anneal_parallel(panels, larger(1, smaller(piece_bytes / bytes, panels / 8)), multiply_panels, &c);
}
