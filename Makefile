# Corbel. `make` lists the targets; each works from a fresh clone.
#
# Needed: Go 1.26 or later, gcc and g++ (the embedded workspace links DuckDB), make; Chromium for the browser tests.
# Settings: CORBEL_PORT (8000), CORBEL_STATE_DIR (.corbel); the rest is in docs/configuration.md.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Git refuses to describe a clone that belongs to another user, and Go would then refuse to build it.
override GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)
export GOFLAGS

MODULES := $(shell sed -n 's|^[[:space:]]*\./||p' go.work)
PLUGINS := $(patsubst plugins/%,%,$(filter plugins/%,$(MODULES)))
# The black-box tests measure time and start many processes: they run alone, after the others.
UNITS := $(filter-out e2e,$(MODULES))
packages = $(patsubst %,./%/...,$(1))
FIGURES := $(CURDIR)/bin/e2e-figures.txt

##@ Run

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: toolchain ## Build bin/corbel, bin/emulator and bin/plugins/*
	@mkdir -p bin/plugins
	CGO_ENABLED=0 go build -trimpath -o bin/ ./host/cmd/corbel
	CGO_ENABLED=0 go build -trimpath -o bin/plugins/ $(patsubst %,./plugins/%,$(PLUGINS))
	go build -trimpath -o bin/ ./emulator/cmd/emulator

# GNU make hands SIGTERM on to a recipe, but not SIGINT: it deletes the recipe's target and waits. scripts/run stops on
# both, so the target is a file that exists as long as the server runs, named after this make's process.
LIFE := bin/.make-$(shell echo $$PPID)

.PHONY: run
run: $(LIFE).run ## Build, start the embedded workspace and the app, print the URL
$(LIFE).run: build
	@exec scripts/run $@ bin/emulator run -- bin/corbel serve

.PHONY: emulator
emulator: $(LIFE).emulator ## Build and start the embedded workspace alone
$(LIFE).emulator: build
	@exec scripts/run $@ bin/emulator serve

# What the command is to do: `make sample-data DO=status`, `make sample-data DO="cleanup --all"`.
DO ?= create --all

.PHONY: sample-data
sample-data: build ## Make the sample data, in the workspace that runs if one does (DO="cleanup --all" takes it away)
	@scripts/sample-data $(DO)

.PHONY: clean
clean: ## Remove what was built; state (.corbel) and tools (.tools) stay
	rm -rf bin dist

##@ Deploy

TARGET ?= dev
PLATFORMS ?= linux/amd64 linux/arm64
# What `corbel version` says. The same sources have the same: a deployment of them uploads nothing.
VERSION ?= $(shell git describe --always --tags --dirty 2>/dev/null || echo devel)

.PHONY: dist
dist: toolchain ## Build what is deployed, dist/<platform> (PLATFORMS="linux/amd64 linux/arm64")
	go run ./host/cmd/dist -version $(VERSION) $(PLATFORMS)

# The embedded workspace runs the app on this machine.
HERE = $(shell go env GOOS)/$(shell go env GOARCH)

.PHONY: deploy
deploy: build check-bundle databricks-cli ## Build, validate, deploy and run the app (TARGET=dev|staging|prod); docs/operations.md
	@$(MAKE) --no-print-directory dist PLATFORMS=$(if $(DATABRICKS_HOST)$(DATABRICKS_CONFIG_PROFILE),linux/amd64,$(HERE))
	@scripts/deploy $(TARGET)

.PHONY: bundle
bundle: build ## Write what the enabled plugins need into the bundle
	bin/corbel bundle generate

.PHONY: check-bundle
check-bundle: build ## Fail when the bundle is not what the enabled plugins need
	bin/corbel bundle check

.PHONY: doctor
doctor: build ## Say what is missing in the workspace, and how to repair it
	bin/corbel doctor

##@ Check

.PHONY: test
test: toolchain browser ## Run all tests of all modules, the browser's too
	go test -timeout 10m $(call packages,$(UNITS))
	@$(MAKE) --no-print-directory hello
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory test-deploy

.PHONY: e2e
e2e: toolchain browser node-tools ## Run the black-box tests of the built programs, in a real browser too; print what they measured
	@mkdir -p bin
	CORBEL_E2E_FIGURES=$(FIGURES) go test -count=1 -p 1 -timeout 15m $(filter-out %/deploy,$(shell go list ./e2e/...)); \
	status=$$?; cat $(FIGURES); exit $$status

.PHONY: test-deploy
test-deploy: toolchain databricks-cli ## Deploy with the real Databricks CLI into the embedded workspace, in tests
	@mkdir -p bin
	CORBEL_E2E_FIGURES=$(FIGURES).deploy go test -count=1 -timeout 15m ./e2e/deploy; \
	status=$$?; cat $(FIGURES).deploy; exit $$status

