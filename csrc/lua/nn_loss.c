/* Losses. For each of csrc/kernels/loss.h
 *   <name>LossForward(layer, input, target, sizeAverage, a, weights, posWeight, b) -> number
 *   <name>LossBackward(layer, input, target, gradInput, sizeAverage, a, weights, posWeight, b)
 *     -> gradInput
 * and of labels
 *   nllForward(layer, input, target, weights, sizeAverage, ignoreIndex) -> number
 *   nllBackward(layer, input, target, gradInput, weights, sizeAverage, ignoreIndex) -> gradInput
 *   crossEntropyForward(layer, input, target, lse, weights, sizeAverage, ignoreIndex,
 *     labelSmoothing) -> number
 *   crossEntropyBackward(layer, input, target, gradInput, lse, weights, sizeAverage, ignoreIndex,
 *     labelSmoothing) -> gradInput
 * A target may be a number. The operation is the closure's third upvalue. */
#include "lua/glue.h"

#include "ops/loss.h"

enum { op_upvalue = 3 };

/* A number given as a target: a tensor of one element on the stack of C. */
typedef struct {
  double element;
  cr_storage storage;
  cr_tensor tensor;
} single;

static const cr_tensor *check_target(lua_State *L, int arg, cr_dtype dtype, single *s) {
  if (!cr_is_number(L, arg)) {
    const cr_tensor *t = cr_to_tensor(L, arg);
    if (!t) cr_check_layer_tensor(L, arg, "target");
    return t;
  }
  cr_store(dtype, &s->element, cr_scalar_from_double(lua_tonumber(L, arg)));
  s->storage = (cr_storage){.dtype = dtype, .size = 1, .capacity = 1, .data = &s->element};
  s->storage.references = 1; /* plus those of views: never released here */
  s->tensor =
      (cr_tensor){.dtype = dtype, .ndim = 1, .size = {1}, .stride = {1}, .storage = &s->storage};
  return &s->tensor;
}

/* nil for none */
static const cr_tensor *check_weights(lua_State *L, int arg, const char *name) {
  return lua_isnoneornil(L, arg) ? NULL : cr_check_layer_tensor(L, arg, name);
}

static cr_loss_call check_loss(lua_State *L, int arg, single *s) {
  cr_loss_call call = {.op = (cr_loss)lua_tointeger(L, lua_upvalueindex(op_upvalue))};
  call.input = cr_check_layer_tensor(L, 2, "input");
  if (!lua_isnil(L, 3)) call.target = check_target(L, 3, call.input->dtype, s);
  call.size_average = lua_toboolean(L, arg);
  call.a = cr_opt_number(L, arg + 1, "a", 0);
  call.weight = check_weights(L, arg + 2, "weights");
  call.second_weight = check_weights(L, arg + 3, "posWeight");
  call.b = cr_opt_number(L, arg + 4, "b", 0);
  return call;
}

static int loss_forward(lua_State *L) {
  single s;
  double loss = 0;
  cr_loss_call call = check_loss(L, 4, &s);
  CR_LAYER_CALL(L, cr_loss_forward(&call, &loss));
  lua_pushnumber(L, loss);
  return 1;
}

static int loss_backward(lua_State *L) {
  single s;
  cr_loss_call call = check_loss(L, 5, &s);
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  CR_LAYER_CALL(L, cr_loss_backward(&call, grad_input));
  lua_settop(L, 4);
  return 1;
}

static cr_label_loss_call check_label_loss(lua_State *L, int arg, single *s) {
  cr_label_loss_call call = {.input = cr_check_layer_tensor(L, 2, "input")};
  call.target = check_target(L, 3, CR_F64, s);
  call.weight = check_weights(L, arg, "weights");
  call.size_average = lua_toboolean(L, arg + 1);
  call.ignore_index = cr_opt_number(L, arg + 2, "ignoreIndex", -100);
  call.smoothing = cr_opt_number(L, arg + 3, "labelSmoothing", 0);
  return call;
}

static int nll_forward(lua_State *L) {
  single s;
  double loss = 0;
  cr_label_loss_call call = check_label_loss(L, 4, &s);
  CR_LAYER_CALL(L, cr_nll_forward(&call, &loss));
  lua_pushnumber(L, loss);
  return 1;
}

static int nll_backward(lua_State *L) {
  single s;
  cr_label_loss_call call = check_label_loss(L, 5, &s);
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  CR_LAYER_CALL(L, cr_nll_backward(&call, grad_input));
  lua_settop(L, 4);
  return 1;
}

static int cross_entropy_forward(lua_State *L) {
  single s;
  double loss = 0;
  cr_label_loss_call call = check_label_loss(L, 5, &s);
  cr_tensor *lse = cr_check_layer_tensor(L, 4, "lse");
  CR_LAYER_CALL(L, cr_cross_entropy_forward(&call, lse, &loss));
  lua_pushnumber(L, loss);
  return 1;
}

static int cross_entropy_backward(lua_State *L) {
  single s;
  cr_label_loss_call call = check_label_loss(L, 6, &s);
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  cr_tensor *lse = cr_check_layer_tensor(L, 5, "lse");
  CR_LAYER_CALL(L, cr_cross_entropy_backward(&call, lse, grad_input));
  lua_settop(L, 4);
  return 1;
}

static const struct {
  const char *forward, *backward;
  cr_loss op;
} losses[] = {
#define ENTRY(name, cost, loss, slope) {#name "LossForward", #name "LossBackward", CR_LOSS_##name},
    CR_LOSSES(ENTRY)
#undef ENTRY
};

static const luaL_Reg label_losses[] = {
    {"nllForward", nll_forward},
    {"nllBackward", nll_backward},
    {"crossEntropyForward", cross_entropy_forward},
    {"crossEntropyBackward", cross_entropy_backward},
    {NULL, NULL},
};

void cr_open_nn_loss(lua_State *L) {
  cr_register_layers(L, label_losses);
  luaL_getsubtable(L, -1, "nn");
  for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
    cr_register_with(L, "nn.", losses[i].forward, loss_forward, losses[i].op);
    cr_register_with(L, "nn.", losses[i].backward, loss_backward, losses[i].op);
  }
  lua_pop(L, 1);
}
