#include "ops/sort.h"

#include "core/iter.h"
#include "core/parallel.h"
#include "ops/check.h"

#include <math.h>
#include <string.h>

/* An element and where it stood. */
typedef struct {
  union {
    double f;
    int64_t i;
  } key;
  int64_t index;
} item;

typedef struct {
  cr_dtype dtype;
  bool is_float, descending;
  int64_t n, stride, out_stride, position_stride; /* of the dimension, in bytes */
  int64_t first, count;
  item *items, *spare;
} sort_job;

/* True when b must stand before a, which came earlier. */
static inline bool is_before(const sort_job *job, const item *b, const item *a) {
  if (!job->is_float) return job->descending ? b->key.i > a->key.i : b->key.i < a->key.i;
  double x = a->key.f, y = b->key.f;
  if (isnan(x) || isnan(y)) return job->descending ? isnan(y) && !isnan(x) : isnan(x) && !isnan(y);
  return job->descending ? y > x : y < x;
}

static void insertion_sort(const sort_job *job, item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    item moving = items[i];
    int64_t at = i;
    for (; at > 0 && is_before(job, &moving, &items[at - 1]); at--) items[at] = items[at - 1];
    items[at] = moving;
  }
}

static void merge(const sort_job *job, const item *from, item *to, int64_t left, int64_t middle,
                  int64_t right) {
  int64_t a = left, b = middle;
  for (int64_t at = left; at < right; at++) {
    bool takes_b = b < right && (a >= middle || is_before(job, &from[b], &from[a]));
    to[at] = takes_b ? from[b++] : from[a++];
  }
}

/* Bottom-up merge sort of short sorted runs. Returns where the result is. */
static item *merge_sort(const sort_job *job) {
  enum { run = 16 };
  item *from = job->items, *to = job->spare;
  for (int64_t at = 0; at < job->n; at += run)
    insertion_sort(job, from + at, job->n - at < run ? job->n - at : run);
  for (int64_t width = run; width < job->n && !cr_interrupt_pending(); width *= 2) {
    for (int64_t left = 0; left < job->n; left += 2 * width) {
      int64_t middle = left + width < job->n ? left + width : job->n;
      int64_t right = middle + width < job->n ? middle + width : job->n;
      merge(job, from, to, left, middle, right);
    }
    item *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

static void sort_run(const sort_job *job, const char *x, char *out, char *positions) {
  for (int64_t i = 0; i < job->n; i++) {
    cr_scalar value = cr_load(job->dtype, x + i * job->stride);
    if (job->is_float) {
      job->items[i].key.f = value.f;
    } else {
      job->items[i].key.i = value.i;
    }
    job->items[i].index = i;
  }
  const item *sorted = merge_sort(job) + job->first;
  for (int64_t i = 0; i < job->count; i++) {
    cr_scalar value = {sorted[i].key.f, sorted[i].key.i};
    cr_store(job->dtype, out + i * job->out_stride, value);
    *(int64_t *)(positions + i * job->position_stride) = sorted[i].index + 1;
  }
}

static void sort_runs(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  for (int64_t k = 0; k < n && !cr_interrupt_pending(); k++)
    sort_run(data, p[1] + k * stride[1], p[0] + k * stride[0], p[2] + k * stride[2]);
}

static cr_status check_types(const cr_tensor *out, const cr_tensor *positions, const cr_tensor *x) {
  if (out == positions) return cr_fail(CR_EINVAL, "'res' and 'indices' must be two tensors");
  if (out->dtype != x->dtype)
    return cr_fail(CR_EINVAL, "'res' must be a %s, got a %s", cr_dtype_tensor_name(x->dtype),
                   cr_dtype_tensor_name(out->dtype));
  if (positions->dtype != CR_I64)
    return cr_fail(CR_EINVAL, "'indices' must be a torch.LongTensor, got a %s",
                   cr_dtype_tensor_name(positions->dtype));
  return CR_OK;
}

cr_status cr_sort(cr_tensor *out, cr_tensor *positions, const cr_tensor *x, int dim,
                  bool descending, int64_t first, int64_t count) {
  int64_t size[CR_MAX_DIMS], width = (int64_t)cr_dtype_size(x->dtype);
  CR_TRY(check_types(out, positions, x));
  if (dim < 0 || dim >= x->ndim) return cr_fail(CR_EINVAL, "there is no dimension %d", dim + 1);
  int64_t n = x->size[dim];
  if (first < 0 || count < 0 || count > n - first)
    return cr_fail(CR_EINVAL, "dimension %d has only %lld elements", dim + 1, (long long)n);
  memcpy(size, x->size, (size_t)x->ndim * sizeof *size);
  size[dim] = count;
  CR_TRY(cr_prepare_result(out, x->ndim, size, x));
  CR_TRY(cr_prepare_result(positions, x->ndim, size, x));
  CR_TRY(cr_prepare_result(positions, x->ndim, size, out));
  if (cr_tensor_numel(out) == 0) return CR_OK;
  item *items = cr_scratch(CR_SCRATCH_INDEX, 2 * (size_t)n * sizeof *items);
  if (!items) return CR_ENOMEM;
  sort_job job = {x->dtype,
                  cr_dtype_is_float(x->dtype),
                  descending,
                  n,
                  x->stride[dim] * width,
                  out->stride[dim] * width,
                  positions->stride[dim] * (int64_t)sizeof(int64_t),
                  first,
                  count,
                  items,
                  items + n};
  cr_tensor first_out = *out, first_position = *positions, first_x = *x;
  first_out.size[dim] = first_position.size[dim] = first_x.size[dim] = 1;
  const cr_tensor *operands[] = {&first_out, &first_x, &first_position};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 3, operands));
  cr_iter_run_range(&it, 0, it.numel, sort_runs, &job); /* one thread: one scratch */
  return cr_check_interrupt();
}
