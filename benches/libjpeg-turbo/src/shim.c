/* What the Rust side calls: libjpeg-turbo with errors as return values. A longjmp never leaves this file. */

#include <limits.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#ifndef LIBJPEG_TURBO_VERSION
#error "another libjpeg than libjpeg-turbo"
#endif

#define MOST_COMPONENTS 4

/* The same structures are in layout.rs. */
struct shim_component {
  int32_t horizontal, vertical;
  uint32_t blocks_across, blocks_down; /* those that hold samples of the picture */
  uint32_t width, height;              /* samples of the picture */
  uint16_t steps[DCTSIZE2];            /* of quantisation, row-major */
};

struct shim_picture {
  uint32_t width, height;
  int32_t color_space; /* J_COLOR_SPACE */
  int32_t components;
  struct shim_component component[MOST_COMPONENTS];
};

struct shim_scan {
  int32_t components;
  int32_t component[MOST_COMPONENTS];
  int32_t first, last, high, low;
};

/* libjpeg's error manager, which must come first, with a place to jump to and the first message. */
struct failures {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr jpeg)
{
  struct failures *failures = (struct failures *)jpeg->err;
  (*jpeg->err->format_message)(jpeg, failures->message);
  longjmp(failures->jump, 1);
}

static void fail_with(struct failures *failures, const char *message)
{
  snprintf(failures->message, sizeof failures->message, "%s", message);
  longjmp(failures->jump, 1);
}

static void warn(j_common_ptr jpeg, int level)
{
  if (level < 0 && jpeg->err->num_warnings++ == 0)
    (*jpeg->err->format_message)(jpeg, ((struct failures *)jpeg->err)->message);
}

static struct jpeg_error_mgr *failures_init(struct failures *failures)
{
  jpeg_std_error(&failures->manager);
  failures->manager.error_exit = fail;
  failures->manager.emit_message = warn;
  failures->message[0] = 0;
  return &failures->manager;
}

/* ---- Reading. A reader reads one file. */

struct shim_reader {
  struct jpeg_decompress_struct jpeg;
  struct failures failures;
  jvirt_barray_ptr *coefficients;
};

const char *masthead_shim_message(const struct shim_reader *reader) { return reader->failures.message; }

int64_t masthead_shim_warnings(const struct shim_reader *reader) { return reader->failures.manager.num_warnings; }

static int reader_create(struct shim_reader *reader)
{
  reader->jpeg.err = failures_init(&reader->failures);
  if (setjmp(reader->failures.jump))
    return 1;
  jpeg_create_decompress(&reader->jpeg);
  return 0;
}

struct shim_reader *masthead_shim_reader(void)
{
  struct shim_reader *reader = calloc(1, sizeof *reader);
  if (reader && reader_create(reader)) {
    jpeg_destroy_decompress(&reader->jpeg);
    free(reader);
    return NULL;
  }
  return reader;
}

void masthead_shim_reader_free(struct shim_reader *reader)
{
  jpeg_destroy_decompress(&reader->jpeg);
  free(reader);
}

/* Reads up to the first scan. The file must stay until the reader is freed. */
int masthead_shim_header(struct shim_reader *reader, const uint8_t *file, size_t size, struct shim_picture *picture)
{
  if (setjmp(reader->failures.jump))
    return 1;
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  jpeg_mem_src(jpeg, (unsigned char *)file, size);
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->num_components > MOST_COMPONENTS)
    fail_with(&reader->failures, "more than 4 components");
  picture->width = jpeg->image_width;
  picture->height = jpeg->image_height;
  picture->color_space = jpeg->jpeg_color_space;
  picture->components = jpeg->num_components;
  for (int i = 0; i < jpeg->num_components; i++) {
    jpeg_component_info *from = &jpeg->comp_info[i];
    struct shim_component *to = &picture->component[i];
    to->horizontal = from->h_samp_factor;
    to->vertical = from->v_samp_factor;
    to->blocks_across = from->width_in_blocks;
    to->blocks_down = from->height_in_blocks;
    to->width = from->downsampled_width;
    to->height = from->downsampled_height;
  }
  return 0;
}

/*
 * Decodes whole MCU rows to samples until `rows` rows of pixels, or all, are there. Row y of a component goes to
 * `planes + y * strides`; planes have room for whole MCUs. When `keep` is 0, each MCU row is written over the one before it.
 */
