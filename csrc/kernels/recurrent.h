/* One time step of recurrent layers: the product of the state with packed weights, and the gates.
 *
 * A step's gates stand in rows of `width` elements, one row a sequence, made of blocks of one element
 * a unit:
 *
 *     LSTM              i  f  o  z      input, forget, output gate and the cell's input
 *     GRU               r  u  n  rh     reset and update gate, candidate, r times the old state
 *     GRU, reset after  r  u  m  n      m: the state's share of the candidate, before the reset
 *     tanh, relu        h
 *
 * Before a step they hold what input and state contribute, afterwards the gates' values, which the
 * backward pass reads. */
#ifndef CR_KERNELS_RECURRENT_H
#define CR_KERNELS_RECURRENT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  CR_CELL_LSTM,
  CR_CELL_GRU,
  CR_CELL_GRU_RESET_AFTER,
  CR_CELL_TANH,
  CR_CELL_RELU,
  CR_CELL_COUNT
} cr_cell;

/* A step is at most two phases: a product, then the arithmetic on its result. */
enum { CR_CELL_PHASES = 2 };

typedef struct {
  int64_t rows, units, width;
  void *gates;
  const void *bias;              /* one element for each column of gates that has one */
  const void *peephole;          /* of i, f and o, or NULL */
  const void *before, *c_before; /* state and cell: rows x units */
  void *after, *c_after;
  void *output; /* the state again, rows output_stride apart */
  int64_t output_stride;
  const uint8_t *mask; /* rows that take no part in the step, or NULL */
  bool carries;        /* such rows keep their state; otherwise it becomes 0 */
  /* backward */
  const void *grad_output;
  int64_t grad_output_stride;
  void *grad_state, *grad_cell; /* of the states after the step; becomes that before it */
  void *grad_gates;
} cr_recurrent_step;

/* Units [begin, end) of all rows. */
typedef void (*cr_recurrent_kernel)(const cr_recurrent_step *s, int64_t begin, int64_t end);

/* c[:, block, unit] (+)= sum over k of a[:, k] b[k, block, unit]. b is packed: panels of `vectors`
 * vectors of units, in each for every k the blocks one after the other, with zeros for units that are
 * missing in the last panel. */
typedef struct {
  int64_t rows, k, units;
  int64_t blocks, vectors; /* blocks * vectors <= CR_PANEL_VECTORS */
  const void *a;
  int64_t lda;
  const void *b; /* for packing: not packed, row_step and column_step apart */
  int64_t row_step, column_step;
  void *packed;
  void *c; /* column block * units + unit */
  int64_t ldc;
  bool accumulate;
} cr_panel_product;

enum { CR_PANEL_VECTORS = 4 };

/* Panels [begin, end). */
typedef void (*cr_panel_kernel)(const cr_panel_product *p, int64_t begin, int64_t end);

typedef struct {
  int64_t lanes; /* elements of a vector */
  cr_panel_kernel pack, multiply;
  cr_recurrent_kernel forward[CR_CELL_COUNT][CR_CELL_PHASES];
  cr_recurrent_kernel backward[CR_CELL_COUNT][CR_CELL_PHASES];
  /* grad (3 x units) += scale times the peepholes' gradients over `rows` rows of grad_gates; cells
   * before and after. */
  void (*peephole)(const cr_recurrent_step *s, double scale, void *grad);
} cr_recurrent_kernels;

#endif
