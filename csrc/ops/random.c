#include "ops/random.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>

cr_status cr_check_distribution(cr_distribution distribution, double a, double b) {
  switch (distribution) {
  case CR_UNIFORM:
    if (a <= b) return CR_OK;
    return cr_fail(CR_EINVAL, "the lower bound must not be above the upper one, got %g and %g", a,
                   b);
  case CR_NORMAL:
  case CR_LOG_NORMAL:
    if (b > 0 && a == a) return CR_OK;
    return cr_fail(CR_EINVAL, "the standard deviation must be above 0, got %g", b);
  case CR_EXPONENTIAL:
    if (a > 0) return CR_OK;
    return cr_fail(CR_EINVAL, "the rate must be above 0, got %g", a);
  case CR_GEOMETRIC:
    if (a > 0 && a < 1) return CR_OK;
    return cr_fail(CR_EINVAL, "p must be between 0 and 1, got %g", a);
  case CR_BERNOULLI:
    if (a >= 0 && a <= 1) return CR_OK;
    return cr_fail(CR_EINVAL, "p must be from 0 to 1, got %g", a);
  default: return CR_OK;
  }
}

double cr_draw(cr_generator *g, cr_distribution distribution, double a, double b) {
  switch (distribution) {
  case CR_UNIFORM: return cr_random_uniform(g, a, b);
  case CR_NORMAL: return cr_random_normal(g, a, b);
  case CR_EXPONENTIAL: return cr_random_exponential(g, a);
  case CR_CAUCHY: return cr_random_cauchy(g, a, b);
  case CR_LOG_NORMAL: return cr_random_log_normal(g, a, b);
  case CR_GEOMETRIC: return (double)cr_random_geometric(g, a);
  default: return cr_random_bernoulli(g, a);
  }
}

typedef struct {
  cr_generator *generator;
  cr_distribution distribution;
  double a, b;
  int64_t low, high; /* of integers */
  bool is_integer;
} source;

/* ---- one element after the other ---- */

static void fill_plain(cr_tensor *t, const source *s, int64_t begin, int64_t end) {
  size_t width = cr_dtype_size(t->dtype);
  char *element = (char *)cr_tensor_data(t) + begin * (int64_t)width;
  for (int64_t i = begin; i < end; i++, element += width) {
    cr_scalar value =
        s->is_integer ? cr_scalar_from_int(cr_draw_integer(s->generator, s->low, s->high))
                      : cr_scalar_from_double(cr_draw(s->generator, s->distribution, s->a, s->b));
    cr_store(t->dtype, element, value);
  }
}

/* ---- many: bits in chunks, which all threads turn into numbers ---- */

enum { chunk = 1 << 17, block = 512, least_chunked = 64 };

typedef struct {
  const source *s;
  const uint32_t *bits;
  int64_t n;
  cr_dtype dtype;
  char *out;
} chunk_job;

static void draw_bits(cr_generator *g, uint32_t *bits, int64_t n) {
  const cr_random_kernels *kernels = &cr_kernels()->random;
  for (int64_t at = 0; at < n;) {
    if (g->next >= CR_MT_SIZE) {
      kernels->twist(g->state);
      g->next = 0;
    }
    int64_t count = CR_MT_SIZE - g->next < n - at ? CR_MT_SIZE - g->next : n - at;
    kernels->temper(count, g->state + g->next, bits + at);
    g->next += (int)count;
    at += count;
  }
}

/* At most `block` numbers. */
static void numbers_from_bits(const source *s, int64_t n, const uint32_t *bits, double *out) {
  const cr_random_kernels *kernels = &cr_kernels()->random;
  switch (s->distribution) {
  case CR_UNIFORM: kernels->uniform(n, bits, s->a, s->b, out); break;
  case CR_EXPONENTIAL: kernels->logarithm(n, bits, -1.0 / s->a, out); break;
  case CR_BERNOULLI: kernels->bernoulli(n, bits, s->a, out); break;
  case CR_CAUCHY: kernels->cauchy(n, bits, s->a, s->b, out); break;
  case CR_GEOMETRIC: kernels->geometric(n, bits, s->a, out); break;
  default: kernels->normal(n, bits, s->a, s->b, out);
  }
  if (s->distribution != CR_LOG_NORMAL) return;
  char *p[] = {(char *)out, (char *)out};
  const int64_t stride[] = {sizeof *out, sizeof *out};
  cr_kernels()->unary[CR_UNARY_exp][CR_F64](n, p, stride, NULL);
}

