// Compares every kernel with plain loops in double precision, at each instruction set there is.
// Built and run by Scripts/kernels_test.sh and, for other processors, Scripts/kernels_test_arm.sh.

#include "check.h"

#include <math.h>
#include <string.h>

static const char *place = "";
static long checks, faults;

float *numbers(int64_t count, uint32_t seed) {
  float *out = blanks(count);
  uint32_t x = seed * 2654435769u + 12345;
  for (int64_t i = 0; i < count; i++) {
    x = x * 1664525u + 1013904223u;
    out[i] = (float)(int32_t)(x ^ (x >> 15)) / 2147483648.0f;
  }
  return out;
}

float *blanks(int64_t count) {
  // Not a number: what a kernel leaves out shows.
  float *out = malloc((size_t)(count + 1) * sizeof(float));
  if (!out) abort();
  for (int64_t i = 0; i < count; i++) out[i] = NAN;
  return out;
}

float *copied(int64_t count, const float *x) {
  float *out = blanks(count);
  memcpy(out, x, (size_t)count * sizeof(float));
  return out;
}

static void fail(const char *what, int64_t at, double actual, double expected) {
  faults++;
  printf("FAILED %s: %s at %lld: %g, not %g\n", place, what, (long long)at, actual, expected);
}

void within(
  const char *what, int64_t count, const float *actual, const double *expected,
  const double *bounds) {
  checks++;
  for (int64_t i = 0; i < count; i++) {
    if (fabs((double)actual[i] - expected[i]) <= bounds[i]) continue;
    fail(what, i, (double)actual[i], expected[i]);
    return;
  }
}

void agree(
  const char *what, int64_t count, const float *actual, const double *expected,
  double tolerance) {
  double *bounds = malloc((size_t)(count + 1) * sizeof(double));
  if (!bounds) abort();
  for (int64_t i = 0; i < count; i++) bounds[i] = tolerance * (1 + fabs(expected[i]));
  within(what, count, actual, expected, bounds);
  free(bounds);
}

void same(const char *what, int64_t count, const float *actual, const float *expected) {
  checks++;
  for (int64_t i = 0; i < count; i++) {
    if (memcmp(actual + i, expected + i, sizeof(float)) == 0) continue;
    fail(what, i, (double)actual[i], (double)expected[i]);
    return;
  }
}

void demand(bool condition, const char *what) {
  checks++;
  if (!condition) fail(what, 0, 0, 1);
}

/// The argument, if there is one, is the lowest level to test, from 0.
int main(int count, char **arguments) {
  static const char *const names[] = {"portable", "AVX2", "AVX-512", "AMX"};
  int best = anneal_current_level();
  for (int level = count > 1 ? atoi(arguments[1]) : 0; level <= best; level++) {
    place = names[level];
    anneal_limit_level((anneal_level)level);
    for (int threads = 1; threads <= 4; threads += 3) {
      anneal_pool_set_threads(threads);
      test_products();
      test_tiles();
      test_four_bits();
      test_bytes();
      test_panels();
      test_decoding();
      test_elementwise();
      test_rows();
      test_norms();
      test_attention();
      test_losses();
      test_minhash();
    }
    printf("%s: %ld checks so far, %ld faults\n", place, checks, faults);
  }
  test_pool();
  test_words();
  test_merges();
  test_paths();
  printf("%ld checks, %ld faults\n", checks, faults);
  return faults > 0;
}
