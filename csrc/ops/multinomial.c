#include "ops/multinomial.h"

#include "core/parallel.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>

/* Reads a row of weights; fails when it is no distribution. */
static cr_status read_weights(double *mass, const cr_tensor *p, int64_t offset, int64_t stride,
                              int64_t categories, int64_t *possible) {
  const char *data = cr_tensor_data(p);
  double sum = 0;
  *possible = 0;
  for (int64_t j = 0; j < categories; j++) {
    int64_t at = (offset + j * stride) * (int64_t)cr_dtype_size(p->dtype);
    mass[j] = cr_load(p->dtype, data + at).f;
    if (!(mass[j] >= 0) || !isfinite(mass[j]))
      return cr_fail(CR_EINVAL, "probabilities must be finite and not negative, got %g", mass[j]);
    sum += mass[j];
    *possible += mass[j] > 0;
  }
  if (sum > 0 && isfinite(sum)) return CR_OK;
  return cr_fail(CR_EINVAL, "the sum of the probabilities must be above 0 and finite, got %g", sum);
}

/* The first category whose cumulated probability reaches u. Rounding, or a u of 0, may point at one
 * without mass: then the nearest that has some. */
static int64_t find_category(const double *cumulated, const double *mass, int64_t categories,
                             double u) {
  int64_t low = 0, high = categories - 1;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (cumulated[middle] < u) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  int64_t found = low;
  while (found < categories && mass[found] == 0) found++;
  if (found < categories) return found;
  for (found = low; found > 0 && mass[found] == 0;) found--;
  return found;
}

/* Takes a category out and makes the rest sum to 1 again. */
static void remove_category(double *cumulated, double *mass, int64_t categories, int64_t drawn) {
  double before = drawn > 0 ? cumulated[drawn - 1] : 0;
  double share = cumulated[drawn] - before, rest = 1 - share;
  mass[drawn] = 0;
  for (int64_t k = 0; k < categories; k++) {
    if (k >= drawn) cumulated[k] -= share;
    cumulated[k] /= rest;
  }
}

static void draw_row(int64_t *out, cr_generator *g, double *cumulated, double *mass,
                     int64_t categories, int64_t n, bool with_replacement) {
  double sum = 0;
  for (int64_t j = 0; j < categories; j++) cumulated[j] = sum += mass[j];
  for (int64_t j = 0; j < categories; j++) cumulated[j] /= sum;
  for (int64_t i = 0; i < n; i++) {
    double u = cr_random_uniform(g, 0, 1);
    cumulated[categories - 1] = 1;
    int64_t drawn = find_category(cumulated, mass, categories, u);
    out[i] = drawn + 1;
    if (!with_replacement && i + 1 < n) remove_category(cumulated, mass, categories, drawn);
  }
}

cr_status cr_multinomial(cr_tensor *res, cr_generator *g, const cr_tensor *p, int64_t n,
                         bool with_replacement) {
  char text[CR_SIZE_TEXT];
  CR_TRY(cr_expect_float("p", p));
  CR_TRY(cr_expect_dtype("the result", res, CR_I64));
  if ((p->ndim != 1 && p->ndim != 2) || cr_tensor_numel(p) == 0)
    return cr_fail(CR_EINVAL, "p must be a vector or a matrix, got a tensor of size %s",
                   cr_tensor_size_text(text, p));
  int64_t rows = p->ndim == 2 ? p->size[0] : 1, categories = p->size[p->ndim - 1], possible;
  int64_t size[2] = {rows, n};
  if (n < 1) return cr_fail(CR_EINVAL, "n must be at least 1, got %lld", (long long)n);
  double *mass = cr_scratch(CR_SCRATCH_PARTIAL, 2 * (size_t)categories * sizeof *mass);
  if (!mass) return CR_ENOMEM;
  int64_t row_step = p->ndim == 2 ? p->stride[0] : 0, step = p->stride[p->ndim - 1];
  for (int64_t row = 0; row < rows; row++) { /* all checks before the first draw */
    CR_TRY(read_weights(mass, p, row * row_step, step, categories, &possible));
    if (!with_replacement && n > possible)
      return cr_fail(CR_EINVAL,
                     "cannot draw %lld categories without replacement: only %lld have a "
                     "probability above 0",
                     (long long)n, (long long)possible);
  }
  cr_tensor drawn;
  CR_TRY(cr_tensor_new(&drawn, CR_I64, p->ndim, p->ndim == 2 ? size : size + 1));
  int64_t *out = cr_tensor_data(&drawn);
  for (int64_t row = 0; row < rows; row++) {
    read_weights(mass, p, row * row_step, step, categories, &possible);
    draw_row(out + row * n, g, mass + categories, mass, categories, n, with_replacement);
  }
  cr_status status = cr_tensor_resize_as(res, &drawn);
  if (status == CR_OK) status = cr_copy(res, &drawn);
  cr_tensor_clear(&drawn);
  return status;
}

