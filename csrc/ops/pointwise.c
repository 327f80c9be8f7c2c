#include "ops/pointwise.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/copy.h"

/* Rough nanoseconds an element, for sharing work among threads. */
static const double cheap = 0.3, costly = 2;

/* Runs a loop over out and n inputs. Inputs that overlap the output in another order are copied
 * first, so that the result never depends on the order of the loop. */
static cr_status run(cr_tensor *out, int inputs, const cr_tensor *const *in, cr_loop loop,
                     const void *context, double cost) {
  cr_tensor copies[CR_MAX_OPERANDS];
  const cr_tensor *operands[CR_MAX_OPERANDS] = {out};
  cr_status status = CR_OK;
  int made = 0;
  if (cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result cannot be written to an expanded tensor: its elements "
                              "share memory; clone it first");
  for (int k = 0; k < inputs && status == CR_OK; k++) {
    operands[k + 1] = in[k];
    if (!cr_tensor_overlaps(out, in[k]) || cr_tensor_is_same_view(out, in[k])) continue;
    status = cr_clone_as(&copies[made], in[k], in[k]->dtype);
    if (status == CR_OK) operands[k + 1] = &copies[made++];
  }
  cr_iter it;
  if (status == CR_OK) status = cr_iter_init(&it, inputs + 1, operands);
  if (status == CR_OK) status = cr_iter_run(&it, loop, context, cost);
  for (int k = 0; k < made; k++) cr_tensor_clear(&copies[k]);
  return status;
}

static cr_status check_type(const cr_tensor *t, cr_dtype expected) {
  if (t->dtype == expected) return CR_OK;
  return cr_fail(CR_EINVAL, "expected a %s, got a %s: convert it with :type() first",
                 cr_dtype_tensor_name(expected), cr_dtype_tensor_name(t->dtype));
}

static cr_status check_loop(cr_loop loop, cr_dtype dtype) {
  if (loop) return CR_OK;
  return cr_fail(CR_EINVAL, "is not defined for a %s: convert it with :float() or :double() first",
                 cr_dtype_tensor_name(dtype));
}

cr_status cr_unary(cr_tensor *out, const cr_tensor *x, cr_unary_op op) {
  cr_loop loop = cr_kernels()->unary[op][x->dtype];
  CR_TRY(check_loop(loop, x->dtype));
  CR_TRY(check_type(out, x->dtype));
  if (out != x) CR_TRY(cr_tensor_resize_as(out, x));
  return run(out, 1, &x, loop, NULL, costly);
}

/* Gives b a view that lines up with a: by broadcasting, or in order where only the counts agree.
 * out gets the common size. *b_view is initialized when the function succeeds. */
static cr_status line_up(cr_tensor *out, const cr_tensor *a, const cr_tensor *b,
                         cr_tensor *b_view) {
  int ndim;
  int64_t size[CR_MAX_DIMS];
  cr_status status = cr_broadcast_size(&ndim, size, a, b);
  bool in_order = status != CR_OK || (out == a && (ndim != a->ndim || cr_tensor_numel(a) == 0));
  if (status == CR_OK && out == a) {
    for (int d = 0; d < ndim && !in_order; d++) in_order = size[d] != a->size[d];
  }
  if (!in_order) {
    if (out != a) CR_TRY(cr_tensor_resize(out, ndim, size));
    cr_tensor_init(b_view, b->dtype);
    cr_tensor_alias(b_view, b);
    return CR_OK;
  }
  if (cr_tensor_numel(a) != cr_tensor_numel(b)) {
    char text_a[CR_SIZE_TEXT], text_b[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "sizes %s and %s %s", cr_tensor_size_text(text_a, a),
                   cr_tensor_size_text(text_b, b),
                   status == CR_OK ? "do not give a result of the first one's size"
                                   : "cannot be broadcast together");
  }
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, b));
  cr_tensor_init(b_view, b->dtype);
  status = cr_tensor_view(b_view, &flat, a->ndim, a->size);
  cr_tensor_clear(&flat);
  if (status == CR_OK && out != a) status = cr_tensor_resize_as(out, a);
  if (status != CR_OK) cr_tensor_clear(b_view);
  return status;
}

/* A tensor of one element on the caller's stack. */
typedef struct {
  int64_t element;
  cr_storage storage;
  cr_tensor tensor;
} single;

