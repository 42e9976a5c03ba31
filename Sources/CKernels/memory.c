#define _GNU_SOURCE
#include "CKernels.h"
#include "level.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

int64_t anneal_physical_memory(void) {
  return (int64_t)sysconf(_SC_PHYS_PAGES) * (int64_t)sysconf(_SC_PAGESIZE);
}

/// The addresses of a reservation begin at the first huge page in what is mapped.
void *anneal_reserve(int64_t bytes) {
  if (bytes <= 0) return NULL;
  size_t mapped = (size_t)bytes + huge_page;
  char *memory = mmap(NULL, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  size_t before = (huge_page - (uintptr_t)memory % huge_page) % huge_page;
  if (before > 0) munmap(memory, before);
  munmap(memory + before + bytes, huge_page - before);
  return memory + before;
}

void anneal_unreserve(void *start, int64_t bytes) { munmap(start, (size_t)bytes); }

bool anneal_commit(void *start, int64_t bytes) {
  if (mprotect(start, (size_t)bytes, PROT_READ | PROT_WRITE) != 0) return false;
#if defined(MADV_HUGEPAGE)
  madvise(start, (size_t)bytes, MADV_HUGEPAGE);
#endif
  return true;
}

void anneal_decommit(void *start, int64_t bytes) {
  if (bytes > 0) madvise(start, (size_t)bytes, MADV_DONTNEED);
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
