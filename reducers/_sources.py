"""What can be told of a reducer from its source text alone, so that listing reducers imports none of them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import PathFinder
from pathlib import Path

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
        Its class; None where it is the only one in the file.
    module : str or None
        Name to import it by; None for a file outside any package.
    """

    name: str
    file: Path
    class_name: str | None
    module: str | None = None

    def __post_init__(self) -> None:
        if self.module is None and self.file.parent == Path(__file__).parent:
            object.__setattr__(self, "module", f"reducers.{self.file.stem}")

    @classmethod
    def of_entry_point(cls, name: str, value: str) -> Source:
        """Return the source behind an entry point `package.module:Class`."""
        module, _, class_name = value.partition(":")
        return cls(name, _file_of(module) or Path(module), class_name or None, module)

    @property
    def where(self) -> str:
        """The file's name, or the entry point's, for messages."""
        return f"{self.module}:{self.class_name}" if self.module and self.class_name else self.file.name

    @cached_property
    def problem(self) -> str | None:
        """Why the reducer cannot be had, as far as its text tells; None where nothing speaks against it."""
        try:
            tree = ast.parse(self.file.read_text(encoding="utf-8"), self.file.name)
        except (SyntaxError, OSError, ValueError) as error:
            return f"{self.where} does not import: {type(error).__name__}: {error}"
        missing = next(_missing_modules(tree), None)
        if missing:
            return f"{self.where} needs {missing}, which is not installed"
        if all(_is_plain(node) for node in tree.body):
            return None
        return self._problem_on_import()

    def _problem_on_import(self) -> str | None:
        """Import the file to see what statements beyond plain definitions do."""
        import reducers

        try:
            reducers.get(self.name if self.module else f"{self.file}:{self.class_name}")
        except reducers.UnavailableReducerError as error:
            return str(error)
        return None

    @cached_property
    def label(self) -> str:
        """The name in figures and tables."""
        node = self._class_node()
        for statement in node.body if node else ():
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            value = getattr(statement, "value", None)
            if "label" in names and isinstance(value, ast.Constant):
                return str(value.value)
        return node.name if node else self.name

    @cached_property
    def summary(self) -> str:
        """The first sentence on the class, or else on the file."""
        node = self._class_node()
        text = (node and ast.get_docstring(node)) or (self._tree and ast.get_docstring(self._tree)) or ""
        return " ".join(text.split("\n\n")[0].split())

    @cached_property
    def _tree(self) -> ast.Module | None:
        try:
            return ast.parse(self.file.read_text(encoding="utf-8"))
        except (SyntaxError, OSError, ValueError):
            return None

    def _class_node(self) -> ast.ClassDef | None:
        classes = [node for node in self._tree.body if isinstance(node, ast.ClassDef)] if self._tree else []
        wanted = [node for node in classes if self.class_name in (None, node.name) and node.bases]
        return wanted[-1] if wanted else None


def canonical(file: Path) -> str:
    """Return the code of a file without comments and layout; its raw text where it does not parse."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return text


def code_behind(file: Path, folder: Path) -> list[Path]:
    """Return a file and those of a folder, this package, that it imports, they import, and so on."""
    found, waiting = {file}, [file]
    while waiting:
        for module in _imported(waiting.pop()):
            package, _, name = module.rpartition(".")
            path = folder / f"{name}.py"
            if package == __package__ and path.is_file() and path not in found:
                found.add(path)
                waiting.append(path)
    return [file, *sorted(found - {file})]


def _imported(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports anywhere."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


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
    """Yield the modules imported at the top of a file that are not installed, those of this package's files too."""
    for node in tree.body:
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported = [node.module]
        for module in imported:
            file = _file_of(module)
            if file is None and not _exists(module):
                yield module
            elif module.startswith("reducers.") and file is not None:
                yield from _missing_modules(ast.parse(file.read_text(encoding="utf-8")))


def _exists(module: str) -> bool:
    return _spec(module) is not None


def _file_of(module: str) -> Path | None:
    spec = _spec(module)
    return Path(spec.origin) if spec and spec.origin and spec.has_location else None


def _spec(module: str) -> importlib.machinery.ModuleSpec | None:
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
