/* Values of one Lua state in another: packing and unpacking of parcels. */
#ifndef CR_LUA_TRANSFER_H
#define CR_LUA_TRANSFER_H

#include "core/parcel.h"
#include "lua/glue.h"

typedef enum {
  CR_PACK_SETUP,  /* shares memory (see below); with functions, and what modules hold by its name */
  CR_PACK_JOB,    /* shares memory; no functions */
  CR_PACK_RESULT, /* tensors are copied: what the sender does to its own later changes nothing */
} cr_pack_mode;

/* Pushes an empty parcel in a box that frees it. */
cr_parcel *cr_push_parcel(lua_State *L);
/* Pushes a box that from now on owns the parcel. */
void cr_push_parcel_box(lua_State *L, cr_parcel *parcel);
/* Takes the parcel out of the box at the index: the caller's to free from now on. */
cr_parcel *cr_take_parcel(lua_State *L, int index);

/* Packs the values at first, first + 1, ..., last. Raises an error about what cannot be sent. What
 * can: nil, booleans, numbers, strings, tables (with metatables; objects of classes), tensors,
 * storages, generators; for a setup functions of Lua with the values of their upvalues, and what a
 * loaded module is or holds, which the other side takes from its own module. Tensors that share
 * memory cannot be made larger from then on, so neither side can move what the other one reads. */
void cr_pack(lua_State *L, cr_parcel *parcel, int first, int last, cr_pack_mode mode);

/* Makes the parcel hold false and a message. Without memory for it the parcel is empty, which
 * cr_unpack takes for "out of memory". */
void cr_pack_failure(cr_parcel *parcel, const char *message, size_t length);

/* Pushes the parcel's values; returns how many. */
int cr_unpack(lua_State *L, cr_parcel *parcel);

void cr_register_parcels(lua_State *L);

#endif