int masthead_shim_planes(struct shim_reader *reader, uint8_t *const *planes, const size_t *strides, uint32_t rows, int keep)
{
  if (setjmp(reader->failures.jump))
    return 1;
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  jpeg->raw_data_out = TRUE;
  jpeg->do_fancy_upsampling = FALSE;
  jpeg->do_block_smoothing = FALSE;
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->out_color_space = jpeg->jpeg_color_space;
  jpeg_start_decompress(jpeg);
  JSAMPROW row[MOST_COMPONENTS][MAX_SAMP_FACTOR * DCTSIZE];
  JSAMPARRAY arrays[MOST_COMPONENTS];
  size_t mcu_row = 0;
  JDIMENSION until = rows < jpeg->output_height ? rows : jpeg->output_height;
  while (jpeg->output_scanline < until) {
    for (int i = 0; i < jpeg->num_components; i++) {
      size_t height = (size_t)jpeg->comp_info[i].v_samp_factor * DCTSIZE;
      for (size_t y = 0; y < height; y++)
        row[i][y] = planes[i] + ((keep ? mcu_row * height : 0) + y) * strides[i];
      arrays[i] = row[i];
    }
    if (jpeg_read_raw_data(jpeg, arrays, jpeg->max_v_samp_factor * DCTSIZE) == 0)
      fail_with(&reader->failures, "no more rows");
    mcu_row++;
  }
  return 0;
}

/* Reads all coefficients, and the steps of quantisation into `picture`. */
int masthead_shim_coefficients(struct shim_reader *reader, struct shim_picture *picture)
{
  if (setjmp(reader->failures.jump))
    return 1;
  reader->coefficients = jpeg_read_coefficients(&reader->jpeg);
  for (int i = 0; i < picture->components; i++) {
    JQUANT_TBL *table = reader->jpeg.comp_info[i].quant_table;
    if (!table)
      fail_with(&reader->failures, "a component without a scan");
    memcpy(picture->component[i].steps, table->quantval, sizeof table->quantval);
  }
  return 0;
}

/* Copies the blocks of a component, as many as the picture says, row-major. */
int masthead_shim_blocks(struct shim_reader *reader, int component, int16_t *blocks)
{
  if (setjmp(reader->failures.jump))
    return 1;
  jpeg_component_info *info = &reader->jpeg.comp_info[component];
  size_t length = (size_t)info->width_in_blocks * DCTSIZE2;
  for (JDIMENSION y = 0; y < info->height_in_blocks; y++) {
    JBLOCKARRAY row = (*reader->jpeg.mem->access_virt_barray)(
      (j_common_ptr)&reader->jpeg, reader->coefficients[component], y, 1, FALSE);
    memcpy(blocks + y * length, row[0][0], length * sizeof *blocks);
  }
  return 0;
}

/* ---- Writing. */

/* A destination that grows and, unlike that of jpeg_mem_dest, can be freed after an error. It must come first. */
struct destination {
  struct jpeg_destination_mgr manager;
  uint8_t *file;
  size_t size, room;
};

static void destination_room(j_compress_ptr jpeg, size_t room)
{
  struct destination *to = (struct destination *)jpeg->dest;
  uint8_t *file = realloc(to->file, room);
  if (!file)
    fail_with((struct failures *)jpeg->err, "out of memory");
  to->file = file;
  to->room = room;
  to->manager.next_output_byte = file + to->size;
  to->manager.free_in_buffer = room - to->size;
}

static void destination_init(j_compress_ptr jpeg) { destination_room(jpeg, 1 << 16); }

static boolean destination_grow(j_compress_ptr jpeg)
{
  struct destination *to = (struct destination *)jpeg->dest;
  to->size = to->room;
  destination_room(jpeg, 2 * to->room);
  return TRUE;
}

static void destination_end(j_compress_ptr jpeg)
{
  struct destination *to = (struct destination *)jpeg->dest;
  to->size = to->room - to->manager.free_in_buffer;
}

struct shim_writer {
  struct jpeg_compress_struct jpeg;
  struct failures failures;
  struct destination destination;
  jpeg_scan_info *scans;
};

struct shim_writer *masthead_shim_writer(void) { return calloc(1, sizeof(struct shim_writer)); }

