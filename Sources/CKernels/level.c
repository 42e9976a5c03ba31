#include "level.h"

#include <stdatomic.h>

static anneal_level detect(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return ANNEAL_LEVEL_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return ANNEAL_LEVEL_AVX2;
#endif
  return ANNEAL_LEVEL_PORTABLE;
}

/// The detected level plus one; 0 while unknown.
static _Atomic int known;
static _Atomic int limit = ANNEAL_LEVEL_AVX512;

anneal_level anneal_current_level(void) {
  int level = atomic_load(&known);
  if (level == 0) atomic_store(&known, level = (int)detect() + 1);
  int most = atomic_load(&limit);
  return (anneal_level)(level - 1 < most ? level - 1 : most);
}

void anneal_limit_level(anneal_level level) { atomic_store(&limit, (int)level); }
