local cresset = require("cresset")

describe("tensors with content", function()
  it("are made by functions, or filled in place", function()
    assert.same({ { 0, 0 } }, cresset.zeros(1, 2):totable())
    assert.same({ 1, 1, 1 }, cresset.ones({ 3 }):totable())
    assert.same({ 1, 1 }, cresset.ones(cresset.LongTensor { 2 }):totable())
    local res = cresset.LongTensor()
    assert.equal(res, cresset.ones(res, 2, 1))
    assert.same({ { 1 }, { 1 } }, res:totable())
    assert.same({ { 1, 0, 0 }, { 0, 1, 0 } }, cresset.eye(2, 3):totable())
    assert.equal("torch.LongTensor", cresset.zeros_like(res):type())
  end)

  it("take only lists for sizes and for content", function()
    local layer = cresset.nn.Linear(2, 2)
    local x = cresset.rand(4)
    local expected = "%s: '%s' must be integers, a list of them or a torch.LongStorage, got %s"
    for _, name in ipairs { "zeros", "ones", "empty", "rand", "randn" } do
      for word, wrong in pairs { ["nn.Linear"] = layer, table = { 2, 3, width = 4 } } do
        assert.has_error(function() cresset[name](wrong) end,
          expected:format("cresset." .. name, "sizes", word))
      end
    end
    assert.has_error(function() cresset.full(layer, 3) end,
      expected:format("cresset.full", "sizes", "nn.Linear"))
    for name, argument in pairs { resize = "sizes", view = "sizes", reshape = "sizes",
      expand = "sizes", isSize = "sizes", repeatTensor = "counts", permute = "dims" } do
      assert.has_error(function() x[name](x, layer) end,
        expected:format("Tensor:" .. name, argument, "nn.Linear"))
      assert.has_error(function() x[name](x, { rows = 2 }) end,
        expected:format("Tensor:" .. name, argument, "table"))
    end
    for _, wrong in ipairs { layer, { a = 1 }, { { a = 1 } }, { layer } } do
      assert.has_error(function() cresset.Tensor(wrong) end)
      assert.has_error(function() cresset.LongStorage(wrong) end)
    end
    assert.has_error(function() cresset.Tensor(layer) end,
      "cresset.Tensor: 'table' must be a list of numbers or of lists, got nn.Linear")
    assert.same({ 2, 1 }, cresset.zeros(table.pack(2, 1)):size():totable())
    assert.same({ 3, 2 }, cresset.zeros { 3, 2 }:size():totable())
    assert.equal(0, cresset.Tensor {}:numel())
  end)

  it("count", function()
    assert.same({ 2, 3, 4 }, cresset.range(2, 4):totable())
    assert.same({ 5, 3, 1 }, cresset.range(5, 0, -2):totable())
    assert.same({ 0, 0.5, 1 }, cresset.range(0, 1.25, 0.5):totable())
    assert.same({ 0, 0.25, 0.5, 0.75, 1 }, cresset.linspace(0, 1, 5):totable())
    assert.same({ 1, 10, 100 }, cresset.logspace(0, 2, 3):totable())
    assert.has_error(function() cresset.range(1, 5, -1) end,
      "cresset.range: 'step' must lead from the first number to the last, got -1.0 from 1.0 to 5.0")
  end)

  it("come from nested tables and go back", function()
    assert.same({ { { 1 }, { 2 } } }, cresset.DoubleTensor({ { { 1 }, { 2 } } }):totable())
    assert.has_error(function() cresset.Tensor { { 1, 2 }, { 3 } } end,
      "cresset.Tensor: 'table' must hold tables of equal length: 1 here, but 2 before")
  end)

  it("know their type's constructor", function()
    local t = cresset.LongTensor { 1 }
    assert.equal("torch.LongTensor", t.new(2, 2):type())
    assert.equal("torch.DoubleTensor", t:double():type())
  end)
end)

describe("views", function()
  local t = cresset.range(1, 6):view(2, 3)

  it("share memory", function()
    assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, t:t():totable())
    assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, t:permute(2, 1):totable())
    assert.same({ { 2, 3 } }, t:sub(1, 1, 2, -1):totable())
    assert.same({ { 4, 5, 6 } }, t:narrow(1, 2, 1):totable())
    assert.same({ 2, 1, 3 }, t:unsqueeze(2):size():totable())
    assert.same({ 2, 3 }, t:view(1, 2, 1, 3):squeeze():size():totable())
    assert.same({ { { 1, 2 }, { 2, 3 } }, { { 4, 5 }, { 5, 6 } } }, t:unfold(2, 2, 1):totable())
    assert.same({ { { 1, 2, 3 }, { 4, 5, 6 } }, { { 1, 2, 3 }, { 4, 5, 6 } } },
      t:expand(2, 2, 3):totable())
    assert.same({ { 1, 2 }, { 4, 5 } }, t:split(2, 2)[1]:totable())
    assert.same({ { 3 }, { 6 } }, t:split(2, 2)[2]:totable())
  end)

  it("are functions too", function()
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, cresset.view(t, 3, 2):totable())
    assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, cresset.transpose(t, 1, 2):totable())
    assert.same({ { 3 }, { 6 } }, cresset.split(t, 2, 2)[2]:totable())
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 }, { 1, 2, 3 }, { 4, 5, 6 } },
      cresset.repeatTensor(t, 2, 1):totable())
    assert.has_error(function() cresset.split(t, 2, 3) end,
      "cresset.split: 'dim' must be a dimension from 1 to 2, got 3")
  end)

  it("are copies where they must be", function()
    assert.same({ 1, 4, 2, 5, 3, 6 }, t:t():reshape(6):totable())
    assert.same({ { 1, 2, 3, 1, 2, 3 }, { 4, 5, 6, 4, 5, 6 }, { 1, 2, 3, 1, 2, 3 },
      { 4, 5, 6, 4, 5, 6 } }, t:repeatTensor(2, 2):totable())
    assert.same({ { 1, 2 }, { 1, 2 } }, cresset.Tensor({ 1, 2 }):repeatTensor(2, 1):totable())
  end)
end)
