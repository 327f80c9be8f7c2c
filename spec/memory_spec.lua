-- Lua's collector does not see the tensors' memory, so the library tells it: temporaries must not
-- pile up.
local command = require("spec.support.command")
local cresset = require("cresset")

local megabyte = 1 << 20

-- The most bytes that storages held during `count` calls, beyond those before.
local function peak_of(count, work)
  collectgarbage()
  collectgarbage()
  local base, peak = cresset.storageBytes(), 0
  for i = 1, count do
    work(i)
    peak = math.max(peak, cresset.storageBytes() - base)
  end
  return peak
end

describe("storageBytes", function()
  it("counts what storages hold", function()
    collectgarbage()
    local before = cresset.storageBytes()
    local t = cresset.DoubleTensor(1000)
    assert.equal(before + 8000, cresset.storageBytes())
    local _ = t:narrow(1, 1, 10)
    assert.equal(before + 8000, cresset.storageBytes())
    t:free()
    assert.is_true(cresset.storageBytes() <= before + 8000)
  end)
end)

describe("temporaries of 1 MB", function()
  local live, live_bytes

  setup(function()
    collectgarbage()
    live, live_bytes = {}, 32 * megabyte
    for i = 1, 32 do live[i] = cresset.FloatTensor(megabyte // 4):fill(1) end
  end)

  teardown(function() live = nil end)

  local function temporary(i) return live[i % 32 + 1] + 1 end

  for _, mode in ipairs({ "incremental", "generational" }) do
    it("stay under 3 times the live memory, collector " .. mode, function()
      local before = collectgarbage(mode)
      local peak = peak_of(300, function(i) local _ = temporary(i) end)
      local chained = peak_of(100, function(i)
        local _ = temporary(i):clone():view(512, -1):t():exp()
      end)
      collectgarbage(before)
      assert.is_true(live_bytes + peak < 3 * live_bytes, peak)
      assert.is_true(live_bytes + chained < 3 * live_bytes, chained)
    end)
  end

  it("stay under 1.1 times with <close>", function()
    local peak = peak_of(300, function(i) local _ <close> = temporary(i) end)
    assert.equal(0, peak) -- gone when the call ends
    local most = 0
    local base = cresset.storageBytes()
    for i = 1, 100 do
      local _ <close> = temporary(i)
      most = math.max(most, cresset.storageBytes() - base)
    end
    assert.equal(megabyte, most)
    assert.is_true(live_bytes + most < 1.1 * live_bytes)
  end)

  it("are gone from the process, too", function()
    if not io.open("/proc/self/status") then return pending("no /proc/self/status here") end
    if os.getenv("LD_PRELOAD") then return pending("a sanitizer keeps freed memory") end
    for option, limit in pairs({ [""] = 3, [" --close"] = 1.1 }) do
      local out, err = command.shell("bin/cresset bench/memory.lua 1200" .. option)
      local ratio = tonumber(out:match("([%d.]+) x"))
      assert(ratio, err)
      assert.is_true(ratio > 0.9 and ratio < limit, out)
    end
  end)
end)
