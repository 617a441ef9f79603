"""Embeddings of the right shape whose numbers are wrong, odd, or not what they seem."""

from __future__ import annotations

import os
import tempfile

import numpy as np

from tests.torture.hostile.base import Hostile, Overrides


class OneNaN(Overrides):
    """has NaN in one row"""

    status = "invalid"
    says = "1 of 600 rows"

    def lie(self, Z):
        Z[599, 1] = np.nan
        return Z


class MinusInfinity(Overrides):
    """has an infinite number"""

    status = "invalid"
    says = "1 of 600 rows"

    def lie(self, Z):
        Z[0, 0] = -np.inf
        return Z


class BeyondFloat32(Overrides):
    """has numbers that are infinite once they are stored in 32 bits"""

    status = "invalid"

    def lie(self, Z):
        Z = Z.astype(np.float64)
        Z[300] = 1e39
        return Z


class BeyondFloat32Unasked(Hostile):
    """the same by `_fit`, which the base class checks"""

    status = "invalid"

    def mischief(self, X):
        return np.full((len(X), 2), -1.7e308)


class Masked(Overrides):
    """keeps a masked array with masked cells"""

    status = "invalid"

    def lie(self, Z):
        return np.ma.masked_array(Z, mask=Z > 0.5)


class Matrix(Overrides):
    """keeps a `numpy.matrix`"""

    status = "ok | invalid"

    def lie(self, Z):
        return np.asmatrix(Z)


class TwoFaced(np.ndarray):
    """Finite for who asks, but its copies are not."""

    def astype(self, *args, **kwargs):
        return np.full(self.shape, np.nan, dtype=np.float32)

    def __array_finalize__(self, obj):
        pass


class Subclass(Overrides):
    """keeps a subclass of `ndarray` whose copies are NaN"""

    status = "ok | invalid"

    def lie(self, Z):
        return Z.view(TwoFaced)


class ChangesItsMind(Overrides):
    """has an `embedding_` that is another one each time it is read"""

    status = "ok | invalid"

    reads = 0

    @property
    def embedding_(self):
        self.reads += 1
        return self.first if self.reads == 1 or not self.is_real else self.first[: -self.reads]

    @embedding_.setter
    def embedding_(self, Z):
        self.first = Z


class Fortran(Overrides):
    """keeps columns in Fortran's order"""

    status = "ok"

    def lie(self, Z):
        return np.asfortranarray(Z)


class Backwards(Overrides):
    """keeps a view with negative strides"""

    status = "ok"

    def lie(self, Z):
        return np.array(Z[::-1])[::-1]


class BigEndian(Overrides):
    """keeps numbers with their bytes in the other order"""

    status = "ok | invalid"

    def lie(self, Z):
        return Z.astype(">f8")


class ReadOnly(Overrides):
    """keeps an array that cannot be written to"""

    status = "ok"

    def lie(self, Z):
        Z.flags.writeable = False
        return Z


class ItsInput(Overrides):
    """keeps a view of its input"""

    status = "ok"

    def fit(self, X, y=None):
        super().fit(X)
        self.embedding_ = X[:, :2]
        return self


class DeletedFile(Overrides):
    """keeps a memory map of a file that it deletes"""

    status = "ok"

    def lie(self, Z):
        handle, path = tempfile.mkstemp()
        os.close(handle)
        mapped = np.memmap(path, Z.dtype, "w+", shape=Z.shape)
        mapped[:] = Z
        os.unlink(path)
        return mapped


class CutFile(Overrides):
    """keeps a memory map of a file that it cuts to nothing"""

    status = "crashed"
    says = "SIGBUS"

    def lie(self, Z):
        with tempfile.NamedTemporaryFile() as file:
            mapped = np.memmap(file.name, Z.dtype, "w+", shape=Z.shape)
            mapped[:] = Z
            mapped.flush()
            os.truncate(file.name, 0)
        return mapped


class Constant(Hostile):
    """maps all points to one place"""

    status = "ok"
    embedding = 0.0

    def mischief(self, X):
        return np.zeros((len(X), 2))


class Huge(Hostile):
    """has numbers as large as 32 bits can hold"""

    status = "ok"
    embedding = 3.4e38

    def mischief(self, X):
        return np.full((len(X), 2), 3.4e38) * np.where(np.arange(len(X)) % 2, 1, -1)[:, None]


class Denormal(Hostile):
    """has numbers so small that 32 bits hardly hold them"""

    status = "ok"
    embedding = 1e-44

    def mischief(self, X):
        return X[:, :2].astype(np.float64) * 1e-44


class OneFarAway(Hostile):
    """has one point 1e30 away from all others"""

    status = "ok"
    embedding = 1e30

    def mischief(self, X):
        Z = X[:, :2].astype(np.float64)
        Z[0] = 1e30
        return Z


class Alternating(Overrides):
    """has another embedding by `fit_transform` than by `fit`, of another shape"""

    status = "ok"
    notes = "a second fit"

    def fit_transform(self, X, y=None):
        return super().fit_transform(X)[:-1]


class SpoilsLater(Overrides):
    """changes `embedding_` in `transform`, after the fit"""

    status = "ok"

    def transform(self, X):
        self.embedding_[:] = np.nan
        return np.array(X[:, :2])
