#include "ops/linalg.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/copy.h"
#include "ops/gemm.h"

#include <string.h>

static cr_status check_types(const cr_tensor *out, const cr_tensor *a, const cr_tensor *b) {
  if (a->dtype == b->dtype && out->dtype == a->dtype) return CR_OK;
  return cr_fail(CR_EINVAL, "expected tensors of one type, got a %s, a %s and a %s",
                 cr_dtype_tensor_name(out->dtype), cr_dtype_tensor_name(a->dtype),
                 cr_dtype_tensor_name(b->dtype));
}

static cr_status wrong_sizes(const cr_tensor *a, const cr_tensor *b, const char *expected) {
  char text_a[CR_SIZE_TEXT], text_b[CR_SIZE_TEXT];
  return cr_fail(CR_EINVAL, "expected %s, got %s and %s", expected, cr_tensor_size_text(text_a, a),
                 cr_tensor_size_text(text_b, b));
}

/* ---- dot ---- */

typedef struct {
  cr_dtype dtype;
  const char *a, *b;
  cr_scalar sum[CR_MAX_THREADS];
} dot_job;

static void dot_range(int64_t begin, int64_t end, int thread, void *data) {
  dot_job *job = data;
  int64_t at = begin * (int64_t)cr_dtype_size(job->dtype);
  job->sum[thread] = cr_kernels()->dot[job->dtype](end - begin, job->a + at, 1, job->b + at, 1);
}

/* A worker's sum stands at its number, and pieces are numbered alike in every run. */
static cr_scalar dot_contiguous(cr_dtype dtype, int64_t n, const void *a, const void *b) {
  const int64_t grain = 1 << 17;
  if (n < 2 * grain) return cr_kernels()->dot[dtype](n, a, 1, b, 1);
  dot_job job = {.dtype = dtype, .a = a, .b = b};
  cr_parallel_for(n, grain, dot_range, &job);
  cr_scalar total = {0, 0};
  for (int t = 0; t < CR_MAX_THREADS; t++) {
    total.f += job.sum[t].f;
    total.i = (int64_t)((uint64_t)total.i + (uint64_t)job.sum[t].i);
  }
  return total;
}

cr_status cr_dot(cr_scalar *out, const cr_tensor *a, const cr_tensor *b) {
  if (a->dtype != b->dtype)
    return cr_fail(CR_EINVAL, "expected tensors of one type, got a %s and a %s",
                   cr_dtype_tensor_name(a->dtype), cr_dtype_tensor_name(b->dtype));
  int64_t count = cr_tensor_numel(a);
  if (count != cr_tensor_numel(b)) return wrong_sizes(a, b, "tensors of as many elements");
  if (a->ndim == 1 && b->ndim == 1 && count < 4096) {
    *out = cr_kernels()->dot[a->dtype](count, cr_tensor_data(a), a->stride[0], cr_tensor_data(b),
                                       b->stride[0]);
    return CR_OK;
  }
  cr_tensor x, y;
  CR_TRY(cr_contiguous(&x, a));
  cr_status status = cr_contiguous(&y, b);
  if (status == CR_OK) {
    *out = dot_contiguous(a->dtype, count, cr_tensor_data(&x), cr_tensor_data(&y));
    cr_tensor_clear(&y);
  }
  cr_tensor_clear(&x);
  return status;
}

/* ---- matrix products ---- */

static cr_plain_product plain_product(const cr_tensor *c, double beta, double alpha,
                                      const cr_tensor *a, const cr_tensor *b) {
  return (cr_plain_product){.m = a->size[0],
                            .n = b->size[1],
                            .k = a->size[1],
                            .a = cr_tensor_data(a),
                            .b = cr_tensor_data(b),
                            .c = cr_tensor_data(c),
                            .a_row = a->stride[0],
                            .a_column = a->stride[1],
                            .b_row = b->stride[0],
                            .b_column = b->stride[1],
                            .c_row = c->stride[0],
                            .c_column = c->stride[1],
                            .alpha = cr_scalar_from_double(alpha),
                            .beta = cr_scalar_from_double(beta)};
}

typedef struct {
  cr_dtype dtype;
  cr_plain_product product;
} plain_job;

static void plain_rows(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const plain_job *job = data;
  int64_t width = (int64_t)cr_dtype_size(job->dtype);
  const int64_t block = 16; /* rows between two looks for an interrupt */
  for (int64_t at = begin; at < end && !cr_interrupt_pending(); at += block) {
    cr_plain_product p = job->product;
    p.m = at + block < end ? block : end - at;
    p.a = (const char *)p.a + at * p.a_row * width;
    p.c = (char *)p.c + at * p.c_row * width;
    cr_kernels()->plain_gemm[job->dtype](&p);
  }
}

static cr_status run_plain(cr_dtype dtype, const cr_plain_product *p, double work) {
  plain_job job = {dtype, *p};
  int64_t grain = (int64_t)(50000.0 * (double)p->m / (work + 1)) + 1;
  cr_parallel_for(p->m, grain, plain_rows, &job);
  return cr_check_interrupt();
}

