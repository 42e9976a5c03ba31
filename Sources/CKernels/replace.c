#include "AnnealWords.h"
#include "cloned.h"

#include <string.h>

typedef uint8_t bytes64 __attribute__((ext_vector_type(64), aligned(1)));

/// A bit for each of at most 64 bytes that equals `byte`.
static inline __attribute__((always_inline)) uint64_t equal_to(
  uint8_t byte, const uint8_t *text, int64_t count) {
  bytes64 v = 0;
  memcpy(&v, text, count >= 64 ? 64 : (size_t)count);
  bits64 bits = __builtin_convertvector(v == byte, bits64);
  uint64_t mask;
  memcpy(&mask, &bits, sizeof mask);
  return count >= 64 ? mask : mask & (((uint64_t)1 << count) - 1);
}

CLONED int64_t anneal_count_byte(uint8_t byte, const uint8_t *text, int64_t size) {
  int64_t count = 0;
  for (int64_t at = 0; at < size; at += 64)
    count += __builtin_popcountll(equal_to(byte, text + at, size - at));
  return count;
}

/// Copies a few bytes, sixteen at once where there is room for as many on both sides.
static inline __attribute__((always_inline)) void copy(
  uint8_t *to, const uint8_t *to_end, const uint8_t *from, const uint8_t *from_end, int64_t count) {
  if (to_end - to < 64 || from_end - from < 64) {
    memcpy(to, from, (size_t)count);
    return;
  }
  for (int64_t i = 0; i < count; i += 16) memcpy(to + i, from + i, 16);
}

CLONED void anneal_replace_byte(
  uint8_t byte, const uint8_t *other, int64_t length, const uint8_t *text, int64_t size,
  uint8_t *target, int64_t room) {
  const uint8_t *end = text + size, *target_end = target + room;
  for (int64_t at = 0; at < size; at += 64) {
    int64_t block = size - at < 64 ? size - at : 64, done = 0;
    for (uint64_t left = equal_to(byte, text + at, block); left; left &= left - 1) {
      int64_t place = __builtin_ctzll(left);
      copy(target, target_end, text + at + done, end, place - done);
      target += place - done;
      memcpy(target, other, (size_t)length);
      target += length;
      done = place + 1;
    }
    copy(target, target_end, text + at + done, end, block - done);
    target += block - done;
  }
}
