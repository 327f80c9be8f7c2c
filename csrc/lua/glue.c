#include "lua/glue.h"

#include <stdarg.h>
#include <string.h>

enum { name_upvalue = 1, metatable_upvalue = 2 };

static const char storage_type[] = "cresset.Storage";
static const char generator_type[] = "cresset.Generator";
static const char tensor_type[] = "cresset.Tensor";

/* ---- registration ---- */

void cr_register(lua_State *L, const char *prefix, const luaL_Reg *functions) {
  for (; functions->name; functions++) {
    lua_pushfstring(L, "%s%s", prefix, functions->name);
    luaL_newmetatable(L, tensor_type);
    lua_pushcclosure(L, functions->func, 2);
    lua_setfield(L, -2, functions->name);
  }
}

void cr_push_tensor_methods(lua_State *L) {
  luaL_newmetatable(L, tensor_type);
  luaL_getsubtable(L, -1, "methods");
  lua_remove(L, -2);
}

void cr_register_with(lua_State *L, const char *prefix, const char *name, lua_CFunction function,
                      int op) {
  lua_pushfstring(L, "%s%s", prefix, name);
  luaL_newmetatable(L, tensor_type);
  lua_pushinteger(L, op);
  lua_pushcclosure(L, function, 3);
  lua_setfield(L, -2, name);
}

void cr_register_functions(lua_State *L, const luaL_Reg *functions) {
  cr_register(L, "cresset.", functions);
}

void cr_register_methods(lua_State *L, const luaL_Reg *functions) {
  cr_push_tensor_methods(L);
  cr_register(L, "Tensor:", functions);
  lua_pop(L, 1);
}

void cr_register_metamethods(lua_State *L, const luaL_Reg *functions) {
  luaL_newmetatable(L, tensor_type);
  cr_register(L, "Tensor.", functions);
  lua_pop(L, 1);
}

void cr_register_layers(lua_State *L, const luaL_Reg *functions) {
  luaL_getsubtable(L, -1, "nn");
  cr_register(L, "nn.", functions);
  lua_pop(L, 1);
}

/* ---- failing ---- */

static const char *function_name(lua_State *L) {
  const char *name = lua_tostring(L, lua_upvalueindex(name_upvalue));
  return name ? name : "cresset";
}

/* Pushes what a message begins with: the text of the layer that a function of nn works for, or the
 * place of the call and the function's name. */
static void push_who(lua_State *L) {
  const char *name = function_name(L);
  bool is_layer = strncmp(name, "nn.", 3) == 0 && lua_type(L, 1) == LUA_TTABLE &&
                  luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL;
  if (is_layer) {
    luaL_tolstring(L, 1, NULL);
    return;
  }
  luaL_where(L, 1);
  lua_pushstring(L, name);
  lua_concat(L, 2);
}

static int raise_with(lua_State *L, const char *name, const char *format, va_list args) {
  lua_pushvfstring(L, format, args); /* before tostring runs Lua code */
  int message = lua_gettop(L);
  push_who(L);
  lua_pushfstring(L, name ? "%s: '%s' %s" : "%s: %s%s", lua_tostring(L, -1), name ? name : "",
                  lua_tostring(L, message));
  return lua_error(L);
}

int cr_error(lua_State *L, const char *format, ...) {
  va_list args;
  va_start(args, format);
  raise_with(L, NULL, format, args);
  va_end(args);
  return 0;
}

int cr_arg_error(lua_State *L, const char *name, const char *format, ...) {
  va_list args;
  va_start(args, format);
  raise_with(L, name, format, args);
  va_end(args);
  return 0;
}

/* Pushes and returns a short description of the value: what a message says came. */
static const char *describe(lua_State *L, int arg) {
  char text[CR_SIZE_TEXT];
  const cr_tensor *t = cr_to_tensor(L, arg);
  if (t)
    return lua_pushfstring(L, "%s of size %s", cr_dtype_tensor_name(t->dtype),
                           cr_tensor_size_text(text, t));
  switch (lua_type(L, arg)) {
  case LUA_TNONE: return "nothing";
  case LUA_TNUMBER:
    lua_pushvalue(L, arg); /* tostring would change the argument itself */
    return lua_tostring(L, -1);
  case LUA_TBOOLEAN: return lua_toboolean(L, arg) ? "true" : "false";
  case LUA_TSTRING: {
    lua_pushvalue(L, arg);
    const char *string = lua_tostring(L, -1);
    return strlen(string) > 40 ? "a long string" : lua_pushfstring(L, "the string \"%s\"", string);
  }
  default: {
    if (luaL_getmetafield(L, arg, "__name") == LUA_TSTRING) return lua_tostring(L, -1);
    if (luaL_getmetafield(L, arg, "__typename") == LUA_TSTRING) return lua_tostring(L, -1);
    return luaL_typename(L, arg);
  }
  }
}