static void integers_from_bits(const source *s, int64_t n, const uint32_t *bits, int64_t *out) {
  uint64_t range = (uint64_t)s->high - (uint64_t)s->low + 1;
  for (int64_t i = 0; i < n; i++) out[i] = (int64_t)((uint64_t)s->low + bits[i] % range);
}

static void fill_blocks(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const chunk_job *job = context;
  int64_t width = (int64_t)cr_dtype_size(job->dtype);
  union {
    double f[block];
    int64_t i[block];
  } numbers;
  for (int64_t at = begin * block; at < end * block && at < job->n; at += block) {
    int64_t n = job->n - at < block ? job->n - at : block;
    if (job->s->is_integer) {
      integers_from_bits(job->s, n, job->bits + at, numbers.i);
    } else {
      numbers_from_bits(job->s, n, job->bits + at, numbers.f);
    }
    char *p[] = {job->out + at * width, (char *)&numbers};
    const int64_t stride[] = {width, 8};
    cr_kernels()->convert[job->dtype][job->s->is_integer ? CR_I64 : CR_F64](n, p, stride, NULL);
  }
}

/* What takes one word of bits a number, by a formula that has a kernel. */
static bool has_kernel(const source *s) {
  uint64_t range = (uint64_t)s->high - (uint64_t)s->low + 1;
  if (s->is_integer) return range != 0 && range <= (uint64_t)1 << 32;
  return true;
}

static bool is_paired(const source *s) {
  return !s->is_integer && (s->distribution == CR_NORMAL || s->distribution == CR_LOG_NORMAL);
}

static cr_status fill_chunks(cr_tensor *t, const source *s, uint32_t *bits, int64_t begin,
                             int64_t end) {
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  for (int64_t at = begin; at < end; at += chunk) {
    CR_TRY(cr_check_interrupt());
    int64_t n = end - at < chunk ? end - at : chunk;
    chunk_job job = {s, bits, n, t->dtype, (char *)cr_tensor_data(t) + at * width};
    draw_bits(s->generator, bits, n);
    cr_parallel_for((n + block - 1) / block, 16, fill_blocks, &job);
  }
  return CR_OK;
}

/* Normal numbers come in pairs: one that waits is taken first, and the last pair is drawn by the
 * generator itself, which keeps the second one for the next call where only the first is wanted. */
static cr_status fill_contiguous(cr_tensor *t, const source *s) {
  int64_t n = cr_tensor_numel(t), begin = 0, end = n;
  const int64_t step = 1 << 20; /* elements between two looks for an interrupt */
  if (has_kernel(s) && n >= least_chunked) {
    uint32_t *bits = cr_scratch(CR_SCRATCH_PARTIAL, chunk * sizeof *bits);
    if (!bits) return CR_ENOMEM;
    if (is_paired(s)) {
      begin = s->generator->has_normal;
      end = begin + (n - begin - 1) / 2 * 2;
    }
    fill_plain(t, s, 0, begin);
    CR_TRY(fill_chunks(t, s, bits, begin, end));
    begin = end;
  }
  for (int64_t at = begin; at < n; at += step) {
    CR_TRY(cr_check_interrupt());
    fill_plain(t, s, at, n - at < step ? n : at + step);
  }
  return CR_OK;
}

static cr_status fill_from(cr_tensor *t, const source *s) {
  if (cr_tensor_numel(t) == 0) return CR_OK;
  if (cr_tensor_is_contiguous(t)) return fill_contiguous(t, s);
  if (cr_tensor_has_internal_overlap(t))
    return cr_fail(CR_EINVAL, "an expanded tensor cannot be filled: its elements share memory; "
                              "clone it first");
  cr_tensor plain;
  CR_TRY(cr_tensor_new(&plain, t->dtype, t->ndim, t->size));
  cr_status status = fill_contiguous(&plain, s);
  if (status == CR_OK) status = cr_copy(t, &plain);
  cr_tensor_clear(&plain);
  return status;
}

