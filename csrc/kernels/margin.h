/* Losses of whole rows. Each adds nothing up: it returns the loss of one row of n elements and, when
 * the gradient's address is not NULL, writes `scale` times the gradient there. */
#ifndef CR_KERNELS_MARGIN_H
#define CR_KERNELS_MARGIN_H

#include <stdint.h>

typedef struct {
  /* Sum over c other than label of max(0, margin - x[label] + x[c])^p / n, p being 1 or 2. */
  double (*multi_margin)(int64_t n, const void *x, int64_t label, double margin, int p,
                         double scale, void *gx);
  /* Sum over each label l and each class c that is no label of max(0, 1 - x[l] + x[c]) / n.
   * is_label holds n flags. */
  double (*multi_label_margin)(int64_t n, const void *x, const int64_t *label, int64_t labels,
                               const unsigned char *is_label, double scale, void *gx);
  /* 1 - cos(x, y) for a target above 0, max(0, cos(x, y) - margin) for others. */
  double (*cosine_embedding)(int64_t n, const void *x, const void *y, double target, double margin,
                             double scale, void *gx, void *gy);
  /* max(0, |a - p| - |a - q| + margin), with Euclidean distances: of the anchor a to a positive
   * example p and to a negative one q. */
  double (*triplet)(int64_t n, const void *a, const void *p, const void *q, double margin,
                    double scale, void *ga, void *gp, void *gq);
} cr_margin_kernels;

#endif
