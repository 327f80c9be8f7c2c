/* Pictures: PNG files and resizing. Registered in the module's field "image", which
 * lua/cresset/image extends. */
#include "lua/glue.h"

#include "core/png.h"
#include "ops/image.h"

#include <string.h>

/* loadPNG(path [, channels [, type]]) */
static int image_load_png(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  int64_t channels = cr_opt_int(L, 2, "channels", 0);
  if (!lua_isnoneornil(L, 2) && channels != 1 && channels != 3)
    cr_type_error(L, 2, "channels", "1 or 3");
  cr_dtype dtype = lua_isnoneornil(L, 3) ? cr_default_dtype() : cr_check_dtype(L, 3, "type");
  if (!cr_dtype_is_float(dtype) && dtype != CR_U8)
    cr_type_error(L, 3, "type", "\"float\", \"double\" or \"byte\"");
  cr_tensor *pixels = cr_push_tensor(L, CR_U8), *out = cr_push_tensor(L, dtype);
  CR_CALL(L, cr_png_read(pixels, path));
  CR_CALL(L, cr_image_from_bytes(out, pixels, channels));
  cr_tensor_clear(pixels);
  return 1;
}

static int image_save_png(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  const cr_tensor *picture = cr_check_tensor(L, 2, "picture");
  cr_tensor *pixels = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_image_to_bytes(pixels, picture, false));
  CR_CALL(L, cr_png_write(path, pixels));
  return 0;
}

static int image_save_animation(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  const cr_tensor *frames = cr_check_tensor(L, 2, "frames");
  int64_t milliseconds = 200;
  if (!lua_isnoneornil(L, 3)) milliseconds = cr_check_int_range(L, 3, "milliseconds", 1, 65535);
  cr_tensor *pixels = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_image_to_bytes(pixels, frames, true));
  CR_CALL(L, cr_png_write_animation(path, pixels, (int)milliseconds));
  return 0;
}

/* scale(res, src, height, width, mode) */
static int image_scale(lua_State *L) {
  static const char *const modes[] = {"nearest", "bilinear", NULL};
  cr_tensor *res = cr_check_tensor(L, 1, "res");
  const cr_tensor *src = cr_check_tensor(L, 2, "src");
  int64_t height = cr_check_int(L, 3, "height"), width = cr_check_int(L, 4, "width");
  const char *mode = cr_check_string(L, 5, "mode");
  int index = 0;
  while (modes[index] && strcmp(modes[index], mode) != 0) index++;
  if (!modes[index]) cr_type_error(L, 5, "mode", "\"nearest\" or \"bilinear\"");
  CR_CALL(L, cr_image_scale(res, src, height, width, (cr_scale_mode)index));
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"loadPNG", image_load_png},
    {"savePNG", image_save_png},
    {"saveAnimation", image_save_animation},
    {"scale", image_scale},
    {NULL, NULL},
};

void cr_open_image(lua_State *L) {
  luaL_getsubtable(L, -1, "image");
  cr_register(L, "image.", functions);
  lua_pop(L, 1);
}
