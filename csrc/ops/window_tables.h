/* Where the windows of pooling lie. */
#ifndef CR_OPS_WINDOW_TABLES_H
#define CR_OPS_WINDOW_TABLES_H

#include "kernels/window.h"
#include "ops/boxes.h"
#include "ops/window.h"

/* Checks the shape and gives the output planes' size. */
cr_status cr_window_output(cr_box *out, const cr_tensor *input, const cr_boxes *in,
                           const cr_window_shape *shape);

/* Sets job->axis from the sizes of job->in and job->out, in scratch memory (CR_SCRATCH_INDEX,
 * CR_SCRATCH_PARTIAL). */
cr_status cr_window_tables(cr_window_job *job, int64_t planes, const cr_window_shape *shape);

#endif
