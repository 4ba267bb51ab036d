# carrel: one library a folder under src/, one program, one test binary a library.
# `make help` lists what can be asked for. Everything built lands in build/ (or build/VARIANT/).

VARIANT ?= release
BUILD   := $(if $(filter release,$(VARIANT)),build,build/$(VARIANT))
VERSION := 0.1.0
DATE    := 2026-11-29

# As many at once as there are processors, unless the caller says (-jN, or a make above this one) or cleans in the
# same breath.
ifeq ($(MAKELEVEL)$(findstring -j,$(MAKEFLAGS))$(filter clean,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# ---- the layers: each library and those it may call (and so link) ----
LIBS := core text model task config net picture embed postings store work sources library sync harvest search analytics exchange process vcs app ui http cli
NEEDS_core     :=
NEEDS_text     := core
NEEDS_model    := core
NEEDS_task     := core
NEEDS_config   := core
NEEDS_net      := core
NEEDS_picture  := core
NEEDS_embed    := model text core
NEEDS_postings := core
NEEDS_store    := postings embed model text core
NEEDS_work     := store postings embed model text core
NEEDS_sources  := model text core
NEEDS_library  := store postings embed model text core
NEEDS_sync     := library net store postings embed model text core
NEEDS_harvest  := library sources net store postings config embed model text core
NEEDS_search   := exchange store postings embed model text core
NEEDS_analytics := store postings embed model text core
NEEDS_exchange := model text core
NEEDS_process  := model text core
NEEDS_vcs      := text core
NEEDS_app      := vcs process search analytics harvest sync library sources net picture work exchange store postings embed config task model text core
NEEDS_ui       := app $(NEEDS_app)
NEEDS_http     := app $(NEEDS_app)
NEEDS_cli      := app $(NEEDS_app)

# ---- the foreign library each folder may use ----
# Nothing is said of it where it is missing: `make run` installs it first.
PKG_CONFIG   := $(or $(shell command -v pkg-config),:)
PKG_core     := libcrypto
PKG_text     := libutf8proc
PKG_config   := libgit2
PKG_net      := libcurl
PKG_picture  := zlib
PKG_store    := sqlite3 zlib
PKG_search   := sqlite3
PKG_app      := jansson
PKG_sources  := expat jansson zlib
PKG_harvest  := jansson
PKG_library  := sqlite3 zlib
PKG_sync     := jansson zlib
PKG_ui       := ncursesw
PKG_vcs      := libgit2
PKG_process  := gumbo md4c libseccomp zlib
PKG_http     := libmicrohttpd libjwt libcrypto jansson zlib

# Libraries that have no pkg-config file.
LIB_http := -lwslay

# MuPDF is a static library in Debian, so what it stands on is named here too.
MUPDF = $(shell $(PKG_CONFIG) --static --libs mupdf) -lharfbuzz

# Vector arithmetic is worth optimising further, and must round the same way everywhere: a model trained
# with the same seed is the same file on every machine.
OPT_embed := -ffp-contract=off -fno-math-errno $(if $(filter release,$(VARIANT)),-O3)
MODEL     := $(wildcard data/model.bin)

# A folder whose subject has not arrived yet is left out.
HAVE  := $(foreach l,$(LIBS),$(if $(wildcard src/$(l)/*.c),$(l)))
uses   = $(filter $(HAVE),$(NEEDS_$(1)))
pkgs   = $(sort $(foreach l,$(1),$(PKG_$(l))))

CC      ?= cc
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
           -Wformat=2 -Wundef -Wvla -Werror
COMMON  := -std=c17 -D_GNU_SOURCE -DCARREL_VERSION='"$(VERSION)"' -DCARREL_DATE='"$(DATE)"' -Iinclude -Isrc '-ffile-prefix-map=$(CURDIR)=.' -fPIE -pthread $(WARN)
FLAGS_release  := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
# Counters of what was reached: the short turn of the fuzz targets in `make test` needs no build of its own for them.
FLAGS_asan     := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DCARREL_SANITIZED \
                  -fsanitize-coverage=inline-8bit-counters,pc-table
FLAGS_tsan     := -O1 -g1 -fsanitize=thread -fno-omit-frame-pointer -DCARREL_SANITIZED
FLAGS_coverage := -O0 -g --coverage
FLAGS_fuzz     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -DCARREL_SANITIZED
LDFLAGS_release := -Wl,-z,relro,-z,now
# The suites start the program some thousand times: without pie there are 300,000 addresses less to relocate at each.
LDFLAGS_asan    := -no-pie -L$(BUILD)/lib
CFLAGS  += $(COMMON) $(FLAGS_$(VARIANT))
LDFLAGS += -pie -pthread $(FLAGS_$(VARIANT)) $(LDFLAGS_$(VARIANT))

.PHONY: all
all: $(BUILD)/carrel ## build the program (the default)

# ---- libraries ----
define library
SRC_$(1) := $$(wildcard src/$(1)/*.c src/$(1)/*/*.c)
OBJ_$(1) := $$(SRC_$(1):%.c=$(BUILD)/obj/%.o)
$(BUILD)/lib/lib$(1).a: $$(OBJ_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@ && $(AR) rcsD $$@ $$^
$$(OBJ_$(1)): FOLDERFLAGS := $$(OPT_$(1))
$$(OBJ_$(1)): PKGFLAGS := $$(if $$(PKG_$(1)),$$(shell $(PKG_CONFIG) --cflags $$(PKG_$(1))))
-include $$(OBJ_$(1):.o=.d)
endef
$(foreach l,$(HAVE),$(eval $(call library,$(l))))

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CFLAGS) $(FOLDERFLAGS) $(PKGFLAGS) -MMD -MP -c $< -o $@

# What only calculates on what its caller gives it knows no threads: ThreadSanitizer need not follow each byte of it.
ifeq ($(VARIANT),tsan)
CALM := $(OBJ_text) $(OBJ_model) $(OBJ_exchange) $(addprefix $(BUILD)/obj/src/embed/,embed.o kernels_avx2.o)
$(CALM): CFLAGS += -fno-sanitize=thread
endif

# MuPDF's fonts, 41 MB, are writable data in Debian's archive, and the leak checker reads all such data at each exit.
ifeq ($(VARIANT),asan)
$(BUILD)/lib/libprocess.a: | $(BUILD)/lib/libmupdf.a
$(BUILD)/lib/libmupdf.a:
	@mkdir -p $(@D)
	@objcopy --rename-section .data=.rodata,alloc,load,readonly,data,contents $(shell $(CC) -print-file-name=libmupdf.a) $@
endif

# Files built into the program (data/...) are read by the assembler: see src/app/assets.c.
$(BUILD)/obj/src/app/assets.o: $(wildcard data/keys data/themes/* data/starter.jsonl data/demo/* data/site/*)
$(BUILD)/obj/src/http/tracker.o: data/web/carrel.js
$(BUILD)/obj/src/embed/builtin.o: $(MODEL)
$(BUILD)/obj/src/embed/builtin.o: FOLDERFLAGS := $(if $(MODEL),-DCARREL_MODEL='"$(MODEL)"')
$(BUILD)/obj/src/store/schema.o: $(wildcard src/store/schema/*.sql)

archives = $(patsubst %,$(BUILD)/lib/lib%.a,$(1))
# Libraries in link order, users first.
order    = $(foreach l,cli http ui app vcs process search analytics harvest sync library sources net picture work exchange store postings embed config task model text core,$(filter $(l),$(1)))
link     = $(CC) $(LDFLAGS) $(filter %.o,$^) $(call archives,$(call order,$(1))) \
           $(if $(call pkgs,$(1)),$(shell $(PKG_CONFIG) --libs $(call pkgs,$(1)))) \
           $(foreach l,$(1),$(LIB_$(l))) $(if $(filter process,$(1)),$(MUPDF)) -lm

$(BUILD)/carrel: $(BUILD)/obj/src/main.o $(call archives,$(HAVE))
	@echo "  LD  $@"
	@$(call link,$(HAVE)) -o $@
-include $(BUILD)/obj/src/main.d

# ---- unit tests: tests/unit/<library>_*.c, linked with that library and the ones below it only ----
define unit
UNIT_$(1) := $$(wildcard tests/unit/$(1)_*.c)
ifneq ($$(UNIT_$(1)),)
UNITS += $(BUILD)/tests/unit_$(1)
$(BUILD)/tests/unit_$(1): $$(UNIT_$(1):%.c=$(BUILD)/obj/%.o) $(call archives,$(1) $(call uses,$(1)))
	@mkdir -p $$(@D)
	@echo "  LD  $$@"
	@$$(call link,$(1) $(call uses,$(1))) -lcmocka -o $$@
$$(UNIT_$(1):%.c=$(BUILD)/obj/%.o): PKGFLAGS := $$(if $(call pkgs,$(1) $(call uses,$(1))),$$(shell $(PKG_CONFIG) --cflags $(call pkgs,$(1) $(call uses,$(1)))))
-include $$(UNIT_$(1):%.c=$(BUILD)/obj/%.d)
endif
endef
$(foreach l,$(HAVE),$(eval $(call unit,$(l))))

# ---- the replay server: what tests of the network talk to ----
REPLAY := $(BUILD)/tests/replay
REPLAY_SRC := $(wildcard tests/replay/*.c)
$(REPLAY): $(REPLAY_SRC:%.c=$(BUILD)/obj/%.o) $(call archives,core)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(call link,core) -o $@
-include $(REPLAY_SRC:%.c=$(BUILD)/obj/%.d)

# ---- repositories for tests and benchmarks ----
GITMAKER := $(BUILD)/tests/gitmaker
GITMAKER_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/gitmaker/*.c))
$(GITMAKER_OBJ): PKGFLAGS := $(shell $(PKG_CONFIG) --cflags libgit2)
$(GITMAKER): $(GITMAKER_OBJ)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) $^ $(shell $(PKG_CONFIG) --libs libgit2) -o $@
-include $(GITMAKER_OBJ:.o=.d)
$(BUILD)/tests/unit_vcs: $(BUILD)/obj/tests/gitmaker/maker.o

# ---- another internet for the program under test, loaded before all others: never sanitized, so that it fits any ----
ELSEWHERE := $(BUILD)/tests/elsewhere.so
$(ELSEWHERE): tests/elsewhere/elsewhere.c
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(COMMON) -O2 -fPIC -shared $< -ldl -o $@

.PHONY: units
units: $(UNITS) $(REPLAY) $(GITMAKER) $(ELSEWHERE) ## build the unit tests of every library

# Run one library's unit tests: make unit-text
unit-%: $(BUILD)/tests/unit_% $(REPLAY)
	$<

# ---- fuzz targets: tests/fuzz/<library>_<parser>.c with LLVMFuzzerTestOneInput ----
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
fuzz_lib  = $(firstword $(subst _, ,$(notdir $(1))))
define fuzzer
$(BUILD)/fuzz/$(basename $(notdir $(1))): $(1:%.c=$(BUILD)/obj/%.o) $(call archives,$(call fuzz_lib,$(1)) $(call uses,$(call fuzz_lib,$(1))))
	@mkdir -p $$(@D)
	@$$(call link,$(call fuzz_lib,$(1)) $(call uses,$(call fuzz_lib,$(1)))) -fsanitize=fuzzer -o $$@
endef
$(foreach f,$(FUZZ_SRC),$(eval $(call fuzzer,$(f))))
-include $(FUZZ_SRC:%.c=$(BUILD)/obj/%.d)
.PHONY: fuzzers
fuzzers: $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))

# ---- the two commands of the README ----
.PHONY: run test asan tsan packages packages-test
packages:
	@sh deploy/packages.sh build
packages-test:
	@sh deploy/packages.sh test

# Packages come first, and pkg-config is asked only afterwards: hence the second make.
run: packages ## install what is missing, build, and open carrel on the starter library
	@$(MAKE) --no-print-directory all
	@sh deploy/run.sh

test: packages-test ## install what is missing and run all tests
	@$(MAKE) --no-print-directory all units
	@$(MAKE) --no-print-directory VARIANT=asan CC=clang fuzzers
	@sh tests/run.sh -b build

asan: packages-test ## the suites under AddressSanitizer and UndefinedBehaviorSanitizer (clang)
	@$(MAKE) --no-print-directory VARIANT=asan CC=clang all units
	@CARREL_SANITIZED=1 UBSAN_OPTIONS=print_stacktrace=1 sh tests/run.sh -b build/asan units cli tui

# CARREL_SANITIZED: tests do not measure memory where each byte has a shadow.
# Whoever leaves the desk does not wait for a download: its thread is left behind, which is no leak.
# What libraries (SQLite's pages above all) copy among themselves is not looked at: a third of the time went there.
tsan: packages-test ## the suites under ThreadSanitizer (gcc), but for what runs no threads of its own
	@$(MAKE) --no-print-directory VARIANT=tsan all units
	@CARREL_SANITIZED=1 TSAN_OPTIONS="halt_on_error=0 exitcode=66 report_thread_leaks=0 ignore_noninstrumented_modules=1" sh tests/run.sh -b build/tsan -t units cli tui

# Only make targets that start the long way round may find their packages missing.
.PHONY: fuzz coverage bench eval describe screenshots install uninstall
FUZZ_SECONDS ?= 60
fuzz: packages-test ## fuzz each parser for FUZZ_SECONDS (default 60), keeping new inputs in build/fuzz/corpus
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang fuzzers
	@for target in build/fuzz/fuzz/*; do \
	    name=$$(basename $$target); mkdir -p build/fuzz/corpus/$$name; \
	    echo "== $$name"; \
	    $$target -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 build/fuzz/corpus/$$name \
	        $$([ -d tests/fuzz/corpus/$$name ] && echo tests/fuzz/corpus/$$name) || exit 1; \
	done

coverage: packages-test ## line coverage of the suites, a table by file
	@$(MAKE) --no-print-directory VARIANT=coverage all units
	@sh tests/run.sh -b build/coverage units cli tui || true
	@cd build/coverage && find . -name '*.gcda' -path '*/src/*' | xargs gcov -n 2>/dev/null | \
	    awk '/^File .src/{f=$$2} /^Lines executed/{split($$0,a,/[:%]/); printf "%7.1f%%  %s\n", a[2], f}' | \
	    tr -d "'" | sort -u

# ---- benchmarks: bench/*.c are programs that link every library, and bench/shared ----
BENCHES := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))
BENCH_SHARED := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard bench/shared/*.c))
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BENCH_SHARED) $(call archives,$(HAVE))
	@mkdir -p $(@D)
	@$(call link,$(HAVE)) -o $@
-include $(patsubst bench/%.c,$(BUILD)/obj/bench/%.d,$(wildcard bench/*.c)) $(BENCH_SHARED:.o=.d)
bench: all $(BENCHES) $(REPLAY) ## measure against peers; figures for docs/BENCHMARKS.md
	@sh bench/run.sh

eval: all ## how well search ranks, on the test collections in $$CARREL_SHARED/data/ir
	@CARREL_SHARED="$${CARREL_SHARED:-$$PWD/../shared}" $(BUILD)/carrel -q eval

.PHONY: bench-documents
bench-documents: all $(BENCHES) ## how well and how fast documents are read, on those in $$CARREL_SHARED/data/wire
	@sh deploy/packages.sh bench
	@sh bench/documents.sh

.PHONY: bench-scale
bench-scale: all $(BENCHES) ## as bench, with libraries of up to two million papers (an hour and more)
	@sh deploy/packages.sh bench
	@sh bench/scale.sh

.PHONY: bench-feel
bench-feel: all $(BENCHES) $(REPLAY) ## bytes written beside tig and newsboat, and keys with 500,000 papers while a sync runs
	@sh deploy/packages.sh bench
	@sh bench/feel.sh

.PHONY: bench-pwc
bench-pwc: all $(BENCHES) ## import dumps of Papers with Code as large as they were
	@sh deploy/packages.sh bench
	@sh bench/pwc.sh

.PHONY: bench-vcs
bench-vcs: all $(GITMAKER) $(BENCHES) ## how long clones take to make and to read, on 50,000 commits, beside git and tig
	@sh deploy/packages.sh bench
	@sh bench/vcs.sh

.PHONY: bench-reading
bench-reading: all $(BENCHES) ## a book of 352 pages, read and searched, beside mutool
	@sh deploy/packages.sh bench
	@sh bench/reading.sh

.PHONY: bench-service
bench-service: all $(BENCHES) ## how many events and questions the service takes, beside FastAPI, and what idle WebSockets cost
	@sh deploy/packages.sh bench
	@sh bench/service.sh
	@sh bench/load.sh

.PHONY: bench-sync soak-sync
bench-sync: all ## 100,000 operations from one library into another over the service
	@sh bench/sync.sh

SOAK_RUNS ?= 1000
SOAK_PROGRAMS ?= 100
soak-sync: all $(BUILD)/tests/unit_sync ## SOAK_RUNS random schedules of three machines (1000), SOAK_PROGRAMS of whole programs (100); half an hour
	@TMPDIR=$$([ -w /dev/shm ] && echo /dev/shm || echo /tmp) CARREL_SCHEDULES=$(SOAK_RUNS) CARREL_SEED=$${CARREL_SEED:-1} $(BUILD)/tests/unit_sync
	@CARREL="$(CURDIR)/$(BUILD)/carrel" CARREL_RANDOM=$(SOAK_PROGRAMS) CARREL_SEED=$${CARREL_SEED:-1} sh tests/cli/peer_random.sh

.PHONY: bench-trends
bench-trends: all ## how long trends and topics take on 150,000 papers
	@sh bench/trends.sh

.PHONY: bench-site
bench-site: all ## a website of 150,000 papers: export, bytes, and search in the page
	@sh deploy/packages.sh bench
	@sh bench/site.sh

.PHONY: tour-service
tour-service: packages-test ## walk through the service: what is asked and what comes back, line by line
	@$(MAKE) --no-print-directory all $(REPLAY)
	@CARREL="$$PWD/$(BUILD)/carrel" REPLAY="$$PWD/$(REPLAY)" sh tests/cli/service_tour.sh

describe: $(BUILD)/carrel ## write the service's collection of requests, docs/carrel.postman.json
	@$(BUILD)/carrel serve --describe postman >docs/carrel.postman.json

screenshots: all $(REPLAY) $(GITMAKER) ## draw screenshots/ from scripted sessions
	@sh screenshots/make.sh

.PHONY: cast
cast: all ## record screenshots/demo.cast from a scripted session
	@sh screenshots/cast.sh

# ---- the manual, from the tables of commands, settings, fields and routes ----
MAN := carrel.1 carrel-config.5 carrel-query.7 carrel-api.7
.PHONY: man
man: $(addprefix $(BUILD)/man/,$(MAN)) ## write the manual's pages to build/man
$(BUILD)/man/%: $(BUILD)/carrel
	@mkdir -p $(@D)
	@$(BUILD)/carrel help --man $(patsubst carrel-%,%,$(basename $*)) >$@

# ---- installing ----
# Everything that carrel needs at run time is in the program; what is beside it is for shells, people and systemd.
# deploy/systemd names /usr/local, which becomes PREFIX.
PREFIX  ?= /usr/local
DESTDIR ?=
AT      := $(DESTDIR)$(PREFIX)
ZSH     ?= share/zsh/site-functions
THEMES  := $(wildcard data/themes/*)
PAGES   := README.md CHANGELOG.md LICENSE $(wildcard docs/*.md)
SYSTEM  := $(notdir $(wildcard deploy/systemd/*.service deploy/systemd/*.timer))
USER    := $(notdir $(wildcard deploy/systemd/user/*))
placed   = sed 's|/usr/local/|$(PREFIX)/|g' $(1) >$(AT)/$(2) && chmod $(3) $(AT)/$(2)

install: all ## install under PREFIX (default /usr/local)
	install -d $(addprefix $(AT)/,bin share/man/man1 share/man/man5 share/man/man7 share/man/man8 share/applications share/icons/hicolor/scalable/apps share/carrel share/doc/carrel share/bash-completion/completions \
	    $(ZSH) share/fish/vendor_completions.d libexec/carrel lib/sysusers.d \
	    lib/systemd/user $(addprefix lib/systemd/system/,. carrel.service.d carrel-.service.d))
	install -m 755 $(BUILD)/carrel $(AT)/bin/carrel
	install -m 755 deploy/every deploy/ephemeral $(AT)/libexec/carrel
	install -m 644 data/starter.jsonl deploy/service.config deploy/Caddyfile deploy/nginx.conf $(AT)/share/carrel
	install -m 644 $(PAGES) $(AT)/share/doc/carrel
	$(BUILD)/carrel help --man carrel >$(AT)/share/man/man1/carrel.1
	$(BUILD)/carrel help --man config >$(AT)/share/man/man5/carrel-config.5
	$(BUILD)/carrel help --man query >$(AT)/share/man/man7/carrel-query.7
	$(BUILD)/carrel help --man api >$(AT)/share/man/man7/carrel-api.7
	install -m 644 deploy/carrel-service.8 $(AT)/share/man/man8
	install -m 644 data/carrel.desktop $(AT)/share/applications
	install -m 644 data/icons/carrel.svg $(AT)/share/icons/hicolor/scalable/apps
	@$(foreach t,$(THEMES),install -D -m 644 $(t) $(AT)/share/carrel/themes/$(notdir $(t)) &&) true
	$(BUILD)/carrel completion bash >$(AT)/share/bash-completion/completions/carrel
	$(BUILD)/carrel completion zsh >$(AT)/$(ZSH)/_carrel
	$(BUILD)/carrel completion fish >$(AT)/share/fish/vendor_completions.d/carrel.fish
	@$(call placed,deploy/carrel-service,bin/carrel-service,755)
	@$(foreach u,$(SYSTEM),$(call placed,deploy/systemd/$(u),lib/systemd/system/$(u),644) &&) true
	@$(foreach u,$(USER),$(call placed,deploy/systemd/user/$(u),lib/systemd/user/$(u),644) &&) true
	install -m 644 deploy/systemd/hardening.conf $(AT)/lib/systemd/system/carrel.service.d
	install -m 644 deploy/systemd/hardening.conf $(AT)/lib/systemd/system/carrel-.service.d
	install -m 644 deploy/systemd/sysusers.conf $(AT)/lib/sysusers.d/carrel.conf
uninstall: ## remove what install put there
	rm -f $(addprefix $(AT)/,bin/carrel bin/carrel-service share/man/man1/carrel.1 share/man/man5/carrel-config.5 \
	    share/man/man7/carrel-query.7 share/man/man7/carrel-api.7 share/man/man8/carrel-service.8 \
	    share/bash-completion/completions/carrel $(ZSH)/_carrel share/applications/carrel.desktop \
	    share/icons/hicolor/scalable/apps/carrel.svg \
	    share/fish/vendor_completions.d/carrel.fish lib/sysusers.d/carrel.conf \
	    $(addprefix lib/systemd/system/,$(SYSTEM)) $(addprefix lib/systemd/user/,$(USER)))
	rm -rf $(addprefix $(AT)/,share/carrel share/doc/carrel libexec/carrel \
	    lib/systemd/system/carrel.service.d lib/systemd/system/carrel-.service.d)

# ---- packages, and that they are the same bytes each time ----
.PHONY: deb reproducible
deb: all ## a Debian package, build/carrel_VERSION_ARCH.deb
	@sh deploy/packages.sh deb
	@sh deploy/deb.sh $(VERSION) $(DATE)

reproducible: ## build program and package twice, elsewhere and later, and compare the bytes (minutes)
	@sh deploy/packages.sh deb
	@sh deploy/reproducible.sh

.PHONY: prove-deploy
prove-deploy: ## carry out the Dockerfile and docs/DEPLOY.md in fresh chroots, as root; minutes, and the network
	@sh deploy/packages.sh prove
	@sh tests/deploy/prove.sh

.PHONY: clean help
clean: ## remove everything built
	rm -rf build
help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14
