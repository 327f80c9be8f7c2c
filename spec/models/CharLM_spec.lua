local cresset = require("cresset")
local models, nn = cresset.models, cresset.nn

describe("models.CharLM", function()
  before_each(function() cresset.manualSeed(1) end)

  it("has the parameters of its layers", function()
    local function count(options) return models.CharLM(options):getParameters():nElement() end
    local rest = 7 * 5 + 6 * 7 + 7 -- embedding, last layer
    assert.equal(rest + 4 * (5 + 6 + 1) * 6, count { vocabulary = 7, embedding = 5, hidden = 6 })
    assert.equal(rest + 3 * (5 + 6 + 1) * 6,
      count { vocabulary = 7, embedding = 5, hidden = 6, cell = "GRU" })
    assert.equal(rest + (5 + 6 + 1) * 6 + (6 + 6 + 1) * 6,
      count { vocabulary = 7, embedding = 5, hidden = 6, cell = "Elman", layers = 2 })
  end)

  it("remembers what it read", function()
    local net = models.CharLM { vocabulary = 5, hidden = 8, embedding = 3, layers = 2,
      dropout = 0.5 }:evaluate()
    local ids = cresset.LongTensor(6, 2):random(1, 5)
    local whole = net:forward(ids):clone()
    assert.same({ 12, 5 }, whole:size():totable())
    net:forget()
    local first = net:forward(ids:narrow(1, 1, 4)):clone()
    local second = net:forward(ids:narrow(1, 5, 2)):clone()
    assert.is_true((cresset.cat(first, second, 1) - whole):abs():max() < 1e-6)
    for l = 1, 2 do
      local bias = net:get(2)["bias" .. (l > 1 and l or "")]
      assert.is_true(bias:narrow(1, 9, 8):eq(1):all())
    end
  end)

  it("learns a text by heart", function()
    local text = cresset.data.Text { text = ("the cat sat on the mat. "):rep(40) }
    for _, cell in ipairs { "LSTM", "GRU", "Elman" } do
      local net = models.CharLM { vocabulary = #text.vocabulary, hidden = 32, embedding = 16,
        cell = cell }
      local streams = text:streams(8, 20)
      local result = cresset.train.Trainer { model = net, criterion = nn.CrossEntropyCriterion(),
        batches = function()
          net:forget()
          return streams
        end, split = function(x, y) return x, y:view(-1) end, epochs = 40, progress = false,
        optimizer = cresset.optim.adam, config = { learningRate = 0.02 }, clipNorm = 1 }:run()
      assert.is_true(result.loss < 0.25, ("%s %g"):format(cell, result.loss))
    end
  end)

  it("checks its options", function()
    local good, message = pcall(models.CharLM, { vocabulary = 3, cell = "CNN" })
    assert.is_false(good)
    assert.equal("models.CharLM: 'cell' must be one of LSTM, GRU, Elman, got the string \"CNN\"",
      message)
  end)
end)
