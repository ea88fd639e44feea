# What a developer types. `make` alone lists it. Arguments for a program: make test ARGS="-k sessions -x"
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# A test file stays on one worker, so what it starts is started once.
WORKERS ?= -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Starts the broker and the database for as long as a command runs, where they do not run already.
WITH_SERVICES := $(BIN)/python -m ops.services during --

.DEFAULT_GOAL := help
.PHONY: help install run test check format tracker bench faults soak pictures compose-test services services-down secrets

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

install: .venv/.installed ## the environment of uv.lock in .venv, with .venv/bin/footfall

run: install ## Footfall on this machine alone: http://127.0.0.1:8000, data in ./data
	$(BIN)/footfall serve --data data $(ARGS)

test: install ## every test, on a real broker and database; what this machine cannot run is skipped with the reason
	$(WITH_SERVICES) $(BIN)/pytest $(WORKERS) $(ARGS)

check: install ## style, types and the rules of who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## what `make check` would complain about, where a machine can mend it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

tracker: ## the scripts for browsers in tracker/built, from tracker/src; needs node 20
	npm ci --prefix tracker --ignore-scripts --no-audit --no-fund
	node tracker/build.mjs

pictures: install ## the pictures in docs/pictures, of a demo that is filled for them: some minutes
	$(BIN)/python -m tests.browser.pictures

bench: install ## the numbers we promise, printed beside those of others
	$(BIN)/uv sync --frozen --quiet --group bench
	$(BIN)/python -m ops.services durable -- $(BIN)/python -m benches $(ARGS)

faults: install ## 200 kills under load
	FOOTFALL_KILLS=200 $(WITH_SERVICES) $(BIN)/pytest -m faults $(ARGS)

soak: install ## an hour of the live page with visitors, or make soak ARGS="--minutes 5": memory, long tasks, stream
	$(BIN)/python -m tests.browser.soak $(ARGS)

compose-test: install ## docker-compose.yml with Docker or Podman: built, up, killed, scaled, down and up again
	$(BIN)/pytest -m compose tests/compose $(ARGS)

secrets: ## random secrets for docker compose, in ./secrets; what is there stays
	@sh ops/compose/secrets.sh secrets

services: install ## a Kafka broker and a TimescaleDB, kept running until services-down
	$(BIN)/python -m ops.services up

services-down: install ## ends exactly those
	$(BIN)/python -m ops.services down

# The interpreter's own venv and pip fetch uv, in the version of uv.lock; uv does the rest.
.venv/.installed: uv.lock pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "installing the Debian package python3-venv with apt-get"; \
			apt-get update -qq && apt-get install -qq --no-install-recommends python3-venv; \
		else \
			echo "$(PYTHON) cannot make environments: apt-get install python3-venv" >&2; exit 1; \
		fi; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$$($(PYTHON) -c \
		'import tomllib; print(next(p["version"] for p in tomllib.load(open("uv.lock", "rb"))["package"] if p["name"] == "uv"))')"
	$(BIN)/uv sync --frozen --quiet
	@touch $@
