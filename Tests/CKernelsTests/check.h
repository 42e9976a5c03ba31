/// What the tests of the kernels share: numbers, comparison, and the list of tests.
#pragma once
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>

/// `count` numbers from -1 to 1 that depend on the seed; freed by nobody, as the program is short.
float *numbers(int64_t count, uint32_t seed);
/// The same memory with other contents on every call would hide a write that is missing.
float *blanks(int64_t count);
float *copied(int64_t count, const float *x);

/// Fails the test unless |actual - expected| <= tolerance · (1 + |expected|) everywhere.
void agree(
  const char *what, int64_t count, const float *actual, const double *expected, double tolerance);
/// The same with a bound for each value.
void within(
  const char *what, int64_t count, const float *actual, const double *expected,
  const double *bounds);
/// Fails the test unless both are the same bits.
void same(const char *what, int64_t count, const float *actual, const float *expected);
void demand(bool condition, const char *what);

void test_products(void);
void test_tiles(void);
void test_four_bits(void);
void test_bytes(void);
void test_panels(void);
void test_decoding(void);
void test_elementwise(void);
void test_rows(void);
void test_norms(void);
void test_attention(void);
void test_losses(void);
void test_minhash(void);
void test_pool(void);
void test_words(void);
void test_merges(void);
void test_paths(void);
