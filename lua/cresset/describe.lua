--- A value in the words of an error message: "got 5", "got a torch.FloatTensor".
local core = require("cresset.core")

--- "a data.Dataset", "an nn.Linear"
local function with_article(name)
  return (name:find("^[aeiouAEIOU]") or name:find("^nn%.")) and "an " .. name or "a " .. name
end

-- Numbers as they are, strings in quotes, objects by their class.
local function describe(value)
  if type(value) == "string" then return ('the string "%s"'):format(value) end
  if core.isTensor(value) or core.isStorage(value) then return "a " .. value:type() end
  if type(value) == "userdata" or type(value) == "table" then
    local meta = getmetatable(value)
    local name = type(meta) == "table" and (rawget(meta, "__typename") or rawget(meta, "__name"))
    return with_article(type(name) == "string" and name or type(value))
  end
  return tostring(value)
end

return setmetatable({ withArticle = with_article }, {
  __call = function(_, value) return describe(value) end,
})
