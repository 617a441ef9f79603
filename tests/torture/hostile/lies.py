"""Embeddings that are none: of another shape or of another type."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from tests.torture.hostile.base import Hostile, Overrides


class TenRowsTooFew(Overrides):
    """overrides `fit`, keeps ten rows too few"""

    status = "invalid"
    says = "590"

    def lie(self, Z):
        return Z[:-10]


class TenRowsTooMany(Overrides):
    """overrides `fit`, keeps ten rows too many"""

    status = "invalid"
    says = "610"

    def lie(self, Z):
        return np.concatenate([Z, Z[:10]])


class NoRows(Overrides):
    """keeps no rows"""

    status = "invalid"
    says = "(0, 2)"

    def lie(self, Z):
        return Z[:0]


class NoColumns(Overrides):
    """keeps no columns"""

    status = "invalid"
    says = "(600, 0)"

    def lie(self, Z):
        return Z[:, :0]


class OneDimension(Overrides):
    """keeps a vector"""

    status = "invalid"
    says = "(600,)"

    def lie(self, Z):
        return Z[:, 0]


class ThreeDimensions(Overrides):
    """keeps an array of three dimensions"""

    status = "invalid"
    says = "(600, 2, 1)"

    def lie(self, Z):
        return Z[:, :, None]


class ZeroDimensions(Overrides):
    """keeps a single number"""

    status = "invalid"

    def lie(self, Z):
        return np.array(1.0)


class ThreeColumns(Overrides):
    """has three columns where two were asked for"""

    status = "invalid"
    says = "(600, 3)"

    def lie(self, Z):
        return np.column_stack([Z, Z[:, 0]])


class ChangesItsComponents(Hostile):
    """changes `n_components` during the fit"""

    status = "invalid"
    says = "(600, 3)"

    def mischief(self, X):
        self.n_components = 3


class Lists(Overrides):
    """keeps a list of lists"""

    status = "invalid"
    says = "list"

    def lie(self, Z):
        return Z.tolist()


class Integers(Overrides):
    """keeps integers"""

    status = "invalid"
    says = "int64"

    def lie(self, Z):
        return np.zeros(Z.shape, dtype=np.int64)


class Objects(Overrides):
    """keeps an array of objects"""

    status = "invalid"
    says = "object"

    def lie(self, Z):
        return Z.astype(object)


class Texts(Overrides):
    """keeps numbers as text"""

    status = "invalid"

    def lie(self, Z):
        return Z.astype(str)


class ComplexNumbers(Overrides):
    """keeps complex numbers"""

    status = "invalid"
    says = "complex"

    def lie(self, Z):
        return Z.astype(complex)


class Booleans(Overrides):
    """keeps booleans"""

    status = "invalid"
    says = "bool"

    def lie(self, Z):
        return Z > 0.5


class Times(Overrides):
    """keeps points in time"""

    status = "invalid"
    says = "datetime"

    def lie(self, Z):
        return np.zeros(Z.shape, dtype="datetime64[s]")


class Records(Overrides):
    """keeps a structured array"""

    status = "invalid"

    def lie(self, Z):
        return np.zeros(Z.shape, dtype=[("a", "f4"), ("b", "f4")])


class HalfPrecision(Overrides):
    """keeps half precision"""

    status = "invalid"
    says = "float16"

    def lie(self, Z):
        return Z.astype(np.float16)


class LongDouble(Overrides):
    """keeps long double"""

    status = "invalid"
    says = "float128 | longdouble"

    def lie(self, Z):
        return Z.astype(np.longdouble)


class Frame(Overrides):
    """keeps a pandas data frame"""

    status = "invalid"
    says = "DataFrame"

    def lie(self, Z):
        return pd.DataFrame(Z)


class Sparse(Overrides):
    """keeps a sparse matrix"""

    status = "invalid"

    def lie(self, Z):
        return sparse.csr_matrix(Z)


class Nothing(Overrides):
    """keeps nothing at all"""

    status = "invalid"

    def lie(self, Z):
        return None


class Forgets(Overrides):
    """has no `embedding_` after its fit"""

    status = "invalid | failed"
    says = "embedding_"

    def fit(self, X, y=None):
        super().fit(X)
        if self.is_real:
            del self.embedding_
        return self

    def fit_transform(self, X, y=None):
        return np.array(X[:, :2])
