# What a person calls is what CI calls. `make` alone lists the targets.
#
# Nothing but Python >= 3.12 and the package registries is assumed; tools/find-python says in one
# sentence when that is missing.

VENV ?= .venv
PORT ?= 8000
SERVE ?= 1
JOBS ?= 2
NAME ?=
HOME_DIR ?= .demo
export VENV

BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q -p no:cacheprovider

.DEFAULT_GOAL := help
.PHONY: help demo test test-servers lint format bench wheel assets gazetteer docs docs-check lock clean environment environment-dev

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: environment gazetteer assets ## a searchable page over a synthetic world (PORT=8000; SERVE=0 builds only)
	@$(BIN)/influencr --home $(HOME_DIR) demo $(if $(filter 0,$(SERVE)),--no-serve,--port $(PORT))

test: lint docs-check assets ## everything that a change must pass (lint, docs, tests)
	@$(PYTEST) -n $(JOBS)

test-servers: environment-dev gazetteer assets ## the suites against real third-party servers and a browser
	@$(BIN)/python tools/test_servers.py

lint: environment-dev gazetteer ## style, types, floors, dependencies
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@PYTHONPATH=src $(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/deptry src

format: environment-dev ## let ruff rewrite what it can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

bench: environment-dev gazetteer ## measure, and write docs/benchmarks/ (NAME=import for one)
	@$(BIN)/python -m benchmarks $(NAME)

wheel: environment-dev gazetteer assets ## build the package into dist/: a wheel, and the sources with what was built
	@$(BIN)/python -m hatchling build --clean --directory dist

assets: ## build the page's style sheet and scripts when they changed
	@tools/assets

gazetteer: environment ## compile the gazetteer when it changed
	@tools/gazetteer

docs: environment-dev gazetteer assets ## write docs/reference from the code, and the site into build/site
	@$(BIN)/python tools/openapi.py
	@$(BIN)/python tools/docs.py
	@$(BIN)/python tools/website

docs-check: environment-dev gazetteer assets ## fail when docs/reference is stale, the site warns or a link is broken
	@$(BIN)/python tools/openapi.py --check
	@$(BIN)/python tools/docs.py --check
	@$(BIN)/python tools/website --check

lock: ## rewrite constraints/ (UPGRADE=1 moves to the newest versions)
	@tools/lock

clean: ## remove what was built or downloaded; the demo home too
	rm -rf build dist .demo .testservers .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf assets/node_modules src/influencr/service/web/static/dist src/influencr/geography/gazetteer/data
	rm -rf $(VENV)

environment:
	@tools/environment demo

environment-dev:
	@tools/environment dev
