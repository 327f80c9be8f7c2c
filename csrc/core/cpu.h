/* Which instruction set the kernels use. */
#ifndef CR_CORE_CPU_H
#define CR_CORE_CPU_H

typedef enum { CR_ISA_PORTABLE, CR_ISA_AVX2, CR_ISA_AVX512, CR_ISA_COUNT } cr_isa;

/* The best set that this CPU has and this build contains, or the lower one that the environment
 * variable CRESSET_ISA names (portable, avx2, avx512). Decided once. */
cr_isa cr_cpu_isa(void);
const char *cr_isa_name(cr_isa isa);

/* What the CPU offers and kernels could use: "sse4.2 avx avx2 fma ...". */
const char *cr_cpu_features(void);

/* What the CPU itself offers, whatever CRESSET_ISA says. */
cr_isa cr_cpu_best_isa(void);

#endif
