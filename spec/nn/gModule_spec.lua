local cresset = require("cresset")
local files = require("spec.support.files")
local learning = require("spec.support.learning")
local layer_checks = require("spec.support.layer_checks")
local table_checks = require("spec.support.table_checks")

local nn, nngraph = cresset.nn, cresset.nngraph
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local function message_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok)
  return err
end

local function chain()
  local x = nn.Identity()()
  local h = nn.Tanh()(nn.Linear(3, 4)(x))
  local y = nn.Linear(7, 2)(nn.JoinTable(1, 1)({ x, h }))
  return nn.gModule({ x }, { y })
end

describe("nn.gModule", function()
  layer_checks(chain, { inputs = { { 5, 3 }, { 1, 3 }, { 3 } }, errors = {
    { input = { 2, 4 },
      message = "nn.gModule[2] nn.Linear(3 -> 4): input must be (N x 3), got (2 x 4)" },
  } })
end)

local two, three = { { 2, 3 }, { 2, 3 } }, { { 2, 3 }, { 2, 3 }, { 2, 3 } }

local cases = {
  { "with one node", { { 2, 3 } }, function()
    local x = nn.Identity()()
    return nn.gModule({ x }, { x })
  end, { anyInput = true, anyGradient = true } },
  { "with several outputs of one node", { { 2, 3 } }, function()
    local x = nn.Linear(3, 3)()
    return nn.gModule({ x }, { nn.Tanh()(x), x, nn.Identity()(x) })
  end },
  { "with several inputs and outputs", { two }, function()
    local a, b = nn.Linear(3, 2)(), nn.Tanh()()
    local sum = nn.CAddTable()({ a, nn.Linear(3, 2)(b) })
    return nn.gModule({ a, b }, { nn.Sigmoid()(sum), nn.Tanh()(sum) })
  end },
  { "with a split input", { { { 3 }, { { 3 }, { 3 } } } }, function()
    local x, state = nn.Identity()(), nn.Identity()()
    local h, cell = state:split(2)
    return nn.gModule({ x, state }, { nn.CMulTable()({ x, h, cell }), nn.Tanh()(h) })
  end },
  { "with a split node that is read whole too", { two }, function()
    local state = nn.Identity()()
    local h, cell = state:split(2)
    return nn.gModule({ state }, { h, nn.Identity()(state), nn.Sigmoid()(cell) })
  end },
  { "with a split of one", { { { 3 } } }, function()
    local x = nn.Identity()()
    return nn.gModule({ x }, { nn.Tanh()((x:split(1))) })
  end },
  { "with containers", { { 2, 3 } }, function()
    local m = nn.Sequential():add(nn.SplitTable(1))
      :add(nn.ParallelTable():add(nn.Linear(3, 2)):add(nn.Linear(3, 4)))
    local x = nn.Identity()()
    local a, b = m(x):split(2)
    return nn.gModule({ x }, { nn.JoinTable(1)({ a, b }) })
  end, { batch = false, large = false } },
  { "with tables inside", { three }, function()
    local x = nn.Identity()()
    local join = nn.Sequential():add(nn.JoinTable(2)):add(nn.Tanh())
    local other = nn.Sequential():add(nn.JoinTable(2)):add(nn.Identity())
    return nn.gModule({ x }, { nn.CAddTable()({ join(x), other(x) }) })
  end },
  { "inside another", { { 2, 3 } }, function()
    local x = nn.Linear(3, 3)()
    return nn.gModule({ x }, { nn.CAddTable()({ chain()(x), chain()(x) }) })
  end },
  { "with a node without input", { { 2, 3 } }, function()
    local x, weight = nn.Identity()(), nn.Constant(cresset.ones(2, 3):mul(3))
    weight.updateGradInput = function() return {} end
    return nn.gModule({ x }, { nn.CMulTable()({ x, weight() }) })
  end, { batch = false, large = false, saves = false } },
  { "written with -", { two }, function()
    local a, b = -nn.Linear(3, 2), -nn.Identity()
    local sum = { a - nn.Tanh(), b - nn.Linear(3, 2) - nn.Sigmoid() } - nn.CAddTable()
    return nn.gModule({ a, b }, { sum })
  end },
  { "with nested tables of nodes", { two }, function()
    local a, b = -nn.Identity(), -nn.Tanh()
    return nn.gModule({ a, b }, { nngraph.nest({ a, { b }, { a, b } }) - nn.FlattenTable()
      - nn.CAddTable() })
  end },
}

