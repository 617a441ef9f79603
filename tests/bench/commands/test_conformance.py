"""One cause is one failure, with its line and its fix."""

from __future__ import annotations

import logging
import re
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import reducers
from bench import cli
from bench.commands import conformance
from bench.commands.conformance import Finding

HEAD = """import numpy as np
from reducers.base import Reducer

class Bad(Reducer):
    def __init__(self, n_components=2, random_state=None):
        self.n_components = n_components
        self.random_state = random_state

"""
GOOD_FIT = """    def _fit(self, X, rng):
        self.mean_, self.w_ = X.mean(axis=0), rng.standard_normal((X.shape[1], self.n_components)).astype(X.dtype)
        return (X - self.mean_) @ self.w_

"""


def _check(file: Path, text: str) -> Result:
    file.write_text(text)
    return CliRunner().invoke(cli.app, ["check", f"{file}:Bad"], terminal_width=200)


def _failed(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("FAILS")]


FAULTS = {
    "fit_transform: AttributeError": (
        HEAD + "    def _fit(self, X, rng):\n        self.mean_ = 1\n        return self._centred(X)\n\n"
        "    def _centred(self, X):\n        return X - self.means_\n",
        "line 14, in _centred: return X - self.means_",
        "set self.means_ in _fit before it is read, or did you mean self.mean_.",
    ),
    "fit_transform: AssertionError:": (
        HEAD + "    def _fit(self, X, rng):\n        assert len(X) > 10**6\n",
        "line 10, in _fit: assert len(X) > 10**6",
        "correct _fit at this line",
    ),
    "fit_transform: InvalidEmbeddingError: Got an embedding of shape (40, 7)": (
        HEAD + "    def _fit(self, X, rng):\n        return rng.standard_normal((len(X), 7))\n",
        "line 9, in _fit: def _fit(self, X, rng):",
        "return one row for each row of X, and n_components columns.",
    ),
    "fit_transform: InvalidEmbeddingError: Got an embedding of dtype int": (
        HEAD + "    def _fit(self, X, rng):\n        return np.ones((len(X), self.n_components), int)\n",
        "line 9, in _fit",
        "Z.astype(X.dtype)",
    ),
    "fit_transform: InvalidEmbeddingError: Got a NoneType": (
        HEAD + "    def _fit(self, X, rng):\n        X.mean()\n",
        "line 9, in _fit",
        "forget no return",
    ),
    "fit_transform: ValueError: output array is read-only": (
        HEAD + "    def _fit(self, X, rng):\n        X -= X.mean(axis=0)\n"
        "        return rng.standard_normal((len(X), self.n_components))\n",
        "line 10, in _fit",
        "copy X before writing to it",
    ),
    "fit_transform: TypeError: expected an int, got RandomState": (
        HEAD + "    def _fit(self, X, rng):\n        raise TypeError(f'expected an int, got {type(rng).__name__}')\n",
        "line 10, in _fit",
        "rng.randint(2**31 - 1)",
    ),
    "transform: InvalidEmbeddingError": (
        HEAD + GOOD_FIT + "    def _transform(self, X):\n        return (X - self.mean_) @ self.w_[:, :1]\n",
        "line 13, in _transform",
        "n_components columns",
    ),
    "inverse_transform: NameError": (
        HEAD + GOOD_FIT + "    def _transform(self, X):\n        return (X - self.mean_) @ self.w_\n\n"
        "    def _inverse_transform(self, Z):\n        return Z @ numpy.linalg.pinv(self.w_)\n",
        "line 17, in _inverse_transform",
        "one row of features for each position",
    ),
    "extras: AssertionError: _extras gives a list": (
        HEAD + GOOD_FIT + "    def _transform(self, X):\n        return (X - self.mean_) @ self.w_\n\n"
        "    def _extras(self, X):\n        return [1]\n",
        "",
        "return a dictionary of arrays from _extras",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_one_failure_with_its_line_and_its_fix(fault: str, tmp_path: Path) -> None:
    text, place, fix = FAULTS[fault]
    result = _check(tmp_path / "bad.py", text)
    assert result.exit_code == 1, result.output
    assert len(_failed(result.stdout)) == 1, result.stdout
    assert _failed(result.stdout)[0].startswith(f"FAILS {fault}".replace("AssertionError: _extras", "_extras"))
    assert place in result.stdout
    assert str(tmp_path / "bad.py") in result.stdout
    assert f"To fix: {fix}" in result.stdout or fix in result.stdout
    passed, checks = re.search(r"(\d+) of (\d+) checks passed", result.stdout).groups()
    following = re.search(r"and (\d+) checks? that follow", result.stdout)
    assert int(checks) - int(passed) == int(following[1] if following else 0)
    if not following:
        assert fault.startswith(("inverse_transform", "extras"))


@pytest.mark.parametrize(
    ("text", "failure", "fix"),
    [
        (HEAD + "    pass\n", "__init__: TypeError: Can't instantiate abstract class Bad", "write _fit(self, X, rng)"),
        (
            HEAD.replace("self.random_state = random_state", "pass") + GOOD_FIT,
            "get_params: AttributeError",
            "store every parameter of __init__ in self",
        ),
        (HEAD.replace("n_components=2", "n_components") + GOOD_FIT, "__init__: TypeError", "every parameter a default"),
        (
            HEAD.replace("n_components=2, ", "").replace("= n_components", "= 2") + GOOD_FIT,
            "get_params: __init__ has no parameter n_components",
            "store every parameter",
        ),
    ],
)
def test_what_cannot_be_made_is_said_once_and_not_checked(text: str, failure: str, fix: str, tmp_path: Path) -> None:
    result = _check(tmp_path / "bad.py", text)
    assert result.exit_code == 1
    assert _failed(result.stdout)[0].startswith(f"FAILS {failure}")
    assert "line 4, in Bad: class Bad(Reducer):" in result.stdout
    assert fix in result.stdout
    assert result.stdout.rstrip().endswith("no check was run, because the reducer cannot be made")


def test_two_faults_are_two_failures(tmp_path: Path) -> None:
    excuse = "    excused_checks = {'input_is_untouched': 'no reason'}\n\n"
    result = _check(tmp_path / "bad.py", HEAD + excuse + GOOD_FIT.replace("rng.", "np.random."))
    assert _failed(result.stdout) == [
        "FAILS same_seed_same_bytes: two fits with random_state=0 differ",
        "FAILS input_is_untouched: it passes, so that it needs no excuse",
    ]
    assert "draw from rng only" in result.stdout
    assert "checks that follow from it" in result.stdout
    assert "remove 'input_is_untouched' from excused_checks" in result.stdout


def test_an_excuse_of_no_check_fails(tmp_path: Path) -> None:
    excuse = "    excused_checks = {'check_fit_idempotentt': 'a slip'}\n\n"
    result = _check(tmp_path / "bad.py", HEAD + excuse + GOOD_FIT)
    assert result.exit_code == 1
    assert _failed(result.stdout) == [
        "FAILS check_fit_idempotentt: no such check was run, so that there is nothing to excuse"
    ]
    assert "To fix: correct its name, or remove 'check_fit_idempotentt' from excused_checks" in result.stdout
    assert "is excused in its class" not in result.stdout


def test_how_a_check_is_excused_is_said(tmp_path: Path) -> None:
    text = HEAD + GOOD_FIT + "    def _transform(self, X):\n        return 1 + (X - self.mean_) @ self.w_\n"
    result = _check(tmp_path / "bad.py", text)
    assert 'excused_checks = {"transform_agrees_with_fit": "why it cannot"}' in result.stdout
    excuse = "    excused_checks = {name: 'never the same' for name in "
    excuse += "('transform_agrees_with_fit', 'check_transformer_general', 'check_transformer_data_not_an_array')}\n\n"
    result = _check(tmp_path / "other.py", text.replace("    def __init__", excuse + "    def __init__"))
    assert "excused transform_agrees_with_fit: never the same" in result.stdout


def test_libraries_are_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = (
        "        import logging, sys, warnings\n        logger = logging.getLogger('noisy')\n"
        "        logger.addHandler(logging.StreamHandler(sys.__stderr__))\n        logger.error('NOISE')\n"
        "        warnings.warn('NOISE')\n        print('NOISE')\n        print('NOISE', file=sys.stderr)\n"
    )
    fit = "    def _fit(self, X, rng):\n"
    (tmp_path / "noisy.py").write_text(HEAD + GOOD_FIT.replace(fit, fit + noise))
    found = list(conformance.check(f"{tmp_path / 'noisy.py'}:Bad"))
    assert {finding.status for finding in found} == {"passed"}
    captured = capfd.readouterr()
    assert "NOISE" not in captured.out + captured.err
    assert logging.root.manager.disable == 0
    with pytest.warns(UserWarning, match="again"):
        warnings.warn("again", stacklevel=1)


def test_an_error_that_cannot_be_printed_is_survived(tmp_path: Path) -> None:
    text = (
        "class Broken(Exception):\n    def __str__(self):\n        raise RuntimeError\n\n"
        + HEAD
        + "    def _fit(self, X, rng):\n        raise Broken\n"
    )
    result = _check(tmp_path / "bad.py", text)
    assert _failed(result.stdout) == ["FAILS fit_transform: Broken: (its message cannot be read)"]


def test_the_cause_is_shown_where_the_author_called_a_library(tmp_path: Path) -> None:
    text = (
        "from sklearn.decomposition import TruncatedSVD\n"
        + HEAD
        + "    def _fit(self, X, rng):\n        svd = TruncatedSVD(self.n_components, algorithm='none')\n"
        "        return svd.fit_transform(X)\n"
    )
    result = _check(tmp_path / "bad.py", text)
    assert "line 12, in _fit: return svd.fit_transform(X)" in result.stdout
    assert len(_failed(result.stdout)) == 1


def test_a_file_that_does_not_import_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("LIMIT = 1\nLIMIT = int('x')\n" + HEAD + GOOD_FIT)
    with pytest.raises(reducers.UnavailableReducerError, match=r"bad\.py, line 2, does not import: ValueError"):
        list(conformance.check(f"{tmp_path / 'bad.py'}:Bad"))


def test_findings_without_a_cause_are_not_thrown_together() -> None:
    found = [Finding("a", "passed"), Finding("b", "excused", "as it is")]
    assert list(conformance.explained(found)) == []
    assert conformance.summary("mine", found) == "mine: 1 of 2 checks passed, 1 excused"


def test_a_message_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = HEAD + "    def _fit(self, X, rng):\n        raise ValueError('\\x1b[2J[red]' + 'x' * 10_000)\n"
    result = _check(tmp_path / "bad.py", text)
    assert "\x1b[2J" not in result.stdout
    assert "[red]xxx" in result.stdout
    assert len(_failed(result.stdout)[0]) < 500
