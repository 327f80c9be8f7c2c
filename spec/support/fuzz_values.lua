-- Arguments for spec/support/fuzz.lua: values of every kind that Lua code can pass, the wrong ones
-- and, often enough to get past the first checks, right ones.
local cresset = require("cresset")
local _, class = pcall(require, "cresset.class")
if type(class) ~= "table" then class = { find = function() end } end

local values = {}

-- ---- random choices, the same on every machine ----

--- A generator of integers 1 ... n that depends on the name and the seed alone.
function values.random(name, seed)
  local state = 2166136261 ~ seed
  for i = 1, #name do state = ((state ~ name:byte(i)) * 16777619) & 0xffffffff end
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
  end
end

-- ---- tensors ----

local function filled(type_name, ...)
  local t = cresset.zeros(...):type(type_name)
  local numbers = { ... }
  local count = 1
  for i = 1, #numbers do count = count * numbers[i] end
  if count > 0 then t:copy(cresset.range(1, count):type(type_name)) end
  return t
end

local function float(...) return filled("torch.FloatTensor", ...) end

local function freed()
  local t = float(2, 3)
  t:free()
  return t
end

local tensors = {
  { "float 2x3", function() return float(2, 3) end },
  { "float 3x2 transposed", function() return float(2, 3):transpose(1, 2) end },
  { "float 3", function() return float(3) end },
  { "float 1", function() return float(1) end },
  { "float 2x2", function() return float(2, 2) end },
  { "float 2x3x4x4", function() return float(2, 3, 4, 4) end },
  { "float 3x4x4", function() return float(3, 4, 4) end },
  { "float 2x3x4", function() return float(2, 3, 4) end },
  { "float 1x1x1x1x1x1x1x1", function() return float(1, 1, 1, 1, 1, 1, 1, 1) end },
  { "float empty", function() return cresset.zeros() end },
  { "float 0x3", function() return cresset.zeros(0, 3) end },
  { "float 3x0", function() return cresset.zeros(3, 0) end },
  { "float expanded 4x3", function() return float(1, 3):expand(4, 3) end },
  { "float NaN 2x3", function() return float(2, 3):fill(0 / 0) end },
  { "float inf 2x3", function() return float(2, 3):fill(math.huge) end },
  { "float freed", freed },
  { "double 2x3", function() return filled("torch.DoubleTensor", 2, 3) end },
  { "double 2", function() return filled("torch.DoubleTensor", 2) end },
  { "long 3", function() return filled("torch.LongTensor", 3) end },
  { "long 2", function() return filled("torch.LongTensor", 2) end },
  { "long 2x3", function() return filled("torch.LongTensor", 2, 3) end },
  { "long 2 of 2^62", function() return filled("torch.LongTensor", 2):fill(1 << 62) end },
  { "long 3 of 0", function() return filled("torch.LongTensor", 3):fill(0) end },
  { "long 2 of -1", function() return filled("torch.LongTensor", 2):fill(-1) end },
  { "long 3 of min", function() return filled("torch.LongTensor", 3):fill(math.mininteger) end },
  { "long empty", function() return cresset.zeros():type("torch.LongTensor") end },
  { "byte 2x3", function() return filled("torch.ByteTensor", 2, 3) end },
  { "byte 2x3 of 1", function() return filled("torch.ByteTensor", 2, 3):fill(1) end },
  { "byte 5", function() return filled("torch.ByteTensor", 5) end },
  { "char 3", function() return filled("torch.CharTensor", 3) end },
  { "short 3", function() return filled("torch.ShortTensor", 3) end },
  { "int 2x3", function() return filled("torch.IntTensor", 2, 3) end },
}

-- ---- objects of the library's classes ----

