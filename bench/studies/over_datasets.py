"""What a study over several datasets says of them: which they are, and the hypotheses that are counted over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bench.studies.naming import key_of
from bench.studies.variant import Text

Rows = Annotated[tuple[Text, ...], Field(min_length=1)]


class Hypothesis(BaseModel):
    """Some methods are expected to be better than others in one quantity; stated before it is measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    """The hypothesis in words, without a full stop."""
    better: Rows
    """Variants, or references such as `pca-50`, each of which is expected to be better than each of `than`."""
    than: Rows
    by: Text
    """The quantity that decides: a column of `summary.csv`, such as `knn_recall_k15`."""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield each pair of methods, the one first that is expected to be better."""
        return product(self.better, self.than)


def folder_of(dataset: str) -> str:
    """Return the name of the folder in which the results on a dataset are.

    >>> folder_of("usps"), folder_of("openml:Fashion-MNIST"), folder_of("data/cells.h5ad")
    ('usps', 'openml-Fashion-MNIST', 'cells')
    """
    return key_of(Path(dataset).stem.replace(":", "-"))


def checked_datasets(names: tuple[str, ...], dataset: str, *, has_options: bool) -> tuple[str, ...]:
    """Return the datasets of a study; ValueError if it has one, too, or none, or two of them would have one folder."""
    if not names and not dataset:
        raise ValueError("Got no dataset, but expected one, or a list of datasets.")
    if names and dataset:
        raise ValueError("Got dataset and datasets, but expected one of them.")
    if names and has_options:
        raise ValueError("Got datasets and a table [data], but expected the table with one dataset, which is a file.")
    if twice := [folder for folder, n in Counter(map(folder_of, names)).items() if n > 1]:
        raise ValueError(f"Got datasets two of which would have the folder {twice[0]!r}, but expected one for each.")
    return names
