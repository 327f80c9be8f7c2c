/* Fills the kernel tables; compiled once, with the build's base flags. */
#include "kernels/kernels.h"

#include <pthread.h>

#define DECLARE_PORTABLE(family) void cr_register_##family##_portable(cr_kernel_table *table);
#define DECLARE_AVX2(family) void cr_register_##family##_avx2(cr_kernel_table *table);
#define DECLARE_AVX512(family) void cr_register_##family##_avx512(cr_kernel_table *table);
#define CALL_PORTABLE(family) cr_register_##family##_portable(&tables[CR_ISA_PORTABLE]);
#define CALL_AVX2(family) cr_register_##family##_avx2(&tables[CR_ISA_AVX2]);
#define CALL_AVX512(family) cr_register_##family##_avx512(&tables[CR_ISA_AVX512]);

CR_KERNEL_FAMILIES(DECLARE_PORTABLE)
#ifdef __x86_64__
CR_KERNEL_FAMILIES(DECLARE_AVX2)
CR_KERNEL_FAMILIES(DECLARE_AVX512)
#endif

static cr_kernel_table tables[CR_ISA_COUNT];
static const cr_kernel_table *in_use;

static void fill(void) {
  CR_KERNEL_FAMILIES(CALL_PORTABLE)
#ifdef __x86_64__
  CR_KERNEL_FAMILIES(CALL_AVX2)
  CR_KERNEL_FAMILIES(CALL_AVX512)
#endif
  in_use = &tables[cr_cpu_isa()];
}

static void ensure_filled(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, fill);
}

const cr_kernel_table *cr_kernels(void) {
  if (!in_use) ensure_filled();
  return in_use;
}

const cr_kernel_table *cr_kernels_for(cr_isa isa) {
  ensure_filled();
  return isa <= cr_cpu_best_isa() ? &tables[isa] : NULL;
}
