/* Losses that are a sum over elements. Runs are worked on in blocks that stay in the first-level
 * cache: strided operands are gathered, so that the arithmetic is always vectorized; the sum is
 * taken in double precision. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <math.h>

enum { LANES = 16, BLOCK = 256 };

#define F32(name) name##f
#define F64(name) name
#define K(c) ((T)(c))
#define EXP(v) F(vm_exp)(v)
#define LOG(v) F(vm_log)(v)
#define LOG1P(v) F(vm_log1p)(v)

/* Operands: input, target, weight, second weight. */
#define DEFINE_SUM(loop_name, expression)                                                          \
  static void loop_name(int64_t n, char *const *q, const int64_t *s, const void *context) {        \
    const cr_loss_context *c = context;                                                            \
    const T a = (T)c->a, b = (T)c->b;                                                              \
    T xs[BLOCK], ts[BLOCK], ws[BLOCK], ps[BLOCK], losses[BLOCK];                                   \
    (void)a, (void)b;                                                                              \
    for (int64_t at = 0; at < n; at += BLOCK) {                                                    \
      int64_t length = n - at < BLOCK ? n - at : BLOCK;                                            \
      const T *px = NAME(block_of)(q[0], s[0], at, length, xs);                                    \
      const T *pt = NAME(block_of)(q[1], s[1], at, length, ts);                                    \
      const T *pw = NAME(block_of)(q[2], s[2], at, length, ws);                                    \
      const T *pp = NAME(block_of)(q[3], s[3], at, length, ps);                                    \
      CR_INDEPENDENT for (int64_t i = 0; i < length; i++) {                                        \
        T x = px[i], t = pt[i], w = pw[i], p = pp[i];                                              \
        (void)t, (void)p;                                                                          \
        losses[i] = w * (expression);                                                              \
      }                                                                                            \
      *c->sum += NAME(block_sum)(length, losses);                                                  \
    }                                                                                              \
  }

/* Operands: gradInput, input, target, weight, second weight. */
#define DEFINE_SLOPE(loop_name, expression)                                                        \
  static void loop_name(int64_t n, char *const *q, const int64_t *s, const void *context) {        \
    const cr_loss_context *c = context;                                                            \
    const T a = (T)c->a, b = (T)c->b, scale = (T)c->scale;                                         \
    T xs[BLOCK], ts[BLOCK], ws[BLOCK], ps[BLOCK], slopes[BLOCK];                                   \
    (void)a, (void)b;                                                                              \
    for (int64_t at = 0; at < n; at += BLOCK) {                                                    \
      int64_t length = n - at < BLOCK ? n - at : BLOCK;                                            \
      char *first = q[0] + at * s[0];                                                              \
      T *out = s[0] == sizeof(T) ? (T *)first : slopes;                                            \
      const T *px = NAME(block_of)(q[1], s[1], at, length, xs);                                    \
      const T *pt = NAME(block_of)(q[2], s[2], at, length, ts);                                    \
      const T *pw = NAME(block_of)(q[3], s[3], at, length, ws);                                    \
      const T *pp = NAME(block_of)(q[4], s[4], at, length, ps);                                    \
      CR_INDEPENDENT for (int64_t i = 0; i < length; i++) {                                        \
        T x = px[i], t = pt[i], w = pw[i], p = pp[i];                                              \
        (void)x, (void)t, (void)p;                                                                 \
        out[i] = scale * w * (expression);                                                         \
      }                                                                                            \
      if (out != slopes) continue;                                                                 \
      for (int64_t i = 0; i < length; i++) *(T *)(first + i * s[0]) = slopes[i];                   \
    }                                                                                              \
  }

#define DEFINE_LOSS(name, cost, loss, slope)                                                       \
  DEFINE_SUM(NAME(sum_##name), loss)                                                               \
  DEFINE_SLOPE(NAME(slope_##name), slope)
#define ENTER_LOSS(name, cost, loss, slope)                                                        \
  table->loss_sum[CR_LOSS_##name][INDEX] = NAME(sum_##name);                                       \
  table->loss_slope[CR_LOSS_##name][INDEX] = NAME(slope_##name);

#define T float
#define F F32
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/loss_type.h"
#define T double
#define F F64
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/loss_type.h"

void CR_KERNEL(register_loss)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
