#include "ops/distance.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>

static const cr_distance_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->distance[cr_float_index(t->dtype)];
}

/* ---- contiguous copies of arguments, all released at once ---- */

typedef struct {
  cr_tensor dense[5];
  int count;
} dense_list;

/* The elements of t, contiguous; NULL with the message set when memory ran out. */
static const void *add_dense(dense_list *list, const cr_tensor *t, cr_status *status) {
  if (*status != CR_OK) return NULL;
  *status = cr_contiguous(&list->dense[list->count], t);
  if (*status != CR_OK) return NULL;
  return cr_tensor_data(&list->dense[list->count++]);
}

static cr_status release(dense_list *list, cr_status status) {
  while (list->count > 0) cr_tensor_clear(&list->dense[--list->count]);
  return status;
}

/* ---- checks ---- */

static cr_status check_rows(const char *name, const cr_tensor *t) {
  char got[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float(name, t));
  if (t->ndim == 1 || t->ndim == 2) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be (n) or (N x n), got %s", name, cr_paren_text(got, t));
}

static int64_t rows_of(const cr_tensor *t) { return t->ndim == 2 ? t->size[0] : 1; }

static cr_status check_p(double p) {
  if (p > 0) return CR_OK;
  return cr_fail(CR_EINVAL, "p must be larger than 0, got %g", p);
}

/* ---- running ---- */

typedef struct {
  cr_row_kernel kernel;
  const void *job;
} row_run;

static void run_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const row_run *run = context;
  run->kernel(run->job, begin, end);
}

/* Hands pieces of [0, rows) to a kernel, whose rows take `cost` nanoseconds each. */
static void run_rows(cr_row_kernel kernel, const void *job, int64_t rows, double cost) {
  row_run run = {.kernel = kernel, .job = job};
  cr_parallel_for(rows, cr_grain(cost), run_range, &run);
}

/* ---- pairs ---- */

static cr_status check_pairs(cr_pair op, double p, const cr_tensor *a, const cr_tensor *b) {
  CR_TRY(check_rows("input[1]", a));
  CR_TRY(cr_expect_dtype("input[2]", b, a->dtype));
  if (op == CR_PAIR_NORM) CR_TRY(check_p(p));
  return cr_expect_size_of("input[2]", b, a);
}

static double pair_cost(const cr_pairs *pairs) {
  double element = pairs->op == CR_PAIR_NORM && pairs->p != 1 && pairs->p != 2 ? 20 : 0.5;
  return element * (double)pairs->width + 5;
}

cr_status cr_pairs_forward(cr_pair op, double p, cr_tensor *output, const cr_tensor *a,
                           const cr_tensor *b) {
  dense_list list = {.count = 0};
  cr_status status = CR_OK;
  CR_TRY(check_pairs(op, p, a, b));
  CR_TRY(cr_expect_dtype("input[1]", a, output->dtype));
  int64_t rows = rows_of(a);
  CR_TRY(cr_prepare_contiguous(output, 1, &rows, a));
  CR_TRY(cr_prepare_contiguous(output, 1, &rows, b));
  if (rows == 0) return CR_OK;
  cr_pairs pairs = {.op = op, .p = p, .width = a->size[a->ndim - 1]};
  pairs.out = cr_tensor_data(output);
  pairs.a = add_dense(&list, a, &status);
  pairs.b = add_dense(&list, b, &status);
  if (status != CR_OK) return release(&list, status);
  run_rows(kernels_for(a)->pairs, &pairs, rows, pair_cost(&pairs));
  return release(&list, cr_check_interrupt());
}

