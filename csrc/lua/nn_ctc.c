/* ctc(layer, input, labels, lengths, sizes, losses, gradInput, scale): fills losses and, unless it
 * is nil, gradInput; see csrc/ops/ctc.h. */
#include "lua/glue.h"

#include "ops/ctc.h"

static int ctc(lua_State *L) {
  cr_ctc_call call = {.input = cr_check_layer_tensor(L, 2, "input")};
  call.labels = cr_check_layer_tensor(L, 3, "target");
  call.lengths = cr_check_layer_tensor(L, 4, "lengths");
  call.sizes = lua_isnil(L, 5) ? NULL : cr_check_layer_tensor(L, 5, "sizes");
  cr_tensor *losses = cr_check_layer_tensor(L, 6, "losses");
  cr_tensor *grad_input = lua_isnoneornil(L, 7) ? NULL : cr_check_layer_tensor(L, 7, "gradInput");
  call.scale = cr_opt_number(L, 8, "scale", 1);
  CR_LAYER_CALL(L, cr_ctc(&call, losses, grad_input));
  return 0;
}

static const luaL_Reg functions[] = {{"ctc", ctc}, {NULL, NULL}};

void cr_open_nn_ctc(lua_State *L) { cr_register_layers(L, functions); }
