/* Pictures: PNG files and resizing. Registered in the module's field "image", which
 * lua/cresset/image extends. */
#include "lua/glue.h"

#include "core/jpeg.h"
#include "core/png.h"
#include "ops/copy.h"
#include "ops/image.h"
#include "ops/warp.h"

/* The arguments channels and type from the second on; pushes tensors for bytes and result. */
static int64_t prepare_load(lua_State *L, cr_tensor **pixels, cr_tensor **out) {
  int64_t channels = cr_opt_int(L, 2, "channels", 0);
  if (!lua_isnoneornil(L, 2) && channels != 1 && channels != 3)
    cr_type_error(L, 2, "channels", "1 or 3");
  cr_dtype dtype = lua_isnoneornil(L, 3) ? cr_default_dtype() : cr_check_dtype(L, 3, "type");
  if (!cr_dtype_is_float(dtype) && dtype != CR_U8)
    cr_type_error(L, 3, "type", "\"float\", \"double\" or \"byte\"");
  *pixels = cr_push_tensor(L, CR_U8);
  *out = cr_push_tensor(L, dtype);
  return channels;
}

static int finish_load(lua_State *L, cr_tensor *out, cr_tensor *pixels, int64_t channels) {
  CR_CALL(L, cr_image_from_bytes(out, pixels, channels));
  cr_tensor_clear(pixels);
  return 1;
}

/* loadPNG(path [, channels [, type]]) */
static int image_load_png(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_tensor *pixels, *out;
  int64_t channels = prepare_load(L, &pixels, &out);
  CR_CALL(L, cr_png_read(pixels, path));
  return finish_load(L, out, pixels, channels);
}

/* loadJPG(path [, channels [, type]]) */
static int image_load_jpg(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_tensor *pixels, *out;
  int64_t channels = prepare_load(L, &pixels, &out);
  CR_CALL(L, cr_jpeg_read(pixels, path));
  return finish_load(L, out, pixels, channels);
}

/* decompressJPG(bytes [, channels [, type]]) */
static int image_decompress_jpg(lua_State *L) {
  const cr_tensor *bytes = cr_check_tensor(L, 1, "bytes");
  if (bytes->dtype != CR_U8) cr_type_error(L, 1, "bytes", "a torch.ByteTensor");
  cr_tensor *pixels, *out;
  int64_t channels = prepare_load(L, &pixels, &out);
  cr_tensor *file = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_contiguous(file, bytes));
  CR_CALL(L, cr_jpeg_decode(pixels, file));
  lua_pop(L, 1);
  return finish_load(L, out, pixels, channels);
}

static int check_quality(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return 75;
  return (int)cr_check_int_range(L, index, "quality", 1, 100);
}

/* saveJPG(path, picture [, quality]) */
static int image_save_jpg(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  const cr_tensor *picture = cr_check_tensor(L, 2, "picture");
  int quality = check_quality(L, 3);
  cr_tensor *pixels = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_image_to_bytes(pixels, picture, false));
  CR_CALL(L, cr_jpeg_write(path, pixels, quality));
  return 0;
}

/* compressJPG(picture [, quality]) */
static int image_compress_jpg(lua_State *L) {
  const cr_tensor *picture = cr_check_tensor(L, 1, "picture");
  int quality = check_quality(L, 2);
  cr_tensor *pixels = cr_push_tensor(L, CR_U8), *out = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_image_to_bytes(pixels, picture, false));
  CR_CALL(L, cr_jpeg_encode(out, pixels, quality));
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
  int index = cr_check_choice(L, 5, "mode", modes, "\"nearest\" or \"bilinear\"");
  CR_CALL(L, cr_image_scale(res, src, height, width, (cr_scale_mode)index));
  lua_settop(L, 1);
  return 1;
}

/* warp(res, src, field, mode, offset, pads, pad) */
static int image_warp(lua_State *L) {
  static const char *const modes[] = {"simple", "bilinear", "bicubic", "lanczos", NULL};
  cr_tensor *res = cr_check_tensor(L, 1, "res");
  const cr_tensor *src = cr_check_tensor(L, 2, "src"), *field = cr_check_tensor(L, 3, "field");
  cr_warp how = {.is_offset = lua_toboolean(L, 5), .pads = lua_toboolean(L, 6)};
  how.mode = (cr_warp_mode)cr_check_choice(L, 4, "mode", modes,
                                           "\"simple\", \"bilinear\", \"bicubic\" or \"lanczos\"");
  how.pad = cr_check_number(L, 7, "pad");
  CR_CALL(L, cr_image_warp(res, src, field, &how));
  lua_settop(L, 1);
  return 1;
}

/* median(res, src, side) */
static int image_median(lua_State *L) {
  cr_tensor *res = cr_check_tensor(L, 1, "res");
  const cr_tensor *src = cr_check_tensor(L, 2, "src");
  CR_CALL(L, cr_image_median(res, src, cr_check_int(L, 3, "side")));
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"loadPNG", image_load_png},
    {"savePNG", image_save_png},
    {"loadJPG", image_load_jpg},
    {"saveJPG", image_save_jpg},
    {"decompressJPG", image_decompress_jpg},
    {"compressJPG", image_compress_jpg},
    {"warp", image_warp},
    {"median", image_median},
    {"saveAnimation", image_save_animation},
    {"scale", image_scale},
    {NULL, NULL},
};

void cr_open_image(lua_State *L) {
  luaL_getsubtable(L, -1, "image");
  cr_register(L, "image.", functions);
  lua_pop(L, 1);
}
