#include "core/blas.h"

#include "core/cpu.h"
#include "core/parallel.h"
#include "kernels/kernels.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Fortran's interface: column-major, everything by address. */
typedef void (*gemm_f32)(const char *, const char *, const int *, const int *, const int *,
                         const float *, const float *, const int *, const float *, const int *,
                         const float *, float *, const int *);
typedef void (*gemm_f64)(const char *, const char *, const int *, const int *, const int *,
                         const double *, const double *, const int *, const double *, const int *,
                         const double *, double *, const int *);

static struct {
  void *handle;
  gemm_f32 sgemm;
  gemm_f64 dgemm;
  char description[160];
} blas;

static const char *const library_names[] = {
#ifdef __APPLE__
    "libopenblas.dylib",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
#else
    "libopenblas.so.0",
    "libopenblas.so",
#endif
};

/* OpenBLAS 0.3.21 does not know CPUs newer than itself and falls back to kernels for AVX2; it reads
 * this variable once, while it is loaded. GFLOP/s of one core, float32, n x n:
 *
 *   n                                  64    256   1024   4096
 *   Zen 4 (half-width units) SKYLAKEX  107    103    102    102
 *                            ZEN        73    102    107    109
 *                            HASWELL    89    108    109    110
 *   Intel, full-width units  SKYLAKEX                      211, HASWELL 112 (large n)
 *
 * So SKYLAKEX wherever there is AVX-512: it loses 7 % at most on half-width units. */
static bool set_core_type(void) {
  if (cr_cpu_isa() != CR_ISA_AVX512 || getenv("OPENBLAS_CORETYPE")) return false;
  return setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0) == 0;
}

static const char *open_library(void) {
  const char *chosen = getenv("CRESSET_BLAS");
  if (chosen) {
    blas.handle = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    return chosen;
  }
  for (size_t i = 0; i < sizeof library_names / sizeof *library_names; i++) {
    blas.handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
    if (blas.handle) return library_names[i];
  }
  return NULL;
}

static void describe(const char *name) {
  char *(*core_name)(void) = (char *(*)(void))dlsym(blas.handle, "openblas_get_corename");
  char *(*config)(void) = (char *(*)(void))dlsym(blas.handle, "openblas_get_config");
  char version[64] = "BLAS";
  if (config) sscanf(config(), "%*s %63s", version);
  snprintf(blas.description, sizeof blas.description, "%s%s (%s kernels, %s)",
           config ? "OpenBLAS " : "", version, core_name ? core_name() : "unknown", name);
}

