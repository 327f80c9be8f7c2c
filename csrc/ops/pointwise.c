#include "ops/pointwise.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>
#include <string.h>

/* Rough nanoseconds an element, for sharing work among threads. */
static const double cheap = 0.3, costly = 2;

/* Elements of a tensor that is not worth a set-up nor threads. */
enum { small = 4096 };

/* Small tensors that are one run each, or one element. False when the tensors are not of that
 * kind. */
static bool run_plain(cr_tensor *out, int inputs, const cr_tensor *const *in, cr_loop loop,
                      const void *context) {
  char *p[CR_MAX_OPERANDS] = {cr_tensor_data(out)};
  int64_t stride[CR_MAX_OPERANDS] = {(int64_t)cr_dtype_size(out->dtype)};
  int64_t n = cr_tensor_numel(out);
  if (n == 0 || n > small || !cr_tensor_is_contiguous(out)) return false;
  bool is_apart = cr_storage_is_apart(out->storage);
  for (int k = 0; k < inputs; k++) {
    const cr_tensor *t = in[k];
    bool is_single = t->ndim == 1 && t->size[0] == 1;
    bool is_run = !is_single && cr_tensor_same_size(t, out) && cr_tensor_is_contiguous(t);
    if (!is_single && !is_run) return false;
    if (t->storage == out->storage && (t->offset != out->offset || (is_single && n > 1)))
      return false;
    if (t->storage != out->storage && !(cr_storage_is_apart(t->storage) && is_apart)) return false;
    p[k + 1] = cr_tensor_data(t);
    stride[k + 1] = is_single ? 0 : (int64_t)cr_dtype_size(t->dtype);
  }
  loop(n, p, stride, context);
  return true;
}

/* The loop for a result that no cache keeps, or NULL where there is none. */
typedef struct {
  cr_loop plain, streamed;
} loops;

static loops only(cr_loop plain) { return (loops){plain, NULL}; }

static loops binary_loops(cr_binary_op op, cr_dtype dtype) {
  const cr_kernel_table *table = cr_kernels();
  bool is_float = cr_dtype_is_float(dtype);
  return (loops){table->binary[op][dtype],
                 is_float ? table->streamed_binary[op][cr_float_index(dtype)] : NULL};
}

static loops unary_loops(cr_unary_op op, cr_dtype dtype) {
  const cr_kernel_table *table = cr_kernels();
  bool is_float = cr_dtype_is_float(dtype);
  return (loops){table->unary[op][dtype],
                 is_float ? table->streamed_unary[op][cr_float_index(dtype)] : NULL};
}

static loops scaled_loops(cr_scaled_op op, cr_dtype dtype) {
  const cr_kernel_table *table = cr_kernels();
  bool is_float = cr_dtype_is_float(dtype);
  return (loops){table->scaled[op][dtype],
                 is_float ? table->streamed_scaled[op][cr_float_index(dtype)] : NULL};
}

/* In place a result's lines are in the cache already; short runs would leave most lines half done. */
static bool should_stream(const cr_iter *it, int64_t width) {
  for (int k = 1; k < it->operands; k++)
    if (it->data[k] == it->data[0]) return false;
  return it->numel * width >= CR_STREAM_BYTES && it->size[0] * width >= 4096;
}

/* Runs a loop over out and n inputs. Inputs that overlap the output in another order are copied
 * first, so that the result never depends on the order of the loop. */
static cr_status run(cr_tensor *out, int inputs, const cr_tensor *const *in, loops loop,
                     const void *context, double cost) {
  cr_tensor copies[CR_MAX_OPERANDS];
  const cr_tensor *operands[CR_MAX_OPERANDS] = {out};
  cr_status status = CR_OK;
  int made = 0;
  if (run_plain(out, inputs, in, loop.plain, context)) return CR_OK;
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
  if (status == CR_OK) {
    bool is_large = loop.streamed && should_stream(&it, (int64_t)cr_dtype_size(out->dtype));
    status = cr_iter_run(&it, is_large ? loop.streamed : loop.plain, context, cost);
  }
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
  return cr_fail(CR_EINVAL, "is not defined for a %s: convert it with %s first",
                 cr_dtype_tensor_name(dtype),
                 cr_dtype_is_float(dtype) ? ":int() or :long()" : ":float() or :double()");
}

