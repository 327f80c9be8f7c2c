/* Changes of pictures for training, each sample in its own way: N x C x H x W, one row of numbers
 * for each of the N. */
#ifndef CR_OPS_AUGMENT_H
#define CR_OPS_AUGMENT_H

#include "core/tensor.h"

/* out (resized, of in's type) = pieces of height x width. where (int64, N x 4) has the row and the
 * column at which a piece begins, from 0, and whether it is then mirrored (not 0) from left to right
 * and from top to bottom. What lies outside of the picture is `fill`. */
cr_status cr_augment_crop(cr_tensor *out, const cr_tensor *in, const cr_tensor *where,
                          int64_t height, int64_t width, cr_scalar fill);

typedef enum { CR_AUGMENT_NEAREST, CR_AUGMENT_BILINEAR } cr_augment_mode;

/* out (resized, float) = in seen through an affine map: the pixel (x, y), counted from the middle of
 * the picture, is that of (a x + b y + c, d x + e y + f). maps (float64, N x 6) has a, b, c, d, e, f.
 * What lies outside is `fill`, which bilinear interpolation mixes in at the edges. */
cr_status cr_augment_warp(cr_tensor *out, const cr_tensor *in, const cr_tensor *maps,
                          cr_augment_mode mode, double fill);

/* Fills a box of each picture. boxes (int64, N x 4): first row, first column, rows, columns, from 0;
 * what lies outside of the picture is left out. */
cr_status cr_augment_erase(cr_tensor *t, const cr_tensor *boxes, cr_scalar value);

#endif
