/* What the Lua code that reads and writes whole files needs of them besides the methods: files that
 * are there only when they are complete, and reads that answer nil where the file ends. */
#include "lua/file.h"

#include <string.h>

enum { dtype_upvalue = 3 };

static int open_reader(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_check(L, cr_stream_open_reader(&cr_push_file(L, 1)->stream, path));
  return 1;
}

/* The file's user value, its path, lives as long as the writer, which keeps a pointer to it. */
static int open_writer(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_check(L, cr_stream_open_writer(&cr_push_file(L, 1)->stream, path));
  return 1;
}

/* openString(bytes): a file in memory, to be read. */
static int open_string(lua_State *L) {
  cr_check_string(L, 1, "bytes");
  size_t length;
  const char *bytes = lua_tolstring(L, 1, &length);
  cr_storage *storage = cr_push_new_storage(L, CR_I8, (int64_t)length + 1);
  memcpy(storage->data, bytes, length + 1); /* Lua's strings end with a zero */
  lua_pushnil(L);
  cr_check(L, cr_stream_open_memory(&cr_push_file(L, lua_gettop(L))->stream, storage, "r"));
  return 1;
}

/* contents(file) -> what a file in memory holds, as a string */
static int contents(lua_State *L) {
  const cr_stream *s = &cr_check_file(L)->stream;
  if (!s->memory) return cr_error(L, "a %s has no storage", s->name);
  int64_t size = s->size < s->memory->size ? s->size : s->memory->size;
  lua_pushlstring(L, s->memory->data ? s->memory->data : "", (size_t)size);
  return 1;
}

/* commit(file): puts the file in its place. */
static int commit(lua_State *L) {
  cr_check(L, cr_stream_commit(&cr_check_file(L)->stream));
  return 0;
}

/* readInt(file), readLong(file), readDouble(file) -> a number, or nil where there is none */
static int read_number(lua_State *L) {
  cr_stream *s = &cr_check_readable(L)->stream;
  cr_dtype dtype = (cr_dtype)lua_tointeger(L, lua_upvalueindex(dtype_upvalue));
  int64_t element = 0, got;
  cr_check(L, cr_stream_read(s, dtype, &element, 1, &got));
  if (got == 0) return 0;
  cr_push_scalar(L, dtype, cr_load(dtype, &element));
  return 1;
}

/* readText(file, bytes) -> a string, or nil where the file ends before */
static int read_text(lua_State *L) {
  cr_stream *s = &cr_check_readable(L)->stream;
  int64_t bytes = cr_check_int_range(L, 2, "bytes", 0, INT64_MAX), done = 0;
  if (bytes > cr_stream_left(s)) return 0;
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  while (done < bytes) { /* in pieces: what is left may be less than it seems */
    int64_t wanted = bytes - done < 1 << 20 ? bytes - done : 1 << 20, got;
    char *at = luaL_prepbuffsize(&buffer, (size_t)wanted);
    cr_check(L, s->device->read(s, at, wanted, &got));
    if (got < wanted) return 0;
    luaL_addsize(&buffer, (size_t)got);
    done += got;
  }
  luaL_pushresult(&buffer);
  if (!s->is_binary && s->is_spaced && bytes > 0) {
    int c = s->device->get(s);
    if (c != '\n' && c != EOF) s->device->unget(s, c);
  }
  return 1;
}

/* writeText(file, string): its characters as numbers are written. */
static int write_text(lua_State *L) {
  cr_file_box *box = cr_check_writable(L);
  cr_check_string(L, 2, "string");
  size_t length;
  const char *bytes = lua_tolstring(L, 2, &length);
  cr_file_check(L, box, cr_stream_write(&box->stream, CR_I8, bytes, (int64_t)length));
  return 0;
}

/* readStorage(file, type, n) -> a storage, or nil where the file ends before */
static int read_storage(lua_State *L) {
  cr_file_box *box = cr_check_readable(L);
  cr_dtype dtype = cr_check_dtype(L, 2, "type");
  int64_t n = cr_check_int_range(L, 3, "n", 0, INT64_MAX);
  if (n > cr_stream_left(&box->stream) / cr_stream_width(&box->stream, dtype)) return 0;
  int64_t got;
  cr_check(L, cr_file_read_storage(L, box, dtype, n, &got));
  return got == n ? 1 : 0;
}

/* left(file) -> bytes that can still be read at most */
static int left(lua_State *L) {
  lua_pushinteger(L, cr_stream_left(&cr_check_readable(L)->stream));
  return 1;
}

/* isAtEnd(file) -> whether nothing follows. Compressed data are checked at their end. */
static int is_at_end(lua_State *L) {
  cr_stream *s = &cr_check_readable(L)->stream;
  char byte;
  int64_t got;
  cr_check(L, s->device->read(s, &byte, 1, &got));
  lua_pushboolean(L, got == 0);
  return 1;
}

static const luaL_Reg functions[] = {
    {"openReader", open_reader},
    {"openWriter", open_writer},
    {"openString", open_string},
    {"contents", contents},
    {"commit", commit},
    {"readText", read_text},
    {"writeText", write_text},
    {"readStorage", read_storage},
    {"left", left},
    {"isAtEnd", is_at_end},
    {NULL, NULL},
};

void cr_open_stream(lua_State *L) {
  luaL_getsubtable(L, -1, "stream");
  cr_register(L, "stream.", functions);
  cr_register_with(L, "stream.", "readInt", read_number, CR_I32);
  cr_register_with(L, "stream.", "readLong", read_number, CR_I64);
  cr_register_with(L, "stream.", "readDouble", read_number, CR_F64);
  lua_pop(L, 1);
}
