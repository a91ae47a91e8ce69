# make help lists what there is. CI runs .ci/run, which installs what a fresh
# machine lacks and then does what `make check` does.

.DEFAULT_GOAL := help
SHELL         := bash
.SHELLFLAGS   := -o pipefail -c

LINT     := go tool -modfile=tools/go.mod golangci-lint
COVERAGE := 90
FUZZTIME := 10s
LIVES    := 20000
DEATHS   := 200

# Coverage counts the statements of internal/. Left out are the packages that
# exist for tests only (pgtest, warehousetest, sandboxtest, faults, simulate): most
# of what they hold says how a test fails, and runs only when one does.
covered = $(shell go list ./internal/... | grep -v -e 'test$$' -e '/faults$$' -e '/simulate' | paste -sd, -)

# The race detector is spared the simulated lives, the loops over every Nth failure and
# the ways to reach one result: thousands of runs one after the other, which show it
# nothing that those of the other tests do not. Without it they run like any other test.
# Eight processes on one database (L7) are another matter.
raced = $(shell go list ./... | grep -v -e '/simulate$$' -e '/simulate/nth$$' -e '/simulate/same$$')

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: test
test: ## run all tests, with a throwaway PostgreSQL of their own
	go test ./...

.PHONY: race
race: ## run all tests with the race detector
	go test -race -timeout=30m $(raced)
	go test -race -run=L7 ./internal/simulate/same

.PHONY: lint
lint: ## check the code, the layers and the formatting (the first run compiles the linter: 2 minutes)
	$(LINT) run

.PHONY: fmt
fmt: ## format the code
	$(LINT) fmt

.PHONY: cover
cover: ## run all tests, print the coverage of internal/, fail below 90 %
	@go test -timeout=30m -coverpkg=$(covered) -coverprofile=coverage.out ./... \
		| sed 's/coverage: .*//' # of one package's tests, which says little
	@go tool cover -func=coverage.out | awk -v least=$(COVERAGE) ' \
		$$1 == "total:" { total = $$3 + 0 } \
		END { printf "statement coverage of internal/: %.1f %%, at least %d %%\n", total, least; exit total < least }'

.PHONY: fuzz
fuzz: ## run each fuzz test for FUZZTIME (10s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			go test -run='^$$' -fuzz="^$$name\$$" -fuzztime=$(FUZZTIME) "$$(dirname "$$file")" || exit; \
		done; \
	done

.PHONY: soak
soak: ## look for a way to lose a record: 20,000 simulated lives around each source, every Nth failure in every way, 200 real deaths
	go test ./internal/simulate -run TestSimulation -seeds $(LIVES) -timeout=6h -v
	go test ./internal/simulate/nth -every -timeout=2h
	go test ./cmd/warren -run Deaths -deaths $(DEATHS) -timeout=2h -v

.PHONY: moto
moto: ## run the Athena client against moto_server, which pip install 'moto[athena,s3,server]' brings
	go test -tags moto -run AgainstMoto -count=1 -v ./internal/client/athena

.PHONY: bench
bench: ## measure Warren beside the plainest other way, in some 6 minutes (BENCH='-records 100000' for more leads)
	go run ./bench $(BENCH)

# Six measurements of each stage of a record's way; where there is one of before
# (BEFORE=microbench.txt, a copy), benchstat says what has changed and whether that is noise.
.PHONY: microbench
microbench: ## measure each stage of a record's way into microbench.txt, and compare (BEFORE=file)
	go test -run='^$$' -bench='Decode|Identify|Map|Validate|Merge|Upsert|Encode' -benchmem -count=6 ./bench ./internal/warehouse/postgres | tee microbench.txt
	go tool -modfile=tools/go.mod benchstat $(BEFORE) microbench.txt

.PHONY: build
build: ## build the static binary bin/warren
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/warren ./cmd/warren

.PHONY: check
check: build ## do all that CI does
	go vet ./...
	$(LINT) run
	$(MAKE) --no-print-directory race
	$(MAKE) --no-print-directory cover
