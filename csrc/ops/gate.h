/* Transfer functions of more than one operand. Outputs and gradients are resized. */
#ifndef CR_OPS_GATE_H
#define CR_OPS_GATE_H

#include "core/generator.h"
#include "core/tensor.h"
#include "kernels/gate.h"

/* input's dimension dim holds a and b, one after the other; output gets half of it. */
cr_status cr_gate_forward(cr_gate op, int dim, cr_tensor *output, const cr_tensor *input);
cr_status cr_gate_backward(cr_gate op, int dim, cr_tensor *grad_input, const cr_tensor *grad_output,
                           const cr_tensor *input);

/* output's dimension dim holds max(0, input) and max(0, -input), one after the other. */
cr_status cr_crelu_forward(int dim, cr_tensor *output, const cr_tensor *input);
cr_status cr_crelu_backward(int dim, cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input);

/* PReLU: max(0, x) + w min(0, x), with one weight, or one for every channel: the second dimension
 * of (N x C), (N x C x H x W) and (N x C x D x H x W), the first of (C) and (C x H x W). */
cr_status cr_prelu_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight);
cr_status cr_prelu_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input, const cr_tensor *weight);
/* grad_weight += scale (d loss / d weight) */
cr_status cr_prelu_accumulate(cr_tensor *grad_weight, const cr_tensor *grad_output,
                              const cr_tensor *input, double scale);

/* RReLU in training: elements that are not positive are multiplied by numbers drawn from
 * [lower, upper), which noise keeps (1 for the others). In place output becomes a view of input. */
cr_status cr_rrelu_forward(cr_generator *generator, cr_tensor *output, cr_tensor *noise,
                           cr_tensor *input, double lower, double upper, bool inplace);
/* grad_input = grad_output noise */
cr_status cr_rrelu_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input, const cr_tensor *noise);

#endif