int cr_type_error(lua_State *L, int arg, const char *name, const char *expected) {
  return cr_arg_error(L, name, "must be %s, got %s", expected, describe(L, arg));
}

void cr_check(lua_State *L, cr_status status) {
  if (status != CR_OK) cr_error(L, "%s", cr_error_message());
}

/* ---- tensors ---- */

/* What Lua's userdata of a tensor holds. The mark tells it from others of the same length, in half the
 * calls of Lua's interface that comparing metatables takes; a layer's call asks for five tensors. */
typedef struct {
  cr_tensor tensor;
  const void *mark;
} tensor_box;

static const char mark[] = "cresset's tensor";

static cr_tensor *find_tensor(lua_State *L, int index) {
  tensor_box *box = lua_touserdata(L, index); /* NULL for what is none */
  if (!box || lua_rawlen(L, index) != sizeof *box || box->mark != mark) return NULL;
  return &box->tensor;
}

cr_tensor *cr_to_tensor(lua_State *L, int index) {
  cr_tensor *t = find_tensor(L, index);
  if (t) cr_storage_touch(t->storage);
  return t;
}

cr_tensor *cr_check_tensor(lua_State *L, int arg, const char *name) {
  cr_tensor *t = cr_to_tensor(L, arg);
  if (!t) cr_type_error(L, arg, name, "a tensor");
  return t;
}

cr_tensor *cr_opt_tensor(lua_State *L, int arg, const char *name) {
  if (lua_isnoneornil(L, arg)) return NULL;
  cr_tensor *t = cr_to_tensor(L, arg);
  if (!t) cr_type_error(L, arg, name, "a tensor or nil");
  return t;
}

cr_tensor *cr_check_tensor_of(lua_State *L, int arg, const char *name, cr_dtype dtype) {
  cr_tensor *t = cr_to_tensor(L, arg);
  if (!t || t->dtype != dtype)
    cr_type_error(L, arg, name, lua_pushfstring(L, "a %s", cr_dtype_tensor_name(dtype)));
  return t;
}

cr_tensor *cr_check_float_tensor(lua_State *L, int arg, const char *name) {
  cr_tensor *t = cr_to_tensor(L, arg);
  if (!t || !cr_dtype_is_float(t->dtype))
    cr_type_error(L, arg, name, "a torch.FloatTensor or torch.DoubleTensor");
  return t;
}

/* Once a megabyte has gathered, the collector works as if it had allocated the bytes itself. */
void cr_charge_collector(lua_State *L) {
  static _Thread_local int64_t gathered;
  const int64_t threshold = 1 << 20;
  gathered += cr_storage_take_allocated();
  if (gathered < threshold) return;
  int64_t kilobytes = gathered >> 10;
  gathered = 0;
  lua_gc(L, LUA_GCSTEP, kilobytes > 1 << 20 ? 1 << 20 : (int)kilobytes);
}

cr_tensor *cr_push_tensor(lua_State *L, cr_dtype dtype) {
  cr_charge_collector(L);
  tensor_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  cr_tensor *t = &box->tensor;
  box->mark = mark;
  cr_tensor_init(t, dtype);
  lua_pushvalue(L, lua_upvalueindex(metatable_upvalue));
  lua_setmetatable(L, -2);
  return t;
}

cr_tensor *cr_push_alias(lua_State *L, const cr_tensor *t) {
  cr_tensor *alias = cr_push_tensor(L, t->dtype);
  cr_tensor_alias(alias, t);
  return alias;
}

static cr_tensor *expect_layer_tensor(lua_State *L, cr_tensor *t, int arg, const char *name) {
  if (!t) cr_error(L, "%s must be a tensor, got %s", name, describe(L, arg));
  return t;
}

cr_tensor *cr_check_layer_tensor(lua_State *L, int arg, const char *name) {
  return expect_layer_tensor(L, cr_to_tensor(L, arg), arg, name);
}

cr_tensor *cr_opt_layer_tensor(lua_State *L, int arg, const char *name) {
  return lua_isnoneornil(L, arg) ? NULL : cr_check_layer_tensor(L, arg, name);
}

const cr_tensor *cr_read_layer_tensor(lua_State *L, int arg, const char *name) {
  return expect_layer_tensor(L, find_tensor(L, arg), arg, name);
}

const cr_tensor *cr_read_opt_layer_tensor(lua_State *L, int arg, const char *name) {
  return lua_isnoneornil(L, arg) ? NULL : cr_read_layer_tensor(L, arg, name);
}

cr_tensor *cr_opt_cache_tensor(lua_State *L, int arg, const char *name) {
  if (lua_isnoneornil(L, arg)) return NULL;
  return expect_layer_tensor(L, find_tensor(L, arg), arg, name);
}

