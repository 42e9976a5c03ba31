// The one pool of threads: pieces of a range are claimed one by one from a shared ticket.

#define _GNU_SOURCE
#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
  maximum_threads = 256,
  /// Turns of waiting awake (some tens of microseconds) before a thread sleeps: longer than the
  /// pause between two operations of a step, short enough not to rob other processes.
  spins = 4000,
};

/// `ticket` holds the number of the job in its upper half and the next unclaimed piece in the
/// lower. A thread claims a piece by advancing the ticket it read, so a thread that comes late to a
/// finished job cannot touch the next one: `closed` stands there while the job is replaced.
static const uint32_t closed = UINT32_MAX;
static struct {
  _Atomic uint64_t ticket;
  _Atomic int64_t pieces, done;
  int64_t count, grain;
  anneal_body body;
  void *context;
  _Atomic int threads;
  int started;
  pthread_mutex_t use, sleep;
  pthread_cond_t work, finished;
  int sleepers;
  bool caller_sleeps;
} pool = {
  .use = PTHREAD_MUTEX_INITIALIZER,
  .sleep = PTHREAD_MUTEX_INITIALIZER,
  .work = PTHREAD_COND_INITIALIZER,
  .finished = PTHREAD_COND_INITIALIZER,
};
static _Thread_local bool inside;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static uint32_t job_number(void) { return (uint32_t)(atomic_load(&pool.ticket) >> 32); }

/// Works on pieces of the current job until none is left unclaimed.
static void work(void) {
  uint64_t ticket = atomic_load(&pool.ticket);
  inside = true;
  for (;;) {
    uint32_t piece = (uint32_t)ticket;
    int64_t pieces = atomic_load(&pool.pieces);
    if (piece == closed || piece >= pieces) break;
    if (!atomic_compare_exchange_weak(&pool.ticket, &ticket, ticket + 1)) continue;
    int64_t start = piece * pool.grain, end = start + pool.grain;
    pool.body(pool.context, start, end < pool.count ? end : pool.count);
    if (atomic_fetch_add(&pool.done, 1) + 1 == pieces) {
      pthread_mutex_lock(&pool.sleep);
      if (pool.caller_sleeps) pthread_cond_signal(&pool.finished);
      pthread_mutex_unlock(&pool.sleep);
    }
    ticket = atomic_load(&pool.ticket);
  }
  inside = false;
}

/// Whether a job other than `seen` is there and open, which is then noted: a thread that took note
/// of a closed one would sleep through it.
static bool finds_job(uint32_t *seen) {
  uint64_t ticket = atomic_load(&pool.ticket);
  if ((uint32_t)ticket == closed || (uint32_t)(ticket >> 32) == *seen) return false;
  *seen = (uint32_t)(ticket >> 32);
  return true;
}

/// Returns when a job other than `seen` is there, and notes it.
static void await_job(uint32_t *seen) {
  for (int i = 0; i < spins; i++) {
    if (finds_job(seen)) return;
    pause_briefly();
  }
  pthread_mutex_lock(&pool.sleep);
  pool.sleepers++;
  while (!finds_job(seen)) pthread_cond_wait(&pool.work, &pool.sleep);
  pool.sleepers--;
  pthread_mutex_unlock(&pool.sleep);
}

static void *serve(void *argument) {
  int number = (int)(intptr_t)argument;
  uint32_t seen = 0;
  for (;;) {
    await_job(&seen);
    if (number < atomic_load(&pool.threads)) work();
  }
  return NULL;
}

static int available_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}

int anneal_pool_threads(void) {
  int threads = atomic_load(&pool.threads);
  if (threads == 0) anneal_pool_set_threads(0);
  return atomic_load(&pool.threads);
}

void anneal_pool_set_threads(int count) {
  int wanted = count > 0 ? count : available_processors();
  atomic_store(&pool.threads, wanted < maximum_threads ? wanted : maximum_threads);
}

/// Starts the threads that are still missing; the caller holds `use`.
static void start_threads(int threads) {
  for (; pool.started < threads - 1; pool.started++) {
    pthread_t thread;
    void *number = (void *)(intptr_t)(pool.started + 1);
    if (pthread_create(&thread, NULL, serve, number) != 0) return;
    pthread_detach(thread);
  }
}

static void publish(int64_t count, int64_t grain, anneal_body body, void *context) {
  uint64_t next = (uint64_t)(job_number() + 1) << 32;
  atomic_store(&pool.ticket, next | closed);
  pool.count = count;
  pool.grain = grain;
  pool.body = body;
  pool.context = context;
  atomic_store(&pool.pieces, (count + grain - 1) / grain);
  atomic_store(&pool.done, 0);
  atomic_store(&pool.ticket, next);
  pthread_mutex_lock(&pool.sleep);
  if (pool.sleepers > 0) pthread_cond_broadcast(&pool.work);
  pthread_mutex_unlock(&pool.sleep);
}

static bool is_done(void) { return atomic_load(&pool.done) == atomic_load(&pool.pieces); }

static void await_completion(void) {
  for (int i = 0; i < spins; i++) {
    if (is_done()) return;
    pause_briefly();
  }
  pthread_mutex_lock(&pool.sleep);
  pool.caller_sleeps = true;
  while (!is_done()) pthread_cond_wait(&pool.finished, &pool.sleep);
  pool.caller_sleeps = false;
  pthread_mutex_unlock(&pool.sleep);
}

bool anneal_pool_alone(bool alone) {
  bool before = inside;
  inside = alone;
  return before;
}

void anneal_parallel(int64_t count, int64_t grain, anneal_body body, void *context) {
  if (count <= 0) return;
  int threads = anneal_pool_threads();
  bool alone = inside || threads == 1 || count <= grain || count / grain >= closed;
  if (alone || pthread_mutex_trylock(&pool.use) != 0) {
    for (int64_t i = 0; i < count; i += grain)
      body(context, i, i + grain < count ? i + grain : count);
    return;
  }
  start_threads(threads);
  publish(count, grain, body, context);
  work();
  await_completion();
  pthread_mutex_unlock(&pool.use);
}
