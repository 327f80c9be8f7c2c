#include "ops/volume_slices.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/conv.h"

#include <string.h>

/* Of one volume at a time: its slices are laid out as images of channels x kT planes, one image for
 * each T of the small volume, so that its weights (M x C x kT x kH x kW) are those of images
 * (M x C kT x kH x kW). Images' convolution has faster ways than a product with unfolded pixels. */

typedef struct {
  const cr_volume_correlation *g;
  char *big; /* of this volume */
  char *slices;
  int64_t width;        /* bytes of an element */
  int64_t big_t, out_t; /* slices of the two volumes */
  int64_t area;         /* elements of a big slice */
  const void *bias;     /* of the big volume */
} slicing;

bool cr_slices_fit(const cr_volume_correlation *g) {
  const int64_t *kernel = g->u.kernel;
  if (kernel[0] == 1 && kernel[1] == 1 && kernel[2] == 1) return false; /* a product as it is */
  for (int axis = 1; axis < 3; axis++) {
    int64_t reach = g->u.dilation[axis] * (g->u.kernel[axis] - 1) + 1;
    int64_t room = g->u.in.size[axis] + 2 * g->u.pad[axis] - reach;
    if (room < 0 || room / g->u.step[axis] + 1 != g->u.out.size[axis]) return false;
  }
  return true;
}

/* ---- between slices and images ---- */

/* The big slice under tap k of output slice t, or -1 in the padding. */
static int64_t slice_under(const slicing *s, int64_t t, int64_t k) {
  const cr_unfolding *u = &s->g->u;
  int64_t at = t * u->step[0] + k * u->dilation[0] - u->pad[0];
  return at >= 0 && at < s->big_t ? at : -1;
}

/* Planes of the images, counted over all of them. */
static void lay_out(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const slicing *s = context;
  int64_t taps = s->g->u.kernel[0], planes = s->g->big_channels * taps;
  size_t bytes = (size_t)(s->area * s->width);
  for (int64_t i = begin; i < end; i++) {
    int64_t t = i / planes, c = i % planes / taps, from = slice_under(s, t, i % taps);
    char *to = s->slices + (size_t)i * bytes;
    if (from < 0) {
      memset(to, 0, bytes);
    } else {
      memcpy(to, s->big + (size_t)(c * s->big_t + from) * bytes, bytes);
    }
  }
}

static void add_slice(const slicing *s, char *to, const char *from) {
  cr_loop add = cr_kernels()->binary[CR_BINARY_add][s->g->dtype];
  char *const operands[3] = {to, to, (char *)from};
  const int64_t strides[3] = {s->width, s->width, s->width};
  add(s->area, operands, strides, NULL);
}

static void fill_slice(const slicing *s, char *to, int64_t channel) {
  size_t bytes = (size_t)(s->area * s->width);
  if (!s->bias) {
    memset(to, 0, bytes);
    return;
  }
  const char *value = (const char *)s->bias + channel * s->width;
  for (int64_t i = 0; i < s->area; i++) memcpy(to + i * s->width, value, (size_t)s->width);
}

/* Slices of the big volume, counted over all channels: each is the sum of those laid out from it. */
static void add_up(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const slicing *s = context;
  int64_t taps = s->g->u.kernel[0], planes = s->g->big_channels * taps, bytes = s->area * s->width;
  for (int64_t i = begin; i < end; i++) {
    int64_t c = i / s->big_t;
    char *to = s->big + i * bytes;
    fill_slice(s, to, c);
    for (int64_t t = 0; t < s->out_t; t++)
      for (int64_t k = 0; k < taps; k++)
        if (slice_under(s, t, k) == i % s->big_t)
          add_slice(s, to, s->slices + (t * planes + c * taps + k) * bytes);
  }
}

/* ---- as tensors ---- */

static cr_status start(slicing *s, const cr_volume_correlation *g) {
  *s = (slicing){.g = g,
                 .width = g->dtype == CR_F64 ? 8 : 4,
                 .big_t = g->u.in.size[0],
                 .out_t = g->u.out.size[0],
                 .area = g->u.in.size[1] * g->u.in.size[2]};
  double bytes =
      (double)s->out_t * (double)(g->big_channels * g->u.kernel[0]) * (double)(s->area * s->width);
  if (bytes > 1e15) return cr_fail(CR_ENOMEM, "out of memory");
  s->slices = cr_scratch(CR_SCRATCH_SLICES, (size_t)bytes);
  return s->slices ? CR_OK : CR_ENOMEM;
}

static void take_volume(slicing *s, int64_t n) {
  int64_t elements = s->g->big_channels * s->big_t * s->area;
  s->big = (char *)s->g->big + n * elements * s->width;
}

/* A storage over memory that somebody else owns. Its own reference keeps it from being freed by those
 * that take and give back another. */
static cr_storage storage_over(cr_dtype dtype, void *data) {
  return (cr_storage){.references = 1, .dtype = dtype, .size = INT64_MAX, .data = data};
}

