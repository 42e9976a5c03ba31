#include "level.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/// The best of the vector instructions.
static anneal_level vectors(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return ANNEAL_LEVEL_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return ANNEAL_LEVEL_AVX2;
#endif
  return ANNEAL_LEVEL_PORTABLE;
}

/// The best of the processor up to `most`. AMX is only tried where it may be used.
static anneal_level best(anneal_level most) {
  anneal_level level = vectors();
  if (level == ANNEAL_LEVEL_AVX512 && most == ANNEAL_LEVEL_AMX && anneal_amx() == ANNEAL_AMX_WORKS)
    return ANNEAL_LEVEL_AMX;
  return level < most ? level : most;
}

static struct {
  anneal_level level;
  anneal_request request;
} found;

static void find(void) {
  static const char *const names[] = {"portable", "avx2", "avx512", "amx"};
  const char *wanted = getenv("ANNEAL_ISA");
  int most = ANNEAL_LEVEL_AMX;
  if (wanted && *wanted) {
    while (most >= 0 && strcmp(wanted, names[most]) != 0) most--;
    found.request = most < 0 ? ANNEAL_REQUEST_UNKNOWN : ANNEAL_REQUEST_HONOURED;
    if (most < 0) most = ANNEAL_LEVEL_AMX;
  }
  found.level = best((anneal_level)most);
  if (found.request == ANNEAL_REQUEST_HONOURED && (int)found.level < most)
    found.request = ANNEAL_REQUEST_TOO_HIGH;
}

static void find_once(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, find);
}

static _Atomic int limit = ANNEAL_LEVEL_AMX;

anneal_level anneal_current_level(void) {
  find_once();
  int most = atomic_load_explicit(&limit, memory_order_relaxed);
  return (int)found.level < most ? found.level : (anneal_level)most;
}

void anneal_limit_level(anneal_level level) { atomic_store(&limit, (int)level); }

anneal_request anneal_level_request(void) {
  find_once();
  return found.request;
}
