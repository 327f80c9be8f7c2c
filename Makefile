# cresset: build, test and install. `make help` lists the targets.

LUA        ?= lua5.4
CC         ?= gcc
CFLAGS     ?= -O2 -g
BUILD      ?= build/release
LUA_INCDIR ?= $(firstword $(wildcard /usr/include/lua5.4 /usr/local/include/lua5.4 /usr/include))

CPPFLAGS += -Icsrc -I$(LUA_INCDIR) -D_GNU_SOURCE
BASE      = -std=gnu11 -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Wno-type-limits
KERNEL    = -O3 -fno-math-errno -fno-trapping-math -fwrapv
LIBFLAG  ?= -shared
LDLIBS    = -ldl -lm -lpthread
LDEXTRA   = -Wl,-z,nodelete

ISA_portable =
ISA_avx2     = -march=x86-64-v3
ISA_avx512   = -march=x86-64-v4 -mprefer-vector-width=512
ISAS := portable
ifeq ($(shell uname -m),x86_64)
ISAS += avx2 avx512
endif

KERNEL_SRC := $(filter-out csrc/kernels/dispatch.c,$(wildcard csrc/kernels/*.c))
PLAIN_SRC  := $(wildcard csrc/core/*.c csrc/ops/*.c csrc/lua/*.c) csrc/kernels/dispatch.c
OBJ := $(PLAIN_SRC:csrc/%.c=$(BUILD)/obj/%.o) \
       $(foreach isa,$(ISAS),$(KERNEL_SRC:csrc/%.c=$(BUILD)/obj/%.$(isa).o))
LIB := $(BUILD)/cresset/core.so

all: $(LIB)

$(LIB): $(OBJ)
	@mkdir -p $(@D)
	$(CC) $(LIBFLAG) $(LDFLAGS) $(LDEXTRA) -o $@ $(OBJ) $(LDLIBS)

$(BUILD)/obj/%.o: csrc/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(BASE) $(CFLAGS) -MMD -MP -c -o $@ $<

define isa_rule
$(BUILD)/obj/kernels/%.$(1).o: csrc/kernels/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) $$(BASE) $$(CFLAGS) $$(KERNEL) $$(ISA_$(1)) -DCR_ISA_SUFFIX=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call isa_rule,$(isa))))

-include $(OBJ:.o=.d)

test: $(LIB)
	$(LUA) spec/support/run.lua

clean:
	rm -rf build out

.PHONY: all test clean
