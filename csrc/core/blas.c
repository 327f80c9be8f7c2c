#include "core/blas.h"

#include "core/cpu.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
  void *handle;
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
             "none: install OpenBLAS (Debian: libopenblas0-pthread) for linear systems and "
             "decompositions");
    return;
  }
  void (*set_threads)(int) = (void (*)(int))dlsym(blas.handle, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
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