cr_status cr_pairs_backward(cr_pair op, double p, cr_tensor *grad_a, cr_tensor *grad_b,
                            const cr_tensor *grad_output, const cr_tensor *a, const cr_tensor *b) {
  dense_list list = {.count = 0};
  cr_status status = CR_OK;
  CR_TRY(check_pairs(op, p, a, b));
  int64_t rows = rows_of(a);
  CR_TRY(cr_expect_vector("gradOutput", grad_output, a->dtype, rows));
  cr_tensor *gradients[] = {grad_a, grad_b};
  const cr_tensor *others[] = {a, b, grad_output, grad_a};
  for (int k = 0; k < 2; k++) {
    CR_TRY(cr_expect_dtype("gradInput", gradients[k], a->dtype));
    for (int other = 0; other < 3 + k; other++)
      CR_TRY(cr_prepare_contiguous(gradients[k], a->ndim, a->size, others[other]));
  }
  if (cr_tensor_numel(a) == 0) return CR_OK;
  cr_pairs pairs = {.op = op, .p = p, .width = a->size[a->ndim - 1]};
  pairs.grad_a = cr_tensor_data(grad_a);
  pairs.grad_b = cr_tensor_data(grad_b);
  pairs.a = add_dense(&list, a, &status);
  pairs.b = add_dense(&list, b, &status);
  pairs.grad = add_dense(&list, grad_output, &status);
  if (status != CR_OK) return release(&list, status);
  run_rows(kernels_for(a)->pairs_backward, &pairs, rows, 2 * pair_cost(&pairs));
  return release(&list, cr_check_interrupt());
}

/* ---- centers ---- */

static cr_status check_parameter(const char *name, const cr_tensor *t, const cr_tensor *like) {
  CR_TRY(cr_expect_dtype(name, t, like->dtype));
  CR_TRY(cr_expect_size_of(name, t, like));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

static cr_status check_centers(cr_centers *c, const cr_tensor *input, const cr_tensor *weight,
                               const cr_tensor *diag) {
  char got[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float("weight", weight));
  if (weight->ndim != 2)
    return cr_fail(CR_EINVAL, "weight must have 2 dimensions, got %s", cr_paren_text(got, weight));
  CR_TRY(check_parameter("weight", weight, weight));
  if (diag) CR_TRY(check_parameter("diagCov", diag, weight));
  CR_TRY(cr_expect_dtype("input", input, weight->dtype));
  c->in = weight->size[0];
  c->out = weight->size[1];
  if ((input->ndim != 1 && input->ndim != 2) || input->size[input->ndim - 1] != c->in)
    return cr_fail(CR_EINVAL, "input must be (N x %lld), got %s", (long long)c->in,
                   cr_paren_text(got, input));
  c->rows = rows_of(input);
  c->w = cr_tensor_data(weight);
  c->d = diag ? cr_tensor_data(diag) : NULL;
  return CR_OK;
}

static double center_cost(const cr_centers *c) { return 0.2 * (double)c->out * (double)c->in + 5; }

/* The output's sizes: (N x out) or (out). */
static cr_status expect_output(const char *name, const cr_tensor *t, const cr_centers *c,
                               const cr_tensor *input) {
  int64_t size[2] = {c->rows, c->out};
  CR_TRY(cr_expect_dtype(name, t, input->dtype));
  return cr_expect_size(name, t, input->ndim, input->ndim == 2 ? size : size + 1);
}

cr_status cr_centers_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                             const cr_tensor *diag) {
  cr_centers c = {0};
  dense_list list = {.count = 0};
  cr_status status = CR_OK;
  CR_TRY(check_centers(&c, input, weight, diag));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  int64_t size[2] = {c.rows, c.out};
  const cr_tensor *others[] = {input, weight, diag};
  for (int k = 0; k < 3; k++)
    CR_TRY(
        cr_prepare_contiguous(output, input->ndim, input->ndim == 2 ? size : size + 1, others[k]));
  if (cr_tensor_numel(output) == 0) return CR_OK;
  c.x = add_dense(&list, input, &status);
  c.result = cr_tensor_data(output);
  if (status != CR_OK) return release(&list, status);
  run_rows(kernels_for(input)->centers, &c, c.rows, center_cost(&c));
  return release(&list, cr_check_interrupt());
}

/* Adds what both gradients read. */
static cr_status add_gradient(cr_centers *c, dense_list *list, const cr_tensor *grad_output,
                              const cr_tensor *output, const cr_tensor *input) {
  cr_status status = CR_OK;
  c->x = add_dense(list, input, &status);
  c->y = add_dense(list, output, &status);
  c->g = add_dense(list, grad_output, &status);
  return status;
}

