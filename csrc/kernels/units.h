/* Stochastic units: those of Boltzmann machines and their relatives. */
#ifndef CR_KERNELS_UNITS_H
#define CR_KERNELS_UNITS_H

#include <stdint.h>

/* mean = sigmoid(field), where has_sigmoid, and a sample of 1 with that probability, else 0. The key
 * and the element's number decide which. */
typedef struct {
  void *mean;   /* contiguous; holds the field before */
  void *sample; /* contiguous; NULL: none wanted */
  uint64_t key;
  int has_sigmoid;
} cr_units;

/* Elements [begin, end). */
typedef void (*cr_units_kernel)(const cr_units *u, int64_t begin, int64_t end);

/* One pass over units of networks with symmetric connections, one after the other: unit i becomes
 * `high` with probability sigmoid((high - low) field_i / temperature), else `low`; at temperature 0
 * the field's sign decides, and 0 leaves the unit as it is. */
typedef struct {
  void *states, *fields; /* networks x units, contiguous; fields are kept up to date */
  const void *weight;    /* units x units */
  int64_t units;
  const int64_t *order; /* the units to visit, from 1 */
  int64_t visits;
  double low, high, temperature;
  uint64_t key;
  int64_t *flips; /* units that changed, for each network */
} cr_sweep;

/* Networks [begin, end). */
typedef void (*cr_sweep_kernel)(const cr_sweep *s, int64_t begin, int64_t end);

/* out = mean of the model's rows - mean of the data's rows, columns [begin, end). */
typedef struct {
  void *out;
  const void *data, *model; /* rows x columns, contiguous */
  int64_t data_rows, model_rows, columns;
} cr_mean_gap;

typedef void (*cr_mean_gap_kernel)(const cr_mean_gap *g, int64_t begin, int64_t end);

typedef struct {
  cr_units_kernel sample;
  cr_sweep_kernel sweep;
  cr_mean_gap_kernel mean_gap;
} cr_units_kernels;

#endif
