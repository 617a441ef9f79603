"""Where arrays are cached that are computed once for a dataset."""

from __future__ import annotations

from pathlib import Path

import pooch


def cache_folder() -> Path:
    """Return the user's cache folder for distances, ranks and neighbours of data; see `ReferenceSpace`."""
    return Path(pooch.os_cache("reducers-bench")) / "reference-spaces"
