/* Zip archives and foreign numbers, for the Lua code that reads and writes NumPy's files. */
#include "core/archive.h"
#include "core/convert.h"
#include "lua/file.h"

#include <string.h>

static const char archive_type[] = "cresset.Archive";

static int archive_open(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_archive **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, archive_type);
  cr_check(L, cr_archive_open(box, path));
  return 1;
}

static cr_archive *check_archive(lua_State *L) {
  cr_archive **box = luaL_testudata(L, 1, archive_type);
  cr_archive *archive = box ? *box : NULL;
  if (!archive) cr_type_error(L, 1, "self", "an open archive");
  return archive;
}

static int archive_close(lua_State *L) {
  cr_archive **box = luaL_testudata(L, 1, archive_type);
  if (!box) return 0;
  cr_archive *archive = *box;
  *box = NULL;
  cr_archive_close(archive);
  return 0;
}

/* archive:names() -> a table; false for a name that cannot be read */
static int archive_names(lua_State *L) {
  const cr_archive *archive = check_archive(L);
  int64_t count = cr_archive_count(archive);
  lua_newtable(L);
  for (int64_t i = 0; i < count; i++) {
    const char *name = cr_archive_name(archive, i);
    if (name)
      lua_pushstring(L, name);
    else
      lua_pushboolean(L, false);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* archive:entry(index) -> a file */
static int archive_entry(lua_State *L) {
  cr_archive *archive = check_archive(L);
  int64_t index = cr_check_index(L, 2, "index", cr_archive_count(archive));
  lua_pushnil(L);
  cr_file_box *box = cr_push_file(L, lua_gettop(L));
  cr_check(L, cr_stream_open_entry(&box->stream, archive, index));
  return 1;
}

/* write(path, names, storages, compressed) */
static int archive_write(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  if (lua_type(L, 2) != LUA_TTABLE) cr_type_error(L, 2, "names", "a table");
  if (lua_type(L, 3) != LUA_TTABLE) cr_type_error(L, 3, "contents", "a table");
  bool compressed = cr_opt_bool(L, 4, "compressed", false);
  size_t count = lua_rawlen(L, 2);
  const char **names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
  cr_storage **contents = lua_newuserdatauv(L, (count + 1) * sizeof *contents, 0);
  for (size_t i = 0; i < count; i++) { /* the tables keep the strings and storages alive */
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    names[i] = cr_check_path(L, lua_gettop(L), "name");
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    contents[i] = cr_check_storage(L, lua_gettop(L), "content");
    if (contents[i]->dtype != CR_I8 || contents[i]->size < 1)
      cr_error(L, "an entry must be a torch.CharStorage that ends with a zero");
    lua_pop(L, 2);
  }
  cr_check(L, cr_archive_write(path, (int64_t)count, names, contents, compressed));
  return 0;
}

/* ---- foreign numbers ---- */

static cr_foreign check_kind(lua_State *L, int arg, int last) {
  static const char *const names[] = {"f16", "bf16", "u16", "u32", "u64"};
  const char *name = cr_check_string(L, arg, "kind");
  for (int kind = 0; kind <= last; kind++)
    if (strcmp(name, names[kind]) == 0) return (cr_foreign)kind;
  cr_arg_error(L, "kind", "is unknown: '%s'", name);
  return CR_F16;
}

static cr_storage *check_of(lua_State *L, int arg, cr_dtype dtype) {
  cr_storage *storage = cr_check_storage(L, arg, "storage");
  if (storage->dtype != dtype)
    cr_arg_error(L, "storage", "must be a %s, got a %s", cr_dtype_storage_name(dtype),
                 cr_dtype_storage_name(storage->dtype));
  return storage;
}

/* decode(kind, storage of the bits) -> storage of the values */
static int decode(lua_State *L) {
  cr_foreign kind = check_kind(L, 1, CR_U64);
  const cr_storage *bits = check_of(L, 2, cr_foreign_bits(kind));
  cr_storage *values = cr_push_new_storage(L, cr_foreign_value(kind), bits->size);
  cr_check(L, cr_foreign_decode(kind, bits, values));
  return 1;
}

/* encode("f16" | "bf16", torch.FloatStorage) -> torch.ShortStorage */
static int encode(lua_State *L) {
  cr_foreign kind = check_kind(L, 1, CR_BF16);
  const cr_storage *values = check_of(L, 2, CR_F32);
  cr_storage *bits = cr_push_new_storage(L, CR_I16, values->size);
  cr_check(L, cr_foreign_encode(kind, values, bits));
  return 1;
}

static const luaL_Reg functions[] = {
    {"open", archive_open}, {"write", archive_write}, {"decode", decode}, {"encode", encode},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"names", archive_names},
    {"entry", archive_entry},
    {"__gc", archive_close},
    {"__close", archive_close},
    {NULL, NULL},
};

void cr_open_archive(lua_State *L) {
  luaL_newmetatable(L, archive_type);
  cr_register(L, "Archive:", methods);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_getsubtable(L, -1, "stream");
  luaL_getsubtable(L, -1, "archive");
  cr_register(L, "archive.", functions);
  lua_pop(L, 2);
}
