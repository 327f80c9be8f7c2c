/* Convolution of images with kernels, as signal processing has it; every type. */
#ifndef CR_OPS_PLAIN_CONV_H
#define CR_OPS_PLAIN_CONV_H

#include "core/tensor.h"

typedef struct {
  int dims;        /* 2 or 3 */
  bool is_flipped; /* convolution turns the kernel round, cross-correlation does not */
  bool is_full;    /* the result covers each overlap, not whole ones alone */
} cr_conv_mode;

/* Without leading dimensions: one image x, one kernel. x (p x ...) and kernel (p x ...): each image
 * with its kernel. x (p x ...) and kernel (q x p x ...): q sums over the p images. */
cr_status cr_plain_conv(cr_tensor *out, const cr_tensor *x, const cr_tensor *kernel,
                        cr_conv_mode mode);

#endif
