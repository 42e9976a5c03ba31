/// Elementwise loops for the instruction set in use; each call works on the calling thread.
#pragma once
#include "CKernels.h"
#include "level.h"
#include "random.h"

typedef struct {
  void (*activate)(
    anneal_activation kind, int64_t count, const float *in, const float *bias, float *out,
    float *before);
  void (*activation_backward)(
    anneal_activation kind, int64_t count, const float *kept, const float *gradient, float *out,
    bool add);
  void (*gate)(
    anneal_activation kind, int64_t count, const float *gate, const float *up, float *out);
  void (*gate_backward)(
    anneal_activation kind, int64_t count, const float *gate, const float *up,
    const float *gradient, float *d_gate, bool add_gate, float *d_up, bool add_up);
  void (*combine)(
    int64_t count, float alpha, const float *a, float beta, const float *b, float *out, bool add);
  void (*multiply)(
    int64_t count, float factor, const float *a, const float *b, float *out, bool add);
  void (*dropout_rows)(
    int64_t start, int64_t end, int64_t columns, anneal_dropout dropout, const uint64_t *keys,
    const float *in, const float *residual, float *out, bool add);
  void (*column_sums)(
    int64_t rows, int64_t columns, float *in, anneal_activation kind, const float *kept,
    float *sums);
  double (*total)(int64_t count, const float *in, bool squared);
  void (*adamw)(
    int64_t count, anneal_adamw_settings settings, const float *gradient, float *value,
    float *first, float *second);
} elementwise_kernels;

const elementwise_kernels *anneal_elementwise(void);

/// out[j] += sum over pieces i, in order, of shares[i * stride + j].
void anneal_add_shares(
  int64_t pieces, int64_t columns, int64_t stride, const float *shares, float *out);
