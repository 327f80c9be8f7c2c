#include "ops/window_tables.h"

#include "ops/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* ---- sizes ---- */

static cr_status expect(const char *prefix, int axis, int64_t value, int64_t low) {
  char name[8];
  snprintf(name, sizeof name, "%s%s", prefix, cr_axis_names[axis]);
  return cr_expect_count(name, value, low);
}

static cr_status check_regular(const cr_window_shape *s) {
  for (int axis = 3 - s->dims; axis < 3; axis++) {
    CR_TRY(expect("k", axis, s->kernel[axis], 1));
    CR_TRY(expect("d", axis, s->step[axis], 1));
    CR_TRY(expect("pad", axis, s->pad[axis], 0));
    CR_TRY(expect("dil", axis, s->dilation[axis], 1));
    if (s->pad[axis] > s->kernel[axis] / 2)
      return cr_fail(CR_EINVAL,
                     "padding must be at most half the kernel's size, got %lld for a kernel of "
                     "%lld along %s",
                     (long long)s->pad[axis], (long long)s->kernel[axis], cr_axis_names[axis]);
  }
  return CR_OK;
}

static int64_t extent_of(const cr_window_shape *s, int axis) {
  return s->dilation[axis] * (s->kernel[axis] - 1) + 1;
}

static int64_t regular_length(const cr_window_shape *s, int axis, int64_t size) {
  int64_t step = s->step[axis], pad = s->pad[axis];
  int64_t room = size + 2 * pad - extent_of(s, axis) + (s->ceil_mode ? step - 1 : 0);
  if (room < 0) return 0;
  int64_t length = room / step + 1;
  if (s->ceil_mode && (length - 1) * step >= size + pad) length--; /* in the padding alone */
  return length;
}

static cr_status regular_output(cr_box *out, const cr_tensor *input, const cr_boxes *in,
                                const cr_window_shape *s) {
  CR_TRY(check_regular(s));
  for (int axis = 3 - s->dims; axis < 3; axis++) {
    out->size[axis] = regular_length(s, axis, in->box.size[axis]);
    if (out->size[axis] > 0) continue;
    char text[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL,
                   "the window of %lld is larger than the input with its padding, %lld, along %s; "
                   "got an input of %s",
                   (long long)extent_of(s, axis),
                   (long long)(in->box.size[axis] + 2 * s->pad[axis]), cr_axis_names[axis],
                   cr_paren_text(text, input));
  }
  return CR_OK;
}

static cr_status fractional_output(cr_box *out, const cr_tensor *input, const cr_boxes *in,
                                   const cr_window_shape *s) {
  char text[CR_PAREN_TEXT];
  const cr_tensor *samples = s->samples;
  CR_TRY(cr_expect_dtype("randomSamples", samples, CR_F64));
  int64_t size[3] = {input->ndim == s->dims + 2 ? input->size[0] : 1,
                     input->size[input->ndim - s->dims - 1], s->dims};
  CR_TRY(cr_expect_size("randomSamples", samples, 3, size));
  if (!cr_tensor_is_contiguous(samples))
    return cr_fail(CR_EINVAL, "randomSamples must be contiguous");
  for (int axis = 3 - s->dims; axis < 3; axis++) {
    CR_TRY(expect("k", axis, s->kernel[axis], 1));
    CR_TRY(expect("out", axis, s->out[axis], 1));
    out->size[axis] = s->out[axis];
    if (s->out[axis] + s->kernel[axis] - 1 <= in->box.size[axis]) continue;
    return cr_fail(CR_EINVAL,
                   "%lld windows of %lld elements along %s need an input of at least %lld, got %s",
                   (long long)s->out[axis], (long long)s->kernel[axis], cr_axis_names[axis],
                   (long long)(s->out[axis] + s->kernel[axis] - 1), cr_paren_text(text, input));
  }
  return CR_OK;
}

cr_status cr_window_output(cr_box *out, const cr_tensor *input, const cr_boxes *in,
                           const cr_window_shape *shape) {
  *out = in->box;
  if (shape->kind == CR_WINDOW_REGULAR) return regular_output(out, input, in, shape);
  if (shape->kind == CR_WINDOW_FRACTIONAL) return fractional_output(out, input, in, shape);
  for (int axis = 3 - shape->dims; axis < 3; axis++) {
    CR_TRY(expect("out", axis, shape->out[axis], 1));
    out->size[axis] = shape->out[axis];
  }
  return CR_OK;
}

