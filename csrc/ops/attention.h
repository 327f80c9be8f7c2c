/* Scaled dot-product attention of several heads (Vaswani et al. 2017).
 *
 * Queries, keys and values are contiguous sequences (T x N x E), or (N x T x E) with batch_first, of as
 * many columns; head h has columns [h E / heads, (h + 1) E / heads). Weights are (N heads x L x S), L
 * queries by S keys, head after head of each sequence. */
#ifndef CR_OPS_ATTENTION_H
#define CR_OPS_ATTENTION_H

#include "core/tensor.h"

typedef struct {
  int64_t heads;
  bool batch_first;
  bool is_causal; /* query l sees no key behind l */
  double scale;
  const cr_tensor *mask;    /* added to the scores, or uint8 with 1 for what is not to be seen:
                               (L x S) or (N heads x L x S); or NULL */
  const cr_tensor *padding; /* uint8 (N x S), 1 for keys that are not to be seen; or NULL */
} cr_attention;

/* weights = softmax(scale Q K' + mask); queries that see nothing have weights of 0. */
cr_status cr_attention_weights(const cr_attention *a, cr_tensor *weights, const cr_tensor *q,
                               const cr_tensor *k);
/* output = weights V */
cr_status cr_attention_output(const cr_attention *a, cr_tensor *output, const cr_tensor *weights,
                              const cr_tensor *v);
/* Back from the output's gradient to those of weights and values. */
cr_status cr_attention_output_backward(const cr_attention *a, cr_tensor *grad_weights,
                                       cr_tensor *grad_v, const cr_tensor *grad_output,
                                       const cr_tensor *weights, const cr_tensor *v);
/* Back from the weights' gradient, which is overwritten, to those of queries and keys. */
cr_status cr_attention_weights_backward(const cr_attention *a, cr_tensor *grad_q, cr_tensor *grad_k,
                                        cr_tensor *grad_weights, const cr_tensor *weights,
                                        const cr_tensor *q, const cr_tensor *k);

#endif
