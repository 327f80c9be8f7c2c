--- Minibatches for models that predict the next element of a long sequence.
--
-- The sequence is cut into `batch` streams of equal length that run side by side; each minibatch
-- has the next `steps` elements of every stream, so that a network which remembers its state from
-- one minibatch to the next (SeqLSTM:remember) reads each stream without a break.
--
--     for input, target in data.TextStreams(ids, 32, 50) do ... end
--
-- Input and target are torch.LongTensors of steps x batch; the target is the input one step later.
-- The same memory is used for each minibatch. What does not fill a whole minibatch at the end is
-- left out.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local TextStreams = class("data.TextStreams")

local who = "data.TextStreams"

--- @param ids  a torch.LongTensor of one dimension
-- @param batch  streams side by side
-- @param steps  elements of each in a minibatch
function TextStreams:__init(ids, batch, steps)
  arguments.check(who, { "ids", "tensor" }, ids)
  self.batchSize = arguments.check(who, { "batch", "size", max = 1 << 30 }, batch)
  self.steps = arguments.check(who, { "steps", "size", max = 1 << 30 }, steps)
  if ids:type() ~= "torch.LongTensor" or ids:dim() ~= 1 then
    error(("%s: 'ids' must be a torch.LongTensor of one dimension, got a %s of %d dimensions")
      :format(who, ids:type(), ids:dim()), 0)
  end
  local length = (ids:size(1) - 1) // self.batchSize
  self.count = length // self.steps
  if self.count < 1 then
    error(("%s: %d elements are too few for %d streams of %d steps"):format(who, ids:size(1),
      self.batchSize, self.steps), 0)
  end
  local used = length * self.batchSize
  -- steps in time first
  self._inputs = ids:narrow(1, 1, used):view(self.batchSize, length):t()
  self._targets = ids:narrow(1, 2, used):view(self.batchSize, length):t()
  self.input, self.target = core.LongTensor(), core.LongTensor()
  self._from = 1
end

--- Number of minibatches in an epoch.
function TextStreams:size() return self.count end
TextStreams.__len__ = TextStreams.size

--- Lets the next loop begin with a certain minibatch.
-- @param epoch  any number: all epochs are equal
-- @param batch  the first minibatch, from 1 (1)
-- @return the object
function TextStreams:seek(epoch, batch)
  arguments.check(who .. ":seek", { "epoch", "size" }, epoch)
  self._from = arguments.check(who .. ":seek", { "batch", "size", default = 1 }, batch)
  return self
end

--- One step of a `for` loop, which passes nil at its start.
function TextStreams:__call__(_, previous)
  if previous == nil then self._at, self._from = self._from - 1, 1 end
  if not self._at then error(who .. ": a loop must begin with nil", 0) end
  if self._at >= self.count then return nil end
  local first = self._at * self.steps + 1
  self._at = self._at + 1
  self.input:resize(self.steps, self.batchSize):copy(self._inputs:narrow(1, first, self.steps))
  self.target:resize(self.steps, self.batchSize):copy(self._targets:narrow(1, first, self.steps))
  return self.input, self.target
end

--- "data.TextStreams(32 x 50, 200 minibatches)"
function TextStreams:__tostring__()
  return ("%s(%d x %d, %d minibatches)"):format(who, self.batchSize, self.steps, self.count)
end

return TextStreams
