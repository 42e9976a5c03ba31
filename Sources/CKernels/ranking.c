// The order of a row's values, for sampling: only of those that can still be drawn.

#include "level.h"

#include <math.h>
#include <string.h>

enum {
  /// Bits that a pass of the sort looks at; three passes see all of a key.
  digit_bits = 11,
  digits = 1 << digit_bits,
  /// Up to so many values are put in order one by one.
  few = 48,
};

/// A place below a number that grows as the value there falls; zeros of both signs are equal.
static uint64_t ranked(float value, int64_t place) {
  uint32_t bits;
  value += 0.0f;
  memcpy(&bits, &value, sizeof bits);
  uint32_t rising = bits >> 31 ? ~bits : bits | 0x80000000u;
  return (uint64_t)~rising << 32 | (uint64_t)place;
}

static void insert_in_order(int64_t count, uint64_t *entries) {
  for (int64_t i = 1; i < count; i++) {
    uint64_t entry = entries[i];
    int64_t j = i;
    for (; j > 0 && entries[j - 1] > entry; j--) entries[j] = entries[j - 1];
    entries[j] = entry;
  }
}

/// Sorts by one digit of the upper half, keeping the order of equals.
static void sort_by_digit(int64_t count, int shift, const uint64_t *in, uint64_t *out) {
  int64_t starts[digits] = {0}, next = 0;
  for (int64_t i = 0; i < count; i++) starts[in[i] >> shift & (digits - 1)]++;
  for (int64_t d = 0; d < digits; d++) {
    int64_t size = starts[d];
    starts[d] = next;
    next += size;
  }
  for (int64_t i = 0; i < count; i++) out[starts[in[i] >> shift & (digits - 1)]++] = in[i];
}

int64_t anneal_ranking(
  int64_t count, const float *in, float divisor, float least, int32_t *places) {
  uint64_t *entries = (uint64_t *)anneal_scratch(slot_rows, 4 * count), *other = entries + count;
  int64_t found = 0;
  for (int64_t i = 0; i < count; i++) {
    float value = in[i] / divisor;
    entries[found] = ranked(value, i);
    found += value >= least && value > -INFINITY;
  }
  if (found <= few) {
    insert_in_order(found, entries);
  } else {
    sort_by_digit(found, 32, entries, other);
    sort_by_digit(found, 32 + digit_bits, other, entries);
    sort_by_digit(found, 32 + 2 * digit_bits, entries, other);
    entries = other;
  }
  for (int64_t i = 0; i < found; i++) places[i] = (int32_t)(uint32_t)entries[i];
  return found;
}
