#include "ops/lrn.h"

#include "kernels/kernels.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"

typedef struct {
  cr_lrn job; /* of the first image */
  cr_lrn_kernel kernel;
  int64_t blocks; /* of an image */
  int64_t width;  /* bytes of an element */
} lrn_run;

static void *image_of(const void *data, int64_t elements, int64_t width) {
  return data ? (char *)data + elements * width : NULL;
}

/* Works on blocks of pixels, counted over all images. */
static void run_blocks(int64_t begin, int64_t end, int thread, void *context) {
  const lrn_run *run = context;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    int64_t image = i / run->blocks, at = i % run->blocks * CR_LRN_BLOCK;
    cr_lrn job = run->job;
    int64_t elements = image * job.channels * job.area, stop = at + CR_LRN_BLOCK;
    job.input = image_of(job.input, elements, run->width);
    job.scale = image_of(job.scale, elements, run->width);
    job.output = image_of(job.output, elements, run->width);
    job.grad_output = image_of(job.grad_output, elements, run->width);
    job.grad_input = image_of(job.grad_input, elements, run->width);
    job.work = image_of(job.work, thread * job.channels * CR_LRN_BLOCK, run->width);
    run->kernel(&job, at, stop < job.area ? stop : job.area);
  }
}

static cr_status run_images(lrn_run *run, const cr_tensor *input, const cr_lrn_shape *s) {
  int64_t channels = input->size[input->ndim - 3];
  int64_t area = input->size[input->ndim - 2] * input->size[input->ndim - 1];
  int64_t images = input->ndim == 4 ? input->size[0] : 1;
  if (images == 0) return CR_OK;
  run->job.channels = channels;
  run->job.area = area;
  run->job.size = s->size;
  run->job.before = (s->size - 1) / 2;
  run->job.alpha = s->alpha;
  run->job.beta = s->beta;
  run->job.k = s->k;
  run->width = (int64_t)cr_dtype_size(input->dtype);
  run->blocks = (area + CR_LRN_BLOCK - 1) / CR_LRN_BLOCK;
  if (run->job.grad_input) {
    int64_t work = cr_num_threads() * channels * CR_LRN_BLOCK * run->width;
    run->job.work = cr_scratch(CR_SCRATCH_RESULT, (size_t)work);
    if (!run->job.work) return CR_ENOMEM;
  }
  double window = (double)(s->size < channels ? s->size : channels);
  double cost = (double)channels * CR_LRN_BLOCK * (1 + 0.1 * window);
  cr_parallel_for(images * run->blocks, cr_grain(cost), run_blocks, run);
  return cr_check_interrupt();
}

static cr_status check_shape(const cr_tensor *input, const cr_lrn_shape *s) {
  cr_boxes in;
  CR_TRY(cr_expect_count("size", s->size, 1));
  return cr_expect_boxes(&in, "input", input, 2);
}

cr_status cr_lrn_forward(cr_tensor *output, cr_tensor *scale, const cr_tensor *input,
                         const cr_lrn_shape *shape) {
  CR_TRY(check_shape(input, shape));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  CR_TRY(cr_expect_dtype("scale", scale, input->dtype));
  CR_TRY(cr_expect_own_result(scale, output));
  CR_TRY(cr_prepare_contiguous(output, input->ndim, input->size, input));
  CR_TRY(cr_prepare_contiguous(scale, input->ndim, input->size, input));
  CR_TRY(cr_prepare_contiguous(scale, input->ndim, input->size, output));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  lrn_run run = {
      .job = {.input = cr_tensor_data(&flat),
              .scale = cr_tensor_data(scale),
              .output = cr_tensor_data(output)},
      .kernel = cr_kernels()->lrn[cr_float_index(input->dtype)].forward,
  };
  cr_status status = run_images(&run, input, shape);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_lrn_backward(cr_tensor *grad_input, const cr_tensor *input,
                          const cr_tensor *grad_output, const cr_tensor *scale,
                          const cr_lrn_shape *shape) {
  cr_boxes in;
  CR_TRY(check_shape(input, shape));
  CR_TRY(cr_expect_boxes(&in, "input", input, 2));
  CR_TRY(cr_expect_dtype("scale", scale, input->dtype));
  CR_TRY(cr_expect_forward(scale, input));
  CR_TRY(cr_expect_own_result(grad_input, scale));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &in.box, 2));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, input));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, scale));
  cr_tensor flat, flat_grad, flat_scale;
  CR_TRY(cr_contiguous(&flat, input));
  cr_status status = cr_contiguous(&flat_grad, grad_output);
  if (status == CR_OK) {
    status = cr_contiguous(&flat_scale, scale);
    if (status == CR_OK) {
      lrn_run run = {
          .job = {.input = cr_tensor_data(&flat),
                  .scale = cr_tensor_data(&flat_scale),
                  .grad_output = cr_tensor_data(&flat_grad),
                  .grad_input = cr_tensor_data(grad_input)},
          .kernel = cr_kernels()->lrn[cr_float_index(input->dtype)].backward,
      };
      status = run_images(&run, input, shape);
      cr_tensor_clear(&flat_scale);
    }
    cr_tensor_clear(&flat_grad);
  }
  cr_tensor_clear(&flat);
  return status;
}
