#!/bin/sh
# shellcheck disable=SC2034
# Installs what is missing: .ci/deps.sh [build] [test] [lint] [bench] [neon]. On Debian and its
# relatives through apt-get, as root or with sudo; elsewhere it checks, and says what to install.
# Does nothing, quietly, when all is there. CRESSET_DEPS=no skips it.
set -u
CC=${CC:-cc}
[ "${CRESSET_DEPS:-yes}" = no ] && exit 0

# Needed, then optional: without libpng no pictures are written, without libjpeg no JPEG is read or
# written, without zlib no .gz is read, without libzip no .npz, without OpenBLAS there is no LAPACK
# (svd, gesv, ...), without readline the prompt has no line editing.
build="gcc libc6-dev make pkg-config lua5.4 liblua5.4-dev lua-argparse"
build_optional="libopenblas0-pthread libpng-dev libjpeg-dev zlib1g-dev libzip-dev libreadline-dev"
test="lua-busted"
lint="lua-check clang-format cppcheck luarocks"
bench="python3 python3-torch python3-numpy"
bench_optional="nodejs npm"
neon="gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static lua-busted"

groups=${*:-build test lint}

print_other_systems() {
  cat >&2 <<'TEXT'
cresset needs a C compiler, make, pkg-config and Lua 5.4; it uses OpenBLAS, libpng, libjpeg, zlib,
libzip and readline where they are found; its examples need argparse, its specs busted. Packages:
  Debian, Ubuntu   gcc make pkg-config lua5.4 liblua5.4-dev libopenblas0-pthread libpng-dev
                   libjpeg-dev zlib1g-dev libzip-dev libreadline-dev lua-argparse luarocks lua-busted
                   lua-check
  Fedora           gcc make pkgconf lua lua-devel openblas libpng-devel libjpeg-turbo-devel
                   zlib-devel libzip-devel readline-devel luarocks
  Arch             gcc make pkgconf lua54 openblas libpng libjpeg-turbo zlib libzip readline
                   luarocks
  Alpine           build-base pkgconf lua5.4 lua5.4-dev openblas libpng-dev libjpeg-turbo-dev
                   zlib-dev libzip-dev readline-dev luarocks5.4
  macOS (Homebrew) pkg-config lua@5.4 openblas libpng jpeg-turbo libzip readline luarocks
Where busted, argparse or luacheck have no package: luarocks --lua-version 5.4 install busted ...
Then: make LUA=lua5.4 LUA_INCDIR=/folder/of/lua.h
TEXT
}

missing_packages() { # name...: those that dpkg does not know as installed
  for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=none
    # Another package may provide the same command: a compiler or an OpenBLAS of another kind.
    [ "$status" = installed ] || provided "$package" || printf ' %s' "$package"
  done
}

provided() {
  case $1 in
  gcc | make | pkg-config | lua5.4 | clang-format | cppcheck | luarocks | npm) command -v "$1" >/dev/null ;;
  nodejs) command -v node >/dev/null ;;
  libopenblas0-pthread) ls /usr/lib/*/libopenblas.so.0 >/dev/null 2>&1 ;;
  *) return 1 ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

can_install() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  [ -t 0 ] || sudo -n true 2>/dev/null
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    </dev/null >"$log" 2>&1
}

install_debian() { # package...
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "deps: installing $*" >&2
  apt_install "$@" && return 0
  # The lists may be absent (a fresh image) or too old.
  as_root apt-get update -qq </dev/null >"$log" 2>&1 && apt_install "$@" && return 0
  tail -5 "$log" >&2
  return 1
}

deps_debian() {
  needed="" optional=""
  for group in $groups; do
    eval "needed=\"\$needed \${$group}\" optional=\"\$optional \${${group}_optional:-}\""
  done
  # shellcheck disable=SC2086
  needed=$(missing_packages $needed) optional=$(missing_packages $optional)
  [ -z "$needed$optional" ] && return 0
  if can_install; then
    # shellcheck disable=SC2086
    install_debian $needed $optional && return 0
  fi
  echo "deps: please install, as root: apt-get install$needed$optional" >&2
  [ -z "$needed" ]
}

# Elsewhere: what the build and the specs cannot do without.
deps_elsewhere() {
  lua=${LUA:-lua5.4}
  for group in $groups; do
    case $group in
    build) command -v "${CC##* }" >/dev/null && command -v "$lua" >/dev/null ;;
    test) "$lua" -e 'require "busted"' 2>/dev/null ;;
    lint) command -v luacheck >/dev/null && command -v clang-format >/dev/null ;;
    bench) python3 -c 'import torch' 2>/dev/null ;;
    neon) command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null ;;
    esac || {
      print_other_systems
      echo "deps: something that '$group' needs is missing" >&2
      return 1
    }
  done
}

for group in $groups; do
  case $group in
  build | test | lint | bench | neon) ;;
  *) echo "deps: no group '$group' (build, test, lint, bench, neon)" >&2; exit 1 ;;
  esac
done
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  deps_debian
else
  deps_elsewhere
fi
