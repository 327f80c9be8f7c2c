/* Locally connected layers: convolution with weights of its own for every output pixel.
 *
 * Inputs are (N x C x H x W) or (C x H x W); results have as many dimensions and are resized. float32
 * and float64; everything in one call has one type. */
#ifndef CR_OPS_LOCAL_CONV_H
#define CR_OPS_LOCAL_CONV_H

#include "core/tensor.h"

typedef struct {
  int64_t in_h, in_w; /* of the only images that the weights are for */
  int64_t step_h, step_w, pad_h, pad_w;
} cr_local_conv_shape;

/* weight (H' x W' x M x C x kH x kW), bias (M x H' x W'): output (N x M x H' x W'). */
cr_status cr_local_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                                const cr_tensor *bias, const cr_local_conv_shape *shape);
cr_status cr_local_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                       const cr_tensor *grad_output, const cr_tensor *weight,
                                       const cr_local_conv_shape *shape);
/* grad_weight and grad_bias += scale * gradient. */
cr_status cr_local_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                        const cr_tensor *input, const cr_tensor *grad_output,
                                        double scale, const cr_local_conv_shape *shape);

#endif