static _Thread_local cr_dtype default_dtype = CR_F32; /* a worker's state has its own */

cr_dtype cr_default_dtype(void) { return default_dtype; }

void cr_set_default_dtype(cr_dtype dtype) { default_dtype = dtype; }

/* ---- storages ---- */

cr_storage *cr_to_storage(lua_State *L, int index) {
  cr_storage **box = luaL_testudata(L, index, storage_type);
  if (!box) return NULL;
  cr_storage_touch(*box);
  return *box;
}

cr_storage *cr_check_storage(lua_State *L, int arg, const char *name) {
  cr_storage *storage = cr_to_storage(L, arg);
  if (!storage) cr_type_error(L, arg, name, "a storage");
  return storage;
}

void cr_push_storage(lua_State *L, cr_storage *storage) {
  if (!storage) {
    lua_pushnil(L);
    return;
  }
  cr_storage **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, storage_type);
  cr_storage_retain(storage);
  *box = storage;
}

cr_storage *cr_push_new_storage(lua_State *L, cr_dtype dtype, int64_t size) {
  cr_charge_collector(L);
  cr_storage **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, storage_type);
  CR_CALL(L, cr_storage_new(box, dtype, size));
  return *box;
}

/* ---- generators ---- */

cr_generator *cr_default_generator(void) {
  static _Thread_local cr_generator generator;
  static _Thread_local bool is_seeded;
  if (!is_seeded) {
    is_seeded = true;
    cr_generator_seed_from_system(&generator);
  }
  return &generator;
}

cr_generator *cr_opt_generator(lua_State *L, int arg, const char *name) {
  if (lua_isnoneornil(L, arg)) return cr_default_generator();
  cr_generator *generator = luaL_testudata(L, arg, generator_type);
  if (!generator) cr_type_error(L, arg, name, "a generator or nil");
  return generator;
}

/* ---- plain arguments ---- */

bool cr_is_number(lua_State *L, int arg) { return lua_type(L, arg) == LUA_TNUMBER; }

int64_t cr_check_int(lua_State *L, int arg, const char *name) {
  int is_integer = 0;
  lua_Integer value = cr_is_number(L, arg) ? lua_tointegerx(L, arg, &is_integer) : 0;
  if (!is_integer) cr_type_error(L, arg, name, "an integer");
  return value;
}

int64_t cr_check_int_range(lua_State *L, int arg, const char *name, int64_t low, int64_t high) {
  int64_t value = cr_check_int(L, arg, name);
  if (value < low || value > high)
    cr_arg_error(L, name, "must be an integer from %I to %I, got %I", (lua_Integer)low,
                 (lua_Integer)high, (lua_Integer)value);
  return value;
}

int64_t cr_opt_int(lua_State *L, int arg, const char *name, int64_t otherwise) {
  return lua_isnoneornil(L, arg) ? otherwise : cr_check_int(L, arg, name);
}

double cr_check_number(lua_State *L, int arg, const char *name) {
  if (!cr_is_number(L, arg)) cr_type_error(L, arg, name, "a number");
  return lua_tonumber(L, arg);
}

double cr_opt_number(lua_State *L, int arg, const char *name, double otherwise) {
  return lua_isnoneornil(L, arg) ? otherwise : cr_check_number(L, arg, name);
}

cr_scalar cr_check_scalar(lua_State *L, int arg, const char *name) {
  if (lua_isinteger(L, arg)) return cr_scalar_from_int(lua_tointeger(L, arg));
  return cr_scalar_from_double(cr_check_number(L, arg, name));
}

bool cr_check_bool(lua_State *L, int arg, const char *name) {
  if (!lua_isboolean(L, arg)) cr_type_error(L, arg, name, "true or false");
  return lua_toboolean(L, arg);
}

bool cr_opt_bool(lua_State *L, int arg, const char *name, bool otherwise) {
  return lua_isnoneornil(L, arg) ? otherwise : cr_check_bool(L, arg, name);
}

const char *cr_check_string(lua_State *L, int arg, const char *name) {
  if (lua_type(L, arg) != LUA_TSTRING) cr_type_error(L, arg, name, "a string");
  return lua_tostring(L, arg);
}

int cr_check_choice(lua_State *L, int arg, const char *name, const char *const list[],
                    const char *expected) {
  const char *text = cr_check_string(L, arg, name);
  int at = 0;
  while (list[at] && strcmp(list[at], text) != 0) at++;
  if (!list[at]) cr_type_error(L, arg, name, expected);
  return at;
}

const char *cr_check_path(lua_State *L, int arg, const char *name) {
  const char *path = cr_check_string(L, arg, name);
  if (strlen(path) != lua_rawlen(L, arg)) cr_arg_error(L, name, "must not contain a zero byte");
  return path;
}

