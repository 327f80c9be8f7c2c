/* Convolution and transposed convolution of volumes, forward and backward.
 *
 * Inputs are (N x C x T x H x W) or (C x T x H x W), with any strides; results have as many dimensions
 * and are resized. float32 and float64; everything in one call has one type. Axes are numbered as in
 * boxes.h. */
#ifndef CR_OPS_VOLUME_CONV_H
#define CR_OPS_VOLUME_CONV_H

#include "core/tensor.h"

typedef struct {
  int64_t step[3], before[3], after[3], dilation[3]; /* padding in front and behind */
  int64_t groups;
  int64_t adjust[3]; /* transposed convolution: extra elements of the output */
} cr_volume_conv_shape;

/* input (N x C x T x H x W), weight (M x C/groups x kT x kH x kW), bias (M) or NULL:
 * output (N x M x T' x H' x W'), sizes as in conv.h. */
cr_status cr_volume_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                                 const cr_tensor *bias, const cr_volume_conv_shape *shape);
cr_status cr_volume_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                        const cr_tensor *grad_output, const cr_tensor *weight,
                                        const cr_volume_conv_shape *shape);
/* grad_weight += scale * gradient; grad_bias likewise, when it is not NULL. */
cr_status cr_volume_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                         const cr_tensor *input, const cr_tensor *grad_output,
                                         double scale, const cr_volume_conv_shape *shape);

/* The transpose of the above: weight (C x M/groups x kT x kH x kW). */
cr_status cr_volume_full_conv_forward(cr_tensor *output, const cr_tensor *input,
                                      const cr_tensor *weight, const cr_tensor *bias,
                                      const cr_volume_conv_shape *shape);
cr_status cr_volume_full_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                             const cr_tensor *grad_output, const cr_tensor *weight,
                                             const cr_volume_conv_shape *shape);
cr_status cr_volume_full_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                              const cr_tensor *input, const cr_tensor *grad_output,
                                              double scale, const cr_volume_conv_shape *shape);

#endif
