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
  /// Bytes of panels times rows that a thread takes at a time, and values that it rounds: a few
  /// microseconds. A row counts as more where there are few, as memory is then what is waited for.
  piece_work = 1 << 19,
  rounded_values = 1 << 13,
  /// How far ahead of its use a panel is fetched.
  fetched_ahead = 3072,
};

/// Where the rows of a panel's results go: the sum of row i and column j, which begins at row_rests[i],
/// counts row_scales[i] · scales[j], and the bias (NULL for none) is added. All columns of a panel are
/// read and written.
typedef struct {
  const float *row_scales, *scales, *bias;
  const int32_t *row_rests;
  float *out;
  int64_t row;
} byte_output;

typedef struct {
  /// Rows · one panel of `groups` groups.
  void (*tiles)(
    int64_t rows, int64_t groups, const int8_t *x, int64_t x_row, const int8_t *panel,
    const byte_output *output);
  int32_t (*part_signs)(int64_t groups, const int8_t *in, int8_t *out);
  float (*largest)(int64_t count, const float *x);
  void (*round)(int64_t count, float factor, const float *x, int8_t *out);
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

/// Products of the same rows by several maps, whose panels count one after the other.
typedef struct {
  const byte_kernels *kernels;
  const elementwise_kernels *finish;
  int64_t m, k;
  const float *x;
  const anneal_byte_map *maps;
  anneal_activation activation;
  int64_t out_row;
  /// The rows as sizes and signs of integers, `row` bytes each, and their scales.
  int8_t *rows;
  int64_t row;
  float *scales;
  /// What the sum of each row lacks: with a negative x, w counts as ~w, which is one less than -w.
  int32_t *rests;
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
    c->rests[i] = c->kernels->part_signs(groups_of(c->k), whole, c->rows + i * c->row);
  }
}

/// Up to `rows_together` rows of the output within one panel, before the activation.
static void multiply_panel(
  const byte_call *c, const anneal_byte_map *map, int64_t row, int64_t rows, int64_t panel) {
  int64_t first = panel * byte_columns, columns = smaller(byte_columns, map->w.n - first);
  float scales[byte_columns] = {0}, bias[byte_columns] = {0}, edge[rows_together * byte_columns];
  byte_output o = {
    c->scales + row, map->w.scales + first, map->bias ? map->bias + first : NULL, c->rests + row,
    map->out + row * c->out_row + first, c->out_row};
  bool whole = columns == byte_columns;
  if (!whole) {
    memcpy(scales, o.scales, (size_t)columns * sizeof(float));
    if (o.bias) memcpy(bias, o.bias, (size_t)columns * sizeof(float));
    o = (byte_output){o.row_scales, scales, bias, o.row_rests, edge, byte_columns};
  }
  c->kernels->tiles(
    rows, groups_of(c->k), c->rows + row * c->row, c->row,
    map->w.packed + panel * panel_bytes(c->k), &o);
  for (int64_t i = 0; i < rows && !whole; i++)
    memcpy(
      map->out + (row + i) * c->out_row + first, edge + i * byte_columns,
      (size_t)columns * sizeof(float));
}

/// Some panels of one map.
static void multiply_map(
  const byte_call *c, const anneal_byte_map *map, int64_t start, int64_t end) {
  int64_t first = start * byte_columns, columns = smaller(map->w.n, end * byte_columns) - first;
  for (int64_t block = 0; block < c->m; block += rows_together) {
    int64_t last = smaller(c->m, block + rows_together);
    for (int64_t panel = start; panel < end; panel++)
      multiply_panel(c, map, block, last - block, panel);
    if (c->activation == ANNEAL_ACTIVATION_NONE) continue;
    for (int64_t i = block; i < last; i++) {
      float *out = map->out + i * c->out_row + first;
      c->finish->activate(c->activation, columns, out, NULL, out, NULL);
    }
  }
}

static void multiply_panels(void *context, int64_t start, int64_t end) {
  const byte_call *c = context;
  for (const anneal_byte_map *map = c->maps; end > 0; map++) {
    int64_t panels = panels_of(map->w.n);
    if (start < panels) multiply_map(c, map, start, smaller(end, panels));
    start = larger(0, start - panels);
    end -= panels;
  }
}

void anneal_bytes_linear(
  int64_t m, const float *x, int64_t count, const anneal_byte_map *maps,
  anneal_activation activation, int64_t out_row) {
  if (count == 0 || m == 0) return;
  int64_t k = maps[0].w.k, row = groups_of(k) * 8, panels = 0;
  for (int64_t i = 0; i < count; i++) panels += panels_of(maps[i].w.n);
  float *scratch = anneal_scratch(slot_packed, m * (row / 4 + 2));
  byte_call c = {
    .kernels = ANNEAL_CHOOSE(bytes), .finish = anneal_elementwise(), .m = m, .k = k, .x = x,
    .maps = maps, .activation = activation, .out_row = out_row, .rows = (int8_t *)scratch,
    .row = row, .scales = scratch + m * (row / 4),
    .rests = (int32_t *)(scratch + m * (row / 4 + 1))};
  anneal_parallel(m, larger(1, rounded_values / larger(k, 1)), round_rows, &c);
  int64_t piece = larger(1, piece_work / larger(1, panel_bytes(k) * (m + 8)));
  piece = larger(panels / 128, smaller(piece, larger(1, panels / 8)));
  anneal_parallel(panels, piece, multiply_panels, &c);
}
