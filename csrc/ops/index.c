#include "ops/index.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/copy.h"
#include "ops/pointwise.h"

#include <string.h>

static cr_status check_index_type(const cr_tensor *index) {
  if (index->dtype == CR_I64) return CR_OK;
  return cr_fail(CR_EINVAL, "'index' must be a torch.LongTensor, got a %s",
                 cr_dtype_tensor_name(index->dtype));
}

static cr_status check_same_type(const cr_tensor *t, const cr_tensor *src) {
  if (t->dtype == src->dtype) return CR_OK;
  return cr_fail(CR_EINVAL, "expected a %s, got a %s: convert it with :type() first",
                 cr_dtype_tensor_name(t->dtype), cr_dtype_tensor_name(src->dtype));
}

static cr_status check_writable(const cr_tensor *out, const cr_tensor *src,
                                const cr_tensor *index) {
  if (cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result cannot be written to an expanded tensor: its elements "
                              "share memory; clone it first");
  if ((src && cr_tensor_overlaps(out, src)) || cr_tensor_overlaps(out, index))
    return cr_fail(CR_EINVAL, "the result must not share memory with what is read: clone it first");
  return CR_OK;
}

/* ---- slices: a vector of indices along one dimension ---- */

static cr_status check_vector(const cr_tensor *index, const cr_tensor *t, int dim) {
  CR_TRY(check_index_type(index));
  char text[CR_SIZE_TEXT];
  if (index->ndim > 1)
    return cr_fail(CR_EINVAL, "'index' must have one dimension, got %s",
                   cr_tensor_size_text(text, index));
  int64_t count = cr_tensor_numel(index), size = t->size[dim];
  const int64_t *data = cr_tensor_data(index);
  for (int64_t i = 0; i < count; i++) {
    int64_t value = data[i * index->stride[0]];
    if (value < 1 || value > size)
      return cr_fail(CR_EINVAL,
                     "index %lld at position %lld is out of range: dimension %d has "
                     "size %lld",
                     (long long)value, (long long)i + 1, dim + 1, (long long)size);
  }
  return CR_OK;
}

typedef struct {
  const int64_t *index;
  int64_t index_stride;
  char *out;
  const char *src;
  int64_t out_step, src_step, bytes;
} row_copy;

static void copy_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const row_copy *c = context;
  for (int64_t i = begin; i < end; i++) {
    int64_t from = c->index[i * c->index_stride] - 1;
    memcpy(c->out + i * c->out_step, c->src + from * c->src_step, (size_t)c->bytes);
  }
}

/* True when all dimensions after the first are contiguous: a row is one piece of memory. */
static bool has_plain_rows(const cr_tensor *t) {
  cr_tensor row = *t;
  row.size[0] = 1;
  return cr_tensor_is_contiguous(&row);
}

/* Calls step(a view of t at each index, the view of other at i). */
typedef cr_status (*slice_step)(cr_tensor *at_index, cr_tensor *at_position, cr_scalar value);

static cr_status each_slice(const cr_tensor *t, int dim, const cr_tensor *index,
                            const cr_tensor *other, cr_scalar value, slice_step step) {
  int64_t count = cr_tensor_numel(index);
  const int64_t *data = cr_tensor_data(index);
  cr_tensor a, b;
  cr_tensor_init(&a, t->dtype);
  cr_tensor_init(&b, t->dtype);
  cr_status status = CR_OK;
  for (int64_t i = 0; i < count && status == CR_OK; i++) {
    status = cr_tensor_narrow(&a, t, dim, data[i * index->stride[0]] - 1, 1);
    if (status == CR_OK && other) status = cr_tensor_narrow(&b, other, dim, i, 1);
    if (status == CR_OK) status = step(&a, &b, value);
  }
  cr_tensor_clear(&a);
  cr_tensor_clear(&b);
  return status;
}

static cr_status copy_from(cr_tensor *at_index, cr_tensor *at_position, cr_scalar value) {
  (void)value;
  return cr_copy(at_position, at_index);
}

static cr_status copy_to(cr_tensor *at_index, cr_tensor *at_position, cr_scalar value) {
  (void)value;
  return cr_copy(at_index, at_position);
}