/* c = beta c + alpha a b for matrices of right sizes. */
static cr_status multiply(const cr_tensor *c, double beta, double alpha, const cr_tensor *a,
                          const cr_tensor *b) {
  if (!cr_dtype_is_float(c->dtype)) {
    cr_plain_product p = plain_product(c, beta, alpha, a, b);
    return run_plain(c->dtype, &p, (double)p.m * (double)p.n * (double)p.k);
  }
  cr_product p = {.dtype = c->dtype,
                  .m = a->size[0],
                  .n = b->size[1],
                  .k = a->size[1],
                  .a = cr_tensor_data(a),
                  .b = cr_tensor_data(b),
                  .c = cr_tensor_data(c),
                  .a_row = a->stride[0],
                  .a_column = a->stride[1],
                  .b_row = b->stride[0],
                  .b_column = b->stride[1],
                  .c_row = c->stride[0],
                  .c_column = c->stride[1],
                  .alpha = alpha,
                  .beta = beta};
  return cr_multiply(&p);
}

/* The last two dimensions of a batch, or the matrix itself: a view that owns nothing. */
static cr_tensor matrix_at(const cr_tensor *t, int64_t index) {
  cr_tensor m = *t;
  if (t->ndim < 3) return m;
  m.ndim = 2;
  m.offset += index * t->stride[0];
  for (int d = 0; d < 2; d++) {
    m.size[d] = t->size[d + 1];
    m.stride[d] = t->stride[d + 1];
  }
  return m;
}

typedef struct {
  cr_tensor c, a, b;
  double beta, alpha;
} batch_job;

static void batch_range(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const batch_job *job = data;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    cr_tensor c = matrix_at(&job->c, i), a = matrix_at(&job->a, i), b = matrix_at(&job->b, i);
    if (multiply(&c, job->beta, job->alpha, &a, &b) == CR_OK || cr_interrupt_pending()) continue;
    cr_plain_product p = plain_product(&c, job->beta, job->alpha, &a, &b);
    cr_kernels()->plain_gemm[c.dtype](&p); /* needs no scratch memory */
  }
}

/* All matrices of a batch: many small ones are shared among the threads, of large ones each is. */
static cr_status multiply_batch(const cr_tensor *c, double beta, double alpha, const cr_tensor *a,
                                const cr_tensor *b) {
  const double large = 256.0 * 256 * 256;
  double work = (double)c->size[1] * (double)c->size[2] * (double)a->size[2];
  batch_job job = {.beta = beta, .alpha = alpha, .c = *c, .a = *a, .b = *b};
  int64_t count = c->size[0];
  int64_t grain = work >= large ? count : (int64_t)(500000 / (work + 100)) + 1;
  cr_parallel_for(count, grain, batch_range, &job);
  return cr_check_interrupt();
}

/* Fills target with m, broadcast. */
static cr_status start_from(cr_tensor *target, const cr_tensor *m) {
  cr_tensor wide;
  cr_tensor_init(&wide, m->dtype);
  cr_status status = cr_tensor_expand(&wide, m, target->ndim, target->size);
  if (status == CR_OK) status = cr_copy(target, &wide);
  cr_tensor_clear(&wide);
  return status;
}

/* Makes *target the memory that the products go to: out itself when its rows are contiguous and it
 * is none of the factors, else new memory. It holds m when beta is not 0. */
static cr_status prepare(cr_tensor *target, cr_tensor *out, int ndim, const int64_t *size,
                         double beta, const cr_tensor *m, const cr_tensor *a, const cr_tensor *b) {
  cr_tensor_init(target, out->dtype);
  if (m && m->dtype != out->dtype)
    return cr_fail(CR_EINVAL, "expected a %s, got a %s", cr_dtype_tensor_name(out->dtype),
                   cr_dtype_tensor_name(m->dtype));
  cr_tensor shape = {.dtype = out->dtype, .ndim = ndim};
  memcpy(shape.size, size, (size_t)ndim * sizeof *size);
  if (out == m && !cr_tensor_same_size(out, &shape)) {
    char text[CR_SIZE_TEXT], wanted[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "the result must be of size %s, got %s",
                   cr_size_text(wanted, ndim, size), cr_tensor_size_text(text, out));
  }
  bool is_factor = out == a || out == b || cr_tensor_overlaps(out, a) || cr_tensor_overlaps(out, b);
  bool is_partly_m = m && out != m && cr_tensor_overlaps(out, m);
  if (!is_factor && !is_partly_m) {
    CR_TRY(cr_tensor_resize(out, ndim, size));
    /* Growing may have led into a factor's part of a common storage. */
    is_factor = cr_tensor_overlaps(out, a) || cr_tensor_overlaps(out, b) ||
                (m && out != m && cr_tensor_overlaps(out, m));
  }
  bool in_place = !is_factor && !is_partly_m && cr_tensor_is_contiguous(out);
  if (in_place) {
    cr_tensor_alias(target, out);
  } else {
    CR_TRY(cr_tensor_new(target, out->dtype, ndim, size));
  }
  return m && beta != 0 && !(in_place && m == out) ? start_from(target, m) : CR_OK;
}

