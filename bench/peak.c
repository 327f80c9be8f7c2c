/* The machine's peak of float32 multiply-adds: peak THREADS prints GFLOP/s (a multiply-add counts as
 * two). Twelve independent chains of vectors for each thread hide the latency of the operation; the
 * best of some runs is printed.
 *   gcc -O2 -march=native -pthread bench/peak.c -o peak
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __AVX512F__
#define WIDTH 16
#elif defined(__AVX__)
#define WIDTH 8
#else
#define WIDTH 4
#endif

typedef float vector __attribute__((vector_size(4 * WIDTH)));

enum { CHAINS = 12, MOST_THREADS = 256 };
static const long steps = 20000000;
static volatile float sink[MOST_THREADS];

static void *work(void *argument) {
  long thread = (long)argument;
  vector chain[CHAINS], factor, term;
  for (int k = 0; k < WIDTH; k++) {
    factor[k] = 0.999f + 0.0001f * (float)k;
    term[k] = 1e-3f * (float)(thread + 1);
  }
  for (int i = 0; i < CHAINS; i++) chain[i] = term * (float)i;
  for (long step = 0; step < steps; step++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) chain[i] = chain[i] * factor + term;
  }
  float sum = 0;
  for (int i = 0; i < CHAINS; i++) sum += chain[i][0];
  sink[thread] = sum;
  return NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 1;
  if (threads < 1 || threads > MOST_THREADS) return 1;
  double best = 0;
  for (int run = 0; run < 4; run++) {
    pthread_t ids[MOST_THREADS];
    double begin = now();
    for (long i = 0; i < threads; i++) {
      if (pthread_create(&ids[i], NULL, work, (void *)i)) return 1;
    }
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    double rate = 2e-9 * WIDTH * CHAINS * (double)steps * threads / (now() - begin);
    if (rate > best) best = rate;
  }
  printf("%.1f\n", best);
  return 0;
}
