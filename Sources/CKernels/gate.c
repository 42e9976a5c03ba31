// Gated units: one half of a feed-forward layer's width opens the other (Dauphin and others 2017).

#include "elementwise.h"

typedef struct {
  const elementwise_kernels *kernels;
  int64_t columns;
  anneal_activation activation;
  anneal_rows gate, up, d_gate, d_up;
  const float *gradient;
  float *out;
} gate_call;

/// Rows of one piece of work.
static int64_t piece(int64_t columns) { return larger(1, 16384 / larger(columns, 1)); }

static float *row(anneal_rows rows, int64_t i) {
  return rows.base ? rows.base + i * rows.row : NULL;
}

static void forward(void *context, int64_t start, int64_t end) {
  const gate_call *c = context;
  for (int64_t i = start; i < end; i++)
    c->kernels->gate(
      c->activation, c->columns, row(c->gate, i), row(c->up, i), c->out + i * c->columns);
}

void anneal_gate(
  int64_t rows, int64_t columns, anneal_activation activation, anneal_rows gate, anneal_rows up,
  float *out) {
  gate_call c = {.kernels = anneal_elementwise(), .columns = columns, .activation = activation,
                 .gate = gate, .up = up, .out = out};
  anneal_parallel(rows, piece(columns), forward, &c);
}

static void backward(void *context, int64_t start, int64_t end) {
  const gate_call *c = context;
  for (int64_t i = start; i < end; i++)
    c->kernels->gate_backward(
      c->activation, c->columns, row(c->gate, i), row(c->up, i), c->gradient + i * c->columns,
      row(c->d_gate, i), c->d_gate.accumulate, row(c->d_up, i), c->d_up.accumulate);
}

void anneal_gate_backward(
  int64_t rows, int64_t columns, anneal_activation activation, anneal_rows gate, anneal_rows up,
  const float *gradient, anneal_rows d_gate, anneal_rows d_up) {
  gate_call c = {.kernels = anneal_elementwise(), .columns = columns, .activation = activation,
                 .gate = gate, .up = up, .gradient = gradient, .d_gate = d_gate, .d_up = d_up};
  anneal_parallel(rows, piece(columns), backward, &c);
}
