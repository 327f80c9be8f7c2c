/* Layers of distances. diag is nil for centers without weights of their own:
 *   pairsForward(layer, kind, a, b, output, p) -> output; kind: "dot", "cosine" or "norm"
 *   pairsBackward(layer, kind, a, b, gradOutput, gradA, gradB, p)
 *   centersForward(layer, input, weight, diag, output) -> output
 *   centersBackward(layer, input, gradOutput, output, weight, diag, gradInput) -> gradInput
 *   centersAccumulate(layer, input, gradOutput, output, weight, diag, gradWeight, gradDiag, scale)
 *   normalizeForward(layer, input, output, p, eps) -> output
 *   normalizeBackward(layer, input, gradOutput, gradInput, p, eps) -> gradInput */
#include "lua/glue.h"

#include "ops/distance.h"

static cr_pair check_kind(lua_State *L, int arg) {
  static const char *const names[] = {"dot", "cosine", "norm", NULL};
  return (cr_pair)cr_check_choice(L, arg, "kind", names, "\"dot\", \"cosine\" or \"norm\"");
}

static int pairs_forward(lua_State *L) {
  cr_pair kind = check_kind(L, 2);
  const cr_tensor *a = cr_check_layer_tensor(L, 3, "input[1]");
  const cr_tensor *b = cr_check_layer_tensor(L, 4, "input[2]");
  cr_tensor *output = cr_check_layer_tensor(L, 5, "output");
  double p = cr_opt_number(L, 6, "p", 2);
  CR_LAYER_CALL(L, cr_pairs_forward(kind, p, output, a, b));
  lua_settop(L, 5);
  return 1;
}

static int pairs_backward(lua_State *L) {
  cr_pair kind = check_kind(L, 2);
  const cr_tensor *a = cr_check_layer_tensor(L, 3, "input[1]");
  const cr_tensor *b = cr_check_layer_tensor(L, 4, "input[2]");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 5, "gradOutput");
  cr_tensor *grad_a = cr_check_layer_tensor(L, 6, "gradInput[1]");
  cr_tensor *grad_b = cr_check_layer_tensor(L, 7, "gradInput[2]");
  double p = cr_opt_number(L, 8, "p", 2);
  CR_LAYER_CALL(L, cr_pairs_backward(kind, p, grad_a, grad_b, grad_output, a, b));
  return 0;
}

static int centers_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_check_layer_tensor(L, 3, "weight");
  const cr_tensor *diag = cr_opt_layer_tensor(L, 4, "diagCov");
  cr_tensor *output = cr_check_layer_tensor(L, 5, "output");
  CR_LAYER_CALL(L, cr_centers_forward(output, input, weight, diag));
  lua_settop(L, 5);
  return 1;
}

static int centers_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *output = cr_check_layer_tensor(L, 4, "output");
  const cr_tensor *weight = cr_check_layer_tensor(L, 5, "weight");
  const cr_tensor *diag = cr_opt_layer_tensor(L, 6, "diagCov");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 7, "gradInput");
  CR_LAYER_CALL(L, cr_centers_backward(grad_input, grad_output, output, input, weight, diag));
  lua_settop(L, 7);
  return 1;
}

static int centers_accumulate(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *output = cr_check_layer_tensor(L, 4, "output");
  const cr_tensor *weight = cr_check_layer_tensor(L, 5, "weight");
  const cr_tensor *diag = cr_opt_layer_tensor(L, 6, "diagCov");
  cr_tensor *grad_weight = cr_check_layer_tensor(L, 7, "gradWeight");
  cr_tensor *grad_diag = cr_opt_layer_tensor(L, 8, "gradDiagCov");
  double scale = cr_opt_number(L, 9, "scale", 1);
  CR_LAYER_CALL(L, cr_centers_accumulate(grad_weight, grad_diag, grad_output, output, input, weight,
                                         diag, scale));
  return 0;
}

static int normalize_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  double p = cr_check_number(L, 4, "p"), eps = cr_check_number(L, 5, "eps");
  CR_LAYER_CALL(L, cr_normalize_forward(output, input, p, eps));
  lua_settop(L, 3);
  return 1;
}

static int normalize_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  double p = cr_check_number(L, 5, "p"), eps = cr_check_number(L, 6, "eps");
  CR_LAYER_CALL(L, cr_normalize_backward(grad_input, grad_output, input, p, eps));
  lua_settop(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {
    {"pairsForward", pairs_forward},           {"pairsBackward", pairs_backward},
    {"centersForward", centers_forward},       {"centersBackward", centers_backward},
    {"centersAccumulate", centers_accumulate}, {"normalizeForward", normalize_forward},
    {"normalizeBackward", normalize_backward}, {NULL, NULL},
};

void cr_open_nn_distance(lua_State *L) { cr_register_layers(L, functions); }
