/* IDX: the file format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist): two zero
 * bytes, the element type, the number of dimensions, the sizes as big-endian 32-bit numbers, then
 * the elements, big-endian, last dimension innermost. */
#ifndef CR_CORE_IDX_H
#define CR_CORE_IDX_H

#include "core/tensor.h"

/* Makes `out` (initialized, of any type) a new tensor of the file's type and sizes. The file may be
 * gzip-compressed. It is not trusted: nothing is allocated that the file cannot fill, and it must
 * hold exactly what its header promises. */
cr_status cr_idx_read(cr_tensor *out, const char *path);

#endif
