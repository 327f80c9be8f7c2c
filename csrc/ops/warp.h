/* Pictures seen through a field of places, and medians of windows. */
#ifndef CR_OPS_WARP_H
#define CR_OPS_WARP_H

#include "core/tensor.h"
#include "kernels/warp.h"

/* out (resized to channels x the field's height x width) = the picture src (channels x height x
 * width) at the places that the field (2 x height x width: rows, columns, from 0) names. Of `how`
 * mode, is_offset, pads and pad are taken. All of one float type. */
cr_status cr_image_warp(cr_tensor *out, const cr_tensor *src, const cr_tensor *field,
                        const cr_warp *how);

/* out (resized) = src (channels x height x width, float), each pixel the median of the side x side
 * window around it in its channel; side is odd. Beyond the border the border's pixels count. */
cr_status cr_image_median(cr_tensor *out, const cr_tensor *src, int64_t side);

#endif
