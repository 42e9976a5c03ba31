/// OpenBLAS, loaded at run time after choosing the kernels that suit this processor.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Loads the library once, single-threaded, and returns whether its sgemm can be called.
///
/// OpenBLAS picks its kernels when it loads, and old versions take SSE3 ones on processors they do
/// not know. So the choice is made here first, unless OPENBLAS_CORETYPE is already set.
bool anneal_openblas_load(void);

/// The kernels in use ("Haswell", "SkylakeX", …); empty where the library is missing.
const char *anneal_openblas_core(void);

/// c[m, n] = a · b + beta c, row-major; `transposed` operands are stored the other way round.
/// Only after a successful load.
void anneal_openblas_sgemm(
  bool a_transposed, bool b_transposed, int32_t m, int32_t n, int32_t k, const float *a,
  int32_t a_row, const float *b, int32_t b_row, float beta, float *c, int32_t c_row);
