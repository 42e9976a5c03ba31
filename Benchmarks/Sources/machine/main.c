// `machine [THREADS]`: what this machine can do at most, without any of Anneal's code: reading memory in
// order, and multiplying and adding fp32 numbers in registers. Prints one line of JSON.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,fma")))
#else
#define WIDE
#endif
typedef float vector __attribute__((vector_size(32)));

enum { rounds = 8, turns = 20 << 20, sums = 12, most_threads = 256 };
static const int64_t bytes = 1LL << 30;
static char *memory;
static int threads = 4;
static pthread_barrier_t barrier;
static volatile float sink;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

WIDE static float read_all(const char *start, int64_t count) {
  vector total[8] = {0};
  for (int64_t i = 0; i < count; i += 256)
    for (int j = 0; j < 8; j++) {
      total[j] += *(const vector *)(start + i + j * 32);
      if (j % 2 == 0) __builtin_prefetch(start + i + j * 32 + 2048);
    }
  for (int j = 1; j < 8; j++) total[0] += total[j];
  return total[0][0];
}

WIDE static float multiply_add(float seed) {
  vector total[sums], x = {0};
  x += seed;
  for (int j = 0; j < sums; j++) total[j] = x + (float)j;
  for (int64_t i = 0; i < turns; i++)
    for (int j = 0; j < sums; j++) total[j] = total[j] * x + x;
  for (int j = 1; j < sums; j++) total[0] += total[j];
  return total[0][0];
}

static void *work(void *argument) {
  int64_t number = (int64_t)argument, share = bytes / threads / 256 * 256;
  for (int r = 0; r < 2 * rounds; r++) {
    pthread_barrier_wait(&barrier);
    sink = r < rounds ? read_all(memory + number * share, share) : multiply_add(1e-3f);
    pthread_barrier_wait(&barrier);
  }
  return NULL;
}

/// The seconds of the fastest of the rounds that come next.
static double fastest(void) {
  double best = 1e9;
  for (int r = 0; r < rounds; r++) {
    pthread_barrier_wait(&barrier);
    double start = now();
    pthread_barrier_wait(&barrier);
    double seconds = now() - start;
    if (seconds < best) best = seconds;
  }
  return best;
}

int main(int count, char **arguments) {
  if (count > 1) threads = atoi(arguments[1]);
  if (threads < 1 || threads > most_threads) return 2;
  memory = aligned_alloc(2 << 20, (size_t)bytes);
  if (!memory) return 1;
#if defined(MADV_HUGEPAGE)
  madvise(memory, (size_t)bytes, MADV_HUGEPAGE);
#endif
  memset(memory, 0, (size_t)bytes);
  pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
  for (int64_t i = 0; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, (void *)i) != 0) return 1;
  }
  double reading = fastest(), multiplying = fastest();
  printf(
    "{\"threads\":%d,\"read_gb_s\":%.1f,\"fp32_gflops\":%.0f}\n", threads,
    (double)(bytes / threads / 256 * 256 * threads) / reading / 1e9,
    2.0 * 8 * sums * turns * threads / multiplying / 1e9);
  return 0;
}
