# cresset: build, test and install. `make help` lists the targets.

ifeq ($(origin CC),default)
CC := $(if $(shell command -v gcc),gcc,cc)
endif
LUA        ?= $(if $(shell command -v lua5.4),lua5.4,$(if $(shell lua -v 2>&1 | grep 'Lua 5\.4'),lua,lua5.4))
CFLAGS     ?= -O2 -g
BUILD      ?= build/release
PKG_CONFIG ?= pkg-config
LUA_INCDIR ?= $(firstword $(wildcard $(addsuffix /lua5.4,/usr/include /usr/local/include) \
                /usr/include/lua /opt/homebrew/include/lua /usr/local/include/lua) /usr/include)

MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null)

# Optional libraries: found by pkg-config, switched off by `make PNG=no JPEG=no ZLIB=no ZIP=no`. The
# code that uses them stands under #ifdef CR_HAVE_PNG, CR_HAVE_JPEG, ... and must build without them.
PNG  ?= $(shell $(PKG_CONFIG) --exists libpng 2>/dev/null && echo yes)
JPEG ?= $(shell $(PKG_CONFIG) --exists libjpeg 2>/dev/null && echo yes)
ZLIB ?= $(shell $(PKG_CONFIG) --exists zlib 2>/dev/null && echo yes)
ZIP  ?= $(shell $(PKG_CONFIG) --exists 'libzip >= 1.6' 2>/dev/null && echo yes)
ifeq ($(PNG),yes)
OPTIONAL += -DCR_HAVE_PNG $(shell $(PKG_CONFIG) --cflags libpng)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs libpng)
endif
ifeq ($(JPEG),yes)
OPTIONAL += -DCR_HAVE_JPEG $(shell $(PKG_CONFIG) --cflags libjpeg)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs libjpeg)
endif
ifeq ($(ZLIB),yes)
OPTIONAL += -DCR_HAVE_ZLIB $(shell $(PKG_CONFIG) --cflags zlib)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs zlib)
endif
ifeq ($(ZIP),yes)
OPTIONAL += -DCR_HAVE_ZIP $(shell $(PKG_CONFIG) --cflags libzip)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs libzip)
endif

DEFINES = -Icsrc -I$(LUA_INCDIR) -D_GNU_SOURCE $(OPTIONAL) $(CPPFLAGS)
BASE    = -std=gnu11 -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Wno-type-limits
# Kernels wrap around on integer overflow, as Torch7's integer tensors do.
KERNEL_OPT = -O3
KERNEL  = $(KERNEL_OPT) -fno-math-errno -fno-trapping-math -fwrapv

ifneq ($(findstring darwin,$(MACHINE)),)
LIBFLAG ?= -bundle -undefined dynamic_lookup
LDLIBS   = $(OPTIONAL_LIBS) -lm -lpthread
else
LIBFLAG ?= -shared
LDLIBS   = $(OPTIONAL_LIBS) -ldl -lm -lpthread
# Closing a Lua state unloads modules; our worker threads must not lose their code.
LDEXTRA  = -Wl,-z,nodelete
endif

ISA_portable =
ISA_avx2     = -march=x86-64-v3
ISA_avx512   = -march=x86-64-v4 -mprefer-vector-width=512
ISAS := portable
ifneq ($(filter x86_64-% amd64-%,$(MACHINE)),)
ISAS += avx2 avx512
endif

