/* What every binding file uses: checking arguments, calling the core, pushing results.
 *
 * A binding is a lua_CFunction that checks all its arguments, calls one function of csrc/ops or
 * csrc/core through CR_CALL, and pushes the result. cr_register makes it a closure whose upvalues
 * are its public name (for messages) and the tensors' metatable (for speed), so every function in
 * a registration table may use all that is declared here.
 *
 * lua_error is a longjmp: nothing here may be called while memory is held that only a C variable
 * knows. Tensors that a binding needs for itself are pushed as userdata, so the collector owns
 * them. */
#ifndef CR_LUA_GLUE_H
#define CR_LUA_GLUE_H

#include "core/generator.h"
#include "core/tensor.h"

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM < 504
#error "cresset needs Lua 5.4"
#endif

/* ---- registration ---- */

/* Sets the functions as fields of the table on top of the stack; `prefix` and the entry's name make
 * the name that messages bear: "cresset." gives cresset.zeros, "Tensor:" gives Tensor:narrow. */
void cr_register(lua_State *L, const char *prefix, const luaL_Reg *functions);

/* The same for one function that serves several operations: `op` is its third upvalue. */
void cr_register_with(lua_State *L, const char *prefix, const char *name, lua_CFunction function,
                      int op);

/* Each binding file has an opener, `void cr_open_<topic>(lua_State *L)`, which init.c lists and
 * calls with the module table on top. These add functions ("cresset.zeros") to that table, methods
 * ("Tensor:narrow") and metamethods ("Tensor.__add") to the tensors, and bindings of layers to the
 * module's field "nn". */
void cr_register_functions(lua_State *L, const luaL_Reg *functions);
void cr_register_methods(lua_State *L, const luaL_Reg *functions);
void cr_register_metamethods(lua_State *L, const luaL_Reg *functions);
void cr_register_layers(lua_State *L, const luaL_Reg *functions);

/* Pushes the tensors' method table, which Lua code extends too. */
void cr_push_tensor_methods(lua_State *L);

/* ---- failing ---- */

/* Raises "<function>: <message>". */
int cr_error(lua_State *L, const char *format, ...);

/* Raises "<function>: '<name>' must be <expected>, got <what the argument is>". */
int cr_type_error(lua_State *L, int arg, const char *name, const char *expected);

/* Raises "<function>: '<name>' <message>", for an argument of the right type but a wrong value. */
int cr_arg_error(lua_State *L, const char *name, const char *format, ...);

/* Raises the core's message when status is not CR_OK. */
void cr_check(lua_State *L, cr_status status);

/* Calls the core; when memory ran out, collects garbage and tries once more; raises on failure. */
#define CR_CALL(L, expression)                                                                     \
  do {                                                                                             \
    cr_status cr_call_status = (expression);                                                       \
    if (cr_call_status == CR_ENOMEM) {                                                             \
      lua_gc(L, LUA_GCCOLLECT);                                                                    \
      cr_call_status = (expression);                                                               \
    }                                                                                              \
    if (cr_call_status != CR_OK) cr_check(L, cr_call_status);                                      \
  } while (0)

/* The same in functions of layers ("nn....", whose first argument is the layer): all their messages
 * start with tostring(layer), as in "nn.Linear(10 -> 5): input must be (N x 10), got (32 x 12)". */
#define CR_LAYER_CALL(L, expression) CR_CALL(L, expression)

/* The tensor at arg, for functions of layers: "input must be a tensor", as the core puts it. */
struct cr_tensor *cr_check_layer_tensor(lua_State *L, int arg, const char *name);
/* NULL for nil or none. */
struct cr_tensor *cr_opt_layer_tensor(lua_State *L, int arg, const char *name);

/* The same for a tensor that is read alone, so that what a layer computed from it stays valid (see
 * cr_storage_touch): a parameter in the forward pass. The second may be nil: NULL. */
const struct cr_tensor *cr_read_layer_tensor(lua_State *L, int arg, const char *name);
const struct cr_tensor *cr_read_opt_layer_tensor(lua_State *L, int arg, const char *name);

/* A layer's buffer for what it computed from its parameters; nil: NULL. */
struct cr_tensor *cr_opt_cache_tensor(lua_State *L, int arg, const char *name);

/* ---- tensors ---- */

