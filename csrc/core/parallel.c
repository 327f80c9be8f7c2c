#include "core/parallel.h"

#include "core/storage.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* Workers look for work this many times before they sleep: 20 to 100 microseconds, as long as the
 * processor makes of a pause, which bridges the gap between two layers without taking a core from
 * others for long. */
enum { spin_rounds = 4000 };

static struct {
  pthread_mutex_t lock; /* one parallel region at a time */
  pthread_mutex_t sleep_lock;
  pthread_cond_t wake;
  atomic_int threads;      /* wanted, the caller included; 0: not asked yet */
  int workers;             /* running */
  _Atomic uint64_t ticket; /* of the current region, see claim() */
  atomic_int done;         /* pieces of it that are finished */
  atomic_int sleepers;
  cr_range_fn body;
  void *context;
  int64_t n;
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .sleep_lock = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
};

static _Thread_local int in_region;

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

int cr_num_cores(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}

int cr_num_threads(void) {
  if (pool.threads == 0) {
    int cores = cr_num_cores();
    pool.threads = cores > CR_MAX_THREADS ? CR_MAX_THREADS : cores;
  }
  return pool.threads;
}

cr_status cr_set_num_threads(int threads) {
  if (in_region) return cr_fail(CR_EINVAL, "a worker cannot change the number of threads of all");
  if (threads < 1 || threads > CR_MAX_THREADS)
    return cr_fail(CR_EINVAL, "number of threads must be from 1 to %d, got %d", CR_MAX_THREADS,
                   threads);
  pool.threads = threads;
  return CR_OK;
}

int cr_in_parallel(void) { return in_region; }

void cr_work_alone(void) { in_region = 1; }

int64_t cr_grain(double cost) {
  /* Starting a region costs about 2 microseconds; a piece should be worth ten times that. */
  double grain = 20000.0 / cost;
  return grain < 1 ? 1 : (int64_t)grain;
}

/* A ticket holds the region's number, its pieces and how many of these somebody took already. Any
 * thread takes the next piece, so that a worker which the system does not run costs nothing: the
 * caller does its share. Which piece is which does not depend on who works on it. */
enum { pieces_shift = 16, region_shift = 32, field_mask = 0xffff };

static unsigned region_of(uint64_t ticket) { return (unsigned)(ticket >> region_shift); }

/* The number of a piece of that region for the calling thread, or -1. The region lives until the piece
 * is done. */
static int claim(unsigned region) {
  uint64_t ticket = atomic_load(&pool.ticket);
  while (region_of(ticket) == region) {
    int taken = (int)(ticket & field_mask), pieces = (int)(ticket >> pieces_shift & field_mask);
    if (taken >= pieces) return -1;
    if (atomic_compare_exchange_weak(&pool.ticket, &ticket, ticket + 1)) return taken;
  }
  return -1;
}

static void run_piece(int piece, int pieces) {
  int64_t n = pool.n, share = n / pieces, extra = n % pieces;
  int64_t begin = piece * share + (piece < extra ? piece : extra);
  pool.body(begin, begin + share + (piece < extra), piece, pool.context);
  atomic_fetch_add_explicit(&pool.done, 1, memory_order_release);
}

static void run_pieces(uint64_t ticket) {
  int piece, pieces = (int)(ticket >> pieces_shift & field_mask);
  while ((piece = claim(region_of(ticket))) >= 0) run_piece(piece, pieces);
}

/* The ticket of the next region. */
static uint64_t wait_for_work(unsigned seen) {
  for (int i = 0; i < spin_rounds; i++) {
    uint64_t ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
    if (region_of(ticket) != seen) return ticket;
    relax();
  }
  pthread_mutex_lock(&pool.sleep_lock);
  atomic_fetch_add(&pool.sleepers, 1);
  while (region_of(atomic_load(&pool.ticket)) == seen)
    pthread_cond_wait(&pool.wake, &pool.sleep_lock);
  atomic_fetch_sub(&pool.sleepers, 1);
  pthread_mutex_unlock(&pool.sleep_lock);
  return atomic_load(&pool.ticket);
}

