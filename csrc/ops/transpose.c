#include "ops/transpose.h"

#include "core/parallel.h"
#include "kernels/kernels.h"

/* Tiles of this many rows and columns of the result: the source's lines of one tile stay in the
 * second-level cache, its pages in the translation buffer. A strip is a row of tiles. */
enum { tile_rows = 256, tile_columns = 64, least_size = 8 };

typedef struct {
  cr_iter it; /* dimension 0: the result's columns; 1: its rows */
  int64_t strips;
  cr_transpose_kernel kernel;
} transpose_job;

static void copy_strip(const transpose_job *job, int64_t strip) {
  const cr_iter *it = &job->it;
  char *to = it->data[0];
  const char *from = it->data[1];
  int64_t rest = strip / job->strips, first = strip % job->strips * tile_rows;
  int64_t rows = it->size[1] - first < tile_rows ? it->size[1] - first : tile_rows;
  for (int d = 2; d < it->ndim; d++) {
    to += rest % it->size[d] * it->stride[0][d];
    from += rest % it->size[d] * it->stride[1][d];
    rest /= it->size[d];
  }
  to += first * it->stride[0][1];
  from += first * it->stride[1][1];
  for (int64_t c = 0; c < it->size[0]; c += tile_columns) {
    int64_t columns = it->size[0] - c < tile_columns ? it->size[0] - c : tile_columns;
    job->kernel(rows, columns, from + c * it->stride[1][0], it->stride[1][0],
                to + c * it->stride[0][0], it->stride[0][1]);
  }
}

static void copy_strips(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  for (int64_t strip = begin; strip < end && !cr_interrupt_pending(); strip++)
    copy_strip(context, strip);
}

/* Makes dimension d the second one. */
static void bring_to_second(cr_iter *it, int d) {
  int64_t size = it->size[d];
  it->size[d] = it->size[1];
  it->size[1] = size;
  for (int k = 0; k < it->operands; k++) {
    int64_t stride = it->stride[k][d];
    it->stride[k][d] = it->stride[k][1];
    it->stride[k][1] = stride;
  }
}

bool cr_copy_transposed(const cr_iter *it, cr_dtype dtype) {
  int64_t width = (int64_t)cr_dtype_size(dtype);
  int d = 1;
  while (d < it->ndim && it->stride[1][d] != width) d++;
  if (d >= it->ndim || it->stride[0][0] != width || it->size[0] < least_size ||
      it->size[d] < least_size)
    return false;
  transpose_job job = {.it = *it};
  bring_to_second(&job.it, d);
  job.kernel = cr_kernels()->transpose[width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3];
  job.strips = (job.it.size[1] + tile_rows - 1) / tile_rows;
  const double cost = 0.5; /* nanoseconds an element */
  cr_parallel_for(it->numel / (job.it.size[0] * job.it.size[1]) * job.strips,
                  cr_grain(cost * (double)(job.it.size[0] * tile_rows)), copy_strips, &job);
  return true;
}
