"""The head of a `.npy`: shape, type and order of an array, and where in its file the values begin."""

from __future__ import annotations

import os
import tokenize
from dataclasses import dataclass
from math import prod
from typing import IO, BinaryIO

import numpy as np
from numpy.lib import format as npy


@dataclass(frozen=True)
class Head:
    """What a file declares."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype
    offset: int
    """Bytes before the first value."""

    @property
    def nbytes(self) -> int:
        """Bytes of all values."""
        return prod(self.shape) * self.dtype.itemsize


def head_of(member: IO[bytes]) -> Head:
    """Return what a file declares, read from its beginning; ValueError if that is no head of an array."""
    version = npy.read_magic(member)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"it is of NPY version {version}")
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        shape, is_fortran, dtype = read(member)
    except (MemoryError, tokenize.TokenError) as error:  # brackets without end
        raise ValueError("its header is no dictionary") from error
    return Head(shape, is_fortran, dtype, member.tell())


def mapped(file: BinaryIO, head: Head) -> np.ndarray:
    """Return the array of a file as it lies there, read-only."""
    shape = head.shape[::-1] if head.is_fortran else head.shape
    array = np.memmap(file, head.dtype, mode="r", offset=head.offset, shape=shape)
    return array.T if head.is_fortran else array


def held(file: BinaryIO, head: Head) -> int:
    """Return how many bytes of values a file holds."""
    return os.fstat(file.fileno()).st_size - head.offset
