#!/bin/sh
# .ci/check_rock.sh ROCKSPEC [VARIABLE=value ...]: builds the rock into an empty tree with no server
# to ask, then uses it from another folder, with nothing of this checkout on Lua's path.
set -eu
rockspec=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree elsewhere=$scratch/elsewhere
mkdir "$tree" "$elsewhere"

unset MAKEFLAGS MAKELEVEL MFLAGS
export HOME="$scratch" LUAROCKS_CONFIG=/dev/null
mkdir "$scratch/no-server"
luarocks --lua-version 5.4 --tree "$tree" --only-server "$scratch/no-server" make "$rockspec" "$@" \
  >"$scratch/log" 2>&1 || { tail -30 "$scratch/log" >&2; exit 1; }

unset CRESSET_BUILD LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4
cd "$elsewhere"
eval "$(luarocks --lua-version 5.4 --tree "$tree" path)"
cat >check.lua <<'LUA'
local cresset = require("cresset")
local source = package.searchpath("cresset", package.path)
assert(source:find(os.getenv("CHECK_TREE"), 1, true), "cresset came from " .. source)
-- The data files come along; a network learns from them.
local train = cresset.data.digits()
local net = cresset.nn.Sequential():add(cresset.nn.Flatten()):add(cresset.nn.Linear(64, 10))
local criterion = cresset.nn.CrossEntropyCriterion()
local params, grads = net:getParameters()
local function step()
  grads:zero()
  local loss = criterion:forward(net:forward(train.images), train.labels)
  net:backward(train.images, criterion:backward(net.output, train.labels))
  return loss, grads
end
local _, first = cresset.optim.sgd(step, params, { learningRate = 0.1 })
assert(step() < first[1])
print("rock: " .. cresset.isa() .. " kernels, BLAS " .. cresset.blas())
LUA
export CHECK_TREE="$tree"
${LUA:-lua5.4} check.lua

# The command, by its path and with no help from the environment.
unset LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4
[ "$("$tree/bin/cresset" check.lua | cut -d: -f1)" = rock ]
"$tree/bin/cresset" info >info.txt
grep -qi blas info.txt

# The same kernels as `make` builds: the names of their functions, per instruction set.
core=$(find "$tree" -name core.so)
for isa in portable $([ "$(uname -m)" != x86_64 ] || echo avx2 avx512); do
  nm "$core" | grep -q "cr_register_pointwise_$isa" || { echo "rock: no $isa kernels" >&2; exit 1; }
done
echo "rock: installs offline and works from any folder"
