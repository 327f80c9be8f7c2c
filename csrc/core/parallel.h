/* The one thread pool. */
#ifndef CR_CORE_PARALLEL_H
#define CR_CORE_PARALLEL_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define CR_MAX_THREADS 256

/* Works on [begin, end); thread is 0 ... cr_num_threads() - 1. Must not fail: checks come before. */
typedef void (*cr_range_fn)(int64_t begin, int64_t end, int thread, void *context);

/* Cuts [0, n) into at most one contiguous piece a thread, none smaller than grain (but the only
 * one), and waits for all. The cut depends on n, grain and the number of threads alone, so results
 * are the same from run to run. Called from inside a piece it runs serially. */
void cr_parallel_for(int64_t n, int64_t grain, cr_range_fn body, void *context);

/* Elements that make a piece worth a thread, at `cost` nanoseconds each. */
int64_t cr_grain(double cost);

int cr_num_threads(void);
cr_status cr_set_num_threads(int threads);
int cr_num_cores(void);
/* True inside a piece of a cr_parallel_for. */
int cr_in_parallel(void);
/* From now on the calling thread does all its work by itself, as within a piece: for threads that
 * work beside the pool. */
void cr_work_alone(void);

/* Scratch memory of the calling thread, 64-byte aligned, kept and reused: a hot path allocates
 * only while it grows. The content does not outlive the next request for the same slot. NULL (with
 * the message set) when memory ran out. A kernel's caller takes the scratch, never the kernel. */
typedef enum {
  CR_SCRATCH_PACK_A,
  CR_SCRATCH_PACK_B,
  CR_SCRATCH_COLUMNS, /* unfolded images */
  CR_SCRATCH_RESULT,
  CR_SCRATCH_PARTIAL, /* per-thread partial sums */
  CR_SCRATCH_INDEX,
  CR_SCRATCH_SLICES, /* of volumes, for convolution of images */
  CR_SCRATCH_GEMM,   /* packed blocks of matrices */
  CR_SCRATCH_SLOTS
} cr_scratch_slot;
void *cr_scratch(cr_scratch_slot slot, size_t bytes);

/* Gives back the calling thread's scratch memory. */
void cr_scratch_free(void);

#endif
