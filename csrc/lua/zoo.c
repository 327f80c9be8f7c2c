/* Networks of stochastic units, core.zoo:
 *   means(mean, sample or nil, input, weight, bias, transposed, hasSigmoid, scale) -> mean: of the
 *     units behind `input`, with a sample of 0s and 1s
 *   sweep(states, fields, flips, weight, bias, order, low, high, temperature) -> states
 *   contrast(gradWeight, gradVisible, gradHidden, dataVisible, dataHidden, modelVisible,
 *     modelHidden)
 * Random numbers come from the default generator. */
#include "lua/glue.h"

#include "ops/units.h"

static uint64_t draw_key(void) {
  cr_generator *generator = cr_default_generator();
  uint64_t high = cr_random_u32(generator);
  return high << 32 | cr_random_u32(generator);
}

static int zoo_means(lua_State *L) {
  cr_tensor *mean = cr_check_float_tensor(L, 1, "mean");
  cr_tensor *sample = cr_opt_tensor(L, 2, "sample");
  cr_unit_layer layer = {
      .input = cr_check_tensor(L, 3, "input"),
      .weight = cr_check_tensor(L, 4, "weight"),
      .bias = cr_check_tensor(L, 5, "bias"),
      .transposed = cr_check_bool(L, 6, "transposed"),
      .has_sigmoid = cr_check_bool(L, 7, "hasSigmoid"),
      .scale = cr_opt_number(L, 8, "scale", 1),
  };
  if (sample) layer.key = draw_key();
  CR_CALL(L, cr_unit_means(mean, sample, &layer));
  lua_settop(L, 1);
  return 1;
}

static int zoo_sweep(lua_State *L) {
  cr_tensor *states = cr_check_float_tensor(L, 1, "states");
  cr_tensor *fields = cr_check_tensor(L, 2, "fields");
  cr_tensor *flips = cr_check_tensor(L, 3, "flips");
  cr_unit_network network = {
      .weight = cr_check_tensor(L, 4, "weight"),
      .bias = cr_check_tensor(L, 5, "bias"),
      .order = cr_check_tensor(L, 6, "order"),
      .low = cr_check_number(L, 7, "low"),
      .high = cr_check_number(L, 8, "high"),
      .temperature = cr_check_number(L, 9, "temperature"),
  };
  if (network.temperature > 0) network.key = draw_key();
  CR_CALL(L, cr_unit_sweep(states, fields, flips, &network));
  lua_settop(L, 1);
  return 1;
}

static int zoo_contrast(lua_State *L) {
  cr_tensor *grad_weight = cr_check_float_tensor(L, 1, "gradWeight");
  cr_tensor *grad_visible = cr_check_tensor(L, 2, "gradVisible");
  cr_tensor *grad_hidden = cr_check_tensor(L, 3, "gradHidden");
  cr_contrast contrast = {
      .data_visible = cr_check_tensor(L, 4, "dataVisible"),
      .data_hidden = cr_check_tensor(L, 5, "dataHidden"),
      .model_visible = cr_check_tensor(L, 6, "modelVisible"),
      .model_hidden = cr_check_tensor(L, 7, "modelHidden"),
  };
  CR_CALL(L, cr_unit_contrast(grad_weight, grad_visible, grad_hidden, &contrast));
  return 0;
}

static const luaL_Reg functions[] = {
    {"means", zoo_means},
    {"sweep", zoo_sweep},
    {"contrast", zoo_contrast},
    {NULL, NULL},
};

void cr_open_zoo(lua_State *L) {
  luaL_getsubtable(L, -1, "zoo");
  cr_register(L, "zoo.", functions);
  lua_pop(L, 1);
}
