/* Pointwise operations. One macro per shape of operation makes the loops: contiguous runs, which
 * the compiler vectorizes; runs against one value (stride 0); any strides. */
#include "kernels/kernels.h"

#include "kernels/vecmath_wide.h"

#include <math.h>

#define F32(name) name##f
#define F64(name) name

/* R is the result's type. */
#define UNARY_LOOP(loop_name, R, expression)                                                       \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    (void)context;                                                                                 \
    if (s[0] == sizeof(R) && s[1] == sizeof(T)) {                                                  \
      R *out = (R *)p[0];                                                                          \
      const T *in = (const T *)p[1];                                                               \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T x = in[i];                                                                               \
        out[i] = expression;                                                                       \
      }                                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T x = *(const T *)(p[1] + i * s[1]);                                                         \
      *(R *)(p[0] + i * s[0]) = expression;                                                        \
    }                                                                                              \
  }

#define BINARY_LOOP(loop_name, R, expression)                                                      \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    (void)context;                                                                                 \
    R *out = (R *)p[0];                                                                            \
    const T *in_a = (const T *)p[1], *in_b = (const T *)p[2];                                      \
    bool plain = s[0] == sizeof(R) && s[1] == sizeof(T);                                           \
    if (plain && s[2] == sizeof(T)) {                                                              \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T a = in_a[i], b = in_b[i];                                                                \
        out[i] = expression;                                                                       \
      }                                                                                            \
    } else if (plain && s[2] == 0) {                                                               \
      T b = *in_b;                                                                                 \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T a = in_a[i];                                                                             \
        out[i] = expression;                                                                       \
      }                                                                                            \
    } else if (s[0] == sizeof(R) && s[1] == 0 && s[2] == sizeof(T)) {                              \
      T a = *in_a;                                                                                 \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T b = in_b[i];                                                                             \
        out[i] = expression;                                                                       \
      }                                                                                            \
    } else {                                                                                       \
      for (int64_t i = 0; i < n; i++) {                                                            \
        T a = *(const T *)(p[1] + i * s[1]), b = *(const T *)(p[2] + i * s[2]);                    \
        *(R *)(p[0] + i * s[0]) = expression;                                                      \
      }                                                                                            \
    }                                                                                              \
  }

/* The numbers v and w are the context's, converted to the type. */
#define SCALED_LOOP(loop_name, inputs, expression)                                                 \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    const cr_scaled_numbers *numbers = context;                                                    \
    T v = NUMBER(numbers->v), w = NUMBER(numbers->w);                                              \
    const int second = inputs > 1 ? 2 : 1, third = inputs > 2 ? 3 : 1;                             \
    const int64_t width = sizeof(T);                                                               \
    (void)w;                                                                                       \
    if (s[0] == width && s[1] == width && s[second] == width && s[third] == width) {               \
      T *out = (T *)p[0];                                                                          \
      const T *in_a = (const T *)p[1], *in_b = (const T *)p[second], *in_c = (const T *)p[third];  \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                             \
        T a = in_a[i], b = in_b[i], c = in_c[i];                                                   \
        (void)b, (void)c;                                                                          \
        out[i] = expression;                                                                       \
      }                                                                                            \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T a = *(const T *)(p[1] + i * s[1]), b = *(const T *)(p[second] + i * s[second]);            \
      T c = *(const T *)(p[third] + i * s[third]);                                                 \
      (void)b, (void)c;                                                                            \
      *(T *)(p[0] + i * s[0]) = expression;                                                        \
    }                                                                                              \
  }

/* Loops for results that no cache keeps, which are stored past them; see stream_run. An operand that is
 * one value becomes a block of equal ones. */
