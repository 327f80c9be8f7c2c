/* Products of matrices. Large ones are computed in register tiles, from blocks of A and B that are
 * packed so that the tiles read one element behind the other; operands that are small, or are used a
 * few times only, are read where they are.
 *
 * A piece of work is a rectangle of C. For each block of up to `depth` steps of the sum, a block of
 * B's columns that fits the second-level cache is packed; strips of A, of a tile's height, stay
 * in the first-level cache while that block goes by. */
#include "ops/gemm.h"

#include "core/parallel.h"
#include "kernels/kernels.h"

#include <unistd.h>

enum { depth_bytes = 1536, row_block = 1536, line_bytes = 64 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }

typedef struct {
  cr_product p;
  const cr_gemm_kernels *kernels;
  int64_t width;                   /* bytes of an element */
  int64_t tile_rows, tile_columns; /* of the largest tile */
  int64_t depth, columns;          /* of a block of B */
  bool packs_a, packs_b;
  bool by_panels;         /* A stays in the second-level cache while the panels of B go by */
  int64_t cuts_m, cuts_n; /* pieces of work: cuts_m x cuts_n rectangles */
  char *scratch;
  int64_t scratch_bytes, a_bytes; /* of each thread; of them for A */
} plan;

/* A rectangle of C, and a range of the sum. */
typedef struct {
  int64_t m0, m1, n0, n1, k0, k1;
} block;

static const char *a_at(const plan *q, int64_t m, int64_t k) {
  return (const char *)q->p.a + (m * q->p.a_row + k * q->p.a_column) * q->width;
}

static const char *b_at(const plan *q, int64_t k, int64_t n) {
  return (const char *)q->p.b + (k * q->p.b_row + n * q->p.b_column) * q->width;
}

static char *c_at(const plan *q, int64_t m, int64_t n) {
  return (char *)q->p.c + (m * q->p.c_row + n * q->p.c_column) * q->width;
}

static bool has_finish(const cr_product *p) {
  const cr_gemm_finish *f = &p->finish;
  return f->row_bias || f->column_bias || f->added || f->has_clamp;
}

static cr_gemm_finish finish_at(const plan *q, int64_t row, int64_t column) {
  cr_gemm_finish f = q->p.finish;
  if (f.row_bias) f.row_bias = (const char *)f.row_bias + row * q->width;
  if (f.column_bias) f.column_bias = (const char *)f.column_bias + column * q->width;
  if (f.added)
    f.added = (const char *)f.added + (row * q->p.c_row + column * q->p.c_column) * q->width;
  return f;
}

/* ---- strips of tiles ---- */

/* Where the tiles of a block find their factors. */
typedef struct {
  const char *a, *b;
  int64_t a_row, a_step, b_step, b_panel; /* b_panel: between two tiles' columns */
  const char *ahead;                      /* see cr_gemm_tile; NULL: nothing */
  int64_t ahead_step;
  const char *b_tail; /* the last columns when B itself does not end with a vector; or NULL */
  int64_t b_tail_step;
} sources;

static void run_strip(const plan *q, const sources *s, int64_t m, int64_t rows, const block *w) {
  const cr_product *p = &q->p;
  int64_t lanes = q->kernels->lanes;
  cr_gemm_finish finish;
  cr_gemm_tile t = {.steps = w->k1 - w->k0,
                    .a = s->a,
                    .a_row = s->a_row,
                    .a_step = s->a_step,
                    .c_row = p->c_row,
                    .c_column = p->c_column,
                    .alpha = p->alpha,
                    .beta = w->k0 > 0 ? 1 : p->beta,
                    .ahead = s->ahead,
                    .ahead_step = s->ahead_step};
  bool finishes = w->k1 == p->k && has_finish(p);
  const cr_gemm_tile_fn *run =
      s->a_row == 1 ? q->kernels->tile[rows - 1] : q->kernels->long_tile[rows - 1];
  for (int64_t n = w->n0, panel = 0; n < w->n1; n += q->tile_columns, panel++) {
    t.columns = least(q->tile_columns, w->n1 - n);
    bool is_tail = s->b_tail && t.columns < q->tile_columns;
    t.b = is_tail ? s->b_tail : s->b + panel * s->b_panel * q->width;
    t.b_step = is_tail ? s->b_tail_step : s->b_step;
    t.c = c_at(q, m, n);
    if (finishes) {
      finish = finish_at(q, m, n);
      t.finish = &finish;
    }
    run[ceil_div(t.columns, lanes) - 1](&t);
  }
}

