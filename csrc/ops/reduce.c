#include "ops/reduce.h"

#include "core/iter.h"
#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>
#include <string.h>

static const double element_cost = 0.3; /* nanoseconds */

/* ---- one state from all elements ---- */

static cr_accumulator start_of(cr_reduce_op op, double parameter) {
  cr_accumulator state = {.parameter = parameter};
  if (op == CR_REDUCE_prod) state.f = 1, state.i = 1;
  return state;
}

static bool is_extreme(cr_reduce_op op) { return op == CR_REDUCE_max || op == CR_REDUCE_min; }

/* Adds the state of later elements to that of earlier ones. */
static void combine(cr_accumulator *a, const cr_accumulator *b, cr_reduce_op op, bool is_float) {
  if (is_extreme(op)) {
    if (b->count == 0) return;
    bool is_larger = is_float ? b->f > a->f : b->i > a->i;
    bool is_smaller = is_float ? b->f < a->f : b->i < a->i;
    bool beats = op == CR_REDUCE_max ? is_larger : is_smaller;
    if (is_float && isnan(b->f) && !isnan(a->f)) beats = true;
    if (a->count == 0 || beats) *a = *b;
  } else if (op == CR_REDUCE_prod) {
    a->f *= b->f;
    a->i = (int64_t)((uint64_t)a->i * (uint64_t)b->i);
  } else if (op == CR_REDUCE_maxabs) {
    if (b->f > a->f || isnan(b->f)) a->f = b->f;
    if (b->i > a->i) a->i = b->i;
  } else {
    a->f += b->f;
    a->i = (int64_t)((uint64_t)a->i + (uint64_t)b->i);
  }
}

typedef struct {
  cr_iter it;
  cr_reduce_kernel kernel;
  cr_reduce_op op;
  double parameter;
  cr_accumulator *states; /* one per piece: the result is the same in every run */
} whole_job;

typedef struct {
  cr_reduce_kernel kernel;
  cr_accumulator *state;
} run_context;

static void run_kernel(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const run_context *context = data;
  context->kernel(n, p[0], stride[0], context->state);
}

/* Elements between two looks for an interrupt. */
enum { interrupt_block = 1 << 22 };

static void reduce_piece(int64_t begin, int64_t end, int thread, void *data) {
  whole_job *job = data;
  cr_accumulator state = start_of(job->op, job->parameter);
  run_context context = {job->kernel, &state};
  state.position = begin;
  for (int64_t at = begin; at < end && !cr_interrupt_pending(); at += interrupt_block) {
    int64_t stop = end - at > interrupt_block ? at + interrupt_block : end;
    cr_iter_run_range(&job->it, at, stop, run_kernel, &context);
  }
  job->states[thread] = state;
}

static cr_status reduce_whole(cr_accumulator *out, const cr_tensor *x, cr_reduce_op op,
                              double parameter) {
  cr_accumulator states[CR_MAX_THREADS];
  whole_job job = {.kernel = cr_kernels()->reduce[x->dtype][op], .op = op, .parameter = parameter};
  int pieces = cr_num_threads();
  job.states = states;
  *out = start_of(op, parameter);
  if (cr_tensor_numel(x) == 0) return CR_OK;
  CR_TRY(cr_iter_init(&job.it, 1, &x));
  for (int k = 0; k < pieces; k++) states[k] = start_of(op, parameter);
  cr_parallel_for(job.it.numel, cr_grain(element_cost), reduce_piece, &job);
  for (int k = 0; k < pieces; k++) combine(out, &states[k], op, cr_dtype_is_float(x->dtype));
  return cr_check_interrupt();
}

/* ---- results ---- */

static cr_status check_float(const cr_tensor *x) {
  if (cr_dtype_is_float(x->dtype)) return CR_OK;
  return cr_fail(CR_EINVAL, "is not defined for a %s: convert it with :float() or :double() first",
                 cr_dtype_tensor_name(x->dtype));
}

