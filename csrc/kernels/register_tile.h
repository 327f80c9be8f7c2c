/* What all register tiles share: the instruction set's vectors, and as many rows of them, two vectors
 * each, as its registers hold beside one row of b and one factor of a. */
#ifndef CR_KERNELS_REGISTER_TILE_H
#define CR_KERNELS_REGISTER_TILE_H

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define TILE_ROWS 12
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#elif defined(__aarch64__)
#define VECTOR_BYTES 16
#define TILE_ROWS 12
#else
#define VECTOR_BYTES 16
#define TILE_ROWS 6
#endif

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 12")

/* For all sums of a tile, which stay in registers: loops that are not unrolled would put them into
 * memory. */
#define FOR_SUMS UNROLL for (int m = 0; m < rows; m++) UNROLL for (int v = 0; v < vectors; v++)

#endif
