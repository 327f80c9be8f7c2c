/* Connectionist temporal classification (Graves et al. 2006): the negative log-likelihood of label
 * sequences, summed over all their alignments with longer sequences of scores. */
#ifndef CR_OPS_CTC_H
#define CR_OPS_CTC_H

#include "core/tensor.h"

/* input: T x N x C scores, whose softmax over C gives the probabilities; class 0 is the blank.
 * labels: the sequences one after the other, numbers from 1 to C - 1; lengths: N, the labels of
 * each; sizes: N, the steps of each (NULL: T). All three int64, contiguous. */
typedef struct {
  const cr_tensor *input, *labels, *lengths, *sizes;
  double scale; /* of the gradient */
} cr_ctc_call;

/* losses gets the N losses, float64; infinite where a sequence of labels cannot be aligned.
 * grad_input (may be NULL) gets scale times the gradient of their sum, 0 for infinite ones. */
cr_status cr_ctc(const cr_ctc_call *call, cr_tensor *losses, cr_tensor *grad_input);

#endif