cr_status cr_unary(cr_tensor *out, const cr_tensor *x, cr_unary_op op) {
  loops loop = unary_loops(op, x->dtype);
  CR_TRY(check_loop(loop.plain, x->dtype));
  CR_TRY(check_type(out, x->dtype));
  if (out != x) CR_TRY(cr_tensor_resize_as(out, x));
  return run(out, 1, &x, loop, NULL, costly);
}

cr_status cr_unary_number(cr_scalar *out, cr_dtype *dtype, cr_scalar x, cr_unary_op op) {
  *dtype = cr_kernels()->unary[op][CR_F64] ? CR_F64 : CR_I64;
  bool is_integer = *dtype == CR_I64;
  if (is_integer && cr_scalar_from_int(x.i).f != x.f)
    return cr_fail(CR_EINVAL, "is not defined for a fraction, got %g", x.f);
  double f = x.f;
  int64_t i = x.i;
  char *value = is_integer ? (char *)&i : (char *)&f, *p[] = {value, value};
  const int64_t stride[] = {8, 8};
  cr_kernels()->unary[op][*dtype](1, p, stride, NULL);
  *out = is_integer ? cr_scalar_from_int(i) : cr_scalar_from_double(f);
  return CR_OK;
}

double cr_binary_number(double a, double b, cr_binary_op op) {
  double result = 0;
  char *p[] = {(char *)&result, (char *)&a, (char *)&b};
  const int64_t stride[] = {8, 8, 8};
  cr_kernels()->binary[op][CR_F64](1, p, stride, NULL);
  return result;
}

/* Gives b a view that lines up with a: by broadcasting, or in order where only the counts agree.
 * out gets the common size. *b_view is initialized when the function succeeds. */
static cr_status line_up(cr_tensor *out, const cr_tensor *a, const cr_tensor *b,
                         cr_tensor *b_view) {
  int ndim;
  int64_t size[CR_MAX_DIMS];
  cr_status status = cr_broadcast_size(&ndim, size, a, b);
  bool in_order = status != CR_OK || (out == a && ndim != a->ndim);
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

static cr_status apply(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, loops loop,
                       double cost) {
  CR_TRY(check_loop(loop.plain, a->dtype));
  CR_TRY(check_type(b, a->dtype));
  const cr_tensor *plain[] = {a, b};
  if (cr_tensor_same_size(out, a) && cr_tensor_same_size(a, b) &&
      run_plain(out, 2, plain, loop.plain, NULL))
    return CR_OK;
  cr_tensor b_view, b_before = *b; /* out, when it is b too, may get other sizes */
  CR_TRY(line_up(out, a, &b_before, &b_view));
  const cr_tensor *in[] = {a, &b_view};
  cr_status status = run(out, 2, in, loop, NULL, cost);
  cr_tensor_clear(&b_view);
  return status;
}

cr_status cr_binary(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_binary_op op) {
  CR_TRY(check_type(out, a->dtype));
  return apply(out, a, b, binary_loops(op, a->dtype), cheap);
}

cr_status cr_compare(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_compare_op op) {
  CR_TRY(check_type(out, CR_U8));
  return apply(out, a, b, only(cr_kernels()->compare[op][a->dtype]), cheap);
}

/* A small tensor in place, without a tensor for the number. */
static bool run_plain_scalar(cr_tensor *t, cr_scalar value, cr_loop loop) {
  int64_t element, n = cr_tensor_numel(t), width = (int64_t)cr_dtype_size(t->dtype);
  char *data = cr_tensor_data(t);
  if (n == 0 || n > small || !cr_tensor_is_contiguous(t)) return false;
  cr_store(t->dtype, &element, value);
  char *const p[] = {data, data, (char *)&element};
  const int64_t stride[] = {width, width, 0};
  loop(n, p, stride, NULL);
  return true;
}

static cr_status apply_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, loops loop) {
  CR_TRY(check_loop(loop.plain, a->dtype));
  if (out == a && run_plain_scalar(out, b, loop.plain)) return CR_OK;
  if (out != a) CR_TRY(cr_tensor_resize_as(out, a));
  single s;
  const cr_tensor *in[] = {a, make_single(&s, a->dtype, b)};
  return run(out, 2, in, loop, NULL, cheap);
}

