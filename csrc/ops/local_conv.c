#include "ops/local_conv.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/gemm.h"

#include <string.h>

/* For a row of output pixels, some images are unfolded; each pixel is then one product of these
 * images' columns with the pixel's weights. */

typedef struct {
  cr_dtype dtype;
  int64_t width;                             /* bytes of an element */
  int64_t images, channels, outputs, inputs; /* inputs of an output: channels * kH * kW */
  cr_unfolding u;
  cr_unfold_kernels kernels;
  char *big, *small, *weight; /* input or its gradient; output or its gradient */
  double scale;
  int64_t chunk; /* images unfolded at once */
  char *columns;
  int64_t columns_bytes; /* for each thread */
  int failure;
} run;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- checks ---- */

static cr_status check_shape(const cr_local_conv_shape *s) {
  CR_TRY(cr_expect_count("iH", s->in_h, 1));
  CR_TRY(cr_expect_count("iW", s->in_w, 1));
  CR_TRY(cr_expect_count("dH", s->step_h, 1));
  CR_TRY(cr_expect_count("dW", s->step_w, 1));
  CR_TRY(cr_expect_count("padH", s->pad_h, 0));
  return cr_expect_count("padW", s->pad_w, 0);
}

/* weight may be the gradient to it. */
static cr_status take_weight(run *r, const char *name, const cr_tensor *weight,
                             const cr_local_conv_shape *s) {
  char text[CR_PAREN_TEXT];
  const int64_t *size = weight->size;
  CR_TRY(check_shape(s));
  CR_TRY(cr_expect_float(name, weight));
  bool fits = weight->ndim == 6 && cr_tensor_is_contiguous(weight) && cr_tensor_numel(weight) > 0;
  if (fits) {
    int64_t room_h = s->in_h + 2 * s->pad_h - size[4], room_w = s->in_w + 2 * s->pad_w - size[5];
    fits = room_h >= 0 && room_w >= 0 && size[0] == room_h / s->step_h + 1 &&
           size[1] == room_w / s->step_w + 1;
  }
  if (!fits)
    return cr_fail(CR_EINVAL,
                   "%s must be contiguous, (oH x oW x outputs x inputs x kH x kW) for an input of "
                   "%lld x %lld (H x W), got %s",
                   name, (long long)s->in_h, (long long)s->in_w, cr_paren_text(text, weight));
  *r = (run){.dtype = weight->dtype,
             .width = (int64_t)cr_dtype_size(weight->dtype),
             .channels = size[3],
             .outputs = size[2],
             .inputs = size[3] * size[4] * size[5],
             .kernels = cr_kernels()->unfold[cr_float_index(weight->dtype)],
             .weight = cr_tensor_data(weight),
             .u = {.in = {{1, s->in_h, s->in_w}},
                   .out = {{1, size[0], size[1]}},
                   .kernel = {1, size[4], size[5]},
                   .step = {1, s->step_h, s->step_w},
                   .pad = {0, s->pad_h, s->pad_w},
                   .dilation = {1, 1, 1},
                   .channels = size[3]}};
  return CR_OK;
}

static cr_status check_input(run *r, const cr_tensor *input) {
  char text[CR_PAREN_TEXT];
  const int64_t *in = r->u.in.size;
  CR_TRY(cr_expect_dtype("input", input, r->dtype));
  bool fits = input->ndim == 3 || input->ndim == 4;
  if (fits) {
    const int64_t *size = input->size + input->ndim - 3;
    fits = size[0] == r->channels && size[1] == in[1] && size[2] == in[2];
  }
  r->images = input->ndim == 4 ? input->size[0] : 1;
  if (fits) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "input must be (N x %lld x %lld x %lld) or (%lld x %lld x %lld), got %s",
                 (long long)r->channels, (long long)in[1], (long long)in[2], (long long)r->channels,
                 (long long)in[1], (long long)in[2], cr_paren_text(text, input));
}

static void output_size(int64_t *size, const run *r) {
  size[0] = r->images;
  size[1] = r->outputs;
  size[2] = r->u.out.size[1];
  size[3] = r->u.out.size[2];
}

static cr_status check_grad_output(const run *r, const cr_tensor *grad_output, int ndim) {
  int64_t size[4];
  output_size(size, r);
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, r->dtype));
  return cr_expect_size("gradOutput", grad_output, ndim, size + 4 - ndim);
}

