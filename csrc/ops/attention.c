#include "ops/attention.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/gemm.h"

#include <math.h>
#include <string.h>

typedef struct {
  cr_dtype dtype;
  int64_t batch, queries, keys, columns, width; /* width: columns of a head */
} shape;

/* ---- checks ---- */

static cr_status check_sequence(const char *name, const cr_tensor *t, cr_dtype dtype) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float(name, t));
  CR_TRY(cr_expect_dtype(name, t, dtype));
  if (t->ndim == 3 && cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must have 3 dimensions and be contiguous, got %s", name,
                 cr_paren_text(text, t));
}

static int64_t length_of(const cr_attention *a, const cr_tensor *t) {
  return t->size[a->batch_first ? 1 : 0];
}

static int64_t batch_of(const cr_attention *a, const cr_tensor *t) {
  return t->size[a->batch_first ? 0 : 1];
}

static cr_status find_shape(shape *s, const cr_attention *a, const cr_tensor *q,
                            const cr_tensor *k) {
  CR_TRY(check_sequence("the queries", q, q->dtype));
  CR_TRY(check_sequence("the keys", k, q->dtype));
  *s = (shape){.dtype = q->dtype,
               .batch = batch_of(a, q),
               .queries = length_of(a, q),
               .keys = length_of(a, k),
               .columns = q->size[2]};
  s->width = s->columns / a->heads;
  if (k->size[2] != s->columns || batch_of(a, k) != s->batch)
    return cr_fail(CR_EINVAL, "queries, keys and values must have one batch size");
  if (s->width * a->heads != s->columns || s->width == 0)
    return cr_fail(CR_EINVAL, "the columns must be a multiple of the heads");
  return CR_OK;
}

/* The same from the weights and the values (or their like). */
static cr_status find_output_shape(shape *s, const cr_attention *a, const cr_tensor *weights,
                                   const cr_tensor *v) {
  CR_TRY(check_sequence("the weights", weights, weights->dtype));
  CR_TRY(check_sequence("the values", v, weights->dtype));
  *s = (shape){.dtype = v->dtype,
               .batch = batch_of(a, v),
               .queries = weights->size[1],
               .keys = weights->size[2],
               .columns = v->size[2]};
  s->width = s->columns / a->heads;
  if (length_of(a, v) != s->keys)
    return cr_fail(CR_EINVAL, "keys and values must be of one length, got %lld and %lld",
                   (long long)s->keys, (long long)length_of(a, v));
  if (weights->size[0] != s->batch * a->heads)
    return cr_fail(CR_EINVAL, "queries, keys and values must have one batch size");
  if (s->width * a->heads != s->columns || s->width == 0)
    return cr_fail(CR_EINVAL, "the columns must be a multiple of the heads");
  return CR_OK;
}

static cr_status check_masks(const cr_attention *a, const shape *s) {
  int64_t size[3] = {s->batch * a->heads, s->queries, s->keys};
  int64_t padding[2] = {s->batch, s->keys};
  if (a->mask) {
    if (a->mask->dtype != CR_U8) CR_TRY(cr_expect_dtype("the mask", a->mask, s->dtype));
    bool is_shared = a->mask->ndim == 2;
    CR_TRY(cr_expect_size("the mask", a->mask, is_shared ? 2 : 3, is_shared ? size + 1 : size));
    if (!cr_tensor_is_contiguous(a->mask)) return cr_fail(CR_EINVAL, "the mask must be contiguous");
  }
  if (!a->padding) return CR_OK;
  CR_TRY(cr_expect_dtype("the padding mask", a->padding, CR_U8));
  CR_TRY(cr_expect_size("the padding mask", a->padding, 2, padding));
  if (cr_tensor_is_contiguous(a->padding)) return CR_OK;
  return cr_fail(CR_EINVAL, "the padding mask must be contiguous");
}

/* Makes `out` a contiguous tensor of these sizes, away from the other tensors. */
static cr_status prepare(cr_tensor *out, const char *name, const shape *s, const int64_t *size,
                         const cr_tensor *const *others, int count) {
  CR_TRY(cr_expect_dtype(name, out, s->dtype));
  for (int i = 0; i < count; i++) CR_TRY(cr_prepare_contiguous(out, 3, size, others[i]));
  return CR_OK;
}

