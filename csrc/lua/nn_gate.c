/* Transfer functions of more than one operand. dim counts from 1, or from the end when negative:
 *   gluForward(layer, input, output, dim) -> output; gluBackward(layer, input, gradOutput,
 *   gradInput, dim) -> gradInput; so swiglu and crelu
 *   preluForward(layer, input, weight, output) -> output
 *   preluBackward(layer, input, gradOutput, weight, gradInput) -> gradInput
 *   preluAccumulate(layer, input, gradOutput, gradWeight, scale)
 *   rreluForward(layer, input, output, noise, lower, upper, inplace [, generator]) -> output
 *   rreluBackward(layer, input, gradOutput, noise, gradInput) -> gradInput */
#include "lua/glue.h"

#include "ops/gate.h"

enum { op_upvalue = 3, op_crelu = CR_GATE_COUNT };

static int dim_of(lua_State *L, int arg, const cr_tensor *input) {
  int64_t dim = cr_check_int(L, arg, "dim");
  int64_t from_zero = dim < 0 ? dim + input->ndim : dim - 1;
  return from_zero < 0 || from_zero >= CR_MAX_DIMS ? CR_MAX_DIMS : (int)from_zero;
}

static int gate_forward(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  int dim = dim_of(L, 4, input);
  if (op == op_crelu) {
    CR_LAYER_CALL(L, cr_crelu_forward(dim, output, input));
  } else {
    CR_LAYER_CALL(L, cr_gate_forward((cr_gate)op, dim, output, input));
  }
  lua_settop(L, 3);
  return 1;
}

static int gate_backward(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  int dim = dim_of(L, 5, input);
  if (op == op_crelu) {
    CR_LAYER_CALL(L, cr_crelu_backward(dim, grad_input, grad_output, input));
  } else {
    CR_LAYER_CALL(L, cr_gate_backward((cr_gate)op, dim, grad_input, grad_output, input));
  }
  lua_settop(L, 4);
  return 1;
}

static int prelu_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_check_layer_tensor(L, 3, "weight");
  cr_tensor *output = cr_check_layer_tensor(L, 4, "output");
  CR_LAYER_CALL(L, cr_prelu_forward(output, input, weight));
  lua_settop(L, 4);
  return 1;
}

static int prelu_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *weight = cr_check_layer_tensor(L, 4, "weight");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 5, "gradInput");
  CR_LAYER_CALL(L, cr_prelu_backward(grad_input, grad_output, input, weight));
  lua_settop(L, 5);
  return 1;
}

static int prelu_accumulate(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_layer_tensor(L, 4, "gradWeight");
  double scale = cr_opt_number(L, 5, "scale", 1);
  CR_LAYER_CALL(L, cr_prelu_accumulate(grad_weight, grad_output, input, scale));
  return 0;
}

static int rrelu_forward(lua_State *L) {
  cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  cr_tensor *noise = cr_check_layer_tensor(L, 4, "noise");
  double lower = cr_check_number(L, 5, "lower");
  double upper = cr_check_number(L, 6, "upper");
  bool inplace = lua_toboolean(L, 7);
  cr_generator *generator = cr_opt_generator(L, 8, "generator");
  CR_LAYER_CALL(L, cr_rrelu_forward(generator, output, noise, input, lower, upper, inplace));
  lua_settop(L, 3);
  return 1;
}

static int rrelu_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *noise = cr_check_layer_tensor(L, 4, "noise");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 5, "gradInput");
  CR_LAYER_CALL(L, cr_rrelu_backward(grad_input, grad_output, input, noise));
  lua_settop(L, 5);
  return 1;
}

static const luaL_Reg functions[] = {
    {"preluForward", prelu_forward},       {"preluBackward", prelu_backward},
    {"preluAccumulate", prelu_accumulate}, {"rreluForward", rrelu_forward},
    {"rreluBackward", rrelu_backward},     {NULL, NULL},
};

static const struct {
  const char *forward, *backward;
  int op;
} gates[] = {
#define ENTRY(name, forward, slope_a, slope_b) {#name "Forward", #name "Backward", CR_GATE_##name},
    CR_GATES(ENTRY)
#undef ENTRY
        {"creluForward", "creluBackward", op_crelu},
};

void cr_open_nn_gate(lua_State *L) {
  cr_register_layers(L, functions);
  luaL_getsubtable(L, -1, "nn");
  for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
    cr_register_with(L, "nn.", gates[i].forward, gate_forward, gates[i].op);
    cr_register_with(L, "nn.", gates[i].backward, gate_backward, gates[i].op);
  }
  lua_pop(L, 1);
}
