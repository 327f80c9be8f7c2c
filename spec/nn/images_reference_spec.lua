-- The layers on sequences, images and volumes against what PyTorch gave.
local cresset = require("cresset")
local recorded = require("spec.support.recorded")
local reference = dofile("spec/support/reference/images.lua")

local nn = cresset.nn

local function same(t) return t end

local function sizes(t) return t:size():totable() end

local function fill_parameters(layer, type_name)
  for salt, name in ipairs { "weight", "bias" } do
    if layer[name] then layer[name]:copy(recorded.fill(salt + 1, sizes(layer[name]), type_name)) end
  end
end

local function make(case, type_name)
  local pooling_name = case.layer:gsub("Unpooling", "Pooling")
  if pooling_name ~= case.layer then
    local pooling = nn[pooling_name](table.unpack(case.args))
    return nn.Sequential():add(pooling):add(nn[case.layer](pooling)):type(type_name)
  end
  local layer = nn[case.layer](table.unpack(case.args)):type(type_name)
  fill_parameters(layer, type_name)
  if case.randomSamples then
    local planes = { case.size[1], case.size[2], #case.size - 2 }
    layer.randomSamples = cresset.DoubleTensor(case.randomSamples):view(table.unpack(planes))
    layer:fixPoolingRegions()
  end
  return layer
end

local function check(case, type_name, tolerance, arrange)
  local layer = make(case, type_name)
  layer:zeroGradParameters()
  local x = arrange(recorded.fill(1, case.size, type_name))
  local output = layer:forward(x)
  assert.same(case.outputSize, sizes(output))
  recorded.compare("output", output, case.output, tolerance)
  local gradOutput = arrange(recorded.fill(4, case.outputSize, type_name))
  recorded.compare("gradInput", layer:backward(x, gradOutput), case.gradInput, tolerance)
  for _, name in ipairs { "gradWeight", "gradBias" } do
    if case[name] then recorded.compare(name, layer[name], case[name], tolerance) end
  end
  if case.trainingOnly then return end
  layer:evaluate()
  recorded.compare("output in evaluation", layer:forward(x), case.output, tolerance)
  recorded.compare("gradInput in evaluation", layer:updateGradInput(x, gradOutput),
    case.gradInput, tolerance)
end

for section, cases in pairs(reference) do
  describe(section .. " against PyTorch:", function()
    for i, case in ipairs(cases) do
      for _, kind in ipairs(recorded.types) do
        it(("nn.%s, case %d, %s"):format(case.layer, i, kind[1]), function()
          check(case, kind[1], kind[2], same)
          check(case, kind[1], kind[2], recorded.spread)
        end)
      end
    end
  end)
end
