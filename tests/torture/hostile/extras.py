"""Extras that cannot be kept: they never cost a fit."""

from __future__ import annotations

import sys

import numpy as np

from tests.torture.hostile.base import Hostile


class Offers(Hostile):
    """Offers extras, after its real fit."""

    def mischief(self, X):
        self.is_real = True

    def _extras(self, X):
        return self.offer() if getattr(self, "is_real", False) else {}

    def offer(self):
        return {}


class ExtraObjects(Offers):
    """extras: an array of objects"""

    status = "ok"
    notes = "things"

    def offer(self):
        return {"things": np.array([None, {}, []], dtype=object)}


class ExtraRagged(Offers):
    """extras: lists of several lengths"""

    status = "ok"
    notes = "ragged"

    def offer(self):
        return {"ragged": [[1.0], [1.0, 2.0]]}


class ExtrasRaise(Offers):
    """extras: raises"""

    status = "ok"
    notes = "no extras today"

    def offer(self):
        raise RuntimeError("no extras today")


class ExtrasExit(Offers):
    """extras: `sys.exit`"""

    status = "ok"
    notes = "SystemExit"

    def offer(self):
        sys.exit(3)


class ExtrasNone(Offers):
    """extras: nothing at all"""

    status = "ok"

    def offer(self):
        return None


class ExtraGigabytes(Offers):
    """extras: four gigabytes that take no memory before they are written"""

    status = "ok"
    notes = "huge"

    def offer(self):
        return {"huge": np.broadcast_to(np.float32(0), (1 << 30,))}


class ExtraNamedAsPath(Offers):
    """extras: a name that leads out of the folder"""

    status = "ok"

    def offer(self):
        return {"../../../../escaped": np.zeros(3, dtype=np.float32), "/tmp/escaped": np.zeros(3, dtype=np.float32)}


class ExtraNamedTwice(Offers):
    """extras: a number for a name, and a megabyte of text"""

    status = "ok"

    def offer(self):
        return {7: np.zeros(3, dtype=np.float32), "x" * (1 << 20): np.zeros(3, dtype=np.float32)}


class FlatHistory(Offers):
    """extras: a history of one dimension"""

    status = "ok"
    notes = "history"

    def offer(self):
        return {"history": np.zeros(7, dtype=np.float32)}


class WrongHistory(Offers):
    """extras: a history of too few columns and NaN"""

    status = "ok"
    notes = "history"

    def offer(self):
        return {"history": np.full((4, 3), np.nan, dtype=np.float32)}


class WrongPictures(Offers):
    """extras: pictures of another number of pixels"""

    status = "ok"

    def offer(self):
        flat = np.zeros((16, 3), dtype=np.float32)
        return {"interpolation": flat, "prior_samples": flat, "prior_samples_by_epoch": flat}


class ExtraNaN(Offers):
    """extras: NaN and infinity"""

    status = "ok"

    def offer(self):
        return {"prior_samples": np.full((16, 5), np.nan), "interpolation": np.full((16, 5), np.inf)}


class LatticeOfAnother(Hostile):
    """its decoder fails for points that are none of its own"""

    status = "ok"

    def _inverse_transform(self, Z):
        if len(Z) == 144:
            raise RuntimeError("no such place")
        return np.zeros((len(Z), self.n_features_in_))
