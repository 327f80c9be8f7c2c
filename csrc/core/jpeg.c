#include "core/jpeg.h"

#ifndef CR_HAVE_JPEG

static cr_status no_jpeg(void) {
  return cr_fail(CR_EIO, "this build of cresset has no libjpeg: build it again with the "
                         "development files of libjpeg-turbo installed");
}

cr_status cr_jpeg_read(cr_tensor *out, const char *path) {
  (void)out, (void)path;
  return no_jpeg();
}

cr_status cr_jpeg_decode(cr_tensor *out, const cr_tensor *bytes) {
  (void)out, (void)bytes;
  return no_jpeg();
}

cr_status cr_jpeg_write(const char *path, const cr_tensor *pixels, int quality) {
  (void)path, (void)pixels, (void)quality;
  return no_jpeg();
}

cr_status cr_jpeg_encode(cr_tensor *out, const cr_tensor *pixels, int quality) {
  (void)out, (void)pixels, (void)quality;
  return no_jpeg();
}

#else

#include "core/file.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/* libjpeg reports errors by a jump. So every call of it happens in a function that does nothing
 * else (guarded_*), all that must be freed hangs on a struct, and the caller frees it. */
typedef struct {
  struct jpeg_error_mgr base; /* first: libjpeg hands out a pointer to it */
  jmp_buf jump;
  bool is_cut_short;
  char message[JMSG_LENGTH_MAX];
} errors;

static void on_error(j_common_ptr info) {
  errors *e = (errors *)info->err;
  info->err->format_message(info, e->message);
  longjmp(e->jump, 1);
}

/* A file that ends too early is only a warning to libjpeg, which paints the rest grey. */
static void on_message(j_common_ptr info, int level) {
  errors *e = (errors *)info->err;
  int code = info->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) e->is_cut_short = true;
}

static void on_output(j_common_ptr info) { (void)info; }

static struct jpeg_error_mgr *prepare_errors(errors *e) {
  jpeg_std_error(&e->base);
  e->base.error_exit = on_error;
  e->base.emit_message = on_message;
  e->base.output_message = on_output;
  return &e->base;
}

/* ---- reading ---- */

/* A progressive file may hold any number of scans, each of which costs a pass over the picture. */
#define MOST_SCANS 200

typedef struct {
  struct jpeg_decompress_struct info;
  errors errors;
  struct jpeg_progress_mgr progress;
  FILE *stream; /* or */
  const unsigned char *data;
  int64_t bytes;
  cr_tensor pixels;
} reading;

static void on_progress(j_common_ptr info) {
  j_decompress_ptr d = (j_decompress_ptr)info;
  errors *e = (errors *)info->err;
  if (d->input_scan_number <= MOST_SCANS) return;
  snprintf(e->message, sizeof e->message, "it has more than %d scans", MOST_SCANS);
  longjmp(e->jump, 1);
}

static bool guarded_read_header(reading *r) {
  if (setjmp(r->errors.jump)) return false;
  jpeg_create_decompress(&r->info);
  r->progress.progress_monitor = on_progress;
  r->info.progress = &r->progress;
  if (r->stream)
    jpeg_stdio_src(&r->info, r->stream);
  else
    jpeg_mem_src(&r->info, r->data, (unsigned long)r->bytes);
  jpeg_read_header(&r->info, TRUE);
  bool is_cmyk = r->info.jpeg_color_space == JCS_CMYK || r->info.jpeg_color_space == JCS_YCCK;
  r->info.out_color_space = r->info.num_components == 1 ? JCS_GRAYSCALE
                            : is_cmyk                   ? JCS_CMYK
                                                        : JCS_RGB;
  return true;
}

static bool guarded_start(reading *r) {
  if (setjmp(r->errors.jump)) return false;
  return jpeg_start_decompress(&r->info);
}

