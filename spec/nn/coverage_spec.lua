-- Every class of nn is checked by the harness: layers by layer_checks (or table_checks), criteria
-- by criterion_checks.
local cresset = require("cresset")
local harness = require("spec.support.harness")

local class, nn = cresset.class, cresset.nn

-- Bases that have no forward of their own.
local abstract = { ["nn.Module"] = true, ["nn.Criterion"] = true, ["nn.Container"] = true,
  ["nn.AbstractRecurrent"] = true }

-- What the harness expects does not hold for these; they have specs of their own.
local exempt = {
  -- compute outputs alone: spec/nn/fuse_spec.lua
  ["nn.Fused"] = true, ["nn.FusedSum"] = true,
}

local advice = {
  ["nn.Module"] = "describe(\"%s\", function()\n"
    .. "  layer_checks(function() return %s(...) end, { inputs = { { 5, 3 }, ... } })\n"
    .. "end) in one of spec/nn/*_spec.lua; see spec/support/layer_checks.lua",
  ["nn.Criterion"] = "criterion_checks(function() return %s(...) end, { input = ..., target = ... "
    .. "})\nin spec/nn/criterion_spec.lua; see spec/support/criterion_checks.lua",
}

-- The classes of nn that inherit from the base.
local function classes_of(base)
  local names = {}
  for _, value in pairs(nn) do
    local at = type(value) == "table" and rawget(value, "__typename") and value
    local name = at and at.__typename
    while at and at.__typename ~= base do at = class.parentOf(at) end
    local is_checked = not abstract[name] and not exempt[name]
    if at and is_checked and name:find("^nn%.") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function checked_classes()
  local checked = {}
  for _, name in ipairs(cresset.paths.dir("spec/nn")) do
    if name:find("_spec%.lua$") and name ~= "coverage_spec.lua" then
      for class_name in pairs(harness.classes_checked_by("spec/nn/" .. name)) do
        checked[class_name] = true
      end
    end
  end
  return checked
end

describe("the harness", function()
  local checked

  setup(function() checked = checked_classes() end)

  for base, what in pairs({ ["nn.Module"] = "layer", ["nn.Criterion"] = "criterion" }) do
    it("checks every " .. what, function()
      local missing = {}
      for _, name in ipairs(classes_of(base)) do
        if not checked[name] then missing[#missing + 1] = name end
      end
      if #missing > 0 then
        error(("no entry in the harness for %s. Add, for example,\n%s"):format(
          table.concat(missing, ", "), advice[base]:gsub("%%s", missing[1])), 0)
      end
    end)
  end
end)
