/* 2-D convolution and transposed convolution, forward and backward.
 *
 * Inputs are (N x C x H x W) or (C x H x W), with any strides; results have as many dimensions and
 * are resized. float32 and float64; everything in one call has one type. */
#ifndef CR_OPS_CONV_H
#define CR_OPS_CONV_H

#include "core/tensor.h"

typedef struct {
  int64_t step_w, step_h, pad_w, pad_h, dilation_w, dilation_h, groups;
  int64_t adj_w, adj_h; /* transposed convolution: extra rows and columns of the output */
  /* Of the forward pass: what is added to the output, of its size; then low and high that limit it. */
  const cr_tensor *added; /* NULL: nothing */
  const double *limits;   /* NULL: none */
  cr_tensor *packed;      /* keeps what the forward pass computed from the weights alone; or NULL */
  bool innermost;         /* the forward pass lays its output out with the channels innermost */
} cr_conv_shape;

/* input (N x C x H x W), weight (M x C/groups x kH x kW), bias (M) or NULL:
 * output (N x M x H' x W'), H' = floor((H + 2 padH - dilationH (kH - 1) - 1) / stepH) + 1. */
cr_status cr_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                          const cr_tensor *bias, const cr_conv_shape *shape);
cr_status cr_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_tensor *weight,
                                 const cr_conv_shape *shape);
/* grad_weight += scale * gradient; grad_bias likewise, when it is not NULL. */
cr_status cr_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                  const cr_tensor *input, const cr_tensor *grad_output,
                                  double scale, const cr_conv_shape *shape);

/* The transpose of the above: input (N x C x H x W), weight (C x M/groups x kH x kW):
 * output (N x M x H' x W'), H' = (H - 1) stepH - 2 padH + dilationH (kH - 1) + 1 + adjH. */
cr_status cr_full_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                               const cr_tensor *bias, const cr_conv_shape *shape);
cr_status cr_full_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                      const cr_tensor *grad_output, const cr_tensor *weight,
                                      const cr_conv_shape *shape);
cr_status cr_full_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                       const cr_tensor *input, const cr_tensor *grad_output,
                                       double scale, const cr_conv_shape *shape);

#endif
