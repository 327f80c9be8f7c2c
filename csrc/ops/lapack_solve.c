/* Linear systems, inverses, determinants, Cholesky factors. */
#include "ops/lapack_tools.h"

#include "ops/copy.h"

#include <float.h>
#include <math.h>

/* b is a vector or a matrix of b's type with as many rows as a. */
static cr_status check_right_side(const cr_tensor *b, const cr_tensor *a) {
  char text_b[CR_SIZE_TEXT], text_a[CR_SIZE_TEXT];
  if (b->dtype != a->dtype)
    return cr_fail(CR_EINVAL, "expected tensors of one type, got a %s and a %s",
                   cr_dtype_tensor_name(b->dtype), cr_dtype_tensor_name(a->dtype));
  if ((b->ndim == 1 || b->ndim == 2) && b->size[0] == a->size[0] && cr_tensor_numel(b) > 0)
    return CR_OK;
  return cr_fail(CR_EINVAL, "B must have as many rows as A, got sizes %s and %s",
                 cr_tensor_size_text(text_b, b), cr_tensor_size_text(text_a, a));
}

static cr_status check_pivot(int info) {
  if (info == 0) return CR_OK;
  return cr_fail(CR_EINVAL, "the matrix is singular: U(%d,%d) is zero", info, info);
}

static cr_status check_definite(int info) {
  if (info == 0) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "the matrix is not positive definite: its leading minor of order %d is not", info);
}

static cr_status gesv(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *b = call->in[0], *a = call->in[1];
  cr_tensor *x, *lu, *pivots;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(check_right_side(b, a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "gesv"));
  CR_TRY(cr_copy_columns(w, &x, b));
  CR_TRY(cr_copy_columns(w, &lu, a));
  int n = (int)a->size[0], columns = (int)x->size[1], info = 0;
  CR_TRY(cr_new_vector(w, &pivots, CR_I32, n));
  routine(&n, &columns, cr_tensor_data(lu), &n, cr_tensor_data(pivots), cr_tensor_data(x), &n,
          &info);
  CR_TRY(check_pivot(info));
  CR_TRY(cr_give_columns(call->out[0], x));
  return cr_give_columns(call->out[1], lu);
}
CR_LAPACK_ENTRY(gesv, gesv)

static cr_status gels(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *b = call->in[0], *a = call->in[1];
  cr_tensor *x, *factors, top;
  cr_routine routine;
  CR_TRY(cr_expect_matrix("A", a));
  CR_TRY(check_right_side(b, a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "gels"));
  int m = (int)a->size[0], n = (int)a->size[1], rows = m > n ? m : n, info = 0;
  int columns = b->ndim == 2 ? (int)b->size[1] : 1;
  CR_TRY(cr_new_columns(w, &x, a->dtype, rows, columns));
  CR_TRY(cr_fill(x, cr_scalar_from_int(0)));
  top = *x; /* owns nothing */
  top.size[0] = m;
  CR_TRY(cr_copy(&top, b));
  CR_TRY(cr_copy_columns(w, &factors, a));
  CR_CALL_WITH_WORK(w, a->dtype, routine, "N", &m, &n, &columns, cr_tensor_data(factors), &m,
                    cr_tensor_data(x), &rows, work, &lwork, &info, (size_t)1);
  if (info > 0)
    return cr_fail(CR_EINVAL, "the matrix has not full rank: R(%d,%d) is zero", info, info);
  CR_TRY(cr_give_columns(call->out[0], x));
  return cr_give_columns(call->out[1], factors);
}
CR_LAPACK_ENTRY(gels, gels)

static cr_status trtrs(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *b = call->in[0], *a = call->in[1];
  cr_tensor *x, *factor;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(check_right_side(b, a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "trtrs"));
  CR_TRY(cr_copy_columns(w, &x, b));
  CR_TRY(cr_copy_columns(w, &factor, a));
  int n = (int)a->size[0], columns = (int)x->size[1], info = 0;
  routine(&call->option[0], &call->option[1], &call->option[2], &n, &columns,
          cr_tensor_data(factor), &n, cr_tensor_data(x), &n, &info, (size_t)1, (size_t)1,
          (size_t)1);
  if (info > 0) return cr_fail(CR_EINVAL, "the matrix is singular: A(%d,%d) is zero", info, info);
  CR_TRY(cr_give_columns(call->out[0], x));
  return cr_give_columns(call->out[1], factor);
}
CR_LAPACK_ENTRY(trtrs, trtrs)

static cr_status inverse(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *lu, *pivots;
  cr_routine getrf, getri;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_find_routine(&getrf, a->dtype, "getrf"));
  CR_TRY(cr_find_routine(&getri, a->dtype, "getri"));
  CR_TRY(cr_copy_columns(w, &lu, a));
  int n = (int)a->size[0], info = 0;
  CR_TRY(cr_new_vector(w, &pivots, CR_I32, n));
  getrf(&n, &n, cr_tensor_data(lu), &n, cr_tensor_data(pivots), &info);
  CR_TRY(check_pivot(info));
  CR_CALL_WITH_WORK(w, a->dtype, getri, &n, cr_tensor_data(lu), &n, cr_tensor_data(pivots), work,
                    &lwork, &info);
  CR_TRY(check_pivot(info));
  return cr_give_columns(call->out[0], lu);
}
CR_LAPACK_ENTRY(inverse, inverse)

static cr_status det(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *lu, *pivots;
  cr_routine getrf;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_find_routine(&getrf, a->dtype, "getrf"));
  CR_TRY(cr_copy_columns(w, &lu, a));
  int n = (int)a->size[0], info = 0;
  CR_TRY(cr_new_vector(w, &pivots, CR_I32, n));
  getrf(&n, &n, cr_tensor_data(lu), &n, cr_tensor_data(pivots), &info);
  const int32_t *exchanged = cr_tensor_data(pivots);
  const char *data = cr_tensor_data(lu);
  double product = 1;
  for (int i = 0; i < n; i++) {
    size_t at = ((size_t)i * (size_t)n + (size_t)i) * cr_dtype_size(a->dtype);
    product *= cr_load(a->dtype, data + at).f * (exchanged[i] == i + 1 ? 1 : -1);
  }
  call->number = product;
  return CR_OK;
}
CR_LAPACK_ENTRY(det, det)

/* ---- Cholesky ---- */

static cr_status potrf(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *factor;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "potrf"));
  CR_TRY(cr_copy_columns(w, &factor, a));
  int n = (int)a->size[0], info = 0;
  routine(&call->option[0], &n, cr_tensor_data(factor), &n, &info, (size_t)1);
  CR_TRY(check_definite(info));
  cr_clear_triangle(factor, call->option[0] == 'L');
  return cr_give(call->out[0], factor);
}
CR_LAPACK_ENTRY(potrf, potrf)

static cr_status potrs(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *b = call->in[0], *a = call->in[1];
  cr_tensor *x, *factor;
  cr_routine routine;
  CR_TRY(cr_expect_square("the factor", a));
  CR_TRY(check_right_side(b, a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "potrs"));
  CR_TRY(cr_copy_columns(w, &x, b));
  CR_TRY(cr_copy_columns(w, &factor, a));
  int n = (int)a->size[0], columns = (int)x->size[1], info = 0;
  const char *data = cr_tensor_data(factor);
  for (int i = 0; i < n; i++)
    if (cr_load(a->dtype, data + (size_t)i * ((size_t)n + 1) * cr_dtype_size(a->dtype)).f == 0)
      return cr_fail(CR_EINVAL, "the factor is singular: its element (%d,%d) is zero", i + 1,
                     i + 1);
  routine(&call->option[0], &n, &columns, cr_tensor_data(factor), &n, cr_tensor_data(x), &n, &info,
          (size_t)1);
  return cr_give_columns(call->out[0], x);
}
CR_LAPACK_ENTRY(potrs, potrs)

/* LAPACK fills one triangle of the symmetric result: mirrors it. */
static void mirror(cr_tensor *t, bool from_upper) {
  size_t width = cr_dtype_size(t->dtype);
  char *data = cr_tensor_data(t);
  int64_t n = t->size[0];
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = i + 1; j < n; j++) {
      char *upper = data + (size_t)(i + j * n) * width, *lower = data + (size_t)(j + i * n) * width;
      cr_store(t->dtype, from_upper ? lower : upper, cr_load(t->dtype, from_upper ? upper : lower));
    }
}

static cr_status potri(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *result;
  cr_routine routine;
  CR_TRY(cr_expect_square("the factor", a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "potri"));
  CR_TRY(cr_copy_columns(w, &result, a));
  int n = (int)a->size[0], info = 0;
  routine(&call->option[0], &n, cr_tensor_data(result), &n, &info, (size_t)1);
  if (info > 0)
    return cr_fail(CR_EINVAL, "the factor is singular: its element (%d,%d) is zero", info, info);
  mirror(result, call->option[0] == 'U');
  return cr_give(call->out[0], result);
}
CR_LAPACK_ENTRY(potri, potri)

static double element_at(const cr_tensor *t, int64_t i, int64_t j) {
  const char *data = cr_tensor_data(t);
  int64_t at = i * t->stride[0] + j * t->stride[1];
  return cr_load(t->dtype, data + at * (int64_t)cr_dtype_size(t->dtype)).f;
}

/* Where pivoting ended before all of a was factored, nothing may be left of a but rounding errors,
 * up to limit: else a was not semidefinite. The factor's rest becomes zero. */
static cr_status clear_rest(cr_tensor *factor, const cr_tensor *a, const int32_t *pivots, int rank,
                            char triangle, double limit) {
  int64_t n = a->size[0];
  for (int64_t i = rank; i < n; i++)
    for (int64_t j = rank; j <= i; j++) {
      int64_t p = pivots[i] - 1, q = pivots[j] - 1;
      bool is_stored = triangle == 'U' ? p <= q : p >= q; /* LAPACK reads one triangle */
      double left = is_stored ? element_at(a, p, q) : element_at(a, q, p);
      for (int64_t k = 0; k < rank; k++)
        left -= triangle == 'U' ? element_at(factor, k, i) * element_at(factor, k, j)
                                : element_at(factor, i, k) * element_at(factor, j, k);
      if (fabs(left) > limit)
        return cr_fail(CR_EINVAL,
                       "the matrix is not positive semidefinite: after %d pivots %g is left", rank,
                       left);
    }
  char *data = cr_tensor_data(factor);
  for (int64_t j = rank; j < n; j++)
    for (int64_t i = rank; i < n; i++)
      cr_store(factor->dtype, data + (size_t)(j * n + i) * cr_dtype_size(factor->dtype),
               cr_scalar_from_int(0));
  return CR_OK;
}

/* What rounding may leave of the matrix. */
static double rounding_limit(const cr_tensor *a) {
  double largest = 0, epsilon = a->dtype == CR_F32 ? FLT_EPSILON : DBL_EPSILON;
  const char *data = cr_tensor_data(a);
  int64_t step = (a->stride[0] + a->stride[1]) * (int64_t)cr_dtype_size(a->dtype);
  for (int64_t i = 0; i < a->size[0]; i++)
    largest = fmax(largest, fabs(cr_load(a->dtype, data + i * step).f));
  return 10 * (double)a->size[0] * epsilon * largest;
}

static cr_status pstrf(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *factor, *pivots, *work;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_expect_finite(a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "pstrf"));
  CR_TRY(cr_copy_columns(w, &factor, a));
  int n = (int)a->size[0], rank = 0, info = 0;
  CR_TRY(cr_new_vector(w, &pivots, CR_I32, n));
  CR_TRY(cr_new_vector(w, &work, a->dtype, 2 * (int64_t)n));
  double wide = call->tolerance;
  float narrow = (float)wide;
  routine(&call->option[0], &n, cr_tensor_data(factor), &n, cr_tensor_data(pivots), &rank,
          a->dtype == CR_F32 ? (void *)&narrow : (void *)&wide, cr_tensor_data(work), &info,
          (size_t)1);
  if (info > 0)
    CR_TRY(clear_rest(factor, a, cr_tensor_data(pivots), rank, call->option[0],
                      fmax(rounding_limit(a), call->tolerance)));
  cr_clear_triangle(factor, call->option[0] == 'L');
  CR_TRY(cr_give(call->out[0], factor));
  return cr_give(call->out[1], pivots);
}
CR_LAPACK_ENTRY(pstrf, pstrf)
