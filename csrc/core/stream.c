#include "core/stream.h"

#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

enum { token_room = 64, piece_bytes = 4096, first_piece = 1 << 16 };

/* ---- numbers as text ---- */

/* Text is the same whatever language the program has chosen. */
static locale_t c_locale;
static void make_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

static locale_t enter_c_locale(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_locale);
  return c_locale ? uselocale(c_locale) : (locale_t)0;
}

static void leave_c_locale(locale_t before) {
  if (before) uselocale(before);
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Whether c continues a number of which `before` was the last character (0 at its begin). */
static bool continues(int c, int before, bool is_float) {
  if (is_digit(c)) return true;
  if (c == '-' || c == '+') return before == 0 || (is_float && strchr("eEpP", before));
  return is_float && (is_letter(c) || c == '.');
}

static bool read_token(cr_stream *s, bool is_float, char token[token_room]) {
  int c = s->device->get(s), length = 0;
  while (is_space(c)) c = s->device->get(s);
  while (c != EOF && length < token_room - 1 &&
         continues(c, length ? token[length - 1] : 0, is_float)) {
    token[length++] = (char)c;
    c = s->device->get(s);
  }
  if (c != EOF) s->device->unget(s, c);
  token[length] = 0;
  return length > 0;
}

static bool read_text_number(cr_stream *s, cr_dtype dtype, void *element) {
  char token[token_room], *end;
  if (!read_token(s, cr_dtype_is_float(dtype), token)) return false;
  errno = 0;
  cr_scalar value;
  if (cr_dtype_is_float(dtype)) {
    value = (cr_scalar){.f = strtod(token, &end)};
    if (dtype == CR_F32) value.f = strtof(token, &end); /* one rounding, not two */
  } else {
    value = cr_scalar_from_int(strtoll(token, &end, 10));
    if (errno == ERANGE) return false;
  }
  if (*end) return false;
  cr_store(dtype, element, value);
  return cr_dtype_is_float(dtype) || cr_load(dtype, element).i == value.i;
}

static cr_status read_text(cr_stream *s, cr_dtype dtype, char *data, int64_t n, int64_t *got) {
  cr_status status = CR_OK;
  if (cr_dtype_size(dtype) == 1) {
    status = s->device->read(s, data, n, got);
  } else {
    locale_t before = enter_c_locale();
    int64_t width = (int64_t)cr_dtype_size(dtype);
    while (*got < n && status == CR_OK && read_text_number(s, dtype, data + *got * width))
      if (++*got % 65536 == 0) status = cr_check_interrupt();
    leave_c_locale(before);
  }
  if (s->is_spaced && n > 0 && status == CR_OK) {
    int c = s->device->get(s);
    if (c != '\n' && c != EOF) s->device->unget(s, c);
  }
  return status;
}

static int print_number(char *text, cr_dtype dtype, const void *element) {
  cr_scalar value = cr_load(dtype, element);
  if (!cr_dtype_is_float(dtype)) return snprintf(text, token_room, "%lld", (long long)value.i);
  return snprintf(text, token_room, dtype == CR_F32 ? "%.9g" : "%.17g", value.f);
}

static cr_status write_text(cr_stream *s, cr_dtype dtype, const char *data, int64_t n) {
  if (cr_dtype_size(dtype) == 1) {
    CR_TRY(s->device->write(s, data, n));
    return s->is_spaced && n > 0 ? s->device->write(s, "\n", 1) : CR_OK;
  }
  char text[piece_bytes];
  int64_t width = (int64_t)cr_dtype_size(dtype);
  cr_status status = CR_OK;
  locale_t before = enter_c_locale();
  for (int64_t i = 0; i < n && status == CR_OK;) {
    int length = 0;
    for (; i < n && length < piece_bytes - token_room; i++) {
      length += print_number(text + length, dtype, data + i * width);
      if (s->is_spaced) text[length++] = i < n - 1 ? ' ' : '\n';
    }
    status = s->device->write(s, text, length);
  }
  leave_c_locale(before);
  return status;
}

/* ---- binary numbers ---- */

static void swap_bytes(char *data, int64_t width, int64_t n) {
  for (char *at = data; n > 0; n--, at += width)
    for (int64_t i = 0; i < width / 2; i++) {
      char byte = at[i];
      at[i] = at[width - 1 - i];
      at[width - 1 - i] = byte;
    }
}

int64_t cr_stream_width(const cr_stream *s, cr_dtype dtype) {
  if (dtype == CR_I64 && s->is_binary) return s->long_size;
  return s->is_binary ? (int64_t)cr_dtype_size(dtype) : 1;
}

static cr_status read_binary(cr_stream *s, cr_dtype dtype, char *data, int64_t n, int64_t *got) {
  int64_t width = cr_stream_width(s, dtype), bytes;
  bool is_short = dtype == CR_I64 && width == 4;
  char *in = is_short ? data + 4 * n : data; /* then widened in place, from the front */
  CR_TRY(s->device->read(s, in, n * width, &bytes));
  *got = bytes / width;
  if (s->is_swapped && width > 1) swap_bytes(in, width, *got);
  for (int64_t i = 0; is_short && i < *got; i++) {
    int32_t value;
    memcpy(&value, in + 4 * i, 4);
    ((int64_t *)(void *)data)[i] = value;
  }
  return CR_OK;
}

/* Makes the bytes of up to `count` numbers as the file has them. */
static cr_status convert(const cr_stream *s, cr_dtype dtype, char *out, const char *data,
                         int64_t count) {
  int64_t width = cr_stream_width(s, dtype);
  if (dtype == CR_I64 && width == 4) {
    for (int64_t i = 0; i < count; i++) {
      int64_t value = ((const int64_t *)(const void *)data)[i];
      int32_t narrow = (int32_t)value;
      if (narrow != value)
        return cr_fail(CR_EINVAL, "%lld does not fit in 4 bytes", (long long)value);
      memcpy(out + 4 * i, &narrow, 4);
    }
  } else {
    memcpy(out, data, (size_t)(count * width));
  }
  if (s->is_swapped) swap_bytes(out, width, count);
  return CR_OK;
}

static cr_status write_binary(cr_stream *s, cr_dtype dtype, const char *data, int64_t n) {
  int64_t width = cr_stream_width(s, dtype), own = (int64_t)cr_dtype_size(dtype);
  if (width == own && (!s->is_swapped || width == 1)) return s->device->write(s, data, n * width);
  char piece[piece_bytes];
  for (int64_t i = 0, count; i < n; i += count) {
    count = n - i < piece_bytes / width ? n - i : piece_bytes / width;
    CR_TRY(convert(s, dtype, piece, data + i * own, count));
    CR_TRY(s->device->write(s, piece, count * width));
  }
  return CR_OK;
}

/* ---- both ---- */

cr_status cr_stream_read(cr_stream *s, cr_dtype dtype, void *data, int64_t n, int64_t *got) {
  *got = 0;
  if (n == 0) return CR_OK;
  return s->is_binary ? read_binary(s, dtype, data, n, got) : read_text(s, dtype, data, n, got);
}

cr_status cr_stream_write(cr_stream *s, cr_dtype dtype, const void *data, int64_t n) {
  if (n == 0) return CR_OK;
  return s->is_binary ? write_binary(s, dtype, data, n) : write_text(s, dtype, data, n);
}

cr_status cr_stream_read_storage(cr_stream *s, cr_storage *storage, int64_t n) {
  int64_t left = cr_stream_left(s), width = (int64_t)cr_dtype_size(storage->dtype), done = 0;
  bool is_known = left != INT64_MAX && !s->is_packed;
  if (n > left / cr_stream_width(s, storage->dtype)) n = left / cr_stream_width(s, storage->dtype);
  cr_status status = CR_OK;
  while (done < n && status == CR_OK) {
    int64_t room = is_known || n - done <= first_piece + done ? n : first_piece + 2 * done, got = 0;
    status = cr_storage_resize(storage, room);
    if (status != CR_OK) break;
    char *at = (char *)storage->data + done * width;
    status = cr_stream_read(s, storage->dtype, at, room - done, &got);
    done += got;
    if (done < room) break;
  }
  cr_storage_resize(storage, done); /* never grows: cannot fail */
  return status;
}

int64_t cr_stream_left(cr_stream *s) { return s->device->left ? s->device->left(s) : INT64_MAX; }

cr_status cr_stream_close(cr_stream *s) {
  const cr_device *device = s->device;
  if (!device) return CR_OK;
  s->device = NULL;
  return device->close(s);
}