static cr_status check_bias(const run *r, const char *name, const cr_tensor *bias) {
  int64_t size[4];
  output_size(size, r);
  CR_TRY(cr_expect_dtype(name, bias, r->dtype));
  CR_TRY(cr_expect_size(name, bias, 3, size + 1));
  if (cr_tensor_is_contiguous(bias)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

/* ---- products ---- */

static int64_t pixels_of(const run *r) { return r->u.out.size[1] * r->u.out.size[2]; }

static cr_unfolding unfolding(const run *r, int64_t image, int64_t row, char *columns) {
  cr_unfolding u = r->u;
  u.row = row;
  u.row_end = row + 1;
  u.image = r->big + image * r->channels * cr_box_elements(&r->u.in) * r->width;
  u.columns = columns;
  return u;
}

/* Columns of one image, in bytes. */
static int64_t image_bytes(const run *r) { return r->inputs * r->u.out.size[2] * r->width; }

static void unfold_images(const run *r, int64_t image, int64_t count, int64_t row, char *columns) {
  for (int64_t n = 0; n < count; n++) {
    cr_unfolding u = unfolding(r, image + n, row, columns + n * image_bytes(r));
    r->kernels.unfold(&u);
  }
}

static char *small_at(const run *r, int64_t image, int64_t pixel) {
  return r->small + (image * r->outputs * pixels_of(r) + pixel) * r->width;
}

static char *weight_at(const run *r, int64_t pixel) {
  return r->weight + pixel * r->outputs * r->inputs * r->width;
}

static void multiply(run *r, const cr_product *p) {
  cr_status status = cr_multiply(p);
  if (status != CR_OK) __atomic_store_n(&r->failure, (int)status, __ATOMIC_RELAXED);
}

/* The three products of a pixel, between images (rows), their columns and outputs. */
static void forward_pixel(run *r, int64_t image, int64_t count, int64_t pixel, char *columns) {
  int64_t w = r->u.out.size[2];
  cr_product p = {.dtype = r->dtype,
                  .m = count,
                  .n = r->outputs,
                  .k = r->inputs,
                  .a = columns + pixel % w * r->width,
                  .a_row = r->inputs * w,
                  .a_column = w,
                  .b = weight_at(r, pixel),
                  .b_row = 1,
                  .b_column = r->inputs,
                  .c = small_at(r, image, pixel),
                  .c_row = r->outputs * pixels_of(r),
                  .c_column = pixels_of(r),
                  .alpha = 1,
                  .beta = 1};
  multiply(r, &p);
}

static void backward_pixel(run *r, int64_t image, int64_t count, int64_t pixel, char *columns) {
  int64_t w = r->u.out.size[2];
  cr_product p = {.dtype = r->dtype,
                  .m = count,
                  .n = r->inputs,
                  .k = r->outputs,
                  .a = small_at(r, image, pixel),
                  .a_row = r->outputs * pixels_of(r),
                  .a_column = pixels_of(r),
                  .b = weight_at(r, pixel),
                  .b_row = r->inputs,
                  .b_column = 1,
                  .c = columns + pixel % w * r->width,
                  .c_row = r->inputs * w,
                  .c_column = w,
                  .alpha = 1};
  multiply(r, &p);
}

static void weight_pixel(run *r, int64_t image, int64_t count, int64_t pixel, char *columns) {
  int64_t w = r->u.out.size[2];
  cr_product p = {.dtype = r->dtype,
                  .m = r->outputs,
                  .n = r->inputs,
                  .k = count,
                  .a = small_at(r, image, pixel),
                  .a_row = pixels_of(r),
                  .a_column = r->outputs * pixels_of(r),
                  .b = columns + pixel % w * r->width,
                  .b_row = r->inputs * w,
                  .b_column = w,
                  .c = weight_at(r, pixel),
                  .c_row = r->inputs,
                  .c_column = 1,
                  .alpha = r->scale,
                  .beta = 1};
  multiply(r, &p);
}

/* ---- running ---- */

typedef void (*pixel_fn)(run *r, int64_t image, int64_t count, int64_t pixel, char *columns);

/* Rows of outputs [begin, end), for which the weights are distinct. */
static void run_rows(run *r, int64_t begin, int64_t end, int thread, pixel_fn body) {
  char *columns = r->columns + thread * r->columns_bytes;
  int64_t w = r->u.out.size[2];
  for (int64_t row = begin; row < end; row++) {
    for (int64_t n = 0; n < r->images && !cr_interrupt_pending(); n += r->chunk) {
      int64_t count = least(r->chunk, r->images - n);
      unfold_images(r, n, count, row, columns);
      for (int64_t x = 0; x < w; x++) body(r, n, count, row * w + x, columns);
    }
  }
}

static void forward_rows(int64_t begin, int64_t end, int thread, void *context) {
  run_rows(context, begin, end, thread, forward_pixel);
}

static void weight_rows(int64_t begin, int64_t end, int thread, void *context) {
  run_rows(context, begin, end, thread, weight_pixel);
}

/* Images [begin, end): the windows of their rows overlap. */
static void backward_images(int64_t begin, int64_t end, int thread, void *context) {
  run *r = context;
  char *columns = r->columns + thread * r->columns_bytes;
  int64_t w = r->u.out.size[2];
  int64_t elements = r->channels * cr_box_elements(&r->u.in) * r->width;
  memset(r->big + begin * elements, 0, (size_t)((end - begin) * elements));
  for (int64_t n = begin; n < end; n += r->chunk) {
    int64_t count = least(r->chunk, end - n);
    for (int64_t row = 0; row < r->u.out.size[1] && !cr_interrupt_pending(); row++) {
      for (int64_t x = 0; x < w; x++) backward_pixel(r, n, count, row * w + x, columns);
      for (int64_t i = 0; i < count; i++) {
        cr_unfolding u = unfolding(r, n + i, row, columns + i * image_bytes(r));
        r->kernels.fold(&u);
      }
    }
  }
}

static cr_status run_all(run *r, int64_t pieces, cr_range_fn body) {
  const int64_t target = 4 << 20; /* bytes of columns */
  if (r->images == 0) return CR_OK;
  r->chunk = least(r->images, 1 + target / image_bytes(r));
  r->columns_bytes = (r->chunk * image_bytes(r) + CR_ALIGNMENT - 1) / CR_ALIGNMENT * CR_ALIGNMENT;
  r->columns = cr_scratch(CR_SCRATCH_COLUMNS, (size_t)(r->columns_bytes * cr_num_threads()));
  if (!r->columns) return CR_ENOMEM;
  double work = (double)r->images * (double)pixels_of(r) * (double)r->outputs * (double)r->inputs;
  cr_parallel_for(pieces, cr_grain(work / (double)pieces / 10 + 1), body, r);
  if (r->failure == CR_EINTR) return cr_fail(CR_EINTR, "interrupted");
  if (r->failure != CR_OK) return cr_fail((cr_status)r->failure, "out of memory");
  return cr_check_interrupt();
}

/* ---- operations ---- */

cr_status cr_local_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                                const cr_tensor *bias, const cr_local_conv_shape *shape) {
  run r;
  int64_t size[4];
  CR_TRY(take_weight(&r, "weight", weight, shape));
  CR_TRY(check_input(&r, input));
  CR_TRY(check_bias(&r, "bias", bias));
  CR_TRY(cr_expect_dtype("output", output, r.dtype));
  output_size(size, &r);
  const cr_tensor *others[] = {input, weight, bias};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(output, input->ndim, size + 4 - input->ndim, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  r.weight = cr_tensor_data(weight);
  r.big = cr_tensor_data(&flat);
  r.small = cr_tensor_data(output);
  size_t bytes = (size_t)(r.outputs * pixels_of(&r) * r.width);
  for (int64_t n = 0; n < r.images; n++)
    memcpy(r.small + (size_t)n * bytes, cr_tensor_data(bias), bytes);
  cr_status status = run_all(&r, r.u.out.size[1], forward_rows);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_local_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                       const cr_tensor *grad_output, const cr_tensor *weight,
                                       const cr_local_conv_shape *shape) {
  run r;
  CR_TRY(take_weight(&r, "weight", weight, shape));
  CR_TRY(check_input(&r, input));
  CR_TRY(check_grad_output(&r, grad_output, input->ndim));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, r.dtype));
  const cr_tensor *others[] = {input, weight, grad_output};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  r.weight = cr_tensor_data(weight);
  r.big = cr_tensor_data(grad_input);
  r.small = cr_tensor_data(&flat);
  cr_status status = run_all(&r, r.images, backward_images);
  cr_tensor_clear(&flat);
  return status;
}