static bool guarded_read_rows(reading *r, JSAMPROW *rows) {
  if (setjmp(r->errors.jump)) return false;
  while (r->info.output_scanline < r->info.output_height)
    jpeg_read_scanlines(&r->info, rows + r->info.output_scanline,
                        r->info.output_height - r->info.output_scanline);
  jpeg_finish_decompress(&r->info);
  return true;
}

/* What the header promises must be possible: a block of 8 x 8 needs at least a bit, and the coarsest
 * sampling has a block for 128 pixels. (Arithmetic coding needs less; nothing writes such files.) */
static bool check_header(reading *r) {
  int64_t width = r->info.image_width, height = r->info.image_height;
  if (r->info.arith_code) {
    snprintf(r->errors.message, sizeof r->errors.message, "arithmetic coding is not understood");
    return false;
  }
  if (width * height / 1024 <= r->bytes) return true;
  snprintf(r->errors.message, sizeof r->errors.message,
           "its header promises %lld x %lld pixels, more than the file can hold", (long long)width,
           (long long)height);
  return false;
}

/* CMYK to RGB in place, 4 bytes a pixel to 3. Programs that leave Adobe's marker store the inverse. */
static void cmyk_to_rgb(unsigned char *data, int64_t count, bool is_inverse) {
  for (int64_t i = 0; i < count; i++) {
    unsigned char p[4];
    for (int c = 0; c < 4; c++) p[c] = is_inverse ? data[4 * i + c] : 255 - data[4 * i + c];
    for (int c = 0; c < 3; c++) data[3 * i + c] = (unsigned char)((p[c] * p[3] + 127) / 255);
  }
}

static bool read_rows(reading *r, int64_t height, int64_t row) {
  JSAMPROW *rows = malloc((size_t)height * sizeof *rows);
  if (!rows) {
    snprintf(r->errors.message, sizeof r->errors.message, "out of memory");
    return false;
  }
  unsigned char *data = cr_tensor_data(&r->pixels);
  for (int64_t y = 0; y < height; y++) rows[y] = data + y * row;
  bool good = guarded_read_rows(r, rows);
  free(rows);
  if (good && r->errors.is_cut_short) {
    snprintf(r->errors.message, sizeof r->errors.message, "it ends too early");
    return false;
  }
  return good;
}

/* CR_EIO: see the message. */
static cr_status read_pixels(reading *r) {
  if (!guarded_read_header(r) || !check_header(r) || !guarded_start(r)) return CR_EIO;
  int64_t height = r->info.output_height, width = r->info.output_width;
  int64_t channels = r->info.output_components, size[3] = {height, width, channels};
  CR_TRY(cr_tensor_new(&r->pixels, CR_U8, 3, size));
  if (!read_rows(r, height, width * channels)) return CR_EIO;
  if (channels != 4) return CR_OK;
  cmyk_to_rgb(cr_tensor_data(&r->pixels), height * width, r->info.saw_Adobe_marker);
  size[2] = 3;
  return cr_tensor_resize(&r->pixels, 3, size);
}

static cr_status read_all(reading *r, cr_tensor *out, const char *what) {
  r->info.err = prepare_errors(&r->errors);
  cr_tensor_init(&r->pixels, CR_U8);
  cr_status status = read_pixels(r);
  jpeg_destroy_decompress(&r->info);
  if (status == CR_OK) cr_tensor_alias(out, &r->pixels);
  if (status == CR_EIO)
    status = cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be read as a JPEG picture: %s", what,
                     r->errors.message);
  cr_tensor_clear(&r->pixels);
  return status;
}

cr_status cr_jpeg_read(cr_tensor *out, const char *path) {
  reading r = {.stream = NULL};
  CR_TRY(cr_open_regular(&r.stream, &r.bytes, path));
  cr_status status = read_all(&r, out, path);
  fclose(r.stream);
  return status;
}

cr_status cr_jpeg_decode(cr_tensor *out, const cr_tensor *bytes) {
  reading r = {.data = cr_tensor_data(bytes), .bytes = cr_tensor_numel(bytes)};
  if (r.bytes == 0) return cr_fail(CR_EINVAL, "there are no bytes");
  return read_all(&r, out, "the tensor");
}

