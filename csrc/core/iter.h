/* Strided iteration over several tensors at once, in the manner of NumPy's ufunc loops.
 *
 * cr_iter_init lines the operands up (each is broadcast to the first one's size), reorders and
 * merges dimensions so that the innermost run is as long as possible, and cr_iter_run hands runs
 * to a loop kernel, over all threads. */
#ifndef CR_CORE_ITER_H
#define CR_CORE_ITER_H

#include "core/tensor.h"

#define CR_MAX_OPERANDS 6

/* Processes n elements: operand k's i-th element is at p[k] + i * stride[k] (bytes). An operand's
 * stride may be 0. The output is operand 0; it is never a partial overlap of an input, but may be
 * the very same run. */
typedef void (*cr_loop)(int64_t n, char *const *p, const int64_t *stride, const void *context);

typedef struct {
  int operands, ndim; /* dimension 0 is the innermost */
  int64_t numel;
  int64_t size[CR_MAX_DIMS];
  int64_t stride[CR_MAX_OPERANDS][CR_MAX_DIMS]; /* bytes */
  char *data[CR_MAX_OPERANDS];
} cr_iter;

/* All operands are broadcast to the size of operands[0], the output. */
cr_status cr_iter_init(cr_iter *it, int operands, const cr_tensor *const *tensors);

/* Runs over everything, in parallel; fails with CR_EINTR when the user interrupts.
 * cost: rough nanoseconds per element, decides how small a piece a thread is given. */
cr_status cr_iter_run(const cr_iter *it, cr_loop loop, const void *context, double cost);

/* Runs the elements [begin, end) in row-major order on this thread. */
void cr_iter_run_range(const cr_iter *it, int64_t begin, int64_t end, cr_loop loop,
                       const void *context);

#endif
