/* Entry point: require "cresset.core" gives the table of everything that C provides. lua/cresset/
 * arranges it for users. */
#include "lua/glue.h"

/* Each binding file's opener, called with the module table on top of the stack. */
#define OPENERS(X)                                                                                 \
  X(tensor_cat)                                                                                    \
  X(tensor_new)                                                                                    \
  X(tensor_query)                                                                                  \
  X(tensor_fill)                                                                                   \
  X(tensor_apply)                                                                                  \
  X(tensor_diagonal)                                                                               \
  X(tensor_table)                                                                                  \
  X(tensor_index)                                                                                  \
  X(tensor_linalg)                                                                                 \
  X(tensor_lapack)                                                                                 \
  X(tensor_conv)                                                                                   \
  X(multinomial)                                                                                   \
  X(tensor_view)                                                                                   \
  X(tensor_pointwise)                                                                              \
  X(nn_boxes)                                                                                      \
  X(nn_conv)                                                                                       \
  X(nn_temporal)                                                                                   \
  X(nn_volume_conv)                                                                                \
  X(nn_local_conv)                                                                                 \
  X(nn_dropout)                                                                                    \
  X(nn_lookup)                                                                                     \
  X(nn_norm)                                                                                       \
  X(nn_recurrent)                                                                                  \
  X(nn_attention)                                                                                  \
  X(nn_group_norm)                                                                                 \
  X(nn_pool)                                                                                       \
  X(storage)                                                                                       \
  X(system)                                                                                        \
  X(image)                                                                                         \
  X(workers)                                                                                       \
  X(augment)                                                                                       \
  X(data)                                                                                          \
  X(nn_activation)                                                                                 \
  X(nn_distance)                                                                                   \
  X(nn_sparse)                                                                                     \
  X(nn_gate)                                                                                       \
  X(nn_softmax)                                                                                    \
  X(nn_margin)                                                                                     \
  X(nn_linear)                                                                                     \
  X(random)                                                                                        \
  X(nn_module)                                                                                     \
  X(nn_loss)                                                                                       \
  X(nn_ctc)                                                                                        \
  X(optim)                                                                                         \
  X(zoo)                                                                                           \
  X(paths)                                                                                         \
  X(interrupt)                                                                                     \
  X(file)                                                                                          \
  X(archive)                                                                                       \
  X(stream)                                                                                        \
  X(readline)                                                                                      \
  X(tensor_arithmetic)                                                                             \
  X(tensor_logic)                                                                                  \
  X(tensor_reduce)

#define DECLARE(topic) void cr_open_##topic(lua_State *L);
OPENERS(DECLARE)

#define ENTRY(topic) cr_open_##topic,
static void (*const openers[])(lua_State *) = {OPENERS(ENTRY)};

__attribute__((visibility("default"))) int luaopen_cresset_core(lua_State *L) {
  luaL_checkversion(L);
  lua_newtable(L);
  cr_push_tensor_methods(L);
  lua_setfield(L, -2, "Tensor");
  for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) openers[i](L);
  return 1;
}
