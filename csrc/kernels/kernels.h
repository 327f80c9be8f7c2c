/* The table of kernels, filled once for the instruction set in use.
 *
 * Every family (one .c file here) is compiled once per instruction set with CR_ISA_SUFFIX defined,
 * and fills its part of the table. Kernels see raw pointers, sizes and strides: they never
 * allocate, print or fail.
 *
 * To add a family: add its name to CR_KERNEL_FAMILIES, its members to cr_kernel_table, and define
 * `void CR_KERNEL(register_<family>)(cr_kernel_table *table)` in <family>.c. */
#ifndef CR_KERNELS_KERNELS_H
#define CR_KERNELS_KERNELS_H

#include "core/cpu.h"
#include "core/dtype.h"
#include "core/iter.h"
#include "kernels/activation.h"
#include "kernels/channelwise.h"
#include "kernels/conv.h"
#include "kernels/conv_pixels.h"
#include "kernels/depthwise.h"
#include "kernels/distance.h"
#include "kernels/dropout.h"
#include "kernels/gate.h"
#include "kernels/gemm.h"
#include "kernels/gemm_tile.h"
#include "kernels/group_norm.h"
#include "kernels/image.h"
#include "kernels/lookup.h"
#include "kernels/loss.h"
#include "kernels/lrn.h"
#include "kernels/margin.h"
#include "kernels/norm.h"
#include "kernels/optim.h"
#include "kernels/pointwise.h"
#include "kernels/pool.h"
#include "kernels/random.h"
#include "kernels/recurrent.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"
#include "kernels/sparse.h"
#include "kernels/stream.h"
#include "kernels/transpose.h"
#include "kernels/unfold.h"
#include "kernels/units.h"
#include "kernels/volume.h"
#include "kernels/warp.h"
#include "kernels/window.h"
#include "kernels/winograd.h"

#define CR_KERNEL_FAMILIES(X)                                                                      \
  X(pointwise)                                                                                     \
  X(convert)                                                                                       \
  X(gemm_tile)                                                                                     \
  X(gemm)                                                                                          \
  X(gemv)                                                                                          \
  X(warp)                                                                                          \
  X(image)                                                                                         \
  X(activation)                                                                                    \
  X(gate)                                                                                          \
  X(softmax)                                                                                       \
  X(margin)                                                                                        \
  X(loss)                                                                                          \
  X(optim)                                                                                         \
  X(conv)                                                                                          \
  X(depthwise)                                                                                     \
  X(channelwise)                                                                                   \
  X(conv_pixels)                                                                                   \
  X(winograd)                                                                                      \
  X(pool)                                                                                          \
  X(volume)                                                                                        \
  X(window)                                                                                        \
  X(unfold)                                                                                        \
  X(units)                                                                                         \
  X(lrn)                                                                                           \
  X(norm)                                                                                          \
  X(recurrent)                                                                                     \
  X(group_norm)                                                                                    \
  X(dropout)                                                                                       \
  X(random)                                                                                        \
  X(transpose)                                                                                     \
  X(reduce)                                                                                        \
  X(lookup)                                                                                        \
  X(sparse)                                                                                        \
  X(distance)

