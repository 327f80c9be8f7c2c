#include "core/png.h"

/* libpng needs zlib itself, and animations are packed with it. */
#if !defined(CR_HAVE_PNG) || !defined(CR_HAVE_ZLIB)

static cr_status no_png(void) {
  return cr_fail(CR_EIO, "this build of cresset has no libpng: build it again with libpng's and "
                         "zlib's development files installed");
}

cr_status cr_png_read(cr_tensor *out, const char *path) {
  (void)out, (void)path;
  return no_png();
}

cr_status cr_png_write(const char *path, const cr_tensor *pixels) {
  (void)path, (void)pixels;
  return no_png();
}

cr_status cr_png_write_animation(const char *path, const cr_tensor *frames, int milliseconds) {
  (void)path, (void)frames, (void)milliseconds;
  return no_png();
}

#else

#include "core/file.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* libpng reports errors by a jump. So every call of it happens in a function that does nothing
 * else (guarded_*), all that must be freed hangs on this struct, and the caller frees it. */
typedef struct {
  png_structp png;
  png_infop info;
  const char *path;
  FILE *stream;
  int64_t limit; /* bytes of pixels that the file can hold */
  cr_tensor pixels;
  unsigned char *packed; /* one compressed frame of an animation */
  char message[128];
} job;

static void on_error(png_structp png, png_const_charp message) {
  job *j = png_get_error_ptr(png);
  snprintf(j->message, sizeof j->message, "%s", message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) { (void)png, (void)message; }

/* ---- reading ---- */

static bool guarded_read_header(job *j) {
  if (setjmp(png_jmpbuf(j->png))) return false;
  png_init_io(j->png, j->stream);
  png_set_user_limits(j->png, CR_MAX_IMAGE_SIDE, CR_MAX_IMAGE_SIDE);
  png_set_chunk_cache_max(j->png, 100);
  png_set_chunk_malloc_max(j->png, 1 << 20);
  png_read_info(j->png, j->info);
  png_set_expand(j->png);
  png_set_scale_16(j->png);
  png_set_interlace_handling(j->png);
  png_read_update_info(j->png, j->info);
  return true;
}

static bool guarded_read_rows(job *j, png_bytep *rows) {
  if (setjmp(png_jmpbuf(j->png))) return false;
  png_read_image(j->png, rows);
  png_read_end(j->png, NULL);
  return true;
}

static cr_status read_failed(const job *j) {
  return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be read as a PNG picture: %s", j->path,
                 j->message);
}

static cr_status read_pixels(job *j) {
  int64_t size[3] = {png_get_image_height(j->png, j->info), png_get_image_width(j->png, j->info),
                     png_get_channels(j->png, j->info)};
  /* Expanding makes at most 4 bytes of an 1/8 of a byte; interlacing changes nothing here. */
  if (size[0] * size[1] > j->limit) {
    snprintf(j->message, sizeof j->message,
             "its header promises %lld x %lld pixels, more than the "
             "file can hold",
             (long long)size[1], (long long)size[0]);
    return read_failed(j);
  }
  CR_TRY(cr_tensor_new(&j->pixels, CR_U8, 3, size));
  png_bytep *rows = malloc((size_t)size[0] * sizeof *rows);
  if (!rows) return cr_fail(CR_ENOMEM, "out of memory");
  png_bytep data = cr_tensor_data(&j->pixels);
  for (int64_t y = 0; y < size[0]; y++) rows[y] = data + y * size[1] * size[2];
  bool good = guarded_read_rows(j, rows);
  free(rows);
  return good ? CR_OK : read_failed(j);
}

cr_status cr_png_read(cr_tensor *out, const char *path) {
  job j = {.path = path};
  int64_t bytes;
  CR_TRY(cr_open_regular(&j.stream, &bytes, path));
  j.limit = bytes < INT64_MAX / 8256 ? bytes * 8256 : INT64_MAX; /* 1032 x 8 pixels a byte */
  cr_tensor_init(&j.pixels, CR_U8);
  cr_status status = CR_OK;
  j.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning);
  if (j.png) j.info = png_create_info_struct(j.png);
  if (!j.info) {
    status = cr_fail(CR_ENOMEM, "out of memory");
  } else {
    status = guarded_read_header(&j) ? read_pixels(&j) : read_failed(&j);
  }
  if (status == CR_OK) cr_tensor_alias(out, &j.pixels);
  cr_tensor_clear(&j.pixels);
  png_destroy_read_struct(&j.png, &j.info, NULL);
  fclose(j.stream);
  return status;
}

/* ---- writing ---- */

static int color_type(int64_t channels) {
  static const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                              PNG_COLOR_TYPE_RGB_ALPHA};
  return types[channels - 1];
}

typedef struct {
  const unsigned char *data;
  int64_t frames, height, width, channels;
  int milliseconds;
} picture;

