/* Losses of rows; each returns the loss, and writes the gradients when they are given:
 *   multiMargin(criterion, input, target, gradInput or nil, weights or nil, margin, p, sizeAverage)
 *   multiLabelMargin(criterion, input, target, gradInput or nil, sizeAverage)
 *   cosineEmbedding(criterion, x, y, target, gradX or nil, gradY, margin, sizeAverage)
 *   triplet(criterion, anchor, positive, negative, three gradients or nils, margin, sizeAverage)
 *   difference(criterion, x, y, result) -> result: x - y
 * A target may be a number. */
#include "lua/glue.h"

#include "ops/margin.h"

/* A number given as a target: a tensor of one element on the stack of C. */
typedef struct {
  double element;
  cr_storage storage;
  cr_tensor tensor;
} single;

static const cr_tensor *check_target(lua_State *L, int arg, single *s) {
  if (!cr_is_number(L, arg)) return cr_check_layer_tensor(L, arg, "target");
  s->element = lua_tonumber(L, arg);
  s->storage =
      (cr_storage){.references = 2, .dtype = CR_F64, .size = 1, .capacity = 1, .data = &s->element};
  s->tensor =
      (cr_tensor){.dtype = CR_F64, .ndim = 1, .size = {1}, .stride = {1}, .storage = &s->storage};
  return &s->tensor;
}

static int multi_margin(lua_State *L) {
  single s;
  double loss = 0;
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *target = check_target(L, 3, &s);
  cr_tensor *grad_input = cr_opt_layer_tensor(L, 4, "gradInput");
  const cr_tensor *weight = cr_opt_layer_tensor(L, 5, "weights");
  double margin = cr_check_number(L, 6, "margin");
  int p = (int)cr_check_int_range(L, 7, "p", 1, 2);
  bool size_average = lua_toboolean(L, 8);
  CR_LAYER_CALL(L,
                cr_multi_margin(input, target, weight, margin, p, size_average, &loss, grad_input));
  lua_pushnumber(L, loss);
  return 1;
}

static int multi_label_margin(lua_State *L) {
  double loss = 0;
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *target = cr_check_layer_tensor(L, 3, "target");
  cr_tensor *grad_input = cr_opt_layer_tensor(L, 4, "gradInput");
  bool size_average = lua_toboolean(L, 5);
  CR_LAYER_CALL(L, cr_multi_label_margin(input, target, size_average, &loss, grad_input));
  lua_pushnumber(L, loss);
  return 1;
}

static int cosine_embedding(lua_State *L) {
  single s;
  double loss = 0;
  const cr_tensor *x = cr_check_layer_tensor(L, 2, "input[1]");
  const cr_tensor *y = cr_check_layer_tensor(L, 3, "input[2]");
  const cr_tensor *target = check_target(L, 4, &s);
  cr_tensor *grad_x = cr_opt_layer_tensor(L, 5, "gradInput[1]");
  cr_tensor *grad_y = grad_x ? cr_check_layer_tensor(L, 6, "gradInput[2]") : NULL;
  double margin = cr_check_number(L, 7, "margin");
  bool size_average = lua_toboolean(L, 8);
  CR_LAYER_CALL(L, cr_cosine_embedding(x, y, target, margin, size_average, &loss, grad_x, grad_y));
  lua_pushnumber(L, loss);
  return 1;
}

static int triplet(lua_State *L) {
  double loss = 0;
  cr_tensor *gradients[3] = {NULL};
  const cr_tensor *anchor = cr_check_layer_tensor(L, 2, "input[1]");
  const cr_tensor *positive = cr_check_layer_tensor(L, 3, "input[2]");
  const cr_tensor *negative = cr_check_layer_tensor(L, 4, "input[3]");
  bool has_gradients = !lua_isnoneornil(L, 5);
  for (int k = 0; k < 3 && has_gradients; k++)
    gradients[k] = cr_check_layer_tensor(L, 5 + k, "gradInput");
  double margin = cr_check_number(L, 8, "margin");
  bool size_average = lua_toboolean(L, 9);
  CR_LAYER_CALL(L, cr_triplet(anchor, positive, negative, margin, size_average, &loss,
                              has_gradients ? gradients : NULL));
  lua_pushnumber(L, loss);
  return 1;
}

static int difference(lua_State *L) {
  const cr_tensor *x = cr_check_layer_tensor(L, 2, "input[1]");
  const cr_tensor *y = cr_check_layer_tensor(L, 3, "input[2]");
  cr_tensor *out = cr_check_layer_tensor(L, 4, "result");
  CR_LAYER_CALL(L, cr_difference(out, x, y));
  lua_settop(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {
    {"multiMargin", multi_margin},
    {"multiLabelMargin", multi_label_margin},
    {"cosineEmbedding", cosine_embedding},
    {"triplet", triplet},
    {"difference", difference},
    {NULL, NULL},
};

void cr_open_nn_margin(lua_State *L) { cr_register_layers(L, functions); }