cr_status cr_scalar_binary(cr_tensor *out, cr_scalar a, const cr_tensor *b, cr_binary_op op) {
  loops loop = binary_loops(op, b->dtype);
  CR_TRY(check_loop(loop.plain, b->dtype));
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

/* The smallest and the largest number that every element of the type can be compared with. */
static void integer_bounds(cr_dtype dtype, double *low, double *high) {
  int bits = 8 * (int)cr_dtype_size(dtype);
  *low = dtype == CR_U8 ? 0 : -ldexp(1, bits - 1);
  *high = dtype == CR_U8 ? 255 : ldexp(1, bits - 1) - 1;
}

/* An integer type's nearest number. */
static cr_scalar saturated(cr_dtype dtype, cr_scalar value) {
  double low, high;
  if (cr_dtype_is_float(dtype)) return value;
  integer_bounds(dtype, &low, &high);
  if (value.f < low) return cr_scalar_from_double(low);
  return value.f > high ? cr_scalar_from_double(high) : value;
}

cr_status cr_scaled(cr_tensor *out, const cr_tensor *a, int others, const cr_tensor *const *other,
                    cr_scaled_numbers numbers, cr_scaled_op op) {
  cr_tensor views[2];
  const cr_tensor *in[3] = {a};
  cr_status status = check_type(out, a->dtype);
  int made = 0;
  if (op == CR_SCALED_clamp) {
    numbers.v = saturated(a->dtype, numbers.v);
    numbers.w = saturated(a->dtype, numbers.w);
  }
  while (status == CR_OK && made < others) {
    status = bring_to_size(a, other[made], &views[made]);
    if (status != CR_OK) break;
    in[made + 1] = &views[made];
    made++;
  }
  if (status == CR_OK && out != a) status = cr_tensor_resize_as(out, a);
  if (status == CR_OK)
    status = run(out, others + 1, in, scaled_loops(op, a->dtype), &numbers, cheap);
  for (int k = 0; k < made; k++) cr_tensor_clear(&views[k]);
  return status;
}

cr_status cr_binary_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_binary_op op) {
  CR_TRY(check_type(out, a->dtype));
  return apply_scalar(out, a, b, binary_loops(op, a->dtype));
}

/* Integers against a number that their type does not have: the nearest one that gives the same
 * answer, where there is one; otherwise *answer is what holds for every element. */
static bool compare_outside(cr_dtype dtype, cr_scalar *b, cr_compare_op op, bool *answer) {
  double low, high;
  integer_bounds(dtype, &low, &high);
  *answer = op == CR_COMPARE_ne;
  if (b->f != b->f) return true;
  if (b->f < low) *answer = op == CR_COMPARE_gt || op == CR_COMPARE_ge || op == CR_COMPARE_ne;
  if (b->f > high) *answer = op == CR_COMPARE_lt || op == CR_COMPARE_le || op == CR_COMPARE_ne;
  if (b->f < low || b->f > high) return true;
  double down = floor(b->f);
  if (down == b->f) return false;
  if (op == CR_COMPARE_eq || op == CR_COMPARE_ne) return true;
  bool goes_up = op == CR_COMPARE_lt || op == CR_COMPARE_ge;
  *b = cr_scalar_from_int((int64_t)down + goes_up);
  return false;
}

cr_status cr_compare_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_compare_op op) {
  bool answer;
  CR_TRY(check_type(out, CR_U8));
  if (!cr_dtype_is_float(a->dtype) && compare_outside(a->dtype, &b, op, &answer)) {
    if (out != a) CR_TRY(cr_tensor_resize_as(out, a));
    return cr_fill(out, cr_scalar_from_int(answer));
  }
  return apply_scalar(out, a, b, only(cr_kernels()->compare[op][a->dtype]));
}