static cr_status check_reduction(const cr_tensor *x, cr_reduction r) {
  if (r.op == CR_RESULT_sum || r.op == CR_RESULT_prod) return CR_OK;
  CR_TRY(check_float(x));
  if (r.op == CR_RESULT_norm && !(r.p >= 0))
    return cr_fail(CR_EINVAL, "'p' must be at least 0, got %g", r.p);
  return CR_OK;
}

static cr_reduce_op norm_op(double p) {
  if (p == 0) return CR_REDUCE_nonzero;
  if (p == 1) return CR_REDUCE_abs;
  if (p == 2) return CR_REDUCE_squares;
  return isinf(p) ? CR_REDUCE_maxabs : CR_REDUCE_powers;
}

static double norm_result(const cr_accumulator *state, double p) {
  if (p == 0) return (double)state->i;
  if (p == 1 || isinf(p)) return state->f;
  return p == 2 ? sqrt(state->f) : pow(state->f, 1 / p);
}

static double spread(double squares, int64_t n, cr_reduction r) {
  double variance = squares / (r.biased ? (double)n : (double)n - 1);
  return r.op == CR_RESULT_std ? sqrt(variance) : variance;
}

cr_status cr_reduce_all(cr_scalar *out, const cr_tensor *x, cr_reduction r) {
  cr_accumulator state;
  int64_t n = cr_tensor_numel(x);
  bool whole_mean = r.op == CR_RESULT_mean; /* of integers too: it is a number, not a tensor */
  if (!whole_mean) CR_TRY(check_reduction(x, r));
  if (r.op == CR_RESULT_norm) {
    CR_TRY(reduce_whole(&state, x, norm_op(r.p), r.p == 2 ? 0 : r.p));
    *out = cr_scalar_from_double(norm_result(&state, r.p));
    return CR_OK;
  }
  CR_TRY(reduce_whole(&state, x, r.op == CR_RESULT_prod ? CR_REDUCE_prod : CR_REDUCE_sum, 0));
  if (r.op == CR_RESULT_sum || r.op == CR_RESULT_prod) {
    *out =
        cr_dtype_is_float(x->dtype) ? cr_scalar_from_double(state.f) : cr_scalar_from_int(state.i);
    return CR_OK;
  }
  double mean = (cr_dtype_is_float(x->dtype) ? state.f : (double)state.i) / (double)n;
  *out = cr_scalar_from_double(mean);
  if (whole_mean) return CR_OK;
  CR_TRY(reduce_whole(&state, x, CR_REDUCE_squares, mean));
  *out = cr_scalar_from_double(spread(state.f, n, r));
  return CR_OK;
}

/* ---- over one dimension ---- */

typedef struct {
  cr_reduction reduction;
  cr_dtype dtype;
  int64_t n, stride; /* of the dimension, in bytes */
  const cr_reduce_kernel *kernels;
} dim_job;

static cr_scalar reduce_run(const dim_job *job, const char *x) {
  cr_reduction r = job->reduction;
  bool is_float = cr_dtype_is_float(job->dtype);
  if (r.op == CR_RESULT_norm) {
    cr_accumulator state = start_of(norm_op(r.p), r.p == 2 ? 0 : r.p);
    job->kernels[norm_op(r.p)](job->n, x, job->stride, &state);
    return cr_scalar_from_double(norm_result(&state, r.p));
  }
  cr_reduce_op op = r.op == CR_RESULT_prod ? CR_REDUCE_prod : CR_REDUCE_sum;
  cr_accumulator state = start_of(op, 0);
  job->kernels[op](job->n, x, job->stride, &state);
  if (r.op == CR_RESULT_sum || r.op == CR_RESULT_prod)
    return is_float ? cr_scalar_from_double(state.f) : cr_scalar_from_int(state.i);
  double mean = state.f / (double)job->n;
  if (r.op == CR_RESULT_mean) return cr_scalar_from_double(mean);
  state = start_of(CR_REDUCE_squares, mean);
  job->kernels[CR_REDUCE_squares](job->n, x, job->stride, &state);
  return cr_scalar_from_double(spread(state.f, job->n, r));
}