static cr_status add_to(cr_tensor *at_index, cr_tensor *at_position, cr_scalar value) {
  (void)value;
  return cr_binary(at_index, at_index, at_position, CR_BINARY_add);
}

static cr_status fill_at(cr_tensor *at_index, cr_tensor *at_position, cr_scalar value) {
  (void)at_position;
  return cr_fill(at_index, value);
}

cr_status cr_index_select(cr_tensor *out, const cr_tensor *src, int dim, const cr_tensor *index) {
  CR_TRY(check_same_type(out, src));
  CR_TRY(check_vector(index, src, dim));
  CR_TRY(check_writable(out, src, index));
  int64_t size[CR_MAX_DIMS], count = cr_tensor_numel(index);
  memcpy(size, src->size, sizeof size);
  size[dim] = count;
  CR_TRY(cr_tensor_resize(out, src->ndim, size));
  CR_TRY(check_writable(out, src, index));
  int64_t numel = cr_tensor_numel(out), width = (int64_t)cr_dtype_size(src->dtype);
  if (numel == 0) return CR_OK;
  if (dim > 0 || !has_plain_rows(src) || !has_plain_rows(out))
    return each_slice(src, dim, index, out, cr_scalar_from_int(0), copy_from);
  row_copy c = {cr_tensor_data(index), index->stride[0],       cr_tensor_data(out),
                cr_tensor_data(src),   out->stride[0] * width, src->stride[0] * width,
                numel / count * width};
  cr_parallel_for(count, cr_grain(0.1 * (double)c.bytes + 5), copy_rows, &c);
  return CR_OK;
}

static cr_status check_slices(const cr_tensor *t, int dim, const cr_tensor *index,
                              const cr_tensor *src) {
  CR_TRY(check_same_type(t, src));
  CR_TRY(check_vector(index, t, dim));
  CR_TRY(check_writable(t, src, index));
  char text[CR_SIZE_TEXT], wanted[CR_SIZE_TEXT];
  cr_tensor shape = *t;
  shape.size[dim] = cr_tensor_numel(index);
  if (cr_tensor_same_size(&shape, src)) return CR_OK;
  return cr_fail(CR_EINVAL, "'tensor' must be of size %s, got %s",
                 cr_tensor_size_text(wanted, &shape), cr_tensor_size_text(text, src));
}

cr_status cr_index_copy(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src) {
  CR_TRY(check_slices(t, dim, index, src));
  return each_slice(t, dim, index, src, cr_scalar_from_int(0), copy_to);
}

cr_status cr_index_add(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src) {
  CR_TRY(check_slices(t, dim, index, src));
  return each_slice(t, dim, index, src, cr_scalar_from_int(0), add_to);
}

cr_status cr_index_fill(cr_tensor *t, int dim, const cr_tensor *index, cr_scalar value) {
  CR_TRY(check_vector(index, t, dim));
  CR_TRY(check_writable(t, NULL, index));
  return each_slice(t, dim, index, NULL, value, fill_at);
}

/* ---- elements: an index for each ---- */

/* Visits all positions of `shape`, with the element addresses of up to three tensors. */
typedef struct {
  int64_t position[CR_MAX_DIMS];
  int64_t offset[3];
} walk;

static bool advance(walk *w, const cr_tensor *shape, const cr_tensor *const *tensors, int count) {
  for (int d = shape->ndim - 1; d >= 0; d--) {
    w->position[d]++;
    for (int k = 0; k < count; k++) w->offset[k] += tensors[k]->stride[d];
    if (w->position[d] < shape->size[d]) return true;
    for (int k = 0; k < count; k++) w->offset[k] -= tensors[k]->stride[d] * shape->size[d];
    w->position[d] = 0;
  }
  return false;
}

static char *element(const cr_tensor *t, int64_t offset) {
  return (char *)cr_tensor_data(t) + offset * (int64_t)cr_dtype_size(t->dtype);
}

static cr_status check_element_indices(const cr_tensor *index, int64_t limit) {
  walk w = {0};
  const cr_tensor *tensors[] = {index};
  if (cr_tensor_numel(index) == 0) return CR_OK;
  do {
    int64_t value = *(const int64_t *)element(index, w.offset[0]);
    if (value < 1 || value > limit)
      return cr_fail(CR_EINVAL, "index %lld is out of range: it must be from 1 to %lld",
                     (long long)value, (long long)limit);
  } while (advance(&w, index, tensors, 1));
  return CR_OK;
}

