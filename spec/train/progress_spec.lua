local files = require("spec.support.files")
local train = require("cresset.train")

-- What a progress object writes while body(progress) runs, on a terminal of that width or none.
local function written(options, width, body)
  local name = files.name()
  options.stream = assert(io.open(name, "w"))
  local progress = train.Progress(options)
  assert.is_nil(progress.width)
  progress.width = width
  body(progress)
  options.stream:close()
  return files.read(name)
end

describe("train.Progress", function()
  after_each(files.clean)

  it("prints one plain line per epoch when it does not write to a terminal", function()
    local text = written({ epochs = 12, samples = 100 }, nil, function(progress)
      for epoch = 1, 2 do
        progress:start(epoch)
        progress:step(50, { loss = 5 })
        progress:step(50, { loss = 4 })
        progress:finish { accuracy = 0.5, loss = 0.25, extra = 3 }
      end
    end)
    local lines = {}
    for line in text:gmatch("(.-)\n") do lines[#lines + 1] = line end
    assert.equal(2, #lines)
    assert.matches("^epoch  1/12  loss 0%.2500  accuracy 50%.00%%  extra 3%.0000  "
      .. "[%d,]+ images/s  %d+%.%d s$", lines[1])
    assert.matches("^epoch  2/12  ", lines[2])
  end)

  local function bar_line(width, values)
    return written({ epochs = 2, samples = 100 }, width, function(progress)
      progress:step(25, values)
    end):match("^\r(.*)\27%[K$")
  end

  it("draws a bar with values, speed and the time left on a terminal", function()
    local line = bar_line(120, { loss = 0.123, accuracy = 0.9 })
    assert.matches("^epoch 1/2 %[=======>" .. (" "):rep(22)
      .. "%]  loss 0%.1230  accuracy 90%.00%%  [%d,]+ images/s  ETA %d+:%d%d$", line)
  end)

  it("fits into any width", function()
    for width = 1, 140 do
      local line = bar_line(width, { loss = 0.123, accuracy = 0.9 })
      assert.is_true(#line <= width - 1)
      assert.equal(("epoch 1/2"):sub(1, math.max(width - 1, 0)), line:sub(1, 9))
    end
    assert.matches("loss", bar_line(40, { loss = 1 }))
  end)

  it("redraws now and then only", function()
    local text = written({ epochs = 1, samples = 100 }, 80, function(progress)
      for _ = 1, 100 do progress:step(1, { loss = 1 }) end
      progress:finish { loss = 1 }
    end)
    local _, redraws = text:gsub("\r", "")
    assert.is_true(redraws >= 2 and redraws < 50)
    assert.matches("\repoch 1/1  loss 1%.0000  [%d,]+ images/s  0%.%d s\27%[K\n$", text)
  end)

  it("shows values that are no ordinary numbers", function()
    local text = written({ epochs = 1, samples = 1, names = { "b", "a" }, unit = "steps" }, nil,
      function(progress)
        progress:step(1)
        progress:finish { a = 0 / 0, b = 1 / 0 }
      end)
    assert.matches("^epoch 1/1  b inf  a %-?nan  ", text)
    assert.matches(" steps/s ", text)
  end)

  it("checks its arguments", function()
    assert.has_error(function() train.Progress { epochs = 0, samples = 1 } end,
      "train.Progress: 'epochs' must be an integer of at least 1, got 0")
    assert.has_error(function() train.Progress { epochs = 1, samples = 1, stream = 3 } end,
      "train.terminalWidth: 'stream' must be an open file, such as io.stdout, got 3")
  end)
end)

describe("train.terminalWidth", function()
  it("is nil for what is no terminal, open or closed", function()
    local name = files.name()
    local file = assert(io.open(name, "w"))
    assert.is_nil(train.terminalWidth(file))
    file:close()
    assert.is_nil(train.terminalWidth(file))
    files.clean()
  end)
end)

describe("train.clock", function()
  it("never goes back", function()
    local before = train.clock()
    assert.is_true(train.clock() >= before)
  end)
end)