/* ---- the alias method ---- */

/* Pairs each place of less than the mean mass with one of more. `order` holds the small places from
 * the front and the large ones from the back. */
static void pair_places(double *share, int64_t *alias, int64_t *order, int64_t n) {
  int64_t small = 0, large = n;
  for (int64_t i = 0; i < n; i++) {
    alias[i] = i + 1;
    order[share[i] < 1 ? small++ : --large] = i;
  }
  while (small > 0 && large < n) {
    int64_t from = order[--small], to = order[large];
    alias[from] = to + 1;
    share[to] -= 1 - share[from];
    if (share[to] < 1) {
      large++;
      order[small++] = to;
    }
  }
  /* Only rounding leaves places over: they are full. */
  while (small > 0) share[order[--small]] = 1;
  for (; large < n; large++) share[order[large]] = 1;
}

cr_status cr_alias_setup(cr_tensor *alias, cr_tensor *q, const cr_tensor *p) {
  char text[CR_SIZE_TEXT];
  CR_TRY(cr_expect_float("probs", p));
  CR_TRY(cr_expect_dtype("the probability table", q, p->dtype));
  CR_TRY(cr_expect_dtype("the alias table", alias, CR_I64));
  if (p->ndim != 1 || p->size[0] == 0)
    return cr_fail(CR_EINVAL, "probs must be a vector, got a tensor of size %s",
                   cr_tensor_size_text(text, p));
  int64_t n = p->size[0], possible;
  double *share = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)n * sizeof *share);
  int64_t *order = cr_scratch(CR_SCRATCH_INDEX, (size_t)n * sizeof *order);
  if (!share || !order) return CR_ENOMEM;
  CR_TRY(read_weights(share, p, 0, p->stride[0], n, &possible));
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += share[i];
  for (int64_t i = 0; i < n; i++) share[i] *= (double)n / sum;
  CR_TRY(cr_prepare_contiguous(alias, 1, &n, NULL));
  CR_TRY(cr_prepare_contiguous(q, 1, &n, NULL));
  pair_places(share, cr_tensor_data(alias), order, n);
  size_t width = cr_dtype_size(q->dtype);
  for (int64_t i = 0; i < n; i++)
    cr_store(q->dtype, (char *)cr_tensor_data(q) + (size_t)i * width,
             cr_scalar_from_double(share[i]));
  return CR_OK;
}

cr_status cr_alias_draw(cr_tensor *res, cr_generator *g, const cr_tensor *alias,
                        const cr_tensor *q) {
  CR_TRY(cr_expect_dtype("output", res, CR_I64));
  CR_TRY(cr_expect_dtype("the alias table", alias, CR_I64));
  CR_TRY(cr_expect_float("the probability table", q));
  if (alias->ndim != 1 || q->ndim != 1 || alias->size[0] != q->size[0] || q->size[0] == 0)
    return cr_fail(CR_EINVAL, "the state must be what multinomialAliasSetup gave");
  if (res->ndim != 1 || cr_tensor_has_internal_overlap(res))
    return cr_fail(CR_EINVAL, "output must be a vector whose elements share no memory");
  int64_t places = q->size[0];
  size_t width = cr_dtype_size(q->dtype);
  const int64_t *other = cr_tensor_data(alias);
  for (int64_t i = 0; i < places; i++)
    if (other[i * alias->stride[0]] < 1 || other[i * alias->stride[0]] > places)
      return cr_fail(CR_EINVAL, "the alias table must hold numbers from 1 to %lld",
                     (long long)places);
  if (cr_tensor_overlaps(res, alias))
    return cr_fail(CR_EINVAL, "output must not be the alias table");
  int64_t *out = cr_tensor_data(res);
  for (int64_t i = 0; i < res->size[0]; i++) {
    int64_t place = (int64_t)cr_random_uniform(g, 0, (double)places);
    if (place >= places) place = places - 1;
    const char *element = cr_tensor_data(q);
    double hit = cr_load(q->dtype, element + (size_t)(place * q->stride[0]) * width).f;
    bool stays = cr_random_bernoulli(g, hit);
    out[i * res->stride[0]] = stays ? place + 1 : other[place * alias->stride[0]];
  }
  return CR_OK;
}
