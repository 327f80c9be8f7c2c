local pair_layer = require("cresset.nn.pair_layer")

--- The cosine of the angle between a table's two vectors, or between the rows of two matrices.
-- Output (1), or (N).
local CosineDistance = pair_layer("nn.CosineDistance", "cosine", {})

return CosineDistance
