/* Nested Lua tables of numbers as tensors. */
#ifndef CR_LUA_TENSOR_TABLE_H
#define CR_LUA_TENSOR_TABLE_H

#include "lua/glue.h"

/* Pushes a new tensor with the numbers of the table at arg: {1, 2}, {{1, 2}, {3, 4}}, ... An empty
 * table gives an empty tensor. Raises when the nested tables are not all of the same length. */
cr_tensor *cr_push_tensor_from_table(lua_State *L, int arg, cr_dtype dtype);

/* Pushes a table with the constructors of the types, [dtype + 1]. */
void cr_push_constructors(lua_State *L);

#endif
