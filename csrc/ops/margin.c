#include "ops/margin.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/loss.h"
#include "ops/pointwise.h"

#include <math.h>
#include <string.h>

enum { most_inputs = 3 };

/* The inputs as contiguous rows, and the gradients'. */
typedef struct {
  int inputs;
  int64_t rows, columns;
  size_t width;
  cr_tensor flat[most_inputs];
  char *gradient[most_inputs]; /* NULL when only the loss is wanted */
} rows_of;

static void release(rows_of *r) {
  for (int k = 0; k < r->inputs; k++) cr_tensor_clear(&r->flat[k]);
}

static cr_status check_rows(rows_of *r, int inputs, const cr_tensor *const *input,
                            const char *const *names) {
  char text[CR_PAREN_TEXT];
  const cr_tensor *first = input[0];
  CR_TRY(cr_expect_float(names[0], first));
  if (first->ndim != 1 && first->ndim != 2)
    return cr_fail(CR_EINVAL, "%s must be (N x C) or (C), got %s", names[0],
                   cr_paren_text(text, first));
  for (int k = 1; k < inputs; k++) {
    CR_TRY(cr_expect_dtype(names[k], input[k], first->dtype));
    CR_TRY(cr_expect_size_of(names[k], input[k], first));
  }
  r->rows = first->ndim == 2 ? first->size[0] : 1;
  r->columns = first->size[first->ndim - 1];
  r->width = cr_dtype_size(first->dtype);
  return CR_OK;
}

/* Checks and prepares everything; when it succeeds, release() is due. */
static cr_status open_rows(rows_of *r, int inputs, const cr_tensor *const *input,
                           const char *const *names, cr_tensor *const *gradient) {
  memset(r, 0, sizeof *r);
  CR_TRY(check_rows(r, inputs, input, names));
  for (int k = 0; k < inputs && gradient; k++) {
    CR_TRY(cr_expect_dtype(names[0], input[0], gradient[k]->dtype));
    for (int other = 0; other < inputs; other++)
      CR_TRY(cr_prepare_contiguous(gradient[k], input[0]->ndim, input[0]->size, input[other]));
    for (int other = 0; other < k; other++)
      CR_TRY(cr_prepare_contiguous(gradient[k], input[0]->ndim, input[0]->size, gradient[other]));
    r->gradient[k] = cr_tensor_data(gradient[k]);
  }
  for (int k = 0; k < inputs; k++) {
    cr_status status = cr_contiguous(&r->flat[k], input[k]);
    if (status != CR_OK) {
      release(r);
      return status;
    }
    r->inputs = k + 1;
  }
  return CR_OK;
}

static const char *input_row(const rows_of *r, int k, int64_t row) {
  return (const char *)cr_tensor_data(&r->flat[k]) + (size_t)(row * r->columns) * r->width;
}

static char *gradient_row(const rows_of *r, int k, int64_t row) {
  return r->gradient[k] ? r->gradient[k] + (size_t)(row * r->columns) * r->width : NULL;
}

/* Reads the target's elements in order as doubles, into scratch memory; there must be `count`. */
static cr_status read_numbers(const cr_tensor *target, int64_t count, const char *expected,
                              double **out) {
  char got[CR_PAREN_TEXT];
  if (cr_tensor_numel(target) != count)
    return cr_fail(CR_EINVAL, "target must hold %s (%lld), got %s", expected, (long long)count,
                   cr_paren_text(got, target));
  *out = cr_scratch(CR_SCRATCH_INDEX, (size_t)count * sizeof **out);
  if (!*out) return CR_ENOMEM;
  cr_storage storage = {
      .references = 2, .dtype = CR_F64, .size = count, .capacity = count, .data = *out};
  cr_tensor plain = {
      .dtype = CR_F64, .ndim = 1, .size = {count}, .stride = {1}, .storage = &storage};
  return count > 0 ? cr_copy(&plain, target) : CR_OK;
}

