#ifndef ANNEAL_PUBLISH_H
#define ANNEAL_PUBLISH_H

#include "AnnealWords.h"

/// Writes the tokens of a word, or where they are spilled, and then, for all threads to see, how many there are.
///
/// Where two threads do so at once, either one's numbers are as good as the other's, each by itself. So what is spilled
/// is there before the first number leads to it, too: a thread that has seen one's count may find the other's place.
static inline __attribute__((always_inline)) void publish_tokens(
  anneal_word *word, uint32_t first, uint32_t second, uint32_t third, uint32_t count) {
  __atomic_store_n(&word->tokens[0], first, __ATOMIC_RELEASE);
  __atomic_store_n(&word->tokens[1], second, __ATOMIC_RELAXED);
  __atomic_store_n(&word->tokens[2], third, __ATOMIC_RELAXED);
  __atomic_store_n(&word->count, count, __ATOMIC_RELEASE);
}

#endif
