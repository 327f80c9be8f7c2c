#include "ops/sort.h"

#include "core/iter.h"
#include "core/parallel.h"
#include "ops/check.h"

#include <string.h>

/* An element as a number whose order is the elements' order, and where it stood. */
typedef struct {
  uint64_t key;
  int64_t index;
} item;

typedef struct {
  cr_dtype dtype;
  bool descending;
  int64_t n, stride, out_stride, position_stride; /* of the dimension, in bytes */
  int64_t first, count;
  item *items, *spare;
} sort_job;

/* ---- keys ---- */

/* Bits of a floating-point number in an order that unsigned numbers have: negative ones turned round,
 * -0 as 0, NaN last. Signs are hard to predict: no branches. */
static inline uint32_t key_of_float(float x) {
  const uint32_t top = (uint32_t)1 << 31;
  uint32_t bits, key;
  x += 0.0f; /* -0 becomes 0 */
  memcpy(&bits, &x, sizeof bits);
  key = bits ^ (top | -(bits >> 31));
  return x != x ? UINT32_MAX : key;
}

static inline uint64_t key_of_double(double x) {
  const uint64_t top = (uint64_t)1 << 63;
  uint64_t bits, key;
  x += 0.0;
  memcpy(&bits, &x, sizeof bits);
  key = bits ^ (top | -(bits >> 63));
  return x != x ? UINT64_MAX : key;
}

static int key_bits(cr_dtype dtype) { return 8 * (int)cr_dtype_size(dtype); }

/* What to do with each key of the elements from begin to end; its low bits are the element's.
 * Descending turns them round, so that equal elements keep their order. */
#define KEYS_OF(T, expression, action)                                                             \
  for (int64_t i = begin; i < end; i++) {                                                          \
    T e = *(const T *)(x + i * job->stride);                                                       \
    uint64_t key = (uint64_t)(expression) ^ turned;                                                \
    action;                                                                                        \
  }                                                                                                \
  break;
#define FOR_KEYS(from, to, action)                                                                 \
  {                                                                                                \
    const int64_t begin = from, end = to;                                                          \
    uint64_t turned = job->descending ? UINT64_MAX >> (64 - key_bits(job->dtype)) : 0;             \
    switch (job->dtype) {                                                                          \
    case CR_U8: KEYS_OF(uint8_t, e, action)                                                        \
    case CR_I8: KEYS_OF(int8_t, (uint8_t)(e ^ INT8_MIN), action)                                   \
    case CR_I16: KEYS_OF(int16_t, (uint16_t)(e ^ INT16_MIN), action)                               \
    case CR_I32: KEYS_OF(int32_t, (uint32_t)(e ^ INT32_MIN), action)                               \
    case CR_I64: KEYS_OF(int64_t, e ^ INT64_MIN, action)                                           \
    case CR_F32: KEYS_OF(float, key_of_float(e), action)                                           \
    default: KEYS_OF(double, key_of_double(e), action)                                             \
    }                                                                                              \
  }

static void load_keys(const sort_job *job, const char *x, int64_t first, int64_t last) {
  FOR_KEYS(first, last, job->items[i] = ((item){key, i}))
}

/* ---- short runs: merge sort ---- */

static void insertion_sort(item *items, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    item moving = items[i];
    int64_t at = i;
    for (; at > 0 && moving.key < items[at - 1].key; at--) items[at] = items[at - 1];
    items[at] = moving;
  }
}

static void merge(const item *from, item *to, int64_t left, int64_t middle, int64_t right) {
  int64_t a = left, b = middle;
  for (int64_t at = left; at < right; at++) {
    bool takes_b = b < right && (a >= middle || from[b].key < from[a].key);
    to[at] = takes_b ? from[b++] : from[a++];
  }
}