static void sequence_size(int64_t *size, const cr_attention *a, const shape *s, int64_t length) {
  size[a->batch_first ? 1 : 0] = length;
  size[a->batch_first ? 0 : 1] = s->batch;
  size[2] = s->columns;
}

/* ---- heads ---- */

/* A matrix of one head: T x width of a sequence, or L x S of the weights. */
typedef struct {
  void *data;
  int64_t row, rows, columns;
} matrix;

static matrix head_of(const cr_attention *a, const shape *s, const cr_tensor *t, int64_t head) {
  int64_t n = head / a->heads, h = head % a->heads, length = length_of(a, t);
  int64_t at = (a->batch_first ? n * length : n) * s->columns + h * s->width;
  return (matrix){(char *)cr_tensor_data(t) + at * (int64_t)cr_dtype_size(s->dtype),
                  a->batch_first ? s->columns : s->batch * s->columns, length, s->width};
}

static matrix weights_of(const shape *s, const cr_tensor *t, int64_t head) {
  int64_t at = head * s->queries * s->keys;
  return (matrix){(char *)cr_tensor_data(t) + at * (int64_t)cr_dtype_size(s->dtype), s->keys,
                  s->queries, s->keys};
}

/* c = alpha op(a) op(b) */
static cr_status multiply(const shape *s, matrix c, double alpha, matrix a, bool turn_a, matrix b,
                          bool turn_b) {
  return cr_gemm(s->dtype, turn_a, turn_b, c.rows, c.columns, turn_a ? a.rows : a.columns, alpha,
                 a.data, a.row, b.data, b.row, 0, c.data, c.row);
}

typedef struct {
  const cr_attention *a;
  const shape *s;
  const cr_tensor *first, *second, *third, *fourth, *fifth;
  cr_status status[CR_MAX_THREADS];
} job;

#define HEADS(name)                                                                                \
  static void name##_(int64_t begin, int64_t end, int thread, void *context) {                     \
    job *j = context;                                                                              \
    for (int64_t head = begin; head < end && !cr_interrupt_pending(); head++) {                    \
      cr_status status = name##_head(j, head);                                                     \
      if (status != CR_OK) j->status[thread] = status;                                             \
    }                                                                                              \
  }

static cr_status run(job *j, cr_range_fn body) {
  const shape *s = j->s;
  double work = (double)s->queries * (double)s->keys * ((double)s->width * 0.03 + 1);
  cr_parallel_for(s->batch * j->a->heads, cr_grain(work + 100), body, j);
  for (int t = 0; t < CR_MAX_THREADS; t++)
    if (j->status[t] == CR_ENOMEM) return cr_fail(CR_ENOMEM, "out of memory");
  return cr_check_interrupt();
}

/* ---- weights ---- */

static void mask_row(const job *j, int64_t head, int64_t row, void *scores) {
  const cr_attention *a = j->a;
  const shape *s = j->s;
  int64_t at = ((a->mask && a->mask->ndim == 3 ? head * s->queries : 0) + row) * s->keys;
  const uint8_t *padding =
      a->padding ? (uint8_t *)cr_tensor_data(a->padding) + head / a->heads * s->keys : NULL;
  const uint8_t *hidden = NULL;
  const char *added = NULL;
  if (a->mask && a->mask->dtype == CR_U8) {
    hidden = (uint8_t *)cr_tensor_data(a->mask) + at;
  } else if (a->mask) {
    added = (char *)cr_tensor_data(a->mask) + at * (int64_t)cr_dtype_size(s->dtype);
  }
  for (int64_t i = 0; i < s->keys; i++) {
    bool is_hidden = (a->is_causal && i > row) || (padding && padding[i]) || (hidden && hidden[i]);
    if (s->dtype == CR_F32) {
      float *x = (float *)scores + i;
      *x = is_hidden ? -INFINITY : added ? *x + ((const float *)added)[i] : *x;
    } else {
      double *x = (double *)scores + i;
      *x = is_hidden ? -(double)INFINITY : added ? *x + ((const double *)added)[i] : *x;
    }
  }
}

