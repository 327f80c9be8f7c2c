/* What the files that call LAPACK share. */
#ifndef CR_OPS_LAPACK_TOOLS_H
#define CR_OPS_LAPACK_TOOLS_H

#include "ops/lapack.h"

/* Fortran passes everything by address; the lengths of strings follow after all arguments. */
typedef void (*cr_routine)();

/* Temporary tensors of one call, given back together at its end. */
enum { cr_max_temporaries = 10 };
typedef struct {
  cr_tensor tensor[cr_max_temporaries];
  int count;
} cr_temporaries;

/* The routine for the type: "gesv" is sgesv_ or dgesv_. */
cr_status cr_find_routine(cr_routine *out, cr_dtype dtype, const char *name);

/* A matrix of floating-point numbers, with at least one element. */
cr_status cr_expect_matrix(const char *name, const cr_tensor *t);
cr_status cr_expect_square(const char *name, const cr_tensor *t);
cr_status cr_expect_finite(const cr_tensor *t);

/* A new matrix whose columns are contiguous; uninitialized. */
cr_status cr_new_columns(cr_temporaries *w, cr_tensor **out, cr_dtype dtype, int64_t rows,
                         int64_t columns);
/* The same, holding t; a vector becomes one column. */
cr_status cr_copy_columns(cr_temporaries *w, cr_tensor **out, const cr_tensor *t);
cr_status cr_new_vector(cr_temporaries *w, cr_tensor **out, cr_dtype dtype, int64_t n);

/* The size that a routine asked for in the first element of work. */
int cr_work_size(cr_dtype dtype, const void *work);

/* Sets the elements above (or below) the diagonal to zero. */
void cr_clear_triangle(cr_tensor *t, bool above);

/* Hands value over to the caller's result. */
cr_status cr_give(cr_tensor *out, const cr_tensor *value);

/* The same for a matrix whose columns shall be contiguous in out, as Torch7 documents it: the strides
 * of a result that holds memory in rows are exchanged. */
cr_status cr_give_columns(cr_tensor *out, const cr_tensor *value);

/* Calls a routine twice: for the size of its workspace, and with it. The arguments name the
 * variables `work` and `lwork`. */
#define CR_CALL_WITH_WORK(w, dtype, routine, ...)                                                  \
  do {                                                                                             \
    double asked[2] = {0, 0};                                                                      \
    void *work = asked;                                                                            \
    int lwork = -1;                                                                                \
    cr_tensor *workspace;                                                                          \
    routine(__VA_ARGS__);                                                                          \
    lwork = cr_work_size(dtype, asked);                                                            \
    CR_TRY(cr_new_vector(w, &workspace, dtype, lwork));                                            \
    work = cr_tensor_data(workspace);                                                              \
    routine(__VA_ARGS__);                                                                          \
  } while (0)

/* Defines cr_lapack_<name>, which frees the temporaries of `body` whatever happens. */
#define CR_LAPACK_ENTRY(name, body)                                                                \
  cr_status cr_lapack_##name(cr_lapack_call *call) {                                               \
    cr_temporaries w = {.count = 0};                                                               \
    cr_status status = body(call, &w);                                                             \
    for (int i = 0; i < w.count; i++) cr_tensor_clear(&w.tensor[i]);                               \
    return status;                                                                                 \
  }

#endif
