local read_options = require("cresset.models.options")

local declared = {
  { "vocabulary", "size" },
  { "cell", "string", default = "LSTM", choices = { "LSTM", "GRU", "Elman" } },
  { "hidden", "size", default = 256 },
  { "layers", "size", default = 1 },
  { "embedding", "size", default = 64 },
  { "dropout", "number", default = 0, min = 0, max = 0.99 },
}

local cells = { LSTM = "SeqLSTM", GRU = "SeqGRU", Elman = "SeqRNN" }

-- Forget gates begin open (Gers, Schmidhuber and Cummins 2000): the biases are i, f, o, z.
local function open_forget_gates(layer, layers, hidden)
  for l = 1, layers do
    layer["bias" .. (l > 1 and l or "")]:narrow(1, hidden + 1, hidden):fill(1)
  end
end

--- A language model of characters (Graves 2013; Karpathy 2015): an embedding, recurrent layers, and
-- scores for the next character. Input: numbers of characters (T x N), a torch.LongTensor; output:
-- scores ((T N) x vocabulary), for cross-entropy with the target as one row of numbers.
--
-- The recurrent layers remember their states from one input to the next, in training and in
-- evaluation; net:forget() begins anew.
-- @param options  a table: vocabulary (how many characters), cell ("LSTM", "GRU" or "Elman"),
-- hidden (256 units a layer), layers (1), embedding (64), dropout (0; between and after the
-- recurrent layers)
local function CharLM(options)
  local nn = require("cresset.nn")
  options = read_options("models.CharLM", declared, options)
  local recurrent = nn[cells[options.cell]](options.embedding, options.hidden, options.layers,
    false, options.layers > 1 and options.dropout or 0)
  if options.cell == "LSTM" then open_forget_gates(recurrent, options.layers, options.hidden) end
  local net = nn.Sequential()
    :add(nn.LookupTable(options.vocabulary, options.embedding))
    :add(recurrent:remember("both"))
    :add(nn.View(-1, options.hidden))
  if options.dropout > 0 then net:add(nn.Dropout(options.dropout)) end
  return net:add(nn.Linear(options.hidden, options.vocabulary))
end

return CharLM