static cr_status deliver(cr_tensor *out, cr_tensor *target, cr_status status) {
  if (status == CR_OK && !cr_tensor_is_same_view(out, target)) {
    status = cr_tensor_resize_as(out, target);
    if (status == CR_OK && cr_tensor_has_internal_overlap(out))
      status = cr_fail(CR_EINVAL, "the result cannot be written to an expanded tensor: its "
                                  "elements share memory; clone it first");
    if (status == CR_OK) status = cr_copy(out, target);
  }
  cr_tensor_clear(target);
  return status;
}

cr_status cr_addmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                   const cr_tensor *a, const cr_tensor *b) {
  CR_TRY(check_types(out, a, b));
  bool is_vector = b->ndim == 1;
  if (a->ndim != 2 || (b->ndim != 2 && !is_vector) || a->size[1] != b->size[0])
    return wrong_sizes(a, b, "matrices of n x k and k x p, or a matrix and a vector of k");
  cr_tensor target, column, c;
  int64_t size[2] = {a->size[0], is_vector ? 1 : b->size[1]};
  cr_status status = prepare(&target, out, is_vector ? 1 : 2, size, m ? beta : 0, m, a, b);
  if (status == CR_OK && cr_tensor_numel(&target) > 0) {
    int64_t rows[2] = {b->size[0], size[1]};
    column = *b; /* a view that owns nothing */
    if (is_vector) {
      column.ndim = 2;
      column.size[1] = 1;
      column.stride[1] = 1;
      column.size[0] = rows[0];
    }
    c = target;
    c.ndim = 2;
    c.size[1] = size[1];
    if (is_vector) c.stride[0] = c.stride[1] = 1;
    status = multiply(&c, m ? beta : 0, alpha, a, &column);
  }
  return deliver(out, &target, status);
}

static cr_status check_batches(const cr_tensor *a, const cr_tensor *b) {
  if (a->ndim == 3 && b->ndim == 3 && a->size[0] == b->size[0] && a->size[2] == b->size[1])
    return CR_OK;
  return wrong_sizes(a, b, "batches of matrices, b x n x k and b x k x p");
}

cr_status cr_baddbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                     const cr_tensor *a, const cr_tensor *b) {
  CR_TRY(check_types(out, a, b));
  CR_TRY(check_batches(a, b));
  cr_tensor target;
  int64_t size[3] = {a->size[0], a->size[1], b->size[2]};
  cr_status status = prepare(&target, out, 3, size, m ? beta : 0, m, a, b);
  if (status == CR_OK && cr_tensor_numel(&target) > 0)
    status = multiply_batch(&target, m ? beta : 0, alpha, a, b);
  return deliver(out, &target, status);
}

cr_status cr_addbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                    const cr_tensor *a, const cr_tensor *b) {
  CR_TRY(check_types(out, a, b));
  CR_TRY(check_batches(a, b));
  cr_tensor target;
  int64_t size[2] = {a->size[1], b->size[2]};
  cr_status status = prepare(&target, out, 2, size, m ? beta : 0, m, a, b);
  if (status == CR_OK && a->size[0] == 0) { /* the sum of no products */
    cr_tensor no_columns = *a, no_rows = *b;
    no_columns.ndim = no_rows.ndim = 2;
    no_columns.size[0] = size[0], no_columns.size[1] = 0;
    no_rows.size[0] = 0, no_rows.size[1] = size[1];
    status = multiply(&target, m ? beta : 0, alpha, &no_columns, &no_rows);
  }
  for (int64_t i = 0; i < a->size[0] && status == CR_OK && cr_tensor_numel(&target) > 0; i++) {
    cr_tensor x = matrix_at(a, i), y = matrix_at(b, i);
    status = multiply(&target, i > 0 ? 1 : m ? beta : 0, alpha, &x, &y);
  }
  return deliver(out, &target, status);
}

cr_status cr_addr(cr_tensor *out, double beta, const cr_tensor *m, double alpha, const cr_tensor *a,
                  const cr_tensor *b) {
  CR_TRY(check_types(out, a, b));
  if (a->ndim != 1 || b->ndim != 1) return wrong_sizes(a, b, "two vectors");
  cr_tensor column = *a, row = *b; /* views that own nothing */
  column.ndim = row.ndim = 2;
  column.size[1] = 1;
  column.stride[1] = 1;
  row.size[1] = b->size[0];
  row.stride[1] = b->stride[0];
  row.size[0] = 1;
  row.stride[0] = b->size[0] > 0 ? b->size[0] * b->stride[0] : 1;
  return cr_addmm(out, beta, m, alpha, &column, &row);
}