/* ---- blocks ---- */

/* Packs steps k0 ... k1 - 1 segment by segment. */
static void pack(const plan *q, const block *w, cr_gemm_pack *p, int64_t segment_stride) {
  const char *from = p->from;
  char *to = p->panels;
  int64_t segment = q->p.segment > 0 ? q->p.segment : q->p.k;
  p->pitch = p->width * (w->k1 - w->k0);
  for (int64_t k = w->k0; k < w->k1; k += p->steps) {
    int64_t index = k / segment, step = k % segment;
    p->steps = least(segment - step, w->k1 - k);
    p->from = from + (index * segment_stride + step * p->step_stride) * q->width;
    p->panels = to + (k - w->k0) * p->width * q->width;
    q->kernels->pack(p);
  }
}

static void pack_b(const plan *q, const block *w, int64_t n0, char *to) {
  cr_gemm_pack p = {.from = b_at(q, 0, n0),
                    .lines = w->n1 - n0,
                    .line_stride = q->p.b_column,
                    .step_stride = q->p.b_row,
                    .width = q->tile_columns,
                    .panels = to};
  pack(q, w, &p, q->p.b_segment);
}

static void pack_a(const plan *q, const block *w, char *to) {
  cr_gemm_pack p = {.from = a_at(q, w->m0, 0),
                    .lines = w->m1 - w->m0,
                    .line_stride = q->p.a_row,
                    .step_stride = q->p.a_column,
                    .width = q->tile_rows,
                    .panels = to};
  pack(q, w, &p, q->p.a_segment);
}

static const char *panel_at(const plan *q, int64_t n, int64_t k) {
  return (const char *)q->p.b + (n * q->p.k + k * q->tile_columns) * q->width;
}

static sources find_b(const plan *q, const block *w, char *scratch) {
  sources s = {.b = scratch, .b_step = q->tile_columns};
  if (q->p.b_panels) {
    s.b = panel_at(q, w->n0, w->k0);
    s.b_panel = q->tile_columns * q->p.k;
    return s;
  }
  if (q->packs_b) {
    s.b_panel = q->tile_columns * (w->k1 - w->k0);
    pack_b(q, w, w->n0, scratch);
    return s;
  }
  s.b = b_at(q, w->k0, w->n0);
  s.b_step = q->p.b_row;
  s.b_panel = q->tile_columns;
  int64_t tail = (w->n1 - w->n0) % q->tile_columns;
  if (tail % q->kernels->lanes != 0) {
    pack_b(q, w, w->n1 - tail, scratch);
    s.b_tail = scratch;
    s.b_tail_step = q->tile_columns;
  }
  return s;
}

/* Some rows and steps, with B in panels: all rows under one panel after the other. While its first
 * strips are computed, the next panel is fetched, a cache line of each of its rows for each strip. */
static void run_panels(const plan *q, const block *w, char *scratch) {
  const int64_t panel = q->tile_columns * q->width;
  block b = *w;
  for (b.n0 = w->n0; b.n0 < w->n1 && !cr_interrupt_pending(); b.n0 = b.n1) {
    b.n1 = least(b.n0 + q->tile_columns, w->n1);
    sources s = find_b(q, &b, scratch);
    s.a_row = q->p.a_row;
    s.a_step = q->p.a_column;
    s.ahead_step = panel;
    const char *next = b.n1 < w->n1     ? s.b + s.b_panel * q->width
                       : w->k1 < q->p.k ? panel_at(q, w->n0, w->k1)
                                        : NULL;
    for (int64_t m = w->m0, line = 0; m < w->m1; m += q->tile_rows, line += line_bytes) {
      s.a = a_at(q, m, w->k0);
      s.ahead = next && line < panel ? next + line : NULL;
      run_strip(q, &s, m, least(q->tile_rows, w->m1 - m), &b);
    }
  }
}

