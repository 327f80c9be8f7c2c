/* Sizes, checks and states of recurrent layers, shared by recurrent.c and recurrent_parameters.c. */
#ifndef CR_OPS_RECURRENT_SHAPE_H
#define CR_OPS_RECURRENT_SHAPE_H

#include "ops/recurrent.h"

/* A product between blocks of columns: from block `from` of the gates (-1: the state) through the
 * weight's blocks [weight, weight + count) to the gates' blocks from `to` on (-1: the state). */
typedef struct {
  int from, weight, count, to;
} cr_recurrent_map;

enum { CR_RECURRENT_MAPS = 2 };

typedef struct {
  int gates, weights, biases; /* blocks of each */
  bool has_cells;
  int phases;
  cr_recurrent_map input[CR_RECURRENT_MAPS];    /* the input's share of the gates */
  cr_recurrent_map forward[CR_RECURRENT_MAPS];  /* the state's */
  cr_recurrent_map backward[CR_RECURRENT_MAPS]; /* from the gates' gradients to the state's */
} cr_recurrent_info;

typedef struct {
  const cr_recurrent_info *info;
  cr_dtype dtype;
  int64_t steps, batch, inputs, units;
  int64_t width;   /* of the gates */
  int64_t columns; /* of the weight */
} cr_recurrent_shape;

/* Checks the parameters, the mask and x; fills s. */
cr_status cr_recurrent_check(cr_recurrent_shape *s, const cr_recurrent *r, const cr_tensor *x);
/* The same from what forward kept. */
cr_status cr_recurrent_check_kept(cr_recurrent_shape *s, const cr_recurrent *r);
/* A contiguous (T x N x width) of s's T, N and type. */
cr_status cr_recurrent_check_sequence(const char *name, const cr_tensor *t,
                                      const cr_recurrent_shape *s, int64_t width);
/* NULL is fine. */
cr_status cr_recurrent_check_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                   const char *name, const cr_tensor *state);

/* Sizes of the results of forward and backward. */
cr_status cr_recurrent_prepare(const cr_recurrent *r, const cr_recurrent_shape *s,
                               cr_tensor *output, const cr_tensor *x, cr_tensor *hn, cr_tensor *cn);
cr_status cr_recurrent_prepare_backward(const cr_recurrent *r, const cr_recurrent_shape *s,
                                        cr_tensor *grad_gates, const cr_tensor *grad_output,
                                        cr_tensor *grad_h0, cr_tensor *grad_c0);

/* Copies the layer's slice of `state` (zeros for NULL) to the step's place in `kept`, and back. */
cr_status cr_recurrent_load_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                  cr_tensor *kept, int64_t step, const cr_tensor *state);
cr_status cr_recurrent_store_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                   const cr_tensor *kept, int64_t step, cr_tensor *state);
/* The layer's slice of `to` = that of `from`, or zeros for NULL. */
cr_status cr_recurrent_set_slice(const cr_recurrent *r, const cr_recurrent_shape *s, cr_tensor *to,
                                 const cr_tensor *from);
/* The address of the layer's slice of a contiguous tensor of states. */
void *cr_recurrent_slice(const cr_recurrent *r, const cr_recurrent_shape *s, const cr_tensor *t);

/* The address of a block of the weight, from a row on; of a block of the gates. */
void *cr_recurrent_block(const cr_tensor *weight, const cr_recurrent_shape *s, int64_t row,
                         int block);
void *cr_recurrent_gates(const cr_tensor *gates, const cr_recurrent_shape *s, int block);

#endif
