# Each target sets up what it needs in .venv; nothing outside this folder is touched.
PYTHON ?= python3
UV_VERSION := 0.13.9

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

UV := $(BIN)/uv
UV_STAMP := .venv/.uv-$(UV_VERSION)
READY := .venv/.ready
LAB_SETTINGS := .venv/share/jupyter/lab/settings
LAB_EXTENSION := $(wildcard src/graymarket/lab/*.json src/graymarket/lab/static/*)

# Two workers, each with whole files: what a file's tests share is made once.
TWO := -n 2 --dist loadfile

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: report refresh check test test-all lint mutants lab bench lock clean help

report: $(READY)  ## Rebuild everything in report/
	$(BIN)/graymarket build

refresh: $(READY)  ## Fetch what is new upstream into data/
	$(BIN)/graymarket refresh

check: $(READY)  ## Check data/ and sum it up
	$(BIN)/graymarket check

test: lint  ## Lint, check types, and test one case of every kind (some minutes)
	$(BIN)/python -m pytest $(TWO)

test-all: lint  ## The same with every case (up to two hours)
	$(BIN)/python -m pytest $(TWO) --every --durations 25

lint: $(READY)  ## Lint and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(READY)  ## Break results/ and wording/ here and there: how much do their tests notice?
	$(BIN)/python bench/mutation.py

lab: $(READY)  ## Open the chapters in JupyterLab
	$(BIN)/jupyter lab notebooks

bench: $(READY)  ## Time the estimate and a synthetic control; try intervals on simulated truth
	$(BIN)/python bench/estimate.py
	$(BIN)/python bench/simulated.py
	$(BIN)/python bench/closure.py

lock: $(UV_STAMP)  ## Resolve the newest allowed versions into requirements.lock
	rm -f uv.lock
	$(UV) lock --quiet --python $(BIN)/python
	$(UV) export --quiet --frozen --no-emit-project --all-groups --no-header \
		--format requirements-txt --output-file uv.lock.txt
	rm -f uv.lock
	@if grep -n '://' uv.lock.txt; then rm -f uv.lock.txt; echo "The lock names an address; not kept." >&2; exit 1; fi
	mv uv.lock.txt requirements.lock

clean:  ## Remove the environment, caches and half-built files
	rm -rf .venv .build mutants dist uv.lock uv.lock.txt
	find report -mindepth 1 -maxdepth 1 -type d ! -name notebooks -exec rm -rf {} +
	rm -rf .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

$(READY): requirements.lock pyproject.toml $(LAB_EXTENSION) $(UV_STAMP)
	@echo "Setting up .venv ..."
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@mkdir -p $(LAB_SETTINGS)
	@echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' \
		> $(LAB_SETTINGS)/overrides.json
	@touch $@

$(UV_STAMP):
	@command -v $(PYTHON) >/dev/null || { \
		echo "No $(PYTHON) here. Install Python 3.11 or newer, or say: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Say which to use: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "Could not make .venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