/* Some rows and steps: all columns, one block of B after the other. */
static void run_rows(const plan *q, const block *w, char *scratch) {
  block b = *w;
  if (q->packs_a) pack_a(q, w, scratch);
  for (b.n0 = w->n0; b.n0 < w->n1; b.n0 = b.n1) {
    b.n1 = least(b.n0 + q->columns, w->n1);
    sources s = find_b(q, &b, scratch + q->a_bytes);
    s.a_row = q->packs_a ? 1 : q->p.a_row;
    s.a_step = q->packs_a ? q->tile_rows : q->p.a_column;
    for (int64_t m = w->m0; m < w->m1; m += q->tile_rows) {
      s.a = q->packs_a ? scratch + (m - w->m0) * (w->k1 - w->k0) * q->width : a_at(q, m, w->k0);
      run_strip(q, &s, m, least(q->tile_rows, w->m1 - m), &b);
    }
    if (cr_interrupt_pending()) return;
  }
}

static void run_rectangle(const plan *q, const block *w, char *scratch) {
  block b = *w;
  b.k0 = 0;
  do { /* once even when there is nothing to sum */
    b.k1 = least(b.k0 + q->depth, q->p.k);
    for (b.m0 = w->m0; b.m0 < w->m1; b.m0 = b.m1) {
      b.m1 = least(b.m0 + row_block, w->m1);
      if (q->by_panels) {
        run_panels(q, &b, scratch);
      } else {
        run_rows(q, &b, scratch);
      }
      if (cr_interrupt_pending()) return;
    }
    b.k0 = b.k1;
  } while (b.k0 < q->p.k);
}

static int64_t cut_at(int64_t size, int64_t unit, int64_t parts, int64_t part) {
  return least(size, ceil_div(size, unit) * part / parts * unit);
}

/* Columns that belong together when C is cut. */
static int64_t column_unit(const plan *q) {
  return q->p.b_panels ? q->tile_columns : q->kernels->lanes;
}

static block piece_at(const plan *q, int64_t piece, int64_t unit_m, int64_t unit_n) {
  int64_t i = piece / q->cuts_n, j = piece % q->cuts_n;
  return (block){.m0 = cut_at(q->p.m, unit_m, q->cuts_m, i),
                 .m1 = cut_at(q->p.m, unit_m, q->cuts_m, i + 1),
                 .n0 = cut_at(q->p.n, unit_n, q->cuts_n, j),
                 .n1 = cut_at(q->p.n, unit_n, q->cuts_n, j + 1),
                 .k1 = q->p.k};
}

static void run_tiles(int64_t begin, int64_t end, int thread, void *context) {
  const plan *q = context;
  for (int64_t piece = begin; piece < end; piece++) {
    block w = piece_at(q, piece, 2, column_unit(q));
    if (w.m0 < w.m1 && w.n0 < w.n1) run_rectangle(q, &w, q->scratch + thread * q->scratch_bytes);
  }
}

/* ---- few rows ---- */

/* Both operands' lines run along the sum, and there are too few rows of A for packing B to pay. */
static void run_dots(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const plan *q = context;
  for (int64_t piece = begin; piece < end && !cr_interrupt_pending(); piece++) {
    block w = piece_at(q, piece, 1, CR_GEMM_DOTS);
    for (int64_t n = w.n0; n < w.n1; n += CR_GEMM_DOTS) {
      int64_t columns = least(CR_GEMM_DOTS, w.n1 - n);
      for (int64_t m = w.m0; m < w.m1; m += CR_GEMM_DOTS) {
        int64_t rows = least(CR_GEMM_DOTS, w.m1 - m);
        cr_gemm_finish finish = finish_at(q, m, n);
        cr_gemm_tile t = {.steps = q->p.k,
                          .a = a_at(q, m, 0),
                          .b = b_at(q, 0, n),
                          .a_row = q->p.a_row,
                          .a_step = 1,
                          .b_step = q->p.b_column,
                          .c = c_at(q, m, n),
                          .columns = columns,
                          .c_row = q->p.c_row,
                          .c_column = q->p.c_column,
                          .alpha = q->p.alpha,
                          .beta = q->p.beta,
                          .finish = has_finish(&q->p) ? &finish : NULL};
        q->kernels->dots[rows - 1][columns - 1](&t);
      }
    }
  }
}

