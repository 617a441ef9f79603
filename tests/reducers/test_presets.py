from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers
from reducers import Preset, UnknownPresetError

SEEDS = ["seed001", "seed002-ae", "seed002-vae", "seed003-ae", "seed003-vae", "seed004"]
IMAGES = (load_digits().data[:80] / 16).astype(np.float32)


def test_each_seed_has_a_sound_twin() -> None:
    assert list(reducers.presets()) == [name for seed in SEEDS for name in (seed, f"{seed}-sound")]


@pytest.mark.parametrize("preset", reducers.presets().values(), ids=list(reducers.presets()))
def test_a_preset_is_a_reducer_that_fits(preset: Preset) -> None:
    reducer = reducers.create(preset.reducer, **preset.params)
    assert {name: reducer.get_params()[name] for name in preset.params} == preset.params
    assert preset.source.startswith("Seed")
    reducer.set_params(n_epochs=2, batch_size=10, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", reducers.PosteriorCollapseWarning)
        Z = reducer.fit_transform(IMAGES)
    assert Z.shape == (80, preset.params["n_components"])
    assert reducer.inverse_transform(Z).shape == IMAGES.shape


@pytest.mark.parametrize("seed", SEEDS)
def test_a_twin_differs_in_what_it_mends_alone(seed: str) -> None:
    written, sound = reducers.preset(seed), reducers.preset(f"{seed}-sound")
    changed = {name for name in written.params if written.params[name] != sound.params[name]}
    assert written.params.keys() == sound.params.keys()
    assert changed and sound.mends and not written.mends
    assert changed <= {
        "reconstruction_reduction",
        "kl_reduction",
        "optimizer",
        "learning_rate",
        "kl_form",
        "embedding",
        "horizontal_flip",
        "latent_head",
    }
    assert written.faults
    assert all(fault.startswith("Not a parameter") for fault in sound.faults)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UnknownPresetError, match=r"Got preset 'seed03-vae', but expected .* seed003-vae"):
        reducers.preset("seed03-vae")
    with pytest.raises(UnknownPresetError, match="seed001, seed001-sound"):
        reducers.preset("?")


def test_presets_and_columns_are_read_without_torch() -> None:
    code = (
        "import sys, reducers; assert reducers.preset('seed001').params; assert reducers.HISTORY_COLUMNS[0] == 'epoch';"
        "print([name for name in ('torch', 'numpy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
