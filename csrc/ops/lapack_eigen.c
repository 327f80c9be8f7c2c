/* Eigenvalues, singular values, orthogonal factors. */
#include "ops/lapack_tools.h"

#include "ops/copy.h"

static cr_status no_convergence(int info) {
  if (info == 0) return CR_OK;
  return cr_fail(CR_EINVAL, "the algorithm did not converge: %d values are missing", info);
}

static cr_status symeig(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *vectors, *values;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_expect_finite(a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "syev"));
  CR_TRY(cr_copy_columns(w, &vectors, a));
  int n = (int)a->size[0], info = 0;
  CR_TRY(cr_new_vector(w, &values, a->dtype, n));
  CR_CALL_WITH_WORK(w, a->dtype, routine, &call->option[0], &call->option[1], &n,
                    cr_tensor_data(vectors), &n, cr_tensor_data(values), work, &lwork, &info,
                    (size_t)1, (size_t)1);
  CR_TRY(no_convergence(info));
  if (call->option[0] == 'N') CR_TRY(cr_fill(vectors, cr_scalar_from_int(0)));
  CR_TRY(cr_give(call->out[0], values));
  return cr_give_columns(call->out[1], vectors);
}
CR_LAPACK_ENTRY(symeig, symeig)

static cr_status eig(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *matrix, *values, *vectors;
  cr_routine routine;
  CR_TRY(cr_expect_square("A", a));
  CR_TRY(cr_expect_finite(a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "geev"));
  CR_TRY(cr_copy_columns(w, &matrix, a));
  int n = (int)a->size[0], one = 1, info = 0;
  CR_TRY(cr_new_columns(w, &values, a->dtype, n, 2)); /* real parts, then imaginary ones */
  CR_TRY(cr_new_columns(w, &vectors, a->dtype, n, n));
  char *real = cr_tensor_data(values), *imaginary = real + (size_t)n * cr_dtype_size(a->dtype);
  CR_CALL_WITH_WORK(w, a->dtype, routine, "N", &call->option[0], &n, cr_tensor_data(matrix), &n,
                    real, imaginary, NULL, &one, cr_tensor_data(vectors), &n, work, &lwork, &info,
                    (size_t)1, (size_t)1);
  CR_TRY(no_convergence(info));
  CR_TRY(cr_give(call->out[0], values));
  return call->option[0] == 'V' ? cr_give_columns(call->out[1], vectors) : CR_OK;
}
CR_LAPACK_ENTRY(eig, eig)

static cr_status svd(cr_lapack_call *call, cr_temporaries *w) {
  const cr_tensor *a = call->in[0];
  cr_tensor *matrix, *u, *s, *vt, v;
  cr_routine routine;
  CR_TRY(cr_expect_matrix("A", a));
  CR_TRY(cr_expect_finite(a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "gesvd"));
  CR_TRY(cr_copy_columns(w, &matrix, a));
  int m = (int)a->size[0], n = (int)a->size[1], least = m < n ? m : n, info = 0;
  int u_columns = call->option[0] == 'A' ? m : least, v_rows = call->option[0] == 'A' ? n : least;
  CR_TRY(cr_new_columns(w, &u, a->dtype, m, u_columns));
  CR_TRY(cr_new_vector(w, &s, a->dtype, least));
  CR_TRY(cr_new_columns(w, &vt, a->dtype, v_rows, n));
  CR_CALL_WITH_WORK(w, a->dtype, routine, &call->option[0], &call->option[0], &m, &n,
                    cr_tensor_data(matrix), &m, cr_tensor_data(s), cr_tensor_data(u), &m,
                    cr_tensor_data(vt), &v_rows, work, &lwork, &info, (size_t)1, (size_t)1);
  CR_TRY(no_convergence(info));
  CR_TRY(cr_give_columns(call->out[0], u));
  CR_TRY(cr_give(call->out[1], s));
  cr_tensor_init(&v, a->dtype);
  cr_status status = cr_tensor_transpose(&v, vt, 0, 1);
  if (status == CR_OK) status = cr_give(call->out[2], &v);
  cr_tensor_clear(&v);
  return status;
}
CR_LAPACK_ENTRY(svd, svd)

/* ---- QR ---- */

static cr_status factorize(cr_temporaries *w, const cr_tensor *a, cr_tensor **reflectors,
                           cr_tensor **tau) {
  cr_routine routine;
  CR_TRY(cr_expect_matrix("A", a));
  CR_TRY(cr_find_routine(&routine, a->dtype, "geqrf"));
  CR_TRY(cr_copy_columns(w, reflectors, a));
  int m = (int)a->size[0], n = (int)a->size[1], info = 0;
  CR_TRY(cr_new_vector(w, tau, a->dtype, m < n ? m : n));
  CR_CALL_WITH_WORK(w, a->dtype, routine, &m, &n, cr_tensor_data(*reflectors), &m,
                    cr_tensor_data(*tau), work, &lwork, &info);
  return CR_OK;
}

