#include "ops/orthonormal.h"

#include "core/parallel.h"
#include "ops/check.h"
#include "ops/gemm.h"

#include <math.h>

/* Takes the rows before it out of row i: c = Q r, r -= Q^T c. */
static cr_status project_out(cr_dtype dtype, char *data, int64_t i, int64_t m, char *row,
                             void *coefficients) {
  CR_TRY(cr_gemm(dtype, false, true, 1, i, m, 1, row, m, data, m, 0, coefficients, i));
  return cr_gemm(dtype, false, false, 1, m, i, -1, coefficients, i, data, m, 1, row, m);
}

static void normalize(cr_dtype dtype, char *row, int64_t m) {
  size_t width = cr_dtype_size(dtype);
  double squares = 0;
  for (int64_t j = 0; j < m; j++) {
    double value = cr_load(dtype, row + (size_t)j * width).f;
    squares += value * value;
  }
  double factor = squares > 1e-20 ? 1 / sqrt(squares) : 0;
  for (int64_t j = 0; j < m; j++) {
    char *element = row + (size_t)j * width;
    cr_store(dtype, element, cr_scalar_from_double(cr_load(dtype, element).f * factor));
  }
}

cr_status cr_orthonormalize(cr_tensor *rows) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float("rows", rows));
  if (rows->ndim != 2 || rows->size[0] > rows->size[1] || !cr_tensor_is_contiguous(rows))
    return cr_fail(CR_EINVAL, "rows must be a contiguous (n x m) tensor with n <= m, got %s",
                   cr_paren_text(text, rows));
  int64_t n = rows->size[0], m = rows->size[1];
  size_t width = cr_dtype_size(rows->dtype);
  void *coefficients = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)n * width);
  if (!coefficients) return CR_ENOMEM;
  char *data = cr_tensor_data(rows);
  for (int64_t i = 0; i < n; i++) {
    char *row = data + (size_t)(i * m) * width;
    for (int pass = 0; pass < 2 && i > 0; pass++)
      CR_TRY(project_out(rows->dtype, data, i, m, row, coefficients));
    normalize(rows->dtype, row, m);
  }
  return CR_OK;
}
