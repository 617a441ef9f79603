"""Positions of new points, and reconstructions, that are none."""

from __future__ import annotations

import numpy as np

from tests.torture.hostile.base import Inverts, OverridesTransform


class TestRowsTooFew(OverridesTransform):
    """`transform` loses ten rows"""

    status = "invalid"
    says = "(140, 2)"
    keeps_fit = True

    def lie_of_new(self, Z):
        return Z[:-10]


class TrainingRowsForTest(OverridesTransform):
    """`transform` returns the embedding of the training points"""

    status = "invalid"
    says = "(600, 2)"
    keeps_fit = True

    def lie_of_new(self, Z):
        return self.embedding_


class TestNaN(OverridesTransform):
    """`transform` returns NaN"""

    status = "invalid"
    keeps_fit = True

    def lie_of_new(self, Z):
        return Z * np.nan


class TestList(OverridesTransform):
    """`transform` returns a list"""

    status = "invalid"
    says = "list"
    keeps_fit = True

    def lie_of_new(self, Z):
        return Z.tolist()


class TestThreeColumns(OverridesTransform):
    """`transform` returns three columns"""

    status = "invalid"
    says = "(150, 3)"
    keeps_fit = True

    def lie_of_new(self, Z):
        return np.column_stack([Z, Z[:, 0]])


class TestBeyondFloat32(OverridesTransform):
    """`transform` returns what is infinite once it is stored"""

    status = "invalid"
    keeps_fit = True

    def lie_of_new(self, Z):
        return np.full(Z.shape, 1e300)


class TestNothing(OverridesTransform):
    """`transform` returns nothing"""

    status = "invalid"
    keeps_fit = True

    def lie_of_new(self, Z):
        return None


class OnlyTheBatch(OverridesTransform):
    """`transform` works for the whole test set and for no other number of rows"""

    status = "ok | invalid | failed"
    keeps_fit = True

    def lie_of_new(self, Z):
        return Z if len(Z) == 150 else Z[:0]


class RebuiltShape(Inverts):
    """`inverse_transform` returns another number of features"""

    status = "invalid"
    says = "(150, 7)"
    keeps_fit = True

    def lie_of_data(self, rebuilt):
        return np.zeros((len(rebuilt), 7))


class RebuiltRows(Inverts):
    """`inverse_transform` returns one row, which fits to all by broadcasting"""

    status = "invalid"
    keeps_fit = True

    def lie_of_data(self, rebuilt):
        return rebuilt[:1]


class RebuiltNaN(Inverts):
    """`inverse_transform` returns NaN"""

    status = "invalid"
    keeps_fit = True

    def lie_of_data(self, rebuilt):
        return rebuilt * np.nan


class RebuiltObjects(Inverts):
    """`inverse_transform` returns objects"""

    status = "invalid"
    keeps_fit = True

    def lie_of_data(self, rebuilt):
        return np.full(rebuilt.shape, None)