cr_status cr_centers_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                              const cr_tensor *output, const cr_tensor *input,
                              const cr_tensor *weight, const cr_tensor *diag) {
  cr_centers c = {0};
  dense_list list = {.count = 0};
  CR_TRY(check_centers(&c, input, weight, diag));
  CR_TRY(expect_output("gradOutput", grad_output, &c, input));
  CR_TRY(expect_output("output", output, &c, input));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, input->dtype));
  const cr_tensor *others[] = {input, weight, diag, grad_output, output};
  for (int k = 0; k < 5; k++)
    CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, others[k]));
  if (cr_tensor_numel(input) == 0) return CR_OK;
  cr_status status = add_gradient(&c, &list, grad_output, output, input);
  c.result = cr_tensor_data(grad_input);
  if (status != CR_OK) return release(&list, status);
  run_rows(kernels_for(input)->centers_backward, &c, c.rows, center_cost(&c));
  return release(&list, cr_check_interrupt());
}

cr_status cr_centers_accumulate(cr_tensor *grad_weight, cr_tensor *grad_diag,
                                const cr_tensor *grad_output, const cr_tensor *output,
                                const cr_tensor *input, const cr_tensor *weight,
                                const cr_tensor *diag, double scale) {
  cr_centers c = {.scale = scale};
  dense_list list = {.count = 0};
  CR_TRY(check_centers(&c, input, weight, diag));
  CR_TRY(expect_output("gradOutput", grad_output, &c, input));
  CR_TRY(expect_output("output", output, &c, input));
  CR_TRY(check_parameter("gradWeight", grad_weight, weight));
  if (diag && !grad_diag) return cr_fail(CR_EINVAL, "gradDiagCov must be a tensor, got nil");
  if (diag) CR_TRY(check_parameter("gradDiagCov", grad_diag, weight));
  if (cr_tensor_numel(weight) == 0 || c.rows == 0) return CR_OK;
  cr_status status = add_gradient(&c, &list, grad_output, output, input);
  c.result = cr_tensor_data(grad_weight);
  c.grad_d = diag ? cr_tensor_data(grad_diag) : NULL;
  if (status != CR_OK) return release(&list, status);
  run_rows(kernels_for(input)->centers_accumulate, &c, c.in,
           0.3 * (double)c.out * (double)c.rows + 5);
  return release(&list, cr_check_interrupt());
}

/* ---- norms ---- */

static cr_status run_normalize(cr_tensor *result, const cr_tensor *x, const cr_tensor *g, double p,
                               double eps) {
  dense_list list = {.count = 0};
  cr_status status = CR_OK;
  CR_TRY(check_p(p));
  CR_TRY(check_rows("input", x));
  CR_TRY(cr_expect_dtype("input", x, result->dtype));
  CR_TRY(cr_prepare_contiguous(result, x->ndim, x->size, x));
  if (g) CR_TRY(cr_prepare_contiguous(result, x->ndim, x->size, g));
  if (cr_tensor_numel(x) == 0) return CR_OK;
  cr_normalize job = {.p = p, .eps = eps, .width = x->size[x->ndim - 1]};
  job.result = cr_tensor_data(result);
  job.x = add_dense(&list, x, &status);
  job.g = g ? add_dense(&list, g, &status) : NULL;
  if (status != CR_OK) return release(&list, status);
  const cr_distance_kernels *kernels = kernels_for(x);
  double cost = (p == 1 || p == 2 || isinf(p) ? 0.5 : 20) * (double)job.width + 5;
  run_rows(g ? kernels->normalize_backward : kernels->normalize, &job, rows_of(x), cost);
  return release(&list, cr_check_interrupt());
}

cr_status cr_normalize_forward(cr_tensor *output, const cr_tensor *input, double p, double eps) {
  return run_normalize(output, input, NULL, p, eps);
}

cr_status cr_normalize_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                                const cr_tensor *input, double p, double eps) {
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  return run_normalize(grad_input, input, grad_output, p, eps);
}
