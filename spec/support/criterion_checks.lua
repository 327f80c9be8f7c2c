-- What holds for every criterion. In a describe block:
--
--     criterion_checks(function() return nn.MSECriterion() end, {
--       input = { 4, 5 },          -- a form of the input: see harness.lua
--       target = { 4, 5 },         -- a form of the target; nil where there is none
--       range = { -2, 2 }, targetRange = { -2, 2 },  -- of their elements
--     })
--
-- A target's form may also be { labels = { 4 }, classes = 5 } (whole numbers from 1 to 5),
-- { signs = { 4, 5 } } (1 and -1), { value = 1 } (that value) or a function(word) that makes it.
--
-- What does not hold for a criterion is said by further options, as in layer_checks: batch = false,
-- large = false, anyInput = true (accepts anything as input), saves = false.
local assert = require("luassert")
local it = require("busted").it
local cresset = require("cresset")
local harness = require("spec.support.harness")
local learning = require("spec.support.learning")

local assert_same = harness.assert_same

local function labels(form)
  local t = cresset.LongTensor(table.unpack(form.labels))
  return t:random(1, form.classes)
end

local function signs(form, word)
  local t = learning.tensor(word, { 0 }):resize(table.unpack(form.signs))
  local random = cresset.LongTensor(table.unpack(form.signs)):random(0, 1)
  return t:copy(random):mul(2):add(-1)
end

local function target_of(form, word, options)
  if form == nil or type(form) == "function" then return form and form(word) end
  if form.labels then return labels(form) end
  if form.signs then return signs(form, word) end
  if form.value then return form.value end
  if harness.is_size(form) then
    local t = learning.tensor(word, { 0 }):resize(table.unpack(form))
    return t:uniform(table.unpack(options.targetRange or { -2, 2 }))
  end
  local result = {}
  for i, part in ipairs(form) do result[i] = target_of(part, word, options) end
  return result
end

-- The form with the first sizes changed by f.
local function resized_target(form, f)
  if form == nil or type(form) == "function" or form.value then return form end
  for _, kind in ipairs { "labels", "signs" } do
    if form[kind] then
      return { [kind] = harness.resized(form[kind], f), classes = form.classes }
    end
  end
  if harness.is_size(form) then return harness.resized(form, f) end
  local result = {}
  for i, part in ipairs(form) do result[i] = resized_target(part, f) end
  return result
end

local function resized(options, f)
  local result = { input = harness.resized(options.input, f) }
  result.target = resized_target(options.target, f)
  return setmetatable(result, { __index = options })
end

-- Input and target.
local function data(options, word)
  local input = harness.input(options.input, word, options)
  return input, target_of(options.target, word, options)
end

local function fresh(make, word)
  local criterion = make()
  return word == "double" and criterion:double() or criterion
end

local function run(criterion, input, target)
  local loss = criterion:forward(input, target)
  assert.are.equal("number", type(loss))
  return harness.copies(loss, criterion:backward(input, target))
end

local function check_gradient(make, options)
  local criterion = fresh(make, "double")
  local input, target = data(options, "double")
  criterion:forward(input, target)
  local gradients = harness.copies(criterion:backward(input, target))
  for i, t in ipairs(harness.leaves(input)) do
    if gradients[i] and t:type() == "torch.DoubleTensor" then
      harness.assert_gradient(function() return criterion:forward(input, target) end, t,
        gradients[i], "gradient of input " .. i)
    end
  end
end

local function check_gradients(make, options)
  it("has the gradients that differences give", function() check_gradient(make, options) end)
  if options.batch == false then return end
  it("takes a batch of one sample", function()
    check_gradient(make, resized(options, function() return 1 end))
  end)
end

local function check_types(make, options)
  it("gives the same in float32 and float64, for any strides and as a copy", function()
    local input, target = data(options, "float")
    local criterion = fresh(make, "float")
    local results = run(criterion, input, target)
    assert_same(run(fresh(make, "double"), harness.doubled(input), harness.doubled(target)),
      results, 1e-4, "float32")
    assert_same(results, run(fresh(make, "float"), harness.map(input, learning.reversed),
      harness.map(target, learning.reversed)), 1e-5, "other strides")
    assert_same(results, run(criterion:clone(), input, target), 0, "a copy")
    assert_same(results, run(criterion, input, target), 0, "again")
  end)
end

local function check_threads(make, options)
  if options.large == false then return end
  it("gives the same on one thread and on two, and twice", function()
    local factor = harness.enlarging_factor(options.input)
    local large = resized(options, function(size) return size * factor end)
    for _, word in ipairs { "double", "float" } do
      local input, target = data(large, word)
      local first
      harness.each_thread_count(function(threads)
        local results = run(fresh(make, word), input, target)
        first = first or results
        assert_same(first, results, 0, word .. " on two threads")
        if threads == 1 then return end
        assert_same(results, run(fresh(make, word), input, target), 0, "on two threads, again")
      end)
    end
  end)
end

local function check_state(make, options)
  it("can be cleared, converted and shown", function()
    local criterion = fresh(make, "float")
    local input, target = data(options, "float")
    local results = run(criterion, input, target)
    assert.are.equal(criterion, criterion:clearState())
    for _, t in ipairs(harness.leaves(criterion.gradInput)) do
      assert.are.equal(0, t:nElement())
    end
    assert_same(results, run(criterion, input, target), 0, "after clearState")
    assert.are.equal("torch.FloatTensor", criterion:type())
    assert.are.equal("torch.DoubleTensor", criterion:double():type())
    assert.are.equal(criterion.__typename, tostring(criterion):match("^[%w_.]+"))
    if options.tostring then assert.are.equal(options.tostring, tostring(criterion)) end
  end)
  if options.saves == false then return end
  it("is the same after saving and loading", function()
    local criterion = fresh(make, "double")
    local input, target = data(options, "double")
    local results = run(criterion, input, target)
    local loaded = cresset.deserialize(cresset.serialize(criterion))
    assert.are.equal(tostring(criterion), tostring(loaded))
    assert_same(results, run(loaded, input, target), 0, "loaded")
  end)
end

local function check_errors(make, options)
  it("refuses what does not fit and works on", function()
    local criterion = fresh(make, "float")
    local input, target = data(options, "float")
    local expected = run(fresh(make, "float"), input, target)
    if not options.anyInput then
      for _, wrong in ipairs { false, 5, "abc" } do
        harness.assert_refused(criterion, "forward", wrong or nil, target)
        harness.assert_refused(criterion, "backward", wrong or nil, target)
      end
    end
    if options.target ~= nil then
      harness.assert_refused(criterion, "forward", input, nil)
      harness.assert_refused(criterion, "forward", input, "abc")
      harness.assert_refused(criterion, "backward", input, nil)
    end
    assert_same(expected, run(criterion, input, target), 0, "after errors")
  end)
end

return function(make, options)
  if harness.is_recording(make) then return end
  check_gradients(make, options)
  check_types(make, options)
  check_threads(make, options)
  check_state(make, options)
  check_errors(make, options)
end
