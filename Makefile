# Everything here can be done without make as well: see README.md.

VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TAGS        ?= nomsgpack
LDFLAGS     ?= -s -w -X main.version=$(VERSION)
GOFILES      = cmd internal migrations templates
# The same version stands in .ci/run. Run like this it leaves go.mod alone.
STATICCHECK  = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Extra arguments for go test: make test ARGS="-run Cadence ./internal/forum"
ARGS        ?=

# No target but race needs a C compiler.
export CGO_ENABLED ?= 0

# Minutes for each target of make fuzz.
FUZZTIME    ?= 1m

.PHONY: help build test race fuzz interop faults demo bench fmt lint cover clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

build: ## the program, one static file
	CGO_ENABLED=0 go build -trimpath -tags "$(TAGS)" -ldflags "$(LDFLAGS)" -o samverkan ./cmd/samverkan

test: ## vet and every test
	scripts/test $(ARGS)

race: ## the same with the race detector
	RACE=1 scripts/test $(ARGS)

fuzz: ## every fuzz target for FUZZTIME
	scripts/fuzz $(FUZZTIME) $(ARGS)

interop: ## real calendar programs and a mail server judge letters and feeds
	scripts/interop

faults: ## lost and doubled letters, with the tools in FAULTS_TOOLS; ARGS=100 for the record
	scripts/faults $(ARGS)

demo: ## an invented municipality in your browser
	go run ./cmd/samverkan demo $(ARGS)

bench: ## benchmarks only
	go test -run '^$$' -bench . -benchmem $(if $(ARGS),$(ARGS),./...)

fmt: ## rewrite all Go files in the one form
	gofmt -w $(GOFILES)

lint: ## formatting, vet, staticcheck, gosec
	@unformatted=$$(gofmt -l $(GOFILES)) && [ -z "$$unformatted" ] || \
		{ echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	$(STATICCHECK) ./...
	scripts/gosec

cover: ## how much of the code the tests reach: coverage.html
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -html=coverage.out -o coverage.html
	@go tool cover -func=coverage.out | tail -n 1

clean: ## remove what build and cover made
	rm -f samverkan coverage.out coverage.html
