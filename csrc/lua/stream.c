/* Streams of bytes for lua/cresset/serialize.lua: files written whole or not at all, files read
 * with their lengths checked, and storages as bytes. Numbers in files are little-endian, which this
 * code takes for granted. */
#include "lua/glue.h"

#include "core/file.h"

#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files are little-endian; storages would have to be swapped here"
#endif

static const char writer_type[] = "cresset.Writer";
static const char reader_type[] = "cresset.Reader";

/* ---- writing ---- */

/* Writer: the path it writes to is its user value, since cr_writer keeps a pointer to it. */
typedef struct {
  cr_writer writer;
  bool is_open;
} writer_box;

static int open_writer(lua_State *L) {
  const char *path = cr_check_string(L, 1, "path");
  writer_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  box->is_open = false;
  luaL_setmetatable(L, writer_type);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  cr_check(L, cr_writer_open(&box->writer, path));
  box->is_open = true;
  return 1;
}

static writer_box *check_writer(lua_State *L) {
  writer_box *box = luaL_testudata(L, 1, writer_type);
  if (!box || !box->is_open) cr_type_error(L, 1, "self", "an open writer");
  return box;
}

static void write_bytes(lua_State *L, const writer_box *box, const void *bytes, size_t length) {
  const size_t piece = 1 << 24; /* between two looks for an interrupt */
  const char *at = bytes;
  while (length > 0) {
    size_t part = length < piece ? length : piece;
    if (fwrite(at, 1, part, box->writer.stream) != part) cr_error(L, "the disk is full");
    cr_check(L, cr_check_interrupt());
    at += part;
    length -= part;
  }
}

static int writer_write(lua_State *L) {
  const writer_box *box = check_writer(L);
  cr_check_string(L, 2, "bytes");
  size_t length;
  const char *bytes = lua_tolstring(L, 2, &length);
  write_bytes(L, box, bytes, length);
  return 0;
}

static size_t storage_bytes(const cr_storage *storage) {
  return (size_t)storage->size * cr_dtype_size(storage->dtype);
}

static int writer_write_storage(lua_State *L) {
  const writer_box *box = check_writer(L);
  const cr_storage *storage = cr_check_storage(L, 2, "storage");
  write_bytes(L, box, storage->data, storage_bytes(storage));
  return 0;
}

static int writer_commit(lua_State *L) {
  writer_box *box = check_writer(L);
  box->is_open = false;
  cr_status status = cr_writer_commit(&box->writer);
  if (status != CR_OK) cr_writer_abort(&box->writer);
  cr_check(L, status);
  return 0;
}

/* Also the end of a writer that was never committed: nothing is left of it. */
static int writer_abort(lua_State *L) {
  writer_box *box = luaL_testudata(L, 1, writer_type);
  if (!box || !box->is_open) return 0;
  box->is_open = false;
  cr_writer_abort(&box->writer);
  return 0;
}

/* ---- reading ---- */

typedef struct {
  cr_reader *reader;
  int64_t left; /* no more bytes can come */
} reader_box;

static int open_reader(lua_State *L) {
  const char *path = cr_check_string(L, 1, "path");
  reader_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->reader = NULL;
  luaL_setmetatable(L, reader_type);
  cr_check(L, cr_reader_open(&box->reader, path));
  box->left = cr_reader_limit(box->reader);
  return 1;
}

static reader_box *check_reader(lua_State *L) {
  reader_box *box = luaL_testudata(L, 1, reader_type);
  if (!box || !box->reader) cr_type_error(L, 1, "self", "an open reader");
  return box;
}

/* Reads all of the bytes, or says that the file ends before them: false. */
static bool read_bytes(lua_State *L, reader_box *box, void *buffer, int64_t bytes) {
  int64_t got;
  if (bytes > box->left) return false;
  cr_check(L, cr_reader_read(box->reader, buffer, bytes, &got));
  box->left -= got;
  return got == bytes;
}

/* reader:read(bytes) -> string, or nil where the file ends before. */
static int reader_read(lua_State *L) {
  reader_box *box = check_reader(L);
  int64_t bytes = cr_check_int_range(L, 2, "bytes", 0, INT64_MAX);
  if (bytes > box->left) return 0;
  luaL_Buffer buffer;
  char *at = luaL_buffinitsize(L, &buffer, (size_t)bytes);
  if (!read_bytes(L, box, at, bytes)) return 0;
  luaL_pushresultsize(&buffer, (size_t)bytes);
  return 1;
}

/* reader:left() -> the number of bytes that may still come at most. */
static int reader_left(lua_State *L) {
  lua_pushinteger(L, check_reader(L)->left);
  return 1;
}

/* reader:fill(storage) -> true, or false where the file ends before. */
static int reader_fill(lua_State *L) {
  reader_box *box = check_reader(L);
  const cr_storage *storage = cr_check_storage(L, 2, "storage");
  lua_pushboolean(L, read_bytes(L, box, storage->data, (int64_t)storage_bytes(storage)));
  return 1;
}

static int reader_close(lua_State *L) {
  reader_box *box = luaL_testudata(L, 1, reader_type);
  if (!box || !box->reader) return 0;
  cr_reader_close(box->reader);
  box->reader = NULL;
  return 0;
}

/* ---- storages as strings ---- */

static int bytes_of(lua_State *L) {
  const cr_storage *storage = cr_check_storage(L, 1, "storage");
  lua_pushlstring(L, storage->data ? storage->data : "", storage_bytes(storage));
  return 1;
}

/* fill(storage, bytes, position): copies the storage's size from the string. */
static int fill(lua_State *L) {
  const cr_storage *storage = cr_check_storage(L, 1, "storage");
  cr_check_string(L, 2, "bytes");
  size_t length;
  const char *bytes = lua_tolstring(L, 2, &length);
  size_t wanted = storage_bytes(storage);
  int64_t position = cr_check_int_range(L, 3, "position", 1, (int64_t)length + 1);
  if (wanted > length - (size_t)(position - 1)) cr_error(L, "the string is too short");
  if (wanted > 0) memcpy(storage->data, bytes + position - 1, wanted);
  return 0;
}

static const luaL_Reg functions[] = {
    {"openWriter", open_writer},
    {"openReader", open_reader},
    {"bytesOf", bytes_of},
    {"fill", fill},
    {NULL, NULL},
};

static const luaL_Reg writer_methods[] = {
    {"write", writer_write},
    {"writeStorage", writer_write_storage},
    {"commit", writer_commit},
    {"abort", writer_abort},
    {"__gc", writer_abort},
    {"__close", writer_abort},
    {NULL, NULL},
};

static const luaL_Reg reader_methods[] = {
    {"read", reader_read},  {"left", reader_left},     {"fill", reader_fill},
    {"__gc", reader_close}, {"__close", reader_close}, {NULL, NULL},
};

static void new_type(lua_State *L, const char *name, const char *prefix, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  cr_register(L, prefix, methods);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void cr_open_stream(lua_State *L) {
  new_type(L, writer_type, "Writer:", writer_methods);
  new_type(L, reader_type, "Reader:", reader_methods);
  luaL_getsubtable(L, -1, "stream");
  cr_register(L, "stream.", functions);
  lua_pop(L, 1);
}
