# `make help` lists the targets. Nothing here needs more than Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(BIN)/python -m

.DEFAULT_GOAL := help
.PHONY: help setup demo test quick check format lint types layers reference bench bench-large bench-recommend docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(STAMP) ## create .venv with everything pinned by uv.lock

# uv installs from the lock; where uv itself cannot be had, plain pip resolves from pyproject.toml.
# Neither leaves everything compiled, and where PYTHONDONTWRITEBYTECODE is set each process would
# compile it anew: half of a cold build. So what a build, an import and a sample need is imported
# once without it.
$(STAMP): pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv \
	  && VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --quiet --frozen --inexact --active \
	  || { $(BIN)/python -m pip install -q --upgrade "pip>=25.1" \
	    && $(BIN)/python -m pip install -q -e . --group dev; }
	@$(BIN)/python -m compileall -q src
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c \
	  "import duckdb, markdown_it, mjml, premailer, sqlglot.dialects.duckdb, pismo.compile, pismo.cli.build"
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c \
	  "import email_validator, faker.providers.address.ru_RU, faker.providers.person.en_US, \
	  faker.providers.person.ru_RU, pyarrow.compute, pyarrow.parquet, sqlalchemy.dialects.sqlite, \
	  pismo.intake.importing, pismo.intake.sample, pismo.publish"
	@touch $(STAMP)

demo: setup ## invent an audience, build the current issue, plan and publish it to the outbox
	$(BIN)/pismo demo

test: setup ## run all tests
	$(RUN) pytest -n auto --dist loadgroup

quick: setup ## run the tests that take less than five seconds each
	$(RUN) pytest -n auto --dist loadgroup -m "not slow"

check: setup lint types layers test ## what CI runs: format, lint, types, import layers, tests

format: setup ## rewrite the sources in the house style
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

lint: setup
	$(RUN) ruff format --check .
	$(RUN) ruff check .

types: setup
	$(RUN) mypy

layers: setup
	$(BIN)/lint-imports

reference: setup ## write the generated pages of docs/reference/
	$(BIN)/python tools/write_reference.py

docs: setup ## build the documentation into site-docs/
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --quiet --frozen --inexact --active --group docs \
	  || $(BIN)/python -m pip install -q --group docs
	$(RUN) mkdocs build --strict --quiet

chaos: setup ## kill publishers 2,000 times at every moment; nobody may be lost or repeated
	$(BIN)/python benchmarks/chaos.py --kills 1000

bench: setup ## measure building, rendering, importing; results go to benchmarks/results/
	$(BIN)/python benchmarks/render.py
	$(BIN)/python benchmarks/stream.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/audience.py --postgres
	$(BIN)/python benchmarks/intake.py

bench-large: setup ## the audience at 10 million people and 100 million rows: 15 GB of disk, 8 GB of memory
	$(BIN)/python benchmarks/audience.py --people 10000000 --memory 8 --name audience-large $(ARGS)

bench-recommend: setup ## recommendations on $$PISMO_RETAIL_DATA, beside libraries; ARGS=--validate
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --quiet --frozen --inexact --active --group bench \
	  || $(BIN)/python -m pip install -q --group bench
	$(BIN)/python benchmarks/recommend/retail.py $(ARGS)

bench-publish: setup ## measure publishing against the simulator's sink and the full simulator
	$(BIN)/python benchmarks/publish.py
	$(BIN)/python benchmarks/pace.py

clean: ## remove what the tool built (never the state in .pismo/)
	find build -mindepth 1 ! -name .gitignore -delete
	rm -rf .mypy_cache .ruff_cache .pytest_cache