#define STREAMED_LOOP(name, inputs, expression)                                                    \
  static void LOOP(blocks_##name)(int64_t n, char *const *p, const int64_t *s,                     \
                                  const void *context) {                                           \
    enum { block = CR_STREAM_BLOCK / sizeof(T) };                                                  \
    const cr_scaled_numbers *numbers = context;                                                    \
    T v = numbers ? NUMBER(numbers->v) : 0, w = numbers ? NUMBER(numbers->w) : 0;                  \
    const int second = inputs > 1 ? 2 : 1, third = inputs > 2 ? 3 : 1;                             \
    const T *in_a = (const T *)p[1], *in_b = (const T *)p[second], *in_c = (const T *)p[third];    \
    const int64_t step_a = s[1] != 0, step_b = s[second] != 0, step_c = s[third] != 0;             \
    T equal_a[block], equal_b[block];                                                              \
    for (int k = 0; k < block; k++) equal_a[k] = in_a[0], equal_b[k] = in_b[0];                    \
    if (!step_a) in_a = equal_a;                                                                   \
    if (!step_b) in_b = equal_b;                                                                   \
    (void)v, (void)w;                                                                              \
    for (int64_t i = 0; i + block <= n; i += block) {                                              \
      _Alignas(CR_STREAM_LINE) T line[block];                                                      \
      const T *at_a = in_a + i * step_a, *at_b = in_b + i * step_b, *at_c = in_c + i * step_c;     \
      CR_INDEPENDENT for (int k = 0; k < block; k++) {                                             \
        T a = at_a[k], b = at_b[k], c = at_c[k], x = a;                                            \
        (void)b, (void)c, (void)x;                                                                 \
        line[k] = expression;                                                                      \
      }                                                                                            \
      cr_stream_block((T *)p[0] + i, line);                                                        \
    }                                                                                              \
  }                                                                                                \
  static void LOOP(streamed_##name)(int64_t n, char *const *p, const int64_t *s,                   \
                                    const void *context) {                                         \
    stream_run(n, sizeof(T), inputs, p, s, context, LOOP(name), LOOP(blocks_##name));              \
  }

/* out = condition != 0 ? a : b, where a and b may be one value each. */
#define WHERE_RUN(value_a, value_b)                                                                \
  {                                                                                                \
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                               \
      T a = value_a, b = value_b;                                                                  \
      out[i] = condition[i] ? a : b;                                                               \
    }                                                                                              \
    return;                                                                                        \
  }
#define WHERE_LOOP(loop_name)                                                                      \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    (void)context;                                                                                 \
    T *out = (T *)p[0];                                                                            \
    const uint8_t *condition = (const uint8_t *)p[1];                                              \
    const T *in_a = (const T *)p[2], *in_b = (const T *)p[3], one_a = *in_a, one_b = *in_b;        \
    bool is_plain = s[0] == sizeof(T) && s[1] == 1;                                                \
    if (is_plain && s[2] == sizeof(T) && s[3] == sizeof(T)) WHERE_RUN(in_a[i], in_b[i])            \
    if (is_plain && s[2] == 0 && s[3] == sizeof(T)) WHERE_RUN(one_a, in_b[i])                      \
    if (is_plain && s[2] == sizeof(T) && s[3] == 0) WHERE_RUN(in_a[i], one_b)                      \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const T *a = (const T *)(p[2] + i * s[2]), *b = (const T *)(p[3] + i * s[3]);                \
      *(T *)(p[0] + i * s[0]) = *(const uint8_t *)(p[1] + i * s[1]) ? *a : *b;                     \
    }                                                                                              \
  }

/* The part of a run that consists of whole blocks at lines of the result goes to `blocks`, the rest to
 * the plain loop. */
static void stream_run(int64_t n, int64_t width, int inputs, char *const *p, const int64_t *s,
                       const void *context, cr_loop plain, cr_loop blocks) {
  const int64_t block = CR_STREAM_BLOCK / width, head = cr_stream_head(p[0]) / width;
  char *part[CR_MAX_OPERANDS];
  bool is_run = s[0] == width && n >= head + block && (uintptr_t)p[0] % (uintptr_t)width == 0;
  for (int k = 1; k <= inputs; k++) is_run &= s[k] == width || (k < 3 && s[k] == 0);
  if (!is_run) {
    plain(n, p, s, context);
    return;
  }
  int64_t whole = (n - head) / block * block;
  plain(head, p, s, context);
  for (int k = 0; k <= inputs; k++) part[k] = p[k] + head * s[k];
  blocks(whole, part, s, context);
  for (int k = 0; k <= inputs; k++) part[k] += whole * s[k];
  plain(n - head - whole, part, s, context);
  cr_stream_end();
}

