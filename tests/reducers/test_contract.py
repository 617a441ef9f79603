"""Every reducer found, a file dropped in included, keeps the contract: scikit-learn's checks and our own."""

from __future__ import annotations

import pytest

import reducers
from bench.commands import conformance, scaffold
from bench.commands.conformance import Finding
from reducers import Source
from reducers.base import Reducer

COMPILED_LONG = ("densmap",)
"""Reducers that are compiled for twenty seconds before the first fit; they are checked with whole studies."""


def _marks(source: Source) -> list[pytest.MarkDecorator]:
    skipped = [pytest.mark.skip(reason=f"NOT CHECKED: {source.problem}")] if source.problem else []
    steps = [pytest.mark.extra] if source.requires else []
    return [*skipped, *steps, *([pytest.mark.whole] if source.name in COMPILED_LONG else [])]


EVERY = [pytest.param(name, marks=_marks(source)) for name, source in reducers.sources().items()]


@pytest.mark.parametrize("name", EVERY)
def test_every_reducer_keeps_the_contract(name: str) -> None:
    findings = list(conformance.check(name))
    takes_any_data = not reducers.create(name).__sklearn_tags__()._skip_test
    assert len(findings) > (40 if takes_any_data else 10)
    assert [finding for finding in findings if finding.status == "failed"] == []


@pytest.mark.parametrize("name", EVERY)
def test_every_excuse_names_a_check_that_exists(name: str) -> None:
    known = set(conformance.CHECKS)
    for excuse, reason in reducers.get(name).excused_checks.items():
        assert excuse in known or excuse.startswith("check_")
        assert reason


def _own_findings(cls: type[Reducer]) -> dict[str, Finding]:
    """Return the findings of the project's own checks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conformance, "_of_estimators", lambda cls: {})
        return {finding.name: finding for finding in conformance.findings(cls)}


def _findings(body: str, tmp_path, **header: str) -> dict[str, Finding]:
    """Return the project's findings on a reducer whose `_fit` has the given body."""
    file = tmp_path / "bad.py"
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    members = "\n".join(f"    {name} = {value}" for name, value in header.items())
    file.write_text(
        "import numpy as np\nfrom reducers.base import Reducer\n\n\nclass Bad(Reducer):\n"
        f"{members}\n"
        "    def __init__(self, n_components=2, random_state=None):\n"
        "        self.n_components = n_components\n        self.random_state = random_state\n\n"
        f"    def _fit(self, X, rng):\n{lines}\n"
    )
    return _own_findings(reducers.get(f"{file}:Bad"))


BROKEN = {
    "same_seed_same_bytes": "return np.random.standard_normal((len(X), self.n_components))",
    "other_seed_other_embedding": "return np.zeros((len(X), self.n_components))",
    "input_is_untouched": "X[0] = 9\nreturn rng.standard_normal((len(X), self.n_components))",
    "read_only_memory_map_is_accepted": "X *= 2\nreturn rng.standard_normal((len(X), self.n_components))",
    "pickles_and_clones": "self.f_ = lambda x: x\nreturn rng.standard_normal((len(X), self.n_components))",
    "refitting_forgets": "self.n_ = getattr(self, 'n_', 0) + 1\n"
    "return self.n_ * rng.standard_normal((len(X), self.n_components))",
    "embeds_in_one_two_and_three_dimensions": "return rng.standard_normal((len(X), 2))",
    "global_generators_are_untouched": "np.random.seed(0)\nreturn rng.standard_normal((len(X), self.n_components))",
}


@pytest.mark.parametrize("check", BROKEN)
def test_a_broken_promise_is_found(check: str, tmp_path) -> None:
    finding = _findings(BROKEN[check], tmp_path)[check]
    assert finding.status == "failed"
    assert finding.failure is not None and finding.failure.fix


def test_labels_that_leak_are_found() -> None:
    class Leaks(reducers.get("random_projection")):
        def fit_transform(self, X, y=None):
            Z = super().fit_transform(X)
            return Z if y is None else Z + y[:, None]

    findings = _own_findings(Leaks)
    assert findings["labels_are_not_used"].status == "failed"


def test_a_transform_that_disagrees_and_a_wrong_way_back_are_found() -> None:
    class Disagrees(reducers.get("pca")):
        def _transform(self, X):
            return super()._transform(X) + 1

        def _inverse_transform(self, Z):
            return Z

    findings = _own_findings(Disagrees)
    assert findings["transform_agrees_with_fit"].status == "failed"
    assert findings["inverse_returns_to_the_data"].status == "failed"


def test_an_excuse_that_is_not_needed_fails(tmp_path) -> None:
    body = "return rng.standard_normal((len(X), self.n_components))"
    findings = _findings(body, tmp_path, excused_checks="{'refitting_forgets': 'no reason'}")
    assert findings["refitting_forgets"].status == "failed"
    assert findings["refitting_forgets"].failure.fix == "remove 'refitting_forgets' from excused_checks"


@pytest.mark.parametrize("template", scaffold.TEMPLATES)
def test_every_template_keeps_the_contract(template: str, tmp_path) -> None:
    (tmp_path / "kernel_map.py").write_text(scaffold.text("kernel_map", template))
    findings = list(conformance.check(f"{tmp_path / 'kernel_map.py'}:KernelMap"))
    assert len(findings) > 40
    assert [finding for finding in findings if finding.status != "passed"] == []


def test_there_is_no_transform_where_none_is_defined() -> None:
    tsne = reducers.create("tsne")
    assert not hasattr(tsne, "transform")
    with pytest.raises(AttributeError) as refusal:
        tsne.transform([[0.0, 1.0]])
    assert "embeds only the points it was fitted on" in str(refusal.value.__cause__)
    assert not hasattr(reducers.create("umap"), "inverse_transform")
    assert all(hasattr(reducers.create(name), "transform") for name in ("pca", "umap", "opentsne", "vae"))


def test_a_reducer_cannot_be_made_without_a_fit() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Reducer()
