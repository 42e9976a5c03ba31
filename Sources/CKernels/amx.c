// Whether AMX can be used: asked of the processor and of the kernel, and then tried.
//
// A virtual machine may hide parts of AMX or trap its instructions, so the answers are not believed
// before products come out right.

#define _GNU_SOURCE
#include "tiles.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

enum { rows = 37, columns = 41, steps = 70 };

/// A number within a half, of 16 significant bits: two bf16 numbers hold it.
static float number(uint32_t i) {
  return (float)((int32_t)(i * 2654435761u >> 16) - 32768) / 65536;
}

/// Whether kernels agree with sums in double precision.
static bool multiplies_right(const gemm_kernels *kernels, double tolerance) {
  enum { lanes = 64, padded = 96 };
  float a[rows * steps], b[steps * columns], out[rows * columns];
  float packed_a[lanes * padded], packed_b[lanes * padded];
  for (uint32_t i = 0; i < rows * steps; i++) a[i] = number(i);
  for (uint32_t i = 0; i < steps * columns; i++) b[i] = number(~i);
  int64_t panel = kernels->rows * padded * kernels->floats_of_two / 2;
  kernels->pack_rows(steps, rows, (anneal_matrix){a, 1, steps}, packed_a, panel);
  kernels->pack(steps, columns, (anneal_matrix){b, columns, 1}, packed_b, panel);
  kernels->block(
    rows, columns, steps, packed_a, 0, 0, panel, packed_b, panel, out, columns, false);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int p = 0; p < steps; p++) sum += (double)a[i * steps + p] * (double)b[p * columns + j];
      if (!(fabs(sum - (double)out[i * columns + j]) <= tolerance)) return false;
    }
  return true;
}

static _Thread_local volatile sig_atomic_t trying;
static sigjmp_buf before;
static struct sigaction previous;

/// Leaves the attempt; an illegal instruction elsewhere meets whoever cared for it before.
static void leave(int signal) {
  if (trying) siglongjmp(before, 1);
  sigaction(signal, &previous, NULL);
}

anneal_amx_state anneal_try_tiles(const gemm_kernels *bf16x3, const gemm_kernels *bf16) {
  struct sigaction guard = {.sa_handler = leave};
  volatile anneal_amx_state state = ANNEAL_AMX_ILLEGAL;
  sigemptyset(&guard.sa_mask);
  if (sigaction(SIGILL, &guard, &previous) != 0) return state;
  if (sigsetjmp(before, 1) == 0) {
    trying = true;
    bool right = multiplies_right(bf16x3, 1e-4) && multiplies_right(bf16, 2e-2);
    state = right ? ANNEAL_AMX_WORKS : ANNEAL_AMX_WRONG;
  }
  trying = false;
  sigaction(SIGILL, &previous, NULL);
  return state;
}

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Leaf 7 tells of AMX-BF16 (bit 22) and AMX-TILE (bit 24); packing needs AVX-512.
static bool processor_has_amx(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1) && (d >> 24 & 1) &&
         __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

/// Register XCR0: the system keeps shapes (bit 17) and contents (bit 18) of tiles.
__attribute__((target("xsave"))) static bool system_keeps_tiles(void) {
  unsigned a, b, c, d;
  bool readable = __get_cpuid(1, &a, &b, &c, &d) && (c >> 27 & 1);
  return readable && (_xgetbv(0) >> 17 & 3) == 3;
}

/// Asks Linux for the contents of tiles (ARCH_REQ_XCOMP_PERM, feature 18). A permission holds for the
/// process, so for all its threads, whenever they began; each gets the memory for it on first use.
static bool system_permits_tiles(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

static anneal_amx_state state;

static void examine(void) {
  state = !processor_has_amx()      ? ANNEAL_AMX_ABSENT
          : !system_keeps_tiles()   ? ANNEAL_AMX_DISABLED
          : !system_permits_tiles() ? ANNEAL_AMX_DENIED
                                    : anneal_try_tiles(&gemm_bf16x3_amx, &gemm_bf16_amx);
}

anneal_amx_state anneal_amx(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, examine);
  return state;
}
#else
anneal_amx_state anneal_amx(void) { return ANNEAL_AMX_ABSENT; }
#endif