/* index must have t's sizes in all dimensions but dim. */
static cr_status check_elements(const cr_tensor *t, int dim, const cr_tensor *index) {
  char a[CR_SIZE_TEXT], b[CR_SIZE_TEXT];
  CR_TRY(check_index_type(index));
  bool fits = index->ndim == t->ndim;
  for (int d = 0; fits && d < t->ndim; d++) fits = d == dim || index->size[d] == t->size[d];
  if (!fits)
    return cr_fail(CR_EINVAL, "'index' must have the tensor's sizes %s but in dimension %d, got %s",
                   cr_tensor_size_text(a, t), dim + 1, cr_tensor_size_text(b, index));
  return check_element_indices(index, t->size[dim]);
}

cr_status cr_gather(cr_tensor *out, const cr_tensor *src, int dim, const cr_tensor *index) {
  CR_TRY(check_same_type(out, src));
  CR_TRY(check_elements(src, dim, index));
  CR_TRY(check_writable(out, src, index));
  CR_TRY(cr_tensor_resize_as(out, index));
  CR_TRY(check_writable(out, src, index));
  if (cr_tensor_numel(out) == 0) return CR_OK;
  cr_tensor row = *src; /* stays at the row's beginning: the index moves along dim */
  row.stride[dim] = 0;
  const cr_tensor *tensors[] = {out, index, &row};
  size_t width = cr_dtype_size(src->dtype);
  walk w = {0};
  do {
    int64_t at = *(const int64_t *)element(index, w.offset[1]) - 1;
    memcpy(element(out, w.offset[0]), element(src, w.offset[2] + at * src->stride[dim]), width);
  } while (advance(&w, out, tensors, 3));
  return CR_OK;
}

static void add_element(cr_dtype dtype, char *to, const char *from) {
  cr_scalar a = cr_load(dtype, to), b = cr_load(dtype, from);
  cr_store(dtype, to,
           cr_dtype_is_float(dtype) ? cr_scalar_from_double(a.f + b.f)
                                    : cr_scalar_from_int((int64_t)((uint64_t)a.i + (uint64_t)b.i)));
}

cr_status cr_scatter(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src,
                     cr_scalar value, bool add) {
  char text[CR_SIZE_TEXT];
  CR_TRY(check_elements(t, dim, index));
  CR_TRY(check_writable(t, src, index));
  if (src) CR_TRY(check_same_type(t, src));
  if (src && !cr_tensor_same_size(src, index))
    return cr_fail(CR_EINVAL, "'src' must have the index's sizes, got %s",
                   cr_tensor_size_text(text, src));
  if (cr_tensor_numel(index) == 0) return CR_OK;
  int64_t single = 0;
  cr_store(t->dtype, &single, value);
  cr_tensor row = *t;
  row.stride[dim] = 0;
  const cr_tensor *tensors[] = {&row, index, src ? src : index};
  size_t width = cr_dtype_size(t->dtype);
  walk w = {0};
  do {
    int64_t at = *(const int64_t *)element(index, w.offset[1]) - 1;
    char *to = element(t, w.offset[0] + at * t->stride[dim]);
    const char *from = src ? element(src, w.offset[2]) : (const char *)&single;
    if (add) {
      add_element(t->dtype, to, from);
    } else {
      memcpy(to, from, width);
    }
  } while (advance(&w, index, tensors, 3));
  return CR_OK;
}

/* ---- masks ---- */

/* Initializes *out as a view of the mask with t's sizes. */
static cr_status mask_view(cr_tensor *out, const cr_tensor *mask, const cr_tensor *t) {
  char a[CR_SIZE_TEXT], b[CR_SIZE_TEXT];
  if (mask->dtype != CR_U8)
    return cr_fail(CR_EINVAL, "'mask' must be a torch.ByteTensor, got a %s",
                   cr_dtype_tensor_name(mask->dtype));
  if (cr_tensor_numel(mask) != cr_tensor_numel(t))
    return cr_fail(CR_EINVAL, "'mask' must have as many elements as the tensor (%s), got %s",
                   cr_tensor_size_text(a, t), cr_tensor_size_text(b, mask));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, mask));
  cr_tensor_init(out, CR_U8);
  cr_status status = t->ndim > 0 ? cr_tensor_view(out, &flat, t->ndim, t->size) : CR_OK;
  cr_tensor_clear(&flat);
  return status;
}

