local pair_layer = require("cresset.nn.pair_layer")

--- The dot product of a table's two vectors, or of the rows of two matrices. Output (1), or (N).
local DotProduct = pair_layer("nn.DotProduct", "dot", {})

return DotProduct
