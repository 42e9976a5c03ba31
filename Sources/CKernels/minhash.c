// Signatures of sets of hashes; the same values at every instruction set.

#include "level.h"

enum {
  /// Vectors of functions whose least values are in registers at once.
  minhash_vectors = 4,
};

typedef struct {
  void (*all)(
    int64_t count, const uint64_t *hashes, int64_t functions, const uint32_t *masks,
    const uint32_t *factors, uint32_t *least);
} minhash_kernels;

#define KERNELS "minhash_kernels.h"
#include "each_level.h"

void anneal_minhash(
  int64_t count, const uint64_t *hashes, int64_t functions, const uint32_t *masks,
  const uint32_t *factors, uint32_t *least) {
  ANNEAL_CHOOSE(minhash)->all(count, hashes, functions, masks, factors, least);
}