-- Constructor arguments of classes that a few small integers do not make.
local recipes
recipes = {
  ["data.Dataset"] = function()
    local labels = filled("torch.LongTensor", 3)
    return cresset.data.Dataset { images = float(3, 1, 4, 4), labels = labels }
  end,
  ["data.Encoder"] = function()
    return cresset.data.Encoder({ { "sunny", 29 }, { "rain", 18 } }, { "outlook", "heat" })
  end,
  ["data.Workers"] = function() return cresset.data.Workers(1, function(...) return ... end) end,
  ["data.Loader"] = function()
    return cresset.data.Loader(recipes["data.Dataset"](), 2, { workers = 1 })
  end,
  ["train.Trainer"] = function()
    return cresset.train.Trainer { model = class.find("nn.Linear")(3, 2), epochs = 1, steps = 2,
      criterion = class.find("nn.MSECriterion")(), progress = false,
      batches = function()
        local done = 0
        return function()
          done = done + 1
          if done < 4 then return float(2, 3), float(2, 2) end
        end
      end }
  end,
  ["train.EventLog"] = function() return cresset.train.EventLog("runs") end,
  ["train.JsonLog"] = function() return cresset.train.JsonLog("log.jsonl") end,
  ["data.Text"] = function() return cresset.data.Text { text = "some text" } end,
  ["data.TextStreams"] = function()
    return cresset.data.TextStreams(filled("torch.LongTensor", 9), 2, 2)
  end,
  ["data.Table"] = function() return cresset.data.Table { text = "a,b\n1,x\n2,y\n" } end,
  ["data.ImageFolder"] = function()
    cresset.paths.mkdir("pictures/a")
    cresset.image.save("pictures/a/b.png", float(1, 4, 4))
    return cresset.data.ImageFolder("pictures")
  end,
  ["data.SubsetSampler"] = function() return cresset.data.SubsetSampler { 1, 2 } end,
  ["data.WeightedSampler"] = function() return cresset.data.WeightedSampler { 1, 2 } end,
  ["data.StratifiedSampler"] = function() return cresset.data.StratifiedSampler { 1, 2 } end,
  ["nn.SpatialConvolutionMap"] = function()
    return cresset.nn.SpatialConvolutionMap(cresset.nn.tables.full(3, 2), 2, 2)
  end,
  ["nn.SpatialFullConvolutionMap"] = function()
    return cresset.nn.SpatialFullConvolutionMap(cresset.nn.tables.full(3, 2), 2, 2)
  end,
  ["nn.StochasticGradient"] = function()
    return cresset.nn.StochasticGradient(cresset.nn.Linear(3, 2), cresset.nn.MSECriterion())
  end,
  ["nn.SpatialConvolutionLocal"] = function()
    return cresset.nn.SpatialConvolutionLocal(3, 2, 4, 4, 2, 2)
  end,
  ["nn.VolumetricFractionalMaxPooling"] = function()
    return cresset.nn.VolumetricFractionalMaxPooling(2, 2, 2, 2, 2, 2)
  end,
  ["nn.SpatialMaxUnpooling"] = function()
    local pooling = cresset.nn.SpatialMaxPooling(2, 2)
    pooling:forward(float(2, 3, 4, 4))
    return cresset.nn.SpatialMaxUnpooling(pooling)
  end,
  ["nn.VolumetricMaxUnpooling"] = function()
    local pooling = cresset.nn.VolumetricMaxPooling(2, 2, 2)
    pooling:forward(float(2, 3, 4, 4))
    return cresset.nn.VolumetricMaxUnpooling(pooling)
  end,
  ["train.Progress"] = function()
    return cresset.train.Progress { epochs = 2, samples = 3, stream = io.open("/dev/null", "w") }
  end,
  ["optim.Logger"] = function()
    local logger = cresset.optim.Logger()
    logger.file, logger.plotfile = io.open("/dev/null", "w"), nil
    return logger
  end,
  ["nn.MultiHeadAttention"] = function() return class.find("nn.MultiHeadAttention")(4, 2, 0.5) end,
  ["nn.SpectralNorm"] = function()
    return class.find("nn.SpectralNorm")(class.find("nn.Linear")(3, 2))
  end,
  ["nn.Recursor"] = function() return class.find("nn.Recursor")(class.find("nn.Linear")(3, 2)) end,
  ["nn.Recurrence"] = function()
    local find = class.find
    local join = find("nn.Sequential")():add(find("nn.JoinTable")(1, 1))
    return find("nn.Recurrence")(join:add(find("nn.Linear")(5, 2)), 2, 1)
  end,
  ["nn.Recurrent"] = function()
    local Linear = class.find("nn.Linear")
    return class.find("nn.Recurrent")(2, Linear(3, 2), Linear(2, 2))
  end,
  ["nn.Sequencer"] = function() return class.find("nn.Sequencer")(class.find("nn.GRU")(4, 2)) end,
  ["nn.Repeater"] = function() return class.find("nn.Repeater")(class.find("nn.LSTM")(3, 2), 2) end,
  ["nn.BiSequencer"] = function()
    return class.find("nn.BiSequencer")(class.find("nn.GRU")(3, 2))
  end,
  ["nn.BiSequencerLM"] = function()
    return class.find("nn.BiSequencerLM")(class.find("nn.FastLSTM")(3, 2))
  end,
  ["nn.VariableLength"] = function()
    return class.find("nn.VariableLength")(class.find("nn.SeqGRU")(3, 2))
  end,
  ["nn.SeqBRNN"] = function() return class.find("nn.SeqBRNN")(4, 2) end,
  ["nn.MaskZero"] = function()
    return class.find("nn.MaskZero")(class.find("nn.Linear")(3, 2), 1)
  end,
  ["nn.SequencerCriterion"] = function()
    return class.find("nn.SequencerCriterion")(class.find("nn.MSECriterion")(), true)
  end,
  ["nn.RepeaterCriterion"] = function()
    return class.find("nn.RepeaterCriterion")(class.find("nn.AbsCriterion")())
  end,
  ["nn.MaskZeroCriterion"] = function()
    return class.find("nn.MaskZeroCriterion")(class.find("nn.MSECriterion")(), 1)
  end,
  ["nn.FusedSum"] = function()
    return class.find("nn.FusedSum")(class.find("nn.Tanh")(), class.find("nn.Tanh")())
  end,
  ["nn.Residual"] = function()
    return class.find("nn.Residual")(class.find("nn.Tanh")())
  end,
  ["nn.CriterionTable"] = function()
    return class.find("nn.CriterionTable")(class.find("nn.MSECriterion")())
  end,
  ["nn.Lambda"] = function()
    return class.find("nn.Lambda")(function(x) return x end, function(_, g) return g end)
  end,
  ["nn.Constant"] = function() return class.find("nn.Constant")(float(2, 3)) end,
  ["nn.Convert"] = function() return class.find("nn.Convert")("bf", "fb") end,
  ["nn.SeqLSTM"] = function()
    return class.find("nn.SeqLSTM")(4, 2, 2, false, 0.5, true, true):maskZero()
  end,
  ["nn.SeqGRU"] = function()
    return class.find("nn.SeqGRU")(4, 2):setLengths({ 2, 1, 0 }):remember()
  end,
  ["nn.SeqRNN"] = function() return class.find("nn.SeqRNN")(4, 2, 1, true) end,
  ["optim.StepSchedule"] = function()
    return cresset.optim.StepSchedule { learningRate = 1, every = 2 }
  end,
  ["optim.ExponentialSchedule"] = function()
    return cresset.optim.ExponentialSchedule { learningRate = 1, factor = 0.5 }
  end,
  ["optim.CosineSchedule"] = function()
    return cresset.optim.CosineSchedule { learningRate = 1, steps = 3, restarts = 2 }
  end,
  ["optim.OneCycleSchedule"] = function()
    return cresset.optim.OneCycleSchedule { learningRate = 1, steps = 3 }
  end,
  ["optim.PlateauSchedule"] = function()
    return cresset.optim.PlateauSchedule { learningRate = 1 }
  end,
  ["optim.WarmupSchedule"] = function()
    local schedule = cresset.optim.StepSchedule { learningRate = 1, every = 2 }
    return cresset.optim.WarmupSchedule { steps = 2, schedule = schedule }
  end,
  ["nn.WeightedMSECriterion"] = function()
    return class.find("nn.WeightedMSECriterion")(float(3))
  end,
  ["nn.GANCriterion"] = function() return class.find("nn.GANCriterion")("hinge") end,
  ["nn.ModuleCriterion"] = function()
    return class.find("nn.ModuleCriterion")(class.find("nn.MSECriterion")(),
      class.find("nn.Tanh")())
  end,
  ["gan.GradientPenalty"] = function()
    local penalty = cresset.gan.GradientPenalty(cresset.nn.Linear(3, 2))
    penalty:forward(float(2, 3))
    return penalty
  end,
  ["gan.Trainer"] = function()
    local nn = cresset.nn
    return cresset.gan.Trainer { generator = nn.Linear(2, 3), discriminator = nn.Linear(3, 1),
      noise = 2, penalty = 1, ema = 0.9 }
  end,
  ["gan.Album"] = function()
    local album = cresset.gan.Album { noise = float(2, 3) }
    album.grids[1] = float(1, 4, 4)
    return album
  end,
  ["gan.Watch"] = function() return cresset.gan.Watch { real = float(4, 3) } end,
  ["optim.EMA"] = function() return cresset.optim.EMA(float(2, 3)) end,
  ["nn.gModule"] = function()
    local node = class.find("nn.Linear")(3, 2)()
    return class.find("nn.gModule")({ node }, { class.find("nn.Tanh")()(node) })
  end,
  ["nngraph.Node"] = function() return class.find("nn.Tanh")()() end,
  ["nn.ModuleFromCriterion"] = function()
    return class.find("nn.ModuleFromCriterion")(class.find("nn.MSECriterion")())
  end,
  ["graph.Graph"] = function()
    return class.find("graph.Graph")({ class.find("nn.Tanh")()() }, { {} })
  end,
  ["nn.LinearWeightNorm"] = function() return class.find("nn.LinearWeightNorm")(3, 2) end,
  ["nn.LayerNorm"] = function() return class.find("nn.LayerNorm")({ 3, 4 }) end,
  ["nn.RMSNorm"] = function() return class.find("nn.RMSNorm")(3) end,
  ["nn.GroupNorm"] = function() return class.find("nn.GroupNorm")(1, 3) end,
  ["nn.InstanceNorm"] = function() return class.find("nn.InstanceNorm")(3, 0.1, true) end,
  ["zoo.FuzzyART"] = function() return cresset.zoo.FuzzyART { inputSize = 3 } end,
  ["zoo.ART1"] = function() return cresset.zoo.ART1 { inputSize = 3, vigilance = 0.5 } end,
  ["zoo.ARTMAP"] = function() return cresset.zoo.ARTMAP { inputSize = 3 } end,
  ["zoo.SOM"] = function()
    return cresset.zoo.SOM { inputSize = 3, width = 3, height = 2, topology = "hexagonal" }
  end,
  ["zoo.McCullochPitts"] = function() return cresset.zoo.McCullochPitts({ 1, -1, 2 }, 2) end,
  ["models.Autoencoder"] = function() return cresset.models.Autoencoder { sizes = { 3, 2 } } end,
  ["models.VAE"] = function()
    return cresset.models.VAE { inputs = 3, hidden = { 4 }, latent = 2 }
  end,
  ["zoo.DBN"] = function() return cresset.zoo.DBN({ 3, 2, 2 }, { classes = 2 }) end,
  ["zoo.RBM"] = function() return cresset.zoo.RBM(3, 2, { classes = 2 }) end,
  ["nn.Clamp"] = function() return class.find("nn.Clamp")(-1, 1) end,
}

