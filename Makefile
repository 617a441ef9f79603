# Everything a person needs to type. `make` alone explains it. Logic lives in `python -m bench`, not here.

STUDY ?= default
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help bench study seeds findings report readme test microbench lint format check clean

help:  ## explain every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

bench: .venv/ready  ## run the study on 5,000 real MNIST images and show its table (STUDY=quick: a first look)
	$(BIN)/python -m bench run $(STUDY)

study: .venv/ready  ## the full study, 10,000 MNIST images fitted and 10,000 held out, ten seeds: about 40 minutes
	$(BIN)/python -m bench run full

seeds: .venv/ready  ## what five published autoencoders and VAEs claim, measured: 70 minutes, into results/seeds/claims.md
	$(BIN)/python -m bench run seeds

findings: .venv/ready  ## what the stored results of all studies say: results/README.md and the head of README
	$(BIN)/python -m bench findings --into README.md

report: .venv/ready  ## tables and figures of results/$(STUDY) anew, without one fit
	$(BIN)/python -m bench report results/$(STUDY)

readme: .venv/ready-dev  ## the tables of results/default into README.md, and a picture of its report (needs Chromium)
	$(BIN)/python -m bench report results/default --into README.md
	$(BIN)/python -m tests.bench.report.photograph results/default

test: .venv/ready-dev  ## everything that must hold
	$(BIN)/python -m pytest --numprocesses=logical --dist=loadfile

microbench: .venv/ready-dev  ## speed, as ratios measured in one run: scores beside other libraries, training beside plain loops, the harness
	$(BIN)/python -m pytest tests/microbench -o python_files='bench_*.py' -o addopts='-p no:cacheprovider' -W ignore --benchmark-only -q

lint: .venv/ready-dev  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready-dev  ## mend the style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove the virtual environment and the stored runs; tables and figures stay
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .hypothesis results/*/runs

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@echo "UMAP and what it rests on are compiled, once an installation: half a minute."
	@$(BIN)/python -m bench check umap | tail -n 1
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