/* ---- tables ---- */

/* An axis that is not pooled: the T of images. */
static void identity_axis(int64_t *begin, int64_t *end, double *divisor) {
  begin[0] = 0;
  end[0] = 1;
  divisor[0] = 1;
}

static void regular_axis(int64_t *begin, int64_t *end, double *divisor, int64_t n, int64_t size,
                         const cr_window_shape *s, int axis) {
  int64_t pad = s->pad[axis], dilation = s->dilation[axis];
  for (int64_t i = 0; i < n; i++) {
    int64_t first = i * s->step[axis] - pad, past = first + extent_of(s, axis);
    begin[i] = first;
    if (first < 0) begin[i] += (-first + dilation - 1) / dilation * dilation;
    end[i] = least(past, size);
    divisor[i] = (double)(s->count_pad ? least(past, size + pad) - first : end[i] - begin[i]);
  }
}

static void adaptive_axis(int64_t *begin, int64_t *end, double *divisor, int64_t n, int64_t size) {
  for (int64_t i = 0; i < n; i++) {
    begin[i] = i * size / n;
    end[i] = ((i + 1) * size + n - 1) / n;
    divisor[i] = (double)(end[i] - begin[i]);
  }
}

/* Of every plane: window i begins at floor((i + u) a) - floor(u a), a = (size - kernel) / (n - 1), and
 * the last one ends with the input. */
static void fractional_axis(int64_t *begin, int64_t *end, int64_t n, int64_t size, int64_t planes,
                            const cr_window_shape *s, int axis) {
  const double *samples = cr_tensor_data(s->samples);
  int64_t kernel = s->kernel[axis];
  double step = n > 1 ? (double)(size - kernel) / (double)(n - 1) : 0;
  for (int64_t p = 0; p < planes; p++) {
    double u = samples[p * s->dims + 2 - axis];
    if (!(u >= 0 && u <= 1)) u = 0;
    for (int64_t i = 0; i < n; i++, begin++, end++) {
      int64_t at = (int64_t)(((double)i + u) * step) - (int64_t)(u * step);
      *begin = i == n - 1 ? size - kernel : most(0, least(at, size - kernel));
      *end = *begin + kernel;
    }
  }
}

/* With dilation a window may step over all of a small input. */
static cr_status check_filled(const cr_window_axis *a, int64_t n, int axis) {
  for (int64_t i = 0; i < n; i++) {
    if (a->begin[i] < a->end[i]) continue;
    return cr_fail(CR_EINVAL, "window %lld along %s lies in the padding alone", (long long)i + 1,
                   cr_axis_names[axis]);
  }
  return CR_OK;
}

cr_status cr_window_tables(cr_window_job *job, int64_t planes, const cr_window_shape *s) {
  const int64_t *in = job->in.size, *out = job->out.size;
  int64_t total = out[0] + out[1] + out[2], sets = s->kind == CR_WINDOW_FRACTIONAL ? planes : 1;
  int64_t *table = cr_scratch(CR_SCRATCH_INDEX, (size_t)(2 * total * sets) * sizeof *table);
  double *divisor = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)total * sizeof *divisor);
  if (!table || !divisor) return CR_ENOMEM;
  for (int axis = 0; axis < 3; axis++) {
    int64_t n = out[axis], size = in[axis];
    bool is_pooled = axis >= 3 - s->dims, is_random = is_pooled && s->kind == CR_WINDOW_FRACTIONAL;
    int64_t count = is_random ? n * planes : n, *begin = table, *end = table + count;
    job->axis[axis] = (cr_window_axis){.begin = begin,
                                       .end = end,
                                       .dilation = 1,
                                       .next_plane = is_random ? n : 0,
                                       .divisors = divisor};
    if (!is_pooled) {
      identity_axis(begin, end, divisor);
    } else if (is_random) {
      fractional_axis(begin, end, n, size, planes, s, axis);
    } else if (s->kind == CR_WINDOW_ADAPTIVE) {
      adaptive_axis(begin, end, divisor, n, size);
    } else {
      job->axis[axis].dilation = s->dilation[axis];
      regular_axis(begin, end, divisor, n, size, s, axis);
    }
    CR_TRY(check_filled(&job->axis[axis], n, axis));
    table += 2 * count;
    divisor += n;
  }
  return CR_OK;
}
