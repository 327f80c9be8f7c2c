/* Padding, enlarging and pooling of images and volumes. Each function takes the layer, its tensors,
 * the number of dimensions (2 or 3) and then numbers, in the order T, W, H as Torch7 has it; for
 * images those of T are ignored. */
#include "lua/glue.h"

#include "ops/lrn.h"
#include "ops/padding.h"
#include "ops/window.h"

static int check_dims(lua_State *L, int arg) {
  return (int)cr_check_int_range(L, arg, "dims", 2, 3);
}

/* Three numbers T, W, H at arg into the order T, H, W. */
static void check_three(lua_State *L, int arg, const char *name, int64_t *out) {
  static const int axis[3] = {0, 2, 1};
  for (int i = 0; i < 3; i++) out[axis[i]] = cr_check_int(L, arg + i, name);
}

/* ---- padding ---- */

/* mode, left, right, top, bottom, front, back */
static cr_pad_shape check_padding(lua_State *L, int arg) {
  cr_pad_shape s = {.dims = check_dims(L, arg)};
  s.mode = (cr_pad_mode)cr_check_int_range(L, arg + 1, "mode", 0, 2);
  for (int axis = 2; axis >= 3 - s.dims; axis--) {
    int at = arg + 2 + 2 * (2 - axis);
    s.before[axis] = cr_check_int(L, at, "padding");
    s.after[axis] = cr_check_int(L, at + 1, "padding");
  }
  return s;
}

/* (layer, input, output, dims, padding...) -> output */
static int pad_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_pad_shape shape = check_padding(L, 4);
  CR_LAYER_CALL(L, cr_pad_forward(output, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, dims, padding...) -> gradInput */
static int pad_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_tensor(L, 4, "gradInput");
  cr_pad_shape shape = check_padding(L, 5);
  CR_LAYER_CALL(L, cr_pad_backward(grad_input, input, grad_output, &shape));
  lua_settop(L, 4);
  return 1;
}

/* ---- enlarging ---- */

/* (layer, input, output, dims, scale) -> output */
static int enlarge_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  int dims = check_dims(L, 4);
  int64_t scale = cr_check_int(L, 5, "scale");
  CR_LAYER_CALL(L, cr_enlarge_forward(output, input, dims, scale));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, dims, scale) -> gradInput */
static int enlarge_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_tensor(L, 4, "gradInput");
  int dims = check_dims(L, 5);
  int64_t scale = cr_check_int(L, 6, "scale");
  CR_LAYER_CALL(L, cr_enlarge_backward(grad_input, input, grad_output, dims, scale));
  lua_settop(L, 4);
  return 1;
}

/* (layer, input, output, dims, T, W, H) -> output */
static int interpolate_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  int dims = check_dims(L, 4);
  int64_t size[3];
  check_three(L, 5, "size", size);
  CR_LAYER_CALL(L, cr_interpolate_forward(output, input, dims, size));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, dims, T, W, H) -> gradInput */
static int interpolate_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_tensor(L, 4, "gradInput");
  int dims = check_dims(L, 5);
  int64_t size[3];
  check_three(L, 6, "size", size);
  CR_LAYER_CALL(L, cr_interpolate_backward(grad_input, input, grad_output, dims, size));
  lua_settop(L, 4);
  return 1;
}

/* ---- pooling ---- */

/* dims, kind, then for regular windows (0) the kernel, step, padding and dilation, ceil_mode and
 * count_include_pad; for adaptive ones (1) the output's size; for random ones (2) the kernel, the
 * output's size and the samples. */
static cr_window_shape check_windows(lua_State *L, int arg) {
  cr_window_shape s = {.dims = check_dims(L, arg)};
  s.kind = (cr_window_kind)cr_check_int_range(L, arg + 1, "kind", 0, 2);
  if (s.kind == CR_WINDOW_ADAPTIVE) {
    check_three(L, arg + 2, "output size", s.out);
  } else if (s.kind == CR_WINDOW_FRACTIONAL) {
    check_three(L, arg + 2, "kernel size", s.kernel);
    check_three(L, arg + 5, "output size", s.out);
    s.samples = cr_check_tensor(L, arg + 8, "randomSamples");
  } else {
    check_three(L, arg + 2, "kernel size", s.kernel);
    check_three(L, arg + 5, "step", s.step);
    check_three(L, arg + 8, "padding", s.pad);
    check_three(L, arg + 11, "dilation", s.dilation);
    s.ceil_mode = cr_check_bool(L, arg + 14, "ceil_mode");
    s.count_pad = cr_opt_bool(L, arg + 15, "count_include_pad", true);
  }
  return s;
}