static const cr_tensor *make_single(single *s, cr_dtype dtype, cr_scalar value) {
  cr_store(dtype, &s->element, value);
  s->storage = (cr_storage){.dtype = dtype, .size = 1, .capacity = 1, .data = &s->element};
  s->tensor =
      (cr_tensor){.dtype = dtype, .ndim = 1, .size = {1}, .stride = {1}, .storage = &s->storage};
  return &s->tensor;
}

static cr_status apply(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_loop loop,
                       double cost) {
  CR_TRY(check_loop(loop, a->dtype));
  CR_TRY(check_type(b, a->dtype));
  cr_tensor b_view;
  CR_TRY(line_up(out, a, b, &b_view));
  const cr_tensor *in[] = {a, &b_view};
  cr_status status = run(out, 2, in, loop, NULL, cost);
  cr_tensor_clear(&b_view);
  return status;
}

cr_status cr_binary(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_binary_op op) {
  CR_TRY(check_type(out, a->dtype));
  return apply(out, a, b, cr_kernels()->binary[op][a->dtype], cheap);
}

cr_status cr_compare(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_compare_op op) {
  CR_TRY(check_type(out, CR_U8));
  return apply(out, a, b, cr_kernels()->compare[op][a->dtype], cheap);
}

static cr_status apply_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_loop loop) {
  CR_TRY(check_loop(loop, a->dtype));
  if (out != a) CR_TRY(cr_tensor_resize_as(out, a));
  single s;
  const cr_tensor *in[] = {a, make_single(&s, a->dtype, b)};
  return run(out, 2, in, loop, NULL, cheap);
}

cr_status cr_scalar_binary(cr_tensor *out, cr_scalar a, const cr_tensor *b, cr_binary_op op) {
  cr_loop loop = cr_kernels()->binary[op][b->dtype];
  CR_TRY(check_loop(loop, b->dtype));
  CR_TRY(check_type(out, b->dtype));
  if (out != b) CR_TRY(cr_tensor_resize_as(out, b));
  single s;
  const cr_tensor *in[] = {make_single(&s, b->dtype, a), b};
  return run(out, 2, in, loop, NULL, cheap);
}

/* Gives b a view of a's size: by broadcasting, or in order where the counts agree. *view is
 * initialized when the function succeeds. */
static cr_status bring_to_size(const cr_tensor *a, const cr_tensor *b, cr_tensor *view) {
  cr_tensor flat;
  CR_TRY(check_type(b, a->dtype));
  cr_tensor_init(view, b->dtype);
  if (cr_tensor_expand(view, b, a->ndim, a->size) == CR_OK) return CR_OK;
  if (cr_tensor_numel(a) != cr_tensor_numel(b)) {
    char text_a[CR_SIZE_TEXT], text_b[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "a tensor of size %s does not go with one of size %s",
                   cr_tensor_size_text(text_b, b), cr_tensor_size_text(text_a, a));
  }
  CR_TRY(cr_contiguous(&flat, b));
  cr_status status = cr_tensor_view(view, &flat, a->ndim, a->size);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_scaled(cr_tensor *out, const cr_tensor *a, int others, const cr_tensor *const *other,
                    cr_scaled_numbers numbers, cr_scaled_op op) {
  cr_tensor views[2];
  const cr_tensor *in[3] = {a};
  cr_status status = check_type(out, a->dtype);
  int made = 0;
  while (status == CR_OK && made < others) {
    status = bring_to_size(a, other[made], &views[made]);
    if (status != CR_OK) break;
    in[made + 1] = &views[made];
    made++;
  }
  if (status == CR_OK && out != a) status = cr_tensor_resize_as(out, a);
  if (status == CR_OK)
    status = run(out, others + 1, in, cr_kernels()->scaled[op][a->dtype], &numbers, cheap);
  for (int k = 0; k < made; k++) cr_tensor_clear(&views[k]);
  return status;
}

cr_status cr_binary_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_binary_op op) {
  CR_TRY(check_type(out, a->dtype));
  return apply_scalar(out, a, b, cr_kernels()->binary[op][a->dtype]);
}

cr_status cr_compare_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_compare_op op) {
  CR_TRY(check_type(out, CR_U8));
  return apply_scalar(out, a, b, cr_kernels()->compare[op][a->dtype]);
}