int cr_check_dim(lua_State *L, int arg, const char *name, const cr_tensor *t) {
  int64_t dim = cr_check_int(L, arg, name);
  if (t->ndim == 0) cr_arg_error(L, name, "cannot be %I: the tensor is empty", (lua_Integer)dim);
  int64_t from_zero = dim < 0 ? dim + t->ndim : dim - 1;
  if (from_zero < 0 || from_zero >= t->ndim)
    cr_arg_error(L, name, "must be a dimension from 1 to %d, got %I", t->ndim, (lua_Integer)dim);
  return (int)from_zero;
}

int64_t cr_check_index(lua_State *L, int arg, const char *name, int64_t size) {
  int64_t index = cr_check_int(L, arg, name);
  int64_t from_zero = index < 0 ? index + size : index - 1;
  if (from_zero < 0 || from_zero >= size)
    cr_arg_error(L, name, "must be an index from 1 to %I, got %I", (lua_Integer)size,
                 (lua_Integer)index);
  return from_zero;
}

static int check_count(lua_State *L, const char *name, int64_t count) {
  if (count > CR_MAX_DIMS)
    cr_arg_error(L, name, "must be at most %d sizes, got %I", CR_MAX_DIMS, (lua_Integer)count);
  return (int)count;
}

bool cr_is_object(lua_State *L, int arg) {
  if (luaL_getmetafield(L, arg, "__typename") == LUA_TNIL) return false;
  lua_pop(L, 1);
  return true;
}

bool cr_is_list(lua_State *L, int arg) {
  int top = lua_gettop(L);
  lua_Integer length = (lua_Integer)lua_rawlen(L, arg);
  bool is_list = !cr_is_object(L, arg);
  arg = lua_absindex(L, arg);
  luaL_checkstack(L, 4, "table");
  lua_pushnil(L);
  while (is_list && lua_next(L, arg)) {
    lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    bool is_count = lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "n") == 0;
    is_list = (key >= 1 && key <= length) || is_count;
    lua_pop(L, 1);
  }
  lua_settop(L, top);
  return is_list;
}

static int sizes_from_table(lua_State *L, int arg, const char *name, int64_t *size) {
  int count = check_count(L, name, (int64_t)lua_rawlen(L, arg));
  if (!cr_is_list(L, arg))
    cr_type_error(L, arg, name, "integers, a list of them or a torch.LongStorage");
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, arg, i + 1);
    size[i] = cr_check_int(L, lua_gettop(L), name);
    lua_pop(L, 1);
  }
  return count;
}

int cr_check_sizes(lua_State *L, int arg, const char *name, int64_t *size) {
  if (lua_type(L, arg) == LUA_TTABLE) return sizes_from_table(L, arg, name, size);
  const cr_storage *storage = cr_to_storage(L, arg);
  const cr_tensor *tensor = cr_to_tensor(L, arg);
  if (storage && storage->dtype == CR_I64) {
    int count = check_count(L, name, storage->size);
    if (count > 0) memcpy(size, storage->data, (size_t)count * sizeof *size);
    return count;
  }
  if (tensor && tensor->dtype == CR_I64 && tensor->ndim <= 1) {
    int count = check_count(L, name, cr_tensor_numel(tensor));
    const int64_t *data = cr_tensor_data(tensor);
    for (int i = 0; i < count; i++) size[i] = data[i * tensor->stride[0]];
    return count;
  }
  int count = lua_gettop(L) - arg + 1;
  if (count < 0) count = 0;
  check_count(L, name, count);
  for (int i = 0; i < count; i++) {
    if (!cr_is_number(L, arg + i))
      cr_type_error(L, arg + i, name, "integers, a table or a torch.LongStorage");
    size[i] = cr_check_int(L, arg + i, name);
  }
  return count;
}

cr_dtype cr_check_dtype(lua_State *L, int arg, const char *name) {
  cr_dtype dtype;
  const char *text = lua_type(L, arg) == LUA_TSTRING ? lua_tostring(L, arg) : "";
  if (!cr_dtype_from_name(text, &dtype))
    cr_type_error(L, arg, name, "the name of a type, such as 'torch.FloatTensor' or 'float'");
  return dtype;
}

void cr_push_scalar(lua_State *L, cr_dtype dtype, cr_scalar value) {
  if (cr_dtype_is_float(dtype)) {
    lua_pushnumber(L, value.f);
  } else {
    lua_pushinteger(L, value.i);
  }
}

void cr_push_sizes(lua_State *L, int ndim, const int64_t *size) {
  cr_storage *storage = cr_push_new_storage(L, CR_I64, ndim);
  if (ndim > 0) memcpy(storage->data, size, (size_t)ndim * sizeof *size);
}
