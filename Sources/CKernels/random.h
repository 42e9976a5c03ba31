/// The generator behind dropout: a hash of (seed, row key, column), so that a mask can be made
/// again at any time, on any thread, in any order.
#pragma once
#include "CKernels.h"

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
static inline uint64_t mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// 32 bits for one column of a row whose key was mixed with the seed; two rounds of the
/// "lowbias32" family with one half of the key before and one half between the rounds.
static inline uint32_t column_bits(uint64_t row, uint32_t column) {
  uint32_t x = column * 0x9e3779b9u + (uint32_t)row;
  x ^= x >> 16;
  x *= 0x21f0aaadu;
  x ^= (x >> 15) ^ (uint32_t)(row >> 32);
  x *= 0x735a2d97u;
  return x ^ (x >> 15);
}

/// Elements are dropped where the upper 31 of their bits are below this.
static inline int32_t dropout_threshold(float probability) {
  double scaled = (double)probability * 2147483648.0;
  return scaled >= 2147483647.0 ? INT32_MAX : (int32_t)scaled;
}

/// The key of a row: its own, mixed with the operation's seed.
static inline uint64_t dropout_row(anneal_dropout dropout, uint64_t key) {
  return mix64(dropout.seed ^ mix64(key));
}

/// 0 or 1 / (1 - probability).
static inline float dropout_factor(anneal_dropout dropout, uint64_t row, uint32_t column) {
  int32_t bits = (int32_t)(column_bits(row, column) >> 1);
  return bits < dropout_threshold(dropout.probability) ? 0 : 1 / (1 - dropout.probability);
}
