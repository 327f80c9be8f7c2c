/* Views: other shapes of the same elements. */
#include "lua/glue.h"

#include "ops/copy.h"

/* Pushes a new, empty tensor of t's type, to become a view of it. */
static cr_tensor *push_like(lua_State *L, const cr_tensor *t) {
  return cr_push_tensor(L, t->dtype);
}

static int tensor_narrow(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  int64_t start = cr_check_index(L, 3, "start", t->size[dim]);
  int64_t length = cr_check_int_range(L, 4, "length", 0, t->size[dim] - start);
  CR_CALL(L, cr_tensor_narrow(push_like(L, t), t, dim, start, length));
  return 1;
}

static int tensor_select(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  int64_t index = cr_check_index(L, 3, "index", t->size[dim]);
  CR_CALL(L, cr_tensor_select(push_like(L, t), t, dim, index));
  return 1;
}

/* t:sub(first1, last1 [, first2, last2 ...]); ends may count from the back. */
static int tensor_sub(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int pairs = lua_gettop(L) / 2;
  if (pairs < 1 || pairs > t->ndim || lua_gettop(L) % 2 == 0)
    return cr_error(L, "expected a first and a last position for up to %d dimensions", t->ndim);
  cr_tensor *out = cr_push_alias(L, t);
  for (int d = 0; d < pairs; d++) {
    int64_t first = cr_check_index(L, 2 + 2 * d, "first", t->size[d]);
    int64_t last = cr_check_index(L, 3 + 2 * d, "last", t->size[d]);
    if (last < first)
      return cr_arg_error(L, "last", "must not come before the first position, got %I and %I",
                          (lua_Integer)first + 1, (lua_Integer)last + 1);
    CR_CALL(L, cr_tensor_narrow(out, out, d, first, last - first + 1));
  }
  return 1;
}

static int tensor_transpose(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim0 = cr_check_dim(L, 2, "dim1", t), dim1 = cr_check_dim(L, 3, "dim2", t);
  CR_CALL(L, cr_tensor_transpose(push_like(L, t), t, dim0, dim1));
  return 1;
}

static int tensor_t(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (t->ndim != 2) return cr_type_error(L, 1, "self", "a matrix (2 dimensions)");
  CR_CALL(L, cr_tensor_transpose(push_like(L, t), t, 0, 1));
  return 1;
}

static int tensor_permute(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int64_t sizes[CR_MAX_DIMS];
  int count = cr_check_sizes(L, 2, "dims", sizes), dims[CR_MAX_DIMS];
  if (count != t->ndim)
    return cr_arg_error(L, "dims", "must name all %d dimensions, got %d", t->ndim, count);
  for (int d = 0; d < count; d++) {
    if (sizes[d] < 0) sizes[d] += t->ndim + 1;
    if (sizes[d] < 1 || sizes[d] > t->ndim)
      return cr_arg_error(L, "dims", "must be dimensions from 1 to %d, got %I", t->ndim,
                          (lua_Integer)sizes[d]);
    dims[d] = (int)sizes[d] - 1;
  }
  CR_CALL(L, cr_tensor_permute(push_like(L, t), t, dims));
  return 1;
}

/* ---- other sizes: f([res,] x, sizes), x:f(sizes), res:f(x, sizes) ---- */

/* The tensor whose elements are taken: the second one where sizes follow it, and then the first is
 * the result, *res. *arg is where the sizes begin. */
static const cr_tensor *take_source(lua_State *L, cr_tensor **res, int *arg) {
  cr_tensor *first = cr_check_tensor(L, 1, "self");
  const cr_tensor *second = cr_to_tensor(L, 2);
  bool has_res = second && lua_gettop(L) > 2; /* a LongTensor alone is sizes */
  *res = has_res ? first : NULL;
  *arg = has_res ? 3 : 2;
  if (has_res) cr_check_tensor_of(L, 2, "tensor", first->dtype);
  return has_res ? second : first;
}

/* What f([res,] x, like) takes: the sizes of the last tensor. */
static const cr_tensor *take_source_and_like(lua_State *L, cr_tensor **res,
                                             const cr_tensor **like) {
  cr_tensor *first = cr_check_tensor(L, 1, "self");
  bool has_res = cr_to_tensor(L, 3) != NULL;
  const cr_tensor *x = has_res ? cr_check_tensor_of(L, 2, "tensor", first->dtype) : first;
  *like = cr_check_tensor(L, has_res ? 3 : 2, "template");
  *res = has_res ? first : NULL;
  return x;
}

