# Everything a contributor does, each from a fresh checkout. `make help` lists the targets.

PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)

PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
TYPED := $(wildcard thespian thespian_core plugins/*/thespian_* examples tools)

.DEFAULT_GOAL := help
.PHONY: help demo test quick check docs pictures wheels bench soak clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo "  PYTHON=$(PYTHON) makes the environment in VENV=$(VENV); both can be set on the command line."

demo: $(READY) ## set up if need be, and run the word count example
	$(PY) -m examples.wordcount --compare

test: $(READY) ## set up if need be, and run every test but the soak tests
	$(PY) -m pytest -n auto --dist worksteal

quick: $(READY) ## run the tests that are not marked slow, on two system bases
	$(PY) -m pytest -n auto --dist worksteal -m "not slow and not again and not soak"

check: $(READY) ## ruff, mypy --strict, the house's rules, docs with warnings as errors
	$(PY) -m ruff check .
	$(PY) -m mypy --strict $(TYPED)
# A distribution of its own, whose package is not in the package examples.
	cd examples/thespian_unix && $(abspath $(PY)) -m mypy --strict --explicit-package-bases \
	    --cache-dir ../../.mypy_cache/thespian_unix thespian_unix tests
	$(PY) -m pytest -q -m "not slow" tests/rules
	$(PY) -m sphinx -q -W -n -b html docs docs/_build/html

docs: $(READY) ## build the documentation into docs/_build/html
	$(PY) -m sphinx -W -n -b html docs docs/_build/html

pictures: $(READY) ## take the terminal pictures in the documentation anew
	$(PY) docs/pictures/take.py

wheels: $(READY) ## build wheel and sdist of every distribution into dist/
	rm -rf dist
	for distribution in . $(PLUGINS); do \
	    $(PY) -m build --no-isolation --outdir dist $$distribution || exit 1; \
	done

bench: $(READY) ## run the benchmarks; BENCH="--quick", BENCH="--beside original,pykka" compares
# For its plots; nothing else needs it, and it is large.
	$(PY) -m pip install --quiet --disable-pip-version-check "matplotlib>=3.9"
	$(PY) -m benchmarks.run $(BENCH)

# pytest says 5 when it found nothing to run, which is no failure here.
soak: $(READY) ## run the soak tests: minutes to hours
# A fuzzer, which not every Python has; its test is skipped then.
	-$(PY) -m pip install --quiet --disable-pip-version-check atheris
	@$(PY) -m pytest -m soak -o faulthandler_timeout=14400 || { status=$$?; \
	    if [ $$status -eq 5 ]; then echo "There is no soak test yet: nothing was run."; else exit $$status; fi; }

clean: ## remove what the targets made, the environment included
	rm -rf dist build docs/_build docs/_generated .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	if [ -f $(VENV)/pyvenv.cfg ]; then rm -rf $(VENV); fi

# The stamp is newer than all that says what to install, or the installation is done again.
$(READY): Makefile requirements-dev.txt pyproject.toml $(PLUGINS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	    echo "Thespian needs Python 3.10 or newer, and '$(PYTHON)' is not that: name one with 'make PYTHON=python3.12 ...'." >&2; \
	    exit 1; }
# An environment whose interpreter is gone (after an upgrade of Python) is made anew;
# a folder that is no environment is never emptied.
ifdef UV
	@$(PY) -c '' 2>/dev/null || $(UV) venv --quiet --seed $$(test -f $(VENV)/pyvenv.cfg && echo --clear) --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(PY) -e . $(PLUGINS:%=-e ./%) -r requirements-dev.txt
else
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv $$(test -f $(VENV)/pyvenv.cfg && echo --clear) $(VENV)
# pip 21.3 is the first that installs a pyproject.toml in place.
	$(PY) -m pip install --quiet --disable-pip-version-check "pip>=21.3"
	$(PY) -m pip install --quiet --disable-pip-version-check -e . $(PLUGINS:%=-e ./%) -r requirements-dev.txt
endif
	@touch $@
