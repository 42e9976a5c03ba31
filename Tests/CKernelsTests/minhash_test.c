// Least values of hash functions against a plain loop.

#include "check.h"

static uint64_t state;

static uint64_t drawn(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state ^ state >> 29;
}

static void least_values(int64_t count, int64_t functions) {
  uint64_t hashes[64];
  uint32_t masks[200], factors[200], actual[200];
  for (int64_t i = 0; i < count; i++) hashes[i] = drawn();
  for (int64_t j = 0; j < functions; j++) {
    masks[j] = (uint32_t)drawn();
    factors[j] = (uint32_t)drawn() | 1;
    // Some values are smaller than any product will be.
    actual[j] = j % 7 == 3 ? 0 : UINT32_MAX;
  }
  bool equal = true;
  anneal_minhash(count, hashes, functions, masks, factors, actual);
  for (int64_t j = 0; j < functions; j++) {
    uint32_t least = j % 7 == 3 ? 0 : UINT32_MAX;
    for (int64_t i = 0; i < count; i++) {
      uint32_t value = ((uint32_t)hashes[i] ^ masks[j]) * factors[j];
      if (value < least) least = value;
    }
    equal &= actual[j] == least;
  }
  demand(equal, "least values of hash functions");
}

void test_minhash(void) {
  state = 7;
  const int64_t counts[] = {0, 1, 2, 64}, functions[] = {1, 3, 8, 17, 64, 128, 199};
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 7; j++) least_values(counts[i], functions[j]);
}
