--- cresset.models: architectures, made of layers of cresset.nn.
local models = {}

for _, name in ipairs {
  "TextbookMLP",
} do
  models[name] = require("cresset.models." .. name)
end

return models