/* ---- writing ---- */

typedef struct {
  struct jpeg_compress_struct info;
  errors errors;
  FILE *stream;
  const unsigned char *pixels;
  int64_t height, width, channels;
  int quality;
} writing;

static bool guarded_write(writing *w) {
  if (setjmp(w->errors.jump)) return false;
  jpeg_create_compress(&w->info);
  jpeg_stdio_dest(&w->info, w->stream);
  w->info.image_width = (JDIMENSION)w->width;
  w->info.image_height = (JDIMENSION)w->height;
  w->info.input_components = (int)w->channels;
  w->info.in_color_space = w->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&w->info);
  jpeg_set_quality(&w->info, w->quality, TRUE);
  w->info.optimize_coding = TRUE;
  jpeg_start_compress(&w->info, TRUE);
  while (w->info.next_scanline < w->info.image_height) {
    JSAMPROW row = (JSAMPROW)(w->pixels + w->info.next_scanline * w->width * w->channels);
    jpeg_write_scanlines(&w->info, &row, 1);
  }
  jpeg_finish_compress(&w->info);
  return true;
}

static cr_status check_pixels(writing *w, const cr_tensor *t, int quality) {
  char text[CR_SIZE_TEXT];
  bool good = t->dtype == CR_U8 && t->ndim == 3 && cr_tensor_is_contiguous(t) && t->size[0] >= 1 &&
              t->size[1] >= 1 && t->size[0] <= JPEG_MAX_DIMENSION &&
              t->size[1] <= JPEG_MAX_DIMENSION && (t->size[2] == 1 || t->size[2] == 3);
  if (!good)
    return cr_fail(CR_EINVAL,
                   "a JPEG picture must have 1 to %ld rows and columns and 1 or 3 channels, got %s "
                   "(rows x columns x channels)",
                   (long)JPEG_MAX_DIMENSION, cr_tensor_size_text(text, t));
  if (quality < 1 || quality > 100)
    return cr_fail(CR_EINVAL, "the quality must be from 1 to 100, got %d", quality);
  *w = (writing){.pixels = cr_tensor_data(t),
                 .height = t->size[0],
                 .width = t->size[1],
                 .channels = t->size[2],
                 .quality = quality};
  return CR_OK;
}

static cr_status write_all(writing *w, const char *what) {
  w->info.err = prepare_errors(&w->errors);
  cr_status status = CR_OK;
  if (!guarded_write(w))
    status = cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be written: %s", what, w->errors.message);
  jpeg_destroy_compress(&w->info);
  return status;
}

cr_status cr_jpeg_write(const char *path, const cr_tensor *pixels, int quality) {
  writing w;
  CR_TRY(check_pixels(&w, pixels, quality));
  cr_writer writer;
  CR_TRY(cr_writer_open(&writer, path));
  w.stream = writer.stream;
  cr_status status = write_all(&w, path);
  if (status == CR_OK) status = cr_writer_commit(&writer);
  cr_writer_abort(&writer);
  return status;
}

cr_status cr_jpeg_encode(cr_tensor *out, const cr_tensor *pixels, int quality) {
  writing w;
  CR_TRY(check_pixels(&w, pixels, quality));
  char *data = NULL;
  size_t bytes = 0;
  w.stream = open_memstream(&data, &bytes);
  if (!w.stream) return cr_fail(CR_ENOMEM, "out of memory");
  cr_status status = write_all(&w, "the tensor");
  if (fclose(w.stream) != 0 && status == CR_OK) status = cr_fail(CR_ENOMEM, "out of memory");
  int64_t size[1] = {(int64_t)bytes};
  if (status == CR_OK) status = cr_tensor_resize(out, 1, size);
  if (status == CR_OK) memcpy(cr_tensor_data(out), data, bytes);
  free(data);
  return status;
}

#endif