for _, name in ipairs { "Decorator", "Bottle", "NaN", "Profile", "DontCast", "WeightNorm" } do
  recipes["nn." .. name] = function()
    return class.find("nn." .. name)(class.find("nn.Linear")(3, 2))
  end
end

for _, name in ipairs { "Convolution", "DilatedConvolution", "FullConvolution" } do
  recipes["nn.Volumetric" .. name] = function()
    return class.find("nn.Volumetric" .. name)(3, 2, 2, 2, 2)
  end
end

local made = {} -- class -> a function that makes an object, or false

local function find_maker(value)
  local name = rawget(value, "__typename")
  if recipes[name] then return recipes[name] end
  for _, first in ipairs { {}, { 3 }, { 3, 2 }, { 3, 2, 2 }, { 3, 2, 2, 2 } } do
    if pcall(value, table.unpack(first)) then
      return function() return value(table.unpack(first)) end
    end
  end
  return false
end

-- Containers get layers, sums of criteria get criteria, every second time.
local function fill(object, number)
  if number % 2 == 1 or type(object.add) ~= "function" then return end
  local nn = cresset.nn
  if class.isA(object, "nn.Container") and #object.modules == 0 then
    object:add(nn.Linear(3, 3))
    object:add(nn.Sequential():add(nn.Tanh()))
  elseif class.isA(object, "nn.Criterion") then
    object:add(nn.MSECriterion(), 0.5)
  end
