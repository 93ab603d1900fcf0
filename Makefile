# make demo: from nothing to a picture. make test: everything that must hold. make help: the rest.

export GOFLAGS := -mod=readonly
GO ?= go
XVFB = .ci/xvfb
comma := ,

# The demo's choices.
NODES ?= 4
GRID ?= 2x2
FRAMES ?= 30
FIRST ?= 590
SIZE ?= 1280x720

# The sample programs, and the frame that each one's picture shows.
SAMPLES = city raymarch terrain gl1 particles deferred
PICTURES = city:590 raymarch:1800 terrain:3000 gl1:900 particles:1800 deferred:300

# Packages where goroutines meet; the race detector is slow with cgo and gains nothing in the others.
RACE = ./stream/ring/... ./stream/shader/... ./stream/launch/... ./stream/trace/... ./nodes/bus/... ./nodes/registry/... ./nodes/agent/... \
	./nodes/session/... ./nodes/lane/... ./nodes/output/... ./composite/... ./tilesplit/... ./cmd/internal/netlab/...

# Only root can make network namespaces; for anybody else these tests are skipped, and say so.
NETNS := $(if $(filter 0,$(shell id -u)),$(comma)netns)

# Random faults.
KILLS ?= 200
SEED ?= 0

.PHONY: help install build prism samples demo test apps tilings conformance faults links race bench cost-samples pictures auto curves fuzz generate check-generated lint clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

install: ## install missing Debian packages
	@.ci/install

include stream/driver/build.mk
include stream/shader/front/build.mk
.DEFAULT_GOAL := build

build: driver prism glsl samples ## bin/prism, bin/lib (the driver: libGLX_prism.so.0, libEGL_prism.so.0; prism-glsl, which reads shaders), bin/samples

prism:
	$(GO) build -o bin/prism ./cmd/prism

samples:
	$(GO) build -o bin/samples/ $(SAMPLES:%=./samples/%)

demo: install ## city on four nodes; a PNG with the tiles' borders and a table of who drew what
	@$(MAKE) --no-print-directory -s build
	@rm -rf out/demo && mkdir -p out/demo
	env -u DISPLAY -u WAYLAND_DISPLAY bin/prism run --nodes $(NODES) --grid $(GRID) --stats \
		--out 'png:out/demo?borders=1&last=1' -- bin/samples/city --first $(FIRST) --frames $(FRAMES) --size $(SIZE) --fps-free
	@mv out/demo/last.png out/city.png
	@echo "the last frame, with the borders of the tiles: out/city.png"

test: install ## all tests; what is missing is a failure, not a skip
	@$(MAKE) --no-print-directory build
	PRISM_REQUIRE=gl,x11$(NETNS) $(XVFB) $(GO) test -count=1 -timeout 40m ./...

links: build ## runs between hosts on slow, long and lossy links (root); figures in out/links.txt
	@mkdir -p out
	PRISM_LINKS=$(CURDIR)/out/links.txt PRISM_REQUIRE=gl,x11,netns $(XVFB) $(GO) test -count=1 -timeout 30m -run '^TestLinks$$' ./cmd/internal/e2e
	@cat out/links.txt

apps: ## real apps (packages of 150 MB): exact on each grid; figures in out/apps.txt, last pictures in out/apps; which calls wait for an answer in docs/round-trips.md
	@.ci/install packages packages-apps
	@$(MAKE) --no-print-directory -s build
	@mkdir -p out
	PRISM_APPS=$(CURDIR)/out/apps.txt PRISM_TRIPS=$(CURDIR)/docs/round-trips.md PRISM_REQUIRE=gl,x11 $(XVFB) $(GO) test -count=1 -timeout 60m -run '^TestApps$$' ./cmd/internal/e2e
	@cat out/apps.txt

tilings: ## the apps, the samples and an app that never clears: exact by each tiling and mode, and with nodes that are idle for most of the time; about an hour; the table is out/tilings.txt
	@.ci/install packages packages-apps
	@$(MAKE) --no-print-directory -s build
	@mkdir -p out
	PRISM_TILINGS=1 PRISM_APPS=$(CURDIR)/out/tilings.txt PRISM_REQUIRE=gl,x11 $(XVFB) $(GO) test -count=1 -timeout 120m -run '^TestApps$$' ./cmd/internal/e2e
	PRISM_NAPS=1 PRISM_REQUIRE=gl,x11 $(XVFB) $(GO) test -count=1 -timeout 60m -run '^TestRepeatingFramesAreEqual$$' ./cmd/internal/e2e
	@cat out/tilings.txt

