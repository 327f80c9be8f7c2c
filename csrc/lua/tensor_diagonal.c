/* Diagonals and triangles: diag, tril, triu. */
#include "lua/glue.h"

#include "ops/copy.h"

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

/* [res,] x [, k]: sets *x and *k, returns res or NULL. */
static cr_tensor *read_args(lua_State *L, const cr_tensor **x, int64_t *k) {
  bool has_res = cr_to_tensor(L, 2) != NULL;
  *x = cr_check_tensor(L, has_res ? 2 : 1, "x");
  int arg = has_res ? 3 : 2;
  *k = lua_isnoneornil(L, arg) ? 0 : cr_check_int_range(L, arg, "k", -INT32_MAX, INT32_MAX);
  return has_res ? cr_check_tensor_of(L, 1, "res", (*x)->dtype) : NULL;
}

/* The result is made apart from res, which may share memory with x. */
static int return_result(lua_State *L, cr_tensor *res, const cr_tensor *out) {
  if (!res) return 1;
  CR_CALL(L, cr_tensor_resize_as(res, out));
  CR_CALL(L, cr_copy(res, out));
  lua_settop(L, 1);
  return 1;
}

/* Makes the alias `view` of a matrix its k-th diagonal; false when there is none. */
static bool take_diagonal(cr_tensor *view, int64_t k) {
  int64_t row = k < 0 ? -k : 0, column = k > 0 ? k : 0;
  if (row >= view->size[0] || column >= view->size[1]) return false;
  view->offset += row * view->stride[0] + column * view->stride[1];
  view->ndim = 1;
  view->size[0] = at_most(view->size[0] - row, view->size[1] - column);
  view->stride[0] += view->stride[1];
  return true;
}

static int diagonal_of_matrix(lua_State *L, cr_tensor *res, const cr_tensor *x, int64_t k) {
  cr_tensor *view = cr_push_alias(L, x);
  if (!take_diagonal(view, k)) {
    char text[CR_SIZE_TEXT];
    return cr_arg_error(L, "k", "names no diagonal of a tensor of size %s, got %I",
                        cr_tensor_size_text(text, x), (lua_Integer)k);
  }
  cr_tensor *out = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_tensor_resize_as(out, view));
  CR_CALL(L, cr_copy(out, view));
  return return_result(L, res, out);
}

static int matrix_of_diagonal(lua_State *L, cr_tensor *res, const cr_tensor *x, int64_t k) {
  int64_t side = x->size[0] + (k < 0 ? -k : k), size[2] = {side, side};
  cr_tensor *out = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_tensor_resize(out, 2, size));
  CR_CALL(L, cr_fill(out, cr_scalar_from_int(0)));
  cr_tensor *view = cr_push_alias(L, out);
  if (take_diagonal(view, k)) CR_CALL(L, cr_copy(view, x));
  lua_pop(L, 1);
  return return_result(L, res, out);
}

static int diag(lua_State *L) {
  const cr_tensor *x;
  int64_t k;
  cr_tensor *res = read_args(L, &x, &k);
  if (x->ndim == 2) return diagonal_of_matrix(L, res, x, k);
  if (x->ndim == 1) return matrix_of_diagonal(L, res, x, k);
  return cr_arg_error(L, "x", "must have 1 or 2 dimensions, got %d", x->ndim);
}

/* Zeroes what is above (or below) the k-th diagonal of a contiguous matrix. */
static void clear_triangle(lua_State *L, cr_tensor *out, int64_t k, bool above) {
  int64_t rows = out->size[0], columns = out->size[1];
  cr_tensor *part = cr_push_tensor(L, out->dtype);
  for (int64_t i = 0; i < rows; i++) {
    int64_t edge = above ? i + k + 1 : i + k; /* the first column past the triangle's side */
    edge = edge < 0 ? 0 : at_most(edge, columns);
    int64_t from = above ? edge : 0, count = above ? columns - edge : edge;
    if (count == 0) continue;
    CR_CALL(L, cr_tensor_narrow(part, out, 0, i, 1));
    CR_CALL(L, cr_tensor_narrow(part, part, 1, from, count));
    CR_CALL(L, cr_fill(part, cr_scalar_from_int(0)));
  }
  lua_pop(L, 1);
}

static int triangle(lua_State *L, bool is_lower) {
  const cr_tensor *x;
  int64_t k;
  cr_tensor *res = read_args(L, &x, &k);
  if (x->ndim != 2) return cr_arg_error(L, "x", "must have 2 dimensions, got %d", x->ndim);
  cr_tensor *out = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_tensor_resize_as(out, x));
  CR_CALL(L, cr_copy(out, x));
  clear_triangle(L, out, k, is_lower);
  return return_result(L, res, out);
}

static int tril(lua_State *L) { return triangle(L, true); }

static int triu(lua_State *L) { return triangle(L, false); }

static const luaL_Reg both[] = {
    {"diag", diag},
    {"tril", tril},
    {"triu", triu},
    {NULL, NULL},
};

void cr_open_tensor_diagonal(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
}
