/* The larger and the smaller of the elements of two vectors of the instruction set's full length:
 * a > b ? a : b and a < b ? a : b, which are b when one of them is NaN. On x86-64 they are one
 * instruction, which compilers do not make of comparisons and masks. */
#ifndef CR_KERNELS_LARGER_H
#define CR_KERNELS_LARGER_H

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define CR_LARGER_F32(a, b) _mm512_max_ps((__m512)(a), (__m512)(b))
#define CR_SMALLER_F32(a, b) _mm512_min_ps((__m512)(a), (__m512)(b))
#define CR_LARGER_F64(a, b) _mm512_max_pd((__m512d)(a), (__m512d)(b))
#define CR_SMALLER_F64(a, b) _mm512_min_pd((__m512d)(a), (__m512d)(b))
#elif defined(__AVX2__)
#define CR_LARGER_F32(a, b) _mm256_max_ps((__m256)(a), (__m256)(b))
#define CR_SMALLER_F32(a, b) _mm256_min_ps((__m256)(a), (__m256)(b))
#define CR_LARGER_F64(a, b) _mm256_max_pd((__m256d)(a), (__m256d)(b))
#define CR_SMALLER_F64(a, b) _mm256_min_pd((__m256d)(a), (__m256d)(b))
#elif defined(__x86_64__)
#define CR_LARGER_F32(a, b) _mm_max_ps((__m128)(a), (__m128)(b))
#define CR_SMALLER_F32(a, b) _mm_min_ps((__m128)(a), (__m128)(b))
#define CR_LARGER_F64(a, b) _mm_max_pd((__m128d)(a), (__m128d)(b))
#define CR_SMALLER_F64(a, b) _mm_min_pd((__m128d)(a), (__m128d)(b))
#else
#define CR_CHOOSE_BY(a, b, compare)                                                                \
  ({                                                                                               \
    __typeof__(a) cr_a = (a), cr_b = (b);                                                          \
    __auto_type cr_mask = cr_a compare cr_b;                                                       \
    (__typeof__(a))(((__typeof__(cr_mask))cr_a & cr_mask) |                                        \
                    ((__typeof__(cr_mask))cr_b & ~cr_mask));                                       \
  })
#define CR_LARGER_F32(a, b) CR_CHOOSE_BY(a, b, >)
#define CR_SMALLER_F32(a, b) CR_CHOOSE_BY(a, b, <)
#define CR_LARGER_F64 CR_LARGER_F32
#define CR_SMALLER_F64 CR_SMALLER_F32
#endif

#endif
