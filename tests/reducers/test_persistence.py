from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from reducers import SavedReducerError
from reducers.autoencoder import Autoencoder
from reducers.vae import VAE

X = (load_digits().data[:300] / 16).astype(np.float32)


@pytest.fixture
def saved(tmp_path: Path) -> tuple[VAE, Path]:
    vae = VAE(
        hidden_layer_sizes=(16,),
        n_epochs=6,
        beta=0.1,
        batch_size=20,
        embedding="sample",
        early_stopping=True,
        random_state=3,
    ).fit(X)
    vae.save(tmp_path / "vae")
    return vae, tmp_path / "vae"


def test_what_is_loaded_gives_the_same_bytes(saved: tuple[VAE, Path]) -> None:
    vae, folder = saved
    loaded = VAE.load(folder)
    assert repr(loaded.get_params()) == repr(vae.get_params())
    for name in ("embedding_", "squared_error_", "standard_deviation_"):
        assert getattr(loaded, name).tobytes() == getattr(vae, name).tobytes()
    assert loaded.transform(X).tobytes() == vae.transform(X).tobytes()
    assert loaded.sample(4, random_state=0).tobytes() == vae.sample(4, random_state=0).tobytes()
    assert loaded.history_ == vae.history_
    for name, array in vae.extras(X).items():
        assert loaded.extras(X)[name].tobytes() == array.tobytes(), name


def test_loading_draws_no_random_number(saved: tuple[VAE, Path]) -> None:
    import torch

    before = torch.random.get_rng_state()
    VAE.load(saved[1])
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("name", ["parameters.json", "weights.pt"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_refused(saved: tuple[VAE, Path], name: str, share: float) -> None:
    file = saved[1] / name
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(SavedReducerError, match=name):
        VAE.load(saved[1])


@pytest.mark.parametrize("name", ["parameters.json", "weights.pt"])
def test_a_missing_file_is_named(saved: tuple[VAE, Path], name: str) -> None:
    (saved[1] / name).unlink()
    with pytest.raises(SavedReducerError, match=f"without {name}, but expected both files"):
        VAE.load(saved[1])


def test_another_class_is_refused(saved: tuple[VAE, Path]) -> None:
    with pytest.raises(SavedReducerError, match="holds a VAE, but expected one with a fitted Autoencoder"):
        Autoencoder.load(saved[1])


@pytest.mark.parametrize("damage", [{"params": {"no_such": 1}}, {"fitted": {}}, {"history": [[1]]}])
def test_parameters_of_another_version_are_refused(saved: tuple[VAE, Path], damage: dict) -> None:
    file = saved[1] / "parameters.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | damage))
    with pytest.raises(SavedReducerError, match="does not describe a VAE"):
        VAE.load(saved[1])


def test_json_that_is_no_object_is_refused(saved: tuple[VAE, Path]) -> None:
    (saved[1] / "parameters.json").write_text("[1]")
    with pytest.raises(SavedReducerError, match="with a list, but expected an object"):
        VAE.load(saved[1])


def test_what_is_no_json_is_not_saved(tmp_path: Path) -> None:
    fitted = Autoencoder(hidden_layer_sizes=(4,), n_epochs=1, random_state=np.random.RandomState(0)).fit(X)
    with pytest.raises(SavedReducerError, match="no JSON"):
        fitted.save(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    fitted.set_params(random_state=0, callback=print)
    with pytest.raises(SavedReducerError, match="callback"):
        fitted.save(tmp_path / "new")