static int64_t count_set(const cr_tensor *mask) {
  int64_t count = 0, n = cr_tensor_numel(mask);
  const uint8_t *data = cr_tensor_data(mask);
  for (int64_t i = 0; i < n; i++) count += data[i] != 0;
  return count;
}

cr_status cr_masked_fill(cr_tensor *t, const cr_tensor *mask, cr_scalar value) {
  cr_tensor m;
  CR_TRY(check_writable(t, NULL, mask));
  CR_TRY(mask_view(&m, mask, t));
  cr_choice filled = {.number = value}, kept = {.tensor = t};
  cr_status status = t->ndim > 0 ? cr_where(t, &m, filled, kept) : CR_OK;
  cr_tensor_clear(&m);
  return status;
}

/* Moves elements between t, where the mask is set, and the contiguous elements at `flat`. In any
 * order of t's dimensions, one by one. */
static void move_masked(const cr_tensor *t, const cr_tensor *mask, char *flat, bool to_t) {
  const cr_tensor *tensors[] = {t, mask};
  size_t width = cr_dtype_size(t->dtype);
  walk w = {0};
  if (cr_tensor_numel(t) == 0) return;
  do {
    if (!*element(mask, w.offset[1])) continue;
    char *at = element(t, w.offset[0]);
    memcpy(to_t ? at : flat, to_t ? flat : at, width);
    flat += width;
  } while (advance(&w, t, tensors, 2));
}

/* The same for contiguous elements, piece by piece: each piece's number of set elements is counted
 * first, so that every piece knows where its own begin. */
enum { most_pieces = 64, least_piece = 1 << 15 };

typedef struct {
  char *elements, *flat;
  const uint8_t *mask;
  bool to_elements;
  size_t width;
  int64_t numel, piece, pieces, first[most_pieces + 1]; /* first[p]: where piece p's elements are */
} selection;

static int64_t piece_end(const selection *s, int64_t piece) {
  return piece < s->numel / s->piece ? (piece + 1) * s->piece : s->numel;
}

static void count_pieces(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  selection *s = context;
  for (int64_t p = begin; p < end; p++) {
    int64_t count = 0, stop = piece_end(s, p);
    for (int64_t i = p * s->piece; i < stop; i++) count += s->mask[i] != 0;
    s->first[p + 1] = count;
  }
}

static selection count_selection(const cr_tensor *mask, size_t width) {
  selection s = {.width = width, .numel = cr_tensor_numel(mask), .mask = cr_tensor_data(mask)};
  s.piece = s.numel / most_pieces + 1;
  if (s.piece < least_piece) s.piece = least_piece;
  s.pieces = (s.numel + s.piece - 1) / s.piece;
  cr_parallel_for(s.pieces, 1, count_pieces, &s);
  for (int64_t p = 0; p < s.pieces; p++) s.first[p + 1] += s.first[p];
  return s;
}

/* Every element is written, but the place moves on only past the set ones: no branch to predict.
 * It stops at the last set one and so never leaves the piece's own elements. */
#define MOVE_LOOP(T)                                                                               \
  {                                                                                                \
    T *elements = (T *)s->elements, *flat = (T *)s->flat;                                          \
    for (; s->to_elements && at < last; i++) {                                                     \
      T is_set = s->mask[i] != 0, taken = (T)-is_set;                                              \
      elements[i] = (T)((flat[at] & taken) | (elements[i] & ~taken));                              \
      at += is_set;                                                                                \
    }                                                                                              \
    for (; at < last; i++) {                                                                       \
      flat[at] = elements[i];                                                                      \
      at += s->mask[i] != 0;                                                                       \
    }                                                                                              \
    break;                                                                                         \
  }

