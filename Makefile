# Newsroom: what can be done with it. `make` alone prints this list.

PORT ?= 8000
PYTHON_BIN = .venv/bin
TREES = articles legacy newsroom people publication sources workflow
LOCK = uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types check messages format screens lock dev

help:  ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup:  ## Make .venv and install the locked packages
	@bin/setup

run:  ## Serve the demo newsroom on 127.0.0.1 (PORT=8000)
	@bin/run "$(PORT)"

test:  ## Run the whole suite: SQLite, PostgreSQL, browser
	@bin/test

lint: dev  ## Check style, templates and the direction of imports
	$(PYTHON_BIN)/ruff check .
	$(PYTHON_BIN)/ruff format --check .
	find templates -name '*.html' -exec $(PYTHON_BIN)/djade --check {} +
	$(PYTHON_BIN)/lint-imports --no-logo

types: dev  ## Check types
	DATA_DIR=$(CURDIR)/.mypy_cache/data $(PYTHON_BIN)/mypy

check: dev  ## Check migrations, production settings and translations
	@bin/check

format: dev  ## Put code and templates into their one form
	$(PYTHON_BIN)/ruff check --fix .
	$(PYTHON_BIN)/ruff format .
	find templates -name '*.html' -exec $(PYTHON_BIN)/djade {} +

messages: dev  ## Bring the translation catalogs up to date (needs gettext)
	$(PYTHON_BIN)/python bin/messages update

screens: dev  ## Take the pictures of the editor's guide anew (needs Chromium)
	$(PYTHON_BIN)/python bin/screens

lock:  ## Renew requirements*.txt from pyproject.toml (needs uv)
	@command -v uv > /dev/null || { echo "make lock needs uv: install it and put it into PATH." >&2; exit 1; }
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@! grep -n '://' requirements.txt requirements-dev.txt \
		|| { echo "The lock names an address: it must be installable from any package index." >&2; exit 1; }

dev:
	@bin/setup requirements-dev.txt
