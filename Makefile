# Each target sets up what it needs in .venv (and node_modules) and then works; nothing is installed elsewhere.
#
#   make demo       a small library, made, learned and served
#   make test       all tests           make test ARGS="tests/test_moves.py -k undo"
#   make bench      all that is measured, side by side
#   make lint       ruff and the notebooks' cleanness
#   make notebooks  Jupyter Lab on notebooks/
#   make reports    the three notebooks, run and kept as HTML
#   make clean      remove .venv, node_modules and caches; never a video, never artifacts

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
AXE_CORE := axe-core@4.14.1
ARGS ?=
WORKERS ?= auto

# The first of these that is 3.11 or newer and can make a virtual environment; PYTHON=… chooses another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

.PHONY: demo test bench lint notebooks reports clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.base
	@$(BIN)/vidsort demo $(ARGS)

test: $(VENV)/.test node_modules/.axe-core
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/python tools/check_notebooks.py

notebooks: $(VENV)/.notebook
	@$(BIN)/jupyter lab --notebook-dir notebooks \
		--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(ARGS)

reports: $(VENV)/.notebook
	@for step in extract_features train predict; do $(BIN)/vidsort notebook $$step $(ARGS) || exit $$?; done

clean:
	rm -rf $(VENV) node_modules build dist .pytest_cache .ruff_cache .hypothesis vidsort.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "vidsort needs Python 3.11 or newer with venv: install it, or say PYTHON=/path/to/it." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# One stamp a set of packages, made anew when what it depends on has changed.
$(VENV)/.base: EXTRAS :=
$(VENV)/.notebook: EXTRAS := [notebook]
$(VENV)/.test: EXTRAS := [notebook,test]
$(VENV)/.bench: EXTRAS := [notebook,test,bench]
$(VENV)/.base $(VENV)/.notebook $(VENV)/.test $(VENV)/.bench: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing vidsort$(EXTRAS) into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable ".$(EXTRAS)"
	@touch $@

# The accessibility tests need axe-core; where there is no npm they say so and are skipped.
node_modules/.axe-core:
	@if command -v npm >/dev/null; then \
		npm install --silent --no-save --no-package-lock --no-audit --no-fund $(AXE_CORE) && touch $@; \
	fi