/* Pushes the tensor that becomes the view: res, or a new one. */
static cr_tensor *push_view(lua_State *L, cr_tensor *res, const cr_tensor *x) {
  if (!res) return push_like(L, x);
  lua_pushvalue(L, 1);
  return res;
}

static int tensor_view(lua_State *L) {
  cr_tensor *res;
  int arg;
  const cr_tensor *x = take_source(L, &res, &arg);
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  CR_CALL(L, cr_tensor_view(push_view(L, res, x), x, ndim, size));
  return 1;
}

static int tensor_view_as(lua_State *L) {
  cr_tensor *res;
  const cr_tensor *like, *x = take_source_and_like(L, &res, &like);
  CR_CALL(L, cr_tensor_view(push_view(L, res, x), x, like->ndim, like->size));
  return 1;
}

/* A copy, as in Torch7. */
static int tensor_reshape(lua_State *L) {
  cr_tensor *res;
  int arg;
  const cr_tensor *x = take_source(L, &res, &arg);
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  cr_tensor *out = push_like(L, x);
  CR_CALL(L, cr_tensor_resize_as(out, x));
  CR_CALL(L, cr_copy(out, x));
  CR_CALL(L, cr_tensor_view(out, out, ndim, size));
  if (!res) return 1;
  CR_CALL(L, cr_tensor_resize_as(res, out)); /* made apart: res may share memory with x */
  CR_CALL(L, cr_copy(res, out));
  lua_settop(L, 1);
  return 1;
}

static int tensor_expand(lua_State *L) {
  cr_tensor *res;
  int arg;
  const cr_tensor *x = take_source(L, &res, &arg);
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "sizes", size), missing = ndim - x->ndim;
  for (int d = 0; d < ndim; d++)
    if (size[d] == -1 && d >= missing && missing >= 0) size[d] = x->size[d - missing];
  CR_CALL(L, cr_tensor_expand(push_view(L, res, x), x, ndim, size));
  return 1;
}

static int tensor_expand_as(lua_State *L) {
  cr_tensor *res;
  const cr_tensor *like, *x = take_source_and_like(L, &res, &like);
  CR_CALL(L, cr_tensor_expand(push_view(L, res, x), x, like->ndim, like->size));
  return 1;
}

/* ([res,] x [, dim]); what is one element and nothing else becomes a number, as in Torch7. */
static int tensor_squeeze(lua_State *L) {
  cr_tensor *first = cr_check_tensor(L, 1, "self"), *second = cr_to_tensor(L, 2);
  const cr_tensor *x = second ? cr_check_tensor_of(L, 2, "tensor", first->dtype) : first;
  int arg = second ? 3 : 2;
  bool has_dim = !lua_isnoneornil(L, arg), was_vector = x->ndim <= 1;
  int dim = has_dim ? cr_check_dim(L, arg, "dim", x) : -1;
  cr_tensor *out = push_view(L, second ? first : NULL, x);
  CR_CALL(L, cr_tensor_squeeze(out, x, dim));
  if (out->ndim == 1 && out->size[0] == 1 && (!has_dim || was_vector))
    cr_push_scalar(L, out->dtype, cr_load(out->dtype, cr_tensor_data(out)));
  return 1;
}

static int tensor_unsqueeze(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int64_t dim = cr_check_int(L, 2, "dim"), places = t->ndim + 1;
  int64_t from_zero = dim < 0 ? dim + places : dim - 1;
  if (from_zero < 0 || from_zero >= places)
    return cr_arg_error(L, "dim", "must be an integer from 1 to %d, got %I", (int)places,
                        (lua_Integer)dim);
  CR_CALL(L, cr_tensor_unsqueeze(push_like(L, t), t, (int)from_zero));
  return 1;
}

static int tensor_unfold(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  int64_t length = cr_check_int(L, 3, "size"), step = cr_check_int(L, 4, "step");
  CR_CALL(L, cr_tensor_unfold(push_like(L, t), t, dim, length, step));
  return 1;
}

/* Narrows the first `dims` dimensions of view to their first `length` elements. */
static void narrow_first(lua_State *L, cr_tensor *view, int dims, const int64_t *length) {
  for (int d = 0; d < dims; d++) CR_CALL(L, cr_tensor_narrow(view, view, d, 0, length[d]));
}

