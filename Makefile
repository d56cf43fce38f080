# What a person does with a working copy; `make help` lists it.
# Everything is installed into .venv, with the versions that constraints.txt pins.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests in as many processes as there are cores; of more than four each gets too little to do.
EACH_CORE := -n auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: install demo test test-postgres test-slow lint types bench bench-match bench-index bench-extract bench-notices bench-languages bench-hostile bench-kills bench-pages bench-fleet bench-peers bench-web bench-export clean help

install: $(VENV)/.dev ## install the program and what its tests need into .venv

demo: $(VENV)/.run ## archive a small news world of our own, and show its stories
	@$(BIN)/scraper demo

test: $(VENV)/.dev ## run the tests, under five minutes on two cores
	$(BIN)/python -m pytest -m "not slow" $(EACH_CORE)

test-postgres: $(VENV)/.dev ## run every test that touches an archive on PostgreSQL
	$(BIN)/python -m pytest -m "not slow" $(EACH_CORE) --engine postgresql

test-slow: $(VENV)/.dev ## run the tests that take longer
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## check types
	$(BIN)/mypy

bench: $(VENV)/.dev ## measure start-up, workers and import
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/workers.py
	$(BIN)/python benchmarks/imports.py

bench-match: $(VENV)/.bench ## compare matching with other programs, on FOLDERS="a b" or a set of our own
	$(BIN)/python benchmarks/match.py $(FOLDERS)

bench-extract: $(VENV)/.bench ## compare extraction with other programs, on FOLDERS="a b" or pages of our own
	$(BIN)/python benchmarks/extract.py $(FOLDERS)

bench-index: $(VENV)/.dev ## measure new articles in archives of 1,000 to 100,000, ten minutes
	$(BIN)/python benchmarks/index.py

bench-notices: $(VENV)/.dev ## count the notices of ten forms that are taken for one story, two minutes
	$(BIN)/python benchmarks/notices.py

bench-languages: $(VENV)/.dev ## count the copies found in five languages
	$(BIN)/python benchmarks/languages.py

bench-hostile: $(VENV)/.dev ## measure a run over hostile servers, and politeness as they see it
	$(BIN)/python benchmarks/hostile.py

bench-kills: $(VENV)/.dev ## kill and disturb the program a hundred times, a quarter of an hour
	$(BIN)/python benchmarks/kills.py

bench-pages: $(VENV)/.dev ## measure articles a second beside httpx alone, 200 hosts of 20 pages
	$(BIN)/python benchmarks/pages.py

bench-fleet: $(VENV)/.dev ## measure two workers on one archive beside one, 200 hosts, six minutes
	$(BIN)/python benchmarks/fleet.py

bench-peers: $(VENV)/.bench ## a WARC=file, or pages of our own, through ours and other programs, with NEWSPLEASE=python
	$(BIN)/python benchmarks/peers.py $(WARC)
	$(BIN)/python benchmarks/peers.py --damage $(WARC)

bench-web: $(VENV)/.dev ## measure each page of the browser, of ARCHIVE=archive.db
	$(BIN)/python benchmarks/web.py $(or $(ARCHIVE),archive.db)

bench-export: $(VENV)/.dev ## measure each export, of ARCHIVE=archive.db
	$(BIN)/python benchmarks/export.py $(or $(ARCHIVE),archive.db)

clean: ## remove .venv and what tools left behind
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

help: ## list what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "scraper needs Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments: on Debian, apt install python3-venv"; exit 1; }
	@echo "making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing scraper and its libraries into $(VENV)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing scraper, its libraries and its test tools into $(VENV)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.dev
	@echo "installing the programs that we compare ourselves with into $(VENV)"
	@# pip 23 stops at an assertion where two packages ask for one extra in two spellings
	@$(PIP) install --upgrade 'pip>=24'
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@
