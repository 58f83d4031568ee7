# make demo: try the bridge on an embedded Jira.  make test: the test suite.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help env demo test prove lint format lock bench clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort

env: $(STAMP) ## the environment, from the lock file

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "okr-bridge needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --disable-pip-version-check -q install "$$(grep -E '^uv==' requirements.lock | cut -d' ' -f1)"
	@$(BIN)/uv pip install -q --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $(STAMP)

demo: env ## the whole job on an embedded Jira
	@$(BIN)/okr-bridge demo

test: env ## the test suite
	@$(BIN)/pytest -n 2 --dist worksteal -m "not prove"

prove: env ## the heavier proofs
	@$(BIN)/pytest -n 2 --dist worksteal -m prove

lint: env ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: env ## put the code in form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: env ## pin every dependency anew
	@$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-header --extra postgresql --extra keyring \
	  --group dev --python-version 3.11 --upgrade pyproject.toml -o requirements.lock

clean: ## everything made
	rm -rf $(VENV) .work .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

bench: env ## speed against named peers, as a table
	@$(BIN)/python -m benchmarks

.PHONY: docs picture

docs: env picture ## the made references, and the outputs in the documents
	@$(BIN)/python docs/reference/make.py
	@$(BIN)/python docs/record.py

picture: env ## the picture of the README
	@$(BIN)/python docs/picture.py
