# The commands people and CI use; each does its own set-up.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: demo test up lint format faults-without-look bench lock setup

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Wenhuo needs Python 3.11 or newer; set PYTHON=python3.11 (or later).") if sys.version_info < (3, 11) else None'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV)/ (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

demo: setup
	@$(PY) starter.py demo $(ARGS)

up: setup
	@$(PY) starter.py up $(ARGS)

# Three at once on two cores, the slow files first: they wait more than they work.
test: setup
	@$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

format: setup
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

faults-without-look: setup
	@$(PY) -m tests.faults.without_the_look

bench: setup
	@$(PY) -m bench $(ARGS)

lock: setup
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group pyproject.toml:dev --output-file requirements.lock pyproject.toml