conformance: ## traces of apps by apitrace: the same pictures on Mesa alone and under prism; and piglit (a package of 2 GB); half an hour. Tables in out
	@.ci/install packages packages-conformance
	@$(MAKE) --no-print-directory -s build
	@mkdir -p out
	PRISM_CONFORMANCE=$(CURDIR)/out/conformance.txt PRISM_PIGLIT=$(CURDIR)/out/piglit.txt PRISM_REQUIRE=gl,x11 $(XVFB) \
		$(GO) test -count=1 -timeout 60m -run '^(TestRetraceEqualsDirect|TestPiglit)$$' ./cmd/internal/e2e; \
		code=$$?; cat out/conformance.txt out/piglit.txt; exit $$code

faults: install ## KILLS random kills of whatever belongs to a run; the table is out/faults.txt
	@$(MAKE) --no-print-directory -s build
	PRISM_REQUIRE=gl,x11 $(GO) test ./cmd/internal/faults -count=1 -v -timeout 3h -kills $(KILLS) -seed $(SEED) -report $(CURDIR)/out/faults.txt

race: ## tests under the race detector
	PRISM_REQUIRE=x11$(NETNS) $(XVFB) $(GO) test -race -short -count=1 -timeout 8m $(RACE)

bench: build ## what packing, unpacking, a frame and the lanes cost, and recordings of apps that draw by glBegin beside the apps; raw lines in out/bench.txt
	@GO=$(GO) $(XVFB) .ci/bench

cost-samples: samples ## what a frame of each sample costs on one single-threaded node, against what was fixed
	@.ci/cost-samples

pictures: samples ## make the pictures of the samples' READMEs again
	@for p in $(PICTURES); do s=$${p%%:*}; dir=out/pictures/$$s; rm -rf $$dir; \
		LP_PERF=no_rast_linear $(XVFB) bin/samples/$$s --first $${p#*:} --frames 1 --size 640x360 --png $$dir && \
		ffmpeg -y -v error -i $$dir/frame-*.png -pred mixed -compression_level 100 samples/$$s/$$s.png || exit 1; done

auto: build ## `tiling auto` of two nodes beside one node, on each sample and app: ratios of frame rates; about half an hour on an idle machine
	@mkdir -p out
	PRISM_REQUIRE=gl,x11 $(XVFB) $(GO) test -run '^$$' -bench '^BenchmarkAuto$$' -benchtime 1x -timeout 2h ./cmd/internal/e2e | tee out/auto.txt

curves: build ## scaling curves of all samples in docs/scaling, about half an hour on an idle machine; NODES, LINK, FRAMES, POLICY as .ci/curves has them
	@.ci/curves $(PICTURES)

FUZZTIME ?= 60s
fuzz: ## fuzz each target for FUZZTIME (60s); what is found lies in out/fuzz
	@.ci/install packages packages-fuzz
	@GO=$(GO) FUZZTIME=$(FUZZTIME) .ci/fuzz

generate: ## write all generated files again
	$(GO) run ./cmd/specgen

check-generated: ## fail when a generated file is not fresh
	$(GO) run ./cmd/specgen -check

lint: ## go vet, gofmt, the project's own rules; staticcheck and cppcheck where installed
	$(GO) vet ./...
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
		if [ -n "$$unformatted" ]; then echo "gofmt these:"; echo "$$unformatted"; exit 1; fi
	$(GO) test -count=1 ./cmd/internal/lint
	@if command -v staticcheck >/dev/null; then staticcheck ./...; fi
	@if command -v cppcheck >/dev/null; then cppcheck -q --error-exitcode=1 --enable=warning,portability --inline-suppr \
		-Istream/driver -Istream/driver/include -Inodes/worker/replay $$(git ls-files 'stream/driver/*.c' 'nodes/worker/*.c' | grep -v _gen); fi

clean: ## remove what make made
	rm -rf bin out
