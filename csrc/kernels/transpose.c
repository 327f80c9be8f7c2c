/* Blocks of N x N elements in N registers. Interleaving ("zipping") rows i and i + N / 2 into rows 2i
 * and 2i + 1 rotates the bits of an element's row and column by one; after log2 N rounds they have
 * changed places. */
#include "kernels/kernels.h"

#include <string.h>

#ifdef __clang__
#define SHUFFLE(V, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(V, a, b, ...) __builtin_shuffle(a, b, (V){__VA_ARGS__})
#endif
#define LOW_2 0, 2
#define HIGH_2 1, 3
#define LOW_4 0, 4, 1, 5
#define HIGH_4 2, 6, 3, 7
#define LOW_8 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_8 4, 12, 5, 13, 6, 14, 7, 15
#define LOW_16 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_16 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

/* N for elements of each width: whole vectors of the instruction set for 4 and 8 bytes. */
#if defined(__AVX512F__)
#define N_32 16
#define N_64 8
#elif defined(__AVX2__)
#define N_32 8
#define N_64 4
#else
#define N_32 4
#define N_64 2
#endif

#define T uint8_t
#define N 16
#define NAME(name) name##_8
#include "kernels/transpose_type.h"
#define T uint16_t
#define N 8
#define NAME(name) name##_16
#include "kernels/transpose_type.h"
#define T uint32_t
#define N N_32
#define NAME(name) name##_32
#include "kernels/transpose_type.h"
#define T uint64_t
#define N N_64
#define NAME(name) name##_64
#include "kernels/transpose_type.h"

void CR_KERNEL(register_transpose)(cr_kernel_table *table) {
  table->transpose[0] = transpose_8;
  table->transpose[1] = transpose_16;
  table->transpose[2] = transpose_32;
  table->transpose[3] = transpose_64;
}
