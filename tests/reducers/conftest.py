from __future__ import annotations

import pytest

from bench.execution import numba_cache


@pytest.fixture(scope="session", autouse=True)
def kept_kernels() -> None:
    """Take what is compiled of umap-learn from disk, where the installation left it: it takes half a minute anew."""
    import umap  # noqa: F401 - its functions must be there to be kept

    numba_cache.keep()