static cr_status check_label(double value, int64_t row, int64_t classes) {
  if (value >= 1 && value <= (double)classes && value == floor(value)) return CR_OK;
  return cr_fail(CR_EINVAL, "target must be a class from 1 to %lld, got %.14g in row %lld",
                 (long long)classes, value, (long long)row + 1);
}

typedef struct {
  const rows_of *rows;
  const cr_margin_kernels *kernels;
  const double *target;
  const cr_tensor *weight;
  double margin, scale;
  int p;
  double *loss; /* of each row */
} job;

static double weight_of(const job *j, int64_t label) {
  if (!j->weight) return 1;
  int64_t at = label * j->weight->stride[0] * (int64_t)cr_dtype_size(j->weight->dtype);
  return cr_load(j->weight->dtype, (const char *)cr_tensor_data(j->weight) + at).f;
}

static void multi_margin_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  for (int64_t i = begin; i < end; i++) {
    int64_t label = (int64_t)j->target[i] - 1;
    double weight = weight_of(j, label);
    j->loss[i] = weight * j->kernels->multi_margin(j->rows->columns, input_row(j->rows, 0, i),
                                                   label, j->margin, j->p, weight * j->scale,
                                                   gradient_row(j->rows, 0, i));
  }
}

static void cosine_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  const rows_of *r = j->rows;
  for (int64_t i = begin; i < end; i++)
    j->loss[i] = j->kernels->cosine_embedding(r->columns, input_row(r, 0, i), input_row(r, 1, i),
                                              j->target[i], j->margin, j->scale,
                                              gradient_row(r, 0, i), gradient_row(r, 1, i));
}

static void triplet_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  const rows_of *r = j->rows;
  for (int64_t i = begin; i < end; i++)
    j->loss[i] = j->kernels->triplet(r->columns, input_row(r, 0, i), input_row(r, 1, i),
                                     input_row(r, 2, i), j->margin, j->scale, gradient_row(r, 0, i),
                                     gradient_row(r, 1, i), gradient_row(r, 2, i));
}

/* Runs over the rows and sums. */
static cr_status finish(job *j, cr_range_fn body, bool size_average, double *loss) {
  const rows_of *r = j->rows;
  static const double cost = 1; /* nanoseconds an element */
  j->loss = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)r->rows * sizeof *j->loss);
  if (!j->loss) return CR_ENOMEM;
  j->kernels = &cr_kernels()->margin[cr_float_index(r->flat[0].dtype)];
  j->scale = size_average && r->rows > 0 ? 1 / (double)r->rows : 1;
  cr_parallel_for(r->rows, cr_grain(cost * (double)(r->columns + 1)), body, j);
  *loss = cr_pairwise_sum(j->loss, r->rows) * j->scale;
  return CR_OK;
}

static cr_status check_weights(const cr_tensor *weight, const rows_of *r, cr_dtype dtype) {
  return weight ? cr_expect_vector("weights", weight, dtype, r->columns) : CR_OK;
}

cr_status cr_multi_margin(const cr_tensor *input, const cr_tensor *target, const cr_tensor *weight,
                          double margin, int p, bool size_average, double *loss,
                          cr_tensor *grad_input) {
  static const char *const names[] = {"input"};
  rows_of r;
  double *labels = NULL;
  CR_TRY(open_rows(&r, 1, &input, names, grad_input ? &grad_input : NULL));
  cr_status status = check_weights(weight, &r, input->dtype);
  if (status == CR_OK) status = read_numbers(target, r.rows, "a label for every row", &labels);
  for (int64_t i = 0; i < r.rows && status == CR_OK; i++)
    status = check_label(labels[i], i, r.columns);
  job j = {.rows = &r, .target = labels, .weight = weight, .margin = margin, .p = p};
  if (status == CR_OK) status = finish(&j, multi_margin_rows, size_average, loss);
  release(&r);
  return status;
}

