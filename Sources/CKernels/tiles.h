/// Matrix products in bf16 by tiles: registers of 16 rows of 64 bytes, as AMX has them.
#pragma once
#include "gemm.h"

enum {
  /// Lanes (rows of a, columns of b) and steps of k of one tile.
  tile_lanes = 16,
  tile_steps = 32,
  /// Words of a tile, each a pair of bf16 numbers of two adjacent steps.
  tile_words = 256,
  /// Bytes of a row of a tile.
  tile_row = 64,
};

/// The shapes of the eight tiles as the instruction LDTILECFG reads them, written by hand: the
/// processor's own account of its palettes (CPUID leaf 0x1D) reads as zero on some virtual machines.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

/// Palette 1: eight tiles, each whole.
static const tile_configuration whole_tiles = {
  .palette = 1,
  .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
  .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

extern const gemm_kernels gemm_bf16_imitated, gemm_bf16x3_imitated;
#if defined(__x86_64__)
extern const gemm_kernels gemm_bf16_amx, gemm_bf16x3_amx;
#endif

/// Multiplies by kernels whose instructions may be illegal here; afterwards SIGILL is handled as
/// before.
anneal_amx_state anneal_try_tiles(const gemm_kernels *bf16x3, const gemm_kernels *bf16);