/* (layer, input, output, indices or nil, windows...) -> output */
static int window_max_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_tensor *indices = cr_opt_tensor(L, 4, "indices");
  cr_window_shape shape = check_windows(L, 5);
  CR_LAYER_CALL(L, cr_window_max_forward(output, indices, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, indices, gradInput, dims) -> gradInput */
static int window_max_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *indices = cr_check_tensor(L, 4, "indices");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  int dims = check_dims(L, 6);
  CR_LAYER_CALL(L, cr_window_max_backward(grad_input, input, grad_output, indices, dims));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, output, windows...) -> output */
static int window_average_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_window_shape shape = check_windows(L, 4);
  CR_LAYER_CALL(L, cr_window_average_forward(output, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, windows...) -> gradInput */
static int window_average_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_tensor(L, 4, "gradInput");
  cr_window_shape shape = check_windows(L, 5);
  CR_LAYER_CALL(L, cr_window_average_backward(grad_input, input, grad_output, &shape));
  lua_settop(L, 4);
  return 1;
}

/* (layer, input, indices, output, dims, T, W, H) -> output */
static int unpool_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *indices = cr_check_tensor(L, 3, "indices");
  cr_tensor *output = cr_check_tensor(L, 4, "output");
  int dims = check_dims(L, 5);
  int64_t size[3];
  check_three(L, 6, "size", size);
  CR_LAYER_CALL(L, cr_unpool_forward(output, input, indices, dims, size));
  lua_settop(L, 4);
  return 1;
}

/* (layer, input, gradOutput, indices, gradInput, dims, T, W, H) -> gradInput */
static int unpool_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *indices = cr_check_tensor(L, 4, "indices");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  int dims = check_dims(L, 6);
  int64_t size[3];
  check_three(L, 7, "size", size);
  CR_LAYER_CALL(L, cr_unpool_backward(grad_input, input, grad_output, indices, dims, size));
  lua_settop(L, 5);
  return 1;
}

/* ---- local response normalization ---- */

static cr_lrn_shape check_lrn(lua_State *L, int arg) {
  return (cr_lrn_shape){
      .size = cr_check_int(L, arg, "size"),
      .alpha = cr_check_number(L, arg + 1, "alpha"),
      .beta = cr_check_number(L, arg + 2, "beta"),
      .k = cr_check_number(L, arg + 3, "k"),
  };
}

/* (layer, input, output, scale, size, alpha, beta, k) -> output */
static int lrn_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_tensor *scale = cr_check_tensor(L, 4, "scale");
  cr_lrn_shape shape = check_lrn(L, 5);
  CR_LAYER_CALL(L, cr_lrn_forward(output, scale, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, scale, gradInput, size, alpha, beta, k) -> gradInput */
static int lrn_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *scale = cr_check_tensor(L, 4, "scale");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  cr_lrn_shape shape = check_lrn(L, 6);
  CR_LAYER_CALL(L, cr_lrn_backward(grad_input, input, grad_output, scale, &shape));
  lua_settop(L, 5);
  return 1;
}

static const luaL_Reg functions[] = {
    {"padForward", pad_forward},
    {"padBackward", pad_backward},
    {"enlargeForward", enlarge_forward},
    {"enlargeBackward", enlarge_backward},
    {"interpolateForward", interpolate_forward},
    {"interpolateBackward", interpolate_backward},
    {"windowMaxForward", window_max_forward},
    {"windowMaxBackward", window_max_backward},
    {"windowAverageForward", window_average_forward},
    {"windowAverageBackward", window_average_backward},
    {"unpoolForward", unpool_forward},
    {"unpoolBackward", unpool_backward},
    {"lrnForward", lrn_forward},
    {"lrnBackward", lrn_backward},
    {NULL, NULL},
};

void cr_open_nn_boxes(lua_State *L) { cr_register_layers(L, functions); }