static cr_status geqrf(cr_lapack_call *call, cr_temporaries *w) {
  cr_tensor *reflectors, *tau;
  CR_TRY(factorize(w, call->in[0], &reflectors, &tau));
  CR_TRY(cr_give(call->out[0], reflectors));
  return cr_give(call->out[1], tau);
}
CR_LAPACK_ENTRY(geqrf, geqrf)

/* Replaces the first k columns of reflectors by those of Q; contiguous columns. */
static cr_status make_q(cr_temporaries *w, cr_tensor *reflectors, const cr_tensor *tau) {
  cr_routine routine;
  CR_TRY(cr_find_routine(&routine, tau->dtype, "orgqr"));
  int m = (int)reflectors->size[0], k = (int)tau->size[0], info = 0;
  CR_CALL_WITH_WORK(w, tau->dtype, routine, &m, &k, &k, cr_tensor_data(reflectors), &m,
                    cr_tensor_data(tau), work, &lwork, &info);
  reflectors->size[1] = k;
  return CR_OK;
}

/* Copies the arguments of orgqr and ormqr: reflectors and as many factors as they can have. */
static cr_status copy_reflectors(cr_temporaries *w, const cr_lapack_call *call,
                                 cr_tensor **reflectors, cr_tensor **tau) {
  const cr_tensor *a = call->in[0], *t = call->in[1];
  char text_a[CR_SIZE_TEXT], text_t[CR_SIZE_TEXT];
  CR_TRY(cr_expect_matrix("the reflectors", a));
  if (t->dtype != a->dtype || t->ndim != 1 || t->size[0] < 1 || t->size[0] > a->size[0] ||
      t->size[0] > a->size[1])
    return cr_fail(CR_EINVAL,
                   "tau must be a %s with an element for each of the reflectors in a "
                   "%s matrix, got a %s of size %s",
                   cr_dtype_tensor_name(a->dtype), cr_tensor_size_text(text_a, a),
                   cr_dtype_tensor_name(t->dtype), cr_tensor_size_text(text_t, t));
  CR_TRY(cr_copy_columns(w, reflectors, a));
  CR_TRY(cr_new_vector(w, tau, t->dtype, t->size[0]));
  return cr_copy(*tau, t);
}

static cr_status orgqr(cr_lapack_call *call, cr_temporaries *w) {
  cr_tensor *q, *tau;
  CR_TRY(copy_reflectors(w, call, &q, &tau));
  CR_TRY(make_q(w, q, tau));
  return cr_give(call->out[0], q);
}
CR_LAPACK_ENTRY(orgqr, orgqr)

static cr_status ormqr(cr_lapack_call *call, cr_temporaries *w) {
  cr_tensor *reflectors, *tau, *product;
  cr_routine routine;
  const cr_tensor *mat = call->in[2];
  CR_TRY(copy_reflectors(w, call, &reflectors, &tau));
  CR_TRY(cr_expect_matrix("mat", mat));
  bool from_left = call->option[0] == 'L';
  if (mat->dtype != tau->dtype || mat->size[from_left ? 0 : 1] != reflectors->size[0]) {
    char text_a[CR_SIZE_TEXT], text_m[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL,
                   "the reflectors and mat do not fit: got a %s of size %s and a %s of "
                   "size %s",
                   cr_dtype_tensor_name(tau->dtype), cr_tensor_size_text(text_a, reflectors),
                   cr_dtype_tensor_name(mat->dtype), cr_tensor_size_text(text_m, mat));
  }
  CR_TRY(cr_find_routine(&routine, tau->dtype, "ormqr"));
  CR_TRY(cr_copy_columns(w, &product, mat));
  int m = (int)mat->size[0], n = (int)mat->size[1], k = (int)tau->size[0], info = 0;
  int lda = (int)reflectors->size[0];
  CR_CALL_WITH_WORK(w, tau->dtype, routine, &call->option[0], &call->option[1], &m, &n, &k,
                    cr_tensor_data(reflectors), &lda, cr_tensor_data(tau), cr_tensor_data(product),
                    &m, work, &lwork, &info, (size_t)1, (size_t)1);
  return cr_give(call->out[0], product);
}
CR_LAPACK_ENTRY(ormqr, ormqr)

static cr_status qr(cr_lapack_call *call, cr_temporaries *w) {
  cr_tensor *reflectors, *tau, *r, top;
  CR_TRY(factorize(w, call->in[0], &reflectors, &tau));
  int64_t k = tau->size[0];
  CR_TRY(cr_new_columns(w, &r, tau->dtype, k, reflectors->size[1]));
  top = *reflectors; /* owns nothing */
  top.size[0] = k;
  CR_TRY(cr_copy(r, &top));
  cr_clear_triangle(r, false);
  CR_TRY(make_q(w, reflectors, tau));
  CR_TRY(cr_give_columns(call->out[0], reflectors));
  return cr_give(call->out[1], r);
}
CR_LAPACK_ENTRY(qr, qr)