static bool sees_nothing(const shape *s, const void *scores) {
  for (int64_t i = 0; i < s->keys; i++) {
    double x =
        s->dtype == CR_F32 ? (double)((const float *)scores)[i] : ((const double *)scores)[i];
    if (!(x == -(double)INFINITY)) return false;
  }
  return true;
}

/* first: weights; second: queries; third: keys */
static cr_status weights_head(job *j, int64_t head) {
  const shape *s = j->s;
  matrix w = weights_of(s, j->first, head);
  CR_TRY(multiply(s, w, j->a->scale, head_of(j->a, s, j->second, head), false,
                  head_of(j->a, s, j->third, head), true));
  bool is_masked = j->a->is_causal || j->a->mask || j->a->padding;
  size_t bytes = (size_t)s->keys * cr_dtype_size(s->dtype);
  cr_softmax_kernel softmax = cr_kernels()->softmax[cr_float_index(s->dtype)];
  for (int64_t row = 0; row < s->queries; row++) {
    char *scores = (char *)w.data + (size_t)row * bytes;
    if (is_masked) mask_row(j, head, row, scores);
    if (is_masked && sees_nothing(s, scores)) {
      memset(scores, 0, bytes);
    } else {
      softmax(false, 1, s->keys, 1, 1, scores, scores);
    }
  }
  return CR_OK;
}
HEADS(weights)

cr_status cr_attention_weights(const cr_attention *a, cr_tensor *weights, const cr_tensor *q,
                               const cr_tensor *k) {
  shape s;
  CR_TRY(find_shape(&s, a, q, k));
  CR_TRY(check_masks(a, &s));
  int64_t size[3] = {s.batch * a->heads, s.queries, s.keys};
  const cr_tensor *others[] = {q, k};
  CR_TRY(prepare(weights, "the weights", &s, size, others, 2));
  CR_TRY(find_shape(&s, a, q, k));
  if (cr_tensor_numel(weights) == 0) return CR_OK;
  job j = {.a = a, .s = &s, .first = weights, .second = q, .third = k};
  return run(&j, weights_);
}

/* first: output; second: weights; third: values */
static cr_status output_head(job *j, int64_t head) {
  const shape *s = j->s;
  return multiply(s, head_of(j->a, s, j->first, head), 1, weights_of(s, j->second, head), false,
                  head_of(j->a, s, j->third, head), false);
}
HEADS(output)

cr_status cr_attention_output(const cr_attention *a, cr_tensor *output, const cr_tensor *weights,
                              const cr_tensor *v) {
  shape s;
  int64_t size[3];
  const cr_tensor *others[] = {weights, v};
  CR_TRY(find_output_shape(&s, a, weights, v));
  sequence_size(size, a, &s, s.queries);
  CR_TRY(prepare(output, "output", &s, size, others, 2));
  CR_TRY(find_output_shape(&s, a, weights, v));
  if (cr_tensor_numel(output) == 0) return CR_OK;
  job j = {.a = a, .s = &s, .first = output, .second = weights, .third = v};
  return run(&j, output_);
}

/* ---- backward ---- */

/* first: gradient of the weights; second: of the values; third: of the output; fourth: weights;
 * fifth: values */
static cr_status output_backward_head(job *j, int64_t head) {
  const shape *s = j->s;
  matrix g = head_of(j->a, s, j->third, head);
  CR_TRY(multiply(s, weights_of(s, j->first, head), 1, g, false, head_of(j->a, s, j->fifth, head),
                  true));
  return multiply(s, head_of(j->a, s, j->second, head), 1, weights_of(s, j->fourth, head), true, g,
                  false);
}
HEADS(output_backward)

