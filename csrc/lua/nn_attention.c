/* Attention. Each function takes the layer, its tensors and then
 *
 *   heads, batchFirst, isCausal, scale, mask or nil, padding or nil
 *
 * (see ops/attention.h). */
#include "lua/glue.h"

#include "ops/attention.h"

static cr_attention check_attention(lua_State *L, int arg) {
  return (cr_attention){
      .heads = cr_check_int_range(L, arg, "heads", 1, 1 << 20),
      .batch_first = cr_check_bool(L, arg + 1, "batchFirst"),
      .is_causal = cr_check_bool(L, arg + 2, "isCausal"),
      .scale = cr_check_number(L, arg + 3, "scale"),
      .mask = cr_opt_layer_tensor(L, arg + 4, "the mask"),
      .padding = cr_opt_layer_tensor(L, arg + 5, "the padding mask"),
  };
}

/* (layer, weights, queries, keys, ...) -> weights */
static int attention_weights(lua_State *L) {
  cr_tensor *weights = cr_check_layer_tensor(L, 2, "the weights");
  const cr_tensor *q = cr_check_layer_tensor(L, 3, "the queries");
  const cr_tensor *k = cr_check_layer_tensor(L, 4, "the keys");
  cr_attention a = check_attention(L, 5);
  CR_LAYER_CALL(L, cr_attention_weights(&a, weights, q, k));
  lua_settop(L, 2);
  return 1;
}

/* (layer, output, weights, values, ...) -> output */
static int attention_output(lua_State *L) {
  cr_tensor *output = cr_check_layer_tensor(L, 2, "output");
  const cr_tensor *weights = cr_check_layer_tensor(L, 3, "the weights");
  const cr_tensor *v = cr_check_layer_tensor(L, 4, "the values");
  cr_attention a = check_attention(L, 5);
  CR_LAYER_CALL(L, cr_attention_output(&a, output, weights, v));
  lua_settop(L, 2);
  return 1;
}

/* (layer, gradWeights, gradValues, gradOutput, weights, values, ...) */
static int attention_output_backward(lua_State *L) {
  cr_tensor *grad_weights = cr_check_layer_tensor(L, 2, "gradInput");
  cr_tensor *grad_v = cr_check_layer_tensor(L, 3, "gradInput");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 4, "gradOutput");
  const cr_tensor *weights = cr_check_layer_tensor(L, 5, "the weights");
  const cr_tensor *v = cr_check_layer_tensor(L, 6, "the values");
  cr_attention a = check_attention(L, 7);
  CR_LAYER_CALL(L, cr_attention_output_backward(&a, grad_weights, grad_v, grad_output, weights, v));
  return 0;
}

/* (layer, gradQueries, gradKeys, gradWeights, weights, queries, keys, ...) */
static int attention_weights_backward(lua_State *L) {
  cr_tensor *grad_q = cr_check_layer_tensor(L, 2, "gradInput");
  cr_tensor *grad_k = cr_check_layer_tensor(L, 3, "gradInput");
  cr_tensor *grad_weights = cr_check_layer_tensor(L, 4, "gradInput");
  const cr_tensor *weights = cr_check_layer_tensor(L, 5, "the weights");
  const cr_tensor *q = cr_check_layer_tensor(L, 6, "the queries");
  const cr_tensor *k = cr_check_layer_tensor(L, 7, "the keys");
  cr_attention a = check_attention(L, 8);
  CR_LAYER_CALL(L, cr_attention_weights_backward(&a, grad_q, grad_k, grad_weights, weights, q, k));
  return 0;
}

static const luaL_Reg functions[] = {
    {"attentionWeights", attention_weights},
    {"attentionOutput", attention_output},
    {"attentionOutputBackward", attention_output_backward},
    {"attentionWeightsBackward", attention_weights_backward},
    {NULL, NULL},
};

void cr_open_nn_attention(lua_State *L) { cr_register_layers(L, functions); }
