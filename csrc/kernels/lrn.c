/* Local response normalization; see lrn.h. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <math.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

#define LRN(T, SUFFIX, SQRT, EXP, LOG)                                                               \
  /* out[i] = s[i]^-beta; 3/4, the usual one, needs no logarithm. */                                 \
  static void power_##SUFFIX(int64_t n, const T *s, T *restrict out, T beta) {                       \
    if (beta == (T)0.75) {                                                                           \
      for (int64_t i = 0; i < n; i++) out[i] = 1 / SQRT(s[i] * SQRT(s[i]));                          \
    } else {                                                                                         \
      for (int64_t i = 0; i < n; i++) out[i] = EXP(-beta * LOG(s[i]));                               \
    }                                                                                                \
  }                                                                                                  \
                                                                                                     \
  static void lrn_forward_##SUFFIX(const cr_lrn *j, int64_t begin, int64_t end) {                    \
    int64_t n = end - begin;                                                                         \
    T factor = (T)(j->alpha / (double)j->size), k = (T)j->k;                                         \
    for (int64_t c = 0; c < j->channels; c++) {                                                      \
      const T *in = (const T *)j->input + begin;                                                     \
      T *restrict scale = (T *)j->scale + c * j->area + begin;                                       \
      T *restrict out = (T *)j->output + c * j->area + begin;                                        \
      int64_t first = most(0, c - j->before);                                                        \
      int64_t last = least(j->channels, c - j->before + j->size);                                    \
      for (int64_t i = 0; i < n; i++) scale[i] = 0;                                                  \
      for (int64_t l = first; l < last; l++) {                                                       \
        const T *x = in + l * j->area;                                                               \
        for (int64_t i = 0; i < n; i++) scale[i] += x[i] * x[i];                                     \
      }                                                                                              \
      for (int64_t i = 0; i < n; i++) scale[i] = k + factor * scale[i];                              \
      power_##SUFFIX(n, scale, out, (T)j->beta);                                                     \
      const T *x = in + c * j->area;                                                                 \
      for (int64_t i = 0; i < n; i++) out[i] *= x[i];                                                \
    }                                                                                                \
  }                                                                                                  \
                                                                                                     \
  /* gradInput[c] = gradOutput[c] scale[c]^-beta                                                   \
   *                - 2 alpha beta / size input[c] sum of ratio[f] over f whose windows hold c,    \
   * ratio[f] = gradOutput[f] output[f] / scale[f]. */ \
  static void lrn_backward_##SUFFIX(const cr_lrn *j, int64_t begin, int64_t end) {                   \
    int64_t n = end - begin;                                                                         \
    T *work = j->work, factor = (T)(2 * j->alpha * j->beta / (double)j->size);                       \
    for (int64_t c = 0; c < j->channels; c++) {                                                      \
      int64_t at = c * j->area + begin;                                                              \
      const T *x = (const T *)j->input + at, *scale = (const T *)j->scale + at;                      \
      const T *grad = (const T *)j->grad_output + at;                                                \
      T *restrict ratio = work + c * CR_LRN_BLOCK, *restrict out = (T *)j->grad_input + at;          \
      power_##SUFFIX(n, scale, out, (T)j->beta);                                                     \
      for (int64_t i = 0; i < n; i++) {                                                              \
        out[i] *= grad[i];                                                                           \
        ratio[i] = out[i] * x[i] / scale[i];                                                         \
      }                                                                                              \
    }                                                                                                \
    for (int64_t c = 0; c < j->channels; c++) {                                                      \
      int64_t at = c * j->area + begin;                                                              \
      int64_t first = most(0, c + j->before - j->size + 1);                                          \
      int64_t last = least(j->channels, c + j->before + 1);                                          \
      const T *x = (const T *)j->input + at;                                                         \
      T *restrict out = (T *)j->grad_input + at;                                                     \
      T sum[CR_LRN_BLOCK] = {0};                                                                     \
      for (int64_t f = first; f < last; f++) {                                                       \
        const T *ratio = work + f * CR_LRN_BLOCK;                                                    \
        for (int64_t i = 0; i < n; i++) sum[i] += ratio[i];                                          \
      }                                                                                              \
      for (int64_t i = 0; i < n; i++) out[i] -= factor * x[i] * sum[i];                              \
    }                                                                                                \
  }

LRN(float, f32, sqrtf, vm_expf, vm_logf)
LRN(double, f64, sqrt, vm_exp, vm_log)

void CR_KERNEL(register_lrn)(cr_kernel_table *table) {
  table->lrn[0] = (cr_lrn_kernels){lrn_forward_f32, lrn_backward_f32};
  table->lrn[1] = (cr_lrn_kernels){lrn_forward_f64, lrn_backward_f64};
}
