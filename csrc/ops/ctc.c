/* CTC by the forward-backward recursion, in logarithms and double precision (Graves et al. 2006,
 * equations 6 to 16). The labels l become l' of 2 L + 1 places with blanks around each. */
#include "ops/ctc.h"

#include "core/parallel.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>

typedef struct {
  int64_t steps, batch, classes, longest; /* longest: places of the longest l' */
  const void *x;
  void *grad;
  bool is_double;
  const int64_t *labels, *lengths, *sizes;
  double *losses, scale;
  double *work; /* of all threads */
  size_t work_size;
  int64_t *starts; /* where each sequence's labels begin */
} job;

/* One sample: its scores, its l' and its work memory. */
typedef struct {
  const job *j;
  int64_t n, steps, places;
  const int64_t *labels;
  double *lse, *alpha, *beta, *next, *row;
} sample;

static double element(const job *j, int64_t t, int64_t n, int64_t c) {
  int64_t at = (t * j->batch + n) * j->classes + c;
  return j->is_double ? ((const double *)j->x)[at] : (double)((const float *)j->x)[at];
}

static double log_add(double a, double b) {
  if (a < b) {
    double swap = a;
    a = b;
    b = swap;
  }
  return b == -INFINITY ? a : a + log1p(exp(b - a));
}

static double log_sum_exp(const job *j, int64_t t, int64_t n) {
  double top = -INFINITY, sum = 0;
  for (int64_t c = 0; c < j->classes; c++) top = fmax(top, element(j, t, n, c));
  for (int64_t c = 0; c < j->classes; c++) sum += exp(element(j, t, n, c) - top);
  /* cppcheck-suppress invalidFunctionArg ; there is at least one class */
  return top + log(sum);
}

static int64_t class_at(const sample *s, int64_t place) {
  return place % 2 ? s->labels[place / 2] : 0;
}

/* May a path go from place - 2 to place: over a blank between two different labels? */
static bool may_skip(const sample *s, int64_t place) {
  return place % 2 && place >= 2 && class_at(s, place) != class_at(s, place - 2);
}

static double log_probability(const sample *s, int64_t t, int64_t place) {
  return element(s->j, t, s->n, class_at(s, place)) - s->lse[t];
}

/* alpha[t][place]: all beginnings of paths that are at the place in step t. Returns -log p(l|x). */
static double go_forward(const sample *s) {
  int64_t places = s->places;
  for (int64_t p = 0; p < places; p++) s->alpha[p] = p < 2 ? log_probability(s, 0, p) : -INFINITY;
  for (int64_t t = 1; t < s->steps; t++) {
    const double *before = s->alpha + (t - 1) * places;
    double *now = s->alpha + t * places;
    for (int64_t p = 0; p < places; p++) {
      double sum = before[p];
      if (p > 0) sum = log_add(sum, before[p - 1]);
      if (may_skip(s, p)) sum = log_add(sum, before[p - 2]);
      now[p] = sum == -INFINITY ? sum : sum + log_probability(s, t, p);
    }
  }
  const double *last = s->alpha + (s->steps - 1) * places;
  return -(places > 1 ? log_add(last[places - 1], last[places - 2]) : last[0]);
}

static void store(const job *j, int64_t t, int64_t n, int64_t c, double value) {
  int64_t at = (t * j->batch + n) * j->classes + c;
  if (j->is_double)
    ((double *)j->grad)[at] = value;
  else
    ((float *)j->grad)[at] = (float)value;
}

/* The gradient of a step: the probabilities less the posterior ones of the classes. */
static void write_step(const sample *s, int64_t t, double loss) {
  const job *j = s->j;
  for (int64_t c = 0; c < j->classes; c++) s->row[c] = exp(element(j, t, s->n, c) - s->lse[t]);
  for (int64_t p = 0; p < s->places; p++) {
    double both = s->alpha[t * s->places + p] + s->beta[p];
    if (both != -INFINITY) s->row[class_at(s, p)] -= exp(both - log_probability(s, t, p) + loss);
  }
  for (int64_t c = 0; c < j->classes; c++) store(j, t, s->n, c, j->scale * s->row[c]);
}

/* beta[place]: all ends of paths that are at the place in step t, for one t after the other. */
static void go_backward(sample *s, double loss) {
  int64_t places = s->places;
  for (int64_t p = 0; p < places; p++)
    s->beta[p] = p >= places - 2 ? log_probability(s, s->steps - 1, p) : -INFINITY;
  write_step(s, s->steps - 1, loss);
  for (int64_t t = s->steps - 2; t >= 0; t--) {
    double *swap = s->next;
    s->next = s->beta;
    s->beta = swap;
    for (int64_t p = 0; p < places; p++) {
      double sum = s->next[p];
      if (p + 1 < places) sum = log_add(sum, s->next[p + 1]);
      if (p + 2 < places && may_skip(s, p + 2)) sum = log_add(sum, s->next[p + 2]);
      s->beta[p] = sum == -INFINITY ? sum : sum + log_probability(s, t, p);
    }
    write_step(s, t, loss);
  }
}

