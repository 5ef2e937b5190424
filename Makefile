# Needs Python >= 3.11 with pip, and make. Everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Options of the benchmarks: make bench BENCH="--only bayes dot --runs 3"
BENCH ?=
# Where `make bench-folds` and `make tour` get the dataset without a download: make tour ZIP=~/Downloads/ml-100k.zip
ZIP ?=
RANKING_MODELS ?= bayes ranker ease bpr bias "implicit ALS" "implicit BPR" "LensKit EASE"
FOLD_MODELS ?= bayes bias dot "Surprise SVD++" "myFM ordered probit" "LensKit BiasedMF"

.PHONY: help install demo test torture browser lint docs tour bench bench-folds bench-ranking bench-speed bench-waits bench-scale clean

help:
	@echo "make install      install recli into $(VENV)"
	@echo "make demo         install recli into $(VENV) and show it on MovieLens-100K"
	@echo "make test         lint, types, import layers and all tests, as CI runs them"
	@echo "make lint         format, lint, types and import layers alone"
	@echo "make browser      see to it that there is a browser for the tests of the map page"
	@echo "make torture      every case of the store's and the inputs' promises, as a table (docs/torture.md)"
	@echo "make bench        recli's models and other libraries on the same rows, in one table (docs/benchmarks.md)"
	@echo "make bench-folds  some of them on the five official folds of MovieLens-100K"
	@echo "make bench-ranking those that rank, on a quarter of each user's ratings"
	@echo "make bench-speed  time recli's training loop against Keras' fit, side by side"
	@echo "make bench-waits  time what people wait for: --help, TAB, similar, stats, a map"
	@echo "make bench-scale  what ever more ratings cost, up to 32 million, into docs/scale.md (an hour)"
	@echo "make docs         write docs/cli.md anew from the commands' help"
	@echo "make tour         take the README's tour anew, and the pictures of what it shows"
	@echo "make clean        remove $(VENV), .venv-bench and caches; the store in artifacts/ stays"

install: $(VENV)/.installed
demo: $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh demo.sh

test: $(VENV)/.tests-installed lint browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

torture: $(VENV)/.tests-installed browser
	$(BIN)/python -m tests.torture

# The map page is tested in a browser: the system's Chromium, or else one of Playwright's own.
browser: $(VENV)/.tests-installed
	@$(BIN)/python docs/chromium.py \
	  || $(BIN)/python -m playwright install chromium \
	  || echo "make: no browser, and none could be installed: the tests of the map page will be skipped" >&2

lint: $(VENV)/.tests-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed .venv-bench/.installed
	$(BIN)/recli fetch --quiet
	$(BIN)/python -m benchmarks.bench $(BENCH)

bench-folds: $(VENV)/.installed .venv-bench/.installed
	$(BIN)/recli fetch --quiet $(if $(ZIP),--from $(ZIP))
	$(BIN)/python -m benchmarks.bench --folds u1 u2 u3 u4 u5 --only $(FOLD_MODELS) $(BENCH)

bench-ranking: $(VENV)/.installed .venv-bench/.installed
	$(BIN)/recli fetch --quiet
	$(BIN)/python -m benchmarks.bench --split user --test-fraction 0.25 --only $(RANKING_MODELS) $(BENCH)

bench-speed: $(VENV)/.installed
	$(BIN)/recli fetch --quiet
	$(BIN)/python benchmarks/keras_fit.py

bench-waits: $(VENV)/.installed
	$(BIN)/recli fetch --quiet
	$(BIN)/recli models path bayes >/dev/null 2>&1 || $(BIN)/recli train --quiet
	$(BIN)/recli models path dot >/dev/null 2>&1 || $(BIN)/recli train dot --quiet
	$(BIN)/python -m benchmarks.waits $(BENCH)

bench-scale: $(VENV)/.installed
	$(BIN)/python -m benchmarks.scale $(BENCH)

docs: $(VENV)/.tests-installed
	$(BIN)/python docs/write_cli.py

tour: $(VENV)/.tests-installed
	$(BIN)/python docs/tour.py $(if $(ZIP),--from $(ZIP))

clean:
	rm -rf $(VENV) .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "recli needs Python 3.11 or newer: try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing recli into $(VENV) (TensorFlow is large: this takes a minute or two)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# The peers' own environment: their requirements cannot disturb recli's, nor recli's theirs.
.venv-bench/.installed: benchmarks/install.py pyproject.toml
	$(PYTHON) -m venv .venv-bench
	@echo "installing the libraries to compare with into .venv-bench (LensKit brings PyTorch: gigabytes)"
	@.venv-bench/bin/python benchmarks/install.py && touch $@ || echo "going on without those; the next run tries again"

$(VENV)/.tests-installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,tune,umap,spark]"
	@touch $@ $(VENV)/.installed