/* ---- planning ---- */

static int64_t second_level_cache(void) {
  static int64_t bytes; /* two threads that race compute the same value */
  if (bytes == 0) {
    int64_t found = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
    found = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    bytes = found >= 128 << 10 ? least(found, 2 << 20) : 512 << 10;
  }
  return bytes;
}

/* Packing costs about one pass over an operand, so that it pays for operands that many tiles
 * read; soonest when lines are a multiple of 4 KB apart and compete for the same few places of the
 * first-level cache. */
static void choose_packing(plan *q) {
  const cr_product *p = &q->p;
  int64_t panels = ceil_div(p->n, q->tile_columns), strips = ceil_div(p->m, q->tile_rows);
  bool is_crowded = p->a_row * q->width % 4096 == 0;
  q->packs_a = p->a_row != 1 && (p->a_column != 1 || panels > (is_crowded ? 6 : 16));
  q->packs_b = p->b_column != 1 || (strips > 12 && p->k * p->n * q->width > second_level_cache());
  if (p->b_panels) q->packs_b = false;
  if (p->segment > 0) q->packs_a = q->packs_b = true;
}

static void choose_blocks(plan *q) {
  int64_t depth = depth_bytes / q->width, k = q->p.k > 0 ? q->p.k : 1;
  q->depth = k > depth ? round_up(ceil_div(k, ceil_div(k, depth)), 8) : k;
  int64_t columns = second_level_cache() / 2 / (q->depth * q->width);
  q->columns =
      columns > q->tile_columns ? columns / q->tile_columns * q->tile_columns : q->tile_columns;
  if (!q->packs_b && !q->p.b_panels) q->columns = q->p.n;
}

/* Strips of even height, when those of A are read where they are. */
static void choose_strips(plan *q) {
  int64_t rows = ceil_div(q->p.m, q->cuts_m);
  if (!q->p.b_panels || q->packs_a) return;
  q->tile_rows = ceil_div(rows, ceil_div(rows, q->tile_rows));
  q->by_panels = rows * q->p.k * q->width <= second_level_cache() / 2;
}

/* One piece for each thread: of all ways to cut, the one whose largest piece has the least to
 * compute and to read. */
static void choose_cuts(plan *q, int64_t threads) {
  double best = 0;
  for (int64_t i = 1, j; i <= threads; i++) {
    j = threads / i;
    if (i * j != threads) continue;
    double rows = (double)round_up(ceil_div(q->p.m, i), 2);
    double columns = (double)round_up(ceil_div(q->p.n, j), column_unit(q));
    double cost = rows * columns / 16 + rows + columns;
    if (best > 0 && cost >= best) continue;
    best = cost;
    q->cuts_m = i;
    q->cuts_n = j;
  }
}

static cr_status take_scratch(plan *q) {
  int64_t pieces = q->cuts_m * q->cuts_n;
  int64_t rows = round_up(least(row_block, q->p.m), q->tile_rows);
  int64_t columns = q->packs_b ? round_up(least(q->columns, q->p.n), q->tile_columns)
                    : !q->p.b_panels && q->p.n % q->kernels->lanes != 0 ? q->tile_columns
                                                                        : 0;
  q->a_bytes = q->packs_a ? round_up(rows * q->depth * q->width, line_bytes) : 0;
  q->scratch_bytes = q->a_bytes + round_up(columns * q->depth * q->width, line_bytes);
  q->scratch = cr_scratch(CR_SCRATCH_GEMM, (size_t)(q->scratch_bytes * pieces));
  return q->scratch ? CR_OK : CR_ENOMEM;
}