static void *worker(void *data) {
  unsigned seen = (unsigned)(uintptr_t)data;
  in_region = 1;
  for (;;) {
    uint64_t ticket = wait_for_work(seen);
    run_pieces(ticket);
    seen = region_of(ticket);
  }
  return NULL;
}

/* Starts what is missing of `wanted` workers; fewer when the system has no more threads to give. */
static void start_workers(int wanted) {
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the program's own threads */
  void *seen = (void *)(uintptr_t)region_of(atomic_load(&pool.ticket));
  while (pool.workers < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, seen) != 0) break;
    pthread_detach(thread);
    pool.workers++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* The child of a fork has no workers: it starts its own when it needs them. */
static void after_fork_in_child(void) {
  pool.workers = 0;
  atomic_store(&pool.sleepers, 0);
  pthread_mutex_init(&pool.lock, NULL);
  pthread_mutex_init(&pool.sleep_lock, NULL);
  pthread_cond_init(&pool.wake, NULL);
}

static void register_fork_handler(void) { pthread_atfork(NULL, NULL, after_fork_in_child); }

static uint64_t open_region(int pieces) {
  uint64_t region = region_of(atomic_load(&pool.ticket)) + 1u;
  uint64_t ticket = region << region_shift | (uint64_t)pieces << pieces_shift;
  atomic_store(&pool.done, 0);
  atomic_store(&pool.ticket, ticket);
  if (atomic_load(&pool.sleepers) > 0) {
    pthread_mutex_lock(&pool.sleep_lock);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.sleep_lock);
  }
  return ticket;
}

static void wait_for_pieces(int pieces) {
  for (int round = 0; atomic_load_explicit(&pool.done, memory_order_acquire) < pieces; round++) {
    if (round < spin_rounds) {
      relax();
    } else {
      sched_yield();
    }
  }
}

void cr_parallel_for(int64_t n, int64_t grain, cr_range_fn body, void *context) {
  static pthread_once_t fork_handler = PTHREAD_ONCE_INIT;
  if (n <= 0) return;
  if (grain < 1) grain = 1;
  int64_t pieces = n / grain;
  int threads = cr_num_threads();
  if (pieces > threads) pieces = threads;
  if (pieces <= 1 || in_region) {
    body(0, n, 0, context);
    return;
  }
  pthread_once(&fork_handler, register_fork_handler);
  pthread_mutex_lock(&pool.lock);
  if (pool.workers < threads - 1) start_workers(threads - 1);
  pool.body = body;
  pool.context = context;
  pool.n = n;
  in_region = 1;
  run_pieces(open_region((int)pieces));
  wait_for_pieces((int)pieces);
  in_region = 0;
  pthread_mutex_unlock(&pool.lock);
}

/* ---- scratch ---- */

typedef struct {
  void *data[CR_SCRATCH_SLOTS];
  size_t bytes[CR_SCRATCH_SLOTS];
} scratch_memory;

static _Thread_local scratch_memory scratch;

void *cr_scratch(cr_scratch_slot slot, size_t bytes) {
  if (bytes <= scratch.bytes[slot] && scratch.data[slot]) return scratch.data[slot];
  free(scratch.data[slot]);
  size_t rounded = (bytes + 63) & ~(size_t)63;
  if (rounded < 64) rounded = 64;
  scratch.bytes[slot] = 0;
  scratch.data[slot] = cr_allocate(rounded);
  if (!scratch.data[slot]) {
    cr_fail(CR_ENOMEM, "out of memory: could not allocate %zu bytes of scratch", bytes);
    return NULL;
  }
  scratch.bytes[slot] = rounded;
  return scratch.data[slot];
}

void cr_scratch_free(void) {
  for (int slot = 0; slot < CR_SCRATCH_SLOTS; slot++) {
    free(scratch.data[slot]);
    scratch.data[slot] = NULL;
    scratch.bytes[slot] = 0;
  }
}
