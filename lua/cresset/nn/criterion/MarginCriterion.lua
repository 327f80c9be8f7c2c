local elementwise = require("cresset.nn.criterion.elementwise")

--- Hinge loss of two classes: the mean (or, with sizeAverage false, the sum) of
-- max(0, margin - y x), where the target y is 1 or -1.
local MarginCriterion = elementwise("nn.MarginCriterion", "margin", {
  args = {
    { "margin", "number", default = 1 },
    { "sizeAverage", "boolean", default = true },
  },
  a = "margin",
})

return MarginCriterion
