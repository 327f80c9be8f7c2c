#include "core/iter.h"

#include "core/parallel.h"

#include <string.h>

static void swap_dims(cr_iter *it, int a, int b) {
  int64_t size = it->size[a];
  it->size[a] = it->size[b];
  it->size[b] = size;
  for (int k = 0; k < it->operands; k++) {
    int64_t stride = it->stride[k][a];
    it->stride[k][a] = it->stride[k][b];
    it->stride[k][b] = stride;
  }
}

/* The output's smaller stride goes inside, the inputs' decide ties. */
static bool belongs_inside(const cr_iter *it, int a, int b) {
  for (int k = 0; k < it->operands; k++) {
    if (it->stride[k][a] == 0 || it->stride[k][b] == 0) continue;
    if (it->stride[k][a] != it->stride[k][b]) return it->stride[k][a] < it->stride[k][b];
  }
  return false;
}

static void sort_dims(cr_iter *it) {
  for (int i = 1; i < it->ndim; i++)
    for (int j = i; j > 0 && belongs_inside(it, j, j - 1); j--) swap_dims(it, j, j - 1);
}

static bool can_merge(const cr_iter *it, int inner, int outer) {
  for (int k = 0; k < it->operands; k++)
    if (it->stride[k][outer] != it->stride[k][inner] * it->size[inner]) return false;
  return true;
}

static void merge_dims(cr_iter *it) {
  int kept = 0;
  for (int d = 1; d < it->ndim; d++) {
    if (can_merge(it, kept, d)) {
      it->size[kept] *= it->size[d];
      continue;
    }
    kept++;
    it->size[kept] = it->size[d];
    for (int k = 0; k < it->operands; k++) it->stride[k][kept] = it->stride[k][d];
  }
  it->ndim = kept + 1;
}

cr_status cr_iter_init(cr_iter *it, int operands, const cr_tensor *const *tensors) {
  const cr_tensor *out = tensors[0];
  it->operands = operands;
  it->numel = cr_tensor_numel(out);
  it->ndim = 0;
  for (int d = out->ndim - 1; d >= 0; d--)
    if (out->size[d] != 1 || out->ndim == 1) it->size[it->ndim++] = out->size[d];
  for (int k = 0; k < operands; k++) {
    const cr_tensor *t = tensors[k];
    int64_t width = (int64_t)cr_dtype_size(t->dtype);
    it->data[k] = cr_tensor_data(t);
    int at = 0;
    for (int d = out->ndim - 1; d >= 0; d--) {
      int s = d - (out->ndim - t->ndim);
      int64_t size = s >= 0 ? t->size[s] : 1;
      if (size != out->size[d] && size != 1) {
        char from[CR_SIZE_TEXT], to[CR_SIZE_TEXT];
        return cr_fail(CR_EINVAL, "size %s cannot be broadcast to size %s",
                       cr_tensor_size_text(from, t), cr_tensor_size_text(to, out));
      }
      if (out->size[d] == 1 && out->ndim != 1) continue;
      it->stride[k][at++] = size == 1 ? 0 : t->stride[s] * width;
    }
    if (t->ndim > out->ndim && it->numel > 0)
      return cr_fail(CR_EINVAL, "an operand of %d dimensions cannot be broadcast to %d", t->ndim,
                     out->ndim);
  }
  if (it->ndim == 0) { /* every size is 1 */
    it->ndim = 1;
    it->size[0] = it->numel;
    for (int k = 0; k < operands; k++) it->stride[k][0] = 0;
  }
  sort_dims(it);
  merge_dims(it);
  return CR_OK;
}

void cr_iter_run_range(const cr_iter *it, int64_t begin, int64_t end, cr_loop loop,
                       const void *context) {
  int64_t index[CR_MAX_DIMS], rest = begin;
  char *p[CR_MAX_OPERANDS];
  int64_t inner_stride[CR_MAX_OPERANDS];
  for (int k = 0; k < it->operands; k++) {
    p[k] = it->data[k];
    inner_stride[k] = it->stride[k][0];
  }
  for (int d = 0; d < it->ndim; d++) {
    index[d] = rest % it->size[d];
    rest /= it->size[d];
    for (int k = 0; k < it->operands; k++) p[k] += index[d] * it->stride[k][d];
  }
  int64_t left = end - begin;
  while (left > 0) {
    int64_t run = it->size[0] - index[0];
    if (run > left) run = left;
    loop(run, p, inner_stride, context);
    left -= run;
    if (left == 0) break;
    for (int k = 0; k < it->operands; k++) p[k] -= index[0] * inner_stride[k];
    index[0] = 0;
    for (int d = 1; d < it->ndim; d++) {
      for (int k = 0; k < it->operands; k++) p[k] += it->stride[k][d];
      if (++index[d] < it->size[d]) break;
      for (int k = 0; k < it->operands; k++) p[k] -= it->stride[k][d] * it->size[d];
      index[d] = 0;
    }
  }
}

