/* Stochastic units: products with their transfer functions and samples, passes over fully connected
 * networks, and what contrastive learning subtracts. */
#ifndef CR_OPS_UNITS_H
#define CR_OPS_UNITS_H

#include "core/tensor.h"

typedef struct {
  const cr_tensor *input, *weight; /* N x in; out x in, or in x out when transposed */
  const cr_tensor *bias;           /* out */
  bool transposed, has_sigmoid;
  double scale;
  uint64_t key;
} cr_unit_layer;

/* mean = scale input weight^T + bias, through a sigmoid where has_sigmoid; sample (may be NULL) is 1
 * with the probability `mean`, else 0. Both are resized to N x out. */
cr_status cr_unit_means(cr_tensor *mean, cr_tensor *sample, const cr_unit_layer *layer);

typedef struct {
  const cr_tensor *weight; /* units x units, symmetric */
  const cr_tensor *bias;   /* units */
  const cr_tensor *order;  /* int64: the units to visit, from 1 */
  double low, high, temperature;
  uint64_t key;
} cr_unit_network;

/* Visits units of each network (row) of `states` once, one after the other, see cr_sweep; `fields`
 * becomes what the units feel afterwards, flips (int64) the number of those that changed. */
cr_status cr_unit_sweep(cr_tensor *states, cr_tensor *fields, cr_tensor *flips,
                        const cr_unit_network *network);

/* What the model does more than the data, on average over rows: grad_weight = model_hidden^T
 * model_visible / rows - data_hidden^T data_visible / rows, grad_hidden and grad_visible the
 * differences of mean activities. */
typedef struct {
  const cr_tensor *data_visible, *data_hidden, *model_visible, *model_hidden;
} cr_contrast;

cr_status cr_unit_contrast(cr_tensor *grad_weight, cr_tensor *grad_visible, cr_tensor *grad_hidden,
                           const cr_contrast *c);

#endif