static void divide(cr_dtype dtype, int64_t n, void *values, double by) {
  if (dtype == CR_F32) {
    float *x = values;
    for (int64_t i = 0; i < n; i++) x[i] /= (float)by;
  } else {
    double *x = values;
    for (int64_t i = 0; i < n; i++) x[i] /= by;
  }
}

static void reduce_runs(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const dim_job *job = data;
  const int64_t width = (int64_t)cr_dtype_size(job->dtype);
  const cr_result_op op = job->reduction.op;
  bool adds = op == CR_RESULT_sum || op == CR_RESULT_mean;
  if (adds && stride[0] == width && stride[1] == width && n >= 8) {
    cr_kernels()->sum_columns[job->dtype](job->n, n, p[1], job->stride, p[0]);
    if (op == CR_RESULT_mean) divide(job->dtype, n, p[0], (double)job->n);
    return;
  }
  for (int64_t k = 0; k < n; k++)
    cr_store(job->dtype, p[0] + k * stride[0], reduce_run(job, p[1] + k * stride[1]));
}

static cr_status check_dim(const cr_tensor *x, int dim) {
  if (dim >= 0 && dim < x->ndim) return CR_OK;
  return cr_fail(CR_EINVAL, "there is no dimension %d", dim + 1);
}

static cr_status check_dtype(const char *name, const cr_tensor *t, cr_dtype dtype) {
  if (t->dtype == dtype) return CR_OK;
  return cr_fail(CR_EINVAL, "'%s' must be a %s, got a %s", name, cr_dtype_tensor_name(dtype),
                 cr_dtype_tensor_name(t->dtype));
}

/* x with one element in the dimension; holds no reference. */
static cr_tensor first_of_dim(const cr_tensor *x, int dim) {
  cr_tensor view = *x;
  view.size[dim] = 1;
  return view;
}

cr_status cr_reduce_dim(cr_tensor *out, const cr_tensor *x, int dim, cr_reduction r) {
  CR_TRY(check_dim(x, dim));
  CR_TRY(check_reduction(x, r));
  CR_TRY(check_dtype("res", out, x->dtype));
  cr_tensor first = first_of_dim(x, dim);
  CR_TRY(cr_prepare_result(out, first.ndim, first.size, x));
  if (cr_tensor_numel(out) == 0) return CR_OK;
  if (x->size[dim] == 0 && r.op != CR_RESULT_norm) {
    double nothing = r.op == CR_RESULT_sum ? 0 : r.op == CR_RESULT_prod ? 1 : NAN;
    return cr_fill(out, cr_scalar_from_double(nothing));
  }
  if (x->size[dim] == 0) return cr_fill(out, cr_scalar_from_int(0));
  dim_job job = {r, x->dtype, x->size[dim], x->stride[dim] * (int64_t)cr_dtype_size(x->dtype),
                 cr_kernels()->reduce[x->dtype]};
  const cr_tensor *operands[] = {out, &first};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 2, operands));
  return cr_iter_run(&it, reduce_runs, &job, 10 + element_cost * (double)job.n);
}

/* ---- extremes ---- */

cr_status cr_extreme_all(cr_scalar *out, int64_t *position, const cr_tensor *x, bool largest) {
  cr_accumulator state;
  cr_tensor flat; /* positions count in row-major order, iteration need not */
  if (cr_tensor_numel(x) == 0)
    return cr_fail(CR_EINVAL, "the tensor is empty: it has no %s element",
                   largest ? "largest" : "smallest");
  CR_TRY(cr_contiguous(&flat, x));
  cr_status status = reduce_whole(&state, &flat, largest ? CR_REDUCE_max : CR_REDUCE_min, 0);
  cr_tensor_clear(&flat);
  CR_TRY(status);
  *out = cr_dtype_is_float(x->dtype) ? cr_scalar_from_double(state.f) : cr_scalar_from_int(state.i);
  *position = state.index;
  return CR_OK;
}

