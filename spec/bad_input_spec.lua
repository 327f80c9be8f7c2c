local command = require("spec.support.command")
local cresset = require("cresset")

-- Sanitizers need more address space than a limit leaves; they limit the allocations themselves.
local is_sanitized = (os.getenv("LD_PRELOAD") or ""):find("asan", 1, true) ~= nil
local limits = is_sanitized
  and "export ASAN_OPTIONS=$ASAN_OPTIONS:max_allocation_size_mb=1024:allocator_may_return_null=1;"
    .. " export LSAN_OPTIONS=suppressions=%s/.ci/leaks.supp:print_suppressions=0;"
  or "ulimit -v 3000000;"
local calls = os.getenv("CRESSET_FUZZ") or (is_sanitized and 20 or 40)

describe("bad input", function()
  it("raises errors that name a function or layer, and breaks nothing", function()
    if not cresset.Tensor.type then return pending("needs tensors of every type") end
    local root = assert(io.popen("pwd")):read("l")
    local folder = os.tmpname()
    os.remove(folder)
    assert(cresset.paths.mkdir(folder))
    local _, err, status = command.shell(
      ("cd %s; %s timeout 300 lua5.4 %s/spec/support/fuzz.lua --calls %s --trace %s/trace")
        :format(folder, limits:format(root), root, calls, folder))
    local trace = io.open(folder .. "/trace")
    local last = trace and trace:read("l")
    if trace then trace:close() end
    os.execute("rm -r " .. folder)
    if status ~= 0 then
      error(("status %s; the last call was %s\n%s"):format(status, last, err), 0)
    end
  end)
end)
