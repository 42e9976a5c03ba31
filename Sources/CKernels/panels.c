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

typedef struct {
  const gemm_kernels *kernels;
  const elementwise_kernels *finish;
  int64_t m;
  const float *x;
  anneal_panels w;
  const float *bias;
  anneal_activation activation;
  float *out;
} panel_call;

/// Some columns of all rows. Sums run over all steps in order, however many rows there are.
static void multiply_panels(void *context, int64_t start, int64_t end) {
  const panel_call *c = context;
  const gemm_kernels *g = c->kernels;
  int64_t width = g->columns, first = start * width, k = c->w.k, n = c->w.n;
  int64_t columns = smaller(n, end * width) - first;
  const float *b = c->w.packed + first * k;
  g->panels(c->m, columns, k, c->x, k, b, width * k, c->out + first, n);
  if (!c->bias && c->activation == ANNEAL_ACTIVATION_NONE) return;
  for (int64_t i = 0; i < c->m; i++) {
    float *out = c->out + i * n + first;
    c->finish->activate(
      c->activation, columns, out, c->bias ? c->bias + first : NULL, out, NULL);
  }
}

enum {
  /// Bytes of weights that a thread takes at a time: some microseconds of memory.
  piece_bytes = 1 << 16,
};

void anneal_panels_linear(
  int64_t m, const float *x, anneal_panels w, const float *bias, anneal_activation activation,
  float *out) {
  panel_call c = {
    anneal_gemm_kernels(), anneal_elementwise(), m, x, w, bias, activation, out};
  int64_t panels = panels_of(w.n), bytes = larger(1, c.kernels->columns * w.k * 4);
  anneal_parallel(panels, larger(1, smaller(piece_bytes / bytes, panels / 8)), multiply_panels, &c);
}
