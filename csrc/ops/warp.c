#include "ops/warp.h"

#include "core/parallel.h"
#include "core/png.h"
#include "kernels/kernels.h"
#include "ops/copy.h"

static bool is_picture(const cr_tensor *t) {
  if (t->ndim != 3 || !cr_dtype_is_float(t->dtype)) return false;
  for (int d = 0; d < 3; d++)
    if (t->size[d] < 1 || (d > 0 && t->size[d] > CR_MAX_IMAGE_SIDE)) return false;
  return true;
}

static cr_status check(const cr_tensor *out, const cr_tensor *src) {
  char text[CR_SIZE_TEXT];
  if (!is_picture(src))
    return cr_fail(CR_EINVAL,
                   "a picture must be channels x height x width of floats, at most %d a side, got "
                   "%s of a %s",
                   CR_MAX_IMAGE_SIDE, cr_tensor_size_text(text, src),
                   cr_dtype_tensor_name(src->dtype));
  if (out->dtype != src->dtype)
    return cr_fail(CR_EINVAL, "the result must be a %s as the picture, got a %s",
                   cr_dtype_tensor_name(src->dtype), cr_dtype_tensor_name(out->dtype));
  if (cr_tensor_overlaps(out, src) || cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result must not share memory with the picture");
  return CR_OK;
}

/* Runs body(contiguous out) and copies where out is no contiguous tensor. */
typedef struct {
  cr_tensor src, field, out;
} buffers;

static cr_status make_contiguous(buffers *b, const cr_tensor *src, const cr_tensor *field,
                                 const cr_tensor *out) {
  cr_tensor_init(&b->src, src->dtype);
  cr_tensor_init(&b->field, src->dtype);
  cr_tensor_init(&b->out, src->dtype);
  CR_TRY(cr_contiguous(&b->src, src));
  if (field) CR_TRY(cr_contiguous(&b->field, field));
  return cr_contiguous(&b->out, out);
}

static cr_status finish(buffers *b, cr_tensor *out, cr_status status) {
  if (status == CR_OK && !cr_tensor_is_same_view(&b->out, out)) status = cr_copy(out, &b->out);
  cr_tensor_clear(&b->src);
  cr_tensor_clear(&b->field);
  cr_tensor_clear(&b->out);
  return status;
}

/* ---- warp ---- */

typedef struct {
  cr_warp warp;
  cr_warp_rows rows;
  const void *in, *field;
  void *out;
} warp_job;

static void warp_piece(int64_t begin, int64_t end, int thread, void *context) {
  const warp_job *j = context;
  (void)thread;
  j->rows(&j->warp, j->in, j->field, j->out, begin, end);
}

static cr_status check_field(const cr_tensor *field, const cr_tensor *src, const cr_tensor *out) {
  char text[CR_SIZE_TEXT];
  if (!is_picture(field) || field->size[0] != 2 || field->dtype != src->dtype)
    return cr_fail(CR_EINVAL, "the field must be a %s of 2 x height x width, got a %s of %s",
                   cr_dtype_tensor_name(src->dtype), cr_dtype_tensor_name(field->dtype),
                   cr_tensor_size_text(text, field));
  if (cr_tensor_overlaps(out, field))
    return cr_fail(CR_EINVAL, "the result must not share memory with the field");
  return CR_OK;
}

cr_status cr_image_warp(cr_tensor *out, const cr_tensor *src, const cr_tensor *field,
                        const cr_warp *how) {
  CR_TRY(check(out, src));
  CR_TRY(check_field(field, src, out));
  int64_t size[3] = {src->size[0], field->size[1], field->size[2]};
  CR_TRY(cr_tensor_resize(out, 3, size));
  buffers b;
  cr_status status = make_contiguous(&b, src, field, out);
  if (status == CR_OK) {
    warp_job j = {.warp = *how, .rows = cr_kernels()->warp[src->dtype == CR_F64]};
    j.warp.channels = src->size[0];
    j.warp.height = src->size[1];
    j.warp.width = src->size[2];
    j.warp.out_height = size[1];
    j.warp.out_width = size[2];
    j.in = cr_tensor_data(&b.src);
    j.field = cr_tensor_data(&b.field);
    j.out = cr_tensor_data(&b.out);
    double cost = (double)size[2] * (20 + 4 * (double)size[0]) * (how->mode + 1);
    cr_parallel_for(size[1], cr_grain(cost), warp_piece, &j);
  }
  return finish(&b, out, status);
}

/* ---- median ---- */

#define LARGEST_WINDOW 99

typedef struct {
  cr_median_rows rows;
  const char *in;
  char *out, *windows;
  int64_t height, width, side, element;
} median_job;

static void median_piece(int64_t begin, int64_t end, int thread, void *context) {
  const median_job *j = context;
  char *window = j->windows + thread * j->side * j->side * j->element;
  while (begin < end) { /* rows of all planes, one plane after the other */
    int64_t plane = begin / j->height, row = begin % j->height;
    int64_t count = end - begin < j->height - row ? end - begin : j->height - row;
    int64_t offset = plane * j->height * j->width * j->element;
    j->rows(j->in + offset, j->out + offset, j->height, j->width, j->side, window, row,
            row + count);
    begin += count;
  }
}

cr_status cr_image_median(cr_tensor *out, const cr_tensor *src, int64_t side) {
  CR_TRY(check(out, src));
  if (side < 1 || side > LARGEST_WINDOW || side % 2 == 0)
    return cr_fail(CR_EINVAL, "the window's side must be odd and from 1 to %d, got %lld",
                   LARGEST_WINDOW, (long long)side);
  CR_TRY(cr_tensor_resize(out, 3, src->size));
  median_job j = {.rows = cr_kernels()->median[src->dtype == CR_F64],
                  .height = src->size[1],
                  .width = src->size[2],
                  .side = side,
                  .element = (int64_t)cr_dtype_size(src->dtype)};
  j.windows = cr_scratch(CR_SCRATCH_RESULT, (size_t)(cr_num_threads() * side * side * j.element));
  if (!j.windows) return CR_ENOMEM;
  buffers b;
  cr_status status = make_contiguous(&b, src, NULL, out);
  if (status == CR_OK) {
    j.in = cr_tensor_data(&b.src);
    j.out = cr_tensor_data(&b.out);
    cr_parallel_for(src->size[0] * j.height, cr_grain((double)(j.width * side * side * 3)),
                    median_piece, &j);
  }
  return finish(&b, out, status);
}
