/* Boxes: how a Lua state holds a parcel. */
#include "lua/transfer.h"

static const char box_type[] = "cresset.Parcel";

static int free_box(lua_State *L) {
  cr_parcel **box = luaL_testudata(L, 1, box_type);
  if (!box) return 0;
  cr_parcel_free(*box);
  *box = NULL;
  return 0;
}

void cr_register_parcels(lua_State *L) {
  if (luaL_newmetatable(L, box_type)) {
    lua_pushcfunction(L, free_box);
    lua_setfield(L, -2, "__gc");
  }
  lua_pop(L, 1);
}

void cr_push_parcel_box(lua_State *L, cr_parcel *parcel) {
  cr_parcel **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = parcel;
  luaL_setmetatable(L, box_type);
}

cr_parcel *cr_push_parcel(lua_State *L) {
  cr_parcel **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, box_type);
  CR_CALL(L, cr_parcel_new(box));
  return *box;
}

cr_parcel *cr_take_parcel(lua_State *L, int index) {
  cr_parcel **box = lua_touserdata(L, index);
  cr_parcel *parcel = *box;
  *box = NULL;
  return parcel;
}