static int64_t threads_for(const cr_product *p) {
  const double worth = 100000; /* multiply-adds for each thread: 2 microseconds */
  double parts = (double)p->m * (double)p->n * ((double)p->k + 1) / worth;
  int64_t threads = cr_in_parallel() ? 1 : cr_num_threads();
  return parts < 1 ? 1 : parts < (double)threads ? (int64_t)parts : threads;
}

/* C' = B' A' */
static cr_product transposed(const cr_product *p) {
  cr_product t = *p;
  t.m = p->n, t.n = p->m;
  t.a = p->b, t.a_row = p->b_column, t.a_column = p->b_row;
  t.b = p->a, t.b_row = p->a_column, t.b_column = p->a_row;
  t.a_segment = p->b_segment, t.b_segment = p->a_segment;
  t.c_row = p->c_column, t.c_column = p->c_row;
  t.finish.row_bias = p->finish.column_bias;
  t.finish.column_bias = p->finish.row_bias;
  return t;
}

/* ---- small products, and vectors ---- */

static void multiply_plainly(const cr_product *p) {
  cr_plain_product plain = {.m = p->m,
                            .n = p->n,
                            .k = p->alpha == 0 ? 0 : p->k,
                            .a = p->a,
                            .b = p->b,
                            .c = p->c,
                            .a_row = p->a_row,
                            .a_column = p->a_column,
                            .b_row = p->b_row,
                            .b_column = p->b_column,
                            .c_row = p->c_row,
                            .c_column = p->c_column,
                            .alpha = cr_scalar_from_double(p->alpha),
                            .beta = cr_scalar_from_double(p->beta)};
  cr_kernels()->plain_gemm[p->dtype](&plain);
}

/* What is left to do when C holds the sums: tiles without steps. */
static void finish_alone(const plan *q) {
  if (!has_finish(&q->p)) return;
  plan rest = *q;
  sources none = {.a_row = 1};
  block all = {.m1 = q->p.m, .n1 = q->p.n};
  rest.p.k = 0;
  rest.p.alpha = rest.p.beta = 1;
  for (int64_t m = 0; m < q->p.m; m += q->tile_rows)
    run_strip(&rest, &none, m, least(q->tile_rows, q->p.m - m), &all);
}

/* Rows are cut in groups, so that each is summed alike whatever the number of threads. */
enum { vector_group = 16 };

static void vector_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const cr_matrix_vector *whole = context;
  cr_matrix_vector p = *whole;
  begin *= vector_group;
  p.m = least(end * vector_group, whole->m) - begin;
  p.a = (const char *)p.a + begin * p.a_row * p.width;
  p.y = (char *)p.y + begin * p.y_stride * p.width;
  cr_kernels()->gemv[p.width == sizeof(double)](&p);
}

/* Matrix times vector, also as a row times a matrix. False when the operands' steps are others
 * than the kernel takes. */
static bool run_vector(const plan *q) {
  const cr_product *p = &q->p;
  cr_matrix_vector v = {
      .k = p->k, .alpha = p->alpha, .beta = p->beta, .y = p->c, .width = q->width};
  if (p->n == 1 && (p->b_row == 1 || p->k == 1)) {
    v.m = p->m, v.a = p->a, v.a_row = p->a_row, v.a_column = p->a_column;
    v.x = p->b, v.y_stride = p->c_row;
  } else if (p->m == 1 && (p->a_column == 1 || p->k == 1)) {
    v.m = p->n, v.a = p->b, v.a_row = p->b_column, v.a_column = p->b_row;
    v.x = p->a, v.y_stride = p->c_column;
  } else {
    return false;
  }
  if (v.a_row != 1 && v.a_column != 1) return false;
  cr_parallel_for(ceil_div(v.m, vector_group), 65536 / vector_group / (v.k + 1) + 1, vector_rows,
                  &v);
  finish_alone(q);
  return true;
}

/* ---- the choice ---- */

static cr_status run_on_threads(plan *q, cr_range_fn body) {
  cr_parallel_for(q->cuts_m * q->cuts_n, 1, body, q);
  return cr_check_interrupt();
}

/* Whether C' = B' A' is the better way to see it: C's columns are contiguous, or few columns would
 * leave vectors half empty while A has contiguous ones to take their place. */
