#include "CKernels.h"
#include "level.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { huge_page = 2 << 20 };

void *anneal_allocate(int64_t bytes) {
  bool large = bytes >= huge_page;
  size_t alignment = large ? huge_page : 64;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, (size_t)rounded_up(bytes, 64)) != 0) return NULL;
#if defined(MADV_HUGEPAGE)
  if (large) madvise(memory, (size_t)bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

void anneal_release(void *memory, int64_t bytes) {
  (void)bytes;
  free(memory);
}

float *anneal_scratch(int slot, int64_t count) {
  static _Thread_local struct {
    float *memory;
    int64_t count;
  } kept[slot_count];
  if (kept[slot].count < count) {
    free(kept[slot].memory);
    kept[slot].count = count + count / 4;
    kept[slot].memory = anneal_allocate(kept[slot].count * (int64_t)sizeof(float));
    if (!kept[slot].memory) abort();
  }
  return kept[slot].memory;
}
