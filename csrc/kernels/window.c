/* Pooling over windows; see window.h. The rows of a window are put together element by element, which
 * vectorizes, then the window is taken along the one row that is left. */
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#define T float
#define I int32_t
#define NAME(name) name##_f32
#include "kernels/window_type.h"
#define T double
#define I int64_t
#define NAME(name) name##_f64
#include "kernels/window_type.h"

void CR_KERNEL(register_window)(cr_kernel_table *table) {
  table->window[0] = kernels_f32;
  table->window[1] = kernels_f64;
}
