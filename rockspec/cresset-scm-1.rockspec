rockspec_format = "3.0"
package = "cresset"
version = "scm-1"
-- `luarocks make` builds the checkout that it is run in.
source = { url = "file://." }
description = {
  summary = "Neural networks for Lua 5.4, in the manner of Torch7",
  detailed = [[
Tensors, layers, criteria, optimizers and data for Lua 5.4 with Torch7's names, argument orders
and 1-based indices. A C core with kernels for AVX2 and AVX-512 that are chosen at run time; it
uses OpenBLAS, libpng, libjpeg, zlib and libzip where they are found.]],
  license = "MIT",
  labels = { "neural-network", "machine-learning", "tensor", "torch" },
}
supported_platforms = { "linux", "macosx" }
dependencies = { "lua >= 5.4, < 5.5" }
build = {
  type = "make",
  variables = {
    BUILD = "build/rock",
    LUAROCKS = "yes",
    CC = "$(CC)",
    CFLAGS = "$(CFLAGS)",
    LIBFLAG = "$(LIBFLAG)",
    LUA_INCDIR = "$(LUA_INCDIR)",
  },
  install_variables = {
    PREFIX = "$(PREFIX)",
    BINDIR = "$(BINDIR)",
    LIBDIR = "$(LIBDIR)",
    LUADIR = "$(LUADIR)",
  },
}