#define DEFINE_SCALED(name, inputs, expression) SCALED_LOOP(LOOP(name), inputs, expression)
#define ENTER_SCALED(name, inputs, expression) table->scaled[CR_SCALED_##name][D] = LOOP(name);
#define DEFINE_UNARY(name, expression) UNARY_LOOP(LOOP(name), T, expression)
#define DEFINE_TEST(name, expression) UNARY_LOOP(LOOP(name), uint8_t, expression)
#define DEFINE_BINARY(name, expression) BINARY_LOOP(LOOP(name), T, expression)
#define DEFINE_COMPARE(name, expression) BINARY_LOOP(LOOP(name), uint8_t, expression)
#define STREAM_UNARY(name, expression) STREAMED_LOOP(name, 1, expression)
#define STREAM_BINARY(name, expression) STREAMED_LOOP(name, 2, expression)
#define ENTER_STREAMED_UNARY(name, expression)                                                     \
  table->streamed_unary[CR_UNARY_##name][INDEX] = LOOP(streamed_##name);
#define ENTER_STREAMED_BINARY(name, expression)                                                    \
  table->streamed_binary[CR_BINARY_##name][INDEX] = LOOP(streamed_##name);
#define ENTER_STREAMED_SCALED(name, inputs, expression)                                            \
  table->streamed_scaled[CR_SCALED_##name][INDEX] = LOOP(streamed_##name);
#define ENTER_UNARY(name, expression) table->unary[CR_UNARY_##name][D] = LOOP(name);
#define ENTER_TEST(name, expression) table->test[CR_TEST_##name][D] = LOOP(name);
#define ENTER_BINARY(name, expression) table->binary[CR_BINARY_##name][D] = LOOP(name);
#define ENTER_COMPARE(name, expression) table->compare[CR_COMPARE_##name][D] = LOOP(name);

/* The body is instantiated once per type: T the C type, D its cr_dtype, LOOP(name) its names. */
#define D CR_U8
#define T uint8_t
#define LOOP(name) name##_u8
#define REGISTER register_u8
#include "kernels/pointwise_type.h"
#define D CR_I8
#define T int8_t
#define LOOP(name) name##_i8
#define REGISTER register_i8
#include "kernels/pointwise_type.h"
#define D CR_I16
#define T int16_t
#define LOOP(name) name##_i16
#define REGISTER register_i16
#include "kernels/pointwise_type.h"
#define D CR_I32
#define T int32_t
#define LOOP(name) name##_i32
#define REGISTER register_i32
#include "kernels/pointwise_type.h"
#define D CR_I64
#define T int64_t
#define LOOP(name) name##_i64
#define REGISTER register_i64
#include "kernels/pointwise_type.h"
#define D CR_F32
#define T float
#define F F32
#define INDEX 0
#define LOOP(name) name##_f32
#define REGISTER register_f32
#include "kernels/pointwise_type.h"
#define D CR_F64
#define T double
#define F F64
#define INDEX 1
#define LOOP(name) name##_f64
#define REGISTER register_f64
#include "kernels/pointwise_type.h"

/* sin, cos and tan of float32: blocks without a number past the limit go without the branch. */
#define LIMITED_LOOP(name)                                                                         \
  static void limited_##name(int64_t n, char *const *p, const int64_t *s, const void *context) {   \
    enum { block = 512 };                                                                          \
    bool is_plain = s[0] == sizeof(float) && s[1] == sizeof(float);                                \
    for (int64_t at = 0; at < n; at += block) {                                                    \
      int64_t count = n - at < block ? n - at : block;                                             \
      char *part[] = {p[0] + at * s[0], p[1] + at * s[1]};                                         \
      float *out = (float *)part[0];                                                               \
      const float *in = (const float *)part[1];                                                    \
      int beyond = !is_plain;                                                                      \
      for (int64_t i = 0; is_plain && i < count; i++) beyond |= !vm_is_limited(in[i]);             \
      if (beyond) {                                                                                \
        name##_f32(count, part, s, context);                                                       \
      } else {                                                                                     \
        CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[i] = vm_##name##_limited_f(in[i]);  \
      }                                                                                            \
    }                                                                                              \
  }
LIMITED_LOOP(sin)
LIMITED_LOOP(cos)
LIMITED_LOOP(tan)

/* fmod and remainder: blocks whose quotients are all below the limit go without libm. A divisor that is
 * one number becomes a block of equal ones. */
#define NEAR_LOOP(name, T, type, is_near, expression)                                              \
  static void near_##name##_##type(int64_t n, char *const *p, const int64_t *s,                    \
                                   const void *context) {                                          \
    enum { block = 512 };                                                                          \
    const int64_t width = sizeof(T);                                                               \
    bool is_run = s[0] == width && s[1] == width && (s[2] == width || s[2] == 0);                  \
    T equal[block];                                                                                \
    for (int k = 0; is_run && s[2] == 0 && k < block && k < n; k++) equal[k] = *(const T *)p[2];   \
    for (int64_t at = 0; at < n; at += block) {                                                    \
      int64_t count = n - at < block ? n - at : block;                                             \
      char *part[] = {p[0] + at * s[0], p[1] + at * s[1], p[2] + at * s[2]};                       \
      T *out = (T *)part[0];                                                                       \
      const T *in_a = (const T *)part[1], *in_b = s[2] == 0 ? equal : (const T *)part[2];          \
      int is_beyond = !is_run;                                                                     \
      for (int64_t i = 0; is_run && i < count; i++) is_beyond |= !is_near(in_a[i], in_b[i]);       \
      if (is_beyond) {                                                                             \
        name##_##type(count, part, s, context);                                                    \
        continue;                                                                                  \
      }                                                                                            \
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) {                                         \
        T a = in_a[i], b = in_b[i];                                                                \
        out[i] = expression;                                                                       \
      }                                                                                            \
    }                                                                                              \
  }
