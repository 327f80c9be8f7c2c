--- What the files of cresset.zoo share: temporary tensors and checks of arguments.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local support = {}

local function size_text(t)
  local sizes = {}
  for d = 1, t:dim() do sizes[d] = t:size(d) end
  return #sizes == 0 and "(empty)" or "(" .. table.concat(sizes, " x ") .. ")"
end

support.sizeText = size_text

--- The network's temporary tensor of this name, of the parameters' type unless another is given.
function support.buffer(self, name, kind)
  local buffers = self.buffers
  local tensor = buffers[name]
  if not tensor then
    tensor = kind and core.zeros():type(kind) or self.weight.new()
    buffers[name] = tensor
  end
  return tensor
end

--- Checks a batch of rows (N x columns), or one row, and gives it as contiguous rows.
function support.rows(self, method, name, value, columns)
  if not core.isTensor(value) then
    arguments.fail_method(self, method, "'%s' must be a tensor of (N x %d), got %s", name, columns,
      arguments.describe(value))
  end
  if value:type() ~= self.weight:type() then
    arguments.fail_method(self, method, "'%s' must be a %s like the network, got a %s", name,
      self.weight:type(), value:type())
  end
  local dims = value:dim()
  if dims == 1 and value:size(1) == columns then return value:contiguous():view(1, columns) end
  if dims ~= 2 or value:size(2) ~= columns or value:size(1) == 0 then
    arguments.fail_method(self, method, "'%s' must be (N x %d), got %s", name, columns,
      size_text(value))
  end
  return value:contiguous()
end

--- Checks labels: integers from 1 to classes, one for each of n rows; gives a torch.LongTensor.
function support.labels(self, method, labels, n, classes)
  local fits = core.isTensor(labels) and labels:dim() == 1 and labels:size(1) == n
  if not fits then
    arguments.fail_method(self, method, "'labels' must be a tensor of %d labels, got %s", n,
      core.isTensor(labels) and size_text(labels) or arguments.describe(labels))
  end
  labels = labels:long()
  if labels:min() < 1 or labels:max() > classes then
    arguments.fail_method(self, method, "'labels' must be from 1 to %d, got %d to %d", classes,
      labels:min(), labels:max())
  end
  return labels
end

--- log(1 + exp(x)) into res, which may be x itself.
function support.softplus(self, res, x)
  return core.nn.softPlusForward(self, x, res, res == x, 1, 30)
end

return support
