# Everything a person needs to type. `make` alone explains it. Logic lives in `python -m bench`, not here.

STUDY ?= default
SHARE ?= 1
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help bench study posts findings gallery cards attacks scale report readme example test test-whole test-extras torture microbench lint format clean

help:  ## explain every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

bench: .venv/ready  ## run the study on 5,000 real MNIST images and show its table (STUDY=quick: a first look)
	$(BIN)/python -m bench run $(STUDY)

study: .venv/ready  ## the full study, 10,000 training and 10,000 test images of MNIST, ten seeds: an hour and a quarter
	$(BIN)/python -m bench run full

posts: .venv/ready  ## what four blog posts claim of autoencoders and VAEs, measured: 12 hours, into results/posts-*/claims.md
	$(BIN)/python -m bench run posts-1
	$(BIN)/python -m bench run posts-1-more
	$(BIN)/python -m bench run posts-2
	$(BIN)/python -m bench run posts-2-more
	$(BIN)/python -m bench run posts-3
	$(BIN)/python -m bench run posts-4
	$(BIN)/python -m bench run posts-4-more

findings: .venv/ready  ## what the stored results of all studies say: into results/README.md and the head of README
	$(BIN)/python -m bench findings --into README.md

gallery: .venv/ready  ## pictures for teaching, each with what is seen: into results/GALLERY.md (measures its study if needed)
	$(BIN)/python -m bench run gallery
	$(BIN)/python -m bench gallery

cards: .venv/ready  ## how much of each embedding stays when seed, rows, threads, process or batch change: into results/cards/README.md
	$(BIN)/python -m bench card

attacks: .venv/ready  ## forged maps, impostor data, noise and copies against every score: into results/attacks (a few minutes)
	$(BIN)/python -m bench attacks

scale: .venv/ready  ## what a study of 10 million points costs, from what was measured: into results/scale/README.md
	$(BIN)/python -m bench scale

report: .venv/ready  ## tables and figures of results/$(STUDY) again, without one fit
	$(BIN)/python -m bench report results/$(STUDY)

readme: .venv/ready-dev  ## the tables of results/default into README.md, and a picture of its report (needs Chromium)
	$(BIN)/python -m bench report results/default --into README.md
	$(BIN)/python -m tests.bench.output.report.photograph results/default

example: .venv/ready-dev  ## run results/example.ipynb and keep its outputs, which are of results/default
	$(BIN)/python -m tests.example

test: .venv/ready-dev  ## every test but those of whole studies, and those that need an extra
	$(BIN)/python -m pytest --numprocesses=logical -m "not extra and not whole"

test-whole: .venv/ready-dev  ## the tests that run studies from beginning to end: faults, interruptions, what READMEs promise
	$(BIN)/python -m pytest --numprocesses=logical -m "whole and not extra"

test-extras: .venv/ready-extras  ## the tests that need an extra, such as `parquet` or `pacmap`; installs all extras
	$(BIN)/python -m pytest --numprocesses=logical -m extra

torture: .venv/ready-dev  ## hostile reducers, kills, flipped bits, hostile files: the faults on bench/README.md (SHARE=10: a tenth)
	$(BIN)/python -m tests.torture --share $(SHARE) $(if $(filter 1,$(SHARE)),--into bench/README.md)

microbench: .venv/ready-dev  ## speed, as ratios of one run: scores and other libraries, training and plain loops, the harness
	$(BIN)/python -m pytest tests/microbench -o python_files='bench_*.py' -o addopts='-p no:cacheprovider' -W ignore --benchmark-only -q

lint: .venv/ready-dev  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready-dev  ## fix the style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove the virtual environment and the stored runs; tables and figures stay
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .hypothesis results/*/runs results/*/*/runs

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@echo "UMAP and its libraries are compiled once an installation: half a minute."
	@$(BIN)/python -m bench check umap | tail -n 1
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

.venv/ready-extras: .venv/ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[anndata,cluster,hdf5,monitor,pacmap,parquet,pbmc,phate,trimap]'
	touch $@
