/// Which instruction set to use, and the attributes that compile a function for several of them.
#pragma once
#include "CKernels.h"

#if defined(__x86_64__)
#define ANNEAL_AVX2 __attribute__((target("avx2,fma,bmi2")))
#define ANNEAL_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")))
#define ANNEAL_AMX \
  __attribute__((target( \
    "amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")))
#endif

/// The table `name` of the instruction set in use.
#if defined(__x86_64__)
#define ANNEAL_CHOOSE(name) \
  (anneal_current_level() >= ANNEAL_LEVEL_AVX512 ? &name##_avx512 \
   : anneal_current_level() == ANNEAL_LEVEL_AVX2 ? &name##_avx2 \
                                                 : &name##_portable)
#else
#define ANNEAL_CHOOSE(name) (&name##_portable)
#endif

#define ANNEAL_INLINE static inline __attribute__((always_inline))

/// Loops over small constant counts, unrolled so that arrays of vectors become registers.
#define ANNEAL_UNROLL _Pragma("clang loop unroll(full)")

ANNEAL_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
ANNEAL_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
ANNEAL_INLINE int64_t rounded_up(int64_t a, int64_t step) { return (a + step - 1) / step * step; }

/// Who uses which scratch memory; functions that call one another use different slots.
enum {
  slot_rows,
  slot_packed,
  slot_sums,
  slot_attention,
  slot_block,
  slot_wide,
  slot_count,
};

/// Memory of the calling thread for short use; contents do not survive the next call with this slot.
float *anneal_scratch(int slot, int64_t count);
