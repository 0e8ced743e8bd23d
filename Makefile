# SPDX-License-Identifier: Apache-2.0
# A thin way into the Meson build; see HACKING.md.
#
#   make            release build in build/release, programs in build/bin
#   make run        build, then the supervised Elixir example on a real text file
#   make test       tidy, unit tests, differential and launcher tests
#   make test-full  make test, and what takes longer
#   make conformance [TIER=T1 | SUITES="guard_SUITE ..."]   OTP's own suites
#   make soak [MINUTES=20]   random processes that check what they are promised, on 2 and on 8 schedulers
#   make optimized  build/optimized: built, trained on bench/erl's work, and built again by the profile; some minutes
#   make bench      the optimized build and the installed erl side by side
#   make debug      build/debug: checks on
#   make asan, make tsan, make gc-stress    the test run with such a build
#   make fuzz       the libFuzzer targets of tests/fuzz, a minute each
#   make stencil    the stencil object and its check
#   make missing    docs/missing.md
#   make format     clang-format over all C files
#   make install    the optimized build; PREFIX=/usr/local, DESTDIR
#   make clean
COMMA := ,
SHELL := /bin/bash
PREFIX ?= /usr/local
# make's own default for CC is `cc`, which says nothing about what the user chose
ifeq ($(origin CC),default)
  CC := $(if $(shell command -v ccache),ccache clang-19,clang-19)
endif
export CC
export CC_LD ?= lld
JOBS ?= $(shell nproc)
NINJA := ninja -j$(JOBS)
DEPS := scripts/deps --quiet

# $(call build,folder,meson options): configures when needed, builds, links the programs into the bin folder
define build
	@$(DEPS)
	@if [ ! -f $(1)/build.ninja ]; then \
	  mkdir -p $(1) && (python3 tools/list_sources.py --changed $(1) || true) && meson setup $(1) $(2) >$(1)/setup.log 2>&1 \
	    || { cat $(1)/setup.log; exit 1; }; \
	elif python3 tools/list_sources.py --changed $(1); then \
	  meson setup --reconfigure $(1) >$(1)/setup.log 2>&1 || { cat $(1)/setup.log; rm -f $(1)/sources.list; exit 1; }; \
	fi
	@$(NINJA) -C $(1) --quiet
endef
define bin
	@mkdir -p $(2) && for f in mica erl; do ln -sfn $$(realpath --relative-to=$(2) $(1)/src/$$f) $(2)/$$f; done
endef

DEBUG_OPTIONS := -Doptimization=1 -Ddebug=true -Dchecks=true -Dwerror=false
SANITIZE := -Db_lundef=false -Dwerror=false -Dchecks=true -Doptimization=1 -Ddebug=true

.PHONY: all optimized run test test-full soak conformance bench debug asan tsan gc-stress stencil missing format tidy install clean build-asan build-tsan build-fuzz fuzz units
all:
	$(call build,build/release,--prefix=$(PREFIX))
	$(call bin,build/release,build/bin)

# What values are is not counted: of an interpreter's indirect calls no target is more likely than the others.
TRAINING := build/training
PROFILE := build/optimized/default.profdata
PROFILE_ARGS := -Dwerror=false -Dc_args='-mllvm -disable-vp=true -Wno-backend-plugin'
optimized:
	$(call build,$(TRAINING),$(PROFILE_ARGS) -Db_pgo=generate)
	@if [ ! $(PROFILE) -nt $(TRAINING)/src/erl ]; then \
	  rm -rf build/optimized && mkdir -p build/optimized && scripts/train $(TRAINING)/src/erl $(PROFILE); fi
	$(call build,build/optimized,$(PROFILE_ARGS) -Db_pgo=use --prefix=$(PREFIX))
	$(call bin,build/optimized,build/optimized/bin)

debug:
	$(call build,build/debug,$(DEBUG_OPTIONS))
	$(call bin,build/debug,build/debug/bin)

build-asan:
	$(call build,build/asan,$(SANITIZE) -Db_sanitize=address$(COMMA)undefined)
	$(call bin,build/asan,build/asan/bin)

build-tsan:
	$(call build,build/tsan,$(SANITIZE) -Db_sanitize=thread)
	$(call bin,build/tsan,build/tsan/bin)

# the libFuzzer targets, instrumented
build-fuzz:
	$(call build,build/fuzz,$(SANITIZE) -Dfuzz=true -Db_sanitize=address$(COMMA)undefined)

fuzz: build-fuzz
	@tests/fuzz/run --only targets --seconds 60

run: all
	@scripts/run-example

test: all
	@tests/run

test-full: all
	@tests/run --full

# OTP's own suites against what the installed erl makes of them: TIER=T1, SUITES="guard_SUITE kernel/code_SUITE", or neither
conformance: all
	@tests/otp/run $(if $(TIER)$(SUITES),$(TIER) $(SUITES),T1 T1v T2 T3 T4)

asan: build-asan
	@tests/run --build build/asan

tsan: build-tsan
	@tests/run --build build/tsan

gc-stress: debug
	@tests/run --build build/debug --gc-stress

MINUTES ?= 20
soak: all
	@tests/soak/run --seconds $$(($(MINUTES) * 60))

bench: optimized
	@MICA_BIN=build/optimized/bin bench/run

stencil: all
	@tools/stencil_build

format:
	@clang-format -i $$(git ls-files 'src/*.c' 'src/*.h' 'include/*.h' 'tests/*.c' 'tests/*.h')

missing:
	@python3 tools/gen_bifs.py --missing src docs/missing.md $(sort $(wildcard docs/otp*_bifs.txt))

tidy: all
	@python3 tools/tidy.py --build build/release

install: optimized
	@meson install -C build/optimized --no-rebuild

clean:
	rm -rf build
