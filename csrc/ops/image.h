/* Pictures as tensors: channels x height x width (or height x width), floats from 0 to 1. */
#ifndef CR_OPS_IMAGE_H
#define CR_OPS_IMAGE_H

#include "core/tensor.h"

/* out (uint8, resized) = height x width x channels of a picture of height x width or
 * channels x height x width; with `frames`, src has a leading dimension that out keeps. Floats
 * from 0 to 1 become 0 to 255, rounded; integers are taken as they are; what lies outside is
 * clamped and NaN is 0. */
cr_status cr_image_to_bytes(cr_tensor *out, const cr_tensor *src, bool frames);

/* out (resized) = channels x height x width of contiguous pixels: 0 to 1 in a float type, 0 to 255
 * in an integer one. `channels` is 1 (luminance) or 3, without opacity, or 0: as many as there are. */
cr_status cr_image_from_bytes(cr_tensor *out, const cr_tensor *pixels, int64_t channels);

typedef enum { CR_SCALE_NEAREST, CR_SCALE_BILINEAR } cr_scale_mode;

/* Resizes the last two dimensions of src (2 to 4 dimensions, float32 or float64) to height x width.
 * Bilinear is Torch7's: enlarging keeps the corners in place and interpolates, shrinking averages
 * over the area that falls on each pixel. Nearest takes the element at floor(i * in / out). out is
 * resized; it may not share memory with src. */
cr_status cr_image_scale(cr_tensor *out, const cr_tensor *src, int64_t height, int64_t width,
                         cr_scale_mode mode);

#endif
