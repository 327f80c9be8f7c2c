/* Writes jpeg_files.lua: small JPEG files of kinds that cresset does not write. By hand:
 * cc record_jpeg.c -o /tmp/record_jpeg -ljpeg && /tmp/record_jpeg > jpeg_files.lua */
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

/* 8 x 8 pixels of one colour. */
static void record(const char *name, J_COLOR_SPACE space, int components,
                   const unsigned char *color, int progressive, int arithmetic) {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *data = NULL, row[8 * 4];
  unsigned long bytes = 0;
  JSAMPROW rows[1] = {row};
  for (int i = 0; i < 8 * components; i++) row[i] = color[i % components];
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &data, &bytes);
  info.image_width = info.image_height = 8;
  info.input_components = components;
  info.in_color_space = space;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  info.optimize_coding = !arithmetic;
  info.arith_code = arithmetic;
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  for (int y = 0; y < 8; y++) jpeg_write_scanlines(&info, rows, 1);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  printf("  %s = \"", name);
  for (unsigned long i = 0; i < bytes; i++)
    printf("%02x%s", data[i], i % 40 == 39 && i + 1 < bytes ? "\"\n    .. \"" : "");
  printf("\",\n");
  free(data);
}

int main(void) {
  unsigned char rgb[] = {200, 100, 50}, cmyk[] = {200, 100, 50, 128};
  printf(
      "-- Written by record_jpeg.c: 8 x 8 pixels of one colour, as hexadecimal bytes.\nreturn {\n");
  record("progressive", JCS_RGB, 3, rgb, 1, 0);
  record("arithmetic", JCS_RGB, 3, rgb, 0, 1);
  record("cmyk", JCS_CMYK, 4, cmyk, 0, 0);
  printf("}\n");
  return 0;
}
