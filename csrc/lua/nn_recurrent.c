/* Recurrent layers. The functions that work on one layer and direction take the layer and then
 *
 *   cell, reverse, carries, part, parts, state, states, weight, bias, peephole, mask, hidden, cells, gates
 *
 * (see ops/recurrent.h; peephole, mask and cells may be nil), followed by what each needs. */
#include "lua/glue.h"

#include "ops/recurrent.h"

enum { FIRST = 2, AFTER = 16 }; /* arguments */

static cr_recurrent check_recurrent(lua_State *L) {
  cr_recurrent r = {
      .cell = (cr_cell)cr_check_int_range(L, FIRST, "cell", 0, CR_CELL_COUNT - 1),
      .reverse = cr_check_bool(L, FIRST + 1, "reverse"),
      .carries = cr_check_bool(L, FIRST + 2, "carries"),
  };
  r.parts = cr_check_int_range(L, FIRST + 4, "parts", 1, 2);
  r.part = cr_check_int_range(L, FIRST + 3, "part", 0, r.parts - 1);
  r.states = cr_check_int_range(L, FIRST + 6, "states", 1, 1 << 20);
  r.state = cr_check_int_range(L, FIRST + 5, "state", 0, r.states - 1);
  r.weight = cr_check_layer_tensor(L, FIRST + 7, "weight");
  r.bias = cr_check_layer_tensor(L, FIRST + 8, "bias");
  r.peephole = cr_opt_layer_tensor(L, FIRST + 9, "peephole");
  r.mask = cr_opt_layer_tensor(L, FIRST + 10, "the mask");
  r.hidden = cr_check_layer_tensor(L, FIRST + 11, "hidden");
  r.cells = cr_opt_layer_tensor(L, FIRST + 12, "cells");
  r.gates = cr_check_layer_tensor(L, FIRST + 13, "gates");
  if (r.cell == CR_CELL_LSTM && !r.cells) cr_check_layer_tensor(L, FIRST + 12, "cells");
  return r;
}

/* A tensor that only cells with a cell state need. */
static cr_tensor *check_cell_tensor(lua_State *L, const cr_recurrent *r, int arg,
                                    const char *name) {
  return r->cell == CR_CELL_LSTM ? cr_check_layer_tensor(L, arg, name) : NULL;
}

/* (..., output, x, h0 or nil, c0 or nil, hn, cn) -> output */
static int recurrent_forward(lua_State *L) {
  cr_recurrent r = check_recurrent(L);
  cr_tensor *output = cr_check_layer_tensor(L, AFTER, "output");
  const cr_tensor *x = cr_check_layer_tensor(L, AFTER + 1, "input");
  const cr_tensor *h0 = cr_opt_layer_tensor(L, AFTER + 2, "the initial state");
  const cr_tensor *c0 = cr_opt_layer_tensor(L, AFTER + 3, "the initial cell");
  cr_tensor *hn = cr_check_layer_tensor(L, AFTER + 4, "the last state");
  cr_tensor *cn = check_cell_tensor(L, &r, AFTER + 5, "the last cell");
  CR_LAYER_CALL(L, cr_recurrent_forward(&r, output, x, h0, c0, hn, cn));
  lua_settop(L, AFTER);
  return 1;
}

/* (..., gradGates, gradOutput, gradHn or nil, gradCn or nil, gradH0, gradC0) */
static int recurrent_backward(lua_State *L) {
  cr_recurrent r = check_recurrent(L);
  cr_tensor *grad_gates = cr_check_layer_tensor(L, AFTER, "gradGates");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, AFTER + 1, "gradOutput");
  const cr_tensor *grad_hn = cr_opt_layer_tensor(L, AFTER + 2, "the gradient of the last state");
  const cr_tensor *grad_cn = cr_opt_layer_tensor(L, AFTER + 3, "the gradient of the last cell");
  cr_tensor *grad_h0 = cr_check_layer_tensor(L, AFTER + 4, "gradInput");
  cr_tensor *grad_c0 = check_cell_tensor(L, &r, AFTER + 5, "gradInput");
  CR_LAYER_CALL(
      L, cr_recurrent_backward(&r, grad_gates, grad_output, grad_hn, grad_cn, grad_h0, grad_c0));
  return 0;
}