.PHONY: pictures
pictures: toolchain browser node-tools ## Take the pictures of all pages in docs/pictures
	@mkdir -p docs/pictures && rm -f docs/pictures/*.webp
	CORBEL_E2E_PICTURES=$(CURDIR)/docs/pictures go test -count=1 -timeout 10m -run '^TestPagesStandEveryLook$$' ./e2e

.PHONY: hello
hello: ## Build and test the plugin outside the workspace as its author would
	cd examples/hello && export GOWORK=off && go vet ./... && go test ./... && go build -trimpath -o $(CURDIR)/bin/examples/hello .

# What runs concurrently for a living. The rest is race-checked by `make race RACE=./...` in its own module.
RACE ?= ./sdk/... ./host/... ./plugins/unitycatalog/... ./plugins/modelserving/... ./emulator/internal/frontdoor/... ./emulator/internal/app/... \
	./emulator/internal/apps/... ./emulator/internal/statement/... ./emulator/internal/warehouse/... ./emulator/internal/principal/... \
	./emulator/internal/postgres/... ./emulator/internal/lakebase/...

.PHONY: race
race: toolchain ## Run the concurrent packages' tests under the race detector (RACE=packages)
	go test -race -timeout 15m $(RACE)

FUZZTIME ?= 30s

.PHONY: fuzz
fuzz: ## Run every fuzz target, one after the other (FUZZTIME=30s each)
	@scripts/fuzz $(FUZZTIME) $(MODULES)

.PHONY: bench
bench: build ## Measure the data plane and the database's requests against the same handlers in process, and pages of four fragments
	go run ./host/cmd/bench
	go run ./plugins/lakebase/cmd/bench
	go test -count=1 -v -run TestInvocationCostsLittle ./e2e

.PHONY: lint
lint: linter node-tools web-packages ## Lint all modules and the contract, and check the types of web/
	.tools/bin/golangci-lint run $(call packages,$(MODULES))
	.tools/node_modules/.bin/tsc --noEmit -p web
	@$(MAKE) --no-print-directory lint-contract

RELEASED := released.binpb

.PHONY: lint-contract
lint-contract: generators ## Lint the contract, and compare it with the last released one
	cd sdk/proto && $(CURDIR)/.tools/bin/buf lint && $(CURDIR)/.tools/bin/buf breaking --against $(RELEASED)

.PHONY: check-generated
check-generated: generators web-packages ## Generate into a copy and fail on any difference
	@scripts/check-generated

##@ Maintain

.PHONY: generate
generate: generators web-packages ## Generate Go code from .proto and .templ files, and the bundle of what browsers get
	cd sdk/proto && PATH="$(CURDIR)/.tools/bin:$$PATH" buf generate
	@for module in $(MODULES); do \
		[ -z "$$(find $$module -name '*.templ' -print -quit)" ] || (echo "templ generate in $$module"; \
		cd $$module && $(CURDIR)/.tools/bin/templ generate -log-level warn) || exit; \
	done
	go run ./web/bundle

.PHONY: release-contract
release-contract: generators ## Make the present contract the one that later ones must not break
	cd sdk/proto && $(CURDIR)/.tools/bin/buf build --exclude-source-info -o $(RELEASED)

.PHONY: tidy
tidy: ## Tidy every go.mod, the examples' too
	@for module in $(MODULES) examples/hello; do echo "tidy $$module"; (cd $$module && GOWORK=off go mod tidy) || exit; done

.PHONY: format
format: linter ## Format all Go code
	.tools/bin/golangci-lint fmt $(call packages,$(MODULES))

.PHONY: module-path
module-path: generators ## Give the modules another path: MODULE=github.com/you/corbel
	@scripts/module-path "$(MODULE)"
	@$(MAKE) --no-print-directory generate build hello

##@ Tools, installed on first use

GENERATORS := \
	github.com/bufbuild/buf/cmd/buf@v1.75.0 \
	google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12 \
	google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2 \
	github.com/planetscale/vtprotobuf/cmd/protoc-gen-go-vtproto@v0.6.0 \
	github.com/a-h/templ/cmd/templ@v0.3.977
LINTER := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# The Databricks CLI is not ours to import or to change: a program that deployments run. Another one: DATABRICKS_CLI=databricks.
CLI_VERSION := 1.12.1
.PHONY: databricks-cli
databricks-cli: $(if $(DATABRICKS_CLI),,.tools/databricks@$(CLI_VERSION))
.tools/databricks@$(CLI_VERSION):
	@mkdir -p .tools/bin
	scripts/databricks-cli $(CLI_VERSION) $(CURDIR)/.tools/bin/databricks
	@rm -f .tools/databricks@* && touch $@

# They audit pages in the browser tests and check the types of web/; building and running needs no Node.
NODE_TOOLS := axe-core@4.14.1 lighthouse@12.8.2 typescript@5.9.3

.PHONY: tools generators linter node-tools web-packages
tools: generators linter node-tools web-packages ## Install the pinned tools into .tools
generators: $(patsubst %,.tools/%,$(notdir $(GENERATORS)))
linter: .tools/$(notdir $(LINTER))

# .tools/NAME@VERSION is a stamp; the program is .tools/bin/NAME.
define tool
.tools/$(notdir $(1)):
	GOWORK=off GOBIN=$(CURDIR)/.tools/bin go install $(1)
	@rm -f .tools/$(firstword $(subst @, ,$(notdir $(1))))@* && touch $$@
endef
$(foreach path,$(GENERATORS) $(LINTER),$(eval $(call tool,$(path))))

NODE_STAMP := .tools/node-$(subst @,-,$(subst $() ,-,$(NODE_TOOLS)))
node-tools: $(NODE_STAMP)
$(NODE_STAMP):
	@scripts/require node
	@mkdir -p .tools && rm -f .tools/node-*
	npm install --prefix .tools --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error $(NODE_TOOLS)
	@touch $@

# What the lazy modules of web/ are made of. Their bundles are committed: only generating them anew needs the packages.
WEB_PACKAGES := .tools/web/node_modules/.package-lock.json
web-packages: $(WEB_PACKAGES)
$(WEB_PACKAGES): web/package.json web/package-lock.json web/.npmrc
	@scripts/require node
	@mkdir -p .tools/web && cp $^ .tools/web/
	npm ci --prefix .tools/web --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: toolchain
toolchain:
	@scripts/require toolchain

.PHONY: browser
browser:
	@scripts/require browser
