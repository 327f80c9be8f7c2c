/* Changes of pictures for training; lua/cresset/data/augment/init.lua draws the random numbers. */
#include "lua/glue.h"

#include "ops/augment.h"

/* crop(res, pictures, where, height, width, fill) */
static int augment_crop(lua_State *L) {
  cr_tensor *res = cr_check_tensor(L, 1, "res");
  const cr_tensor *in = cr_check_tensor(L, 2, "images");
  const cr_tensor *where = cr_check_tensor(L, 3, "where");
  int64_t height = cr_check_int(L, 4, "height"), width = cr_check_int(L, 5, "width");
  cr_scalar fill = cr_check_scalar(L, 6, "fill");
  CR_CALL(L, cr_augment_crop(res, in, where, height, width, fill));
  lua_settop(L, 1);
  return 1;
}

/* warp(res, pictures, maps, mode, fill) */
static int augment_warp(lua_State *L) {
  static const char *const modes[] = {"nearest", "bilinear", NULL};
  cr_tensor *res = cr_check_tensor(L, 1, "res");
  const cr_tensor *in = cr_check_tensor(L, 2, "images");
  const cr_tensor *maps = cr_check_tensor(L, 3, "maps");
  int mode = cr_check_choice(L, 4, "mode", modes, "\"nearest\" or \"bilinear\"");
  double fill = cr_check_number(L, 5, "fill");
  CR_CALL(L, cr_augment_warp(res, in, maps, (cr_augment_mode)mode, fill));
  lua_settop(L, 1);
  return 1;
}

/* erase(pictures, boxes, value) */
static int augment_erase(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "images");
  const cr_tensor *boxes = cr_check_tensor(L, 2, "boxes");
  CR_CALL(L, cr_augment_erase(t, boxes, cr_check_scalar(L, 3, "value")));
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"crop", augment_crop},
    {"warp", augment_warp},
    {"erase", augment_erase},
    {NULL, NULL},
};

void cr_open_augment(lua_State *L) {
  luaL_getsubtable(L, -1, "data");
  lua_newtable(L);
  cr_register(L, "data.augment.", functions);
  lua_setfield(L, -2, "augment");
  lua_pop(L, 1);
}
