local cresset = require("cresset")
local optim = require("cresset.optim")

describe("optim.ConfusionMatrix", function()
  it("counts single samples and batches alike", function()
    local one, many = optim.ConfusionMatrix(3), optim.ConfusionMatrix { "a", "b", "c" }
    local predictions, targets = { 1, 2, 2, 3, 1 }, { 1, 2, 3, 3, 2 }
    local scores = cresset.zeros(5, 3)
    for k = 1, 5 do
      one:add(predictions[k], targets[k])
      scores[k][predictions[k]] = 0.5
    end
    many:batchAdd(scores, cresset.LongTensor(targets))
    local expected = { { 1, 0, 0 }, { 1, 1, 0 }, { 0, 1, 1 } }
    assert.same(expected, one.mat:totable())
    assert.same(expected, many.mat:totable())
    many:zero()
    many:batchAdd(cresset.LongTensor(predictions), cresset.LongTensor(targets))
    assert.same(expected, many.mat:totable())
    one:zero()
    for k = 1, 5 do
      local target = cresset.zeros(3)
      target[targets[k]] = 1
      one:add(scores[k], target)
    end
    assert.same(expected, one.mat:totable())
  end)

  it("does not count missing targets", function()
    local confusion = optim.ConfusionMatrix(2)
    confusion:add(1, 0)
    confusion:batchAdd(cresset.LongTensor { 1, 2 }, cresset.LongTensor { -1, 2 })
    assert.same({ { 0, 0 }, { 0, 1 } }, confusion.mat:totable())
  end)

  it("computes accuracies", function()
    local confusion = optim.ConfusionMatrix(3)
    confusion.mat:copy(cresset.LongTensor { { 8, 2, 0 }, { 1, 4, 0 }, { 0, 0, 0 } })
    confusion:updateValids()
    assert.near(12 / 15, confusion.totalValid, 1e-12)
    assert.near((0.8 + 0.8) / 2, confusion.averageValid, 1e-12) -- class 3 did not occur
    assert.near((8 / 11 + 4 / 7) / 2, confusion.averageUnionValid, 1e-12)
    assert.near(0.8, confusion.valids[2], 1e-6)
    assert.is_true(confusion.valids[3] ~= confusion.valids[3])
  end)

  it("computes rejection and acceptance rates", function()
    local confusion = optim.ConfusionMatrix(3)
    confusion.mat:copy(cresset.LongTensor { { 8, 2, 0 }, { 1, 4, 0 }, { 0, 0, 0 } })
    local frrs, fars, some_frrs, some_fars = confusion:farFrr()
    assert.same({ 2, 2 }, { some_frrs:size(1), some_fars:size(1) })
    assert.near(0.2, frrs[1], 1e-6)
    assert.near(0.2, fars[1], 1e-6)
    assert.near(0.2, fars[2], 1e-6)
    assert.equal(-1, frrs[3])
    assert.near(0.2, some_frrs[2], 1e-6)
  end)

  it("prints as Torch7's does", function()
    local confusion = optim.ConfusionMatrix { "cat", "dog" }
    confusion.mat:copy(cresset.LongTensor { { 3, 1 }, { 0, 4 } })
    assert.equal("ConfusionMatrix:\n"
      .. "[[       3       1]   75.000% \t[class: cat]\n"
      .. " [       0       4]]  100.000% \t[class: dog]\n"
      .. " + average row correct: 87.5% \n"
      .. " + average rowUcol correct (VOC measure): 77.5% \n"
      .. " + global correct: 87.5%", tostring(confusion))
  end)

  it("renders as a picture", function()
    assert.equal(3, optim.ConfusionMatrix(2):render({ cell = 20 }):size(1))
  end)

  it("refuses classes that do not exist, and counts nothing then", function()
    local confusion = optim.ConfusionMatrix(2)
    assert.has_error(function() confusion:add(3, 1) end,
      "optim.ConfusionMatrix:add: the prediction must be a class from 1 to 2, got 3")
    assert.has_error(function()
      confusion:batchAdd(cresset.LongTensor { 1, 1 }, cresset.LongTensor { 1, 7 })
    end, "optim.ConfusionMatrix:batchAdd: classes must be from 1 to 2, sample 2 has the prediction "
      .. "1 and the target 7")
    assert.has_error(function()
      confusion:batchAdd(cresset.LongTensor { 1 }, cresset.LongTensor { 1, 1 })
    end, "optim.ConfusionMatrix:batchAdd: 1 predictions and 2 targets do not go together")
    assert.equal(0, confusion.mat:sum())
    assert.has_error(function() optim.ConfusionMatrix("x") end,
      "optim.ConfusionMatrix: 'nclasses' must be an integer from 1 to 46340 or a table of names, "
        .. 'got the string "x"')
  end)
end)
