#include "ops/plain_conv.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

typedef struct {
  cr_dtype dtype;
  const char *x, *kernel;
  char *out;
  int64_t image[3], window[3], result[3]; /* depth (1 for 2 dimensions), rows, columns */
  int64_t inputs, outputs;                /* images of x, of the result */
  bool each, is_full, turn;
} conv_job;

static int64_t volume(const int64_t *size) { return size[0] * size[1] * size[2]; }

/* out += w x over one row */
static void add_row(const conv_job *j, const char *w, const char *x, char *out, int64_t n) {
  cr_plain_product p = {.m = 1,
                        .n = n,
                        .k = 1,
                        .a = w,
                        .b = x,
                        .c = out,
                        .a_row = 1,
                        .a_column = 1,
                        .b_row = n,
                        .b_column = 1,
                        .c_row = n,
                        .c_column = 1,
                        .alpha = cr_scalar_from_int(1),
                        .beta = cr_scalar_from_int(1)};
  cr_kernels()->plain_gemm[j->dtype](&p);
}

/* Adds what the kernel's element at (z, y, c) contributes. The smaller of image and result is
 * walked: a full result lies where the element shifts the image to, a valid one reads from there. */
static void add_element(const conv_job *j, const char *x, const char *w, char *out, int64_t z,
                        int64_t y, int64_t c) {
  int64_t width = (int64_t)cr_dtype_size(j->dtype);
  const int64_t *walked = j->is_full ? j->image : j->result;
  for (int64_t d = 0; d < walked[0]; d++)
    for (int64_t r = 0; r < walked[1]; r++) {
      int64_t dx = j->is_full ? 0 : 1, dout = 1 - dx; /* which one is shifted */
      int64_t x_at = ((d + dx * z) * j->image[1] + r + dx * y) * j->image[2] + dx * c;
      int64_t out_at = ((d + dout * z) * j->result[1] + r + dout * y) * j->result[2] + dout * c;
      add_row(j, w, x + x_at * width, out + out_at * width, walked[2]);
    }
}

static void add_image(const conv_job *j, const char *x, const char *kernel, char *out) {
  int64_t width = (int64_t)cr_dtype_size(j->dtype), count = volume(j->window);
  int64_t i = 0;
  for (int64_t z = 0; z < j->window[0]; z++)
    for (int64_t y = 0; y < j->window[1]; y++)
      for (int64_t c = 0; c < j->window[2] && !cr_interrupt_pending(); c++, i++)
        add_element(j, x, kernel + (j->turn ? count - 1 - i : i) * width, out, z, y, c);
}

static void run_outputs(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const conv_job *j = data;
  int64_t width = (int64_t)cr_dtype_size(j->dtype);
  int64_t image = volume(j->image) * width, window = volume(j->window) * width;
  for (int64_t q = begin; q < end; q++) {
    char *out = j->out + q * volume(j->result) * width;
    if (j->each) {
      add_image(j, j->x + q * image, j->kernel + q * window, out);
      continue;
    }
    for (int64_t p = 0; p < j->inputs; p++)
      add_image(j, j->x + p * image, j->kernel + (q * j->inputs + p) * window, out);
  }
}

static cr_status wrong_sizes(const cr_tensor *x, const cr_tensor *kernel, const char *problem) {
  char text_x[CR_SIZE_TEXT], text_k[CR_SIZE_TEXT];
  return cr_fail(CR_EINVAL, "%s, got an image of size %s and a kernel of size %s", problem,
                 cr_tensor_size_text(text_x, x), cr_tensor_size_text(text_k, kernel));
}

static cr_status plan(conv_job *j, const cr_tensor *x, const cr_tensor *kernel, cr_conv_mode mode) {
  int leads_x = x->ndim - mode.dims, leads_k = kernel->ndim - mode.dims;
  if (cr_tensor_numel(x) == 0 || cr_tensor_numel(kernel) == 0 || leads_x < 0 || leads_x > 1 ||
      leads_k < leads_x || leads_k > (leads_x == 0 ? 0 : 2))
    return wrong_sizes(x, kernel,
                       mode.dims == 2 ? "expected sizes 2-D and 2-D, 3-D and 3-D or 3-D and 4-D"
                                      : "expected sizes 3-D and 3-D, 4-D and 4-D or 4-D and 5-D");
  j->each = leads_k < 2;
  j->inputs = leads_x ? x->size[0] : 1;
  j->outputs = leads_k ? kernel->size[0] : 1;
  if (leads_x && j->inputs != kernel->size[leads_k - 1])
    return wrong_sizes(x, kernel, "expected a kernel for each image");
  for (int d = 0; d < 3; d++) {
    int at = d - (3 - mode.dims);
    j->image[d] = at >= 0 ? x->size[leads_x + at] : 1;
    j->window[d] = at >= 0 ? kernel->size[leads_k + at] : 1;
    j->result[d] = mode.is_full ? j->image[d] + j->window[d] - 1 : j->image[d] - j->window[d] + 1;
    if (j->result[d] < 1)
      return wrong_sizes(x, kernel, "the kernel must not be larger than the image");
  }
  j->is_full = mode.is_full;
  j->turn = mode.is_flipped != mode.is_full;
  return CR_OK;
}

cr_status cr_plain_conv(cr_tensor *out, const cr_tensor *x, const cr_tensor *kernel,
                        cr_conv_mode mode) {
  conv_job j = {.dtype = x->dtype};
  CR_TRY(cr_expect_dtype("the kernel", kernel, x->dtype));
  CR_TRY(cr_expect_dtype("the result", out, x->dtype));
  CR_TRY(plan(&j, x, kernel, mode));
  int64_t size[4] = {j.outputs};
  int leads = x->ndim > mode.dims;
  for (int d = 0; d < mode.dims; d++) size[leads + d] = j.result[3 - mode.dims + d];
  cr_tensor image, window, result;
  CR_TRY(cr_contiguous(&image, x));
  cr_status status = cr_contiguous(&window, kernel);
  cr_tensor_init(&result, x->dtype);
  if (status == CR_OK) {
    status = cr_tensor_resize(&result, leads + mode.dims, size);
    if (status == CR_OK) status = cr_fill(&result, cr_scalar_from_int(0));
    j.x = cr_tensor_data(&image), j.kernel = cr_tensor_data(&window);
    j.out = cr_tensor_data(&result);
    if (status == CR_OK) {
      cr_parallel_for(j.outputs, 1, run_outputs, &j);
      status = cr_check_interrupt();
    }
    if (status == CR_OK) status = cr_tensor_resize_as(out, &result);
    if (status == CR_OK) status = cr_copy(out, &result);
    cr_tensor_clear(&window);
  }
  cr_tensor_clear(&result);
  cr_tensor_clear(&image);
  return status;
}