KERNEL_SRC := $(filter-out csrc/kernels/dispatch.c,$(wildcard csrc/kernels/*.c))
PLAIN_SRC  := $(wildcard csrc/core/*.c csrc/ops/*.c csrc/lua/*.c) csrc/kernels/dispatch.c
OBJ := $(PLAIN_SRC:csrc/%.c=$(BUILD)/obj/%.o) \
       $(foreach isa,$(ISAS),$(KERNEL_SRC:csrc/%.c=$(BUILD)/obj/%.$(isa).o))
LIB := $(BUILD)/cresset/core.so

# All processors build, unless a -j says otherwise.
JOBS := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

all: ## build in the tree
	+@$(SUBMAKE) $(LIB)

# V=1 shows the commands.
Q   = $(if $(V),,@)
say = $(if $(V),,@printf '%-5s %s\n' '$(1)' '$(2)')

# Rewritten when a flag changes, which rebuilds everything.
FLAGS := $(BUILD)/flags
FLAGS_NOW := $(filter-out ccache,$(CC)) $(DEFINES) $(BASE) $(CFLAGS) $(KERNEL) $(ISA_avx2) $(ISA_avx512) \
             $(LIBFLAG) $(LDFLAGS) $(LDEXTRA) $(LDLIBS)
ifneq ($(strip $(FLAGS_NOW)),$(strip $(if $(wildcard $(FLAGS)),$(shell cat $(FLAGS)))))
.PHONY: $(FLAGS)
endif
$(FLAGS):
	@mkdir -p $(@D)
	@printf '%s\n' '$(strip $(FLAGS_NOW))' > $@

$(LIB): $(OBJ) $(FLAGS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LIBFLAG) $(LDFLAGS) $(LDEXTRA) -o $@ $(OBJ) $(LDLIBS)

$(BUILD)/obj/%.o: csrc/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(DEFINES) $(BASE) $(CFLAGS) -MMD -MP -c -o $@ $<

define isa_rule
$(BUILD)/obj/kernels/%.$(1).o: csrc/kernels/%.c $(FLAGS)
	@mkdir -p $$(@D)
	$$(call say,CC,$$< ($(1)))
	$$(Q)$$(CC) $$(DEFINES) $$(BASE) $$(CFLAGS) $$(KERNEL) $$(ISA_$(1)) -DCR_ISA_SUFFIX=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call isa_rule,$(isa))))

-include $(OBJ:.o=.d)

# ---- specs ----

# The build that the specs and the command use.
export CRESSET_BUILD = $(BUILD)

test: ## build what is needed and run the specs (ARGS="--filter=..." goes to busted)
	@.ci/deps.sh build test
	+@$(SUBMAKE) $(LIB)
	$(LUA) spec/support/run.lua $(ARGS)

TEST_ISAS ?= $(ISAS)
test-isa: ## the specs with each instruction set's kernels
	@.ci/deps.sh build test
	+@$(SUBMAKE) $(LIB)
	set -e; for isa in $(TEST_ISAS); do \
	  echo "CRESSET_ISA=$$isa"; CRESSET_ISA=$$isa $(LUA) spec/support/run.lua $(ARGS); done

# Lua itself is not instrumented, so the sanitizer's library is loaded before it.
SANITIZE = -fsanitize=address,undefined,float-cast-overflow
asan: ## the specs under AddressSanitizer and UndefinedBehaviorSanitizer
	@.ci/deps.sh build test
	+@$(SUBMAKE) all BUILD=build/asan KERNEL_OPT=-O1 LDFLAGS="$(SANITIZE)" \
	  CFLAGS="-O1 -g1 $(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer"
	LD_PRELOAD="$$($(CC) -print-file-name=libasan.so)" CRESSET_BUILD=build/asan \
	ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:$$ASAN_OPTIONS \
	LSAN_OPTIONS=suppressions=$(CURDIR)/.ci/leaks.supp:print_suppressions=0 \
	UBSAN_OPTIONS=print_stacktrace=1 $(LUA) spec/support/run.lua $(ARGS)

test-neon: ## compile for 64-bit ARM and run specs on an emulated processor (ARGS="spec/..." chooses)
	@.ci/deps.sh neon
	.ci/test_neon.sh build/neon $(ARGS)

demo: ## train a LeNet-5 and a conditional GAN on handwritten digits; pictures in out/
	@.ci/deps.sh build
	+@$(SUBMAKE) $(LIB)
	@mkdir -p out
	set -e; for name in $(DEMOS); do $(LUA) bin/cresset examples/$$name.lua; done

DEMOS ?= xor lenet cdcgan

# ---- quality ----

C_FILES   = $(wildcard csrc/*/*.[ch])
LUA_FILES = $(wildcard lua doc/*.lua spec examples bench bin/cresset rockspec)
lint: ## luacheck, clang-format, cppcheck and luarocks lint
	@.ci/deps.sh build lint
	luacheck -q $(LUA_FILES)
	$(Q)clang-format --dry-run --Werror $(C_FILES)
	cppcheck -q -j$(JOBS) --std=c11 --enable=warning,performance,portability --inline-suppr \
	  --suppressions-list=.ci/cppcheck.supp --error-exitcode=1 -Icsrc \
	  -D__x86_64__ -DLUA_VERSION_NUM=504 -DCR_ISA_SUFFIX=portable -DCR_HAVE_PNG -DCR_HAVE_JPEG -DCR_HAVE_ZLIB -DCR_HAVE_ZIP csrc
	luarocks lint $(ROCKSPEC)

format: ## format the C sources
	$(Q)clang-format -i $(C_FILES)

ROCKSPEC = rockspec/cresset-scm-1.rockspec
check-rock: ## luarocks make into an empty tree, offline; require and the command from another folder
	@.ci/deps.sh build lint
	.ci/check_rock.sh $(ROCKSPEC)

ci: ## everything that must hold before a change is merged
	.ci/run

doc: ## the reference as HTML in build/doc
	@.ci/deps.sh build
	+@$(SUBMAKE) $(LIB)
	CRESSET_BUILD=$(BUILD) $(LUA) doc/generate.lua build/doc

doc/torch7.md: $(LIB) doc/torch7.lua doc/torch7_names.lua ## where each function of Torch7's is here
	CRESSET_BUILD=$(BUILD) $(LUA) doc/torch7.lua > $@

doc/modules.md: $(LIB) doc/modules.lua doc/modules_names.lua ## where each module of Torch7's is here
	CRESSET_BUILD=$(BUILD) $(LUA) doc/modules.lua > $@

zoo: ## run every example of the zoo (ARGS="lenet" only some) and write doc/zoo.md
	@.ci/deps.sh build
	+@$(SUBMAKE) $(LIB)
	CRESSET_BUILD=$(BUILD) $(LUA) doc/zoo.lua $(ARGS)

# ---- speed ----

BENCH = build/bench
PEERS = build/peers

bench: $(BENCH)/peak ## the same work here and in the peers that are installed; doc/bench.md (see bench-peers)
	@.ci/deps.sh build
	+@$(SUBMAKE) $(LIB)
	$(LUA) bin/cresset bench/figures.lua
	$(LUA) bin/cresset bench/run.lua --report doc $(ARGS)
	$(LUA) bin/cresset bench/memory.lua
	$(LUA) bin/cresset bench/growth.lua

PYTHON ?= /usr/bin/python3
bench-memory: ## peak resident memory of training ResNet-50, here and in PyTorch
	@.ci/deps.sh build
	+@$(SUBMAKE) $(LIB)
	$(LUA) bin/cresset bench/resnet_memory.lua $(ARGS)
	-$(PYTHON) bench/peer_memory.py $(ARGS)

ulp: ## errors of the float32 kernels of every instruction set (ARGS=1: over all numbers)
	+@$(SUBMAKE) $(LIB)
	$(Q)$(CC) $(DEFINES) $(BASE) -O3 -o $(BUILD)/ulp bench/ulp.c \
	  $(filter $(BUILD)/obj/kernels/%,$(OBJ)) $(BUILD)/obj/core/cpu.o -lm -lpthread
	$(BUILD)/ulp $(ARGS)

bench-peers: ## install what bench compares with: PyTorch and, into build/peers, ONNX Runtime
	@.ci/deps.sh bench
	@if command -v npm >/dev/null; then mkdir -p $(PEERS) && \
	  npm install --prefix $(PEERS) --no-audit --no-fund --ignore-scripts onnxruntime-node; \
	else echo "bench-peers: without npm there is no ONNX Runtime to compare with" >&2; fi

# The machine's peak, for the share of it that the bench prints.
$(BENCH)/peak: bench/peak.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -O2 -march=native -pthread -o $@ $<

# ---- installation ----

PREFIX  ?= /usr/local
LUADIR  ?= $(PREFIX)/share/lua/5.4
LIBDIR  ?= $(PREFIX)/lib/lua/5.4
BINDIR  ?= $(PREFIX)/bin
INSTALL ?= install

# The command names its modules' folders, wherever PREFIX is; LuaRocks does that itself.
ifneq ($(LUAROCKS),yes)
BIN_PATHS = 2i package.path = "$(LUADIR)/?.lua;$(LUADIR)/?/init.lua;" .. package.path; \
              package.cpath = "$(LIBDIR)/?.so;" .. package.cpath
endif

install: all ## install under PREFIX (/usr/local; DESTDIR is honoured)
	set -e; for file in $$(cd lua && find cresset -name '*.lua'); do \
	  $(INSTALL) -d "$(DESTDIR)$(LUADIR)/$${file%/*}"; \
	  $(INSTALL) -m 644 "lua/$$file" "$(DESTDIR)$(LUADIR)/$$file"; done
	$(INSTALL) -d "$(DESTDIR)$(LUADIR)/cresset/data/files" "$(DESTDIR)$(LIBDIR)/cresset" "$(DESTDIR)$(BINDIR)"
	$(INSTALL) -m 644 $(wildcard data/*.gz data/README.md) "$(DESTDIR)$(LUADIR)/cresset/data/files"
	$(INSTALL) -m 755 $(LIB) "$(DESTDIR)$(LIBDIR)/cresset/core.so"
	sed -e '1s|.*|\#!/usr/bin/env $(LUA)|' -e '$(BIN_PATHS)' bin/cresset > "$(DESTDIR)$(BINDIR)/cresset"
	chmod 755 "$(DESTDIR)$(BINDIR)/cresset"

uninstall: ## remove what install put there
	rm -rf "$(DESTDIR)$(LUADIR)/cresset" "$(DESTDIR)$(LIBDIR)/cresset" "$(DESTDIR)$(BINDIR)/cresset"

deps: ## install what is missing (Debian, Ubuntu), or say what to install
	@.ci/deps.sh build test lint

clean: ## remove everything that was built
	rm -rf build out

help: ## this list
	@echo "Targets (make alone builds in the tree, then ./bin/cresset runs):"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1 \2/p' Makefile | \
	  while read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done

.PHONY: all test test-isa test-neon asan demo lint format check-rock ci doc zoo bench bench-memory \
        bench-peers install uninstall \
        deps clean help
