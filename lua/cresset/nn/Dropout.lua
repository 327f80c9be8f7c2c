local dropping = require("cresset.nn.dropping")

--- In training sets each element to 0 with probability p and multiplies the others by 1 / (1 - p);
-- in evaluation lets everything through (Srivastava et al. 2014).
--
--     nn.Dropout([p = 0.5], [v1 = false], [inplace = false], [stochasticInference = false])
--
-- With `v1` nothing is multiplied in training, and by 1 - p in evaluation, as in the first version.
-- With `inplace` the input's and gradOutput's own elements are overwritten. With
-- `stochasticInference` evaluation drops too.
--
-- The elements are chosen by a key that forward draws from cresset's generator, so a seed decides
-- them, whatever the number of threads; no mask is kept.
return dropping("nn.Dropout", {
  { "p", "number", default = 0.5 },
  { "v1", "boolean", default = false },
  { "inplace", "boolean", default = false },
  { "stochasticInference", "boolean", default = false },
}, false, function(self) self.v2 = not self.v1 end)
