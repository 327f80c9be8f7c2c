#include "core/idx.h"

#include "core/file.h"

typedef struct {
  cr_dtype dtype;
  int ndim;
  int64_t size[CR_MAX_DIMS];
  int64_t bytes; /* of all elements */
} header;

static bool dtype_from_code(unsigned code, cr_dtype *out) {
  switch (code) {
  case 0x08: *out = CR_U8; return true;
  case 0x09: *out = CR_I8; return true;
  case 0x0b: *out = CR_I16; return true;
  case 0x0c: *out = CR_I32; return true;
  case 0x0d: *out = CR_F32; return true;
  case 0x0e: *out = CR_F64; return true;
  default: return false;
  }
}

static cr_status check_magic(const unsigned char *magic, const char *path, header *h) {
  if (magic[0] != 0 || magic[1] != 0 || !dtype_from_code(magic[2], &h->dtype))
    return cr_fail(CR_EIO,
                   CR_PATH_FORMAT
                   " is not an IDX file: it must begin with the bytes 00 00, a type "
                   "(08 to 0e) and the number of dimensions, got %02x %02x %02x %02x",
                   path, magic[0], magic[1], magic[2], magic[3]);
  h->ndim = magic[3];
  if (h->ndim < 1 || h->ndim > CR_MAX_DIMS)
    return cr_fail(CR_EIO, CR_PATH_FORMAT " must have 1 to %d dimensions, its header says %d", path,
                   CR_MAX_DIMS, h->ndim);
  return CR_OK;
}

static cr_status truncated_header(const char *path, int64_t expected, int64_t got) {
  return cr_fail(CR_EIO,
                 CR_PATH_FORMAT " is truncated: an IDX header of %lld bytes was expected, the file "
                                "ends after %lld",
                 path, (long long)expected, (long long)got);
}

static cr_status read_header(cr_reader *reader, const char *path, header *h) {
  unsigned char magic[4], sizes[4 * CR_MAX_DIMS];
  int64_t got, numel;
  CR_TRY(cr_reader_read(reader, magic, sizeof magic, &got));
  if (got < 4) return truncated_header(path, 8, got);
  CR_TRY(check_magic(magic, path, h));
  CR_TRY(cr_reader_read(reader, sizes, 4 * h->ndim, &got));
  if (got < 4 * h->ndim) return truncated_header(path, 4 + 4 * h->ndim, 4 + got);
  for (int d = 0; d < h->ndim; d++) {
    const unsigned char *s = sizes + 4 * d;
    h->size[d] = (int64_t)s[0] << 24 | s[1] << 16 | s[2] << 8 | s[3];
  }
  char text[CR_SIZE_TEXT];
  cr_size_text(text, h->ndim, h->size);
  bool fits = cr_count_elements(h->ndim, h->size, &numel) == CR_OK &&
              !__builtin_mul_overflow(numel, (int64_t)cr_dtype_size(h->dtype), &h->bytes) &&
              h->bytes <= cr_reader_limit(reader);
  if (fits) return CR_OK;
  return cr_fail(CR_EIO,
                 CR_PATH_FORMAT " is truncated or corrupt: its header promises %s values of type "
                                "%s, more than the file can hold",
                 path, text, cr_dtype_word(h->dtype));
}

static void swap_bytes(void *data, int64_t count, size_t width) {
  for (int64_t i = 0; i < count; i++) {
    unsigned char *element = (unsigned char *)data + i * (int64_t)width;
    for (size_t low = 0, high = width - 1; low < high; low++, high--) {
      unsigned char byte = element[low];
      element[low] = element[high];
      element[high] = byte;
    }
  }
}

static void from_big_endian(cr_tensor *t) {
  size_t width = cr_dtype_size(t->dtype);
  if (width == 1 || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) return;
  swap_bytes(cr_tensor_data(t), cr_tensor_numel(t), width);
}

static cr_status read_elements(cr_reader *reader, const char *path, const header *h, cr_tensor *t) {
  int64_t got, more;
  char extra, text[CR_SIZE_TEXT];
  CR_TRY(cr_reader_read(reader, cr_tensor_data(t), h->bytes, &got));
  if (got < h->bytes)
    return cr_fail(CR_EIO,
                   CR_PATH_FORMAT " is truncated: its header promises %s values of type %s (%lld "
                                  "bytes), the file ends after %lld",
                   path, cr_size_text(text, h->ndim, h->size), cr_dtype_word(h->dtype),
                   (long long)h->bytes, (long long)got);
  CR_TRY(cr_reader_read(reader, &extra, 1, &more));
  if (more > 0)
    return cr_fail(CR_EIO,
                   CR_PATH_FORMAT " is corrupt: its header promises %s values of type %s (%lld "
                                  "bytes), but more follow",
                   path, cr_size_text(text, h->ndim, h->size), cr_dtype_word(h->dtype),
                   (long long)h->bytes);
  from_big_endian(t);
  return CR_OK;
}

static cr_status read_all(cr_reader *reader, const char *path, cr_tensor *out) {
  header h;
  cr_tensor t;
  CR_TRY(read_header(reader, path, &h));
  CR_TRY(cr_tensor_new(&t, h.dtype, h.ndim, h.size));
  cr_status status = read_elements(reader, path, &h, &t);
  if (status == CR_OK) cr_tensor_alias(out, &t);
  cr_tensor_clear(&t);
  return status;
}

cr_status cr_idx_read(cr_tensor *out, const char *path) {
  cr_reader *reader;
  CR_TRY(cr_reader_open(&reader, path));
  cr_status status = read_all(reader, path, out);
  cr_reader_close(reader);
  return status;
}