static void put_u32(unsigned char *p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* fcTL: how the next frame is shown. `number` counts the animation's chunks. */
static void write_frame_control(job *j, const picture *p, uint32_t number) {
  unsigned char chunk[26] = {0};
  put_u32(chunk, number);
  put_u32(chunk + 4, (uint32_t)p->width);
  put_u32(chunk + 8, (uint32_t)p->height);
  chunk[20] = (unsigned char)(p->milliseconds >> 8);
  chunk[21] = (unsigned char)p->milliseconds;
  chunk[22] = 1000 >> 8;
  chunk[23] = 1000 & 255;
  png_write_chunk(j->png, (png_const_bytep) "fcTL", chunk, sizeof chunk);
}

/* fdAT: the frame's rows, each after a filter byte (0: none), compressed. */
static void write_frame_data(job *j, const picture *p, int64_t frame, uint32_t number) {
  int64_t row = p->width * p->channels, bytes = p->height * (row + 1);
  uLongf room = compressBound((uLong)bytes);
  j->packed = malloc((size_t)bytes + room + 4);
  if (!j->packed) png_error(j->png, "out of memory");
  unsigned char *rows = j->packed + room + 4;
  for (int64_t y = 0; y < p->height; y++) {
    rows[y * (row + 1)] = 0;
    memcpy(rows + y * (row + 1) + 1, p->data + (frame * p->height + y) * row, (size_t)row);
  }
  put_u32(j->packed, number);
  if (compress2(j->packed + 4, &room, rows, (uLong)bytes, 9) != Z_OK)
    png_error(j->png, "a frame could not be compressed");
  png_write_chunk(j->png, (png_const_bytep) "fdAT", j->packed, room + 4);
  free(j->packed);
  j->packed = NULL;
}

/* The last frame is the ordinary picture, without frame control: no part of the animation. */
static void write_frames(job *j, const picture *p) {
  uint32_t number = 0;
  for (int64_t frame = 0; frame < p->frames; frame++) {
    write_frame_control(j, p, number++);
    write_frame_data(j, p, frame, number++);
  }
}

static void write_animation_control(job *j, const picture *p) {
  unsigned char control[8] = {0}; /* repeated forever */
  put_u32(control, (uint32_t)p->frames);
  png_write_chunk(j->png, (png_const_bytep) "acTL", control, sizeof control);
}

static bool guarded_write(job *j, const picture *p) {
  if (setjmp(png_jmpbuf(j->png))) return false;
  png_init_io(j->png, j->stream);
  png_set_user_limits(j->png, CR_MAX_IMAGE_SIDE, CR_MAX_IMAGE_SIDE);
  png_set_compression_level(j->png, 9);
  png_set_IHDR(j->png, j->info, (png_uint_32)p->width, (png_uint_32)p->height, 8,
               color_type(p->channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(j->png, j->info);
  if (p->frames > 1) write_animation_control(j, p);
  int64_t row = p->width * p->channels;
  const unsigned char *last = p->data + (p->frames - 1) * p->height * row;
  for (int64_t y = 0; y < p->height; y++) png_write_row(j->png, last + y * row);
  if (p->frames > 1) write_frames(j, p);
  png_write_end(j->png, j->info);
  return true;
}

static cr_status check_picture(const cr_tensor *t, int ndim) {
  char text[CR_SIZE_TEXT];
  const int64_t *size = t->size + (ndim - 3);
  bool good = t->dtype == CR_U8 && t->ndim == ndim && cr_tensor_is_contiguous(t) && size[0] >= 1 &&
              size[1] >= 1 && size[0] <= CR_MAX_IMAGE_SIDE && size[1] <= CR_MAX_IMAGE_SIDE &&
              size[2] >= 1 && size[2] <= 4 && t->size[0] >= 1;
  if (good) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "a picture must have 1 to %d rows and columns and 1 to 4 channels, got %s (%s)",
                 CR_MAX_IMAGE_SIDE, cr_tensor_size_text(text, t),
                 ndim == 4 ? "frames x rows x columns x channels" : "rows x columns x channels");
}

static cr_status write_to(job *j, const picture *p) {
  j->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, j, on_error, on_warning);
  if (j->png) j->info = png_create_info_struct(j->png);
  cr_status status = CR_OK;
  if (!j->info) {
    status = cr_fail(CR_ENOMEM, "out of memory");
  } else if (!guarded_write(j, p)) {
    status = cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be written: %s", j->path, j->message);
  }
  png_destroy_write_struct(&j->png, &j->info);
  free(j->packed);
  return status;
}

static cr_status write_picture(const char *path, const picture *p) {
  cr_writer writer;
  CR_TRY(cr_writer_open(&writer, path));
  job j = {.path = path, .stream = writer.stream};
  cr_status status = write_to(&j, p);
  if (status == CR_OK) status = cr_writer_commit(&writer);
  cr_writer_abort(&writer);
  return status;
}

cr_status cr_png_write(const char *path, const cr_tensor *pixels) {
  CR_TRY(check_picture(pixels, 3));
  const int64_t *size = pixels->size;
  picture p = {cr_tensor_data(pixels), 1, size[0], size[1], size[2], 0};
  return write_picture(path, &p);
}

cr_status cr_png_write_animation(const char *path, const cr_tensor *frames, int milliseconds) {
  CR_TRY(check_picture(frames, 4));
  const int64_t *size = frames->size;
  picture p = {cr_tensor_data(frames), size[0], size[1], size[2], size[3], milliseconds};
  return write_picture(path, &p);
}

#endif
