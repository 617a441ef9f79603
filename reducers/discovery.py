"""What the source text of a reducer tells, so that listing reducers imports none of them."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import TYPE_CHECKING, Any

from reducers._remedies import to_install
from reducers.errors import ReducerError, UnavailableReducerError

if TYPE_CHECKING:
    from reducers.base import Reducer

PACKAGE = "reducers"
PLAIN_STATEMENTS = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """Where a reducer is written.

    Attributes
    ----------
    name : str
        Name on the command line.
    file : Path
        The file that holds it.
    class_name : str or None
        Its class; None if it is the only one in the file.
    module : str or None
        Name to import it by; None for a file outside any package.
    distribution : str or None
        Installed distribution that brings it; None if unknown.
    """

    name: str
    file: Path
    class_name: str | None
    module: str | None = None
    distribution: str | None = None

    def __post_init__(self) -> None:
        if self.module is None and self.file.parent == Path(__file__).parent:
            object.__setattr__(self, "module", f"{PACKAGE}.{self.file.stem}")

    @classmethod
    def of_import(cls, name: str, value: str, distribution: str | None = None) -> Source:
        """Return the source behind `package.module:Class`, as entry points are written."""
        module, _, class_name = value.partition(":")
        return cls(name, file_of(module) or Path(module), class_name or None, module, distribution)

    @property
    def where(self) -> str:
        """The file's name, or the module and class, for messages."""
        return f"{self.module}:{self.class_name}" if self.module and self.class_name else self.file.name

    @cached_property
    def problem(self) -> str | None:
        """Why the reducer is not available, as far as its text tells; None if nothing is known against it."""
        try:
            tree = ast.parse(self.file.read_text(encoding="utf-8"), self.file.name)
        except (SyntaxError, OSError, ValueError, RecursionError, MemoryError) as error:
            return f"{self.where} does not import: {type(error).__name__}: {error}"
        if self.missing:
            return self.missing
        if not all(_is_plain(node) for node in tree.body):
            # Other statements than definitions may fail: only an import shows it.
            try:
                self.load()
            except UnavailableReducerError as error:
                return str(error)
        return None

    @cached_property
    def missing(self) -> str | None:
        """What to install of all that it requires or imports, as a sentence; None if everything is there."""
        absent = [module for module in self.requires if _spec(module) is None]
        tree = parsed(text_of(self.file))
        absent += _missing_modules(tree) if tree else []
        return f"{self.where} needs {absent[0]}, which is not installed{to_install(*absent)}" if absent else None

    @property
    def label(self) -> str:
        """The name in figures and tables."""
        return str(self._class_data("label", self._class_node.name if self._class_node else self.name))

    @property
    def by_default(self) -> bool:
        """Whether a study with `every_reducer` includes it; otherwise only studies that name it do."""
        return bool(self._class_data("by_default", True))

    @property
    def streams(self) -> bool:
        """Whether it reads `reducers.rows.Rows` block by block, and so needs no copy of a file of bytes."""
        return bool(self._class_data("streams", False))

    @property
    def requires(self) -> tuple[str, ...]:
        """The modules that it says it needs."""
        found = self._class_data("requires", ())
        return (found,) if isinstance(found, str) else tuple(found)

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        try:
            return self.file.is_file()
        except OSError:  # a name that is too long
            return False

    @property
    def identity(self) -> str:
        """File and class: two sources with one identity are the same reducer."""
        return f"{self.file.resolve()}:{self.class_name or ''}"

    @cached_property
    def summary(self) -> str:
        """The first sentence of the docstring of the class, or else of the file."""
        node, tree = self._class_node, parsed(text_of(self.file))
        text = (node and ast.get_docstring(node)) or (tree and ast.get_docstring(tree)) or ""
        return " ".join(text.split("\n\n")[0].split())

    def load(self) -> type[Reducer]:
        """Return the class, importing its library.

        Raises
        ------
        UnavailableReducerError
            If its library is missing, or its file does not import or holds no reducer.
        """
        if any(_spec(module) is None for module in self.requires):
            raise UnavailableReducerError(self.missing)
        try:
            return _reducer_in(self._module(), self)
        except ReducerError:
            raise
        except Exception as error:
            if isinstance(error, ImportError) and self.missing:
                raise UnavailableReducerError(self.missing) from error
            lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(self.file)]
            at = f", line {lines[-1]}," if lines else ""
            reason = f"{self.where}{at} does not import: {type(error).__name__}: {error}"
            raise UnavailableReducerError(reason) from error

    def _module(self) -> ModuleType:
        if self.module is not None:
            return importlib.import_module(self.module)
        spec = importlib.util.spec_from_file_location(f"_reducer_file_{self.name}", self.file)
        if spec is None or spec.loader is None:
            raise UnavailableReducerError(f"{self.where} is no Python file.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # pickles of its instances look it up there
        spec.loader.exec_module(module)
        return module

    @cached_property
    def _class_node(self) -> ast.ClassDef | None:
        tree = parsed(text_of(self.file))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)] if tree else []
        wanted = [node for node in classes if self.class_name in (None, node.name) and node.bases]
        return wanted[-1] if wanted else None

    def _class_data(self, name: str, default: Any) -> Any:
        """Return a constant that the class assigns in its body."""
        value = assigned(self._class_node, name) if self._class_node else None
        try:
            return default if value is None else ast.literal_eval(value)
        except ValueError:  # it is computed
            return default


