/* Transfer functions of more than one operand: gated units, CReLU and PReLU. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <math.h>

enum { LANES = 16 };

#define F32(name) name##f
#define F64(name) name
#define SIGMOID(v) F(vm_sigmoid)(v)

/* Element i of operand k. */
#define AT(k, i) (*(T *)(p[k] + (i)*s[k]))

/* Operands: output, a, b; backward: gradA, gradB, gradOutput, a, b. */
#define DEFINE_GATE(name, forward, slope_a, slope_b)                                               \
  static void NAME(name)(int64_t n, char *const *p, const int64_t *s, const void *context) {       \
    (void)context;                                                                                 \
    if (s[0] == sizeof(T) && s[1] == sizeof(T) && s[2] == sizeof(T)) {                             \
      T *out = (T *)p[0];                                                                          \
      const T *in_a = (const T *)p[1], *in_b = (const T *)p[2];                                    \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T a = in_a[i], b = in_b[i];                                                                \
        out[i] = forward;                                                                          \
      }                                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T a = AT(1, i), b = AT(2, i);                                                                \
      AT(0, i) = forward;                                                                          \
    }                                                                                              \
  }                                                                                                \
  static void NAME(name##_backward)(int64_t n, char *const *p, const int64_t *s,                   \
                                    const void *context) {                                         \
    (void)context;                                                                                 \
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                               \
      T g = AT(2, i), a = AT(3, i), b = AT(4, i);                                                  \
      AT(0, i) = g * (slope_a);                                                                    \
      AT(1, i) = g * (slope_b);                                                                    \
    }                                                                                              \
  }
#define ENTER_GATE(name, forward, slope_a, slope_b)                                                \
  table->gate[CR_GATE_##name][INDEX] = NAME(name);                                                 \
  table->gate_backward[CR_GATE_##name][INDEX] = NAME(name##_backward);

#define T float
#define F F32
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/gate_type.h"
#define T double
#define F F64
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/gate_type.h"

void CR_KERNEL(register_gate)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
