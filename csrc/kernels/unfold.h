/* Unfolding volumes (images: t = 1) into columns, for convolution as a matrix product, and back. */
#ifndef CR_KERNELS_UNFOLD_H
#define CR_KERNELS_UNFOLD_H

#include "kernels/volume.h"

/* Channels of one image, contiguous, against output rows [row, row_end), where row r is row r % h of
 * slice r / h. The columns are a matrix of channels x taps rows and one column for each pixel of
 * these output rows: the input pixel under the tap, or 0 in the padding. */
typedef struct {
  cr_box in, out;
  int64_t kernel[3], step[3], pad[3], dilation[3];
  int64_t channels, row, row_end;
  void *image, *columns;
} cr_unfolding;

/* fold adds the columns to the image. */
typedef void (*cr_unfold_kernel)(const cr_unfolding *job);

typedef struct {
  cr_unfold_kernel unfold, fold;
} cr_unfold_kernels;

#endif
