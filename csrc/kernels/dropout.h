/* Dropout's mask: a function of a key and of the element's number alone, so that it is the same
 * whatever the number of threads and is made again, not kept, for the backward pass. */
#ifndef CR_KERNELS_DROPOUT_H
#define CR_KERNELS_DROPOUT_H

#include <stdint.h>

typedef struct {
  const void *in;
  void *out;     /* contiguous; may be in */
  int64_t group; /* elements, one after the other, that share a fate */
  uint64_t key;
  uint32_t threshold; /* probability of being dropped times 2^32 */
  double scale;       /* of what is kept */
} cr_dropout;

/* Groups [begin, end). */
typedef void (*cr_dropout_kernel)(const cr_dropout *d, int64_t begin, int64_t end);

#endif
