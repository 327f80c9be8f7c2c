-- Peak resident memory of training ResNet-50: bin/cresset bench/resnet_memory.lua [BATCH [STEPS]],
-- the same work as in bench/peer_memory.py; make bench-memory runs both.
local cresset = require("cresset")
local models, nn, optim = require("cresset.models"), cresset.nn, cresset.optim

local batch, steps = tonumber(arg[1]) or 4, tonumber(arg[2]) or 3

local function megabytes(name)
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^" .. name .. ":%s*(%d+)")
    if kilobytes then return tonumber(kilobytes) / 1024 end
  end
end

if not io.open("/proc/self/status") then
  print("bench/resnet_memory.lua reads /proc/self/status, which this system has not got")
  return
end

cresset.setNumThreads(2)
cresset.manualSeed(1)
local net, criterion = models.ResNet { depth = 50 }, nn.CrossEntropyCriterion()
if arg[3] ~= "plain" then net:shareGradInput() end -- as PyTorch, which frees inner gradients
local x = cresset.randn(batch, 3, 224, 224)
local labels = cresset.LongTensor(batch):random(1, 1000)
local params, grads = net:getParameters()
local config = { learningRate = 0.01, momentum = 0.9, dampening = 0 }

local function feval()
  grads:zero()
  local loss = criterion:forward(net:forward(x), labels)
  net:backward(x, criterion:backward(net.output, labels))
  return loss, grads
end

for _ = 1, steps do optim.sgd(feval, params, config) end
print(("cresset  ResNet-50, batch %d, %d steps of SGD with momentum: peak %.0f MB resident"):format(
  batch, steps, megabytes("VmHWM")))