static cr_tensor tensor_over(cr_storage *storage, const cr_volume_correlation *g, void *data,
                             int64_t n, int64_t c, int64_t h, int64_t w) {
  *storage = storage_over(g->dtype, data);
  return (cr_tensor){.dtype = g->dtype,
                     .ndim = 4,
                     .size = {n, c, h, w},
                     .stride = {c * h * w, h * w, w, 1},
                     .storage = storage};
}

static cr_tensor images_of(cr_storage *storage, const slicing *s) {
  const cr_box *in = &s->g->u.in;
  return tensor_over(storage, s->g, s->slices, s->out_t, s->g->big_channels * s->g->u.kernel[0],
                     in->size[1], in->size[2]);
}

/* The slices of the small volume as images: planes of a channel lie T slices apart. */
static cr_tensor small_of(cr_storage *storage, const slicing *s, int64_t n) {
  const cr_volume_correlation *g = s->g;
  const cr_box *out = &g->u.out;
  char *data = (char *)g->small + n * g->small_channels * cr_box_elements(out) * s->width;
  cr_tensor t =
      tensor_over(storage, g, data, s->out_t, g->small_channels, out->size[1], out->size[2]);
  t.stride[0] = out->size[1] * out->size[2];
  t.stride[1] = s->out_t * t.stride[0];
  return t;
}

static cr_tensor weight_of(cr_storage *storage, const slicing *s) {
  const cr_volume_correlation *g = s->g;
  return tensor_over(storage, g, g->weight, g->small_channels,
                     g->big_channels / g->groups * g->u.kernel[0], g->u.kernel[1], g->u.kernel[2]);
}

static cr_conv_shape shape_of(const cr_volume_correlation *g) {
  return (cr_conv_shape){.step_w = g->u.step[2],
                         .step_h = g->u.step[1],
                         .pad_w = g->u.pad[2],
                         .pad_h = g->u.pad[1],
                         .dilation_w = g->u.dilation[2],
                         .dilation_h = g->u.dilation[1],
                         .groups = g->groups};
}

/* ---- operations ---- */

static cr_status lay_out_volume(slicing *s, int64_t n) {
  take_volume(s, n);
  int64_t planes = s->out_t * s->g->big_channels * s->g->u.kernel[0];
  cr_parallel_for(planes, cr_grain(0.1 * (double)s->area * (double)s->width), lay_out, s);
  return cr_check_interrupt();
}

cr_status cr_slices_to_small(const cr_volume_correlation *g) {
  slicing s;
  cr_storage of_images, of_small, of_weight, of_bias;
  cr_conv_shape shape = shape_of(g);
  CR_TRY(start(&s, g));
  of_bias = storage_over(g->dtype, (void *)g->bias);
  cr_tensor bias = {.dtype = g->dtype,
                    .ndim = 1,
                    .size = {g->small_channels},
                    .stride = {1},
                    .storage = &of_bias};
  cr_tensor weight = weight_of(&of_weight, &s), images = images_of(&of_images, &s);
  for (int64_t n = 0; n < g->images; n++) {
    cr_tensor small = small_of(&of_small, &s, n);
    CR_TRY(lay_out_volume(&s, n));
    CR_TRY(cr_conv_forward(&small, &images, &weight, g->bias ? &bias : NULL, &shape));
  }
  return CR_OK;
}

cr_status cr_slices_to_big(const cr_volume_correlation *g) {
  slicing s;
  cr_storage of_images, of_small, of_weight, of_like;
  cr_conv_shape shape = shape_of(g);
  CR_TRY(start(&s, g));
  s.bias = g->bias;
  cr_tensor weight = weight_of(&of_weight, &s), images = images_of(&of_images, &s);
  cr_tensor like = images; /* for its sizes alone */
  of_like = storage_over(g->dtype, NULL);
  like.storage = &of_like;
  for (int64_t n = 0; n < g->images; n++) {
    cr_tensor small = small_of(&of_small, &s, n);
    take_volume(&s, n);
    CR_TRY(cr_conv_backward_input(&images, &like, &small, &weight, &shape));
    double cost = 0.1 * (double)(s.area * s.width) * (double)g->u.kernel[0];
    cr_parallel_for(g->big_channels * s.big_t, cr_grain(cost), add_up, &s);
    CR_TRY(cr_check_interrupt());
  }
  return CR_OK;
}

cr_status cr_slices_to_weight(const cr_volume_correlation *g) {
  slicing s;
  cr_storage of_images, of_small, of_weight;
  cr_conv_shape shape = shape_of(g);
  CR_TRY(start(&s, g));
  cr_tensor weight = weight_of(&of_weight, &s), images = images_of(&of_images, &s);
  for (int64_t n = 0; n < g->images; n++) {
    cr_tensor small = small_of(&of_small, &s, n);
    CR_TRY(lay_out_volume(&s, n));
    CR_TRY(cr_conv_backward_weight(&weight, NULL, &images, &small, g->scale, &shape));
  }
  return CR_OK;
}