cr_status cr_test(cr_tensor *out, const cr_tensor *x, cr_test_op op) {
  CR_TRY(check_type(out, CR_U8));
  if (out != x) CR_TRY(cr_tensor_resize_as(out, x));
  return run(out, 1, &x, only(cr_kernels()->test[op][x->dtype]), NULL, cheap);
}

/* ---- one answer for all elements ---- */

typedef struct {
  cr_loop loop;
  bool *is_false;
} all_job;

static void check_all(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  enum { block = 512 };
  const all_job *job = data;
  uint8_t answers[block] = {0};
  for (int64_t at = 0; at < n && !*job->is_false; at += block) {
    int64_t count = n - at < block ? n - at : block, holds = 0;
    char *part[] = {(char *)answers, p[1] + at * stride[1], p[2] + at * stride[2]};
    int64_t part_stride[] = {1, stride[1], stride[2]};
    job->loop(count, part, part_stride, NULL);
    for (int64_t i = 0; i < count; i++) holds += answers[i];
    if (holds < count) *job->is_false = true;
  }
}

cr_status cr_compare_all(bool *out, const cr_tensor *a, const cr_tensor *b, cr_compare_op op) {
  int64_t size[CR_MAX_DIMS] = {0};
  cr_tensor shape = {.dtype = a->dtype, .storage = a->storage};
  bool is_false = false;
  CR_TRY(check_type(b, a->dtype));
  CR_TRY(cr_broadcast_size(&shape.ndim, size, a, b));
  memcpy(shape.size, size, sizeof size);
  const cr_tensor *operands[] = {&shape, a, b}; /* the first one only tells the size */
  all_job job = {cr_kernels()->compare[op][a->dtype], &is_false};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 3, operands));
  if (it.numel > 0) cr_iter_run_range(&it, 0, it.numel, check_all, &job);
  *out = !is_false;
  return CR_OK;
}

cr_status cr_compare_all_scalar(bool *out, const cr_tensor *a, cr_scalar b, cr_compare_op op) {
  bool answer;
  single s;
  *out = true;
  if (cr_tensor_numel(a) == 0) return CR_OK;
  if (!cr_dtype_is_float(a->dtype) && compare_outside(a->dtype, &b, op, &answer)) {
    *out = answer;
    return CR_OK;
  }
  return cr_compare_all(out, a, make_single(&s, a->dtype, b), op);
}

cr_status cr_equal(bool *out, const cr_tensor *a, const cr_tensor *b) {
  *out = false;
  if (a->dtype != b->dtype || !cr_tensor_same_size(a, b)) return CR_OK;
  *out = true;
  return cr_tensor_numel(a) == 0 ? CR_OK : cr_compare_all(out, a, b, CR_COMPARE_eq);
}

/* ---- where ---- */

static cr_status common_size(cr_tensor *shape, const cr_tensor *t) {
  int64_t size[CR_MAX_DIMS];
  int ndim;
  CR_TRY(cr_broadcast_size(&ndim, size, shape, t));
  memcpy(shape->size, size, (size_t)ndim * sizeof *size);
  shape->ndim = ndim;
  return CR_OK;
}

cr_status cr_where(cr_tensor *out, const cr_tensor *condition, cr_choice a, cr_choice b) {
  single singles[2];
  CR_TRY(check_type(condition, CR_U8));
  if (a.tensor) CR_TRY(check_type(a.tensor, out->dtype));
  if (b.tensor) CR_TRY(check_type(b.tensor, out->dtype));
  cr_tensor shape = *condition, in_values[3] = {*condition};
  in_values[1] = a.tensor ? *a.tensor : *make_single(&singles[0], out->dtype, a.number);
  in_values[2] = b.tensor ? *b.tensor : *make_single(&singles[1], out->dtype, b.number);
  if (a.tensor) CR_TRY(common_size(&shape, a.tensor));
  if (b.tensor) CR_TRY(common_size(&shape, b.tensor));
  CR_TRY(cr_tensor_resize(out, shape.ndim, shape.size));
  const cr_tensor *in[] = {&in_values[0], &in_values[1], &in_values[2]};
  return run(out, 3, in, only(cr_kernels()->where[out->dtype]), NULL, cheap);
}
