// The pool: each piece once, results that do not depend on threads, callers beside one another.

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { pieces = 1000 };

static void count(void *context, int64_t start, int64_t end) {
  _Atomic int *counts = context;
  for (int64_t i = start; i < end; i++) atomic_fetch_add(counts + i, 1);
}

static void *call_often(void *context) {
  _Atomic bool *right = context;
  for (int round = 0; round < 300; round++) {
    static _Thread_local _Atomic int counts[pieces];
    memset((void *)counts, 0, sizeof counts);
    anneal_parallel(pieces, 1 + round % 13, count, (void *)counts);
    for (int i = 0; i < pieces; i++)
      if (counts[i] != 1) *right = false;
  }
  return NULL;
}

static float *products(int threads) {
  enum { m = 130, n = 97, k = 400 };
  anneal_pool_set_threads(threads);
  float *a = numbers(m * k, 1), *b = numbers(k * n, 2), *out = blanks(2 * m * n);
  anneal_matrix x = {a, k, 1}, y = {b, 1, k};
  anneal_gemm(ANNEAL_IMITATED_BF16X3, m, n, k, x, y, out, n, false);
  anneal_gemm(ANNEAL_FP32, m, n, k, x, y, out + m * n, n, false);
  free(a), free(b);
  return out;
}

void test_pool(void) {
  enum { callers = 3, values = 2 * 130 * 97 };
  _Atomic bool right = true;
  pthread_t threads[callers];
  anneal_pool_set_threads(3);
  for (int i = 0; i < callers; i++)
    if (pthread_create(threads + i, NULL, call_often, &right) != 0) abort();
  for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
  demand(right, "every piece is done once");
  float *once = products(1);
  for (int count = 2; count <= 5; count++) {
    float *again = products(count);
    same("a product on several threads", values, again, once);
    free(again);
  }
  free(once);
}