/* (..., gradInput, gradGates, isSum) -> gradInput */
static int recurrent_grad_input(lua_State *L) {
  cr_recurrent r = check_recurrent(L);
  cr_tensor *grad_x = cr_check_layer_tensor(L, AFTER, "gradInput");
  const cr_tensor *grad_gates = cr_check_layer_tensor(L, AFTER + 1, "gradGates");
  bool is_sum = cr_check_bool(L, AFTER + 2, "isSum");
  CR_LAYER_CALL(L, cr_recurrent_grad_input(&r, grad_x, grad_gates, is_sum));
  lua_settop(L, AFTER);
  return 1;
}

/* (..., x, gradGates, scale): weight, bias and peephole are the gradients */
static int recurrent_accumulate(lua_State *L) {
  cr_recurrent r = check_recurrent(L);
  const cr_tensor *x = cr_check_layer_tensor(L, AFTER, "input");
  const cr_tensor *grad_gates = cr_check_layer_tensor(L, AFTER + 1, "gradGates");
  double scale = cr_check_number(L, AFTER + 2, "scale");
  CR_LAYER_CALL(L, cr_recurrent_accumulate(&r, x, grad_gates, scale));
  return 0;
}

/* (layer, input, name, buffer, width, batchFirst, like or nil) -> the input or the buffer */
static int recurrent_steps(lua_State *L) {
  const char *name = cr_check_string(L, 3, "name");
  const cr_tensor *input = cr_check_layer_tensor(L, 2, name);
  cr_tensor *buffer = cr_check_layer_tensor(L, 4, "buffer");
  int64_t width = cr_check_int(L, 5, "width");
  bool batch_first = cr_check_bool(L, 6, "batchfirst"), is_copy = false;
  const cr_tensor *like = cr_opt_layer_tensor(L, 7, "like");
  CR_LAYER_CALL(L, cr_recurrent_steps(buffer, input, name, width, batch_first, like, &is_copy));
  lua_settop(L, is_copy ? 4 : 2);
  return 1;
}

/* (layer, mask, x) -> mask */
static int recurrent_zero_mask(lua_State *L) {
  cr_tensor *mask = cr_check_layer_tensor(L, 2, "the mask");
  const cr_tensor *x = cr_check_layer_tensor(L, 3, "input");
  CR_LAYER_CALL(L, cr_recurrent_zero_mask(mask, x));
  lua_settop(L, 2);
  return 1;
}

/* (layer, mask, x, lengths) -> mask */
static int recurrent_length_mask(lua_State *L) {
  cr_tensor *mask = cr_check_layer_tensor(L, 2, "the mask");
  const cr_tensor *x = cr_check_layer_tensor(L, 3, "input");
  const cr_tensor *lengths = cr_check_layer_tensor(L, 4, "lengths");
  CR_LAYER_CALL(L, cr_recurrent_length_mask(mask, x, lengths));
  lua_settop(L, 2);
  return 1;
}

static const luaL_Reg functions[] = {
    {"recurrentForward", recurrent_forward},
    {"recurrentBackward", recurrent_backward},
    {"recurrentGradInput", recurrent_grad_input},
    {"recurrentAccumulate", recurrent_accumulate},
    {"recurrentSteps", recurrent_steps},
    {"recurrentZeroMask", recurrent_zero_mask},
    {"recurrentLengthMask", recurrent_length_mask},
    {NULL, NULL},
};

void cr_open_nn_recurrent(lua_State *L) { cr_register_layers(L, functions); }
