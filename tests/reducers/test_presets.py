from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers
from reducers import Preset, UnknownPresetError
from reducers._neural.presets import NETWORKS
from reducers.posts.presets import PRESETS

PROGRAMS = ["post1-vae", "post2-ae", "post2-vae", "post3-ae", "post3-vae", "post4-vae"]
IMAGES = (load_digits().data[:80] / 16).astype(np.float32)


def test_each_program_has_a_fixed_twin() -> None:
    assert list(PRESETS) == [name for program in PROGRAMS for name in (program, f"{program}-fixed")]


@pytest.mark.filterwarnings("ignore:The codes of the training points")
def test_networks_are_trained_until_they_converge() -> None:
    assert [*PRESETS, *NETWORKS] == list(reducers.presets())
    for preset in NETWORKS.values():
        reducer = reducers.create(preset.reducer, **preset.params)
        assert {name: reducer.get_params()[name] for name in preset.params} == preset.params
        assert reducer.early_stopping and reducer.n_epochs >= 4 * reducer.n_iter_no_change
        # A learning rate at which nothing improves: the rule ends the training, first with smaller steps.
        reducer.set_params(learning_rate=1e-12, n_iter_no_change=1, random_state=0)
        assert reducer.fit(IMAGES).converged_
        assert reducer.n_iter_ == 5


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_a_preset_is_a_reducer_that_fits(preset: Preset) -> None:
    reducer = reducers.create(preset.reducer, **preset.params)
    assert {name: reducer.get_params()[name] for name in preset.params} == preset.params
    assert preset.source.startswith("Post")
    reducer.set_params(n_epochs=2, batch_size=10, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", reducers.PosteriorCollapseWarning)
        Z = reducer.fit_transform(IMAGES)
    assert Z.shape == (80, preset.params["n_components"])
    assert reducer.inverse_transform(Z).shape == IMAGES.shape


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_twin_differs_in_what_it_fixes_alone(program: str) -> None:
    written, fixed = reducers.preset(program), reducers.preset(f"{program}-fixed")
    changed = {name for name in written.params if written.params[name] != fixed.params[name]}
    assert written.params.keys() == fixed.params.keys()
    assert changed <= {"optimizer", "learning_rate"}
    as_written, as_fixed = reducers.get(written.reducer), reducers.get(fixed.reducer)
    assert issubclass(as_written, as_fixed) and as_written is not as_fixed
    assert written.faults and fixed.fixes and not written.fixes
    assert all(fault.startswith("Not rebuilt: ") for fault in fixed.faults)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UnknownPresetError, match=r"Got preset 'pots3-vae', but expected .*post3-vae"):
        reducers.preset("pots3-vae")
    with pytest.raises(UnknownPresetError, match="post1-vae, post1-vae-fixed"):
        reducers.preset("?")


def test_presets_and_columns_are_read_without_torch() -> None:
    code = (
        "import sys, reducers; assert reducers.preset('ae-256-128').params and reducers.HISTORY_COLUMNS[0] == 'epoch';"
        "print([name for name in ('torch', 'numpy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
