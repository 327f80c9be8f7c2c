/* Pictures seen through a field of places, and medians of windows. */
#ifndef CR_KERNELS_WARP_H
#define CR_KERNELS_WARP_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { CR_WARP_SIMPLE, CR_WARP_BILINEAR, CR_WARP_BICUBIC, CR_WARP_LANCZOS } cr_warp_mode;

typedef struct {
  int64_t channels, height, width; /* of the picture, contiguous */
  int64_t out_height, out_width;   /* of the field, 2 x out_height x out_width, and of the result */
  cr_warp_mode mode;
  bool is_offset; /* the field counts from each pixel's own place */
  bool pads;      /* places outside give pad, not the nearest pixel */
  double pad;
} cr_warp;

/* Rows [begin, end) of the result: each pixel is what the picture has at row field[0], column
 * field[1], counted from 0. Places that are NaN give pad. */
typedef void (*cr_warp_rows)(const cr_warp *w, const void *in, const void *field, void *out,
                             int64_t begin, int64_t end);

/* Rows [begin, end) of one plane: each pixel becomes the median of the `side` x `side` window around
 * it, within which the plane's border is continued. `window` holds side * side elements. */
typedef void (*cr_median_rows)(const void *in, void *out, int64_t height, int64_t width,
                               int64_t side, void *window, int64_t begin, int64_t end);

#endif