/* Two tables of floating-point kernels: [0] for float32, [1] for float64. */
typedef struct {
  cr_loop unary[CR_UNARY_COUNT][CR_DTYPE_COUNT];   /* out, x; NULL: not for this type */
  cr_loop binary[CR_BINARY_COUNT][CR_DTYPE_COUNT]; /* out, a, b */
  cr_loop scaled[CR_SCALED_COUNT][CR_DTYPE_COUNT]; /* out, inputs; context: the numbers */
  /* The same for float32 and float64, for results that no cache keeps (see stream.h); or NULL. */
  cr_loop streamed_unary[CR_UNARY_COUNT][2], streamed_binary[CR_BINARY_COUNT][2];
  cr_loop streamed_scaled[CR_SCALED_COUNT][2];
  cr_loop test[CR_TEST_COUNT][CR_DTYPE_COUNT];       /* out (uint8), x */
  cr_loop where[CR_DTYPE_COUNT];                     /* out, condition (uint8), a, b */
  cr_loop compare[CR_COMPARE_COUNT][CR_DTYPE_COUNT]; /* out (uint8), a, b */
  cr_loop convert[CR_DTYPE_COUNT][CR_DTYPE_COUNT];   /* [to][from]: out, in */
  cr_random_kernels random;
  cr_transpose_kernel transpose[CR_TRANSPOSE_WIDTHS];
  cr_reduce_kernel reduce[CR_DTYPE_COUNT][CR_REDUCE_COUNT];
  cr_sum_columns sum_columns[CR_DTYPE_COUNT];
  cr_extreme_columns max_columns[CR_DTYPE_COUNT], min_columns[CR_DTYPE_COUNT];
  cr_cumulate cumsum[CR_DTYPE_COUNT], cumprod[CR_DTYPE_COUNT];
  cr_plain_gemm plain_gemm[CR_DTYPE_COUNT];
  cr_dot_kernel dot[CR_DTYPE_COUNT];
  cr_gemv gemv[2];
  cr_gemm_kernels gemm[2];
  cr_resample resample[2];
  cr_warp_rows warp[2];
  cr_median_rows median[2];
  cr_loop activation[CR_ACTIVATION_COUNT][2];          /* output, input */
  cr_loop activation_backward[CR_ACTIVATION_COUNT][2]; /* gradInput, gradOutput, kept */
  cr_loop gate[CR_GATE_COUNT][2];                      /* output, a, b */
  cr_loop gate_backward[CR_GATE_COUNT][2];             /* gradA, gradB, gradOutput, a, b */
  cr_loop crelu[2];                                    /* both halves of the output, input */
  cr_loop crelu_backward[2]; /* gradInput, both halves of gradOutput, input */
  cr_loop prelu[2];          /* output, input, weight */
  cr_loop prelu_backward[2]; /* gradInput, input, weight, gradOutput */
  cr_prelu_sum prelu_sum[2];
  cr_softmax_kernel softmax[2];
  cr_softmax_rows_kernel softmax_rows[2];
  cr_softmax_backward_kernel softmax_backward[2];
  cr_log_sum_exp_kernel log_sum_exp[2];
  cr_cross_entropy_backward_kernel cross_entropy_backward[2];
  cr_loop loss_sum[CR_LOSS_COUNT][2];   /* input, target, weight, second weight */
  cr_loop loss_slope[CR_LOSS_COUNT][2]; /* gradInput, input, target, weight, second weight */
  cr_margin_kernels margin[2];
  cr_loop optim[CR_OPTIM_COUNT][2]; /* x, dfdx, the state */
  cr_conv_kernels conv[2];
  cr_depthwise_kernels depthwise[2];
  cr_channelwise_kernels channelwise;
  cr_pixels_kernels pixels;
  cr_winograd_kernels winograd;
  cr_pool_kernels pool[2];
  cr_volume_kernels volume[2];
  cr_window_kernels window[2];
  cr_unfold_kernels unfold[2];
  cr_units_kernels units[2];
  cr_lrn_kernels lrn[2];
  cr_norm_kernels norm[2];
  cr_recurrent_kernels recurrent[2];
  cr_group_norm_kernels group_norm[2];
  cr_dropout_kernel dropout[2];
  cr_lookup_kernels lookup[2];
  cr_distance_kernels distance[2];
  cr_sparse_kernels sparse[2];
} cr_kernel_table;

/* The table in use. */
const cr_kernel_table *cr_kernels(void);

/* The table of a given instruction set, for comparing sets with each other; NULL when the CPU
 * lacks it. */
const cr_kernel_table *cr_kernels_for(cr_isa isa);

#define CR_PASTE2(a, b) a##_##b
#define CR_PASTE(a, b) CR_PASTE2(a, b)
#define CR_KERNEL(name) CR_PASTE(cr_##name, CR_ISA_SUFFIX)

/* Element i of the result is element mask[i] of x followed by y. Clang's own shuffle wants numbers; it
 * makes one of this loop. */
#ifdef __clang__
#define CR_SHUFFLE(x, y, mask)                                                                     \
  ({                                                                                               \
    __typeof__((x) + (y)) cr_x = (x), cr_y = (y), cr_result = cr_x;                                \
    __typeof__(mask) cr_mask = (mask);                                                             \
    const int cr_lanes = (int)(sizeof cr_x / sizeof cr_x[0]);                                      \
    for (int cr_i = 0; cr_i < cr_lanes; cr_i++) {                                                  \
      int cr_from = (int)cr_mask[cr_i] & (2 * cr_lanes - 1);                                       \
      cr_result[cr_i] = cr_from < cr_lanes ? cr_x[cr_from] : cr_y[cr_from - cr_lanes];             \
    }                                                                                              \
    cr_result;                                                                                     \
  })
#else
#define CR_SHUFFLE(x, y, mask) __builtin_shuffle(x, y, mask)
#endif

/* The loop's iterations do not depend on each other (in place is fine). */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" /* not every such loop can be vectorized */
#define CR_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define CR_INDEPENDENT _Pragma("GCC ivdep")
#endif

#endif