/* Copies the first own[0] x own[1] x ... elements of out all over it, dimension by dimension. */
static void spread(lua_State *L, const cr_tensor *out, const int64_t *count, const int64_t *own) {
  cr_tensor *from = cr_push_tensor(L, out->dtype), *to = cr_push_tensor(L, out->dtype);
  for (int d = out->ndim - 1; d >= 0; d--)
    for (int64_t k = 1; k < count[d]; k++) {
      cr_tensor_alias(from, out);
      narrow_first(L, from, d, own);
      CR_CALL(L, cr_tensor_narrow(to, from, d, k * own[d], own[d]));
      CR_CALL(L, cr_tensor_narrow(from, from, d, 0, own[d]));
      CR_CALL(L, cr_copy(to, from));
    }
  lua_pop(L, 2);
}

/* repeatTensor([res,] x, counts): copies side by side. */
static int tensor_repeat(lua_State *L) {
  cr_tensor *res;
  int arg;
  const cr_tensor *t = take_source(L, &res, &arg);
  int64_t count[CR_MAX_DIMS], size[CR_MAX_DIMS], own[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "counts", count), missing = ndim - t->ndim;
  if (missing < 0 || t->ndim == 0)
    return cr_arg_error(L, "counts", "must be at least as many as dimensions (%d), got %d", t->ndim,
                        ndim);
  for (int d = 0; d < ndim; d++) {
    own[d] = d < missing ? 1 : t->size[d - missing];
    if (count[d] < 0 || __builtin_mul_overflow(count[d], own[d], &size[d]))
      return cr_arg_error(L, "counts", "must not be negative or too large, got %I",
                          (lua_Integer)count[d]);
  }
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_tensor_resize(out, ndim, size));
  if (cr_tensor_numel(out) > 0) {
    cr_tensor *first = cr_push_alias(L, out);
    narrow_first(L, first, ndim, own);
    CR_CALL(L, cr_copy(first, t));
    lua_pop(L, 1);
    spread(L, out, count, own);
  }
  if (!res) return 1;
  cr_tensor_alias(res, out);
  lua_settop(L, 1);
  return 1;
}

/* Pushes the table at 1, emptied, or a new one. */
static void push_parts(lua_State *L, bool has_table) {
  if (!has_table) {
    lua_newtable(L);
    return;
  }
  lua_pushvalue(L, 1);
  for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i > 0; i--) {
    lua_pushnil(L);
    lua_rawseti(L, -2, i);
  }
}

/* split([table,] x, size [, dim]): a table of views of that many elements of a dimension. */
static int tensor_split(lua_State *L) {
  bool has_table = lua_istable(L, 1);
  int arg = has_table ? 2 : 1;
  const cr_tensor *t = cr_check_tensor(L, arg, has_table ? "tensor" : "self");
  int64_t length = cr_check_int_range(L, arg + 1, "size", 1, INT64_MAX);
  int dim = 0;
  if (!lua_isnoneornil(L, arg + 2) || t->ndim == 0) dim = cr_check_dim(L, arg + 2, "dim", t);
  push_parts(L, has_table);
  lua_Integer count = 0;
  for (int64_t start = 0; start < t->size[dim]; start += length) {
    int64_t rest = t->size[dim] - start;
    CR_CALL(L, cr_tensor_narrow(push_like(L, t), t, dim, start, rest < length ? rest : length));
    lua_rawseti(L, -2, ++count);
    if (rest <= length) break; /* start + length may overflow */
  }
  return 1;
}

static const luaL_Reg both[] = {
    {"transpose", tensor_transpose}, {"permute", tensor_permute},
    {"view", tensor_view},           {"viewAs", tensor_view_as},
    {"reshape", tensor_reshape},     {"expand", tensor_expand},
    {"expandAs", tensor_expand_as},  {"squeeze", tensor_squeeze},
    {"unsqueeze", tensor_unsqueeze}, {"repeatTensor", tensor_repeat},
    {"split", tensor_split},         {"narrow", tensor_narrow},
    {"select", tensor_select},       {"t", tensor_t},
    {"unfold", tensor_unfold},       {NULL, NULL},
};

/* cresset.sub is the difference. */
static const luaL_Reg methods[] = {{"sub", tensor_sub}, {NULL, NULL}};

void cr_open_tensor_view(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
  cr_register_methods(L, methods);
}
