#include "core/cpu.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CR_ISA_COUNT] = {"portable", "avx2", "avx512"};

const char *cr_isa_name(cr_isa isa) { return names[isa]; }

cr_isa cr_cpu_best_isa(void) {
#ifdef __x86_64__
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi2");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx512) return CR_ISA_AVX512;
  if (avx2) return CR_ISA_AVX2;
#endif
  return CR_ISA_PORTABLE;
}

static cr_isa choose(void) {
  cr_isa best = cr_cpu_best_isa();
  const char *wanted = getenv("CRESSET_ISA");
  for (int isa = 0; wanted && isa < (int)best; isa++)
    if (strcmp(wanted, names[isa]) == 0) return (cr_isa)isa;
  return best;
}

cr_isa cr_cpu_isa(void) {
  static int chosen = -1; /* two threads that race compute the same value */
  if (chosen < 0) chosen = (int)choose();
  return (cr_isa)chosen;
}

const char *cr_cpu_features(void) {
#ifdef __x86_64__
  static char text[160]; /* two threads that race write the same text */
  __builtin_cpu_init();
#define ADD(feature)                                                                               \
  if (__builtin_cpu_supports(feature))                                                             \
  used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", feature)
  size_t used = 0;
  ADD("sse4.2");
  ADD("avx");
  ADD("avx2");
  ADD("fma");
  ADD("bmi2");
  ADD("avx512f");
  ADD("avx512bw");
  ADD("avx512dq");
  ADD("avx512vl");
  ADD("avx512vnni");
#undef ADD
  return text;
#elif defined(__aarch64__)
  return "neon";
#else
  return "unknown";
#endif
}
