// Linear maps whose weights were packed beforehand: what generation does, whose products have few rows
// and wait for memory, which then is read from beginning to end.

#include "elementwise.h"
#include "gemm.h"

static int64_t panels_of(int64_t n) {
  int64_t width = anneal_gemm_kernels()->columns;
  return (n + width - 1) / width;
}

int64_t anneal_panels_size(int64_t n, int64_t k) {
  return panels_of(n) * anneal_gemm_kernels()->columns * k;
}

typedef struct {
  const gemm_kernels *kernels;
  int64_t n, k;
  anneal_matrix w;
  float *packed;
} pack_call;

static void pack_panels(void *context, int64_t start, int64_t end) {
  const pack_call *c = context;
  int64_t width = c->kernels->columns, first = start * width;
  anneal_matrix part = {c->w.base + first * c->w.column, c->w.row, c->w.column};
  c->kernels->pack(
    c->k, smaller(c->n, end * width) - first, part, c->packed + first * c->k, width * c->k);
}

void anneal_panels_pack(int64_t n, int64_t k, anneal_matrix w, float *packed) {
  pack_call c = {anneal_gemm_kernels(), n, k, w, packed};
  anneal_parallel(panels_of(n), 16, pack_panels, &c);
}

/// Products of the same rows by several maps, whose panels count one after the other.
typedef struct {
  const gemm_kernels *kernels;
  const elementwise_kernels *finish;
  int64_t m, k;
  const float *x;
  const anneal_panel_map *maps;
  anneal_activation activation;
  int64_t out_row;
} panel_call;

/// Some columns of all rows. Sums run over all steps in order, however many rows there are.
static void multiply_map(
  const panel_call *c, const anneal_panel_map *map, int64_t start, int64_t end) {
  const gemm_kernels *g = c->kernels;
  int64_t width = g->columns, first = start * width, k = c->k;
  int64_t columns = smaller(map->w.n, end * width) - first;
  const float *b = map->w.packed + first * k, *bias = map->bias ? map->bias + first : NULL;
  float *out = map->out + first;
  g->panels(c->m, columns, k, c->x, k, b, width * k, out, c->out_row);
  if (!bias && c->activation == ANNEAL_ACTIVATION_NONE) return;
  for (int64_t i = 0; i < c->m; i++, out += c->out_row)
    c->finish->activate(c->activation, columns, out, bias, out, NULL);
}

static void multiply_panels(void *context, int64_t start, int64_t end) {
  const panel_call *c = context;
  for (const anneal_panel_map *map = c->maps; end > 0; map++) {
    int64_t panels = panels_of(map->w.n);
    if (start < panels) multiply_map(c, map, start, smaller(end, panels));
    start = larger(0, start - panels);
    end -= panels;
  }
}

enum {
  /// Weights times rows that a thread takes at a time: some microseconds. A row counts as more where
  /// there are few, as memory is then what is waited for.
  piece_work = 1 << 19,
};

void anneal_panels_linear(
  int64_t m, const float *x, int64_t count, const anneal_panel_map *maps,
  anneal_activation activation, int64_t out_row) {
  if (count == 0 || m == 0) return;
  int64_t k = maps[0].w.k, panels = 0;
  for (int64_t i = 0; i < count; i++) panels += panels_of(maps[i].w.n);
  panel_call c = {
    anneal_gemm_kernels(), anneal_elementwise(), m, k, x, maps, activation, out_row};
  int64_t piece = larger(1, piece_work / larger(1, c.kernels->columns * k * (m + 16)));
  piece = larger(panels / 128, smaller(piece, larger(1, panels / 8)));
  anneal_parallel(panels, piece, multiply_panels, &c);
}
