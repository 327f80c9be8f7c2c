/* Losses: a number for an input and a target, and its gradient with respect to the input. Sums are
 * taken in double precision over pieces that do not depend on the number of threads. */
#ifndef CR_OPS_LOSS_H
#define CR_OPS_LOSS_H

#include "core/tensor.h"
#include "kernels/loss.h"

/* Losses that are a sum over elements (csrc/kernels/loss.h). target has as many elements as input;
 * weight and second_weight are broadcast to input's size; any of the three may be NULL. */
typedef struct {
  cr_loss op;
  double a, b;
  bool size_average; /* divide by the number of elements */
  const cr_tensor *input, *target, *weight, *second_weight;
} cr_loss_call;

cr_status cr_loss_forward(const cr_loss_call *call, double *loss);
cr_status cr_loss_backward(const cr_loss_call *call, cr_tensor *grad_input);

/* Losses of labels: 1 ... C for an input of log-probabilities or of scores of C classes, laid out
 * as csrc/ops/softmax.h has it. weight (may be NULL) holds a number for every class. */
typedef struct {
  const cr_tensor *input, *target, *weight;
  bool size_average;   /* divide by the sum of the targets' weights */
  double ignore_index; /* a label that counts for nothing */
  double smoothing;    /* cross entropy alone: the share of the target that all classes get */
} cr_label_loss_call;

/* Negative log-likelihood: minus the sum of weight[t] input[t]. */
cr_status cr_nll_forward(const cr_label_loss_call *call, double *loss);
cr_status cr_nll_backward(const cr_label_loss_call *call, cr_tensor *grad_input);

/* The same of log softmax(input). lse gets (forward) and holds (backward) the logarithm of the sum
 * of the exponentials for every position; backward computes it anew when its size does not fit. */
cr_status cr_cross_entropy_forward(const cr_label_loss_call *call, cr_tensor *lse, double *loss);
cr_status cr_cross_entropy_backward(const cr_label_loss_call *call, cr_tensor *lse,
                                    cr_tensor *grad_input);

/* Sum by halves: the rounding error grows with log n. */
double cr_pairwise_sum(const double *x, int64_t n);

#endif