static void move_pieces(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const selection *s = context;
  for (int64_t p = begin; p < end; p++) {
    int64_t at = s->first[p], last = s->first[p + 1], i = p * s->piece;
    switch (s->width) {
    case 1: MOVE_LOOP(uint8_t)
    case 2: MOVE_LOOP(uint16_t)
    case 4: MOVE_LOOP(uint32_t)
    default: MOVE_LOOP(uint64_t)
    }
  }
}

static cr_status copy_to_selected(cr_tensor *t, const cr_tensor *mask, const cr_tensor *src) {
  selection s = count_selection(mask, cr_dtype_size(t->dtype));
  int64_t count = s.first[s.pieces], given = cr_tensor_numel(src);
  cr_tensor flat;
  if (count > given)
    return cr_fail(CR_EINVAL,
                   "'src' must have at least %lld elements, one for each that the "
                   "mask selects, got %lld",
                   (long long)count, (long long)given);
  if (count == 0) return CR_OK;
  CR_TRY(cr_contiguous(&flat, src));
  if (cr_tensor_is_contiguous(t)) {
    s.elements = cr_tensor_data(t);
    s.flat = cr_tensor_data(&flat);
    s.to_elements = true;
    cr_parallel_for(s.pieces, 1, move_pieces, &s);
  } else {
    move_masked(t, mask, cr_tensor_data(&flat), true);
  }
  cr_tensor_clear(&flat);
  return CR_OK;
}

cr_status cr_masked_copy(cr_tensor *t, const cr_tensor *mask, const cr_tensor *src) {
  cr_tensor m;
  CR_TRY(check_same_type(t, src));
  CR_TRY(check_writable(t, src, mask));
  CR_TRY(mask_view(&m, mask, t));
  cr_status status = copy_to_selected(t, &m, src);
  cr_tensor_clear(&m);
  return status;
}

static cr_status select_contiguous(cr_tensor *out, const cr_tensor *src, const cr_tensor *mask) {
  selection s = count_selection(mask, cr_dtype_size(src->dtype));
  CR_TRY(cr_tensor_resize(out, s.first[s.pieces] > 0, &s.first[s.pieces]));
  CR_TRY(check_writable(out, src, mask)); /* it may have grown */
  s.elements = cr_tensor_data(src);
  s.mask = cr_tensor_data(mask);
  s.flat = cr_tensor_data(out);
  cr_parallel_for(s.pieces, 1, move_pieces, &s);
  return CR_OK;
}

cr_status cr_masked_select(cr_tensor *out, const cr_tensor *src, const cr_tensor *mask) {
  cr_tensor m;
  CR_TRY(check_same_type(out, src));
  CR_TRY(check_writable(out, src, mask));
  CR_TRY(mask_view(&m, mask, src));
  if (cr_tensor_is_contiguous(src) && (out->ndim != 1 || cr_tensor_is_contiguous(out))) {
    cr_status status = select_contiguous(out, src, &m);
    cr_tensor_clear(&m);
    return status;
  }
  int64_t count = count_set(&m);
  cr_tensor result;
  cr_status status = cr_tensor_new(&result, src->dtype, count > 0, &count);
  if (status == CR_OK) {
    move_masked(src, &m, cr_tensor_data(&result), false);
    status = cr_tensor_resize_as(out, &result);
    if (status == CR_OK && count > 0) status = cr_copy(out, &result);
    cr_tensor_clear(&result);
  }
  cr_tensor_clear(&m);
  return status;
}

/* ---- nonzero: piece by piece, as selecting is ---- */

typedef struct {
  const cr_tensor *t; /* contiguous */
  cr_loop differs;    /* out (uint8) = a != b */
  const void *zero;
  int64_t numel, piece, first[most_pieces + 1], *out, row_stride, column_stride;
} nonzero_search;

/* Which of the elements [begin, end) of the piece are not 0, block by block. */
enum { nonzero_block = 512 };

static void find_set(const nonzero_search *s, int64_t begin, int64_t n, uint8_t *is_set) {
  int64_t width = (int64_t)cr_dtype_size(s->t->dtype);
  char *p[] = {(char *)is_set, (char *)cr_tensor_data(s->t) + begin * width, (char *)s->zero};
  const int64_t stride[] = {1, width, 0};
  s->differs(n, p, stride, NULL);
}

