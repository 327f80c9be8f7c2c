/* Rows of a table. */
#ifndef CR_KERNELS_LOOKUP_H
#define CR_KERNELS_LOOKUP_H

#include <stdint.h>

typedef struct {
  const int64_t *indices; /* from 0; -1: skip */
  int64_t count, width;   /* rows asked for; elements of a row */
  void *table;            /* rows `width` elements apart */
  void *rows;             /* likewise: what is looked up, or its gradient */
  const double *scale;    /* gradient: one factor each, or NULL */
  double common_scale;
} cr_lookup;

/* gather: rows[i] = table[indices[i]] for i in [begin, end). add: table[indices[i]] += scale rows[i]
 * for all i, columns [begin, end). */
typedef void (*cr_lookup_kernel)(const cr_lookup *lookup, int64_t begin, int64_t end);

typedef struct {
  cr_lookup_kernel gather, add;
  /* Shortens the row to max_norm when its p-norm is larger. */
  void (*renormalize)(void *row, int64_t width, double p, double max_norm);
} cr_lookup_kernels;

#endif