/* Turns one row of the target into labels from 0 and flags. Returns how many, -1 on failure. */
static int64_t read_label_row(const double *target, int64_t classes, int64_t row, int64_t *label,
                              unsigned char *is_label) {
  int64_t count = 0;
  memset(is_label, 0, (size_t)classes);
  for (; count < classes && target[count] != 0; count++) {
    if (check_label(target[count], row, classes) != CR_OK) return -1;
    label[count] = (int64_t)target[count] - 1;
    is_label[label[count]] = 1;
  }
  return count;
}

static cr_status multi_label_rows(const rows_of *r, const double *target, double scale,
                                  double *loss) {
  size_t columns = (size_t)r->columns;
  int64_t *label = cr_scratch(CR_SCRATCH_PARTIAL, columns * (sizeof *label + 1));
  if (!label) return CR_ENOMEM;
  unsigned char *is_label = (unsigned char *)(label + columns);
  const cr_margin_kernels *kernels = &cr_kernels()->margin[cr_float_index(r->flat[0].dtype)];
  double sum = 0;
  for (int64_t i = 0; i < r->rows; i++) {
    int64_t count = read_label_row(target + i * r->columns, r->columns, i, label, is_label);
    if (count < 0) return CR_EINVAL;
    sum += kernels->multi_label_margin(r->columns, input_row(r, 0, i), label, count, is_label,
                                       scale, gradient_row(r, 0, i));
  }
  *loss = sum * scale;
  return CR_OK;
}

cr_status cr_multi_label_margin(const cr_tensor *input, const cr_tensor *target, bool size_average,
                                double *loss, cr_tensor *grad_input) {
  static const char *const names[] = {"input"};
  rows_of r;
  double *numbers = NULL;
  CR_TRY(open_rows(&r, 1, &input, names, grad_input ? &grad_input : NULL));
  cr_status status =
      read_numbers(target, r.rows * r.columns, "as many elements as input", &numbers);
  double scale = size_average && r.rows > 0 ? 1 / (double)r.rows : 1;
  if (status == CR_OK) status = multi_label_rows(&r, numbers, scale, loss);
  release(&r);
  return status;
}

cr_status cr_cosine_embedding(const cr_tensor *x, const cr_tensor *y, const cr_tensor *target,
                              double margin, bool size_average, double *loss, cr_tensor *grad_x,
                              cr_tensor *grad_y) {
  static const char *const names[] = {"input[1]", "input[2]"};
  const cr_tensor *inputs[] = {x, y};
  cr_tensor *gradients[] = {grad_x, grad_y};
  rows_of r;
  double *numbers = NULL;
  CR_TRY(open_rows(&r, 2, inputs, names, grad_x ? gradients : NULL));
  cr_status status = read_numbers(target, r.rows, "1 or -1 for every row", &numbers);
  job j = {.rows = &r, .target = numbers, .margin = margin};
  if (status == CR_OK) status = finish(&j, cosine_rows, size_average, loss);
  release(&r);
  return status;
}

cr_status cr_triplet(const cr_tensor *anchor, const cr_tensor *positive, const cr_tensor *negative,
                     double margin, bool size_average, double *loss, cr_tensor *const *gradients) {
  static const char *const names[] = {"input[1]", "input[2]", "input[3]"};
  const cr_tensor *inputs[] = {anchor, positive, negative};
  rows_of r;
  CR_TRY(open_rows(&r, 3, inputs, names, gradients));
  job j = {.rows = &r, .margin = margin};
  cr_status status = finish(&j, triplet_rows, size_average, loss);
  release(&r);
  return status;
}

cr_status cr_difference(cr_tensor *out, const cr_tensor *x, const cr_tensor *y) {
  CR_TRY(cr_expect_float("input[1]", x));
  CR_TRY(cr_expect_dtype("input[1]", x, out->dtype));
  CR_TRY(cr_expect_dtype("input[2]", y, x->dtype));
  CR_TRY(cr_expect_size_of("input[2]", y, x));
  CR_TRY(cr_prepare_result(out, x->ndim, x->size, x));
  CR_TRY(cr_prepare_result(out, x->ndim, x->size, y));
  return cr_binary(out, x, y, CR_BINARY_sub);
}
