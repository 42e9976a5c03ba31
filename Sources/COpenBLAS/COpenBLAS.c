#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef void (*sgemm_function)(
  int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static struct {
  sgemm_function sgemm;
  const char *core;
} library = {NULL, ""};

/// Loads the library and reads which kernels it chose; NULL where it is missing.
static void *open_library(void) {
  void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  return handle ? handle : dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
}

static const char *core_name(void *handle) {
  char *(*name)(void) = (char *(*)(void))dlsym(handle, "openblas_get_corename");
  return name ? name() : "";
}

static bool has_avx512(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
  return false;
#endif
}

static bool has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// What an OpenBLAS falls back to on a processor it does not know.
static bool is_fallback(const char *core) {
  static const char *const old[] = {"Prescott", "Core2", "Penryn", "Nehalem", "Katmai", "Generic"};
  for (size_t i = 0; i < sizeof old / sizeof *old; i++)
    if (strcmp(core, old[i]) == 0) return true;
  return false;
}

/// Opens the library; where it fell back although the processor can do better, opens it again with
/// the better kernels named in the environment.
static void *open_with_best_core(void) {
  void *handle = open_library();
  if (!handle || getenv("OPENBLAS_CORETYPE") || !is_fallback(core_name(handle))) return handle;
  const char *better = has_avx512() ? "SkylakeX" : has_avx2() ? "Haswell" : NULL;
  if (!better) return handle;
  dlclose(handle);
  setenv("OPENBLAS_CORETYPE", better, 1);
  handle = open_library();
  unsetenv("OPENBLAS_CORETYPE");
  return handle;
}

/// Opens the library without threads of its own, which would wait awake for work that never comes.
static void *open_with_one_thread(void) {
  static const char *const variable = "OPENBLAS_NUM_THREADS";
  bool chosen = getenv(variable) != NULL;
  if (!chosen) setenv(variable, "1", 1);
  void *handle = open_with_best_core();
  if (!chosen) unsetenv(variable);
  return handle;
}

static void load(void) {
  void *handle = open_with_one_thread();
  if (!handle) return;
  void (*set_threads)(int) = (void (*)(int))dlsym(handle, "openblas_set_num_threads");
  sgemm_function sgemm = (sgemm_function)dlsym(handle, "cblas_sgemm");
  if (!set_threads || !sgemm) return;
  set_threads(1);
  library.core = core_name(handle);
  library.sgemm = sgemm;
}

bool anneal_openblas_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return library.sgemm != NULL;
}

const char *anneal_openblas_core(void) { return library.core; }

void anneal_openblas_sgemm(
  bool a_transposed, bool b_transposed, int32_t m, int32_t n, int32_t k, const float *a,
  int32_t a_row, const float *b, int32_t b_row, float beta, float *c, int32_t c_row) {
  enum { row_major = 101, plain = 111, transposed = 112 };
  library.sgemm(
    row_major, a_transposed ? transposed : plain, b_transposed ? transposed : plain, m, n, k, 1, a,
    a_row, b, b_row, beta, c, c_row);
}
