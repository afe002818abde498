# make run      environment, dependencies, default library, chat page and API on http://127.0.0.1:7860
# make test     environment, test dependencies, the default test suite
# make env      what both need, and nothing else
# make check    formatting, lint, types, architecture: before every commit
# make faults   the durability promises proven at every point: kill -9, full disk, damage, races, hostile files
# make slow     all long tests

PYTHON ?= python3
BIN := .venv/bin
CODE := app.py settings.py index rag web
# PyTorch's index of CPU builds, for `make env TORCH_INDEX=...` (README.md, "A smaller installation")
PIP_INDEX := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: env run test check slow faults format

env: .venv/installed

.venv/installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Footnote needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check $(PIP_INDEX) -c constraints.txt -r requirements.txt
	touch $@

.venv/tools: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_INDEX) -c constraints.txt -r requirements-dev.txt
	touch $@

run: .venv/installed
	$(BIN)/python app.py

test: .venv/tools
	$(BIN)/python -m pytest

slow: .venv/tools
	$(BIN)/python -m pytest -m slow

faults: .venv/tools
	$(BIN)/python -m pytest -m slow tests/faults

check: .venv/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/python -m pytest tests/test_architecture.py

format: .venv/tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
