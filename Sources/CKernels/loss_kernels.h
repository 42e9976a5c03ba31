// Rows of logits for one instruction set; see each_level.h.

#include "vector_math.h"

/// log Σ exp(x), and Σ x where `sum` is not NULL.
static TARGET float NAME(log_sum_exp)(int64_t count, const float *x, float *sum) {
  float top = -INFINITY, all = 0, total = 0;
  int64_t whole = count / LANES * LANES;
  NAME(vf) highest = -INFINITY, plain = 0, terms = 0;
  for (int64_t j = 0; j < whole; j += LANES) {
    NAME(vf) y = NAME(load)(x + j);
    highest = NAME(select)(y > highest, y, highest);
    plain += y;
  }
  top = NAME(highest)(highest);
  all = NAME(sum)(plain);
  for (int64_t j = whole; j < count; j++) {
    top = x[j] > top ? x[j] : top;
    all += x[j];
  }
  for (int64_t j = 0; j < whole; j += LANES) terms += NAME(exp)(NAME(load)(x + j) - top);
  total = NAME(sum)(terms);
  for (int64_t j = whole; j < count; j++) total += expf(x[j] - top);
  if (sum) *sum = all;
  return top + logf(total);
}

/// out = factor (exp(x - center) - rest), or += where `add`.
static TARGET void NAME(softmax_row)(
  int64_t count, float center, float factor, float rest, const float *x, float *out, bool add) {
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    NAME(vf) y = factor * (NAME(exp)(NAME(load)(x + j) - center) - rest);
    if (add) y += NAME(load)(out + j);
    NAME(store)(out + j, y);
  }
  if (j == count) return;
  NAME(vf) y = factor * (NAME(exp)(NAME(load_part)(x + j, count - j, 0) - center) - rest);
  if (add) y += NAME(load_part)(out + j, count - j, 0);
  NAME(store_part)(out + j, count - j, y);
}

const loss_kernels NAME(loss) = {
  .log_sum_exp = NAME(log_sum_exp),
  .softmax_row = NAME(softmax_row),
};
