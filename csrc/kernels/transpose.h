/* Transposed copies of elements of 1, 2, 4 or 8 bytes. */
#ifndef CR_KERNELS_TRANSPOSE_H
#define CR_KERNELS_TRANSPOSE_H

#include <stdint.h>

/* to[r][c] = from[c][r] for r < rows, c < columns. Both have contiguous rows; the strides, from row
 * to row, count bytes. The two must not overlap. */
typedef void (*cr_transpose_kernel)(int64_t rows, int64_t columns, const char *from,
                                    int64_t from_stride, char *to, int64_t to_stride);

/* The table has one kernel for each width of element, by its binary logarithm. */
enum { CR_TRANSPOSE_WIDTHS = 4 };

#endif
