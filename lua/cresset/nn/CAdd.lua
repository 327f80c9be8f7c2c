local Add = require("cresset.nn.Add")
local sized_parameter = require("cresset.nn.sized_parameter")

--- Adds a bias of the given sizes, element by element: nn.CAdd(3, 4) or nn.CAdd({3, 4}). Where a
-- size is 1 the bias is the same along that dimension. An input of one dimension more is a batch.
local CAdd = sized_parameter("nn.CAdd", "bias")

CAdd.updateOutput = Add.updateOutput
CAdd.updateGradInput = Add.updateGradInput
CAdd.accGradParameters = Add.accGradParameters

return CAdd
