#include "ops/linalg.h"

#include "core/blas.h"
#include "ops/copy.h"

#include <string.h>

static cr_status check_types(const cr_tensor *out, const cr_tensor *a, const cr_tensor *b) {
  if (!cr_dtype_is_float(a->dtype))
    return cr_fail(CR_EINVAL,
                   "is not defined for a %s: convert it with :float() or :double() first",
                   cr_dtype_tensor_name(a->dtype));
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

static cr_scalar multiply_add(cr_dtype dtype, cr_scalar sum, cr_scalar a, cr_scalar b) {
  if (cr_dtype_is_float(dtype)) return (cr_scalar){.f = sum.f + a.f * b.f};
  return (cr_scalar){.i = (int64_t)((uint64_t)sum.i + (uint64_t)a.i * (uint64_t)b.i)};
}

cr_status cr_dot(cr_scalar *out, const cr_tensor *a, const cr_tensor *b) {
  if (a->dtype != b->dtype)
    return cr_fail(CR_EINVAL, "expected tensors of one type, got a %s and a %s",
                   cr_dtype_tensor_name(a->dtype), cr_dtype_tensor_name(b->dtype));
  int64_t count = cr_tensor_numel(a);
  if (count != cr_tensor_numel(b)) return wrong_sizes(a, b, "tensors of as many elements");
  cr_tensor x, y;
  CR_TRY(cr_contiguous(&x, a));
  cr_status status = cr_contiguous(&y, b);
  cr_scalar sum = cr_scalar_from_int(0);
  if (status == CR_OK) {
    size_t width = cr_dtype_size(a->dtype);
    const char *p = cr_tensor_data(&x), *q = cr_tensor_data(&y);
    for (int64_t i = 0; i < count; i++, p += width, q += width)
      sum = multiply_add(a->dtype, sum, cr_load(a->dtype, p), cr_load(a->dtype, q));
    cr_tensor_clear(&y);
  }
  cr_tensor_clear(&x);
  *out = sum;
  return status;
}

/* ---- matrix products ---- */

/* A matrix as the product reads it: rows (or columns, then transposed) that are contiguous. */
typedef struct {
  const void *data;
  bool is_transposed;
  int64_t ld;
} matrix;

static bool as_matrix(matrix *out, const cr_tensor *t) {
  int64_t rows = t->size[0], columns = t->size[1];
  int64_t row_step = t->stride[0], column_step = t->stride[1];
  out->data = cr_tensor_data(t);
  if ((column_step == 1 || columns <= 1) && (rows <= 1 || row_step >= columns)) {
    *out = (matrix){out->data, false, rows > 1 ? row_step : columns};
  } else if ((row_step == 1 || rows <= 1) && (columns <= 1 || column_step >= rows)) {
    *out = (matrix){out->data, true, columns > 1 ? column_step : rows};
  } else {
    return false;
  }
  if (out->ld < 1) out->ld = 1;
  return true;
}

/* Initializes *view as t's matrix in a form that as_matrix takes. */
static cr_status plain_matrix(cr_tensor *view, matrix *out, const cr_tensor *t) {
  cr_tensor_init(view, t->dtype);
  if (as_matrix(out, t)) {
    cr_tensor_alias(view, t);
    return CR_OK;
  }
  CR_TRY(cr_clone_as(view, t, t->dtype));
  as_matrix(out, view);
  return CR_OK;
}

/* c = beta c + alpha a b for matrices of right sizes; c's rows are contiguous. */
static cr_status product(const cr_tensor *c, double beta, double alpha, const cr_tensor *a,
                         const cr_tensor *b) {
  cr_tensor a_view, b_view;
  matrix ma, mb;
  CR_TRY(plain_matrix(&a_view, &ma, a));
  cr_status status = plain_matrix(&b_view, &mb, b);
  if (status == CR_OK) {
    int64_t ldc = c->size[0] > 1 ? c->stride[0] : c->size[1];
    status =
        cr_gemm(c->dtype, ma.is_transposed, mb.is_transposed, a->size[0], b->size[1], a->size[1],
                alpha, ma.data, ma.ld, mb.data, mb.ld, beta, cr_tensor_data(c), ldc > 0 ? ldc : 1);
    cr_tensor_clear(&b_view);
  }
  cr_tensor_clear(&a_view);
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
  if (out != m) CR_TRY(cr_tensor_resize(out, ndim, size));
  if (!cr_tensor_same_size(out, &shape)) {
    char text[CR_SIZE_TEXT], wanted[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "the result must be of size %s, got %s",
                   cr_size_text(wanted, ndim, size), cr_tensor_size_text(text, out));
  }
  bool in_place =
      cr_tensor_is_contiguous(out) && !cr_tensor_overlaps(out, a) && !cr_tensor_overlaps(out, b);
  if (in_place) {
    cr_tensor_alias(target, out);
  } else {
    CR_TRY(cr_tensor_new(target, out->dtype, ndim, size));
  }
  if (m && beta != 0 && !(in_place && m == out)) return cr_copy(target, m);
  return CR_OK;
}

static cr_status deliver(cr_tensor *out, cr_tensor *target, cr_status status) {
  if (status == CR_OK && !cr_tensor_is_same_view(out, target)) status = cr_copy(out, target);
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
    status = product(&c, m ? beta : 0, alpha, a, &column);
  }
  return deliver(out, &target, status);
}

cr_status cr_matmul(cr_tensor *out, const cr_tensor *a, const cr_tensor *b) {
  return cr_addmm(out, 0, NULL, 1, a, b);
}

cr_status cr_baddbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                     const cr_tensor *a, const cr_tensor *b) {
  CR_TRY(check_types(out, a, b));
  if (a->ndim != 3 || b->ndim != 3 || a->size[0] != b->size[0] || a->size[2] != b->size[1])
    return wrong_sizes(a, b, "batches of matrices, b x n x k and b x k x p");
  cr_tensor target;
  int64_t size[3] = {a->size[0], a->size[1], b->size[2]};
  cr_status status = prepare(&target, out, 3, size, m ? beta : 0, m, a, b);
  if (status != CR_OK || cr_tensor_numel(&target) == 0) return deliver(out, &target, status);
  cr_tensor x, y, c;
  cr_tensor_init(&x, a->dtype);
  cr_tensor_init(&y, a->dtype);
  cr_tensor_init(&c, a->dtype);
  for (int64_t i = 0; i < size[0] && status == CR_OK; i++) {
    status = cr_tensor_select(&x, a, 0, i);
    if (status == CR_OK) status = cr_tensor_select(&y, b, 0, i);
    if (status == CR_OK) status = cr_tensor_select(&c, &target, 0, i);
    if (status == CR_OK) status = product(&c, m ? beta : 0, alpha, &x, &y);
  }
  cr_tensor_clear(&x);
  cr_tensor_clear(&y);
  cr_tensor_clear(&c);
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