typedef struct {
  const cr_iter *it;
  cr_loop loop;
  const void *context;
} run_job;

/* Elements between two looks for an interrupt: a few milliseconds of work. */
enum { interrupt_block = 1 << 22 };

static void run_range(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const run_job *job = data;
  for (int64_t at = begin; at < end && !cr_interrupt_pending(); at += interrupt_block) {
    int64_t stop = end - at > interrupt_block ? at + interrupt_block : end;
    cr_iter_run_range(job->it, at, stop, job->loop, job->context);
  }
}

/* ---- tiles ---- */

/* An operand that walks across its rows (a transposed matrix beside a plain one) uses one element of
 * each cache line and comes back for the next one much later. Small tiles of the two innermost
 * dimensions let it use the line while it is there. */
enum { tile_inner = 16, tile_outer = 128, far_apart = 256 };

static bool wants_tiles(const cr_iter *it) {
  if (it->ndim < 2 || it->size[0] < 2 * tile_inner || it->size[1] < tile_inner) return false;
  for (int k = 0; k < it->operands; k++) {
    int64_t inner = it->stride[k][0], outer = it->stride[k][1];
    if (inner >= far_apart && outer > 0 && 4 * outer <= inner) return true;
  }
  return false;
}

static int64_t tile_rows(const cr_iter *it) { return (it->size[1] + tile_outer - 1) / tile_outer; }

/* One strip: tile_outer positions of dimension 1, all of dimension 0, one of each other one. */
static void run_strip(const run_job *job, int64_t strip) {
  const cr_iter *it = job->it;
  char *base[CR_MAX_OPERANDS], *p[CR_MAX_OPERANDS];
  int64_t stride[CR_MAX_OPERANDS], rest = strip / tile_rows(it);
  int64_t first = strip % tile_rows(it) * tile_outer;
  int64_t last = first + tile_outer < it->size[1] ? first + tile_outer : it->size[1];
  for (int k = 0; k < it->operands; k++) {
    base[k] = it->data[k];
    stride[k] = it->stride[k][0];
  }
  for (int d = 2; d < it->ndim; d++) {
    for (int k = 0; k < it->operands; k++) base[k] += rest % it->size[d] * it->stride[k][d];
    rest /= it->size[d];
  }
  for (int64_t at = 0; at < it->size[0]; at += tile_inner) {
    int64_t run = it->size[0] - at < tile_inner ? it->size[0] - at : tile_inner;
    for (int64_t row = first; row < last; row++) {
      for (int k = 0; k < it->operands; k++)
        p[k] = base[k] + at * stride[k] + row * it->stride[k][1];
      job->loop(run, p, stride, job->context);
    }
  }
}

static void run_strips(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  for (int64_t strip = begin; strip < end && !cr_interrupt_pending(); strip++)
    run_strip(data, strip);
}

cr_status cr_iter_run(const cr_iter *it, cr_loop loop, const void *context, double cost) {
  if (it->numel == 0) return CR_OK;
  if (wants_tiles(it)) {
    run_job tiles = {it, loop, context};
    int64_t strip_size = it->size[0] * tile_outer;
    cr_parallel_for(it->numel / (it->size[0] * it->size[1]) * tile_rows(it),
                    cr_grain(cost) / strip_size, run_strips, &tiles);
    return cr_check_interrupt();
  }
  int64_t grain = cr_grain(cost);
  if (it->numel <= grain) {
    cr_iter_run_range(it, 0, it->numel, loop, context);
    return CR_OK;
  }
  run_job job = {it, loop, context};
  cr_parallel_for(it->numel, grain, run_range, &job);
  return cr_check_interrupt();
}