const char *masthead_shim_writer_message(const struct shim_writer *writer) { return writer->failures.message; }

const uint8_t *masthead_shim_written(const struct shim_writer *writer, size_t *size)
{
  *size = writer->destination.size;
  return writer->destination.file;
}

void masthead_shim_writer_free(struct shim_writer *writer)
{
  if (writer->jpeg.mem)
    jpeg_destroy_compress(&writer->jpeg);
  free(writer->destination.file);
  free(writer->scans);
  free(writer);
}

/*
 * Writes coefficients as a file, once for each writer. `count` is the number of scans; 0 is one interleaved sequential scan,
 * and -1 libjpeg's own progressive script.
 */
int masthead_shim_write(struct shim_writer *writer, const struct shim_picture *picture, const int16_t *const *blocks,
                        const struct shim_scan *scans, int count, int restart_interval, int arithmetic)
{
  struct jpeg_compress_struct *jpeg = &writer->jpeg;
  jpeg->err = failures_init(&writer->failures);
  if (setjmp(writer->failures.jump))
    return 1;
  jpeg_create_compress(jpeg);
  writer->destination.manager.init_destination = destination_init;
  writer->destination.manager.empty_output_buffer = destination_grow;
  writer->destination.manager.term_destination = destination_end;
  jpeg->dest = &writer->destination.manager;

  jpeg->image_width = picture->width;
  jpeg->image_height = picture->height;
  jpeg->input_components = picture->components;
  jpeg->in_color_space = picture->color_space;
  jpeg_set_defaults(jpeg);
  jpeg_set_colorspace(jpeg, picture->color_space);
  for (int i = 0; i < picture->components; i++) {
    const struct shim_component *from = &picture->component[i];
    JQUANT_TBL **table = &jpeg->quant_tbl_ptrs[i];
    if (!*table)
      *table = jpeg_alloc_quant_table((j_common_ptr)jpeg);
    memcpy((*table)->quantval, from->steps, sizeof from->steps);
    (*table)->sent_table = FALSE;
    jpeg->comp_info[i].quant_tbl_no = i;
    jpeg->comp_info[i].h_samp_factor = from->horizontal;
    jpeg->comp_info[i].v_samp_factor = from->vertical;
  }
  jpeg->restart_interval = restart_interval;
  jpeg->arith_code = arithmetic;
  jpeg->optimize_coding = !arithmetic;
  if (count < 0) {
    jpeg_simple_progression(jpeg);
  } else if (count > 0) {
    writer->scans = calloc(count, sizeof *writer->scans);
    if (!writer->scans)
      fail_with(&writer->failures, "out of memory");
    for (int i = 0; i < count; i++) {
      jpeg_scan_info *to = &writer->scans[i];
      to->comps_in_scan = scans[i].components;
      memcpy(to->component_index, scans[i].component, sizeof scans[i].component);
      to->Ss = scans[i].first;
      to->Se = scans[i].last;
      to->Ah = scans[i].high;
      to->Al = scans[i].low;
    }
    jpeg->scan_info = writer->scans;
    jpeg->num_scans = count;
  }

  jvirt_barray_ptr arrays[MOST_COMPONENTS];
  for (int i = 0; i < picture->components; i++) {
    const struct shim_component *from = &picture->component[i];
    JDIMENSION across = (from->blocks_across + from->horizontal - 1) / from->horizontal * from->horizontal;
    JDIMENSION down = (from->blocks_down + from->vertical - 1) / from->vertical * from->vertical;
    arrays[i] = (*jpeg->mem->request_virt_barray)((j_common_ptr)jpeg, JPOOL_IMAGE, TRUE, across, down, from->vertical);
  }
  jpeg_write_coefficients(jpeg, arrays);
  for (int i = 0; i < picture->components; i++) {
    const struct shim_component *from = &picture->component[i];
    size_t length = (size_t)from->blocks_across * DCTSIZE2;
    for (JDIMENSION y = 0; y < from->blocks_down; y++) {
      JBLOCKARRAY row = (*jpeg->mem->access_virt_barray)((j_common_ptr)jpeg, arrays[i], y, 1, TRUE);
      memcpy(row[0][0], blocks[i] + y * length, length * sizeof **blocks);
    }
  }
  jpeg_finish_compress(jpeg);
  return 0;
}
