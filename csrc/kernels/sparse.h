/* Products of sparse rows with a table: samples given by the keys and values of their elements. */
#ifndef CR_KERNELS_SPARSE_H
#define CR_KERNELS_SPARSE_H

#include "kernels/distance.h"

typedef struct {
  const int64_t *key;   /* from 0 */
  const int64_t *first; /* sample n has the elements first[n] ... first[n + 1] - 1 */
  const void *value;
  int64_t samples, outputs;
  void *table; /* the weight of key i and output k is at i key_stride + k output_stride */
  int64_t key_stride, output_stride;
  void *rows; /* samples x outputs: the outputs, or their gradient */
  void *result;
  double scale;
} cr_sparse;

/* forward: rows += values times table, for samples [begin, end). backward: result[e] = the gradient
 * of value e, for samples [begin, end). accumulate: table += scale values times rows, for outputs
 * [begin, end). */
typedef struct {
  cr_row_kernel forward, backward, accumulate;
} cr_sparse_kernels;

#endif
