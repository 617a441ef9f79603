"""The study file that `new study` writes: every key that most studies need, each with what it is for."""

from __future__ import annotations

from pathlib import Path
from string import Template

from bench.errors import StudyError
from bench.studies.naming import cut, is_key

TEMPLATE = """\
# What this study asks, in one sentence: it is the title of its tables.
title = "$name: how do three ways to a map differ?"

# A name of `python -m bench list datasets`, openml:NAME, or a file: .csv .tsv .npz .npy .parquet .h5ad .hdf5
dataset = "mnist-5k"
# Training points, at most; without this line all of the dataset.
n = 1000
# Runs of every variant, each with its own seed. Five tell small differences, three hardly, one none.
seeds = 3
# Longest that one run may take (90s, 10m, 2h), and most memory that it may use.
timeout = "5m"
memory = "8GiB"
# Thread budget of every run; without this line all cores.
# threads = 2
# true adds every reducer of `python -m bench list` with its defaults.
every_reducer = false

# How a file of your own is read; the options of `python -m bench run` of the same names.
# [data]
# label = "species"       # the column of labels
# drop = ["name"]         # columns that are left out
# keep = ["count"]        # features, though they look like an id or are named as labels are
# scale = "standard"      # standard, minmax, none, or auto
# missing = "mean"        # refuse, drop or mean
# image = "28x28"         # if a row is an image

# One table a variant: its key is its name on the command line.
[variants.pca]
reducer = "pca"

[variants.tsne]
reducer = "tsne"
label = "t-SNE, perplexity 50"
params = { perplexity = 50 }

# One variant for each value.
[variants.umap]
reducer = "umap"
each = { n_neighbors = [5, 15, 50] }

# A reducer of your own, from a file.
# [variants.mine]
# reducer = "path/to/mine.py:Mine"
"""


def write(name: str, folder: Path = Path()) -> Path:
    """Write a new study file, by default into the folder one is in, and return its path.

    Raises StudyError if the name is unsuitable or the file exists already.
    """
    stem = name.removesuffix(".toml")
    if not is_key(stem):
        raise StudyError(f"Got study name {cut(name)}, but expected letters, digits, '.', '_' and '-' only.")
    path = folder / f"{stem}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(Template(TEMPLATE).substitute(name=stem))
    except FileExistsError as error:
        raise StudyError(f"Got study name {name!r}, but {path} exists already. Choose another name.") from error
    except OSError as error:
        raise StudyError(f"Got study name {name!r}, but {path} cannot be written: {error.strerror}.") from error
    return path
