/* Transfer functions: loops over contiguous runs, which the compiler vectorizes, and over any
 * strides. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <math.h>

#define F32(name) name##f
#define F64(name) name
#define K(c) ((T)(c))
#define SIGMOID(v) F(vm_sigmoid)(v)
#define EXP(v) F(vm_exp)(v)
#define EXPM1(v) F(vm_expm1)(v)
#define LOG(v) F(vm_log)(v)
#define LOG1P(v) F(vm_log1p)(v)
#define TANH(v) F(vm_tanh)(v)
#define ERF(v) F(vm_erf)(v)

/* Operands: output, input. context: the parameters, two doubles. */
#define FORWARD_LOOP(loop_name, expression)                                                        \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    const T a = (T)((const double *)context)[0], b = (T)((const double *)context)[1];              \
    (void)a, (void)b;                                                                              \
    if (s[0] == sizeof(T) && s[1] == sizeof(T)) {                                                  \
      T *out = (T *)p[0];                                                                          \
      const T *in = (const T *)p[1];                                                               \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T x = in[i];                                                                               \
        out[i] = expression;                                                                       \
      }                                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T x = *(const T *)(p[1] + i * s[1]);                                                         \
      *(T *)(p[0] + i * s[0]) = expression;                                                        \
    }                                                                                              \
  }

/* Operands: gradInput, gradOutput, what was kept. */
#define BACKWARD_LOOP(loop_name, expression)                                                       \
  static void loop_name(int64_t n, char *const *p, const int64_t *t, const void *context) {        \
    const T a = (T)((const double *)context)[0], b = (T)((const double *)context)[1];              \
    (void)a, (void)b;                                                                              \
    if (t[0] == sizeof(T) && t[1] == sizeof(T) && t[2] == sizeof(T)) {                             \
      T *out = (T *)p[0];                                                                          \
      const T *grad = (const T *)p[1], *kept = (const T *)p[2];                                    \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T g = grad[i], s = kept[i];                                                                \
        (void)s;                                                                                   \
        out[i] = expression;                                                                       \
      }                                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T g = *(const T *)(p[1] + i * t[1]), s = *(const T *)(p[2] + i * t[2]);                      \
      (void)s;                                                                                     \
      *(T *)(p[0] + i * t[0]) = expression;                                                        \
    }                                                                                              \
  }

#define DEFINE_ACTIVATION(name, kept, cost, forward, backward)                                     \
  FORWARD_LOOP(NAME(forward_##name), forward)                                                      \
  BACKWARD_LOOP(NAME(backward_##name), backward)
#define ENTER_ACTIVATION(name, kept, cost, forward, backward)                                      \
  table->activation[CR_ACTIVATION_##name][INDEX] = NAME(forward_##name);                           \
  table->activation_backward[CR_ACTIVATION_##name][INDEX] = NAME(backward_##name);

#define T float
#define F F32
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/activation_type.h"
#define T double
#define F F64
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/activation_type.h"

void CR_KERNEL(register_activation)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