static int64_t nonzero_end(const nonzero_search *s, int64_t piece) {
  return (piece + 1) * s->piece < s->numel ? (piece + 1) * s->piece : s->numel;
}

static void count_nonzero_pieces(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  nonzero_search *s = context;
  uint8_t is_set[nonzero_block];
  for (int64_t p = begin; p < end; p++) {
    int64_t count = 0, stop = nonzero_end(s, p);
    for (int64_t at = p * s->piece; at < stop; at += nonzero_block) {
      int n = (int)(stop - at < nonzero_block ? stop - at : nonzero_block), in_block = 0;
      find_set(s, at, n, is_set);
      for (int i = 0; i < n; i++) in_block += is_set[i];
      count += in_block;
    }
    s->first[p + 1] = count;
  }
}

/* The rows of `count` elements that stand at these places of a run along the last dimension. */
static int64_t *write_rows(const nonzero_search *s, int64_t *row, const int64_t *position,
                           int64_t start, const int16_t *place, int count) {
  int last = s->t->ndim - 1;
  for (int k = 0; k < count; k++, row += s->row_stride) {
    for (int d = 0; d < last; d++) row[d * s->column_stride] = position[d] + 1;
    row[last * s->column_stride] = start + place[k] + 1;
  }
  return row;
}

static void write_nonzero_piece(const nonzero_search *s, int64_t piece) {
  uint8_t is_set[nonzero_block];
  int16_t place[nonzero_block];
  int64_t position[CR_MAX_DIMS], rest = piece * s->piece, stop = nonzero_end(s, piece);
  int last = s->t->ndim - 1;
  int64_t *row = s->out + s->first[piece] * s->row_stride;
  for (int d = last; d >= 0; d--) {
    position[d] = rest % s->t->size[d];
    rest /= s->t->size[d];
  }
  for (int64_t at = piece * s->piece; at < stop;) {
    int64_t n = s->t->size[last] - position[last];
    n = n < stop - at ? n : stop - at;
    n = n < nonzero_block ? n : nonzero_block;
    find_set(s, at, n, is_set);
    int count = 0;
    for (int i = 0; i < (int)n; i++) { /* no branch to predict */
      place[count] = (int16_t)i;
      count += is_set[i];
    }
    row = write_rows(s, row, position, position[last], place, count);
    at += n;
    position[last] += n;
    for (int d = last; d > 0 && position[d] == s->t->size[d]; d--) {
      position[d] = 0;
      position[d - 1]++;
    }
  }
}

static void write_nonzero_pieces(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  for (int64_t p = begin; p < end; p++) write_nonzero_piece(context, p);
}

static cr_status nonzero_contiguous(cr_tensor *out, const cr_tensor *t) {
  const int64_t zero = 0; /* of every type */
  nonzero_search s = {.t = t, .zero = &zero, .numel = cr_tensor_numel(t)};
  s.differs = cr_kernels()->compare[CR_COMPARE_ne][t->dtype];
  s.piece = s.numel / most_pieces + 1;
  if (s.piece < least_piece) s.piece = least_piece;
  int64_t pieces = (s.numel + s.piece - 1) / s.piece;
  cr_parallel_for(pieces, 1, count_nonzero_pieces, &s);
  for (int64_t p = 0; p < pieces; p++) s.first[p + 1] += s.first[p];
  int64_t size[2] = {s.first[pieces], t->ndim};
  if (size[0] == 0) {
    cr_tensor_clear(out);
    return CR_OK;
  }
  CR_TRY(cr_tensor_resize(out, 2, size));
  CR_TRY(check_writable(out, t, t)); /* it may have grown */
  s.out = cr_tensor_data(out);
  s.row_stride = out->stride[0];
  s.column_stride = out->stride[1];
  cr_parallel_for(pieces, 1, write_nonzero_pieces, &s);
  return CR_OK;
}

cr_status cr_nonzero(cr_tensor *out, const cr_tensor *t) {
  if (out->dtype != CR_I64 || cr_tensor_has_internal_overlap(out) || cr_tensor_overlaps(out, t))
    return cr_fail(CR_EINVAL, "the result must be a torch.LongTensor that shares no memory");
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, t));
  cr_status status = nonzero_contiguous(out, &flat);
  cr_tensor_clear(&flat);
  return status;
}