static void load(void) {
  bool restore = set_core_type();
  const char *name = open_library();
  if (restore) unsetenv("OPENBLAS_CORETYPE");
  if (!blas.handle) {
    snprintf(blas.description, sizeof blas.description,
             "none: install OpenBLAS (Debian: libopenblas0-pthread) for fast matrix products");
    return;
  }
  void (*set_threads)(int) = (void (*)(int))dlsym(blas.handle, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  blas.sgemm = (gemm_f32)dlsym(blas.handle, "sgemm_");
  blas.dgemm = (gemm_f64)dlsym(blas.handle, "dgemm_");
  describe(name);
}

static void ensure_loaded(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
}

void *cr_blas_symbol(const char *name) {
  ensure_loaded();
  void *symbol = blas.handle ? dlsym(blas.handle, name) : NULL;
  if (!symbol)
    cr_fail(CR_EIO,
            "needs %s from OpenBLAS, which is missing: install OpenBLAS (Debian: "
            "libopenblas0-pthread)",
            name);
  return symbol;
}

const char *cr_blas_description(void) {
  ensure_loaded();
  return blas.description;
}

/* ---- products ---- */

typedef struct {
  cr_dtype dtype;
  bool transpose_a, transpose_b;
  int64_t m, n, k, lda, ldb, ldc;
  double alpha, beta;
  const char *a, *b;
  char *c;
} product;

/* Row-major C = A B is column-major C' = B' A': the operands change places. */
static void call_blas(const product *p) {
  const char *ta = p->transpose_a ? "T" : "N", *tb = p->transpose_b ? "T" : "N";
  int m = (int)p->m, n = (int)p->n, k = (int)p->k;
  int lda = (int)p->lda, ldb = (int)p->ldb, ldc = (int)p->ldc;
  if (p->dtype == CR_F32) {
    float alpha = (float)p->alpha, beta = (float)p->beta;
    blas.sgemm(tb, ta, &n, &m, &k, &alpha, (const float *)p->b, &ldb, (const float *)p->a, &lda,
               &beta, (float *)p->c, &ldc);
  } else {
    blas.dgemm(tb, ta, &n, &m, &k, &p->alpha, (const double *)p->b, &ldb, (const double *)p->a,
               &lda, &p->beta, (double *)p->c, &ldc);
  }
}

static void call_plain(const product *p) {
  cr_plain_product plain = {.m = p->m,
                            .n = p->n,
                            .k = p->k,
                            .a = p->a,
                            .b = p->b,
                            .c = p->c,
                            .a_row = p->transpose_a ? 1 : p->lda,
                            .a_column = p->transpose_a ? p->lda : 1,
                            .b_row = p->transpose_b ? 1 : p->ldb,
                            .b_column = p->transpose_b ? p->ldb : 1,
                            .c_row = p->ldc,
                            .c_column = 1,
                            .alpha = cr_scalar_from_double(p->alpha),
                            .beta = cr_scalar_from_double(p->beta)};
  cr_kernels()->plain_gemm[p->dtype](&plain);
}

static void run_product(const product *p) {
  /* Below this the library's own preparation costs more than the product. */
  const double tiny = 4096;
  bool has_blas = p->dtype == CR_F32 ? blas.sgemm != NULL : blas.dgemm != NULL;
  bool fits = p->m <= INT_MAX && p->n <= INT_MAX && p->k <= INT_MAX && p->lda <= INT_MAX &&
              p->ldb <= INT_MAX && p->ldc <= INT_MAX;
  if (has_blas && fits && (double)p->m * (double)p->n * (double)p->k > tiny) {
    call_blas(p);
  } else {
    call_plain(p);
  }
}

static product rows_of(const product *p, int64_t begin, int64_t end) {
  int64_t width = (int64_t)cr_dtype_size(p->dtype);
  product part = *p;
  part.m = end - begin;
  part.a += begin * (p->transpose_a ? 1 : p->lda) * width;
  part.c += begin * p->ldc * width;
  return part;
}

static product columns_of(const product *p, int64_t begin, int64_t end) {
  int64_t width = (int64_t)cr_dtype_size(p->dtype);
  product part = *p;
  part.n = end - begin;
  part.b += begin * (p->transpose_b ? p->ldb : 1) * width;
  part.c += begin * width;
  return part;
}

/* Multiply-adds between two looks for an interrupt: about a tenth of a second. */
static const double interrupt_block = 1e10;

static void run_rows(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const product *p = data;
  double row_work = (double)p->n * (double)p->k;
  int64_t block = row_work >= interrupt_block ? 1 : (int64_t)(interrupt_block / row_work);
  if (block < 64) block = 64;
  for (int64_t at = begin; at < end && !cr_interrupt_pending(); at += block) {
    product part = rows_of(p, at, at + block < end ? at + block : end);
    run_product(&part);
  }
}

static void run_columns(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  product part = columns_of(data, begin, end);
  run_product(&part);
}

cr_status cr_gemm(cr_dtype dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                  int64_t k, double alpha, const void *a, int64_t lda, const void *b, int64_t ldb,
                  double beta, void *c, int64_t ldc) {
  if (m == 0 || n == 0) return CR_OK;
  ensure_loaded();
  product p = {dtype, transpose_a, transpose_b, m, n, k, lda, ldb, ldc, alpha, beta, a, b, c};
  /* BLAS refuses leading dimensions below the row length, even of an operand that has no rows. */
  if (p.lda < 1) p.lda = 1;
  if (p.ldb < 1) p.ldb = 1;
  double work = (double)m * (double)n * (double)k;
  const double worth_threads = 64.0 * 64 * 64;
  if (work < worth_threads) {
    run_product(&p);
    return CR_OK;
  }
  int64_t grain = (int64_t)(worth_threads / (work / (double)(m > n ? m : n))) + 8;
  if (m >= n) {
    cr_parallel_for(m, grain, run_rows, &p);
  } else {
    cr_parallel_for(n, grain, run_columns, &p);
  }
  return cr_check_interrupt();
}
