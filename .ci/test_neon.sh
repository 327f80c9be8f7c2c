#!/bin/sh
# Compiles cresset for 64-bit ARM, whose base set is NEON, and runs specs on an emulated processor:
# .ci/test_neon.sh FOLDER [specs...]. Needs Debian or a relative: arm64 packages (Lua and what busted
# needs) are unpacked into FOLDER and never installed; the cross compiler and QEMU are (.ci/deps.sh
# neon). Values are compared with the specs' references, so with naive loops and recorded numbers.
set -eu
build=$1/build # from here, as spec/support/run.lua wants it
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
root=$folder/root
libraries=$root/usr/lib/aarch64-linux-gnu
packages="lua5.4 liblua5.4-dev lua-filesystem lua-system lua-term libopenblas0-pthread"
# Not spec/bad_input_spec.lua, which takes long; "make test-neon ARGS=..." runs any.
specs=${*:-spec/tensor spec/nn spec/optim spec/models}

# apt-get of a machine of its own: other lists, other installed packages (none).
apt_arm64() {
  apt-get -q -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Debug::NoLocking=1 \
    -o Dir::State::lists="$folder/apt/lists" -o Dir::State::status="$folder/apt/status" \
    -o Dir::Cache="$folder/apt/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

unpack() {
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$root"
  : >"$folder/apt/status"
  apt_arm64 update
  # shellcheck disable=SC2086
  apt_arm64 install -y --download-only --no-install-recommends $packages >/dev/null
  for package in "$folder"/apt/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
  rm -rf "$folder/apt"
  touch "$root/complete"
}

[ -e "$root/complete" ] || unpack
${MAKE:-make} --no-print-directory CC="${CROSS_CC:-aarch64-linux-gnu-gcc}" BUILD="$build" \
  PNG=no JPEG=no ZLIB=no ZIP=no LUA_INCDIR="$root/usr/include/lua5.4" \
  CPPFLAGS="-idirafter $root/usr/include/aarch64-linux-gnu" all
# shellcheck disable=SC2086
CRESSET_BUILD=$build qemu-aarch64-static -L "$root" \
  -E LUA_CPATH="$libraries/lua/5.4/?.so" -E LD_LIBRARY_PATH="$libraries/openblas-pthread" \
  "$root/usr/bin/lua5.4" spec/support/run.lua $specs