for _, case in ipairs(cases) do
  describe("nn.gModule " .. case[1], function() table_checks(case[3], case[2], case[4]) end)
end

describe("a graph", function()
  local x = fill("float", 1, { 2, 3 })

  it("gives what its layers give", function()
    local net = chain()
    local first, last = net:get(2), net:get(5)
    local expected = last:forward(cresset.cat(x, cresset.tanh(first:forward(x)), 2)):clone()
    assert_near(values(expected), net:forward(x), 1e-6)
  end)

  it("is a module like others", function()
    local net = chain()
    assert.are.equal(4 * 3 + 4 + 2 * 7 + 2, net:getParameters():nElement())
    assert.are.equal(5, #net.modules)
    assert.are.equal(2, #net:findModules("nn.Linear"))
    assert.are.equal(6, #net:listModules())
    net:evaluate()
    assert.is_false(net:get(3).train)
    assert.are.equal("torch.DoubleTensor", net:double():forward(x:double()):type())
    net:float()
    assert.are.equal(net:get(2).weight, net:stateDict()["2.weight"])
    local copy = net:clone("weight", "bias")
    copy:get(2).weight:fill(0.5)
    assert.are.equal(0.5, net:get(2).weight[1][1])
    assert.are.equal(net:get(2), net.forwardnodes[3].data.module)
    assert.are.equal(copy:get(2), copy.forwardnodes[3].data.module)
  end)

  it("learns like the same network without a graph", function()
    local a, b = nn.Linear(3, 4), nn.Linear(4, 2)
    local input = a:clone()()
    local net = nn.gModule({ input }, { b:clone()(nn.Tanh()(input)) })
    local plain = nn.Sequential():add(a):add(nn.Tanh()):add(b)
    local g = fill("float", 2, { 2, 2 })
    for _ = 1, 3 do
      for _, of in ipairs { net, plain } do
        of:zeroGradParameters()
        of:forward(x)
        of:backward(x, g)
        of:updateParameters(0.1)
      end
    end
    assert_near(values(plain:forward(x)), net:forward(x), 1e-6)
    net:backwardUpdate(x, g, 0.1)
    plain:backwardUpdate(x, g, 0.1)
    assert_near(values(plain:forward(x)), net:forward(x), 1e-6)
  end)

  it("replaces layers", function()
    local net = chain()
    net:replace(function(module)
      return module.__typename == "nn.Tanh" and nn.ReLU() or module
    end)
    assert.are.equal("nn.ReLU", tostring(net:get(3)))
    net:forward(x)
    assert.is_true(net:get(3).output:min() >= 0)
    assert.are.equal(net:get(3), net.forwardnodes[4].data.module)
  end)

  it("follows inputs that change their form", function()
    local input = nn.Identity()()
    local net = nn.gModule({ input }, { nn.Identity()(input), nn.Identity()(input) })
    local t = cresset.ones(2)
    for _, form in ipairs { { t, { t, t } }, { t, { t, t, t } }, { t, { t } } } do
      net:forward(form)
      local gradInput = net:backward(form, { form, form })
      assert.are.equal(#form[2], #gradInput[2])
      assert_near({ 2, 2 }, gradInput[2][1], 0)
    end
  end)

  it("takes a criterion as a node", function()
    local a, b = -nn.Linear(3, 2), -nn.Identity()
    local net = nn.gModule({ a, b }, { nn.MSECriterion()({ a, b }) })
    local target = fill("float", 2, { 2, 2 })
    local loss = net:forward({ x, target })
    local criterion = nn.MSECriterion()
    local layer = net:get(1)
    assert.is_near(criterion:forward(layer:forward(x), target), loss[1], 1e-6)
    local gradInput = net:backward({ x, target }, cresset.Tensor({ 2 }))
    local expected = layer:updateGradInput(x,
      criterion:backward(layer.output, target):clone():mul(2))
    assert_near(values(expected), gradInput[1]:clone(), 1e-6)
    assert.are.equal(0, gradInput[2]:norm())
  end)

  it("is refused when it does not hold together", function()
    local in1, in2 = nn.Identity()(), nn.Identity()()
    local out = nn.Sigmoid()(in1)
    local sigmoid = nn.Sigmoid()
    for pattern, f in pairs({
      ["no output depends on inputs%[2%], nngraph.Node%(nn.Identity%) %(.*spec.lua:%d+%)"] =
        function() nn.gModule({ in1, in2 }, { out }) end,
      ["Node%(element 2%).* reads nngraph.Node%(split%(2%)%), but no output depends on it"] =
        function()
          local h = nn.Identity()()
          local first = h:split(2)
          nn.gModule({ h }, { first })
        end,
      ["inputs%[1%], nngraph.Node%(nn.Sigmoid%).*, reads other nodes"] =
        function() nn.gModule({ out }, { out }) end,
      ["inputs%[2%] is inputs%[1%] again"] =
        function() nn.gModule({ in1, in1 }, { out }) end,
      ["'outputs' must be a table of nodes, got an empty one"] =
        function() nn.gModule({ in1 }, {}) end,
      ["outputs%[1%] must be a node, got an nn.Tanh; a second pair of parentheses makes it one"] =
        function() nn.gModule({ in1 }, { nn.Tanh() }) end,
      ["nngraph.Node%(nn.Sigmoid%) stands in two nodes: give the other one a clone"] = function()
        local x1 = nn.Identity()()
        nn.gModule({ x1 }, { sigmoid(sigmoid(x1)) })
      end,
    }) do
      assert.matches("^nn.gModule: .*" .. pattern, message_of(f))
    end
  end)

  it("says what is wrong where a node is made", function()
    local node = nn.Identity()()
    assert.are.equal(
      "nn.Tanh: input is nil; without an argument the call makes a node of a graph",
      message_of(function() nn.Tanh()(nil) end))
    assert.are.equal("nn.Tanh: input[2] must be a node, got an nn.Tanh; a second pair of "
      .. "parentheses makes it one", message_of(function() nn.Tanh()({ node, nn.Tanh() }) end))
    assert.are.equal("nn.Tanh: input[2] must be a node, got nil",
      message_of(function() nn.Tanh()({ node, nil, node }) end))
    assert.are.equal("nn.Tanh: input[2] is input[1] again",
      message_of(function() nn.Tanh()({ node, node }) end))
    assert.matches("nngraph.Node: the right side of '%-' must be a layer, got 3",
      message_of(function() return node - 3 end))
    assert.matches("nn.Module: the left side of '%-' must be a node or a table of nodes, got 3",
      message_of(function() return 3 - nn.Tanh() end))
    assert.matches("nngraph.Node:split: 'count' must be an integer from 1 to 250, got 0",
      message_of(node.split, node, 0))
    assert.matches("nngraph.Node:annotate: 'name' must be a string, got 3",
      message_of(node.annotate, node, { name = 3 }))
  end)

  it("names the node of an error", function()
    local a = nn.Identity()()
    local b = nn.Linear(3, 4)(a):annotate({ name = "hidden" })
    local net = nn.gModule({ a }, { b })
    assert.are.equal("nn.gModule[hidden] nn.Linear(3 -> 4): input must be (N x 3), got (2 x 4)",
      message_of(net.forward, net, cresset.zeros(2, 4)))
    assert.matches('n3 %[fillcolor=red, label="hidden\\nnn.Linear%(3 %-> 4%)", style=filled',
      net:dot())
    assert.matches('fill="red"', net:svg(), 1, true)
    net:forward(x)
    assert.is_nil(net:dot():find("red"))
    assert.are.equal("nn.gModule: gradOutput must be a table of 2 elements, got 1",
      message_of(function()
        local both = nn.gModule({ a }, { b, a })
        both:forward(x)
        both:backward(x, { x })
      end))
    assert.are.equal(net:get(2), net:get("hidden"))
    assert.are.equal("hidden", net:nameOf(2))
    assert.are.equal("nn.gModule: has no :add(): its layers are the nodes of a graph",
      message_of(net.add, net, nn.Tanh()))
  end)

  it("wants forward before backward", function()
    local net = chain()
    assert.are.equal("nn.gModule: call forward first", message_of(net.backward, net, x, x))
    net:forward(x)
    assert.are.equal("nn.gModule: call updateGradInput first",
      message_of(net.accGradParameters, net, x, cresset.zeros(2, 2)))
  end)

  it("checks what a split is given", function()
    local a = nn.SplitTable(2)()
    local first, second = a:split(2)
    local net = nn.gModule({ a }, { first, second })
    assert.are.equal(2, #net:forward(cresset.zeros(2, 2)))
    assert.are.equal("nn.gModule: nngraph.Node(nn.SplitTable(2)):split(2) must be given a table "
      .. "of 2 elements, got 3", message_of(net.forward, net, cresset.zeros(2, 3)))
  end)

  it("has nodes with names of variables", function()
    local my_input = nn.Identity()()
    local my_output = nn.Tanh()(my_input):annotate({ name = "mine" })
    nngraph.annotateNodes()
    assert.are.equal("my_input", my_input.data.annotations.name)
    assert.are.equal("mine", my_output.data.annotations.name)
    assert.are.equal("nngraph.Node(mine: nn.Tanh)", tostring(my_output))
  end)
end)

describe("a drawing", function()
  local function annotated()
    local a = nn.Identity()():annotate({ name = "Input", description = "in & out",
      graphAttributes = { color = "blue", tooltip = 'a "tip"' } })
    return nn.gModule({ a }, { nn.Tanh()(a):mark("yellow") })
  end

  it("is text in Graphviz's language", function()
    local net = annotated()
    local text = cresset.graph.dot(net.fg, "Net")
    assert.matches('^digraph "Net" {\n  label="Net";\n', text)
    local line = '  n2 [color=blue, label="Input\\nin & out\\nnn.Identity", '
      .. 'tooltip="a \\"tip\\""];'
    assert.matches(line, text, 1, true)
    assert.matches('n3 %[fillcolor=yellow, label="nn.Tanh", style=filled', text)
    assert.matches("  n1 %-> n2;\n  n2 %-> n3;\n  n3 %-> n4;\n}\n$", text)
    assert.matches("  n2 %-> n1;\n  n3 %-> n2;\n", net.bg:todot("back"))
  end)

  it("is a picture", function()
    local text = annotated():svg("A <b>")
    assert.matches("^<svg ", text)
    assert.matches("<title>A &lt;b&gt;</title>", text, 1, true)
    assert.matches("in &amp; out</text>", text, 1, true)
    assert.matches('fill="yellow"', text, 1, true)
    local count = select(2, text:gsub("<rect ", ""))
    assert.are.equal(1 + 4, count)
    assert.are.equal(3, select(2, text:gsub("marker%-end", "")))
  end)

  it("goes to files, after an error too where that is asked for", function()
    local net, name = annotated(), files.name()
    cresset.graph.dot(net.fg, "Net", name)
    assert.matches("^digraph", files.read(name .. ".dot"))
    assert.matches("^<svg", files.read(name .. ".svg"))
    net.name = name
    local keep, said = io.stderr, {}
    io.stderr = { write = function(_, text) said[#said + 1] = text end } -- luacheck: ignore 122
    nngraph.setDebug(true)
    local ok = pcall(net.forward, net, 3)
    nngraph.setDebug(false)
    io.stderr = keep -- luacheck: ignore 122
    assert.is_false(ok)
    assert.are.equal(("nngraph: the failed node is marked in %s.svg\n"):format(name), said[1])
    assert.matches('fill="red"', files.read(name .. ".svg"), 1, true)
    os.remove(name .. ".dot")
    os.remove(name .. ".svg")
    assert.matches("^graph.dot: 'g' must be a graph.Graph, got 3",
      message_of(cresset.graph.dot, 3))
    assert.matches("^graph.dot: cannot write /nowhere/x.dot: ",
      message_of(cresset.graph.dot, annotated().fg, "Net", "/nowhere/x"))
  end)
end)