end

local made_count = 0

--- An object of the class, or nil.
function values.make(value)
  if made[value] == nil then made[value] = find_maker(value) end
  local maker = made[value]
  if not maker then return nil end
  made_count = made_count + 1
  local ok, object = pcall(function()
    local object = maker()
    fill(object, made_count)
    return object
  end)
  return ok and object or nil
end

local make = values.make


--- The names of the classes of which no object could be made.
function values.unmade()
  local names = {}
  for value, maker in pairs(made) do
    if not maker then names[#names + 1] = value.__typename end
  end
  table.sort(names)
  return names
end

-- ---- everything else ----

local function constant(label, value) return { label, function() return value end } end

local small = {}
for i = -1, 7 do small[#small + 1] = constant(tostring(i), i) end

local extreme = {
  constant("2^53", 2.0 ^ 53), constant("2^62", 1 << 62), constant("2.0^62", 2.0 ^ 62),
  constant("maxinteger", math.maxinteger), constant("mininteger", math.mininteger),
  constant("2^31", 1 << 31), constant("-2^31", -(1 << 31)), constant("2^40", 1 << 40),
  constant("NaN", 0 / 0), constant("inf", math.huge), constant("-inf", -math.huge),
  constant("1e308", 1e308), constant("-0.0", -0.0), constant("0.5", 0.5), constant("-2", -2),
  constant("-9", -9), constant("9", 9),
}

local odd = {
  constant("nil", nil), constant("true", true), constant("false", false),
  constant('""', ""), constant('"abc"', "abc"), constant('"2"', "2"),
  constant('"torch.FloatTensor"', "torch.FloatTensor"),
  constant('"spec.png"', "spec.png"), constant('"spec.svg"', "spec.svg"),
  constant('"torch.LongTensor"', "torch.LongTensor"), constant('"ij,jk->ik"', "ij,jk->ik"),
  constant('"ij,ij"', "ij,ij"), constant('"...i->i..."', "...i->i..."),
  constant("long string", ("x"):rep(5000)), constant('"a\\0b"', "a\0b"),
  { "{}", function() return {} end }, { "{1, 2}", function() return { 1, 2 } end },
  { "{2^62, 2^62}", function() return { 1 << 62, 1 << 62 } end },
  { "{-1, -1}", function() return { -1, -1 } end },
  { "{{1, 2}, {3}}", function() return { { 1, 2 }, { 3 } } end },
  { "{{1, 2}, 2}", function() return { { 1, 2 }, 2 } end },
  { "{'a', b = 1}", function() return { "a", b = 1 } end },
  { "{9 ones}", function() return { 1, 1, 1, 1, 1, 1, 1, 1, 1 } end },
  { "table of tensors", function() return { float(2, 3), float(2, 3) } end },
  { "table of mixed tensors", function() return { float(2, 3), float(3), 1 } end },
  { "looped table", function()
    local t = {}
    t[1], t.loop = t, t
    return t
  end },
  { "function", function() return function() end end },
  { "failing function", function() return function() error("cresset.spec: failed", 0) end end },
  { "identity", function() return function(...) return ... end end },
  { "coroutine", function() return coroutine.create(print) end },
  constant("standard error", io.stderr),
  { "sizes", function() return float(2, 3):size() end },
  { "storage", function() return float(2, 3).storage and float(2, 3):storage() or nil end },
  { "generator", function() return cresset.Generator and cresset.Generator() or nil end },
}

local objects = {}
for _, name in ipairs { "nn.Linear", "nn.Sequential", "nn.Tanh", "nn.MSECriterion",
  "nn.ClassNLLCriterion", "data.Dataset" } do
  objects[#objects + 1] = { name, function()
    local value = class.find(name)
    return value and make(value)
  end }
end

local open_files = {
  { "text file", function() return cresset.MemoryFile() end },
  { "text of numbers", function()
    local file = cresset.MemoryFile()
    file:writeString("1 2 3.5 inf -4 abc\n")
    return file:seek(1)
  end },
  { "binary file", function()
    local file = cresset.MemoryFile():binary():writeObject({ cresset.zeros(2, 3), "x" })
    return file:seek(1)
  end },
  { "quiet file", function() return cresset.MemoryFile():quiet():bigEndianEncoding() end },
  { "read-only file", function() return cresset.MemoryFile("r") end },
  { "closed file", function()
    local file = cresset.MemoryFile()
    file:close()
    return file
  end },
}
odd[#odd + 1] = open_files[2]

local unmakeable = {}

-- The value of an entry; nil, and a complaint at the end, when it cannot be made.
local function value_of(entry)
  local ok, value = pcall(entry[2])
  if ok then return value end
  unmakeable[entry[1]] = value
end

--- What values.arguments wanted to make and could not: label -> error.
function values.unmakeable() return unmakeable end

local function choose(list, random) return list[random(#list)] end

local function any(random)
  local dice = random(20)
  if dice <= 8 then return choose(tensors, random) end
  if dice <= 12 then return choose(small, random) end
  if dice <= 15 then return choose(extreme, random) end
  if dice <= 19 then return choose(odd, random) end
  return choose(objects, random)
end

--- A value and its description; sometimes one of the other arguments again.
function values.any(random, arguments)
  if random(6) == 1 then return arguments[random(arguments.n)], "another argument again" end
  local entry = any(random)
  return value_of(entry), entry[1]
end

--- A short text for a recorded argument.
function values.describe(value)
  if type(value) ~= "userdata" then return tostring(value) end
  local ok, text = pcall(function()
    return value:type() .. " " .. table.concat(value:size():totable(), "x")
  end)
  return ok and text or "tensor"
end

values.inputs = {}
for _, entry in ipairs(tensors) do
  if not entry[1]:find("empty") then values.inputs[#values.inputs + 1] = entry end
end

-- The object that a method is called on: mostly a right one.
local function self_for(symbol, random)
  local kind = symbol.name:match("^(%w+)[.:]")
  if random(12) == 1 then return any(random) end
  if symbol.class and rawget(symbol.class, "__typename") then
    return { symbol.class.__typename, function() return make(symbol.class) end }
  end
  if kind == "Storage" then
    return { "storage", function() return float(2, 3):size() end }
  end
  if kind == "File" then return choose(open_files, random) end
  if kind == "Generator" then return { "generator", function() return cresset.Generator() end } end
  return choose(tensors, random)
end

--- Arguments for one call of the symbol.
-- @return a packed table of values and a table of their descriptions
function values.arguments(symbol, random)
  local arguments, labels = { n = 0 }, {}
  local function add(entry, value)
    arguments.n = arguments.n + 1
    arguments[arguments.n], labels[arguments.n] = value, entry[1]
  end
  local count = random(6) - 1
  if symbol.kind == "method" and random(40) > 1 then
    local entry = self_for(symbol, random)
    add(entry, value_of(entry))
  end
  for _ = 1, count do
    local entry = any(random)
    if arguments.n > 0 and random(10) == 1 then
      add({ "the first argument again" }, arguments[1])
    else
      add(entry, value_of(entry))
    end
  end
  return arguments, labels
end

return values
