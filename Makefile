# The same words on every machine. `make` alone lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

PICTURES := 1-start 2-login 3-customers 4-code 5-employees

.PHONY: help run test check lab bench docs shots clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.running  ## set up and serve the intranet and the local tenant
	@exec $(BIN)/python app.py

test: $(VENV)/.testing  ## set up and run every test
	@$(BIN)/python -m pytest -n auto --promises

check: $(VENV)/.testing  ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy app.py fabrikam
	@$(BIN)/lint-imports

lab: $(VENV)/.running  ## compare the shipped Rule with the shipped Action
	@$(BIN)/python app.py lab compare rules/before rules/after

docs: $(VENV)/.testing  ## write the generated parts of the documentation
	@$(BIN)/python -m docs.generate
	@$(BIN)/python -m tests.promises.table
	@$(BIN)/python -m tests.tenant.compatibility > docs/reference/auth0-compatibility.md

shots: $(VENV)/.testing  ## walk the story in a browser, keep five pictures of it
	@$(BIN)/python -m pytest --quiet tests/journeys/test_story.py -k legacy
	@mkdir -p docs/pictures
	@for picture in $(PICTURES); do \
	  cp artefacts/journeys/legacy-$$picture.png docs/pictures/$$picture.png; done

bench: $(VENV)/.testing  ## what guard and checks cost, as ratios of one run
	@$(BIN)/python -m tests.bench

clean:  ## forget the environment, the databases and the artefacts
	rm -rf $(VENV) .data artefacts .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.11 $(MAKECMDGOALS)")'
	@echo "setting up $(VENV) (once, about a minute)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.running: requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.testing: tests/requirements.txt requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@ $(VENV)/.running
