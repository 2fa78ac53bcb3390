# Shangji. `make run` starts everything; `make check` and `make test` are the gate.

PYTHON ?= $(shell command -v python3.11 || echo python3)
BIN := .venv/bin
TESTS ?= tests

.PHONY: run down venv venv-dev test test-fast faults chaos chaos-long recovery twins quality check fmt lock clean

run: venv  ## start databases, broker and services; DEMO=0 leaves the demo data out
	$(BIN)/shangji up $(if $(filter 0,$(DEMO)),--no-demo,)

down: venv
	$(BIN)/shangji down

venv: .venv/.run-stamp
venv-dev: .venv/.dev-stamp

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; name it with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module: install your system's python3-venv package, then run make again"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run-stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what Shangji needs (about a minute the first time)"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-stamp: requirements-dev.lock .venv/.run-stamp
	@echo "Installing the development tools"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

PYTEST := $(BIN)/pytest --numprocesses=2 --dist=loadfile --timeout=900
SINGLE_FAULTS := $(filter-out %/test_chaos.py,$(wildcard tests/faults/test_*.py))

test: venv-dev  ## all tests but single faults, and three minutes of chaos; two at once, each with servers of its own
	$(PYTEST) $(if $(filter tests,$(TESTS)),$(SINGLE_FAULTS:%=--ignore=%)) $(TESTS)

faults: venv-dev  ## kill, freeze, cut, wipe, replay, one by one, each ending with the checker: a quarter of an hour
	$(PYTEST) tests/faults

test-fast: venv-dev  ## the tests of a working day: none that starts a whole stack
	$(BIN)/pytest -m "not slow" --ignore=tests/faults $(TESTS)

SEED ?= 1
MINUTES ?= 3
PROCESSES ?= together

chaos: venv-dev  ## faults at random under load; a SEED chooses the same ones again; PROCESSES=split kills roles apart
	$(BIN)/python -m tests.faults.chaos --seed $(SEED) --minutes $(MINUTES) --processes $(PROCESSES)

recovery: venv-dev  ## how long it takes until work goes on, one fault at a time
	$(BIN)/python -m tests.faults.recovery

chaos-long: recovery  ## an hour: recovery times, a broker away for minutes, thirty minutes of chaos by today's seed
	$(BIN)/python -m tests.faults.outages
	$(MAKE) chaos SEED=$$(date +%Y%m%d) MINUTES=30 PROCESSES=split

PAIRS ?= 10000

twins: venv-dev  ## PAIRS of equal leads at the same moment through two processes, of which no twins may be left
	SHANGJI_TEST_PAIRS=$(PAIRS) $(BIN)/pytest tests/leads/test_twins.py

quality: venv-dev  ## how good matching and scores are on real data, as tables; needs SHANGJI_DATA
	@status=0; for module in $$(ls tests/quality/*.py); do \
		$(BIN)/python -m "tests.quality.$$(basename $$module .py)" || status=1; \
	done; exit $$status

check: venv-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

fmt: venv-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

lock: venv-dev  ## write both lock files from pyproject.toml
	$(BIN)/$(COMPILE) --output-file requirements.lock
	$(BIN)/$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv
