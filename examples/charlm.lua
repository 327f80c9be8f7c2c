-- A recurrent network learns to write, character by character (Graves 2013, arXiv:1308.0850;
-- Karpathy 2015, "The unreasonable effectiveness of recurrent neural networks").
--
-- It reads a text in many streams side by side, remembers its state from one minibatch to the next,
-- and is trained by back-propagation through `steps` characters; the gradient's norm is limited
-- (Pascanu, Mikolov and Bengio 2013). Then it writes: each character is drawn by the probabilities
-- softmax(scores / temperature) and is the next input. Any text file will do:
--     cresset examples/charlm.lua --text book.txt
-- Writes charlm.svg, the loss in bits per character, to the folder out/. With --run FOLDER training
-- can be interrupted and goes on where it was.
local cresset = require("cresset")
local nn, optim, data = cresset.nn, cresset.optim, cresset.data
local models, plot, train = cresset.models, cresset.plot, cresset.train

local settings = {
  small = { epochs = 5, hidden = 192, layers = 1, steps = 50, batch = 32 },
  full = { epochs = 30, hidden = 512, layers = 2, steps = 100, batch = 32 },
}

local bits = 1 / math.log(2) -- of a nat

-- Lets the network read `start` and write `count` characters after it.
local function write(net, text, start, count, temperature)
  net:evaluate()
  net:forget()
  local ids, output = text:encode(start), {}
  local scores = net:forward(ids:view(-1, 1)):select(1, ids:size(1))
  for k = 1, count do
    local probabilities = nn.SoftMax():forward(scores / temperature)
    output[k] = cresset.multinomial(probabilities, 1)[1]
    scores = net:forward(cresset.LongTensor { { output[k] } }):select(1, 1)
  end
  net:forget()
  net:training()
  return start .. text:decode(output)
end

local function load(options)
  local text = options.text and data.Text { path = options.text } or data.devilsDictionary()
  if options.characters > 0 and options.characters < text:size() then
    text = text:split(options.characters / text:size())
  end
  return text
end

-- Streams of a text; each pass over them begins without a memory.
local function streams_of(text, setting, net)
  local streams = text:streams(setting.batch, setting.steps)
  return function()
    net:forget()
    return streams
  end, streams:size()
end

local function make_trainer(net, training, validation, setting, options)
  local epochs = options.epochs > 0 and options.epochs or setting.epochs
  local batches, count = streams_of(training, setting, net)
  return train.Trainer {
    model = net, criterion = nn.CrossEntropyCriterion(),
    batches = batches, validation = (streams_of(validation, setting, net)),
    split = function(input, target) return input, target:view(-1) end,
    count = function(input) return input:nElement() end,
    optimizer = optim.adam, config = {}, clipNorm = 1, epochs = epochs,
    schedule = optim.OneCycleSchedule { learningRate = 0.006, steps = epochs * count },
    scheduleBy = "step",
    folder = options.run, checkpointSteps = 100,
    progress = train.Progress { epochs = epochs, unit = "characters",
      samples = count * setting.batch * setting.steps, names = { "loss", "validation.loss" } },
  }
end

local function draw(history, path)
  local function series(name, label)
    local y = {}
    for k, record in ipairs(history) do y[k] = record[name] * bits end
    return { name = label, y = y }
  end
  plot.save(path, { title = "Character language model", xlabel = "epoch",
    ylabel = "bits per character", series("loss", "training"),
    series("validation.loss", "validation") })
end

local function main(options)
  local setting = settings[options.setting]
  local text = load(options)
  local training, validation = text:split(0.9)
  local net = models.CharLM { vocabulary = #text.vocabulary, cell = options.cell,
    hidden = setting.hidden, layers = setting.layers, dropout = setting.layers > 1 and 0.3 or 0 }
  print(("%s, %d parameters; %d characters, %d different"):format(options.cell,
    net:getParameters():nElement(), text:size(), #text.vocabulary))
  local result = make_trainer(net, training, validation, setting, options):run()
  draw(result.history, options.out .. "/charlm.svg")
  for _, temperature in ipairs { 0.5, options.temperature } do
    print(("\n---- written at temperature %g ----\n%s"):format(temperature,
      write(net, text, options.start, options.length, temperature)))
  end
  print("\nwrote " .. options.out .. "/charlm.svg")
  return { { "setting", options.setting }, { "cell", options.cell }, { "epochs", result.epochs },
    { "bits", ("%.3f"):format(result.loss * bits) },
    { "validation_bits", ("%.3f"):format(result["validation.loss"] * bits) } }
end

train.script({
  name = "charlm.lua",
  description = "A recurrent network learns to write like a text, character by character.",
  options = {
    { name = "setting", help = "small: 192 units, 5 epochs; full: 2 x 512 units, 30 epochs" },
    { name = "text", default = "", help = "a text file; without it, The Devil's Dictionary" },
    { name = "cell", default = "LSTM", choices = { "LSTM", "GRU", "Elman" },
      help = "LSTM, GRU or Elman" },
    { name = "epochs", help = "0: the setting's" },
    { name = "characters", default = 0, min = 0, help = "use the text's begin alone; 0: all" },
    { name = "temperature", default = 0.8, min = 0.01, help = "of the second sample" },
    { name = "length", default = 400, min = 1, help = "characters to write" },
    { name = "start", default = "LOVE, n.  ", help = "what the samples begin with" },
    "run",
  },
  main = main,
}, arg)
