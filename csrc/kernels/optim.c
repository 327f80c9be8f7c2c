/* Steps of optimizers. Runs are worked on in blocks; operands that are not contiguous pass through
 * buffers, so that every step has one body, which the compiler vectorizes. */
#include "kernels/kernels.h"

#include <math.h>

enum { BLOCK = 256 };

#define F32(name) name##f
#define F64(name) name

/* context: the numbers, as doubles. */
#define DEFINE_STEP(name, cost, operands, written, numbers)                                        \
  static void NAME(step_##name)(int64_t n, char *const *p, const int64_t *s,                       \
                                const void *context) {                                             \
    T h[numbers], buffer[operands][BLOCK], *o[operands];                                           \
    for (int k = 0; k < numbers; k++) h[k] = (T)((const double *)context)[k];                      \
    for (int64_t at = 0; at < n; at += BLOCK) {                                                    \
      int64_t length = n - at < BLOCK ? n - at : BLOCK;                                            \
      for (int k = 0; k < operands; k++) {                                                         \
        char *first = p[k] + at * s[k];                                                            \
        o[k] = s[k] == sizeof(T) ? (T *)first : buffer[k];                                         \
        if (o[k] == (T *)first || (s[k] == 0 && at > 0)) continue;                                 \
        for (int64_t i = 0; i < length; i++) buffer[k][i] = *(const T *)(first + i * s[k]);        \
      }                                                                                            \
      NAME(name)(length, o, h);                                                                    \
      for (int k = 0; k < operands; k++) {                                                         \
        if (o[k] != buffer[k] || !((written) >> k & 1)) continue;                                  \
        char *first = p[k] + at * s[k];                                                            \
        for (int64_t i = 0; i < length; i++) *(T *)(first + i * s[k]) = buffer[k][i];              \
      }                                                                                            \
    }                                                                                              \
  }
#define ENTER_STEP(name, cost, operands, written, numbers)                                         \
  table->optim[CR_OPTIM_##name][INDEX] = NAME(step_##name);

#define T float
#define F F32
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/optim_type.h"
#define T double
#define F F64
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/optim_type.h"

void CR_KERNEL(register_optim)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
