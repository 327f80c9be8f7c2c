/* conv2, xcorr2, conv3, xcorr3: cresset.conv2([res,] x, kernel, ['V' or 'F']). */
#include "lua/glue.h"

#include "ops/plain_conv.h"

#include <string.h>

enum { op_upvalue = 3, is_three = 1, is_flipped = 2 };

static int convolve(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  bool has_res = cr_to_tensor(L, 3) != NULL;
  int arg = has_res ? 2 : 1;
  const cr_tensor *x = cr_check_tensor(L, arg, "x"), *kernel = cr_check_tensor(L, arg + 1, "k");
  const char *mode = lua_isnoneornil(L, arg + 2) ? "V" : cr_check_string(L, arg + 2, "mode");
  if (strcmp(mode, "V") != 0 && strcmp(mode, "F") != 0)
    cr_arg_error(L, "mode", "must be 'V' (valid) or 'F' (full), got '%s'", mode);
  cr_tensor *res = has_res ? cr_check_tensor(L, 1, "res") : cr_push_tensor(L, x->dtype);
  cr_conv_mode how = {.dims = op & is_three ? 3 : 2,
                      .is_flipped = (op & is_flipped) != 0,
                      .is_full = mode[0] == 'F'};
  CR_CALL(L, cr_plain_conv(res, x, kernel, how));
  if (has_res) lua_settop(L, 1);
  return 1;
}

static const struct {
  const char *name;
  int op;
} entries[] = {
    {"conv2", is_flipped}, {"xcorr2", 0}, {"conv3", is_three | is_flipped}, {"xcorr3", is_three}};

void cr_open_tensor_conv(lua_State *L) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    cr_register_with(L, "cresset.", entries[i].name, convolve, entries[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", entries[i].name, convolve, entries[i].op);
    lua_pop(L, 1);
  }
}
