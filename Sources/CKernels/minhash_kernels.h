// Least values of hash functions for one instruction set; see each_level.h.

typedef uint32_t NAME(hash_lanes) __attribute__((ext_vector_type(LANES)));
typedef uint32_t NAME(hash_any) __attribute__((ext_vector_type(LANES), aligned(4)));

/// `vectors` times LANES functions, whose least values stay in registers over all hashes.
ANNEAL_INLINE TARGET void NAME(minhash_block)(
  const int vectors, int64_t count, const uint64_t *hashes, const uint32_t *masks,
  const uint32_t *factors, uint32_t *least) {
  NAME(hash_lanes) mask[minhash_vectors], factor[minhash_vectors], low[minhash_vectors];
  ANNEAL_UNROLL for (int v = 0; v < vectors; v++) {
    mask[v] = *(const NAME(hash_any) *)(masks + v * LANES);
    factor[v] = *(const NAME(hash_any) *)(factors + v * LANES);
    low[v] = *(const NAME(hash_any) *)(least + v * LANES);
  }
  for (int64_t i = 0; i < count; i++) {
    NAME(hash_lanes) hash = (uint32_t)hashes[i];
    ANNEAL_UNROLL for (int v = 0; v < vectors; v++)
      low[v] = __builtin_elementwise_min(low[v], (hash ^ mask[v]) * factor[v]);
  }
  ANNEAL_UNROLL for (int v = 0; v < vectors; v++)
    *(NAME(hash_any) *)(least + v * LANES) = low[v];
}

static TARGET void NAME(minhash_all)(
  int64_t count, const uint64_t *hashes, int64_t functions, const uint32_t *masks,
  const uint32_t *factors, uint32_t *least) {
  int64_t j = 0, wide = minhash_vectors * LANES;
  for (; j + wide <= functions; j += wide)
    NAME(minhash_block)(minhash_vectors, count, hashes, masks + j, factors + j, least + j);
  for (; j + LANES <= functions; j += LANES)
    NAME(minhash_block)(1, count, hashes, masks + j, factors + j, least + j);
  for (; j < functions; j++)
    for (int64_t i = 0; i < count; i++) {
      uint32_t value = ((uint32_t)hashes[i] ^ masks[j]) * factors[j];
      if (value < least[j]) least[j] = value;
    }
}

const minhash_kernels NAME(minhash) = {.all = NAME(minhash_all)};