static bool is_better_transposed(const cr_product *p, int64_t lanes) {
  if (p->b_panels) return false;
  int64_t straight = round_up(p->n, lanes) * p->m, turned = round_up(p->m, lanes) * p->n;
  bool pays = p->k >= 64; /* results go to memory one by one then */
  if (p->c_column != 1 && p->c_row == 1)
    return !(pays && p->b_column == 1 && straight * 9 < turned * 8);
  return pays && p->a_row == 1 && turned * 9 < straight * 8;
}

static bool is_for_dots(const cr_product *p) {
  int64_t lines = least(p->m, p->n);
  return p->a_column == 1 && p->b_row == 1 && p->b_column != 1 &&
         ((lines <= 32 && p->k >= 256) || (lines <= 8 && p->k >= 96));
}

cr_status cr_multiply(const cr_product *p) {
  const double tiny = 100; /* multiplications, below which preparations cost more */
  if (p->m == 0 || p->n == 0) return CR_OK;
  bool is_tiny =
      (double)p->m * (double)p->n * (double)p->k <= tiny && p->segment == 0 && !p->b_panels;
  if (is_tiny) multiply_plainly(p);
  if (is_tiny && !has_finish(p)) return CR_OK;
  const cr_gemm_kernels *kernels = &cr_kernels()->gemm[p->dtype == CR_F64];
  plan q = {.p = is_better_transposed(p, kernels->lanes) ? transposed(p) : *p,
            .kernels = kernels,
            .width = (int64_t)cr_dtype_size(p->dtype)};
  if (p->alpha == 0) q.p.k = 0;
  if (p->segment >= p->k) q.p.segment = 0;
  q.tile_rows = kernels->rows;
  q.tile_columns = (int64_t)kernels->vectors * kernels->lanes;
  if (is_tiny) {
    finish_alone(&q);
    return CR_OK;
  }
  bool is_whole = q.p.segment == 0 && !p->b_panels;
  if (is_whole && (p->m == 1 || p->n == 1) && run_vector(&q)) return cr_check_interrupt();
  choose_cuts(&q, threads_for(p));
  if (is_whole && is_for_dots(&q.p)) return run_on_threads(&q, run_dots);
  choose_packing(&q);
  choose_blocks(&q);
  choose_strips(&q);
  CR_TRY(take_scratch(&q));
  return run_on_threads(&q, run_tiles);
}

int64_t cr_gemm_panels_size(cr_dtype dtype, int64_t k, int64_t n) {
  const cr_gemm_kernels *kernels = &cr_kernels()->gemm[dtype == CR_F64];
  return round_up(n, (int64_t)kernels->vectors * kernels->lanes) * k;
}

void cr_gemm_pack_panels(cr_dtype dtype, int64_t k, int64_t n, const void *b, int64_t b_row,
                         int64_t b_column, void *panels) {
  const cr_gemm_kernels *kernels = &cr_kernels()->gemm[dtype == CR_F64];
  int64_t width = (int64_t)kernels->vectors * kernels->lanes;
  cr_gemm_pack p = {.from = b,
                    .lines = n,
                    .steps = k,
                    .line_stride = b_column,
                    .step_stride = b_row,
                    .width = width,
                    .pitch = width * k,
                    .panels = panels};
  kernels->pack(&p);
}

cr_status cr_gemm(cr_dtype dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                  int64_t k, double alpha, const void *a, int64_t lda, const void *b, int64_t ldb,
                  double beta, void *c, int64_t ldc) {
  cr_product p = {.dtype = dtype,
                  .m = m,
                  .n = n,
                  .k = k,
                  .a = a,
                  .b = b,
                  .c = c,
                  .a_row = transpose_a ? 1 : lda,
                  .a_column = transpose_a ? lda : 1,
                  .b_row = transpose_b ? 1 : ldb,
                  .b_column = transpose_b ? ldb : 1,
                  .c_row = ldc,
                  .c_column = 1,
                  .alpha = alpha,
                  .beta = beta};
  return cr_multiply(&p);
}
