"""A failure inside a reducer: what was raised, at which line of the author's file, and the fix that fits."""

from __future__ import annotations

import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bench.texts import plain
from reducers.base import Reducer
from reducers.errors import InvalidEmbeddingError

MAX_TEXT = 300
"""Characters of an exception's message that are shown."""
HOOKS = {"fit_transform": "_fit", "transform": "_transform", "inverse_transform": "_inverse_transform"}
"""Methods of the base class, and what they call of the author's."""

FIXES: tuple[tuple[str, str], ...] = (
    (r"abstract (method|class)", "write _fit(self, X, rng), which returns the embedding"),
    (r"Got an embedding of shape", "return one row for each row of X, and n_components columns"),
    (r"Got an embedding of dtype", "return real numbers as floats, such as Z.astype(X.dtype)"),
    (r"Got a \w+ from", "return a NumPy array: forget no return, and convert what a library gives by np.asarray"),
    (r"Got NaN or infinity", "look for a division by zero, a logarithm of 0, or steps that are too long"),
    (r"read-only", "copy X before writing to it: X = X.copy()"),
    (r"RandomState", "rng is a RandomState; a library that expects an int takes rng.randint(2**31 - 1)"),
    (r"No module named", "install what is missing, and import it at the top of the file, so that `list` names it"),
    (r"(float32|float64|Float|Double|dtype)", "X is float32 or float64: convert it to the type that the library takes"),
)
"""What a message matches, and the fix; the first match counts."""


@dataclass(frozen=True)
class Place:
    """A line of the author's file."""

    file: Path
    line: int
    function: str

    @property
    def text(self) -> str:
        """File, line, function, and the line itself."""
        code = linecache.getline(str(self.file), self.line).strip()
        below = self.file.is_relative_to(Path.cwd())
        file = self.file.relative_to(Path.cwd()) if below else self.file
        return f"{file}, line {self.line}, in {self.function}: {code}"


@dataclass(frozen=True)
class Failure:
    """One exception, where it was raised, and how to fix it."""

    text: str
    place: Place | None = None
    """None if the exception was not raised below a line of the author's."""
    fix: str = ""

    @property
    def key(self) -> tuple[str, Place | None] | None:
        """The same for two failures with one cause, whatever numbers they name; None if nothing tells the cause."""
        bare = re.sub(r"\d+", "", self.text)
        return None if bare.endswith(":") and self.place is None else (bare, self.place)


def failure_of(error: BaseException, cls: type[Reducer], fix: str = "") -> Failure:
    """Return an exception that came from a reducer as a failure; `fix` holds where the exception itself tells none."""
    place = _place_of(error, cls)
    return Failure(text_of(error), place, _fix_of(error, place) or fix)


def with_causes(error: BaseException, cls: type[Reducer]) -> Iterator[Failure]:
    """Yield the failure that an exception tells, then those that it was raised from."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        yield failure_of(found, cls)
        seen.add(id(found))
        found = found.__cause__ or found.__context__


def class_of(cls: type[Reducer]) -> Place:
    """Return where a reducer's class begins."""
    return Place(Path(inspect.getfile(cls)), inspect.getsourcelines(cls)[1], cls.__name__)


def text_of(error: BaseException) -> str:
    """Return class and message of an exception on one line; of a failed assertion its message alone."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an author's class may have a broken __str__
        message = "(its message cannot be read)"
    kind = "" if isinstance(error, AssertionError) and message else f"{type(error).__name__}: "
    return plain(" ".join(f"{kind}{message}".split()), MAX_TEXT)


def _place_of(error: BaseException, cls: type[Reducer]) -> Place | None:
    """Return the innermost line of the author's; of a wrong return value, where the method begins."""
    own = _files_of(cls)
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, InvalidEmbeddingError):
        hook = next((HOOKS[frame.name] for frame in reversed(frames) if frame.name in HOOKS), "")
        if (method := getattr(cls, hook, None)) is not None:
            code = inspect.unwrap(method).__code__
            return Place(Path(code.co_filename), code.co_firstlineno, hook)
    found = next((frame for frame in reversed(frames) if Path(frame.filename) in own), None)
    return Place(Path(found.filename), found.lineno or 0, found.name) if found else None


def _files_of(cls: type[Reducer]) -> set[Path]:
    """Return the files of a reducer's class and of those that it extends, up to the base class."""
    classes = [parent for parent in cls.__mro__ if issubclass(parent, Reducer) and parent is not Reducer]
    return {Path(inspect.getfile(parent)) for parent in classes}


def _fix_of(error: BaseException, place: Place | None) -> str:
    """Return the fix that fits an exception; empty if the exception tells none."""
    if isinstance(error, AttributeError) and isinstance(error.obj, Reducer) and place is not None:
        near = get_close_matches(error.name or "", dir(error.obj), n=1)
        meant = f", or did you mean self.{near[0]}" if near else ""
        return f"set self.{error.name} in _fit before it is read{meant}"
    if isinstance(error, AssertionError) and place is None:
        return ""  # a check compared something: its own advice fits better
    text = text_of(error)
    return next((fix for pattern, fix in FIXES if re.search(pattern, text)), "")


Holds = Callable[[type[Reducer]], None]
"""A check: it raises if a reducer does not keep it."""