def text_of(file: Path) -> str:
    """Return the text of a file; empty if there is none that can be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    except OSError:
        return ""


@lru_cache(maxsize=256)
def parsed(text: str) -> ast.Module | None:
    """Return the syntax tree of a source text; None if it does not parse."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: of brackets within each other
        return None


def assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    """Return what a class assigns to a name in its body; None if nothing."""
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if name in [target.id for target in targets if isinstance(target, ast.Name)]:
            return getattr(statement, "value", None)
    return None


def _reducer_in(module: ModuleType, source: Source) -> type[Reducer]:
    from reducers.base import Reducer

    if source.class_name:
        cls = getattr(module, source.class_name, None)
        if not (isinstance(cls, type) and issubclass(cls, Reducer)):
            raise UnavailableReducerError(f"{source.where} has no class {source.class_name} that extends Reducer.")
        return cls
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Reducer) and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        got = ", ".join(cls.__name__ for cls in classes) or "none"
        raise UnavailableReducerError(f"{source.where} must hold one class that extends Reducer, but holds: {got}.")
    return classes[0]


def _is_plain(node: ast.stmt) -> bool:
    """Tell whether a top-level statement only defines or imports, so that it cannot fail by itself."""
    if isinstance(node, PLAIN_STATEMENTS):
        return True
    value = getattr(node, "value", None)
    if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign):
        return value is None or not any(
            isinstance(part, ast.Call | ast.BinOp | ast.Subscript) for part in ast.walk(value)
        )
    return False


def _missing_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the modules imported at the top of a file, or of this package's files behind it, that are not installed."""
    for node in tree.body:
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported = [node.module]
        for module in imported:
            spec, file = _spec(module), file_of(module)
            if spec is None:
                yield module
            elif module.startswith(f"{PACKAGE}.") and (behind := parsed(text_of(file)) if file else None):
                yield from _missing_modules(behind)


def file_of(module: str) -> Path | None:
    """Return the file of a module without importing it; None if it is not found."""
    spec = _spec(module)
    return Path(spec.origin) if spec and spec.origin and spec.has_location else None


def _spec(module: str) -> ModuleSpec | None:
    """Find a module without importing its parent packages, as `importlib.util.find_spec` would."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    for depth, _ in enumerate(rest, start=2):
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = PathFinder.find_spec(".".join(module.split(".")[:depth]), spec.submodule_search_locations)
    return spec