#define FLOORED(T, m, b)                                                                           \
  ({                                                                                               \
    T r = m;                                                                                       \
    r != 0 && (r < 0) != ((b) < 0) ? r + (b) : r;                                                  \
  })
NEAR_LOOP(fmod, float, f32, vm_is_near_f, vm_fmod_near_f(a, b))
NEAR_LOOP(remainder, float, f32, vm_is_near_f, FLOORED(float, vm_fmod_near_f(a, b), b))
#ifdef __FMA__
NEAR_LOOP(fmod, double, f64, vm_is_near, vm_fmod_near(a, b))
NEAR_LOOP(remainder, double, f64, vm_is_near, FLOORED(double, vm_fmod_near(a, b), b))
#endif

/* pow of float32 to one exponent: as a run, since the compiler takes what depends on the exponent
 * alone out of the loop and then does not vectorize the rest. */
static void pow_constant(int64_t n, char *const *p, const int64_t *s, const void *context) {
  enum { block = 512 };
  float exponent[block], b = *(const float *)p[2];
  if (s[2] == 0 && b == 2) {
    square_f32(n, p, s, context);
    return;
  }
  if (s[0] != sizeof b || s[1] != sizeof b || s[2] != 0) {
    pow_f32(n, p, s, context);
    return;
  }
  const int64_t stride[] = {sizeof b, sizeof b, sizeof b};
  for (int i = 0; i < block; i++) exponent[i] = b;
  for (int64_t at = 0; at < n; at += block) {
    char *part[] = {p[0] + at * s[0], p[1] + at * s[1], (char *)exponent};
    pow_f32(n - at < block ? n - at : block, part, stride, context);
  }
}

void CR_KERNEL(register_pointwise)(cr_kernel_table *table) {
  register_u8(table);
  register_i8(table);
  register_i16(table);
  register_i32(table);
  register_i64(table);
  register_f32(table);
  register_f64(table);
  table->binary[CR_BINARY_pow][CR_F32] = pow_constant;
  table->binary[CR_BINARY_fmod][CR_F32] = near_fmod_f32;
  table->binary[CR_BINARY_remainder][CR_F32] = near_remainder_f32;
#ifdef __FMA__
  table->binary[CR_BINARY_fmod][CR_F64] = near_fmod_f64;
  table->binary[CR_BINARY_remainder][CR_F64] = near_remainder_f64;
#endif
  table->unary[CR_UNARY_sin][CR_F32] = limited_sin;
  table->unary[CR_UNARY_cos][CR_F32] = limited_cos;
  table->unary[CR_UNARY_tan][CR_F32] = limited_tan;
}