/* Bottom-up merge sort of short sorted runs. Returns where the result is. */
static item *merge_sort(const sort_job *job, int64_t n) {
  enum { run = 16 };
  item *from = job->items, *to = job->spare;
  for (int64_t at = 0; at < n; at += run) insertion_sort(from + at, n - at < run ? n - at : run);
  for (int64_t width = run; width < n; width *= 2) {
    for (int64_t left = 0; left < n; left += 2 * width) {
      int64_t middle = left + width < n ? left + width : n;
      int64_t right = middle + width < n ? middle + width : n;
      merge(from, to, left, middle, right);
    }
    item *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* ---- long runs: radix sort by digits from the least significant one, which is stable ---- */

enum { digit_bits = 11, digits = 1 << digit_bits, least_radix = 2000, least_part = 1 << 16 };
enum { most_parts = 16 };

typedef struct {
  const sort_job *job;
  const char *x;
  const item *from;
  item *to;
  int shift, parts;
  int64_t n;
  int64_t place[most_parts][digits]; /* counts, then where a part's next item of a digit goes */
} radix_pass;

/* Prepares passes over n items: one part a thread, where there is enough for each. */
static void cut(radix_pass *pass, const sort_job *job, int64_t n) {
  pass->job = job;
  pass->n = n;
  pass->parts = cr_in_parallel() ? 1 : cr_num_threads();
  if (pass->parts > most_parts) pass->parts = most_parts;
  if (n < pass->parts * (int64_t)least_part) pass->parts = 1;
}

static int64_t part_begin(const radix_pass *pass, int64_t part) {
  return pass->n / pass->parts * part +
         (part < pass->n % pass->parts ? part : pass->n % pass->parts);
}

static int digit_of(const radix_pass *pass, const item *i) {
  return (int)(i->key >> pass->shift) & (digits - 1);
}

static void load_parts(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const radix_pass *pass = context;
  load_keys(pass->job, pass->x, part_begin(pass, begin), part_begin(pass, end));
}

static void count_parts(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  radix_pass *pass = context;
  for (int64_t part = begin; part < end; part++) {
    int64_t *count = pass->place[part], stop = part_begin(pass, part + 1);
    memset(count, 0, sizeof pass->place[part]);
    for (int64_t i = part_begin(pass, part); i < stop; i++) count[digit_of(pass, &pass->from[i])]++;
  }
}

static void move_parts(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  radix_pass *pass = context;
  for (int64_t part = begin; part < end; part++) {
    int64_t *place = pass->place[part], stop = part_begin(pass, part + 1);
    for (int64_t i = part_begin(pass, part); i < stop; i++)
      pass->to[place[digit_of(pass, &pass->from[i])]++] = pass->from[i];
  }
}

/* Turns counts into places. False when all items have the same digit: nothing is to be moved. */
static bool find_places(radix_pass *pass) {
  int64_t at = 0;
  for (int digit = 0; digit < digits; digit++) {
    int64_t before = at;
    for (int part = 0; part < pass->parts; part++) {
      int64_t count = pass->place[part][digit];
      pass->place[part][digit] = at;
      at += count;
    }
    if (at - before == pass->n) return false;
  }
  return true;
}

static item *radix_sort(radix_pass *pass) {
  const sort_job *job = pass->job;
  item *from = job->items, *to = job->spare;
  for (int shift = 0; shift < key_bits(job->dtype) && !cr_interrupt_pending();
       shift += digit_bits) {
    pass->shift = shift, pass->from = from, pass->to = to;
    cr_parallel_for(pass->parts, 1, count_parts, pass);
    if (!find_places(pass)) continue;
    cr_parallel_for(pass->parts, 1, move_parts, pass);
    item *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* ---- a few places of a run ---- */

/* The wanted ranks, counted among the items that are left, and the digits that these have. */
typedef struct {
  int64_t first, count;
  uint64_t low, high;
} selection;

enum { least_selection = 256 };

/* Chooses the digits that the wanted ranks have, when so many items have each of the digits. */
static void choose_digits(selection *wanted, const int64_t *count) {
  int64_t last = wanted->first + wanted->count - 1, before = 0;
  uint64_t digit = 0;
  while (before + count[digit] <= wanted->first) before += count[digit++];
  wanted->first -= before;
  wanted->low = digit;
  while (before + count[digit] <= last) before += count[digit++];
  wanted->high = digit;
}

static inline bool is_chosen(const selection *wanted, uint64_t digit) {
  return digit >= wanted->low && digit <= wanted->high;
}

/* Loads those items whose highest digits are chosen, and returns how many they are. */
static int64_t load_chosen(const sort_job *job, const char *x, int shift, selection *wanted) {
  int64_t count[digits] = {0}, kept = 0;
  FOR_KEYS(0, job->n, count[key >> shift]++)
  choose_digits(wanted, count);
  FOR_KEYS(0, job->n, if (is_chosen(wanted, key >> shift)) job->items[kept++] = ((item){key, i}))
  return kept;
}

/* Keeps those of n items whose next digits are chosen, in order. Their higher digits are the same. */
static int64_t keep_chosen(item *items, int64_t n, int shift, selection *wanted) {
  int64_t count[digits] = {0}, kept = 0;
  for (int64_t i = 0; i < n; i++) count[items[i].key >> shift & (digits - 1)]++;
  choose_digits(wanted, count);
  for (int64_t i = 0; i < n; i++)
    if (is_chosen(wanted, items[i].key >> shift & (digits - 1))) items[kept++] = items[i];
  return kept;
}

/* Loads the items that have the wanted ranks, and few others: digit by digit from the highest one, as
 * long as all of them have the same. */
static int64_t load_selected(const sort_job *job, const char *x, selection *wanted) {
  int bits = key_bits(job->dtype), shift = bits > digit_bits ? bits - digit_bits : 0;
  int64_t n = load_chosen(job, x, shift, wanted);
  while (shift > 0 && wanted->low == wanted->high && n >= least_selection) {
    shift = shift > digit_bits ? shift - digit_bits : 0;
    n = keep_chosen(job->items, n, shift, wanted);
  }
  return n;
}

/* ---- the first places of a run ---- */

/* Items that may be among the first ones; once there were too many of them, others must be below a
 * bound. */
typedef struct {
  int64_t n, room;
  bool is_bound;
  uint64_t bound;
} candidates;

/* Keeps the wanted ones, in order. */
static void prune(const sort_job *job, candidates *c) {
  const item *sorted = merge_sort(job, c->n);
  if (sorted != job->items) memcpy(job->items, sorted, (size_t)job->count * sizeof *job->items);
  c->n = job->count;
  c->is_bound = true;
  c->bound = job->items[job->count - 1].key;
}

static void add_candidate(const sort_job *job, candidates *c, uint64_t key, int64_t i) {
  job->items[c->n++] = (item){key, i};
  if (c->n == c->room) prune(job, c);
}

/* Of equal keys the later ones come last: what only equals the bound is not wanted. */
static const item *sort_first(const sort_job *job, const char *x) {
  candidates c = {.room = job->count > 8 ? 2 * job->count : 16};
  FOR_KEYS(0, job->n, if (!c.is_bound || key < c.bound) add_candidate(job, &c, key, i))
  prune(job, &c);
  return job->items;
}

/* ---- runs ---- */

#define STORE_ELEMENTS(T)                                                                          \
  for (int64_t i = 0; i < job->count; i++)                                                         \
    *(T *)(out + i * job->out_stride) = *(const T *)(x + sorted[i].index * job->stride);           \
  break;

/* The elements themselves are fetched: a key does not tell -0 from 0, nor one NaN from another. */
static void store(const sort_job *job, const item *sorted, const char *x, char *out,
                  char *positions) {
  switch (cr_dtype_size(job->dtype)) {
  case 1: STORE_ELEMENTS(uint8_t)
  case 2: STORE_ELEMENTS(uint16_t)
  case 4: STORE_ELEMENTS(uint32_t)
  default: STORE_ELEMENTS(uint64_t)
  }
  for (int64_t i = 0; i < job->count; i++)
    *(int64_t *)(positions + i * job->position_stride) = sorted[i].index + 1;
}

/* Loads all items; large runs by several threads. */
static void load_all(const sort_job *job, radix_pass *pass, const char *x) {
  if (job->n < least_radix) {
    load_keys(job, x, 0, job->n);
    return;
  }
  cut(pass, job, job->n);
  pass->x = x;
  cr_parallel_for(pass->parts, 1, load_parts, pass);
}

static void sort_run(const sort_job *job, radix_pass *pass, const char *x, char *out,
                     char *positions) {
  const item *sorted;
  selection wanted = {job->first, job->count, 0, 0};
  int64_t n = job->n;
  if (n >= least_selection && job->first == 0 && job->count <= n / 8) {
    store(job, sort_first(job, x), x, out, positions);
    return;
  }
  if (n >= least_selection && job->count <= n / 4) {
    n = load_selected(job, x, &wanted);
  } else {
    load_all(job, pass, x);
  }
  if (n < least_radix) {
    sorted = merge_sort(job, n);
  } else {
    cut(pass, job, n);
    sorted = radix_sort(pass);
  }
  store(job, sorted + wanted.first, x, out, positions);
}

/* One thread's runs, with its own part of the scratch memory. */
typedef struct {
  const cr_iter *it;
  sort_job job;
} runs_job;

typedef struct {
  sort_job job;
  radix_pass *pass;
} thread_job;

static void sort_each(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const thread_job *own = data;
  for (int64_t k = 0; k < n && !cr_interrupt_pending(); k++)
    sort_run(&own->job, own->pass, p[1] + k * stride[1], p[0] + k * stride[0],
             p[2] + k * stride[2]);
}

static size_t bytes_of_thread(int64_t n) {
  size_t bytes = 2 * (size_t)n * sizeof(item);
  return n < least_radix ? bytes : bytes + sizeof(radix_pass);
}

static void sort_runs(int64_t begin, int64_t end, int thread, void *data) {
  const runs_job *runs = data;
  thread_job own = {.job = runs->job};
  char *memory = (char *)runs->job.items + (size_t)thread * bytes_of_thread(runs->job.n);
  own.job.items = (item *)memory;
  own.job.spare = own.job.items + own.job.n;
  own.pass = (radix_pass *)(own.job.spare + own.job.n);
  cr_iter_run_range(runs->it, begin, end, sort_each, &own);
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
  cr_tensor first_out = *out, first_position = *positions, first_x = *x;
  first_out.size[dim] = first_position.size[dim] = first_x.size[dim] = 1;
  const cr_tensor *operands[] = {&first_out, &first_x, &first_position};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 3, operands));
  runs_job runs = {&it,
                   {x->dtype, descending, n, x->stride[dim] * width, out->stride[dim] * width,
                    positions->stride[dim] * (int64_t)sizeof(int64_t), first, count, NULL, NULL}};
  int64_t grain = cr_grain(20.0 * (double)n), threads = it.numel / grain;
  if (threads > cr_num_threads()) threads = cr_num_threads();
  if (threads < 1 || cr_in_parallel()) threads = 1;
  runs.job.items = cr_scratch(CR_SCRATCH_INDEX, (size_t)threads * bytes_of_thread(n));
  if (!runs.job.items) return CR_ENOMEM;
  cr_parallel_for(it.numel, grain, sort_runs, &runs);
  return cr_check_interrupt();
}
