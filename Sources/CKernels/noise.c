// Noise on rows, by the generator of dropout.

#include "CKernels.h"
#include "cloned.h"
#include "random.h"

typedef struct {
  int64_t columns;
  uint64_t seed;
  const uint64_t *keys;
  const float *magnitudes, *in;
  float *out;
} noise_call;

CLONED static void add_noise(void *context, int64_t start, int64_t end) {
  const noise_call *c = context;
  for (int64_t i = start; i < end; i++) {
    uint64_t row = mix64(c->seed ^ mix64(c->keys[i]));
    float magnitude = c->magnitudes[i] / 2147483648.0f;
    const float *in = c->in + i * c->columns;
    float *out = c->out + i * c->columns;
    for (int64_t j = 0; j < c->columns; j++)
      out[j] = in[j] + magnitude * (float)(int32_t)column_bits(row, (uint32_t)j);
  }
}

void anneal_add_noise(
  int64_t rows, int64_t columns, uint64_t seed, const uint64_t *keys, const float *magnitudes,
  const float *in, float *out) {
  noise_call c = {.columns = columns, .seed = seed, .keys = keys, .magnitudes = magnitudes,
                  .in = in, .out = out};
  anneal_parallel(rows, 1 + 8192 / (columns + 1), add_noise, &c);
}