cr_status cr_random_fill(cr_tensor *t, cr_generator *g, cr_distribution distribution, double a,
                         double b) {
  CR_TRY(cr_check_distribution(distribution, a, b));
  if (distribution != CR_GEOMETRIC && distribution != CR_BERNOULLI)
    CR_TRY(cr_expect_float("the tensor", t));
  if (t->dtype == CR_F32 && distribution <= CR_LOG_NORMAL) { /* as Torch7's arguments are */
    float narrow_a = (float)a, narrow_b = (float)b;
    CR_TRY(cr_check_distribution(distribution, narrow_a, narrow_b));
    a = narrow_a, b = narrow_b;
  }
  source s = {.generator = g, .distribution = distribution, .a = a, .b = b};
  return fill_from(t, &s);
}

static cr_status check_probabilities(const cr_tensor *p) {
  int64_t n = cr_tensor_numel(p);
  const char *element = cr_tensor_data(p);
  size_t width = cr_dtype_size(p->dtype);
  for (int64_t i = 0; i < n; i++)
    CR_TRY(
        cr_check_distribution(CR_BERNOULLI, cr_load(p->dtype, element + (size_t)i * width).f, 0));
  return CR_OK;
}

static cr_status bernoulli_from(cr_tensor *t, cr_generator *g, const cr_tensor *p) {
  CR_TRY(check_probabilities(p));
  cr_tensor drawn;
  CR_TRY(cr_tensor_new(&drawn, CR_U8, t->ndim, t->size));
  int64_t n = cr_tensor_numel(p);
  const char *element = cr_tensor_data(p);
  size_t width = cr_dtype_size(p->dtype);
  uint8_t *out = cr_tensor_data(&drawn);
  for (int64_t i = 0; i < n; i++)
    out[i] = (uint8_t)cr_random_bernoulli(g, cr_load(p->dtype, element + (size_t)i * width).f);
  cr_status status = cr_copy(t, &drawn);
  cr_tensor_clear(&drawn);
  return status;
}

cr_status cr_bernoulli_each(cr_tensor *t, cr_generator *g, const cr_tensor *p) {
  CR_TRY(cr_expect_float("p", p));
  if (cr_tensor_numel(t) != cr_tensor_numel(p)) {
    char text[CR_SIZE_TEXT], wanted[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "p must have as many elements as the tensor of size %s, got size %s",
                   cr_tensor_size_text(wanted, t), cr_tensor_size_text(text, p));
  }
  if (cr_tensor_has_internal_overlap(t))
    return cr_fail(CR_EINVAL, "an expanded tensor cannot be filled: its elements share memory; "
                              "clone it first");
  cr_tensor plain;
  CR_TRY(cr_contiguous(&plain, p));
  cr_status status = bernoulli_from(t, g, &plain);
  cr_tensor_clear(&plain);
  return status;
}

int64_t cr_draw_integer(cr_generator *g, int64_t low, int64_t high) {
  uint64_t range = (uint64_t)high - (uint64_t)low + 1;
  uint64_t bits = cr_random_u32(g);
  if (range == 0 || range > (uint64_t)1 << 32) bits = bits << 32 | cr_random_u32(g);
  return (int64_t)((uint64_t)low + (range == 0 ? bits : bits % range));
}

cr_status cr_random_integers(cr_tensor *t, cr_generator *g, int64_t low, int64_t high) {
  if (low > high)
    return cr_fail(CR_EINVAL, "the lower bound must not be above the upper one, got %lld and %lld",
                   (long long)low, (long long)high);
  source s = {.generator = g, .low = low, .high = high, .is_integer = true};
  return fill_from(t, &s);
}

int64_t cr_random_limit(cr_dtype dtype) {
  switch (dtype) {
  case CR_U8: return UINT8_MAX;
  case CR_I8: return INT8_MAX;
  case CR_I16: return INT16_MAX;
  case CR_I32: return INT32_MAX;
  case CR_F32: return (int64_t)1 << 24;
  default: return UINT32_MAX; /* all that one draw gives */
  }
}

cr_status cr_random_permutation(cr_tensor *t, cr_generator *g, int64_t n) {
  CR_TRY(cr_expect_dtype("the result", t, CR_I64));
  CR_TRY(cr_prepare_contiguous(t, 1, &n, NULL));
  int64_t *order = cr_tensor_data(t);
  for (int64_t i = 0; i < n; i++) order[i] = i + 1;
  for (int64_t i = 0; i < n - 1; i++) {
    int64_t other = i + (int64_t)(cr_random_u32(g) % (uint64_t)(n - i));
    int64_t swapped = order[i];
    order[i] = order[other];
    order[other] = swapped;
  }
  return CR_OK;
}