static void work_on(const job *j, int64_t n, double *work) {
  sample s = {.j = j, .n = n, .steps = j->sizes ? j->sizes[n] : j->steps};
  s.labels = j->labels + j->starts[n];
  s.places = 2 * j->lengths[n] + 1;
  s.lse = work;
  s.beta = s.lse + j->steps;
  s.next = s.beta + j->longest;
  s.row = s.next + j->longest;
  s.alpha = s.row + j->classes;
  for (int64_t t = 0; t < s.steps; t++) s.lse[t] = log_sum_exp(j, t, n);
  double loss = s.steps > 0 ? go_forward(&s) : j->lengths[n] > 0 ? INFINITY : 0;
  j->losses[n] = loss;
  if (!j->grad) return;
  int64_t written = s.steps > 0 && loss != INFINITY ? s.steps : 0;
  if (written) go_backward(&s, loss);
  for (int64_t t = written; t < j->steps; t++)
    for (int64_t c = 0; c < j->classes; c++) store(j, t, n, c, 0);
}

static void run(int64_t begin, int64_t end, int thread, void *context) {
  const job *j = context;
  for (int64_t n = begin; n < end; n++) work_on(j, n, j->work + (size_t)thread * j->work_size);
}

static cr_status check_lengths(const cr_ctc_call *call, job *j) {
  int64_t total = 0, most = 0, labels = cr_tensor_numel(call->labels);
  for (int64_t n = 0; n < j->batch; n++) {
    int64_t length = j->lengths[n], size = j->sizes ? j->sizes[n] : j->steps;
    if (length < 0 || length > labels - total)
      return cr_fail(CR_EINVAL, "target must have as many labels as its lengths say");
    if (size < 0 || size > j->steps)
      return cr_fail(CR_EINVAL, "sizes must be from 0 to the input's %lld steps, got %lld",
                     (long long)j->steps, (long long)size);
    j->starts[n] = total;
    total += length;
    if (length > most) most = length;
  }
  for (int64_t i = 0; i < total; i++)
    if (j->labels[i] < 1 || j->labels[i] >= j->classes)
      return cr_fail(CR_EINVAL, "target must hold classes from 1 to %lld, got %lld",
                     (long long)j->classes - 1, (long long)j->labels[i]);
  j->longest = 2 * most + 1;
  return CR_OK;
}

static cr_status check_indices(const char *name, const cr_tensor *t, int64_t count) {
  CR_TRY(cr_expect_dtype(name, t, CR_I64));
  if (count >= 0 && cr_tensor_numel(t) != count)
    return cr_fail(CR_EINVAL, "%s must have one number for each of the %lld samples", name,
                   (long long)count);
  if (!cr_tensor_is_contiguous(t)) return cr_fail(CR_EINVAL, "%s must be contiguous", name);
  return CR_OK;
}

static const int64_t *indices_of(const cr_tensor *t) {
  return t && cr_tensor_numel(t) > 0 ? (const int64_t *)cr_tensor_data(t) : NULL;
}

static cr_status prepare(const cr_ctc_call *call, job *j) {
  const cr_tensor *input = call->input;
  CR_TRY(cr_expect_float("input", input));
  if (input->ndim != 3 || input->size[2] < 1) {
    char got[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL, "input must be (T x N x C), got %s", cr_paren_text(got, input));
  }
  j->steps = input->size[0], j->batch = input->size[1], j->classes = input->size[2];
  CR_TRY(check_indices("target", call->labels, -1));
  CR_TRY(check_indices("target's lengths", call->lengths, j->batch));
  if (call->sizes) CR_TRY(check_indices("sizes", call->sizes, j->batch));
  j->labels = indices_of(call->labels);
  j->lengths = indices_of(call->lengths);
  j->sizes = indices_of(call->sizes);
  j->starts = cr_scratch(CR_SCRATCH_INDEX, (size_t)(j->batch + 1) * sizeof *j->starts);
  if (!j->starts) return CR_ENOMEM;
  CR_TRY(check_lengths(call, j));
  int64_t size, threads = cr_num_threads();
  if (__builtin_mul_overflow(j->steps, j->longest + 1, &size) ||
      __builtin_add_overflow(size, 2 * j->longest + j->classes, &size) ||
      size > INT64_MAX / 8 / threads)
    return cr_fail(CR_EINVAL, "input and target are too long");
  j->work_size = (size_t)size;
  j->work = cr_scratch(CR_SCRATCH_PARTIAL, j->work_size * (size_t)threads * sizeof *j->work);
  return j->work ? CR_OK : CR_ENOMEM;
}

cr_status cr_ctc(const cr_ctc_call *call, cr_tensor *losses, cr_tensor *grad_input) {
  job j = {.scale = call->scale, .is_double = call->input->dtype == CR_F64};
  cr_tensor flat;
  CR_TRY(prepare(call, &j));
  CR_TRY(cr_expect_dtype("losses", losses, CR_F64));
  CR_TRY(cr_prepare_contiguous(losses, 1, &j.batch, NULL));
  if (grad_input) {
    CR_TRY(cr_expect_dtype("input", call->input, grad_input->dtype));
    CR_TRY(cr_prepare_contiguous(grad_input, 3, call->input->size, call->input));
  }
  if (j.batch == 0) return CR_OK;
  CR_TRY(cr_contiguous(&flat, call->input));
  j.x = cr_tensor_numel(&flat) > 0 ? cr_tensor_data(&flat) : NULL;
  j.losses = (double *)cr_tensor_data(losses);
  j.grad = grad_input && j.x ? cr_tensor_data(grad_input) : NULL;
  double cost = 40.0 * (double)j.steps * (double)j.longest + 5.0 * (double)(j.steps * j.classes);
  cr_parallel_for(j.batch, cr_grain(cost + 1), run, &j);
  cr_tensor_clear(&flat);
  return CR_OK;
}
