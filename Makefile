# make dataset: sets up and builds the example. make test: sets up and tests. Nothing else to install.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: dataset test check format schemas bench lock clean help
.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

dataset: $(RUN_STAMP) ## Build the example dataset into dist/icc
	@$(BIN)/broadsheet build seeds/icc

test: $(DEV_STAMP) ## Run the tests
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(DEV_STAMP) ## Lint, format check and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(DEV_STAMP) ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schemas: $(DEV_STAMP) ## Render schemas/ from the code
	@$(BIN)/python -m broadsheet.contract schemas

bench: $(DEV_STAMP) ## Score the readers on the development sets in BENCH=FOLDER
	@$(BIN)/python benchmarks/text_quality.py $(BENCH)
	@$(BIN)/python benchmarks/html_quality.py $(BENCH)

lock: ## Renew the hash-locked requirements (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url requirements/build.in -o requirements/build.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml --extra dev -c requirements/run.txt -o requirements/dev.txt

clean: ## Remove what was built
	rm -rf $(VENV) build dist/icc dist/.work

# Build tools first, so that the one dependency without a wheel builds from what is locked, too.
$(VENV)/.created: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "broadsheet needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/build.txt
	@touch $@

$(RUN_STAMP): $(VENV)/.created requirements/run.txt pyproject.toml
	$(PIP) install --quiet --no-build-isolation --require-hashes -r requirements/run.txt
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements/dev.txt
	$(PIP) install --quiet --no-build-isolation --require-hashes -r requirements/dev.txt
	@touch $@