typedef struct {
  cr_reduce_kernel kernel;
  cr_extreme_columns columns;
  cr_dtype dtype;
  int64_t n, stride;
} extreme_job;

static void find_extremes(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const extreme_job *job = data;
  const int64_t width = (int64_t)cr_dtype_size(job->dtype), block = 512;
  if (n >= 8 && stride[0] == width && stride[1] == width && stride[2] == sizeof(int64_t)) {
    for (int64_t k = 0; k < n; k += block)
      job->columns(job->n, n - k < block ? n - k : block, p[1] + k * width, job->stride,
                   p[0] + k * width, (int64_t *)p[2] + k);
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    cr_accumulator state = {.parameter = 0};
    job->kernel(job->n, p[1] + k * stride[1], job->stride, &state);
    cr_store(job->dtype, p[0] + k * stride[0], (cr_scalar){state.f, state.i});
    *(int64_t *)(p[2] + k * stride[2]) = state.index + 1;
  }
}

cr_status cr_extreme_dim(cr_tensor *out, cr_tensor *positions, const cr_tensor *x, int dim,
                         bool largest) {
  CR_TRY(check_dim(x, dim));
  CR_TRY(check_dtype("res", out, x->dtype));
  CR_TRY(check_dtype("indices", positions, CR_I64));
  if (out == positions) return cr_fail(CR_EINVAL, "'res' and 'indices' must be two tensors");
  cr_tensor first = first_of_dim(x, dim);
  CR_TRY(cr_prepare_result(out, first.ndim, first.size, x));
  CR_TRY(cr_prepare_result(positions, first.ndim, first.size, x));
  CR_TRY(cr_prepare_result(positions, first.ndim, first.size, out));
  if (cr_tensor_numel(out) == 0) return CR_OK;
  if (x->size[dim] == 0)
    return cr_fail(CR_EINVAL, "dimension %d is empty: it has no %s element", dim + 1,
                   largest ? "largest" : "smallest");
  const cr_kernel_table *kernels = cr_kernels();
  extreme_job job = {kernels->reduce[x->dtype][largest ? CR_REDUCE_max : CR_REDUCE_min],
                     largest ? kernels->max_columns[x->dtype] : kernels->min_columns[x->dtype],
                     x->dtype, x->size[dim], x->stride[dim] * (int64_t)cr_dtype_size(x->dtype)};
  const cr_tensor *operands[] = {out, &first, positions};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 3, operands));
  return cr_iter_run(&it, find_extremes, &job, 10 + (double)job.n);
}

cr_status cr_count_nonzero(int64_t *out, const cr_tensor *x) {
  cr_accumulator state;
  CR_TRY(reduce_whole(&state, x, CR_REDUCE_nonzero, 0));
  *out = state.i;
  return CR_OK;
}

/* ---- running sums ---- */

typedef struct {
  cr_cumulate kernel;
  int64_t n, out_stride, x_stride;
} cumulate_job;

static void cumulate_runs(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const cumulate_job *job = data;
  cr_cumulate_shape shape = {job->n, job->x_stride, job->out_stride, n, stride[1], stride[0]};
  job->kernel(&shape, p[1], p[0]);
}

cr_status cr_cumulate_dim(cr_tensor *out, const cr_tensor *x, int dim, bool product) {
  CR_TRY(check_dim(x, dim));
  CR_TRY(check_dtype("res", out, x->dtype));
  CR_TRY(cr_prepare_result(out, x->ndim, x->size, x));
  if (cr_tensor_numel(x) == 0) return CR_OK;
  int64_t width = (int64_t)cr_dtype_size(x->dtype);
  cumulate_job job = {product ? cr_kernels()->cumprod[x->dtype] : cr_kernels()->cumsum[x->dtype],
                      x->size[dim], out->stride[dim] * width, x->stride[dim] * width};
  cr_tensor first_out = first_of_dim(out, dim), first = first_of_dim(x, dim);
  const cr_tensor *operands[] = {&first_out, &first};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 2, operands));
  return cr_iter_run(&it, cumulate_runs, &job, 2.0 * (double)job.n);
}
