/* Largest errors of the float32 kernels of each instruction set that the CPU has, in units in the
 * last place, against libm's float64 functions: make ulp ARGS="[STEP [NAME...]]". Every STEP-th bit
 * pattern of all float32 numbers is tried, 997 unless told; with a STEP of 1 that is all of them,
 * and takes about a minute a function and thread. Without names: all functions, but with a STEP of 1
 * exp, log, tanh and sigmoid. Ends with status 1 when one of these four is off by more than 2. */
#include "kernels/kernels.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_pow_middle(double x) { return pow(x, 1.7f); }
static double exact_pow_odd(double x) { return pow(x, -3); }

typedef struct {
  const char *name;
  int op;     /* a cr_unary_op, or CR_BINARY_pow where there is an exponent */
  float to;   /* the exponent, or 0 */
  bool bound; /* may be off by 2 at most */
  double (*exact)(double);
} function;

static const function functions[] = {
#define ENTRY(name, bound) {#name, CR_UNARY_##name, 0, bound, name},
    {"sigmoid", CR_UNARY_sigmoid, 0, true, exact_sigmoid},
    ENTRY(exp, true) ENTRY(log, true) ENTRY(tanh, true) ENTRY(expm1, false) ENTRY(log1p, false)
        ENTRY(log2, false) ENTRY(log10, false) ENTRY(erf, false) ENTRY(sin, false) ENTRY(cos, false)
            ENTRY(tan, false) ENTRY(asin, false) ENTRY(acos, false) ENTRY(atan, false)
                ENTRY(sinh, false) ENTRY(cosh, false) ENTRY(asinh, false) ENTRY(acosh, false)
                    ENTRY(atanh, false){"pow 1.7", CR_BINARY_pow, 1.7f, false, exact_pow_middle},
    {"pow -3", CR_BINARY_pow, -3, false, exact_pow_odd},
};

/* The distance in units of the exact value's last place; huge when only one of them is NaN. */
static double error_of(float got, double exact) {
  float rounded = (float)exact;
  int exponent;
  if (isnan(rounded) || isnan(got)) return isnan(rounded) && isnan(got) ? 0 : HUGE_VAL;
  if (isinf(rounded) || isinf(got)) return rounded == got ? 0 : HUGE_VAL;
  frexp(exact, &exponent);
  if (exponent < -125) exponent = -125; /* subnormal numbers have one spacing */
  return fabs((double)got - exact) / ldexp(1, exponent - 24);
}

enum { block = 4096 };

typedef struct {
  double error;
  float at;
} worst;

typedef struct {
  const function *f;
  uint64_t step;
  atomic_ullong next; /* the first number of a block that nobody took */
  pthread_mutex_t lock;
  worst found[CR_ISA_COUNT];
} search;

static void apply(const function *f, const cr_kernel_table *table, const float *x, float *y) {
  float to = f->to;
  char *p[] = {(char *)y, (char *)x, (char *)&to};
  const int64_t stride[] = {sizeof *y, sizeof *x, 0};
  (to != 0 ? table->binary : table->unary)[f->op][CR_F32](block, p, stride, NULL);
}

/* Correctly rounded results, which most are, are off by half a unit at most: they are passed over. */
static void compare(const float *x, const float *y, const double *exact, worst *found) {
  for (int i = 0; i < block; i++) {
    if (y[i] == (float)exact[i]) continue;
    double error = error_of(y[i], exact[i]);
    if (error > found->error) *found = (worst){error, x[i]};
  }
}

static void *work(void *context) {
  search *s = context;
  worst found[CR_ISA_COUNT] = {{0.5, 0}, {0.5, 0}, {0.5, 0}};
  float x[block], y[block];
  double exact[block];
  for (;;) {
    uint64_t first = atomic_fetch_add(&s->next, block * s->step);
    if (first > UINT32_MAX) break;
    for (int i = 0; i < block; i++) {
      uint64_t pattern = first + (uint64_t)i * s->step;
      uint32_t bits = (uint32_t)(pattern > UINT32_MAX ? UINT32_MAX : pattern);
      memcpy(&x[i], &bits, sizeof bits);
      exact[i] = s->f->exact(x[i]);
    }
    for (int isa = 0; isa < CR_ISA_COUNT; isa++) {
      const cr_kernel_table *table = cr_kernels_for((cr_isa)isa);
      if (!table) continue;
      apply(s->f, table, x, y);
      compare(x, y, exact, &found[isa]);
    }
  }
  pthread_mutex_lock(&s->lock);
  for (int isa = 0; isa < CR_ISA_COUNT; isa++)
    if (found[isa].error > s->found[isa].error) s->found[isa] = found[isa];
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

/* False when the function has a bound and is beyond it. */
static bool report(const function *f, uint64_t step, int threads) {
  search s = {.f = f, .step = step, .lock = PTHREAD_MUTEX_INITIALIZER};
  pthread_t others[64];
  bool holds = true;
  int started = 0;
  while (started < threads - 1 && pthread_create(&others[started], NULL, work, &s) == 0) started++;
  work(&s);
  for (int k = 0; k < started; k++) pthread_join(others[k], NULL);
  printf("%-8s", f->name);
  for (int isa = 0; isa < CR_ISA_COUNT; isa++) {
    if (!cr_kernels_for((cr_isa)isa)) continue;
    printf("  %s %.3f ulp at %.9g", cr_isa_name((cr_isa)isa), s.found[isa].error,
           (double)s.found[isa].at);
    if (f->bound && !(s.found[isa].error <= 2)) holds = false;
  }
  printf("\n");
  fflush(stdout);
  return holds;
}

int main(int argc, char **argv) {
  uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 997;
  long threads = sysconf(_SC_NPROCESSORS_ONLN);
  bool holds = true;
  if (step < 1 || step > UINT32_MAX) {
    fprintf(stderr, "usage: ulp [STEP [NAME...]], with STEP at least 1\n");
    return 1;
  }
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    bool wanted = argc <= 2 && (step > 1 || functions[k].bound);
    for (int i = 2; i < argc; i++) wanted |= strcmp(argv[i], functions[k].name) == 0;
    if (wanted) holds &= report(&functions[k], step, threads > 64 ? 64 : (int)threads);
  }
  return holds ? 0 : 1;
}