/* grad_bias += scale * sum over the images of gradOutput: a product with a row of ones. */
static cr_status accumulate_bias(const run *r, cr_tensor *grad_bias) {
  const float one_f32 = 1;
  const double one_f64 = 1;
  int64_t elements = r->outputs * pixels_of(r);
  cr_product p = {.dtype = r->dtype,
                  .m = 1,
                  .n = elements,
                  .k = r->images,
                  .b = r->small,
                  .b_row = elements,
                  .b_column = 1,
                  .c = cr_tensor_data(grad_bias),
                  .c_row = elements,
                  .c_column = 1,
                  .alpha = r->scale,
                  .beta = 1};
  p.a = r->dtype == CR_F32 ? (const void *)&one_f32 : &one_f64;
  return cr_multiply(&p);
}

cr_status cr_local_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                        const cr_tensor *input, const cr_tensor *grad_output,
                                        double scale, const cr_local_conv_shape *shape) {
  run r;
  CR_TRY(take_weight(&r, "gradWeight", grad_weight, shape));
  CR_TRY(check_input(&r, input));
  CR_TRY(check_grad_output(&r, grad_output, input->ndim));
  CR_TRY(check_bias(&r, "gradBias", grad_bias));
  CR_TRY(cr_expect_apart("gradWeight", grad_weight, input, grad_output));
  CR_TRY(cr_expect_apart("gradBias", grad_bias, input, grad_output));
  cr_tensor flat, flat_grad;
  CR_TRY(cr_contiguous(&flat, input));
  cr_status status = cr_contiguous(&flat_grad, grad_output);
  if (status == CR_OK) {
    r.scale = scale;
    r.big = cr_tensor_data(&flat);
    r.small = cr_tensor_data(&flat_grad);
    status = run_all(&r, r.u.out.size[1], weight_rows);
    if (status == CR_OK && r.images > 0) status = accumulate_bias(&r, grad_bias);
    cr_tensor_clear(&flat_grad);
  }
  cr_tensor_clear(&flat);
  return status;
}
