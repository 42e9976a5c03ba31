// The matrix product in bf16: by the tiles of AMX, and by an imitation of them.

#include "tiles.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#include "tile_registers_amx.h"
#include "tile_kernel.h"
#endif

#include "tile_registers_imitated.h"
#include "tile_kernel.h"

const gemm_kernels *anneal_tile_kernels(anneal_precision precision) {
  if (precision == ANNEAL_IMITATED_BF16X3) return &gemm_bf16x3_imitated;
  if (precision == ANNEAL_IMITATED_BF16) return &gemm_bf16_imitated;
#if defined(__x86_64__)
  if (precision == ANNEAL_FP32 || anneal_current_level() != ANNEAL_LEVEL_AMX) return NULL;
  return precision == ANNEAL_BF16 ? &gemm_bf16_amx : &gemm_bf16x3_amx;
#else
  return NULL;
#endif
}