/* The tensor at the index, or NULL. */
cr_tensor *cr_to_tensor(lua_State *L, int index);
cr_tensor *cr_check_tensor(lua_State *L, int arg, const char *name);
/* NULL for nil or none. */
cr_tensor *cr_opt_tensor(lua_State *L, int arg, const char *name);
cr_tensor *cr_check_tensor_of(lua_State *L, int arg, const char *name, cr_dtype dtype);
/* float32 or float64. */
cr_tensor *cr_check_float_tensor(lua_State *L, int arg, const char *name);

/* Lua's collector does not see our memory: tells it what was allocated since the last time. To be
 * called before memory is taken for an object of Lua. */
void cr_charge_collector(lua_State *L);

/* Pushes a new, empty tensor. Charges Lua's collector for what was allocated since the last time. */
cr_tensor *cr_push_tensor(lua_State *L, cr_dtype dtype);
/* Pushes a new view of the same elements. */
cr_tensor *cr_push_alias(lua_State *L, const cr_tensor *t);

/* The type of tensors made without a word about it. */
cr_dtype cr_default_dtype(void);
void cr_set_default_dtype(cr_dtype dtype);

/* ---- storages (a box that holds one reference) ---- */

cr_storage *cr_to_storage(lua_State *L, int index);
cr_storage *cr_check_storage(lua_State *L, int arg, const char *name);
void cr_push_storage(lua_State *L, cr_storage *storage); /* retains it; nil for NULL */
/* Pushes a new storage of that many elements, which are not initialized. */
cr_storage *cr_push_new_storage(lua_State *L, cr_dtype dtype, int64_t size);

/* ---- generators ---- */

cr_generator *cr_default_generator(void);
/* The generator at arg, the default one for nil or none. */
cr_generator *cr_opt_generator(lua_State *L, int arg, const char *name);

/* ---- plain arguments ---- */

bool cr_is_number(lua_State *L, int arg); /* a Lua number; a string of digits is none */
int64_t cr_check_int(lua_State *L, int arg, const char *name);
int64_t cr_check_int_range(lua_State *L, int arg, const char *name, int64_t low, int64_t high);
int64_t cr_opt_int(lua_State *L, int arg, const char *name, int64_t otherwise);
double cr_check_number(lua_State *L, int arg, const char *name);
double cr_opt_number(lua_State *L, int arg, const char *name, double otherwise);
cr_scalar cr_check_scalar(lua_State *L, int arg, const char *name);
bool cr_check_bool(lua_State *L, int arg, const char *name);
bool cr_opt_bool(lua_State *L, int arg, const char *name, bool otherwise);
const char *cr_check_string(lua_State *L, int arg, const char *name);
/* Position of the string at arg in a list that ends with NULL; `expected` says what is in the list. */
int cr_check_choice(lua_State *L, int arg, const char *name, const char *const list[],
                    const char *expected);
/* A string without zero bytes: what follows one would be ignored by the system. */
const char *cr_check_path(lua_State *L, int arg, const char *name);

/* A dimension of t: 1 ... t->ndim, or -1 ... -t->ndim counted from the end. Returns it from 0. */
int cr_check_dim(lua_State *L, int arg, const char *name, const cr_tensor *t);

/* A position in dimension dim: 1 ... size, or negative from the end. Returns it from 0. */
int64_t cr_check_index(lua_State *L, int arg, const char *name, int64_t size);

/* Sizes: either integers at arg, arg + 1, ... to the last argument, or one table, LongStorage or
 * 1-D LongTensor. Returns how many. -1 is let through for cr_infer_size; negative sizes are
 * refused by what uses them. */
int cr_check_sizes(lua_State *L, int arg, const char *name, int64_t *size);

/* True for an object of a class of cresset.class. */
bool cr_is_object(lua_State *L, int arg);

/* True for a table that has no keys but 1 ... #table, and perhaps table.pack's `n`, and is no object
 * of a class. */
bool cr_is_list(lua_State *L, int arg);

/* A type by its name: "float", "torch.FloatTensor", "float32" ... */
cr_dtype cr_check_dtype(lua_State *L, int arg, const char *name);

/* Pushes an element as a Lua number: an integer for the integer types. */
void cr_push_scalar(lua_State *L, cr_dtype dtype, cr_scalar value);

/* Pushes sizes as a torch.LongStorage. */
void cr_push_sizes(lua_State *L, int ndim, const int64_t *size);

#endif
