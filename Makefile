# The same words on every machine. `make` alone lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --all-extras --universal \
  --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command "make pins"

CYCLONEDX := 7.5.0
QUICK := tests/oidc tests/stepup tests/shared tests/company tests/web tests/package
PICTURES := 1-start 2-login 3-customers 4-code 5-employees

.PHONY: help run test mutants check lab bench docs shots pins wheel sbom clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.running  ## set up and serve the intranet and the local tenant
	@exec $(BIN)/python app.py

test: $(VENV)/.testing  ## set up and run every test
	@$(BIN)/python -m pytest -n auto --promises

mutants: $(VENV)/.testing  ## plant faults in the source, and see whether a test fails
	@$(BIN)/python -m tests.mutation

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

pins: $(VENV)/.testing  ## pin what pyproject.toml asks for, with hashes
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --group test --output-file tests/requirements.txt

wheel: $(VENV)/.testing  ## build the package into artefacts/wheel
	@$(BIN)/uv build --quiet --wheel --out-dir artefacts/wheel

sbom: $(VENV)/.testing  ## list all parts in CycloneDX, as artefacts/sbom.json
	@mkdir -p artefacts
	@$(BIN)/uvx --quiet --from cyclonedx-bom==$(CYCLONEDX) cyclonedx-py requirements \
	  requirements.txt --pyproject pyproject.toml --mc-type application \
	  --output-reproducible --output-file artefacts/sbom.json

clean:  ## forget the environment, the databases and the artefacts
	rm -rf $(VENV) .data artefacts .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.11 $(MAKECMDGOALS)")'
	@echo "setting up $(VENV) (once, about a minute)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.running: requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.testing: tests/requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@ $(VENV)/.running
