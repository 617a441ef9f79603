"""Every command that a page names: it is parsed to the last word, and run, or what it would run is said.

`run` and `tune` are typed with `--dry-run`. What `check`, `report` and `findings` do is tested where they are; here
their words are parsed. Commands of other programs are tests of this project; their modules and options must exist.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import reducers
from bench import cli, datasets
from bench.execution import estimate, forecast

PROJECT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "results/README.md",
    "results/GALLERY.md",
    "reducers/README.md",
    "bench/README.md",
    ".github/CONTRIBUTING.md",
    ".github/ISSUE_TEMPLATE/bug.md",
    ".github/ISSUE_TEMPLATE/method.md",
)
SCRIPTS = (".ci/run", *(str(path.relative_to(PROJECT)) for path in PROJECT.glob(".github/workflows/*.yml")))
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
BEGINS = re.compile(r"(make|(\.venv/bin/)?python -m \S+|bench|\.ci/run)( |$)")
STANDS_FOR = {
    "NAME": "pca",
    "results/NAME": "default",
    "STUDY": "quick",
    "STUDY=...": "STUDY=quick",
    "STUDY=NAME": "STUDY=default",
    "OLD": "default",
    "NEW": "default",
    "my_method": "random_projection",
    "my_method,pca": "random_projection,pca",
    "truncated_svd": "pca",
    "power_pca": "pca",
}
"""What pages write for a name of the reader's own, or make in another block, and a name that exists."""
RUNS = ("list", "new", "run", "tune", "verify", "status", "doctor", "compare")
STUDY = 'dataset = "digits"\nseeds = 1\n\n[variants.pca]\nreducer = "pca"\n'


def _of_page(text: str) -> Iterator[str]:
    """Yield the lines of blocks for a shell, and what stands in backquotes and begins as a command does."""
    for block in re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL):
        lines = (line.partition("#")[0].strip() for line in block.replace("\\\n", " ").splitlines())
        yield from filter(None, lines)
    for span in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        words = span.split()
        if BEGINS.match(" ".join(words)) or (words[0] in COMMANDS and len(words) > 1):
            yield " ".join(words)


def _of_script(text: str) -> Iterator[str]:
    return (match.strip() for match in re.findall(r"^(?:\s*- run: )?(make .*|\.ci/run)$", text, re.MULTILINE))


FOUND = {page: sorted(set(_of_page((PROJECT / page).read_text(encoding="utf-8")))) for page in PAGES}
FOUND |= {script: sorted(set(_of_script((PROJECT / script).read_text(encoding="utf-8")))) for script in SCRIPTS}


def _steps(command: str) -> Iterator[list[str]]:
    """Yield the words of what a command types, those of a target of the Makefile included."""
    words = [STANDS_FOR.get(word, word) for word in shlex.split(command)]
    if words[0] == "make":
        targets = ["make", "-n", "-o", ".venv/ready", "-o", ".venv/ready-dev", *words[1:]]
        done = subprocess.run(targets, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        yield from (shlex.split(line) for line in done.stdout.splitlines() if line.startswith(".venv/bin/"))
    elif words[0] == ".ci/run":
        assert subprocess.run(["bash", "-n", words[0]], cwd=PROJECT, check=False).returncode == 0
    elif words[0].endswith("python"):
        yield words
    else:
        yield ["python", "-m", "bench", *(words[1:] if words[0] == "bench" else words)]


@cache
def _typed(words: tuple[str, ...]) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module", autouse=True)
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Be in a folder with the files that a reader is said to have; what costs much is read once."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "my.csv").write_text(
        "name,width,height,species\n" + "".join(f"flower {i},{i % 7}.5,{i % 5}.25,{'ab'[i % 2]}\n" for i in range(60))
    )
    (folder / "mine.toml").write_text(STUDY)
    (folder / "path" / "to").mkdir(parents=True)
    source = (reducers.FOLDER / "pca.py").read_text(encoding="utf-8").replace("class PCA(", "class PowerPCA(")
    (folder / "path" / "to" / "file.py").write_text(source, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(datasets, "load", cache(datasets.load))
        patched.setattr(reducers, "sources", cache(reducers.sources))
        reducers.sources()
        patched.setattr(estimate, "_earlier_runs", cache(estimate._earlier_runs))
        patched.setattr(forecast, "_earlier", cache(forecast._earlier))
        yield
    _typed.cache_clear()


@pytest.mark.parametrize(
    ("page", "command"), [(page, command) for page, commands in FOUND.items() for command in commands]
)
def test_a_command_can_be_typed(page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "new" in command.split():
        monkeypatch.setattr(reducers, "FOLDER", tmp_path)
    _type(command)


def _type(command: str) -> None:
    for program, *words in _steps(command):
        if words[:2] != ["-m", "bench"]:
            _check_other_program(program, words)
            continue
        name, *options = words[2:]
        COMMANDS[name].make_context(name, list(options))
        if name in ("run", "tune"):
            options = [option for option in options if option != "--dry-run"] + ["--dry-run"]
        if name == "tune":  # of the stand-ins none has anything to search
            options = ["umap" if word in STANDS_FOR.values() else word for word in options]
        if name == "new":
            options = ["kernel_map" if word in STANDS_FOR.values() else word for word in options]
        if name in RUNS:
            status, said = _typed((name, *options))
            assert status == 0 or (name == "doctor" and status == 1), said


def _check_other_program(program: str, words: list[str]) -> None:
    """Check that a module of the project has the options that it is given, and that other programs are those we use."""
    if Path(program).name != "python":
        assert Path(program).name in ("ruff", "mypy"), program
        return
    found = find_spec(words[1])
    assert words[0] == "-m" and found is not None, words
    if words[1].startswith("tests."):
        source = Path(found.origin or "").with_name("__main__.py") if found.submodule_search_locations else None
        known = re.findall(r'"(--[a-z]+)"', source.read_text() if source else "")
        assert {word for word in words if word.startswith("--")} <= set(known), words
    for path in (word for word in words[2:] if "/" in word and not word.startswith("-")):
        assert (PROJECT / path).exists(), path


@pytest.mark.parametrize("page", ["README.md", "results/README.md", "reducers/README.md", "bench/README.md", ".ci/run"])
def test_commands_are_found(page: str) -> None:
    assert len(FOUND[page]) >= 4, FOUND[page]


@pytest.mark.parametrize(
    ("slip", "found"),
    [
        ("make bnech", "No rule to make target"),
        ("make bench STUDY=quikc", "Did you mean 'quick'"),
        ("make torture SHARES=2 SHARE", "No rule to make target"),
        ("python -m bench run quick --sedes 3", "sedes"),
        ("bench run quick --reducers pcaa", "Did you mean 'pca'"),
        ("bench lsit", "lsit"),
        ("python -m tests.tortures", "tests.tortures"),
        ("python -m tests.torture --shares 2", "--shares"),
    ],
)
def test_a_slip_in_a_page_is_found(slip: str, found: str) -> None:
    with pytest.raises(Exception, match=found):
        _type(slip)
