/* Recurrent layers over whole sequences, one layer and direction a call.
 *
 * A sequence x is (T x N x D), contiguous. The weight is ((D + H) x B H): rows for the input, then
 * rows for the state; its B column blocks are those of kernels/recurrent.h: i, f, o, z of the LSTM; r,
 * u, n of the GRU; one of plain layers. The bias has a block for each, and with CR_CELL_GRU_RESET_AFTER
 * four: r, u, the state's share of n, n.
 *
 * forward keeps what the backward pass needs: hidden and cells ((T + 1) x N x H), in order of time with
 * the state before the first step in front (behind the last in reverse), and gates. */
#ifndef CR_OPS_RECURRENT_H
#define CR_OPS_RECURRENT_H

#include "core/tensor.h"
#include "kernels/recurrent.h"

typedef struct {
  cr_cell cell;
  bool reverse;        /* from the last step to the first */
  bool carries;        /* masked steps keep the state; otherwise they make it 0 */
  int64_t part, parts; /* output's columns [part H, (part + 1) H) of parts H are this direction's */
  int64_t state,
      states; /* initial and final states are slice `state` of (states x N x H), or, where
                            there is one, (N x H) */
  const cr_tensor *weight, *bias;
  const cr_tensor *peephole; /* (3 H) or NULL */
  const cr_tensor *mask;     /* (T x N), 1 where a sequence takes no part in a step; or NULL */
  cr_tensor *hidden, *cells, *gates;
} cr_recurrent;

/* h0, c0: the states before the first step, or NULL for zeros; may be hn, cn, which get those after
 * the last one. */
cr_status cr_recurrent_forward(const cr_recurrent *r, cr_tensor *output, const cr_tensor *x,
                               const cr_tensor *h0, const cr_tensor *c0, cr_tensor *hn,
                               cr_tensor *cn);

/* Back through time: grad_gates (T x N x width), and the gradients of the first states. grad_hn,
 * grad_cn: gradients of the last ones, or NULL. */
cr_status cr_recurrent_backward(const cr_recurrent *r, cr_tensor *grad_gates,
                                const cr_tensor *grad_output, const cr_tensor *grad_hn,
                                const cr_tensor *grad_cn, cr_tensor *grad_h0, cr_tensor *grad_c0);

/* grad_x = what grad_gates say about the input; added to it where is_sum. */
cr_status cr_recurrent_grad_input(const cr_recurrent *r, cr_tensor *grad_x,
                                  const cr_tensor *grad_gates, bool is_sum);

/* The parameters' gradients += scale times theirs; r->weight, bias and peephole are the gradients. */
cr_status cr_recurrent_accumulate(const cr_recurrent *r, const cr_tensor *x,
                                  const cr_tensor *grad_gates, double scale);

/* Points at the input as a contiguous (T x N x width): the input itself, or buffer, which gets a copy.
 * With batch_first the input is (N x T x width). like: a sequence whose T and N it must have, or NULL.
 * name: what messages call it. */
cr_status cr_recurrent_steps(cr_tensor *buffer, const cr_tensor *input, const char *name,
                             int64_t width, bool batch_first, const cr_tensor *like, bool *is_copy);

/* mask (T x N): 1 where all of x's elements of a step and sequence are 0. */
cr_status cr_recurrent_zero_mask(cr_tensor *mask, const cr_tensor *x);
/* mask (T x N): 1 from each sequence's length on; lengths: N integers from 0 to T. */
cr_status cr_recurrent_length_mask(cr_tensor *mask, const cr_tensor *x, const cr_tensor *lengths);

#endif
