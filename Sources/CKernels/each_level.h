// Includes the file named by KERNELS once for each instruction set, with
//   NAME(x)   the name of x for this set
//   TARGET    the attribute that allows its instructions
//   LANES     floats of one vector
//   ROWS      rows of a register tile of the matrix product; its columns are two vectors

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET ANNEAL_AVX2
#define LANES 8
#define ROWS 6
#include KERNELS
#undef NAME
#undef TARGET
#undef LANES
#undef ROWS

#define NAME(x) x##_avx512
#define TARGET ANNEAL_AVX512
#define LANES 16
#define ROWS 12
#include KERNELS
#undef NAME
#undef TARGET
#undef LANES
#undef ROWS
#endif

#define NAME(x) x##_portable
#define TARGET
#define LANES 4
#if defined(__aarch64__)
#define ROWS 12
#else
#define ROWS 4
#endif
#include KERNELS
#undef NAME
#undef TARGET
#undef LANES
#undef ROWS
#undef KERNELS