cr_status cr_attention_output_backward(const cr_attention *a, cr_tensor *grad_weights,
                                       cr_tensor *grad_v, const cr_tensor *grad_output,
                                       const cr_tensor *weights, const cr_tensor *v) {
  shape s;
  int64_t size[3];
  const cr_tensor *others[] = {weights, v, grad_output};
  CR_TRY(find_output_shape(&s, a, weights, v));
  sequence_size(size, a, &s, s.queries);
  CR_TRY(check_sequence("gradOutput", grad_output, s.dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, 3, size));
  CR_TRY(prepare(grad_weights, "gradInput", &s, weights->size, others, 3));
  CR_TRY(prepare(grad_v, "gradInput", &s, v->size, others, 3));
  CR_TRY(find_output_shape(&s, a, weights, v));
  CR_TRY(cr_expect_size_of("gradInput", grad_weights, weights));
  if (cr_tensor_numel(weights) == 0)
    return cr_tensor_numel(grad_v) > 0 ? cr_fail(CR_EINVAL, "there are no queries") : CR_OK;
  job j = {.a = a,
           .s = &s,
           .first = grad_weights,
           .second = grad_v,
           .third = grad_output,
           .fourth = weights,
           .fifth = v};
  return run(&j, output_backward_);
}

/* first: gradient of the queries; second: of the keys; third: of the weights; fourth: queries;
 * fifth: keys. The weights' gradient has become that of the scores. */
static cr_status weights_backward_head(job *j, int64_t head) {
  const shape *s = j->s;
  matrix g = weights_of(s, j->third, head);
  CR_TRY(multiply(s, head_of(j->a, s, j->first, head), j->a->scale, g, false,
                  head_of(j->a, s, j->fifth, head), false));
  return multiply(s, head_of(j->a, s, j->second, head), j->a->scale, g, true,
                  head_of(j->a, s, j->fourth, head), false);
}
HEADS(weights_backward)

/* first: weights; second: their gradient, which becomes that of the scores */
static cr_status scores_head(job *j, int64_t head) {
  const shape *s = j->s;
  matrix w = weights_of(s, j->first, head), g = weights_of(s, j->second, head);
  size_t bytes = (size_t)s->keys * cr_dtype_size(s->dtype);
  for (int64_t row = 0; row < s->queries; row++) {
    char *gradient = (char *)g.data + (size_t)row * bytes;
    cr_kernels()->softmax_backward[cr_float_index(s->dtype)](
        false, 1, s->keys, 1, 1, (char *)w.data + (size_t)row * bytes, gradient, gradient);
  }
  return CR_OK;
}
HEADS(scores)

cr_status cr_attention_weights_backward(const cr_attention *a, cr_tensor *grad_q, cr_tensor *grad_k,
                                        cr_tensor *grad_weights, const cr_tensor *weights,
                                        const cr_tensor *q, const cr_tensor *k) {
  shape s;
  const cr_tensor *others[] = {grad_weights, weights, q, k};
  CR_TRY(find_shape(&s, a, q, k));
  int64_t size[3] = {s.batch * a->heads, s.queries, s.keys};
  CR_TRY(prepare(grad_q, "gradInput", &s, q->size, others, 4));
  CR_TRY(prepare(grad_k, "gradInput", &s, k->size, others, 4));
  CR_TRY(find_shape(&s, a, q, k));
  CR_TRY(check_sequence("the weights", weights, s.dtype));
  CR_TRY(cr_expect_size("the weights", weights, 3, size));
  CR_TRY(check_sequence("the weights' gradient", grad_weights, s.dtype));
  CR_TRY(cr_expect_size("the weights' gradient", grad_weights, 3, size));
  CR_TRY(cr_expect_size_of("gradInput", grad_q, q));
  CR_TRY(cr_expect_own_result(grad_weights, weights));
  if (cr_tensor_numel(weights) == 0) return CR_OK;
  job scores_job = {.a = a, .s = &s, .first = weights, .second = grad_weights};
  CR_TRY(run(&scores_job, scores_));
  job j = {.a = a,
           .s = &s,
           .first = grad_q,
           .second = grad_k,
           .third = grad_weights,
           .fourth = q,
           .fifth = k};
  return run(&j, weights_backward_);
}
