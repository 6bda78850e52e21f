# `make demo` and `make test` are all a newcomer needs; the rest is for people who change Beckon.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test check storm bench fix migrations translations pictures

help: ## what each word does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/run.stamp: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Beckon needs Python 3.11 or newer; name one with make PYTHON=...")'
	@test -x $(BIN)/python || { echo "making a private environment in .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing packages (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/web.stamp: .venv/run.stamp beckon/web/frontend/package-lock.json beckon/web/locale/es/LC_MESSAGES/django.po
	@echo "installing the pages' style sheets, fonts and icons"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix beckon/web/frontend --loglevel=error --ignore-scripts
	@$(BIN)/python -m beckon.web.translations compile
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/web.stamp ## install only

demo: .venv/web.stamp ## sample practice, fourteen weeks of outreach, the funnel and the weekly report
	@$(BIN)/beckon demo

demo-reset: .venv/web.stamp ## forget the demo's data
	@$(BIN)/beckon demo --reset

test: .venv/dev.stamp .venv/web.stamp ## run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) -q -rs --ignore=tests/browser $(if $(DATABASE_ONLY),--database-only)
	@# On their own: Playwright's event loop stays in its process, and there is one site.
	@if [ -z "$(DATABASE_ONLY)" ]; then $(BIN)/python -m pytest -q -rs -p no:randomly tests/browser; fi

check: .venv/dev.stamp .venv/web.stamp ## lint, types, layers, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint beckon --lint --quiet
	@$(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings beckon.settings

storm: .venv/dev.stamp .venv/web.stamp ## kills, restarts and races; slow
	@$(BIN)/python -m pytest -q -m storm -p no:randomly beckon tests

bench: .venv/web.stamp ## measure this machine against the speed goals
	@$(BIN)/beckon bench

fix: .venv/dev.stamp ## mend what the linters can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

translations: .venv/web.stamp ## collect what the pages say into the Spanish catalogue
	@$(BIN)/python -m beckon.web.translations update

pictures: .venv/dev.stamp .venv/web.stamp ## take the help's pictures from a running `make demo`
	@$(BIN)/python -m tests.browser.pictures

migrations: .venv/dev.stamp ## write the migrations your models need
	@$(BIN)/python -m django makemigrations --settings beckon.settings
