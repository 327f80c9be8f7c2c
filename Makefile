# cresset: build, test and install. `make help` lists the targets.

LUA        ?= lua5.4
CC         ?= gcc
CFLAGS     ?= -O2 -g
BUILD      ?= build/release
PKG_CONFIG ?= pkg-config
LUA_INCDIR ?= $(firstword $(wildcard $(addsuffix /lua5.4,/usr/include /usr/local/include) \
                /usr/include/lua /opt/homebrew/include/lua /usr/local/include/lua) /usr/include)

MACHINE := $(shell $(CC) -dumpmachine)

# Optional libraries: found by pkg-config, switched off by `make PNG=no ZLIB=no`. The code that uses
# them stands under #ifdef CR_HAVE_PNG and CR_HAVE_ZLIB and must build without them.
PNG  ?= $(shell $(PKG_CONFIG) --exists libpng 2>/dev/null && echo yes)
ZLIB ?= $(shell $(PKG_CONFIG) --exists zlib 2>/dev/null && echo yes)
ifeq ($(PNG),yes)
OPTIONAL += -DCR_HAVE_PNG $(shell $(PKG_CONFIG) --cflags libpng)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs libpng)
endif
ifeq ($(ZLIB),yes)
OPTIONAL += -DCR_HAVE_ZLIB $(shell $(PKG_CONFIG) --cflags zlib)
OPTIONAL_LIBS += $(shell $(PKG_CONFIG) --libs zlib)
endif

DEFINES = -Icsrc -I$(LUA_INCDIR) -D_GNU_SOURCE $(OPTIONAL) $(CPPFLAGS)
BASE    = -std=gnu11 -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Wno-type-limits
# Kernels wrap around on integer overflow, as Torch7's integer tensors do.
KERNEL_OPT ?= -O3
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

all: $(LIB)

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
	$(CC) $(LIBFLAG) $(LDFLAGS) $(LDEXTRA) -o $@ $(OBJ) $(LDLIBS)

$(BUILD)/obj/%.o: csrc/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(DEFINES) $(BASE) $(CFLAGS) -MMD -MP -c -o $@ $<

define isa_rule
$(BUILD)/obj/kernels/%.$(1).o: csrc/kernels/%.c $(FLAGS)
	@mkdir -p $$(@D)
	$$(CC) $$(DEFINES) $$(BASE) $$(CFLAGS) $$(KERNEL) $$(ISA_$(1)) -DCR_ISA_SUFFIX=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call isa_rule,$(isa))))

-include $(OBJ:.o=.d)

test: $(LIB)
	$(LUA) spec/support/run.lua

format:
	clang-format -i $(wildcard csrc/*/*.[ch])

clean:
	rm -rf build out

.PHONY: all test format clean
